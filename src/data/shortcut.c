/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "data/shortcut.h"

#include "data/extent.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define RIDGE        1e-3
#define NEWTON_STEPS 15
#define CG_STEPS     20

const char *const shortcut_names[SHORTCUTS + 1] = {
    [SHORTCUT_PRIOR] = "prior",
    [SHORTCUT_LENGTH] = "length",
    [SHORTCUT_LENGTH_PARITY] = "length-parity",
    [SHORTCUT_FIRST_LAST] = "first-last",
    [SHORTCUT_COUNTS] = "counts",
    [SHORTCUT_BIGRAMS] = "bigrams",
    NULL
};

/* --------------------------------------------------------------- tables */

/* Of one key: members less non-members. */
struct cell {
    uint64_t key;
    long balance;
};

/* Sorted by key. */
struct table {
    struct cell *cells;
    size_t count;
};

static int compare(const void *a, const void *b)
{
    const struct cell *x = a, *y = b;

    return (x->key > y->key) - (x->key < y->key);
}

/* Sorts the cells and adds up those of one key. */
static void table_close(struct table *table)
{
    size_t kept = 0;

    qsort(table->cells, table->count, sizeof *table->cells, compare);
    for (size_t i = 0; i < table->count; i++)
        if (kept > 0 && table->cells[kept - 1].key == table->cells[i].key)
            table->cells[kept - 1].balance += table->cells[i].balance;
        else
            table->cells[kept++] = table->cells[i];
    table->count = kept;
}

/* The cell of KEY, or NULL. */
static const struct cell *table_find(const struct table *table, uint64_t key)
{
    struct cell cell = { .key = key };

    if (table->count == 0)
        return NULL;
    return bsearch(&cell, table->cells, table->count, sizeof cell, compare);
}

static uint64_t key_of(size_t which, const uint16_t *symbols, size_t length)
{
    switch (which) {
    case SHORTCUT_LENGTH:
        return length;
    case SHORTCUT_LENGTH_PARITY:
        return length % 2;
    case SHORTCUT_FIRST_LAST:
        return length == 0 ? UINT64_MAX
                           : (uint64_t)symbols[0] << 16 | symbols[length - 1];
    default:
        return 0; /* the prior */
    }
}

static void fit_table(struct table *table, size_t which,
                      const struct examples *train, size_t count)
{
    table->cells = memory_new(count, sizeof *table->cells);
    table->count = count;
    for (size_t i = 0; i < count; i++)
        table->cells[i] =
            (struct cell){ key_of(which, strings_at(&train->strings, i),
                                  strings_length(&train->strings, i)),
                           train->member[i] ? 1 : -1 };
    table_close(table);
}

/* ----------------------------------------------------------- regressions */

/* A row of a sparse matrix: values[k] in column columns[k]. */
struct features {
    size_t *columns;
    double *values;
    size_t count;
};

struct regression {
    double *weights; /* [size], the last of a feature that is always 1 */
    size_t size;
};

/* Rows one after another, with their labels, 1 or -1. */
struct problem {
    size_t *offsets, *columns;
    double *values, *labels;
    size_t rows, size;
};

/* OUT = X v. */
static void apply(const struct problem *p, const double *v, double *out)
{
    for (size_t i = 0; i < p->rows; i++) {
        out[i] = v[p->size - 1];
        for (size_t k = p->offsets[i]; k < p->offsets[i + 1]; k++)
            out[i] += p->values[k] * v[p->columns[k]];
    }
}

/* OUT = X^T r + RIDGE v. */
static void apply_back(const struct problem *p, const double *r,
                       const double *v, double *out)
{
    for (size_t j = 0; j < p->size; j++)
        out[j] = RIDGE * v[j];
    for (size_t i = 0; i < p->rows; i++) {
        out[p->size - 1] += r[i];
        for (size_t k = p->offsets[i]; k < p->offsets[i + 1]; k++)
            out[p->columns[k]] += p->values[k] * r[i];
    }
}

static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* The loss at weights W, whose scores are left in Z. */
static double loss_at(const struct problem *p, const double *w, double *z)
{
    double loss = 0.5 * RIDGE * dot(w, w, p->size);

    apply(p, w, z);
    for (size_t i = 0; i < p->rows; i++) {
        double margin = p->labels[i] * z[i];

        loss += log1p(exp(-fabs(margin))) + (margin < 0 ? -margin : 0);
    }
    return loss;
}

/* Work space of one fit. */
struct newton {
    double *z, *r, *curve;              /* [rows] */
    double *gradient, *step, *residual; /* [size] */
    double *direction, *image, *trial;  /* [size] */
};

/* The gradient, and the curvature of every row, at the scores Z. */
static void differentiate(const struct problem *p, struct newton *n,
                          const double *w)
{
    for (size_t i = 0; i < p->rows; i++) {
        double share = 1 / (1 + exp(-n->z[i]));

        n->r[i] = share - (p->labels[i] > 0);
        n->curve[i] = share * (1 - share);
    }
    apply_back(p, n->r, w, n->gradient);
}

/* IMAGE = (X^T D X + RIDGE) direction. */
static void curve_along(const struct problem *p, struct newton *n)
{
    apply(p, n->direction, n->r);
    for (size_t i = 0; i < p->rows; i++)
        n->r[i] *= n->curve[i];
    apply_back(p, n->r, n->direction, n->image);
}

/* Solves for the Newton step by conjugate gradients. */
static void find_step(const struct problem *p, struct newton *n)
{
    size_t size = p->size;
    double left = dot(n->gradient, n->gradient, size), goal = 1e-4 * left;

    for (size_t j = 0; j < size; j++) {
        n->step[j] = 0;
        n->residual[j] = n->direction[j] = -n->gradient[j];
    }
    for (size_t t = 0; t < CG_STEPS && left > goal; t++) {
        double alpha, before = left;

        curve_along(p, n);
        alpha = left / dot(n->direction, n->image, size);
        for (size_t j = 0; j < size; j++) {
            n->step[j] += alpha * n->direction[j];
            n->residual[j] -= alpha * n->image[j];
        }
        left = dot(n->residual, n->residual, size);
        for (size_t j = 0; j < size; j++)
            n->direction[j] = n->residual[j] + left / before * n->direction[j];
    }
}

/* Goes along the step as far as the loss falls; false if it does not. */
static bool walk(const struct problem *p, struct newton *n, double *w,
                 double *loss)
{
    double before = *loss;

    for (double scale = 1; scale > 1e-4; scale /= 2) {
        for (size_t j = 0; j < p->size; j++)
            n->trial[j] = w[j] + scale * n->step[j];
        *loss = loss_at(p, n->trial, n->z);
        if (*loss < before) {
            memcpy(w, n->trial, p->size * sizeof *w);
            return *loss < before * (1 - 1e-6);
        }
    }
    return false;
}

static void solve(const struct problem *p, double *w)
{
    double *rows = memory_new(3 * p->rows, sizeof *rows);
    double *columns = memory_new(6 * p->size, sizeof *columns);
    struct newton n = { rows,
                        rows + p->rows,
                        rows + 2 * p->rows,
                        columns,
                        columns + p->size,
                        columns + 2 * p->size,
                        columns + 3 * p->size,
                        columns + 4 * p->size,
                        columns + 5 * p->size };
    double loss = loss_at(p, w, n.z);
    bool falls = true;

    for (size_t t = 0; falls && t < NEWTON_STEPS; t++) {
        differentiate(p, &n, w);
        find_step(p, &n);
        falls = walk(p, &n, w, &loss);
    }
    free(rows);
    free(columns);
}

/* ------------------------------------------------------------- shortcuts */

struct shortcuts {
    struct table tables[SHORTCUTS]; /* of all but the regressions */
    struct table pairs;             /* the bigrams of train, each a column */
    struct regression counts, bigrams;
    size_t n_symbols;
    double scale; /* of a count */
};

static uint64_t pair_key(const uint16_t *at)
{
    return (uint64_t)at[0] << 16 | at[1];
}

static void add_feature(struct features *features, size_t column, double value)
{
    for (size_t k = 0; k < features->count; k++)
        if (features->columns[k] == column) {
            features->values[k] += value;
            return;
        }
    features->columns[features->count] = column;
    features->values[features->count++] = value;
}

/* The features of a string, room for as many as it has symbols. */
static void find_features(const struct shortcuts *s, size_t which,
                          const uint16_t *symbols, size_t length,
                          struct features *out)
{
    out->count = 0;
    if (which == SHORTCUT_COUNTS) {
        for (size_t i = 0; i < length; i++)
            add_feature(out, symbols[i], s->scale);
        return;
    }
    for (size_t i = 0; i + 1 < length; i++) {
        const struct cell *cell = table_find(&s->pairs, pair_key(symbols + i));

        if (cell != NULL)
            add_feature(out, (size_t)(cell - s->pairs.cells), 1);
    }
    for (size_t k = 0; k < out->count; k++)
        out->values[k] = 1; /* whether, not how often */
}

static void find_pairs(struct shortcuts *s, const struct examples *train,
                       size_t count)
{
    const struct strings *strings = &train->strings;

    s->pairs.cells = memory_new(count > 0 ? strings->offsets[count] : 0,
                                sizeof *s->pairs.cells);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j + 1 < strings_length(strings, i); j++)
            s->pairs.cells[s->pairs.count++].key =
                pair_key(strings_at(strings, i) + j);
    table_close(&s->pairs);
}

static void fit_regression(const struct shortcuts *s, size_t which,
                           const struct examples *train, size_t count,
                           struct regression *out)
{
    const struct strings *strings = &train->strings;
    size_t most = count > 0 ? strings->offsets[count] : 0;
    struct problem p = { .rows = count, .size = out->size };

    p.offsets = memory_new(count + 1, sizeof *p.offsets);
    p.columns = memory_new(most, sizeof *p.columns);
    p.values = memory_new(most, sizeof *p.values);
    p.labels = memory_new(count, sizeof *p.labels);
    for (size_t i = 0; i < count; i++) {
        size_t at = p.offsets[i];
        struct features row = { p.columns + at, p.values + at, 0 };

        find_features(s, which, strings_at(strings, i),
                      strings_length(strings, i), &row);
        p.offsets[i + 1] = at + row.count;
        p.labels[i] = train->member[i] ? 1 : -1;
    }
    out->weights = memory_new(out->size, sizeof *out->weights);
    solve(&p, out->weights);
    free(p.offsets);
    free(p.columns);
    free(p.values);
    free(p.labels);
}

struct shortcuts *shortcuts_fit(const struct examples *train, size_t n_symbols)
{
    struct shortcuts *s = memory_new(1, sizeof *s);
    size_t count = train->strings.count, longest = 1;

    count = count < SHORTCUT_FITTED ? count : SHORTCUT_FITTED;
    for (size_t i = 0; i < count; i++)
        if (strings_length(&train->strings, i) > longest)
            longest = strings_length(&train->strings, i);
    s->n_symbols = n_symbols;
    s->scale = 1 / (double)longest;
    for (size_t which = 0; which < SHORTCUT_COUNTS; which++)
        fit_table(&s->tables[which], which, train, count);
    find_pairs(s, train, count);
    s->counts.size = n_symbols + 1;
    s->bigrams.size = s->pairs.count + 1;
    fit_regression(s, SHORTCUT_COUNTS, train, count, &s->counts);
    fit_regression(s, SHORTCUT_BIGRAMS, train, count, &s->bigrams);
    return s;
}

void shortcuts_free(struct shortcuts *s)
{
    if (s == NULL)
        return;
    for (size_t which = 0; which < SHORTCUTS; which++)
        free(s->tables[which].cells);
    free(s->pairs.cells);
    free(s->counts.weights);
    free(s->bigrams.weights);
    free(s);
}

static bool accepts_by_table(const struct shortcuts *s, size_t which,
                             const uint16_t *symbols, size_t length)
{
    const struct cell *cell =
        table_find(&s->tables[which], key_of(which, symbols, length));

    if (cell == NULL || cell->balance == 0)
        cell = table_find(&s->tables[SHORTCUT_PRIOR], 0);
    return cell == NULL || cell->balance >= 0;
}

bool shortcut_accepts(const struct shortcuts *s, size_t which,
                      const uint16_t *symbols, size_t length)
{
    const struct regression *regression =
        which == SHORTCUT_COUNTS ? &s->counts : &s->bigrams;
    struct features row = { 0 };
    double score;

    if (which < SHORTCUT_COUNTS)
        return accepts_by_table(s, which, symbols, length);
    row.columns = memory_new(length, sizeof *row.columns);
    row.values = memory_new(length, sizeof *row.values);
    find_features(s, which, symbols, length, &row);
    score = regression->weights[regression->size - 1];
    for (size_t k = 0; k < row.count; k++)
        score += row.values[k] * regression->weights[row.columns[k]];
    free(row.columns);
    free(row.values);
    return score >= 0;
}

void shortcuts_count(const struct shortcuts *shortcuts,
                     const struct examples *examples, size_t *right)
{
    for (size_t i = 0; i < examples->strings.count; i++)
        for (size_t which = 0; which < SHORTCUTS; which++)
            right[which] +=
                shortcut_accepts(shortcuts, which,
                                 strings_at(&examples->strings, i),
                                 strings_length(&examples->strings, i)) ==
                examples->member[i];
}

/* ------------------------------------------------------------- baselines */

void baselines_clear(struct baselines *baselines)
{
    free(baselines->rows);
    *baselines = (struct baselines){ 0 };
}

static void add_baseline(struct baselines *baselines,
                         const struct shortcuts *shortcuts, const char *set,
                         const struct examples *examples)
{
    struct baseline *row = &baselines->rows[baselines->count];

    if (examples->strings.count == 0)
        return;
    baselines->count++;
    snprintf(row->set, sizeof row->set, "%s", set);
    row->strings = examples->strings.count;
    shortcuts_count(shortcuts, examples, row->right);
}

/* The train split, or what its stream begins with. */
static struct shortcuts *fit_to(const struct dataset *dataset)
{
    size_t n_symbols = language_alphabet(dataset->language)->size;
    struct examples stream = { 0 };
    struct shortcuts *shortcuts;

    if (dataset->train.strings.count > 0)
        return shortcuts_fit(&dataset->train, n_symbols);
    dataset_stream(dataset, 0, SHORTCUT_FITTED, &stream);
    shortcuts = shortcuts_fit(&stream, n_symbols);
    examples_clear(&stream);
    return shortcuts;
}

size_t baselines_bytes(const struct data_config *config, size_t n_symbols)
{
    size_t count = config->train.count, bytes = 0;
    struct extent fitted;

    if (config->objective != OBJECTIVE_MEMBERSHIP)
        return 0;
    count = count > 0 && count < SHORTCUT_FITTED ? count : SHORTCUT_FITTED;
    fitted = extent_of_draws(config, 0, count);
    if (config->train.count == 0)
        bytes =
            examples_bytes(config, n_symbols, fitted) + drawing_bytes(fitted);
    /* tables; pairs; a problem and what solving it takes */
    return bytes + SHORTCUT_COUNTS * count * sizeof(struct cell) +
           fitted.symbols * sizeof(struct cell) +
           fitted.symbols * (sizeof(size_t) + sizeof(double)) +
           count * (sizeof(size_t) + 4 * sizeof(double));
}

void baselines_measure(const struct dataset *dataset,
                       struct baselines *baselines)
{
    struct shortcuts *shortcuts;

    *baselines = (struct baselines){ 0 };
    if (dataset->config->objective != OBJECTIVE_MEMBERSHIP)
        return;
    shortcuts = fit_to(dataset);
    baselines->rows = memory_new(1 + dataset->n_tests, sizeof *baselines->rows);
    add_baseline(baselines, shortcuts, "validation", &dataset->validation);
    for (size_t b = 0; b < dataset->n_tests; b++) {
        char set[32];

        snprintf(set, sizeof set, "test[%zu]", b);
        add_baseline(baselines, shortcuts, set, &dataset->tests[b]);
    }
    shortcuts_free(shortcuts);
}

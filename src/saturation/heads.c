/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "saturation/heads.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "saturation/asymptotic.h"
#include "saturation/attention.h"

const char *const head_class_names[] = {
    [HEAD_ARGMAX] = "argmax", [HEAD_MEAN] = "mean", [HEAD_OTHER] = "other", NULL
};
const char *const head_mask_names[] = {
    [HEAD_MASK_RIGHT] = "right", [HEAD_MASK_ZERO] = "zero", NULL
};

size_t head_bin_least(size_t bin)
{
    return bin == 0 ? 1 : ((size_t)1 << (bin - 1)) + 1;
}

size_t head_bin_most(size_t bin)
{
    return bin + 1 == HEAD_BINS ? SIZE_MAX : (size_t)1 << bin;
}

/* Whole numbers, so that sums do not depend on their order. */
struct tally {
    uint64_t rows, attended, squares, split, tied, choices, single, all;
    uint64_t bins[HEAD_BINS];
};

/* A measurement; tallies are [thread][mask][layer][head]. */
struct measurement {
    const struct strings *strings;
    struct asymptotic *limit;
    size_t n_layers, n_heads, d_head;
    int mask; /* as in struct model_config */
    struct tally *tallies;
};

/* ------------------------------------------------------------- one row */

/* Token AT of a level, N tokens long, under one head. */
struct row {
    const struct state *const *states;
    size_t at, n, visible, head;
    struct view view;
    struct ball *room;
    size_t *chosen;
};

/* The sign of the best of the allowed scores; BEST is where it stands.  Zero
 * is what ties with zero through all positive degrees, as scores tie. */
static int best_sign(const struct row *row, size_t best)
{
    const struct series *query = row->view.query, *key = row->view.keys[best];
    int top = query->top + key->top;

    if (query->known == 0 || key->known == 0)
        return 0;
    for (int degree = top; degree > 0; degree--) {
        struct ball score;

        if (!series_dot(query, key, degree, &score))
            return 0;
        if (ball_beyond(score))
            return score.value > 0 ? 1 : -1;
    }
    return 0;
}

/* What a row chose: the first CHOSEN of the allowed positions, and FUTURE of
 * those behind the mask. */
struct choice {
    size_t chosen, future;
};

static struct choice read_as_zero(const struct row *row, size_t chosen)
{
    size_t future = row->n - row->visible;
    int sign = future == 0 ? 1 : best_sign(row, row->chosen[0]);

    return (struct choice){ sign < 0 ? 0 : chosen, sign > 0 ? 0 : future };
}

static bool is_single(const struct row *row, const struct choice *choice)
{
    const struct state *first = choice->chosen > 0 ? row->states[row->chosen[0]]
                                                   : row->states[row->visible];

    for (size_t i = 1; i < choice->chosen; i++)
        if (row->states[row->chosen[i]] != first)
            return false;
    for (size_t i = 0; i < choice->future; i++)
        if (row->states[row->visible + i] != first)
            return false;
    return true;
}

static bool has_choice(const struct row *row)
{
    for (size_t i = 1; i < row->visible; i++)
        if (row->states[i] != row->states[0])
            return true;
    return false;
}

static void count(const struct row *row, const struct choice *choice,
                  struct tally *tally)
{
    size_t n = choice->chosen + choice->future, bin = 0;
    bool single = is_single(row, choice);

    while (n > head_bin_most(bin))
        bin++;
    tally->rows++;
    tally->attended += n;
    tally->squares += n * n;
    tally->split += n > 1;
    tally->tied += !single;
    tally->bins[bin]++;
    if (!has_choice(row))
        return;
    tally->choices++;
    tally->single += single;
    tally->all += choice->chosen == row->visible && choice->future == 0;
}

/* ------------------------------------------------------------- a string */

static struct tally *tally_at(const struct measurement *m, size_t thread,
                              enum head_mask mask, size_t layer, size_t head)
{
    size_t index = thread * HEAD_MASKS + mask;

    return &m->tallies[(index * m->n_layers + layer) * m->n_heads + head];
}

/* The first of how many positions token AT of N sees. */
static size_t visible(int mask, size_t at, size_t n)
{
    const size_t counts[] = { [MASK_CAUSAL] = at + 1,
                              [MASK_FULL] = n,
                              [MASK_STRICT] = at,
                              [MASK_ZERO] = at + 1 };

    return counts[mask];
}

static void measure_row(const struct measurement *m, size_t thread,
                        size_t layer, struct row *row)
{
    struct choice choice = { 0, 0 };

    row->view.query = &row->states[row->at]->queries[row->head];
    row->view.n = row->visible;
    choice.chosen = attention_argmax(&row->view, row->room, row->chosen);
    count(row, &choice, tally_at(m, thread, HEAD_MASK_RIGHT, layer, row->head));
    choice = read_as_zero(row, choice.chosen);
    count(row, &choice, tally_at(m, thread, HEAD_MASK_ZERO, layer, row->head));
}

static void measure_string(void *context, size_t item, size_t thread)
{
    struct measurement *m = context;
    size_t n = strings_length(m->strings, item) + 1;
    const struct state **states =
        memory_new((m->n_layers + 1) * n, sizeof *states);
    const struct series **keys = memory_new(n, sizeof *keys);
    struct row row = { .n = n,
                       .room = memory_new(n, sizeof *row.room),
                       .chosen = memory_new(n, sizeof *row.chosen) };

    row.view =
        (struct view){ .keys = keys, .scale = 1 / sqrt((double)m->d_head) };
    asymptotic_trace(m->limit, thread, strings_at(m->strings, item), n - 1,
                     states);
    for (size_t l = 0; l < m->n_layers; l++)
        for (row.head = 0; row.head < m->n_heads; row.head++) {
            row.states = states + l * n;
            for (size_t i = 0; i < n; i++)
                keys[i] = &row.states[i]->keys[row.head];
            for (row.at = 0; row.at < n; row.at++) {
                row.visible = visible(m->mask, row.at, n);
                if (row.visible > 0)
                    measure_row(m, thread, l, &row);
            }
        }
    free(row.room);
    free(row.chosen);
    free(keys);
    free(states);
}

/* -------------------------------------------------------------- profiles */

static void add(const struct tally *from, struct tally *to)
{
    const uint64_t *a = (const uint64_t *)from;
    uint64_t *b = (uint64_t *)to;

    for (size_t i = 0; i < sizeof *from / sizeof *a; i++)
        b[i] += a[i];
}

static double share(uint64_t part, uint64_t whole)
{
    return whole == 0 ? 0 : (double)part / (double)whole;
}

static enum head_class classify(const struct head_profile *profile)
{
    if (profile->choices == 0)
        return HEAD_OTHER;
    if (profile->all >= TYPICAL)
        return HEAD_MEAN;
    return profile->single >= TYPICAL ? HEAD_ARGMAX : HEAD_OTHER;
}

/* The standard deviation is exact up to its last roundings: n sum x^2 -
 * (sum x)^2 in whole numbers. */
static double deviation(const struct tally *t)
{
    unsigned __int128 n = t->rows, sum = t->attended;
    double spread = (double)(n * t->squares - sum * sum);

    return t->rows < 2 ? 0 : sqrt(spread / (double)(n * (n - 1)));
}

static void sum_up(const struct tally *t, struct head_profile *profile)
{
    profile->rows = t->rows;
    profile->mean = share(t->attended, t->rows);
    profile->sd = deviation(t);
    profile->split = share(t->split, t->rows);
    profile->tied = share(t->tied, t->rows);
    profile->choices = t->choices;
    profile->single = share(t->single, t->choices);
    profile->all = share(t->all, t->choices);
    for (size_t b = 0; b < HEAD_BINS; b++)
        profile->bins[b] = t->bins[b];
    profile->class = classify(profile);
}

static void collect(const struct measurement *m, struct head_profiles *out)
{
    size_t heads = m->n_layers * m->n_heads;

    out->count = HEAD_MASKS * heads;
    out->rows = memory_new(out->count, sizeof *out->rows);
    for (size_t i = 0; i < out->count; i++) {
        struct tally sum = { 0 };

        for (size_t t = 0; t < parallel_threads(); t++)
            add(&m->tallies[t * out->count + i], &sum);
        out->rows[i] = (struct head_profile){ .mask = (int)(i / heads),
                                              .layer = i % heads / m->n_heads,
                                              .head = i % m->n_heads };
        sum_up(&sum, &out->rows[i]);
    }
}

void heads_measure(const struct network *network, size_t orders,
                   const struct strings *strings, struct head_profiles *out)
{
    const struct model_config *config = network_config(network);
    struct measurement m = { .strings = strings,
                             .limit = asymptotic_limit(network, orders),
                             .n_layers = config->n_layers,
                             .n_heads = config->n_heads,
                             .d_head = config->d_model / config->n_heads,
                             .mask = config->mask };

    asymptotic_prepare(m.limit);
    m.tallies =
        memory_new(parallel_threads() * HEAD_MASKS * m.n_layers * m.n_heads,
                   sizeof *m.tallies);
    parallel_for(strings->count, measure_string, &m);
    collect(&m, out);
    free(m.tallies);
    asymptotic_free(m.limit);
}

void head_profiles_clear(struct head_profiles *profiles)
{
    free(profiles->rows);
    *profiles = (struct head_profiles){ 0 };
}

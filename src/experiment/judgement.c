/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "experiment/judgement.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/statistics.h"
#include "config/schema.h"
#include "experiment/claim.h"

const char *const item_kinds[] = {
    [EXACT] = "exact", [CLAIM] = "claim", [SHOW] = "show"
};

const char *const verdict_words[] = {
    [PASS] = "PASS",   [FAIL] = "FAIL", [HELD] = "HELD", [REFUTED] = "REFUTED",
    [ERROR] = "ERROR", [OPEN] = "OPEN", [SHOWN] = "",
};

void judgement_clear(struct judgement *judgement)
{
    text_clear(&judgement->ours);
    free(judgement->item);
    free(judgement->paper);
    free(judgement->columns);
    free(judgement->along);
    free(judgement->crossings);
    *judgement = (struct judgement){ 0 };
}

/* -------------------------------------------------------------- reading */

/* An item's `most` where it has none: the standard below. */
#define UNBOUNDED 1e300

struct item {
    char *item, *of, *metric, *paper;
    double within, relative, most;
    const struct yaml_node *where, *that, *over, *order, *flips;
};

static bool node_read(const struct yaml_node *node, const char *path,
                      void *value, struct error *error)
{
    (void)path;
    (void)error;
    if (!yaml_is_null(node))
        *(const struct yaml_node **)value = node;
    return true;
}

static void node_print(const void *value, struct text *out)
{
    const struct yaml_node *node = *(const struct yaml_node *const *)value;

    if (node != NULL)
        yaml_add_flow(out, node);
}

const struct field_custom node_custom = { "anything", node_read, node_print,
                                          NULL };

/* clang-format off */
#define NODE(name, what) \
    { .key = #name, .type = FIELD_CUSTOM, .custom = &node_custom, \
      .standard = "~", .offset = offsetof(struct item, name), .help = what }

static const struct field item_fields[] = {
    { .key = "item", .type = FIELD_TEXT, .offset = offsetof(struct item, item),
      .help = "what is looked at" },
    { .key = "of", .type = FIELD_TEXT, .offset = offsetof(struct item, of),
      .help = "a series of the page, dynamics, or an experiment" },
    { .key = "metric", .type = FIELD_TEXT, .standard = "~",
      .offset = offsetof(struct item, metric), .help = "the number" },
    { .key = "paper", .type = FIELD_TEXT, .standard = "~",
      .offset = offsetof(struct item, paper), .help = "as published" },
    { .key = "within", .type = FIELD_NUMBER, .standard = "0", .least = 0,
      .most = INFINITY, .offset = offsetof(struct item, within),
      .help = "absolute bound" },
    { .key = "relative", .type = FIELD_NUMBER, .standard = "0", .least = 0,
      .most = 1, .offset = offsetof(struct item, relative),
      .help = "relative bound" },
    { .key = "most", .type = FIELD_NUMBER, .standard = "1e300",
      .least = -UNBOUNDED, .most = UNBOUNDED,
      .offset = offsetof(struct item, most), .help = "upper bound" },
    NODE(where, "axes and their values"),
    NODE(that, "a claim on metrics"),
    NODE(over, "how runs are joined"),
    NODE(order, "by an axis, of its values"),
    NODE(flips, "columns, along and at"),
    { .key = NULL }
};
/* clang-format on */

/* --------------------------------------------------------- what is concerned
 */

/* Those witnesses an item asks, as outcomes. */
struct asked {
    struct outcome *outcomes;
    size_t count;
};

static struct asked ask(const struct item *item,
                        const struct evidence *evidence)
{
    struct asked asked = {
        memory_new(evidence->count + 1, sizeof *asked.outcomes), 0
    };

    for (size_t i = 0; i < evidence->count; i++) {
        const struct witness *witness = &evidence->items[i];
        struct outcome outcome = witness_outcome(witness);

        if (witness_answers(witness, item->of, item->where))
            asked.outcomes[asked.count++] = outcome;
    }
    return asked;
}

/* The metric's values; those that lack it are NAN. */
static double *values_of(const struct asked *asked, const char *name)
{
    double *values = memory_new(asked->count + 1, sizeof *values);

    for (size_t i = 0; i < asked->count; i++) {
        const struct metric *metric =
            metrics_find(asked->outcomes[i].metrics, name);

        values[i] = metric != NULL ? metric->value : NAN;
    }
    return values;
}

static void add_spread(struct text *out, const double *values, size_t n)
{
    double low = statistics_quantile(values, n, 0);
    double high = statistics_quantile(values, n, 1);

    text_add_format(out, "%.6g", statistics_quantile(values, n, 0.5));
    if (low < high)
        text_add_format(out, " [%.6g, %.6g]", low, high);
}

/* ------------------------------------------------------ the ways to judge */

/* Half a unit of the last digit of TEXT, with room for its own rounding. */
static double half_unit(const char *text)
{
    const char *point = strchr(text, '.');
    size_t digits = point != NULL ? strspn(point + 1, "0123456789") : 0;

    return 0.5 * pow(10, -(double)digits) * (1 + 1e-9);
}

/* Whether every witness that is asked has METRIC, and as a number. */
static bool is_known(const struct asked *asked, const char *metric)
{
    double *values = values_of(asked, metric);
    bool known = true;

    for (size_t i = 0; i < asked->count; i++)
        known &= !isnan(values[i]);
    free(values);
    return known;
}

/* How many witnesses that are asked have no METRIC. */
static size_t count_lacking(const struct asked *asked, const char *metric)
{
    size_t n = 0;

    for (size_t i = 0; metric != NULL && i < asked->count; i++)
        n += metrics_find(asked->outcomes[i].metrics, metric) == NULL;
    return n;
}

/* Says that N of those that are asked have no METRIC, in place of what the
 * others come to. */
static void tell_lacking(struct judgement *judgement, const char *metric,
                         size_t n, const struct asked *asked)
{
    text_clear(&judgement->ours);
    if (n == asked->count)
        text_add_format(&judgement->ours, "no run has %s", metric);
    else
        text_add_format(&judgement->ours, "%zu of %zu runs have no %s", n,
                        asked->count, metric);
    judgement->n_crossings = 0;
    judgement->lacking = true;
}

static enum ruling rule(bool known, bool held)
{
    return !known ? RULING_UNKNOWN : held ? RULING_HELD : RULING_MISSED;
}

static enum ruling judge_number(struct judgement *judgement,
                                const struct item *item,
                                const struct asked *asked)
{
    double paper, *values = values_of(asked, item->metric);
    bool bounded = item->most < UNBOUNDED;
    bool equal = item->paper != NULL && !bounded;
    bool held = !equal || text_read_number(item->paper, &paper);

    for (size_t i = 0; equal && held && i < asked->count; i++) {
        double bound = item->within > 0     ? item->within
                       : item->relative > 0 ? item->relative * fabs(paper)
                                            : half_unit(item->paper);

        held = fabs(values[i] - paper) <= bound;
    }
    for (size_t i = 0; i < asked->count; i++)
        held &= values[i] <= item->most;
    add_spread(&judgement->ours, values, asked->count);
    if (bounded)
        text_add_format(&judgement->ours, " (at most %g)", item->most);
    free(values);
    return rule(is_known(asked, item->metric), held);
}

/* The item's claim, read as an experiment's is. */
static bool judge_claim(struct judgement *judgement, const struct item *item,
                        const char *path, const struct asked *asked,
                        enum ruling *ruling, struct error *error)
{
    const struct yaml_node *parts[] = { item->that, item->over };
    static const char *const keys[] = { "that", "over" };
    static const char *const no_axes[] = { NULL };
    struct yaml_node *list = yaml_new(YAML_LIST, &item->that->place);
    struct yaml_node *map = yaml_new(YAML_MAP, &item->that->place);
    struct claims claims;
    bool ok;

    for (size_t i = 0; i < 2; i++)
        if (parts[i] != NULL)
            yaml_set(map, keys[i], yaml_copy(parts[i]));
    list->items = memory_new(1, sizeof *list->items);
    list->items[list->count++] = map;
    ok = claims_read(&claims, list, path, no_axes, error);
    if (ok) {
        *ruling = claim_decide(&claims.items[0], asked->outcomes, asked->count,
                               &judgement->ours);
        text_add_format(&judgement->ours, " (%s)", claims.items[0].text);
        judgement->lacking = count_lacking(asked, claims.items[0].metric) +
                                 count_lacking(asked, claims.items[0].other) >
                             0;
    }
    claims_clear(&claims);
    yaml_node_free(list);
    return ok;
}

/* The outcome's value on AXIS, or NULL. */
static const char *axis_text(const struct outcome *outcome, const char *axis)
{
    for (size_t i = 0; outcome->axes[i] != NULL; i++)
        if (strcmp(outcome->axes[i], axis) == 0)
            return outcome->values[i];
    return NULL;
}

/* The median of METRIC where the axis BY is VALUE; NAN where nothing is. */
static double median_where(const struct asked *asked, const char *by,
                           const char *value, const char *metric)
{
    double *values = values_of(asked, metric), median = NAN;
    size_t n = 0;

    for (size_t i = 0; i < asked->count; i++) {
        const char *mine = axis_text(&asked->outcomes[i], by);

        if (mine != NULL && strcmp(mine, value) == 0)
            values[n++] = values[i];
    }
    if (n > 0)
        median = statistics_quantile(values, n, 0.5);
    free(values);
    return median;
}

/* A key of ORDER or FLIPS that is a number; VALUE stays where there is none. */
static bool read_key(const struct yaml_node *map, const char *key,
                     double *value)
{
    const struct yaml_node *node = yaml_get(map, key);

    return node == NULL ||
           (node->kind == YAML_SCALAR && text_read_number(node->text, value));
}

/* "a 3, b 2": whether the medians fall in the order given, by LEAST each. */
static bool judge_order(struct judgement *judgement, const struct item *item,
                        const char *path, const struct asked *asked,
                        enum ruling *ruling, struct error *error)
{
    const struct yaml_node *by = yaml_get(item->order, "by");
    const struct yaml_node *of = yaml_get(item->order, "of");
    double before = INFINITY, least = 0;
    bool known = true, held = true;

    if (by == NULL || by->kind != YAML_SCALAR || of == NULL ||
        of->kind != YAML_LIST || !read_key(item->order, "least", &least))
        return schema_complain(item->order, path,
                               "a map of by (an axis) and of (its values), "
                               "and least (a number)",
                               error);
    for (size_t i = 0; i < of->count; i++) {
        const char *value = of->items[i]->text;
        double median = median_where(asked, by->text,
                                     value != NULL ? value : "", item->metric);

        text_add_format(&judgement->ours, "%s%s %.6g", i > 0 ? ", " : "",
                        value != NULL ? value : "", median);
        held &= median < before && before - median >= least;
        known &= !isnan(median);
        before = median;
    }
    if (least > 0)
        text_add_format(&judgement->ours, " (by at least %g)", least);
    *ruling = rule(known, held);
    return true;
}

static double axis_value(const struct outcome *outcome, const char *axis)
{
    const char *text = axis_text(outcome, axis);
    double value;

    return text != NULL && text_read_number(text, &value) ? value : NAN;
}

/* One run of a map: its column, its place in it, and what it came to. */
struct cell {
    double column, along, value;
};

static int by_place(const void *a, const void *b)
{
    const struct cell *x = a, *y = b;

    if (x->column != y->column)
        return x->column < y->column ? -1 : 1;
    return (x->along > y->along) - (x->along < y->along);
}

/* The columns of a map of N cells, each with where it crosses LEVEL. */
static size_t find_crossings(struct cell *cells, size_t n, double level,
                             struct crossing *crossings)
{
    size_t columns = 0;

    qsort(cells, n, sizeof *cells, by_place);
    for (size_t i = 0, j; i < n; i = j) {
        struct crossing *crossing = &crossings[columns++];

        *crossing = (struct crossing){ cells[i].column, 0, NAN,
                                       cells[i].value > level };
        for (j = i + 1; j < n && cells[j].column == cells[i].column; j++) {
            bool above = cells[j].value > level;

            if (above != crossing->above) {
                crossing->place = sqrt(cells[j].along * cells[j - 1].along);
                crossing->count++;
            }
            crossing->above = above;
        }
    }
    return columns;
}

/* How many columns cross once; says so, and where. */
static size_t tell_crossings(struct judgement *judgement, const char *metric,
                             double level)
{
    size_t n = judgement->n_crossings, once = 0, never = 0;
    double *places = memory_new(n + 1, sizeof *places);

    for (size_t i = 0; i < n; i++) {
        never += judgement->crossings[i].count == 0;
        if (judgement->crossings[i].count == 1)
            places[once++] = judgement->crossings[i].place;
    }
    text_add_format(&judgement->ours,
                    "%s crosses %g once in %zu, never in %zu of %zu columns",
                    metric, level, once, never, n);
    if (once > 0) {
        text_add_format(&judgement->ours, ", at %s ", judgement->along);
        add_spread(&judgement->ours, places, once);
    }
    free(places);
    return once;
}

static struct cell *take_cells(const struct item *item,
                               const struct asked *asked, const char *columns,
                               const char *along)
{
    struct cell *cells = memory_new(asked->count + 1, sizeof *cells);
    double *values = values_of(asked, item->metric);

    for (size_t i = 0; i < asked->count; i++)
        cells[i] =
            (struct cell){ axis_value(&asked->outcomes[i], columns),
                           axis_value(&asked->outcomes[i], along), values[i] };
    free(values);
    return cells;
}

static bool judge_flips(struct judgement *judgement, const struct item *item,
                        const char *path, const struct asked *asked,
                        enum ruling *ruling, struct error *error)
{
    const struct yaml_node *columns = yaml_get(item->flips, "columns");
    const struct yaml_node *along = yaml_get(item->flips, "along");
    double level = NAN, least = NAN;
    struct cell *cells;
    size_t once;

    if (columns == NULL || along == NULL || columns->kind != YAML_SCALAR ||
        along->kind != YAML_SCALAR || !read_key(item->flips, "at", &level) ||
        !read_key(item->flips, "least", &least) || isnan(level) || isnan(least))
        return schema_complain(item->flips, path,
                               "a map of columns and along (axes), at and "
                               "least (numbers)",
                               error);
    judgement->columns = memory_copy_text(columns->text);
    judgement->along = memory_copy_text(along->text);
    cells = take_cells(item, asked, columns->text, along->text);
    judgement->crossings =
        memory_new(asked->count + 1, sizeof *judgement->crossings);
    judgement->n_crossings =
        find_crossings(cells, asked->count, level, judgement->crossings);
    once = tell_crossings(judgement, item->metric, level);
    *ruling = rule(is_known(asked, item->metric),
                   (double)once >= least * (double)judgement->n_crossings);
    free(cells);
    return true;
}

static bool judge(struct judgement *judgement, const struct item *item,
                  const struct yaml_node *node, const char *path,
                  const struct asked *asked, enum ruling *ruling,
                  struct error *error)
{
    if (item->that != NULL)
        return judge_claim(judgement, item, path, asked, ruling, error);
    if (item->metric == NULL)
        return schema_complain(node, path, "an item with metric or that",
                               error);
    if (item->order != NULL)
        return judge_order(judgement, item, path, asked, ruling, error);
    if (item->flips != NULL)
        return judge_flips(judgement, item, path, asked, ruling, error);
    if (asked->count > 0)
        *ruling = judge_number(judgement, item, asked);
    return true;
}

/* What each kind of item makes of a ruling. */
static const enum verdict_word rulings[][RULINGS] = {
    [EXACT] = { [RULING_MISSED] = FAIL,
                [RULING_HELD] = PASS,
                [RULING_UNKNOWN] = FAIL },
    [CLAIM] = { [RULING_MISSED] = REFUTED,
                [RULING_HELD] = HELD,
                [RULING_UNKNOWN] = ERROR },
    [SHOW] = { SHOWN, SHOWN, SHOWN },
};

bool judge_item(struct judgement *judgement, const struct yaml_node *node,
                const char *path, enum item_kind kind,
                const struct evidence *evidence, struct error *error)
{
    struct item item = { 0 };
    struct asked asked = { 0 };
    enum ruling ruling = RULING_UNKNOWN;
    size_t lacking;
    bool ok;

    *judgement = (struct judgement){ 0 };
    text_add(&judgement->ours, "");
    ok = schema_read(item_fields, node, path, NULL, &item, error);
    if (!ok)
        goto done;
    asked = ask(&item, evidence);
    judgement->item = memory_copy_text(item.item);
    judgement->paper = memory_copy_text(item.paper != NULL ? item.paper : "");
    ok = judge(judgement, &item, node, path, &asked, &ruling, error);
    lacking = item.that == NULL ? count_lacking(&asked, item.metric) : 0;
    if (lacking > 0)
        tell_lacking(judgement, item.metric, lacking, &asked);
    judgement->word = rulings[kind][ruling];
    if (kind == EXACT && judgement->lacking)
        judgement->word = OPEN;
    if (asked.count == 0) {
        text_clear(&judgement->ours);
        text_add(&judgement->ours, "no run yet");
        judgement->word = OPEN;
    }
done:
    free(asked.outcomes);
    schema_clear(item_fields, &item);
    return ok;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "experiment/claim.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/statistics.h"
#include "config/schema.h"
#include "data/shortcut.h"
#include "results/manifest.h"

/* ----------------------------------------------------------- vocabulary */

/* clang-format off */
static bool equal(double a, double b)         { return a == b; }
static bool unequal(double a, double b)       { return a != b; }
static bool less(double a, double b)          { return a < b; }
static bool less_equal(double a, double b)    { return a <= b; }
static bool greater(double a, double b)       { return a > b; }
static bool greater_equal(double a, double b) { return a >= b; }

static const struct {
    const char *sign;
    bool (*holds)(double value, double number);
    bool is_upper; /* bounds the value from above */
} comparisons[] = {
    [EQUAL]         = { "==", equal, false },
    [UNEQUAL]       = { "!=", unequal, false },
    [LESS]          = { "<", less, true },
    [LESS_EQUAL]    = { "<=", less_equal, true },
    [GREATER]       = { ">", greater, false },
    [GREATER_EQUAL] = { ">=", greater_equal, false },
};

static const char *const overs[] = {
    [OVER_MIN] = "min", [OVER_MEDIAN] = "median", [OVER_ALL] = "all", NULL
};

/* First words of metrics' names; an evaluator's may go on with =NUMBER. */
static const char *const evaluators[] = {
    "trained", "limit", "attention", "encoder", "scaled", "sharpened",
    "untrained", "prior", NULL
};
static const char *const others[] = {
    "norm", "saturation", "loss", "growth", "path", "layers", "heads",
    "language", "dataset", "steps", "validation", "test", "exhaustive",
    "verify", NULL
};
static const char shortcut[] = "shortcut"; /* .<name>.<set>.accuracy */
static const char *const sets[] = {
    "validation", "test", "exhaustive", "verify", NULL
};
static const char *const measures[] = {
    "accuracy", "agreement",         "undecided",  "low",  "high",
    /* of sequence objectives */
    "loss",     "position_accuracy", "membership", "perplexity",
    "excess",   "published", NULL
};
/* clang-format on */

#define N_COMPARISONS (sizeof comparisons / sizeof *comparisons)

/* -------------------------------------------------------------- parsing */

/* A claim's text while it is read. */
struct parser {
    struct claim *claim;
    const struct yaml_node *node;
    const char *path;
    const char *at;
    struct error *error;
};

/* The byte AT of the claim's text; columns count characters. */
static struct place place_at(const struct parser *parser, const char *at)
{
    struct place place = parser->node->place;

    if (place.column > 0) {
        place.column += !parser->node->plain;
        for (const char *c = parser->node->text; c < at; c++)
            place.column += ((unsigned char)*c & 0xc0) != 0x80;
    }
    return place;
}

static bool complain(const struct parser *parser, const char *at,
                     const char *text)
{
    struct place place = place_at(parser, at);

    return error_add(parser->error, ERROR_CONFIG, &place, parser->path, "%s",
                     text);
}

/* The same with the word at AT in it, and what it may have meant. */
static bool complain_word(const struct parser *parser, const char *at,
                          const char *what, const char *word,
                          const char *const *names)
{
    const char *nearest = text_nearest(word, names);
    struct text text = { 0 };

    text_add_format(&text, "unknown %s \"%s\"", what, word);
    if (nearest != NULL)
        text_add_format(&text, "; did you mean \"%s\"?", nearest);
    text_add(&text, nearest != NULL ? " (accepted: " : "; accepted: ");
    for (size_t i = 0; names[i] != NULL; i++)
        text_add_format(&text, "%s%s", i > 0 ? ", " : "", names[i]);
    text_add(&text, nearest != NULL ? ")" : "");
    complain(parser, at, text.data);
    text_clear(&text);
    return false;
}

static void skip_spaces(struct parser *parser)
{
    parser->at += strspn(parser->at, " \t");
}

/* A metric's name may have a single '=' in it: scaled=10. */
static char *take_name(struct parser *parser)
{
    const char *end = parser->at;
    struct text name = { 0 };

    while (*end != '\0' && strchr(" \t<>!", *end) == NULL &&
           (*end != '=' || isdigit((unsigned char)end[1])))
        end++;
    text_add_bytes(&name, parser->at, (size_t)(end - parser->at));
    parser->at = end;
    return text_take(&name);
}

static bool is_among(const char *const *names, const char *word, size_t length)
{
    for (; *names != NULL; names++)
        if (strlen(*names) == length && strncmp(*names, word, length) == 0)
            return true;
    return false;
}

/* The SET and the MEASURE of `EVALUATOR.SET[.CLASS].MEASURE`. */
static bool check_verdict(const struct parser *parser, const char *at,
                          const char *rest)
{
    const char *last = strrchr(rest, '.');
    size_t length = strcspn(rest, ".[");
    struct text set = { 0 };
    bool ok = is_among(sets, rest, length);

    text_add_bytes(&set, rest, length);
    if (!ok)
        complain_word(parser, at, "set of strings", set.data, sets);
    text_clear(&set);
    if (!ok)
        return false;
    if (last == NULL)
        return complain(parser, at + strlen(rest),
                        "no measure; accepted: accuracy, agreement, "
                        "undecided, low, high, loss, position_accuracy, "
                        "membership, perplexity, excess, published");
    if (!is_among(measures, last + 1, strlen(last + 1)))
        return complain_word(parser, at + (last + 1 - rest), "measure",
                             last + 1, measures);
    return true;
}

/* The REST of `shortcut.NAME.SET.MEASURE`, which stands at AT. */
static bool check_shortcut(const struct parser *parser, const char *at,
                           const char *rest)
{
    size_t length;
    struct text word = { 0 };
    bool ok;

    if (*rest == '.') {
        rest++;
        at++;
    }
    length = strcspn(rest, ".");
    ok = is_among(shortcut_names, rest, length);
    text_add_bytes(&word, rest, length);
    if (!ok)
        complain_word(parser, at, "shortcut", word.data, shortcut_names);
    text_clear(&word);
    length += rest[length] == '.';
    return ok && check_verdict(parser, at + length, rest + length);
}

/* Whether a run can have a metric called NAME, which stands at AT. */
static bool check_metric(const struct parser *parser, const char *at,
                         const char *name)
{
    const char *all[sizeof evaluators / sizeof *evaluators +
                    sizeof others / sizeof *others + 1];
    size_t length = strcspn(name, ".=["), n = 0;
    struct text word = { 0 };
    const char *rest;

    if (is_among(others, name, length))
        return true;
    if (length == strlen(shortcut) && strncmp(name, shortcut, length) == 0)
        return check_shortcut(parser, at + length, name + length);
    if (is_among(evaluators, name, length)) {
        rest = name + length;
        if (*rest == '=') /* a number, which may have a point */
            rest += 1 + strspn(rest + 1, "0123456789");
        if (*rest == '.' && isdigit((unsigned char)rest[1]))
            rest += 1 + strspn(rest + 1, "0123456789");
        rest += *rest == '.';
        return check_verdict(parser, at + (rest - name), rest);
    }
    for (size_t i = 0; evaluators[i] != NULL; i++)
        all[n++] = evaluators[i];
    all[n++] = shortcut;
    for (size_t i = 0; others[i] != NULL; i++)
        all[n++] = others[i];
    all[n] = NULL;
    text_add_bytes(&word, name, length);
    complain_word(parser, at, "metric", word.data, all);
    text_clear(&word);
    return false;
}

static bool take_comparison(struct parser *parser)
{
    size_t longest = 0;

    skip_spaces(parser);
    for (size_t i = 0; i < N_COMPARISONS; i++) {
        size_t length = strlen(comparisons[i].sign);

        if (length > longest &&
            strncmp(parser->at, comparisons[i].sign, length) == 0) {
            parser->claim->comparison = (int)i;
            longest = length;
        }
    }
    parser->at += longest;
    if (longest > 0)
        return true;
    if (*parser->at == '=')
        return complain(parser, parser->at,
                        "unknown comparison \"=\"; did you mean \"==\"?");
    return complain(parser, parser->at,
                    "no comparison here; accepted: METRIC, one of == != < <= "
                    "> >=, and a number, word or metric");
}

static bool is_metric(const char *name)
{
    return strchr(name, '.') != NULL || is_among(others, name, strlen(name));
}

/* The right side: a number, another metric, or a word. */
static bool take_value(struct parser *parser)
{
    struct claim *claim = parser->claim;
    const char *start;
    char *value;
    bool ok = true;

    skip_spaces(parser);
    start = parser->at;
    value = take_name(parser);
    skip_spaces(parser);
    if (value[0] == '\0')
        ok = complain(parser, start,
                      "nothing to compare with; accepted: a number, word or "
                      "metric");
    else if (*parser->at != '\0')
        ok = complain(parser, parser->at,
                      "surplus text; accepted: METRIC COMPARISON VALUE");
    else if (text_read_number(value, &claim->number))
        ;
    else if (!isalpha((unsigned char)value[0]))
        ok =
            complain(parser, start, "neither a number nor a word nor a metric");
    else if (is_metric(value)) {
        ok = check_metric(parser, start, value);
        claim->other = memory_copy_text(value);
        claim->other_place = place_at(parser, start);
    } else if (claim->comparison != EQUAL && claim->comparison != UNEQUAL)
        ok = complain(parser, start,
                      "a word can be compared by == and != alone");
    else
        claim->word = memory_copy_text(value);
    free(value);
    return ok;
}

static bool parse(struct parser *parser)
{
    struct claim *claim = parser->claim;
    const char *start;

    claim->text = memory_copy_text(parser->node->text);
    claim->key = memory_copy_text(parser->path);
    parser->at = parser->node->text;
    skip_spaces(parser);
    start = parser->at;
    claim->place = place_at(parser, start);
    if (!isalpha((unsigned char)*parser->at))
        return complain(parser, parser->at,
                        "a claim begins with a metric, such as "
                        "limit.test[0].accuracy");
    claim->metric = take_name(parser);
    return check_metric(parser, start, claim->metric) &&
           take_comparison(parser) && take_value(parser);
}

/* -------------------------------------------------------------- reading */

/* What a claim written as a map holds. */
struct entry {
    const struct yaml_node *that, *where;
    int over;
};

static bool that_read(const struct yaml_node *node, const char *path,
                      void *value, struct error *error)
{
    if (node->kind != YAML_SCALAR || yaml_is_null(node))
        return schema_complain(node, path,
                               "a claim such as limit.test[0].accuracy >= 0.99",
                               error);
    *(const struct yaml_node **)value = node;
    return true;
}

static bool where_read(const struct yaml_node *node, const char *path,
                       void *value, struct error *error)
{
    if (yaml_is_null(node))
        return true;
    if (node->kind != YAML_MAP)
        return schema_complain(node, path, "a map of axes to values", error);
    *(const struct yaml_node **)value = node;
    return true;
}

static void node_print(const void *value, struct text *out)
{
    yaml_add_flow(out, *(struct yaml_node *const *)value);
}

static const struct field_custom that_custom = { "METRIC COMPARISON VALUE",
                                                 that_read, node_print, NULL };
static const struct field_custom where_custom = { "a map of axes to values",
                                                  where_read, node_print,
                                                  NULL };

/* clang-format off */
static const struct field entry_fields[] = {
    { .key = "that", .type = FIELD_CUSTOM, .custom = &that_custom,
      .offset = offsetof(struct entry, that), .help = "what is claimed" },
    { .key = "where", .type = FIELD_CUSTOM, .custom = &where_custom,
      .standard = "~", .offset = offsetof(struct entry, where),
      .help = "of which runs" },
    { .key = "over", .type = FIELD_CHOICE, .standard = "min",
      .choices = overs, .offset = offsetof(struct entry, over),
      .help = "how a group's values are joined" },
    { .key = NULL }
};
/* clang-format on */

static bool check_where(const struct yaml_node *where, const char *path,
                        const char *const *axes, struct error *error)
{
    bool ok = true;

    for (size_t i = 0; where != NULL && axes != NULL && i < where->count; i++) {
        const char *key = where->keys[i]->text;
        const char *nearest = text_nearest(key, axes);
        struct text at = { 0 };

        text_add_format(&at, "%s.where.%s", path, key);
        if (!is_among(axes, key, strlen(key)))
            ok = error_add(error, ERROR_CONFIG, &where->keys[i]->place, at.data,
                           "no axis of the sweep%s%s%s",
                           nearest != NULL ? "; did you mean \"" : "",
                           nearest != NULL ? nearest : "",
                           nearest != NULL ? "\"?" : "");
        else if (where->items[i]->kind == YAML_MAP)
            ok = schema_complain(where->items[i], at.data,
                                 "a value of the axis, or a list of them",
                                 error);
        text_clear(&at);
    }
    return ok;
}

static bool read_claim(struct claim *claim, struct yaml_node *node,
                       const char *path, const char *const *axes,
                       struct error *error)
{
    struct entry entry = { .that = node, .over = OVER_MIN };
    struct parser parser = { .claim = claim, .error = error };
    struct text at = { 0 };
    bool ok = true;

    text_add(&at, path);
    if (node->kind == YAML_MAP) {
        entry.that = NULL;
        ok = schema_read(entry_fields, node, path, NULL, &entry, error);
        ok &= check_where(entry.where, path, axes, error);
        text_add(&at, ".that");
    } else if (node->kind != YAML_SCALAR || yaml_is_null(node)) {
        ok = schema_complain(node, path,
                             "a claim such as limit.test[0].accuracy >= 0.99, "
                             "or a map of that, where, over",
                             error);
        entry.that = NULL;
    }
    claim->over = entry.over;
    claim->where = entry.where;
    parser.node = entry.that;
    parser.path = at.data;
    if (entry.that != NULL)
        ok &= parse(&parser);
    text_clear(&at);
    return ok;
}

bool claims_read(struct claims *claims, const struct yaml_node *node,
                 const char *path, const char *const *axes, struct error *error)
{
    bool ok = true;

    *claims = (struct claims){ 0 };
    if (node == NULL || yaml_is_null(node))
        return true;
    if (node->kind != YAML_LIST)
        return schema_complain(node, path, "a list of claims", error);
    claims->items = memory_new(node->count + 1, sizeof *claims->items);
    claims->count = node->count;
    for (size_t i = 0; i < node->count; i++) {
        struct text at = { 0 };

        text_add_format(&at, "%s[%zu]", path, i);
        ok &=
            read_claim(&claims->items[i], node->items[i], at.data, axes, error);
        text_clear(&at);
    }
    return ok;
}

void claims_clear(struct claims *claims)
{
    for (size_t i = 0; i < claims->count; i++) {
        free(claims->items[i].text);
        free(claims->items[i].key);
        free(claims->items[i].open);
        free(claims->items[i].metric);
        free(claims->items[i].word);
        free(claims->items[i].other);
    }
    free(claims->items);
    *claims = (struct claims){ 0 };
}

/* -------------------------------------------------------------- judging */

/* What the runs of one group say to one claim. */
struct tally {
    size_t runs, missing; /* of these, without the metric */
    const char *absent;   /* its name */
    size_t wrong_words;   /* words where they must not be */
    const char *word;     /* the last one read */
    double *values;       /* [runs - missing] */
    size_t n_values;
    const struct outcome **outcomes; /* [runs] */
};

static void tally_init(struct tally *tally, size_t most)
{
    *tally =
        (struct tally){ .values = memory_new(most + 1, sizeof *tally->values),
                        .outcomes =
                            memory_new(most + 1, sizeof *tally->outcomes) };
}

static void tally_clear(struct tally *tally)
{
    free(tally->values);
    free(tally->outcomes);
}

/* "model.norm=pre,train.rate=0.1", or "". */
static char *name_group(const struct outcome *outcome)
{
    struct text name = { 0 };

    for (size_t i = 0; outcome->axes[i] != NULL; i++)
        if (!manifest_is_seed(outcome->axes[i]))
            text_add_format(&name, "%s%s=%s", name.length > 0 ? ", " : "",
                            outcome->axes[i], outcome->values[i]);
    return text_take(&name);
}

static bool same_value(const struct yaml_node *wanted, const char *value)
{
    struct text text = { 0 };
    double a, b;
    bool same;

    if (wanted->kind == YAML_SCALAR && strcmp(wanted->text, value) == 0)
        return true;
    yaml_add_flow(&text, wanted);
    same = strcmp(text.data, value) == 0 ||
           (text_read_number(text.data, &a) && text_read_number(value, &b) &&
            a == b);
    text_clear(&text);
    return same;
}

/* A list means any of its values, or itself where the axis's values are
 * lists. */
static bool admits(const struct yaml_node *wanted, const char *value)
{
    if (same_value(wanted, value))
        return true;
    for (size_t i = 0; i < wanted->count; i++)
        if (same_value(wanted->items[i], value))
            return true;
    return false;
}

static const char *value_on(const struct outcome *outcome, const char *axis)
{
    for (size_t i = 0; outcome->axes[i] != NULL; i++)
        if (strcmp(outcome->axes[i], axis) == 0)
            return outcome->values[i];
    return "";
}

bool outcome_has(const struct outcome *outcome, const char *axis,
                 const struct yaml_node *value)
{
    return same_value(value, value_on(outcome, axis));
}

bool outcome_admits(const struct yaml_node *where,
                    const struct outcome *outcome)
{
    for (size_t i = 0; where != NULL && outcome->axes[i] != NULL; i++) {
        const struct yaml_node *wanted = yaml_get(where, outcome->axes[i]);

        if (wanted != NULL && !admits(wanted, outcome->values[i]))
            return false;
    }
    return true;
}

static const struct metric *
look_up(struct tally *tally, const struct outcome *outcome, const char *name)
{
    const struct metric *metric = metrics_find(outcome->metrics, name);

    if (metric == NULL)
        tally->absent = name;
    return metric;
}

static void tally_add(struct tally *tally, const struct claim *claim,
                      const struct outcome *outcome)
{
    const struct metric *metric = look_up(tally, outcome, claim->metric);
    const struct metric *other = claim->other != NULL && metric != NULL
                                     ? look_up(tally, outcome, claim->other)
                                     : NULL;

    tally->outcomes[tally->runs++] = outcome;
    if (metric == NULL || (claim->other != NULL && other == NULL)) {
        tally->missing++;
    } else if (claim->word != NULL) {
        bool same =
            metric->word != NULL && strcmp(metric->word, claim->word) == 0;

        tally->word = metric->word != NULL ? metric->word : "a number";
        tally->wrong_words += same != (claim->comparison == EQUAL);
    } else if (metric->word != NULL || (other != NULL && other->word != NULL)) {
        tally->word = metric->word != NULL ? metric->word : other->word;
        tally->wrong_words++;
    } else {
        tally->values[tally->n_values++] =
            metric->value - (other != NULL ? other->value : 0);
    }
}

/* What the runs come to: their median, or the value that decides. */
static double join(const struct claim *claim, const struct tally *tally)
{
    double low = INFINITY, high = -INFINITY;

    for (size_t i = 0; i < tally->n_values; i++) {
        double value = tally->values[i];

        if (isnan(value))
            return NAN;
        if (claim->over == OVER_ALL && claim->comparison <= UNEQUAL &&
            !comparisons[claim->comparison].holds(
                value, claim->other != NULL ? 0 : claim->number))
            return value;
        low = fmin(low, value);
        high = fmax(high, value);
    }
    if (claim->over == OVER_MEDIAN)
        return statistics_quantile(tally->values, tally->n_values, 0.5);
    return claim->over == OVER_ALL && comparisons[claim->comparison].is_upper
               ? high
               : low;
}

static bool varies(const struct tally *tally, const char *axis)
{
    const char *first = value_on(tally->outcomes[0], axis);

    for (size_t i = 1; i < tally->runs; i++)
        if (strcmp(value_on(tally->outcomes[i], axis), first) != 0)
            return true;
    return false;
}

/* "5 seeds" where nothing else varies, or "14 runs by language, seed". */
static void add_runs(struct text *found, const struct tally *tally)
{
    const char *const *axes = tally->outcomes[0]->axes;
    struct text names = { 0 };
    bool other = false;

    for (; *axes != NULL; axes++)
        if (varies(tally, *axes)) {
            text_add_format(&names, "%s%s", names.length > 0 ? ", " : " by ",
                            *axes);
            other |= !manifest_is_seed(*axes);
        }
    if (names.length > 0 && !other)
        text_add_format(found, "%zu seeds", tally->runs);
    else
        text_add_format(found, "%zu run%s%s", tally->runs,
                        tally->runs > 1 ? "s" : "",
                        names.length > 0 ? names.data : "");
    text_clear(&names);
}

/* What runs without the metric, or with a word for it, come to. */
static enum ruling decide_words(const struct claim *claim,
                                const struct tally *tally, struct text *found)
{
    if (tally->missing == tally->runs)
        text_add_format(found, "no run has %s", tally->absent);
    else if (tally->missing > 0)
        text_add_format(found, "%zu of %zu runs have no %s", tally->missing,
                        tally->runs, tally->absent);
    else
        text_add_format(found, "%s in %zu of %zu runs", tally->word,
                        claim->word != NULL ? tally->runs - tally->wrong_words
                                            : tally->wrong_words,
                        tally->runs);
    return tally->missing > 0        ? RULING_UNKNOWN
           : tally->wrong_words == 0 ? RULING_HELD
                                     : RULING_MISSED;
}

/* Whether the claim holds; what it came to, in words. */
static enum ruling decide(const struct claim *claim, const struct tally *tally,
                          struct text *found)
{
    double value;

    if (tally->runs == 0) {
        text_add(found, "there is no such run");
        return RULING_UNKNOWN;
    }
    if (tally->missing > 0 || claim->word != NULL || tally->wrong_words > 0)
        return decide_words(claim, tally, found);
    value = join(claim, tally);
    text_add(found, claim->other != NULL ? "difference " : "");
    if (tally->runs > 1)
        text_add_format(found, "%s ",
                        claim->over == OVER_ALL ? "worst" : overs[claim->over]);
    if (isnan(value))
        text_add(found, "is no number over ");
    else
        text_add_format(found, "%.6g over ", value);
    add_runs(found, tally);
    return isnan(value) ? RULING_UNKNOWN
           : comparisons[claim->comparison].holds(
                 value, claim->other != NULL ? 0 : claim->number)
               ? RULING_HELD
               : RULING_MISSED;
}

static const char *const words[2][RULINGS] = {
    { [RULING_MISSED] = "REFUTED",
      [RULING_HELD] = "HELD",
      [RULING_UNKNOWN] = "ERROR" },
    { [RULING_MISSED] = "FAIL",
      [RULING_HELD] = "PASS",
      [RULING_UNKNOWN] = "FAIL" },
};

/* Adds the line of one claim and one GROUP, which is not empty. */
static enum ruling judge(const struct claim *claim, bool required,
                         const char *group, const struct outcome *outcomes,
                         size_t count, struct text *out)
{
    struct text found = { 0 };
    struct tally tally;
    enum ruling ruling;

    tally_init(&tally, count);
    for (size_t i = 0; i < count; i++) {
        char *mine = name_group(&outcomes[i]);

        if (strcmp(mine, group) == 0 &&
            outcome_admits(claim->where, &outcomes[i]))
            tally_add(&tally, claim, &outcomes[i]);
        free(mine);
    }
    ruling = decide(claim, &tally, &found);
    text_add_format(out, "%-7s  %s", words[required][ruling], claim->text);
    if (group[0] != '\0')
        text_add_format(out, "  (%s)", group);
    text_add_format(out, "  %s\n", found.data);
    text_clear(&found);
    tally_clear(&tally);
    return ruling;
}

/* Whether run I is the first of its group that the claim concerns. */
static bool opens_group(const struct claim *claim,
                        const struct outcome *outcomes, size_t i, char *group)
{
    bool first = outcome_admits(claim->where, &outcomes[i]);

    for (size_t j = 0; first && j < i; j++) {
        char *other = name_group(&outcomes[j]);

        first = !outcome_admits(claim->where, &outcomes[j]) ||
                strcmp(other, group) != 0;
        free(other);
    }
    return first;
}

void claims_judge(const struct claims *claims, bool required,
                  const struct outcome *outcomes, size_t count,
                  struct text *out, size_t counts[RULINGS])
{
    for (size_t c = 0; c < claims->count; c++) {
        const struct claim *claim = &claims->items[c];
        size_t groups = 0;

        for (size_t i = 0; i < count && claim->open == NULL; i++) {
            char *group = name_group(&outcomes[i]);

            if (opens_group(claim, outcomes, i, group)) {
                counts[judge(claim, required, group, outcomes, count, out)]++;
                groups++;
            }
            free(group);
        }
        if (groups == 0)
            text_add_format(out, "OPEN     %s  %s\n", claim->text,
                            claim->open != NULL ? claim->open
                                                : "there is no such run");
    }
}

enum ruling claim_decide(const struct claim *claim,
                         const struct outcome *outcomes, size_t count,
                         struct text *found)
{
    struct tally tally;
    enum ruling ruling;

    tally_init(&tally, count);
    for (size_t i = 0; i < count; i++)
        if (outcome_admits(claim->where, &outcomes[i]))
            tally_add(&tally, claim, &outcomes[i]);
    ruling = decide(claim, &tally, found);
    tally_clear(&tally);
    return ruling;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "experiment/forecast.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "data/objective.h"
#include "growth/growth.h"

/* A metric's name while its words are taken. */
struct forecast {
    const struct settings *settings;
    const char *rest; /* what follows the words taken so far */
    struct text *why;
};

static bool lack(const struct forecast *f, const char *what)
{
    text_add(f->why, what);
    return false;
}

/* Takes the next word, to a point or the end, into WORD [64]. */
static void take_word(struct forecast *f, char word[64])
{
    size_t length = strcspn(f->rest, "."), kept = length < 63 ? length : 63;

    memcpy(word, f->rest, kept);
    word[kept] = '\0';
    f->rest += length;
    f->rest += *f->rest == '.';
}

static bool is_one_of(const char *const *names, const char *word)
{
    for (; *names != NULL; names++)
        if (strcmp(*names, word) == 0)
            return true;
    return false;
}

/* Whether what is left is one of NAMES; WHAT they are called. */
static bool ends_in(const struct forecast *f, const char *what,
                    const char *const *names)
{
    if (is_one_of(names, f->rest))
        return true;
    text_add_format(f->why, "no %s \"%s\"; there are", what, f->rest);
    for (size_t i = 0; names[i] != NULL; i++)
        text_add_format(f->why, "%s %s", i > 0 ? "," : "", names[i]);
    return false;
}

/* ------------------------------------------------------- sets of strings */

static size_t count_bins(const struct settings *settings)
{
    size_t bins = settings->data.test.length.count;

    return bins > 0 ? bins : 1;
}

/* test[I] or verify[I], which has as many bins. */
static bool has_bin(const struct forecast *f, const char *set)
{
    size_t bins = count_bins(f->settings);
    char *end = NULL;
    unsigned long bin;
    const char *open = strchr(set, '[');

    if (open != NULL && open[1] >= '0' && open[1] <= '9') {
        bin = strtoul(open + 1, &end, 10);
        if (strcmp(end, "]") == 0 && bin < bins)
            return true;
    }
    text_add_format(f->why, "data.test.length has %zu bin%s: ", bins,
                    bins > 1 ? "s" : "");
    for (size_t i = 0; i < bins; i++)
        text_add_format(f->why, "%s%.*s[%zu]", i > 0 ? ", " : "",
                        (int)strcspn(set, "["), set, i);
    return false;
}

/* Whether strings of SET are decided. */
static bool has_set(const struct forecast *f, const char *set)
{
    const struct settings *settings = f->settings;

    if (strcmp(set, "validation") == 0)
        return settings->data.validation.count > 0 ||
               lack(f, "data.validation.count is 0");
    if (settings->data.corpus.file != NULL &&
        (strcmp(set, "exhaustive") == 0 || text_begins(set, "verify")))
        return lack(f, "of a text there is nothing but its parts");
    if (strcmp(set, "exhaustive") == 0)
        return settings->verify.exhaustive > 0 ||
               lack(f, "verify.exhaustive is 0");
    if (text_begins(set, "verify"))
        return settings->verify.samples > 0 ? has_bin(f, set)
                                            : lack(f, "verify.samples is 0");
    return settings->data.test.count > 0 ? has_bin(f, set)
                                         : lack(f, "data.test.count is 0");
}

/* Whether SET has a class of that name; where members alone are drawn, only
 * verification looks at others, and not at what follows them. */
static bool has_class(const struct forecast *f, const char *set,
                      const char *class)
{
    const struct data_config *data = &f->settings->data;
    bool verified = text_begins(set, "verify");
    bool others = data->objective != OBJECTIVE_NEXT_TOKEN &&
                  (data->positives < 1 || verified);

    if (strcmp(class, "members") == 0)
        return true;
    if (strcmp(set, "exhaustive") == 0)
        return (strcmp(class, "outside") == 0 &&
                data->objective != OBJECTIVE_NEXT_TOKEN) ||
               lack(f, "the classes of exhaustive are members and outside");
    for (size_t k = 0; others && k < data->negatives.count; k++)
        if (strcmp(data->negatives.items[k].name, class) == 0)
            return true;
    text_add_format(f->why, "no class \"%s\"; there are members", class);
    for (size_t k = 0; others && k < data->negatives.count; k++)
        text_add_format(f->why, ", %s", data->negatives.items[k].name);
    return false;
}

static bool has_measure(const struct forecast *f, const char *set,
                        const char *measure)
{
    static const char *const always[] = { "accuracy", "agreement", "undecided",
                                          "low",      "high",      NULL };
    int objective = f->settings->data.objective;
    bool tokens = objective == OBJECTIVE_NEXT_TOKEN;

    if (is_one_of(always, measure))
        return true;
    if (!objective_is_sequence((enum objective)objective))
        return lack(f, "of membership there are accuracy, agreement, "
                       "undecided, low and high");
    if (strcmp(measure, "membership") == 0)
        return !tokens || lack(f, "next-token has no membership");
    if (strcmp(measure, "perplexity") == 0)
        return tokens || lack(f, "only next-token has a perplexity");
    if (strcmp(measure, "excess") == 0 && f->settings->data.corpus.file != NULL)
        return lack(f, "nobody knows the entropy of a text");
    if (strcmp(measure, "excess") == 0)
        return (tokens && text_begins(set, "test")) ||
               lack(f, "only next-token has an excess, on tests");
    return true;
}

/* Takes the rest of a measure of two words, perplexity.published. */
static void take_second(struct forecast *f, const char *measure)
{
    if (strcmp(measure, "perplexity") == 0 && strcmp(f->rest, "published") == 0)
        f->rest += strlen(f->rest);
}

/* What follows an evaluator: SET[.CLASS].MEASURE. */
static bool has_verdict(struct forecast *f, bool tests_alone)
{
    char set[64], class[64], measure[64];

    take_word(f, set);
    take_word(f, measure);
    take_second(f, measure);
    if (!has_set(f, set))
        return false;
    if (tests_alone && !text_begins(set, "test"))
        return lack(f, "it decides nothing but the tests");
    if (*f->rest != '\0') {
        memcpy(class, measure, sizeof class);
        take_word(f, measure);
        take_second(f, measure);
        if (!has_class(f, set, class))
            return false;
    }
    return *f->rest == '\0' ? has_measure(f, set, measure)
                            : lack(f, "words that follow the measure");
}

/* ------------------------------------------------------------- evaluators */

/* WORD=NUMBER is named as the list of numbers is printed. */
static bool has_scale(struct forecast *f, const char *key,
                      const struct numbers *numbers)
{
    const char *number = strchr(f->rest, '=');
    bool found = false;

    for (size_t i = 0; number != NULL && !found && i < numbers->count; i++) {
        struct text name = { 0 };

        text_add_number(&name, numbers->items[i]);
        found = text_begins(number + 1, name.data) &&
                number[1 + name.length] == '.';
        if (found)
            f->rest = number + 1 + name.length + 1;
        text_clear(&name);
    }
    if (found)
        return has_verdict(f, false);
    text_add_format(f->why, "%s has", key);
    for (size_t i = 0; i < numbers->count; i++) {
        text_add(f->why, i > 0 ? ", " : " ");
        text_add_number(f->why, numbers->items[i]);
    }
    text_add(f->why, numbers->count == 0 ? " none" : "");
    return false;
}

static bool has_trained(struct forecast *f)
{
    return has_verdict(f, false);
}

static bool has_limit(struct forecast *f)
{
    return f->settings->saturation.limit ? has_verdict(f, false)
                                         : lack(f, "saturation.limit is false");
}

static bool has_attention(struct forecast *f)
{
    return f->settings->saturation.attention
               ? has_verdict(f, false)
               : lack(f, "saturation.attention is false");
}

static bool has_encoder(struct forecast *f)
{
    return f->settings->saturation.encoder
               ? has_verdict(f, false)
               : lack(f, "saturation.encoder is false");
}

static bool has_untrained(struct forecast *f)
{
    return has_verdict(f, true);
}

static bool has_prior(struct forecast *f)
{
    return f->settings->data.objective == OBJECTIVE_MEMBERSHIP
               ? has_verdict(f, true)
               : lack(f, "only membership has a prior");
}

static bool has_shortcut(struct forecast *f)
{
    char name[64], set[64];

    take_word(f, name); /* a known one: claims_read has looked */
    take_word(f, set);
    if (f->settings->data.objective != OBJECTIVE_MEMBERSHIP)
        return lack(f, "shortcuts are of membership alone");
    if (strcmp(set, "exhaustive") == 0 || text_begins(set, "verify"))
        return lack(f, "shortcuts are of validation and the tests");
    return has_set(f, set) &&
           (strcmp(f->rest, "accuracy") == 0 ||
            lack(f, "shortcuts have no measure but accuracy"));
}

/* --------------------------------------------------------- other metrics */

static bool has_norm(struct forecast *f)
{
    static const char *const names[] = { "start", "final", "ratio", "fall",
                                         NULL };

    return ends_in(f, "norm", names);
}

static bool has_growth(struct forecast *f)
{
    static const char *const parts[] = { "r2", "a", "b", "p", NULL };
    struct growth_fit fits[GROWTH_LAWS];
    char law[64];

    growth_fit(NULL, NULL, 0, fits);
    take_word(f, law);
    for (size_t i = 0; i < GROWTH_LAWS; i++)
        if (strcmp(fits[i].law, law) == 0)
            return ends_in(f, "number of the law", parts);
    text_add_format(f->why, "no law \"%s\"; there are", law);
    for (size_t i = 0; i < GROWTH_LAWS; i++)
        text_add_format(f->why, "%s %s", i > 0 ? "," : "", fits[i].law);
    return false;
}

static bool has_path(struct forecast *f)
{
    static const char *const names[] = { "direction.first",
                                         "direction.last",
                                         "alignment.first",
                                         "alignment.peak",
                                         "alignment.peak-step",
                                         "alignment.last",
                                         "length.first",
                                         "length.least",
                                         "length.most",
                                         "length.last",
                                         "step.least",
                                         "step.most",
                                         "misaligned",
                                         "aligned",
                                         "share",
                                         "identity",
                                         "plane",
                                         "growing",
                                         NULL };

    return ends_in(f, "number of the path", names);
}

static bool has_layer(struct forecast *f)
{
    char layer[64], kind[64];
    uint64_t l;

    take_word(f, layer);
    take_word(f, kind);
    if (!text_read_count(layer, &l) || l >= f->settings->model.n_layers) {
        text_add_format(f->why, "model.n_layers is %zu, and the first is 0",
                        f->settings->model.n_layers);
        return false;
    }
    return strcmp(kind, "norm") == 0     ? has_norm(f)
           : strcmp(kind, "growth") == 0 ? has_growth(f)
           : strcmp(kind, "path") == 0   ? has_path(f)
                                         : lack(f, "layers have norm, growth "
                                                     "and path");
}

static bool has_limit_of_validation(struct forecast *f)
{
    if (!f->settings->saturation.limit)
        return lack(f, "saturation.limit is false");
    return has_set(f, "validation");
}

static bool has_heads(struct forecast *f)
{
    static const char *const names[] = { "argmax", "mean", "other", "split",
                                         NULL };
    char mask[64];

    take_word(f, mask);
    if (strcmp(mask, "right") != 0 && strcmp(mask, "zero") != 0)
        return lack(f, "heads are seen under the masks right and zero");
    return ends_in(f, "number of heads", names) && has_limit_of_validation(f);
}

/* saturation[.start][.layers[L]], or saturation.rise. */
static bool has_saturation(struct forecast *f)
{
    size_t layers = f->settings->model.n_layers;
    const char *rest = f->rest;
    char *end = NULL;

    if (text_begins(rest, "start."))
        rest += strlen("start.");
    if (text_begins(rest, "layers[") && rest[7] >= '0' && rest[7] <= '9') {
        if (strtoul(rest + 7, &end, 10) < layers && strcmp(end, "]") == 0)
            return has_limit_of_validation(f);
        text_add_format(f->why, "model.n_layers is %zu, and the first is 0",
                        layers);
        return false;
    }
    if (*f->rest == '\0' || strcmp(f->rest, "start") == 0 ||
        strcmp(f->rest, "rise") == 0)
        return has_limit_of_validation(f);
    return lack(f, "there are saturation, saturation.start, "
                   "saturation.layers[0], saturation.start.layers[0] and "
                   "saturation.rise");
}

static bool has_dataset(struct forecast *f)
{
    static const char *const names[] = { "strings", "distinct", "seen",
                                         "entropy", "unigram",  NULL };
    char split[64];

    take_word(f, split);
    if (!ends_in(f, "number of a split", names))
        return false;
    if (strcmp(split, "train") == 0)
        return (f->settings->data.train.count > 0 &&
                strcmp(f->rest, "seen") != 0) ||
               lack(f, "of a stream nothing is counted, and all is seen");
    if (strcmp(f->rest, "entropy") == 0 &&
        f->settings->data.corpus.file != NULL)
        return lack(f, "nobody knows the entropy of a text");
    if (strcmp(split, "exhaustive") == 0 || text_begins(split, "verify"))
        return lack(f, "the splits are train, validation and the tests");
    return has_set(f, split) &&
           ((strcmp(f->rest, "entropy") != 0 &&
             strcmp(f->rest, "unigram") != 0) ||
            f->settings->data.objective == OBJECTIVE_NEXT_TOKEN ||
            lack(f, "entropies are of next-token alone"));
}

/* Lengths of a set's strings; the set's name is the first word. */
static bool has_lengths(struct forecast *f, const char *set)
{
    static const char *const names[] = { "least", "most", NULL };

    return has_set(f, set) && ends_in(f, "number of a set", names);
}

static bool has_loss(struct forecast *f)
{
    return strcmp(f->rest, "final") == 0 || lack(f, "there is loss.final");
}

static bool has_language(struct forecast *f)
{
    return strcmp(f->rest, "counts") == 0 ||
           lack(f, "there is language.counts");
}

static bool has_steps(struct forecast *f)
{
    return *f->rest == '\0' || lack(f, "steps is one number");
}

static const struct {
    const char *word;
    bool (*has)(struct forecast *f);
} kinds[] = {
    { "trained", has_trained },       { "limit", has_limit },
    { "attention", has_attention },   { "encoder", has_encoder },
    { "untrained", has_untrained },   { "prior", has_prior },
    { "shortcut", has_shortcut },     { "norm", has_norm },
    { "saturation", has_saturation }, { "loss", has_loss },
    { "growth", has_growth },         { "path", has_path },
    { "layers", has_layer },          { "heads", has_heads },
    { "language", has_language },     { "dataset", has_dataset },
    { "steps", has_steps },
};

bool forecast_metric(const struct settings *settings, const char *name,
                     struct text *why)
{
    struct forecast f = { settings, name, why };
    char word[64];

    if (text_begins(name, "scaled"))
        return has_scale(&f, "saturation.scales", &settings->saturation.scales);
    if (text_begins(name, "sharpened"))
        return has_scale(&f, "saturation.sharpening",
                         &settings->saturation.sharpening);
    take_word(&f, word);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].word, word) == 0)
            return kinds[i].has(&f);
    return has_lengths(&f, word);
}

/* ---------------------------------------------------------------- claims */

static struct outcome outcome_of(const struct experiment *experiment, size_t j)
{
    return (struct outcome){ (const char *const *)experiment->axes,
                             (const char *const *)experiment->jobs[j].values,
                             NULL };
}

/* The first run that CLAIM concerns and that cannot have METRIC, in WHY. */
static bool has_metric(const struct experiment *experiment,
                       const struct claim *claim, const char *metric,
                       struct text *why)
{
    bool ok = true;

    for (size_t j = 0; ok && j < experiment->n_jobs; j++) {
        const struct job *job = &experiment->jobs[j];
        struct outcome outcome = outcome_of(experiment, j);
        struct text lack = { 0 };

        ok = !outcome_admits(claim->where, &outcome) ||
             forecast_metric(&job->settings, metric, &lack);
        if (!ok)
            text_add_format(why, "%s%s has no %s: %s",
                            job->axes[0] != '\0' ? "run " : "the run",
                            job->axes, metric, lack.data);
        text_clear(&lack);
    }
    return ok;
}

static bool check_metric(const struct experiment *experiment,
                         struct claim *claim, const char *metric,
                         const struct place *place, enum narrowing narrowing,
                         struct error *error)
{
    struct text why = { 0 };
    bool ok = has_metric(experiment, claim, metric, &why);

    if (!ok && narrowing == NARROWED_BY_USER) {
        free(claim->open);
        claim->open = text_take(&why);
        return true;
    }
    if (!ok)
        error_add(error, ERROR_CONFIG, place, claim->key, "%s", why.data);
    text_clear(&why);
    return ok;
}

static bool has_value(const struct experiment *experiment, const char *axis,
                      const struct yaml_node *value)
{
    for (size_t j = 0; j < experiment->n_jobs; j++) {
        struct outcome outcome = outcome_of(experiment, j);

        if (outcome_has(&outcome, axis, value))
            return true;
    }
    return false;
}

/* A list is one value of an axis of lists, or several values. */
static bool check_value(const struct experiment *experiment,
                        const struct claim *claim, const char *axis,
                        const struct yaml_node *value, struct error *error)
{
    struct text text = { 0 };
    bool ok = has_value(experiment, axis, value);

    if (!ok && value->kind == YAML_LIST && value->count > 0) {
        ok = true;
        for (size_t i = 0; i < value->count; i++)
            ok &= check_value(experiment, claim, axis, value->items[i], error);
        return ok;
    }
    yaml_add_flow(&text, value);
    if (!ok)
        error_add(error, ERROR_CONFIG, &value->place, claim->key,
                  "no run has %s %s", axis, text.data);
    text_clear(&text);
    return ok;
}

static bool check_where(const struct experiment *experiment,
                        const struct claim *claim, struct error *error)
{
    const struct yaml_node *where = claim->where;
    bool ok = true;

    for (size_t i = 0; where != NULL && i < where->count; i++)
        ok &= check_value(experiment, claim, where->keys[i]->text,
                          where->items[i], error);
    return ok;
}

/* language.counts is a word, every other metric a number. */
static bool check_kind(const struct claim *claim, struct error *error)
{
    static const char counts[] = "language.counts";
    static const char *const words[] = { "exact", "unchecked", NULL };

    if (claim->other != NULL && strcmp(claim->other, counts) == 0)
        return error_add(error, ERROR_CONFIG, &claim->other_place, claim->key,
                         "%s is a word, which no metric is compared with",
                         counts);
    if (strcmp(claim->metric, counts) != 0)
        return claim->word == NULL ||
               error_add(error, ERROR_CONFIG, &claim->place, claim->key,
                         "%s is a number, not a word such as \"%s\"; "
                         "accepted: a number or metric to compare it with",
                         claim->metric, claim->word);
    return (claim->word != NULL && is_one_of(words, claim->word)) ||
           error_add(error, ERROR_CONFIG, &claim->place, claim->key,
                     "%s says whether the counts that the language's file "
                     "states were checked; accepted: %s == exact, or "
                     "unchecked",
                     counts, counts);
}

bool forecast_claims(const struct experiment *experiment, struct claims *claims,
                     enum narrowing narrowing, struct error *error)
{
    bool ok = true;

    for (size_t i = 0; i < claims->count; i++) {
        struct claim *claim = &claims->items[i];

        if (narrowing == NARROWED_NOT)
            ok &= check_where(experiment, claim, error);
        ok &= check_kind(claim, error);
        ok &= check_metric(experiment, claim, claim->metric, &claim->place,
                           narrowing, error);
        if (claim->other != NULL)
            ok &= check_metric(experiment, claim, claim->other,
                               &claim->other_place, narrowing, error);
    }
    return ok;
}

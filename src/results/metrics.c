/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "results/metrics.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"

#define FILE_LIMIT ((size_t)64 << 20)

void metrics_clear(struct metrics *metrics)
{
    for (size_t i = 0; i < metrics->count; i++) {
        free(metrics->items[i].name);
        free(metrics->items[i].word);
    }
    free(metrics->items);
    *metrics = (struct metrics){ 0 };
}

static struct metric *append(struct metrics *metrics, const char *name)
{
    struct metric *metric;

    metrics->items = memory_resize(metrics->items, metrics->count + 1,
                                   sizeof *metrics->items);
    metric = &metrics->items[metrics->count++];
    *metric = (struct metric){ .name = memory_copy_text(name), .value = NAN };
    return metric;
}

static struct metric *find(const struct metrics *metrics, const char *name)
{
    for (size_t i = 0; i < metrics->count; i++)
        if (strcmp(metrics->items[i].name, name) == 0)
            return &metrics->items[i];
    return NULL;
}

static void put(struct metrics *metrics, const char *name, double value,
                const char *word)
{
    struct metric *metric = find(metrics, name);

    if (metric == NULL)
        metric = append(metrics, name);
    free(metric->word);
    metric->word = memory_copy_text(word);
    metric->value = value;
}

void metrics_add(struct metrics *metrics, const char *name, double value)
{
    put(metrics, name, value, NULL);
}

void metrics_add_word(struct metrics *metrics, const char *name,
                      const char *word)
{
    put(metrics, name, NAN, word);
}

void metrics_add_baselines(struct metrics *metrics,
                           const struct baselines *baselines)
{
    for (size_t i = 0; i < baselines->count * SHORTCUTS; i++) {
        const struct baseline *row = &baselines->rows[i / SHORTCUTS];
        struct text name = { 0 };

        text_add_format(&name, "shortcut.%s.%s.accuracy",
                        shortcut_names[i % SHORTCUTS], row->set);
        metrics_add(metrics, name.data, baseline_accuracy(row, i % SHORTCUTS));
        text_clear(&name);
    }
}

const struct metric *metrics_find(const struct metrics *metrics,
                                  const char *name)
{
    return find(metrics, name);
}

/* Adds VALUE under STEM followed by the rest of the name. */
static void add_under(struct metrics *metrics, const struct text *stem,
                      const char *rest, double value)
{
    struct text name = { 0 };

    text_add_format(&name, "%s.%s", stem->data, rest);
    metrics_add(metrics, name.data, value);
    text_clear(&name);
}

/* What a sequence objective has to say besides. */
static void add_sequence(struct metrics *metrics, const struct text *stem,
                         const struct verdict *verdict)
{
    bool tokens = verdict->objective == OBJECTIVE_NEXT_TOKEN;

    add_under(metrics, stem, "position_accuracy",
              (double)verdict->right / (double)verdict->positions);
    if (!tokens)
        add_under(metrics, stem, "membership",
                  verdict_share(verdict, verdict->membership));
    if (isnan(verdict->loss))
        return;
    add_under(metrics, stem, "loss", verdict->loss);
    if (!tokens)
        return;
    add_under(metrics, stem, "perplexity", exp(verdict->loss));
    add_under(metrics, stem, "perplexity.published", verdict->power);
}

/* The class `all` is the set as a whole and not named. */
static void add_verdict(struct metrics *metrics, const struct verdict *verdict)
{
    bool whole = strcmp(verdict->class, "all") == 0;
    struct text stem = { 0 };

    if (verdict->strings == 0)
        return;
    text_add_format(&stem, "%s.%s", verdict->evaluator, verdict->set);
    if (!whole)
        text_add_format(&stem, ".%s", verdict->class);
    add_under(metrics, &stem, "accuracy",
              verdict_share(verdict, verdict->recognised));
    add_under(metrics, &stem, "agreement",
              verdict_share(verdict, verdict->agreed));
    add_under(metrics, &stem, "undecided",
              verdict_share(verdict, verdict->undecided));
    add_under(metrics, &stem, "low", verdict->interval.low);
    add_under(metrics, &stem, "high", verdict->interval.high);
    if (objective_is_sequence(verdict->objective))
        add_sequence(metrics, &stem, verdict);
    text_clear(&stem);
    if (!whole)
        return;
    text_add(&stem, verdict->set);
    add_under(metrics, &stem, "least", (double)verdict->least);
    add_under(metrics, &stem, "most", (double)verdict->most);
    text_clear(&stem);
}

void metrics_add_verdicts(struct metrics *metrics,
                          const struct verdicts *verdicts)
{
    for (size_t i = 0; i < verdicts->count; i++)
        add_verdict(metrics, &verdicts->rows[i]);
}

void metrics_add_growth(struct metrics *metrics, const char *prefix,
                        const struct growth_fit *fits, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct {
            const char *name;
            double value;
        } parts[] = { { "a", fits[i].a },
                      { "b", fits[i].b },
                      { "p", fits[i].p } };
        struct text stem = { 0 };

        text_add_format(&stem, "%sgrowth.%s", prefix, fits[i].law);
        add_under(metrics, &stem, "r2", fits[i].r2);
        for (size_t k = 0; k < sizeof parts / sizeof *parts; k++)
            if (!isnan(parts[k].value))
                add_under(metrics, &stem, parts[k].name, parts[k].value);
        text_clear(&stem);
    }
}

static void add_heads(struct metrics *metrics, enum head_mask mask,
                      const struct head_profiles *profiles)
{
    size_t classes[HEAD_CLASSES] = { 0 }, heads = 0;
    struct text stem = { 0 };
    double split = 0;

    for (size_t i = 0; i < profiles->count; i++) {
        const struct head_profile *row = &profiles->rows[i];

        if (row->mask != mask)
            continue;
        classes[row->class]++;
        split += row->split;
        heads++;
    }
    text_add_format(&stem, "heads.%s", head_mask_names[mask]);
    for (size_t c = 0; heads > 0 && c < HEAD_CLASSES; c++)
        add_under(metrics, &stem, head_class_names[c], (double)classes[c]);
    if (heads > 0)
        add_under(metrics, &stem, "split", split / (double)heads);
    text_clear(&stem);
}

void metrics_add_heads(struct metrics *metrics,
                       const struct head_profiles *profiles)
{
    for (int mask = 0; mask < HEAD_MASKS; mask++)
        add_heads(metrics, (enum head_mask)mask, profiles);
}

void metrics_add_saturation(struct metrics *metrics, const double *untrained,
                            const double *trained, size_t n)
{
    double rise = 0;

    metrics_add(metrics, "saturation", trained[n - 1]);
    metrics_add(metrics, "saturation.start", untrained[n - 1]);
    for (size_t l = 0; l < n; l++) {
        char name[64];

        snprintf(name, sizeof name, "saturation.layers[%zu]", l);
        metrics_add(metrics, name, trained[l]);
        snprintf(name, sizeof name, "saturation.start.layers[%zu]", l);
        metrics_add(metrics, name, untrained[l]);
        rise += (trained[l] - untrained[l]) / (double)n;
    }
    metrics_add(metrics, "saturation.rise", rise);
}

bool metrics_write(const struct metrics *metrics, const char *path,
                   struct error *error)
{
    struct json *object = json_new_object();
    bool ok;

    for (size_t i = 0; i < metrics->count; i++) {
        const struct metric *metric = &metrics->items[i];

        json_set(object, metric->name,
                 metric->word != NULL ? json_new_text(metric->word)
                                      : json_new_number(metric->value));
    }
    ok = json_save(object, path, error);
    json_free(object);
    return ok;
}

bool metrics_read(struct metrics *metrics, const char *path,
                  struct error *error)
{
    struct place place = { .file = path };
    struct json *object = json_load(path, FILE_LIMIT, error);
    bool ok = true;

    *metrics = (struct metrics){ 0 };
    if (object == NULL)
        return false;
    for (const char *name = json_next_key(object, NULL); ok && name != NULL;
         name = json_next_key(object, name)) {
        const struct json *value = json_get(object, name);
        struct metric *metric = append(metrics, name);

        if (json_as_number(value, &metric->value))
            continue;
        metric->word = memory_copy_text(json_as_text(value));
        if (metric->word == NULL)
            ok = error_add(error, ERROR_IO, &place, name,
                           "neither a number nor a word");
    }
    json_free(object);
    if (!ok)
        metrics_clear(metrics);
    return ok;
}

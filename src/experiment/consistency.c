/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "experiment/consistency.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "experiment/source.h"
#include "experiment/start.h"
#include "model/constructions.h"

void consistency_point(struct error *error, size_t first,
                       const struct yaml_node *tree)
{
    for (size_t i = first; i < error->count; i++) {
        struct complaint *c = &error->complaints[i];
        const struct yaml_node *block = NULL;
        const struct place *place;

        for (size_t b = 0; c->key != NULL && b < tree->count; b++)
            if (text_begins(c->key, tree->keys[b]->text) &&
                c->key[strlen(tree->keys[b]->text)] == '.')
                block = tree->items[b];
        if (block == NULL || c->line != block->place.line ||
            c->column != block->place.column)
            continue;
        place = yaml_place(tree, c->key);
        free(c->file);
        c->file = memory_copy_text(place->file);
        c->line = place->line;
        c->column = place->column;
    }
}

static size_t longest(const struct ranges *ranges, size_t least)
{
    for (size_t i = 0; i < ranges->count; i++)
        if (ranges->items[i].most > least)
            least = ranges->items[i].most;
    return least;
}

/* Whether the model may have the objective. */
static bool check_objective(const struct settings *settings,
                            const struct place *place, struct error *error)
{
    enum objective objective = (enum objective)settings->data.objective;
    bool ok = true;

    if (!error_spares(error, "data.objective", NULL))
        return false;
    if (error_spares(error, "model.mask", NULL) &&
        objective_is_sequence(objective) && settings->model.mask == MASK_FULL)
        ok = error_add(error, ERROR_CONFIG, place, "model.mask",
                       "%s asks about every prefix, and full lets it see what "
                       "follows; accepted: causal, strict, zero",
                       objective_names[objective]);
    if (error_spares(error, "model.positions", NULL) &&
        objective_is_sequence(objective) &&
        position_needs_length(settings->model.positions))
        ok = error_add(error, ERROR_CONFIG, place, "model.positions",
                       "%s asks about every prefix, and i/n tells it how long "
                       "the string is; accepted: positions without n",
                       objective_names[objective]);
    if (error_spares(error, "model.construction", NULL) &&
        settings->model.construction != CONSTRUCTION_NONE &&
        objective_outputs(objective, 1) > 1)
        ok = error_add(error, ERROR_CONFIG, place, "model.construction",
                       "constructions decide membership; accepted with %s: "
                       "none",
                       objective_names[objective]);
    return ok;
}

static bool check_lengths(const struct settings *settings,
                          const struct place *place, struct error *error)
{
    const struct data_config *data = &settings->data;
    size_t length = longest(&data->train.length, 0);

    length = longest(&data->validation.length, length);
    length = longest(&data->test.length, length);
    if (!error_spares(error, "model.positions", "model.max_length",
                      "data.train.length", "data.validation.length",
                      "data.test.length", NULL) ||
        settings->model.positions != POSITIONS_LEARNED ||
        settings->model.max_length >= length)
        return true;
    return error_add(error, ERROR_CONFIG, place, "model.max_length",
                     "%zu positions are learned, but strings have up to %zu "
                     "symbols",
                     settings->model.max_length, length);
}

bool consistency_check(const struct settings *settings,
                       const struct yaml_node *tree, struct error *error)
{
    const struct place *model = yaml_place(tree, "model");
    size_t first = error->count;
    bool ok = model_check(&settings->model, model, error);

    if (error_spares(error, "data.train.count", "train.batch", NULL) &&
        settings->data.train.count == 0 && settings->train.batch == 0)
        ok = error_add(error, ERROR_CONFIG, yaml_place(tree, "train"),
                       "train.batch",
                       "a stream has no full batch; accepted: a whole number "
                       "of at least 1");
    ok &= source_check(&settings->data, yaml_place(tree, "data"), error);
    ok &= check_objective(settings, model, error);
    ok &= check_lengths(settings, model, error);
    consistency_point(error, first, tree);
    return ok;
}

/* Whether a network of the job can begin where it is to. */
static bool check_start(const struct job *job, const struct language *language,
                        const struct place *place, struct error *error)
{
    const struct settings *settings = &job->settings;
    struct network *network;
    bool ok;

    if (job->start_path == NULL ||
        !error_spares(error, "model", "data.objective", "train.from", NULL))
        return true;
    network =
        network_new_for((enum objective)settings->data.objective,
                        &settings->model, language_alphabet(language)->size);
    ok = start_load(&settings->train.from, job->start_path, place, network,
                    error);
    network_free(network);
    return ok;
}

bool consistency_check_language(const struct job *job,
                                const struct yaml_node *tree,
                                struct error *error)
{
    const struct settings *settings = &job->settings;
    struct language *language = NULL;
    size_t first = error->count;
    bool ok = true;

    if ((job->language_path == NULL && settings->data.corpus.path == NULL) ||
        !error_spares(error, "language", "data.corpus", NULL))
        return false;
    if (!job_load_language(job, &language, error)) {
        consistency_point(error, first, tree);
        return false;
    }
    if (error_spares(error, "model", NULL))
        ok = construction_check(&settings->model,
                                language_alphabet(language)->size,
                                yaml_place(tree, "model"), error);
    ok &= check_start(job, language, yaml_place(tree, "train.from"), error);
    if (error_spares(error, "data", "seed.data", NULL))
        ok &= dataset_check(&settings->data, language, settings->seed.data,
                            yaml_place(tree, "data"), error);
    consistency_point(error, first, tree);
    language_free(language);
    return ok;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "experiment/trained.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "experiment/siblings.h"
#include "results/checkpoint.h"
#include "results/manifest.h"
#include "results/run.h"

#define CONFIG_LIMIT ((size_t)1 << 24)

/* The path of the last checkpoint: their names sort by step. */
static char *find_checkpoint(const char *path, struct error *error)
{
    char *folder = file_join(path, "checkpoints"), *found = NULL;
    char **names = NULL;

    if (!file_exists(folder) || !file_names(folder, &names, error))
        goto done;
    for (size_t i = 0; names[i] != NULL; i++) {
        if (!text_ends(names[i], ".safetensors"))
            continue;
        free(found);
        found = file_join(folder, names[i]);
    }
done:
    if (found == NULL)
        error_add(error, ERROR_IO, &(struct place){ .file = path }, NULL,
                  "has no checkpoint");
    file_free_names(names);
    free(folder);
    return found;
}

/* Whether CHECKPOINT is of the settings and the language of CONFIG: a changed
 * number of heads, say, fits all shapes and is another network.  FILE was
 * asked for by name, or is NULL. */
static bool check_settings(const struct trained *trained, const char *path,
                           const char *config, const char *file,
                           const struct checkpoint *checkpoint,
                           struct error *error)
{
    struct place place = { .file = path };
    struct text text = { 0 }, siblings = { 0 };
    char hash[17];
    bool ok =
        file_read(config, CONFIG_LIMIT, &text, error) &&
        siblings_read(&trained->settings->data.negatives, &siblings, error);

    if (ok)
        run_identify(text.data, language_source(trained->language),
                     siblings.data, hash);
    text_clear(&text);
    text_clear(&siblings);
    if (!ok)
        return false;
    ok = checkpoint->config_hash[0] == '\0' || /* made elsewhere */
         strcmp(checkpoint->config_hash, hash) == 0;
    if (!ok && file != NULL) {
        place.file = file;
        return error_add(error, ERROR_IO, &place, NULL,
                         "is a checkpoint of another run than %s", path);
    }
    return ok || error_add(error, ERROR_IO, &place, NULL,
                           "holds the checkpoint of another config.yaml or "
                           "language.yaml; use --set to try other settings");
}

/* Whether a finished run still has the parameters it finished with. */
static bool check_step(const struct trained *trained, const char *path,
                       size_t step, struct error *error)
{
    struct place place = { .file = path };
    struct json *manifest = manifest_read(path, error);
    bool ok = manifest != NULL;
    bool finished = manifest_says(manifest, "finished");

    json_free(manifest);
    if (finished && step != trained->settings->train.steps)
        ok = error_add(error, ERROR_IO, &place, NULL,
                       "has no checkpoint of its last step %zu, only of %zu",
                       trained->settings->train.steps, step);
    return ok;
}

static bool load_network(struct trained *trained, const char *path,
                         const char *config, const char *asked,
                         struct error *error)
{
    struct checkpoint checkpoint = { 0 };
    const struct layout *layout;
    char *file =
        asked != NULL ? memory_copy_text(asked) : find_checkpoint(path, error);
    bool ok = false;

    if (file == NULL)
        return false;
    trained->network = network_new_for(
        (enum objective)trained->settings->data.objective,
        &trained->settings->model, language_alphabet(trained->language)->size);
    layout = network_layout(trained->network);
    ok = checkpoint_read(file, layout, &checkpoint, error) &&
         check_settings(trained, path, config, asked, &checkpoint, error) &&
         (asked != NULL || check_step(trained, path, checkpoint.step, error));
    if (ok)
        network_set(trained->network, checkpoint.theta);
    checkpoint_clear(&checkpoint);
    free(file);
    return ok;
}

static bool open_run(struct trained *trained, const char *path,
                     const char *config, const char *checkpoint,
                     const char *const *overrides, struct error *error)
{
    struct place place = { .file = path };

    if (!file_exists(config))
        return error_add(error, ERROR_IO, &place, NULL,
                         "is no run's directory: it has no config.yaml");
    if (!experiment_load(&trained->experiment, config, overrides, false, error))
        return false;
    if (trained->experiment.n_jobs != 1)
        return error_add(error, ERROR_CONFIG, &place, NULL,
                         "is one run, not %zu", trained->experiment.n_jobs);
    trained->settings = &trained->experiment.jobs[0].settings;
    return job_load_language(&trained->experiment.jobs[0], &trained->language,
                             error) &&
           load_network(trained, path, config, checkpoint, error);
}

bool trained_open(struct trained *trained, const char *path,
                  const char *checkpoint, const char *const *overrides,
                  struct error *error)
{
    char *config = file_join(path, "config.yaml");
    bool ok;

    *trained = (struct trained){ 0 };
    ok = open_run(trained, path, config, checkpoint, overrides, error);
    if (!ok)
        trained_close(trained);
    free(config);
    return ok;
}

void trained_close(struct trained *trained)
{
    network_free(trained->network);
    language_free(trained->language);
    experiment_clear(&trained->experiment);
    *trained = (struct trained){ 0 };
}

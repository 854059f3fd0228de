/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "experiment/trained.h"

#include <stdlib.h>

#include "base/file.h"
#include "results/checkpoint.h"

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

static bool load_network(struct trained *trained, const char *path,
                         struct error *error)
{
    struct checkpoint checkpoint = { 0 };
    const struct layout *layout;
    char *file = find_checkpoint(path, error);
    bool ok = false;

    if (file == NULL)
        return false;
    trained->network = network_new(&trained->settings->model,
                                   language_alphabet(trained->language)->size);
    layout = network_layout(trained->network);
    ok = checkpoint_read(file, layout, &checkpoint, error);
    if (ok) {
        network_set(trained->network, checkpoint.theta);
    }
    checkpoint_clear(&checkpoint);
    free(file);
    return ok;
}

static bool open_run(struct trained *trained, const char *path,
                     const char *config, const char *const *overrides,
                     struct error *error)
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
    return language_load(&trained->language,
                         trained->experiment.jobs[0].language_path, error) &&
           load_network(trained, path, error);
}

bool trained_open(struct trained *trained, const char *path,
                  const char *const *overrides, struct error *error)
{
    char *config = file_join(path, "config.yaml");
    bool ok;

    *trained = (struct trained){ 0 };
    ok = open_run(trained, path, config, overrides, error);
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

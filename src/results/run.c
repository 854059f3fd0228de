/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "results/run.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "results/journal.h"
#include "results/manifest.h"

#define AXES_LIMIT   180 /* of a directory's name, which may have 255 bytes */
#define HASH_DIGITS  8   /* of the name */
#define ROLLING_LEFT 2   /* checkpoints kept while training goes on */

static const char lock_name[] = "lock";
static const char checkpoints_name[] = "checkpoints";

/* A plain file name of what the user wrote: at most LIMIT harmless bytes. */
static void add_name(struct text *out, const char *word, size_t limit)
{
    static const char harmless[] = "abcdefghijklmnopqrstuvwxyz"
                                   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "0123456789._=,-";

    for (size_t i = 0; word[i] != '\0' && i < limit; i++) {
        bool leading = i == 0 && (word[i] == '.' || word[i] == '-');

        text_add_bytes(
            out, leading || strchr(harmless, word[i]) == NULL ? "_" : word + i,
            1);
    }
}

void run_identify(const char *config, const char *language,
                  const char *siblings, char hash[17])
{
    struct text all = { 0 };

    text_add_bytes(&all, config, strlen(config) + 1);
    text_add_bytes(&all, language, strlen(language) + (siblings != NULL));
    if (siblings != NULL)
        text_add(&all, siblings);
    checksum_text(checksum(all.data, all.length), hash);
    text_clear(&all);
}

static void name_run(struct run *run, const char *root, const char *experiment,
                     const char *axes)
{
    struct text path = { 0 }, partial = { 0 };
    char *base = file_join(root, "");

    text_add(&path, base);
    add_name(&path, experiment, AXES_LIMIT);
    text_add(&path, "/");
    add_name(&path, axes, AXES_LIMIT);
    text_add_format(&path, "%s%.*s", axes[0] != '\0' ? "-" : "", HASH_DIGITS,
                    run->hash);
    text_add_format(&partial, "%s.partial", path.data);
    run->path = text_take(&path);
    run->partial = text_take(&partial);
    free(base);
}

static bool fail(const char *path, const char *what, struct error *error)
{
    struct place place = { .file = path };

    return error_add(error, ERROR_IO, &place, NULL, "%s", what);
}

/* Whether the directory's manifest is this run's and says FINISHED. */
static bool inspect(const struct run *run, const char *directory,
                    bool *finished, struct error *error)
{
    struct json *manifest = manifest_read(directory, error);
    const char *hash = json_as_text(json_get(manifest, "hash"));
    bool ok = manifest != NULL;

    if (ok && (hash == NULL || strcmp(hash, run->hash) != 0))
        ok = fail(directory, "holds another run", error);
    *finished = ok && manifest_says(manifest, "finished");
    json_free(manifest);
    return ok;
}

/* A directory of the final name must be this run, finished. */
static bool look_for_finished(struct run *run, struct error *error)
{
    bool finished;

    if (!file_exists(run->path))
        return true;
    if (!inspect(run, run->path, &finished, error))
        return false;
    if (!finished)
        return fail(run->path, "is in the way and no finished run", error);
    run->state = RUN_FINISHED;
    return true;
}

char *run_file(const struct run *run, const char *name)
{
    return file_join(run->state == RUN_FINISHED ? run->path : run->partial,
                     name);
}

static bool remove_file(const struct run *run, const char *name,
                        struct error *error)
{
    char *path = run_file(run, name);
    bool ok = file_remove_tree(path, error);

    free(path);
    return ok;
}

static bool write_text(const struct run *run, const char *name,
                       const char *text, struct error *error)
{
    char *path = run_file(run, name);
    bool ok = file_write(path, text, strlen(text), error);

    free(path);
    return ok;
}

static char *checkpoint_path(const struct run *run, size_t step)
{
    struct text name = { 0 };
    char *path;

    text_add_format(&name, "%s/step-%08zu.safetensors", checkpoints_name, step);
    path = run_file(run, name.data);
    text_clear(&name);
    return path;
}

static int compare_steps(const void *a, const void *b)
{
    size_t left = *(const size_t *)a, right = *(const size_t *)b;

    return (left > right) - (left < right);
}

/* The steps of checkpoints/, ascending; STEPS is the caller's. */
static bool list_checkpoints(const struct run *run, size_t **steps,
                             size_t *count, struct error *error)
{
    char *directory = run_file(run, checkpoints_name);
    char **names = NULL;
    bool ok = true;

    *steps = memory_new(1, sizeof **steps);
    *count = 0;
    if (file_exists(directory))
        ok = file_names(directory, &names, error);
    for (size_t i = 0; ok && names != NULL && names[i] != NULL; i++) {
        unsigned long step = 0;
        char *path, *named = file_join(directory, names[i]);

        /* The name must be the one we would give. */
        sscanf(names[i], "step-%lu", &step);
        path = checkpoint_path(run, step);
        if (strcmp(path, named) == 0) {
            *steps = memory_resize(*steps, *count + 1, sizeof **steps);
            (*steps)[(*count)++] = step;
        }
        free(path);
        free(named);
    }
    qsort(*steps, *count, sizeof **steps, compare_steps);
    file_free_names(names);
    free(directory);
    return ok;
}

/* Removes what killed writers left, and everything else too if ALL. */
static bool sweep(const char *directory, bool all, struct error *error)
{
    char **names;
    bool ok = true;

    if (!file_exists(directory))
        return true;
    if (!file_names(directory, &names, error))
        return false;
    for (size_t i = 0; ok && names[i] != NULL; i++) {
        bool left = text_ends(names[i], ".partial");
        char *path = file_join(directory, names[i]);

        if (left || (all && strcmp(names[i], lock_name) != 0))
            ok = file_remove_tree(path, error);
        free(path);
    }
    file_free_names(names);
    return ok;
}

static bool begin_new(struct run *run, const struct manifest_source *source,
                      struct error *error)
{
    char *checkpoints = run_file(run, checkpoints_name);
    bool ok;

    run->state = RUN_NEW;
    run->manifest = manifest_new(source, error);
    ok = run->manifest != NULL && sweep(run->partial, true, error) &&
         write_text(run, "config.yaml", source->config, error) &&
         write_text(run, "language.yaml", source->language, error) &&
         file_make_directories(checkpoints, error) &&
         manifest_write(run->manifest, run->partial, error);
    free(checkpoints);
    return ok;
}

static bool begin_again(struct run *run, struct error *error)
{
    char *checkpoints = run_file(run, checkpoints_name);
    int64_t resumed = 0;
    bool ok = false;

    run->state = RUN_RESUMED;
    run->manifest = manifest_read(run->partial, error);
    if (run->manifest == NULL)
        goto done;
    json_as_integer(json_get(run->manifest, "resumed"), &resumed);
    json_set(run->manifest, "resumed", json_new_integer(resumed + 1));
    ok = sweep(run->partial, false, error) &&
         sweep(checkpoints, false, error) &&
         manifest_write(run->manifest, run->partial, error);
done:
    free(checkpoints);
    return ok;
}

/* The last part of finishing: it can be done again after any kill. */
static bool settle(struct run *run, struct error *error)
{
    if (!remove_file(run, SPOOL_FILE, error) ||
        !file_rename(run->partial, run->path, error))
        return false;
    run->state = RUN_FINISHED;
    return remove_file(run, lock_name, error);
}

/* With the lock in hand: what is in the directory? */
static bool begin(struct run *run, const struct manifest_source *source,
                  struct error *error)
{
    char *manifest = run_file(run, "manifest.json");
    size_t *steps = NULL, count = 0;
    bool finished = false, ok;

    ok = !file_exists(manifest) || inspect(run, run->partial, &finished, error);
    free(manifest);
    if (!ok)
        return false;
    if (finished)
        return settle(run, error);
    ok = list_checkpoints(run, &steps, &count, error);
    free(steps);
    if (!ok)
        return false;
    return count > 0 ? begin_again(run, error) : begin_new(run, source, error);
}

static bool take_lock(struct run *run, struct error *error)
{
    char *path = file_join(run->partial, lock_name);
    bool ok = file_lock(path, &run->lock, error);

    free(path);
    return ok;
}

static void drop_lock(struct run *run)
{
    if (run->lock >= 0)
        file_unlock(run->lock);
    run->lock = -1;
}

bool run_open(struct run *run, const char *root, const char *experiment,
              const char *axes, const char *config, const char *language,
              const char *siblings, struct error *error)
{
    struct manifest_source source = { experiment, axes, config, language,
                                      run->hash };
    bool ok = false;

    *run = (struct run){ .lock = -1 };
    run_identify(config, language, siblings, run->hash);
    name_run(run, root, experiment, axes);
    if (!look_for_finished(run, error))
        goto done;
    if (run->state == RUN_FINISHED)
        return true;
    if (!file_make_directories(run->partial, error) || !take_lock(run, error) ||
        !look_for_finished(run, error))
        goto done;
    /* Finished by another between our look and our lock? */
    if (run->state == RUN_FINISHED)
        ok = file_remove_tree(run->partial, error);
    else
        ok = begin(run, &source, error);
    if (run->state == RUN_FINISHED)
        drop_lock(run);
done:
    if (!ok)
        run_close(run);
    return ok;
}

void run_note(struct run *run, const char *key, const char *value)
{
    json_set(run->manifest, key, json_new_text(value));
}

/* Whether the checkpoint of STEP was written to be kept. */
static bool is_kept(const struct run *run, size_t step)
{
    const struct json *kept = json_get(run->manifest, "kept");
    int64_t value;

    for (size_t i = 0; i < json_size(kept); i++)
        if (json_as_integer(json_item(kept, i), &value) &&
            value == (int64_t)step)
            return true;
    return step == 0;
}

/* Removes checkpoints that need not be kept, but the newest LEFT. */
static bool prune_checkpoints(const struct run *run, size_t left,
                              struct error *error)
{
    size_t *steps, count;
    bool ok = list_checkpoints(run, &steps, &count, error);

    for (size_t i = 0; ok && i + left < count; i++)
        if (!is_kept(run, steps[i])) {
            char *path = checkpoint_path(run, steps[i]);

            ok = file_remove_tree(path, error);
            free(path);
        }
    free(steps);
    return ok;
}

bool run_finish(struct run *run, struct error *error)
{
    assert(run->state != RUN_FINISHED);
    if (!prune_checkpoints(run, 1, error))
        return false;
    run_note(run, "state", "finished");
    manifest_set_time(run->manifest, "finished");
    if (!manifest_write(run->manifest, run->partial, error) ||
        !settle(run, error))
        return false;
    drop_lock(run);
    return true;
}

void run_close(struct run *run)
{
    if (run->path != NULL)
        drop_lock(run);
    json_free(run->manifest);
    free(run->path);
    free(run->partial);
    *run = (struct run){ .lock = -1 };
}

/* The checkpoint of STEP if it is whole and of this run. */
static bool read_checkpoint(const struct run *run, const struct layout *layout,
                            size_t step, struct checkpoint *checkpoint,
                            struct error *error)
{
    char *path = checkpoint_path(run, step);
    bool ok = checkpoint_read(path, layout, checkpoint, error);

    if (ok && (checkpoint->step != step ||
               strcmp(checkpoint->config_hash, run->hash) != 0)) {
        ok = fail(path, "is the checkpoint of another step or run", error);
        checkpoint_clear(checkpoint);
    }
    free(path);
    return ok;
}

/* Takes the growing files back to the end of STEP. */
static bool cut(struct run *run, const struct layout *layout, size_t step,
                struct error *error)
{
    char *trajectory = run_file(run, TRAJECTORY_FILE);
    char *probes = run_file(run, PROBES_FILE);
    char *spool = run_file(run, SPOOL_FILE);
    size_t spooled = 0;
    bool ok = journal_cut(trajectory, step, &run->next_record, error) &&
              journal_cut(probes, step, &run->next_probe, error) &&
              spool_cut(spool, step, layout->n_parameters, &spooled, error);

    if (ok && spooled != run->next_record)
        ok = fail(run->partial,
                  "has other steps in its spool than in trajectory.csv; "
                  "remove it to begin anew",
                  error);

    free(trajectory);
    free(probes);
    free(spool);
    return ok;
}

bool run_resume(struct run *run, const struct layout *layout,
                struct checkpoint *checkpoint, struct error *error)
{
    struct error damaged = { 0 };
    size_t *steps, count, at;
    bool ok;

    assert(run->state == RUN_RESUMED);
    *checkpoint = (struct checkpoint){ 0 };
    ok = list_checkpoints(run, &steps, &count, error);
    for (at = count; ok && at > 0; at--)
        if (read_checkpoint(run, layout, steps[at - 1], checkpoint, &damaged))
            break;
    if (ok && at == 0) {
        *error = damaged;
        damaged = (struct error){ 0 };
        ok = fail(run->partial, "has no whole checkpoint; remove it", error);
    }
    for (size_t i = at; ok && i < count; i++) {
        char *path = checkpoint_path(run, steps[i]);

        ok = file_remove_tree(path, error);
        free(path);
    }
    ok = ok && cut(run, layout, checkpoint->step, error);
    if (!ok)
        checkpoint_clear(checkpoint);
    error_clear(&damaged);
    free(steps);
    return ok;
}

/* What a checkpoint relies on must be on the disk before it. */
static bool synchronise(const struct run *run, struct error *error)
{
    static const char *const names[] = { TRAJECTORY_FILE, PROBES_FILE,
                                         SPOOL_FILE };
    bool ok = true;

    for (size_t i = 0; ok && i < 3; i++) {
        char *path = run_file(run, names[i]);

        ok = journal_synchronise(path, error);
        free(path);
    }
    return ok;
}

/* The manifest says that the run trains, and which checkpoints stay. */
static bool announce(struct run *run, size_t step, bool keep,
                     struct error *error)
{
    bool training = manifest_says(run->manifest, "training");

    keep = keep && !is_kept(run, step);
    if (training && !keep)
        return true;
    if (keep) {
        const struct json *old = json_get(run->manifest, "kept");
        struct json *kept = json_new_array();
        int64_t value;

        for (size_t i = 0; i < json_size(old); i++)
            if (json_as_integer(json_item(old, i), &value))
                json_append(kept, json_new_integer(value));
        json_append(kept, json_new_integer((int64_t)step));
        json_set(run->manifest, "kept", kept);
    }
    run_note(run, "state", "training");
    return manifest_write(run->manifest, run->partial, error);
}

bool run_add_checkpoint(struct run *run, const struct layout *layout,
                        const struct checkpoint *checkpoint, bool keep,
                        struct error *error)
{
    struct checkpoint named = *checkpoint;
    char *path;
    bool ok;

    assert(run->state != RUN_FINISHED);
    memcpy(named.config_hash, run->hash, sizeof named.config_hash);
    path = checkpoint_path(run, checkpoint->step);
    ok = synchronise(run, error) &&
         announce(run, checkpoint->step, keep, error) &&
         checkpoint_write(path, layout, &named, error) &&
         prune_checkpoints(run, ROLLING_LEFT, error);
    free(path);
    return ok;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "experiment/start.h"

#include "experiment/kept.h"
#include "results/checkpoint.h"

static const struct kept start_file = { "train.from", "start.safetensors" };

bool start_find(struct start_config *start, const char *experiment,
                const struct place *place, char **path, struct error *error)
{
    return kept_find(&start_file, start->file, experiment, place,
                     &start->checksum, path, error);
}

bool start_load(const struct start_config *start, const char *path,
                const struct place *place, struct network *network,
                struct error *error)
{
    struct checkpoint checkpoint;
    struct error mine = { 0 };

    /* Runs of a sweep may begin long after all was looked at. */
    if (!kept_check(&start_file, path, start->checksum, place, error))
        return false;
    if (!checkpoint_read(path, network_layout(network), &checkpoint, &mine))
        return kept_complain(&start_file, place, &mine, error);
    network_set(network, checkpoint.theta);
    checkpoint_clear(&checkpoint);
    return true;
}

bool start_keep(const char *path, const char *directory, struct error *error)
{
    return kept_copy(&start_file, path, directory, error);
}

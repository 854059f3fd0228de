/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "experiment/start.h"

#include <float.h>
#include <math.h>

#include "experiment/kept.h"
#include "results/checkpoint.h"

static const struct kept start_file = { "train.from", "start.safetensors" };

bool start_find(struct start_config *start, const char *experiment,
                const struct place *place, char **path, struct error *error)
{
    return kept_find(&start_file, start->file, experiment, place,
                     &start->checksum, path, error);
}

/* Numbers that are not finite, as the network rounds them, train nothing: the
 * first is named. */
static bool check_finite(const struct network *network, const double *theta,
                         const char *path, struct error *error)
{
    const struct place place = { .file = path };
    const struct layout *layout = network_layout(network);
    bool is_float = network_config(network)->precision == PRECISION_FLOAT;
    double most = is_float ? FLT_MAX : DBL_MAX;
    const struct tensor *tensor = layout->tensors;
    const char *beyond;
    size_t i = 0, n = 0;

    while (n < layout->n_parameters && fabs(theta[n]) <= most)
        n++;
    if (n == layout->n_parameters)
        return true;
    while (n - tensor->offset >= tensor->count)
        tensor++;
    i = n - tensor->offset;
    beyond = isfinite(theta[n]) ? ", too large for float" : "";
    if (tensor->columns == 0)
        return error_add(error, ERROR_CONFIG, &place, NULL,
                         "tensor %s: element [%zu] is %g%s", tensor->name, i,
                         theta[n], beyond);
    return error_add(error, ERROR_CONFIG, &place, NULL,
                     "tensor %s: element [%zu, %zu] is %g%s", tensor->name,
                     i / tensor->columns, i % tensor->columns, theta[n],
                     beyond);
}

bool start_load(const struct start_config *start, const char *path,
                const struct place *place, struct network *network,
                struct error *error)
{
    const struct layout *layout = network_layout(network);
    struct checkpoint checkpoint;
    struct error mine = { 0 };
    bool ok;

    /* Runs of a sweep may begin long after all was looked at. */
    if (!kept_check(&start_file, path, start->checksum, place, error))
        return false;
    ok = checkpoint_read(path, layout, &checkpoint, &mine) &&
         check_finite(network, checkpoint.theta, path, &mine);
    if (ok)
        network_set(network, checkpoint.theta);
    checkpoint_clear(&checkpoint);
    return ok || kept_complain(&start_file, place, &mine, error);
}

bool start_keep(const char *path, const char *directory, struct error *error)
{
    return kept_copy(&start_file, path, directory, error);
}

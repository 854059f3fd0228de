/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "experiment/footprint.h"

#include "data/extent.h"
#include "data/shortcut.h"
#include "experiment/exposure.h"
#include "experiment/pipeline.h"
#include "model/network.h"
#include "results/checkpoint.h"

/* What all sums are made of. */
struct subject {
    const struct settings *settings;
    const struct data_config *data;
    const struct network *network;
    size_t n_symbols, n_parameters;
};

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static size_t longest(const struct data_config *data)
{
    size_t most = 0;

    for (size_t r = 0; r < extent_ranges(data); r++)
        most = larger(most, extent_of_draws(data, r, 1).longest);
    return most;
}

/* Of the strings that probes look at. */
static struct extent probed(const struct data_config *data)
{
    return extent_part(extent_of_split(data, 1), PROBE_STRINGS);
}

static size_t cost_at_once(struct cost cost)
{
    return cost.held + cost.passing;
}

/* The evaluators of probe(), all held while one of them decides. */
static size_t probe_bytes(const struct subject *s)
{
    const struct saturation_config *config = &s->settings->saturation;
    const struct saturation_config asked = { .limit = config->limit,
                                             .attention = config->attention,
                                             .orders = config->orders };
    struct extent extent = probed(s->data);
    struct cost cost = evaluators_cost(s->network, &asked, extent);

    if (extent.strings == 0)
        return cost.held;
    return cost_at_once(cost) + verify_bytes(s->data, s->n_symbols, extent);
}

/* saturation_measure, and heads_measure after it. */
static size_t measure_bytes(const struct subject *s)
{
    struct extent extent = probed(s->data);

    if (!s->settings->saturation.limit || extent.strings == 0)
        return 0;
    return saturation_measure_bytes(s->network, &s->settings->saturation,
                                    extent);
}

static size_t training_bytes(const struct subject *s)
{
    const struct train_config *train = &s->settings->train;
    size_t beside = checkpoint_bytes(s->n_parameters, &train->optimizer);

    beside = larger(beside, probe_bytes(s));
    beside = larger(beside, measure_bytes(s));
    return trainer_bytes(train, s->data, s->n_symbols, s->n_parameters) +
           beside;
}

/* Deciding a set of strings, which may have to be DRAWN first. */
static size_t set_bytes(const struct subject *s, struct extent extent,
                        bool drawn)
{
    struct cost cost =
        evaluators_cost(s->network, &s->settings->saturation, extent);
    size_t bytes = verify_bytes(s->data, s->n_symbols, extent) + cost.passing;

    if (extent.strings == 0)
        return 0;
    return bytes + (drawn ? examples_bytes(s->data, s->n_symbols, extent) : 0);
}

static size_t sets_bytes(const struct subject *s)
{
    const struct verify_config *verify = &s->settings->verify;
    size_t ranges = extent_ranges(s->data);
    size_t bytes = set_bytes(
        s, verify_exhaustive_extent(verify, s->data, s->n_symbols), true);

    for (size_t r = 1; r < ranges; r++)
        bytes = larger(bytes, set_bytes(s, extent_of_split(s->data, r), false));
    for (size_t b = 0; b + 2 < ranges; b++)
        bytes = larger(
            bytes,
            set_bytes(s, verify_samples_extent(verify, s->data, b), true));
    return bytes;
}

/* The evaluators stay until all of it is done. */
static size_t deciding_bytes(const struct subject *s)
{
    const struct extent whole = { .strings = 1, .longest = longest(s->data) };
    struct cost cost =
        evaluators_cost(s->network, &s->settings->saturation, whole);
    size_t strings = 0, beside = sets_bytes(s);

    for (size_t r = 1; r < extent_ranges(s->data); r++)
        strings += extent_of_split(s->data, r).strings;
    beside = larger(beside, measure_bytes(s));
    beside = larger(beside, baselines_bytes(s->data, s->n_symbols));
    beside = larger(beside, exposure_bytes(s->data, s->n_symbols, strings));
    return cost.held + beside;
}

struct footprint job_footprint(const struct job *job, size_t n_symbols)
{
    const struct settings *settings = &job->settings;
    const struct data_config *data = &settings->data;
    struct network *network = network_sketch((enum objective)data->objective,
                                             &settings->model, n_symbols);
    struct subject s = { settings, data, network, n_symbols,
                         network_layout(network)->n_parameters };
    size_t batch = settings->train.batch, strings = data->train.count;
    struct extent whole = { .strings = 1, .longest = longest(data) };
    struct footprint out = { .parameters = s.n_parameters };

    if (batch == 0 || (strings > 0 && batch > strings))
        batch = strings;
    out.staying =
        dataset_bytes(data, n_symbols, &out.drawing) +
        network_bytes(network, extent_of_draws(data, 0, batch), whole.longest) +
        s.n_parameters * sizeof(double) +
        evaluator_cost("trained", network, &settings->saturation, whole)
            .held; /* the untrained one */
    out.training = training_bytes(&s);
    out.deciding = deciding_bytes(&s);
    network_free(network);
    return out;
}

size_t footprint_peak(const struct footprint *footprint)
{
    return footprint->staying +
           larger(footprint->drawing,
                  larger(footprint->training, footprint->deciding));
}

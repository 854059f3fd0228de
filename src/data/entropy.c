/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "data/entropy.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/natural.h"

double entropy_of_members(const struct dataset *dataset, size_t bin)
{
    const size_t *lengths;
    double nats = 0, tokens = 0;
    struct natural count = { 0 };
    size_t n;

    if (dataset->config->disjoint || dataset_is_corpus(dataset))
        return NAN;
    lengths = dataset->lengths[2 + bin];
    n = dataset->n_lengths[2 + bin];
    natural_init(&count, 0);
    for (size_t i = 0; i < n; i++) {
        language_count(dataset->language, lengths[i], &count);
        nats += natural_log(&count) + log((double)n);
        tokens += (double)lengths[i] + 1;
    }
    natural_clear(&count);
    return nats / tokens;
}

static double entropy_of(const size_t *counts, size_t n)
{
    double nats = 0;
    size_t tokens = 0;

    for (size_t s = 0; s < n; s++)
        tokens += counts[s];
    for (size_t s = 0; s < n; s++)
        if (counts[s] > 0)
            nats -= (double)counts[s] / (double)tokens *
                    log((double)counts[s] / (double)tokens);
    return nats;
}

double entropy_of_symbols(const struct strings *strings, size_t n)
{
    size_t *counts = memory_new(n + 1, sizeof *counts);
    double nats;

    counts[n] = strings->count; /* end marks */
    for (size_t i = 0; i < strings->count; i++)
        for (size_t t = 0; t < strings_length(strings, i); t++)
            counts[strings_at(strings, i)[t]]++;
    nats = entropy_of(counts, n + 1);
    free(counts);
    return nats;
}

double entropy_of_targets(const struct examples *examples, size_t n)
{
    const struct strings *strings = &examples->strings;
    const uint8_t *target = examples->targets;
    size_t *counts = memory_new(n + 1, sizeof *counts);
    double nats;

    for (size_t i = 0; i < strings->count; i++)
        for (size_t t = 0, m = strings_length(strings, i); t <= m; t++)
            counts[token_after(strings_at(strings, i), m, t, n)] += *target++;
    nats = entropy_of(counts, n + 1);
    free(counts);
    return nats;
}

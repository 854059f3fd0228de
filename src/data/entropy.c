/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "data/entropy.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/natural.h"

double entropy_of_members(const struct dataset *dataset, size_t bin)
{
    const size_t *lengths = dataset->lengths[2 + bin];
    size_t n = dataset->n_lengths[2 + bin];
    double nats = 0, tokens = 0;
    struct natural count = { 0 };

    if (dataset->config->disjoint)
        return NAN;
    natural_init(&count, 0);
    for (size_t i = 0; i < n; i++) {
        language_count(dataset->language, lengths[i], &count);
        nats += natural_log(&count) + log((double)n);
        tokens += (double)lengths[i] + 1;
    }
    natural_clear(&count);
    return nats / tokens;
}

double entropy_of_symbols(const struct strings *strings, size_t n)
{
    size_t *counts = memory_new(n + 1, sizeof *counts), tokens = 0;
    double nats = 0;

    counts[n] = strings->count; /* end marks */
    for (size_t i = 0; i < strings->count; i++)
        for (size_t t = 0; t < strings_length(strings, i); t++)
            counts[strings_at(strings, i)[t]]++;
    for (size_t s = 0; s <= n; s++)
        tokens += counts[s];
    for (size_t s = 0; s <= n; s++)
        if (counts[s] > 0)
            nats -= (double)counts[s] / (double)tokens *
                    log((double)counts[s] / (double)tokens);
    free(counts);
    return nats;
}

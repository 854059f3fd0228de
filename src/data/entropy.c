/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "data/entropy.h"

#include <math.h>

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

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "saturation/scaling.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

static size_t count_outputs(const struct network *network,
                            const struct strings *strings)
{
    size_t tokens = 0;

    for (size_t i = 0; i < strings->count; i++)
        tokens += strings_length(strings, i) + 1;
    return tokens * network_config(network)->d_model;
}

static void encode(const struct network *network, const struct strings *strings,
                   double c, double *outputs)
{
    struct network *scaled = network_scaled(network, c, PRECISION_DOUBLE);
    struct batch batch = { strings, NULL, strings->count };

    network_encode(scaled, &batch, NULL, outputs);
    network_free(scaled);
}

static double cosine(const double *a, const double *b, size_t n)
{
    double both = 0, left = 0, right = 0;

    for (size_t i = 0; i < n; i++) {
        both += a[i] * b[i];
        left += a[i] * a[i];
        right += b[i] * b[i];
    }
    return both / sqrt(left) / sqrt(right);
}

void scaling_measure(const struct network *network,
                     const struct strings *strings, const double *scales,
                     size_t n, double reference, double *cosines,
                     void (*told)(void *self), void *self)
{
    size_t outputs = count_outputs(network, strings);
    double *far = memory_new(outputs, sizeof *far);
    double *near = memory_new(outputs, sizeof *near);

    encode(network, strings, reference, far);
    for (size_t i = 0; i < n; i++) {
        encode(network, strings, scales[i], near);
        cosines[i] = cosine(near, far, outputs);
        if (told != NULL)
            told(self);
    }
    free(far);
    free(near);
}

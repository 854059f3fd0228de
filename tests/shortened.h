/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The same network without its upper layers, nor a final norm: what it gives
 * is the residual stream of the whole one on the way. */

#ifndef TESTS_SHORTENED_H
#define TESTS_SHORTENED_H

#include <string.h>

#include "model/network.h"

static inline struct network *shortened(const struct network *network,
                                        size_t n_layers, size_t n_symbols)
{
    struct model_config config = *network_config(network);
    const struct layout *whole = network_layout(network), *layout;
    struct network *lower;

    config.final_norm = FINAL_NORM_NEVER;
    config.n_layers = n_layers;
    lower = network_new_for(network_objective(network), &config, n_symbols);
    layout = network_layout(lower);
    for (size_t i = 0; i < layout->n_tensors; i++) {
        const struct tensor *to = &layout->tensors[i];
        const struct tensor *from = layout_find(whole, to->name);

        memcpy(network_parameters(lower) + to->offset,
               network_weights(network) + from->offset,
               to->count * sizeof(double));
    }
    network_update(lower);
    return lower;
}

#endif

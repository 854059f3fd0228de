/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "saturation/cost.h"

#include "base/parallel.h"
#include "saturation/asymptotic.h"
#include "saturation/parameters.h"

/* The numbers of a network that count here. */
struct shape {
    const struct model_config *config;
    size_t d, head, n_heads, n_layers, orders;
    size_t n_tokens; /* that differ at level 0; 0: any number */
    bool ordinary, every;
};

static size_t planes(size_t width, size_t orders)
{
    return orders * plane_size(plane_padded(width));
}

/* A token's position tells it from others of its symbol, or does not. */
static size_t distinct_tokens(const struct network *network)
{
    size_t n = network_layout(network)->n_tokens;

    switch (network_config(network)->positions) {
    case POSITIONS_NONE:
        return n;
    case POSITIONS_SIGN:
        return 2 * n;
    default:
        return 0;
    }
}

/* The states of LEVEL in a string of N tokens. */
static size_t count_states(const struct shape *shape, size_t level, size_t n)
{
    if (level == shape->n_layers && !shape->every)
        return 1;
    if (level > 0 || shape->n_tokens == 0 || shape->n_tokens > n)
        return n;
    return shape->n_tokens;
}

/* How long the definition of a state is, on average: in ordinary arithmetic
 * all that is seen, in the limit one state for each head. */
static size_t count_shares(const struct shape *shape, size_t level, size_t n)
{
    int mask = shape->config->mask;
    size_t seen = mask == MASK_CAUSAL || mask == MASK_STRICT ? n / 2 + 1 : n;
    size_t below;

    if (level == 0)
        return 4;
    if (!shape->ordinary)
        return 1 + 2 * shape->n_heads;
    below = count_states(shape, level - 1, n);
    return 2 + (below < seen ? below : seen);
}

/* Planes of a state of LEVEL.  What is embedded is exact and of one degree,
 * and so is its layer norm, unless features of degree 0 are added. */
static size_t count_planes(const struct shape *shape, size_t level)
{
    bool plain = position_features(shape->config->positions, shape->d) == 0;
    size_t orders = shape->orders, few = orders < 2 ? orders : 2;

    if (level == shape->n_layers)
        return planes(shape->d, orders);
    if (level == 0 && plain)
        return planes(shape->d, 1) +
               3 * shape->n_heads * planes(shape->head, few);
    return planes(shape->d, orders) +
           3 * shape->n_heads * planes(shape->head, orders);
}

/* Of the states of one string of N tokens. */
static size_t string_bytes(const struct shape *shape, size_t n)
{
    size_t bytes = 0;

    for (size_t l = 0; l <= shape->n_layers; l++)
        bytes += count_states(shape, l, n) *
                 state_bytes(count_shares(shape, l, n), shape->n_heads,
                             count_planes(shape, l));
    return bytes;
}

/* What a worker holds: a few series, and lists for a string of N tokens that
 * grow by half more than is needed. */
static size_t worker_bytes(const struct shape *shape, size_t n)
{
    size_t series =
        6 * planes(shape->d, shape->orders) +
        2 * planes(shape->config->d_ff, shape->orders) +
        (3 * shape->n_heads + 2) * planes(shape->head, shape->orders);
    size_t list = 2 * sizeof(size_t) + sizeof(struct ball) +
                  sizeof(struct scalar) + 2 * sizeof(struct series *) +
                  shape->n_heads * sizeof(struct share) +
                  (shape->n_layers + 1) * sizeof(struct state *);

    return series * sizeof(double) + (n + n / 2) * list;
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

struct cost asymptotic_cost(const struct network *network, size_t orders,
                            struct extent extent, size_t blocks, bool every)
{
    const struct model_config *config = network_config(network);
    struct shape shape = { .config = config,
                           .d = config->d_model,
                           .head = config->d_model / config->n_heads,
                           .n_heads = config->n_heads,
                           .n_layers = config->n_layers,
                           .orders = orders == 0 ? 1 : orders,
                           .n_tokens = distinct_tokens(network),
                           .ordinary = orders == 0,
                           .every = every || config->readout != READOUT_LAST };
    size_t threads = parallel_threads(), longest = extent.longest + 1;
    size_t all =
        extent.strings > 0
            ? extent.strings *
                  string_bytes(&shape, extent_tokens(extent) / extent.strings)
            : 0;
    size_t each = larger(string_bytes(&shape, longest), STATES_MOST);

    if (threads > blocks)
        threads = blocks;
    return (struct cost){
        .held =
            parameters_bytes(network) + threads * worker_bytes(&shape, longest),
        .passing = all < threads * each ? all : threads * each,
    };
}

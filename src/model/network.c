/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "model/network.h"

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "model/constructions.h"
#include "model/inside.h"

/* A piece of a tensor has about so many elements. */
#define PIECE 8192

static void cut_pieces(struct network *network)
{
    const struct layout *layout = &network->layout;

    for (size_t i = 0; i < layout->n_tensors; i++) {
        const struct tensor *tensor = &layout->tensors[i];
        size_t rows = tensor->columns == 0 ? 1 : tensor->rows;
        size_t step = PIECE * rows / tensor->count / PIECE_ROWS * PIECE_ROWS;

        step = step > 0 ? step : PIECE_ROWS;

        for (size_t row = 0; row < rows; row += step) {
            size_t left = rows - row;

            network->pieces =
                memory_resize(network->pieces, network->n_pieces + 1,
                              sizeof(*network->pieces));
            network->pieces[network->n_pieces++] = (struct piece){
                .tensor = i, .first = row, .rows = left < step ? left : step
            };
        }
    }
}

struct network *network_new(const struct model_config *config, size_t n_symbols)
{
    return network_new_for(OBJECTIVE_MEMBERSHIP, config, n_symbols);
}

struct network *network_new_for(enum objective objective,
                                const struct model_config *config,
                                size_t n_symbols)
{
    struct network *network = network_sketch(objective, config, n_symbols);

    network->parameters =
        memory_new(network->layout.n_parameters, sizeof(double));
    network->engine->allocate(network->weights);
    return network;
}

struct network *network_sketch(enum objective objective,
                               const struct model_config *config,
                               size_t n_symbols)
{
    struct network *network = memory_new(1, sizeof(*network));

    network->objective = objective;
    network->config = *config;
    network->n_symbols = n_symbols;
    layout_init(&network->layout, config, n_symbols,
                objective_outputs(objective, n_symbols));
    network->engine = engine_choose((enum precision)config->precision);
    network->weights =
        network->engine->new_weights(&network->config, &network->layout);
    network->parking = memory_new(PARKING, sizeof(*network->parking));
    network_drop(network, 0, 0);
    cut_pieces(network);
    return network;
}

void network_free(struct network *network)
{
    if (network == NULL)
        return;
    for (size_t i = 0; i < PARKING; i++) {
        network->engine->free_workspace(network->parking[i].workspace);
        free(network->parking[i].logits);
    }
    free(network->gradient.block);
    types_clear(&network->types);
    free(network->table.block);
    free(network->rows.block);
    free(network->sums.block);
    network->engine->free_weights(network->weights);
    layout_clear(&network->layout);
    free(network->parameters);
    free(network->pieces);
    free(network->parking);
    free(network);
}

static size_t table_bytes(const struct network *network, size_t types)
{
    return types_bytes(types) +
           types * network->engine->type_bytes(network->weights);
}

size_t network_passing(const struct network *network, struct extent batch)
{
    return table_bytes(
        network,
        types_expected(&network->config, network->layout.n_tokens, batch));
}

/* Gradients and sums by type of all shards of a batch. */
static size_t shards_bytes(const struct network *network, struct extent batch)
{
    size_t types =
        types_expected(&network->config, network->layout.n_tokens, batch);
    size_t shards = batch.strings < SHARDS ? batch.strings : SHARDS;
    size_t rows = extent_tokens(batch) / shards;

    if (types < rows)
        rows = types;
    return shards * (network->engine->gradient_bytes(network->weights) +
                     types * sizeof(uint32_t) +
                     rows * network->engine->type_bytes(network->weights));
}

size_t network_bytes(const struct network *network, struct extent batch,
                     size_t longest)
{
    const struct engine *engine = network->engine;
    size_t tokens = longest + 1 > CHUNK_TOKENS ? longest + 1 : CHUNK_TOKENS;
    size_t threads = parallel_threads();
    size_t own = engine->size_of_workspace(network->weights, tokens);
    size_t learning = 0;

    if (batch.strings > 0) {
        /* logits grow by half more than is needed */
        own += tokens * 3 / 2 * network->layout.n_outputs * sizeof(double);
        learning =
            shards_bytes(network, batch) + network_passing(network, batch);
    }
    return sizeof(*network) + PARKING * sizeof(*network->parking) +
           network->n_pieces * sizeof(*network->pieces) +
           network->layout.n_tensors * sizeof(*network->layout.tensors) +
           network->layout.n_parameters * sizeof(double) +
           engine->size_of_weights(network->weights) + learning +
           (threads < PARKING ? threads : PARKING) * own;
}

/* The factor that init gives tensors of a kind; biases go with weights. */
static double init_factor(const struct init_config *init, enum tensor_kind kind)
{
    const double factors[] = { [TENSOR_EMBEDDING] = init->embedding,
                               [TENSOR_POSITION] = init->position,
                               [TENSOR_POSITION_MAP] = init->position,
                               [TENSOR_QUERY_KEY] =
                                   init->attention * init->query_key,
                               [TENSOR_ATTENTION] = init->attention,
                               [TENSOR_FEEDFORWARD] = init->feedforward,
                               [TENSOR_CLASSIFIER] = init->classifier,
                               [TENSOR_GAIN] = init->gain,
                               [TENSOR_SHIFT] = 0 };

    return init->scale * factors[kind];
}

/* A bias is drawn as the weight it stands behind. */
static const struct tensor *drawn_as(const struct tensor *tensor)
{
    return tensor->kind == TENSOR_BIAS ? tensor - 1 : tensor;
}

static double draw(struct stream *stream, const struct tensor *like)
{
    switch (like->kind) {
    case TENSOR_EMBEDDING:
    case TENSOR_POSITION:
        return stream_normal(stream);
    case TENSOR_GAIN:
    case TENSOR_SHIFT:
        return 1;
    default:
        return (2 * stream_uniform(stream) - 1) / sqrt((double)like->columns);
    }
}

void network_init(struct network *network, uint64_t seed)
{
    const struct layout *layout = &network->layout;

    if (network->config.construction != CONSTRUCTION_NONE) {
        construction_write(&network->config, layout, seed, network->parameters);
        network_update(network);
        return;
    }
    for (size_t i = 0; i < layout->n_tensors; i++) {
        const struct tensor *tensor = &layout->tensors[i];
        const struct tensor *like = drawn_as(tensor);
        double factor = init_factor(&network->config.init, like->kind);
        char purpose[sizeof(tensor->name) + sizeof("init.")];

        snprintf(purpose, sizeof(purpose), "init.%s", tensor->name);
        for (size_t e = 0; e < tensor->count; e++) {
            struct stream stream;

            stream_init(&stream, seed, purpose, e);
            network->parameters[tensor->offset + e] =
                (double)(float)(factor * draw(&stream, like));
        }
    }
    network_update(network);
}

struct network *network_scaled(const struct network *network, double c,
                               enum precision precision)
{
    struct model_config config = network->config;
    struct network *scaled;

    config.precision = (int)precision;
    scaled = network_new_for(network->objective, &config, network->n_symbols);
    for (size_t i = 0; i < network->layout.n_parameters; i++)
        scaled->parameters[i] = c * network->parameters[i];
    network_update(scaled);
    return scaled;
}

const struct model_config *network_config(const struct network *network)
{
    return &network->config;
}

enum objective network_objective(const struct network *network)
{
    return network->objective;
}

const struct layout *network_layout(const struct network *network)
{
    return &network->layout;
}

const char *network_engine(const struct network *network)
{
    return network->engine->name;
}

double *network_parameters(struct network *network)
{
    return network->parameters;
}

const double *network_weights(const struct network *network)
{
    return network->parameters;
}

static void round_piece(void *context, size_t item, size_t thread)
{
    struct network *network = context;

    (void)thread;
    network->engine->round(network->weights, network->parameters,
                           &network->pieces[item]);
}

void network_update(struct network *network)
{
    parallel_for(network->n_pieces, round_piece, network);
}

struct advance {
    struct network *network;
    const double *delta;
    atomic_bool bad;
};

static void advance_piece(void *context, size_t item, size_t thread)
{
    struct advance *advance = context;
    struct network *network = advance->network;
    const struct piece *piece = &network->pieces[item];
    const struct tensor *tensor = &network->layout.tensors[piece->tensor];
    size_t columns = tensor->columns == 0 ? tensor->count : tensor->columns;
    size_t first = tensor->offset + piece->first * columns;
    double *theta = network->parameters + first;
    const double *delta = advance->delta + first;
    double bad = 0; /* not a bool: as wide as what is looked at */

    for (size_t i = 0; i < piece->rows * columns; i++) {
        theta[i] += delta[i];
        bad = isfinite(theta[i]) ? bad : 1;
    }
    if (bad > 0)
        atomic_store(&advance->bad, true);
    round_piece(network, item, thread);
}

bool network_advance(struct network *network, const double *delta)
{
    struct advance advance = { .network = network, .delta = delta };

    parallel_for(network->n_pieces, advance_piece, &advance);
    return !advance.bad;
}

void network_set(struct network *network, const double *theta)
{
    memcpy(network->parameters, theta,
           network->layout.n_parameters * sizeof(*theta));
    network_update(network);
}

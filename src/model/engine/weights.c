/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/engine/transformer.h"

/* Appends a tensor with rows of WIDTH, taking the room of ROWS of them. */
static size_t place(struct weights *w, size_t tensor, size_t rows, size_t width)
{
    size_t offset = w->size;

    if (tensor == SIZE_MAX)
        return SIZE_MAX;
    w->homes[tensor] = (struct home){ offset, width, NULL, 0 };
    w->size += rows * width;
    return offset;
}

static struct affine place_norm(struct weights *w, struct norm_tensors norm)
{
    return (struct affine){ place(w, norm.weight, 1, w->d),
                            place(w, norm.bias, 1, w->d) };
}

static struct linear place_linear(struct weights *w,
                                  struct linear_tensors tensors, size_t in,
                                  size_t out)
{
    return (struct linear){ .in = in,
                            .out = out,
                            .weight = place(w, tensors.weight, out, in),
                            .bias = place(w, tensors.bias, 1, out) };
}

/* One map of two, keys above values: both read the same rows. */
static struct linear place_pair(struct weights *w, struct linear_tensors keys,
                                struct linear_tensors values)
{
    struct linear map = { .in = w->d, .out = 2 * w->d };

    map.weight = place(w, keys.weight, w->d, w->d);
    place(w, values.weight, w->d, w->d);
    map.bias = place(w, keys.bias, 1, w->d);
    place(w, values.bias, 1, w->d);
    return map;
}

static void place_layer(struct weights *w, struct layer *layer,
                        const struct layer_tensors *tensors)
{
    layer->attention_norm = place_norm(w, tensors->attention_norm);
    layer->query = place_linear(w, tensors->query, w->d, w->d);
    layer->keys_values = place_pair(w, tensors->key, tensors->value);
    layer->output = place_linear(w, tensors->output, w->d, w->d);
    layer->feedforward_norm = place_norm(w, tensors->feedforward_norm);
    layer->up = place_linear(w, tensors->up, w->d, w->f);
    layer->down = place_linear(w, tensors->down, w->f, w->d);
}

/* In the order of their places in a block. */
static void list_maps(struct weights *w)
{
    w->maps = memory_new(5 * w->config->n_layers + 2, sizeof(*w->maps));
    if (w->position_map.weight != SIZE_MAX)
        w->maps[w->n_maps++] = &w->position_map;
    for (size_t l = 0; l < w->config->n_layers; l++) {
        struct layer *layer = &w->layers[l];
        struct linear *of_layer[] = { &layer->query, &layer->keys_values,
                                      &layer->output, &layer->up,
                                      &layer->down };

        for (size_t i = 0; i < 5; i++)
            w->maps[w->n_maps++] = of_layer[i];
    }
    w->maps[w->n_maps++] = &w->classifier;
}

static size_t transposed_size(const struct weights *w)
{
    size_t size = 0;

    for (size_t i = 0; i < w->n_maps; i++)
        size += w->maps[i]->in * w->maps[i]->out;
    return size;
}

size_t weights_bytes(const struct weights *w)
{
    return (w->size + transposed_size(w) + 2 * w->d) * sizeof(real);
}

/* Tells the tensors that a map is made of where it is transposed. */
static void place_transpose(struct weights *w, const struct linear *map)
{
    size_t end = map->weight + map->in * map->out;

    for (size_t t = 0; t < w->layout->n_tensors; t++) {
        struct home *home = &w->homes[t];

        if (home->offset < map->weight || home->offset >= end)
            continue;
        home->columns =
            map->transposed + (home->offset - map->weight) / map->in;
        home->column = map->out;
    }
}

/* Room for the parameters and the transposes of every map. */
void weights_allocate(struct weights *w)
{
    real *next;

    w->block = memory_new_aligned(w->size, sizeof(real));
    w->transposed = next = memory_new_aligned(transposed_size(w), sizeof(real));
    for (size_t i = 0; i < w->n_maps; i++) {
        w->maps[i]->transposed = next;
        place_transpose(w, w->maps[i]);
        next += w->maps[i]->in * w->maps[i]->out;
    }
}

struct weights *weights_new(const struct model_config *config,
                            const struct layout *layout)
{
    struct weights *w = memory_new(1, sizeof(*w));

    w->config = config;
    w->layout = layout;
    w->d = padded(config->d_model);
    w->f = padded(config->d_ff);
    w->o = padded(layout->n_outputs);
    w->p = padded(position_features(config->positions, config->d_model));
    w->head = config->d_model / config->n_heads;
    w->score_divisor = model_score_divisor(config);
    w->ones = memory_new_aligned(w->d, sizeof(real));
    w->zeros = memory_new_aligned(w->d, sizeof(real));
    for (size_t i = 0; i < config->d_model; i++)
        w->ones[i] = 1;
    w->homes = memory_new(layout->n_tensors, sizeof(*w->homes));
    w->layers = memory_new(config->n_layers, sizeof(*w->layers));
    place(w, layout->token, layout->n_tokens, w->d);
    if (layout->position != SIZE_MAX)
        place(w, layout->position, layout->tensors[layout->position].rows,
              w->d);
    w->position_map = place_linear(
        w, (struct linear_tensors){ layout->position_map, SIZE_MAX }, w->p,
        w->d);
    for (size_t l = 0; l < config->n_layers; l++)
        place_layer(w, &w->layers[l], &layout->layers[l]);
    w->final_norm = place_norm(w, layout->final_norm);
    w->classifier = place_linear(w, layout->classifier, w->d, w->o);
    list_maps(w);
    return w;
}

void weights_free(struct weights *w)
{
    if (w == NULL)
        return;
    free(w->homes);
    free(w->ones);
    free(w->zeros);
    free(w->layers);
    free(w->maps);
    free(w->block);
    free(w->transposed);
    free(w);
}

/* The piece's place in a block, in the flat parameters, and its columns. */
struct span {
    size_t home, row, flat, columns;
};

static struct span span_of(const struct weights *w, const struct piece *piece)
{
    const struct tensor *tensor = &w->layout->tensors[piece->tensor];
    const struct home *home = &w->homes[piece->tensor];
    size_t columns = tensor->columns == 0 ? tensor->count : tensor->columns;

    return (struct span){ .home = home->offset + piece->first * home->row,
                          .row = home->row,
                          .flat = tensor->offset + piece->first * columns,
                          .columns = columns };
}

void weights_round(struct weights *w, const double *parameters,
                   const struct piece *piece)
{
    const struct home *home = &w->homes[piece->tensor];
    struct span span = span_of(w, piece);

    for (size_t r = 0; r < piece->rows; r++) {
        real *to = w->block + span.home + r * span.row;
        const double *from = parameters + span.flat + r * span.columns;

        for (size_t c = 0; c < span.columns; c++)
            to[c] = (real)from[c];
    }
    if (home->columns != NULL)
        matrix_transpose(padded(piece->rows), home->row, w->block + span.home,
                         home->columns + piece->first, home->column);
}

/* Zeros where the first chunk does not set the gradient: all but maps. */
void weights_clear(const struct weights *w, real *gradient)
{
    size_t at = 0;

    for (size_t i = 0; i < w->n_maps; i++) {
        const struct linear *map = w->maps[i];

        memset(gradient + at, 0, (map->weight - at) * sizeof(real));
        at = map->weight + map->in * map->out;
    }
    memset(gradient + at, 0, (w->size - at) * sizeof(real));
}

/* The sum of N vectors along a binary tree, N a constant where it is 16. */
INLINE vector tree_sum(void *const *blocks, size_t n, size_t at)
{
    vector v[SHARDS] = { 0 };

#pragma GCC unroll 16
    for (size_t i = 0; i < n; i++)
        v[i] = vector_load((const real *)blocks[i] + at);
#pragma GCC unroll 4
    for (size_t step = 1; step < n; step *= 2)
#pragma GCC unroll 8
        for (size_t i = 0; i + step < n; i += 2 * step)
            v[i] += v[i + step];
    return v[0];
}

void weights_collect(const struct weights *w, void *const *blocks, size_t n,
                     const struct piece *piece, double factor, double *gradient)
{
    struct span span = span_of(w, piece);

    for (size_t r = 0; r < piece->rows; r++)
        for (size_t c = 0; c < span.columns; c += LANES) {
            size_t at = span.home + r * span.row + c;
            double *to = gradient + span.flat + r * span.columns + c;
            size_t left = span.columns - c;
            real sum[LANES];

            vector_store(sum, n == SHARDS ? tree_sum(blocks, SHARDS, at)
                                          : tree_sum(blocks, n, at));
            for (size_t i = 0; i < (left < LANES ? left : LANES); i++)
                to[i] = factor * (double)sum[i];
        }
}

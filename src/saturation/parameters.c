/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "saturation/parameters.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/memory.h"

/* clang-format off */
static const struct placement placements[] = {
    [NORM_PRE]    = { .before = true },
    [NORM_POST]   = { .sum = true },
    [NORM_OUTPUT] = { .branch = true },
    [NORM_NONE]   = { .before = false },
};
/* clang-format on */

/* The network's tensors, to be multiplied by the factor. */
struct source {
    const struct layout *layout;
    const double *weights;
    double factor;
};

/* A stretch of a matrix: rows are outputs, columns inputs. */
struct block {
    size_t tensor;
    size_t row, rows, column, columns;
};

static bool all_zero(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (x[i] != 0)
            return false;
    return true;
}

static struct matrix take_matrix(const struct source *source,
                                 struct block block)
{
    const struct tensor *tensor = &source->layout->tensors[block.tensor];
    const double *from = source->weights + tensor->offset;
    struct matrix matrix = { .inputs = block.columns,
                             .outputs = block.rows,
                             .stride = plane_padded(block.rows) };

    matrix.weights =
        memory_new_aligned(matrix.inputs * matrix.stride, sizeof(double));
    for (size_t o = 0; o < block.rows; o++)
        for (size_t i = 0; i < block.columns; i++)
            matrix.weights[i * matrix.stride + o] =
                source->factor *
                from[(block.row + o) * tensor->columns + block.column + i];
    matrix_measure(&matrix);
    return matrix;
}

/* COUNT numbers of a vector from FIRST on, padded; NULL where it is zero. */
static double *take_vector(const struct source *source, size_t index,
                           size_t first, size_t count)
{
    const double *from;
    double *vector;

    if (index == SIZE_MAX)
        return NULL;
    from = source->weights + source->layout->tensors[index].offset + first;
    if (all_zero(from, count))
        return NULL;
    vector = memory_new_aligned(plane_padded(count), sizeof(double));
    for (size_t i = 0; i < count; i++)
        vector[i] = source->factor * from[i];
    return vector;
}

static struct linear take_linear(const struct source *source, size_t bias,
                                 struct block block)
{
    struct linear linear = { .matrix = take_matrix(source, block) };

    linear.zero = all_zero(linear.matrix.weights,
                           linear.matrix.inputs * linear.matrix.stride);
    linear.bias = take_vector(source, bias, block.row, block.rows);
    return linear;
}

static struct linear take_whole(const struct source *source,
                                struct linear_tensors tensors)
{
    const struct tensor *tensor = &source->layout->tensors[tensors.weight];

    return take_linear(source, tensors.bias,
                       (struct block){ .tensor = tensors.weight,
                                       .rows = tensor->rows,
                                       .columns = tensor->columns });
}

/* The outputs of every head, or with INPUTS what each head's outputs feed. */
static struct linear *take_heads(const struct source *source,
                                 struct linear_tensors tensors, size_t n_heads,
                                 bool inputs)
{
    const struct tensor *tensor = &source->layout->tensors[tensors.weight];
    struct linear *heads = memory_new(n_heads, sizeof(*heads));
    size_t size = tensor->rows / n_heads;

    for (size_t h = 0; h < n_heads; h++) {
        struct block block = { tensors.weight, h * size, size, 0,
                               tensor->columns };
        size_t bias = tensors.bias;

        if (inputs) {
            block = (struct block){ tensors.weight, 0, tensor->rows, h * size,
                                    size };
            bias = h == 0 ? tensors.bias : SIZE_MAX;
        }
        heads[h] = take_linear(source, bias, block);
    }
    return heads;
}

static struct affine take_affine(const struct source *source,
                                 struct norm_tensors tensors, size_t d)
{
    struct affine affine = { .zero = false };

    affine.gain = take_vector(source, tensors.weight, 0, d);
    affine.shift = take_vector(source, tensors.bias, 0, d);
    for (size_t i = 0; affine.gain != NULL && i < d; i++)
        affine.largest = fmax(affine.largest, fabs(affine.gain[i]));
    affine.zero = tensors.weight != SIZE_MAX && affine.gain == NULL;
    return affine;
}

/* A table of rows, each padded; NULL where there is none. */
static double *take_rows(const struct source *source, size_t index,
                         size_t *rows)
{
    const struct tensor *tensor;
    double *table;
    size_t stride;

    *rows = 0;
    if (index == SIZE_MAX)
        return NULL;
    tensor = &source->layout->tensors[index];
    stride = plane_padded(tensor->columns);
    *rows = tensor->rows;
    table = memory_new_aligned(*rows * stride, sizeof(double));
    for (size_t r = 0; r < *rows; r++)
        for (size_t i = 0; i < tensor->columns; i++)
            table[r * stride + i] =
                source->factor *
                source->weights[tensor->offset + r * tensor->columns + i];
    return table;
}

static void take_layer(const struct source *source,
                       const struct layer_tensors *tensors,
                       const struct parameters *p,
                       struct layer_parameters *layer)
{
    layer->query = take_heads(source, tensors->query, p->n_heads, false);
    layer->key = take_heads(source, tensors->key, p->n_heads, false);
    layer->value = take_heads(source, tensors->value, p->n_heads, false);
    layer->output = take_heads(source, tensors->output, p->n_heads, true);
    layer->up = take_whole(source, tensors->up);
    layer->down = take_whole(source, tensors->down);
    layer->attention_norm =
        take_affine(source, tensors->attention_norm, p->d_model);
    layer->feedforward_norm =
        take_affine(source, tensors->feedforward_norm, p->d_model);
}

struct parameters *parameters_new(const struct network *network, double factor)
{
    const struct model_config *config = network_config(network);
    const struct layout *layout = network_layout(network);
    struct source source = { layout, network_weights(network), factor };
    struct parameters *p = memory_new(1, sizeof(*p));

    p->d_model = config->d_model;
    p->d_ff = config->d_ff;
    p->n_heads = config->n_heads;
    p->n_layers = config->n_layers;
    p->mask = config->mask;
    p->readout = config->readout;
    p->positions = config->positions;
    p->activation = config->activation;
    p->score_scale = 1 / model_score_divisor(config);
    p->last_norm = model_has_final_norm(config);
    p->epsilon = config->epsilon;
    p->placement = &placements[config->norm];
    p->token = take_rows(&source, layout->token, &p->n_tokens);
    p->position = take_rows(&source, layout->position, &p->n_positions);
    p->n_features = position_features(p->positions, p->d_model);
    if (layout->position_map != SIZE_MAX)
        p->position_map = take_whole(
            &source, (struct linear_tensors){ layout->position_map, SIZE_MAX });
    p->layers = memory_new(p->n_layers, sizeof(*p->layers));
    for (size_t l = 0; l < p->n_layers; l++)
        take_layer(&source, &layout->layers[l], p, &p->layers[l]);
    p->final_norm = take_affine(&source, layout->final_norm, p->d_model);
    p->classifier = take_whole(&source, layout->classifier);
    return p;
}

/* A map from INPUTS to OUTPUTS: weights, norms of rows, bias. */
static size_t linear_size(size_t inputs, size_t outputs)
{
    return (inputs + 2) * plane_padded(outputs);
}

static size_t layer_size(const struct model_config *config)
{
    size_t d = config->d_model, f = config->d_ff, h = config->n_heads;

    return h * (3 * linear_size(d, d / h) + linear_size(d / h, d)) +
           linear_size(d, f) + linear_size(f, d) + 4 * plane_padded(d);
}

static size_t rows_size(const struct layout *layout, size_t tensor)
{
    return tensor == SIZE_MAX
               ? 0
               : layout->tensors[tensor].rows *
                     plane_padded(layout->tensors[tensor].columns);
}

size_t parameters_bytes(const struct network *network)
{
    const struct model_config *config = network_config(network);
    const struct layout *layout = network_layout(network);
    size_t d = config->d_model;
    size_t features = position_features(config->positions, d);

    return (rows_size(layout, layout->token) +
            rows_size(layout, layout->position) +
            (layout->position_map != SIZE_MAX ? linear_size(features, d) : 0) +
            config->n_layers * layer_size(config) + 2 * plane_padded(d) +
            linear_size(d, layout->n_outputs)) *
               sizeof(double) +
           config->n_layers * (sizeof(struct layer_parameters) +
                               4 * config->n_heads * sizeof(struct linear));
}

static void linear_clear(struct linear *linear)
{
    free(linear->matrix.weights);
    free(linear->matrix.rows);
    free(linear->bias);
}

static void heads_free(struct linear *heads, size_t n_heads)
{
    for (size_t h = 0; h < n_heads; h++)
        linear_clear(&heads[h]);
    free(heads);
}

static void affine_clear(struct affine *affine)
{
    free(affine->gain);
    free(affine->shift);
}

static void layer_clear(struct layer_parameters *layer, size_t n_heads)
{
    heads_free(layer->query, n_heads);
    heads_free(layer->key, n_heads);
    heads_free(layer->value, n_heads);
    heads_free(layer->output, n_heads);
    linear_clear(&layer->up);
    linear_clear(&layer->down);
    affine_clear(&layer->attention_norm);
    affine_clear(&layer->feedforward_norm);
}

void parameters_free(struct parameters *p)
{
    if (p == NULL)
        return;
    for (size_t l = 0; l < p->n_layers; l++)
        layer_clear(&p->layers[l], p->n_heads);
    free(p->layers);
    free(p->token);
    free(p->position);
    affine_clear(&p->final_norm);
    linear_clear(&p->classifier);
    linear_clear(&p->position_map);
    free(p);
}

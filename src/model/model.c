/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "model/model.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/constructions.h"
#include "model/preset.h"

static const char *const norm_names[] = { [NORM_PRE] = "pre",
                                          [NORM_POST] = "post",
                                          [NORM_OUTPUT] = "output",
                                          [NORM_NONE] = "none",
                                          NULL };

static const char *const mask_names[] = { [MASK_CAUSAL] = "causal",
                                          [MASK_FULL] = "full",
                                          [MASK_STRICT] = "strict",
                                          [MASK_ZERO] = "zero",
                                          NULL };

static const char *const score_names[] = {
    [SCORES_SCALED] = "scaled", [SCORES_PLAIN] = "plain", NULL
};

static const char *const activation_names[] = {
    [ACTIVATION_RELU] = "relu", [ACTIVATION_TANH] = "tanh", NULL
};

static const char *const affine_names[] = {
    [AFFINE_BOTH] = "both", [AFFINE_NONE] = "none", NULL
};

static const char *const final_norm_names[] = { [FINAL_NORM_AUTO] = "auto",
                                                [FINAL_NORM_ALWAYS] = "always",
                                                [FINAL_NORM_NEVER] = "never",
                                                NULL };

static const char *const readout_names[] = { [READOUT_LAST] = "last",
                                             [READOUT_BEGIN] = "begin",
                                             [READOUT_MEAN] = "mean",
                                             NULL };

static const char *const precision_names[] = {
    [PRECISION_FLOAT] = "float", [PRECISION_DOUBLE] = "double", NULL
};

/* clang-format off */
#define INIT(member) offsetof(struct init_config, member)
static const struct field init_fields[] = {
    { .key = "scale", .type = FIELD_NUMBER, .offset = INIT(scale),
      .standard = "1", .least = 0, .most = 1e6,
      .help = "factor on every initial parameter" },
    { .key = "embedding", .type = FIELD_NUMBER, .offset = INIT(embedding),
      .standard = "1", .least = 0, .most = 1e6,
      .help = "standard deviation of token embeddings" },
    { .key = "position", .type = FIELD_NUMBER, .offset = INIT(position),
      .standard = "1", .least = 0, .most = 1e6,
      .help = "standard deviation of learned positions; factor on a map's "
              "bound 1/sqrt(features)" },
    { .key = "attention", .type = FIELD_NUMBER, .offset = INIT(attention),
      .standard = "1", .least = 0, .most = 1e6,
      .help = "factor on the attention maps' bound 1/sqrt(fan in)" },
    { .key = "feedforward", .type = FIELD_NUMBER,
      .offset = INIT(feedforward), .standard = "1", .least = 0, .most = 1e6,
      .help = "factor on the feedforward maps' bound 1/sqrt(fan in)" },
    { .key = "classifier", .type = FIELD_NUMBER, .offset = INIT(classifier),
      .standard = "1", .least = 0, .most = 1e6,
      .help = "factor on the classifier's bound 1/sqrt(fan in)" },
    { .key = "gain", .type = FIELD_NUMBER, .offset = INIT(gain),
      .standard = "1", .least = 0, .most = 1e6,
      .help = "initial gain of layer norms" },
    { .key = "query_key", .type = FIELD_NUMBER, .offset = INIT(query_key),
      .standard = "1", .least = 0, .most = 1e6,
      .help = "factor on query and key maps; 0 keeps every head uniform" },
    { .key = NULL }
};

#define MODEL(member) offsetof(struct model_config, member)
const struct field model_fields[] = {
    { .key = "preset", .type = FIELD_CHOICE, .offset = MODEL(preset),
      .standard = "none", .choices = preset_names,
      .help = "a variant of the paper's code, whose values other keys may "
              "replace" },
    { .key = "n_layers", .type = FIELD_COUNT, .offset = MODEL(n_layers),
      .standard = "2", .least = 1, .most = 256,
      .help = "encoder layers" },
    { .key = "d_model", .type = FIELD_COUNT, .offset = MODEL(d_model),
      .standard = "32", .least = 1, .most = 16384,
      .help = "width of the residual stream" },
    { .key = "n_heads", .type = FIELD_COUNT, .offset = MODEL(n_heads),
      .standard = "2", .least = 1, .most = 1024,
      .help = "attention heads; d_model is a multiple of it" },
    { .key = "d_ff", .type = FIELD_COUNT, .offset = MODEL(d_ff),
      .standard = "64", .least = 1, .most = 65536,
      .help = "width of the feedforward hidden layer" },
    { .key = "norm", .type = FIELD_CHOICE, .offset = MODEL(norm),
      .standard = "pre", .choices = norm_names,
      .help = "pre x + f(LN x), post LN(x + f(x)), output x + LN(f(x))" },
    { .key = "affine", .type = FIELD_CHOICE, .offset = MODEL(affine),
      .standard = "both", .choices = affine_names,
      .help = "layer norms' parameters: both gain and shift, or none" },
    { .key = "final_norm", .type = FIELD_CHOICE, .offset = MODEL(final_norm),
      .standard = "auto", .choices = final_norm_names,
      .help = "a norm after the last layer; auto: where norm is pre" },
    { .key = "positions", .type = FIELD_CUSTOM, .offset = MODEL(positions),
      .standard = "none", .custom = &positions_custom,
      .help = "what is added to token embeddings; begin mark i = 0, n tokens" },
    { .key = "position_map", .type = FIELD_BOOL,
      .offset = MODEL(position_map), .standard = "false",
      .help = "add features through a trainable matrix; added as they are, to "
              "the first coordinates, they vanish in the limit" },
    { .key = "mask", .type = FIELD_CHOICE, .offset = MODEL(mask),
      .standard = "causal", .choices = mask_names,
      .help = "what a token attends to; strict: not itself; zero: masked "
              "scores are 0, a defect of the paper's code" },
    { .key = "scores", .type = FIELD_CHOICE, .offset = MODEL(scores),
      .standard = "scaled", .choices = score_names,
      .help = "scaled q.k/sqrt(d_k), plain q.k" },
    { .key = "activation", .type = FIELD_CHOICE, .offset = MODEL(activation),
      .standard = "relu", .choices = activation_names,
      .help = "of the feedforward hidden layer" },
    { .key = "readout", .type = FIELD_CHOICE, .offset = MODEL(readout),
      .standard = "last", .choices = readout_names,
      .help = "what is classified: the last token, the begin mark, the mean" },
    { .key = "precision", .type = FIELD_CHOICE, .offset = MODEL(precision),
      .standard = "float", .choices = precision_names,
      .help = "of activations and gradients; parameters are double" },
    { .key = "bias", .type = FIELD_BOOL, .offset = MODEL(bias),
      .standard = "true",
      .help = "biases in the encoder's linear maps" },
    { .key = "classifier_bias", .type = FIELD_BOOL,
      .offset = MODEL(classifier_bias), .standard = "true",
      .help = "bias of the classifier" },
    { .key = "epsilon", .type = FIELD_NUMBER, .offset = MODEL(epsilon),
      .standard = "1e-5", .least = 0, .most = 1,
      .help = "added to the variance in layer norm" },
    { .key = "dropout", .type = FIELD_NUMBER, .offset = MODEL(dropout),
      .standard = "0", .least = 0, .most = 0.99,
      .help = "in training, share of sublayers' outputs set to 0; the others "
              "grow by 1/(1 - it)" },
    { .key = "max_length", .type = FIELD_COUNT, .offset = MODEL(max_length),
      .standard = "512", .least = 0, .most = 1 << 20,
      .help = "longest string that learned positions can carry" },
    { .key = "init", .type = FIELD_STRUCT, .offset = MODEL(init),
      .fields = init_fields, .help = "factors on initial parameters" },
    { .key = "construction", .type = FIELD_CHOICE,
      .offset = MODEL(construction), .standard = "none",
      .choices = construction_names,
      .help = "weights set by hand to decide a language, not drawn" },
    { .key = "perturb", .type = FIELD_NUMBER, .offset = MODEL(perturb),
      .standard = "0", .least = 0, .most = 1e6,
      .help = "standard deviation of noise on a construction's query and key" },
    { .key = NULL }
};
/* clang-format on */

static bool check_positions(const struct model_config *config,
                            const struct place *place, struct error *error)
{
    size_t features;

    if (!error_spares(error, "model.positions", "model.position_map",
                      "model.d_model", NULL))
        return true;
    features = position_features(config->positions, config->d_model);
    if (config->position_map && features == 0)
        return error_add(error, ERROR_CONFIG, place, "model.position_map",
                         "positions have no features to map; accepted: "
                         "positions sinusoidal or a list of features");
    if (!config->position_map && features > config->d_model)
        return error_add(error, ERROR_CONFIG, place, "model.positions",
                         "%zu features do not fit into d_model %zu; accepted: "
                         "fewer, or position_map true",
                         features, config->d_model);
    return true;
}

bool model_check(const struct model_config *config, const struct place *place,
                 struct error *error)
{
    bool ok = true;

    if (error_spares(error, "model.readout", "model.mask", NULL) &&
        config->readout == READOUT_BEGIN && config->mask != MASK_FULL &&
        config->mask != MASK_ZERO)
        ok = error_add(error, ERROR_CONFIG, place, "model.readout",
                       "the begin mark sees nothing but itself unless "
                       "model.mask is full or zero");
    if (error_spares(error, "model.d_model", "model.n_heads", NULL) &&
        config->d_model % config->n_heads != 0)
        ok = error_add(error, ERROR_CONFIG, place, "model.n_heads",
                       "%zu heads cannot share d_model %zu evenly",
                       config->n_heads, config->d_model);
    return check_positions(config, place, error) && ok;
}

bool model_has_final_norm(const struct model_config *config)
{
    if (config->final_norm == FINAL_NORM_AUTO)
        return config->norm == NORM_PRE;
    return config->final_norm == FINAL_NORM_ALWAYS;
}

double model_score_divisor(const struct model_config *config)
{
    if (config->scores == SCORES_PLAIN)
        return 1;
    return sqrt((double)(config->d_model / config->n_heads));
}

/* Appends a tensor and returns its index; COLUMNS 0 makes a vector. */
static size_t add(struct layout *layout, const char *prefix, const char *name,
                  enum tensor_kind kind, size_t rows, size_t columns)
{
    size_t index = layout->n_tensors++;
    struct tensor *tensor;

    layout->tensors = memory_resize(layout->tensors, layout->n_tensors,
                                    sizeof(*layout->tensors));
    tensor = &layout->tensors[index];
    *tensor = (struct tensor){ .kind = kind,
                               .rows = rows,
                               .columns = columns,
                               .offset = layout->n_parameters,
                               .count = columns == 0 ? rows : rows * columns };
    snprintf(tensor->name, sizeof(tensor->name), "%s%s", prefix, name);
    tensor->encoder = strncmp(tensor->name, "layers.", 7) == 0 ||
                      strncmp(tensor->name, "final_norm.", 11) == 0;
    layout->n_parameters += tensor->count;
    return index;
}

static struct linear_tensors add_linear(struct layout *layout,
                                        const char *prefix,
                                        enum tensor_kind kind, size_t out,
                                        size_t in, bool bias)
{
    struct linear_tensors linear = { SIZE_MAX, SIZE_MAX };

    linear.weight = add(layout, prefix, ".weight", kind, out, in);
    if (bias)
        linear.bias = add(layout, prefix, ".bias", TENSOR_BIAS, out, 0);
    return linear;
}

static struct norm_tensors add_norm(struct layout *layout, const char *prefix,
                                    const struct model_config *config)
{
    struct norm_tensors norm = { SIZE_MAX, SIZE_MAX };

    if (config->affine == AFFINE_NONE)
        return norm;
    norm.weight =
        add(layout, prefix, ".weight", TENSOR_GAIN, config->d_model, 0);
    norm.bias = add(layout, prefix, ".bias", TENSOR_SHIFT, config->d_model, 0);
    return norm;
}

static void add_layer(struct layout *layout, const struct model_config *config,
                      size_t index)
{
    struct layer_tensors *layer = &layout->layers[index];
    size_t d = config->d_model;
    struct {
        const char *name;
        struct linear_tensors *linear;
        enum tensor_kind kind;
        size_t out, in;
    } maps[] = {
        { "attention.query", &layer->query, TENSOR_QUERY_KEY, d, d },
        { "attention.key", &layer->key, TENSOR_QUERY_KEY, d, d },
        { "attention.value", &layer->value, TENSOR_ATTENTION, d, d },
        { "attention.output", &layer->output, TENSOR_ATTENTION, d, d },
        { "feedforward.up", &layer->up, TENSOR_FEEDFORWARD, config->d_ff, d },
        { "feedforward.down", &layer->down, TENSOR_FEEDFORWARD, d,
          config->d_ff },
    };
    char prefix[48];

    snprintf(prefix, sizeof(prefix), "layers.%zu.attention.norm", index);
    layer->attention_norm = layer->feedforward_norm =
        (struct norm_tensors){ SIZE_MAX, SIZE_MAX };
    if (config->norm != NORM_NONE)
        layer->attention_norm = add_norm(layout, prefix, config);
    for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]); i++) {
        snprintf(prefix, sizeof(prefix), "layers.%zu.%s", index, maps[i].name);
        *maps[i].linear = add_linear(layout, prefix, maps[i].kind, maps[i].out,
                                     maps[i].in, config->bias);
    }
    snprintf(prefix, sizeof(prefix), "layers.%zu.feedforward.norm", index);
    if (config->norm != NORM_NONE)
        layer->feedforward_norm = add_norm(layout, prefix, config);
}

void layout_init(struct layout *layout, const struct model_config *config,
                 size_t n_symbols, size_t n_outputs)
{
    size_t d = config->d_model;

    *layout = (struct layout){ .n_tokens = n_symbols + 1,
                               .n_outputs = n_outputs,
                               .position = SIZE_MAX,
                               .position_map = SIZE_MAX,
                               .final_norm = { SIZE_MAX, SIZE_MAX } };
    layout->layers = memory_new(config->n_layers, sizeof(*layout->layers));
    layout->token = add(layout, "embedding.token", "", TENSOR_EMBEDDING,
                        layout->n_tokens, d);
    if (config->positions == POSITIONS_LEARNED)
        layout->position = add(layout, "embedding.position", "",
                               TENSOR_POSITION, config->max_length + 1, d);
    if (config->position_map)
        layout->position_map =
            add(layout, "embedding.position_map", "", TENSOR_POSITION_MAP, d,
                position_features(config->positions, d));
    for (size_t l = 0; l < config->n_layers; l++)
        add_layer(layout, config, l);
    if (model_has_final_norm(config))
        layout->final_norm = add_norm(layout, "final_norm", config);
    layout->classifier = add_linear(layout, "classifier", TENSOR_CLASSIFIER,
                                    n_outputs, d, config->classifier_bias);
}

void layout_clear(struct layout *layout)
{
    free(layout->tensors);
    free(layout->layers);
    *layout = (struct layout){ 0 };
}

const struct tensor *layout_find(const struct layout *layout, const char *name)
{
    for (size_t i = 0; i < layout->n_tensors; i++)
        if (strcmp(layout->tensors[i].name, name) == 0)
            return &layout->tensors[i];
    return NULL;
}

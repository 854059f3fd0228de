/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "model/constructions.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/random.h"

/* Writes into one layout; features are the one-hot tokens, then measures,
 * then the three below. */
struct builder {
    const struct layout *layout;
    double *theta;
    size_t n_symbols, begin; /* the begin mark is the last token */
    size_t head;             /* width of a head */
    size_t balance;          /* of the whole string: is to be positive */
    size_t violation, mean;  /* of one token; of the tokens so far */
    size_t unit;             /* next of the feedforward */
};

static void put(const struct builder *b, size_t tensor, size_t row,
                size_t column, double value)
{
    const struct tensor *t = &b->layout->tensors[tensor];

    assert(row < t->rows && column < t->columns);
    b->theta[t->offset + row * t->columns + column] = value;
}

static size_t feature(const struct builder *b, size_t measure)
{
    return b->n_symbols + 1 + measure;
}

/* ------------------------------------------------------------ the parts */

/* Measure R gets WEIGHT times the share of TOKEN. */
static void mean_of(const struct builder *b, size_t r, size_t token,
                    double weight)
{
    const struct layer_tensors *layer = &b->layout->layers[0];

    put(b, layer->value.weight, r, token, weight);
    put(b, layer->output.weight, feature(b, r), r, 1);
}

/* Head 1 finds the tokens like the own one, and takes 1 from measure R
 * unless that is TOKEN. */
static void unless_own(const struct builder *b, size_t r, size_t token)
{
    const struct layer_tensors *layer = &b->layout->layers[0];

    for (size_t t = 0; t <= b->begin; t++) {
        put(b, layer->query.weight, b->head + t, t, 1);
        put(b, layer->key.weight, b->head + t, t, 1);
        put(b, layer->value.weight, b->head + r, t, t == token ? 0 : -1);
    }
    put(b, layer->output.weight, feature(b, r), b->head + r, 1);
}

/* Adds WEIGHT ReLU(SIGN m_r) to feature INTO. */
static void rectify(struct builder *b, size_t r, double sign, size_t into,
                    double weight)
{
    const struct layer_tensors *layer = &b->layout->layers[0];

    put(b, layer->up.weight, b->unit, feature(b, r), sign);
    put(b, layer->down.weight, into, b->unit++, weight);
}

/* Adds 1/(2N) to the balance of N tokens, by measure R. */
static void threshold(struct builder *b, size_t r)
{
    mean_of(b, r, b->begin, 0.5);
    rectify(b, r, 1, b->balance, 1);
}

/* Takes |#PLUS - #MINUS| / N from the balance, by measure R. */
static void balanced(struct builder *b, size_t r, size_t plus, size_t minus)
{
    mean_of(b, r, plus, 1);
    mean_of(b, r, minus, -1);
    rectify(b, r, 1, b->balance, -1);
    rectify(b, r, -1, b->balance, -1);
}

/* Takes 1 from the balance of the empty string, by measure R. */
static void not_empty(struct builder *b, size_t r)
{
    for (size_t t = 0; t < b->n_symbols; t++)
        mean_of(b, r, t, -2);
    mean_of(b, r, b->begin, 1);
    rectify(b, r, 1, b->balance, -1);
}

/* A violation wherever TOKEN stands after one of FIRST.., by measure R. */
static void never_after(struct builder *b, size_t r, size_t token, size_t first)
{
    for (size_t t = first; t < b->n_symbols; t++)
        mean_of(b, r, t, 1);
    unless_own(b, r, token);
    rectify(b, r, 1, b->violation, 1);
}

/* What decides: the balance, and the mean of violations by layer 1. */
static void decide(const struct builder *b)
{
    const struct layer_tensors *layer = &b->layout->layers[1];

    put(b, layer->value.weight, 0, b->violation, 1);
    put(b, layer->output.weight, b->mean, 0, 1);
    put(b, b->layout->classifier.weight, 0, b->mean, -VIOLATION);
    put(b, b->layout->classifier.weight, 0, b->balance, 1);
}

/* ---------------------------------------------------- the constructions */

static void build_majority(struct builder *b)
{
    mean_of(b, 0, 1, 1);
    mean_of(b, 0, 0, -1);
    mean_of(b, 0, b->begin, -0.5);
    put(b, b->layout->classifier.weight, 0, feature(b, 0), 1);
}

static void build_equal_counts(struct builder *b)
{
    balanced(b, 0, 0, 1);
    threshold(b, 1);
    put(b, b->layout->classifier.weight, 0, b->balance, 1);
}

static void build_shuffle(struct builder *b)
{
    size_t kinds = b->n_symbols / 2;

    for (size_t k = 0; k < kinds; k++) {
        balanced(b, k, 2 * k + 1, 2 * k); /* closing less opening */
        rectify(b, k, 1, b->violation, 1);
    }
    threshold(b, kinds);
    decide(b);
}

static void build_anbn(struct builder *b)
{
    never_after(b, 0, 0, 1);
    balanced(b, 1, 0, 1);
    threshold(b, 2);
    not_empty(b, 3);
    decide(b);
}

static void build_anbncn(struct builder *b)
{
    never_after(b, 0, 0, 1);
    never_after(b, 1, 1, 2);
    balanced(b, 2, 0, 1);
    balanced(b, 3, 1, 2);
    threshold(b, 4);
    not_empty(b, 5);
    decide(b);
}

/* Three features of the position stand where others have the balance. */
static void build_parity(struct builder *b)
{
    const struct layer_tensors *layer = &b->layout->layers[1];
    size_t sign = b->balance + 2, read = feature(b, 2);

    for (size_t i = 0; i < 3; i++)
        put(b, b->layout->position_map, b->balance + i, i, 1);
    mean_of(b, 0, 1, 1);
    for (size_t t = 0; t <= b->begin; t++)
        mean_of(b, 1, t, 1);
    put(b, layer->query.weight, 0, feature(b, 0), 2);
    put(b, layer->key.weight, 0, b->balance, 1);
    put(b, layer->query.weight, 1, feature(b, 1), -1);
    put(b, layer->key.weight, 1, b->balance + 1, 1);
    put(b, layer->value.weight, 0, sign, 1);
    put(b, layer->output.weight, read, 0, 1);
    put(b, b->layout->classifier.weight, 0, read, -1);
}

/* ------------------------------------------------------------- registry */

#define UNIFORM \
    "norm=none", "bias=false", "classifier_bias=false", "d_model=16", "d_ff=16"
static const char *const one_layer[] = { UNIFORM, "n_layers=1", "n_heads=1",
                                         NULL };
static const char *const two_layers[] = { UNIFORM, "n_layers=2", "n_heads=1",
                                          NULL };
static const char *const two_heads[] = { UNIFORM, "n_layers=2", "n_heads=2",
                                         NULL };
static const char *const with_positions[] = {
    UNIFORM,
    "n_layers=2",
    "n_heads=1",
    "positions=[i/n, (i/n)^2, (-1)^i]",
    "position_map=true",
    NULL
};

/* MEASURES and UNITS are for SYMBOLS; 0 symbols: any kinds of brackets, with
 * a measure and three units more for each. */
/* clang-format off */
static const struct recipe {
    void (*build)(struct builder *b);
    const char *const *standards;
    size_t symbols, n_layers, n_heads, measures, units;
    int positions;
} recipes[CONSTRUCTIONS] = {
    [CONSTRUCTION_MAJORITY] =
        { build_majority, one_layer, 2, 1, 1, 1, 0, POSITIONS_NONE },
    [CONSTRUCTION_EQUAL_COUNTS] =
        { build_equal_counts, one_layer, 2, 1, 1, 2, 3, POSITIONS_NONE },
    [CONSTRUCTION_DYCK] =
        { build_shuffle, two_layers, 2, 2, 1, 2, 4, POSITIONS_NONE },
    [CONSTRUCTION_SHUFFLE] =
        { build_shuffle, two_layers, 0, 2, 1, 1, 1, POSITIONS_NONE },
    [CONSTRUCTION_ANBN] =
        { build_anbn, two_heads, 2, 2, 2, 4, 5, POSITIONS_NONE },
    [CONSTRUCTION_ANBNCN] =
        { build_anbncn, two_heads, 3, 2, 2, 6, 8, POSITIONS_NONE },
    [CONSTRUCTION_PARITY] =
        { build_parity, with_positions, 2, 2, 1, 3, 0,
          POSITIONS_RATIO | POSITIONS_SQUARE | POSITIONS_SIGN },
};

const char *const construction_names[] = {
    [CONSTRUCTION_NONE] = "none",
    [CONSTRUCTION_MAJORITY] = "majority",
    [CONSTRUCTION_EQUAL_COUNTS] = "equal-counts",
    [CONSTRUCTION_DYCK] = "dyck-1",
    [CONSTRUCTION_SHUFFLE] = "shuffle",
    [CONSTRUCTION_ANBN] = "anbn",
    [CONSTRUCTION_ANBNCN] = "anbncn",
    [CONSTRUCTION_PARITY] = "parity",
    [CONSTRUCTIONS] = NULL
};
/* clang-format on */

const char *construction_for(const char *language)
{
    size_t stem = strlen(construction_names[CONSTRUCTION_SHUFFLE]);

    for (size_t i = 1; i < CONSTRUCTIONS; i++)
        if (strcmp(construction_names[i], language) == 0)
            return construction_names[i];
    if (strncmp(construction_names[CONSTRUCTION_SHUFFLE], language, stem) ==
            0 &&
        language[stem] == '-')
        return construction_names[CONSTRUCTION_SHUFFLE];
    return NULL;
}

const char *const *construction_standards(const char *name)
{
    for (size_t i = 1; i < CONSTRUCTIONS; i++)
        if (strcmp(construction_names[i], name) == 0)
            return recipes[i].standards;
    return NULL;
}

/* ------------------------------------------------------------- checking */

/* A recipe for SYMBOLS symbols. */
static struct recipe recipe_of(const struct model_config *config,
                               size_t n_symbols)
{
    struct recipe recipe = recipes[config->construction];

    if (recipe.symbols == 0) {
        recipe.measures += n_symbols / 2;
        recipe.units += 3 * (n_symbols / 2);
        recipe.symbols = n_symbols + n_symbols % 2;
    }
    return recipe;
}

/* How wide heads are where HEADS is their number. */
static size_t width_needed(const struct recipe *recipe)
{
    size_t width = recipe->measures;

    if (recipe->n_heads > 1 && width < recipe->symbols + 1)
        width = recipe->symbols + 1;
    return width;
}

bool construction_check(const struct model_config *config, size_t n_symbols,
                        const struct place *place, struct error *error)
{
    const char *name = construction_names[config->construction];
    struct recipe recipe = recipe_of(config, n_symbols);
    size_t features = recipe.symbols + 1 + recipe.measures + 3;
    size_t head = width_needed(&recipe) * config->n_heads;
    const struct {
        const char *key;
        size_t given, least;
    } sizes[] = { { "model.n_layers", config->n_layers, recipe.n_layers },
                  { "model.n_heads", config->n_heads, recipe.n_heads },
                  { "model.d_model", config->d_model,
                    features > head ? features : head },
                  { "model.d_ff", config->d_ff, recipe.units } };
    bool ok = true;

    if (config->construction == CONSTRUCTION_NONE)
        return true;
    if (n_symbols != recipe.symbols)
        return error_add(error, ERROR_CONFIG, place, "model.construction",
                         "%s is made for %zu symbols, the language has %zu",
                         name, recipe.symbols, n_symbols);
    if (config->norm != NORM_NONE)
        ok = error_add(error, ERROR_CONFIG, place, "model.norm",
                       "%s stands without layer norm; accepted: none", name);
    if (config->mask != MASK_CAUSAL)
        ok = error_add(error, ERROR_CONFIG, place, "model.mask",
                       "%s reads from left to right; accepted: causal", name);
    if (config->positions != recipe.positions ||
        config->position_map != (recipe.positions != POSITIONS_NONE))
        ok = error_add(error, ERROR_CONFIG, place, "model.positions",
                       recipe.positions == POSITIONS_NONE
                           ? "%s knows no positions; accepted: none"
                           : "%s reads other positions; accepted: "
                             "[i/n, (i/n)^2, (-1)^i] through position_map",
                       name);
    if (config->readout != READOUT_LAST)
        ok = error_add(error, ERROR_CONFIG, place, "model.readout",
                       "%s is read at its end; accepted: last", name);
    if (config->activation != ACTIVATION_RELU)
        ok = error_add(error, ERROR_CONFIG, place, "model.activation",
                       "%s compares by ReLU; accepted: relu", name);
    if (config->norm == NORM_NONE && model_has_final_norm(config))
        ok = error_add(error, ERROR_CONFIG, place, "model.final_norm",
                       "%s stands without layer norm; accepted: never", name);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        if (sizes[i].given < sizes[i].least)
            ok = error_add(error, ERROR_CONFIG, place, sizes[i].key,
                           "%s needs more; accepted: a whole number of at "
                           "least %zu",
                           name, sizes[i].least);
    return ok;
}

/* -------------------------------------------------------------- writing */

/* Heads that were equal or sharp by construction become nearly so. */
static void perturb(const struct model_config *config,
                    const struct layout *layout, uint64_t seed, double *theta)
{
    for (size_t i = 0; i < layout->n_tensors; i++) {
        const struct tensor *tensor = &layout->tensors[i];
        char purpose[sizeof tensor->name + sizeof "perturb."];

        if (tensor->kind != TENSOR_QUERY_KEY)
            continue;
        snprintf(purpose, sizeof purpose, "perturb.%s", tensor->name);
        for (size_t e = 0; e < tensor->count; e++) {
            struct stream stream;

            stream_init(&stream, seed, purpose, e);
            theta[tensor->offset + e] +=
                config->perturb * stream_normal(&stream);
        }
    }
}

void construction_write(const struct model_config *config,
                        const struct layout *layout, uint64_t seed,
                        double *theta)
{
    size_t n_symbols = layout->n_tokens - 1;
    struct recipe recipe = recipe_of(config, n_symbols);
    struct builder b = { .layout = layout,
                         .theta = theta,
                         .n_symbols = n_symbols,
                         .begin = n_symbols,
                         .head = config->d_model / config->n_heads };

    b.balance = feature(&b, recipe.measures);
    b.violation = b.balance + 1;
    b.mean = b.balance + 2;
    memset(theta, 0, layout->n_parameters * sizeof *theta);
    for (size_t t = 0; t < layout->n_tokens; t++)
        put(&b, layout->token, t, t, 1);
    recipe.build(&b);
    if (config->perturb > 0)
        perturb(config, layout, seed, theta);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "model/network.h"

#include <assert.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "model/engine/engine.h"

/* A batch is cut into so many shards whatever the number of threads. */
#define SHARDS 16

/* Signals travel backward times this power of two, which is exact. */
#define SIGNAL_SCALE 0x1p64

/* A piece of a tensor has about so many elements. */
#define PIECE 8192

/* Workspaces lie here while no thread works in them. */
#define PARKING 256

struct parking {
    atomic_flag taken;
    struct workspace *workspace;
};

struct network {
    struct model_config config;
    struct layout layout;
    size_t n_symbols;
    double *parameters;
    const struct engine *engine;
    struct weights *weights;
    struct piece *pieces; /* all tensors, cut up for parallel loops */
    size_t n_pieces;
    void *gradients[SHARDS]; /* allocated when first wanted */
    struct parking *parking;
};

/* clang-format off */
static const struct {
    const char *name;
    const struct engine *engines[2]; /* by enum precision */
} instruction_sets[] = { /* best last */
    { "generic", { &f32_generic_engine, &f64_generic_engine } },
#if HAVE_X86_ENGINES
    { "avx2",    { &f32_avx2_engine,    &f64_avx2_engine } },
    { "avx512",  { &f32_avx512_engine,  &f64_avx512_engine } },
#endif
};
/* clang-format on */

/* How many of the instruction sets this machine has. */
static size_t supported(void)
{
#if HAVE_X86_ENGINES
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
        return 1;
    if (!__builtin_cpu_supports("avx512f") ||
        !__builtin_cpu_supports("avx512dq") ||
        !__builtin_cpu_supports("avx512bw") ||
        !__builtin_cpu_supports("avx512vl"))
        return 2;
    return 3;
#else
    return 1;
#endif
}

/* The best there is, or what SATURN_ISA names. */
static const struct engine *choose(enum precision precision)
{
    const char *wanted = getenv("SATURN_ISA");
    size_t n = supported(), chosen = n - 1;

    for (size_t i = 0; wanted != NULL && i < n; i++)
        if (strcmp(instruction_sets[i].name, wanted) == 0)
            chosen = i;
    return instruction_sets[chosen].engines[precision];
}

static void cut_pieces(struct network *network)
{
    const struct layout *layout = &network->layout;

    for (size_t i = 0; i < layout->n_tensors; i++) {
        const struct tensor *tensor = &layout->tensors[i];
        size_t rows = tensor->columns == 0 ? 1 : tensor->rows;
        size_t step = PIECE * rows / tensor->count + 1;

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
    struct network *network = memory_new(1, sizeof(*network));

    network->config = *config;
    network->n_symbols = n_symbols;
    layout_init(&network->layout, config, n_symbols, 1);
    network->parameters =
        memory_new(network->layout.n_parameters, sizeof(double));
    network->engine = choose((enum precision)config->precision);
    network->weights =
        network->engine->new_weights(&network->config, &network->layout);
    network->parking = memory_new(PARKING, sizeof(*network->parking));
    cut_pieces(network);
    return network;
}

void network_free(struct network *network)
{
    if (network == NULL)
        return;
    for (size_t i = 0; i < PARKING; i++)
        network->engine->free_workspace(network->parking[i].workspace);
    for (size_t i = 0; i < SHARDS; i++)
        free(network->gradients[i]);
    network->engine->free_weights(network->weights);
    layout_clear(&network->layout);
    free(network->parameters);
    free(network->pieces);
    free(network->parking);
    free(network);
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
    scaled = network_new(&config, network->n_symbols);
    for (size_t i = 0; i < network->layout.n_parameters; i++)
        scaled->parameters[i] = c * network->parameters[i];
    network_update(scaled);
    return scaled;
}

const struct model_config *network_config(const struct network *network)
{
    return &network->config;
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

static void transpose_map(void *context, size_t item, size_t thread)
{
    struct network *network = context;

    (void)thread;
    network->engine->transpose(network->weights, item);
}

void network_update(struct network *network)
{
    parallel_for(network->n_pieces, round_piece, network);
    parallel_for(network->engine->maps(network->weights), transpose_map,
                 network);
}

void network_set(struct network *network, const double *theta)
{
    memcpy(network->parameters, theta,
           network->layout.n_parameters * sizeof(*theta));
    network_update(network);
}

/* A workspace nobody works in; threads are never numbered here because a
 * loop inside a loop runs on many of them as number 0. */
static struct parking *enter(const struct network *network)
{
    for (size_t i = 0;; i = (i + 1) % PARKING) {
        struct parking *parking = &network->parking[i];

        if (atomic_flag_test_and_set_explicit(&parking->taken,
                                              memory_order_acquire))
            continue;
        if (parking->workspace == NULL)
            parking->workspace = network->engine->new_workspace();
        return parking;
    }
}

static void leave(struct parking *parking)
{
    atomic_flag_clear_explicit(&parking->taken, memory_order_release);
}

static size_t tokens_of(const struct batch *batch, size_t i)
{
    size_t string = batch->index == NULL ? i : batch->index[i];

    return strings_length(batch->strings, string) + 1;
}

/* How many strings from FIRST on, and before END, make the next chunk. */
static size_t next_chunk(const struct batch *batch, size_t first, size_t end)
{
    size_t count = 0, tokens = 0;

    while (first + count < end) {
        tokens += tokens_of(batch, first + count);
        if (count > 0 && tokens > CHUNK_TOKENS)
            break;
        count++;
    }
    return count;
}

/* An evaluation: chunks of a batch, and where their results go. */
struct evaluation {
    const struct network *network;
    const struct batch *batch;
    const struct attention_rule *rule;
    struct part {
        size_t first, count;
        size_t token; /* tokens before it */
    } * parts;
    size_t n_parts;
    double *logits, *outputs; /* one of them, the other NULL */
};

static void evaluate_part(void *context, size_t item, size_t thread)
{
    const struct evaluation *evaluation = context;
    const struct network *network = evaluation->network;
    const struct engine *engine = network->engine;
    const struct part *part = &evaluation->parts[item];
    struct parking *parking = enter(network);

    (void)thread;
    engine->forward(network->weights, parking->workspace, evaluation->batch,
                    part->first, part->count, evaluation->rule,
                    evaluation->outputs != NULL);
    if (evaluation->outputs != NULL)
        engine->outputs(network->weights, parking->workspace,
                        evaluation->outputs +
                            part->token * network->config.d_model);
    else
        engine->logits(network->weights, parking->workspace,
                       evaluation->logits + part->first);
    leave(parking);
}

static void evaluate(struct evaluation *evaluation)
{
    const struct batch *batch = evaluation->batch;
    size_t token = 0, count;

    evaluation->parts =
        memory_new(batch->count + 1, sizeof(*evaluation->parts));
    for (size_t i = 0; i < batch->count; i += count) {
        count = next_chunk(batch, i, batch->count);
        evaluation->parts[evaluation->n_parts++] =
            (struct part){ .first = i, .count = count, .token = token };
        for (size_t j = i; j < i + count; j++)
            token += tokens_of(batch, j);
    }
    parallel_for(evaluation->n_parts, evaluate_part, evaluation);
    free(evaluation->parts);
}

void network_logits(const struct network *network, const struct batch *batch,
                    const struct attention_rule *rule, double *logits)
{
    evaluate(&(struct evaluation){
        .network = network, .batch = batch, .rule = rule, .logits = logits });
}

void network_encode(const struct network *network, const struct batch *batch,
                    const struct attention_rule *rule, double *outputs)
{
    evaluate(&(struct evaluation){
        .network = network, .batch = batch, .rule = rule, .outputs = outputs });
}

/* What a shard adds up over its strings. */
struct tally {
    double loss, margin, least;
    size_t right;
};

/* A gradient pass: what all shards read and where each one writes. */
struct descent {
    struct network *network;
    const struct batch *batch;
    const uint8_t *member;
    size_t n_shards;
    double *gradient, *logits; /* logits become signals */
    struct tally tallies[SHARDS];
};

/*
 * Logistic loss log(1 + exp(-m)) of the margin m, the logit of a member and
 * its negation otherwise, and its derivative by the logit; both from
 * exp(-|m|), which is exact to the last bit however large the margin.
 */
static double logistic(double logit, bool member, struct tally *tally)
{
    double margin = member ? logit : -logit;
    double e = exp(-fabs(margin));
    double slope = margin >= 0 ? e / (1 + e) : 1 / (1 + e);

    tally->loss += log1p(e) + fmax(-margin, 0);
    tally->margin += margin;
    tally->least = fmin(tally->least, margin);
    tally->right += (logit > 0) == member;
    return member ? -slope : slope;
}

/* The loss of strings FIRST on: logits in, scaled derivatives out. */
static void judge(const struct descent *descent, size_t first, size_t count,
                  struct tally *tally)
{
    const struct batch *batch = descent->batch;

    for (size_t i = first; i < first + count; i++) {
        size_t string = batch->index == NULL ? i : batch->index[i];
        double slope =
            logistic(descent->logits[i], descent->member[string] != 0, tally);

        descent->logits[i] = SIGNAL_SCALE * slope;
    }
}

static void descend_shard(void *context, size_t shard, size_t thread)
{
    struct descent *descent = context;
    struct network *network = descent->network;
    const struct engine *engine = network->engine;
    const struct weights *weights = network->weights;
    struct tally *tally = &descent->tallies[shard];
    struct parking *parking = enter(network);
    struct workspace *workspace = parking->workspace;
    size_t n = descent->batch->count, bytes = engine->gradient_bytes(weights);
    size_t end = (shard + 1) * n / descent->n_shards, count;

    (void)thread;
    if (network->gradients[shard] == NULL)
        network->gradients[shard] = memory_new_aligned(bytes, 1);
    memset(network->gradients[shard], 0, bytes);
    *tally = (struct tally){ .least = INFINITY };
    for (size_t i = shard * n / descent->n_shards; i < end; i += count) {
        count = next_chunk(descent->batch, i, end);
        engine->forward(weights, workspace, descent->batch, i, count, NULL,
                        false);
        engine->logits(weights, workspace, descent->logits + i);
        judge(descent, i, count, tally);
        engine->backward(weights, workspace, descent->logits + i,
                         network->gradients[shard]);
    }
    leave(parking);
}

static void collect_piece(void *context, size_t item, size_t thread)
{
    struct descent *descent = context;
    struct network *network = descent->network;

    (void)thread;
    network->engine->collect(network->weights, network->gradients,
                             descent->n_shards, &network->pieces[item],
                             1 / (SIGNAL_SCALE * (double)descent->batch->count),
                             descent->gradient);
}

static struct tally tally_add(struct tally a, struct tally b)
{
    return (struct tally){ .loss = a.loss + b.loss,
                           .margin = a.margin + b.margin,
                           .least = fmin(a.least, b.least),
                           .right = a.right + b.right };
}

/* The same tree as the gradients'. */
static struct pass summarise(struct descent *descent)
{
    struct tally *t = descent->tallies;
    double n = (double)descent->batch->count;

    for (size_t step = 1; step < descent->n_shards; step *= 2)
        for (size_t i = 0; i + step < descent->n_shards; i += 2 * step)
            t[i] = tally_add(t[i], t[i + step]);
    return (struct pass){ .loss = t[0].loss / n,
                          .accuracy = (double)t[0].right / n,
                          .min_margin = t[0].least,
                          .mean_margin = t[0].margin / n };
}

void network_gradient(struct network *network, const struct batch *batch,
                      const uint8_t *member, double *gradient,
                      struct pass *pass)
{
    struct descent descent = { .network = network,
                               .batch = batch,
                               .member = member,
                               .gradient = gradient };

    assert(batch->count > 0);
    descent.n_shards = batch->count < SHARDS ? batch->count : SHARDS;
    descent.logits = memory_new(batch->count, sizeof(double));
    parallel_for(descent.n_shards, descend_shard, &descent);
    parallel_for(network->n_pieces, collect_piece, &descent);
    *pass = summarise(&descent);
    free(descent.logits);
}

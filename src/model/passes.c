/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A network at work: forward over a batch, and forward and backward. */

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "model/inside.h"
#include "model/loss.h"

/* Signals travel backward times this power of two, which is exact. */
#define SIGNAL_SCALE 0x1p64

/* Of BYTES at least; what was in it is lost when it grows. */
static void *buffer_take(struct buffer *buffer, size_t bytes)
{
    if (bytes > buffer->room) {
        free(buffer->block);
        buffer->block = memory_new_aligned(bytes, 1);
        buffer->room = bytes;
    }
    return buffer->block;
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

/* How many rows of logits string I has. */
static size_t rows_of(const struct network *network, const struct batch *batch,
                      size_t i)
{
    return objective_is_sequence(network->objective) ? batch_tokens(batch, i)
                                                     : 1;
}

/* How many strings from FIRST on, and before END, make the next chunk. */
static size_t next_chunk(const struct batch *batch, size_t first, size_t end)
{
    size_t count = 0, tokens = 0;

    while (first + count < end) {
        tokens += batch_tokens(batch, first + count);
        if (count > 0 && tokens > CHUNK_TOKENS)
            break;
        count++;
    }
    return count;
}

/* ------------------------------------------------------------------- types */

static bool gather(const struct network *network, const struct batch *batch,
                   struct types *types)
{
    return types_gather(types, &network->config, network->layout.n_tokens,
                        batch);
}

/* So many types are worth handing to a thread. */
#define PART ((size_t)16)

/* A table being filled by all threads. */
struct reading {
    const struct network *network;
    const struct types *types;
    void *table;
    size_t n_parts;
};

static void read_part(void *context, size_t part, size_t thread)
{
    const struct reading *reading = context;
    const struct network *network = reading->network;
    struct parking *parking = enter(network);
    size_t n = reading->types->count;
    size_t first = part * n / reading->n_parts;
    size_t end = (part + 1) * n / reading->n_parts;

    (void)thread;
    network->engine->read_types(network->weights, parking->workspace,
                                reading->types, first, end - first,
                                reading->table);
    leave(parking);
}

static void read_types(const struct network *network, const struct types *types,
                       struct buffer *table)
{
    size_t bytes = types->count * network->engine->type_bytes(network->weights);
    size_t parts = (types->count + PART - 1) / PART;
    struct reading reading = { network, types, buffer_take(table, bytes),
                               parts < SHARDS ? parts : SHARDS };

    parallel_for(reading.n_parts, read_part, &reading);
}

/* -------------------------------------------------------------- evaluation */

/* An evaluation: chunks of a batch, and where their results go. */
struct evaluation {
    const struct network *network;
    const struct batch *batch;
    const struct attention_rule *rule;
    const struct types *types; /* or NULL */
    const void *table;
    struct part {
        size_t first, count;
        size_t token, row; /* tokens and rows of logits before it */
    } * parts;
    size_t n_parts;
    double *logits, *outputs; /* one of them, the other NULL */
    size_t first_layer;       /* whose outputs come first; then all above */
    size_t n_tokens;
};

static void take_outputs(const struct evaluation *evaluation,
                         const struct part *part,
                         const struct workspace *workspace)
{
    const struct network *network = evaluation->network;
    size_t d = network->config.d_model;
    double *outputs = evaluation->outputs + part->token * d;

    for (size_t l = evaluation->first_layer; l < network->config.n_layers;
         l++) {
        network->engine->outputs(network->weights, workspace, l, outputs);
        outputs += evaluation->n_tokens * d;
    }
}

static void evaluate_part(void *context, size_t item, size_t thread)
{
    const struct evaluation *evaluation = context;
    const struct network *network = evaluation->network;
    const struct engine *engine = network->engine;
    const struct part *part = &evaluation->parts[item];
    struct parking *parking = enter(network);
    struct manner manner = { .rule = evaluation->rule,
                             .every = evaluation->outputs != NULL ||
                                      objective_is_sequence(network->objective),
                             .types = evaluation->types,
                             .table = evaluation->table };

    (void)thread;
    engine->forward(network->weights, parking->workspace, evaluation->batch,
                    part->first, part->count, &manner);
    if (evaluation->outputs != NULL)
        take_outputs(evaluation, part, parking->workspace);
    else
        engine->logits(network->weights, parking->workspace,
                       evaluation->logits +
                           part->row * network->layout.n_outputs);
    leave(parking);
}

static void evaluate(struct evaluation *evaluation)
{
    const struct batch *batch = evaluation->batch;
    size_t token = 0, row = 0, count;
    struct types types = { 0 };
    struct buffer table = { 0 };

    if (gather(evaluation->network, batch, &types)) {
        read_types(evaluation->network, &types, &table);
        evaluation->types = &types;
        evaluation->table = table.block;
    }
    evaluation->parts =
        memory_new(batch->count + 1, sizeof(*evaluation->parts));
    for (size_t i = 0; i < batch->count; i += count) {
        count = next_chunk(batch, i, batch->count);
        evaluation->parts[evaluation->n_parts++] =
            (struct part){ i, count, token, row };
        for (size_t j = i; j < i + count; j++) {
            token += batch_tokens(batch, j);
            row += rows_of(evaluation->network, batch, j);
        }
    }
    evaluation->n_tokens = token;
    parallel_for(evaluation->n_parts, evaluate_part, evaluation);
    free(evaluation->parts);
    free(table.block);
    types_clear(&types);
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
    evaluate(
        &(struct evaluation){ .network = network,
                              .batch = batch,
                              .rule = rule,
                              .outputs = outputs,
                              .first_layer = network->config.n_layers - 1 });
}

void network_trace(const struct network *network, const struct batch *batch,
                   const struct attention_rule *rule, double *outputs)
{
    evaluate(&(struct evaluation){
        .network = network, .batch = batch, .rule = rule, .outputs = outputs });
}

/* ---------------------------------------------------------------- gradient */

void network_drop(struct network *network, uint64_t seed, uint64_t step)
{
    struct stream stream;

    stream_init(&stream, seed, "dropout", step);
    network->drop_key = stream_bits(&stream);
}

/* A gradient pass: what all shards read and where each one writes. */
struct descent {
    struct network *network;
    const struct batch *batch;
    const uint8_t *targets;
    size_t width; /* of the targets of a string or a token */
    size_t n_shards, n_targets;
    bool typed; /* the first layer is known by type */
    double *gradient;
    struct loss losses[SHARDS];
    size_t tokens[SHARDS];
    size_t order[SHARDS]; /* which shard is whose turn */
};

/* Makes room for the logits of COUNT strings from FIRST on; how many these
 * are. */
static size_t make_room(const struct descent *descent, struct parking *parking,
                        size_t first, size_t count)
{
    const struct network *network = descent->network;
    size_t rows = 0;

    for (size_t i = first; i < first + count; i++)
        rows += rows_of(network, descent->batch, i);
    rows *= network->layout.n_outputs;
    if (rows > parking->room) {
        parking->room = rows + rows / 2;
        parking->logits = memory_resize(parking->logits, parking->room,
                                        sizeof(*parking->logits));
    }
    return rows;
}

/* The loss of strings FIRST on: logits in, derivatives out. */
static void judge(const struct descent *descent, size_t first, size_t count,
                  double *logits, struct loss *loss)
{
    const struct network *network = descent->network;
    const struct strings *strings = descent->batch->strings;
    bool sequence = objective_is_sequence(network->objective);
    size_t outputs = network->layout.n_outputs;

    for (size_t i = first; i < first + count; i++) {
        size_t string = batch_string(descent->batch, i);
        size_t at = sequence ? tokens_before(strings, string) : string;

        loss_of_string(loss, network->objective, outputs,
                       strings_at(strings, string),
                       strings_length(strings, string),
                       descent->targets + at * descent->width, logits);
        logits += rows_of(network, descent->batch, i) * outputs;
    }
}

/* Forward, loss and backward of a chunk. */
static void descend_chunk(const struct descent *descent,
                          struct parking *parking, size_t shard, size_t first,
                          size_t count, bool begins, struct loss *loss)
{
    struct network *network = descent->network;
    const struct engine *engine = network->engine;
    size_t n = make_room(descent, parking, first, count);
    struct manner manner = { .drop_key = network->config.dropout > 0
                                             ? &network->drop_key
                                             : NULL,
                             .every = objective_is_sequence(network->objective),
                             .backward = true,
                             .types = descent->typed ? &network->types : NULL,
                             .table = network->table.block,
                             .sums = &network->shard_sums[shard] };

    engine->forward(network->weights, parking->workspace, descent->batch, first,
                    count, &manner);
    engine->logits(network->weights, parking->workspace, parking->logits);
    judge(descent, first, count, parking->logits, loss);
    for (size_t k = 0; k < n; k++)
        parking->logits[k] *= SIGNAL_SCALE;
    engine->backward(network->weights, parking->workspace, parking->logits,
                     begins, network->gradients[shard]);
}

/* The first string of a shard. */
static size_t shard_start(const struct descent *descent, size_t shard)
{
    return shard * descent->batch->count / descent->n_shards;
}

/* Measures the shards, and puts the longest first in every thread's share:
 * short ones are left for whoever has done its own. */
static void order_shards(struct descent *descent)
{
    size_t n = descent->n_shards, threads = parallel_threads();

    for (size_t s = 0; s < n; s++) {
        size_t at = s, first = s * threads / n * n / threads;

        for (size_t i = shard_start(descent, s);
             i < shard_start(descent, s + 1); i++)
            descent->tokens[s] += batch_tokens(descent->batch, i);
        for (; at > first &&
               descent->tokens[descent->order[at - 1]] < descent->tokens[s];
             at--)
            descent->order[at] = descent->order[at - 1];
        descent->order[at] = s;
    }
}

/* Room for the gradients of all shards, an odd number of cache lines apart:
 * their sum shall not find all of them in the same set of a cache. */
static void prepare_gradients(const struct descent *descent)
{
    struct network *network = descent->network;
    size_t bytes = network->engine->gradient_bytes(network->weights);
    size_t step = ((bytes + CACHE_LINE - 1) / CACHE_LINE | 1) * CACHE_LINE;
    char *block = buffer_take(&network->gradient, descent->n_shards * step);

    for (size_t i = 0; i < descent->n_shards; i++)
        network->gradients[i] = block + i * step;
}

/* Room for the sums by type of all shards: a row of each type that may occur
 * in it. */
static void prepare_sums(const struct descent *descent)
{
    struct network *network = descent->network;
    size_t types = network->types.count, rows[SHARDS + 1] = { 0 };
    size_t size = network->engine->type_bytes(network->weights);
    uint32_t *places = buffer_take(&network->rows,
                                   descent->n_shards * types * sizeof(*places));
    char *block;

    for (size_t s = 0; s < descent->n_shards; s++) {
        size_t tokens = descent->tokens[s];

        rows[s + 1] = rows[s] + (types < tokens ? types : tokens);
    }
    block = buffer_take(&network->sums, rows[descent->n_shards] * size);
    for (size_t s = 0; s < descent->n_shards; s++)
        network->shard_sums[s] =
            (struct type_sums){ .rows = places + s * types,
                                .block = block + rows[s] * size };
}

static void descend_shard(void *context, size_t item, size_t thread)
{
    struct descent *descent = context;
    struct network *network = descent->network;
    size_t shard = descent->order[item];
    struct loss *loss = &descent->losses[shard];
    struct parking *parking = enter(network);
    size_t start = shard_start(descent, shard), count;
    size_t end = shard_start(descent, shard + 1);

    (void)thread;
    if (descent->typed)
        memset(network->shard_sums[shard].rows, 0,
               network->types.count * sizeof(uint32_t));
    *loss = loss_none();
    for (size_t i = start; i < end; i += count) {
        count = next_chunk(descent->batch, i, end);
        descend_chunk(descent, parking, shard, i, count, i == start, loss);
    }
    leave(parking);
}

/* What came to a part of the types goes on into the gradient of a shard. */
static void learn_part(void *context, size_t shard, size_t thread)
{
    struct descent *descent = context;
    struct network *network = descent->network;
    struct parking *parking = enter(network);
    size_t n = network->types.count;
    size_t first = shard * n / descent->n_shards;
    size_t end = (shard + 1) * n / descent->n_shards;

    (void)thread;
    network->engine->learn_types(network->weights, parking->workspace,
                                 &network->types, first, end - first,
                                 network->shard_sums, descent->n_shards,
                                 network->gradients[shard]);
    leave(parking);
}

static void collect_piece(void *context, size_t item, size_t thread)
{
    struct descent *descent = context;
    struct network *network = descent->network;

    (void)thread;
    network->engine->collect(network->weights, network->gradients,
                             descent->n_shards, &network->pieces[item],
                             1 / (SIGNAL_SCALE * (double)descent->n_targets),
                             descent->gradient);
}

/* The same tree as the gradients'. */
static struct pass summarise(struct descent *descent)
{
    struct loss *losses = descent->losses;
    double n;

    for (size_t step = 1; step < descent->n_shards; step *= 2)
        for (size_t i = 0; i + step < descent->n_shards; i += 2 * step)
            losses[i] = loss_add(losses[i], losses[i + step]);
    descent->n_targets = losses->targets;
    n = (double)losses->targets;
    return (struct pass){ .loss = losses->sum / n,
                          .accuracy = (double)losses->right / n,
                          .min_margin = losses->least,
                          .mean_margin = losses->margin / n };
}

void network_gradient(struct network *network, const struct batch *batch,
                      const uint8_t *targets, double *gradient,
                      struct pass *pass)
{
    struct descent descent = { .network = network,
                               .batch = batch,
                               .targets = targets,
                               .width = objective_width(network->objective,
                                                        network->n_symbols),
                               .gradient = gradient };

    assert(batch->count > 0);
    descent.n_shards = batch->count < SHARDS ? batch->count : SHARDS;
    order_shards(&descent);
    prepare_gradients(&descent);
    descent.typed = gather(network, batch, &network->types);
    if (descent.typed) {
        read_types(network, &network->types, &network->table);
        prepare_sums(&descent);
    }
    parallel_for(descent.n_shards, descend_shard, &descent);
    if (descent.typed)
        parallel_for(descent.n_shards, learn_part, &descent);
    *pass = summarise(&descent);
    parallel_for(network->n_pieces, collect_piece, &descent);
}

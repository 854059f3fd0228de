/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The door of the model room: a transformer over {float, double}.
 *
 * Master parameters are double whatever precision the network computes in;
 * network_update rounds them into the engine's own copy.  The engine
 * (one per precision and instruction set, engine.h) is chosen at run time:
 * the best of this machine, or what SATURN_ISA names in the environment.
 *
 * A string w_1..w_n is read as n + 1 tokens: the begin mark, then its
 * symbols.  The classifier has the outputs of an objective (objective.h): it
 * reads the encoder's output at every token, or for membership what the
 * model's readout names, by default the last token.
 */

#ifndef MODEL_NETWORK_H
#define MODEL_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "data/objective.h"
#include "language/string.h"
#include "model/model.h"

struct network; /* opaque */

/* ERROR_CONFIG where SATURN_ISA names no instruction set of this machine. */
bool network_check_engine(struct error *error);

/* A zeroed network over N_SYMBOLS symbols, for membership or for another
 * objective; copies CONFIG. */
struct network *network_new(const struct model_config *config,
                            size_t n_symbols);
struct network *network_new_for(enum objective objective,
                                const struct model_config *config,
                                size_t n_symbols);

/* Such a network without its numbers: for its layout, and to ask what it and
 * its evaluators would take. */
struct network *network_sketch(enum objective objective,
                               const struct model_config *config,
                               size_t n_symbols);
void network_free(struct network *network);

/*
 * What NETWORK takes when all threads have worked in it, on strings of at
 * most LONGEST symbols: to decide them, or to learn from a BATCH that is not
 * empty.  A batch takes little more for being larger than the shards it is
 * cut into.
 */
size_t network_bytes(const struct network *network, struct extent batch,
                     size_t longest);

/* What network_logits takes beyond that, while it runs on BATCH. */
size_t network_passing(const struct network *network, struct extent batch);

/*
 * Draws every parameter anew, element i of a tensor from its own stream
 * (seed, "init.<tensor name>", i): normal embeddings and positions, linear
 * weights and biases uniform in +-1/sqrt(fan in), gains 1, shifts 0, each
 * times its init factor.  Rounded to float whatever the precision, so that
 * float and double networks start at the same point.
 */
void network_init(struct network *network, uint64_t seed);

/* A copy with the same parameters times C in the given precision. */
struct network *network_scaled(const struct network *network, double c,
                               enum precision precision);

const struct model_config *network_config(const struct network *network);
enum objective network_objective(const struct network *network);
const struct layout *network_layout(const struct network *network);
const char *network_engine(const struct network *network); /* "float avx512" */

/* The master block, layout->n_parameters of them; after writing, update. */
double *network_parameters(struct network *network);
const double *network_weights(const struct network *network); /* read-only */
void network_update(struct network *network);

/* Adds DELTA[n_parameters] to the parameters, and updates; false if a sum is
 * not finite. */
bool network_advance(struct network *network, const double *delta);
void network_set(struct network *network, const double *theta); /* does both */

/* Which strings: index[0..count), or 0..count-1 when INDEX is NULL.  With
 * learned positions none is longer than max_length. */
struct batch {
    const struct strings *strings;
    const size_t *index;
    size_t count;
};

/* Which of the strings is number I of the batch, and its tokens. */
static inline size_t batch_string(const struct batch *batch, size_t i)
{
    return batch->index == NULL ? i : batch->index[i];
}

static inline size_t batch_tokens(const struct batch *batch, size_t i)
{
    return strings_length(batch->strings, batch_string(batch, i)) + 1;
}

/* How attention weighs: softmax(sharpness * scores), or, saturated, uniform
 * over the scores within TIE * |q| max|k| / sqrt(d_k) of the maximum. */
struct attention_rule {
    bool saturated;
    double sharpness;
    double tie;
};

/* logits[i] of string i of the batch, or under a sequence objective
 * [sum of (length + 1)][n_outputs], strings in the order of the batch; RULE
 * NULL means softmax.  Uses all threads; a string's logits have the same bits
 * in any batch. */
void network_logits(const struct network *network, const struct batch *batch,
                    const struct attention_rule *rule, double *logits);

/* Final encoder outputs, [sum of (length + 1)][d_model], strings in the
 * order of the batch: what the classifier would read at every token. */
void network_encode(const struct network *network, const struct batch *batch,
                    const struct attention_rule *rule, double *outputs);

/* The residual stream after every layer, [n_layers][tokens][d_model]; the last
 * layer's through the final norm, which is what network_encode gives. */
void network_trace(const struct network *network, const struct batch *batch,
                   const struct attention_rule *rule, double *outputs);

/*
 * Which draw of dropout the next gradients make: whether an element is lost
 * depends on (SEED, STEP), its string's place in the batch, token, layer and
 * sublayer alone.  A new network has made draw (0, 0).
 */
void network_drop(struct network *network, uint64_t seed, uint64_t step);

/* What a gradient pass found over its targets (loss.h), all in double. */
struct pass {
    double loss;     /* mean, nats a target; for membership, a string */
    double accuracy; /* share of targets on the right side of the margin */
    double min_margin, mean_margin;
};

/*
 * Gradient of the mean loss over all targets of the batch, which is not
 * empty, into GRADIENT [n_parameters].  TARGETS are those of all strings,
 * packed as objective.h says; for membership a byte a string.  The batch is
 * cut into 16 shards by position, one thread owns a shard, shard sums are
 * added in one fixed tree: the same bits for any number of threads.  Where
 * types are few (types.h) derivatives of the first layer are added up by
 * type before that, shard after shard.  The loss and its derivative are
 * computed from exp(-|z|) and carried backward times 2^64, so that they
 * vanish only beyond margins of 130 even in float.  Here alone model.dropout
 * is at work.
 */
void network_gradient(struct network *network, const struct batch *batch,
                      const uint8_t *targets, double *gradient,
                      struct pass *pass);

#endif

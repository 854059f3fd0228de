/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * One head of attention over one string.
 *
 * Queries lie along the lanes, a block of LANES of them at a time, and keys
 * one below another: scores[key][query].  No lane of a small head is empty,
 * softmax needs no sum across lanes, and under a causal mask a block ends at
 * its last query.  A query that sees no key gives zero.
 */

#ifndef MODEL_ENGINE_ATTENTION_H
#define MODEL_ENGINE_ATTENTION_H

#include "model/engine/vector.h"
#include "model/network.h"

/* Every engine has functions of its own under these names. */
#define head_forward   X(head_forward)
#define head_backward  X(head_backward)
#define head_saturated X(head_saturated)

/* Query i stands at position first + i of the string, the last at its end.
 * Rows of q, k and v may be read past SIZE up to whole vectors. */
struct head {
    size_t size; /* d_k */
    size_t queries, keys, first;
    enum mask visible;
    real scale;    /* on q . k */
    const real *q; /* [queries][size] */
    const real *k; /* [keys][size] */
    const real *v; /* [keys][size] */
    size_t q_row;  /* of q, out and their derivatives */
    size_t kv_row; /* of k, v and their derivatives */
    real *highest; /* [queries]: the greatest score */
    real *share;   /* [queries]: 1 / sum of exp(score - highest) */
    real *weights; /* [blocks][keys][LANES]: exp(score - highest), one block
                    * for every LANES queries begun; NULL: not kept, so that
                    * backward computes the scores again */
};

/* Room for a head of KEYS, its SIZE rounded up to whole vectors. */
struct head_scratch {
    real *scores, *signals; /* [keys][LANES] */
    real *query, *signal;   /* [size][LANES] */
    real *result;           /* [size][LANES] */
    real *dk, *dv;          /* [keys][size] */
};

/* out = softmax(scale q k^T) v; fills highest and share. */
void head_forward(const struct head *head, const struct head_scratch *scratch,
                  real *out);

/* dq, dk, dv = derivatives, given DOUT by the output. */
void head_backward(const struct head *head, const struct head_scratch *scratch,
                   const real *dout, real *dq, real *dk, real *dv);

/* out = the mean of v over the keys tied for the greatest score. */
void head_saturated(const struct head *head, const struct head_scratch *scratch,
                    double tie, real *out);

#endif

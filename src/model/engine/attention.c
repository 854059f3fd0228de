/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "model/engine/attention.h"

#include <float.h>
#include <math.h>

#include "model/engine/kernels.h"

#ifdef REAL_IS_FLOAT
#define LOWEST (-FLT_MAX)
#else
#define LOWEST (-DBL_MAX)
#endif

/* A block of at most LANES queries of a head. */
struct block {
    size_t start, count; /* the queries */
    size_t whole;        /* keys that all of them see */
    size_t keys;         /* keys up to the last query, or all */
    real hidden;         /* the score of those that a query does not see */
};

/* How many keys query I sees: those from the first on. */
static size_t seen_by(const struct head *head, size_t i)
{
    if (head->visible == MASK_FULL)
        return head->keys;
    return head->first + i + (head->visible == MASK_STRICT ? 0 : 1);
}

static size_t blocks_of(const struct head *head)
{
    return (head->queries + LANES - 1) / LANES;
}

/* Block number B.  The first one takes what does not fill a block: under a
 * causal mask its queries are those that see the fewest keys. */
static struct block block_at(const struct head *head, size_t b)
{
    size_t rest = blocks_of(head) * LANES - head->queries;
    struct block block = { .start = b == 0 ? 0 : b * LANES - rest,
                           .count = b == 0 ? LANES - rest : LANES };

    block.keys = block.whole = head->keys;
    block.hidden = head->visible == MASK_ZERO ? 0 : LOWEST;
    if (head->visible != MASK_FULL)
        block.whole = seen_by(head, block.start);
    if (head->visible == MASK_CAUSAL || head->visible == MASK_STRICT)
        block.keys = head->first + block.start + block.count;
    return block;
}

/* Where the weights of block B are: kept for backward or soon forgotten. */
static real *weights_at(const struct head *head,
                        const struct head_scratch *scratch, size_t b)
{
    return head->weights == NULL ? scratch->scores
                                 : head->weights + b * head->keys * LANES;
}

/* Lanes whose query sees KEY, for keys from block.whole on. */
static wholes lanes_seeing(const struct block *block, size_t key)
{
    return vector_lanes() > (whole)(key - block->whole);
}

/* to[size][LANES] = factor * from[count][size], transposed, zero beyond. */
static void to_lanes(const real *from, size_t row, size_t count, size_t size,
                     real factor, real *to)
{
    for (size_t c = 0; c < size; c += LANES) {
        vector v[LANES];

        for (size_t i = 0; i < LANES; i++)
            v[i] = (vector){ 0 };
        for (size_t i = 0; i < count; i++)
            v[i] = vector_load(from + i * row + c) * factor;
        vector_transpose(v);
        for (size_t i = 0; i < LANES; i++)
            vector_store(to + (c + i) * LANES, v[i]);
    }
}

/* to[count][size] = from[size][LANES] times a FACTOR a lane, transposed. */
static void from_lanes(const real *from, vector factor, size_t count,
                       size_t size, real *to, size_t row)
{
    for (size_t c = 0; c < size; c += LANES) {
        vector v[LANES];

        for (size_t i = 0; i < LANES; i++)
            v[i] = vector_load(from + (c + i) * LANES) * factor;
        vector_transpose(v);
        for (size_t i = 0; i < count; i++)
            vector_store_some(to + i * row + c, v[i], size - c);
    }
}

/* scores[key][lane] = rows of KEYS times the block's QUERY. */
static void score(const struct head *head, const struct block *block,
                  const real *keys, const real *query, real *scores)
{
    multiply(&(struct product){ .m = block->keys,
                                .n = LANES,
                                .k = head->size,
                                .a = keys,
                                .a_row = head->kv_row,
                                .a_column = 1,
                                .b = query,
                                .b_row = LANES,
                                .c = scores,
                                .c_row = LANES });
}

/* result[size][lane] = sum over keys of VALUES times weights[key][lane]. */
static void gather(const struct head *head, const struct block *block,
                   const real *values, const real *weights, real *result)
{
    multiply(&(struct product){ .m = head->size,
                                .n = LANES,
                                .k = block->keys,
                                .a = values,
                                .a_row = 1,
                                .a_column = head->kv_row,
                                .b = weights,
                                .b_row = LANES,
                                .c = result,
                                .c_row = LANES });
}

/* sums[key][size] = (ADD: sums +) weights[key][lane] times the ROWS. */
static void scatter(const struct head *head, const struct block *block,
                    const real *weights, const real *rows, bool add, real *sums,
                    size_t sums_row)
{
    multiply(&(struct product){ .m = block->keys,
                                .n = head->size,
                                .k = block->count,
                                .a = weights,
                                .a_row = LANES,
                                .a_column = 1,
                                .b = rows,
                                .b_row = head->q_row,
                                .c = sums,
                                .c_row = sums_row,
                                .start = add ? START_ADD : START_ZERO });
}

/* Hides what lanes may not see; returns the greatest score of each lane. */
static vector highest(const struct block *block, real *scores)
{
    enum { CHAINS = 4 };
    vector top[CHAINS];
    size_t key = 0;

    for (size_t i = 0; i < CHAINS; i++)
        top[i] = vector_all(LOWEST);
    for (; key + CHAINS <= block->whole; key += CHAINS)
        for (size_t i = 0; i < CHAINS; i++)
            top[i] =
                vector_max(vector_load(scores + (key + i) * LANES), top[i]);
    for (; key < block->keys; key++) {
        vector s = vector_load(scores + key * LANES);

        if (key >= block->whole) {
            s = vector_select(lanes_seeing(block, key), s,
                              vector_all(block->hidden));
            vector_store(scores + key * LANES, s);
        }
        top[0] = vector_max(s, top[0]);
    }
    return vector_max(vector_max(top[0], top[1]), vector_max(top[2], top[3]));
}

/* scores = exp(scores - top); returns the sum of each lane. */
static vector exponentials(const struct block *block, vector top, real *scores)
{
    vector sum = { 0 };

    for (size_t key = 0; key < block->keys; key++) {
        vector e = vector_exp(vector_load(scores + key * LANES) - top);

        vector_store(scores + key * LANES, e);
        sum += e;
    }
    return sum;
}

void head_forward(const struct head *head, const struct head_scratch *scratch,
                  real *out)
{
    for (size_t b = 0; b < blocks_of(head); b++) {
        struct block block = block_at(head, b);
        real *weights = weights_at(head, scratch, b);
        size_t start = block.start;
        vector top, share;

        to_lanes(head->q + start * head->q_row, head->q_row, block.count,
                 head->size, head->scale, scratch->query);
        score(head, &block, head->k, scratch->query, weights);
        top = highest(&block, weights);
        share = 1 / exponentials(&block, top, weights);
        if (head->visible == MASK_STRICT)
            share = (vector)((wholes)share & (top > LOWEST));
        gather(head, &block, head->v, weights, scratch->result);
        from_lanes(scratch->result, share, block.count, head->size,
                   out + start * head->q_row, head->q_row);
        vector_store_some(head->highest + start, top, block.count);
        vector_store_some(head->share + start, share, block.count);
    }
}

/* Turns scores into weights, as forward did. */
static void weigh(const struct block *block, vector top, real *scores)
{
    for (size_t key = 0; key < block->keys; key++) {
        vector s = vector_load(scores + key * LANES);

        if (key >= block->whole)
            s = vector_select(lanes_seeing(block, key), s,
                              vector_all(block->hidden));
        vector_store(scores + key * LANES, vector_exp(s - top));
    }
}

/* Turns weights times SHARE, P, and the derivatives by P, dP, into those by
 * scores times SCALE: SCALE P (dP - sum of P dP over keys). */
static void softmax_backward(const struct block *block, vector share,
                             real scale, real *weights, real *signals)
{
    vector mean = { 0 };

    for (size_t key = 0; key < block->keys; key++) {
        vector p = vector_load(weights + key * LANES) * share;

        mean = vector_fma(p, vector_load(signals + key * LANES), mean);
        vector_store(weights + key * LANES, p);
    }
    for (size_t key = 0; key < block->keys; key++) {
        vector d = vector_load(signals + key * LANES) - mean;

        vector_store(signals + key * LANES,
                     d * vector_load(weights + key * LANES) * scale);
    }
}

/* A hidden score is no product of query and key. */
static void forget_hidden(const struct block *block, real *signals)
{
    for (size_t key = block->whole; key < block->keys; key++) {
        vector d = vector_load(signals + key * LANES);

        vector_store(signals + key * LANES,
                     (vector)((wholes)d & lanes_seeing(block, key)));
    }
}

/* Where derivatives by keys and values are summed: in their place when a
 * head fills whole vectors, otherwise aside until it is complete. */
struct sums {
    real *dk, *dv;
    size_t row;
};

/* The weights of a block that were not kept. */
static void weigh_again(const struct head *head, const struct block *block,
                        const struct head_scratch *scratch)
{
    to_lanes(head->q + block->start * head->q_row, head->q_row, block->count,
             head->size, head->scale, scratch->query);
    score(head, block, head->k, scratch->query, scratch->scores);
    weigh(block, vector_load_some(head->highest + block->start, block->count),
          scratch->scores);
}

/* Block B of queries, the LAST of its string begins the sums. */
static void block_backward(const struct head *head, size_t b, bool last,
                           const struct head_scratch *scratch, const real *dout,
                           const struct sums *sums, real *dq)
{
    struct block block = block_at(head, b);
    real *weights = weights_at(head, scratch, b);
    size_t row = head->q_row, at = block.start * row;
    const real *q = head->q + at, *d = dout + at;

    if (head->weights == NULL)
        weigh_again(head, &block, scratch);
    to_lanes(d, row, block.count, head->size, 1, scratch->signal);
    score(head, &block, head->v, scratch->signal, scratch->signals);
    softmax_backward(&block,
                     vector_load_some(head->share + block.start, block.count),
                     head->scale, weights, scratch->signals);
    if (head->visible == MASK_ZERO)
        forget_hidden(&block, scratch->signals);
    gather(head, &block, head->k, scratch->signals, scratch->result);
    from_lanes(scratch->result, vector_all(1), block.count, head->size, dq + at,
               row);
    scatter(head, &block, scratch->signals, q, !last, sums->dk, sums->row);
    scatter(head, &block, weights, d, !last, sums->dv, sums->row);
}

static void deliver(const struct head *head, const real *sums, real *to)
{
    size_t width = padded(head->size);

    for (size_t key = 0; key < head->keys; key++)
        for (size_t c = 0; c < width; c += LANES)
            vector_store_some(to + key * head->kv_row + c,
                              vector_load(sums + key * width + c),
                              head->size - c);
}

/* From the last block to the first: the last one sees every key. */
void head_backward(const struct head *head, const struct head_scratch *scratch,
                   const real *dout, real *dq, real *dk, real *dv)
{
    bool aside = head->size % LANES != 0;
    struct sums sums = { dk, dv, head->kv_row };
    size_t blocks = blocks_of(head);

    if (aside)
        sums = (struct sums){ scratch->dk, scratch->dv, padded(head->size) };
    for (size_t b = blocks; b-- > 0;)
        block_backward(head, b, b + 1 == blocks, scratch, dout, &sums, dq);
    if (aside) {
        deliver(head, sums.dk, dk);
        deliver(head, sums.dv, dv);
    }
}

static double dot(const real *x, const real *y, size_t size)
{
    double sum = 0;

    for (size_t i = 0; i < size; i++)
        sum += (double)x[i] * (double)y[i];
    return sum;
}

/* The mean of the values whose scores lie within SLACK of the greatest. */
static void mean_of_tied(const struct head *head, size_t keys,
                         const double *scores, double slack, real *out)
{
    double top = -INFINITY, tied = 0;

    for (size_t key = 0; key < keys; key++)
        top = fmax(top, scores[key]);
    for (size_t key = 0; key < keys; key++)
        tied += scores[key] >= top - slack;
    for (size_t c = 0; c < head->size; c++) {
        double sum = 0;

        for (size_t key = 0; key < keys; key++)
            if (scores[key] >= top - slack)
                sum += (double)head->v[key * head->kv_row + c];
        out[c] = keys == 0 ? 0 : (real)(sum / tied);
    }
}

void head_saturated(const struct head *head, const struct head_scratch *scratch,
                    double tie, real *out)
{
    /* [keys] doubles fit into [keys][LANES] reals */
    double *scores = (double *)(void *)scratch->scores;

    for (size_t i = 0; i < head->queries; i++) {
        const real *q = head->q + i * head->q_row;
        size_t seen = seen_by(head, i), keys = seen;
        double longest = 0;

        for (size_t key = 0; key < seen; key++) {
            const real *k = head->k + key * head->kv_row;

            scores[key] = (double)head->scale * dot(q, k, head->size);
            longest = fmax(longest, dot(k, k, head->size));
        }
        if (head->visible == MASK_ZERO)
            for (; keys < head->keys; keys++)
                scores[keys] = 0;
        mean_of_tied(head, keys, scores,
                     tie * (double)head->scale *
                         sqrt(dot(q, q, head->size) * longest),
                     out + i * head->q_row);
    }
}

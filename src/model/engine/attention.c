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
    size_t keys;         /* keys that any of them sees */
};

static struct block block_at(const struct head *head, size_t start)
{
    struct block block = { .start = start, .count = head->queries - start };

    if (block.count > LANES)
        block.count = LANES;
    block.keys = block.whole = head->keys;
    if (head->visible == MASK_CAUSAL) {
        block.whole = head->first + start + 1;
        block.keys = block.whole + block.count - 1;
    }
    return block;
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
    for (size_t c = 0; c < size; c++)
        for (size_t i = 0; i < LANES; i++)
            to[c * LANES + i] = i < count ? factor * from[i * row + c] : 0;
}

static void from_lanes(const real *from, size_t count, size_t size, real *to,
                       size_t row)
{
    for (size_t i = 0; i < count; i++)
        for (size_t c = 0; c < size; c++)
            to[i * row + c] = from[c * LANES + i];
}

/* scores[key][lane] = rows of KEYS times the block's QUERY. */
static void score(const struct head *head, const struct block *block,
                  const real *keys, const real *query, real *scores)
{
    X(product)
    (&(struct product){ .m = block->keys,
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
    X(product)
    (&(struct product){ .m = head->size,
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

/* sums[key][size] += weights[key][lane] times the block's ROWS. */
static void scatter(const struct head *head, const struct block *block,
                    const real *weights, const real *rows, real *sums)
{
    X(product)
    (&(struct product){ .m = block->keys,
                        .n = head->size,
                        .k = block->count,
                        .a = weights,
                        .a_row = LANES,
                        .a_column = 1,
                        .b = rows,
                        .b_row = head->q_row,
                        .c = sums,
                        .c_row = padded(head->size),
                        .start = START_ADD });
}

/* Hides what lanes may not see; returns the greatest score of each lane. */
static vector highest(const struct block *block, real *scores)
{
    vector top = vector_all(LOWEST);

    for (size_t key = 0; key < block->keys; key++) {
        vector s = vector_load(scores + key * LANES);

        if (key >= block->whole) {
            s = vector_select(lanes_seeing(block, key), s, vector_all(LOWEST));
            vector_store(scores + key * LANES, s);
        }
        top = vector_select(s > top, s, top);
    }
    return top;
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

static void lanes_out(vector v, size_t count, real *to)
{
    for (size_t i = 0; i < count; i++)
        to[i] = v[i];
}

static vector lanes_in(const real *from, size_t count)
{
    vector v = { 0 };

    for (size_t i = 0; i < count; i++)
        v[i] = from[i];
    return v;
}

void X(attention_forward)(const struct head *head,
                          const struct head_scratch *scratch, real *out)
{
    for (size_t start = 0; start < head->queries; start += LANES) {
        struct block block = block_at(head, start);
        vector top, share;

        to_lanes(head->q + start * head->q_row, head->q_row, block.count,
                 head->size, head->scale, scratch->query);
        score(head, &block, head->k, scratch->query, scratch->scores);
        top = highest(&block, scratch->scores);
        share = 1 / exponentials(&block, top, scratch->scores);
        gather(head, &block, head->v, scratch->scores, scratch->result);
        for (size_t c = 0; c < head->size; c++)
            vector_store(scratch->result + c * LANES,
                         vector_load(scratch->result + c * LANES) * share);
        from_lanes(scratch->result, block.count, head->size,
                   out + start * head->q_row, head->q_row);
        lanes_out(top, block.count, head->highest + start);
        lanes_out(share, block.count, head->share + start);
    }
}

/* Turns scores into weights P and the derivatives by weights, dP, into the
 * derivatives by scores: P (dP - sum of P dP over keys). */
static void softmax_backward(const struct block *block, vector top,
                             vector share, real *scores, real *signals)
{
    vector mean = { 0 };

    for (size_t key = 0; key < block->keys; key++) {
        vector p = vector_load(scores + key * LANES);

        p = vector_exp(p - top) * share;
        if (key >= block->whole)
            p = (vector)((wholes)p & lanes_seeing(block, key));
        mean = vector_fma(p, vector_load(signals + key * LANES), mean);
        vector_store(scores + key * LANES, p);
    }
    for (size_t key = 0; key < block->keys; key++) {
        vector d = vector_load(signals + key * LANES) - mean;

        vector_store(signals + key * LANES,
                     d * vector_load(scores + key * LANES));
    }
}

/* Copies sums of padded rows to their place, times FACTOR. */
static void deliver(const struct head *head, const real *sums, real factor,
                    real *to)
{
    for (size_t key = 0; key < head->keys; key++)
        for (size_t c = 0; c < head->size; c++)
            to[key * head->kv_row + c] =
                factor * sums[key * padded(head->size) + c];
}

void X(attention_backward)(const struct head *head,
                           const struct head_scratch *scratch, const real *dout,
                           real *dq, real *dk, real *dv)
{
    size_t row = head->q_row, sums = head->keys * padded(head->size);

    for (size_t i = 0; i < sums; i++)
        scratch->dk[i] = scratch->dv[i] = 0;
    for (size_t start = 0; start < head->queries; start += LANES) {
        struct block block = block_at(head, start);
        const real *q = head->q + start * row, *d = dout + start * row;

        to_lanes(q, row, block.count, head->size, head->scale, scratch->query);
        to_lanes(d, row, block.count, head->size, 1, scratch->signal);
        score(head, &block, head->k, scratch->query, scratch->scores);
        score(head, &block, head->v, scratch->signal, scratch->signals);
        softmax_backward(&block, lanes_in(head->highest + start, block.count),
                         lanes_in(head->share + start, block.count),
                         scratch->scores, scratch->signals);
        gather(head, &block, head->k, scratch->signals, scratch->result);
        for (size_t i = 0; i < head->size * LANES; i++)
            scratch->result[i] *= head->scale;
        from_lanes(scratch->result, block.count, head->size, dq + start * row,
                   row);
        scatter(head, &block, scratch->signals, q, scratch->dk);
        scatter(head, &block, scratch->scores, d, scratch->dv);
    }
    deliver(head, scratch->dk, head->scale, dk);
    deliver(head, scratch->dv, 1, dv);
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
    double top = scores[0], tied = 0;

    for (size_t key = 1; key < keys; key++)
        top = fmax(top, scores[key]);
    for (size_t key = 0; key < keys; key++)
        tied += scores[key] >= top - slack;
    for (size_t c = 0; c < head->size; c++) {
        double sum = 0;

        for (size_t key = 0; key < keys; key++)
            if (scores[key] >= top - slack)
                sum += (double)head->v[key * head->kv_row + c];
        out[c] = (real)(sum / tied);
    }
}

void X(attention_saturated)(const struct head *head,
                            const struct head_scratch *scratch, double tie,
                            real *out)
{
    /* [keys] doubles fit into [keys][LANES] reals */
    double *scores = (double *)(void *)scratch->scores;

    for (size_t i = 0; i < head->queries; i++) {
        const real *q = head->q + i * head->q_row;
        size_t keys =
            head->visible == MASK_CAUSAL ? head->first + i + 1 : head->keys;
        double longest = 0;

        for (size_t key = 0; key < keys; key++) {
            const real *k = head->k + key * head->kv_row;

            scores[key] = (double)head->scale * dot(q, k, head->size);
            longest = fmax(longest, dot(k, k, head->size));
        }
        mean_of_tied(head, keys, scores,
                     tie * (double)head->scale *
                         sqrt(dot(q, q, head->size) * longest),
                     out + i * head->q_row);
    }
}

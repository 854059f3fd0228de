/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Matrix products and what is done to rows.
 *
 * Row-major throughout; a row may be wider than its matrix, and kernels work
 * on whole vectors: N is rounded up to LANES, so rows are padded.  Every
 * element is computed alike wherever it lies: one multiply-add at a time in
 * the order of k.
 */

#ifndef MODEL_ENGINE_KERNELS_H
#define MODEL_ENGINE_KERNELS_H

#include <stdbool.h>

#include "model/engine/vector.h"

/* What a sum starts from: zero, what C holds, or a row of biases. */
enum start { START_ZERO, START_ADD, START_BIAS };

/* C[m][n] = start + A[m][k] B[k][n]. */
struct product {
    size_t m, n, k;
    const real *a;
    size_t a_row, a_column; /* steps in A; 1 and the row for a transpose */
    const real *b;
    size_t b_row; /* 0: B was packed into panels */
    real *c;
    size_t c_row;
    enum start start;
    const real *bias; /* [n] */
};
void X(product)(const struct product *product);

/* W times COLUMN and ROW steps, [k][n], into panels: k * n rounded up. */
void X(pack)(const real *w, size_t row_step, size_t column_step, size_t k,
             size_t n, real *panels);

/* COUNT rounded up to whole vectors. */
static inline size_t padded(size_t count)
{
    return (count + LANES - 1) / LANES * LANES;
}

/* sum[n] += the rows of x[rows][n]. */
void X(add_rows)(size_t rows, size_t n, const real *x, size_t x_row, real *sum);

/* y = max(x, 0), and dx = dy where y > 0, in place; all [count]. */
void X(rectify)(size_t count, real *y);
void X(rectify_backward)(size_t count, const real *y, real *dy);

/* y += x */
void X(add)(size_t count, const real *x, real *y);

/* Layer norm over the first SIZE of WIDTH padded columns. */
struct norm {
    size_t size, width;
    real epsilon;
    const real *gain, *shift; /* [width], zero beyond size */
};

/* STATISTICS [rows][2]: mean and reciprocal deviation of each row. */
void X(norm_forward)(const struct norm *norm, size_t rows, const real *x,
                     real *y, real *statistics);

/* dx = (ADD: dx +) the derivative by x; adds to dgain, dshift. */
void X(norm_backward)(const struct norm *norm, size_t rows, const real *x,
                      const real *statistics, const real *dy, bool add,
                      real *dx, real *dgain, real *dshift);

#endif

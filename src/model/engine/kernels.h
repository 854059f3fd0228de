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

/* Every engine has functions of its own under these names. */
#define multiply          X(multiply)
#define library_product   X(library_product)
#define matrix_transpose  X(matrix_transpose)
#define add_rows          X(add_rows)
#define rectify           X(rectify)
#define rectify_backward  X(rectify_backward)
#define saturate          X(saturate)
#define saturate_backward X(saturate_backward)
#define add_reals         X(add_reals)
#define norm_forward      X(norm_forward)
#define norm_backward     X(norm_backward)

/* What a sum starts from: zero, what C holds, or a row of biases. */
enum start { START_ZERO, START_ADD, START_BIAS };

/* C[m][n] = start + A[m][k] B[k][n]. */
struct product {
    size_t m, n, k;
    const real *a;
    size_t a_row, a_column; /* steps in A; 1 and the row for a transpose */
    const real *b;
    size_t b_row;
    real *c;
    size_t c_row;
    enum start start;
    const real *bias; /* [n] */
};
void multiply(const struct product *product);

/* A kernel of libxsmm's for one shape: C += A B, arguments B, A, C.  Tiles are
 * measured against it; they gain on it where operands are not at hand. */
typedef void compiled(const real *b, const real *a, real *c, ...);

/* That of exactly this shape, or NULL. */
compiled *library_product(const struct product *shape);

/* to[columns][rows] = from[rows][columns], transposed. */
void matrix_transpose(size_t rows, size_t columns, const real *from, real *to,
                      size_t to_row);

/* COUNT rounded up to whole vectors. */
static inline size_t padded(size_t count)
{
    return (count + LANES - 1) / LANES * LANES;
}

/* sum[n] += the rows of x[rows][n]. */
void add_rows(size_t rows, size_t n, const real *x, size_t x_row, real *sum);

/* In place: y = max(y, 0), and dy = 0 where y is not positive.  These take
 * whole vectors: COUNT is a multiple of LANES. */
void rectify(size_t count, real *y);
void rectify_backward(size_t count, const real *y, real *dy);

/* In place: y = tanh(y), and dy *= 1 - y^2. */
void saturate(size_t count, real *y);
void saturate_backward(size_t count, const real *y, real *dy);

/* y += x */
void add_reals(size_t count, const real *x, real *y);

/* Layer norm over the first SIZE of WIDTH padded columns. */
struct norm {
    size_t size, width;
    real epsilon;
    const real *gain, *shift; /* [width], zero beyond size */
};

/* STATISTICS [rows][2]: mean and reciprocal deviation of each row. */
void norm_forward(const struct norm *norm, size_t rows, const real *x, real *y,
                  real *statistics);

/* dx = (ADD: dx +) the derivative by x; adds to dgain, dshift. */
void norm_backward(const struct norm *norm, size_t rows, const real *x,
                   const real *statistics, const real *dy, bool add, real *dx,
                   real *dgain, real *dshift);

#endif

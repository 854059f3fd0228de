/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "model/engine/kernels.h"

#include <math.h>
#if HAVE_LIBXSMM && defined(__FMA__)
#include <libxsmm.h>
#endif

#include "base/memory.h"

/* Vectors side by side in a tile, at most. */
#define WIDEST 4

/*
 * The tile of C at (row, column) with ROWS x VECTORS sums held in registers.
 * Both are constants wherever this is inlined; where A_ROW is one too the
 * addresses of the rows need no registers.
 */
INLINE void tile(const struct product *p, size_t row, size_t column,
                 size_t rows, size_t vectors, size_t a_row)
{
    const real *a = p->a + row * a_row, *b = p->b + column;
    real *c = p->c + row * p->c_row + column;
    size_t a_column = p->a_column, b_row = p->b_row;
    vector sum[24][WIDEST];

#pragma GCC unroll 24
    for (size_t i = 0; i < rows; i++)
#pragma GCC unroll 4
        for (size_t j = 0; j < vectors; j++)
            sum[i][j] = (vector){ 0 };
    if (p->start != START_ZERO) {
        bool add = p->start == START_ADD;
        const real *from = add ? c : p->bias + column;
        size_t from_row = add ? p->c_row : 0;

#pragma GCC unroll 24
        for (size_t i = 0; i < rows; i++, from += from_row)
#pragma GCC unroll 4
            for (size_t j = 0; j < vectors; j++)
                sum[i][j] = vector_load(from + j * LANES);
    }
    for (size_t k = p->k; k > 0; k--) {
        vector line[WIDEST];

#pragma GCC unroll 4
        for (size_t j = 0; j < vectors; j++)
            line[j] = vector_load(b + j * LANES);
#pragma GCC unroll 24
        for (size_t i = 0; i < rows; i++) {
            vector x = vector_all(a[i * a_row]);

#pragma GCC unroll 4
            for (size_t j = 0; j < vectors; j++)
                sum[i][j] = vector_fma(x, line[j], sum[i][j]);
        }
        a += a_column;
        b += b_row;
    }
#pragma GCC unroll 24
    for (size_t i = 0; i < rows; i++, c += p->c_row)
#pragma GCC unroll 4
        for (size_t j = 0; j < vectors; j++)
            vector_store(c + j * LANES, sum[i][j]);
}

typedef void tile_kernel(const struct product *p, size_t row, size_t column);

/* How far the rows of A lie apart: that far, next to each other as in a
 * transposed A, or a vector as in the weights of attention. */
enum spacing { SPACING_ANY, SPACING_ONE, SPACING_VECTOR, SPACINGS };

#define TILE_SPACED(name, rows, vectors, a_row)                                \
    static void name##_##rows##_##vectors(const struct product *p, size_t row, \
                                          size_t column)                       \
    {                                                                          \
        tile(p, row, column, rows, vectors, a_row);                            \
    }

#define TILE(rows, vectors)                   \
    TILE_SPACED(any, rows, vectors, p->a_row) \
    TILE_SPACED(one, rows, vectors, 1)        \
    TILE_SPACED(vector, rows, vectors, LANES)

#define HEIGHT(rows, vectors)                               \
    {                                                       \
        rows,                                               \
        {                                                   \
            any_##rows##_##vectors, one_##rows##_##vectors, \
                vector_##rows##_##vectors                   \
        }                                                   \
    }

/* Heights by width, tallest first; as many sums as the registers hold. */
struct height {
    size_t rows;
    tile_kernel *kernels[SPACINGS];
};

/* clang-format off */
#if VECTOR_BYTES == 64
TILE(24, 1) TILE(16, 1) TILE(12, 1) TILE(8, 1) TILE(4, 1) TILE(2, 1)
TILE(1, 1)
TILE(12, 2) TILE(8, 2) TILE(4, 2) TILE(2, 2) TILE(1, 2)
TILE(8, 3) TILE(4, 3) TILE(2, 3) TILE(1, 3)
TILE(6, 4) TILE(4, 4) TILE(2, 4) TILE(1, 4)
static const struct height heights[WIDEST][7] = {
    { HEIGHT(24, 1), HEIGHT(16, 1), HEIGHT(12, 1), HEIGHT(8, 1),
      HEIGHT(4, 1), HEIGHT(2, 1), HEIGHT(1, 1) },
    { HEIGHT(12, 2), HEIGHT(8, 2), HEIGHT(4, 2), HEIGHT(2, 2), HEIGHT(1, 2) },
    { HEIGHT(8, 3), HEIGHT(4, 3), HEIGHT(2, 3), HEIGHT(1, 3) },
    { HEIGHT(6, 4), HEIGHT(4, 4), HEIGHT(2, 4), HEIGHT(1, 4) },
};
#else
TILE(12, 1) TILE(8, 1) TILE(4, 1) TILE(2, 1) TILE(1, 1)
TILE(6, 2) TILE(4, 2) TILE(2, 2) TILE(1, 2)
TILE(4, 3) TILE(2, 3) TILE(1, 3)
TILE(3, 4) TILE(2, 4) TILE(1, 4)
static const struct height heights[WIDEST][7] = {
    { HEIGHT(12, 1), HEIGHT(8, 1), HEIGHT(4, 1), HEIGHT(2, 1), HEIGHT(1, 1) },
    { HEIGHT(6, 2), HEIGHT(4, 2), HEIGHT(2, 2), HEIGHT(1, 2) },
    { HEIGHT(4, 3), HEIGHT(2, 3), HEIGHT(1, 3) },
    { HEIGHT(3, 4), HEIGHT(2, 4), HEIGHT(1, 4) },
};
#endif
/* clang-format on */

/* Rows farther apart than constants tell: more of them than this would
 * have no registers for their addresses. */
#define SPACED_ROWS 12

/* How many of LEFT vectors the next column of tiles takes: even shares at
 * the end. */
static size_t tile_width(size_t left)
{
    return left == 5 || left == 6 ? 3 : left < WIDEST ? left : WIDEST;
}

/* Asks for ROWS of COLUMNS reals, to wait in the core's second cache; some
 * may lie beyond the matrix, nothing is read.  It and its caller are inline
 * since GCC takes a function that only asks for one that does nothing, and
 * drops the call. */
INLINE void fetch(const real *at, size_t row, size_t rows, size_t columns)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j += CACHE_LINE / sizeof(real))
            __builtin_prefetch(at + i * row + j, 0, 2);
}

/* While the tile of ROWS x COLUMNS at (row, column) is computed: the next
 * tile of C, and this one's share of the next columns of B. */
INLINE void look_ahead(const struct product *p, size_t row, size_t rows,
                       size_t column, size_t columns)
{
    size_t below = row + rows, beside = column + columns;
    size_t first = p->k * row / p->m, end = p->k * below / p->m;

    if (below < p->m)
        fetch(p->c + below * p->c_row + column, p->c_row, rows, columns);
    if (beside >= p->n)
        return;
    if (below == p->m)
        fetch(p->c + beside, p->c_row, rows, columns);
    fetch(p->b + first * p->b_row + beside, p->b_row, end - first, columns);
}

void multiply(const struct product *p)
{
    size_t vectors = padded(p->n) / LANES, width;
    enum spacing spacing = p->a_row == 1       ? SPACING_ONE
                           : p->a_row == LANES ? SPACING_VECTOR
                                               : SPACING_ANY;

    for (size_t j = 0; j < vectors; j += width) {
        const struct height *height;
        size_t row = 0;

        width = tile_width(vectors - j);
        height = heights[width - 1];
        while (row < p->m)
            if (height->rows > p->m - row ||
                (height->rows > SPACED_ROWS && spacing == SPACING_ANY)) {
                height++;
            } else {
                if (width == WIDEST)
                    look_ahead(p, row, height->rows, j * LANES, width * LANES);
                height->kernels[spacing](p, row, j * LANES);
                row += height->rows;
            }
    }
}

#if HAVE_LIBXSMM && defined(__FMA__)
/* libxsmm counts columns first: its first matrix is our B, its m our n. */
compiled *library_product(const struct product *p)
{
    bool transposed = p->a_row == 1;
    int flags = transposed ? LIBXSMM_GEMM_FLAG_TRANS_B : 0;
    int a = (int)(transposed ? p->a_column : p->a_row);
    int b = (int)p->b_row, c = (int)p->c_row;
    int m = (int)p->m, n = (int)p->n, k = (int)p->k;
    real one = 1;

#ifdef REAL_IS_FLOAT
    return libxsmm_smmdispatch(n, m, k, &b, &a, &c, &one, &one, &flags, NULL);
#else
    return libxsmm_dmmdispatch(n, m, k, &b, &a, &c, &one, &one, &flags, NULL);
#endif
}
#else
compiled *library_product(const struct product *shape)
{
    (void)shape;
    return NULL;
}
#endif

void matrix_transpose(size_t rows, size_t columns, const real *from, real *to,
                      size_t to_row)
{
    for (size_t i = 0; i < rows; i += LANES)
        for (size_t j = 0; j < columns; j += LANES) {
            vector v[LANES];

            for (size_t r = 0; r < LANES; r++)
                v[r] = vector_load(from + (i + r) * columns + j);
            vector_transpose(v);
            for (size_t r = 0; r < LANES; r++)
                vector_store(to + (j + r) * to_row + i, v[r]);
        }
}

void add_rows(size_t rows, size_t n, const real *x, size_t x_row, real *sum)
{
    for (size_t j = 0; j < n; j += LANES) {
        vector s = vector_load(sum + j);

        for (size_t i = 0; i < rows; i++)
            s += vector_load(x + i * x_row + j);
        vector_store(sum + j, s);
    }
}

void rectify(size_t count, real *y)
{
    for (size_t i = 0; i < count; i += LANES)
        vector_store(y + i, vector_max(vector_load(y + i), (vector){ 0 }));
}

void rectify_backward(size_t count, const real *y, real *dy)
{
    for (size_t i = 0; i < count; i += LANES) {
        wholes live = vector_load(y + i) > 0;

        vector_store(dy + i, (vector)(live & (wholes)vector_load(dy + i)));
    }
}

void saturate(size_t count, real *y)
{
    for (size_t i = 0; i < count; i++)
        y[i] = (real)tanh((double)y[i]);
}

void saturate_backward(size_t count, const real *y, real *dy)
{
    for (size_t i = 0; i < count; i += LANES) {
        vector h = vector_load(y + i);

        vector_store(dy + i, vector_load(dy + i) * (1 - h * h));
    }
}

void add_reals(size_t count, const real *x, real *y)
{
    for (size_t i = 0; i < count; i += LANES)
        vector_store(y + i, vector_load(y + i) + vector_load(x + i));
}

/* The vector at COLUMN less MEAN, zero in the padding. */
INLINE vector centred(const struct norm *norm, const real *x, size_t column,
                      real mean)
{
    vector v = vector_load(x + column) - mean;

    if (column + LANES <= norm->size)
        return v;
    return (vector)((vector_lanes() < (whole)(norm->size - column)) &
                    (wholes)v);
}

void norm_forward(const struct norm *norm, size_t rows, const real *x, real *y,
                  real *statistics)
{
    real share = 1 / (real)norm->size;

    for (size_t r = 0; r < rows; r++, x += norm->width, y += norm->width) {
        vector sum = { 0 }, squares = { 0 };
        real mean, scale;

        for (size_t i = 0; i < norm->width; i += LANES)
            sum += vector_load(x + i);
        mean = vector_sum(sum) * share;
        for (size_t i = 0; i < norm->width; i += LANES) {
            vector v = centred(norm, x, i, mean);

            squares += v * v;
        }
        scale = 1 / (real)sqrt(
                        (double)(vector_sum(squares) * share + norm->epsilon));
        for (size_t i = 0; i < norm->width; i += LANES)
            vector_store(y + i, centred(norm, x, i, mean) * scale *
                                        vector_load(norm->gain + i) +
                                    vector_load(norm->shift + i));
        statistics[2 * r] = mean;
        statistics[2 * r + 1] = scale;
    }
}

void norm_backward(const struct norm *norm, size_t rows, const real *x,
                   const real *statistics, const real *dy, bool add, real *dx,
                   real *dgain, real *dshift)
{
    size_t width = norm->width;
    real share = 1 / (real)norm->size;

    for (size_t r = 0; r < rows; r++, x += width, dy += width, dx += width) {
        real mean = statistics[2 * r], scale = statistics[2 * r + 1];
        vector sum = { 0 }, along = { 0 };

        for (size_t i = 0; i < width; i += LANES) {
            vector unit = centred(norm, x, i, mean) * scale;
            vector d = vector_load(dy + i);

            vector_store(dgain + i, vector_load(dgain + i) + d * unit);
            vector_store(dshift + i, vector_load(dshift + i) + d);
            d *= vector_load(norm->gain + i);
            sum += d;
            along += d * unit;
        }
        real flat = vector_sum(sum) * share;
        real steep = vector_sum(along) * share;

        for (size_t i = 0; i < width; i += LANES) {
            vector unit = centred(norm, x, i, mean) * scale;
            vector d = vector_load(dy + i) * vector_load(norm->gain + i);
            vector result = (d - flat - unit * steep) * scale;

            if (add)
                result += vector_load(dx + i);
            vector_store(dx + i, result);
        }
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "model/engine/kernels.h"

#include <math.h>

#define INLINE static inline __attribute__((always_inline))

/* Vectors side by side in a tile, at most; the width of a panel of B. */
#define WIDEST 4

/*
 * The tile of C at (row, column) with ROWS x VECTORS sums held in registers;
 * both are constants wherever this is inlined.
 */
INLINE void tile(const struct product *p, size_t row, size_t column,
                 const real *b, size_t b_row, size_t rows, size_t vectors)
{
    const real *a = p->a + row * p->a_row;
    real *c = p->c + row * p->c_row + column;
    size_t a_row = p->a_row, a_column = p->a_column, c_row = p->c_row;
    vector sum[24][WIDEST];

#pragma GCC unroll 24
    for (size_t i = 0; i < rows; i++)
#pragma GCC unroll 4
        for (size_t j = 0; j < vectors; j++)
            sum[i][j] = (vector){ 0 };
    if (p->start != START_ZERO) {
        const real *from = p->start == START_ADD ? c : p->bias + column;
        size_t from_row = p->start == START_ADD ? c_row : 0;

#pragma GCC unroll 24
        for (size_t i = 0; i < rows; i++)
#pragma GCC unroll 4
            for (size_t j = 0; j < vectors; j++)
                sum[i][j] = vector_load(from + i * from_row + j * LANES);
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
    for (size_t i = 0; i < rows; i++)
#pragma GCC unroll 4
        for (size_t j = 0; j < vectors; j++)
            vector_store(c + i * c_row + j * LANES, sum[i][j]);
}

typedef void tile_kernel(const struct product *p, size_t row, size_t column,
                         const real *b, size_t b_row);

#define TILE(rows, vectors)                                                  \
    static void tile_##rows##_##vectors(const struct product *p, size_t row, \
                                        size_t column, const real *b,        \
                                        size_t b_row)                        \
    {                                                                        \
        tile(p, row, column, b, b_row, rows, vectors);                       \
    }

/* Heights by width, tallest first; as many sums as the registers hold. */
struct height {
    size_t rows;
    tile_kernel *kernel;
};

/* clang-format off */
#if VECTOR_BYTES == 64
TILE(24, 1) TILE(16, 1) TILE(8, 1) TILE(4, 1) TILE(2, 1) TILE(1, 1)
TILE(12, 2) TILE(8, 2) TILE(4, 2) TILE(2, 2) TILE(1, 2)
TILE(8, 3) TILE(4, 3) TILE(2, 3) TILE(1, 3)
TILE(6, 4) TILE(4, 4) TILE(2, 4) TILE(1, 4)
static const struct height heights[WIDEST][6] = {
    { { 24, tile_24_1 }, { 16, tile_16_1 }, { 8, tile_8_1 },
      { 4, tile_4_1 }, { 2, tile_2_1 }, { 1, tile_1_1 } },
    { { 12, tile_12_2 }, { 8, tile_8_2 }, { 4, tile_4_2 }, { 2, tile_2_2 },
      { 1, tile_1_2 } },
    { { 8, tile_8_3 }, { 4, tile_4_3 }, { 2, tile_2_3 }, { 1, tile_1_3 } },
    { { 6, tile_6_4 }, { 4, tile_4_4 }, { 2, tile_2_4 }, { 1, tile_1_4 } },
};
#else
TILE(12, 1) TILE(8, 1) TILE(4, 1) TILE(2, 1) TILE(1, 1)
TILE(6, 2) TILE(4, 2) TILE(2, 2) TILE(1, 2)
TILE(4, 3) TILE(2, 3) TILE(1, 3)
TILE(3, 4) TILE(2, 4) TILE(1, 4)
static const struct height heights[WIDEST][6] = {
    { { 12, tile_12_1 }, { 8, tile_8_1 }, { 4, tile_4_1 }, { 2, tile_2_1 },
      { 1, tile_1_1 } },
    { { 6, tile_6_2 }, { 4, tile_4_2 }, { 2, tile_2_2 }, { 1, tile_1_2 } },
    { { 4, tile_4_3 }, { 2, tile_2_3 }, { 1, tile_1_3 } },
    { { 3, tile_3_4 }, { 2, tile_2_4 }, { 1, tile_1_4 } },
};
#endif
/* clang-format on */

/* How many of LEFT vectors the next panel takes: even shares at the end. */
static size_t panel_width(size_t left)
{
    return left == 5 || left == 6 ? 3 : left < WIDEST ? left : WIDEST;
}

void X(product)(const struct product *p)
{
    size_t vectors = padded(p->n) / LANES, width;

    for (size_t j = 0; j < vectors; j += width) {
        const real *b = p->b + j * LANES * (p->b_row == 0 ? p->k : 1);
        const struct height *height;
        size_t row = 0;

        width = panel_width(vectors - j);
        height = heights[width - 1];
        while (row < p->m)
            if (height->rows > p->m - row) {
                height++;
            } else {
                height->kernel(p, row, j * LANES, b,
                               p->b_row == 0 ? width * LANES : p->b_row);
                row += height->rows;
            }
    }
}

void X(pack)(const real *w, size_t row_step, size_t column_step, size_t k,
             size_t n, real *panels)
{
    size_t vectors = padded(n) / LANES, width;

    for (size_t v = 0; v < vectors; v += width) {
        width = panel_width(vectors - v);
        for (size_t i = 0; i < k; i++)
            for (size_t j = v * LANES; j < (v + width) * LANES; j++)
                *panels++ = j < n ? w[i * row_step + j * column_step] : 0;
    }
}

void X(add_rows)(size_t rows, size_t n, const real *x, size_t x_row, real *sum)
{
    for (size_t j = 0; j < n; j += LANES) {
        vector s = vector_load(sum + j);

        for (size_t i = 0; i < rows; i++)
            s += vector_load(x + i * x_row + j);
        vector_store(sum + j, s);
    }
}

void X(rectify)(size_t count, real *y)
{
    for (size_t i = 0; i < count; i++)
        y[i] = y[i] > 0 ? y[i] : 0;
}

void X(rectify_backward)(size_t count, const real *y, real *dy)
{
    for (size_t i = 0; i < count; i++)
        dy[i] = y[i] > 0 ? dy[i] : 0;
}

void X(add)(size_t count, const real *x, real *y)
{
    for (size_t i = 0; i < count; i++)
        y[i] += x[i];
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

void X(norm_forward)(const struct norm *norm, size_t rows, const real *x,
                     real *y, real *statistics)
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

void X(norm_backward)(const struct norm *norm, size_t rows, const real *x,
                      const real *statistics, const real *dy, bool add,
                      real *dx, real *dgain, real *dshift)
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

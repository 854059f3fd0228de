/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "model/engine/kernels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#if HAVE_LIBXSMM && defined(__FMA__)
#include <libxsmm.h>
#endif

#include "base/memory.h"

/* Vectors side by side in a tile, at most. */
#define WIDEST 4

/* What a compiled kernel takes at once of a plain and a transposed A. */
#define COMPILED_ROWS  48
#define COMPILED_TERMS 64

/* From a map of so many weights on libxsmm's kernels were found as fast as
 * tiles; on smaller ones they lose by touching C more than once. */
#define WORTHWHILE ((size_t)256 * 512)

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

static bool is_transposed(const struct product *p)
{
    return p->a_row == 1;
}

static void product_by_tiles(const struct product *p)
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
                height->kernels[spacing](p, row, j * LANES);
                row += height->rows;
            }
    }
}

/* Fills ROWS of C with what the sums start from. */
static void begin(const struct product *p, size_t rows)
{
    if (p->start == START_ADD)
        return;
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < p->n; j++)
            p->c[i * p->c_row + j] = p->start == START_BIAS ? p->bias[j] : 0;
}

/* Blocks of rows of A by the compiled kernel, the rest by tiles. */
static void product_plain(struct product p)
{
    for (; p.m >= COMPILED_ROWS; p.m -= COMPILED_ROWS) {
        begin(&p, COMPILED_ROWS);
        p.compiled(p.b, p.a, p.c);
        p.a += COMPILED_ROWS * p.a_row;
        p.c += COMPILED_ROWS * p.c_row;
    }
    product_by_tiles(&p);
}

/* Blocks of the sums' terms by the compiled kernel, the rest by tiles. */
static void product_transposed(struct product p)
{
    if (p.k >= COMPILED_TERMS) {
        begin(&p, p.m);
        p.start = START_ADD;
    }
    for (; p.k >= COMPILED_TERMS; p.k -= COMPILED_TERMS) {
        p.compiled(p.b, p.a, p.c);
        p.a += COMPILED_TERMS * p.a_column;
        p.b += COMPILED_TERMS * p.b_row;
    }
    if (p.k > 0 || p.start != START_ADD)
        product_by_tiles(&p);
}

void multiply(const struct product *p)
{
    if (p->compiled == NULL)
        product_by_tiles(p);
    else if (is_transposed(p))
        product_transposed(*p);
    else
        product_plain(*p);
}

#if HAVE_LIBXSMM && defined(__FMA__) /* its kernels fuse, tiles must too */
/* libxsmm counts columns first: its first matrix is our B, its m our n. */
compiled *library_product(const struct product *p)
{
    int flags = is_transposed(p) ? LIBXSMM_GEMM_FLAG_TRANS_B : 0;
    int a = (int)(is_transposed(p) ? p->a_column : p->a_row);
    int b = (int)p->b_row, c = (int)p->c_row;
    int m = (int)p->m, n = (int)p->n, k = (int)p->k;
    real one = 1;

#ifdef REAL_IS_FLOAT
    return libxsmm_smmdispatch(n, m, k, &b, &a, &c, &one, &one, &flags, NULL);
#else
    return libxsmm_dmmdispatch(n, m, k, &b, &a, &c, &one, &one, &flags, NULL);
#endif
}

/* Numbers of full precision, so that every rounding shows. */
static real *jumble(size_t count)
{
    real *numbers = memory_new_aligned(count, sizeof(real));
    uint64_t state = 1;

    for (size_t i = 0; i < count; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        numbers[i] = (real)((double)(state >> 11) * 0x1p-52 - 1);
    }
    return numbers;
}

/* For small n libxsmm splits sums; such kernels would give a row other bits
 * than the tiles that compute its neighbours. */
static bool agrees_with_tiles(struct product p)
{
    size_t rows = is_transposed(&p) ? p.k : p.m;
    size_t size = p.m * p.c_row;
    real *a = jumble(rows * (is_transposed(&p) ? p.a_column : p.a_row));
    real *b = jumble(p.k * p.b_row);
    real *tiles = jumble(size), *kernel = jumble(size);
    bool agrees;

    p.a = a;
    p.b = b;
    p.c = tiles;
    p.start = START_ADD;
    product_by_tiles(&p);
    p.compiled(b, a, kernel);
    agrees = memcmp(tiles, kernel, size * sizeof(real)) == 0;
    free(a);
    free(b);
    free(tiles);
    free(kernel);
    return agrees;
}

compiled *compile_product(const struct product *shape)
{
    struct product p = *shape;

    if (p.n * (is_transposed(&p) ? p.m : p.k) < WORTHWHILE)
        return NULL;
    if (is_transposed(&p))
        p.k = COMPILED_TERMS;
    else
        p.m = COMPILED_ROWS;
    p.compiled = library_product(&p);
    return p.compiled != NULL && agrees_with_tiles(p) ? p.compiled : NULL;
}
#else
compiled *library_product(const struct product *shape)
{
    (void)shape;
    return NULL;
}

compiled *compile_product(const struct product *shape)
{
    (void)shape;
    return NULL;
}
#endif

void matrix_transpose(size_t rows, size_t columns, const real *from, real *to)
{
    for (size_t i = 0; i < rows; i += LANES)
        for (size_t j = 0; j < columns; j += LANES) {
            vector v[LANES];

            for (size_t r = 0; r < LANES; r++)
                v[r] = vector_load(from + (i + r) * columns + j);
            vector_transpose(v);
            for (size_t r = 0; r < LANES; r++)
                vector_store(to + (j + r) * rows + i, v[r]);
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

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "saturation/plane.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Eight doubles at once in GCC's vector extension; the compiler makes of a
 * loop one version for each instruction set, chosen when the program starts.
 */
enum { LANES = 8 };
typedef double lanes __attribute__((vector_size(64), may_alias));
typedef int64_t bits __attribute__((vector_size(64), may_alias));

#ifdef __x86_64__
#define VERSIONS __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define VERSIONS
#endif

#define AT(p)        (*(lanes *)(p))
#define FROM(p)      (*(const lanes *)(p))
#define MAGNITUDE(x) ((lanes)((bits)(x)&INT64_MAX))

/* Lanes on their way to be summed. */
#define PARTS(name) double name[LANES] __attribute__((aligned(64)))

size_t plane_padded(size_t n)
{
    return (n + LANES - 1) / LANES * LANES;
}

size_t plane_size(size_t width)
{
    return 2 * width + LANES;
}

/* The two numbers about the whole plane. */
static double *norm_of(size_t width, double *x)
{
    return x + 2 * width;
}

static double *radius_of(size_t width, double *x)
{
    return x + 2 * width + 1;
}

static double norm(size_t width, const double *x)
{
    return x[2 * width];
}

double plane_radius(size_t width, const double *x)
{
    return x[2 * width + 1];
}

static double sum(const double *x)
{
    return ((x[0] + x[4]) + (x[2] + x[6])) + ((x[1] + x[5]) + (x[3] + x[7]));
}

/* The 2-norm from sums of squares, of which tiny ones are lost. */
static double root(const double *squares)
{
    return sqrt(sum(squares) + DBL_MIN);
}

/* The smaller, or the other where one is not a number. */
static double least(double a, double b)
{
    return b < a || isnan(a) ? b : a;
}

struct ball plane_ball(size_t width, const double *x, size_t i)
{
    return (struct ball){ x[i], least(x[width + i], plane_radius(width, x)) };
}

VERSIONS void plane_add(size_t width, const double *a, double *x)
{
    lanes squares = { 0 };
    PARTS(parts);

    for (size_t i = 0; i < width; i += LANES) {
        lanes y = AT(x + i) + FROM(a + i);

        AT(x + i) = y;
        AT(x + width + i) += FROM(a + width + i) + PLANE_UNIT * MAGNITUDE(y);
        squares += y * y;
    }
    AT(parts) = squares;
    *norm_of(width, x) = root(parts);
    *radius_of(width, x) +=
        plane_radius(width, a) + PLANE_UNIT * norm(width, x);
}

VERSIONS void plane_add_term(size_t width, const double *term, double error,
                             double *x)
{
    lanes squares = { 0 }, terms = { 0 };
    PARTS(parts);

    for (size_t i = 0; i < width; i += LANES) {
        lanes t = FROM(term + i), y = AT(x + i) + t;

        AT(x + i) = y;
        AT(x + width + i) += error * MAGNITUDE(t) + PLANE_UNIT * MAGNITUDE(y);
        squares += y * y;
        terms += t * t;
    }
    AT(parts) = squares;
    *norm_of(width, x) = root(parts);
    AT(parts) = terms;
    *radius_of(width, x) += error * root(parts) + PLANE_UNIT * norm(width, x);
}

VERSIONS void plane_gain(size_t width, const double *gain, double largest,
                         double error, double *x)
{
    lanes squares = { 0 };
    PARTS(parts);

    for (size_t i = 0; i < width; i += LANES) {
        lanes g = FROM(gain + i), y = AT(x + i) * g;

        AT(x + i) = y;
        AT(x + width + i) = AT(x + width + i) * MAGNITUDE(g) * (1 + error) +
                            (error + PLANE_UNIT) * MAGNITUDE(y);
        squares += y * y;
    }
    AT(parts) = squares;
    *norm_of(width, x) = root(parts);
    *radius_of(width, x) = plane_radius(width, x) * largest * (1 + error) +
                           (error + PLANE_UNIT) * norm(width, x);
}

VERSIONS void plane_add_product(size_t width, struct ball factor,
                                const double *a, double *x)
{
    double size = fabs(factor.value) + factor.bound;
    lanes squares = { 0 };
    PARTS(parts);

    for (size_t i = 0; i < width; i += LANES) {
        lanes p = factor.value * FROM(a + i), y = AT(x + i) + p;

        AT(x + i) = y;
        AT(x + width + i) += size * FROM(a + width + i) +
                             factor.bound * MAGNITUDE(FROM(a + i)) +
                             PLANE_UNIT * (MAGNITUDE(p) + MAGNITUDE(y));
        squares += y * y;
    }
    AT(parts) = squares;
    *norm_of(width, x) = root(parts);
    *radius_of(width, x) +=
        size * plane_radius(width, a) +
        (factor.bound + PLANE_UNIT * size) * norm(width, a) +
        PLANE_UNIT * norm(width, x);
}

VERSIONS void plane_mix(size_t width, struct ball weight, const double *a,
                        const double *origin, double *x)
{
    double size = fabs(weight.value) + weight.bound, far;
    lanes squares = { 0 }, differences = { 0 };
    PARTS(parts);

    for (size_t i = 0; i < width; i += LANES) {
        lanes difference = FROM(a + i) - FROM(origin + i);
        lanes p = weight.value * difference, y = AT(x + i) + p;

        AT(x + i) = y;
        AT(x + width + i) +=
            size * FROM(a + width + i) +
            weight.bound * (MAGNITUDE(difference) + FROM(origin + width + i)) +
            PLANE_UNIT * (2 * MAGNITUDE(p) + MAGNITUDE(y));
        squares += y * y;
        differences += difference * difference;
    }
    AT(parts) = squares;
    *norm_of(width, x) = root(parts);
    AT(parts) = differences;
    far = root(parts);
    *radius_of(width, x) += size * plane_radius(width, a) +
                            weight.bound * (far + plane_radius(width, origin)) +
                            PLANE_UNIT * (2 * size * far + norm(width, x));
}

VERSIONS void plane_centre(size_t n, size_t width, const double *a, double *x)
{
    double count = (double)n, rounding = (count + 2) * PLANE_UNIT, mean, loose;
    lanes value = { 0 }, bound = { 0 }, squares = { 0 };
    PARTS(parts);

    for (size_t i = 0; i < width; i += LANES) {
        value += FROM(a + i);
        bound += FROM(a + width + i) + rounding * MAGNITUDE(FROM(a + i));
    }
    AT(parts) = value;
    mean = sum(parts) / count;
    AT(parts) = bound;
    loose = sum(parts) / count;
    for (size_t i = 0; i < width; i += LANES) {
        lanes y = FROM(a + i) - mean;

        AT(x + i) = y;
        AT(x + width + i) =
            FROM(a + width + i) + loose + PLANE_UNIT * MAGNITUDE(y);
        squares += y * y;
    }
    for (size_t i = n; i < width; i++)
        x[i] = x[width + i] = 0;
    AT(parts) = squares;
    *norm_of(width, x) = root(parts);
    *radius_of(width, x) = plane_radius(width, a) + rounding * norm(width, a) +
                           PLANE_UNIT * norm(width, x);
}

void plane_tighten(size_t width, double most, double limit, double *x)
{
    double *all = radius_of(width, x);

    *all = least(*all, limit);
    for (size_t i = width; i < 2 * width; i++)
        x[i] = least(x[i], least(*all, most + fabs(x[i - width])));
}

void plane_measure(size_t width, double *x)
{
    double squares = DBL_MIN, errors = 0;

    for (size_t i = 0; i < width; i++) {
        squares += x[i] * x[i];
        errors += x[width + i] * x[width + i];
    }
    *norm_of(width, x) = sqrt(squares) * PLANE_SLACK;
    *radius_of(width, x) = sqrt(errors + (errors > 0 ? DBL_MIN : 0));
}

void plane_trust(size_t width, double *x)
{
    memset(x + width, 0, width * sizeof(*x));
    *radius_of(width, x) = 0;
}

VERSIONS struct ball plane_dot(size_t width, const double *a, const double *b)
{
    double rounding = ((double)width + 2) * PLANE_UNIT;
    double x = norm(width, a), y = norm(width, b);
    double whole = x * plane_radius(width, b) + plane_radius(width, a) * y +
                   plane_radius(width, a) * plane_radius(width, b) +
                   rounding * x * y;
    lanes value = { 0 }, bound = { 0 };
    PARTS(values);
    PARTS(bounds);

    for (size_t i = 0; i < width; i += LANES) {
        lanes p = MAGNITUDE(FROM(a + i)), q = MAGNITUDE(FROM(b + i));
        lanes loose = FROM(b + width + i);

        value += FROM(a + i) * FROM(b + i);
        bound += FROM(a + width + i) * (q + loose) + p * (loose + rounding * q);
    }
    AT(values) = value;
    AT(bounds) = bound;
    return (struct ball){ sum(values), least(sum(bounds), whole) };
}

/* slack[i]: what input i may be off, with the parameters' error and the
 * rounding of a sum of that many terms in RELATIVE. */
VERSIONS static void find_slack(double relative, size_t width, const double *x,
                                double *slack)
{
    for (size_t i = 0; i < width; i += LANES) {
        lanes bound = FROM(x + width + i);

        AT(slack + i) = bound + relative * (MAGNITUDE(FROM(x + i)) + bound);
    }
}

/* Four planes times eight outputs: as many chains as hide a sum's latency. */
VERSIONS static void linear_four(const struct matrix *matrix, size_t width,
                                 const double *const *x, const double *slack,
                                 double *const *y)
{
    size_t stride = matrix->stride;

    for (size_t o = 0; o < stride; o += LANES) {
        const double *w = matrix->weights + o;
        lanes a = { 0 }, b = { 0 }, c = { 0 }, d = { 0 };
        lanes e = { 0 }, f = { 0 }, g = { 0 }, h = { 0 };

        for (size_t i = 0; i < matrix->inputs; i++, w += stride) {
            lanes value = FROM(w), size = MAGNITUDE(value);

            a += x[0][i] * value;
            b += x[1][i] * value;
            c += x[2][i] * value;
            d += x[3][i] * value;
            e += slack[i] * size;
            f += slack[width + i] * size;
            g += slack[2 * width + i] * size;
            h += slack[3 * width + i] * size;
        }
        AT(y[0] + o) = a;
        AT(y[1] + o) = b;
        AT(y[2] + o) = c;
        AT(y[3] + o) = d;
        AT(y[0] + stride + o) = e;
        AT(y[1] + stride + o) = f;
        AT(y[2] + stride + o) = g;
        AT(y[3] + stride + o) = h;
    }
}

/* One plane times sixteen outputs, or the last eight twice. */
VERSIONS static void linear_one(const struct matrix *matrix, const double *x,
                                const double *slack, double *y)
{
    size_t stride = matrix->stride;

    for (size_t o = 0; o < stride; o += 2 * LANES) {
        size_t next = o + LANES < stride ? LANES : 0;
        const double *w = matrix->weights + o;
        lanes a = { 0 }, b = { 0 }, c = { 0 }, d = { 0 };

        for (size_t i = 0; i < matrix->inputs; i++, w += stride) {
            lanes first = FROM(w), second = FROM(w + next);

            a += x[i] * first;
            b += x[i] * second;
            c += slack[i] * MAGNITUDE(first);
            d += slack[i] * MAGNITUDE(second);
        }
        AT(y + o) = a;
        AT(y + o + next) = b;
        AT(y + stride + o) = c;
        AT(y + stride + o + next) = d;
    }
}

/* The bounds of y by the norms of x and of the matrix, where smaller.  |y[i]|
 * is off by at most |row i| times what all of x is. */
VERSIONS static void linear_norms(const struct matrix *matrix, double relative,
                                  size_t width, const double *x, double *y)
{
    size_t stride = matrix->stride;
    double error = plane_radius(width, x);
    double rounding = relative * (norm(width, x) + error), whole;
    lanes squares = { 0 }, bounds = { 0 };
    PARTS(parts);

    for (size_t i = 0; i < stride; i += LANES) {
        lanes value = FROM(y + i), bound = FROM(y + stride + i);
        lanes other = FROM(matrix->rows + i) * (error + rounding);
        bits smaller = other < bound;

        bound = (lanes)(((bits)other & smaller) | ((bits)bound & ~smaller));
        AT(y + stride + i) = bound;
        squares += value * value;
        bounds += bound * bound;
    }
    AT(parts) = squares;
    *norm_of(stride, y) = root(parts);
    AT(parts) = bounds;
    whole = matrix->spectral * error + matrix->frobenius * rounding;
    *radius_of(stride, y) = least(whole, root(parts));
}

void plane_linear(const struct matrix *matrix, double error, size_t width,
                  size_t count, const double *const *x, double *scratch,
                  double *const *y)
{
    double relative = error + ((double)matrix->inputs + 2) * PLANE_UNIT;
    size_t p = 0;

    for (size_t i = 0; i < count; i++)
        find_slack(relative, width, x[i], scratch + i * width);
    for (; p + 4 <= count; p += 4)
        linear_four(matrix, width, x + p, scratch + p * width, y + p);
    for (; p < count; p++)
        linear_one(matrix, x[p], scratch + p * width, y[p]);
    for (size_t i = 0; i < count; i++)
        linear_norms(matrix, relative, width, x[i], y[i]);
}

/* square = a a for symmetric a of order N; returns its Frobenius norm. */
static double square(size_t n, const double *a, double *out)
{
    double squares = 0;

    memset(out, 0, n * n * sizeof(*out));
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++)
            for (size_t j = 0; j < n; j++)
                out[i * n + j] += a[i * n + k] * a[k * n + j];
    for (size_t i = 0; i < n * n; i++)
        squares += out[i] * out[i];
    return sqrt(squares);
}

static void divide(size_t n, double factor, double *a)
{
    for (size_t i = 0; i < n; i++)
        a[i] /= factor;
}

/* a = W W^T or W^T W, whichever is smaller; returns its order. */
static size_t gram(const struct matrix *m, double scale, double *a)
{
    bool by_inputs = m->inputs < m->outputs;
    size_t n = by_inputs ? m->inputs : m->outputs;
    size_t terms = by_inputs ? m->outputs : m->inputs;
    size_t step = by_inputs ? m->stride : 1, other = by_inputs ? 1 : m->stride;

    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double dot = 0;

            for (size_t t = 0; t < terms; t++)
                dot += m->weights[i * step + t * other] / scale *
                       (m->weights[j * step + t * other] / scale);
            a[i * n + j] = dot;
        }
    return n;
}

/*
 * The spectral norm from above: for G = W W^T and any k, |W|^2 is at most the
 * 2^k-th root of the Frobenius norm of G^(2^k), and exceeds it by no more
 * than the 2^(k+1)-th root of the order.
 */
static double spectral_norm(const struct matrix *m)
{
    size_t most = m->inputs < m->outputs ? m->inputs : m->outputs;
    int squarings = most <= 64 ? 5 : 3;
    double *a = memory_new(most * most, sizeof(*a));
    double *b = memory_new(most * most, sizeof(*b)), *swap;
    double result = 1, size, power = 1;
    size_t n = gram(m, m->frobenius, a);

    for (int k = 0; k < squarings; k++) {
        size = square(n, a, b);
        divide(n * n, size, b);
        power /= 2;
        result *= pow(size, power);
        swap = a;
        a = b;
        b = swap;
    }
    free(a);
    free(b);
    return fmin(sqrt(result) * (1 + 1e-9), 1) * m->frobenius;
}

void matrix_measure(struct matrix *m)
{
    double squares = 0;

    m->rows = memory_new_aligned(m->stride, sizeof(*m->rows));
    for (size_t o = 0; o < m->outputs; o++) {
        for (size_t i = 0; i < m->inputs; i++)
            m->rows[o] = hypot(m->rows[o], m->weights[i * m->stride + o]);
        squares = hypot(squares, m->rows[o]);
    }
    m->frobenius = squares;
    m->spectral = squares > 0 ? spectral_norm(m) : 0;
}

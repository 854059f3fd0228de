/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The laws of the series: whatever numbers lie within the bounds of what goes
 * in, the true result lies within the bounds of what comes out.  Truth is
 * computed in 113-bit floating point, by other algorithms.
 */

#include "suite.h"

#include <math.h>
#include <string.h>

#include "base/random.h"
#include "oracle.h"
#include "saturation/series.h"

enum { D = 11, OUT = 7, K = 8, TRIALS = 40 };

/* The truth about a vector: coefficient k of feature i, zero where none. */
struct truth {
    quad x[ORDERS_MOST][D];
};

static double uniform(struct stream *stream)
{
    return 2 * stream_uniform(stream) - 1;
}

/*
 * A random series of KNOWN planes with top TOP, and numbers it may stand for,
 * off by up to NOISE.
 */
static void draw(struct stream *stream, int top, size_t known, bool exact,
                 double noise, struct series *x, struct truth *truth)
{
    series_zero(x);
    memset(truth, 0, sizeof(*truth));
    for (size_t k = 0; k < known; k++) {
        double term[16] __attribute__((aligned(64))) = { 0 };

        for (size_t i = 0; i < D; i++) {
            double error = noise * uniform(stream);

            term[i] = uniform(stream);
            truth->x[k][i] = (quad)term[i] * (1 + (quad)error);
        }
        series_add_term(K, top - (int)k, term, noise, x);
    }
    x->exact = exact;
}

/* Every coefficient within its bound, and no bound above MOST. */
static void check(const struct series *x, const struct truth *truth,
                  double most)
{
    for (size_t k = 0; k < x->known; k++) {
        const double *plane = series_plane(x, k);

        for (size_t i = 0; i < x->width; i++) {
            struct ball ball = { 0, 0 };
            double gap;

            if (plane != NULL)
                ball = plane_ball(x->stride, plane, i);
            gap = fabs((double)(truth->x[k][i] - (quad)ball.value));
            ck_assert_msg(gap <= ball.bound * PLANE_SLACK,
                          "plane %zu feature %zu: %g off, bound %g", k, i, gap,
                          ball.bound);
            ck_assert(ball.bound <= most);
        }
    }
}

static struct arithmetic limit(void)
{
    struct arithmetic arithmetic = { .orders = K, .degree = 1 };

    arithmetic_init(&arithmetic, D);
    return arithmetic;
}

/* What bounds may be for inputs of order one that are off by NOISE. */
static double loose(double noise)
{
    return 1e-13 + 1e3 * noise;
}

static const double noises[] = { 0, 1e-15, 1e-9 };

START_TEST(test_add)
{
    struct series x, y;
    struct truth a, b, sum;

    series_init(&x, D, K);
    series_init(&y, D, K);
    for (uint64_t t = 0; t < TRIALS; t++) {
        struct stream stream;
        int top, other;
        size_t n, m;
        bool exact, both;

        stream_init(&stream, t, "test.add", (uint64_t)_i);
        top = (int)stream_below(&stream, 9);
        other = (int)stream_below(&stream, 9);
        n = 1 + stream_below(&stream, 6);
        m = 1 + stream_below(&stream, 6);
        exact = stream_below(&stream, 2);
        both = exact && stream_below(&stream, 2);
        draw(&stream, top, n, exact, noises[_i], &x, &a);
        draw(&stream, other, m, both, noises[_i], &y, &b);
        series_add(K, &y, &x);
        memset(&sum, 0, sizeof(sum));
        ck_assert_int_eq(x.top, top > other ? top : other);
        for (size_t k = 0; k < x.known; k++)
            for (size_t i = 0; i < D; i++) {
                int ka = (int)k - x.top + top, kb = (int)k - x.top + other;

                /* unknown planes are no part of what is known */
                ck_assert(exact || ka < (int)n);
                ck_assert(both || kb < (int)m);
                if (ka >= 0 && ka < (int)n)
                    sum.x[k][i] += a.x[ka][i];
                if (kb >= 0 && kb < (int)m)
                    sum.x[k][i] += b.x[kb][i];
            }
        check(&x, &sum, loose(noises[_i]));
        ck_assert(x.known >= 1 && x.known <= K);
        if (x.exact)
            ck_assert(x.top - (int)x.known < top - (int)n + 1 &&
                      x.top - (int)x.known < other - (int)m + 1);
    }
    series_clear(&x);
    series_clear(&y);
}
END_TEST

static struct linear draw_linear(struct stream *stream, size_t inputs,
                                 size_t outputs)
{
    struct linear linear = { .matrix = { inputs, outputs, plane_padded(outputs),
                                         NULL, NULL, 0, 0 } };
    size_t stride = linear.matrix.stride;

    linear.matrix.weights = aligned_alloc(64, inputs * stride * sizeof(double));
    linear.bias = aligned_alloc(64, stride * sizeof(double));
    memset(linear.matrix.weights, 0, inputs * stride * sizeof(double));
    memset(linear.bias, 0, stride * sizeof(double));
    for (size_t o = 0; o < outputs; o++) {
        linear.bias[o] = uniform(stream);
        for (size_t i = 0; i < inputs; i++)
            linear.matrix.weights[i * stride + o] = uniform(stream);
    }
    matrix_measure(&linear.matrix);
    return linear;
}

static void linear_clear(struct linear *linear)
{
    free(linear->matrix.weights);
    free(linear->matrix.rows);
    free(linear->bias);
}

START_TEST(test_linear)
{
    struct arithmetic arithmetic = limit();
    struct series x, y;
    struct truth a, b;

    arithmetic.error = _i == 0 ? 0 : 1e-14;
    series_init(&x, D, K);
    series_init(&y, OUT, K);
    for (uint64_t t = 0; t < TRIALS; t++) {
        size_t n = 1 + t % K;
        struct linear linear;
        struct stream stream;

        stream_init(&stream, t, "test.linear", (uint64_t)_i);
        linear = draw_linear(&stream, D, OUT);
        draw(&stream, (int)(t % 4), n, false, noises[_i], &x, &a);
        series_linear(&arithmetic, &linear, &x, &y);
        ck_assert_int_eq(y.top, x.top + 1);
        ck_assert_uint_eq(y.known, n);
        memset(&b, 0, sizeof(b));
        for (size_t o = 0; o < OUT; o++) {
            for (size_t i = 0; i < D; i++) {
                quad off = arithmetic.error * uniform(&stream);
                quad w = linear.matrix.weights[i * y.stride + o];

                for (size_t k = 0; k < n; k++)
                    b.x[k][o] += w * (1 + off) * a.x[k][i];
            }
            if (x.top < (int)n)
                b.x[x.top][o] += (quad)linear.bias[o];
        }
        check(&y, &b, loose(noises[_i]));
        linear_clear(&linear);
    }
    series_clear(&x);
    series_clear(&y);
    arithmetic_clear(&arithmetic);
}
END_TEST

/* |W x| <= spectral |x|, nearly reached, and below the Frobenius norm. */
START_TEST(test_spectral)
{
    struct stream stream;
    struct linear linear;
    double v[D], w[OUT], largest = 0;

    stream_init(&stream, (uint64_t)_i, "test.spectral", 0);
    linear = draw_linear(&stream, D, OUT);
    for (size_t i = 0; i < D; i++)
        v[i] = uniform(&stream);
    for (int step = 0; step < 2000; step++) { /* power iteration */
        double size = 0;

        memset(w, 0, sizeof(w));
        for (size_t i = 0; i < D; i++)
            size += v[i] * v[i];
        for (size_t o = 0; o < OUT; o++)
            for (size_t i = 0; i < D; i++)
                w[o] += linear.matrix.weights[i * linear.matrix.stride + o] *
                        v[i] / sqrt(size);
        memset(v, 0, sizeof(v));
        largest = 0;
        for (size_t o = 0; o < OUT; o++) {
            largest += w[o] * w[o];
            for (size_t i = 0; i < D; i++)
                v[i] +=
                    linear.matrix.weights[i * linear.matrix.stride + o] * w[o];
        }
    }
    ck_assert_double_ge(linear.matrix.spectral, sqrt(largest) * (1 - 1e-12));
    ck_assert_double_le(linear.matrix.spectral, sqrt(largest) * 1.05);
    ck_assert_double_le(linear.matrix.spectral, linear.matrix.frobenius);
    linear_clear(&linear);
}
END_TEST

START_TEST(test_dot)
{
    struct series x, y;
    struct truth a, b;

    series_init(&x, D, K);
    series_init(&y, D, K);
    for (uint64_t t = 0; t < TRIALS; t++) {
        size_t n = 1 + t % 5, m = 1 + t / 5 % 5;
        bool exact = t % 3 == 0, both = t % 2 == 0;
        struct stream stream;

        stream_init(&stream, t, "test.dot", (uint64_t)_i);
        draw(&stream, 3, n, exact, noises[_i], &x, &a);
        draw(&stream, 2, m, both, noises[_i], &y, &b);
        for (int degree = 7; degree > -8; degree--) {
            size_t k = (size_t)(5 - degree);
            bool known = (exact || k < n) && (both || k < m);
            struct ball dot;
            quad truth = 0;

            ck_assert_int_eq(series_dot(&x, &y, degree, &dot),
                             degree > 5 || known);
            ck_assert_int_eq(degree >= series_dot_floor(&x, &y),
                             degree > 5 || known);
            if (degree > 5 || !known)
                continue;
            for (size_t j = 0; j <= k; j++)
                for (size_t i = 0; i < D && j < n && k - j < m; i++)
                    truth += a.x[j][i] * b.x[k - j][i];
            ck_assert(fabs((double)(truth - (quad)dot.value)) <=
                      dot.bound * PLANE_SLACK);
            ck_assert(dot.bound < loose(noises[_i]));
        }
    }
    series_clear(&x);
    series_clear(&y);
}
END_TEST

/* out = a b, series of K coefficients. */
static void convolve(const quad *a, const quad *b, quad *out)
{
    quad product[K] = { 0 };

    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; i + j < K; j++)
            product[i + j] += a[i] * b[j];
    memcpy(out, product, sizeof(product));
}

/* 1 / sqrt(a) by Newton's iteration on whole series. */
static void newton_root(const quad *a, quad *out)
{
    quad square[K];

    memset(out, 0, K * sizeof(*out));
    out[0] = 1 / quad_sqrt(a[0]);
    for (int step = 0; step < 5; step++) {
        convolve(out, out, square);
        convolve(a, square, square);
        for (size_t k = 0; k < K; k++)
            square[k] = ((k == 0 ? 3 : 0) - square[k]) / 2;
        convolve(out, square, out);
    }
}

START_TEST(test_scalars)
{
    double noise = noises[_i];

    for (uint64_t t = 0; t < TRIALS; t++) {
        size_t n = 1 + t % K;
        struct scalar a = { .top = 2, .known = n, .exact = t % 2 == 0 };
        struct scalar out, unit;
        quad truth[K] = { 0 }, root[K], tail[K] = { 0 }, power[K], sum[K];
        quad one[K];
        struct stream stream;

        stream_init(&stream, t, "test.scalars", (uint64_t)_i);
        for (size_t k = 0; k < n; k++) {
            double value =
                k == 0 ? 1 + stream_uniform(&stream) : uniform(&stream);

            a.planes[k] = (struct ball){ value, noise };
            truth[k] = (quad)value + (quad)noise * uniform(&stream);
            tail[k] = k == 0 ? 0 : truth[k];
        }
        newton_root(truth, root);
        scalar_reciprocal_root(K, 0, &a, &out);
        ck_assert_int_eq(out.top, -1);
        ck_assert_uint_eq(out.known, a.exact ? (n == 1 ? 1 : K) : n);
        for (size_t k = 0; k < out.known; k++)
            ck_assert(fabs((double)(root[k] - (quad)out.planes[k].value)) <=
                      out.planes[k].bound * PLANE_SLACK);
        convolve(root, root, root);
        scalar_reciprocal(K, &a, &out);
        ck_assert_int_eq(out.top, -2);
        for (size_t k = 0; k < out.known; k++) {
            ck_assert(fabs((double)(root[k] - (quad)out.planes[k].value)) <=
                      out.planes[k].bound * PLANE_SLACK);
            ck_assert(out.planes[k].bound < 1e6 * (1e-14 + noise));
        }
        scalar_multiply(K, &out, &a, &unit);
        convolve(root, truth, one);
        for (size_t k = 0; k < unit.known; k++)
            ck_assert(fabs((double)(one[k] - (quad)unit.planes[k].value)) <=
                      unit.planes[k].bound * PLANE_SLACK);
        /* exp by its own series */
        a.top = 0;
        scalar_exp_tail(K, &a, &out);
        memset(power, 0, sizeof(power));
        memset(sum, 0, sizeof(sum));
        power[0] = sum[0] = 1;
        for (int m = 1; m < K; m++) {
            convolve(power, tail, power);
            for (size_t k = 0; k < K; k++)
                sum[k] += power[k] /= m;
        }
        for (size_t k = 0; k < out.known; k++)
            ck_assert(fabs((double)(sum[k] - (quad)out.planes[k].value)) <=
                      out.planes[k].bound * PLANE_SLACK);
    }
}
END_TEST

/* LN by the definition, on series with N coefficients. */
static void truly_normalise(const struct truth *x, size_t n, const double *gain,
                            struct truth *y)
{
    quad variance[K] = { 0 }, root[K], centred[K][D] = { 0 };

    memset(y, 0, sizeof(*y));
    for (size_t k = 0; k < n; k++) {
        quad mean = 0;

        for (size_t i = 0; i < D; i++)
            mean += x->x[k][i] / D;
        for (size_t i = 0; i < D; i++)
            centred[k][i] = x->x[k][i] - mean;
    }
    for (size_t j = 0; j < K; j++)
        for (size_t k = 0; j + k < K; k++)
            for (size_t i = 0; i < D; i++)
                variance[j + k] += centred[j][i] * centred[k][i] / D;
    newton_root(variance, root);
    for (size_t j = 0; j < K; j++)
        for (size_t k = 0; j + k < K; k++)
            for (size_t i = 0; i < D; i++)
                y->x[j + k][i] += root[j] * centred[k][i] * (quad)gain[i];
}

START_TEST(test_normalise)
{
    struct arithmetic arithmetic = limit();
    struct series x, y, room;
    struct truth a, b;

    series_init(&x, D, K);
    series_init(&y, D, K);
    series_init(&room, D, K);
    for (uint64_t t = 0; t < TRIALS; t++) {
        double gain[16] __attribute__((aligned(64))) = { 0 };
        double shift[16] __attribute__((aligned(64))) = { 0 };
        struct affine affine = { gain, shift, 1, false };
        size_t n = 1 + t % K;
        struct stream stream;

        stream_init(&stream, t, "test.normalise", (uint64_t)_i);
        for (size_t i = 0; i < D; i++) {
            gain[i] = uniform(&stream);
            shift[i] = uniform(&stream);
        }
        draw(&stream, 3, n, false, noises[_i], &x, &a);
        ck_assert(series_normalise(&arithmetic, &affine, &x, &room, &y));
        truly_normalise(&a, n, gain, &b);
        for (size_t i = 0; i < D; i++)
            b.x[0][i] += (quad)shift[i];
        ck_assert_int_eq(y.top, 1);
        ck_assert_uint_eq(y.known, n);
        check(&y, &b, 1e6 * (1e-14 + noises[_i]));
    }
    series_clear(&x);
    series_clear(&y);
    series_clear(&room);
    arithmetic_clear(&arithmetic);
}
END_TEST

/* A series from rows of small integers, exact ones with a bound beside. */
static void set(struct series *x, int top, size_t n, const double (*rows)[3],
                double bound)
{
    series_zero(x);
    for (size_t k = 0; k < n; k++) {
        double term[8] __attribute__((aligned(64))) = { 0 };

        memcpy(term, rows[k], sizeof(rows[k]));
        series_add_term(K, top - (int)k, term, 0, x);
        for (size_t i = 0; i < 3; i++)
            x->planes[k * plane_size(8) + 8 + i] = bound;
        x->planes[k * plane_size(8) + 2 * 8 + 1] = 2 * bound;
    }
}

/* Planes that are constant across the features fall away before LN. */
START_TEST(test_normalise_descends)
{
    static const double rows[][3] = { { 5, 5, 5 }, { 2, 2, 2 }, { 1, 2, 3 } };
    double ones[8] __attribute__((aligned(64))) = { 1, 1, 1 };
    struct affine affine = { ones, ones, 1, false };
    struct arithmetic arithmetic = limit();
    struct series x, y, room;

    series_init(&x, 3, K);
    series_init(&y, 3, K);
    series_init(&room, 3, K);
    set(&x, 4, 3, rows, 1e-15);
    ck_assert(series_normalise(&arithmetic, &affine, &x, &room, &y));
    ck_assert_int_eq(y.top, 1);
    for (size_t i = 0; i < 3; i++) {
        struct ball ball = plane_ball(8, series_plane(&y, 0), i);

        ck_assert_double_eq_tol(ball.value, ((double)i - 1) * sqrt(1.5) + 1,
                                1e-14);
        ck_assert_double_le(ball.bound, 1e-13);
    }
    /* the same with an order between them that is not there at all: LN of
     * (1 2 3) c^2 + (1 0 0) has the variance 2/3 c^4 - 2/3 c^2 + ... */
    series_zero(&x);
    for (size_t k = 0; k < 3; k++) {
        double term[8] __attribute__((aligned(64))) = { 0 };
        static const double sparse[][3] = { { 5, 5, 5 },
                                            { 1, 2, 3 },
                                            { 1, 0, 0 } };

        memcpy(term, sparse[k], sizeof(sparse[k]));
        series_add_term(K, k == 0 ? 3 : 4 - 2 * (int)k, term, 0, &x);
    }
    ck_assert(x.exact);
    affine.shift = NULL;
    ck_assert(series_normalise(&arithmetic, &affine, &x, &room, &y));
    ck_assert_int_eq(y.top, 1);
    ck_assert(series_plane(&y, 1) == NULL);
    for (size_t i = 0; i < 3; i++) {
        double first = (double)i - 1, second = i == 0 ? 2.0 / 3 : -1.0 / 3;

        /* order c^-2: second / sd - first cov / sd^3, cov = -1/3, var 2/3 */
        ck_assert_double_eq_tol(
            series_plane(&y, 2)[i],
            second * sqrt(1.5) + first / 3 * sqrt(1.5) * 1.5, 1e-14);
    }
    affine.shift = ones;
    /* constant to all orders: LN is zero, the shift remains, and it is said */
    set(&x, 4, 2, rows, 1e-15);
    ck_assert(!series_normalise(&arithmetic, &affine, &x, &room, &y));
    ck_assert_int_eq(y.top, 1);
    ck_assert_uint_eq(y.known, 1);
    for (size_t i = 0; i < 3; i++)
        ck_assert_double_eq(series_plane(&y, 0)[i], 1);
    series_clear(&x);
    series_clear(&y);
    series_clear(&room);
    arithmetic_clear(&arithmetic);
}
END_TEST

/* Signs come from the first order beyond its bound. */
START_TEST(test_rectify)
{
    static const double rows[][3] = { { 1e-16, -1e-16, 7 },
                                      { 2, -3, -9 },
                                      { -4, 5, 1 } };
    static const double nothing[][3] = { { 1e-16, -1e-16, 1 } };
    struct series x;

    series_init(&x, 3, K);
    set(&x, 2, 3, rows, 1e-15);
    x.exact = false;
    ck_assert(series_rectify(&x));
    ck_assert_double_eq(series_plane(&x, 1)[0], 2);
    ck_assert_double_eq(series_plane(&x, 2)[0], -4);
    for (size_t k = 0; k < 3; k++) {
        ck_assert_double_eq(series_plane(&x, k)[1], 0);
        ck_assert_double_eq(plane_ball(8, series_plane(&x, k), 1).bound, 0);
        ck_assert_double_eq(series_plane(&x, k)[2], rows[k][2]);
    }
    /* nothing beyond its bound: fine if that is all, unknown otherwise */
    set(&x, 2, 1, nothing, 1e-15);
    ck_assert(series_rectify(&x));
    ck_assert_double_ge(plane_ball(8, series_plane(&x, 0), 1).bound, 1e-15);
    ck_assert_double_ge(series_plane(&x, 0)[1], 0);
    set(&x, 2, 1, nothing, 1e-15);
    x.exact = false;
    ck_assert(!series_rectify(&x));
    ck_assert_int_eq(series_leading(&x), 0);
    set(&x, 2, 2, (const double[][3]){ { 1e-16, 0, 0 }, { 0, 3, 0 } }, 1e-15);
    ck_assert_int_eq(series_leading(&x), 1);
    series_clear(&x);
}
END_TEST

/* tanh of A by (E - 1) / (E + 1), E the series of exp(2 a). */
static void tanh_truth(const struct truth *a, struct truth *y)
{
    for (size_t i = 0; i < D; i++) {
        quad e[K] = { quad_exp(2 * a->x[0][i]) };

        for (size_t k = 1; k < K; k++) {
            for (size_t j = 1; j <= k; j++)
                e[k] += (quad)j * 2 * a->x[j][i] * e[k - j];
            e[k] /= (quad)k;
        }
        for (size_t k = 0; k < K; k++) {
            y->x[k][i] = k == 0 ? e[0] - 1 : e[k];
            for (size_t j = 1; j <= k; j++)
                y->x[k][i] -= e[j] * y->x[k - j][i];
            y->x[k][i] /= e[0] + 1;
        }
    }
}

/* From degree 0 down tanh is a series, of which no more is known than of what
 * it is taken of. */
START_TEST(test_saturate)
{
    struct arithmetic arithmetic = limit();
    struct series x;
    struct stream stream;

    series_init(&x, D, K);
    stream_init(&stream, 1, "test.saturate", (uint64_t)_i);
    for (size_t t = 0; t < TRIALS; t++) {
        struct truth a, y = { 0 };
        size_t known = 1 + stream_below(&stream, K);
        bool exact = _i % 2 == 1;

        draw(&stream, 0, known, exact, _i < 2 ? 0 : 1e-12, &x, &a);
        tanh_truth(&a, &y);
        ck_assert(series_saturate(&arithmetic, &x));
        ck_assert_int_eq(x.top, 0);
        ck_assert(!x.exact);
        ck_assert_uint_eq(x.known, exact ? K : known);
        check(&x, &y, _i < 2 ? 1e-11 : 1e-8);
    }
    series_clear(&x);
    arithmetic_clear(&arithmetic);
}
END_TEST

/* Where a positive degree tells the sign, tanh is that sign. */
START_TEST(test_saturate_decides)
{
    static const double rows[][3] = { { 1e-16, -1e-16, 0 },
                                      { 2, -3, 0 },
                                      { -4, 5, 0.5 } };
    struct arithmetic arithmetic = limit();
    struct series x;

    series_init(&x, 3, K);
    set(&x, 2, 3, rows, 1e-15);
    ck_assert(series_saturate(&arithmetic, &x));
    ck_assert_int_eq(x.top, 0);
    ck_assert_double_eq(series_plane(&x, 0)[0], 1);
    ck_assert_double_eq(series_plane(&x, 0)[1], -1);
    ck_assert_double_eq_tol(series_plane(&x, 0)[2], tanh(0.5), 1e-15);
    ck_assert_double_eq(series_plane(&x, 1)[0], 0);
    /* exact when nothing but signs is left */
    set(&x, 2, 1, (const double[][3]){ { 1, -1, 0 } }, 0);
    ck_assert(series_saturate(&arithmetic, &x));
    ck_assert(x.exact);
    ck_assert_uint_eq(x.known, 1);
    ck_assert_double_eq(series_plane(&x, 0)[2], 0);
    /* known to degree 1 alone, where the first is zero: anything in +-1 */
    set(&x, 2, 2, rows, 1e-15);
    ck_assert(series_saturate(&arithmetic, &x));
    set(&x, 2, 2, rows, 1e-15);
    x.exact = false;
    ck_assert(!series_saturate(&arithmetic, &x));
    ck_assert_double_eq(series_plane(&x, 0)[0], 1);
    ck_assert_double_ge(plane_ball(8, series_plane(&x, 0), 2).bound, 1);
    series_clear(&x);
    arithmetic_clear(&arithmetic);
}
END_TEST

/* Mixtures: weights off within their bounds, of series as of numbers. */
START_TEST(test_mix)
{
    enum { N = 4 };
    struct arithmetic arithmetic = limit();
    struct series values[N], x;
    const struct series *list[N];
    struct scalar weights[N];

    series_init(&x, D, K);
    for (size_t v = 0; v < N; v++)
        series_init(&values[v], D, K);
    for (uint64_t t = 0; t < TRIALS; t++) {
        struct truth a[N], b;
        quad w[N][K] = { 0 };
        size_t known = 1 + t % 4;
        struct stream stream;

        stream_init(&stream, t, "test.mix", (uint64_t)_i);
        for (size_t v = 0; v < N; v++) {
            draw(&stream, 2, 5, false, noises[_i], &values[v], &a[v]);
            list[v] = &values[v];
            weights[v] = (struct scalar){ .known = known, .exact = known == 1 };
            for (size_t k = 0; k < known; k++) {
                /* true weights sum to 1, and to 0 below */
                w[v][k] = stream_uniform(&stream) - 0.4;
                if (v == N - 1)
                    w[v][k] = (k == 0 ? 1 : 0) - w[0][k] - w[1][k] - w[2][k];
                weights[v].planes[k].value = (double)w[v][k];
                weights[v].planes[k].bound = 1e-15 + noises[_i];
                weights[v].planes[k].value += noises[_i] * uniform(&stream);
            }
        }
        series_mix(&arithmetic, N, list, weights, t % N, &x);
        memset(&b, 0, sizeof(b));
        for (size_t v = 0; v < N; v++)
            for (size_t j = 0; j < known; j++)
                for (size_t k = 0; k < 5 && j + k < K; k++)
                    for (size_t i = 0; i < D; i++)
                        b.x[j + k][i] += w[v][j] * a[v].x[k][i];
        ck_assert_int_eq(x.top, 2);
        ck_assert_uint_eq(x.known, known == 1 ? 5 : known);
        check(&x, &b, loose(1e-14 + noises[_i]));
        /* equal values give themselves, to the last bit */
        for (size_t v = 1; v < N; v++)
            list[v] = list[0];
        series_mix(&arithmetic, N, list, weights, t % N, &x);
        for (size_t k = 0; k < x.known; k++)
            ck_assert_mem_eq(series_plane(&x, k), series_plane(list[0], k),
                             D * sizeof(double));
    }
    for (size_t v = 0; v < N; v++)
        series_clear(&values[v]);
    series_clear(&x);
    arithmetic_clear(&arithmetic);
}
END_TEST

/* Exact polynomials stay exact while their planes fit, and no longer. */
START_TEST(test_exactness)
{
    double term[8] __attribute__((aligned(64))) = { 1, 2, 3 };
    struct series x;

    series_init(&x, 3, 4);
    series_add_term(4, 5, term, 0, &x);
    ck_assert(x.exact && x.top == 5 && x.known == 1);
    series_add_term(4, 3, term, 0, &x);
    ck_assert(x.exact && x.top == 5 && x.known == 3);
    ck_assert(series_plane(&x, 1) == NULL && series_plane(&x, 2) != NULL);
    series_add_term(4, 2, term, 0, &x);
    ck_assert(x.exact && x.known == 4);
    series_add_term(4, 1, term, 0, &x);
    ck_assert(!x.exact && x.known == 4 && x.top == 5);
    series_add_term(4, 7, term, 0, &x);
    ck_assert(!x.exact && x.known == 4 && x.top == 7);
    ck_assert(series_plane(&x, 0) != NULL && series_plane(&x, 1) == NULL);
    ck_assert(series_plane(&x, 2) != NULL && series_plane(&x, 3) == NULL);
    series_clear(&x);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("series");
    TCase *laws = tcase_create("laws"), *planted = tcase_create("planted");
    int n = sizeof(noises) / sizeof(noises[0]);

    tcase_add_loop_test(laws, test_add, 0, n);
    tcase_add_loop_test(laws, test_linear, 0, n);
    tcase_add_loop_test(laws, test_spectral, 0, 10);
    tcase_add_loop_test(laws, test_dot, 0, n);
    tcase_add_loop_test(laws, test_scalars, 0, n);
    tcase_add_loop_test(laws, test_normalise, 0, n);
    tcase_add_loop_test(laws, test_mix, 0, n);
    tcase_add_test(planted, test_normalise_descends);
    tcase_add_test(planted, test_rectify);
    tcase_add_loop_test(planted, test_saturate, 0, 4);
    tcase_add_test(planted, test_saturate_decides);
    tcase_add_test(planted, test_exactness);
    suite_add_tcase(suite, laws);
    suite_add_tcase(suite, planted);
    return suite_run(suite);
}

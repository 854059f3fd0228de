/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/statistics.h"

#include <math.h>

#include "base/random.h"
#include "suite.h"

/* P(X >= k) for X binomial, its terms added up one by one. */
static long double upper_tail(size_t k, size_t n, long double p)
{
    long double sum = 0;

    for (size_t j = n + 1; j-- > k;)
        sum +=
            expl(lgammal((long double)n + 1) - lgammal((long double)j + 1) -
                 lgammal((long double)(n - j) + 1) + (long double)j * logl(p) +
                 (long double)(n - j) * log1pl(-p));
    return sum;
}

/* Law: the ends of the interval leave half of what is left in each tail. */
START_TEST(intervals_leave_equal_tails)
{
    static const size_t sizes[] = { 1, 2, 10, 47, 500, 2000 };
    static const double levels[] = { 0.9, 0.95, 0.999 };

    for (int s = 0; s < 6; s++)
        for (size_t step = 0; step <= 10; step++) {
            size_t n = sizes[s], k = n * step / 10;
            double level = levels[step % 3], tail = (1 - level) / 2;
            struct interval i = interval_binomial(k, n, level);
            double share = (double)k / (double)n;

            ck_assert(i.low <= share && share <= i.high);
            if (k > 0)
                ck_assert_ldouble_eq_tol(upper_tail(k, n, i.low) / tail, 1,
                                         1e-9L);
            else
                ck_assert(i.low == 0);
            if (k < n)
                ck_assert_ldouble_eq_tol(
                    upper_tail(n - k, n, 1 - (long double)i.high) / tail, 1,
                    1e-9L);
            else
                ck_assert(i.high == 1);
        }
}
END_TEST

/* Computed by bisecting exact binomial tails with 40 digits (mpmath); the
 * rows of n = 1000 are among those where GSL's own inverse gives NaN. */
START_TEST(intervals_give_their_golden_values)
{
    static const struct {
        size_t k, n;
        double low, high;
    } rows[] = {
        { 0, 10, 0.0, 0.308497107818760824 },
        { 1, 10, 0.0025285785444617845, 0.44501611702819542 },
        { 10, 10, 0.691502892181239176, 1.0 },
        { 31, 1000, 0.0211581719702086294, 0.0437150850062389068 },
        { 32, 1000, 0.0219888496056424192, 0.0448759028350092866 },
        { 59, 1000, 0.0452133544027965981, 0.0754490730842407989 },
        { 941, 1000, 0.924550926915759201, 0.954786645597203402 },
        { 77, 500, 0.123485957506789814, 0.188672464682419173 },
        { 583, 10000, 0.0537867814319452902, 0.0630725361073586462 },
        { 2500, 10000, 0.2415368761820297, 0.25860894609709311 },
        { 0, 1, 0.0, 0.975 },
        { 1, 1, 0.025, 1.0 },
        { 3, 1000000, 6.18672550190639863e-7, 8.76724778814522352e-6 },
        { 1, 50000, 5.0635603148753892e-7, 0.000111427773638943869 },
    };

    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        struct interval i = interval_binomial(rows[r].k, rows[r].n, 0.95);

        ck_assert_double_eq_tol(i.low, rows[r].low,
                                2e-12 * rows[r].low + 1e-300);
        ck_assert_double_eq_tol(i.high, rows[r].high, 2e-12 * rows[r].high);
    }
}
END_TEST

/* Law: turning successes into failures mirrors the interval; more successes
 * move it up.  Every k of n = 1000 is asked. */
START_TEST(intervals_mirror_and_grow)
{
    struct interval last = { -1, -1 };

    for (size_t k = 0; k <= 1000; k++) {
        struct interval i = interval_binomial(k, 1000, 0.95);
        struct interval mirror = interval_binomial(1000 - k, 1000, 0.95);

        ck_assert_double_eq_tol(i.low, 1 - mirror.high, 1e-12);
        ck_assert_double_eq_tol(i.high, 1 - mirror.low, 1e-12);
        ck_assert(i.low > last.low && i.high > last.high);
        last = i;
    }
}
END_TEST

/* Far beyond what GSL's continued fraction was made for: the normal limit,
 * whose relative error is of order 1/sqrt(n). */
START_TEST(intervals_of_huge_samples_tend_to_the_normal)
{
    for (size_t n = 1000000; n <= 1000000000; n *= 10) {
        struct interval i = interval_binomial(n / 2, n, 0.95);
        double half = 1.959963984540054 * 0.5 / sqrt((double)n);

        ck_assert_double_eq_tol((0.5 - i.low) / half, 1, 2e-3);
        ck_assert_double_eq_tol((i.high - 0.5) / half, 1, 2e-3);
    }
}
END_TEST

/* Law: whatever p is, the interval holds it at least 95 times in a hundred;
 * the probability is added up exactly, not simulated. */
START_TEST(intervals_cover)
{
    enum { N = 25 };
    struct interval interval[N + 1];

    for (size_t k = 0; k <= N; k++)
        interval[k] = interval_binomial(k, N, 0.95);
    for (double p = 0.001; p < 1; p += 0.001) {
        double covered = 0, probability = pow(1 - p, N);

        for (size_t k = 0; k <= N; k++) {
            if (interval[k].low <= p && p <= interval[k].high)
                covered += probability;
            probability *= (double)(N - k) / (double)(k + 1) * p / (1 - p);
        }
        ck_assert_double_ge(covered, 0.95);
    }
}
END_TEST

START_TEST(nothing_tried_nothing_known)
{
    struct interval i = interval_binomial(0, 0, 0.95);

    ck_assert(i.low == 0 && i.high == 1);
}
END_TEST

START_TEST(quantiles_match_closed_forms)
{
    static const double x[] = { 5, 1, 4, 2, 3 };

    ck_assert_double_eq_tol(statistics_quantile(x, 5, 0), 1, 1e-15);
    ck_assert_double_eq_tol(statistics_quantile(x, 5, 0.5), 3, 1e-15);
    ck_assert_double_eq_tol(statistics_quantile(x, 5, 0.875), 4.5, 1e-15);
    ck_assert_double_eq_tol(statistics_quantile(x, 5, 1), 5, 1e-15);
    ck_assert(x[0] == 5 && x[4] == 3);
    ck_assert(isnan(statistics_quantile(x, 0, 0.5)));
}
END_TEST

START_TEST(chi_square_tails_match_closed_forms)
{
    for (double x = 0; x < 100; x += 0.5) {
        double half = x / 2;

        ck_assert_double_eq_tol(chi_square_tail(x, 1), erfc(sqrt(half)), 1e-14);
        ck_assert_double_eq_tol(chi_square_tail(x, 2), exp(-half), 1e-14);
        ck_assert_double_eq_tol(chi_square_tail(x, 6),
                                exp(-half) * (1 + half + half * half / 2),
                                1e-14);
    }
}
END_TEST

START_TEST(lines_match_closed_forms)
{
    static const double x[] = { 1, 2, 3, 4 }, y[] = { 6, 5, 7, 10 };
    static const double flat[] = { 2, 2, 2, 2 }, bad[] = { 1, 2, NAN, 4 };
    struct line line;

    ck_assert(fit_line(x, y, 4, &line));
    ck_assert_double_eq_tol(line.intercept, 3.5, 1e-14);
    ck_assert_double_eq_tol(line.slope, 1.4, 1e-14);
    ck_assert_double_eq_tol(line.r2, 0.7, 1e-14); /* SSE 4.2 of SST 14 */
    ck_assert(fit_line(x, flat, 4, &line));
    ck_assert(line.slope == 0 && line.intercept == 2 && line.r2 == 1);
    ck_assert(!fit_line(flat, y, 4, &line));
    ck_assert(!fit_line(x, y, 1, &line));
    ck_assert(!fit_line(bad, y, 4, &line));
    ck_assert(!fit_line(x, bad, 4, &line));
}
END_TEST

static double power(double x, const double *p)
{
    return p[0] * pow(x, p[1]) + p[2];
}

static double decay(double x, const double *p)
{
    return p[0] + p[1] * exp(-x / p[2]);
}

static double straight(double x, const double *p)
{
    return p[0] + p[1] * x;
}

static double logarithm(double x, const double *p)
{
    return p[0] * log(p[1] + x);
}

static double nowhere(double x, const double *p)
{
    return x * p[0] > 0 || x * p[0] <= 0 ? NAN : 0;
}

/* Law: data of the model itself give its parameters back, at any scale. */
START_TEST(curves_find_their_own_parameters)
{
    static const struct {
        double (*model)(double x, const double *p);
        size_t count;
        double start[3], truth[3];
        bool linear[3]; /* this parameter scales with y */
    } cases[] = {
        { power, 3, { 1, 1, 0 }, { 2, 0.5, 3 }, { true, false, true } },
        { power, 3, { 1, 1, 0 }, { 0.25, 1.75, -4 }, { true, false, true } },
        { decay, 3, { 1, 1, 10 }, { 5, -3, 40 }, { true, true, false } },
        { straight, 2, { 0, 0 }, { -7, 0.125 }, { true, true } },
        { logarithm, 2, { 1, 1 }, { 3, 20 }, { true, false } },
    };
    static const double scales[] = { 1, 1e-9, 1e9 };
    double x[60], y[60], p[3], r2;

    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        for (int s = 0; s < 3; s++) {
            double truth[3];

            for (size_t j = 0; j < cases[c].count; j++) {
                double scale = cases[c].linear[j] ? scales[s] : 1;

                truth[j] = cases[c].truth[j] * scale;
                p[j] = cases[c].start[j] * scale;
            }
            for (int i = 0; i < 60; i++) {
                x[i] = 1 + 3 * i;
                y[i] = cases[c].model(x[i], truth);
            }
            ck_assert(
                fit_curve(cases[c].model, cases[c].count, x, y, 60, p, &r2));
            for (size_t j = 0; j < cases[c].count; j++)
                ck_assert_double_eq_tol(p[j] / truth[j], 1, 1e-6);
            ck_assert_double_eq_tol(r2, 1, 1e-12);
        }
}
END_TEST

/* With a straight model the two fits must agree, noise and all. */
START_TEST(curves_agree_with_lines)
{
    double x[40], y[40], p[2] = { 0 }, r2;
    struct stream stream;
    struct line line;

    stream_init(&stream, 1, "noise", 0);
    for (int i = 0; i < 40; i++) {
        x[i] = i;
        y[i] = 100 - 2 * i + 10 * stream_normal(&stream);
    }
    ck_assert(fit_line(x, y, 40, &line));
    ck_assert(fit_curve(straight, 2, x, y, 40, p, &r2));
    ck_assert_double_eq_tol(p[0], line.intercept, 1e-6);
    ck_assert_double_eq_tol(p[1], line.slope, 1e-7);
    ck_assert_double_eq_tol(r2, line.r2, 1e-9);
}
END_TEST

static double squares(double (*model)(double, const double *), const double *x,
                      const double *y, int n, const double *p)
{
    double sum = 0;

    for (int i = 0; i < n; i++)
        sum += pow(model(x[i], p) - y[i], 2);
    return sum;
}

/* Law: moving any parameter of a minimum either way makes the fit worse. */
START_TEST(curves_end_in_a_minimum)
{
    double x[50], y[50], p[3] = { 1, 1, 0 }, r2, least, total = 0, mean = 0;
    struct stream stream;

    stream_init(&stream, 2, "noise", 0);
    for (int i = 0; i < 50; i++) {
        x[i] = 1 + i;
        y[i] = 4 + 2 * sqrt(x[i]) + 0.3 * stream_normal(&stream);
        mean += y[i] / 50;
    }
    for (int i = 0; i < 50; i++)
        total += (y[i] - mean) * (y[i] - mean);
    ck_assert(fit_curve(power, 3, x, y, 50, p, &r2));
    least = squares(power, x, y, 50, p);
    ck_assert_double_eq_tol(r2, 1 - least / total, 1e-10);
    for (int j = 0; j < 3; j++)
        for (int sign = -1; sign <= 1; sign += 2) {
            double moved[] = { p[0], p[1], p[2] };

            moved[j] *= 1 + sign * 1e-4;
            ck_assert(squares(power, x, y, 50, moved) > least);
        }
}
END_TEST

START_TEST(hopeless_curves_fail_and_leave_their_start)
{
    double x[] = { 1, 2, 3 }, y[] = { 1, 2, 3 }, bad[] = { 1, INFINITY, 3 };
    double p[] = { 0.5, 0.25, 0.125 }, r2;

    ck_assert(!fit_curve(nowhere, 1, x, y, 3, p, &r2));
    ck_assert(!fit_curve(straight, 2, x, bad, 3, p, &r2));
    ck_assert(!fit_curve(power, 3, x, y, 2, p, &r2));
    ck_assert(p[0] == 0.5 && p[1] == 0.25 && p[2] == 0.125);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("statistics");
    TCase *tests = tcase_create("statistics");

    statistics_start();
    tcase_add_test(tests, intervals_leave_equal_tails);
    tcase_add_test(tests, intervals_give_their_golden_values);
    tcase_add_test(tests, intervals_mirror_and_grow);
    tcase_add_test(tests, intervals_of_huge_samples_tend_to_the_normal);
    tcase_add_test(tests, intervals_cover);
    tcase_add_test(tests, nothing_tried_nothing_known);
    tcase_add_test(tests, quantiles_match_closed_forms);
    tcase_add_test(tests, chi_square_tails_match_closed_forms);
    tcase_add_test(tests, lines_match_closed_forms);
    tcase_add_test(tests, curves_find_their_own_parameters);
    tcase_add_test(tests, curves_agree_with_lines);
    tcase_add_test(tests, curves_end_in_a_minimum);
    tcase_add_test(tests, hopeless_curves_fail_and_leave_their_start);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

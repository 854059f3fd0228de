/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "suite.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "base/statistics.h"
#include "growth/growth.h"

#define POINTS 200

/* 0 and log-spaced steps up to 20000, as a trajectory records them. */
static size_t spaced(double *steps)
{
    size_t n = 0;

    steps[n++] = 0;
    for (size_t i = 0; i < POINTS - 1; i++) {
        double t = round(pow(20000, (double)i / (POINTS - 2)));

        if (t != steps[n - 1])
            steps[n++] = t;
    }
    return n;
}

static const struct growth_fit *find(const struct growth_fit *fits,
                                     const char *law)
{
    for (size_t i = 0; i < GROWTH_LAWS; i++)
        if (strcmp(fits[i].law, law) == 0)
            return &fits[i];
    ck_abort_msg("no law %s", law);
    return NULL;
}

/* y = a g(t) + b for the law planted; p is its exponent or tau. */
static const struct planted {
    const char *law;
    double a, b, p;
} planted[] = {
    { "sqrt", 5.5, 190, NAN },       { "sqrt", -0.01, 3, NAN },
    { "linear", 1e-3, 12, NAN },     { "root4", 2, -7, NAN },
    { "log", 0.3, 11, NAN },         { "log-power", 0.7, 5, 1.7 },
    { "log-power", 1e-3, 5, 3.1 },   { "log-power", 4, 20, 0.6 },
    { "power", 0.02, 30, 0.8 },      { "power", 3, 1, 0.31 },
    { "power", 1e-6, 470, 2.2 },     { "exponential", -4, 40, 300 },
    { "exponential", -4, 40, 9000 }, { "exponential", 0.5, 7, -6000 },
};

static double value(const struct planted *law, double t)
{
    const struct {
        const char *law;
        double g;
    } shapes[] = {
        { "sqrt", sqrt(t) },
        { "linear", t },
        { "root4", pow(t, 0.25) },
        { "log", log(t) },
        { "log-power", pow(log(t), law->p) },
        { "power", pow(t, law->p) },
        { "exponential", exp(-t / law->p) },
    };

    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        if (strcmp(shapes[i].law, law->law) == 0)
            return law->a * shapes[i].g + law->b;
    ck_abort();
    return NAN;
}

START_TEST(recovers_the_planted_law)
{
    const struct planted *law = &planted[_i];
    double all[POINTS], steps[POINTS], norms[POINTS];
    struct growth_fit fits[GROWTH_LAWS];
    const struct growth_fit *fit;
    size_t n = 0, count = spaced(all);

    for (size_t i = 0; i < count; i++) {
        double y = value(law, all[i]);

        if (isfinite(y)) {
            steps[n] = all[i];
            norms[n++] = y;
        }
    }
    growth_fit(steps, norms, n, fits);
    fit = find(fits, law->law);
    ck_assert_uint_eq(fit->points, n);
    ck_assert_double_ge(fit->r2, 1 - 1e-10);
    ck_assert_double_eq_tol(fit->a / law->a, 1, 1e-6);
    ck_assert_double_eq_tol(fit->b / law->b, 1, 1e-6);
    if (isnan(law->p))
        ck_assert(isnan(fit->p));
    else
        ck_assert_double_eq_tol(fit->p / law->p, 1, 1e-6);
    for (size_t i = 0; i < GROWTH_LAWS; i++)
        ck_assert(!(fits[i].r2 > fit->r2 + 1e-9));
}
END_TEST

/* Steps of constant length in random directions in many dimensions: each is
 * nearly orthogonal to theta, so |theta|^2 = |theta_0|^2 + s^2 t. */
START_TEST(misaligned_steps_grow_as_the_square_root)
{
    enum { DIMENSION = 400, STEPS = 3000 };
    double theta[DIMENSION] = { 0 }, steps[STEPS + 1], norms[STEPS + 1];
    struct growth_fit fits[GROWTH_LAWS];
    struct stream stream;

    stream_init(&stream, 1, "test.growth", 0);
    for (size_t t = 0; t <= STEPS; t++) {
        double delta[DIMENSION], square = 0, length = 0, along = 0;

        for (size_t i = 0; i < DIMENSION; i++) {
            square += theta[i] * theta[i];
            delta[i] = stream_normal(&stream);
            along += delta[i] * theta[i];
        }
        steps[t] = (double)t;
        norms[t] = sqrt(square);
        for (size_t i = 0; i < DIMENSION; i++) {
            if (square > 0)
                delta[i] -= along / square * theta[i];
            length += delta[i] * delta[i];
        }
        for (size_t i = 0; i < DIMENSION; i++)
            theta[i] += 0.1 * delta[i] / sqrt(length);
    }
    growth_fit(steps, norms, STEPS + 1, fits);
    ck_assert_double_eq_tol(find(fits, "power")->p, 0.5, 1e-6);
    ck_assert_double_eq_tol(find(fits, "sqrt")->a, 0.1, 1e-9);
    ck_assert_double_eq_tol(find(fits, "log-log")->p, 1, 1e-9);
    ck_assert_double_eq_tol(find(fits, "log-log")->a, 0.01, 1e-9);
    ck_assert_double_ge(find(fits, "sqrt")->r2, 0.99);
}
END_TEST

/* |theta|^2 = |theta_0|^2 + a t^p with a start of its own. */
START_TEST(log_log_is_the_exponent_of_the_grown_square)
{
    double steps[POINTS], norms[POINTS];
    struct growth_fit fits[GROWTH_LAWS];
    const struct growth_fit *fit;
    size_t n = spaced(steps);

    for (size_t i = 0; i < n; i++)
        norms[i] = sqrt(50 + 0.03 * pow(steps[i], 0.7));
    growth_fit(steps, norms, n, fits);
    fit = find(fits, "log-log");
    ck_assert_double_eq_tol(fit->p, 0.7, 1e-6);
    ck_assert_double_eq_tol(fit->a, 0.03, 1e-6);
    ck_assert_double_eq_tol(fit->b, 50, 1e-9);
    ck_assert_uint_eq(fit->points, n - 1);

    growth_fit(steps + 1, norms + 1, n - 1, fits);
    ck_assert(isnan(find(fits, "log-log")->r2));
    ck_assert_uint_eq(find(fits, "log-log")->points, 0);
}
END_TEST

START_TEST(nothing_to_fit_is_nan)
{
    double steps[5] = { 0, 1, 2, 3, 4 }, flat[5] = { 7, 7, 7, 7, 7 };
    struct growth_fit fits[GROWTH_LAWS];

    growth_fit(steps, flat, 5, fits);
    for (size_t i = 0; i < GROWTH_LAWS; i++) {
        ck_assert(isnan(fits[i].r2));
        ck_assert_ptr_nonnull(fits[i].formula);
    }
    growth_fit(steps, flat, 0, fits);
    for (size_t i = 0; i < GROWTH_LAWS; i++)
        ck_assert(isnan(fits[i].r2));
    flat[2] = NAN;
    growth_fit(steps, flat, 5, fits);
    for (size_t i = 0; i < GROWTH_LAWS; i++)
        ck_assert(isnan(fits[i].r2));
}
END_TEST

/* A straight line down to the exact scale of the norms. */
START_TEST(fits_follow_the_units)
{
    double steps[POINTS], norms[POINTS], large[POINTS];
    struct growth_fit fits[GROWTH_LAWS], scaled[GROWTH_LAWS];
    size_t n = spaced(steps);

    for (size_t i = 0; i < n; i++) {
        norms[i] = 3 + sqrt(steps[i]) * (1 + 0.1 * sin((double)i));
        large[i] = norms[i] * 0x1p40;
    }
    growth_fit(steps, norms, n, fits);
    growth_fit(steps, large, n, scaled);
    for (size_t i = 0; i < GROWTH_LAWS; i++) {
        if (isnan(fits[i].r2)) {
            ck_assert(isnan(scaled[i].r2));
            continue;
        }
        ck_assert_double_eq_tol(scaled[i].r2, fits[i].r2, 1e-9);
    }
    ck_assert_double_eq_tol(scaled[0].a, fits[0].a * 0x1p40, 1);
}
END_TEST

static size_t read_series(double *steps, double *norms, size_t room)
{
    char path[4096], line[256];
    size_t n = 0;
    FILE *in;

    snprintf(path, sizeof path, "%s/experiments/paper/data/t5_whole.csv",
             source_directory());
    in = fopen(path, "r");
    ck_assert_ptr_nonnull(in);
    while (n < room && fgets(line, sizeof line, in) != NULL)
        n += sscanf(line, "%lf,%lf", &steps[n], &norms[n]) == 2;
    fclose(in);
    return n;
}

/* R^2 as recomputed for figure 1 of Merrill et al. 2021. */
START_TEST(t5_grows_as_the_paper_says)
{
    double steps[POINTS], norms[POINTS];
    struct growth_fit fits[GROWTH_LAWS], literal;
    size_t n = read_series(steps, norms, POINTS);

    ck_assert_uint_eq(n, 104);
    growth_fit(steps, norms, n, fits);
    ck_assert_double_eq_tol(find(fits, "sqrt")->r2, 0.99856, 5e-6);
    ck_assert_double_eq_tol(find(fits, "sqrt")->a, 5.4116, 5e-5);
    ck_assert_double_eq_tol(find(fits, "sqrt")->b, 193.55, 5e-3);
    ck_assert_double_eq_tol(find(fits, "linear")->r2, 0.96634, 5e-6);
    ck_assert_double_eq_tol(find(fits, "root4")->r2, 0.93634, 5e-6);
    growth_fit_literal(steps, norms, n, &literal);
    ck_assert_double_eq_tol(literal.r2, 0.0591, 5e-5);
    ck_assert_double_eq_tol(literal.a + literal.b, norms[0], 1e-9);
    ck_assert_double_ge(find(fits, "power")->r2, 0.99856);
    /* These two by least squares in Python. */
    ck_assert_uint_eq(find(fits, "log")->points, 103);
    ck_assert_double_eq_tol(find(fits, "log")->r2, 0.9165181866663791, 1e-10);
    ck_assert_double_eq_tol(find(fits, "log-log")->p, 0.9919009826730238,
                            1e-10);
    ck_assert_double_eq_tol(find(fits, "log-log")->r2, 0.9957948440346265,
                            1e-10);

    growth_fit(steps + 1, norms + 1, n - 1, fits);
    ck_assert_double_eq_tol(find(fits, "sqrt")->r2, 0.99943, 5e-6);
    ck_assert_double_eq_tol(find(fits, "linear")->r2, 0.97070, 5e-6);
    ck_assert_double_eq_tol(find(fits, "root4")->r2, 0.97919, 5e-6);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("growth");
    TCase *tests = tcase_create("laws");

    statistics_start();
    tcase_add_loop_test(tests, recovers_the_planted_law, 0,
                        (int)(sizeof planted / sizeof planted[0]));
    tcase_add_test(tests, misaligned_steps_grow_as_the_square_root);
    tcase_add_test(tests, log_log_is_the_exponent_of_the_grown_square);
    tcase_add_test(tests, nothing_to_fit_is_nan);
    tcase_add_test(tests, fits_follow_the_units);
    tcase_add_test(tests, t5_grows_as_the_paper_says);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "suite.h"

#include <math.h>
#include <string.h>

#include "base/random.h"
#include "train/optimizer.h"

#define N 1000

static const struct optimizer *find(const char *name)
{
    for (size_t i = 0; optimizers[i].name != NULL; i++)
        if (strcmp(optimizers[i].name, name) == 0)
            return &optimizers[i];
    ck_abort_msg("no optimizer %s", name);
    return NULL;
}

static void fill(double *gradient, double scale)
{
    struct stream stream;

    stream_init(&stream, 1, "test.optimizer", 0);
    for (size_t i = 0; i < N; i++)
        gradient[i] = scale * stream_normal(&stream);
}

START_TEST(names_are_those_of_the_table)
{
    size_t i = 0;

    for (; optimizers[i].name != NULL; i++)
        ck_assert_str_eq(optimizer_names[i], optimizers[i].name);
    ck_assert_ptr_null(optimizer_names[i]);
}
END_TEST

START_TEST(gradient_descent_is_minus_rate_times_gradient)
{
    double gradient[N], delta[N];

    fill(gradient, 3);
    find("gradient-descent")->step(0.25, gradient, N, delta);
    for (size_t i = 0; i < N; i++)
        ck_assert_double_eq(delta[i], -0.25 * gradient[i]);
}
END_TEST

/* The step is as long as the rate and straight against the gradient, whatever
 * the gradient's scale, down to where its square underflows. */
START_TEST(normalised_step_has_the_length_of_the_rate)
{
    static const double scales[] = { 1, 1e-8, 1e-200, 1e-300, 1e200 };
    double gradient[N], delta[N];
    long double squares = 0;

    fill(gradient, scales[_i]);
    find("normalised")->step(0.03, gradient, N, delta);
    for (size_t i = 0; i < N; i++)
        squares += (long double)gradient[i] * (long double)gradient[i];
    for (size_t i = 0; i < N; i++) {
        double expected =
            (double)(-0.03L * (long double)gradient[i] / sqrtl(squares));

        ck_assert_double_eq_tol(delta[i], expected, 1e-15);
    }
}
END_TEST

START_TEST(no_gradient_is_no_step)
{
    double gradient[N] = { 0 }, delta[N];

    find("normalised")->step(0.03, gradient, N, delta);
    for (size_t i = 0; i < N; i++)
        ck_assert_double_eq(delta[i], 0);
}
END_TEST

/* What is not finite must not be hidden from the trainer. */
START_TEST(what_is_not_finite_stays_so)
{
    static const double bad[] = { NAN, INFINITY, -INFINITY };

    for (size_t k = 0; optimizers[k].name != NULL; k++) {
        double gradient[N], delta[N];

        fill(gradient, 1);
        gradient[17] = bad[_i];
        optimizers[k].step(0.1, gradient, N, delta);
        ck_assert(!isfinite(delta[17]));
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("optimizer");
    TCase *tests = tcase_create("laws");

    tcase_add_test(tests, names_are_those_of_the_table);
    tcase_add_test(tests, gradient_descent_is_minus_rate_times_gradient);
    tcase_add_loop_test(tests, normalised_step_has_the_length_of_the_rate, 0,
                        5);
    tcase_add_test(tests, no_gradient_is_no_step);
    tcase_add_loop_test(tests, what_is_not_finite_stays_so, 0, 3);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "model/micro.h"

#include <math.h>

#include "base/parallel.h"
#include "suite.h"

#define SECONDS 0.01

/* Every kernel runs, and what is told of it is what its shape says. */
START_TEST(kernels_have_rates)
{
    enum precision precision = (enum precision)_i;
    const struct micro *micro;
    size_t count = 0;

    for (; (micro = micro_at(precision, count)) != NULL; count++) {
        struct micro_rate rate = micro_measure(precision, count, SECONDS);

        printf("%-14s %4zu x %4zu x %4zu  %8.2f  %8.2f\n", micro->kernel,
               micro->rows, micro->in, micro->out, rate.own, rate.library);
        ck_assert((micro->flops > 0) != (micro->elements > 0));
        ck_assert(isfinite(rate.own) && rate.own > 0);
        ck_assert(isnan(rate.library) ||
                  (isfinite(rate.library) && rate.library > 0));
        if (micro->out > 0)
            ck_assert_double_eq(micro->flops, 2.0 * (double)micro->rows *
                                                  (double)micro->in *
                                                  (double)micro->out);
    }
    ck_assert_uint_gt(count, 0);
}
END_TEST

/* How fast is the machine's affair, and who else uses it. */
START_TEST(peak_is_a_rate)
{
    for (size_t threads = 1; threads <= 2; threads++) {
        double peak = micro_peak((enum precision)_i, threads, 10 * SECONDS);

        printf("peak %.2f on %zu threads\n", peak, threads);
        ck_assert(isfinite(peak) && peak > 0);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("micro");
    TCase *tcase = tcase_create("micro");

    parallel_set_threads(2);
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, kernels_have_rates, PRECISION_FLOAT,
                        PRECISION_DOUBLE + 1);
    tcase_add_loop_test(tcase, peak_is_a_rate, PRECISION_FLOAT,
                        PRECISION_DOUBLE + 1);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "saturation/scaling.h"

#include <math.h>

#include "base/random.h"
#include "suite.h"

static struct network *network;
static struct strings strings;

static void open_network(int norm, double epsilon)
{
    struct model_config config = {
        .n_layers = 2,
        .d_model = 16,
        .n_heads = 2,
        .d_ff = 32,
        .norm = norm,
        .epsilon = epsilon,
        .max_length = 16,
        .init = { 1, 1, 1, 1, 1, 1, 1, 1 },
    };
    struct stream stream;

    network = network_new(&config, 4);
    network_init(network, 3);
    stream_init(&stream, 1, "test.scaling", 0);
    for (size_t i = 0; i < 3; i++) {
        uint16_t symbols[6];

        for (size_t k = 0; k < 6; k++)
            symbols[k] = (uint16_t)stream_below(&stream, 4);
        strings_add(&strings, symbols, 6);
    }
}

static void tear_down(void)
{
    network_free(network);
    strings_clear(&strings);
}

static void count_told(void *self)
{
    ++*(size_t *)self;
}

/* At the reference itself the cosine is 1; near it nearly. */
START_TEST(curves_end_at_one)
{
    static const double scales[] = { 1, 10, 500, 1000 };
    double cosines[4];
    size_t times = 0;

    open_network(NORM_OUTPUT, 1e-5);
    scaling_measure(network, &strings, scales, 4, 1000, cosines, count_told,
                    &times);
    ck_assert_double_eq_tol(cosines[3], 1, 1e-12);
    ck_assert_double_ge(cosines[2], 0.999);
    ck_assert_double_lt(cosines[0], cosines[2]);
    ck_assert_uint_eq(times, 4);
}
END_TEST

/* c theta under 1 is theta under c. */
START_TEST(scales_multiply)
{
    double scale = 6, one = 1, left, right;
    struct network *larger;

    open_network(NORM_POST, 1e-5);
    larger = network_scaled(network, 3, PRECISION_DOUBLE);
    scaling_measure(network, &strings, &scale, 1, 300, &left, NULL, NULL);
    scale = 2;
    scaling_measure(larger, &strings, &scale, 1, 100, &right, NULL, NULL);
    ck_assert_double_eq_tol(left, right, 1e-9);
    scaling_measure(larger, &strings, &one, 1, 100, &right, NULL, NULL);
    ck_assert_double_lt(fabs(right), 1);
    ck_assert_double_gt(fabs(left - right), 1e-6);
    network_free(larger);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scaling");
    TCase *tests = tcase_create("laws");

    tcase_add_checked_fixture(tests, NULL, tear_down);
    tcase_add_test(tests, curves_end_at_one);
    tcase_add_test(tests, scales_multiply);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

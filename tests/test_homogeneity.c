/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "saturation/homogeneity.h"

#include "suite.h"

#include <math.h>
#include <string.h>

/* A random network of two layers and free heads; learned positions keep
 * scores from ties. */
static struct network *draw(int norm, bool bias)
{
    struct model_config config = { .n_layers = 2,
                                   .d_model = 12,
                                   .n_heads = 2,
                                   .d_ff = 20,
                                   .norm = norm,
                                   .positions = POSITIONS_LEARNED,
                                   .max_length = 20,
                                   .bias = bias,
                                   .classifier_bias = bias,
                                   .precision = PRECISION_DOUBLE,
                                   .epsilon = 1e-5,
                                   .init = { 1, 1, 1, 1, 1, 1, 1, 1 } };
    struct network *network = network_new(&config, 2);

    network_init(network, 3);
    return network;
}

static struct homogeneity measure(int norm, bool bias)
{
    struct network *network = draw(norm, bias);
    struct homogeneity table = { 0 };

    homogeneity_add_network(&table, network, 5);
    network_free(network);
    return table;
}

static double scale_of(const struct homogeneity_row *row)
{
    const char *c = strstr(row->setting, "c = ");

    ck_assert_ptr_nonnull(c);
    return strtod(c + 4, NULL);
}

START_TEST(theory_is_that_of_the_rules)
{
    static const struct homogeneity_degrees expected[] = {
        [NORM_PRE] = { 2, 3, 3, 1, 2 },
        [NORM_POST] = { 2, 1, 1, 1, 2 },
        [NORM_OUTPUT] = { 2, 1, 1, 1, 2 },
        [NORM_NONE] = { 2, 3, 5, 9, 10 }
    };
    struct model_config config = { .n_layers = 2, .norm = _i };
    struct homogeneity_degrees d = homogeneity_theory(&config);

    ck_assert_double_eq(d.head, expected[_i].head);
    ck_assert_double_eq(d.attention, expected[_i].attention);
    ck_assert_double_eq(d.feedforward, expected[_i].feedforward);
    ck_assert_double_eq(d.encoder, expected[_i].encoder);
    ck_assert_double_eq(d.logit, expected[_i].logit);
    config.affine = AFFINE_NONE;
    config.norm = NORM_PRE;
    ck_assert_double_eq(homogeneity_theory(&config).head, 1);
    ck_assert_double_eq(homogeneity_theory(&config).encoder, 0);
}
END_TEST

/* The architecture of the proofs: every degree an integer, and Euler's. */
START_TEST(output_norm_is_homogeneous)
{
    struct homogeneity table = measure(NORM_OUTPUT, false);
    double last = INFINITY;
    size_t heads = 0, clear = 0, losses = 0;

    for (size_t i = 0; i < table.count; i++) {
        const struct homogeneity_row *row = &table.rows[i];
        double c = scale_of(row);

        if (strcmp(row->group, "degree") == 0 && c >= 10) {
            ck_assert_double_eq_tol(row->measured, row->theory, 0.01);
            ck_assert_double_le(row->error, 1e-6);
            if (strcmp(row->part, "head A V") == 0) {
                ck_assert_double_eq(row->paper, 1);
                ck_assert_double_eq(row->theory, 2);
                ck_assert_str_eq(row->verdict, "the paper's slip");
                heads++;
            } else {
                ck_assert_double_eq(row->paper, row->theory);
                ck_assert_str_eq(row->verdict, "homogeneous");
            }
        }
        if (strcmp(row->group, "limit") == 0) {
            ck_assert(row->error <= last || row->error < 1e-12);
            ck_assert_str_eq(row->verdict, row->error < 1e-12 ? "at rounding"
                                           : isinf(last)      ? "begins"
                                                              : "falls");
            last = row->error;
        }
        if (strcmp(row->group, "euler") == 0 && c == 100 &&
            strcmp(row->input, "gaps") == 0) {
            ck_assert_double_le(row->error, 1e-9);
            clear++;
        }
        if (strcmp(row->part, "mean loss") == 0) {
            ck_assert_double_le(row->error, 1e-5);
            losses++;
        }
    }
    ck_assert_double_lt(last, 1e-6);
    ck_assert_uint_eq(heads, 2);
    ck_assert_uint_eq(clear, 2);
    ck_assert_uint_eq(losses, 1);
    homogeneity_clear(&table);
}
END_TEST

/* Elsewhere, and with biases, degrees hold in the limit alone. */
START_TEST(others_come_to_their_degrees)
{
    struct homogeneity table = measure(_i / 2, _i % 2 == 1);

    for (size_t i = 0; i < table.count; i++) {
        const struct homogeneity_row *row = &table.rows[i];

        if (strcmp(row->group, "degree") == 0 && scale_of(row) == 100)
            ck_assert_double_eq_tol(row->measured, row->theory, 0.05);
    }
    homogeneity_clear(&table);
}
END_TEST

START_TEST(slopes_and_errors_are_those_of_powers)
{
    const double f[] = { 3, 4 }, later[] = { 300, 400 }, off[] = { 300, 405 };
    struct homogeneity_row row = { .group = "" };

    homogeneity_compare(f, later, 2, 10, 2, &row);
    ck_assert_double_eq_tol(row.measured, 2, 1e-15);
    ck_assert_double_eq(row.error, 0);
    homogeneity_compare(f, off, 2, 10, 2, &row);
    ck_assert_double_eq_tol(row.error, 0.01, 1e-15);
    homogeneity_compare(f, later, 2, 10, 1, &row);
    ck_assert_double_eq_tol(row.error, 9, 1e-14);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("homogeneity");
    TCase *core = tcase_create("core");

    tcase_set_timeout(core, 60);
    tcase_add_loop_test(core, theory_is_that_of_the_rules, 0, 4);
    tcase_add_test(core, output_norm_is_homogeneous);
    tcase_add_loop_test(core, others_come_to_their_degrees, 0, 8);
    tcase_add_test(core, slopes_and_errors_are_those_of_powers);
    suite_add_tcase(suite, core);
    return suite_run(suite);
}

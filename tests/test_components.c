/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "saturation/homogeneity.h"

#include "suite.h"

START_TEST(table_1_holds)
{
    struct homogeneity table = { 0 };

    for (uint64_t seed = 1; seed < 20; seed++)
        homogeneity_add_components(&table, seed);
    ck_assert_uint_eq(table.count, 19 * 11);
    for (size_t i = 0; i < table.count; i++) {
        ck_assert_double_eq_tol(table.rows[i].measured, table.rows[i].paper,
                                1e-6);
        ck_assert_double_le(table.rows[i].error, 1e-12);
        ck_assert_str_eq(table.rows[i].verdict, "exact");
    }
    homogeneity_clear(&table);
}
END_TEST

/* Row 0 of each lemma is its bound, row 1 the paper's form by |x| alone. */
START_TEST(lemmas_keep_their_bounds)
{
    struct homogeneity table = { 0 };

    homogeneity_add_lemmas(&table, 100000, 7);
    ck_assert_uint_eq(table.count, 6);
    for (size_t i = 0; i < 6; i += 2) {
        ck_assert_double_le(table.rows[i].measured, 1);
        ck_assert_double_gt(table.rows[i].measured, 0.9);
        ck_assert_str_eq(table.rows[i].verdict, "never above");
    }
    ck_assert_double_ge(table.rows[1].measured, 1);
    ck_assert_double_lt(table.rows[3].measured, 0.1);
    ck_assert_str_eq(table.rows[3].verdict, "no rate: needs the gap");
    ck_assert_double_ge(table.rows[5].measured, 1);
    homogeneity_clear(&table);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("components");
    TCase *core = tcase_create("core");

    tcase_add_test(core, table_1_holds);
    tcase_add_test(core, lemmas_keep_their_bounds);
    suite_add_tcase(suite, core);
    return suite_run(suite);
}

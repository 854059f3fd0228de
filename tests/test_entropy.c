/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "suite.h"

#include <math.h>

#include "data/entropy.h"
#include "known.h"

static double entropy(const char *name, const char *yaml)
{
    struct language *language = known_language(name, 0);
    struct data_config config = { 0 };
    struct dataset dataset;
    struct error error = { 0 };
    double nats;

    ck_assert(known_settings(data_fields, yaml, "data", &config, &error));
    ck_assert(dataset_generate(&dataset, &config, language, 1, NULL, &error));
    nats = entropy_of_members(&dataset, 0);
    dataset_clear(&dataset);
    schema_clear(data_fields, &config);
    language_free(language);
    return nats;
}

/* Dyck-1 has 1, 2, 5 members of lengths 2, 4, 6 and none of odd ones: the
 * sum of -p log p over all eight, by hand. */
START_TEST(entropy_is_that_of_the_draws)
{
    double h = 0;

    h -= log(1. / 3) / 3;
    h -= 2 * (log(1. / 6) / 6);
    h -= 5 * (log(1. / 15) / 15);
    ck_assert_double_eq_tol(
        entropy("dyck-1",
                "{train: {count: 1, length: 2..6}, test: {count: 0}}"),
        h / 5, 1e-15);
}
END_TEST

/* 2^(n-1) strings have an odd number of ones: nearly log 2 a token. */
START_TEST(long_strings_do_not_overflow)
{
    ck_assert_double_eq_tol(
        entropy("parity",
                "{train: {count: 1, length: 2000}, test: {count: 0}}"),
        1999 * log(2) / 2001, 1e-12);
}
END_TEST

START_TEST(disjoint_draws_are_not_uniform)
{
    ck_assert(isnan(
        entropy("parity", "{train: {count: 1, length: 9}, disjoint: true}")));
}
END_TEST

/* aab and b: two a, two b, two ends. */
START_TEST(symbols_count_with_the_end)
{
    static const uint16_t word[] = { 0, 0, 1 };
    struct strings strings = { 0 };

    strings_add(&strings, word, 3);
    ck_assert_double_eq_tol(entropy_of_symbols(&strings, 3),
                            0.5 * log(2) + 0.5 * log(4), 1e-15);
    strings_add(&strings, word + 2, 1);
    ck_assert_double_eq_tol(entropy_of_symbols(&strings, 2), log(3), 1e-15);
    strings_clear(&strings);
}
END_TEST

/* Of a b b and the end only one b and the end are asked for. */
START_TEST(targets_alone_are_counted)
{
    static const uint16_t word[] = { 0, 1, 1 };
    uint8_t targets[] = { 0, 1, 0, 1 };
    struct examples examples = { 0 };

    examples_add(&examples, word, 3, 0, 0);
    examples.targets = targets;
    ck_assert_double_eq_tol(entropy_of_targets(&examples, 2), log(2), 1e-15);
    targets[0] = targets[2] = 1; /* a, b, b, end */
    ck_assert_double_eq_tol(entropy_of_targets(&examples, 2),
                            0.5 * log(2) + 0.5 * log(4), 1e-15);
    examples.targets = NULL;
    examples_clear(&examples);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("entropy");
    TCase *tcase = tcase_create("entropy");

    tcase_add_test(tcase, entropy_is_that_of_the_draws);
    tcase_add_test(tcase, long_strings_do_not_overflow);
    tcase_add_test(tcase, disjoint_draws_are_not_uniform);
    tcase_add_test(tcase, symbols_count_with_the_end);
    tcase_add_test(tcase, targets_alone_are_counted);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}

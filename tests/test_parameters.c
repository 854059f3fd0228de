/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/parameters.h"

#include "formal.h"
#include "suite.h"

static const char given[] = "language: at-most-$D   # comments stay\n"
                            "about: At most $D a's more than b's, or $E.\n"
                            "params: {D: 2, E: -1}\n"
                            "alphabet: a b\n"
                            "always: \"$E < #a - #b <= $D\"\n"
                            "counts: [1, 1, 2, 2]\n"
                            "examples: {out: [a a a]}\n";

/* GIVEN with the values that the words of ASSIGNMENTS give. */
static bool load(const char *text, const char *const *assignments,
                 struct language **out, struct error *error)
{
    const char *path = scratch_path("x.yaml");
    struct parameters values = { 0 };
    bool ok = true;

    scratch_write(path, text, strlen(text));
    for (; *assignments != NULL; assignments++)
        ok &= parameters_assign(&values, *assignments, error);
    ok = ok && language_load_with(out, path, &values, error);
    parameters_clear(&values);
    return ok;
}

/* |L ∩ Σⁿ| for n = 0, 1, ... */
static void check_counts_are(struct language *language, size_t count,
                             const uint64_t *expected)
{
    struct error error = { 0 };
    struct natural n = { 0 };

    ck_assert(language_prepare(language, count, &error));
    for (size_t i = 0; i < count; i++) {
        language_count(language, i, &n);
        ck_assert_uint_eq(natural_small(&n), expected[i]);
    }
    natural_clear(&n);
}

START_TEST(the_file_has_its_own_values)
{
    struct language *language = formal_language(given);

    ck_assert_str_eq(language_name(language), "at-most-2");
    ck_assert_str_eq(language_source(language), given);
    ck_assert_uint_eq(language_counts_checked(language), 4);
    language_free(language);
}
END_TEST

/* The counts of the file are about its own values only. */
START_TEST(values_change_the_language)
{
    static const uint64_t expected[] = { 1, 1, 2, 3, 5 };
    const char *const sets[] = { "D=3", NULL };
    struct language *language = NULL;
    struct error error = { 0 };

    if (!load(given, sets, &language, &error))
        ck_abort_msg("%s", said(&error));
    ck_assert_str_eq(language_name(language), "at-most-3");
    ck_assert_uint_eq(language_counts_checked(language), 0);
    check_counts_are(language, 5, expected);
    language_free(language);
}
END_TEST

/* What stands alone gives the same language again, also from a copy of it. */
START_TEST(a_copy_stands_alone)
{
    const char *const sets[] = { "D=3", NULL }, *const none[] = { NULL };
    const char *const other[] = { "D=7", "E=-2", NULL };
    const char *const back[] = { "D=2", "E=-1", NULL };
    struct language *language = NULL, *copy = NULL, *again = NULL;
    struct error error = { 0 };

    ck_assert(load(given, sets, &language, &error));
    ck_assert(strstr(language_source(language), "# comments stay\n") != NULL);
    ck_assert(strstr(language_source(language),
                     "params: {D: {standard: 2, value: 3}, E: -1}\n") != NULL);
    ck_assert(load(language_source(language), none, &copy, &error));
    ck_assert_str_eq(language_name(copy), "at-most-3");
    ck_assert_str_eq(language_source(copy), language_source(language));
    language_free(copy);

    ck_assert(load(language_source(language), other, &copy, &error));
    ck_assert_str_eq(language_name(copy), "at-most-7");
    ck_assert(strstr(language_source(copy),
                     "params: {D: {standard: 2, value: 7}, E: {standard: -1, "
                     "value: -2}}\n") != NULL);
    ck_assert(load(language_source(copy), back, &again, &error));
    ck_assert_str_eq(language_name(again), "at-most-2");
    ck_assert_uint_eq(language_counts_checked(again), 4);
    language_free(language);
    language_free(copy);
    language_free(again);
}
END_TEST

/* A dollar is a symbol where the file has no parameters. */
START_TEST(without_parameters_a_dollar_is_a_dollar)
{
    struct language *language =
        formal_language("language: x\nalphabet: $a b\nregex: $a* b\n"
                        "examples: {in: [$a b]}\n");

    language_free(language);
}
END_TEST

/* Columns beyond a parameter are the file's. */
static const struct {
    const char *text, *said;
} wrong[] = {
    { "language: x\nparams: {D: 12}\nalphabet: a\nregex: a{$D} b\n",
      "4:14: regex: no symbol of the alphabet begins \"b\"\n" },
    { "language: x\nparams: {D: 12}\nalphabet: a\nregex: \"a{$D,$E}\"\n",
      "4:14: regex: the language has no parameter \"E\"; accepted: D\n" },
    { "language: x\nparams: {D: 1}\nalphabet: a\nalways: '#a <= $D + b'\n",
      "4:21: always: no tracked name \"b\"; the count of a symbol is "
      "written #symbol\n" },
    { "language: x\nparams: {D: two}\nalphabet: a\n",
      "2:13: params.D: wrong value \"two\"; accepted: a whole number of at "
      "most 10^9 in size\n" },
    { "language: x\nparams: {D: 1000000001}\nalphabet: a\n",
      "2:13: params.D: wrong value \"1000000001\"; accepted: a whole number of "
      "at most 10^9 in size\n" },
    { "language: x\nparams: {1x: 2}\nalphabet: a\n",
      "2:10: params.1x: a parameter's name is made of letters, digits and _, "
      "the first a letter\n" },
    { "language: x\nparams: [1]\nalphabet: a\n",
      "2:9: params: wrong type: a list; accepted: a map of names and whole "
      "numbers, at most 64\n" },
    { "language: x\nparams: {D: {standard: 2}}\nalphabet: a\n",
      "2:13: params.D: accepted: a map of standard and value\n" },
};

START_TEST(mistakes_are_placed)
{
    const char *const none[] = { NULL };
    struct language *language = NULL;
    struct error error = { 0 };
    struct text expected = { 0 };

    ck_assert(!load(wrong[_i].text, none, &language, &error));
    text_add_format(&expected, "%s:%s", scratch_path("x.yaml"), wrong[_i].said);
    ck_assert_said(&error, expected.data);
    text_clear(&expected);
}
END_TEST

START_TEST(values_from_outside_are_checked)
{
    const char *const unknown[] = { "F=1", NULL };
    const char *const text[] = { "D=x", NULL }, *const map[] = { "D.x=1",
                                                                 NULL };
    struct language *language = NULL;
    struct error error = { 0 };

    ck_assert(!load(given, unknown, &language, &error));
    ck_assert_said(&error, "--set F=1: F: the language has no parameter "
                           "\"F\"; accepted: D, E\n");
    ck_assert(!load("language: x\nalphabet: a\n", unknown, &language, &error));
    ck_assert_said(&error, "--set F=1: F: the language has no parameter "
                           "\"F\", nor any other\n");
    ck_assert(!load(given, text, &language, &error));
    ck_assert_said(&error, "--set D=x: params.D: wrong value \"x\"; accepted: "
                           "a whole number of at most 10^9 in size\n");
    ck_assert(!load(given, map, &language, &error));
    ck_assert_uint_eq(error.count, 1);
    error_clear(&error);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("parameters");
    TCase *tests = tcase_create("parameters");

    tcase_add_checked_fixture(tests, scratch_open, scratch_close);
    tcase_add_test(tests, the_file_has_its_own_values);
    tcase_add_test(tests, values_change_the_language);
    tcase_add_test(tests, a_copy_stands_alone);
    tcase_add_test(tests, without_parameters_a_dollar_is_a_dollar);
    tcase_add_loop_test(tests, mistakes_are_placed, 0,
                        sizeof wrong / sizeof *wrong);
    tcase_add_test(tests, values_from_outside_are_checked);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

/* language_describe_counts, and what language_describe says of claims. */

#include <math.h>

#include "formal.h"
#include "known.h"
#include "suite.h"

static void check_said(struct language *language, size_t length,
                       const char *expected)
{
    struct text said = { 0 };

    language_describe_counts(language, length, &said);
    ck_assert_str_eq(said.data, expected);
    text_clear(&said);
    language_free(language);
}

START_TEST(automata_are_described_exactly)
{
    check_said(known_language("parity", 1), 20,
               "memory: 0.1 MiB for tables up to length 20\n"
               "growth rate: 2\n"
               "density limit: 0.5\n"
               "density: 0.5 at length 20\n");
    check_said(known_language("aa-star", 1), 5,
               "memory: 0.1 MiB for tables up to length 5\n"
               "growth rate: 1\n"
               "density limit: none, 1, 0 at lengths 0, 1... modulo 2\n"
               "density: 0 at length 5\n");
    check_said(formal_language("language: x\nalphabet: a b\n"
                               "regex: (a|ab)*\n"),
               8,
               "memory: 0.1 MiB for tables up to length 8\n"
               "growth rate: 1.618033989\n"
               "density limit: 0\n"
               "density: 0.132812 at length 8\n"); /* 34 of 256 */
    check_said(formal_language("language: x\nalphabet: a b\nregex: a b?\n"), 1,
               "memory: 0.1 MiB for tables up to length 1\n"
               "growth rate: 0\n"
               "density limit: 0\n"
               "density: 0.5 at length 1\n");
    check_said(known_language("dyck-2-3", 1), 4,
               "memory: 0.1 MiB for tables up to length 4\n"
               "growth rate: 2.288245611\n"
               "density limit: 0\n"
               "density: 0.03125 at length 4\n");
}
END_TEST

START_TEST(others_are_measured)
{
    check_said(known_language("dyck-1", 1), 64,
               "memory: 0.1 MiB for tables up to length 64\n"
               "growth rate: about 1.999, measured up to length 64\n"
               "density limit: unknown, measured 0.008232 and 0.003011 at "
               "lengths 32 and 64\n"
               "density: 0.00301051 at length 64\n");
    check_said(formal_language("language: x\nalphabet: a b\n"
                               "finally: ['#a == #b', '#a == 3']\n"),
               16,
               "memory: 0.1 MiB for tables up to length 16\n"
               "growth rate: unknown, too few lengths up to 16 have strings\n"
               "density limit: unknown, measured 0 and 0 at lengths 8 and 16\n"
               "density: 0 at length 16\n");
    check_said(formal_language("language: x\nalphabet: a b c\n"
                               "template: '{w}c{w}'\nwhere: {w: (a|b)*}\n"),
               16,
               "memory: unknown before the tables are built\n"
               "growth rate: about 1.414, measured up to length 16\n"
               "density limit: unknown, measured 0 and 0 at lengths 8 and 16\n"
               "density: 0 at length 16\n");
}
END_TEST

/* Large tables are foreseen and not built, or said to be too large. */
START_TEST(large_tables_are_foreseen)
{
    check_said(known_language("dyck-1", 1), 1500,
               "memory: 70.8 MiB for tables up to length 1500\n"
               "density: not counted at length 1500, for its tables are not "
               "built for a description\n");
    check_said(formal_language("language: x\nalphabet: a b c d\n"
                               "finally: ['#a == #b or #c != #d', "
                               "'#c == #d']\n"),
               5000,
               "memory: more than tables up to length 5000 may take\n"
               "density: not counted at length 5000, for its tables are not "
               "built for a description\n");
}
END_TEST

static const struct {
    const char *clauses, *tested;
} claims[] = {
    { "class: star-free\nregex: a*", "yes, no string permutes states" },
    { "class: regular\nregex: (aa)*", "yes, it has a finite automaton" },
    { "class: counter\nregex: a*", "yes, it has a finite automaton" },
    { "class: counter\nfinally: '#a == #b'", "yes, it is read with registers" },
    { "class: deterministic-context-free\nfinally: '#a == #b'",
      "yes, it is read with one register" },
    { "class: context-free\nfinally: '#a == #b'",
      "yes, it is read with one register" },
    { "class: context-free\nfinally: ['#a == #b', '#a == #c']",
      "no, the acceptor does not show it" },
    { "class: regular\nfinally: '#a == #b'",
      "no, the acceptor does not show it" },
    { "class: star-free\ncfg: S -> a S b | c",
      "no, the grammar does not show it" },
    { "class: regular\ncfg: S -> a S | b", "yes, it has a finite automaton" },
    { "class: regular\ncfg: |\n  S -> A[18]\n"
      "  A[k] -> A[k-1] A[k-1] if k > 0\n  A[k] -> a if k == 0",
      "yes, the grammar does not embed itself" },
    { "class: deterministic-context-free\ncfg: S -> a S b | c",
      "yes, the grammar is LR(1)" },
    { "class: deterministic-context-free\ncfg: S -> a S a | b S b | ε",
      "no, the grammar does not show it" },
    { "class: context-free\ncfg: S -> a S a | b S b | ε",
      "yes, a grammar derives it" },
    { "class: context-sensitive\ntemplate: '{w}c{w}'\nwhere: {w: (a|b)*}",
      "no, the template does not show it" },
};

START_TEST(claims_are_tested_or_said_not_to_be)
{
    struct text file = { 0 }, said = { 0 };
    struct language *language;
    char line[128];

    text_add_format(&file, "language: x\nalphabet: a b c\n%s\n",
                    claims[_i].clauses);
    language = formal_language(file.data);
    language_describe(language, &said);
    snprintf(line, sizeof line, "\nclass tested: %s\n", claims[_i].tested);
    ck_assert_msg(strstr(said.data, line) != NULL, "%s", said.data);
    language_free(language);
    text_clear(&file);
    text_clear(&said);
}
END_TEST

/* Foreseen is what tables take at most, and not far from it. */
START_TEST(memory_is_foreseen)
{
    struct language *dyck = known_language("dyck-2", 1);
    struct language *copy = known_language("marked-copy", 1);
    double bytes = language_foresee(dyck, 100);

    ck_assert_double_gt(language_foresee(dyck, 200), 2 * bytes);
    ck_assert_double_gt(language_foresee(dyck, 1), 0);
    ck_assert_double_nan(language_foresee(copy, 100));
    language_free(dyck);
    language_free(copy);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("description");
    TCase *tests = tcase_create("description");

    tcase_add_checked_fixture(tests, scratch_open, scratch_close);
    tcase_add_test(tests, automata_are_described_exactly);
    tcase_add_test(tests, others_are_measured);
    tcase_add_test(tests, large_tables_are_foreseen);
    tcase_add_loop_test(tests, claims_are_tested_or_said_not_to_be, 0,
                        sizeof claims / sizeof *claims);
    tcase_add_test(tests, memory_is_foreseen);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

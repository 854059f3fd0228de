/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What rules mean: indices, conditions, loops; cfg beside other clauses. */

#include "formal.h"
#include "suite.h"

/* The counts of the language of TEXT for length 0, 1, ... are COUNTS. */
static void check_language(const char *text, const char *counts)
{
    struct language *language;
    struct error error = { 0 };
    struct natural count = { 0 };
    char copy[256], *word, *digits;
    size_t n = 0;

    scratch_open();
    language = formal_language(text);
    ck_assert(language_prepare(language, 30, &error));
    snprintf(copy, sizeof copy, "%s", counts);
    for (word = strtok(copy, " "); word != NULL; word = strtok(NULL, " ")) {
        language_count(language, n++, &count);
        digits = natural_text(&count);
        ck_assert_str_eq(digits, word);
        free(digits);
    }
    natural_clear(&count);
    language_free(language);
    scratch_close();
}

#define HEAD "language: x\nalphabet: \"a b c 0 1 2 |\"\ncfg: |\n"

START_TEST(rules_mean_what_they_say)
{
    static const struct {
        const char *rules, *counts;
    } rows[] = {
        { "  S -> a S b | ε\n", "1 0 1 0 1" },
        { "  S -> a S b\n     | ε\n", "1 0 1 0 1" },
        { "  S -> a S b\n  S -> ε\n", "1 0 1 0 1" },
        /* a set of rules: twice is once */
        { "  S -> a S b | ε | ε\n  S -> ε\n", "1 0 1 0 1" },
        { "  S -> a \\| b\n", "0 0 0 1 0" },
        { "  S' -> S a\n  S -> b S | c\n", "0 0 1 1 1" },
        { "  T\n  S -> a\n  T -> b b\n", "0 0 1 0" },
        { "  S[2]\n  S[n] -> a S[n-1] if n > 0\n  S[0] -> b\n", "0 0 0 1 0" },
        { "  S[0]\n  S[n] -> a S[n+1] | b if 0 <= n < 3\n", "0 1 1 1 0" },
        { "  S -> i i for i in 0..2\n", "0 0 3 0" },
        { "  S -> i j for i in 0..2 for j in 0..i\n", "0 0 6 0" },
        { "  S -> i j if not i == j for i, j in 0..2\n", "0 0 6 0" },
        { "  S -> i j for i, j in 0..2 if i == j or i + j == 2 and i > j\n",
          "0 0 4 0" },
        { "  S -> T[(0-1)%3, 2*2-1]\n  T[2,3] -> a\n", "0 1 0" },
        { "  S -> T[-1]\n  T[i] -> a if i == 0-1\n", "0 1 0" },
        /* what derives nothing and what is never used do no harm */
        { "  S -> a | U\n  U -> b U\n  X -> a | a X | X a\n", "0 1 0" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[512];

        snprintf(text, sizeof text, HEAD "%s", rows[i].rules);
        check_language(text, rows[i].counts);
    }
}
END_TEST

#define DYCK "language: x\nalphabet: \"a b\"\ncfg: S -> a S b S | ε\n"

START_TEST(other_clauses_hold_too)
{
    check_language(DYCK, "1 0 1 0 2 0 5 0 14");
    check_language(DYCK "regex: (a a)* (b b)*\n", "1 0 0 0 1 0 0 0 1");
    check_language(DYCK "always: '0 <= #a - #b <= 2'\n", "1 0 1 0 2 0 4 0 8");
    check_language(DYCK "finally: '#a mod 2 == 0'\n", "1 0 0 0 2 0 0 0 14");
    check_language(DYCK "regex: b .*\n", "0 0 0 0");
}
END_TEST

static void check_why(const struct language *language, const char *string,
                      const char *expected)
{
    struct strings strings = { 0 };
    struct text why = { 0 };
    size_t column;

    ck_assert(
        strings_read(&strings, language_alphabet(language), string, &column));
    ck_assert(language_why_not(language, strings.symbols,
                               strings_length(&strings, 0), &why));
    ck_assert_str_eq(why.data, expected);
    strings_clear(&strings);
    text_clear(&why);
}

START_TEST(rejection_names_clause_and_position)
{
    struct language *language;
    struct text said = { 0 };

    scratch_open();
    language = formal_language(DYCK "always: '0 <= #a - #b <= 2'\n");
    check_why(language, "a b b a", "after 3 symbols: cfg");
    check_why(language, "a b a", "after 3 symbols: cfg");
    check_why(language, "a a a b b b",
              "after 3 symbols: always: 0 <= #a - #b <= 2");
    language_describe(language, &said);
    ck_assert_ptr_nonnull(strstr(said.data, "unambiguous: proved, LR(1) with"));
    text_clear(&said);
    language_free(language);
    scratch_close();
}
END_TEST

/* All strings but one: the others are found one by one. */
START_TEST(few_non_members_are_drawn_uniformly)
{
    struct language *language;
    struct stream stream;
    struct error error = { 0 };
    size_t counts[2] = { 0 };

    stream_init(&stream, 1, "test.grammar", 1);
    scratch_open();
    language = formal_language("language: x\nalphabet: \"a b\"\n"
                               "cfg: S -> a S | b S | ε\n"
                               "regex: '!(a{14} | b{14})'\n");
    ck_assert(language_prepare(language, 14, &error));
    for (size_t i = 0; i < 40; i++) {
        uint16_t s[14];

        language_draw(language, false, 14, &stream, s);
        for (size_t k = 1; k < 14; k++)
            ck_assert_uint_eq(s[k], s[0]);
        counts[s[0]]++;
    }
    formal_check_uniform(counts, 2, 40);
    language_free(language);
    scratch_close();
}
END_TEST

/* Words of thousands of bits are counted and drawn as well. */
START_TEST(long_members_are_members)
{
    struct language *language;
    struct stream stream;
    struct error error = { 0 };

    stream_init(&stream, 2, "test.grammar", 1);
    scratch_open();
    language = formal_language("language: x\nalphabet: \"( ) [ ] { }\"\n"
                               "cfg: S -> ( S ) S | [ S ] S | { S } S | ε\n");
    ck_assert(language_prepare(language, 500, &error));
    for (size_t i = 0; i < 20; i++) {
        uint16_t s[500];

        language_draw(language, true, 500, &stream, s);
        ck_assert(language_contains(language, s, 500));
        s[250] ^= 1;
        ck_assert(!language_contains(language, s, 500));
    }
    language_free(language);
    scratch_close();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("grammar_rule");
    TCase *tests = tcase_create("grammar_rule");

    tcase_add_test(tests, rules_mean_what_they_say);
    tcase_add_test(tests, other_clauses_hold_too);
    tcase_add_test(tests, rejection_names_clause_and_position);
    tcase_add_test(tests, few_non_members_are_drawn_uniformly);
    tcase_add_test(tests, long_members_are_members);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

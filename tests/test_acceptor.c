/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The formalism of acceptor.c through language.h. */

#include "formal.h"
#include "suite.h"

/* Adds the symbols of LINE, separated by spaces, to STRINGS. */
static void read_string(const struct language *language, const char *line,
                        struct strings *strings)
{
    size_t column;

    ck_assert(
        strings_read(strings, language_alphabet(language), line, &column));
}

/* Why a string is rejected, and how early that is certain. */
static const struct {
    const char *clauses, *string, *why; /* NULL: it is a member */
} reasons[] = {
    { "always: '#a >= #b'\nfinally: '#a == #b'", "a b", NULL },
    { "always: '#a >= #b'\nfinally: '#a == #b'", "", NULL },
    { "always: '#a >= #b'\nfinally: '#a == #b'", "a b b a a",
      "after 3 symbols: always: #a >= #b" },
    { "always: '#a >= #b'\nfinally: '#a == #b'", "b",
      "after 1 symbol: always: #a >= #b" },
    { "always: '#a >= #b'\nfinally: '#a == #b'", "a a b",
      "after 3 symbols: finally: #a == #b" },
    /* no clause alone says it, but nothing can follow any more */
    { "regex: a+ b+\nfinally: '#a == #b'", "a b b b",
      "after 3 symbols: finally: #a == #b" },
    { "regex: a+ b+\nfinally: '#a == #b'", "a b a b",
      "after 3 symbols: regex: a+ b+" },
    { "regex: a+ b+\nfinally: '#a == #b'", "",
      "after 0 symbols: regex: a+ b+" },
    { "regex: a+ b+\nfinally: '#a == #b'", "a",
      "after 1 symbol: regex: a+ b+" },
    { "before: '#a < 2'\nfinally: '#a > 0'", "a a", NULL },
    { "before: '#a < 2'\nfinally: '#a > 0'", "a a b",
      "after 2 symbols: before: #a < 2" },
    { "before: '#a < 2'\nfinally: '#a > 0'", "b b",
      "after 2 symbols: finally: #a > 0" },
    { "always: ['#a < 9', '#b == 0']", "a b a",
      "after 2 symbols: always[1]: #b == 0" },
    { "always: '#a > 0'", "a", "after 0 symbols: always: #a > 0" },
    { "dfa: {start: s, accept: t, s: {a: t}, t: {a: s}}", "a b a",
      "after 2 symbols: dfa" },
    { "dfa: {start: s, accept: t, s: {a: t}, t: {a: s}}", "a a",
      "after 2 symbols: dfa" },
    { "finally: '#b mod 2 == 1'", "b b a",
      "after 3 symbols: finally: #b mod 2 == 1" },
    { "regex: a*\nfinally: '#a == 2'", "a a a b",
      "after 3 symbols: regex: a*" },
};

START_TEST(rejections_have_a_reason_and_a_position)
{
    struct text file = { 0 }, why = { 0 };
    struct strings strings = { 0 };
    struct language *language;
    bool rejected;

    text_add_format(&file, "language: x\nalphabet: a b\n%s\n",
                    reasons[_i].clauses);
    language = formal_language(file.data);
    read_string(language, reasons[_i].string, &strings);
    rejected = language_why_not(language, strings_at(&strings, 0),
                                strings_length(&strings, 0), &why);
    ck_assert_int_eq(rejected, reasons[_i].why != NULL);
    ck_assert_int_eq(rejected,
                     !language_contains(language, strings_at(&strings, 0),
                                        strings_length(&strings, 0)));
    if (rejected)
        ck_assert_str_eq(why.data, reasons[_i].why);
    else
        ck_assert_ptr_null(why.data);
    language_free(language);
    strings_clear(&strings);
    text_clear(&file);
    text_clear(&why);
}
END_TEST

START_TEST(undecided_next_symbols_name_the_clauses)
{
    struct language *language =
        formal_language("language: x\nalphabet: a b c\n"
                        "finally: ['#a == #b', '#a + #b == 2 * #c + 1']\n");
    struct error error = { 0 };
    bool allowed[3], end;

    ck_assert(!language_next(language, NULL, 0, allowed, &end, &error));
    ck_assert_int_eq(error.kind, ERROR_CONFIG);
    ck_assert_str_eq(error.complaints[0].text,
                     "the symbols that may follow are not decided for these "
                     "clauses together: finally[0], finally[1]");
    ck_assert_uint_eq(error.complaints[0].line, 3);
    ck_assert_uint_eq(error.complaints[0].column, 11);
    error_clear(&error);
    language_free(language);
}
END_TEST

START_TEST(tables_beyond_the_cap_name_the_clause)
{
    struct language *language =
        formal_language("language: x\nalphabet: a b c d\nregex: .*\n"
                        "finally: ['#a == #b or #c != #d', '#c == #d']\n");
    struct error error = { 0 };
    struct natural count = { 0 };

    ck_assert(language_prepare(language, 8, &error));
    ck_assert(!language_prepare(language, 5000, &error));
    ck_assert_int_eq(error.kind, ERROR_CONFIG);
    ck_assert_str_eq(error.complaints[0].key, "finally[0]");
    ck_assert_uint_eq(error.complaints[0].line, 4);
    ck_assert_uint_eq(error.complaints[0].column, 11);
    ck_assert_str_eq(error.complaints[0].text,
                     "counting strings of up to 5000 symbols would take more "
                     "than 1024 MiB");
    error_clear(&error);

    /* what was prepared before is still there: sum of binomials */
    language_count(language, 4, &count);
    ck_assert_uint_eq(natural_small(&count), 6 + 24 + 6);
    natural_clear(&count);
    language_free(language);
}
END_TEST

START_TEST(groups_have_caps_too)
{
    struct language *language =
        formal_language("language: x\nalphabet: a b c d\n"
                        "finally: ['#a == #b', '#c == #d']\n");
    struct error error = { 0 };

    ck_assert(language_prepare(language, 8, &error));
    ck_assert(!language_prepare(language, 100000, &error));
    ck_assert_str_eq(error.complaints[0].key, "finally[0]");
    ck_assert_uint_eq(error.complaints[0].line, 3);
    ck_assert_uint_eq(error.complaints[0].column, 11);
    ck_assert_str_eq(error.complaints[0].text,
                     "counting strings of up to 100000 symbols would take too "
                     "long");
    error_clear(&error);
    language_free(language);
}
END_TEST

/* Next symbols and reasons are those of the clauses, groups or not. */
START_TEST(groups_are_asked_as_a_whole)
{
    struct language *language =
        formal_language("language: x\nalphabet: a b c d\n"
                        "always: ['#a >= #b', '#c >= #d']\n"
                        "finally: ['#a == #b', '#c == #d']\n");
    struct strings strings = { 0 }, members = { 0 };
    struct error error = { 0 };
    struct text why = { 0 };
    bool allowed[4], end;

    read_string(language, "a c d", &strings);
    ck_assert(language_next(language, strings_at(&strings, 0), 3, allowed, &end,
                            &error));
    ck_assert(allowed[0] && allowed[1] && allowed[2] && !allowed[3] && !end);
    language_why_not(language, strings_at(&strings, 0), 3, &why);
    ck_assert_str_eq(why.data, "after 3 symbols: finally[0]: #a == #b");

    ck_assert(language_prepare(language, 4, &error));
    language_enumerate(language, true, 4, &members);
    ck_assert_uint_eq(members.count, 2 + 2 + 6);
    for (size_t i = 0; i < members.count; i++) {
        ck_assert(language_contains(language, strings_at(&members, i), 4));
        ck_assert(i == 0 || memcmp(strings_at(&members, i - 1),
                                   strings_at(&members, i), 8) != 0);
    }
    text_clear(&why);
    strings_clear(&strings);
    strings_clear(&members);
    language_free(language);
}
END_TEST

START_TEST(preparing_again_changes_nothing)
{
    struct language *language =
        formal_language("language: x\nalphabet: a b\nfinally: '#a > #b'\n");
    struct error error = { 0 };
    struct natural before = { 0 }, after = { 0 };

    ck_assert(language_prepare(language, 40, &error));
    language_count(language, 33, &before);
    ck_assert(language_prepare(language, 10, &error));
    language_count(language, 33, &after);
    ck_assert_int_eq(natural_compare(&before, &after), 0);
    ck_assert(language_prepare(language, 90, &error));
    language_count(language, 33, &after);
    ck_assert_int_eq(natural_compare(&before, &after), 0);
    ck_assert_uint_eq(natural_small(&after), UINT64_C(1) << 32);
    natural_clear(&before);
    natural_clear(&after);
    language_free(language);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("acceptor");
    TCase *tests = tcase_create("acceptor");

    tcase_add_checked_fixture(tests, scratch_open, scratch_close);
    tcase_add_loop_test(tests, rejections_have_a_reason_and_a_position, 0,
                        sizeof reasons / sizeof *reasons);
    tcase_add_test(tests, undecided_next_symbols_name_the_clauses);
    tcase_add_test(tests, tables_beyond_the_cap_name_the_clause);
    tcase_add_test(tests, groups_have_caps_too);
    tcase_add_test(tests, groups_are_asked_as_a_whole);
    tcase_add_test(tests, preparing_again_changes_nothing);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The files of languages/ against predicates written here, in plain C and
 * knowing nothing of clauses: counts, members, draws, next-symbol sets.
 */

#include <stdlib.h>

#include "base/memory.h"
#include "formal.h"
#include "known.h"
#include "suite.h"

/* Strings of a length that are tried one by one. */
#define MOST_STRINGS 20000

/* ------------------------------------------------------------- predicates */

static size_t count_of(uint16_t symbol, const uint16_t *s, size_t n)
{
    size_t count = 0;

    for (size_t i = 0; i < n; i++)
        count += s[i] == symbol;
    return count;
}

/* Balanced in OPEN and CLOSE, never deeper than MOST; other symbols skipped. */
static bool is_balanced(const uint16_t *s, size_t n, uint16_t open,
                        uint16_t close, size_t most)
{
    size_t depth = 0;

    for (size_t i = 0; i < n; i++) {
        if (s[i] == close && depth-- == 0)
            return false;
        if (s[i] == open && ++depth > most)
            return false;
    }
    return depth == 0;
}

/* Blocks of 0, 1, ..., KINDS - 1 of equal length, at least one each. */
static bool are_blocks(const uint16_t *s, size_t n, size_t kinds)
{
    for (size_t i = 0; i < n; i++)
        if (s[i] != i * kinds / n)
            return false;
    return n > 0 && n % kinds == 0;
}

static bool is_dyck_1(const uint16_t *s, size_t n)
{
    return is_balanced(s, n, 0, 1, n);
}

static bool is_anbn(const uint16_t *s, size_t n)
{
    return are_blocks(s, n, 2);
}

static bool is_anbncn(const uint16_t *s, size_t n)
{
    return are_blocks(s, n, 3);
}

static bool is_equal_counts(const uint16_t *s, size_t n)
{
    return 2 * count_of(1, s, n) == n;
}

static bool is_majority(const uint16_t *s, size_t n)
{
    return 2 * count_of(1, s, n) > n;
}

static bool is_parity(const uint16_t *s, size_t n)
{
    return count_of(1, s, n) % 2 == 1;
}

static bool is_parity_even(const uint16_t *s, size_t n)
{
    return count_of(1, s, n) % 2 == 0;
}

static bool is_seven_letters(const uint16_t *s, size_t n)
{
    return count_of(6, s, n) < n;
}

static bool is_shuffle_2(const uint16_t *s, size_t n)
{
    return is_balanced(s, n, 0, 1, n) && is_balanced(s, n, 2, 3, n);
}

static bool is_tomita_1(const uint16_t *s, size_t n)
{
    return count_of(0, s, n) == 0;
}

static bool is_tomita_2(const uint16_t *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (s[i] != (i + 1) % 2)
            return false;
    return n % 2 == 0;
}

/* Length of the run that begins at I. */
static size_t run_at(const uint16_t *s, size_t n, size_t i)
{
    size_t end = i;

    while (end < n && s[end] == s[i])
        end++;
    return end - i;
}

static bool is_tomita_3(const uint16_t *s, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t run = run_at(s, n, i), next = i + run;

        if (s[i] == 1 && run % 2 == 1 && next < n &&
            run_at(s, n, next) % 2 == 1)
            return false;
        i = next;
    }
    return true;
}

static bool is_tomita_4(const uint16_t *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (s[i] == 0 && run_at(s, n, i) >= 3)
            return false;
    return true;
}

static bool is_tomita_5(const uint16_t *s, size_t n)
{
    return count_of(0, s, n) % 2 == 0 && count_of(1, s, n) % 2 == 0;
}

static bool is_tomita_6(const uint16_t *s, size_t n)
{
    return (count_of(0, s, n) + 2 * count_of(1, s, n)) % 3 == 0;
}

static bool is_tomita_7(const uint16_t *s, size_t n)
{
    size_t at = 0;

    for (uint16_t block = 0; block < 4; block++)
        while (at < n && s[at] == block % 2)
            at++;
    return at == n;
}

static bool is_d_2(const uint16_t *s, size_t n)
{
    return is_balanced(s, n, 0, 1, 2);
}

static bool is_d_4(const uint16_t *s, size_t n)
{
    return is_balanced(s, n, 0, 1, 4);
}

static bool is_even_pairs(const uint16_t *s, size_t n)
{
    size_t changes = 0;

    for (size_t i = 1; i < n; i++)
        changes += s[i] != s[i - 1];
    return changes % 2 == 0;
}

static bool is_aa_star(const uint16_t *s, size_t n)
{
    (void)s;
    return n % 2 == 0;
}

/* Kinds of brackets: 2 i opens and 2 i + 1 closes the i-th, never more
 * than MOST open at once. */
static bool is_nested(const uint16_t *s, size_t n, size_t most)
{
    uint16_t open[256];
    size_t depth = 0;

    for (size_t i = 0; i < n; i++)
        if (s[i] % 2 == 0) {
            if (depth == most)
                return false;
            open[depth++] = s[i];
        } else if (depth == 0 || open[--depth] + 1 != s[i]) {
            return false;
        }
    return depth == 0;
}

static bool is_dyck(const uint16_t *s, size_t n)
{
    return is_nested(s, n, n);
}

static bool is_dyck_3_deep(const uint16_t *s, size_t n)
{
    return is_nested(s, n, 3);
}

/* Symbols 0 and 1 are values; symbol a + 1 takes a of what follows. */
static bool is_boolean(const uint16_t *s, size_t n)
{
    size_t missing = 1;

    for (size_t i = 0; i < n; i++) {
        if (missing == 0)
            return false;
        missing = missing - 1 + (s[i] < 2 ? 0 : (size_t)s[i] - 1);
    }
    return missing == 0;
}

static bool is_palindrome(const uint16_t *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (s[i] != s[n - 1 - i])
            return false;
    return true;
}

static bool is_unmarked_reversal(const uint16_t *s, size_t n)
{
    return n % 2 == 0 && is_palindrome(s, n);
}

static bool is_marked_reversal(const uint16_t *s, size_t n)
{
    return n % 2 == 1 && is_palindrome(s, n) && s[n / 2] == 2 &&
           count_of(2, s, n) == 1;
}

/* 0 1 PUSH POP #: does what it says. */
static bool is_stack_manipulation(const uint16_t *s, size_t n)
{
    uint16_t stack[256];
    size_t depth = 0, i = 0;

    while (i < n && s[i] < 2)
        stack[depth++] = s[i++];
    while (i < n && (s[i] == 2 || s[i] == 3))
        if (s[i++] == 3) {
            if (depth-- == 0)
                return false;
        } else {
            if (i == n || s[i] > 1)
                return false;
            stack[depth++] = s[i++];
        }
    if (i == n || s[i++] != 4 || n - i != depth)
        return false;
    while (depth > 0)
        if (s[i++] != stack[--depth])
            return false;
    return true;
}

/* Digits 0..4, then + - * and =. */
static bool is_modular(const uint16_t *s, size_t n)
{
    unsigned value;

    if (n < 3 || n % 2 == 0 || s[0] > 4 || s[n - 2] != 8)
        return false;
    value = s[0];
    for (size_t i = 1; i + 2 < n; i += 2) {
        if (s[i] < 5 || s[i] > 7 || s[i + 1] > 4)
            return false;
        value = (s[i] == 5   ? value + s[i + 1]
                 : s[i] == 6 ? value + 5 - s[i + 1]
                             : value * s[i + 1]) %
                5;
    }
    return s[n - 1] == value;
}

/* Digits 0..4, then + - ( ) and =.  The value of the expression at *AT of n
 * symbols, or 9; *AT is moved behind it. */
static unsigned bracketed(const uint16_t *s, size_t n, size_t *at)
{
    unsigned left, right;
    bool plus;

    if (*at < n && s[*at] < 5)
        return s[(*at)++];
    if (*at + 1 < n && s[*at] == 6 && s[*at + 1] < 5) {
        *at += 2;
        return (5u - s[*at - 1]) % 5;
    }
    if (*at == n || s[(*at)++] != 7)
        return 9;
    if (*at < n && s[*at] == 7)
        left = bracketed(s, n, at), right = 9;
    else
        left = right = bracketed(s, n, at);
    if (left == 9 || *at == n)
        return 9;
    if (s[*at] == 8 && right != 9) { /* a digit alone, perhaps negative */
        ++*at;
        return left;
    }
    if (s[*at] != 5 && s[*at] != 6)
        return 9;
    plus = s[(*at)++] == 5;
    right = bracketed(s, n, at);
    if (right == 9 || *at == n || s[(*at)++] != 8)
        return 9;
    return (plus ? left + right : left + 5 - right) % 5;
}

static bool is_bracketed(const uint16_t *s, size_t n)
{
    size_t at = 0;
    unsigned value = bracketed(s, n, &at);

    return value != 9 && at + 2 == n && s[at] == 9 && s[at + 1] == value;
}

/* MOST_NEEDED: a prefix of k symbols can be completed, if at all, within so
 * many times k symbols and one more; 0 stands for 3 and none more. */
static const struct {
    const char *name;
    bool (*is_member)(const uint16_t *s, size_t n);
    size_t most_needed;
} languages[] = {
    /* clang-format off */
    { "aa-star",                    is_aa_star, 0 },
    { "anbn",                       is_anbn, 0 },
    { "anbncn",                     is_anbncn, 0 },
    { "boolean-1",                  is_boolean, 0 },
    { "boolean-2",                  is_boolean, 2 },
    { "boolean-3",                  is_boolean, 3 },
    { "boolean-5",                  is_boolean, 5 },
    { "d-2",                        is_d_2, 0 },
    { "d-4",                        is_d_4, 0 },
    { "dyck-1",                     is_dyck_1, 0 },
    { "dyck-2",                     is_dyck, 0 },
    { "dyck-2-3",                   is_dyck_3_deep, 0 },
    { "dyck-2-depth",               is_dyck_3_deep, 0 },
    { "dyck-3",                     is_dyck, 0 },
    { "dyck-4",                     is_dyck, 0 },
    { "dyck-8-depth",               is_dyck_3_deep, 0 },
    { "equal-counts",               is_equal_counts, 0 },
    { "even-pairs",                 is_even_pairs, 0 },
    { "majority",                   is_majority, 0 },
    { "marked-reversal",            is_marked_reversal, 0 },
    { "modular-arithmetic-5",       is_modular, 0 },
    { "modular-arithmetic-brackets",is_bracketed, 4 },
    { "modular-arithmetic-simple",  is_modular, 0 },
    { "palindrome",                 is_palindrome, 0 },
    { "parity",                     is_parity, 0 },
    { "parity-even",                is_parity_even, 0 },
    { "seven-letters",              is_seven_letters, 0 },
    { "shuffle-2",                  is_shuffle_2, 0 },
    { "stack-manipulation",         is_stack_manipulation, 0 },
    { "tomita-1",                   is_tomita_1, 0 },
    { "tomita-2",                   is_tomita_2, 0 },
    { "tomita-3",                   is_tomita_3, 0 },
    { "tomita-4",                   is_tomita_4, 0 },
    { "tomita-5",                   is_tomita_5, 0 },
    { "tomita-6",                   is_tomita_6, 0 },
    { "tomita-7",                   is_tomita_7, 0 },
    { "unmarked-reversal",          is_unmarked_reversal, 0 },
    /* clang-format on */
};

#define LANGUAGES (sizeof languages / sizeof *languages)

/* The longest length with at most MOST strings, 16 at most. */
static size_t longest_with(size_t symbols, size_t most)
{
    size_t n = 0;

    while (n < 16 && formal_power(symbols, n + 1) <= most)
        n++;
    return n;
}

/* ------------------------------------------------------------------- laws */

START_TEST(every_string_is_judged_as_by_hand)
{
    struct language *language = known_language(languages[_i].name, 16);
    size_t symbols = language_alphabet(language)->size;
    size_t longest = longest_with(symbols, MOST_STRINGS);
    struct text why = { 0 };

    ck_assert_uint_gt(language_counts_checked(language), 6);
    for (size_t n = 0; n <= longest; n++) {
        size_t members = 0, all = formal_power(symbols, n);
        struct natural count = { 0 };
        uint16_t s[16];

        for (size_t i = 0; i < all; i++) {
            bool member;

            formal_string(i, symbols, n, s);
            member = languages[_i].is_member(s, n);
            members += member;
            ck_assert_int_eq(language_contains(language, s, n), member);
            ck_assert_int_eq(language_why_not(language, s, n, &why), !member);
        }
        language_count(language, n, &count);
        ck_assert_uint_eq(natural_small(&count), members);
        language_count_outside(language, n, &count);
        ck_assert_uint_eq(natural_small(&count), all - members);
        natural_clear(&count);
    }
    text_clear(&why);
    language_free(language);
}
END_TEST

/* Thirty draws for each string there is, members and others apart: all come
 * up, equally often. */
START_TEST(draws_are_uniform)
{
    struct language *language = known_language(languages[_i].name, 16);
    size_t symbols = language_alphabet(language)->size;
    size_t longest = longest_with(symbols, 600);
    struct stream stream;

    stream_init(&stream, 1, "test.languages", (uint64_t)_i);
    for (size_t n = longest - 1; n <= longest; n++)
        for (int member = 0; member < 2; member++) {
            size_t all = formal_power(symbols, n), classes = 0, total = 0;
            size_t *counts = memory_new(all, sizeof *counts);
            uint16_t s[16];

            for (size_t i = 0; i < all; i++) {
                formal_string(i, symbols, n, s);
                total += languages[_i].is_member(s, n) == member;
            }
            for (size_t i = 0; i < 30 * total; i++) {
                size_t number = 0;

                language_draw(language, member, n, &stream, s);
                ck_assert_int_eq(languages[_i].is_member(s, n), member);
                for (size_t k = 0; k < n; k++)
                    number = number * symbols + s[k];
                counts[number]++;
            }
            for (size_t i = 0; i < all; i++)
                if (counts[i] > 0)
                    counts[classes++] = counts[i];
            ck_assert_uint_eq(classes, total);
            if (total > 0)
                formal_check_uniform(counts, classes, 30 * total);
            free(counts);
        }
    language_free(language);
}
END_TEST

START_TEST(long_draws_are_what_they_should_be)
{
    struct language *language = known_language(languages[_i].name, 130);
    struct natural count = { 0 };
    struct stream stream;
    size_t drawn[2] = { 0 };

    stream_init(&stream, 2, "test.languages", (uint64_t)_i);
    for (size_t n = 20; n <= 130; n += 5)
        for (int member = 0; member < 2; member++)
            for (int times = 0; times < 5; times++) {
                uint16_t s[130];

                if (member)
                    language_count(language, n, &count);
                else
                    language_count_outside(language, n, &count);
                if (natural_is_zero(&count))
                    continue;
                language_draw(language, member, n, &stream, s);
                ck_assert_int_eq(languages[_i].is_member(s, n), member);
                drawn[member]++;
            }
    ck_assert_uint_gt(drawn[0], 0);
    ck_assert_uint_gt(drawn[1], 0);
    natural_clear(&count);
    language_free(language);
}
END_TEST

/* All strings of at most LONGEST symbols that the predicate accepts set the
 * bits of their prefixes and next symbols: AFTER[length][number][symbol]. */
static void find_continuations(size_t row, size_t symbols, size_t longest,
                               size_t prefixes, bool **after)
{
    for (size_t n = 0; n <= longest; n++)
        for (size_t i = 0; i < formal_power(symbols, n); i++) {
            uint16_t s[16];
            size_t number = 0;

            formal_string(i, symbols, n, s);
            if (!languages[row].is_member(s, n))
                continue;
            for (size_t k = 0; k < n && k <= prefixes; k++) {
                after[k][number * symbols + s[k]] = true;
                number = number * symbols + s[k];
            }
        }
}

START_TEST(next_symbols_are_those_with_a_continuation)
{
    struct language *language = known_language(languages[_i].name, 1);
    size_t symbols = language_alphabet(language)->size;
    size_t needed = languages[_i].most_needed;
    size_t longest = longest_with(symbols, needed ? 120000 : MOST_STRINGS);
    size_t prefixes = (needed ? (longest - 1) / needed : longest / 3) - 1;
    struct error error = { 0 };
    bool *after[6];

    for (size_t k = 0; k <= prefixes; k++)
        after[k] = memory_new(formal_power(symbols, k + 1), sizeof **after);
    find_continuations((size_t)_i, symbols, longest, prefixes, after);
    for (size_t k = 0; k <= prefixes; k++) {
        for (size_t i = 0; i < formal_power(symbols, k); i++) {
            uint16_t s[16];
            bool allowed[16], end;

            formal_string(i, symbols, k, s);
            ck_assert(language_next(language, s, k, allowed, &end, &error));
            ck_assert_int_eq(end, languages[_i].is_member(s, k));
            ck_assert_mem_eq(allowed, after[k] + i * symbols, symbols);
        }
        free(after[k]);
    }
    language_free(language);
}
END_TEST

START_TEST(every_file_is_tested_here)
{
    struct error error = { 0 };
    char folder[4096], **names;
    size_t found = 0;

    snprintf(folder, sizeof folder, "%s/languages", source_directory());
    ck_assert(file_names(folder, &names, &error));
    for (size_t i = 0; names[i] != NULL; i++) {
        char *dot = strstr(names[i], ".yaml");
        size_t row = 0;

        ck_assert_ptr_nonnull(dot);
        *dot = '\0';
        while (row < LANGUAGES && strcmp(languages[row].name, names[i]) != 0)
            row++;
        ck_assert_msg(row < LANGUAGES, "%s has no predicate", names[i]);
        found++;
    }
    ck_assert_uint_eq(found, LANGUAGES);
    file_free_names(names);
}
END_TEST

/* ----------------------------------------------------------- golden counts */

/* Rows of the table that have no file of their own yet, as files. */
static const struct {
    const char *name, *file;
} others[] = {
    { "abab-star", "alphabet: a b\nregex: (a b a b)*\n" },
    { "ab-d-bc", "alphabet: a b c d\nregex: '[ab]* d [^ad]*'\n" },
    { "abcde-plus", "alphabet: a b c d e\nregex: a+ b+ c+ d+ e+\n" },
    { "c-a2-c", "alphabet: a c\nregex: c* a{2} c*\n" },
    { "l-4", "alphabet: a b\nregex: (a+ b+){2}\n" },
    { "reset-dyck-1", "alphabet: ( ) 1\n"
                      "track:\n"
                      "  open: {(: open + 1, ): open - 1, 1: 0}\n"
                      "always: open >= 0\n"
                      "finally: open == 0\n" },
    { "cycle-navigation",
      "alphabet: < > = 0 1 2 3 4\n"
      "regex: '[<>=]* [01234]'\n"
      "finally: '(#> - #<) mod 5 == #1 + 2 * #2 + 3 * #3 + 4 * #4'\n" },
};

static struct language *golden_language(const char *name)
{
    struct error error = { 0 };
    struct text file = { 0 };
    struct language *language = NULL;

    for (size_t i = 0; i < LANGUAGES; i++)
        if (strcmp(languages[i].name, name) == 0)
            return known_language(name, 16);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(others[i].name, name) == 0) {
            text_add_format(&file, "language: %s\n%s", name, others[i].file);
            language = formal_language(file.data);
            ck_assert(language_prepare(language, 16, &error));
            text_clear(&file);
        }
    return language;
}

START_TEST(counts_are_the_published_ones)
{
    struct error error = { 0 };
    struct text table = { 0 };
    char path[4096], *rest = NULL;
    size_t compared = 0;

    snprintf(path, sizeof path, "%s/tests/data/golden_counts.tsv",
             source_directory());
    ck_assert(file_read(path, 1 << 20, &table, &error));
    for (char *row = strtok_r(table.data, "\n", &rest); row != NULL;
         row = strtok_r(NULL, "\n", &rest)) {
        char *counts = strrchr(row, '\t'), *name = strtok(row, "\t");
        struct language *language = golden_language(name);
        struct natural count = { 0 }, stated = { 0 };
        size_t n = 0;

        if (language == NULL)
            continue;
        for (char *word = strtok(counts, "\t "); word != NULL;
             word = strtok(NULL, "\t ")) {
            ck_assert(natural_read(&stated, word));
            language_count(language, n, &count);
            ck_assert_msg(natural_compare(&stated, &count) == 0,
                          "%s: length %zu", name, n);
            n++;
        }
        ck_assert_uint_gt(n, 6);
        compared++;
        natural_clear(&count);
        natural_clear(&stated);
        language_free(language);
    }
    ck_assert_uint_eq(compared, 23);
    text_clear(&table);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("languages");
    TCase *tests = tcase_create("languages");

    tcase_add_checked_fixture(tests, scratch_open, scratch_close);
    tcase_add_loop_test(tests, every_string_is_judged_as_by_hand, 0, LANGUAGES);
    tcase_add_loop_test(tests, draws_are_uniform, 0, LANGUAGES);
    tcase_add_loop_test(tests, long_draws_are_what_they_should_be, 0,
                        LANGUAGES);
    tcase_add_loop_test(tests, next_symbols_are_those_with_a_continuation, 0,
                        LANGUAGES);
    tcase_add_test(tests, every_file_is_tested_here);
    tcase_add_test(tests, counts_are_the_published_ones);
    tcase_set_timeout(tests, 60);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

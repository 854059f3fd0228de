/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The files of languages/ against the predicates beside this one: counts,
 * members, draws, next-symbol sets.  SATURN_SLOW=1 tries fifty times as many
 * strings of a length.
 */

#include <stdlib.h>

#include "base/memory.h"
#include "formal.h"
#include "known.h"
#include "laws/predicates.h"
#include "suite.h"

/* Strings of a length that are tried one by one. */
static size_t most_strings(void)
{
    return getenv("SATURN_SLOW") != NULL ? 1000000 : 20000;
}

/* Of all tables one after the other; behind the last, a row without a name. */
static const struct predicate *predicate_at(size_t number)
{
    static const struct predicate *const tables[] = { regular_predicates,
                                                      counting_predicates,
                                                      function_predicates };
    size_t table = 0, row = 0;

    while (number-- > 0)
        if (tables[table][++row].name == NULL && table < 2) {
            table++;
            row = 0;
        }
    return &tables[table][row];
}

static size_t predicates(void)
{
    size_t count = 0;

    while (predicate_at(count)->name != NULL)
        count++;
    return count;
}

/* NULL if there is none. */
static const struct predicate *predicate_of(const char *name)
{
    for (size_t i = 0; i < predicates(); i++)
        if (strcmp(predicate_at(i)->name, name) == 0)
            return predicate_at(i);
    return NULL;
}

static bool holds(const struct predicate *predicate, const uint16_t *s,
                  size_t n)
{
    return predicate->is_of != NULL ? predicate->is_of(s, n, predicate->size)
                                    : predicate->is_member(s, n);
}

/* Lengths of prefixes whose next symbols are compared. */
#define DECIDED 6

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
    const struct predicate *predicate = predicate_at((size_t)_i);
    struct language *language = known_language(predicate->name, 16);
    size_t symbols = language_alphabet(language)->size;
    size_t longest = longest_with(symbols, most_strings());
    struct text why = { 0 };

    ck_assert_uint_gt(language_counts_checked(language), 6);
    for (size_t n = 0; n <= longest; n++) {
        size_t members = 0, all = formal_power(symbols, n);
        struct natural count = { 0 };
        uint16_t s[16];

        for (size_t i = 0; i < all; i++) {
            bool member;

            formal_string(i, symbols, n, s);
            member = holds(predicate, s, n);
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
    const struct predicate *predicate = predicate_at((size_t)_i);
    struct language *language = known_language(predicate->name, 16);
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
                total += holds(predicate, s, n) == member;
            }
            for (size_t i = 0; i < 30 * total; i++) {
                size_t number = 0;

                language_draw(language, member, n, &stream, s);
                ck_assert_int_eq(holds(predicate, s, n), member);
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
    const struct predicate *predicate = predicate_at((size_t)_i);
    size_t longest = predicate->longest ? predicate->longest : 130;
    struct language *language = known_language(predicate->name, longest);
    struct natural count = { 0 };
    struct stream stream;
    size_t drawn[2] = { 0 };

    stream_init(&stream, 2, "test.languages", (uint64_t)_i);
    for (size_t n = 20; n <= longest; n += 5)
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
                ck_assert_int_eq(holds(predicate, s, n), member);
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
static void find_continuations(const struct predicate *predicate,
                               size_t symbols, size_t longest, size_t prefixes,
                               bool **after)
{
    for (size_t n = 0; n <= longest; n++)
        for (size_t i = 0; i < formal_power(symbols, n); i++) {
            uint16_t s[16];
            size_t number = 0;

            formal_string(i, symbols, n, s);
            if (!holds(predicate, s, n))
                continue;
            for (size_t k = 0; k < n && k <= prefixes; k++) {
                after[k][number * symbols + s[k]] = true;
                number = number * symbols + s[k];
            }
        }
}

/* The longest prefixes whose next symbols the strings of at most LONGEST
 * symbols decide. */
static size_t longest_decided(const struct predicate *predicate, size_t longest)
{
    size_t factor = predicate->factor, more = predicate->more, k = 0;

    if (factor == 0)
        factor = 3;
    ck_assert_msg(longest >= factor + more, "%s", predicate->name);
    while (k + 1 < DECIDED && factor * (k + 2) + more <= longest)
        k++;
    return k;
}

START_TEST(next_symbols_are_those_with_a_continuation)
{
    const struct predicate *predicate = predicate_at((size_t)_i);
    struct language *language = known_language(predicate->name, 1);
    size_t symbols = language_alphabet(language)->size;
    size_t longest = longest_with(symbols, 120000);
    size_t prefixes = longest_decided(predicate, longest);
    struct error error = { 0 };
    bool *after[DECIDED];

    for (size_t k = 0; k <= prefixes; k++)
        after[k] = memory_new(formal_power(symbols, k + 1), sizeof **after);
    find_continuations(predicate, symbols, longest, prefixes, after);
    for (size_t k = 0; k <= prefixes; k++) {
        for (size_t i = 0; i < formal_power(symbols, k); i++) {
            uint16_t s[16];
            bool allowed[64], end;

            formal_string(i, symbols, k, s);
            ck_assert(language_next(language, s, k, allowed, &end, &error));
            ck_assert_int_eq(end, holds(predicate, s, k));
            ck_assert_mem_eq(allowed, after[k] + i * symbols, symbols);
        }
        free(after[k]);
    }
    language_free(language);
}
END_TEST

START_TEST(every_file_says_what_it_is)
{
    struct language *language =
        known_language(predicate_at((size_t)_i)->name, 1);
    struct text said = { 0 };
    const char *about;

    language_describe(language, &said);
    about = strstr(said.data, "\nabout: ");
    ck_assert_ptr_nonnull(about);
    /* A # that is not quoted would cut the sentence short. */
    ck_assert_int_eq(about[strcspn(about + 1, "\n")], '.');
    ck_assert_ptr_nonnull(strstr(said.data, "\nclass: "));
    ck_assert_ptr_nonnull(strstr(said.data, "\nsource: "));
    text_clear(&said);
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

        ck_assert_ptr_nonnull(dot);
        *dot = '\0';
        ck_assert_msg(predicate_of(names[i]) != NULL, "%s has no predicate",
                      names[i]);
        found++;
    }
    ck_assert_uint_eq(found, predicates());
    file_free_names(names);
}
END_TEST

/* ----------------------------------------------------------- golden counts */

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
        struct language *language;
        struct natural count = { 0 }, stated = { 0 };
        size_t n = 0;

        if (predicate_of(name) == NULL)
            continue;
        language = known_language(name, 16);
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
    ck_assert_uint_eq(compared, 27);
    text_clear(&table);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("languages");
    TCase *tests = tcase_create("languages");
    int files = (int)predicates();

    tcase_add_checked_fixture(tests, scratch_open, scratch_close);
    tcase_add_loop_test(tests, every_string_is_judged_as_by_hand, 0, files);
    tcase_add_loop_test(tests, draws_are_uniform, 0, files);
    tcase_add_loop_test(tests, long_draws_are_what_they_should_be, 0, files);
    tcase_add_loop_test(tests, next_symbols_are_those_with_a_continuation, 0,
                        files);
    tcase_add_loop_test(tests, every_file_says_what_it_is, 0, files);
    tcase_add_test(tests, every_file_is_tested_here);
    tcase_add_test(tests, counts_are_the_published_ones);
    tcase_set_timeout(tests, 60);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/string.h"

#include "formal.h"
#include "suite.h"

START_TEST(symbols_are_found_by_their_whole_name)
{
    struct alphabet alphabet = formal_alphabet("a ab PUSH P # é");

    ck_assert_int_eq(alphabet_find(&alphabet, "ab", 2), 1);
    ck_assert_int_eq(alphabet_find(&alphabet, "ab", 1), 0);
    ck_assert_int_eq(alphabet_find(&alphabet, "PUSH", 4), 2);
    ck_assert_int_eq(alphabet_find(&alphabet, "PUSHED", 6), -1);
    ck_assert_int_eq(alphabet_find(&alphabet, "PU", 2), -1);
    ck_assert_int_eq(alphabet_find(&alphabet, "", 0), -1);
    ck_assert_int_eq(alphabet_find(&alphabet, "é", 2), 5);
    ck_assert(!alphabet_add(&alphabet, "P"));
    ck_assert_uint_eq(alphabet.size, 6);
    alphabet_clear(&alphabet);
    alphabet_clear(&alphabet);
}
END_TEST

START_TEST(the_longest_name_matches)
{
    struct alphabet alphabet = formal_alphabet("a ab abcd b");
    size_t length;

    ck_assert_int_eq(alphabet_match(&alphabet, "abcx", 4, &length), 1);
    ck_assert_uint_eq(length, 2);
    ck_assert_int_eq(alphabet_match(&alphabet, "abcd", 4, &length), 2);
    ck_assert_uint_eq(length, 4);
    ck_assert_int_eq(alphabet_match(&alphabet, "abcd", 3, &length), 1);
    ck_assert_int_eq(alphabet_match(&alphabet, "abcd", 1, &length), 0);
    ck_assert_int_eq(alphabet_match(&alphabet, "xa", 2, &length), -1);
    ck_assert_uint_eq(length, 0);
    ck_assert_int_eq(alphabet_match(&alphabet, "", 0, &length), -1);
    alphabet_clear(&alphabet);
}
END_TEST

START_TEST(what_is_printed_reads_back)
{
    struct alphabet alphabet = formal_alphabet("( ) PUSH");
    struct strings strings = { 0 }, again = { 0 };
    struct stream stream;
    uint16_t symbols[40];
    size_t column;

    stream_init(&stream, 1, "test.string", 0);
    for (size_t i = 0; i < 300; i++) {
        size_t length = stream_below(&stream, 40);

        for (size_t k = 0; k < length; k++)
            symbols[k] = (uint16_t)stream_below(&stream, 3);
        strings_add(&strings, symbols, length);
    }
    ck_assert_uint_eq(strings.count, 300);
    for (size_t i = 0; i < strings.count; i++) {
        size_t length = strings_length(&strings, i);
        struct text text = { 0 };

        alphabet_print(&alphabet, strings_at(&strings, i), length, &text);
        ck_assert(strings_read(&again, &alphabet,
                               text.data != NULL ? text.data : "", &column));
        ck_assert_uint_eq(strings_length(&again, i), length);
        ck_assert_mem_eq(strings_at(&again, i), strings_at(&strings, i),
                         length * sizeof *symbols);
        text_clear(&text);
    }
    strings_clear(&strings);
    strings_clear(&strings);
    strings_clear(&again);
    alphabet_clear(&alphabet);
}
END_TEST

START_TEST(blanks_separate_and_strangers_have_a_column)
{
    struct alphabet alphabet = formal_alphabet("a b");
    struct strings strings = { 0 };
    size_t column = 0;

    ck_assert(strings_read(&strings, &alphabet, "  a\t b  ", &column));
    ck_assert_uint_eq(strings_length(&strings, 0), 2);
    ck_assert(strings_read(&strings, &alphabet, " \t", &column));
    ck_assert_uint_eq(strings_length(&strings, 1), 0);
    ck_assert(!strings_read(&strings, &alphabet, "a  ab b", &column));
    ck_assert_uint_eq(column, 4);
    ck_assert(!strings_read(&strings, &alphabet, "x", &column));
    ck_assert_uint_eq(column, 1);
    ck_assert_uint_eq(strings.count, 2);
    strings_clear(&strings);
    alphabet_clear(&alphabet);
}
END_TEST

/* The word as a whole, and no more symbols than a line can bear. */
START_TEST(a_strange_word_is_quoted)
{
    struct alphabet alphabet = { 0 };
    struct text text = { 0 };

    alphabet_add(&alphabet, "a");
    alphabet_add(&alphabet, "b");
    alphabet_refuse(&alphabet, "a cat b", 3, false, &text);
    ck_assert_str_eq(text.data, "\"cat\" is no symbol; accepted, separated by "
                                "spaces: a b");
    for (int i = 0; i < 30; i++) {
        char name[8];

        snprintf(name, sizeof name, "s%d", i);
        alphabet_add(&alphabet, name);
    }
    text.length = 0;
    alphabet_refuse(&alphabet, "x", 1, false, &text);
    ck_assert_ptr_nonnull(strstr(text.data, "a b s0 s1 s2"));
    ck_assert_ptr_nonnull(strstr(text.data, " s17 and 12 more"));
    ck_assert_ptr_null(strstr(text.data, "s18"));
    text_clear(&text);
    alphabet_clear(&alphabet);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("string");
    TCase *tests = tcase_create("string");

    tcase_add_test(tests, symbols_are_found_by_their_whole_name);
    tcase_add_test(tests, a_strange_word_is_quoted);
    tcase_add_test(tests, the_longest_name_matches);
    tcase_add_test(tests, what_is_printed_reads_back);
    tcase_add_test(tests, blanks_separate_and_strangers_have_a_column);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

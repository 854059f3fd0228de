/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/language.h"

#include <stdlib.h>

#include "formal.h"
#include "suite.h"

static const char given[] = "language: bits-2.b_x\n"
                            "about: Two ones.\n"
                            "class: star-free\n"
                            "source: A paper, 1999\n"
                            "alphabet: \"0 1\"\n"
                            "regex: 0* 1 0* 1 0*\n"
                            "counts: [0, 0, 1, 3, 6]\n"
                            "examples: {in: [0 1 1], out: [\"\", 1 1 1]}\n";

START_TEST(facts_are_kept)
{
    struct language *language = formal_language(given);
    const struct alphabet *alphabet = language_alphabet(language);

    ck_assert_str_eq(language_name(language), "bits-2.b_x");
    ck_assert_str_eq(language_source(language), given);
    ck_assert_uint_eq(alphabet->size, 2);
    ck_assert_str_eq(alphabet->names[1], "1");
    ck_assert_uint_eq(language_counts_checked(language), 5);
    language_free(language);
    language_free(NULL);
}
END_TEST

START_TEST(what_is_not_stated_is_empty)
{
    struct language *language = formal_language("language: x\nalphabet: a\n");

    ck_assert_uint_eq(language_counts_checked(language), 0);
    ck_assert(language_contains(language, NULL, 0));
    language_free(language);
}
END_TEST

START_TEST(descriptions_say_all_there_is)
{
    struct language *language = formal_language(given);
    struct text text = { 0 };

    language_describe(language, &text);
    ck_assert_str_eq(text.data, "language: bits-2.b_x\n"
                                "about: Two ones.\n"
                                "class: star-free\n"
                                "source: A paper, 1999\n"
                                "alphabet: 0 1\n"
                                "regex: 0* 1 0* 1 0*\n"
                                "minimal automaton: 4 states\n"
                                "syntactic monoid: 4 elements\n"
                                "star-free: yes\n"
                                "class tested: yes, no string permutes "
                                "states\n"
                                "counts checked: 5\n");
    text_clear(&text);
    language_free(language);

    language = formal_language("language: y\nalphabet: a b c\n"
                               "track: {x: {c: 0}}\n"
                               "always: ['#a >= #b', x == 0]\n"
                               "finally: '#a mod 2 == 1'\n");
    language_describe(language, &text);
    ck_assert_str_eq(text.data, "language: y\n"
                                "alphabet: a b c\n"
                                "track: {x: {c: 0}}\n"
                                "always[0]: #a >= #b\n"
                                "always[1]: x == 0\n"
                                "finally: #a mod 2 == 1\n"
                                "automaton: 1 state\n"
                                "register: #a - #b\n"
                                "register: x\n"
                                "register: (#a) mod 2\n"
                                "next symbols: decided\n"
                                "counts checked: 0\n");
    text_clear(&text);
    language_free(language);
}
END_TEST

/* ------------------------------------------------------------- bad files */

/* The expected complaints, which are kept without the folder, with it. */
static char *expected_for(const char *folder, const char *name)
{
    struct text path = { 0 }, said = { 0 }, out = { 0 };
    struct error error = { 0 };

    text_add_format(&path, "%s/%.*ssaid", folder, (int)strlen(name) - 4, name);
    ck_assert_msg(file_read(path.data, 1 << 20, &said, &error), "%s",
                  path.data);
    for (char *line = strtok(said.data, "\n"); line != NULL;
         line = strtok(NULL, "\n"))
        text_add_format(&out, "%s/%s\n", folder, line);
    text_clear(&path);
    text_clear(&said);
    return text_take(&out);
}

START_TEST(bad_files_say_what_is_wrong_and_where)
{
    struct error error = { 0 };
    char folder[4096], **names;
    size_t tried = 0;

    snprintf(folder, sizeof folder, "%s/tests/data/bad/languages",
             source_directory());
    ck_assert(file_names(folder, &names, &error));
    for (size_t i = 0; names[i] != NULL; i++) {
        struct language *language = NULL;
        char *path, *expected;

        if (strstr(names[i], ".yaml") == NULL)
            continue;
        path = file_join(folder, names[i]);
        ck_assert_msg(!language_load(&language, path, &error), "%s", names[i]);
        ck_assert_ptr_null(language);
        ck_assert_int_eq(error.kind, ERROR_CONFIG);
        expected = expected_for(folder, names[i]);
        ck_assert_said(&error, expected);
        tried++;
        free(path);
        free(expected);
    }
    ck_assert_uint_ge(tried, 40);
    file_free_names(names);
}
END_TEST

START_TEST(a_missing_file_is_an_input_error)
{
    struct language *language = NULL;
    struct error error = { 0 };

    ck_assert(!language_load(&language, scratch_path("none.yaml"), &error));
    ck_assert_int_eq(error.kind, ERROR_IO);
    ck_assert_ptr_null(language);
    error_clear(&error);
}
END_TEST

/* A file cut off anywhere is a file or an error, never a crash. */
START_TEST(files_cut_short_are_survived)
{
    struct error error = { 0 };
    struct language *language;

    for (size_t length = 0; length < sizeof given; length++) {
        const char *path = scratch_path("cut.yaml");

        scratch_write(path, given, length);
        if (language_load(&language, path, &error))
            language_free(language);
        else
            ck_assert_ptr_null(language);
        error_clear(&error);
    }
}
END_TEST

/* One byte changed, anywhere, to anything. */
START_TEST(files_garbled_are_survived)
{
    struct stream stream;
    struct error error = { 0 };
    struct language *language;
    char garbled[sizeof given];

    stream_init(&stream, 1, "test.language", 0);
    for (int round = 0; round < 1500; round++) {
        static const char bytes[] = "#*+?{}()[]|&!\\ab01,:'\"\n -.=<>";
        const char *path = scratch_path("garbled.yaml");

        memcpy(garbled, given, sizeof given);
        for (int k = 0; k < 2; k++)
            garbled[stream_below(&stream, sizeof given - 1)] =
                bytes[stream_below(&stream, sizeof bytes - 1)];
        scratch_write(path, garbled, sizeof given - 1);
        if (language_load(&language, path, &error))
            language_free(language);
        error_clear(&error);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("language");
    TCase *tests = tcase_create("language");

    tcase_add_checked_fixture(tests, scratch_open, scratch_close);
    tcase_add_test(tests, facts_are_kept);
    tcase_add_test(tests, what_is_not_stated_is_empty);
    tcase_add_test(tests, descriptions_say_all_there_is);
    tcase_add_test(tests, bad_files_say_what_is_wrong_and_where);
    tcase_add_test(tests, a_missing_file_is_an_input_error);
    tcase_add_test(tests, files_cut_short_are_survived);
    tcase_add_test(tests, files_garbled_are_survived);
    tcase_set_timeout(tests, 60);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

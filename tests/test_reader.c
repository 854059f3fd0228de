/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "suite.h"

#include <string.h>

#include "base/file.h"
#include "data/reader.h"
#include "formal.h"

static struct alphabet bits;

static void open_bits(void)
{
    bits = formal_alphabet("0 1");
    scratch_open();
}

static void close_bits(void)
{
    scratch_close();
    alphabet_clear(&bits);
}

static const char *put(const char *name, const char *text)
{
    const char *path = scratch_path(name);

    scratch_write(path, text, strlen(text));
    return path;
}

/* "0 1/1 " a string: its symbols and its label, one string after another. */
static char *read_all(const char *path, int format, struct error *error)
{
    struct sets sets = { 0 };
    struct text out = { 0 };

    text_add(&out, "");
    if (sets_find(&sets, path, format, error))
        for (size_t i = 0; i < sets.count; i++) {
            struct reader reader;
            struct record record;

            text_add_format(&out, "%s[", sets.items[i].name);
            ck_assert(reader_open(&reader, &sets.items[i], &bits, error));
            while (reader_next(&reader, &record, error)) {
                for (size_t k = 0; k < record.length; k++)
                    text_add_format(&out, "%d", record.symbols[k]);
                text_add_format(&out, "/%d%s%s%s ", record.label,
                                record.next != NULL ? "n" : "",
                                record.target != NULL ? record.target : "",
                                record.class != NULL ? record.class : "");
            }
            text_add(&out, "]");
            reader_close(&reader);
        }
    sets_clear(&sets);
    return text_take(&out);
}

static void check_read(const char *path, int format, const char *expected)
{
    struct error error = { 0 };
    char *got = read_all(path, format, &error);

    if (error.count > 0)
        error_print(&error, stderr);
    ck_assert_uint_eq(error.count, 0);
    ck_assert_str_eq(got, expected);
    free(got);
}

START_TEST(every_format_is_read)
{
    struct error error = { 0 };

    check_read(put("a.jsonl", "{\"text\": \"0 1\", \"label\": 1}\n"
                              "{\"text\": \"\", \"class\": \"edit-1\"}\n"
                              "{\"text\": \"1\", \"label\": 1, \"next\": "
                              "[{\"s\": \"0 1\", \"e\": false}, "
                              "{\"s\": \"\", \"e\": true}]}\n"),
               -1, "a[01/1 /-1edit-1 1/1n ]");
    check_read(put("a.tsv", "label\ttext\tclass\n1\t0 1\tx\n0\t\ty\n"), -1,
               "a[01/1x /0y ]");
    check_read(put("b.tsv", "0 1\t1\n1\t0\r\n1"), -1, "b[01/1 1/0 1/-1 ]");
    check_read(put("b.txt", "#0011#\n##\n#1#"), -1, "b[0011/1 /1 1/1 ]");
    ck_assert(file_make_directories(scratch_path("f/datasets/test"), &error));
    put("f/main.tok", "0 1\n\n1\n");
    put("f/labels.txt", "1\n0\n1\n");
    put("f/datasets/test/main.tok", "1 1");
    check_read(scratch_path("f"), -1, "train[01/1 /0 1/1 ]test[11/-1 ]");
    put("f/next-symbols.jsonl",
        "[{\"s\":\"0\",\"e\":true},{\"s\":\"\",\"e\":true},"
        "{\"s\":\"\",\"e\":true}]\n"
        "[{\"s\":\"0\",\"e\":true},{\"s\":\"\",\"e\":true}]\n");
    check_read(scratch_path("f"), FORMAT_FLARE,
               "train[01/1n /0 1/1n ]test[11/-1 ]");
    ck_assert(file_make_directories(scratch_path("p"), &error));
    put("p/val_src_bin0.txt", "01\n1");
    put("p/val_tgt_bin0.txt", "ab\nc");
    put("p/val_tgt_bin1.txt", "ab\nc");
    check_read(scratch_path("p"), -1, "val_bin0[01/1ab 1/1c ]");
}
END_TEST

/* The excerpts are what they are. */
START_TEST(excerpts_are_read)
{
    char path[4096];
    struct error error = { 0 };
    char *got;

    snprintf(path, sizeof path, "%s/tests/data/import/flare",
             source_directory());
    got = read_all(path, -1, &error);
    ck_assert_uint_eq(error.count, 0);
    ck_assert_ptr_nonnull(strstr(got, "train["));
    ck_assert_ptr_nonnull(strstr(got, "/1n "));
    ck_assert_ptr_nonnull(strstr(got, "/0 "));
    free(got);
}
END_TEST

START_TEST(what_cannot_be_read_is_placed)
{
    static const struct {
        const char *name, *text, *said;
    } cases[] = {
        { "a.jsonl", "{\"text\": \"0\"}\n{\"text\": \"0 2\"}\n",
          ":2:3: \"2\" is no symbol; accepted, separated by spaces: 0 1\n" },
        { "b.jsonl", "{}\n",
          ":1:1: an object without a text; accepted: {\"text\": \"a b\", "
          "\"label\": 1}, and class, distance, next as generate writes "
          "them\n" },
        { "c.jsonl", "{\"text\": \"0\", \"label\": 2}\n",
          ":1:1: a label that is not 0 or 1\n" },
        { "d.jsonl", "{\"text\": \"0\", \"next\": []}\n",
          ":1:1: not one set more than the string has symbols\n" },
        { "e.jsonl",
          "{\"text\": \"\", \"next\": [{\"s\": \"2\", \"e\": "
          "true}]}\n",
          ":1:1: a set that is not {\"s\": \"symbols of the language\", \"e\": "
          "true or false}\n" },
        { "a.tsv", "0\t1\n1 x\t1\n",
          ":2:3: \"x\" is no symbol; accepted, separated by spaces: 0 1\n" },
        { "c.tsv", "0  one  1\t1\n",
          ":1:4: \"one\" is no symbol; accepted, separated by spaces: 0 1\n" },
        { "b.tsv", "0\tyes\n", ":1:1: a label that is not 0 or 1\n" },
        { "a.txt", "#01#\n01\n", ":2:1: not a string between two #\n" },
        { "b.txt", "#01ab#\n",
          ":1:4: \"a\" is no symbol; accepted: 0 1\n" },
        { "c.txt", "#0\xc3\xa4#\n",
          ":1:3: \"\xc3\xa4\" is no symbol; accepted: 0 1\n" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct error error = { 0 };
        const char *path = put(cases[i].name, cases[i].text), *text;
        size_t length = strlen(path);
        char *got = read_all(path, -1, &error);

        ck_assert_int_eq(error.kind, ERROR_CONFIG);
        text = said(&error);
        ck_assert_msg(strncmp(text, path, length) == 0 &&
                          strcmp(text + length, cases[i].said) == 0,
                      "%s: %s", cases[i].name, text);
        free(got);
    }
}
END_TEST

START_TEST(missing_lines_are_told)
{
    struct error error = { 0 };
    char *got;

    ck_assert(file_make_directories(scratch_path("f"), &error));
    put("f/main.tok", "0 1\n1\n");
    put("f/labels.txt", "1\n");
    got = read_all(scratch_path("f"), -1, &error);
    ck_assert_ptr_nonnull(
        strstr(said(&error), "/f/labels.txt:2:1: a label is missing\n"));
    free(got);
    put("f/labels.txt", "1\n0\n");
    put("f/next-symbols.jsonl", "");
    got = read_all(scratch_path("f"), -1, &error);
    ck_assert_ptr_nonnull(strstr(
        said(&error),
        "/f/next-symbols.jsonl:1:1: the sets of a member are missing\n"));
    free(got);
    put("f/next-symbols.jsonl", "[{]\n");
    got = read_all(scratch_path("f"), -1, &error);
    ck_assert_ptr_nonnull(strstr(said(&error), "/f/next-symbols.jsonl:1:"));
    free(got);
    ck_assert(file_make_directories(scratch_path("e"), &error));
    got = read_all(scratch_path("e"), -1, &error);
    ck_assert_ptr_nonnull(
        strstr(said(&error), "/e: has no main.tok and no _src.txt\n"));
    free(got);
    got = read_all(put("x.txt", ""), FORMAT_FLARE, &error);
    ck_assert_ptr_nonnull(
        strstr(said(&error), "/x.txt: is no folder, as flare has it\n"));
    free(got);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("reader");
    TCase *tests = tcase_create("laws");

    tcase_add_checked_fixture(tests, open_bits, close_bits);
    tcase_add_test(tests, every_format_is_read);
    tcase_add_test(tests, excerpts_are_read);
    tcase_add_test(tests, what_cannot_be_read_is_placed);
    tcase_add_test(tests, missing_lines_are_told);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

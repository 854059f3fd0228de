/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "suite.h"

#include "data/writer.h"
#include "formal.h"

static void check_file(const char *name, const char *expected)
{
    struct text text = scratch_read(scratch_path(name));

    ck_assert_str_eq(text.data, expected);
    text_clear(&text);
}

/* Two strings over {", b}: the bytes of every format. */
static void write_two(const char *name)
{
    struct alphabet alphabet = formal_alphabet("\" b");
    struct error error = { 0 };
    struct writer writer;
    uint16_t symbols[] = { 0, 1 };
    uint8_t next[] = { 3, 2, 6 };
    struct row member = { symbols, 2, true, "members", 0, next };
    struct row other = { symbols, 0, false, "edit-1", 1, next };

    ck_assert(writer_open(&writer, &alphabet, scratch, name,
                          writer_formats("jsonl,tsv,flare"), true, &error));
    writer_add(&writer, &member);
    writer_add(&writer, &other);
    ck_assert(writer_finish(&writer, &error));
    alphabet_clear(&alphabet);
}

#define SETS                                                     \
    "[{\"s\":\"\\\" b\",\"e\":false},{\"s\":\"b\",\"e\":false}," \
    "{\"s\":\"b\",\"e\":true}]"

START_TEST(every_format_is_as_described)
{
    write_two("train");
    check_file("train.tsv", "text\tlabel\tlength\tclass\tdistance\n"
                            "\" b\t1\t2\tmembers\t0\n\t0\t0\tedit-1\t1\n");
    check_file("train.jsonl",
               "{\"text\": \"\\\" b\", \"label\": 1, \"length\": 2, "
               "\"class\": \"members\", \"distance\": 0, \"next\": " SETS "}\n"
               "{\"text\": \"\", \"label\": 0, \"length\": 0, "
               "\"class\": \"edit-1\", \"distance\": 1, \"next\": "
               "[{\"s\":\"\\\" b\",\"e\":false}]}\n");
    check_file("main.tok", "\" b\n\n");
    check_file("labels.txt", "1\n0\n");
    check_file("next-symbols.jsonl", SETS "\n");
    write_two("test-0");
    check_file("datasets/test-0/main.tok", "\" b\n\n");
}
END_TEST

START_TEST(formats_are_named)
{
    ck_assert_uint_eq(writer_formats("jsonl"), WRITE_JSONL);
    ck_assert_uint_eq(writer_formats("flare,tsv"), WRITE_FLARE | WRITE_TSV);
    ck_assert_uint_eq(writer_formats(""), 0);
    ck_assert_uint_eq(writer_formats("jsonl,"), 0);
    ck_assert_uint_eq(writer_formats("json"), 0);
}
END_TEST

/* What is abandoned leaves nothing. */
START_TEST(abandoned_files_are_gone)
{
    struct alphabet alphabet = formal_alphabet("a b");
    struct error error = { 0 };
    struct writer writer;

    ck_assert(writer_open(&writer, &alphabet, scratch, "x", WRITE_JSONL, false,
                          &error));
    writer_abandon(&writer);
    ck_assert(!file_exists(scratch_path("x.jsonl")));
    ck_assert(!file_exists(scratch_path("x.jsonl.partial")));
    alphabet_clear(&alphabet);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("writer");
    TCase *tests = tcase_create("laws");

    tcase_add_checked_fixture(tests, scratch_open, scratch_close);
    tcase_add_test(tests, every_format_is_as_described);
    tcase_add_test(tests, formats_are_named);
    tcase_add_test(tests, abandoned_files_are_gone);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One table, four writers: the cells come back from each. */

#include "report/table.h"

#include <string.h>

#include "base/json.h"
#include "results/csv.h"
#include "scratch.h"
#include "suite.h"

static void fill(struct table *table)
{
    *table = (struct table){ 0 };
    table_column(table, "name");
    table_column(table, "n");
    table_column(table, "note");
    table_cell(table, "%s", "a|b");
    table_cell(table, "%d", 7);
    table_cell(table, "%s", "<i>");
    table_cell(table, "%s", "\xce\xb5\xce\xb5");
    table_cell(table, "%.3f", -12.5);
    table_cell(table, "%s", "two\nlines, \"x\"");
    table_cell(table, "%s", "");
    table_cell(table, "%s", "");
    table_cell(table, "1/2");
}

static struct text print(const struct table *table, const char *writer)
{
    struct text text = { 0 };

    ck_assert_ptr_nonnull(table_writer_find(writer));
    table_writer_find(writer)->write(table, &text);
    return text;
}

START_TEST(markdown_is_aligned)
{
    struct table table;
    struct text text;

    fill(&table);
    text = print(&table, "markdown");
    ck_assert_str_eq(text.data,
                     "| name |       n | note           |\n"
                     "| ---- | ------: | -------------- |\n"
                     "| a\\|b |       7 | &lt;i>         |\n"
                     "| \xce\xb5\xce\xb5   | -12.500 | two lines, \"x\" |\n"
                     "|      |         | 1/2            |\n");
    text_clear(&text);
    table_clear(&table);
}
END_TEST

START_TEST(latex_escapes_its_own_characters)
{
    struct table table = { 0 };
    struct text text;

    table_column(&table, "|\xce\xb8|");
    table_column(&table, "a_b");
    table_cell(&table, "%s", "1.5");
    table_cell(&table, "%s", "50% & {x}^2 \\ ~$#");
    table_cell(&table, "%s", "2");
    table_cell(&table, "%s", "<two\nlines>");
    text = print(&table, "latex");
    ck_assert_str_eq(text.data,
                     "\\begin{tabular}{@{}rl@{}}\n\\toprule\n"
                     "$|$$\\theta$$|$ & a\\_b \\\\\n\\midrule\n"
                     "1.5 & 50\\% \\& \\{x\\}\\textasciicircum{}2 "
                     "\\textbackslash{} \\textasciitilde{}\\$\\# \\\\\n"
                     "2 & $<$two lines$>$ \\\\\n"
                     "\\bottomrule\n\\end{tabular}\n");
    text_clear(&text);
    table_clear(&table);
}
END_TEST

START_TEST(csv_reads_back)
{
    const char *path = scratch_path("table.csv");
    struct error error = { 0 };
    struct table table;
    struct text text;
    struct csv csv;

    fill(&table);
    text = print(&table, "csv");
    scratch_write(path, text.data, text.length);
    ck_assert(csv_read(&csv, path, &error));
    ck_assert_uint_eq(csv.n_rows, 3);
    ck_assert_uint_eq(csv.n_columns, 3);
    ck_assert_str_eq(csv.columns[2], "note");
    ck_assert_str_eq(csv.rows[0][0], "a|b");
    ck_assert_str_eq(csv.rows[1][1], "-12.500");
    ck_assert_str_eq(csv.rows[1][2], "two\nlines, \"x\"");
    ck_assert_str_eq(csv.rows[2][0], "");
    csv_clear(&csv);
    text_clear(&text);
    table_clear(&table);
}
END_TEST

START_TEST(json_keeps_numbers_as_numbers)
{
    struct error error = { 0 };
    struct table table;
    struct text text;
    struct json *json;
    double number;

    fill(&table);
    text = print(&table, "json");
    json = json_parse(text.data, text.length, "table.json", &error);
    ck_assert_ptr_nonnull(json);
    ck_assert_uint_eq(json_size(json), 3);
    ck_assert_str_eq(json_as_text(json_get(json_item(json, 0), "name")), "a|b");
    ck_assert(json_as_number(json_get(json_item(json, 1), "n"), &number));
    ck_assert_double_eq(number, -12.5);
    ck_assert_str_eq(json_as_text(json_get(json_item(json, 2), "n")), "");
    ck_assert_str_eq(json_as_text(json_get(json_item(json, 2), "note")), "1/2");
    json_free(json);
    text_clear(&text);
    table_clear(&table);
}
END_TEST

START_TEST(a_table_without_rows_is_its_header)
{
    struct table table = { 0 };
    struct text text;

    table_column(&table, "only");
    text = print(&table, "markdown");
    ck_assert_str_eq(text.data, "| only |\n| ---- |\n");
    text_clear(&text);
    text = print(&table, "csv");
    ck_assert_str_eq(text.data, "only\n");
    text_clear(&text);
    text = print(&table, "json");
    ck_assert_str_eq(text.data, "[]\n");
    text_clear(&text);
    table_clear(&table);
    ck_assert_ptr_null(table_writer_find("html"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("table");
    TCase *tests = tcase_create("laws");

    tcase_add_checked_fixture(tests, scratch_open, scratch_close);
    tcase_add_test(tests, markdown_is_aligned);
    tcase_add_test(tests, latex_escapes_its_own_characters);
    tcase_add_test(tests, csv_reads_back);
    tcase_add_test(tests, json_keeps_numbers_as_numbers);
    tcase_add_test(tests, a_table_without_rows_is_its_header);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

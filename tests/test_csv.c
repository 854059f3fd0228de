/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What is written is read back, cell for cell and bit for bit. */

#include "results/csv.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/random.h"
#include "scratch.h"
#include "suite.h"

static const char *const odd_cells[] = {
    "",
    "plain",
    "a,b",
    "say \"so\"",
    "\"",
    "\"\"",
    ",",
    "two\nlines",
    "\r\n",
    " spaces ",
    "\xce\xb5",
    "1e5",
    "ends in \"quotes\"",
    "\n",
};
#define N_ODD (sizeof odd_cells / sizeof odd_cells[0])

static void read_back(struct csv *csv, const struct text *text)
{
    struct error error = { 0 };
    const char *path = scratch_path("table.csv");

    scratch_write(path, text->data, text->length);
    ck_assert_msg(csv_read(csv, path, &error), "%s", said(&error));
}

START_TEST(cells_come_back)
{
    struct text text = { 0 };
    struct csv csv;

    for (size_t width = 1; width <= 3; width++) {
        for (size_t c = 0; c < width; c++)
            csv_text(&text, odd_cells[c + 1]);
        csv_end(&text);
        for (size_t r = 0; r < N_ODD; r++) {
            for (size_t c = 0; c < width; c++)
                csv_text(&text, odd_cells[(r + c) % N_ODD]);
            csv_end(&text);
        }
        read_back(&csv, &text);
        ck_assert_uint_eq(csv.n_columns, width);
        ck_assert_uint_eq(csv.n_rows, N_ODD);
        for (size_t c = 0; c < width; c++) {
            ck_assert_str_eq(csv.columns[c], odd_cells[c + 1]);
            for (size_t r = 0; r < N_ODD; r++)
                ck_assert_str_eq(csv.rows[r][c], odd_cells[(r + c) % N_ODD]);
        }
        csv_clear(&csv);
        text_clear(&text);
    }
}
END_TEST

START_TEST(numbers_come_back_bit_for_bit)
{
    double numbers[300] = { 0.0,       -0.0,   0.1,      1.0 / 3,  DBL_MAX,
                            -DBL_MIN,  5e-324, 1e16,     1e-5,     INFINITY,
                            -INFINITY, 123456, 0.998001, -7.25e-9, 1e22 };
    struct text text = { 0 };
    struct stream stream;
    struct csv csv;

    stream_init(&stream, 1, "test.csv", 0);
    for (size_t i = 15; i < 300; i++)
        do {
            uint64_t bits = stream_bits(&stream);

            memcpy(&numbers[i], &bits, sizeof bits);
        } while (isnan(numbers[i]));
    csv_text(&text, "first");
    csv_text(&text, "second");
    csv_end(&text);
    for (size_t i = 0; i < 300; i++) {
        csv_number(&text, numbers[i]);
        csv_number(&text, numbers[299 - i]);
        csv_end(&text);
    }
    read_back(&csv, &text);
    for (size_t i = 0; i < 300; i++) {
        double first = csv_value(&csv, i, csv_column(&csv, "first"));
        double second = csv_value(&csv, i, csv_column(&csv, "second"));

        ck_assert_mem_eq(&first, &numbers[i], sizeof first);
        ck_assert_mem_eq(&second, &numbers[299 - i], sizeof second);
    }
    csv_clear(&csv);
    text_clear(&text);
}
END_TEST

START_TEST(rows_look_as_rfc_4180_says)
{
    struct text text = { 0 };

    csv_text(&text, "a \"b\"");
    csv_count(&text, 12);
    csv_number(&text, NAN);
    csv_number(&text, 0.5);
    csv_text(&text, "x,y");
    csv_end(&text);
    csv_number(&text, NAN);
    csv_count(&text, 0);
    csv_end(&text);
    ck_assert_str_eq(text.data, "\"a \"\"b\"\"\",12,,0.5,\"x,y\"\n\"\",0\n");
    text_clear(&text);
}
END_TEST

START_TEST(what_is_no_number_is_nan)
{
    struct text text = { 0 };
    struct csv csv;

    text_add(&text, "\xef\xbb\xbf"
                    "step,norm\r\n7,\r\n\r\nword,1e400\r\n8,2.5");
    read_back(&csv, &text);
    ck_assert_uint_eq(csv.n_rows, 3);
    ck_assert_int_eq(csv_column(&csv, "step"), 0);
    ck_assert_int_eq(csv_column(&csv, "absent"), -1);
    ck_assert_double_eq(csv_value(&csv, 0, 0), 7);
    ck_assert(isnan(csv_value(&csv, 0, 1)));
    ck_assert(isnan(csv_value(&csv, 1, 0)));
    ck_assert(isnan(csv_value(&csv, 1, 1)));
    ck_assert(isnan(csv_value(&csv, 0, -1)));
    ck_assert(isnan(csv_value(&csv, 3, 0)));
    ck_assert_double_eq(csv_value(&csv, 2, 1), 2.5);
    csv_clear(&csv);
    text_clear(&text);
}
END_TEST

static const struct {
    const char *text, *complaint;
} broken[] = {
    { "", ":1:1: no header line" },
    { "\na,b\n", ":1:1: no header line" },
    { "a,b\n1,2\n3\n", ":3:1: 1 cells where the header has 2" },
    { "a,b\n1,2,3\n", ":2:1: 3 cells where the header has 2" },
    { "a,b\n\"1\n2\",3\n4\n", ":4:1: 1 cells where the header has 2" },
    { "a,b\n1,\"2\n", ":3:1: the quotes are not closed" },
    { "a,b\n\"1\"x,2\n", ":2:1: text follows the closing quotes" },
};

START_TEST(broken_tables_are_refused)
{
    const char *path = scratch_path("broken.csv");
    struct error error = { 0 };
    struct csv csv;

    scratch_write(path, broken[_i].text, strlen(broken[_i].text));
    ck_assert(!csv_read(&csv, path, &error));
    ck_assert_int_eq(error.kind, ERROR_CONFIG);
    ck_assert_ptr_nonnull(strstr(said(&error), broken[_i].complaint));
    ck_assert_uint_eq(csv.n_rows, 0);
}
END_TEST

START_TEST(missing_files_and_zero_bytes_are_refused)
{
    struct error error = { 0 };
    struct csv csv;

    ck_assert(!csv_read(&csv, scratch_path("absent.csv"), &error));
    ck_assert_int_eq(error.kind, ERROR_IO);
    error_clear(&error);
    scratch_write(scratch_path("zero.csv"), "a\n1\0002\n", 6);
    ck_assert(!csv_read(&csv, scratch_path("zero.csv"), &error));
    ck_assert_int_eq(error.kind, ERROR_CONFIG);
    error_clear(&error);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("csv");
    TCase *tests = tcase_create("laws");

    tcase_add_checked_fixture(tests, scratch_open, scratch_close);
    tcase_add_test(tests, cells_come_back);
    tcase_add_test(tests, numbers_come_back_bit_for_bit);
    tcase_add_test(tests, rows_look_as_rfc_4180_says);
    tcase_add_test(tests, what_is_no_number_is_nan);
    tcase_add_loop_test(tests, broken_tables_are_refused, 0,
                        (int)(sizeof broken / sizeof broken[0]));
    tcase_add_test(tests, missing_files_and_zero_bytes_are_refused);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

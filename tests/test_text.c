/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"

/* What YAML users write as numbers, and what of it is a count and a number
 * here. */
static const struct {
    const char *text;
    bool count, number;
    double value;
} numbers[] = {
    { "0", true, true, 0 },
    { "7", true, true, 7 },
    { "-1", false, true, -1 },
    { "9223372036854775807", true, true, 0x1p63 },
    { "9223372036854775808", true, true, 0x1p63 },
    { "18446744073709551615", true, true, 0x1p64 },
    { "18446744073709551616", false, true, 0x1p64 },
    { "0.1", false, true, 0.1 },
    { "1e-300", false, true, 1e-300 },
    { "1E5", false, true, 1e5 },
    { ".5", false, true, 0.5 },
    { "5.", false, true, 5 },
    { "+2", false, true, 2 },
    { "-0.0", false, true, 0 },
    { "1/2", false, true, 0.5 },
    { "-3/4", false, true, -0.75 },
    { "1/0", false, false, 0 },
    { "1/", false, false, 0 },
    { "/2", false, false, 0 },
    { "1/2/3", false, false, 0 },
    { "1e300/1e-300", false, false, 0 },
    { "010", false, false, 0 },
    { "-010", false, false, 0 },
    { "+010", false, false, 0 },
    { "00", false, false, 0 },
    { "0x10", false, false, 0 },
    { "0b1", false, false, 0 },
    { "1_000", false, false, 0 },
    { "1,5", false, false, 0 },
    { "10abc", false, false, 0 },
    { "1.0x", false, false, 0 },
    { "1e", false, false, 0 },
    { "e5", false, false, 0 },
    { "--1", false, false, 0 },
    { "+-1", false, false, 0 },
    { "-", false, false, 0 },
    { ".", false, false, 0 },
    { "", false, false, 0 },
    { " 1", false, false, 0 },
    { "1 ", false, false, 0 },
    { "1 2", false, false, 0 },
    { "1e400", false, false, 0 },
    { "-1e400", false, false, 0 },
    { ".nan", false, false, 0 },
    { "nan", false, false, 0 },
    { ".inf", false, false, 0 },
    { "inf", false, false, 0 },
    { "infinity", false, false, 0 },
    { "~", false, false, 0 },
    { "1..2", false, false, 0 },
};

START_TEST(numbers_are_read_strictly)
{
    const char *text = numbers[_i].text;
    uint64_t count;
    double number;

    ck_assert_msg(text_read_count(text, &count) == numbers[_i].count,
                  "count %s", text);
    ck_assert_msg(text_read_number(text, &number) == numbers[_i].number,
                  "number %s", text);
    if (numbers[_i].count)
        ck_assert(count == strtoull(text, NULL, 10));
    if (numbers[_i].number)
        ck_assert(number == numbers[_i].value);
}
END_TEST

START_TEST(beginnings_and_ends_are_told)
{
    ck_assert(text_begins("seed.data", "seed."));
    ck_assert(text_begins("a", "a") && text_begins("a", ""));
    ck_assert(!text_begins("seed", "seed.") && !text_begins("", "a"));
    ck_assert(text_ends("x.yaml", ".yaml"));
    ck_assert(text_ends("a", "a") && text_ends("a", ""));
    ck_assert(!text_ends("yaml", ".yaml") && !text_ends("x.yaml.x", ".yaml"));
}
END_TEST

START_TEST(names_can_be_parts_of_paths)
{
    static const char *const good[] = { "a", "0", "dyck-1", "A_b.C-9" };
    static const char *const bad[] = { "",    ".",   "-a",      "_a",
                                       ".a",  "a b", "a/b",     "..",
                                       "a\n", "a=b", "\xc3\xa9" };
    char longest[66];

    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        ck_assert_msg(text_is_name(good[i]), "%s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(!text_is_name(bad[i]), "%s", bad[i]);
    memset(longest, 'x', 65);
    longest[65] = '\0';
    ck_assert(!text_is_name(longest));
    longest[64] = '\0';
    ck_assert(text_is_name(longest));
}
END_TEST

/* Shortest forms as Python's repr gives them, up to the exponent's dress. */
static const struct {
    double number;
    const char *text;
} shortest[] = {
    { 0, "0" },
    { -0.0, "-0" },
    { 1, "1" },
    { -10, "-10" },
    { 20000, "20000" },
    { 999999999999999, "999999999999999" },
    { 1e15, "1e+15" },
    { 1000.5, "1000.5" },
    { 0.1, "0.1" },
    { 0.1 + 0.2, "0.30000000000000004" },
    { 1.0 / 3, "0.3333333333333333" },
    { 1e-300, "1e-300" },
    { 1e22, "1e+22" },
    { 5e-324, "5e-324" },
    { 1.7976931348623157e308, "1.7976931348623157e+308" },
    { 123456789012345680.0, "1.2345678901234568e+17" },
    { 9007199254740993.0, "9007199254740992" },
    { INFINITY, "inf" },
    { -INFINITY, "-inf" },
};

START_TEST(numbers_print_shortest)
{
    struct text text = { 0 };

    text_add_number(&text, shortest[_i].number);
    ck_assert_str_eq(text.data, shortest[_i].text);
    text_clear(&text);
}
END_TEST

START_TEST(nan_prints_as_nan)
{
    struct text text = { 0 };

    text_add_number(&text, fabs(NAN));
    ck_assert_str_eq(text.data, "nan");
    text_clear(&text);
}
END_TEST

/* Law: printing and reading back is the identity, bit by bit. */
START_TEST(printed_numbers_read_back)
{
    uint64_t bits = 88172645463325252u; /* Marsaglia's xorshift64 */

    for (int i = 0; i < 20000; i++) {
        struct text text = { 0 };
        double number, back;

        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        memcpy(&number, &bits, sizeof number);
        if (!isfinite(number))
            continue;
        text_add_number(&text, number);
        ck_assert(text_read_number(text.data, &back));
        ck_assert(memcmp(&back, &number, sizeof back) == 0);
        text_clear(&text);
    }
}
END_TEST

START_TEST(text_grows)
{
    struct text text = { 0 };
    char *taken;

    for (int i = 0; i < 1000; i++)
        text_add_format(&text, "%03d,", i);
    text_add_bytes(&text, "a\0b", 3);
    text_add(&text, "end");
    ck_assert_uint_eq(text.length, 4006);
    ck_assert_int_eq(strncmp(text.data + 4 * 517, "517,518,", 8), 0);
    ck_assert(memcmp(text.data + 4000, "a\0bend", 7) == 0);
    taken = text_take(&text);
    ck_assert_ptr_null(text.data);
    free(taken);
    taken = text_take(&text);
    ck_assert_str_eq(taken, "");
    free(taken);
}
END_TEST

START_TEST(nearest_is_within_two_edits)
{
    static const char *const keys[] = { "rate", "steps", "schedule", NULL };

    ck_assert_str_eq(text_nearest("rat", keys), "rate");
    ck_assert_str_eq(text_nearest("rats", keys), "rate");
    ck_assert_str_eq(text_nearest("step", keys), "steps");
    ck_assert_str_eq(text_nearest("shcedule", keys), "schedule");
    ck_assert_str_eq(text_nearest("rate", keys), "rate");
    ck_assert_ptr_null(text_nearest("optimizer", keys));
    ck_assert_ptr_null(text_nearest("sch", keys));
    ck_assert_str_eq(text_nearest("raxx", keys), "rate");
    ck_assert_ptr_null(text_nearest("rxx", keys));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("text");
    TCase *tests = tcase_create("text");

    tcase_add_test(tests, beginnings_and_ends_are_told);
    tcase_add_test(tests, names_can_be_parts_of_paths);
    tcase_add_loop_test(tests, numbers_are_read_strictly, 0,
                        (int)(sizeof numbers / sizeof *numbers));
    tcase_add_loop_test(tests, numbers_print_shortest, 0,
                        (int)(sizeof shortest / sizeof *shortest));
    tcase_add_test(tests, nan_prints_as_nan);
    tcase_add_test(tests, printed_numbers_read_back);
    tcase_add_test(tests, text_grows);
    tcase_add_test(tests, nearest_is_within_two_edits);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

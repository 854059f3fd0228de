/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "said.h"
#include "scratch.h"
#include "suite.h"

static struct error error;

static struct json *parse(const char *text)
{
    return json_parse(text, strlen(text), "x.json", &error);
}

static struct json *sample(void)
{
    struct json *object = json_new_object(), *list = json_new_array();

    json_append(list, json_new_integer(INT64_MIN));
    json_append(list, json_new_number(0.1));
    json_append(list, json_new_bool(true));
    json_append(list, json_new_array());
    json_set(object, "z", json_new_text("a \"b\"\n\xc3\xa9"));
    json_set(object, "list", list);
    json_set(object, "a", json_new_object());
    return object;
}

START_TEST(values_print)
{
    struct json *value = sample();
    struct text line = { 0 }, lines = { 0 };

    json_print(value, false, &line);
    ck_assert_str_eq(line.data,
                     "{\"z\": \"a \\\"b\\\"\\n\xc3\xa9\", \"list\": "
                     "[-9223372036854775808, 0.10000000000000001, true, []], "
                     "\"a\": {}}");
    json_print(value, true, &lines);
    ck_assert_str_eq(lines.data, "{\n"
                                 "  \"z\": \"a \\\"b\\\"\\n\xc3\xa9\",\n"
                                 "  \"list\": [\n"
                                 "    -9223372036854775808,\n"
                                 "    0.10000000000000001,\n"
                                 "    true,\n"
                                 "    []\n"
                                 "  ],\n"
                                 "  \"a\": {}\n"
                                 "}");
    text_clear(&line);
    text_clear(&lines);
    json_free(value);
}
END_TEST

/* Law: what was printed parses to what prints the same. */
START_TEST(printed_values_parse)
{
    struct json *value = sample(), *again;
    struct text first = { 0 }, second = { 0 };

    json_print(value, _i, &first);
    again = json_parse(first.data, first.length, "x.json", &error);
    ck_assert_ptr_nonnull(again);
    json_print(again, _i, &second);
    ck_assert_str_eq(first.data, second.data);
    text_clear(&first);
    text_clear(&second);
    json_free(value);
    json_free(again);
}
END_TEST

START_TEST(members_are_found_in_order)
{
    struct json *value = sample();
    const struct json *list = json_get(value, "list");
    int64_t integer;
    double number;

    ck_assert_uint_eq(json_size(value), 3);
    ck_assert_str_eq(json_next_key(value, NULL), "z");
    ck_assert_str_eq(json_next_key(value, "z"), "list");
    ck_assert_str_eq(json_next_key(value, "list"), "a");
    ck_assert_ptr_null(json_next_key(value, "a"));
    ck_assert_ptr_null(json_next_key(list, NULL));
    ck_assert_str_eq(json_as_text(json_get(value, "z")), "a \"b\"\n\xc3\xa9");
    ck_assert_ptr_null(json_get(value, "none"));
    ck_assert_ptr_null(json_get(list, "z"));
    ck_assert_ptr_null(json_item(value, 0));
    ck_assert_ptr_null(json_item(list, 4));
    ck_assert_uint_eq(json_size(list), 4);
    ck_assert(json_as_integer(json_item(list, 0), &integer));
    ck_assert(integer == INT64_MIN);
    ck_assert(json_as_number(json_item(list, 0), &number));
    ck_assert(number == -0x1p63);
    ck_assert(json_as_number(json_item(list, 1), &number) && number == 0.1);
    ck_assert(!json_as_integer(json_item(list, 1), &integer));
    ck_assert(!json_as_number(json_item(list, 2), &number));
    ck_assert_ptr_null(json_as_text(list));
    json_free(value);
}
END_TEST

START_TEST(numbers_are_exact)
{
    static const double odd[] = { 0.1,    5e-324, 1.7976931348623157e308,
                                  -1e-17, 1,      9007199254740993.0 };
    struct json *value = parse("9007199254740993");
    int64_t integer;

    ck_assert(json_as_integer(value, &integer));
    ck_assert(integer == 9007199254740993);
    json_free(value);
    for (int i = 0; i < 6; i++) {
        struct text text = { 0 };
        struct json *number = json_new_number(odd[i]);
        double back;

        json_print(number, false, &text);
        json_free(number);
        number = parse(text.data);
        ck_assert(json_as_number(number, &back) && back == odd[i]);
        json_free(number);
        text_clear(&text);
    }
}
END_TEST

START_TEST(what_is_no_number_is_text)
{
    static const double odd[] = { INFINITY, -INFINITY, NAN };
    static const char *const words[] = { "inf", "-inf", "nan" };

    for (int i = 0; i < 3; i++) {
        struct json *value = json_new_number(odd[i]);
        double back;

        ck_assert_str_eq(json_as_text(value), words[i]);
        ck_assert(json_as_number(value, &back));
        ck_assert(isnan(odd[i]) ? isnan(back) : back == odd[i]);
        json_free(value);
    }
}
END_TEST

START_TEST(odd_bytes_become_valid_text)
{
    struct json *value = json_new_text("a\xff.b");

    ck_assert_str_eq(json_as_text(value), "a?.b");
    json_free(value);
}
END_TEST

static const struct {
    const char *text, *complaint;
} bad[] = {
    { "{\"a\": 1, \"a\": 2}", "x.json:1:12: not valid JSON: duplicate object "
                              "key near '\"a\"'\n" },
    { "{\"a\": 1} x", "x.json:1:10: not valid JSON: end of file expected near "
                      "'x'\n" },
    { "{\n  \"a\": 01\n}", "x.json:2:8: not valid JSON: invalid token near "
                           "'0'\n" },
    { "", "x.json:1:1: not valid JSON: unexpected token near end of file\n" },
    { "[1, 2", "x.json:1:5: not valid JSON: ']' expected near end of file\n" },
    { "[1e400]", "x.json:1:6: not valid JSON: real number overflow near "
                 "'1e400'\n" },
    { "[9223372036854775808]", "x.json:1:20: not valid JSON: too big integer "
                               "near '9223372036854775808'\n" },
    { "['a']", "x.json:1:2: not valid JSON: invalid token near '''\n" },
    { "[NaN]", "x.json:1:4: not valid JSON: invalid token near 'NaN'\n" },
};

START_TEST(bad_json_is_placed)
{
    ck_assert_ptr_null(parse(bad[_i].text));
    ck_assert_int_eq(error.kind, ERROR_IO);
    ck_assert_said(&error, bad[_i].complaint);
}
END_TEST

START_TEST(hostile_json_is_refused)
{
    static const char *const hostile[] = { "[\"\xff\"]", "[\"\xed\xa0\x80\"]",
                                           "{\"\\u0000\": 1}", "[\"a\nb\"]" };
    struct text deep = { 0 };

    for (int i = 0; i < 4; i++) {
        ck_assert_ptr_null(parse(hostile[i]));
        ck_assert_uint_eq(error.complaints[0].line, 1);
        ck_assert_ptr_null(strchr(error.complaints[0].text, '\n'));
        error_clear(&error);
    }
    for (int i = 0; i < 100000; i++)
        text_add(&deep, "[");
    ck_assert_ptr_null(parse(deep.data));
    error_clear(&error);
    text_clear(&deep);
}
END_TEST

START_TEST(files_read_back)
{
    const char *path = scratch_path("x.json");
    struct json *value = sample(), *again;
    struct text first = { 0 }, second = { 0 };

    ck_assert(json_save(value, path, &error));
    again = json_load(path, 1000, &error);
    ck_assert_ptr_nonnull(again);
    json_print(value, true, &first);
    json_print(again, true, &second);
    ck_assert_str_eq(first.data, second.data);
    ck_assert_ptr_null(json_load(path, 10, &error));
    ck_assert_int_eq(error.kind, ERROR_IO);
    error_clear(&error);
    ck_assert_ptr_null(json_load(scratch_path("none"), 10, &error));
    ck_assert_int_eq(error.kind, ERROR_IO);
    error_clear(&error);
    ck_assert(!json_save(value, scratch_path("none/x.json"), &error));
    ck_assert_int_eq(error.kind, ERROR_IO);
    error_clear(&error);
    text_clear(&first);
    text_clear(&second);
    json_free(value);
    json_free(again);
}
END_TEST

/* Counted before anything is built, and no further than there. */
START_TEST(small_json_is_told_by_its_marks)
{
    static const struct {
        const char *text;
        size_t tokens, depth; /* the least that pass */
    } cases[] = {
        { "{}", 1, 1 },
        { "[[1, 2], {\"a\": 3}]", 6, 2 },
        { "\"[[[,,,:::{{{\"", 0, 0 },
        { "[\"a\\\"[,[\", 1]", 2, 1 },
        { "]]}}[]", 1, 1 },
        { "[[[[[[", 6, 6 },
        { "", 0, 0 },
        { "7", 0, 0 },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *text = cases[i].text;
        size_t n = strlen(text), t = cases[i].tokens, d = cases[i].depth;

        ck_assert_msg(json_is_small(text, n, t, d), "%s", text);
        ck_assert(t == 0 || !json_is_small(text, n, t - 1, d));
        ck_assert(d == 0 || !json_is_small(text, n, t, d - 1));
    }
    ck_assert(json_is_small("[[[[", 2, 2, 2)); /* LENGTH bytes of it */
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("json");
    TCase *tests = tcase_create("json");

    tcase_add_checked_fixture(tests, scratch_open, scratch_close);
    tcase_add_test(tests, values_print);
    tcase_add_test(tests, files_read_back);
    tcase_add_loop_test(tests, printed_values_parse, 0, 2);
    tcase_add_test(tests, members_are_found_in_order);
    tcase_add_test(tests, numbers_are_exact);
    tcase_add_test(tests, what_is_no_number_is_text);
    tcase_add_test(tests, odd_bytes_become_valid_text);
    tcase_add_loop_test(tests, bad_json_is_placed, 0,
                        (int)(sizeof bad / sizeof *bad));
    tcase_add_test(tests, hostile_json_is_refused);
    tcase_add_test(tests, small_json_is_told_by_its_marks);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

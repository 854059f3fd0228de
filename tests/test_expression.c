/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/expression.h"

#include <stdlib.h>

#include "base/text.h"
#include "formal.h"
#include "suite.h"

/* Variables: #a #b #( and the tracked x and long_name. */
#define VARIABLES 5
static const char *tracked[] = { "x", "long_name", NULL };
static const char *const written[VARIABLES] = { "#a", "#b", "#(", "x",
                                                "long_name" };

static bool read_text(const char *text, bool update,
                      struct condition *condition, struct sum *sum,
                      struct error *error)
{
    struct alphabet alphabet = formal_alphabet("a b (");
    struct vocabulary vocabulary = { &alphabet, tracked };
    struct passage passage = formal_passage(text);
    bool ok = update ? expression_read_update(sum, &passage, &vocabulary, error)
                     : expression_read_condition(condition, &passage,
                                                 &vocabulary, error);

    alphabet_clear(&alphabet);
    return ok;
}

/* ------------------------------------------ against independent evaluation */

static int64_t values[VARIABLES];

/* Writes a random number to OUT, in parentheses unless it is a single token,
 * and returns its value under VALUES. */
static int64_t draw_number(struct stream *stream, size_t depth,
                           struct text *out)
{
    int64_t a, b = 0;
    size_t kind =
        depth == 0 ? stream_below(stream, 2) : stream_below(stream, 7);

    if (kind == 0) {
        a = (int64_t)stream_below(stream, 12);
        text_add_format(out, "%d", (int)a);
        return a;
    }
    if (kind == 1) {
        size_t v = stream_below(stream, VARIABLES);

        text_add(out, written[v]);
        return values[v];
    }
    text_add(out, kind == 2 ? "(-" : "(");
    if (kind == 5) {
        b = (int64_t)stream_below(stream, 4);
        text_add_format(out, "%d * ", (int)b);
    }
    a = draw_number(stream, depth - 1, out);
    switch (kind) {
    case 2:
        a = -a;
        break;
    case 3:
        text_add(out, "+");
        a += draw_number(stream, depth - 1, out);
        break;
    case 4:
        text_add(out, " - ");
        a -= draw_number(stream, depth - 1, out);
        break;
    case 5:
        a *= b;
        break;
    default:
        b = 1 + (int64_t)stream_below(stream, 6);
        text_add_format(out, " mod %d", (int)b);
        a = (a % b + b) % b;
    }
    text_add(out, ")");
    return a;
}

static bool compare(size_t operator, int64_t a, int64_t b)
{
    bool results[] = { a == b, a != b, a <= b, a >= b, a<b, a> b };

    return results[operator];
}

static bool draw_condition(struct stream *stream, size_t depth,
                           struct text *out)
{
    static const char *const operators[] = { "==",  "!=", " <=",
                                             ">= ", "<",  " > " };
    size_t kind = depth == 0 ? 0 : stream_below(stream, 5);
    bool result = true, next;
    int64_t a, b;

    text_add(out, kind == 2 ? "(not " : "(");
    if (kind < 2) {
        a = draw_number(stream, 3, out);
        for (size_t i = 0; i < 1 + kind; i++) {
            size_t operator= stream_below(stream, 6);

            text_add(out, operators[operator]);
            b = draw_number(stream, 3, out);
            result &= compare(operator, a, b);
            a = b;
        }
    } else {
        result = draw_condition(stream, depth - 1, out);
        if (kind == 2)
            result = !result;
        for (size_t i = 0; kind > 2 && i < 2; i++) {
            text_add(out, kind == 3 ? " and " : " or ");
            next = draw_condition(stream, depth - 1, out);
            result = kind == 3 ? result && next : result || next;
        }
    }
    text_add(out, ")");
    return result;
}

START_TEST(random_conditions_hold_as_by_hand)
{
    struct stream stream;
    size_t held = 0;

    stream_init(&stream, 1, "test.expression", 0);
    for (int round = 0; round < 4000; round++) {
        struct text text = { 0 };
        struct condition condition;
        struct error error = { 0 };
        bool expected;

        for (size_t i = 0; i < VARIABLES; i++)
            values[i] = (int64_t)stream_below(&stream, 21) - 10;
        expected = draw_condition(&stream, 2, &text);
        if (!read_text(text.data, false, &condition, NULL, &error))
            ck_abort_msg("%s: %s", text.data, said(&error));
        ck_assert_msg(condition_holds(&condition, values) == expected, "%s",
                      text.data);
        held += expected;
        condition_clear(&condition);
        text_clear(&text);
    }
    ck_assert_uint_ge(held, 1000);
    ck_assert_uint_le(held, 3000);
}
END_TEST

/* Without parentheses, for all values in a small box. */
static const struct {
    const char *text, *with_parentheses;
} precedences[] = {
    { "2 * #a mod 3 == 1", "((2 * #a) mod 3) == 1" },
    { "#a mod 3 * 2 == 2", "((#a mod 3) * 2) == 2" },
    { "1 + #a mod 3 == 2", "(1 + (#a mod 3)) == 2" },
    { "-#a mod 3 == 1", "((-#a) mod 3) == 1" },
    { "#a - #b - x == 0", "((#a - #b) - x) == 0" },
    { "#a mod 5 mod 2 == 1", "((#a mod 5) mod 2) == 1" },
    { "not #a == #b or x > 0", "(not (#a == #b)) or (x > 0)" },
    { "#a > 0 or #b > 0 and x > 0", "(#a > 0) or ((#b > 0) and (x > 0))" },
    { "not #a > 0 and #b > 0", "(not (#a > 0)) and (#b > 0)" },
    { "not not #a > 0", "#a > 0" },
    { "0 <= #a - #b <= 4", "(0 <= #a - #b) and (#a - #b <= 4)" },
    { "#a == #b == x", "(#a == #b) and (#b == x)" },
    { "#a < #b != x >= 0", "((#a < #b) and (#b != x)) and (x >= 0)" },
    { "#a-#b==0", "#a == #b" },
    { "#(>=x", "#( >= x" },
    { "- - #a == 1", "#a == 1" },
    { "(#a) == ((#b))", "#a == #b" },
    { "7 mod 4 == #a", "3 == #a" },
    { "0 * #a == 0", "0 == 0" },
    { "#a * 3 == 6", "3 * #a == 6" },
    { "#a\n== #b", "#a == #b" },
};

START_TEST(operators_bind_as_documented)
{
    struct condition bare, full;
    struct error error = { 0 };

    if (!read_text(precedences[_i].text, false, &bare, NULL, &error) ||
        !read_text(precedences[_i].with_parentheses, false, &full, NULL,
                   &error))
        ck_abort_msg("%s", said(&error));
    for (size_t i = 0; i < formal_power(5, VARIABLES); i++) {
        uint16_t digits[VARIABLES];

        formal_string(i, 5, VARIABLES, digits);
        for (size_t v = 0; v < VARIABLES; v++)
            values[v] = digits[v] - 2;
        ck_assert_int_eq(condition_holds(&bare, values),
                         condition_holds(&full, values));
    }
    condition_clear(&bare);
    condition_clear(&full);
}
END_TEST

START_TEST(updates_are_linear_in_tracked_names)
{
    struct sum sum;
    struct error error = { 0 };

    ck_assert(
        read_text("3 - 2 * (x - long_name) + x", true, NULL, &sum, &error));
    for (int64_t x = -5; x < 5; x++)
        for (int64_t y = -5; y < 5; y++) {
            values[3] = x;
            values[4] = y;
            ck_assert(sum_value(&sum, values) == 3 - 2 * (x - y) + x);
        }
    sum_clear(&sum);
}
END_TEST

START_TEST(names_are_told_from_keywords)
{
    ck_assert(expression_is_name("open"));
    ck_assert(expression_is_name("_a9"));
    ck_assert(expression_is_name("android"));
    ck_assert(!expression_is_name("and"));
    ck_assert(!expression_is_name("mod"));
    ck_assert(!expression_is_name("not"));
    ck_assert(!expression_is_name("or"));
    ck_assert(!expression_is_name(""));
    ck_assert(!expression_is_name("9a"));
    ck_assert(!expression_is_name("a-b"));
}
END_TEST

/* ----------------------------------------------------------------- errors */

#define MISSING "a count such as #a, a name, a number or '(' is missing\n"
#define LARGE                                                              \
    "the numbers grow too large: at most 1,000,000 times a variable, and " \
    "constants to 1,000,000,000\n"
#define INTEGER "an integer is written 0 to 1000000000, without leading zeros\n"

static const struct {
    const char *text, *message;
} errors[] = {
    { "", "x:1:1: " MISSING },
    { "#a ==", "x:1:6: " MISSING },
    { "#a == + 1", "x:1:7: " MISSING },
    { "#a == #b and", "x:1:13: " MISSING },
    { "é == 1", "x:1:1: " MISSING },
    { "#c == 1",
      "x:1:1: # must be followed by a symbol of the alphabet, not by \"c\"\n" },
    { "1 == # a",
      "x:1:6: # must be followed by a symbol of the alphabet, not by \"\"\n" },
    { "#a = #b", "x:1:4: equality is written ==\n" },
    { "#a - #b",
      "x:1:1: a condition is needed, this is a number; compare it\n" },
    { "not #a",
      "x:1:5: a condition is needed, this is a number; compare it\n" },
    { "#a > 0 and #b",
      "x:1:12: a condition is needed, this is a number; compare it\n" },
    { "#a or #b > 0",
      "x:1:1: a condition is needed, this is a number; compare it\n" },
    { "(#a == #b) == 1", "x:1:1: a number is needed, this is a condition\n" },
    { "1 + (#a == #b) > 0",
      "x:1:5: a number is needed, this is a condition\n" },
    { "1 == -(#a == #b)", "x:1:7: a number is needed, this is a condition\n" },
    { "(#a == #b", "x:1:1: this '(' is never closed\n" },
    { "#a == (#b + 1", "x:1:7: this '(' is never closed\n" },
    { "#a == #b)", "x:1:9: \")\" does not belong here\n" },
    { "#a == #b #a", "x:1:10: \"#a\" does not belong here\n" },
    { "#a == 1 % 2", "x:1:9: \"%\" does not belong here\n" },
    { "y == 1", "x:1:1: no tracked name \"y\"; the count of a symbol is "
                "written #symbol\n" },
    { "long_mane > 0", "x:1:1: no tracked name \"long_mane\"; did you mean "
                       "\"long_name\"?\n" },
    { "balance > 0", "x:1:1: no tracked name \"balance\"; the count of a "
                     "symbol is written #symbol\n" },
    { "#a * #b == 1",
      "x:1:1: only a constant may be multiplied by a variable\n" },
    { "#a mod x == 1",
      "x:1:8: a modulus must be a constant in 1..1,000,000\n" },
    { "#a mod 0 == 1",
      "x:1:8: a modulus must be a constant in 1..1,000,000\n" },
    { "#a mod 1000001 == 1",
      "x:1:8: a modulus must be a constant in 1..1,000,000\n" },
    { "#a mod -2 == 1",
      "x:1:8: a modulus must be a constant in 1..1,000,000\n" },
    { "#a == 007", "x:1:7: " INTEGER },
    { "#a == 1000000001", "x:1:7: " INTEGER },
    { "#a == 99999999999999999999999", "x:1:7: " INTEGER },
    { "#a == 1.5", "x:1:8: \".5\" does not belong here\n" },
    { "1000001 * #a == 1", "x:1:1: " LARGE },
    { "1 == 1000 * (1001 * #a)", "x:1:6: " LARGE },
    { "1000000000 + 1 == #a", "x:1:1: " LARGE },
};

START_TEST(mistakes_are_placed)
{
    struct condition condition = { 0 };
    struct error error = { 0 };

    ck_assert(!read_text(errors[_i].text, false, &condition, NULL, &error));
    ck_assert_int_eq(error.kind, ERROR_CONFIG);
    ck_assert_said(&error, errors[_i].message);
}
END_TEST

static const struct {
    const char *text, *message;
} update_errors[] = {
    { "x + #a", "x:1:5: an update cannot use counts\n" },
    { "x mod 2", "x:1:1: an update cannot use mod; a condition on the name "
                 "can\n" },
    { "x == 1", "x:1:1: a number is needed, this is a condition\n" },
    { "x * x", "x:1:1: only a constant may be multiplied by a variable\n" },
    { "", "x:1:1: " MISSING },
};

START_TEST(mistakes_in_updates_are_placed)
{
    struct sum sum;
    struct error error = { 0 };

    ck_assert(!read_text(update_errors[_i].text, true, NULL, &sum, &error));
    ck_assert_said(&error, update_errors[_i].message);
}
END_TEST

/* What nests is capped; what merely goes on is not. */
START_TEST(depth_is_capped_and_length_is_not)
{
    static const struct {
        const char *begin, *again, *end, *message;
    } rows[] = {
        { "", "(", "#a == 1", "nested deeper than 100" },
        { "", "not ", "#a == 1", "nested deeper than 100" },
        { "", "-", "#a == 1", "nested deeper than 100" },
        { "#a", " mod 7", " == 1", "more than 8 nested mod" },
        { "#a", " + 1", " == 1", NULL },
        { "#a", " == #b", "", NULL },
        { "#a == 1", " and #b == 1", "", NULL },
        { "#a == 1", " or #b == 1", "", NULL },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct text text = { 0 };
        struct condition condition = { 0 };
        struct error error = { 0 };

        text_add(&text, rows[i].begin);
        for (int k = 0; k < 3000; k++)
            text_add(&text, rows[i].again);
        text_add(&text, rows[i].end);
        ck_assert_int_eq(read_text(text.data, false, &condition, NULL, &error),
                         rows[i].message == NULL);
        if (rows[i].message != NULL)
            ck_assert_str_eq(error.complaints[0].text, rows[i].message);
        condition_clear(&condition);
        error_clear(&error);
        text_clear(&text);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("expression");
    TCase *tests = tcase_create("expression");

    tcase_add_test(tests, random_conditions_hold_as_by_hand);
    tcase_add_loop_test(tests, operators_bind_as_documented, 0,
                        sizeof precedences / sizeof *precedences);
    tcase_add_test(tests, updates_are_linear_in_tracked_names);
    tcase_add_test(tests, names_are_told_from_keywords);
    tcase_add_loop_test(tests, mistakes_are_placed, 0,
                        sizeof errors / sizeof *errors);
    tcase_add_loop_test(tests, mistakes_in_updates_are_placed, 0,
                        sizeof update_errors / sizeof *update_errors);
    tcase_add_test(tests, depth_is_capped_and_length_is_not);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

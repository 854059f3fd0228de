/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/clauses.h"

#include "formal.h"
#include "suite.h"

#define LONGEST 8

static bool accepts(const struct machine *machine, const uint16_t *string,
                    size_t n)
{
    int64_t at[MACHINE_MOST_WIDTH];
    bool alive = machine_start(machine, at);

    for (size_t i = 0; alive && i < n; i++)
        alive = machine_step(machine, at, string[i]);
    return alive && machine_accepts(machine, at);
}

/* Two ways to say the same. */
static const struct {
    const char *one, *other;
} rows[] = {
    { "finally: ['#a == 2', '#b < 3']", "finally: '#a == 2 and #b < 3'" },
    { "always: '0 <= #a - #b <= 2'", "always: ['#a >= #b', '#a <= #b + 2']" },
    { "always: []", "{}" },
    { "regex: .*", "{}" },
    { "regex: (a | b a*)*", "dfa: {start: s, accept: s, s: {a: s, b: s}}" },
    { "track: {x: {a: x + 1, b: x - 1}}\nalways: x >= 0\nfinally: x == 0",
      "always: '#a >= #b'\nfinally: '#a == #b'" },
    { "track: {x: {a: x + 1}}\nfinally: x == 3", "finally: '#a == 3'" },
    { "track: {x: {b: 1}, y: {a: x}}\nfinally: y == 1", "regex: .* b .* a .*" },
    { "track: {p: {a: q, b: q}, q: {a: p + 1, b: p + 1}}\n"
      "finally: p mod 2 == 0 and q mod 2 == 0",
      "regex: (.{4})*" },
    { "regex: a*\nfinally: '#b == 0'", "regex: a*" },
    { "before: '#b == 0'", "regex: a* b?" },
    { "finally: &c '#a > 1'\nalways: *c", "regex: '[]'" },
    { "track: {v: {a: 2 * v, b: 2 * v + 1}}\nfinally: v mod 3 == 0",
      "dfa: {start: 0, accept: 0, 0: {a: 0, b: 1}, 1: {a: 2, b: 0},"
      " 2: {a: 1, b: 2}}" },
};

START_TEST(two_ways_to_say_the_same)
{
    struct machine one, other;
    struct error error = { 0 };
    uint16_t string[LONGEST];

    if (!formal_machine(rows[_i].one, "a b", &one, &error) ||
        !formal_machine(rows[_i].other, "a b", &other, &error))
        ck_abort_msg("%s", said(&error));
    for (size_t n = 0; n <= LONGEST; n++)
        for (size_t i = 0; i < formal_power(2, n); i++) {
            formal_string(i, 2, n, string);
            ck_assert_int_eq(accepts(&one, string, n),
                             accepts(&other, string, n));
        }
    machine_clear(&one);
    machine_clear(&other);
}
END_TEST

START_TEST(clauses_keep_name_text_and_place)
{
    struct machine machine;
    struct error error = { 0 };

    ck_assert(formal_machine("regex: a*\ntrack: {x: {a: 1}}\n"
                             "finally: ['#a < 5', 'x == 1']\n",
                             "a b", &machine, &error));
    ck_assert_uint_eq(machine.n_clauses, 4);
    ck_assert_str_eq(machine.clauses[0].name, "regex");
    ck_assert_str_eq(machine.clauses[0].text, "a*");
    ck_assert_str_eq(machine.clauses[1].name, "track");
    ck_assert_str_eq(machine.clauses[1].text, "{x: {a: 1}}");
    ck_assert_str_eq(machine.clauses[3].name, "finally[1]");
    ck_assert_str_eq(machine.clauses[3].text, "x == 1");
    ck_assert_uint_eq(machine.clauses[3].place.line, 3);
    ck_assert_uint_eq(machine.clauses[3].place.column, 21);
    machine_clear(&machine);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("clauses");
    TCase *tests = tcase_create("clauses");

    tcase_add_loop_test(tests, two_ways_to_say_the_same, 0,
                        sizeof rows / sizeof *rows);
    tcase_add_test(tests, clauses_keep_name_text_and_place);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

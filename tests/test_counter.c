/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/counter.h"

#include <stdlib.h>

#include "formal.h"
#include "suite.h"

static void read_machine(const char *text, struct machine *machine)
{
    struct error error = { 0 };

    if (!formal_machine(text, "a b c", machine, &error))
        ck_abort_msg("%s", said(&error));
}

static struct counter *analyse(const struct machine *machine, size_t form,
                               uint64_t dropped)
{
    size_t count;
    struct conjunct *conjuncts = machine_conjuncts(machine, &count);
    struct counter *counter =
        counter_new(machine, form, conjuncts, count, dropped);

    free(conjuncts);
    return counter;
}

/* Reads TIMES times SYMBOL from AT. */
static bool repeat(const struct machine *machine, int64_t *at, size_t symbol,
                   size_t times)
{
    bool alive = true;

    for (size_t i = 0; alive && i < times; i++)
        alive = machine_step(machine, at, symbol);
    return alive;
}

/* After a^n and one b, the b's to come are n - 1 in number and, counting the
 * first, a multiple of three: possible iff 3 divides n. */
START_TEST(values_far_away_follow_their_period)
{
    struct machine machine;
    struct counter *counter;

    read_machine("regex: a* (b b b)*\nfinally: '#a == #b'", &machine);
    counter = analyse(&machine, 0, 0);
    ck_assert_ptr_nonnull(counter);
    for (size_t n = 1; n < 3000; n++) {
        int64_t at[MACHINE_MOST_WIDTH];

        ck_assert(machine_start(&machine, at));
        ck_assert(repeat(&machine, at, 0, n));
        ck_assert_int_eq(counter_ask(counter, at), ANSWER_YES);
        ck_assert(repeat(&machine, at, 1, 1));
        ck_assert_int_eq(counter_ask(counter, at),
                         n % 3 == 0 ? ANSWER_YES : ANSWER_NO);
    }
    counter_free(counter);
    machine_clear(&machine);
}
END_TEST

/* After the c there are only b's, so #a - #b can only fall. */
START_TEST(both_sides_of_zero_are_seen)
{
    struct machine machine;
    struct counter *counter;

    read_machine("regex: (a | b)* c b*\nfinally: '-9 <= #a - #b < -5'",
                 &machine);
    counter = analyse(&machine, 0, 0);
    for (int64_t u = -100; u <= 100; u++) {
        int64_t at[MACHINE_MOST_WIDTH];

        ck_assert(machine_start(&machine, at));
        ck_assert(repeat(&machine, at, u < 0, (size_t)llabs(u)));
        ck_assert_int_eq(counter_ask(counter, at), ANSWER_YES);
        ck_assert(repeat(&machine, at, 2, 1));
        ck_assert_int_eq(counter_ask(counter, at),
                         u >= -9 ? ANSWER_YES : ANSWER_NO);
    }
    counter_free(counter);
    machine_clear(&machine);
}
END_TEST

/* What must follow the c takes three away, so only 8 a's can end in 5: levels
 * far above repeat, those near the threshold do not. */
START_TEST(levels_near_the_threshold_stand_alone)
{
    struct machine machine;
    struct counter *counter;

    read_machine("regex: a* c b b b\nfinally: '#a - #b == 5'", &machine);
    counter = analyse(&machine, 0, 0);
    for (size_t n = 0; n < 200; n++) {
        int64_t at[MACHINE_MOST_WIDTH];

        ck_assert(machine_start(&machine, at));
        ck_assert(repeat(&machine, at, 0, n) && repeat(&machine, at, 2, 1));
        ck_assert_int_eq(counter_ask(counter, at),
                         n == 8 ? ANSWER_YES : ANSWER_NO);
    }
    counter_free(counter);
    machine_clear(&machine);
}
END_TEST

/* From far above the only way to acceptance is one up and one down. */
START_TEST(acceptance_may_lie_beyond_a_detour)
{
    struct machine machine;
    struct counter *counter;
    int64_t at[MACHINE_MOST_WIDTH];

    read_machine("regex: a+ c a b\nfinally: '#a - #b >= 5'", &machine);
    counter = analyse(&machine, 0, 0);
    for (size_t n = 1; n < 50; n++) {
        ck_assert(machine_start(&machine, at));
        ck_assert(repeat(&machine, at, 0, n) && repeat(&machine, at, 2, 1));
        ck_assert_int_eq(counter_ask(counter, at),
                         n >= 5 ? ANSWER_YES : ANSWER_NO);
    }
    counter_free(counter);
    machine_clear(&machine);
}
END_TEST

/* A reset leads home from any height; without it, c's only go up. */
START_TEST(resets_lead_home_from_any_height)
{
    static const struct {
        const char *text;
        enum answer answer;
    } rows[] = {
        { "track: {x: {c: x + 2, b: 0}}\nfinally: x == 0", ANSWER_YES },
        { "track: {x: {c: x + 2, b: x}}\nfinally: x == 0", ANSWER_NO },
        { "track: {x: {c: x + 2, b: x - 3}}\nfinally: x == 0", ANSWER_YES },
        { "track: {x: {c: x + 2, b: x - 4}}\nfinally: x == 1", ANSWER_NO },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct machine machine;
        struct counter *counter;
        int64_t at[MACHINE_MOST_WIDTH];

        read_machine(rows[i].text, &machine);
        counter = analyse(&machine, 0, 0);
        ck_assert_ptr_nonnull(counter);
        ck_assert(machine_start(&machine, at));
        ck_assert(repeat(&machine, at, 2, 1000));
        ck_assert_int_eq(counter_ask(counter, at), rows[i].answer);
        counter_free(counter);
        machine_clear(&machine);
    }
}
END_TEST

/* Without #b - #c, a^n b^m may go on as it likes as long as m <= n. */
START_TEST(dropped_registers_are_no_obstacle)
{
    struct machine machine;
    struct counter *counter;
    int64_t at[MACHINE_MOST_WIDTH];

    read_machine("regex: a* b* c*\nfinally: '#a == #b == #c'", &machine);
    ck_assert_uint_eq(machine.forms.count, 2);
    counter = analyse(&machine, 0, 2);
    ck_assert(machine_start(&machine, at));
    ck_assert(repeat(&machine, at, 0, 5) && repeat(&machine, at, 1, 5) &&
              repeat(&machine, at, 2, 9));
    ck_assert_int_eq(counter_ask(counter, at), ANSWER_YES);
    ck_assert(machine_start(&machine, at));
    ck_assert(repeat(&machine, at, 0, 5) && repeat(&machine, at, 1, 6));
    ck_assert_int_eq(counter_ask(counter, at), ANSWER_NO);
    counter_free(counter);
    machine_clear(&machine);
}
END_TEST

START_TEST(what_is_no_counter_is_refused)
{
    static const char *const rows[] = {
        "track: {x: {a: y + 1}, y: {b: x + 1}}\nfinally: 'x == 0'",
        "track: {x: {a: -x, b: x + 1}}\nfinally: x == 2",
        "finally: '#a == 1000000'",
        "regex: (a{600})*\nfinally: '#a == #b'",
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct machine machine;

        read_machine(rows[i], &machine);
        ck_assert_ptr_null(analyse(&machine, 0, 0));
        machine_clear(&machine);
    }
    counter_free(NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("counter");
    TCase *tests = tcase_create("counter");

    tcase_add_test(tests, values_far_away_follow_their_period);
    tcase_add_test(tests, both_sides_of_zero_are_seen);
    tcase_add_test(tests, levels_near_the_threshold_stand_alone);
    tcase_add_test(tests, acceptance_may_lie_beyond_a_detour);
    tcase_add_test(tests, resets_lead_home_from_any_height);
    tcase_add_test(tests, dropped_registers_are_no_obstacle);
    tcase_add_test(tests, what_is_no_counter_is_refused);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

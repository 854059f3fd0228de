/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/reach.h"

#include <stdlib.h>

#include "formal.h"
#include "language/numbering.h"
#include "suite.h"

/* Continuations tried by the oracle, symbols read before asking it. */
#define FAR  60
#define NEAR 7

/* Is AT accepted after at most FAR symbols?  All continuations, level by
 * level; "no" is wrong only if the shortest one is longer. */
static bool try_all(const struct machine *machine, const int64_t *at)
{
    size_t bytes = machine->width * sizeof *at, end = 0;
    struct numbering seen = { 0 };
    bool found = false;

    numbering_add(&seen, at, bytes);
    for (size_t depth = 0, i = 0; !found && depth <= FAR; depth++)
        for (end = seen.count; !found && i < end; i++) {
            int64_t next[MACHINE_MOST_WIDTH];

            memcpy(next, numbering_key(&seen, (uint32_t)i), bytes);
            found = machine_accepts(machine, next);
            for (size_t s = 0; s < machine->shape.symbols; s++) {
                memcpy(next, numbering_key(&seen, (uint32_t)i), bytes);
                if (machine_step(machine, next, s))
                    numbering_add(&seen, next, bytes);
            }
        }
    numbering_clear(&seen);
    return found;
}

struct tally_of_answers {
    size_t live, dead;
};

/* Configurations that at most NEAR symbols lead to. */
static void find_near(const struct machine *machine, struct numbering *near)
{
    size_t bytes = machine->width * sizeof(int64_t), i = 0;
    int64_t at[MACHINE_MOST_WIDTH];

    if (machine_start(machine, at))
        numbering_add(near, at, bytes);
    for (size_t depth = 0; depth < NEAR; depth++)
        for (size_t end = near->count; i < end; i++)
            for (size_t s = 0; s < machine->shape.symbols; s++) {
                memcpy(at, numbering_key(near, (uint32_t)i), bytes);
                if (machine_step(machine, at, s))
                    numbering_add(near, at, bytes);
            }
}

static void check_machine(const char *text, struct tally_of_answers *tally)
{
    struct machine machine;
    struct error error = { 0 };
    struct numbering near = { 0 };
    struct reach *reach;

    if (!formal_machine(text, "a b", &machine, &error))
        ck_abort_msg("%s", said(&error));
    reach = reach_new(&machine);
    find_near(&machine, &near);
    for (uint32_t i = 0; i < near.count; i++) {
        const int64_t *at = numbering_key(&near, i);
        enum answer answer = reach_ask(reach, at);

        tally->live += answer == ANSWER_YES;
        tally->dead += answer == ANSWER_NO;
        if (answer == ANSWER_UNKNOWN)
            ck_assert_msg(!reach_is_exact(reach), "%s", text);
        else
            ck_assert_msg((answer == ANSWER_YES) == try_all(&machine, at),
                          "%s: configuration %u", text, i);
        if (reach_is_dead(reach, at))
            ck_assert_int_eq(answer, ANSWER_NO);
    }
    numbering_clear(&near);
    reach_free(reach);
    machine_clear(&machine);
}

static const char *draw_row(struct stream *stream, const char *const *rows)
{
    size_t count = 0;

    while (rows[count] != NULL)
        count++;
    return rows[stream_below(stream, count)];
}

START_TEST(answers_agree_with_trying_all_continuations)
{
    static const char *const shapes[] = { "",
                                          "",
                                          "regex: a+ b+\n",
                                          "regex: (a | b a)*\n",
                                          "regex: .* a a\n",
                                          "regex: a* b a*\n",
                                          "regex: (a a)* b*\n",
                                          NULL };
    static const char *const tracks[] = { "track: {x: {a: x + 1, b: x - 1}}\n",
                                          "track: {x: {a: x + 1, b: 0}}\n",
                                          "track: {x: {a: x + 2, b: x - 1}}\n",
                                          "track: {x: {a: x + 3, b: x - 2}}\n",
                                          "track: {x: {a: x + 1, b: x - 3}}\n",
                                          "track: {x: {a: 2, b: x - 1}}\n",
                                          NULL };
    static const char *const always[] = {
        "",
        "",
        "always: x >= 0\n",
        "always: x != 3\n",
        "always: (#a + x) mod 3 != 2\n",
        "always: x < 5\n",
        "always: 'x > -3 or (#a + #b) mod 2 == 0'\n",
        "always: '#a - #b <= 3'\n",
        NULL
    };
    static const char *const before[] = { "",
                                          "",
                                          "before: x != 2\n",
                                          "before: x < 6\n",
                                          "before: 'x mod 4 != 3'\n",
                                          NULL };
    static const char *const finally[] = {
        "finally: x == 0",
        "finally: x >= 5",
        "finally: x == -4",
        "finally: 'x == 2 and #a mod 2 == 1'",
        "finally: x mod 5 == 1",
        "finally: x + 2 * (#a mod 3) == 4",
        "finally: 'not x == 0'",
        "finally: '#a == 2 * #b'",
        "finally: ['#a == #b', x == 1]",
        NULL
    };
    struct tally_of_answers tally = { 0 };
    struct stream stream;

    stream_init(&stream, 1, "test.reach", 0);
    for (int round = 0; round < 120; round++) {
        struct text text = { 0 };

        text_add(&text, draw_row(&stream, shapes));
        text_add(&text, draw_row(&stream, tracks));
        text_add(&text, draw_row(&stream, always));
        text_add(&text, draw_row(&stream, before));
        text_add(&text, draw_row(&stream, finally));
        check_machine(text.data, &tally);
        text_clear(&text);
    }
    ck_assert_uint_ge(tally.live, 800);
    ck_assert_uint_ge(tally.dead, 100);
}
END_TEST

/* Registers that nothing ties together are decided one by one. */
static const struct {
    const char *text, *names;
    bool exact;
} kinds[] = {
    { "regex: a* b*", "a b", true },
    { "finally: '#a == #b'", "a b", true },
    { "always: '#a >= #b'\nfinally: '#a == #b'", "a b", true },
    { "finally: ['#a == #b', '(#a + 1) mod 3 == 0']", "a b", true },
    { "always: ['#a >= #b', '#c >= #d']\nfinally: ['#a == #b', '#c == #d']",
      "a b c d", true },
    { "always: ['0 <= #a - #b <= 4', '#c >= #d']\nfinally: '#c == #d'",
      "a b c d", true },
    { "finally: '#a == #b == #c'", "a b c", false },
    { "before: '#a - #b != 2'\nfinally: ['#a == #b + 2', '#c == #d']",
      "a b c d", false },
    { "regex: (a | b | c | d)* a\nfinally: ['#a == #b', '#c == #d']", "a b c d",
      false },
    { "before: '#a == 0 or #b == 1'\nfinally: ['#a == #b', '#c == #d']",
      "a b c d", false },
    { "finally: ['#a == #b or #c > 3', '#c == #d']", "a b c d", false },
};

START_TEST(independent_registers_are_decided)
{
    struct machine machine;
    struct error error = { 0 };
    struct reach *reach;

    ck_assert(
        formal_machine(kinds[_i].text, kinds[_i].names, &machine, &error));
    reach = reach_new(&machine);
    ck_assert_int_eq(reach_is_exact(reach), kinds[_i].exact);
    reach_free(reach);
    machine_clear(&machine);
}
END_TEST

/* (()[ with a thousand more: shuffles are live iff nothing closed too soon;
 * a^n b^m c^k, n >= m >= k, iff the b's may still go on or n = m. */
START_TEST(long_prefixes_are_decided)
{
    struct machine machine;
    struct error error = { 0 };
    struct reach *reach;
    int64_t at[MACHINE_MOST_WIDTH];

    ck_assert(formal_machine("regex: a+ b+ c+\nfinally: '#a == #b == #c'",
                             "a b c", &machine, &error));
    reach = reach_new(&machine);
    for (size_t m = 1; m <= 300; m += 299) {
        ck_assert(machine_start(&machine, at));
        for (size_t i = 0; i < 300; i++)
            ck_assert(machine_step(&machine, at, 0));
        ck_assert_int_eq(reach_ask(reach, at), ANSWER_YES);
        for (size_t i = 0; i < m; i++)
            ck_assert(machine_step(&machine, at, 1));
        ck_assert_int_eq(reach_ask(reach, at), ANSWER_YES);
        ck_assert(machine_step(&machine, at, 2));
        ck_assert_int_eq(reach_ask(reach, at),
                         m == 300 ? ANSWER_YES : ANSWER_NO);
    }
    reach_free(reach);
    machine_clear(&machine);
    reach_free(NULL);
}
END_TEST

/* As many a's as b's make an even number, and one more than twice the c's an
 * odd one.  Each register alone can be satisfied, and no search ends. */
START_TEST(what_is_not_decided_is_said_to_be_unknown)
{
    struct machine machine;
    struct error error = { 0 };
    struct reach *reach;
    int64_t at[MACHINE_MOST_WIDTH];

    ck_assert(formal_machine("finally: ['#a == #b', '#a + #b == 2 * #c + 1']",
                             "a b c", &machine, &error));
    reach = reach_new(&machine);
    ck_assert(machine_start(&machine, at));
    ck_assert(!reach_is_exact(reach));
    ck_assert_int_eq(reach_ask(reach, at), ANSWER_UNKNOWN);
    reach_free(reach);
    machine_clear(&machine);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("reach");
    TCase *tests = tcase_create("reach");

    tcase_add_test(tests, answers_agree_with_trying_all_continuations);
    tcase_add_loop_test(tests, independent_registers_are_decided, 0,
                        sizeof kinds / sizeof *kinds);
    tcase_add_test(tests, long_prefixes_are_decided);
    tcase_add_test(tests, what_is_not_decided_is_said_to_be_unknown);
    tcase_set_timeout(tests, 60);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

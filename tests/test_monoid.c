/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/monoid.h"

#include <stdlib.h>

#include "base/memory.h"
#include "formal.h"
#include "suite.h"

#define ROUNDS 2000
#define STATES 5
#define MOST   3125 /* maps of five states */

static void draw_automaton(struct stream *stream, struct automaton *out)
{
    size_t n = 1 + stream_below(stream, STATES);

    automaton_init(out, n, 2);
    for (size_t i = 0; i < n * 2; i++)
        out->next[i] = (uint32_t)stream_below(stream, n);
    for (size_t q = 0; q < n; q++)
        out->accept[q] = stream_below(stream, 2) == 0;
    automaton_minimise(out);
}

/* Does a power of MAP move a state in a longer cycle?  MAP^60 is idempotent
 * up to what groups it has, since 60 is a multiple of 1..5. */
static bool has_group(const uint8_t *map, size_t n)
{
    for (size_t q = 0; q < n; q++) {
        size_t at = q;

        for (int i = 0; i < 60; i++)
            at = map[at];
        if (map[at] != at)
            return true;
    }
    return false;
}

/* All maps by brute force, one after the other; whether one has a group. */
static size_t list_monoid(const struct automaton *a, bool *group)
{
    static uint8_t maps[MOST + 1][STATES];
    size_t count = 1;

    *group = false;
    for (uint8_t q = 0; q < a->states; q++)
        maps[0][q] = q;
    for (size_t i = 0; i < count; i++) {
        *group |= has_group(maps[i], a->states);
        for (size_t s = 0; s < 2; s++) {
            size_t k = 0;

            for (size_t q = 0; q < a->states; q++)
                maps[count][q] = (uint8_t)automaton_step(a, maps[i][q], s);
            while (memcmp(maps[k], maps[count], a->states) != 0)
                k++;
            count += k == count;
        }
    }
    return count;
}

START_TEST(sets_tell_what_all_elements_do)
{
    size_t groups = 0, large = 0;
    struct stream stream;

    stream_init(&stream, 1, "test.monoid", 0);
    for (int round = 0; round < ROUNDS; round++) {
        struct automaton a;
        bool known, group;
        size_t size;

        draw_automaton(&stream, &a);
        size = list_monoid(&a, &group);
        ck_assert_uint_eq(monoid_size(&a, MOST), size);
        ck_assert_int_eq(monoid_is_aperiodic(&a, MOST, &known), !group);
        ck_assert(known);
        groups += group;
        large += a.states > 2 && !group;
        automaton_clear(&a);
    }
    ck_assert_uint_gt(groups, 100);
    ck_assert_uint_gt(large, 50);
}
END_TEST

/* Two pairs of brackets, eight kinds, three deep: 585 stacks and what is
 * none. A string that pops and pushes three at most is an element, so there
 * are more than a third of a million of them. */
START_TEST(languages_with_large_monoids_are_decided)
{
    struct automaton a;
    bool known;

    automaton_init(&a, 586, 16);
    for (uint32_t q = 0; q < 585; q++)
        for (uint32_t s = 0; s < 8; s++) {
            /* stack q has the stacks 8 q + 1 .. 8 q + 8 above it */
            a.next[q * 16 + 2 * s] = q < 73 ? 8 * q + 1 + s : 585;
            a.next[q * 16 + 2 * s + 1] =
                q > 0 && (q - 1) % 8 == s ? (q - 1) / 8 : 585;
        }
    for (size_t s = 0; s < 16; s++)
        a.next[585 * 16 + s] = 585;
    a.accept[0] = true;
    ck_assert(monoid_is_aperiodic(&a, MONOID_MOST, &known));
    ck_assert(known);
    ck_assert_uint_eq(monoid_size(&a, 1000), 0);

    /* the deepest brackets of two kinds may stand for each other: a group */
    a.next[73 * 16 + 1] = 585;
    a.next[73 * 16 + 14] = 74;
    a.next[74 * 16 + 14] = 73;
    ck_assert(!monoid_is_aperiodic(&a, MONOID_MOST, &known));
    ck_assert(known);
    automaton_clear(&a);
}
END_TEST

START_TEST(counting_modulo_is_not_star_free)
{
    for (size_t n = 1; n < 6; n++) {
        struct automaton a;
        bool known;

        automaton_init(&a, n, 2);
        for (uint32_t q = 0; q < n; q++) {
            a.next[2 * q] = q;
            a.next[2 * q + 1] = (uint32_t)((q + 1) % n);
        }
        a.accept[0] = true;
        ck_assert_int_eq(monoid_is_aperiodic(&a, 100, &known), n == 1);
        ck_assert(known);
        ck_assert_uint_eq(monoid_size(&a, 100), n);
        automaton_clear(&a);
    }
}
END_TEST

/* A counter that stops at both ends (D_n) has a monoid without groups, larger
 * than the cap in the second question. */
START_TEST(a_bounded_counter_is_star_free)
{
    struct automaton a;
    bool known;

    automaton_init(&a, 7, 2);
    for (uint32_t q = 0; q < 6; q++) {
        a.next[2 * q] = q < 5 ? q + 1 : 6;
        a.next[2 * q + 1] = q > 0 ? q - 1 : 6;
    }
    a.next[12] = a.next[13] = 6;
    a.accept[0] = true;
    ck_assert(monoid_is_aperiodic(&a, 10000, &known));
    ck_assert(known);
    monoid_is_aperiodic(&a, 5, &known);
    ck_assert(!known);

    /* The shifts of a run of k of the six values to one of the 7 - k such
     * runs, 1 + 4 + ... + 36 of them, and what ends every string. */
    ck_assert_uint_eq(monoid_size(&a, 92), 92);
    ck_assert_uint_eq(monoid_size(&a, 91), 0);
    automaton_clear(&a);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("monoid");
    TCase *tests = tcase_create("monoid");

    tcase_add_test(tests, sets_tell_what_all_elements_do);
    tcase_add_test(tests, languages_with_large_monoids_are_decided);
    tcase_add_test(tests, counting_modulo_is_not_star_free);
    tcase_add_test(tests, a_bounded_counter_is_star_free);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

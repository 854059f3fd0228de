/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/automaton.h"

#include <stdlib.h>

#include "base/memory.h"
#include "formal.h"
#include "suite.h"

#define ROUNDS  300
#define LONGEST 7

static void draw_automaton(struct stream *stream, size_t most_states,
                           size_t symbols, struct automaton *out)
{
    size_t n = 1 + stream_below(stream, most_states);

    automaton_init(out, n, symbols);
    out->start = (uint32_t)stream_below(stream, n);
    for (size_t i = 0; i < n * symbols; i++)
        out->next[i] = (uint32_t)stream_below(stream, n);
    for (size_t q = 0; q < n; q++)
        out->accept[q] = stream_below(stream, 3) == 0;
}

static struct automaton copy_of(const struct automaton *automaton)
{
    struct automaton copy = *automaton;

    copy.next =
        memory_copy(automaton->next,
                    automaton->states * automaton->symbols * sizeof *copy.next);
    copy.accept = memory_copy(automaton->accept, automaton->states);
    return copy;
}

static bool is_same(const struct automaton *a, const struct automaton *b)
{
    return a->states == b->states && a->start == b->start &&
           memcmp(a->next, b->next, a->states * a->symbols * sizeof *a->next) ==
               0 &&
           memcmp(a->accept, b->accept, a->states) == 0;
}

/* Reachable states that some string tells apart, by filling a table of pairs
 * [Moore 1956]: nothing in common with Hopcroft's splitting of blocks. */
static size_t count_distinct(const struct automaton *a)
{
    size_t n = a->states, distinct = 0;
    bool *apart = memory_new(n * n, sizeof *apart);
    bool *reached = memory_new(n, sizeof *reached), grew = true;

    reached[a->start] = true;
    for (size_t p = 0; p < n; p++)
        for (size_t q = 0; q < n; q++)
            apart[p * n + q] = a->accept[p] != a->accept[q];
    while (grew) {
        grew = false;
        for (uint32_t p = 0; p < n; p++)
            for (size_t s = 0; s < a->symbols; s++) {
                uint32_t to = automaton_step(a, p, s);

                if (reached[p] && !reached[to])
                    grew = reached[to] = true;
                for (uint32_t q = 0; q < n; q++)
                    if (!apart[p * n + q] &&
                        apart[to * n + automaton_step(a, q, s)])
                        grew = apart[p * n + q] = true;
            }
    }
    for (size_t p = 0; p < n; p++) {
        bool first = reached[p];

        for (size_t q = 0; q < p; q++)
            first &= !(reached[q] && !apart[p * n + q]);
        distinct += first;
    }
    free(apart);
    free(reached);
    return distinct;
}

START_TEST(minimal_automata_are_minimal_and_equivalent)
{
    struct stream stream;

    stream_init(&stream, 1, "test.automaton", 0);
    for (int round = 0; round < ROUNDS; round++) {
        struct automaton given, minimal;
        uint16_t string[LONGEST];

        draw_automaton(&stream, 12, 1 + (size_t)round % 3, &given);
        minimal = copy_of(&given);
        automaton_minimise(&minimal);
        ck_assert_uint_eq(minimal.states, count_distinct(&given));
        for (size_t n = 0; n <= LONGEST; n++)
            for (size_t i = 0; i < formal_power(given.symbols, n); i++) {
                formal_string(i, given.symbols, n, string);
                ck_assert_int_eq(automaton_contains(&given, string, n),
                                 automaton_contains(&minimal, string, n));
            }
        automaton_clear(&given);
        automaton_clear(&minimal);
    }
}
END_TEST

/* States in another order, and unreachable ones, make no difference. */
START_TEST(equal_languages_give_equal_structs)
{
    struct stream stream;

    stream_init(&stream, 2, "test.automaton", 0);
    for (int round = 0; round < ROUNDS; round++) {
        struct automaton a, b;
        size_t order[20], n;

        draw_automaton(&stream, 12, 2, &a);
        n = a.states + 3;
        random_permutation(3, "test.order", (uint64_t)round, n, order);
        automaton_init(&b, n, 2);
        b.start = (uint32_t)order[a.start];
        for (uint32_t q = 0; q < a.states; q++) {
            b.accept[order[q]] = a.accept[q];
            for (size_t s = 0; s < 2; s++)
                b.next[order[q] * 2 + s] =
                    (uint32_t)order[automaton_step(&a, q, s)];
        }
        automaton_minimise(&a);
        automaton_minimise(&b);
        ck_assert(is_same(&a, &b));
        automaton_clear(&a);
        automaton_clear(&b);
    }
}
END_TEST

START_TEST(products_and_complements_do_what_they_say)
{
    struct stream stream;

    stream_init(&stream, 4, "test.automaton", 0);
    for (int round = 0; round < ROUNDS; round++) {
        struct automaton a, b, both, not ;
        uint16_t string[LONGEST];

        draw_automaton(&stream, 6, 2, &a);
        draw_automaton(&stream, 6, 2, &b);
        ck_assert(automaton_intersect(&a, &b, 36, &both));
        not = copy_of(&a);
        automaton_complement(&not );
        for (size_t n = 0; n <= LONGEST; n++)
            for (size_t i = 0; i < formal_power(2, n); i++) {
                bool in_a, in_b;

                formal_string(i, 2, n, string);
                in_a = automaton_contains(&a, string, n);
                in_b = automaton_contains(&b, string, n);
                ck_assert_int_eq(automaton_contains(&both, string, n),
                                 in_a && in_b);
                ck_assert_int_eq(automaton_contains(&not, string, n), !in_a);
            }
        automaton_clear(&a);
        automaton_clear(&b);
        automaton_clear(&both);
        automaton_clear(&not );
    }
}
END_TEST

START_TEST(a_product_beyond_its_cap_is_refused)
{
    struct automaton a, b, both;

    automaton_init(&a, 7, 1);
    automaton_init(&b, 11, 1);
    for (uint32_t q = 0; q < 7; q++)
        a.next[q] = (q + 1) % 7;
    for (uint32_t q = 0; q < 11; q++)
        b.next[q] = (q + 1) % 11;
    ck_assert(!automaton_intersect(&a, &b, 76, &both));
    ck_assert_ptr_null(both.next);
    ck_assert(automaton_intersect(&a, &b, 77, &both));
    ck_assert_uint_eq(both.states, 77);
    automaton_clear(&a);
    automaton_clear(&b);
    automaton_clear(&both);
}
END_TEST

/* A state is live iff a string shorter than the number of states leads from
 * it to acceptance. */
START_TEST(live_states_reach_acceptance)
{
    struct stream stream;

    stream_init(&stream, 5, "test.automaton", 0);
    for (int round = 0; round < ROUNDS; round++) {
        struct automaton a;
        bool live[7];

        draw_automaton(&stream, 7, 2, &a);
        automaton_find_live(&a, live);
        for (uint32_t q = 0; q < a.states; q++) {
            bool found = false;

            a.start = q;
            for (size_t n = 0; n < a.states && !found; n++)
                for (size_t i = 0; i < formal_power(2, n) && !found; i++) {
                    uint16_t string[7];

                    formal_string(i, 2, n, string);
                    found = automaton_contains(&a, string, n);
                }
            ck_assert_int_eq(live[q], found);
        }
        automaton_clear(&a);
    }
}
END_TEST

/* A cycle of n states is a group of order n: star-free for n = 1 only. */
int main(void)
{
    Suite *suite = suite_create("automaton");
    TCase *tests = tcase_create("automaton");

    tcase_add_test(tests, minimal_automata_are_minimal_and_equivalent);
    tcase_add_test(tests, equal_languages_give_equal_structs);
    tcase_add_test(tests, products_and_complements_do_what_they_say);
    tcase_add_test(tests, a_product_beyond_its_cap_is_refused);
    tcase_add_test(tests, live_states_reach_acceptance);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/nfa.h"

#include "formal.h"
#include "suite.h"

#define LONGEST 6

static struct fragment draw_nfa(struct stream *stream, struct nfa *nfa)
{
    struct fragment fragment = { nfa->states, nfa->n_arcs, 0, 0 };
    uint32_t base = (uint32_t)nfa->states;
    size_t states = 1 + stream_below(stream, 7);
    size_t arcs = stream_below(stream, 16);

    for (size_t i = 0; i < states; i++)
        nfa_add_state(nfa);
    for (size_t i = 0; i < arcs; i++) {
        uint32_t from = base + (uint32_t)stream_below(stream, states);
        uint32_t symbol = (uint32_t)stream_below(stream, 3);
        uint32_t to = base + (uint32_t)stream_below(stream, states);

        nfa_add_arc(nfa, from, symbol == 2 ? NFA_SILENT : symbol, to);
    }
    fragment.in = base + (uint32_t)stream_below(stream, states);
    fragment.out = base + (uint32_t)stream_below(stream, states);
    return fragment;
}

/* Sets of states as bits, followed arc by arc until nothing changes. */
static uint64_t close_set(const struct nfa *nfa, uint64_t set)
{
    for (uint64_t old = 0; old != set;) {
        old = set;
        for (size_t i = 0; i < nfa->n_arcs; i++)
            if (nfa->arcs[i].symbol == NFA_SILENT &&
                (set >> nfa->arcs[i].from & 1))
                set |= UINT64_C(1) << nfa->arcs[i].to;
    }
    return set;
}

static bool simulate(const struct nfa *nfa, const struct fragment *fragment,
                     const uint16_t *string, size_t n)
{
    uint64_t set = close_set(nfa, UINT64_C(1) << fragment->in);

    for (size_t k = 0; k < n; k++) {
        uint64_t next = 0;

        for (size_t i = 0; i < nfa->n_arcs; i++)
            if (nfa->arcs[i].symbol == string[k] &&
                (set >> nfa->arcs[i].from & 1))
                next |= UINT64_C(1) << nfa->arcs[i].to;
        set = close_set(nfa, next);
    }
    return set >> fragment->out & 1;
}

static void check_equal(const struct nfa *nfa, const struct fragment *fragment,
                        const struct automaton *automaton)
{
    uint16_t string[LONGEST];

    for (size_t n = 0; n <= LONGEST; n++)
        for (size_t i = 0; i < formal_power(2, n); i++) {
            formal_string(i, 2, n, string);
            ck_assert_int_eq(simulate(nfa, fragment, string, n),
                             automaton_contains(automaton, string, n));
        }
}

START_TEST(subsets_accept_what_the_nfa_accepts)
{
    struct stream stream;

    stream_init(&stream, 1, "test.nfa", 0);
    for (int round = 0; round < 400; round++) {
        struct nfa nfa = { .symbols = 2 };
        struct fragment first = draw_nfa(&stream, &nfa), last, copy, added;
        size_t end_state = nfa.states, end_arc = nfa.n_arcs;
        struct automaton automaton, again;

        last = draw_nfa(&stream, &nfa);
        ck_assert(nfa_determinise(&nfa, &last, &automaton));
        check_equal(&nfa, &last, &automaton);

        /* A copy, an automaton put back and what is left after dropping it
         * mean the same. */
        copy = nfa_copy(&nfa, &first, end_state, end_arc);
        ck_assert(nfa_determinise(&nfa, &copy, &again));
        check_equal(&nfa, &first, &again);
        automaton_clear(&again);
        nfa_drop(&nfa, &copy);
        added = nfa_add_automaton(&nfa, &automaton);
        ck_assert(nfa_determinise(&nfa, &added, &again));
        ck_assert_uint_eq(again.states, automaton.states);
        check_equal(&nfa, &last, &again);
        automaton_clear(&again);
        automaton_clear(&automaton);
        nfa_clear(&nfa);
    }
}
END_TEST

/* "The 40th symbol from the end is 1" needs 2^40 states. */
START_TEST(too_many_subsets_are_refused)
{
    struct nfa nfa = { .symbols = 2 };
    struct fragment fragment = { 0 };
    struct automaton automaton;
    uint32_t at = nfa_add_state(&nfa);

    nfa_add_arc(&nfa, at, 0, at);
    nfa_add_arc(&nfa, at, 1, at);
    fragment.out = nfa_add_state(&nfa);
    nfa_add_arc(&nfa, at, 1, fragment.out);
    for (int i = 0; i < 39; i++) {
        uint32_t next = nfa_add_state(&nfa);

        nfa_add_arc(&nfa, fragment.out, 0, next);
        nfa_add_arc(&nfa, fragment.out, 1, next);
        fragment.out = next;
    }
    ck_assert(!nfa_determinise(&nfa, &fragment, &automaton));
    ck_assert_ptr_null(automaton.next);
    nfa_clear(&nfa);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("nfa");
    TCase *tests = tcase_create("nfa");

    tcase_add_test(tests, subsets_accept_what_the_nfa_accepts);
    tcase_add_test(tests, too_many_subsets_are_refused);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

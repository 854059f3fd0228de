/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Random small grammars against a slow oracle written here: derivations
 * counted by trying every way to cut a string.
 */

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "formal.h"
#include "language/grammar_ambiguity.h"
#include "language/grammar_earley.h"
#include "language/grammar_lr.h"
#include "language/grammar_product.h"
#include "language/grammar_tally.h"
#include "suite.h"

#define SYMBOLS  2
#define LONGEST  6
#define GRAMMARS 3000

/* Rules with right sides of up to 3 symbols between up to 3 nonterminals. */
static bool random_grammar(struct stream *stream, struct grammar *out)
{
    size_t nonterminals = 1 + stream_below(stream, 3);
    size_t rules = 2 + stream_below(stream, 5);

    *out = (struct grammar){ .terminals = SYMBOLS, .start = SYMBOLS };
    for (size_t r = 0; r < rules; r++) {
        uint32_t right[3], left;
        size_t length = stream_below(stream, 4);

        left = SYMBOLS +
               (r == 0 ? 0 : (uint32_t)stream_below(stream, nonterminals));
        for (size_t i = 0; i < length; i++)
            right[i] = (uint32_t)stream_below(stream, SYMBOLS + nonterminals);
        grammar_add(out, left, right, length);
    }
    return grammar_trim(out);
}

/* What the oracle knows: DERIVES[symbol][from][to] of one string. */
struct oracle {
    const struct grammar *grammar;
    const uint16_t *s;
    bool known[16][LONGEST + 1][LONGEST + 1];
};

static bool derives_rest(const struct oracle *oracle, const uint32_t *right,
                         size_t length, size_t from, size_t to)
{
    if (length == 0)
        return from == to;
    for (size_t middle = from; middle <= to; middle++)
        if (oracle->known[right[0]][from][middle] &&
            derives_rest(oracle, right + 1, length - 1, middle, to))
            return true;
    return false;
}

/* Facts until there are no new ones. */
static bool is_member(const struct grammar *grammar, const uint16_t *s,
                      size_t n)
{
    struct oracle oracle = { grammar, s, { { { false } } } };
    bool changed = true;

    for (size_t i = 0; i < n; i++)
        oracle.known[s[i]][i][i + 1] = true;
    while (changed) {
        changed = false;
        for (size_t r = 0; r < grammar->n_rules; r++)
            for (size_t from = 0; from <= n; from++)
                for (size_t to = from; to <= n; to++) {
                    bool *fact =
                        &oracle.known[grammar->rules[r].left][from][to];

                    if (!*fact &&
                        derives_rest(&oracle, grammar_right(grammar, r),
                                     grammar->rules[r].length, from, to))
                        *fact = changed = true;
                }
    }
    return oracle.known[grammar->start][0][n];
}

static bool reads_all(size_t read, size_t n, bool end)
{
    return read == n && end;
}

static size_t count_members(const struct grammar *grammar, size_t n)
{
    size_t members = 0;

    for (size_t i = 0; i < formal_power(SYMBOLS, n); i++) {
        uint16_t s[LONGEST];

        formal_string(i, SYMBOLS, n, s);
        members += is_member(grammar, s, n);
    }
    return members;
}

START_TEST(earley_and_lr_decide_as_the_oracle)
{
    struct stream stream;
    size_t proved = 0, grammars = 0;

    stream_init(&stream, 1, "test.grammar", (uint64_t)_i);
    for (size_t g = 0; g < GRAMMARS / 10; g++) {
        struct grammar grammar;
        struct grammar_lr lr;
        bool has_lr;

        if (!random_grammar(&stream, &grammar)) {
            grammar_clear(&grammar);
            continue;
        }
        has_lr = grammar_lr_build(&lr, &grammar) == LR_BUILT;
        proved += has_lr;
        grammars++;
        for (size_t n = 0; n <= LONGEST; n++)
            for (size_t i = 0; i < formal_power(SYMBOLS, n); i++) {
                bool end, lr_end, next[SYMBOLS], lr_next[SYMBOLS];
                size_t read, lr_read;
                uint16_t s[LONGEST];

                formal_string(i, SYMBOLS, n, s);
                read = grammar_earley_read(&grammar, s, n, next, &end);
                ck_assert_int_eq(reads_all(read, n, end),
                                 is_member(&grammar, s, n));
                if (!has_lr)
                    continue;
                lr_read = grammar_lr_read(&lr, s, n, lr_next, &lr_end);
                ck_assert_uint_eq(lr_read, read);
                ck_assert_int_eq(lr_end, end);
                if (read == n)
                    ck_assert_mem_eq(next, lr_next, sizeof next);
            }
        grammar_lr_clear(&lr);
        grammar_clear(&grammar);
    }
    ck_assert_uint_gt(grammars, GRAMMARS / 30);
    ck_assert_uint_gt(proved, GRAMMARS / 100);
}
END_TEST

/* Proved unambiguous: a derivation is a string.  And what is refused has a
 * string that comes twice. */
START_TEST(counts_are_those_of_strings)
{
    struct stream stream;
    size_t proved = 0, refused = 0;

    stream_init(&stream, 2, "test.grammar", 0);
    for (size_t g = 0; g < GRAMMARS; g++) {
        struct strings witness = { 0 };
        struct grammar_tally tally;
        struct grammar_lr lr;
        struct grammar grammar;
        size_t checked = 0;
        bool countable, has_lr, ambiguous;

        if (!random_grammar(&stream, &grammar)) {
            grammar_clear(&grammar);
            continue;
        }
        countable = grammar_tally_init(&tally, &grammar);
        has_lr = grammar_lr_build(&lr, &grammar) == LR_BUILT;
        ambiguous = grammar_is_ambiguous(&tally, countable, &checked, &witness);
        ck_assert(!has_lr || (countable && !ambiguous));
        ck_assert_uint_eq(witness.count, ambiguous);
        if (ambiguous && strings_length(&witness, 0) <= LONGEST)
            ck_assert(is_member(&grammar, witness.symbols,
                                strings_length(&witness, 0)));
        proved += has_lr;
        refused += ambiguous;
        for (size_t n = 0; n <= LONGEST && !ambiguous; n++) {
            ck_assert(grammar_tally_extend(&tally, n));
            ck_assert_uint_eq(natural_small(grammar_tally_count(&tally, n)),
                              count_members(&grammar, n));
        }
        strings_clear(&witness);
        grammar_lr_clear(&lr);
        grammar_tally_clear(&tally);
        grammar_clear(&grammar);
    }
    ck_assert_uint_gt(proved, GRAMMARS / 10);
    ck_assert_uint_gt(refused, GRAMMARS / 10);
}
END_TEST

/* With which symbols members of up to so many symbols continue a prefix. */
START_TEST(next_symbols_are_those_with_a_continuation)
{
    struct stream stream;

    stream_init(&stream, 3, "test.grammar", 0);
    for (size_t g = 0; g < 300; g++) {
        struct grammar grammar;

        if (random_grammar(&stream, &grammar))
            for (size_t n = 1; n <= LONGEST; n++)
                for (size_t i = 0; i < formal_power(SYMBOLS, n); i++) {
                    uint16_t s[LONGEST];
                    bool next[SYMBOLS], end;

                    formal_string(i, SYMBOLS, n, s);
                    if (!is_member(&grammar, s, n))
                        continue;
                    for (size_t k = 0; k < n; k++) {
                        ck_assert_uint_eq(
                            grammar_earley_read(&grammar, s, k, next, &end), k);
                        ck_assert(next[s[k]]);
                    }
                }
        grammar_clear(&grammar);
    }
}
END_TEST

/* Strings of both: a random grammar and a random automaton. */
START_TEST(the_product_derives_what_both_accept)
{
    struct stream stream;

    stream_init(&stream, 4, "test.grammar", 0);
    for (size_t g = 0; g < 200; g++) {
        struct grammar grammar, both;
        struct automaton automaton;

        automaton_init(&automaton, 3, SYMBOLS);
        for (size_t a = 0; a < 3 * SYMBOLS; a++)
            automaton.next[a] = (uint32_t)stream_below(&stream, 3);
        for (size_t q = 0; q < 3; q++)
            automaton.accept[q] = stream_below(&stream, 2);
        if (random_grammar(&stream, &grammar)) {
            ck_assert(grammar_product(&grammar, &automaton, &both));
            for (size_t n = 0; n <= LONGEST - 1; n++)
                for (size_t i = 0; i < formal_power(SYMBOLS, n); i++) {
                    uint16_t s[LONGEST];
                    bool end;
                    size_t read;

                    formal_string(i, SYMBOLS, n, s);
                    read = grammar_earley_read(&both, s, n, NULL, &end);
                    ck_assert_int_eq(reads_all(read, n, end),
                                     is_member(&grammar, s, n) &&
                                         automaton_contains(&automaton, s, n));
                }
            grammar_clear(&both);
        }
        automaton_clear(&automaton);
        grammar_clear(&grammar);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("grammar");
    TCase *tests = tcase_create("grammar");

    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, earley_and_lr_decide_as_the_oracle, 0, 3);
    tcase_add_test(tests, counts_are_those_of_strings);
    tcase_add_test(tests, next_symbols_are_those_with_a_continuation);
    tcase_add_test(tests, the_product_derives_what_both_accept);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

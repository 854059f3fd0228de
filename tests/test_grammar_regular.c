/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/grammar_regular.h"

#include <stdlib.h>

#include "base/memory.h"
#include "formal.h"
#include "language/grammar_earley.h"
#include "suite.h"

#define LONGEST 8
#define ROUNDS  400

/* Accepts what the grammar derives, string by string. */
static void check_strings(const struct grammar *grammar,
                          const struct automaton *automaton)
{
    for (size_t n = 0; n <= LONGEST; n++)
        for (size_t i = 0; i < formal_power(grammar->terminals, n); i++) {
            uint16_t s[LONGEST];
            size_t read;
            bool end;

            formal_string(i, grammar->terminals, n, s);
            read = grammar_earley_read(grammar, s, n, NULL, &end);
            ck_assert_int_eq(automaton_contains(automaton, s, n),
                             read == n && end);
        }
}

/* A rule of nonterminal LEFT of N.  Those below it stand anywhere, one of its
 * own set recurs at the side of the set. */
static void draw_rule(struct stream *stream, struct grammar *grammar,
                      uint32_t left, uint32_t n)
{
    uint32_t right[4], t = (uint32_t)grammar->terminals;
    size_t length = 0, others = stream_below(stream, 3);
    uint32_t set = left / 2;
    bool recurs = stream_below(stream, 2) == 0, first = set % 2 == 0;
    uint32_t own = t + set * 2 + (uint32_t)stream_below(stream, 2);

    if (own >= t + n)
        own = t + left;
    if (recurs && first)
        right[length++] = own;
    for (size_t i = 0; i < others; i++) {
        uint32_t below = (set + 1) * 2;

        right[length++] =
            below < n && stream_below(stream, 2) == 0
                ? t + below + (uint32_t)stream_below(stream, n - below)
                : (uint32_t)stream_below(stream, t);
    }
    if (recurs && !first)
        right[length++] = own;
    grammar_add(grammar, t + left, right, length);
}

START_TEST(automata_accept_what_grammars_derive)
{
    struct stream stream;
    size_t built = 0;

    stream_init(&stream, 1, "test.grammar.regular", 0);
    for (int round = 0; round < ROUNDS; round++) {
        uint32_t n = 1 + (uint32_t)stream_below(&stream, 6);
        struct grammar grammar = { .terminals = 2, .start = 2 };
        struct automaton automaton = { 0 };

        for (uint32_t i = 0; i < n; i++)
            for (size_t k = 1 + stream_below(&stream, 3); k-- > 0;)
                draw_rule(&stream, &grammar, i, n);
        if (grammar_trim(&grammar)) {
            ck_assert_int_eq(grammar_automaton(&grammar, &automaton),
                             REGULARITY_BUILT);
            check_strings(&grammar, &automaton);
            built += automaton.states > 3;
        }
        automaton_clear(&automaton);
        grammar_clear(&grammar);
    }
    ck_assert_uint_gt(built, 100);
}
END_TEST

static const struct {
    const char *rules, *regular;
    size_t states; /* 0: no automaton */
} grammars[] = {
    { "S -> a S b | ε", "not known to be, the grammar embeds itself", 0 },
    /* by way of others, and by both sides of one set */
    { "S -> A b | b\n  A -> a S", "not known to be, the grammar embeds itself",
      0 },
    { "S -> a T | a\n  T -> S b", "not known to be, the grammar embeds itself",
      0 },
    /* what stands before it is always empty */
    { "S -> E S a | b\n  E -> F F\n  F -> ε",
      "yes, the grammar does not embed itself", 3 },
    { "S -> a S | b", "yes, the grammar does not embed itself", 3 },
    { "S -> ε", "yes, the grammar does not embed itself", 2 },
    { "S -> a b | b a", "yes, the grammar does not embed itself", 5 },
    /* left-linear above right-linear */
    { "S -> S b | a T\n  T -> a T | b",
      "yes, the grammar does not embed "
      "itself",
      4 },
    /* every string of 2^14 a's: the copies of copies are too many */
    { "S -> A[14]\n  A[k] -> A[k-1] A[k-1] if k > 0\n  A[k] -> a B if k == 0\n"
      "  B -> a B b | ε",
      "not known to be, the grammar embeds itself", 0 },
    { "S -> A[18]\n  A[k] -> A[k-1] A[k-1] if k > 0\n  A[k] -> a if k == 0",
      "yes, but the automaton is too large to be built", 0 },
};

START_TEST(grammars_are_known_to_be_regular)
{
    struct language *language;
    struct text file = { 0 }, said = { 0 };
    const struct automaton *automaton;
    char line[128];

    text_add_format(&file, "language: x\nalphabet: a b\ncfg: |\n  %s\n",
                    grammars[_i].rules);
    language = formal_language(file.data);
    language_describe(language, &said);
    snprintf(line, sizeof line, "\nregular: %s\n", grammars[_i].regular);
    ck_assert_msg(strstr(said.data, line) != NULL, "%s", said.data);
    automaton = language_automaton(language);
    ck_assert_uint_eq(automaton == NULL ? 0 : automaton->states,
                      grammars[_i].states);
    language_free(language);
    text_clear(&file);
    text_clear(&said);
}
END_TEST

/* The automaton is that of all clauses, and counts as the grammar does. */
START_TEST(automata_and_grammars_count_alike)
{
    struct language *language =
        formal_language("language: x\nalphabet: a b\ncfg: |\n"
                        "  S -> a T S | ε\n  T -> T b | ε\n"
                        "regex: (..)*\nfinally: '#a mod 3 == 1'\n");
    const struct automaton *automaton = language_automaton(language);
    struct error error = { 0 };
    struct natural count = { 0 };
    size_t total = 0;

    ck_assert_ptr_nonnull(automaton);
    ck_assert(language_prepare(language, 12, &error));
    for (size_t n = 0; n <= 12; n++) {
        size_t members = 0;
        uint16_t s[12];

        for (size_t i = 0; i < formal_power(2, n); i++) {
            formal_string(i, 2, n, s);
            members += automaton_contains(automaton, s, n);
        }
        language_count(language, n, &count);
        ck_assert_uint_eq(natural_small(&count), members);
        total += members;
    }
    ck_assert_uint_gt(total, 100);
    natural_clear(&count);
    language_free(language);
}
END_TEST

START_TEST(claims_about_grammars_are_tested)
{
    struct language *language = NULL;
    struct error error = { 0 };
    const char *text = "language: x\nclass: star-free\nalphabet: a b\n"
                       "cfg: |\n  S -> a a S | b\n";
    const char *path = scratch_path("x.yaml");

    scratch_write(path, text, strlen(text));
    ck_assert(!language_load(&language, path, &error));
    ck_assert_str_eq(error.complaints[0].text,
                     "the language is regular but not star-free");
    ck_assert_uint_eq(error.complaints[0].line, 2);
    ck_assert_uint_eq(error.complaints[0].column, 8);
    error_clear(&error);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("grammar_regular");
    TCase *tests = tcase_create("grammar_regular");

    tcase_add_checked_fixture(tests, scratch_open, scratch_close);
    tcase_add_test(tests, automata_accept_what_grammars_derive);
    tcase_add_loop_test(tests, grammars_are_known_to_be_regular, 0,
                        sizeof grammars / sizeof *grammars);
    tcase_add_test(tests, automata_and_grammars_count_alike);
    tcase_add_test(tests, claims_about_grammars_are_tested);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

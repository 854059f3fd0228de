/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/dfa.h"

#include "formal.h"
#include "language/regex.h"
#include "suite.h"

static bool read_dfa(const char *text, struct automaton *out,
                     struct error *error)
{
    struct alphabet alphabet = formal_alphabet("a b");
    struct yaml_document document;
    struct reading reading = { .source = text, .alphabet = &alphabet };
    bool ok;

    ck_assert(yaml_parse(&document, text, strlen(text), "x", error));
    ok = dfa_read(out, document.root, &reading, error);
    yaml_clear(&document);
    alphabet_clear(&alphabet);
    return ok;
}

/* Automata and the expressions they were drawn from. */
static const struct {
    const char *dfa, *regex;
} rows[] = {
    { "start: s\naccept: s\ns: {a: s}", "a*" },
    { "start: s\naccept: [s, t]\ns: {a: t}\nt: {b: s}", "(a b)* a?" },
    { "accept: t\nt: {}\ns: {a: t, b: t}\nstart: s", "a | b" },
    { "start: s\naccept: \"\"\ns: {a: s, b: s}", "[]" },
    { "start: s\naccept: []\ns: {a: s, b: s}", "[]" },
    { "start: s\naccept: s t\nunused: {a: s}\ns: {a: s, b: t}\n"
      "t: {a: t, b: s}",
      ".*" },
    { "start: s\naccept:\n  - s t\n  - u\ns: {a: t}\nt: {a: u}\nu: {b: u}",
      "() | a | a a b*" },
};

START_TEST(rows_say_what_the_expression_says)
{
    struct alphabet alphabet = formal_alphabet("a b");
    struct passage passage = formal_passage(rows[_i].regex);
    struct automaton dfa, regex;
    struct error error = { 0 };

    if (!read_dfa(rows[_i].dfa, &dfa, &error))
        ck_abort_msg("%s", said(&error));
    ck_assert(regex_read(&regex, &passage, &alphabet, &error));
    ck_assert_uint_eq(dfa.states, regex.states);
    ck_assert_mem_eq(dfa.next, regex.next, dfa.states * 2 * sizeof *regex.next);
    ck_assert_mem_eq(dfa.accept, regex.accept, dfa.states);
    automaton_clear(&dfa);
    automaton_clear(&regex);
    alphabet_clear(&alphabet);
}
END_TEST

/* Every mistake of a clause at once, each at its place. */
START_TEST(all_mistakes_are_reported)
{
    struct automaton dfa;
    struct error error = { 0 };

    ck_assert(!read_dfa("start: p\naccept: q even\neven: {a: od, c: even}\n"
                        "odd: [a]\n",
                        &dfa, &error));
    ck_assert_said(&error,
                   "x:3:11: dfa.even: no state \"od\"; did you mean \"odd\"?\n"
                   "x:3:15: dfa.even: no symbol \"c\" in the alphabet\n"
                   "x:4:6: dfa.odd: wrong type: a list; accepted: a map from "
                   "symbols to states\n"
                   "x:1:8: dfa.start: no state \"p\"; each state needs a row\n"
                   "x:2:9: dfa.accept: no state \"q\"; each state needs a "
                   "row\n");
    ck_assert_ptr_null(dfa.next);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dfa");
    TCase *tests = tcase_create("dfa");

    tcase_add_loop_test(tests, rows_say_what_the_expression_says, 0,
                        sizeof rows / sizeof *rows);
    tcase_add_test(tests, all_mistakes_are_reported);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

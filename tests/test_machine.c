/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/machine.h"

#include <stdlib.h>

#include "formal.h"
#include "language/expression.h"
#include "language/regex.h"
#include "suite.h"

#define LONGEST 9

/* Clauses over a and b, and whether their machine has few configurations. */
static const struct given {
    const char *regex, *always, *before, *finally;
    bool finite;
} given[] = {
    { NULL, NULL, NULL, NULL, true },
    { "a+ b+", NULL, NULL, "#a == #b", false },
    { NULL, "#a >= #b", NULL, "#a == #b", false },
    { NULL, "0 <= #a - #b <= 4", NULL, "#a == #b", true },
    { NULL, NULL, "#a != #b + 2", "#a == #b + 2", false },
    { NULL, NULL, "#a + #b < 5", NULL, true },
    { NULL, "#a <= 2", "#b < 3", "#b mod 2 == 1", true },
    { ".* a", "#a - #b < 3", NULL, "(#a - #b) mod 3 == 1", false },
    { "(a b*)*", NULL, "not #b > 2 * #a", "#a > #b or #b == 2", false },
    { NULL, "#a >= 1", NULL, NULL, true },
    { NULL, "#a == 0 or #b == 0", NULL, NULL, false },
    { "[]", NULL, NULL, NULL, true },
    { NULL, NULL, "#a >= 1", "#a == 0", true },
    { NULL, NULL, NULL, "#a == 3 and #a mod 2 == 0", false },
};

static void print_given(const struct given *g, struct text *out)
{
    const char *const keys[] = { "regex", "always", "before", "finally" };
    const char *const texts[] = { g->regex, g->always, g->before, g->finally };

    for (size_t i = 0; i < 4; i++)
        if (texts[i] != NULL)
            text_add_format(out, "%s: '%s'\n", keys[i], texts[i]);
    text_add(out, out->length == 0 ? "{}" : "");
}

/* A condition over counts, as it is read; NULL holds. */
static bool holds(const char *text, const int64_t *counts)
{
    struct alphabet alphabet = formal_alphabet("a b");
    const char *none[] = { NULL };
    struct vocabulary vocabulary = { &alphabet, none };
    struct condition condition;
    struct error error = { 0 };
    struct passage passage = formal_passage(text);
    bool result = true;

    if (text != NULL) {
        ck_assert(expression_read_condition(&condition, &passage, &vocabulary,
                                            &error));
        result = condition_holds(&condition, counts);
        condition_clear(&condition);
    }
    alphabet_clear(&alphabet);
    return result;
}

/* What each condition says of all pairs of small counts. */
struct answers {
    bool always[LONGEST + 1][LONGEST + 1], before[LONGEST + 1][LONGEST + 1],
        finally[LONGEST + 1][LONGEST + 1];
};

static void find_answers(const struct given *g, struct answers *answers)
{
    for (size_t a = 0; a <= LONGEST; a++)
        for (size_t b = 0; b <= LONGEST; b++) {
            int64_t counts[] = { (int64_t)a, (int64_t)b };

            answers->always[a][b] = holds(g->always, counts);
            answers->before[a][b] = holds(g->before, counts);
            answers->finally[a][b] = holds(g->finally, counts);
        }
}

/* Membership by the definition: every clause at every prefix it speaks of. */
static bool is_member(const struct answers *answers,
                      const struct automaton *shape, const uint16_t *string,
                      size_t n)
{
    size_t counts[2] = { 0 };

    for (size_t i = 0;; i++) {
        size_t a = counts[0], b = counts[1];

        if (!answers->always[a][b])
            return false;
        if (i == n)
            return answers->finally[a][b] &&
                   automaton_contains(shape, string, n);
        if (!answers->before[a][b])
            return false;
        counts[string[i]]++;
    }
}

static bool run(const struct machine *machine, const uint16_t *string, size_t n)
{
    int64_t at[MACHINE_MOST_WIDTH];
    bool alive = machine_start(machine, at);

    for (size_t i = 0; alive && i < n; i++)
        alive = machine_step(machine, at, string[i]);
    return alive && machine_accepts(machine, at);
}

static void read_shape(const char *regex, struct automaton *shape)
{
    struct alphabet alphabet = formal_alphabet("a b");
    struct passage passage = formal_passage(regex != NULL ? regex : ".*");
    struct error error = { 0 };

    ck_assert(regex_read(shape, &passage, &alphabet, &error));
    alphabet_clear(&alphabet);
}

START_TEST(a_string_is_accepted_iff_every_clause_holds)
{
    const struct given *g = &given[_i];
    struct answers *answers = calloc(1, sizeof *answers);
    struct machine machine, minimal = { 0 };
    struct automaton shape, collapsed;
    struct error error = { 0 };
    struct text text = { 0 };
    uint16_t string[LONGEST];

    print_given(g, &text);
    ck_assert(formal_machine(text.data, "a b", &machine, &error));
    read_shape(g->regex, &shape);
    find_answers(g, answers);
    ck_assert_int_eq(machine_collapse(&machine, 100, &collapsed), g->finite);
    if (g->finite)
        machine_init(&minimal, &collapsed);
    for (size_t n = 0; n <= LONGEST; n++)
        for (size_t i = 0; i < formal_power(2, n); i++) {
            bool member;

            formal_string(i, 2, n, string);
            member = is_member(answers, &shape, string, n);
            ck_assert_int_eq(run(&machine, string, n), member);
            if (g->finite)
                ck_assert_int_eq(run(&minimal, string, n), member);
        }
    machine_clear(&machine);
    machine_clear(&minimal);
    automaton_clear(&shape);
    text_clear(&text);
    free(answers);
}
END_TEST

START_TEST(conjuncts_know_their_registers)
{
    struct machine machine;
    struct error error = { 0 };
    struct conjunct *conjuncts;
    size_t count;

    ck_assert(formal_machine("regex: a* b* c*\n"
                             "always: '0 <= #a - #b <= 4'\n"
                             "finally: ['#a == #b == #c', '#c > 1 or #a > 2']",
                             "a b c", &machine, &error));
    conjuncts = machine_conjuncts(&machine, &count);
    ck_assert_uint_eq(count, 5);
    /* registers: #a - #b, #b - #c, #c, #a */
    ck_assert_uint_eq(conjuncts[0].forms, 1);
    ck_assert_uint_eq(conjuncts[1].forms, 1);
    ck_assert_int_eq(conjuncts[1].kind, CLAUSE_ALWAYS);
    ck_assert_uint_eq(conjuncts[2].forms, 1);
    ck_assert_uint_eq(conjuncts[3].forms, 2);
    ck_assert_uint_eq(conjuncts[4].forms, 12);
    ck_assert_int_eq(conjuncts[4].kind, CLAUSE_FINALLY);
    free(conjuncts);
    machine_clear(&machine);
    machine_clear(&machine);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("machine");
    TCase *tests = tcase_create("machine");

    tcase_add_loop_test(tests, a_string_is_accepted_iff_every_clause_holds, 0,
                        sizeof given / sizeof *given);
    tcase_add_test(tests, conjuncts_know_their_registers);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

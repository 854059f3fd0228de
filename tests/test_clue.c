/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/clue.h"

#include "base/memory.h"
#include "formal.h"
#include "language/regex.h"
#include "suite.h"

static const char *const names[] = { "w", NULL };

/* All that a clue may be of. */
static const char text[] =
    "{w} {rev(w)} {not(w)} {sort(w)} {odds(w)} {evens(w)} {rev(odds(w))}"
    "{odds(rev(w))} {not(evens(w))} {sort(rev(w))} {not(rev(w))} {rev(sort(w))}"
    "{odds(evens(w))} {sort(not(w))} {rev(sort(not(w)))} {not(sort(w))}"
    "{sort(odds(w))} {odds(sort(w))}";

#define N_UNDECIDED 2 /* the last ones */

static const char *const regexes[] = {
    "[01]*", "(0 1)*", "0* 1 1 0*", "([01] [01] [01])* 1", "0 | 1 1 0", "1*",
};

static struct alphabet alphabet;
static struct pattern pattern;

static void open_pattern(void)
{
    struct passage passage = formal_passage(text);
    struct error error = { 0 };

    alphabet = formal_alphabet("0 1");
    ck_assert(pattern_read(&pattern, &passage, &alphabet, names, &error));
}

static void close_pattern(void)
{
    pattern_clear(&pattern);
    alphabet_clear(&alphabet);
}

static bool fits(const struct clue *clue, const struct word *word)
{
    struct word value;
    bool ok;

    ck_assert(pattern_value(&pattern, clue->term, word, &value));
    ok = (clue->open ? value.length >= clue->length
                     : value.length == clue->length) &&
         memcmp(value.symbols, clue->symbols,
                clue->length * sizeof *value.symbols) == 0;
    free(value.symbols);
    return ok;
}

/* By trying all words of up to 12 symbols. */
static bool has_word(const struct machine *machine, const struct clue *clues,
                     size_t count)
{
    for (size_t n = 0; n <= 12; n++)
        for (size_t i = 0; i < formal_power(2, n); i++) {
            uint16_t s[16];
            struct word word = { s, n };
            size_t k = 0;

            formal_string(i, 2, n, s);
            if (!automaton_contains(&machine->shape, s, n))
                continue;
            while (k < count && fits(&clues[k], &word))
                k++;
            if (k == count)
                return true;
        }
    return false;
}

/* Up to three clues about one word, or about none: the last may be open. */
static size_t draw_clues(struct stream *stream, uint16_t *symbols,
                         struct clue *clues)
{
    size_t count = 1 + stream_below(stream, 3), longest = 3, n;
    struct word word = { symbols, stream_below(stream, 7) };

    for (size_t i = 0; i < word.length; i++)
        symbols[i] = (uint16_t)stream_below(stream, 2);
    for (size_t k = 0; k < count; k++) {
        struct word value;

        clues[k].term = &pattern.terms[stream_below(stream, pattern.count)];
        ck_assert(pattern_value(&pattern, clues[k].term, &word, &value));
        n = value.length < longest ? value.length : longest;
        clues[k].open = k + 1 == count && stream_below(stream, 2) == 0;
        clues[k].length = n;
        clues[k].symbols = value.symbols;
        for (size_t i = 0; i < n; i++)
            if (stream_below(stream, 12) == 0)
                value.symbols[i] = !value.symbols[i];
    }
    return count;
}

START_TEST(answers_are_those_of_all_words)
{
    struct passage passage = formal_passage(regexes[_i]);
    struct automaton automaton = { 0 };
    struct variable variable = { 0 };
    struct error error = { 0 };
    size_t answers[3] = { 0 };

    ck_assert(regex_read(&automaton, &passage, &alphabet, &error));
    machine_init(&variable.machine, &automaton);
    for (size_t i = 0; i < 400; i++) {
        struct clue clues[3];
        uint16_t symbols[16];
        struct stream stream;
        enum answer answer;
        bool certain = true;
        size_t count;

        stream_init(&stream, 1, "test", i);
        count = draw_clues(&stream, symbols, clues);
        answer = clue_ask(&variable, &pattern, clues, count);
        answers[answer]++;
        for (size_t k = 0; k < count; k++)
            certain &=
                clues[k].term < pattern.terms + pattern.count - N_UNDECIDED;
        ck_assert(!certain || answer != ANSWER_UNKNOWN);
        if (answer != ANSWER_UNKNOWN)
            ck_assert((answer == ANSWER_YES) ==
                      has_word(&variable.machine, clues, count));
        for (size_t k = 0; k < count; k++)
            free((void *)clues[k].symbols);
    }
    ck_assert_uint_gt(answers[ANSWER_YES], 5);
    ck_assert_uint_gt(answers[ANSWER_NO], 5);
    machine_clear(&variable.machine);
}
END_TEST

/* A whole term of rev and not alone gives its word. */
START_TEST(words_are_solved)
{
    for (size_t t = 0; t < pattern.count; t++)
        for (size_t n = 0; n <= 6; n++)
            for (size_t i = 0; i < formal_power(2, n); i++) {
                uint16_t s[8];
                struct word word = { s, n }, value, solved;
                struct clue clue = { .term = &pattern.terms[t] };

                formal_string(i, 2, n, s);
                ck_assert(pattern_value(&pattern, clue.term, &word, &value));
                clue.symbols = value.symbols;
                clue.length = value.length;
                if (clue_solve(&pattern, &clue, &solved)) {
                    ck_assert_uint_eq(solved.length, n);
                    ck_assert_mem_eq(solved.symbols, s, n * sizeof *s);
                    free(solved.symbols);
                } else {
                    ck_assert_uint_gt(t, 2);
                    ck_assert_uint_ne(t, 10);
                }
                clue.open = true;
                ck_assert(!clue_solve(&pattern, &clue, &solved));
                free(value.symbols);
            }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("clue");
    TCase *tests = tcase_create("clue");

    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, open_pattern, close_pattern);
    tcase_add_loop_test(tests, answers_are_those_of_all_words, 0,
                        (int)(sizeof regexes / sizeof *regexes));
    tcase_add_test(tests, words_are_solved);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/equation.h"

#include "formal.h"
#include "language/regex.h"
#include "suite.h"

/* Numbers that stand for those without end here. */
#define MOST 256

/* The same as a struct partial, in plain integers. */
struct known {
    unsigned low;
    size_t bits, longest;
    bool whole;
};

static bool is_number(unsigned n, const struct known *known)
{
    if (known->whole)
        return n == known->low;
    return n % (1u << known->bits) == known->low &&
           (known->longest == SIZE_MAX || n >> known->longest == 0);
}

static size_t count_bits(unsigned n)
{
    size_t bits = 1;

    while (n >>= 1)
        bits++;
    return bits;
}

/* By trying all numbers. */
static bool has_numbers(enum pattern_kind kind, const struct known *x,
                        const struct known *y, const struct known *result)
{
    for (unsigned a = 0; a < MOST; a++)
        for (unsigned b = 0; is_number(a, x) && b < MOST; b++) {
            unsigned c = a + b;

            if (kind == PATTERN_ISQRT)
                for (c = 0; (c + 1) * (c + 1) <= a;)
                    c++;
            else if (!is_number(b, y))
                continue;
            if (is_number(c, result) &&
                (result->whole ? count_bits(c) == result->bits
                               : count_bits(c) >= result->bits))
                return true;
            if (kind == PATTERN_ISQRT)
                break;
        }
    return false;
}

static struct partial partial_of(const struct known *known)
{
    struct partial partial = { .bits = known->bits,
                               .whole = known->whole,
                               .longest = known->longest };

    natural_init(&partial.low, known->low);
    return partial;
}

static struct known draw(struct stream *stream, bool *open)
{
    static const size_t longest[] = { 0, 1, 2, 4, SIZE_MAX };
    struct known known = { .longest = longest[stream_below(stream, 5)] };
    size_t most = known.longest < 3 ? known.longest : 3;

    known.whole = stream_below(stream, 2) == 0;
    if (known.whole || !*open)
        known.bits = (size_t)stream_below(stream, most + 1);
    *open |= !known.whole && known.bits > 0;
    known.low = (unsigned)stream_below(stream, 1u << known.bits);
    return known;
}

START_TEST(answers_are_those_of_all_numbers)
{
    enum pattern_kind kind = _i == 0 ? PATTERN_SUM : PATTERN_ISQRT;
    size_t yes = 0;

    for (size_t i = 0; i < 4000; i++) {
        bool open = false, expected;
        struct known known[3];
        struct partial partials[3];
        struct stream stream;
        enum answer answer;

        stream_init(&stream, 1, "test", i);
        for (size_t k = 0; k < 3; k++)
            known[k] = draw(&stream, &open);
        known[0].longest = SIZE_MAX;
        if (known[1].whole && known[2].whole && (known[0].whole || _i == 1))
            continue; /* nothing is asked */
        for (size_t k = 0; k < 3; k++) {
            partials[k] = partial_of(&known[k]);
            partials[k].longest = known[k].longest;
        }
        expected = has_numbers(kind, &known[1], &known[2], &known[0]);
        answer = equation_ask(kind, &partials[1], &partials[2], &partials[0]);
        yes += answer == ANSWER_YES;
        /* whole numbers all three, or a root's, are compared elsewhere */
        if (!(known[1].whole && (_i == 1 || known[2].whole)))
            ck_assert_msg(answer == (expected ? ANSWER_YES : ANSWER_NO),
                          "number %zu", i);
        for (size_t k = 0; k < 3; k++)
            natural_clear(&partials[k].low);
    }
    ck_assert_uint_gt(yes, 100);
}
END_TEST

START_TEST(lengths_end_or_do_not)
{
    static const struct {
        const char *regex;
        size_t longest;
    } rows[] = { { "[01]*", SIZE_MAX },
                 { "[01]{3}", 3 },
                 { "[01]?", 1 },
                 { "([01][01])*", SIZE_MAX },
                 { "[01]{2}([01]{5})*", SIZE_MAX },
                 { "[01]{0,9}", 9 } };
    struct alphabet alphabet = formal_alphabet("0 1");

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct passage passage = formal_passage(rows[i].regex);
        struct automaton automaton = { 0 };
        struct machine machine = { 0 };
        struct error error = { 0 };

        ck_assert(regex_read(&automaton, &passage, &alphabet, &error));
        machine_init(&machine, &automaton);
        ck_assert_uint_eq(equation_longest(&machine, 0), rows[i].longest);
        machine_clear(&machine);
    }
    alphabet_clear(&alphabet);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("equation");
    TCase *tests = tcase_create("equation");

    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, answers_are_those_of_all_numbers, 0, 2);
    tcase_add_test(tests, lengths_end_or_do_not);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/regex.h"

#include <time.h>

#include "formal.h"
#include "suite.h"

static bool read_regex(const char *text, const char *names,
                       struct automaton *out, struct error *error)
{
    struct alphabet alphabet = formal_alphabet(names);
    struct passage passage = formal_passage(text);
    bool ok = regex_read(out, &passage, &alphabet, error);

    alphabet_clear(&alphabet);
    return ok;
}

/* ------------------------------------------- against an independent matcher */

#define LONGEST 6
#define SYMBOLS 3

enum kind { SET, EMPTY, THEN, EITHER, BOTH, NOT, REPEAT };

struct node {
    enum kind kind;
    unsigned set;       /* of symbols, a bit each */
    size_t least, most; /* REPEAT; MOST 99 is no end */
    struct node *a, *b;
};

static struct node pool[256];
static size_t n_pool;

static struct node *draw_node(struct stream *stream, size_t depth)
{
    static const enum kind kinds[] = { SET,    SET,  EMPTY, THEN,  THEN,
                                       EITHER, BOTH, NOT,   REPEAT };
    struct node *node = &pool[n_pool++];

    *node = (struct node){ .kind = kinds[stream_below(stream, 9)] };
    if (depth == 0)
        node->kind = SET;
    node->set = (unsigned)stream_below(stream, 1 << SYMBOLS);
    node->least = stream_below(stream, 3);
    node->most = stream_below(stream, 3) == 0
                     ? 99
                     : node->least + stream_below(stream, 3);
    if (node->kind != SET && node->kind != EMPTY)
        node->a = draw_node(stream, depth - 1);
    if (node->kind == THEN || node->kind == EITHER || node->kind == BOTH)
        node->b = draw_node(stream, depth - 1);
    return node;
}

/* Does NODE match symbols i..j-1, by trying everything? */
static bool matches(const struct node *node, const uint16_t *string, size_t i,
                    size_t j, size_t times)
{
    bool found = false;

    switch (node->kind) {
    case SET:
        return j == i + 1 && (node->set >> string[i] & 1);
    case EMPTY:
        return i == j;
    case THEN:
        for (size_t k = i; k <= j && !found; k++)
            found = matches(node->a, string, i, k, 0) &&
                    matches(node->b, string, k, j, 0);
        return found;
    case EITHER:
        return matches(node->a, string, i, j, 0) ||
               matches(node->b, string, i, j, 0);
    case BOTH:
        return matches(node->a, string, i, j, 0) &&
               matches(node->b, string, i, j, 0);
    case NOT:
        return !matches(node->a, string, i, j, 0);
    case REPEAT:
        if (i == j && times >= node->least)
            return true;
        if (times == node->most || times > node->least + LONGEST)
            return false;
        /* an empty repetition is of use only to reach LEAST */
        for (size_t k = times < node->least ? i : i + 1; k <= j && !found; k++)
            found = matches(node->a, string, i, k, 0) &&
                    matches(node, string, k, j, times + 1);
        return found;
    }
    return false;
}

static void print_set(const struct node *node, struct stream *stream,
                      struct text *out)
{
    bool others = stream_below(stream, 2) == 0;

    text_add(out, others ? "[^" : "[");
    for (size_t s = 0; s < SYMBOLS; s++)
        if ((node->set >> s & 1) != others)
            text_add_format(out, "%c", "abc"[s]);
    text_add(out, "]");
}

static void print_repeat(const struct node *node, struct text *out)
{
    if (node->least == 0 && node->most == 99)
        text_add(out, "*");
    else if (node->least == 1 && node->most == 99)
        text_add(out, " +");
    else if (node->least == 0 && node->most == 1)
        text_add(out, "?");
    else if (node->most == 99)
        text_add_format(out, "{%zu,}", node->least);
    else if (node->most == node->least)
        text_add_format(out, "{ %zu }", node->least);
    else
        text_add_format(out, "{%zu, %zu}", node->least, node->most);
}

/* With parentheses around every operand. */
static void print_node(const struct node *node, struct stream *stream,
                       struct text *out)
{
    static const char *const between[] = {
        [THEN] = " ", [EITHER] = "|", [BOTH] = " & "
    };

    if (node->kind == SET) {
        print_set(node, stream, out);
        return;
    }
    text_add(out, node->kind == NOT ? "! (" : "(");
    if (node->a != NULL)
        print_node(node->a, stream, out);
    if (node->b != NULL) {
        text_add(out, ")");
        text_add(out, between[node->kind]);
        text_add(out, "(");
        print_node(node->b, stream, out);
    }
    text_add(out, ")");
    if (node->kind == REPEAT)
        print_repeat(node, out);
}

START_TEST(random_expressions_match_as_by_trying_everything)
{
    struct stream stream;

    stream_init(&stream, 1, "test.regex", 0);
    for (int round = 0; round < 400; round++) {
        struct node *node = (n_pool = 0, draw_node(&stream, 4));
        struct text text = { 0 };
        struct error error = { 0 };
        struct automaton automaton;
        uint16_t string[LONGEST];

        text_add(&text, "(");
        print_node(node, &stream, &text);
        text_add(&text, ")");
        if (!read_regex(text.data, "a b c", &automaton, &error))
            ck_abort_msg("%s: %s", text.data, said(&error));
        for (size_t n = 0; n <= LONGEST; n++)
            for (size_t i = 0; i < formal_power(SYMBOLS, n); i++) {
                formal_string(i, SYMBOLS, n, string);
                ck_assert_msg(automaton_contains(&automaton, string, n) ==
                                  matches(node, string, 0, n, 0),
                              "%s: string %zu of length %zu", text.data, i, n);
            }
        automaton_clear(&automaton);
        text_clear(&text);
    }
}
END_TEST

/* ------------------------------------------------------- what is written */

/* Two ways to write one language. */
static const struct {
    const char *one, *other, *alphabet;
} equals[] = {
    /* precedence: ! then repetition, juxtaposition, &, | */
    { "!a*", "(!a)*", "a b" },
    { "!(a*)", "[^a] .* | a+ [^a] .*", "a b" },
    { "a b|b a", "(a b)|(b a)", "a b" },
    { "a|b & b", "a | (b & b)", "a b" },
    { "a b* & . .", "a b", "a b" },
    { "!!a", "a", "a b" },
    { "a+?", "a*", "a b" },
    { "ab*", "a (b*)", "a b" },
    { "!a b", "(!a) b", "a b" },
    /* the empty string and the empty language */
    { "", "()", "a b" },
    { "a|", "a?", "a b" },
    { "(|a)b", "b|a b", "a b" },
    { "[]", "a & b", "a b" },
    { "[] a | b", "b", "a b" },
    { "[^]", ".", "a b" },
    { "a{0}", "()", "a b" },
    { "a{0,0} b", "b", "a b" },
    { "[]*", "()", "a b" },
    /* counts */
    { "a{2,4}", "aa|aaa|aaaa", "a b" },
    { "(a|bb){2,}", "(a|bb)(a|bb)(a|bb)*", "a b" },
    { "(a?){3}", "a{0,3}", "a b" },
    { "(a*){2,3}", "a*", "a b" },
    { "(a{2}){3}", "a{6}", "a b" },
    { "(!a){2}", "!a !a", "a b" },
    { "(a b*){1,2}", "a b* (a b*)?", "a b" },
    /* names of several letters, and operators as symbols */
    { "PUSHPOP", "PUSH POP", "PUSH POP P" },
    { "PPUSH", "P PUSH", "PUSH POP P" },
    { "\\( \\)", "[()]{2} & (\\( .) & (. \\))", "( )" },
    { "\\+*", "[+]*", "+ -" },
    { "\\|\\&", "[|] [&]", "| &" },
    { "\\a", "a", "a b" },
    { "[\\]\\^\\\\]", "\\] | \\^ | \\\\", "] ^ \\ a" },
    { "[a^]", "a | ^", "a ^ b" },
    { "\\a+b", "[a+b]", "a+b a" },
    { "\\[]", "[\\[]]", "[] [" },
    { "a\n  b", "ab", "a b" },
};

START_TEST(two_ways_to_write_one_language)
{
    struct automaton one, other;
    struct error error = { 0 };

    if (!read_regex(equals[_i].one, equals[_i].alphabet, &one, &error) ||
        !read_regex(equals[_i].other, equals[_i].alphabet, &other, &error))
        ck_abort_msg("%s", said(&error));
    ck_assert_uint_eq(one.states, other.states);
    ck_assert_mem_eq(one.next, other.next,
                     one.states * one.symbols * sizeof *one.next);
    ck_assert_mem_eq(one.accept, other.accept, one.states);
    automaton_clear(&one);
    automaton_clear(&other);
}
END_TEST

/* Sizes from the literature, dead state included. */
static const struct {
    const char *text;
    size_t states;
} sizes[] = {
    { "1*", 2 },
    { "(1 0)*", 3 },
    { "!((.* 0)? 1 (1 1)* 0 (0 0)* (1 .*)?)", 5 },
    { "!(.* 0 0 0 .*)", 4 },
    { "(1 | 0 1* 0)* & (0 | 1 0* 1)*", 4 },
    { "0* 1* 0* 1*", 5 },
    { "(0|1)* 1 (0|1){9}", 1024 },
    { ".*", 1 },
    { "[]", 1 },
};

START_TEST(automata_have_the_known_size)
{
    struct automaton automaton;
    struct error error = { 0 };

    ck_assert(read_regex(sizes[_i].text, "0 1", &automaton, &error));
    ck_assert_uint_eq(automaton.states, sizes[_i].states);
    automaton_clear(&automaton);
}
END_TEST

/* ----------------------------------------------------------------- errors */

static const struct {
    const char *text, *message;
} errors[] = {
    { "a (b", "x:1:3: this '(' is never closed\n" },
    { "a (b (c) b", "x:1:3: this '(' is never closed\n" },
    { "a b) a", "x:1:4: this ')' was never opened\n" },
    { "* a", "x:1:1: '*' has nothing before it to work on\n" },
    { "a | +", "x:1:5: '+' has nothing before it to work on\n" },
    { "(?a)", "x:1:2: '?' has nothing before it to work on\n" },
    { "a }", "x:1:3: '}' has nothing before it to work on\n" },
    { "a ]", "x:1:3: ']' has nothing before it to work on\n" },
    { "!", "x:1:1: '!' needs something to complement\n" },
    { "a !& b", "x:1:3: '!' needs something to complement\n" },
    { "(a !)", "x:1:4: '!' needs something to complement\n" },
    { "! *", "x:1:3: '*' has nothing before it to work on\n" },
    { "[ab", "x:1:1: this '[' is never closed\n" },
    { "a [b x]", "x:1:6: no symbol of the alphabet begins \"x\"\n" },
    { "abd", "x:1:3: no symbol of the alphabet begins \"d\"\n" },
    { "a \\", "x:1:3: a backslash must be followed by a symbol\n" },
    { "a \\ b", "x:1:3: a backslash must be followed by a symbol\n" },
    { "a \\x", "x:1:4: no symbol of the alphabet begins \"x\"\n" },
    { "é", "x:1:1: no symbol of the alphabet begins \"é\"\n" },
    { "a{", "x:1:2: a repetition is written {m}, {m,} or {m,n}\n" },
    { "a{,3}", "x:1:2: a repetition is written {m}, {m,} or {m,n}\n" },
    { "a{2;3}", "x:1:2: a repetition is written {m}, {m,} or {m,n}\n" },
    { "a b{-1}", "x:1:4: a repetition is written {m}, {m,} or {m,n}\n" },
    { "a{3,2}", "x:1:2: a repetition from more to fewer\n" },
    { "a{100001}", "x:1:2: more than 100,000 repetitions\n" },
    { "a{99999999999999999999}", "x:1:2: more than 100,000 repetitions\n" },
    { "(a{1000}){1000}", "x:1:10: the expression is too large from here on\n" },
    { "a ((a|b)*a(a|b){30})",
      "x:1:1: the automaton of this subexpression has too many states\n" },
    { "b !((a|b)*a(a|b){30})",
      "x:1:3: the automaton of this subexpression has too many states\n" },
    { "a* & (a|b)*a(a|b){30}",
      "x:1:6: the automaton of this subexpression has too many states\n" },
    { "(a{997})* & (a{991})*",
      "x:1:13: the automaton of this intersection has too many states\n" },
};

START_TEST(mistakes_are_placed)
{
    struct automaton automaton = { 0 };
    struct error error = { 0 };

    ck_assert(!read_regex(errors[_i].text, "a b c", &automaton, &error));
    ck_assert_int_eq(error.kind, ERROR_CONFIG);
    ck_assert_said(&error, errors[_i].message);
    ck_assert_ptr_null(automaton.next);
}
END_TEST

static double seconds(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

START_TEST(a_blow_up_ends_soon)
{
    struct automaton automaton;
    struct error error = { 0 };
    double start = seconds();

    ck_assert(!read_regex("(a|b)*a(a|b){30}", "a b", &automaton, &error));
    ck_assert_double_lt(seconds() - start, 2);
    error_clear(&error);
}
END_TEST

static char *repeat(const char *text, size_t times, const char *end)
{
    struct text out = { 0 };

    for (size_t i = 0; i < times; i++)
        text_add(&out, text);
    text_add(&out, end);
    return text_take(&out);
}

/* What nests is capped; what merely goes on is not. */
START_TEST(depth_is_capped_and_length_is_not)
{
    static const struct {
        const char *text, *end;
        size_t times, refused;
    } rows[] = {
        { "(", "a)", 5000, 101 },  { "!", "a", 5000, 101 },
        { "!(", "a)", 5000, 101 }, { "a", "", 5000, 0 },
        { "a|", "a", 5000, 0 },    { "a ", "*", 5000, 0 },
        { "", "", 1, 0 },          { "(a)", "", 5000, 0 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text = repeat(rows[i].text, rows[i].times, rows[i].end);
        struct automaton automaton = { 0 };
        struct error error = { 0 };
        bool ok = read_regex(text, "a b", &automaton, &error);

        ck_assert_int_eq(ok, rows[i].refused == 0);
        if (!ok)
            ck_assert_str_eq(error.complaints[0].text,
                             "nested deeper than 100");
        automaton_clear(&automaton);
        error_clear(&error);
        free(text);
    }
}
END_TEST

START_TEST(a_chain_of_stars_is_a_star)
{
    char *chain = repeat("*", 3000, ""), *text;
    struct automaton automaton;
    struct error error = { 0 };
    struct text whole = { 0 };

    text_add_format(&whole, "a%s", chain);
    text = text_take(&whole);
    ck_assert(read_regex(text, "a b", &automaton, &error));
    ck_assert_uint_eq(automaton.states, 2);
    automaton_clear(&automaton);
    free(chain);
    free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("regex");
    TCase *tests = tcase_create("regex");

    tcase_add_test(tests, random_expressions_match_as_by_trying_everything);
    tcase_add_loop_test(tests, two_ways_to_write_one_language, 0,
                        sizeof equals / sizeof *equals);
    tcase_add_loop_test(tests, automata_have_the_known_size, 0,
                        sizeof sizes / sizeof *sizes);
    tcase_add_loop_test(tests, mistakes_are_placed, 0,
                        sizeof errors / sizeof *errors);
    tcase_add_test(tests, a_blow_up_ends_soon);
    tcase_add_test(tests, depth_is_capped_and_length_is_not);
    tcase_add_test(tests, a_chain_of_stars_is_a_star);
    tcase_set_timeout(tests, 60);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

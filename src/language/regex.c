/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/regex.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "language/nfa.h"

#define MOST_DEPTH   100
#define MOST_REPEATS 100000

#define BLANKS    " \t\n\r"
#define OPERATORS "|&!*+?{}.[]()\\"

struct parser {
    const struct passage *passage;
    const struct alphabet *alphabet;
    const char *text;
    size_t at, depth;
    struct nfa nfa;
    struct error *error;
};

static bool read_union(struct parser *parser, struct fragment *out);

/* The next byte that is not blank. */
static char peek(struct parser *parser)
{
    parser->at += strspn(parser->text + parser->at, BLANKS);
    return parser->text[parser->at];
}

static bool take(struct parser *parser, char c)
{
    if (peek(parser) != c)
        return false;
    parser->at++;
    return true;
}

static bool refuse(const struct parser *parser, size_t at, const char *what)
{
    return passage_refuse(parser->passage, at, parser->error, "%s", what);
}

static bool check_size(const struct parser *parser, size_t at)
{
    return !nfa_is_full(&parser->nfa) ||
           refuse(parser, at, "the expression is too large from here on");
}

/* ------------------------------------------------------------- fragments */

static struct fragment begin(const struct nfa *nfa)
{
    return (struct fragment){ .first_state = nfa->states,
                              .first_arc = nfa->n_arcs };
}

static struct fragment add_empty(struct nfa *nfa)
{
    struct fragment empty = begin(nfa);

    empty.in = empty.out = nfa_add_state(nfa);
    return empty;
}

/* Either symbol of those with CHOSEN set. */
static struct fragment add_symbols(struct nfa *nfa, const bool *chosen)
{
    struct fragment fragment = begin(nfa);

    fragment.in = nfa_add_state(nfa);
    fragment.out = nfa_add_state(nfa);
    for (uint32_t s = 0; s < nfa->symbols; s++)
        if (chosen[s])
            nfa_add_arc(nfa, fragment.in, s, fragment.out);
    return fragment;
}

static void append(struct nfa *nfa, struct fragment *to,
                   const struct fragment *next)
{
    nfa_add_arc(nfa, to->out, NFA_SILENT, next->in);
    to->out = next->out;
}

/* FRAGMENT, or not at all, or again. */
static void loop(struct nfa *nfa, struct fragment *fragment, bool none,
                 bool again)
{
    uint32_t in = nfa_add_state(nfa), out = nfa_add_state(nfa);

    nfa_add_arc(nfa, in, NFA_SILENT, fragment->in);
    nfa_add_arc(nfa, fragment->out, NFA_SILENT, out);
    if (none)
        nfa_add_arc(nfa, in, NFA_SILENT, out);
    if (again)
        nfa_add_arc(nfa, fragment->out, NFA_SILENT, fragment->in);
    fragment->in = in;
    fragment->out = out;
}

/* Replaces FRAGMENT, the last one, by its automaton in OUT. */
static bool determinise(struct parser *parser, const struct fragment *fragment,
                        size_t at, struct automaton *out)
{
    if (!nfa_determinise(&parser->nfa, fragment, out))
        return refuse(
            parser, at,
            "the automaton of this subexpression has too many states");
    nfa_drop(&parser->nfa, fragment);
    return true;
}

/* ----------------------------------------------------------------- atoms */

/* The symbol whose name, within LIMIT bytes, comes next. */
static bool read_symbol(struct parser *parser, size_t limit, size_t *symbol)
{
    const char *text = parser->text + parser->at;
    size_t length;
    long found = alphabet_match(parser->alphabet, text, limit, &length);

    if (found < 0)
        return passage_refuse(parser->passage, parser->at, parser->error,
                              "no symbol of the alphabet begins \"%.*s\"%s",
                              limit < 20 ? (int)limit : 20, text,
                              alphabet_advice(parser->alphabet));
    *symbol = (size_t)found;
    parser->at += length;
    return true;
}

/* The symbol after a backslash; its name may hold operators. */
static bool read_escaped(struct parser *parser, size_t *symbol)
{
    size_t limit = strcspn(parser->text + parser->at, BLANKS);

    if (limit == 0)
        return refuse(parser, parser->at - 1,
                      "a backslash must be followed by a symbol");
    return read_symbol(parser, limit, symbol);
}

static bool read_class(struct parser *parser, bool *chosen)
{
    size_t open = parser->at - 1;
    bool others = parser->text[parser->at] == '^';

    parser->at += others;
    while (!take(parser, ']')) {
        size_t symbol;

        if (peek(parser) == '\0')
            return refuse(parser, open, "this '[' is never closed");
        if (take(parser, '\\')
                ? !read_escaped(parser, &symbol)
                : !read_symbol(parser,
                               strcspn(parser->text + parser->at, BLANKS "\\]"),
                               &symbol))
            return false;
        chosen[symbol] = true;
    }
    for (size_t s = 0; others && s < parser->alphabet->size; s++)
        chosen[s] = !chosen[s];
    return true;
}

static bool read_symbols(struct parser *parser, struct fragment *out)
{
    size_t size = parser->alphabet->size, symbol;
    bool *chosen = memory_new(size, sizeof *chosen);
    bool ok = true;

    if (take(parser, '.')) {
        memset(chosen, true, size);
    } else if (take(parser, '[')) {
        ok = read_class(parser, chosen);
    } else {
        ok = take(parser, '\\') ? read_escaped(parser, &symbol)
                                : read_symbol(parser,
                                              strcspn(parser->text + parser->at,
                                                      BLANKS OPERATORS),
                                              &symbol);
        if (ok)
            chosen[symbol] = true;
    }
    if (ok)
        *out = add_symbols(&parser->nfa, chosen);
    free(chosen);
    return ok;
}

static bool read_group(struct parser *parser, struct fragment *out)
{
    size_t open = parser->at - 1;

    if (!read_union(parser, out))
        return false;
    return take(parser, ')') ||
           refuse(parser, open, "this '(' is never closed");
}

static bool read_atom(struct parser *parser, struct fragment *out);

static bool read_complement(struct parser *parser, struct fragment *out)
{
    size_t at = parser->at - 1;
    struct automaton automaton;

    if (strchr("|&)", peek(parser)) != NULL)
        return refuse(parser, at, "'!' needs something to complement");
    if (!read_atom(parser, out) || !determinise(parser, out, at, &automaton))
        return false;
    automaton_complement(&automaton);
    *out = nfa_add_automaton(&parser->nfa, &automaton);
    automaton_clear(&automaton);
    return true;
}

static bool read_atom(struct parser *parser, struct fragment *out)
{
    size_t at;
    bool ok;

    if (strchr("*+?{}]", peek(parser)) != NULL)
        return passage_refuse(parser->passage, parser->at, parser->error,
                              "'%c' has nothing before it to work on",
                              parser->text[parser->at]);
    at = parser->at;
    if (!check_size(parser, at))
        return false;
    if (++parser->depth > MOST_DEPTH)
        return refuse(parser, at, "nested deeper than 100");
    if (take(parser, '('))
        ok = read_group(parser, out);
    else if (take(parser, '!'))
        ok = read_complement(parser, out);
    else
        ok = read_symbols(parser, out);
    parser->depth--;
    return ok;
}

/* ------------------------------------------------------------ repetition */

struct repeat {
    size_t least, most; /* MOST is SIZE_MAX for no end */
};

static bool read_number(struct parser *parser, size_t *number)
{
    bool any = isdigit((unsigned char)peek(parser));

    *number = 0;
    for (; isdigit((unsigned char)parser->text[parser->at]); parser->at++)
        if (*number <= MOST_REPEATS)
            *number = *number * 10 + (size_t)(parser->text[parser->at] - '0');
    return any;
}

/* What follows the `{` of {m}, {m,} and {m,n}. */
static bool read_braces(struct parser *parser, struct repeat *repeat)
{
    size_t open = parser->at - 1;
    bool ok = read_number(parser, &repeat->least);

    repeat->most = repeat->least;
    if (ok && take(parser, ',') && !read_number(parser, &repeat->most))
        repeat->most = SIZE_MAX;
    if (!ok || !take(parser, '}'))
        return refuse(parser, open,
                      "a repetition is written {m}, {m,} or {m,n}");
    if (repeat->least > repeat->most)
        return refuse(parser, open, "a repetition from more to fewer");
    if (repeat->least > MOST_REPEATS ||
        (repeat->most > MOST_REPEATS && repeat->most != SIZE_MAX))
        return refuse(parser, open, "more than 100,000 repetitions");
    return true;
}

/* x{m,n} is x x x (x (x)?)?, and x{m,} is x x x x*. */
static bool multiply(struct parser *parser, struct fragment *fragment,
                     const struct repeat *repeat, size_t at)
{
    struct nfa *nfa = &parser->nfa;
    bool endless = repeat->most == SIZE_MAX;
    size_t end_state = nfa->states, end_arc = nfa->n_arcs;
    size_t copies = endless ? repeat->least + 1 : repeat->most;
    struct fragment model = *fragment, all = *fragment;
    uint32_t out = nfa_add_state(nfa);

    all.in = all.out = nfa_add_state(nfa);
    for (size_t i = 0; i < copies; i++) {
        struct fragment copy =
            i == 0 ? model : nfa_copy(nfa, &model, end_state, end_arc);

        if (!check_size(parser, at))
            return false;
        if (endless && i == repeat->least)
            loop(nfa, &copy, true, true);
        else if (i >= repeat->least)
            nfa_add_arc(nfa, all.out, NFA_SILENT, out);
        append(nfa, &all, &copy);
    }
    nfa_add_arc(nfa, all.out, NFA_SILENT, out);
    all.out = out;
    *fragment = all;
    return true;
}

static bool read_repeated(struct parser *parser, struct fragment *out)
{
    struct repeat repeat;

    if (!read_atom(parser, out))
        return false;
    for (;;) {
        size_t at = (peek(parser), parser->at);

        if (take(parser, '*'))
            loop(&parser->nfa, out, true, true);
        else if (take(parser, '+'))
            loop(&parser->nfa, out, false, true);
        else if (take(parser, '?'))
            loop(&parser->nfa, out, true, false);
        else if (!take(parser, '{'))
            return true;
        else if (!read_braces(parser, &repeat) ||
                 !multiply(parser, out, &repeat, at))
            return false;
        if (!check_size(parser, at))
            return false;
    }
}

/* ------------------------------------------------------------- operators */

static bool read_sequence(struct parser *parser, struct fragment *out)
{
    struct fragment next;

    *out = add_empty(&parser->nfa);
    while (strchr("|&)", peek(parser)) == NULL) {
        if (!read_repeated(parser, &next))
            return false;
        append(&parser->nfa, out, &next);
    }
    return true;
}

/* Reads `& y & z`, and intersects with them what is in BOTH. */
static bool read_others(struct parser *parser, struct automaton *both)
{
    while (take(parser, '&')) {
        struct automaton other, product;
        struct fragment fragment;
        size_t at = (peek(parser), parser->at);
        bool ok;

        if (!read_sequence(parser, &fragment) ||
            !determinise(parser, &fragment, at, &other))
            return false;
        ok = automaton_intersect(both, &other, NFA_MOST_STATES, &product);
        automaton_clear(&other);
        if (!ok)
            return refuse(parser, at,
                          "the automaton of this intersection has too many "
                          "states");
        automaton_clear(both);
        *both = product;
        automaton_minimise(both);
    }
    return true;
}

static bool read_intersection(struct parser *parser, struct fragment *out)
{
    struct automaton both = { 0 };
    size_t at = (peek(parser), parser->at);
    bool ok;

    if (!read_sequence(parser, out))
        return false;
    if (peek(parser) != '&')
        return true;
    ok = determinise(parser, out, at, &both) && read_others(parser, &both);
    if (ok)
        *out = nfa_add_automaton(&parser->nfa, &both);
    automaton_clear(&both);
    return ok;
}

static bool read_union(struct parser *parser, struct fragment *out)
{
    struct fragment other;

    if (!read_intersection(parser, out))
        return false;
    if (peek(parser) != '|')
        return true;
    loop(&parser->nfa, out, false, false);
    while (take(parser, '|')) {
        if (!read_intersection(parser, &other))
            return false;
        nfa_add_arc(&parser->nfa, out->in, NFA_SILENT, other.in);
        nfa_add_arc(&parser->nfa, other.out, NFA_SILENT, out->out);
    }
    return true;
}

bool regex_read(struct automaton *out, const struct passage *passage,
                const struct alphabet *alphabet, struct error *error)
{
    struct parser parser = { .passage = passage,
                             .alphabet = alphabet,
                             .text = passage->text,
                             .nfa = { .symbols = alphabet->size },
                             .error = error };
    struct fragment whole;
    bool ok = read_union(&parser, &whole);

    *out = (struct automaton){ 0 };
    if (ok && peek(&parser) == ')')
        ok = refuse(&parser, parser.at, "this ')' was never opened");
    if (ok)
        ok = determinise(&parser, &whole, 0, out);
    nfa_clear(&parser.nfa);
    return ok;
}

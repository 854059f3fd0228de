/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The formalism of the clause cfg, alone or with clauses that a finite
 * automaton can follow: then it is the grammar of both.
 */

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "config/schema.h"
#include "language/clauses.h"
#include "language/formalism.h"
#include "language/grammar_ambiguity.h"
#include "language/grammar_earley.h"
#include "language/grammar_lr.h"
#include "language/grammar_product.h"
#include "language/grammar_regular.h"
#include "language/grammar_rule.h"

/* States of the automaton that goes with a grammar. */
#define MOST_STATES 1024

/* Non-members are drawn from all of a length by rejection, unless fewer than
 * one in RARE is one and there are at most MOST_SCANNED to go through. */
#define RARE         4096
#define MOST_SCANNED ((uint64_t)1 << 22)

/* A grammar that strings can be read by. */
struct recogniser {
    struct grammar grammar;
    struct grammar_lr lr;
    bool has_lr; /* else by Earley's algorithm */
};

struct context_free {
    size_t symbols;
    struct place place;     /* of the clause */
    struct recogniser own;  /* of the clause alone */
    struct recogniser both; /* with the others, if there are any */
    struct recogniser *whole;
    struct machine machine; /* the other clauses, as the file says them */
    struct automaton automaton;
    struct grammar_tally tally; /* of the whole */
    enum regularity regularity;
    struct automaton minimal; /* of the whole, where it is built */
    size_t checked;           /* unambiguous up to here, unless proved */
    bool proved;
};

/* --------------------------------------------------------------- reading */

static enum lr_result find_table(struct recogniser *recogniser)
{
    enum lr_result result =
        grammar_lr_build(&recogniser->lr, &recogniser->grammar);

    recogniser->has_lr = result == LR_BUILT;
    return result;
}

static bool read_rules(struct context_free *self, const struct reading *reading,
                       const struct passage *passage, struct error *error)
{
    struct schemes schemes;
    bool ok = schemes_read(&schemes, passage, reading->alphabet, error);

    ok = ok && schemes_expand(&schemes, passage, reading->alphabet,
                              &self->own.grammar, error);
    schemes_clear(&schemes);
    if (reading->beside != NULL && reading->beside->automaton == NULL)
        grammar_reverse(&self->own.grammar);
    return ok;
}

static bool refuse_ambiguous(const struct reading *reading,
                             const struct passage *passage, bool countable,
                             const struct strings *witness, struct error *error)
{
    struct text text = { 0 };

    if (witness->count > 0)
        alphabet_print(reading->alphabet, witness->symbols,
                       strings_length(witness, 0), &text);
    passage_refuse(passage, 0, error, "the grammar is ambiguous: %s%s%s has %s",
                   witness->count > 0 ? "\"" : "a string",
                   text.data != NULL ? text.data : "",
                   witness->count > 0 ? "\"" : "",
                   countable ? "two derivations, no shorter string has"
                             : "infinitely many derivations");
    text_clear(&text);
    return false;
}

/* By a table without conflicts, or as far as there are few strings. */
static bool check_unambiguous(struct context_free *self,
                              const struct reading *reading,
                              const struct passage *passage,
                              struct error *error)
{
    bool countable = grammar_tally_init(&self->tally, &self->own.grammar);
    struct strings witness = { 0 };
    bool ok = true;

    self->proved = find_table(&self->own) == LR_BUILT;
    assert(countable || !self->proved);
    if (!self->proved &&
        grammar_is_ambiguous(&self->tally, countable, &self->checked, &witness))
        ok = refuse_ambiguous(reading, passage, countable, &witness, error);
    strings_clear(&witness);
    return ok;
}

static bool has_other_clauses(const struct reading *reading)
{
    for (const char *const *key = clauses_keys; *key != NULL; key++)
        if (yaml_get(reading->root, *key) != NULL)
            return true;
    return reading->beside != NULL && reading->beside->automaton != NULL;
}

/* The clause to name when the others are not finite: a condition. */
static bool refuse_infinite(const struct context_free *self,
                            struct error *error)
{
    const struct clause *blamed = &self->machine.clauses[0];

    for (size_t i = 0; i < self->machine.n_clauses; i++)
        if (self->machine.clauses[i].kind > blamed->kind)
            blamed = &self->machine.clauses[i];
    return error_add(error, ERROR_CONFIG, &blamed->place, blamed->name,
                     "beside cfg only what an automaton of at most %d states "
                     "follows can be counted: regex, dfa, att, remainders "
                     "(mod), counts bounded on both sides by `always`",
                     MOST_STATES);
}

static bool add_other_clauses(struct context_free *self,
                              const struct reading *reading,
                              struct error *error)
{
    if (!clauses_read(&self->machine, reading, error))
        return false;
    if (!machine_collapse(&self->machine, MOST_STATES, &self->automaton))
        return refuse_infinite(self, error);
    if (!grammar_product(&self->own.grammar, &self->automaton,
                         &self->both.grammar))
        return error_add(error, ERROR_CONFIG, &self->place, "cfg",
                         "together with the other clauses, of %zu states, the "
                         "grammar has too many rules",
                         self->automaton.states);
    self->whole = &self->both;
    find_table(&self->both);
    grammar_tally_clear(&self->tally);
    grammar_tally_init(&self->tally, &self->both.grammar);
    return true;
}

/* The automaton of the whole, where the rules are of a regular language. */
static void find_minimal(struct context_free *self)
{
    struct automaton both;

    self->regularity = grammar_automaton(&self->own.grammar, &self->minimal);
    if (self->regularity != REGULARITY_BUILT || self->whole == &self->own)
        return;
    if (automaton_intersect(&self->minimal, &self->automaton,
                            AUTOMATON_MOST_ARCS / self->symbols, &both))
        automaton_minimise(&both);
    else
        self->regularity = REGULARITY_LARGE;
    automaton_clear(&self->minimal);
    self->minimal = both;
}

static void context_free_free(void *pointer)
{
    struct context_free *self = pointer;

    grammar_clear(&self->own.grammar);
    grammar_clear(&self->both.grammar);
    grammar_lr_clear(&self->own.lr);
    grammar_lr_clear(&self->both.lr);
    machine_clear(&self->machine);
    automaton_clear(&self->automaton);
    automaton_clear(&self->minimal);
    grammar_tally_clear(&self->tally);
    free(self);
}

static void *context_free_read(const struct reading *reading,
                               struct error *error)
{
    const struct yaml_node *node = yaml_get(reading->root, "cfg");
    struct context_free *self = memory_new(1, sizeof *self);
    struct passage passage = passage_of(node, "cfg", reading->source);
    bool ok;

    self->symbols = reading->alphabet->size;
    self->place = node->place;
    self->whole = &self->own;
    if (node->kind != YAML_SCALAR || yaml_is_null(node))
        ok = schema_complain(node, "cfg", "rules such as S -> a S b", error);
    else
        ok = read_rules(self, reading, &passage, error) &&
             check_unambiguous(self, reading, &passage, error) &&
             (!has_other_clauses(reading) ||
              add_other_clauses(self, reading, error));
    if (ok) {
        find_minimal(self);
        return self;
    }
    context_free_free(self);
    return NULL;
}

static const char *const regularities[] = {
    [REGULARITY_UNKNOWN] = "not known to be, the grammar embeds itself",
    [REGULARITY_LARGE] = "yes, but the automaton is too large to be built",
    [REGULARITY_BUILT] = "yes, the grammar does not embed itself",
};

static void context_free_describe(const void *pointer, struct text *out)
{
    const struct context_free *self = pointer;

    text_add_format(out, "cfg: %zu nonterminals, %zu rules\n",
                    self->own.grammar.nonterminals, self->own.grammar.n_rules);
    for (size_t i = 0; i < self->machine.n_clauses; i++)
        if (self->machine.clauses[i].text != NULL)
            text_add_format(out, "%s: %s\n", self->machine.clauses[i].name,
                            self->machine.clauses[i].text);
    if (self->whole == &self->both)
        text_add_format(out, "all clauses: %zu nonterminals, %zu rules\n",
                        self->both.grammar.nonterminals,
                        self->both.grammar.n_rules);
    if (self->proved)
        text_add_format(out, "unambiguous: proved, LR(1) with %zu states\n",
                        self->own.lr.states);
    else
        text_add_format(out, "unambiguous: checked up to length %zu\n",
                        self->checked);
    text_add_format(out, "regular: %s\n", regularities[self->regularity]);
    text_add_format(out, "membership: %s\n",
                    self->whole->has_lr ? "LR(1)" : "Earley");
}

static const struct automaton *context_free_automaton(const void *pointer)
{
    const struct context_free *self = pointer;

    return self->minimal.states > 0 ? &self->minimal : NULL;
}

static const char *context_free_shows(const void *pointer,
                                      enum language_class class)
{
    const struct context_free *self = pointer;

    if (class == CLASS_REGULAR && self->regularity != REGULARITY_UNKNOWN)
        return "the grammar does not embed itself";
    if (class == CLASS_DETERMINISTIC && self->proved)
        return "the grammar is LR(1)";
    if (class == CLASS_CONTEXT_FREE || class == CLASS_CONTEXT_SENSITIVE)
        return "a grammar derives it";
    return NULL;
}

/* ------------------------------------------------------------- membership */

/* As grammar_lr_read. */
static size_t read_string(const struct recogniser *recogniser,
                          const uint16_t *symbols, size_t length, bool *allowed,
                          bool *end)
{
    if (recogniser->has_lr)
        return grammar_lr_read(&recogniser->lr, symbols, length, allowed, end);
    return grammar_earley_read(&recogniser->grammar, symbols, length, allowed,
                               end);
}

static bool context_free_contains(const void *pointer, const uint16_t *symbols,
                                  size_t length)
{
    const struct context_free *self = pointer;
    bool end;

    return read_string(self->whole, symbols, length, NULL, &end) == length &&
           end;
}

/* Symbols that make it certain that the string is no member; SIZE_MAX if it
 * is one. */
static size_t find_certain(const struct recogniser *recogniser,
                           const uint16_t *symbols, size_t length)
{
    bool end;
    size_t read = read_string(recogniser, symbols, length, NULL, &end);

    if (read < length)
        return read + 1;
    return end ? SIZE_MAX : length;
}

/* The first of the other clauses to fail, or NULL. */
static const struct clause *find_failed(const struct context_free *self,
                                        const uint16_t *symbols, size_t length)
{
    const struct clause *failed;
    int64_t at[MACHINE_MOST_WIDTH];

    machine_start(&self->machine, at);
    for (size_t i = 0;; i++) {
        failed = machine_find_failed(&self->machine, at, i == length);
        if (failed != NULL || i == length)
            return failed;
        machine_move(&self->machine, at, symbols[i]);
    }
}

static bool context_free_why_not(const void *pointer, const uint16_t *symbols,
                                 size_t length, struct text *out)
{
    const struct context_free *self = pointer;
    size_t certain = find_certain(self->whole, symbols, length);
    const struct clause *failed = NULL;

    if (certain == SIZE_MAX)
        return false;
    if (self->whole == &self->both &&
        find_certain(&self->own, symbols, length) > certain)
        failed = find_failed(self, symbols, length);
    text_add_format(out, "after %zu symbol%s: %s", certain,
                    certain == 1 ? "" : "s",
                    failed == NULL ? "cfg" : failed->name);
    if (failed != NULL && failed->text != NULL)
        text_add_format(out, ": %s", failed->text);
    return true;
}

static bool context_free_next(const void *pointer, const uint16_t *prefix,
                              size_t length, bool *allowed, bool *end,
                              struct error *error)
{
    const struct context_free *self = pointer;

    (void)error;
    memset(allowed, 0, self->symbols * sizeof *allowed);
    read_string(self->whole, prefix, length, allowed, end);
    return true;
}

/* After some symbols: the stack of the table, or the chart. */
struct standing {
    const struct context_free *self;
    bool alive;
    struct grammar_lr_stack stack;
    struct chart *chart;
};

static void *walk_begin(const void *self)
{
    struct standing *standing = memory_new(1, sizeof *standing);

    standing->self = self;
    standing->alive = true;
    if (standing->self->whole->has_lr)
        grammar_lr_start(&standing->stack);
    else
        standing->chart = grammar_earley_start(&standing->self->whole->grammar);
    return standing;
}

static void walk_end(void *pointer)
{
    struct standing *standing = pointer;

    grammar_lr_stop(&standing->stack);
    grammar_earley_stop(standing->chart);
    free(standing);
}

static void walk_read(void *pointer, uint16_t symbol)
{
    struct standing *standing = pointer;

    if (!standing->alive)
        return;
    if (standing->chart != NULL)
        standing->alive = grammar_earley_step(standing->chart, symbol);
    else
        standing->alive = grammar_lr_step(&standing->self->whole->lr,
                                          &standing->stack, symbol);
}

/* ALLOWED may be NULL. */
static void ask(const struct standing *standing, bool *allowed, bool *end)
{
    const struct context_free *self = standing->self;

    *end = false;
    if (allowed != NULL)
        memset(allowed, 0, self->symbols * sizeof *allowed);
    if (standing->alive && standing->chart != NULL)
        grammar_earley_ask(standing->chart, allowed, end);
    else if (standing->alive)
        grammar_lr_ask(&self->whole->lr, &standing->stack, allowed, end);
}

static bool walk_is_member(const void *pointer)
{
    bool end;

    ask(pointer, NULL, &end);
    return end;
}

static bool walk_next(const void *pointer, bool *allowed, bool *end,
                      struct error *error)
{
    (void)error;
    ask(pointer, allowed, end);
    return true;
}

static const struct walk walk = { walk_begin, walk_read, walk_is_member,
                                  walk_next, walk_end };

/* ------------------------------------------------------ counts and draws */

static bool context_free_prepare(void *pointer, size_t longest,
                                 struct error *error)
{
    struct context_free *self = pointer;

    if (grammar_tally_extend(&self->tally, longest))
        return true;
    if (self->tally.bytes > GRAMMAR_MOST_BYTES)
        return error_add(error, ERROR_CONFIG, &self->place, "cfg",
                         "counting strings of up to %zu symbols would take "
                         "more than %zu MiB; up to %zu it does not",
                         longest, GRAMMAR_MOST_BYTES >> 20,
                         self->tally.lengths - 2);
    return error_add(error, ERROR_CONFIG, &self->place, "cfg",
                     "counting strings of up to %zu symbols would take too "
                     "long; up to %zu it does not",
                     longest, self->tally.lengths - 2);
}

/* No count has more bits than that of all strings. */
static double context_free_foresee(const void *pointer, size_t longest)
{
    const struct context_free *self = pointer;
    double bits = log2((double)self->symbols), bytes = 0;

    for (size_t n = 0; n <= longest; n++)
        bytes +=
            sizeof(struct natural) + 8 * (2 + floor((double)n * bits / 64));
    return bytes * (double)self->tally.n_nodes;
}

static void context_free_count(const void *pointer, bool member, size_t n,
                               struct natural *out)
{
    const struct context_free *self = pointer;
    const struct natural *members = grammar_tally_count(&self->tally, n);

    if (member) {
        natural_copy(out, members);
        return;
    }
    natural_power(out, self->symbols, n);
    natural_subtract(out, members);
}

/* The next string of length n in lexicographic order; false after the last. */
static bool advance(uint16_t *symbols, size_t n, size_t size)
{
    while (n-- > 0) {
        if (++symbols[n] < size)
            return true;
        symbols[n] = 0;
    }
    return false;
}

/* Non-member number RANK of length n, in lexicographic order. */
static void find_outside(const struct context_free *self, size_t n,
                         uint64_t rank, uint16_t *out)
{
    memset(out, 0, n * sizeof *out);
    while (context_free_contains(self, out, n) || rank-- > 0)
        advance(out, n, self->symbols);
}

/* Whether non-members of length n are so few, and all strings so few too,
 * that one is best found by going through them; *COUNT is their number. */
static bool is_full(const struct context_free *self, size_t n, uint64_t *count)
{
    struct natural all = { 0 }, outside = { 0 };
    uint64_t strings;

    natural_power(&all, self->symbols, n);
    context_free_count(self, false, n, &outside);
    strings = natural_small(&all);
    *count = natural_small(&outside);
    natural_clear(&all);
    natural_clear(&outside);
    return strings <= MOST_SCANNED && *count < strings / RARE;
}

static void draw_outside(const struct context_free *self, size_t n,
                         struct stream *stream, uint16_t *out)
{
    uint64_t count;

    if (is_full(self, n, &count)) {
        find_outside(self, n, stream_below(stream, count), out);
        return;
    }
    do
        for (size_t i = 0; i < n; i++)
            out[i] = (uint16_t)stream_below(stream, self->symbols);
    while (context_free_contains(self, out, n));
}

static void context_free_draw(const void *pointer, bool member, size_t n,
                              struct stream *stream, uint16_t *out)
{
    const struct context_free *self = pointer;

    if (member)
        grammar_tally_draw(&self->tally, n, stream, out);
    else
        draw_outside(self, n, stream, out);
}

/* Big-endian, so that strings of one length compare as bytes do. */
static void pack(const uint16_t *symbols, size_t n, unsigned char *out)
{
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = (unsigned char)(symbols[i] >> 8);
        out[2 * i + 1] = (unsigned char)symbols[i];
    }
}

static void unpack(const unsigned char *packed, size_t n, uint16_t *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (uint16_t)(packed[2 * i] << 8 | packed[2 * i + 1]);
}

static int order_packed(const void *a, const void *b, void *size)
{
    return memcmp(a, b, *(const size_t *)size);
}

static void enumerate_members(const struct context_free *self, size_t n,
                              struct strings *out)
{
    size_t size = 2 * n;
    uint64_t count = natural_small(grammar_tally_count(&self->tally, n));
    unsigned char *packed = memory_new(count, size);
    uint16_t *symbols = memory_new(n, sizeof *symbols);
    struct natural rank = { 0 };

    for (uint64_t i = 0; i < count; i++) {
        natural_set_words(&rank, &i, 1);
        grammar_tally_string(&self->tally, n, &rank, symbols);
        pack(symbols, n, packed + i * size);
    }
    if (size > 0)
        qsort_r(packed, count, size, order_packed, &size);
    for (uint64_t i = 0; i < count; i++) {
        unpack(packed + i * size, n, symbols);
        strings_add(out, symbols, n);
    }
    natural_clear(&rank);
    free(packed);
    free(symbols);
}

static void context_free_enumerate(const void *pointer, bool member, size_t n,
                                   struct strings *out)
{
    const struct context_free *self = pointer;
    uint16_t *symbols;

    if (member) {
        enumerate_members(self, n, out);
        return;
    }
    symbols = memory_new(n, sizeof *symbols);
    do
        if (!context_free_contains(self, symbols, n))
            strings_add(out, symbols, n);
    while (advance(symbols, n, self->symbols));
    free(symbols);
}

static const char *const keys[] = { "cfg", NULL };

const struct formalism grammar_formalism = {
    .name = "grammar",
    .keys = keys,
    .read = context_free_read,
    .free = context_free_free,
    .describe = context_free_describe,
    .automaton = context_free_automaton,
    .shows = context_free_shows,
    .foresee = context_free_foresee,
    .contains = context_free_contains,
    .why_not = context_free_why_not,
    .next = context_free_next,
    .prepare = context_free_prepare,
    .count = context_free_count,
    .draw = context_free_draw,
    .enumerate = context_free_enumerate,
    .walk = &walk,
};

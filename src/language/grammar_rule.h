/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The text of the clause `cfg`.
 *
 *   S[3]                         the start; else the first rule's left side
 *   S[d] -> ( S[d-1] ) S[d] | ε  if d > 0
 *   V[(i+j)%5] -> V[i] + j       for i, j in 0..4
 *
 * A rule is a line; lines that begin with | go on with it.  Symbols are
 * separated by blanks; a backslash before one that reads otherwise (\|, \ε,
 * \if) makes it a symbol.  Up to four indices stand in brackets right after
 * the name.  An index on the left that is a variable takes any value there;
 * variables elsewhere are bound by `for`.  A variable that stands alone on the
 * right is the symbol with its value's name.
 */

#ifndef LANGUAGE_GRAMMAR_RULE_H
#define LANGUAGE_GRAMMAR_RULE_H

#include "language/grammar.h"
#include "language/grammar_index.h"
#include "language/string.h"

#define RULE_MOST_INDICES 4
#define RULE_MOST_LOOPS   8
#define RULE_NONE         UINT32_MAX

enum part_kind {
    PART_TERMINAL, /* value: the symbol */
    PART_NUMBER,   /* value: an expression that names a symbol */
    PART_NONTERMINAL,
    PART_OR /* ends an alternative */
};

/* A symbol of a rule as written. */
struct part {
    enum part_kind kind;
    size_t at;      /* offset in the text */
    uint32_t value; /* nonterminal: the number of its name */
    uint32_t indices[RULE_MOST_INDICES]; /* expressions */
    size_t n_indices;
};

/* A line, before its variables have values. */
struct scheme {
    struct part left;
    struct part *parts; /* the alternatives, each ended by PART_OR */
    size_t n_parts, capacity;
    struct index_scope scope;
    uint32_t condition; /* after `if`, or RULE_NONE */
    struct {
        uint32_t slot, least, most;
    } loops[RULE_MOST_LOOPS];
    size_t n_loops;
};

/* A nonterminal's name, without indices. */
struct rule_name {
    size_t at, length; /* where it is defined first */
    size_t n_indices;
};

struct schemes {
    struct scheme *items;
    struct rule_name *names;
    size_t count, n_names;
    struct part start;
    struct index_pool pool;
};

void schemes_clear(struct schemes *schemes);

bool schemes_read(struct schemes *out, const struct passage *passage,
                  const struct alphabet *alphabet, struct error *error);

/*
 * The grammar of all rules that derivations from the start can ask for,
 * trimmed.  ERROR_CONFIG if there are more than 20,000 nonterminals, 50,000
 * rules or 500,000 symbols, or no string at all.
 */
bool schemes_expand(const struct schemes *schemes,
                    const struct passage *passage,
                    const struct alphabet *alphabet, struct grammar *out,
                    struct error *error);

#endif

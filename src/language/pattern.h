/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The text of a `template`: symbols, and words made from variables.
 *
 *   x        a symbol, as in a regex; \x where its name begins with { } or \
 *   {w}      the word that the variable w stands for
 *   {f(..)}  rev(w), sort(w) by the alphabet's order, odds(w) and evens(w) the
 *            1st, 3rd, ... and the 2nd, 4th, ... symbols, not(w) each bit
 *            turned; sum(v, w), product(v, w), isqrt(w) of bits, the least
 *            significant first: as few as the number has, 0 for zero
 *   =>       what follows is the target of a transduction
 */

#ifndef LANGUAGE_PATTERN_H
#define LANGUAGE_PATTERN_H

#include "language/passage.h"
#include "language/string.h"

enum pattern_kind {
    PATTERN_SYMBOL,
    PATTERN_VARIABLE,
    PATTERN_REV,
    PATTERN_SORT,
    PATTERN_ODDS,
    PATTERN_EVENS,
    PATTERN_NOT,
    PATTERN_SUM,
    PATTERN_PRODUCT,
    PATTERN_ISQRT
};

struct pattern_term {
    enum pattern_kind kind;
    size_t index;               /* of the symbol, or of the variable */
    size_t at;                  /* where it stands in the text */
    struct place place;         /* and in the file, of a whole term */
    struct pattern_term *parts; /* what the function is of */
    size_t n_parts;
};

struct pattern {
    struct pattern_term *terms;
    size_t count;
    size_t target;    /* the first term of it; COUNT if there is none */
    uint16_t bits[2]; /* the symbols 0 and 1, if a function needs them */
};

/* A word that a variable stands for, or that a term comes to. */
struct word {
    uint16_t *symbols; /* NULL: not known */
    size_t length;
};

/* VARIABLES are names, NULL-terminated. */
bool pattern_read(struct pattern *out, const struct passage *passage,
                  const struct alphabet *alphabet, const char *const *variables,
                  struct error *error);
void pattern_clear(struct pattern *pattern);

/* Is the length of what the function gives a matter of values? */
static inline bool pattern_is_arithmetic(enum pattern_kind kind)
{
    return kind >= PATTERN_SUM;
}

/* Does it read 0 and 1 as bits? */
static inline bool pattern_is_of_bits(enum pattern_kind kind)
{
    return kind >= PATTERN_NOT;
}

/* Whether TERM is made of VARIABLE, too. */
bool pattern_has(const struct pattern_term *term, size_t variable);

/* The length of a term without arithmetic whose variable has LENGTH symbols.
 */
size_t pattern_length(const struct pattern_term *term, size_t length);

/* What TERM comes to for the words of the variables; false, and nothing, if
 * one of its variables is not known.  The caller frees the symbols. */
bool pattern_value(const struct pattern *pattern,
                   const struct pattern_term *term, const struct word *words,
                   struct word *out);

#endif

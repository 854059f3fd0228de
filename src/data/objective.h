/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Objectives: what a network is to say of a string w_1..w_n, which it reads
 * as n + 1 tokens, the begin mark and then its symbols.
 *
 *   membership         one logit a string: is it a member
 *   prefix-membership  one logit a token: is what has been read a member
 *   next-set           a logit a token for every symbol and the end mark: may
 *                      it follow, in any member of any length
 *   next-token         the same logits through a softmax: does it follow
 *
 * The last three are sequence objectives: they have targets at every token.
 * Outputs are the symbols in their order, then the end mark.
 */

#ifndef DATA_OBJECTIVE_H
#define DATA_OBJECTIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "language/string.h"

struct language;

enum objective {
    OBJECTIVE_MEMBERSHIP,
    OBJECTIVE_PREFIX_MEMBERSHIP,
    OBJECTIVE_NEXT_SET,
    OBJECTIVE_NEXT_TOKEN
};
extern const char *const objective_names[]; /* NULL-terminated */

/* Whether there is something to say at every token. */
bool objective_is_sequence(enum objective objective);

/* How many logits there are at a token (or for a string). */
size_t objective_outputs(enum objective objective, size_t n_symbols);

/*
 * Targets are bytes, WIDTH of them for each string, or under a sequence
 * objective for each token of one string after the other: 1 or 0 for
 * membership; for next-set bit k % 8 of byte k / 8 is output k; for next-token
 * whether the token counts, what follows being in the string itself: of a
 * transduction, what comes before its target does not.
 */
size_t objective_width(enum objective objective, size_t n_symbols);

static inline bool target_bit(const uint8_t *target, size_t output)
{
    return target[output / 8] >> output % 8 & 1;
}

/* The tokens, begin marks included, of the strings before string I. */
static inline size_t tokens_before(const struct strings *strings, size_t i)
{
    return strings->offsets[i] - strings->offsets[0] + i;
}

/* What follows token T of a string: its symbol, or N_SYMBOLS, the end mark. */
static inline size_t token_after(const uint16_t *symbols, size_t length,
                                 size_t t, size_t n_symbols)
{
    return t < length ? symbols[t] : n_symbols;
}

/*
 * The targets of all STRINGS, freed by the caller.  NULL where the language
 * cannot tell what may follow: ERROR_CONFIG naming its clauses.  Uses all
 * threads.
 */
uint8_t *objective_targets(enum objective objective,
                           const struct language *language,
                           const struct strings *strings, struct error *error);

#endif

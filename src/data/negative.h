/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Kinds of negatives: strings outside the language, of a declared kind and
 * length, in a declared mixture.
 *
 *   uniform      uniform over the non-members of the length
 *   edit-d       a member of length n-d..n+d changed by d single-symbol edits
 *                (insert, delete, replace) that land on length n
 *   same-counts  a uniform permutation of a member of the length
 *
 * The last two are redrawn, within the kind, until membership says no.  Of an
 * edited member the length is uniform among those possible, then the number of
 * insertions made up for by deletions, then the order of the edits, the place
 * and the symbol of each; a replacement changes the symbol.
 */

#ifndef DATA_NEGATIVE_H
#define DATA_NEGATIVE_H

#include "base/error.h"
#include "base/random.h"
#include "config/schema.h"
#include "language/language.h"

struct negative_kind; /* a row of the registry in negative.c */

struct negative {
    const struct negative_kind *kind;
    size_t edits;  /* edit-d */
    double weight; /* share of the negatives; shares add up to 1 */
    char *name;    /* as written: "edit-2" */
};

struct negatives {
    struct negative *items;
    size_t count;
};

/* `negatives: {uniform: 1/2, edit-2: 1/4, same-counts: 1/4}` */
extern const struct field_custom negatives_custom;

/* The kind called NAME ("edit-2"), weight 1; false if there is none. */
bool negative_find(const char *name, struct negative *out);
void negative_clear(struct negative *negative);

/* Whether the kind is all non-members of the length, each as likely. */
bool negative_is_uniform(const struct negative *negative);

/* Why a draw may find none, to end a complaint with. */
const char *negative_absence(const struct negative *negative);

/* How far from its own length a draw looks for members: prepare to n + d. */
size_t negative_reach(const struct negative *negative);

/*
 * Draws one of length n into OUT.  False when none was found in 10,000 tries
 * or none can exist; language_prepare must cover n + reach.
 */
bool negative_draw(const struct negative *negative,
                   const struct language *language, size_t n,
                   struct stream *stream, uint16_t *out);

#endif

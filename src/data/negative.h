/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Kinds of negatives: strings outside the language, of a declared kind and
 * length, in a declared mixture.
 *
 *   uniform      uniform over the non-members of the length
 *   edit-d       a member of length n-d..n+d changed by d single-symbol edits
 *                (insert, delete, replace) that land on length n
 *   same-counts  a uniform permutation of a member of the length
 *   late-death   first certainly no member after k symbols, k uniform among
 *                the positions where that can be: late_death.h
 *   member-of:LANGUAGE  uniform among the members of another language that are
 *                outside this one; its symbols are the same, by name
 *
 * edit-d, same-counts and member-of are redrawn, within the kind, until
 * membership says no.  Of an
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
    char *sibling; /* member-of: name of the language, else NULL */
    char *path;    /* of its file; NULL: to be looked for */
    double weight; /* share of the negatives; shares add up to 1 */
    char *name;    /* as written: "edit-2" */
};

struct negatives {
    struct negative *items;
    size_t count;
};

/* `negatives: {uniform: 1/2, edit-2: 1/4, member-of:dyck-2: 1/4}` */
extern const struct field_custom negatives_custom;

/* What names a kind, for complaints. */
extern const char negative_names[];

/* The kind called NAME ("edit-2"), weight 1; false if there is none. */
bool negative_find(const char *name, struct negative *out);
void negative_clear(struct negative *negative);

/* Whether the kind is all non-members of the length, each as likely. */
bool negative_is_uniform(const struct negative *negative);

/* Why a draw may find none, to end a complaint with. */
const char *negative_absence(const struct negative *negative);

/* The other language of member-of: its symbol s is OURS[s] here. */
struct sibling {
    struct language *language; /* NULL for other kinds */
    uint16_t *ours;            /* [symbols] */
};
void sibling_clear(struct sibling *sibling);

/*
 * Prepares LANGUAGE, and loads the kind's SIBLING if it has one, for draws of
 * length 0..LONGEST.  Complaints are at PLACE, beside whose file the sibling
 * is looked for as language_find does, unless its path is known; it may be
 * NULL.
 */
bool negative_prepare(const struct negative *negative,
                      struct language *language, size_t longest,
                      const struct place *place, struct sibling *sibling,
                      struct error *error);

/*
 * Draws one of length n into OUT.  False when none was found in 10,000 tries
 * or none can exist; negative_prepare must have covered n.
 */
bool negative_draw(const struct negative *negative,
                   const struct language *language,
                   const struct sibling *sibling, size_t n,
                   struct stream *stream, uint16_t *out);

#endif

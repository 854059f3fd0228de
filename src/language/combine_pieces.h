/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Combinations of which a part is not finite-state.  They become pieces:
 * either languages that have no string in common, of which the whole is the
 * union, or languages that share no symbol, whose words are interleaved or
 * put one after the other.
 */

#ifndef LANGUAGE_COMBINE_PIECES_H
#define LANGUAGE_COMBINE_PIECES_H

#include "language/combine.h"
#include "language/interleave.h"

struct piece {
    const struct part *part; /* its symbols; NULL: those of the whole */
    struct language *language;
    bool owned;
};

struct combined {
    struct combination *combination;
    const struct alphabet *alphabet;
    struct piece *pieces;
    size_t count, symbols;
    bool swapped, reversed; /* of the one piece */
    bool apart;             /* pieces are words, not languages */
    size_t checked;         /* disjoint up to this length */
    bool prepared;
    struct interleave words;
    size_t longest;
};

void combine_close(void *self);

void pieces_add(struct combined *self, const struct part *part,
                struct language *language, bool owned);

/* The clauses of a part's file as it stands alone, to be cleared. */
bool piece_open(const struct part *part, struct yaml_document *out);

/* Whether it is `all` of several languages of registers, and of finite-state
 * ones; and what they have in common, as the one piece. */
bool joint_is_possible(const struct combination *combination);
bool joint_open(struct combined *self, const struct reading *reading,
                struct error *error);

/* Of a combination that is neither `not` nor `reverse`. */
extern const struct walk combine_walk;

/* The piece that a symbol belongs to where no two share one; their number if
 * none has it. */
size_t piece_owner(const struct combined *self, uint16_t symbol);

/* The symbols of the piece in a string of the whole; false if it has others. */
bool piece_read(const struct combined *self, const struct piece *piece,
                const uint16_t *symbols, size_t length, uint16_t *out);

/* The string of the whole that one of the piece is, in place. */
void piece_spell(const struct combined *self, const struct piece *piece,
                 uint16_t *symbols, size_t length);

/* What of the string belongs to PIECE, and how much that is. */
size_t piece_project(const struct piece *piece, const uint16_t *symbols,
                     size_t length, uint16_t *out);

/* Whether the piece itself, not what `not` makes of it, has the string. */
bool piece_contains(const struct combined *self, const struct piece *piece,
                    const uint16_t *symbols, size_t length);

#endif

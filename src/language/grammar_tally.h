/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Counting the derivations of a grammar, and the derivation of a number.
 *
 * The grammar becomes a specification of nodes [Flajolet, Zimmermann & Van
 * Cutsem 1994]: the empty string, a symbol, either of several nodes, or a
 * pair of nodes, one after the other.  With c(X, n) the number of derivations
 * of strings of length n from X,
 *
 *     c(either, n) = sum of c(child, n)
 *     c(pair,   n) = sum over k of c(left, k) c(right, n - k),
 *
 * where nodes of one length are taken in an order in which none comes before
 * what it needs; so neither empty nor unit rules must be removed.  There is
 * no such order iff some node derives itself, which makes the grammar
 * infinitely ambiguous.  Derivations are numbered by the same sums, so that a
 * random number gives a uniform derivation; of an unambiguous grammar, a
 * uniform string.  For S -> ( S ) S | ε the counts are 1 0 1 0 2 0 5 0 14.
 */

#ifndef LANGUAGE_GRAMMAR_TALLY_H
#define LANGUAGE_GRAMMAR_TALLY_H

#include "base/natural.h"
#include "base/random.h"
#include "language/grammar.h"
#include "language/string.h"

/* Bytes the counts may take, and products of words their computation. */
#define GRAMMAR_MOST_BYTES ((size_t)1 << 30)
#define GRAMMAR_MOST_WORK  20e9

enum node_kind { NODE_EMPTY, NODE_SYMBOL, NODE_EITHER, NODE_PAIR };

struct node {
    enum node_kind kind;
    uint32_t left, right; /* pair: nodes; symbol: LEFT is the symbol */
    size_t first, count;  /* either: children[first .. first + count), and
                             LEFT is one with the shortest string */
    size_t least;         /* length of its shortest string */
};

struct grammar_tally {
    struct node *nodes;
    size_t n_nodes, start;
    size_t loop; /* a node that derives itself, if there is one */
    uint32_t *children;
    uint32_t *order;       /* [n_nodes] what a node needs comes before it */
    struct natural **rows; /* [lengths][n_nodes] c(node, n) */
    size_t lengths;        /* 0: nothing is counted yet */
    size_t bytes;          /* of the rows */
    double work;           /* products of words that the rows took */
};

/* GRAMMAR is trimmed.  False if a node derives itself: then nothing can be
 * counted. */
bool grammar_tally_init(struct grammar_tally *tally,
                        const struct grammar *grammar);
void grammar_tally_clear(struct grammar_tally *tally);

/* Counts for lengths up to LONGEST; false if they would take more than the
 * caps above, and what was counted stays. */
bool grammar_tally_extend(struct grammar_tally *tally, size_t longest);

/* Derivations of strings of length n < lengths. */
const struct natural *grammar_tally_count(const struct grammar_tally *tally,
                                          size_t n);

/* The string of derivation number RANK, which is below their count and is
 * used up; OUT has room for n symbols. */
void grammar_tally_string(const struct grammar_tally *tally, size_t n,
                          struct natural *rank, uint16_t *out);

/* The string of a uniform derivation; there must be one. */
void grammar_tally_draw(const struct grammar_tally *tally, size_t n,
                        struct stream *stream, uint16_t *out);

#endif

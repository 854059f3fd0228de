/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A machine of registers that falls into groups with nothing in common: no
 * condition, no symbol and no copy ties a register of one to a register of
 * another.  Its language is the shuffle of those of the groups, each over its
 * own symbols, and is counted and drawn as such (interleave.h): six kinds of
 * brackets take six tables of one register instead of one table of six.
 *
 * Non-members need no rejection.  With c_i(m) and |Σ_i|^m - c_i(m) words of
 * group i inside and outside, W_i(n) members of the groups i and on together
 * and F_i(n) words over their symbols, those that are none begin with a group
 * that fails, or with one that holds and others that do not:
 *
 *     F_i(n) - W_i(n) = sum over m of binomial(n, m) (
 *         (|Σ_i|^m - c_i(m)) F_(i+1)(n - m)
 *         + c_i(m) (F_(i+1)(n - m) - W_(i+1)(n - m))).
 */

#ifndef LANGUAGE_GROUPS_H
#define LANGUAGE_GROUPS_H

#include "language/interleave.h"
#include "language/tally.h"

struct group {
    uint16_t *symbols; /* its own, as the whole numbers them */
    struct machine machine;
    struct reach *reach;
    struct tally tally;
};

struct groups {
    struct group *items;
    size_t count, symbols; /* of the whole */
    bool prepared;
    struct interleave words;
    struct natural *own; /* [count][longest + 1] |Σ_i|^m */
    struct natural *all; /* [count + 1][longest + 1] F_i(n) */
};

/*
 * The groups of MACHINE, or NULL where there are not two large ones.  A shape
 * ties all symbols to each other, and so does `before`: whether it must hold
 * at the end of a group's word is up to the others.
 */
struct groups *groups_new(const struct machine *machine);
void groups_free(struct groups *groups); /* NULL is fine */

/* Products of words that tables for lengths up to LONGEST take, at most. */
double groups_work(const struct groups *groups, size_t longest);

/* Bytes the tables for lengths up to LONGEST take, at most; INFINITY if the
 * configurations of a group alone take more than MOST. */
double groups_foresee(const struct groups *groups, size_t longest, size_t most);

/* Builds the tables for lengths 0..longest; false, and what was there stays,
 * if they would take more than MOST bytes. */
bool groups_prepare(struct groups *groups, size_t longest, size_t most);

/* Members (non-members) of length n, within what was prepared. */
void groups_count(const struct groups *groups, bool member, size_t n,
                  struct natural *out);

/* A uniform one; there must be one. */
void groups_draw(const struct groups *groups, bool member, size_t n,
                 struct stream *stream, uint16_t *out);

#endif

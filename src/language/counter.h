/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Can acceptance still be reached?  Decided exactly, with no bound on the
 * length, for one unbounded register and any number of bounded ones.
 *
 * Beyond a threshold T no comparison can tell values of the register u apart,
 * so the machine there is a pushdown automaton with a single stack letter and
 * the question is its pre* (Bouajjani, Esparza & Maler 1997).  The values
 * beyond T are cut into levels of s, the longest step; an item (p, o) is the
 * rest of the configuration, p, and the offset o within the level.  From the
 * relation R(x, y), "x can fall to y one level below", and the set A, "x can
 * be accepted without falling", the live items of level h are
 *
 *     S(h) = A ∪ { x : R(x, y) for some y in S(h - 1) },
 *
 * a sequence that becomes periodic.  Negative values mirror positive ones.
 */

#ifndef LANGUAGE_COUNTER_H
#define LANGUAGE_COUNTER_H

#include "language/machine.h"

enum answer { ANSWER_NO, ANSWER_YES, ANSWER_UNKNOWN };

struct counter; /* opaque */

/*
 * Analyses register FORM of MACHINE.  Registers in DROPPED (a bit each) are
 * ignored, and so are the conjuncts that ask for one of them: then "no" is
 * still certain and "yes" means that FORM is no obstacle.  NULL when the
 * register is copied from or to others, or the analysis grows too large.
 */
struct counter *counter_new(const struct machine *machine, size_t form,
                            const struct conjunct *conjuncts,
                            size_t n_conjuncts, uint64_t dropped);
void counter_free(struct counter *counter); /* NULL is fine */

/* UNKNOWN only for values so large that no period was found below them. */
enum answer counter_ask(const struct counter *counter,
                        const int64_t *configuration);

#endif

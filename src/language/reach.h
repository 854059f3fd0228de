/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Can a configuration still be accepted, by whatever continuation of whatever
 * length?  Exact for an automaton alone, for one unbounded register, and for
 * several that neither conditions nor symbols tie together.  In general two
 * registers with tests are as strong as a Turing machine; there each register
 * alone may prove that it is too late, a search for a continuation may prove
 * that it is not, and otherwise the answer is unknown.
 */

#ifndef LANGUAGE_REACH_H
#define LANGUAGE_REACH_H

#include "language/counter.h"

struct reach; /* opaque */

/* Borrows MACHINE. */
struct reach *reach_new(const struct machine *machine);
void reach_free(struct reach *reach); /* NULL is fine */

enum answer reach_ask(const struct reach *reach, const int64_t *configuration);

/* A quick test: true only if acceptance is certainly out of reach. */
bool reach_is_dead(const struct reach *reach, const int64_t *configuration);

/* Is the machine of a kind for which the question is always decided? */
bool reach_is_exact(const struct reach *reach);

#endif

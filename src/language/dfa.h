/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The `dfa` clause: `start`, `accept`, then a row per state, a map from
 * symbols to states.  A missing arc rejects.
 *
 *     dfa:
 *       start: even
 *       accept: even
 *       even: {0: even, 1: odd}
 *       odd:  {0: odd,  1: even}
 */

#ifndef LANGUAGE_DFA_H
#define LANGUAGE_DFA_H

#include "language/automaton.h"
#include "language/formalism.h"

/* The minimal automaton of the clause NODE; every complaint is in ERROR. */
bool dfa_read(struct automaton *out, const struct yaml_node *node,
              const struct reading *reading, struct error *error);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The `att` clause: an automaton in the AT&T format of foma, OpenFst and
 * MLRegTest, one line an arc or an accepting state, fields separated by
 * blanks:
 *
 *     from to symbol          from to symbol symbol          state
 *
 * The first line's first state is the start; `<eps>` and `@0@` are silent.
 * The clause names a file, from the folder of the language file on, or holds
 * the lines itself when there are several.
 */

#ifndef LANGUAGE_ATT_H
#define LANGUAGE_ATT_H

#include "language/automaton.h"
#include "language/formalism.h"

/* The minimal automaton of the clause NODE; an empty alphabet of READING gets
 * the symbols, sorted.  Every complaint is in ERROR. */
bool att_read(struct automaton *out, const struct yaml_node *node,
              const struct reading *reading, struct error *error);

#endif

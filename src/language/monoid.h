/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The transition monoid of an automaton: the maps of states that its strings
 * are.  Of a minimal automaton it is the syntactic monoid of the language.
 */

#ifndef LANGUAGE_MONOID_H
#define LANGUAGE_MONOID_H

#include "language/automaton.h"

/* Elements, or sets of states, that are looked at; no more than 256 MiB of
 * them, and a second or two. */
#define MONOID_MOST 1000000

/* Elements; 0 if they are more than MOST or the caps above. */
size_t monoid_size(const struct automaton *automaton, size_t most);

/*
 * Is the language of AUTOMATON, which is minimal, star-free?  Iff its monoid
 * has no groups but those of one element [Schützenberger 1965], that is, iff
 * no string permutes a set of states.  Only sets need a look to which some
 * string brings the set of all states; they are far fewer than the elements.
 * Between those that strings bring to each other and back, all strings must
 * then agree on which state of one becomes which of the other.  False in
 * *KNOWN when the caps above or MOST sets do not suffice.
 */
bool monoid_is_aperiodic(const struct automaton *automaton, size_t most,
                         bool *known);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */

/* All strings of a length, for formalisms that have no table to walk. */

#ifndef LANGUAGE_ENUMERATE_H
#define LANGUAGE_ENUMERATE_H

#include "language/formalism.h"

/* Adds the members (non-members) of length n in lexicographic order, deciding
 * each with `contains` and leaving prefixes of no member out with `next`. */
void enumerate_all(const struct formalism *formalism, const void *self,
                   size_t symbols, bool member, size_t n, struct strings *out);

#endif

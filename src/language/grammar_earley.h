/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Recognition by any grammar [Earley 1970; empty rules as in Aycock &
 * Horspool 2002].  As every nonterminal is of use, the last set's items say
 * with which symbols members continue.
 */

#ifndef LANGUAGE_GRAMMAR_EARLEY_H
#define LANGUAGE_GRAMMAR_EARLEY_H

#include "language/grammar.h"

/* GRAMMAR is trimmed; all else as grammar_lr_read. */
size_t grammar_earley_read(const struct grammar *grammar,
                           const uint16_t *symbols, size_t length,
                           bool *allowed, bool *end);

#endif

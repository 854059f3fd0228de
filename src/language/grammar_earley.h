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

/* A chart that grows by a symbol at a time; the functions are as those of
 * grammar_lr_stack. */
struct chart; /* opaque */

struct chart *grammar_earley_start(const struct grammar *grammar);
void grammar_earley_stop(struct chart *chart); /* NULL is fine */
bool grammar_earley_step(struct chart *chart, uint16_t symbol);
void grammar_earley_ask(const struct chart *chart, bool *allowed, bool *end);

#endif

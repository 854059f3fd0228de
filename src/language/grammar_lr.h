/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Canonical LR(1) tables [Knuth 1965].  A grammar that has one without
 * conflicts is unambiguous; and as no action is ever taken on a symbol that
 * no member continues with, the actions of a state are the symbols allowed.
 */

#ifndef LANGUAGE_GRAMMAR_LR_H
#define LANGUAGE_GRAMMAR_LR_H

#include "language/grammar.h"

struct grammar_lr {
    size_t states, terminals, nonterminals;
    int32_t *actions; /* [states][terminals + 1], the last for the end */
    uint32_t *gotos;  /* [states][nonterminals] */
    uint32_t *lefts, *lengths; /* [rules] nonterminal and right side */
};

enum lr_result { LR_BUILT, LR_CONFLICT, LR_TOO_LARGE };

/* GRAMMAR is trimmed and has rules; unless LR_BUILT, OUT is cleared. */
enum lr_result grammar_lr_build(struct grammar_lr *out,
                                const struct grammar *grammar);
void grammar_lr_clear(struct grammar_lr *lr);

/*
 * How many symbols can be read: all, or those before the first with which no
 * member continues.  If all, *END says whether they are a member, and ALLOWED
 * (NULL, or room for the terminals) with which symbols members continue.
 */
size_t grammar_lr_read(const struct grammar_lr *lr, const uint16_t *symbols,
                       size_t length, bool *allowed, bool *end);

#endif

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

/* The states that lead to what has been read; an untouched zero is nothing. */
struct grammar_lr_stack {
    uint32_t *states;
    size_t depth, capacity;
};

void grammar_lr_start(struct grammar_lr_stack *stack);
void grammar_lr_stop(struct grammar_lr_stack *stack);

/* Reads SYMBOL; false, and the stack is of no more use, where no member goes
 * on so. */
bool grammar_lr_step(const struct grammar_lr *lr,
                     struct grammar_lr_stack *stack, size_t symbol);

/* Whether what was read is a member, and (ALLOWED, unless NULL) with which
 * symbols members continue. */
void grammar_lr_ask(const struct grammar_lr *lr,
                    const struct grammar_lr_stack *stack, bool *allowed,
                    bool *end);

/*
 * How many symbols can be read: all, or those before the first with which no
 * member continues.  If all, *END says whether they are a member, and ALLOWED
 * (NULL, or room for the terminals) with which symbols members continue.
 */
size_t grammar_lr_read(const struct grammar_lr *lr, const uint16_t *symbols,
                       size_t length, bool *allowed, bool *end);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Losses of an objective: sums over targets, and derivatives by logits.
 *
 *   membership, prefix-membership, next-set
 *       log(1 + exp(-m)) a logit, m the logit where the target is 1 and its
 *       negation where it is 0
 *   next-token
 *       -log softmax of what follows, a token that counts; the margin is that
 *       logit less the greatest other one
 *
 * All in double and from exp(-|z|), z a difference that is not negative: the
 * derivatives keep their digits however large the margin.
 */

#ifndef MODEL_LOSS_H
#define MODEL_LOSS_H

#include <stddef.h>
#include <stdint.h>

#include "data/objective.h"

/* What a sum over targets has come to. */
struct loss {
    double sum;    /* nats */
    double margin; /* sum of the margins */
    double least;  /* least margin; INFINITY at the beginning */
    size_t targets;
    size_t right; /* margin > 0; a logit of 0 rejects */
};

struct loss loss_none(void);
struct loss loss_add(struct loss a, struct loss b);

/*
 * Adds the loss of a string to LOSS.  LOGITS are those of its one row, or
 * under a sequence objective of its LENGTH + 1 tokens, N_OUTPUTS each, and
 * become the derivatives of the sum by them.  TARGETS as objective.h says.
 */
void loss_of_string(struct loss *loss, enum objective objective,
                    size_t n_outputs, const uint16_t *symbols, size_t length,
                    const uint8_t *targets, double *logits);

#endif

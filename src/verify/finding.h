/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What an evaluator's decisions on one string come to under an objective.
 *
 * Under membership a string has one decision; under a sequence objective it
 * has one at every position, the begin mark included, and is recognised when
 * all of them are right:
 *
 *   prefix-membership  whether the prefix is a member
 *   next-set           for every symbol and the end mark, whether it may
 *                      follow; the position is right when the whole set is
 *   next-token         what follows; among members alone
 *
 * A string is accepted by its last prefix, or, under next-set, when each of
 * its symbols was allowed where it stands and so was the end mark: decisions
 * on membership that can be compared across objectives.
 */

#ifndef VERIFY_FINDING_H
#define VERIFY_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/objective.h"
#include "model/loss.h"
#include "saturation/evaluator.h"

/* Strings, and what is decided of them and to be decided: decisions as
 * evaluator_decide leaves them, targets as objective.h packs them. */
struct reading {
    enum objective objective;
    size_t n_symbols;
    bool nonnegative; /* a logit of zero with bound zero accepts */
    const struct strings *strings;
    const uint8_t *targets;
    const struct decision *decisions, *trained;
};

struct finding {
    bool right, wrong; /* at every position; at some, and not undecided */
    bool undecided, agreed, rounding, flagged;
    size_t positions, positions_right;
    int accepts; /* 1, -1, or 0: undecided, or nothing under next-token */
    struct loss loss;
    bool sized; /* every logit has degree 0, so that the loss means something */
};

/* ROOM is for the logits of the string: [length + 1][outputs]. */
struct finding finding_of(const struct reading *reading, size_t string,
                          double *room);

#endif

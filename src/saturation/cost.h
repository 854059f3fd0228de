/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What it takes to decide strings by series: the same sizes as the structs of
 * asymptotic.c and state.c have, for strings that are not there yet.  How many
 * states there will be depends on which tie; none are taken to, which long
 * strings come near to, and short ones are kept few (STATES_MOST).
 */

#ifndef SATURATION_COST_H
#define SATURATION_COST_H

#include <stdbool.h>
#include <stddef.h>

#include "language/string.h"
#include "model/network.h"

/* Bytes held as long as there is an evaluator; in passing, while it decides. */
struct cost {
    size_t held, passing;
};

/* Of deciding EXTENT by series of ORDERS, 0 for ordinary arithmetic, cut into
 * so many BLOCKS for the threads; EVERY token has a final state, or one token
 * of a string. */
struct cost asymptotic_cost(const struct network *network, size_t orders,
                            struct extent extent, size_t blocks, bool every);

#endif

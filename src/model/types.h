/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The types of a batch, as linguists tell them from tokens: the pairs of a
 * symbol and a place that occur in it, however often.  The first layer reads
 * nothing else, so that its norm, queries, keys and values are the same for
 * all tokens of a type, and derivatives by them can be added up before they
 * go further back.  Alphabets are small: a batch has many more tokens.
 */

#ifndef MODEL_TYPES_H
#define MODEL_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/network.h"

struct type {
    uint32_t place; /* from the begin mark on; 0 where none is told */
    uint16_t token;
};

struct types {
    struct type *list; /* [count], in the order of their first tokens */
    size_t count;
    size_t n_tokens;   /* of the vocabulary */
    bool placed;       /* whether types have places */
    uint32_t *numbers; /* [places][n_tokens], 1 + the place in the list */
    size_t room;       /* of both arrays */
};

/* Lists the types of BATCH, read by a network of CONFIG whose vocabulary is
 * N_TOKENS; false where there are more than half as many as tokens. */
bool types_gather(struct types *types, const struct model_config *config,
                  size_t n_tokens, const struct batch *batch);
void types_clear(struct types *types);

/* How many types strings of BATCH are expected to have, symbols being as
 * likely as one another; 0 where that is too many for types_gather. */
size_t types_expected(const struct model_config *config, size_t n_tokens,
                      struct extent batch);

/* What a list of so many takes. */
size_t types_bytes(size_t types);

/* Where the type of a token of the batch stands in the list. */
static inline size_t types_find(const struct types *types, size_t place,
                                uint16_t token)
{
    return types->numbers[(types->placed ? place : 0) * types->n_tokens +
                          token] -
           1;
}

/* Derivatives added up by type, over the chunks of one shard: [used] rows of
 * a table of types, of those alone that occurred. */
struct type_sums {
    uint32_t *rows; /* [types], 1 + the row; 0: did not occur */
    size_t used;
    void *block;
};

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The integers inside a rule: indices such as [(i+j)%5], bounds of `for`,
 * conditions after `if`.
 *
 *   12   d           numbers and variables
 *   + - * %          the remainder is never negative
 *   == != < <= > >=  may be chained: 0 < d <= 3
 *   and or not ( )
 */

#ifndef LANGUAGE_GRAMMAR_INDEX_H
#define LANGUAGE_GRAMMAR_INDEX_H

#include "language/passage.h"

/* No number is larger, or below minus this. */
#define INDEX_MOST INT64_C(1000000000)

/* A part of an expression; PARTS come before what they are parts of. */
struct index_node {
    int op; /* enum index_op */
    uint32_t left, right;
    int64_t value; /* a number, or a variable's slot */
    size_t at;     /* offset in the text */
};

/* All expressions of a grammar; one is the number of its last node. */
struct index_pool {
    struct index_node *nodes;
    size_t count, capacity;
};

void index_pool_clear(struct index_pool *pool);

/* The variables of a rule, in slots by first use. */
#define INDEX_MOST_VARIABLES 16

struct index_scope {
    struct {
        size_t at, length; /* the name where it was met first */
        bool bound;
    } names[INDEX_MOST_VARIABLES];
    size_t count;
};

struct index_reader {
    const struct passage *passage;
    struct index_pool *pool;
    struct index_scope *scope;
    size_t at, depth, first; /* node of the expression that is being read */
    struct error *error;
};

/* Read from `at` as far as an expression goes. */
bool index_read_number(struct index_reader *reader, uint32_t *out);
bool index_read_condition(struct index_reader *reader, uint32_t *out);

/* A variable alone. */
bool index_read_name(struct index_reader *reader, uint32_t *out);

/* Bytes at AT of a variable's name: letters, digits and _, no keyword. */
size_t index_name_length(const char *at);

/* The slot of a name; one more than INDEX_MOST_VARIABLES is refused. */
bool index_find_slot(struct index_reader *reader, size_t at, size_t length,
                     uint32_t *slot);

/* The slot of a variable that is the whole expression, or UINT32_MAX. */
uint32_t index_whole_slot(const struct index_pool *pool, uint32_t expression);

/* A condition is 0 or 1.  False if a number leaves its bounds or a modulus is
 * not positive; *BAD is then where. */
bool index_evaluate(const struct index_pool *pool, uint32_t expression,
                    const int64_t *values, int64_t *out, size_t *bad);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The text of `always`, `before`, `finally` and of updates under `track`:
 *
 *   #a                       the number of a's read so far
 *   name                     a tracked integer
 *   + - *  mod               of integers; * by a constant, mod a positive one
 *   == != < <= > >=          may be chained: 0 <= #a - #b <= 4
 *   and  or  not  ( )
 *
 * `mod` and `*` bind alike, tighter than `+` and `-`, those tighter than
 * comparisons, then `not`, `and`, `or`.  A remainder is never negative.
 */

#ifndef LANGUAGE_EXPRESSION_H
#define LANGUAGE_EXPRESSION_H

#include "language/condition.h"
#include "language/passage.h"
#include "language/string.h"

/* The variables: one per symbol, its count, then the tracked names. */
struct vocabulary {
    const struct alphabet *alphabet;
    const char **tracked; /* variable alphabet->size + i; NULL-terminated */
};

/* Is NAME fit for a tracked integer: letters, digits and _, no keyword? */
bool expression_is_name(const char *name);

bool expression_read_condition(struct condition *out,
                               const struct passage *passage,
                               const struct vocabulary *vocabulary,
                               struct error *error);

/* An update: tracked names and constants, neither counts nor mod. */
bool expression_read_update(struct sum *out, const struct passage *passage,
                            const struct vocabulary *vocabulary,
                            struct error *error);

#endif

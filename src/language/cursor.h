/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A place in a string that is being read: what language_contains and
 * language_next say of a prefix, of one prefix after the other, without
 * reading each anew.  Where a formalism cannot go on from a place, the cursor
 * keeps the prefix and asks about the whole of it.
 */

#ifndef LANGUAGE_CURSOR_H
#define LANGUAGE_CURSOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct cursor; /* opaque */
struct formalism;

/* Before the first symbol, in the language SELF of FORMALISM; borrows it. */
struct cursor *cursor_new(const struct formalism *formalism, const void *self);
void cursor_free(struct cursor *cursor); /* NULL is fine */

void cursor_read(struct cursor *cursor, uint16_t symbol);

/* Whether what was read is a member. */
bool cursor_is_member(const struct cursor *cursor);

/* As language_next, of what was read. */
bool cursor_next(const struct cursor *cursor, bool *allowed, bool *end,
                 struct error *error);

#endif

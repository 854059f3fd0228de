/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/cursor.h"

#include <stdlib.h>

#include "base/memory.h"
#include "language/formalism.h"

struct cursor {
    const struct formalism *formalism;
    const void *self;
    void *place;      /* of the formalism's walk; NULL: it has none */
    uint16_t *prefix; /* then */
    size_t length, capacity;
};

struct cursor *cursor_new(const struct formalism *formalism, const void *self)
{
    struct cursor *cursor = memory_new(1, sizeof *cursor);

    cursor->formalism = formalism;
    cursor->self = self;
    if (formalism->walk != NULL)
        cursor->place = formalism->walk->begin(self);
    return cursor;
}

void cursor_free(struct cursor *cursor)
{
    if (cursor == NULL)
        return;
    if (cursor->place != NULL)
        cursor->formalism->walk->end(cursor->place);
    free(cursor->prefix);
    free(cursor);
}

void cursor_read(struct cursor *cursor, uint16_t symbol)
{
    if (cursor->place != NULL) {
        cursor->formalism->walk->read(cursor->place, symbol);
        return;
    }
    if (cursor->length == cursor->capacity) {
        cursor->capacity = 2 * cursor->capacity + 64;
        cursor->prefix = memory_resize(cursor->prefix, cursor->capacity,
                                       sizeof *cursor->prefix);
    }
    cursor->prefix[cursor->length++] = symbol;
}

bool cursor_is_member(const struct cursor *cursor)
{
    if (cursor->place != NULL)
        return cursor->formalism->walk->is_member(cursor->place);
    return cursor->formalism->contains(cursor->self, cursor->prefix,
                                       cursor->length);
}

bool cursor_next(const struct cursor *cursor, bool *allowed, bool *end,
                 struct error *error)
{
    if (cursor->place != NULL)
        return cursor->formalism->walk->next(cursor->place, allowed, end,
                                             error);
    return cursor->formalism->next(cursor->self, cursor->prefix, cursor->length,
                                   allowed, end, error);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Reading a combination symbol by symbol, each piece by a cursor of its own. */

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "language/combine_pieces.h"

struct standing {
    const struct combined *self;
    struct cursor **cursors; /* [pieces] */
    bool *lost;              /* [pieces] it met a symbol that it has not */
    bool lost_order;         /* the symbols are not in the order of pieces */
    size_t last;             /* piece of a concatenation that was read last */
};

static void *walk_begin(const void *pointer)
{
    const struct combined *self = pointer;
    struct standing *standing;

    if (self->swapped || self->reversed)
        return NULL;
    standing = memory_new(1, sizeof *standing);
    standing->self = self;
    standing->cursors = memory_new(self->count, sizeof *standing->cursors);
    standing->lost = memory_new(self->count, sizeof *standing->lost);
    for (size_t i = 0; i < self->count; i++)
        standing->cursors[i] = language_cursor(self->pieces[i].language);
    return standing;
}

static void walk_end(void *pointer)
{
    struct standing *standing = pointer;

    for (size_t i = 0; i < standing->self->count; i++)
        cursor_free(standing->cursors[i]);
    free(standing->cursors);
    free(standing->lost);
    free(standing);
}

static uint16_t symbol_in(const struct piece *piece, uint16_t symbol)
{
    return piece->part == NULL ? symbol : piece->part->from_whole[symbol];
}

static uint16_t symbol_of(const struct piece *piece, size_t symbol)
{
    return piece->part == NULL ? (uint16_t)symbol
                               : piece->part->to_whole[symbol];
}

static void walk_read(void *pointer, uint16_t symbol)
{
    struct standing *standing = pointer;
    const struct combined *self = standing->self;
    size_t owner;

    for (size_t i = 0; !self->apart && i < self->count; i++) {
        uint16_t own = symbol_in(&self->pieces[i], symbol);

        standing->lost[i] |= own == COMBINE_FOREIGN;
        if (!standing->lost[i])
            cursor_read(standing->cursors[i], own);
    }
    if (!self->apart)
        return;
    owner = piece_owner(self, symbol);
    if (owner == self->count || owner < standing->last) {
        standing->lost_order = true;
        return;
    }
    if (self->combination->kind == COMBINE_CONCAT)
        standing->last = owner;
    cursor_read(standing->cursors[owner],
                symbol_in(&self->pieces[owner], symbol));
}

static bool walk_is_member(const void *pointer)
{
    const struct standing *standing = pointer;
    const struct combined *self = standing->self;
    bool is = self->apart && !standing->lost_order;

    for (size_t i = 0; self->apart && is && i < self->count; i++)
        is = cursor_is_member(standing->cursors[i]);
    for (size_t i = 0; !self->apart && !is && i < self->count; i++)
        is = !standing->lost[i] && cursor_is_member(standing->cursors[i]);
    return is;
}

/* What may follow in one of several languages. */
static bool next_in_union(const struct standing *standing, bool *scratch,
                          bool *allowed, bool *end, struct error *error)
{
    const struct combined *self = standing->self;

    for (size_t i = 0; i < self->count; i++) {
        const struct piece *piece = &self->pieces[i];
        bool stop;

        if (standing->lost[i])
            continue;
        if (!cursor_next(standing->cursors[i], scratch, &stop, error))
            return false;
        *end |= stop;
        for (size_t s = 0; s < language_alphabet(piece->language)->size; s++)
            if (scratch[s])
                allowed[symbol_of(piece, s)] = true;
    }
    return true;
}

/* What stands behind piece I of a concatenation must wait for its end. */
static void hold_back(const struct combined *self, size_t i, bool *allowed)
{
    for (size_t j = i + 1; j < self->count; j++)
        for (size_t s = 0; s < self->pieces[j].part->symbols; s++)
            allowed[self->pieces[j].part->to_whole[s]] = false;
}

/* In a shuffle each piece may go on if the others can still end. */
static bool next_apart(const struct standing *standing, bool *scratch,
                       bool *allowed, bool *end, struct error *error)
{
    const struct combined *self = standing->self;
    bool concat = self->combination->kind == COMBINE_CONCAT;
    bool ok = !standing->lost_order;

    *end = ok;
    for (size_t i = self->count; ok && i-- > 0;) {
        const struct piece *piece = &self->pieces[i];
        bool stop, alive, over = concat && i < standing->last;

        if (!cursor_next(standing->cursors[i], scratch, &stop, error))
            return false;
        alive = stop;
        for (size_t s = 0; s < piece->part->symbols; s++)
            alive |= scratch[s];
        ok = over ? stop : alive;
        *end &= stop;
        if (over)
            continue;
        if (concat && !stop)
            hold_back(self, i, allowed);
        for (size_t s = 0; s < piece->part->symbols; s++)
            allowed[piece->part->to_whole[s]] = scratch[s];
    }
    if (!ok)
        memset(allowed, 0, self->symbols * sizeof *allowed);
    return true;
}

static bool walk_next(const void *pointer, bool *allowed, bool *end,
                      struct error *error)
{
    const struct standing *standing = pointer;
    const struct combined *self = standing->self;
    bool *scratch = memory_new(self->symbols + 1, sizeof *scratch), ok;

    memset(allowed, 0, self->symbols * sizeof *allowed);
    *end = false;
    ok = (self->apart ? next_apart : next_in_union)(standing, scratch, allowed,
                                                    end, error);
    free(scratch);
    return ok;
}

const struct walk combine_walk = { walk_begin, walk_read, walk_is_member,
                                   walk_next, walk_end };

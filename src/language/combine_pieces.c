/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/combine_pieces.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "language/parameters.h"

void combine_close(void *pointer)
{
    struct combined *self = pointer;

    for (size_t i = 0; i < self->count; i++)
        if (self->pieces[i].owned)
            language_free(self->pieces[i].language);
    free(self->pieces);
    interleave_clear(&self->words);
    combine_free(self->combination);
    free(self);
}

void pieces_add(struct combined *self, const struct part *part,
                struct language *language, bool owned)
{
    self->pieces =
        memory_resize(self->pieces, self->count + 1, sizeof *self->pieces);
    self->pieces[self->count++] = (struct piece){ part, language, owned };
}

bool piece_open(const struct part *part, struct yaml_document *out)
{
    const char *source = language_source(part->language);
    struct error ignored = { 0 };
    bool ok = yaml_parse(out, source, strlen(source),
                         language_name(part->language), &ignored) &&
              parameters_apply(out->root, source, NULL, NULL, NULL, &ignored);

    error_clear(&ignored);
    return ok;
}

size_t piece_owner(const struct combined *self, uint16_t symbol)
{
    size_t i = 0;

    while (i < self->count &&
           self->pieces[i].part->from_whole[symbol] == COMBINE_FOREIGN)
        i++;
    return i;
}

bool piece_read(const struct combined *self, const struct piece *piece,
                const uint16_t *symbols, size_t length, uint16_t *out)
{
    for (size_t i = 0; i < length; i++) {
        uint16_t symbol = symbols[self->reversed ? length - 1 - i : i];

        out[i] = piece->part == NULL ? symbol : piece->part->from_whole[symbol];
        if (out[i] == COMBINE_FOREIGN)
            return false;
    }
    return true;
}

void piece_spell(const struct combined *self, const struct piece *piece,
                 uint16_t *symbols, size_t length)
{
    for (size_t i = 0; piece->part != NULL && i < length; i++)
        symbols[i] = piece->part->to_whole[symbols[i]];
    for (size_t i = 0; self->reversed && i < length / 2; i++) {
        uint16_t symbol = symbols[i];

        symbols[i] = symbols[length - 1 - i];
        symbols[length - 1 - i] = symbol;
    }
}

size_t piece_project(const struct piece *piece, const uint16_t *symbols,
                     size_t length, uint16_t *out)
{
    size_t n = 0;

    for (size_t i = 0; i < length; i++)
        if (piece->part->from_whole[symbols[i]] != COMBINE_FOREIGN)
            out[n++] = piece->part->from_whole[symbols[i]];
    return n;
}

bool piece_contains(const struct combined *self, const struct piece *piece,
                    const uint16_t *symbols, size_t length)
{
    uint16_t *own = memory_new(length + 1, sizeof *own);
    bool is = piece_read(self, piece, symbols, length, own) &&
              language_contains(piece->language, own, length);

    free(own);
    return is;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Alphabets, and strings over them packed one after another. */

#ifndef LANGUAGE_STRING_H
#define LANGUAGE_STRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* No language has more symbols. */
#define ALPHABET_MOST 16384

/* Symbol s is called names[s]; at most 65,535 of them. */
struct alphabet {
    char **names;
    size_t size;
};

void alphabet_clear(struct alphabet *alphabet);

/* Adds a symbol; false if there is one of that name. */
bool alphabet_add(struct alphabet *alphabet, const char *name);

/* The symbol called by the LENGTH bytes at NAME, or -1. */
long alphabet_find(const struct alphabet *alphabet, const char *name,
                   size_t length);

/* The symbol of the longest name of at most LIMIT bytes that TEXT begins
 * with, and the bytes of that name in *LENGTH; or -1 and 0. */
long alphabet_match(const struct alphabet *alphabet, const char *text,
                    size_t limit, size_t *length);

/* Says that the word of LINE at byte COLUMN, from 1, is no symbol, and which
 * words are, the first twenty of them.  Where symbols are JOINED, without a
 * space between them, it is the character there. */
void alphabet_refuse(const struct alphabet *alphabet, const char *line,
                     size_t column, bool joined, struct text *out);

/* What to add to a complaint of a symbol that is none, "" or that there is
 * only one, of several characters: who forgets the spaces has such a one. */
const char *alphabet_advice(const struct alphabet *alphabet);

/* Symbols separated by one space. */
void alphabet_print(const struct alphabet *alphabet, const uint16_t *symbols,
                    size_t length, struct text *out);

/* String i is symbols[offsets[i] .. offsets[i + 1]). */
struct strings {
    uint16_t *symbols;
    size_t *offsets; /* count + 1 of them; NULL while there are none */
    size_t count;
    size_t symbol_capacity, offset_capacity;
};

/* How much there is of strings: so many, of so many symbols in all, none
 * longer than LONGEST. */
struct extent {
    size_t strings, symbols, longest;
};

/* Each begins with a mark. */
static inline size_t extent_tokens(struct extent extent)
{
    return extent.symbols + extent.strings;
}

void strings_clear(struct strings *strings);
void strings_add(struct strings *strings, const uint16_t *symbols,
                 size_t length);

static inline size_t strings_length(const struct strings *strings, size_t i)
{
    return strings->offsets[i + 1] - strings->offsets[i];
}

static inline const uint16_t *strings_at(const struct strings *strings,
                                         size_t i)
{
    return strings->symbols + strings->offsets[i];
}

/*
 * Adds the string written in LINE, symbols separated by spaces or tabs.  On a
 * symbol outside ALPHABET adds nothing, returns false and says in *COLUMN which
 * byte of LINE it begins at, counted from 1.
 */
bool strings_read(struct strings *strings, const struct alphabet *alphabet,
                  const char *line, size_t *column);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/string.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void alphabet_clear(struct alphabet *alphabet)
{
    for (size_t i = 0; i < alphabet->size; i++)
        free(alphabet->names[i]);
    free(alphabet->names);
    *alphabet = (struct alphabet){ 0 };
}

long alphabet_find(const struct alphabet *alphabet, const char *name,
                   size_t length)
{
    for (size_t i = 0; i < alphabet->size; i++)
        if (strncmp(alphabet->names[i], name, length) == 0 &&
            alphabet->names[i][length] == '\0')
            return (long)i;
    return -1;
}

long alphabet_match(const struct alphabet *alphabet, const char *text,
                    size_t limit, size_t *length)
{
    long longest = -1;

    *length = 0;
    for (size_t i = 0; i < alphabet->size; i++) {
        size_t n = strlen(alphabet->names[i]);

        if (n > *length && n <= limit &&
            strncmp(alphabet->names[i], text, n) == 0) {
            longest = (long)i;
            *length = n;
        }
    }
    return longest;
}

bool alphabet_add(struct alphabet *alphabet, const char *name)
{
    assert(alphabet->size < UINT16_MAX);
    if (alphabet_find(alphabet, name, strlen(name)) >= 0)
        return false;
    alphabet->names = memory_resize(alphabet->names, alphabet->size + 1,
                                    sizeof *alphabet->names);
    alphabet->names[alphabet->size++] = memory_copy_text(name);
    return true;
}

/* The bytes of the character that WORD begins with. */
static size_t character_size(const char *word)
{
    size_t size = *word != '\0';

    while (((unsigned char)word[size] & 0xc0) == 0x80)
        size++;
    return size;
}

void alphabet_refuse(const struct alphabet *alphabet, const char *line,
                     size_t column, bool joined, struct text *out)
{
    enum { MOST_SHOWN = 20 };
    const char *word = line + column - 1;
    size_t size = joined ? character_size(word) : strcspn(word, " \t");

    text_add_format(out, "\"%.*s\" is no symbol; accepted%s:", (int)size, word,
                    joined ? "" : ", separated by spaces");
    for (size_t s = 0; s < alphabet->size && s < MOST_SHOWN; s++)
        text_add_format(out, " %s", alphabet->names[s]);
    if (alphabet->size > MOST_SHOWN)
        text_add_format(out, " and %zu more", alphabet->size - MOST_SHOWN);
}

const char *alphabet_advice(const struct alphabet *alphabet)
{
    return alphabet->size == 1 && strlen(alphabet->names[0]) >
                                      character_size(alphabet->names[0])
               ? "; the alphabet is one symbol: several are separated by spaces"
               : "";
}

void alphabet_print(const struct alphabet *alphabet, const uint16_t *symbols,
                    size_t length, struct text *out)
{
    for (size_t i = 0; i < length; i++) {
        if (i > 0)
            text_add(out, " ");
        text_add(out, alphabet->names[symbols[i]]);
    }
}

void strings_clear(struct strings *strings)
{
    free(strings->symbols);
    free(strings->offsets);
    *strings = (struct strings){ 0 };
}

/* Room for NEEDED objects of SIZE bytes, at least doubled when it grows. */
static void *reserve(void *block, size_t needed, size_t size, size_t *capacity)
{
    if (needed <= *capacity)
        return block;
    *capacity = needed < 2 * *capacity ? 2 * *capacity : needed;
    return memory_resize(block, *capacity, size);
}

void strings_add(struct strings *strings, const uint16_t *symbols,
                 size_t length)
{
    size_t end = strings->count > 0 ? strings->offsets[strings->count] : 0;

    strings->symbols = reserve(strings->symbols, end + length + 1,
                               sizeof *symbols, &strings->symbol_capacity);
    strings->offsets =
        reserve(strings->offsets, strings->count + 2, sizeof *strings->offsets,
                &strings->offset_capacity);
    if (strings->count == 0)
        strings->offsets[0] = 0;
    if (length > 0)
        memcpy(strings->symbols + end, symbols, length * sizeof *symbols);
    strings->offsets[++strings->count] = end + length;
}

bool strings_read(struct strings *strings, const struct alphabet *alphabet,
                  const char *line, size_t *column)
{
    static const char blank[] = " \t";
    uint16_t *symbols = memory_new(strlen(line) / 2 + 1, sizeof *symbols);
    const char *at = line + strspn(line, blank);
    size_t length = 0;
    bool ok = true;

    while (*at != '\0') {
        size_t n = strcspn(at, blank);
        long symbol = alphabet_find(alphabet, at, n);

        if (symbol < 0) {
            *column = (size_t)(at - line) + 1;
            ok = false;
            break;
        }
        symbols[length++] = (uint16_t)symbol;
        at += n;
        at += strspn(at, blank);
    }
    if (ok)
        strings_add(strings, symbols, length);
    free(symbols);
    return ok;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Numbers distinct keys 0, 1, 2... in the order they are added: states of a
 * construction, configurations, sets.  A key is any run of bytes; keys lie
 * one after another, so those of equal width form an array.
 */

#ifndef LANGUAGE_NUMBERING_H
#define LANGUAGE_NUMBERING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NUMBERING_NONE UINT32_MAX

/* An untouched zero is an empty one. */
struct numbering {
    unsigned char *bytes;
    size_t *offsets; /* count + 1 */
    uint32_t *slots; /* open addressing; number + 1, or 0 */
    size_t count, slot_count, byte_capacity, offset_capacity;
};

void numbering_clear(struct numbering *numbering);

/* The number of KEY, which is added if it is new; fewer than 2^32 - 1. */
uint32_t numbering_add(struct numbering *numbering, const void *key,
                       size_t length);

/* The number of KEY or NUMBERING_NONE. */
uint32_t numbering_find(const struct numbering *numbering, const void *key,
                        size_t length);

/* Valid until the next key is added. */
static inline const void *numbering_key(const struct numbering *numbering,
                                        uint32_t number)
{
    return numbering->bytes + numbering->offsets[number];
}

static inline size_t numbering_length(const struct numbering *numbering,
                                      uint32_t number)
{
    return numbering->offsets[number + 1] - numbering->offsets[number];
}

/* Bytes allocated. */
size_t numbering_size(const struct numbering *numbering);

#endif

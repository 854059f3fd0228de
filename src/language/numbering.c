/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/numbering.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"

void numbering_clear(struct numbering *numbering)
{
    free(numbering->bytes);
    free(numbering->offsets);
    free(numbering->slots);
    *numbering = (struct numbering){ 0 };
}

/* The slot that holds KEY, or the free one where it belongs. */
static size_t find_slot(const struct numbering *numbering, const void *key,
                        size_t length)
{
    size_t mask = numbering->slot_count - 1;
    size_t slot = checksum(key, length) & mask;

    for (; numbering->slots[slot] != 0; slot = (slot + 1) & mask) {
        uint32_t number = numbering->slots[slot] - 1;

        if (numbering_length(numbering, number) == length &&
            memcmp(numbering_key(numbering, number), key, length) == 0)
            break;
    }
    return slot;
}

uint32_t numbering_find(const struct numbering *numbering, const void *key,
                        size_t length)
{
    if (numbering->count == 0)
        return NUMBERING_NONE;
    return numbering->slots[find_slot(numbering, key, length)] - 1;
}

/* Twice the slots, at most half of them taken. */
static void grow_slots(struct numbering *numbering)
{
    size_t count = numbering->slot_count == 0 ? 16 : 2 * numbering->slot_count;

    free(numbering->slots);
    numbering->slots = memory_new(count, sizeof *numbering->slots);
    numbering->slot_count = count;
    for (uint32_t i = 0; i < numbering->count; i++) {
        size_t slot = find_slot(numbering, numbering_key(numbering, i),
                                numbering_length(numbering, i));

        numbering->slots[slot] = i + 1;
    }
}

static void append(struct numbering *numbering, const void *key, size_t length)
{
    size_t end =
        numbering->count == 0 ? 0 : numbering->offsets[numbering->count];

    if (end + length + 1 > numbering->byte_capacity) {
        numbering->byte_capacity = 2 * (end + length + 1);
        numbering->bytes =
            memory_resize(numbering->bytes, numbering->byte_capacity, 1);
    }
    if (numbering->count + 2 > numbering->offset_capacity) {
        numbering->offset_capacity = 2 * (numbering->count + 2);
        numbering->offsets =
            memory_resize(numbering->offsets, numbering->offset_capacity,
                          sizeof *numbering->offsets);
    }
    if (length > 0)
        memcpy(numbering->bytes + end, key, length);
    numbering->offsets[0] = 0;
    numbering->offsets[++numbering->count] = end + length;
}

uint32_t numbering_add(struct numbering *numbering, const void *key,
                       size_t length)
{
    size_t slot;

    assert(numbering->count < NUMBERING_NONE - 1);
    if (2 * (numbering->count + 1) > numbering->slot_count)
        grow_slots(numbering);
    slot = find_slot(numbering, key, length);
    if (numbering->slots[slot] == 0) {
        append(numbering, key, length);
        numbering->slots[slot] = (uint32_t)numbering->count;
    }
    return numbering->slots[slot] - 1;
}

size_t numbering_size(const struct numbering *numbering)
{
    return numbering->byte_capacity +
           numbering->offset_capacity * sizeof *numbering->offsets +
           numbering->slot_count * sizeof *numbering->slots;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "experiment/exposure.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "data/extent.h"

#define CHUNK 16384 /* streamed strings held at a time */

/* A string of a split, found by its checksum. */
struct entry {
    uint64_t key;
    const uint16_t *symbols;
    size_t length, split;
    bool seen;
};

static uint64_t key_of(const uint16_t *symbols, size_t length)
{
    return checksum(symbols, length * sizeof *symbols);
}

static int compare(const void *a, const void *b)
{
    uint64_t left = ((const struct entry *)a)->key;
    uint64_t right = ((const struct entry *)b)->key;

    return (left > right) - (left < right);
}

/* Every string of every split, sorted by key. */
static struct entry *list_entries(const struct examples *const *splits,
                                  size_t n_splits, size_t *count)
{
    struct entry *entries;
    size_t n = 0;

    for (size_t s = 0; s < n_splits; s++)
        n += splits[s]->strings.count;
    entries = memory_new(n + 1, sizeof *entries);
    *count = 0;
    for (size_t s = 0; s < n_splits; s++)
        for (size_t i = 0; i < splits[s]->strings.count; i++) {
            const uint16_t *symbols = strings_at(&splits[s]->strings, i);
            size_t length = strings_length(&splits[s]->strings, i);

            entries[(*count)++] = (struct entry){ key_of(symbols, length),
                                                  symbols, length, s, false };
        }
    qsort(entries, *count, sizeof *entries, compare);
    return entries;
}

/* The first entry whose key is not below KEY. */
static size_t find(const struct entry *entries, size_t count, uint64_t key)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (entries[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void mark(struct entry *entries, size_t count,
                 const struct strings *strings)
{
    for (size_t i = 0; i < strings->count; i++) {
        const uint16_t *symbols = strings_at(strings, i);
        size_t length = strings_length(strings, i);
        uint64_t key = key_of(symbols, length);

        for (size_t e = find(entries, count, key);
             e < count && entries[e].key == key; e++)
            entries[e].seen |= entries[e].length == length &&
                               memcmp(entries[e].symbols, symbols,
                                      length * sizeof *symbols) == 0;
    }
}

static void mark_stream(struct entry *entries, size_t count,
                        const struct dataset *dataset, size_t items)
{
    struct examples chunk = { 0 };

    for (size_t first = 0; first < items; first += CHUNK) {
        size_t size = items - first < CHUNK ? items - first : CHUNK;

        dataset_stream(dataset, first, size, &chunk);
        mark(entries, count, &chunk.strings);
        examples_clear(&chunk);
    }
}

void exposure_measure(const struct dataset *dataset, size_t batch, size_t steps,
                      const struct examples *const *splits, size_t count,
                      double *seen)
{
    size_t n;
    struct entry *entries = list_entries(splits, count, &n);

    if (dataset->train.strings.count > 0)
        mark(entries, n, &dataset->train.strings);
    else
        mark_stream(entries, n, dataset, batch * steps);
    memset(seen, 0, count * sizeof *seen);
    for (size_t e = 0; e < n; e++)
        seen[entries[e].split] += entries[e].seen;
    for (size_t s = 0; s < count; s++)
        seen[s] /= (double)splits[s]->strings.count; /* NaN without any */
    free(entries);
}

size_t exposure_bytes(const struct data_config *config, size_t n_symbols,
                      size_t strings)
{
    struct extent chunk = extent_of_draws(config, 0, CHUNK);
    size_t bytes = strings * sizeof(struct entry);

    if (config->train.count == 0)
        bytes +=
            examples_bytes(config, n_symbols, chunk) + drawing_bytes(chunk);
    return bytes;
}

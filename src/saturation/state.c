/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "saturation/state.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static uint64_t mix(uint64_t hash, uint64_t more)
{
    hash = (hash ^ more) * 0x9e3779b97f4a7c15u;
    hash ^= hash >> 32;
    hash *= 0xd6e8feb86659fd93u;
    return hash ^ hash >> 29;
}

static uint64_t hash_definition(const struct share *definition, size_t n)
{
    uint64_t hash = n;

    for (size_t i = 0; i < n; i++) {
        const struct state *state = definition[i].state;

        hash = mix(hash, state != NULL ? state->hash : 0);
        hash = mix(hash, definition[i].count);
    }
    return hash;
}

static void state_free(struct state *state)
{
    free(state->definition);
    free(state->queries);
    free(state->planes);
    free(state);
}

/* What malloc takes beside four blocks, one of them aligned to a line. */
#define BESIDE (4 * sizeof(size_t) + 64)

size_t state_bytes(size_t n, size_t n_heads, size_t planes)
{
    return sizeof(struct state) + n * sizeof(struct share) +
           3 * n_heads * sizeof(struct series) + planes * sizeof(double) +
           3 * sizeof(struct state *) + BESIDE;
}

void states_clear(struct states *states)
{
    for (size_t i = 0; i < states->capacity; i++)
        if (states->slots[i] != NULL)
            state_free(states->slots[i]);
    free(states->slots);
    *states = (struct states){ 0 };
}

/* Where the state of that definition is, or would be. */
static size_t slot_of(const struct states *states, uint64_t hash,
                      const struct share *definition, size_t n)
{
    size_t i = hash & (states->capacity - 1);

    for (;; i = (i + 1) & (states->capacity - 1)) {
        const struct state *state = states->slots[i];

        if (state == NULL || (state->hash == hash && state->n_shares == n &&
                              memcmp(state->definition, definition,
                                     n * sizeof(*definition)) == 0))
            return i;
    }
}

struct state *states_find(const struct states *states,
                          const struct share *definition, size_t n)
{
    if (states->count == 0)
        return NULL;
    return states
        ->slots[slot_of(states, hash_definition(definition, n), definition, n)];
}

static void grow(struct states *states)
{
    struct states old = *states;

    states->capacity = old.capacity == 0 ? 64 : 2 * old.capacity;
    states->slots = memory_new(states->capacity, sizeof(*states->slots));
    for (size_t i = 0; i < old.capacity; i++) {
        struct state *state = old.slots[i];

        if (state != NULL)
            states->slots[slot_of(states, state->hash, state->definition,
                                  state->n_shares)] = state;
    }
    free(old.slots);
}

struct state *states_add(struct states *states, const struct share *definition,
                         size_t n, size_t n_heads)
{
    struct state *state = memory_new(1, sizeof(*state));

    if (2 * states->count >= states->capacity)
        grow(states);
    state->hash = hash_definition(definition, n);
    state->n_shares = n;
    state->definition = memory_copy(definition, n * sizeof(*definition));
    state->queries = memory_new(3 * n_heads, sizeof(*state->queries));
    state->keys = state->queries + n_heads;
    state->values = state->keys + n_heads;
    states->slots[slot_of(states, state->hash, definition, n)] = state;
    states->count++;
    states->bytes += state_bytes(n, n_heads, 0);
    return state;
}

void states_fill(struct states *states, struct state *state, size_t count,
                 struct series *const *targets,
                 const struct series *const *sources)
{
    size_t size = 0;

    for (size_t i = 0; i < count; i++)
        size += series_size(sources[i]);
    state->planes = memory_new_aligned(size, sizeof(double));
    states->bytes += size * sizeof(double);
    size = 0;
    for (size_t i = 0; i < count; i++) {
        series_pack(sources[i], state->planes + size, targets[i]);
        size += series_size(sources[i]);
    }
}

void crowd_clear(struct crowd *crowd)
{
    free(crowd->items);
    *crowd = (struct crowd){ 0 };
}

/* The first item not before STATE. */
static size_t find(const struct crowd *crowd, const struct state *state)
{
    size_t low = 0, high = crowd->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (crowd->items[middle].state->hash < state->hash)
            low = middle + 1;
        else
            high = middle;
    }
    while (low < crowd->count && crowd->items[low].state != state &&
           crowd->items[low].state->hash == state->hash)
        low++;
    return low;
}

void crowd_add(struct crowd *crowd, const struct state *state)
{
    size_t i = find(crowd, state);

    if (i < crowd->count && crowd->items[i].state == state) {
        crowd->items[i].count++;
        return;
    }
    if (crowd->count == crowd->capacity) {
        crowd->capacity = crowd->capacity == 0 ? 32 : 2 * crowd->capacity;
        crowd->items =
            memory_resize(crowd->items, crowd->capacity, sizeof(*crowd->items));
    }
    memmove(crowd->items + i + 1, crowd->items + i,
            (crowd->count - i) * sizeof(*crowd->items));
    crowd->items[i] = (struct share){ state, 1 };
    crowd->count++;
}

void crowd_remove(struct crowd *crowd, const struct state *state)
{
    size_t i = find(crowd, state);

    assert(i < crowd->count && crowd->items[i].state == state);
    if (--crowd->items[i].count > 0)
        return;
    crowd->count--;
    memmove(crowd->items + i, crowd->items + i + 1,
            (crowd->count - i) * sizeof(*crowd->items));
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "model/types.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* What is looked at to see whether there are few types is not to cost more
 * than knowing them may save: no more possible types a token than this. */
#define POSSIBLE 4

static void list_type(struct types *types, uint32_t *number, struct type type)
{
    if (*number > 0)
        return;
    types->list[types->count++] = type;
    *number = (uint32_t)types->count;
}

static void list_string(struct types *types, const uint16_t *symbols,
                        size_t length)
{
    uint32_t *numbers = types->numbers;
    size_t step = types->placed ? types->n_tokens : 0;
    uint16_t begin = (uint16_t)(types->n_tokens - 1);

    list_type(types, numbers + begin, (struct type){ 0, begin });
    for (size_t t = 0; t < length; t++) {
        uint32_t place = types->placed ? (uint32_t)t + 1 : 0;

        numbers += step;
        list_type(types, numbers + symbols[t],
                  (struct type){ place, symbols[t] });
    }
}

static void make_room(struct types *types, size_t possible)
{
    types->count = 0;
    if (possible > types->room) {
        free(types->numbers);
        free(types->list);
        types->numbers = memory_new(possible, sizeof(*types->numbers));
        types->list = memory_new(possible, sizeof(*types->list));
        types->room = possible;
    }
    memset(types->numbers, 0, possible * sizeof(*types->numbers));
}

bool types_gather(struct types *types, const struct model_config *config,
                  size_t n_tokens, const struct batch *batch)
{
    const struct strings *strings = batch->strings;
    size_t tokens = 0, longest = 0, possible, most;

    if (position_needs_length(config->positions))
        return false;
    for (size_t i = 0; i < batch->count; i++) {
        size_t n = batch_tokens(batch, i);

        tokens += n;
        longest = n > longest ? n : longest;
    }
    types->n_tokens = n_tokens;
    types->placed = config->positions != POSITIONS_NONE;
    possible = (types->placed ? longest : 1) * n_tokens;
    if (possible > POSSIBLE * tokens)
        return false;
    make_room(types, possible);
    most = types->placed ? 1 + (longest - 1) * (n_tokens - 1) : n_tokens;
    for (size_t i = 0; i < batch->count && types->count < most; i++) {
        size_t string = batch_string(batch, i);

        list_string(types, strings_at(strings, string),
                    strings_length(strings, string));
    }
    return 2 * types->count <= tokens;
}

size_t types_expected(const struct model_config *config, size_t n_tokens,
                      struct extent batch)
{
    size_t places = config->positions != POSITIONS_NONE ? batch.longest + 1 : 1;
    double tokens = (double)extent_tokens(batch);
    double possible = (double)(places * n_tokens);
    double types = possible * -expm1(-tokens / possible);

    if (position_needs_length(config->positions) ||
        possible > POSSIBLE * tokens || 2 * types > tokens)
        return 0;
    return (size_t)ceil(types);
}

size_t types_bytes(size_t types)
{
    return types * (sizeof(struct type) + sizeof(uint32_t));
}

void types_clear(struct types *types)
{
    free(types->list);
    free(types->numbers);
    *types = (struct types){ 0 };
}

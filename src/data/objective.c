/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "data/objective.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "language/language.h"

const char *const objective_names[] = { [OBJECTIVE_MEMBERSHIP] = "membership",
                                        [OBJECTIVE_PREFIX_MEMBERSHIP] =
                                            "prefix-membership",
                                        [OBJECTIVE_NEXT_SET] = "next-set",
                                        [OBJECTIVE_NEXT_TOKEN] = "next-token",
                                        NULL };

bool objective_is_sequence(enum objective objective)
{
    return objective != OBJECTIVE_MEMBERSHIP;
}

static bool is_next(enum objective objective)
{
    return objective == OBJECTIVE_NEXT_SET || objective == OBJECTIVE_NEXT_TOKEN;
}

size_t objective_outputs(enum objective objective, size_t n_symbols)
{
    return is_next(objective) ? n_symbols + 1 : 1;
}

size_t objective_width(enum objective objective, size_t n_symbols)
{
    return objective == OBJECTIVE_NEXT_SET ? n_symbols / 8 + 1 : 1;
}

/* Strings whose targets one thread finds at a time: few where the language
 * is asked about every prefix, else more than a batch has. */
static size_t block_of(enum objective objective)
{
    return objective == OBJECTIVE_NEXT_SET ||
                   objective == OBJECTIVE_PREFIX_MEMBERSHIP
               ? 16
               : 256;
}

/* What the threads share. */
struct aim {
    enum objective objective;
    const struct language *language;
    const struct strings *strings;
    size_t n_symbols, width, block;
    uint8_t *targets;
    bool *failed; /* of each block */
};

/* The set of what may follow what CURSOR has read. */
static bool aim_at_set(const struct aim *aim, const struct cursor *cursor,
                       bool *allowed, uint8_t *target, struct error *error)
{
    bool end;

    if (!cursor_next(cursor, allowed, &end, error))
        return false;
    for (size_t k = 0; k <= aim->n_symbols; k++)
        if (k < aim->n_symbols ? allowed[k] : end)
            target[k / 8] = (uint8_t)(target[k / 8] | 1 << k % 8);
    return true;
}

/* The targets after every prefix, by one reading of the string. */
static bool aim_at_prefixes(const struct aim *aim, const uint16_t *symbols,
                            size_t n, bool *allowed, uint8_t *targets,
                            struct error *error)
{
    struct cursor *cursor = language_cursor(aim->language);
    bool ok = true;

    for (size_t t = 0; ok && t <= n; t++) {
        if (t > 0)
            cursor_read(cursor, symbols[t - 1]);
        if (aim->objective == OBJECTIVE_NEXT_SET)
            ok = aim_at_set(aim, cursor, allowed, targets + t * aim->width,
                            error);
        else
            targets[t * aim->width] = cursor_is_member(cursor);
    }
    cursor_free(cursor);
    return ok;
}

static bool aim_at_string(const struct aim *aim, size_t i, bool *allowed,
                          struct error *error)
{
    const uint16_t *symbols = strings_at(aim->strings, i);
    size_t n = strings_length(aim->strings, i), first;
    uint8_t *targets;

    if (!objective_is_sequence(aim->objective)) {
        aim->targets[i] = language_contains(aim->language, symbols, n);
        return true;
    }
    targets = aim->targets + tokens_before(aim->strings, i) * aim->width;
    if (aim->objective != OBJECTIVE_NEXT_TOKEN)
        return aim_at_prefixes(aim, symbols, n, allowed, targets, error);
    first = language_target(aim->language, symbols, n);
    for (size_t t = 0; t <= n; t++)
        targets[t] = t >= first;
    return true;
}

static void aim_at_block(void *context, size_t block, size_t thread)
{
    const struct aim *aim = context;
    bool *allowed = memory_new(aim->n_symbols, sizeof *allowed);
    struct error error = { 0 };
    size_t end = (block + 1) * aim->block;

    (void)thread;
    if (end > aim->strings->count)
        end = aim->strings->count;
    for (size_t i = block * aim->block; i < end && !aim->failed[block]; i++)
        aim->failed[block] = !aim_at_string(aim, i, allowed, &error);
    error_clear(&error);
    free(allowed);
}

/* What the first block that failed had to say. */
static bool complain(const struct aim *aim, size_t block, struct error *error)
{
    bool *allowed = memory_new(aim->n_symbols, sizeof *allowed);
    size_t i = block * aim->block;

    while (aim_at_string(aim, i, allowed, error))
        i++;
    free(allowed);
    return false;
}

uint8_t *objective_targets(enum objective objective,
                           const struct language *language,
                           const struct strings *strings, struct error *error)
{
    size_t count = strings->count, block = block_of(objective);
    size_t blocks = (count + block - 1) / block;
    size_t n_symbols = language_alphabet(language)->size;
    size_t width = objective_width(objective, n_symbols), size = count;
    struct aim aim = { .objective = objective,
                       .language = language,
                       .strings = strings,
                       .n_symbols = n_symbols,
                       .width = width,
                       .block = block };
    bool ok = true;

    if (objective_is_sequence(objective) && count > 0)
        size = tokens_before(strings, count);
    aim.targets = memory_new(size * width + 1, 1);
    aim.failed = memory_new(blocks + 1, sizeof *aim.failed);
    parallel_for(blocks, aim_at_block, &aim);
    for (size_t b = 0; ok && b < blocks; b++)
        ok = !aim.failed[b] || complain(&aim, b, error);
    free(aim.failed);
    if (ok)
        return aim.targets;
    free(aim.targets);
    return NULL;
}

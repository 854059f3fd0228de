/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "model/engine/transformer.h"

/* x += features of positions, through their map or as they are. */
static void features_forward(const struct weights *w, struct workspace *s,
                             real *x)
{
    if (w->position_map.weight != SIZE_MAX) {
        linear_forward(w, &w->position_map, s->n_rows, s->features, s->draw);
        add_reals(s->n_rows * w->d, s->draw, x);
        return;
    }
    for (size_t r = 0; r < s->n_rows; r++)
        add_reals(w->p, s->features + r * w->p, x + r * w->d);
}

void embed_forward(const struct weights *w, struct workspace *s, real *x)
{
    const real *token = w->block + w->homes[w->layout->token].offset;
    const real *position = NULL;

    if (w->config->positions == POSITIONS_LEARNED)
        position = w->block + w->homes[w->layout->position].offset;
    if (w->config->positions == POSITIONS_SINUSOIDAL &&
        !w->config->position_map)
        position = s->positions;
    for (size_t r = 0; r < s->n_rows; r++) {
        memcpy(x + r * w->d, token + s->tokens[r] * w->d, w->d * sizeof(real));
        if (position != NULL)
            add_reals(w->d, position + s->places[r] * w->d, x + r * w->d);
    }
    if (s->features != NULL)
        features_forward(w, s, x);
}

void embed_backward(const struct weights *w, const struct workspace *s,
                    const real *dx, real *gradient)
{
    real *token = gradient + w->homes[w->layout->token].offset;
    real *position = NULL;

    if (w->config->positions == POSITIONS_LEARNED)
        position = gradient + w->homes[w->layout->position].offset;
    for (size_t r = 0; r < s->n_rows; r++) {
        add_reals(w->d, dx + r * w->d, token + s->tokens[r] * w->d);
        if (position != NULL)
            add_reals(w->d, dx + r * w->d, position + s->places[r] * w->d);
    }
    if (w->position_map.weight != SIZE_MAX)
        linear_gradient(s, &w->position_map, s->n_rows, s->features, dx,
                        gradient);
}

/* ---------------------------------------------------------------- by type */

size_t types_width(const struct weights *w)
{
    return 4 * w->d;
}

void types_forward(const struct weights *w, struct workspace *s,
                   const struct types *types, size_t first, size_t count,
                   void *table)
{
    real *row = (real *)table + first * types_width(w);
    size_t d = w->d, size = d * sizeof(real), n;

    for (; count > 0; first += n, count -= n) {
        const struct activation *a;

        n = count < CHUNK_TOKENS ? count : CHUNK_TOKENS;
        workspace_load_types(w, s, types, first, n);
        a = &s->layers[0];
        embed_forward(w, s, a->attention.input);
        reads_forward(w, s, 0);
        for (size_t r = 0; r < n; r++, row += types_width(w)) {
            memcpy(row, a->attention.input + r * d, size);
            memcpy(row + d, a->query + r * d, size);
            memcpy(row + 2 * d, a->keys_values + 2 * r * d, 2 * size);
        }
    }
}

/* to = from, or to += from: D reals, whole vectors. */
INLINE void move_row(size_t d, bool add, const real *from, real *to)
{
    for (size_t i = 0; i < d; i += LANES) {
        vector v = vector_load(from + i);

        vector_store(to + i, add ? v + vector_load(to + i) : v);
    }
}

void types_spread(const struct weights *w, struct workspace *s)
{
    struct activation *a = &s->layers[0];
    bool narrow = narrows(w, s, 0);
    size_t d = w->d;

    for (size_t r = 0; r < s->n_rows; r++) {
        size_t type = types_find(s->types, s->places[r], s->tokens[r]);
        const real *row = s->table + type * types_width(w);

        s->types_of[r] = (uint32_t)type;
        move_row(2 * d, false, row + 2 * d, a->keys_values + 2 * r * d);
        if (narrow)
            continue;
        move_row(d, false, row, a->attention.input + r * d);
        move_row(d, false, row + d, a->query + r * d);
    }
    for (size_t i = 0; narrow && i < s->n_strings; i++) {
        const real *row = s->table + s->types_of[s->chosen[i]] * types_width(w);

        move_row(d, false, row, s->read_input + i * d);
        move_row(d, false, row + d, a->query + i * d);
    }
}

/* The row of a type that occurred. */
static real *sum_row(const struct weights *w, const struct type_sums *sums,
                     size_t type)
{
    return (real *)sums->block + (sums->rows[type] - 1) * types_width(w);
}

/* Adds derivatives of a token of TYPE to the SUMS of its shard; X and QUERY
 * are zero where they are NULL. */
INLINE void sum_token(const struct weights *w, struct type_sums *sums,
                      size_t type, const real *x, const real *query,
                      const real *keys_values)
{
    size_t d = w->d;
    bool known = sums->rows[type] > 0;
    real *row;

    if (!known)
        sums->rows[type] = (uint32_t)++sums->used;
    row = sum_row(w, sums, type);
    move_row(2 * d, known, keys_values, row + 2 * d);
    if (x != NULL) {
        move_row(d, known, x, row);
        move_row(d, known, query, row + d);
    } else if (!known) {
        memset(row, 0, 2 * d * sizeof(real));
    }
}

void types_gather_sums(const struct weights *w, struct workspace *s)
{
    bool narrow = narrows(w, s, 0);
    size_t d = w->d;

    for (size_t r = 0; r < s->n_rows; r++)
        sum_token(w, s->sums, s->types_of[r], narrow ? NULL : s->dx + r * d,
                  s->dquery + r * d, s->dkeys_values + 2 * r * d);
    for (size_t i = 0; narrow && i < s->n_strings; i++) {
        real *row = sum_row(w, s->sums, s->types_of[s->chosen[i]]);

        move_row(d, true, s->dx + i * d, row);
        move_row(d, true, s->dquery + i * d, row + d);
    }
}

/* Of the N shards' sums that of a type, to row R of the workspace. */
static void add_sums(const struct weights *w, struct workspace *s, size_t r,
                     size_t type, const struct type_sums *sums, size_t n)
{
    size_t d = w->d;
    bool known = false;

    for (size_t i = 0; i < n; i++) {
        const real *row;

        if (sums[i].rows[type] == 0)
            continue;
        row = sum_row(w, &sums[i], type);
        move_row(d, known, row, s->dx + r * d);
        move_row(d, known, row + d, s->dquery + r * d);
        move_row(2 * d, known, row + 2 * d, s->dkeys_values + 2 * r * d);
        known = true;
    }
}

void types_backward(const struct weights *w, struct workspace *s,
                    const struct types *types, size_t first, size_t count,
                    const struct type_sums *sums, size_t n_sums, void *gradient)
{
    size_t end = first + count, n;

    s->begins = true;
    do {
        n = end - first < CHUNK_TOKENS ? end - first : CHUNK_TOKENS;
        workspace_load_types(w, s, types, first, n);
        embed_forward(w, s, s->layers[0].attention.input);
        reads_open(w, s, 0);
        for (size_t r = 0; r < n; r++)
            add_sums(w, s, r, first + r, sums, n_sums);
        reads_backward(w, s, 0, gradient);
        embed_backward(w, s, s->dx, gradient);
        s->begins = false;
        first += n;
    } while (first < end);
}

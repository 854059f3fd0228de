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
    const struct activation *a = &s->layers[0];
    real *row = (real *)table + first * types_width(w);
    size_t d = w->d, size = d * sizeof(real), n;

    for (; count > 0; first += n, count -= n) {
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

void types_spread(const struct weights *w, struct workspace *s)
{
    struct activation *a = &s->layers[0];
    bool narrow = s->narrow && w->config->n_layers == 1;
    size_t d = w->d, size = d * sizeof(real);

    for (size_t r = 0; r < s->n_rows; r++) {
        size_t type = types_find(s->types, s->places[r], s->tokens[r]);
        const real *row = s->table + type * types_width(w);

        s->types_of[r] = (uint32_t)type;
        memcpy(a->keys_values + 2 * r * d, row + 2 * d, 2 * size);
        if (narrow)
            continue;
        memcpy(a->attention.input + r * d, row, size);
        memcpy(a->query + r * d, row + d, size);
    }
    for (size_t i = 0; narrow && i < s->n_strings; i++) {
        const real *row = s->table + s->types_of[s->chosen[i]] * types_width(w);

        memcpy(s->read_input + i * d, row, size);
        memcpy(a->query + i * d, row + d, size);
    }
}

/* The row of a type in the sums of a shard, zeros at first. */
static real *sum_row(const struct weights *w, struct type_sums *sums,
                     size_t type)
{
    real *row;

    if (sums->rows[type] > 0)
        return (real *)sums->block + (sums->rows[type] - 1) * types_width(w);
    row = (real *)sums->block + sums->used++ * types_width(w);
    sums->rows[type] = (uint32_t)sums->used;
    memset(row, 0, types_width(w) * sizeof(real));
    return row;
}

void types_gather_sums(const struct weights *w, struct workspace *s)
{
    bool narrow = s->narrow && w->config->n_layers == 1;
    size_t d = w->d;

    for (size_t r = 0; r < s->n_rows; r++) {
        real *row = sum_row(w, s->sums, s->types_of[r]);

        add_reals(2 * d, s->dkeys_values + 2 * r * d, row + 2 * d);
        if (narrow)
            continue;
        add_reals(d, s->dx + r * d, row);
        add_reals(d, s->dquery + r * d, row + d);
    }
    for (size_t i = 0; narrow && i < s->n_strings; i++) {
        real *row = sum_row(w, s->sums, s->types_of[s->chosen[i]]);

        add_reals(d, s->dx + i * d, row);
        add_reals(d, s->dquery + i * d, row + d);
    }
}

/* Of the N shards' sums that of a type, to row R of the workspace. */
static void add_sums(const struct weights *w, struct workspace *s, size_t r,
                     size_t type, const struct type_sums *sums, size_t n)
{
    size_t d = w->d;

    memset(s->dx + r * d, 0, d * sizeof(real));
    memset(s->dquery + r * d, 0, d * sizeof(real));
    memset(s->dkeys_values + 2 * r * d, 0, 2 * d * sizeof(real));
    for (size_t i = 0; i < n; i++) {
        const real *row = sums[i].block;

        if (sums[i].rows[type] == 0)
            continue;
        row += (sums[i].rows[type] - 1) * types_width(w);
        add_reals(d, row, s->dx + r * d);
        add_reals(d, row + d, s->dquery + r * d);
        add_reals(2 * d, row + 2 * d, s->dkeys_values + 2 * r * d);
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

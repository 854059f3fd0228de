/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/engine/transformer.h"

struct workspace *workspace_new(void)
{
    return memory_new(1, sizeof(struct workspace));
}

void workspace_free(struct workspace *s)
{
    if (s == NULL)
        return;
    free(s->block);
    free(s->layers);
    free(s->tokens);
    free(s->places);
    free(s->types_of);
    free(s->starts);
    free(s->chosen);
    free(s->positions);
    free(s);
}

/* Hands out parts of one block; a first round without block only measures. */
struct purse {
    real *block;
    size_t used;
};

/* COUNT reals on a cache line of their own, with room to read past them. */
static real *take(struct purse *purse, size_t count)
{
    real *taken = purse->block == NULL ? NULL : purse->block + purse->used;

    purse->used += padded(count) + 64 / sizeof(real);
    return taken;
}

/* Whether each token's features are written out: sinusoids that are added as
 * they are come from one table. */
static bool has_features(const struct weights *w)
{
    return w->p > 0 && (w->config->position_map ||
                        w->config->positions != POSITIONS_SINUSOIDAL);
}

static void take_branch(struct purse *purse, const struct weights *w,
                        size_t rows, struct branch *branch)
{
    int norm = w->config->norm;

    branch->input = take(purse, rows * w->d);
    branch->body = branch->input;
    if (norm == NORM_PRE)
        branch->body = take(purse, rows * w->d);
    if (norm == NORM_POST || norm == NORM_OUTPUT)
        branch->raw = take(purse, rows * w->d);
    branch->statistics = take(purse, rows * 2);
}

static void take_layer(struct purse *purse, const struct weights *w,
                       size_t rows, struct activation *layer)
{
    take_branch(purse, w, rows, &layer->attention);
    layer->query = take(purse, rows * w->d);
    layer->keys_values = take(purse, rows * 2 * w->d);
    layer->heads = take(purse, rows * w->d);
    layer->highest = take(purse, w->config->n_heads * rows);
    layer->share = take(purse, w->config->n_heads * rows);
    /* longer chunks have longer strings */
    layer->weights = take(purse, w->config->n_heads * CHUNK_TOKENS * KEPT_KEYS);
    take_branch(purse, w, rows, &layer->feedforward);
    layer->hidden = take(purse, rows * w->f);
}

static void take_scratch(struct purse *purse, const struct weights *w,
                         size_t longest, struct head_scratch *scratch)
{
    size_t size = padded(w->head);

    scratch->scores = take(purse, longest * LANES);
    scratch->signals = take(purse, longest * LANES);
    scratch->query = take(purse, size * LANES);
    scratch->signal = take(purse, size * LANES);
    scratch->result = take(purse, size * LANES);
    scratch->dk = take(purse, longest * size);
    scratch->dv = take(purse, longest * size);
}

static void take_all(struct purse *purse, const struct weights *w,
                     struct workspace *s)
{
    size_t rows = s->room;

    for (size_t l = 0; l < w->config->n_layers; l++)
        take_layer(purse, w, rows, &s->layers[l]);
    s->encoded = take(purse, rows * w->d);
    s->final = s->encoded;
    if (model_has_final_norm(w->config))
        s->final = take(purse, rows * w->d);
    s->final_statistics = take(purse, rows * 2);
    s->means = take(purse, rows * w->d);
    s->logits = take(purse, rows * w->o);
    s->read_input = take(purse, rows * w->d);
    s->read_body = take(purse, rows * w->d);
    take_scratch(purse, w, rows, &s->scratch);
    s->dx = take(purse, rows * w->d);
    s->draw = take(purse, rows * w->d);
    s->dbody = take(purse, rows * w->d);
    s->dheads = take(purse, rows * w->d);
    s->dquery = take(purse, rows * w->d);
    s->dkeys_values = take(purse, rows * 2 * w->d);
    s->dhidden = take(purse, rows * w->f);
    s->dread = take(purse, rows * w->d);
    s->lost = take(purse, 2 * w->d);
    if (has_features(w))
        s->features = take(purse, rows * w->p);
}

size_t workspace_bytes(const struct weights *w, size_t tokens)
{
    size_t rows = tokens < CHUNK_TOKENS ? CHUNK_TOKENS : tokens;
    struct workspace s = { .room = rows };
    struct purse purse = { 0 };
    size_t positions =
        w->config->positions == POSITIONS_SINUSOIDAL ? tokens * w->d : 0;

    s.layers = memory_new(w->config->n_layers, sizeof(*s.layers));
    take_all(&purse, w, &s);
    free(s.layers);
    return (purse.used + positions) * sizeof(real) +
           rows * (sizeof(*s.tokens) + sizeof(*s.places) + sizeof(*s.types_of) +
                   sizeof(*s.starts) + sizeof(*s.chosen));
}

/* Grows to ROWS tokens, in any number of strings of any length. */
static void make_room(const struct weights *w, struct workspace *s, size_t rows)
{
    struct purse purse = { 0 };

    if (rows < CHUNK_TOKENS)
        rows = CHUNK_TOKENS;
    if (rows <= s->room)
        return;
    s->room = rows;
    if (s->layers == NULL)
        s->layers = memory_new(w->config->n_layers, sizeof(*s->layers));
    free(s->block);
    take_all(&purse, w, s);
    purse.block = s->block = memory_new_aligned(purse.used, sizeof(real));
    purse.used = 0;
    take_all(&purse, w, s);
    s->tokens = memory_resize(s->tokens, rows, sizeof(*s->tokens));
    s->places = memory_resize(s->places, rows, sizeof(*s->places));
    s->types_of = memory_resize(s->types_of, rows, sizeof(*s->types_of));
    s->starts = memory_resize(s->starts, rows + 1, sizeof(*s->starts));
    s->chosen = memory_resize(s->chosen, rows, sizeof(*s->chosen));
}

static void make_positions(const struct weights *w, struct workspace *s,
                           size_t longest)
{
    size_t d = w->config->d_model;

    if (longest <= s->n_positions)
        return;
    s->positions = memory_resize(s->positions, longest * w->d, sizeof(real));
    for (size_t t = s->n_positions; t < longest; t++)
        for (size_t i = 0; i < w->d; i++)
            s->positions[t * w->d + i] =
                i < d ? (real)position_feature(POSITIONS_SINUSOIDAL, d, t, 0, i)
                      : 0;
    s->n_positions = longest;
}

/* Of row R, in a string of N tokens. */
static void write_features(const struct weights *w, struct workspace *s,
                           size_t r, size_t n)
{
    int positions = w->config->positions;
    size_t d = w->config->d_model, count = position_features(positions, d);
    size_t t = s->places[r];
    real *row = s->features + r * w->p;

    memset(row, 0, w->p * sizeof(real));
    for (size_t f = 0; f < count; f++)
        row[f] = positions == POSITIONS_SINUSOIDAL
                     ? s->positions[t * w->d + f]
                     : (real)position_feature(positions, d, t, n, f);
}

void workspace_load(const struct weights *w, struct workspace *s,
                    const struct batch *batch, size_t first, size_t count,
                    bool every)
{
    const struct strings *strings = batch->strings;
    size_t rows = 0;

    s->longest = 0;
    for (size_t i = 0; i < count; i++) {
        size_t n = batch_tokens(batch, first + i);

        rows += n;
        s->longest = n > s->longest ? n : s->longest;
    }
    assert(w->config->positions != POSITIONS_LEARNED ||
           s->longest <= w->config->max_length + 1);
    make_room(w, s, rows);
    if (w->config->positions == POSITIONS_SINUSOIDAL)
        make_positions(w, s, s->longest);
    s->n_rows = rows;
    s->n_strings = count;
    s->mean = !every && w->config->readout == READOUT_MEAN;
    s->narrow = !every && !s->mean;
    s->n_read = s->narrow ? count : rows;
    s->n_logits = every ? rows : count;
    rows = 0;
    for (size_t i = 0; i < count; i++) {
        size_t string = batch_string(batch, first + i);
        size_t length = strings_length(strings, string);
        const uint16_t *symbols = strings_at(strings, string);

        s->starts[i] = rows;
        s->tokens[rows++] = (uint16_t)(w->layout->n_tokens - 1);
        for (size_t t = 0; t < length; t++)
            s->tokens[rows++] = symbols[t];
        s->chosen[i] =
            w->config->readout == READOUT_BEGIN ? s->starts[i] : rows - 1;
    }
    s->starts[count] = rows;
    for (size_t i = 0; i < count; i++)
        for (size_t r = s->starts[i]; r < s->starts[i + 1]; r++) {
            s->places[r] = (uint32_t)(r - s->starts[i]);
            if (has_features(w))
                write_features(w, s, r, s->starts[i + 1] - s->starts[i]);
        }
}

void workspace_load_types(const struct weights *w, struct workspace *s,
                          const struct types *types, size_t first, size_t count)
{
    const struct type *list = types->list + first;
    size_t longest = 0;

    for (size_t r = 0; r < count; r++)
        longest = list[r].place >= longest ? list[r].place + 1 : longest;
    make_room(w, s, count);
    if (w->config->positions == POSITIONS_SINUSOIDAL)
        make_positions(w, s, longest);
    s->n_rows = count;
    s->n_strings = 0;
    s->narrow = false;
    for (size_t r = 0; r < count; r++) {
        s->tokens[r] = list[r].token;
        s->places[r] = list[r].place;
        if (has_features(w)) /* of types these do not need the length */
            write_features(w, s, r, longest);
    }
}

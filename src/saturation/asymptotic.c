/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "saturation/asymptotic.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "saturation/attention.h"
#include "saturation/parameters.h"

/* Lists as long as the longest string seen. */
struct lists {
    size_t capacity;
    size_t *chosen, *counts;
    struct ball *scores;
    struct scalar *weights;
    const struct series **keys, **values;
    struct share *definition;
};

/* One thread's own. */
struct worker {
    struct arithmetic arithmetic;
    struct states *levels;      /* [n_layers + 1] */
    struct crowd *crowds;       /* [n_layers], visible at each level */
    struct crowd hidden_crowd;  /* under the mask `zero` */
    const struct state **trail; /* [n_layers + 1][capacity], by position */
    size_t *tokens;             /* [capacity] */
    size_t length, capacity;
    size_t bytes, largest; /* of the states before the last string; most that
                              a string has added */
    size_t topped;     /* leading tokens whose top states stand in the trail */
    struct state mean; /* of the top states of a string */
    size_t total;      /* tokens of the string being read */
    struct series *stream, *branch, *spare; /* names move between these */
    struct series room[3], centred, hidden, head, logit, features;
    struct series nothing;    /* a key that scores zero */
    struct series *projected; /* [3 n_heads] */
    struct lists lists;
    bool flagged, rounding; /* of the state being computed */
};

struct asymptotic {
    struct parameters *parameters;
    struct arithmetic arithmetic;
    struct worker **workers;
    size_t n_workers;
};

static struct asymptotic *create(const struct network *network, double c,
                                 struct arithmetic arithmetic)
{
    struct asymptotic *a = memory_new(1, sizeof(*a));

    a->parameters = parameters_new(network, c);
    a->arithmetic = arithmetic;
    if (arithmetic.degree == 0)
        a->arithmetic.epsilon = a->parameters->epsilon;
    return a;
}

struct asymptotic *asymptotic_limit(const struct network *network,
                                    size_t orders)
{
    return create(network, 1,
                  (struct arithmetic){ .orders = orders, .degree = 1 });
}

struct asymptotic *asymptotic_scaled(const struct network *network, double c)
{
    return create(
        network, c,
        (struct arithmetic){ .orders = 1, .error = c == 1 ? 0 : PLANE_UNIT });
}

static struct worker *worker_new(const struct asymptotic *a)
{
    const struct parameters *p = a->parameters;
    struct worker *w = memory_new(1, sizeof(*w));
    size_t orders = a->arithmetic.orders, head = p->d_model / p->n_heads;
    size_t widest = p->d_model;

    w->arithmetic = a->arithmetic;
    widest = p->d_ff > widest ? p->d_ff : widest;
    widest = p->n_features > widest ? p->n_features : widest;
    arithmetic_init(&w->arithmetic, widest);
    w->levels = memory_new(p->n_layers + 1, sizeof(*w->levels));
    w->crowds = memory_new(p->n_layers, sizeof(*w->crowds));
    for (size_t i = 0; i < 3; i++)
        series_init(&w->room[i], p->d_model, orders);
    w->stream = &w->room[0];
    w->branch = &w->room[1];
    w->spare = &w->room[2];
    series_init(&w->centred, p->d_model, orders);
    series_init(&w->hidden, p->d_ff, orders);
    series_init(&w->head, head, orders);
    series_init(&w->nothing, head, orders);
    series_init(&w->features, p->n_features, orders);
    series_init(&w->logit, p->classifier.matrix.outputs, orders);
    series_init(&w->mean.output, p->d_model, orders);
    w->projected = memory_new(3 * p->n_heads, sizeof(*w->projected));
    for (size_t i = 0; i < 3 * p->n_heads; i++)
        series_init(&w->projected[i], head, orders);
    return w;
}

static void lists_clear(struct lists *lists)
{
    free(lists->chosen);
    free(lists->counts);
    free(lists->scores);
    free(lists->weights);
    free(lists->keys);
    free(lists->values);
    free(lists->definition);
}

static void worker_free(struct worker *w, const struct parameters *p)
{
    for (size_t l = 0; l <= p->n_layers; l++)
        states_clear(&w->levels[l]);
    for (size_t l = 0; l < p->n_layers; l++)
        crowd_clear(&w->crowds[l]);
    crowd_clear(&w->hidden_crowd);
    for (size_t i = 0; i < 3; i++)
        series_clear(&w->room[i]);
    for (size_t i = 0; i < 3 * p->n_heads; i++)
        series_clear(&w->projected[i]);
    series_clear(&w->centred);
    series_clear(&w->hidden);
    series_clear(&w->head);
    series_clear(&w->nothing);
    series_clear(&w->features);
    series_clear(&w->logit);
    series_clear(&w->mean.output);
    arithmetic_clear(&w->arithmetic);
    lists_clear(&w->lists);
    free(w->projected);
    free(w->levels);
    free(w->crowds);
    free(w->trail);
    free(w->tokens);
    free(w);
}

void asymptotic_free(struct asymptotic *a)
{
    if (a == NULL)
        return;
    for (size_t i = 0; i < a->n_workers; i++)
        worker_free(a->workers[i], a->parameters);
    free(a->workers);
    parameters_free(a->parameters);
    free(a);
}

void asymptotic_prepare(struct asymptotic *a)
{
    size_t threads = parallel_threads();

    if (threads <= a->n_workers)
        return;
    a->workers = memory_resize(a->workers, threads, sizeof(*a->workers));
    while (a->n_workers < threads)
        a->workers[a->n_workers++] = worker_new(a);
}

static void swap(struct series **a, struct series **b)
{
    struct series *c = *a;

    *a = *b;
    *b = c;
}

/* *x = LN(*x). */
static void normalise(struct worker *w, const struct affine *affine,
                      struct series **x)
{
    if (!series_normalise(&w->arithmetic, affine, *x, &w->centred, w->spare) &&
        w->arithmetic.degree != 0)
        w->flagged = true;
    swap(x, &w->spare);
}

/* Adds the branch f into the residual stream, with the norms around it. */
static void add_branch(struct worker *w, const struct placement *placement,
                       const struct affine *affine)
{
    if (placement->branch)
        normalise(w, affine, &w->branch);
    series_add(w->arithmetic.orders, w->branch, w->stream);
    if (placement->sum)
        normalise(w, affine, &w->stream);
}

/* branch = what a sublayer reads of the stream. */
static void read_stream(struct worker *w, const struct placement *placement,
                        const struct affine *affine)
{
    series_copy(w->stream, w->branch);
    if (placement->before)
        normalise(w, affine, &w->branch);
}

/* Lists the keys and values of one head, whose shares stand at SHARE, with
 * a key of zero, so that any query scores zero, where they are HIDDEN.
 * Returns what follows. */
static const struct share *list_shares(struct worker *w,
                                       const struct share *share, size_t h,
                                       bool hidden, struct view *view)
{
    struct lists *lists = &w->lists;

    for (; share->state != NULL; share++) {
        lists->keys[view->n] = hidden ? &w->nothing : &share->state->keys[h];
        lists->values[view->n] = &share->state->values[h];
        lists->counts[view->n++] = share->count;
        w->flagged = w->flagged || share->state->flagged;
        w->rounding = w->rounding || share->state->rounding;
    }
    return share + 1;
}

/* w->head = the mixture of values; zero where the head sees nothing. */
static void mix(struct worker *w, const struct view *view)
{
    struct lists *lists = &w->lists;
    struct doubt doubt;
    size_t origin;

    series_zero(&w->head);
    if (view->n == 0)
        return;
    doubt = attention_weigh(&w->arithmetic, view, lists->weights, &origin);
    w->flagged = w->flagged || doubt.flagged;
    w->rounding = w->rounding || doubt.rounding;
    series_mix(&w->arithmetic, view->n, lists->values, lists->weights, origin,
               &w->head);
}

/* branch = the heads' mixtures of values, mapped to the stream.  The shares
 * of head after head stand in the definition from *SHARE on. */
static void attend(struct worker *w, const struct parameters *p, size_t level,
                   const struct state *own, const struct share *shares)
{
    const struct layer_parameters *layer = &p->layers[level];
    const struct share *share = shares;

    series_zero(w->branch);
    for (size_t h = 0; h < p->n_heads; h++) {
        struct view view = { &own->queries[h], 0, w->lists.keys,
                             w->lists.counts, p->score_scale };

        if (w->arithmetic.degree == 0)
            share = shares;
        share = list_shares(w, share, h, false, &view);
        if (p->mask == MASK_ZERO)
            share = list_shares(w, share, h, true, &view);
        mix(w, &view);
        series_linear(&w->arithmetic, &layer->output[h], &w->head, w->spare);
        series_add(w->arithmetic.orders, w->spare, w->branch);
    }
}

/* branch = down ReLU(up branch), or tanh. */
static void feed_forward(struct worker *w, const struct parameters *p,
                         const struct layer_parameters *layer)
{
    series_linear(&w->arithmetic, &layer->up, w->branch, &w->hidden);
    if (p->activation == ACTIVATION_TANH
            ? !series_saturate(&w->arithmetic, &w->hidden)
            : !series_rectify(&w->hidden))
        w->flagged = true;
    series_linear(&w->arithmetic, &layer->down, &w->hidden, w->branch);
}

/* Adds the state whose stream is computed: with what the next layer asks of
 * it, or with the encoder's output. */
static struct state *add_state(struct worker *w, const struct parameters *p,
                               size_t level, const struct share *definition,
                               size_t n)
{
    struct states *states = &w->levels[level];
    struct state *state = states_add(states, definition, n, p->n_heads);
    size_t count = 3 * p->n_heads + 1;
    struct series **targets = memory_new(count, sizeof(*targets));
    const struct series **sources = memory_new(count, sizeof(*sources));

    if (level == p->n_layers) {
        count = 1;
        if (p->last_norm)
            normalise(w, &p->final_norm, &w->stream);
        targets[0] = &state->output;
    } else {
        const struct layer_parameters *layer = &p->layers[level];
        const struct linear *maps[] = { layer->query, layer->key,
                                        layer->value };

        read_stream(w, p->placement, &layer->attention_norm);
        for (size_t i = 0; i < 3 * p->n_heads; i++) {
            series_linear(&w->arithmetic, &maps[i / p->n_heads][i % p->n_heads],
                          w->branch, &w->projected[i]);
            targets[i + 1] = &state->queries[i];
            sources[i + 1] = &w->projected[i];
        }
        targets[0] = &state->stream;
    }
    sources[0] = w->stream;
    states_fill(states, state, count, targets, sources);
    state->flagged = w->flagged;
    state->rounding = w->rounding;
    free(targets);
    free(sources);
    return state;
}

/* x += the features of a position, of degree 0.  Sinusoids are taken for
 * what they are computed as; i/n and its square are within a rounding. */
static void add_features(struct worker *w, const struct parameters *p,
                         size_t position, struct series *x)
{
    double *term = w->arithmetic.scratch;
    double error = position_needs_length(p->positions) ? PLANE_UNIT : 0;

    memset(term, 0, x->stride * sizeof(double));
    for (size_t i = 0; i < p->n_features; i++)
        term[i] =
            position_feature(p->positions, p->d_model, position, w->total, i);
    series_add_term(w->arithmetic.orders, 0, term, error, x);
}

static void embed(struct worker *w, const struct parameters *p, size_t token,
                  size_t position)
{
    const struct arithmetic *arithmetic = &w->arithmetic;
    size_t stride = w->stream->stride;

    assert(token < p->n_tokens);
    series_zero(w->stream);
    series_add_term(arithmetic->orders, arithmetic->degree,
                    p->token + token * stride, arithmetic->error, w->stream);
    if (p->positions == POSITIONS_LEARNED) {
        assert(position < p->n_positions);
        series_add_term(arithmetic->orders, arithmetic->degree,
                        p->position + position * stride, arithmetic->error,
                        w->stream);
    }
    if (p->n_features == 0)
        return;
    if (p->position_map.matrix.weights == NULL) {
        add_features(w, p, position, w->stream);
        return;
    }
    series_zero(&w->features);
    add_features(w, p, position, &w->features);
    series_linear(arithmetic, &p->position_map, &w->features, w->spare);
    series_add(arithmetic->orders, w->spare, w->stream);
}

static const struct state *first_state(struct worker *w,
                                       const struct parameters *p, size_t token,
                                       size_t position)
{
    struct share definition[] = {
        { NULL, 0 }, { NULL, token }, { NULL, position }, { NULL, w->total }
    };
    size_t n = position_needs_length(p->positions) ? 4 : 3;
    struct state *state;

    if (p->positions == POSITIONS_NONE)
        definition[2].count = 0;
    if (p->positions == POSITIONS_SIGN)
        definition[2].count = position % 2;
    state = states_find(&w->levels[0], definition, n);
    if (state != NULL)
        return state;
    w->flagged = w->rounding = false;
    embed(w, p, token, position);
    return add_state(w, p, 0, definition, n);
}

static size_t common_divisor(size_t a, size_t b)
{
    while (b != 0) {
        size_t c = a % b;

        a = b;
        b = c;
    }
    return a;
}

/* What a token sees at a level, and under the mask `zero` what is hidden
 * from it and weighs nevertheless; elsewhere HIDDEN is NULL. */
struct scene {
    const struct crowd *seen, *hidden;
};

/* Adds those of CROWD from FIRST on in the list of chosen, until END. */
static size_t add_chosen(const struct lists *lists, const struct crowd *crowd,
                         size_t first, size_t end, size_t skipped,
                         struct share *shares)
{
    size_t n = 0;

    for (size_t i = first; i < end; i++)
        shares[n++] = crowd->items[lists->chosen[i] - skipped];
    shares[n] = (struct share){ NULL, 0 };
    return n + 1;
}

/* The argmax set of one head, or with no VIEW everything there is. */
static size_t add_shares(struct worker *w, const struct scene *scene,
                         const struct view *view, struct share *shares)
{
    struct lists *lists = &w->lists;
    size_t seen = scene->seen->count, divisor = 0, count, first = 0, n;
    size_t all = seen + (scene->hidden != NULL ? scene->hidden->count : 0);

    for (size_t i = 0; view == NULL && i < all; i++)
        lists->chosen[i] = i;
    count = view == NULL ? all
                         : attention_argmax(view, lists->scores, lists->chosen);
    while (first < count && lists->chosen[first] < seen)
        first++;
    n = add_chosen(lists, scene->seen, 0, first, 0, shares);
    if (scene->hidden != NULL)
        n += add_chosen(lists, scene->hidden, first, count, seen, shares + n);
    for (size_t i = 0; i < n; i++)
        divisor = common_divisor(shares[i].count, divisor);
    for (size_t i = 0; divisor > 1 && i < n; i++)
        shares[i].count /= divisor;
    return n;
}

/* Into w->lists.definition; returns its length. */
static size_t define(struct worker *w, const struct parameters *p,
                     const struct state *own, const struct scene *scene)
{
    struct lists *lists = &w->lists;
    struct share *definition = lists->definition;
    size_t n = 1;

    definition[0] = (struct share){ own, 0 };
    if (w->arithmetic.degree == 0)
        return n + add_shares(w, scene, NULL, definition + n);
    for (size_t h = 0; h < p->n_heads; h++) {
        struct view view = { &own->queries[h], scene->seen->count, lists->keys,
                             NULL, p->score_scale };

        for (size_t i = 0; i < view.n; i++)
            lists->keys[i] = &scene->seen->items[i].state->keys[h];
        for (size_t i = 0; scene->hidden != NULL && i < scene->hidden->count;
             i++)
            lists->keys[view.n++] = &w->nothing;
        n += add_shares(w, scene, &view, definition + n);
    }
    return n;
}

/* What OWN becomes in the layer above LEVEL when it sees SCENE. */
static const struct state *advance(struct worker *w, const struct parameters *p,
                                   size_t level, const struct state *own,
                                   const struct scene *scene)
{
    const struct layer_parameters *layer = &p->layers[level];
    size_t n = define(w, p, own, scene);
    struct state *state =
        states_find(&w->levels[level + 1], w->lists.definition, n);

    if (state != NULL)
        return state;
    w->flagged = own->flagged;
    w->rounding = own->rounding;
    series_copy(&own->stream, w->stream);
    attend(w, p, level, own, w->lists.definition + 1);
    add_branch(w, p->placement, &layer->attention_norm);
    read_stream(w, p->placement, &layer->feedforward_norm);
    feed_forward(w, p, layer);
    add_branch(w, p->placement, &layer->feedforward_norm);
    return add_state(w, p, level + 1, w->lists.definition, n);
}

static void lists_grow(struct lists *lists, size_t capacity, size_t n_heads)
{
    lists_clear(lists);
    lists->capacity = capacity;
    lists->chosen = memory_new(capacity, sizeof(*lists->chosen));
    lists->counts = memory_new(capacity, sizeof(*lists->counts));
    lists->scores = memory_new(capacity, sizeof(*lists->scores));
    lists->weights = memory_new(capacity, sizeof(*lists->weights));
    lists->keys = memory_new(capacity, sizeof(*lists->keys));
    lists->values = memory_new(capacity, sizeof(*lists->values));
    lists->definition =
        memory_new(1 + n_heads * (capacity + 2), sizeof(*lists->definition));
}

/* Forgets the string before, but not the states. */
static void drop_prefix(struct worker *w, const struct parameters *p)
{
    for (size_t l = 0; l < p->n_layers; l++)
        w->crowds[l].count = 0;
    w->length = w->topped = 0;
}

static void forget(struct worker *w, const struct parameters *p)
{
    for (size_t l = 0; l <= p->n_layers; l++)
        states_clear(&w->levels[l]);
    w->bytes = 0;
    drop_prefix(w, p);
}

void asymptotic_forget(struct asymptotic *a)
{
    for (size_t i = 0; i < a->n_workers; i++)
        forget(a->workers[i], a->parameters);
}

static size_t count_bytes(const struct worker *w, const struct parameters *p)
{
    size_t bytes = 0;

    for (size_t l = 0; l <= p->n_layers; l++)
        bytes += w->levels[l].bytes;
    return bytes;
}

/* Room for LENGTH tokens; forgets what was read where that must be. */
static void make_room(struct worker *w, const struct parameters *p,
                      size_t length)
{
    size_t bytes = count_bytes(w, p);

    if (bytes - w->bytes > w->largest)
        w->largest = bytes - w->bytes;
    w->bytes = bytes;
    if (bytes + w->largest > STATES_MOST || length > w->capacity)
        forget(w, p);
    if (length <= w->capacity)
        return;
    w->capacity = length + length / 2;
    w->trail = memory_resize(w->trail, (p->n_layers + 1) * w->capacity,
                             sizeof(*w->trail));
    w->tokens = memory_resize(w->tokens, w->capacity, sizeof(*w->tokens));
    lists_grow(&w->lists, w->capacity, p->n_heads);
}

static const struct state **trail_at(const struct worker *w, size_t level,
                                     size_t position)
{
    return &w->trail[level * w->capacity + position];
}

/* How many tokens before the one pushed last are in the crowds with it: under
 * the strict mask it is not there itself. */
static size_t lag(const struct parameters *p)
{
    return p->mask == MASK_STRICT ? 1 : 0;
}

static void pop(struct worker *w, const struct parameters *p)
{
    size_t newest = w->length-- - 1;

    for (size_t l = 0; newest >= lag(p) && l < p->n_layers; l++)
        crowd_remove(&w->crowds[l], *trail_at(w, l, newest - lag(p)));
}

/* Under the causal mask a token's states are final when it is read; the top
 * one is left to whoever asks for it. */
static void push(struct worker *w, const struct parameters *p, size_t token)
{
    size_t at = w->length++;

    w->tokens[at] = token;
    *trail_at(w, 0, at) = first_state(w, p, token, at);
    for (size_t l = 0; l < p->n_layers; l++) {
        if (at >= lag(p))
            crowd_add(&w->crowds[l], *trail_at(w, l, at - lag(p)));
        if (l + 1 < p->n_layers)
            *trail_at(w, l + 1, at) =
                advance(w, p, l, *trail_at(w, l, at),
                        &(struct scene){ .seen = &w->crowds[l] });
    }
}

/* The top state of the token pushed last. */
static const struct state *top(struct worker *w, const struct parameters *p)
{
    size_t at = w->length - 1, l = p->n_layers;

    if (l > 0)
        *trail_at(w, l, at) =
            advance(w, p, l - 1, *trail_at(w, l - 1, at),
                    &(struct scene){ .seen = &w->crowds[l - 1] });
    return *trail_at(w, l, at);
}

static size_t token_at(const struct parameters *p, const uint16_t *symbols,
                       size_t position)
{
    return position == 0 ? p->n_tokens - 1 : symbols[position - 1];
}

static void read_causal(struct worker *w, const struct parameters *p,
                        const uint16_t *symbols, size_t n, bool every)
{
    size_t shared = 0, kept = every ? w->topped : w->length;

    while (shared < n && shared < kept &&
           w->tokens[shared] == token_at(p, symbols, shared))
        shared++;
    while (w->length > shared)
        pop(w, p);
    if (w->topped > shared)
        w->topped = shared;
    while (w->length < n) {
        push(w, p, token_at(p, symbols, w->length));
        if (every || w->length == n)
            top(w, p);
        w->topped += every;
    }
    top(w, p);
}

/* Without a mask every token sees the whole string: level after level. */
static void read_full(struct worker *w, const struct parameters *p,
                      const uint16_t *symbols, size_t n, bool every)
{
    for (size_t i = 0; i < n; i++)
        *trail_at(w, 0, i) = first_state(w, p, token_at(p, symbols, i), i);
    for (size_t l = 0; l < p->n_layers; l++) {
        size_t first = l + 1 < p->n_layers || every ? 0 : n - 1;

        w->crowds[l].count = 0;
        for (size_t i = 0; i < n; i++)
            crowd_add(&w->crowds[l], *trail_at(w, l, i));
        for (size_t i = first; i < n; i++)
            *trail_at(w, l + 1, i) =
                advance(w, p, l, *trail_at(w, l, i),
                        &(struct scene){ .seen = &w->crowds[l] });
    }
}

/* Under the mask `zero` too, but what comes after a token is hidden. */
static void read_zero(struct worker *w, const struct parameters *p,
                      const uint16_t *symbols, size_t n, bool every)
{
    struct scene scene = { .hidden = &w->hidden_crowd };

    for (size_t i = 0; i < n; i++)
        *trail_at(w, 0, i) = first_state(w, p, token_at(p, symbols, i), i);
    for (size_t l = 0; l < p->n_layers; l++) {
        size_t first = l + 1 < p->n_layers || every ? 0 : n - 1;

        scene.seen = &w->crowds[l];
        w->crowds[l].count = w->hidden_crowd.count = 0;
        for (size_t i = 0; i < n; i++)
            crowd_add(i < first ? &w->crowds[l] : &w->hidden_crowd,
                      *trail_at(w, l, i));
        for (size_t i = first; i < n; i++) {
            crowd_add(&w->crowds[l], *trail_at(w, l, i));
            crowd_remove(&w->hidden_crowd, *trail_at(w, l, i));
            *trail_at(w, l + 1, i) =
                advance(w, p, l, *trail_at(w, l, i), &scene);
        }
    }
}

static void (*const readers[])(struct worker *w, const struct parameters *p,
                               const uint16_t *symbols, size_t n,
                               bool every) = { [MASK_CAUSAL] = read_causal,
                                               [MASK_FULL] = read_full,
                                               [MASK_STRICT] = read_causal,
                                               [MASK_ZERO] = read_zero };

static struct worker *read(struct asymptotic *a, size_t thread,
                           const uint16_t *symbols, size_t length, bool every)
{
    struct worker *w;

    assert(thread < a->n_workers);
    w = a->workers[thread];
    make_room(w, a->parameters, length + 1);
    if (w->total != length + 1 &&
        position_needs_length(a->parameters->positions))
        drop_prefix(w, a->parameters);
    w->total = length + 1;
    readers[a->parameters->mask](w, a->parameters, symbols, length + 1, every);
    return w;
}

/* The mean of the top states of N tokens. */
static const struct state *mean_of(struct worker *w, const struct parameters *p,
                                   size_t n)
{
    struct lists *lists = &w->lists;
    struct scalar share = { .known = 1, .exact = true };

    share.planes[0] = (struct ball){ 1 / (double)n, PLANE_UNIT / (double)n };
    w->mean.flagged = w->mean.rounding = false;
    for (size_t t = 0; t < n; t++) {
        const struct state *state = *trail_at(w, p->n_layers, t);

        lists->values[t] = &state->output;
        lists->weights[t] = share;
        w->mean.flagged = w->mean.flagged || state->flagged;
        w->mean.rounding = w->mean.rounding || state->rounding;
    }
    series_mix(&w->arithmetic, n, lists->values, lists->weights, 0,
               &w->mean.output);
    return &w->mean;
}

const struct state *asymptotic_read(struct asymptotic *a, size_t thread,
                                    const uint16_t *symbols, size_t length)
{
    const struct parameters *p = a->parameters;
    bool one = p->readout == READOUT_LAST;
    struct worker *w = read(a, thread, symbols, length, !one);

    if (p->readout == READOUT_MEAN)
        return mean_of(w, p, length + 1);
    return *trail_at(w, p->n_layers, one ? length : 0);
}

void asymptotic_read_all(struct asymptotic *a, size_t thread,
                         const uint16_t *symbols, size_t length,
                         const struct state **states)
{
    struct worker *w = read(a, thread, symbols, length, true);

    memcpy(states, trail_at(w, a->parameters->n_layers, 0),
           (length + 1) * sizeof(*states));
}

void asymptotic_trace(struct asymptotic *a, size_t thread,
                      const uint16_t *symbols, size_t length,
                      const struct state **states)
{
    struct worker *w = read(a, thread, symbols, length, true);

    for (size_t l = 0; l <= a->parameters->n_layers; l++)
        memcpy(states + l * (length + 1), trail_at(w, l, 0),
               (length + 1) * sizeof(*states));
}

void asymptotic_classify(struct asymptotic *a, size_t thread,
                         const struct state *state, bool leading,
                         struct scalar *logits)
{
    struct worker *w = a->workers[thread];
    struct arithmetic arithmetic = w->arithmetic;
    struct series output = state->output;

    if (leading) {
        int first = series_leading(&output);

        arithmetic.orders = 1;
        arithmetic.degree = 0;
        output.planes +=
            (first < 0 ? 0 : (size_t)first) * plane_size(output.stride);
        output.live = first < 0 ? 0 : 1;
        output.known = output.live;
        output.top = 0;
        output.exact = true;
    }
    series_linear(&arithmetic, &a->parameters->classifier, &output, &w->logit);
    for (size_t i = 0; i < w->logit.width; i++) {
        logits[i] = (struct scalar){ .top = w->logit.top,
                                     .known = w->logit.known,
                                     .exact = w->logit.exact };
        for (size_t k = 0; k < w->logit.known; k++) {
            const double *plane = series_plane(&w->logit, k);

            if (plane != NULL)
                logits[i].planes[k] = plane_ball(w->logit.stride, plane, i);
        }
    }
}

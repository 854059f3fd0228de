/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/density.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "language/cycles.h"

#define MOST_STEPS   2e8 /* along arcs, of the iteration */
#define PRECISION    1e-13
#define MOST_STATES  1024 /* that are eliminated */
#define MOST_PERIODS 64

/* ------------------------------------------------------------------ parts */

/* The strongly connected parts of an automaton. */
struct parts {
    const struct automaton *automaton;
    uint32_t *of; /* [states] */
    size_t count;
};

static void parts_init(struct parts *parts, const struct automaton *automaton)
{
    size_t n = automaton->states;
    size_t *offsets = memory_new(n + 1, sizeof *offsets);

    for (size_t q = 0; q < n; q++)
        offsets[q + 1] = offsets[q] + automaton->symbols;
    parts->automaton = automaton;
    parts->of = memory_new(n, sizeof *parts->of);
    parts->count = cycles_find(n, offsets, automaton->next, parts->of);
    free(offsets);
}

static uint32_t step(const struct parts *parts, size_t q, size_t s)
{
    return automaton_step(parts->automaton, (uint32_t)q, s);
}

/* ----------------------------------------------------------------- growth */

/* STATES, part by part; those of part k are FIRST[k] .. FIRST[k + 1] - 1. */
static void sort_states(const struct parts *parts, size_t *first,
                        uint32_t *states)
{
    size_t n = parts->automaton->states;

    memset(first, 0, (parts->count + 2) * sizeof *first);
    for (size_t q = 0; q < n; q++)
        first[parts->of[q] + 2]++;
    for (size_t k = 1; k <= parts->count; k++)
        first[k + 1] += first[k];
    for (uint32_t q = 0; q < n; q++)
        states[first[parts->of[q] + 1]++] = q;
}

/* Y = (A + 1) X over the states of one part; 1 makes it aperiodic. */
static void multiply(const struct parts *parts, const uint32_t *states,
                     size_t count, const double *x, double *y)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t q = states[i];

        y[q] = x[q];
        for (size_t s = 0; s < parts->automaton->symbols; s++) {
            uint32_t to = step(parts, q, s);

            if (parts->of[to] == parts->of[q])
                y[q] += x[to];
        }
    }
}

static struct interval enclose(const uint32_t *states, size_t count,
                               const double *x, const double *y)
{
    struct interval bounds = { INFINITY, 0 };

    for (size_t i = 0; i < count; i++) {
        double ratio = y[states[i]] / x[states[i]] - 1;

        bounds.low = fmin(bounds.low, ratio);
        bounds.high = fmax(bounds.high, ratio);
    }
    return bounds;
}

static struct interval part_growth(const struct parts *parts,
                                   const uint32_t *states, size_t count,
                                   double *x, double *y)
{
    double steps = 0, cost = (double)(count * parts->automaton->symbols);
    struct interval bounds;

    for (size_t i = 0; i < count; i++)
        x[states[i]] = 1;
    do {
        double most = 0;

        multiply(parts, states, count, x, y);
        bounds = enclose(states, count, x, y);
        for (size_t i = 0; i < count; i++)
            most = fmax(most, y[states[i]]);
        for (size_t i = 0; i < count; i++)
            x[states[i]] = y[states[i]] / most;
        steps += cost;
    } while (bounds.high - bounds.low > PRECISION * bounds.high &&
             steps < MOST_STEPS);
    return bounds;
}

struct interval density_growth(const struct automaton *automaton)
{
    size_t n = automaton->states;
    double *x = memory_new(n, sizeof *x), *y = memory_new(n, sizeof *y);
    uint32_t *states = memory_new(n, sizeof *states);
    bool *live = memory_new(n, sizeof *live);
    struct interval bounds = { 0, 0 };
    struct parts parts;
    size_t *first;

    parts_init(&parts, automaton);
    first = memory_new(parts.count + 2, sizeof *first);
    sort_states(&parts, first, states);
    automaton_find_live(automaton, live);
    for (size_t k = 0; k < parts.count; k++) {
        const uint32_t *own = states + first[k];
        struct interval growth;

        if (!live[*own])
            continue;
        growth = part_growth(&parts, own, first[k + 1] - first[k], x, y);
        bounds.low = fmax(bounds.low, growth.low);
        bounds.high = fmax(bounds.high, growth.high);
    }
    free(x);
    free(y);
    free(states);
    free(live);
    free(first);
    free(parts.of);
    return bounds;
}

/* ------------------------------------------------------------------ limit */

static size_t gcd(size_t a, size_t b)
{
    while (b != 0) {
        size_t r = a % b;

        a = b;
        b = r;
    }
    return a;
}

/* CLOSED[part]: does nothing leave it? */
static void find_closed(const struct parts *parts, bool *closed)
{
    memset(closed, true, parts->count);
    for (size_t q = 0; q < parts->automaton->states; q++)
        for (size_t s = 0; s < parts->automaton->symbols; s++)
            if (parts->of[step(parts, q, s)] != parts->of[q])
                closed[parts->of[q]] = false;
}

/* The greatest common divisor of the lengths of cycles in the part of ROOT. */
static size_t find_period(const struct parts *parts, uint32_t root,
                          size_t *depth, uint32_t *queue)
{
    size_t count = 0, period = 0;

    depth[root] = 1;
    queue[count++] = root;
    for (size_t i = 0; i < count; i++)
        for (size_t s = 0; s < parts->automaton->symbols; s++) {
            uint32_t q = queue[i], to = step(parts, q, s);

            if (depth[to] == 0) {
                depth[to] = depth[q] + 1;
                queue[count++] = to;
            } else {
                size_t a = depth[q] + 1, b = depth[to];

                period = gcd(period, a > b ? a - b : b - a);
            }
        }
    return period;
}

/* The common period of the closed parts in which only some states accept; 0
 * where it is too large. */
static size_t find_periods(const struct parts *parts, const bool *closed)
{
    const struct automaton *automaton = parts->automaton;
    size_t n = automaton->states, all = 1;
    size_t *depth = memory_new(n, sizeof *depth);
    uint32_t *queue = memory_new(n, sizeof *queue);
    bool(*has)[2] = memory_new(parts->count, sizeof *has);

    for (size_t q = 0; q < n; q++)
        has[parts->of[q]][automaton->accept[q]] = true;
    for (uint32_t q = 0; all > 0 && q < n; q++) {
        uint32_t part = parts->of[q];
        size_t period;

        if (!closed[part] || !has[part][0] || !has[part][1] || depth[q] > 0)
            continue;
        period = find_period(parts, q, depth, queue);
        all *= period / gcd(all, period);
        if (all > MOST_PERIODS)
            all = 0;
    }
    free(depth);
    free(queue);
    free(has);
    return all;
}

/* A walk along states and lengths modulo the period. */
struct chain {
    size_t count;
    double *p;    /* [count][count] */
    bool *closed; /* in a part that nothing leaves */
    uint32_t *part;
};

static double *row(const struct chain *chain, size_t i)
{
    return chain->p + i * chain->count;
}

/* State q at length r modulo PERIOD is q * PERIOD + r. */
static void chain_init(struct chain *chain, const struct automaton *automaton,
                       size_t period)
{
    size_t n = automaton->states * period, symbols = automaton->symbols;
    struct automaton walk;
    struct parts parts;
    bool *closed;

    automaton_init(&walk, n, symbols);
    chain->count = n;
    chain->p = memory_new(n * n, sizeof *chain->p);
    chain->closed = memory_new(n, sizeof *chain->closed);
    for (size_t i = 0; i < n; i++)
        for (size_t s = 0; s < symbols; s++) {
            uint32_t to = automaton_step(automaton, (uint32_t)(i / period), s);

            to = to * (uint32_t)period + (uint32_t)((i + 1) % period);
            walk.next[i * symbols + s] = to;
            row(chain, i)[to] += 1 / (double)symbols;
        }
    parts_init(&parts, &walk);
    closed = memory_new(parts.count, sizeof *closed);
    find_closed(&parts, closed);
    for (size_t i = 0; i < n; i++)
        chain->closed[i] = closed[parts.of[i]];
    chain->part = parts.of;
    free(closed);
    automaton_clear(&walk);
}

static void chain_clear(struct chain *chain)
{
    free(chain->p);
    free(chain->closed);
    free(chain->part);
}

/* Walks go past state K: GONE are those left out before. */
static void eliminate(struct chain *chain, size_t k, const bool *gone)
{
    double out = 0;

    for (size_t j = 0; j < chain->count; j++)
        if (j != k && !gone[j])
            out += row(chain, k)[j];
    for (size_t i = 0; out > 0 && i < chain->count; i++) {
        double through = i == k || gone[i] ? 0 : row(chain, i)[k] / out;

        for (size_t j = 0; through > 0 && j < chain->count; j++)
            if (j != k && !gone[j])
                row(chain, i)[j] += through * row(chain, k)[j];
    }
}

/* ENTERED[i]: how likely a walk from START comes first to state i of those in
 * closed parts. */
static void find_entries(struct chain *chain, size_t start, double *entered)
{
    size_t n = chain->count;
    bool *gone = memory_new(n, sizeof *gone);
    double out = 0;

    if (chain->closed[start]) {
        entered[start] = 1;
        free(gone);
        return;
    }
    for (size_t k = 0; k < n; k++)
        if (!chain->closed[k] && k != start) {
            eliminate(chain, k, gone);
            gone[k] = true;
        }
    for (size_t j = 0; j < n; j++)
        if (chain->closed[j])
            out += row(chain, start)[j];
    for (size_t j = 0; j < n; j++)
        if (chain->closed[j])
            entered[j] = row(chain, start)[j] / out;
    free(gone);
}

/* The stationary distribution over the COUNT states of a closed part, in
 * SHARE by state: the last are left out first, and come back in turn. */
static void find_stationary(const struct chain *chain, const uint32_t *states,
                            size_t count, double *share)
{
    double *p = memory_new(count * count, sizeof *p), sum = 1;

    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++)
            p[i * count + j] = row(chain, states[i])[states[j]];
    for (size_t k = count; k-- > 1;) {
        double out = 0;

        for (size_t j = 0; j < k; j++)
            out += p[k * count + j];
        for (size_t i = 0; i < k; i++) {
            p[i * count + k] /= out;
            for (size_t j = 0; j < k; j++)
                p[i * count + j] += p[i * count + k] * p[k * count + j];
        }
    }
    share[states[0]] = 1;
    for (size_t k = 1; k < count; k++) {
        share[states[k]] = 0;
        for (size_t i = 0; i < k; i++)
            share[states[k]] += share[states[i]] * p[i * count + k];
        sum += share[states[k]];
    }
    for (size_t k = 0; k < count; k++)
        share[states[k]] /= sum;
    free(p);
}

/* ENTERED is spread over the closed parts as walks are in the long run. */
static void settle(const struct chain *chain, double *entered)
{
    size_t n = chain->count;
    uint32_t *states = memory_new(n, sizeof *states);
    double *share = memory_new(n, sizeof *share);
    bool *done = memory_new(n, sizeof *done);

    for (size_t i = 0; i < n; i++) {
        size_t count = 0;
        double sum = 0;

        if (!chain->closed[i] || done[i])
            continue;
        for (uint32_t j = 0; j < n; j++)
            if (chain->part[j] == chain->part[i]) {
                states[count++] = j;
                sum += entered[j];
                done[j] = true;
            }
        find_stationary(chain, states, count, share);
        for (size_t k = 0; k < count; k++)
            entered[states[k]] = sum * share[states[k]];
    }
    free(states);
    free(share);
    free(done);
}

static void find_shares(const struct automaton *automaton,
                        struct density_limit *out)
{
    struct chain chain;
    double *share;

    chain_init(&chain, automaton, out->period);
    share = memory_new(chain.count, sizeof *share);
    find_entries(&chain, automaton->start * out->period, share);
    settle(&chain, share);
    for (size_t i = 0; i < chain.count; i++)
        if (automaton->accept[i / out->period])
            out->share[i % out->period] += (double)out->period * share[i];
    free(share);
    chain_clear(&chain);
}

/* Does no closed part accept (or, ALL, does every one of their states)? */
static bool is_plain(const struct parts *parts, const bool *closed, bool all)
{
    for (size_t q = 0; q < parts->automaton->states; q++)
        if (closed[parts->of[q]] && parts->automaton->accept[q] != all)
            return false;
    return true;
}

bool density_limit(const struct automaton *automaton, struct density_limit *out)
{
    struct parts parts;
    bool *closed, ok = true;

    *out = (struct density_limit){ .period = 1 };
    parts_init(&parts, automaton);
    closed = memory_new(parts.count, sizeof *closed);
    find_closed(&parts, closed);
    if (is_plain(&parts, closed, true)) {
        out->share[0] = 1;
    } else if (!is_plain(&parts, closed, false)) {
        out->period = find_periods(&parts, closed);
        ok = out->period > 0 && out->period <= DENSITY_MOST_PERIOD &&
             automaton->states * out->period <= MOST_STATES;
        if (ok)
            find_shares(automaton, out);
    }
    free(closed);
    free(parts.of);
    return ok;
}

/* -------------------------------------------------------------- measuring */

/* The length with strings that is nearest to N from below; 0 if none is. */
static size_t find_length(const double *logs, size_t n)
{
    while (n > 0 && isinf(logs[n]))
        n--;
    return n;
}

double density_fit_growth(const double *logs, size_t longest)
{
    double slope[3], x[3], y[3], det, a, d;
    size_t n[4];

    for (size_t i = 0; i < 4; i++) {
        n[i] = find_length(logs, longest >> i);
        if (n[i] == 0 || (i > 0 && n[i] == n[i - 1]))
            return NAN;
    }
    /* slope = log g + a x + d y between neighbours */
    for (size_t i = 0; i < 3; i++) {
        double above = (double)n[i], below = (double)n[i + 1];

        slope[i] = (logs[n[i]] - logs[n[i + 1]]) / (above - below);
        x[i] = log(above / below) / (above - below);
        y[i] = (1 / above - 1 / below) / (above - below);
    }
    det = (x[0] - x[1]) * (y[1] - y[2]) - (x[1] - x[2]) * (y[0] - y[1]);
    a = ((slope[0] - slope[1]) * (y[1] - y[2]) -
         (slope[1] - slope[2]) * (y[0] - y[1])) /
        det;
    d = ((x[0] - x[1]) * (slope[1] - slope[2]) -
         (x[1] - x[2]) * (slope[0] - slope[1])) /
        det;
    return exp(slope[0] - a * x[0] - d * y[0]);
}

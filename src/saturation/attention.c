/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "saturation/attention.h"

#include <float.h>
#include <limits.h>
#include <math.h>

/* Above this a score difference says nothing about the weights. */
static const double uncertain = 1e-3;

static bool score(const struct view *view, size_t i, int degree,
                  struct ball *out)
{
    bool known = series_dot(view->query, view->keys[i], degree, out);

    *out = ball_scale(*out, view->scale);
    return known;
}

static int top_degree(const struct view *view)
{
    int top = INT_MIN;

    if (view->query->known == 0)
        return 0;
    for (size_t i = 0; i < view->n; i++)
        if (view->keys[i]->known > 0 && view->keys[i]->top > top)
            top = view->keys[i]->top;
    return top == INT_MIN ? 0 : top + view->query->top;
}

static bool below(struct ball a, struct ball most)
{
    return most.value - a.value > (a.bound + most.bound) * PLANE_SLACK;
}

/* Keeps those of CHOSEN that are maximal at DEGREE; false if one of them is
 * unknown there. */
static bool compare(const struct view *view, int degree, struct ball *room,
                    size_t *chosen, size_t *n)
{
    struct ball most = { 0, 0 };
    size_t kept = 0;

    for (size_t i = 0; i < *n; i++) {
        if (!score(view, chosen[i], degree, &room[i]))
            return false;
        if (i == 0 || room[i].value > most.value)
            most = room[i];
    }
    for (size_t i = 0; i < *n; i++)
        if (!below(room[i], most))
            chosen[kept++] = chosen[i];
    *n = kept;
    return true;
}

size_t attention_argmax(const struct view *view, struct ball *room,
                        size_t *chosen)
{
    size_t n = view->n;

    for (size_t i = 0; i < n; i++)
        chosen[i] = i;
    for (int degree = top_degree(view); degree > 0 && n > 1; degree--)
        if (!compare(view, degree, room, chosen, &n))
            break;
    return n;
}

/* The scores from degree 0 down into WEIGHTS. */
static void find_scores(const struct arithmetic *arithmetic,
                        const struct view *view, struct scalar *weights)
{
    size_t orders = arithmetic->orders;

    for (size_t i = 0; i < view->n; i++) {
        struct scalar *s = &weights[i];
        int floor = series_dot_floor(view->query, view->keys[i]);

        s->top = 0;
        s->exact = floor == INT_MIN;
        s->known = orders;
        if (!s->exact && floor > 1 - (int)orders)
            s->known = floor > 0 ? 0 : (size_t)(1 - floor);
        for (size_t k = 0; k < s->known; k++)
            score(view, i, -(int)k, &s->planes[k]);
    }
}

static size_t find_origin(size_t n, const struct scalar *weights)
{
    size_t origin = 0;

    for (size_t i = 1; i < n; i++)
        if (weights[i].planes[0].value > weights[origin].planes[0].value)
            origin = i;
    return origin;
}

/* Measures plane K of the scores from that of ORIGIN. */
static void subtract(bool ordinary, size_t n, size_t k, size_t origin,
                     struct scalar *weights)
{
    struct ball from = weights[origin].planes[k];

    for (size_t i = 0; i < n; i++) {
        struct ball *s = &weights[i].planes[k];
        struct ball difference = ball_subtract(*s, from);

        /* at degree 0 the error of the origin is counted with the origin */
        if (k == 0)
            s->bound += PLANE_UNIT * fabs(difference.value);
        else
            s->bound = i == origin ? 0 : difference.bound;
        s->value = difference.value;
        if (!ordinary && !ball_beyond(difference))
            s->value = 0;
    }
}

static bool find_doubt(size_t n, size_t origin, const struct scalar *weights)
{
    for (size_t i = 0; i < n; i++) {
        double bound =
            weights[i].planes[0].bound + weights[origin].planes[0].bound;

        if (i != origin && !(fabs(weights[i].planes[0].value) > bound) &&
            !(bound <= uncertain))
            return true;
    }
    return false;
}

/*
 * Scores that may be off by more than 1.  Key i, whose score is d[i] < 0 from
 * that of the origin, weighs at most t[i] = exp(d[i] + its bound + that of the
 * origin) against it.  Bounds of scores become t, to be used below.
 */
static double find_ratios(const struct view *view, size_t origin,
                          struct scalar *weights)
{
    struct ball from = weights[origin].planes[0];
    double total = 0;

    for (size_t i = 0; i < view->n; i++) {
        struct ball *s = &weights[i].planes[0];
        double count = (double)view->counts[i] / (double)view->counts[origin];

        if (i == origin)
            continue;
        s->bound = count * exp(s->value + s->bound + from.bound);
        total += s->bound = s->bound < 1 ? s->bound : 1;
    }
    return fmin(total, 1);
}

static void find_coarse_losses(size_t n, size_t origin, double total,
                               struct scalar *weights)
{
    for (size_t i = 0; i < n; i++) {
        struct ball *w = &weights[i].planes[0];

        if (i == origin)
            w->bound = fmax(1 - w->value, w->value - 1 + total);
        else
            w->bound = fmax(w->value, w->bound - w->value);
        w->bound += 4 * (double)n * PLANE_UNIT;
    }
}

/* exp(bound), from above, for bounds up to 1. */
static double stretch(double bound)
{
    return 1 + bound + bound * bound;
}

/*
 * Scores off by at most 1.  Score i off by bound[i] puts weight i between
 * w / (w + R h) and its like with h inverted, where R is the weight of the
 * others stretched by their own bounds and h the stretch of i.
 */
static void find_losses(size_t n, struct scalar *weights)
{
    double high = 0, low = 0;

    for (size_t i = 0; i < n; i++) {
        struct ball w = weights[i].planes[0];

        high += w.value * stretch(w.bound);
        low += w.value / stretch(w.bound);
    }
    for (size_t i = 0; i < n; i++) {
        struct ball *w = &weights[i].planes[0];
        double h = stretch(w->bound), rest = 1 - w->value;
        double rounding = (2 * h * h * h * (double)n + 32) * PLANE_UNIT;
        double lighter = fmax(low - w->value / h, 0);
        double heavier = fmax(high - w->value * h, 0);
        double loss = fmax((rest * h - lighter) / (w->value * h + lighter),
                           (heavier - rest / h) / (w->value / h + heavier));

        w->bound = w->value * (fmax(loss, 0) + rounding) + 8 * DBL_MIN;
    }
}

/* Plane 0 from scores, as differences to the origin, to weights. */
static void softmax(const struct view *view, size_t origin,
                    struct scalar *weights)
{
    double total = 0, loosest = 0, ratios = 0;

    for (size_t i = 0; i < view->n; i++)
        if (!(weights[i].planes[0].bound <= loosest))
            loosest = weights[i].planes[0].bound;
    if (!(loosest <= 1))
        ratios = find_ratios(view, origin, weights);
    for (size_t i = 0; i < view->n; i++) {
        struct ball *w = &weights[i].planes[0];

        w->value = (double)view->counts[i] * exp(w->value);
        total += w->value;
    }
    for (size_t i = 0; i < view->n; i++)
        weights[i].planes[0].value /= total;
    if (!(loosest <= 1))
        find_coarse_losses(view->n, origin, ratios, weights);
    else
        find_losses(view->n, weights);
}

/* Weights times exp(tail), normalised; all planes below 0 are tails. */
static void apply_tails(size_t orders, size_t n, size_t known, bool exact,
                        struct scalar *weights)
{
    struct scalar total = { .top = 0, .known = known, .exact = exact };
    struct scalar tail, share;

    for (size_t i = 0; i < n; i++) {
        struct ball weight = weights[i].planes[0];

        scalar_exp_tail(orders, &weights[i], &tail);
        scalar_add_product(weight, &tail, &total);
        weights[i] = tail;
        weights[i].planes[0] = weight;
    }
    total.planes[0] = (struct ball){ 1, 0 };
    scalar_reciprocal(orders, &total, &share);
    for (size_t i = 0; i < n; i++) {
        struct ball weight = weights[i].planes[0];

        weights[i].planes[0] = (struct ball){ 1, 0 };
        scalar_multiply(orders, &weights[i], &share, &tail);
        for (size_t k = 0; k < tail.known; k++)
            tail.planes[k] = ball_multiply(tail.planes[k], weight);
        weights[i] = tail;
    }
}

struct doubt attention_weigh(const struct arithmetic *arithmetic,
                             const struct view *view, struct scalar *weights,
                             size_t *origin)
{
    bool ordinary = arithmetic->degree == 0, exact = true, tails = false;
    struct doubt doubt = { false, false };
    size_t known = arithmetic->orders;

    *origin = 0;
    if (view->n == 1) {
        weights[0] = (struct scalar){ .known = 1, .exact = true };
        weights[0].planes[0].value = 1;
        return doubt;
    }
    find_scores(arithmetic, view, weights);
    for (size_t i = 0; i < view->n; i++) {
        known = weights[i].known < known ? weights[i].known : known;
        exact = exact && weights[i].exact;
    }
    if (known == 0) {
        doubt.flagged = true;
        known = 1;
        for (size_t i = 0; i < view->n; i++)
            weights[i].planes[0] = (struct ball){ 0, 0 };
    }
    *origin = find_origin(view->n, weights);
    for (size_t k = 0; k < known; k++)
        subtract(ordinary, view->n, k, *origin, weights);
    for (size_t i = 0; i < view->n; i++) {
        weights[i].known = known;
        weights[i].exact = exact;
        for (size_t k = 1; k < known; k++)
            tails = tails || !ball_vanishes(weights[i].planes[k]);
    }
    if (ordinary)
        doubt.rounding = find_doubt(view->n, *origin, weights);
    softmax(view, *origin, weights);
    if (tails)
        apply_tails(arithmetic->orders, view->n, known, exact, weights);
    else if (exact)
        for (size_t i = 0; i < view->n; i++)
            weights[i].known = 1;
    return doubt;
}

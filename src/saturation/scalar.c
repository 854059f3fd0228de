/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "saturation/scalar.h"

#include <assert.h>
#include <math.h>

static const struct ball nothing = { 0, 0 };

bool ball_beyond(struct ball a)
{
    return !isfinite(a.value) || !(fabs(a.value) <= a.bound * PLANE_SLACK);
}

bool ball_vanishes(struct ball a)
{
    return a.value == 0 && a.bound == 0;
}

static struct ball add(struct ball a, struct ball b)
{
    double value = a.value + b.value;

    return (struct ball){ value, a.bound + b.bound + PLANE_UNIT * fabs(value) };
}

struct ball ball_subtract(struct ball a, struct ball b)
{
    return add(a, (struct ball){ -b.value, b.bound });
}

struct ball ball_multiply(struct ball a, struct ball b)
{
    double value = a.value * b.value;

    return (struct ball){ value, fabs(a.value) * b.bound +
                                     a.bound * (fabs(b.value) + b.bound) +
                                     PLANE_UNIT * fabs(value) };
}

struct ball ball_scale(struct ball a, double factor)
{
    double value = a.value * factor;

    return (struct ball){ value, a.bound * fabs(factor) +
                                     3 * PLANE_UNIT * fabs(value) };
}

bool scalar_single(const struct scalar *a)
{
    if (!a->exact)
        return false;
    for (size_t k = 1; k < a->known; k++)
        if (!ball_vanishes(a->planes[k]))
            return false;
    return true;
}

/* The coefficient of plane K, zero beyond those of an exact series. */
static struct ball plane(const struct scalar *a, size_t k)
{
    return k < a->known ? a->planes[k] : nothing;
}

static size_t least_known(size_t orders, const struct scalar *a)
{
    return a->exact || a->known > orders ? orders : a->known;
}

/* The degree below which A is not known, or what it has stored. */
static int lowest(const struct scalar *a)
{
    return a->top - (int)a->known + 1;
}

static struct ball coefficient(const struct scalar *a, int degree)
{
    return degree > a->top || degree < lowest(a) ? nothing
                                                 : a->planes[a->top - degree];
}

void scalar_subtract(size_t orders, const struct scalar *a,
                     const struct scalar *b, struct scalar *out)
{
    static const struct scalar zero = { .known = 1, .exact = true };
    int low;

    if (a->known == 0)
        a = &zero;
    if (b->known == 0)
        b = &zero;
    if (a->exact == b->exact)
        low = (lowest(a) < lowest(b)) == a->exact ? lowest(a) : lowest(b);
    else
        low = a->exact ? lowest(b) : lowest(a);
    out->top = a->top > b->top ? a->top : b->top;
    out->exact = a->exact && b->exact;
    out->known = (size_t)(out->top - low + 1);
    if (out->known > orders) {
        out->known = orders;
        out->exact = false;
    }
    for (size_t k = 0; k < out->known; k++)
        out->planes[k] = ball_subtract(coefficient(a, out->top - (int)k),
                                       coefficient(b, out->top - (int)k));
}

void scalar_multiply(size_t orders, const struct scalar *a,
                     const struct scalar *b, struct scalar *out)
{
    size_t full = a->known + b->known - 1;

    out->top = a->top + b->top;
    out->exact = a->exact && b->exact && full <= orders;
    out->known = least_known(least_known(orders, a), b);
    if (out->exact)
        out->known = full;
    for (size_t k = 0; k < out->known; k++) {
        out->planes[k] = nothing;
        for (size_t j = 0; j <= k; j++)
            out->planes[k] = add(out->planes[k],
                                 ball_multiply(plane(a, j), plane(b, k - j)));
    }
}

void scalar_add_product(struct ball factor, const struct scalar *a,
                        struct scalar *out)
{
    size_t known;

    assert(a->top == out->top);
    if (a->exact && out->exact)
        known = a->known > out->known ? a->known : out->known;
    else
        known = least_known(least_known(ORDERS_MOST, a), out);
    for (size_t k = 0; k < known; k++)
        out->planes[k] = add(plane(out, k), ball_multiply(factor, plane(a, k)));
    out->known = known;
    out->exact = a->exact && out->exact;
}

/*
 * f = a^p solves a f' = p a' f, so that with b = a / a[0] and g = f / f[0]
 *     k g[k] = sum over 0 < j <= k of (p j - (k - j)) b[j] g[k - j].
 */
static void power(size_t orders, double p, struct ball first,
                  struct ball inverse, const struct scalar *a,
                  struct scalar *out)
{
    struct ball g[ORDERS_MOST] = { { 1, 0 } }, b[ORDERS_MOST];

    out->exact = scalar_single(a);
    out->known = out->exact ? 1 : least_known(orders, a);
    out->planes[0] = first;
    for (size_t k = 1; k < out->known; k++) {
        b[k] = ball_multiply(plane(a, k), inverse);
        g[k] = nothing;
        for (size_t j = 1; j <= k; j++) {
            double factor = (p * (double)j - (double)(k - j)) / (double)k;

            if (!ball_vanishes(b[j]))
                g[k] = add(g[k],
                           ball_scale(ball_multiply(b[j], g[k - j]), factor));
        }
        out->planes[k] = ball_multiply(first, g[k]);
    }
}

/* 1 / a for a > 0. */
static struct ball reciprocal(struct ball a)
{
    double low = a.value - a.bound * PLANE_SLACK;

    return (struct ball){ 1 / a.value, low > 0 ? a.bound / (a.value * low) +
                                                     2 * PLANE_UNIT / a.value
                                               : INFINITY };
}

/* 1 / sqrt(a): its slope is steepest at the least value of a. */
static struct ball reciprocal_root(struct ball a, double least)
{
    double low = fmax(a.value - a.bound * PLANE_SLACK, least);
    double root = sqrt(a.value), bottom = sqrt(low), loss = INFINITY;

    if (low > 0)
        loss = fmax((a.value - low) / (bottom * root * (bottom + root)),
                    a.bound / (2 * a.value * root)) +
               4 * PLANE_UNIT / root;
    return (struct ball){ 1 / root, loss };
}

void scalar_reciprocal(size_t orders, const struct scalar *a,
                       struct scalar *out)
{
    struct ball inverse = reciprocal(a->planes[0]);

    out->top = -a->top;
    power(orders, -1, inverse, inverse, a, out);
}

void scalar_reciprocal_root(size_t orders, double least, const struct scalar *a,
                            struct scalar *out)
{
    assert(a->top % 2 == 0);
    out->top = -a->top / 2;
    power(orders, -0.5, reciprocal_root(a->planes[0], least),
          reciprocal(a->planes[0]), a, out);
}

/* e = exp(a) solves e' = a' e: k e[k] = sum of j a[j] e[k - j]. */
void scalar_exp_tail(size_t orders, const struct scalar *a, struct scalar *out)
{
    assert(a->top == 0);
    out->top = 0;
    out->exact = scalar_single(a);
    out->known = out->exact ? 1 : least_known(orders, a);
    out->planes[0] = (struct ball){ 1, 0 };
    for (size_t k = 1; k < out->known; k++) {
        out->planes[k] = nothing;
        for (size_t j = 1; j <= k; j++)
            if (!ball_vanishes(plane(a, j)))
                out->planes[k] = add(
                    out->planes[k],
                    ball_scale(ball_multiply(plane(a, j), out->planes[k - j]),
                               (double)j / (double)k));
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "saturation/series.h"

#include <assert.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Which degrees of a series are there: from top to low, where low is the
 * lowest known one, or the lowest stored one of an exact series. */
struct span {
    int top, low;
    bool exact;
};

void arithmetic_init(struct arithmetic *arithmetic, size_t widest)
{
    size_t stride = plane_padded(widest);

    arithmetic->scratch =
        memory_new_aligned(arithmetic->orders * stride, sizeof(double));
    arithmetic->zeros = memory_new_aligned(plane_size(stride), sizeof(double));
}

void arithmetic_clear(struct arithmetic *arithmetic)
{
    free(arithmetic->scratch);
    free(arithmetic->zeros);
}

void series_init(struct series *x, size_t width, size_t orders)
{
    *x = (struct series){ .width = width,
                          .stride = plane_padded(width),
                          .exact = true };
    x->planes =
        memory_new_aligned(orders * plane_size(x->stride), sizeof(double));
}

void series_clear(struct series *x)
{
    free(x->planes);
    *x = (struct series){ 0 };
}

void series_zero(struct series *x)
{
    x->top = 0;
    x->known = 0;
    x->exact = true;
    x->live = 0;
}

static double *plane_at(const struct series *x, size_t k)
{
    return x->planes + k * plane_size(x->stride);
}

static size_t plane_bytes(const struct series *x)
{
    return plane_size(x->stride) * sizeof(double);
}

static bool is_live(const struct series *x, size_t k)
{
    return x->live >> k & 1;
}

size_t series_size(const struct series *a)
{
    return a->known * plane_size(a->stride);
}

void series_pack(const struct series *a, double *block, struct series *copy)
{
    *copy = *a;
    copy->planes = block;
    for (size_t k = 0; k < a->known; k++)
        if (is_live(a, k))
            memcpy(plane_at(copy, k), plane_at(a, k), plane_bytes(a));
}

void series_copy(const struct series *a, struct series *x)
{
    assert(a->stride == x->stride);
    series_pack(a, x->planes, x);
}

const double *series_plane(const struct series *x, size_t k)
{
    return k < x->known && is_live(x, k) ? plane_at(x, k) : NULL;
}

/* The plane that belongs to c^degree, or NULL. */
static const double *plane_of(const struct series *x, int degree)
{
    return degree > x->top ? NULL : series_plane(x, (size_t)(x->top - degree));
}

static struct span span_of(const struct series *x)
{
    return (struct span){ x->top, x->top - (int)x->known + 1, x->exact };
}

/* The span of a sum. */
static struct span span_merge(struct span a, struct span b)
{
    struct span sum = { a.top > b.top ? a.top : b.top, 0, a.exact && b.exact };

    if (a.exact == b.exact)
        sum.low = (a.low < b.low) == sum.exact ? a.low : b.low;
    else
        sum.low = a.exact ? b.low : a.low;
    return sum;
}

static struct span span_clip(struct span span, size_t orders)
{
    int least = span.top - (int)orders + 1;

    if (span.low < least) {
        span.low = least;
        span.exact = false;
    }
    return span;
}

/* Makes room at the top, or drops planes at the bottom, to fill SPAN. */
static void realign(struct series *x, struct span span)
{
    size_t shift = (size_t)(span.top - x->top);
    size_t known = (size_t)(span.top - span.low + 1);
    size_t moved = shift >= known ? 0 : known - shift;

    if (moved > x->known)
        moved = x->known;
    if (shift > 0 && moved > 0)
        memmove(plane_at(x, shift), plane_at(x, 0), moved * plane_bytes(x));
    x->live &= (1u << moved) - 1;
    x->live = moved > 0 ? x->live << shift : 0;
    x->top = span.top;
    x->known = known;
    x->exact = span.exact;
}

void series_add(size_t orders, const struct series *a, struct series *x)
{
    if (a->known == 0)
        return;
    if (x->known == 0) {
        series_copy(a, x);
        return;
    }
    realign(x, span_clip(span_merge(span_of(a), span_of(x)), orders));
    for (size_t k = 0; k < x->known; k++) {
        const double *plane = plane_of(a, x->top - (int)k);

        if (plane == NULL)
            continue;
        if (is_live(x, k))
            plane_add(x->stride, plane, plane_at(x, k));
        else
            memcpy(plane_at(x, k), plane, plane_bytes(x));
        x->live |= 1u << k;
    }
}

void series_add_term(size_t orders, int degree, const double *term,
                     double error, struct series *x)
{
    struct span span = { degree, degree, true };
    size_t k;

    if (x->known > 0)
        span = span_merge(span, span_of(x));
    else
        x->top = degree;
    realign(x, span_clip(span, orders));
    if (degree <= x->top - (int)x->known)
        return;
    k = (size_t)(x->top - degree);
    if (!is_live(x, k))
        memset(plane_at(x, k), 0, plane_bytes(x));
    plane_add_term(x->stride, term, error, plane_at(x, k));
    x->live |= 1u << k;
}

void series_linear(const struct arithmetic *arithmetic,
                   const struct linear *linear, const struct series *x,
                   struct series *y)
{
    const double *from[ORDERS_MOST];
    double *to[ORDERS_MOST];
    size_t count = 0;

    assert(x->width == linear->matrix.inputs);
    assert(y->stride == linear->matrix.stride);
    series_zero(y);
    if (!linear->zero && x->known > 0) {
        y->top = x->top + arithmetic->degree;
        y->known = x->known;
        y->exact = x->exact;
        y->live = x->live;
        for (size_t k = 0; k < x->known; k++)
            if (is_live(x, k)) {
                from[count] = plane_at(x, k);
                to[count++] = plane_at(y, k);
            }
        plane_linear(&linear->matrix, arithmetic->error, x->stride, count, from,
                     arithmetic->scratch, to);
    }
    if (linear->bias != NULL)
        series_add_term(arithmetic->orders, arithmetic->degree, linear->bias,
                        arithmetic->error, y);
}

/* The first plane where feature I is beyond its bound, or `known`. */
static size_t first_beyond(const struct series *x, size_t i)
{
    for (size_t k = 0; k < x->known; k++)
        if (is_live(x, k) &&
            ball_beyond(plane_ball(x->stride, plane_at(x, k), i)))
            return k;
    return x->known;
}

/* Whether feature I is zero without any rounding on the way. */
static bool is_nothing(const struct series *x, size_t i)
{
    for (size_t k = 0; k < x->known; k++)
        if (is_live(x, k) &&
            (plane_at(x, k)[i] != 0 || plane_at(x, k)[x->stride + i] != 0))
            return false;
    return true;
}

bool series_rectify(struct series *x)
{
    bool decided = true;

    for (size_t i = 0; i < x->width; i++) {
        size_t k = first_beyond(x, i);

        if (k == x->known) {
            /* zero, or what is left of it: within the bounds either way */
            if (is_live(x, 0) && plane_at(x, 0)[i] < 0)
                plane_at(x, 0)[i] = 0;
            if (!x->exact && !is_nothing(x, i))
                decided = false;
        } else if (plane_at(x, k)[i] < 0) {
            for (k = 0; k < x->known; k++)
                plane_at(x, k)[i] = plane_at(x, k)[x->stride + i] = 0;
        }
    }
    return decided;
}

/* Feature I from degree 0 down into COUNT balls; what is not there is zero. */
static void from_degree_0(const struct series *x, size_t i, size_t count,
                          struct ball *a)
{
    for (size_t k = 0; k < count; k++) {
        const double *plane = plane_of(x, -(int)k);

        a[k] = (struct ball){ 0, 0 };
        if (plane != NULL)
            a[k] = plane_ball(x->stride, plane, i);
    }
}

/* y = tanh(a) for COUNT orders, by y' = (1 - y^2) a'. */
static void tanh_series(size_t count, const struct ball *a, struct ball *y)
{
    struct ball steep[ORDERS_MOST]; /* 1 - y^2 */
    double value = tanh(a[0].value);

    y[0] = (struct ball){ value,
                          fmin(a[0].bound, 2) + 4 * PLANE_UNIT * fabs(value) };
    for (size_t k = 0; k < count; k++) {
        struct ball sum = { 0, 0 };

        for (size_t j = 1; j <= k; j++)
            sum = ball_subtract(
                sum, ball_scale(ball_multiply(a[j], steep[k - j]), -(double)j));
        if (k > 0)
            y[k] = ball_scale(sum, 1 / (double)k);
        steep[k] = (struct ball){ k == 0, 0 };
        for (size_t j = 0; j <= k; j++)
            steep[k] = ball_subtract(steep[k], ball_multiply(y[j], y[k - j]));
    }
}

/* Feature I of x through tanh; whether it is known, and *PLAIN without any
 * lower order. */
static bool saturate(const struct series *x, size_t i, size_t count,
                     struct ball *y, bool *plain)
{
    size_t k = first_beyond(x, i);
    int low = x->top - (int)x->known + 1;
    struct ball a[ORDERS_MOST];

    memset(y, 0, count * sizeof(*y));
    *plain = true;
    if (k < x->known && x->top - (int)k > 0) {
        double value = plane_at(x, k)[i];

        y[0].value = isnan(value) ? value : value > 0 ? 1 : -1;
        return true;
    }
    if (x->exact && is_nothing(x, i))
        return true;
    *plain = false;
    if (!x->exact && low > 0) {
        y[0].bound = 1;
        return false;
    }
    from_degree_0(x, i, count, a);
    tanh_series(count, a, y);
    return true;
}

bool series_saturate(const struct arithmetic *arithmetic, struct series *x)
{
    bool ordinary = arithmetic->degree == 0, decided = true, exact = true;
    int low = x->top - (int)x->known + 1;
    size_t count = arithmetic->orders;
    struct series from = *x;

    if (x->known == 0)
        return true;
    if (!x->exact && low > 1 - (int)count)
        count = low > 0 ? 1 : (size_t)(1 - low);
    x->planes =
        memory_new_aligned(count * plane_size(x->stride), sizeof(double));
    for (size_t i = 0; i < x->width; i++) {
        struct ball y[ORDERS_MOST];
        bool plain;

        decided = saturate(&from, i, count, y, &plain) && decided;
        exact = exact && (plain || ordinary);
        for (size_t k = 0; k < count; k++) {
            plane_at(x, k)[i] = y[k].value;
            plane_at(x, k)[x->stride + i] = y[k].bound;
        }
    }
    x->top = 0;
    x->exact = exact;
    x->known = exact ? 1 : count;
    x->live = (1u << x->known) - 1;
    for (size_t k = 0; k < x->known; k++) {
        plane_measure(x->stride, plane_at(x, k));
        memcpy(from.planes + k * plane_size(x->stride), plane_at(x, k),
               plane_bytes(x));
    }
    free(x->planes);
    x->planes = from.planes;
    return decided;
}

/* The coefficient of c^(a.top + b.top - k) in a . b. */
static struct ball product(const struct series *a, const struct series *b,
                           size_t k)
{
    struct ball sum = { 0, 0 };

    for (size_t j = 0; j <= k; j++) {
        const double *x = series_plane(a, j), *y = series_plane(b, k - j);
        struct ball dot;

        if (x == NULL || y == NULL)
            continue;
        dot = plane_dot(a->stride, x, y);
        sum.value += dot.value;
        sum.bound += dot.bound + PLANE_UNIT * fabs(sum.value);
    }
    return sum;
}

int series_dot_floor(const struct series *a, const struct series *b)
{
    int floor = INT_MIN;

    if (a->known == 0 || b->known == 0)
        return INT_MIN;
    if (!a->exact)
        floor = a->top - (int)a->known + b->top + 1;
    if (!b->exact && b->top - (int)b->known + a->top + 1 > floor)
        floor = b->top - (int)b->known + a->top + 1;
    return floor;
}

bool series_dot(const struct series *a, const struct series *b, int degree,
                struct ball *out)
{
    int top = a->top + b->top;

    *out = (struct ball){ 0, 0 };
    if (a->known == 0 || b->known == 0 || degree > top)
        return true;
    if (degree < series_dot_floor(a, b))
        return false;
    *out = product(a, b, (size_t)(top - degree));
    return true;
}

/* The mean of the squares of a centred vector. */
static void find_variance(const struct arithmetic *arithmetic,
                          const struct series *x, struct scalar *variance)
{
    size_t full = 2 * x->known - 1;

    variance->top = 2 * x->top;
    variance->exact = x->exact && full <= arithmetic->orders;
    variance->known = variance->exact ? full
                      : x->exact      ? arithmetic->orders
                                      : x->known;
    for (size_t k = 0; k < variance->known; k++)
        variance->planes[k] =
            ball_scale(product(x, x, k), 1 / (double)x->width);
}

/*
 * CENTRED = x minus its mean, from the first order at which x varies.
 * Ordinary arithmetic takes x as it is.  False if it varies at none.
 */
static bool centre(const struct arithmetic *arithmetic, const struct series *x,
                   struct series *centred)
{
    size_t first;

    for (first = 0; first < x->known; first++) {
        if (!is_live(x, first))
            continue;
        plane_centre(x->width, x->stride, plane_at(x, first), centred->planes);
        if (arithmetic->degree == 0 ||
            ball_beyond(plane_dot(x->stride, centred->planes, centred->planes)))
            break;
    }
    series_zero(centred);
    if (first == x->known)
        return false;
    centred->top = x->top - (int)first;
    centred->known = x->known - first;
    centred->exact = x->exact;
    centred->live = x->live >> first;
    for (size_t k = 1; k < centred->known; k++)
        if (is_live(centred, k))
            plane_centre(x->width, x->stride, plane_at(x, first + k),
                         plane_at(centred, k));
    return true;
}

/* y = factor x, cut to ORDERS. */
static void multiply(size_t orders, const struct scalar *factor,
                     const struct series *x, struct series *y)
{
    struct span span = { x->top + factor->top, 0, x->exact && factor->exact };
    size_t known = x->known + factor->known - 1;

    if (!span.exact &&
        (x->exact || (!factor->exact && factor->known < x->known)))
        known = factor->known;
    else if (!span.exact)
        known = x->known;
    span.low = span.top - (int)known + 1;
    span = span_clip(span, orders);
    series_zero(y);
    y->top = span.top;
    y->known = (size_t)(span.top - span.low + 1);
    y->exact = span.exact;
    for (size_t k = 0; k < y->known; k++) {
        memset(plane_at(y, k), 0, plane_bytes(y));
        for (size_t j = 0; j <= k && j < factor->known; j++) {
            const double *plane = series_plane(x, k - j);

            if (plane == NULL || ball_vanishes(factor->planes[j]))
                continue;
            plane_add_product(x->stride, factor->planes[j], plane,
                              plane_at(y, k));
            y->live |= 1u << k;
        }
    }
}

/*
 * What is known of the leading plane of LN(x) besides: no element is beyond
 * sqrt(d), and LN does not stretch an error more than by 1 / sqrt(V) for the
 * least variance V on the way to the truth.
 */
static void tighten(const struct series *centred, const struct scalar *factor,
                    struct series *y)
{
    const double *plane = series_plane(centred, 0);
    struct ball steep = factor->planes[0];
    double stretch, own = 4 * PLANE_UNIT * sqrt((double)y->width);

    if (plane == NULL || !is_live(y, 0))
        return;
    stretch = fabs(steep.value) + steep.bound;
    plane_tighten(y->stride, sqrt((double)y->width),
                  stretch * plane_radius(y->stride, plane) + own,
                  plane_at(y, 0));
}

bool series_normalise(const struct arithmetic *arithmetic,
                      const struct affine *affine, const struct series *x,
                      struct series *centred, struct series *y)
{
    struct scalar variance, factor;
    bool varies = affine->zero || centre(arithmetic, x, centred);

    assert(arithmetic->epsilon == 0 || arithmetic->degree == 0);
    series_zero(y);
    if (varies && !affine->zero) {
        find_variance(arithmetic, centred, &variance);
        variance.planes[0].value += arithmetic->epsilon;
        variance.planes[0].bound += PLANE_UNIT * variance.planes[0].value;
        scalar_reciprocal_root(arithmetic->orders, arithmetic->epsilon,
                               &variance, &factor);
        multiply(arithmetic->orders, &factor, centred, y);
        tighten(centred, &factor, y);
    }
    if (affine->gain != NULL && y->known > 0) {
        for (size_t k = 0; k < y->known; k++)
            if (is_live(y, k))
                plane_gain(y->stride, affine->gain, affine->largest,
                           arithmetic->error, plane_at(y, k));
        y->top += arithmetic->degree;
    }
    if (affine->shift != NULL)
        series_add_term(arithmetic->orders, arithmetic->degree, affine->shift,
                        arithmetic->error, y);
    return varies;
}

/* What a weight makes of a value that reaches over SPAN. */
static struct span span_weigh(struct span span, const struct scalar *weight)
{
    int low = span.top - (int)weight->known + 1;

    if (weight->exact && span.exact)
        span.low -= (int)weight->known - 1;
    else if (!weight->exact && (span.exact || low > span.low))
        span.low = low;
    span.exact = span.exact && weight->exact;
    return span;
}

static struct span span_mix(size_t n, const struct series *const *values,
                            const struct scalar *weights, size_t origin)
{
    struct span all = span_of(values[origin]);

    for (size_t i = 0; i < n; i++) {
        struct span difference = span_of(values[origin]);

        if (i == origin)
            continue;
        if (difference.top - difference.low < 0)
            difference = span_of(values[i]);
        else if (values[i]->known > 0)
            difference = span_merge(span_of(values[i]), difference);
        difference = span_weigh(difference, &weights[i]);
        all = all.top < all.low ? difference : span_merge(all, difference);
    }
    return all;
}

/* Adds what value VALUE of weight WEIGHT gives to plane K of x. */
static void mix_plane(const struct arithmetic *arithmetic,
                      const struct scalar *weight, const struct series *value,
                      const struct series *origin, size_t k, struct series *x)
{
    for (size_t j = 0; j < weight->known; j++) {
        int degree = x->top - (int)k + (int)j;
        const double *a = plane_of(value, degree);
        const double *o = plane_of(origin, degree);

        if (ball_vanishes(weight->planes[j]) || (a == NULL && o == NULL))
            continue;
        if (!is_live(x, k))
            memset(plane_at(x, k), 0, plane_bytes(x));
        x->live |= 1u << k;
        plane_mix(x->stride, weight->planes[j],
                  a != NULL ? a : arithmetic->zeros,
                  o != NULL ? o : arithmetic->zeros, plane_at(x, k));
    }
}

void series_mix(const struct arithmetic *arithmetic, size_t n,
                const struct series *const *values,
                const struct scalar *weights, size_t origin, struct series *x)
{
    const struct series *first = values[origin];
    struct span span;

    if (n == 1) {
        series_copy(first, x);
        return;
    }
    series_zero(x);
    span = span_mix(n, values, weights, origin);
    if (span.top < span.low)
        return;
    span = span_clip(span, arithmetic->orders);
    x->top = span.top;
    x->known = (size_t)(span.top - span.low + 1);
    x->exact = span.exact;
    for (size_t k = 0; k < x->known; k++) {
        const double *plane = plane_of(first, x->top - (int)k);

        if (plane != NULL) {
            memcpy(plane_at(x, k), plane, plane_bytes(x));
            plane_trust(x->stride, plane_at(x, k));
            x->live |= 1u << k;
        }
        for (size_t i = 0; i < n; i++)
            mix_plane(arithmetic, &weights[i], values[i], first, k, x);
    }
}

int series_leading(const struct series *x)
{
    for (size_t k = 0; k < x->known; k++) {
        if (!is_live(x, k))
            continue;
        for (size_t i = 0; i < x->width; i++)
            if (ball_beyond(plane_ball(x->stride, plane_at(x, k), i)))
                return (int)k;
    }
    return -1;
}

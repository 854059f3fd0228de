/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Asymptotic arithmetic: vectors of truncated Laurent series in c.
 *
 * A vector x(c) = sum over k < known of c^(top - k) plane[k], each
 * coefficient known within its bound; what stands below the last plane is
 * unknown unless `exact`, when it is zero.  A coefficient that is not larger
 * than its bound counts as zero where a sign, a maximum or the leading order
 * is asked for, and the bounds of what follows hold under that decision.
 *
 * With one order, parameters of degree 0 and an epsilon this is ordinary
 * arithmetic with a running rounding-error bound: nothing counts as zero and
 * the bounds hold without a condition.
 */

#ifndef SATURATION_SERIES_H
#define SATURATION_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "saturation/plane.h"
#include "saturation/scalar.h"

/* How to compute; the first four are set by the caller. */
struct arithmetic {
    size_t orders;   /* planes kept, 1..ORDERS_MOST */
    int degree;      /* of a parameter: 1, or 0 for ordinary arithmetic */
    double error;    /* relative, of every parameter */
    double epsilon;  /* of layer norm; 0 unless ordinary */
    double *scratch; /* [orders][widest stride] */
    double *zeros;   /* a plane of nothing */
};

/* One thread's own: for series of at most WIDEST features. */
void arithmetic_init(struct arithmetic *arithmetic, size_t widest);
void arithmetic_clear(struct arithmetic *arithmetic);

struct series {
    size_t width, stride; /* features, and padded to whole vectors */
    int top;
    size_t known; /* 0 only where the series is zero, exactly */
    bool exact;
    uint32_t live;  /* bit k: plane k is stored; else it is exactly zero */
    double *planes; /* [known], each of plane_size(stride) */
};

/* A parameter matrix and bias as series are multiplied by them. */
struct linear {
    struct matrix matrix;
    double *bias; /* [stride], or NULL */
    bool zero;    /* the matrix is, whatever stands in what it reads */
};

/* Gain and shift of a layer norm, [stride] each. */
struct affine {
    double *gain, *shift; /* NULL: there is none */
    double largest;       /* |gain| */
    bool zero;            /* the gain is, whatever it multiplies */
};

/* Room for WIDTH features of ORDERS planes; starts as zero. */
void series_init(struct series *x, size_t width, size_t orders);
void series_clear(struct series *x);

/* x = 0, exactly. */
void series_zero(struct series *x);

/* x = a; room for a's planes is the caller's care. */
void series_copy(const struct series *a, struct series *x);

/* How many doubles a copy of A takes, and a copy of A in BLOCK. */
size_t series_size(const struct series *a);
void series_pack(const struct series *a, double *block, struct series *copy);

/* Plane K of X, or NULL where it is exactly zero. */
const double *series_plane(const struct series *x, size_t k);

/* x += a, and x += term c^degree with the relative ERROR; TERM is padded. */
void series_add(size_t orders, const struct series *a, struct series *x);
void series_add_term(size_t orders, int degree, const double *term,
                     double error, struct series *x);

/* y = W x + b. */
void series_linear(const struct arithmetic *arithmetic,
                   const struct linear *linear, const struct series *x,
                   struct series *y);

/* x = max(x, 0); false if a sign stayed unknown to the last known order. */
bool series_rectify(struct series *x);

/*
 * x = tanh(x): +-1 at degree 0 where a positive degree is beyond its bound,
 * and the series of tanh elsewhere.  False if x is unknown down to a positive
 * degree at which all that is known of it is zero.
 */
bool series_saturate(const struct arithmetic *arithmetic, struct series *x);

/*
 * y = gain LN(x) + shift.  False if x is constant to all known orders: then
 * LN(x) is taken as 0.  CENTRED is room for x minus its mean.
 */
bool series_normalise(const struct arithmetic *arithmetic,
                      const struct affine *affine, const struct series *x,
                      struct series *centred, struct series *y);

/* The coefficient of c^degree in a . b; false if it is unknown. */
bool series_dot(const struct series *a, const struct series *b, int degree,
                struct ball *out);

/* The lowest degree at which a . b is known; INT_MIN if at every one. */
int series_dot_floor(const struct series *a, const struct series *b);

/*
 * x = sum of weights[i] values[i] for N weights that sum to one; taken as
 * values[origin] + sum of weights[i] (values[i] - values[origin]), so that
 * equal values give themselves to the last bit.
 */
void series_mix(const struct arithmetic *arithmetic, size_t n,
                const struct series *const *values,
                const struct scalar *weights, size_t origin, struct series *x);

/* The first plane with a coefficient beyond its bound, or -1. */
int series_leading(const struct series *x);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Growth of the norm under idealised steps (Merrill et al. 2021, section 5.4
 * and appendix E), walked step by step and held against closed forms.
 *
 * A law says how a coordinate of the norm goes with a coordinate of time,
 * F(|theta|) = rate G(t) + constant, under
 *   aligned      delta along theta, |delta| = kappa eta_t |theta|
 *   misaligned   delta at right angles to theta, the same length
 *   constant     at right angles, |delta| = s
 *   invariant    at right angles, |delta| = eta G / |theta|: plain gradient
 *                descent on a loss that scaling theta does not change
 * for eta_t constant, eta / sqrt(t), or eta (1 - t/T).
 */

#ifndef GROWTH_DYNAMICS_H
#define GROWTH_DYNAMICS_H

#include <stddef.h>

struct walk; /* how a law goes */

struct dynamics {
    const char *name;     /* "misaligned, inverse-sqrt" */
    const char *key;      /* of its metrics: "misaligned.inverse-sqrt" */
    const char *closed;   /* "|theta| ~ t^(k^2 eta^2 / 2)" */
    const char *quantity; /* what `rate` is the slope of */
    double step;          /* k eta, s, or eta G */
    double rate;          /* the closed form's */
    const struct walk *walk;
};

/* Ends with a NULL name. */
extern const struct dynamics dynamics[];

/*
 * Walks a vector under a law and returns the rate found: the least-squares
 * slope of F(|theta|) against G(t) over the walk, its first steps left out
 * where the closed form is an asymptotic one.  Always the same number.
 */
double dynamics_walk(const struct dynamics *law);

#endif

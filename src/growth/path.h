/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The path of the parameters as norms and directions tell it (Merrill et al.
 * 2021, section 5): what each step adds to the norm, and how.
 *
 *   |theta'|^2 = |theta|^2 + 2 theta . delta + |delta|^2
 *
 * Misaligned growth has theta . delta = 0 and sums the squares of the steps;
 * aligned growth has theta . delta = |theta| |delta| and sums the steps.
 */

#ifndef GROWTH_PATH_H
#define GROWTH_PATH_H

#include <stddef.h>

/* Borrowed columns, all [n]; entry i belongs to theta_i and to delta_i =
 * theta_i - theta_{i-1}, so what speaks of delta is NAN at i = 0. */
struct path {
    const double *steps, *norms;
    const double *directions; /* cos(theta_i, theta_{i-1}) */
    const double *lengths;    /* |delta_i| */
    const double *alignments; /* cos(delta_i, theta_{i-1}) */
    size_t n;
};

/*
 * Lengths and alignments from norms and directions alone, exact but for the
 * last digits of a direction, which count where it is close to 1.
 */
void path_derive(const double *norms, const double *directions, size_t n,
                 double *lengths, double *alignments);

/* What the norm would have come to by the steps' lengths alone. */
struct path_sums {
    double misaligned; /* sqrt(|theta_0|^2 + sum |delta_i|^2) */
    double aligned;    /* |theta_0| + sum |delta_i| */
    double share;      /* misaligned^2 / |theta_n|^2 */
};
struct path_sums path_sum(const struct path *path);

/*
 * The identity above: the largest |left - right| / left over the path, what
 * rounding (or a wrong column) leaves.
 */
double path_identity(const struct path *path);

/*
 * The growth plane: |theta_i| > |theta_{i-1}| iff theta_{i-1} . delta_i >
 * -|delta_i|^2 / 2.  Of the n - 1 steps, the share whose side of the boundary
 * is that of the norm's actual change, and the share above the boundary; NAN
 * without a step or where one is not known.
 */
struct path_plane {
    double agreeing, growing;
};
struct path_plane path_plane(const struct path *path);

#endif

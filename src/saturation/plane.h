/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The inner loops of the series: sums and products over one plane, that is,
 * the coefficients of a vector at one power of c, with their error bounds.
 *
 * A plane of WIDTH, a multiple of 8, is WIDTH coefficients, zero where they
 * pad, their WIDTH absolute error bounds, and then two numbers about the
 * whole: a bound of the coefficients' 2-norm, and one of the error's.  The
 * bounds one by one know what is exactly zero; the 2-norm knows that errors
 * are not stretched more than vectors are, which bounds taken one by one lose
 * by a factor of sqrt(WIDTH) at every linear map.  Each loop keeps both, and
 * the smaller counts.
 *
 * Every loop adds what the coefficients lose by rounding, at most u = 2^-53
 * of every result, fused or not.  Bounds are rounded too: who decides by one
 * multiplies it by PLANE_SLACK, which covers millions of such roundings.
 */

#ifndef SATURATION_PLANE_H
#define SATURATION_PLANE_H

#include <stddef.h>

#define PLANE_UNIT  0x1p-53
#define PLANE_SLACK (1 + 0x1p-20)

/* A number known to lie within BOUND of VALUE. */
struct ball {
    double value, bound;
};

/* A linear map: outputs padded to STRIDE; what pads it is zero. */
struct matrix {
    size_t inputs, outputs, stride;
    double *weights; /* [inputs][stride], transposed: outputs run together */
    double *rows;    /* [stride], 2-norm of what makes each output */
    double spectral, frobenius; /* bounds of these norms of the map */
};

/* Computes the norms of a matrix whose weights are set; ROWS is allocated. */
void matrix_measure(struct matrix *matrix);

/* N rounded up to whole vectors; how many doubles a plane of WIDTH takes. */
size_t plane_padded(size_t n);
size_t plane_size(size_t width);

/* The bound of the 2-norm of the error of x. */
double plane_radius(size_t width, const double *x);

/* Coefficient I with the smaller of its bounds. */
struct ball plane_ball(size_t width, const double *x, size_t i);

/* x += a. */
void plane_add(size_t width, const double *a, double *x);

/* x += term, whose coefficients have the relative error ERROR. */
void plane_add_term(size_t width, const double *term, double error, double *x);

/* x *= gain, element by element, none of which is beyond LARGEST; ERROR as
 * above. */
void plane_gain(size_t width, const double *gain, double largest, double error,
                double *x);

/* x += factor * a. */
void plane_add_product(size_t width, struct ball factor, const double *a,
                       double *x);

/* x += weight * (a - origin).  The errors of ORIGIN are left out except where
 * that of WEIGHT meets them: weights sum to one, so that they come in once,
 * with the weight of the origin itself (series_mix). */
void plane_mix(size_t width, struct ball weight, const double *a,
               const double *origin, double *x);

/* x = a minus the mean of its first N elements, zero beyond these. */
void plane_centre(size_t n, size_t width, const double *a, double *x);

/* Lowers the bounds of x: none of the elements is really beyond MOST, nor is
 * the 2-norm of the error beyond RADIUS. */
void plane_tighten(size_t width, double most, double radius, double *x);

/* Takes over coefficients and bounds that were written one by one. */
void plane_measure(size_t width, double *x);

/* Forgets all errors of x. */
void plane_trust(size_t width, double *x);

/* The sum of a[i] b[i]. */
struct ball plane_dot(size_t width, const double *a, const double *b);

/*
 * y[p] = matrix x[p] for COUNT planes; the parameters have the relative error
 * ERROR.  X are planes of WIDTH; SCRATCH has room for COUNT * WIDTH numbers.
 */
void plane_linear(const struct matrix *matrix, double error, size_t width,
                  size_t count, const double *const *x, double *scratch,
                  double *const *y);

#endif

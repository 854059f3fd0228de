/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Statistics [GSL]: intervals, summaries, fits, tail probabilities. */

#ifndef BASE_STATISTICS_H
#define BASE_STATISTICS_H

#include <stdbool.h>
#include <stddef.h>

/* Call once before anything else: GSL reports errors, it does not abort. */
void statistics_start(void);

struct interval {
    double low, high;
};

/*
 * Clopper-Pearson interval at LEVEL (0.95) for K successes in N trials:
 * quantiles of the beta distribution found by bisecting its CDF.
 * N = 0 gives [0, 1].
 */
struct interval interval_binomial(size_t k, size_t n, double level);

/* The quantile Q in 0..1, between neighbours by a line; NaN of no numbers. */
double statistics_quantile(const double *x, size_t n, double q);

/* P(X >= x) for a chi-square variable with DEGREES degrees of freedom. */
double chi_square_tail(double x, double degrees);

/*
 * y = intercept + slope x by least squares.  r2 is 1 - SSE/SST; where y does
 * not vary, 1 for an exact fit and else 0.  False when there are fewer points
 * than parameters, x does not vary, or a number is not finite.
 */
struct line {
    double intercept, slope, r2;
};
bool fit_line(const double *x, const double *y, size_t n, struct line *line);

/*
 * Least squares of y on MODEL(x; p) with COUNT <= 4 parameters by
 * Levenberg-Marquardt from the start in P; on success P is a minimum, its
 * residual orthogonal to the Jacobian.  Where MODEL is not finite a step is
 * refused.  False, and P untouched, when no minimum was reached.
 */
bool fit_curve(double (*model)(double x, const double *p), size_t count,
               const double *x, const double *y, size_t n, double *p,
               double *r2);

#endif

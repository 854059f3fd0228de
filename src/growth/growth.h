/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Growth laws fitted to a series of parameter norms (Merrill et al. 2021,
 * sections 3 and 5): a sqrt t + b, a t + b, a t^1/4 + b, a log t + b,
 * a (log t)^p + b, a t^p + b, a exp(-t/tau) + b, and the slope of
 * log(|theta_t|^2 - |theta_0|^2) against log t.
 *
 * R^2 stands side by side for all of them because it hardly discriminates;
 * the points of one series are not independent, so no interval is claimed.
 */

#ifndef GROWTH_GROWTH_H
#define GROWTH_GROWTH_H

#include <stdbool.h>
#include <stddef.h>

struct growth_fit {
    const char *law;     /* "sqrt", "linear", "root4", "log", "log-power",
                            "power", "exponential", "log-log" */
    const char *formula; /* "a sqrt(t) + b"; a, b, p are below */
    double a, b, p;      /* p: exponent or tau; NAN where the law has none */
    double r2;           /* NAN when the fit did not converge */
    size_t points;
};

#define GROWTH_LAWS 8

/*
 * Fits all laws, least squares in the norm; points with t = 0 serve laws that
 * are finite there and give |theta_0| for the last, which is a line in logs
 * (b = |theta_0|^2, and R^2 is that line's).  Exponents are positive, tau may
 * be negative: exponential growth.  FITS has room for GROWTH_LAWS.
 */
void growth_fit(const double *steps, const double *norms, size_t n,
                struct growth_fit *fits);

/*
 * The published baseline a exp(-t) + b, "exp-literal", with t in steps: at
 * every checkpoint but the first the exponential is 0, so this fits nothing
 * but whether t is 0.  For figure 1 alone.
 */
void growth_fit_literal(const double *steps, const double *norms, size_t n,
                        struct growth_fit *fit);

#endif

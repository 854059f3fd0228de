/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/statistics.h"

#include <assert.h>
#include <float.h>
#include <gsl/gsl_blas.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_fit.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

void statistics_start(void)
{
    gsl_set_error_handler_off();
}

/*
 * The x at which the increasing function SIGN * cdf(x; a, b) passes SIGN *
 * TARGET, to the last bit.  gsl_cdf_beta_Pinv returns NaN for many ordinary
 * arguments; the distribution function itself is sound, but for its median,
 * where beyond three million trials it gives NaN as well: count that as 1/2.
 */
static double bisect(double (*cdf)(double x, double a, double b), double sign,
                     double target, double a, double b)
{
    double low = 0, high = 1;

    for (;;) {
        double middle = low + (high - low) / 2, p = cdf(middle, a, b);

        if (middle <= low || middle >= high)
            return middle;
        if (sign * (isnan(p) ? 0.5 : p) < sign * target)
            low = middle;
        else
            high = middle;
    }
}

/* Clopper and Pearson 1934: P(X >= k | low) = P(X <= k | high) = tail. */
struct interval interval_binomial(size_t k, size_t n, double level)
{
    double tail = (1 - level) / 2, K = (double)k, N = (double)n;
    struct interval interval = { 0, 1 };

    assert(k <= n);
    if (k > 0)
        interval.low = bisect(gsl_cdf_beta_P, 1, tail, K, N - K + 1);
    if (k < n)
        interval.high = bisect(gsl_cdf_beta_Q, -1, tail, K + 1, N - K);
    return interval;
}

double statistics_quantile(const double *x, size_t n, double q)
{
    double *sorted, quantile;

    if (n == 0)
        return NAN;
    sorted = memory_copy(x, n * sizeof *x);
    gsl_sort(sorted, 1, n);
    quantile = gsl_stats_quantile_from_sorted_data(sorted, 1, n, q);
    free(sorted);
    return quantile;
}

double chi_square_tail(double x, double degrees)
{
    return gsl_cdf_chisq_Q(x, degrees);
}

/* 1 - SSE/SST; where y does not vary, 1 for an exact fit and else 0. */
static double determination(double sse, const double *y, size_t n)
{
    double sst = gsl_stats_tss(y, 1, n);

    if (sst > 0)
        return 1 - sse / sst;
    return sse > 0 ? 0 : 1;
}

static bool all_finite(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return false;
    return true;
}

bool fit_line(const double *x, const double *y, size_t n, struct line *line)
{
    double c00, c01, c11, sse;

    if (n < 2 || !all_finite(x, n) || !all_finite(y, n) ||
        !(gsl_stats_tss(x, 1, n) > 0))
        return false;
    if (gsl_fit_linear(x, 1, y, 1, n, &line->intercept, &line->slope, &c00,
                       &c01, &c11, &sse) != GSL_SUCCESS)
        return false;
    line->r2 = determination(sse, y, n);
    return isfinite(line->intercept) && isfinite(line->slope);
}

struct curve {
    double (*model)(double x, const double *p);
    const double *x, *y;
    size_t n;
    double scale; /* of y: GSL's tests of convergence are not relative */
};

/* A residual so large that the step is refused, where the model has none. */
#define REFUSED 1e150

static int residuals(const gsl_vector *p, void *context, gsl_vector *f)
{
    const struct curve *curve = context;

    for (size_t i = 0; i < curve->n; i++) {
        double r = curve->model(curve->x[i], p->data) - curve->y[i];

        r /= curve->scale;
        gsl_vector_set(f, i, isfinite(r) ? r : REFUSED);
    }
    return GSL_SUCCESS;
}

/*
 * Whether the residual is orthogonal to every column of the Jacobian, the
 * mark of a minimum (More 1978), or nothing but rounding.
 */
static bool is_minimum(const gsl_multifit_nlinear_workspace *work)
{
    double size = gsl_blas_dnrm2(work->f);

    if (!(size < REFUSED))
        return false;
    if (size <= 1e-12 * sqrt((double)work->f->size))
        return true;
    for (size_t j = 0; j < work->J->size2; j++) {
        gsl_vector_const_view column = gsl_matrix_const_column(work->J, j);
        double product, length = gsl_blas_dnrm2(&column.vector);

        gsl_blas_ddot(&column.vector, work->f, &product);
        if (!(fabs(product) <= 1e-6 * length * size))
            return false;
    }
    return true;
}

static double largest(const double *y, size_t n)
{
    double size = 0;

    for (size_t i = 0; i < n; i++)
        size = fmax(size, fabs(y[i]));
    return size > 0 ? size : 1;
}

bool fit_curve(double (*model)(double x, const double *p), size_t count,
               const double *x, const double *y, size_t n, double *p,
               double *r2)
{
    struct curve curve = { model, x, y, n, largest(y, n) };
    gsl_multifit_nlinear_parameters settings =
        gsl_multifit_nlinear_default_parameters();
    gsl_multifit_nlinear_fdf problem = {
        .f = residuals, .n = n, .p = count, .params = &curve
    };
    gsl_multifit_nlinear_workspace *work = NULL;
    gsl_vector_const_view start = gsl_vector_const_view_array(p, count);
    double sse;
    int info;
    bool ok = false;

    if (n < count || !all_finite(x, n) || !all_finite(y, n))
        return false;
    /* Central differences are best at the cube root of the rounding error. */
    settings.fdtype = GSL_MULTIFIT_NLINEAR_CTRDIFF;
    settings.h_df = cbrt(DBL_EPSILON);
    work = gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &settings, n,
                                      count);
    if (work == NULL ||
        gsl_multifit_nlinear_init(&start.vector, &problem, work) != GSL_SUCCESS)
        goto done;
    gsl_multifit_nlinear_driver(1000, 1e-12, 1e-14, 0, NULL, NULL, &info, work);
    if (!all_finite(work->x->data, count) || !is_minimum(work))
        goto done;
    for (size_t j = 0; j < count; j++)
        p[j] = gsl_vector_get(work->x, j);
    sse = gsl_blas_dnrm2(work->f) * curve.scale;
    *r2 = determination(sse * sse, y, n);
    ok = true;
done:
    gsl_multifit_nlinear_free(work);
    return ok;
}

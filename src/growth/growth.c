/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Every law but the last is y = a g(t; q) + b.  Where q is free, a and b are
 * projected out by a line fit at each q of a grid; from the best of these
 * Levenberg-Marquardt starts on (a, q, b), and the best end is kept.  Time
 * and norm are scaled to order one before and the fit is scaled back after.
 */

#include "growth/growth.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/statistics.h"

/* The points of one fit; `unit` is the last time and `spread` the range of
 * the norms, which scale x and y. */
struct points {
    double *x, *y;
    size_t n;
    double unit, spread;
};

struct law {
    const char *name, *formula;
    double least; /* the earliest time at which it is finite */
    double (*coordinate)(double t, double unit); /* x, before g */
    double (*shape)(double x, double q);         /* g */
    double (*model)(double x, const double *p);  /* p[0] g(x; p[1]) + p[2];
                                                    NULL: q is not free */
    double grid_first, grid_ratio; /* free q start at first * ratio^i... */
    size_t grid_count;
    bool grid_signed; /* ... and at their negatives */
    void (*finish)(struct growth_fit *fit, double q, double unit);
};

static double plain(double t, double unit)
{
    (void)unit;
    return t;
}

static double relative(double t, double unit)
{
    return t / unit;
}

static double relative_log(double t, double unit)
{
    return log(t) / log(unit);
}

static double square_root(double x, double q)
{
    (void)q;
    return sqrt(x);
}

static double identity(double x, double q)
{
    (void)q;
    return x;
}

static double fourth_root(double x, double q)
{
    (void)q;
    return sqrt(sqrt(x));
}

static double logarithm(double x, double q)
{
    (void)q;
    return log(x);
}

/* The exponent is kept positive by its parabola, away from q = 0. */
static double power(double x, double q)
{
    return pow(x, q * q);
}

static double decay(double x, double q)
{
    return exp(-q * x);
}

static double power_model(double x, const double *p)
{
    return p[0] * power(x, p[1]) + p[2];
}

static double decay_model(double x, const double *p)
{
    return p[0] * decay(x, p[1]) + p[2];
}

static void finish_power(struct growth_fit *fit, double q, double unit)
{
    fit->p = q * q;
    fit->a /= pow(unit, fit->p);
}

static void finish_log_power(struct growth_fit *fit, double q, double unit)
{
    fit->p = q * q;
    fit->a /= pow(log(unit), fit->p);
}

static void finish_decay(struct growth_fit *fit, double q, double unit)
{
    fit->p = unit / q;
}

/* clang-format off */
static const struct law laws[GROWTH_LAWS - 1] = {
    { "sqrt", "a sqrt(t) + b", 0, plain, square_root, NULL,
      0, 0, 0, false, NULL },
    { "linear", "a t + b", 0, plain, identity, NULL, 0, 0, 0, false, NULL },
    { "root4", "a t^(1/4) + b", 0, plain, fourth_root, NULL,
      0, 0, 0, false, NULL },
    { "log", "a log(t) + b", 1, plain, logarithm, NULL,
      0, 0, 0, false, NULL },
    { "log-power", "a log(t)^p + b", 1, relative_log, power, power_model,
      0.2, 1.4142135623730951, 9, false, finish_log_power },
    { "power", "a t^p + b", 0, relative, power, power_model,
      0.2, 1.4142135623730951, 9, false, finish_power },
    { "exponential", "a exp(-t / p) + b", 0, relative, decay, decay_model,
      0.0625, 2, 20, true, finish_decay },
};
/* clang-format on */

static void points_clear(struct points *points)
{
    free(points->x);
    free(points->y);
}

/* The points from time LEAST on, scaled. */
static struct points points_take(const struct law *law, const double *steps,
                                 const double *norms, size_t n)
{
    struct points points = { .x = memory_new(n, sizeof *points.x),
                             .y = memory_new(n, sizeof *points.y) };
    double low = INFINITY, high = -INFINITY;

    for (size_t i = 0; i < n; i++) {
        if (steps[i] < law->least)
            continue;
        points.unit = fmax(points.unit, steps[i]);
        low = fmin(low, norms[i]);
        high = fmax(high, norms[i]);
    }
    points.spread = high - low;
    for (size_t i = 0; i < n; i++) {
        if (steps[i] < law->least)
            continue;
        points.x[points.n] = law->coordinate(steps[i], points.unit);
        points.y[points.n++] = norms[i] / points.spread;
    }
    return points;
}

/* The line y = a g(x; q) + b; false where g is constant on the points. */
static bool project(const struct law *law, const struct points *points,
                    double q, struct line *line)
{
    double *g = memory_new(points->n, sizeof *g);
    bool ok;

    for (size_t i = 0; i < points->n; i++)
        g[i] = law->shape(points->x[i], q);
    ok = fit_line(g, points->y, points->n, line) && isfinite(line->r2);
    free(g);
    return ok;
}

/* One start: q, and R^2 of the line projected there. */
struct start {
    double q;
    struct line line;
};

#define STARTS_TRIED 4

static int by_r2(const void *a, const void *b)
{
    double x = ((const struct start *)a)->line.r2;
    double y = ((const struct start *)b)->line.r2;

    return (x < y) - (x > y);
}

/* The grid's starts, best first; returns how many. */
static size_t find_starts(const struct law *law, const struct points *points,
                          struct start *starts)
{
    double q = law->grid_first;
    size_t n = 0;

    for (size_t i = 0; i < law->grid_count; i++, q *= law->grid_ratio)
        for (int sign = 1; sign >= (law->grid_signed ? -1 : 1); sign -= 2) {
            starts[n].q = sign * q;
            n += project(law, points, sign * q, &starts[n].line);
        }
    qsort(starts, n, sizeof *starts, by_r2);
    return n;
}

/* The best end reached from the best starts. */
static void fit_free(const struct law *law, const struct points *points,
                     struct growth_fit *fit)
{
    struct start *starts = memory_new(2 * law->grid_count, sizeof *starts);
    size_t n = find_starts(law, points, starts);
    double q = NAN;

    for (size_t i = 0; i < n && i < STARTS_TRIED && points->n > 3; i++) {
        double p[3] = { starts[i].line.slope, starts[i].q,
                        starts[i].line.intercept };
        double r2;

        if (!fit_curve(law->model, 3, points->x, points->y, points->n, p,
                       &r2) ||
            (!isnan(fit->r2) && r2 <= fit->r2))
            continue;
        fit->a = p[0] * points->spread;
        fit->b = p[2] * points->spread;
        fit->r2 = r2;
        q = p[1];
    }
    law->finish(fit, q, points->unit);
    free(starts);
}

static void fit_law(const struct law *law, const double *steps,
                    const double *norms, size_t n, struct growth_fit *fit)
{
    struct points points = points_take(law, steps, norms, n);
    struct line line;

    *fit = (struct growth_fit){ law->name, law->formula, NAN,     NAN,
                                NAN,       NAN,          points.n };
    if (points.n < 3 || !(points.spread > 0) || !(points.unit > 0)) {
        points_clear(&points);
        return;
    }
    if (law->model != NULL) {
        fit_free(law, &points, fit);
    } else if (project(law, &points, 0, &line)) {
        fit->a = line.slope * points.spread;
        fit->b = line.intercept * points.spread;
        fit->r2 = line.r2;
    }
    points_clear(&points);
}

/* |theta_t|^2 = a t^p + b with b = |theta_0|^2 given, as a line in logs. */
static void fit_squares(const double *steps, const double *norms, size_t n,
                        struct growth_fit *fit)
{
    double *x = memory_new(n, sizeof *x), *y = memory_new(n, sizeof *y);
    struct line line;
    size_t m = 0;

    *fit = (struct growth_fit){
        "log-log", "|theta|^2 = a t^p + b", NAN, NAN, NAN, NAN, 0
    };
    for (size_t i = 0; i < n; i++)
        if (steps[i] == 0)
            fit->b = norms[i] * norms[i];
    for (size_t i = 0; i < n; i++) {
        double grown = norms[i] * norms[i] - fit->b;

        if (steps[i] > 0 && grown > 0) {
            x[m] = log(steps[i]);
            y[m++] = log(grown);
        }
    }
    fit->points = m;
    if (m >= 3 && fit_line(x, y, m, &line) && isfinite(line.r2)) {
        fit->a = exp(line.intercept);
        fit->p = line.slope;
        fit->r2 = line.r2;
    }
    free(x);
    free(y);
}

void growth_fit(const double *steps, const double *norms, size_t n,
                struct growth_fit *fits)
{
    for (size_t i = 0; i < GROWTH_LAWS - 1; i++)
        fit_law(&laws[i], steps, norms, n, &fits[i]);
    fit_squares(steps, norms, n, &fits[GROWTH_LAWS - 1]);
}

void growth_fit_literal(const double *steps, const double *norms, size_t n,
                        struct growth_fit *fit)
{
    double *indicators = memory_new(n, sizeof *indicators);
    struct line line;

    *fit = (struct growth_fit){
        "exp-literal", "a exp(-t) + b", NAN, NAN, NAN, NAN, n
    };
    for (size_t i = 0; i < n; i++)
        indicators[i] = exp(-steps[i]);
    if (n >= 3 && fit_line(indicators, norms, n, &line)) {
        fit->a = line.slope;
        fit->b = line.intercept;
        fit->r2 = line.r2;
    }
    free(indicators);
}

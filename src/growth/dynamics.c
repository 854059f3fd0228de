/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The closed forms integrate d|theta|^2/dt or d|theta|/dt where the walk adds
 * up steps, so they differ by a share of k eta_t / 2 (aligned) and
 * k^2 eta_t^2 / 2 (misaligned): below 0.5 % for the steps of the table.
 */

#include "growth/dynamics.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/random.h"
#include "base/statistics.h"

enum { STEPS = 100000, SKIPPED = 1000, DIMENSION = 8 };

/* How a law walks, and in which coordinates its closed form is a line. */
struct walk {
    bool aligned;
    double (*schedule)(double t);           /* eta_t / eta */
    double (*length)(double norm);          /* |delta| / (step eta_t / eta) */
    double (*norm_coordinate)(double norm); /* F */
    double (*time_coordinate)(double t);    /* G */
};

/* clang-format off */
static double always(double t)       { (void)t; return 1; }
static double inverse_sqrt(double t) { return 1 / sqrt(t + 1); }
static double linear(double t)       { return 1 - t / STEPS; }

static double of_norm(double norm)   { return norm; }
static double of_one(double norm)    { (void)norm; return 1; }
static double inverse(double norm)   { return 1 / norm; }

static double square(double norm)    { return norm * norm; }
static double fourth(double norm)    { return norm * norm * norm * norm; }

static double plain(double t)        { return t; }
static double root(double t)         { return sqrt(t); }
static double logarithm(double t)    { return log(t); }
static double ramp(double t)         { return t - t * t / (2.0 * STEPS); }
static double cubic(double t)
{
    return STEPS / 6.0 * (1 - pow(1 - t / STEPS, 3));
}

#define K_SMALL 1e-3 /* k eta of constant and linear, aligned */
#define K_SIDE  0.02 /* k eta of constant and linear, misaligned */
#define K_ROOT  0.1  /* k eta of inverse-sqrt, aligned */

#define WALK(...) &(const struct walk){ __VA_ARGS__ }

const struct dynamics dynamics[] = {
    { "aligned, constant", "aligned.constant",
      "|theta| = |theta_0| exp(k eta t)",
      "log |theta| against t", K_SMALL, K_SMALL,
      WALK(true, always, of_norm, log, plain) },
    { "aligned, inverse-sqrt", "aligned.inverse-sqrt",
      "|theta| = |theta_0| exp(2 k eta sqrt(t))",
      "log |theta| against sqrt(t)", K_ROOT, 2 * K_ROOT,
      WALK(true, inverse_sqrt, of_norm, log, root) },
    { "aligned, linear", "aligned.linear",
      "|theta| = |theta_0| exp(k eta (t - t^2 / 2T))",
      "log |theta| against t - t^2 / 2T", K_SMALL, K_SMALL,
      WALK(true, linear, of_norm, log, ramp) },
    { "misaligned, constant", "misaligned.constant",
      "|theta| = |theta_0| exp(k^2 eta^2 t / 2)",
      "log |theta| against t", K_SIDE, K_SIDE * K_SIDE / 2,
      WALK(false, always, of_norm, log, plain) },
    { "misaligned, inverse-sqrt", "misaligned.inverse-sqrt",
      "|theta| ~ t^(k^2 eta^2 / 2)",
      "log |theta| against log t", 1, 0.5,
      WALK(false, inverse_sqrt, of_norm, log, logarithm) },
    { "misaligned, linear", "misaligned.linear",
      "|theta| = |theta_0| exp(k^2 eta^2 (T/6) (1 - (1 - t/T)^3))",
      "log |theta| against (T/6) (1 - (1 - t/T)^3)", K_SIDE, K_SIDE * K_SIDE,
      WALK(false, linear, of_norm, log, cubic) },
    { "constant step", "constant-step",
      "|theta|^2 = |theta_0|^2 + s^2 t",
      "|theta|^2 against t", 0.1, 0.01,
      WALK(false, always, of_one, square, plain) },
    { "scale-invariant loss", "scale-invariant",
      "|theta|^4 = |theta_0|^4 + 2 eta^2 G^2 t",
      "|theta|^4 against t", 0.1, 0.02,
      WALK(false, always, inverse, fourth, plain) },
    { .name = NULL }
};
/* clang-format on */

static double length_of(const double *v)
{
    double sum = 0;

    for (size_t i = 0; i < DIMENSION; i++)
        sum += v[i] * v[i];
    return sqrt(sum);
}

/* A unit vector along THETA, or a random one at right angles to it. */
static void find_direction(const double *theta, double norm, bool aligned,
                           struct stream *stream, double *direction)
{
    double along = 0, length;

    for (size_t i = 0; i < DIMENSION; i++) {
        direction[i] = aligned ? theta[i] : stream_normal(stream);
        along += direction[i] * theta[i] / norm;
    }
    for (size_t i = 0; !aligned && i < DIMENSION; i++)
        direction[i] -= along * theta[i] / norm;
    length = length_of(direction);
    for (size_t i = 0; i < DIMENSION; i++)
        direction[i] /= length;
}

double dynamics_walk(const struct dynamics *law)
{
    const struct walk *walk = law->walk;
    double *x = memory_new(STEPS, sizeof *x), *y = memory_new(STEPS, sizeof *y);
    double theta[DIMENSION] = { 1 }, direction[DIMENSION];
    struct stream stream;
    struct line line = { NAN, NAN, NAN };

    stream_init(&stream, 1, "growth.dynamics", 0);
    for (size_t t = 0; t < STEPS; t++) {
        double norm = length_of(theta), along = (double)t;
        double step = law->step * walk->schedule(along) * walk->length(norm);

        x[t] = walk->time_coordinate(along);
        y[t] = walk->norm_coordinate(norm);
        find_direction(theta, norm, walk->aligned, &stream, direction);
        for (size_t i = 0; i < DIMENSION; i++)
            theta[i] += step * direction[i];
    }
    fit_line(x + SKIPPED, y + SKIPPED, STEPS - SKIPPED, &line);
    free(x);
    free(y);
    return line.slope;
}

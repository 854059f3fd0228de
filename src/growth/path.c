/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "growth/path.h"

#include <math.h>

void path_derive(const double *norms, const double *directions, size_t n,
                 double *lengths, double *alignments)
{
    for (size_t i = 0; i < n; i++) {
        double a = i > 0 ? norms[i - 1] : NAN, b = norms[i];
        /* a^2 + b^2 - 2ab cos without cancelling the squares */
        double square = (b - a) * (b - a) + 2 * a * b * (1 - directions[i]);

        lengths[i] = sqrt(square);
        alignments[i] = (b * directions[i] - a) / lengths[i];
    }
}

struct path_sums path_sum(const struct path *path)
{
    struct path_sums sums = { NAN, NAN, NAN };
    double squares, lines, last;

    if (path->n == 0)
        return sums;
    lines = path->norms[0];
    squares = lines * lines;
    last = path->norms[path->n - 1];
    for (size_t i = 1; i < path->n; i++) {
        squares += path->lengths[i] * path->lengths[i];
        lines += path->lengths[i];
    }
    sums.misaligned = sqrt(squares);
    sums.aligned = lines;
    sums.share = squares / (last * last);
    return sums;
}

/* |theta_i|^2 - |theta_{i-1}|^2 as the step has it. */
static double gain(const struct path *path, size_t i)
{
    double length = path->lengths[i];

    if (length == 0) /* which has no direction */
        return 0;
    return 2 * path->norms[i - 1] * length * path->alignments[i] +
           length * length;
}

double path_identity(const struct path *path)
{
    double worst = path->n > 1 ? 0 : NAN;

    for (size_t i = 1; i < path->n; i++) {
        double a = path->norms[i - 1], b = path->norms[i];
        double error = fabs(b * b - a * a - gain(path, i)) / (b * b);

        worst = error > worst || isnan(error) ? error : worst;
    }
    return worst;
}

static int sign(double x)
{
    return (x > 0) - (x < 0);
}

struct path_plane path_plane(const struct path *path)
{
    size_t steps = path->n > 0 ? path->n - 1 : 0, agreeing = 0, growing = 0;

    for (size_t i = 1; i < path->n; i++) {
        double gained = gain(path, i);
        int side = sign(gained);

        if (isnan(gained))
            return (struct path_plane){ NAN, NAN };
        agreeing += side == sign(path->norms[i] - path->norms[i - 1]);
        growing += side > 0;
    }
    return (struct path_plane){ (double)agreeing / (double)steps,
                                (double)growing / (double)steps };
}

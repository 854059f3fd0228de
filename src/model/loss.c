/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "model/loss.h"

#include <math.h>

#include "model/engine/engine.h"

struct loss loss_none(void)
{
    return (struct loss){ .least = INFINITY };
}

struct loss loss_add(struct loss a, struct loss b)
{
    return (struct loss){ .sum = a.sum + b.sum,
                          .margin = a.margin + b.margin,
                          .least = fmin(a.least, b.least),
                          .targets = a.targets + b.targets,
                          .right = a.right + b.right };
}

static void add(struct loss *loss, double nats, double margin, bool right)
{
    loss->sum += nats;
    loss->margin += margin;
    loss->least = fmin(loss->least, margin);
    loss->targets++;
    loss->right += right;
}

/* Returns the derivative by the logit. */
static double logistic(struct loss *loss, double logit, bool wanted)
{
    double margin = wanted ? logit : -logit;
    double e = exp(-fabs(margin));
    double slope = margin >= 0 ? e / (1 + e) : 1 / (1 + e);

    add(loss, log1p(e) + fmax(-margin, 0), margin, (logit > 0) == wanted);
    return wanted ? -slope : slope;
}

/* The greatest of the N logits but number EXCEPT, the first of those tied. */
static size_t greatest(size_t n, const double *logits, size_t except)
{
    size_t top = except == 0 ? 1 : 0;

    for (size_t k = top + 1; k < n; k++)
        if (k != except && logits[k] > logits[top])
            top = k;
    return top;
}

/* Logits in, derivatives out.  The slope of WANTED is minus the sum of the
 * others', which holds small numbers that 1 - p would lose. */
static void softmax(const struct engine *exact, struct loss *loss, size_t n,
                    double *logits, size_t wanted)
{
    size_t rival = greatest(n, logits, wanted);
    double margin = logits[wanted] - logits[rival];
    double top = margin >= 0 ? logits[wanted] : logits[rival];
    double others = 0, sum;

    for (size_t k = 0; k < n; k++)
        logits[k] -= top;
    exact->exponentials(n, logits);
    for (size_t k = 0; k < n; k++)
        others += k == wanted ? 0 : logits[k];
    sum = logits[wanted] + others;
    /* the greatest is exactly 1: what log1p wants is the sum without it */
    add(loss,
        margin >= 0 ? log1p(others)
                    : log1p(others - 1 + logits[wanted]) - margin,
        margin, margin > 0);
    logits[wanted] = -others;
    for (size_t k = 0; k < n; k++)
        logits[k] /= sum;
}

static void skip(size_t n, double *logits)
{
    for (size_t k = 0; k < n; k++)
        logits[k] = 0;
}

static void one_of_set(struct loss *loss, size_t n, const uint8_t *target,
                       double *logits)
{
    for (size_t k = 0; k < n; k++)
        logits[k] = logistic(loss, logits[k], target_bit(target, k));
}

void loss_of_string(struct loss *loss, enum objective objective,
                    size_t n_outputs, const uint16_t *symbols, size_t length,
                    const uint8_t *targets, double *logits)
{
    size_t rows = objective_is_sequence(objective) ? length + 1 : 1;
    size_t width = objective_width(objective, n_outputs - 1);
    const struct engine *exact = engine_choose(PRECISION_DOUBLE);

    for (size_t t = 0; t < rows; t++, logits += n_outputs, targets += width)
        if (objective != OBJECTIVE_NEXT_TOKEN)
            one_of_set(loss, n_outputs, targets, logits);
        else if (*targets == 0)
            skip(n_outputs, logits);
        else
            softmax(exact, loss, n_outputs, logits,
                    token_after(symbols, length, t, n_outputs - 1));
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * One optimizer step on the master parameters theta, in double.  Names,
 * defaults and formulas of the stateful ones are PyTorch's (torch.optim);
 * with g the gradient, clipped and with coupled decay added, t from 1:
 *
 *   gradient-descent    delta = -rate g
 *   momentum            b = momentum b + (1 - dampening) g, b = g at t = 1
 *                       delta = -rate b
 *   nesterov            delta = -rate (g + momentum b)
 *   normalised          delta = -rate g / |g|
 *   normalised-tensors  the same, each tensor by its own norm
 *   adam, adamw         m = beta1 m + (1 - beta1) g
 *                       v = beta2 v + (1 - beta2) g^2
 *                       delta = -rate / (1 - beta1^t) m
 *                               / (sqrt(v / (1 - beta2^t)) + eps)
 *   rmsprop             v = alpha v + (1 - alpha) g^2
 *                       delta = -rate g / (sqrt(v) + eps)
 *
 * Weight decay lambda, on every parameter:
 *
 *   coupled      g += lambda theta
 *   decoupled    delta -= rate lambda theta
 *   rate-free    delta -= lambda theta         (arXiv 2010.09697, eq. 3)
 *
 * Clipping comes first: g is cut to +-clip_value, then scaled to the norm
 * clip_norm as torch.nn.utils.clip_grad_norm_ does; 0 is no clipping.
 */

#ifndef TRAIN_OPTIMIZER_H
#define TRAIN_OPTIMIZER_H

#include <stdbool.h>
#include <stddef.h>

#include "config/schema.h"
#include "model/model.h"

/* What an optimizer may remember between two steps, [n_parameters] each. */
enum slot { SLOT_MOMENTUM, SLOT_MEAN, SLOT_SQUARE, SLOTS };

/* As PyTorch's state_dict calls them: momentum_buffer, exp_avg and
 * exp_avg_sq, which is also RMSprop's average. */
extern const char *const slot_names[SLOTS];

struct optimizer_config {
    int kind; /* index into optimizer_names[] */
    double momentum, dampening;
    double betas[2]; /* in [0, 1) */
    double alpha, eps;
    double weight_decay; /* NaN: the optimizer's usual one */
    int decay;           /* index into decay_names[]; 0: the usual one */
    double clip_norm, clip_value;
};
extern const char *const optimizer_names[], *const decay_names[];
extern const struct field_custom betas_custom;        /* [0.9, 0.999] */
extern const struct field_custom weight_decay_custom; /* a number, usual */

/* State NOW is that of theta_t, NEXT that of theta_{t+1}: a step may be
 * looked at without being made. */
struct optimizer {
    const struct optimizer_config *config; /* borrowed, like the layout */
    const struct layout *layout;
    double *now[SLOTS], *next[SLOTS]; /* NULL: not of this optimizer */
};

/* STATE is that to continue from, copied; NULL: zeros, for step 0. */
void optimizer_init(struct optimizer *optimizer,
                    const struct optimizer_config *config,
                    const struct layout *layout, double *const *state);
void optimizer_clear(struct optimizer *optimizer);

/* Whether the optimizer of CONFIG remembers SLOT. */
bool optimizer_uses(const struct optimizer_config *config, enum slot slot);

/* Writes delta_t, the step from theta_t, from the gradient there; STEP is t,
 * from 0.  What is not finite in the gradient is not in delta either. */
void optimizer_step(struct optimizer *optimizer, double rate, size_t step,
                    const double *theta, const double *gradient, double *delta);

/* The step last written is made. */
void optimizer_commit(struct optimizer *optimizer);

#endif

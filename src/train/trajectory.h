/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The path of the parameters through training: one snapshot per record.
 *
 * theta_t are all trainable parameters after step t; `norm` is the l2 norm of
 * all tensors under layers.* and final_norm.* (the paper's policy: embeddings
 * and classifier left out), `norm_weights` of the matrices among them,
 * `norm_all` of everything.  Directions, alignments, distances and
 * `step_length` use the tensors of `norm`, so that they tell what each step
 * does to it: where an optimizer gives the whole step one length, this is the
 * part that falls to the encoder.  Every sum is taken in double.
 */

#ifndef TRAIN_TRAJECTORY_H
#define TRAIN_TRAJECTORY_H

#include <stddef.h>

#include "model/network.h"

/* One layer's tensors, and its part of the step between two records. */
struct layer_snapshot {
    double norm;
    double cosine_previous, distance_previous, alignment_interval; /* as below,
        but of this layer alone */
};

/* Everything in the snapshot of step t belongs to theta_t and to the step
 * delta_t that would take it to theta_{t+1}. */
struct snapshot {
    size_t step;
    double rate;
    struct pass pass; /* of the step's batch */
    double gradient_norm;
    double norm, norm_weights, norm_all;
    const double *tensor_norms; /* [layout->n_tensors] */
    double cosine_previous;     /* cos(theta_r, theta_{r-1}), records */
    double cosine_start;        /* cos(theta_r, theta_0) */
    double alignment_step;      /* cos(delta_t, theta_t) */
    double alignment_interval;  /* cos(theta_r - theta_{r-1}, theta_{r-1}) */
    double distance_start;      /* |theta_r - theta_0| */
    double distance_previous;   /* |theta_r - theta_{r-1}| */
    double step_length;         /* |delta_t| of the encoder's tensors */
    double step_length_all;     /* |delta_t| of everything */
    double step_lost;   /* |(theta + delta) - theta - delta| / |delta|: the part
                           of the step lost to rounding in the masters */
    double step_unseen; /* the same for the parameters as the network, in its
                           own precision, sees them */
    const struct layer_snapshot *layers; /* [n_layers] */
    size_t n_layers;
};

struct norms {
    double norm, norm_weights, norm_all;
};

/* The one definition of the norms; PER_TENSOR [n_tensors] may be NULL. */
struct norms parameter_norms(const struct layout *layout, const double *theta,
                             double *per_tensor);

/* cos(a, b) over the encoder's tensors; NAN where a or b is zero there. */
double encoder_cosine(const struct layout *layout, const double *a,
                      const double *b);

struct trajectory {
    const struct layout *layout; /* borrowed */
    enum precision precision;    /* the network's own */
    double *start;               /* theta_0 */
    double *previous;            /* theta at the record before */
    double *tensor_norms;
    struct layer_snapshot *layers; /* [n_layers] */
    size_t n_layers;
};

/* Begins at START = theta_0 (copied). */
void trajectory_init(struct trajectory *trajectory,
                     const struct network *network, const double *start);
void trajectory_clear(struct trajectory *trajectory);

/* Continues a stopped run: PREVIOUS are the parameters last recorded. */
void trajectory_resume(struct trajectory *trajectory, const double *previous);

/* Takes the snapshot at THETA with the step DELTA about to be made. */
void trajectory_record(struct trajectory *trajectory, const double *theta,
                       const double *gradient, const double *delta,
                       struct snapshot *snapshot);

#endif

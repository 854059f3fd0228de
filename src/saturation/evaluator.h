/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The evaluators: ways to let a trained network decide a string.
 *
 *   trained      f(x; theta), as the trainer sees it
 *   scaled=c     f(x; c theta) in double, with its rounding-error bound
 *   limit        lim f(x; c theta) for c -> infinity, by asymptotic
 *                arithmetic (series.h); the saturated network of Merrill et
 *                al. 2021, Definition 1
 *   attention    only the softmax replaced by saturated attention (uniform
 *                over the maximal scores, ties within a stated tolerance)
 *   sharpened=c  only the scores multiplied by c before the softmax
 *   encoder      the limit of the encoder (its leading coefficient) with the
 *                trained classifier and its bias
 */

#ifndef SATURATION_EVALUATOR_H
#define SATURATION_EVALUATOR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "config/schema.h"
#include "language/string.h"
#include "model/network.h"
#include "saturation/cost.h"

/* What `saturation:` may say in an experiment. */
struct saturation_config {
    struct numbers scales;     /* scaled=c for each; 1 is as trained */
    struct numbers sharpening; /* sharpened=c for each */
    bool limit, attention, encoder;
    double tie;    /* tolerance of `attention`, times |q| max|k| / sqrt(d_k) */
    size_t orders; /* of the series, 8 */
};
extern const struct field saturation_fields[];

/* On one output of the network. */
struct decision {
    double logit;  /* limit: the leading coefficient beyond its bound, or 0 */
    int degree;    /* limit: the power of c it belongs to; else 0 */
    double bound;  /* error bound of the logit; 0 where none is kept */
    bool rounding; /* a score difference fell below its rounding bound */
    bool flagged;  /* limit: a vector constant to all orders met layer norm, or
                      the known orders were used up */
};

/* -1, 0 or 1: the logit's sign, 0 when it is zero within its bound. */
int decision_sign(const struct decision *decision);

struct evaluator; /* opaque */

/*
 * NAME as above ("scaled=10", "limit").  Copies what it needs of NETWORK.
 * ERROR_CONFIG for an unknown name, or a network the limit cannot follow.
 */
bool evaluator_new(struct evaluator **out, const char *name,
                   const struct network *network,
                   const struct saturation_config *config, struct error *error);
void evaluator_free(struct evaluator *evaluator); /* NULL is fine */
const char *evaluator_name(const struct evaluator *evaluator);

/*
 * Decides strings 0..count-1 of STRINGS: DECISIONS has one a string, or under
 * a sequence objective [sum of (length + 1)][n_outputs].  For next-token the
 * logit is the output's lead: its logit less the greatest other one, so that
 * what is predicted has the one positive lead.  (A prefix shared with the
 * string before is not computed again where the mask is causal: lexicographic
 * order is cheapest.)  Uses all threads; the result does not depend on them.
 */
void evaluator_decide(struct evaluator *evaluator,
                      const struct strings *strings,
                      struct decision *decisions);

/*
 * Every evaluator CONFIG asks for, `trained` first; NULL-terminated list.
 */
bool evaluators_new(struct evaluator ***out, const struct network *network,
                    const struct saturation_config *config,
                    struct error *error);
void evaluators_free(struct evaluator **evaluators); /* NULL is fine */

/* What evaluator NAME, which must be one, takes that decides EXTENT; and what
 * the list of evaluators_new does, one deciding after the other. */
struct cost evaluator_cost(const char *name, const struct network *network,
                           const struct saturation_config *config,
                           struct extent extent);
struct cost evaluators_cost(const struct network *network,
                            const struct saturation_config *config,
                            struct extent extent);

/*
 * Mean over the tokens of STRINGS of the cosine between the final encoder
 * outputs of `trained` and of `limit` (its leading coefficients).  LAYERS
 * [n_layers], unless NULL, takes the same of the residual stream after each
 * layer (Merrill et al. 2021, figure 2); after the last one it is what is
 * returned, the final norm included.
 */
double saturation_measure(const struct network *network,
                          const struct saturation_config *config,
                          const struct strings *strings, double *layers);

/* What that takes, for strings of EXTENT. */
size_t saturation_measure_bytes(const struct network *network,
                                const struct saturation_config *config,
                                struct extent extent);

#endif

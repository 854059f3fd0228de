/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Homogeneity, measured: f is k-homogeneous in theta when f(x; c theta) =
 * c^k f(x; theta), and then theta . grad f = k f (Euler).  The degree of a
 * part is the slope log(|f(10 c)| / |f(c)|) / log 10, its error |f(10 c) -
 * 10^k f(c)| / |10^k f(c)| at the k that theory says.  (Merrill et al. 2021,
 * sections 5.2, C and D; Table 1.)
 *
 * Theory is Table 1 carried through the part: a linear map adds one, a layer
 * norm gives 1 with its gain and shift and 0 without, a sum has the larger of
 * its degrees.  It disagrees with the paper where the paper disagrees with
 * its own table: a head is of degree 2, and not 1, in Proposition 4.
 *
 * Layer norms have epsilon 0 throughout.
 */

#ifndef SATURATION_HOMOGENEITY_H
#define SATURATION_HOMOGENEITY_H

#include <stddef.h>
#include <stdint.h>

#include "model/network.h"

struct homogeneity_row {
    const char *group; /* "table 1", "lemma", "degree", "limit", "euler" */
    char setting[64];  /* "output, no biases, c = 10" */
    char part[48];
    char input[32];       /* degree of what goes in, "1" or "1, 2" */
    double paper, theory; /* NaN where it says nothing */
    double measured, error;
    const char *verdict; /* a word or two */
};

struct homogeneity {
    struct homogeneity_row *rows;
    size_t count;
};
void homogeneity_clear(struct homogeneity *table);

/* Adds a copy of ROW. */
void homogeneity_add(struct homogeneity *table,
                     const struct homogeneity_row *row);

/* Sets measured and error of ROW from f at some c and at FACTOR c, N numbers
 * each, for the degree K of theory. */
void homogeneity_compare(const double *f, const double *later, size_t n,
                         double factor, double k, struct homogeneity_row *row);

/* Adds Table 1: every component on random numbers from SEED (components.c). */
void homogeneity_add_components(struct homogeneity *table, uint64_t seed);

/* Adds lemmas 6 to 8: the largest share of their bounds that DRAWS random
 * numbers reach, and of the softmax both forms of its bound (components.c). */
void homogeneity_add_lemmas(struct homogeneity *table, size_t draws,
                            uint64_t seed);

/*
 * Adds, for NETWORK (of objective membership) on random strings from SEED:
 * degrees of head, sublayers, encoder, and encoder with classifier; how fast
 * the direction of f(x; c theta) comes to that of the limit; Euler's identity
 * for encoder and logit, and for the loss, -theta . grad L against k times the
 * mean of sigma(-m) m, at the least c where the logit is homogeneous to 1e-6.
 */
void homogeneity_add_network(struct homogeneity *table,
                             const struct network *network, uint64_t seed);

/* The degrees that theory gives a network of CONFIG. */
struct homogeneity_degrees {
    double head, attention, feedforward; /* of layer 0 */
    double encoder, logit;
};
struct homogeneity_degrees
homogeneity_theory(const struct model_config *config);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Networks whose weights are set by hand so that their limit decides a
 * language exactly: `model: {construction: majority}`.
 *
 * All of them stand without layer norm, and their biases are zero.  Tokens are
 * one-hot.  Head 0 of layer 0 is uniform (its queries and keys are zero):
 * measure m_r of token t is the mean of some weights over tokens 0..t, the
 * begin mark being token 0, so that a mean over N tokens has the threshold
 * 1/(2N) at its own degree from the begin mark's share.  Head 1 attends to
 * the tokens like its own and brings the own symbol to the degree of the
 * means.  Layer 1 averages the violations found on the way; they stand two
 * degrees above what is said of the whole string, and weigh VIOLATION more.
 *
 *   majority      #1 - #0 - 1/2 > 0
 *   equal-counts  1/2 - |#a - #b| > 0
 *   dyck-1        no prefix with more ) than (; 1/2 - |#( - #)| > 0
 *   shuffle       the same for every kind of brackets: ( ) [ ] ...
 *   anbn          no a after a b; 1/2 - |#a - #b| > 0; not empty
 *   anbncn        no a after b or c, no b after c; the counts; not empty
 *   parity        with x = i/N and k ones, the head of layer 1 scores token i
 *                 2 x k/N - x^2, which is largest at i = k, and reads (-1)^k;
 *                 positions come through their trainable map, constants
 *                 through the uniform head, so that both survive the limit
 *
 * After Merrill et al. 2020 (Theorem 15), Merrill, Sabharwal & Smith 2022
 * (Theorem 3), Bhattamishra et al. 2020 and Chiang & Cholak 2022.
 */

#ifndef MODEL_CONSTRUCTIONS_H
#define MODEL_CONSTRUCTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/model.h"

/* Weight of a violation beside the balance of the whole string: as built
 * (c = 1) strings of fewer than 2 VIOLATION tokens are decided rightly, in
 * the limit all. */
#define VIOLATION 1024

enum construction {
    CONSTRUCTION_NONE,
    CONSTRUCTION_MAJORITY,
    CONSTRUCTION_EQUAL_COUNTS,
    CONSTRUCTION_DYCK,
    CONSTRUCTION_SHUFFLE,
    CONSTRUCTION_ANBN,
    CONSTRUCTION_ANBNCN,
    CONSTRUCTION_PARITY,
    CONSTRUCTIONS
};
extern const char *const construction_names[]; /* NULL-terminated */

/* The name of the construction made for the language called LANGUAGE
 * ("shuffle" for "shuffle-2"), or NULL. */
const char *construction_for(const char *language);

/* What the construction called NAME puts in the place of the model's
 * standards, "norm=none" and the like, NULL-terminated; NULL: no such. */
const char *const *construction_standards(const char *name);

/* Refuses a model without room for its construction, or an alphabet that it
 * is not made for; PLACE is the model block. */
bool construction_check(const struct model_config *config, size_t n_symbols,
                        const struct place *place, struct error *error);

/* Sets all of THETA; config->perturb times a normal draw from SEED is added
 * to the weights of query and key maps. */
void construction_write(const struct model_config *config,
                        const struct layout *layout, uint64_t seed,
                        double *theta);

#endif

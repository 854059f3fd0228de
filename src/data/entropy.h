/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The least a language model can lose on a test bin: the entropy of its
 * draws.  The length is uniform over the lengths that have members, then the
 * member is uniform, so that with lengths N
 *
 *     H = log |N| + mean over n of log |L ∩ Σⁿ|
 *
 * nats a string, and H / mean (n + 1) nats a token, the end mark included.
 *
 * And what a model loses that knows how frequent symbols are and no more.
 */

#ifndef DATA_ENTROPY_H
#define DATA_ENTROPY_H

#include "data/dataset.h"

/* Nats a token of the members of test bin BIN; NAN where draws are not
 * uniform, with `disjoint`, and of a text, which nobody knows. */
double entropy_of_members(const struct dataset *dataset, size_t bin);

/* Nats a token of STRINGS, of an alphabet of N symbols, by the frequencies
 * that symbols and end mark have in them. */
double entropy_of_symbols(const struct strings *strings, size_t n);

/* The same of what EXAMPLES, aimed at for next-token, ask for alone. */
double entropy_of_targets(const struct examples *examples, size_t n);

#endif

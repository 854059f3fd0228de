/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * How much there is of strings, and the bytes that this takes: known from
 * the settings alone, before a language is loaded or a string drawn.
 */

#ifndef DATA_EXTENT_H
#define DATA_EXTENT_H

#include "data/dataset.h"

/* The first COUNT strings of EXTENT, if these are of average length. */
struct extent extent_part(struct extent extent, size_t count);

/* COUNT draws of RANGE (as in dataset_draw), of the lengths that these have
 * on average; and what the split of the range itself comes to. */
struct extent extent_of_draws(const struct data_config *config, size_t range,
                              size_t count);
struct extent extent_of_split(const struct data_config *config, size_t range);

/* How many ranges there are: train, validation and the test bins. */
size_t extent_ranges(const struct data_config *config);

/* What examples take when they have been aimed at; what drawing them takes
 * in passing, each block of them apart before it joins the others. */
size_t examples_bytes(const struct data_config *config, size_t n_symbols,
                      struct extent extent);
size_t drawing_bytes(struct extent extent);

/* What the strings of a dataset take; in *PASSING what drawing takes beyond
 * that. */
size_t dataset_bytes(const struct data_config *config, size_t n_symbols,
                     size_t *passing);

#endif

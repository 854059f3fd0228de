/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The languages of member-of negatives.  They say which strings a run sees, so
 * their definitions are hashed with its own language, and it keeps a copy of
 * each, member-of-1.yaml for the first, beside its config.yaml, which is read
 * when the run is run again.
 */

#ifndef EXPERIMENT_SIBLINGS_H
#define EXPERIMENT_SIBLINGS_H

#include "data/negative.h"

/* Finds each one's file: the copy beside EXPERIMENT if that is a run's
 * config.yaml, else as language_find does; ERROR_CONFIG at PLACE. */
bool siblings_find(struct negatives *negatives, const char *experiment,
                   const struct place *place, struct error *error);

/* Adds their definitions, one after the other; nothing if there are none. */
bool siblings_read(const struct negatives *negatives, struct text *out,
                   struct error *error);

/* The run's own copies, in DIRECTORY. */
bool siblings_keep(const struct negatives *negatives, const char *directory,
                   struct error *error);

#endif

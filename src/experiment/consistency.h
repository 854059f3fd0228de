/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What no room's table of fields can see alone: settings that do not go
 * together, or not with the job's language or the file it begins from.  A
 * complaint stands where its key is written, and none is made of a value that
 * ERROR already complains about.
 */

#ifndef EXPERIMENT_CONSISTENCY_H
#define EXPERIMENT_CONSISTENCY_H

#include <stdbool.h>

#include "base/error.h"
#include "config/yaml.h"
#include "experiment/experiment.h"

/* SETTINGS among themselves; TREE is what they were read from. */
bool consistency_check(const struct settings *settings,
                       const struct yaml_node *tree, struct error *error);

/* Rooms complain at the place of their block: moves the complaints from number
 * FIRST on to where the key they name is written in TREE. */
void consistency_point(struct error *error, size_t first,
                       const struct yaml_node *tree);

/* Whether the job's language has the strings that the job asks for, and fits
 * the network built for it, and the file it begins from does. */
bool consistency_check_language(const struct job *job,
                                const struct yaml_node *tree,
                                struct error *error);

#endif

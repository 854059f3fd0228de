/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What tells resolved configurations apart: runs that were changed from the
 * command line, or by a `quick` block, have no axis that would name them.
 */

#ifndef REPORT_DIFFERENCE_H
#define REPORT_DIFFERENCE_H

#include <stddef.h>

/*
 * For each of N texts of a config.yaml, "train.rate=0.1,train.steps=50" of the
 * keys whose values are not the same in all, in the order of the first; those
 * of experiment, about, seed and sweep are left out.  More than four keys are
 * cut to the first three.  "" where nothing differs, or a text is no YAML.
 * Free each and the list.
 */
char **differences_name(const char *const *configs, size_t n);

#endif

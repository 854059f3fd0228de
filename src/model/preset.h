/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The variants of the published code of "Effects of Parameter Norm Growth",
 * under its names: standards for the keys that a model block leaves out.
 *
 * All have learned positions, multiply masked scores by zero and have no last
 * norm, as that code does; their sizes are the experiment's own.  Of its
 * `vaswani` it is what was meant along the string: no mask, dropout 0.1.
 * `control_rel` and `bias_scaled_rel` ask there for sinusoids that they never
 * get; here they have them.
 */

#ifndef MODEL_PRESET_H
#define MODEL_PRESET_H

/* "none" first, which has no standards; NULL-terminated. */
extern const char *const preset_names[];

/* "key=value" for each standard of a preset, NULL-terminated; NULL for a word
 * that is none. */
const char *const *preset_standards(const char *name);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Counts and draws of a template.
 *
 * The words of a pattern fall into units: a variable, or the variables of one
 * arithmetic function with its result.  A unit takes as many symbols of the
 * string as all its terms have together; with c_u(m) ways to take m,
 *
 *     W_u(n) = sum over m of c_u(m) W_(u+1)(n - m)
 *
 * counts the words of the units from u on that take n symbols, and a walk
 * along it draws uniformly, provided that no string can be read in two ways.
 */

#ifndef LANGUAGE_CONVOLUTION_H
#define LANGUAGE_CONVOLUTION_H

#include "language/template.h"

/* Fills the branch's tables up to the template's longest length; the tallies
 * of the variables are there. */
void convolution_build(struct template *template, struct branch *branch);
void convolution_clear(struct template *template, struct branch *branch);

/* Strings of length n. */
const struct natural *convolution_count(const struct branch *branch, size_t n);

/* A uniform one; there must be one. */
void convolution_draw(const struct template *template,
                      const struct branch *branch, size_t n,
                      struct stream *stream, uint16_t *out);

/* Whether R falls to WEIGHT; if not, R is less by it. */
bool convolution_falls_to(struct natural *r, const struct natural *weight);

#endif

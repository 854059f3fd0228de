/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The summary for people: on a terminal one block per experiment and setting,
 * with as many columns as it is wide, and under it what each of them means.
 */

#ifndef REPORT_VIEW_H
#define REPORT_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"
#include "report/table.h"

/*
 * Keeps of a summary what says whose row it is and the columns named by WORDS
 * ("trained,limit agrees"), in their order; ERROR_CONFIG for a word that names
 * none.
 */
bool view_choose(struct table *summary, const char *words, struct error *error);

/*
 * Writes SUMMARY in blocks at most WIDTH columns wide, the most telling
 * columns of it where not all fit, at least one, in the summary's order; 0 is
 * no limit.  Then the legend, and the columns that are left out.
 */
void view_write(const struct table *summary, size_t width, struct text *out);

/* The meaning of every column of SUMMARY, a line `- name: meaning` each, after
 * that of accuracy where it has to be said. */
void view_legend(const struct table *summary, struct text *out);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Figures by gnuplot: a data file and a script are always written, the SVG
 * where gnuplot is found.  Nothing of the user's is ever passed to a shell.
 */

#ifndef REPORT_FIGURE_H
#define REPORT_FIGURE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* One curve: y against x with an optional band low..high. */
struct curve {
    const char *title;
    const double *x, *y, *low, *high;
    size_t count;
    int panel; /* 0-based, left to right, at most 4 */
};

struct figure {
    const char *title;
    const char *x_label[4], *y_label[4], *panel_title[4];
    bool log_x[4];
    double y_least, y_most; /* equal: chosen by gnuplot */
    const struct curve *curves;
    size_t n_curves;
    int panels;
};

/*
 * Writes BASE.dat, BASE.gp and BASE.svg.  *DRAWN tells whether gnuplot was
 * there; its absence is no error, its failure is ERROR_FAILED.
 */
bool figure_write(const struct figure *figure, const char *base, bool *drawn,
                  struct error *error);

#endif

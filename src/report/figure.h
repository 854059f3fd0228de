/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Figures by gnuplot: a data file and a script are always written, SVG and
 * PDF where gnuplot is found.  Nothing of the user's is ever passed to a shell.
 */

#ifndef REPORT_FIGURE_H
#define REPORT_FIGURE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#define FIGURE_PANELS 4

/* How a curve is drawn.  What others measured is dotted. */
enum curve_look { LOOK_LINE, LOOK_DOTTED, LOOK_POINTS, LOOK_SQUARES };

/* One curve: y against x with an optional band low..high.  Curves of one
 * title share a colour and a line in the key.  NaN is left out. */
struct curve {
    const char *title;
    const double *x, *y, *low, *high; /* [count]; low and high may be NULL */
    size_t count;
    int panel; /* 0-based, left to right */
    int look;  /* enum curve_look */
};

struct panel {
    const char *title, *x_label, *y_label;
    bool log_x, log_y;
    double y_least, y_most; /* equal: chosen by gnuplot */
};

struct figure {
    const char *title;
    struct panel panels[FIGURE_PANELS];
    int n_panels;
    const struct curve *curves;
    size_t n_curves;
};

/*
 * Writes BASE.dat, BASE.gp, BASE.svg and BASE.pdf.  *DRAWN tells whether
 * gnuplot was there; its absence is no error, its failure is ERROR_FAILED.
 */
bool figure_write(const struct figure *figure, const char *base, bool *drawn,
                  struct error *error);

#endif

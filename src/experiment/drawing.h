/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The figures of a page (page.h), drawn from tables of series and runs.
 *
 *   figures:
 *     - figure: figure-1                    # its file's name
 *       title: ...
 *       rows: [8, 10]                       # shown with the first of them
 *       panels:
 *         - title: ...
 *           x: step / last step
 *           y: norm / first norm
 *           log: xy                         # none, x, y or xy
 *           range: [0, 1]                   # of y
 *           curves:
 *             - {title: T5, of: t5, x: step/last, y: norm/first, look: dotted}
 *             - {title: ours, of: growth, where: {seed: 1}, x: ..., y: ...}
 *             - {title: grows, of: grid, x: axis.train.rate,
 *                y: axis.train.decay, above: {metric: norm.ratio, at: 1}}
 *
 * A curve has a line for every witness (evidence.h) that answers `of` and
 * `where`: columns of its table (`table` names another of a run's files than
 * trajectory.csv), products of columns and numbers (-0.5*step_length*
 * step_length), divided by their first or last value by a final /first or
 * /last.  Of a long table a figure needs no more than some rows: the first, the
 * last, and between them DRAWN_ROWS or so, half of them evenly and half of
 * them log-spaced.  Where x begins with "axis." or "metric." a witness is a
 * point of one curve, and `above` or `below` choose witnesses by a metric.
 */

#ifndef EXPERIMENT_DRAWING_H
#define EXPERIMENT_DRAWING_H

#include <stdbool.h>

#include "base/error.h"
#include "base/text.h"
#include "config/yaml.h"
#include "experiment/evidence.h"

enum { DRAWN_ROWS = 240 };

/*
 * Draws the figure NODE, at PATH, into DIRECTORY, and adds to OUT the Markdown
 * that shows it.  Nothing is drawn, and nothing added, where no curve has a
 * witness, or DIRECTORY is NULL: then NODE is only read.
 */
bool drawing_write(const struct yaml_node *node, const char *path,
                   const struct evidence *evidence, const char *directory,
                   struct text *out, struct error *error);

#endif

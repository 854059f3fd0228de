/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A page that holds results against somebody's published numbers, from one
 * YAML file: what is claimed, what it is read from, what was published.
 *
 *   page: norm-growth
 *   title: ...
 *   about: ...
 *   series: {t5: {file: data/t5.csv, direction: cos_prev}}    # evidence.h
 *   rows:
 *     - row: 8
 *       about: The norm grows as sqrt t
 *       command: saturn growth data/t5.csv
 *       exact:                        # formulas and replays: PASS or FAIL
 *         - {item: R2, of: t5, metric: growth.sqrt.r2, paper: 0.99856}
 *       claim:                        # what training shows: HELD or REFUTED,
 *                                     # ERROR where a run lacks the number
 *         - {item: our R2, of: growth, that: "growth.sqrt.r2 >= 0.99"}
 *       show:                         # numbers of ours without a verdict
 *         - {item: our p, of: growth, metric: growth.power.p}
 *       open: what is missing         # OPEN, and so are items without a run
 *                                     # and exact ones without the number
 *   figures: ...                      # drawing.h
 *
 * `paper` is a text; where it is a number and nothing else is asked, ours must
 * round to it: half a unit of its last digit, or `within` an absolute or
 * `relative` a relative bound; with `most` it is at most that instead.
 * `where` chooses by axes, `over` joins seeds.
 *
 *   order: {by: train.schedule, of: [constant, linear], least: 0.3}
 *       the medians of `metric` must fall in this order of the axis' values,
 *       by `least` (0) at every step
 *   flips: {columns: train.rate, along: train.decay, at: 1, least: 0.8}
 *       the share of columns in which `metric`, along the other axis, crosses
 *       `at` exactly once must be at least that; where each does is listed
 */

#ifndef EXPERIMENT_PAGE_H
#define EXPERIMENT_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "config/yaml.h"
#include "experiment/judgement.h"
#include "report/report.h"

/* How many items came to what. */
struct page_counts {
    size_t of[SHOWN + 1]; /* by enum verdict_word */
};

/*
 * Writes README.md, rows.csv, rows.json, rows.tex, crossings.csv and the
 * figures into DIRECTORY.
 */
bool page_write(const char *path, const struct records *records,
                const char *directory, struct page_counts *counts,
                struct error *error);

/* Every mistake that page_write would complain of, without runs and files. */
bool page_check(const char *path, struct error *error);

#endif

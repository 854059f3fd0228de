/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What a page of results is judged by: series that others published, walked
 * dynamics, and finished runs, each with its place on axes and its numbers.
 */

#ifndef EXPERIMENT_EVIDENCE_H
#define EXPERIMENT_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "config/yaml.h"
#include "experiment/claim.h"
#include "report/report.h"
#include "results/metrics.h"

struct witness {
    char *name;          /* of the series, or the run's experiment */
    char *table, *place; /* a series' CSV, or a run's directory */
    char **axes;         /* NULL-terminated; a run's, or a series' `by` */
    char **values;       /* as many */
    struct metrics metrics;
};

struct evidence {
    struct witness *items;
    size_t count;
};

/*
 * SERIES, a map of the page, names files beside FOLDER:
 *   t5: {file: data/t5.csv, step: step, norm: norm, direction: cos_prev}
 *   layers: {..., by: layer}       one witness per value, which is its axis
 *   degrees: {file: degrees.csv, axes: [group, part]}
 *                                  no series: every row is a witness
 * Their metrics are those of a run's trajectory (course.h), those of the
 * published baseline (growth.exp-literal.*), and at every step norm@STEP,
 * direction@STEP, length@STEP, alignment@STEP.  Of a table with `axes` they
 * are its other columns, where they hold a number.
 *
 * `dynamics` is always there: one witness per law, axis `law`, metrics rate,
 * closed and ratio.  Runs are those of RECORDS but for the quick ones, whose
 * lengths and budgets are not what a page says; two that stand at one place of
 * an experiment with other settings are ERROR_CONFIG, since one must be out of
 * date.  The caller clears, even after a failure.
 */
bool evidence_collect(struct evidence *evidence, const struct yaml_node *series,
                      const char *folder, const struct records *records,
                      struct error *error);
void evidence_clear(struct evidence *evidence);

/* The witness as claims see it; borrows. */
struct outcome witness_outcome(const struct witness *witness);

/* Whether it is called NAME and has every axis of WHERE (or NULL) at the
 * value, or one of the values, asked for. */
bool witness_answers(const struct witness *witness, const char *name,
                     const struct yaml_node *where);

#endif

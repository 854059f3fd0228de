/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Reports from finished run directories and nothing else: a summary table
 * over seeds, and the main figure (accuracy and agreement against the norm
 * ratio |theta_t| / |theta_0|).
 */

#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "report/table.h"
#include "results/metrics.h"

/* One finished run as its files tell it. */
struct record {
    char *path, *experiment, *language;
    char *axes;     /* those other than the seed: "model.norm=pre", or "" */
    char *settings; /* hash of all settings but the seed */
    char *hash;     /* of all settings and the language */
    char *group;    /* runs to be joined over seeds: the axes, and the settings
                       that differ where the axes do not tell runs apart */
    char *seed;     /* "1" */
    bool quick;     /* of a quick block: smaller than what it stands for */
    struct metrics metrics;
};

struct records {
    struct record *items;
    size_t count;
    size_t unfinished; /* .partial directories passed over */
};

/*
 * Adds the run at PATH, or every finished run under it, sorted by path; a run
 * that is there already, or whose copy is, is passed over.  A directory
 * without any is ERROR_CONFIG.
 */
bool records_collect(struct records *records, const char *path,
                     struct error *error);
void records_clear(struct records *records);

/*
 * The summary: a row per experiment, group and test bin (or all strings up to
 * a length), a column per evaluator: mean over seeds of the accuracy as
 * "0.998 [0.992, 1]" with least and most; then how often `limit` agrees with
 * `trained`, norm ratio and saturation.  Where a run has them, columns of what
 * sequence objectives say besides, perplexity first.
 */
void report_summary(const struct records *records, struct table *table);

/* The same rows with the ladders scaled=c and sharpened=c for columns. */
void report_ladders(const struct records *records, struct table *table);

/* One row per run, set of strings and evaluator, raw, for CSV. */
void report_rows(const struct records *records, struct table *table);

/*
 * The main figure of one experiment's runs to BASE.{dat,gp,svg}; of one GROUP
 * of them, or of all when it is NULL.  Where the norm grows from probe to
 * probe a line is the median over seeds and its band least to most, else each
 * seed has its own line.
 */
bool report_figure(const struct records *records, const char *experiment,
                   const char *group, const char *base, bool *drawn,
                   struct error *error);

/*
 * Writes report.md, summary.csv, rows.csv and a figure per experiment and
 * group into DIRECTORY.
 */
bool report_write(const struct records *records, const char *directory,
                  struct error *error);

#endif

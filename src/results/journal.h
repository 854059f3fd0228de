/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Files that grow while a run trains: comma-separated rows that begin with
 * their step, and the spool of recorded parameters.  A row is one write, so
 * that a killed process leaves whole rows and at most one torn at the end;
 * journal_cut and spool_cut take a file back to a checkpoint's step.
 */

#ifndef RESULTS_JOURNAL_H
#define RESULTS_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "model/model.h"

/* Their names in a run's directory. */
#define TRAJECTORY_FILE "trajectory.csv"
#define PROBES_FILE     "probes.csv"
#define SPOOL_FILE      "spool"

/* Adds ROW to the file at PATH, after HEADER when it is new or empty; both
 * end in a line end. */
bool journal_add(const char *path, const char *header, const char *row,
                 struct error *error);

/* Waits until the file is on the disk; a missing file is fine. */
bool journal_synchronise(const char *path, struct error *error);

/*
 * Keeps the header and the whole rows of steps up to STEP, without the
 * column cosine_end.  *NEXT is one more than the last step kept, or 0.
 */
bool journal_cut(const char *path, size_t step, size_t *next,
                 struct error *error);

/* The same for the spool: records of N parameters and their step. */
bool spool_add(const char *path, size_t step, const double *theta, size_t n,
               struct error *error);
bool spool_cut(const char *path, size_t step, size_t n, size_t *next,
               struct error *error);

/*
 * Adds the column cosine_end, cos(theta_r, LAST), to the trajectory at PATH
 * from the parameters in SPOOL; a row whose parameters are not there gets an
 * empty cell.  Nothing changes when the spool is gone and the column there,
 * or when nothing was ever recorded.
 */
bool journal_close(const char *path, const char *spool,
                   const struct layout *layout, const double *last,
                   struct error *error);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A table of cells and its writers: Markdown, LaTeX, CSV, JSON; one registry.
 */

#ifndef REPORT_TABLE_H
#define REPORT_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"

struct table {
    char **columns;
    bool *spread; /* [n_columns] cells are "0.5", "0.5 [0.4, 0.6]" or "" */
    size_t n_columns;
    char **cells; /* [n_rows * n_columns] */
    size_t n_rows, filled;
    bool exact;           /* who fills it is to keep all digits */
    const char *accuracy; /* what the legend calls so; NULL: it goes without
                             saying */
};

void table_clear(struct table *table);
void table_column(struct table *table, const char *name); /* before rows */
/* One of numbers with the least and most that they may be: JSON has them as
 * {"value": 0.5, "low": 0.4, "high": 0.6}, or null. */
void table_spread(struct table *table, const char *name);

/* Fills the next cell, row by row. */
void table_cell(struct table *table, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

struct table_writer {
    const char *name; /* "markdown", "latex", "csv", "json" */
    void (*write)(const struct table *table, struct text *out);
};
extern const struct table_writer table_writers[]; /* ends with a NULL name */
const struct table_writer *table_writer_find(const char *name);

/* The writer called NAME, of Markdown when that is NULL; ERROR_CONFIG with
 * those there are. */
bool table_writer_choose(const char *name, const struct table_writer **writer,
                         struct error *error);

#endif

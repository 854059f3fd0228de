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
    size_t n_columns;
    char **cells; /* [n_rows * n_columns] */
    size_t n_rows, filled;
};

void table_clear(struct table *table);
void table_column(struct table *table, const char *name); /* before rows */

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

/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Comma-separated tables: RFC 4180 quoting, numbers that read back exactly. */

#ifndef RESULTS_CSV_H
#define RESULTS_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"

/* Building a row: cells, then csv_end. */
void csv_text(struct text *out, const char *cell);
void csv_count(struct text *out, size_t cell);
void csv_number(struct text *out, double cell); /* NaN is an empty cell */
void csv_end(struct text *out);

/* A table read back: rows[r][c], every row as long as the header. */
struct csv {
    char **columns;
    size_t n_columns;
    char ***rows;
    size_t n_rows;
};
bool csv_read(struct csv *csv, const char *path, struct error *error);
void csv_clear(struct csv *csv);
long csv_column(const struct csv *csv, const char *name); /* or -1 */

/* The cell as a number; NAN when empty or not one. */
double csv_value(const struct csv *csv, size_t row, long column);

#endif

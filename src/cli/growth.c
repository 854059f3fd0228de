/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "cli/command.h"
#include "growth/growth.h"
#include "report/table.h"
#include "results/csv.h"

static bool find_column(const struct csv *csv, const char *path,
                        const char *name, long *column, struct error *error)
{
    struct text names = { 0 };

    *column = csv_column(csv, name);
    if (*column >= 0)
        return true;
    for (size_t i = 0; i < csv->n_columns; i++)
        text_add_format(&names, "%s%s", i > 0 ? ", " : "", csv->columns[i]);
    error_add(error, ERROR_CONFIG, &(struct place){ .file = path }, NULL,
              "no column %s; accepted: %s", name, names.data);
    text_clear(&names);
    return false;
}

static void add_number(struct table *table, double number)
{
    if (isnan(number))
        table_cell(table, "%s", "");
    else
        table_cell(table, "%.6g", number);
}

static void fill_table(const struct growth_fit *fits, struct table *table)
{
    static const char *const columns[] = { "law", "formula", "a",     "b",
                                           "p",   "R2",      "points" };

    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        table_column(table, columns[i]);
    for (size_t i = 0; i < GROWTH_LAWS; i++) {
        table_cell(table, "%s", fits[i].law);
        table_cell(table, "%s", fits[i].formula);
        add_number(table, fits[i].a);
        add_number(table, fits[i].b);
        add_number(table, fits[i].p);
        add_number(table, fits[i].r2);
        table_cell(table, "%zu", fits[i].points);
    }
}

static bool run(const struct options *options, struct error *error)
{
    const char *path = options->operands[0];
    const struct table_writer *writer =
        table_writer_find(options->json ? "json" : "markdown");
    struct growth_fit fits[GROWTH_LAWS];
    struct csv csv = { 0 };
    struct table table = { 0 };
    struct text out = { 0 };
    double *x = NULL, *y = NULL;
    long step, norm;
    bool ok = csv_read(&csv, path, error) &&
              find_column(&csv, path, options->x != NULL ? options->x : "step",
                          &step, error) &&
              find_column(&csv, path, options->y != NULL ? options->y : "norm",
                          &norm, error);

    if (!ok)
        goto done;
    x = memory_new(csv.n_rows + 1, sizeof *x);
    y = memory_new(csv.n_rows + 1, sizeof *y);
    for (size_t i = 0; i < csv.n_rows; i++) {
        x[i] = csv_value(&csv, i, step);
        y[i] = csv_value(&csv, i, norm);
    }
    growth_fit(x, y, csv.n_rows, fits);
    fill_table(fits, &table);
    writer->write(&table, &out);
    ok = output_text(&out, error);
done:
    table_clear(&table);
    csv_clear(&csv);
    free(x);
    free(y);
    return ok;
}

static const struct option options[] = {
    { 'x', "x", OPTION_TEXT, offsetof(struct options, x), "COLUMN",
      "the column of steps (step)" },
    { 'y', "y", OPTION_TEXT, offsetof(struct options, y), "COLUMN",
      "the column of norms (norm)" },
    { .name = NULL }
};

const struct command growth_command = {
    .name = "growth",
    .operands = "CSV",
    .summary = "Fits growth laws to a series of steps and norms.",
    .examples =
        "  saturn growth results/majority/seed=1-1a2b3c4d/trajectory.csv\n"
        "  saturn growth -x epoch -y parameter_norm norms.csv\n",
    .options = options,
    .least = 1,
    .most = 1,
    .run = run
};

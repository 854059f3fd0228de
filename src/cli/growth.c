/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/statistics.h"
#include "cli/command.h"
#include "growth/dynamics.h"
#include "growth/growth.h"
#include "report/table.h"
#include "results/course.h"
#include "results/csv.h"

/* What was read of the tables given, one series each. */
struct input {
    struct course *courses;
    size_t count;
};

static void clear_input(struct input *input)
{
    for (size_t i = 0; i < input->count; i++)
        course_clear(&input->courses[i]);
    free(input->courses);
}

static const char *given(const char *name, const char *standard)
{
    return name != NULL ? name : standard;
}

/* "layer=12" into its two sides. */
static bool split_where(const char *where, char **key, char **value,
                        struct error *error)
{
    const char *equals = strchr(where, '=');
    struct text left = { 0 };

    if (equals == NULL || equals == where)
        return error_set(error, ERROR_CONFIG,
                         "--where: \"%s\"; accepted: COLUMN=VALUE", where);
    text_add_bytes(&left, where, (size_t)(equals - where));
    *key = text_take(&left);
    *value = memory_copy_text(equals + 1);
    return true;
}

static bool read_input(const struct options *options, struct input *input,
                       struct error *error)
{
    struct course_columns columns = trajectory_columns;
    char *key = NULL, *value = NULL;
    bool ok = options->where == NULL ||
              split_where(options->where, &key, &value, error);

    columns.step = given(options->x, columns.step);
    columns.norm = given(options->y, columns.norm);
    if (options->cosine != NULL) {
        columns.direction = options->cosine;
        columns.length = columns.alignment = NULL;
    }
    input->courses = memory_new(options->n_operands, sizeof *input->courses);
    for (size_t i = 0; ok && i < options->n_operands; i++) {
        const char *path = options->operands[i];
        struct csv csv = { 0 };

        ok = csv_read(&csv, path, error) &&
             course_take(&input->courses[i], &csv, path, &columns, key, value,
                         error);
        input->count++;
        csv_clear(&csv);
    }
    free(key);
    free(value);
    return ok;
}

/* ------------------------------------------------------------ the tables */

static void add_columns(struct table *table, const char *const *names)
{
    for (; *names != NULL; names++)
        table_column(table, *names);
}

/* The number, or its median over the series with least and most: what one
 * series says of itself is no interval. */
static void add_spread(struct table *table, const double *values, size_t n)
{
    double low = statistics_quantile(values, n, 0);
    double high = statistics_quantile(values, n, 1);

    if (n == 0)
        table_cell(table, "%s", "");
    else if (low < high)
        table_cell(table, "%.6g [%.6g, %.6g]",
                   statistics_quantile(values, n, 0.5), low, high);
    else
        table_cell(table, "%.6g", low);
}

/* How one law fits every series. */
static void add_law(struct table *table, const struct growth_fit *fits,
                    size_t count, size_t stride)
{
    static const size_t members[] = { offsetof(struct growth_fit, a),
                                      offsetof(struct growth_fit, b),
                                      offsetof(struct growth_fit, p),
                                      offsetof(struct growth_fit, r2) };
    double *values = memory_new(count, sizeof *values);

    table_cell(table, "%s", fits[0].law);
    table_cell(table, "%s", fits[0].formula);
    for (size_t m = 0; m < sizeof members / sizeof *members; m++) {
        size_t n = 0;

        for (size_t i = 0; i < count; i++) {
            memcpy(&values[n], (const char *)&fits[i * stride] + members[m],
                   sizeof *values);
            n += isnan(values[n]) ? 0 : 1;
        }
        add_spread(table, values, n);
    }
    table_cell(table, "%zu", fits[0].points);
    free(values);
}

static void fill_laws(const struct input *input, bool literal,
                      struct table *table)
{
    static const char *const columns[] = { "law", "formula", "a",      "b",
                                           "p",   "R2",      "points", NULL };
    size_t laws = GROWTH_LAWS + 1;
    struct growth_fit *fits = memory_new(input->count * laws, sizeof *fits);

    add_columns(table, columns);
    for (size_t i = 0; i < input->count; i++) {
        const struct path *path = &input->courses[i].path;

        growth_fit(path->steps, path->norms, path->n, &fits[i * laws]);
        growth_fit_literal(path->steps, path->norms, path->n,
                           &fits[i * laws + GROWTH_LAWS]);
    }
    for (size_t l = 0; l < (literal ? laws : GROWTH_LAWS); l++)
        add_law(table, &fits[l], input->count, laws);
    free(fits);
}

/* Every number of the path, a column a series. */
static void fill_path(const struct input *input, const struct options *options,
                      struct table *table)
{
    struct metrics *all = memory_new(input->count, sizeof *all);

    table_column(table, "metric");
    for (size_t i = 0; i < input->count; i++) {
        metrics_add_course(&all[i], "", &input->courses[i]);
        table_column(table, options->operands[i]);
    }
    for (size_t m = 0; m < all[0].count; m++) {
        const char *name = all[0].items[m].name;

        if (!text_begins(name, "path.") && !text_begins(name, "norm."))
            continue;
        table_cell(table, "%s", name);
        for (size_t i = 0; i < input->count; i++) {
            const struct metric *metric = metrics_find(&all[i], name);

            if (metric == NULL)
                table_cell(table, "%s", "");
            else
                table_cell(table, "%.6g", metric->value);
        }
    }
    for (size_t i = 0; i < input->count; i++)
        metrics_clear(&all[i]);
    free(all);
}

static void fill_dynamics(struct table *table)
{
    static const char *const columns[] = { "dynamics", "closed form",
                                           "slope of", "closed",
                                           "walked",   "error in %",
                                           NULL };

    add_columns(table, columns);
    for (const struct dynamics *law = dynamics; law->name != NULL; law++) {
        double rate = dynamics_walk(law);

        table_cell(table, "%s", law->name);
        table_cell(table, "%s", law->closed);
        table_cell(table, "%s", law->quantity);
        table_cell(table, "%.6g", law->rate);
        table_cell(table, "%.6g", rate);
        table_cell(table, "%+.3f", 100 * (rate / law->rate - 1));
    }
}

/* --------------------------------------------------------------- the command
 */

static bool run(const struct options *options, struct error *error)
{
    const struct table_writer *writer;
    struct input input = { 0 };
    struct table table = { 0 };
    struct text out = { 0 };
    bool ok = table_writer_choose(options->json ? "json" : options->format,
                                  &writer, error);

    if (ok && options->n_operands == 0 && !options->dynamics)
        ok = error_set(error, ERROR_CONFIG,
                       "growth: a CSV is missing, or --dynamics");
    ok = ok && read_input(options, &input, error);
    if (!ok)
        goto done;
    if (options->dynamics)
        fill_dynamics(&table);
    else if (options->path)
        fill_path(&input, options, &table);
    else
        fill_laws(&input, options->literal, &table);
    writer->write(&table, &out);
    ok = output_text(&out, error);
done:
    table_clear(&table);
    clear_input(&input);
    return ok;
}

/* clang-format off */
static const struct option options[] = {
    { 'x', "x", OPTION_TEXT, offsetof(struct options, x), "COLUMN",
      "the column of steps (step)" },
    { 'y', "y", OPTION_TEXT, offsetof(struct options, y), "COLUMN",
      "the column of norms (norm)" },
    { 0, "where", OPTION_TEXT, offsetof(struct options, where),
      "COLUMN=VALUE", "these rows alone" },
    { 0, "path", OPTION_FLAG, offsetof(struct options, path), NULL,
      "directions, alignments and sums of steps instead" },
    { 0, "cosine", OPTION_TEXT, offsetof(struct options, cosine), "COLUMN",
      "cos(theta_r, theta_{r-1}), which they follow from" },
    { 0, "literal", OPTION_FLAG, offsetof(struct options, literal), NULL,
      "add the published exp(-t), 1 at t = 0 alone" },
    { 0, "dynamics", OPTION_FLAG, offsetof(struct options, dynamics), NULL,
      "idealised steps against their closed forms" },
    { 'f', "format", OPTION_TEXT, offsetof(struct options, format), "NAME",
      "markdown, latex, csv or json" },
    { .name = NULL }
};
/* clang-format on */

const struct command growth_command = {
    .name = "growth",
    .operands = "[CSV...]",
    .summary = "Fits growth laws to series of steps and norms.",
    .examples =
        "  saturn growth results/majority/seed=1-1a2b3c4d/trajectory.csv\n"
        "  saturn growth results/growth/*/trajectory.csv  # median [least, "
        "most]\n"
        "  saturn growth -x epoch -y parameter_norm norms.csv\n"
        "  saturn growth --path --cosine cos_prev "
        "experiments/paper/data/t5_whole.csv\n"
        "  saturn growth --dynamics\n",
    .options = options,
    .run = run
};

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "experiment/evidence.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "config/schema.h"
#include "experiment/judgement.h"
#include "growth/dynamics.h"
#include "growth/growth.h"
#include "results/course.h"
#include "results/csv.h"
#include "results/manifest.h"

static void free_words(char **words)
{
    for (size_t i = 0; words != NULL && words[i] != NULL; i++)
        free(words[i]);
    free(words);
}

void evidence_clear(struct evidence *evidence)
{
    for (size_t i = 0; i < evidence->count; i++) {
        struct witness *witness = &evidence->items[i];

        free(witness->name);
        free(witness->table);
        free(witness->place);
        free_words(witness->axes);
        free_words(witness->values);
        metrics_clear(&witness->metrics);
    }
    free(evidence->items);
    *evidence = (struct evidence){ 0 };
}

struct outcome witness_outcome(const struct witness *witness)
{
    return (struct outcome){ (const char *const *)witness->axes,
                             (const char *const *)witness->values,
                             &witness->metrics };
}

static bool has_axis(const struct witness *witness, const char *axis)
{
    for (size_t i = 0; witness->axes[i] != NULL; i++)
        if (strcmp(witness->axes[i], axis) == 0)
            return true;
    return false;
}

bool witness_answers(const struct witness *witness, const char *name,
                     const struct yaml_node *where)
{
    struct outcome outcome = witness_outcome(witness);

    if (strcmp(witness->name, name) != 0)
        return false;
    for (size_t i = 0; where != NULL && i < where->count; i++)
        if (!has_axis(witness, where->keys[i]->text))
            return false;
    return outcome_admits(where, &outcome);
}

static struct witness *add_witness(struct evidence *evidence, const char *name)
{
    struct witness *witness;

    evidence->items = memory_resize(evidence->items, evidence->count + 1,
                                    sizeof *evidence->items);
    witness = &evidence->items[evidence->count++];
    *witness = (struct witness){ .name = memory_copy_text(name),
                                 .axes = memory_new(1, sizeof(char *)),
                                 .values = memory_new(1, sizeof(char *)) };
    return witness;
}

static void add_axis(struct witness *witness, const char *axis,
                     const char *value)
{
    size_t n = 0;

    while (witness->axes[n] != NULL)
        n++;
    witness->axes = memory_resize(witness->axes, n + 2, sizeof(char *));
    witness->values = memory_resize(witness->values, n + 2, sizeof(char *));
    witness->axes[n] = memory_copy_text(axis);
    witness->values[n] = memory_copy_text(value);
    witness->axes[n + 1] = witness->values[n + 1] = NULL;
}

/* -------------------------------------------------------- published series */

struct entry {
    char *file, *step, *norm, *direction, *by;
    const struct yaml_node *axes;
};

/* clang-format off */
static const struct field entry_fields[] = {
    { .key = "file", .type = FIELD_TEXT, .offset = offsetof(struct entry, file),
      .help = "a table beside the page" },
    { .key = "step", .type = FIELD_TEXT, .standard = "step",
      .offset = offsetof(struct entry, step), .help = "column of steps" },
    { .key = "norm", .type = FIELD_TEXT, .standard = "norm",
      .offset = offsetof(struct entry, norm), .help = "column of norms" },
    { .key = "direction", .type = FIELD_TEXT, .standard = "~",
      .offset = offsetof(struct entry, direction),
      .help = "column of cos(theta_r, theta_{r-1})" },
    { .key = "by", .type = FIELD_TEXT, .standard = "~",
      .offset = offsetof(struct entry, by),
      .help = "column whose values tell series apart" },
    { .key = "axes", .type = FIELD_CUSTOM, .custom = &node_custom,
      .standard = "~", .offset = offsetof(struct entry, axes),
      .help = "no series: every row is a witness, and these its axes" },
    { .key = NULL }
};
/* clang-format on */

static void add_at(struct metrics *metrics, const char *what, double step,
                   double value)
{
    struct text name = { 0 };

    text_add_format(&name, "%s@%.12g", what, step);
    if (!isnan(value))
        metrics_add(metrics, name.data, value);
    text_clear(&name);
}

static void add_points(struct metrics *metrics, const struct path *path)
{
    for (size_t i = 0; i < path->n; i++) {
        double step = path->steps[i];

        add_at(metrics, "norm", step, path->norms[i]);
        add_at(metrics, "direction", step, path->directions[i]);
        add_at(metrics, "length", step, path->lengths[i]);
        add_at(metrics, "alignment", step, path->alignments[i]);
    }
}

/* One witness of the rows whose column `by` is VALUE, or of all rows. */
static bool add_series(struct evidence *evidence, const char *name,
                       const struct entry *entry, const char *file,
                       const struct csv *csv, const char *value,
                       struct error *error)
{
    const struct course_columns columns = { .step = entry->step,
                                            .norm = entry->norm,
                                            .direction = entry->direction };
    struct growth_fit literal;
    struct witness *witness;
    struct course course;

    if (!course_take(&course, csv, file, &columns, entry->by, value, error))
        return false;
    witness = add_witness(evidence, name);
    witness->table = memory_copy_text(file);
    witness->place = memory_copy_text(file);
    if (entry->by != NULL)
        add_axis(witness, entry->by, value);
    metrics_add_course(&witness->metrics, "", &course);
    growth_fit_literal(course.path.steps, course.path.norms, course.path.n,
                       &literal);
    metrics_add_growth(&witness->metrics, "", &literal, 1);
    add_points(&witness->metrics, &course.path);
    course_clear(&course);
    return true;
}

/* Row ROW of a table that is no series: its axes, and its other numbers. */
static void add_row(struct evidence *evidence, const char *name,
                    const struct yaml_node *axes, const char *file,
                    const struct csv *csv, size_t row)
{
    struct witness *witness = add_witness(evidence, name);

    witness->table = memory_copy_text(file);
    witness->place = memory_copy_text(file);
    for (size_t i = 0; i < axes->count; i++) {
        const char *axis = axes->items[i]->text;

        add_axis(witness, axis, csv->rows[row][csv_column(csv, axis)]);
    }
    for (size_t c = 0; c < csv->n_columns; c++) {
        double value = csv_value(csv, row, (long)c);

        if (!isnan(value) && !has_axis(witness, csv->columns[c]))
            metrics_add(&witness->metrics, csv->columns[c], value);
    }
}

/* A witness for every row of CSV. */
static bool add_table(struct evidence *evidence, const char *name,
                      const struct yaml_node *axes, const char *path,
                      const char *file, const struct csv *csv,
                      struct error *error)
{
    bool ok = axes->kind == YAML_LIST;

    for (size_t i = 0; ok && i < axes->count; i++)
        ok = axes->items[i]->kind == YAML_SCALAR &&
             csv_column(csv, axes->items[i]->text) >= 0;
    if (!ok)
        return schema_complain(axes, path, "a list of the table's columns",
                               error);
    for (size_t r = 0; r < csv->n_rows; r++)
        add_row(evidence, name, axes, file, csv, r);
    return true;
}

/* Whether no row before ROW has its value of COLUMN. */
static bool is_new(const struct csv *csv, size_t row, long column)
{
    for (size_t r = 0; r < row; r++)
        if (strcmp(csv->rows[r][column], csv->rows[row][column]) == 0)
            return false;
    return true;
}

static bool add_file(struct evidence *evidence, const char *name,
                     const struct entry *entry, const char *path,
                     const char *file, struct error *error)
{
    struct csv csv = { 0 };
    long column;
    bool ok = csv_read(&csv, file, error);

    column = ok && entry->by != NULL ? csv_column(&csv, entry->by) : -1;
    if (ok && entry->axes != NULL)
        ok = add_table(evidence, name, entry->axes, path, file, &csv, error);
    else if (ok && column < 0)
        ok = add_series(evidence, name, entry, file, &csv, NULL, error);
    for (size_t r = 0;
         ok && entry->axes == NULL && column >= 0 && r < csv.n_rows; r++)
        if (is_new(&csv, r, column))
            ok = add_series(evidence, name, entry, file, &csv,
                            csv.rows[r][column], error);
    csv_clear(&csv);
    return ok;
}

static bool read_series(struct evidence *evidence, const struct yaml_node *map,
                        const char *folder, struct error *error)
{
    bool ok = true;

    if (map == NULL || yaml_is_null(map))
        return true;
    if (map->kind != YAML_MAP)
        return schema_complain(map, "series", "a map of names to series",
                               error);
    for (size_t i = 0; i < map->count; i++) {
        const char *name = map->keys[i]->text;
        struct entry entry = { 0 };
        struct text at = { 0 };
        char *file;

        text_add_format(&at, "series.%s", name);
        if (schema_read(entry_fields, map->items[i], at.data, NULL, &entry,
                        error)) {
            file = file_join(folder, entry.file);
            ok &= add_file(evidence, name, &entry, at.data, file, error);
            free(file);
        } else {
            ok = false;
        }
        schema_clear(entry_fields, &entry);
        text_clear(&at);
    }
    return ok;
}

/* --------------------------------------------------------- dynamics, runs */

static void add_dynamics(struct evidence *evidence)
{
    for (const struct dynamics *law = dynamics; law->name != NULL; law++) {
        struct witness *witness = add_witness(evidence, "dynamics");
        double rate = dynamics_walk(law);

        add_axis(witness, "law", law->key);
        metrics_add(&witness->metrics, "rate", rate);
        metrics_add(&witness->metrics, "closed", law->rate);
        metrics_add(&witness->metrics, "ratio", rate / law->rate);
    }
}

static bool add_run(struct evidence *evidence, const struct record *record,
                    struct error *error)
{
    struct json *manifest = manifest_read(record->path, error);
    const struct json *axes;
    struct witness *witness;

    if (manifest == NULL)
        return false;
    witness = add_witness(evidence, record->experiment);
    witness->place = memory_copy_text(record->path);
    axes = json_get(manifest, "axes");
    for (const char *axis = json_next_key(axes, NULL); axis != NULL;
         axis = json_next_key(axes, axis))
        add_axis(witness, axis, json_as_text(json_get(axes, axis)));
    for (size_t i = 0; i < record->metrics.count; i++) {
        const struct metric *metric = &record->metrics.items[i];

        if (metric->word != NULL)
            metrics_add_word(&witness->metrics, metric->name, metric->word);
        else
            metrics_add(&witness->metrics, metric->name, metric->value);
    }
    json_free(manifest);
    return true;
}

static bool is_same_place(const struct record *a, const struct record *b)
{
    return !a->quick && !b->quick &&
           strcmp(a->experiment, b->experiment) == 0 &&
           strcmp(a->axes, b->axes) == 0 && strcmp(a->seed, b->seed) == 0;
}

/* No two full runs of one experiment are at one place of its axes. */
static bool check_runs(const struct records *records, struct error *error)
{
    bool ok = true;

    for (size_t i = 0; i < records->count; i++)
        for (size_t j = 0; j < i; j++) {
            const struct record *a = &records->items[j];
            const struct record *b = &records->items[i];

            if (is_same_place(a, b))
                ok = error_set(error, ERROR_CONFIG,
                               "%s and %s are one point of %s with different "
                               "settings; remove what is out of date, or name "
                               "the runs to report",
                               a->path, b->path, a->experiment);
        }
    return ok;
}

bool evidence_collect(struct evidence *evidence, const struct yaml_node *series,
                      const char *folder, const struct records *records,
                      struct error *error)
{
    bool ok;

    *evidence = (struct evidence){ 0 };
    ok = check_runs(records, error) &&
         read_series(evidence, series, folder, error);
    add_dynamics(evidence);
    for (size_t i = 0; ok && i < records->count; i++)
        ok = records->items[i].quick ||
             add_run(evidence, &records->items[i], error);
    return ok;
}

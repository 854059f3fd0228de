/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "results/course.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "growth/growth.h"

enum { COLUMNS = 5 };

const struct course_columns trajectory_columns = {
    .step = "step",
    .norm = "norm",
    .direction = "cosine_previous",
    .length = "distance_previous",
    .alignment = "alignment_interval",
};

/* The column NAME with SUFFIX, or -1; of no NAME there is none. */
static long find_column(const struct csv *csv, const char *name,
                        const char *suffix)
{
    struct text full = { 0 };
    long column;

    if (name == NULL)
        return -1;
    text_add_format(&full, "%s%s", name, suffix != NULL ? suffix : "");
    column = csv_column(csv, full.data);
    text_clear(&full);
    return column;
}

static bool complain(const struct csv *csv, const char *place, const char *name,
                     struct error *error)
{
    struct text names = { 0 };

    for (size_t i = 0; i < csv->n_columns; i++)
        text_add_format(&names, "%s%s", i > 0 ? ", " : "", csv->columns[i]);
    error_add(error, ERROR_CONFIG, &(struct place){ .file = place }, NULL,
              "no column %s; accepted: %s", name, names.data);
    text_clear(&names);
    return false;
}

bool course_take(struct course *course, const struct csv *csv,
                 const char *place, const struct course_columns *names,
                 const char *key, const char *value, struct error *error)
{
    const char *suffix = names->suffix;
    long columns[COLUMNS] = { find_column(csv, names->step, NULL),
                              find_column(csv, names->norm, suffix),
                              find_column(csv, names->direction, suffix),
                              find_column(csv, names->length, suffix),
                              find_column(csv, names->alignment, suffix) };
    long chosen = find_column(csv, key, NULL);
    size_t n = 0, room = csv->n_rows + 1;
    double *at[COLUMNS];

    *course = (struct course){ 0 };
    if (columns[0] < 0)
        return complain(csv, place, names->step, error);
    if (columns[1] < 0)
        return complain(csv, place, names->norm, error);
    if (key != NULL && chosen < 0)
        return complain(csv, place, key, error);
    course->values = memory_new(COLUMNS * room, sizeof *course->values);
    for (size_t c = 0; c < COLUMNS; c++)
        at[c] = course->values + c * room;
    for (size_t r = 0; r < csv->n_rows; r++) {
        if (chosen >= 0 && strcmp(csv->rows[r][chosen], value) != 0)
            continue;
        for (size_t c = 0; c < COLUMNS; c++)
            at[c][n] = csv_value(csv, r, columns[c]);
        n++;
    }
    if (columns[3] < 0 || columns[4] < 0)
        path_derive(at[1], at[2], n, at[3], at[4]);
    course->path = (struct path){ at[0], at[1], at[2], at[3], at[4], n };
    return true;
}

void course_clear(struct course *course)
{
    free(course->values);
    *course = (struct course){ 0 };
}

/* ------------------------------------------------------------- its numbers */

/* Metrics under a prefix; what is no number is not there. */
struct under {
    struct metrics *metrics;
    const char *prefix;
};

static void add(const struct under *under, const char *name, double value)
{
    struct text full = { 0 };

    if (isnan(value))
        return;
    text_add_format(&full, "%s%s", under->prefix, name);
    metrics_add(under->metrics, full.data, value);
    text_clear(&full);
}

static void add_alignments(const struct under *under, const struct path *path)
{
    size_t peak = 1;

    for (size_t i = 2; i < path->n; i++)
        if (path->alignments[i] > path->alignments[peak])
            peak = i;
    add(under, "path.alignment.first", path->alignments[1]);
    add(under, "path.alignment.peak", path->alignments[peak]);
    add(under, "path.alignment.peak-step", path->steps[peak]);
    add(under, "path.alignment.last", path->alignments[path->n - 1]);
}

static void add_lengths(const struct under *under, const struct path *path)
{
    double least = path->lengths[1], most = least;

    for (size_t i = 2; i < path->n; i++) {
        least = fmin(least, path->lengths[i]);
        most = fmax(most, path->lengths[i]);
    }
    add(under, "path.length.first", path->lengths[1]);
    add(under, "path.length.least", least);
    add(under, "path.length.most", most);
    add(under, "path.length.last", path->lengths[path->n - 1]);
}

static void add_norms(const struct under *under, const struct path *path)
{
    double most = path->norms[0], fall = 0;

    for (size_t i = 1; i < path->n; i++) {
        most = fmax(most, path->norms[i]);
        fall = fmax(fall, most - path->norms[i]);
    }
    add(under, "norm.start", path->norms[0]);
    add(under, "norm.final", path->norms[path->n - 1]);
    add(under, "norm.ratio", path->norms[path->n - 1] / path->norms[0]);
    add(under, "norm.fall", fall);
}

void metrics_add_course(struct metrics *metrics, const char *prefix,
                        const struct course *course)
{
    const struct path *path = &course->path;
    const struct under under = { metrics, prefix };
    struct path_sums sums = path_sum(path);
    struct path_plane plane = path_plane(path);
    struct growth_fit fits[GROWTH_LAWS];

    growth_fit(path->steps, path->norms, path->n, fits);
    metrics_add_growth(metrics, prefix, fits, GROWTH_LAWS);
    if (path->n < 2)
        return;
    add_norms(&under, path);
    add(&under, "path.direction.first", path->directions[1]);
    add(&under, "path.direction.last", path->directions[path->n - 1]);
    add_alignments(&under, path);
    add_lengths(&under, path);
    add(&under, "path.misaligned", sums.misaligned);
    add(&under, "path.aligned", sums.aligned);
    add(&under, "path.share", sums.share);
    add(&under, "path.identity", path_identity(path));
    add(&under, "path.plane", plane.agreeing);
    add(&under, "path.growing", plane.growing);
}

/* Row i has the step after it; the last one is not made. */
static void add_steps(const struct under *under, const struct csv *csv)
{
    long column = csv_column(csv, "step_length_all");
    double least = INFINITY, most = 0;

    if (column < 0 || csv->n_rows < 2)
        return;
    for (size_t r = 0; r + 1 < csv->n_rows; r++) {
        least = fmin(least, csv_value(csv, r, column));
        most = fmax(most, csv_value(csv, r, column));
    }
    add(under, "path.step.least", least);
    add(under, "path.step.most", most);
}

void metrics_add_trajectory(struct metrics *metrics, const struct csv *csv)
{
    const struct under whole = { metrics, "" };
    struct course_columns columns = trajectory_columns;
    struct error error = { 0 };
    char prefix[32] = "", suffix[32] = "";
    struct course course;

    columns.suffix = suffix;
    for (size_t l = 0;
         csv->n_rows > 0 &&
         course_take(&course, csv, "", &columns, NULL, NULL, &error);
         l++) {
        metrics_add_course(metrics, prefix, &course);
        course_clear(&course);
        snprintf(prefix, sizeof prefix, "layers.%zu.", l);
        snprintf(suffix, sizeof suffix, ":layers.%zu", l);
    }
    add_steps(&whole, csv);
    error_clear(&error);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The main figure.  Panels 1 and 2 hold what was probed along the runs against
 * the norm ratio |theta_t| / |theta_0|, panel 3 the norm against the step, and
 * panel 4, where there is more than one layer, saturation by layer.
 */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/statistics.h"
#include "base/text.h"
#include "report/figure.h"
#include "report/report.h"
#include "results/csv.h"

#define WIDE 3 /* norms that span more get a logarithmic axis */

static const struct line_of {
    int panel;
    const char *column, *title;
} probed[] = {
    { 0, "trained.accuracy", "trained" },
    { 0, "limit.accuracy", "limit" },
    { 0, "attention.accuracy", "attention" },
    { 1, "limit.agreement", "limit" },
    { 1, "attention.agreement", "attention" },
    { 1, "saturation", "saturation" },
};

#define N_PROBED (sizeof probed / sizeof probed[0])

/* What one run wrote; tables may be empty. */
struct history {
    const struct record *record;
    struct csv probes, trajectory, saturation;
};

/* The figure being put together: curves and what they point into. */
struct drawing {
    struct history *histories;
    size_t n_histories;
    struct curve *curves;
    size_t n_curves;
    void **blocks;
    size_t n_blocks;
};

static void clear_drawing(struct drawing *drawing)
{
    for (size_t i = 0; i < drawing->n_histories; i++) {
        csv_clear(&drawing->histories[i].probes);
        csv_clear(&drawing->histories[i].trajectory);
        csv_clear(&drawing->histories[i].saturation);
    }
    for (size_t i = 0; i < drawing->n_blocks; i++)
        free(drawing->blocks[i]);
    free(drawing->histories);
    free(drawing->curves);
    free(drawing->blocks);
}

/* BLOCK is freed with the drawing. */
static void *keep(struct drawing *drawing, void *block)
{
    drawing->blocks = memory_resize(drawing->blocks, drawing->n_blocks + 1,
                                    sizeof *drawing->blocks);
    return drawing->blocks[drawing->n_blocks++] = block;
}

static double *new_values(struct drawing *drawing, size_t n)
{
    return keep(drawing, memory_new(n, sizeof(double)));
}

static void add_curve(struct drawing *drawing, const struct curve *curve)
{
    drawing->curves = memory_resize(drawing->curves, drawing->n_curves + 1,
                                    sizeof *drawing->curves);
    drawing->curves[drawing->n_curves++] = *curve;
}

/* ---------------------------------------------------------- reading the runs
 */

static bool read_table(struct csv *csv, const struct record *record,
                       const char *name, struct error *error)
{
    char *path = file_join(record->path, name);
    bool ok = true;

    *csv = (struct csv){ 0 };
    if (file_exists(path))
        ok = csv_read(csv, path, error);
    free(path);
    return ok;
}

static bool read_histories(struct drawing *drawing,
                           const struct records *records,
                           const char *experiment, const char *group,
                           struct error *error)
{
    bool ok = true;

    drawing->histories = memory_new(records->count, sizeof *drawing->histories);
    for (size_t i = 0; ok && i < records->count; i++) {
        const struct record *record = &records->items[i];
        struct history *history = &drawing->histories[drawing->n_histories];

        if (strcmp(record->experiment, experiment) != 0 ||
            (group != NULL && strcmp(record->group, group) != 0))
            continue;
        history->record = record;
        drawing->n_histories++;
        ok =
            read_table(&history->probes, record, "probes.csv", error) &&
            read_table(&history->trajectory, record, "trajectory.csv", error) &&
            read_table(&history->saturation, record, "saturation.csv", error);
    }
    return ok;
}

/* A column of a table as numbers; NULL where it has no such column. */
static double *read_column(struct drawing *drawing, const struct csv *csv,
                           const char *name)
{
    long column = csv_column(csv, name);
    double *values;

    if (column < 0)
        return NULL;
    values = new_values(drawing, csv->n_rows);
    for (size_t r = 0; r < csv->n_rows; r++)
        values[r] = csv_value(csv, r, column);
    return values;
}

/* ------------------------------------------------------------- over the seeds
 */

/* The histories of one group; probes are joined row by row. */
struct seeds {
    struct history *const *histories;
    size_t count;
};

/* Whether all were probed at the same steps. */
static bool are_aligned(const struct seeds *seeds)
{
    const struct csv *first = &seeds->histories[0]->probes;

    for (size_t s = 1; s < seeds->count; s++) {
        const struct csv *other = &seeds->histories[s]->probes;

        if (other->n_rows != first->n_rows)
            return false;
        for (size_t r = 0; r < first->n_rows; r++)
            if (strcmp(first->rows[r][0], other->rows[r][0]) != 0)
                return false;
    }
    return true;
}

/* Quantile Q over the seeds of a column in row ROW; NAN seeds left out. */
static double over_seeds(const struct seeds *seeds, const char *column,
                         size_t row, double q)
{
    double *values = memory_new(seeds->count, sizeof *values), result;
    size_t n = 0;

    for (size_t s = 0; s < seeds->count; s++) {
        const struct csv *csv = &seeds->histories[s]->probes;
        double value = csv_value(csv, row, csv_column(csv, column));

        if (!isnan(value))
            values[n++] = value;
    }
    result = n > 0 ? statistics_quantile(values, n, q) : NAN;
    free(values);
    return result;
}

static double *quantile_column(struct drawing *drawing,
                               const struct seeds *seeds, const char *column,
                               double q)
{
    size_t n = seeds->histories[0]->probes.n_rows;
    double *values = new_values(drawing, n);

    for (size_t r = 0; r < n; r++)
        values[r] = over_seeds(seeds, column, r, q);
    return values;
}

static bool is_rising(const double *x, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (!(x[i] > x[i - 1]))
            return false;
    return true;
}

static const char *name_line(struct drawing *drawing, const char *title,
                             const char *suffix)
{
    struct text name = { 0 };

    text_add_format(&name, "%s%s%s", title, suffix[0] != '\0' ? ", " : "",
                    suffix);
    return keep(drawing, text_take(&name));
}

/* Every seed's own line. */
static void add_lines(struct drawing *drawing, const struct seeds *seeds,
                      const struct line_of *line, const char *suffix)
{
    for (size_t s = 0; s < seeds->count; s++) {
        const struct csv *csv = &seeds->histories[s]->probes;
        struct curve curve = { .title = name_line(drawing, line->title, suffix),
                               .x = read_column(drawing, csv, "norm_ratio"),
                               .y = read_column(drawing, csv, line->column),
                               .count = csv->n_rows,
                               .panel = line->panel };

        if (curve.x != NULL && curve.y != NULL)
            add_curve(drawing, &curve);
    }
}

/* The median over the seeds and its band. */
static void add_median(struct drawing *drawing, const struct seeds *seeds,
                       const struct line_of *line, const char *suffix,
                       const double *ratios)
{
    const struct csv *csv = &seeds->histories[0]->probes;
    struct curve curve = { .title = name_line(drawing, line->title, suffix),
                           .x = ratios,
                           .count = csv->n_rows,
                           .panel = line->panel };

    if (csv_column(csv, line->column) < 0)
        return;
    curve.y = quantile_column(drawing, seeds, line->column, 0.5);
    curve.low = quantile_column(drawing, seeds, line->column, 0);
    curve.high = quantile_column(drawing, seeds, line->column, 1);
    add_curve(drawing, &curve);
}

static void add_norms(struct drawing *drawing, const struct seeds *seeds,
                      const char *suffix)
{
    const char *title = suffix[0] != '\0'  ? suffix
                        : seeds->count > 1 ? "each seed"
                                           : "run";

    for (size_t s = 0; s < seeds->count; s++) {
        const struct csv *csv = &seeds->histories[s]->trajectory;
        struct curve curve = { .title = title,
                               .x = read_column(drawing, csv, "step"),
                               .y = read_column(drawing, csv, "norm"),
                               .count = csv->n_rows,
                               .panel = 2 };

        if (curve.x != NULL && curve.y != NULL)
            add_curve(drawing, &curve);
    }
}

/* Every seed's own lines, untrained and trained. */
static void add_layers(struct drawing *drawing, const struct seeds *seeds,
                       const char *suffix)
{
    static const char *const columns[] = { "untrained", "trained" };

    for (size_t i = 0; i < seeds->count * 2; i++) {
        const struct csv *csv = &seeds->histories[i / 2]->saturation;

        if (csv->n_rows > 1)
            add_curve(drawing,
                      &(struct curve){
                          .title = name_line(drawing, columns[i % 2], suffix),
                          .x = read_column(drawing, csv, "layer"),
                          .y = read_column(drawing, csv, columns[i % 2]),
                          .count = csv->n_rows,
                          .panel = 3 });
    }
}

static void add_seeds(struct drawing *drawing, const struct seeds *seeds,
                      const char *suffix)
{
    size_t n = seeds->histories[0]->probes.n_rows;
    const double *ratios = NULL;

    if (seeds->count > 1 && n > 0 && are_aligned(seeds))
        ratios = quantile_column(drawing, seeds, "norm_ratio", 0.5);
    if (ratios != NULL && !is_rising(ratios, n))
        ratios = NULL;
    for (size_t i = 0; i < N_PROBED; i++)
        if (ratios != NULL)
            add_median(drawing, seeds, &probed[i], suffix, ratios);
        else
            add_lines(drawing, seeds, &probed[i], suffix);
    add_norms(drawing, seeds, suffix);
    add_layers(drawing, seeds, suffix);
}

/* Group by group in the order met; titles name the group if there are
 * several. */
static void add_groups(struct drawing *drawing)
{
    size_t n = drawing->n_histories;
    struct history **members = memory_new(n, sizeof *members);
    bool *done = memory_new(n, sizeof *done);

    for (size_t i = 0; i < n; i++) {
        const char *group = drawing->histories[i].record->group;
        size_t count = 0;

        if (done[i])
            continue;
        for (size_t j = i; j < n; j++)
            if (strcmp(drawing->histories[j].record->group, group) == 0) {
                members[count++] = &drawing->histories[j];
                done[j] = true;
            }
        add_seeds(drawing, &(struct seeds){ members, count },
                  count < n ? group : "");
    }
    free(members);
    free(done);
}

/* ----------------------------------------------------------------- the figure
 */

/* The median over the runs of a metric; NAN where none has it. */
static double median_metric(const struct drawing *drawing, const char *name)
{
    double *values = memory_new(drawing->n_histories, sizeof *values);
    double result;
    size_t n = 0;

    for (size_t i = 0; i < drawing->n_histories; i++) {
        const struct metric *metric =
            metrics_find(&drawing->histories[i].record->metrics, name);

        if (metric != NULL && isfinite(metric->value))
            values[n++] = metric->value;
    }
    result = n > 0 ? statistics_quantile(values, n, 0.5) : NAN;
    free(values);
    return result;
}

static const char *name_growth(struct drawing *drawing)
{
    double p = median_metric(drawing, "growth.power.p");
    double r2 = median_metric(drawing, "growth.power.r2");
    struct text title = { 0 };

    text_add(&title, "norm growth");
    if (isfinite(p) && isfinite(r2))
        text_add_format(&title, ": a t^%.2g + b, R\xc2\xb2 %.3f", p, r2);
    return keep(drawing, text_take(&title));
}

static const char *name_figure(struct drawing *drawing, const char *experiment,
                               const char *group)
{
    struct text title = { 0 };
    size_t n = drawing->n_histories;

    text_add(&title, experiment);
    if (group != NULL && group[0] != '\0')
        text_add_format(&title, ", %s", group);
    text_add_format(&title, " (%zu %s)", n, n == 1 ? "run" : "runs");
    return keep(drawing, text_take(&title));
}

/* Whether the values of a panel along x or y span more than a logarithmic
 * axis needs to be worth it. */
static bool is_wide(const struct drawing *drawing, int panel, char axis)
{
    double least = INFINITY, most = 0;

    for (size_t i = 0; i < drawing->n_curves; i++) {
        const struct curve *curve = &drawing->curves[i];
        const double *values = axis == 'x' ? curve->x : curve->y;

        for (size_t k = 0; curve->panel == panel && k < curve->count; k++) {
            least = fmin(least, values[k]);
            most = fmax(most, values[k]);
        }
    }
    return least > 0 && most > WIDE * least;
}

/* A cosine may be negative: the least the panel must show. */
static double find_floor(const struct drawing *drawing, int panel)
{
    for (size_t i = 0; i < drawing->n_curves; i++)
        for (size_t k = 0; k < drawing->curves[i].count; k++)
            if (drawing->curves[i].panel == panel &&
                drawing->curves[i].y[k] < 0)
                return -1.03;
    return 0;
}

static bool has_panel(const struct drawing *drawing, int panel)
{
    for (size_t i = 0; i < drawing->n_curves; i++)
        if (drawing->curves[i].panel == panel)
            return true;
    return false;
}

bool report_figure(const struct records *records, const char *experiment,
                   const char *group, const char *base, bool *drawn,
                   struct error *error)
{
    static const char ratio[] = "norm ratio |\xce\xb8(t)| / |\xce\xb8(0)|";
    struct drawing drawing = { 0 };
    struct figure figure = { 0 };
    bool ok, logarithmic;

    *drawn = false;
    ok = read_histories(&drawing, records, experiment, group, error);
    if (!ok)
        goto done;
    add_groups(&drawing);
    logarithmic = is_wide(&drawing, 0, 'x');
    figure = (struct figure){
        .title = name_figure(&drawing, experiment, group),
        .panels = { { "accuracy", ratio, "share of strings", logarithmic, false,
                      0, 1.03 },
                    { "agreement with trained; saturation", ratio,
                      "share of strings; cosine", logarithmic, false,
                      find_floor(&drawing, 1), 1.03 },
                    { name_growth(&drawing), "step", "|\xce\xb8(t)|", true,
                      is_wide(&drawing, 2, 'y'), 0, 0 },
                    { "saturation by layer", "layer", "cosine", false, false,
                      find_floor(&drawing, 3), 1.03 } },
        .n_panels = has_panel(&drawing, 3) ? 4 : 3,
        .curves = drawing.curves,
        .n_curves = drawing.n_curves,
    };
    ok = figure_write(&figure, base, drawn, error);
done:
    clear_drawing(&drawing);
    return ok;
}

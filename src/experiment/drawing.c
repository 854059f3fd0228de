/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "experiment/drawing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "config/schema.h"
#include "experiment/judgement.h"
#include "report/figure.h"
#include "results/csv.h"
#include "results/journal.h"

/* A figure being put together; the curves own what they point into. */
struct drawing {
    const struct evidence *evidence;
    struct curve *curves;
    size_t n_curves;
};

struct sketch {
    char *figure, *title;
    const struct yaml_node *rows, *panels;
};

struct frame {
    char *title, *x, *y;
    int log;
    struct numbers range;
    const struct yaml_node *curves;
};

struct stroke {
    char *title, *of, *table, *x, *y;
    int look;
    const struct yaml_node *where, *above, *below;
};

enum { LOG_NONE, LOG_X, LOG_Y, LOG_XY };

/* clang-format off */
static const char *const logs[] = {
    [LOG_NONE] = "none", [LOG_X] = "x", [LOG_Y] = "y", [LOG_XY] = "xy", NULL
};
static const char *const looks[] = {
    [LOOK_LINE] = "line", [LOOK_DOTTED] = "dotted", [LOOK_POINTS] = "points",
    [LOOK_SQUARES] = "squares", NULL
};

#define TEXT(owner, name, what) \
    { .key = #name, .type = FIELD_TEXT, \
      .offset = offsetof(struct owner, name), .help = what }
#define NODE(owner, name, value, what) \
    { .key = #name, .type = FIELD_CUSTOM, .custom = &node_custom, \
      .standard = value, .offset = offsetof(struct owner, name), \
      .help = what }

static const struct field sketch_fields[] = {
    TEXT(sketch, figure, "its file's name"),
    TEXT(sketch, title, "above it"),
    NODE(sketch, rows, NULL, "which it belongs to"),
    NODE(sketch, panels, NULL, "side by side"),
    { .key = NULL }
};

static const struct field frame_fields[] = {
    TEXT(frame, title, "above it"),
    TEXT(frame, x, "what goes to the right, and its unit"),
    TEXT(frame, y, "what goes up, and its unit"),
    { .key = "log", .type = FIELD_CHOICE, .standard = "none", .choices = logs,
      .offset = offsetof(struct frame, log), .help = "logarithmic axes" },
    { .key = "range", .type = FIELD_NUMBERS, .standard = "~",
      .offset = offsetof(struct frame, range), .help = "of y" },
    NODE(frame, curves, NULL, "what is drawn"),
    { .key = NULL }
};

static const struct field stroke_fields[] = {
    TEXT(stroke, title, "in the key"),
    TEXT(stroke, of, "a series or an experiment"),
    { .key = "table", .type = FIELD_TEXT, .standard = TRAJECTORY_FILE,
      .offset = offsetof(struct stroke, table), .help = "a run's file" },
    TEXT(stroke, x, "columns"),
    TEXT(stroke, y, "columns"),
    { .key = "look", .type = FIELD_CHOICE, .standard = "line",
      .choices = looks, .offset = offsetof(struct stroke, look),
      .help = "how it is drawn" },
    NODE(stroke, where, "~", "axes and their values"),
    NODE(stroke, above, "~", "metric and at"),
    NODE(stroke, below, "~", "metric and at"),
    { .key = NULL }
};
/* clang-format on */

static struct curve *add_curve(struct drawing *drawing,
                               const struct stroke *stroke, int panel,
                               size_t room)
{
    struct curve *curve;

    drawing->curves = memory_resize(drawing->curves, drawing->n_curves + 1,
                                    sizeof *drawing->curves);
    curve = &drawing->curves[drawing->n_curves++];
    *curve = (struct curve){ .title = memory_copy_text(stroke->title),
                             .x = memory_new(room + 1, sizeof(double)),
                             .y = memory_new(room + 1, sizeof(double)),
                             .panel = panel,
                             .look = stroke->look };
    return curve;
}

static void clear_drawing(struct drawing *drawing)
{
    for (size_t i = 0; i < drawing->n_curves; i++) {
        free((char *)drawing->curves[i].title);
        free((double *)drawing->curves[i].x);
        free((double *)drawing->curves[i].y);
    }
    free(drawing->curves);
}

/* ----------------------------------------------------- columns of a table */

/* Multiplies VALUES by one factor: a number, or a column of CSV. */
static bool multiply(const struct csv *csv, const char *factor, double *values)
{
    double number;
    bool plain = text_read_number(factor, &number);
    long column = plain ? -1 : csv_column(csv, factor);

    for (size_t r = 0; r < csv->n_rows; r++)
        values[r] *= plain ? number : csv_value(csv, r, column);
    return plain || column >= 0;
}

/* The rows that belong to the witness: those of its `by`, or all. */
static size_t choose_rows(const struct csv *csv, const struct witness *witness,
                          double *values)
{
    long column = witness->table != NULL && witness->axes[0] != NULL
                      ? csv_column(csv, witness->axes[0])
                      : -1;
    size_t n = 0;

    for (size_t r = 0; r < csv->n_rows; r++)
        if (column < 0 || strcmp(csv->rows[r][column], witness->values[0]) == 0)
            values[n++] = values[r];
    return n;
}

/* EXPRESSION but for a final /first or /last, freed by the caller. */
static char *without_unit(const char *expression)
{
    char *rest = memory_copy_text(expression);

    if (text_ends(rest, "/first") || text_ends(rest, "/last"))
        *strrchr(rest, '/') = '\0';
    return rest;
}

/* By the first or last of the N values, where EXPRESSION says so. */
static void divide(const char *expression, double *values, size_t n)
{
    double unit = 1;

    if (n > 0 && text_ends(expression, "/first"))
        unit = values[0];
    if (n > 0 && text_ends(expression, "/last"))
        unit = values[n - 1];
    for (size_t r = 0; r < n; r++)
        values[r] /= unit;
}

/* EXPRESSION of the witness's rows into VALUES; returns how many, or SIZE_MAX
 * where there is no such column. */
static size_t evaluate(const struct csv *csv, const struct witness *witness,
                       const char *expression, double *values)
{
    char *rest = without_unit(expression), *factor, *next = rest;
    bool ok = true;
    size_t n;

    for (size_t r = 0; r < csv->n_rows; r++)
        values[r] = 1;
    while (ok && (factor = strsep(&next, "*")) != NULL)
        ok = multiply(csv, factor, values);
    n = choose_rows(csv, witness, values);
    divide(expression, values, n);
    free(rest);
    return ok ? n : SIZE_MAX;
}

/* Whether row I of N is the first of its even or of its logarithmic bin. */
static bool is_drawn(size_t i, size_t n)
{
    double half = DRAWN_ROWS / 2, width = half / log((double)n);

    return i == 0 || i + 1 == n ||
           floor((double)i * half / (double)n) !=
               floor((double)(i - 1) * half / (double)n) ||
           floor(log((double)i + 1) * width) != floor(log((double)i) * width);
}

static void thin(struct curve *curve)
{
    double *x = (double *)curve->x, *y = (double *)curve->y;
    size_t n = curve->count, kept = 0;

    if (n <= DRAWN_ROWS)
        return;
    for (size_t i = 0; i < n; i++)
        if (is_drawn(i, n)) {
            x[kept] = x[i];
            y[kept++] = y[i];
        }
    curve->count = kept;
}

static bool add_line(struct drawing *drawing, const struct stroke *stroke,
                     const struct yaml_node *node, const char *path, int panel,
                     const struct witness *witness, struct error *error)
{
    char *file = witness->table != NULL
                     ? memory_copy_text(witness->table)
                     : file_join(witness->place, stroke->table);
    struct csv csv = { 0 };
    struct curve *curve;
    bool ok = csv_read(&csv, file, error);
    size_t n, m;

    if (!ok)
        goto done;
    curve = add_curve(drawing, stroke, panel, csv.n_rows);
    n = evaluate(&csv, witness, stroke->x, (double *)curve->x);
    m = evaluate(&csv, witness, stroke->y, (double *)curve->y);
    curve->count = m;
    if (n == SIZE_MAX || m == SIZE_MAX) {
        curve->count = 0;
        ok = error_add(error, ERROR_CONFIG, &node->place, path,
                       "no column in %s for %s", file,
                       n == SIZE_MAX ? stroke->x : stroke->y);
    }
    thin(curve);
done:
    csv_clear(&csv);
    free(file);
    return ok;
}

/* ------------------------------------------------------- points of runs */

static double look_up(const struct witness *witness, const char *name)
{
    const struct metric *metric;
    double value;

    if (text_begins(name, "metric.")) {
        metric = metrics_find(&witness->metrics, name + strlen("metric."));
        return metric != NULL ? metric->value : NAN;
    }
    for (size_t i = 0; witness->axes[i] != NULL; i++)
        if (text_begins(name, "axis.") &&
            strcmp(witness->axes[i], name + strlen("axis.")) == 0 &&
            text_read_number(witness->values[i], &value))
            return value;
    return NAN;
}

/* SIDE 1: above; -1: below or at. */
static bool is_chosen(const struct witness *witness,
                      const struct yaml_node *bound, int side)
{
    const struct yaml_node *name = yaml_get(bound, "metric");
    const struct yaml_node *at = yaml_get(bound, "at");
    const struct metric *metric;
    double level;

    if (bound == NULL)
        return true;
    if (name == NULL || name->kind != YAML_SCALAR || at == NULL ||
        at->kind != YAML_SCALAR || !text_read_number(at->text, &level))
        return false;
    metric = metrics_find(&witness->metrics, name->text);
    return metric != NULL && (metric->value > level) == (side > 0);
}

static void add_point(struct curve *curve, const struct stroke *stroke,
                      const struct witness *witness)
{
    double *x = (double *)curve->x, *y = (double *)curve->y;
    char *across, *up;

    if (!is_chosen(witness, stroke->above, 1) ||
        !is_chosen(witness, stroke->below, -1))
        return;
    across = without_unit(stroke->x);
    up = without_unit(stroke->y);
    x[curve->count] = look_up(witness, across);
    y[curve->count++] = look_up(witness, up);
    free(across);
    free(up);
}

static bool is_point(const struct stroke *stroke)
{
    return text_begins(stroke->x, "axis.") || text_begins(stroke->x, "metric.");
}

/* ------------------------------------------------------------ the figure */

static bool add_stroke(struct drawing *drawing, const struct yaml_node *node,
                       const char *path, int panel, struct error *error)
{
    const struct evidence *evidence = drawing->evidence;
    struct stroke stroke = { 0 };
    struct curve *points = NULL;
    bool ok = schema_read(stroke_fields, node, path, NULL, &stroke, error);

    for (size_t i = 0; ok && i < evidence->count; i++) {
        const struct witness *witness = &evidence->items[i];

        if (!witness_answers(witness, stroke.of, stroke.where))
            continue;
        if (!is_point(&stroke)) {
            ok = add_line(drawing, &stroke, node, path, panel, witness, error);
            continue;
        }
        if (points == NULL)
            points = add_curve(drawing, &stroke, panel, evidence->count);
        add_point(points, &stroke, witness);
    }
    if (points != NULL) {
        divide(stroke.x, (double *)points->x, points->count);
        divide(stroke.y, (double *)points->y, points->count);
    }
    schema_clear(stroke_fields, &stroke);
    return ok;
}

static bool read_frame(const struct yaml_node *node, const char *path,
                       struct drawing *drawing, int p, struct frame *frame,
                       struct error *error)
{
    const struct yaml_node *curves;
    bool ok = true;

    if (!schema_read(frame_fields, node, path, NULL, frame, error))
        return false;
    curves = frame->curves;
    if (curves->kind != YAML_LIST)
        return schema_complain(curves, path, "a list of curves", error);
    for (size_t i = 0; i < curves->count; i++) {
        struct text at = { 0 };

        text_add_format(&at, "%s.curves[%zu]", path, i);
        ok &= add_stroke(drawing, curves->items[i], at.data, p, error);
        text_clear(&at);
    }
    return ok;
}

static bool read_panels(const struct sketch *sketch, const char *path,
                        struct drawing *drawing, struct frame *frames,
                        struct figure *figure, struct error *error)
{
    const struct yaml_node *list = sketch->panels;
    struct text at = { 0 };
    bool ok = true;

    text_add_format(&at, "%s.panels", path);
    if (list->kind != YAML_LIST || list->count == 0 ||
        list->count > FIGURE_PANELS)
        ok = schema_complain(list, at.data, "a list of one to four panels",
                             error);
    for (size_t p = 0; ok && p < list->count; p++) {
        struct frame *frame = &frames[p];
        struct text here = { 0 };

        text_add_format(&here, "%s[%zu]", at.data, p);
        ok = read_frame(list->items[p], here.data, drawing, (int)p, frame,
                        error);
        text_clear(&here);
        if (!ok)
            break;
        figure->n_panels++;
        figure->panels[p] =
            (struct panel){ frame->title,
                            frame->x,
                            frame->y,
                            frame->log == LOG_X || frame->log == LOG_XY,
                            frame->log == LOG_Y || frame->log == LOG_XY,
                            frame->range.count == 2 ? frame->range.items[0] : 0,
                            frame->range.count == 2 ? frame->range.items[1]
                                                    : 0 };
    }
    text_clear(&at);
    return ok;
}

static bool has_points(const struct drawing *drawing)
{
    for (size_t i = 0; i < drawing->n_curves; i++)
        if (drawing->curves[i].count > 0)
            return true;
    return false;
}

static bool write(const struct figure *figure, const char *name,
                  const char *directory, struct text *out, struct error *error)
{
    char *base = file_join(directory, name);
    bool drawn, ok = figure_write(figure, base, &drawn, error);

    if (ok && drawn)
        text_add_format(out,
                        "![%s](%s.svg)\n\n([for print](%s.pdf), "
                        "[the numbers](%s.dat))\n\n",
                        figure->title, name, name, name);
    else if (ok)
        text_add_format(out, "`gnuplot -c %s.gp %s.dat svg` draws \"%s\".\n\n",
                        name, name, figure->title);
    free(base);
    return ok;
}

bool drawing_write(const struct yaml_node *node, const char *path,
                   const struct evidence *evidence, const char *directory,
                   struct text *out, struct error *error)
{
    struct drawing drawing = { .evidence = evidence };
    struct frame frames[FIGURE_PANELS] = { { 0 } };
    struct sketch sketch = { 0 };
    struct figure figure = { 0 };
    bool ok = schema_read(sketch_fields, node, path, NULL, &sketch, error);

    if (ok && !text_is_name(sketch.figure))
        ok = error_add(error, ERROR_CONFIG, &node->place, path,
                       "\"%s\" cannot be a file's name", sketch.figure);
    ok = ok && read_panels(&sketch, path, &drawing, frames, &figure, error);
    figure.title = sketch.title;
    figure.curves = drawing.curves;
    figure.n_curves = drawing.n_curves;
    if (ok && directory != NULL && has_points(&drawing))
        ok = write(&figure, sketch.figure, directory, out, error);
    for (int p = 0; p < FIGURE_PANELS; p++)
        schema_clear(frame_fields, &frames[p]);
    schema_clear(sketch_fields, &sketch);
    clear_drawing(&drawing);
    return ok;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "report/figure.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

extern char **environ;

#define PANEL_WIDTH   460
#define PANEL_HEIGHT  460
#define DOTS          100.0 /* of the SVG to an inch of the PDF */
#define MANY_POINTS   40    /* more are drawn without marks */
#define LABEL_LONGEST 30    /* characters of a label in one line */

/*
 * Okabe and Ito's colours, told apart by the colour-blind, each with a dash
 * and a mark of its own, told apart without colour.
 */
static const struct style {
    const char *colour;
    int dash, mark;
} styles[] = {
    { "#0072B2", 1, 7 },  { "#D55E00", 2, 5 },  { "#009E73", 4, 9 },
    { "#CC79A7", 3, 11 }, { "#E69F00", 5, 13 }, { "#56B4E9", 1, 6 },
    { "#000000", 2, 4 },
};

#define N_STYLES (sizeof styles / sizeof styles[0])

/* TEXT in one line between single quotes, where nothing else is special; its
 * own become apostrophes, for gnuplot 5.4 stumbles over a doubled one. */
static void add_quoted(struct text *out, const char *text)
{
    text_add(out, "'");
    for (; text != NULL && *text != '\0'; text++)
        if (*text == '\'')
            text_add(out, "\xe2\x80\x99");
        else
            text_add_bytes(out, iscntrl((unsigned char)*text) ? " " : text, 1);
    text_add(out, "'");
}

/* --------------------------------------------------------------- the data */

static double value_at(const double *values, size_t i)
{
    return values != NULL ? values[i] : NAN;
}

/* gnuplot would not count a block without a line. */
static void add_block(struct text *out, const struct curve *curve)
{
    text_add_format(out, "# panel %d: ", curve->panel + 1);
    add_quoted(out, curve->title);
    text_add(out, "\n# x y low high\n");
    for (size_t i = 0; i < curve->count; i++) {
        const double row[] = { curve->x[i], curve->y[i],
                               value_at(curve->low, i),
                               value_at(curve->high, i) };

        for (size_t c = 0; c < 4; c++) {
            text_add(out, c > 0 ? " " : "");
            text_add_number(out, row[c]);
        }
        text_add(out, "\n");
    }
    if (curve->count == 0)
        text_add(out, "nan nan nan nan\n");
    text_add(out, "\n\n");
}

static bool write_data(const struct figure *figure, const char *path,
                       struct error *error)
{
    struct text data = { 0 };
    bool ok;

    text_add(&data, "");
    for (size_t i = 0; i < figure->n_curves; i++)
        add_block(&data, &figure->curves[i]);
    ok = file_write(path, data.data, data.length, error);
    text_clear(&data);
    return ok;
}

/* ------------------------------------------------------------- the script */

static bool is_drawable(const struct curve *curve, const struct panel *panel)
{
    for (size_t i = 0; i < curve->count; i++) {
        double x = curve->x[i], y = curve->y[i];

        if (isfinite(x) && isfinite(y) && (!panel->log_x || x > 0) &&
            (!panel->log_y || y > 0))
            return true;
    }
    return false;
}

/* The first curve of the same title; WITHIN its panel or anywhere. */
static size_t find_first(const struct figure *figure, size_t i, bool within)
{
    const struct curve *curve = &figure->curves[i];

    for (size_t j = 0; j < i; j++)
        if (strcmp(figure->curves[j].title, curve->title) == 0 &&
            (!within || figure->curves[j].panel == curve->panel))
            return j;
    return i;
}

/* Titles get their styles in the order they are met. */
static const struct style *find_style(const struct figure *figure, size_t i)
{
    size_t first = find_first(figure, i, false), before = 0;

    for (size_t j = 0; j < first; j++)
        before += find_first(figure, j, false) == j;
    return &styles[before % N_STYLES];
}

static void add_band(struct text *out, const struct figure *figure, size_t i)
{
    text_add_format(out,
                    ", \\\n    ARG1 index %zu using 1:3:4 with filledcurves "
                    "fillcolor rgb '%s' fillstyle transparent solid 0.18 "
                    "noborder notitle",
                    i, find_style(figure, i)->colour);
}

/* Whether another curve of the panel has the same title, or another one. */
static bool has_sibling(const struct figure *figure, size_t i, bool same)
{
    const struct curve *curve = &figure->curves[i];

    for (size_t j = 0; j < figure->n_curves; j++)
        if (j != i && figure->curves[j].panel == curve->panel &&
            (strcmp(figure->curves[j].title, curve->title) == 0) == same)
            return true;
    return false;
}

/* Points that make no line: a cloud of small marks, or squares that fill a
 * map. */
static void add_points(struct text *out, const struct figure *figure, size_t i)
{
    const struct curve *curve = &figure->curves[i];
    const struct style *style = find_style(figure, i);
    bool map = curve->look == LOOK_SQUARES;

    text_add_format(out,
                    ", \\\n    ARG1 index %zu using 1:2 with points "
                    "linecolor rgb '%s' pointtype %d pointsize %s title ",
                    i, style->colour, map ? 5 : style->mark,
                    map ? "1.1" : "0.35");
    add_quoted(out, find_first(figure, i, true) == i ? curve->title : "");
}

/* Curves of many seeds are thin; dashes are for telling titles apart. */
static void add_curve(struct text *out, const struct figure *figure, size_t i)
{
    const struct curve *curve = &figure->curves[i];
    const struct style *style = find_style(figure, i);
    bool dotted = curve->look == LOOK_DOTTED;
    bool marked = curve->count <= MANY_POINTS && !dotted;
    bool alone = !has_sibling(figure, i, true);

    text_add_format(out,
                    ", \\\n    ARG1 index %zu using 1:2 with %s "
                    "linecolor rgb '%s' linewidth %s dashtype ",
                    i, marked ? "linespoints" : "lines", style->colour,
                    dotted  ? "2.5"
                    : alone ? "2"
                            : "1.2");
    if (dotted)
        text_add(out, "'.'");
    else
        text_add_format(out, "%d",
                        has_sibling(figure, i, false) ? style->dash : 1);
    if (marked)
        text_add_format(out, " pointtype %d pointsize %s", style->mark,
                        alone ? "0.7" : "0.5");
    text_add(out, " title ");
    add_quoted(out, find_first(figure, i, true) == i ? curve->title : "");
}

/* The least and most of the panel's points along one axis, and how that axis
 * is drawn. */
struct axis {
    char name; /* x or y */
    bool logarithmic;
    double least, most;
};

static struct axis find_axis(const struct figure *figure, int p, char name)
{
    const struct panel *panel = &figure->panels[p];
    struct axis axis = { name, name == 'x' ? panel->log_x : panel->log_y,
                         INFINITY, -INFINITY };

    for (size_t i = 0; i < figure->n_curves; i++) {
        const struct curve *curve = &figure->curves[i];
        const double *values = name == 'x' ? curve->x : curve->y;

        for (size_t k = 0; curve->panel == p && k < curve->count; k++) {
            if (!isfinite(values[k]) || (axis.logarithmic && values[k] <= 0))
                continue;
            axis.least = fmin(axis.least, values[k]);
            axis.most = fmax(axis.most, values[k]);
        }
    }
    return axis;
}

/* Tight around the points; what spans little needs more tics than its powers
 * of ten to be read, and these stand in as few characters as they can. */
static void add_log_axis(struct text *out, const struct axis *axis)
{
    static const double steps[] = { 1, 2, 5, 1.5, 3, 7 };
    double span = axis->most / axis->least;
    size_t n = span > 30 ? 1 : span > 8 ? 3 : 6;
    bool comma = false;

    text_add_format(out, "set logscale %c\nset %crange [%.6g:%.6g]\n",
                    axis->name, axis->name, axis->least / 1.04,
                    axis->most * 1.04);
    text_add_format(out, "set %ctics (", axis->name);
    for (int d = (int)floor(log10(axis->least));
         d <= (int)ceil(log10(axis->most)); d++)
        for (size_t i = 0; i < n; i++) {
            text_add_format(out, "%s'%g' %.12g", comma ? ", " : "",
                            steps[i] * pow(10, d), steps[i] * pow(10, d));
            comma = true;
        }
    text_add(out, ")\n");
}

/* About five tics, 1, 2 or 5 times a power of ten apart: more would run into
 * each other. */
static void add_linear_axis(struct text *out, const struct axis *axis)
{
    double width = (axis->most - axis->least) / 5;
    double power = pow(10, floor(log10(width))), step = 10 * power;

    if (!isnormal(width))
        return;
    if (width <= 5 * power)
        step = 5 * power;
    if (width <= 2 * power)
        step = 2 * power;
    text_add_format(out, "set %ctics %.6g\n", axis->name, step);
}

/* What is longer than its axis goes into two lines, broken at the space
 * nearest its middle. */
static void add_label(struct text *out, const char *label)
{
    size_t length = strlen(label), middle = length / 2, best = 0;
    struct text first = { 0 };

    for (size_t i = 1; length > LABEL_LONGEST && i < length; i++)
        if (label[i] == ' ' &&
            (best == 0 || llabs((long long)i - (long long)middle) <
                              llabs((long long)best - (long long)middle)))
            best = i;
    if (best > 0) {
        text_add_bytes(&first, label, best);
        add_quoted(out, first.data);
        text_add(out, ".\"\\n\".");
        text_clear(&first);
    }
    add_quoted(out, label + best + (best > 0));
}

static void add_axis(struct text *out, const struct figure *figure, int p,
                     char name)
{
    const struct panel *panel = &figure->panels[p];
    struct axis axis = find_axis(figure, p, name);

    text_add_format(out, "set %clabel ", name);
    add_label(out, name == 'x' ? panel->x_label : panel->y_label);
    if (name == 'x')
        text_add(out, ".\"\\n \""); /* clear of the key */
    text_add_format(out,
                    "\nunset logscale %c\nset %crange [*:*]\n"
                    "set %ctics autofreq nomirror\n",
                    name, name, name);
    if (name == 'y' && panel->y_least < panel->y_most)
        text_add_format(out, "set yrange [%.6g:%.6g]\n", panel->y_least,
                        panel->y_most);
    else if (axis.logarithmic && axis.least <= axis.most)
        add_log_axis(out, &axis);
    else if (axis.least < axis.most)
        add_linear_axis(out, &axis);
}

static void add_frame(struct text *out, const struct figure *figure, int p)
{
    const struct panel *panel = &figure->panels[p];

    text_add(out, "\nset title ");
    add_quoted(out, panel->title);
    text_add(out, "\n");
    add_axis(out, figure, p, 'x');
    add_axis(out, figure, p, 'y');
}

/* Bands first, so that no curve lies under one; NaN begins the list because
 * plotting nothing at all is an error. */
static void add_panel(struct text *out, const struct figure *figure, int p)
{
    const struct panel *panel = &figure->panels[p];
    bool any = false;

    add_frame(out, figure, p);
    for (size_t i = 0; i < figure->n_curves; i++)
        any |= figure->curves[i].panel == p &&
               is_drawable(&figure->curves[i], panel);
    text_add(out, any ? "plot NaN notitle" : "plot [1:2] [1:2] NaN notitle");
    for (int bands = 1; bands >= 0; bands--)
        for (size_t i = 0; i < figure->n_curves; i++) {
            const struct curve *curve = &figure->curves[i];

            if (curve->panel != p || !is_drawable(curve, panel))
                continue;
            if (!bands && curve->look >= LOOK_POINTS)
                add_points(out, figure, i);
            else if (!bands)
                add_curve(out, figure, i);
            else if (curve->low != NULL && curve->high != NULL)
                add_band(out, figure, i);
        }
    text_add(out, "\n");
}

static bool write_script(const struct figure *figure, const char *path,
                         struct error *error)
{
    struct text script = { 0 };
    bool ok;

    text_add_format(&script,
                    "# gnuplot -c THIS.gp THIS.dat svg > THIS.svg, or pdf\n"
                    "set encoding utf8\n"
                    "if (ARG2 eq 'pdf') {\n"
                    "set terminal pdfcairo size %.2fin,%.2fin noenhanced "
                    "font 'sans-serif,12' background 'white'\n"
                    "} else {\n"
                    "set terminal svg size %d,%d noenhanced "
                    "font 'sans-serif,15' background 'white'\n"
                    "}\n"
                    "set datafile missing 'nan'\n"
                    "set key below center horizontal reverse Left "
                    "font ',13' samplen 3\n"
                    "set grid linetype 1 dashtype 1 linewidth 0.7 "
                    "linecolor rgb '#dddddd'\n"
                    "set border 3\n"
                    "set rmargin 4\n"
                    "set multiplot layout 1,%d title ",
                    figure->n_panels * PANEL_WIDTH / DOTS, PANEL_HEIGHT / DOTS,
                    figure->n_panels * PANEL_WIDTH, PANEL_HEIGHT,
                    figure->n_panels);
    add_quoted(&script, figure->title);
    text_add(&script, "\n");
    for (int p = 0; p < figure->n_panels; p++)
        add_panel(&script, figure, p);
    text_add(&script, "\nunset multiplot\n");
    ok = file_write(path, script.data, script.length, error);
    text_clear(&script);
    return ok;
}

/* ------------------------------------------------------------ the drawing */

static char *with_suffix(const char *base, const char *suffix)
{
    struct text path = { 0 };

    text_add_format(&path, "%s%s", base, suffix);
    return text_take(&path);
}

static bool fail(const char *path, const char *what, struct error *error)
{
    struct place place = { .file = path };

    return error_add(error, ERROR_IO, &place, NULL, "cannot be written: %s",
                     what);
}

/*
 * Runs gnuplot with its output in DESCRIPTOR; -1 where there is none, else
 * its status.  File names are arguments, so that no name of the user's is
 * ever read as a command; gnuplot runs a data file that begins with <.
 */
static int spawn(char *script, char *data, char *format, int descriptor)
{
    char *arguments[] = { "gnuplot", "-d", "-c", script, data, format, NULL };
    posix_spawn_file_actions_t actions;
    pid_t child;
    int status = 0, reason;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, descriptor, 1);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    reason =
        posix_spawnp(&child, arguments[0], &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (reason != 0)
        return -1;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    /* POSIX lets a failed start end so, too. */
    return WIFEXITED(status) && WEXITSTATUS(status) == 127 ? -1 : status;
}

/* FORMAT is the picture's suffix, too. */
static bool draw(char *script, char *data, const char *base, char *format,
                 bool *drawn, struct error *error)
{
    char *picture = with_suffix(base, format);
    char *partial = with_suffix(picture, ".partial");
    int descriptor =
        open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    int status;
    bool ok = true;

    if (descriptor < 0) {
        ok = fail(partial, strerror(errno), error);
        goto done;
    }
    status = spawn(script, data, format + 1, descriptor);
    *drawn = status == 0;
    if (status > 0)
        ok = error_set(error, ERROR_FAILED,
                       "gnuplot failed; run it to see why: gnuplot -c %s %s "
                       "%s",
                       script, data, format + 1);
    else if (*drawn && lseek(descriptor, 0, SEEK_END) == 0)
        ok = error_set(error, ERROR_FAILED, "gnuplot drew nothing from %s",
                       script);
    if (close(descriptor) != 0 && ok)
        ok = fail(partial, strerror(errno), error);
    if (ok && *drawn)
        ok = file_rename(partial, picture, error);
    else
        unlink(partial);
done:
    free(partial);
    free(picture);
    return ok;
}

bool figure_write(const struct figure *figure, const char *base, bool *drawn,
                  struct error *error)
{
    char *rooted = with_suffix(base[0] == '/' ? "" : "./", base);
    char *data = with_suffix(rooted, ".dat");
    char *script = with_suffix(rooted, ".gp");
    char svg[] = ".svg", pdf[] = ".pdf";
    bool ok;

    assert(figure->n_panels >= 1 && figure->n_panels <= FIGURE_PANELS);
    *drawn = false;
    ok = write_data(figure, data, error) &&
         write_script(figure, script, error) &&
         draw(script, data, rooted, svg, drawn, error) &&
         (!*drawn || draw(script, data, rooted, pdf, drawn, error));
    *drawn = *drawn && ok;
    free(rooted);
    free(data);
    free(script);
    return ok;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "report/table.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "results/csv.h"

void table_clear(struct table *table)
{
    for (size_t c = 0; c < table->n_columns; c++)
        free(table->columns[c]);
    for (size_t i = 0; i < table->filled; i++)
        free(table->cells[i]);
    free(table->columns);
    free(table->spread);
    free(table->cells);
    *table = (struct table){ 0 };
}

void table_column(struct table *table, const char *name)
{
    assert(table->filled == 0);
    table->columns = memory_resize(table->columns, table->n_columns + 1,
                                   sizeof *table->columns);
    table->spread = memory_resize(table->spread, table->n_columns + 1,
                                  sizeof *table->spread);
    table->spread[table->n_columns] = false;
    table->columns[table->n_columns++] = memory_copy_text(name);
}

void table_spread(struct table *table, const char *name)
{
    table_column(table, name);
    table->spread[table->n_columns - 1] = true;
}

void table_cell(struct table *table, const char *format, ...)
{
    struct text cell = { 0 };
    va_list arguments;

    assert(table->n_columns > 0);
    va_start(arguments, format);
    text_add_list(&cell, format, arguments);
    va_end(arguments);
    if (table->filled == table->n_rows * table->n_columns) {
        table->n_rows++;
        table->cells =
            memory_resize(table->cells, table->n_rows * table->n_columns,
                          sizeof *table->cells);
    }
    table->cells[table->filled++] = text_take(&cell);
}

static const char *cell_at(const struct table *table, size_t r, size_t c)
{
    assert(table->filled == table->n_rows * table->n_columns);
    return table->cells[r * table->n_columns + c];
}

/* A plain decimal; fractions are text. */
static bool is_number(const char *cell, double *value)
{
    return strchr(cell, '/') == NULL && text_read_number(cell, value);
}

/* CELL so that Markdown shows it as it is. */
static char *escape(const char *cell)
{
    struct text out = { 0 };

    for (; *cell != '\0'; cell++) {
        if (*cell == '|')
            text_add(&out, "\\|");
        else if (*cell == '<')
            text_add(&out, "&lt;");
        else
            text_add_bytes(&out, *cell == '\n' || *cell == '\r' ? " " : cell,
                           1);
    }
    return text_take(&out);
}

/* Characters, not bytes: continuation bytes of UTF-8 take no room. */
static size_t width_of(const char *cell)
{
    size_t width = 0;

    for (; *cell != '\0'; cell++)
        width += ((unsigned char)*cell & 0xc0) != 0x80;
    return width;
}

/* A column being laid out: numbers are set to the right. */
struct column {
    size_t width;
    bool right;
};

static struct column measure(const struct table *table, size_t c)
{
    char *name = escape(table->columns[c]);
    struct column column = { width_of(name), table->n_rows > 0 };
    double value;

    free(name);
    for (size_t r = 0; r < table->n_rows; r++) {
        const char *cell = cell_at(table, r, c);
        char *shown = escape(cell);

        if (width_of(shown) > column.width)
            column.width = width_of(shown);
        if (*cell != '\0' && !is_number(cell, &value))
            column.right = false;
        free(shown);
    }
    if (column.width < 3)
        column.width = 3;
    return column;
}

static void add_padded(struct text *out, const char *cell,
                       const struct column *column)
{
    char *shown = escape(cell);
    int blanks = (int)(column->width - width_of(shown));

    text_add_format(out, " %*s%s%*s |", column->right ? blanks : 0, "", shown,
                    column->right ? 0 : blanks, "");
    free(shown);
}

static void add_rule(struct text *out, const struct column *column)
{
    text_add(out, " ");
    for (size_t i = column->right; i < column->width; i++)
        text_add(out, "-");
    text_add(out, column->right ? ": |" : " |");
}

static void write_markdown(const struct table *table, struct text *out)
{
    struct column *columns = memory_new(table->n_columns, sizeof *columns);

    for (size_t c = 0; c < table->n_columns; c++)
        columns[c] = measure(table, c);
    text_add(out, "|");
    for (size_t c = 0; c < table->n_columns; c++)
        add_padded(out, table->columns[c], &columns[c]);
    text_add(out, "\n|");
    for (size_t c = 0; c < table->n_columns; c++)
        add_rule(out, &columns[c]);
    text_add(out, "\n");
    for (size_t r = 0; r < table->n_rows; r++) {
        text_add(out, "|");
        for (size_t c = 0; c < table->n_columns; c++)
            add_padded(out, cell_at(table, r, c), &columns[c]);
        text_add(out, "\n");
    }
    free(columns);
}

/* CELL so that LaTeX shows it as it is: its special characters, and those of
 * ours that not every engine knows. */
static void add_latex(struct text *out, const char *cell)
{
    static const struct {
        const char *from, *to;
    } words[] = {
        { "\\", "\\textbackslash{}" },
        { "^", "\\textasciicircum{}" },
        { "~", "\\textasciitilde{}" },
        { "<", "$<$" },
        { ">", "$>$" },
        { "|", "$|$" },
        { "\xce\xb8", "$\\theta$" },
        { "\xe2\x88\xa9", "$\\cap$" },
        { "\xc2\xb7", "$\\cdot$" },
        { "\xc2\xb2", "$^2$" },
        { "&", "\\&" },
        { "%", "\\%" },
        { "$", "\\$" },
        { "#", "\\#" },
        { "_", "\\_" },
        { "{", "\\{" },
        { "}", "\\}" },
        { "\n", " " },
        { "\r", " " },
    };

    while (*cell != '\0') {
        size_t length = 1;
        const char *to = NULL;

        for (size_t i = 0; to == NULL && i < sizeof words / sizeof *words; i++)
            if (text_begins(cell, words[i].from)) {
                length = strlen(words[i].from);
                to = words[i].to;
            }
        if (to != NULL)
            text_add(out, to);
        else
            text_add_bytes(out, cell, 1);
        cell += length;
    }
}

static void add_latex_row(struct text *out, char *const *cells, size_t n)
{
    for (size_t c = 0; c < n; c++) {
        text_add(out, c > 0 ? " & " : "");
        add_latex(out, cells[c]);
    }
    text_add(out, " \\\\\n");
}

/* With the rules of the package booktabs. */
static void write_latex(const struct table *table, struct text *out)
{
    text_add(out, "\\begin{tabular}{@{}");
    for (size_t c = 0; c < table->n_columns; c++)
        text_add(out, measure(table, c).right ? "r" : "l");
    text_add(out, "@{}}\n\\toprule\n");
    add_latex_row(out, table->columns, table->n_columns);
    text_add(out, "\\midrule\n");
    for (size_t r = 0; r < table->n_rows; r++)
        add_latex_row(out, &table->cells[r * table->n_columns],
                      table->n_columns);
    text_add(out, "\\bottomrule\n\\end{tabular}\n");
}

static void write_csv(const struct table *table, struct text *out)
{
    for (size_t c = 0; c < table->n_columns; c++)
        csv_text(out, table->columns[c]);
    csv_end(out);
    for (size_t r = 0; r < table->n_rows; r++) {
        for (size_t c = 0; c < table->n_columns; c++)
            csv_text(out, cell_at(table, r, c));
        csv_end(out);
    }
}

/* A number with its bounds; without any it is all three. */
static struct json *new_spread(const char *cell)
{
    struct json *spread;
    double value, low, high;
    int n = sscanf(cell, "%lf [%lf, %lf]", &value, &low, &high);

    if (n < 1)
        return json_new_null();
    spread = json_new_object();
    json_set(spread, "value", json_new_number(value));
    json_set(spread, "low", json_new_number(n == 3 ? low : value));
    json_set(spread, "high", json_new_number(n == 3 ? high : value));
    return spread;
}

static struct json *new_cell(const char *cell)
{
    double value;

    return is_number(cell, &value) ? json_new_number(value)
                                   : json_new_text(cell);
}

/* A list of rows, each an object of its cells; numbers as numbers. */
static void write_json(const struct table *table, struct text *out)
{
    struct json *rows = json_new_array();

    for (size_t r = 0; r < table->n_rows; r++) {
        struct json *row = json_new_object();

        for (size_t c = 0; c < table->n_columns; c++) {
            const char *cell = cell_at(table, r, c);

            json_set(row, table->columns[c],
                     table->spread[c] ? new_spread(cell) : new_cell(cell));
        }
        json_append(rows, row);
    }
    json_print(rows, true, out);
    text_add(out, "\n");
    json_free(rows);
}

const struct table_writer table_writers[] = {
    { "markdown", write_markdown },
    { "latex", write_latex },
    { "csv", write_csv },
    { "json", write_json },
    { NULL, NULL },
};

const struct table_writer *table_writer_find(const char *name)
{
    for (const struct table_writer *w = table_writers; w->name != NULL; w++)
        if (strcmp(w->name, name) == 0)
            return w;
    return NULL;
}

bool table_writer_choose(const char *name, const struct table_writer **writer,
                         struct error *error)
{
    struct text names = { 0 };

    *writer = table_writer_find(name != NULL ? name : "markdown");
    if (*writer != NULL)
        return true;
    for (size_t i = 0; table_writers[i].name != NULL; i++)
        text_add_format(&names, "%s%s", i > 0 ? ", " : "",
                        table_writers[i].name);
    error_set(error, ERROR_CONFIG, "--format: unknown \"%s\"; accepted: %s",
              name, names.data);
    text_clear(&names);
    return false;
}

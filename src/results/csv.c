/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "results/csv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"

#define FILE_LIMIT ((size_t)1 << 30)

/* A row in progress never ends in a line end: a cell that does is quoted. */
static bool at_row_start(const struct text *out)
{
    return out->length == 0 || out->data[out->length - 1] == '\n';
}

static void add_quoted(struct text *out, const char *cell)
{
    text_add(out, "\"");
    for (const char *c = cell; *c != '\0'; c++)
        text_add_bytes(out, *c == '"' ? "\"\"" : c, *c == '"' ? 2 : 1);
    text_add(out, "\"");
}

void csv_text(struct text *out, const char *cell)
{
    bool first = at_row_start(out);

    if (!first)
        text_add(out, ",");
    if (strpbrk(cell, ",\"\r\n") != NULL || (first && *cell == '\0'))
        add_quoted(out, cell);
    else
        text_add(out, cell);
}

void csv_count(struct text *out, size_t cell)
{
    text_add_format(out, "%s%zu", at_row_start(out) ? "" : ",", cell);
}

void csv_number(struct text *out, double cell)
{
    struct text number = { 0 };

    if (!isnan(cell))
        text_add_number(&number, cell);
    csv_text(out, number.data != NULL ? number.data : "");
    text_clear(&number);
}

void csv_end(struct text *out)
{
    text_add(out, "\n");
}

struct parser {
    const char *at, *end;
    struct place place; /* its line is the one being read */
    struct error *error;
};

static bool complain(struct parser *parser, const char *what)
{
    return error_add(parser->error, ERROR_CONFIG, &parser->place, NULL, "%s",
                     what);
}

static bool at_end_of_line(const struct parser *parser)
{
    return parser->at == parser->end || *parser->at == '\n' ||
           (*parser->at == '\r' && parser->at + 1 < parser->end &&
            parser->at[1] == '\n');
}

static void skip_end_of_line(struct parser *parser)
{
    while (parser->at < parser->end && *parser->at++ != '\n')
        continue;
    parser->place.line++;
}

/* A doubled quote inside quotes is one quote. */
static bool read_quoted(struct parser *parser, struct text *cell)
{
    for (parser->at++; parser->at < parser->end; parser->at++) {
        if (*parser->at == '"') {
            parser->at++;
            if (parser->at == parser->end || *parser->at != '"')
                return true;
        } else if (*parser->at == '\n') {
            parser->place.line++;
        }
        text_add_bytes(cell, parser->at, 1);
    }
    return complain(parser, "the quotes are not closed");
}

static bool read_cell(struct parser *parser, char **out)
{
    struct text cell = { 0 };
    bool ok = true;

    text_add(&cell, "");
    if (parser->at < parser->end && *parser->at == '"')
        ok = read_quoted(parser, &cell);
    else
        while (!at_end_of_line(parser) && *parser->at != ',')
            text_add_bytes(&cell, parser->at++, 1);
    if (ok && !at_end_of_line(parser) && *parser->at != ',')
        ok = complain(parser, "text follows the closing quotes");
    if (ok && strlen(cell.data) != cell.length)
        ok = complain(parser, "a cell holds a zero byte");
    *out = text_take(&cell);
    return ok;
}

/* Reads the cells of one line; *COUNT of them are the caller's on failure
 * too. */
static bool read_row(struct parser *parser, char ***row, size_t *count)
{
    *row = NULL;
    *count = 0;
    for (;;) {
        *row = memory_resize(*row, *count + 1, sizeof **row);
        if (!read_cell(parser, &(*row)[(*count)++]))
            return false;
        if (at_end_of_line(parser))
            return true;
        parser->at++;
    }
}

static void free_row(char **row, size_t count)
{
    for (size_t c = 0; c < count; c++)
        free(row[c]);
    free(row);
}

static void keep_row(struct csv *csv, char **row, size_t *room)
{
    if (csv->n_rows == *room) {
        *room = *room == 0 ? 64 : 2 * *room;
        csv->rows = memory_resize(csv->rows, *room, sizeof *csv->rows);
    }
    csv->rows[csv->n_rows++] = row;
}

static bool read_rows(struct csv *csv, struct parser *parser)
{
    size_t room = 0, count;

    while (parser->at < parser->end) {
        struct place place = parser->place;
        char **row = NULL;
        bool ok = true;

        if (!at_end_of_line(parser)) {
            ok = read_row(parser, &row, &count);
            if (ok && count != csv->n_columns)
                ok = error_add(parser->error, ERROR_CONFIG, &place, NULL,
                               "%zu cells where the header has %zu", count,
                               csv->n_columns);
            if (ok)
                keep_row(csv, row, &room);
            else
                free_row(row, count);
        }
        if (!ok)
            return false;
        skip_end_of_line(parser);
    }
    return true;
}

bool csv_read(struct csv *csv, const char *path, struct error *error)
{
    struct text text = { 0 };
    struct parser parser = { .place = { path, 1, 1 }, .error = error };
    bool ok = false;

    *csv = (struct csv){ 0 };
    if (!file_read(path, FILE_LIMIT, &text, error))
        return false;
    parser.at = text.data;
    parser.end = text.data + text.length;
    if (text.length >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0)
        parser.at += 3;
    if (at_end_of_line(&parser)) {
        complain(&parser, "no header line");
        goto done;
    }
    if (!read_row(&parser, &csv->columns, &csv->n_columns))
        goto done;
    skip_end_of_line(&parser);
    ok = read_rows(csv, &parser);
done:
    text_clear(&text);
    if (!ok)
        csv_clear(csv);
    return ok;
}

void csv_clear(struct csv *csv)
{
    for (size_t r = 0; r < csv->n_rows; r++)
        free_row(csv->rows[r], csv->n_columns);
    free(csv->rows);
    free_row(csv->columns, csv->n_columns);
    *csv = (struct csv){ 0 };
}

long csv_column(const struct csv *csv, const char *name)
{
    for (size_t c = 0; c < csv->n_columns; c++)
        if (strcmp(csv->columns[c], name) == 0)
            return (long)c;
    return -1;
}

double csv_value(const struct csv *csv, size_t row, long column)
{
    const char *cell;
    double value;

    if (column < 0 || row >= csv->n_rows)
        return NAN;
    cell = csv->rows[row][column];
    if (strcmp(cell, "inf") == 0 || strcmp(cell, "-inf") == 0)
        return cell[0] == '-' ? -INFINITY : INFINITY;
    return text_read_number(cell, &value) ? value : NAN;
}

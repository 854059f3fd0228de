/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/command.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

static const struct place standard_output = { .file = "standard output" };
static const struct place standard_input = { .file = "standard input" };

/* Complains once, however often it fails. */
static bool check_output(bool ok, struct error *error)
{
    static bool complained;

    if (!ok && !complained)
        error_add(error, ERROR_IO, &standard_output, NULL,
                  "cannot be written: %s", strerror(errno));
    complained |= !ok;
    return ok;
}

bool output_text(struct text *text, struct error *error)
{
    bool ok = text->length == 0 ||
              fwrite(text->data, 1, text->length, stdout) == text->length;

    ok = check_output(ok, error);
    text_clear(text);
    return ok;
}

bool output_json(struct json *value, struct error *error)
{
    struct text text = { 0 };

    json_print(value, true, &text);
    text_add(&text, "\n");
    json_free(value);
    return output_text(&text, error);
}

bool output_finish(struct error *error)
{
    return check_output(fflush(stdout) == 0 && !ferror(stdout), error);
}

bool refuse_symbol(const struct alphabet *alphabet, const char *line,
                   const struct place *place, struct error *error)
{
    struct text text = { 0 };

    alphabet_refuse(alphabet, line, place->column, false, &text);
    error_add(error, ERROR_CONFIG, place, NULL, "%s", text.data);
    text_clear(&text);
    return false;
}

void talk(const struct options *options, const char *format, ...)
{
    va_list arguments;

    if (options->quiet)
        return;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

bool input_line(struct text *line, struct error *error)
{
    int c;

    text_clear(line);
    text_add(line, "");
    while ((c = getc(stdin)) != EOF && c != '\n')
        text_add_bytes(line, &(char){ (char)c }, 1);
    if (ferror(stdin))
        return error_add(error, ERROR_IO, &standard_input, NULL,
                         "cannot be read: %s", strerror(errno));
    if (strlen(line->data) < line->length)
        return error_add(error, ERROR_CONFIG, &standard_input, NULL,
                         "a zero byte is no text");
    if (line->length > 0 && line->data[line->length - 1] == '\r')
        line->data[--line->length] = '\0';
    return c != EOF || line->length > 0;
}

bool load_language(struct language **out, const char *path,
                   const struct options *options, struct error *error)
{
    struct parameters values = { 0 };
    bool ok = true;

    for (size_t i = 0; i < options->n_sets; i++)
        ok &= parameters_assign(&values, options->sets[i], error);
    ok = ok && language_load_with(out, path, &values, error);
    parameters_clear(&values);
    return ok;
}

void error_move(struct error *error, struct error *more, const char *file)
{
    for (size_t i = 0; i < more->count; i++) {
        const struct complaint *c = &more->complaints[i];
        struct place place = { c->file != NULL ? c->file : file, c->line,
                               c->column };

        error_add(error, more->kind, &place, c->key, "%s", c->text);
    }
    error_clear(more);
}

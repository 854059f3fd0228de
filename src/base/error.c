/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/error.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/text.h"

void error_clear(struct error *error)
{
    for (size_t i = 0; i < error->count; i++) {
        free(error->complaints[i].file);
        free(error->complaints[i].key);
        free(error->complaints[i].text);
    }
    free(error->complaints);
    *error = (struct error){ 0 };
}

static void add(struct error *error, enum error_kind kind,
                const struct place *place, const char *key, char *text)
{
    struct complaint *complaint;

    error->complaints = memory_resize(error->complaints, error->count + 1,
                                      sizeof *error->complaints);
    complaint = &error->complaints[error->count++];
    *complaint = (struct complaint){ .key = memory_copy_text(key),
                                     .text = text };
    if (place != NULL) {
        complaint->file = memory_copy_text(place->file);
        complaint->line = place->line;
        complaint->column = place->column;
    }
    if (error->count == 1)
        error->kind = kind;
}

bool error_add(struct error *error, enum error_kind kind,
               const struct place *place, const char *key, const char *format,
               ...)
{
    struct text text = { 0 };
    va_list arguments;

    va_start(arguments, format);
    text_add_list(&text, format, arguments);
    va_end(arguments);
    add(error, kind, place, key, text_take(&text));
    return false;
}

bool error_set(struct error *error, enum error_kind kind, const char *format,
               ...)
{
    struct text text = { 0 };
    va_list arguments;

    va_start(arguments, format);
    text_add_list(&text, format, arguments);
    va_end(arguments);
    add(error, kind, NULL, NULL, text_take(&text));
    return false;
}

void error_print(const struct error *error, FILE *out)
{
    for (size_t i = 0; i < error->count; i++) {
        const struct complaint *complaint = &error->complaints[i];

        fputs(complaint->file != NULL ? complaint->file : "saturn", out);
        if (complaint->line > 0)
            fprintf(out, ":%zu:%zu", complaint->line, complaint->column);
        if (complaint->key != NULL && complaint->key[0] != '\0')
            fprintf(out, ": %s", complaint->key);
        fprintf(out, ": %s\n", complaint->text);
    }
}

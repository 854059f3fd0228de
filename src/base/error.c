/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/error.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

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
    *complaint =
        (struct complaint){ .key = memory_copy_text(key), .text = text };
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

/* Whether a complaint about A says something of B: the same key, or one that
 * the other stands in. */
static bool concerns(const char *a, const char *b)
{
    size_t length = strlen(a) < strlen(b) ? strlen(a) : strlen(b);
    const char *rest = strlen(a) < strlen(b) ? b + length : a + length;

    return strncmp(a, b, length) == 0 &&
           (length == 0 || *rest == '\0' || *rest == '.' || *rest == '[');
}

static bool is_about(const struct error *error, const char *key)
{
    for (size_t i = 0; i < error->count; i++)
        if (error->complaints[i].key != NULL &&
            concerns(error->complaints[i].key, key))
            return true;
    return false;
}

bool error_spares(const struct error *error, ...)
{
    bool spared = true;
    const char *key;
    va_list keys;

    va_start(keys, error);
    while (spared && (key = va_arg(keys, const char *)) != NULL)
        spared = !is_about(error, key);
    va_end(keys);
    return spared;
}

static bool is_same_file(const struct complaint *a, const struct complaint *b)
{
    return a->file == b->file || (a->file != NULL && b->file != NULL &&
                                  strcmp(a->file, b->file) == 0);
}

/* Whether B, met after A, is written before it in the same file. */
static bool is_later(const struct complaint *a, const struct complaint *b)
{
    return is_same_file(a, b) &&
           (a->line > b->line || (a->line == b->line && a->column > b->column));
}

/* Where complaint I belongs among those before it, which are sorted: after
 * the last of its file that is not later, else before the first that is. */
static size_t find_rank(const struct error *error, size_t i)
{
    const struct complaint *all = error->complaints;
    size_t rank = i;

    for (size_t j = i; j-- > 0;) {
        if (!is_same_file(&all[j], &all[i]))
            continue;
        if (!is_later(&all[j], &all[i]))
            return j + 1;
        rank = j;
    }
    return rank;
}

void error_sort(struct error *error)
{
    for (size_t i = 1; i < error->count; i++) {
        struct complaint complaint = error->complaints[i];
        size_t rank = find_rank(error, i);

        memmove(&error->complaints[rank + 1], &error->complaints[rank],
                (i - rank) * sizeof complaint);
        error->complaints[rank] = complaint;
    }
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

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/passage.h"

#include <stdarg.h>
#include <string.h>

#include "base/text.h"

struct passage passage_of(const struct yaml_node *node, const char *key,
                          const char *source)
{
    return (struct passage){ node->text, key, source, node->place };
}

/* A byte of the file. */
struct cursor {
    const char *at;
    size_t line, column;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void advance(struct cursor *cursor)
{
    const char *at = cursor->at;

    if (*at == '\0')
        return;
    cursor->at++;
    if (*at == '\n') {
        cursor->line++;
        cursor->column = 1;
    } else if (*at != '\r' && (cursor->at[0] & 0xc0) != 0x80) {
        cursor->column++;
    }
}

static void skip(struct cursor *cursor, size_t bytes)
{
    while (bytes-- > 0)
        advance(cursor);
}

static void skip_blanks(struct cursor *cursor)
{
    while (is_blank(*cursor->at))
        advance(cursor);
}

static bool reach(struct cursor *cursor, size_t line, size_t column)
{
    while (*cursor->at != '\0' &&
           (cursor->line < line ||
            (cursor->line == line && cursor->column < column)))
        advance(cursor);
    return *cursor->at != '\0';
}

/* From the scalar's first byte to that of its TEXT; returns its quote. */
static char enter(struct cursor *cursor, const char *text)
{
    char first = *cursor->at;

    if (first == '"' || first == '\'') {
        advance(cursor);
        return first;
    }
    if (first == '|' || first == '>') {
        skip(cursor, strcspn(cursor->at, "\n") + 1);
        if (!is_blank(*text))
            skip_blanks(cursor);
    }
    return '\0';
}

/* Bytes of the file that stand for the character of the text at CURSOR. */
static size_t written_length(const struct cursor *cursor, char quote)
{
    const char *at = cursor->at;

    if (quote == '\'' && at[0] == '\'' && at[1] == '\'')
        return 2;
    if (quote != '"' || at[0] != '\\')
        return 1;
    return at[1] == 'x' ? 4 : at[1] == 'u' ? 6 : at[1] == 'U' ? 10 : 2;
}

/* Whether the blanks at AT run over the end of a line, where YAML folds. */
static bool is_folded(const char *at)
{
    at += strspn(at, " \t\r");
    return *at == '\n';
}

/* Moves over the text's character at I; returns the one after it. */
static size_t follow(struct cursor *cursor, char quote, const char *text,
                     size_t i)
{
    size_t written = written_length(cursor, quote);

    if (is_blank(text[i]) && is_folded(cursor->at)) {
        skip_blanks(cursor);
        while (is_blank(text[i]))
            i++;
        return i;
    }
    skip(cursor, written);
    i++;
    while ((text[i] & 0xc0) == 0x80) {
        if (written == 1)
            advance(cursor);
        i++;
    }
    return i;
}

struct place passage_place(const struct passage *passage, size_t offset)
{
    struct cursor cursor = { passage->source, 1, 1 };
    struct place place = passage->place;
    char quote;

    if (passage->source == NULL || !reach(&cursor, place.line, place.column)) {
        for (size_t i = 0; i < offset; i++)
            place.column += (passage->text[i] & 0xc0) != 0x80;
        return place;
    }
    quote = enter(&cursor, passage->text);
    for (size_t i = 0; i < offset;)
        i = follow(&cursor, quote, passage->text, i);
    place.line = cursor.line;
    place.column = cursor.column;
    return place;
}

bool passage_refuse(const struct passage *passage, size_t offset,
                    struct error *error, const char *format, ...)
{
    struct place place = passage_place(passage, offset);
    struct text text = { 0 };
    va_list arguments;

    va_start(arguments, format);
    text_add_list(&text, format, arguments);
    va_end(arguments);
    error_add(error, ERROR_CONFIG, &place, passage->key, "%s", text.data);
    text_clear(&text);
    return false;
}

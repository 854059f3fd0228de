/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/passage.h"

#include <ctype.h>
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

/* Bytes of the parameter's name, `$` included, that the file has at AT where
 * the text has a number; 0 if it has none there. */
static size_t parameter_length(const char *at, const char *text)
{
    size_t length = 1;

    if (*at != '$' || *text == '$' || !isalpha((unsigned char)at[1]))
        return 0;
    while (isalnum((unsigned char)at[length]) || at[length] == '_')
        length++;
    return length;
}

/* Moves over the text's character at I, or over all of a parameter's number
 * unless OFFSET is within; returns where the text goes on. */
static size_t follow(struct cursor *cursor, char quote, const char *text,
                     size_t i, size_t offset)
{
    size_t written = written_length(cursor, quote);
    size_t parameter = parameter_length(cursor->at, text + i);

    if (parameter > 0) {
        i += text[i] == '-';
        i += strspn(text + i, "0123456789");
        if (i <= offset)
            skip(cursor, parameter);
        return i;
    }
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

/* From the scalar's first byte to the byte at OFFSET of its text. */
static char walk(struct cursor *cursor, const char *text, size_t offset)
{
    char quote = enter(cursor, text);

    for (size_t i = 0; i < offset;)
        i = follow(cursor, quote, text, i, offset);
    return quote;
}

struct place passage_place(const struct passage *passage, size_t offset)
{
    struct cursor cursor = { passage->source, 1, 1 };
    struct place place = passage->place;

    if (passage->source == NULL || !reach(&cursor, place.line, place.column)) {
        for (size_t i = 0; i < offset; i++)
            place.column += (passage->text[i] & 0xc0) != 0x80;
        return place;
    }
    walk(&cursor, passage->text, offset);
    place.line = cursor.line;
    place.column = cursor.column;
    return place;
}

void passage_span(const struct passage *passage, size_t *start, size_t *end)
{
    struct cursor cursor = { passage->source, 1, 1 };
    bool quoted;

    reach(&cursor, passage->place.line, passage->place.column);
    *start = (size_t)(cursor.at - passage->source);
    quoted = walk(&cursor, passage->text, strlen(passage->text)) != '\0';
    *end = (size_t)(cursor.at - passage->source) + quoted;
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

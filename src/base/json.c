/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/json.h"

#include <assert.h>
#include <ctype.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/file.h"

/* A `struct json` is jansson's json_t under a name of ours. */
static struct json *wrap(json_t *value)
{
    assert(value != NULL);
    return (struct json *)value;
}

static json_t *unwrap(const struct json *value)
{
    return (json_t *)(uintptr_t)value;
}

struct json *json_new_object(void)
{
    return wrap(json_object());
}

struct json *json_new_array(void)
{
    return wrap(json_array());
}

/* Names of files need not be UTF-8, but JSON is: their odd bytes become ?. */
struct json *json_new_text(const char *text)
{
    json_t *value = json_string(text);
    struct text plain = { 0 };

    if (value == NULL) {
        text_add(&plain, text);
        for (size_t i = 0; i < plain.length; i++)
            if ((unsigned char)plain.data[i] >= 0x80)
                plain.data[i] = '?';
        value = json_string(plain.data);
        text_clear(&plain);
    }
    return wrap(value);
}

struct json *json_new_integer(int64_t value)
{
    return wrap(json_integer(value));
}

struct json *json_new_number(double value)
{
    if (isnan(value))
        return json_new_text("nan");
    if (isinf(value))
        return json_new_text(value > 0 ? "inf" : "-inf");
    return wrap(json_real(value));
}

struct json *json_new_null(void)
{
    return wrap(json_null());
}

struct json *json_new_bool(bool value)
{
    return wrap(json_boolean(value));
}

void json_free(struct json *value)
{
    json_decref(unwrap(value));
}

void json_set(struct json *object, const char *key, struct json *value)
{
    int status = json_object_set_new(unwrap(object), key, unwrap(value));

    assert(status == 0);
    (void)status;
}

void json_append(struct json *array, struct json *value)
{
    int status = json_array_append_new(unwrap(array), unwrap(value));

    assert(status == 0);
    (void)status;
}

struct json *json_parse(const char *text, size_t length, const char *file,
                        struct error *error)
{
    json_error_t problem;
    json_t *value = json_loadb(
        text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &problem);
    struct place place = { .file = file };

    if (value != NULL)
        return wrap(value);
    if (problem.line > 0) {
        place.line = (size_t)problem.line;
        place.column = problem.column > 0 ? (size_t)problem.column : 1;
    }
    /* The problem quotes the file, line ends and all. */
    for (char *c = problem.text; *c != '\0'; c++)
        if (iscntrl((unsigned char)*c))
            *c = ' ';
    error_add(error, ERROR_IO, &place, NULL, "not valid JSON: %s",
              problem.text);
    return NULL;
}

bool json_is_small(const char *text, size_t length, size_t tokens, size_t depth)
{
    size_t found = 0, level = 0;
    bool quoted = false;

    for (size_t i = 0; i < length; i++) {
        char c = text[i];

        if (c == '"')
            quoted = !quoted;
        else if (quoted && c == '\\')
            i++;
        else if (!quoted) {
            found += c == '{' || c == '[' || c == ',' || c == ':';
            level += c == '{' || c == '[';
            level -= (c == '}' || c == ']') && level > 0;
            if (found > tokens || level > depth)
                return false;
        }
    }
    return true;
}

struct json *json_load(const char *path, size_t limit, struct error *error)
{
    struct text text = { 0 };
    struct json *value = NULL;

    if (file_read(path, limit, &text, error))
        value = json_parse(text.data, text.length, path, error);
    text_clear(&text);
    return value;
}

bool json_save(const struct json *value, const char *path, struct error *error)
{
    struct text text = { 0 };
    bool ok;

    json_print(value, true, &text);
    text_add(&text, "\n");
    ok = file_write(path, text.data, text.length, error);
    text_clear(&text);
    return ok;
}

static int add(const char *piece, size_t size, void *out)
{
    text_add_bytes(out, piece, size);
    return 0;
}

void json_print(const struct json *value, bool indent, struct text *out)
{
    size_t flags = JSON_ENCODE_ANY | JSON_REAL_PRECISION(17);

    if (indent)
        flags |= JSON_INDENT(2);
    text_add(out, "");
    json_dump_callback(unwrap(value), add, out, flags);
}

const struct json *json_get(const struct json *object, const char *key)
{
    return (const struct json *)json_object_get(unwrap(object), key);
}

bool json_is_map(const struct json *value)
{
    const json_t *inner = unwrap(value);

    return json_is_object(inner);
}

size_t json_size(const struct json *container)
{
    const json_t *value = unwrap(container);

    return json_is_array(value) ? json_array_size(value)
                                : json_object_size(value);
}

const struct json *json_item(const struct json *array, size_t i)
{
    return (const struct json *)json_array_get(unwrap(array), i);
}

const char *json_next_key(const struct json *object, const char *key)
{
    json_t *value = unwrap(object);
    void *at =
        key == NULL
            ? json_object_iter(value)
            : json_object_iter_next(value, json_object_iter_at(value, key));

    return at == NULL ? NULL : json_object_iter_key(at);
}

const char *json_as_text(const struct json *value)
{
    return json_string_value(unwrap(value));
}

bool json_as_integer(const struct json *value, int64_t *out)
{
    if (!json_is_integer(unwrap(value)))
        return false;
    *out = json_integer_value(unwrap(value));
    return true;
}

bool json_as_number(const struct json *value, double *out)
{
    const char *text = json_as_text(value);

    if (text != NULL && strcmp(text, "nan") == 0)
        *out = NAN;
    else if (text != NULL && strcmp(text, "inf") == 0)
        *out = INFINITY;
    else if (text != NULL && strcmp(text, "-inf") == 0)
        *out = -INFINITY;
    else if (json_is_number(unwrap(value)))
        *out = json_number_value(unwrap(value));
    else
        return false;
    return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * JSON values [jansson], strict: duplicate keys, trailing text and invalid
 * UTF-8 are errors with a place.  An object keeps its keys' order.
 *
 * A value handed to json_set or json_append belongs to its container.
 * json_free is for values that are in no container.
 */

#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"

struct json; /* opaque */

struct json *json_new_object(void);
struct json *json_new_array(void);
struct json *json_new_text(const char *text);
struct json *json_new_integer(int64_t value);
struct json *json_new_number(double value); /* NaN, infinities: text */
struct json *json_new_bool(bool value);
struct json *json_new_null(void);
void json_free(struct json *value); /* NULL is fine */

void json_set(struct json *object, const char *key, struct json *value);
void json_append(struct json *array, struct json *value);

/* FILE is named in complaints, which are ERROR_IO.  NULL on failure. */
struct json *json_parse(const char *text, size_t length, const char *file,
                        struct error *error);

/*
 * Whether TEXT, before anything is built of it, has at most TOKENS of the
 * characters that begin a value ({ [ , : outside strings) and is nested at
 * most DEPTH deep: a parsed value takes up to 250 times its bytes.  What is
 * not JSON may pass, and is left to json_parse.
 */
bool json_is_small(const char *text, size_t length, size_t tokens,
                   size_t depth);

/* json_parse of the file at PATH, of at most LIMIT bytes. */
struct json *json_load(const char *path, size_t limit, struct error *error);

/* Indented, as the file PATH. */
bool json_save(const struct json *value, const char *path, struct error *error);

/* Indented by two spaces, or in one line; numbers with %.17g. */
void json_print(const struct json *value, bool indent, struct text *out);

/* Members and items, borrowed; NULL when absent or of another kind. */
const struct json *json_get(const struct json *object, const char *key);
bool json_is_map(const struct json *value); /* NULL: no */
size_t json_size(const struct json *container);
const struct json *json_item(const struct json *array, size_t i);

/* The key after KEY (NULL: the first), or NULL. */
const char *json_next_key(const struct json *object, const char *key);

const char *json_as_text(const struct json *value);
bool json_as_integer(const struct json *value, int64_t *out);
bool json_as_number(const struct json *value, double *out); /* also "nan" */

#endif

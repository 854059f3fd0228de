/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/parameters.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "config/schema.h"
#include "language/passage.h"

#define MOST_PARAMETERS 64

static const char accepted[] = "a whole number of at most 10^9 in size";

void parameters_clear(struct parameters *parameters)
{
    for (size_t i = 0; i < parameters->count; i++)
        free(parameters->items[i].name);
    free(parameters->items);
    *parameters = (struct parameters){ 0 };
}

/* --------------------------------------------------------------- reading */

/* Letters, digits and _, the first a letter. */
static size_t name_length(const char *text)
{
    size_t length = 0;

    if (isalpha((unsigned char)*text))
        while (isalnum((unsigned char)text[length]) || text[length] == '_')
            length++;
    return length;
}

static bool read_value(const struct yaml_node *node, int64_t *value)
{
    const char *digits = node->text;
    uint64_t size;

    if (node->kind != YAML_SCALAR || !node->plain)
        return false;
    digits += *digits == '-';
    if (!text_read_count(digits, &size) || size > PARAMETERS_MOST_VALUE)
        return false;
    *value = digits > node->text ? -(int64_t)size : (int64_t)size;
    return true;
}

static void add(struct parameters *out, const char *name, int64_t value,
                const struct place *place)
{
    out->items = memory_resize(out->items, out->count + 1, sizeof *out->items);
    out->items[out->count++] =
        (struct parameter){ memory_copy_text(name), value, *place };
}

static struct parameter *find(const struct parameters *parameters,
                              const char *name, size_t length)
{
    for (size_t i = 0; i < parameters->count; i++)
        if (strncmp(parameters->items[i].name, name, length) == 0 &&
            parameters->items[i].name[length] == '\0')
            return &parameters->items[i];
    return NULL;
}

bool parameters_read(struct parameters *out, const struct yaml_node *map,
                     const char *path, const char *file, struct error *error)
{
    bool ok = true;

    for (size_t i = 0; i < map->count; i++) {
        const char *name = map->keys[i]->text;
        struct text key = { 0 };
        int64_t value;

        if (file != NULL && strcmp(name, file) == 0)
            continue;
        text_add_format(&key, "%s.%s", path, name);
        if (read_value(map->items[i], &value))
            add(out, name, value, &map->items[i]->place);
        else
            ok = schema_complain(map->items[i], key.data, accepted, error);
        text_clear(&key);
    }
    return ok;
}

bool parameters_assign(struct parameters *out, const char *assignment,
                       struct error *error)
{
    struct yaml_node *map = yaml_new(YAML_MAP, &(struct place){ 0 });
    bool ok = schema_override(map, assignment, error);

    if (ok && map->items[0]->kind == YAML_MAP)
        ok =
            schema_complain(map->items[0], map->keys[0]->text, accepted, error);
    else if (ok)
        ok = parameters_read(out, map, "params", NULL, error);
    yaml_node_free(map);
    return ok;
}

/* ----------------------------------------------------------- the file's own */

/* One of the file's parameters and what is to be done about it. */
struct declared {
    const struct yaml_node *written; /* where its value stands */
    int64_t standard;
    bool has_both; /* written as a map of standard and value */
};

static bool read_declared(const struct yaml_node *node, const char *key,
                          struct declared *out, int64_t *value,
                          struct error *error)
{
    const struct yaml_node *standard = yaml_get(node, "standard");

    out->written = node;
    out->has_both = standard != NULL;
    if (standard == NULL) {
        if (!read_value(node, value))
            return schema_complain(node, key, accepted, error);
        out->standard = *value;
        return true;
    }
    out->written = yaml_get(node, "value");
    if (node->count != 2 || out->written == NULL)
        return error_add(error, ERROR_CONFIG, &node->place, key,
                         "accepted: a map of standard and value");
    if (!read_value(standard, &out->standard))
        return schema_complain(standard, key, accepted, error);
    return read_value(out->written, value) ||
           schema_complain(out->written, key, accepted, error);
}

static bool read_all_declared(const struct yaml_node *params,
                              struct declared *declared, struct parameters *out,
                              struct error *error)
{
    bool ok = true;

    if (params->kind != YAML_MAP || params->count > MOST_PARAMETERS)
        return schema_complain(params, "params",
                               "a map of names and whole numbers, at most 64",
                               error);
    for (size_t i = 0; i < params->count; i++) {
        const struct yaml_node *name = params->keys[i];
        struct text key = { 0 };
        int64_t value;

        text_add_format(&key, "params.%s", name->text);
        if (name->text[name_length(name->text)] != '\0' || !*name->text)
            ok = error_add(error, ERROR_CONFIG, &name->place, key.data,
                           "a parameter's name is made of letters, digits and "
                           "_, the first a letter");
        else if (read_declared(params->items[i], key.data,
                               &declared[out->count], &value, error))
            add(out, name->text, value, &name->place);
        else
            ok = false;
        text_clear(&key);
    }
    return ok;
}

static bool refuse_name(const struct parameters *parameters, const char *name,
                        const struct place *place, const char *key,
                        struct error *error)
{
    struct text names = { 0 };

    for (size_t i = 0; i < parameters->count; i++)
        text_add_format(&names, "%s%s", i > 0 ? ", " : "",
                        parameters->items[i].name);
    if (names.length > 0)
        error_add(error, ERROR_CONFIG, place, key,
                  "the language has no parameter \"%s\"; accepted: %s", name,
                  names.data);
    else
        error_add(error, ERROR_CONFIG, place, key,
                  "the language has no parameter \"%s\", nor any other", name);
    text_clear(&names);
    return false;
}

/* Sets VALUES and has STANDALONE say so. */
static bool set_values(struct parameters *parameters,
                       const struct declared *declared, const char *source,
                       const struct parameters *values,
                       struct standalone *standalone, struct error *error)
{
    bool ok = true;

    for (size_t i = 0; values != NULL && i < values->count; i++) {
        const struct parameter *given = &values->items[i];
        struct parameter *own =
            find(parameters, given->name, strlen(given->name));

        if (own == NULL)
            ok = refuse_name(parameters, given->name, &given->place,
                             given->name, error);
        else
            own->value = given->value;
    }
    for (size_t i = 0; standalone != NULL && i < parameters->count; i++) {
        const struct parameter *own = &parameters->items[i];
        struct text text = { 0 };
        int64_t written;

        read_value(declared[i].written, &written);
        if (written == own->value)
            continue;
        if (declared[i].has_both)
            text_add_format(&text, "%" PRId64, own->value);
        else
            text_add_format(&text,
                            "{standard: %" PRId64 ", value: %" PRId64 "}",
                            written, own->value);
        standalone_replace(standalone, source, declared[i].written, text.data);
        text_clear(&text);
    }
    return ok;
}

/* ----------------------------------------------------------- substitution */

static bool substitute(struct yaml_node *node, const char *key,
                       const char *source, const struct parameters *parameters,
                       struct error *error)
{
    struct passage passage = passage_of(node, key, source);
    struct text out = { 0 };
    const char *at = node->text;
    bool ok = true;

    while (*at != '\0') {
        size_t length = *at == '$' ? name_length(at + 1) : 0;
        const struct parameter *own = find(parameters, at + 1, length);

        if (length == 0) {
            text_add_bytes(&out, at++, 1);
            continue;
        }
        if (own == NULL) {
            struct place place =
                passage_place(&passage, (size_t)(at - node->text));
            char *name = memory_copy(at + 1, length + 1);

            name[length] = '\0';
            ok = refuse_name(parameters, name, &place, key, error);
            free(name);
        } else {
            text_add_format(&out, "%" PRId64, own->value);
        }
        at += 1 + length;
    }
    free(node->text);
    node->text = text_take(&out);
    return ok;
}

static bool substitute_all(struct yaml_node *node, const char *key,
                           const char *source,
                           const struct parameters *parameters,
                           struct error *error)
{
    bool ok = true;

    if (node->kind == YAML_SCALAR)
        return strchr(node->text, '$') == NULL ||
               substitute(node, key, source, parameters, error);
    if (yaml_get(node, "params") != NULL)
        return true;
    for (size_t i = 0; i < node->count; i++)
        ok &= substitute_all(node->items[i], key, source, parameters, error);
    return ok;
}

static bool substitute_rest(struct yaml_node *root,
                            const struct yaml_node *params, const char *source,
                            const struct parameters *parameters,
                            struct error *error)
{
    bool ok = true;

    for (size_t i = 0; i < root->count; i++)
        if (root->items[i] != params)
            ok &= substitute_all(root->items[i], root->keys[i]->text, source,
                                 parameters, error);
    return ok;
}

bool parameters_apply(struct yaml_node *root, const char *source,
                      const struct parameters *values,
                      struct standalone *standalone, bool *standard,
                      struct error *error)
{
    static const struct yaml_node none = { .kind = YAML_MAP };
    const struct yaml_node *params = yaml_get(root, "params");
    struct declared declared[MOST_PARAMETERS];
    struct parameters own = { 0 };
    bool ok = read_all_declared(params == NULL ? &none : params, declared, &own,
                                error) &&
              set_values(&own, declared, source, values, standalone, error);

    if (standard != NULL)
        *standard = true;
    for (size_t i = 0; standard != NULL && i < own.count; i++)
        *standard &= own.items[i].value == declared[i].standard;
    if (ok && params != NULL)
        ok = substitute_rest(root, params, source, &own, error);
    parameters_clear(&own);
    return ok;
}

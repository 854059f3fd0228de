/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config/schema.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "config/field.h"

/* Unknown keys of one map that are reported one by one. */
#define ENOUGH 20

static char *join(const char *path, const char *key)
{
    struct text text = { 0 };

    text_add_format(&text, "%s%s", path, path[0] != '\0' ? "." : "");
    text_add(&text, key);
    return text_take(&text);
}

void schema_accepted(const struct field *field, struct text *out)
{
    field_rows[field->type].accepted(field, out);
}

bool count_or_word_read(const struct yaml_node *node, const char *path,
                        const char *accepted, const char *word, size_t most,
                        size_t *count, struct error *error)
{
    uint64_t given;

    if (node->kind == YAML_SCALAR && strcmp(node->text, word) == 0) {
        *count = 0;
        return true;
    }
    if (node->kind != YAML_SCALAR || !node->plain ||
        !text_read_count(node->text, &given) || given < 1 || given > most)
        return schema_complain(node, path, accepted, error);
    *count = (size_t)given;
    return true;
}

void count_or_word_print(size_t count, const char *word, struct text *out)
{
    if (count == 0)
        text_add(out, word);
    else
        text_add_format(out, "%zu", count);
}

/* -------------------------------------------------------------- reading */

static bool read_map(const struct field *fields, const struct yaml_node *node,
                     const struct place *place, const char *path,
                     const char *const *ignored, void *out,
                     struct error *error);

static bool read_value(const struct field *field, const struct yaml_node *node,
                       const char *path, void *value, struct error *error)
{
    bool empty = field->standard != NULL && strcmp(field->standard, "~") == 0;

    if (empty && field->type != FIELD_CUSTOM && yaml_is_null(node))
        return true;
    return field_rows[field->type].read(field, node, path, value, error);
}

/* PLACE is that of the map in which the field is missing, or NULL. */
static bool read_standard(const struct field *field, const struct place *place,
                          const char *path, void *value, struct error *error)
{
    struct place nowhere = { .file = "default" };
    struct yaml_document document;
    struct text accepted = { 0 };
    struct yaml_node *null;
    bool ok;

    if (field->standard == NULL && field->type == FIELD_STRUCT)
        return read_map(field->fields, NULL, place, path, NULL, value, error);
    if (field->standard == NULL) {
        schema_accepted(field, &accepted);
        error_add(error, ERROR_CONFIG, place, path, "missing; accepted: %s",
                  accepted.data);
        text_clear(&accepted);
        return false;
    }
    if (strcmp(field->standard, "~") == 0) {
        null = yaml_new_scalar("~", false, &nowhere);
        ok = read_value(field, null, path, value, error);
        yaml_node_free(null);
        return ok;
    }
    ok = yaml_parse(&document, field->standard, strlen(field->standard),
                    nowhere.file, error) &&
         read_value(field, document.root, path, value, error);
    yaml_clear(&document);
    return ok;
}

/* The keys that a map may have, NULL-terminated; the caller frees the list. */
static const char **known_keys(const struct field *fields,
                               const char *const *ignored)
{
    const char **names = memory_new(1, sizeof *names);
    size_t count = 0;

    for (; fields->key != NULL; fields++) {
        names = memory_resize(names, count + 2, sizeof *names);
        names[count++] = fields->key;
    }
    for (; ignored != NULL && *ignored != NULL; ignored++) {
        names = memory_resize(names, count + 2, sizeof *names);
        names[count++] = *ignored;
    }
    names[count] = NULL;
    return names;
}

static bool is_known(const char *const *names, const char *key)
{
    while (*names != NULL && strcmp(*names, key) != 0)
        names++;
    return *names != NULL;
}

static bool check_keys(const struct yaml_node *map, const char *path,
                       const char *const *names, struct error *error)
{
    size_t strange = 0;

    for (size_t i = 0; i < map->count; i++) {
        const struct yaml_node *key = map->keys[i];
        char *word, *at;

        if (is_known(names, key->text) || ++strange > ENOUGH)
            continue;
        word = field_shown(key->text);
        at = join(path, word);
        field_unknown(&key->place, at, "key", key->text, names, error);
        free(at);
        free(word);
    }
    if (strange > ENOUGH)
        error_add(error, ERROR_CONFIG, &map->place, path,
                  "%zu more unknown keys", strange - ENOUGH);
    return strange == 0;
}

/* The value under KEY, or under an unknown key that is nearest to it: the
 * file is wrong, but the value can be looked at. */
static const struct yaml_node *find_meant(const struct yaml_node *map,
                                          const char *key,
                                          const char *const *names)
{
    const struct yaml_node *value = yaml_get(map, key);

    for (size_t i = 0; value == NULL && map != NULL && i < map->count; i++) {
        const char *word = map->keys[i]->text, *nearest;

        if (is_known(names, word))
            continue;
        nearest = text_nearest(word, names);
        if (nearest != NULL && strcmp(nearest, key) == 0)
            value = map->items[i];
    }
    return value;
}

static bool read_map(const struct field *fields, const struct yaml_node *node,
                     const struct place *place, const char *path,
                     const char *const *ignored, void *out, struct error *error)
{
    struct text accepted = { 0 };
    const char **names;
    bool ok = true;

    if (node != NULL)
        place = &node->place;
    if (node != NULL && yaml_is_null(node))
        node = NULL;
    if (node != NULL && node->kind != YAML_MAP) {
        schema_accepted(
            &(struct field){ .type = FIELD_STRUCT, .fields = fields },
            &accepted);
        schema_complain(node, path, accepted.data, error);
        text_clear(&accepted);
        return false;
    }
    names = known_keys(fields, ignored);
    if (node != NULL)
        ok = check_keys(node, path, names, error);
    for (const struct field *f = fields; f->key != NULL; f++) {
        const struct yaml_node *item = find_meant(node, f->key, names);
        void *value = (char *)out + f->offset;
        char *at = join(path, f->key);

        ok &= item != NULL ? read_value(f, item, at, value, error)
                           : read_standard(f, place, at, value, error);
        free(at);
    }
    free(names);
    return ok;
}

bool schema_read(const struct field *fields, const struct yaml_node *node,
                 const char *path, const char *const *ignored, void *out,
                 struct error *error)
{
    return read_map(fields, node, NULL, path, ignored, out, error);
}

void schema_clear(const struct field *fields, void *out)
{
    for (const struct field *f = fields; f->key != NULL; f++)
        field_rows[f->type].clear(f, (char *)out + f->offset);
}

/* ------------------------------------------------------------- printing */

/* Ends the line that began at byte START, with what FIELD means if asked. */
static void end_line(const struct field *field, size_t start, bool help,
                     struct text *out)
{
    size_t column = out->length - start;

    if (help) {
        text_add_format(out, "%*s# %s", column < 32 ? (int)(34 - column) : 2,
                        "", field->help);
        if (field->type != FIELD_STRUCT) {
            text_add(out, " (");
            schema_accepted(field, out);
            text_add(out, ")");
        }
    }
    text_add(out, "\n");
}

void schema_print(const struct field *fields, const void *in, size_t indent,
                  bool help, struct text *out)
{
    for (const struct field *f = fields; f->key != NULL; f++) {
        const void *value = (const char *)in + f->offset;
        size_t start = out->length;

        text_add_format(out, "%*s%s:", (int)indent, "", f->key);
        if (f->type != FIELD_STRUCT) {
            text_add(out, " ");
            field_rows[f->type].print(f, value, out);
        }
        end_line(f, start, help, out);
        if (f->type == FIELD_STRUCT)
            schema_print(f->fields, value, indent + 2, help, out);
    }
}

/* ------------------------------------------------------------ overriding */

bool schema_override(struct yaml_node *root, const char *assignment,
                     struct error *error)
{
    const char *equals = strchr(assignment, '=');
    struct yaml_document document = { 0 };
    struct text file = { 0 };
    struct place place;
    char *path = NULL;
    bool ok = false;

    text_add_format(&file, "--set %s", assignment);
    place = (struct place){ .file = file.data };
    if (equals == NULL || equals == assignment) {
        error_add(error, ERROR_CONFIG, &place, NULL,
                  "not an assignment; accepted: key.path=value");
        goto done;
    }
    path = memory_copy(assignment, (size_t)(equals - assignment) + 1);
    path[equals - assignment] = '\0';
    if (!yaml_parse(&document, equals + 1, strlen(equals + 1), file.data,
                    error))
        goto done;
    if (document.root->kind == YAML_MAP && document.root->count == 0 &&
        strchr(equals, '{') == NULL) { /* nothing was written */
        yaml_node_free(document.root);
        document.root = yaml_new_scalar("", false, &place);
    }
    document.root->place.line = document.root->place.column = 0;
    ok = yaml_set(root, path, document.root);
    if (ok)
        document.root = NULL;
    else
        error_add(error, ERROR_CONFIG, &place, path,
                  "no such place: the path goes through a value, or has an "
                  "empty word");
done:
    yaml_clear(&document);
    text_clear(&file);
    free(path);
    return ok;
}

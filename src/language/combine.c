/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/combine.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "config/schema.h"

#define MOST_PARTS 16

/* ORDER combine_kind */
const char *const combine_keys[] = { "all",      "any",     "minus",   "not",
                                     "concat",   "reverse", "shuffle", "rename",
                                     "disjoint", NULL };

#define N_KINDS (COMBINE_RENAME + 1)

static const char list_of_languages[] =
    "a list of two languages or more, names of files or maps";
static const char a_language[] =
    "a language: the name of a file, {file: NAME, k: 5}, or a map of clauses";
static const char a_renaming[] = "{of: LANGUAGE, map: {old: new}}";

const char *combine_key(const struct yaml_node *root)
{
    for (size_t i = 0; i < N_KINDS; i++)
        if (yaml_get(root, combine_keys[i]) != NULL)
            return combine_keys[i];
    return NULL;
}

static void part_clear(struct part *part)
{
    for (size_t s = 0; s < part->symbols; s++)
        free(part->names[s]);
    free(part->names);
    free(part->to_whole);
    free(part->from_whole);
    language_free(part->language);
}

void combine_free(struct combination *combination)
{
    if (combination == NULL)
        return;
    for (size_t i = 0; i < combination->count; i++)
        part_clear(&combination->parts[i]);
    free(combination->parts);
    free(combination->text);
    free(combination);
}

bool combine_is_finite(const struct combination *combination)
{
    for (size_t i = 0; i < combination->count; i++)
        if (language_automaton(combination->parts[i].language) == NULL)
            return false;
    return true;
}

/* ----------------------------------------------------------------- parts */

static bool add_part(struct combination *self, const struct yaml_node *node,
                     const struct reading *reading, struct error *error)
{
    struct part *part;
    const struct alphabet *alphabet;

    self->parts =
        memory_resize(self->parts, self->count + 1, sizeof *self->parts);
    part = &self->parts[self->count];
    *part = (struct part){ .index = self->count, .node = node };
    if (node->kind == YAML_LIST ||
        (node->kind == YAML_SCALAR &&
         (yaml_is_null(node) || *node->text == '\0')))
        return schema_complain(node, self->key, a_language, error);
    if (!language_load_part(&part->language, node, reading, NULL, error))
        return false;
    alphabet = language_alphabet(part->language);
    part->symbols = alphabet->size;
    part->names = memory_new(alphabet->size, sizeof *part->names);
    for (size_t s = 0; s < alphabet->size; s++)
        part->names[s] = memory_copy_text(alphabet->names[s]);
    self->count++;
    return true;
}

static bool add_parts(struct combination *self, const struct yaml_node *node,
                      const struct reading *reading, struct error *error)
{
    bool ok = true;

    if (node->kind != YAML_LIST || node->count < 2)
        return node->kind == YAML_LIST
                   ? error_add(error, ERROR_CONFIG, &node->place, self->key,
                               "%zu in the list; accepted: %s", node->count,
                               list_of_languages)
                   : schema_complain(node, self->key, list_of_languages, error);
    if (node->count > MOST_PARTS)
        return error_add(error, ERROR_CONFIG, &node->place, self->key,
                         "more than %d languages", MOST_PARTS);
    for (size_t i = 0; i < node->count; i++)
        ok &= add_part(self, node->items[i], reading, error);
    return ok;
}

/* ---------------------------------------------------------------- rename */

static bool rename_symbol(struct part *part, const struct alphabet *old,
                          const struct yaml_node *from,
                          const struct yaml_node *to, struct error *error)
{
    long s = alphabet_find(old, from->text, strlen(from->text));

    if (s < 0)
        return error_add(error, ERROR_CONFIG, &from->place, "rename.map",
                         "no symbol \"%s\" in %s", from->text,
                         language_name(part->language));
    if (to->kind != YAML_SCALAR || *to->text == '\0' ||
        strpbrk(to->text, " \t\n") != NULL)
        return schema_complain(to, "rename.map", "a symbol, without spaces",
                               error);
    free(part->names[s]);
    part->names[s] = memory_copy_text(to->text);
    return true;
}

static bool check_names(const struct part *part, const struct yaml_node *map,
                        struct error *error)
{
    for (size_t s = 0; s < part->symbols; s++)
        for (size_t t = 0; t < s; t++)
            if (strcmp(part->names[s], part->names[t]) == 0)
                return error_add(error, ERROR_CONFIG, &map->place, "rename.map",
                                 "two symbols would be called \"%s\"",
                                 part->names[s]);
    return true;
}

static bool read_renaming(struct combination *self,
                          const struct yaml_node *node,
                          const struct reading *reading, struct error *error)
{
    const struct yaml_node *of = yaml_get(node, "of");
    const struct yaml_node *map = yaml_get(node, "map");
    struct part *part;
    bool ok = true;

    if (of == NULL || map == NULL || map->kind != YAML_MAP || node->count != 2)
        return schema_complain(node, "rename", a_renaming, error);
    if (!add_part(self, of, reading, error))
        return false;
    part = &self->parts[0];
    for (size_t i = 0; i < map->count; i++)
        ok &= rename_symbol(part, language_alphabet(part->language),
                            map->keys[i], map->items[i], error);
    return ok && check_names(part, map, error);
}

/* -------------------------------------------------------------- alphabets */

static bool gather_alphabet(const struct combination *self,
                            struct alphabet *alphabet, struct error *error)
{
    for (size_t i = 0; i < self->count; i++)
        for (size_t s = 0; s < self->parts[i].symbols; s++)
            alphabet_add(alphabet, self->parts[i].names[s]);
    if (alphabet->size <= ALPHABET_MOST)
        return true;
    return error_add(error, ERROR_CONFIG, &self->place, self->key,
                     "the parts have more than %d symbols", ALPHABET_MOST);
}

static bool link_part(struct part *part, const char *key,
                      const struct alphabet *alphabet, struct error *error)
{
    part->to_whole = memory_new(part->symbols, sizeof *part->to_whole);
    part->from_whole = memory_new(alphabet->size, sizeof *part->from_whole);
    memset(part->from_whole, 0xff, alphabet->size * sizeof *part->from_whole);
    for (size_t s = 0; s < part->symbols; s++) {
        const char *name = part->names[s];
        long at = alphabet_find(alphabet, name, strlen(name));

        if (at < 0)
            return error_add(error, ERROR_CONFIG, &part->node->place, key,
                             "the symbol \"%s\" of %s is not in the alphabet",
                             name, language_name(part->language));
        part->to_whole[s] = (uint16_t)at;
        part->from_whole[at] = (uint16_t)s;
    }
    return true;
}

static bool check_unshared(const struct combination *self,
                           const struct alphabet *alphabet, struct error *error)
{
    for (size_t s = 0; s < self->symbols; s++) {
        const struct part *owner = NULL;

        for (size_t i = 0; i < self->count; i++) {
            const struct part *part = &self->parts[i];

            if (part->from_whole[s] == COMBINE_FOREIGN)
                continue;
            if (owner != NULL)
                return error_add(
                    error, ERROR_CONFIG, &part->node->place, self->key,
                    "%s and %s share the symbol \"%s\"; `rename` "
                    "can tell them apart",
                    language_name(owner->language),
                    language_name(part->language), alphabet->names[s]);
            owner = part;
        }
    }
    return true;
}

static bool link_parts(struct combination *self, const struct reading *reading,
                       struct error *error)
{
    bool ok = reading->alphabet->size > 0 ||
              gather_alphabet(self, reading->alphabet, error);

    self->symbols = reading->alphabet->size;
    for (size_t i = 0; ok && i < self->count; i++)
        ok = link_part(&self->parts[i], self->key, reading->alphabet, error);
    if (ok && self->kind == COMBINE_SHUFFLE)
        ok = check_unshared(self, reading->alphabet, error);
    return ok;
}

/* --------------------------------------------------------------- reading */

static bool is_list(enum combine_kind kind)
{
    return kind != COMBINE_NOT && kind != COMBINE_REVERSE &&
           kind != COMBINE_RENAME;
}

static bool read_parts(struct combination *self, const struct yaml_node *node,
                       const struct reading *reading, struct error *error)
{
    if (self->kind == COMBINE_RENAME)
        return read_renaming(self, node, reading, error);
    return is_list(self->kind) ? add_parts(self, node, reading, error)
                               : add_part(self, node, reading, error);
}

/* A file has one shape: a second combination, or another shape, is one too
 * many. */
static bool check_alone(const struct combination *self,
                        const struct yaml_node *root, struct error *error)
{
    static const char *const shapes[] = { "regex", "dfa", "att", "cfg",
                                          "template" };

    for (size_t i = self->kind + 1; i < N_KINDS; i++)
        if (yaml_get(root, combine_keys[i]) != NULL)
            return error_add(
                error, ERROR_CONFIG, &yaml_get(root, combine_keys[i])->place,
                combine_keys[i], "a language has one shape: either %s or %s",
                self->key, combine_keys[i]);
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        if (yaml_get(root, shapes[i]) != NULL)
            return error_add(error, ERROR_CONFIG,
                             &yaml_get(root, shapes[i])->place, shapes[i],
                             "a language has one shape: either %s or %s",
                             self->key, shapes[i]);
    return true;
}

static bool read_disjoint(struct combination *self,
                          const struct yaml_node *root, struct error *error)
{
    const struct yaml_node *node = yaml_get(root, "disjoint");

    if (node == NULL)
        return true;
    if (self->kind != COMBINE_ANY)
        return error_add(error, ERROR_CONFIG, &node->place, "disjoint",
                         "it is about the parts of `any`");
    self->disjoint = node->kind == YAML_SCALAR && node->plain &&
                     strcmp(node->text, "true") == 0;
    return self->disjoint ||
           (node->kind == YAML_SCALAR && node->plain &&
            strcmp(node->text, "false") == 0) ||
           schema_complain(node, "disjoint", "true or false", error);
}

static enum combine_kind find_kind(const char *key)
{
    enum combine_kind kind = COMBINE_ALL;

    while (strcmp(combine_keys[kind], key) != 0)
        kind++;
    return kind;
}

struct combination *combine_read(const struct reading *reading,
                                 struct error *error)
{
    const char *key = combine_key(reading->root);
    const struct yaml_node *node =
        key == NULL ? NULL : yaml_get(reading->root, key);
    struct combination *self = memory_new(1, sizeof *self);
    struct text text = { 0 };

    if (key == NULL) {
        free(self);
        error_add(error, ERROR_CONFIG,
                  &yaml_get(reading->root, "disjoint")->place, "disjoint",
                  "it is about the parts of `any`");
        return NULL;
    }
    yaml_add_flow(&text, node);
    *self = (struct combination){ .kind = find_kind(key),
                                  .key = key,
                                  .text = text_take(&text),
                                  .place = node->place };
    if (check_alone(self, reading->root, error) &&
        read_disjoint(self, reading->root, error) &&
        read_parts(self, node, reading, error) &&
        link_parts(self, reading, error))
        return self;
    combine_free(self);
    return NULL;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * YAML text as a tree whose nodes remember line and column [libyaml].
 *
 * Built from libyaml's events under caps of our own, because Debian's
 * libyaml has none: file 16 MiB, depth 64, 10^6 nodes, a scalar 1 MiB,
 * aliases expanding to 10^5 nodes in all.  One document a file; duplicate
 * keys and non-scalar keys are errors; every error is ERROR_CONFIG with its
 * place (ERROR_IO when the file cannot be read).
 */

#ifndef CONFIG_YAML_H
#define CONFIG_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml_node {
    enum yaml_kind kind;
    struct place place; /* place.file belongs to the document */
    char *text;         /* scalar: its text */
    bool plain;         /* scalar: written without quotes or block */
    struct yaml_node **items; /* list: items; map: values */
    struct yaml_node **keys;  /* map: scalar nodes, in the file's order */
    size_t count;
};

struct yaml_document {
    char *file;
    struct yaml_node *root; /* an empty file gives an empty map */
};

bool yaml_load(struct yaml_document *document, const char *path,
               struct error *error);
bool yaml_parse(struct yaml_document *document, const char *text,
                size_t length, const char *file, struct error *error);
void yaml_clear(struct yaml_document *document);

/* The value under KEY of a map; NULL when absent or NODE is not a map. */
struct yaml_node *yaml_get(const struct yaml_node *node, const char *key);

/* A deep copy, freed with yaml_node_free; places keep their file's name. */
struct yaml_node *yaml_copy(const struct yaml_node *node);
void yaml_node_free(struct yaml_node *node);

/*
 * Sets the value at the dotted PATH ("train.rate", "test[1].count" is not
 * supported), making maps on the way; VALUE becomes the tree's.  False when
 * the path goes through something that is not a map.
 */
bool yaml_set(struct yaml_node *root, const char *path,
              struct yaml_node *value);

/* Adds TEXT as a YAML scalar, quoted where it would not read back as text. */
void yaml_add_scalar(struct text *out, const char *text);

/* Adds a whole tree in flow style: {a: 1, b: [2, 3]}. */
void yaml_add_flow(struct text *out, const struct yaml_node *node);

#endif

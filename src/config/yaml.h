/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * YAML text as a tree whose nodes remember line and column [libyaml].
 *
 * Built from libyaml's events under caps of our own, because Debian's
 * libyaml has none: file 16 MiB, depth 64, 10^6 nodes, a scalar 1 MiB, a key
 * 128 bytes, 256 anchors, aliases expanding to 10^5 nodes in all.  One UTF-8
 * document a file; duplicate keys and keys that are not scalars are errors,
 * and so are tags and merge keys (`<<`).  Every error is ERROR_CONFIG with
 * its place (ERROR_IO when the file cannot be read).  Columns count
 * characters, not bytes.
 *
 * An alias stands for a copy of the anchored node, with the places of the
 * original.
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
    struct place place;       /* place.file lives as long as the process */
    char *text;               /* scalar: its text */
    bool plain;               /* scalar: written without quotes or block */
    struct yaml_node **items; /* list: items; map: values */
    struct yaml_node **keys;  /* map: scalar nodes, in the file's order */
    size_t count;
};

struct yaml_document {
    const char *file;       /* as the places name it */
    struct yaml_node *root; /* an empty file gives an empty map */
};

/* On failure the document is cleared; every complaint found is in ERROR. */
bool yaml_load(struct yaml_document *document, const char *path,
               struct error *error);
bool yaml_parse(struct yaml_document *document, const char *text, size_t length,
                const char *file, struct error *error);
void yaml_clear(struct yaml_document *document);

/* The value under KEY of a map; NULL when absent or NODE is not a map. */
struct yaml_node *yaml_get(const struct yaml_node *node, const char *key);

/* Where the value at the dotted PATH is written, or the map on the way to it
 * in which it is missing. */
const struct place *yaml_place(const struct yaml_node *root, const char *path);

/* Nothing, as in `key:`, `key: ~` and `key: null`. */
bool yaml_is_null(const struct yaml_node *node);

/* A node in no tree yet; scalars are plain unless QUOTED. */
struct yaml_node *yaml_new(enum yaml_kind kind, const struct place *place);
struct yaml_node *yaml_new_scalar(const char *text, bool quoted,
                                  const struct place *place);

/* A deep copy, freed with yaml_node_free; places keep their file's name. */
struct yaml_node *yaml_copy(const struct yaml_node *node);
void yaml_node_free(struct yaml_node *node);

/*
 * Sets the value at the dotted PATH ("train.rate"; list items cannot be
 * reached), making maps on the way; VALUE becomes the tree's.  False when the
 * path is empty or goes through something that is not a map (nothing counts
 * as an empty one); VALUE is then still the caller's.
 */
bool yaml_set(struct yaml_node *root, const char *path,
              struct yaml_node *value);

/*
 * Adds TEXT as a YAML scalar for block or flow style, quoted where it would
 * not read back as text, here or in other readers of YAML.
 */
void yaml_add_scalar(struct text *out, const char *text);

/* Adds a whole tree in flow style: {a: 1, b: [2, 3]}. */
void yaml_add_flow(struct text *out, const struct yaml_node *node);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The types of single fields, one row each: how a value is read, printed,
 * cleared and described.  Private to the room; schema.c walks the tables.
 */

#ifndef CONFIG_FIELD_H
#define CONFIG_FIELD_H

#include "config/schema.h"

struct field_row {
    /* A nested struct is read and printed by schema.c, in block style. */
    bool (*read)(const struct field *field, const struct yaml_node *node,
                 const char *path, void *value, struct error *error);
    void (*print)(const struct field *field, const void *value,
                  struct text *out);
    void (*clear)(const struct field *field, void *value);
    void (*accepted)(const struct field *field, struct text *out);
};

/* Indexed by enum field_type. */
extern const struct field_row field_rows[];

/* The user's text fit for one line of a message: short, no control bytes;
 * the caller frees. */
char *field_shown(const char *text);

/* Complains: `unknown WHAT; did you mean "b"? (accepted: a, b)`, where B is
 * the one of NAMES nearest to WORD; returns false. */
bool field_unknown(const struct place *place, const char *path,
                   const char *what, const char *word, const char *const *names,
                   struct error *error);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Field tables: what a map in a YAML file may hold.
 *
 * A room keeps its settings in a struct and describes it by a table of
 * fields ended by a NULL key.  From the table alone a node is read (defaults,
 * types, ranges, unknown keys with a suggestion), printed back with every
 * default written out, explained (`saturn check --print`) and documented
 * (saturn-config.5).  All errors of a node are reported, not the first only.
 *
 * Complaints carry the place and the key path, and one of these wordings:
 *
 *   wrong type: a list; accepted: a number in 0..1      (a map, nothing)
 *   wrong value "10abc"; accepted: a whole number       (... "1" in quotes)
 *   out of range: 1.5; accepted: a number in 0..1
 *   unknown word "pst"; did you mean "post"? (accepted: pre, post)
 *   unknown key; did you mean "rate"? (accepted: rate, steps)
 *   unknown key; accepted: rate, steps
 *   missing; accepted: a range such as 2..50            (placed at its map)
 *
 * Numbers are plain decimals: not in quotes, no 010, 0x10, 1_000, 1e400, .nan.
 */

#ifndef CONFIG_SCHEMA_H
#define CONFIG_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"
#include "config/yaml.h"

enum field_type {
    FIELD_BOOL,    /* bool: true or false */
    FIELD_COUNT,   /* size_t in least..most */
    FIELD_NUMBER,  /* double in least..most; fractions allowed */
    FIELD_CHOICE,  /* int: index into CHOICES, as the room's enum */
    FIELD_TEXT,    /* char *, owned; NULL while not given */
    FIELD_RANGE,   /* struct range: "2..50" or "7", ends in least..most */
    FIELD_RANGES,  /* struct ranges: one range or a list of them */
    FIELD_NUMBERS, /* struct numbers: a list of doubles in least..most */
    FIELD_STRUCT,  /* a nested struct with its own FIELDS */
    FIELD_CUSTOM   /* read, printed and cleared by CUSTOM */
};

struct range {
    size_t least, most; /* both ends belong to it */
};

struct ranges {
    struct range *items;
    size_t count;
};

struct numbers {
    double *items;
    size_t count;
};

struct field;

/* A type of a room's own. */
struct field_custom {
    const char *accepted; /* "a count, or the word full" */
    /* PATH is the key path for complaints; VALUE is zeroed. */
    bool (*read)(const struct yaml_node *node, const char *path, void *value,
                 struct error *error);
    void (*print)(const void *value, struct text *out); /* as flow YAML */
    void (*clear)(void *value); /* frees and zeroes; NULL: owns nothing */
};

/*
 * LEAST and MOST both 0 mean any; an infinite one is no bound, and a LEAST of
 * DBL_MIN says "above 0".  STANDARD "~" leaves a text NULL, a list empty and
 * hands a custom reader a null; a nested struct without a standard takes the
 * standards of its own fields.
 */
struct field {
    const char *key;
    enum field_type type;
    size_t offset;              /* of the member in the room's struct */
    const char *standard;       /* default as flow YAML; NULL = must be given */
    const char *help;           /* one line */
    double least, most;         /* FIELD_COUNT, _NUMBER, _RANGE(S), _NUMBERS */
    const char *const *choices; /* FIELD_CHOICE, NULL-terminated */
    const struct field *fields; /* FIELD_STRUCT */
    const struct field_custom *custom; /* FIELD_CUSTOM */
};

/*
 * Reads NODE into OUT (zeroed by the caller, who also clears it, even after a
 * failure).  NODE may be NULL or null: defaults only.  PATH is the key path of
 * NODE, "" at the root.  Keys named in IGNORED (NULL-terminated, or NULL) are
 * somebody else's.
 */
bool schema_read(const struct field *fields, const struct yaml_node *node,
                 const char *path, const char *const *ignored, void *out,
                 struct error *error);

/* Frees what reading allocated and zeroes it. */
void schema_clear(const struct field *fields, void *out);

/*
 * Prints every field as block YAML, INDENT spaces deep; with HELP each line
 * ends in a comment that says what it means and what is accepted.
 */
void schema_print(const struct field *fields, const void *in, size_t indent,
                  bool help, struct text *out);

/*
 * Applies `key.path=value` to the tree ROOT.  The value is YAML; its places
 * name the file "--set key.path=value" so that complaints do, with line and
 * column inside the value for what is nested in it and none for itself.
 */
bool schema_override(struct yaml_node *root, const char *assignment,
                     struct error *error);

/* "2..50" or "7"; used by custom readers and the command line. */
bool range_read(const char *text, struct range *range);

/* Reads a count in 1..MOST, or WORD, which is 0, for a custom type that
 * accepts what ACCEPTED says; and prints one. */
bool count_or_word_read(const struct yaml_node *node, const char *path,
                        const char *accepted, const char *word, size_t most,
                        size_t *count, struct error *error);
void count_or_word_print(size_t count, const char *word, struct text *out);

/* Complains about NODE at PATH in the wordings above, `wrong type: a list` or
 * `wrong value "x"`, then `; accepted: ...`; returns false. */
bool schema_complain(const struct yaml_node *node, const char *path,
                     const char *accepted, struct error *error);

/* Adds what FIELD accepts: "a number in 0..1", "pre, post or none". */
void schema_accepted(const struct field *field, struct text *out);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Other people's strings, read one at a time.  A set is one split of a
 * dataset, in one of these formats:
 *
 *   flare  a folder with main.tok, symbols separated by spaces, an empty line
 *          the empty string; labels.txt, 0 or 1 a line, if there; and
 *          next-symbols.jsonl, if there, a line a member: what may follow each
 *          of its n + 1 prefixes, [{"s": "a b", "e": true}, ...]
 *   pairs  X_src.txt, a string a line, a character a symbol, all members; and
 *          X_tgt.txt, if there, targets in an encoding of audit.h
 *   bliss  a file of lines #aabb#, a character a symbol, all members
 *   jsonl  an object a line: text, and if there label, class, distance, next
 *   tsv    text and, if there, label, class, distance; the first line may name
 *          the columns
 *
 * A line that cannot be read is ERROR_CONFIG with its place.
 */

#ifndef DATA_READER_H
#define DATA_READER_H

#include <stdio.h>

#include "base/error.h"
#include "base/text.h"
#include "language/string.h"

enum { FORMAT_FLARE, FORMAT_PAIRS, FORMAT_BLISS, FORMAT_JSONL, FORMAT_TSV };
#define FORMATS 5
extern const char *const format_names[FORMATS + 1]; /* NULL-terminated */

/* A split; owns its strings. */
struct set {
    int format;
    char *name;   /* "train", "validation-short", "val_bin0" */
    char *text;   /* the file of strings */
    char *labels; /* flare; or NULL */
    char *next;   /* flare: what may follow; pairs: targets; or NULL */
};

struct sets {
    struct set *items;
    size_t count;
};
void sets_clear(struct sets *sets);

/*
 * Adds the sets of PATH: of a folder those of flare, in it and in datasets/,
 * or else its pairs; a file is one set.  FORMAT is one of the above, or -1 to
 * go by what is there.
 */
bool sets_find(struct sets *sets, const char *path, int format,
               struct error *error);

#define NO_LABEL (-1)

/* A string; what it points to lasts until the next is read. */
struct record {
    size_t line, next_line; /* in the set's files; labels.txt as the text */
    uint16_t *symbols;
    size_t length;
    int label;           /* 1, 0 or NO_LABEL */
    const char *class;   /* or NULL */
    long distance;       /* or -1 */
    const uint8_t *next; /* [length + 1] packed next sets, or NULL */
    const char *target;  /* pairs; or NULL */
};

/* Lines of a file. */
struct lines {
    FILE *stream;
    char *line;
    size_t capacity, length, number;
};

struct reader {
    const struct set *set;
    const struct alphabet *alphabet;
    struct lines text, labels, next;
    struct strings strings; /* holds one */
    struct text class;
    uint8_t *sets;
    size_t columns[4]; /* of a TSV: text, label, class, distance */
};
bool reader_open(struct reader *reader, const struct set *set,
                 const struct alphabet *alphabet, struct error *error);
void reader_close(struct reader *reader);

/* False at the end, or with an error. */
bool reader_next(struct reader *reader, struct record *record,
                 struct error *error);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Labelled strings written as files, one string at a time:
 *
 *   jsonl  NAME.jsonl: an object a line, of the same keys and types in every
 *          line, as Hugging Face datasets asks: text (symbols separated by
 *          spaces), label 0 or 1, length, class, distance, and next if known
 *   tsv    NAME.tsv: a heading, then text, label, length, class, distance
 *   flare  main.tok, labels.txt and, if known, next-symbols.jsonl (of the
 *          members only) in the folder itself for "train", in datasets/NAME
 *          for other splits
 *
 * What may follow is a list of n + 1 {"s": "a b", "e": true}: the symbols
 * that may, and whether the string may end.
 */

#ifndef DATA_WRITER_H
#define DATA_WRITER_H

#include "base/file.h"
#include "language/string.h"

enum { WRITE_JSONL = 1, WRITE_TSV = 2, WRITE_FLARE = 4 };

/* The formats in NAMES, "jsonl,flare"; 0 if one is unknown. */
unsigned writer_formats(const char *names);

struct row {
    const uint16_t *symbols;
    size_t length;
    bool member;
    const char *class;   /* "members", "uniform" ... */
    long distance;       /* to the language; -1: not known */
    const uint8_t *next; /* packed as next-set targets, or NULL */
};

struct writer {
    const struct alphabet *alphabet; /* borrowed */
    bool has_next;
    char **escaped; /* [size] names as they stand in JSON text */
    struct file jsonl, tsv, main, labels, next; /* NULL stream: not asked */
    struct text line, string;
};

/* HAS_NEXT: every row knows what may follow. */
bool writer_open(struct writer *writer, const struct alphabet *alphabet,
                 const char *folder, const char *name, unsigned formats,
                 bool has_next, struct error *error);
void writer_add(struct writer *writer, const struct row *row);

/* One of these two ends a writer, opened or not. */
bool writer_finish(struct writer *writer, struct error *error);
void writer_abandon(struct writer *writer);

#endif

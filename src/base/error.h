/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Errors as values with a place in the user's file.
 *
 * A function that the user can make fail returns bool and takes a
 * `struct error *` as its last argument.  A file is checked to its end, so
 * an error holds every complaint about it; main prints them and exits with
 * the status of the first one's kind.
 */

#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Exit statuses, as the manual lists them. */
enum error_kind {
    ERROR_NONE = 0,
    ERROR_FAILED = 1,   /* a requirement missed, or a run failed */
    ERROR_CONFIG = 2,   /* bad usage or configuration */
    ERROR_IO = 4,       /* input, output, or another exhausted resource */
    ERROR_DIVERGED = 5, /* the loss or a parameter is no longer finite */
    ERROR_STOPPED = 75  /* stopped early; the same command resumes */
};

/* Where in the user's input: lines and columns count from 1, 0 = unknown. */
struct place {
    const char *file;
    size_t line, column;
};

struct complaint {
    char *file; /* NULL where no file is to blame */
    size_t line, column;
    char *key; /* path of keys such as "train.rate", or NULL */
    char *text;
};

struct error {
    enum error_kind kind; /* of the first complaint */
    struct complaint *complaints;
    size_t count;
};

/* An untouched zero is a cleared error. */
void error_clear(struct error *error);

/*
 * Adds a complaint; PLACE and KEY may be NULL.  Always returns false, so
 * that a failing function can say `return error_add(...)`.
 */
bool error_add(struct error *error, enum error_kind kind,
               const struct place *place, const char *key, const char *format,
               ...) __attribute__((format(printf, 5, 6)));

/* The same without a place. */
bool error_set(struct error *error, enum error_kind kind, const char *format,
               ...) __attribute__((format(printf, 3, 4)));

/*
 * Whether no complaint is about one of the keys given (`const char *`, the
 * last NULL), about what it holds, or about what it stands in: then its value
 * can be judged.
 */
bool error_spares(const struct error *error, ...) __attribute__((sentinel));

/* Puts the complaints about a file in the file's order, files in the order
 * in which they were met. */
void error_sort(struct error *error);

/* One line a complaint: `file:line:column: key.path: what is wrong`. */
void error_print(const struct error *error, FILE *out);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Text: a growing string, strict reading of numbers, exact printing.
 * Numbers are read and printed in the C locale whatever the environment.
 */

#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* `data` is terminated, or NULL while nothing was added. */
struct text {
    char *data;
    size_t length, capacity;
};

void text_clear(struct text *text);

void text_add(struct text *text, const char *more);
void text_add_bytes(struct text *text, const char *more, size_t length);
void text_add_format(struct text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void text_add_list(struct text *text, const char *format, va_list arguments);

/* The shortest decimal that reads back as the same double: 0.1, 1e-300, nan. */
void text_add_number(struct text *text, double number);

/* What was gathered, never NULL; the caller frees it, TEXT is empty again. */
char *text_take(struct text *text);

bool text_begins(const char *s, const char *with);
bool text_ends(const char *s, const char *with);

/* 1 to 64 letters, digits, '.', '_' and '-', the first a letter or digit: a
 * name that may become part of a path. */
bool text_is_name(const char *s);

/* Takes all of S: true and a value, or false.  No sign tricks, no octal, no
 * surplus: "10abc", "0x10", "1_000", "inf" and "010" are refused. */
bool text_read_count(const char *s, uint64_t *value);

/* A finite double; also the fraction "1/2". */
bool text_read_number(const char *s, double *value);

/*
 * The entry of the NULL-terminated NAMES nearest to WORD by edit distance, or
 * NULL when none is within 2 and within half of WORD: for "did you mean".
 */
const char *text_nearest(const char *word, const char *const *names);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What the files of languages/ are to say, in plain C that knows nothing of
 * clauses.  Symbols are numbered as the alphabet lists them.
 */

#ifndef TESTS_LAWS_PREDICATES_H
#define TESTS_LAWS_PREDICATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A prefix of k symbols that has a continuation in the language has one
 * within factor * k + more symbols in all; 0 and 0 stand for 3 k. */
struct predicate {
    const char *name;
    bool (*is_member)(const uint16_t *s, size_t n);
    size_t factor, more;
    bool (*is_of)(const uint16_t *s, size_t n, size_t size); /* or this */
    size_t size;
    size_t longest; /* of which strings are drawn; 0: 130 */
};

/* Each ends with a row without a name. */
extern const struct predicate regular_predicates[];
extern const struct predicate counting_predicates[];
extern const struct predicate function_predicates[];

/* Occurrences of SYMBOL. */
size_t predicates_count(uint16_t symbol, const uint16_t *s, size_t n);

/* Balanced in OPEN and CLOSE, never deeper than MOST; other symbols skipped. */
bool predicates_balanced(const uint16_t *s, size_t n, uint16_t open,
                         uint16_t close, size_t most);

#endif

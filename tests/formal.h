/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Small things that tests of the language room share. */

#ifndef TESTS_FORMAL_H
#define TESTS_FORMAL_H

#include <check.h>
#include <string.h>

#include "base/random.h"
#include "base/statistics.h"
#include "language/clauses.h"
#include "language/language.h"
#include "language/passage.h"
#include "said.h"
#include "scratch.h"

/* Symbols separated by single spaces. */
static inline struct alphabet formal_alphabet(const char *names)
{
    struct alphabet alphabet = { 0 };
    char copy[256], *word;

    snprintf(copy, sizeof copy, "%s", names);
    for (word = strtok(copy, " "); word != NULL; word = strtok(NULL, " "))
        ck_assert(alphabet_add(&alphabet, word));
    return alphabet;
}

/* TEXT as if it stood at x:1:1. */
static inline struct passage formal_passage(const char *text)
{
    return (struct passage){ text, NULL, NULL, { "x", 1, 1 } };
}

static inline size_t formal_power(size_t base, size_t exponent)
{
    size_t power = 1;

    while (exponent-- > 0)
        power *= base;
    return power;
}

/* String number NUMBER of length n over SIZE symbols, in lexicographic order.
 */
static inline void formal_string(size_t number, size_t size, size_t n,
                                 uint16_t *out)
{
    for (size_t i = n; i-- > 0; number /= size)
        out[i] = (uint16_t)(number % size);
}

/* The machine of the clauses in TEXT over the symbols NAMES. */
static inline bool formal_machine(const char *text, const char *names,
                                  struct machine *out, struct error *error)
{
    struct alphabet alphabet = formal_alphabet(names);
    struct yaml_document document;
    struct reading reading = { .source = text, .alphabet = &alphabet };
    bool ok;

    ck_assert(yaml_parse(&document, text, strlen(text), "x", error));
    reading.root = document.root;
    ok = clauses_read(out, &reading, error);
    yaml_clear(&document);
    alphabet_clear(&alphabet);
    return ok;
}

/* The language that TEXT, a whole file, describes; the scratch directory is
 * open, and the file is called x.yaml. */
static inline struct language *formal_language(const char *text)
{
    struct language *language = NULL;
    struct error error = { 0 };
    const char *path = scratch_path("x.yaml");

    scratch_write(path, text, strlen(text));
    if (!language_load(&language, path, &error))
        error_print(&error, stderr);
    ck_assert_uint_eq(error.count, 0);
    return language;
}

/* Fails unless COUNTS, of TOTAL uniform draws from CLASSES, look uniform: a
 * right program fails once in 10^6 calls, and always or never for a seed. */
static inline void formal_check_uniform(const size_t *counts, size_t classes,
                                        size_t total)
{
    double expected = (double)total / (double)classes, x = 0;

    for (size_t i = 0; i < classes; i++) {
        double d = (double)counts[i] - expected;

        x += d * d / expected;
    }
    if (classes > 1)
        ck_assert_double_gt(chi_square_tail(x, (double)(classes - 1)), 1e-6);
}

#endif

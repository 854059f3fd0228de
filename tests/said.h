/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The complaints of an error as the user sees them, to compare with. */

#ifndef TESTS_SAID_H
#define TESTS_SAID_H

#include <check.h>
#include <stdlib.h>

#include "base/error.h"

/* What error_print prints, and clears ERROR; the caller frees. */
static inline char *said(struct error *error)
{
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);

    error_print(error, stream);
    fclose(stream);
    error_clear(error);
    return text;
}

#define ck_assert_said(error, expected)        \
    do {                                       \
        char *said_text = said(error);         \
                                               \
        ck_assert_str_eq(said_text, expected); \
        free(said_text);                       \
    } while (0)

#endif

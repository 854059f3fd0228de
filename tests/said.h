/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The complaints of an error as the user sees them, to compare with. */

#ifndef TESTS_SAID_H
#define TESTS_SAID_H

#include <check.h>
#include <stdlib.h>

#include "base/error.h"

/* What error_print prints, until the next call; clears ERROR. */
static inline const char *said(struct error *error)
{
    static char *text;
    size_t length;
    FILE *stream;

    free(text);
    stream = open_memstream(&text, &length);
    error_print(error, stream);
    fclose(stream);
    error_clear(error);
    return text;
}

#define ck_assert_said(error, expected) ck_assert_str_eq(said(error), expected)

#endif

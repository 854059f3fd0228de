/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A directory of a test's own, made before it and removed after it:
 * tcase_add_checked_fixture(tests, scratch_open, scratch_close). */

#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "said.h"

static char scratch[256];

/* In memory where that can be: a disk may take its time to synchronise. */
static inline void scratch_open(void)
{
    const char *parent = getenv("TMPDIR");

    if (parent == NULL)
        parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(scratch, sizeof scratch, "%s/saturn-XXXXXX", parent);
    ck_assert_ptr_nonnull(mkdtemp(scratch));
}

static inline void scratch_close(void)
{
    struct error error = { 0 };

    file_remove_tree(scratch, &error);
    error_clear(&error);
}

/* "<scratch>/<name>" in one of a few static buffers. */
static inline const char *scratch_path(const char *name)
{
    static char paths[8][512];
    static unsigned next;
    char *path = paths[next++ % 8];

    snprintf(path, sizeof paths[0], "%s/%s", scratch, name);
    return path;
}

static inline void scratch_write(const char *path, const void *data,
                                 size_t size)
{
    FILE *stream = fopen(path, "wb");

    ck_assert_ptr_nonnull(stream);
    ck_assert_uint_eq(fwrite(data, 1, size, stream), size);
    ck_assert_int_eq(fclose(stream), 0);
}

/* A language of that name and those clauses, where `language: NAME` of another
 * file beside it finds it. */
static inline void scratch_write_language(const char *name, const char *clauses)
{
    struct text text = { 0 };
    char file[64];

    snprintf(file, sizeof file, "%s.yaml", name);
    text_add_format(&text, "language: %s\n%s", name, clauses);
    scratch_write(scratch_path(file), text.data, text.length);
    text_clear(&text);
}

/* All of a file; the caller clears. */
static inline struct text scratch_read(const char *path)
{
    struct text text = { 0 };
    FILE *stream = fopen(path, "rb");
    int c;

    ck_assert_msg(stream != NULL, "%s is not there", path);
    text_add(&text, "");
    while ((c = getc(stream)) != EOF) {
        char byte = (char)c;

        text_add_bytes(&text, &byte, 1);
    }
    fclose(stream);
    return text;
}

#endif

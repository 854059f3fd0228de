/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Files that are whole or absent, and their checksums [xxHash].
 *
 * Every failure is ERROR_IO and names the file and the system's reason:
 * `results/x.csv: cannot be written: No space left on device`.
 */

#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "base/text.h"

/* Adds the file's bytes to OUT, which is cleared on failure; a file longer
 * than LIMIT bytes is an error. */
bool file_read(const char *path, size_t limit, struct text *out,
               struct error *error);

/*
 * A file being written beside its final place, as PATH.partial: nothing
 * appears under PATH until file_finish has flushed, synchronised and renamed
 * it.  A write error is kept and reported by file_finish, which then removes
 * the partial file, as file_abandon does.  One that a killed process left is
 * taken over by the next writer; one that a living process writes is an
 * error.  A device or a pipe is written directly.
 */
struct file {
    FILE *stream;         /* for fprintf, fwrite */
    char *path, *partial; /* no partial for a device */
};
bool file_open(struct file *file, const char *path, struct error *error);
bool file_finish(struct file *file, struct error *error);
void file_abandon(struct file *file); /* no-op after file_finish */

/* Writes the whole of DATA to PATH, as above. */
bool file_write(const char *path, const void *data, size_t size,
                struct error *error);

bool file_exists(const char *path);

/* Whether both are there and one file. */
bool file_is_same(const char *a, const char *b);

/* PATH and what leads to it; existing directories are fine. */
bool file_make_directories(const char *path, struct error *error);

/* As rename(2), and lasting when it returns. */
bool file_rename(const char *from, const char *to, struct error *error);

/* Removes PATH and all below it, following no link; absent is fine. */
bool file_remove_tree(const char *path, struct error *error);

/* Names in a directory, sorted, without . and ..; NULL-terminated, each
 * name and the list freed by file_free_names. */
bool file_names(const char *path, char ***names, struct error *error);
void file_free_names(char **names);

/* "a/b" from "a" and "b", and "a" from "a/b", "." from "b"; the caller
 * frees. */
char *file_join(const char *directory, const char *name);
char *file_folder(const char *path);

/*
 * Takes an exclusive lock on PATH, held until the process ends or
 * file_unlock.  The file says who holds it; ERROR_STOPPED, with those words,
 * when another process does.
 */
bool file_lock(const char *path, int *descriptor, struct error *error);
void file_unlock(int descriptor);

/* XXH3, 64 bits; hex is 16 digits and a terminator. */
uint64_t checksum(const void *data, size_t size);
void checksum_text(uint64_t checksum, char hex[17]);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "results/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "results/csv.h"
#include "train/trajectory.h"

#define FILE_LIMIT ((size_t)1 << 30)

static const char end_column[] = "cosine_end";

static bool fail(const char *path, const char *what, struct error *error)
{
    struct place place = { .file = path };

    return error_add(error, ERROR_IO, &place, NULL, "cannot be %s: %s", what,
                     strerror(errno));
}

static bool write_whole(int descriptor, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t put = write(descriptor, data, size);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        data += put;
        size -= (size_t)put;
    }
    return true;
}

static bool append(const char *path, const void *data, size_t size,
                   struct error *error)
{
    int descriptor =
        open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    bool ok;

    if (descriptor < 0)
        return fail(path, "opened", error);
    ok = write_whole(descriptor, data, size) || fail(path, "written", error);
    if (close(descriptor) != 0 && ok)
        ok = fail(path, "written", error);
    return ok;
}

static size_t file_size(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 ? (size_t)status.st_size : 0;
}

bool journal_add(const char *path, const char *header, const char *row,
                 struct error *error)
{
    struct text text = { 0 };
    bool ok;

    if (file_size(path) == 0)
        text_add(&text, header);
    text_add(&text, row);
    ok = append(path, text.data, text.length, error);
    text_clear(&text);
    return ok;
}

bool journal_synchronise(const char *path, struct error *error)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    bool ok;

    if (descriptor < 0)
        return errno == ENOENT || fail(path, "opened", error);
    ok = fsync(descriptor) == 0 || fail(path, "synchronised", error);
    close(descriptor);
    return ok;
}

/* The step that LINE begins with; SIZE_MAX when there is none. */
static size_t line_step(const char *line)
{
    char digits[24];
    size_t length = strcspn(line, ",\n");
    uint64_t step;

    if (length >= sizeof digits)
        return SIZE_MAX;
    memcpy(digits, line, length);
    digits[length] = '\0';
    return text_read_count(digits, &step) ? step : SIZE_MAX;
}

/* The line without its last cell if CLOSED; cells there have no quotes. */
static void add_line(struct text *out, const char *line, size_t length,
                     bool closed)
{
    if (closed)
        while (length > 0 && line[--length] != ',')
            continue;
    text_add_bytes(out, line, length);
    text_add(out, "\n");
}

/* Whether the header line ends in the column cosine_end. */
static bool is_closed(const char *header, size_t length)
{
    size_t name = strlen(end_column);

    return length > name && header[length - name - 1] == ',' &&
           memcmp(header + length - name, end_column, name) == 0;
}

static void cut_lines(const char *text, size_t step, struct text *out,
                      size_t *next)
{
    const char *end = strchr(text, '\n');
    bool closed;

    text_add(out, "");
    *next = 0;
    if (end == NULL)
        return;
    closed = is_closed(text, (size_t)(end - text));
    add_line(out, text, (size_t)(end - text), closed);
    for (text = end + 1; (end = strchr(text, '\n')) != NULL; text = end + 1) {
        size_t at = line_step(text);

        if (at == SIZE_MAX || at > step)
            return;
        add_line(out, text, (size_t)(end - text), closed);
        *next = at + 1;
    }
}

bool journal_cut(const char *path, size_t step, size_t *next,
                 struct error *error)
{
    struct text old = { 0 }, kept = { 0 };
    bool ok;

    *next = 0;
    if (!file_exists(path))
        return true;
    if (!file_read(path, FILE_LIMIT, &old, error))
        return false;
    cut_lines(old.data, step, &kept, next);
    ok = (kept.length == old.length &&
          memcmp(kept.data, old.data, kept.length) == 0) ||
         file_write(path, kept.data, kept.length, error);
    text_clear(&old);
    text_clear(&kept);
    return ok;
}

/* A record of the spool: the step, then the parameters. */
static size_t record_size(size_t n)
{
    return sizeof(uint64_t) + n * sizeof(double);
}

bool spool_add(const char *path, size_t step, const double *theta, size_t n,
               struct error *error)
{
    char *record = memory_new(record_size(n), 1);
    uint64_t head = step;
    bool ok;

    memcpy(record, &head, sizeof head);
    memcpy(record + sizeof head, theta, n * sizeof *theta);
    ok = append(path, record, record_size(n), error);
    free(record);
    return ok;
}

bool spool_cut(const char *path, size_t step, size_t n, size_t *next,
               struct error *error)
{
    size_t kept = 0, records = file_size(path) / record_size(n);
    int descriptor = open(path, O_RDWR | O_CLOEXEC);
    uint64_t at;
    bool ok;

    *next = 0;
    if (descriptor < 0)
        return errno == ENOENT || fail(path, "opened", error);
    while (kept < records &&
           pread(descriptor, &at, sizeof at, (off_t)(kept * record_size(n))) ==
               sizeof at &&
           at <= step) {
        *next = (size_t)at + 1;
        kept++;
    }
    ok = ftruncate(descriptor, (off_t)(kept * record_size(n))) == 0 ||
         fail(path, "cut", error);
    close(descriptor);
    return ok;
}

/* The spool as it is read: records and rows both come in order of steps. */
struct spool {
    FILE *stream;
    uint64_t step; /* of the record whose parameters come next */
    bool held;     /* STEP was read, its parameters not yet */
};

/* Goes on to the record of STEP; false when there is none. */
static bool find_record(struct spool *spool, size_t step, double *theta,
                        size_t n)
{
    for (;;) {
        if (!spool->held &&
            fread(&spool->step, sizeof spool->step, 1, spool->stream) != 1)
            return false;
        spool->held = spool->step > step;
        if (spool->held)
            return false;
        if (fread(theta, sizeof *theta, n, spool->stream) != n)
            return false;
        if (spool->step == step)
            return true;
    }
}

static void add_columns(const struct csv *csv, struct text *out)
{
    for (size_t c = 0; c < csv->n_columns; c++)
        if (strcmp(csv->columns[c], end_column) != 0)
            csv_text(out, csv->columns[c]);
    csv_text(out, end_column);
    csv_end(out);
}

static void add_rows(const struct csv *csv, FILE *stream,
                     const struct layout *layout, const double *last,
                     struct text *out)
{
    double *theta = memory_new(layout->n_parameters, sizeof *theta);
    struct spool spool = { .stream = stream };

    for (size_t r = 0; r < csv->n_rows; r++) {
        size_t step = line_step(csv->rows[r][0]);
        bool found = find_record(&spool, step, theta, layout->n_parameters);

        for (size_t c = 0; c < csv->n_columns; c++)
            if (strcmp(csv->columns[c], end_column) != 0)
                csv_text(out, csv->rows[r][c]);
        csv_number(out, found ? encoder_cosine(layout, theta, last) : NAN);
        csv_end(out);
    }
    free(theta);
}

bool journal_close(const char *path, const char *spool,
                   const struct layout *layout, const double *last,
                   struct error *error)
{
    struct csv csv;
    struct text closed = { 0 };
    FILE *stream;
    bool ok;

    if (!file_exists(path))
        return true;
    if (!csv_read(&csv, path, error))
        return false;
    stream = fopen(spool, "rb");
    if (stream == NULL) {
        ok = csv_column(&csv, end_column) >= 0 || fail(spool, "opened", error);
        goto done;
    }
    add_columns(&csv, &closed);
    add_rows(&csv, stream, layout, last, &closed);
    fclose(stream);
    ok = file_write(path, closed.data, closed.length, error);
done:
    text_clear(&closed);
    csv_clear(&csv);
    return ok;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "data/writer.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "data/objective.h"

static const char *const formats[] = { "jsonl", "tsv", "flare" };

#define N_FORMATS (sizeof formats / sizeof *formats)

unsigned writer_formats(const char *names)
{
    unsigned found = 0;

    for (;;) {
        size_t length = strcspn(names, ","), i = 0;

        while (i < N_FORMATS && (strlen(formats[i]) != length ||
                                 strncmp(formats[i], names, length) != 0))
            i++;
        if (i == N_FORMATS)
            return 0;
        found |= 1u << i;
        if (names[length] == '\0')
            return found;
        names += length + 1;
    }
}

/* NAME as it stands between the quotes of JSON. */
static char *escape(const char *name)
{
    struct json *value = json_new_text(name);
    struct text text = { 0 }, inner = { 0 };

    json_print(value, false, &text);
    json_free(value);
    text_add_bytes(&inner, text.data + 1, text.length - 2);
    text_clear(&text);
    return text_take(&inner);
}

static bool open_one(struct file *file, const char *folder, const char *name,
                     struct error *error)
{
    char *path = file_join(folder, name);
    bool ok = file_open(file, path, error);

    free(path);
    return ok;
}

static bool open_flare(struct writer *writer, const char *folder,
                       const char *name, struct error *error)
{
    struct text path = { 0 };
    bool ok;

    text_add(&path, folder);
    if (strcmp(name, "train") != 0)
        text_add_format(&path, "/datasets/%s", name);
    ok = file_make_directories(path.data, error) &&
         open_one(&writer->main, path.data, "main.tok", error) &&
         open_one(&writer->labels, path.data, "labels.txt", error) &&
         (!writer->has_next ||
          open_one(&writer->next, path.data, "next-symbols.jsonl", error));
    text_clear(&path);
    return ok;
}

bool writer_open(struct writer *writer, const struct alphabet *alphabet,
                 const char *folder, const char *name, unsigned asked,
                 bool has_next, struct error *error)
{
    struct text jsonl = { 0 }, tsv = { 0 };
    bool ok;

    *writer = (struct writer){ .alphabet = alphabet, .has_next = has_next };
    writer->escaped = memory_new(alphabet->size, sizeof *writer->escaped);
    for (size_t s = 0; s < alphabet->size; s++)
        writer->escaped[s] = escape(alphabet->names[s]);
    text_add_format(&jsonl, "%s.jsonl", name);
    text_add_format(&tsv, "%s.tsv", name);
    ok = file_make_directories(folder, error) &&
         (!(asked & WRITE_JSONL) ||
          open_one(&writer->jsonl, folder, jsonl.data, error)) &&
         (!(asked & WRITE_TSV) ||
          open_one(&writer->tsv, folder, tsv.data, error)) &&
         (!(asked & WRITE_FLARE) || open_flare(writer, folder, name, error));
    if (ok && writer->tsv.stream != NULL)
        fputs("text\tlabel\tlength\tclass\tdistance\n", writer->tsv.stream);
    text_clear(&jsonl);
    text_clear(&tsv);
    if (!ok)
        writer_abandon(writer);
    return ok;
}

/* --------------------------------------------------------------- writing */

static void add_string(struct text *out, char *const *names,
                       const struct row *row)
{
    for (size_t i = 0; i < row->length; i++) {
        const char *name = names[row->symbols[i]];

        if (i > 0)
            text_add_bytes(out, " ", 1);
        text_add_bytes(out, name, strlen(name));
    }
}

/* What may follow after each prefix. */
static void add_next(struct text *out, const struct writer *writer,
                     const struct row *row)
{
    size_t n = writer->alphabet->size;
    size_t width = objective_width(OBJECTIVE_NEXT_SET, n);

    text_add(out, "[");
    for (size_t t = 0; t <= row->length; t++) {
        const uint8_t *set = row->next + t * width;
        bool first = true;

        text_add(out, t > 0 ? ",{\"s\":\"" : "{\"s\":\"");
        for (size_t s = 0; s < n; s++)
            if (target_bit(set, s)) {
                text_add_format(out, "%s%s", first ? "" : " ",
                                writer->escaped[s]);
                first = false;
            }
        text_add(out,
                 target_bit(set, n) ? "\",\"e\":true}" : "\",\"e\":false}");
    }
    text_add(out, "]");
}

static void write_line(struct file *file, struct text *line)
{
    text_add_bytes(line, "\n", 1);
    fwrite(line->data, 1, line->length, file->stream);
    line->length = 0;
}

static void write_jsonl(struct writer *writer, const struct row *row)
{
    struct text *line = &writer->line;

    text_add(line, "{\"text\": \"");
    add_string(line, writer->escaped, row);
    text_add_format(line,
                    "\", \"label\": %d, \"length\": %zu, \"class\": \"%s\", "
                    "\"distance\": %ld",
                    row->member, row->length, row->class, row->distance);
    if (writer->has_next) {
        text_add(line, ", \"next\": ");
        add_next(line, writer, row);
    }
    text_add(line, "}");
    write_line(&writer->jsonl, line);
}

void writer_add(struct writer *writer, const struct row *row)
{
    struct text *string = &writer->string;

    if (writer->jsonl.stream != NULL)
        write_jsonl(writer, row);
    if (writer->tsv.stream != NULL) {
        add_string(string, writer->alphabet->names, row);
        text_add_format(string, "\t%d\t%zu\t%s\t%ld", row->member, row->length,
                        row->class, row->distance);
        write_line(&writer->tsv, string);
    }
    if (writer->main.stream != NULL) {
        add_string(string, writer->alphabet->names, row);
        write_line(&writer->main, string);
        fputs(row->member ? "1\n" : "0\n", writer->labels.stream);
    }
    if (writer->next.stream != NULL && row->member) {
        add_next(string, writer, row);
        write_line(&writer->next, string);
    }
}

/* ---------------------------------------------------------------- ending */

static void release(struct writer *writer)
{
    for (size_t s = 0; writer->escaped != NULL && s < writer->alphabet->size;
         s++)
        free(writer->escaped[s]);
    free(writer->escaped);
    text_clear(&writer->line);
    text_clear(&writer->string);
    *writer = (struct writer){ 0 };
}

bool writer_finish(struct writer *writer, struct error *error)
{
    struct file *files[] = { &writer->jsonl, &writer->tsv, &writer->main,
                             &writer->labels, &writer->next };
    bool ok = true;

    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (files[i]->stream != NULL)
            ok &= file_finish(files[i], error);
    release(writer);
    return ok;
}

void writer_abandon(struct writer *writer)
{
    struct file *files[] = { &writer->jsonl, &writer->tsv, &writer->main,
                             &writer->labels, &writer->next };

    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (files[i]->stream != NULL)
            file_abandon(files[i]);
    release(writer);
}

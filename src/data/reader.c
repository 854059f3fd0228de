/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "data/reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "data/objective.h"

const char *const format_names[FORMATS + 1] = {
    [FORMAT_FLARE] = "flare", [FORMAT_PAIRS] = "pairs",
    [FORMAT_BLISS] = "bliss", [FORMAT_JSONL] = "jsonl",
    [FORMAT_TSV] = "tsv",     NULL
};

/* ------------------------------------------------------------------ sets */

void sets_clear(struct sets *sets)
{
    for (size_t i = 0; i < sets->count; i++) {
        free(sets->items[i].name);
        free(sets->items[i].text);
        free(sets->items[i].labels);
        free(sets->items[i].next);
    }
    free(sets->items);
    *sets = (struct sets){ 0 };
}

static struct set *add_set(struct sets *sets, int format, const char *name)
{
    struct set *set;

    sets->items =
        memory_resize(sets->items, sets->count + 1, sizeof *sets->items);
    set = &sets->items[sets->count++];
    *set = (struct set){ .format = format, .name = memory_copy_text(name) };
    return set;
}

/* FOLDER/NAME if it is there, else NULL. */
static char *find_file(const char *folder, const char *name)
{
    char *path = file_join(folder, name);

    if (file_exists(path))
        return path;
    free(path);
    return NULL;
}

static void find_flare(struct sets *sets, const char *folder, const char *name)
{
    char *text = find_file(folder, "main.tok");
    struct set *set;

    if (text == NULL)
        return;
    set = add_set(sets, FORMAT_FLARE, name);
    set->text = text;
    set->labels = find_file(folder, "labels.txt");
    if (set->labels != NULL)
        set->next = find_file(folder, "next-symbols.jsonl");
}

/* In FOLDER/datasets, if there is one. */
static bool find_flare_splits(struct sets *sets, const char *folder,
                              struct error *error)
{
    char *datasets = find_file(folder, "datasets"), **names = NULL;
    bool ok = datasets == NULL || file_names(datasets, &names, error);

    for (size_t i = 0; names != NULL && names[i] != NULL; i++) {
        char *split = file_join(datasets, names[i]);

        find_flare(sets, split, names[i]);
        free(split);
    }
    file_free_names(names);
    free(datasets);
    return ok;
}

/* "val_tgt_bin0.txt" of "val_src_bin0.txt"; NULL for other names. */
static char *partner(const char *name, const char *from, const char *to)
{
    const char *at = strstr(name, from);
    struct text text = { 0 };

    if (at == NULL || !text_ends(name, ".txt"))
        return NULL;
    text_add_bytes(&text, name, (size_t)(at - name));
    text_add(&text, to);
    text_add(&text, at + strlen(from));
    return text_take(&text);
}

static bool find_pairs(struct sets *sets, const char *folder,
                       struct error *error)
{
    char **names = NULL;

    if (!file_names(folder, &names, error))
        return false;
    for (size_t i = 0; names[i] != NULL; i++) {
        char *target = partner(names[i], "_src", "_tgt");
        char *name = partner(names[i], "_src", "");
        struct set *set;

        if (target != NULL) {
            name[strlen(name) - strlen(".txt")] = '\0';
            set = add_set(sets, FORMAT_PAIRS, name);
            set->text = file_join(folder, names[i]);
            set->next = find_file(folder, target);
        }
        free(target);
        free(name);
    }
    file_free_names(names);
    return true;
}

static bool is_folder(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool find_in_folder(struct sets *sets, const char *path, int format,
                           struct error *error)
{
    size_t before = sets->count;
    bool ok = true;

    if (format < 0 || format == FORMAT_FLARE) {
        find_flare(sets, path, "train");
        ok = find_flare_splits(sets, path, error);
    }
    if (ok && sets->count == before && (format < 0 || format == FORMAT_PAIRS))
        ok = find_pairs(sets, path, error);
    if (ok && sets->count == before)
        ok = error_add(error, ERROR_CONFIG, &(struct place){ .file = path },
                       NULL, "has no main.tok and no _src.txt");
    return ok;
}

bool sets_find(struct sets *sets, const char *path, int format,
               struct error *error)
{
    const char *base = strrchr(path, '/');
    char *name, *dot;
    struct set *set;

    if (is_folder(path))
        return find_in_folder(sets, path, format, error);
    if (format < 0)
        format = text_ends(path, ".jsonl") ? FORMAT_JSONL
                 : text_ends(path, ".tsv") ? FORMAT_TSV
                                           : FORMAT_BLISS;
    if (format == FORMAT_FLARE || format == FORMAT_PAIRS)
        return error_add(error, ERROR_CONFIG, &(struct place){ .file = path },
                         NULL, "is no folder, as %s has it",
                         format_names[format]);
    name = memory_copy_text(base != NULL ? base + 1 : path);
    dot = strrchr(name, '.');
    if (dot != NULL && dot != name)
        *dot = '\0';
    set = add_set(sets, format, name);
    set->text = memory_copy_text(path);
    free(name);
    return true;
}

/* ----------------------------------------------------------------- lines */

static bool lines_open(struct lines *lines, const char *path,
                       struct error *error)
{
    if (path == NULL)
        return true;
    lines->stream = fopen(path, "rb");
    return lines->stream != NULL ||
           error_add(error, ERROR_IO, &(struct place){ .file = path }, NULL,
                     "cannot be read: %s", strerror(errno));
}

static void lines_close(struct lines *lines)
{
    if (lines->stream != NULL)
        fclose(lines->stream);
    free(lines->line);
    *lines = (struct lines){ 0 };
}

/* The next without its end; false at the end, or with an error. */
static bool lines_next(struct lines *lines, const char *path,
                       struct error *error)
{
    ssize_t length;

    errno = 0;
    length = getline(&lines->line, &lines->capacity, lines->stream);
    if (length < 0) {
        if (ferror(lines->stream))
            error_add(error, ERROR_IO, &(struct place){ .file = path }, NULL,
                      "cannot be read: %s", strerror(errno));
        return false;
    }
    lines->number++;
    while (length > 0 &&
           (lines->line[length - 1] == '\n' || lines->line[length - 1] == '\r'))
        lines->line[--length] = '\0';
    lines->length = (size_t)length;
    return true;
}

/* ---------------------------------------------------------------- reader */

enum { COLUMN_TEXT, COLUMN_LABEL, COLUMN_CLASS, COLUMN_DISTANCE };

bool reader_open(struct reader *reader, const struct set *set,
                 const struct alphabet *alphabet, struct error *error)
{
    *reader = (struct reader){ .set = set,
                               .alphabet = alphabet,
                               .columns = { COLUMN_TEXT, COLUMN_LABEL, SIZE_MAX,
                                            SIZE_MAX } };
    if (lines_open(&reader->text, set->text, error) &&
        lines_open(&reader->labels, set->labels, error) &&
        lines_open(&reader->next, set->next, error))
        return true;
    reader_close(reader);
    return false;
}

void reader_close(struct reader *reader)
{
    lines_close(&reader->text);
    lines_close(&reader->labels);
    lines_close(&reader->next);
    strings_clear(&reader->strings);
    text_clear(&reader->class);
    free(reader->sets);
    *reader = (struct reader){ 0 };
}

static bool refuse(const char *file, size_t line, size_t column,
                   struct error *error, const char *text)
{
    struct place place = { file, line, column };

    return error_add(error, ERROR_CONFIG, &place, NULL, "%s", text);
}

/* Symbols written one after another. */
static bool read_joined(struct reader *reader, const char *line, size_t *column)
{
    size_t length = strlen(line), n = 0, at = 0, step;
    uint16_t *symbols = memory_new(length + 1, sizeof *symbols);
    long symbol = 0;

    while (at < length && symbol >= 0) {
        symbol =
            alphabet_match(reader->alphabet, line + at, length - at, &step);
        symbols[n] = (uint16_t)symbol;
        if (symbol >= 0) {
            n++;
            at += step;
        }
    }
    *column = at + 1;
    if (symbol >= 0)
        strings_add(&reader->strings, symbols, n);
    free(symbols);
    return symbol >= 0;
}

/* Takes LINE, SKIP bytes into the file's line, as the string. */
static bool take_string(struct reader *reader, const char *line, size_t skip,
                        bool joined, struct record *record, struct error *error)
{
    struct text said = { 0 };
    size_t column;

    reader->strings.count = 0;
    if (!(joined ? read_joined(reader, line, &column)
                 : strings_read(&reader->strings, reader->alphabet, line,
                                &column))) {
        alphabet_refuse(reader->alphabet, line, column, joined, &said);
        refuse(reader->set->text, reader->text.number, skip + column, error,
               said.data);
        text_clear(&said);
        return false;
    }
    record->symbols = reader->strings.symbols;
    record->length = strings_length(&reader->strings, 0);
    return true;
}

static bool take_label(const char *text, const char *file, size_t line,
                       struct record *record, struct error *error)
{
    if (strcmp(text, "0") != 0 && strcmp(text, "1") != 0)
        return refuse(file, line, 1, error, "a label that is not 0 or 1");
    record->label = text[0] - '0';
    return true;
}

/* One {"s": "a b", "e": true} as bits of TARGET. */
static bool take_set(struct reader *reader, const struct json *set,
                     uint8_t *target)
{
    const char *names = json_as_text(json_get(set, "s"));
    const struct json *end = json_get(set, "e");
    size_t n = reader->alphabet->size, column;
    struct strings symbols = { 0 };
    struct text text = { 0 };
    bool ok, ends = false;

    if (names == NULL || end == NULL)
        return false;
    json_print(end, false, &text);
    ends = strcmp(text.data, "true") == 0;
    ok = (ends || strcmp(text.data, "false") == 0) &&
         strings_read(&symbols, reader->alphabet, names, &column);
    for (size_t i = 0; ok && i < strings_length(&symbols, 0); i++) {
        uint16_t s = symbols.symbols[i];

        target[s / 8] = (uint8_t)(target[s / 8] | 1 << s % 8);
    }
    if (ends)
        target[n / 8] = (uint8_t)(target[n / 8] | 1 << n % 8);
    strings_clear(&symbols);
    text_clear(&text);
    return ok;
}

static bool take_next(struct reader *reader, const struct json *list,
                      const char *file, size_t line, struct record *record,
                      struct error *error)
{
    size_t width = objective_width(OBJECTIVE_NEXT_SET, reader->alphabet->size);

    if (json_size(list) != record->length + 1)
        return refuse(file, line, 1, error,
                      "not one set more than the string has symbols");
    free(reader->sets);
    reader->sets = memory_new((record->length + 1) * width, 1);
    for (size_t t = 0; t <= record->length; t++)
        if (!take_set(reader, json_item(list, t), reader->sets + t * width))
            return refuse(file, line, 1, error,
                          "a set that is not {\"s\": \"symbols of the "
                          "language\", \"e\": true or false}");
    record->next = reader->sets;
    record->next_line = line;
    return true;
}

/* --------------------------------------------------------------- formats */

/* The JSON in a line; what is wrong with it is placed in the file. */
static struct json *parse(const struct lines *lines, const char *file,
                          struct error *error)
{
    struct error mine = { 0 };
    struct json *value = json_parse(lines->line, lines->length, file, &mine);

    if (value == NULL)
        refuse(file, lines->number, mine.complaints[0].column, error,
               mine.complaints[0].text);
    error_clear(&mine);
    return value;
}

static bool next_flare(struct reader *reader, struct record *record,
                       struct error *error)
{
    const struct set *set = reader->set;
    struct json *list;
    bool ok;

    if (!take_string(reader, reader->text.line, 0, false, record, error))
        return false;
    if (reader->labels.stream == NULL)
        return true;
    if (!lines_next(&reader->labels, set->labels, error))
        return error->count == 0 && refuse(set->labels, reader->text.number, 1,
                                           error, "a label is missing");
    if (!take_label(reader->labels.line, set->labels, reader->labels.number,
                    record, error))
        return false;
    if (reader->next.stream == NULL || record->label != 1)
        return true;
    if (!lines_next(&reader->next, set->next, error))
        return error->count == 0 &&
               refuse(set->next, reader->next.number + 1, 1, error,
                      "the sets of a member are missing");
    list = parse(&reader->next, set->next, error);
    ok = list != NULL &&
         take_next(reader, list, set->next, reader->next.number, record, error);
    json_free(list);
    return ok;
}

static bool next_pair(struct reader *reader, struct record *record,
                      struct error *error)
{
    record->label = 1;
    if (!take_string(reader, reader->text.line, 0, true, record, error))
        return false;
    if (reader->next.stream == NULL)
        return true;
    if (!lines_next(&reader->next, reader->set->next, error))
        return error->count == 0 &&
               refuse(reader->set->next, reader->text.number, 1, error,
                      "a target is missing");
    record->target = reader->next.line;
    record->next_line = reader->next.number;
    return true;
}

static bool next_bliss(struct reader *reader, struct record *record,
                       struct error *error)
{
    char *line = reader->text.line;
    size_t length = reader->text.length;

    if (length < 2 || line[0] != '#' || line[length - 1] != '#')
        return refuse(reader->set->text, reader->text.number, 1, error,
                      "not a string between two #");
    line[length - 1] = '\0';
    record->label = 1;
    return take_string(reader, line + 1, 1, true, record, error);
}

static void take_class(struct reader *reader, const char *class,
                       struct record *record)
{
    reader->class.length = 0;
    text_add(&reader->class, class);
    record->class = reader->class.data;
}

static bool take_object(struct reader *reader, const struct json *object,
                        struct record *record, struct error *error)
{
    const char *text = json_as_text(json_get(object, "text"));
    const char *class = json_as_text(json_get(object, "class"));
    const struct json *label = json_get(object, "label");
    const struct json *next = json_get(object, "next");
    int64_t number;

    if (text == NULL)
        return refuse(reader->set->text, reader->text.number, 1, error,
                      "an object without a text; accepted: {\"text\": \"a b\", "
                      "\"label\": 1}, and class, distance, next as generate "
                      "writes them");
    if (!take_string(reader, text, 0, false, record, error))
        return false;
    if (label != NULL) {
        if (!json_as_integer(label, &number) || number < 0 || number > 1)
            return refuse(reader->set->text, reader->text.number, 1, error,
                          "a label that is not 0 or 1");
        record->label = (int)number;
    }
    if (class != NULL)
        take_class(reader, class, record);
    if (json_as_integer(json_get(object, "distance"), &number))
        record->distance = (long)number;
    return next == NULL || take_next(reader, next, reader->set->text,
                                     reader->text.number, record, error);
}

static bool next_jsonl(struct reader *reader, struct record *record,
                       struct error *error)
{
    struct json *object = parse(&reader->text, reader->set->text, error);
    bool ok = object != NULL && take_object(reader, object, record, error);

    json_free(object);
    return ok;
}

/* Cell COLUMN of LINE, which ends it with a zero byte; NULL if not there. */
static char *cell(char **cells, size_t count, size_t column)
{
    return column < count ? cells[column] : NULL;
}

static size_t split_cells(char *line, char **cells, size_t most)
{
    size_t count = 0;

    while (count < most) {
        char *tab = strchr(line, '\t');

        cells[count++] = line;
        if (tab == NULL)
            break;
        *tab = '\0';
        line = tab + 1;
    }
    return count;
}

#define MOST_CELLS 64

/* Whether the first line names the columns. */
static bool take_heading(struct reader *reader, char **cells, size_t count)
{
    static const char *const names[] = { "text", "label", "class", "distance" };
    bool is_heading = false;

    for (size_t i = 0; i < count; i++)
        is_heading |= strcmp(cells[i], "text") == 0;
    for (size_t k = 0; is_heading && k < 4; k++) {
        reader->columns[k] = SIZE_MAX;
        for (size_t i = 0; i < count; i++)
            if (strcmp(cells[i], names[k]) == 0)
                reader->columns[k] = i;
    }
    return is_heading;
}

static bool next_tsv(struct reader *reader, struct record *record,
                     struct error *error)
{
    char *cells[MOST_CELLS];
    size_t count = split_cells(reader->text.line, cells, MOST_CELLS);
    char *label, *class, *distance, *text;

    if (reader->text.number == 1 && take_heading(reader, cells, count))
        return lines_next(&reader->text, reader->set->text, error) &&
               next_tsv(reader, record, error);
    text = cell(cells, count, reader->columns[COLUMN_TEXT]);
    label = cell(cells, count, reader->columns[COLUMN_LABEL]);
    class = cell(cells, count, reader->columns[COLUMN_CLASS]);
    distance = cell(cells, count, reader->columns[COLUMN_DISTANCE]);
    record->line = reader->text.number;
    if (text == NULL)
        return refuse(reader->set->text, record->line, 1, error,
                      "a line without a text");
    if (class != NULL)
        take_class(reader, class, record);
    if (distance != NULL)
        record->distance = strtol(distance, NULL, 10);
    return take_string(reader, text, (size_t)(text - reader->text.line), false,
                       record, error) &&
           (label == NULL ||
            take_label(label, reader->set->text, record->line, record, error));
}

static bool (*const readers[FORMATS])(
    struct reader *reader, struct record *record,
    struct error *error) = { [FORMAT_FLARE] = next_flare,
                             [FORMAT_PAIRS] = next_pair,
                             [FORMAT_BLISS] = next_bliss,
                             [FORMAT_JSONL] = next_jsonl,
                             [FORMAT_TSV] = next_tsv };

bool reader_next(struct reader *reader, struct record *record,
                 struct error *error)
{
    if (!lines_next(&reader->text, reader->set->text, error))
        return false;
    *record = (struct record){ .line = reader->text.number,
                               .label = NO_LABEL,
                               .distance = -1 };
    return readers[reader->set->format](reader, record, error);
}

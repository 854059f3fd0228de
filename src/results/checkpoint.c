/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "results/checkpoint.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"

/*
 * The file: 8 bytes, the size N of the header, little-endian; N bytes of
 * JSON padded with spaces to a multiple of 8; the tensors' bytes, offsets
 * counted from there.  Upstream writes tensors by descending alignment of
 * their type, then by name: with one type, by name.
 */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "safetensors holds little-endian numbers");

#define LENGTH_BYTES 8
#define HEADER_LIMIT ((size_t)8 << 20)

/* What a header may hold: a tensor's entry is 12 tokens ({ [ , :) in three
 * levels with the header's own; the rest is for metadata of others. */
#define TENSOR_TOKENS 16
#define SPARE_TOKENS  32768
#define HEADER_DEPTH  8

/*
 * The checksum covers the whole file, header too, with its own 16 digits
 * read as zeros.  A file whose header another program has written anew is
 * put back into the form below before it is summed.
 */
static const char checksum_key[] = "\"checksum\":\"";
static const char no_checksum[] = "0000000000000000";
#define CHECKSUM_DIGITS 16
#define METADATA_KEYS   4 /* format, step, config, checksum */

static const char recorded_prefix[] = "recorded.";

/* A tensor of the file: TENSOR of a block of numbers. */
struct part {
    char name[96];
    const struct tensor *tensor;
    size_t block;
};

static int compare_parts(const void *a, const void *b)
{
    return strcmp(((const struct part *)a)->name,
                  ((const struct part *)b)->name);
}

/* A block of numbers, one for every parameter, is stored under its prefix:
 * the parameters, those last recorded, and the slots of the optimizer. */
#define BLOCKS (2 + SLOTS)

static void block_prefix(size_t block, char prefix[64])
{
    if (block < 2)
        strcpy(prefix, block == 0 ? "" : recorded_prefix);
    else
        snprintf(prefix, 64, "optimizer.%s.", slot_names[block - 2]);
}

static double **block_values(struct checkpoint *checkpoint, size_t block)
{
    if (block < 2)
        return block == 0 ? &checkpoint->theta : &checkpoint->recorded;
    return &checkpoint->slots[block - 2];
}

/* The tensors of the blocks that the file HAS, by name. */
static struct part *list_parts(const struct layout *layout,
                               const bool has[BLOCKS], size_t *count)
{
    struct part *parts = memory_new(BLOCKS * layout->n_tensors, sizeof *parts);

    *count = 0;
    for (size_t b = 0; b < BLOCKS; b++) {
        char prefix[64];

        block_prefix(b, prefix);
        for (size_t i = 0; i < layout->n_tensors && has[b]; i++) {
            struct part *part = &parts[(*count)++];

            part->tensor = &layout->tensors[i];
            part->block = b;
            snprintf(part->name, sizeof part->name, "%s%s", prefix,
                     part->tensor->name);
        }
    }
    qsort(parts, *count, sizeof *parts, compare_parts);
    return parts;
}

/* Where PART lives in memory: [part->tensor->count]. */
static double *part_values(struct checkpoint *checkpoint,
                           const struct part *part)
{
    return *block_values(checkpoint, part->block) + part->tensor->offset;
}

static void add_length(struct text *out, size_t length)
{
    for (size_t i = 0; i < LENGTH_BYTES; i++) {
        char byte = (char)(length >> (8 * i) & 0xff);

        text_add_bytes(out, &byte, 1);
    }
}

static size_t read_length(const char *bytes)
{
    size_t length = 0;

    for (size_t i = LENGTH_BYTES; i-- > 0;)
        length = length << 8 | (unsigned char)bytes[i];
    return length;
}

static void add_header(struct text *out, const struct checkpoint *checkpoint,
                       const struct part *parts, size_t count)
{
    struct text header = { 0 };
    size_t offset = 0;

    text_add_format(&header,
                    "{\"__metadata__\":{\"format\":\"pt\",\"step\":\"%zu\","
                    "\"config\":\"%s\",%s%s\"}",
                    checkpoint->step, checkpoint->config_hash, checksum_key,
                    no_checksum);
    for (size_t i = 0; i < count; i++) {
        const struct tensor *tensor = parts[i].tensor;
        size_t bytes = tensor->count * sizeof(double);

        text_add_format(&header, ",\"%s\":{\"dtype\":\"F64\",\"shape\":[%zu",
                        parts[i].name, tensor->rows);
        if (tensor->columns > 0)
            text_add_format(&header, ",%zu", tensor->columns);
        text_add_format(&header, "],\"data_offsets\":[%zu,%zu]}", offset,
                        offset + bytes);
        offset += bytes;
    }
    text_add(&header, "}");
    while (header.length % LENGTH_BYTES != 0)
        text_add(&header, " ");
    add_length(out, header.length);
    text_add_bytes(out, header.data, header.length);
    text_clear(&header);
}

size_t checkpoint_bytes(size_t n, const struct optimizer_config *config)
{
    size_t blocks = BLOCKS - SLOTS;

    for (size_t slot = 0; slot < SLOTS; slot++)
        blocks += optimizer_uses(config, (enum slot)slot);
    return blocks * n * sizeof(double);
}

/* The whole file but for its checksum, which is HEX. */
static void compose(const struct layout *layout,
                    const struct checkpoint *checkpoint, struct text *file,
                    char hex[CHECKSUM_DIGITS + 1])
{
    struct checkpoint copy = *checkpoint;
    bool has[BLOCKS];
    struct part *parts;
    size_t count;

    for (size_t b = 0; b < BLOCKS; b++)
        has[b] = *block_values(&copy, b) != NULL;
    parts = list_parts(layout, has, &count);
    add_header(file, checkpoint, parts, count);
    for (size_t i = 0; i < count; i++)
        text_add_bytes(file, (const char *)part_values(&copy, &parts[i]),
                       parts[i].tensor->count * sizeof(double));
    checksum_text(checksum(file->data, file->length), hex);
    free(parts);
}

bool checkpoint_write(const char *path, const struct layout *layout,
                      const struct checkpoint *checkpoint, struct error *error)
{
    struct text file = { 0 };
    char hex[CHECKSUM_DIGITS + 1];
    char *digits;
    bool ok;

    compose(layout, checkpoint, &file, hex);
    digits = strstr(file.data + LENGTH_BYTES, checksum_key);
    memcpy(digits + strlen(checksum_key), hex, CHECKSUM_DIGITS);
    ok = file_write(path, file.data, file.length, error);
    text_clear(&file);
    return ok;
}

/* A file being read: FILE is all of it, HEADER its parsed JSON, DIGITS the
 * checksum that it states, or NULL. */
struct reader {
    const char *path;
    struct text file;
    size_t header_size;
    struct json *header;
    const char *digits;
    struct error *error;
};

static bool refuse(const struct reader *reader, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static bool refuse(const struct reader *reader, const char *format, ...)
{
    struct place place = { .file = reader->path };
    struct text reason = { 0 };
    va_list arguments;

    va_start(arguments, format);
    text_add_list(&reason, format, arguments);
    va_end(arguments);
    for (char *c = reason.data; *c != '\0'; c++) /* it may quote the file */
        if (iscntrl((unsigned char)*c))
            *c = '?';
    error_add(reader->error, ERROR_IO, &place, NULL, "%s", reason.data);
    text_clear(&reason);
    return false;
}

static bool open_header(struct reader *reader, const struct layout *layout)
{
    size_t most = LENGTH_BYTES + HEADER_LIMIT +
                  BLOCKS * layout->n_parameters * sizeof(double);
    size_t tokens = SPARE_TOKENS + BLOCKS * layout->n_tensors * TENSOR_TOKENS;

    if (!file_read(reader->path, most, &reader->file, reader->error))
        return false;
    if (reader->file.length < LENGTH_BYTES)
        return refuse(reader, "not a safetensors file: %zu bytes",
                      reader->file.length);
    reader->header_size = read_length(reader->file.data);
    if (reader->header_size > HEADER_LIMIT)
        return refuse(reader, "the header claims %zu bytes, more than 8 MiB",
                      reader->header_size);
    if (reader->header_size > reader->file.length - LENGTH_BYTES)
        return refuse(reader, "the header claims %zu bytes of a file of %zu",
                      reader->header_size, reader->file.length);
    if (!json_is_small(reader->file.data + LENGTH_BYTES, reader->header_size,
                       tokens, HEADER_DEPTH))
        return refuse(reader,
                      "the header has more than %zu values or is nested more "
                      "than %d deep; the network's tensors need less",
                      tokens, HEADER_DEPTH);
    reader->header =
        json_parse(reader->file.data + LENGTH_BYTES, reader->header_size,
                   reader->path, reader->error);
    return reader->header != NULL;
}

/* Whether the file, as it is, has its checksum, whose digits are lost. */
static bool has_sum(struct reader *reader)
{
    char *start = reader->file.data + LENGTH_BYTES;
    char hex[CHECKSUM_DIGITS + 1];
    char *at = strstr(start, checksum_key);

    if (at == NULL || at + strlen(checksum_key) + CHECKSUM_DIGITS >
                          start + reader->header_size)
        return false;
    memcpy(at + strlen(checksum_key), no_checksum, CHECKSUM_DIGITS);
    checksum_text(checksum(reader->file.data, reader->file.length), hex);
    return strcmp(hex, reader->digits) == 0;
}

/* Compares the checksum with what was read; where the header is not as we
 * write it, by writing it so. */
static bool check_sum(struct reader *reader, const struct layout *layout,
                      const struct checkpoint *checkpoint)
{
    const struct json *metadata = json_get(reader->header, "__metadata__");
    const char *format = json_as_text(json_get(metadata, "format"));
    char hex[CHECKSUM_DIGITS + 1];
    struct text file = { 0 };
    bool ok;

    if (reader->digits == NULL || has_sum(reader))
        return true;
    compose(layout, checkpoint, &file, hex);
    text_clear(&file);
    ok = strcmp(hex, reader->digits) == 0 && format != NULL &&
         strcmp(format, "pt") == 0 && json_size(metadata) == METADATA_KEYS;
    return ok || refuse(reader,
                        "damaged: the checksum is %s, not %s; a file that was "
                        "changed on purpose is read without its __metadata__",
                        hex, reader->digits);
}

static bool read_metadata(struct reader *reader, struct checkpoint *checkpoint)
{
    const struct json *metadata = json_get(reader->header, "__metadata__");
    const char *step = json_as_text(json_get(metadata, "step"));
    const char *config = json_as_text(json_get(metadata, "config"));
    uint64_t number = 0;

    if (metadata != NULL && !json_is_map(metadata))
        return refuse(reader, "__metadata__ is not an object");
    for (const char *key = json_next_key(metadata, NULL); key != NULL;
         key = json_next_key(metadata, key))
        if (json_as_text(json_get(metadata, key)) == NULL)
            return refuse(reader, "__metadata__: %.64s is not text", key);
    reader->digits = json_as_text(json_get(metadata, "checksum"));
    if (reader->digits == NULL && step != NULL) /* a file of ours */
        return refuse(reader, "the checksum is missing");
    if (reader->digits != NULL && strlen(reader->digits) != CHECKSUM_DIGITS)
        return refuse(reader, "the checksum is not readable");
    if (step != NULL && !text_read_count(step, &number))
        return refuse(reader, "__metadata__: the step \"%.32s\" is not a count",
                      step);
    if (config != NULL && strlen(config) >= sizeof checkpoint->config_hash)
        return refuse(reader, "__metadata__: the config hash is too long");
    checkpoint->step = number;
    strcpy(checkpoint->config_hash, config != NULL ? config : "");
    return true;
}

/* A type of numbers, and how one is read from BYTES. */
struct type {
    const char *name;
    size_t size;
    double (*read)(const char *bytes);
};

static double read_double(const char *bytes)
{
    double value;

    memcpy(&value, bytes, sizeof value);
    return value;
}

static double read_float(const char *bytes)
{
    float value;

    memcpy(&value, bytes, sizeof value);
    return value;
}

/* The upper half of a float. */
static double read_brain(const char *bytes)
{
    char whole[4] = { 0, 0, bytes[0], bytes[1] };

    return read_float(whole);
}

/* IEEE 754 binary16: 1 sign, 5 exponent bits with bias 15, 10 of fraction. */
static double read_half(const char *bytes)
{
    unsigned bits = (unsigned char)bytes[0] | (unsigned char)bytes[1] << 8;
    unsigned fraction = bits & 0x3ff;
    int exponent = (int)(bits >> 10 & 0x1f);
    double value;

    if (exponent == 0x1f)
        value = fraction == 0 ? INFINITY : NAN;
    else if (exponent == 0)
        value = ldexp(fraction, -24);
    else
        value = ldexp(0x400 + fraction, exponent - 25);
    return bits & 0x8000 ? -value : value;
}

static const struct type types[] = {
    { "F64", 8, read_double },
    { "F32", 4, read_float },
    { "F16", 2, read_half },
    { "BF16", 2, read_brain },
};

static const struct type *find_type(const char *name)
{
    for (size_t i = 0; name != NULL && i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].name, name) == 0)
            return &types[i];
    return NULL;
}

/* A tensor's entry of the header. */
struct entry {
    const char *name;
    const struct type *type;
    size_t begin, end;
};

/* Item I of an array as a non-negative integer. */
static bool read_item(const struct json *array, size_t i, size_t *out)
{
    int64_t value;

    if (!json_as_integer(json_item(array, i), &value) || value < 0)
        return false;
    *out = (size_t)value;
    return true;
}

static bool check_shape(const struct reader *reader, const struct part *part,
                        const struct json *shape)
{
    const struct tensor *tensor = part->tensor;
    size_t rows, columns = 0, dimensions = tensor->columns > 0 ? 2 : 1;
    struct text ours = { 0 }, theirs = { 0 };

    if (json_size(shape) == dimensions && read_item(shape, 0, &rows) &&
        rows == tensor->rows &&
        (dimensions == 1 || read_item(shape, 1, &columns)) &&
        columns == tensor->columns)
        return true;
    text_add_format(&ours, dimensions == 1 ? "[%zu]" : "[%zu, %zu]",
                    tensor->rows, tensor->columns);
    if (shape == NULL)
        text_add(&theirs, "none");
    else
        json_print(shape, false, &theirs);
    refuse(reader, "tensor %s has another shape than the network's %s: %.64s",
           part->name, ours.data, theirs.data);
    text_clear(&ours);
    text_clear(&theirs);
    return false;
}

static bool read_entry(const struct reader *reader, const struct part *part,
                       struct entry *entry)
{
    const struct json *object = json_get(reader->header, part->name);
    const char *type = json_as_text(json_get(object, "dtype"));
    const struct json *offsets = json_get(object, "data_offsets");

    entry->name = part->name;
    entry->type = find_type(type);
    if (object == NULL)
        return refuse(reader, "tensor %s is missing", part->name);
    if (entry->type == NULL)
        return refuse(reader,
                      "tensor %s is %.32s; accepted: F64, F32, F16, BF16",
                      part->name, type != NULL ? type : "of no type");
    if (!check_shape(reader, part, json_get(object, "shape")))
        return false;
    if (json_size(object) != 3)
        return refuse(reader, "tensor %s has unknown keys", part->name);
    if (json_size(offsets) != 2 || !read_item(offsets, 0, &entry->begin) ||
        !read_item(offsets, 1, &entry->end))
        return refuse(reader, "tensor %s has no offsets", part->name);
    if (entry->end < entry->begin ||
        entry->end - entry->begin != part->tensor->count * entry->type->size)
        return refuse(reader,
                      "tensor %s has offsets %zu to %zu, but %zu numbers of "
                      "%s take %zu bytes; accepted: F64, F32, F16, BF16",
                      part->name, entry->begin, entry->end, part->tensor->count,
                      entry->type->name,
                      part->tensor->count * entry->type->size);
    return true;
}

/* By place; a tensor of no bytes before the one that begins with it. */
static int compare_entries(const void *a, const void *b)
{
    const struct entry *left = a, *right = b;

    if (left->begin != right->begin)
        return left->begin < right->begin ? -1 : 1;
    return (left->end > right->end) - (left->end < right->end);
}

/* Data without holes, overlaps or a tail; ENTRIES are copied to be sorted. */
static bool check_cover(const struct reader *reader,
                        const struct entry *entries, size_t count)
{
    struct entry *sorted = memory_copy(entries, count * sizeof *sorted);
    size_t end = 0, size;
    bool ok = true;

    qsort(sorted, count, sizeof *sorted, compare_entries);
    for (size_t i = 0; ok && i < count; i++) {
        if (sorted[i].begin != end)
            ok = refuse(reader, "tensor %s begins at %zu instead of %zu",
                        sorted[i].name, sorted[i].begin, end);
        end = sorted[i].end;
    }
    size = reader->file.length - LENGTH_BYTES - reader->header_size;
    if (ok && end != size)
        ok = refuse(reader, "%zu bytes of data where the header tells of %zu",
                    size, end);
    free(sorted);
    return ok;
}

static void copy_values(const struct reader *reader, const struct entry *entry,
                        size_t count, double *values)
{
    const char *from =
        reader->file.data + LENGTH_BYTES + reader->header_size + entry->begin;

    for (size_t i = 0; i < count; i++)
        values[i] = entry->type->read(from + i * entry->type->size);
}

/* Makes room for nothing before all is known to be right. */
static bool read_tensors(const struct reader *reader, const struct part *parts,
                         size_t count, size_t n_parameters,
                         struct checkpoint *checkpoint)
{
    struct entry *entries = memory_new(count, sizeof *entries);
    bool ok = true;

    for (size_t i = 0; ok && i < count; i++)
        ok = read_entry(reader, &parts[i], &entries[i]);
    ok = ok && check_cover(reader, entries, count);
    for (size_t i = 0; ok && i < count; i++) {
        double **block = block_values(checkpoint, parts[i].block);

        if (*block == NULL)
            *block = memory_new(n_parameters, sizeof **block);
        copy_values(reader, &entries[i], parts[i].tensor->count,
                    part_values(checkpoint, &parts[i]));
    }
    free(entries);
    return ok;
}

/* The blocks that the file has a tensor of; the parameters in any case. */
static void find_blocks(const struct reader *reader,
                        const struct layout *layout, bool has[BLOCKS])
{
    char prefix[64], name[128];

    for (size_t b = 0; b < BLOCKS; b++) {
        has[b] = b == 0;
        block_prefix(b, prefix);
        for (size_t i = 0; i < layout->n_tensors && !has[b]; i++) {
            snprintf(name, sizeof name, "%s%s", prefix,
                     layout->tensors[i].name);
            has[b] = json_get(reader->header, name) != NULL;
        }
    }
}

/* No tensor but the PARTS. */
static bool check_names(const struct reader *reader, const struct part *parts,
                        size_t count)
{
    struct part wanted;

    for (const char *key = json_next_key(reader->header, NULL); key != NULL;
         key = json_next_key(reader->header, key)) {
        snprintf(wanted.name, sizeof wanted.name, "%s", key);
        if (strcmp(key, "__metadata__") != 0 &&
            (strcmp(wanted.name, key) != 0 ||
             bsearch(&wanted, parts, count, sizeof *parts, compare_parts) ==
                 NULL))
            return refuse(reader, "tensor %.64s is not one of the network's",
                          key);
    }
    return true;
}

bool checkpoint_read(const char *path, const struct layout *layout,
                     struct checkpoint *checkpoint, struct error *error)
{
    struct reader reader = { .path = path, .error = error };
    struct part *parts = NULL;
    bool has[BLOCKS], ok = false;
    size_t count;

    *checkpoint = (struct checkpoint){ 0 };
    if (!open_header(&reader, layout) || !read_metadata(&reader, checkpoint))
        goto done;
    find_blocks(&reader, layout, has);
    parts = list_parts(layout, has, &count);
    ok =
        check_names(&reader, parts, count) &&
        read_tensors(&reader, parts, count, layout->n_parameters, checkpoint) &&
        check_sum(&reader, layout, checkpoint);
done:
    free(parts);
    json_free(reader.header);
    text_clear(&reader.file);
    if (!ok)
        checkpoint_clear(checkpoint);
    return ok;
}

void checkpoint_clear(struct checkpoint *checkpoint)
{
    for (size_t b = 0; b < BLOCKS; b++)
        free(*block_values(checkpoint, b));
    *checkpoint = (struct checkpoint){ 0 };
}

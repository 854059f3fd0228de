/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config/field.h"

#include <assert.h>
#include <ctype.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* ----------------------------------------------------------- complaints */

char *field_shown(const char *s)
{
    struct text text = { 0 };
    size_t length = strlen(s), most = 40;

    while (most < length && ((unsigned char)s[most] & 0xc0) == 0x80)
        most++;
    text_add_bytes(&text, s, length < most ? length : most);
    for (size_t i = 0; i < text.length; i++)
        if (iscntrl((unsigned char)text.data[i]))
            text.data[i] = '?';
    if (length > most)
        text_add(&text, "...");
    return text_take(&text);
}

bool schema_complain(const struct yaml_node *node, const char *path,
                     const char *accepted, struct error *error)
{
    static const char *const kinds[] = {
        [YAML_SCALAR] = "nothing", [YAML_LIST] = "a list", [YAML_MAP] = "a map"
    };
    char *text;

    if (node->kind != YAML_SCALAR || yaml_is_null(node))
        return error_add(error, ERROR_CONFIG, &node->place, path,
                         "wrong type: %s; accepted: %s", kinds[node->kind],
                         accepted);
    text = field_shown(node->text);
    error_add(error, ERROR_CONFIG, &node->place, path,
              "wrong value \"%s\"%s; accepted: %s", text,
              node->plain ? "" : " in quotes", accepted);
    free(text);
    return false;
}

static bool wrong(const struct field *field, const struct yaml_node *node,
                  const char *path, struct error *error)
{
    struct text accepted = { 0 };

    schema_accepted(field, &accepted);
    schema_complain(node, path, accepted.data, error);
    text_clear(&accepted);
    return false;
}

/* As above for a number, with a hint where it nearly is one. */
static bool wrong_number(const struct field *field,
                         const struct yaml_node *node, const char *path,
                         struct error *error)
{
    struct text accepted = { 0 };

    schema_accepted(field, &accepted);
    if (node->kind == YAML_SCALAR && node->plain &&
        strpbrk(node->text, "0123456789") != NULL)
        text_add(&accepted, ", written in plain decimals");
    schema_complain(node, path, accepted.data, error);
    text_clear(&accepted);
    return false;
}

static bool out_of_range(const struct field *field,
                         const struct yaml_node *node, const char *path,
                         struct error *error)
{
    struct text accepted = { 0 };
    char *text = field_shown(node->text);

    schema_accepted(field, &accepted);
    error_add(error, ERROR_CONFIG, &node->place, path,
              "out of range: %s; accepted: %s", text, accepted.data);
    text_clear(&accepted);
    free(text);
    return false;
}

bool field_unknown(const struct place *place, const char *path,
                   const char *what, const char *word, const char *const *names,
                   struct error *error)
{
    const char *nearest = text_nearest(word, names);
    struct text text = { 0 };

    text_add_format(&text, "unknown %s; ", what);
    if (nearest != NULL)
        text_add_format(&text, "did you mean \"%s\"? (", nearest);
    text_add(&text, "accepted: ");
    for (size_t i = 0; names[i] != NULL; i++)
        text_add_format(&text, "%s%s", i > 0 ? ", " : "", names[i]);
    text_add(&text, nearest != NULL ? ")" : "");
    error_add(error, ERROR_CONFIG, place, path, "%s", text.data);
    text_clear(&text);
    return false;
}

/* -------------------------------------------------------------- numbers */

static bool is_bounded(const struct field *field)
{
    return field->least != 0 || field->most != 0;
}

static bool is_within(const struct field *field, double value)
{
    return !is_bounded(field) ||
           (value >= field->least && value <= field->most);
}

static void add_bound(struct text *out, double bound)
{
    if (bound == floor(bound) && fabs(bound) < 1e15)
        text_add_format(out, "%.0f", bound);
    else
        text_add_number(out, bound);
}

/* " in 0..1", " above 0", " of at least 1"...; WHOLE numbers have 0 as their
 * natural bound, and none that matters beyond 2^53. */
static void add_bounds(const struct field *field, bool whole, struct text *out)
{
    bool low = isfinite(field->least) && !(whole && field->least <= 0);
    bool high = isfinite(field->most) && !(whole && field->most >= 0x1p53);

    if (!is_bounded(field))
        return;
    if (field->least == DBL_MIN) {
        text_add(out, high ? " above 0, at most " : " above 0");
    } else if (high && isfinite(field->least)) {
        text_add(out, " in ");
        add_bound(out, field->least);
        text_add(out, "..");
    } else if (high) {
        text_add(out, " of at most ");
    } else if (low) {
        text_add(out, " of at least ");
        add_bound(out, field->least);
    }
    if (high)
        add_bound(out, field->most);
}

static bool is_plain_text(const struct yaml_node *node)
{
    return node->kind == YAML_SCALAR && node->plain && !yaml_is_null(node);
}

/* A whole number, be it negative or beyond 64 bits. */
static bool is_whole(const char *s)
{
    s += *s == '-';
    return *s != '\0' && (*s != '0' || s[1] == '\0') &&
           s[strspn(s, "0123456789")] == '\0';
}

/* A decimal beyond the largest double. */
static bool is_overflow(const char *s)
{
    char *end;

    return s[strspn(s, "+-.0123456789eE")] == '\0' && isinf(strtod(s, &end)) &&
           *end == '\0';
}

static bool read_count(const struct field *field, const struct yaml_node *node,
                       const char *path, void *value, struct error *error)
{
    uint64_t count = 0;

    if (!is_plain_text(node))
        return wrong_number(field, node, path, error);
    if (!text_read_count(node->text, &count))
        return is_whole(node->text) ? out_of_range(field, node, path, error)
                                    : wrong_number(field, node, path, error);
    if (count > SIZE_MAX || !is_within(field, (double)count))
        return out_of_range(field, node, path, error);
    *(size_t *)value = (size_t)count;
    return true;
}

static bool read_number(const struct field *field, const struct yaml_node *node,
                        const char *path, void *value, struct error *error)
{
    double number;

    if (!is_plain_text(node))
        return wrong_number(field, node, path, error);
    if (!text_read_number(node->text, &number))
        return is_overflow(node->text) ? out_of_range(field, node, path, error)
                                       : wrong_number(field, node, path, error);
    if (!is_within(field, number))
        return out_of_range(field, node, path, error);
    *(double *)value = number;
    return true;
}

bool range_read(const char *text, struct range *range)
{
    const char *dots = strstr(text, "..");
    uint64_t least, most;
    char *first;
    bool ok;

    if (dots == NULL) {
        ok = text_read_count(text, &least) && least <= SIZE_MAX;
        most = least;
    } else {
        first = memory_copy_text(text);
        first[dots - text] = '\0';
        ok = text_read_count(first, &least) &&
             text_read_count(dots + 2, &most) && least <= most &&
             most <= SIZE_MAX;
        free(first);
    }
    if (ok)
        *range = (struct range){ (size_t)least, (size_t)most };
    return ok;
}

static bool read_range(const struct field *field, const struct yaml_node *node,
                       const char *path, void *value, struct error *error)
{
    struct range range;

    if (!is_plain_text(node) || !range_read(node->text, &range))
        return wrong_number(field, node, path, error);
    if (!is_within(field, (double)range.least) ||
        !is_within(field, (double)range.most))
        return out_of_range(field, node, path, error);
    *(struct range *)value = range;
    return true;
}

static char *item_path(const char *path, size_t i)
{
    struct text text = { 0 };

    text_add_format(&text, "%s[%zu]", path, i);
    return text_take(&text);
}

/* Reads every item of a list into an array of them, SIZE bytes each. */
static bool
read_items(const struct field *field, const struct yaml_node *list,
           const char *path, void *items, size_t size, struct error *error,
           bool (*read)(const struct field *, const struct yaml_node *,
                        const char *, void *, struct error *))
{
    bool ok = true;

    for (size_t i = 0; i < list->count; i++) {
        char *at = item_path(path, i);

        ok &= read(field, list->items[i], at, (char *)items + i * size, error);
        free(at);
    }
    return ok;
}

static bool read_ranges(const struct field *field, const struct yaml_node *node,
                        const char *path, void *value, struct error *error)
{
    struct ranges *ranges = value;

    if (node->kind == YAML_LIST && node->count == 0)
        return true;
    ranges->count = node->kind == YAML_LIST ? node->count : 1;
    ranges->items = memory_new(ranges->count, sizeof *ranges->items);
    if (node->kind != YAML_LIST)
        return read_range(field, node, path, ranges->items, error);
    return read_items(field, node, path, ranges->items, sizeof *ranges->items,
                      error, read_range);
}

static bool read_numbers(const struct field *field,
                         const struct yaml_node *node, const char *path,
                         void *value, struct error *error)
{
    struct numbers *numbers = value;

    if (node->kind != YAML_LIST)
        return wrong(field, node, path, error);
    if (node->count == 0)
        return true;
    numbers->count = node->count;
    numbers->items = memory_new(node->count, sizeof *numbers->items);
    return read_items(field, node, path, numbers->items, sizeof *numbers->items,
                      error, read_number);
}

static void print_count(const struct field *field, const void *value,
                        struct text *out)
{
    (void)field;
    text_add_format(out, "%zu", *(const size_t *)value);
}

static void print_number(const struct field *field, const void *value,
                         struct text *out)
{
    (void)field;
    text_add_number(out, *(const double *)value);
}

static void print_range(const struct field *field, const void *value,
                        struct text *out)
{
    const struct range *range = value;

    (void)field;
    text_add_format(out, "%zu", range->least);
    if (range->most != range->least)
        text_add_format(out, "..%zu", range->most);
}

static void print_ranges(const struct field *field, const void *value,
                         struct text *out)
{
    const struct ranges *ranges = value;

    text_add(out, ranges->count == 1 ? "" : "[");
    for (size_t i = 0; i < ranges->count; i++) {
        text_add(out, i > 0 ? ", " : "");
        print_range(field, &ranges->items[i], out);
    }
    text_add(out, ranges->count == 1 ? "" : "]");
}

static void print_numbers(const struct field *field, const void *value,
                          struct text *out)
{
    const struct numbers *numbers = value;

    (void)field;
    text_add(out, "[");
    for (size_t i = 0; i < numbers->count; i++) {
        text_add(out, i > 0 ? ", " : "");
        text_add_number(out, numbers->items[i]);
    }
    text_add(out, "]");
}

static void clear_count(const struct field *field, void *value)
{
    (void)field;
    *(size_t *)value = 0;
}

static void clear_number(const struct field *field, void *value)
{
    (void)field;
    *(double *)value = 0;
}

static void clear_range(const struct field *field, void *value)
{
    (void)field;
    *(struct range *)value = (struct range){ 0 };
}

static void clear_ranges(const struct field *field, void *value)
{
    struct ranges *ranges = value;

    (void)field;
    free(ranges->items);
    *ranges = (struct ranges){ 0 };
}

static void clear_numbers(const struct field *field, void *value)
{
    struct numbers *numbers = value;

    (void)field;
    free(numbers->items);
    *numbers = (struct numbers){ 0 };
}

static void accept_count(const struct field *field, struct text *out)
{
    text_add(out, "a whole number");
    add_bounds(field, true, out);
}

static void accept_number(const struct field *field, struct text *out)
{
    text_add(out, "a number");
    add_bounds(field, false, out);
}

static void accept_range(const struct field *field, struct text *out)
{
    text_add(out, "a range such as 7 or 2..50");
    add_bounds(field, true, out);
}

static void accept_ranges(const struct field *field, struct text *out)
{
    text_add(out, "a range such as 7 or 2..50, or a list of them,");
    add_bounds(field, true, out);
    if (out->data[out->length - 1] == ',')
        out->data[--out->length] = '\0';
}

static void accept_numbers(const struct field *field, struct text *out)
{
    text_add(out, "a list of numbers");
    add_bounds(field, false, out);
}

/* ---------------------------------------------------------------- words */

static bool read_bool(const struct field *field, const struct yaml_node *node,
                      const char *path, void *value, struct error *error)
{
    bool plain = is_plain_text(node);

    if (!plain ||
        (strcmp(node->text, "true") != 0 && strcmp(node->text, "false") != 0))
        return wrong(field, node, path, error);
    *(bool *)value = node->text[0] == 't';
    return true;
}

static bool read_choice(const struct field *field, const struct yaml_node *node,
                        const char *path, void *value, struct error *error)
{
    struct text what = { 0 };
    char *word;

    if (node->kind != YAML_SCALAR || yaml_is_null(node))
        return wrong(field, node, path, error);
    for (int i = 0; field->choices[i] != NULL; i++)
        if (strcmp(field->choices[i], node->text) == 0) {
            *(int *)value = i;
            return true;
        }
    word = field_shown(node->text);
    text_add_format(&what, "word \"%s\"", word);
    field_unknown(&node->place, path, what.data, node->text, field->choices,
                  error);
    text_clear(&what);
    free(word);
    return false;
}

static bool read_text(const struct field *field, const struct yaml_node *node,
                      const char *path, void *value, struct error *error)
{
    if (node->kind != YAML_SCALAR || yaml_is_null(node))
        return wrong(field, node, path, error);
    *(char **)value = memory_copy_text(node->text);
    return true;
}

static void print_bool(const struct field *field, const void *value,
                       struct text *out)
{
    (void)field;
    text_add(out, *(const bool *)value ? "true" : "false");
}

static void print_choice(const struct field *field, const void *value,
                         struct text *out)
{
    int choice = *(const int *)value;

    assert(choice >= 0);
    yaml_add_scalar(out, field->choices[choice]);
}

static void print_text(const struct field *field, const void *value,
                       struct text *out)
{
    const char *text = *(char *const *)value;

    (void)field;
    if (text == NULL)
        text_add(out, "~");
    else
        yaml_add_scalar(out, text);
}

static void clear_bool(const struct field *field, void *value)
{
    (void)field;
    *(bool *)value = false;
}

static void clear_choice(const struct field *field, void *value)
{
    (void)field;
    *(int *)value = 0;
}

static void clear_text(const struct field *field, void *value)
{
    (void)field;
    free(*(char **)value);
    *(char **)value = NULL;
}

static void accept_bool(const struct field *field, struct text *out)
{
    (void)field;
    text_add(out, "true or false");
}

static void accept_choice(const struct field *field, struct text *out)
{
    for (size_t i = 0; field->choices[i] != NULL; i++) {
        if (i > 0)
            text_add(out, field->choices[i + 1] != NULL ? ", " : " or ");
        text_add(out, field->choices[i]);
    }
}

static void accept_text(const struct field *field, struct text *out)
{
    (void)field;
    text_add(out, "text");
}

/* ---------------------------------------------------- structs and customs */

static bool read_custom(const struct field *field, const struct yaml_node *node,
                        const char *path, void *value, struct error *error)
{
    return field->custom->read(node, path, value, error);
}

static void print_custom(const struct field *field, const void *value,
                         struct text *out)
{
    field->custom->print(value, out);
}

static void clear_custom(const struct field *field, void *value)
{
    if (field->custom->clear != NULL)
        field->custom->clear(value);
}

static void accept_custom(const struct field *field, struct text *out)
{
    text_add(out, field->custom->accepted);
}

static bool read_struct(const struct field *field, const struct yaml_node *node,
                        const char *path, void *value, struct error *error)
{
    return schema_read(field->fields, node, path, NULL, value, error);
}

static void clear_struct(const struct field *field, void *value)
{
    schema_clear(field->fields, value);
}

static void accept_struct(const struct field *field, struct text *out)
{
    const struct field *fields = field->fields;

    text_add(out, "a map of ");
    for (const struct field *f = fields; f->key != NULL; f++)
        text_add_format(out, "%s%s", f > fields ? ", " : "", f->key);
}

/* clang-format off */
const struct field_row field_rows[] = {
    [FIELD_BOOL]    = { read_bool, print_bool, clear_bool, accept_bool },
    [FIELD_COUNT]   = { read_count, print_count, clear_count, accept_count },
    [FIELD_NUMBER]  = { read_number, print_number, clear_number,
                        accept_number },
    [FIELD_CHOICE]  = { read_choice, print_choice, clear_choice,
                        accept_choice },
    [FIELD_TEXT]    = { read_text, print_text, clear_text, accept_text },
    [FIELD_RANGE]   = { read_range, print_range, clear_range, accept_range },
    [FIELD_RANGES]  = { read_ranges, print_ranges, clear_ranges,
                        accept_ranges },
    [FIELD_NUMBERS] = { read_numbers, print_numbers, clear_numbers,
                        accept_numbers },
    [FIELD_STRUCT]  = { read_struct, NULL, clear_struct, accept_struct },
    [FIELD_CUSTOM]  = { read_custom, print_custom, clear_custom,
                        accept_custom },
};
/* clang-format on */

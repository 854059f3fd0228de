/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config/yaml.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <yaml.h>

#include "base/file.h"
#include "base/memory.h"

#define MOST_BYTES   ((size_t)16 << 20)
#define MOST_DEPTH   64
#define MOST_NODES   1000000
#define MOST_SCALAR  ((size_t)1 << 20)
#define MOST_KEY     128
#define MOST_ANCHORS 256
#define MOST_COPIES  100000

/* After so many complaints a file has no more duplicate keys reported. */
#define ENOUGH 20

/* ------------------------------------------------------------- the tree */

/* One copy of every file's name, never freed, so that nodes may outlive their
 * document and wander between trees. */
static const char *intern(const char *name)
{
    static char **names;
    static size_t count;

    for (size_t i = count; i-- > 0;)
        if (names[i] == name || strcmp(names[i], name) == 0)
            return names[i];
    names = memory_resize(names, count + 1, sizeof *names);
    names[count] = memory_copy_text(name);
    return names[count++];
}

/* PLACE names a file that is interned already. */
static struct yaml_node *new_node(enum yaml_kind kind, struct place place)
{
    struct yaml_node *node = memory_new(1, sizeof *node);

    node->kind = kind;
    node->place = place;
    return node;
}

static struct yaml_node *new_scalar(const char *text, size_t length, bool plain,
                                    struct place place)
{
    struct yaml_node *node = new_node(YAML_SCALAR, place);

    node->text = memory_new(length + 1, 1);
    memcpy(node->text, text, length);
    node->plain = plain;
    return node;
}

static struct place interned(const struct place *place)
{
    return (struct place){ place->file != NULL ? intern(place->file) : NULL,
                           place->line, place->column };
}

struct yaml_node *yaml_new(enum yaml_kind kind, const struct place *place)
{
    return new_node(kind, interned(place));
}

struct yaml_node *yaml_new_scalar(const char *text, bool quoted,
                                  const struct place *place)
{
    return new_scalar(text, strlen(text), !quoted, interned(place));
}

void yaml_node_free(struct yaml_node *node)
{
    if (node == NULL)
        return;
    for (size_t i = 0; i < node->count; i++) {
        if (node->keys != NULL)
            yaml_node_free(node->keys[i]);
        yaml_node_free(node->items[i]);
    }
    free(node->keys);
    free(node->items);
    free(node->text);
    free(node);
}

void yaml_clear(struct yaml_document *document)
{
    yaml_node_free(document->root);
    *document = (struct yaml_document){ 0 };
}

/* Room for COUNT + 1 pointers, doubled whenever COUNT is a power of two. */
static struct yaml_node **grow(struct yaml_node **nodes, size_t count)
{
    if ((count & (count - 1)) != 0)
        return nodes;
    return memory_resize(nodes, count == 0 ? 1 : 2 * count, sizeof *nodes);
}

/* KEY is NULL in a list. */
static void append(struct yaml_node *parent, struct yaml_node *key,
                   struct yaml_node *item)
{
    parent->items = grow(parent->items, parent->count);
    parent->items[parent->count] = item;
    if (parent->kind == YAML_MAP) {
        parent->keys = grow(parent->keys, parent->count);
        parent->keys[parent->count] = key;
    }
    parent->count++;
}

struct yaml_node *yaml_copy(const struct yaml_node *node)
{
    struct yaml_node *copy = memory_copy(node, sizeof *node);

    copy->text = memory_copy_text(node->text);
    copy->items = copy->keys = NULL;
    copy->count = 0;
    for (size_t i = 0; i < node->count; i++)
        append(copy, node->keys != NULL ? yaml_copy(node->keys[i]) : NULL,
               yaml_copy(node->items[i]));
    return copy;
}

static struct yaml_node **find(const struct yaml_node *node, const char *key,
                               size_t length)
{
    if (node == NULL || node->kind != YAML_MAP)
        return NULL;
    for (size_t i = 0; i < node->count; i++)
        if (strncmp(node->keys[i]->text, key, length) == 0 &&
            node->keys[i]->text[length] == '\0')
            return &node->items[i];
    return NULL;
}

struct yaml_node *yaml_get(const struct yaml_node *node, const char *key)
{
    struct yaml_node **value = find(node, key, strlen(key));

    return value != NULL ? *value : NULL;
}

static bool is_null_text(const char *text)
{
    static const char *const words[] = { "", "~", "null", "Null", "NULL" };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(text, words[i]) == 0)
            return true;
    return false;
}

bool yaml_is_null(const struct yaml_node *node)
{
    return node->kind == YAML_SCALAR && node->plain && is_null_text(node->text);
}

const struct place *yaml_place(const struct yaml_node *root, const char *path)
{
    while (root->kind == YAML_MAP && path[0] != '\0') {
        size_t length = strcspn(path, ".");
        struct yaml_node **at = find(root, path, length);

        if (at == NULL)
            break;
        root = *at;
        path += length + (path[length] == '.');
    }
    return &root->place;
}

bool yaml_set(struct yaml_node *root, const char *path, struct yaml_node *value)
{
    struct place place = { .file = value->place.file };
    size_t length = strcspn(path, ".");
    struct yaml_node **at = find(root, path, length);
    struct yaml_node *next;

    if (length == 0 || root->kind != YAML_MAP)
        return false;
    if (path[length] == '.' && at != NULL && !yaml_is_null(*at))
        return yaml_set(*at, path + length + 1, value);
    next = path[length] == '.' ? new_node(YAML_MAP, place) : value;
    if (next != value && !yaml_set(next, path + length + 1, value)) {
        yaml_node_free(next);
        return false;
    }
    if (at != NULL) {
        yaml_node_free(*at);
        *at = next;
    } else {
        append(root, new_scalar(path, length, true, place), next);
    }
    return true;
}

/* ------------------------------------------------------------- building */

/* A collection that is not closed yet, and the key waiting for its value. */
struct frame {
    struct yaml_node *node, *key;
};

struct anchor {
    char *name;
    const struct yaml_node *node;
};

struct builder {
    yaml_parser_t parser;
    const char *file, *text;
    size_t length;
    struct yaml_node *root;
    struct frame stack[MOST_DEPTH];
    size_t depth;
    struct anchor anchors[MOST_ANCHORS];
    size_t n_anchors, n_nodes, n_copies, n_documents;
    struct error *error;
    bool failed; /* a complaint was made, but reading goes on */
};

static struct place place_of(const struct builder *builder, yaml_mark_t mark)
{
    return (struct place){ builder->file, mark.line + 1, mark.column + 1 };
}

static bool refuse(struct builder *builder, yaml_mark_t mark, const char *what)
{
    struct place place = place_of(builder, mark);

    return error_add(builder->error, ERROR_CONFIG, &place, NULL, "%s", what);
}

/* The line and column of the byte at OFFSET: for its reader's errors libyaml
 * gives nothing else. */
static struct place place_at(const struct builder *builder, size_t offset)
{
    struct place place = { builder->file, 1, 1 };
    const char *text = builder->text;

    for (size_t i = 0; i < offset && i < builder->length; i++) {
        bool pair =
            text[i] == '\r' && i + 1 < builder->length && text[i + 1] == '\n';

        if (text[i] == '\n' || (text[i] == '\r' && !pair)) {
            place.line++;
            place.column = 1;
        } else if ((text[i] & 0xc0) != 0x80) {
            place.column++;
        }
    }
    return place;
}

/* The byte at which character INDEX begins, or the end of the text. */
static size_t offset_of(const struct builder *builder, size_t index)
{
    size_t at = 0;

    for (; at < builder->length; at++)
        if ((builder->text[at] & 0xc0) != 0x80 && index-- == 0)
            break;
    return at;
}

/* Reports what libyaml found wrong. */
static bool refuse_syntax(struct builder *builder)
{
    const yaml_parser_t *parser = &builder->parser;
    yaml_mark_t mark = parser->problem_mark, from = parser->context_mark;
    struct place place = place_of(builder, mark);
    size_t offset = offset_of(builder, mark.index);

    if (parser->error == YAML_MEMORY_ERROR)
        return error_set(builder->error, ERROR_IO, "out of memory");
    if (parser->error == YAML_READER_ERROR)
        place = place_at(builder, parser->problem_offset);
    else if (offset == builder->length) /* libyaml is a line further there */
        place = place_at(builder, offset);
    else if (builder->text[offset] == '\t')
        return refuse(builder, mark, "not valid YAML: a tab; indent by spaces");
    else if (parser->error == YAML_PARSER_ERROR && offset > 0 &&
             strchr("[{", builder->text[offset]) != NULL &&
             strchr(" \n,[{", builder->text[offset - 1]) == NULL)
        return refuse(builder, mark,
                      "not valid YAML: inside { } and [ ] a "
                      "text with a bracket needs quotes");
    if (parser->context == NULL || from.index == mark.index)
        return error_add(builder->error, ERROR_CONFIG, &place, NULL,
                         "not valid YAML: %s", parser->problem);
    return error_add(builder->error, ERROR_CONFIG, &place, NULL,
                     "not valid YAML: %s, %s that begins at %zu:%zu",
                     parser->problem, parser->context, from.line + 1,
                     from.column + 1);
}

static const char *wrong_with_key(const struct yaml_node *key)
{
    if (key->kind != YAML_SCALAR)
        return "a key must be a word, not a list or a map";
    if (strlen(key->text) > MOST_KEY)
        return "a key longer than 128 bytes";
    if (key->plain && strcmp(key->text, "<<") == 0)
        return "merge keys (<<) are not supported; write the keys out, or "
               "repeat a whole value by an alias";
    return NULL;
}

/* Hangs NODE into the tree, as root, item, key or value; on failure NODE is
 * freed. */
static bool attach(struct builder *builder, struct yaml_node *node,
                   yaml_mark_t mark)
{
    struct frame *top;
    const char *wrong;

    if (builder->depth == 0) {
        builder->root = node;
        return true;
    }
    top = &builder->stack[builder->depth - 1];
    if (top->node->kind == YAML_LIST || top->key != NULL) {
        append(top->node, top->key, node);
        top->key = NULL;
        return true;
    }
    wrong = wrong_with_key(node);
    if (wrong != NULL) {
        yaml_node_free(node);
        return refuse(builder, mark, wrong);
    }
    top->key = node;
    return true;
}

static bool remember_anchor(struct builder *builder, const yaml_char_t *name,
                            const struct yaml_node *node, yaml_mark_t mark)
{
    if (name == NULL)
        return true;
    if (builder->n_anchors == MOST_ANCHORS)
        return refuse(builder, mark, "more than 256 anchors");
    builder->anchors[builder->n_anchors++] =
        (struct anchor){ memory_copy_text((const char *)name), node };
    return true;
}

static bool add_node(struct builder *builder, struct yaml_node *node,
                     const yaml_char_t *anchor, const yaml_char_t *tag,
                     yaml_mark_t mark)
{
    const char *wrong = NULL;

    if (++builder->n_nodes > MOST_NODES)
        wrong = "more than 1,000,000 nodes";
    else if (tag != NULL)
        wrong = "tags (!) are not supported; put text in quotes";
    if (wrong != NULL) {
        yaml_node_free(node);
        return refuse(builder, mark, wrong);
    }
    return attach(builder, node, mark) &&
           remember_anchor(builder, anchor, node, mark);
}

static bool add_scalar(struct builder *builder, const yaml_event_t *event)
{
    const char *value = (const char *)event->data.scalar.value;
    size_t length = event->data.scalar.length;
    struct place place = place_of(builder, event->start_mark);
    struct yaml_node *node;

    if (length > MOST_SCALAR)
        return refuse(builder, event->start_mark, "text longer than 1 MiB");
    if (memchr(value, '\0', length) != NULL)
        return refuse(builder, event->start_mark, "text with a NUL character");
    node =
        new_scalar(value, length,
                   event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE, place);
    return add_node(builder, node, event->data.scalar.anchor,
                    event->data.scalar.tag, event->start_mark);
}

static bool open_collection(struct builder *builder, enum yaml_kind kind,
                            const yaml_char_t *anchor, const yaml_char_t *tag,
                            yaml_mark_t mark)
{
    struct place place = place_of(builder, mark);
    struct yaml_node *node;

    if (builder->depth == MOST_DEPTH)
        return refuse(builder, mark, "nested deeper than 64");
    node = new_node(kind, place);
    if (!add_node(builder, node, anchor, tag, mark))
        return false;
    builder->stack[builder->depth++] = (struct frame){ node, NULL };
    return true;
}

static int compare_keys(const void *a, const void *b)
{
    const struct yaml_node *x = *(struct yaml_node *const *)a;
    const struct yaml_node *y = *(struct yaml_node *const *)b;
    int order = strcmp(x->text, y->text);

    if (order == 0)
        order =
            (x->place.line > y->place.line) - (x->place.line < y->place.line);
    if (order == 0)
        order = (x->place.column > y->place.column) -
                (x->place.column < y->place.column);
    return order;
}

/* Complains about every key that its map has already. */
static void check_duplicates(struct builder *builder,
                             const struct yaml_node *map)
{
    struct yaml_node **keys =
        memory_copy(map->keys, map->count * sizeof *map->keys);
    size_t first = 0;

    qsort(keys, map->count, sizeof *keys, compare_keys);
    for (size_t i = 1; i < map->count && builder->error->count < ENOUGH; i++) {
        if (strcmp(keys[i]->text, keys[first]->text) != 0) {
            first = i;
            continue;
        }
        error_add(builder->error, ERROR_CONFIG, &keys[i]->place, keys[i]->text,
                  "duplicate key; the first is at %zu:%zu",
                  keys[first]->place.line, keys[first]->place.column);
        builder->failed = true;
    }
    free(keys);
}

static void close_collection(struct builder *builder)
{
    const struct yaml_node *node = builder->stack[--builder->depth].node;

    if (node->kind == YAML_MAP && node->count > 1)
        check_duplicates(builder, node);
}

static bool is_open(const struct builder *builder, const struct yaml_node *node)
{
    for (size_t i = 0; i < builder->depth; i++)
        if (builder->stack[i].node == node)
            return true;
    return false;
}

/* Adds the nodes of a tree to *COUNT, and stops once that is beyond LIMIT. */
static void count_nodes(const struct yaml_node *node, size_t limit,
                        size_t *count)
{
    ++*count;
    for (size_t i = 0; i < node->count && *count <= limit; i++) {
        *count += node->keys != NULL;
        count_nodes(node->items[i], limit, count);
    }
}

static size_t height(const struct yaml_node *node)
{
    size_t most = 0;

    for (size_t i = 0; i < node->count; i++) {
        size_t h = height(node->items[i]);

        most = h > most ? h : most;
    }
    return most + (node->kind != YAML_SCALAR);
}

static bool add_alias(struct builder *builder, const yaml_event_t *event)
{
    const char *name = (const char *)event->data.alias.anchor;
    const struct yaml_node *node = NULL;
    yaml_mark_t mark = event->start_mark;

    for (size_t i = builder->n_anchors; node == NULL && i-- > 0;)
        if (strcmp(builder->anchors[i].name, name) == 0)
            node = builder->anchors[i].node;
    if (node == NULL)
        return refuse(builder, mark, "an alias to no anchor before it");
    if (is_open(builder, node))
        return refuse(builder, mark, "an alias inside its own anchor");
    count_nodes(node, MOST_COPIES, &builder->n_copies);
    if (builder->n_copies > MOST_COPIES)
        return refuse(builder, mark, "aliases to more than 100,000 nodes");
    if (builder->depth + height(node) > MOST_DEPTH)
        return refuse(builder, mark, "nested deeper than 64");
    return attach(builder, yaml_copy(node), mark);
}

/* Returns false when the tree cannot be built any further. */
static bool take(struct builder *builder, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return builder->n_documents++ == 0 ||
               refuse(builder, event->start_mark,
                      "a second document; a file holds one");
    case YAML_SCALAR_EVENT:
        return add_scalar(builder, event);
    case YAML_ALIAS_EVENT:
        return add_alias(builder, event);
    case YAML_SEQUENCE_START_EVENT:
        return open_collection(
            builder, YAML_LIST, event->data.sequence_start.anchor,
            event->data.sequence_start.tag, event->start_mark);
    case YAML_MAPPING_START_EVENT:
        return open_collection(
            builder, YAML_MAP, event->data.mapping_start.anchor,
            event->data.mapping_start.tag, event->start_mark);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        close_collection(builder);
        return true;
    default:
        return true;
    }
}

static bool build(struct builder *builder)
{
    bool ok = true, ended = false;

    while (ok && !ended) {
        yaml_event_t event;

        if (!yaml_parser_parse(&builder->parser, &event))
            return refuse_syntax(builder);
        ok = take(builder, &event);
        ended = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    return ok && !builder->failed;
}

/* The byte order mark, which is no part of the first line; -1 for UTF-16. */
static int byte_order_mark(const char *text, size_t length)
{
    if (length >= 2 &&
        (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0))
        return -1;
    return length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

static void clear_builder(struct builder *builder)
{
    yaml_parser_delete(&builder->parser);
    yaml_node_free(builder->root);
    for (size_t i = 0; i < builder->depth; i++)
        yaml_node_free(builder->stack[i].key);
    for (size_t i = 0; i < builder->n_anchors; i++)
        free(builder->anchors[i].name);
}

bool yaml_parse(struct yaml_document *document, const char *text, size_t length,
                const char *file, struct error *error)
{
    struct place start = { intern(file), 1, 1 };
    struct builder builder = { .file = start.file, .error = error };
    int mark = byte_order_mark(text, length);
    bool ok;

    *document = (struct yaml_document){ .file = start.file };
    if (length > MOST_BYTES)
        return error_add(error, ERROR_CONFIG, &start, NULL,
                         "larger than 16 MiB");
    if (mark < 0)
        return error_add(error, ERROR_CONFIG, &start, NULL,
                         "not valid YAML: UTF-16; save it as UTF-8");
    builder.text = text + mark;
    builder.length = length - (size_t)mark;
    if (!yaml_parser_initialize(&builder.parser))
        return error_set(error, ERROR_IO, "out of memory");
    yaml_parser_set_encoding(&builder.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(
        &builder.parser, (const unsigned char *)builder.text, builder.length);
    ok = build(&builder);
    if (ok && (builder.root == NULL || yaml_is_null(builder.root))) {
        yaml_node_free(builder.root);
        builder.root = new_node(YAML_MAP, start);
    }
    if (ok) {
        document->root = builder.root;
        builder.root = NULL;
    }
    clear_builder(&builder);
    return ok;
}

bool yaml_load(struct yaml_document *document, const char *path,
               struct error *error)
{
    struct text text = { 0 };
    bool ok;

    *document = (struct yaml_document){ 0 };
    ok = file_read(path, MOST_BYTES, &text, error) &&
         yaml_parse(document, text.data, text.length, path, error);
    text_clear(&text);
    return ok;
}

/* ------------------------------------------------------------- printing */

/* Decodes the character at *S and moves on; bytes that are no UTF-8 come one
 * by one, as Latin-1. */
static uint32_t next_character(const unsigned char **s)
{
    static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
    uint32_t c = **s, code;
    int more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc2 ? 1 : 0;

    if (more == 0 || c > 0xf4) {
        ++*s;
        return c;
    }
    code = c & (0x3fu >> more);
    for (int i = 1; i <= more; i++) {
        if (((*s)[i] & 0xc0) != 0x80) {
            ++*s;
            return c;
        }
        code = code << 6 | ((*s)[i] & 0x3fu);
    }
    if (code < least[more] || code > 0x10ffff ||
        (code >= 0xd800 && code <= 0xdfff)) {
        ++*s;
        return c;
    }
    *s += more + 1;
    return code;
}

/* What may stand in a YAML file as itself. */
static bool is_printable(uint32_t c)
{
    return (c >= 0x20 && c <= 0x7e) ||
           (c >= 0xa0 && c <= 0xfffd && c != 0xfeff && c != 0x2028 &&
            c != 0x2029) ||
           c >= 0x10000;
}

static void add_quoted(struct text *out, const char *text)
{
    const unsigned char *s = (const unsigned char *)text, *from;

    text_add(out, "\"");
    while (*(from = s) != '\0') {
        uint32_t c = next_character(&s);

        if (c == '"' || c == '\\')
            text_add_format(out, "\\%c", (int)c);
        else if (c == '\n')
            text_add(out, "\\n");
        else if (c == '\t')
            text_add(out, "\\t");
        else if (!is_printable(c) || (c >= 0x80 && s - from == 1))
            text_add_format(out, c < 0x100 ? "\\x%02x" : "\\u%04x", c);
        else
            text_add_bytes(out, (const char *)from, (size_t)(s - from));
    }
    text_add(out, "\"");
}

/* Whether TEXT without quotes is one plain scalar, in a block or in a flow
 * collection; stricter than YAML where YAML is intricate. */
static bool is_plain_safe(const char *text)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    const unsigned char *s = (const unsigned char *)text, *from;
    size_t length = strlen(text);

    if (length == 0 || text[length - 1] == ' ' || strncmp(text, "...", 3) == 0)
        return false;
    if (text[0] == '-' && (text[1] == '\0' || !strchr(letters, text[1])) &&
        text[1] != '.')
        return false;
    if ((text[0] & 0x80) == 0 && text[0] != '-' && !strchr(letters, text[0]) &&
        !strchr("_./(+$^", text[0]))
        return false;
    while (*(from = s) != '\0') {
        uint32_t c = next_character(&s);

        if (!is_printable(c) || (c >= 0x80 && s - from == 1) ||
            (c < 0x80 && strchr(",[]{}:#?\"'`\\", (int)c) != NULL))
            return false;
    }
    return true;
}

/* Words that other readers of YAML take for a bool or for nothing. */
static bool is_special_word(const char *text)
{
    static const char *const words[] = { "true", "false", "yes", "no",  "on",
                                         "off",  "y",     "n",   "null" };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(text, words[i]) == 0)
            return true;
    return false;
}

void yaml_add_scalar(struct text *out, const char *text)
{
    /* A number, or what another reader may take for one. */
    bool number = strchr("+-.0123456789", text[0]) != NULL;

    if (is_plain_safe(text) && !number && !is_special_word(text))
        text_add(out, text);
    else
        add_quoted(out, text);
}

/* A plain scalar stays plain and any other stays quoted: only the one may be
 * a number. */
static void add_flow_scalar(struct text *out, const struct yaml_node *node)
{
    if (yaml_is_null(node))
        text_add(out, "~");
    else if (node->plain && is_plain_safe(node->text))
        text_add(out, node->text);
    else
        add_quoted(out, node->text);
}

void yaml_add_flow(struct text *out, const struct yaml_node *node)
{
    bool map = node->kind == YAML_MAP;

    if (node->kind == YAML_SCALAR) {
        add_flow_scalar(out, node);
        return;
    }
    text_add(out, map ? "{" : "[");
    for (size_t i = 0; i < node->count; i++) {
        if (i > 0)
            text_add(out, ", ");
        if (map) {
            add_flow_scalar(out, node->keys[i]);
            text_add(out, ": ");
        }
        yaml_add_flow(out, node->items[i]);
    }
    text_add(out, map ? "}" : "]");
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/att.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "config/schema.h"
#include "language/nfa.h"
#include "language/numbering.h"
#include "language/passage.h"

#define MOST_BYTES      ((size_t)16 << 20)
#define MOST_COMPLAINTS 10
#define MOST_FIELDS     4

/* A word of the text. */
struct field_span {
    size_t at, length;
};

struct att_line {
    struct field_span fields[MOST_FIELDS];
    size_t count; /* 1: an accepting state; 3 or 4: an arc */
};

struct att {
    const struct reading *reading;
    struct text text;
    const char *file;       /* that holds the text; NULL: the clause does */
    struct passage passage; /* of the clause */
    struct att_line *lines;
    size_t n_lines;
    struct numbering states;
    struct nfa nfa;
    struct error *error;
};

static bool refuse(const struct att *att, size_t offset, const char *format,
                   ...) __attribute__((format(printf, 3, 4)));

static bool refuse(const struct att *att, size_t offset, const char *format,
                   ...)
{
    struct place place = { att->file, 1, 1 };
    struct text text = { 0 };
    va_list arguments;

    va_start(arguments, format);
    text_add_list(&text, format, arguments);
    va_end(arguments);
    if (att->file == NULL)
        place = passage_place(&att->passage, offset);
    for (size_t i = 0; att->file != NULL && i < offset; i++) {
        char c = att->text.data[i];

        place.line += c == '\n';
        place.column = c == '\n' ? 1 : place.column + ((c & 0xc0) != 0x80);
    }
    error_add(att->error, ERROR_CONFIG, &place, "att", "%s", text.data);
    text_clear(&text);
    return false;
}

/* ----------------------------------------------------------------- lines */

/* The words of the line at AT; its end in *NEXT. */
static bool read_line(struct att *att, size_t at, size_t *next)
{
    struct att_line line = { .count = 0 };
    const char *text = att->text.data;
    size_t begin = at;

    at += strspn(text + at, " \t\r");
    while (text[at] != '\0' && text[at] != '\n') {
        size_t length = strcspn(text + at, " \t\r\n");

        if (line.count < MOST_FIELDS)
            line.fields[line.count] = (struct field_span){ at, length };
        line.count++;
        at += length;
        at += strspn(text + at, " \t\r");
    }
    *next = at + (text[at] == '\n');
    if (line.count == 0)
        return true;
    if (line.count == 2 || line.count > MOST_FIELDS)
        return refuse(att, begin,
                      "a line of %zu words; accepted: from, to and symbol (in "
                      "and out), or an accepting state",
                      line.count);
    att->lines =
        memory_resize(att->lines, att->n_lines + 1, sizeof *att->lines);
    att->lines[att->n_lines++] = line;
    return true;
}

static bool read_lines(struct att *att)
{
    bool ok = true;

    for (size_t at = 0; at < att->text.length;) {
        ok &= read_line(att, at, &at);
        if (att->error->count >= MOST_COMPLAINTS)
            return false;
    }
    if (ok && att->n_lines == 0)
        return refuse(att, 0, "no line, hence no start");
    return ok;
}

static bool is_same(const struct att *att, struct field_span a,
                    struct field_span b)
{
    const char *text = att->text.data;

    return a.length == b.length &&
           memcmp(text + a.at, text + b.at, a.length) == 0;
}

static bool is_silent(const struct att *att, struct field_span symbol)
{
    static const char *const names[] = { "<eps>", "@0@" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == symbol.length &&
            memcmp(att->text.data + symbol.at, names[i], symbol.length) == 0)
            return true;
    return false;
}

/* -------------------------------------------------------------- alphabet */

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The symbols of all arcs, sorted. */
static bool gather_alphabet(struct att *att)
{
    struct alphabet *alphabet = att->reading->alphabet;

    for (size_t i = 0; i < att->n_lines; i++) {
        struct field_span symbol = att->lines[i].fields[2];
        char *name;

        if (att->lines[i].count < 3 || is_silent(att, symbol))
            continue;
        name = memory_new(symbol.length + 1, 1);
        memcpy(name, att->text.data + symbol.at, symbol.length);
        alphabet_add(alphabet, name);
        free(name);
        if (alphabet->size > ALPHABET_MOST)
            return refuse(att, symbol.at, "more than %d symbols",
                          ALPHABET_MOST);
    }
    if (alphabet->size == 0)
        return refuse(att, 0, "no symbol");
    qsort(alphabet->names, alphabet->size, sizeof *alphabet->names,
          compare_names);
    return true;
}

/* ------------------------------------------------------------------ arcs */

static uint32_t find_state(struct att *att, struct field_span name)
{
    size_t known = att->states.count;
    uint32_t state =
        numbering_add(&att->states, att->text.data + name.at, name.length);

    if (att->states.count > known) /* state 0 is the way out */
        nfa_add_state(&att->nfa);
    return state + 1;
}

static bool read_arc(struct att *att, const struct att_line *line)
{
    const struct field_span *fields = line->fields;
    uint32_t from = find_state(att, fields[0]), to = find_state(att, fields[1]);
    long symbol =
        alphabet_find(att->reading->alphabet, att->text.data + fields[2].at,
                      fields[2].length);

    if (line->count == 4 && !is_same(att, fields[2], fields[3]))
        return refuse(att, fields[3].at,
                      "an arc that writes another symbol than it reads: this "
                      "is a transducer");
    if (is_silent(att, fields[2]))
        nfa_add_arc(&att->nfa, from, NFA_SILENT, to);
    else if (symbol >= 0)
        nfa_add_arc(&att->nfa, from, (uint32_t)symbol, to);
    else
        return refuse(att, fields[2].at, "no symbol \"%.*s\" in the alphabet",
                      (int)fields[2].length, att->text.data + fields[2].at);
    return true;
}

static bool read_automaton(struct att *att, struct automaton *out)
{
    struct fragment all = { .out = nfa_add_state(&att->nfa) };
    bool ok = true;

    all.in = find_state(att, att->lines[0].fields[0]);
    for (size_t i = 0; i < att->n_lines; i++) {
        const struct att_line *line = &att->lines[i];

        if (line->count == 1)
            nfa_add_arc(&att->nfa, find_state(att, line->fields[0]), NFA_SILENT,
                        all.out);
        else
            ok &= read_arc(att, line);
        if (att->error->count >= MOST_COMPLAINTS)
            return false;
        if (nfa_is_full(&att->nfa))
            return refuse(att, line->fields[0].at,
                          "more than %d states or %d arcs", NFA_MOST_STATES,
                          NFA_MOST_ARCS);
    }
    if (ok && !nfa_determinise(&att->nfa, &all, out))
        ok = refuse(att, 0, "making it deterministic takes too many states");
    return ok;
}

/* ------------------------------------------------------------------ text */

/* The file that the clause names. */
static char *find_file(const struct reading *reading, const char *name)
{
    char *folder, *path;

    if (*name == '/' || reading->path == NULL)
        return memory_copy_text(name);
    folder = file_folder(reading->path);
    path = strcmp(folder, ".") == 0 ? memory_copy_text(name)
                                    : file_join(folder, name);
    free(folder);
    return path;
}

/* What is read is put into the language's text, which then needs no file. */
static bool read_file(struct att *att, const struct yaml_node *node,
                      const char *path)
{
    struct text quoted = { 0 };
    bool ok = file_read(path, MOST_BYTES, &att->text, att->error);

    if (ok &&
        (att->text.data == NULL || strlen(att->text.data) < att->text.length))
        ok = error_add(att->error, ERROR_CONFIG, &node->place, "att",
                       "%s is empty or no text", path);
    if (ok && att->reading->standalone != NULL) {
        struct yaml_node *lines;

        if (strchr(att->text.data, '\n') == NULL)
            text_add(&att->text, "\n");
        lines = yaml_new_scalar(att->text.data, true, &node->place);
        yaml_add_flow(&quoted, lines);
        standalone_replace(att->reading->standalone, att->reading->source, node,
                           quoted.data);
        yaml_node_free(lines);
    }
    text_clear(&quoted);
    return ok;
}

static void att_clear(struct att *att)
{
    text_clear(&att->text);
    numbering_clear(&att->states);
    nfa_clear(&att->nfa);
    free(att->lines);
}

bool att_read(struct automaton *out, const struct yaml_node *node,
              const struct reading *reading, struct error *error)
{
    struct att att = { .reading = reading, .error = error };
    char *path = NULL;
    bool ok = true;

    *out = (struct automaton){ 0 };
    if (node->kind != YAML_SCALAR || yaml_is_null(node) || *node->text == '\0')
        return schema_complain(node, "att",
                               "a file in AT&T format, or its lines", error);
    att.passage = passage_of(node, "att", reading->source);
    if (strchr(node->text, '\n') != NULL) {
        text_add(&att.text, node->text);
    } else {
        path = find_file(reading, node->text);
        att.file = path;
        ok = read_file(&att, node, path);
    }
    ok = ok && read_lines(&att);
    if (ok && reading->alphabet->size == 0)
        ok = gather_alphabet(&att);
    att.nfa.symbols = reading->alphabet->size;
    ok = ok && read_automaton(&att, out);
    att_clear(&att);
    free(path);
    return ok;
}

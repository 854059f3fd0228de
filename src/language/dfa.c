/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/dfa.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "config/schema.h"
#include "language/passage.h"

struct rows {
    const struct reading *reading;
    const struct yaml_node *node;
    const char **names; /* of the states, NULL-terminated */
    size_t count;
    struct automaton automaton; /* one state more: the dead one */
    struct error *error;
};

static bool is_state(const char *key)
{
    return strcmp(key, "start") != 0 && strcmp(key, "accept") != 0;
}

static void find_states(struct rows *rows)
{
    rows->names = memory_new(rows->node->count + 1, sizeof *rows->names);
    for (size_t i = 0; i < rows->node->count; i++)
        if (is_state(rows->node->keys[i]->text))
            rows->names[rows->count++] = rows->node->keys[i]->text;
}

/* The state called by the LENGTH bytes at OFFSET of PASSAGE. */
static bool find_state(const struct rows *rows, const struct passage *passage,
                       size_t offset, size_t length, uint32_t *state)
{
    char *name = memory_new(length + 1, 1);
    const char *nearest;

    memcpy(name, passage->text + offset, length);
    for (size_t i = 0; i < rows->count; i++)
        if (strcmp(rows->names[i], name) == 0) {
            *state = (uint32_t)i;
            free(name);
            return true;
        }
    nearest = text_nearest(name, rows->names);
    if (nearest != NULL)
        passage_refuse(passage, offset, rows->error,
                       "no state \"%s\"; did you mean \"%s\"?", name, nearest);
    else
        passage_refuse(passage, offset, rows->error,
                       "no state \"%s\"; each state needs a row", name);
    free(name);
    return false;
}

static bool read_start(struct rows *rows)
{
    const struct yaml_node *node = yaml_get(rows->node, "start");
    struct passage passage;

    if (node == NULL)
        return error_add(rows->error, ERROR_CONFIG, &rows->node->place,
                         "dfa.start", "missing; accepted: a state");
    if (node->kind != YAML_SCALAR)
        return schema_complain(node, "dfa.start", "a state", rows->error);
    passage = passage_of(node, "dfa.start", rows->reading->source);
    return find_state(rows, &passage, 0, strlen(node->text),
                      &rows->automaton.start);
}

/* Accepts the states named in a scalar, separated by blanks. */
static bool read_accepted(struct rows *rows, const struct yaml_node *node)
{
    static const char blanks[] = " \t\n";
    struct passage passage =
        passage_of(node, "dfa.accept", rows->reading->source);
    size_t at = strspn(node->text, blanks);
    bool ok = true;

    while (node->text[at] != '\0') {
        size_t length = strcspn(node->text + at, blanks);
        uint32_t state;

        if (find_state(rows, &passage, at, length, &state))
            rows->automaton.accept[state] = true;
        else
            ok = false;
        at += length;
        at += strspn(node->text + at, blanks);
    }
    return ok;
}

static bool read_accept(struct rows *rows)
{
    static const char accepted[] = "states separated by spaces, or a list";
    const struct yaml_node *node = yaml_get(rows->node, "accept");
    bool ok = true;

    if (node == NULL)
        return error_add(rows->error, ERROR_CONFIG, &rows->node->place,
                         "dfa.accept", "missing; accepted: %s", accepted);
    if (node->kind == YAML_SCALAR && !yaml_is_null(node))
        return read_accepted(rows, node);
    if (node->kind != YAML_LIST)
        return schema_complain(node, "dfa.accept", accepted, rows->error);
    for (size_t i = 0; i < node->count; i++)
        ok &= node->items[i]->kind == YAML_SCALAR
                  ? read_accepted(rows, node->items[i])
                  : schema_complain(node->items[i], "dfa.accept", "a state",
                                    rows->error);
    return ok;
}

static bool read_arc(struct rows *rows, size_t from, const char *key,
                     const struct yaml_node *symbol,
                     const struct yaml_node *target)
{
    const struct alphabet *alphabet = rows->reading->alphabet;
    long s = alphabet_find(alphabet, symbol->text, strlen(symbol->text));
    struct passage passage = passage_of(target, key, rows->reading->source);

    if (s < 0)
        return error_add(rows->error, ERROR_CONFIG, &symbol->place, key,
                         "no symbol \"%s\" in the alphabet%s", symbol->text,
                         alphabet_advice(alphabet));
    if (target->kind != YAML_SCALAR)
        return schema_complain(target, key, "a state", rows->error);
    return find_state(rows, &passage, 0, strlen(target->text),
                      &rows->automaton.next[from * alphabet->size + (size_t)s]);
}

static bool read_row(struct rows *rows, size_t from,
                     const struct yaml_node *node)
{
    struct text key = { 0 };
    bool ok = true;

    text_add_format(&key, "dfa.%s", rows->names[from]);
    if (node->kind != YAML_MAP)
        ok = schema_complain(node, key.data, "a map from symbols to states",
                             rows->error);
    for (size_t i = 0; node->kind == YAML_MAP && i < node->count; i++)
        ok &= read_arc(rows, from, key.data, node->keys[i], node->items[i]);
    text_clear(&key);
    return ok;
}

static bool read_rows(struct rows *rows)
{
    size_t symbols = rows->reading->alphabet->size, state = 0;
    bool ok = true;

    if ((rows->count + 1) * symbols > AUTOMATON_MOST_ARCS)
        return error_add(rows->error, ERROR_CONFIG, &rows->node->place, "dfa",
                         "more than %zu arcs", AUTOMATON_MOST_ARCS);
    automaton_init(&rows->automaton, rows->count + 1, symbols);
    for (size_t i = 0; i < (rows->count + 1) * symbols; i++)
        rows->automaton.next[i] = (uint32_t)rows->count;
    for (size_t i = 0; i < rows->node->count; i++)
        if (is_state(rows->node->keys[i]->text))
            ok &= read_row(rows, state++, rows->node->items[i]);
    ok &= read_start(rows);
    ok &= read_accept(rows);
    return ok;
}

bool dfa_read(struct automaton *out, const struct yaml_node *node,
              const struct reading *reading, struct error *error)
{
    struct rows rows = { .reading = reading, .node = node, .error = error };
    bool ok;

    *out = (struct automaton){ 0 };
    if (node->kind != YAML_MAP)
        return schema_complain(
            node, "dfa", "a map with start, accept and a row per state", error);
    find_states(&rows);
    ok = read_rows(&rows);
    if (ok) {
        *out = rows.automaton;
        automaton_minimise(out);
    } else {
        automaton_clear(&rows.automaton);
    }
    free(rows.names);
    return ok;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/clauses.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "config/schema.h"
#include "language/att.h"
#include "language/dfa.h"
#include "language/expression.h"
#include "language/regex.h"

const char *const clauses_keys[] = { "regex",  "dfa",    "att",     "track",
                                     "always", "before", "finally", NULL };

static char *index_key(const char *key, size_t i)
{
    struct text text = { 0 };

    text_add_format(&text, "%s[%zu]", key, i);
    return text_take(&text);
}

/* Whether it can be quoted in a line. */
static bool is_short(const struct yaml_node *node)
{
    return node->text != NULL && strchr(node->text, '\n') == NULL;
}

static struct clause *add_clause(struct machine *machine, enum clause_kind kind,
                                 const char *name, const struct yaml_node *node)
{
    struct clause *clause;

    machine->clauses = memory_resize(machine->clauses, machine->n_clauses + 1,
                                     sizeof *machine->clauses);
    clause = &machine->clauses[machine->n_clauses++];
    *clause =
        (struct clause){ .kind = kind,
                         .name = memory_copy_text(name),
                         .text = is_short(node) ? memory_copy_text(node->text)
                                                : NULL,
                         .place = node->place };
    return clause;
}

/* ----------------------------------------------------------------- shape */

/* Every string: one accepting state. */
static void init_everything(struct automaton *automaton, size_t symbols)
{
    automaton_init(automaton, 1, symbols);
    automaton->accept[0] = true;
}

static bool read_regex(struct automaton *out, const struct yaml_node *node,
                       const struct reading *reading, struct error *error)
{
    struct passage passage = passage_of(node, "regex", reading->source);

    if (node->kind != YAML_SCALAR || yaml_is_null(node))
        return schema_complain(node, "regex", "a regular expression", error);
    return regex_read(out, &passage, reading->alphabet, error);
}

static const struct {
    const char *key;
    bool (*read)(struct automaton *out, const struct yaml_node *node,
                 const struct reading *reading, struct error *error);
} shapes[] = { { "regex", read_regex },
               { "dfa", dfa_read },
               { "att", att_read } };

#define N_SHAPES (sizeof shapes / sizeof *shapes)

/* The automaton becomes what it and BESIDE accept. */
static bool add_beside(struct automaton *automaton, const struct beside *beside,
                       struct error *error)
{
    const struct automaton *other = beside->automaton;
    struct automaton both;

    if (automaton->states == 0)
        init_everything(automaton, other->symbols);
    if (!automaton_intersect(automaton, other,
                             AUTOMATON_MOST_ARCS / other->symbols, &both))
        return error_add(error, ERROR_CONFIG, &beside->place, beside->name,
                         "together with the other clauses it takes too many "
                         "states");
    automaton_clear(automaton);
    automaton_minimise(&both);
    *automaton = both;
    return true;
}

static void name_beside(struct machine *machine, const struct beside *beside)
{
    struct yaml_node node = { .place = beside->place,
                              .text = (char *)beside->text };

    add_clause(machine, CLAUSE_SHAPE, beside->name, &node);
}

static bool read_shape(struct machine *machine, const struct reading *reading,
                       struct error *error)
{
    const struct yaml_node *shape = NULL;
    struct automaton automaton = { 0 };
    const char *key = NULL;
    bool ok = true;

    for (size_t i = 0; ok && i < N_SHAPES; i++) {
        const struct yaml_node *node = yaml_get(reading->root, shapes[i].key);

        if (node == NULL)
            continue;
        if (shape != NULL)
            ok = error_add(error, ERROR_CONFIG, &node->place, shapes[i].key,
                           "a language has one shape: either %s or %s", key,
                           shapes[i].key);
        else
            ok = shapes[i].read(&automaton, node, reading, error);
        shape = node;
        key = shapes[i].key;
    }
    if (ok && reading->beside != NULL)
        ok = add_beside(&automaton, reading->beside, error);
    if (!ok)
        automaton_clear(&automaton);
    if (automaton.states == 0)
        init_everything(&automaton, reading->alphabet->size);
    machine_init(machine, &automaton);
    if (ok && shape != NULL)
        add_clause(machine, CLAUSE_SHAPE, key, shape);
    if (ok && reading->beside != NULL)
        name_beside(machine, reading->beside);
    return ok;
}

/* ----------------------------------------------------------------- track */

static void tracks_clear(struct tracks *tracks, size_t symbols)
{
    for (size_t i = 0; i < tracks->count * symbols; i++)
        sum_clear(&tracks->updates[i]);
    free(tracks->updates);
    free(tracks->names);
}

static bool read_update(struct tracks *tracks, size_t name, const char *key,
                        const struct yaml_node *symbol,
                        const struct yaml_node *value,
                        const struct reading *reading, struct error *error)
{
    const struct alphabet *alphabet = reading->alphabet;
    struct vocabulary vocabulary = { alphabet, tracks->names };
    struct passage passage = passage_of(value, key, reading->source);
    long s = alphabet_find(alphabet, symbol->text, strlen(symbol->text));
    struct sum update;

    if (s < 0)
        return error_add(error, ERROR_CONFIG, &symbol->place, key,
                         "no symbol \"%s\" in the alphabet%s", symbol->text,
                         alphabet_advice(alphabet));
    if (value->kind != YAML_SCALAR || yaml_is_null(value))
        return schema_complain(value, key, "an update such as open + 1", error);
    if (!expression_read_update(&update, &passage, &vocabulary, error))
        return false;
    sum_clear(&tracks->updates[name * alphabet->size + (size_t)s]);
    tracks->updates[name * alphabet->size + (size_t)s] = update;
    return true;
}

/* The updates of one name. */
static bool read_updates(struct tracks *tracks, size_t name,
                         const struct yaml_node *node,
                         const struct reading *reading, struct error *error)
{
    struct text key = { 0 };
    bool ok = true;

    text_add_format(&key, "track.%s", tracks->names[name]);
    if (node->kind != YAML_MAP)
        ok = schema_complain(node, key.data, "a map from symbols to updates",
                             error);
    for (size_t i = 0; node->kind == YAML_MAP && i < node->count; i++)
        ok &= read_update(tracks, name, key.data, node->keys[i], node->items[i],
                          reading, error);
    text_clear(&key);
    return ok;
}

/* Symbols that a name does not list leave it as it is. */
static void init_updates(struct tracks *tracks, size_t symbols)
{
    tracks->updates =
        memory_new(tracks->count * symbols, sizeof *tracks->updates);
    for (size_t i = 0; i < tracks->count * symbols; i++) {
        struct term self = { (uint32_t)(symbols + i / symbols), 1 };

        sum_add_terms(&tracks->updates[i], &self, 1, 1);
    }
}

/* For descriptions. */
static void add_track(struct machine *machine, const struct yaml_node *node)
{
    struct text text = { 0 };

    if (node == NULL)
        return;
    yaml_add_flow(&text, node);
    add_clause(machine, CLAUSE_TRACK, "track", node)->text = text_take(&text);
}

static bool read_tracks(struct tracks *tracks, const struct reading *reading,
                        struct error *error)
{
    const struct yaml_node *node = yaml_get(reading->root, "track");
    bool ok = true;

    *tracks = (struct tracks){ .place = reading->root->place };
    if (node != NULL && node->kind != YAML_MAP) {
        ok = schema_complain(node, "track", "a map from names to updates",
                             error);
        node = NULL;
    }
    tracks->names =
        memory_new(node == NULL ? 1 : node->count + 1, sizeof *tracks->names);
    if (node == NULL)
        return ok;
    tracks->place = node->place;
    tracks->count = node->count;
    for (size_t i = 0; i < node->count; i++) {
        tracks->names[i] = node->keys[i]->text;
        if (!expression_is_name(tracks->names[i]))
            ok = error_add(error, ERROR_CONFIG, &node->keys[i]->place, "track",
                           "a tracked name is made of letters, digits and _, "
                           "and is none of: and, or, not, mod");
    }
    init_updates(tracks, reading->alphabet->size);
    for (size_t i = 0; i < node->count; i++)
        ok &= read_updates(tracks, i, node->items[i], reading, error);
    return ok;
}

/* ------------------------------------------------------------- conditions */

static bool read_condition(struct machine *machine, enum clause_kind kind,
                           const char *key, const struct yaml_node *node,
                           const struct reading *reading,
                           const struct vocabulary *vocabulary,
                           struct error *error)
{
    struct passage passage = passage_of(node, key, reading->source);
    struct condition condition;

    if (node->kind != YAML_SCALAR || yaml_is_null(node))
        return schema_complain(node, key,
                               "a condition in quotes (else # begins a "
                               "comment), or a list of them",
                               error);
    if (!expression_read_condition(&condition, &passage, vocabulary, error))
        return false;
    add_clause(machine, kind, key, node)->condition = condition;
    return true;
}

static bool read_conditions(struct machine *machine, enum clause_kind kind,
                            const char *key, const struct reading *reading,
                            const struct vocabulary *vocabulary,
                            struct error *error)
{
    const struct yaml_node *node = yaml_get(reading->root, key);
    bool ok = true;

    if (node == NULL)
        return true;
    if (node->kind != YAML_LIST)
        return read_condition(machine, kind, key, node, reading, vocabulary,
                              error);
    for (size_t i = 0; i < node->count; i++) {
        char *item = index_key(key, i);

        ok &= read_condition(machine, kind, item, node->items[i], reading,
                             vocabulary, error);
        free(item);
    }
    return ok;
}

static bool read_all_conditions(struct machine *machine,
                                const struct reading *reading,
                                const struct tracks *tracks,
                                struct error *error)
{
    static const struct {
        const char *key;
        enum clause_kind kind;
    } keys[] = { { "always", CLAUSE_ALWAYS },
                 { "before", CLAUSE_BEFORE },
                 { "finally", CLAUSE_FINALLY } };
    struct vocabulary vocabulary = { reading->alphabet, tracks->names };
    bool ok = true;

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        ok &= read_conditions(machine, keys[i].kind, keys[i].key, reading,
                              &vocabulary, error);
    return ok;
}

bool clauses_read(struct machine *out, const struct reading *reading,
                  struct error *error)
{
    struct tracks tracks;
    bool ok = read_shape(out, reading, error);

    ok &= read_tracks(&tracks, reading, error);
    add_track(out, yaml_get(reading->root, "track"));
    ok &= read_all_conditions(out, reading, &tracks, error);
    for (size_t i = 0; ok && i < out->n_clauses; i++)
        forms_link(&out->forms, &out->clauses[i].condition);
    if (ok)
        ok = forms_close(&out->forms, reading->alphabet, &tracks, error);
    out->width = out->forms.count + 1;
    tracks_clear(&tracks, reading->alphabet->size);
    if (!ok)
        machine_clear(out);
    return ok;
}

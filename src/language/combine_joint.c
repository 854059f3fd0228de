/* SPDX-License-Identifier: GPL-3.0-or-later */

/* `all` of several languages of registers: one machine has the registers and
 * conditions of them all, beside an automaton that all their shapes, and the
 * parts that are finite-state, have in common. */

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "language/combine_pieces.h"
#include "language/parameters.h"

/* What is being put together. */
struct joint {
    struct combined *self;
    const struct reading *reading;
    struct yaml_node *clauses; /* of all parts */
    struct combination shapes; /* the parts, without their registers */
    struct error *error;
};

static bool is_of_registers(const struct part *part)
{
    static const char *const others[] = { "cfg", "template", NULL };
    struct yaml_document document = { 0 };
    bool is = piece_open(part, &document) && combine_key(document.root) == NULL;

    for (const char *const *key = others; *key != NULL; key++)
        is = is && yaml_get(document.root, *key) == NULL;
    yaml_clear(&document);
    return is;
}

bool joint_is_possible(const struct combination *combination)
{
    size_t count = 0;

    for (size_t i = 0; i < combination->count; i++) {
        if (language_automaton(combination->parts[i].language) != NULL)
            continue;
        if (!is_of_registers(&combination->parts[i]))
            return false;
        count++;
    }
    return combination->kind == COMBINE_ALL && count > 1;
}

/* ------------------------------------------------------------------ clauses */

static void move_to(struct yaml_node *node, const struct place *place)
{
    node->place = *place;
    for (size_t i = 0; i < node->count; i++)
        move_to(node->items[i], place);
    for (size_t i = 0; node->kind == YAML_MAP && i < node->count; i++)
        node->keys[i]->place = *place;
}

/* Complaints about the whole are to point at the combination. */
static struct yaml_node *copy_at(const struct yaml_node *node,
                                 const struct place *place)
{
    struct yaml_node *copy = yaml_copy(node);

    move_to(copy, place);
    return copy;
}

static void append(struct yaml_node *list, struct yaml_node *item)
{
    list->items =
        memory_resize(list->items, list->count + 1, sizeof *list->items);
    list->items[list->count++] = item;
}

/* Adds one condition or a list of them. */
static void add_conditions(struct joint *joint, const char *key,
                           const struct yaml_node *node)
{
    const struct place *place = &joint->self->combination->place;
    struct yaml_node *list = yaml_get(joint->clauses, key);

    if (node == NULL)
        return;
    if (list == NULL) {
        list = yaml_new(YAML_LIST, place);
        yaml_set(joint->clauses, key, list);
    }
    if (node->kind != YAML_LIST)
        append(list, copy_at(node, place));
    for (size_t i = 0; node->kind == YAML_LIST && i < node->count; i++)
        append(list, copy_at(node->items[i], place));
}

static bool add_tracks(struct joint *joint, const struct part *part,
                       const struct yaml_node *node)
{
    const struct combination *combination = joint->self->combination;

    for (size_t i = 0; node != NULL && i < node->count; i++) {
        const char *name = node->keys[i]->text;
        struct text path = { 0 };

        if (yaml_get(yaml_get(joint->clauses, "track"), name) != NULL)
            return error_add(joint->error, ERROR_CONFIG, &combination->place,
                             combination->key,
                             "%s tracks \"%s\", and a part before it too: "
                             "give it another name",
                             language_name(part->language), name);
        text_add_format(&path, "track.%s", name);
        yaml_set(joint->clauses, path.data,
                 copy_at(node->items[i], &combination->place));
        text_clear(&path);
    }
    return true;
}

static void set_alphabet(struct yaml_node *node,
                         const struct alphabet *alphabet,
                         const struct place *place)
{
    struct text letters = { 0 };

    for (size_t s = 0; s < alphabet->size; s++)
        text_add_format(&letters, "%s%s", s > 0 ? " " : "", alphabet->names[s]);
    yaml_set(node, "alphabet", yaml_new_scalar(letters.data, true, place));
    text_clear(&letters);
}

/* ------------------------------------------------------------------- shapes */

/* What the part at NODE is without registers: its shape, or all strings. */
static bool load_shape(struct joint *joint, const struct yaml_node *root,
                       struct part *part)
{
    static const char *const keys[] = { "regex", "dfa", "att" };
    const struct place *place = &joint->self->combination->place;
    struct yaml_node *node = yaml_new(YAML_MAP, place), *shape = NULL;
    struct reading host = *joint->reading;
    const char *key = "regex";
    bool ok;

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (yaml_get(root, keys[i]) != NULL) {
            key = keys[i];
            shape = copy_at(yaml_get(root, key), place);
        }
    set_alphabet(node, language_alphabet(part->language), place);
    yaml_set(node, key,
             shape != NULL ? shape : yaml_new_scalar(".*", true, place));
    host.standalone = NULL;
    ok = language_load_part(&part->language, node, &host, NULL, joint->error);
    yaml_node_free(node);
    return ok;
}

/* Part I of the shapes, and its registers if it has any. */
static bool add_part(struct joint *joint, size_t i)
{
    const struct part *part = &joint->self->combination->parts[i];
    struct yaml_document document = { 0 };
    bool ok;

    if (language_automaton(part->language) != NULL)
        return true;
    ok = piece_open(part, &document) &&
         add_tracks(joint, part, yaml_get(document.root, "track"));
    if (ok) {
        add_conditions(joint, "always", yaml_get(document.root, "always"));
        add_conditions(joint, "before", yaml_get(document.root, "before"));
        add_conditions(joint, "finally", yaml_get(document.root, "finally"));
        ok = load_shape(joint, document.root, &joint->shapes.parts[i]);
    }
    yaml_clear(&document);
    return ok;
}

static bool load_joint(struct joint *joint)
{
    const struct combination *combination = joint->self->combination;
    struct automaton shape;
    struct beside beside = { &shape, combination->key, combination->text,
                             combination->place };
    struct language *language;
    bool ok;

    if (!combine_automata(&joint->shapes, COMBINE_ALL, 0, combination->count,
                          &shape, joint->error))
        return false;
    ok = language_load_part(&language, joint->clauses, joint->reading, &beside,
                            joint->error);
    automaton_clear(&shape);
    if (ok)
        pieces_add(joint->self, NULL, language, true);
    return ok;
}

bool joint_open(struct combined *self, const struct reading *reading,
                struct error *error)
{
    struct combination *combination = self->combination;
    struct joint joint = { .self = self,
                           .reading = reading,
                           .clauses = yaml_new(YAML_MAP, &combination->place),
                           .shapes = *combination,
                           .error = error };
    size_t bytes = combination->count * sizeof *combination->parts;
    bool ok = true;

    joint.shapes.parts = memory_copy(combination->parts, bytes);
    set_alphabet(joint.clauses, self->alphabet, &combination->place);
    for (size_t i = 0; ok && i < combination->count; i++)
        ok = add_part(&joint, i);
    ok = ok && load_joint(&joint);
    for (size_t i = 0; i < combination->count; i++)
        if (joint.shapes.parts[i].language != combination->parts[i].language)
            language_free(joint.shapes.parts[i].language);
    free(joint.shapes.parts);
    yaml_node_free(joint.clauses);
    return ok;
}

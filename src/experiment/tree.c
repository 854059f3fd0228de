/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "experiment/tree.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "config/field.h"
#include "experiment/experiment.h"
#include "experiment/source.h"
#include "model/constructions.h"
#include "model/preset.h"

/* -------------------------------------------------------------- setting */

/* `seed: 3` as a map, so that one of its keys can be set. */
static void spread_seed(struct yaml_node *root)
{
    static const char *const keys[] = { "data", "init", "order" };
    const struct yaml_node *seed = yaml_get(root, "seed");
    struct yaml_node *map;

    if (seed == NULL || seed->kind != YAML_SCALAR || yaml_is_null(seed))
        return;
    map = yaml_new(YAML_MAP, &seed->place);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        yaml_set(map, keys[i], yaml_copy(seed));
    yaml_set(root, "seed", map);
}

/* Keys made on the way have no place of their own. */
static void give_places(const struct yaml_node *node, const char *path,
                        const struct place *place)
{
    while (node != NULL && node->kind == YAML_MAP && path[0] != '\0') {
        size_t length = strcspn(path, "."), i;

        for (i = 0; i < node->count; i++)
            if (strncmp(node->keys[i]->text, path, length) == 0 &&
                node->keys[i]->text[length] == '\0')
                break;
        if (i == node->count)
            return;
        if (node->keys[i]->place.line == 0)
            node->keys[i]->place = *place;
        node = node->items[i];
        path += length + (path[length] == '.');
    }
}

/* Sets a copy of VALUE at PATH, written at PLACE as BLOCK.PATH. */
static bool set(struct yaml_node *root, const char *block, const char *path,
                const struct place *place, const struct yaml_node *value,
                struct error *error)
{
    struct yaml_node *copy = yaml_copy(value);
    struct text key = { 0 };
    bool ok;

    if (text_begins(path, "seed."))
        spread_seed(root);
    ok = yaml_set(root, path, copy);
    if (ok) {
        give_places(root, path, place);
        return true;
    }
    yaml_node_free(copy);
    text_add_format(&key, "%s.%s", block, path);
    error_add(error, ERROR_CONFIG, place, key.data,
              "no such place: the path goes through a value, or has an empty "
              "word");
    text_clear(&key);
    return false;
}

/* ---------------------------------------------------------------- quick */

/* The nested struct that the dotted PATH names, or NULL. */
static const struct field *find_block(const char *path)
{
    const struct field *field = experiment_fields;

    for (;;) {
        size_t length = strcspn(path, ".");

        while (field->key != NULL && (strncmp(field->key, path, length) != 0 ||
                                      field->key[length] != '\0'))
            field++;
        if (field->key == NULL || field->type != FIELD_STRUCT)
            return NULL;
        if (path[length] == '\0')
            return field;
        path += length + 1;
        field = field->fields;
    }
}

/* A map for a block of settings changes what it names and no more; every
 * other value is replaced whole. */
static bool merge_value(struct trees *trees, const char *path,
                        const struct place *place,
                        const struct yaml_node *value, struct error *error)
{
    bool ok = true;

    if (value->kind != YAML_MAP || find_block(path) == NULL)
        return set(trees->root, "quick", path, place, value, error);
    for (size_t i = 0; i < value->count; i++) {
        struct text below = { 0 };

        text_add_format(&below, "%s.%s", path, value->keys[i]->text);
        ok &= merge_value(trees, below.data, &value->keys[i]->place,
                          value->items[i], error);
        text_clear(&below);
    }
    return ok;
}

static bool merge_key(struct trees *trees, const struct yaml_node *key,
                      const struct yaml_node *value, struct error *error)
{
    if (strcmp(key->text, "experiment") == 0 || strcmp(key->text, "quick") == 0)
        return error_add(error, ERROR_CONFIG, &key->place, "quick",
                         "%s cannot be another one in quick runs", key->text);
    if (strcmp(key->text, "sweep") == 0)
        return sweep_read(&trees->sweep, value, error);
    if (text_begins(key->text, "sweep."))
        return sweep_set(&trees->sweep, key->text + strlen("sweep."),
                         &key->place, value, error);
    return merge_value(trees, key->text, &key->place, value, error);
}

static bool merge_quick(struct trees *trees, struct error *error)
{
    struct yaml_node *quick = yaml_get(trees->root, "quick");
    bool ok = true;

    if (quick == NULL || yaml_is_null(quick))
        return true;
    if (quick->kind != YAML_MAP)
        return schema_complain(quick, "quick", "a map of key paths to values",
                               error);
    quick = yaml_copy(quick); /* the tree changes below it */
    for (size_t i = 0; i < quick->count; i++)
        ok &= merge_key(trees, quick->keys[i], quick->items[i], error);
    yaml_node_free(quick);
    return ok;
}

/* ------------------------------------------------------------ overrides */

/* A value under NAME, as `--set` gives it: a tree with nothing but it. */
static const struct yaml_node *find_value(const struct yaml_node *tree,
                                          const char *name)
{
    char *word = memory_copy_text(name), *rest = word;

    while (tree != NULL && rest != NULL) {
        char *dot = strchr(rest, '.');

        if (dot != NULL)
            *dot = '\0';
        tree = yaml_get(tree, rest);
        rest = dot != NULL ? dot + 1 : NULL;
    }
    free(word);
    return tree;
}

/* Whether the first word of PATH is a block that is no run's setting. */
static bool is_block(const char *path)
{
    for (const char *const *block = experiment_blocks; *block != NULL; block++)
        if (strlen(*block) == strcspn(path, ".") && text_begins(path, *block))
            return true;
    return false;
}

/* Whether setting PATH would replace what an axis varies. */
static const struct axis *find_below(const struct sweep *sweep,
                                     const char *path)
{
    for (size_t i = 0; i < sweep->count; i++)
        if (text_begins(sweep->axes[i].name, path) &&
            sweep->axes[i].name[strlen(path)] == '.')
            return &sweep->axes[i];
    return NULL;
}

/* PATH=VALUE as it concerns the sweep; *LATE if it concerns every job. */
static bool override_sweep(struct trees *trees, const char *path,
                           const struct yaml_node *value, bool *late,
                           struct error *error)
{
    struct axis *axis = sweep_axis(&trees->sweep, path);
    const struct axis *below = find_below(&trees->sweep, path);

    if (text_begins(path, "sweep."))
        return sweep_set(&trees->sweep, path + strlen("sweep."), &value->place,
                         value, error);
    if (is_block(path))
        return error_add(error, ERROR_CONFIG, &value->place, path,
                         "cannot be set from the command line; an axis can: "
                         "sweep.KEY=VALUES");
    if (below != NULL)
        return error_add(error, ERROR_CONFIG, &value->place, path,
                         "would replace what sweep.%s varies", below->name);
    if (axis != NULL)
        axis_fix(axis, value);
    else
        *late = true;
    return true;
}

static bool apply_override(struct trees *trees, const char *assignment,
                           struct error *error)
{
    struct place place = { .file = assignment };
    struct yaml_node *tree = yaml_new(YAML_MAP, &place);
    char *path = memory_copy_text(assignment);
    bool late = false;
    bool ok = schema_override(tree, assignment, error);

    if (ok) {
        path[strcspn(path, "=")] = '\0';
        ok = override_sweep(trees, path, find_value(tree, path), &late, error);
    }
    if (late) {
        trees->late =
            memory_resize(trees->late, trees->n_late + 1, sizeof *trees->late);
        trees->late[trees->n_late++] = assignment;
    }
    free(path);
    yaml_node_free(tree);
    return ok;
}

static bool apply_overrides(struct trees *trees, const char *const *overrides,
                            struct error *error)
{
    bool ok = true;

    for (; overrides != NULL && *overrides != NULL; overrides++)
        ok &= apply_override(trees, *overrides, error);
    return ok;
}

/* ------------------------------------------------------------- one job */

/* The word `own` stands for the construction of the job's language. */
static bool name_construction(const struct yaml_node *tree,
                              struct yaml_node *node, struct error *error)
{
    const struct yaml_node *language = yaml_get(tree, "language"), *file;
    const char *name = NULL;

    if (strcmp(node->text, "own") != 0)
        return true;
    file = yaml_get(language, "file");
    language = file != NULL ? file : language;
    if (language != NULL && language->kind == YAML_SCALAR)
        name = construction_for(language->text);
    free(node->text);
    node->text = memory_copy_text(
        name != NULL ? name : construction_names[CONSTRUCTION_NONE]);
    return name != NULL ||
           error_add(error, ERROR_CONFIG, &node->place, "model.construction",
                     "no construction has the name of the language");
}

/* Sets "key=value" for what the model block leaves out, as if it were written
 * at PLACE. */
static void supply(struct yaml_node *tree, const char *const *standard,
                   const struct place *place, struct error *error)
{
    const struct yaml_node *model = yaml_get(tree, "model");

    for (; standard != NULL && *standard != NULL; standard++) {
        struct text assignment = { 0 };
        char *key = memory_copy_text(*standard);

        key[strcspn(key, "=")] = '\0';
        text_add_format(&assignment, "model.%s", *standard);
        if (yaml_get(model, key) == NULL &&
            schema_override(tree, assignment.data, error))
            yaml_get(model, key)->place = *place;
        text_clear(&assignment);
        free(key);
    }
}

/* What a construction needs stands in for the model's standards, and so does
 * what a preset says. */
static void supply_model(struct yaml_node *tree, struct error *error)
{
    const struct yaml_node *model = yaml_get(tree, "model");
    struct yaml_node *construction = yaml_get(model, "construction");
    struct yaml_node *preset = yaml_get(model, "preset");

    if (construction != NULL && construction->kind == YAML_SCALAR &&
        name_construction(tree, construction, error))
        supply(tree, construction_standards(construction->text),
               &construction->place, error);
    if (preset != NULL && preset->kind == YAML_SCALAR)
        supply(tree, preset_standards(preset->text), &preset->place, error);
}

/* What is the same in every run: the blocks, and what names the experiment. */
static bool is_fixed(const char *path)
{
    return is_block(path) || strcmp(path, "experiment") == 0 ||
           strcmp(path, "about") == 0;
}

/* Whether the first word of the axis NAME is a setting; below it, the settings
 * themselves complain. */
static bool check_axis(const char *name, const struct place *place,
                       const char *path, struct error *error)
{
    const char *names[32];
    size_t count = 0, length = strcspn(name, ".");
    char *word;

    for (const struct field *f = experiment_fields; f->key != NULL; f++) {
        if (strlen(f->key) == length && text_begins(name, f->key))
            return true;
        assert(count < 31);
        if (!is_fixed(f->key))
            names[count++] = f->key;
    }
    names[count] = NULL;
    word = memory_copy_text(name);
    word[length] = '\0';
    field_unknown(place, path, "key", word, names, error);
    free(word);
    return false;
}

/* An axis that cannot be one at all would only repeat itself in each job. */
static bool check_axes(const struct trees *trees, struct error *error)
{
    bool ok = true;

    for (size_t i = 0; i < trees->sweep.count; i++) {
        const struct axis *axis = &trees->sweep.axes[i];
        struct text path = { 0 };

        text_add_format(&path, "sweep.%s", axis->name);
        if (is_fixed(axis->name))
            ok = error_add(error, ERROR_CONFIG, &axis->place, path.data,
                           "cannot vary from run to run");
        else if (find_below(&trees->sweep, axis->name) != NULL)
            ok = error_add(error, ERROR_CONFIG, &axis->place, path.data,
                           "replaces what another axis varies");
        else
            ok &= check_axis(axis->name, &axis->place, path.data, error);
        text_clear(&path);
    }
    return ok;
}

bool trees_init(struct trees *trees, struct yaml_node *root,
                const char *const *overrides, bool quick, struct error *error)
{
    bool ok;

    *trees = (struct trees){ .root = root };
    ok = sweep_read(&trees->sweep, yaml_get(root, "sweep"), error);
    if (quick)
        ok &= merge_quick(trees, error);
    ok &= apply_overrides(trees, overrides, error);
    ok &= check_axes(trees, error);
    if (!ok)
        sweep_clear(&trees->sweep); /* the rest is looked at without it */
    return ok;
}

void trees_clear(struct trees *trees)
{
    sweep_clear(&trees->sweep);
    free(trees->late);
    *trees = (struct trees){ 0 };
}

struct yaml_node *trees_build(const struct trees *trees, size_t job,
                              struct error *error)
{
    struct yaml_node *tree = yaml_copy(trees->root);

    for (size_t i = 0; i < trees->sweep.count; i++)
        set(tree, "sweep", trees->sweep.axes[i].name,
            &trees->sweep.axes[i].place, sweep_value(&trees->sweep, job, i),
            error);
    for (size_t i = 0; i < trees->n_late; i++) {
        if (text_begins(trees->late[i], "seed."))
            spread_seed(tree);
        schema_override(tree, trees->late[i], error);
    }
    supply_model(tree, error);
    source_supply(tree, error);
    return tree;
}

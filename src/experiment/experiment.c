/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "experiment/experiment.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "experiment/siblings.h"
#include "experiment/start.h"
#include "experiment/sweep.h"
#include "language/language.h"
#include "model/constructions.h"
#include "model/preset.h"

/* What loading works with; the experiment keeps the rest. */
struct loader {
    struct experiment *experiment;
    struct yaml_node *root; /* the document's, `quick` merged */
    struct sweep sweep;
    const char *const *overrides; /* as given */
    const char **late;            /* those that go into every job */
    size_t n_late;
    struct error *error;
};

/* ----------------------------------------------------------- complaints */

static bool same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool has_complaint(const struct error *error, const struct complaint *c)
{
    for (size_t i = 0; i < error->count; i++) {
        const struct complaint *old = &error->complaints[i];

        if (old->line == c->line && old->column == c->column &&
            same_text(old->file, c->file) && same_text(old->key, c->key) &&
            strcmp(old->text, c->text) == 0)
            return true;
    }
    return false;
}

/* Adds the complaints of MORE that ERROR has not, and clears MORE: the jobs
 * of a sweep are wrong in the same places. */
static void gather(struct error *error, struct error *more)
{
    for (size_t i = 0; i < more->count; i++) {
        const struct complaint *c = &more->complaints[i];
        struct place place = { c->file, c->line, c->column };

        if (!has_complaint(error, c))
            error_add(error, more->kind, &place, c->key, "%s", c->text);
    }
    error_clear(more);
}

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
static bool merge_value(struct loader *loader, const char *path,
                        const struct place *place,
                        const struct yaml_node *value)
{
    bool ok = true;

    if (value->kind != YAML_MAP || find_block(path) == NULL)
        return set(loader->root, "quick", path, place, value, loader->error);
    for (size_t i = 0; i < value->count; i++) {
        struct text below = { 0 };

        text_add_format(&below, "%s.%s", path, value->keys[i]->text);
        ok &= merge_value(loader, below.data, &value->keys[i]->place,
                          value->items[i]);
        text_clear(&below);
    }
    return ok;
}

static bool merge_key(struct loader *loader, const struct yaml_node *key,
                      const struct yaml_node *value)
{
    if (strcmp(key->text, "sweep") == 0)
        return sweep_read(&loader->sweep, value, loader->error);
    if (text_begins(key->text, "sweep."))
        return sweep_set(&loader->sweep, key->text + strlen("sweep."),
                         &key->place, value, loader->error);
    return merge_value(loader, key->text, &key->place, value);
}

static bool merge_quick(struct loader *loader)
{
    struct yaml_node *quick = yaml_get(loader->root, "quick");
    bool ok = true;

    if (quick == NULL || yaml_is_null(quick))
        return true;
    if (quick->kind != YAML_MAP)
        return schema_complain(quick, "quick", "a map of key paths to values",
                               loader->error);
    quick = yaml_copy(quick); /* the tree changes below it */
    for (size_t i = 0; i < quick->count; i++)
        ok &= merge_key(loader, quick->keys[i], quick->items[i]);
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
static bool override_sweep(struct loader *loader, const char *path,
                           const struct yaml_node *value, bool *late)
{
    struct axis *axis = sweep_axis(&loader->sweep, path);
    const struct axis *below = find_below(&loader->sweep, path);

    if (text_begins(path, "sweep."))
        return sweep_set(&loader->sweep, path + strlen("sweep."), &value->place,
                         value, loader->error);
    if (is_block(path))
        return error_add(loader->error, ERROR_CONFIG, &value->place, path,
                         "cannot be set from the command line; an axis can: "
                         "sweep.KEY=VALUES");
    if (below != NULL)
        return error_add(loader->error, ERROR_CONFIG, &value->place, path,
                         "would replace what sweep.%s varies", below->name);
    if (axis != NULL)
        axis_fix(axis, value);
    else
        *late = true;
    return true;
}

static bool apply_override(struct loader *loader, const char *assignment)
{
    struct place place = { .file = assignment };
    struct yaml_node *tree = yaml_new(YAML_MAP, &place);
    char *path = memory_copy_text(assignment);
    bool late = false;
    bool ok = schema_override(tree, assignment, loader->error);

    if (ok) {
        path[strcspn(path, "=")] = '\0';
        ok = override_sweep(loader, path, find_value(tree, path), &late);
    }
    if (late) {
        loader->late = memory_resize(loader->late, loader->n_late + 1,
                                     sizeof *loader->late);
        loader->late[loader->n_late++] = assignment;
    }
    free(path);
    yaml_node_free(tree);
    return ok;
}

static bool apply_overrides(struct loader *loader)
{
    bool ok = true;

    for (const char *const *o = loader->overrides; o != NULL && *o != NULL; o++)
        ok &= apply_override(loader, *o);
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

/* "key=value" for what the model block leaves out. */
static void supply(struct yaml_node *tree, const char *const *standard,
                   struct error *error)
{
    const struct yaml_node *model = yaml_get(tree, "model");

    for (; standard != NULL && *standard != NULL; standard++) {
        struct text assignment = { 0 };
        char *key = memory_copy_text(*standard);

        key[strcspn(key, "=")] = '\0';
        text_add_format(&assignment, "model.%s", *standard);
        if (yaml_get(model, key) == NULL)
            schema_override(tree, assignment.data, error);
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
        supply(tree, construction_standards(construction->text), error);
    if (preset != NULL && preset->kind == YAML_SCALAR)
        supply(tree, preset_standards(preset->text), error);
}

/* The tree of job number J. */
static struct yaml_node *build_tree(const struct loader *loader, size_t j,
                                    struct error *error)
{
    struct yaml_node *tree = yaml_copy(loader->root);

    for (size_t i = 0; i < loader->sweep.count; i++)
        set(tree, "sweep", loader->sweep.axes[i].name,
            &loader->sweep.axes[i].place, sweep_value(&loader->sweep, j, i),
            error);
    for (size_t i = 0; i < loader->n_late; i++) {
        if (text_begins(loader->late[i], "seed."))
            spread_seed(tree);
        schema_override(tree, loader->late[i], error);
    }
    supply_model(tree, error);
    return tree;
}

static const struct place *place_of(const struct yaml_node *tree,
                                    const char *key)
{
    const struct yaml_node *node = yaml_get(tree, key);

    return node != NULL ? &node->place : &tree->place;
}

static const struct place *place_of_start(const struct yaml_node *tree)
{
    const struct yaml_node *train = yaml_get(tree, "train");

    return train != NULL ? place_of(train, "from") : &tree->place;
}

static size_t longest(const struct ranges *ranges, size_t least)
{
    for (size_t i = 0; i < ranges->count; i++)
        if (ranges->items[i].most > least)
            least = ranges->items[i].most;
    return least;
}

/* Whether the model may have the objective. */
static bool check_objective(const struct settings *settings,
                            const struct yaml_node *tree, struct error *error)
{
    enum objective objective = (enum objective)settings->data.objective;
    bool ok = true;

    if (objective_is_sequence(objective) && settings->model.mask == MASK_FULL)
        ok = error_add(error, ERROR_CONFIG, place_of(tree, "model"),
                       "model.mask",
                       "%s asks about every prefix, and full lets it see what "
                       "follows; accepted: causal, strict, zero",
                       objective_names[objective]);
    if (objective_is_sequence(objective) &&
        position_needs_length(settings->model.positions))
        ok = error_add(error, ERROR_CONFIG, place_of(tree, "model"),
                       "model.positions",
                       "%s asks about every prefix, and i/n tells it how long "
                       "the string is; accepted: positions without n",
                       objective_names[objective]);
    if (settings->model.construction != CONSTRUCTION_NONE &&
        objective_outputs(objective, 1) > 1)
        ok = error_add(error, ERROR_CONFIG, place_of(tree, "model"),
                       "model.construction",
                       "constructions decide membership; accepted with %s: "
                       "none",
                       objective_names[objective]);
    return ok;
}

/* What no room can see alone. */
static bool check_together(const struct settings *settings,
                           const struct yaml_node *tree, struct error *error)
{
    const struct data_config *data = &settings->data;
    size_t length = longest(&data->train.length, 0);
    bool ok = model_check(&settings->model, place_of(tree, "model"), error);

    length = longest(&data->validation.length, length);
    length = longest(&data->test.length, length);
    if (data->train.count == 0 && settings->train.batch == 0)
        ok = error_add(error, ERROR_CONFIG, place_of(tree, "train"),
                       "train.batch",
                       "a stream has no full batch; accepted: a whole number "
                       "of at least 1");
    ok &= check_objective(settings, tree, error);
    if (settings->model.positions == POSITIONS_LEARNED &&
        settings->model.max_length < length)
        ok = error_add(error, ERROR_CONFIG, place_of(tree, "model"),
                       "model.max_length",
                       "%zu positions are learned, but strings have up to %zu "
                       "symbols",
                       settings->model.max_length, length);
    return ok;
}

/* A run's directory holds its own language. */
static bool find_language(const struct loader *loader, struct job *job,
                          const struct place *place, struct error *error)
{
    static const char config[] = "config.yaml", copy[] = "language.yaml";
    const char *path = loader->experiment->path;
    size_t length = strlen(path), tail = strlen(config);
    struct text beside = { 0 };

    if (text_ends(path, config) &&
        (length == tail || path[length - tail - 1] == '/')) {
        text_add_bytes(&beside, path, length - tail);
        text_add(&beside, copy);
        if (file_exists(beside.data)) {
            job->language_path = text_take(&beside);
            return true;
        }
        text_clear(&beside);
    }
    return language_find(job->settings.language.file, path, place,
                         &job->language_path, error);
}

/* Where the job stands, in the forms that others want. */
static void describe_job(const struct loader *loader, size_t j, struct job *job)
{
    const struct sweep *sweep = &loader->sweep;
    struct text config = { 0 }, axes = { 0 };

    schema_print(experiment_fields, &job->settings, 0, false, &config);
    text_add(&config, sweep->count > 0 ? "sweep: {" : "");
    text_add(&axes, "");
    job->values = memory_new(sweep->count + 1, sizeof *job->values);
    for (size_t i = 0; i < sweep->count; i++) {
        struct text value = { 0 };

        yaml_add_flow(&value, sweep_value(sweep, j, i));
        text_add(&config, i > 0 ? ", " : "");
        yaml_add_scalar(&config, sweep->axes[i].name);
        text_add_format(&config, ": [%s]", value.data);
        text_add_format(&axes, "%s%s=%s", i > 0 ? "," : "", sweep->axes[i].name,
                        value.data);
        job->values[i] = text_take(&value);
    }
    text_add(&config, sweep->count > 0 ? "}\n" : "");
    job->config = text_take(&config);
    job->axes = text_take(&axes);
}

static bool read_job(struct loader *loader, size_t j, struct error *error)
{
    struct job *job = &loader->experiment->jobs[j];
    struct yaml_node *tree = build_tree(loader, j, error);
    bool ok = error->count == 0;

    ok &= schema_read(experiment_fields, tree, "", experiment_blocks,
                      &job->settings, error);
    ok = ok && check_together(&job->settings, tree, error);
    if (job->settings.language.file != NULL)
        ok &= find_language(loader, job, place_of(tree, "language"), error);
    ok = siblings_find(&job->settings.data.negatives, loader->experiment->path,
                       place_of(tree, "data"), error) &&
         ok;
    if (job->settings.train.from.file != NULL)
        ok &= start_find(&job->settings.train.from, loader->experiment->path,
                         place_of_start(tree), &job->start_path, error);
    if (ok)
        describe_job(loader, j, job);
    yaml_node_free(tree);
    return ok;
}

/* --------------------------------------------------------------- loading */

static bool read_jobs(struct loader *loader)
{
    struct experiment *experiment = loader->experiment;
    bool ok = sweep_jobs(&loader->sweep, place_of(loader->root, "sweep"),
                         &experiment->n_jobs, loader->error);

    if (!ok)
        experiment->n_jobs = 0;
    experiment->jobs =
        memory_new(experiment->n_jobs + 1, sizeof *experiment->jobs);
    for (size_t j = 0; j < experiment->n_jobs; j++) {
        struct error mine = { 0 };

        ok &= read_job(loader, j, &mine);
        gather(loader->error, &mine);
    }
    return ok;
}

/* An axis that cannot be one at all would only repeat itself in each job. */
static bool check_axes(const struct loader *loader)
{
    bool ok = true;

    for (size_t i = 0; i < loader->sweep.count; i++) {
        const struct axis *axis = &loader->sweep.axes[i];
        struct text path = { 0 };

        text_add_format(&path, "sweep.%s", axis->name);
        if (is_block(axis->name) || strcmp(axis->name, "experiment") == 0)
            ok = error_add(loader->error, ERROR_CONFIG, &axis->place, path.data,
                           "cannot vary from run to run");
        else if (find_below(&loader->sweep, axis->name) != NULL)
            ok = error_add(loader->error, ERROR_CONFIG, &axis->place, path.data,
                           "replaces what another axis varies");
        text_clear(&path);
    }
    return ok;
}

static void name_axes(struct loader *loader)
{
    struct experiment *experiment = loader->experiment;
    size_t count = loader->sweep.count;

    experiment->axes = memory_new(count + 1, sizeof *experiment->axes);
    for (size_t i = 0; i < count; i++)
        experiment->axes[i] = memory_copy_text(loader->sweep.axes[i].name);
}

static bool read_sweep(struct loader *loader, bool quick)
{
    bool ok = sweep_read(&loader->sweep, yaml_get(loader->root, "sweep"),
                         loader->error);

    if (quick)
        ok &= merge_quick(loader);
    ok &= apply_overrides(loader);
    ok &= check_axes(loader);
    if (!ok)
        sweep_clear(&loader->sweep); /* the rest is looked at without it */
    return ok;
}

static bool read_claims(struct loader *loader)
{
    struct experiment *experiment = loader->experiment;
    const char *const *axes = (const char *const *)experiment->axes;
    bool ok =
        claims_read(&experiment->require, yaml_get(loader->root, "require"),
                    "require", axes, loader->error);

    ok &= claims_read(&experiment->claim, yaml_get(loader->root, "claim"),
                      "claim", axes, loader->error);
    return ok;
}

static bool load(struct loader *loader, bool quick)
{
    struct experiment *experiment = loader->experiment;
    bool swept, ok;

    if (!yaml_load(&experiment->document, experiment->path, loader->error))
        return false;
    loader->root = experiment->document.root;
    if (loader->root->kind != YAML_MAP)
        return schema_complain(loader->root, "",
                               "a map of experiment, language, data...",
                               loader->error);
    experiment->data_place = *place_of(loader->root, "data");
    experiment->model_place = *place_of(loader->root, "model");
    experiment->start_place = *place_of_start(loader->root);
    swept = read_sweep(loader, quick);
    name_axes(loader);
    ok = read_jobs(loader) && swept;
    if (swept) /* claims speak of axes */
        ok &= read_claims(loader);
    return ok;
}

bool experiment_load(struct experiment *experiment, const char *path,
                     const char *const *overrides, bool quick,
                     struct error *error)
{
    struct loader loader = { .experiment = experiment,
                             .overrides = overrides,
                             .error = error };
    bool ok;

    *experiment = (struct experiment){ .path = memory_copy_text(path) };
    ok = load(&loader, quick);
    sweep_clear(&loader.sweep);
    free(loader.late);
    if (!ok)
        experiment_clear(experiment);
    return ok;
}

static void clear_job(struct job *job, size_t n_axes)
{
    for (size_t i = 0; job->values != NULL && i < n_axes; i++)
        free(job->values[i]);
    free(job->values);
    free(job->axes);
    free(job->config);
    free(job->language_path);
    free(job->start_path);
    schema_clear(experiment_fields, &job->settings);
}

void experiment_clear(struct experiment *experiment)
{
    size_t n_axes = 0;

    while (experiment->axes != NULL && experiment->axes[n_axes] != NULL)
        n_axes++;
    for (size_t j = 0; j < experiment->n_jobs; j++)
        clear_job(&experiment->jobs[j], n_axes);
    for (size_t i = 0; i < n_axes; i++)
        free(experiment->axes[i]);
    claims_clear(&experiment->require);
    claims_clear(&experiment->claim);
    yaml_clear(&experiment->document);
    free(experiment->jobs);
    free(experiment->axes);
    free(experiment->path);
    *experiment = (struct experiment){ 0 };
}

bool job_load_language(const struct job *job, struct language **out,
                       struct error *error)
{
    return language_load_with(out, job->language_path,
                              &job->settings.language.values, error);
}

/* Whether a network of the job can begin where it is to. */
static bool check_start(const struct experiment *experiment,
                        const struct job *job, const struct language *language,
                        struct error *error)
{
    const struct settings *settings = &job->settings;
    struct network *network;
    bool ok;

    if (job->start_path == NULL)
        return true;
    network =
        network_new_for((enum objective)settings->data.objective,
                        &settings->model, language_alphabet(language)->size);
    ok = start_load(&settings->train.from, job->start_path,
                    &experiment->start_place, network, error);
    network_free(network);
    return ok;
}

/* Whether the language has the strings that the job asks for, and fits a
 * network built for it. */
static bool check_data(const struct experiment *experiment,
                       const struct job *job, struct error *error)
{
    struct language *language = NULL;
    bool ok =
        job_load_language(job, &language, error) &&
        construction_check(&job->settings.model,
                           language_alphabet(language)->size,
                           &experiment->model_place, error) &&
        check_start(experiment, job, language, error) &&
        dataset_check(&job->settings.data, language, job->settings.seed.data,
                      &experiment->data_place, error);

    language_free(language);
    return ok;
}

/* Whether both have the same values for its parameters, too. */
static bool has_same_language(const struct job *a, const struct job *b)
{
    const struct parameters *x = &a->settings.language.values;
    const struct parameters *y = &b->settings.language.values;
    bool same =
        strcmp(a->language_path, b->language_path) == 0 && x->count == y->count;

    for (size_t i = 0; same && i < x->count; i++)
        same = strcmp(x->items[i].name, y->items[i].name) == 0 &&
               x->items[i].value == y->items[i].value;
    return same;
}

/* Jobs that differ elsewhere only share their answer. */
static bool has_same_data(const struct job *a, const struct job *b)
{
    struct text x = { 0 }, y = { 0 };
    bool same = has_same_language(a, b);

    schema_print(data_fields, &a->settings.data, 0, false, &x);
    schema_print(data_fields, &b->settings.data, 0, false, &y);
    if (a->start_path != NULL || b->start_path != NULL) {
        schema_print(train_fields, &a->settings.train, 0, false, &x);
        schema_print(train_fields, &b->settings.train, 0, false, &y);
    }
    if (a->settings.model.construction != CONSTRUCTION_NONE ||
        a->start_path != NULL) {
        schema_print(model_fields, &a->settings.model, 0, false, &x);
        schema_print(model_fields, &b->settings.model, 0, false, &y);
    }
    same = same && strcmp(x.data, y.data) == 0;
    text_clear(&x);
    text_clear(&y);
    return same;
}

static bool check_jobs(const struct experiment *experiment, struct error *error)
{
    bool ok = true;

    for (size_t j = 0; j < experiment->n_jobs; j++) {
        const struct job *job = &experiment->jobs[j];
        struct error mine = { 0 };

        if (j > 0 && has_same_data(job, job - 1))
            continue;
        ok &= check_data(experiment, job, &mine);
        gather(error, &mine);
    }
    return ok;
}

bool experiment_check(const char *path, const char *const *overrides,
                      struct error *error)
{
    bool ok = true;

    for (int quick = 0; quick < 2; quick++) {
        struct experiment experiment;
        struct error mine = { 0 };

        ok &= experiment_load(&experiment, path, overrides, quick, &mine) &&
              check_jobs(&experiment, &mine);
        experiment_clear(&experiment);
        gather(error, &mine);
    }
    return ok;
}

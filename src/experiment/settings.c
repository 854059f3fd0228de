/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The field table of an experiment, nested from those of the rooms. */

#include <stdlib.h>

#include "base/memory.h"
#include "experiment/experiment.h"

const char *const experiment_blocks[] = { "sweep", "require", "claim", "quick",
                                          NULL };

/* ----------------------------------------------------------------- name */

/* It names a directory: nothing that a shell or a path could mistake. */
static const char name_accepted[] =
    "a name of at most 64 letters, digits, '.', '_' and '-' that begins with "
    "a letter or a digit";

static bool name_read(const struct yaml_node *node, const char *path,
                      void *value, struct error *error)
{
    if (node->kind != YAML_SCALAR || yaml_is_null(node) ||
        !text_is_name(node->text))
        return schema_complain(node, path, name_accepted, error);
    *(char **)value = memory_copy_text(node->text);
    return true;
}

static void name_print(const void *value, struct text *out)
{
    yaml_add_scalar(out, *(char *const *)value);
}

static void name_clear(void *value)
{
    free(*(char **)value);
    *(char **)value = NULL;
}

static const struct field_custom name_custom = { name_accepted, name_read,
                                                 name_print, name_clear };

/* ------------------------------------------------------------- language */

static const char language_accepted[] =
    "a name or path of a language, or a map of file and parameters";

static bool language_read(const struct yaml_node *node, const char *path,
                          void *value, struct error *error)
{
    struct language_choice *choice = value;
    const struct yaml_node *file = node;

    if (node->kind == YAML_MAP)
        file = yaml_get(node, "file");
    if (file == NULL || file->kind != YAML_SCALAR || yaml_is_null(file))
        return schema_complain(node, path, language_accepted, error);
    choice->file = memory_copy_text(file->text);
    return parameters_read(&choice->values, node, path, "file", error);
}

static void language_print(const void *value, struct text *out)
{
    const struct language_choice *choice = value;

    if (choice->values.count > 0)
        text_add(out, "{file: ");
    yaml_add_scalar(out, choice->file);
    for (size_t i = 0; i < choice->values.count; i++) {
        text_add(out, ", ");
        yaml_add_scalar(out, choice->values.items[i].name);
        text_add_format(out, ": %lld",
                        (long long)choice->values.items[i].value);
    }
    if (choice->values.count > 0)
        text_add(out, "}");
}

static void language_clear(void *value)
{
    struct language_choice *choice = value;

    free(choice->file);
    parameters_clear(&choice->values);
    *choice = (struct language_choice){ 0 };
}

static const struct field_custom language_custom = {
    language_accepted, language_read, language_print, language_clear
};

/* ----------------------------------------------------------------- seed */

static const char seed_accepted[] =
    "a whole number, or a map of data, init, order";

/* clang-format off */
static const struct field seed_fields[] = {
    { .key = "data", .type = FIELD_COUNT, .standard = "1",
      .offset = offsetof(struct seeds, data), .help = "draws of strings" },
    { .key = "init", .type = FIELD_COUNT, .standard = "1",
      .offset = offsetof(struct seeds, init), .help = "initial parameters" },
    { .key = "order", .type = FIELD_COUNT, .standard = "1",
      .offset = offsetof(struct seeds, order), .help = "order of training" },
    { .key = NULL }
};
/* clang-format on */

static bool seed_read(const struct yaml_node *node, const char *path,
                      void *value, struct error *error)
{
    struct seeds *seeds = value;
    uint64_t seed;

    if (node->kind == YAML_MAP)
        return schema_read(seed_fields, node, path, NULL, value, error);
    if (node->kind != YAML_SCALAR || !node->plain ||
        !text_read_count(node->text, &seed))
        return schema_complain(node, path, seed_accepted, error);
    *seeds = (struct seeds){ seed, seed, seed };
    return true;
}

static void seed_print(const void *value, struct text *out)
{
    const struct seeds *seeds = value;

    if (seeds->data == seeds->init && seeds->init == seeds->order)
        text_add_format(out, "%zu", (size_t)seeds->data);
    else
        text_add_format(out, "{data: %zu, init: %zu, order: %zu}",
                        (size_t)seeds->data, (size_t)seeds->init,
                        (size_t)seeds->order);
}

static const struct field_custom seed_custom = { seed_accepted, seed_read,
                                                 seed_print, NULL };

/* ---------------------------------------------------------------- table */

static const char *const accepts[] = {
    [ACCEPT_POSITIVE] = "positive", [ACCEPT_NONNEGATIVE] = "nonnegative", NULL
};

/* clang-format off */
const struct field experiment_fields[] = {
    { .key = "experiment", .type = FIELD_CUSTOM, .custom = &name_custom,
      .offset = offsetof(struct settings, name),
      .help = "its name, and that of its folder under results" },
    { .key = "about", .type = FIELD_TEXT, .standard = "~",
      .offset = offsetof(struct settings, about),
      .help = "the question in a sentence" },
    { .key = "language", .type = FIELD_CUSTOM, .custom = &language_custom,
      .offset = offsetof(struct settings, language),
      .help = "name or path of the language's file" },
    { .key = "accept", .type = FIELD_CHOICE, .standard = "positive",
      .choices = accepts, .offset = offsetof(struct settings, accept),
      .help = "logits that say member" },
    { .key = "data", .type = FIELD_STRUCT, .fields = data_fields,
      .offset = offsetof(struct settings, data),
      .help = "strings to train and test on" },
    { .key = "model", .type = FIELD_STRUCT, .fields = model_fields,
      .offset = offsetof(struct settings, model),
      .help = "the transformer" },
    { .key = "train", .type = FIELD_STRUCT, .fields = train_fields,
      .offset = offsetof(struct settings, train),
      .help = "gradient descent" },
    { .key = "saturation", .type = FIELD_STRUCT, .fields = saturation_fields,
      .offset = offsetof(struct settings, saturation),
      .help = "ways to saturate the network" },
    { .key = "verify", .type = FIELD_STRUCT, .fields = verify_fields,
      .offset = offsetof(struct settings, verify),
      .help = "strings to hold the network against its language" },
    { .key = "seed", .type = FIELD_CUSTOM, .standard = "1",
      .custom = &seed_custom, .offset = offsetof(struct settings, seed),
      .help = "of every random draw" },
    { .key = NULL }
};
/* clang-format on */

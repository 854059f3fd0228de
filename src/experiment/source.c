/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "experiment/source.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "experiment/kept.h"

static const struct kept corpus_text = { "data.corpus.file", "corpus.txt" };
static const char corpus_name[] = "corpus";

static const struct yaml_node *corpus_of(const struct yaml_node *tree)
{
    return yaml_get(yaml_get(tree, "data"), "corpus");
}

bool source_is_text(const struct yaml_node *tree)
{
    const struct yaml_node *file = yaml_get(corpus_of(tree), "file");

    return file != NULL && !yaml_is_null(file);
}

/* The longest string; the settings are looked at elsewhere. */
static size_t longest(const struct yaml_node *tree)
{
    struct corpus_config config = { 0 };
    struct error ignored = { 0 };
    size_t most;

    schema_read(corpus_fields, corpus_of(tree), "", NULL, &config, &ignored);
    most = corpus_longest(&config);
    schema_clear(corpus_fields, &config);
    error_clear(&ignored);
    return most > 0 ? most : 1;
}

/* Unless it is there. */
static void supply(struct yaml_node *tree, const char *path, const char *value)
{
    const struct yaml_node *node = tree;
    char *word = memory_copy_text(path), *rest = word, *key;

    while (node != NULL && (key = strsep(&rest, ".")) != NULL)
        node = yaml_get(node, key);
    if (node == NULL)
        yaml_set(tree, path, yaml_new_scalar(value, false, &tree->place));
    free(word);
}

bool source_supply(struct yaml_node *tree, struct error *error)
{
    const struct yaml_node *language = yaml_get(tree, "language");
    struct text lengths = { 0 };

    if (!source_is_text(tree))
        return true;
    if (language != NULL && (language->kind != YAML_SCALAR ||
                             strcmp(language->text, corpus_name) != 0))
        return error_add(error, ERROR_CONFIG, &language->place, "language",
                         "data.corpus is a language of its own; accepted: "
                         "corpus, or nothing");
    text_add_format(&lengths, "1..%zu", longest(tree));
    supply(tree, "language", corpus_name);
    supply(tree, "data.objective", "next-token");
    supply(tree, "data.positives", "1");
    supply(tree, "data.train.count", "100000000");
    supply(tree, "data.train.length", lengths.data);
    text_clear(&lengths);
    return true;
}

bool source_find(struct corpus_config *corpus, const char *experiment,
                 const struct place *place, struct error *error)
{
    if (corpus->file == NULL)
        return true;
    return kept_find(&corpus_text, corpus->file, experiment, place,
                     &corpus->checksum, &corpus->path, error);
}

static bool check_length(const struct ranges *ranges, const char *key,
                         size_t most, const struct place *place,
                         struct error *error)
{
    if (ranges->count == 0 ||
        (ranges->count == 1 && ranges->items[0].least == 1 &&
         ranges->items[0].most == most))
        return true;
    return error_add(error, ERROR_CONFIG, place, key,
                     "the text is cut at its context; accepted: 1..%zu, or "
                     "nothing",
                     most);
}

bool source_check(const struct data_config *data, const struct place *place,
                  struct error *error)
{
    size_t most = corpus_longest(&data->corpus);
    bool ok;

    if (data->corpus.file == NULL)
        return true;
    ok = check_length(&data->train.length, "data.train.length", most, place,
                      error);
    ok &= check_length(&data->validation.length, "data.validation.length", most,
                       place, error);
    ok &= check_length(&data->test.length, "data.test.length", most, place,
                       error);
    if (data->train.count == 0)
        ok = error_add(error, ERROR_CONFIG, place, "data.train.count",
                       "a text ends; accepted: how many strings of it at most, "
                       "or nothing");
    if (data->disjoint)
        ok = error_add(error, ERROR_CONFIG, place, "data.disjoint",
                       "parts of a text have no line in common; accepted: "
                       "false, or nothing");
    return ok;
}

bool source_load_language(const struct job *job, struct language **out,
                          struct error *error)
{
    const struct settings *settings = &job->settings;
    struct text text = { 0 };
    struct corpus corpus;
    bool ok = corpus_read(&corpus, &settings->data.corpus, settings->seed.data,
                          &job->data_place, error);

    if (ok) {
        corpus_language(&corpus, &settings->data.corpus, &text);
        ok =
            language_parse(out, text.data, text.length, "language.yaml", error);
    }
    text_clear(&text);
    corpus_clear(&corpus);
    return ok;
}

bool source_count(const struct job *job, size_t counts[3], struct error *error)
{
    const struct settings *settings = &job->settings;
    struct corpus corpus;
    bool ok = corpus_read(&corpus, &settings->data.corpus, settings->seed.data,
                          &job->data_place, error);
    const struct strings *parts[] = { &corpus.train, &corpus.validation,
                                      &corpus.test };

    for (int i = 0; ok && i < 3; i++)
        if (parts[i]->count < counts[i])
            counts[i] = parts[i]->count;
    corpus_clear(&corpus);
    return ok;
}

bool source_keep(const struct corpus_config *corpus, const char *directory,
                 struct error *error)
{
    return corpus->file == NULL ||
           kept_copy(&corpus_text, corpus->path, directory, error);
}

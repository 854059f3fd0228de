/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/check.h"

#include <stdlib.h>
#include <string.h>

#include "config/schema.h"
#include "language/passage.h"

#define MOST_COUNTS 1000

/* What is asked of a file; all is also said of it without a language. */
struct checking {
    const struct language *language; /* NULL: its clauses are wrong */
    const struct alphabet *alphabet; /* NULL: it is wrong, or not known */
    const char *source;
    struct error *error;
};

static bool check_count(const struct checking *checking,
                        const struct yaml_node *node, const char *key, size_t n)
{
    struct natural stated = { 0 }, actual = { 0 };
    char *text = NULL;
    bool ok = node->kind == YAML_SCALAR && natural_read(&stated, node->text);

    if (!ok) {
        schema_complain(node, key, "a count", checking->error);
    } else if (checking->language != NULL) {
        language_count(checking->language, n, &actual);
        ok = natural_compare(&stated, &actual) == 0;
        text = natural_text(&actual);
        if (!ok)
            error_add(checking->error, ERROR_CONFIG, &node->place, key,
                      "the clauses give %s members of length %zu, not %s", text,
                      n, node->text);
    }
    free(text);
    natural_clear(&stated);
    natural_clear(&actual);
    return ok;
}

static bool is_list_of_counts(const struct yaml_node *node, struct error *error)
{
    return (node->kind == YAML_LIST && node->count <= MOST_COUNTS) ||
           schema_complain(node, "counts",
                           "a list of the numbers of members of length 0, "
                           "1, 2, ..., at most 1000",
                           error);
}

static bool check_each_count(const struct checking *checking,
                             const struct yaml_node *node)
{
    bool ok = true;

    for (size_t n = 0; n < node->count; n++) {
        struct text key = { 0 };

        text_add_format(&key, "counts[%zu]", n);
        ok &= check_count(checking, node->items[n], key.data, n);
        text_clear(&key);
    }
    return ok;
}

bool check_counts(struct language *language, const struct yaml_node *node,
                  size_t *checked, struct error *error)
{
    struct checking checking = { .language = language, .error = error };

    *checked = 0;
    if (node == NULL)
        return true;
    if (!is_list_of_counts(node, error))
        return false;
    if (node->count == 0)
        return true;
    if (!language_prepare(language, node->count - 1, error))
        return false;
    *checked = node->count;
    return check_each_count(&checking, node);
}

/* Is the string SYMBOLS, which NODE writes, what it should be? */
static bool check_string(const struct language *language, const char *key,
                         const struct yaml_node *node, const uint16_t *symbols,
                         size_t length, bool member, struct error *error)
{
    struct text why = { 0 };

    if (language_contains(language, symbols, length) == member)
        return true;
    if (!member)
        return error_add(error, ERROR_CONFIG, &node->place, key,
                         "the clauses accept this string");
    language_why_not(language, symbols, length, &why);
    error_add(error, ERROR_CONFIG, &node->place, key,
              "the clauses reject this string %s", why.data);
    text_clear(&why);
    return false;
}

static bool check_example(const struct checking *checking, const char *key,
                          const struct yaml_node *node, bool member)
{
    struct passage passage = passage_of(node, key, checking->source);
    struct strings strings = { 0 };
    size_t column;
    bool ok = true;

    if (node->kind != YAML_SCALAR || (node->plain && node->text[0] == '\0'))
        return schema_complain(node, key,
                               "symbols separated by spaces; \"\" is the "
                               "empty string",
                               checking->error);
    if (checking->alphabet == NULL)
        return true;
    if (!strings_read(&strings, checking->alphabet, node->text, &column))
        return passage_refuse(&passage, column - 1, checking->error,
                              "a symbol that is not in the alphabet%s",
                              alphabet_advice(checking->alphabet));
    if (checking->language != NULL)
        ok = check_string(checking->language, key, node, strings.symbols,
                          strings_length(&strings, 0), member, checking->error);
    strings_clear(&strings);
    return ok;
}

static bool check_list(const struct checking *checking, const char *name,
                       const struct yaml_node *list, bool member)
{
    struct text key = { 0 };
    bool ok = true;

    text_add_format(&key, "examples.%s", name);
    if (list->kind != YAML_LIST)
        ok = schema_complain(list, key.data, "a list of strings",
                             checking->error);
    for (size_t i = 0; list->kind == YAML_LIST && i < list->count; i++) {
        text_clear(&key);
        text_add_format(&key, "examples.%s[%zu]", name, i);
        ok &= check_example(checking, key.data, list->items[i], member);
    }
    text_clear(&key);
    return ok;
}

static bool check_lists(const struct checking *checking,
                        const struct yaml_node *node)
{
    bool ok = true;

    if (node == NULL)
        return true;
    if (node->kind != YAML_MAP)
        return schema_complain(node, "examples",
                               "a map of in and out, lists of strings",
                               checking->error);
    for (size_t i = 0; i < node->count; i++) {
        const char *key = node->keys[i]->text;
        bool member = strcmp(key, "in") == 0;

        if (member || strcmp(key, "out") == 0)
            ok &= check_list(checking, key, node->items[i], member);
        else
            ok = error_add(checking->error, ERROR_CONFIG, &node->keys[i]->place,
                           "examples", "unknown key; accepted: in, out");
    }
    return ok;
}

bool check_examples(const struct language *language,
                    const struct yaml_node *node, const char *source,
                    struct error *error)
{
    struct checking checking = { language, language_alphabet(language), source,
                                 error };

    return check_lists(&checking, node);
}

bool check_forms(const struct alphabet *alphabet,
                 const struct yaml_node *counts,
                 const struct yaml_node *examples, const char *source,
                 struct error *error)
{
    struct checking checking = { NULL, alphabet, source, error };
    bool ok = counts == NULL || (is_list_of_counts(counts, error) &&
                                 check_each_count(&checking, counts));

    return check_lists(&checking, examples) && ok;
}

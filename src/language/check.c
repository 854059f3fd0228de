/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/check.h"

#include <stdlib.h>
#include <string.h>

#include "config/schema.h"
#include "language/passage.h"

#define MOST_COUNTS 1000

static bool check_count(const struct language *language,
                        const struct yaml_node *node, const char *key, size_t n,
                        struct error *error)
{
    struct natural stated = { 0 }, actual = { 0 };
    char *text;
    bool ok;

    if (node->kind != YAML_SCALAR || !natural_read(&stated, node->text)) {
        natural_clear(&stated);
        return schema_complain(node, key, "a count", error);
    }
    language_count(language, n, &actual);
    ok = natural_compare(&stated, &actual) == 0;
    text = natural_text(&actual);
    if (!ok)
        error_add(error, ERROR_CONFIG, &node->place, key,
                  "the clauses give %s members of length %zu, not %s", text, n,
                  node->text);
    free(text);
    natural_clear(&stated);
    natural_clear(&actual);
    return ok;
}

bool check_counts(struct language *language, const struct yaml_node *node,
                  size_t *checked, struct error *error)
{
    bool ok = true;

    *checked = 0;
    if (node == NULL)
        return true;
    if (node->kind != YAML_LIST || node->count > MOST_COUNTS)
        return schema_complain(node, "counts",
                               "a list of the numbers of members of length 0, "
                               "1, 2, ..., at most 1000",
                               error);
    if (node->count == 0)
        return true;
    if (!language_prepare(language, node->count - 1, error))
        return false;
    for (size_t n = 0; n < node->count; n++) {
        struct text key = { 0 };

        text_add_format(&key, "counts[%zu]", n);
        ok &= check_count(language, node->items[n], key.data, n, error);
        text_clear(&key);
    }
    *checked = node->count;
    return ok;
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

static bool check_example(const struct language *language, const char *key,
                          const struct yaml_node *node, bool member,
                          const char *source, struct error *error)
{
    struct passage passage = passage_of(node, key, source);
    struct strings strings = { 0 };
    size_t column;
    bool ok;

    if (node->kind != YAML_SCALAR || (node->plain && node->text[0] == '\0'))
        return schema_complain(node, key,
                               "symbols separated by spaces; \"\" is the "
                               "empty string",
                               error);
    if (!strings_read(&strings, language_alphabet(language), node->text,
                      &column))
        return passage_refuse(&passage, column - 1, error,
                              "a symbol that is not in the alphabet");
    ok = check_string(language, key, node, strings.symbols,
                      strings_length(&strings, 0), member, error);
    strings_clear(&strings);
    return ok;
}

static bool check_list(const struct language *language, const char *name,
                       const struct yaml_node *list, bool member,
                       const char *source, struct error *error)
{
    struct text key = { 0 };
    bool ok = true;

    text_add_format(&key, "examples.%s", name);
    if (list->kind != YAML_LIST)
        ok = schema_complain(list, key.data, "a list of strings", error);
    for (size_t i = 0; list->kind == YAML_LIST && i < list->count; i++) {
        text_clear(&key);
        text_add_format(&key, "examples.%s[%zu]", name, i);
        ok &= check_example(language, key.data, list->items[i], member, source,
                            error);
    }
    text_clear(&key);
    return ok;
}

bool check_examples(const struct language *language,
                    const struct yaml_node *node, const char *source,
                    struct error *error)
{
    bool ok = true;

    if (node == NULL)
        return true;
    if (node->kind != YAML_MAP)
        return schema_complain(node, "examples",
                               "a map of in and out, lists of strings", error);
    for (size_t i = 0; i < node->count; i++) {
        const char *key = node->keys[i]->text;
        bool member = strcmp(key, "in") == 0;

        if (member || strcmp(key, "out") == 0)
            ok &= check_list(language, key, node->items[i], member, source,
                             error);
        else
            ok = error_add(error, ERROR_CONFIG, &node->keys[i]->place,
                           "examples", "unknown key; accepted: in, out");
    }
    return ok;
}

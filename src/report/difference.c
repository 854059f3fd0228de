/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "report/difference.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "config/yaml.h"

enum { MOST_SHOWN = 4, SHOWN_OF_MANY = 3 };

/* A configuration as pairs of key path and value. */
struct settings {
    char **keys, **values;
    size_t count;
};

static void clear_settings(struct settings *settings)
{
    for (size_t i = 0; i < settings->count; i++) {
        free(settings->keys[i]);
        free(settings->values[i]);
    }
    free(settings->keys);
    free(settings->values);
}

static void add_setting(struct settings *settings, const char *key,
                        const struct yaml_node *node)
{
    size_t n = settings->count++;
    struct text value = { 0 };

    yaml_add_flow(&value, node);
    settings->keys =
        memory_resize(settings->keys, n + 1, sizeof *settings->keys);
    settings->values =
        memory_resize(settings->values, n + 1, sizeof *settings->values);
    settings->keys[n] = memory_copy_text(key);
    settings->values[n] = text_take(&value);
}

/* The leaves below MAP; a list is a leaf. */
static void flatten(struct settings *settings, const char *path,
                    const struct yaml_node *map)
{
    for (size_t i = 0; i < map->count; i++) {
        struct text key = { 0 };

        text_add_format(&key, "%s%s%s", path, path[0] != '\0' ? "." : "",
                        map->keys[i]->text);
        if (map->items[i]->kind == YAML_MAP)
            flatten(settings, key.data, map->items[i]);
        else
            add_setting(settings, key.data, map->items[i]);
        text_clear(&key);
    }
}

static void read_settings(struct settings *settings, const char *config)
{
    struct yaml_document document = { 0 };
    struct error ignored = { 0 };

    *settings = (struct settings){ 0 };
    if (yaml_parse(&document, config, strlen(config), "config", &ignored) &&
        document.root->kind == YAML_MAP)
        flatten(settings, "", document.root);
    yaml_clear(&document);
    error_clear(&ignored);
}

/* The value of KEY, or "" where it is not there. */
static const char *value_of(const struct settings *settings, const char *key)
{
    for (size_t i = 0; i < settings->count; i++)
        if (strcmp(settings->keys[i], key) == 0)
            return settings->values[i];
    return "";
}

/* Keys that say which run it is, not how it is made. */
static bool is_name(const char *key)
{
    static const char *const names[] = { "experiment", "about", "seed",
                                         "sweep" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == strcspn(key, ".") && text_begins(key, names[i]))
            return true;
    return false;
}

static bool differs(const struct settings *all, size_t n, const char *key)
{
    for (size_t i = 1; i < n; i++)
        if (strcmp(value_of(&all[0], key), value_of(&all[i], key)) != 0)
            return true;
    return false;
}

char **differences_name(const char *const *configs, size_t n)
{
    struct settings *all = memory_new(n + 1, sizeof *all);
    const char **keys = NULL;
    char **names = memory_new(n + 1, sizeof *names);
    size_t count = 0;

    for (size_t i = 0; i < n; i++)
        read_settings(&all[i], configs[i]);
    for (size_t k = 0; n > 0 && k < all[0].count; k++)
        if (!is_name(all[0].keys[k]) && differs(all, n, all[0].keys[k])) {
            keys = memory_resize(keys, count + 1, sizeof *keys);
            keys[count++] = all[0].keys[k];
        }
    if (count > MOST_SHOWN)
        count = SHOWN_OF_MANY;
    for (size_t i = 0; i < n; i++) {
        struct text name = { 0 };

        text_add(&name, "");
        for (size_t k = 0; k < count; k++)
            text_add_format(&name, "%s%s=%s", k > 0 ? "," : "", keys[k],
                            value_of(&all[i], keys[k]));
        names[i] = text_take(&name);
    }
    for (size_t i = 0; i < n; i++)
        clear_settings(&all[i]);
    free(all);
    free(keys);
    return names;
}

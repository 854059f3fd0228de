/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "results/manifest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/parallel.h"
#include "base/text.h"
#include "config/yaml.h"
#include "language/parameters.h"
#include "results/build.h"

#define FILE_LIMIT ((size_t)1 << 20)

#ifdef __clang__
#define COMPILER __VERSION__
#else
#define COMPILER "gcc " __VERSION__
#endif

static void set_text(struct json *object, const char *key, const char *text)
{
    json_set(object, key, json_new_text(text));
}

/* The length of the first axis: commas inside brackets or quotes are its
 * value's. */
static size_t axis_length(const char *axes)
{
    size_t i, depth = 0;
    char quote = '\0';

    for (i = 0; axes[i] != '\0'; i++) {
        char c = axes[i];

        if (quote != '\0')
            quote = c == quote ? '\0' : quote;
        else if (c == '"' || c == '\'')
            quote = c;
        else if (strchr("[{(", c) != NULL)
            depth++;
        else if (strchr("]})", c) != NULL && depth > 0)
            depth--;
        else if (c == ',' && depth == 0)
            break;
    }
    return i;
}

static struct json *split_axes(const char *axes)
{
    struct json *object = json_new_object();

    while (*axes != '\0') {
        size_t length = axis_length(axes);
        struct text axis = { 0 };
        char *equals;

        text_add_bytes(&axis, axes, length);
        equals = strchr(axis.data, '=');
        if (equals != NULL)
            *equals = '\0';
        set_text(object, axis.data, equals != NULL ? equals + 1 : "");
        text_clear(&axis);
        axes += length + (axes[length] == ',');
    }
    return object;
}

/* One seed for all purposes as "1", different ones as a map. */
static void add_seed(const struct yaml_node *seed, struct text *out)
{
    bool same = seed->kind == YAML_MAP && seed->count > 0;

    for (size_t i = 0; same && i < seed->count; i++)
        same = seed->items[i]->kind == YAML_SCALAR &&
               strcmp(seed->items[i]->text, seed->items[0]->text) == 0;
    yaml_add_flow(out, same ? seed->items[0] : seed);
}

/* What the run's config.yaml says beside its seed, and of the seed. */
struct settings {
    struct text seed, rest;
};

static bool read_settings(const char *config, struct settings *settings,
                          struct error *error)
{
    struct yaml_document document = { 0 };
    const struct yaml_node *root;

    text_add(&settings->seed, "");
    text_add(&settings->rest, "");
    if (!yaml_parse(&document, config, strlen(config), "config.yaml", error))
        return false;
    root = document.root;
    for (size_t i = 0; root->kind == YAML_MAP && i < root->count; i++) {
        if (strcmp(root->keys[i]->text, "seed") == 0) {
            add_seed(root->items[i], &settings->seed);
            continue;
        }
        if (strcmp(root->keys[i]->text, "sweep") == 0)
            continue; /* its values stand among the settings */
        yaml_add_flow(&settings->rest, root->keys[i]);
        text_add(&settings->rest, ": ");
        yaml_add_flow(&settings->rest, root->items[i]);
        text_add(&settings->rest, "\n");
    }
    yaml_clear(&document);
    return true;
}

/* The name a language's YAML gives it, or "". */
static bool read_name(const char *language, struct text *name,
                      struct error *error)
{
    struct yaml_document document = { 0 };
    const struct yaml_node *node;

    text_add(name, "");
    if (!yaml_parse(&document, language, strlen(language), "language.yaml",
                    error))
        return false;
    if (!parameters_apply(document.root, language, NULL, NULL, NULL, error)) {
        yaml_clear(&document);
        return false;
    }
    node = yaml_get(document.root, "language");
    if (node != NULL && node->kind == YAML_SCALAR)
        text_add(name, node->text);
    yaml_clear(&document);
    return true;
}

/* Equal for runs that differ in nothing but the seed. */
static void set_digest(struct json *manifest, const struct settings *settings,
                       const char *language)
{
    struct text both = { 0 };
    char hex[17];

    text_add_bytes(&both, settings->rest.data, settings->rest.length + 1);
    text_add(&both, language);
    checksum_text(checksum(both.data, both.length), hex);
    set_text(manifest, "settings", hex);
    text_clear(&both);
}

static void set_processor(struct json *manifest)
{
    FILE *stream = fopen("/proc/cpuinfo", "r");
    char line[256], *colon;

    while (stream != NULL && fgets(line, sizeof line, stream) != NULL) {
        colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) != 0 || colon == NULL)
            continue;
        line[strcspn(line, "\n")] = '\0';
        set_text(manifest, "cpu", colon + 1 + strspn(colon + 1, " "));
        break;
    }
    if (stream != NULL)
        fclose(stream);
}

static void set_build(struct json *manifest)
{
    set_text(manifest, "version", VERSION);
    set_text(manifest, "commit", BUILD_COMMIT);
    set_text(manifest, "compiler", COMPILER);
    set_text(manifest, "flags", BUILD_FLAGS);
}

struct json *manifest_new(const struct manifest_source *source,
                          struct error *error)
{
    struct settings settings = { 0 };
    struct text language = { 0 };
    struct json *manifest = NULL;

    if (!read_name(source->language, &language, error) ||
        !read_settings(source->config, &settings, error))
        goto done;
    manifest = json_new_object();
    set_text(manifest, "experiment", source->experiment);
    set_text(manifest, "language", language.data);
    json_set(manifest, "axes", split_axes(source->axes));
    set_text(manifest, "seed", settings.seed.data);
    set_digest(manifest, &settings, source->language);
    set_text(manifest, "hash", source->hash);
    set_text(manifest, "state", "new");
    json_set(manifest, "resumed", json_new_integer(0));
    json_set(manifest, "kept", json_new_array());
    set_build(manifest);
    set_processor(manifest);
    json_set(manifest, "threads",
             json_new_integer((int64_t)parallel_threads()));
    manifest_set_time(manifest, "started");
done:
    text_clear(&language);
    text_clear(&settings.seed);
    text_clear(&settings.rest);
    return manifest;
}

struct json *manifest_read(const char *directory, struct error *error)
{
    char *path = file_join(directory, "manifest.json");
    struct json *manifest = json_load(path, FILE_LIMIT, error);

    free(path);
    return manifest;
}

bool manifest_write(const struct json *manifest, const char *directory,
                    struct error *error)
{
    char *path = file_join(directory, "manifest.json");
    bool ok = json_save(manifest, path, error);

    free(path);
    return ok;
}

void manifest_set_time(struct json *manifest, const char *key)
{
    time_t now = time(NULL);
    struct tm utc;
    char text[32];

    gmtime_r(&now, &utc);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    set_text(manifest, key, text);
}

bool manifest_is_seed(const char *axis)
{
    return strcmp(axis, "seed") == 0 || text_begins(axis, "seed.");
}

bool manifest_says(const struct json *manifest, const char *state)
{
    const char *said = json_as_text(json_get(manifest, "state"));

    return said != NULL && strcmp(said, state) == 0;
}

bool manifest_is_quick(const struct json *manifest)
{
    const char *scale = json_as_text(json_get(manifest, "scale"));

    return scale != NULL && strcmp(scale, "quick") == 0;
}

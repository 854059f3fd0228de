/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "experiment/sweep.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "config/schema.h"

static const char values_accepted[] =
    "a list of values, a range of whole numbers such as 1..5, or one value";

static void clear_values(struct axis *axis)
{
    for (size_t i = 0; i < axis->count; i++)
        yaml_node_free(axis->values[i]);
    free(axis->values);
    axis->values = NULL;
    axis->count = 0;
}

void sweep_clear(struct sweep *sweep)
{
    for (size_t i = 0; i < sweep->count; i++) {
        clear_values(&sweep->axes[i]);
        free(sweep->axes[i].name);
    }
    free(sweep->axes);
    *sweep = (struct sweep){ 0 };
}

/* The value becomes the axis's. */
static void add_value(struct axis *axis, struct yaml_node *value)
{
    axis->values =
        memory_resize(axis->values, axis->count + 1, sizeof *axis->values);
    axis->values[axis->count++] = value;
}

void axis_fix(struct axis *axis, const struct yaml_node *value)
{
    struct yaml_node *copy = yaml_copy(value);

    clear_values(axis);
    add_value(axis, copy);
}

struct axis *sweep_axis(const struct sweep *sweep, const char *name)
{
    for (size_t i = 0; i < sweep->count; i++)
        if (strcmp(sweep->axes[i].name, name) == 0)
            return &sweep->axes[i];
    return NULL;
}

static void add_range(struct axis *axis, const struct range *range,
                      const struct place *place)
{
    for (size_t value = range->least; value <= range->most; value++) {
        struct text text = { 0 };

        text_add_format(&text, "%zu", value);
        add_value(axis, yaml_new_scalar(text.data, false, place));
        text_clear(&text);
    }
}

static bool read_list(struct axis *axis, const struct yaml_node *list,
                      const char *path, struct error *error)
{
    if (list->count == 0)
        return error_add(error, ERROR_CONFIG, &list->place, path,
                         "an axis without values; accepted: %s",
                         values_accepted);
    if (list->count > MOST_JOBS)
        return error_add(error, ERROR_CONFIG, &list->place, path,
                         "%zu values; at most %d", list->count, MOST_JOBS);
    for (size_t i = 0; i < list->count; i++)
        add_value(axis, yaml_copy(list->items[i]));
    return true;
}

static bool read_scalar(struct axis *axis, const struct yaml_node *node,
                        const char *path, struct error *error)
{
    struct range range;

    if (!node->plain || strstr(node->text, "..") == NULL) {
        add_value(axis, yaml_copy(node));
        return true;
    }
    if (!range_read(node->text, &range))
        return schema_complain(node, path, values_accepted, error);
    if (range.most - range.least >= MOST_JOBS)
        return error_add(error, ERROR_CONFIG, &node->place, path,
                         "more than %d values: %s", MOST_JOBS, node->text);
    add_range(axis, &range, &node->place);
    return true;
}

bool sweep_set(struct sweep *sweep, const char *name, const struct place *place,
               const struct yaml_node *values, struct error *error)
{
    struct axis *axis = sweep_axis(sweep, name);
    struct text path = { 0 };
    bool ok;

    if (axis == NULL) {
        sweep->axes =
            memory_resize(sweep->axes, sweep->count + 1, sizeof *sweep->axes);
        axis = &sweep->axes[sweep->count++];
        *axis = (struct axis){ .name = memory_copy_text(name) };
    }
    axis->place = *place;
    clear_values(axis);
    text_add_format(&path, "sweep.%s", name);
    if (values->kind == YAML_LIST)
        ok = read_list(axis, values, path.data, error);
    else if (values->kind == YAML_SCALAR && !yaml_is_null(values))
        ok = read_scalar(axis, values, path.data, error);
    else
        ok = schema_complain(values, path.data, values_accepted, error);
    text_clear(&path);
    return ok;
}

bool sweep_read(struct sweep *sweep, const struct yaml_node *node,
                struct error *error)
{
    bool ok = true;

    if (node == NULL || yaml_is_null(node))
        return true;
    if (node->kind != YAML_MAP)
        return schema_complain(node, "sweep",
                               "a map of key paths to lists of values", error);
    for (size_t i = 0; i < node->count; i++)
        ok &= sweep_set(sweep, node->keys[i]->text, &node->keys[i]->place,
                        node->items[i], error);
    return ok;
}

bool sweep_jobs(const struct sweep *sweep, const struct place *place,
                size_t *jobs, struct error *error)
{
    *jobs = 1;
    for (size_t i = 0; i < sweep->count; i++) {
        *jobs *= sweep->axes[i].count;
        if (*jobs > MOST_JOBS)
            return error_add(error, ERROR_CONFIG, place, "sweep",
                             "more than %d combinations", MOST_JOBS);
    }
    return true;
}

const struct yaml_node *sweep_value(const struct sweep *sweep, size_t job,
                                    size_t axis)
{
    for (size_t i = sweep->count; i-- > axis + 1;)
        job /= sweep->axes[i].count;
    return sweep->axes[axis].values[job % sweep->axes[axis].count];
}

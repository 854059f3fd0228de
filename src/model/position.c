/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "model/position.h"

#include <math.h>
#include <string.h>

static double ratio(size_t i, size_t n)
{
    return (double)i / (double)n;
}

/* One rounding, as long as the squares are below 2^53. */
static double square(size_t i, size_t n)
{
    return (double)i * (double)i / ((double)n * (double)n);
}

static double sign(size_t i, size_t n)
{
    (void)n;
    return i % 2 == 0 ? 1 : -1;
}

/* clang-format off */
static const struct {
    const char *name;
    int bit;
    double (*value)(size_t i, size_t n);
    bool needs_length;
} features[] = {
    { "i/n",     POSITIONS_RATIO,  ratio,  true },
    { "(i/n)^2", POSITIONS_SQUARE, square, true },
    { "(-1)^i",  POSITIONS_SIGN,   sign,   false },
};
/* clang-format on */

enum { FEATURES = sizeof(features) / sizeof(features[0]) };

static const char *const words[] = { [POSITIONS_NONE] = "none",
                                     [POSITIONS_LEARNED] = "learned",
                                     [POSITIONS_SINUSOIDAL] = "sinusoidal" };

static int find_feature(const struct yaml_node *node)
{
    for (size_t f = 0; node->kind == YAML_SCALAR && f < FEATURES; f++)
        if (strcmp(node->text, features[f].name) == 0)
            return features[f].bit;
    return 0;
}

static bool read_list(const struct yaml_node *node, const char *path,
                      int *positions, struct error *error)
{
    for (size_t i = 0; i < node->count; i++) {
        int bit = find_feature(node->items[i]);

        if (bit == 0)
            return schema_complain(node->items[i], path,
                                   "i/n, (i/n)^2 or (-1)^i", error);
        if (*positions & bit)
            return error_add(error, ERROR_CONFIG, &node->items[i]->place, path,
                             "%s stands here twice", node->items[i]->text);
        *positions |= bit;
    }
    if (node->count == 0)
        return error_add(error, ERROR_CONFIG, &node->place, path,
                         "an empty list; accepted: %s",
                         positions_custom.accepted);
    return true;
}

static bool read_positions(const struct yaml_node *node, const char *path,
                           void *value, struct error *error)
{
    int *positions = value;

    if (node->kind == YAML_LIST)
        return read_list(node, path, positions, error);
    for (size_t i = 0; node->kind == YAML_SCALAR && i < 3; i++)
        if (strcmp(node->text, words[i]) == 0) {
            *positions = (int)i;
            return true;
        }
    *positions = find_feature(node);
    return *positions != 0 ||
           schema_complain(node, path, positions_custom.accepted, error);
}

static void print_positions(const void *value, struct text *out)
{
    int positions = *(const int *)value;
    const char *comma = "";

    if (positions <= POSITIONS_SINUSOIDAL) {
        text_add(out, words[positions]);
        return;
    }
    text_add(out, "[");
    for (size_t f = 0; f < FEATURES; f++)
        if (positions & features[f].bit) {
            text_add_format(out, "%s%s", comma, features[f].name);
            comma = ", ";
        }
    text_add(out, "]");
}

const struct field_custom positions_custom = {
    "none, learned, sinusoidal, or a list of i/n, (i/n)^2 and (-1)^i",
    read_positions, print_positions, NULL
};

size_t position_features(int positions, size_t d_model)
{
    size_t count = 0;

    if (positions == POSITIONS_SINUSOIDAL)
        return d_model;
    for (size_t f = 0; f < FEATURES; f++)
        count += (positions & features[f].bit) != 0;
    return count;
}

static double sinusoid(size_t d_model, size_t i, size_t feature)
{
    double angle =
        (double)i * pow(10000, -(double)(feature / 2 * 2) / (double)d_model);

    return feature % 2 == 0 ? sin(angle) : cos(angle);
}

double position_feature(int positions, size_t d_model, size_t i, size_t n,
                        size_t feature)
{
    size_t f = 0;

    if (positions == POSITIONS_SINUSOIDAL)
        return sinusoid(d_model, i, feature);
    for (;; f++) {
        if (!(positions & features[f].bit))
            continue;
        if (feature-- == 0)
            return features[f].value(i, n);
    }
}

bool position_needs_length(int positions)
{
    for (size_t f = 0; f < FEATURES; f++)
        if ((positions & features[f].bit) != 0 && features[f].needs_length)
            return true;
    return false;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The field tables of `data:` and the types they need. */

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "data/dataset.h"

#define MOST_ITEMS  100000000
#define MOST_LENGTH 100000

/* ------------------------------------------------------- count or stream */

static const char count_accepted[] =
    "a whole number in 1..100000000, or the word stream";

static bool read_count(const struct yaml_node *node, const char *path,
                       void *value, struct error *error)
{
    return count_or_word_read(node, path, count_accepted, "stream", MOST_ITEMS,
                              value, error);
}

static void print_count(const void *value, struct text *out)
{
    count_or_word_print(*(const size_t *)value, "stream", out);
}

static const struct field_custom count_custom = { count_accepted, read_count,
                                                  print_count, NULL };

/* ---------------------------------------------------------------- lengths */

static const char as_train[] = "as-train";

static bool read_range(const struct yaml_node *node, const char *path,
                       const char *accepted, struct range *range,
                       struct error *error)
{
    if (node->kind != YAML_SCALAR || !node->plain ||
        !range_read(node->text, range) || range->most > MOST_LENGTH)
        return schema_complain(node, path, accepted, error);
    return true;
}

static bool read_ranges(const struct yaml_node *node, const char *path,
                        const char *accepted, struct ranges *ranges,
                        struct error *error)
{
    bool is_list = node->kind == YAML_LIST, ok = true;

    if (is_list && node->count == 0)
        return schema_complain(node, path, accepted, error);
    ranges->count = is_list ? node->count : 1;
    ranges->items = memory_new(ranges->count, sizeof *ranges->items);
    if (!is_list)
        return read_range(node, path, accepted, ranges->items, error);
    for (size_t i = 0; i < node->count; i++) {
        struct text at = { 0 };

        text_add_format(&at, "%s[%zu]", path, i);
        ok &= read_range(node->items[i], at.data, accepted, &ranges->items[i],
                         error);
        text_clear(&at);
    }
    return ok;
}

static const char train_accepted[] =
    "a range such as 7 or 2..50, ends at most 100000";
static const char validation_accepted[] =
    "a range such as 7 or 2..50, ends at most 100000, or the word as-train";
static const char test_accepted[] =
    "a range such as 7 or 2..50, ends at most 100000, a list of them, or the "
    "word as-train";

static bool is_as_train(const struct yaml_node *node)
{
    return node->kind == YAML_SCALAR && strcmp(node->text, as_train) == 0;
}

static bool read_train(const struct yaml_node *node, const char *path,
                       void *value, struct error *error)
{
    if (node->kind != YAML_SCALAR)
        return schema_complain(node, path, train_accepted, error);
    return read_ranges(node, path, train_accepted, value, error);
}

static bool read_validation(const struct yaml_node *node, const char *path,
                            void *value, struct error *error)
{
    if (is_as_train(node))
        return true;
    if (node->kind != YAML_SCALAR)
        return schema_complain(node, path, validation_accepted, error);
    return read_ranges(node, path, validation_accepted, value, error);
}

static bool read_test(const struct yaml_node *node, const char *path,
                      void *value, struct error *error)
{
    return is_as_train(node) ||
           read_ranges(node, path, test_accepted, value, error);
}

static void print_ranges(const void *value, struct text *out)
{
    const struct ranges *ranges = value;

    if (ranges->count == 0)
        text_add(out, as_train);
    if (ranges->count > 1)
        text_add(out, "[");
    for (size_t i = 0; i < ranges->count; i++)
        text_add_format(out, "%s%zu..%zu", i > 0 ? ", " : "",
                        ranges->items[i].least, ranges->items[i].most);
    if (ranges->count > 1)
        text_add(out, "]");
}

static void clear_ranges(void *value)
{
    struct ranges *ranges = value;

    free(ranges->items);
    *ranges = (struct ranges){ 0 };
}

static const struct field_custom train_custom = { train_accepted, read_train,
                                                  print_ranges, clear_ranges };
static const struct field_custom validation_custom = {
    validation_accepted, read_validation, print_ranges, clear_ranges
};
static const struct field_custom test_custom = { test_accepted, read_test,
                                                 print_ranges, clear_ranges };

/* ----------------------------------------------------------------- tables */

/* clang-format off */
static const struct field train_split[] = {
    { .key = "count", .type = FIELD_CUSTOM, .custom = &count_custom,
      .offset = offsetof(struct split_config, count),
      .help = "strings, or fresh ones at every step" },
    { .key = "length", .type = FIELD_CUSTOM, .custom = &train_custom,
      .offset = offsetof(struct split_config, length),
      .help = "lengths of strings" },
    { .key = NULL }
};

static const struct field validation_split[] = {
    { .key = "count", .type = FIELD_COUNT, .standard = "1000",
      .most = MOST_ITEMS, .offset = offsetof(struct split_config, count),
      .help = "strings, 0 for none" },
    { .key = "length", .type = FIELD_CUSTOM, .custom = &validation_custom,
      .standard = as_train, .offset = offsetof(struct split_config, length),
      .help = "lengths of strings" },
    { .key = NULL }
};

static const struct field test_split[] = {
    { .key = "count", .type = FIELD_COUNT, .standard = "1000",
      .most = MOST_ITEMS, .offset = offsetof(struct split_config, count),
      .help = "strings of each length bin, 0 for none" },
    { .key = "length", .type = FIELD_CUSTOM, .custom = &test_custom,
      .standard = as_train, .offset = offsetof(struct split_config, length),
      .help = "length bins" },
    { .key = NULL }
};

const struct field data_fields[] = {
    { .key = "objective", .type = FIELD_CHOICE, .standard = "membership",
      .choices = objective_names,
      .offset = offsetof(struct data_config, objective),
      .help = "what the network learns to say of a string" },
    { .key = "train", .type = FIELD_STRUCT, .fields = train_split,
      .offset = offsetof(struct data_config, train),
      .help = "what training sees" },
    { .key = "validation", .type = FIELD_STRUCT, .fields = validation_split,
      .offset = offsetof(struct data_config, validation),
      .help = "what selection may look at" },
    { .key = "test", .type = FIELD_STRUCT, .fields = test_split,
      .offset = offsetof(struct data_config, test),
      .help = "what nothing but the verdict looks at" },
    { .key = "corpus", .type = FIELD_STRUCT, .fields = corpus_fields,
      .offset = offsetof(struct data_config, corpus),
      .help = "a text, whose words stand in for a language's symbols" },
    { .key = "positives", .type = FIELD_NUMBER, .standard = "1/2",
      .least = 0.001, .most = 1,
      .offset = offsetof(struct data_config, positives),
      .help = "probability of a member" },
    { .key = "negatives", .type = FIELD_CUSTOM, .standard = "{uniform: 1}",
      .custom = &negatives_custom,
      .offset = offsetof(struct data_config, negatives),
      .help = "kinds of negatives and their shares" },
    { .key = "disjoint", .type = FIELD_BOOL, .standard = "false",
      .offset = offsetof(struct data_config, disjoint),
      .help = "hold a quarter of all strings, by hash, out of training and "
              "validate and test on them alone" },
    { .key = NULL }
};
/* clang-format on */

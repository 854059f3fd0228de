/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "experiment/tree.h"

#include <string.h>

#include "base/text.h"
#include "said.h"
#include "suite.h"

static struct yaml_document document;
static struct trees trees;

static bool read_yaml(const char *yaml, const char *const *overrides,
                      bool quick, struct error *error)
{
    ck_assert(yaml_parse(&document, yaml, strlen(yaml), "x", error));
    return trees_init(&trees, document.root, overrides, quick, error);
}

static void teardown(void)
{
    trees_clear(&trees);
    yaml_clear(&document);
}

/* Job J's tree in flow style without the blocks that are no settings. */
static void is_tree(size_t j, const char *expected)
{
    static const char *const keys[] = { "model", "train", "seed" };
    struct error error = { 0 };
    struct yaml_node *tree = trees_build(&trees, j, &error);
    struct text flow = { 0 };

    ck_assert_said(&error, "");
    for (size_t i = 0; i < 3; i++) {
        const struct yaml_node *node = yaml_get(tree, keys[i]);

        text_add(&flow, i > 0 ? " " : "");
        if (node != NULL)
            yaml_add_flow(&flow, node);
    }
    ck_assert_str_eq(flow.data, expected);
    text_clear(&flow);
    yaml_node_free(tree);
}

START_TEST(a_job_is_the_file_its_point_and_the_command_line)
{
    static const char *const overrides[] = { "train.rate=5", "seed.init=9",
                                             NULL };
    struct error error = { 0 };

    ck_assert(read_yaml("model: {norm: pre}\n"
                        "train: {rate: 1, steps: 100}\n"
                        "seed: 3\n"
                        "sweep: {model.norm: [post, none], train.batch: 2}\n"
                        "quick: {train: {steps: 7}, sweep.train.batch: 4..5}\n",
                        overrides, true, &error));
    is_tree(0, "{norm: post} {rate: 5, steps: 7, batch: 4} "
               "{data: 3, init: 9, order: 3}");
    is_tree(3, "{norm: none} {rate: 5, steps: 7, batch: 5} "
               "{data: 3, init: 9, order: 3}");
}
END_TEST

START_TEST(quick_and_the_sweep_wait_to_be_asked)
{
    struct error error = { 0 };

    ck_assert(read_yaml("train: {rate: 1}\nquick: {train.rate: 2}\n", NULL,
                        false, &error));
    ck_assert_uint_eq(trees.sweep.count, 0);
    is_tree(0, " {rate: 1} ");
}
END_TEST

/* Every value knows who wrote it. */
START_TEST(values_keep_their_places)
{
    static const char *const overrides[] = { "train.batch=8", NULL };
    static const struct {
        const char *path, *file;
        size_t line, column;
    } places[] = {
        { "train.rate", "x", 4, 22 },                   /* the sweep's */
        { "train.steps", "x", 3, 22 },                  /* of quick */
        { "train.batch", "--set train.batch=8", 0, 0 }, /* overridden */
        { "train.warmup", "x", 2, 8 },                  /* in no place */
        { "model.mask", "x", 1, 15 },                   /* as written */
        { "model.norm", "x", 1, 37 },                   /* a construction's */
    };
    struct error error = { 0 };
    struct yaml_node *tree;

    ck_assert(read_yaml("model: {mask: causal, construction: anbn}\n"
                        "train: {steps: 1, batch: 2}\n"
                        "quick: {train.steps: 3}\n"
                        "sweep: {train.rate: [1, 2]}\n",
                        overrides, true, &error));
    tree = trees_build(&trees, 0, &error);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const struct place *place = yaml_place(tree, places[i].path);

        ck_assert_str_eq(place->file, places[i].file);
        ck_assert_uint_eq(place->line, places[i].line);
        ck_assert_uint_eq(place->column, places[i].column);
    }
    yaml_node_free(tree);
    error_clear(&error);
}
END_TEST

START_TEST(a_wrong_sweep_leaves_no_axes)
{
    struct error error = { 0 };

    ck_assert(!read_yaml("sweep: {train.rate: [1, 2], seed: []}\n", NULL, false,
                         &error));
    ck_assert_uint_eq(trees.sweep.count, 0);
    ck_assert_said(&error,
                   "x:1:35: sweep.seed: an axis without values; accepted: a "
                   "list of values, a range of whole numbers such as 1..5, or "
                   "one value\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tree");
    TCase *tests = tcase_create("tree");

    tcase_add_checked_fixture(tests, NULL, teardown);
    tcase_add_test(tests, a_job_is_the_file_its_point_and_the_command_line);
    tcase_add_test(tests, quick_and_the_sweep_wait_to_be_asked);
    tcase_add_test(tests, values_keep_their_places);
    tcase_add_test(tests, a_wrong_sweep_leaves_no_axes);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "experiment/start.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "results/checkpoint.h"
#include "said.h"
#include "scratch.h"
#include "suite.h"

static const struct place place = { "e.yaml", 5, 9 };

static struct network *network_of(size_t d_model)
{
    struct model_config config = { 0 };
    struct error error = { 0 };
    struct yaml_document document;
    struct network *network;
    char yaml[64];

    snprintf(yaml, sizeof yaml, "{n_layers: 1, d_model: %zu, n_heads: 1}",
             d_model);
    ck_assert(yaml_parse(&document, yaml, strlen(yaml), "model", &error));
    ck_assert(
        schema_read(model_fields, document.root, "", NULL, &config, &error));
    network = network_new(&config, 2);
    schema_clear(model_fields, &config);
    yaml_clear(&document);
    return network;
}

/* A checkpoint of random parameters, at NAME; parameter AT, if there is one,
 * is VALUE. */
static void write_with(const char *name, uint64_t seed, size_t at, double value)
{
    struct network *network = network_of(4);
    struct checkpoint checkpoint = { .step = 3 };
    struct error error = { 0 };

    network_init(network, seed);
    checkpoint.theta = network_parameters(network);
    if (at < network_layout(network)->n_parameters)
        checkpoint.theta[at] = value;
    ck_assert(
        checkpoint_write(name, network_layout(network), &checkpoint, &error));
    network_free(network);
}

static void write_checkpoint(const char *name, uint64_t seed)
{
    write_with(name, seed, SIZE_MAX, 0);
}

static void setup(void)
{
    struct error error = { 0 };

    scratch_open();
    ck_assert_int_eq(chdir(scratch), 0);
    ck_assert(file_make_directories("folder", &error));
    write_checkpoint("folder/a.safetensors", 1);
    write_checkpoint("b.safetensors", 2);
}

static void teardown(void)
{
    ck_assert_int_eq(chdir("/"), 0);
    scratch_close();
}

/* From the experiment's folder, else from here; a run's own copy first. */
START_TEST(files_are_found_where_documented)
{
    static const struct {
        const char *file, *experiment, *path;
    } cases[] = {
        { "a.safetensors", "folder/e.yaml", "folder/a.safetensors" },
        { "b.safetensors", "folder/e.yaml", "b.safetensors" },
        { "gone.safetensors", "folder/config.yaml",
          "folder/start.safetensors" },
    };
    struct error error = { 0 };

    ck_assert(start_keep("b.safetensors", "folder", &error));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct start_config start = { (char *)cases[i].file, NULL };
        char *path;

        ck_assert(
            start_find(&start, cases[i].experiment, &place, &path, &error));
        ck_assert_str_eq(path, cases[i].path);
        ck_assert_uint_eq(strlen(start.checksum), 16);
        free(start.checksum);
        free(path);
    }
}
END_TEST

START_TEST(the_places_tried_are_named)
{
    struct start_config start = { "x", NULL };
    struct error error = { 0 };
    char *path;

    ck_assert(!start_find(&start, "folder/config.yaml", &place, &path, &error));
    ck_assert_said(&error, "e.yaml:5:9: train.from: there is no "
                           "folder/start.safetensors, folder/x, x\n");
}
END_TEST

/* The parameters are the file's, and nobody else's: a file that changed since
 * it was found is refused, and so is one of another shape. */
START_TEST(parameters_are_those_that_were_found)
{
    struct start_config start = { "a.safetensors", NULL };
    struct network *network = network_of(4), *other = network_of(6);
    struct error error = { 0 };
    struct network *expected = network_of(4);
    size_t n = network_layout(network)->n_parameters;
    char *path;

    network_init(expected, 1);
    ck_assert(start_find(&start, "folder/e.yaml", &place, &path, &error));
    ck_assert(start_load(&start, path, &place, network, &error));
    ck_assert_mem_eq(network_parameters(network), network_parameters(expected),
                     n * sizeof(double));
    ck_assert(!start_load(&start, path, &place, other, &error));
    ck_assert_ptr_nonnull(strstr(said(&error), "e.yaml:5:9: train.from: "
                                               "folder/a.safetensors: "));
    write_checkpoint(path, 9);
    ck_assert(!start_load(&start, path, &place, network, &error));
    ck_assert_ptr_nonnull(
        strstr(said(&error), "folder/a.safetensors has changed: its checksum "
                             "is "));
    network_free(network);
    network_free(expected);
    network_free(other);
    free(start.checksum);
    free(path);
}
END_TEST

/* Of a matrix and of a vector; the first one is named. */
START_TEST(numbers_that_are_not_finite_are_named)
{
    struct network *network = network_of(4);
    const struct layout *layout = network_layout(network);
    struct error error = { 0 };

    for (size_t t = 0; t < layout->n_tensors; t++) {
        const struct tensor *tensor = &layout->tensors[t];
        struct start_config start = { "n.safetensors", NULL };
        static const double values[] = { NAN, -INFINITY, -1e39 };
        double value = values[t % 3];
        char expected[160], index[48] = "[0]", *path;

        if (tensor->columns > 0)
            snprintf(index, sizeof index, "[%zu, 1]", tensor->rows - 1);
        snprintf(expected, sizeof expected,
                 "e.yaml:5:9: train.from: ./n.safetensors: tensor %s: element "
                 "%s is %g%s\n",
                 tensor->name, index, value,
                 isfinite(value) ? ", too large for float" : "");
        write_with("n.safetensors", 1,
                   tensor->offset +
                       (tensor->columns > 0
                            ? (tensor->rows - 1) * tensor->columns + 1
                            : 0),
                   value);
        ck_assert(start_find(&start, "e.yaml", &place, &path, &error));
        ck_assert(!start_load(&start, path, &place, network, &error));
        ck_assert_said(&error, expected);
        free(start.checksum);
        free(path);
    }
    network_free(network);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("start");
    TCase *tests = tcase_create("start");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, files_are_found_where_documented);
    tcase_add_test(tests, the_places_tried_are_named);
    tcase_add_test(tests, parameters_are_those_that_were_found);
    tcase_add_test(tests, numbers_that_are_not_finite_are_named);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

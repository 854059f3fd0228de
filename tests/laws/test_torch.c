/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Logits, loss and gradients agree with PyTorch 1.13 on its own variants of
 * the transformer, golden-torch/variants.txt: to 1e-10 in double and 1e-5 in
 * float, of the greatest logit (or 1) and of the greatest gradient, on every
 * instruction set.
 */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "config/schema.h"
#include "model/network.h"
#include "suite.h"

#define SYMBOLS 3
#define STRINGS 4
#define TOKENS  13

static const char *const instruction_sets[] = { "generic", "avx2", "avx512" };

/* What the file says of one variant. */
struct golden {
    char *name;
    struct model_config config;
    enum objective objective;
    struct network *network;
    uint8_t targets[TOKENS];
    double logits[TOKENS * (SYMBOLS + 1)], loss;
    size_t n_logits, filled;
    double *gradient, *theta;
    bool *told; /* of each parameter */
};

static void read_model(struct golden *golden, const char *text)
{
    struct yaml_document document = { 0 };
    struct error error = { 0 };

    ck_assert(yaml_parse(&document, text, strlen(text), "golden", &error));
    ck_assert(schema_read(model_fields, document.root, "model", NULL,
                          &golden->config, &error));
    ck_assert(model_check(&golden->config, &document.root->place, &error));
    yaml_clear(&document);
}

static void read_objective(struct golden *golden, const char *name)
{
    const struct layout *layout;

    while (strcmp(objective_names[golden->objective], name) != 0)
        golden->objective++;
    golden->config.precision = PRECISION_DOUBLE;
    golden->network =
        network_new_for(golden->objective, &golden->config, SYMBOLS);
    layout = network_layout(golden->network);
    golden->gradient = memory_new(layout->n_parameters, sizeof(double));
    golden->theta = memory_new(layout->n_parameters, sizeof(double));
    golden->told = memory_new(layout->n_parameters, sizeof(bool));
}

static size_t read_numbers(char *text, double *numbers, size_t most)
{
    size_t n = 0;
    char *end;

    for (;; n++) {
        double x = strtod(text, &end);

        if (end == text)
            return n;
        ck_assert_uint_lt(n, most);
        numbers[n] = x;
        text = end;
    }
}

static void read_targets(struct golden *golden, char *text)
{
    double numbers[TOKENS];
    size_t n = read_numbers(text, numbers, TOKENS);

    for (size_t i = 0; i < n; i++)
        golden->targets[i] = (uint8_t)numbers[i];
}

/* Parameter K of all, in the order of the file. */
static double parameter(size_t k)
{
    return (double)((long)((7919 * k + 13) % 2003) - 1001) / 2048;
}

static void read_gradient(struct golden *golden, char *text)
{
    size_t length = strcspn(text, " "), offset, n;
    const struct tensor *tensor;

    text[length] = '\0';
    tensor = layout_find(network_layout(golden->network), text);
    ck_assert_msg(tensor != NULL, "no tensor %s", text);
    offset = tensor->offset;
    n = read_numbers(text + length + 1, golden->gradient + offset,
                     tensor->count);
    ck_assert_uint_eq(n, tensor->count);
    for (size_t e = 0; e < tensor->count; e++) {
        golden->theta[offset + e] =
            parameter(golden->filled++) + (tensor->kind == TENSOR_GAIN ? 1 : 0);
        golden->told[offset + e] = true;
    }
}

static double distance(const double *x, const double *y, size_t n, double least)
{
    double error = 0, size = least;

    for (size_t i = 0; i < n; i++) {
        error = fmax(error, isfinite(x[i]) ? fabs(x[i] - y[i]) : INFINITY);
        size = fmax(size, fabs(y[i]));
    }
    return error / size;
}

static void add_strings(struct strings *strings)
{
    static const uint16_t longer[][5] = { { 2, 1, 0 }, { 1, 1, 0, 2, 0 } };

    strings_add(strings, longer[0], 0);
    strings_add(strings, &(uint16_t){ 0 }, 1);
    strings_add(strings, longer[0], 3);
    strings_add(strings, longer[1], 5);
}

/* The worst of forward and loss, and of the gradient, in one precision. */
static void compare(const struct golden *golden, enum precision precision,
                    double *forward, double *backward)
{
    size_t n = network_layout(golden->network)->n_parameters;
    double *gradient = memory_new(n, sizeof(double));
    struct strings strings = { 0 };
    struct batch batch = { .strings = &strings, .count = STRINGS };

    add_strings(&strings);
    network_set(golden->network, golden->theta);
    for (size_t i = 0; i < 3; i++) {
        double logits[TOKENS * (SYMBOLS + 1)];
        struct network *network;
        struct pass pass;

        setenv("SATURN_ISA", instruction_sets[i], 1);
        network = network_scaled(golden->network, 1, precision);
        network_logits(network, &batch, NULL, logits);
        network_gradient(network, &batch, golden->targets, gradient, &pass);
        *forward = fmax(*forward,
                        distance(logits, golden->logits, golden->n_logits, 1));
        *forward = fmax(*forward, distance(&pass.loss, &golden->loss, 1, 1));
        *backward = fmax(*backward, distance(gradient, golden->gradient, n, 0));
        network_free(network);
    }
    free(gradient);
    strings_clear(&strings);
}

static void judge(const struct golden *golden)
{
    double forward[2] = { 0 }, backward[2] = { 0 };

    for (size_t i = 0; i < network_layout(golden->network)->n_parameters; i++)
        ck_assert(golden->told[i]);
    compare(golden, PRECISION_FLOAT, &forward[0], &backward[0]);
    compare(golden, PRECISION_DOUBLE, &forward[1], &backward[1]);
    printf("forward %.0e %.0e gradient %.0e %.0e %s %s\n", forward[1],
           forward[0], backward[1], backward[0],
           objective_names[golden->objective], golden->name);
    ck_assert_double_le(forward[1], 1e-10);
    ck_assert_double_le(backward[1], 1e-10);
    ck_assert_double_le(forward[0], 1e-5);
    ck_assert_double_le(backward[0], 1e-5);
}

static void golden_clear(struct golden *golden)
{
    network_free(golden->network);
    free(golden->name);
    free(golden->gradient);
    free(golden->theta);
    free(golden->told);
    *golden = (struct golden){ 0 };
}

/* One line, which starts with a word; true after the last of a variant. */
static bool read_line(struct golden *golden, char *line)
{
    char *rest = line + strcspn(line, " ");

    line[strcspn(line, "\n")] = '\0';
    rest += *rest == ' ';
    if (strncmp(line, "variant ", 8) == 0)
        golden->name = memory_copy_text(rest);
    else if (strncmp(line, "model ", 6) == 0)
        read_model(golden, rest);
    else if (strncmp(line, "objective ", 10) == 0)
        read_objective(golden, rest);
    else if (strncmp(line, "targets ", 8) == 0)
        read_targets(golden, rest);
    else if (strncmp(line, "logits ", 7) == 0)
        golden->n_logits =
            read_numbers(rest, golden->logits, TOKENS * (SYMBOLS + 1));
    else if (strncmp(line, "loss ", 5) == 0)
        ck_assert_uint_eq(read_numbers(rest, &golden->loss, 1), 1);
    else if (strncmp(line, "gradient ", 9) == 0)
        read_gradient(golden, rest);
    else
        return strcmp(line, "end") == 0;
    return false;
}

START_TEST(variants_are_as_in_pytorch)
{
    char path[4096], *line = NULL;
    size_t room = 0, variants = 0;
    struct golden golden = { 0 };
    FILE *file;

    snprintf(path, sizeof(path), "%s/tests/golden-torch/variants.txt",
             source_directory());
    file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    while (getline(&line, &room, file) > 0)
        if (read_line(&golden, line)) {
            judge(&golden);
            golden_clear(&golden);
            variants++;
        }
    ck_assert_uint_ge(variants, 12);
    free(line);
    fclose(file);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("torch");
    TCase *tcase = tcase_create("torch");

    parallel_set_threads(1);
    tcase_add_test(tcase, variants_are_as_in_pytorch);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "suite.h"

#include <math.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "model/types.h"

#define SYMBOLS 3
#define STRINGS 48
#define LONGEST 6

static void draw_strings(struct strings *strings, size_t longest)
{
    struct stream stream;

    *strings = (struct strings){ 0 };
    stream_init(&stream, 3, "test.types", longest);
    for (size_t i = 0; i < STRINGS; i++) {
        size_t length = stream_below(&stream, (uint32_t)longest + 1);
        uint16_t symbols[1024];

        for (size_t t = 0; t < length; t++)
            symbols[t] = (uint16_t)stream_below(&stream, SYMBOLS);
        strings_add(strings, symbols, length);
    }
}

/* Placements, positions, one and two layers, readouts: 80. */
static struct model_config config_at(int i, enum precision precision)
{
    static const int positions[] = { POSITIONS_NONE, POSITIONS_LEARNED,
                                     POSITIONS_SINUSOIDAL, POSITIONS_SINUSOIDAL,
                                     POSITIONS_SIGN };

    return (struct model_config){ .norm = i % 4,
                                  .positions = positions[i / 4 % 5],
                                  .position_map = i / 4 % 5 == 3,
                                  .n_layers = 1 + (size_t)(i / 20 % 2),
                                  .readout =
                                      i / 40 ? READOUT_MEAN : READOUT_LAST,
                                  .mask = i / 40 ? MASK_FULL : MASK_CAUSAL,
                                  .bias = i % 3 > 0,
                                  .d_model = 20,
                                  .n_heads = 2,
                                  .d_ff = 24,
                                  .epsilon = 1e-5,
                                  .max_length = LONGEST,
                                  .precision = (int)precision,
                                  .init = { 1, 1, 1, 1, 1, 1, 1, 1 } };
}

/* ------------------------------------------------------------------- types */

/* Every token finds its own symbol and place, no type is listed twice, and
 * all of them are some token's. */
START_TEST(every_token_has_its_type)
{
    struct types types = { 0 };
    struct strings strings;
    size_t seen[2] = { 0 };

    draw_strings(&strings, LONGEST);
    for (int placed = 0; placed < 2; placed++) {
        struct model_config config = config_at(4 * placed, PRECISION_DOUBLE);
        struct batch batch = { .strings = &strings, .count = STRINGS };
        bool occurs[(LONGEST + 1) * (SYMBOLS + 1)] = { false };

        ck_assert(types_gather(&types, &config, SYMBOLS + 1, &batch));
        for (size_t i = 0; i < STRINGS; i++)
            for (size_t t = 0; t <= strings_length(&strings, i); t++) {
                uint16_t token =
                    t == 0 ? SYMBOLS : strings_at(&strings, i)[t - 1];
                size_t type = types_find(&types, t, token);

                ck_assert_uint_lt(type, types.count);
                ck_assert_uint_eq(types.list[type].token, token);
                ck_assert_uint_eq(types.list[type].place, placed ? t : 0);
                seen[placed] += !occurs[type];
                occurs[type] = true;
            }
        ck_assert_uint_eq(seen[placed], types.count);
    }
    ck_assert_uint_eq(seen[0], SYMBOLS + 1);
    ck_assert_uint_eq(seen[1], 1 + SYMBOLS * LONGEST);
    types_clear(&types);
    strings_clear(&strings);
}
END_TEST

/* Not worth it: a string of its own, symbols that hardly come twice, places
 * that depend on a string's length. */
START_TEST(types_must_be_few)
{
    struct model_config config = config_at(4, PRECISION_DOUBLE);
    struct strings strings;
    struct batch batch = { .strings = &strings, .count = 1 };
    struct types types = { 0 };

    draw_strings(&strings, LONGEST);
    ck_assert(!types_gather(&types, &config, SYMBOLS + 1, &batch));
    batch.count = STRINGS;
    ck_assert(types_gather(&types, &config, SYMBOLS + 1, &batch));
    ck_assert(!types_gather(&types, &config, 16384, &batch));
    config.positions = POSITIONS_RATIO | POSITIONS_SIGN;
    ck_assert(!types_gather(&types, &config, SYMBOLS + 1, &batch));
    types_clear(&types);
    strings_clear(&strings);
}
END_TEST

/* Or fewer than are expected, where strings are short and places differ; in
 * no case more than there can be. */
START_TEST(no_more_types_than_expected)
{
    struct strings strings;
    struct types types = { 0 };

    for (size_t longest = 3; longest <= 40; longest += 37) {
        struct batch batch = { .strings = &strings, .count = STRINGS };

        draw_strings(&strings, longest);
        for (int placed = 0; placed < 2; placed++) {
            struct model_config config =
                config_at(4 * placed, PRECISION_DOUBLE);
            struct extent extent = { STRINGS, strings.offsets[STRINGS],
                                     longest };
            bool few = types_gather(&types, &config, SYMBOLS + 1, &batch);
            size_t expected = types_expected(&config, SYMBOLS + 1, extent);

            ck_assert_int_eq(few, expected > 0);
            ck_assert_uint_ge(expected, types.count);
            ck_assert_uint_le(expected,
                              (placed ? longest + 1 : 1) * (SYMBOLS + 1));
        }
        strings_clear(&strings);
    }
    types_clear(&types);
}
END_TEST

/* ------------------------------------------------------------- the network */

struct scene {
    struct strings strings;
    struct network *network;
    size_t n;         /* parameters */
    double *gradient; /* [n] */
    uint8_t *targets;
};

static void open_scene(struct scene *scene, enum objective objective,
                       const struct model_config *config)
{
    double *theta;
    struct stream stream;
    struct batch all = { .strings = &scene->strings, .count = STRINGS };
    struct types types = { 0 };

    draw_strings(&scene->strings, LONGEST);
    ck_assert(types_gather(&types, config, SYMBOLS + 1, &all));
    types_clear(&types);
    scene->network = network_new_for(objective, config, SYMBOLS);
    scene->n = network_layout(scene->network)->n_parameters;
    scene->gradient = memory_new(scene->n, sizeof(double));
    scene->targets = memory_new(STRINGS * (LONGEST + 1), 1);
    theta = network_parameters(scene->network);
    stream_init(&stream, 3, "test.theta", scene->n);
    for (size_t i = 0; i < scene->n; i++)
        theta[i] = 0.5 * stream_normal(&stream);
    network_update(scene->network);
    for (size_t i = 0; i < STRINGS * (LONGEST + 1); i++)
        scene->targets[i] = (uint8_t)stream_below(&stream, 2);
}

static void close_scene(struct scene *scene)
{
    network_free(scene->network);
    strings_clear(&scene->strings);
    free(scene->gradient);
    free(scene->targets);
}

/* The mean of the strings' own gradients, which have hardly a type twice,
 * weighed by their TARGETS each. */
static void mean_of_strings(struct scene *scene, bool sequence, double *mean)
{
    double *one = memory_new(scene->n, sizeof(double)), targets = 0;

    for (size_t s = 0; s < STRINGS; s++) {
        struct batch batch = { &scene->strings, &s, 1 };
        double n =
            sequence ? (double)strings_length(&scene->strings, s) + 1 : 1;
        struct pass pass;

        network_gradient(scene->network, &batch, scene->targets, one, &pass);
        for (size_t i = 0; i < scene->n; i++)
            mean[i] += n * one[i];
        targets += n;
    }
    for (size_t i = 0; i < scene->n; i++)
        mean[i] /= targets;
    free(one);
}

START_TEST(gradient_is_that_of_strings_alone)
{
    enum objective objective =
        _i % 2 == 0 ? OBJECTIVE_MEMBERSHIP : OBJECTIVE_PREFIX_MEMBERSHIP;

    for (int i = 0; i < 80; i++) {
        struct model_config config = config_at(i, PRECISION_DOUBLE);
        struct batch all = { .count = STRINGS };
        double *mean, most = 0, worst = 0;
        struct scene scene;
        struct pass pass;

        open_scene(&scene, objective, &config);
        all.strings = &scene.strings;
        mean = memory_new(scene.n, sizeof(double));
        mean_of_strings(&scene, objective_is_sequence(objective), mean);
        network_gradient(scene.network, &all, scene.targets, scene.gradient,
                         &pass);
        for (size_t p = 0; p < scene.n; p++) {
            most = fmax(most, fabs(mean[p]));
            worst = fmax(worst, fabs(mean[p] - scene.gradient[p]));
        }
        ck_assert_double_gt(most, 1e-3);
        ck_assert_double_le(worst, 1e-14 * (1 + most));
        free(mean);
        close_scene(&scene);
    }
}
END_TEST

/* The very bits: in a batch whose types are few, and alone. */
START_TEST(logits_are_those_of_strings_alone)
{
    for (int i = 0; i < 80; i++) {
        enum precision precision =
            _i % 2 == 0 ? PRECISION_FLOAT : PRECISION_DOUBLE;
        struct model_config config = config_at(i, precision);
        struct batch all = { .count = STRINGS };
        double logits[STRINGS];
        struct scene scene;

        open_scene(&scene, OBJECTIVE_MEMBERSHIP, &config);
        all.strings = &scene.strings;
        network_logits(scene.network, &all, NULL, logits);
        for (size_t s = 0; s < STRINGS; s++) {
            struct batch batch = { &scene.strings, &s, 1 };
            double logit;

            network_logits(scene.network, &batch, NULL, &logit);
            ck_assert_double_eq(logit, logits[s]);
        }
        close_scene(&scene);
    }
}
END_TEST

START_TEST(threads_change_nothing)
{
    static const size_t threads[] = { 1, 2, 3, 7 };

    for (int i = 0; i < 80; i += 7) {
        struct model_config config = config_at(i, PRECISION_FLOAT);
        struct batch all = { .count = STRINGS };
        struct scene scene;
        struct pass pass;
        double *first;

        open_scene(&scene, OBJECTIVE_MEMBERSHIP, &config);
        all.strings = &scene.strings;
        first = memory_new(scene.n, sizeof(double));
        for (size_t t = 0; t < 4; t++) {
            parallel_set_threads(threads[t]);
            network_gradient(scene.network, &all, scene.targets,
                             t == 0 ? first : scene.gradient, &pass);
            if (t > 0)
                ck_assert_mem_eq(first, scene.gradient,
                                 scene.n * sizeof(double));
        }
        parallel_set_threads(1);
        free(first);
        close_scene(&scene);
    }
}
END_TEST

int main(void)
{
    TCase *types = tcase_create("types"), *network = tcase_create("network");
    Suite *suite = suite_create("types");

    tcase_add_test(types, every_token_has_its_type);
    tcase_add_test(types, types_must_be_few);
    tcase_add_test(types, no_more_types_than_expected);
    tcase_add_loop_test(network, gradient_is_that_of_strings_alone, 0, 2);
    tcase_add_loop_test(network, logits_are_those_of_strings_alone, 0, 2);
    tcase_add_test(network, threads_change_nothing);
    suite_add_tcase(suite, types);
    suite_add_tcase(suite, network);
    return suite_run(suite);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "suite.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/parallel.h"
#include "base/random.h"
#include "oracle.h"
#include "saturation/evaluator.h"

static struct saturation_config standard(void)
{
    struct saturation_config config = { 0 };
    struct error error = { 0 };

    ck_assert(schema_read(saturation_fields, NULL, "", NULL, &config, &error));
    return config;
}

static struct evaluator *evaluator_of(const struct network *network,
                                      const char *name)
{
    struct saturation_config config = standard();
    struct evaluator *evaluator;
    struct error error = { 0 };

    ck_assert(evaluator_new(&evaluator, name, network, &config, &error));
    ck_assert_str_eq(evaluator_name(evaluator), name);
    schema_clear(saturation_fields, &config);
    return evaluator;
}

static struct decision *decisions_of(const struct network *network,
                                     const char *name,
                                     const struct strings *strings)
{
    struct evaluator *evaluator = evaluator_of(network, name);
    struct decision *decisions = calloc(strings->count, sizeof(*decisions));

    evaluator_decide(evaluator, strings, decisions);
    evaluator_free(evaluator);
    return decisions;
}

/* COUNT random strings of lengths 0..most. */
static struct strings random_strings(size_t count, size_t most, uint64_t seed)
{
    struct strings strings = { 0 };

    for (size_t i = 0; i < count; i++) {
        struct stream stream;
        uint16_t symbols[256];
        size_t length;

        stream_init(&stream, seed, "test.strings", i);
        length = stream_below(&stream, most + 1);
        for (size_t j = 0; j < length; j++)
            symbols[j] = (uint16_t)stream_below(&stream, 2);
        strings_add(&strings, symbols, length);
    }
    return strings;
}

START_TEST(test_fields)
{
    struct saturation_config config = standard();
    const double scales[] = { 1, 2, 5, 10, 100, 1000 };

    ck_assert_uint_eq(config.scales.count, 6);
    for (size_t i = 0; i < 6; i++)
        ck_assert_double_eq(config.scales.items[i], scales[i]);
    ck_assert_uint_eq(config.sharpening.count, 0);
    ck_assert(config.limit && config.attention && config.encoder);
    ck_assert_double_eq(config.tie, 1e-6);
    ck_assert_uint_eq(config.orders, 8);
    schema_clear(saturation_fields, &config);
}
END_TEST

START_TEST(test_names)
{
    static const char *const wrong[] = { "",         "scaled",    "scaled=",
                                         "scaled=0", "scaled=-1", "scaled=x",
                                         "limits",   "sharpened", "Trained" };
    static const char *const all[] = { "trained",     "scaled=1", "scaled=2.5",
                                       "limit",       "encoder",  "attention",
                                       "sharpened=30" };
    double scales[] = { 1, 2.5 }, sharpening[] = { 30 };
    struct saturation_config config = standard();
    struct network *network = oracle_network(0, 1);
    struct evaluator **list, *none;
    struct error error = { 0 };
    size_t n = 0;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        ck_assert(!evaluator_new(&none, wrong[i], network, &config, &error));
        ck_assert_int_eq(error.kind, ERROR_CONFIG);
        error_clear(&error);
    }
    schema_clear(saturation_fields, &config);
    config.scales = (struct numbers){ scales, 2 };
    config.sharpening = (struct numbers){ sharpening, 1 };
    config.limit = config.attention = config.encoder = true;
    config.orders = 8;
    ck_assert(evaluators_new(&list, network, &config, &error));
    for (; list[n] != NULL; n++)
        ck_assert_str_eq(evaluator_name(list[n]), all[n]);
    ck_assert_uint_eq(n, 7);
    evaluators_free(list);
    config.scales.count = config.sharpening.count = 0;
    config.limit = config.attention = config.encoder = false;
    ck_assert(evaluators_new(&list, network, &config, &error));
    ck_assert_str_eq(evaluator_name(list[0]), "trained");
    ck_assert(list[1] == NULL);
    evaluators_free(list);
    network_free(network);
}
END_TEST

START_TEST(test_sign)
{
    ck_assert_int_eq(decision_sign(&(struct decision){ .logit = 2 }), 1);
    ck_assert_int_eq(decision_sign(&(struct decision){ .logit = -2 }), -1);
    ck_assert_int_eq(decision_sign(&(struct decision){ .logit = 0 }), 0);
    ck_assert_int_eq(
        decision_sign(&(struct decision){ .logit = -2, .bound = 3 }), 0);
    ck_assert_int_eq(decision_sign(&(struct decision){ .logit = NAN }), 0);
    ck_assert_int_eq(
        decision_sign(&(struct decision){ .logit = 1, .bound = NAN }), 0);
}
END_TEST

/* At c = 1 the series, the engine and the definition agree. */
START_TEST(test_scaled_is_the_network)
{
    struct network *network = oracle_network((size_t)_i, 7);
    struct strings strings = random_strings(20, 20, (uint64_t)_i);
    struct decision *ours = decisions_of(network, "scaled=1", &strings);
    struct decision *trained = decisions_of(network, "trained", &strings);

    for (size_t i = 0; i < strings.count; i++) {
        double gap = fabs(ours[i].logit - trained[i].logit);

        /* the engine rounds too, by less than our bound allows for */
        ck_assert(gap <= 2 * ours[i].bound);
        ck_assert(ours[i].bound > 0 && ours[i].bound < 1e-9);
        ck_assert(!ours[i].rounding && !ours[i].flagged);
        ck_assert_int_eq(ours[i].degree, 0);
        ck_assert_double_eq(trained[i].bound, 0);
    }
    free(ours);
    free(trained);
    strings_clear(&strings);
    network_free(network);
}
END_TEST

/* The bound of `scaled` holds, and is not absurd, at every c. */
START_TEST(test_scaled_bounds)
{
    static const double scales[] = { 0.01, 1, 3, 30, 1000 };
    struct network *network = oracle_network((size_t)_i, 11);
    struct strings strings = random_strings(6, 12, (uint64_t)_i);

    for (size_t s = 0; s < sizeof(scales) / sizeof(scales[0]); s++) {
        char name[32];
        struct decision *ours;

        snprintf(name, sizeof(name), "scaled=%g", scales[s]);
        ours = decisions_of(network, name, &strings);
        for (size_t i = 0; i < strings.count; i++) {
            quad truth =
                oracle_logit(network, scales[s], strings_at(&strings, i),
                             strings_length(&strings, i), NULL);
            double gap = fabs((double)(truth - (quad)ours[i].logit));

            ck_assert_msg(gap <= ours[i].bound, "%s: %g off, bound %g", name,
                          gap, ours[i].bound);
            if (scales[s] <= 1)
                ck_assert(ours[i].bound < 1e-9 * (1 + fabs(ours[i].logit)));
        }
        free(ours);
    }
    strings_clear(&strings);
    network_free(network);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("evaluator");
    TCase *names = tcase_create("names"), *scaled = tcase_create("scaled");

    tcase_add_test(names, test_fields);
    tcase_add_test(names, test_names);
    tcase_add_test(names, test_sign);
    tcase_add_loop_test(scaled, test_scaled_is_the_network, 0, VARIANTS);
    tcase_add_loop_test(scaled, test_scaled_bounds, 0, VARIANTS);
    suite_add_tcase(suite, names);
    suite_add_tcase(suite, scaled);
    return suite_run(suite);
}

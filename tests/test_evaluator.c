/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "suite.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/parallel.h"
#include "base/random.h"
#include "oracle.h"
#include "saturation/evaluator.h"
#include "shortened.h"

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
    static const char *const wrong[] = {
        "",          "scaled",         "scaled=",     "scaled=0",
        "scaled=-1", "scaled=x",       "scaled=2e12", "limits",
        "sharpened", "sharpened=1e-7", "Trained"
    };
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

/* What is not finite has no limit, and is still evaluated as it is. */
START_TEST(test_not_finite)
{
    struct saturation_config config = standard();
    struct network *network = oracle_network(0, 1);
    struct evaluator **list = NULL, *one;
    struct error error = { 0 };

    oracle_put(network, "layers.1.feedforward.up.weight", 3, 2, NAN);
    network_update(network);
    ck_assert(!evaluators_new(&list, network, &config, &error));
    ck_assert_int_eq(error.kind, ERROR_CONFIG);
    ck_assert_uint_eq(error.count, 1);
    ck_assert_str_eq(error.complaints[0].text,
                     "layers.1.feedforward.up.weight of this network has no "
                     "limit: it is not finite");
    error_clear(&error);
    ck_assert(!evaluator_new(&one, "encoder", network, &config, &error));
    error_clear(&error);
    ck_assert(evaluator_new(&one, "scaled=10", network, &config, &error));
    evaluator_free(one);
    schema_clear(saturation_fields, &config);
    network_free(network);
}
END_TEST

/* Overflow is no decision: neither a sign nor a zero that a lower order may
 * stand in for. */
START_TEST(test_overflow)
{
    struct network *plain = oracle_network(NORM_NONE, 1);
    struct network *network = network_scaled(plain, 1e150, PRECISION_DOUBLE);
    struct strings strings = random_strings(10, 6, 1);
    static const char *const names[] = { "scaled=1", "limit", "encoder" };

    for (size_t e = 0; e < 3; e++) {
        struct decision *decisions = decisions_of(network, names[e], &strings);

        for (size_t i = 0; i < strings.count; i++) {
            ck_assert_int_eq(decision_sign(&decisions[i]), 0);
            ck_assert_int_eq(decisions[i].flagged, e > 0);
        }
        free(decisions);
    }
    strings_clear(&strings);
    network_free(network);
    network_free(plain);
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
    struct strings strings = random_strings(3, 12, (uint64_t)_i);

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

/*
 * Tokens a and b tie: 1/3 + 2/3 (as rounded) against 2/3 + 1/3, by a query
 * of 1s; the begin mark lags behind.  At c = 1e4 the tie is far below what
 * rounding leaves of scores near c^4, and that is said; at c = 10 it is not
 * in doubt, and at no c is a tie between equal tokens.
 */
START_TEST(test_rounding)
{
    static const struct {
        const char *name;
        bool rounding;
    } cases[] = { { "scaled=1", false },
                  { "scaled=10", false },
                  { "scaled=10000", true },
                  { "limit", false } };
    struct model_config config = { .n_layers = 1,
                                   .d_model = 4,
                                   .n_heads = 1,
                                   .d_ff = 1,
                                   .norm = NORM_NONE,
                                   .precision = PRECISION_DOUBLE };
    struct network *network = network_new(&config, 2);
    struct strings strings = { 0 };

    oracle_strings(&strings, 2, 1, 4);
    oracle_put(network, "embedding.token", 0, 0, 1.0 / 3);
    oracle_put(network, "embedding.token", 0, 1, 2.0 / 3);
    oracle_put(network, "embedding.token", 1, 0, 2.0 / 3);
    oracle_put(network, "embedding.token", 1, 1, 1.0 / 3);
    for (size_t t = 0; t < 3; t++)
        oracle_put(network, "embedding.token", t, 2, 1);
    oracle_put(network, "embedding.token", 0, 3, 1);
    oracle_put(network, "embedding.token", 1, 3, -1);
    for (size_t i = 0; i < 2; i++) {
        oracle_put(network, "layers.0.attention.query.weight", i, 2, 1);
        oracle_put(network, "layers.0.attention.key.weight", i, i, 1);
    }
    oracle_put(network, "layers.0.attention.value.weight", 0, 3, 1);
    oracle_put(network, "layers.0.attention.output.weight", 0, 0, 1);
    oracle_put(network, "classifier.weight", 0, 0, 1);
    network_update(network);
    for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
        struct decision *decisions =
            decisions_of(network, cases[c].name, &strings);

        for (size_t i = 0; i < strings.count; i++) {
            const uint16_t *w = strings_at(&strings, i);
            size_t n = strings_length(&strings, i), as = 0;

            for (size_t j = 0; j < n; j++)
                as += w[j] == 0;
            ck_assert_int_eq(decisions[i].rounding,
                             cases[c].rounding && as > 0 && as < n);
            ck_assert(!decisions[i].flagged);
        }
        free(decisions);
    }
    strings_clear(&strings);
    network_free(network);
}
END_TEST

static void check_same(const struct decision *a, const struct decision *b)
{
    ck_assert_mem_eq(&a->logit, &b->logit, sizeof(a->logit));
    ck_assert_mem_eq(&a->bound, &b->bound, sizeof(a->bound));
    ck_assert_int_eq(a->degree, b->degree);
    ck_assert_int_eq(a->rounding, b->rounding);
    ck_assert_int_eq(a->flagged, b->flagged);
}

static const char *const series_names[] = { "scaled=1", "scaled=30", "limit",
                                            "encoder" };

/* A string has the same bits alone, after any other, and in any order. */
START_TEST(test_prefix_sharing)
{
    struct network *network = oracle_network((size_t)_i, 3);
    struct strings strings = { 0 };

    oracle_strings(&strings, 2, 0, 5);
    for (size_t e = 0; e < 4; e++) {
        struct decision *all = decisions_of(network, series_names[e], &strings);
        struct evaluator *backward = evaluator_of(network, series_names[e]);

        for (size_t i = strings.count; i-- > 0;) {
            struct strings one = { 0 };
            struct decision decision, *alone;

            strings_add(&one, strings_at(&strings, i),
                        strings_length(&strings, i));
            evaluator_decide(backward, &one, &decision);
            check_same(&all[i], &decision);
            if (i % 9 == 0) {
                alone = decisions_of(network, series_names[e], &one);
                check_same(&all[i], alone);
                free(alone);
            }
            strings_clear(&one);
        }
        evaluator_free(backward);
        free(all);
    }
    strings_clear(&strings);
    network_free(network);
}
END_TEST

START_TEST(test_threads)
{
    struct network *network = oracle_network((size_t)_i * 11, 3);
    struct saturation_config config = standard();
    struct strings strings = random_strings(200, 12, 5);
    double measured = saturation_measure(network, &config, &strings, NULL);

    for (size_t e = 0; e < 4; e++) {
        struct decision *one;

        parallel_set_threads(1);
        one = decisions_of(network, series_names[e], &strings);
        for (size_t threads = 2; threads <= 3; threads++) {
            struct decision *many;
            double again;

            parallel_set_threads(threads);
            many = decisions_of(network, series_names[e], &strings);
            for (size_t i = 0; i < strings.count; i++)
                check_same(&one[i], &many[i]);
            free(many);
            again = saturation_measure(network, &config, &strings, NULL);
            ck_assert_mem_eq(&again, &measured, sizeof(again));
        }
        free(one);
    }
    parallel_set_threads(1);
    schema_clear(saturation_fields, &config);
    strings_clear(&strings);
    network_free(network);
}
END_TEST

/* The trained classifier and its bias on the direction f(x; c theta) takes:
 * the encoder's output at a large c over that power of c. */
START_TEST(test_encoder)
{
    static const double c = 1e7;
    struct network *network = oracle_network((size_t)_i, 5);
    struct strings strings = random_strings(3, 10, (uint64_t)_i);
    struct decision *decisions = decisions_of(network, "encoder", &strings);
    int degree;
    const struct layout *layout = network_layout(network);
    const double *weights = network_weights(network);

    for (size_t i = 0; i < strings.count; i++) {
        size_t n = strings_length(&strings, i);
        quad outputs[11 * 6], later[11 * 6], power = 1;
        double logit = 0, size = 0, grown = 0;

        oracle_logit(network, c, strings_at(&strings, i), n, outputs);
        oracle_logit(network, 10 * c, strings_at(&strings, i), n, later);
        for (size_t j = n * 6; j < n * 6 + 6; j++) {
            size = fmax(size, fabs((double)outputs[j]));
            grown = fmax(grown, fabs((double)later[j]));
        }
        degree = (int)lround(log10(grown / size));
        for (int k = 0; k < degree; k++)
            power *= (quad)c;
        for (size_t j = 0; j < 6; j++)
            logit +=
                weights[layout->tensors[layout->classifier.weight].offset + j] *
                (double)(outputs[n * 6 + j] / power);
        if (layout->classifier.bias != SIZE_MAX)
            logit += weights[layout->tensors[layout->classifier.bias].offset];
        ck_assert(fabs(logit - decisions[i].logit) < 2e-5 * (1 + fabs(logit)));
        ck_assert_double_le(decisions[i].bound, 1e-9);
        ck_assert(!decisions[i].flagged);
    }
    free(decisions);
    strings_clear(&strings);
    network_free(network);
}
END_TEST

/* The mean cosine, against the trained network and one at c = 1e7. */
START_TEST(test_measure)
{
    struct network *network = oracle_network((size_t)_i, 13);
    struct saturation_config config = standard();
    struct strings strings = random_strings(3, 8, (uint64_t)_i);
    double sum = 0;
    size_t tokens = 0;

    for (size_t i = 0; i < strings.count; i++) {
        size_t n = strings_length(&strings, i);
        quad trained[9 * 6], saturated[9 * 6];

        oracle_logit(network, 1, strings_at(&strings, i), n, trained);
        oracle_logit(network, 1e7, strings_at(&strings, i), n, saturated);
        for (size_t t = 0; t <= n; t++, tokens++) {
            const quad *a = trained + t * 6, *b = saturated + t * 6;
            quad ab = 0, aa = 0, bb = 0;

            for (size_t j = 0; j < 6; j++) {
                ab += a[j] * b[j];
                aa += a[j] * a[j];
                bb += b[j] * b[j];
            }
            sum += (double)(ab / quad_sqrt(aa) / quad_sqrt(bb));
        }
    }
    ck_assert_double_eq_tol(
        saturation_measure(network, &config, &strings, NULL),
        sum / (double)tokens, 1e-5);
    schema_clear(saturation_fields, &config);
    strings_clear(&strings);
    network_free(network);
}
END_TEST

/* Of each layer it is what a network of these layers alone would give; of the
 * last, what is returned. */
START_TEST(test_layers)
{
    struct network *network = oracle_network((size_t)_i, 13), *lower;
    struct saturation_config config = standard();
    struct strings strings = random_strings(300, 8, (uint64_t)_i);
    double layers[2], last;

    last = saturation_measure(network, &config, &strings, layers);
    ck_assert_double_eq(last, layers[1]);
    lower = shortened(network, 1, 2);
    ck_assert_double_eq(saturation_measure(lower, &config, &strings, NULL),
                        layers[0]);
    network_free(lower);
    schema_clear(saturation_fields, &config);
    strings_clear(&strings);
    network_free(network);
}
END_TEST

/* A network far out on its ray has nowhere to go: 1 after every layer. */
START_TEST(test_saturated_layers)
{
    struct network *network = oracle_network((size_t)_i, 13);
    struct network *far = network_scaled(network, 1e5, PRECISION_DOUBLE);
    struct saturation_config config = standard();
    struct strings strings = random_strings(20, 8, (uint64_t)_i);
    double layers[2];

    saturation_measure(far, &config, &strings, layers);
    for (size_t l = 0; l < 2; l++)
        ck_assert_double_eq_tol(layers[l], 1, 1e-4);
    schema_clear(saturation_fields, &config);
    strings_clear(&strings);
    network_free(far);
    network_free(network);
}
END_TEST

/* Sharpening starts at the trained network and ends in saturated attention,
 * where no tie decides. */
START_TEST(test_attention)
{
    struct network *network = oracle_network((size_t)_i, 17);
    struct strings strings = random_strings(20, 12, 4);
    struct decision *trained = decisions_of(network, "trained", &strings);
    struct decision *one = decisions_of(network, "sharpened=1", &strings);
    struct decision *sharp = decisions_of(network, "sharpened=1e7", &strings);
    struct decision *saturated = decisions_of(network, "attention", &strings);

    for (size_t i = 0; i < strings.count; i++) {
        ck_assert_double_eq(trained[i].logit, one[i].logit);
        ck_assert_double_eq_tol(sharp[i].logit, saturated[i].logit,
                                1e-9 * (1 + fabs(saturated[i].logit)));
    }
    free(trained);
    free(one);
    free(sharp);
    free(saturated);
    strings_clear(&strings);
    network_free(network);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("evaluator");
    TCase *names = tcase_create("names"), *scaled = tcase_create("scaled");
    TCase *bits = tcase_create("bits"), *other = tcase_create("other");

    parallel_set_threads(1); /* small networks: more would only wait */
    tcase_add_test(names, test_fields);
    tcase_add_test(names, test_names);
    tcase_add_test(names, test_sign);
    tcase_add_test(names, test_not_finite);
    tcase_add_test(names, test_overflow);
    tcase_add_loop_test(scaled, test_scaled_is_the_network, 0, VARIANTS);
    tcase_add_loop_test(scaled, test_scaled_bounds, 0, VARIANTS);
    tcase_add_test(scaled, test_rounding);
    tcase_set_timeout(scaled, 60);
    tcase_add_loop_test(bits, test_prefix_sharing, 0, VARIANTS);
    tcase_add_loop_test(bits, test_threads, 0, 4);
    tcase_set_timeout(bits, 60);
    tcase_set_timeout(other, 60);
    tcase_add_loop_test(other, test_encoder, 0, VARIANTS);
    tcase_add_loop_test(other, test_measure, 0, VARIANTS);
    tcase_add_loop_test(other, test_layers, 0, VARIANTS);
    tcase_add_loop_test(other, test_saturated_layers, 0, VARIANTS);
    tcase_add_loop_test(other, test_attention, 0, VARIANTS);
    suite_add_tcase(suite, names);
    suite_add_tcase(suite, scaled);
    suite_add_tcase(suite, bits);
    suite_add_tcase(suite, other);
    return suite_run(suite);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The limit of c to infinity: f(x; c theta) tends to it, to every order kept,
 * on random networks; and planted ties, at every degree there is, are broken
 * where they should be.  (Constructions decide languages by it: see
 * test_constructions.)
 */

#include "suite.h"

#include <math.h>
#include <string.h>

#include "base/parallel.h"
#include "base/random.h"
#include "model/constructions.h"
#include "oracle.h"
#include "saturation/asymptotic.h"
#include "saturation/evaluator.h"

/* clang-format off */
#define L0 "layers.0."
#define L1 "layers.1."
#define QUERY  "attention.query.weight"
#define KEY    "attention.key.weight"
#define VALUE  "attention.value.weight"
#define OUTPUT "attention.output.weight"
#define UP     "feedforward.up.weight"
#define DOWN   "feedforward.down.weight"
/* clang-format on */

static struct decision *decide(const struct network *network, const char *name,
                               size_t orders, const struct strings *strings)
{
    struct saturation_config config = { .orders = orders };
    struct decision *decisions = calloc(strings->count, sizeof(*decisions));
    struct evaluator *evaluator;
    struct error error = { 0 };

    ck_assert(evaluator_new(&evaluator, name, network, &config, &error));
    evaluator_decide(evaluator, strings, decisions);
    evaluator_free(evaluator);
    return decisions;
}

/* A zero network without norms: 16 features, two heads of 8. */
static struct network *bare(size_t n_layers, size_t n_symbols, bool bias)
{
    struct model_config config = { .n_layers = n_layers,
                                   .d_model = 16,
                                   .n_heads = 2,
                                   .d_ff = 4,
                                   .norm = NORM_NONE,
                                   .bias = bias,
                                   .classifier_bias = true,
                                   .precision = PRECISION_DOUBLE,
                                   .epsilon = 1e-5 };

    return network_new(&config, n_symbols);
}

/* Tokens are one-hot in features 0.., the begin mark after the symbols, and
 * feature 3 is always 1. */
static void put_tokens(struct network *network)
{
    size_t n = network_layout(network)->n_tokens - 1;

    for (size_t t = 0; t <= n; t++) {
        oracle_put(network, "embedding.token", t, t, 1);
        oracle_put(network, "embedding.token", t, 3, 1);
    }
}

/* "((" has no violation, so that its leading order is zero as that of "()"
 * is: one order alone cannot tell them, and eight can. */
START_TEST(test_leading_order_is_not_enough)
{
    static const uint16_t open[] = { 0, 0 }, closed[] = { 0, 1 };
    struct model_config config = { .n_layers = 2,
                                   .d_model = 8,
                                   .n_heads = 1,
                                   .d_ff = 4,
                                   .norm = NORM_NONE,
                                   .construction = CONSTRUCTION_DYCK,
                                   .precision = PRECISION_DOUBLE };
    struct network *network = network_new(&config, 2);
    struct strings strings = { 0 };
    struct decision *leading, *limit;

    network_init(network, 1);
    strings_add(&strings, open, 2);
    strings_add(&strings, closed, 2);
    leading = decide(network, "limit", 1, &strings);
    limit = decide(network, "limit", 8, &strings);
    for (size_t i = 0; i < 2; i++) {
        ck_assert_int_eq(decision_sign(&leading[i]), 0);
        ck_assert(leading[i].flagged);
    }
    ck_assert_int_eq(decision_sign(&limit[0]), -1);
    ck_assert_int_eq(limit[0].degree, 6);
    ck_assert_int_eq(decision_sign(&limit[1]), 1);
    ck_assert_int_eq(limit[1].degree, 6);
    free(leading);
    free(limit);
    strings_clear(&strings);
    network_free(network);
}
END_TEST

static struct strings some_strings(uint64_t seed, size_t count)
{
    struct strings strings = { 0 };

    for (size_t i = 0; i < count; i++) {
        struct stream stream;
        uint16_t symbols[16];
        size_t n;

        stream_init(&stream, seed, "test.limit", i);
        n = stream_below(&stream, 11);
        for (size_t j = 0; j < n; j++)
            symbols[j] = (uint16_t)stream_below(&stream, 2);
        strings_add(&strings, symbols, n);
    }
    return strings;
}

/* |f(x; c theta) - the first PLANES planes at c| / |f|. */
static double remainder_of(const struct series *output, size_t planes,
                           const quad *truth, quad c)
{
    quad error = 0, size = 0;

    for (size_t i = 0; i < output->width; i++) {
        quad sum = 0;

        for (size_t k = 0; k < planes && k < output->known; k++) {
            const double *plane = series_plane(output, k);
            int degree = output->top - (int)k;
            quad power = 1;

            for (int p = 0; p < abs(degree); p++)
                power = degree < 0 ? power / c : power * c;
            if (plane != NULL)
                sum += (quad)plane[i] * power;
        }
        error += (sum - truth[i]) * (sum - truth[i]);
        size += truth[i] * truth[i];
    }
    return (double)quad_sqrt(error / size);
}

/*
 * On random networks of every variant the first k planes leave a remainder of
 * relative order c^-k: it falls by 10^k as c grows by 10, until what rounding
 * leaves of the leading plane is reached.  Behind tanh, which closes like
 * exp(-c), that is so from a larger c on.
 */
START_TEST(test_expansion)
{
    struct network *network = oracle_network((size_t)_i, 5);
    struct strings strings = some_strings((uint64_t)_i, 3);
    struct asymptotic *limit;
    double c =
        network_config(network)->activation == ACTIVATION_TANH ? 1e5 : 1e3;

    /* the limit has no epsilon; with one it is another function of c */
    ((struct model_config *)network_config(network))->epsilon = 0;
    limit = asymptotic_limit(network, 8);
    asymptotic_prepare(limit);
    for (size_t i = 0; i < strings.count; i++) {
        size_t n = strings_length(&strings, i);
        quad truth[11 * 6], later[11 * 6];
        const struct state *state;

        oracle_logit(network, c, strings_at(&strings, i), n, truth);
        oracle_logit(network, 10 * c, strings_at(&strings, i), n, later);
        state = asymptotic_read(limit, 0, strings_at(&strings, i), n);
        ck_assert(!state->flagged);
        for (size_t k = 1; k <= 8; k++) {
            double one = remainder_of(&state->output, k, truth + n * 6, c);
            double two = remainder_of(&state->output, k, later + n * 6, 10 * c);

            ck_assert_double_le(two, 2 * one * pow(10, -(double)k) + 1e-13);
            ck_assert_double_le(one, 10 * pow(100 / c, (double)k) + 1e-13);
        }
    }
    asymptotic_free(limit);
    strings_clear(&strings);
    network_free(network);
}
END_TEST

static double direction_error(const struct series *output, const quad *truth)
{
    const double *plane = series_plane(output, (size_t)series_leading(output));
    double squares = 0, error = 0;
    quad size = 0;

    for (size_t i = 0; i < output->width; i++) {
        squares += plane[i] * plane[i];
        size += truth[i] * truth[i];
    }
    for (size_t i = 0; i < output->width; i++) {
        double gap =
            (double)(truth[i] / quad_sqrt(size)) - plane[i] / sqrt(squares);

        error += gap * gap;
    }
    return sqrt(error);
}

/*
 * The direction of f(x; c theta), epsilon and all, tends to that of the
 * limit: monotonically, and without biases and positions by 1e-6 at c = 1e6;
 * the logits' signs agree, those of `scaled` too where rounding lets it.
 */
START_TEST(test_direction)
{
    struct network *network = oracle_network((size_t)_i, 23);
    struct strings strings = some_strings((uint64_t)_i + 100, 3);
    struct decision *limits = decide(network, "limit", 8, &strings);
    struct decision *scaled = decide(network, "scaled=1e6", 8, &strings);
    struct asymptotic *limit = asymptotic_limit(network, 8);
    const struct model_config *config = network_config(network);
    bool plain = !config->bias && config->affine == AFFINE_BOTH &&
                 config->positions <= POSITIONS_LEARNED;

    asymptotic_prepare(limit);
    for (size_t i = 0; i < strings.count; i++) {
        size_t n = strings_length(&strings, i);
        const struct state *state =
            asymptotic_read(limit, 0, strings_at(&strings, i), n);
        double last = INFINITY, error = 0;
        quad truth[11 * 6], logit = 0;

        for (double c = 100; c < 2e6; c *= 100) {
            logit = oracle_logit(network, c, strings_at(&strings, i), n, truth);
            error = direction_error(&state->output, truth + n * 6);
            /* a factor of 100 in c, at first still through closing softmax */
            ck_assert_double_le(error, last * (c > 1e5 ? 0.011 : 1) + 1e-13);
            last = error;
        }
        ck_assert_double_le(error, plain ? 1e-10 : 1e-4);
        ck_assert_int_ne(decision_sign(&limits[i]), 0);
        ck_assert_int_eq(decision_sign(&limits[i]), logit > 0 ? 1 : -1);
        if (decision_sign(&scaled[i]) != 0)
            ck_assert_int_eq(decision_sign(&scaled[i]),
                             decision_sign(&limits[i]));
    }
    asymptotic_free(limit);
    free(limits);
    free(scaled);
    strings_clear(&strings);
    network_free(network);
}
END_TEST

/*
 * One head whose scores tie at degree 4, broken by biases at degree 3: the
 * query finds a and b alike, but its bias prefers b.  The value is the
 * symbol: a is 1, b is -1, the begin mark 0.
 */
START_TEST(test_tie_broken_at_degree_3)
{
    struct network *network = bare(1, 2, true);
    struct strings strings = { 0 };
    struct decision *decisions;

    put_tokens(network);
    oracle_put(network, L0 QUERY, 0, 3, 1); /* always 1 ... */
    oracle_put(network, L0 KEY, 0, 0, 1);   /* ... times a or b */
    oracle_put(network, L0 KEY, 0, 1, 1);
    oracle_put(network, L0 "attention.query.bias", 1, 0, 1);
    oracle_put(network, L0 KEY, 1, 1, 0.25);
    oracle_put(network, L0 VALUE, 0, 0, 1);
    oracle_put(network, L0 VALUE, 0, 1, -1);
    oracle_put(network, L0 OUTPUT, 6, 0, 1);
    oracle_put(network, "classifier.weight", 0, 6, 1);
    oracle_strings(&strings, 2, 0, 8);
    decisions = decide(network, "limit", 8, &strings);
    for (size_t i = 0; i < strings.count; i++) {
        const uint16_t *w = strings_at(&strings, i);
        size_t n = strings_length(&strings, i), bs = 0;

        for (size_t j = 0; j < n; j++)
            bs += w[j];
        ck_assert_double_eq_tol(decisions[i].logit,
                                n == 0   ? 0
                                : bs > 0 ? -1
                                         : 1,
                                1e-15);
        ck_assert(!decisions[i].flagged);
    }
    free(decisions);
    strings_clear(&strings);
    network_free(network);
}
END_TEST

/*
 * Broken at degree 2 alone: the query is its bias, the keys are sinusoidal
 * positions, of degree 0 and so of degree 1 through the map.  The head reads
 * the symbol where sin(t) is largest.
 */
START_TEST(test_tie_broken_at_degree_2)
{
    struct model_config config = { .n_layers = 1,
                                   .d_model = 8,
                                   .n_heads = 1,
                                   .d_ff = 1,
                                   .norm = NORM_NONE,
                                   .bias = true,
                                   .positions = POSITIONS_SINUSOIDAL,
                                   .precision = PRECISION_DOUBLE };
    struct network *network = network_new(&config, 2);
    struct strings strings = { 0 };
    struct decision *decisions;

    oracle_put(network, "embedding.token", 0, 4, 1);
    oracle_put(network, "embedding.token", 1, 4, -1);
    oracle_put(network, L0 "attention.query.bias", 0, 0, 1);
    oracle_put(network, L0 KEY, 0, 0, 1); /* feature 0 is sin(t) */
    oracle_put(network, L0 VALUE, 0, 4, 1);
    oracle_put(network, L0 OUTPUT, 6, 0, 1);
    oracle_put(network, "classifier.weight", 0, 6, 1);
    oracle_strings(&strings, 2, 0, 9);
    decisions = decide(network, "limit", 8, &strings);
    for (size_t i = 0; i < strings.count; i++) {
        const uint16_t *w = strings_at(&strings, i);
        size_t best = 0;

        for (size_t t = 1; t <= strings_length(&strings, i); t++)
            if (sin((double)t) > sin((double)best))
                best = t;
        ck_assert_int_eq(decisions[i].degree == 4, best > 0);
        if (best > 0)
            ck_assert_double_eq_tol(decisions[i].logit,
                                    w[best - 1] == 0 ? 1 : -1, 1e-15);
    }
    free(decisions);
    strings_clear(&strings);
    network_free(network);
}
END_TEST

/*
 * A tie down to degree 0.  Layer 0 writes c^3 (1, -1) over features 0 and 1
 * of every token, so that after its norms the symbol, feature 2, is left at
 * degree -1: sqrt(3) s c^-1 for the symbol's s.  Layer 1 compares it alone:
 * scores are 3 s s' / sqrt(6) at degree 0, and the mixture of values sqrt(3)
 * s' that it writes over feature 2 at degree 1 is that of a softmax.
 */
START_TEST(test_tie_down_to_degree_0)
{
    static const double symbols[] = { 1, 0.5, -0.25 }; /* a, b, begin */
    struct model_config config = { .n_layers = 2,
                                   .d_model = 6,
                                   .n_heads = 1,
                                   .d_ff = 1,
                                   .norm = NORM_POST,
                                   .mask = MASK_FULL,
                                   .precision = PRECISION_DOUBLE,
                                   .epsilon = 0 };
    static const char *const gains[] = { L0 "attention.norm.weight",
                                         L0 "feedforward.norm.weight",
                                         L1 "attention.norm.weight",
                                         L1 "feedforward.norm.weight" };
    struct network *network = network_new(&config, 2);
    struct strings strings = { 0 };
    struct decision *decisions;

    for (size_t t = 0; t < 3; t++) {
        oracle_put(network, "embedding.token", t, 2, symbols[t]);
        oracle_put(network, "embedding.token", t, 3, -symbols[t]);
        oracle_put(network, "embedding.token", t, 4, 1);
        oracle_put(network, "embedding.token", t, 5, -1);
    }
    for (size_t g = 0; g < 4; g++)
        for (size_t i = 0; i < 6; i++)
            oracle_put(network, gains[g], i, 0, 1);
    oracle_put(network, L0 VALUE, 0, 4, 1);
    oracle_put(network, L0 OUTPUT, 0, 0, 1);
    oracle_put(network, L0 OUTPUT, 1, 0, -1);
    oracle_put(network, L1 QUERY, 0, 2, 1);
    oracle_put(network, L1 KEY, 0, 2, 1);
    oracle_put(network, L1 VALUE, 0, 2, 1);
    oracle_put(network, L1 OUTPUT, 2, 0, 1);
    oracle_put(network, "classifier.weight", 0, 2, 1);
    oracle_strings(&strings, 2, 0, 7);
    decisions = decide(network, "limit", 8, &strings);
    for (size_t i = 0; i < strings.count; i++) {
        const uint16_t *w = strings_at(&strings, i);
        size_t n = strings_length(&strings, i);
        double own = symbols[n == 0 ? 2 : w[n - 1]], total = 0, mixed = 0;
        double y[6] = { sqrt(3), -sqrt(3) }, mean, variance = 0, logit;

        for (size_t t = 0; t <= n; t++) {
            double s = symbols[t == 0 ? 2 : w[t - 1]];
            double e = exp(3 * own * s / sqrt(6));

            total += e;
            mixed += e * sqrt(3) * s;
        }
        y[2] = mixed / total;
        mean = y[2] / 6;
        for (size_t j = 0; j < 6; j++)
            variance += (y[j] - mean) * (y[j] - mean) / 6;
        logit = (y[2] - mean) / sqrt(variance);
        ck_assert_int_eq(decisions[i].degree, 2);
        ck_assert_double_eq_tol(decisions[i].logit, logit, 1e-12);
        ck_assert(!decisions[i].flagged);
    }
    free(decisions);
    strings_clear(&strings);
    network_free(network);
}
END_TEST

/*
 * Means that cancel: ReLU(3 mean a - mean 1 + bias), where a third of the
 * tokens being a leaves rounding noise of 1/3 at degree 4; noise must not
 * count, and the bias of degree 1 decides.
 */
START_TEST(test_sums_that_cancel)
{
    for (int sign = -1; sign <= 1; sign += 2) {
        struct network *network = bare(1, 2, true);
        struct strings strings = { 0 };
        struct decision *decisions;

        put_tokens(network);
        oracle_put(network, L0 VALUE, 0, 0, 1);
        oracle_put(network, L0 VALUE, 1, 3, 1);
        oracle_put(network, L0 OUTPUT, 6, 0, 1);
        oracle_put(network, L0 OUTPUT, 7, 1, 1);
        oracle_put(network, L0 UP, 0, 6, 3);
        oracle_put(network, L0 UP, 0, 7, -1);
        oracle_put(network, L0 "feedforward.up.bias", 0, 0, sign);
        oracle_put(network, L0 DOWN, 9, 0, 1);
        oracle_put(network, "classifier.weight", 0, 9, 1);
        oracle_put(network, "classifier.bias", 0, 0, -1);
        oracle_strings(&strings, 2, 0, 11);
        decisions = decide(network, "limit", 8, &strings);
        for (size_t i = 0; i < strings.count; i++) {
            const uint16_t *w = strings_at(&strings, i);
            size_t n = strings_length(&strings, i), as = 0;
            bool positive;

            for (size_t j = 0; j < n; j++)
                as += w[j] == 0;
            positive = 3 * as > n + 1 || (3 * as == n + 1 && sign > 0);
            ck_assert_int_eq(decision_sign(&decisions[i]), positive ? 1 : -1);
            if (3 * as == n + 1)
                ck_assert_int_eq(decisions[i].degree, sign > 0 ? 3 : 1);
            else
                ck_assert_int_eq(decisions[i].degree, positive ? 6 : 1);
            ck_assert(!decisions[i].flagged);
        }
        free(decisions);
        strings_clear(&strings);
        network_free(network);
    }
}
END_TEST

/* A vector that is constant to all orders meets layer norm: said, and zero
 * there; the classifier's bias is all that is left. */
START_TEST(test_constant_vector)
{
    struct model_config config = { .n_layers = 1,
                                   .d_model = 4,
                                   .n_heads = 2,
                                   .d_ff = 3,
                                   .norm = NORM_PRE,
                                   .classifier_bias = true,
                                   .precision = PRECISION_DOUBLE,
                                   .epsilon = 1e-5,
                                   .init = { 1, 1, 1, 1, 1, 1, 1, 1 } };
    struct network *network = network_new(&config, 2);
    struct strings strings = { 0 };
    struct decision *decisions;

    network_init(network, 4);
    for (size_t t = 0; t < 3; t++)
        for (size_t i = 0; i < 4; i++)
            oracle_put(network, "embedding.token", t, i, t == 0 ? 0.7 : 0.3);
    oracle_put(network, "classifier.bias", 0, 0, -2);
    oracle_strings(&strings, 2, 0, 5);
    decisions = decide(network, "limit", 8, &strings);
    for (size_t i = 0; i < strings.count; i++) {
        ck_assert(decisions[i].flagged);
        ck_assert_double_eq(decisions[i].logit, -2);
        ck_assert_int_eq(decisions[i].degree, 1);
    }
    free(decisions);
    strings_clear(&strings);
    network_free(network);
}
END_TEST

/* Only a is constant: strings without one are as usual, and those that end
 * in one carry the flag, whatever they attend to. */
START_TEST(test_constant_token)
{
    for (uint64_t seed = 0; seed < 5; seed++) {
        struct network *network = oracle_network(NORM_PRE, seed);
        struct strings strings = { 0 };
        struct decision *decisions;

        for (size_t i = 0; i < 6; i++)
            oracle_put(network, "embedding.token", 0, i, 0.7);
        oracle_strings(&strings, 2, 0, 5);
        decisions = decide(network, "limit", 8, &strings);
        for (size_t i = 0; i < strings.count; i++) {
            const uint16_t *w = strings_at(&strings, i);
            size_t n = strings_length(&strings, i), as = 0;

            for (size_t j = 0; j < n; j++)
                as += w[j] == 0;
            if (as == 0)
                ck_assert(!decisions[i].flagged);
            if (n > 0 && w[n - 1] == 0)
                ck_assert(decisions[i].flagged);
        }
        free(decisions);
        strings_clear(&strings);
        network_free(network);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("limit");
    TCase *built = tcase_create("built"), *random = tcase_create("random");
    TCase *planted = tcase_create("planted");

    parallel_set_threads(1); /* small networks: more would only wait */
    tcase_add_test(built, test_leading_order_is_not_enough);
    tcase_add_loop_test(random, test_expansion, 0, VARIANTS);
    tcase_add_loop_test(random, test_direction, 0, VARIANTS);
    tcase_set_timeout(built, 60);
    tcase_set_timeout(random, 60);
    tcase_add_test(planted, test_tie_broken_at_degree_3);
    tcase_add_test(planted, test_tie_broken_at_degree_2);
    tcase_add_test(planted, test_tie_down_to_degree_0);
    tcase_add_test(planted, test_sums_that_cancel);
    tcase_add_test(planted, test_constant_vector);
    tcase_add_test(planted, test_constant_token);
    suite_add_tcase(suite, built);
    suite_add_tcase(suite, random);
    suite_add_tcase(suite, planted);
    return suite_run(suite);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "plain_network.h"
#include "shortened.h"
#include "suite.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"

#define SYMBOLS 3
#define STRINGS 24
#define LONGEST 70

static const char *const instruction_sets[] = { "generic", "avx2", "avx512" };

/* Loop index to one of six engines; where the machine lacks one, the network
 * falls back to the next best and the test runs there again. */
static enum precision choose_engine(int i)
{
    setenv("SATURN_ISA", instruction_sets[i / 2], 1);
    return i % 2 == 0 ? PRECISION_FLOAT : PRECISION_DOUBLE;
}

/* All placements, masks and positions, with and without biases: 48. */
static struct model_config config_at(int i)
{
    static const struct {
        size_t d_model, n_heads, d_ff;
    } shapes[] = {
        { 32, 2, 64 },  { 12, 3, 20 }, { 20, 1, 33 },
        { 32, 4, 300 }, /* whose maps are rounded in several pieces */
        { 7, 7, 5 },
    };
    static const int positions[] = { POSITIONS_NONE,
                                     POSITIONS_LEARNED,
                                     POSITIONS_SINUSOIDAL,
                                     POSITIONS_SINUSOIDAL,
                                     POSITIONS_RATIO | POSITIONS_SQUARE |
                                         POSITIONS_SIGN,
                                     POSITIONS_RATIO | POSITIONS_SIGN };

    return (struct model_config){
        .norm = i % 4,
        .mask = (i / 4 + i / 8) % 4,
        .scores = i / 5 % 2,
        .activation = i / 7 % 2,
        .affine = i / 3 % 2,
        .final_norm = i / 2 % 3,
        .dropout = i % 7 == 2 ? 0.2 : 0,
        .positions = positions[i / 8 % 6],
        .position_map = i / 8 % 6 == 3 || i / 8 % 6 == 4,
        .bias = i / 5 % 3 < 2,
        .classifier_bias = i / 5 % 3 != 1,
        .n_layers = 1 + (size_t)(i + i / 4) % 2,
        .d_model = shapes[i % 5].d_model,
        .n_heads = shapes[i % 5].n_heads,
        .d_ff = shapes[i % 5].d_ff,
        .epsilon = 1e-5,
        .max_length = LONGEST,
        .init = { 1, 1, 1, 1, 1, 1, 1, 1 },
    };
}

/* Shifts and biases away from where init puts them; float numbers, so that
 * engines of either precision have the same parameters. */
static void shake(struct network *network)
{
    double *theta = network_parameters(network);
    struct stream stream;

    network_init(network, 7);
    stream_init(&stream, 7, "test.shake", 0);
    for (size_t i = 0; i < network_layout(network)->n_parameters; i++)
        theta[i] = (double)(float)(theta[i] + 0.1 * stream_normal(&stream));
    network_update(network);
}

static struct network *shaken(struct model_config config,
                              enum precision precision)
{
    struct network *network;

    config.precision = (int)precision;
    network = network_new(&config, SYMBOLS);
    shake(network);
    return network;
}

/* Strings of all kinds of lengths, empty ones among them, and labels. */
static void draw_strings(struct strings *strings, uint8_t *member)
{
    struct stream stream;

    *strings = (struct strings){ 0 };
    stream_init(&stream, 1, "test.strings", 0);
    for (size_t i = 0; i < STRINGS; i++) {
        uint16_t symbols[LONGEST];
        size_t length = i < 2 ? 0 : 1 + stream_below(&stream, 30);

        if (i % 13 == 7)
            length = LONGEST - i / 13;
        for (size_t t = 0; t < length; t++)
            symbols[t] = (uint16_t)stream_below(&stream, SYMBOLS);
        strings_add(strings, symbols, length);
        member[i] = (uint8_t)stream_below(&stream, 2);
    }
}

static size_t tokens_of(const struct strings *strings)
{
    return strings->offsets[strings->count] + strings->count;
}

/* |x - y|_inf / max(LEAST, |y|_inf) */
static double distance(const double *x, const double *y, size_t n, double least)
{
    double error = 0, size = least;

    for (size_t i = 0; i < n; i++) {
        error = fmax(error, isfinite(x[i]) ? fabs(x[i] - y[i]) : INFINITY);
        size = fmax(size, fabs(y[i]));
    }
    return error / size;
}

/* Outputs of every token, then logits, of the plain network. */
static double *plain_results(const struct network *network,
                             const struct strings *strings,
                             const struct attention_rule *rule)
{
    struct plain plain = { .config = network_config(network),
                           .layout = network_layout(network),
                           .theta = network_weights(network),
                           .rule = rule };
    size_t n = tokens_of(strings) * plain.config->d_model, at = 0;
    double *results = memory_new(n + strings->count, sizeof(double));

    for (size_t i = 0; i < strings->count; i++) {
        size_t length = strings_length(strings, i);

        results[n + i] = plain_logit(&plain, strings_at(strings, i), length,
                                     results + at, NULL);
        at += (length + 1) * plain.config->d_model;
    }
    return results;
}

/* Every engine of a precision for which an error is allowed. */
static void check_engines(struct model_config config,
                          const struct attention_rule *rule,
                          const double allowed[2])
{
    struct network *first = shaken(config, PRECISION_DOUBLE);
    struct strings strings;
    uint8_t member[STRINGS];
    size_t n;
    double *expected, *results;

    draw_strings(&strings, member);
    n = tokens_of(&strings) * config.d_model;
    expected = plain_results(first, &strings, rule);
    results = memory_new(n + STRINGS, sizeof(double));
    for (int i = 0; i < 6; i++) {
        enum precision precision = choose_engine(i);
        struct network *network = network_scaled(first, 1, precision);
        struct batch batch = { .strings = &strings, .count = STRINGS };

        network_encode(network, &batch, rule, results);
        network_logits(network, &batch, rule, results + n);
        if (allowed[precision] > 0) {
            ck_assert_double_le(distance(results, expected, n, 1),
                                allowed[precision]);
            ck_assert_double_le(distance(results + n, expected + n, STRINGS, 1),
                                allowed[precision]);
        }
        network_free(network);
    }
    free(results);
    free(expected);
    network_free(first);
    strings_clear(&strings);
}

START_TEST(forward_is_plain)
{
    check_engines(config_at(_i), NULL, (const double[]){ 1e-5, 1e-12 });
}
END_TEST

/* In float rounding decides ties: there only that it runs. */
START_TEST(rules_are_plain)
{
    static const struct attention_rule rules[] = {
        { .sharpness = 3 },
        { .sharpness = 0.25 },
        { .saturated = true, .tie = 0 },
        { .saturated = true, .tie = 0.125 },
    };
    const struct attention_rule *rule = &rules[_i % 4];
    struct model_config config = config_at(_i / 4);

    config.n_layers = 1;
    check_engines(config, rule,
                  (const double[]){ rule->saturated ? 0 : 3e-5, 1e-12 });
}
END_TEST

/* Keys of value +-1 by hand: symbol 0 and 1 tie exactly, symbol 2 and the
 * begin mark lie below; saturated attention takes the mean of the tied. */
START_TEST(saturated_takes_the_mean_of_ties)
{
    enum precision precision = choose_engine(_i);
    struct model_config config = { .n_layers = 1,
                                   .d_model = 4,
                                   .n_heads = 1,
                                   .d_ff = 1,
                                   .norm = NORM_NONE,
                                   .precision = (int)precision,
                                   .init = { 0 } };
    struct network *network = network_new(&config, SYMBOLS);
    const struct layout *layout = network_layout(network);
    double *theta = network_parameters(network);
    double *token = theta + layout->tensors[layout->token].offset;
    struct strings strings = { 0 };
    struct attention_rule rule = { .saturated = true };
    struct batch batch = { .strings = &strings, .count = 1 };
    double outputs[4 * 7], value[] = { 3, 5, 100, 1000 };
    const uint16_t word[] = { 2, 0, 1, 1, 2, 0 };
    /* means over the tied so far of 3 and 5 */
    const double expected[] = { 1000, 100, 3, 4, 13. / 3, 13. / 3, 4 };

    for (size_t i = 0; i < 4; i++) {
        token[i * 4] = i < 2 ? 1 : i == 2 ? 0.5 : -1; /* key */
        token[i * 4 + 1] = value[i];
        token[i * 4 + 2] = 1; /* query */
    }
    theta[layout_find(layout, "layers.0.attention.query.weight")->offset + 2] =
        1;
    theta[layout_find(layout, "layers.0.attention.key.weight")->offset] = 1;
    theta[layout_find(layout, "layers.0.attention.value.weight")->offset + 13] =
        1;
    theta[layout_find(layout, "layers.0.attention.output.weight")->offset +
          15] = 1;
    network_update(network);
    strings_add(&strings, word, 6);
    network_encode(network, &batch, &rule, outputs);
    for (size_t t = 0; t < 7; t++)
        ck_assert_double_eq_tol(outputs[t * 4 + 3], expected[t], 1e-4);
    network_free(network);
    strings_clear(&strings);
}
END_TEST

START_TEST(causal_outputs_ignore_the_future)
{
    enum precision precision = choose_engine(_i);
    uint16_t word[LONGEST], other[LONGEST];

    for (size_t t = 0; t < LONGEST; t++)
        word[t] = (uint16_t)(t * t % SYMBOLS);
    for (int i = 0; i < 48; i += 3) {
        struct model_config config = config_at(i);
        struct network *network;
        size_t d = config.d_model;
        double a[(LONGEST + 1) * 32], b[(LONGEST + 1) * 32];
        struct strings strings = { 0 };
        struct batch batch = { .strings = &strings, .count = 1 };
        size_t at = (size_t)(i * 17) % LONGEST;

        if (config.mask != MASK_CAUSAL && config.mask != MASK_STRICT)
            continue;
        if (position_needs_length(config.positions))
            config.positions = POSITIONS_SIGN;
        network = shaken(config, precision);
        memcpy(other, word, sizeof(word));
        other[at] = (uint16_t)((word[at] + 1) % SYMBOLS);
        strings_add(&strings, word, LONGEST);
        strings_add(&strings, other, LONGEST);
        strings_add(&strings, word, at);
        network_encode(network, &batch, NULL, a);
        batch.index = &(size_t){ 1 };
        network_encode(network, &batch, NULL, b);
        ck_assert_mem_eq(a, b, (at + 1) * d * sizeof(double));
        ck_assert_mem_ne(a + (at + 1) * d, b + (at + 1) * d,
                         d * sizeof(double));
        batch.index = &(size_t){ 2 };
        network_encode(network, &batch, NULL, b);
        ck_assert_mem_eq(a, b, (at + 1) * d * sizeof(double));
        network_free(network);
        strings_clear(&strings);
    }
}
END_TEST

/* Gradients alone are dropped out, alike for the same draw and otherwise
 * for another; the losses of many draws scatter about that of none. */
START_TEST(dropout_is_drawn_by_step)
{
    enum { DRAWS = 400 };
    enum precision precision = choose_engine(_i);
    struct model_config config = config_at(3);
    struct network *network, *other;
    struct strings strings;
    uint8_t member[STRINGS];
    struct batch batch = { .strings = &strings, .count = STRINGS };
    double logits[2][STRINGS], mean = 0, square = 0, *gradient;
    struct pass none, pass;

    config.norm = NORM_NONE; /* near to linear in what is dropped */
    config.n_layers = 1;
    draw_strings(&strings, member);
    other = shaken(config, precision);
    config.dropout = 0.01;
    network = shaken(config, precision);
    gradient =
        memory_new(network_layout(network)->n_parameters, sizeof(double));
    network_logits(network, &batch, NULL, logits[0]);
    network_logits(other, &batch, NULL, logits[1]);
    ck_assert_mem_eq(logits[0], logits[1], sizeof(logits[0]));
    network_gradient(other, &batch, member, gradient, &none);
    for (uint64_t step = 0; step < DRAWS; step++) {
        network_drop(network, 3, step);
        network_gradient(network, &batch, member, gradient, &pass);
        mean += pass.loss / DRAWS;
        square += pass.loss * pass.loss / DRAWS;
    }
    ck_assert_double_le(fabs(mean - none.loss),
                        0.02 * none.loss +
                            4 * sqrt((square - mean * mean) / DRAWS));
    network_drop(network, 3, 7);
    network_gradient(network, &batch, member, gradient, &none);
    network_drop(network, 3, 8);
    network_gradient(network, &batch, member, gradient, &pass);
    ck_assert_double_ne(pass.loss, none.loss);
    network_drop(network, 3, 7);
    network_gradient(network, &batch, member, gradient, &pass);
    ck_assert_double_eq(pass.loss, none.loss);
    network_drop(network, 4, 7);
    network_gradient(network, &batch, member, gradient, &pass);
    ck_assert_double_ne(pass.loss, none.loss);
    free(gradient);
    network_free(network);
    network_free(other);
    strings_clear(&strings);
}
END_TEST

START_TEST(packed_is_one_by_one)
{
    enum precision precision = choose_engine(_i);
    struct strings strings;
    uint8_t member[STRINGS];
    size_t order[STRINGS];
    double together[STRINGS], alone[STRINGS], shuffled[STRINGS];

    draw_strings(&strings, member);
    random_permutation(1, "test.order", 0, STRINGS, order);
    for (int i = 0; i < 48; i += 5) {
        struct network *network = shaken(config_at(i), precision);
        struct batch batch = { .strings = &strings, .count = STRINGS };

        network_logits(network, &batch, NULL, together);
        batch.index = order;
        network_logits(network, &batch, NULL, shuffled);
        batch.count = 1;
        for (size_t s = 0; s < STRINGS; s++) {
            batch.index = &s;
            network_logits(network, &batch, NULL, alone + s);
            ck_assert_mem_eq(&shuffled[s], &together[order[s]], sizeof(double));
        }
        ck_assert_mem_eq(together, alone, sizeof(together));
        network_free(network);
    }
    strings_clear(&strings);
}
END_TEST

/* Several columns of tiles wide. */
static const struct model_config wide = {
    .n_layers = 1,
    .d_model = 256,
    .n_heads = 4,
    .d_ff = 256,
    .bias = true,
    .epsilon = 1e-5,
    .init = { 1, 1, 1, 1, 1, 1, 1 },
};

START_TEST(wide_rows_keep_their_bits)
{
    enum precision precision = choose_engine(_i);
    struct network *network = shaken(wide, precision);
    struct strings strings;
    uint8_t member[STRINGS];
    struct batch batch = { .strings = &strings, .count = 12 };
    double together[12], alone[12];

    draw_strings(&strings, member);
    network_logits(network, &batch, NULL, together);
    batch.count = 1;
    for (size_t s = 0; s < 12; s++) {
        batch.index = &s;
        network_logits(network, &batch, NULL, alone + s);
    }
    ck_assert_mem_eq(together, alone, sizeof(together));
    network_free(network);
    strings_clear(&strings);
}
END_TEST

/* Shards of 70 tokens against the same in the generic engine. */
START_TEST(wide_gradient_is_generic_gradient)
{
    enum precision precision = choose_engine(_i);
    struct network *network[2] = { shaken(wide, precision), NULL };
    size_t n = network_layout(network[0])->n_parameters;
    double *gradient = memory_new(2 * n, sizeof(double));
    double allowed = precision == PRECISION_FLOAT ? 2e-5 : 1e-12;
    struct strings strings;
    uint8_t member[STRINGS];
    struct batch batch = { .strings = &strings, .count = 3 };
    struct pass pass;

    setenv("SATURN_ISA", "generic", 1);
    network[1] = shaken(wide, precision);
    draw_strings(&strings, member);
    for (size_t i = 0; i < 2; i++) {
        batch.index = (const size_t[]){ 7, 20, 9 };
        network_gradient(network[i], &batch, member, gradient + i * n, &pass);
    }
    ck_assert_double_le(distance(gradient, gradient + n, n, 0), allowed);
    free(gradient);
    network_free(network[0]);
    network_free(network[1]);
    strings_clear(&strings);
}
END_TEST

/* With a classifier that reads one coordinate, a logit, for which the last
 * layer is computed at one token, is that coordinate of the encoder. */
START_TEST(logits_read_the_encoder)
{
    enum precision precision = choose_engine(_i);
    struct strings strings;
    uint8_t member[STRINGS];

    draw_strings(&strings, member);
    for (int i = 0; i < 48; i += 9) {
        struct model_config config = config_at(i);
        struct batch batch = { .strings = &strings, .count = STRINGS };
        size_t d = config.d_model, row = 0;
        double logits[STRINGS], *outputs, *theta;
        struct network *network;
        const struct tensor *weight;

        config.classifier_bias = false;
        network = shaken(config, precision);
        theta = network_parameters(network);
        weight = layout_find(network_layout(network), "classifier.weight");
        for (size_t c = 0; c < d; c++)
            theta[weight->offset + c] = c == d - 1;
        network_update(network);
        outputs = memory_new(tokens_of(&strings) * d, sizeof(double));
        network_logits(network, &batch, NULL, logits);
        network_encode(network, &batch, NULL, outputs);
        for (size_t s = 0; s < STRINGS; s++) {
            row += strings_length(&strings, s) + 1;
            ck_assert_mem_eq(&logits[s], &outputs[row * d - 1], sizeof(double));
        }
        free(outputs);
        network_free(network);
    }
    strings_clear(&strings);
}
END_TEST

/* After each layer stands what a network of these layers alone gives. */
START_TEST(a_trace_is_that_of_shorter_networks)
{
    enum precision precision = choose_engine(_i);
    struct strings strings;
    struct batch batch = { .strings = &strings, .count = STRINGS };
    uint8_t member[STRINGS];
    size_t tokens;

    draw_strings(&strings, member);
    tokens = tokens_of(&strings);
    for (int i = 0; i < 48; i += 5) {
        struct model_config config = config_at(i);
        struct network *network;
        double *trace, *outputs;
        size_t size;

        config.n_layers = 3;
        network = shaken(config, precision);
        size = tokens * config.d_model;
        trace = memory_new(3 * size, sizeof(double));
        outputs = memory_new(size, sizeof(double));
        network_trace(network, &batch, NULL, trace);
        network_encode(network, &batch, NULL, outputs);
        ck_assert_mem_eq(trace + 2 * size, outputs, size * sizeof(double));
        for (size_t l = 0; l < 2; l++) {
            struct network *lower = shortened(network, l + 1, SYMBOLS);

            network_encode(lower, &batch, NULL, outputs);
            ck_assert_mem_eq(trace + l * size, outputs, size * sizeof(double));
            network_free(lower);
        }
        free(trace);
        free(outputs);
        network_free(network);
    }
    strings_clear(&strings);
}
END_TEST

START_TEST(threads_change_nothing)
{
    static const size_t threads[] = { 1, 2, 3, 7 };
    enum precision precision = choose_engine(_i);
    struct strings strings;
    uint8_t member[STRINGS];

    draw_strings(&strings, member);
    for (int i = 0; i < 8; i++) {
        struct network *network = shaken(config_at(i), precision);
        size_t n = network_layout(network)->n_parameters;
        double *gradient = memory_new(2 * n, sizeof(double));
        struct batch batch = { .strings = &strings, .count = STRINGS };
        struct pass pass[2];

        for (size_t t = 0; t < 4; t++) {
            parallel_set_threads(threads[t]);
            network_gradient(network, &batch, member, gradient + (t > 0) * n,
                             &pass[t > 0]);
            if (t == 0)
                continue;
            ck_assert_mem_eq(gradient, gradient + n, n * sizeof(double));
            ck_assert_mem_eq(&pass[0], &pass[1], sizeof(struct pass));
        }
        parallel_set_threads(1);
        free(gradient);
        network_free(network);
    }
    strings_clear(&strings);
}
END_TEST

/* A batch of 16 has a string a shard: its gradient is the binary tree over
 * theirs, summed in the engine's precision.  (Where positions need the
 * length, nothing is added up by type before.) */
START_TEST(shards_add_along_a_tree)
{
    enum precision precision = choose_engine(_i);
    struct network *network = shaken(config_at(32), precision);
    size_t n = network_layout(network)->n_parameters;
    double *gradient = memory_new(17 * n, sizeof(double));
    double *shard[16];
    struct strings strings;
    uint8_t member[STRINGS];
    struct batch batch = { .strings = &strings, .count = 16 };
    struct pass pass;

    draw_strings(&strings, member);
    network_gradient(network, &batch, member, gradient, &pass);
    batch.count = 1;
    for (size_t s = 0; s < 16; s++) {
        batch.index = &s;
        shard[s] = gradient + (s + 1) * n;
        network_gradient(network, &batch, member, shard[s], &pass);
    }
    for (size_t step = 1; step < 16; step *= 2)
        for (size_t s = 0; s < 16; s += 2 * step)
            for (size_t i = 0; i < n; i++) {
                double sum = shard[s][i] + shard[s + step][i];

                shard[s][i] = precision == PRECISION_FLOAT
                                  ? (double)(float)(sum * 0x1p64) * 0x1p-64
                                  : sum;
            }
    for (size_t i = 0; i < n; i++)
        shard[0][i] /= 16;
    ck_assert_mem_eq(gradient, shard[0], n * sizeof(double));
    free(gradient);
    network_free(network);
    strings_clear(&strings);
}
END_TEST

/* Also across instruction sets, whose sums run in other orders. */
START_TEST(float_gradient_is_double_gradient)
{
    struct strings strings;
    uint8_t member[STRINGS];

    draw_strings(&strings, member);
    for (int i = 0; i < 48; i += 5) {
        struct network *network[2];
        double *gradient[2];
        struct pass pass[2];
        struct batch batch = { .strings = &strings, .count = STRINGS };
        size_t n;
        double size = 0, error = 0;

        for (int p = 0; p < 2; p++) {
            enum precision precision =
                choose_engine(p == 0 ? 2 * _i : 5); /* double avx512 */

            network[p] = shaken(config_at(i), precision);
            n = network_layout(network[p])->n_parameters;
            gradient[p] = memory_new(n, sizeof(double));
            network_gradient(network[p], &batch, member, gradient[p], &pass[p]);
        }
        for (size_t k = 0; k < n; k++) {
            size = fmax(size, fabs(gradient[1][k]));
            error = fmax(error, fabs(gradient[0][k] - gradient[1][k]));
        }
        ck_assert_double_le(error, 2e-5 * size);
        ck_assert_double_eq_tol(pass[0].loss, pass[1].loss,
                                1e-5 * pass[1].loss);
        ck_assert_double_eq_tol(pass[0].min_margin, pass[1].min_margin, 1e-4);
        for (int p = 0; p < 2; p++) {
            free(gradient[p]);
            network_free(network[p]);
        }
    }
    strings_clear(&strings);
}
END_TEST

/* What a pass reports is what the logits say. */
START_TEST(pass_is_that_of_the_logits)
{
    enum precision precision = choose_engine(_i);
    struct network *network = shaken(config_at(1), precision);
    size_t n = network_layout(network)->n_parameters;
    double *gradient = memory_new(n, sizeof(double));
    double logits[STRINGS], loss = 0, mean = 0, least = INFINITY, right = 0;
    struct strings strings;
    uint8_t member[STRINGS];
    struct batch batch = { .strings = &strings, .count = STRINGS };
    struct pass pass;

    draw_strings(&strings, member);
    network_gradient(network, &batch, member, gradient, &pass);
    network_logits(network, &batch, NULL, logits);
    for (size_t i = 0; i < STRINGS; i++) {
        double margin = member[i] ? logits[i] : -logits[i];

        loss += log(1 + exp(-margin)) / STRINGS;
        mean += margin / STRINGS;
        least = fmin(least, margin);
        right += (logits[i] > 0) == (member[i] != 0);
    }
    ck_assert_double_eq_tol(pass.loss, loss, 1e-12);
    ck_assert_double_eq_tol(pass.mean_margin, mean, 1e-12);
    ck_assert_double_eq(pass.min_margin, least);
    ck_assert_double_eq_tol(pass.accuracy, right / STRINGS, 1e-15);
    free(gradient);
    network_free(network);
    strings_clear(&strings);
}
END_TEST

/* At a margin M loss and gradient are exp(-M) and its multiples: a float
 * engine loses nothing of them up to M = 130. */
START_TEST(signals_survive_large_margins)
{
    enum precision precision = choose_engine(_i);
    static const double margins[] = { 60, 125, -60 };
    struct strings strings;
    uint8_t member[STRINGS];

    draw_strings(&strings, member);
    for (size_t m = 0; m < 3; m++) {
        struct network *network = shaken(config_at(0), precision);
        const struct layout *layout = network_layout(network);
        double *theta = network_parameters(network), logit, slope, scale = 0;
        double *gradient = memory_new(layout->n_parameters, sizeof(double));
        size_t bias = layout_find(layout, "classifier.bias")->offset;
        struct batch batch = { .strings = &strings,
                               .count = 1,
                               .index = &(size_t){ 5 } };
        struct pass pass;

        member[5] = 1;
        network_logits(network, &batch, NULL, &logit);
        theta[bias] += margins[m] - logit;
        network_update(network);
        network_logits(network, &batch, NULL, &logit);
        network_gradient(network, &batch, member, gradient, &pass);
        slope = 1 / (1 + exp(logit));
        ck_assert_double_eq_tol(pass.loss, logit > 0 ? exp(-logit) : -logit,
                                1e-12 * pass.loss);
        ck_assert_double_eq_tol(gradient[bias], -slope, 1e-6 * slope);
        for (size_t i = 0; i < layout->n_parameters; i++)
            scale = fmax(scale, fabs(gradient[i]) / slope);
        ck_assert_double_ge(scale, 0.5);
        for (size_t i = 0; i < layout->layers[0].up.bias; i++)
            if (layout->tensors[i].kind == TENSOR_ATTENTION ||
                layout->tensors[i].kind == TENSOR_QUERY_KEY) {
                double most = 0;

                for (size_t k = 0; k < layout->tensors[i].count; k++)
                    most = fmax(most,
                                fabs(gradient[layout->tensors[i].offset + k]));
                ck_assert_double_gt(most, 1e-6 * slope);
            }
        free(gradient);
        network_free(network);
    }
    strings_clear(&strings);
}
END_TEST

START_TEST(init_is_documented)
{
    struct model_config config = config_at(8 + 16 * _i);
    struct network *network[2];
    const struct layout *layout;
    const double *theta[2];

    config.d_model = 32;
    config.n_heads = 2;
    for (int p = 0; p < 2; p++) {
        config.precision = p;
        network[p] = network_new(&config, SYMBOLS);
        network_init(network[p], 3);
        theta[p] = network_weights(network[p]);
    }
    layout = network_layout(network[0]);
    ck_assert_mem_eq(theta[0], theta[1], layout->n_parameters * sizeof(double));
    for (size_t t = 0; t < layout->n_tensors; t++) {
        const struct tensor *tensor = &layout->tensors[t];
        double n = (double)tensor->count, mean = 0, square = 0, most = 0;
        bool rounded = true;

        for (size_t i = 0; i < tensor->count; i++) {
            double x = theta[0][tensor->offset + i];

            rounded = rounded && x == (double)(float)x;
            mean += x / n;
            square += x * x / n;
            most = fmax(most, fabs(x));
        }
        ck_assert(rounded);
        if (tensor->kind == TENSOR_GAIN || tensor->kind == TENSOR_SHIFT) {
            ck_assert_double_eq(mean, tensor->kind == TENSOR_GAIN);
            ck_assert_double_eq(square, mean);
        } else if (tensor->kind == TENSOR_EMBEDDING ||
                   tensor->kind == TENSOR_POSITION) {
            ck_assert_double_le(fabs(mean), 5 / sqrt(n));
            ck_assert_double_le(fabs(square - 1), 5 * sqrt(2 / n));
        } else if (tensor->columns > 0) {
            double bound = 1 / sqrt((double)tensor->columns);

            ck_assert_double_le(most, bound * (1 + 1e-7));
            ck_assert_double_ge(most, bound * (1 - 20 / n));
            ck_assert_double_le(fabs(mean), 5 * bound / sqrt(3 * n));
        }
    }
    network_init(network[1], 4);
    ck_assert_mem_ne(theta[0], theta[1], sizeof(double));
    network_free(network[0]);
    network_free(network[1]);
}
END_TEST

START_TEST(init_factors_multiply)
{
    struct model_config config = config_at(8 + 16 * _i);
    struct network *plain = network_new(&config, SYMBOLS), *scaled;
    const struct layout *layout = network_layout(plain);
    const double factors[] = {
        [TENSOR_EMBEDDING] = 2,   [TENSOR_POSITION] = 4,
        [TENSOR_ATTENTION] = 8,   [TENSOR_FEEDFORWARD] = 16,
        [TENSOR_CLASSIFIER] = 32, [TENSOR_GAIN] = 64,
        [TENSOR_SHIFT] = 1,       [TENSOR_QUERY_KEY] = 8 * 128,
        [TENSOR_POSITION_MAP] = 4
    };

    config.init = (struct init_config){ 0.5, 2, 4, 8, 16, 32, 64, 128 };
    scaled = network_new(&config, SYMBOLS);
    network_init(plain, 3);
    network_init(scaled, 3);
    for (size_t t = 0; t < layout->n_tensors; t++) {
        const struct tensor *tensor = &layout->tensors[t];
        enum tensor_kind kind =
            tensor->kind == TENSOR_BIAS ? tensor[-1].kind : tensor->kind;

        for (size_t i = 0; i < tensor->count; i++)
            ck_assert_double_eq(network_weights(scaled)[tensor->offset + i],
                                0.5 * factors[kind] *
                                    network_weights(plain)[tensor->offset + i]);
    }
    network_free(plain);
    network_free(scaled);
}
END_TEST

START_TEST(scaled_multiplies)
{
    struct network *network = shaken(config_at(0), PRECISION_FLOAT);
    struct network *scaled = network_scaled(network, 3, PRECISION_DOUBLE);
    size_t n = network_layout(network)->n_parameters;

    ck_assert_int_eq(network_config(scaled)->precision, PRECISION_DOUBLE);
    ck_assert_uint_eq(network_layout(scaled)->n_tokens, SYMBOLS + 1);
    ck_assert_int_eq(strncmp(network_engine(scaled), "double ", 7), 0);
    for (size_t i = 0; i < n; i++)
        ck_assert_double_eq(network_weights(scaled)[i],
                            3 * network_weights(network)[i]);
    network_free(scaled);
    network_free(network);
}
END_TEST

/* Many threads may evaluate one network: loops do not nest. */
struct nested {
    const struct network *network;
    const struct strings *strings;
    double logits[STRINGS];
};

static void one_string(void *context, size_t item, size_t thread)
{
    struct nested *nested = context;
    struct batch batch = { .strings = nested->strings,
                           .count = 1,
                           .index = &item };

    (void)thread;
    network_logits(nested->network, &batch, NULL, &nested->logits[item]);
}

START_TEST(loops_may_evaluate)
{
    struct network *network = shaken(config_at(0), PRECISION_FLOAT);
    struct strings strings;
    uint8_t member[STRINGS];
    double logits[STRINGS];
    struct nested nested = { .network = network, .strings = &strings };

    draw_strings(&strings, member);
    network_logits(network,
                   &(struct batch){ .strings = &strings, .count = STRINGS },
                   NULL, logits);
    parallel_set_threads(5);
    parallel_for(STRINGS, one_string, &nested);
    parallel_set_threads(1);
    ck_assert_mem_eq(logits, nested.logits, sizeof(logits));
    network_free(network);
    strings_clear(&strings);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("network");
    TCase *tcase = tcase_create("network");

    parallel_set_threads(1);
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, forward_is_plain, 0, 48);
    tcase_add_loop_test(tcase, rules_are_plain, 0, 32);
    tcase_add_loop_test(tcase, saturated_takes_the_mean_of_ties, 0, 6);
    tcase_add_loop_test(tcase, causal_outputs_ignore_the_future, 0, 6);
    tcase_add_loop_test(tcase, dropout_is_drawn_by_step, 0, 6);
    tcase_add_loop_test(tcase, packed_is_one_by_one, 0, 6);
    tcase_add_loop_test(tcase, wide_rows_keep_their_bits, 0, 6);
    tcase_add_loop_test(tcase, wide_gradient_is_generic_gradient, 2, 6);
    tcase_add_loop_test(tcase, logits_read_the_encoder, 0, 6);
    tcase_add_loop_test(tcase, a_trace_is_that_of_shorter_networks, 0, 6);
    tcase_add_loop_test(tcase, threads_change_nothing, 0, 6);
    tcase_add_loop_test(tcase, shards_add_along_a_tree, 0, 6);
    tcase_add_loop_test(tcase, float_gradient_is_double_gradient, 0, 3);
    tcase_add_loop_test(tcase, pass_is_that_of_the_logits, 0, 6);
    tcase_add_loop_test(tcase, signals_survive_large_margins, 0, 6);
    tcase_add_loop_test(tcase, init_is_documented, 0, 2);
    tcase_add_loop_test(tcase, init_factors_multiply, 0, 2);
    tcase_add_test(tcase, scaled_multiplies);
    tcase_add_test(tcase, loops_may_evaluate);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}

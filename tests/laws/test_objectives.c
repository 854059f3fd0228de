/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Every objective and readout: losses are what their formulas say of the
 * plain network's outputs, gradients are difference quotients of that
 * (|g - g_fd|_inf <= 1e-7 max(|g|_inf, 1e-3), in double, Richardson's
 * extrapolation, ReLU kinks redrawn), a packed batch is its strings one by
 * one, and threads change no bit.
 */

#include "laws/difference.h"
#include "plain_network.h"
#include "suite.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"

#define PER_TENSOR 3
#define STRINGS    6
#define LONGEST    9
#define SYMBOLS    3
#define OUTPUTS    (SYMBOLS + 1)
#define TOKENS     (STRINGS * (LONGEST + 1))

struct variant {
    enum objective objective;
    struct model_config config;
    uint64_t seed;
};

static const char *const readouts[] = { "last", "begin", "mean" };

/* Twelve of each norm placement: the four objectives, membership by three
 * readouts. */
static struct variant variant_at(size_t i)
{
    static const enum objective objectives[] = {
        OBJECTIVE_PREFIX_MEMBERSHIP, OBJECTIVE_NEXT_SET,   OBJECTIVE_NEXT_TOKEN,
        OBJECTIVE_MEMBERSHIP,        OBJECTIVE_MEMBERSHIP, OBJECTIVE_MEMBERSHIP
    };
    static const int masks[] = { MASK_CAUSAL, MASK_STRICT, MASK_ZERO };
    size_t kind = i % 6, round = i / 6;
    struct variant v = { .objective = objectives[kind],
                         .seed = 4000 + i,
                         .config = { .norm = (int)(round % 4),
                                     .positions = (int)((round + kind) % 3),
                                     .n_layers = 1 + round / 4 % 2,
                                     .d_model = round % 2 ? 10 : 8,
                                     .n_heads = 2,
                                     .d_ff = 7,
                                     .activation = (int)(i / 3 % 2),
                                     .scores = (int)(i / 5 % 2),
                                     .affine = (int)(i / 7 % 2),
                                     .bias = round % 3 > 0,
                                     .classifier_bias = round % 3 > 0,
                                     .precision = PRECISION_DOUBLE,
                                     .epsilon = 1e-5,
                                     .max_length = LONGEST,
                                     .init = { 1, 1, 1, 1, 1, 1, 1, 1 } } };

    if (v.objective == OBJECTIVE_MEMBERSHIP)
        v.config.readout = (int)kind - 3;
    if (objective_is_sequence(v.objective)) /* full shows what follows */
        v.config.mask = masks[round % 3];
    else if (kind > 3)
        v.config.mask = MASK_FULL; /* the begin mark needs it */
    return v;
}

/* A network in general position, and strings with targets drawn anyhow. */
struct scene {
    const struct variant *variant;
    struct network *network;
    struct strings strings;
    size_t n_outputs, width;
    uint8_t targets[TOKENS];
    bool signs[2 * TOKENS * 7];
};

static void scene_init(struct scene *scene, const struct variant *variant)
{
    static const size_t lengths[STRINGS] = { 0, 1, 3, 4, 7, LONGEST };
    struct stream stream;
    double *theta;

    *scene = (struct scene){ .variant = variant };
    scene->network =
        network_new_for(variant->objective, &variant->config, SYMBOLS);
    scene->n_outputs = objective_outputs(variant->objective, SYMBOLS);
    scene->width = objective_width(variant->objective, SYMBOLS);
    network_init(scene->network, variant->seed);
    theta = network_parameters(scene->network);
    stream_init(&stream, variant->seed, "test.objectives", 0);
    for (size_t i = 0; i < network_layout(scene->network)->n_parameters; i++)
        theta[i] += 0.3 * stream_normal(&stream);
    network_update(scene->network);
    for (size_t i = 0; i < STRINGS; i++) {
        uint16_t symbols[LONGEST];

        for (size_t t = 0; t < lengths[i]; t++)
            symbols[t] = (uint16_t)stream_below(&stream, SYMBOLS);
        strings_add(&scene->strings, symbols, lengths[i]);
    }
    for (size_t t = 0; t < TOKENS; t++)
        scene->targets[t] =
            (uint8_t)stream_below(&stream, scene->n_outputs > 1 ? 16 : 2);
    if (variant->objective == OBJECTIVE_NEXT_TOKEN)
        for (size_t t = 0; t < TOKENS; t++) /* three of four count */
            scene->targets[t] = scene->targets[t] % 4 > 0;
}

static void scene_clear(struct scene *scene)
{
    network_free(scene->network);
    strings_clear(&scene->strings);
}

/* What the classifier reads of string I, in place: rows x[][d]. */
static size_t read_out(const struct variant *variant, size_t n, double *x)
{
    size_t d = variant->config.d_model;

    if (objective_is_sequence(variant->objective))
        return n;
    if (variant->config.readout == READOUT_LAST)
        memmove(x, x + (n - 1) * d, d * sizeof *x);
    if (variant->config.readout == READOUT_MEAN)
        for (size_t c = 0; c < d; c++) {
            for (size_t t = 1; t < n; t++)
                x[c] += x[t * d + c];
            x[c] /= (double)n;
        }
    return 1;
}

/* The plain loss of a row of logits; counts its targets. */
static double row_loss(const struct scene *scene, const double *logits,
                       const uint8_t *target, size_t next, size_t *count)
{
    double sum = 0;

    if (scene->variant->objective == OBJECTIVE_NEXT_TOKEN) {
        if (*target == 0)
            return 0;
        for (size_t k = 0; k < scene->n_outputs; k++)
            sum += exp(logits[k] - logits[next]);
        ++*count;
        return log(sum);
    }
    for (size_t k = 0; k < scene->n_outputs; k++)
        sum += log(1 + exp((*target >> k & 1) != 0 ? -logits[k] : logits[k]));
    *count += scene->n_outputs;
    return sum;
}

/* Whether the ReLU inputs that reach a logit have the signs they had, or with
 * FIRST, which they have. */
static bool same_signs(struct scene *scene, const double *inputs, size_t n,
                       bool first, size_t *at)
{
    const struct model_config *config = &scene->variant->config;
    bool one = !objective_is_sequence(scene->variant->objective) &&
               config->readout != READOUT_MEAN,
         same = true;
    size_t chosen = config->readout == READOUT_BEGIN ? 0 : n - 1;

    for (size_t r = 0; r < config->n_layers * n; r++)
        for (size_t u = 0; u < config->d_ff; u++, ++*at) {
            bool sign = inputs[r * config->d_ff + u] > 0;

            if (one && r / n + 1 == config->n_layers && r % n != chosen)
                continue;
            same &= first || scene->signs[*at] == sign;
            scene->signs[*at] = first ? sign : scene->signs[*at];
        }
    return same;
}

/* Mean loss by the plain network. */
static double loss(void *self, bool first, bool *same)
{
    struct scene *scene = self;
    const struct variant *variant = scene->variant;
    struct plain plain = { .config = &variant->config,
                           .layout = network_layout(scene->network),
                           .theta = network_weights(scene->network) };
    size_t count = 0, at = 0, d = variant->config.d_model;
    const uint8_t *target = scene->targets;
    double sum = 0;

    for (size_t i = 0; i < STRINGS; i++) {
        const uint16_t *symbols = strings_at(&scene->strings, i);
        size_t n = strings_length(&scene->strings, i) + 1, rows;
        double x[(LONGEST + 1) * 10], inputs[2 * (LONGEST + 1) * 7];
        double logits[(LONGEST + 1) * OUTPUTS];

        plain_encode(&plain, symbols, n - 1, x, inputs);
        *same &= same_signs(scene, inputs, n, first, &at);
        rows = read_out(variant, n, x);
        plain_linear(&plain, -1, "classifier", rows, d, scene->n_outputs, x,
                     logits);
        for (size_t t = 0; t < rows; t++, target += scene->width)
            sum += row_loss(scene, logits + t * scene->n_outputs, target,
                            t + 1 < n ? symbols[t] : SYMBOLS, &count);
    }
    return sum / (double)count;
}

/* d loss / d theta[i], or false where a ReLU input changes its sign. */
static bool difference(struct scene *scene, size_t i, double *derivative)
{
    return difference_quotient(
        loss, scene, network_parameters(scene->network) + i, derivative);
}

/* |g - g_fd|_inf and |g|_inf over some coordinates of each tensor. */
static double compare(struct scene *scene, const double *gradient, double *size,
                      size_t *redrawn)
{
    const struct layout *layout = network_layout(scene->network);
    double error = 0;
    struct stream stream;

    stream_init(&stream, scene->variant->seed, "test.coordinates", 0);
    for (size_t t = 0; t < layout->n_tensors; t++) {
        const struct tensor *tensor = &layout->tensors[t];
        size_t wanted = tensor->count < PER_TENSOR ? tensor->count : PER_TENSOR;

        for (size_t tries = 0; wanted > 0 && tries < 50; tries++) {
            size_t i = tensor->offset + stream_below(&stream, tensor->count);
            double d;

            if (!difference(scene, i, &d)) {
                ++*redrawn;
                continue;
            }
            error = fmax(error, fabs(gradient[i] - d));
            *size = fmax(*size, fabs(gradient[i]));
            wanted--;
        }
        ck_assert_msg(wanted == 0, "no smooth coordinate in %s", tensor->name);
    }
    return error;
}

START_TEST(gradient_is_difference)
{
    struct variant v = variant_at((size_t)_i);
    struct scene scene;
    struct batch batch = { .count = STRINGS };
    struct pass pass;
    double *gradient, size = 0, error;
    size_t redrawn = 0;
    bool same = true;

    scene_init(&scene, &v);
    batch.strings = &scene.strings;
    gradient = memory_new(network_layout(scene.network)->n_parameters,
                          sizeof *gradient);
    network_gradient(scene.network, &batch, scene.targets, gradient, &pass);
    ck_assert_double_eq_tol(pass.loss, loss(&scene, true, &same), 1e-11);
    error = compare(&scene, gradient, &size, &redrawn);
    printf("%2d %-17s %-5s  |g| %.2e  worst %.1e  redrawn %zu\n", _i,
           objective_names[v.objective], readouts[v.config.readout], size,
           error, redrawn);
    ck_assert_double_le(error, 1e-7 * fmax(size, 1e-3));
    free(gradient);
    scene_clear(&scene);
}
END_TEST

/* Logits of a batch in any order are those of its strings alone, bit for
 * bit, and what the encoder gives a sequence's classifier is every token. */
START_TEST(packed_is_single)
{
    static const size_t order[STRINGS] = { 4, 0, 5, 2, 1, 3 };
    struct variant v = variant_at((size_t)_i);
    double logits[TOKENS * OUTPUTS], alone[TOKENS * OUTPUTS], *at = logits;
    struct scene scene;

    for (int precision = 0; precision < 2; precision++) {
        v.config.precision = precision;
        scene_init(&scene, &v);
        at = logits;
        network_logits(scene.network,
                       &(struct batch){ &scene.strings, order, STRINGS }, NULL,
                       logits);
        for (size_t i = 0; i < STRINGS; i++) {
            struct batch one = { &scene.strings, &order[i], 1 };
            size_t n = strings_length(&scene.strings, order[i]) + 1;

            if (!objective_is_sequence(v.objective))
                n = 1;
            network_logits(scene.network, &one, NULL, alone);
            ck_assert_mem_eq(at, alone, n * scene.n_outputs * sizeof *alone);
            at += n * scene.n_outputs;
        }
        scene_clear(&scene);
    }
}
END_TEST

/* Many strings, so that there are shards and chunks of several. */
START_TEST(threads_change_nothing)
{
    struct variant v = variant_at((size_t)_i);
    struct strings many = { 0 };
    uint8_t *targets = memory_new(300 * 2 * (LONGEST + 1), 1);
    double *gradient[2];
    struct pass pass[2];
    struct stream stream;
    struct scene scene;

    v.config.precision = PRECISION_FLOAT;
    scene_init(&scene, &v);
    stream_init(&stream, 7, "test.threads", 0);
    for (size_t i = 0; i < 300; i++) {
        uint16_t symbols[LONGEST];
        size_t n = stream_below(&stream, LONGEST + 1);

        for (size_t t = 0; t < n; t++)
            symbols[t] = (uint16_t)stream_below(&stream, SYMBOLS);
        strings_add(&many, symbols, n);
    }
    for (size_t t = 0; t < 300 * (LONGEST + 1); t++)
        targets[t] = (uint8_t)stream_below(&stream, 2);
    for (size_t k = 0; k < 2; k++) {
        size_t n = network_layout(scene.network)->n_parameters;

        parallel_set_threads(1 + 3 * k);
        gradient[k] = memory_new(n, sizeof **gradient);
        network_gradient(scene.network, &(struct batch){ &many, NULL, 300 },
                         targets, gradient[k], &pass[k]);
        if (k > 0)
            ck_assert_mem_eq(gradient[0], gradient[1], n * sizeof **gradient);
    }
    ck_assert_mem_eq(&pass[0], &pass[1], sizeof *pass);
    parallel_set_threads(1);
    free(gradient[0]);
    free(gradient[1]);
    free(targets);
    strings_clear(&many);
    scene_clear(&scene);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("objectives");
    TCase *tcase = tcase_create("objectives");

    parallel_set_threads(1);
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, gradient_is_difference, 0, 48);
    tcase_add_loop_test(tcase, packed_is_single, 0, 24);
    tcase_add_loop_test(tcase, threads_change_nothing, 0, 6);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Gradients equal difference quotients: in double, for every variant of the
 * architecture, |g - g_fd|_inf <= 1e-7 max(|g|_inf, 1e-3), where g_fd is the
 * Richardson extrapolation of central differences of the plain network's
 * loss.  A coordinate along which some ReLU input changes sign within the
 * step has no derivative to compare; another one is drawn and it is counted.
 */

#include "plain_network.h"
#include "suite.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"

#define STEP       1e-4
#define HALVINGS   3
#define PER_TENSOR 4
#define STRINGS    6
#define LONGEST    11

struct variant {
    struct model_config config;
    uint64_t seed;
};

/* A network somewhere in general position, and a batch with labels. */
struct scene {
    struct network *network;
    struct strings strings;
    uint8_t member[STRINGS];
    double *gradient, *x, *inputs;
    bool *signs;
    size_t n_signs;
};

static void scene_init(struct scene *scene, const struct variant *variant)
{
    static const size_t lengths[STRINGS] = { 0, 1, 3, 5, 8, LONGEST };
    const struct model_config *config = &variant->config;
    const struct layout *layout;
    struct stream stream;
    double *theta;

    *scene = (struct scene){ .network = network_new(config, 3) };
    network_init(scene->network, variant->seed);
    layout = network_layout(scene->network);
    theta = network_parameters(scene->network);
    stream_init(&stream, variant->seed, "test.gradient", 0);
    for (size_t i = 0; i < layout->n_parameters; i++)
        theta[i] += 0.3 * stream_normal(&stream);
    network_update(scene->network);
    for (size_t i = 0; i < STRINGS; i++) {
        uint16_t symbols[LONGEST];

        for (size_t t = 0; t < lengths[i]; t++)
            symbols[t] = (uint16_t)stream_below(&stream, 3);
        strings_add(&scene->strings, symbols, lengths[i]);
        scene->member[i] = (uint8_t)stream_below(&stream, 2);
    }
    scene->gradient = memory_new(layout->n_parameters, sizeof(double));
    scene->x = memory_new((LONGEST + 1) * config->d_model, sizeof(double));
    scene->inputs = memory_new(config->n_layers * (LONGEST + 1) * config->d_ff,
                               sizeof(double));
    scene->n_signs = STRINGS * config->n_layers * (LONGEST + 1) * config->d_ff;
    scene->signs = memory_new(scene->n_signs, sizeof(bool));
}

static void scene_clear(struct scene *scene)
{
    network_free(scene->network);
    strings_clear(&scene->strings);
    free(scene->gradient);
    free(scene->x);
    free(scene->inputs);
    free(scene->signs);
}

/*
 * The plain network's mean loss.  With FIRST the signs of all ReLU inputs
 * that can reach a logit are recorded, otherwise compared with the record.
 */
static double loss(struct scene *scene, bool first, bool *same)
{
    const struct model_config *config = network_config(scene->network);
    struct plain plain = { .config = config,
                           .layout = network_layout(scene->network),
                           .theta = network_weights(scene->network) };
    size_t f = config->d_ff, at = 0;
    double sum = 0;

    for (size_t i = 0; i < STRINGS; i++) {
        size_t n = strings_length(&scene->strings, i) + 1;
        double logit = plain_logit(&plain, strings_at(&scene->strings, i),
                                   n - 1, scene->x, scene->inputs);

        sum += log1p(exp(scene->member[i] ? -logit : logit)) / STRINGS;
        for (size_t r = 0; r < config->n_layers * n; r++) {
            if (r / n == config->n_layers - 1 && r % n != n - 1)
                continue; /* of the last layer only the last token is read */
            for (size_t u = 0; u < f; u++, at++) {
                bool sign = scene->inputs[r * f + u] > 0;

                if (first)
                    scene->signs[at] = sign;
                else if (scene->signs[at] != sign)
                    *same = false;
            }
        }
    }
    return sum;
}

/* d loss / d theta[i], or false where a ReLU input changes its sign.  Errors
 * go with the sixth power of the step: layer norm bends within
 * sqrt(epsilon) where a branch gives nearly nothing. */
static bool difference(struct scene *scene, size_t i, double *derivative)
{
    double *theta = network_parameters(scene->network);
    double start = theta[i], d[HALVINGS];
    bool same = true;

    loss(scene, true, &same);
    for (int k = 0; k < HALVINGS; k++) {
        double h = ldexp(STEP, -k), high, low;

        theta[i] = start + h;
        high = loss(scene, false, &same);
        theta[i] = start - h;
        low = loss(scene, false, &same);
        d[k] = (high - low) / (2 * h);
    }
    theta[i] = start;
    for (int order = 1; order < HALVINGS; order++)
        for (int k = HALVINGS - 1; k >= order; k--)
            d[k] += (d[k] - d[k - 1]) / (ldexp(1, 2 * order) - 1);
    *derivative = d[HALVINGS - 1];
    return same;
}

struct outcome {
    size_t compared, redrawn;
    double error, size; /* |g - g_fd|_inf and |g|_inf over the compared */
};

static struct outcome compare(const struct variant *variant)
{
    struct outcome outcome = { 0 };
    struct scene scene;
    struct stream stream;
    struct pass pass;
    struct batch batch = { .strings = &scene.strings, .count = STRINGS };
    const struct layout *layout;

    scene_init(&scene, variant);
    layout = network_layout(scene.network);
    network_gradient(scene.network, &batch, scene.member, scene.gradient,
                     &pass);
    stream_init(&stream, variant->seed, "test.coordinates", 0);
    for (size_t t = 0; t < layout->n_tensors; t++) {
        const struct tensor *tensor = &layout->tensors[t];
        size_t wanted = tensor->count < PER_TENSOR ? tensor->count : PER_TENSOR;

        for (size_t tries = 0; wanted > 0 && tries < 50; tries++) {
            size_t i = tensor->offset + stream_below(&stream, tensor->count);
            double g = scene.gradient[i], d;

            if (!difference(&scene, i, &d)) {
                outcome.redrawn++;
                continue;
            }
            outcome.compared++;
            outcome.error = fmax(outcome.error, fabs(g - d));
            outcome.size = fmax(outcome.size, fabs(g));
            wanted--;
        }
        ck_assert_msg(wanted == 0, "no smooth coordinate in %s", tensor->name);
    }
    scene_clear(&scene);
    return outcome;
}

/* Every variant of the architecture in turn, shapes and seeds changing. */
static struct variant variant_at(size_t i)
{
    static const struct {
        size_t d_model, n_heads, d_ff;
    } shapes[] = { { 6, 2, 7 }, { 8, 1, 5 }, { 10, 5, 16 }, { 16, 2, 9 } };
    static const int positions[] = { POSITIONS_NONE, POSITIONS_LEARNED,
                                     POSITIONS_RATIO | POSITIONS_SQUARE |
                                         POSITIONS_SIGN };
    size_t shape = (i + i / 4) % 4;

    return (struct variant){ .seed = 2000 + i,
                             .config = { .norm = (int)(i % 4),
                                         .mask = (int)(i / 4 % 2),
                                         .positions = positions[i / 8 % 3],
                                         .position_map = i / 8 % 3 == 2,
                                         .bias = i / 24 % 2 == 0,
                                         .classifier_bias = i / 24 % 2 == 0,
                                         .n_layers = 1 + i / 48 % 2,
                                         .d_model = shapes[shape].d_model,
                                         .n_heads = shapes[shape].n_heads,
                                         .d_ff = shapes[shape].d_ff,
                                         .precision = PRECISION_DOUBLE,
                                         .epsilon = 1e-5,
                                         .max_length = LONGEST + 1,
                                         .init = { 1, 1, 1, 1, 1, 1, 1, 1 } } };
}

START_TEST(gradient_is_difference)
{
    static const char *const norms[] = { "pre", "post", "output", "none" };
    struct variant v = variant_at((size_t)_i);
    struct outcome outcome = compare(&v);
    double allowed = 1e-7 * fmax(outcome.size, 1e-3);

    printf("%2d %-6s %-6s %-10s bias %d layers %zu d %2zu heads %zu ff %2zu  "
           "|g| %.2e  worst %.1e of %.1e  compared %zu redrawn %zu\n",
           _i, norms[v.config.norm],
           v.config.mask == MASK_CAUSAL ? "causal" : "full",
           v.config.positions == 0 ? "none"
           : v.config.position_map ? "map"
                                   : "learned",
           v.config.bias, v.config.n_layers, v.config.d_model, v.config.n_heads,
           v.config.d_ff, outcome.size, outcome.error, allowed,
           outcome.compared, outcome.redrawn);
    ck_assert_double_le(outcome.error, allowed);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("gradient");
    TCase *tcase = tcase_create("gradient");

    parallel_set_threads(1);
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, gradient_is_difference, 0, 96);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}

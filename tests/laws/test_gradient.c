/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Gradients equal difference quotients: in double, over random configurations
 * drawn from the table of model fields, |g - g_fd|_inf <= 1e-7 max(|g|_inf,
 * 1e-3), where g_fd is the Richardson extrapolation of central differences
 * of the plain network's loss.  A coordinate along which some ReLU input
 * changes sign within the step has no derivative to compare; another one is
 * drawn and it is counted.  SATURN_TEST_SEED in the environment draws others.
 */

#include "laws/difference.h"
#include "plain_network.h"
#include "suite.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "data/objective.h"

#define CONFIGURATIONS 520

#define PER_TENSOR 2
#define STRINGS    3
#define LONGEST    5
#define SYMBOLS    3

/* ---------------------------------------------------------- configurations */

static const char *const fixed[] = { "preset", "precision", "construction",
                                     NULL };

static bool is_fixed(const char *key)
{
    for (size_t i = 0; fixed[i] != NULL; i++)
        if (strcmp(fixed[i], key) == 0)
            return true;
    return false;
}

static size_t choices_of(const struct field *field)
{
    size_t n = 0;

    if (field->type == FIELD_BOOL)
        return 2;
    if (field->type != FIELD_CHOICE || is_fixed(field->key))
        return 0;
    while (field->choices[n] != NULL)
        n++;
    return n;
}

static size_t choice_of(const struct field *field,
                        const struct model_config *config)
{
    const char *at = (const char *)config + field->offset;

    if (field->type == FIELD_BOOL)
        return *(const bool *)(const void *)at;
    return (size_t) * (const int *)(const void *)at;
}

/* Every word and every yes or no of the schema alike. */
static void draw_choices(struct stream *stream, struct model_config *config)
{
    for (const struct field *field = model_fields; field->key != NULL;
         field++) {
        char *at = (char *)config + field->offset;
        size_t n = choices_of(field);

        if (n > 0 && field->type == FIELD_BOOL)
            *(bool *)(void *)at = stream_below(stream, 2) == 1;
        else if (n > 0)
            *(int *)(void *)at = (int)stream_below(stream, n);
    }
}

static struct model_config draw_config(struct stream *stream)
{
    static const int positions[] = { POSITIONS_NONE, POSITIONS_LEARNED,
                                     POSITIONS_SINUSOIDAL, 0 };
    static const double epsilons[] = { 1e-5, 1e-3 };
    struct error error;
    bool ok;
    struct model_config config;

    do {
        size_t kind = stream_below(stream, 4);

        error = (struct error){ 0 };
        config = (struct model_config){
            .n_layers = 1 + stream_below(stream, 2),
            .n_heads = 1 + stream_below(stream, 3),
            .d_ff = 1 + stream_below(stream, 8),
            .precision = PRECISION_DOUBLE,
            .epsilon = epsilons[stream_below(stream, 2)],
            .dropout = stream_below(stream, 4) == 0 ? 0.3 : 0,
            .max_length = LONGEST,
            .init = { 1, 1, 1, 1, 1, 1, 1, 1 },
        };
        config.d_model = config.n_heads * (2 + stream_below(stream, 2));
        draw_choices(stream, &config);
        config.positions = positions[kind];
        if (kind == 3)
            config.positions = (int)(1 + stream_below(stream, 7)) * 4;
        ok = model_check(&config, &(struct place){ 0 }, &error);
        error_clear(&error);
    } while (!ok);
    return config;
}

/* ------------------------------------------------------------------ scenes */

/* A network somewhere in general position, and a batch with targets. */
struct scene {
    enum objective objective;
    struct network *network;
    struct strings strings;
    uint8_t targets[STRINGS * (LONGEST + 1)];
    uint64_t drop_key;
    double *gradient, *x, *inputs;
    bool *signs;
};

static void draw_strings(struct stream *stream, struct scene *scene)
{
    static const size_t lengths[STRINGS] = { 0, 2, LONGEST };

    for (size_t i = 0; i < STRINGS; i++) {
        uint16_t symbols[LONGEST];

        for (size_t t = 0; t < lengths[i]; t++)
            symbols[t] = (uint16_t)stream_below(stream, SYMBOLS);
        strings_add(&scene->strings, symbols, lengths[i]);
    }
    for (size_t i = 0; i < sizeof(scene->targets); i++)
        scene->targets[i] = (uint8_t)stream_below(
            stream, scene->objective == OBJECTIVE_NEXT_SET ? 16 : 2);
    scene->targets[0] |= 1; /* of next-token one target at least */
}

static void scene_init(struct scene *scene, const struct model_config *config,
                       struct stream *stream)
{
    const struct layout *layout;
    struct stream key;
    double *theta;

    *scene = (struct scene){ .objective = stream_below(stream, 4) };
    scene->network = network_new_for(scene->objective, config, SYMBOLS);
    network_init(scene->network, stream_bits(stream));
    layout = network_layout(scene->network);
    theta = network_parameters(scene->network);
    for (size_t i = 0; i < layout->n_parameters; i++)
        theta[i] += 0.3 * stream_normal(stream);
    network_update(scene->network);
    network_drop(scene->network, 5, stream->index);
    stream_init(&key, 5, "dropout", stream->index);
    scene->drop_key = stream_bits(&key);
    draw_strings(stream, scene);
    scene->gradient = memory_new(layout->n_parameters, sizeof(double));
    scene->x = memory_new((LONGEST + 1) * config->d_model, sizeof(double));
    scene->inputs = memory_new(config->n_layers * (LONGEST + 1) * config->d_ff,
                               sizeof(double));
    scene->signs =
        memory_new(STRINGS * config->n_layers * (LONGEST + 1) * config->d_ff,
                   sizeof(bool));
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

/* ---------------------------------------------------------------- the loss */

/* A row of logits against its target, in nats; *COUNT targets. */
static double row_loss(const struct scene *scene, const double *logits,
                       size_t outputs, uint8_t target, size_t next,
                       size_t *count)
{
    double sum = 0;

    *count = outputs;
    if (scene->objective == OBJECTIVE_NEXT_TOKEN) {
        *count = target;
        for (size_t k = 0; k < outputs; k++)
            sum += exp(logits[k] - logits[next]);
        return target ? log(sum) : 0;
    }
    for (size_t k = 0; k < outputs; k++)
        sum += log1p(exp(target >> k & 1 ? -logits[k] : logits[k]));
    return sum;
}

/* The signs of what goes into ReLU and can reach a logit: written with FIRST,
 * otherwise whether they are those written. */
static bool same_signs(struct scene *scene, size_t n, bool first, size_t *at)
{
    const struct model_config *config = network_config(scene->network);
    size_t f = config->d_ff,
           chosen = config->readout == READOUT_BEGIN ? 0 : n - 1;
    bool narrow = !objective_is_sequence(scene->objective) &&
                  config->readout != READOUT_MEAN;
    bool same = true;

    for (size_t r = 0; r < config->n_layers * n; r++) {
        if (narrow && r / n == config->n_layers - 1 && r % n != chosen)
            continue; /* the last layer gives one token alone */
        for (size_t u = 0; u < f; u++, (*at)++) {
            bool sign = scene->inputs[r * f + u] > 0;

            if (first)
                scene->signs[*at] = sign;
            same = same && scene->signs[*at] == sign;
        }
    }
    return same || config->activation != ACTIVATION_RELU;
}

/* The plain network's mean loss over targets. */
static double loss(void *self, bool first, bool *same)
{
    struct scene *scene = self;
    const struct model_config *config = network_config(scene->network);
    struct plain plain = { .config = config,
                           .layout = network_layout(scene->network),
                           .theta = network_weights(scene->network),
                           .drop_key =
                               config->dropout > 0 ? &scene->drop_key : NULL };
    bool sequence = objective_is_sequence(scene->objective);
    size_t outputs = plain.layout->n_outputs, at = 0, target = 0, targets = 0;
    double logits[(LONGEST + 1) * (SYMBOLS + 1)], sum = 0;

    for (size_t i = 0; i < STRINGS; i++) {
        size_t n = strings_length(&scene->strings, i) + 1, count;
        const uint16_t *symbols = strings_at(&scene->strings, i);

        plain.string = i;
        plain_encode(&plain, symbols, n - 1, scene->x, scene->inputs);
        *same = same_signs(scene, n, first, &at) && *same;
        plain_read(&plain, sequence, n, scene->x, logits);
        for (size_t t = 0; t < (sequence ? n : 1); t++) {
            sum += row_loss(scene, logits + t * outputs, outputs,
                            scene->targets[target++],
                            token_after(symbols, n - 1, t, SYMBOLS), &count);
            targets += count;
        }
    }
    return sum / (double)targets;
}

/* d loss / d theta[i], or false where a ReLU input changes its sign.  Layer
 * norm bends within sqrt(epsilon) where a branch gives nearly nothing. */
static bool difference(struct scene *scene, size_t i, double *derivative)
{
    return difference_quotient(
        loss, scene, network_parameters(scene->network) + i, derivative);
}

/* ----------------------------------------------------------------- the law */

struct outcome {
    size_t compared, redrawn;
    double error, size; /* |g - g_fd|_inf and |g|_inf over the compared */
};

static struct outcome compare(const struct model_config *config,
                              struct stream *stream)
{
    struct outcome outcome = { 0 };
    struct scene scene;
    struct pass pass;
    struct batch batch = { .strings = &scene.strings, .count = STRINGS };
    const struct layout *layout;
    bool same = true;

    scene_init(&scene, config, stream);
    layout = network_layout(scene.network);
    network_gradient(scene.network, &batch, scene.targets, scene.gradient,
                     &pass);
    ck_assert_double_le(fabs(pass.loss - loss(&scene, true, &same)),
                        1e-12 * fmax(pass.loss, 1));
    for (size_t t = 0; t < layout->n_tensors; t++) {
        const struct tensor *tensor = &layout->tensors[t];
        size_t wanted = tensor->count < PER_TENSOR ? tensor->count : PER_TENSOR;

        for (size_t tries = 0; wanted > 0 && tries < 50; tries++) {
            size_t i = tensor->offset + stream_below(stream, tensor->count);
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

/* Per word of each field, how many configurations had it and the worst error
 * in units of what is allowed. */
struct row {
    size_t count;
    double worst;
};

static void row_add(struct row *row, double error)
{
    row->count++;
    row->worst = fmax(row->worst, error);
}

static void print_rows(struct row rows[][4])
{
    for (size_t f = 0; model_fields[f].key != NULL; f++) {
        const struct field *field = &model_fields[f];

        for (size_t k = 0; k < choices_of(field); k++) {
            const char *word = field->type == FIELD_CHOICE ? field->choices[k]
                               : k == 1                    ? "true"
                                                           : "false";

            printf("%-16s %-8s %4zu configurations, worst error %.1e of what "
                   "is allowed\n",
                   field->key, word, rows[f][k].count, rows[f][k].worst);
            ck_assert_uint_gt(rows[f][k].count, 0);
        }
    }
}

START_TEST(gradients_are_differences)
{
    const char *wanted = getenv("SATURN_TEST_SEED");
    uint64_t seed = wanted != NULL ? strtoull(wanted, NULL, 10) : 2000;
    struct row rows[64][4] = { 0 }, objectives[4] = { 0 };
    size_t compared = 0, redrawn = 0;

    for (uint64_t i = 0; i < CONFIGURATIONS; i++) {
        struct stream stream, peek;
        struct model_config config;
        struct outcome outcome;
        double share;

        stream_init(&stream, seed, "test.gradient", i);
        config = draw_config(&stream);
        peek = stream;
        outcome = compare(&config, &stream);
        share = outcome.error / (1e-7 * fmax(outcome.size, 1e-3));
        compared += outcome.compared;
        redrawn += outcome.redrawn;
        if (share > 1) {
            struct text text = { 0 };

            schema_print(model_fields, &config, 2, false, &text);
            ck_abort_msg("seed %ju number %ju: %g of what is allowed\n%s",
                         (uintmax_t)seed, (uintmax_t)i, share, text.data);
        }
        row_add(&objectives[stream_below(&peek, 4)], share);
        for (size_t f = 0; model_fields[f].key != NULL; f++)
            if (choices_of(&model_fields[f]) > 0)
                row_add(&rows[f][choice_of(&model_fields[f], &config)], share);
    }
    printf("seed %ju, %d configurations, %zu coordinates compared, %zu "
           "redrawn\n",
           (uintmax_t)seed, CONFIGURATIONS, compared, redrawn);
    print_rows(rows);
    for (size_t k = 0; k < 4; k++)
        printf("%-16s %-8s %4zu configurations, worst error %.1e of what is "
               "allowed\n",
               "objective", objective_names[k], objectives[k].count,
               objectives[k].worst);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("gradient");
    TCase *tcase = tcase_create("gradient");

    parallel_set_threads(1);
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, gradients_are_differences);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}

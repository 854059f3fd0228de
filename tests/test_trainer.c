/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "suite.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "known.h"
#include "said.h"
#include "train/optimizer.h"
#include "train/trainer.h"

#define STRINGS 37
#define ORDER   11

static const char counted[] =
    "{train: {count: 37, length: 2..8}, validation: {count: 0}, test: {count: "
    "0}, negatives: {uniform: 1/2, edit-1: 1/2}}";
static const char streamed[] =
    "{train: {count: stream, length: 2..8}, validation: {count: 0}, test: "
    "{count: 0}, negatives: {uniform: 1/2, edit-1: 1/2}}";

static struct language *language;
static struct data_config data_config;
static struct dataset dataset;

static void open_data(const char *yaml)
{
    struct error error = { 0 };

    language = known_language("dyck-1", 0);
    ck_assert(known_settings(data_fields, yaml, "data", &data_config, &error));
    ck_assert(
        dataset_generate(&dataset, &data_config, language, 1, NULL, &error));
}

static void open_counted(void)
{
    open_data(counted);
}

static void close_data(void)
{
    dataset_clear(&dataset);
    schema_clear(data_fields, &data_config);
    language_free(language);
}

static struct network *small_network(int precision)
{
    struct model_config config = {
        .n_layers = 1,
        .d_model = 8,
        .n_heads = 2,
        .d_ff = 16,
        .norm = NORM_PRE,
        .precision = precision,
        .bias = true,
        .classifier_bias = true,
        .epsilon = 1e-5,
        .max_length = 16,
        .init = { 1, 1, 1, 1, 1, 1, 1, 1 },
    };
    struct network *network = network_new(&config, 2);

    network_init(network, 7);
    return network;
}

static struct train_config train_config(const char *yaml)
{
    struct train_config config = { 0 };
    struct error error = { 0 };

    if (!known_settings(train_fields, yaml, "train", &config, &error))
        error_print(&error, stderr);
    ck_assert_uint_eq(error.count, 0);
    return config;
}

/* ------------------------------------------------------------ the observer */

#define MOST_RECORDS 400

struct seen {
    struct text events; /* "r0 p0 c0 r1 ..." */
    struct snapshot snapshots[MOST_RECORDS];
    size_t count;
    size_t parameters;
    double *thetas[MOST_RECORDS];
    size_t stop_at;           /* stop asked before this step; SIZE_MAX: never */
    size_t fail_at;           /* the record of this step fails */
    size_t asked;             /* how often stop was asked */
    size_t last;              /* step of the last checkpoint */
    double *theta, *recorded; /* and its vectors */
    double *slots[SLOTS];
};

static bool see_record(void *self, const struct snapshot *snapshot,
                       const double *theta, struct error *error)
{
    struct seen *seen = self;

    if (snapshot->step == seen->fail_at)
        return error_set(error, ERROR_IO, "the disk is full");
    text_add_format(&seen->events, "r%zu ", snapshot->step);
    ck_assert_uint_lt(seen->count, MOST_RECORDS);
    seen->snapshots[seen->count] = *snapshot;
    seen->thetas[seen->count++] =
        memory_copy(theta, seen->parameters * sizeof *theta);
    return true;
}

static bool see_probe(void *self, size_t step, const struct network *network,
                      struct error *error)
{
    struct seen *seen = self;

    (void)network;
    (void)error;
    text_add_format(&seen->events, "p%zu ", step);
    return true;
}

static bool see_checkpoint(void *self, size_t step, const double *theta,
                           const double *recorded, double *const *slots,
                           struct error *error)
{
    struct seen *seen = self;

    (void)error;
    text_add_format(&seen->events, "c%zu ", step);
    free(seen->theta);
    free(seen->recorded);
    seen->last = step;
    seen->theta = memory_copy(theta, seen->parameters * sizeof *theta);
    seen->recorded = memory_copy(recorded, seen->parameters * sizeof *theta);
    for (size_t i = 0; i < SLOTS; i++) {
        free(seen->slots[i]);
        seen->slots[i] = NULL;
        if (slots[i] != NULL)
            seen->slots[i] =
                memory_copy(slots[i], seen->parameters * sizeof *theta);
    }
    return true;
}

static bool see_stop(void *self)
{
    struct seen *seen = self;

    return seen->asked++ == seen->stop_at;
}

static void seen_clear(struct seen *seen)
{
    for (size_t i = 0; i < seen->count; i++)
        free(seen->thetas[i]);
    free(seen->theta);
    free(seen->recorded);
    for (size_t i = 0; i < SLOTS; i++)
        free(seen->slots[i]);
    text_clear(&seen->events);
}

/* Trains NETWORK, watched by SEEN from where its last checkpoint is. */
static bool train(struct network *network, const struct train_config *config,
                  const double *start, struct seen *seen, struct error *error)
{
    struct observer observer = { seen, see_record, see_probe, see_checkpoint,
                                 see_stop };
    struct trainer trainer = { .config = config,
                               .dataset = &dataset,
                               .network = network,
                               .order_seed = ORDER,
                               .observer = &observer,
                               .start = start,
                               .step = seen->last,
                               .recorded = seen->recorded };

    if (seen->recorded != NULL)
        trainer.slots = seen->slots;
    seen->parameters = network_layout(network)->n_parameters;
    return trainer_run(&trainer, error);
}

static struct seen watch(void)
{
    return (struct seen){ .stop_at = SIZE_MAX, .fail_at = SIZE_MAX };
}

static size_t size_of(const struct network *network)
{
    return network_layout(network)->n_parameters;
}

/* --------------------------------------------------------------------- laws */

/* With a rate that moves nothing, the losses of an epoch's batches, weighted
 * by their sizes, add up to the loss of all strings: each string once. */
START_TEST(an_epoch_takes_every_string_once)
{
    struct train_config config = train_config(
        "{rate: 1e-300, batch: 10, steps: 12, record: {every: 1}}");
    struct network *network = small_network(PRECISION_DOUBLE);
    double *gradient = memory_new(size_of(network), sizeof *gradient);
    struct batch all = { &dataset.train.strings, NULL, STRINGS };
    struct seen seen = watch();
    struct error error = { 0 };
    struct pass pass;

    ck_assert_uint_eq(trainer_batch(&config, &dataset), 10);
    ck_assert_uint_eq(trainer_epoch(&config, &dataset), 4);
    network_gradient(network, &all, dataset.train.member, gradient, &pass);
    ck_assert(train(network, &config, NULL, &seen, &error));
    for (size_t epoch = 0; epoch < 3; epoch++) {
        double sum = 0, right = 0;

        for (size_t k = 0; k < 4; k++) {
            const struct pass *part = &seen.snapshots[4 * epoch + k].pass;

            sum += part->loss * (k < 3 ? 10 : 7);
            right += part->accuracy * (k < 3 ? 10 : 7);
        }
        ck_assert_double_eq_tol(sum / STRINGS, pass.loss, 1e-12);
        ck_assert_double_eq_tol(right / STRINGS, pass.accuracy, 1e-12);
    }
    ck_assert(seen.snapshots[0].pass.loss != seen.snapshots[4].pass.loss);
    seen_clear(&seen);
    free(gradient);
    network_free(network);
}
END_TEST

/* Training once more, by the book: permutations, batches, gradient, step. */
static double *replay(const struct train_config *config, int precision,
                      size_t steps)
{
    struct network *network = small_network(precision);
    size_t n = size_of(network), order[STRINGS], batch = config->batch;
    double *theta = network_parameters(network), *result;
    double *gradient = memory_new(n, sizeof *gradient);

    for (size_t t = 0; t < steps; t++) {
        size_t epoch = t / 4, first = t % 4 * batch;
        struct examples fresh = { 0 };
        struct batch part = { &dataset.train.strings, order + first,
                              first + batch > STRINGS ? STRINGS - first
                                                      : batch };
        const uint8_t *member = dataset.train.member;
        struct pass pass;
        double rate = config->rate;

        random_permutation(ORDER, "train.order", epoch, STRINGS, order);
        if (dataset.train.strings.count == 0) {
            dataset_stream(&dataset, t * batch, batch, &fresh);
            part = (struct batch){ &fresh.strings, NULL, batch };
            member = fresh.member;
        }
        network_gradient(network, &part, member, gradient, &pass);
        if (strcmp(schedule_names[config->schedule], "loss-scaled") == 0)
            rate /= pass.loss;
        for (size_t i = 0; i < n; i++)
            theta[i] += -rate * gradient[i];
        network_update(network);
        examples_clear(&fresh);
    }
    result = memory_copy(theta, n * sizeof *theta);
    free(gradient);
    network_free(network);
    return result;
}

static void check_replay(const char *yaml, int precision)
{
    struct train_config config = train_config(yaml);
    struct network *network = small_network(precision);
    double *expected = replay(&config, precision, config.steps);
    struct seen seen = watch();
    struct error error = { 0 };

    ck_assert(train(network, &config, NULL, &seen, &error));
    ck_assert_mem_eq(network_weights(network), expected,
                     size_of(network) * sizeof *expected);
    seen_clear(&seen);
    free(expected);
    network_free(network);
}

START_TEST(steps_are_by_the_book)
{
    check_replay("{rate: 0.3, batch: 10, steps: 11}", _i);
    check_replay("{rate: 0.05, batch: 10, steps: 9, schedule: loss-scaled}",
                 _i);
}
END_TEST

START_TEST(streams_are_by_the_book)
{
    open_data(streamed);
    check_replay("{rate: 0.3, batch: 10, steps: 9}", _i);
    close_data();
}
END_TEST

START_TEST(full_batch_has_the_gradient_of_all)
{
    static const char *const batches[] = { "full", "37", "1000" };

    for (size_t b = 0; b < 3; b++) {
        char yaml[128];
        struct train_config config;
        struct network *network = small_network(PRECISION_DOUBLE);
        size_t n = size_of(network);
        double *gradient = memory_new(n, sizeof *gradient);
        const double *theta = network_weights(network);
        struct batch all = { &dataset.train.strings, NULL, STRINGS };
        struct seen seen = watch();
        struct error error = { 0 };
        struct pass pass;

        snprintf(yaml, sizeof yaml,
                 "{rate: 0.5, batch: %s, steps: 1, record: {every: 1}}",
                 batches[b]);
        config = train_config(yaml);
        ck_assert_uint_eq(trainer_batch(&config, &dataset), STRINGS);
        ck_assert_uint_eq(trainer_epoch(&config, &dataset), 1);
        network_gradient(network, &all, dataset.train.member, gradient, &pass);
        ck_assert(train(network, &config, NULL, &seen, &error));
        for (size_t i = 0; i < n; i++)
            ck_assert_double_eq(theta[i],
                                seen.thetas[0][i] + -0.5 * gradient[i]);
        ck_assert_double_eq(seen.snapshots[0].pass.loss, pass.loss);
        seen_clear(&seen);
        free(gradient);
        network_free(network);
    }
}
END_TEST

START_TEST(threads_make_no_difference)
{
    static const size_t threads[] = { 1, 2, 3, 7 };
    struct train_config config =
        train_config("{rate: 0.3, batch: 20, steps: 30}");
    double *first = NULL;

    for (size_t t = 0; t < 4; t++) {
        struct network *network = small_network(_i);
        struct seen seen = watch();
        struct error error = { 0 };

        parallel_set_threads(threads[t]);
        ck_assert(train(network, &config, NULL, &seen, &error));
        if (t == 0)
            first = memory_copy(network_weights(network),
                                size_of(network) * sizeof *first);
        ck_assert_mem_eq(network_weights(network), first,
                         size_of(network) * sizeof *first);
        seen_clear(&seen);
        network_free(network);
    }
    parallel_set_threads(0);
    free(first);
}
END_TEST

static void check_snapshots(const struct snapshot *a, const struct snapshot *b)
{
    ck_assert_uint_eq(a->step, b->step);
    ck_assert_mem_eq(&a->rate, &b->rate, sizeof a->rate);
    ck_assert_mem_eq(&a->pass, &b->pass, sizeof a->pass);
    ck_assert_double_eq(a->gradient_norm, b->gradient_norm);
    ck_assert_double_eq(a->norm, b->norm);
    ck_assert_double_eq(a->cosine_start, b->cosine_start);
    ck_assert_double_eq(a->alignment_step, b->alignment_step);
    ck_assert_double_eq(a->distance_start, b->distance_start);
    ck_assert_double_eq(a->step_lost, b->step_lost);
    ck_assert_double_eq(a->step_unseen, b->step_unseen);
    if (a->step == 0)
        return; /* nothing is before the first record */
    ck_assert_double_eq(a->cosine_previous, b->cosine_previous);
    ck_assert_double_eq(a->alignment_interval, b->alignment_interval);
}

/* Stopped before any step, and continued by another network from what the
 * checkpoint holds, a run records and ends as if undisturbed. */
START_TEST(stopped_and_resumed_is_undisturbed)
{
    static const char *const optimizers[] = {
        "gradient-descent", "nesterov", "normalised-tensors", "adam", "adamw",
        "rmsprop"
    };
    struct train_config config =
        train_config("{rate: 0.03, batch: 10, steps: 23, record: {log: 9}, "
                     "probe: {every: 6}, checkpoint: {every: 7}}");
    struct network *whole = small_network(PRECISION_FLOAT);
    size_t n = size_of(whole);
    double *start = memory_copy(network_weights(whole), n * sizeof *start);
    struct seen all = watch(), seen;
    struct error error = { 0 };
    char message[64];

    while (strcmp(optimizer_names[config.optimizer.kind], optimizers[_i]) != 0)
        config.optimizer.kind++;
    ck_assert(train(whole, &config, NULL, &all, &error));
    for (size_t stop = 0; stop < 23; stop += 1 + stop / 3) {
        struct network *network = small_network(PRECISION_FLOAT), *other;

        seen = watch();
        seen.stop_at = stop;
        ck_assert(!train(network, &config, NULL, &seen, &error));
        ck_assert_int_eq(error.kind, ERROR_STOPPED);
        snprintf(message, sizeof message,
                 "saturn: stopped after %zu of 23 steps\n", stop);
        ck_assert_said(&error, message);
        ck_assert_uint_eq(seen.last, stop);
        network_free(network);

        other = small_network(PRECISION_FLOAT);
        memcpy(network_parameters(other), seen.theta, n * sizeof *start);
        network_update(other);
        seen.stop_at = SIZE_MAX;
        ck_assert(train(other, &config, start, &seen, &error));
        ck_assert_mem_eq(network_weights(other), network_weights(whole),
                         n * sizeof *start);
        ck_assert_uint_eq(seen.count, all.count);
        for (size_t i = 0; i < all.count; i++)
            check_snapshots(&seen.snapshots[i], &all.snapshots[i]);
        network_free(other);
        seen_clear(&seen);
    }
    seen_clear(&all);
    free(start);
    network_free(whole);
}
END_TEST

/* Also from an older checkpoint, and from the last one: nothing is left. */
START_TEST(a_finished_run_has_nothing_left)
{
    struct train_config config =
        train_config("{rate: 0.3, batch: 10, steps: 5}");
    struct network *network = small_network(PRECISION_DOUBLE);
    struct seen seen = watch();
    struct error error = { 0 };
    size_t length;

    ck_assert(train(network, &config, NULL, &seen, &error));
    ck_assert_uint_eq(seen.last, 5);
    length = seen.events.length;
    ck_assert(train(network, &config, NULL, &seen, &error));
    ck_assert_uint_eq(seen.events.length, length);
    seen_clear(&seen);
    network_free(network);
}
END_TEST

START_TEST(observers_are_called_in_order)
{
    struct train_config config =
        train_config("{rate: 0.1, batch: 10, steps: 5, record: {every: 2}, "
                     "probe: {every: 4}, checkpoint: {every: 3}}");
    struct network *network = small_network(PRECISION_DOUBLE);
    struct seen seen = watch();
    struct error error = { 0 };

    ck_assert(train(network, &config, NULL, &seen, &error));
    ck_assert_str_eq(seen.events.data, "r0 p0 c0 r2 c3 r4 p4 r5 p5 c5 ");
    ck_assert_uint_eq(seen.asked, 5);
    seen_clear(&seen);

    seen = watch();
    seen.fail_at = 2;
    ck_assert(!train(network, &config, NULL, &seen, &error));
    ck_assert_int_eq(error.kind, ERROR_IO);
    ck_assert_said(&error, "saturn: the disk is full\n");
    ck_assert_str_eq(seen.events.data, "r0 p0 c0 ");
    seen_clear(&seen);
    network_free(network);
}
END_TEST

START_TEST(nobody_needs_to_watch)
{
    struct train_config config =
        train_config("{rate: 0.1, batch: 10, steps: 5}");
    struct network *network = small_network(PRECISION_DOUBLE);
    struct trainer trainer = { .config = &config,
                               .dataset = &dataset,
                               .network = network,
                               .order_seed = ORDER };
    double *expected = replay(&config, PRECISION_DOUBLE, 5);
    struct error error = { 0 };

    ck_assert(trainer_run(&trainer, &error));
    ck_assert_mem_eq(network_weights(network), expected,
                     size_of(network) * sizeof *expected);
    free(expected);
    network_free(network);
}
END_TEST

/* The row of a step holds the rate used and the step it took. */
START_TEST(schedules_and_optimizers_do_as_defined)
{
    struct train_config scaled = train_config(
        "{rate: 0.02, batch: 10, steps: 20, record: {every: 1}, schedule: "
        "loss-scaled}");
    struct train_config normalised = train_config(
        "{rate: 0.02, batch: 10, steps: 20, record: {every: 1}, optimizer: "
        "normalised}");
    const struct train_config *configs[] = { &scaled, &normalised };

    for (size_t c = 0; c < 2; c++) {
        struct network *network = small_network(PRECISION_DOUBLE);
        struct seen seen = watch();
        struct error error = { 0 };

        ck_assert(train(network, configs[c], NULL, &seen, &error));
        for (size_t t = 0; t < 20; t++) {
            const struct snapshot *snapshot = &seen.snapshots[t];
            double length = 0, expected;

            for (size_t i = 0; i < size_of(network); i++)
                length += pow(seen.thetas[t + 1][i] - seen.thetas[t][i], 2);
            expected =
                c == 0 ? 0.02 / snapshot->pass.loss * snapshot->gradient_norm
                       : 0.02;
            ck_assert_double_eq_tol(sqrt(length) / expected, 1, 1e-9);
            ck_assert_double_eq_tol(snapshot->rate,
                                    c == 0 ? 0.02 / snapshot->pass.loss : 0.02,
                                    1e-15);
        }
        seen_clear(&seen);
        network_free(network);
    }
}
END_TEST

/* To first order a short step lowers the loss by rate |gradient|^2. */
START_TEST(steps_go_down)
{
    struct train_config config = train_config(
        "{rate: 1e-4, batch: full, steps: 50, record: {every: 1}}");
    struct network *network = small_network(PRECISION_DOUBLE);
    struct seen seen = watch();
    struct error error = { 0 };

    ck_assert(train(network, &config, NULL, &seen, &error));
    for (size_t t = 0; t < 50; t++) {
        const struct snapshot *here = &seen.snapshots[t];
        double fall = here->pass.loss - here[1].pass.loss;

        ck_assert_double_eq_tol(
            fall / (1e-4 * here->gradient_norm * here->gradient_norm), 1, 0.01);
    }
    seen_clear(&seen);
    network_free(network);
}
END_TEST

/* --------------------------------------------------------------- divergence */

START_TEST(divergence_is_told)
{
    static const char *const settings[] = {
        "{rate: 1e30, batch: 10, steps: 50, record: {every: 0}}",
        "{rate: 1e30, batch: 10, steps: 50, record: {every: 1}}",
    };

    for (size_t i = 0; i < 2; i++) {
        struct train_config config = train_config(settings[i]);
        struct network *network = small_network(_i);
        struct seen seen = watch();
        struct error error = { 0 };
        const char *text;

        ck_assert(!train(network, &config, NULL, &seen, &error));
        ck_assert_int_eq(error.kind, ERROR_DIVERGED);
        text = said(&error);
        ck_assert_msg(strncmp(text, "saturn: step ", 13) == 0, "%s", text);
        ck_assert_msg(strstr(text, ": the loss is ") != NULL ||
                          strstr(text, " is not finite\n") != NULL,
                      "%s", text);
        seen_clear(&seen);
        network_free(network);
    }
}
END_TEST

/* A position that no string reaches is not finite: no loss tells. */
START_TEST(the_tensor_is_named)
{
    struct train_config config =
        train_config("{rate: 0.1, batch: 10, steps: 3}");
    struct network *plain = small_network(PRECISION_DOUBLE), *network;
    struct model_config model = *network_config(plain);
    const struct tensor *tensor;
    struct seen seen = watch();
    struct error error = { 0 };

    model.positions = POSITIONS_LEARNED;
    network = network_new(&model, 2);
    network_init(network, 7);
    tensor = layout_find(network_layout(network), "embedding.position");
    ck_assert_ptr_nonnull(tensor);
    network_parameters(network)[tensor->offset + tensor->count - 1] = NAN;
    network_update(network);
    ck_assert(!train(network, &config, NULL, &seen, &error));
    ck_assert_int_eq(error.kind, ERROR_DIVERGED);
    ck_assert_said(&error,
                   "saturn: step 1: embedding.position is not finite\n");
    seen_clear(&seen);
    network_free(network);
    network_free(plain);
}
END_TEST

/* ----------------------------------------------------------------- settings */

START_TEST(defaults_are_written_out)
{
    struct train_config config = train_config("{rate: 0.1, steps: 20000}");
    struct text text = { 0 };

    schema_print(train_fields, &config, 0, false, &text);
    ck_assert_str_eq(text.data, "optimizer: gradient-descent\n"
                                "momentum: 0.9\n"
                                "dampening: 0\n"
                                "betas: [0.9, 0.999]\n"
                                "alpha: 0.99\n"
                                "eps: 1e-08\n"
                                "weight_decay: usual\n"
                                "decay: usual\n"
                                "clip_norm: 0\n"
                                "clip_value: 0\n"
                                "batch: 64\n"
                                "rate: 0.1\n"
                                "schedule: constant\n"
                                "warmup: 0\n"
                                "hold: 1000\n"
                                "steps: 20000\n"
                                "from: ~\n"
                                "record: {log: 200}\n"
                                "probe: {log: 20}\n"
                                "checkpoint: {every: 1000}\n");
    text_clear(&text);
    config.batch = 0;
    schema_print(train_fields, &config, 0, false, &text);
    ck_assert_ptr_nonnull(strstr(text.data, "batch: full\n"));
    text_clear(&text);
}
END_TEST

START_TEST(wrong_settings_are_told)
{
    static const struct {
        const char *yaml, *said;
    } cases[] = {
        { "{steps: 5}", "x.yaml:1:1: train.rate: missing; accepted: a number "
                        "above 0, at most 1e+30\n" },
        { "{rate: 0, steps: 5}",
          "x.yaml:1:8: train.rate: out of range: 0; accepted: a number above "
          "0, at most 1e+30\n" },
        { "{rate: 1, steps: 5, batch: 0}",
          "x.yaml:1:28: train.batch: wrong value \"0\"; accepted: a whole "
          "number in 1..100000000, or the word full\n" },
        { "{rate: 1, steps: 5, batch: ful}",
          "x.yaml:1:28: train.batch: wrong value \"ful\"; accepted: a whole "
          "number in 1..100000000, or the word full\n" },
        { "{rate: 1, steps: 5, optimizer: lion}",
          "x.yaml:1:32: train.optimizer: unknown word \"lion\"; accepted: "
          "gradient-descent, momentum, nesterov, normalised, "
          "normalised-tensors, adam, adamw, rmsprop\n" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct train_config config = { 0 };
        struct error error = { 0 };

        ck_assert(!known_settings(train_fields, cases[i].yaml, "train", &config,
                                  &error));
        ck_assert_said(&error, cases[i].said);
    }
}
END_TEST

START_TEST(a_stream_has_no_full_batch)
{
    struct train_config config =
        train_config("{rate: 1, steps: 5, batch: full}");
    struct network *network = small_network(PRECISION_DOUBLE);
    struct seen seen = watch();
    struct error error = { 0 };

    open_data(streamed);
    ck_assert(!train(network, &config, NULL, &seen, &error));
    ck_assert_int_eq(error.kind, ERROR_CONFIG);
    ck_assert_said(&error,
                   "saturn: train.batch: a stream has no full batch; accepted: "
                   "a whole number of at least 1\n");
    close_data();
    network_free(network);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("trainer");
    TCase *laws = tcase_create("laws"), *bare = tcase_create("bare");

    tcase_set_timeout(laws, 60);
    tcase_add_checked_fixture(laws, open_counted, close_data);
    tcase_add_test(laws, an_epoch_takes_every_string_once);
    tcase_add_loop_test(laws, steps_are_by_the_book, 0, 2);
    tcase_add_test(laws, full_batch_has_the_gradient_of_all);
    tcase_add_loop_test(laws, threads_make_no_difference, 0, 2);
    tcase_add_loop_test(laws, stopped_and_resumed_is_undisturbed, 0, 6);
    tcase_add_test(laws, a_finished_run_has_nothing_left);
    tcase_add_test(laws, observers_are_called_in_order);
    tcase_add_test(laws, nobody_needs_to_watch);
    tcase_add_test(laws, schedules_and_optimizers_do_as_defined);
    tcase_add_test(laws, steps_go_down);
    tcase_add_loop_test(laws, divergence_is_told, 0, 2);
    tcase_add_test(laws, the_tensor_is_named);
    suite_add_tcase(suite, laws);
    tcase_set_timeout(bare, 60);
    tcase_add_loop_test(bare, streams_are_by_the_book, 0, 2);
    tcase_add_test(bare, defaults_are_written_out);
    tcase_add_test(bare, wrong_settings_are_told);
    tcase_add_test(bare, a_stream_has_no_full_batch);
    suite_add_tcase(suite, bare);
    return suite_run(suite);
}

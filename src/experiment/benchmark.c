/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "experiment/benchmark.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/statistics.h"
#include "data/dataset.h"
#include "language/language.h"
#include "model/network.h"
#include "saturation/evaluator.h"
#include "train/trainer.h"

#define STRETCHES 5

/* Steps that warm caches and wake threads. */
#define WARM_UP 3

struct benchmark {
    const struct settings *settings;
    struct language *language;
    struct dataset dataset;
    struct examples sample; /* the training strings, or as many fresh ones */
    struct network *network;
};

/* Fresh strings that stand for an endless stream. */
#define SAMPLE 4096

bool benchmark_new(struct benchmark **out, const struct experiment *experiment,
                   const struct job *job, struct error *error)
{
    struct benchmark *b = memory_new(1, sizeof *b);
    const struct settings *settings = &job->settings;

    b->settings = settings;
    *out = b;
    if (!job_load_language(job, &b->language, error) ||
        !job_generate(experiment, job, b->language, &b->dataset, error)) {
        benchmark_free(b);
        *out = NULL;
        return false;
    }
    if (b->dataset.train.strings.count == 0)
        dataset_stream(&b->dataset, 0, SAMPLE, &b->sample);
    b->network =
        network_new_for((enum objective)settings->data.objective,
                        &settings->model, language_alphabet(b->language)->size);
    network_init(b->network, settings->seed.init);
    return true;
}

void benchmark_free(struct benchmark *b)
{
    if (b == NULL)
        return;
    network_free(b->network);
    examples_clear(&b->sample);
    dataset_clear(&b->dataset);
    language_free(b->language);
    free(b);
}

static const struct examples *trained_on(const struct benchmark *b)
{
    return b->sample.strings.count > 0 ? &b->sample : &b->dataset.train;
}

/* ------------------------------------------------------------ what it takes */

/* Products of a forward pass over one string of TOKENS. */
static double forward_flops(const struct benchmark *b, double tokens)
{
    const struct model_config *model = &b->settings->model;
    bool sequence = objective_is_sequence(network_objective(b->network));
    bool every = sequence || model->readout == READOUT_MEAN;
    double d = (double)model->d_model, f = (double)model->d_ff, flops = 0;

    for (size_t l = 0; l < model->n_layers; l++) {
        bool all = every || l + 1 < model->n_layers;
        double queries = all ? tokens : 1;
        double pairs = all && model->mask == MASK_CAUSAL
                           ? tokens * (tokens + 1) / 2
                           : tokens * queries;

        flops += 4 * tokens * d * d + queries * (4 * d * d + 4 * d * f) +
                 4 * pairs * d;
    }
    return flops + (sequence ? tokens : 1) * 2 * d *
                       (double)network_layout(b->network)->n_outputs;
}

/* Tokens and products of an average string. */
static struct throughput average(const struct benchmark *b,
                                 const struct strings *strings)
{
    struct throughput mean = { .strings = 1 };
    double n = (double)strings->count;

    for (size_t i = 0; i < strings->count; i++) {
        double tokens = (double)strings_length(strings, i) + 1;

        mean.tokens += tokens / n;
        mean.flops += forward_flops(b, tokens) / n;
    }
    return mean;
}

/* -------------------------------------------------------------- stretches */

struct clock {
    double stretch; /* seconds */
    double began;   /* of the stretch now */
    double done;    /* strings in it */
    double rates[STRETCHES];
    size_t n;
};

static void clock_begin(struct clock *clock, double seconds)
{
    *clock = (struct clock){ .stretch = seconds / STRETCHES,
                             .began = clock_seconds() };
}

/* STRINGS more are done; false when the time is over. */
static bool clock_goes_on(struct clock *clock, double strings)
{
    double now = clock_seconds();

    clock->done += strings;
    if (now - clock->began < clock->stretch)
        return true;
    clock->rates[clock->n++] = clock->done / (now - clock->began);
    clock->began = now;
    clock->done = 0;
    return clock->n < STRETCHES;
}

/* The median rate, of strings that are like MEAN. */
static struct throughput clock_result(const struct clock *clock,
                                      struct throughput mean)
{
    double rate = statistics_quantile(clock->rates, STRETCHES, 0.5);

    return (struct throughput){ .tokens = rate * mean.tokens,
                                .strings = rate * mean.strings,
                                .flops = rate * mean.flops };
}

/* ------------------------------------------------------------- the rates */

/* An observer that ends the training. */
struct training {
    struct clock clock;
    double seconds, strings; /* in all; of a step */
    size_t step;
};

static bool stop(void *self)
{
    struct training *training = self;

    if (training->step++ < WARM_UP) {
        clock_begin(&training->clock, training->seconds);
        return false;
    }
    return !clock_goes_on(&training->clock, training->strings);
}

bool benchmark_train(struct benchmark *b, double seconds,
                     struct throughput *out, struct error *error)
{
    struct train_config config = b->settings->train;
    struct training training = { .seconds = seconds };
    struct observer observer = { .self = &training, .stop = stop };
    struct trainer trainer = { .config = &config,
                               .dataset = &b->dataset,
                               .network = b->network,
                               .order_seed = b->settings->seed.order,
                               .observer = &observer };
    size_t epoch = trainer_epoch(&config, &b->dataset);
    struct throughput mean = average(b, &trained_on(b)->strings);
    struct error ended = { 0 };

    config.steps = SIZE_MAX;
    config.record = config.probe = config.checkpoint = (struct cadence){ 0 };
    training.strings =
        epoch == SIZE_MAX
            ? (double)config.batch
            : (double)b->dataset.train.strings.count / (double)epoch;
    network_init(b->network, b->settings->seed.init);
    trainer_run(&trainer, &ended);
    if (ended.kind != ERROR_STOPPED) {
        *error = ended;
        return false;
    }
    error_clear(&ended);
    mean.flops *= 3;
    *out = clock_result(&training.clock, mean);
    return true;
}

void benchmark_evaluate(struct benchmark *b, double seconds,
                        struct throughput *out)
{
    const struct strings *strings = &trained_on(b)->strings;
    struct batch batch = { .strings = strings, .count = strings->count };
    size_t most = tokens_before(strings, batch.count) *
                  network_layout(b->network)->n_outputs;
    double *logits = memory_new(most, sizeof *logits);
    struct clock clock;

    network_logits(b->network, &batch, NULL, logits);
    clock_begin(&clock, seconds);
    do
        network_logits(b->network, &batch, NULL, logits);
    while (clock_goes_on(&clock, (double)batch.count));
    free(logits);
    *out = clock_result(&clock, average(b, strings));
}

bool benchmark_verify(struct benchmark *b, const char *name, double seconds,
                      struct throughput *out, struct error *error)
{
    const struct strings *strings = &b->dataset.tests[0].strings;
    struct decision *decisions =
        memory_new(strings->count + 1, sizeof *decisions);
    struct evaluator *evaluator;
    struct clock clock;
    bool more = true;

    clock_begin(&clock, seconds);
    while (more && evaluator_new(&evaluator, name, b->network,
                                 &b->settings->saturation, error)) {
        evaluator_decide(evaluator, strings, decisions);
        evaluator_free(evaluator);
        more = clock_goes_on(&clock, (double)strings->count);
    }
    free(decisions);
    *out = clock_result(&clock, average(b, strings));
    return !more;
}

void benchmark_draw(struct benchmark *b, double seconds, struct throughput *out)
{
    enum { ROUND = 1024 };
    struct clock clock;
    size_t first = 0;

    clock_begin(&clock, seconds);
    do {
        struct examples fresh = { 0 };

        dataset_stream(&b->dataset, first, ROUND, &fresh);
        examples_clear(&fresh);
        first += ROUND;
    } while (clock_goes_on(&clock, ROUND));
    *out = clock_result(&clock, average(b, &trained_on(b)->strings));
}

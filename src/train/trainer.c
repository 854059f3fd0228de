/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "train/trainer.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "data/extent.h"

/* ---------------------------------------------------------------- settings */

static const char batch_accepted[] =
    "a whole number in 1..100000000, or the word full";

static bool batch_read(const struct yaml_node *node, const char *path,
                       void *value, struct error *error)
{
    return count_or_word_read(node, path, batch_accepted, "full", 100000000,
                              value, error);
}

static void batch_print(const void *value, struct text *out)
{
    count_or_word_print(*(const size_t *)value, "full", out);
}

static const struct field_custom batch_custom = { batch_accepted, batch_read,
                                                  batch_print, NULL };

/* clang-format off */
static const struct field start_fields[] = {
    { .key = "file", .type = FIELD_TEXT,
      .offset = offsetof(struct start_config, file),
      .help = "a safetensors file" },
    { .key = "checksum", .type = FIELD_TEXT, .standard = "~",
      .offset = offsetof(struct start_config, checksum),
      .help = "XXH3 of the file, 16 digits" },
    { .key = NULL }
};
/* clang-format on */

static const char start_accepted[] =
    "the path of a safetensors file, or a map of file, checksum";

static bool start_read(const struct yaml_node *node, const char *path,
                       void *value, struct error *error)
{
    struct start_config *start = value;

    if (node->kind == YAML_MAP)
        return schema_read(start_fields, node, path, NULL, value, error);
    if (yaml_is_null(node))
        return true;
    if (node->kind != YAML_SCALAR || node->text[0] == '\0')
        return schema_complain(node, path, start_accepted, error);
    start->file = memory_copy_text(node->text);
    return true;
}

static void start_print(const void *value, struct text *out)
{
    const struct start_config *start = value;

    if (start->file == NULL) {
        text_add(out, "~");
        return;
    }
    text_add(out, start->checksum != NULL ? "{file: " : "");
    yaml_add_scalar(out, start->file);
    if (start->checksum != NULL) {
        text_add(out, ", checksum: ");
        yaml_add_scalar(out, start->checksum);
        text_add(out, "}");
    }
}

static void start_clear(void *value)
{
    schema_clear(start_fields, value);
}

static const struct field_custom start_custom = { start_accepted, start_read,
                                                  start_print, start_clear };

/* clang-format off */
const struct field train_fields[] = {
    { .key = "optimizer", .type = FIELD_CHOICE, .standard = "gradient-descent",
      .choices = optimizer_names,
      .offset = offsetof(struct train_config, optimizer.kind),
      .help = "how the gradient becomes a step" },
    { .key = "momentum", .type = FIELD_NUMBER, .standard = "0.9",
      .least = 0, .most = 1,
      .offset = offsetof(struct train_config, optimizer.momentum),
      .help = "of momentum and nesterov" },
    { .key = "dampening", .type = FIELD_NUMBER, .standard = "0",
      .least = 0, .most = 1,
      .offset = offsetof(struct train_config, optimizer.dampening),
      .help = "of momentum and nesterov" },
    { .key = "betas", .type = FIELD_CUSTOM, .standard = "[0.9, 0.999]",
      .custom = &betas_custom,
      .offset = offsetof(struct train_config, optimizer.betas),
      .help = "what adam keeps of its means of g and g^2" },
    { .key = "alpha", .type = FIELD_NUMBER, .standard = "0.99",
      .least = 0, .most = 1,
      .offset = offsetof(struct train_config, optimizer.alpha),
      .help = "what rmsprop keeps of its mean of g^2" },
    { .key = "eps", .type = FIELD_NUMBER, .standard = "1e-8",
      .least = 0, .most = 1e30,
      .offset = offsetof(struct train_config, optimizer.eps),
      .help = "added to the root by adam and rmsprop" },
    { .key = "weight_decay", .type = FIELD_CUSTOM, .standard = "usual",
      .custom = &weight_decay_custom,
      .offset = offsetof(struct train_config, optimizer.weight_decay),
      .help = "lambda; usual: 0.01 of adamw, else 0" },
    { .key = "decay", .type = FIELD_CHOICE, .standard = "usual",
      .choices = decay_names,
      .offset = offsetof(struct train_config, optimizer.decay),
      .help = "how lambda acts; usual: decoupled of adamw, else coupled" },
    { .key = "clip_norm", .type = FIELD_NUMBER, .standard = "0",
      .least = 0, .most = 1e300,
      .offset = offsetof(struct train_config, optimizer.clip_norm),
      .help = "longest gradient; 0: any" },
    { .key = "clip_value", .type = FIELD_NUMBER, .standard = "0",
      .least = 0, .most = 1e300,
      .offset = offsetof(struct train_config, optimizer.clip_value),
      .help = "largest entry of the gradient; 0: any" },
    { .key = "batch", .type = FIELD_CUSTOM, .standard = "64",
      .custom = &batch_custom, .offset = offsetof(struct train_config, batch),
      .help = "strings a step" },
    { .key = "rate", .type = FIELD_NUMBER, .least = DBL_MIN, .most = 1e30,
      .offset = offsetof(struct train_config, rate),
      .help = "learning rate" },
    { .key = "schedule", .type = FIELD_CHOICE, .standard = "constant",
      .choices = schedule_names,
      .offset = offsetof(struct train_config, schedule),
      .help = "the rate as training goes on" },
    { .key = "warmup", .type = FIELD_COUNT, .standard = "0", .most = 1e12,
      .offset = offsetof(struct train_config, warmup),
      .help = "steps in which the rate rises to its schedule" },
    { .key = "hold", .type = FIELD_COUNT, .standard = "1000", .most = 1e12,
      .offset = offsetof(struct train_config, hold),
      .help = "steps at the full rate in the published schedules" },
    { .key = "steps", .type = FIELD_COUNT, .most = 1e12,
      .offset = offsetof(struct train_config, steps),
      .help = "steps in all" },
    { .key = "from", .type = FIELD_CUSTOM, .standard = "~",
      .custom = &start_custom, .offset = offsetof(struct train_config, from),
      .help = "a checkpoint whose parameters to begin with" },
    { .key = "record", .type = FIELD_CUSTOM, .standard = "{log: 200}",
      .custom = &cadence_custom,
      .offset = offsetof(struct train_config, record),
      .help = "when norms and directions are recorded" },
    { .key = "probe", .type = FIELD_CUSTOM, .standard = "{log: 20}",
      .custom = &cadence_custom, .offset = offsetof(struct train_config, probe),
      .help = "when the saturated networks are evaluated" },
    { .key = "checkpoint", .type = FIELD_CUSTOM, .standard = "{every: 1000}",
      .custom = &cadence_custom,
      .offset = offsetof(struct train_config, checkpoint),
      .help = "when the parameters are saved" },
    { .key = NULL }
};
/* clang-format on */

/* ------------------------------------------------------------------ memory */

size_t trainer_bytes(const struct train_config *config,
                     const struct data_config *data, size_t n_symbols,
                     size_t n_parameters)
{
    /* gradient, delta; and of the trajectory start, previous, difference */
    size_t vectors = 5, strings = data->train.count, bytes = 0;

    for (size_t slot = 0; slot < SLOTS; slot++)
        vectors += optimizer_uses(&config->optimizer, (enum slot)slot) ? 2 : 0;
    if (strings == 0) {
        struct extent batch = extent_of_draws(data, 0, config->batch);

        bytes = examples_bytes(data, n_symbols, batch) + drawing_bytes(batch);
    } else if (config->batch > 0 && config->batch < strings) {
        bytes = strings * sizeof(size_t);
    }
    return bytes + vectors * n_parameters * sizeof(double);
}

/* ----------------------------------------------------------------- batches */

size_t trainer_batch(const struct train_config *config,
                     const struct dataset *dataset)
{
    size_t count = dataset->train.strings.count;

    if (count == 0)
        return config->batch;
    return config->batch == 0 || config->batch > count ? count : config->batch;
}

size_t trainer_epoch(const struct train_config *config,
                     const struct dataset *dataset)
{
    size_t count = dataset->train.strings.count;
    size_t batch = trainer_batch(config, dataset);

    return count == 0 ? SIZE_MAX : (count + batch - 1) / batch;
}

/* What a run allocates, and where it stands. */
struct state {
    const struct trainer *trainer;
    size_t n;              /* parameters */
    size_t step;           /* the parameters are theta_step */
    double *theta;         /* the network's own masters */
    double *gradient;      /* [n] */
    double *delta;         /* [n] */
    size_t *order;         /* [strings] permutation of epoch `epoch` */
    size_t epoch;          /* SIZE_MAX: none yet */
    struct examples fresh; /* the batch, when streamed */
    struct optimizer optimizer;
    struct trajectory trajectory;
};

/* The batch of the step, and the targets that go with it. */
static bool find_batch(struct state *state, struct batch *batch,
                       const uint8_t **targets, struct error *error)
{
    const struct trainer *trainer = state->trainer;
    const struct examples *train = &trainer->dataset->train;
    size_t size = trainer_batch(trainer->config, trainer->dataset);
    size_t steps = trainer_epoch(trainer->config, trainer->dataset);
    size_t count = train->strings.count, epoch = state->step / steps;
    size_t first = state->step % steps * size;

    if (steps == SIZE_MAX) {
        examples_clear(&state->fresh);
        dataset_stream(trainer->dataset, state->step * size, size,
                       &state->fresh);
        if (!dataset_aim(trainer->dataset, &state->fresh, error))
            return false;
        *targets = examples_targets(&state->fresh);
        *batch = (struct batch){ &state->fresh.strings, NULL, size };
        return true;
    }
    *targets = examples_targets(train);
    *batch = (struct batch){ &train->strings, NULL, count };
    if (size == count)
        return true;
    if (state->epoch != epoch)
        random_permutation(trainer->order_seed, "train.order", epoch, count,
                           state->order);
    state->epoch = epoch;
    batch->index = state->order + first;
    batch->count = count - first < size ? count - first : size;
    return true;
}

/* --------------------------------------------------------------- divergence */

static bool is_finite(const double *x, size_t n)
{
    bool bad = false;

    for (size_t i = 0; i < n; i++)
        bad |= !isfinite(x[i]);
    return !bad;
}

/* Complains about the first tensor of X that is not finite, if one is not. */
static bool check_finite(const struct state *state, size_t step,
                         const char *what, const double *x, struct error *error)
{
    const struct layout *layout = network_layout(state->trainer->network);
    const struct tensor *tensor = layout->tensors;

    if (is_finite(x, state->n))
        return true;
    while (is_finite(x + tensor->offset, tensor->count))
        tensor++;
    return error_set(error, ERROR_DIVERGED, "step %zu: %s%s is not finite",
                     step, what, tensor->name);
}

/* -------------------------------------------------------------- observation */

static bool observe_record(struct state *state, struct snapshot *snapshot,
                           struct error *error)
{
    const struct observer *observer = state->trainer->observer;

    if (!check_finite(state, state->step, "the gradient of ", state->gradient,
                      error) ||
        !check_finite(state, state->step, "the step of ", state->delta, error))
        return false;
    trajectory_record(&state->trajectory, state->theta, state->gradient,
                      state->delta, snapshot);
    return observer->record == NULL ||
           observer->record(observer->self, snapshot, state->theta, error);
}

static bool observe_checkpoint(const struct state *state, struct error *error)
{
    const struct observer *observer = state->trainer->observer;
    const double *recorded = state->trajectory.previous;

    return observer->checkpoint == NULL ||
           observer->checkpoint(observer->self, state->step, state->theta,
                                recorded != NULL ? recorded : state->theta,
                                state->optimizer.now, error);
}

/* All that is due at a step, in the order the observer is promised. */
static bool observe(struct state *state, struct snapshot *snapshot,
                    struct error *error)
{
    const struct train_config *config = state->trainer->config;
    const struct observer *observer = state->trainer->observer;

    if (cadence_due(&config->record, state->step, config->steps) &&
        !observe_record(state, snapshot, error))
        return false;
    if (cadence_due(&config->probe, state->step, config->steps) &&
        observer->probe != NULL &&
        !observer->probe(observer->self, state->step, state->trainer->network,
                         error))
        return false;
    return !cadence_due(&config->checkpoint, state->step, config->steps) ||
           observe_checkpoint(state, error);
}

static bool stop_if_asked(const struct state *state, struct error *error)
{
    const struct observer *observer = state->trainer->observer;

    if (observer->stop == NULL || !observer->stop(observer->self))
        return true;
    return observe_checkpoint(state, error) &&
           error_set(error, ERROR_STOPPED, "stopped after %zu of %zu steps",
                     state->step, state->trainer->config->steps);
}

/* -------------------------------------------------------------------- steps */

/* Gradient and step at theta_t. */
static bool measure(struct state *state, struct snapshot *snapshot,
                    struct error *error)
{
    const struct trainer *trainer = state->trainer;
    const struct train_config *config = trainer->config;
    struct schedule_input input = { .rate = config->rate,
                                    .step = state->step,
                                    .steps = config->steps,
                                    .warmup = config->warmup,
                                    .hold = config->hold };
    const uint8_t *targets;
    struct batch batch;

    if (!find_batch(state, &batch, &targets, error))
        return false;
    *snapshot = (struct snapshot){ .step = state->step };
    network_drop(trainer->network, trainer->order_seed, state->step);
    network_gradient(trainer->network, &batch, targets, state->gradient,
                     &snapshot->pass);
    if (!isfinite(snapshot->pass.loss))
        return error_set(error, ERROR_DIVERGED, "step %zu: the loss is %s",
                         state->step,
                         isnan(snapshot->pass.loss) ? "nan" : "inf");
    input.loss = snapshot->pass.loss;
    snapshot->rate = schedule_rate(config->schedule, &input);
    if (!isfinite(snapshot->rate))
        return error_set(error, ERROR_DIVERGED,
                         "step %zu: the rate is not finite, the loss is %g",
                         state->step, input.loss);
    optimizer_step(&state->optimizer, snapshot->rate, state->step, state->theta,
                   state->gradient, state->delta);
    return true;
}

/* Makes the step measured. */
static bool move(struct state *state, struct error *error)
{
    if (!network_advance(state->trainer->network, state->delta) &&
        (!check_finite(state, state->step, "the gradient of ", state->gradient,
                       error) ||
         !check_finite(state, state->step + 1, "", state->theta, error)))
        return false;
    optimizer_commit(&state->optimizer);
    state->step++;
    return true;
}

/* From theta_step to the end; the observer has seen theta_step if SEEN. */
static bool run(struct state *state, bool seen, struct error *error)
{
    size_t steps = state->trainer->config->steps;
    struct snapshot snapshot;

    for (; !(seen && state->step == steps); seen = false) {
        if (!measure(state, &snapshot, error))
            return false;
        if (!seen && !observe(state, &snapshot, error))
            return false;
        if (state->step == steps)
            break;
        if (!stop_if_asked(state, error) || !move(state, error))
            return false;
    }
    return true;
}

bool trainer_run(struct trainer *trainer, struct error *error)
{
    static const struct observer nobody = { 0 };
    size_t n = network_layout(trainer->network)->n_parameters;
    size_t strings = trainer->dataset->train.strings.count;
    struct trainer observed = *trainer;
    struct state state = { .trainer = &observed,
                           .n = n,
                           .step = trainer->step,
                           .theta = network_parameters(trainer->network),
                           .epoch = SIZE_MAX };
    bool ok;

    assert(trainer->step <= trainer->config->steps);
    if (strings == 0 && trainer->config->batch == 0)
        return error_add(error, ERROR_CONFIG, NULL, "train.batch",
                         "a stream has no full batch; accepted: a whole "
                         "number of at least 1");
    if (observed.observer == NULL)
        observed.observer = &nobody;
    state.gradient = memory_new_aligned(n, sizeof *state.gradient);
    state.delta = memory_new_aligned(n, sizeof *state.delta);
    state.order = memory_new(strings + 1, sizeof *state.order);
    trajectory_init(&state.trajectory, trainer->network,
                    trainer->start != NULL ? trainer->start : state.theta);
    if (trainer->recorded != NULL)
        trajectory_resume(&state.trajectory, trainer->recorded);
    optimizer_init(&state.optimizer, &trainer->config->optimizer,
                   network_layout(trainer->network), trainer->slots);
    ok = run(&state, trainer->recorded != NULL, error);
    optimizer_clear(&state.optimizer);
    trajectory_clear(&state.trajectory);
    examples_clear(&state.fresh);
    free(state.order);
    free(state.delta);
    free(state.gradient);
    return ok;
}

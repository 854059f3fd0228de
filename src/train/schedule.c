/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "train/schedule.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static double constant(const struct schedule_input *input)
{
    return input->rate;
}

static double loss_scaled(const struct schedule_input *input)
{
    return input->rate / input->loss;
}

static double inverse_sqrt(const struct schedule_input *input)
{
    return input->rate / sqrt((double)input->step + 1);
}

/* The last step, which is measured and not made, has the rate 0. */
static double done(const struct schedule_input *input)
{
    return input->steps > 0 ? (double)input->step / (double)input->steps : 0;
}

static double linear(const struct schedule_input *input)
{
    return input->rate * (1 - done(input));
}

/* cos^2(x / 2) is (1 + cos x) / 2 without its cancellation near pi. */
static double cosine(const struct schedule_input *input)
{
    double half = cos(acos(-1) / 2 * done(input));

    return input->rate * half * half;
}

static double published_sqrt(const struct schedule_input *input)
{
    if (input->step <= input->hold)
        return input->rate;
    return input->rate * sqrt((double)input->hold / (double)input->step);
}

static double published_linear(const struct schedule_input *input)
{
    double over = (double)input->step - (double)input->hold;
    double span = (double)input->steps - (double)input->hold;

    if (over <= 0)
        return input->rate;
    return input->rate * (1 - 0.9 * over / span);
}

static const struct row {
    const char *name;
    double (*rate)(const struct schedule_input *input);
} rows[] = {
    { "constant", constant },
    { "loss-scaled", loss_scaled },
    { "inverse-sqrt", inverse_sqrt },
    { "linear", linear },
    { "cosine", cosine },
    { "published-sqrt", published_sqrt },
    { "published-linear", published_linear },
};

const char *const schedule_names[] = { "constant",         "loss-scaled",
                                       "inverse-sqrt",     "linear",
                                       "cosine",           "published-sqrt",
                                       "published-linear", NULL };

_Static_assert(sizeof schedule_names / sizeof *schedule_names ==
                   sizeof rows / sizeof *rows + 1,
               "every schedule has its name");

double schedule_rate(int schedule, const struct schedule_input *input)
{
    double rate = rows[schedule].rate(input);

    assert(strcmp(rows[schedule].name, schedule_names[schedule]) == 0);
    if (input->step + 1 < input->warmup)
        rate *= ((double)input->step + 1) / (double)input->warmup;
    return rate;
}

/* Whether STEP is round(steps^(i / (log - 1))) for an i in 0..log-1. */
static bool is_spaced(size_t log_count, size_t step, size_t steps)
{
    double last = (double)log_count - 1;
    double nearest = round(last * log((double)step) / log((double)steps));

    for (double i = nearest - 1; i <= nearest + 1; i++)
        if (i >= 0 && i <= last &&
            round(pow((double)steps, i / last)) == (double)step)
            return true;
    return false;
}

bool cadence_due(const struct cadence *cadence, size_t step, size_t steps)
{
    if (cadence->every == 0 && cadence->log == 0)
        return false;
    if (step == 0 || step == steps)
        return true;
    if (cadence->every > 0)
        return step % cadence->every == 0;
    return cadence->log > 1 && is_spaced(cadence->log, step, steps);
}

/* clang-format off */
static const struct field cadence_fields[] = {
    { .key = "every", .type = FIELD_COUNT, .standard = "0", .most = 1e12,
      .offset = offsetof(struct cadence, every),
      .help = "once in so many steps" },
    { .key = "log", .type = FIELD_COUNT, .standard = "0", .most = 1e6,
      .offset = offsetof(struct cadence, log),
      .help = "about so many times, evenly in log(step)" },
    { .key = NULL }
};
/* clang-format on */

static const char accepted[] =
    "{log: COUNT}, {every: STEPS}, or {every: 0} for never";

static bool cadence_read(const struct yaml_node *node, const char *path,
                         void *value, struct error *error)
{
    if (node->kind != YAML_MAP)
        return schema_complain(node, path, accepted, error);
    if (!schema_read(cadence_fields, node, path, NULL, value, error))
        return false;
    if (node->count == 1)
        return true;
    return error_add(error, ERROR_CONFIG, &node->place, path,
                     "neither or both of every and log; accepted: %s",
                     accepted);
}

static void cadence_print(const void *value, struct text *out)
{
    const struct cadence *cadence = value;

    if (cadence->log > 0)
        text_add_format(out, "{log: %zu}", cadence->log);
    else
        text_add_format(out, "{every: %zu}", cadence->every);
}

const struct field_custom cadence_custom = { accepted, cadence_read,
                                             cadence_print, NULL };

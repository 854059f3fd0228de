/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "train/schedule.h"

#include <math.h>

static double constant(const struct schedule_input *input)
{
    return input->rate;
}

static double loss_scaled(const struct schedule_input *input)
{
    return input->rate / input->loss;
}

const struct schedule schedules[] = { { "constant", constant },
                                      { "loss-scaled", loss_scaled },
                                      { NULL, NULL } };

const char *const schedule_names[] = { "constant", "loss-scaled", NULL };

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

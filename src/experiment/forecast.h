/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Which numbers (metrics.h) a run is going to have, told by its settings
 * alone: claims on others are refused before anything is trained.
 */

#ifndef EXPERIMENT_FORECAST_H
#define EXPERIMENT_FORECAST_H

#include <stdbool.h>

#include "base/error.h"
#include "base/text.h"
#include "experiment/experiment.h"

/* Whether a run of SETTINGS may have a metric called NAME; if not, WHY says
 * what it lacks.  What only the run can tell, it may have. */
bool forecast_metric(const struct settings *settings, const char *name,
                     struct text *why);

/* What stands between an experiment's file and the runs there are. */
enum narrowing {
    NARROWED_NOT,
    NARROWED_BY_FILE, /* its `quick` block: not all of the sweep is there */
    NARROWED_BY_USER  /* overrides: anything may have been switched off */
};

/*
 * ERROR_CONFIG at each metric of CLAIMS that some run it concerns cannot have,
 * or, where that is the user's wish, the claim is open; and ERROR_CONFIG at
 * each value of a `where` that no run of the whole sweep has, and at each word
 * that stands for a number, or the other way round.
 */
bool forecast_claims(const struct experiment *experiment, struct claims *claims,
                     enum narrowing narrowing, struct error *error);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Requirements and claims: `metric op number` over a run's metrics.
 *
 *   require:
 *     - language.counts == exact
 *   claim:
 *     - {that: "limit.test[0].accuracy >= 0.99", where: {model.norm: pre},
 *        over: min}      # quoted, as YAML wants of brackets inside { }
 *
 * A requirement missed fails the experiment; a claim is HELD or REFUTED and
 * fails nothing.  One that runs cannot answer, because they lack the metric or
 * it is NaN, is neither: it is an ERROR, which fails as a missed requirement
 * does.  Runs are grouped by every axis but the seed; `over` joins a group's
 * values: min (default), median, or all (each must hold).
 */

#ifndef EXPERIMENT_CLAIM_H
#define EXPERIMENT_CLAIM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"
#include "config/yaml.h"
#include "results/metrics.h"

enum over { OVER_MIN, OVER_MEDIAN, OVER_ALL };
enum comparison { EQUAL, UNEQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL };

struct claim {
    char *text;   /* as written */
    char *metric; /* left side */
    int comparison;
    double number; /* right side, or */
    char *word;    /* a word such as "exact", or */
    char *other;   /* another metric */
    int over;
    const struct yaml_node *where; /* axis: value or list, borrowed; or NULL */
    char *key;                     /* where it stands: "claim[0].that" */
    struct place place, other_place; /* of METRIC and of OTHER */
    char *open; /* why runs are not asked; NULL: they are */
};

struct claims {
    struct claim *items;
    size_t count;
};

/* A list of strings or of {that, where, over} maps; keys of WHERE must be
 * among AXES (NULL-terminated), which the sweep declares, or NULL where it is
 * wrong itself.  A metric that no run could have is refused here, not after a
 * night of training.  The caller clears, even after a failure. */
bool claims_read(struct claims *claims, const struct yaml_node *node,
                 const char *path, const char *const *axes,
                 struct error *error);
void claims_clear(struct claims *claims);

/* One run as claims see it: its place on the axes, its numbers. */
struct outcome {
    const char *const *axes;   /* NULL-terminated names */
    const char *const *values; /* as many, as YAML text */
    const struct metrics *metrics;
};

enum ruling { RULING_MISSED, RULING_HELD, RULING_UNKNOWN, RULINGS };

/*
 * Adds one line a claim and group to OUT: "PASS     <text>  (group)  min 0.998
 * over 5 seeds", with the words PASS/FAIL or HELD/REFUTED; a metric that a
 * run lacks, or that is NaN, is FAIL or ERROR and says so; a claim that is not
 * asked, or that concerns no run of a sweep that was narrowed, is OPEN.  Two
 * metrics are compared by their difference in each run.  Adds to COUNTS how
 * many lines came to what, but for the open ones.
 */
void claims_judge(const struct claims *claims, bool required,
                  const struct outcome *outcomes, size_t count,
                  struct text *out, size_t counts[RULINGS]);

/* Whether OUTCOME's place on AXIS is VALUE: 1e-1 is 0.1. */
bool outcome_has(const struct outcome *outcome, const char *axis,
                 const struct yaml_node *value);

/* Whether OUTCOME has the values WHERE asks for; a NULL map asks for none. */
bool outcome_admits(const struct yaml_node *where,
                    const struct outcome *outcome);

/* Whether CLAIM holds of all outcomes it concerns, as one group; adds to FOUND
 * what it came to. */
enum ruling claim_decide(const struct claim *claim,
                         const struct outcome *outcomes, size_t count,
                         struct text *found);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Every number of a run by name: what claims ask for and reports show.
 *
 *   <evaluator>.<set>.accuracy | agreement | undecided | low | high   (all)
 *   <evaluator>.<set>.<class>.accuracy ...              per class
 *       with <set> = validation, test[0], exhaustive, verify[0]; all of them
 *       shares of the set's strings, low and high those of the interval
 *   <evaluator>.<set>.perplexity                        e^loss, of next-token
 *   <evaluator>.<set>.perplexity.published   mean over strings of 2^loss
 *   <set>.least, <set>.most              the lengths of its strings
 *   shortcut.<name>.<set>.accuracy       name and set as in baselines.csv
 *   dataset.<split>.strings | distinct | seen    (the last a share of them)
 *   norm.start, norm.final, norm.ratio, loss.final, steps,
 *   saturation, saturation.layers[l]     of the last layer; of each, from 0 on
 *   saturation.start, saturation.start.layers[l]   of the untrained network
 *   saturation.rise                      mean over layers of the difference
 *   growth.<law>.a | b | p | r2, path.* (course.h), and both with norm.* after
 *   layers.<l>. for each layer,
 *   heads.<mask>.argmax | mean | other   how many heads are of the class
 *   heads.<mask>.split                   mean over heads; <mask> right or zero
 *   language.counts (the word "exact", or "unchecked")
 */

#ifndef RESULTS_METRICS_H
#define RESULTS_METRICS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "data/shortcut.h"
#include "growth/growth.h"
#include "saturation/heads.h"
#include "verify/verify.h"

struct metric {
    char *name;
    double value;
    char *word; /* instead of a number, e.g. "exact"; else NULL */
};

struct metrics {
    struct metric *items; /* in the order they were added */
    size_t count;
};

void metrics_clear(struct metrics *metrics);
void metrics_add(struct metrics *metrics, const char *name, double value);
void metrics_add_word(struct metrics *metrics, const char *name,
                      const char *word);
void metrics_add_verdicts(struct metrics *metrics,
                          const struct verdicts *verdicts);
/* Each name after PREFIX; a, b and p where the fit has them. */
void metrics_add_growth(struct metrics *metrics, const char *prefix,
                        const struct growth_fit *fits, size_t count);
/* Of N layers, untrained and trained. */
void metrics_add_saturation(struct metrics *metrics, const double *untrained,
                            const double *trained, size_t n);
void metrics_add_heads(struct metrics *metrics,
                       const struct head_profiles *profiles);

void metrics_add_baselines(struct metrics *metrics,
                           const struct baselines *baselines);

/* The metric of that name, or NULL. */
const struct metric *metrics_find(const struct metrics *metrics,
                                  const char *name);

bool metrics_write(const struct metrics *metrics, const char *path,
                   struct error *error);
bool metrics_read(struct metrics *metrics, const char *path,
                  struct error *error);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A run is a directory, results/<experiment>/<axes>-<hash8>/, written under
 * the name with .partial and renamed when complete; while it is written a
 * lock keeps a second process out.  A finished run is never computed twice.
 *
 *   config.yaml      every default written out; running it gives this run
 *   language.yaml    the language's file
 *   manifest.json    version, compiler, CPU, threads, times, state
 *   metrics.json     numbers by name (metrics.h)
 *   checkpoints/     step-00000000.safetensors ...
 *
 * and of tables, whose columns the README explains as well:
 *
 *   trajectory.csv   one row a record: step, then of theta_t and the step
 *                    delta_t about to be taken (trajectory.h)
 *       rate  loss  accuracy  gradient_norm  min_margin  mean_margin   of the
 *           step's batch; a margin is the logit towards the label
 *       norm  norm_weights  norm_all   of layers.* and final_norm.*; of their
 *           matrices; of everything
 *       cosine_previous  cosine_start  cosine_end   cos(theta_t, theta) for
 *           the record before, the start, the end of training
 *       alignment_step  alignment_interval   cos(delta, theta): of the step
 *           and theta_t, of all since the record before and theta there
 *       distance_start  distance_previous   |theta_t - theta|
 *       step_length  step_length_all   |delta_t|, as norm and norm_all are
 *       step_lost  step_unseen   the share of it that rounding keeps from the
 *           master weights, from the network's
 *       norm: cosine_previous: distance_previous: alignment_interval:   the
 *           same of one layer, norm: of each tensor
 *   probes.csv       one row a probe: step, norm, norm_ratio to the start,
 *                    saturation (evaluator.h), saturation.layers[l], and per
 *                    evaluator .accuracy .agreement .undecided
 *                    (.position_accuracy)
 *   verdict.csv      evaluator x set x class (verify.h)
 *       least  most   lengths        enumerated   1: every string, no sample
 *       strings   how many; of these
 *       recognised   decided as the language does, at every target
 *       agreed       decided as `trained` does
 *       undecided    a logit is zero within its error bound
 *       rounding     scaled=c: scores differ by less than their error
 *       flagged      limit: a vector constant to all orders met layer norm
 *       accuracy  low  high   recognised / strings, Clopper-Pearson interval
 *       shortest     the first string decided wrongly, by length
 *       positions  right   targets in all strings, and those decided rightly
 *       membership   strings whose membership is decided rightly
 *       loss         mean, nats a target
 *   heads.csv        mask x layer x head (heads.h)
 *       class  rows   argmax, mean or other; tokens looked at, by
 *       mean  sd      the number of positions attended to
 *       split  tied   shares that attend to more than one position, state
 *       choices  single  all   tokens with a choice; shares of these that
 *           chose one state, every position
 *       1  2  3-4 ... tokens that attend to so many positions
 *   growth.csv       law, formula of it in a, b, p; r2; points fitted
 *   saturation.csv   layer: its saturation, untrained and trained
 *   baselines.csv    set x shortcut (shortcut.h): strings, right, accuracy
 */

#ifndef RESULTS_RUN_H
#define RESULTS_RUN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/json.h"
#include "data/shortcut.h"
#include "growth/growth.h"
#include "results/checkpoint.h"
#include "saturation/heads.h"
#include "train/trainer.h"
#include "verify/verify.h"

enum run_state { RUN_NEW, RUN_RESUMED, RUN_FINISHED };

struct run {
    char *path;    /* final directory */
    char *partial; /* where it is written */
    int lock;
    enum run_state state;
    char hash[17]; /* of config.yaml and what it takes from files, hex */
    struct json *manifest;
    size_t next_record, next_probe; /* steps before these have their row */
};

/*
 * Opens or creates the run of CONFIG (its resolved YAML), LANGUAGE (its YAML)
 * and SIBLINGS (the YAML of languages it draws negatives of; NULL: none) under
 * ROOT/EXPERIMENT.  AXES is "seed=1,model.norm=pre" or "".  State tells whether
 * it is new, to be resumed, or finished already (then nothing is locked and
 * nothing may be written).  ERROR_STOPPED when another process
 * is writing it; ERROR_IO when the folder cannot be written.
 */
bool run_open(struct run *run, const char *root, const char *experiment,
              const char *axes, const char *config, const char *language,
              const char *siblings, struct error *error);

/* The hash of a run: of the texts there are, a zero byte between them. */
void run_identify(const char *config, const char *language,
                  const char *siblings, char hash[17]);

/* Adds a line to manifest.json, such as the engine; it is written with the
 * next change of state. */
void run_note(struct run *run, const char *key, const char *value);

/*
 * Keeps the checkpoints of step 0, of the last step and those that were to be
 * kept, marks the manifest finished, removes the spool and renames the
 * directory; the run stays readable.
 */
bool run_finish(struct run *run, struct error *error);
void run_close(struct run *run); /* leaves a .partial to be resumed */

/* "<directory>/<name>", freed by the caller. */
char *run_file(const struct run *run, const char *name);

/*
 * The last whole checkpoint of a resumed run into CHECKPOINT; the rows of
 * trajectory.csv, probes.csv and the spool up to its step are kept, later
 * ones cut.  Damaged checkpoints after it are removed.  ERROR_IO where spool
 * and trajectory do not end at the same step.
 */
bool run_resume(struct run *run, const struct layout *layout,
                struct checkpoint *checkpoint, struct error *error);

/*
 * Appending while training; each row is flushed, and synchronised before the
 * next checkpoint.  A step that has its row already is passed over, so that a
 * resumed trainer may tell of its first step again.
 */
bool run_add_snapshot(struct run *run, const struct layout *layout,
                      const struct snapshot *snapshot, const double *theta,
                      struct error *error);
bool run_add_probe(struct run *run, size_t step, const char *const *names,
                   const double *values, size_t count, struct error *error);

/* The run's hash goes into it.  Unless KEEP, it goes when two newer ones are
 * there; step 0 always stays. */
bool run_add_checkpoint(struct run *run, const struct layout *layout,
                        const struct checkpoint *checkpoint, bool keep,
                        struct error *error);

/* After training: adds cos(theta_r, theta_T) to trajectory.csv from the
 * spooled parameters, which stay until run_finish. */
bool run_close_trajectory(struct run *run, const struct layout *layout,
                          const double *last, struct error *error);

bool run_write_verdicts(struct run *run, const struct verdicts *verdicts,
                        struct error *error);
bool run_write_heads(struct run *run, const struct head_profiles *profiles,
                     struct error *error);
bool run_write_saturation(struct run *run, const double *untrained,
                          const double *trained, size_t n_layers,
                          struct error *error);
bool run_write_baselines(struct run *run, const struct baselines *baselines,
                         struct error *error);
bool run_write_growth(struct run *run, const struct growth_fit *fits,
                      size_t count, struct error *error);

#endif

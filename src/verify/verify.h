/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A network held against its language: every string up to a budget, samples
 * or all strings beyond, per length bin and class, for every evaluator.  What
 * is decided of a string depends on the objective (finding.h).
 */

#ifndef VERIFY_VERIFY_H
#define VERIFY_VERIFY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/statistics.h"
#include "config/schema.h"
#include "data/dataset.h"
#include "data/extent.h"
#include "saturation/evaluator.h"

/* What `verify:` may say in an experiment. */
struct verify_config {
    size_t exhaustive; /* budget of strings: all of length 0..n while they
                          fit, n at most the longest of the data; 0: none */
    size_t samples;    /* per length bin and class; 0: none */
    double level;      /* of the Clopper-Pearson intervals, 0.95 */
};
extern const struct field verify_fields[];

/* One row of verdict.csv. */
struct verdict {
    char evaluator[32];
    char set[32];       /* "validation", "test[0]", "exhaustive", "verify[1]" */
    size_t least, most; /* lengths of the set */
    char class[64];     /* "all", "members", "outside", "uniform", "edit-2" */
    bool enumerated;    /* every string of its kind, not a sample */
    size_t strings;
    size_t recognised; /* decision equals membership, or all are right */
    size_t agreed;     /* decides as `trained` does, everywhere */
    size_t undecided;  /* a logit is zero within its bound: not recognised
                          and not agreed, even if `trained` is undecided */
    size_t rounding, flagged;
    struct interval interval; /* of recognised / strings; a point if
                                 enumerated */
    enum objective objective;
    size_t positions;  /* with a target, in all strings; for membership one */
    size_t right;      /* of them */
    size_t membership; /* strings whose membership is decided rightly: what
                          `recognised` is unless all targets count */
    double loss;       /* mean, nats a target (loss.h); NAN in the limit, where
                          logits have no size */
    double power;      /* mean over strings of 2^loss: what the code of Merrill
                          et al. 2021 calls perplexity; NAN where loss is */
    char *shortest;    /* first string decided wrongly, by length and then in
                          lexicographic order; "" is the empty one; or NULL */
};

struct verdicts {
    struct verdict *rows;
    size_t count;
};
void verdicts_clear(struct verdicts *verdicts);

/* PART of the verdict's strings, such as `recognised`, as a share of them. */
static inline double verdict_share(const struct verdict *verdict, size_t part)
{
    return (double)part / (double)verdict->strings;
}

/* What verification compares: the evaluators, `trained` first. */
struct verification {
    const struct verify_config *config;
    const struct dataset *dataset;
    struct evaluator **evaluators; /* NULL-terminated */
    bool nonnegative;    /* a logit of zero with bound zero accepts; otherwise
                            it is undecided, as one within a bound always is */
    struct error *error; /* of sequence objectives: hears of a language that
                            cannot tell what may follow; rows are void then */
};

/*
 * Adds rows for labelled EXAMPLES called SET: "all", and one a class; here and
 * below a class without strings has no row.  Lengths are those that occur.
 */
void verify_examples(const struct verification *verification, const char *set,
                     const struct examples *examples,
                     struct verdicts *verdicts);

/* Adds rows for every string of length 0..n while the budget lasts, called
 * "exhaustive": "all", "members", "outside".  Here and below, of a text there
 * is nothing but its parts, and no rows. */
void verify_exhaustive(const struct verification *verification,
                       struct verdicts *verdicts);

/*
 * Adds rows for fresh draws of every class per length bin, called
 * "verify[bin]": `samples` a class, but all of them, enumerated, where the
 * members or the uniform negatives are no more than that.  "all" pools them.
 */
void verify_samples(const struct verification *verification,
                    struct verdicts *verdicts);

/* What is decided at once of the strings of verify_exhaustive, and of the
 * samples of a test BIN; and what deciding EXTENT takes beside the evaluators
 * and the strings. */
struct extent verify_exhaustive_extent(const struct verify_config *config,
                                       const struct data_config *data,
                                       size_t n_symbols);
struct extent verify_samples_extent(const struct verify_config *config,
                                    const struct data_config *data, size_t bin);
size_t verify_bytes(const struct data_config *data, size_t n_symbols,
                    struct extent extent);

/* Adds rows for the label prior: always the likelier label of the train
 * split (of two as likely, member), as evaluator "prior", over the tests; for
 * membership alone. */
void verify_prior(const struct verification *verification,
                  struct verdicts *verdicts);

#endif

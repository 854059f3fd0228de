/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Labelled strings of a language: splits, length bins, kinds of negatives.
 *
 * Item i of a split is a pure function of (settings, language, seed, split,
 * i).  The label is drawn first, then the length, uniform over the lengths of
 * the range at which members exist, so that negatives have the lengths of the
 * positives; then, for a negative, its kind by the declared shares; then the
 * string, uniform among the members or by its kind.  Draws are with
 * replacement.
 *
 * Or the strings are those of a text (corpus.h), in its order: members all.
 */

#ifndef DATA_DATASET_H
#define DATA_DATASET_H

#include "base/error.h"
#include "config/schema.h"
#include "data/corpus.h"
#include "data/negative.h"
#include "data/objective.h"
#include "language/language.h"
#include "language/string.h"

struct split_config {
    size_t count;         /* of each test bin; train 0: stream, fresh strings
                             at every step; else 0: none */
    struct ranges length; /* train and validation: one range; none: train's */
};

/* What `data:` may say in an experiment. */
struct data_config {
    int objective; /* enum objective */
    struct split_config train, validation, test;
    struct corpus_config corpus; /* the splits are its parts; counts are then
                                    how many strings of them at most */
    double positives;            /* probability of a member; next-token: 1 */
    struct negatives negatives;
    bool disjoint; /* no string of train in validation or test: a quarter of
                      all strings, chosen by hash, is held out of training;
                      validation and test are drawn from it alone */
};
extern const struct field data_fields[];

/* Class 0 is the members; class 1 + k the k-th kind of negative. */
struct examples {
    struct strings strings;
    uint8_t *member;  /* [count] 1 or 0 */
    uint8_t *kind;    /* [count] class */
    size_t *item;     /* [count] index i of the draw */
    uint8_t *targets; /* of the objective, packed as objective.h says; NULL
                         until aimed at, and for membership */
};
void examples_clear(struct examples *examples);

/* Adds a string of class KIND; the arrays grow here alone. */
void examples_add(struct examples *examples, const uint16_t *symbols,
                  size_t length, size_t kind, size_t item);

/* What a network is trained towards: the targets, or the labels. */
static inline const uint8_t *examples_targets(const struct examples *examples)
{
    return examples->targets != NULL ? examples->targets : examples->member;
}

struct dataset {
    struct examples train; /* empty when streamed; aimed at when not */
    struct examples validation;
    struct examples *tests; /* one per length bin */
    size_t n_tests;

    /* what streaming and further draws need, borrowed */
    const struct data_config *config;
    const struct language *language;
    uint64_t seed;
    struct sibling *siblings; /* [kinds of negatives] */
    size_t **lengths;  /* lengths with members: of train, of validation, */
    size_t *n_lengths; /* then of every test bin */
};

/*
 * Prepares the language to the longest length and draws every split.  An
 * empty length range, a kind of negative that cannot exist or an objective
 * that does not fit is ERROR_CONFIG at PLACE, the `data` block of the
 * experiment.  Borrows CONFIG and LANGUAGE.
 */
bool dataset_generate(struct dataset *dataset, const struct data_config *config,
                      struct language *language, uint64_t seed,
                      const struct place *place, struct error *error);
void dataset_clear(struct dataset *dataset);

/* The same but for the strings, for drawing a part at a time. */
bool dataset_open(struct dataset *dataset, const struct data_config *config,
                  struct language *language, uint64_t seed,
                  const struct place *place, struct error *error);

/* Whether they are those of a text, which knows no further draws. */
static inline bool dataset_is_corpus(const struct dataset *dataset)
{
    return dataset->config->corpus.file != NULL;
}

/* Adds items FIRST..FIRST+COUNT-1 of train (RANGE 0), validation (1) or test
 * bin B (2 + B) to OUT; there is no end to any of them. */
void dataset_draw(const struct dataset *dataset, size_t range, size_t first,
                  size_t count, struct examples *out);

/* Complains as dataset_generate does, and draws nothing. */
bool dataset_check(const struct data_config *config, struct language *language,
                   uint64_t seed, const struct place *place,
                   struct error *error);

/* Finds the targets of EXAMPLES, all of them, unless membership is the
 * objective; ERROR_CONFIG where the language cannot tell. */
bool dataset_aim(const struct dataset *dataset, struct examples *examples,
                 struct error *error);

/* Adds items FIRST..FIRST+COUNT-1 of the endless train stream to OUT. */
void dataset_stream(const struct dataset *dataset, size_t first, size_t count,
                    struct examples *out);

/*
 * COUNT fresh draws of class KIND with lengths uniform over the member
 * lengths of test bin BIN, keyed apart from every split, for verification.
 */
void dataset_sample(const struct dataset *dataset, size_t bin, size_t kind,
                    size_t count, struct examples *out);

/* Whether there are strings of class KIND at all member lengths of test bin
 * BIN; there always are, unless positives is 1 and no split draws others. */
bool dataset_has_kind(const struct dataset *dataset, size_t bin, size_t kind);

/* The lengths asked for: of train (0), validation (1), test bin B (2 + B). */
struct range dataset_range(const struct dataset *dataset, size_t range);

/* The longest length that any of them names. */
size_t dataset_longest(const struct dataset *dataset);

/* "members", "uniform", "edit-2"... for class KIND. */
const char *dataset_class_name(const struct dataset *dataset, size_t kind);
size_t dataset_classes(const struct dataset *dataset);

/* How many distinct strings there are. */
size_t examples_distinct(const struct examples *examples);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * An experiment on a text (data.corpus): its language is all strings over the
 * text's words, and what a text decides need not be said.
 */

#ifndef EXPERIMENT_SOURCE_H
#define EXPERIMENT_SOURCE_H

#include <stdbool.h>

#include "base/error.h"
#include "config/yaml.h"
#include "experiment/experiment.h"

/* Whether TREE, an experiment's, is about a text. */
bool source_is_text(const struct yaml_node *tree);

/*
 * Supplies what TREE leaves out where it is about a text: language: corpus,
 * data.objective: next-token, data.positives: 1, data.train of all strings of
 * any length there is.  Complains of another language than corpus.
 */
bool source_supply(struct yaml_node *tree, struct error *error);

/* Finds the job's text from the file EXPERIMENT (kept.h). */
bool source_find(struct corpus_config *corpus, const char *experiment,
                 const struct place *place, struct error *error);

/* Complains of lengths and shares that the text decides otherwise, at PLACE,
 * the `data` block. */
bool source_check(const struct data_config *data, const struct place *place,
                  struct error *error);

/* The language of the job's text. */
bool source_load_language(const struct job *job, struct language **out,
                          struct error *error);

/* Lowers COUNTS, of train, validation and test, to what the job's text has. */
bool source_count(const struct job *job, size_t counts[3], struct error *error);

/* The run's own copy of the text, in DIRECTORY. */
bool source_keep(const struct corpus_config *corpus, const char *directory,
                 struct error *error);

#endif

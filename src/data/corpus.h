/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A text of the user's as data for a language model: lines of words, parted
 * by blanks.  Whole lines go to one part each, by a draw keyed by the line's
 * number; lines without a word are no lines.  A byte order mark before the
 * text (UTF-8's, EF BB BF) is no part of it; columns count from behind it.
 *
 *   standard   A line ends in a mark, <eol>.  The lines of a part follow each
 *              other and are cut into strings of `context` tokens; every token
 *              is a target once.  Words are those of the training part, the
 *              most frequent first; all others are <unk>.
 *   published  As the code published with Merrill et al. 2021 has it: a line
 *              is a string, cut after `context` words.  Its first word is no
 *              target; after its last the padding is, which is word 0, the
 *              text's first.  Words are those of training and validation, in
 *              the order of the text.  (Batches weigh every line alike
 *              there, and all targets here.)
 */

#ifndef DATA_CORPUS_H
#define DATA_CORPUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"
#include "config/schema.h"
#include "language/string.h"

enum tokenisation { TOKENS_STANDARD, TOKENS_PUBLISHED };

/* What `data.corpus:` may say in an experiment. */
struct corpus_config {
    char *file;     /* NULL: none, strings are drawn from the language */
    char *checksum; /* of the file (file.h) */
    int tokenisation;
    size_t vocabulary; /* at most, marks included */
    size_t context;
    double validation, test; /* shares of the lines */
    char *path; /* where FILE was found, by whoever looks: in no table */
};
extern const struct field corpus_fields[];

/* A word of more bytes is <unk>. */
#define WORD_LONGEST 60

struct corpus {
    struct alphabet vocabulary;
    struct strings train, validation, test;
    size_t lines[3]; /* of the three */
};

/*
 * ERROR_IO where the file cannot be read, ERROR_CONFIG with its line and
 * column where it is no UTF-8 text or has no word, and at PLACE, the `data`
 * block, where no word or too few tokens are left to train on, or where a part
 * with a share gets no line.  The caller clears, even after a failure.
 */
bool corpus_read(struct corpus *corpus, const struct corpus_config *config,
                 uint64_t seed, const struct place *place, struct error *error);
void corpus_clear(struct corpus *corpus);

/* The longest string there can be. */
size_t corpus_longest(const struct corpus_config *config);

/* Whether what follows the first T of N symbols is a target. */
bool corpus_counts(const struct corpus_config *config, size_t t, size_t n);

/* The YAML of a language: all strings over the vocabulary. */
void corpus_language(const struct corpus *corpus,
                     const struct corpus_config *config, struct text *out);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Shortcuts: what can be said of a string without knowing the language.  A
 * dataset on which one of them does well leaks its labels.
 *
 *   prior          the likelier label
 *   length         the likelier label of the length
 *   length-parity  ... of an even or an odd length
 *   first-last     ... of the first and the last symbol
 *   counts         logistic regression on the number of each symbol
 *   bigrams        logistic regression on which pairs of neighbours occur
 *
 * Fitted to the first 10,000 strings of a train split.  What was not seen
 * there, or was as often in as out, gets the likelier label; of two as likely,
 * member.  The regressions minimise the log loss plus 0.0005 |w|^2 by Newton
 * steps, their systems solved by conjugate gradients.
 */

#ifndef DATA_SHORTCUT_H
#define DATA_SHORTCUT_H

#include "data/dataset.h"

#define SHORTCUT_FITTED 10000

enum {
    SHORTCUT_PRIOR,
    SHORTCUT_LENGTH,
    SHORTCUT_LENGTH_PARITY,
    SHORTCUT_FIRST_LAST,
    SHORTCUT_COUNTS,
    SHORTCUT_BIGRAMS,
    SHORTCUTS
};
extern const char *const shortcut_names[SHORTCUTS + 1]; /* NULL-terminated */

struct shortcuts; /* opaque */

/* The strings are over symbols 0..N_SYMBOLS-1. */
struct shortcuts *shortcuts_fit(const struct examples *train, size_t n_symbols);
void shortcuts_free(struct shortcuts *shortcuts); /* NULL is fine */

bool shortcut_accepts(const struct shortcuts *shortcuts, size_t which,
                      const uint16_t *symbols, size_t length);

/* Adds to RIGHT[which] how many labels of EXAMPLES each says. */
void shortcuts_count(const struct shortcuts *shortcuts,
                     const struct examples *examples, size_t *right);

/* How many labels of a split each shortcut says. */
struct baseline {
    char set[32]; /* "validation", "test[0]" */
    size_t strings;
    size_t right[SHORTCUTS];
};

static inline double baseline_accuracy(const struct baseline *row, size_t which)
{
    return (double)row->right[which] / (double)row->strings;
}

struct baselines {
    struct baseline *rows; /* one a split with strings */
    size_t count;
};
void baselines_clear(struct baselines *baselines);

/* What baselines_measure takes. */
size_t baselines_bytes(const struct data_config *config, size_t n_symbols);

/* Of validation and every test bin; none where the objective is to say more
 * of a string than its label. */
void baselines_measure(const struct dataset *dataset,
                       struct baselines *baselines);

#endif

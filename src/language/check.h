/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a language file states about its own language: is it so? */

#ifndef LANGUAGE_CHECK_H
#define LANGUAGE_CHECK_H

#include "config/yaml.h"
#include "language/language.h"

/* `counts: [0, 1, 1]`, |L ∩ Σⁿ| from n = 0 on; NODE may be NULL.  *CHECKED
 * is how many there are. */
bool check_counts(struct language *language, const struct yaml_node *node,
                  size_t *checked, struct error *error);

/* `examples: {in: ["0 1"], out: ["1 0"]}`, in a file whose text is SOURCE;
 * NODE may be NULL. */
bool check_examples(const struct language *language,
                    const struct yaml_node *node, const char *source,
                    struct error *error);

/*
 * How both are written and no more, of a file whose clauses are wrong; whether
 * the examples are of symbols of ALPHABET, unless it is NULL.
 */
bool check_forms(const struct alphabet *alphabet,
                 const struct yaml_node *counts,
                 const struct yaml_node *examples, const char *source,
                 struct error *error);

#endif

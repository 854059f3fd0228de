/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A language put together from other language files:
 *
 *     all: [dyck-2, even-length]     a string is in all of them
 *     any: [anbn, dyck-1]            in one of them at least
 *     minus: [shuffle-2, dyck-2]     in the first and in none of the others
 *     not: parity                    over the alphabet, but not in it
 *     concat: [aa-star, anbn]        a string of each, one after the other
 *     reverse: tomita-4              read from right to left
 *     shuffle: [dyck-1, parity]      interleaved; no symbol is shared
 *     rename: {of: dyck-1, map: {"(": a, ")": b}}
 *
 * A part is the name of a file, looked for as language_find does,
 * {file: NAME, D: 5} to set its parameters, or a whole language as a map in
 * place of its file.  Without `alphabet` the language has the symbols of its
 * parts; a part knows none but its own, a string with others is not in it.
 *
 * If all parts are finite-state, so is the whole: an automaton, beside which
 * the file may have track, always, before and finally.  `all` of languages of
 * registers is one machine with the registers of all.  Otherwise the whole is
 * counted from its parts (combine_formalism.c), or an error says why not.
 */

#ifndef LANGUAGE_COMBINE_H
#define LANGUAGE_COMBINE_H

#include "language/formalism.h"
#include "language/language.h"

enum combine_kind {
    COMBINE_ALL,
    COMBINE_ANY,
    COMBINE_MINUS,
    COMBINE_NOT,
    COMBINE_CONCAT,
    COMBINE_REVERSE,
    COMBINE_SHUFFLE,
    COMBINE_RENAME
};

#define COMBINE_FOREIGN UINT16_MAX

struct part {
    struct language *language;
    size_t index;                 /* in the file */
    const struct yaml_node *node; /* while the file is being read */
    char **names;                 /* its symbols, after `rename` */
    size_t symbols;
    uint16_t *to_whole;   /* [symbols] the symbols of the whole */
    uint16_t *from_whole; /* [symbols of the whole], or COMBINE_FOREIGN */
};

struct combination {
    enum combine_kind kind;
    const char *key;
    char *text; /* as the file says it, on a line */
    struct place place;
    struct part *parts;
    size_t count, symbols; /* parts, and symbols of the whole */
    bool disjoint;         /* `any`: said to be */
};

/* The one that READING's file asks for, its alphabet filled if it is empty;
 * NULL with every complaint in ERROR. */
struct combination *combine_read(const struct reading *reading,
                                 struct error *error);
void combine_free(struct combination *combination); /* NULL is fine */

/* The formalism combine_formalism of SELF, which it takes over; NULL with a
 * complaint where no algorithm exists. */
void *combine_open(struct combination *self, const struct reading *reading,
                   struct error *error);

/* The key of the combination that a file has, or NULL. */
const char *combine_key(const struct yaml_node *root);

/* Whether the automata of all parts are known. */
bool combine_is_finite(const struct combination *combination);

/* The minimal automaton of parts FIRST..LAST - 1, all of them finite-state,
 * combined as KIND says; ERROR_CONFIG naming the clause when it takes too
 * many states. */
bool combine_automata(const struct combination *combination,
                      enum combine_kind kind, size_t first, size_t last,
                      struct automaton *out, struct error *error);

extern const char *const combine_keys[]; /* NULL-terminated */

#endif

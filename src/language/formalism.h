/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A way to say which strings belong to a language, behind language.h: the
 * keys it reads, and what it can do.  A slot that is NULL is something the
 * formalism cannot do; language.c says so when it is asked for.
 */

#ifndef LANGUAGE_FORMALISM_H
#define LANGUAGE_FORMALISM_H

#include "base/error.h"
#include "base/natural.h"
#include "base/random.h"
#include "base/text.h"
#include "config/yaml.h"
#include "language/automaton.h"
#include "language/standalone.h"
#include "language/string.h"

/* A shape from elsewhere, that holds beside those of the file; or none, where
 * a file with no clause but cfg is to be read from right to left. */
struct beside {
    const struct automaton *automaton; /* NULL: backwards */
    const char *name, *text;           /* of the clause it comes from */
    struct place place;
};

/* A language file, or a language spelt out within one, being read.  What is
 * NULL is not there or not asked for. */
struct reading {
    const struct yaml_node *root;
    const char *source;            /* the file's text */
    const char *path;              /* the file */
    struct alphabet *alphabet;     /* empty: the clauses are to fill it */
    struct standalone *standalone; /* learns what comes from other files */
    const struct beside *beside;
    const struct reading *host; /* the file that has this one as a part */
};

struct language;

/* What `class` may say: language_classes[] in this order. */
enum language_class {
    CLASS_UNSTATED,
    CLASS_STAR_FREE,
    CLASS_REGULAR,
    CLASS_COUNTER,
    CLASS_DETERMINISTIC,
    CLASS_CONTEXT_FREE,
    CLASS_CONTEXT_SENSITIVE
};

/*
 * The language that NODE, a value in HOST's file, names, `NAME` or
 * `{file: NAME, k: 5}`, or spells out as a map of clauses; with BESIDE (or
 * NULL).  A file that has itself as a part is ERROR_CONFIG.
 */
bool language_load_part(struct language **out, const struct yaml_node *node,
                        const struct reading *host, const struct beside *beside,
                        struct error *error);

/* What cursor.h does, symbol by symbol. */
struct walk {
    /* Before the first symbol; NULL where SELF cannot be walked. */
    void *(*begin)(const void *self);
    void (*read)(void *place, uint16_t symbol);
    bool (*is_member)(const void *place);
    bool (*next)(const void *place, bool *allowed, bool *end,
                 struct error *error);
    void (*end)(void *place);
};

struct formalism {
    const char *name;
    const char *const *keys; /* NULL-terminated */

    /* The compiled clauses, or NULL with every complaint in ERROR; keeps
     * READING's alphabet only. */
    void *(*read)(const struct reading *reading, struct error *error);
    void (*free)(void *self);
    void (*describe)(const void *self, struct text *out);

    /* The minimal automaton, or NULL if none is known. */
    const struct automaton *(*automaton)(const void *self);

    /* How the clauses show that the language is of the class, beside what an
     * automaton shows; NULL if they do not. */
    const char *(*shows)(const void *self, enum language_class class);

    /* Bytes of the tables for lengths up to LONGEST, at most; INFINITY where
     * they are more than may be. */
    double (*foresee)(const void *self, size_t longest);

    /* As the functions of language.h. */
    bool (*contains)(const void *self, const uint16_t *symbols, size_t length);
    bool (*why_not)(const void *self, const uint16_t *symbols, size_t length,
                    struct text *out);
    bool (*next)(const void *self, const uint16_t *prefix, size_t length,
                 bool *allowed, bool *end, struct error *error);
    bool (*prepare)(void *self, size_t longest, struct error *error);
    void (*count)(const void *self, bool member, size_t n, struct natural *out);
    void (*draw)(const void *self, bool member, size_t n, struct stream *stream,
                 uint16_t *out);
    void (*enumerate)(const void *self, bool member, size_t n,
                      struct strings *out);
    bool (*prepare_deaths)(void *self, size_t longest, struct error *error);
    bool (*has_death)(const void *self, size_t n);
    void (*draw_death)(const void *self, size_t n, struct stream *stream,
                       uint16_t *out);
    size_t (*target)(const void *self, const uint16_t *symbols, size_t length);
    const struct walk *walk;
};

/* regex, dfa, att, track, always, before, finally */
extern const struct formalism acceptor_formalism;

/* cfg, and with it what the acceptor reads */
extern const struct formalism grammar_formalism;
/* template, where */
extern const struct formalism template_formalism;

/* any, all, not, minus, concat, reverse, shuffle, rename, where not all parts
 * are finite-state */
extern const struct formalism combine_formalism;

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A formal language, loaded from a YAML file: an alphabet and clauses; a
 * string is a member iff every clause holds.  Everything here is exact.
 *
 * Tables for counting and drawing are built up to a stated length by
 * language_prepare; after it, all other functions only read and may be
 * called by many threads at once for lengths up to that one.
 */

#ifndef LANGUAGE_LANGUAGE_H
#define LANGUAGE_LANGUAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/natural.h"
#include "base/random.h"
#include "base/text.h"
#include "language/automaton.h"
#include "language/cursor.h"
#include "language/parameters.h"
#include "language/string.h"

/* What `class` may say, from "unstated" and the smallest on; ends with NULL. */
extern const char *const language_classes[];

struct language; /* opaque */

/*
 * Loads FILE.  Checks the file's own `counts` and `examples`, so that a
 * loaded language has proved itself; every error names its place in the file.
 */
bool language_load(struct language **out, const char *path,
                   struct error *error);

/* The same with VALUES (or NULL) for its parameters; `counts` and `examples`
 * are about the standard values and are passed over for others. */
bool language_load_with(struct language **out, const char *path,
                        const struct parameters *values, struct error *error);

/*
 * The path of the file meant by NAME, as every command and every file means
 * it.  One that holds a '/' or ends in .yaml is a path, from the folder of FROM
 * (a file; NULL is one in the working directory), then from the working
 * directory.  Another is bare and looked for as NAME.yaml: in the folder of
 * FROM, in the working directory, in languages/ in or beside the folder of
 * FROM, in ./languages, and where it was installed.  The first is taken, and
 * experiments of that name are passed over.
 * Caller frees; ERROR_CONFIG naming the places tried, and of a bare name the
 * one nearest to it that would be found, at PLACE and KEY.
 */
bool language_find(const char *name, const char *from,
                   const struct place *place, const char *key, char **path,
                   struct error *error);
void language_free(struct language *language); /* NULL is fine */

/* The same of YAML that stands in no file; complaints call it NAME. */
bool language_parse(struct language **out, const char *text, size_t length,
                    const char *name, struct error *error);

const char *language_name(const struct language *language);
/* Its YAML, which gives this language again from itself alone. */
const char *language_source(const struct language *language);
const struct alphabet *language_alphabet(const struct language *language);

/* How many of the file's `counts` were checked (0: it states none). */
size_t language_counts_checked(const struct language *language);

/* One `key: value` line a fact; for `saturn language NAME describe`. */
void language_describe(const struct language *language, struct text *out);

/* The same of how many strings there are: the memory that tables up to LENGTH
 * will take, growth rate, density at LENGTH and in the limit, which is exact
 * for an automaton and else measured.  Tables of some size are not built. */
void language_describe_counts(struct language *language, size_t length,
                              struct text *out);

/* Bytes that language_prepare will use for the tables up to LONGEST, at most;
 * INFINITY where it will refuse to, NaN where that is not known before. */
double language_foresee(const struct language *language, size_t longest);

bool language_contains(const struct language *language, const uint16_t *symbols,
                       size_t length);

/*
 * Why a string is not a member: the clause and the position (symbols read
 * when it became certain).  False, and nothing added, if it is a member.
 */
bool language_why_not(const struct language *language, const uint16_t *symbols,
                      size_t length, struct text *out);

/*
 * Which symbols may follow a prefix, in any member of any length: ALLOWED has
 * room for the alphabet; *END tells whether the prefix is itself a member.
 * ERROR_CONFIG naming the clauses where that is not decidable for them.
 */
bool language_next(const struct language *language, const uint16_t *prefix,
                   size_t length, bool *allowed, bool *end,
                   struct error *error);

/* A cursor (cursor.h) before the first symbol; what both of the above say of
 * all prefixes of a string in turn. */
struct cursor *language_cursor(const struct language *language);

/*
 * Builds the tables for lengths 0..longest; ERROR_CONFIG when they would
 * outgrow the memory cap, naming the clause.  Cheap when they exist already.
 */
bool language_prepare(struct language *language, size_t longest,
                      struct error *error);

/* |L ∩ Σⁿ|, and |Σⁿ \ L|; n within the prepared lengths. */
void language_count(const struct language *language, size_t n,
                    struct natural *out);
void language_count_outside(const struct language *language, size_t n,
                            struct natural *out);

/* Whether there is a member (or, !MEMBER, a non-member) of length n. */
bool language_has(const struct language *language, bool member, size_t n);

/* Uniform among the members (or, !MEMBER, the non-members) of length n; there
 * must be one.  OUT has room for n symbols. */
void language_draw(const struct language *language, bool member, size_t n,
                   struct stream *stream, uint16_t *out);

/* Adds all members (non-members) of length n in lexicographic order. */
void language_enumerate(const struct language *language, bool member, size_t n,
                        struct strings *out);

/*
 * A string dies with its last symbol if no member, of whatever length, begins
 * with it, but one begins with all of it but that symbol.  Whether its
 * formalism can count them; and the tables for lengths 1..longest, ERROR_CONFIG
 * where it is not decided which strings they are.
 */
bool language_counts_deaths(const struct language *language);
bool language_prepare_deaths(struct language *language, size_t longest,
                             struct error *error);

/* Whether there is one of length n > 0; and a uniform one. */
bool language_has_death(const struct language *language, size_t n);
void language_draw_death(const struct language *language, size_t n,
                         struct stream *stream, uint16_t *out);

/* Its minimal automaton, or NULL if none is known. */
const struct automaton *language_automaton(const struct language *language);

/*
 * Where the target of a transduction task begins in a member: how many symbols
 * stand before it (a template's `=>`).  0 when the language has none, or the
 * string is no member.
 */
size_t language_target(const struct language *language, const uint16_t *symbols,
                       size_t length);

#endif

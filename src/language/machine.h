/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The deterministic machine behind the clauses regex, dfa, att, track, always,
 * before and finally: an automaton times integer registers.
 *
 * A configuration is an array of `width` integers, the registers and then the
 * automaton's state.  What can never become a member again because a clause
 * is broken already is no configuration: it is dead.
 */

#ifndef LANGUAGE_MACHINE_H
#define LANGUAGE_MACHINE_H

#include "language/automaton.h"
#include "language/condition.h"
#include "language/form.h"

enum clause_kind {
    CLAUSE_SHAPE, /* the automaton: regex, dfa, att */
    CLAUSE_TRACK, /* says what registers do, and cannot fail */
    CLAUSE_ALWAYS,
    CLAUSE_BEFORE,
    CLAUSE_FINALLY
};

struct clause {
    enum clause_kind kind;
    char *name; /* "regex", "always[1]" */
    char *text; /* as written; NULL for what is long, as a dfa */
    struct place place;
    struct condition condition; /* of the last three; over registers */
};

#define MACHINE_MOST_WIDTH (FORM_MOST + 1)

struct machine {
    struct automaton shape; /* one accepting state if there is no shape */
    bool *live;             /* [states] acceptance can be reached */
    struct forms forms;
    struct clause *clauses;
    size_t n_clauses, width;
};

/* Takes AUTOMATON over, with no clauses and no registers. */
void machine_init(struct machine *machine, struct automaton *automaton);
void machine_clear(struct machine *machine);

/* The configuration before the first symbol; false if it is dead. */
bool machine_start(const struct machine *machine, int64_t *configuration);

/* The one after SYMBOL, in place, whatever the clauses say. */
void machine_move(const struct machine *machine, int64_t *configuration,
                  size_t symbol);

/* The same; false, and nothing is said about the contents, if it is dead. */
bool machine_step(const struct machine *machine, int64_t *configuration,
                  size_t symbol);

bool machine_accepts(const struct machine *machine,
                     const int64_t *configuration);

/* The clause that fails after the symbols read so far, of which END says
 * whether they are all; NULL for none. */
const struct clause *machine_find_failed(const struct machine *machine,
                                         const int64_t *configuration,
                                         bool end);

static inline size_t machine_state(const struct machine *machine,
                                   const int64_t *configuration)
{
    return (size_t)configuration[machine->forms.count];
}

/* A machine of so many configurations is run as an automaton. */
#define MACHINE_MOST_COLLAPSED 8192

/*
 * If the machine has at most MOST configurations, the minimal automaton of
 * its language; else false.
 */
bool machine_collapse(const struct machine *machine, size_t most,
                      struct automaton *out);

/* A part of a clause that must hold by itself: `a <= b <= c` has two. */
struct conjunct {
    enum clause_kind kind;
    const struct condition *condition;
    uint64_t forms; /* bit i: it asks for register i */
};

/* All of the machine's; the caller frees the array. */
struct conjunct *machine_conjuncts(const struct machine *machine,
                                   size_t *count);

/* The registers that SYMBOL changes, and those it copies them from. */
uint64_t machine_moved(const struct machine *machine, size_t symbol);

/*
 * GROUPS[i], for each register i: the registers of its group, itself with
 * them.  Nothing ties one group to another: no conjunct asks for registers of
 * two, no symbol changes registers of two, none is copied between them.
 */
void machine_find_groups(const struct machine *machine,
                         const struct conjunct *conjuncts, size_t count,
                         uint64_t *groups);

#endif

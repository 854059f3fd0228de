/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Counting and drawing.  B(m, c) is the number of continuations of length m
 * that lead configuration c to acceptance:
 *
 *     B(0, c) = [c accepts],    B(m, c) = sum over symbols a of B(m - 1, c a),
 *
 * exact, in rows of fixed-width numbers.  A walk that starts with a number
 * below B(n, start) and subtracts on its way what it passes by is a uniform
 * draw from the members of length n; with |Σ|^m - B(m, c) in place of B, from
 * the others.
 *
 * A tally of deaths counts instead, by the same sum, the walks of length m
 * over configurations from which acceptance can be reached that may be left
 * by a symbol after which it cannot:
 *
 *     B(0, c) = number of symbols a with c a dead.
 */

#ifndef LANGUAGE_TALLY_H
#define LANGUAGE_TALLY_H

#include "base/natural.h"
#include "base/random.h"
#include "language/reach.h"
#include "language/string.h"

/* Bytes a tally may take. */
#define TALLY_MOST_BYTES ((size_t)1 << 30)

/* Row m holds B(m, c) for the configurations c that can be met with m symbols
 * to go; number 0 stands for all dead ones. */
struct tally {
    size_t longest, symbols;
    uint32_t start;
    uint32_t *next;    /* [configurations][symbols] */
    size_t *within;    /* [longest + 1] how many are met within t symbols */
    uint64_t **rows;   /* [longest + 1][within[longest - m]][widths[m]] */
    size_t *widths;    /* words of a number; never falls as m rises */
    uint64_t **powers; /* [longest + 1][power_widths[m]] |Σ|^m */
    size_t *power_widths;
    size_t bytes;
    bool of_deaths;
    bool undecided; /* whether some configuration is dead was not decided */
};

/* Bytes a tally will take, before it is built; INFINITY if its configurations
 * alone take more than MOST. */
double tally_foresee(const struct machine *machine, const struct reach *reach,
                     size_t longest, size_t most);

/* False, and TALLY is cleared, if it would take more than MOST bytes. */
bool tally_build(struct tally *tally, const struct machine *machine,
                 const struct reach *reach, size_t longest, size_t most);
void tally_clear(struct tally *tally);

/* The tally of deaths at length 1..longest; false, and all but UNDECIDED is
 * cleared, also where it is not known of a configuration whether it is dead. */
bool tally_build_deaths(struct tally *tally, const struct machine *machine,
                        const struct reach *reach, size_t longest, size_t most);

/* Whether there is a string of length n, 1..longest, that dies with its last
 * symbol; and a uniform one of them. */
bool tally_has_death(const struct tally *tally, size_t n);
void tally_draw_death(const struct tally *tally, size_t n,
                      struct stream *stream, uint16_t *out);

/* Whether there are any of length n <= longest. */
bool tally_has(const struct tally *tally, bool member, size_t n);

/* Members (non-members) of length n <= longest. */
void tally_count(const struct tally *tally, bool member, size_t n,
                 struct natural *out);

/* A uniform one; there must be one. */
void tally_draw(const struct tally *tally, bool member, size_t n,
                struct stream *stream, uint16_t *out);

/* Adds all of them in lexicographic order. */
void tally_enumerate(const struct tally *tally, bool member, size_t n,
                     struct strings *out);

#endif

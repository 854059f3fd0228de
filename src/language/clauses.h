/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The clauses regex, dfa, att, track, always, before and finally of a file. */

#ifndef LANGUAGE_CLAUSES_H
#define LANGUAGE_CLAUSES_H

#include "language/formalism.h"
#include "language/machine.h"

extern const char *const clauses_keys[]; /* NULL-terminated */

/* The machine of READING's clauses; every complaint is in ERROR. */
bool clauses_read(struct machine *out, const struct reading *reading,
                  struct error *error);

#endif

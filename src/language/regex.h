/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Regular expressions over named symbols.
 *
 *   x y     one after the other; blanks only separate, and may be left out
 *           where the longest match of the alphabet's names is meant
 *   x | y   either           x & y   both          ! x   anything but x
 *   x*  x+  x?  x{m}  x{m,}  x{m,n}   repetition
 *   .       any symbol       [abc]   one of them   [^abc]   any other symbol
 *   ( )     grouping; () is the empty string
 *   \x      the symbol x, whose name begins with or holds an operator
 *
 * `!` takes the next atom and binds tightest (!a* is (!a)*), then repetition,
 * juxtaposition, `&`, `|`.  Between brackets only `]`, `\` and a leading `^`
 * are special.
 */

#ifndef LANGUAGE_REGEX_H
#define LANGUAGE_REGEX_H

#include "language/automaton.h"
#include "language/passage.h"
#include "language/string.h"

/* The minimal automaton of the expression.  One that needs too many states
 * is an error at the subexpression to blame. */
bool regex_read(struct automaton *out, const struct passage *passage,
                const struct alphabet *alphabet, struct error *error);

#endif

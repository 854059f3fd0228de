/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A compiled `template`: words of regular languages, put into patterns. */

#ifndef LANGUAGE_TEMPLATE_H
#define LANGUAGE_TEMPLATE_H

#include "language/pattern.h"
#include "language/tally.h"

#define TEMPLATE_MOST_VARIABLES 8

struct variable {
    struct machine machine; /* its regex; no clauses */
    struct reach *reach;
    struct tally tally;
};

/* Words that take symbols of the string together. */
struct unit {
    const struct pattern_term *call; /* the arithmetic, or NULL */
    size_t variables[2], n_variables;
    struct natural *counts; /* [longest + 1], of convolution.h */
};

/* One pattern of the template. */
struct branch {
    struct pattern pattern;
    char *key, *text;
    struct place place;
    struct unit *units;
    size_t n_units, fixed; /* symbols of its own */
    struct natural *rest;  /* [n_units + 1][longest + 1], too */
};

struct template
{
    const struct alphabet *alphabet;
    char **names; /* of the variables, NULL-terminated */
    char **regexes;
    struct variable *variables;
    size_t n_variables;
    struct branch *branches;
    size_t n_branches;
    bool prepared;
    size_t longest;
};

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The commands, each a constant in the file of its name, and what they share:
 * data on standard output, talk on standard error.
 */

#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/options.h"
#include "language/language.h"

struct command {
    const char *name;
    const char *operands;         /* as usage shows them, "EXPERIMENT..." */
    const char *summary;          /* one line */
    const char *notes;            /* lines that say more, or NULL */
    const char *examples;         /* lines, indented by two */
    const struct option *options; /* its own, or NULL */
    size_t least, most;           /* operands; most 0: any number */
    /* The status is that of the error; data goes through output_*. */
    bool (*run)(const struct options *options, struct error *error);
};

extern const struct command check_command, run_command, language_command,
    generate_command, import_command, logits_command, saturate_command,
    verify_command, heads_command, homogeneity_command, growth_command,
    scaling_command, report_command, list_command, bench_command;

/* Writes TEXT to standard output and empties it; ERROR_IO when that fails,
 * as it does at the latest in output_finish. */
bool output_text(struct text *text, struct error *error);
bool output_json(struct json *value, struct error *error); /* frees VALUE */
bool output_finish(struct error *error);

/* Complains of the word of LINE, at PLACE, that ALPHABET does not have. */
bool refuse_symbol(const struct alphabet *alphabet, const char *line,
                   const struct place *place, struct error *error);

/* A line on standard error, unless --quiet. */
void talk(const struct options *options, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Reads a line of standard input without its line end into LINE; false at
 * the end, and with an error when it cannot be read or is no text. */
bool input_line(struct text *line, struct error *error);

/* As language_load_with the values that --set NAME=VALUE gives. */
bool load_language(struct language **out, const char *path,
                   const struct options *options, struct error *error);

/* Adds the complaints of MORE to ERROR and clears MORE; those without a file
 * get FILE. */
void error_move(struct error *error, struct error *more, const char *file);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Options: one table per command gives parsing and help.
 *
 *   --name=VALUE  --name VALUE  -nVALUE  -n VALUE  -qv (flags)  -- ends them
 *
 * Options may stand anywhere after the command.
 */

#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"

/* Of a count that was not given. */
#define NOT_GIVEN SIZE_MAX

/* What any command can be told. */
struct options {
    const char **sets; /* NULL-terminated assignments */
    size_t n_sets;
    const char *output; /* NULL: the command's own choice */
    size_t threads;     /* 0: as many as there are cores */
    bool quiet, verbose, json, help, version;

    bool print, quick, dry_run, list, why; /* check, run, language */
    size_t index, length, count, seed;
    double max_time, seconds; /* in seconds; 0: no limit, not given */
    const char *negative, *network, *format, *x, *y, *where, *cosine, *page;
    const char *columns; /* report */
    bool wide;
    const char *shape;                    /* bench */
    const char *checkpoint;               /* logits, saturate... */
    const char *language, *from, *target; /* import */
    bool path, literal, dynamics;         /* growth */
    bool evaluate;                        /* bench */

    const char **operands; /* NULL-terminated */
    size_t n_operands;
};

enum option_kind {
    OPTION_FLAG,  /* bool */
    OPTION_TEXT,  /* const char *, borrowed from the command line */
    OPTION_COUNT, /* size_t */
    OPTION_TIME,  /* double, seconds: 90, 90s, 55m, 1h30m */
    OPTION_SET    /* one more for `sets` */
};

struct option {
    char letter;      /* or '\0' */
    const char *name; /* without dashes */
    enum option_kind kind;
    size_t offset;     /* in struct options */
    const char *value; /* what help calls it, "DIR" */
    const char *help;  /* one line */
};

/* Those of every command.  Tables end with a NULL name. */
extern const struct option common_options[];

/*
 * Reads ARGV[0..argc-1], the words after the command, by the tables OWN (or
 * NULL) and common_options.  All mistakes are reported, ERROR_CONFIG.
 * OPTIONS is cleared by the caller, even after a failure.
 */
bool options_parse(struct options *options, const struct option *own, int argc,
                   char **argv, struct error *error);
void options_clear(struct options *options);

/* Of every command that reads a file of values, with one that it takes. */
#define SET_OPTION(example)                                                  \
    {                                                                        \
        's', "set", OPTION_SET, offsetof(struct options, sets), "KEY=VALUE", \
            "set a value of the " example                                    \
    }

/* Of every command that writes files or looks for them. */
#define OUTPUT_OPTION(help)                                                  \
    {                                                                        \
        'o', "output", OPTION_TEXT, offsetof(struct options, output), "DIR", \
            help                                                             \
    }

/* Of every command that takes up a run. */
#define CHECKPOINT_OPTION                                                     \
    {                                                                         \
        'k', "checkpoint", OPTION_TEXT, offsetof(struct options, checkpoint), \
            "FILE", "another checkpoint of RUN, or one made elsewhere"        \
    }

/* Adds one line an option of TABLE. */
void options_explain(const struct option *table, struct text *out);

#endif

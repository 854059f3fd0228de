/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Progress of a run on standard error: one line redrawn at most ten times a
 * second on a terminal, else a plain line at most every 30 seconds.
 */

#ifndef CLI_METER_H
#define CLI_METER_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/options.h"

struct meter {
    const struct options *options;
    const char *label; /* "majority seed=1" */
    bool is_terminal;
    double began, drawn; /* by clock_seconds */
    size_t first;        /* step at which it began */
    bool is_started;     /* a step was told of */
    bool is_shown;       /* a line is on the terminal that must be cleared */
    double deadline;     /* of --max-time; 0: none */
};

void meter_init(struct meter *meter, const struct options *options,
                const char *label, double deadline);

/* These take a struct meter as SELF and are made for struct progress. */
void meter_stage(void *self, const char *what);
void meter_step(void *self, size_t step, size_t steps, double loss,
                double norm);
bool meter_stop(void *self); /* after a signal, or the deadline */

/* Takes the line off the terminal. */
void meter_clear(struct meter *meter);

#endif

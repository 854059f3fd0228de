/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/meter.h"

#include <math.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/interrupt.h"

#define REDRAW 0.1 /* seconds between lines on a terminal */
#define REPEAT 30  /* and elsewhere */

void meter_init(struct meter *meter, const struct options *options,
                const char *label, double deadline)
{
    *meter = (struct meter){ .options = options,
                             .label = label,
                             .is_terminal = isatty(STDERR_FILENO) == 1,
                             .drawn = clock_seconds(),
                             .deadline = deadline };
}

void meter_clear(struct meter *meter)
{
    if (meter->is_shown)
        fputs("\r\033[K", stderr);
    meter->is_shown = false;
}

/* A line that wraps could not be drawn over. */
static int terminal_width(void)
{
    struct winsize size;

    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1
               ? size.ws_col - 1
               : 79;
}

static void show(struct meter *meter, const struct text *line)
{
    if (meter->is_terminal) {
        fprintf(stderr, "\r%.*s\033[K", terminal_width(), line->data);
        fflush(stderr);
    } else {
        fprintf(stderr, "%s\n", line->data);
    }
    meter->is_shown = meter->is_terminal;
}

void meter_stage(void *self, const char *what)
{
    struct meter *meter = self;
    struct text line = { 0 };

    if (meter->options->quiet ||
        (!meter->is_terminal && !meter->options->verbose))
        return;
    text_add_format(&line, "%s: %s", meter->label, what);
    show(meter, &line);
    text_clear(&line);
}

static void add_time(struct text *line, double seconds)
{
    size_t s = seconds < 1e9 ? (size_t)ceil(seconds) : 0;

    if (s >= 3600)
        text_add_format(line, "%zu:%02zu:%02zu", s / 3600, s / 60 % 60, s % 60);
    else
        text_add_format(line, "%zu:%02zu", s / 60, s % 60);
}

void meter_step(void *self, size_t step, size_t steps, double loss, double norm)
{
    struct meter *meter = self;
    double now = clock_seconds(), rate;
    struct text line = { 0 };

    if (!meter->is_started) {
        meter->began = now;
        meter->first = step;
        meter->is_started = true;
    }
    if (meter->options->quiet ||
        now - meter->drawn < (meter->is_terminal ? REDRAW : REPEAT))
        return;
    meter->drawn = now;
    rate = (double)(step - meter->first) / (now - meter->began);
    text_add_format(&line, "%s: %3.0f%%  step %zu/%zu", meter->label,
                    100 * (double)step / (double)steps, step, steps);
    if (!isnan(loss))
        text_add_format(&line, "  loss %.4g  norm %.4g", loss, norm);
    if (rate > 0) {
        text_add_format(&line, "  %.4g steps/s  ", rate);
        add_time(&line, (double)(steps - step) / rate);
        text_add(&line, " left");
    }
    show(meter, &line);
    text_clear(&line);
}

bool meter_stop(void *self)
{
    const struct meter *meter = self;

    return interrupt_asked() ||
           (meter->deadline > 0 && clock_seconds() >= meter->deadline);
}

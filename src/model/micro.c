/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "model/micro.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "model/engine/engine.h"

/* A machine shared with others is as fast as in its best moments: the time
 * is cut into so many trials, and the best counts. */
#define TRIALS 8

static const struct micros *micros_of(enum precision precision)
{
    return engine_choose(precision)->micros;
}

const struct micro *micro_at(enum precision precision, size_t i)
{
    const struct micros *micros = micros_of(precision);

    return i < micros->count ? &micros->items[i] : NULL;
}

struct trial {
    const struct micros *micros;
    struct operands *operands;
    bool library;
};

/* Seconds of TIMES runs. */
static double run_times(const struct trial *trial, size_t times)
{
    double began = clock_seconds();

    trial->micros->run(trial->operands, trial->library, times);
    return clock_seconds() - began;
}

/* Runs a second in the best of the trials. */
static double best_rate(const struct trial *trial, double seconds)
{
    size_t times = 1;
    double best = 0;

    while (run_times(trial, times) < seconds / (2 * TRIALS))
        times *= 2;
    for (size_t i = 0; i < TRIALS; i++)
        best = fmax(best, (double)times / run_times(trial, times));
    return best;
}

struct micro_rate micro_measure(enum precision precision, size_t i,
                                double seconds)
{
    struct trial trial = { .micros = micros_of(precision) };
    const struct micro *micro = &trial.micros->items[i];
    double unit = micro->flops > 0 ? micro->flops : micro->elements;
    struct micro_rate rate = { .library = NAN };

    trial.operands = trial.micros->new_operands(i);
    rate.own = 1e-9 * unit * best_rate(&trial, seconds);
    trial.library = true;
    if (trial.micros->run(trial.operands, true, 1))
        rate.library = 1e-9 * unit * best_rate(&trial, seconds);
    trial.micros->free_operands(trial.operands);
    return rate;
}

struct burning {
    const struct micros *micros;
    double until;
    double *flops; /* [threads] */
};

static void burn(void *context, size_t item, size_t thread)
{
    const struct burning *burning = context;

    (void)thread;
    while (clock_seconds() < burning->until)
        burning->flops[item] += burning->micros->burn(10000);
}

double micro_peak(enum precision precision, size_t threads, double seconds)
{
    double best = 0;

    for (size_t trial = 0; trial < TRIALS; trial++) {
        double began = clock_seconds(), flops = 0;
        struct burning burning = { .micros = micros_of(precision),
                                   .until = began + seconds / TRIALS,
                                   .flops =
                                       memory_new(threads, sizeof(double)) };

        parallel_for(threads, burn, &burning);
        for (size_t i = 0; i < threads; i++)
            flops += burning.flops[i];
        best = fmax(best, 1e-9 * flops / (clock_seconds() - began));
        free(burning.flops);
    }
    return best;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The engine's kernels timed alone, on operands in a core's own cache: what
 * the machine can do at most, and how near each kernel comes to it.
 */

#ifndef MODEL_MICRO_H
#define MODEL_MICRO_H

#include <stddef.h>

#include "model/model.h"

/* One kernel on one shape. */
struct micro {
    const char *kernel; /* "forward", "head backward", "exp"... */
    size_t rows;        /* of activations; keys of a head */
    size_t in, out;     /* of a linear map; a head's d_k, a norm's width */
    double flops;       /* of a run; 0: `elements` are counted instead */
    double elements;
};

/* The kernels measured, NULL past the last; the same for every engine. */
const struct micro *micro_at(enum precision precision, size_t i);

/* What a kernel reached, in 1e9 flops or elements a second on one thread. */
struct micro_rate {
    double own;
    double library; /* libxsmm's kernel of that very shape; NAN: none */
};

/* Runs kernel I for about SECONDS, and the library's as long. */
struct micro_rate micro_measure(enum precision precision, size_t i,
                                double seconds);

/* 1e9 flops a second of multiply-adds in registers, on THREADS threads at
 * once for about SECONDS: the machine's peak for this precision. */
double micro_peak(enum precision precision, size_t threads, double seconds);

#endif

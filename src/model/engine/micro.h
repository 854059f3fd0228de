/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Kernels alone, for micro.h of the room. */

#ifndef MODEL_ENGINE_MICRO_H
#define MODEL_ENGINE_MICRO_H

#include <stdbool.h>

#include "model/micro.h"

struct operands; /* of one kernel, one thread's own */

struct micros {
    const struct micro *items;
    size_t count;
    struct operands *(*new_operands)(size_t micro);
    void (*free_operands)(struct operands *operands);
    /* False where there is no such kernel: the LIBRARY may have none. */
    bool (*run)(struct operands *operands, bool library, size_t times);
    /* Multiply-adds in registers; returns the flops of TIMES rounds. */
    double (*burn)(size_t times);
};

#ifdef ISA /* inside an engine */
#include "model/engine/real.h"

extern const struct micros X(micros);
#endif

#endif

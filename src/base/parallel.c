/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/parallel.h"

#include <omp.h>

static size_t chosen;

void parallel_set_threads(size_t threads)
{
    chosen = threads;
}

size_t parallel_threads(void)
{
    return chosen > 0 ? chosen : (size_t)omp_get_num_procs();
}

void parallel_for(size_t n,
                  void (*body)(void *context, size_t item, size_t thread),
                  void *context)
{
    size_t threads = parallel_threads();

    if (threads > n)
        threads = n;
    if (threads <= 1 || omp_in_parallel()) {
        for (size_t i = 0; i < n; i++)
            body(context, i, 0);
        return;
    }
#pragma omp parallel for schedule(dynamic, 1) num_threads((int)threads)
    for (size_t i = 0; i < n; i++)
        body(context, i, (size_t)omp_get_thread_num());
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/memory.h"

#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define HUGE_PAGE ((size_t)2 << 20)

#define OWN_BLOCK (1 << 20)

void memory_prepare(void)
{
#ifdef M_MMAP_THRESHOLD
    mallopt(M_MMAP_THRESHOLD, OWN_BLOCK);
#endif
}

static _Noreturn void exhausted(void)
{
    fputs("saturn: out of memory\n", stderr);
    exit(4);
}

static size_t product(size_t count, size_t size)
{
    if (size != 0 && count > (SIZE_MAX - HUGE_PAGE) / size)
        exhausted();
    return count * size;
}

void *memory_new(size_t count, size_t size)
{
    void *block = calloc(1, product(count, size) + (count * size == 0));

    if (block == NULL)
        exhausted();
    return block;
}

void *memory_resize(void *block, size_t count, size_t size)
{
    block = realloc(block, product(count, size) + (count * size == 0));
    if (block == NULL)
        exhausted();
    return block;
}

void *memory_new_aligned(size_t count, size_t size)
{
    size_t bytes = product(count, size) + (count * size == 0);
    size_t step = bytes < HUGE_PAGE / 2 ? CACHE_LINE : HUGE_PAGE;
    void *block;

    bytes = (bytes + step - 1) / step * step;
    block = aligned_alloc(step, bytes);
    if (block == NULL)
        exhausted();
#ifdef MADV_HUGEPAGE
    if (step == HUGE_PAGE)
        madvise(block, bytes, MADV_HUGEPAGE); /* a hint: may be refused */
#endif
    return memset(block, 0, bytes);
}

void *memory_copy(const void *block, size_t size)
{
    void *copy = memory_new(size, 1);

    if (size > 0)
        memcpy(copy, block, size);
    return copy;
}

char *memory_copy_text(const char *text)
{
    return text == NULL ? NULL : memory_copy(text, strlen(text) + 1);
}

size_t memory_peak(void)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[256];
    size_t peak = 0;

    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "VmHWM: %zu kB", &peak) == 1)
            break;
    if (file != NULL)
        fclose(file);
    return peak * 1024;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "model/engine/micro.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/engine/attention.h"
#include "model/engine/engine.h"
#include "model/engine/kernels.h"

struct kernel; /* how it is opened and run */

struct operands {
    const struct micro *micro;
    const struct kernel *kernel;
    struct product product;
    compiled *library; /* or NULL */
    struct head head;
    struct head_scratch scratch;
    struct norm norm;
    real *x, *w, *y, *dx, *dy, *statistics;
};

/* Causal attention reads half of all pairs, forward once for scores and once
 * for values, backward twice as often. */
#define HEAD(name, keys, size, passes)                           \
    {                                                            \
        .kernel = name, .rows = keys, .in = size,                \
        .flops = (passes)*2.0 * (size) * (keys) * ((keys) + 1.0) \
    }
#define LINEAR(name, m, k, n)                         \
    {                                                 \
        .kernel = name, .rows = m, .in = k, .out = n, \
        .flops = 2.0 * (m) * (k) * (n)                \
    }
#define ROWS(name, m, n)                                                \
    {                                                                   \
        .kernel = name, .rows = m, .in = n, .elements = 1.0 * (m) * (n) \
    }
#define MAPS(m, k, n)                                        \
    LINEAR("forward", m, k, n), LINEAR("backward", m, k, n), \
        LINEAR("gradient", m, k, n)

/* The maps of a chunk of the shapes that `saturn bench` trains. */
static const struct micro micros[] = {
    MAPS(192, 32, 64),
    MAPS(192, 64, 256),
    MAPS(192, 128, 512),
    MAPS(192, 256, 1024),
    HEAD("head forward", 50, 8, 1),
    HEAD("head backward", 50, 8, 2),
    HEAD("head forward", 100, 16, 1),
    HEAD("head backward", 100, 16, 2),
    HEAD("head forward", 256, 32, 1),
    HEAD("head backward", 256, 32, 2),
    HEAD("head forward", 1024, 16, 1),
    HEAD("head backward", 1024, 16, 2),
    ROWS("norm forward", 192, 64),
    ROWS("norm backward", 192, 64),
    ROWS("exp", 192, 64),
};

/* Numbers of full precision around zero, with room to read past them. */
static real *numbers(size_t count)
{
    real *x = memory_new_aligned(count + LANES, sizeof(real));

    for (size_t i = 0; i < count + LANES; i++)
        x[i] = (real)(i * 2654435761u % 2001) / 1000 - 1;
    return x;
}

static void run_product(struct operands *o)
{
    multiply(&o->product);
}

/* Rows times a map, as forward goes, or times its transpose. */
static void open_product(struct operands *o, size_t in, size_t out)
{
    size_t rows = o->micro->rows;

    o->x = numbers(rows * in);
    o->w = numbers(in * out);
    o->y = numbers(rows * out);
    o->product = (struct product){ .m = rows,
                                   .n = out,
                                   .k = in,
                                   .a = o->x,
                                   .a_row = in,
                                   .a_column = 1,
                                   .b = o->w,
                                   .b_row = out,
                                   .c = o->y,
                                   .c_row = out };
}

static void open_forward(struct operands *o)
{
    open_product(o, o->micro->in, o->micro->out);
}

static void open_backward(struct operands *o)
{
    open_product(o, o->micro->out, o->micro->in);
}

/* dW = dy^T x */
static void open_gradient(struct operands *o)
{
    size_t rows = o->micro->rows, in = o->micro->in, out = o->micro->out;

    o->y = numbers(rows * out);
    o->x = numbers(rows * in);
    o->w = numbers(out * in);
    o->product = (struct product){ .m = out,
                                   .n = in,
                                   .k = rows,
                                   .a = o->y,
                                   .a_row = 1,
                                   .a_column = out,
                                   .b = o->x,
                                   .b_row = in,
                                   .c = o->w,
                                   .c_row = in,
                                   .start = START_ADD };
}

static void run_head_forward(struct operands *o)
{
    head_forward(&o->head, &o->scratch, o->y);
}

static void run_head_backward(struct operands *o)
{
    head_backward(&o->head, &o->scratch, o->dy, o->dx, o->w,
                  o->w + padded(o->micro->in));
}

static void open_head(struct operands *o)
{
    size_t keys = o->micro->rows, width = padded(o->micro->in);
    struct head_scratch *scratch = &o->scratch;

    o->x = numbers(keys * 3 * width);
    o->y = numbers(keys * width);
    o->dx = numbers(keys * width);
    o->dy = numbers(keys * width);
    o->w = numbers(keys * 2 * width);
    o->statistics = numbers(2 * (keys + LANES));
    scratch->scores = numbers(keys * LANES);
    scratch->signals = numbers(keys * LANES);
    scratch->query = numbers(3 * width * LANES);
    scratch->signal = scratch->query + width * LANES;
    scratch->result = scratch->signal + width * LANES;
    scratch->dk = numbers(2 * keys * width);
    scratch->dv = scratch->dk + keys * width;
    o->head = (struct head){ .size = o->micro->in,
                             .queries = keys,
                             .keys = keys,
                             .visible = MASK_CAUSAL,
                             .scale = (real)(1 / sqrt((double)o->micro->in)),
                             .q = o->x,
                             .k = o->x + keys * width,
                             .v = o->x + keys * width + width,
                             .q_row = width,
                             .kv_row = 2 * width,
                             .highest = o->statistics,
                             .share = o->statistics + keys + LANES };
    run_head_forward(o);
}

static void run_norm_forward(struct operands *o)
{
    norm_forward(&o->norm, o->micro->rows, o->x, o->y, o->statistics);
}

static void run_norm_backward(struct operands *o)
{
    norm_backward(&o->norm, o->micro->rows, o->x, o->statistics, o->dy, false,
                  o->dx, o->w, o->w + o->micro->in);
}

static void open_rows(struct operands *o)
{
    size_t rows = o->micro->rows, width = o->micro->in;

    o->x = numbers(rows * width);
    o->y = numbers(rows * width);
    o->dx = numbers(rows * width);
    o->dy = numbers(rows * width);
    o->w = numbers(4 * width);
    o->statistics = numbers(2 * rows);
    o->norm = (struct norm){ .size = width,
                             .width = width,
                             .epsilon = (real)1e-5,
                             .gain = o->w + 2 * width,
                             .shift = o->w + 3 * width };
    run_norm_forward(o);
}

static void run_exp(struct operands *o)
{
    size_t count = o->micro->rows * o->micro->in;

    for (size_t i = 0; i < count; i += LANES)
        vector_store(o->y + i, vector_exp(vector_load(o->x + i)));
}

/* clang-format off */
static const struct kernel {
    const char *name;
    void (*open)(struct operands *operands);
    void (*run)(struct operands *operands);
} kernels[] = {
    { "forward",       open_forward,  run_product },
    { "backward",      open_backward, run_product },
    { "gradient",      open_gradient, run_product },
    { "head forward",  open_head,     run_head_forward },
    { "head backward", open_head,     run_head_backward },
    { "norm forward",  open_rows,     run_norm_forward },
    { "norm backward", open_rows,     run_norm_backward },
    { "exp",           open_rows,     run_exp },
};
/* clang-format on */

static const struct kernel *find_kernel(const char *name)
{
    const struct kernel *kernel = kernels;

    while (strcmp(kernel->name, name) != 0)
        kernel++;
    return kernel;
}

static struct operands *new_operands(size_t i)
{
    struct operands *o = memory_new(1, sizeof(*o));

    o->micro = &micros[i];
    o->kernel = find_kernel(o->micro->kernel);
    o->kernel->open(o);
    if (o->kernel->run == run_product)
        o->library = library_product(&o->product);
    return o;
}

static void free_operands(struct operands *o)
{
    free(o->x);
    free(o->w);
    free(o->y);
    free(o->dx);
    free(o->dy);
    free(o->statistics);
    free(o->scratch.scores);
    free(o->scratch.signals);
    free(o->scratch.query);
    free(o->scratch.dk);
    free(o);
}

static bool run(struct operands *o, bool library, size_t times)
{
    if (library && o->library == NULL)
        return false;
    for (; times > 0; times--)
        if (library)
            o->library(o->product.b, o->product.a, o->product.c);
        else
            o->kernel->run(o);
    return true;
}

/* As many sums as keep every multiplier busy and fit the registers. */
#if VECTOR_BYTES == 64
#define SUMS 24
#else
#define SUMS 12
#endif

static double burn(size_t times)
{
    vector sums[SUMS], factor = vector_all((real)0.999999);
    real total = 0;

    for (size_t i = 0; i < SUMS; i++)
        sums[i] = vector_all((real)i);
    for (size_t t = 0; t < times; t++)
#pragma GCC unroll 24
        for (size_t i = 0; i < SUMS; i++)
            sums[i] = vector_fma(sums[i], factor, factor);
    for (size_t i = 0; i < SUMS; i++)
        total += vector_sum(sums[i]);
    /* adds nothing, but only the sums can tell */
    return 2.0 * SUMS * LANES * (double)times + (total < 0);
}

const struct micros X(micros) = {
    .items = micros,
    .count = sizeof(micros) / sizeof(*micros),
    .new_operands = new_operands,
    .free_operands = free_operands,
    .run = run,
    .burn = burn,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * One vector register full of reals, in GCC's vector extension: + - * / and
 * comparisons work element by element.  Everything here keeps lanes apart
 * or sums them in one fixed order.
 */

#ifndef MODEL_ENGINE_VECTOR_H
#define MODEL_ENGINE_VECTOR_H

#include <stddef.h>
#include <stdint.h>
#if defined(__AVX512F__) || defined(__AVX2__)
#include <immintrin.h>
#endif

#include "model/engine/real.h"

#if defined(__AVX512F__)
#define VECTOR_BYTES 64
#elif defined(__AVX2__)
#define VECTOR_BYTES 32
#else
#define VECTOR_BYTES 16
#endif

/* Where a count is a constant in the caller, it is one inside. */
#define INLINE static inline __attribute__((always_inline))

/* How many reals a vector holds. */
#define LANES (VECTOR_BYTES / sizeof(real))

#ifdef REAL_IS_FLOAT
typedef int32_t whole;
#else
typedef int64_t whole;
#endif

typedef real vector __attribute__((vector_size(VECTOR_BYTES)));
typedef whole wholes __attribute__((vector_size(VECTOR_BYTES)));
typedef real unaligned
    __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(real))));

static inline vector vector_load(const real *p)
{
    return *(const unaligned *)p;
}

static inline void vector_store(real *p, vector v)
{
    *(unaligned *)p = v;
}

static inline vector vector_all(real x)
{
    return x - (vector){ 0 };
}

/*
 * a * b + c, rounded once where the machine can and always alike: left to
 * itself the compiler fuses in one kernel and not in the next.  The greater
 * of a and b; b where one is not a number.
 */
#if VECTOR_BYTES == 64 && defined(REAL_IS_FLOAT)
#define vector_fma(a, b, c) ((vector)_mm512_fmadd_ps(a, b, c))
#define vector_max(a, b)    ((vector)_mm512_max_ps(a, b))
#elif VECTOR_BYTES == 64
#define vector_fma(a, b, c) ((vector)_mm512_fmadd_pd(a, b, c))
#define vector_max(a, b)    ((vector)_mm512_max_pd(a, b))
#elif VECTOR_BYTES == 32 && defined(REAL_IS_FLOAT)
#define vector_fma(a, b, c) ((vector)_mm256_fmadd_ps(a, b, c))
#define vector_max(a, b)    ((vector)_mm256_max_ps(a, b))
#elif VECTOR_BYTES == 32
#define vector_fma(a, b, c) ((vector)_mm256_fmadd_pd(a, b, c))
#define vector_max(a, b)    ((vector)_mm256_max_pd(a, b))
#else
#define vector_fma(a, b, c) ((a) * (b) + (c))
#define vector_max(a, b)    vector_select((a) > (b), a, b)
#endif

/* a where the bits are set, b elsewhere. */
static inline vector vector_select(wholes where, vector a, vector b)
{
    return (vector)((where & (wholes)a) | (~where & (wholes)b));
}

/* 0, 1, 2, ... */
static inline wholes vector_lanes(void)
{
    wholes lanes;

    for (size_t i = 0; i < LANES; i++)
        lanes[i] = (whole)i;
    return lanes;
}

/* The first COUNT of LANES elements, zero in the other lanes. */
static inline vector vector_load_some(const real *p, size_t count)
{
    wholes those = vector_lanes() < (whole)count;

    return (vector)((wholes)vector_load(p) & those);
}

/* Stores the first COUNT lanes; what lies beyond is written as it was. */
static inline void vector_store_some(real *p, vector v, size_t count)
{
    if (count < LANES)
        v = vector_select(vector_lanes() < (whole)count, v, vector_load(p));
    vector_store(p, v);
}

/* Makes rows columns.  At each step the blocks off the diagonal change
 * places, of half the size of those before. */
static inline void vector_transpose(vector v[LANES])
{
#pragma GCC unroll 8
    for (size_t step = LANES / 2; step > 0; step /= 2) {
        wholes lane = vector_lanes();
        wholes high = (lane & (whole)step) != 0; /* 0 or -1 */
        wholes upper = lane + (high & (whole)(LANES - step));
        wholes lower = upper + (whole)step;

#pragma GCC unroll 16
        for (size_t i = 0; i < LANES; i++)
            if ((i & step) == 0) {
                vector a = v[i], b = v[i + step];

                v[i] = __builtin_shuffle(a, b, upper);
                v[i + step] = __builtin_shuffle(a, b, lower);
            }
    }
}

/* The sum of all lanes, halves first. */
static inline real vector_sum(vector v)
{
#pragma GCC unroll 8
    for (whole step = LANES / 2; step > 0; step /= 2)
        v += __builtin_shuffle(v, vector_lanes() ^ step);
    return v[0];
}

/* p * 2^n for whole n where x >= LEAST, elsewhere 0. */
static inline vector vector_power(vector p, vector n, vector x, real least)
{
#if VECTOR_BYTES == 64 && defined(REAL_IS_FLOAT)
    return (vector)_mm512_maskz_scalef_ps(
        _mm512_cmp_ps_mask(x, vector_all(least), _CMP_GE_OQ), p, n);
#elif VECTOR_BYTES == 64
    return (vector)_mm512_maskz_scalef_pd(
        _mm512_cmp_pd_mask(x, vector_all(least), _CMP_GE_OQ), p, n);
#else
#ifdef REAL_IS_FLOAT
    const int bits = 23, bias = 127;
#else
    const int bits = 52, bias = 1023;
#endif
    wholes power = __builtin_convertvector(n, wholes) + bias;

    return (vector)((x >= least) & (wholes)(p * (vector)(power << bits)));
#endif
}

/*
 * exp(x) for x <= 1, by x = n log 2 + r and a polynomial in r; zero where
 * the result would be below the smallest normal number, so that no denormal
 * ever enters a product.
 */
static inline vector vector_exp(vector x)
{
#ifdef REAL_IS_FLOAT
    /* of degree 6, least in relative error for |r| <= log(2) / 2 among those
     * that begin with 1 + r: 3e-9, a twentieth of a rounding */
    static const real c[] = { 1.381459847e-3f,
                              8.368716887e-3f,
                              4.166838805e-2f,
                              1.666652063e-1f,
                              4.999999345e-1f,
                              1,
                              1 };
    const real least = -87.33f, log2_high = 0.693359375f,
               log2_low = -2.12194440e-4f, per_log2 = 1.44269504088896341f;
    const real shifter = 0x1.8p23f;
#else
    /* Taylor's series: the next term is below 4e-18 */
    static const real c[] = { 1.0 / 6227020800,
                              1.0 / 479001600,
                              1.0 / 39916800,
                              1.0 / 3628800,
                              1.0 / 362880,
                              1.0 / 40320,
                              1.0 / 5040,
                              1.0 / 720,
                              1.0 / 120,
                              1.0 / 24,
                              1.0 / 6,
                              0.5,
                              1,
                              1 };
    const real least = -708.39, log2_high = 0x1.62e42fefap-1,
               log2_low = 0x1.cf79abc9e3b3ap-40, per_log2 = 1.44269504088896341;
    const real shifter = 0x1.8p52;
#endif
    vector n, r, p;

    n = vector_fma(x, vector_all(per_log2), vector_all(shifter)) - shifter;
    r = vector_fma(n, vector_all(-log2_high), x);
    r = vector_fma(n, vector_all(-log2_low), r);
    p = vector_all(c[0]);
#pragma GCC unroll 16
    for (size_t i = 1; i < sizeof(c) / sizeof(c[0]); i++)
        p = vector_fma(p, r, vector_all(c[i]));
    return vector_power(p, n, x, least);
}

#endif

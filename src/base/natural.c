/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/natural.h"

#include <assert.h>
#include <gmp.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define WORD_BITS 64

_Static_assert(sizeof(struct natural) == sizeof(__mpz_struct) &&
                   offsetof(struct natural, allocated) ==
                       offsetof(__mpz_struct, _mp_alloc) &&
                   offsetof(struct natural, size) ==
                       offsetof(__mpz_struct, _mp_size) &&
                   offsetof(struct natural, limbs) ==
                       offsetof(__mpz_struct, _mp_d),
               "struct natural must have the layout of GMP's integer");
_Static_assert(GMP_NUMB_BITS == WORD_BITS && sizeof(long) == 8,
               "counts are kept in words of 64 bits");

static mpz_ptr z(struct natural *n)
{
    return (mpz_ptr)(void *)n;
}

static mpz_srcptr cz(const struct natural *n)
{
    return (mpz_srcptr)(const void *)n;
}

void natural_init(struct natural *n, uint64_t value)
{
    mpz_init_set_ui(z(n), value);
}

void natural_clear(struct natural *n)
{
    if (n->limbs != NULL)
        mpz_clear(z(n));
    *n = (struct natural){ 0 };
}

void natural_set(struct natural *n, uint64_t value)
{
    mpz_set_ui(z(n), value);
}

void natural_copy(struct natural *to, const struct natural *from)
{
    mpz_set(z(to), cz(from));
}

void natural_set_words(struct natural *n, const uint64_t *words, size_t count)
{
    mpz_import(z(n), count, -1, sizeof *words, 0, 0, words);
}

void natural_add(struct natural *to, const struct natural *more)
{
    mpz_add(z(to), z(to), cz(more));
}

void natural_subtract(struct natural *from, const struct natural *less)
{
    assert(natural_compare(from, less) >= 0);
    mpz_sub(z(from), z(from), cz(less));
}

void natural_multiply(struct natural *to, const struct natural *by)
{
    mpz_mul(z(to), z(to), cz(by));
}

void natural_multiply_small(struct natural *to, uint64_t by)
{
    mpz_mul_ui(z(to), z(to), by);
}

void natural_power(struct natural *to, uint64_t base, uint64_t exponent)
{
    mpz_ui_pow_ui(z(to), base, exponent);
}

int natural_compare(const struct natural *a, const struct natural *b)
{
    int order = mpz_cmp(cz(a), cz(b));

    return (order > 0) - (order < 0);
}

bool natural_is_zero(const struct natural *n)
{
    return n->size == 0;
}

uint64_t natural_small(const struct natural *n)
{
    if (n->size == 0)
        return 0;
    return mpz_fits_ulong_p(cz(n)) ? mpz_get_ui(cz(n)) : UINT64_MAX;
}

/* mpz_get_d truncates, so the 64 leading bits are taken, the last of them
 * set when anything nonzero follows: their conversion then rounds as that of
 * the whole number would. */
double natural_number(const struct natural *n)
{
    size_t bits = n->size == 0 ? 0 : mpz_sizeinbase(cz(n), 2);
    uint64_t leading;
    mpz_t top;

    if (bits <= WORD_BITS)
        return (double)natural_small(n);
    if (bits > 1024)
        return INFINITY;
    mpz_init(top);
    mpz_tdiv_q_2exp(top, cz(n), bits - WORD_BITS);
    leading = mpz_get_ui(top) | (mpz_scan1(cz(n), 0) < bits - WORD_BITS);
    mpz_clear(top);
    return ldexp((double)leading, (int)(bits - WORD_BITS));
}

char *natural_text(const struct natural *n)
{
    return mpz_get_str(memory_new(mpz_sizeinbase(cz(n), 10) + 2, 1), 10, cz(n));
}

bool natural_read(struct natural *n, const char *text)
{
    if (*text == '\0' || text[strspn(text, "0123456789")] != '\0')
        return false;
    return mpz_set_str(z(n), text, 10) == 0;
}

void natural_draw_below(struct stream *stream, const struct natural *bound,
                        struct natural *out)
{
    size_t bits = mpz_sizeinbase(cz(bound), 2);
    size_t count = (bits + WORD_BITS - 1) / WORD_BITS;
    uint64_t mask = UINT64_MAX >> (count * WORD_BITS - bits);
    uint64_t *words = memory_new(count, sizeof *words);

    assert(bound->size > 0);
    do {
        for (size_t i = 0; i < count; i++)
            words[i] = stream_bits(stream);
        words[count - 1] &= mask;
        natural_set_words(out, words, count);
    } while (natural_compare(out, bound) >= 0);
    free(words);
}

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
    assert(n->limbs == NULL);
    mpz_init_set_ui(z(n), value);
}

void natural_clear(struct natural *n)
{
    if (n->limbs != NULL)
        mpz_clear(z(n));
    *n = (struct natural){ 0 };
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

void natural_add_product(struct natural *to, const struct natural *a,
                         const struct natural *b)
{
    mpz_addmul(z(to), cz(a), cz(b));
}

void natural_divide(struct natural *quotient, struct natural *a,
                    const struct natural *b)
{
    assert(!natural_is_zero(b));
    mpz_tdiv_qr(z(quotient), z(a), cz(a), cz(b));
}

void natural_multiply_small(struct natural *to, uint64_t by)
{
    mpz_mul_ui(z(to), z(to), by);
}

void natural_power(struct natural *to, uint64_t base, uint64_t exponent)
{
    mpz_ui_pow_ui(z(to), base, exponent);
}

void natural_square_root(struct natural *n)
{
    mpz_sqrt(z(n), z(n));
}

bool natural_bit(const struct natural *n, size_t i)
{
    return mpz_tstbit(cz(n), i);
}

void natural_draw(struct natural *to, const struct natural *bound,
                  struct stream *stream)
{
    size_t bits = natural_bits(bound);
    size_t count = (bits + WORD_BITS - 1) / WORD_BITS;
    uint64_t *words = memory_new(count, sizeof *words);

    assert(bits > 0);
    do { /* at least every second try is below */
        for (size_t i = 0; i < count; i++)
            words[i] = stream_bits(stream);
        if (bits % WORD_BITS != 0)
            words[count - 1] >>= WORD_BITS - bits % WORD_BITS;
        natural_set_words(to, words, count);
    } while (natural_compare(to, bound) >= 0);
    free(words);
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

size_t natural_bits(const struct natural *n)
{
    return n->size == 0 ? 0 : mpz_sizeinbase(cz(n), 2);
}

uint64_t natural_small(const struct natural *n)
{
    if (n->size == 0)
        return 0;
    return mpz_fits_ulong_p(cz(n)) ? mpz_get_ui(cz(n)) : UINT64_MAX;
}

double natural_log(const struct natural *n)
{
    long exponent;
    double mantissa = mpz_get_d_2exp(&exponent, cz(n));

    assert(n->size > 0);
    return log(mantissa) + (double)exponent * log(2);
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

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "predicates.h"

/* Where SYMBOL stands if it occurs once; n if not. */
static size_t only(uint16_t symbol, const uint16_t *s, size_t n)
{
    size_t at = 0;

    while (at < n && s[at] != symbol)
        at++;
    return predicates_count(symbol, s, n) == 1 ? at : n;
}

/* ------------------------------------------------------------- words moved */

/* w # and as many symbols again. */
static bool is_halved(const uint16_t *s, size_t n, uint16_t mark)
{
    return n % 2 == 1 && only(mark, s, n) == n / 2;
}

static bool is_marked_copy(const uint16_t *s, size_t n)
{
    for (size_t i = 0; i < n / 2; i++)
        if (s[i] != s[n / 2 + 1 + i])
            return false;
    return is_halved(s, n, 2);
}

static bool is_reverse_string(const uint16_t *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (s[i] != s[n - 1 - i])
            return false;
    return is_halved(s, n, 2);
}

static bool is_duplicate_string(const uint16_t *s, size_t n)
{
    size_t half = (n - 1) / 3;

    if (n % 3 != 1 || only(2, s, n) != half)
        return false;
    for (size_t i = 0; i < half; i++)
        if (s[half + 1 + i] != s[i] || s[2 * half + 1 + i] != s[i])
            return false;
    return true;
}

/* FIRST 0: the symbols at 0, 2, ... before those at 1, 3, ... */
static bool is_sifted(const uint16_t *s, size_t n, size_t first)
{
    const uint16_t *out = s + n / 2 + 1;

    if (!is_halved(s, n, 2))
        return false;
    for (size_t i = first; i < n / 2; i += 2)
        if (*out++ != s[i])
            return false;
    for (size_t i = 1 - first; i < n / 2; i += 2)
        if (*out++ != s[i])
            return false;
    return true;
}

static bool is_bucket_sort(const uint16_t *s, size_t n)
{
    if (!is_halved(s, n, 5))
        return false;
    for (size_t i = n / 2 + 2; i < n; i++)
        if (s[i] < s[i - 1])
            return false;
    for (uint16_t digit = 0; digit < 5; digit++)
        if (predicates_count(digit, s, n / 2) !=
            predicates_count(digit, s + n / 2 + 1, n / 2))
            return false;
    return true;
}

/* A word twice if its only blank, symbol 2, is BIT. */
static bool hides(const uint16_t *s, size_t n, uint16_t bit)
{
    if (n % 2 == 1 || only(2, s, n) == n)
        return false;
    for (size_t i = 0; i < n / 2; i++)
        if ((s[i] == 2 ? bit : s[i]) !=
            (s[n / 2 + i] == 2 ? bit : s[n / 2 + i]))
            return false;
    return true;
}

static bool is_missing_duplicate_string(const uint16_t *s, size_t n)
{
    return hides(s, n, 1);
}

static bool is_missing_bit(const uint16_t *s, size_t n)
{
    return n >= 2 && only(3, s, n) == n - 2 && s[n - 1] < 2 &&
           hides(s, n - 2, s[n - 1]);
}

/* -------------------------------------------------------------- arithmetic */

/* x OP y = z, none of them empty; the bits of z from *Z on. */
static bool is_equation(const uint16_t *s, size_t n, size_t *op, size_t *z)
{
    *op = only(2, s, n);
    *z = only(3, s, n) + 1;
    return *op > 0 && *op + 2 < *z && *z < n;
}

static uint64_t value_of(const uint16_t *s, size_t n)
{
    uint64_t value = 0;

    while (n-- > 0)
        value = 2 * value + s[n];
    return value;
}

static bool is_binary_addition(const uint16_t *s, size_t n)
{
    size_t op, z;
    unsigned carry = 0;

    if (!is_equation(s, n, &op, &z))
        return false;
    for (size_t i = 0; i < n; i++) {
        carry += i < op ? s[i] : 0u;
        carry += i < z - op - 2 ? s[op + 1 + i] : 0u;
        if (carry % 2 != (i < n - z ? s[z + i] : 0u))
            return false;
        carry /= 2;
    }
    return true;
}

/* Up to 64 symbols. */
static bool is_binary_multiplication(const uint16_t *s, size_t n)
{
    size_t op, z;

    return is_equation(s, n, &op, &z) &&
           value_of(s, op) * value_of(s + op + 1, z - op - 2) ==
               value_of(s + z, n - z);
}

/* Up to 64 symbols. */
static bool is_compute_sqrt(const uint16_t *s, size_t n)
{
    size_t equals = only(2, s, n);
    uint64_t x, root;

    if (equals == 0 || equals + 1 >= n)
        return false;
    x = value_of(s, equals);
    root = value_of(s + equals + 1, n - equals - 1);
    return root < UINT64_C(1) << 32 && root * root <= x &&
           x - root * root <= 2 * root;
}

const struct predicate function_predicates[] = {
    /* clang-format off */
    { "binary-addition",          is_binary_addition, 2, 3, NULL, 0, 0 },
    { "binary-multiplication",    is_binary_multiplication, 2, 3, NULL, 0, 40 },
    { "bucket-sort",              is_bucket_sort, 2, 1, NULL, 0, 0 },
    { "compute-sqrt",             is_compute_sqrt, 2, 2, NULL, 0, 60 },
    { "duplicate-string",         is_duplicate_string, 3, 1, NULL, 0, 0 },
    { "evens-first",              NULL, 2, 1, is_sifted, 1, 0 },
    { "marked-copy",              is_marked_copy, 2, 1, NULL, 0, 0 },
    { "missing-bit",              is_missing_bit, 2, 4, NULL, 0, 0 },
    { "missing-duplicate-string", is_missing_duplicate_string, 2, 2, NULL, 0, 0 },
    { "odds-first",               NULL, 2, 1, is_sifted, 0, 0 },
    { "reverse-string",           is_reverse_string, 2, 1, NULL, 0, 0 },
    { NULL, NULL, 0, 0, NULL, 0, 0 },
    /* clang-format on */
};

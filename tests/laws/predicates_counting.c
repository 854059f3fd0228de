/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "predicates.h"

size_t predicates_count(uint16_t symbol, const uint16_t *s, size_t n)
{
    size_t count = 0;

    for (size_t i = 0; i < n; i++)
        count += s[i] == symbol;
    return count;
}

bool predicates_balanced(const uint16_t *s, size_t n, uint16_t open,
                         uint16_t close, size_t most)
{
    size_t depth = 0;

    for (size_t i = 0; i < n; i++) {
        if (s[i] == close && depth-- == 0)
            return false;
        if (s[i] == open && ++depth > most)
            return false;
    }
    return depth == 0;
}

/* ----------------------------------------------------------------- counts */

static bool is_equal_counts(const uint16_t *s, size_t n)
{
    return 2 * predicates_count(1, s, n) == n;
}

static bool is_majority(const uint16_t *s, size_t n)
{
    return 2 * predicates_count(1, s, n) > n;
}

/* Blocks of 0, 1, ..., KINDS - 1 of equal length, at least one each. */
static bool are_blocks(const uint16_t *s, size_t n, size_t kinds)
{
    for (size_t i = 0; i < n; i++)
        if (s[i] != i * kinds / n)
            return false;
    return n > 0 && n % kinds == 0;
}

/* a b c */
static bool is_anbmcnm(const uint16_t *s, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (s[i] < s[i - 1])
            return false;
    return n > 0 && s[0] == 0 && predicates_count(1, s, n) > 0 &&
           2 * predicates_count(2, s, n) == n;
}

static bool is_max_difference(const uint16_t *s, size_t n)
{
    size_t twice = 2 * predicates_count(0, s, n);

    return twice < n + 5 && n < twice + 5;
}

/* --------------------------------------------------------------- brackets */

static bool is_deep(const uint16_t *s, size_t n, size_t size)
{
    return predicates_balanced(s, n, 0, 1, size);
}

/* Any number of kinds: 2 i opens and 2 i + 1 closes the i-th. */
static bool is_shuffle(const uint16_t *s, size_t n)
{
    for (uint16_t kind = 0; kind < 6; kind++)
        if (!predicates_balanced(s, n, (uint16_t)(2 * kind),
                                 (uint16_t)(2 * kind + 1), n))
            return false;
    return true;
}

/* ( ) 1 */
static bool is_reset_dyck_1(const uint16_t *s, size_t n)
{
    size_t depth = 0;

    for (size_t i = 0; i < n; i++)
        if (s[i] == 2)
            depth = 0;
        else if (s[i] == 0)
            depth++;
        else if (depth-- == 0)
            return false;
    return depth == 0;
}

static bool is_dyck_1(const uint16_t *s, size_t n)
{
    return predicates_balanced(s, n, 0, 1, n);
}

/* Kinds of brackets: 2 i opens and 2 i + 1 closes the i-th, never more
 * than MOST open at once. */
static bool is_nested(const uint16_t *s, size_t n, size_t most)
{
    uint16_t open[256];
    size_t depth = 0;

    for (size_t i = 0; i < n; i++)
        if (s[i] % 2 == 0) {
            if (depth == most)
                return false;
            open[depth++] = s[i];
        } else if (depth == 0 || open[--depth] + 1 != s[i]) {
            return false;
        }
    return depth == 0;
}

static bool is_dyck(const uint16_t *s, size_t n)
{
    return is_nested(s, n, n);
}

/* ------------------------------------------------------------------ trees */

/* Symbols 0 and 1 are values; symbol a + 1 takes a of what follows. */
static bool is_boolean(const uint16_t *s, size_t n)
{
    size_t missing = 1;

    for (size_t i = 0; i < n; i++) {
        if (missing == 0)
            return false;
        missing = missing - 1 + (s[i] < 2 ? 0 : (size_t)s[i] - 1);
    }
    return missing == 0;
}

static bool is_palindrome(const uint16_t *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (s[i] != s[n - 1 - i])
            return false;
    return true;
}

static bool is_unmarked_reversal(const uint16_t *s, size_t n)
{
    return n % 2 == 0 && is_palindrome(s, n);
}

static bool is_marked_reversal(const uint16_t *s, size_t n)
{
    return n % 2 == 1 && is_palindrome(s, n) && s[n / 2] == 2 &&
           predicates_count(2, s, n) == 1;
}

/* 0 1 PUSH POP #: does what it says. */
static bool is_stack_manipulation(const uint16_t *s, size_t n)
{
    uint16_t stack[256];
    size_t depth = 0, i = 0;

    while (i < n && s[i] < 2)
        stack[depth++] = s[i++];
    while (i < n && (s[i] == 2 || s[i] == 3))
        if (s[i++] == 3) {
            if (depth-- == 0)
                return false;
        } else {
            if (i == n || s[i] > 1)
                return false;
            stack[depth++] = s[i++];
        }
    if (i == n || s[i++] != 4 || n - i != depth)
        return false;
    while (depth > 0)
        if (s[i++] != stack[--depth])
            return false;
    return true;
}

/* Digits 0..4, then + - ( ) and =.  The value of the expression at *AT of n
 * symbols, or 9; *AT is moved behind it. */
static unsigned bracketed(const uint16_t *s, size_t n, size_t *at)
{
    unsigned left, right;
    bool plus;

    if (*at < n && s[*at] < 5)
        return s[(*at)++];
    if (*at + 1 < n && s[*at] == 6 && s[*at + 1] < 5) {
        *at += 2;
        return (5u - s[*at - 1]) % 5;
    }
    if (*at == n || s[(*at)++] != 7)
        return 9;
    if (*at < n && s[*at] == 7)
        left = bracketed(s, n, at), right = 9;
    else
        left = right = bracketed(s, n, at);
    if (left == 9 || *at == n)
        return 9;
    if (s[*at] == 8 && right != 9) { /* a digit alone, perhaps negative */
        ++*at;
        return left;
    }
    if (s[*at] != 5 && s[*at] != 6)
        return 9;
    plus = s[(*at)++] == 5;
    right = bracketed(s, n, at);
    if (right == 9 || *at == n || s[(*at)++] != 8)
        return 9;
    return (plus ? left + right : left + 5 - right) % 5;
}

static bool is_bracketed(const uint16_t *s, size_t n)
{
    size_t at = 0;
    unsigned value = bracketed(s, n, &at);

    return value != 9 && at + 2 == n && s[at] == 9 && s[at + 1] == value;
}

const struct predicate counting_predicates[] = {
    /* clang-format off */
    { "anbmcnm",                     is_anbmcnm, 2, 2, NULL, 0, 0 },
    { "anbn",                        NULL, 0, 0, are_blocks, 2, 0 },
    { "anbncn",                      NULL, 0, 0, are_blocks, 3, 0 },
    { "anbncndn",                    NULL, 4, 0, are_blocks, 4, 0 },
    { "boolean-1",                   is_boolean, 0, 0, NULL, 0, 0 },
    { "boolean-2",                   is_boolean, 2, 1, NULL, 0, 0 },
    { "boolean-3",                   is_boolean, 3, 1, NULL, 0, 0 },
    { "boolean-5",                   is_boolean, 5, 1, NULL, 0, 0 },
    { "d-12",                        NULL, 0, 0, is_deep, 12, 0 },
    { "d-2",                         NULL, 0, 0, is_deep, 2, 0 },
    { "d-3",                         NULL, 0, 0, is_deep, 3, 0 },
    { "d-4",                         NULL, 0, 0, is_deep, 4, 0 },
    { "dyck-1",                      is_dyck_1, 0, 0, NULL, 0, 0 },
    { "dyck-2",                      is_dyck, 0, 0, NULL, 0, 0 },
    { "dyck-2-3",                    NULL, 0, 0, is_nested, 3, 0 },
    { "dyck-2-depth",                NULL, 0, 0, is_nested, 3, 0 },
    { "dyck-3",                      is_dyck, 0, 0, NULL, 0, 0 },
    { "dyck-32-depth",               NULL, 2, 0, is_nested, 3, 0 },
    { "dyck-4",                      is_dyck, 0, 0, NULL, 0, 0 },
    { "dyck-5",                      is_dyck, 0, 0, NULL, 0, 0 },
    { "dyck-6",                      is_dyck, 0, 0, NULL, 0, 0 },
    { "dyck-8-depth",                NULL, 0, 0, is_nested, 3, 0 },
    { "equal-counts",                is_equal_counts, 0, 0, NULL, 0, 0 },
    { "majority",                    is_majority, 0, 0, NULL, 0, 0 },
    { "marked-reversal",             is_marked_reversal, 0, 0, NULL, 0, 0 },
    { "max-difference",              is_max_difference, 0, 0, NULL, 0, 0 },
    { "modular-arithmetic-brackets", is_bracketed, 4, 1, NULL, 0, 0 },
    { "palindrome",                  is_palindrome, 0, 0, NULL, 0, 0 },
    { "reset-dyck-1",                is_reset_dyck_1, 0, 0, NULL, 0, 0 },
    { "shuffle-2",                   is_shuffle, 0, 0, NULL, 0, 0 },
    { "shuffle-3",                   is_shuffle, 0, 0, NULL, 0, 0 },
    { "shuffle-4",                   is_shuffle, 0, 0, NULL, 0, 0 },
    { "shuffle-6",                   is_shuffle, 0, 0, NULL, 0, 0 },
    { "stack-manipulation",          is_stack_manipulation, 0, 0, NULL, 0, 0 },
    { "unmarked-reversal",           is_unmarked_reversal, 0, 0, NULL, 0, 0 },
    { NULL, NULL, 0, 0, NULL, 0, 0 },
    /* clang-format on */
};

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "predicates.h"

/* ----------------------------------------------------------------- counts */

static bool is_parity(const uint16_t *s, size_t n)
{
    return predicates_count(1, s, n) % 2 == 1;
}

static bool is_parity_even(const uint16_t *s, size_t n)
{
    return predicates_count(1, s, n) % 2 == 0;
}

static bool is_seven_letters(const uint16_t *s, size_t n)
{
    return predicates_count(6, s, n) < n;
}

static bool is_tomita_1(const uint16_t *s, size_t n)
{
    return predicates_count(0, s, n) == 0;
}

static bool is_tomita_5(const uint16_t *s, size_t n)
{
    return predicates_count(0, s, n) % 2 == 0 &&
           predicates_count(1, s, n) % 2 == 0;
}

static bool is_tomita_6(const uint16_t *s, size_t n)
{
    return (predicates_count(0, s, n) + 2 * predicates_count(1, s, n)) % 3 == 0;
}

static bool is_aa_star(const uint16_t *s, size_t n)
{
    (void)s;
    return n % 2 == 0;
}

static bool is_even_pairs(const uint16_t *s, size_t n)
{
    size_t changes = 0;

    for (size_t i = 1; i < n; i++)
        changes += s[i] != s[i - 1];
    return changes % 2 == 0;
}

/* ------------------------------------------------------------------- runs */

static bool is_tomita_2(const uint16_t *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (s[i] != (i + 1) % 2)
            return false;
    return n % 2 == 0;
}

/* Length of the run that begins at I. */
static size_t run_at(const uint16_t *s, size_t n, size_t i)
{
    size_t end = i;

    while (end < n && s[end] == s[i])
        end++;
    return end - i;
}

static bool is_tomita_3(const uint16_t *s, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t run = run_at(s, n, i), next = i + run;

        if (s[i] == 1 && run % 2 == 1 && next < n &&
            run_at(s, n, next) % 2 == 1)
            return false;
        i = next;
    }
    return true;
}

static bool is_tomita_4(const uint16_t *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (s[i] == 0 && run_at(s, n, i) >= 3)
            return false;
    return true;
}

static bool is_tomita_7(const uint16_t *s, size_t n)
{
    size_t at = 0;

    for (uint16_t block = 0; block < 4; block++)
        while (at < n && s[at] == block % 2)
            at++;
    return at == n;
}

/* ------------------------------------------------------------- repetitions */

/* 0 1 0 1 ... */
static bool alternates(const uint16_t *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (s[i] != i % 2)
            return false;
    return true;
}

static bool is_pair_star(const uint16_t *s, size_t n)
{
    return n % 2 == 0 && alternates(s, n);
}

static bool is_abab_star(const uint16_t *s, size_t n)
{
    return n % 4 == 0 && alternates(s, n);
}

static bool is_divisible(const uint16_t *s, size_t n, size_t size)
{
    (void)s;
    return n % size == 0;
}

static bool is_an_star_aa(const uint16_t *s, size_t n)
{
    (void)s;
    return n % 3 == 2;
}

/* SIZE runs, the first of symbol 0. */
static bool has_runs(const uint16_t *s, size_t n, size_t size)
{
    size_t runs = n > 0;

    for (size_t i = 1; i < n; i++)
        runs += s[i] != s[i - 1];
    return runs == size && s[0] == 0;
}

/* ------------------------------------------------------------------ order */

static bool is_first(const uint16_t *s, size_t n)
{
    return n > 0 && s[0] == 1;
}

static bool is_012_02(const uint16_t *s, size_t n)
{
    while (n > 0 && s[n - 1] == 2)
        n--;
    return n > 0 && s[n - 1] == 0;
}

static bool is_ab_d_bc(const uint16_t *s, size_t n)
{
    bool after = false;

    for (size_t i = 0; i < n; i++) {
        if (s[i] == (after ? 0 : 2) || (s[i] == 3 && after))
            return false;
        after = after || s[i] == 3;
    }
    return after;
}

static bool is_abcde_plus(const uint16_t *s, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (s[i] < s[i - 1] || s[i] > s[i - 1] + 1)
            return false;
    return n > 0 && s[0] == 0 && s[n - 1] == 4;
}

/* SYMBOL occurs twice and side by side; where, or n. */
static size_t pair_of(uint16_t symbol, const uint16_t *s, size_t n)
{
    size_t i = 0;

    while (i < n && s[i] != symbol)
        i++;
    return i + 1 < n && s[i + 1] == symbol &&
                   predicates_count(symbol, s, n) == 2
               ? i
               : n;
}

static bool is_c_a2_c(const uint16_t *s, size_t n)
{
    return pair_of(0, s, n) < n;
}

static bool is_c_a2_c_b2_c(const uint16_t *s, size_t n)
{
    return pair_of(0, s, n) < pair_of(1, s, n) && pair_of(1, s, n) < n;
}

static bool is_c_a2_c_b_c_a2_c(const uint16_t *s, size_t n)
{
    size_t at = 0;

    while (at < n && s[at] != 1)
        at++;
    return at < n && predicates_count(1, s, n) == 1 && is_c_a2_c(s, at) &&
           is_c_a2_c(s + at + 1, n - at - 1);
}

static bool is_cab_abd(const uint16_t *s, size_t n)
{
    size_t d = 0;

    while (d < n && s[d] != 3)
        d++;
    return d < n && d >= 3 && s[0] == 2 && predicates_count(2, s, n) == 1 &&
           s[d - 2] == 0 && s[d - 1] == 1;
}

/* --------------------------------------------------------------- automata */

static bool is_crl_4(const uint16_t *s, size_t n)
{
    unsigned value = 0;

    for (size_t i = 0; i < n; i++)
        if (s[i] == 0)
            value += value < 4;
        else
            value = value == 4 || value == 0 ? 0 : value - 1;
    return value == 0;
}

static bool is_crl_5(const uint16_t *s, size_t n)
{
    static const char *const after[] = { "103441", "203354" };
    size_t state = 0;

    for (size_t i = 0; i < n; i++)
        state = (size_t)(after[s[i]][state] - '0');
    return state == 0;
}

/* < > = and then a digit of 0..4. */
static bool is_cycle_navigation(const uint16_t *s, size_t n)
{
    unsigned place = 0;

    for (size_t i = 0; i + 1 < n; i++) {
        if (s[i] > 2)
            return false;
        place += s[i] == 0 ? 4 : s[i] == 1;
    }
    return n > 0 && s[n - 1] == 3 + place % 5;
}

/* w r i 0 1 */
static bool is_flip_flop(const uint16_t *s, size_t n)
{
    uint16_t bit = 0;

    if (n < 4 || n % 2 == 1 || s[0] != 0 || s[n - 2] != 1)
        return false;
    for (size_t i = 0; i < n; i += 2) {
        if (s[i] > 2 || s[i + 1] < 3 || (s[i] == 1 && s[i + 1] != bit))
            return false;
        if (s[i] == 0)
            bit = s[i + 1];
    }
    return true;
}

/* -------------------------------------------------------------- arithmetic */

/* Digits 0..4, then + - * and =. */
static bool is_modular(const uint16_t *s, size_t n)
{
    unsigned value;

    if (n < 3 || n % 2 == 0 || s[0] > 4 || s[n - 2] != 8)
        return false;
    value = s[0];
    for (size_t i = 1; i + 2 < n; i += 2) {
        if (s[i] < 5 || s[i] > 7 || s[i + 1] > 4)
            return false;
        value = (s[i] == 5   ? value + s[i + 1]
                 : s[i] == 6 ? value + 5 - s[i + 1]
                             : value * s[i + 1]) %
                5;
    }
    return s[n - 1] == value;
}

/* The same symbols, but * before + and -. */
static bool is_modular_by_rank(const uint16_t *s, size_t n)
{
    int sum = 0, product;

    if (n < 3 || n % 2 == 0 || s[0] > 4 || s[n - 2] != 8 || s[n - 1] > 4)
        return false;
    product = s[0];
    for (size_t i = 1; i + 2 < n; i += 2) {
        if (s[i] < 5 || s[i] > 7 || s[i + 1] > 4)
            return false;
        if (s[i] == 7) {
            product = product * s[i + 1] % 5;
        } else {
            sum = (sum + product) % 5;
            product = s[i] == 5 ? s[i + 1] : -s[i + 1];
        }
    }
    return (sum + product - s[n - 1]) % 5 == 0;
}

const struct predicate regular_predicates[] = {
    /* clang-format off */
    { "012-02",                    is_012_02, 0, 0, NULL, 0, 0 },
    { "aa-star",                   is_aa_star, 0, 0, NULL, 0, 0 },
    { "aaaa-star",                 NULL, 1, 3, is_divisible, 4, 0 },
    { "ab-d-bc",                   is_ab_d_bc, 0, 0, NULL, 0, 0 },
    { "ab-star",                   is_pair_star, 0, 0, NULL, 0, 0 },
    { "abab-star",                 is_abab_star, 1, 3, NULL, 0, 0 },
    { "abcde-plus",                is_abcde_plus, 1, 5, NULL, 0, 0 },
    { "an-star-aa",                is_an_star_aa, 1, 2, NULL, 0, 0 },
    { "c-a2-c",                    is_c_a2_c, 1, 2, NULL, 0, 0 },
    { "c-a2-c-b-c-a2-c",           is_c_a2_c_b_c_a2_c, 1, 5, NULL, 0, 0 },
    { "c-a2-c-b2-c",               is_c_a2_c_b2_c, 1, 4, NULL, 0, 0 },
    { "cab-abd",                   is_cab_abd, 1, 4, NULL, 0, 0 },
    { "crl-1",                     NULL, 1, 1, is_divisible, 2, 0 },
    { "crl-2",                     NULL, 1, 2, is_divisible, 3, 0 },
    { "crl-4",                     is_crl_4, 0, 0, NULL, 0, 0 },
    { "crl-5",                     is_crl_5, 1, 5, NULL, 0, 0 },
    { "cycle-navigation",          is_cycle_navigation, 1, 1, NULL, 0, 0 },
    { "even-pairs",                is_even_pairs, 0, 0, NULL, 0, 0 },
    { "first",                     is_first, 0, 0, NULL, 0, 0 },
    { "flip-flop",                 is_flip_flop, 1, 4, NULL, 0, 0 },
    { "l-10",                      NULL, 1, 10, has_runs, 10, 0 },
    { "l-11",                      NULL, 1, 11, has_runs, 11, 0 },
    { "l-12",                      NULL, 1, 12, has_runs, 12, 0 },
    { "l-3",                       NULL, 1, 3, has_runs, 3, 0 },
    { "l-4",                       NULL, 1, 4, has_runs, 4, 0 },
    { "l-5",                       NULL, 1, 5, has_runs, 5, 0 },
    { "l-6",                       NULL, 1, 6, has_runs, 6, 0 },
    { "l-7",                       NULL, 1, 7, has_runs, 7, 0 },
    { "l-8",                       NULL, 1, 8, has_runs, 8, 0 },
    { "l-9",                       NULL, 1, 9, has_runs, 9, 0 },
    { "modular-arithmetic",        is_modular_by_rank, 1, 3, NULL, 0, 0 },
    { "modular-arithmetic-5",      is_modular, 0, 0, NULL, 0, 0 },
    { "modular-arithmetic-simple", is_modular, 0, 0, NULL, 0, 0 },
    { "parity",                    is_parity, 0, 0, NULL, 0, 0 },
    { "parity-even",               is_parity_even, 0, 0, NULL, 0, 0 },
    { "repeat-01",                 is_pair_star, 0, 0, NULL, 0, 0 },
    { "seven-letters",             is_seven_letters, 0, 0, NULL, 0, 0 },
    { "tomita-1",                  is_tomita_1, 0, 0, NULL, 0, 0 },
    { "tomita-2",                  is_tomita_2, 0, 0, NULL, 0, 0 },
    { "tomita-3",                  is_tomita_3, 0, 0, NULL, 0, 0 },
    { "tomita-4",                  is_tomita_4, 0, 0, NULL, 0, 0 },
    { "tomita-5",                  is_tomita_5, 0, 0, NULL, 0, 0 },
    { "tomita-6",                  is_tomita_6, 0, 0, NULL, 0, 0 },
    { "tomita-7",                  is_tomita_7, 0, 0, NULL, 0, 0 },
    { NULL, NULL, 0, 0, NULL, 0, 0 },
    /* clang-format on */
};

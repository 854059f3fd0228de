/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/condition.h"

#include <stdlib.h>

#include "base/memory.h"

void sum_clear(struct sum *sum)
{
    for (size_t i = 0; i < sum->n_remainders; i++)
        sum_clear(&sum->remainders[i].inner);
    free(sum->terms);
    free(sum->remainders);
    *sum = (struct sum){ 0 };
}

__int128 sum_value(const struct sum *sum, const int64_t *values)
{
    __int128 value = sum->constant;

    for (size_t i = 0; i < sum->n_terms; i++)
        value +=
            (__int128)sum->terms[i].factor * values[sum->terms[i].variable];
    for (size_t i = 0; i < sum->n_remainders; i++) {
        const struct remainder *r = &sum->remainders[i];

        value +=
            (__int128)r->factor *
            remainder_of((int64_t)(sum_value(&r->inner, values) % r->modulus),
                         r->modulus);
    }
    return value;
}

void sum_add_terms(struct sum *to, const struct term *more, size_t count,
                   int64_t factor)
{
    struct term *merged = memory_new(to->n_terms + count, sizeof *merged);
    size_t i = 0, k = 0, n = 0;

    while (i < to->n_terms || k < count) {
        bool mine = k == count || (i < to->n_terms &&
                                   to->terms[i].variable <= more[k].variable);
        bool theirs = i == to->n_terms ||
                      (k < count && more[k].variable <= to->terms[i].variable);

        merged[n].variable = mine ? to->terms[i].variable : more[k].variable;
        merged[n].factor = mine ? to->terms[i++].factor : 0;
        if (theirs)
            merged[n].factor += factor * more[k++].factor;
        n += merged[n].factor != 0;
    }
    free(to->terms);
    to->terms = merged;
    to->n_terms = n;
}

void condition_clear(struct condition *condition)
{
    for (size_t i = 0; i < condition->n_parts; i++)
        condition_clear(&condition->parts[i]);
    free(condition->parts);
    sum_clear(&condition->difference);
    *condition = (struct condition){ 0 };
}

static void sum_copy(struct sum *to, const struct sum *from,
                     const uint32_t *numbers)
{
    *to = *from;
    to->terms = memory_copy(from->terms, from->n_terms * sizeof *to->terms);
    for (size_t i = 0; i < to->n_terms; i++)
        to->terms[i].variable = numbers[from->terms[i].variable];
    to->remainders = memory_copy(from->remainders,
                                 from->n_remainders * sizeof *to->remainders);
    for (size_t i = 0; i < to->n_remainders; i++)
        sum_copy(&to->remainders[i].inner, &from->remainders[i].inner, numbers);
}

void condition_copy(struct condition *to, const struct condition *from,
                    const uint32_t *numbers)
{
    *to = *from;
    sum_copy(&to->difference, &from->difference, numbers);
    to->parts = memory_new(from->n_parts, sizeof *to->parts);
    for (size_t i = 0; i < from->n_parts; i++)
        condition_copy(&to->parts[i], &from->parts[i], numbers);
}

static bool compares(const struct condition *condition, const int64_t *values)
{
    __int128 difference = sum_value(&condition->difference, values);
    unsigned sign = difference < 0    ? SIGN_LESS
                    : difference == 0 ? SIGN_EQUAL
                                      : SIGN_MORE;

    return (condition->signs & sign) != 0;
}

bool condition_holds(const struct condition *condition, const int64_t *values)
{
    bool until = condition->kind == CONDITION_OR;

    if (condition->kind == CONDITION_COMPARISON)
        return compares(condition, values);
    if (condition->kind == CONDITION_NOT)
        return !condition_holds(condition->parts, values);
    for (size_t i = 0; i < condition->n_parts; i++)
        if (condition_holds(&condition->parts[i], values) == until)
            return until;
    return !until;
}

void condition_visit(struct condition *condition,
                     void (*visit)(struct condition *comparison, void *self),
                     void *self)
{
    if (condition->kind == CONDITION_COMPARISON)
        visit(condition, self);
    for (size_t i = 0; i < condition->n_parts; i++)
        condition_visit(&condition->parts[i], visit, self);
}

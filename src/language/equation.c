/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/equation.h"

size_t equation_longest(const struct machine *machine, size_t bit)
{
    uint32_t state = machine->shape.start;
    size_t longest = 0;

    /* The states follow one another in a line, or end in a circle. */
    for (size_t n = 0; n < 2 * machine->shape.states && machine->live[state];
         n++) {
        if (machine->shape.accept[state])
            longest = n;
        state = automaton_step(&machine->shape, state, bit);
    }
    return longest < machine->shape.states ? longest : SIZE_MAX;
}

static bool has_room(const struct natural *value, const struct partial *number)
{
    return natural_bits(value) <= number->longest;
}

/* Whether VALUE has the bits that are known of NUMBER, and room. */
static bool is_like(const struct natural *value, const struct partial *number)
{
    if (number->whole)
        return natural_compare(value, &number->low) == 0;
    for (size_t i = 0; i < number->bits; i++)
        if (natural_bit(value, i) != natural_bit(&number->low, i))
            return false;
    return has_room(value, number);
}

/* VALUE, with the known bits of NUMBER, as it is or the next such above it. */
static void raise(struct natural *value, const struct partial *number)
{
    struct natural power = { 0 }, rest = { 0 }, high = { 0 }, one = { 0 };

    natural_power(&power, 2, number->bits);
    natural_copy(&rest, value);
    natural_divide(&high, &rest, &power);
    if (natural_compare(&rest, &number->low) > 0) {
        natural_init(&one, 1);
        natural_add(&high, &one);
    }
    natural_multiply(&high, &power);
    natural_add(&high, &number->low);
    natural_copy(value, &high);
    natural_clear(&power);
    natural_clear(&rest);
    natural_clear(&high);
    natural_clear(&one);
}

/* FROM -= LESS, but not below zero. */
static void lower(struct natural *from, const struct natural *less)
{
    if (natural_compare(from, less) > 0)
        natural_subtract(from, less);
    else
        natural_set_words(from, NULL, 0);
}

/* The greatest number that is NUMBER; false if there is none. */
static bool find_most(const struct partial *number, struct natural *out)
{
    struct natural one = { 0 };

    if (number->whole)
        natural_copy(out, &number->low);
    if (number->whole || number->longest == SIZE_MAX)
        return number->whole;
    natural_init(&one, 1);
    natural_power(out, 2, number->longest);
    natural_subtract(out, &one);
    natural_clear(&one);
    return true;
}

/* The least number that RESULT may be, from LEAST on. */
static void raise_result(struct natural *least, const struct partial *result)
{
    struct natural first = { 0 };

    if (result->bits > 1)
        natural_power(&first, 2, result->bits - 1);
    if (natural_compare(least, &first) < 0)
        natural_copy(least, &first);
    raise(least, result);
    natural_clear(&first);
}

/* X + Y is the whole of RESULT; X is not whole, and Y is or not at all known.
 */
static bool has_summand(const struct partial *x, const struct partial *y,
                        const struct partial *result)
{
    struct natural least = { 0 }, most = { 0 };
    bool fits;

    natural_copy(&least, &result->low);
    if (!find_most(y, &most)) {
        natural_set_words(&least, NULL, 0);
        natural_copy(&most, &result->low);
    }
    if (y->whole) {
        fits = natural_compare(&least, &most) >= 0;
        lower(&least, &most);
        fits = fits && is_like(&least, x);
    } else {
        lower(&least, &most);
        raise(&least, x);
        fits =
            natural_compare(&least, &result->low) <= 0 && has_room(&least, x);
    }
    natural_clear(&least);
    natural_clear(&most);
    return fits;
}

/* X + Y begins as RESULT does; of both, all is known or nothing. */
static bool has_sum(const struct partial *x, const struct partial *y,
                    const struct partial *result)
{
    struct natural sum = { 0 }, most = { 0 }, more = { 0 };
    bool bounded, fits = true;

    if (x->whole)
        natural_add(&sum, &x->low);
    if (y->whole)
        natural_add(&sum, &y->low);
    raise_result(&sum, result);
    bounded = find_most(x, &most) && find_most(y, &more);
    natural_add(&most, &more);
    if (bounded)
        fits = natural_compare(&sum, &most) <= 0;
    natural_clear(&sum);
    natural_clear(&most);
    natural_clear(&more);
    return fits;
}

/* RESULT is the root of X, of which all of one is known or nothing. */
static bool has_root(const struct partial *x, const struct partial *result)
{
    struct natural least = { 0 }, most = { 0 };
    bool fits;

    if (!result->whole) {
        raise_result(&least, result);
        natural_multiply(&least, &least);
        fits = has_room(&least, x);
    } else {
        natural_copy(&least, &result->low);
        natural_multiply(&least, &least);
        natural_copy(&most, &least);
        natural_add(&most, &result->low);
        natural_add(&most, &result->low);
        raise(&least, x);
        fits = natural_compare(&least, &most) <= 0 && has_room(&least, x);
    }
    natural_clear(&least);
    natural_clear(&most);
    return fits;
}

enum answer equation_ask(enum pattern_kind kind, const struct partial *x,
                         const struct partial *y, const struct partial *result)
{
    size_t bits = natural_bits(&result->low);
    bool fits;

    if (kind == PATTERN_PRODUCT)
        return ANSWER_UNKNOWN;
    if (result->whole && result->bits != (bits > 0 ? bits : 1))
        return ANSWER_NO;
    if (kind == PATTERN_ISQRT)
        fits = has_root(x, result);
    else if (!result->whole)
        fits = has_sum(x, y, result);
    else if (x->whole || (!y->whole && y->bits > 0))
        fits = has_summand(y, x, result);
    else
        fits = has_summand(x, y, result);
    return fits ? ANSWER_YES : ANSWER_NO;
}

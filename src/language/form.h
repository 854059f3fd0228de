/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Registers.  Of the counts and tracked integers only the linear forms that
 * conditions compare are kept: `#a - #b` is one integer, not two, and a form
 * that is only asked modulo m is kept modulo m.
 *
 * Reading a symbol turns a form f of the variables into f' + constant, f' a
 * linear form again: f itself for counts, another one when an update copies,
 * none when it resets.  The forms are closed under that.
 */

#ifndef LANGUAGE_FORM_H
#define LANGUAGE_FORM_H

#include "base/error.h"
#include "language/condition.h"
#include "language/string.h"

#define FORM_NONE UINT32_MAX
#define FORM_MOST 32

/* Caps on a form's factors, and on what a symbol may add to it: a register
 * stays within 64 bits for strings of a million symbols. */
#define FORM_MOST_FACTOR   INT64_C(1000000000)
#define FORM_MOST_CONSTANT INT64_C(1000000000000)

struct form {
    struct term *terms; /* over variables; coprime, the first positive,
                           or reduced by the modulus */
    size_t n_terms;
    int64_t modulus; /* 0: the exact value is kept */
    char *text;      /* as a user would write it, after forms_close */
};

/* After a symbol the register is factor * source + constant. */
struct update {
    uint32_t source; /* a register, or FORM_NONE */
    int64_t factor, constant;
};

struct forms {
    struct form *items;
    size_t count, symbols;
    struct update *updates; /* [count][symbols], after forms_close */
};

/* What `track` says: updates[i * symbols + s] is the new value of name i
 * after symbol s.  Every name begins at 0. */
struct tracks {
    const char **names; /* NULL-terminated */
    size_t count;
    struct sum *updates;
    struct place place;
};

void forms_clear(struct forms *forms);

/* Turns the variables of CONDITION into registers, adding those it needs. */
void forms_link(struct forms *forms, struct condition *condition);

/* Fills in the updates, adding registers until they are closed.  An update
 * that would need too many, or grows by factors, is ERROR_CONFIG at `track`. */
bool forms_close(struct forms *forms, const struct alphabet *alphabet,
                 const struct tracks *tracks, struct error *error);

/* Those registers of FORMS that are in KEPT (a bit each), over the symbols
 * SYMBOLS[0 .. count) of its own; none of them is copied from another one. */
void forms_select(struct forms *out, const struct forms *forms, uint64_t kept,
                  const uint16_t *symbols, size_t count);

static inline const struct update *forms_update(const struct forms *forms,
                                                size_t form, size_t symbol)
{
    return &forms->updates[form * forms->symbols + symbol];
}

/* The new value of a register; VALUES are the old ones of all. */
static inline int64_t forms_step(const struct forms *forms, size_t form,
                                 size_t symbol, const int64_t *values)
{
    const struct update *update = forms_update(forms, form, symbol);
    int64_t modulus = forms->items[form].modulus, value = update->constant;

    if (update->source != FORM_NONE)
        value += update->factor * values[update->source];
    return modulus > 0 ? remainder_of(value, modulus) : value;
}

#endif

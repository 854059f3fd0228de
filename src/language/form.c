/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/form.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/text.h"

void forms_clear(struct forms *forms)
{
    for (size_t i = 0; i < forms->count; i++) {
        free(forms->items[i].terms);
        free(forms->items[i].text);
    }
    free(forms->items);
    free(forms->updates);
    *forms = (struct forms){ 0 };
}

static int64_t gcd(int64_t a, int64_t b)
{
    while (b != 0) {
        int64_t r = a % b;

        a = b;
        b = r;
    }
    return llabs(a);
}

/* Divides the terms by what they have in common, and by the sign of the
 * first; returns the divisor. */
static int64_t make_primitive(struct sum *sum)
{
    int64_t divisor = 0;

    for (size_t i = 0; i < sum->n_terms; i++)
        divisor = gcd(divisor, sum->terms[i].factor);
    if (sum->n_terms > 0 && sum->terms[0].factor < 0)
        divisor = -divisor;
    for (size_t i = 0; i < sum->n_terms; i++)
        sum->terms[i].factor /= divisor;
    return divisor;
}

static void reduce(struct sum *sum, int64_t modulus)
{
    size_t kept = 0;

    for (size_t i = 0; i < sum->n_terms; i++) {
        sum->terms[kept] = sum->terms[i];
        sum->terms[kept].factor = remainder_of(sum->terms[i].factor, modulus);
        kept += sum->terms[kept].factor != 0;
    }
    sum->n_terms = kept;
    sum->constant = remainder_of(sum->constant, modulus);
}

static bool is_same(const struct form *form, const struct sum *sum,
                    int64_t modulus)
{
    if (form->n_terms != sum->n_terms || form->modulus != modulus)
        return false;
    for (size_t i = 0; i < sum->n_terms; i++)
        if (form->terms[i].variable != sum->terms[i].variable ||
            form->terms[i].factor != sum->terms[i].factor)
            return false;
    return true;
}

/* The register that holds the terms of SUM, or FORM_NONE for none; *FACTOR
 * times it is their value. */
static uint32_t find_form(struct forms *forms, struct sum *sum, int64_t modulus,
                          int64_t *factor)
{
    *factor = 1;
    if (modulus > 0)
        reduce(sum, modulus);
    else
        *factor = make_primitive(sum);
    if (sum->n_terms == 0)
        return FORM_NONE;
    for (uint32_t i = 0; i < forms->count; i++)
        if (is_same(&forms->items[i], sum, modulus))
            return i;
    forms->items =
        memory_resize(forms->items, forms->count + 1, sizeof *forms->items);
    forms->items[forms->count] = (struct form){
        .terms = memory_copy(sum->terms, sum->n_terms * sizeof *sum->terms),
        .n_terms = sum->n_terms,
        .modulus = modulus,
    };
    return (uint32_t)forms->count++;
}

static void link_sum(struct forms *forms, struct sum *sum, int64_t modulus)
{
    int64_t factor;
    uint32_t form = find_form(forms, sum, modulus, &factor);

    for (size_t i = 0; i < sum->n_remainders; i++)
        link_sum(forms, &sum->remainders[i].inner, sum->remainders[i].modulus);
    if (form == FORM_NONE)
        return;
    sum->n_terms = 1;
    sum->terms[0] = (struct term){ form, factor };
}

static void link_comparison(struct condition *comparison, void *forms)
{
    link_sum(forms, &comparison->difference, 0);
}

void forms_link(struct forms *forms, struct condition *condition)
{
    condition_visit(condition, link_comparison, forms);
}

/* FORM of the variables as they are after SYMBOL; false if its numbers are
 * beyond the caps. */
static bool compose(const struct form *form, size_t symbol, size_t symbols,
                    const struct tracks *tracks, struct sum *out)
{
    size_t n_counts = 0;
    __int128 constant = 0;
    bool ok = true;

    *out = (struct sum){ 0 };
    for (; n_counts < form->n_terms; n_counts++) {
        const struct term *term = &form->terms[n_counts];

        if (term->variable >= symbols)
            break;
        if (term->variable == symbol)
            constant += term->factor;
    }
    sum_add_terms(out, form->terms, n_counts, 1);
    for (size_t i = n_counts; i < form->n_terms; i++) {
        const struct term *term = &form->terms[i];
        size_t name = term->variable - symbols;
        const struct sum *update = &tracks->updates[name * symbols + symbol];

        sum_add_terms(out, update->terms, update->n_terms, term->factor);
        constant += (__int128)term->factor * update->constant;
    }
    for (size_t i = 0; i < out->n_terms; i++)
        ok &= llabs(out->terms[i].factor) <= FORM_MOST_FACTOR;
    ok &= constant <= FORM_MOST_CONSTANT && constant >= -FORM_MOST_CONSTANT;
    out->constant = ok ? (int64_t)constant : 0;
    return ok;
}

/* The update of register FORM by SYMBOL, whose source may be a new one. */
static bool find_update(struct forms *forms, size_t form, size_t symbol,
                        const struct tracks *tracks, struct update *out,
                        struct error *error)
{
    int64_t modulus = forms->items[form].modulus;
    struct sum sum;
    bool ok = true;

    if (!compose(&forms->items[form], symbol, forms->symbols, tracks, &sum)) {
        sum_clear(&sum);
        return error_add(error, ERROR_CONFIG, &tracks->place,
                         tracks->count > 0 ? "track" : NULL,
                         "the numbers that the conditions need of the updates "
                         "grow too large");
    }
    out->source = find_form(forms, &sum, modulus, &out->factor);
    out->constant = sum.constant;
    sum_clear(&sum);
    if (out->source != FORM_NONE && llabs(out->factor) != 1)
        ok = error_add(error, ERROR_CONFIG, &tracks->place, "track",
                       "a number that is multiplied again and again must be "
                       "used under mod only");
    if (forms->count > FORM_MOST)
        ok = error_add(error, ERROR_CONFIG, &tracks->place,
                       tracks->count > 0 ? "track" : NULL,
                       "the conditions and updates need more than %d integers",
                       FORM_MOST);
    return ok;
}

/* "2 * #a - #b", or "(#a + 2 * #b) mod 3". */
static char *describe(const struct form *form, const struct alphabet *alphabet,
                      const struct tracks *tracks)
{
    struct text text = { 0 };

    text_add(&text, form->modulus > 0 ? "(" : "");
    for (size_t i = 0; i < form->n_terms; i++) {
        int64_t factor = form->terms[i].factor;
        size_t v = form->terms[i].variable;

        if (i > 0)
            text_add(&text, factor < 0 ? " - " : " + ");
        if (llabs(factor) != 1)
            text_add_format(&text, "%lld * ", llabs(factor));
        if (v < alphabet->size)
            text_add_format(&text, "#%s", alphabet->names[v]);
        else
            text_add(&text, tracks->names[v - alphabet->size]);
    }
    if (form->modulus > 0)
        text_add_format(&text, ") mod %lld", (long long)form->modulus);
    return text_take(&text);
}

bool forms_close(struct forms *forms, const struct alphabet *alphabet,
                 const struct tracks *tracks, struct error *error)
{
    size_t symbols = alphabet->size;

    forms->symbols = symbols;
    for (size_t i = 0; i < forms->count; i++) {
        forms->updates = memory_resize(forms->updates, (i + 1) * symbols,
                                       sizeof *forms->updates);
        for (size_t s = 0; s < symbols; s++)
            if (!find_update(forms, i, s, tracks,
                             &forms->updates[i * symbols + s], error))
                return false;
    }
    for (size_t i = 0; i < forms->count; i++)
        forms->items[i].text = describe(&forms->items[i], alphabet, tracks);
    return true;
}

/* ------------------------------------------------------------- selection */

static struct form copy_form(const struct form *form)
{
    return (struct form){
        .terms = memory_copy(form->terms, form->n_terms * sizeof *form->terms),
        .n_terms = form->n_terms,
        .modulus = form->modulus,
        .text = memory_copy_text(form->text),
    };
}

void forms_select(struct forms *out, const struct forms *forms, uint64_t kept,
                  const uint16_t *symbols, size_t count)
{
    uint32_t numbers[FORM_MOST];

    *out = (struct forms){ .symbols = count };
    out->items = memory_new(forms->count, sizeof *out->items);
    out->updates = memory_new(forms->count * count, sizeof *out->updates);
    for (uint32_t i = 0; i < forms->count; i++)
        if (kept >> i & 1) {
            numbers[i] = (uint32_t)out->count;
            out->items[out->count++] = copy_form(&forms->items[i]);
        }
    for (uint32_t i = 0; i < forms->count; i++)
        for (size_t s = 0; (kept >> i & 1) && s < count; s++) {
            struct update *to = &out->updates[numbers[i] * count + s];

            *to = *forms_update(forms, i, symbols[s]);
            if (to->source != FORM_NONE)
                to->source = numbers[to->source];
        }
}

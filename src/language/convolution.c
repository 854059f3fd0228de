/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/convolution.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "language/arithmetic.h"

static void clear_naturals(struct natural *items, size_t count)
{
    for (size_t i = 0; items != NULL && i < count; i++)
        natural_clear(&items[i]);
    free(items);
}

void convolution_clear(struct template *template, struct branch *branch)
{
    size_t length = template->longest + 1;

    for (size_t u = 0; u < branch->n_units; u++) {
        clear_naturals(branch->units[u].counts, length);
        branch->units[u].counts = NULL;
    }
    clear_naturals(branch->rest, (branch->n_units + 1) * length);
    branch->rest = NULL;
}

/* ------------------------------------------------------------------ counting
 */

/* Symbols that the terms of a variable, but for arithmetic, take together
 * when it has LENGTH; they grow with it. */
static size_t find_span(const struct branch *branch, size_t variable,
                        size_t length)
{
    size_t span = 0;

    for (size_t i = 0; i < branch->pattern.count; i++) {
        const struct pattern_term *term = &branch->pattern.terms[i];

        if (!pattern_is_arithmetic(term->kind) && pattern_has(term, variable))
            span += pattern_length(term, length);
    }
    return span;
}

/* How long the words of a unit of arithmetic are, and what comes of them. */
struct lengths {
    size_t a, b, result;
};

/* Calls VISIT with every triple of lengths that takes at most LIMIT symbols
 * and the symbols it takes, until VISIT says true. */
static void visit_lengths(const struct template *template,
                          const struct branch *branch, const struct unit *unit,
                          size_t limit, void *self,
                          bool (*visit)(const struct lengths *lengths,
                                        size_t taken, void *self))
{
    const size_t *v = unit->variables;
    bool two = unit->n_variables == 2;
    struct lengths l = { 0 };

    for (l.a = 0; find_span(branch, v[0], l.a) <= limit; l.a++) {
        if (!tally_has(&template->variables[v[0]].tally, true, l.a))
            continue;
        for (l.b = 0; two || l.b == 0; l.b++) {
            size_t taken = find_span(branch, v[0], l.a);
            size_t most = l.a + l.b + 1;

            taken += two ? find_span(branch, v[1], l.b) : 0;
            if (taken > limit)
                break;
            if (two && !tally_has(&template->variables[v[1]].tally, true, l.b))
                continue;
            if (unit->call->kind == PATTERN_SUM)
                most = (l.a > l.b ? l.a : l.b) + 1;
            for (l.result = 1; l.result <= most && taken + l.result <= limit;
                 l.result++)
                if (visit(&l, taken + l.result, self))
                    return;
        }
    }
}

struct filling {
    struct unit *unit;
    struct natural count;
};

static bool add_lengths(const struct lengths *l, size_t taken, void *self)
{
    struct filling *filling = self;

    arithmetic_count(filling->unit->call->kind, l->a, l->b, l->result,
                     &filling->count);
    natural_add(&filling->unit->counts[taken], &filling->count);
    return false;
}

static void count_unit(struct template *template, const struct branch *branch,
                       struct unit *unit)
{
    size_t longest = template->longest, v = unit->variables[0];
    struct filling filling = { .unit = unit };

    unit->counts = memory_new(longest + 1, sizeof *unit->counts);
    if (branch->fixed > longest)
        return;
    if (unit->call != NULL)
        visit_lengths(template, branch, unit, longest - branch->fixed, &filling,
                      add_lengths);
    natural_clear(&filling.count);
    for (size_t l = 0; unit->call == NULL && l <= longest; l++) {
        size_t taken = find_span(branch, v, l);

        if (taken > longest)
            break;
        tally_count(&template->variables[v].tally, true, l,
                    &unit->counts[taken]);
    }
}

void convolution_build(struct template *template, struct branch *branch)
{
    size_t length = template->longest + 1;
    struct natural product = { 0 };

    branch->rest =
        memory_new((branch->n_units + 1) * length, sizeof *branch->rest);
    natural_init(&branch->rest[branch->n_units * length], 1);
    for (size_t u = branch->n_units; u-- > 0;) {
        struct natural *rest = branch->rest + u * length;
        struct unit *unit = &branch->units[u];

        count_unit(template, branch, unit);
        for (size_t n = 0; n < length; n++)
            for (size_t m = 0; m <= n; m++) {
                if (natural_is_zero(&unit->counts[m]) ||
                    natural_is_zero(&rest[length + n - m]))
                    continue;
                natural_copy(&product, &unit->counts[m]);
                natural_multiply(&product, &rest[length + n - m]);
                natural_add(&rest[n], &product);
            }
    }
    natural_clear(&product);
}

const struct natural *convolution_count(const struct branch *branch, size_t n)
{
    static const struct natural none;

    return n < branch->fixed ? &none : &branch->rest[n - branch->fixed];
}

/* ------------------------------------------------------------------- drawing
 */

bool convolution_falls_to(struct natural *r, const struct natural *weight)
{
    if (natural_compare(r, weight) < 0)
        return true;
    natural_subtract(r, weight);
    return false;
}

struct picking {
    const struct unit *unit;
    size_t taken;
    struct natural r, count;
    struct lengths picked;
};

static bool pick_lengths(const struct lengths *l, size_t taken, void *self)
{
    struct picking *picking = self;

    if (taken != picking->taken)
        return false;
    arithmetic_count(picking->unit->call->kind, l->a, l->b, l->result,
                     &picking->count);
    picking->picked = *l;
    return convolution_falls_to(&picking->r, &picking->count);
}

static void set_bits(const struct pattern *pattern, const struct natural *n,
                     size_t length, struct word *out)
{
    *out =
        (struct word){ memory_new(length + 1, sizeof *out->symbols), length };
    for (size_t i = 0; i < length; i++)
        out->symbols[i] = pattern->bits[natural_bit(n, i)];
}

/* Words of a unit of arithmetic that takes TAKEN symbols. */
static void draw_numbers(const struct template *template,
                         const struct branch *branch, const struct unit *unit,
                         size_t taken, struct stream *stream,
                         struct word *words)
{
    struct picking picking = { .unit = unit, .taken = taken };
    struct natural x = { 0 }, y = { 0 };

    natural_draw(&picking.r, &unit->counts[taken], stream);
    visit_lengths(template, branch, unit, taken, &picking, pick_lengths);
    arithmetic_draw(unit->call->kind, picking.picked.a, picking.picked.b,
                    picking.picked.result, stream, &x, &y);
    set_bits(&branch->pattern, &x, picking.picked.a,
             &words[unit->variables[0]]);
    if (unit->n_variables == 2)
        set_bits(&branch->pattern, &y, picking.picked.b,
                 &words[unit->variables[1]]);
    natural_clear(&picking.r);
    natural_clear(&picking.count);
    natural_clear(&x);
    natural_clear(&y);
}

static void draw_unit(const struct template *template,
                      const struct branch *branch, const struct unit *unit,
                      size_t taken, struct stream *stream, struct word *words)
{
    size_t v = unit->variables[0], length = 0;

    if (unit->call != NULL) {
        draw_numbers(template, branch, unit, taken, stream, words);
        return;
    }
    while (find_span(branch, v, length) < taken)
        length++;
    words[v] =
        (struct word){ memory_new(length + 1, sizeof(uint16_t)), length };
    tally_draw(&template->variables[v].tally, true, length, stream,
               words[v].symbols);
}

/* How many symbols unit U takes when N are left for it and those after it. */
static size_t draw_share(const struct branch *branch, size_t u, size_t n,
                         size_t length, struct stream *stream)
{
    const struct natural *rest = branch->rest + u * length;
    struct natural r = { 0 }, weight = { 0 };
    size_t m = 0;

    natural_draw(&r, &rest[n], stream);
    for (;; m++) {
        assert(m <= n);
        natural_copy(&weight, &branch->units[u].counts[m]);
        natural_multiply(&weight, &rest[length + n - m]);
        if (convolution_falls_to(&r, &weight))
            break;
    }
    natural_clear(&r);
    natural_clear(&weight);
    return m;
}

void convolution_draw(const struct template *template,
                      const struct branch *branch, size_t n,
                      struct stream *stream, uint16_t *out)
{
    struct word words[TEMPLATE_MOST_VARIABLES] = { 0 };
    size_t left = n - branch->fixed, at = 0;

    for (size_t u = 0; u < branch->n_units; u++) {
        size_t taken =
            draw_share(branch, u, left, template->longest + 1, stream);

        draw_unit(template, branch, &branch->units[u], taken, stream, words);
        left -= taken;
    }
    for (size_t i = 0; i < branch->pattern.count; i++) {
        struct word word;

        pattern_value(&branch->pattern, &branch->pattern.terms[i], words,
                      &word);
        memcpy(out + at, word.symbols, word.length * sizeof *out);
        at += word.length;
        free(word.symbols);
    }
    assert(at == n);
    for (size_t v = 0; v < TEMPLATE_MOST_VARIABLES; v++)
        free(words[v].symbols);
}

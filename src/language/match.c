/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/match.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* A string, or a prefix, held against a pattern term by term. */
struct match {
    const struct template *template;
    const struct branch *branch;
    const uint16_t *symbols;
    size_t length;
    struct word words[TEMPLATE_MOST_VARIABLES];
    bool deferred;  /* a term was passed over before its words were known */
    bool *allowed;  /* of a prefix: what may follow; NULL: a whole string */
    bool undecided; /* of a prefix */
    size_t readings, most; /* counts readings up to MOST */
    size_t target;         /* of the last reading */
};

static void match_terms(struct match *match, size_t i, size_t at);

/* Do all terms, put together, make the string? */
static bool verify(const struct match *match)
{
    const struct pattern *pattern = &match->branch->pattern;
    size_t at = 0;

    for (size_t i = 0; i < pattern->count; i++) {
        struct word word;
        bool same;

        if (!pattern_value(pattern, &pattern->terms[i], match->words, &word))
            return false;
        same = word.length <= match->length - at &&
               memcmp(word.symbols, match->symbols + at,
                      word.length * sizeof *word.symbols) == 0;
        at += word.length;
        free(word.symbols);
        if (!same)
            return false;
    }
    return at == match->length;
}

/* A term that comes to WORD. */
static void match_known(struct match *match, size_t i, size_t at,
                        const struct word *word)
{
    size_t left = match->length - at;
    size_t shared = word->length < left ? word->length : left;

    if (memcmp(word->symbols, match->symbols + at,
               shared * sizeof *word->symbols) != 0)
        return;
    if (shared == word->length)
        match_terms(match, i + 1, at + shared);
    else if (match->allowed != NULL)
        match->allowed[word->symbols[shared]] = true;
}

/* A variable that is met for the first time. */
static void match_variable(struct match *match, size_t i, size_t at)
{
    size_t v = match->branch->pattern.terms[i].index;
    const struct machine *machine = &match->template->variables[v].machine;
    uint32_t state = machine->shape.start;

    for (size_t end = at; machine->live[state] && match->readings < match->most;
         end++) {
        if (machine->shape.accept[state]) {
            /* borrowed: what is known is only read */
            match->words[v] =
                (struct word){ (uint16_t *)match->symbols + at, end - at };
            match_terms(match, i + 1, end);
            match->words[v].symbols = NULL;
        }
        if (end == match->length)
            break;
        state = automaton_step(&machine->shape, state, match->symbols[end]);
    }
    if (match->allowed == NULL || !machine->live[state])
        return;
    for (size_t s = 0; s < machine->shape.symbols; s++)
        if (machine->live[automaton_step(&machine->shape, state, s)])
            match->allowed[s] = true;
}

/* A function whose variables are still to come: any length will do. */
static void match_later(struct match *match, size_t i, size_t at)
{
    bool before = match->deferred;

    if (match->allowed != NULL) {
        match->undecided = true;
        return;
    }
    match->deferred = true;
    for (; at <= match->length && match->readings < match->most; at++)
        match_terms(match, i + 1, at);
    match->deferred = before;
}

static void match_terms(struct match *match, size_t i, size_t at)
{
    const struct pattern *pattern = &match->branch->pattern;
    struct word word;

    if (match->readings >= match->most)
        return;
    if (i == pattern->count) {
        if (match->allowed == NULL && at == match->length &&
            (!match->deferred || verify(match)))
            match->readings++;
        return;
    }
    if (pattern_value(pattern, &pattern->terms[i], match->words, &word)) {
        match_known(match, i, at, &word);
        free(word.symbols);
    } else if (pattern->terms[i].kind == PATTERN_VARIABLE) {
        match_variable(match, i, at);
    } else {
        match_later(match, i, at);
    }
    if (i == pattern->target && match->readings > 0 && match->target == 0)
        match->target = at;
}

size_t match_count(const struct template *template, const uint16_t *symbols,
                   size_t length, size_t most, size_t *target)
{
    size_t readings = 0;

    for (size_t i = 0; i < template->n_branches && readings < most; i++) {
        struct match match = { .template = template,
                               .branch = &template->branches[i],
                               .symbols = symbols,
                               .length = length,
                               .most = most - readings };

        match_terms(&match, 0, 0);
        readings += match.readings;
        *target = match.target;
    }
    return readings;
}

bool match_next(const struct template *template, const uint16_t *prefix,
                size_t length, bool *allowed, bool *end,
                const struct branch **undecided)
{
    size_t target;

    memset(allowed, false, template->alphabet->size);
    *undecided = NULL;
    for (size_t i = 0; i < template->n_branches; i++) {
        struct match match = { .template = template,
                               .branch = &template->branches[i],
                               .symbols = prefix,
                               .length = length,
                               .allowed = allowed,
                               .most = 1 };

        match_terms(&match, 0, 0);
        if (match.undecided)
            *undecided = &template->branches[i];
    }
    *end = match_count(template, prefix, length, 1, &target) > 0;
    return *undecided == NULL;
}

size_t match_certain(const struct template *template, const uint16_t *symbols,
                     size_t length)
{
    bool *allowed = memory_new(template->alphabet->size, sizeof *allowed);
    const struct branch *undecided;
    size_t i = 0;

    for (bool live = true, end; i < length && live; i += live) {
        match_next(template, symbols, i, allowed, &end, &undecided);
        live = undecided != NULL || allowed[symbols[i]];
    }
    i += i < length; /* the symbol that may not follow was read */
    free(allowed);
    return i;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/match.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "language/clue.h"
#include "language/equation.h"

enum goal {
    READ_WHOLE,  /* count the ways to read a whole string */
    FIND_NEXT,   /* collect what may follow, as long as no clue is met */
    BEGIN_MEMBER /* does a member begin so? */
};

/* A string, or a prefix, held against a pattern term by term. */
struct match {
    enum goal goal;
    const struct template *template;
    const struct branch *branch;
    const uint16_t *symbols;
    size_t length;
    struct word words[TEMPLATE_MOST_VARIABLES];
    struct clue *clues; /* [terms] passed over before their words were known */
    size_t n_clues;
    bool *allowed;         /* FIND_NEXT */
    bool deferred;         /* FIND_NEXT: a clue was met, there may be more */
    size_t readings, most; /* counts readings, or beginnings, up to MOST */
    size_t target;         /* of the last reading */
    const struct pattern_term *undecided; /* BEGIN_MEMBER: by this clue */
};

static void match_terms(struct match *match, size_t i, size_t at);

static bool is_said(const struct word *word, const uint16_t *symbols,
                    size_t length)
{
    return word->length == length &&
           memcmp(word->symbols, symbols, length * sizeof *symbols) == 0;
}

/* Do the clues that have the word of VARIABLE, and no unknown one, fit it? */
static bool agrees(const struct match *match, size_t variable)
{
    const struct pattern *pattern = &match->branch->pattern;
    bool ok = true;

    for (size_t i = 0; ok && i < match->n_clues; i++) {
        const struct clue *clue = &match->clues[i];
        struct word word;

        if (!pattern_has(clue->term, variable) ||
            !pattern_value(pattern, clue->term, match->words, &word))
            continue;
        ok = is_said(&word, clue->symbols, clue->length);
        free(word.symbols);
    }
    return ok;
}

/* ------------------------------------------------- prefixes of some member */

/* The variable of a term without arithmetic. */
static size_t find_variable(const struct pattern_term *term)
{
    while (term->kind != PATTERN_VARIABLE)
        term = &term->parts[0];
    return term->index;
}

/* Whether the clues but for arithmetic leave a word for VARIABLE. */
static enum answer ask(const struct match *match, size_t variable)
{
    struct clue *clues = memory_new(match->n_clues, sizeof *clues);
    enum answer answer;
    size_t count = 0;

    for (size_t i = 0; i < match->n_clues; i++)
        if (pattern_has(match->clues[i].term, variable) &&
            !pattern_is_arithmetic(match->clues[i].term->kind))
            clues[count++] = match->clues[i];
    answer = clue_ask(&match->template->variables[variable],
                      &match->branch->pattern, clues, count);
    free(clues);
    return answer;
}

/* False if a symbol is no bit. */
static bool set_number(const struct pattern *pattern, const uint16_t *symbols,
                       size_t length, struct partial *out)
{
    struct natural power = { 0 };
    bool ok = true;

    out->bits = length;
    natural_set_words(&out->low, NULL, 0);
    natural_init(&power, 1);
    for (size_t i = 0; i < length; i++) {
        if (symbols[i] == pattern->bits[1])
            natural_add(&out->low, &power);
        ok &= symbols[i] == pattern->bits[0] || symbols[i] == pattern->bits[1];
        natural_multiply_small(&power, 2);
    }
    natural_clear(&power);
    return ok;
}

/* What is known of the number that VARIABLE stands for; false if it is not
 * its lowest bits. */
static bool find_number(const struct match *match, size_t variable,
                        struct partial *out)
{
    const struct pattern *pattern = &match->branch->pattern;
    const struct word *word = &match->words[variable];

    out->longest = equation_longest(
        &match->template->variables[variable].machine, pattern->bits[0]);
    out->whole = word->symbols != NULL;
    if (out->whole)
        return set_number(pattern, word->symbols, word->length, out);
    for (size_t i = 0; i < match->n_clues; i++) {
        const struct clue *clue = &match->clues[i];

        if (!pattern_has(clue->term, variable) ||
            pattern_is_arithmetic(clue->term->kind))
            continue;
        if (clue->term->kind != PATTERN_VARIABLE ||
            !set_number(pattern, clue->symbols, clue->length, out))
            return false;
    }
    return true;
}

/* Whether there are numbers for a CLUE of arithmetic. */
static enum answer ask_equation(const struct match *match,
                                const struct clue *clue)
{
    const struct pattern_term *term = clue->term;
    struct partial parts[2] = { 0 }, result = { .longest = SIZE_MAX };
    enum answer answer = ANSWER_NO;
    bool plain = true;

    result.whole = !clue->open;
    for (size_t i = 0; i < term->n_parts; i++)
        plain &= find_number(match, term->parts[i].index, &parts[i]);
    if (!plain)
        answer = ANSWER_UNKNOWN;
    else if (set_number(&match->branch->pattern, clue->symbols, clue->length,
                        &result))
        answer = equation_ask(term->kind, &parts[0], &parts[1], &result);
    natural_clear(&parts[0].low);
    natural_clear(&parts[1].low);
    natural_clear(&result.low);
    return answer;
}

static enum answer judge_clue(const struct match *match,
                              const struct clue *clue)
{
    if (!pattern_is_arithmetic(clue->term->kind)) {
        size_t v = find_variable(clue->term);

        return match->words[v].symbols != NULL ? ANSWER_YES : ask(match, v);
    }
    for (size_t i = 0; i < clue->term->n_parts; i++)
        if (match->words[clue->term->parts[i].index].symbols == NULL)
            return ask_equation(match, clue);
    return ANSWER_YES; /* it agrees, or its words would not be known */
}

/* The prefix ends here: is there a word for every variable? */
static void judge(struct match *match)
{
    const struct pattern_term *undecided = NULL;

    for (size_t i = 0; i < match->n_clues; i++) {
        enum answer answer = judge_clue(match, &match->clues[i]);

        if (answer == ANSWER_NO)
            return;
        if (answer == ANSWER_UNKNOWN)
            undecided = match->clues[i].term;
    }
    if (undecided != NULL)
        match->undecided = undecided;
    else
        match->readings++;
}

static void push(struct match *match, const struct pattern_term *term,
                 size_t at, size_t end, bool open)
{
    match->clues[match->n_clues++] =
        (struct clue){ term, match->symbols + at, end - at, open };
}

/* The prefix ends within TERM, which began at AT. */
static void judge_open(struct match *match, const struct pattern_term *term,
                       size_t at)
{
    push(match, term, at, match->length, true);
    judge(match);
    match->n_clues--;
}

/* ------------------------------------------------------------------- terms */

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
    else if (match->goal == FIND_NEXT)
        match->allowed[word->symbols[shared]] = true;
    else if (match->goal == BEGIN_MEMBER)
        judge(match);
}

/* With WORD, which is only read, for variable V. */
static void match_with(struct match *match, size_t v, struct word word,
                       size_t i, size_t at)
{
    match->words[v] = word;
    if (agrees(match, v))
        match_terms(match, i, at);
    match->words[v].symbols = NULL;
}

/* A variable that is met for the first time. */
static void match_variable(struct match *match, size_t i, size_t at)
{
    const struct pattern_term *term = &match->branch->pattern.terms[i];
    const struct machine *machine =
        &match->template->variables[term->index].machine;
    uint32_t state = machine->shape.start;
    size_t end = at;

    for (; machine->live[state] && match->readings < match->most; end++) {
        if (machine->shape.accept[state] &&
            (match->goal != BEGIN_MEMBER || end < match->length))
            match_with(
                match, term->index,
                (struct word){ (uint16_t *)match->symbols + at, end - at },
                i + 1, end);
        if (end == match->length)
            break;
        state = automaton_step(&machine->shape, state, match->symbols[end]);
    }
    if (!machine->live[state] || match->readings >= match->most)
        return;
    if (match->goal == BEGIN_MEMBER)
        judge_open(match, term, at);
    for (size_t s = 0; match->goal == FIND_NEXT && s < machine->shape.symbols;
         s++)
        if (machine->live[automaton_step(&machine->shape, state, s)])
            match->allowed[s] = true;
}

/* A function, up to END, whose words are still to come. */
static void match_clue(struct match *match, size_t i, size_t at, size_t end)
{
    const struct pattern *pattern = &match->branch->pattern;
    const struct pattern_term *term = &pattern->terms[i];
    struct word word;

    push(match, term, at, end, false);
    if (!pattern_is_arithmetic(term->kind) &&
        clue_solve(pattern, &match->clues[match->n_clues - 1], &word)) {
        size_t v = find_variable(term);

        if (automaton_contains(&match->template->variables[v].machine.shape,
                               word.symbols, word.length))
            match_with(match, v, word, i + 1, end);
        free(word.symbols);
    } else {
        match_terms(match, i + 1, end);
    }
    match->n_clues--;
}

static void match_later(struct match *match, size_t i, size_t at)
{
    size_t last = match->length;

    if (match->goal == FIND_NEXT) {
        match->deferred = true;
        return;
    }
    if (match->goal == BEGIN_MEMBER) {
        judge_open(match, &match->branch->pattern.terms[i], at);
        last--;
    }
    for (size_t end = at; end <= last && match->readings < match->most; end++)
        match_clue(match, i, at, end);
}

static void match_terms(struct match *match, size_t i, size_t at)
{
    const struct pattern *pattern = &match->branch->pattern;
    struct word word;

    if (match->readings >= match->most)
        return;
    if (match->goal == BEGIN_MEMBER && at == match->length) {
        judge(match);
        return;
    }
    if (i == pattern->count) {
        match->readings += match->goal == READ_WHOLE && at == match->length;
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

/* --------------------------------------------------------------- questions */

static void run(struct match *match, enum goal goal, const uint16_t *symbols,
                size_t length)
{
    static const uint16_t nothing;

    match->goal = goal;
    match->symbols = symbols != NULL ? symbols : &nothing;
    match->length = length;
    match->clues =
        memory_new(match->branch->pattern.count + 1, sizeof *match->clues);
    match_terms(match, 0, 0);
    assert(match->n_clues == 0);
    free(match->clues);
}

size_t match_count(const struct template *template, const uint16_t *symbols,
                   size_t length, size_t most, size_t *target)
{
    size_t readings = 0;

    for (size_t i = 0; i < template->n_branches && readings < most; i++) {
        struct match match = { .template = template,
                               .branch = &template->branches[i],
                               .most = most - readings };

        run(&match, READ_WHOLE, symbols, length);
        readings += match.readings;
        *target = match.target;
    }
    return readings;
}

/* Whether a member of one of the branches that are DEFERRED begins so. */
static enum answer begin_member(const struct template *template,
                                const bool *deferred, const uint16_t *symbols,
                                size_t length, struct undecided *undecided)
{
    enum answer answer = ANSWER_NO;

    for (size_t i = 0; answer != ANSWER_YES && i < template->n_branches; i++) {
        struct match match = { .template = template,
                               .branch = &template->branches[i],
                               .most = 1 };

        if (!deferred[i])
            continue;
        run(&match, BEGIN_MEMBER, symbols, length);
        if (match.readings > 0)
            answer = ANSWER_YES;
        else if (match.undecided != NULL && answer == ANSWER_NO) {
            answer = ANSWER_UNKNOWN;
            *undecided = (struct undecided){ match.branch, match.undecided };
        }
    }
    return answer;
}

bool match_next(const struct template *template, const uint16_t *prefix,
                size_t length, bool *allowed, bool *end,
                struct undecided *undecided)
{
    uint16_t *longer = memory_new(length + 1, sizeof *longer);
    bool *deferred = memory_new(template->n_branches, sizeof *deferred);
    enum answer answer = ANSWER_YES;
    size_t target;

    memset(allowed, false, template->alphabet->size);
    for (size_t i = 0; i < template->n_branches; i++) {
        struct match match = { .template = template,
                               .branch = &template->branches[i],
                               .allowed = allowed,
                               .most = 1 };

        run(&match, FIND_NEXT, prefix, length);
        deferred[i] = match.deferred;
    }
    memcpy(longer, prefix, length * sizeof *prefix);
    for (size_t s = 0; answer != ANSWER_UNKNOWN && s < template->alphabet->size;
         s++) {
        if (allowed[s])
            continue;
        longer[length] = (uint16_t)s;
        answer =
            begin_member(template, deferred, longer, length + 1, undecided);
        allowed[s] = answer == ANSWER_YES;
    }
    *end = match_count(template, prefix, length, 1, &target) > 0;
    free(longer);
    free(deferred);
    return answer != ANSWER_UNKNOWN;
}

size_t match_certain(const struct template *template, const uint16_t *symbols,
                     size_t length)
{
    bool *allowed = memory_new(template->alphabet->size, sizeof *allowed);
    struct undecided undecided;
    size_t i = 0;

    for (bool live = true, end; i < length && live; i += live)
        live = !match_next(template, symbols, i, allowed, &end, &undecided) ||
               allowed[symbols[i]];
    i += i < length; /* the symbol that may not follow was read */
    free(allowed);
    return i;
}

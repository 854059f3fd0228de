/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/clue.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "language/numbering.h"

/* Lengths of words that are looked at, and configurations of a search. */
#define MOST_LENGTH   ((size_t)1 << 16)
#define MOST_SEARCHED ((size_t)1 << 20)
#define MOST_SYMBOLS  64
#define FREE          UINT16_MAX

/* How many of a symbol there must be. */
struct number {
    size_t least;
    bool exact;
};

/* What is being asked. */
struct question {
    const struct machine *machine;
    const struct pattern *pattern;
    const struct clue *clues;
    size_t count;
    bool fixed; /* the length is LENGTH */
    size_t length;
    uint16_t *places; /* [length] a symbol, or FREE */
    bool sorted;      /* a clue has sort in it: of each symbol */
    struct number numbers[MOST_SYMBOLS];
};

static bool is_inverse_of_itself(enum pattern_kind kind)
{
    return kind == PATTERN_REV || kind == PATTERN_NOT;
}

static uint16_t turn(const struct pattern *pattern, uint16_t symbol)
{
    return pattern->bits[symbol == pattern->bits[0]];
}

static void turn_round(struct word *word)
{
    for (size_t i = 0; i < word->length / 2; i++) {
        uint16_t symbol = word->symbols[i];

        word->symbols[i] = word->symbols[word->length - 1 - i];
        word->symbols[word->length - 1 - i] = symbol;
    }
}

static bool has_sort(const struct pattern_term *term)
{
    for (; term->n_parts == 1; term = &term->parts[0])
        if (term->kind == PATTERN_SORT)
            return true;
    return false;
}

/* Undoes rev and not from the outside of the clue's term until another kind,
 * which is returned.  What is left begins, or *FROM_END ends, with OUT. */
static const struct pattern_term *unwrap(const struct pattern *pattern,
                                         const struct clue *clue,
                                         struct word *out, bool *from_end)
{
    const struct pattern_term *term = clue->term;

    *from_end = false;
    out->length = clue->length;
    out->symbols = memory_new(clue->length + 1, sizeof *out->symbols);
    memcpy(out->symbols, clue->symbols, clue->length * sizeof *out->symbols);
    for (; is_inverse_of_itself(term->kind); term = &term->parts[0]) {
        if (term->kind == PATTERN_REV) {
            turn_round(out);
            *from_end = !*from_end;
        }
        for (size_t i = 0; term->kind == PATTERN_NOT && i < out->length; i++)
            out->symbols[i] = turn(pattern, out->symbols[i]);
    }
    return term;
}

/* Not of what is no bit has no sense. */
static bool are_bits(const struct pattern *pattern, const struct clue *clue)
{
    bool turned = false;

    for (const struct pattern_term *term = clue->term; term->n_parts == 1;
         term = &term->parts[0])
        turned |= term->kind == PATTERN_NOT;
    for (size_t i = 0; turned && i < clue->length; i++)
        if (clue->symbols[i] != pattern->bits[0] &&
            clue->symbols[i] != pattern->bits[1])
            return false;
    return true;
}

bool clue_solve(const struct pattern *pattern, const struct clue *clue,
                struct word *out)
{
    bool from_end;

    if (clue->open || !are_bits(pattern, clue))
        return false;
    if (unwrap(pattern, clue, out, &from_end)->kind == PATTERN_VARIABLE)
        return true;
    free(out->symbols);
    *out = (struct word){ 0 };
    return false;
}

/* ------------------------------------------------------ places of the word */

/* Which places of a word of LENGTH symbols TERM is made of, in order, and
 * whether it turns them; how many there are. */
static size_t find_places(const struct pattern_term *term, size_t length,
                          size_t *places, bool *turned)
{
    size_t n, kept = 0;

    *turned = false;
    if (term->kind == PATTERN_VARIABLE) {
        for (size_t i = 0; i < length; i++)
            places[i] = i;
        return length;
    }
    n = find_places(&term->parts[0], length, places, turned);
    switch (term->kind) {
    case PATTERN_REV:
        for (size_t i = 0; i < n / 2; i++) {
            size_t place = places[i];

            places[i] = places[n - 1 - i];
            places[n - 1 - i] = place;
        }
        return n;
    case PATTERN_NOT:
        *turned = !*turned;
        return n;
    default: /* odds, evens */
        for (size_t i = term->kind == PATTERN_EVENS; i < n; i += 2)
            places[kept++] = places[i];
        return kept;
    }
}

/* Puts what CLUE says into the question's places; false if it cannot be. */
static bool put_clue(struct question *q, const struct clue *clue,
                     size_t *places)
{
    bool turned;
    size_t n = find_places(clue->term, q->length, places, &turned);

    if (clue->open ? n < clue->length : n != clue->length)
        return false;
    for (size_t i = 0; i < clue->length; i++) {
        uint16_t symbol = clue->symbols[i];
        uint16_t *at = &q->places[places[i]];

        if (turned)
            symbol = turn(q->pattern, symbol);
        if (*at != FREE && *at != symbol)
            return false;
        *at = symbol;
    }
    return true;
}

/* Fills the places of words of the question's length. */
static bool put_clues(struct question *q)
{
    size_t *places = memory_new(q->length + 1, sizeof *places);
    bool ok = true;

    for (size_t i = 0; i < q->length; i++)
        q->places[i] = FREE;
    for (size_t i = 0; ok && i < q->count; i++)
        ok = has_sort(q->clues[i].term) || put_clue(q, &q->clues[i], places);
    free(places);
    return ok;
}

/* Is there a word with these symbols at these places? */
static bool walk(const struct question *q)
{
    const struct automaton *shape = &q->machine->shape;
    bool *at = memory_new(shape->states, 1), *to, fits = false;

    to = memory_new(shape->states, 1);
    at[shape->start] = true;
    for (size_t i = 0; i < q->length; i++) {
        bool *swap = at;

        memset(to, false, shape->states);
        for (uint32_t state = 0; state < shape->states; state++)
            for (size_t s = 0; at[state] && s < shape->symbols; s++)
                if (q->places[i] == FREE || q->places[i] == s)
                    to[automaton_step(shape, state, s)] = true;
        at = to;
        to = swap;
    }
    for (size_t state = 0; state < shape->states; state++)
        fits |= at[state] && shape->accept[state];
    free(at);
    free(to);
    return fits;
}

/* ----------------------------------------------------------------- sorting */

static void swap_bits(const struct pattern *pattern, struct number *numbers)
{
    struct number zeros = numbers[pattern->bits[0]];

    numbers[pattern->bits[0]] = numbers[pattern->bits[1]];
    numbers[pattern->bits[1]] = zeros;
}

/* The numbers in a word that, sorted, begins or (FROM_END) ends with SORTED, or
 * OPEN is false and is that. */
static enum answer count_symbols(const struct word *sorted, bool open,
                                 bool from_end, struct number *numbers)
{
    size_t n = sorted->length;

    for (size_t i = 0; i < n; i++) {
        numbers[sorted->symbols[i]].least++;
        if (i > 0 && sorted->symbols[i] < sorted->symbols[i - 1])
            return ANSWER_NO;
    }
    for (size_t s = 0; s < MOST_SYMBOLS; s++)
        numbers[s].exact =
            !open || (n > 0 && (from_end ? s > sorted->symbols[0]
                                         : s < sorted->symbols[n - 1]));
    return ANSWER_YES;
}

/* What CLUE, with sort in it, says of the word itself; UNKNOWN if more than
 * rev and not was done before or after sorting. */
static enum answer read_sorted(const struct pattern *pattern,
                               const struct clue *clue, struct number *numbers)
{
    const struct pattern_term *term;
    enum answer answer = ANSWER_UNKNOWN;
    bool from_end;
    struct word word;

    term = unwrap(pattern, clue, &word, &from_end);
    if (term->kind == PATTERN_SORT)
        answer = count_symbols(&word, clue->open, from_end, numbers);
    free(word.symbols);
    while (answer == ANSWER_YES && (term = &term->parts[0])->n_parts > 0) {
        if (term->kind == PATTERN_NOT)
            swap_bits(pattern, numbers);
        if (!is_inverse_of_itself(term->kind) && term->kind != PATTERN_SORT)
            answer = ANSWER_UNKNOWN;
    }
    return answer;
}

/* Adds what CLUE says to what others have said. */
static enum answer add_sorted(struct question *q, const struct clue *clue)
{
    struct number numbers[MOST_SYMBOLS] = { 0 };
    enum answer answer = q->machine->shape.symbols > MOST_SYMBOLS
                             ? ANSWER_UNKNOWN
                             : read_sorted(q->pattern, clue, numbers);

    for (size_t s = 0; answer == ANSWER_YES && s < MOST_SYMBOLS; s++) {
        struct number *one = &q->numbers[s], *two = &numbers[s];

        if ((one->exact && two->least > one->least) ||
            (two->exact && one->least > two->least))
            answer = ANSWER_NO;
        if (two->least > one->least)
            one->least = two->least;
        one->exact |= two->exact;
    }
    return answer;
}

/* Place (if the length is fixed), state, and how many there are of each
 * symbol, of which more than are needed do not matter. */
struct tallied {
    uint32_t place, state, counts[MOST_SYMBOLS];
};

/* The key of a configuration is as long as there are symbols. */
static size_t key_length(const struct question *q)
{
    return offsetof(struct tallied, counts) +
           q->machine->shape.symbols * sizeof(uint32_t);
}

static bool step(const struct question *q, size_t s, struct tallied *at)
{
    if (q->fixed && (at->place == q->length || (q->places[at->place] != FREE &&
                                                q->places[at->place] != s)))
        return false;
    if (at->counts[s] < q->numbers[s].least)
        at->counts[s]++;
    else if (q->numbers[s].exact)
        return false;
    at->place += q->fixed;
    at->state = automaton_step(&q->machine->shape, at->state, s);
    return q->machine->live[at->state];
}

static bool is_answer(const struct question *q, const struct tallied *at)
{
    for (size_t s = 0; s < q->machine->shape.symbols; s++)
        if (at->counts[s] < q->numbers[s].least)
            return false;
    return q->machine->shape.accept[at->state] &&
           (!q->fixed || at->place == q->length);
}

/* A search through all configurations. */
static enum answer search(const struct question *q)
{
    size_t symbols = q->machine->shape.symbols, size = key_length(q);
    struct numbering met = { 0 };
    struct tallied at = { .state = q->machine->shape.start };
    enum answer answer = ANSWER_NO;

    numbering_add(&met, &at, size);
    for (uint32_t i = 0; i < met.count && answer == ANSWER_NO; i++) {
        memcpy(&at, numbering_key(&met, i), size);
        if (is_answer(q, &at))
            answer = ANSWER_YES;
        else if (met.count > MOST_SEARCHED)
            answer = ANSWER_UNKNOWN;
        for (size_t s = 0; answer == ANSWER_NO && s < symbols; s++) {
            struct tallied to = at;

            if (step(q, s, &to))
                numbering_add(&met, &to, size);
        }
    }
    numbering_clear(&met);
    return answer;
}

/* ----------------------------------------------------------------- lengths */

static enum answer try_length(struct question *q, size_t length)
{
    enum answer answer = ANSWER_NO;

    q->fixed = true;
    q->length = length;
    q->places = memory_new(length + 1, sizeof *q->places);
    if (put_clues(q)) {
        if (q->sorted)
            answer = search(q);
        else if (walk(q))
            answer = ANSWER_YES;
    }
    free(q->places);
    return answer;
}

/* How many of the functions drop every second symbol, as a power of two. */
static size_t find_stride(const struct pattern_term *term)
{
    size_t stride = 1;

    for (; term->n_parts == 1 && stride <= MOST_LENGTH; term = &term->parts[0])
        if (term->kind == PATTERN_ODDS || term->kind == PATTERN_EVENS)
            stride *= 2;
    return stride;
}

/* The lengths from *FIRST to *LAST are to be tried, by what CLUE says. */
static bool find_lengths(const struct question *q, const struct clue *clue,
                         size_t *first, size_t *last)
{
    size_t stride = find_stride(clue->term);

    if (stride > MOST_LENGTH / (clue->length + 1))
        return false;
    *first = 0;
    while (pattern_length(clue->term, *first) < clue->length)
        ++*first;
    *last = *first;
    if (clue->open)
        *last += stride * (q->machine->shape.states + 2);
    while (!clue->open && pattern_length(clue->term, *last + 1) == clue->length)
        ++*last;
    return *last <= MOST_LENGTH;
}

enum answer clue_ask(const struct variable *variable,
                     const struct pattern *pattern, const struct clue *clues,
                     size_t count)
{
    struct question q = { .machine = &variable->machine,
                          .pattern = pattern,
                          .clues = clues,
                          .count = count };
    const struct clue *best = NULL;
    enum answer answer = ANSWER_YES;
    size_t first, last;

    for (size_t i = 0; answer == ANSWER_YES && i < count; i++) {
        if (!are_bits(pattern, &clues[i]))
            answer = ANSWER_NO;
        else if (has_sort(clues[i].term)) {
            q.sorted = true;
            answer = add_sorted(&q, &clues[i]);
        }
        if (best == NULL || best->open)
            best = &clues[i];
    }
    if (best == NULL || answer != ANSWER_YES)
        return answer;
    if (best->open && q.sorted)
        return search(&q);
    if (!find_lengths(&q, best, &first, &last))
        return ANSWER_UNKNOWN;
    answer = ANSWER_NO;
    for (size_t l = first; answer == ANSWER_NO && l <= last; l++)
        answer = try_length(&q, l);
    return answer;
}

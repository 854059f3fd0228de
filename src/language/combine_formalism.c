/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "language/combine_pieces.h"
#include "language/counter.h"
#include "language/enumerate.h"

/* Non-members are drawn from all of a length by rejection, unless fewer than
 * one in RARE is one and there are at most MOST_SCANNED to go through. */
#define RARE         4096
#define MOST_SCANNED ((uint64_t)1 << 22)

/* Strings read in search of a continuation outside a language. */
#define MOST_SEARCHED 2000

/* ------------------------------------------------------------- membership */

/* Whether symbols come in an order that pieces may have. */
static bool is_ordered(const struct combined *self, const uint16_t *symbols,
                       size_t length)
{
    size_t at = 0;

    for (size_t i = 0; i < length; i++) {
        size_t owner = piece_owner(self, symbols[i]);

        if (owner == self->count ||
            (owner < at && self->combination->kind == COMBINE_CONCAT))
            return false;
        at = owner;
    }
    return true;
}

static bool combined_contains(const void *pointer, const uint16_t *symbols,
                              size_t length)
{
    const struct combined *self = pointer;
    bool is = false;

    if (self->apart) {
        uint16_t *own = memory_new(length + 1, sizeof *own);

        is = is_ordered(self, symbols, length);
        for (size_t i = 0; is && i < self->count; i++)
            is = language_contains(
                self->pieces[i].language, own,
                piece_project(&self->pieces[i], symbols, length, own));
        free(own);
        return is;
    }
    for (size_t i = 0; !is && i < self->count; i++)
        is = piece_contains(self, &self->pieces[i], symbols, length);
    return is != self->swapped;
}

/* The clause as a complaint names it: "all[1]: even-pairs". */
static void name_part(const struct combination *combination, size_t i,
                      struct text *out)
{
    text_add_format(out, "%s[%zu]: %s", combination->key,
                    combination->parts[i].index,
                    language_name(combination->parts[i].language));
}

/* Why PART has not the string: a symbol, or a clause of its own. */
static bool explain_part(const struct combined *self, size_t i,
                         const uint16_t *symbols, size_t length,
                         struct text *out)
{
    const struct combination *combination = self->combination;
    struct piece piece = { &combination->parts[i],
                           combination->parts[i].language, false };
    uint16_t *own = memory_new(length + 1, sizeof *own);
    struct text why = { 0 };
    bool failed = true;

    if (combination->kind == COMBINE_REVERSE) /* turned round, or not */
        piece.language = self->pieces[0].language;
    if (self->apart)
        failed =
            language_why_not(piece.language, own,
                             piece_project(&piece, symbols, length, own), &why);
    else if (!piece_read(self, &piece, symbols, length, own))
        text_add(&why, "a symbol that is not its own");
    else
        failed = language_why_not(piece.language, own, length, &why);
    if (failed) {
        name_part(combination, i, out);
        text_add_format(out, ": %s%s",
                        self->apart      ? "of its own symbols, "
                        : self->reversed ? "read backwards, "
                                         : "",
                        why.data);
    }
    text_clear(&why);
    free(own);
    return failed;
}

static bool combined_why_not(const void *pointer, const uint16_t *symbols,
                             size_t length, struct text *out)
{
    const struct combined *self = pointer;
    const struct combination *combination = self->combination;
    size_t count = combination->count;

    if (combined_contains(self, symbols, length))
        return false;
    if (self->apart && !is_ordered(self, symbols, length)) {
        text_add_format(out,
                        "%s: the symbols are not in the order of the "
                        "parts",
                        combination->key);
        return true;
    }
    if (combination->kind == COMBINE_NOT) {
        text_add_format(out, "not: %s has it",
                        language_name(combination->parts[0].language));
        return true;
    }
    if (combination->kind == COMBINE_MINUS)
        count = 1;
    for (size_t i = 0; i < count; i++)
        if (explain_part(self, i, symbols, length, out))
            return true;
    for (size_t i = 1; i < combination->count; i++) {
        struct piece piece = { &combination->parts[i],
                               combination->parts[i].language, false };

        if (piece_contains(self, &piece, symbols, length)) {
            name_part(combination, i, out);
            text_add(out, " has it");
            break;
        }
    }
    return true;
}

/* ----------------------------------------------------------- next symbols */

/* Looks for a string outside of the piece that begins with the N symbols at
 * OWN and goes on with WAY again and again, or with all symbols in turn. */
static enum answer search_outside(const struct piece *piece,
                                  const uint16_t *own, size_t n, size_t way,
                                  bool *scratch, struct error *error)
{
    size_t symbols = language_alphabet(piece->language)->size;
    struct cursor *cursor = language_cursor(piece->language);
    enum answer answer = ANSWER_UNKNOWN;

    for (size_t i = 0; i < n; i++)
        cursor_read(cursor, own[i]);
    for (size_t step = 0; answer == ANSWER_UNKNOWN && step < MOST_SEARCHED;
         step++) {
        bool end;
        size_t s = 0;

        if (!cursor_next(cursor, scratch, &end, error))
            break;
        while (s < symbols && scratch[s])
            s++;
        if (!end || s < symbols)
            answer = ANSWER_YES;
        cursor_read(cursor, (uint16_t)(way < symbols ? way : step % symbols));
    }
    cursor_free(cursor);
    return answer;
}

/* Whether some string that begins with the N symbols at OWN is outside of the
 * piece. */
static bool leads_outside(const struct piece *piece, const uint16_t *own,
                          size_t n, bool *scratch, bool *known,
                          struct error *error)
{
    size_t symbols = language_alphabet(piece->language)->size;

    *known = false;
    for (size_t way = symbols + 1; !*known && way-- > 0 && error->count == 0;)
        *known =
            search_outside(piece, own, n, way, scratch, error) == ANSWER_YES;
    return *known;
}

static bool next_outside(const struct combined *self, const uint16_t *prefix,
                         size_t length, bool *allowed, bool *end, uint16_t *own,
                         bool *scratch, struct error *error)
{
    const struct piece *piece = &self->pieces[0];
    bool foreign = !piece_read(self, piece, prefix, length, own);

    *end = foreign || !language_contains(piece->language, own, length);
    for (size_t s = 0; s < self->symbols; s++) {
        uint16_t symbol = piece->part->from_whole[s];
        bool known;

        allowed[s] = foreign || symbol == COMBINE_FOREIGN ||
                     piece->part->symbols < self->symbols;
        if (allowed[s])
            continue;
        own[length] = symbol;
        allowed[s] =
            leads_outside(piece, own, length + 1, scratch, &known, error);
        if (error->count > 0)
            return false;
        if (!known)
            return error_add(error, ERROR_CONFIG, &self->combination->place,
                             "not",
                             "whether a string that begins so is not in %s "
                             "was not decided",
                             language_name(piece->language));
    }
    return true;
}

static bool combined_next(const void *pointer, const uint16_t *prefix,
                          size_t length, bool *allowed, bool *end,
                          struct error *error)
{
    const struct combined *self = pointer;
    void *place = combine_walk.begin(self);
    uint16_t *own;
    bool *scratch, ok;

    if (place != NULL) {
        for (size_t i = 0; i < length; i++)
            combine_walk.read(place, prefix[i]);
        ok = combine_walk.next(place, allowed, end, error);
        combine_walk.end(place);
        return ok;
    }
    if (self->reversed)
        return error_add(error, ERROR_CONFIG, &self->combination->place,
                         "reverse",
                         "which symbols may follow is known of finite-state "
                         "languages and of grammars alone, read backwards");
    own = memory_new(length + 1, sizeof *own);
    scratch = memory_new(self->symbols + 1, sizeof *scratch);
    ok = next_outside(self, prefix, length, allowed, end, own, scratch, error);
    free(own);
    free(scratch);
    return ok;
}

/* ------------------------------------------------------ counts and draws */

static bool combined_prepare(void *pointer, size_t longest, struct error *error)
{
    struct combined *self = pointer;

    for (size_t i = 0; i < self->count; i++)
        if (!language_prepare(self->pieces[i].language, longest, error))
            return false;
    if (!self->apart || (self->prepared && self->longest >= longest))
        return true;
    interleave_clear(&self->words);
    interleave_init(&self->words, self->count, longest,
                    self->combination->kind == COMBINE_SHUFFLE);
    for (size_t i = 0; i < self->count; i++)
        for (size_t n = 0; n <= longest; n++)
            language_count(self->pieces[i].language, n,
                           interleave_at(&self->words, i, n));
    interleave_build(&self->words);
    self->prepared = true;
    self->longest = longest;
    return true;
}

static void count_members(const struct combined *self, size_t n,
                          struct natural *out)
{
    struct natural one = { 0 };

    if (self->apart) {
        natural_copy(out, interleave_count(&self->words, n));
        return;
    }
    natural_set_words(out, NULL, 0);
    for (size_t i = 0; i < self->count; i++) {
        language_count(self->pieces[i].language, n, &one);
        natural_add(out, &one);
    }
    natural_clear(&one);
}

static void combined_count(const void *pointer, bool member, size_t n,
                           struct natural *out)
{
    const struct combined *self = pointer;
    struct natural members = { 0 };

    count_members(self, n, &members);
    if (member != self->swapped) {
        natural_copy(out, &members);
    } else {
        natural_power(out, self->symbols, n);
        natural_subtract(out, &members);
    }
    natural_clear(&members);
}

/* A member of the pieces. */
static void draw_inside(const struct combined *self, size_t n,
                        struct stream *stream, uint16_t *out)
{
    struct natural rank = { 0 }, all = { 0 }, one = { 0 };
    size_t i = 0;

    count_members(self, n, &all);
    if (self->count > 1)
        natural_draw(&rank, &all, stream);
    for (; i + 1 < self->count; i++) {
        language_count(self->pieces[i].language, n, &one);
        if (natural_compare(&rank, &one) < 0)
            break;
        natural_subtract(&rank, &one);
    }
    language_draw(self->pieces[i].language, true, n, stream, out);
    piece_spell(self, &self->pieces[i], out, n);
    natural_clear(&rank);
    natural_clear(&all);
    natural_clear(&one);
}

static void draw_apart(const struct combined *self, size_t n,
                       struct stream *stream, uint16_t *out)
{
    size_t *sizes = memory_new(self->count, sizeof *sizes), at = 0;
    size_t *taken = memory_new(self->count, sizeof *taken);
    uint16_t *owner = memory_new(n + 1, sizeof *owner);
    uint16_t *words = memory_new(n + 1, sizeof *words);

    interleave_draw(&self->words, n, stream, sizes, owner);
    for (size_t i = 0; i < self->count; i++) {
        language_draw(self->pieces[i].language, true, sizes[i], stream,
                      words + at);
        piece_spell(self, &self->pieces[i], words + at, sizes[i]);
        taken[i] = at;
        at += sizes[i];
    }
    for (size_t i = 0; i < n; i++)
        out[i] = words[taken[owner[i]]++];
    free(sizes);
    free(taken);
    free(owner);
    free(words);
}

static void draw_any(const struct combined *self, size_t n,
                     struct stream *stream, uint16_t *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (uint16_t)stream_below(stream, self->symbols);
}

/* Not in the one piece: over its symbols, or with another one. */
static void draw_beyond(const struct combined *self, size_t n,
                        struct stream *stream, uint16_t *out)
{
    const struct piece *piece = &self->pieces[0];
    struct natural rank = { 0 }, all = { 0 }, outside = { 0 };

    combined_count(self, self->swapped, n, &all);
    natural_draw(&rank, &all, stream);
    language_count_outside(piece->language, n, &outside);
    if (natural_compare(&rank, &outside) < 0) {
        language_draw(piece->language, false, n, stream, out);
        piece_spell(self, piece, out, n);
    } else {
        uint16_t *own = memory_new(n + 1, sizeof *own);

        do
            draw_any(self, n, stream, out);
        while (piece_read(self, piece, out, n, own));
        free(own);
    }
    natural_clear(&rank);
    natural_clear(&all);
    natural_clear(&outside);
}

static void combined_enumerate(const void *self, bool member, size_t n,
                               struct strings *out);

static void draw_outside(const struct combined *self, size_t n,
                         struct stream *stream, uint16_t *out)
{
    struct natural all = { 0 }, outside = { 0 };
    uint64_t total, count;

    natural_power(&all, self->symbols, n);
    combined_count(self, false, n, &outside);
    total = natural_small(&all);
    count = natural_small(&outside);
    natural_clear(&all);
    natural_clear(&outside);
    if (total <= MOST_SCANNED && count < total / RARE) {
        struct strings found = { 0 };

        combined_enumerate(self, false, n, &found);
        memcpy(out, strings_at(&found, stream_below(stream, count)),
               n * sizeof *out);
        strings_clear(&found);
        return;
    }
    do
        draw_any(self, n, stream, out);
    while (combined_contains(self, out, n));
}

static void combined_draw(const void *pointer, bool member, size_t n,
                          struct stream *stream, uint16_t *out)
{
    const struct combined *self = pointer;

    if (member != self->swapped)
        (self->apart ? draw_apart : draw_inside)(self, n, stream, out);
    else
        (self->count == 1 ? draw_beyond : draw_outside)(self, n, stream, out);
}

static void combined_enumerate(const void *pointer, bool member, size_t n,
                               struct strings *out)
{
    const struct combined *self = pointer;

    enumerate_all(&combine_formalism, self, self->symbols, member, n, out);
}

/* ---------------------------------------------------------- description */

static void combined_describe(const void *pointer, struct text *out)
{
    const struct combined *self = pointer;
    const struct combination *combination = self->combination;

    text_add_format(out, "%s: %s\n", combination->key, combination->text);
    if (combination->disjoint)
        text_add_format(out, "disjoint: checked up to length %zu\n",
                        self->checked);
    if (self->prepared)
        text_add_format(out, "tables: %.1f MiB up to length %zu\n",
                        (double)interleave_bytes(&self->words) / (1 << 20),
                        self->longest);
}

static const struct automaton *combined_automaton(const void *self)
{
    (void)self;
    return NULL;
}

const struct formalism combine_formalism = {
    .name = "combination",
    .keys = combine_keys,
    .free = combine_close,
    .describe = combined_describe,
    .automaton = combined_automaton,
    .contains = combined_contains,
    .why_not = combined_why_not,
    .next = combined_next,
    .prepare = combined_prepare,
    .count = combined_count,
    .draw = combined_draw,
    .enumerate = combined_enumerate,
    .walk = &combine_walk,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/groups.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* States of an automaton that only multiplies a table. */
#define SMALL 64

/* --------------------------------------------------------------- splitting */

static bool may_split(const struct machine *machine,
                      const struct conjunct *conjuncts, size_t count)
{
    bool may = machine->shape.states == 1 && machine->shape.accept[0];

    for (size_t i = 0; i < count; i++)
        may &= conjuncts[i].kind != CLAUSE_BEFORE;
    return may;
}

/* The registers and symbols of a group, and the conjuncts it is to keep. */
struct share {
    uint64_t forms;
    uint16_t *symbols;
    size_t n_symbols;
    const struct conjunct *conjuncts;
    size_t n_conjuncts;
};

/* Conjuncts without registers hold or fail everywhere: the first group has
 * them. */
static bool is_of(const struct conjunct *conjunct, const struct share *share,
                  bool first)
{
    return (conjunct->forms & share->forms) != 0 ||
           (first && conjunct->forms == 0);
}

static void add_clauses(struct machine *to, const struct share *share,
                        bool first)
{
    uint32_t numbers[FORM_MOST], next = 0;

    for (uint32_t i = 0; i < FORM_MOST; i++)
        numbers[i] = share->forms >> i & 1 ? next++ : FORM_NONE;
    to->clauses = memory_new(share->n_conjuncts, sizeof *to->clauses);
    for (size_t i = 0; i < share->n_conjuncts; i++) {
        const struct conjunct *conjunct = &share->conjuncts[i];
        struct clause *clause = &to->clauses[to->n_clauses];

        if (!is_of(conjunct, share, first))
            continue;
        clause->kind = conjunct->kind;
        condition_copy(&clause->condition, conjunct->condition, numbers);
        to->n_clauses++;
    }
}

static void init_group(struct group *group, const struct machine *machine,
                       const struct share *share, bool first)
{
    struct automaton automaton;

    automaton_init(&automaton, 1, share->n_symbols);
    automaton.accept[0] = true;
    machine_init(&group->machine, &automaton);
    forms_select(&group->machine.forms, &machine->forms, share->forms,
                 share->symbols, share->n_symbols);
    group->machine.width = group->machine.forms.count + 1;
    add_clauses(&group->machine, share, first);
    if (machine_collapse(&group->machine, MACHINE_MOST_COLLAPSED, &automaton)) {
        machine_clear(&group->machine);
        machine_init(&group->machine, &automaton);
    }
    group->symbols =
        memory_copy(share->symbols, share->n_symbols * sizeof *share->symbols);
    group->reach = reach_new(&group->machine);
}

/* The symbols that change registers of SHARE, and in the first group those
 * that change none. */
static void find_symbols(struct share *share, const struct machine *machine,
                         bool first)
{
    share->n_symbols = 0;
    for (size_t s = 0; s < machine->shape.symbols; s++) {
        uint64_t moved = machine_moved(machine, s);

        if ((moved & share->forms) != 0 || (first && moved == 0))
            share->symbols[share->n_symbols++] = (uint16_t)s;
    }
}

/* One group after the other, by their lowest registers; they stay where they
 * are, since their reaches borrow their machines. */
static void add_groups(struct groups *groups, const struct machine *machine,
                       const uint64_t *registers, struct share *share)
{
    uint64_t done = 0;

    groups->items = memory_new(machine->forms.count, sizeof *groups->items);
    for (size_t i = 0; i < machine->forms.count; i++) {
        bool first = groups->count == 0;

        if (done >> i & 1)
            continue;
        done |= share->forms = registers[i];
        find_symbols(share, machine, first);
        init_group(&groups->items[groups->count++], machine, share, first);
    }
}

/* One table of all registers is as good where only one group is large. */
static bool is_worth_it(const struct groups *groups)
{
    size_t large = 0;

    for (size_t i = 0; i < groups->count; i++) {
        const struct machine *machine = &groups->items[i].machine;

        large += machine->forms.count > 0 || machine->shape.states > SMALL;
    }
    return large > 1;
}

struct groups *groups_new(const struct machine *machine)
{
    size_t n = machine->forms.count, count;
    struct conjunct *conjuncts = machine_conjuncts(machine, &count);
    struct groups *groups = memory_new(1, sizeof *groups);
    struct share share = { .conjuncts = conjuncts, .n_conjuncts = count };
    uint64_t registers[FORM_MOST], all = 0;

    machine_find_groups(machine, conjuncts, count, registers);
    for (size_t i = 0; i < n; i++)
        all |= UINT64_C(1) << i;
    groups->symbols = machine->shape.symbols;
    share.symbols = memory_new(groups->symbols, sizeof *share.symbols);
    if (n > 0 && registers[0] != all && may_split(machine, conjuncts, count))
        add_groups(groups, machine, registers, &share);
    free(share.symbols);
    free(conjuncts);
    if (is_worth_it(groups))
        return groups;
    groups_free(groups);
    return NULL;
}

static void free_numbers(struct natural *numbers, size_t count)
{
    for (size_t i = 0; numbers != NULL && i < count; i++)
        natural_clear(&numbers[i]);
    free(numbers);
}

static void clear_tables(struct groups *groups)
{
    size_t row = groups->words.longest + 1;

    free_numbers(groups->own, groups->count * row);
    free_numbers(groups->all, (groups->count + 1) * row);
    groups->own = groups->all = NULL;
    interleave_clear(&groups->words);
}

void groups_free(struct groups *groups)
{
    if (groups == NULL)
        return;
    clear_tables(groups);
    for (size_t i = 0; i < groups->count; i++) {
        struct group *group = &groups->items[i];

        tally_clear(&group->tally);
        reach_free(group->reach);
        machine_clear(&group->machine);
        free(group->symbols);
    }
    free(groups->items);
    free(groups);
}

/* ----------------------------------------------------------------- tables */

static size_t symbols_of(const struct groups *groups, size_t i)
{
    return groups->items[i].machine.shape.symbols;
}

/* Powers of SYMBOLS for lengths 0..LONGEST. */
static void fill_powers(struct natural *row, size_t symbols, size_t longest)
{
    natural_init(&row[0], 1);
    for (size_t n = 1; n <= longest; n++) {
        natural_init(&row[n], 0);
        natural_copy(&row[n], &row[n - 1]);
        natural_multiply_small(&row[n], symbols);
    }
}

static void make_powers(struct groups *groups, size_t longest)
{
    size_t row = longest + 1, symbols = 0;

    groups->own = memory_new(groups->count * row, sizeof *groups->own);
    groups->all = memory_new((groups->count + 1) * row, sizeof *groups->all);
    fill_powers(groups->all + groups->count * row, 0, longest);
    for (size_t i = groups->count; i-- > 0;) {
        symbols += symbols_of(groups, i);
        fill_powers(groups->own + i * row, symbols_of(groups, i), longest);
        fill_powers(groups->all + i * row, symbols, longest);
    }
}

static void make_words(struct groups *groups, size_t longest)
{
    interleave_init(&groups->words, groups->count, longest, true);
    for (size_t i = 0; i < groups->count; i++)
        for (size_t n = 0; n <= longest; n++)
            tally_count(&groups->items[i].tally, true, n,
                        interleave_at(&groups->words, i, n));
    interleave_build(&groups->words);
}

/* New tallies of all groups, in TALLIES. */
static bool build_tallies(const struct groups *groups, struct tally *tallies,
                          size_t longest, size_t most)
{
    size_t bytes = 0;

    for (size_t i = 0; i < groups->count; i++) {
        const struct group *group = &groups->items[i];

        if (!tally_build(&tallies[i], &group->machine, group->reach, longest,
                         most - bytes))
            return false;
        bytes += tallies[i].bytes;
    }
    return true;
}

double groups_work(const struct groups *groups, size_t longest)
{
    double n = (double)longest, words = n * log2((double)groups->symbols) / 64;

    return (double)groups->count * n * n / 2 * (1 + words * words / 4);
}

/* Numbers up to those of SYMBOLS^n for n = 0..LONGEST. */
static double bytes_of(size_t symbols, size_t longest)
{
    double n = (double)longest, bytes = log2((double)symbols + 1) / 8;

    return (n + 1) * (sizeof(struct natural) + 8) + n * (n + 1) / 2 * bytes;
}

double groups_foresee(const struct groups *groups, size_t longest, size_t most)
{
    double bytes = 2 * bytes_of(groups->symbols, longest);

    for (size_t i = 0; i < groups->count; i++) {
        const struct group *group = &groups->items[i];

        bytes += tally_foresee(&group->machine, group->reach, longest, most);
        bytes += 2 * bytes_of(symbols_of(groups, i), longest);
        bytes += 2 * bytes_of(groups->symbols, longest);
    }
    return bytes;
}

bool groups_prepare(struct groups *groups, size_t longest, size_t most)
{
    struct tally *tallies = memory_new(groups->count, sizeof *tallies);
    bool ok = build_tallies(groups, tallies, longest, most);

    for (size_t i = 0; i < groups->count; i++) {
        struct tally *old = ok ? &groups->items[i].tally : &tallies[i];

        tally_clear(old);
        if (ok)
            *old = tallies[i];
    }
    free(tallies);
    if (!ok)
        return false;
    clear_tables(groups);
    groups->prepared = true;
    make_words(groups, longest);
    make_powers(groups, longest);
    return true;
}

/* -------------------------------------------------------------- questions */

void groups_count(const struct groups *groups, bool member, size_t n,
                  struct natural *out)
{
    if (member) {
        natural_copy(out, interleave_count(&groups->words, n));
        return;
    }
    natural_copy(out, &groups->all[n]);
    natural_subtract(out, interleave_count(&groups->words, n));
}

/* Spells the words of the groups, one after the other in WORDS, in the order
 * that OWNER tells.  Owner `count` has symbols of the whole. */
static void spell(const struct groups *groups, const uint16_t *words,
                  const size_t *sizes, const uint16_t *owner, size_t n,
                  uint16_t *out)
{
    size_t *taken = memory_new(groups->count + 1, sizeof *taken);

    for (size_t i = 0; i < groups->count; i++)
        taken[i + 1] = taken[i] + sizes[i];
    for (size_t k = 0; k < n; k++) {
        uint16_t symbol = words[taken[owner[k]]++];

        out[k] = owner[k] == groups->count
                     ? symbol
                     : groups->items[owner[k]].symbols[symbol];
    }
    free(taken);
}

/* Where the search for the group that fails stands. */
struct search {
    struct natural rank, left, term, binomial, scratch;
};

/* LEFT = F_I(n) - W_I(n) */
static void set_outside(const struct groups *groups, size_t i, size_t n,
                        struct natural *left)
{
    size_t row = groups->words.longest + 1;

    natural_copy(left, &groups->all[i * row + n]);
    natural_subtract(left, &groups->words.rest[i * row + n]);
}

/* Does the rank fall to TERM, times the binomial?  Else it is less by it. */
static bool falls_to(struct search *search)
{
    natural_multiply(&search->term, &search->binomial);
    if (natural_compare(&search->rank, &search->term) < 0)
        return true;
    natural_subtract(&search->rank, &search->term);
    return false;
}

/* BINOMIAL becomes C(n, m + 1), from C(n, m). */
static void next_binomial(struct search *search, size_t n, size_t m)
{
    struct natural by = { 0 };

    natural_multiply_small(&search->binomial, n - m);
    natural_set_words(&by, &(uint64_t){ m + 1 }, 1);
    natural_divide(&search->scratch, &search->binomial, &by);
    natural_copy(&search->binomial, &search->scratch);
    natural_clear(&by);
}

/* A uniform non-member of the groups I and on, of length N: how much of it is
 * of group I, and whether that part fails. */
static size_t draw_part(const struct groups *groups, size_t i, size_t n,
                        struct search *search, struct stream *stream,
                        bool *fails)
{
    size_t row = groups->words.longest + 1;

    set_outside(groups, i, n, &search->left);
    natural_draw(&search->rank, &search->left, stream);
    natural_set_words(&search->binomial, &(uint64_t){ 1 }, 1);
    for (size_t m = 0;; m++) {
        const struct natural *inside = &groups->words.counts[i * row + m];

        assert(m <= n);
        natural_copy(&search->term, &groups->own[i * row + m]);
        natural_subtract(&search->term, inside);
        natural_multiply(&search->term, &groups->all[(i + 1) * row + n - m]);
        *fails = falls_to(search);
        if (*fails)
            return m;
        set_outside(groups, i + 1, n - m, &search->term);
        natural_multiply(&search->term, inside);
        if (falls_to(search))
            return m;
        next_binomial(search, n, m);
    }
}

/* N symbols of the groups behind I. */
static void draw_rest(const struct groups *groups, size_t i, size_t n,
                      struct stream *stream, uint16_t *out)
{
    size_t symbols = 0;

    for (size_t j = i + 1; j < groups->count; j++)
        symbols += symbols_of(groups, j);
    for (size_t k = 0; k < n; k++) {
        size_t s = (size_t)stream_below(stream, symbols), j = i + 1;

        for (; s >= symbols_of(groups, j); j++)
            s -= symbols_of(groups, j);
        out[k] = groups->items[j].symbols[s];
    }
}

/* Words of a non-member, and how much of each group there is; what is left
 * belongs to owner `count`. */
static void draw_outside(const struct groups *groups, size_t n,
                         struct stream *stream, size_t *sizes, uint16_t *words)
{
    struct search search = { 0 };
    bool fails = false;
    size_t i = 0;

    for (; !fails; i++) {
        assert(i < groups->count);
        sizes[i] = draw_part(groups, i, n, &search, stream, &fails);
        tally_draw(&groups->items[i].tally, !fails, sizes[i], stream, words);
        words += sizes[i];
        n -= sizes[i];
    }
    draw_rest(groups, i - 1, n, stream, words);
    natural_clear(&search.rank);
    natural_clear(&search.left);
    natural_clear(&search.term);
    natural_clear(&search.binomial);
    natural_clear(&search.scratch);
}

/* The owners of N symbols that stand in a uniform order. */
static void draw_owners(const struct groups *groups, const size_t *sizes,
                        size_t n, struct stream *stream, uint16_t *owner)
{
    size_t at = 0;

    for (size_t i = 0; i < groups->count; i++)
        for (size_t k = 0; k < sizes[i]; k++)
            owner[at++] = (uint16_t)i;
    while (at < n)
        owner[at++] = (uint16_t)groups->count;
    interleave_mix(owner, n, stream);
}

void groups_draw(const struct groups *groups, bool member, size_t n,
                 struct stream *stream, uint16_t *out)
{
    size_t *sizes = memory_new(groups->count, sizeof *sizes), at = 0;
    uint16_t *owner = memory_new(n + 1, sizeof *owner);
    uint16_t *words = memory_new(n + 1, sizeof *words);

    if (member) {
        interleave_draw(&groups->words, n, stream, sizes, owner);
        for (size_t i = 0; i < groups->count; i++) {
            tally_draw(&groups->items[i].tally, true, sizes[i], stream,
                       words + at);
            at += sizes[i];
        }
    } else {
        draw_outside(groups, n, stream, sizes, words);
        draw_owners(groups, sizes, n, stream, owner);
    }
    spell(groups, words, sizes, owner, n, out);
    free(sizes);
    free(owner);
    free(words);
}

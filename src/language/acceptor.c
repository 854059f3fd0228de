/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The formalism of the clauses regex, dfa, att, track, always, before and
 * finally: their machine, or its minimal automaton when it is finite after all.
 */

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "language/clauses.h"
#include "language/enumerate.h"
#include "language/formalism.h"
#include "language/groups.h"

/* Products of words that putting groups together may take: some seconds. */
#define MOST_WORK 20e9

struct acceptor {
    struct machine clauses;  /* as the file says it */
    struct machine minimal;  /* no clauses; without states if not finite */
    struct machine *machine; /* what is run: one of the two */
    struct reach *reach;
    struct groups *groups;      /* what is counted, where there are any */
    struct tally tally, deaths; /* without rows before they are prepared */
};

static void *acceptor_read(const struct reading *reading, struct error *error)
{
    struct acceptor *acceptor = memory_new(1, sizeof *acceptor);
    struct automaton automaton;

    if (!clauses_read(&acceptor->clauses, reading, error)) {
        free(acceptor);
        return NULL;
    }
    acceptor->machine = &acceptor->clauses;
    if (machine_collapse(&acceptor->clauses, MACHINE_MOST_COLLAPSED,
                         &automaton)) {
        machine_init(&acceptor->minimal, &automaton);
        acceptor->machine = &acceptor->minimal;
    }
    acceptor->reach = reach_new(acceptor->machine);
    acceptor->groups = groups_new(acceptor->machine);
    return acceptor;
}

static void acceptor_free(void *self)
{
    struct acceptor *acceptor = self;

    machine_clear(&acceptor->clauses);
    machine_clear(&acceptor->minimal);
    reach_free(acceptor->reach);
    groups_free(acceptor->groups);
    tally_clear(&acceptor->tally);
    tally_clear(&acceptor->deaths);
    free(acceptor);
}

static const struct automaton *acceptor_automaton(const void *self)
{
    const struct acceptor *acceptor = self;

    return acceptor->machine == &acceptor->minimal ? &acceptor->minimal.shape
                                                   : NULL;
}

static void acceptor_describe(const void *self, struct text *out)
{
    const struct acceptor *acceptor = self;
    const struct machine *machine = acceptor->machine;

    for (size_t i = 0; i < acceptor->clauses.n_clauses; i++) {
        const struct clause *clause = &acceptor->clauses.clauses[i];

        if (clause->text != NULL)
            text_add_format(out, "%s: %s\n", clause->name, clause->text);
    }
    if (machine == &acceptor->minimal)
        return;
    text_add_format(out, "automaton: %zu state%s\n", machine->shape.states,
                    machine->shape.states == 1 ? "" : "s");
    for (size_t i = 0; i < machine->forms.count; i++)
        text_add_format(out, "register: %s\n", machine->forms.items[i].text);
    if (acceptor->groups != NULL)
        text_add_format(out, "groups: %zu, counted apart and interleaved\n",
                        acceptor->groups->count);
    text_add_format(out, "next symbols: %s\n",
                    reach_is_exact(acceptor->reach) ? "decided"
                                                    : "found by search");
}

static const char *acceptor_shows(const void *self, enum language_class class)
{
    const struct acceptor *acceptor = self;
    size_t registers = acceptor->machine->forms.count;

    if (class == CLASS_COUNTER)
        return "it is read with registers";
    if ((class == CLASS_DETERMINISTIC || class == CLASS_CONTEXT_FREE) &&
        registers == 1)
        return "it is read with one register";
    return NULL;
}

/* ------------------------------------------------------------- membership */

static bool acceptor_contains(const void *self, const uint16_t *symbols,
                              size_t length)
{
    const struct acceptor *acceptor = self;
    const struct machine *machine = acceptor->machine;
    int64_t at[MACHINE_MOST_WIDTH];

    if (!machine_start(machine, at))
        return false;
    for (size_t i = 0; i < length; i++)
        if (!machine_step(machine, at, symbols[i]))
            return false;
    return machine_accepts(machine, at);
}

/* How many symbols make it certain that the string is no member. */
static size_t find_certain(const struct acceptor *acceptor,
                           const uint16_t *symbols, size_t length)
{
    const struct machine *machine = acceptor->machine;
    int64_t at[MACHINE_MOST_WIDTH];
    bool alive = machine_start(machine, at);

    for (size_t i = 0;; i++) {
        if (!alive || reach_is_dead(acceptor->reach, at) || i == length)
            return i;
        alive = machine_step(machine, at, symbols[i]);
    }
}

static bool acceptor_why_not(const void *self, const uint16_t *symbols,
                             size_t length, struct text *out)
{
    const struct acceptor *acceptor = self;
    const struct machine *machine = &acceptor->clauses;
    const struct clause *failed;
    int64_t at[MACHINE_MOST_WIDTH];
    size_t i = 0, certain;

    if (acceptor_contains(self, symbols, length))
        return false;
    machine_start(machine, at);
    while ((failed = machine_find_failed(machine, at, i == length)) == NULL) {
        assert(i < length);
        machine_move(machine, at, symbols[i++]);
    }
    certain = find_certain(acceptor, symbols, length);
    if (i < certain)
        certain = i;
    text_add_format(out, "after %zu symbol%s: %s", certain,
                    certain == 1 ? "" : "s", failed->name);
    if (failed->text != NULL)
        text_add_format(out, ": %s", failed->text);
    return true;
}

/* --------------------------------------------------------- next symbols */

static bool refuse_next(const struct acceptor *acceptor, struct error *error)
{
    const struct machine *machine = acceptor->machine;
    struct text names = { 0 };

    for (size_t i = 0; i < machine->n_clauses; i++)
        text_add_format(&names, "%s%s", i > 0 ? ", " : "",
                        machine->clauses[i].name);
    error_add(error, ERROR_CONFIG, &machine->clauses[0].place, NULL,
              "the symbols that may follow are not decided for these clauses "
              "together: %s",
              names.data);
    text_clear(&names);
    return false;
}

/* The configuration after some symbols. */
struct standing {
    const struct acceptor *acceptor;
    bool alive;
    int64_t at[MACHINE_MOST_WIDTH];
};

static void start(struct standing *place, const struct acceptor *acceptor)
{
    place->acceptor = acceptor;
    place->alive = machine_start(acceptor->machine, place->at);
}

static void *walk_begin(const void *self)
{
    struct standing *place = memory_new(1, sizeof *place);

    start(place, self);
    return place;
}

static void walk_read(void *pointer, uint16_t symbol)
{
    struct standing *place = pointer;

    place->alive = place->alive &&
                   machine_step(place->acceptor->machine, place->at, symbol);
}

static bool walk_is_member(const void *pointer)
{
    const struct standing *place = pointer;

    return place->alive && machine_accepts(place->acceptor->machine, place->at);
}

static bool walk_next(const void *pointer, bool *allowed, bool *end,
                      struct error *error)
{
    const struct standing *place = pointer;
    const struct acceptor *acceptor = place->acceptor;
    const struct machine *machine = acceptor->machine;
    int64_t to[MACHINE_MOST_WIDTH];

    *end = walk_is_member(place);
    for (size_t s = 0; s < machine->shape.symbols; s++) {
        enum answer answer = ANSWER_NO;

        memcpy(to, place->at, machine->width * sizeof *to);
        if (place->alive && machine_step(machine, to, s))
            answer = reach_ask(acceptor->reach, to);
        if (answer == ANSWER_UNKNOWN)
            return refuse_next(acceptor, error);
        allowed[s] = answer == ANSWER_YES;
    }
    return true;
}

static const struct walk walk = { walk_begin, walk_read, walk_is_member,
                                  walk_next, free };

static bool acceptor_next(const void *self, const uint16_t *prefix,
                          size_t length, bool *allowed, bool *end,
                          struct error *error)
{
    struct standing place;

    start(&place, self);
    for (size_t i = 0; place.alive && i < length; i++)
        walk_read(&place, prefix[i]);
    return walk_next(&place, allowed, end, error);
}

/* ------------------------------------------------------ counts and draws */

/* The clause that makes tables large: a condition rather than the shape. */
static const struct clause *find_blamed(const struct machine *machine)
{
    const struct clause *blamed = NULL;

    for (size_t i = 0; i < machine->n_clauses; i++)
        if (blamed == NULL || blamed->kind < CLAUSE_ALWAYS)
            blamed = &machine->clauses[i];
    return blamed;
}

static bool refuse_size(const struct acceptor *acceptor, size_t longest,
                        struct error *error)
{
    const struct clause *blamed = find_blamed(&acceptor->clauses);

    return error_add(error, ERROR_CONFIG,
                     blamed != NULL ? &blamed->place : NULL,
                     blamed != NULL ? blamed->name : NULL,
                     "counting strings of up to %zu symbols would take "
                     "more than %zu MiB",
                     longest, TALLY_MOST_BYTES >> 20);
}

static bool prepare_groups(struct acceptor *acceptor, size_t longest,
                           struct error *error)
{
    struct groups *groups = acceptor->groups;
    const struct clause *blamed = find_blamed(&acceptor->clauses);

    if (groups->prepared && groups->words.longest >= longest)
        return true;
    if (groups_work(groups, longest) > MOST_WORK)
        return error_add(error, ERROR_CONFIG, &blamed->place, blamed->name,
                         "counting strings of up to %zu symbols would take "
                         "too long",
                         longest);
    return groups_prepare(groups, longest, TALLY_MOST_BYTES) ||
           refuse_size(acceptor, longest, error);
}

static bool acceptor_prepare(void *self, size_t longest, struct error *error)
{
    struct acceptor *acceptor = self;
    struct tally tally;

    if (acceptor->groups != NULL)
        return prepare_groups(acceptor, longest, error);
    if (acceptor->tally.rows != NULL && acceptor->tally.longest >= longest)
        return true;
    if (!tally_build(&tally, acceptor->machine, acceptor->reach, longest,
                     TALLY_MOST_BYTES))
        return refuse_size(acceptor, longest, error);
    tally_clear(&acceptor->tally);
    acceptor->tally = tally;
    return true;
}

static double acceptor_foresee(const void *self, size_t longest)
{
    const struct acceptor *acceptor = self;

    if (acceptor->groups != NULL)
        return groups_foresee(acceptor->groups, longest, TALLY_MOST_BYTES);
    return tally_foresee(acceptor->machine, acceptor->reach, longest,
                         TALLY_MOST_BYTES);
}

static void acceptor_count(const void *self, bool member, size_t n,
                           struct natural *out)
{
    const struct acceptor *acceptor = self;

    if (acceptor->groups != NULL)
        groups_count(acceptor->groups, member, n, out);
    else
        tally_count(&acceptor->tally, member, n, out);
}

static void acceptor_draw(const void *self, bool member, size_t n,
                          struct stream *stream, uint16_t *out)
{
    const struct acceptor *acceptor = self;

    if (acceptor->groups != NULL)
        groups_draw(acceptor->groups, member, n, stream, out);
    else
        tally_draw(&acceptor->tally, member, n, stream, out);
}

static void acceptor_enumerate(const void *self, bool member, size_t n,
                               struct strings *out)
{
    const struct acceptor *acceptor = self;

    if (acceptor->groups != NULL)
        enumerate_all(&acceptor_formalism, self,
                      acceptor->machine->shape.symbols, member, n, out);
    else
        tally_enumerate(&acceptor->tally, member, n, out);
}

static bool acceptor_prepare_deaths(void *self, size_t longest,
                                    struct error *error)
{
    struct acceptor *acceptor = self;
    struct tally deaths;

    if (acceptor->deaths.rows != NULL && acceptor->deaths.longest >= longest)
        return true;
    if (!tally_build_deaths(&deaths, acceptor->machine, acceptor->reach,
                            longest, TALLY_MOST_BYTES))
        return deaths.undecided ? refuse_next(acceptor, error)
                                : refuse_size(acceptor, longest, error);
    tally_clear(&acceptor->deaths);
    acceptor->deaths = deaths;
    return true;
}

static bool acceptor_has_death(const void *self, size_t n)
{
    const struct acceptor *acceptor = self;

    return tally_has_death(&acceptor->deaths, n);
}

static void acceptor_draw_death(const void *self, size_t n,
                                struct stream *stream, uint16_t *out)
{
    const struct acceptor *acceptor = self;

    tally_draw_death(&acceptor->deaths, n, stream, out);
}

const struct formalism acceptor_formalism = {
    .name = "acceptor",
    .keys = clauses_keys,
    .read = acceptor_read,
    .free = acceptor_free,
    .describe = acceptor_describe,
    .automaton = acceptor_automaton,
    .shows = acceptor_shows,
    .foresee = acceptor_foresee,
    .contains = acceptor_contains,
    .why_not = acceptor_why_not,
    .next = acceptor_next,
    .prepare = acceptor_prepare,
    .count = acceptor_count,
    .draw = acceptor_draw,
    .enumerate = acceptor_enumerate,
    .prepare_deaths = acceptor_prepare_deaths,
    .has_death = acceptor_has_death,
    .draw_death = acceptor_draw_death,
    .walk = &walk,
};

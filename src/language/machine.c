/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/machine.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "language/numbering.h"

void machine_init(struct machine *machine, struct automaton *automaton)
{
    *machine = (struct machine){ .shape = *automaton, .width = 1 };
    machine->live = memory_new(automaton->states, sizeof *machine->live);
    automaton_find_live(automaton, machine->live);
    *automaton = (struct automaton){ 0 };
}

void machine_clear(struct machine *machine)
{
    for (size_t i = 0; i < machine->n_clauses; i++) {
        free(machine->clauses[i].name);
        free(machine->clauses[i].text);
        condition_clear(&machine->clauses[i].condition);
    }
    free(machine->clauses);
    free(machine->live);
    automaton_clear(&machine->shape);
    forms_clear(&machine->forms);
    *machine = (struct machine){ 0 };
}

static bool holds(const struct machine *machine, enum clause_kind kind,
                  const int64_t *configuration)
{
    for (size_t i = 0; i < machine->n_clauses; i++)
        if (machine->clauses[i].kind == kind &&
            !condition_holds(&machine->clauses[i].condition, configuration))
            return false;
    return true;
}

static bool is_alive(const struct machine *machine,
                     const int64_t *configuration)
{
    return machine->live[machine_state(machine, configuration)] &&
           holds(machine, CLAUSE_ALWAYS, configuration);
}

bool machine_start(const struct machine *machine, int64_t *configuration)
{
    memset(configuration, 0, machine->width * sizeof *configuration);
    configuration[machine->forms.count] = machine->shape.start;
    return is_alive(machine, configuration);
}

void machine_move(const struct machine *machine, int64_t *configuration,
                  size_t symbol)
{
    int64_t before[MACHINE_MOST_WIDTH];
    size_t state = machine_state(machine, configuration);

    memcpy(before, configuration, machine->width * sizeof *before);
    for (size_t i = 0; i < machine->forms.count; i++)
        configuration[i] = forms_step(&machine->forms, i, symbol, before);
    configuration[machine->forms.count] =
        automaton_step(&machine->shape, (uint32_t)state, symbol);
}

bool machine_step(const struct machine *machine, int64_t *configuration,
                  size_t symbol)
{
    if (!holds(machine, CLAUSE_BEFORE, configuration))
        return false;
    machine_move(machine, configuration, symbol);
    return is_alive(machine, configuration);
}

bool machine_accepts(const struct machine *machine,
                     const int64_t *configuration)
{
    return machine->shape.accept[machine_state(machine, configuration)] &&
           holds(machine, CLAUSE_FINALLY, configuration);
}

const struct clause *machine_find_failed(const struct machine *machine,
                                         const int64_t *at, bool end)
{
    size_t state = machine_state(machine, at);

    for (size_t i = 0; i < machine->n_clauses; i++) {
        const struct clause *clause = &machine->clauses[i];
        bool ok = true;

        switch (clause->kind) {
        case CLAUSE_SHAPE:
            ok = end ? machine->shape.accept[state] : machine->live[state];
            break;
        case CLAUSE_TRACK:
            break;
        case CLAUSE_ALWAYS:
            ok = condition_holds(&clause->condition, at);
            break;
        case CLAUSE_BEFORE:
            ok = end || condition_holds(&clause->condition, at);
            break;
        case CLAUSE_FINALLY:
            ok = !end || condition_holds(&clause->condition, at);
            break;
        }
        if (!ok)
            return clause;
    }
    return NULL;
}

/* ------------------------------------------------------------- collapsing */

/* Numbers the configurations from 1 on; 0 is for all that is dead. */
static bool explore(const struct machine *machine, size_t most,
                    struct numbering *found, uint32_t **next)
{
    size_t bytes = machine->width * sizeof(int64_t);
    size_t symbols = machine->shape.symbols;
    int64_t configuration[MACHINE_MOST_WIDTH];

    *next = memory_new(symbols, sizeof **next);
    numbering_add(found, "", 0);
    if (!machine_start(machine, configuration))
        return true;
    numbering_add(found, configuration, bytes);
    for (uint32_t i = 1; i < found->count; i++) {
        if (found->count > most || found->count * symbols > AUTOMATON_MOST_ARCS)
            return false;
        *next = automaton_grow(*next, i, symbols);
        for (size_t s = 0; s < symbols; s++) {
            memcpy(configuration, numbering_key(found, i), bytes);
            (*next)[i * symbols + s] =
                machine_step(machine, configuration, s)
                    ? numbering_add(found, configuration, bytes)
                    : 0;
        }
    }
    return true;
}

bool machine_collapse(const struct machine *machine, size_t most,
                      struct automaton *out)
{
    struct numbering found = { 0 };
    uint32_t *next = NULL;
    bool ok = explore(machine, most, &found, &next);

    *out = (struct automaton){ 0 };
    if (ok) {
        automaton_init(out, found.count, machine->shape.symbols);
        memcpy(out->next, next,
               found.count * machine->shape.symbols * sizeof *next);
        out->start = found.count > 1;
        for (uint32_t i = 1; i < found.count; i++)
            out->accept[i] = machine_accepts(machine, numbering_key(&found, i));
        automaton_minimise(out);
    }
    free(next);
    numbering_clear(&found);
    return ok;
}

/* -------------------------------------------------------------- conjuncts */

static uint64_t sum_forms(const struct sum *sum)
{
    uint64_t forms = 0;

    for (size_t i = 0; i < sum->n_terms; i++)
        forms |= UINT64_C(1) << sum->terms[i].variable;
    for (size_t i = 0; i < sum->n_remainders; i++)
        forms |= sum_forms(&sum->remainders[i].inner);
    return forms;
}

static uint64_t condition_forms(const struct condition *condition)
{
    uint64_t forms = sum_forms(&condition->difference);

    for (size_t i = 0; i < condition->n_parts; i++)
        forms |= condition_forms(&condition->parts[i]);
    return forms;
}

static void add_conjuncts(const struct condition *condition,
                          enum clause_kind kind, struct conjunct **conjuncts,
                          size_t *count)
{
    if (condition->kind == CONDITION_AND) {
        for (size_t i = 0; i < condition->n_parts; i++)
            add_conjuncts(&condition->parts[i], kind, conjuncts, count);
        return;
    }
    *conjuncts = memory_resize(*conjuncts, *count + 1, sizeof **conjuncts);
    (*conjuncts)[(*count)++] =
        (struct conjunct){ kind, condition, condition_forms(condition) };
}

struct conjunct *machine_conjuncts(const struct machine *machine, size_t *count)
{
    struct conjunct *conjuncts = NULL;

    *count = 0;
    for (size_t i = 0; i < machine->n_clauses; i++)
        if (machine->clauses[i].kind >= CLAUSE_ALWAYS)
            add_conjuncts(&machine->clauses[i].condition,
                          machine->clauses[i].kind, &conjuncts, count);
    return conjuncts;
}

/* ----------------------------------------------------------------- groups */

uint64_t machine_moved(const struct machine *machine, size_t symbol)
{
    const struct forms *forms = &machine->forms;
    uint64_t moved = 0;

    for (size_t i = 0; i < forms->count; i++) {
        const struct update *update = forms_update(forms, i, symbol);

        if (update->source == i && update->factor == 1 && update->constant == 0)
            continue;
        moved |= UINT64_C(1) << i;
        if (update->source != FORM_NONE)
            moved |= UINT64_C(1) << update->source;
    }
    return moved;
}

/* Grows GROUP until every set in SETS lies in it or outside. */
static uint64_t close_group(uint64_t group, const uint64_t *sets, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if ((sets[i] & group) != 0 && (sets[i] & ~group) != 0) {
            group |= sets[i];
            i = SIZE_MAX;
        }
    return group;
}

void machine_find_groups(const struct machine *machine,
                         const struct conjunct *conjuncts, size_t count,
                         uint64_t *groups)
{
    size_t symbols = machine->shape.symbols;
    uint64_t *sets = memory_new(symbols + count + 1, sizeof *sets);

    for (size_t s = 0; s < symbols; s++)
        sets[s] = machine_moved(machine, s);
    for (size_t i = 0; i < count; i++)
        sets[symbols + i] = conjuncts[i].forms;
    for (size_t i = 0; i < machine->forms.count; i++)
        groups[i] = close_group(UINT64_C(1) << i, sets, symbols + count);
    free(sets);
}

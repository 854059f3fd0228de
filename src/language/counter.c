/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/counter.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "language/numbering.h"

/* Caps: items of a level, values times controls below the threshold, levels
 * followed until their sets repeat. */
#define MOST_ITEMS  512
#define MOST_MIDDLE 50000
#define MOST_LEVELS 4096

#define NOWHERE UINT32_MAX

/* What a symbol does to a control: the next one, and to the register. */
struct arc {
    uint32_t target; /* NOWHERE: dead */
    bool jump;       /* the register becomes AMOUNT, else it grows by it */
    int64_t amount;
};

/* All values above T (sign 1), or below -T (sign -1). */
struct side {
    int64_t sign;
    bool *valid, *open, *final; /* [controls], below */
    bool *accept;               /* A [items] */
    uint64_t *falls;            /* R [items][words] */
    bool **levels;              /* S(0), S(1), ... [items] each */
    size_t n_levels, repeats;   /* S(n_levels) = S(repeats) */
};

struct counter {
    const struct machine *machine;
    size_t form, symbols;
    uint64_t control;           /* registers that a control holds */
    struct conjunct *conjuncts; /* those kept */
    size_t n_conjuncts;
    struct numbering controls; /* configurations, other registers 0 */
    struct arc *arcs;          /* [controls][symbols] */
    int64_t threshold, step;   /* T and s */
    size_t items, words;       /* controls * s; words of a row of R */
    bool *live;                /* [controls][2 T + 1] */
    struct side sides[2];      /* above, below */
};

/* ------------------------------------------------------------ thresholds */

/* Beyond which size of register FORM is the sign of a comparison fixed? */
static int64_t find_threshold(const struct condition *condition, size_t form)
{
    const struct sum *sum = &condition->difference;
    int64_t most = 0;

    for (size_t i = 0; i < condition->n_parts; i++) {
        int64_t t = find_threshold(&condition->parts[i], form);

        most = t > most ? t : most;
    }
    if (sum->n_terms == 1 && sum->terms[0].variable == form) {
        most = llabs(sum->constant);
        for (size_t i = 0; i < sum->n_remainders; i++)
            most += llabs(sum->remainders[i].factor) *
                    (sum->remainders[i].modulus - 1);
        most = most / llabs(sum->terms[0].factor) + 1;
    }
    return most;
}

static bool find_thresholds(struct counter *counter)
{
    const struct forms *forms = &counter->machine->forms;

    counter->threshold = counter->step = 1;
    for (size_t i = 0; i < counter->n_conjuncts; i++) {
        int64_t t =
            find_threshold(counter->conjuncts[i].condition, counter->form);

        counter->threshold = t > counter->threshold ? t : counter->threshold;
    }
    for (size_t s = 0; s < counter->symbols; s++) {
        const struct update *update = forms_update(forms, counter->form, s);

        if (update->source != counter->form)
            continue;
        if (update->factor != 1)
            return false;
        if (llabs(update->constant) > counter->step)
            counter->step = llabs(update->constant);
    }
    if (counter->threshold < counter->step)
        counter->threshold = counter->step;
    return counter->threshold <= MOST_MIDDLE && counter->step <= MOST_ITEMS;
}

/* -------------------------------------------------------------- controls */

static bool holds(const struct counter *counter, enum clause_kind kind,
                  const int64_t *configuration)
{
    for (size_t i = 0; i < counter->n_conjuncts; i++)
        if (counter->conjuncts[i].kind == kind &&
            !condition_holds(counter->conjuncts[i].condition, configuration))
            return false;
    return true;
}

static void load(const struct counter *counter, size_t control, int64_t value,
                 int64_t *configuration)
{
    memcpy(configuration, numbering_key(&counter->controls, (uint32_t)control),
           counter->machine->width * sizeof *configuration);
    configuration[counter->form] = value;
}

/* Do the conjuncts of ALWAYS that do not ask for the counter hold? */
static bool may_be(const struct counter *counter, const int64_t *configuration)
{
    const struct machine *machine = counter->machine;

    for (size_t i = 0; i < counter->n_conjuncts; i++) {
        const struct conjunct *c = &counter->conjuncts[i];

        if (c->kind == CLAUSE_ALWAYS && !(c->forms >> counter->form & 1) &&
            !condition_holds(c->condition, configuration))
            return false;
    }
    return machine->live[machine_state(machine, configuration)];
}

static struct arc find_arc(struct counter *counter, uint32_t control, size_t s)
{
    const struct machine *machine = counter->machine;
    const struct forms *forms = &machine->forms;
    const struct update *update = forms_update(forms, counter->form, s);
    int64_t from[MACHINE_MOST_WIDTH], to[MACHINE_MOST_WIDTH] = { 0 };
    struct arc arc = { .target = NOWHERE, .amount = update->constant };

    load(counter, control, 0, from);
    for (size_t i = 0; i < forms->count; i++)
        if (counter->control >> i & 1)
            to[i] = forms_step(forms, i, s, from);
    to[forms->count] = automaton_step(
        &machine->shape, (uint32_t)machine_state(machine, from), s);
    if (update->source != counter->form) {
        arc.jump = true;
        arc.amount = forms_step(forms, counter->form, s, from);
    }
    if (may_be(counter, to))
        arc.target =
            numbering_add(&counter->controls, to, machine->width * sizeof *to);
    return arc;
}

static bool find_controls(struct counter *counter)
{
    int64_t start[MACHINE_MOST_WIDTH] = { 0 };
    const struct machine *machine = counter->machine;
    size_t symbols = counter->symbols;

    start[machine->forms.count] = machine->shape.start;
    numbering_add(&counter->controls, start, machine->width * sizeof *start);
    for (uint32_t p = 0; p < counter->controls.count; p++) {
        counter->arcs = memory_resize(counter->arcs, (p + 1) * symbols,
                                      sizeof *counter->arcs);
        for (size_t s = 0; s < symbols; s++) {
            struct arc arc = find_arc(counter, p, s);

            counter->arcs[p * symbols + s] = arc;
            if (arc.jump && llabs(arc.amount) > counter->threshold)
                counter->threshold = llabs(arc.amount);
        }
        if (counter->controls.count * (size_t)counter->step > MOST_ITEMS)
            return false;
    }
    return counter->controls.count * (2 * (size_t)counter->threshold + 1) <=
           MOST_MIDDLE;
}

/* ----------------------------------------------------------------- sides */

/* The register's value at offset O of a level; level -1 is below T. */
static int64_t value_at(const struct counter *counter, const struct side *side,
                        int64_t level, int64_t offset)
{
    return side->sign *
           (counter->threshold + 1 + level * counter->step + offset);
}

static size_t middle(const struct counter *counter, size_t control,
                     int64_t value)
{
    return control * (2 * (size_t)counter->threshold + 1) +
           (size_t)(value + counter->threshold);
}

static void side_init(struct counter *counter, struct side *side, int64_t sign)
{
    size_t n = counter->controls.count;

    side->sign = sign;
    side->valid = memory_new(n, sizeof(bool));
    side->open = memory_new(n, sizeof(bool));
    side->final = memory_new(n, sizeof(bool));
    side->accept = memory_new(counter->items, sizeof(bool));
    side->falls = memory_new(counter->items * counter->words, sizeof(uint64_t));
    for (size_t p = 0; p < n; p++) {
        int64_t configuration[MACHINE_MOST_WIDTH];

        load(counter, p, value_at(counter, side, 0, 0), configuration);
        side->valid[p] = holds(counter, CLAUSE_ALWAYS, configuration);
        side->open[p] = holds(counter, CLAUSE_BEFORE, configuration);
        side->final[p] =
            counter->machine->shape
                .accept[machine_state(counter->machine, configuration)] &&
            holds(counter, CLAUSE_FINALLY, configuration);
    }
}

/* Where an arc from item X leads: item TO of the level above (1), of the same
 * (0) or below (-1). */
struct move {
    size_t to;
    int level;
};

static struct move find_move(const struct counter *counter,
                             const struct side *side, size_t x,
                             const struct arc *arc)
{
    int64_t s = counter->step;
    int64_t offset = (int64_t)x % s + side->sign * arc->amount;
    int level = offset < 0 ? -1 : offset >= s ? 1 : 0;

    return (struct move){
        arc->target * (size_t)s + (size_t)(offset - level * s), level
    };
}

static const struct arc *arcs_of(const struct counter *counter, size_t control)
{
    return counter->arcs + control * counter->symbols;
}

static bool row_has(const uint64_t *row, size_t y)
{
    return row[y / 64] >> (y % 64) & 1;
}

static bool row_add(uint64_t *row, const uint64_t *more, size_t words)
{
    bool grew = false;

    for (size_t w = 0; w < words; w++) {
        grew |= (more[w] & ~row[w]) != 0;
        row[w] |= more[w];
    }
    return grew;
}

static bool is_valid(const struct counter *counter, const struct side *side,
                     size_t item)
{
    return side->valid[item / (size_t)counter->step];
}

/* Adds to R(x, .) what one arc gives; true if that is news. */
static bool grow_fall(const struct counter *counter, struct side *side,
                      size_t x, const struct arc *arc)
{
    size_t words = counter->words;
    uint64_t *row = side->falls + x * words;
    struct move move = find_move(counter, side, x, arc);
    const uint64_t *through = side->falls + move.to * words;
    bool grew = false;

    if (move.level < 0) {
        grew = !row_has(row, move.to);
        row[move.to / 64] |= UINT64_C(1) << (move.to % 64);
        return grew;
    }
    if (!is_valid(counter, side, move.to))
        return false;
    if (move.level == 0)
        return row_add(row, through, words);
    for (size_t z = 0; z < counter->items; z++)
        if (row_has(through, z) && is_valid(counter, side, z))
            grew |= row_add(row, side->falls + z * words, words);
    return grew;
}

/* R is the least relation closed under the arcs. */
static void find_falls(const struct counter *counter, struct side *side)
{
    bool grew = true;

    while (grew) {
        grew = false;
        for (size_t x = 0; x < counter->items; x++) {
            size_t p = x / (size_t)counter->step;
            const struct arc *arcs = arcs_of(counter, p);

            if (!side->valid[p] || !side->open[p])
                continue;
            for (size_t s = 0; s < counter->symbols; s++)
                if (arcs[s].target != NOWHERE && !arcs[s].jump)
                    grew |= grow_fall(counter, side, x, &arcs[s]);
        }
    }
}

/* Is some y of R(x, .) accepted within its level or above? */
static bool falls_into(const struct counter *counter, const struct side *side,
                       size_t x, const bool *accept)
{
    const uint64_t *row = side->falls + x * counter->words;

    for (size_t y = 0; y < counter->items; y++)
        if (row_has(row, y) && accept[y])
            return true;
    return false;
}

static bool side_accepts(const struct counter *counter, const struct side *side,
                         size_t x)
{
    size_t p = x / (size_t)counter->step;
    const struct arc *arcs = arcs_of(counter, p);

    if (!side->valid[p])
        return false;
    if (side->final[p])
        return true;
    for (size_t s = 0; side->open[p] && s < counter->symbols; s++) {
        struct move move;

        if (arcs[s].target == NOWHERE)
            continue;
        if (arcs[s].jump) {
            if (counter->live[middle(counter, arcs[s].target, arcs[s].amount)])
                return true;
            continue;
        }
        move = find_move(counter, side, x, &arcs[s]);
        if (move.level >= 0 && side->accept[move.to])
            return true;
        if (move.level > 0 && is_valid(counter, side, move.to) &&
            falls_into(counter, side, move.to, side->accept))
            return true;
    }
    return false;
}

/* ---------------------------------------------------------------- middle */

/* Level -1 of SIDE, as a set of items. */
static bool is_live_below(const struct counter *counter,
                          const struct side *side, size_t item)
{
    int64_t s = counter->step;
    int64_t value = value_at(counter, side, -1, (int64_t)item % s);

    return counter->live[middle(counter, item / (size_t)s, value)];
}

/* Is (control, value), one step beyond T, live? */
static bool enters(const struct counter *counter, const struct side *side,
                   size_t control, int64_t value)
{
    int64_t offset = side->sign * value - counter->threshold - 1;
    size_t x = control * (size_t)counter->step + (size_t)offset;
    const uint64_t *row = side->falls + x * counter->words;

    if (!side->valid[control])
        return false;
    if (side->accept[x])
        return true;
    for (size_t y = 0; y < counter->items; y++)
        if (row_has(row, y) && is_live_below(counter, side, y))
            return true;
    return false;
}

static bool middle_accepts(const struct counter *counter, size_t control,
                           int64_t value)
{
    const struct machine *machine = counter->machine;
    const struct arc *arcs = arcs_of(counter, control);
    int64_t configuration[MACHINE_MOST_WIDTH];

    load(counter, control, value, configuration);
    if (!holds(counter, CLAUSE_ALWAYS, configuration))
        return false;
    if (machine->shape.accept[machine_state(machine, configuration)] &&
        holds(counter, CLAUSE_FINALLY, configuration))
        return true;
    if (!holds(counter, CLAUSE_BEFORE, configuration))
        return false;
    for (size_t s = 0; s < counter->symbols; s++) {
        int64_t to = arcs[s].amount + (arcs[s].jump ? 0 : value);
        size_t target = arcs[s].target;

        if (target == NOWHERE)
            continue;
        if (to > counter->threshold || to < -counter->threshold) {
            if (enters(counter, &counter->sides[to < 0], target, to))
                return true;
        } else if (counter->live[middle(counter, target, to)]) {
            return true;
        }
    }
    return false;
}

/* One sweep; values are taken in both directions so that what spreads along
 * them spreads far in one sweep. */
static bool sweep(struct counter *counter, bool downwards)
{
    bool grew = false;

    for (size_t p = 0; p < counter->controls.count; p++)
        for (int64_t i = -counter->threshold; i <= counter->threshold; i++) {
            int64_t value = downwards ? -i : i;
            bool *live = &counter->live[middle(counter, p, value)];

            if (!*live && middle_accepts(counter, p, value))
                grew = *live = true;
        }
    for (size_t k = 0; k < 2; k++)
        for (size_t x = 0; x < counter->items; x++) {
            struct side *side = &counter->sides[k];

            if (!side->accept[x] && side_accepts(counter, side, x))
                grew = side->accept[x] = true;
        }
    return grew;
}

/* ---------------------------------------------------------------- levels */

static bool *next_level(const struct counter *counter, const struct side *side)
{
    bool *level = memory_new(counter->items, sizeof *level);
    size_t h = side->n_levels;

    for (size_t x = 0; x < counter->items; x++) {
        const uint64_t *row = side->falls + x * counter->words;

        level[x] = side->accept[x];
        if (!is_valid(counter, side, x))
            continue;
        for (size_t y = 0; !level[x] && y < counter->items; y++)
            level[x] =
                row_has(row, y) && (h == 0 ? is_live_below(counter, side, y)
                                           : side->levels[h - 1][y]);
    }
    return level;
}

/* Follows S(h) until a level repeats an earlier one. */
static void find_levels(const struct counter *counter, struct side *side)
{
    struct numbering seen = { 0 };

    side->levels = memory_new(MOST_LEVELS, sizeof *side->levels);
    side->repeats = SIZE_MAX;
    while (side->n_levels < MOST_LEVELS) {
        bool *level = next_level(counter, side);
        uint32_t number = numbering_add(&seen, level, counter->items);

        if (number < side->n_levels) {
            side->repeats = number;
            free(level);
            break;
        }
        side->levels[side->n_levels++] = level;
    }
    numbering_clear(&seen);
}

/* -------------------------------------------------------------- the whole */

/* Registers must not be copied between the counter and the others. */
static bool is_separate(const struct counter *counter)
{
    const struct forms *forms = &counter->machine->forms;

    for (size_t i = 0; i < forms->count; i++)
        for (size_t s = 0; s < counter->symbols; s++) {
            uint32_t source = forms_update(forms, i, s)->source;
            bool mine = i == counter->form;

            if (!mine && !(counter->control >> i & 1))
                continue;
            if (source != FORM_NONE && !(counter->control >> source & 1) &&
                !(mine && source == counter->form))
                return false;
        }
    return true;
}

static void keep_conjuncts(struct counter *counter,
                           const struct conjunct *conjuncts, size_t count,
                           uint64_t dropped)
{
    counter->conjuncts = memory_new(count, sizeof *conjuncts);
    for (size_t i = 0; i < count; i++)
        if (!(conjuncts[i].forms & dropped))
            counter->conjuncts[counter->n_conjuncts++] = conjuncts[i];
}

struct counter *counter_new(const struct machine *machine, size_t form,
                            const struct conjunct *conjuncts,
                            size_t n_conjuncts, uint64_t dropped)
{
    struct counter *counter = memory_new(1, sizeof *counter);

    counter->machine = machine;
    counter->form = form;
    counter->symbols = machine->shape.symbols;
    for (size_t i = 0; i < machine->forms.count; i++)
        if (i != form && !(dropped >> i & 1))
            counter->control |= UINT64_C(1) << i;
    keep_conjuncts(counter, conjuncts, n_conjuncts, dropped);
    if (!is_separate(counter) || !find_thresholds(counter) ||
        !find_controls(counter)) {
        counter_free(counter);
        return NULL;
    }
    counter->items = counter->controls.count * (size_t)counter->step;
    counter->words = (counter->items + 63) / 64;
    counter->live = memory_new(counter->controls.count *
                                   (2 * (size_t)counter->threshold + 1),
                               sizeof *counter->live);
    for (size_t k = 0; k < 2; k++) {
        side_init(counter, &counter->sides[k], k == 0 ? 1 : -1);
        find_falls(counter, &counter->sides[k]);
    }
    for (bool downwards = true; sweep(counter, downwards);)
        downwards = !downwards;
    for (size_t k = 0; k < 2; k++)
        find_levels(counter, &counter->sides[k]);
    return counter;
}

void counter_free(struct counter *counter)
{
    if (counter == NULL)
        return;
    for (size_t k = 0; k < 2; k++) {
        struct side *side = &counter->sides[k];

        for (size_t h = 0; h < side->n_levels; h++)
            free(side->levels[h]);
        free(side->levels);
        free(side->valid);
        free(side->open);
        free(side->final);
        free(side->accept);
        free(side->falls);
    }
    free(counter->conjuncts);
    numbering_clear(&counter->controls);
    free(counter->arcs);
    free(counter->live);
    free(counter);
}

static enum answer ask_side(const struct counter *counter,
                            const struct side *side, size_t control,
                            int64_t value)
{
    int64_t above = side->sign * value - counter->threshold - 1;
    size_t h = (size_t)(above / counter->step);
    size_t x =
        control * (size_t)counter->step + (size_t)(above % counter->step);

    if (h >= side->n_levels) {
        if (side->repeats == SIZE_MAX)
            return ANSWER_UNKNOWN;
        h = side->repeats +
            (h - side->repeats) % (side->n_levels - side->repeats);
    }
    return side->levels[h][x] ? ANSWER_YES : ANSWER_NO;
}

enum answer counter_ask(const struct counter *counter,
                        const int64_t *configuration)
{
    const struct machine *machine = counter->machine;
    int64_t key[MACHINE_MOST_WIDTH], value = configuration[counter->form];
    uint32_t control;

    memcpy(key, configuration, machine->width * sizeof *key);
    for (size_t i = 0; i < machine->forms.count; i++)
        if (!(counter->control >> i & 1))
            key[i] = 0;
    control =
        numbering_find(&counter->controls, key, machine->width * sizeof *key);
    assert(control != NUMBERING_NONE);
    if (value > counter->threshold || value < -counter->threshold)
        return ask_side(counter, &counter->sides[value < 0], control, value);
    return counter->live[middle(counter, control, value)] ? ANSWER_YES
                                                          : ANSWER_NO;
}

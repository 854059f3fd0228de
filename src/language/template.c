/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The formalism of `template` and `where`. */

#include "language/template.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "config/schema.h"
#include "language/arithmetic.h"
#include "language/convolution.h"
#include "language/enumerate.h"
#include "language/equation.h"
#include "language/formalism.h"
#include "language/match.h"
#include "language/passage.h"
#include "language/regex.h"

#define MOST_BRANCHES 64

/* Members that are looked at, when the file is loaded, for a second reading,
 * of the strings of a length; and how long they may be. */
#define MOST_READ        2000
#define MOST_TRIED       100000
#define MOST_READ_LENGTH 24

static const char *const template_keys[] = { "template", "where", NULL };

static void clear_tables(struct template *template)
{
    for (size_t i = 0; i < template->n_branches; i++)
        convolution_clear(template, &template->branches[i]);
    for (size_t v = 0; v < template->n_variables; v++)
        tally_clear(&template->variables[v].tally);
    template->prepared = false;
}

static void template_free(void *self)
{
    struct template *template = self;

    clear_tables(template);
    for (size_t i = 0; i < template->n_branches; i++) {
        pattern_clear(&template->branches[i].pattern);
        free(template->branches[i].key);
        free(template->branches[i].text);
        free(template->branches[i].units);
    }
    for (size_t v = 0; v < template->n_variables; v++) {
        machine_clear(&template->variables[v].machine);
        reach_free(template->variables[v].reach);
        free(template->names[v]);
        free(template->regexes[v]);
    }
    free(template->branches);
    free(template->variables);
    free(template->names);
    free(template->regexes);
    free(template);
}

/* ----------------------------------------------------------------- questions
 */

static bool template_contains(const void *self, const uint16_t *symbols,
                              size_t length)
{
    size_t target;

    return match_count(self, symbols, length, 1, &target) > 0;
}

static size_t template_target(const void *self, const uint16_t *symbols,
                              size_t length)
{
    size_t target = 0;

    return match_count(self, symbols, length, 1, &target) > 0 ? target : 0;
}

static bool template_next(const void *self, const uint16_t *prefix,
                          size_t length, bool *allowed, bool *end,
                          struct error *error)
{
    struct undecided undecided;

    return match_next(self, prefix, length, allowed, end, &undecided) ||
           error_add(error, ERROR_CONFIG, &undecided.term->place,
                     undecided.branch->key,
                     "the symbols that may follow are not decided where this "
                     "comes before the words it is of");
}

static bool template_why_not(const void *self, const uint16_t *symbols,
                             size_t length, struct text *out)
{
    const struct template *template = self;
    size_t certain;

    if (template_contains(self, symbols, length))
        return false;
    certain = match_certain(template, symbols, length);
    text_add_format(out, "after %zu symbol%s: template: ", certain,
                    certain == 1 ? "" : "s");
    for (size_t i = 0; i < template->n_branches; i++)
        text_add_format(out, "%s%s", i > 0 ? " | " : "",
                        template->branches[i].text);
    return true;
}

/* ---------------------------------------------------------- counts and draws
 */

/* The most symbols that two factors and their product have together, with no
 * more than MOST a factor. */
static size_t find_size(const struct template *template,
                        const struct branch *branch, const struct unit *unit,
                        size_t most)
{
    size_t size = 0;

    for (size_t i = 0; i < unit->n_variables; i++) {
        size_t longest =
            equation_longest(&template->variables[unit->variables[i]].machine,
                             branch->pattern.bits[0]);

        size += 2 * (longest < most ? longest : most);
    }
    return size;
}

/* There is no sum over products of all numbers: they are counted one factor
 * after the other, so that long factors cannot be. */
static bool check_products(const struct template *template, size_t longest,
                           struct error *error)
{
    size_t most = ARITHMETIC_MOST_PRODUCT;

    for (size_t i = 0; i < template->n_branches; i++) {
        const struct branch *branch = &template->branches[i];

        for (size_t u = 0; u < branch->n_units; u++) {
            const struct unit *unit = &branch->units[u];

            if (unit->call != NULL && unit->call->kind == PATTERN_PRODUCT &&
                longest > most + branch->fixed &&
                find_size(template, branch, unit, most) > most)
                return error_add(
                    error, ERROR_CONFIG, &unit->call->place, branch->key,
                    "strings with a product are counted up to %zu symbols, "
                    "not %zu, unless its factors are so short that they have "
                    "at most %zu with it",
                    most + branch->fixed, longest, most);
        }
    }
    return true;
}

static bool template_prepare(void *self, size_t longest, struct error *error)
{
    struct template *template = self;

    if (template->prepared && template->longest >= longest)
        return true;
    if (!check_products(template, longest, error))
        return false;
    clear_tables(template);
    template->longest = longest;
    for (size_t v = 0; v < template->n_variables; v++) {
        struct variable *variable = &template->variables[v];

        if (!tally_build(&variable->tally, &variable->machine, variable->reach,
                         longest, TALLY_MOST_BYTES))
            return error_add(
                error, ERROR_CONFIG, &template->branches[0].place, "where",
                "counting the words of %s up to %zu symbols would "
                "take more than %zu MiB",
                template->names[v], longest, TALLY_MOST_BYTES >> 20);
    }
    for (size_t i = 0; i < template->n_branches; i++)
        convolution_build(template, &template->branches[i]);
    template->prepared = true;
    return true;
}

static void template_count(const void *self, bool member, size_t n,
                           struct natural *out)
{
    const struct template *template = self;
    struct natural members = { 0 };

    assert(template->prepared && n <= template->longest);
    natural_init(&members, 0);
    for (size_t i = 0; i < template->n_branches; i++)
        natural_add(&members, convolution_count(&template->branches[i], n));
    natural_power(out, template->alphabet->size, n);
    if (member)
        natural_copy(out, &members);
    else
        natural_subtract(out, &members);
    natural_clear(&members);
}

static void template_draw(const void *self, bool member, size_t n,
                          struct stream *stream, uint16_t *out)
{
    const struct template *template = self;
    struct natural all = { 0 }, r = { 0 };
    size_t i = 0;

    if (!member) { /* members are rare: as a rule the first try will do */
        do
            for (i = 0; i < n; i++)
                out[i] =
                    (uint16_t)stream_below(stream, template->alphabet->size);
        while (template_contains(self, out, n));
        return;
    }
    template_count(self, true, n, &all);
    natural_draw(&r, &all, stream);
    while (
        !convolution_falls_to(&r, convolution_count(&template->branches[i], n)))
        i++;
    natural_clear(&all);
    natural_clear(&r);
    convolution_draw(template, &template->branches[i], n, stream, out);
}

static void template_enumerate(const void *self, bool member, size_t n,
                               struct strings *out)
{
    const struct template *template = self;

    enumerate_all(&template_formalism, self, template->alphabet->size, member,
                  n, out);
}

/* ------------------------------------------------------------------- reading
 */

/* Whether the words of MACHINE have no symbols but bits; ALL_OR_NONE: and all
 * of a length or none. */
static bool is_of_bits(const struct machine *machine,
                       const struct pattern *pattern, bool all_or_none)
{
    const struct automaton *shape = &machine->shape;

    for (size_t q = 0; q < shape->states; q++) {
        const uint32_t *next = shape->next + q * shape->symbols;

        for (size_t s = 0; machine->live[q] && s < shape->symbols; s++)
            if (machine->live[next[s]] && s != pattern->bits[0] &&
                s != pattern->bits[1])
                return false;
        if (all_or_none && next[pattern->bits[0]] != next[pattern->bits[1]])
            return false;
    }
    return true;
}

/* What is being read. */
struct template_reading {
    struct template *template;
    const struct reading *reading;
    const struct yaml_node *where;
    struct passage passage; /* of the pattern */
    struct branch *branch;
    struct error *error;
};

static bool read_variable(struct template_reading *r, size_t v)
{
    const struct yaml_node *node = r->where->items[v];
    struct variable *variable = &r->template->variables[v];
    struct text key = { 0 };
    struct automaton automaton = { 0 };
    struct passage passage;
    bool ok;

    text_add_format(&key, "where.%s", r->template->names[v]);
    passage = passage_of(node, key.data, r->reading->source);
    if (node->kind != YAML_SCALAR || yaml_is_null(node))
        ok = schema_complain(node, key.data, "a regular expression", r->error);
    else
        ok = regex_read(&automaton, &passage, r->reading->alphabet, r->error);
    if (ok) {
        r->template->regexes[v] = memory_copy_text(node->text);
        machine_init(&variable->machine, &automaton);
        variable->reach = reach_new(&variable->machine);
        if (!variable->machine.live[variable->machine.shape.start])
            ok = passage_refuse(&passage, 0, r->error, "no word is of it");
    }
    text_clear(&key);
    return ok;
}

static bool read_where(struct template_reading *r)
{
    static const struct yaml_node none = { .kind = YAML_MAP };
    struct template *template = r->template;
    bool ok = true;

    r->where = yaml_get(r->reading->root, "where");
    if (r->where == NULL)
        r->where = &none;
    else if (r->where->kind != YAML_MAP ||
             r->where->count > TEMPLATE_MOST_VARIABLES)
        ok = schema_complain(r->where, "where",
                             "a map from at most 8 variables to regular "
                             "expressions",
                             r->error);
    if (!ok)
        r->where = &none;
    template->n_variables = r->where->count;
    template->names = memory_new(r->where->count + 1, sizeof(char *));
    template->regexes = memory_new(r->where->count + 1, sizeof(char *));
    template->variables =
        memory_new(r->where->count, sizeof *template->variables);
    for (size_t v = 0; v < r->where->count; v++)
        template->names[v] = memory_copy_text(r->where->keys[v]->text);
    for (size_t v = 0; v < r->where->count; v++)
        ok &= read_variable(r, v);
    return ok;
}

/* A unit of arithmetic: each of its words a variable of its own. */
static bool add_call(struct template_reading *r,
                     const struct pattern_term *term)
{
    struct branch *branch = r->branch;
    struct unit unit = { .call = term, .n_variables = term->n_parts };

    for (size_t i = 0; i < term->n_parts; i++) {
        const struct pattern_term *part = &term->parts[i];

        if (part->kind != PATTERN_VARIABLE ||
            (i > 0 && part->index == unit.variables[0]))
            return passage_refuse(&r->passage, part->at, r->error,
                                  "arithmetic is of different variables only");
        unit.variables[i] = part->index;
        for (size_t u = 0; u < branch->n_units; u++)
            for (size_t k = 0; k < branch->units[u].n_variables; k++)
                if (branch->units[u].variables[k] == part->index)
                    return passage_refuse(&r->passage, part->at, r->error,
                                          "a variable has one place in "
                                          "arithmetic");
        if (!is_of_bits(&r->template->variables[part->index].machine,
                        &branch->pattern, true))
            return passage_refuse(&r->passage, part->at, r->error,
                                  "arithmetic is of variables with all bit "
                                  "strings of a length or none, as (0|1)*");
    }
    branch->units = memory_resize(branch->units, branch->n_units + 1,
                                  sizeof *branch->units);
    branch->units[branch->n_units++] = unit;
    return true;
}

/* The functions within TERM. */
static bool check_functions(struct template_reading *r,
                            const struct pattern_term *term, bool inner)
{
    if (inner && pattern_is_arithmetic(term->kind))
        return passage_refuse(&r->passage, term->at, r->error,
                              "arithmetic stands by itself, within no other "
                              "function");
    for (size_t v = 0; v < r->template->n_variables; v++)
        if (pattern_is_of_bits(term->kind) && pattern_has(term, v) &&
            !is_of_bits(&r->template->variables[v].machine, &r->branch->pattern,
                        false))
            return passage_refuse(&r->passage, term->at, r->error,
                                  "the words of %s are not all of 0 and 1",
                                  r->template->names[v]);
    for (size_t i = 0; i < term->n_parts; i++)
        if (!check_functions(r, &term->parts[i], true))
            return false;
    return true;
}

/* Each variable must be seen as it is, so that a string can be read. */
static bool add_variable(struct template_reading *r, size_t v)
{
    struct branch *branch = r->branch;
    const struct pattern_term *met = NULL;

    for (size_t i = 0; i < branch->pattern.count; i++) {
        const struct pattern_term *term = &branch->pattern.terms[i];

        if (term->kind == PATTERN_VARIABLE && term->index == v)
            break;
        if (met == NULL && term->kind != PATTERN_SYMBOL && pattern_has(term, v))
            met = term;
        if (i + 1 == branch->pattern.count && met != NULL)
            return passage_refuse(&r->passage, met->at, r->error,
                                  "{%s} itself must stand somewhere, too",
                                  r->template->names[v]);
        if (i + 1 == branch->pattern.count)
            return true; /* not of this pattern */
    }
    if (branch->pattern.count == 0)
        return true;
    for (size_t u = 0; u < branch->n_units; u++)
        for (size_t k = 0; k < branch->units[u].n_variables; k++)
            if (branch->units[u].variables[k] == v)
                return true;
    branch->units = memory_resize(branch->units, branch->n_units + 1,
                                  sizeof *branch->units);
    branch->units[branch->n_units++] =
        (struct unit){ .variables = { v }, .n_variables = 1 };
    return true;
}

static bool add_units(struct template_reading *r)
{
    struct branch *branch = r->branch;
    bool ok = true;

    for (size_t i = 0; ok && i < branch->pattern.count; i++) {
        const struct pattern_term *term = &branch->pattern.terms[i];

        branch->fixed += term->kind == PATTERN_SYMBOL;
        ok = check_functions(r, term, false) &&
             (!pattern_is_arithmetic(term->kind) || add_call(r, term));
    }
    for (size_t v = 0; ok && v < r->template->n_variables; v++)
        ok = add_variable(r, v);
    return ok;
}

static bool read_branch(struct template_reading *r,
                        const struct yaml_node *node, const char *key)
{
    struct template *template = r->template;

    if (node->kind != YAML_SCALAR || yaml_is_null(node))
        return schema_complain(node, key,
                               "a pattern such as \"{w} # {rev(w)}\", or a "
                               "list of them",
                               r->error);
    template->branches =
        memory_resize(template->branches, template->n_branches + 1,
                      sizeof *template->branches);
    r->branch = &template->branches[template->n_branches++];
    *r->branch = (struct branch){ .key = memory_copy_text(key),
                                  .text = memory_copy_text(node->text),
                                  .place = node->place };
    r->passage = passage_of(node, r->branch->key, r->reading->source);
    return pattern_read(&r->branch->pattern, &r->passage, r->reading->alphabet,
                        (const char *const *)template->names, r->error) &&
           add_units(r);
}

static bool read_branches(struct template_reading *r)
{
    const struct yaml_node *node = yaml_get(r->reading->root, "template");
    bool ok = true;

    if (node == NULL)
        return error_add(r->error, ERROR_CONFIG, &r->reading->root->place,
                         "template", "missing; accepted: a pattern");
    if (node->kind != YAML_LIST)
        return read_branch(r, node, "template");
    if (node->count == 0 || node->count > MOST_BRANCHES)
        return schema_complain(node, "template", "1 to 64 patterns", r->error);
    for (size_t i = 0; i < node->count; i++) {
        struct text key = { 0 };

        text_add_format(&key, "template[%zu]", i);
        ok &= read_branch(r, node->items[i], key.data);
        text_clear(&key);
    }
    return ok;
}

/* No clause of another formalism has a say. */
static bool check_alone(const struct reading *reading, struct error *error)
{
    bool ok = true;

    for (const char *const *k = acceptor_formalism.keys; *k != NULL; k++)
        if (yaml_get(reading->root, *k) != NULL)
            ok = error_add(error, ERROR_CONFIG,
                           &yaml_get(reading->root, *k)->place, *k,
                           "cannot be combined with a template");
    return ok;
}

/* Reads the shortest members for a second way to read one. */
static bool check_readings(struct template *template, struct error *error)
{
    struct strings members = { 0 };
    struct text shown = { 0 };
    size_t target;
    bool ok = template_prepare(template, MOST_READ_LENGTH, error);

    for (size_t n = 0; ok && n <= MOST_READ_LENGTH; n++) {
        struct natural count = { 0 }, all = { 0 };
        bool few;

        template_count(template, true, n, &count);
        natural_power(&all, template->alphabet->size, n);
        few = natural_small(&count) + members.count <= MOST_READ &&
              natural_small(&all) <= MOST_TRIED;
        natural_clear(&count);
        natural_clear(&all);
        if (!few)
            break;
        template_enumerate(template, true, n, &members);
    }
    for (size_t i = 0; ok && i < members.count; i++) {
        if (match_count(template, strings_at(&members, i),
                        strings_length(&members, i), 2, &target) < 2)
            continue;
        alphabet_print(template->alphabet, strings_at(&members, i),
                       strings_length(&members, i), &shown);
        ok = error_add(error, ERROR_CONFIG, &template->branches[0].place,
                       "template",
                       "the string \"%s\" can be read in two ways, so that "
                       "counts would be wrong",
                       shown.data != NULL ? shown.data : "");
    }
    text_clear(&shown);
    strings_clear(&members);
    return ok;
}

static void *template_read(const struct reading *reading, struct error *error)
{
    struct template *template = memory_new(1, sizeof *template);
    struct template_reading r = { .template = template,
                                  .reading = reading,
                                  .error = error };
    bool ok = check_alone(reading, error);

    template->alphabet = reading->alphabet;
    ok &= read_where(&r);
    ok = ok && read_branches(&r) && check_readings(template, error);
    if (ok)
        return template;
    template_free(template);
    return NULL;
}

static void template_describe(const void *self, struct text *out)
{
    const struct template *template = self;

    for (size_t i = 0; i < template->n_branches; i++)
        text_add_format(out, "%s: %s\n", template->branches[i].key,
                        template->branches[i].text);
    for (size_t v = 0; v < template->n_variables; v++)
        text_add_format(out, "where.%s: %s\n", template->names[v],
                        template->regexes[v]);
}

static const struct automaton *template_automaton(const void *self)
{
    (void)self;
    return NULL;
}

const struct formalism template_formalism = {
    .name = "template",
    .keys = template_keys,
    .read = template_read,
    .free = template_free,
    .describe = template_describe,
    .automaton = template_automaton,
    .contains = template_contains,
    .why_not = template_why_not,
    .next = template_next,
    .prepare = template_prepare,
    .count = template_count,
    .draw = template_draw,
    .enumerate = template_enumerate,
    .target = template_target,
};

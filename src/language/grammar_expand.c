/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * From rules with indices to plain ones.  A nonterminal with its indices, an
 * instance, gets its rules when a derivation can meet it.
 */

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "language/grammar_rule.h"
#include "language/numbering.h"

#define MOST_INSTANCES 20000
#define MOST_RULES     50000
#define MOST_SYMBOLS   500000
#define MOST_BINDINGS  10000000 /* values of variables tried */

struct instance {
    int64_t name, indices[RULE_MOST_INDICES];
};

struct expansion {
    const struct schemes *schemes;
    const struct passage *passage;
    const struct alphabet *alphabet;
    struct numbering instances;
    struct grammar *grammar;
    uint32_t *right; /* of the rule that is being made */
    size_t capacity, bindings;
    struct error *error;
};

static bool refuse(const struct expansion *expansion, size_t at,
                   const char *what)
{
    return passage_refuse(expansion->passage, at, expansion->error, "%s", what);
}

static bool evaluate(const struct expansion *expansion, uint32_t expression,
                     const int64_t *values, int64_t *out)
{
    size_t bad = 0;

    return index_evaluate(&expansion->schemes->pool, expression, values, out,
                          &bad) ||
           refuse(expansion, bad,
                  "a number beyond 1,000,000,000, or a remainder by less "
                  "than 1");
}

static void print_instance(const struct expansion *expansion,
                           const struct instance *instance, struct text *out)
{
    const struct rule_name *name = &expansion->schemes->names[instance->name];

    text_add_bytes(out, expansion->passage->text + name->at, name->length);
    for (size_t i = 0; i < name->n_indices; i++)
        text_add_format(out, "%s%lld", i == 0 ? "[" : ",",
                        (long long)instance->indices[i]);
    if (name->n_indices > 0)
        text_add(out, "]");
}

static bool refuse_instance(const struct expansion *expansion, size_t at,
                            const struct instance *instance)
{
    struct text name = { 0 };

    print_instance(expansion, instance, &name);
    passage_refuse(expansion->passage, at, expansion->error,
                   "more than 20,000 nonterminals, %s the next of them",
                   name.data);
    text_clear(&name);
    return false;
}

static bool find_instance(struct expansion *expansion, const struct part *part,
                          const int64_t *values, uint32_t *symbol)
{
    struct instance instance = { .name = part->value };
    uint32_t number;

    for (size_t i = 0; i < part->n_indices; i++)
        if (!evaluate(expansion, part->indices[i], values,
                      &instance.indices[i]))
            return false;
    number = numbering_add(&expansion->instances, &instance, sizeof instance);
    *symbol = number + (uint32_t)expansion->alphabet->size;
    return number < MOST_INSTANCES ||
           refuse_instance(expansion, part->at, &instance);
}

/* The symbol that a number names. */
static bool find_symbol(const struct expansion *expansion,
                        const struct part *part, const int64_t *values,
                        uint32_t *symbol)
{
    char name[32];
    int64_t value;
    long found;

    if (!evaluate(expansion, part->value, values, &value))
        return false;
    snprintf(name, sizeof name, "%lld", (long long)value);
    found = alphabet_find(expansion->alphabet, name, strlen(name));
    *symbol = (uint32_t)found;
    return found >= 0 ||
           passage_refuse(expansion->passage, part->at, expansion->error,
                          "no symbol \"%s\" in the alphabet", name);
}

static bool add_rule(struct expansion *expansion, size_t at, uint32_t left,
                     size_t length)
{
    if (expansion->grammar->n_rules == MOST_RULES)
        return refuse(expansion, at, "more than 50,000 rules");
    if (expansion->grammar->n_symbols + length > MOST_SYMBOLS)
        return refuse(expansion, at, "more than 500,000 symbols in all rules");
    grammar_add(expansion->grammar, left, expansion->right, length);
    return true;
}

/* All alternatives, with values for all variables. */
static bool add_rules(struct expansion *expansion, const struct scheme *scheme,
                      uint32_t left, const int64_t *values)
{
    size_t length = 0;

    for (size_t i = 0; i < scheme->n_parts; i++) {
        const struct part *part = &scheme->parts[i];
        uint32_t symbol = part->value;

        if (part->kind == PART_OR) {
            if (!add_rule(expansion, part->at, left, length))
                return false;
            length = 0;
            continue;
        }
        if ((part->kind == PART_NUMBER &&
             !find_symbol(expansion, part, values, &symbol)) ||
            (part->kind == PART_NONTERMINAL &&
             !find_instance(expansion, part, values, &symbol)))
            return false;
        if (length == expansion->capacity) {
            expansion->capacity = 2 * length + 16;
            expansion->right =
                memory_resize(expansion->right, expansion->capacity,
                              sizeof *expansion->right);
        }
        expansion->right[length++] = symbol;
    }
    return true;
}

/* Does the left side, with these values, stand for INSTANCE?  Then its rules
 * are added, if the condition holds. */
static bool add_binding(struct expansion *expansion,
                        const struct scheme *scheme,
                        const struct instance *instance, uint32_t left,
                        const int64_t *values)
{
    int64_t value;

    for (size_t i = 0; i < scheme->left.n_indices; i++) {
        if (!evaluate(expansion, scheme->left.indices[i], values, &value))
            return false;
        if (value != instance->indices[i])
            return true;
    }
    if (scheme->condition != RULE_NONE) {
        if (!evaluate(expansion, scheme->condition, values, &value))
            return false;
        if (!value)
            return true;
    }
    return add_rules(expansion, scheme, left, values);
}

/* The loops from number LOOP on, each inside the one before. */
static bool add_loop(struct expansion *expansion, const struct scheme *scheme,
                     const struct instance *instance, uint32_t left,
                     int64_t *values, size_t loop)
{
    int64_t least, most;

    if (loop == scheme->n_loops)
        return add_binding(expansion, scheme, instance, left, values);
    if (!evaluate(expansion, scheme->loops[loop].least, values, &least) ||
        !evaluate(expansion, scheme->loops[loop].most, values, &most))
        return false;
    for (int64_t v = least; v <= most; v++) {
        if (++expansion->bindings > MOST_BINDINGS)
            return refuse(expansion, scheme->left.at,
                          "more than 10,000,000 values of variables to try");
        values[scheme->loops[loop].slot] = v;
        if (!add_loop(expansion, scheme, instance, left, values, loop + 1))
            return false;
    }
    return true;
}

static bool expand_instance(struct expansion *expansion, uint32_t number)
{
    const struct schemes *schemes = expansion->schemes;
    uint32_t left = number + (uint32_t)expansion->alphabet->size;
    struct instance instance;

    memcpy(&instance, numbering_key(&expansion->instances, number),
           sizeof instance);
    for (size_t i = 0; i < schemes->count; i++) {
        const struct scheme *scheme = &schemes->items[i];
        int64_t values[INDEX_MOST_VARIABLES] = { 0 };

        if (scheme->left.value != instance.name)
            continue;
        for (size_t k = 0; k < scheme->left.n_indices; k++) {
            uint32_t slot =
                index_whole_slot(&schemes->pool, scheme->left.indices[k]);

            if (slot != UINT32_MAX)
                values[slot] = instance.indices[k];
        }
        if (!add_loop(expansion, scheme, &instance, left, values, 0))
            return false;
    }
    return true;
}

bool schemes_expand(const struct schemes *schemes,
                    const struct passage *passage,
                    const struct alphabet *alphabet, struct grammar *out,
                    struct error *error)
{
    struct expansion expansion = { .schemes = schemes,
                                   .passage = passage,
                                   .alphabet = alphabet,
                                   .grammar = out,
                                   .error = error };
    int64_t nothing[INDEX_MOST_VARIABLES] = { 0 };
    bool ok;

    *out = (struct grammar){ .terminals = alphabet->size };
    ok = find_instance(&expansion, &schemes->start, nothing, &out->start);
    for (uint32_t i = 0; ok && i < expansion.instances.count; i++)
        ok = expand_instance(&expansion, i);
    if (ok && !grammar_trim(out))
        ok = refuse(&expansion, schemes->start.at,
                    "the start derives no string at all");
    numbering_clear(&expansion.instances);
    free(expansion.right);
    if (!ok)
        grammar_clear(out);
    return ok;
}

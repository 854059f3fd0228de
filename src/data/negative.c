/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "data/negative.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

#define TRIES      10000
#define MOST_EDITS 64

struct negative_kind {
    const char *name;
    bool numbered; /* called name-1, name-2, ... */
    bool (*draw)(const struct negative *negative,
                 const struct language *language, size_t n,
                 struct stream *stream, uint16_t *out);
    const char *absence; /* why there may be none */
};

static bool draw_uniform(const struct negative *negative,
                         const struct language *language, size_t n,
                         struct stream *stream, uint16_t *out)
{
    (void)negative;
    if (!language_has(language, false, n))
        return false;
    language_draw(language, false, n, stream, out);
    return true;
}

static void shuffle(struct stream *stream, uint16_t *symbols, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        size_t j = (size_t)stream_below(stream, i);
        uint16_t symbol = symbols[i - 1];

        symbols[i - 1] = symbols[j];
        symbols[j] = symbol;
    }
}

static bool draw_same_counts(const struct negative *negative,
                             const struct language *language, size_t n,
                             struct stream *stream, uint16_t *out)
{
    (void)negative;
    if (n < 2 || !language_has(language, true, n))
        return false;
    for (size_t try = 0; try < TRIES; try++) {
        language_draw(language, true, n, stream, out);
        shuffle(stream, out, n);
        if (!language_contains(language, out, n))
            return true;
    }
    return false;
}

enum edit { EDIT_INSERT, EDIT_DELETE, EDIT_REPLACE };

/* How often each edit is made. */
struct plan {
    size_t inserts, deletes, replaces;
};

/* D edits that turn length M into N, PAIRS of them a deletion and an insertion
 * that make up for each other. */
static struct plan plan_edits(size_t m, size_t n, size_t d, size_t pairs)
{
    struct plan plan = { pairs, pairs, 0 };

    if (n > m)
        plan.inserts += n - m;
    else
        plan.deletes += m - n;
    plan.replaces = d - plan.inserts - plan.deletes;
    return plan;
}

/* How many pairs D edits may have; false where they cannot land on N.  In an
 * alphabet of one no symbol can replace another: all must be in pairs. */
static bool find_pairs(size_t m, size_t n, size_t d, size_t alphabet,
                       size_t *least, size_t *most)
{
    size_t gap = n > m ? n - m : m - n, shrink = m > n ? m - n : 0;

    if (gap > d)
        return false;
    *most = (d - gap) / 2;
    if (*most > m - shrink)
        *most = m - shrink;
    *least = alphabet > 1 ? 0 : (d - gap) / 2;
    return *least <= *most && (alphabet > 1 || (d - gap) % 2 == 0);
}

/* Makes one edit at a uniform place; false where there is no symbol to edit.
 * A replacement is uniform among the other symbols. */
static bool make_edit(enum edit kind, size_t alphabet, struct stream *stream,
                      uint16_t *symbols, size_t *length)
{
    size_t at;

    if (kind != EDIT_INSERT && *length == 0)
        return false;
    at = (size_t)stream_below(stream, *length + (kind == EDIT_INSERT));
    if (kind == EDIT_INSERT) {
        memmove(symbols + at + 1, symbols + at,
                (*length - at) * sizeof *symbols);
        symbols[at] = (uint16_t)stream_below(stream, alphabet);
        ++*length;
    } else if (kind == EDIT_DELETE) {
        memmove(symbols + at, symbols + at + 1,
                (*length - at - 1) * sizeof *symbols);
        --*length;
    } else {
        uint16_t other = (uint16_t)stream_below(stream, alphabet - 1);

        symbols[at] = (uint16_t)(other + (other >= symbols[at]));
    }
    return true;
}

/* Makes the edits of PLAN in a uniform order. */
static bool make_edits(const struct plan *plan, size_t alphabet,
                       struct stream *stream, uint16_t *symbols, size_t *length)
{
    uint16_t order[MOST_EDITS];
    size_t d = 0;

    for (size_t i = 0; i < plan->inserts; i++)
        order[d++] = EDIT_INSERT;
    for (size_t i = 0; i < plan->deletes; i++)
        order[d++] = EDIT_DELETE;
    for (size_t i = 0; i < plan->replaces; i++)
        order[d++] = EDIT_REPLACE;
    shuffle(stream, order, d);
    for (size_t i = 0; i < d; i++)
        if (!make_edit((enum edit)order[i], alphabet, stream, symbols, length))
            return false;
    return true;
}

/* Lengths with members from which D edits can land on N; returns how many. */
static size_t find_origins(const struct language *language, size_t n, size_t d,
                           size_t alphabet, size_t *origins)
{
    size_t count = 0, least, most;

    for (size_t m = n > d ? n - d : 0; m <= n + d; m++)
        if (find_pairs(m, n, d, alphabet, &least, &most) &&
            language_has(language, true, m))
            origins[count++] = m;
    return count;
}

static bool draw_edited(const struct negative *negative,
                        const struct language *language, size_t n,
                        struct stream *stream, uint16_t *out)
{
    size_t alphabet = language_alphabet(language)->size, d = negative->edits;
    size_t origins[2 * MOST_EDITS + 1];
    size_t count = find_origins(language, n, d, alphabet, origins);
    uint16_t *symbols = memory_new(n + 2 * d + 1, sizeof *symbols);
    bool found = false;

    for (size_t try = 0; count > 0 && !found && try < TRIES; try++) {
        size_t m = origins[stream_below(stream, count)], length = m;
        size_t least = 0, most = 0;
        struct plan plan;

        find_pairs(m, n, d, alphabet, &least, &most);
        plan = plan_edits(
            m, n, d, least + (size_t)stream_below(stream, most - least + 1));
        language_draw(language, true, m, stream, symbols);
        found = make_edits(&plan, alphabet, stream, symbols, &length) &&
                !language_contains(language, symbols, n);
    }
    if (found)
        memcpy(out, symbols, n * sizeof *out);
    free(symbols);
    return found;
}

static const struct negative_kind kinds[] = {
    { "uniform", false, draw_uniform,
      "all strings of that length are members" },
    { "edit", true, draw_edited,
      "no edited member tried was a string outside the language" },
    { "same-counts", false, draw_same_counts,
      "no permutation tried of a member was a string outside the language" },
};

/* Whether NAME is KIND's, and its number. */
static bool matches(const struct negative_kind *kind, const char *name,
                    size_t *number)
{
    size_t length = strlen(kind->name);
    uint64_t count;

    if (!kind->numbered)
        return strcmp(name, kind->name) == 0;
    if (strncmp(name, kind->name, length) != 0 || name[length] != '-' ||
        !text_read_count(name + length + 1, &count) || count < 1 ||
        count > MOST_EDITS)
        return false;
    *number = (size_t)count;
    return true;
}

bool negative_find(const char *name, struct negative *out)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        size_t number = 0;

        if (!matches(&kinds[i], name, &number))
            continue;
        *out =
            (struct negative){ &kinds[i], number, 1, memory_copy_text(name) };
        return true;
    }
    return false;
}

void negative_clear(struct negative *negative)
{
    free(negative->name);
    *negative = (struct negative){ 0 };
}

size_t negative_reach(const struct negative *negative)
{
    return negative->edits;
}

bool negative_is_uniform(const struct negative *negative)
{
    return negative->kind->draw == draw_uniform;
}

const char *negative_absence(const struct negative *negative)
{
    return negative->kind->absence;
}

bool negative_draw(const struct negative *negative,
                   const struct language *language, size_t n,
                   struct stream *stream, uint16_t *out)
{
    return negative->kind->draw(negative, language, n, stream, out);
}

static const char accepted[] =
    "a map of uniform, edit-1 to edit-64 and same-counts to shares that add "
    "up to 1";

static void clear(void *value)
{
    struct negatives *negatives = value;

    for (size_t i = 0; i < negatives->count; i++)
        negative_clear(&negatives->items[i]);
    free(negatives->items);
    *negatives = (struct negatives){ 0 };
}

/* One entry `kind: share`. */
static bool read_share(const struct yaml_node *key,
                       const struct yaml_node *share, const char *path,
                       struct negative *out, struct error *error)
{
    struct text at = { 0 };
    bool ok;

    text_add_format(&at, "%s.%s", path, key->text);
    ok = negative_find(key->text, out);
    if (!ok)
        error_add(error, ERROR_CONFIG, &key->place, at.data,
                  "unknown kind of negative; accepted: uniform, edit-1 to "
                  "edit-64, same-counts");
    else if (share->kind != YAML_SCALAR || !share->plain ||
             !text_read_number(share->text, &out->weight) ||
             !(out->weight > 0 && out->weight <= 1))
        ok = schema_complain(share, at.data, "a number above 0, at most 1",
                             error);
    text_clear(&at);
    return ok;
}

static bool read(const struct yaml_node *node, const char *path, void *value,
                 struct error *error)
{
    struct negatives *negatives = value;
    struct text total = { 0 };
    double sum = 0;
    bool ok = true;

    if (node->kind != YAML_MAP)
        return schema_complain(node, path, accepted, error);
    if (node->count == 0)
        return error_add(error, ERROR_CONFIG, &node->place, path,
                         "empty; accepted: %s", accepted);
    negatives->items = memory_new(node->count, sizeof *negatives->items);
    negatives->count = node->count;
    for (size_t i = 0; i < node->count; i++) {
        ok &= read_share(node->keys[i], node->items[i], path,
                         &negatives->items[i], error);
        sum += negatives->items[i].weight;
    }
    if (ok && !(fabs(sum - 1) <= 1e-9)) {
        text_add_number(&total, sum);
        ok = error_add(error, ERROR_CONFIG, &node->place, path,
                       "the shares add up to %s, not to 1", total.data);
        text_clear(&total);
    }
    return ok;
}

static void print(const void *value, struct text *out)
{
    const struct negatives *negatives = value;

    text_add(out, "{");
    for (size_t i = 0; i < negatives->count; i++) {
        text_add_format(out, "%s%s: ", i > 0 ? ", " : "",
                        negatives->items[i].name);
        text_add_number(out, negatives->items[i].weight);
    }
    text_add(out, "}");
}

const struct field_custom negatives_custom = { accepted, read, print, clear };

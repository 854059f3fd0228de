/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "data/negative.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "data/late_death.h"

#define TRIES      10000
#define MOST_EDITS 64

/* What follows the name of a kind. */
enum suffix { SUFFIX_NONE, SUFFIX_NUMBER /* edit-1 */, SUFFIX_LANGUAGE };

struct negative_kind {
    const char *name;
    enum suffix suffix;
    bool (*draw)(const struct negative *negative,
                 const struct language *language, const struct sibling *sibling,
                 size_t n, struct stream *stream, uint16_t *out);
    const char *absence; /* why there may be none */
};

const char negative_names[] =
    "uniform, edit-1 to edit-64, same-counts, late-death, member-of:LANGUAGE";

static bool draw_uniform(const struct negative *negative,
                         const struct language *language,
                         const struct sibling *sibling, size_t n,
                         struct stream *stream, uint16_t *out)
{
    (void)negative, (void)sibling;
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
                             const struct language *language,
                             const struct sibling *sibling, size_t n,
                             struct stream *stream, uint16_t *out)
{
    (void)negative, (void)sibling;
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
                        const struct language *language,
                        const struct sibling *sibling, size_t n,
                        struct stream *stream, uint16_t *out)
{
    size_t alphabet = language_alphabet(language)->size, d = negative->edits;
    size_t origins[2 * MOST_EDITS + 1];
    size_t count = find_origins(language, n, d, alphabet, origins);
    uint16_t *symbols = memory_new(n + 2 * d + 1, sizeof *symbols);
    bool found = false;

    (void)sibling;
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

static bool draw_late_death(const struct negative *negative,
                            const struct language *language,
                            const struct sibling *sibling, size_t n,
                            struct stream *stream, uint16_t *out)
{
    (void)negative, (void)sibling;
    return late_death_draw(language, n, stream, out);
}

static bool draw_member_of(const struct negative *negative,
                           const struct language *language,
                           const struct sibling *sibling, size_t n,
                           struct stream *stream, uint16_t *out)
{
    (void)negative;
    if (!language_has(sibling->language, true, n))
        return false;
    for (size_t try = 0; try < TRIES; try++) {
        language_draw(sibling->language, true, n, stream, out);
        for (size_t i = 0; i < n; i++)
            out[i] = sibling->ours[out[i]];
        if (!language_contains(language, out, n))
            return true;
    }
    return false;
}

static const struct negative_kind kinds[] = {
    { "uniform", SUFFIX_NONE, draw_uniform,
      "all strings of that length are members" },
    { "edit", SUFFIX_NUMBER, draw_edited,
      "no edited member tried was a string outside the language" },
    { "same-counts", SUFFIX_NONE, draw_same_counts,
      "no permutation tried of a member was a string outside the language" },
    { "late-death", SUFFIX_NONE, draw_late_death,
      "every string of at most that length begins a member" },
    { "member-of", SUFFIX_LANGUAGE, draw_member_of,
      "no member tried of that language was outside this one" },
};

/* Whether NAME can stand between quotes in a table or in JSON. */
static bool is_printable(const char *name)
{
    for (const char *c = name; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == '"' || *c == '\\')
            return false;
    return name[0] != '\0';
}

/* Whether NAME is KIND's, and what follows the kind's name in it. */
static bool matches(const struct negative_kind *kind, const char *name,
                    struct negative *out)
{
    static const char joints[] = {
        [SUFFIX_NUMBER] = '-', [SUFFIX_LANGUAGE] = ':'
    };
    size_t length = strlen(kind->name);
    const char *suffix = name + length + 1;
    uint64_t count;

    *out = (struct negative){ .kind = kind, .weight = 1 };
    if (kind->suffix == SUFFIX_NONE)
        return strcmp(name, kind->name) == 0;
    if (strncmp(name, kind->name, length) != 0 ||
        name[length] != joints[kind->suffix])
        return false;
    if (kind->suffix == SUFFIX_LANGUAGE) {
        out->sibling = memory_copy_text(suffix);
        return is_printable(suffix);
    }
    if (!text_read_count(suffix, &count) || count < 1 || count > MOST_EDITS)
        return false;
    out->edits = (size_t)count;
    return true;
}

bool negative_find(const char *name, struct negative *out)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (matches(&kinds[i], name, out)) {
            out->name = memory_copy_text(name);
            return true;
        }
        negative_clear(out);
    }
    return false;
}

void negative_clear(struct negative *negative)
{
    free(negative->name);
    free(negative->sibling);
    free(negative->path);
    *negative = (struct negative){ 0 };
}

void sibling_clear(struct sibling *sibling)
{
    language_free(sibling->language);
    free(sibling->ours);
    *sibling = (struct sibling){ 0 };
}

/* What the symbols of SIBLING are in LANGUAGE; all must be in both. */
static bool match_symbols(const struct language *language,
                          struct sibling *sibling, const struct place *place,
                          struct error *error)
{
    const struct alphabet *ours = language_alphabet(language);
    const struct alphabet *its = language_alphabet(sibling->language);

    sibling->ours = memory_new(its->size, sizeof *sibling->ours);
    for (size_t s = 0; s < its->size; s++) {
        long symbol = alphabet_find(ours, its->names[s], strlen(its->names[s]));

        if (symbol < 0)
            return error_add(error, ERROR_CONFIG, place, "data.negatives",
                             "%s has the symbol \"%s\", which %s has not",
                             language_name(sibling->language), its->names[s],
                             language_name(language));
        sibling->ours[s] = (uint16_t)symbol;
    }
    return its->size == ours->size ||
           error_add(error, ERROR_CONFIG, place, "data.negatives",
                     "%s has %zu symbols, %s has %zu",
                     language_name(sibling->language), its->size,
                     language_name(language), ours->size);
}

static bool load_sibling(const struct negative *negative,
                         const struct language *language, size_t longest,
                         const struct place *place, struct sibling *sibling,
                         struct error *error)
{
    char *path = NULL;
    bool ok =
        (negative->path != NULL ||
         language_find(negative->sibling, place != NULL ? place->file : NULL,
                       place, "data.negatives", &path, error)) &&
        language_load(&sibling->language,
                      negative->path != NULL ? negative->path : path, error) &&
        match_symbols(language, sibling, place, error) &&
        language_prepare(sibling->language, longest, error);

    free(path);
    return ok;
}

bool negative_prepare(const struct negative *negative,
                      struct language *language, size_t longest,
                      const struct place *place, struct sibling *sibling,
                      struct error *error)
{
    if (!language_prepare(language, longest + negative->edits, error))
        return false;
    if (negative->kind->draw == draw_late_death)
        return late_death_prepare(language, longest, error);
    return negative->sibling == NULL ||
           load_sibling(negative, language, longest, place, sibling, error);
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
                   const struct language *language,
                   const struct sibling *sibling, size_t n,
                   struct stream *stream, uint16_t *out)
{
    return negative->kind->draw(negative, language, sibling, n, stream, out);
}

static const char accepted[] =
    "a map of uniform, edit-1 to edit-64, same-counts, late-death and "
    "member-of:LANGUAGE to shares that add up to 1";

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
                  "unknown kind of negative; accepted: %s", negative_names);
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

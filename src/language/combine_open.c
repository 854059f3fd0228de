/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a combination becomes, or why there is no algorithm. */

#include <string.h>

#include "base/memory.h"
#include "language/clauses.h"
#include "language/combine_pieces.h"

/* Strings per length up to which `disjoint` is checked. */
#define MOST_CHECKED 20000

static bool refuse(const struct combined *self, struct error *error,
                   const char *why)
{
    return error_add(error, ERROR_CONFIG, &self->combination->place,
                     self->combination->key, "%s", why);
}

static bool is_finite(const struct part *part)
{
    return language_automaton(part->language) != NULL;
}

/* The automaton over the whole's symbols, over those of PART. */
static void restrict_to(const struct part *part, const struct automaton *whole,
                        struct automaton *out)
{
    automaton_init(out, whole->states, part->symbols);
    out->start = whole->start;
    memcpy(out->accept, whole->accept, whole->states * sizeof *whole->accept);
    for (size_t q = 0; q < whole->states; q++)
        for (size_t s = 0; s < part->symbols; s++)
            out->next[q * part->symbols + s] =
                automaton_step(whole, (uint32_t)q, part->to_whole[s]);
    automaton_minimise(out);
}

/* Adds as a piece what PART and the automaton have in common. */
static bool add_common(struct combined *self, const struct part *part,
                       const struct automaton *automaton,
                       const struct reading *reading, struct error *error)
{
    const struct combination *combination = self->combination;
    struct automaton own;
    struct beside beside = { &own, combination->key, combination->text,
                             combination->place };
    struct language *language;
    bool ok;

    restrict_to(part, automaton, &own);
    ok = language_load_part(&language, part->node, reading, &beside, error);
    automaton_clear(&own);
    if (ok)
        pieces_add(self, part, language, true);
    return ok;
}

/* The language of the automaton, which only the whole's symbols has. */
static bool add_automaton(struct combined *self,
                          const struct automaton *automaton,
                          const struct reading *reading, struct error *error)
{
    const struct combination *combination = self->combination;
    struct beside beside = { automaton, combination->key, combination->text,
                             combination->place };
    struct yaml_node *nothing = yaml_new(YAML_MAP, &combination->place);
    struct language *language;
    bool ok = language_load_part(&language, nothing, reading, &beside, error);

    yaml_node_free(nothing);
    if (ok)
        pieces_add(self, NULL, language, true);
    return ok;
}

/* The one part that is not finite-state, put first; false if there are
 * several. */
static bool bring_first(struct combination *combination, bool move)
{
    size_t count = 0, found = 0;

    for (size_t i = 0; i < combination->count; i++)
        if (!is_finite(&combination->parts[i])) {
            count++;
            found = i;
        }
    if (move && count == 1) {
        struct part part = combination->parts[found];

        memmove(combination->parts + 1, combination->parts,
                found * sizeof part);
        combination->parts[0] = part;
    }
    return count == 1 && (move || found == 0);
}

/* N & A & B, N - A - B, or N | A | B as the disjoint A | B and N - (A | B). */
static bool open_with_automaton(struct combined *self,
                                const struct reading *reading,
                                struct error *error)
{
    struct combination *combination = self->combination;
    enum combine_kind kind = combination->kind;
    struct automaton others;
    bool ok;

    if (joint_is_possible(combination))
        return joint_open(self, reading, error);
    if (!bring_first(combination, kind != COMBINE_MINUS))
        return refuse(self, error,
                      kind == COMBINE_MINUS
                          ? "there is an algorithm where all that is taken "
                            "away is finite-state"
                      : kind == COMBINE_ALL
                          ? "there is an algorithm where at most one part is "
                            "not finite-state, or all that are not are of "
                            "registers"
                          : "there is an algorithm where at most one part is "
                            "not finite-state, or the parts have no string in "
                            "common and the file says `disjoint: true`");
    if (!combine_automata(combination,
                          kind == COMBINE_ALL ? COMBINE_ALL : COMBINE_ANY, 1,
                          combination->count, &others, error))
        return false;
    ok = kind != COMBINE_ANY || add_automaton(self, &others, reading, error);
    if (kind != COMBINE_ALL)
        automaton_complement(&others);
    ok =
        ok && add_common(self, &combination->parts[0], &others, reading, error);
    automaton_clear(&others);
    return ok;
}

/* How many pieces have the string. */
static size_t count_owners(const struct combined *self, const uint16_t *symbols,
                           size_t n)
{
    size_t count = 0;

    for (size_t i = 0; i < self->count; i++)
        count += piece_contains(self, &self->pieces[i], symbols, n);
    return count;
}

static bool refuse_common(const struct combined *self, const uint16_t *symbols,
                          size_t n, struct error *error)
{
    struct text text = { 0 };

    alphabet_print(self->alphabet, symbols, n, &text);
    error_add(error, ERROR_CONFIG, &self->combination->place, "disjoint",
              "\"%s\" is in two of the parts", n > 0 ? text.data : "");
    text_clear(&text);
    return false;
}

static bool check_disjoint(struct combined *self, struct error *error)
{
    uint16_t string[32] = { 0 };
    size_t strings = 1;

    for (size_t n = 0; strings <= MOST_CHECKED && n < 32; n++) {
        for (size_t i = 0; i < strings; i++) {
            size_t rest = i;

            for (size_t k = n; k-- > 0; rest /= self->symbols)
                string[k] = (uint16_t)(rest % self->symbols);
            if (count_owners(self, string, n) > 1)
                return refuse_common(self, string, n, error);
        }
        self->checked = n;
        strings *= self->symbols;
    }
    return true;
}

static bool shares_symbols(const struct combined *self)
{
    const struct combination *combination = self->combination;

    for (size_t s = 0; s < self->symbols; s++) {
        size_t owners = 0;

        for (size_t i = 0; i < combination->count; i++)
            owners += combination->parts[i].from_whole[s] != COMBINE_FOREIGN;
        if (owners > 1)
            return true;
    }
    return false;
}

/* Whether the part has rules and no other clause. */
static bool is_grammar(const struct part *part)
{
    struct yaml_document document = { 0 };
    bool is =
        piece_open(part, &document) && yaml_get(document.root, "cfg") != NULL;

    for (const char *const *key = clauses_keys; *key != NULL; key++)
        is = is && yaml_get(document.root, *key) == NULL;
    yaml_clear(&document);
    return is;
}

/* A grammar is turned round itself. */
static bool open_backwards(struct combined *self, const struct reading *reading,
                           struct error *error)
{
    const struct combination *combination = self->combination;
    const struct part *part = &combination->parts[0];
    struct beside beside = { NULL, combination->key, combination->text,
                             combination->place };
    struct language *language;

    if (!language_load_part(&language, part->node, reading, &beside, error))
        return false;
    pieces_add(self, part, language, true);
    return true;
}

static bool open_pieces(struct combined *self, const struct reading *reading,
                        struct error *error)
{
    struct combination *combination = self->combination;
    enum combine_kind kind = combination->kind;

    self->swapped = kind == COMBINE_NOT;
    if (kind == COMBINE_REVERSE && is_grammar(&combination->parts[0]))
        return open_backwards(self, reading, error);
    self->reversed = kind == COMBINE_REVERSE;
    self->apart = kind == COMBINE_SHUFFLE || kind == COMBINE_CONCAT;
    if (kind == COMBINE_CONCAT && shares_symbols(self))
        return refuse(self, error,
                      "there is an algorithm where all parts are finite-state "
                      "or no two share a symbol; else a grammar (cfg) can say "
                      "it");
    if (kind == COMBINE_ALL || kind == COMBINE_MINUS ||
        (kind == COMBINE_ANY && !combination->disjoint))
        return open_with_automaton(self, reading, error);
    for (size_t i = 0; i < combination->count; i++)
        pieces_add(self, &combination->parts[i], combination->parts[i].language,
                   false);
    return kind != COMBINE_ANY || check_disjoint(self, error);
}

/* Other clauses need a finite-state shape beside them. */
static bool check_alone(const struct combined *self,
                        const struct yaml_node *root, struct error *error)
{
    static const char *const others[] = { "track", "always", "before",
                                          "finally", "where" };

    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (yaml_get(root, others[i]) != NULL)
            return error_add(error, ERROR_CONFIG,
                             &yaml_get(root, others[i])->place, others[i],
                             "beside %s it can be counted if all parts are "
                             "finite-state; a file of its own can be a part "
                             "of `all`",
                             self->combination->key);
    return true;
}

void *combine_open(struct combination *combination,
                   const struct reading *reading, struct error *error)
{
    struct combined *self = memory_new(1, sizeof *self);

    self->combination = combination;
    self->alphabet = reading->alphabet;
    self->symbols = combination->symbols;
    if (check_alone(self, reading->root, error) &&
        open_pieces(self, reading, error))
        return self;
    combine_close(self);
    return NULL;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/language.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "config/schema.h"
#include "config/yaml.h"
#include "language/check.h"
#include "language/combine.h"
#include "language/formalism.h"
#include "language/monoid.h"
#include "language/parameters.h"
#include "language/passage.h"
#include "language/standalone.h"

#define MOST_BYTES ((size_t)16 << 20)

/* What the keys that are no clauses say. */
struct facts {
    char *name, *about, *source, *letters;
    int class;
};

const char *const language_classes[] = { "unstated",
                                         "star-free",
                                         "regular",
                                         "counter",
                                         "deterministic-context-free",
                                         "context-free",
                                         "context-sensitive",
                                         NULL };

static const struct field fields[] = {
    { .key = "language",
      .type = FIELD_TEXT,
      .offset = offsetof(struct facts, name),
      .help = "its name" },
    { .key = "about",
      .type = FIELD_TEXT,
      .offset = offsetof(struct facts, about),
      .standard = "~",
      .help = "what it is, in a sentence" },
    { .key = "class",
      .type = FIELD_CHOICE,
      .offset = offsetof(struct facts, class),
      .standard = "unstated",
      .choices = language_classes,
      .help = "the smallest class it is known to be in" },
    { .key = "source",
      .type = FIELD_TEXT,
      .offset = offsetof(struct facts, source),
      .standard = "~",
      .help = "where it was used or defined" },
    { .key = "alphabet",
      .type = FIELD_TEXT,
      .offset = offsetof(struct facts, letters),
      .standard = "~",
      .help = "symbols separated by spaces" },
    { .key = NULL },
};

static const struct formalism *const formalisms[] = { &acceptor_formalism,
                                                      &grammar_formalism,
                                                      &template_formalism,
                                                      &combine_formalism };

struct language {
    struct text text;       /* the file */
    struct text standalone; /* the file as it can stand alone */
    struct facts facts;
    struct alphabet alphabet;
    const struct formalism *formalism;
    void *self;
    size_t counts_checked;
};

void language_free(struct language *language)
{
    if (language == NULL)
        return;
    if (language->self != NULL)
        language->formalism->free(language->self);
    alphabet_clear(&language->alphabet);
    schema_clear(fields, &language->facts);
    text_clear(&language->text);
    text_clear(&language->standalone);
    free(language);
}

/* --------------------------------------------------------------- reading */

/* Keys that schema_read leaves alone; the caller frees the list. */
static const char **clause_keys(void)
{
    static const char *const checks[] = { "params", "counts", "examples" };
    size_t count = 3;
    const char **keys = memory_copy(checks, sizeof checks);

    for (size_t i = 0; i < sizeof formalisms / sizeof *formalisms; i++)
        for (const char *const *k = formalisms[i]->keys; *k != NULL; k++) {
            keys = memory_resize(keys, count + 1, sizeof *keys);
            keys[count++] = *k;
        }
    keys = memory_resize(keys, count + 1, sizeof *keys);
    keys[count] = NULL;
    return keys;
}

/* Names become parts of paths. */
static bool check_name(const struct yaml_node *root, const char *name,
                       struct error *error)
{
    const struct yaml_node *node = yaml_get(root, "language");

    if (node == NULL || text_is_name(name)) /* a misspelt key is told */
        return true;
    return schema_complain(node, "language",
                           "1 to 64 letters, digits, '.', '_' and '-', the "
                           "first a letter or digit",
                           error);
}

static bool read_alphabet(struct language *language,
                          const struct yaml_node *node, struct error *error)
{
    static const char blanks[] = " \t\n";
    struct passage passage = passage_of(node, "alphabet", language->text.data);
    size_t at = strspn(node->text, blanks);
    bool ok = true;

    while (node->text[at] != '\0') {
        size_t length = strcspn(node->text + at, blanks);
        char *name = memory_new(length + 1, 1);

        memcpy(name, node->text + at, length);
        if (language->alphabet.size == ALPHABET_MOST)
            ok = passage_refuse(&passage, at, error, "more than %d symbols",
                                ALPHABET_MOST);
        else if (!alphabet_add(&language->alphabet, name))
            ok = passage_refuse(&passage, at, error,
                                "the symbol \"%s\" is listed twice", name);
        free(name);
        at += length;
        at += strspn(node->text + at, blanks);
        if (language->alphabet.size == ALPHABET_MOST && !ok)
            break;
    }
    if (language->alphabet.size == 0)
        return schema_complain(node, "alphabet", "symbols separated by spaces",
                               error);
    return ok;
}

/* The last formalism whose keys the file uses: it reads those of the ones
 * before it too, and all files may use the first. */
static const struct formalism *find_formalism(const struct yaml_node *root)
{
    for (size_t i = sizeof formalisms / sizeof *formalisms; i-- > 0;)
        for (const char *const *k = formalisms[i]->keys; *k != NULL; k++)
            if (yaml_get(root, *k) != NULL)
                return formalisms[i];
    return formalisms[0];
}

/* Clauses that can tell the alphabet. */
static bool has_own_alphabet(const struct yaml_node *root)
{
    static const char *const keys[] = { "att" };

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (yaml_get(root, keys[i]) != NULL)
            return true;
    return combine_key(root) != NULL;
}

/* Where all parts of a combination are finite-state, it is a shape as any. */
static bool read_combination(struct language *language,
                             const struct reading *reading, struct error *error)
{
    struct combination *combination = combine_read(reading, error);
    struct reading finite = *reading;
    struct automaton automaton = { 0 };

    if (combination == NULL)
        return false;
    if (!combine_is_finite(combination)) {
        language->self = combine_open(combination, reading, error);
        return language->self != NULL;
    }
    language->formalism = &acceptor_formalism;
    if (combine_automata(combination, combination->kind, 0, combination->count,
                         &automaton, error)) {
        finite.beside =
            &(struct beside){ &automaton, combination->key, combination->text,
                              combination->place };
        language->self = language->formalism->read(&finite, error);
    }
    automaton_clear(&automaton);
    combine_free(combination);
    return language->self != NULL;
}

static bool read_clauses(struct language *language,
                         const struct reading *reading, struct error *error)
{
    const struct beside *beside = reading->beside;

    language->formalism = find_formalism(reading->root);
    if (beside != NULL && (language->formalism == &combine_formalism ||
                           language->formalism == &template_formalism))
        return error_add(error, ERROR_CONFIG, &beside->place, beside->name,
                         "%s is neither finite-state, of registers nor of a "
                         "grammar: there is no algorithm that counts it "
                         "together with others",
                         language->facts.name);
    if (language->formalism == &combine_formalism)
        return read_combination(language, reading, error);
    language->self = language->formalism->read(reading, error);
    return language->self != NULL;
}

static bool read_language(struct language *language,
                          const struct reading *reading, struct error *error)
{
    const struct yaml_node *root = reading->root, *letters;
    const char **others = clause_keys();
    bool ok = schema_read(fields, root, "", others, &language->facts, error);

    free(others);
    if (root->kind != YAML_MAP)
        return false;
    if (language->facts.name != NULL)
        ok &= check_name(root, language->facts.name, error);
    letters = yaml_get(root, "alphabet");
    if (letters == NULL && !has_own_alphabet(root))
        return error_add(error, ERROR_CONFIG, &root->place, "alphabet",
                         "missing; accepted: symbols separated by spaces");
    if (letters != NULL && (language->facts.letters == NULL ||
                            !read_alphabet(language, letters, error)))
        return false;
    return read_clauses(language, reading, error) && ok;
}

static bool check_class(const struct language *language,
                        const struct yaml_node *root, struct error *error)
{
    const struct automaton *automaton =
        language->formalism->automaton(language->self);
    bool known;

    if (language->facts.class != CLASS_STAR_FREE || automaton == NULL ||
        monoid_is_aperiodic(automaton, MONOID_MOST, &known) || !known)
        return true;
    return error_add(error, ERROR_CONFIG, &yaml_get(root, "class")->place,
                     "class", "the language is regular but not star-free");
}

/* What the file says of its language holds for the standard values. */
static bool check_claims(struct language *language,
                         const struct yaml_node *root, bool standard,
                         struct error *error)
{
    bool ok = check_class(language, root, error);

    if (standard) {
        ok &= check_counts(language, yaml_get(root, "counts"),
                           &language->counts_checked, error);
        ok &= check_examples(language, yaml_get(root, "examples"),
                             language->text.data, error);
    }
    return ok;
}

/* Of a file with mistakes: those in how it says so are told with them. */
static void check_how(const struct language *language,
                      const struct yaml_node *root, struct error *error)
{
    bool is_stated =
        yaml_get(root, "alphabet") != NULL && language->alphabet.size > 0;

    check_forms(is_stated ? &language->alphabet : NULL,
                yaml_get(root, "counts"), yaml_get(root, "examples"),
                language->text.data, error);
}

/* Reads and checks; a language that stands BESIDE others makes no claims. */
static bool read_all(struct language *language, const struct reading *reading,
                     bool standard, struct error *error)
{
    const struct yaml_node *root = reading->root;
    bool ok = read_language(language, reading, error);

    if (reading->beside != NULL)
        return ok;
    if (ok)
        return check_claims(language, root, standard, error);
    if (standard && root->kind == YAML_MAP)
        check_how(language, root, error);
    return false;
}

/* Makes LANGUAGE of its text, or frees it. */
static bool parse(struct language *language, struct language **out,
                  const char *path, const struct parameters *values,
                  const struct reading *host, const struct beside *beside,
                  struct error *error)
{
    struct yaml_document document = { 0 };
    struct standalone standalone = { 0 };
    struct reading reading = { .path = path,
                               .alphabet = &language->alphabet,
                               .standalone = &standalone,
                               .beside = beside,
                               .host = host };
    bool standard = true, ok;

    ok = yaml_parse(&document, language->text.data, language->text.length, path,
                    error);
    reading.root = document.root;
    reading.source = language->text.data;
    ok = ok &&
         parameters_apply(document.root, language->text.data, values,
                          &standalone, &standard, error) &&
         read_all(language, &reading, standard, error);
    standalone_write(&standalone, language->text.data, &language->standalone);
    standalone_clear(&standalone);
    yaml_clear(&document);
    if (!ok)
        language_free(language);
    *out = ok ? language : NULL;
    return ok;
}

static bool load(struct language **out, const char *path,
                 const struct parameters *values, const struct reading *host,
                 const struct beside *beside, struct error *error)
{
    struct language *language = memory_new(1, sizeof *language);

    *out = NULL;
    if (!file_read(path, MOST_BYTES, &language->text, error)) {
        language_free(language);
        return false;
    }
    if (language->text.data == NULL)
        text_add(&language->text, "");
    return parse(language, out, path, values, host, beside, error);
}

bool language_parse(struct language **out, const char *text, size_t length,
                    const char *name, struct error *error)
{
    struct language *language = memory_new(1, sizeof *language);

    text_add_bytes(&language->text, text, length);
    return parse(language, out, name, NULL, NULL, NULL, error);
}

bool language_load(struct language **out, const char *path, struct error *error)
{
    return load(out, path, NULL, NULL, NULL, error);
}

bool language_load_with(struct language **out, const char *path,
                        const struct parameters *values, struct error *error)
{
    return load(out, path, values, NULL, NULL, error);
}

/* ----------------------------------------------------------------- parts */

#define MOST_DEPTH 32

static bool check_cycle(const char *path, const struct yaml_node *node,
                        const struct reading *host, struct error *error)
{
    size_t depth = 0;

    for (const struct reading *at = host; at != NULL; at = at->host)
        if (++depth > MOST_DEPTH || file_is_same(at->path, path))
            return error_add(error, ERROR_CONFIG, &node->place, NULL,
                             "%s is a part of itself", node->text);
    return true;
}

/* The text of PART in place of the NODE that names its file. */
static void put_in(const struct language *part, const struct yaml_node *node,
                   const struct reading *host)
{
    static const char *const left_out[] = { "counts", "examples" };
    struct yaml_document document = { 0 };
    struct yaml_node *root = yaml_new(YAML_MAP, &node->place);
    struct error ignored = { 0 };
    struct text text = { 0 };

    yaml_parse(&document, part->standalone.data, part->standalone.length,
               node->place.file, &ignored);
    for (size_t i = 0; i < document.root->count; i++) {
        const char *key = document.root->keys[i]->text;
        bool kept = true;

        for (size_t k = 0; k < sizeof left_out / sizeof *left_out; k++)
            kept &= strcmp(key, left_out[k]) != 0;
        if (kept)
            yaml_set(root, key, yaml_copy(document.root->items[i]));
    }
    yaml_add_flow(&text, root);
    standalone_replace(host->standalone, host->source, node, text.data);
    text_clear(&text);
    yaml_node_free(root);
    yaml_clear(&document);
    error_clear(&ignored);
}

/* The file that NODE, a scalar, names. */
static bool load_named(struct language **out, const struct yaml_node *node,
                       const struct parameters *values,
                       const struct reading *host, const struct beside *beside,
                       struct error *error)
{
    char *path;
    bool ok;

    if (!language_find(node->text, host->path, &node->place, NULL, &path,
                       error))
        return false;
    ok = check_cycle(path, node, host, error) &&
         load(out, path, values, host, beside, error);
    if (ok && beside == NULL && host->standalone != NULL)
        put_in(*out, node, host);
    free(path);
    return ok;
}

/* A part that is spelt out has the host's symbols if it does not say. */
static void complete(struct yaml_node *root, const struct alphabet *alphabet)
{
    struct text letters = { 0 };

    if (yaml_get(root, "language") == NULL)
        yaml_set(root, "language", yaml_new_scalar("part", true, &root->place));
    if (yaml_get(root, "alphabet") != NULL || has_own_alphabet(root) ||
        alphabet->size == 0)
        return;
    for (size_t s = 0; s < alphabet->size; s++)
        text_add_format(&letters, "%s%s", s > 0 ? " " : "", alphabet->names[s]);
    yaml_set(root, "alphabet",
             yaml_new_scalar(letters.data, true, &root->place));
    text_clear(&letters);
}

static bool spell_out(struct language **out, const struct yaml_node *node,
                      const struct parameters *values,
                      const struct reading *host, const struct beside *beside,
                      struct error *error)
{
    struct language *language = memory_new(1, sizeof *language);
    struct yaml_node *root = yaml_copy(node);
    struct reading reading = { .root = root,
                               .source = host->source,
                               .path = host->path,
                               .alphabet = &language->alphabet,
                               .standalone =
                                   beside == NULL ? host->standalone : NULL,
                               .beside = beside,
                               .host = host };
    bool standard = true, ok;

    complete(root, host->alphabet);
    text_add(&language->text, host->source);
    yaml_add_flow(&language->standalone, root);
    ok = parameters_apply(root, host->source, values, reading.standalone,
                          &standard, error) &&
         read_all(language, &reading, standard, error);
    yaml_node_free(root);
    if (!ok)
        language_free(language);
    *out = ok ? language : NULL;
    return ok;
}

bool language_load_part(struct language **out, const struct yaml_node *node,
                        const struct reading *host, const struct beside *beside,
                        struct error *error)
{
    const struct yaml_node *file = yaml_get(node, "file");
    struct parameters values = { 0 };
    bool ok;

    *out = NULL;
    if (node->kind == YAML_SCALAR)
        return load_named(out, node, NULL, host, beside, error);
    if (file == NULL)
        return spell_out(out, node, NULL, host, beside, error);
    if (file->kind == YAML_LIST || yaml_is_null(file))
        return schema_complain(file, "file", "the name of a language", error);
    ok = parameters_read(&values, node, "file", "file", error) &&
         (file->kind == YAML_MAP ? spell_out : load_named)(out, file, &values,
                                                           host, beside, error);
    parameters_clear(&values);
    return ok;
}

/* ----------------------------------------------------------------- facts */

const char *language_name(const struct language *language)
{
    return language->facts.name;
}

const char *language_source(const struct language *language)
{
    return language->standalone.data;
}

const struct alphabet *language_alphabet(const struct language *language)
{
    return &language->alphabet;
}

size_t language_counts_checked(const struct language *language)
{
    return language->counts_checked;
}

static void describe_automaton(const struct automaton *automaton,
                               struct text *out)
{
    size_t monoid = monoid_size(automaton, MONOID_MOST);
    bool known, star_free;

    star_free = monoid_is_aperiodic(automaton, MONOID_MOST, &known);
    text_add_format(out, "minimal automaton: %zu state%s\n", automaton->states,
                    automaton->states == 1 ? "" : "s");
    if (monoid > 0)
        text_add_format(out, "syntactic monoid: %zu element%s\n", monoid,
                        monoid == 1 ? "" : "s");
    else
        text_add_format(out,
                        "syntactic monoid: unknown, more than %d elements or "
                        "too large\n",
                        MONOID_MOST);
    if (known)
        text_add_format(out, "star-free: %s\n", star_free ? "yes" : "no");
    else
        text_add_format(out,
                        "star-free: unknown, more than %d sets of states or "
                        "too large\n",
                        MONOID_MOST);
}

/* Whether the claim was tested, and how. */
static void describe_claim(const struct language *language, struct text *out)
{
    enum language_class class = language->facts.class;
    const struct formalism *formalism = language->formalism;
    const struct automaton *automaton = formalism->automaton(language->self);
    const char *how = NULL;
    bool known;

    if (class == CLASS_UNSTATED)
        return;
    if (class == CLASS_STAR_FREE && automaton != NULL) {
        monoid_is_aperiodic(automaton, MONOID_MOST, &known);
        text_add_format(out, "class tested: %s\n",
                        known ? "yes, no string permutes states"
                              : "no, the automaton is too large");
        return;
    }
    if (automaton != NULL)
        how = "it has a finite automaton";
    else if (formalism->shows != NULL)
        how = formalism->shows(language->self, class);
    if (how != NULL)
        text_add_format(out, "class tested: yes, %s\n", how);
    else
        text_add_format(out, "class tested: no, the %s does not show it\n",
                        formalism->name);
}

void language_describe(const struct language *language, struct text *out)
{
    const struct facts *facts = &language->facts;
    const struct automaton *automaton =
        language->formalism->automaton(language->self);

    text_add_format(out, "language: %s\n", facts->name);
    if (facts->about != NULL)
        text_add_format(out, "about: %s\n", facts->about);
    if (facts->class != CLASS_UNSTATED)
        text_add_format(out, "class: %s\n", language_classes[facts->class]);
    if (facts->source != NULL)
        text_add_format(out, "source: %s\n", facts->source);
    text_add(out, "alphabet:");
    for (size_t s = 0; s < language->alphabet.size; s++)
        text_add_format(out, " %s", language->alphabet.names[s]);
    text_add(out, "\n");
    language->formalism->describe(language->self, out);
    if (automaton != NULL)
        describe_automaton(automaton, out);
    describe_claim(language, out);
    text_add_format(out, "counts checked: %zu\n", language->counts_checked);
}

/* ------------------------------------------------------------- questions */

bool language_contains(const struct language *language, const uint16_t *symbols,
                       size_t length)
{
    return language->formalism->contains(language->self, symbols, length);
}

bool language_why_not(const struct language *language, const uint16_t *symbols,
                      size_t length, struct text *out)
{
    return language->formalism->why_not(language->self, symbols, length, out);
}

double language_foresee(const struct language *language, size_t longest)
{
    if (language->formalism->foresee == NULL)
        return NAN;
    return language->formalism->foresee(language->self, longest);
}

/* For a slot that is NULL. */
static bool refuse(const struct language *language, const char *what,
                   struct error *error)
{
    return error_set(error, ERROR_CONFIG, "%s: its %s cannot %s",
                     language->facts.name, language->formalism->name, what);
}

bool language_next(const struct language *language, const uint16_t *prefix,
                   size_t length, bool *allowed, bool *end, struct error *error)
{
    return language->formalism->next(language->self, prefix, length, allowed,
                                     end, error);
}

struct cursor *language_cursor(const struct language *language)
{
    return cursor_new(language->formalism, language->self);
}

bool language_prepare(struct language *language, size_t longest,
                      struct error *error)
{
    if (language->formalism->prepare == NULL)
        return refuse(language, "count and draw strings", error);
    return language->formalism->prepare(language->self, longest, error);
}

void language_count(const struct language *language, size_t n,
                    struct natural *out)
{
    language->formalism->count(language->self, true, n, out);
}

void language_count_outside(const struct language *language, size_t n,
                            struct natural *out)
{
    language->formalism->count(language->self, false, n, out);
}

bool language_has(const struct language *language, bool member, size_t n)
{
    struct natural count = { 0 };
    bool some;

    natural_init(&count, 0);
    language->formalism->count(language->self, member, n, &count);
    some = !natural_is_zero(&count);
    natural_clear(&count);
    return some;
}

void language_draw(const struct language *language, bool member, size_t n,
                   struct stream *stream, uint16_t *out)
{
    language->formalism->draw(language->self, member, n, stream, out);
}

void language_enumerate(const struct language *language, bool member, size_t n,
                        struct strings *out)
{
    language->formalism->enumerate(language->self, member, n, out);
}

bool language_counts_deaths(const struct language *language)
{
    return language->formalism->prepare_deaths != NULL;
}

bool language_prepare_deaths(struct language *language, size_t longest,
                             struct error *error)
{
    return language->formalism->prepare_deaths(language->self, longest, error);
}

bool language_has_death(const struct language *language, size_t n)
{
    return language->formalism->has_death(language->self, n);
}

void language_draw_death(const struct language *language, size_t n,
                         struct stream *stream, uint16_t *out)
{
    language->formalism->draw_death(language->self, n, stream, out);
}

const struct automaton *language_automaton(const struct language *language)
{
    return language->formalism->automaton(language->self);
}

size_t language_target(const struct language *language, const uint16_t *symbols,
                       size_t length)
{
    if (language->formalism->target == NULL)
        return 0;
    return language->formalism->target(language->self, symbols, length);
}

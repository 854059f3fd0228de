/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/pattern.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/natural.h"

#define MOST_DEPTH 50
#define MOST_TERMS 4096
#define BLANKS     " \t\n\r"

static const struct {
    const char *name;
    size_t n_parts;
} functions[] = {
    [PATTERN_REV] = { "rev", 1 },         [PATTERN_SORT] = { "sort", 1 },
    [PATTERN_ODDS] = { "odds", 1 },       [PATTERN_EVENS] = { "evens", 1 },
    [PATTERN_NOT] = { "not", 1 },         [PATTERN_SUM] = { "sum", 2 },
    [PATTERN_PRODUCT] = { "product", 2 }, [PATTERN_ISQRT] = { "isqrt", 1 },
};

#define N_FUNCTIONS (sizeof functions / sizeof *functions)

/* --------------------------------------------------------------- reading */

struct parser {
    struct pattern *pattern;
    const struct passage *passage;
    const struct alphabet *alphabet;
    const char *const *variables;
    const char *text;
    size_t at, depth;
    struct error *error;
};

static void clear_term(struct pattern_term *term)
{
    for (size_t i = 0; i < term->n_parts; i++)
        clear_term(&term->parts[i]);
    free(term->parts);
}

void pattern_clear(struct pattern *pattern)
{
    for (size_t i = 0; i < pattern->count; i++)
        clear_term(&pattern->terms[i]);
    free(pattern->terms);
    *pattern = (struct pattern){ 0 };
}

static char peek(struct parser *parser)
{
    parser->at += strspn(parser->text + parser->at, BLANKS);
    return parser->text[parser->at];
}

static bool take(struct parser *parser, char c)
{
    if (peek(parser) != c)
        return false;
    parser->at++;
    return true;
}

static bool expect(struct parser *parser, char c)
{
    return take(parser, c) ||
           passage_refuse(parser->passage, parser->at, parser->error,
                          "a '%c' is missing here", c);
}

/* Letters, digits and _; the caller frees. */
static char *read_name(struct parser *parser)
{
    size_t begin = (peek(parser), parser->at), length = 0;
    char *name;

    while (isalnum((unsigned char)parser->text[begin + length]) ||
           parser->text[begin + length] == '_')
        length++;
    name = memory_new(length + 1, 1);
    memcpy(name, parser->text + begin, length);
    parser->at += length;
    return name;
}

static bool find_function(struct parser *parser, const char *name,
                          struct pattern_term *term)
{
    const char *names[N_FUNCTIONS + 1] = { NULL };
    const char *nearest;
    size_t count = 0;

    for (size_t i = PATTERN_REV; i < N_FUNCTIONS; i++) {
        names[count++] = functions[i].name;
        term->kind = (enum pattern_kind)i;
        if (strcmp(name, functions[i].name) == 0)
            return true;
    }
    nearest = text_nearest(name, names);
    if (nearest != NULL)
        return passage_refuse(parser->passage, term->at, parser->error,
                              "no function \"%s\"; did you mean \"%s\"?", name,
                              nearest);
    return passage_refuse(parser->passage, term->at, parser->error,
                          "no function \"%s\"; accepted: rev, sort, odds, "
                          "evens, not, sum, product, isqrt",
                          name);
}

static bool find_variable(struct parser *parser, const char *name,
                          struct pattern_term *term)
{
    term->kind = PATTERN_VARIABLE;
    for (size_t i = 0; parser->variables[i] != NULL; i++) {
        term->index = i;
        if (strcmp(name, parser->variables[i]) == 0)
            return true;
    }
    return passage_refuse(parser->passage, term->at, parser->error,
                          "no variable \"%s\"; each needs a regex under where",
                          name);
}

static bool find_bits(struct parser *parser, const struct pattern_term *term)
{
    long zero = alphabet_find(parser->alphabet, "0", 1);
    long one = alphabet_find(parser->alphabet, "1", 1);

    if (zero < 0 || one < 0)
        return passage_refuse(parser->passage, term->at, parser->error,
                              "%s needs the symbols 0 and 1 in the alphabet",
                              functions[term->kind].name);
    parser->pattern->bits[0] = (uint16_t)zero;
    parser->pattern->bits[1] = (uint16_t)one;
    return true;
}

static bool read_expression(struct parser *parser, struct pattern_term *out);

static bool read_parts(struct parser *parser, struct pattern_term *term)
{
    size_t wanted = functions[term->kind].n_parts;

    do {
        term->parts =
            memory_resize(term->parts, term->n_parts + 1, sizeof *term->parts);
        term->parts[term->n_parts] = (struct pattern_term){ 0 };
        if (!read_expression(parser, &term->parts[term->n_parts++]))
            return false;
    } while (take(parser, ','));
    if (!expect(parser, ')'))
        return false;
    if (term->n_parts != wanted)
        return passage_refuse(parser->passage, term->at, parser->error,
                              "%s takes %zu word%s", functions[term->kind].name,
                              wanted, wanted == 1 ? "" : "s");
    return !pattern_is_of_bits(term->kind) || find_bits(parser, term);
}

static bool read_expression(struct parser *parser, struct pattern_term *out)
{
    char *name;
    bool ok;

    peek(parser);
    out->at = parser->at;
    if (parser->depth == MOST_DEPTH)
        return passage_refuse(parser->passage, parser->at, parser->error,
                              "more than %d functions in one another",
                              MOST_DEPTH);
    parser->depth++;
    name = read_name(parser);
    if (*name == '\0')
        ok = passage_refuse(parser->passage, parser->at, parser->error,
                            "a variable or a function is missing here");
    else if (take(parser, '('))
        ok = find_function(parser, name, out) && read_parts(parser, out);
    else
        ok = find_variable(parser, name, out);
    free(name);
    parser->depth--;
    return ok;
}

static bool read_symbol(struct parser *parser, struct pattern_term *out)
{
    size_t length;
    long symbol;

    parser->at += parser->text[parser->at] == '\\';
    symbol = alphabet_match(parser->alphabet, parser->text + parser->at,
                            strlen(parser->text + parser->at), &length);
    if (symbol < 0)
        return passage_refuse(parser->passage, parser->at, parser->error,
                              "no symbol of the alphabet begins here");
    out->index = (size_t)symbol;
    parser->at += length;
    return true;
}

static bool read_term(struct parser *parser)
{
    struct pattern *pattern = parser->pattern;
    struct pattern_term *term;

    if (strncmp(parser->text + parser->at, "=>", 2) == 0) {
        if (pattern->target != SIZE_MAX)
            return passage_refuse(parser->passage, parser->at, parser->error,
                                  "a second =>");
        pattern->target = pattern->count;
        parser->at += 2;
        return true;
    }
    if (pattern->count == MOST_TERMS)
        return passage_refuse(parser->passage, parser->at, parser->error,
                              "more than %d symbols and words", MOST_TERMS);
    pattern->terms = memory_resize(pattern->terms, pattern->count + 1,
                                   sizeof *pattern->terms);
    term = &pattern->terms[pattern->count++];
    *term = (struct pattern_term){ .at = parser->at };
    if (parser->text[parser->at] != '{')
        return read_symbol(parser, term);
    parser->at++;
    if (!read_expression(parser, term))
        return false;
    term->place = passage_place(parser->passage, term->at);
    return expect(parser, '}');
}

bool pattern_read(struct pattern *out, const struct passage *passage,
                  const struct alphabet *alphabet, const char *const *variables,
                  struct error *error)
{
    struct parser parser = { .pattern = out,
                             .passage = passage,
                             .alphabet = alphabet,
                             .variables = variables,
                             .text = passage->text,
                             .error = error };
    bool ok = true;

    *out = (struct pattern){ .target = SIZE_MAX };
    while (ok && peek(&parser) != '\0')
        ok = read_term(&parser);
    if (out->target == SIZE_MAX)
        out->target = out->count;
    if (!ok)
        pattern_clear(out);
    return ok;
}

/* ---------------------------------------------------------------- values */

bool pattern_has(const struct pattern_term *term, size_t variable)
{
    if (term->kind == PATTERN_VARIABLE)
        return term->index == variable;
    for (size_t i = 0; i < term->n_parts; i++)
        if (pattern_has(&term->parts[i], variable))
            return true;
    return false;
}

size_t pattern_length(const struct pattern_term *term, size_t length)
{
    assert(!pattern_is_arithmetic(term->kind));
    if (term->kind == PATTERN_SYMBOL)
        return 1;
    if (term->kind == PATTERN_VARIABLE)
        return length;
    length = pattern_length(&term->parts[0], length);
    if (term->kind == PATTERN_ODDS)
        return (length + 1) / 2;
    return term->kind == PATTERN_EVENS ? length / 2 : length;
}

static int compare_symbols(const void *a, const void *b)
{
    return *(const uint16_t *)a - *(const uint16_t *)b;
}

/* Of a function that only moves or turns symbols; in place. */
static void apply(const struct pattern *pattern, enum pattern_kind kind,
                  struct word *word)
{
    size_t kept = 0, n = word->length;
    uint16_t *s = word->symbols;

    switch (kind) {
    case PATTERN_REV:
        for (size_t i = 0; i < n / 2; i++) {
            uint16_t other = s[n - 1 - i];

            s[n - 1 - i] = s[i];
            s[i] = other;
        }
        break;
    case PATTERN_SORT:
        qsort(s, n, sizeof *s, compare_symbols);
        break;
    case PATTERN_NOT:
        for (size_t i = 0; i < n; i++)
            s[i] = pattern->bits[s[i] == pattern->bits[0]];
        break;
    default: /* odds, evens */
        for (size_t i = kind == PATTERN_EVENS; i < n; i += 2)
            s[kept++] = s[i];
        word->length = kept;
    }
}

/* The number whose bits, the least significant first, WORD holds. */
static void set_number(const struct pattern *pattern, const struct word *word,
                       struct natural *n)
{
    size_t count = word->length / 64 + 1;
    uint64_t *words = memory_new(count, sizeof *words);

    for (size_t i = 0; i < word->length; i++)
        if (word->symbols[i] == pattern->bits[1])
            words[i / 64] |= UINT64_C(1) << i % 64;
    natural_set_words(n, words, count);
    free(words);
}

static void calculate(const struct pattern *pattern, enum pattern_kind kind,
                      const struct word *parts, struct word *out)
{
    struct natural a = { 0 }, b = { 0 };

    natural_init(&a, 0);
    natural_init(&b, 0);
    set_number(pattern, &parts[0], &a);
    if (kind == PATTERN_ISQRT) {
        natural_square_root(&a);
    } else {
        set_number(pattern, &parts[1], &b);
        (kind == PATTERN_SUM ? natural_add : natural_multiply)(&a, &b);
    }
    out->length = natural_is_zero(&a) ? 1 : natural_bits(&a);
    out->symbols = memory_new(out->length, sizeof *out->symbols);
    for (size_t i = 0; i < out->length; i++)
        out->symbols[i] = pattern->bits[natural_bit(&a, i)];
    natural_clear(&a);
    natural_clear(&b);
}

bool pattern_value(const struct pattern *pattern,
                   const struct pattern_term *term, const struct word *words,
                   struct word *out)
{
    struct word parts[2] = { 0 };
    bool ok = true;

    *out = (struct word){ 0 };
    if (term->kind == PATTERN_SYMBOL || term->kind == PATTERN_VARIABLE) {
        uint16_t symbol = (uint16_t)term->index;
        struct word word = { &symbol, 1 };

        if (term->kind == PATTERN_VARIABLE)
            word = words[term->index];
        if (word.symbols == NULL)
            return false;
        out->symbols = memory_new(word.length + 1, sizeof symbol);
        memcpy(out->symbols, word.symbols, word.length * sizeof symbol);
        out->length = word.length;
        return true;
    }
    for (size_t i = 0; ok && i < term->n_parts; i++)
        ok = pattern_value(pattern, &term->parts[i], words, &parts[i]);
    if (ok && pattern_is_arithmetic(term->kind)) {
        calculate(pattern, term->kind, parts, out);
    } else if (ok) {
        apply(pattern, term->kind, &parts[0]);
        *out = parts[0];
        parts[0] = (struct word){ 0 };
    }
    free(parts[0].symbols);
    free(parts[1].symbols);
    return ok;
}

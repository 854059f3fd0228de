/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/expression.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

#define MOST_DEPTH   100
#define MOST_MODULI  8 /* nested: ((#a mod 7) mod 5) mod 3 */
#define MOST_MODULUS 1000000

#define BLANKS  " \t\n\r"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
#define DIGITS  "0123456789"

struct parser {
    const struct passage *passage;
    const struct vocabulary *vocabulary;
    const char *text;
    size_t at, depth;
    bool updates; /* no counts, no mod */
    struct error *error;
};

/* What a part of the text stands for: a number, or a condition. */
struct value {
    bool is_condition;
    struct sum sum;
    struct condition condition;
    size_t at; /* where it begins */
};

static void value_clear(struct value *value)
{
    sum_clear(&value->sum);
    condition_clear(&value->condition);
}

/* Every reader leaves OUT fit for value_clear, also when it fails. */
static bool read_or(struct parser *parser, struct value *out);
static bool read_unary(struct parser *parser, struct value *out);

/* ---------------------------------------------------------------- tokens */

static const char *peek(struct parser *parser)
{
    parser->at += strspn(parser->text + parser->at, BLANKS);
    return parser->text + parser->at;
}

static bool take(struct parser *parser, const char *token)
{
    if (strncmp(peek(parser), token, strlen(token)) != 0)
        return false;
    parser->at += strlen(token);
    return true;
}

static size_t word_length(const char *text)
{
    return strspn(text, LETTERS) == 0 ? 0 : strspn(text, LETTERS DIGITS);
}

static bool sees_word(struct parser *parser, const char *word)
{
    size_t length = word_length(peek(parser));

    return length == strlen(word) &&
           strncmp(parser->text + parser->at, word, length) == 0;
}

static bool take_word(struct parser *parser, const char *word)
{
    bool seen = sees_word(parser, word);

    parser->at += seen ? strlen(word) : 0;
    return seen;
}

static bool refuse(const struct parser *parser, size_t at, const char *what)
{
    return passage_refuse(parser->passage, at, parser->error, "%s", what);
}

static bool want_number(const struct parser *parser, const struct value *value)
{
    return !value->is_condition ||
           refuse(parser, value->at, "a number is needed, this is a condition");
}

static bool want_condition(const struct parser *parser,
                           const struct value *value)
{
    return value->is_condition ||
           refuse(parser, value->at,
                  "a condition is needed, this is a number; compare it");
}

static bool descend(struct parser *parser, size_t at)
{
    return ++parser->depth <= MOST_DEPTH ||
           refuse(parser, at, "nested deeper than 100");
}

static const char *const keywords[] = { "and", "or", "not", "mod", NULL };

bool expression_is_name(const char *name)
{
    for (size_t i = 0; keywords[i] != NULL; i++)
        if (strcmp(name, keywords[i]) == 0)
            return false;
    return *name != '\0' && word_length(name) == strlen(name);
}

/* --------------------------------------------------------------- numbers */

static bool check_limits(const struct parser *parser, const struct value *value)
{
    const struct sum *sum = &value->sum;
    bool ok = llabs(sum->constant) <= CONDITION_MOST_CONSTANT;

    for (size_t i = 0; i < sum->n_terms; i++)
        ok &= llabs(sum->terms[i].factor) <= CONDITION_MOST_FACTOR;
    for (size_t i = 0; i < sum->n_remainders; i++)
        ok &= llabs(sum->remainders[i].factor) <= CONDITION_MOST_FACTOR;
    return ok || refuse(parser, value->at,
                        "the numbers grow too large: at most 1,000,000 times a "
                        "variable, and constants to 1,000,000,000");
}

/* TO += FACTOR * MORE, which is emptied. */
static void add(struct sum *to, struct sum *more, int64_t factor)
{
    sum_add_terms(to, more->terms, more->n_terms, factor);
    to->constant += factor * more->constant;
    to->remainders =
        memory_resize(to->remainders, to->n_remainders + more->n_remainders,
                      sizeof *to->remainders);
    for (size_t i = 0; i < more->n_remainders && factor != 0; i++) {
        to->remainders[to->n_remainders] = more->remainders[i];
        to->remainders[to->n_remainders++].factor *= factor;
        more->remainders[i] = (struct remainder){ 0 };
    }
    sum_clear(more);
}

static void scale(struct sum *sum, int64_t factor)
{
    struct sum scaled = { 0 };

    add(&scaled, sum, factor);
    *sum = scaled;
}

static bool is_constant(const struct sum *sum)
{
    return sum->n_terms == 0 && sum->n_remainders == 0;
}

static size_t count_moduli(const struct sum *sum)
{
    size_t most = 0;

    for (size_t i = 0; i < sum->n_remainders; i++) {
        size_t n = 1 + count_moduli(&sum->remainders[i].inner);

        most = n > most ? n : most;
    }
    return most;
}

static bool take_modulo(struct parser *parser, struct value *value,
                        const struct value *by)
{
    struct sum *sum = &value->sum;
    struct remainder remainder = { 1, by->sum.constant, *sum };

    if (parser->updates)
        return refuse(parser, value->at,
                      "an update cannot use mod; a "
                      "condition on the name can");
    if (!is_constant(&by->sum) || remainder.modulus < 1 ||
        remainder.modulus > MOST_MODULUS)
        return refuse(parser, by->at,
                      "a modulus must be a constant in 1..1,000,000");
    if (count_moduli(sum) == MOST_MODULI)
        return refuse(parser, value->at, "more than 8 nested mod");
    if (is_constant(sum)) {
        sum->constant = remainder_of(sum->constant, remainder.modulus);
        return true;
    }
    *sum =
        (struct sum){ .remainders = memory_copy(&remainder, sizeof remainder),
                      .n_remainders = 1 };
    return true;
}

static bool multiply(struct parser *parser, struct value *value,
                     struct value *by)
{
    struct sum swap = value->sum;

    if (!is_constant(&by->sum)) {
        value->sum = by->sum;
        by->sum = swap;
    }
    if (!is_constant(&by->sum))
        return refuse(parser, value->at,
                      "only a constant may be multiplied by a variable");
    scale(&value->sum, by->sum.constant);
    return check_limits(parser, value);
}

static bool read_literal(struct parser *parser, struct value *out)
{
    char digits[16] = { 0 };
    size_t length = strspn(peek(parser), DIGITS);
    uint64_t number;

    if (length < sizeof digits)
        memcpy(digits, peek(parser), length);
    if (!text_read_count(digits, &number) || number > CONDITION_MOST_CONSTANT)
        return refuse(parser, parser->at,
                      "an integer is written 0 to 1000000000, without "
                      "leading zeros");
    out->sum.constant = (int64_t)number;
    parser->at += length;
    return true;
}

static void set_variable(struct value *out, size_t variable)
{
    struct term term = { (uint32_t)variable, 1 };

    sum_add_terms(&out->sum, &term, 1, 1);
}

static bool read_count(struct parser *parser, struct value *out)
{
    const struct alphabet *alphabet = parser->vocabulary->alphabet;
    const char *name = parser->text + parser->at;
    size_t limit = strcspn(name, BLANKS), length;
    long symbol = alphabet_match(alphabet, name, limit, &length);

    if (parser->updates)
        return refuse(parser, out->at, "an update cannot use counts");
    if (symbol < 0)
        return passage_refuse(parser->passage, out->at, parser->error,
                              "# must be followed by a symbol of the "
                              "alphabet, not by \"%.*s\"%s",
                              limit < 20 ? (int)limit : 20, name,
                              alphabet_advice(alphabet));
    set_variable(out, (size_t)symbol);
    parser->at += length;
    return true;
}

static bool read_name(struct parser *parser, struct value *out)
{
    const struct vocabulary *vocabulary = parser->vocabulary;
    size_t length = word_length(peek(parser));
    char *name = memory_new(length + 1, 1);
    const char *nearest;

    memcpy(name, peek(parser), length);
    for (size_t i = 0; vocabulary->tracked[i] != NULL; i++)
        if (strcmp(vocabulary->tracked[i], name) == 0) {
            set_variable(out, vocabulary->alphabet->size + i);
            parser->at += length;
            free(name);
            return true;
        }
    nearest = text_nearest(name, vocabulary->tracked);
    if (nearest != NULL)
        passage_refuse(parser->passage, out->at, parser->error,
                       "no tracked name \"%s\"; did you mean \"%s\"?", name,
                       nearest);
    else
        passage_refuse(parser->passage, out->at, parser->error,
                       "no tracked name \"%s\"; the count of a symbol is "
                       "written #symbol",
                       name);
    free(name);
    return false;
}

static bool read_primary(struct parser *parser, struct value *out)
{
    char next = *peek(parser);

    *out = (struct value){ .at = parser->at };
    if (take(parser, "(")) {
        size_t open = parser->at - 1;

        if (!descend(parser, open) || !read_or(parser, out))
            return false;
        parser->depth--;
        out->at = open;
        return take(parser, ")") ||
               refuse(parser, open, "this '(' is never closed");
    }
    if (take(parser, "#"))
        return read_count(parser, out);
    if (next != '\0' && strchr(DIGITS, next) != NULL)
        return read_literal(parser, out);
    if (word_length(parser->text + parser->at) > 0)
        return read_name(parser, out);
    return refuse(parser, parser->at,
                  "a count such as #a, a name, a number or '(' is missing");
}

static bool read_unary(struct parser *parser, struct value *out)
{
    size_t at = (peek(parser), parser->at);

    if (!take(parser, "-"))
        return read_primary(parser, out);
    *out = (struct value){ .at = at };
    if (!descend(parser, at) || !read_unary(parser, out) ||
        !want_number(parser, out))
        return false;
    parser->depth--;
    out->at = at;
    scale(&out->sum, -1);
    return true;
}

static bool read_product(struct parser *parser, struct value *out)
{
    bool ok = read_unary(parser, out);

    while (ok) {
        bool modulo = take_word(parser, "mod");
        struct value by = { 0 };

        if (!modulo && !take(parser, "*"))
            break;
        ok = want_number(parser, out) && read_unary(parser, &by) &&
             want_number(parser, &by) &&
             (modulo ? take_modulo(parser, out, &by)
                     : multiply(parser, out, &by));
        value_clear(&by);
    }
    return ok;
}

static bool read_sum(struct parser *parser, struct value *out)
{
    bool ok = read_product(parser, out);

    while (ok) {
        int64_t sign = take(parser, "+") ? 1 : take(parser, "-") ? -1 : 0;
        struct value next = { 0 };

        if (sign == 0)
            break;
        ok = want_number(parser, out) && read_product(parser, &next) &&
             want_number(parser, &next);
        if (ok)
            add(&out->sum, &next.sum, sign);
        ok = ok && check_limits(parser, out);
        value_clear(&next);
    }
    return ok;
}

/* ------------------------------------------------------------ conditions */

static const struct {
    const char *token; /* a longer one before its beginning */
    unsigned signs;
} comparisons[] = {
    /* clang-format off */
    { "==", SIGN_EQUAL },
    { "!=", SIGN_LESS | SIGN_MORE },
    { "<=", SIGN_LESS | SIGN_EQUAL },
    { ">=", SIGN_MORE | SIGN_EQUAL },
    { "<",  SIGN_LESS },
    { ">",  SIGN_MORE },
    /* clang-format on */
};

static unsigned take_comparison(struct parser *parser)
{
    for (size_t i = 0; i < sizeof comparisons / sizeof *comparisons; i++)
        if (take(parser, comparisons[i].token))
            return comparisons[i].signs;
    return 0;
}

static void add_part(struct condition *to, struct condition *part)
{
    to->parts = memory_resize(to->parts, to->n_parts + 1, sizeof *to->parts);
    to->parts[to->n_parts++] = *part;
    *part = (struct condition){ 0 };
}

/* One part alone stands for itself. */
static void unwrap(struct condition *condition)
{
    struct condition only;

    if (condition->n_parts != 1)
        return;
    only = condition->parts[0];
    free(condition->parts);
    *condition = only;
}

static void copy_sum(struct sum *to, const struct sum *from)
{
    *to = *from;
    to->terms = memory_copy(from->terms, from->n_terms * sizeof *from->terms);
    to->remainders = memory_copy(from->remainders,
                                 from->n_remainders * sizeof *to->remainders);
    for (size_t i = 0; i < from->n_remainders; i++)
        copy_sum(&to->remainders[i].inner, &from->remainders[i].inner);
}

/* a <= b < c is a <= b and b < c. */
static bool read_comparison(struct parser *parser, struct value *out)
{
    bool ok = read_sum(parser, out);
    unsigned signs;

    while (ok && (signs = take_comparison(parser)) != 0) {
        struct condition link = { .kind = CONDITION_COMPARISON,
                                  .signs = signs };
        struct value right = { 0 };

        out->condition.kind = CONDITION_AND;
        ok = want_number(parser, out) && read_sum(parser, &right) &&
             want_number(parser, &right);
        if (ok) {
            struct sum kept;

            copy_sum(&kept, &right.sum);
            link.difference = out->sum;
            out->sum = kept;
            add(&link.difference, &right.sum, -1);
            add_part(&out->condition, &link);
        }
        value_clear(&right);
    }
    if (ok && out->condition.n_parts > 0 && !out->is_condition) {
        sum_clear(&out->sum);
        unwrap(&out->condition);
        out->is_condition = true;
    }
    if (ok && *peek(parser) == '=')
        return refuse(parser, parser->at, "equality is written ==");
    return ok;
}

static bool read_not(struct parser *parser, struct value *out)
{
    size_t at = (peek(parser), parser->at);
    struct condition not = { .kind = CONDITION_NOT };

    if (!take_word(parser, "not"))
        return read_comparison(parser, out);
    *out = (struct value){ .at = at };
    if (!descend(parser, at) || !read_not(parser, out) ||
        !want_condition(parser, out))
        return false;
    parser->depth--;
    out->at = at;
    add_part(&not, &out->condition);
    out->condition = not ;
    return true;
}

/* x WORD y WORD z, each read by READ. */
static bool read_joined(struct parser *parser, const char *word,
                        enum condition_kind kind,
                        bool (*read)(struct parser *, struct value *),
                        struct value *out)
{
    struct condition joined = { .kind = kind };

    if (!read(parser, out))
        return false;
    if (!sees_word(parser, word))
        return true;
    if (!want_condition(parser, out))
        return false;
    add_part(&joined, &out->condition);
    out->condition = joined;
    while (take_word(parser, word)) {
        struct value next = { 0 };
        bool ok = read(parser, &next) && want_condition(parser, &next);

        if (ok)
            add_part(&out->condition, &next.condition);
        value_clear(&next);
        if (!ok)
            return false;
    }
    return true;
}

static bool read_and(struct parser *parser, struct value *out)
{
    return read_joined(parser, "and", CONDITION_AND, read_not, out);
}

static bool read_or(struct parser *parser, struct value *out)
{
    return read_joined(parser, "or", CONDITION_OR, read_and, out);
}

/* ------------------------------------------------------------ whole texts */

static bool read_whole(struct parser *parser, struct value *out)
{
    size_t length;

    if (!read_or(parser, out))
        return false;
    length = strcspn(peek(parser), BLANKS);
    if (length > 0)
        return passage_refuse(parser->passage, parser->at, parser->error,
                              "\"%.*s\" does not belong here",
                              length < 20 ? (int)length : 20,
                              parser->text + parser->at);
    return true;
}

bool expression_read_condition(struct condition *out,
                               const struct passage *passage,
                               const struct vocabulary *vocabulary,
                               struct error *error)
{
    struct parser parser = { .passage = passage,
                             .vocabulary = vocabulary,
                             .text = passage->text,
                             .error = error };
    struct value value = { 0 };
    bool ok = read_whole(&parser, &value) && want_condition(&parser, &value);

    *out = (struct condition){ 0 };
    if (ok) {
        *out = value.condition;
        value.condition = (struct condition){ 0 };
    }
    value_clear(&value);
    return ok;
}

bool expression_read_update(struct sum *out, const struct passage *passage,
                            const struct vocabulary *vocabulary,
                            struct error *error)
{
    struct parser parser = { .passage = passage,
                             .vocabulary = vocabulary,
                             .text = passage->text,
                             .updates = true,
                             .error = error };
    struct value value = { 0 };
    bool ok = read_whole(&parser, &value) && want_number(&parser, &value);

    *out = (struct sum){ 0 };
    if (ok) {
        *out = value.sum;
        value.sum = (struct sum){ 0 };
    }
    value_clear(&value);
    return ok;
}

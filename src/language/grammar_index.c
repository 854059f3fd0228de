/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/grammar_index.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "language/condition.h"

#define MOST_DEPTH 50
#define MOST_PARTS 1000 /* of one expression */

#define BLANKS  " \t"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
#define DIGITS  "0123456789"

enum index_op {
    OP_NUMBER,
    OP_VARIABLE,
    OP_ADD,
    OP_SUBTRACT,
    OP_MULTIPLY,
    OP_REMAINDER,
    OP_COMPARE, /* value: the signs for which it holds */
    OP_AND,
    OP_OR,
    OP_NOT
};

static bool read_or(struct index_reader *reader, uint32_t *out);
static bool read_unary(struct index_reader *reader, uint32_t *out);

void index_pool_clear(struct index_pool *pool)
{
    free(pool->nodes);
    *pool = (struct index_pool){ 0 };
}

static bool refuse(const struct index_reader *reader, size_t at,
                   const char *what)
{
    return passage_refuse(reader->passage, at, reader->error, "%s", what);
}

static bool add_node(struct index_reader *reader, struct index_node node,
                     uint32_t *out)
{
    struct index_pool *pool = reader->pool;

    if (pool->count - reader->first == MOST_PARTS)
        return refuse(reader, node.at, "more than 1000 parts from here on");
    if (pool->count == pool->capacity) {
        pool->capacity = 2 * pool->capacity + 64;
        pool->nodes =
            memory_resize(pool->nodes, pool->capacity, sizeof *pool->nodes);
    }
    pool->nodes[pool->count] = node;
    *out = (uint32_t)pool->count++;
    return true;
}

static bool is_condition(const struct index_reader *reader, uint32_t node)
{
    return reader->pool->nodes[node].op >= OP_COMPARE;
}

static bool want_number(const struct index_reader *reader, uint32_t node)
{
    return !is_condition(reader, node) ||
           refuse(reader, reader->pool->nodes[node].at,
                  "a number is needed, this is a condition");
}

static bool want_condition(const struct index_reader *reader, uint32_t node)
{
    return is_condition(reader, node) ||
           refuse(reader, reader->pool->nodes[node].at,
                  "a condition is needed, this is a number; compare it");
}

/* ---------------------------------------------------------------- tokens */

static const char *peek(struct index_reader *reader)
{
    const char *text = reader->passage->text;

    reader->at += strspn(text + reader->at, BLANKS);
    return text + reader->at;
}

static bool take(struct index_reader *reader, const char *token)
{
    if (strncmp(peek(reader), token, strlen(token)) != 0)
        return false;
    reader->at += strlen(token);
    return true;
}

static size_t word_length(const char *at)
{
    return strspn(at, LETTERS) == 0 ? 0 : strspn(at, LETTERS DIGITS);
}

static bool take_word(struct index_reader *reader, const char *word)
{
    const char *at = peek(reader);
    size_t length = strlen(word);

    if (word_length(at) != length || memcmp(at, word, length) != 0)
        return false;
    reader->at += length;
    return true;
}

size_t index_name_length(const char *at)
{
    static const char *const keywords[] = { "and", "or",  "not",
                                            "if",  "for", "in" };
    size_t length = word_length(at);

    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (strlen(keywords[i]) == length &&
            memcmp(keywords[i], at, length) == 0)
            return 0;
    return length;
}

bool index_find_slot(struct index_reader *reader, size_t at, size_t length,
                     uint32_t *slot)
{
    struct index_scope *scope = reader->scope;
    const char *text = reader->passage->text;

    for (size_t i = 0; i < scope->count; i++)
        if (scope->names[i].length == length &&
            memcmp(text + scope->names[i].at, text + at, length) == 0) {
            *slot = (uint32_t)i;
            return true;
        }
    if (scope->count == INDEX_MOST_VARIABLES)
        return refuse(reader, at, "more than 16 variables in one rule");
    scope->names[scope->count].at = at;
    scope->names[scope->count].length = length;
    scope->names[scope->count].bound = false;
    *slot = (uint32_t)scope->count++;
    return true;
}

/* --------------------------------------------------------------- numbers */

static bool read_digits(struct index_reader *reader, int64_t *value)
{
    const char *text = reader->passage->text;
    size_t at = reader->at;

    for (*value = 0; text[reader->at] >= '0' && text[reader->at] <= '9';) {
        *value = 10 * *value + (text[reader->at++] - '0');
        if (*value > INDEX_MOST)
            return refuse(reader, at, "a number above 1,000,000,000");
    }
    return true;
}

static bool read_atom(struct index_reader *reader, uint32_t *out)
{
    const char *at = peek(reader);
    struct index_node node = { .op = OP_NUMBER, .at = reader->at };
    size_t length = index_name_length(at);
    uint32_t slot;

    if (take(reader, "("))
        return read_or(reader, out) &&
               (take(reader, ")") ||
                refuse(reader, node.at, "this ( is never closed"));
    if (*at >= '0' && *at <= '9')
        return read_digits(reader, &node.value) && add_node(reader, node, out);
    if (length == 0)
        return refuse(reader, node.at, "a number, a variable or ( is expected");
    if (!index_find_slot(reader, node.at, length, &slot))
        return false;
    reader->at += length;
    node.op = OP_VARIABLE;
    node.value = slot;
    return add_node(reader, node, out);
}

bool index_read_name(struct index_reader *reader, uint32_t *out)
{
    reader->first = reader->pool->count;
    return read_atom(reader, out);
}

static bool descend(struct index_reader *reader)
{
    return ++reader->depth <= MOST_DEPTH ||
           refuse(reader, reader->at, "nested deeper than 50");
}

static bool read_unary(struct index_reader *reader, uint32_t *out)
{
    struct index_node node = { .op = OP_SUBTRACT };
    bool ok;

    peek(reader);
    node.at = reader->at;
    if (!descend(reader))
        return false;
    if (take(reader, "-"))
        ok = read_unary(reader, &node.right) &&
             want_number(reader, node.right) &&
             add_node(reader, (struct index_node){ .at = node.at },
                      &node.left) &&
             add_node(reader, node, out);
    else
        ok = read_atom(reader, out);
    reader->depth--;
    return ok;
}

/* The operator of OPERATORS that comes next, or '\0'. */
static char take_operator(struct index_reader *reader, const char *operators)
{
    char c = *peek(reader);

    if (c == '\0' || strchr(operators, c) == NULL)
        return '\0';
    reader->at++;
    return c;
}

static bool read_binary(struct index_reader *reader, const char *operators,
                        const int *ops,
                        bool (*part)(struct index_reader *, uint32_t *),
                        uint32_t *out)
{
    struct index_node node = { 0 };
    char c;

    if (!part(reader, out))
        return false;
    node.at = reader->pool->nodes[*out].at;
    while ((c = take_operator(reader, operators)) != '\0') {
        node.op = ops[strchr(operators, c) - operators];
        node.left = *out;
        if (!want_number(reader, node.left) || !part(reader, &node.right) ||
            !want_number(reader, node.right) || !add_node(reader, node, out))
            return false;
    }
    return true;
}

static bool read_product(struct index_reader *reader, uint32_t *out)
{
    static const int ops[] = { OP_MULTIPLY, OP_REMAINDER };

    return read_binary(reader, "*%", ops, read_unary, out);
}

static bool read_sum(struct index_reader *reader, uint32_t *out)
{
    static const int ops[] = { OP_ADD, OP_SUBTRACT };

    return read_binary(reader, "+-", ops, read_product, out);
}

/* ------------------------------------------------------------- conditions */

static unsigned take_comparison(struct index_reader *reader)
{
    static const struct {
        const char *token;
        unsigned signs;
    } comparisons[] = {
        { "==", SIGN_EQUAL },
        { "!=", SIGN_LESS | SIGN_MORE },
        { "<=", SIGN_LESS | SIGN_EQUAL },
        { ">=", SIGN_MORE | SIGN_EQUAL },
        { "<", SIGN_LESS },
        { ">", SIGN_MORE },
    };

    for (size_t i = 0; i < sizeof comparisons / sizeof *comparisons; i++)
        if (take(reader, comparisons[i].token))
            return comparisons[i].signs;
    return 0;
}

/* a <= b < c is a <= b and b < c. */
static bool read_comparison(struct index_reader *reader, uint32_t *out)
{
    struct index_node node = { .op = OP_COMPARE }, both = { .op = OP_AND };
    bool first = true;
    unsigned signs;

    if (!read_sum(reader, out))
        return false;
    node.right = *out;
    node.at = both.at = reader->pool->nodes[*out].at;
    while ((signs = take_comparison(reader)) != 0) {
        node.left = node.right;
        node.value = signs;
        both.left = *out;
        if (!want_number(reader, node.left) || !read_sum(reader, &node.right) ||
            !want_number(reader, node.right) || !add_node(reader, node, out))
            return false;
        both.right = *out;
        if (!first && !add_node(reader, both, out))
            return false;
        first = false;
    }
    return true;
}

static bool read_not(struct index_reader *reader, uint32_t *out)
{
    struct index_node node = { .op = OP_NOT };
    bool ok;

    peek(reader);
    node.at = reader->at;
    if (!descend(reader))
        return false;
    if (take_word(reader, "not"))
        ok = read_not(reader, &node.left) &&
             want_condition(reader, node.left) && add_node(reader, node, out);
    else
        ok = read_comparison(reader, out);
    reader->depth--;
    return ok;
}

static bool read_joined(struct index_reader *reader, const char *word, int op,
                        bool (*part)(struct index_reader *, uint32_t *),
                        uint32_t *out)
{
    struct index_node node = { .op = op };

    if (!part(reader, out))
        return false;
    node.at = reader->pool->nodes[*out].at;
    while (take_word(reader, word)) {
        node.left = *out;
        if (!want_condition(reader, node.left) || !part(reader, &node.right) ||
            !want_condition(reader, node.right) || !add_node(reader, node, out))
            return false;
    }
    return true;
}

static bool read_and(struct index_reader *reader, uint32_t *out)
{
    return read_joined(reader, "and", OP_AND, read_not, out);
}

static bool read_or(struct index_reader *reader, uint32_t *out)
{
    return read_joined(reader, "or", OP_OR, read_and, out);
}

bool index_read_number(struct index_reader *reader, uint32_t *out)
{
    reader->depth = 0;
    reader->first = reader->pool->count;
    return read_sum(reader, out) && want_number(reader, *out);
}

bool index_read_condition(struct index_reader *reader, uint32_t *out)
{
    reader->depth = 0;
    reader->first = reader->pool->count;
    return read_or(reader, out) && want_condition(reader, *out);
}

/* ------------------------------------------------------------- evaluation */

uint32_t index_whole_slot(const struct index_pool *pool, uint32_t expression)
{
    const struct index_node *node = &pool->nodes[expression];

    return node->op == OP_VARIABLE ? (uint32_t)node->value : UINT32_MAX;
}

static int64_t apply(const struct index_node *node, int64_t a, int64_t b)
{
    switch ((enum index_op)node->op) {
    case OP_ADD:
        return a + b;
    case OP_SUBTRACT:
        return a - b;
    case OP_MULTIPLY:
        return a * b;
    case OP_REMAINDER:
        return remainder_of(a, b);
    case OP_COMPARE:
        return (node->value & (a < b   ? SIGN_LESS
                               : a > b ? SIGN_MORE
                                       : SIGN_EQUAL)) != 0;
    case OP_AND:
        return a && b;
    case OP_OR:
        return a || b;
    default:
        return !a;
    }
}

bool index_evaluate(const struct index_pool *pool, uint32_t expression,
                    const int64_t *values, int64_t *out, size_t *bad)
{
    const struct index_node *node = &pool->nodes[expression];
    int64_t a, b = 0;

    if (node->op == OP_NUMBER || node->op == OP_VARIABLE) {
        *out = node->op == OP_NUMBER ? node->value : values[node->value];
        return true;
    }
    if (!index_evaluate(pool, node->left, values, &a, bad) ||
        (node->op != OP_NOT &&
         !index_evaluate(pool, node->right, values, &b, bad)))
        return false;
    *bad = node->at;
    if (node->op == OP_REMAINDER && b <= 0)
        return false;
    *out = apply(node, a, b);
    return *out <= INDEX_MOST && *out >= -INDEX_MOST;
}

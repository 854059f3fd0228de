/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/grammar_rule.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "language/numbering.h"

#define MOST_SCHEMES 10000
#define MOST_PARTS   500000 /* of all schemes */

#define BLANKS  " \t\r"
#define SPACE   " \t\r\n"
#define ARROW   "->"
#define EPSILON "ε"

struct parser {
    struct schemes *schemes;
    const struct passage *passage;
    const struct alphabet *alphabet;
    struct index_reader reader;
    struct numbering names; /* as those of SCHEMES */
    size_t at, n_parts;
    struct error *error;
};

void schemes_clear(struct schemes *schemes)
{
    for (size_t i = 0; i < schemes->count; i++)
        free(schemes->items[i].parts);
    free(schemes->items);
    free(schemes->names);
    index_pool_clear(&schemes->pool);
    *schemes = (struct schemes){ 0 };
}

static bool refuse(const struct parser *parser, size_t at, const char *what)
{
    return passage_refuse(parser->passage, at, parser->error, "%s", what);
}

/* A complaint of FORMAT, which holds %.*s, about LENGTH bytes at AT. */
static bool refuse_word(const struct parser *parser, size_t at, size_t length,
                        const char *before, const char *after)
{
    return passage_refuse(parser->passage, at, parser->error, "%s%.*s%s",
                          before, (int)(length > 60 ? 60 : length),
                          parser->passage->text + at, after);
}

/* ---------------------------------------------------------------- tokens */

static const char *peek(struct parser *parser)
{
    const char *text = parser->passage->text;

    parser->at += strspn(text + parser->at, BLANKS);
    return text + parser->at;
}

static bool is_end(char c)
{
    return c == '\0' || c == '\n';
}

/* Bytes of the word at AT. */
static size_t word_length(const char *at)
{
    return strcspn(at, SPACE);
}

static bool is_word(const char *at, const char *word)
{
    return word_length(at) == strlen(word) &&
           memcmp(at, word, strlen(word)) == 0;
}

/* Bytes of a nonterminal's name at AT. */
static size_t name_length(const char *at)
{
    size_t length = index_name_length(at);

    while (length > 0 && at[length] == '\'')
        length++;
    return length;
}

/* The number of the nonterminal called so, or NUMBERING_NONE. */
static uint32_t find_name(const struct parser *parser, size_t at, size_t length)
{
    return numbering_find(&parser->names, parser->passage->text + at, length);
}

/* [i, j] right after a name. */
static bool read_indices(struct parser *parser, struct part *part)
{
    struct index_reader *reader = &parser->reader;
    size_t open = parser->at;

    part->n_indices = 0;
    if (parser->passage->text[parser->at] != '[')
        return true;
    do {
        if (part->n_indices == RULE_MOST_INDICES)
            return refuse(parser, open, "more than four indices");
        reader->at = parser->at + 1;
        if (!index_read_number(reader, &part->indices[part->n_indices++]))
            return false;
        parser->at = reader->at;
    } while (*peek(parser) == ',');
    if (*peek(parser) != ']')
        return refuse(parser, open, "this [ is never closed");
    parser->at++;
    return true;
}

/* ----------------------------------------------------------- left sides */

/* Whether a rule, `NAME... ->`, begins at AT. */
static bool is_head(const char *at)
{
    size_t length = name_length(at);
    const char *end = at + length;

    if (length == 0)
        return false;
    if (*end == '[') {
        end += strcspn(end, "]\n");
        end += *end == ']';
    }
    end += strspn(end, BLANKS);
    return text_begins(end, ARROW);
}

static size_t next_line(const char *text, size_t at)
{
    at += strcspn(text + at, "\n");
    return at + (text[at] == '\n');
}

static bool add_name(struct parser *parser, size_t at)
{
    struct schemes *schemes = parser->schemes;
    size_t length = name_length(parser->passage->text + at);

    if (find_name(parser, at, length) != NUMBERING_NONE)
        return true;
    if (alphabet_find(parser->alphabet, parser->passage->text + at, length) >=
        0)
        return refuse_word(parser, at, length, "\"",
                           "\" is a symbol of the alphabet; a nonterminal "
                           "needs another name");
    numbering_add(&parser->names, parser->passage->text + at, length);
    schemes->names = memory_resize(schemes->names, schemes->n_names + 1,
                                   sizeof *schemes->names);
    schemes->names[schemes->n_names++] =
        (struct rule_name){ at, length, SIZE_MAX };
    return true;
}

/* The names of all left sides, so that right sides can be told apart. */
static bool find_names(struct parser *parser)
{
    const char *text = parser->passage->text;
    bool ok = true;

    for (size_t at = 0; text[at] != '\0'; at = next_line(text, at)) {
        at += strspn(text + at, BLANKS);
        if (is_head(text + at))
            ok &= add_name(parser, at);
    }
    return ok;
}

/* One number of indices for each name. */
static bool check_indices(const struct parser *parser, const struct part *part)
{
    struct rule_name *name = &parser->schemes->names[part->value];

    if (name->n_indices == SIZE_MAX)
        name->n_indices = part->n_indices;
    if (name->n_indices == part->n_indices)
        return true;
    return passage_refuse(parser->passage, part->at, parser->error,
                          "%.*s has %zu ind%s here and %zu elsewhere",
                          (int)name->length, parser->passage->text + name->at,
                          part->n_indices, part->n_indices == 1 ? "ex" : "ices",
                          name->n_indices);
}

static bool read_nonterminal(struct parser *parser, struct part *part)
{
    const char *text = parser->passage->text;
    size_t at = parser->at, length = name_length(text + at);
    uint32_t name = find_name(parser, at, length);

    *part = (struct part){ .kind = PART_NONTERMINAL, .at = at };
    if (length == 0)
        return refuse(parser, at, "a nonterminal is expected");
    if (name == NUMBERING_NONE)
        return refuse_word(parser, at, length, "no rule for ", "");
    part->value = name;
    parser->at += length;
    return read_indices(parser, part) && check_indices(parser, part);
}

/* A variable alone on the left is bound there. */
static void bind_left(struct scheme *scheme, const struct index_pool *pool)
{
    for (size_t i = 0; i < scheme->left.n_indices; i++) {
        uint32_t slot = index_whole_slot(pool, scheme->left.indices[i]);

        if (slot != UINT32_MAX)
            scheme->scope.names[slot].bound = true;
    }
}

/* ---------------------------------------------------------- right sides */

static bool add_part(struct parser *parser, struct scheme *scheme,
                     struct part part)
{
    if (parser->n_parts++ == MOST_PARTS)
        return refuse(parser, part.at, "the rules are too long from here on");
    if (scheme->n_parts == scheme->capacity) {
        scheme->capacity = 2 * scheme->capacity + 8;
        scheme->parts = memory_resize(scheme->parts, scheme->capacity,
                                      sizeof *scheme->parts);
    }
    scheme->parts[scheme->n_parts++] = part;
    return true;
}

/* A variable: the symbol that its value names. */
static bool read_number(struct parser *parser, struct part *part)
{
    size_t length = word_length(parser->passage->text + parser->at);

    part->kind = PART_NUMBER;
    parser->reader.at = parser->at;
    parser->at += length;
    return index_read_name(&parser->reader, &part->value);
}

static bool read_word(struct parser *parser, struct part *part)
{
    const char *at = parser->passage->text + parser->at;
    size_t length = word_length(at), quoted = *at == '\\' && length > 1;
    size_t name = name_length(at);
    long symbol = alphabet_find(parser->alphabet, at + quoted, length - quoted);

    *part = (struct part){ .at = parser->at };
    if (!quoted && name > 0 && (name == length || at[name] == '[') &&
        find_name(parser, parser->at, name) != NUMBERING_NONE)
        return read_nonterminal(parser, part);
    if (symbol >= 0) {
        part->value = (uint32_t)symbol;
        parser->at += length;
        return true;
    }
    if (quoted || index_name_length(at) != length)
        return refuse_word(parser, parser->at, length,
                           "no symbol or nonterminal is called ", "");
    return read_number(parser, part);
}

/* The words up to the end of the line, `if` or `for`. */
static bool read_parts(struct parser *parser, struct scheme *scheme,
                       bool *empty)
{
    const char *at;

    while (!is_end(*(at = peek(parser))) && !is_word(at, "if") &&
           !is_word(at, "for")) {
        struct part part = { .kind = PART_OR, .at = parser->at };

        if (is_word(at, "|")) {
            if (*empty)
                return refuse(parser, parser->at,
                              "nothing stands before this |; write ε for the "
                              "empty string");
            parser->at++;
            *empty = true;
        } else if (is_word(at, EPSILON)) {
            parser->at += strlen(EPSILON);
            *empty = false;
            continue;
        } else if (!read_word(parser, &part)) {
            return false;
        } else {
            *empty = false;
        }
        if (!add_part(parser, scheme, part))
            return false;
    }
    return true;
}

static bool read_condition(struct parser *parser, struct scheme *scheme)
{
    size_t at = parser->at;

    if (scheme->condition != RULE_NONE)
        return refuse(parser, at, "one `if` a rule; join conditions by `and`");
    parser->reader.at = parser->at + strlen("if");
    if (!index_read_condition(&parser->reader, &scheme->condition))
        return false;
    parser->at = parser->reader.at;
    return true;
}

static bool read_loop_names(struct parser *parser, struct scheme *scheme)
{
    bool more;

    do {
        size_t length;
        uint32_t slot;

        length = index_name_length(peek(parser));
        if (length == 0)
            return refuse(parser, parser->at, "a variable is expected");
        if (!index_find_slot(&parser->reader, parser->at, length, &slot))
            return false;
        for (size_t i = 0; i < scheme->n_loops; i++)
            if (scheme->loops[i].slot == slot)
                return refuse_word(parser, parser->at, length, "",
                                   " has its values from a `for` already");
        if (scheme->n_loops == RULE_MOST_LOOPS)
            return refuse(parser, parser->at,
                          "more than eight variables after `for`");
        scheme->scope.names[slot].bound = true;
        scheme->loops[scheme->n_loops++].slot = slot;
        parser->at += length;
        more = *peek(parser) == ',';
        parser->at += more;
    } while (more);
    return true;
}

/* for i, j in 0..4 */
static bool read_loop(struct parser *parser, struct scheme *scheme)
{
    size_t first = scheme->n_loops;
    uint32_t least, most;

    parser->at += strlen("for");
    if (!read_loop_names(parser, scheme))
        return false;
    if (!is_word(peek(parser), "in"))
        return refuse(parser, parser->at, "`in` is expected");
    parser->reader.at = parser->at + strlen("in");
    if (!index_read_number(&parser->reader, &least))
        return false;
    parser->at = parser->reader.at;
    if (!text_begins(peek(parser), ".."))
        return refuse(parser, parser->at, "a range such as 0..4 is expected");
    parser->reader.at = parser->at + strlen("..");
    if (!index_read_number(&parser->reader, &most))
        return false;
    parser->at = parser->reader.at;
    for (size_t i = first; i < scheme->n_loops; i++) {
        scheme->loops[i].least = least;
        scheme->loops[i].most = most;
    }
    return true;
}

static bool read_trailer(struct parser *parser, struct scheme *scheme)
{
    while (!is_end(*peek(parser))) {
        const char *at = peek(parser);

        if (!is_word(at, "if") && !is_word(at, "for"))
            return refuse(parser, parser->at,
                          "`if`, `for` or the end of the rule is expected");
        if (!(*at == 'i' ? read_condition(parser, scheme)
                         : read_loop(parser, scheme)))
            return false;
    }
    return true;
}

static bool check_bound(const struct parser *parser,
                        const struct scheme *scheme)
{
    for (size_t i = 0; i < scheme->scope.count; i++)
        if (!scheme->scope.names[i].bound)
            return refuse_word(parser, scheme->scope.names[i].at,
                               scheme->scope.names[i].length, "",
                               " is no symbol, and no variable of the left "
                               "side or of `for`");
    return true;
}

/* A variable and a symbol of one name could not be told apart. */
static bool check_variables(const struct parser *parser,
                            const struct scheme *scheme)
{
    const char *text = parser->passage->text;

    for (size_t i = 0; i < scheme->scope.count; i++)
        if (alphabet_find(parser->alphabet, text + scheme->scope.names[i].at,
                          scheme->scope.names[i].length) >= 0)
            return refuse_word(parser, scheme->scope.names[i].at,
                               scheme->scope.names[i].length, "the variable ",
                               " is a symbol of the alphabet too");
    return true;
}

/* One alternative after another over the lines of a rule. */
static bool read_right(struct parser *parser, struct scheme *scheme)
{
    const char *text = parser->passage->text;
    bool empty = true;

    for (;;) {
        size_t line;

        if (!read_parts(parser, scheme, &empty))
            return false;
        line = parser->at + strspn(text + parser->at, SPACE);
        if (text[parser->at] != '\n' || text[line] != '|')
            break;
        parser->at = line;
    }
    if (empty)
        return refuse(parser, parser->at,
                      "a right side is expected, ε for the empty string");
    return add_part(parser, scheme,
                    (struct part){ .kind = PART_OR, .at = parser->at }) &&
           read_trailer(parser, scheme);
}

static bool read_scheme(struct parser *parser)
{
    struct schemes *schemes = parser->schemes;
    struct scheme *scheme;

    if (schemes->count == MOST_SCHEMES)
        return refuse(parser, parser->at, "more than 10,000 rules");
    schemes->items = memory_resize(schemes->items, schemes->count + 1,
                                   sizeof *schemes->items);
    scheme = &schemes->items[schemes->count++];
    *scheme = (struct scheme){ .condition = RULE_NONE };
    parser->reader.scope = &scheme->scope;
    if (!read_nonterminal(parser, &scheme->left))
        return false;
    bind_left(scheme, &schemes->pool);
    if (!text_begins(peek(parser), ARROW))
        return refuse(parser, parser->at, "-> is expected");
    parser->at += strlen(ARROW);
    return read_right(parser, scheme) && check_bound(parser, scheme) &&
           check_variables(parser, scheme);
}

/* ------------------------------------------------------------- all lines */

static void skip_space(struct parser *parser)
{
    parser->at += strspn(parser->passage->text + parser->at, SPACE);
}

/* The start on a line of its own, if there is one. */
static bool read_start(struct parser *parser)
{
    struct index_scope scope = { 0 };
    bool ok;

    skip_space(parser);
    if (is_head(parser->passage->text + parser->at))
        return true;
    parser->reader.scope = &scope;
    ok = read_nonterminal(parser, &parser->schemes->start) &&
         (is_end(*peek(parser)) ||
          refuse(parser, parser->at, "-> or the end of the line is expected"));
    if (ok && scope.count > 0)
        return refuse(parser, scope.names[0].at,
                      "the start's indices are numbers");
    return ok;
}

/* Without a line of its own the start is the first left side. */
static bool default_start(struct parser *parser)
{
    struct schemes *schemes = parser->schemes;

    if (schemes->start.kind == PART_NONTERMINAL)
        return true;
    schemes->start = schemes->items[0].left;
    if (schemes->items[0].scope.count > 0 && schemes->start.n_indices > 0)
        return refuse(parser, schemes->start.at,
                      "the first rule has variables on its left, so a line "
                      "before it must say the start, such as S[0]");
    return true;
}

static bool read_lines(struct parser *parser)
{
    const char *text = parser->passage->text;
    bool ok = true;

    for (skip_space(parser); text[parser->at] != '\0'; skip_space(parser))
        if (!read_scheme(parser)) {
            ok = false;
            do
                parser->at = next_line(text, parser->at);
            while (text[parser->at] != '\0' &&
                   !is_head(text + parser->at +
                            strspn(text + parser->at, BLANKS)));
        }
    return ok;
}

bool schemes_read(struct schemes *out, const struct passage *passage,
                  const struct alphabet *alphabet, struct error *error)
{
    struct parser parser = {
        .schemes = out, .passage = passage, .alphabet = alphabet, .error = error
    };
    bool ok;

    *out = (struct schemes){ 0 };
    parser.reader = (struct index_reader){ .passage = passage,
                                           .pool = &out->pool,
                                           .error = error };
    ok = find_names(&parser) && read_start(&parser) && read_lines(&parser);
    if (ok && out->count == 0)
        ok =
            refuse(&parser, parser.at, "a rule such as S -> a S b is expected");
    ok = ok && default_start(&parser);
    numbering_clear(&parser.names);
    if (!ok)
        schemes_clear(out);
    return ok;
}

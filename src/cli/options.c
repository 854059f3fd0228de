/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/options.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* clang-format off */
const struct option common_options[] = {
    { 'j', "threads", OPTION_COUNT, offsetof(struct options, threads),
      "COUNT", "threads to use (0: all cores, the standard)" },
    { 'q', "quiet", OPTION_FLAG, offsetof(struct options, quiet), NULL,
      "say nothing but errors on standard error" },
    { 'v', "verbose", OPTION_FLAG, offsetof(struct options, verbose), NULL,
      "say more" },
    { 0, "json", OPTION_FLAG, offsetof(struct options, json), NULL,
      "print data as JSON" },
    { 'h', "help", OPTION_FLAG, offsetof(struct options, help), NULL,
      "print this" },
    { 'V', "version", OPTION_FLAG, offsetof(struct options, version), NULL,
      "print the version, engine and licence" },
    { .name = NULL }
};
/* clang-format on */

struct parser {
    struct options *options;
    const struct option *tables[2];
    char **argv;
    int argc, at;
    struct error *error;
};

static bool complain(struct parser *parser, const char *option,
                     const char *text)
{
    return error_set(parser->error, ERROR_CONFIG, "%s: %s", option, text);
}

/* --------------------------------------------------------------- values */

static double unit_seconds(char unit)
{
    return unit == 'h' ? 3600 : unit == 'm' ? 60 : unit == 's' ? 1 : 0;
}

#define MOST_SECONDS 1e9

/* 90, 0.5, 90s, 55m, 1h30m. */
static bool read_time(const char *text, double *seconds)
{
    if (text_read_number(text, seconds))
        return *seconds > 0 && *seconds <= MOST_SECONDS;
    *seconds = 0;
    for (bool first = true; *text != '\0'; first = false) {
        size_t digits = strspn(text, "0123456789");
        char *number = memory_copy_text(text);
        double unit = unit_seconds(text[digits]);
        uint64_t count;
        bool ok;

        number[digits] = '\0';
        ok = text_read_count(number, &count);
        free(number);
        if (first && text[digits] == '\0')
            unit = 1;
        if (!ok || unit == 0)
            return false;
        *seconds += (double)count * unit;
        text += digits + (text[digits] != '\0');
    }
    return *seconds > 0;
}

static void add_word(const char ***list, size_t *count, const char *word)
{
    *list = memory_resize(*list, *count + 2, sizeof **list);
    (*list)[(*count)++] = word;
    (*list)[*count] = NULL;
}

static bool store(struct parser *parser, const struct option *option,
                  const char *shown, const char *value)
{
    struct options *options = parser->options;
    void *place = (char *)options + option->offset;
    uint64_t count = 0;

    switch (option->kind) {
    case OPTION_FLAG:
        *(bool *)place = true;
        return true;
    case OPTION_TEXT:
        *(const char **)place = value;
        return value[0] != '\0' || complain(parser, shown, "needs a value");
    case OPTION_COUNT:
        if (!text_read_count(value, &count) || count >= NOT_GIVEN)
            return complain(parser, shown,
                            "needs a whole number, 0 or more, as 7 or 100");
        *(size_t *)place = (size_t)count;
        return true;
    case OPTION_TIME:
        return read_time(value, place) ||
               complain(parser, shown,
                        "needs a time such as 90s, 55m or 1h30m");
    case OPTION_SET:
        add_word(&options->sets, &options->n_sets, value);
        return true;
    }
    return false;
}

/* -------------------------------------------------------------- parsing */

static const struct option *find(const struct parser *parser, const char *name,
                                 size_t length, char letter)
{
    for (size_t t = 0; t < 2; t++)
        for (const struct option *o = parser->tables[t];
             o != NULL && o->name != NULL; o++)
            if (name != NULL ? strlen(o->name) == length &&
                                   strncmp(o->name, name, length) == 0
                             : o->letter == letter)
                return o;
    return NULL;
}

static bool unknown(struct parser *parser, const char *word)
{
    const char *names[64];
    size_t n = 0, length = strcspn(word, "=");
    struct text shown = { 0 };
    const char *nearest;

    for (size_t t = 0; t < 2; t++)
        for (const struct option *o = parser->tables[t];
             o != NULL && o->name != NULL && n < 63; o++)
            names[n++] = o->name;
    names[n] = NULL;
    text_add_bytes(&shown, word, length);
    nearest = length > 2 ? text_nearest(shown.data + 2, names) : NULL;
    if (nearest != NULL)
        error_set(parser->error, ERROR_CONFIG,
                  "unknown option \"%s\"; did you mean \"--%s\"?", shown.data,
                  nearest);
    else
        error_set(parser->error, ERROR_CONFIG, "unknown option \"%s\"",
                  shown.data);
    text_clear(&shown);
    return false;
}

/* The value that follows in the next word, or NULL and a complaint. */
static const char *next_value(struct parser *parser, const char *shown)
{
    if (parser->at < parser->argc)
        return parser->argv[parser->at++];
    complain(parser, shown, "needs a value");
    return NULL;
}

static bool parse_long(struct parser *parser, const char *word)
{
    size_t length = strcspn(word + 2, "=");
    const struct option *option = find(parser, word + 2, length, 0);
    const char *value = word[2 + length] == '=' ? word + 3 + length : NULL;
    struct text shown = { 0 };
    bool ok;

    if (option == NULL)
        return unknown(parser, word);
    text_add_bytes(&shown, word, 2 + length);
    if (option->kind == OPTION_FLAG && value != NULL)
        ok = complain(parser, shown.data, "takes no value");
    else if (option->kind == OPTION_FLAG || value != NULL)
        ok = store(parser, option, shown.data, value);
    else
        ok = (value = next_value(parser, shown.data)) != NULL &&
             store(parser, option, shown.data, value);
    text_clear(&shown);
    return ok;
}

/* A cluster of letters; what follows one that takes a value is its value. */
static bool parse_short(struct parser *parser, const char *word)
{
    for (const char *c = word + 1; *c != '\0'; c++) {
        const struct option *option = find(parser, NULL, 0, *c);
        char shown[] = { '-', *c, '\0' };
        const char *value = c + 1;

        if (option == NULL)
            return unknown(parser, isgraph((unsigned char)*c) ? shown : word);
        if (option->kind == OPTION_FLAG) {
            store(parser, option, shown, NULL);
            continue;
        }
        if (*value == '\0')
            value = next_value(parser, shown);
        return value != NULL && store(parser, option, shown, value);
    }
    return true;
}

bool options_parse(struct options *options, const struct option *own, int argc,
                   char **argv, struct error *error)
{
    struct parser parser = { .options = options,
                             .tables = { own, common_options },
                             .argv = argv,
                             .argc = argc,
                             .error = error };
    bool ended = false, ok = true;

    *options = (struct options){
        .index = NOT_GIVEN, .length = NOT_GIVEN, .count = NOT_GIVEN, .seed = 1
    };
    options->sets = memory_new(1, sizeof *options->sets);
    options->operands = memory_new(1, sizeof *options->operands);
    while (parser.at < argc) {
        const char *word = argv[parser.at++];

        if (ended || word[0] != '-' || word[1] == '\0')
            add_word(&options->operands, &options->n_operands, word);
        else if (strcmp(word, "--") == 0)
            ended = true;
        else if (word[1] == '-')
            ok &= parse_long(&parser, word);
        else
            ok &= parse_short(&parser, word);
    }
    return ok;
}

void options_clear(struct options *options)
{
    free(options->sets);
    free(options->operands);
    *options = (struct options){ 0 };
}

/* ----------------------------------------------------------------- help */

void options_explain(const struct option *table, struct text *out)
{
    for (; table != NULL && table->name != NULL; table++) {
        size_t start = out->length, width;

        if (table->letter != '\0')
            text_add_format(out, "  -%c, ", table->letter);
        else
            text_add(out, "      ");
        text_add_format(out, "--%s", table->name);
        if (table->value != NULL)
            text_add_format(out, "=%s", table->value);
        width = out->length - start;
        text_add_format(out, "%*s%s\n", width < 26 ? (int)(26 - width) : 1, "",
                        table->help);
    }
}

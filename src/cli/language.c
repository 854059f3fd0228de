/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/command.h"
#include "config/schema.h"
#include "data/negative.h"
#include "language/language.h"

/* Exact counts are printed up to here. */
#define MOST_LENGTH 100000

/* At which length a language is described, if none is asked for. */
#define DESCRIBED_LENGTH 64

/* What an action works with. */
struct task {
    struct language *language;
    const char *word; /* the operand after the action, or NULL */
    const struct options *options;
};

/* --------------------------------------------------------------- counts */

static bool read_lengths(const char *word, struct range *lengths,
                         struct error *error)
{
    if (word == NULL || !range_read(word, lengths))
        return error_set(error, ERROR_CONFIG,
                         "count needs lengths such as 0..20");
    if (lengths->most > MOST_LENGTH)
        return error_set(error, ERROR_CONFIG, "count: %zu; at most length %d",
                         lengths->most, MOST_LENGTH);
    return true;
}

static bool count(const struct task *task, struct error *error)
{
    struct json *rows = json_new_array();
    struct text out = { 0 };
    struct natural n = { 0 };
    struct range lengths;
    bool ok = read_lengths(task->word, &lengths, error) &&
              language_prepare(task->language, lengths.most, error);

    natural_init(&n, 0);
    for (size_t i = lengths.least; ok && i <= lengths.most; i++) {
        struct json *row = json_new_object();
        char *digits;

        language_count(task->language, i, &n);
        digits = natural_text(&n);
        json_set(row, "length", json_new_integer((int64_t)i));
        json_set(row, "count", json_new_text(digits));
        json_append(rows, row);
        text_add_format(&out, "%zu\t%s\n", i, digits);
        free(digits);
    }
    natural_clear(&n);
    if (ok && task->options->json) {
        text_clear(&out);
        return output_json(rows, error);
    }
    json_free(rows);
    return output_text(&out, error) && ok;
}

/* ---------------------------------------------------------------- draws */

static void print_string(const struct task *task, const uint16_t *symbols,
                         size_t length, struct text *out)
{
    alphabet_print(language_alphabet(task->language), symbols, length, out);
}

static bool find_negative(const char *name, struct negative *out,
                          struct error *error)
{
    return negative_find(name, out) ||
           error_set(error, ERROR_CONFIG,
                     "--negative: unknown kind \"%s\"; accepted: %s", name,
                     negative_names);
}

static bool has_members(const struct task *task, size_t length,
                        struct error *error)
{
    return language_has(task->language, true, length) ||
           error_set(error, ERROR_CONFIG, "%s has no member of length %zu",
                     language_name(task->language), length);
}

/* Draw number I, a pure function of seed and I. */
static bool draw_one(const struct task *task, const struct negative *negative,
                     const struct sibling *sibling, size_t i, uint16_t *symbols,
                     struct error *error)
{
    size_t length = task->options->length;
    struct stream stream;

    stream_init(&stream, task->options->seed, "language.draw", i);
    if (negative == NULL) {
        language_draw(task->language, true, length, &stream, symbols);
        return true;
    }
    return negative_draw(negative, task->language, sibling, length, &stream,
                         symbols) ||
           error_set(error, ERROR_CONFIG, "no negative %s of length %zu: %s",
                     negative->name, length, negative_absence(negative));
}

static bool draw_all(const struct task *task, const struct negative *negative,
                     const struct sibling *sibling, struct error *error)
{
    size_t length = task->options->length, many = task->options->count;
    uint16_t *symbols = memory_new(length + 1, sizeof *symbols);
    struct json *strings = json_new_array();
    struct text out = { 0 };
    bool ok = true;

    for (size_t i = 0; ok && i < (many == NOT_GIVEN ? 1 : many); i++) {
        ok = draw_one(task, negative, sibling, i, symbols, error);
        if (!ok)
            break;
        print_string(task, symbols, length, &out);
        if (task->options->json) {
            json_append(strings,
                        json_new_text(out.data != NULL ? out.data : ""));
            text_clear(&out);
        } else {
            text_add(&out, "\n");
            ok = output_text(&out, error);
        }
    }
    text_clear(&out);
    free(symbols);
    if (ok && task->options->json)
        return output_json(strings, error);
    json_free(strings);
    return ok;
}

static bool draw(const struct task *task, struct error *error)
{
    const struct options *options = task->options;
    struct negative negative = { 0 };
    struct sibling sibling = { 0 };
    struct place place = { .file = options->operands[0] };
    bool ok;

    if (options->length == NOT_GIVEN || options->length > MOST_LENGTH)
        return error_set(error, ERROR_CONFIG,
                         "draw needs --length=N, a whole number in 0..%d",
                         MOST_LENGTH);
    if (options->negative == NULL)
        return language_prepare(task->language, options->length, error) &&
               has_members(task, options->length, error) &&
               draw_all(task, NULL, NULL, error);
    ok = find_negative(options->negative, &negative, error) &&
         negative_prepare(&negative, task->language, options->length, &place,
                          &sibling, error) &&
         draw_all(task, &negative, &sibling, error);
    sibling_clear(&sibling);
    negative_clear(&negative);
    return ok;
}

/* ------------------------------------------------------ standard input */

/* Calls EACH for every line of standard input, a string. */
static bool for_lines(const struct task *task, struct error *error,
                      bool (*each)(const struct task *task,
                                   const uint16_t *symbols, size_t length,
                                   struct error *error))
{
    const struct alphabet *alphabet = language_alphabet(task->language);
    struct place place = { .file = "standard input" };
    struct text line = { 0 };
    bool ok = true;

    while (ok && input_line(&line, error)) {
        struct strings strings = { 0 };

        place.line++;
        if (strings_read(&strings, alphabet, line.data, &place.column))
            ok = each(task, strings_at(&strings, 0),
                      strings_length(&strings, 0), error);
        else
            ok = refuse_symbol(alphabet, line.data, &place, error);
        strings_clear(&strings);
    }
    text_clear(&line);
    return ok && error->count == 0;
}

static bool test_one(const struct task *task, const uint16_t *symbols,
                     size_t length, struct error *error)
{
    bool member = language_contains(task->language, symbols, length);
    struct text out = { 0 }, reason = { 0 };

    if (!member && task->options->why)
        language_why_not(task->language, symbols, length, &reason);
    if (task->options->json) {
        struct json *row = json_new_object();

        json_set(row, "member", json_new_bool(member));
        if (reason.data != NULL)
            json_set(row, "why", json_new_text(reason.data));
        json_print(row, false, &out);
        json_free(row);
    } else {
        text_add(&out, member ? "1" : "0");
        if (reason.data != NULL)
            text_add_format(&out, "\t%s", reason.data);
    }
    text_add(&out, "\n");
    text_clear(&reason);
    return output_text(&out, error);
}

static bool test(const struct task *task, struct error *error)
{
    return for_lines(task, error, test_one);
}

static void print_next(const struct task *task, const bool *allowed, bool end,
                       struct text *out)
{
    const struct alphabet *alphabet = language_alphabet(task->language);
    struct json *row, *symbols;
    const char *space = "";

    if (task->options->json) {
        row = json_new_object();
        symbols = json_new_array();
        for (size_t s = 0; s < alphabet->size; s++)
            if (allowed[s])
                json_append(symbols, json_new_text(alphabet->names[s]));
        json_set(row, "symbols", symbols);
        json_set(row, "end", json_new_bool(end));
        json_print(row, false, out);
        json_free(row);
        return;
    }
    for (size_t s = 0; s < alphabet->size; s++)
        if (allowed[s]) {
            text_add_format(out, "%s%s", space, alphabet->names[s]);
            space = " ";
        }
    text_add(out, end ? "\tend" : "\t-");
}

static bool next_one(const struct task *task, const uint16_t *symbols,
                     size_t length, struct error *error)
{
    size_t size = language_alphabet(task->language)->size;
    bool *allowed = memory_new(size + 1, sizeof *allowed), end, ok;
    struct text out = { 0 };

    ok = language_next(task->language, symbols, length, allowed, &end, error);
    if (ok) {
        print_next(task, allowed, end, &out);
        text_add(&out, "\n");
        ok = output_text(&out, error);
    }
    free(allowed);
    return ok;
}

static bool next(const struct task *task, struct error *error)
{
    return for_lines(task, error, next_one);
}

static bool describe(const struct task *task, struct error *error)
{
    size_t asked = task->options->length;
    size_t length = asked == NOT_GIVEN ? DESCRIBED_LENGTH : asked;
    struct text out = { 0 };
    struct json *object;
    char *rest = NULL;

    if (length > MOST_LENGTH)
        return error_set(error, ERROR_CONFIG,
                         "describe: --length is at most %d", MOST_LENGTH);
    language_describe(task->language, &out);
    language_describe_counts(task->language, length, &out);
    if (!task->options->json)
        return output_text(&out, error);
    object = json_new_object();
    for (char *line = strtok_r(out.data, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        char *colon = strstr(line, ": ");

        if (colon == NULL)
            continue;
        *colon = '\0';
        json_set(object, line, json_new_text(colon + 2));
    }
    text_clear(&out);
    return output_json(object, error);
}

/* -------------------------------------------------------------- command */

static const struct {
    const char *name;
    bool (*run)(const struct task *task, struct error *error);
    size_t operands; /* besides NAME and the action */
} actions[] = {
    { "count", count, 1 }, { "draw", draw, 0 },         { "test", test, 0 },
    { "next", next, 0 },   { "describe", describe, 0 },
};

#define N_ACTIONS (sizeof actions / sizeof *actions)

static bool find_action(const char *name, size_t *action, struct error *error)
{
    const char *names[N_ACTIONS + 1] = { NULL };
    const char *nearest;

    for (size_t i = 0; i < N_ACTIONS; i++) {
        names[i] = actions[i].name;
        *action = i;
        if (strcmp(name, names[i]) == 0)
            return true;
    }
    nearest = text_nearest(name, names);
    if (nearest != NULL)
        return error_set(error, ERROR_CONFIG,
                         "unknown action \"%s\"; did you mean \"%s\"?", name,
                         nearest);
    return error_set(error, ERROR_CONFIG,
                     "unknown action \"%s\"; accepted: count A..B, draw, test, "
                     "next, describe",
                     name);
}

static bool run(const struct options *options, struct error *error)
{
    struct task task = { .options = options };
    char *path = NULL;
    size_t action;
    bool ok;

    if (!find_action(options->operands[1], &action, error))
        return false;
    if (options->n_operands > 2 + actions[action].operands)
        return error_set(error, ERROR_CONFIG,
                         "language does not know what to do with \"%s\"",
                         options->operands[2 + actions[action].operands]);
    task.word = options->operands[2];
    ok = language_find(options->operands[0], NULL, NULL, NULL, &path, error) &&
         load_language(&task.language, path, options, error) &&
         actions[action].run(&task, error);
    language_free(task.language);
    free(path);
    return ok;
}

static const struct option options[] = {
    { 'l', "length", OPTION_COUNT, offsetof(struct options, length), "N",
      "draw at this length, 0..100000; describe up to it (64)" },
    { 'n', "count", OPTION_COUNT, offsetof(struct options, count), "K",
      "draw so many (1)" },
    { 0, "negative", OPTION_TEXT, offsetof(struct options, negative), "KIND",
      "draw negatives: uniform, edit-2, late-death..." },
    { 0, "seed", OPTION_COUNT, offsetof(struct options, seed), "S",
      "seed of the draws (1)" },
    { 0, "why", OPTION_FLAG, offsetof(struct options, why), NULL,
      "test: say which clause rejects, and where" },
    SET_OPTION("file's params: D=5"),
    { .name = NULL }
};

const struct command language_command = {
    .name = "language",
    .operands = "NAME count A..B | draw | test | next | describe",
    .summary = "Counts, draws and tests the strings of a language, exactly.",
    .notes =
        "NAME means what it means in an experiment that stands here: a path, "
        "or one of\n./NAME.yaml, languages/NAME.yaml, ../languages/NAME.yaml "
        "and what was installed.\n",
    .examples =
        "  saturn language dyck-1 count 0..20\n"
        "  saturn language languages/anbn.yaml draw --length 8 --count 5\n"
        "  saturn language dyck-1 draw -l 8 -n 5 --negative edit-2\n"
        "  saturn language dyck-2-depth count 0..20 --set D=5\n"
        "  echo '( ( ) )' | saturn language dyck-1 test --why\n"
        "  echo '( (' | saturn language dyck-1 next\n",
    .options = options,
    .least = 2,
    .most = 3,
    .run = run
};

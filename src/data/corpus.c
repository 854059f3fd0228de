/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "data/corpus.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/random.h"
#include "config/yaml.h"

#define MOST_BYTES ((size_t)1 << 30)

static const char end_of_line[] = "<eol>", unknown[] = "<unk>";

static const char *const tokenisations[] = {
    [TOKENS_STANDARD] = "standard", [TOKENS_PUBLISHED] = "published", NULL
};

/* clang-format off */
#define AT(member) offsetof(struct corpus_config, member)
const struct field corpus_fields[] = {
    { .key = "file", .type = FIELD_TEXT, .standard = "~", .offset = AT(file),
      .help = "a text to model in place of a language's strings" },
    { .key = "checksum", .type = FIELD_TEXT, .standard = "~",
      .offset = AT(checksum), .help = "of that file" },
    { .key = "tokenisation", .type = FIELD_CHOICE, .standard = "standard",
      .choices = tokenisations, .offset = AT(tokenisation),
      .help = "marked lines in a row, or each alone as the paper's code has "
              "it" },
    { .key = "vocabulary", .type = FIELD_COUNT, .standard = "2000",
      .least = 3, .most = ALPHABET_MOST, .offset = AT(vocabulary),
      .help = "words and marks at most; all others are <unk>" },
    { .key = "context", .type = FIELD_COUNT, .standard = "64", .least = 1,
      .most = 10000, .offset = AT(context), .help = "tokens of a string" },
    { .key = "validation", .type = FIELD_NUMBER, .standard = "1/20",
      .least = 0, .most = 0.9, .offset = AT(validation),
      .help = "share of the lines" },
    { .key = "test", .type = FIELD_NUMBER, .standard = "1/20", .least = 0,
      .most = 0.9, .offset = AT(test), .help = "share of the lines" },
    { .key = NULL }
};
#undef AT
/* clang-format on */

enum { TRAIN, VALIDATION, TEST, PARTS };

/* A word of the text; SYMBOL is its own, or that of <unk>. */
struct word {
    const char *start;
    size_t length;
    size_t count; /* in the parts that the vocabulary is made of */
    size_t first; /* token of the text */
    uint16_t symbol;
};

/* The text while it is read.  Token i is words[tokens[i]]; line l is tokens
 * lines[l] .. lines[l + 1]. */
struct reading {
    const struct corpus_config *config;
    struct text text;
    struct word *words;
    size_t n_words, word_room;
    size_t *slots; /* [n_slots] 1 + a word, found by checksum; or 0 */
    size_t n_slots;
    uint32_t *tokens;
    size_t n_tokens, token_room;
    size_t *lines;
    size_t n_lines, line_room;
    uint8_t *parts; /* [n_lines] */
};

void corpus_clear(struct corpus *corpus)
{
    alphabet_clear(&corpus->vocabulary);
    strings_clear(&corpus->train);
    strings_clear(&corpus->validation);
    strings_clear(&corpus->test);
}

static void clear(struct reading *reading)
{
    text_clear(&reading->text);
    free(reading->words);
    free(reading->slots);
    free(reading->tokens);
    free(reading->lines);
    free(reading->parts);
}

size_t corpus_longest(const struct corpus_config *config)
{
    return config->context + (config->tokenisation == TOKENS_PUBLISHED);
}

bool corpus_counts(const struct corpus_config *config, size_t t, size_t n)
{
    return t < n && (t > 0 || config->tokenisation == TOKENS_STANDARD);
}

/* ----------------------------------------------------------------- words */

/* The bytes of the character at S, which ends in a zero; 0 where it is none:
 * no UTF-8, or a zero within the text. */
static size_t character_length(const unsigned char *s)
{
    size_t n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : s[0] >= 0xc2 ? 2 : 1;

    if (s[0] == 0 || s[0] > 0xf4 || (s[0] >= 0x80 && s[0] < 0xc2))
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
        (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
        return 0;
    return n;
}

/* Where the text begins: behind a byte order mark, if it has one. */
static const char *find_start(const struct reading *reading)
{
    static const char mark[] = "\xef\xbb\xbf";
    size_t n = strlen(mark);

    return reading->text.data +
           (strncmp(reading->text.data, mark, n) == 0 ? n : 0);
}

static bool check_characters(const struct reading *reading, struct error *error)
{
    const char *data = reading->text.data;
    const unsigned char *s = (const unsigned char *)find_start(reading);
    const unsigned char *end =
        (const unsigned char *)data + reading->text.length;
    struct place place = { reading->config->path, 1, 1 };

    while (s < end) {
        size_t n = character_length(s);

        if (n == 0)
            return error_add(error, ERROR_CONFIG, &place, NULL,
                             "byte 0x%02x is no part of a UTF-8 text", *s);
        place.column = *s == '\n' ? 1 : place.column + 1;
        place.line += *s == '\n';
        s += n;
    }
    return true;
}

static size_t *find_slot(const struct reading *reading, const char *start,
                         size_t length)
{
    size_t at = checksum(start, length) & (reading->n_slots - 1);

    for (;; at = (at + 1) & (reading->n_slots - 1)) {
        size_t *slot = &reading->slots[at];
        const struct word *word;

        if (*slot == 0)
            return slot;
        word = &reading->words[*slot - 1];
        if (word->length == length && memcmp(word->start, start, length) == 0)
            return slot;
    }
}

/* At most half of the slots are taken. */
static void grow(struct reading *reading)
{
    if (2 * reading->n_words < reading->n_slots)
        return;
    free(reading->slots);
    reading->n_slots = reading->n_slots > 0 ? 2 * reading->n_slots : 4096;
    reading->slots = memory_new(reading->n_slots, sizeof *reading->slots);
    for (size_t w = 0; w < reading->n_words; w++)
        *find_slot(reading, reading->words[w].start, reading->words[w].length) =
            w + 1;
}

/* Room for one more, at least doubled when it grows. */
static void *extend(void *block, size_t count, size_t size, size_t *room)
{
    if (count < *room)
        return block;
    *room = *room > 0 ? 2 * *room : 1024;
    return memory_resize(block, *room, size);
}

static void add_token(struct reading *reading, const char *start, size_t length)
{
    size_t *slot;

    grow(reading);
    slot = find_slot(reading, start, length);
    if (*slot == 0) {
        reading->words = extend(reading->words, reading->n_words,
                                sizeof *reading->words, &reading->word_room);
        reading->words[reading->n_words++] = (struct word){
            .start = start, .length = length, .first = reading->n_tokens
        };
        *slot = reading->n_words;
    }
    reading->tokens = extend(reading->tokens, reading->n_tokens,
                             sizeof *reading->tokens, &reading->token_room);
    reading->tokens[reading->n_tokens++] = (uint32_t)(*slot - 1);
}

static void add_line(struct reading *reading)
{
    size_t before = reading->n_lines > 0 ? reading->lines[reading->n_lines] : 0;

    if (reading->n_tokens == before)
        return;
    reading->lines = extend(reading->lines, reading->n_lines + 1,
                            sizeof *reading->lines, &reading->line_room);
    reading->lines[0] = 0;
    reading->lines[++reading->n_lines] = reading->n_tokens;
}

static bool take_words(struct reading *reading, struct error *error)
{
    static const char blanks[] = " \t\r\v\f\n";
    const char *at = find_start(reading);

    while (*at != '\0') {
        size_t n = strcspn(at, blanks);

        if (n > 0)
            add_token(reading, at, n);
        at += n;
        if (*at == '\n')
            add_line(reading);
        at += *at != '\0';
    }
    add_line(reading);
    return reading->n_lines > 0 ||
           error_add(error, ERROR_CONFIG,
                     &(struct place){ reading->config->path, 1, 1 }, NULL,
                     "the text has no word");
}

/* ----------------------------------------------------------------- parts */

static void draw_parts(struct reading *reading, uint64_t seed)
{
    const struct corpus_config *config = reading->config;

    reading->parts = memory_new(reading->n_lines, 1);
    for (size_t l = 0; l < reading->n_lines; l++) {
        struct stream stream;
        double u;

        stream_init(&stream, seed, "data.corpus", l);
        u = stream_uniform(&stream);
        reading->parts[l] = u < config->test                        ? TEST
                            : u < config->test + config->validation ? VALIDATION
                                                                    : TRAIN;
    }
}

/* Tokens and lines of PART. */
static size_t count_part(const struct reading *reading, int part, size_t *lines)
{
    bool marked = reading->config->tokenisation == TOKENS_STANDARD;
    size_t tokens = 0;

    *lines = 0;
    for (size_t l = 0; l < reading->n_lines; l++)
        if (reading->parts[l] == part) {
            tokens += reading->lines[l + 1] - reading->lines[l] + marked;
            ++*lines;
        }
    return tokens;
}

/* A part with a SHARE has a line: of none, every measure is no number. */
static bool check_held_out(const struct reading *reading, double share,
                           size_t lines, const char *key,
                           const struct place *place, struct error *error)
{
    return !(share > 0) || lines > 0 ||
           error_add(error, ERROR_CONFIG, place, key,
                     "of the %zu lines of %s none falls to it; accepted: a "
                     "longer text, a larger share, or 0",
                     reading->n_lines, reading->config->file);
}

static bool check_parts(const struct reading *reading, struct corpus *corpus,
                        const struct place *place, struct error *error)
{
    const struct corpus_config *config = reading->config;
    size_t tokens = 0;
    bool ok;

    for (int part = TEST; part >= TRAIN; part--)
        tokens = count_part(reading, part, &corpus->lines[part]);
    if (tokens == 0)
        return error_add(error, ERROR_CONFIG, place, "data.corpus",
                         "no word of %s is left to train on: validation and "
                         "test have all %zu lines",
                         config->file, reading->n_lines);
    if (tokens < config->context)
        return error_add(
            error, ERROR_CONFIG, place, "data.corpus.context",
            "%zu tokens are more than the %zu there are to train on",
            config->context, tokens);
    ok = check_held_out(reading, config->validation, corpus->lines[VALIDATION],
                        "data.corpus.validation", place, error);
    ok &= check_held_out(reading, config->test, corpus->lines[TEST],
                         "data.corpus.test", place, error);
    return ok;
}

/* ------------------------------------------------------------ vocabulary */

static bool is_mark(const struct word *word, const char *mark)
{
    return word->length == strlen(mark) &&
           memcmp(word->start, mark, word->length) == 0;
}

static int by_count(const void *a, const void *b)
{
    const struct word *x = *(struct word *const *)a;
    const struct word *y = *(struct word *const *)b;

    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return x->first < y->first ? -1 : 1;
}

static int by_first(const void *a, const void *b)
{
    const struct word *x = *(struct word *const *)a;
    const struct word *y = *(struct word *const *)b;

    return x->first < y->first ? -1 : 1;
}

static void count_words(struct reading *reading)
{
    bool published = reading->config->tokenisation == TOKENS_PUBLISHED;

    for (size_t l = 0; l < reading->n_lines; l++)
        if (reading->parts[l] == TRAIN ||
            (published && reading->parts[l] == VALIDATION))
            for (size_t i = reading->lines[l]; i < reading->lines[l + 1]; i++)
                reading->words[reading->tokens[i]].count++;
}

/* The words that get a symbol of their own, in the order of these; N of them
 * at most. */
static struct word **choose_words(struct reading *reading, size_t *n)
{
    struct word **chosen = memory_new(reading->n_words, sizeof *chosen);
    bool published = reading->config->tokenisation == TOKENS_PUBLISHED;
    size_t count = 0;

    for (size_t w = 0; w < reading->n_words; w++) {
        struct word *word = &reading->words[w];

        if (word->count > 0 && word->length <= WORD_LONGEST &&
            !is_mark(word, unknown) &&
            (published || !is_mark(word, end_of_line)))
            chosen[count++] = word;
    }
    qsort(chosen, count, sizeof *chosen, by_count);
    *n = count < *n ? count : *n;
    if (published)
        qsort(chosen, *n, sizeof *chosen, by_first);
    return chosen;
}

static uint16_t add_symbol(struct alphabet *alphabet, const char *start,
                           size_t length)
{
    struct text name = { 0 };

    text_add_bytes(&name, start, length);
    alphabet->names = memory_resize(alphabet->names, alphabet->size + 1,
                                    sizeof *alphabet->names);
    alphabet->names[alphabet->size] = text_take(&name);
    return (uint16_t)alphabet->size++;
}

/* Marks come first, but word 0 is a word where it is the padding. */
static void name_symbols(struct reading *reading, struct alphabet *vocabulary)
{
    bool published = reading->config->tokenisation == TOKENS_PUBLISHED;
    size_t marks = published ? 1 : 2, n = reading->config->vocabulary - marks;
    struct word **chosen;
    uint16_t other = 1;

    count_words(reading);
    chosen = choose_words(reading, &n);
    if (!published) {
        add_symbol(vocabulary, end_of_line, strlen(end_of_line));
        add_symbol(vocabulary, unknown, strlen(unknown));
    }
    if (published)
        other = (uint16_t)n;
    for (size_t w = 0; w < reading->n_words; w++)
        reading->words[w].symbol = other;
    for (size_t i = 0; i < n; i++)
        chosen[i]->symbol =
            add_symbol(vocabulary, chosen[i]->start, chosen[i]->length);
    if (published)
        add_symbol(vocabulary, unknown, strlen(unknown));
    free(chosen);
}

/* --------------------------------------------------------------- strings */

/* A string under construction. */
struct cut {
    struct strings *strings;
    uint16_t *symbols;
    size_t length, most;
};

static void cut_end(struct cut *cut)
{
    if (cut->length > 0)
        strings_add(cut->strings, cut->symbols, cut->length);
    cut->length = 0;
}

static void cut_add(struct cut *cut, uint16_t symbol)
{
    cut->symbols[cut->length++] = symbol;
    if (cut->length == cut->most)
        cut_end(cut);
}

static void write_packed(const struct reading *reading, int part,
                         struct cut *cut)
{
    for (size_t l = 0; l < reading->n_lines; l++) {
        if (reading->parts[l] != part)
            continue;
        for (size_t i = reading->lines[l]; i < reading->lines[l + 1]; i++)
            cut_add(cut, reading->words[reading->tokens[i]].symbol);
        cut_add(cut, 0);
    }
    cut_end(cut);
}

static void write_lines(const struct reading *reading, int part,
                        struct cut *cut)
{
    for (size_t l = 0; l < reading->n_lines; l++) {
        size_t first = reading->lines[l], n = reading->lines[l + 1] - first;

        if (reading->parts[l] != part)
            continue;
        for (size_t i = 0; i < n && i < reading->config->context; i++)
            cut_add(cut, reading->words[reading->tokens[first + i]].symbol);
        cut_add(cut, 0);
        cut_end(cut);
    }
}

static void write_strings(const struct reading *reading, struct corpus *corpus)
{
    struct strings *parts[PARTS] = { &corpus->train, &corpus->validation,
                                     &corpus->test };
    size_t most = corpus_longest(reading->config);
    uint16_t *symbols = memory_new(most, sizeof *symbols);

    for (int part = TRAIN; part < PARTS; part++) {
        struct cut cut = { parts[part], symbols, 0, most };

        if (reading->config->tokenisation == TOKENS_PUBLISHED)
            write_lines(reading, part, &cut);
        else
            write_packed(reading, part, &cut);
    }
    free(symbols);
}

bool corpus_read(struct corpus *corpus, const struct corpus_config *config,
                 uint64_t seed, const struct place *place, struct error *error)
{
    struct reading reading = { .config = config };
    bool ok;

    *corpus = (struct corpus){ 0 };
    ok = file_read(config->path, MOST_BYTES, &reading.text, error);
    if (ok && reading.text.data == NULL)
        text_add(&reading.text, "");
    ok = ok && check_characters(&reading, error) && take_words(&reading, error);
    if (!ok)
        goto done;
    draw_parts(&reading, seed);
    ok = check_parts(&reading, corpus, place, error);
    if (!ok)
        goto done;
    name_symbols(&reading, &corpus->vocabulary);
    write_strings(&reading, corpus);
done:
    clear(&reading);
    return ok;
}

void corpus_language(const struct corpus *corpus,
                     const struct corpus_config *config, struct text *out)
{
    struct text words = { 0 };

    for (size_t s = 0; s < corpus->vocabulary.size; s++) {
        text_add(&words, s > 0 ? " " : "");
        text_add(&words, corpus->vocabulary.names[s]);
    }
    text_add_format(out,
                    "language: corpus\n"
                    "about: all strings over the words of a text\nsource: ");
    yaml_add_scalar(out, config->file);
    text_add(out, "\nalphabet: ");
    yaml_add_scalar(out, words.data);
    text_add(out, "\n");
    text_clear(&words);
}

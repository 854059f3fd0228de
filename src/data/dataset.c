/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "data/dataset.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/natural.h"
#include "base/parallel.h"
#include "base/random.h"
#include "base/text.h"

#define BLOCK 256 /* items drawn by one thread at a time; a batch is fewer */
#define TRIES 10000

/* Ranges in dataset.lengths: train, validation, then the test bins. */
enum { RANGE_TRAIN, RANGE_VALIDATION, RANGE_TEST };

/* With `disjoint`, a hash decides on which side of the wall a string lies. */
enum side { SIDE_ANY, SIDE_TRAIN, SIDE_HELD };

/* What the items of a split have in common. */
struct split {
    char purpose[64]; /* of the random streams */
    size_t range;
    size_t kind; /* ANY_KIND: the label and the kind are drawn */
    enum side side;
};

#define ANY_KIND SIZE_MAX

void examples_clear(struct examples *examples)
{
    strings_clear(&examples->strings);
    free(examples->member);
    free(examples->kind);
    free(examples->item);
    free(examples->targets);
    *examples = (struct examples){ 0 };
}

/* The arrays have room for the next power of two. */
void examples_add(struct examples *examples, const uint16_t *symbols,
                  size_t length, size_t kind, size_t item)
{
    size_t i = examples->strings.count, room = i == 0 ? 1 : 2 * i;

    if ((i & (i - 1)) == 0) {
        examples->member = memory_resize(examples->member, room, 1);
        examples->kind = memory_resize(examples->kind, room, 1);
        examples->item =
            memory_resize(examples->item, room, sizeof *examples->item);
    }
    examples->member[i] = kind == 0;
    examples->kind[i] = (uint8_t)kind;
    examples->item[i] = item;
    strings_add(&examples->strings, symbols, length);
}

static void append(struct examples *to, const struct examples *from)
{
    for (size_t i = 0; i < from->strings.count; i++)
        examples_add(to, strings_at(&from->strings, i),
                     strings_length(&from->strings, i), from->kind[i],
                     from->item[i]);
}

size_t dataset_classes(const struct dataset *dataset)
{
    return 1 + dataset->config->negatives.count;
}

const char *dataset_class_name(const struct dataset *dataset, size_t kind)
{
    assert(kind < dataset_classes(dataset));
    return kind == 0 ? "members"
                     : dataset->config->negatives.items[kind - 1].name;
}

struct range dataset_range(const struct dataset *dataset, size_t range)
{
    const struct data_config *config = dataset->config;
    const struct ranges *ranges = range == RANGE_TRAIN ? &config->train.length
                                  : range == RANGE_VALIDATION
                                      ? &config->validation.length
                                      : &config->test.length;

    if (ranges->count == 0)
        return config->train.length.items[0];
    return ranges->items[range < RANGE_TEST ? 0 : range - RANGE_TEST];
}

size_t dataset_longest(const struct dataset *dataset)
{
    size_t longest = 0;

    for (size_t r = 0; r < RANGE_TEST + dataset->n_tests; r++) {
        struct range range = dataset_range(dataset, r);

        longest = range.most > longest ? range.most : longest;
    }
    return longest;
}

static size_t draw_length(const struct dataset *dataset, size_t range,
                          struct stream *stream)
{
    return dataset
        ->lengths[range][stream_below(stream, dataset->n_lengths[range])];
}

static size_t draw_kind(const struct dataset *dataset, struct stream *stream)
{
    const struct negatives *negatives = &dataset->config->negatives;
    double left = stream_uniform(stream);
    size_t k = 0;

    while (k + 1 < negatives->count && left >= negatives->items[k].weight)
        left -= negatives->items[k++].weight;
    return k + 1;
}

/* One string of class KIND and length N; checks before drawing have shown
 * that there are some. */
static void draw_string(const struct dataset *dataset, size_t kind, size_t n,
                        struct stream *stream, uint16_t *out)
{
    const struct language *language = dataset->language;

    if (kind == 0) {
        language_draw(language, true, n, stream, out);
        return;
    }
    while (!negative_draw(&dataset->config->negatives.items[kind - 1], language,
                          &dataset->siblings[kind - 1], n, stream, out))
        continue;
}

/* A quarter of all strings is held out from training. */
static bool is_on_side(enum side side, const uint16_t *symbols, size_t n)
{
    bool held;

    if (side == SIDE_ANY)
        return true;
    held = checksum(symbols, n * sizeof *symbols) % 4 == 0;
    return held == (side == SIDE_HELD);
}

/* Item I of SPLIT.  A string on the wrong side is redrawn together with its
 * length, within its label and kind, so that their shares stay. */
static void draw_item(const struct dataset *dataset, const struct split *split,
                      size_t i, uint16_t *buffer, struct examples *out)
{
    struct stream stream;
    size_t kind = split->kind, length;

    stream_init(&stream, dataset->seed, split->purpose, i);
    if (kind == ANY_KIND) {
        bool member = stream_uniform(&stream) < dataset->config->positives;

        length = draw_length(dataset, split->range, &stream);
        kind = member ? 0 : draw_kind(dataset, &stream);
    } else {
        length = draw_length(dataset, split->range, &stream);
    }
    draw_string(dataset, kind, length, &stream, buffer);
    while (!is_on_side(split->side, buffer, length)) {
        length = draw_length(dataset, split->range, &stream);
        draw_string(dataset, kind, length, &stream, buffer);
    }
    examples_add(out, buffer, length, kind, i);
}

struct drawing {
    const struct dataset *dataset;
    const struct split *split;
    size_t first, count;
    struct examples *blocks;
};

static void draw_block(void *context, size_t block, size_t thread)
{
    const struct drawing *drawing = context;
    size_t begin = block * BLOCK, end = begin + BLOCK;
    uint16_t *buffer =
        memory_new(dataset_longest(drawing->dataset) + 1, sizeof *buffer);

    (void)thread;
    if (end > drawing->count)
        end = drawing->count;
    for (size_t i = begin; i < end; i++)
        draw_item(drawing->dataset, drawing->split, drawing->first + i, buffer,
                  &drawing->blocks[block]);
    free(buffer);
}

static void draw_items(const struct dataset *dataset, const struct split *split,
                       size_t first, size_t count, struct examples *out)
{
    size_t blocks = (count + BLOCK - 1) / BLOCK;
    struct drawing drawing = { dataset, split, first, count,
                               memory_new(blocks + 1, sizeof *drawing.blocks) };

    parallel_for(blocks, draw_block, &drawing);
    for (size_t b = 0; b < blocks; b++) {
        append(out, &drawing.blocks[b]);
        examples_clear(&drawing.blocks[b]);
    }
    free(drawing.blocks);
}

static struct split split_of(const struct dataset *dataset, size_t range)
{
    struct split split = { .range = range, .kind = ANY_KIND };

    if (dataset->config->disjoint)
        split.side = range == RANGE_TRAIN ? SIDE_TRAIN : SIDE_HELD;
    if (range == RANGE_TRAIN)
        strcpy(split.purpose, "data.train");
    else if (range == RANGE_VALIDATION)
        strcpy(split.purpose, "data.validation");
    else
        snprintf(split.purpose, sizeof split.purpose, "data.test.%zu",
                 range - RANGE_TEST);
    return split;
}

/* Takes away the targets that the corpus does not count. */
static void take_away(const struct corpus_config *config,
                      struct examples *examples)
{
    const struct strings *strings = &examples->strings;
    uint8_t *target = examples->targets;

    for (size_t i = 0; i < strings->count; i++)
        for (size_t t = 0, n = strings_length(strings, i); t <= n; t++)
            *target++ = corpus_counts(config, t, n);
}

bool dataset_aim(const struct dataset *dataset, struct examples *examples,
                 struct error *error)
{
    enum objective objective = (enum objective)dataset->config->objective;

    free(examples->targets);
    examples->targets = NULL;
    if (objective == OBJECTIVE_MEMBERSHIP)
        return true;
    examples->targets = objective_targets(objective, dataset->language,
                                          &examples->strings, error);
    if (examples->targets != NULL && dataset_is_corpus(dataset))
        take_away(&dataset->config->corpus, examples);
    return examples->targets != NULL;
}

void dataset_draw(const struct dataset *dataset, size_t range, size_t first,
                  size_t count, struct examples *out)
{
    struct split split = split_of(dataset, range);

    draw_items(dataset, &split, first, count, out);
}

void dataset_stream(const struct dataset *dataset, size_t first, size_t count,
                    struct examples *out)
{
    dataset_draw(dataset, RANGE_TRAIN, first, count, out);
}

void dataset_sample(const struct dataset *dataset, size_t bin, size_t kind,
                    size_t count, struct examples *out)
{
    struct split split = { .range = RANGE_TEST + bin, .kind = kind };

    assert(bin < dataset->n_tests && kind < dataset_classes(dataset));
    snprintf(split.purpose, sizeof split.purpose, "data.verify.%zu.%zu", bin,
             kind);
    draw_items(dataset, &split, 0, count, out);
}

/* "data.train", "data.validation", "data.test" for complaints. */
static const char *key_of(size_t range)
{
    return range == RANGE_TRAIN        ? "data.train"
           : range == RANGE_VALIDATION ? "data.validation"
                                       : "data.test";
}

/* Lists the lengths of RANGE at which there are members. */
static bool find_lengths(struct dataset *dataset, size_t r,
                         const struct place *place, struct error *error)
{
    struct range range = dataset_range(dataset, r);
    size_t *lengths = memory_new(range.most - range.least + 1, sizeof *lengths);
    size_t n = 0;

    for (size_t length = range.least; length <= range.most; length++)
        if (language_has(dataset->language, true, length))
            lengths[n++] = length;
    dataset->lengths[r] = lengths;
    dataset->n_lengths[r] = n;
    if (n > 0)
        return true;
    return error_add(error, ERROR_CONFIG, place, key_of(r),
                     "%s has no member of length %zu..%zu",
                     language_name(dataset->language), range.least, range.most);
}

/* Draws one of the K-th negatives of LENGTH, if there is any. */
static bool has_negative(const struct dataset *dataset, size_t k, size_t length)
{
    const struct negative *negative = &dataset->config->negatives.items[k];
    uint16_t *buffer = memory_new(length + 1, sizeof *buffer);
    struct stream stream;
    bool found;

    stream_init(&stream, dataset->seed, "data.check", length);
    found = negative_draw(negative, dataset->language, &dataset->siblings[k],
                          length, &stream, buffer);
    free(buffer);
    return found;
}

bool dataset_has_kind(const struct dataset *dataset, size_t bin, size_t kind)
{
    size_t range = RANGE_TEST + bin;

    for (size_t i = 0; kind > 0 && i < dataset->n_lengths[range]; i++)
        if (!has_negative(dataset, kind - 1, dataset->lengths[range][i]))
            return false;
    return true;
}

/* Where from, of the LENGTHS that are true, all have the K-th negative; beyond
 * LONGEST if that has none. */
static size_t find_first(const struct dataset *dataset, size_t k,
                         const bool *lengths, size_t longest)
{
    size_t first = longest + 1;

    for (size_t n = longest + 1; n-- > 0;) {
        if (lengths[n] && !has_negative(dataset, k, n))
            break;
        if (lengths[n])
            first = n;
    }
    return first;
}

/* Says that there is none at length N, and where there is one. */
static bool refuse_kind(const struct dataset *dataset, size_t k, size_t n,
                        const bool *lengths, size_t longest,
                        const struct place *place, struct error *error)
{
    const struct negative *negative = &dataset->config->negatives.items[k];
    size_t first = find_first(dataset, k, lengths, longest);
    struct text there = { 0 };

    text_add(&there, "");
    if (first <= longest)
        text_add_format(&there, "; at length %zu..%zu there is one", first,
                        longest);
    error_add(error, ERROR_CONFIG, place, "data.negatives",
              "no %s negative of %s exists at length %zu: %s%s", negative->name,
              language_name(dataset->language), n, negative_absence(negative),
              there.data);
    text_clear(&there);
    return false;
}

/* Looks for the K-th negative at every length of LENGTHS that is true. */
static bool check_kind(const struct dataset *dataset, size_t k,
                       const bool *lengths, size_t longest,
                       const struct place *place, struct error *error)
{
    for (size_t n = 0; n <= longest; n++)
        if (lengths[n] && !has_negative(dataset, k, n))
            return refuse_kind(dataset, k, n, lengths, longest, place, error);
    return true;
}

/* Where no split draws a negative, none need exist. */
static bool draws_negatives(const struct dataset *dataset)
{
    return dataset->config->positives < 1;
}

static bool check_kinds(const struct dataset *dataset,
                        const struct place *place, struct error *error)
{
    const struct negatives *negatives = &dataset->config->negatives;
    size_t longest = dataset_longest(dataset);
    bool *lengths = memory_new(longest + 1, sizeof *lengths);
    bool ok = true;

    for (size_t r = 0; r < RANGE_TEST + dataset->n_tests; r++)
        for (size_t i = 0; i < dataset->n_lengths[r]; i++)
            lengths[dataset->lengths[r][i]] = true;
    for (size_t k = 0; k < negatives->count; k++)
        ok &= check_kind(dataset, k, lengths, longest, place, error);
    free(lengths);
    return ok;
}

static bool has_on_side(const struct dataset *dataset,
                        const struct split *split, size_t kind)
{
    uint16_t *buffer = memory_new(dataset_longest(dataset) + 1, sizeof *buffer);
    struct stream stream;
    bool found = false;

    stream_init(&stream, dataset->seed, "data.check.side", kind);
    for (size_t try = 0; !found && try < TRIES; try++) {
        size_t length = draw_length(dataset, split->range, &stream);

        draw_string(dataset, kind, length, &stream, buffer);
        found = is_on_side(split->side, buffer, length);
    }
    free(buffer);
    return found;
}

/* How many strings of the label of KIND the lengths of RANGE have. */
static char *count_strings(const struct dataset *dataset, size_t range,
                           size_t kind)
{
    struct natural sum = { 0 }, count = { 0 };
    char *text;

    natural_init(&sum, 0);
    natural_init(&count, 0);
    for (size_t i = 0; i < dataset->n_lengths[range]; i++) {
        if (kind == 0)
            language_count(dataset->language, dataset->lengths[range][i],
                           &count);
        else
            language_count_outside(dataset->language,
                                   dataset->lengths[range][i], &count);
        natural_add(&sum, &count);
    }
    text = natural_text(&sum);
    natural_clear(&sum);
    natural_clear(&count);
    return text;
}

/* With `disjoint`, every split must have strings of every class drawn. */
static bool check_sides(const struct dataset *dataset,
                        const struct place *place, struct error *error)
{
    size_t kinds = draws_negatives(dataset) ? dataset_classes(dataset) : 1;
    bool ok = true;

    for (size_t r = 0; r < RANGE_TEST + dataset->n_tests; r++)
        for (size_t kind = 0; kind < kinds; kind++) {
            struct split split = split_of(dataset, r);
            struct range range = dataset_range(dataset, r);
            char *count;

            if (has_on_side(dataset, &split, kind))
                continue;
            count = count_strings(dataset, r, kind);
            ok = error_add(error, ERROR_CONFIG, place, key_of(r),
                           "disjoint leaves no strings of class %s at length "
                           "%zu..%zu: a quarter of all strings is held out "
                           "of training, and %s has few %s there: %s",
                           dataset_class_name(dataset, kind), range.least,
                           range.most, language_name(dataset->language),
                           kind == 0 ? "members" : "non-members", count);
            free(count);
        }
    return ok;
}

/* Whether the language and the shares of classes fit the objective. */
static bool check_objective(const struct dataset *dataset,
                            const struct place *place, struct error *error)
{
    const struct data_config *config = dataset->config;
    size_t n = language_alphabet(dataset->language)->size;
    bool *allowed, end, ok;

    if (dataset_is_corpus(dataset) && config->objective != OBJECTIVE_NEXT_TOKEN)
        return error_add(error, ERROR_CONFIG, place, "data.objective",
                         "a text tells what follows and nothing else; "
                         "accepted with a corpus: next-token");
    if (config->objective == OBJECTIVE_NEXT_TOKEN && config->positives < 1)
        return error_add(error, ERROR_CONFIG, place, "data.positives",
                         "next-token learns from members alone; accepted: 1");
    if (config->objective != OBJECTIVE_NEXT_SET)
        return true;
    allowed = memory_new(n, sizeof *allowed);
    ok = language_next(dataset->language, &(uint16_t){ 0 }, 0, allowed, &end,
                       error);
    free(allowed);
    return ok;
}

/* Everything that drawing takes for granted. */
static bool prepare(struct dataset *dataset, struct language *language,
                    const struct place *place, struct error *error)
{
    const struct negatives *negatives = &dataset->config->negatives;
    size_t ranges = RANGE_TEST + dataset->n_tests;
    bool ok = check_objective(dataset, place, error);

    if (dataset_is_corpus(dataset))
        return ok;
    ok = ok && language_prepare(language, dataset_longest(dataset), error);
    dataset->siblings = memory_new(negatives->count, sizeof *dataset->siblings);
    for (size_t k = 0; ok && k < negatives->count; k++)
        ok = negative_prepare(&negatives->items[k], language,
                              dataset_longest(dataset), place,
                              &dataset->siblings[k], error);
    if (!ok)
        return false;
    dataset->lengths = memory_new(ranges, sizeof *dataset->lengths);
    dataset->n_lengths = memory_new(ranges, sizeof *dataset->n_lengths);
    for (size_t r = 0; r < ranges; r++)
        ok &= find_lengths(dataset, r, place, error);
    return ok &&
           (!draws_negatives(dataset) || check_kinds(dataset, place, error)) &&
           (!dataset->config->disjoint || check_sides(dataset, place, error));
}

bool dataset_open(struct dataset *dataset, const struct data_config *config,
                  struct language *language, uint64_t seed,
                  const struct place *place, struct error *error)
{
    *dataset = (struct dataset){ .config = config,
                                 .language = language,
                                 .seed = seed };
    dataset->n_tests =
        config->test.length.count > 0 ? config->test.length.count : 1;
    dataset->tests = memory_new(dataset->n_tests, sizeof *dataset->tests);
    if (prepare(dataset, language, place, error))
        return true;
    dataset_clear(dataset);
    return false;
}

bool dataset_check(const struct data_config *config, struct language *language,
                   uint64_t seed, const struct place *place,
                   struct error *error)
{
    struct dataset dataset;

    if (!dataset_open(&dataset, config, language, seed, place, error))
        return false;
    dataset_clear(&dataset);
    return true;
}

static void take(struct examples *to, const struct strings *strings,
                 size_t most)
{
    for (size_t i = 0; i < strings->count && i < most; i++)
        examples_add(to, strings_at(strings, i), strings_length(strings, i), 0,
                     i);
}

static bool take_corpus(struct dataset *dataset, const struct place *place,
                        struct error *error)
{
    const struct data_config *config = dataset->config;
    struct corpus corpus;
    bool ok =
        corpus_read(&corpus, &config->corpus, dataset->seed, place, error);

    if (ok) {
        take(&dataset->train, &corpus.train, config->train.count);
        take(&dataset->validation, &corpus.validation,
             config->validation.count);
        take(&dataset->tests[0], &corpus.test, config->test.count);
    }
    corpus_clear(&corpus);
    return ok;
}

static void draw_all(struct dataset *dataset)
{
    const struct data_config *config = dataset->config;

    dataset_draw(dataset, RANGE_TRAIN, 0, config->train.count, &dataset->train);
    dataset_draw(dataset, RANGE_VALIDATION, 0, config->validation.count,
                 &dataset->validation);
    for (size_t b = 0; b < dataset->n_tests; b++)
        dataset_draw(dataset, RANGE_TEST + b, 0, config->test.count,
                     &dataset->tests[b]);
}

bool dataset_generate(struct dataset *dataset, const struct data_config *config,
                      struct language *language, uint64_t seed,
                      const struct place *place, struct error *error)
{
    if (!dataset_open(dataset, config, language, seed, place, error))
        return false;
    if (!dataset_is_corpus(dataset))
        draw_all(dataset);
    if ((!dataset_is_corpus(dataset) || take_corpus(dataset, place, error)) &&
        dataset_aim(dataset, &dataset->train, error))
        return true;
    dataset_clear(dataset);
    return false;
}

void dataset_clear(struct dataset *dataset)
{
    examples_clear(&dataset->train);
    examples_clear(&dataset->validation);
    for (size_t b = 0; b < dataset->n_tests; b++)
        examples_clear(&dataset->tests[b]);
    free(dataset->tests);
    for (size_t r = 0;
         dataset->lengths != NULL && r < RANGE_TEST + dataset->n_tests; r++)
        free(dataset->lengths[r]);
    for (size_t k = 0;
         dataset->siblings != NULL && k < dataset->config->negatives.count; k++)
        sibling_clear(&dataset->siblings[k]);
    free(dataset->siblings);
    free(dataset->lengths);
    free(dataset->n_lengths);
    *dataset = (struct dataset){ 0 };
}

/* A string to sort. */
struct span {
    const uint16_t *symbols;
    size_t length;
};

static int compare(const void *a, const void *b)
{
    const struct span *x = a, *y = b;

    if (x->length != y->length)
        return x->length < y->length ? -1 : 1;
    if (x->length == 0)
        return 0;
    return memcmp(x->symbols, y->symbols, x->length * sizeof *x->symbols);
}

size_t examples_distinct(const struct examples *examples)
{
    size_t n = examples->strings.count, distinct = 0;
    struct span *spans = memory_new(n, sizeof *spans);

    for (size_t i = 0; i < n; i++)
        spans[i] = (struct span){ strings_at(&examples->strings, i),
                                  strings_length(&examples->strings, i) };
    qsort(spans, n, sizeof *spans, compare);
    for (size_t i = 0; i < n; i++)
        distinct += i == 0 || compare(&spans[i - 1], &spans[i]) != 0;
    free(spans);
    return distinct;
}

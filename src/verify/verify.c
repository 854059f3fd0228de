/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "verify/verify.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/natural.h"
#include "base/parallel.h"
#include "base/statistics.h"
#include "base/text.h"
#include "verify/finding.h"

/* clang-format off */
const struct field verify_fields[] = {
    { .key = "exhaustive", .type = FIELD_COUNT, .standard = "50000",
      .most = 1e9, .offset = offsetof(struct verify_config, exhaustive),
      .help = "decide all strings of length 0..n while they are no more" },
    { .key = "samples", .type = FIELD_COUNT, .standard = "2000",
      .most = 1e8, .offset = offsetof(struct verify_config, samples),
      .help = "fresh strings to decide of each class in each length bin" },
    { .key = "level", .type = FIELD_NUMBER, .standard = "0.95",
      .least = 0.5, .most = 0.999999,
      .offset = offsetof(struct verify_config, level),
      .help = "of Clopper-Pearson intervals" },
    { .key = NULL }
};
/* clang-format on */

void verdicts_clear(struct verdicts *verdicts)
{
    for (size_t i = 0; i < verdicts->count; i++)
        free(verdicts->rows[i].shortest);
    free(verdicts->rows);
    *verdicts = (struct verdicts){ 0 };
}

/* ----------------------------------------------------------------- tallies */

/* Decisions held at once under a sequence objective. */
#define SLICE ((size_t)1 << 18)

/* What one evaluator made of one class. */
struct tally {
    size_t strings, recognised, agreed, undecided, rounding, flagged;
    size_t positions, right, membership;
    struct loss loss;
    double powers; /* sum over strings of 2^loss */
    bool unsized;  /* some logit has no size, so the loss has none */
    bool erred;
    uint16_t *wrong; /* the first string decided wrongly */
    size_t wrong_length;
};

/* A set of strings while it is gone through, perhaps in parts. */
struct survey {
    const struct verification *verification;
    const char *set;
    size_t least, most;
    size_t n_classes;
    const char **classes; /* [n_classes] names */
    bool *enumerated;     /* [n_classes] */
    size_t n_evaluators;
    struct tally *tallies; /* [n_evaluators][1 + n_classes], "all" first */
};

static size_t count_evaluators(const struct verification *verification)
{
    size_t n = 0;

    while (verification->evaluators[n] != NULL)
        n++;
    return n;
}

static void survey_init(struct survey *survey,
                        const struct verification *verification,
                        const char *set, size_t n_classes, size_t n_evaluators)
{
    *survey = (struct survey){
        .verification = verification,
        .set = set,
        .n_classes = n_classes,
        .classes = memory_new(n_classes, sizeof *survey->classes),
        .enumerated = memory_new(n_classes, sizeof *survey->enumerated),
        .n_evaluators = n_evaluators,
        .tallies =
            memory_new(n_evaluators * (1 + n_classes), sizeof *survey->tallies),
    };
}

/* With the dataset's classes. */
static void survey_init_classes(struct survey *survey,
                                const struct verification *verification,
                                const char *set, size_t n_evaluators)
{
    const struct dataset *dataset = verification->dataset;

    survey_init(survey, verification, set, dataset_classes(dataset),
                n_evaluators);
    for (size_t k = 0; k < survey->n_classes; k++)
        survey->classes[k] = dataset_class_name(dataset, k);
}

static void survey_clear(struct survey *survey)
{
    for (size_t i = 0; i < survey->n_evaluators * (1 + survey->n_classes); i++)
        free(survey->tallies[i].wrong);
    free(survey->tallies);
    free(survey->enumerated);
    free(survey->classes);
}

static size_t find_longest(const struct strings *strings)
{
    size_t longest = 0;

    for (size_t i = 0; i < strings->count; i++)
        if (strings_length(strings, i) > longest)
            longest = strings_length(strings, i);
    return longest;
}

/* Keeps a wrongly decided string if it comes before the one kept. */
static void keep_first(struct tally *tally, const uint16_t *symbols, size_t n)
{
    if (tally->erred) {
        if (n > tally->wrong_length)
            return;
        if (n == tally->wrong_length) {
            size_t i = 0;

            while (i < n && symbols[i] == tally->wrong[i])
                i++;
            if (i == n || symbols[i] > tally->wrong[i])
                return;
        }
    }
    free(tally->wrong);
    tally->wrong = n > 0 ? memory_copy(symbols, n * sizeof *symbols) : NULL;
    tally->wrong_length = n;
    tally->erred = true;
}

static void tally_add(struct tally *tally, const struct examples *examples,
                      size_t i, const struct finding *finding)
{
    tally->loss = tally->strings == 0 ? finding->loss
                                      : loss_add(tally->loss, finding->loss);
    if (finding->loss.targets > 0)
        tally->powers +=
            exp2(finding->loss.sum / (double)finding->loss.targets);
    tally->strings++;
    tally->recognised += finding->right;
    tally->agreed += finding->agreed;
    tally->undecided += finding->undecided;
    tally->rounding += finding->rounding;
    tally->flagged += finding->flagged;
    tally->positions += finding->positions;
    tally->right += finding->positions_right;
    tally->membership += finding->accepts == (examples->member[i] ? 1 : -1);
    tally->unsized |= !finding->sized;
    if (finding->wrong)
        keep_first(tally, strings_at(&examples->strings, i),
                   strings_length(&examples->strings, i));
}

static enum objective objective_of(const struct verification *verification)
{
    return (enum objective)verification->dataset->config->objective;
}

static size_t symbols_of(const struct verification *verification)
{
    return language_alphabet(verification->dataset->language)->size;
}

static size_t outputs_of(const struct verification *verification)
{
    return objective_outputs(objective_of(verification),
                             symbols_of(verification));
}

/* Counts what evaluator E decided, beside what `trained` did. */
static void count(struct survey *survey, size_t e,
                  const struct examples *examples,
                  const struct decision *decisions,
                  const struct decision *trained)
{
    const struct verification *verification = survey->verification;
    const struct reading reading = {
        .objective = objective_of(verification),
        .n_symbols = symbols_of(verification),
        .nonnegative = verification->nonnegative,
        .strings = &examples->strings,
        .targets = examples_targets(examples),
        .decisions = decisions,
        .trained = trained,
    };
    struct tally *tallies = survey->tallies + e * (1 + survey->n_classes);
    double *room = memory_new((find_longest(&examples->strings) + 1) *
                                  outputs_of(verification),
                              sizeof *room);

    for (size_t i = 0; i < examples->strings.count; i++) {
        struct finding finding = finding_of(&reading, i, room);

        assert(examples->kind[i] < survey->n_classes);
        tally_add(&tallies[0], examples, i, &finding);
        tally_add(&tallies[1 + examples->kind[i]], examples, i, &finding);
    }
    free(room);
}

/* Lets every evaluator decide a slice of the set, aimed at. */
static void survey_slice(struct survey *survey, const struct examples *slice,
                         size_t n_decisions)
{
    struct evaluator **evaluators = survey->verification->evaluators;
    struct decision *trained = memory_new(n_decisions, sizeof *trained);
    struct decision *decisions = memory_new(n_decisions, sizeof *decisions);

    for (size_t e = 0; e < survey->n_evaluators; e++) {
        struct decision *mine = e == 0 ? trained : decisions;

        evaluator_decide(evaluators[e], &slice->strings, mine);
        count(survey, e, slice, mine, trained);
    }
    free(decisions);
    free(trained);
}

/* COUNT of the examples from FIRST on; borrows all but the targets. */
static struct examples slice_of(const struct examples *examples, size_t first,
                                size_t count)
{
    struct examples slice = *examples;

    slice.strings.offsets += first;
    slice.strings.count = count;
    slice.member += first;
    slice.kind += first;
    slice.targets = NULL;
    return slice;
}

/* How many strings from FIRST on have at most SLICE decisions, at least one;
 * the decisions in *N. */
static size_t next_slice(const struct verification *verification,
                         const struct strings *strings, size_t first, size_t *n)
{
    size_t outputs = outputs_of(verification), count = 0;

    *n = 0;
    if (!objective_is_sequence(objective_of(verification)))
        return *n = strings->count - first;
    for (; first + count < strings->count; count++) {
        size_t more = (strings_length(strings, first + count) + 1) * outputs;

        if (count > 0 && *n + more > SLICE)
            break;
        *n += more;
    }
    return count;
}

/* Lets every evaluator decide EXAMPLES, a part of the set. */
static void survey_add(struct survey *survey, const struct examples *examples)
{
    const struct verification *asked = survey->verification;
    size_t step, n;

    for (size_t first = 0; first < examples->strings.count; first += step) {
        struct examples slice;

        step = next_slice(asked, &examples->strings, first, &n);
        slice = slice_of(examples, first, step);
        if (!dataset_aim(asked->dataset, &slice, asked->error))
            return;
        survey_slice(survey, &slice, n);
        free(slice.targets);
    }
}

/* -------------------------------------------------------------------- rows */

static char *print_string(const struct survey *survey,
                          const struct tally *tally)
{
    const struct language *language = survey->verification->dataset->language;
    struct text text = { 0 };

    if (!tally->erred)
        return NULL;
    if (tally->wrong_length == 0)
        text_add(&text, "\"\"");
    else
        alphabet_print(language_alphabet(language), tally->wrong,
                       tally->wrong_length, &text);
    return text_take(&text);
}

static void add_row(const struct survey *survey, const char *evaluator,
                    const char *class, bool enumerated,
                    const struct tally *tally, struct verdicts *verdicts)
{
    double share = (double)tally->recognised / (double)tally->strings;
    struct verdict *row;

    if (tally->strings == 0)
        return;
    verdicts->rows = memory_resize(verdicts->rows, verdicts->count + 1,
                                   sizeof *verdicts->rows);
    row = &verdicts->rows[verdicts->count++];
    *row = (struct verdict){
        .least = survey->least,
        .most = survey->most,
        .enumerated = enumerated,
        .strings = tally->strings,
        .recognised = tally->recognised,
        .agreed = tally->agreed,
        .undecided = tally->undecided,
        .rounding = tally->rounding,
        .flagged = tally->flagged,
        .interval = { share, share },
        .objective = objective_of(survey->verification),
        .positions = tally->positions,
        .right = tally->right,
        .membership = tally->membership,
        .loss = tally->unsized ? NAN
                               : tally->loss.sum / (double)tally->loss.targets,
        .power = tally->unsized ? NAN : tally->powers / (double)tally->strings,
        .shortest = print_string(survey, tally),
    };
    if (!enumerated)
        row->interval = interval_binomial(tally->recognised, tally->strings,
                                          survey->verification->config->level);
    snprintf(row->evaluator, sizeof row->evaluator, "%s", evaluator);
    snprintf(row->set, sizeof row->set, "%s", survey->set);
    snprintf(row->class, sizeof row->class, "%s", class);
}

static void add_rows(const struct survey *survey, size_t e,
                     const char *evaluator, struct verdicts *verdicts)
{
    const struct tally *tallies = survey->tallies + e * (1 + survey->n_classes);
    bool enumerated = true;

    for (size_t k = 0; k < survey->n_classes; k++)
        enumerated &= survey->enumerated[k] || tallies[1 + k].strings == 0;
    add_row(survey, evaluator, "all", enumerated, &tallies[0], verdicts);
    for (size_t k = 0; k < survey->n_classes; k++)
        add_row(survey, evaluator, survey->classes[k], survey->enumerated[k],
                &tallies[1 + k], verdicts);
}

static void survey_finish(struct survey *survey, struct verdicts *verdicts)
{
    struct evaluator **evaluators = survey->verification->evaluators;

    for (size_t e = 0; e < survey->n_evaluators; e++)
        add_rows(survey, e, evaluator_name(evaluators[e]), verdicts);
    survey_clear(survey);
}

/* ---------------------------------------------------------------- examples */

static void find_lengths(struct survey *survey, const struct examples *examples)
{
    size_t n = examples->strings.count;

    for (size_t i = 0; i < n; i++) {
        size_t length = strings_length(&examples->strings, i);

        if (i == 0 || length < survey->least)
            survey->least = length;
        if (i == 0 || length > survey->most)
            survey->most = length;
    }
}

void verify_examples(const struct verification *verification, const char *set,
                     const struct examples *examples, struct verdicts *verdicts)
{
    struct survey survey;

    survey_init_classes(&survey, verification, set,
                        count_evaluators(verification));
    find_lengths(&survey, examples);
    survey_add(&survey, examples);
    survey_finish(&survey, verdicts);
}

/* -------------------------------------------------------------- exhaustive */

#define PART  65536 /* strings decided at a time */
#define BLOCK 1024  /* strings classified by one thread at a time */

/* The largest n, at most LONGEST, with sum of size^k, k <= n, within BUDGET. */
static size_t find_depth(size_t size, size_t budget, size_t longest)
{
    size_t n = 0, power = 1, sum = 1;

    while (n < longest && power <= (budget - sum) / size) {
        power *= size;
        sum += power;
        n++;
    }
    return n;
}

/* The next string of at most DEPTH symbols, prefixes first, depth first. */
static bool next_string(size_t size, size_t depth, uint16_t *symbols, size_t *n)
{
    if (*n < depth) {
        symbols[(*n)++] = 0;
        return true;
    }
    while (*n > 0 && symbols[*n - 1] + 1u == size)
        --*n;
    if (*n == 0)
        return false;
    symbols[*n - 1]++;
    return true;
}

struct classification {
    const struct language *language;
    struct examples *examples;
};

static void classify_block(void *context, size_t block, size_t thread)
{
    const struct classification *work = context;
    struct examples *examples = work->examples;
    size_t end = (block + 1) * BLOCK;

    (void)thread;
    for (size_t i = block * BLOCK; i < end && i < examples->strings.count;
         i++) {
        examples->member[i] =
            language_contains(work->language, strings_at(&examples->strings, i),
                              strings_length(&examples->strings, i));
        examples->kind[i] = !examples->member[i];
    }
}

/* Nothing follows a string that is going to be no member. */
static bool is_left_out(const struct verification *verification, bool member)
{
    return !member && objective_of(verification) == OBJECTIVE_NEXT_TOKEN;
}

static void leave_out(const struct verification *verification,
                      struct examples *part)
{
    struct examples kept = { 0 };

    if (!is_left_out(verification, false))
        return;
    for (size_t i = 0; i < part->strings.count; i++)
        if (part->member[i])
            examples_add(&kept, strings_at(&part->strings, i),
                         strings_length(&part->strings, i), part->kind[i], i);
    examples_clear(part);
    *part = kept;
}

/* Decides the strings gathered and forgets them. */
static void finish_part(struct survey *survey, struct examples *part)
{
    struct classification work = { survey->verification->dataset->language,
                                   part };

    parallel_for((part->strings.count + BLOCK - 1) / BLOCK, classify_block,
                 &work);
    leave_out(survey->verification, part);
    survey_add(survey, part);
    examples_clear(part);
}

void verify_exhaustive(const struct verification *verification,
                       struct verdicts *verdicts)
{
    const struct dataset *dataset = verification->dataset;
    size_t size = language_alphabet(dataset->language)->size;
    size_t budget = verification->config->exhaustive, depth, n = 0;
    struct examples part = { 0 };
    struct survey survey;
    uint16_t *symbols;

    if (budget == 0 || dataset_is_corpus(dataset))
        return;
    depth = find_depth(size, budget, dataset_longest(dataset));
    symbols = memory_new(depth + 1, sizeof *symbols);
    survey_init(&survey, verification, "exhaustive", 2,
                count_evaluators(verification));
    survey.most = depth;
    survey.classes[0] = "members";
    survey.classes[1] = "outside";
    survey.enumerated[0] = survey.enumerated[1] = true;
    do {
        examples_add(&part, symbols, n, 0, part.strings.count);
        if (part.strings.count == PART)
            finish_part(&survey, &part);
    } while (next_string(size, depth, symbols, &n));
    finish_part(&survey, &part);
    survey_finish(&survey, verdicts);
    free(symbols);
}

/* ----------------------------------------------------------------- samples */

/* Whether class KIND has no more than MOST strings at LENGTHS, and these can
 * be listed. */
static bool is_small(const struct dataset *dataset, size_t kind,
                     const size_t *lengths, size_t n_lengths, size_t most)
{
    struct natural sum = { 0 }, count = { 0 };
    bool small;

    if (kind > 0 &&
        !negative_is_uniform(&dataset->config->negatives.items[kind - 1]))
        return false;
    natural_init(&sum, 0);
    natural_init(&count, 0);
    for (size_t i = 0; i < n_lengths; i++) {
        if (kind == 0)
            language_count(dataset->language, lengths[i], &count);
        else
            language_count_outside(dataset->language, lengths[i], &count);
        natural_add(&sum, &count);
    }
    small = natural_small(&sum) <= most;
    natural_clear(&sum);
    natural_clear(&count);
    return small;
}

static void enumerate(const struct dataset *dataset, size_t kind,
                      const size_t *lengths, size_t n_lengths,
                      struct examples *out)
{
    struct strings strings = { 0 };

    for (size_t i = 0; i < n_lengths; i++)
        language_enumerate(dataset->language, kind == 0, lengths[i], &strings);
    for (size_t i = 0; i < strings.count; i++)
        examples_add(out, strings_at(&strings, i), strings_length(&strings, i),
                     kind, i);
    strings_clear(&strings);
}

static void verify_bin(const struct verification *verification, size_t bin,
                       struct verdicts *verdicts)
{
    const struct dataset *dataset = verification->dataset;
    size_t samples = verification->config->samples, range = 2 + bin;
    size_t n_lengths = dataset->n_lengths[range];
    const size_t *lengths = dataset->lengths[range];
    struct examples examples = { 0 };
    struct survey survey;
    char set[32];

    snprintf(set, sizeof set, "verify[%zu]", bin);
    survey_init_classes(&survey, verification, set,
                        count_evaluators(verification));
    survey.least = dataset_range(dataset, range).least;
    survey.most = dataset_range(dataset, range).most;
    for (size_t kind = 0; kind < survey.n_classes; kind++) {
        if (is_left_out(verification, kind == 0) ||
            !dataset_has_kind(dataset, bin, kind))
            continue;
        survey.enumerated[kind] =
            is_small(dataset, kind, lengths, n_lengths, samples);
        if (survey.enumerated[kind])
            enumerate(dataset, kind, lengths, n_lengths, &examples);
        else
            dataset_sample(dataset, bin, kind, samples, &examples);
    }
    survey_add(&survey, &examples);
    survey_finish(&survey, verdicts);
    examples_clear(&examples);
}

void verify_samples(const struct verification *verification,
                    struct verdicts *verdicts)
{
    if (verification->config->samples == 0 ||
        dataset_is_corpus(verification->dataset))
        return;
    for (size_t b = 0; b < verification->dataset->n_tests; b++)
        verify_bin(verification, b, verdicts);
}

/* ------------------------------------------------------------------- prior */

static bool member_is_likelier(const struct dataset *dataset)
{
    const struct examples *train = &dataset->train;
    size_t members = 0, n = train->strings.count;

    for (size_t i = 0; i < n; i++)
        members += train->member[i];
    return n > 0 ? 2 * members >= n : dataset->config->positives >= 0.5;
}

void verify_prior(const struct verification *verification,
                  struct verdicts *verdicts)
{
    const struct dataset *dataset = verification->dataset;
    double logit = member_is_likelier(dataset) ? 1 : -1;

    if (objective_is_sequence(objective_of(verification)))
        return;
    for (size_t b = 0; b < dataset->n_tests; b++) {
        const struct examples *test = &dataset->tests[b];
        size_t n = test->strings.count;
        struct decision *prior = memory_new(n + 1, sizeof *prior);
        struct decision *trained = memory_new(n + 1, sizeof *trained);
        struct survey survey;
        char set[32];

        for (size_t i = 0; i < n; i++)
            prior[i].logit = logit;
        if (n > 0)
            evaluator_decide(verification->evaluators[0], &test->strings,
                             trained);
        snprintf(set, sizeof set, "test[%zu]", b);
        survey_init_classes(&survey, verification, set, 1);
        find_lengths(&survey, test);
        count(&survey, 0, test, prior, trained);
        add_rows(&survey, 0, "prior", verdicts);
        survey_clear(&survey);
        free(trained);
        free(prior);
    }
}

/* ------------------------------------------------------------------ memory */

struct extent verify_exhaustive_extent(const struct verify_config *config,
                                       const struct data_config *data,
                                       size_t n_symbols)
{
    const struct dataset dataset = { .config = data,
                                     .n_tests = extent_ranges(data) - 2 };
    struct extent all = { .strings = 1 };

    if (config->exhaustive == 0)
        return (struct extent){ 0 };
    all.longest =
        find_depth(n_symbols, config->exhaustive, dataset_longest(&dataset));
    for (size_t n = 1, power = n_symbols; n <= all.longest; n++) {
        all.strings += power;
        all.symbols += n * power;
        power *= n_symbols;
    }
    return extent_part(all, PART);
}

struct extent verify_samples_extent(const struct verify_config *config,
                                    const struct data_config *data, size_t bin)
{
    size_t classes =
        data->objective == OBJECTIVE_NEXT_TOKEN ? 1 : 1 + data->negatives.count;

    return extent_of_draws(data, 2 + bin, config->samples * classes);
}

size_t verify_bytes(const struct data_config *data, size_t n_symbols,
                    struct extent extent)
{
    enum objective objective = (enum objective)data->objective;
    size_t outputs = objective_outputs(objective, n_symbols);
    size_t n = extent.strings * outputs;

    if (objective_is_sequence(objective)) {
        n = extent_tokens(extent) * outputs;
        n = n < SLICE ? n : SLICE;
    }
    return 2 * n * sizeof(struct decision);
}

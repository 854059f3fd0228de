/* SPDX-License-Identifier: GPL-3.0-or-later */

/* An experiment on a text, from its file to its perplexities. */

#include "experiment/source.h"

#include <math.h>

#include "experiment/pipeline.h"
#include "experiment/trained.h"
#include "scratch.h"
#include "suite.h"

#define HEAD "experiment: e\n"
#define MODEL                                                            \
    "model: {n_layers: 2, d_model: 8, d_ff: 8}\n"                        \
    "train: {batch: 4, rate: 0.1, steps: 6, record: {every: 2}, probe: " \
    "{every: 3}}\n"

static const char yaml[] =
    HEAD "data: {corpus: {file: t.txt, context: 6, validation: 0.2, test: "
         "0.2}}\n" MODEL;

/* 60 lines over six words, of no pattern. */
static void set_up(void)
{
    static const char *const words[] = { "the", "cat", "saw", ",", "a", "dog" };
    struct text text = { 0 };

    scratch_open();
    for (size_t l = 0; l < 60; l++)
        for (size_t i = 0, n = 2 + l * l % 5; i <= n; i++)
            text_add_format(&text, "%s%s", words[(l * l + i * (l + 1)) % 6],
                            i < n ? " " : "\n");
    scratch_write(scratch_path("t.txt"), text.data, text.length);
    text_clear(&text);
}

static void load(struct experiment *experiment, const char *text,
                 const char *const *overrides)
{
    struct error error = { 0 };

    scratch_write(scratch_path("e.yaml"), text, strlen(text));
    ck_assert_msg(experiment_load(experiment, scratch_path("e.yaml"), overrides,
                                  false, &error),
                  "%s", said(&error));
}

/* Runs it; the directory in PATH, of 512 bytes. */
static struct metrics run(const char *const *overrides, char *path)
{
    struct experiment experiment;
    struct metrics metrics;
    struct error error = { 0 };
    char *directory;
    bool found;

    load(&experiment, yaml, overrides);
    ck_assert_msg(pipeline_run(&experiment, &experiment.jobs[0],
                               scratch_path("r"), NULL, &directory, &found,
                               &metrics, &error),
                  "%s", said(&error));
    snprintf(path, 512, "%s", directory);
    free(directory);
    experiment_clear(&experiment);
    return metrics;
}

static double value_of(const struct metrics *metrics, const char *name)
{
    ck_assert_msg(metrics_find(metrics, name) != NULL, "no %s", name);
    return metrics_find(metrics, name)->value;
}

START_TEST(what_a_text_decides_is_supplied)
{
    struct experiment experiment;
    const struct data_config *data;

    load(&experiment, yaml, NULL);
    data = &experiment.jobs[0].settings.data;
    ck_assert_str_eq(experiment.jobs[0].settings.language.file, "corpus");
    ck_assert_int_eq(data->objective, OBJECTIVE_NEXT_TOKEN);
    ck_assert_double_eq(data->positives, 1);
    ck_assert_uint_eq(data->train.length.items[0].most, 6);
    ck_assert_str_eq(data->corpus.path, scratch_path("t.txt"));
    ck_assert_ptr_nonnull(data->corpus.checksum);
    experiment_clear(&experiment);
}
END_TEST

/* The training loss is of the same targets as the verdict's; and a run says
 * all that it takes to be had again. */
START_TEST(a_run_stands_alone)
{
    static const char *const on_train[] = { NULL };
    char path[512], config[600];
    struct metrics metrics = run(on_train, path), again;
    struct experiment experiment;
    struct error error = { 0 };
    char *directory;
    bool found;

    ck_assert_double_eq_tol(value_of(&metrics, "trained.test[0].perplexity"),
                            exp(value_of(&metrics, "trained.test[0].loss")),
                            1e-12);
    ck_assert_double_gt(
        value_of(&metrics, "trained.test[0].perplexity.published"),
        exp2(value_of(&metrics, "trained.test[0].loss")) - 1e-9);
    ck_assert_double_eq(value_of(&metrics, "saturation"),
                        value_of(&metrics, "saturation.layers[1]"));
    ck_assert_ptr_null(metrics_find(&metrics, "trained.exhaustive.accuracy"));
    ck_assert_ptr_null(metrics_find(&metrics, "trained.test[0].excess"));
    ck_assert_int_eq(remove(scratch_path("t.txt")), 0);
    snprintf(config, sizeof config, "%s/config.yaml", path);
    ck_assert_msg(experiment_load(&experiment, config, NULL, false, &error),
                  "%s", said(&error));
    ck_assert_msg(pipeline_run(&experiment, &experiment.jobs[0],
                               scratch_path("again"), NULL, &directory, &found,
                               &again, &error),
                  "%s", said(&error));
    ck_assert_str_eq(strrchr(directory, '/'), strrchr(path, '/'));
    ck_assert_double_eq(value_of(&again, "trained.test[0].loss"),
                        value_of(&metrics, "trained.test[0].loss"));
    free(directory);
    experiment_clear(&experiment);
    metrics_clear(&metrics);
    metrics_clear(&again);
}
END_TEST

/* A model that knows nothing gives all its outputs the same share: the words
 * and the end, which no text asks for.  e^ln N is N; 2^ln N is less. */
START_TEST(uniform_models_lose_the_vocabulary)
{
    static const char *const uniform[] = { "model.init.classifier=0",
                                           "train.steps=1", "train.rate=1e-30",
                                           NULL, NULL };
    const char *overrides[5];
    struct metrics metrics;
    double outputs;
    char path[512];

    memcpy(overrides, uniform, sizeof uniform);
    if (_i == TOKENS_PUBLISHED)
        overrides[3] = "data.corpus.tokenisation=published";
    metrics = run(overrides, path);
    outputs = 6 + (_i == TOKENS_PUBLISHED ? 1 : 2) + 1;
    for (int test = 0; test < 2; test++) {
        const char *set = test ? "test[0]" : "validation";
        char name[64];

        snprintf(name, sizeof name, "trained.%s.perplexity", set);
        ck_assert_double_eq_tol(value_of(&metrics, name), outputs, 1e-5);
        snprintf(name, sizeof name, "trained.%s.perplexity.published", set);
        ck_assert_double_eq_tol(value_of(&metrics, name), exp2(log(outputs)),
                                1e-5);
        snprintf(name, sizeof name, "dataset.%s.unigram", set);
        ck_assert_double_lt(value_of(&metrics, name), log(outputs));
    }
    metrics_clear(&metrics);
}
END_TEST

static const struct {
    const char *yaml, *said;
} wrong[] = {
    { HEAD "language: dyck-1\ndata: {corpus: {file: t.txt}}\n" MODEL,
      "2:11: language: data.corpus is a language of its own; accepted: corpus, "
      "or nothing" },
    { HEAD "data: {corpus: {file: none.txt}}\n" MODEL,
      "2:23: data.corpus.file: there is no " },
    { HEAD "data: {objective: membership, corpus: {file: t.txt}}\n" MODEL,
      "2:19: data.objective: a text tells what follows and nothing else; "
      "accepted with a corpus: next-token" },
    { HEAD "data: {train: {count: stream}, corpus: {file: t.txt}}\n" MODEL,
      "2:23: data.train.count: a text ends; accepted: how many strings of it "
      "at most, or nothing" },
    { HEAD "data: {train: {length: 1..9}, corpus: {file: t.txt}}\n" MODEL,
      "2:24: data.train.length: the text is cut at its context; accepted: "
      "1..64, or nothing" },
    { HEAD "data: {test: {length: [1..9]}, corpus: {file: t.txt}}\n" MODEL,
      "2:23: data.test.length: the text is cut at its context; accepted: "
      "1..64, or nothing" },
    { HEAD "data: {disjoint: true, corpus: {file: t.txt}}\n" MODEL,
      "2:18: data.disjoint: parts of a text have no line in common; accepted: "
      "false, or nothing" },
    { HEAD "data: {corpus: {file: t.txt, context: 5000}}\n" MODEL,
      "2:39: data.corpus.context: 5000 tokens are more than the " },
    { HEAD "data: {corpus: {file: t.txt, tokenisation: bytes}}\n" MODEL,
      "2:44: data.corpus.tokenisation: unknown word \"bytes\"; accepted: "
      "standard, published" },
    { HEAD "data: {corpus: {file: t.txt, vocabulary: 2}}\n" MODEL,
      "2:42: data.corpus.vocabulary: out of range: 2; accepted: a whole number "
      "in 3..16384" },
};

START_TEST(what_does_not_fit_is_told)
{
    struct text expected = { 0 };
    struct error error = { 0 };
    char path[512];
    const char *told;

    snprintf(path, sizeof path, "%s", scratch_path("e.yaml"));
    scratch_write(path, wrong[_i].yaml, strlen(wrong[_i].yaml));
    ck_assert(!experiment_check(path, NULL, &error));
    text_add_format(&expected, "%s:%s", path, wrong[_i].said);
    told = said(&error);
    ck_assert_msg(strncmp(told, expected.data, expected.length) == 0, "%s",
                  told);
    text_clear(&expected);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("source");
    TCase *tests = tcase_create("source");

    tcase_add_checked_fixture(tests, set_up, scratch_close);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, what_a_text_decides_is_supplied);
    tcase_add_test(tests, a_run_stands_alone);
    tcase_add_loop_test(tests, uniform_models_lose_the_vocabulary, 0, 2);
    tcase_add_loop_test(tests, what_does_not_fit_is_told, 0,
                        sizeof wrong / sizeof *wrong);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

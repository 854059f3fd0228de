/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "experiment/consistency.h"

#include <string.h>

#include "base/statistics.h"
#include "said.h"
#include "scratch.h"
#include "suite.h"

static const char language[] = "language: l\n"
                               "alphabet: \"0 1\"\n"
                               "finally: \"#1 > #0\"\n";

/* Lines 1 and 2 of every file below. */
#define HEAD  "experiment: e\nlanguage: l\n"
#define DATA  "data: {train: {count: 10, length: 1..4}}\n"
#define TRAIN "train: {rate: 0.1, steps: 5}\n"

/* Each file, and every complaint about it in the file's order. */
static const struct {
    const char *yaml, *said;
} cases[] = {
    { HEAD DATA "model: {d_model: 8, n_heads: 4}\n" TRAIN, "" },
    { HEAD DATA "model:\n"
                "  n_heads: 3\n"
                "  readout: begin\n"
                "  positions: learned\n"
                "  max_length: 3\n" TRAIN,
      "e.yaml:5:12: model.n_heads: 3 heads cannot share d_model 32 evenly\n"
      "e.yaml:6:12: model.readout: the begin mark sees nothing but itself "
      "unless model.mask is full or zero\n"
      "e.yaml:8:15: model.max_length: 3 positions are learned, but strings "
      "have up to 4 symbols\n" },
    /* the block of a key that is not written */
    { HEAD DATA "model: {d_model: 33}\n" TRAIN,
      "e.yaml:4:8: model.n_heads: 2 heads cannot share d_model 33 evenly\n" },
    /* nothing is made of what is wrong already, but of a misspelt key */
    { HEAD DATA "model: {d_model: -33, n_heads: 5, mask: full}\n" TRAIN,
      "e.yaml:4:18: model.d_model: out of range: -33; accepted: a whole number "
      "in 1..16384\n" },
    { HEAD "data: {train: {count: 0, length: 1..4}}\n"
           "train: {rate: 0.1, steps: 5, batch: full}\n",
      "e.yaml:3:23: data.train.count: wrong value \"0\"; accepted: a whole "
      "number in 1..100000000, or the word stream\n" },
    { HEAD DATA "model: {n_heads: 5, d_modell: 33}\n" TRAIN,
      "e.yaml:4:18: model.n_heads: 5 heads cannot share d_model 33 evenly\n"
      "e.yaml:4:21: model.d_modell: unknown key; did you mean \"d_model\"? "
      "(accepted: preset, n_layers, d_model, n_heads, d_ff, norm, affine, "
      "final_norm, positions, position_map, mask, scores, activation, readout, "
      "precision, bias, classifier_bias, epsilon, dropout, max_length, init, "
      "construction, perturb)\n" },
    { HEAD "data: {train: {count: stream, length: 1..4}}\n"
           "train: {rate: 0.1, steps: 5, batch: full}\n",
      "e.yaml:4:37: train.batch: a stream has no full batch; accepted: a whole "
      "number of at least 1\n" },
    { HEAD "data:\n"
           "  train: {count: 10, length: 1..4}\n"
           "  objective: prefix-membership\n"
           "model: {positions: [i/n, (-1)^i], mask: full}\n" TRAIN,
      "e.yaml:6:20: model.positions: prefix-membership asks about every "
      "prefix, and i/n tells it how long the string is; accepted: positions "
      "without n\n"
      "e.yaml:6:41: model.mask: prefix-membership asks about every prefix, and "
      "full lets it see what follows; accepted: causal, strict, zero\n" },
    /* the language's answer stands beside the mistakes of others */
    { HEAD "data: {train: {count: 10, length: 0..0}}\n"
           "model: {construction: anbncn, norm: pre}\n"
           "train: {rate: -1, steps: 5}\n",
      "e.yaml:3:7: data.validation: l has no member of length 0..0\n"
      "e.yaml:3:7: data.test: l has no member of length 0..0\n"
      "e.yaml:3:15: data.train: l has no member of length 0..0\n"
      "e.yaml:4:23: model.construction: anbncn is made for 3 symbols, the "
      "language has 2\n"
      "e.yaml:5:15: train.rate: out of range: -1; accepted: a number above 0, "
      "at most 1e+30\n" },
    /* a preset's value stands where the preset is named */
    { HEAD "data: {train: {count: 10, length: 1..4}, objective: next-set}\n"
           "model: {preset: vaswani}\n" TRAIN,
      "e.yaml:4:17: model.mask: next-set asks about every prefix, and full "
      "lets it see what follows; accepted: causal, strict, zero\n" },
    /* a sweep that is no sweep hides nothing else */
    { HEAD DATA "model: {n_heads: 3}\n" TRAIN "sweep: {seed: 3..1}\n"
                "claim: [{that: norm.ratio >= 1, where: {seed: 1}}]\n",
      "e.yaml:4:18: model.n_heads: 3 heads cannot share d_model 32 evenly\n"
      "e.yaml:6:15: sweep.seed: wrong value \"3..1\"; accepted: a list of "
      "values, a range of whole numbers such as 1..5, or one value\n" },
    /* jobs that share a mistake tell it once, sound ones are still asked */
    { HEAD DATA TRAIN
      "sweep: {data.train.length: [x, 0..0], model.n_heads: [2, 3]}\n",
      "e.yaml:3:7: data.validation: l has no member of length 0..0\n"
      "e.yaml:3:7: data.test: l has no member of length 0..0\n"
      "e.yaml:3:15: data.train: l has no member of length 0..0\n"
      "e.yaml:5:29: data.train.length: wrong value \"x\"; accepted: a range "
      "such as 7 or 2..50, ends at most 100000\n"
      "e.yaml:5:58: model.n_heads: 3 heads cannot share d_model 32 evenly\n" },
};

static void setup(void)
{
    scratch_open();
    ck_assert_int_eq(chdir(scratch), 0);
    scratch_write("l.yaml", language, strlen(language));
}

static void teardown(void)
{
    ck_assert_int_eq(chdir("/"), 0);
    scratch_close();
}

START_TEST(every_mistake_of_a_file_in_its_order)
{
    struct error error = { 0 };
    const char *yaml = cases[_i].yaml;
    bool ok;

    scratch_write("e.yaml", yaml, strlen(yaml));
    ok = experiment_check("e.yaml", NULL, &error);
    ck_assert(ok == (cases[_i].said[0] == '\0'));
    error_sort(&error);
    ck_assert_said(&error, cases[_i].said);
}
END_TEST

/* What the command line sets wrong is its mistake. */
START_TEST(overrides_are_named)
{
    static const char yaml[] = HEAD DATA TRAIN;
    static const char *const overrides[] = { "data.train.count=stream",
                                             "train.batch=full",
                                             "model.positions=learned",
                                             "model.max_length=3", NULL };
    struct error error = { 0 };

    scratch_write("e.yaml", yaml, strlen(yaml));
    ck_assert(!experiment_check("e.yaml", overrides, &error));
    ck_assert_said(&error,
                   "--set train.batch=full: train.batch: a stream has no full "
                   "batch; accepted: a whole number of at least 1\n"
                   "--set model.max_length=3: model.max_length: 3 positions "
                   "are learned, but strings have up to 4 symbols\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("consistency");
    TCase *tests = tcase_create("consistency");

    statistics_start();
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_loop_test(tests, every_mistake_of_a_file_in_its_order, 0,
                        sizeof cases / sizeof *cases);
    tcase_add_test(tests, overrides_are_named);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

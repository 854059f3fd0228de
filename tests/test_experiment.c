/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/statistics.h"
#include "experiment/experiment.h"
#include "model/constructions.h"
#include "said.h"
#include "scratch.h"
#include "suite.h"

static const char language[] = "language: l\n"
                               "alphabet: \"0 1\"\n"
                               "finally: \"#1 > #0\"\n";

static const char plain[] = "experiment: e\n"
                            "language: l\n"
                            "data: {train: {count: 10, length: 1..4}}\n"
                            "model: {d_model: 8, n_layers: 1}\n"
                            "train: {rate: 0.1, steps: 5, probe: {every: 2}}\n";

/* plain, and what else the file says. */
static const char *with(const char *more)
{
    static char yaml[2048];

    snprintf(yaml, sizeof yaml, "%s%s", plain, more);
    return yaml;
}

static void open_folder(void)
{
    scratch_open();
    scratch_write(scratch_path("l.yaml"), language, strlen(language));
    scratch_write(scratch_path("m.yaml"), language, strlen(language));
}

/* Loads YAML from a file beside the languages; failures are the test's. */
static void load(struct experiment *experiment, const char *yaml,
                 const char *const *overrides, bool quick)
{
    const char *path = scratch_path("e.yaml");
    struct error error = { 0 };

    scratch_write(path, yaml, strlen(yaml));
    if (!experiment_load(experiment, path, overrides, quick, &error))
        ck_abort_msg("%s", said(&error));
    ck_assert_uint_eq(error.count, 0);
}

/* ------------------------------------------------------------- defaults */

START_TEST(a_plain_file_is_one_job)
{
    struct experiment experiment;
    const struct settings *s;

    load(&experiment, plain, NULL, false);
    ck_assert_uint_eq(experiment.n_jobs, 1);
    ck_assert_ptr_null(experiment.axes[0]);
    ck_assert_str_eq(experiment.jobs[0].axes, "");
    s = &experiment.jobs[0].settings;
    ck_assert_str_eq(s->name, "e");
    ck_assert_ptr_null(s->about);
    ck_assert_int_eq(s->accept, ACCEPT_POSITIVE);
    ck_assert_uint_eq(s->model.d_model, 8);
    ck_assert_uint_eq(s->seed.data, 1);
    ck_assert_uint_eq(s->seed.order, 1);
    ck_assert_str_eq(experiment.jobs[0].language_path, scratch_path("l.yaml"));
    ck_assert_uint_eq(experiment.jobs[0].data_place.line, 3);
    ck_assert_uint_eq(experiment.jobs[0].data_place.column, 7);
    experiment_clear(&experiment);
}
END_TEST

/* ---------------------------------------------------------------- sweep */

START_TEST(the_first_axis_varies_slowest)
{
    static const char *const axes[] = {
        "model.norm=pre,seed=1,train.rate=0.1",
        "model.norm=pre,seed=1,train.rate=1/2",
        "model.norm=pre,seed=2,train.rate=0.1",
        "model.norm=pre,seed=2,train.rate=1/2",
        "model.norm=none,seed=1,train.rate=0.1",
        "model.norm=none,seed=1,train.rate=1/2",
        "model.norm=none,seed=2,train.rate=0.1",
        "model.norm=none,seed=2,train.rate=1/2",
    };
    struct experiment experiment;

    load(&experiment,
         with("sweep: {model.norm: [pre, none], seed: 1..2, train.rate: [0.1, "
              "1/2]}\n"),
         NULL, false);
    ck_assert_uint_eq(experiment.n_jobs, 8);
    for (size_t j = 0; j < 8; j++) {
        const struct settings *s = &experiment.jobs[j].settings;

        ck_assert_str_eq(experiment.jobs[j].axes, axes[j]);
        ck_assert_int_eq(s->model.norm, j < 4 ? NORM_PRE : NORM_NONE);
        ck_assert_uint_eq(s->seed.init, 1 + j / 2 % 2);
        ck_assert_double_eq(s->train.rate, j % 2 == 0 ? 0.1 : 0.5);
        ck_assert_uint_eq(s->train.steps, 5);
    }
    ck_assert_str_eq(experiment.axes[1], "seed");
    ck_assert_str_eq(experiment.jobs[7].values[1], "2");
    experiment_clear(&experiment);
}
END_TEST

START_TEST(axes_may_hold_lists_languages_and_one_value)
{
    struct experiment experiment;

    load(&experiment,
         with("sweep:\n"
              "  language: [l, m]\n"
              "  data.test.length: [[1..2, 3..4], 5]\n"
              "  seed.init: 9\n"),
         NULL, false);
    ck_assert_uint_eq(experiment.n_jobs, 4);
    ck_assert_str_eq(experiment.jobs[1].axes,
                     "language=l,data.test.length=5,seed.init=9");
    ck_assert_str_eq(experiment.jobs[2].axes,
                     "language=m,data.test.length=[1..2, 3..4],seed.init=9");
    ck_assert_str_eq(experiment.jobs[2].language_path, scratch_path("m.yaml"));
    ck_assert_uint_eq(
        experiment.jobs[2].settings.data.test.length.items[1].most, 4);
    ck_assert_uint_eq(experiment.jobs[3].settings.seed.init, 9);
    ck_assert_uint_eq(experiment.jobs[3].settings.seed.data, 1);
    experiment_clear(&experiment);
}
END_TEST

/* Running a job's own config gives that job again, and no other. */
/* What it needs stands in for standards, not for what the file says. */
START_TEST(a_construction_brings_its_standards)
{
    static const char *const overrides[] = { "sweep.language=[l, dyck-1]",
                                             "model.construction=majority",
                                             NULL };
    static const char *const own[] = { "language=shuffle-2",
                                       "model.construction=own", NULL };
    struct experiment experiment;
    const struct model_config *model;

    scratch_write(scratch_path("dyck-1.yaml"), language, strlen(language));
    scratch_write(scratch_path("shuffle-2.yaml"), language, strlen(language));
    load(&experiment, plain, overrides, false);
    ck_assert_uint_eq(experiment.n_jobs, 2);
    model = &experiment.jobs[1].settings.model;
    ck_assert_int_eq(model->construction, CONSTRUCTION_MAJORITY);
    ck_assert_int_eq(model->norm, NORM_NONE);
    ck_assert(!model->bias);
    ck_assert_uint_eq(model->n_heads, 1);
    ck_assert_uint_eq(model->d_model, 8);
    experiment_clear(&experiment);

    load(&experiment, plain, own, false);
    model = &experiment.jobs[0].settings.model;
    ck_assert_int_eq(model->construction, CONSTRUCTION_SHUFFLE);
    ck_assert_uint_eq(model->n_layers, 1);
    ck_assert_ptr_nonnull(
        strstr(experiment.jobs[0].config, "construction: shuffle"));
    experiment_clear(&experiment);
}
END_TEST

/* What a preset says yields to the file and to a construction. */
START_TEST(a_preset_stands_in_for_standards)
{
    static const char *const overrides[] = {
        "sweep.model.preset=[none, control_drop, si_softmax]",
        "model.mask=strict", "model.scores=plain", NULL
    };
    static const char *const both[] = { "language=dyck-1",
                                        "model.preset=control",
                                        "model.construction=dyck-1", NULL };
    struct experiment experiment;
    const struct model_config *model;

    load(&experiment, plain, overrides, false);
    ck_assert_uint_eq(experiment.n_jobs, 3);
    model = &experiment.jobs[0].settings.model;
    ck_assert_int_eq(model->norm, NORM_PRE);
    ck_assert_double_eq(model->dropout, 0);
    model = &experiment.jobs[1].settings.model;
    ck_assert_int_eq(model->norm, NORM_POST);
    ck_assert_int_eq(model->positions, POSITIONS_LEARNED);
    ck_assert_int_eq(model->mask, MASK_STRICT);
    ck_assert_int_eq(model->scores, SCORES_PLAIN);
    ck_assert_double_eq(model->dropout, 0.1);
    ck_assert_uint_eq(model->d_model, 8);
    ck_assert_ptr_nonnull(strstr(experiment.jobs[1].config, "norm: post"));
    model = &experiment.jobs[2].settings.model;
    ck_assert_int_eq(model->norm, NORM_OUTPUT);
    ck_assert(!model->bias);
    experiment_clear(&experiment);

    scratch_write(scratch_path("dyck-1.yaml"), language, strlen(language));
    load(&experiment, plain, both, false);
    model = &experiment.jobs[0].settings.model;
    ck_assert_int_eq(model->norm, NORM_NONE);
    experiment_clear(&experiment);
}
END_TEST

START_TEST(a_resolved_configuration_is_a_fixed_point)
{
    static const char *const files[] = {
        "",
        "about: \"a: b # c\"\naccept: nonnegative\nseed: {order: 3}\n",
        "sweep: {seed: 1..3, model.norm: [pre, none]}\n",
        "sweep:\n  data.test.length: [[1..2, 3..4], 5]\n  seed.init: [7, 8]\n"
        "  train.probe: [{log: 3}, {every: 1}]\n",
        "seed: 4\nsweep: {seed.init: [4, 5]}\nrequire: [language.counts == "
        "exact]\nclaim: [norm.ratio > 1]\nquick: {seed: 5}\n",
    };
    struct experiment experiment;

    load(&experiment, with(files[_i]), NULL, false);
    for (size_t j = 0; j < experiment.n_jobs; j++) {
        const struct job *job = &experiment.jobs[j];
        const char *path = scratch_path("config.yaml");
        struct experiment again;
        struct error error = { 0 };

        scratch_write(path, job->config, strlen(job->config));
        if (!experiment_load(&again, path, NULL, false, &error))
            ck_abort_msg("%s%s", job->config, said(&error));
        ck_assert_uint_eq(again.n_jobs, 1);
        ck_assert_str_eq(again.jobs[0].config, job->config);
        ck_assert_str_eq(again.jobs[0].axes, job->axes);
        ck_assert_uint_eq(again.require.count + again.claim.count, 0);
        experiment_clear(&again);
        for (size_t k = 0; k < j; k++)
            ck_assert_str_ne(experiment.jobs[k].config, job->config);
    }
    experiment_clear(&experiment);
}
END_TEST

START_TEST(a_run_directory_has_its_own_language)
{
    struct experiment experiment;
    struct error error = { 0 };
    const char *path = scratch_path("config.yaml");

    scratch_write(path, plain, strlen(plain));
    scratch_write(scratch_path("language.yaml"), language, strlen(language));
    ck_assert(experiment_load(&experiment, path, NULL, false, &error));
    ck_assert_str_eq(experiment.jobs[0].language_path,
                     scratch_path("language.yaml"));
    experiment_clear(&experiment);
}
END_TEST

/* experiments/l.yaml about languages/l.yaml: the usual case. */
START_TEST(an_experiment_may_have_its_languages_name)
{
    struct experiment experiment;
    struct error error = { 0 };

    ck_assert_int_eq(mkdir(scratch_path("experiments"), 0777), 0);
    ck_assert_int_eq(mkdir(scratch_path("languages"), 0777), 0);
    scratch_write(scratch_path("experiments/l.yaml"), plain, strlen(plain));
    scratch_write(scratch_path("languages/l.yaml"), language, strlen(language));
    ck_assert(experiment_load(&experiment, scratch_path("experiments/l.yaml"),
                              NULL, false, &error));
    ck_assert_str_eq(experiment.jobs[0].language_path,
                     scratch_path("languages/l.yaml"));
    experiment_clear(&experiment);
}
END_TEST

/* ---------------------------------------------------------------- quick */

static const char quick[] =
    "sweep: {seed: 1..5, model.norm: [pre, none]}\n"
    "require: [language.counts == exact]\n"
    "claim: [norm.ratio > 1, norm.ratio < 9]\n"
    "quick:\n"
    "  train.steps: 3\n"
    "  train: {batch: 7}\n"
    "  train.probe: {log: 2}\n"
    "  data: {validation: {count: 6}, negatives: {edit-1: 1}}\n"
    "  sweep.seed: 1\n"
    "  claim: [norm.ratio > 0]\n";

START_TEST(quick_waits_to_be_asked)
{
    struct experiment experiment;

    load(&experiment, with(quick), NULL, false);
    ck_assert_uint_eq(experiment.n_jobs, 10);
    ck_assert_uint_eq(experiment.jobs[0].settings.train.steps, 5);
    ck_assert_uint_eq(experiment.claim.count, 2);
    experiment_clear(&experiment);
}
END_TEST

/* Blocks of settings are merged, single values are replaced whole. */
START_TEST(quick_merges)
{
    struct experiment experiment;
    const struct settings *s;

    load(&experiment, with(quick), NULL, true);
    ck_assert_uint_eq(experiment.n_jobs, 2);
    ck_assert_str_eq(experiment.jobs[1].axes, "seed=1,model.norm=none");
    s = &experiment.jobs[0].settings;
    ck_assert_uint_eq(s->train.steps, 3);
    ck_assert_uint_eq(s->train.batch, 7);
    ck_assert_double_eq(s->train.rate, 0.1);
    ck_assert_uint_eq(s->train.probe.log, 2);
    ck_assert_uint_eq(s->train.probe.every, 0);
    ck_assert_uint_eq(s->data.train.count, 10);
    ck_assert_uint_eq(s->data.validation.count, 6);
    ck_assert_uint_eq(s->data.negatives.count, 1);
    ck_assert_str_eq(s->data.negatives.items[0].name, "edit-1");
    ck_assert_uint_eq(experiment.require.count, 1);
    ck_assert_uint_eq(experiment.claim.count, 1);
    ck_assert_str_eq(experiment.claim.items[0].text, "norm.ratio > 0");
    experiment_clear(&experiment);
}
END_TEST

/* ------------------------------------------------------------ overrides */

START_TEST(overrides_come_last)
{
    static const char *const overrides[] = { "train.steps=11", "seed=8",
                                             "model={d_ff: 16}", NULL };
    struct experiment experiment;
    const struct settings *s;

    load(&experiment, with("quick: {train.steps: 3}\n"), overrides, true);
    s = &experiment.jobs[0].settings;
    ck_assert_uint_eq(s->train.steps, 11);
    ck_assert_uint_eq(s->seed.data, 8);
    ck_assert_uint_eq(s->model.d_ff, 16);
    ck_assert_uint_eq(s->model.d_model, 32); /* the map was replaced */
    experiment_clear(&experiment);
}
END_TEST

START_TEST(an_override_of_an_axis_leaves_one_value)
{
    static const char *const overrides[] = { "seed=8", "seed.init=3",
                                             "sweep.train.rate=[0.5, 0.25]",
                                             NULL };
    struct experiment experiment;

    load(&experiment, with("sweep: {seed: 1..5, train.steps: [1, 2]}\n"),
         overrides, false);
    ck_assert_uint_eq(experiment.n_jobs, 4);
    ck_assert_str_eq(experiment.jobs[3].axes,
                     "seed=8,train.steps=2,train.rate=0.25");
    ck_assert_uint_eq(experiment.jobs[3].settings.seed.order, 8);
    ck_assert_uint_eq(experiment.jobs[3].settings.seed.init, 3);
    experiment_clear(&experiment);
}
END_TEST

/* A full run is not filed as a quick one; an empty block says it may be. */
START_TEST(quick_needs_its_block)
{
    static const char *const without[] = { "", "quick: ~\n" };
    const char *path = scratch_path("e.yaml");
    struct experiment experiment;

    for (size_t i = 0; i < 2; i++) {
        const char *yaml = with(without[i]);
        struct error error = { 0 };

        scratch_write(path, yaml, strlen(yaml));
        ck_assert(!experiment_load(&experiment, path, NULL, true, &error));
        ck_assert_ptr_nonnull(strstr(said(&error),
                                     "e.yaml: quick: there is no quick block; "
                                     "leave out --quick, or write one: "));
        ck_assert(experiment_check(path, NULL, &error));
    }
    load(&experiment, with("quick: {}\n"), NULL, true);
    experiment_clear(&experiment);
}
END_TEST

/* But for those that the file asks for without its block as well. */
START_TEST(quick_jobs_are_marked)
{
    static const char *const shorter[] = { "train.steps=3", NULL };
    static const char sweep[] = "sweep: {seed: 1..3}\n"
                                "quick: {sweep.seed: 3..4, train.steps: 3}\n";
    struct experiment experiment;

    load(&experiment, with(sweep), NULL, false);
    ck_assert(!experiment.jobs[0].quick && !experiment.jobs[2].quick);
    experiment_clear(&experiment);
    load(&experiment, with(sweep), NULL, true);
    ck_assert(experiment.jobs[0].quick && experiment.jobs[1].quick);
    experiment_clear(&experiment);
    load(&experiment, with(sweep), shorter, true);
    ck_assert(!experiment.jobs[0].quick && experiment.jobs[1].quick);
    experiment_clear(&experiment);
}
END_TEST

/* Claims are about every run of the file; others may be there as well. */
START_TEST(a_narrowed_sweep_is_not_whole)
{
    static const struct {
        const char *override;
        bool whole, quick;
    } cases[] = {
        { NULL, true, true },
        { "seed=2", false, true },
        { "sweep.seed=1", false, false },
        { "sweep.seed=2..3", false, true },
        { "sweep.seed=1..3", true, true },
        { "train.steps=5", true, true },
        { "train.steps=6", false, false },
        { "sweep.model.norm=pre", false, false },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *const overrides[] = { cases[i].override, NULL };
        struct experiment experiment;

        for (int asked = 0; asked < 2; asked++) {
            load(&experiment,
                 with("sweep: {seed: [1, 2]}\nquick: {sweep.seed: 2}\n"),
                 overrides, asked);
            ck_assert_msg(experiment_is_whole(&experiment, asked) ==
                              (asked ? cases[i].quick : cases[i].whole),
                          "%zu, quick %d", i, asked);
            experiment_clear(&experiment);
        }
    }
}
END_TEST

/* ------------------------------------------------------------- mistakes */

/* In the folder of the files, so that messages have no path of its own. */
static void open_and_enter(void)
{
    open_folder();
    ck_assert_int_eq(chdir(scratch), 0);
}

static void leave_and_close(void)
{
    ck_assert_int_eq(chdir("/"), 0);
    scratch_close();
}

/* Lines 1 to 5 are the plain file. */
static const struct {
    const char *more, *override, *said;
} mistakes[] = {
    { "modle: {}\n", NULL,
      "e.yaml:6:1: modle: unknown key; did you mean \"model\"? (accepted: "
      "experiment, about, language, accept, data, model, train, saturation, "
      "verify, seed, sweep, require, claim, quick)\n" },
    { "accept: zero\nseed: -1\n", NULL,
      "e.yaml:6:9: accept: unknown word \"zero\"; accepted: positive, "
      "nonnegative\n"
      "e.yaml:7:7: seed: wrong value \"-1\"; accepted: a whole number, or a "
      "map of data, init, order\n" },
    { "seed: {dat: 1}\n", NULL,
      "e.yaml:6:8: seed.dat: unknown key; did you mean \"data\"? (accepted: "
      "data, init, order)\n" },
    { "", "model.construction=own",
      "--set model.construction=own: model.construction: no construction has "
      "the name of the language\n" },
    { "", "model.construction=anbncn",
      "--set model.construction=anbncn: model.construction: anbncn is made for "
      "3 symbols, the "
      "language has 2\n" },
    { "", "model.preset=bert",
      "--set model.preset=bert: model.preset: unknown word \"bert\"; "
      "accepted: none, si_softmax, no_scale, control, control_rel, bias, "
      "post_ln, bias_scaled, bias_scaled_rel, si_softmax_scaled, "
      "control_drop, si_drop, bias_scaled_drop, bias_scaled_drop3, pre_norm, "
      "vaswani\n" },
    { "sweep: [seed]\n", NULL,
      "e.yaml:6:8: sweep: wrong type: a list; accepted: a map of key paths to "
      "lists of values\n" },
    { "sweep: {seed: []}\n", NULL,
      "e.yaml:6:15: sweep.seed: an axis without values; accepted: a list of "
      "values, a range of whole numbers such as 1..5, or one value\n" },
    { "sweep: {seed: 5..1}\n", NULL,
      "e.yaml:6:15: sweep.seed: wrong value \"5..1\"; accepted: a list of "
      "values, a range of whole numbers such as 1..5, or one value\n" },
    { "sweep: {seed: 0..20000}\n", NULL,
      "e.yaml:6:15: sweep.seed: more than 10000 values: 0..20000\n" },
    { "sweep: {seed: 0..999, train.steps: 0..999}\n", NULL,
      "e.yaml:6:8: sweep: more than 10000 combinations\n" },
    { "sweep: {seed: [1, 2, 1]}\n", NULL,
      "e.yaml:6:22: sweep.seed: 1, value 3, is value 1 again\n" },
    { "sweep: {seed: [1, 2, {data: 1, init: 1, order: 1}]}\n", NULL,
      "e.yaml:6:22: sweep.seed: {data: 1, init: 1, order: 1}, value 3, is "
      "value 1 again\n" },
    { "sweep: {train.rate: [0.1, 1/10], seed: 1..3, model.norm: [pre, "
      "\"pre\"]}\n",
      NULL,
      "e.yaml:6:64: sweep.model.norm: \"pre\", value 2, is value 1 again\n"
      "e.yaml:6:27: sweep.train.rate: 1/10, value 2, is value 1 again\n" },
    { "sweep: {train: {rate: [1, 2]}}\n", NULL,
      "e.yaml:6:16: sweep.train: wrong type: a map; accepted: a list of "
      "values, a range of whole numbers such as 1..5, or one value\n" },
    { "sweep: {claim: [1, 2]}\n", NULL,
      "e.yaml:6:9: sweep.claim: cannot vary from run to run\n" },
    { "sweep: {experiment: [a, b]}\n", NULL,
      "e.yaml:6:9: sweep.experiment: cannot vary from run to run\n" },
    { "sweep: {seed: 1..2, seed.init: 1..2}\n", NULL,
      "e.yaml:6:9: sweep.seed: replaces what another axis varies\n" },
    /* once, though every job has it */
    { "sweep: {seed: 1..9, trian.rate: 1}\n", NULL,
      "e.yaml:6:21: sweep.trian.rate: unknown key; did you mean \"train\"? "
      "(accepted: language, accept, data, model, train, saturation, verify, "
      "seed)\n" },
    { "sweep: {model.norm: [pre, pots], seed: 1..9}\n", NULL,
      "e.yaml:6:27: model.norm: unknown word \"pots\"; did you mean \"post\"? "
      "(accepted: pre, post, output, none)\n" },
    { "sweep: {train.rate.x: [1]}\n", NULL,
      "e.yaml:6:9: sweep.train.rate.x: no such place: the path goes through a "
      "value, or has an empty word\n" },
    { "sweep: {model.n_heads: [2, 3]}\n", NULL,
      "e.yaml:6:28: model.n_heads: 3 heads cannot share d_model 8 evenly\n" },
    { "model: {}\n", NULL,
      "e.yaml:6:1: model: duplicate key; the first is at 4:1\n" },
    { "quick: 7\n", NULL,
      "e.yaml:6:8: quick: wrong value \"7\"; accepted: a map of key paths to "
      "values\n" },
    { "quick: {train.stesp: 3}\n", NULL,
      "e.yaml:6:9: train.stesp: unknown key; did you mean \"steps\"? "
      "(accepted: optimizer, momentum, dampening, betas, alpha, eps, "
      "weight_decay, decay, clip_norm, clip_value, batch, rate, schedule, "
      "warmup, hold, steps, from, record, probe, checkpoint)\n" },
    { "", "train.steps=many",
      "--set train.steps=many: train.steps: wrong value \"many\"; accepted: a "
      "whole number in 0..1000000000000\n" },
    { "", "train.stepz=1",
      "--set train.stepz=1: train.stepz: unknown key; did you mean \"steps\"? "
      "(accepted: optimizer, momentum, dampening, betas, alpha, eps, "
      "weight_decay, decay, clip_norm, clip_value, batch, rate, schedule, "
      "warmup, hold, steps, from, record, probe, checkpoint)\n" },
    { "", "train.rate.x=1",
      "--set train.rate.x=1: train.rate.x: no such place: the path goes "
      "through a value, or has an empty word\n" },
    { "", "seed", "--set seed: not an assignment; accepted: key.path=value\n" },
    { "", "claim=[]",
      "--set claim=[]: claim: cannot be set from the command line; an axis "
      "can: sweep.KEY=VALUES\n" },
    { "sweep: {model.norm: [pre]}\n", "model={}",
      "--set model={}: model: would replace what sweep.model.norm varies\n" },
    /* each alone is fine */
    { "", "train.batch=full", NULL },
    { "", "data.train.count=stream", NULL },
};

/* Both loads, as written and quick, say the same. */
START_TEST(complains_with_places)
{
    const char *overrides[] = { mistakes[_i].override, NULL };
    struct error error = { 0 };
    const char *yaml = with(mistakes[_i].more);
    bool ok;

    scratch_write("e.yaml", yaml, strlen(yaml));
    ok = experiment_check("e.yaml", overrides, &error);
    ck_assert(ok == (mistakes[_i].said == NULL));
    ck_assert(ok || error.kind == ERROR_CONFIG);
    ck_assert_said(&error, mistakes[_i].said != NULL ? mistakes[_i].said : "");
}
END_TEST

START_TEST(all_mistakes_at_once)
{
    static const char yaml[] = "experiment: a b\n"
                               "language: nowhere\n"
                               "data: {train: {count: 0, length: 4..1}}\n"
                               "train: {rate: -1}\n"
                               "claim: [norm.ratio]\n";
    struct error error = { 0 };

    scratch_write("e.yaml", yaml, strlen(yaml));
    ck_assert(!experiment_check("e.yaml", NULL, &error));
    ck_assert_uint_eq(error.count, 7);
    ck_assert_uint_eq(error.complaints[0].line, 1);
    ck_assert_str_eq(error.complaints[1].key, "data.train.count");
    ck_assert_str_eq(error.complaints[2].key, "data.train.length");
    ck_assert_str_eq(error.complaints[3].key, "train.rate");
    ck_assert_str_eq(error.complaints[4].key, "train.steps");
    ck_assert_uint_eq(error.complaints[5].line, 2);
    ck_assert_str_eq(error.complaints[6].key, "claim[0]");
    error_clear(&error);
}
END_TEST

START_TEST(a_file_that_is_not_there_is_no_configuration)
{
    struct error error = { 0 };

    ck_assert(!experiment_check("absent.yaml", NULL, &error));
    ck_assert_int_eq(error.kind, ERROR_IO);
    ck_assert_uint_eq(error.count, 1);
    error_clear(&error);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("experiment");
    TCase *cases = tcase_create("jobs"), *wrong = tcase_create("mistakes");

    statistics_start();
    tcase_add_checked_fixture(cases, open_folder, scratch_close);
    tcase_add_test(cases, a_plain_file_is_one_job);
    tcase_add_test(cases, the_first_axis_varies_slowest);
    tcase_add_test(cases, axes_may_hold_lists_languages_and_one_value);
    tcase_add_test(cases, a_construction_brings_its_standards);
    tcase_add_test(cases, a_preset_stands_in_for_standards);
    tcase_add_loop_test(cases, a_resolved_configuration_is_a_fixed_point, 0, 5);
    tcase_add_test(cases, a_run_directory_has_its_own_language);
    tcase_add_test(cases, an_experiment_may_have_its_languages_name);
    tcase_add_test(cases, quick_waits_to_be_asked);
    tcase_add_test(cases, quick_merges);
    tcase_add_test(cases, quick_needs_its_block);
    tcase_add_test(cases, quick_jobs_are_marked);
    tcase_add_test(cases, overrides_come_last);
    tcase_add_test(cases, an_override_of_an_axis_leaves_one_value);
    tcase_add_test(cases, a_narrowed_sweep_is_not_whole);
    tcase_add_checked_fixture(wrong, open_and_enter, leave_and_close);
    tcase_add_loop_test(wrong, complains_with_places, 0,
                        sizeof mistakes / sizeof *mistakes);
    tcase_add_test(wrong, all_mistakes_at_once);
    tcase_add_test(wrong, a_file_that_is_not_there_is_no_configuration);
    suite_add_tcase(suite, cases);
    suite_add_tcase(suite, wrong);
    return suite_run(suite);
}

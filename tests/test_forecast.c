/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "experiment/forecast.h"

#include <stdio.h>
#include <string.h>

#include "base/statistics.h"
#include "experiment/pipeline.h"
#include "said.h"
#include "scratch.h"
#include "suite.h"

static const char language[] = "language: l\n"
                               "alphabet: \"0 1\"\n"
                               "finally: \"#1 > #0\"\n";

/* Everything on, and small; %s: more of `data`, and what is claimed. */
static const char experiment[] =
    "experiment: e\n"
    "language: l\n"
    "data:\n"
    "  train: {count: 40, length: 1..6}\n"
    "  validation: {count: 10, length: 1..6}\n"
    "  test: {count: 30, length: [1..6, 7..9]}\n"
    "  %s\n"
    "model: {n_layers: 2, d_model: 8, d_ff: 8}\n"
    "train: {batch: 7, rate: 0.1, steps: 12, record: {every: 1}}\n"
    "saturation: {scales: [1, 0.5], sharpening: [10]}\n"
    "verify: {exhaustive: 15, samples: 6}\n"
    "sweep: {seed: [1, 2], model.norm: [pre, output]}\n"
    "claim:%s\n";

static bool load(struct experiment *out, const char *data, const char *claim,
                 const char *const *overrides, struct error *error)
{
    char yaml[4096];

    snprintf(yaml, sizeof yaml, experiment, data, claim);
    scratch_write(scratch_path("l.yaml"), language, strlen(language));
    scratch_write(scratch_path("e.yaml"), yaml, strlen(yaml));
    return experiment_load(out, scratch_path("e.yaml"), overrides, false,
                           error);
}

/* The same with the bin of every set changed to one that is not there. */
static bool spoil(const char *name, struct text *out)
{
    const char *bin = strstr(name, "[1]");

    if (bin == NULL)
        return false;
    text_add_bytes(out, name, (size_t)(bin - name));
    text_add_format(out, "[2]%s", bin + 3);
    return true;
}

static const char *const data[] = {
    "negatives: {uniform: 1/2, edit-1: 1/2}",
    "objective: next-set\n  negatives: {edit-1: 1}",
    "objective: next-set\n  positives: 1",
    "objective: next-token\n  positives: 1",
    "objective: prefix-membership",
};

/* What a run came to have was foreseen, and in no other bin. */
START_TEST(what_comes_was_foreseen)
{
    const struct progress none = { 0 };
    struct experiment loaded;
    struct error error = { 0 };
    struct metrics metrics;
    bool found;
    char *path;

    statistics_start();
    ck_assert_msg(load(&loaded, data[_i], "", NULL, &error), "%s",
                  said(&error));
    ck_assert(pipeline_run(&loaded, &loaded.jobs[0], scratch_path("out"), &none,
                           &path, &found, &metrics, &error));
    ck_assert_uint_gt(metrics.count, 100);
    for (size_t i = 0; i < metrics.count; i++) {
        const char *name = metrics.items[i].name;
        struct text why = { 0 }, other = { 0 };

        ck_assert_msg(forecast_metric(&loaded.jobs[0].settings, name, &why),
                      "%s: %s", name, why.data);
        if (spoil(name, &other))
            ck_assert_msg(
                !forecast_metric(&loaded.jobs[0].settings, other.data, &why),
                "%s", other.data);
        text_clear(&why);
        text_clear(&other);
    }
    metrics_clear(&metrics);
    experiment_clear(&loaded);
    free(path);
}
END_TEST

/* Claims, and what is said of them; line 14 is the first one's. */
static const struct {
    const char *data, *claim, *said;
} refused[] = {
    { "", "\n  - limit.test[2].accuracy > 0",
      "14:5: claim[0]: run seed=1,model.norm=pre has no "
      "limit.test[2].accuracy: data.test.length has 2 bins: test[0], "
      "test[1]\n" },
    { "", "\n  - norm.ratio > trained.verify[7].low",
      "14:18: claim[0]: run seed=1,model.norm=pre has no "
      "trained.verify[7].low: data.test.length has 2 bins: verify[0], "
      "verify[1]\n" },
    { "", "\n  - {that: \"scaled=5.test[0].accuracy > 0\", where: {seed: 2}}",
      "14:13: claim[0].that: run seed=2,model.norm=pre has no "
      "scaled=5.test[0].accuracy: saturation.scales has 1, 0.5\n" },
    { "", "\n  - sharpened=1.test[0].low > 0",
      "14:5: claim[0]: run seed=1,model.norm=pre has no "
      "sharpened=1.test[0].low: saturation.sharpening has 10\n" },
    { "", "\n  - trained.test[1].edit-1.accuracy > 0",
      "14:5: claim[0]: run seed=1,model.norm=pre has no "
      "trained.test[1].edit-1.accuracy: no class \"edit-1\"; there are "
      "members, uniform\n" },
    { "", "\n  - trained.exhaustive.uniform.accuracy > 0",
      "14:5: claim[0]: run seed=1,model.norm=pre has no "
      "trained.exhaustive.uniform.accuracy: the classes of exhaustive are "
      "members and outside\n" },
    { "", "\n  - untrained.exhaustive.accuracy > 0",
      "14:5: claim[0]: run seed=1,model.norm=pre has no "
      "untrained.exhaustive.accuracy: it decides nothing but the tests\n" },
    { "", "\n  - trained.test[0].perplexity > 0",
      "14:5: claim[0]: run seed=1,model.norm=pre has no "
      "trained.test[0].perplexity: of membership there are accuracy, "
      "agreement, undecided, low and high\n" },
    { "objective: next-set", "\n  - trained.test[0].excess > 0",
      "14:5: claim[0]: run seed=1,model.norm=pre has no "
      "trained.test[0].excess: only next-token has an excess, on tests\n" },
    { "objective: next-set", "\n  - prior.test[0].accuracy > 0",
      "14:5: claim[0]: run seed=1,model.norm=pre has no "
      "prior.test[0].accuracy: only membership has a prior\n" },
    { "", "\n  - layers.2.norm.ratio > 0",
      "14:5: claim[0]: run seed=1,model.norm=pre has no layers.2.norm.ratio: "
      "model.n_layers is 2, and the first is 0\n" },
    { "", "\n  - saturation.layers[2] > 0",
      "14:5: claim[0]: run seed=1,model.norm=pre has no saturation.layers[2]: "
      "model.n_layers is 2, and the first is 0\n" },
    { "", "\n  - saturation.begin > 0",
      "14:5: claim[0]: run seed=1,model.norm=pre has no saturation.begin: "
      "there are saturation, saturation.start, saturation.layers[0], "
      "saturation.start.layers[0] and saturation.rise\n" },
    { "", "\n  - norm.raito > 0",
      "14:5: claim[0]: run seed=1,model.norm=pre has no norm.raito: no norm "
      "\"raito\"; there are start, final, ratio, fall\n" },
    { "", "\n  - growth.cubic.r2 > 0",
      "14:5: claim[0]: run seed=1,model.norm=pre has no growth.cubic.r2: no "
      "law \"cubic\"; there are sqrt, linear, root4, log, log-power, power, "
      "exponential, log-log\n" },
    { "", "\n  - dataset.test[0].entropy > 0",
      "14:5: claim[0]: run seed=1,model.norm=pre has no "
      "dataset.test[0].entropy: entropies are of next-token alone\n" },
    { "", "\n  - {that: norm.ratio > 0, where: {model.norm: [post, pre]}}",
      "14:49: claim[0].that: no run has model.norm post\n" },
    { "", "\n  - {that: norm.ratio > 0, where: {seed: 3}}\n  - loss.first > 0",
      "15:5: claim[1]: run seed=1,model.norm=pre has no loss.first: "
      "there is loss.final\n" },
};

START_TEST(what_cannot_come_is_refused)
{
    struct experiment loaded;
    struct error error = { 0 };
    const char *text;

    ck_assert(
        !load(&loaded, refused[_i].data, refused[_i].claim, NULL, &error));
    ck_assert_int_eq(error.kind, ERROR_CONFIG);
    text = said(&error);
    ck_assert_msg(strstr(text, refused[_i].said) != NULL, "got  %s\nwant %s",
                  text, refused[_i].said);
}
END_TEST

static const struct {
    const char *set, *claim, *said; /* NULL: nothing */
} changed[] = {
    { "saturation.limit=false", "\n  - saturation > 0",
      "saturation.limit is false" },
    { "saturation.limit=false", "\n  - heads.right.mean > 0",
      "saturation.limit is false" },
    { "data.validation.count=0", "\n  - saturation > 0",
      "data.validation.count is 0" },
    { "saturation.attention=false", "\n  - attention.test[0].low > 0",
      "saturation.attention is false" },
    { "saturation.encoder=false", "\n  - encoder.test[0].low > 0",
      "saturation.encoder is false" },
    { "verify.samples=0", "\n  - trained.verify[0].low > 0",
      "verify.samples is 0" },
    { "verify.exhaustive=0", "\n  - exhaustive.most > 0",
      "verify.exhaustive is 0" },
    { "data.test.count=0", "\n  - test[0].most > 0", "data.test.count is 0" },
    { "data.train.count=stream", "\n  - dataset.train.distinct > 0",
      "of a stream nothing is counted" },
    { "saturation.scales=[]", "\n  - scaled=1.test[0].low > 0",
      "saturation.scales has none" },
    /* a sweep narrowed to others asks nothing of these */
    { "model.norm=output",
      "\n  - {that: norm.ratio > 0, where: {model.norm: pre}}", NULL },
    { "seed=7", "\n  - {that: norm.ratio > 0, where: {seed: 1}}", NULL },
};

/* What the command line switched off is not asked, and says why. */
START_TEST(settings_decide)
{
    const char *const sets[] = { changed[_i].set, NULL };
    struct experiment loaded;
    struct error error = { 0 };
    const struct claim *claim;

    ck_assert_msg(load(&loaded, "", changed[_i].claim, sets, &error), "%s",
                  said(&error));
    claim = &loaded.claim.items[0];
    ck_assert((claim->open == NULL) == (changed[_i].said == NULL));
    if (claim->open != NULL)
        ck_assert_msg(strstr(claim->open, changed[_i].said) != NULL, "%s",
                      claim->open);
    experiment_clear(&loaded);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

int main(void)
{
    Suite *suite = suite_create("forecast");
    TCase *tests = tcase_create("forecast");

    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, scratch_open, scratch_close);
    tcase_add_loop_test(tests, what_comes_was_foreseen, 0, COUNT(data));
    tcase_add_loop_test(tests, what_cannot_come_is_refused, 0, COUNT(refused));
    tcase_add_loop_test(tests, settings_decide, 0, COUNT(changed));
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

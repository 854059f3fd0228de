/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/statistics.h"
#include "experiment/claim.h"
#include "suite.h"

static const char *const axes[] = { "model.norm", "seed", "train.rate", NULL };

/* Reads YAML as the claims of `claim:`; complaints as printed into SHOWN. */
static bool read_claims(struct yaml_document *document, struct claims *claims,
                        const char *yaml, char shown[1024])
{
    struct error error = { 0 };
    FILE *stream;
    bool ok = yaml_parse(document, yaml, strlen(yaml), "x.yaml", &error) &&
              claims_read(claims, document->root, "claim", axes, &error);

    memset(shown, 0, 1024);
    stream = fmemopen(shown, 1023, "w");
    error_print(&error, stream);
    fclose(stream);
    ck_assert(ok == (error.count == 0));
    error_clear(&error);
    return ok;
}

/* -------------------------------------------------------------- reading */

static const struct {
    const char *yaml, *metric;
    int comparison;
    double number;
    const char *word, *other;
    int over;
} readable[] = {
    { "- trained.test[0].accuracy >= 0.99", "trained.test[0].accuracy",
      GREATER_EQUAL, 0.99, NULL, NULL, OVER_MIN },
    { "- language.counts == exact", "language.counts", EQUAL, 0, "exact", NULL,
      OVER_MIN },
    { "- language.counts==exact", "language.counts", EQUAL, 0, "exact", NULL,
      OVER_MIN },
    { "- scaled=10.test[1].accuracy<1/2", "scaled=10.test[1].accuracy", LESS,
      0.5, NULL, NULL, OVER_MIN },
    { "- scaled=0.5.verify[1].edit-2.low > .5",
      "scaled=0.5.verify[1].edit-2"
      ".low",
      GREATER, 0.5, NULL, NULL, OVER_MIN },
    { "- 'saturation <= 1'", "saturation", LESS_EQUAL, 1, NULL, NULL,
      OVER_MIN },
    { "- {that: limit.exhaustive.accuracy > trained.exhaustive.accuracy,"
      " over: all}",
      "limit.exhaustive.accuracy", GREATER, 0, NULL,
      "trained.exhaustive.accuracy", OVER_ALL },
    { "- {that: growth.power.p != -0.5, over: median}", "growth.power.p",
      UNEQUAL, -0.5, NULL, NULL, OVER_MEDIAN },
    { "- norm.ratio >= 1e1", "norm.ratio", GREATER_EQUAL, 10, NULL, NULL,
      OVER_MIN },
    { "- shortcut.length-parity.test[0].accuracy < 0.6",
      "shortcut.length-parity.test[0].accuracy", LESS, 0.6, NULL, NULL,
      OVER_MIN },
};

static bool same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

START_TEST(reads_claims)
{
    struct yaml_document document = { 0 };
    struct claims claims = { 0 };
    char shown[1024];
    const struct claim *claim;

    ck_assert_msg(read_claims(&document, &claims, readable[_i].yaml, shown),
                  "%s", shown);
    ck_assert_uint_eq(claims.count, 1);
    claim = claims.items;
    ck_assert_str_eq(claim->metric, readable[_i].metric);
    ck_assert_int_eq(claim->comparison, readable[_i].comparison);
    ck_assert_double_eq(claim->number, readable[_i].number);
    ck_assert(same_text(claim->word, readable[_i].word));
    ck_assert(same_text(claim->other, readable[_i].other));
    ck_assert_int_eq(claim->over, readable[_i].over);
    claims_clear(&claims);
    yaml_clear(&document);
}
END_TEST

/* Columns were counted by hand. */
static const struct {
    const char *yaml, *shown;
} unreadable[] = {
    { "- trained.test[0].accuracy", "x.yaml:1:27: claim[0]: no comparison "
                                    "here; accepted: METRIC, one of == != < "
                                    "<= > >=, and a number, word or metric\n" },
    { "- norm.ratio = 5", "x.yaml:1:14: claim[0]: unknown comparison \"=\"; "
                          "did you mean \"==\"?\n" },
    { "- norm.ratio=5", "x.yaml:1:15: claim[0]: no comparison here; "
                        "accepted: METRIC, one of == != < <= > >=, and a "
                        "number, word or metric\n" },
    { "- norm.ratio >= ", "x.yaml:1:16: claim[0]: nothing to compare with; "
                          "accepted: a number, word or metric\n" },
    { "- \"norm.ratio >= 5 x\"", "x.yaml:1:20: claim[0]: surplus text; "
                                 "accepted: METRIC COMPARISON VALUE\n" },
    { "- norm.ratio >= big", "x.yaml:1:17: claim[0]: a word can be compared "
                             "by == and != alone\n" },
    { "- norm.ratio >= 0x10", "x.yaml:1:17: claim[0]: neither a number nor a "
                              "word nor a metric\n" },
    { "- x.y > 1", "x.yaml:1:3: claim[0]: unknown metric \"x\"; accepted" },
    { "- 0.99 <= norm.ratio", "x.yaml:1:3: claim[0]: a claim begins with a "
                              "metric, such as limit.test[0].accuracy\n" },
    { "- trianed.test[0].accuracy >= 1",
      "x.yaml:1:3: claim[0]: unknown metric \"trianed\"; did you mean "
      "\"trained\"? (accepted: trained, limit, attention, encoder, scaled, "
      "sharpened, untrained, prior, shortcut, norm, saturation, loss, growth, "
      "path, layers, heads, language, dataset, steps, validation, test, "
      "exhaustive, verify)\n" },
    { "- shortcut.lenght.test[0].accuracy < 0.6",
      "x.yaml:1:12: claim[0]: unknown shortcut \"lenght\"; did you mean "
      "\"length\"? (accepted: prior, length, length-parity, first-last, "
      "counts, bigrams)\n" },
    { "- shortcut.length-parity.tset[0].accuracy < 0.6",
      "x.yaml:1:26: claim[0]: unknown set of strings \"tset\"; did you mean "
      "\"test\"? (accepted: validation, test, exhaustive, verify)\n" },
    { "- limit.tset[0].accuracy >= 1",
      "x.yaml:1:9: claim[0]: unknown set of strings \"tset\"; did you mean "
      "\"test\"? (accepted: validation, test, exhaustive, verify)\n" },
    { "- limit.test[0].acuracy >= 1",
      "x.yaml:1:17: claim[0]: unknown measure \"acuracy\"; did you mean "
      "\"accuracy\"? (accepted: accuracy, agreement, undecided, low, high, "
      "loss, position_accuracy, membership, perplexity, excess, "
      "published)\n" },
    { "- limit.exhaustive >= 1",
      "x.yaml:1:19: claim[0]: no measure; accepted: accuracy, agreement, "
      "undecided, low, high, loss, position_accuracy, membership, perplexity, "
      "excess, published\n" },
    { "- {that: norm.ratio > 1, where: {model.nrom: pre}}",
      "x.yaml:1:34: claim[0].where.model.nrom: no axis of the sweep; did you "
      "mean \"model.norm\"?\n" },
    { "- {that: norm.ratio > 1, where: {model.norm: {a: 1}}}",
      "x.yaml:1:46: claim[0].where.model.norm: wrong type: a map; accepted: a "
      "value of the axis, or a list of them\n" },
    { "- {that: norm.ratio > 1, ovr: min}",
      "x.yaml:1:26: claim[0].ovr: unknown key; did you mean \"over\"? "
      "(accepted: that, where, over)\n" },
    { "- {that: norm.ratio > 1, over: mean}",
      "x.yaml:1:32: claim[0].over: unknown word \"mean\"; did you mean "
      "\"min\"? (accepted: min, median, all)\n" },
    { "- {over: min}", "x.yaml:1:3: claim[0].that: missing; accepted: METRIC "
                       "COMPARISON VALUE\n" },
    { "- [1]", "x.yaml:1:3: claim[0]: wrong type: a list; accepted: a claim "
               "such as limit.test[0].accuracy >= 0.99, or a map of that, "
               "where, over\n" },
    { "norm.ratio > 1", "x.yaml:1:1: claim: wrong value \"norm.ratio > 1\"; "
                        "accepted: a list of claims\n" },
    { "- norm.ratio ? 1\n- limit >= 1",
      "x.yaml:1:14: claim[0]: no comparison here; accepted: METRIC, one of == "
      "!= < <= > >=, and a number, word or metric\nx.yaml:2:8: claim[1]: "
      "unknown set of strings \"\"; accepted: validation, test, exhaustive, "
      "verify\n" },
};

START_TEST(complains_with_places)
{
    struct yaml_document document = { 0 };
    struct claims claims = { 0 };
    char shown[1024];

    ck_assert(!read_claims(&document, &claims, unreadable[_i].yaml, shown));
    ck_assert_msg(
        strncmp(shown, unreadable[_i].shown, strlen(unreadable[_i].shown)) == 0,
        "got  %s\nwant %s", shown, unreadable[_i].shown);
    claims_clear(&claims);
    yaml_clear(&document);
}
END_TEST

/* -------------------------------------------------------------- judging */

#define RUNS 5

/* Five runs: two with norm pre, three with output, and rates as text. */
struct world {
    struct metrics metrics[RUNS];
    struct outcome outcomes[RUNS];
};

static const char *const places[RUNS][3] = { { "pre", "1", "0.1" },
                                             { "pre", "2", "0.1" },
                                             { "output", "1", "0.1" },
                                             { "output", "2", "0.1" },
                                             { "output", "3", "0.1" } };

static void world_init(struct world *world)
{
    static const double values[RUNS] = { 0.5, 1, 0.7, 0.8, 0.9 };
    static const double others[RUNS] = { 0.25, 1.5, 0.5, 0.5, 0.5 };

    memset(world, 0, sizeof *world);
    for (size_t i = 0; i < RUNS; i++) {
        metrics_add(&world->metrics[i], "limit.test[0].accuracy", values[i]);
        metrics_add(&world->metrics[i], "trained.test[0].accuracy", others[i]);
        metrics_add(&world->metrics[i], "loss.final", i == 4 ? NAN : 1);
        metrics_add(&world->metrics[i], "saturation", 2);
        metrics_add_word(&world->metrics[i], "language.counts",
                         i == 3 ? "unchecked" : "exact");
        if (i < 2)
            metrics_add(&world->metrics[i], "growth.power.p", 0.5);
        world->outcomes[i] =
            (struct outcome){ axes, places[i], &world->metrics[i] };
    }
}

static void world_clear(struct world *world)
{
    for (size_t i = 0; i < RUNS; i++)
        metrics_clear(&world->metrics[i]);
}

static const struct {
    const char *yaml, *lines;
    size_t held, missed, unknown;
} judged[] = {
    { "- limit.test[0].accuracy >= 0.7",
      "REFUTED  limit.test[0].accuracy >= 0.7  (model.norm=pre, "
      "train.rate=0.1)  min 0.5 over 2 seeds\n"
      "HELD     limit.test[0].accuracy >= 0.7  (model.norm=output, "
      "train.rate=0.1)  min 0.7 over 3 seeds\n",
      1, 1, 0 },
    { "- {that: 'limit.test[0].accuracy > 0.7', over: median, where: "
      "{model.norm: output}}",
      "HELD     limit.test[0].accuracy > 0.7  (model.norm=output, "
      "train.rate=0.1)  median 0.8 over 3 seeds\n",
      1, 0, 0 },
    { "- {that: 'limit.test[0].accuracy >= 0.7', where: {seed: [1, 3], "
      "train.rate: 1e-1}}",
      "REFUTED  limit.test[0].accuracy >= 0.7  (model.norm=pre, "
      "train.rate=0.1)  0.5 over 1 run\n"
      "HELD     limit.test[0].accuracy >= 0.7  (model.norm=output, "
      "train.rate=0.1)  min 0.7 over 2 seeds\n",
      1, 1, 0 },
    /* min of an upper bound is weak on purpose; all is strict */
    { "- {that: 'limit.test[0].accuracy <= 0.7', where: {model.norm: output}}",
      "HELD     limit.test[0].accuracy <= 0.7  (model.norm=output, "
      "train.rate=0.1)  min 0.7 over 3 seeds\n",
      1, 0, 0 },
    { "- {that: 'limit.test[0].accuracy <= 0.7', over: all, where: "
      "{model.norm: output}}",
      "REFUTED  limit.test[0].accuracy <= 0.7  (model.norm=output, "
      "train.rate=0.1)  worst 0.9 over 3 seeds\n",
      0, 1, 0 },
    { "- {that: 'limit.test[0].accuracy == 0.7', over: all, where: "
      "{model.norm: output}}",
      "REFUTED  limit.test[0].accuracy == 0.7  (model.norm=output, "
      "train.rate=0.1)  worst 0.8 over 3 seeds\n",
      0, 1, 0 },
    { "- {that: 'limit.test[0].accuracy >= trained.test[0].accuracy', where: "
      "{model.norm: pre}}",
      "REFUTED  limit.test[0].accuracy >= trained.test[0].accuracy  "
      "(model.norm=pre, train.rate=0.1)  difference min -0.5 over 2 seeds\n",
      0, 1, 0 },
    { "- language.counts == exact",
      "HELD     language.counts == exact  (model.norm=pre, train.rate=0.1)  "
      "exact in 2 of 2 runs\n"
      "REFUTED  language.counts == exact  (model.norm=output, "
      "train.rate=0.1)  exact in 2 of 3 runs\n",
      1, 1, 0 },
    { "- {that: language.counts >= 1, where: {model.norm: pre}}",
      "REFUTED  language.counts >= 1  (model.norm=pre, train.rate=0.1)  exact "
      "in 2 of 2 runs\n",
      0, 1, 0 },
    { "- {that: 'encoder.test[0].accuracy >= 0', where: {model.norm: pre}}",
      "ERROR    encoder.test[0].accuracy >= 0  (model.norm=pre, "
      "train.rate=0.1)  no run has encoder.test[0].accuracy\n",
      0, 0, 1 },
    { "- {that: growth.power.p == 0.5, over: all, where: {seed: 1}}",
      "HELD     growth.power.p == 0.5  (model.norm=pre, train.rate=0.1)  0.5 "
      "over 1 run\n"
      "ERROR    growth.power.p == 0.5  (model.norm=output, train.rate=0.1)  no "
      "run has growth.power.p\n",
      1, 0, 1 },
    { "- {that: norm.ratio > 1, where: {model.norm: none}}",
      "OPEN     norm.ratio > 1  there is no such run\n", 0, 0, 0 },
    /* NaN answers nothing, not even an inequality, however runs are joined */
    { "- {that: loss.final != 7, where: {model.norm: output}}",
      "ERROR    loss.final != 7  (model.norm=output, train.rate=0.1)  min is "
      "no number over 3 seeds\n",
      0, 0, 1 },
    { "- {that: loss.final < 7, where: {seed: 3}, over: median}",
      "ERROR    loss.final < 7  (model.norm=output, train.rate=0.1)  is no "
      "number over 1 run\n",
      0, 0, 1 },
    { "- {that: loss.final < saturation, where: {model.norm: pre}, over: all}",
      "HELD     loss.final < saturation  (model.norm=pre, train.rate=0.1)  "
      "difference worst -1 over 2 seeds\n",
      1, 0, 0 },
    { "- {that: loss.final < saturation, where: {model.norm: output}, over: "
      "all}",
      "ERROR    loss.final < saturation  (model.norm=output, train.rate=0.1)  "
      "difference worst is no number over 3 seeds\n",
      0, 0, 1 },
};

START_TEST(judges)
{
    struct world world;
    struct yaml_document document = { 0 };
    struct claims claims = { 0 };
    struct text out = { 0 };
    size_t counts[RULINGS] = { 0 };
    char shown[1024];

    world_init(&world);
    ck_assert_msg(read_claims(&document, &claims, judged[_i].yaml, shown), "%s",
                  shown);
    claims_judge(&claims, false, world.outcomes, RUNS, &out, counts);
    ck_assert_str_eq(out.data, judged[_i].lines);
    ck_assert_uint_eq(counts[RULING_HELD], judged[_i].held);
    ck_assert_uint_eq(counts[RULING_MISSED], judged[_i].missed);
    ck_assert_uint_eq(counts[RULING_UNKNOWN], judged[_i].unknown);
    text_clear(&out);
    claims_clear(&claims);
    yaml_clear(&document);
    world_clear(&world);
}
END_TEST

START_TEST(requirements_pass_or_fail)
{
    struct world world;
    struct yaml_document document = { 0 };
    struct claims claims = { 0 };
    struct text out = { 0 };
    size_t counts[RULINGS] = { 0 };
    char shown[1024];

    world_init(&world);
    ck_assert(read_claims(&document, &claims,
                          "[limit.test[0].accuracy > 0, norm.ratio > 0]",
                          shown) == false);
    claims_clear(&claims);
    yaml_clear(&document);
    ck_assert(read_claims(&document, &claims,
                          "- limit.test[0].accuracy > 0\n- norm.ratio > 0\n",
                          shown));
    claims_judge(&claims, true, world.outcomes, 1, &out, counts);
    ck_assert_str_eq(out.data,
                     "PASS     limit.test[0].accuracy > 0  (model.norm=pre, "
                     "train.rate=0.1)  0.5 over 1 run\n"
                     "FAIL     norm.ratio > 0  (model.norm=pre, "
                     "train.rate=0.1)  no run has norm.ratio\n");
    ck_assert_uint_eq(counts[RULING_HELD], 1);
    ck_assert_uint_eq(counts[RULING_UNKNOWN], 1);
    text_clear(&out);
    claims_clear(&claims);
    yaml_clear(&document);
    world_clear(&world);
}
END_TEST

/* Some runs without a metric miss the claim, however good the others are. */
START_TEST(a_run_that_failed_is_no_run_that_held)
{
    struct world world;
    struct yaml_document document = { 0 };
    struct claims claims = { 0 };
    struct text out = { 0 };
    size_t counts[RULINGS] = { 0 };
    char shown[1024];

    world_init(&world);
    metrics_clear(&world.metrics[1]);
    ck_assert(read_claims(&document, &claims, "- limit.test[0].accuracy > 0\n",
                          shown));
    claims_judge(&claims, false, world.outcomes, 2, &out, counts);
    ck_assert_str_eq(out.data,
                     "ERROR    limit.test[0].accuracy > 0  (model.norm=pre, "
                     "train.rate=0.1)  1 of 2 runs have no "
                     "limit.test[0].accuracy\n");
    text_clear(&out);
    claims_clear(&claims);
    yaml_clear(&document);
    world_clear(&world);
}
END_TEST

/* As one group, by whatever varies. */
START_TEST(says_what_varies)
{
    static const struct {
        const char *yaml, *found;
        enum ruling ruling;
    } cases[] = {
        { "- limit.test[0].accuracy > 0",
          "min 0.5 over 5 runs by model.norm, seed", RULING_HELD },
        { "- {that: 'limit.test[0].accuracy > 1', where: {model.norm: pre}}",
          "min 0.5 over 2 seeds", RULING_MISSED },
        { "- {that: 'limit.test[0].accuracy > 0', where: {seed: 1}}",
          "min 0.5 over 2 runs by model.norm", RULING_HELD },
        { "- {that: 'limit.test[0].accuracy > 0', where: {seed: 3}}",
          "0.9 over 1 run", RULING_HELD },
        { "- {that: 'limit.test[0].accuracy > 0', where: {seed: 9}}",
          "there is no such run", RULING_UNKNOWN },
        { "- norm.ratio > 0", "no run has norm.ratio", RULING_UNKNOWN },
    };
    struct world world;

    world_init(&world);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct yaml_document document = { 0 };
        struct claims claims = { 0 };
        struct text found = { 0 };
        char shown[1024];

        ck_assert(read_claims(&document, &claims, cases[i].yaml, shown));
        ck_assert_int_eq(
            claim_decide(&claims.items[0], world.outcomes, RUNS, &found),
            cases[i].ruling);
        ck_assert_str_eq(found.data, cases[i].found);
        text_clear(&found);
        claims_clear(&claims);
        yaml_clear(&document);
    }
    world_clear(&world);
}
END_TEST

/* What holds of all holds of the least and of the median; the order of runs
 * does not matter. */
START_TEST(all_implies_min_and_median)
{
    static const char *const overs[] = { "all", "min", "median" };
    static const char *const signs[] = { "<", "<=", ">", ">=", "==", "!=" };
    struct world world;

    world_init(&world);
    for (size_t s = 0; s < 6; s++)
        for (double number = 0.4; number < 1.1; number += 0.1) {
            size_t held[3] = { 0 };

            for (size_t f = 0; f < 3; f++) {
                struct yaml_document document = { 0 };
                struct claims claims = { 0 };
                struct outcome reversed[RUNS];
                struct text out = { 0 };
                size_t counts[RULINGS] = { 0 }, again[RULINGS] = { 0 };
                char yaml[128], shown[1024];

                snprintf(yaml, sizeof yaml,
                         "- {that: 'limit.test[0].accuracy %s %g', over: %s}",
                         signs[s], number, overs[f]);
                ck_assert(read_claims(&document, &claims, yaml, shown));
                claims_judge(&claims, false, world.outcomes, RUNS, &out,
                             counts);
                held[f] = counts[RULING_HELD];
                for (size_t i = 0; i < RUNS; i++)
                    reversed[i] = world.outcomes[RUNS - 1 - i];
                claims_judge(&claims, false, reversed, RUNS, &out, again);
                ck_assert(memcmp(again, counts, sizeof again) == 0);
                ck_assert_uint_eq(held[f] + counts[RULING_MISSED], 2);
                text_clear(&out);
                claims_clear(&claims);
                yaml_clear(&document);
            }
            ck_assert_uint_le(held[0], held[1]);
            if (s != 5) /* the median of two may be neither of them */
                ck_assert_uint_le(held[0], held[2]);
        }
    world_clear(&world);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("claim");
    TCase *cases = tcase_create("claim");

    statistics_start();
    tcase_add_loop_test(cases, reads_claims, 0,
                        sizeof readable / sizeof *readable);
    tcase_add_loop_test(cases, complains_with_places, 0,
                        sizeof unreadable / sizeof *unreadable);
    tcase_add_loop_test(cases, judges, 0, sizeof judged / sizeof *judged);
    tcase_add_test(cases, requirements_pass_or_fail);
    tcase_add_test(cases, a_run_that_failed_is_no_run_that_held);
    tcase_add_test(cases, says_what_varies);
    tcase_add_test(cases, all_implies_min_and_median);
    suite_add_tcase(suite, cases);
    return suite_run(suite);
}

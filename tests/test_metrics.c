/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Every number of a run has one name and comes back from its file. */

#include "results/metrics.h"

#include <math.h>
#include <string.h>

#include "scratch.h"
#include "suite.h"

static void assert_metric(const struct metrics *metrics, const char *name,
                          double value)
{
    const struct metric *metric = metrics_find(metrics, name);

    ck_assert_msg(metric != NULL, "no %s", name);
    ck_assert_ptr_null(metric->word);
    ck_assert_double_eq(metric->value, value);
}

START_TEST(verdicts_get_the_names_claims_ask_for)
{
    struct verdict rows[] = {
        { .evaluator = "limit",
          .set = "test[1]",
          .least = 2,
          .most = 30,
          .class = "all",
          .strings = 8,
          .recognised = 6,
          .agreed = 7,
          .undecided = 1,
          .interval = { 0.25, 0.875 } },
        { .evaluator = "scaled=2.5",
          .set = "exhaustive",
          .class = "members",
          .enumerated = true,
          .strings = 4,
          .recognised = 4,
          .agreed = 2,
          .interval = { 1, 1 } },
        { .evaluator = "limit", .set = "verify[0]", .class = "edit-2" },
    };
    struct verdicts verdicts = { rows, 3 };
    struct metrics metrics = { 0 };

    metrics_add_verdicts(&metrics, &verdicts);
    assert_metric(&metrics, "limit.test[1].accuracy", 0.75);
    assert_metric(&metrics, "limit.test[1].agreement", 0.875);
    assert_metric(&metrics, "limit.test[1].undecided", 0.125);
    assert_metric(&metrics, "limit.test[1].low", 0.25);
    assert_metric(&metrics, "limit.test[1].high", 0.875);
    assert_metric(&metrics, "test[1].least", 2);
    assert_metric(&metrics, "test[1].most", 30);
    assert_metric(&metrics, "scaled=2.5.exhaustive.members.accuracy", 1);
    assert_metric(&metrics, "scaled=2.5.exhaustive.members.agreement", 0.5);
    ck_assert_ptr_null(metrics_find(&metrics, "limit.test[1]"));
    ck_assert_ptr_null(
        metrics_find(&metrics, "limit.verify[0].edit-2.accuracy"));
    metrics_clear(&metrics);
}
END_TEST

START_TEST(heads_are_counted_by_class)
{
    struct head_profile rows[] = {
        { .mask = HEAD_MASK_RIGHT, .class = HEAD_MEAN, .split = 0.5 },
        { .mask = HEAD_MASK_RIGHT, .class = HEAD_MEAN, .split = 1 },
        { .mask = HEAD_MASK_ZERO, .class = HEAD_OTHER, .split = 0.25 },
        { .mask = HEAD_MASK_ZERO, .class = HEAD_ARGMAX, .split = 0.25 },
    };
    struct head_profiles profiles = { rows, 4 };
    struct metrics metrics = { 0 };

    metrics_add_heads(&metrics, &profiles);
    ck_assert_uint_eq(metrics.count, 8);
    assert_metric(&metrics, "heads.right.argmax", 0);
    assert_metric(&metrics, "heads.right.mean", 2);
    assert_metric(&metrics, "heads.right.other", 0);
    assert_metric(&metrics, "heads.right.split", 0.75);
    assert_metric(&metrics, "heads.zero.argmax", 1);
    assert_metric(&metrics, "heads.zero.other", 1);
    assert_metric(&metrics, "heads.zero.split", 0.25);
    metrics_clear(&metrics);
}
END_TEST

START_TEST(growth_laws_give_fit_and_exponent)
{
    struct growth_fit fits[] = {
        { "sqrt", "a sqrt(t) + b", 2, 1, NAN, 0.5, 9 },
        { "power", "a t^p + b", 2, 1, 0.3, 0.75, 9 },
    };
    struct metrics metrics = { 0 };

    metrics_add_growth(&metrics, "layers.0.", fits, 2);
    ck_assert_uint_eq(metrics.count, 7);
    assert_metric(&metrics, "layers.0.growth.sqrt.r2", 0.5);
    assert_metric(&metrics, "layers.0.growth.power.r2", 0.75);
    assert_metric(&metrics, "layers.0.growth.power.p", 0.3);
    assert_metric(&metrics, "layers.0.growth.power.a", 2);
    assert_metric(&metrics, "layers.0.growth.power.b", 1);
    metrics_clear(&metrics);
}
END_TEST

START_TEST(what_is_written_is_read)
{
    const char *path = scratch_path("metrics.json");
    struct metrics metrics = { 0 }, read;
    struct error error = { 0 };

    metrics_add(&metrics, "z.last", 0.1);
    metrics_add(&metrics, "a.first", 1);
    metrics_add(&metrics, "third", 1.0 / 3);
    metrics_add(&metrics, "absent", NAN);
    metrics_add(&metrics, "endless", -INFINITY);
    metrics_add(&metrics, "least", 5e-324);
    metrics_add_word(&metrics, "language.counts", "exact");
    metrics_add(&metrics, "a.first", 2);
    ck_assert(metrics_write(&metrics, path, &error));
    ck_assert_msg(metrics_read(&read, path, &error), "%s", said(&error));
    ck_assert_uint_eq(read.count, 7);
    for (size_t i = 0; i < 7; i++)
        ck_assert_str_eq(read.items[i].name, metrics.items[i].name);
    assert_metric(&read, "z.last", 0.1);
    assert_metric(&read, "a.first", 2);
    assert_metric(&read, "third", 1.0 / 3);
    assert_metric(&read, "endless", -INFINITY);
    assert_metric(&read, "least", 5e-324);
    ck_assert(isnan(metrics_find(&read, "absent")->value));
    ck_assert_str_eq(metrics_find(&read, "language.counts")->word, "exact");
    metrics_clear(&read);
    metrics_clear(&metrics);
}
END_TEST

START_TEST(a_word_and_a_number_replace_each_other)
{
    struct metrics metrics = { 0 };

    metrics_add(&metrics, "x", 1);
    metrics_add_word(&metrics, "x", "exact");
    ck_assert_uint_eq(metrics.count, 1);
    ck_assert_str_eq(metrics_find(&metrics, "x")->word, "exact");
    ck_assert(isnan(metrics_find(&metrics, "x")->value));
    metrics_add(&metrics, "x", 3);
    assert_metric(&metrics, "x", 3);
    metrics_clear(&metrics);
}
END_TEST

static const char *const broken[] = { "", "{", "{\"a\":1,\"a\":2}",
                                      "{\"a\":[1]}", "{\"a\":true}" };

START_TEST(broken_files_are_refused)
{
    const char *path = scratch_path("metrics.json");
    struct error error = { 0 };
    struct metrics metrics;

    scratch_write(path, broken[_i], strlen(broken[_i]));
    ck_assert(!metrics_read(&metrics, path, &error));
    ck_assert_int_eq(error.kind, ERROR_IO);
    ck_assert_ptr_nonnull(strstr(said(&error), path));
    ck_assert_uint_eq(metrics.count, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("metrics");
    TCase *tests = tcase_create("laws");

    tcase_add_checked_fixture(tests, scratch_open, scratch_close);
    tcase_add_test(tests, verdicts_get_the_names_claims_ask_for);
    tcase_add_test(tests, heads_are_counted_by_class);
    tcase_add_test(tests, growth_laws_give_fit_and_exponent);
    tcase_add_test(tests, what_is_written_is_read);
    tcase_add_test(tests, a_word_and_a_number_replace_each_other);
    tcase_add_loop_test(tests, broken_files_are_refused, 0,
                        (int)(sizeof broken / sizeof broken[0]));
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

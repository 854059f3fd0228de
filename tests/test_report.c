/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Reports over runs whose numbers are known: what is joined, what is kept
 * apart, and which number stands in which cell.
 */

#include "report/report.h"

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "report/view.h"
#include "results/csv.h"
#include "results/run.h"
#include "scratch.h"
#include "suite.h"

static struct tensor tensor = { .name = "layers.0.up.weight",
                                .rows = 2,
                                .columns = 1,
                                .count = 2,
                                .encoder = true };
static const struct layout layout = { .tensors = &tensor,
                                      .n_tensors = 1,
                                      .n_parameters = 2 };

#define EXPECT(call) ck_assert_msg((call), "%s", said(&error))

/* What is told of one run. */
struct told {
    const char *experiment, *axes, *config;
    double trained, limit; /* accuracy on test[0] */
    bool unfinished;
};

static void add_rows(struct run *run, const struct told *told)
{
    static const char *const names[] = { "norm_ratio", "trained.accuracy",
                                         "limit.accuracy", "limit.agreement",
                                         "saturation" };
    struct error error = { 0 };

    for (size_t step = 0; step <= 20; step += 10) {
        double ratio = 1 + 0.5 * (double)step, norm = 3 * ratio;
        double theta[2] = { norm, 1 };
        double values[] = { ratio, told->trained, told->limit, 0.5, -0.25 };
        struct snapshot snapshot = { .step = step,
                                     .norm = norm,
                                     .tensor_norms = &norm };

        EXPECT(run_add_snapshot(run, &layout, &snapshot, theta, &error));
        EXPECT(run_add_probe(run, step, names, values, 5, &error));
    }
}

static void tell_metrics(const struct told *told, struct metrics *metrics)
{
    metrics_add(metrics, "trained.test[0].accuracy", told->trained);
    metrics_add(metrics, "trained.test[0].members.accuracy", 0.125);
    metrics_add(metrics, "limit.test[0].accuracy", told->limit);
    metrics_add(metrics, "limit.test[0].agreement", 0.75);
    metrics_add(metrics, "limit.test[0].low", 0.0625);
    metrics_add(metrics, "scaled=2.5.test[0].accuracy", told->limit / 2);
    metrics_add(metrics, "test[0].least", 2);
    metrics_add(metrics, "test[0].most", 30);
    metrics_add(metrics, "limit.exhaustive.accuracy", 1);
    metrics_add(metrics, "trained.exhaustive.members.accuracy", 0.5);
    metrics_add(metrics, "trained.exhaustive.outside.accuracy", 1);
    metrics_add(metrics, "exhaustive.least", 0);
    metrics_add(metrics, "exhaustive.most", 12);
    metrics_add(metrics, "norm.ratio", 11);
    metrics_add(metrics, "saturation", 0.875);
    metrics_add(metrics, "growth.power.p", 0.31);
    metrics_add(metrics, "growth.power.r2", 0.998);
}

static void tell_under(const char *root, const struct told *told)
{
    struct metrics metrics = { 0 };
    struct error error = { 0 };
    struct run run;
    char *path;

    EXPECT(run_open(&run, scratch_path(root), told->experiment, told->axes,
                    told->config, "language: dyck-1\n", NULL, &error));
    add_rows(&run, told);
    tell_metrics(told, &metrics);
    EXPECT(run_write_saturation(&run, (double[]){ 0.125, 0.25 },
                                (double[]){ 0.5, -0.25 }, 2, &error));
    path = run_file(&run, "metrics.json");
    EXPECT(metrics_write(&metrics, path, &error));
    if (!told->unfinished)
        EXPECT(run_finish(&run, &error));
    metrics_clear(&metrics);
    run_close(&run);
    free(path);
}

static void tell(const struct told *told)
{
    tell_under("results", told);
}

static const struct told runs[] = {
    { "a", "seed=1,model.norm=pre", "seed: 1\nnorm: pre\n", 0.99, 0.5, false },
    { "a", "seed=2,model.norm=pre", "seed: 2\nnorm: pre\n", 1, 0.25, false },
    { "a", "seed=1,model.norm=post", "seed: 1\nnorm: post\n", 0.9996, 1,
      false },
    { "a", "seed=3,model.norm=post", "seed: 3\nnorm: post\n", 0, 0, true },
    { "b|<x>", "", "seed: {data: 7, init: 7}\n", 0.5, 0.5, false },
};

static void tell_all(struct records *records)
{
    struct error error = { 0 };

    for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++)
        tell(&runs[i]);
    *records = (struct records){ 0 };
    EXPECT(records_collect(records, scratch_path("results"), &error));
}

START_TEST(finished_runs_are_collected)
{
    struct records records;
    struct error error = { 0 };

    tell_all(&records);
    ck_assert_uint_eq(records.count, 4);
    ck_assert_uint_eq(records.unfinished, 1);
    ck_assert_str_eq(records.items[0].experiment, "a");
    ck_assert_str_eq(records.items[0].language, "dyck-1");
    ck_assert_str_eq(records.items[0].group, "model.norm=post");
    ck_assert_str_eq(records.items[0].seed, "1");
    ck_assert_str_eq(records.items[1].group, "model.norm=pre");
    ck_assert_str_eq(records.items[2].seed, "2");
    ck_assert_str_eq(records.items[3].experiment, "b|<x>");
    ck_assert_str_eq(records.items[3].group, "");
    ck_assert_str_eq(records.items[3].seed, "7");
    /* Again, and one of them by its own path: nothing is taken twice. */
    EXPECT(records_collect(&records, scratch_path("results/"), &error));
    EXPECT(records_collect(&records, records.items[2].path, &error));
    ck_assert_uint_eq(records.count, 4);
    records_clear(&records);
}
END_TEST

START_TEST(a_copy_of_a_run_is_no_second_seed)
{
    struct records records;
    struct error error = { 0 };

    tell_all(&records);
    tell_under("copies", &runs[0]);
    EXPECT(records_collect(&records, scratch_path("copies"), &error));
    ck_assert_uint_eq(records.count, 4);
    records_clear(&records);
}
END_TEST

START_TEST(nothing_finished_is_an_error)
{
    struct records records = { 0 };
    struct error error = { 0 };

    tell(&runs[3]);
    ck_assert(!records_collect(&records, scratch_path("results"), &error));
    ck_assert_int_eq(error.kind, ERROR_CONFIG);
    ck_assert_ptr_nonnull(strstr(said(&error), "no finished run there"));
    ck_assert(!records_collect(&records, scratch_path("absent"), &error));
    ck_assert_int_eq(error.kind, ERROR_IO);
    error_clear(&error);
    records_clear(&records);
}
END_TEST

/* A quick run has the axes of the full one and must not be averaged in. */
START_TEST(other_settings_are_not_joined)
{
    static const struct told quick = {
        "a",  "seed=1,model.norm=pre", "seed: 1\nnorm: pre\nsteps: 3\n", 0, 0,
        false
    };
    struct records records = { 0 };
    struct error error = { 0 };
    size_t full = 0;

    tell(&runs[0]);
    tell(&runs[1]);
    tell(&quick);
    EXPECT(records_collect(&records, scratch_path("results"), &error));
    ck_assert_uint_eq(records.count, 3);
    for (size_t i = 0; i < 3; i++) {
        const struct record *record = &records.items[i];

        ck_assert_ptr_nonnull(
            strstr(record->group, "model.norm=pre,settings="));
        for (size_t j = 0; j < i; j++)
            full += strcmp(record->group, records.items[j].group) == 0;
    }
    ck_assert_uint_eq(full, 1);
    records_clear(&records);
}
END_TEST

static void assert_row(const struct table *table, size_t row,
                       const char *const *cells)
{
    for (size_t c = 0; c < table->n_columns; c++)
        ck_assert_str_eq(table->cells[row * table->n_columns + c], cells[c]);
}

START_TEST(the_summary_joins_seeds)
{
    static const char *const columns[] = {
        "experiment", "setting",      "lengths",    "seeds",     "trained",
        "limit",      "limit agrees", "norm ratio", "saturation"
    };
    static const char *const pre[] = { "a",
                                       "model.norm=pre",
                                       "2..30",
                                       "2",
                                       "0.995 [0.99, 1]",
                                       "0.375 [0.25, 0.5]",
                                       "0.75",
                                       "11",
                                       "0.875" };
    static const char *const whole[] = {
        "a", "model.norm=pre", "all 0..12", "2", "", "1", "", "11", "0.875"
    };
    static const char *const some[] = {
        "a",  "model.norm=pre", "members 0..12", "2", "0.5", "", "",
        "11", "0.875"
    };
    static const char *const post[] = {
        "a",    "model.norm=post", "2..30", "1", "0.9996", "1", "0.75", "11",
        "0.875"
    };
    struct records records;
    struct table table = { 0 };

    tell_all(&records);
    report_summary(&records, &table);
    ck_assert_uint_eq(table.n_columns, 9);
    ck_assert_uint_eq(table.n_rows, 9);
    for (size_t c = 0; c < 9; c++)
        ck_assert_str_eq(table.columns[c], columns[c]);
    assert_row(&table, 0, post);
    assert_row(&table, 3, pre);
    assert_row(&table, 4, whole);
    assert_row(&table, 5, some);
    table_clear(&table);
    report_ladders(&records, &table);
    ck_assert_uint_eq(table.n_columns, 5);
    ck_assert_str_eq(table.columns[4], "scaled=2.5");
    ck_assert_str_eq(table.cells[3 * 5 + 4], "0.188 [0.125, 0.25]");
    table_clear(&table);
    records_clear(&records);
}
END_TEST

/* JSON has numbers with all their digits. */
START_TEST(bounds_are_numbers)
{
    struct records records;
    struct table table = { .exact = true };
    struct text text = { 0 };
    struct error error = { 0 };
    const struct json *trained;
    struct json *rows;
    double value, low, high;

    tell_all(&records);
    report_summary(&records, &table);
    table_writer_find("json")->write(&table, &text);
    rows = json_parse(text.data, text.length, "summary", &error);
    ck_assert_ptr_nonnull(rows);
    trained = json_get(json_item(rows, 3), "trained");
    ck_assert(json_as_number(json_get(trained, "value"), &value));
    ck_assert(json_as_number(json_get(trained, "low"), &low));
    ck_assert(json_as_number(json_get(trained, "high"), &high));
    ck_assert_double_eq(value, (0.99 + 1) / 2);
    ck_assert_double_eq(low, 0.99);
    ck_assert_double_eq(high, 1);
    trained = json_get(json_item(rows, 0), "trained");
    ck_assert(json_as_number(json_get(trained, "low"), &low));
    ck_assert_double_eq(low, 0.9996);
    json_free(rows);
    text_clear(&text);
    table_clear(&table);
    records_clear(&records);
}
END_TEST

/* Of next-token: what is lost, and how many targets are right. */
START_TEST(sequences_have_columns_of_their_own)
{
    struct records records;
    struct table table = { 0 };

    tell_all(&records);
    metrics_add(&records.items[0].metrics, "trained.test[0].position_accuracy",
                0.75);
    metrics_add(&records.items[0].metrics, "limit.test[0].excess", 0.125);
    report_summary(&records, &table);
    ck_assert_ptr_nonnull(table.accuracy);
    ck_assert_uint_eq(table.n_columns, 11);
    ck_assert_str_eq(table.columns[6], "trained positions");
    ck_assert_str_eq(table.columns[7], "limit excess");
    ck_assert_str_eq(table.cells[6], "0.75");
    ck_assert_str_eq(table.cells[7], "0.125");
    ck_assert_str_eq(table.cells[3 * 11 + 6], "");
    table_clear(&table);
    records_clear(&records);
}
END_TEST

/* Of a text, whose strings nobody gets right to the last word. */
START_TEST(a_perplexity_has_a_column)
{
    struct records records;
    struct table table = { 0 };
    struct metrics *metrics;
    struct text legend = { 0 };
    struct error error = { 0 };

    tell_all(&records);
    report_summary(&records, &table);
    ck_assert_ptr_null(table.accuracy);
    ck_assert(!view_choose(&table, "perplexity", &error));
    error_clear(&error);
    table_clear(&table);
    metrics = &records.items[0].metrics;
    metrics_add(metrics, "trained.test[0].position_accuracy", 0.75);
    metrics_add(metrics, "trained.test[0].perplexity", 3.5);
    metrics_add(metrics, "trained.test[0].perplexity.published", INFINITY);
    report_summary(&records, &table);
    view_legend(&table, &legend);
    ck_assert_ptr_nonnull(strstr(legend.data, "- accuracy: share of strings"));
    text_clear(&legend);
    EXPECT(view_choose(&table, "perplexity,published perplexity", &error));
    ck_assert_str_eq(table.cells[4], "3.5");
    ck_assert_str_eq(table.cells[5], "inf");
    ck_assert_str_eq(table.cells[3 * 6 + 4], "");
    view_legend(&table, &legend);
    ck_assert_ptr_null(strstr(legend.data, "accuracy"));
    ck_assert_ptr_nonnull(strstr(legend.data, "- perplexity: of trained"));
    text_clear(&legend);
    table_clear(&table);
    records_clear(&records);
}
END_TEST

START_TEST(raw_rows_are_exact)
{
    static const char *const row[] = { "a",  "dyck-1",  "model.norm=post",
                                       "1",  "test[0]", "2",
                                       "30", "trained", "0.9996",
                                       "",   "",        "",
                                       "",   "11",      "0.875" };
    static const char *const limit[] = { "a",    "dyck-1",  "model.norm=post",
                                         "1",    "test[0]", "2",
                                         "30",   "limit",   "1",
                                         "0.75", "",        "0.0625",
                                         "",     "11",      "0.875" };
    struct records records;
    struct table table = { 0 };

    tell_all(&records);
    report_rows(&records, &table);
    ck_assert_uint_eq(table.n_columns, 15);
    ck_assert_uint_eq(table.n_rows, 4 * 4);
    assert_row(&table, 0, row);
    assert_row(&table, 1, limit);
    table_clear(&table);
    records_clear(&records);
}
END_TEST

static bool holds(const char *name, const char *words)
{
    struct text text = scratch_read(scratch_path(name));
    bool found = strstr(text.data, words) != NULL;

    text_clear(&text);
    return found;
}

/* Two seeds probed alike: their median and band, here (0.99 + 1) / 2. */
START_TEST(the_figure_shows_median_and_band)
{
    struct records records;
    struct error error = { 0 };
    bool drawn;

    tell_all(&records);
    EXPECT(report_figure(&records, "a", "model.norm=pre", scratch_path("f"),
                         &drawn, &error));
    ck_assert(holds("f.dat", "# panel 1: 'trained'\n# x y low high\n"
                             "1 0.995 0.99 1\n6 0.995 0.99 1\n"
                             "11 0.995 0.99 1\n\n\n"
                             "# panel 1: 'limit'\n# x y low high\n"
                             "1 0.375 0.25 0.5\n"));
    ck_assert(holds("f.dat", "# panel 2: 'saturation'\n# x y low high\n"
                             "1 -0.25 -0.25 -0.25\n"));
    ck_assert(holds("f.dat", "# panel 3: 'each seed'\n# x y low high\n"
                             "0 3 nan nan\n10 18 nan nan\n20 33 nan nan\n"));
    ck_assert(holds("f.dat", "# panel 4: 'untrained'\n# x y low high\n"
                             "1 0.125 nan nan\n2 0.25 nan nan\n"));
    ck_assert(holds("f.dat", "# panel 4: 'trained'\n# x y low high\n"
                             "1 0.5 nan nan\n2 -0.25 nan nan\n"));
    ck_assert(!holds("f.dat", "attention"));
    ck_assert(holds("f.gp", "set logscale x"));
    ck_assert(holds("f.gp", "a t^0.31 + b"));
    ck_assert(holds("f.gp", "a, model.norm=pre (2 runs)"));
    ck_assert(holds("f.gp", "set yrange [-1.03:1.03]"));
    if (drawn)
        ck_assert(holds("f.svg", "</svg>"));

    EXPECT(
        report_figure(&records, "a", NULL, scratch_path("g"), &drawn, &error));
    ck_assert(holds("g.dat", "'trained, model.norm=post'\n# x y low high\n"
                             "1 0.9996 nan nan\n"));
    ck_assert(holds("g.dat", "'trained, model.norm=pre'\n# x y low high\n"
                             "1 0.995 0.99 1\n"));
    records_clear(&records);
}
END_TEST

/* Where a norm falls there is no median to draw against. */
START_TEST(a_falling_norm_gives_each_seed_its_line)
{
    struct records records = { 0 };
    struct error error = { 0 };
    bool drawn;

    tell(&runs[0]);
    tell(&runs[1]);
    EXPECT(records_collect(&records, scratch_path("results"), &error));
    for (size_t i = 0; i < 2; i++) {
        char *path = file_join(records.items[i].path, "probes.csv");
        const char *probes =
            i == 0 ? "step,norm_ratio,trained.accuracy\n0,1,0.5\n9,0.9,1\n"
                   : "step,norm_ratio,trained.accuracy\n0,1,0.5\n9,0.8,1\n";

        scratch_write(path, probes, strlen(probes));
        free(path);
    }
    EXPECT(
        report_figure(&records, "a", NULL, scratch_path("f"), &drawn, &error));
    ck_assert(holds("f.dat", "1 0.5 nan nan\n0.9 1 nan nan\n"));
    ck_assert(holds("f.dat", "1 0.5 nan nan\n0.8 1 nan nan\n"));
    records_clear(&records);
}
END_TEST

START_TEST(a_page_and_its_files_are_written)
{
    static const char claims[] = "HELD  limit >= 0.99\n```\nREFUTED <b>\n";
    struct records records;
    struct error error = { 0 };
    struct csv csv;

    tell_all(&records);
    scratch_write(scratch_path("results/a/claims.txt"), claims, strlen(claims));
    EXPECT(report_write(&records, scratch_path("deep/report"), &error));
    ck_assert(holds("deep/report/report.md", "4 finished runs, 1 unfinished"));
    ck_assert(holds("deep/report/report.md", "| 0.995 [0.99, 1] |"));
    ck_assert(holds("deep/report/report.md", "| b\\|&lt;x> "));
    ck_assert(holds("deep/report/report.md",
                    "    HELD  limit >= 0.99\n    ```\n    REFUTED <b>\n\n"));
    ck_assert(holds("deep/report/report.md", "a-model.norm=pre.svg"));
    ck_assert(holds("deep/report/report.md", "b__x_.svg"));
    ck_assert(file_exists(scratch_path("deep/report/b__x_.gp")));
    EXPECT(csv_read(&csv, scratch_path("deep/report/summary.csv"), &error));
    ck_assert_uint_eq(csv.n_rows, 9);
    csv_clear(&csv);
    EXPECT(csv_read(&csv, scratch_path("deep/report/rows.csv"), &error));
    ck_assert_uint_eq(csv.n_rows, 16);
    ck_assert_double_eq(csv_value(&csv, 0, csv_column(&csv, "accuracy")),
                        0.9996);
    csv_clear(&csv);
    records_clear(&records);
}
END_TEST

/* Of one run of several there are no claims to show. */
START_TEST(claims_are_of_all_runs)
{
    static const char claims[] = "HELD  limit >= 0.99\n";
    struct records records, one = { 0 };
    struct error error = { 0 };

    tell_all(&records);
    scratch_write(scratch_path("results/a/claims.txt"), claims, strlen(claims));
    EXPECT(records_collect(&one, records.items[0].path, &error));
    ck_assert_uint_eq(one.count, 1);
    EXPECT(report_write(&one, scratch_path("one"), &error));
    ck_assert(!holds("one/report.md", "HELD"));
    ck_assert(holds("one/report.md", "of which these are some"));
    records_clear(&one);
    records_clear(&records);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("report");
    TCase *tests = tcase_create("laws");

    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, scratch_open, scratch_close);
    tcase_add_test(tests, finished_runs_are_collected);
    tcase_add_test(tests, a_copy_of_a_run_is_no_second_seed);
    tcase_add_test(tests, nothing_finished_is_an_error);
    tcase_add_test(tests, other_settings_are_not_joined);
    tcase_add_test(tests, the_summary_joins_seeds);
    tcase_add_test(tests, bounds_are_numbers);
    tcase_add_test(tests, sequences_have_columns_of_their_own);
    tcase_add_test(tests, a_perplexity_has_a_column);
    tcase_add_test(tests, claims_are_of_all_runs);
    tcase_add_test(tests, raw_rows_are_exact);
    tcase_add_test(tests, the_figure_shows_median_and_band);
    tcase_add_test(tests, a_falling_norm_gives_each_seed_its_line);
    tcase_add_test(tests, a_page_and_its_files_are_written);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

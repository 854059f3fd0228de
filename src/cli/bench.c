/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/statistics.h"
#include "cli/command.h"
#include "cli/meter.h"
#include "experiment/benchmark.h"
#include "model/micro.h"
#include "report/table.h"

#define SECONDS 1.0 /* a measurement, unless the user says */

/* Kernels alone take so much of a measurement's time each. */
#define KERNEL_SHARE 0.2

/* Shapes of experiments/bench, in the order they are printed. */
static const char *const shapes[] = { "tiny", "small", "medium",
                                      "base", "long",  "dyck-1" };

#define N_SHAPES (sizeof shapes / sizeof *shapes)

struct bench {
    const struct options *options;
    double seconds;
    struct table table;
    double peaks[2][2]; /* by precision; of one thread, of all */
    struct meter meter;
    size_t rows, done;
};

/* ------------------------------------------------------------ the shapes */

/* experiments/bench/NAME.yaml, here or where it was installed. */
static char *find_shape(const char *name, struct error *error)
{
    struct text file = { 0 };
    struct text installed = { 0 };

    text_add_format(&file, "experiments/bench/%s.yaml", name);
    text_add_format(&installed, "%s/%s", DATADIR, file.data);
    if (!file_exists(file.data)) {
        text_clear(&file);
        file = installed;
        installed = (struct text){ 0 };
    }
    text_clear(&installed);
    if (file_exists(file.data))
        return text_take(&file);
    text_clear(&file);
    text_add_format(&file, "no shape \"%s\"; accepted: ", name);
    for (size_t i = 0; i < N_SHAPES; i++)
        text_add_format(&file, "%s%s", i > 0 ? ", " : "", shapes[i]);
    error_set(error, ERROR_CONFIG, "%s", file.data);
    text_clear(&file);
    return NULL;
}

/* The first run of an experiment. */
static bool open_experiment(struct experiment *experiment, const char *path,
                            const struct options *options,
                            struct benchmark **benchmark, struct error *error)
{
    if (!experiment_load(experiment, path, options->sets, false, error))
        return false;
    return benchmark_new(benchmark, experiment, &experiment->jobs[0], error);
}

/* ---------------------------------------------------------- one long line */

static bool measure_one(struct benchmark *benchmark, const struct bench *bench,
                        struct throughput *rate, struct error *error)
{
    if (!bench->options->evaluate)
        return benchmark_train(benchmark, bench->seconds, rate, error);
    benchmark_evaluate(benchmark, bench->seconds, rate);
    return true;
}

static bool print_one(const struct bench *bench, const char *path,
                      struct error *error)
{
    const struct options *options = bench->options;
    struct experiment experiment = { 0 };
    struct benchmark *benchmark = NULL;
    struct throughput rate;
    struct text out = { 0 };
    bool ok = open_experiment(&experiment, path, options, &benchmark, error) &&
              measure_one(benchmark, bench, &rate, error);

    if (ok) {
        text_add_format(&out,
                        "%s %s threads %zu tok/s %.0f strings/s %.0f "
                        "GFLOP/s %.2f\n",
                        experiment.jobs[0].settings.name,
                        options->evaluate ? "evaluation" : "training",
                        parallel_threads(), rate.tokens, rate.strings,
                        1e-9 * rate.flops);
        ok = output_text(&out, error);
    }
    benchmark_free(benchmark);
    experiment_clear(&experiment);
    return ok;
}

/* -------------------------------------------------------------- the table */

/* Two peaks and of every shape two rows, of dyck-1 six, on one thread and
 * on all; then the kernels. */
static size_t count_rows(void)
{
    size_t rows = (2 + 2 * N_SHAPES + 4) * (parallel_threads() > 1 ? 2 : 1);

    for (size_t i = 0; micro_at(PRECISION_FLOAT, i) != NULL; i++)
        rows++;
    return rows;
}

static void tell(struct bench *bench)
{
    meter_step(&bench->meter, bench->done++, bench->rows, NAN, NAN);
}

static void add_number(struct table *table, int digits, double number)
{
    if (isnan(number))
        table_cell(table, "%s", "");
    else
        table_cell(table, "%.*f", digits, number);
}

/* A row of what an experiment does; LIBRARY columns are empty. */
static void add_rate(struct bench *bench, const char *work, const char *of,
                     const struct throughput *rate, double peak)
{
    struct table *table = &bench->table;

    tell(bench);
    table_cell(table, "%s", work);
    table_cell(table, "%s", of);
    table_cell(table, "%zu", parallel_threads());
    add_number(table, 0, rate->tokens);
    add_number(table, 0, rate->strings);
    add_number(table, 2, isnan(peak) ? NAN : 1e-9 * rate->flops);
    table_cell(table, "%s", isnan(peak) ? "" : "GFLOP/s");
    add_number(table, 3, 1e-9 * rate->flops / peak);
    table_cell(table, "%s", "");
    table_cell(table, "%s", "");
}

/* Training and evaluation; for strings of one experiment more than that. */
static bool add_work(struct bench *bench, struct benchmark *benchmark,
                     const char *of, double peak, struct error *error)
{
    static const char *const evaluators[] = { "trained", "attention", "limit" };
    struct throughput rate;

    if (!benchmark_train(benchmark, bench->seconds, &rate, error))
        return false;
    add_rate(bench, "training", of, &rate, peak);
    benchmark_evaluate(benchmark, bench->seconds, &rate);
    add_rate(bench, "evaluation", of, &rate, peak);
    if (strcmp(of, "dyck-1") != 0)
        return true;
    benchmark_draw(benchmark, bench->seconds, &rate);
    add_rate(bench, "drawing", of, &rate, NAN);
    for (size_t i = 0; i < sizeof evaluators / sizeof *evaluators; i++) {
        struct text work = { 0 };

        if (!benchmark_verify(benchmark, evaluators[i], bench->seconds, &rate,
                              error))
            return false;
        text_add_format(&work, "verify %s", evaluators[i]);
        add_rate(bench, work.data, of, &rate, NAN);
        text_clear(&work);
    }
    return true;
}

static bool add_shape(struct bench *bench, const char *name, const char *path,
                      struct error *error)
{
    struct experiment experiment = { 0 };
    struct benchmark *benchmark = NULL;
    size_t all = parallel_threads();
    bool ok =
        open_experiment(&experiment, path, bench->options, &benchmark, error);

    for (size_t many = 0; ok && many < (all > 1 ? 2 : 1); many++) {
        int precision = experiment.jobs[0].settings.model.precision;

        parallel_set_threads(many ? all : 1);
        ok = add_work(bench, benchmark, name, bench->peaks[precision][many],
                      error);
    }
    parallel_set_threads(all);
    benchmark_free(benchmark);
    experiment_clear(&experiment);
    return ok;
}

static void add_kernel(struct bench *bench, size_t i)
{
    const struct micro *micro = micro_at(PRECISION_FLOAT, i);
    struct micro_rate rate =
        micro_measure(PRECISION_FLOAT, i, KERNEL_SHARE * bench->seconds);
    struct table *table = &bench->table;

    tell(bench);
    table_cell(table, "%s", micro->kernel);
    if (micro->out > 0)
        table_cell(table, "%zux%zux%zu", micro->rows, micro->in, micro->out);
    else
        table_cell(table, "%zux%zu", micro->rows, micro->in);
    table_cell(table, "1");
    table_cell(table, "%s", "");
    table_cell(table, "%s", "");
    add_number(table, 2, rate.own);
    table_cell(table, "%s", micro->flops > 0 ? "GFLOP/s" : "Gelement/s");
    add_number(table, 3,
               micro->flops > 0 ? rate.own / bench->peaks[PRECISION_FLOAT][0]
                                : NAN);
    add_number(table, 2, rate.library);
    add_number(table, 3, rate.own / rate.library);
}

static void add_peaks(struct bench *bench)
{
    static const char *const names[] = { "float", "double" };
    size_t all = parallel_threads();

    for (int p = PRECISION_FLOAT; p <= PRECISION_DOUBLE; p++)
        for (size_t many = 0; many < (all > 1 ? 2 : 1); many++) {
            struct throughput peak = { NAN, NAN, NAN };

            parallel_set_threads(many ? all : 1);
            bench->peaks[p][many] =
                micro_peak((enum precision)p, parallel_threads(),
                           KERNEL_SHARE * bench->seconds);
            peak.flops = 1e9 * bench->peaks[p][many];
            add_rate(bench, "multiply-add", names[p], &peak,
                     bench->peaks[p][many]);
        }
    parallel_set_threads(all);
}

static bool print_all(struct bench *bench, struct error *error)
{
    static const char *const columns[] = { "work",      "of",        "threads",
                                           "tok/s",     "strings/s", "rate",
                                           "unit",      "of peak",   "libxsmm",
                                           "of libxsmm" };
    const struct options *options = bench->options;
    const struct table_writer *writer =
        table_writer_find(options->json ? "json" : "markdown");
    struct text out = { 0 };
    bool ok = true;

    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        table_column(&bench->table, columns[i]);
    bench->rows = count_rows();
    meter_init(&bench->meter, options, "bench", 0);
    add_peaks(bench);
    for (size_t i = 0; ok && i < N_SHAPES; i++) {
        char *path = find_shape(shapes[i], error);

        ok = path != NULL && add_shape(bench, shapes[i], path, error);
        free(path);
    }
    for (size_t i = 0; ok && micro_at(PRECISION_FLOAT, i) != NULL; i++)
        add_kernel(bench, i);
    meter_clear(&bench->meter);
    if (ok) {
        writer->write(&bench->table, &out);
        ok = output_text(&out, error);
    }
    table_clear(&bench->table);
    return ok;
}

static bool run(const struct options *options, struct error *error)
{
    struct bench bench = { .options = options,
                           .seconds = options->seconds > 0 ? options->seconds
                                                           : SECONDS };
    char *path;
    bool ok;

    if (options->shape == NULL && options->n_operands == 0)
        return print_all(&bench, error);
    if (options->n_operands > 0)
        return print_one(&bench, options->operands[0], error);
    path = find_shape(options->shape, error);
    ok = path != NULL && print_one(&bench, path, error);
    free(path);
    return ok;
}

static const struct option options[] = {
    { 0, "shape", OPTION_TEXT, offsetof(struct options, shape), "NAME",
      "only tiny, small, medium, base, long or dyck-1" },
    { 0, "seconds", OPTION_TIME, offsetof(struct options, seconds), "TIME",
      "how long to measure each (1)" },
    { 0, "evaluate", OPTION_FLAG, offsetof(struct options, evaluate), NULL,
      "of one shape or experiment: evaluation, not training" },
    SET_OPTION("file: train.batch=64"),
    { .name = NULL }
};

const struct command bench_command = {
    .name = "bench",
    .operands = "[EXPERIMENT]",
    .summary = "Times training, evaluation and the kernels on this machine.",
    .notes = "The whole table takes two to four minutes on two cores.\n",
    .examples = "  saturn bench\n"
                "  saturn bench --shape small -j 2 --seconds 2 --evaluate\n"
                "  saturn bench experiments/dyck-1.yaml\n",
    .options = options,
    .least = 0,
    .most = 1,
    .run = run
};

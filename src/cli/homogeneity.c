/* SPDX-License-Identifier: GPL-3.0-or-later */

/* saturn homogeneity: the degrees of a network and its parts, measured. */

#include <math.h>
#include <stdlib.h>

#include "base/file.h"
#include "cli/command.h"
#include "experiment/trained.h"
#include "model/constructions.h"
#include "report/table.h"
#include "saturation/homogeneity.h"

/* Draws for each lemma. */
#define DRAWS 100000

static void add_number(struct table *table, double value)
{
    if (isnan(value))
        table_cell(table, "%s", "");
    else
        table_cell(table, "%.9g", value);
}

static void fill_table(const struct homogeneity *found, struct table *table)
{
    static const char *const columns[] = { "group",    "setting", "part",
                                           "input",    "paper",   "theory",
                                           "measured", "error",   "verdict" };

    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        table_column(table, columns[i]);
    for (size_t i = 0; i < found->count; i++) {
        const struct homogeneity_row *row = &found->rows[i];

        table_cell(table, "%s", row->group);
        table_cell(table, "%s", row->setting);
        table_cell(table, "%s", row->part);
        table_cell(table, "%s", row->input);
        add_number(table, row->paper);
        add_number(table, row->theory);
        add_number(table, row->measured);
        if (isnan(row->error))
            table_cell(table, "%s", "");
        else
            table_cell(table, "%.2g", row->error);
        table_cell(table, "%s", row->verdict);
    }
}

/* A model of MODEL with every norm placement, without and with biases. */
static void measure_placements(const struct model_config *model,
                               size_t n_symbols, uint64_t seed,
                               struct homogeneity *found)
{
    static const int norms[] = { NORM_OUTPUT, NORM_POST, NORM_PRE, NORM_NONE };

    for (size_t i = 0; i < 8; i++) {
        struct model_config config = *model;
        struct network *network;

        config.construction = CONSTRUCTION_NONE;
        config.norm = norms[i / 2];
        config.bias = config.classifier_bias = i % 2 == 1;
        network = network_new(&config, n_symbols);
        network_init(network, seed);
        homogeneity_add_network(found, network, seed);
        network_free(network);
    }
}

static bool check_objective(const struct settings *settings, const char *path,
                            struct error *error)
{
    struct place place = { .file = path };

    return settings->data.objective == OBJECTIVE_MEMBERSHIP ||
           error_add(error, ERROR_CONFIG, &place, "data.objective",
                     "homogeneity looks at one logit; accepted: membership");
}

/* The model block of an experiment's first job. */
static bool measure_experiment(const char *path, const char *const *sets,
                               struct homogeneity *found, struct error *error)
{
    struct experiment experiment;
    struct language *language = NULL;
    const struct settings *settings;
    bool ok = experiment_load(&experiment, path, sets, false, error);

    if (ok) {
        settings = &experiment.jobs[0].settings;
        ok = check_objective(settings, path, error) &&
             job_load_language(&experiment.jobs[0], &language, error);
    }
    if (ok)
        measure_placements(&settings->model, language_alphabet(language)->size,
                           settings->seed.init, found);
    language_free(language);
    experiment_clear(&experiment);
    return ok;
}

static bool measure_run(const char *path, const char *const *sets,
                        struct homogeneity *found, struct error *error)
{
    struct trained trained;
    bool ok;

    if (!trained_open(&trained, path, NULL, sets, error))
        return false;
    ok = check_objective(trained.settings, path, error);
    if (ok)
        homogeneity_add_network(found, trained.network,
                                trained.settings->seed.init);
    trained_close(&trained);
    return ok;
}

/* A run is a folder with its settings. */
static bool is_run(const char *path)
{
    char *config = file_join(path, "config.yaml");
    bool run = file_exists(config);

    free(config);
    return run;
}

static bool run_homogeneity(const struct options *options, struct error *error)
{
    const char *path = options->operands[0];
    const struct table_writer *writer;
    struct homogeneity found = { 0 };
    struct table table = { 0 };
    struct text out = { 0 };
    bool ok;

    homogeneity_add_components(&found, 1);
    homogeneity_add_lemmas(&found, DRAWS, 1);
    ok = table_writer_choose(options->json ? "json" : options->format, &writer,
                             error) &&
         (is_run(path) ? measure_run : measure_experiment)(path, options->sets,
                                                           &found, error);
    if (ok) {
        fill_table(&found, &table);
        writer->write(&table, &out);
        ok = output_text(&out, error);
    }
    table_clear(&table);
    homogeneity_clear(&found);
    return ok;
}

/* clang-format off */
static const struct option options[] = {
    { 'f', "format", OPTION_TEXT, offsetof(struct options, format), "NAME",
      "markdown, latex, csv or json" },
    SET_OPTION("file: model.n_layers=3"),
    { .name = NULL }
};
/* clang-format on */

static const char legend[] =
    "A row is a part of the network and how it grows with the parameters:\n"
    "f(x; c theta) = c^k f(x; theta), k its degree.\n"
    "  group     table 1: components on random numbers; lemma: bounds, the\n"
    "            share reached; degree: parts of this network; limit: the\n"
    "            encoder's direction; euler: theta . grad f = k f\n"
    "  setting   norm placement, biases, and the scale c of the parameters\n"
    "  part      what is measured\n"
    "  input     degree of what goes into it; euler: strings whose scores\n"
    "            have gaps, or ties\n"
    "  paper     the degree published, where one is\n"
    "  theory    the degree that follows from the paper's Table 1\n"
    "  measured  log10 |f(10 c)| / |f(c)|; euler: theta . grad f / f\n"
    "  error     relative distance from the degree of theory; limit: of\n"
    "            directions under c and in the limit\n"
    "  verdict   homogeneous: to 1e-6; approximately: the degree is right,\n"
    "            to 0.01, and other terms still show; limit: falls or rises\n"
    "            from one c to the next, at rounding below 1e-12\n";

const struct command homogeneity_command = {
    .name = "homogeneity",
    .operands = "EXPERIMENT|RUN",
    .summary = "Measures how a network's parts grow with its parameters.",
    .examples = "  saturn homogeneity experiments/growth.yaml\n"
                "  saturn homogeneity --set model.n_layers=3 "
                "experiments/growth.yaml\n"
                "  saturn homogeneity --json RUN\n",
    .notes = legend,
    .options = options,
    .least = 1,
    .most = 1,
    .run = run_homogeneity
};

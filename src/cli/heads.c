/* SPDX-License-Identifier: GPL-3.0-or-later */

/* saturn heads: what each head of a run's saturated network attends to. */

#include <string.h>

#include "cli/command.h"
#include "experiment/pipeline.h"
#include "experiment/trained.h"
#include "report/table.h"
#include "saturation/heads.h"

static void fill_table(const struct head_profiles *profiles,
                       struct table *table)
{
    static const char *const columns[] = { "mask", "layer",  "head", "class",
                                           "rows", "mean",   "sd",   "split",
                                           "tied", "single", "all" };

    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        table_column(table, columns[i]);
    for (size_t i = 0; i < profiles->count; i++) {
        const struct head_profile *row = &profiles->rows[i];

        table_cell(table, "%s", head_mask_names[row->mask]);
        table_cell(table, "%zu", row->layer);
        table_cell(table, "%zu", row->head);
        table_cell(table, "%s", head_class_names[row->class]);
        table_cell(table, "%zu", row->rows);
        table_cell(table, "%.8g", row->mean);
        table_cell(table, "%.6g", row->sd);
        table_cell(table, "%.8g", row->split);
        table_cell(table, "%.6g", row->tied);
        table_cell(table, "%.6g", row->single);
        table_cell(table, "%.6g", row->all);
    }
}

static bool print_profiles(const struct head_profiles *profiles, bool json,
                           struct error *error)
{
    struct table table = { 0 };
    struct text out = { 0 };

    fill_table(profiles, &table);
    table_writer_find(json ? "json" : "markdown")->write(&table, &out);
    table_clear(&table);
    return output_text(&out, error);
}

/* The strings of the run's own heads.csv; the limit is made once for its
 * complaints about the network. */
static bool measure(const struct trained *trained, struct dataset *dataset,
                    struct head_profiles *profiles, struct error *error)
{
    const struct settings *settings = trained->settings;
    struct evaluator *limit = NULL;
    struct strings strings;
    bool ok = evaluator_new(&limit, "limit", trained->network,
                            &settings->saturation, error) &&
              job_generate(&trained->experiment, trained->experiment.jobs,
                           trained->language, dataset, error);

    evaluator_free(limit);
    if (!ok)
        return false;
    strings = dataset->validation.strings;
    if (strings.count > PROBE_STRINGS)
        strings.count = PROBE_STRINGS;
    heads_measure(trained->network, settings->saturation.orders, &strings,
                  profiles);
    return true;
}

static bool run_heads(const struct options *options, struct error *error)
{
    struct head_profiles profiles = { 0 };
    struct dataset dataset = { 0 };
    struct trained trained;
    bool ok;

    if (!trained_open(&trained, options->operands[0], options->checkpoint,
                      options->sets, error))
        return false;
    ok = measure(&trained, &dataset, &profiles, error) &&
         print_profiles(&profiles, options->json, error);
    head_profiles_clear(&profiles);
    dataset_clear(&dataset);
    trained_close(&trained);
    return ok;
}

static const struct option heads_options[] = {
    CHECKPOINT_OPTION,
    SET_OPTION("run: data.validation.length=60..80"),
    { .name = NULL }
};

const struct command heads_command = {
    .name = "heads",
    .operands = "RUN",
    .summary = "Says what the heads of a run's saturated network attend to.",
    .examples = "  saturn heads RUN\n"
                "  saturn heads --set data.validation.length=60..80 RUN\n"
                "\n"
                "A row a head, over all tokens of the first 200 validation "
                "strings, in the limit:\n"
                "  mask    right: masked scores are out; zero: read as the "
                "paper's published code\n"
                "          does, where a masked score is 0\n"
                "  class   argmax: chooses one state; mean: attends to every "
                "position; each for\n"
                "          95% of the tokens that have a choice; else other\n"
                "  rows    tokens looked at\n"
                "  mean    positions a token attends to; sd: their standard "
                "deviation\n"
                "  split   share of tokens that attend to several positions\n"
                "  tied    share that attend to several states, whose scores "
                "are equal\n"
                "  single  share of tokens with a choice that chose one state\n"
                "  all     share of these that attend to everything\n",
    .options = heads_options,
    .least = 1,
    .most = 1,
    .run = run_heads
};

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "report/report.h"

#include "cli/command.h"

static bool collect(const struct options *options, struct records *records,
                    struct error *error)
{
    bool ok = true;

    for (size_t i = 0; i < options->n_operands; i++)
        ok &= records_collect(records, options->operands[i], error);
    if (options->n_operands == 0)
        ok = records_collect(records, "results", error);
    if (ok && records->unfinished > 0)
        talk(options, "%zu unfinished run%s passed over", records->unfinished,
             records->unfinished > 1 ? "s" : "");
    return ok;
}

static bool run(const struct options *options, struct error *error)
{
    const struct table_writer *writer;
    struct records records = { 0 };
    struct table table = { 0 };
    struct text out = { 0 };
    bool ok = table_writer_choose(options->json ? "json" : options->format,
                                  &writer, error) &&
              collect(options, &records, error);

    if (ok && options->output != NULL)
        ok = report_write(&records, options->output, error);
    if (ok) {
        report_summary(&records, &table);
        writer->write(&table, &out);
        ok = output_text(&out, error);
    }
    table_clear(&table);
    records_clear(&records);
    return ok;
}

static const struct option options[] = {
    { 'f', "format", OPTION_TEXT, offsetof(struct options, format), "NAME",
      "markdown, latex, csv or json" },
    { .name = NULL }
};

const struct command report_command = {
    .name = "report",
    .operands = "[RUN...]",
    .summary =
        "Prints the summary of finished runs; -o adds tables and figures.",
    .examples = "  saturn report\n"
                "  saturn report results/majority results/dyck-1 -o report\n",
    .options = options,
    .run = run
};

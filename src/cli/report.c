/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "report/report.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/command.h"
#include "experiment/page.h"
#include "report/view.h"

/* Columns where nobody says how wide the terminal is. */
#define USUAL_WIDTH 100

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

static void tell_quick(const struct options *options,
                       const struct records *records)
{
    size_t n = 0;

    for (size_t i = 0; i < records->count; i++)
        n += records->items[i].quick;
    if (n > 0)
        talk(options, "%zu quick run%s passed over: a page is of full ones", n,
             n > 1 ? "s" : "");
}

static bool write_page(const struct options *options,
                       const struct records *records, struct error *error)
{
    const char *directory = options->output != NULL ? options->output : ".";
    struct page_counts counts;
    struct text words = { 0 };

    tell_quick(options, records);
    if (!page_write(options->page, records, directory, &counts, error))
        return false;
    for (size_t i = 0; i < SHOWN; i++)
        text_add_format(&words, ", %zu %s", counts.of[i], verdict_words[i]);
    talk(options, "%s/README.md%s", directory, words.data);
    text_clear(&words);
    if (counts.of[FAIL] > 0)
        error_set(error, ERROR_FAILED, "%zu exact items failed",
                  counts.of[FAIL]);
    if (counts.of[ERROR] > 0)
        error_set(error, ERROR_FAILED, "%zu claims have no number to answer",
                  counts.of[ERROR]);
    return counts.of[FAIL] + counts.of[ERROR] == 0;
}

static size_t terminal_width(void)
{
    const char *columns = getenv("COLUMNS");
    struct winsize size;
    uint64_t width;

    if (columns != NULL && text_read_count(columns, &width) && width > 0)
        return (size_t)width;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return USUAL_WIDTH;
}

/* WRITER NULL: for people. */
static bool write_summary(const struct options *options,
                          const struct records *records,
                          const struct table_writer *writer,
                          struct error *error)
{
    size_t width =
        options->wide || options->columns != NULL ? 0 : terminal_width();
    struct table table = { 0 };
    struct text out = { 0 };
    bool ok = options->output == NULL ||
              report_write(records, options->output, error);

    table.exact = writer == table_writer_find("json");
    if (ok) {
        report_summary(records, &table);
        ok = options->columns == NULL ||
             view_choose(&table, options->columns, error);
    }
    if (ok) {
        if (writer != NULL)
            writer->write(&table, &out);
        else
            view_write(&table, width, &out);
        ok = output_text(&out, error);
    }
    text_clear(&out);
    table_clear(&table);
    return ok;
}

/* A page may stand on published series alone. */
static bool run(const struct options *options, struct error *error)
{
    const char *format = options->json ? "json" : options->format;
    const struct table_writer *writer = NULL;
    struct records records = { 0 };
    bool bare = options->page != NULL && options->n_operands == 0;
    bool ok = (format == NULL || table_writer_choose(format, &writer, error)) &&
              (bare || collect(options, &records, error));

    if (ok)
        ok = options->page != NULL
                 ? write_page(options, &records, error)
                 : write_summary(options, &records, writer, error);
    records_clear(&records);
    return ok;
}

/* clang-format off */
static const struct option options[] = {
    { 'f', "format", OPTION_TEXT, offsetof(struct options, format), "NAME",
      "markdown, latex, csv or json; else for a terminal" },
    { 0, "columns", OPTION_TEXT, offsetof(struct options, columns), "NAMES",
      "only these columns: trained,limit,norm ratio" },
    { 'w', "wide", OPTION_FLAG, offsetof(struct options, wide), NULL,
      "all columns, however wide the terminal is" },
    { 0, "page", OPTION_TEXT, offsetof(struct options, page), "FILE",
      "write this page of rows and figures instead" },
    OUTPUT_OPTION("write tables and figures too; of --page (.)"),
    { .name = NULL }
};
/* clang-format on */

const struct command report_command = {
    .name = "report",
    .operands = "[RUN...]",
    .summary =
        "Prints the summary of finished runs; -o adds tables and figures.",
    .examples = "  saturn report\n"
                "  saturn report --wide results/majority\n"
                "  saturn report --columns trained,limit --format csv\n"
                "  saturn report results/majority results/dyck-1 -o report\n"
                "  saturn report --page experiments/paper/page.yaml "
                "-o page results\n",
    .options = options,
    .run = run
};

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "report/report.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "report/view.h"
#include "results/manifest.h"

/* A list of distinct words in the order they were met. */
struct words {
    char **items;
    size_t count;
};

static void clear_words(struct words *words)
{
    for (size_t i = 0; i < words->count; i++)
        free(words->items[i]);
    free(words->items);
    *words = (struct words){ 0 };
}

static void add_word(struct words *words, const char *word)
{
    for (size_t i = 0; i < words->count; i++)
        if (strcmp(words->items[i], word) == 0)
            return;
    words->items =
        memory_resize(words->items, words->count + 1, sizeof *words->items);
    words->items[words->count++] = memory_copy_text(word);
}

/* ------------------------------------------------------ names of metrics */

static bool is_test(const char *set)
{
    return text_begins(set, "test[") || text_begins(set, "exhaustive");
}

static bool is_set(const char *set)
{
    return is_test(set) || text_begins(set, "verify[") ||
           strcmp(set, "validation") == 0;
}

/* "scaled=2.5.test[0].accuracy" into evaluator and set; false for the
 * accuracy of a class and all other metrics. */
static bool split_name(const char *name, char **evaluator, char **set)
{
    static const char suffix[] = ".accuracy";
    char *stem, *dot;

    if (!text_ends(name, suffix))
        return false;
    stem = memory_copy_text(name);
    stem[strlen(name) - strlen(suffix)] = '\0';
    dot = strrchr(stem, '.');
    if (dot == NULL || !is_set(dot + 1)) {
        free(stem);
        return false;
    }
    *set = memory_copy_text(dot + 1);
    *dot = '\0';
    *evaluator = stem;
    return true;
}

/* Evaluators and sets of a record's metrics; either may be NULL. */
static void find_words(const struct record *record, struct words *evaluators,
                       struct words *sets)
{
    for (size_t i = 0; i < record->metrics.count; i++) {
        char *evaluator, *set;

        if (!split_name(record->metrics.items[i].name, &evaluator, &set))
            continue;
        if (evaluators != NULL)
            add_word(evaluators, evaluator);
        if (sets != NULL)
            add_word(sets, set);
        free(evaluator);
        free(set);
    }
}

/* The number "<a>.<b>.<c>", parts that are NULL left out; or NAN. */
static double look_up(const struct record *record, const char *a, const char *b,
                      const char *c)
{
    const char *const parts[] = { a, b, c };
    struct text name = { 0 };
    const struct metric *metric;

    text_add(&name, "");
    for (size_t i = 0; i < 3; i++)
        if (parts[i] != NULL)
            text_add_format(&name, "%s%s", name.length > 0 ? "." : "",
                            parts[i]);
    metric = metrics_find(&record->metrics, name.data);
    text_clear(&name);
    return metric != NULL ? metric->value : NAN;
}

/* --------------------------------------------------------- over the seeds */

/* Runs that differ in the seed alone. */
struct group {
    const char *experiment, *name;
};

static bool is_member(const struct record *record, const struct group *group)
{
    return strcmp(record->experiment, group->experiment) == 0 &&
           strcmp(record->group, group->name) == 0;
}

static struct group *list_groups(const struct records *records, size_t *count)
{
    struct group *groups = memory_new(records->count, sizeof *groups);

    *count = 0;
    for (size_t i = 0; i < records->count; i++) {
        const struct record *record = &records->items[i];
        bool known = false;

        for (size_t g = 0; g < *count; g++)
            known |= is_member(record, &groups[g]);
        if (!known)
            groups[(*count)++] =
                (struct group){ record->experiment, record->group };
    }
    return groups;
}

/* Three digits, but more where they would call 0.9996 a whole 1. */
static void add_number(struct text *out, double value, bool exact)
{
    char shown[32];

    if (exact) {
        text_add_number(out, value);
        return;
    }
    for (int digits = 3; digits <= 17; digits++) {
        snprintf(shown, sizeof shown, "%.*g", digits, value);
        if (!(value < 1) || strcmp(shown, "1") != 0)
            break;
    }
    text_add(out, shown);
}

/* Mean, least and most of a metric over a group: "0.998 [0.992, 1]", or one
 * number where all are equal. */
static void cell_over_seeds(const struct records *records,
                            const struct group *group, struct table *table,
                            const char *a, const char *b, const char *c)
{
    double sum = 0, least = INFINITY, most = -INFINITY;
    struct text cell = { 0 };
    size_t count = 0;

    text_add(&cell, "");
    for (size_t i = 0; i < records->count; i++) {
        double value = look_up(&records->items[i], a, b, c);

        if (!is_member(&records->items[i], group) || isnan(value))
            continue;
        sum += value;
        least = fmin(least, value);
        most = fmax(most, value);
        count++;
    }
    if (count > 0)
        add_number(&cell, sum / (double)count, table->exact);
    if (least < most) {
        text_add(&cell, " [");
        add_number(&cell, least, table->exact);
        text_add(&cell, ", ");
        add_number(&cell, most, table->exact);
        text_add(&cell, "]");
    }
    table_cell(table, "%s", cell.data);
    text_clear(&cell);
}

static const struct record *first_member(const struct records *records,
                                         const struct group *group,
                                         size_t *count)
{
    const struct record *first = NULL;

    *count = 0;
    for (size_t i = 0; i < records->count; i++)
        if (is_member(&records->items[i], group)) {
            first = first != NULL ? first : &records->items[i];
            (*count)++;
        }
    return first;
}

/* The members among all strings up to a length: where nearly all are outside,
 * the accuracy on all of them says little. */
static const char all_members[] = "exhaustive.members";

/* "2..50", or "all 0..12" and "members 0..12" for an enumeration. */
static void cell_lengths(struct table *table, const struct record *record,
                         const char *set)
{
    bool some = strcmp(set, all_members) == 0;
    bool all = strcmp(set, "exhaustive") == 0;
    const char *whole = some ? "exhaustive" : set;
    double least = look_up(record, whole, "least", NULL);
    double most = look_up(record, whole, "most", NULL);

    if (isnan(least) || isnan(most))
        table_cell(table, "%s", set);
    else
        table_cell(table, "%s%.0f..%.0f",
                   some  ? "members "
                   : all ? "all "
                         : "",
                   least, most);
}

/* What sequence objectives say besides, in columns where a run has it. */
static const struct aside {
    const char *column, *evaluator, *measure;
} asides[] = {
    { "perplexity", "trained", "perplexity" },
    { "published perplexity", "trained", "perplexity.published" },
    { "trained positions", "trained", "position_accuracy" },
    { "limit positions", "limit", "position_accuracy" },
    { "trained excess", "trained", "excess" },
    { "limit excess", "limit", "excess" },
};

#define N_ASIDES (sizeof asides / sizeof *asides)

static bool is_told(const struct records *records, const struct aside *aside)
{
    for (size_t i = 0; i < records->count; i++)
        if (!isnan(look_up(&records->items[i], aside->evaluator, "test[0]",
                           aside->measure)))
            return true;
    return false;
}

/* A string has one target under membership alone. */
static const char *accuracy_of(const struct records *records)
{
    static const struct aside one = { NULL, "trained", "position_accuracy" };

    return is_told(records, &one)
               ? "share of strings decided rightly; where every symbol has a "
                 "target, at all of them"
               : NULL;
}

/* The columns between the seeds and the last ones. */
static void add_row(const struct records *records, const struct group *group,
                    const char *set, const struct words *evaluators,
                    bool summary, struct table *table)
{
    size_t count;
    const struct record *first = first_member(records, group, &count);

    table_cell(table, "%s", group->experiment);
    table_cell(table, "%s", group->name);
    cell_lengths(table, first, set);
    table_cell(table, "%zu", count);
    for (size_t e = 0; e < evaluators->count; e++)
        cell_over_seeds(records, group, table, evaluators->items[e], set,
                        "accuracy");
    if (!summary)
        return;
    for (size_t a = 0; a < N_ASIDES; a++)
        if (is_told(records, &asides[a]))
            cell_over_seeds(records, group, table, asides[a].evaluator, set,
                            asides[a].measure);
    cell_over_seeds(records, group, table, "limit", set, "agreement");
    cell_over_seeds(records, group, table, "norm", "ratio", NULL);
    cell_over_seeds(records, group, table, "saturation", NULL, NULL);
}

/* Ladders are evaluators with a number: scaled=10. */
static void choose_evaluators(const struct records *records, bool summary,
                              struct words *chosen)
{
    struct words all = { 0 };

    for (size_t i = 0; i < records->count; i++)
        find_words(&records->items[i], &all, NULL);
    for (size_t e = 0; e < all.count; e++)
        if ((strchr(all.items[e], '=') == NULL) == summary)
            add_word(chosen, all.items[e]);
    clear_words(&all);
}

/* Whether some of all strings up to a length are members, and some not. */
static bool has_members(const struct records *records,
                        const struct group *group)
{
    size_t count;
    const struct record *first = first_member(records, group, &count);

    return !isnan(look_up(first, "trained", all_members, "accuracy")) &&
           !isnan(look_up(first, "trained", "exhaustive.outside", "accuracy"));
}

static void fill_table(const struct records *records, bool summary,
                       struct table *table)
{
    static const char *const before[] = { "experiment", "setting", "lengths",
                                          "seeds" };
    static const char *const after[] = { "limit agrees", "norm ratio",
                                         "saturation" };
    struct words evaluators = { 0 };
    size_t n_groups;
    struct group *groups = list_groups(records, &n_groups);

    table->accuracy = accuracy_of(records);
    choose_evaluators(records, summary, &evaluators);
    for (size_t c = 0; c < 4; c++)
        table_column(table, before[c]);
    for (size_t e = 0; e < evaluators.count; e++)
        table_spread(table, evaluators.items[e]);
    for (size_t a = 0; summary && a < N_ASIDES; a++)
        if (is_told(records, &asides[a]))
            table_spread(table, asides[a].column);
    for (size_t c = 0; summary && c < 3; c++)
        table_spread(table, after[c]);
    for (size_t g = 0; evaluators.count > 0 && g < n_groups; g++) {
        struct words sets = { 0 };

        for (size_t i = 0; i < records->count; i++)
            if (is_member(&records->items[i], &groups[g]))
                find_words(&records->items[i], NULL, &sets);
        if (has_members(records, &groups[g]))
            add_word(&sets, all_members);
        for (size_t s = 0; s < sets.count; s++)
            if (is_test(sets.items[s]))
                add_row(records, &groups[g], sets.items[s], &evaluators,
                        summary, table);
        clear_words(&sets);
    }
    clear_words(&evaluators);
    free(groups);
}

void report_summary(const struct records *records, struct table *table)
{
    fill_table(records, true, table);
}

void report_ladders(const struct records *records, struct table *table)
{
    fill_table(records, false, table);
}

/* ---------------------------------------------------------------- raw rows */

static void cell_number(struct table *table, double value)
{
    struct text cell = { 0 };

    text_add(&cell, "");
    if (!isnan(value))
        text_add_number(&cell, value);
    table_cell(table, "%s", cell.data);
    text_clear(&cell);
}

static void add_raw_row(const struct record *record, const char *set,
                        const char *evaluator, struct table *table)
{
    static const char *const shares[] = { "accuracy", "agreement", "undecided",
                                          "low", "high" };

    table_cell(table, "%s", record->experiment);
    table_cell(table, "%s", record->language);
    table_cell(table, "%s", record->group);
    table_cell(table, "%s", record->seed);
    table_cell(table, "%s", set);
    cell_number(table, look_up(record, set, "least", NULL));
    cell_number(table, look_up(record, set, "most", NULL));
    table_cell(table, "%s", evaluator);
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++)
        cell_number(table, look_up(record, evaluator, set, shares[i]));
    cell_number(table, look_up(record, "norm", "ratio", NULL));
    cell_number(table, look_up(record, "saturation", NULL, NULL));
}

void report_rows(const struct records *records, struct table *table)
{
    static const char *const names[] = {
        "experiment", "language", "setting",   "seed",       "set",
        "least",      "most",     "evaluator", "accuracy",   "agreement",
        "undecided",  "low",      "high",      "norm_ratio", "saturation",
    };

    for (size_t c = 0; c < sizeof names / sizeof names[0]; c++)
        table_column(table, names[c]);
    for (size_t i = 0; i < records->count; i++) {
        const struct record *record = &records->items[i];

        for (size_t m = 0; m < record->metrics.count; m++) {
            char *evaluator, *set;

            if (!split_name(record->metrics.items[m].name, &evaluator, &set))
                continue;
            add_raw_row(record, set, evaluator, table);
            free(evaluator);
            free(set);
        }
    }
}

/* ---------------------------------------------------------------- the page */

static bool write_table(const struct table *table, const char *writer,
                        const char *directory, const char *name,
                        struct error *error)
{
    char *path = file_join(directory, name);
    struct text text = { 0 };
    bool ok;

    table_writer_find(writer)->write(table, &text);
    ok = file_write(path, text.data, text.length, error);
    text_clear(&text);
    free(path);
    return ok;
}

/* A file's name for a group's figure, of harmless characters. */
static char *name_figure(const struct group *group)
{
    struct text name = { 0 };

    text_add_format(&name, "%s%s%s", group->experiment,
                    group->name[0] != '\0' ? "-" : "", group->name);
    for (size_t i = 0; i < name.length; i++) {
        unsigned char c = (unsigned char)name.data[i];

        if (!isalnum(c) && strchr("._=-", c) == NULL)
            name.data[i] = '_';
    }
    if (name.data[0] == '.' || name.data[0] == '-')
        name.data[0] = '_';
    return text_take(&name);
}

static bool add_figure(const struct records *records, const struct group *group,
                       const char *directory, struct text *page,
                       struct error *error)
{
    char *name = name_figure(group);
    char *base = file_join(directory, name);
    bool drawn;
    bool ok = report_figure(records, group->experiment, group->name, base,
                            &drawn, error);

    if (ok && drawn)
        text_add_format(page, "![%s](%s.svg)\n\n", name, name);
    else if (ok)
        text_add_format(page,
                        "`gnuplot -c %s.gp %s.dat > %s.svg` draws the "
                        "figure.\n\n",
                        name, name, name);
    free(name);
    free(base);
    return ok;
}

/* Of NAME beside the run. */
static char *path_beside(const struct record *record, const char *name)
{
    const char *slash = strrchr(record->path, '/');
    struct text path = { 0 };

    if (slash != NULL)
        text_add_bytes(&path, record->path, (size_t)(slash - record->path) + 1);
    text_add(&path, name);
    return text_take(&path);
}

static bool is_reported(const struct records *records, const char *path)
{
    for (size_t i = 0; i < records->count; i++)
        if (strcmp(records->items[i].path, path) == 0)
            return true;
    return false;
}

static bool is_finished(const char *path, struct error *error)
{
    char *file = file_join(path, "manifest.json");
    struct json *manifest =
        file_exists(file) ? manifest_read(path, error) : NULL;
    bool finished =
        !text_ends(path, ".partial") && manifest_says(manifest, "finished");

    json_free(manifest);
    free(file);
    return finished;
}

/* Whether every finished run beside RECORD is reported: claims are judged over
 * all of them, and say nothing of some. */
static bool has_all(const struct records *records, const struct record *record,
                    bool *all, struct error *error)
{
    char *folder = file_folder(record->path), **names;

    *all = file_names(folder, &names, error);
    free(folder);
    if (!*all)
        return false;
    for (size_t i = 0; names[i] != NULL && error->count == 0; i++) {
        char *path = path_beside(record, names[i]);

        if (!is_reported(records, path) && is_finished(path, error))
            *all = false;
        free(path);
    }
    file_free_names(names);
    return error->count == 0;
}

/* The lines of a file beside the runs as code; nothing if it is not there. */
static bool add_beside(const struct record *record, const char *name,
                       const char *title, struct text *page,
                       struct error *error)
{
    char *path = path_beside(record, name);
    struct text file = { 0 };
    bool ok = true;

    if (file_exists(path))
        ok = file_read(path, (size_t)1 << 20, &file, error);
    if (file.length > 0)
        text_add_format(page, "%s\n\n", title);
    for (char *line = file.data; line != NULL && *line != '\0';) {
        size_t length = strcspn(line, "\n");

        text_add_format(page, "    %.*s\n", (int)length, line);
        line += length + (line[length] == '\n');
    }
    if (file.length > 0)
        text_add(page, "\n");
    free(path);
    text_clear(&file);
    return ok;
}

static bool add_claims(const struct records *records,
                       const struct record *record, struct text *page,
                       struct error *error)
{
    bool all;

    if (!has_all(records, record, &all, error))
        return false;
    if (!all) {
        text_add(page, "Claims are judged over all runs of the experiment, of "
                       "which these are some.\n\n");
        return true;
    }
    return add_beside(record, "claims.txt", "Claims:", page, error) &&
           add_beside(record, "claims-quick.txt",
                      "Claims of the quick runs:", page, error);
}

static void add_heading(struct text *page, const char *text)
{
    text_add(page, "## ");
    for (; *text != '\0'; text++)
        text_add_bytes(page, iscntrl((unsigned char)*text) ? " " : text, 1);
    text_add(page, "\n\n");
}

static bool add_experiments(const struct records *records,
                            const char *directory, struct text *page,
                            struct error *error)
{
    const char *experiment = "";
    size_t count;
    struct group *groups = list_groups(records, &count);
    bool ok = true;

    for (size_t g = 0; ok && g < count; g++) {
        if (g == 0 || strcmp(groups[g].experiment, experiment) != 0) {
            const struct record *first;
            size_t members;

            experiment = groups[g].experiment;
            add_heading(page, experiment);
            first = first_member(records, &groups[g], &members);
            ok = add_claims(records, first, page, error);
        }
        ok = ok && add_figure(records, &groups[g], directory, page, error);
    }
    free(groups);
    return ok;
}

static void add_tables(const struct records *records,
                       const struct table *summary, const struct table *ladders,
                       struct text *page)
{
    const struct table_writer *markdown = table_writer_find("markdown");

    text_add_format(page,
                    "# Report\n\n%zu finished runs, %zu unfinished. A cell is "
                    "the mean over seeds, [least, most].\n\n"
                    "Accuracy on test strings by length, and how often `limit` "
                    "decides as `trained` does:\n\n",
                    records->count, records->unfinished);
    markdown->write(summary, page);
    text_add(page, "\n");
    view_legend(summary, page);
    if (ladders->n_rows > 0) {
        text_add(page,
                 "\nAccuracy on the ladders to the limit: `scaled` is "
                 "f(x; c theta), `sharpened` attention's scores times c:\n\n");
        markdown->write(ladders, page);
    }
    text_add(page, "\n");
}

bool report_write(const struct records *records, const char *directory,
                  struct error *error)
{
    struct table summary = { 0 }, ladders = { 0 }, rows = { 0 };
    char *path = file_join(directory, "report.md");
    struct text page = { 0 };
    bool ok;

    report_summary(records, &summary);
    report_ladders(records, &ladders);
    report_rows(records, &rows);
    add_tables(records, &summary, &ladders, &page);
    ok = file_make_directories(directory, error) &&
         write_table(&summary, "csv", directory, "summary.csv", error) &&
         write_table(&rows, "csv", directory, "rows.csv", error) &&
         add_experiments(records, directory, &page, error) &&
         file_write(path, page.data, page.length, error);
    text_clear(&page);
    table_clear(&summary);
    table_clear(&ladders);
    table_clear(&rows);
    free(path);
    return ok;
}

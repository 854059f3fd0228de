/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The rows of a run: records and probes while it trains, then verdicts. */

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "results/csv.h"
#include "results/journal.h"
#include "results/run.h"

/* The columns of trajectory.csv between the step and the tensors' norms. */
struct column {
    const char *name;
    size_t offset;
};

#define COLUMN(member)                             \
    {                                              \
#member, offsetof(struct snapshot, member) \
    }
#define PASS_COLUMN(member)                             \
    {                                                   \
#member, offsetof(struct snapshot, pass.member) \
    }

static const struct column columns[] = {
    COLUMN(rate),
    PASS_COLUMN(loss),
    PASS_COLUMN(accuracy),
    COLUMN(gradient_norm),
    PASS_COLUMN(min_margin),
    PASS_COLUMN(mean_margin),
    COLUMN(norm),
    COLUMN(norm_weights),
    COLUMN(norm_all),
    COLUMN(cosine_previous),
    COLUMN(cosine_start),
    COLUMN(alignment_step),
    COLUMN(alignment_interval),
    COLUMN(distance_start),
    COLUMN(distance_previous),
    COLUMN(step_length),
    COLUMN(step_length_all),
    COLUMN(step_lost),
    COLUMN(step_unseen),
};

#define N_COLUMNS (sizeof columns / sizeof columns[0])

#define LAYER_COLUMN(member)                             \
    {                                                    \
#member, offsetof(struct layer_snapshot, member) \
    }

/* ... and of each layer, as "norm:layers.0". */
static const struct column layer_columns[] = {
    LAYER_COLUMN(norm),
    LAYER_COLUMN(cosine_previous),
    LAYER_COLUMN(distance_previous),
    LAYER_COLUMN(alignment_interval),
};

#define N_LAYER_COLUMNS (sizeof layer_columns / sizeof layer_columns[0])

static void add_trajectory_header(struct text *out, const struct layout *layout,
                                  const struct snapshot *snapshot)
{
    csv_text(out, "step");
    for (size_t c = 0; c < N_COLUMNS; c++)
        csv_text(out, columns[c].name);
    for (size_t i = 0; i < snapshot->n_layers * N_LAYER_COLUMNS; i++) {
        struct text name = { 0 };

        text_add_format(&name, "%s:layers.%zu",
                        layer_columns[i % N_LAYER_COLUMNS].name,
                        i / N_LAYER_COLUMNS);
        csv_text(out, name.data);
        text_clear(&name);
    }
    for (size_t i = 0; i < layout->n_tensors; i++) {
        struct text name = { 0 };

        text_add_format(&name, "norm:%s", layout->tensors[i].name);
        csv_text(out, name.data);
        text_clear(&name);
    }
    csv_end(out);
}

static double value_at(const void *from, size_t offset)
{
    double value;

    memcpy(&value, (const char *)from + offset, sizeof value);
    return value;
}

static void add_trajectory_row(struct text *out, const struct layout *layout,
                               const struct snapshot *snapshot)
{
    csv_count(out, snapshot->step);
    for (size_t c = 0; c < N_COLUMNS; c++)
        csv_number(out, value_at(snapshot, columns[c].offset));
    for (size_t i = 0; i < snapshot->n_layers * N_LAYER_COLUMNS; i++)
        csv_number(out, value_at(&snapshot->layers[i / N_LAYER_COLUMNS],
                                 layer_columns[i % N_LAYER_COLUMNS].offset));
    for (size_t i = 0; i < layout->n_tensors; i++)
        csv_number(out, snapshot->tensor_norms[i]);
    csv_end(out);
}

static bool add_row(const struct run *run, const char *name,
                    const struct text *header, const struct text *row,
                    struct error *error)
{
    char *path = run_file(run, name);
    bool ok = journal_add(path, header->data, row->data, error);

    free(path);
    return ok;
}

bool run_add_snapshot(struct run *run, const struct layout *layout,
                      const struct snapshot *snapshot, const double *theta,
                      struct error *error)
{
    struct text header = { 0 }, row = { 0 };
    char *spool;
    bool ok;

    assert(run->state != RUN_FINISHED);
    if (snapshot->step < run->next_record)
        return true;
    add_trajectory_header(&header, layout, snapshot);
    add_trajectory_row(&row, layout, snapshot);
    spool = run_file(run, SPOOL_FILE);
    ok = spool_add(spool, snapshot->step, theta, layout->n_parameters, error) &&
         add_row(run, TRAJECTORY_FILE, &header, &row, error);
    run->next_record = snapshot->step + 1;
    free(spool);
    text_clear(&header);
    text_clear(&row);
    return ok;
}

bool run_add_probe(struct run *run, size_t step, const char *const *names,
                   const double *values, size_t count, struct error *error)
{
    struct text header = { 0 }, row = { 0 };
    bool ok;

    assert(run->state != RUN_FINISHED);
    if (step < run->next_probe)
        return true;
    csv_text(&header, "step");
    csv_count(&row, step);
    for (size_t i = 0; i < count; i++) {
        csv_text(&header, names[i]);
        csv_number(&row, values[i]);
    }
    csv_end(&header);
    csv_end(&row);
    ok = add_row(run, PROBES_FILE, &header, &row, error);
    run->next_probe = step + 1;
    text_clear(&header);
    text_clear(&row);
    return ok;
}

bool run_close_trajectory(struct run *run, const struct layout *layout,
                          const double *last, struct error *error)
{
    char *trajectory = run_file(run, TRAJECTORY_FILE);
    char *spool = run_file(run, SPOOL_FILE);
    bool ok = journal_close(trajectory, spool, layout, last, error);

    free(trajectory);
    free(spool);
    return ok;
}

static bool write_table(const struct run *run, const char *name,
                        struct text *rows, struct error *error)
{
    char *path = run_file(run, name);
    bool ok = file_write(path, rows->data, rows->length, error);

    text_clear(rows);
    free(path);
    return ok;
}

static void add_header(struct text *out, const char *const *names)
{
    for (; *names != NULL; names++)
        csv_text(out, *names);
    csv_end(out);
}

static void add_verdict(struct text *out, const struct verdict *verdict)
{
    csv_text(out, verdict->evaluator);
    csv_text(out, verdict->set);
    csv_count(out, verdict->least);
    csv_count(out, verdict->most);
    csv_text(out, verdict->class);
    csv_count(out, verdict->enumerated);
    csv_count(out, verdict->strings);
    csv_count(out, verdict->recognised);
    csv_count(out, verdict->agreed);
    csv_count(out, verdict->undecided);
    csv_count(out, verdict->rounding);
    csv_count(out, verdict->flagged);
    csv_number(out, verdict_share(verdict, verdict->recognised));
    csv_number(out, verdict->interval.low);
    csv_number(out, verdict->interval.high);
    csv_text(out, verdict->shortest != NULL ? verdict->shortest : "");
    csv_count(out, verdict->positions);
    csv_count(out, verdict->right);
    csv_count(out, verdict->membership);
    csv_number(out, verdict->loss);
    csv_end(out);
}

bool run_write_verdicts(struct run *run, const struct verdicts *verdicts,
                        struct error *error)
{
    static const char *const names[] = {
        "evaluator",  "set",       "least",      "most",       "class",
        "enumerated", "strings",   "recognised", "agreed",     "undecided",
        "rounding",   "flagged",   "accuracy",   "low",        "high",
        "shortest",   "positions", "right",      "membership", "loss",
        NULL
    };
    struct text rows = { 0 };

    add_header(&rows, names);
    for (size_t i = 0; i < verdicts->count; i++)
        add_verdict(&rows, &verdicts->rows[i]);
    return write_table(run, "verdict.csv", &rows, error);
}

static void add_heads_header(struct text *out)
{
    static const char *const names[] = { "mask", "layer",   "head",   "class",
                                         "rows", "mean",    "sd",     "split",
                                         "tied", "choices", "single", "all" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        csv_text(out, names[i]);
    for (size_t b = 0; b < HEAD_BINS; b++) {
        size_t least = head_bin_least(b), most = head_bin_most(b);
        struct text name = { 0 };

        text_add_format(&name, "%zu", least);
        if (most > least)
            text_add(&name, "-");
        if (most > least && most != SIZE_MAX)
            text_add_format(&name, "%zu", most);
        csv_text(out, name.data);
        text_clear(&name);
    }
    csv_end(out);
}

bool run_write_heads(struct run *run, const struct head_profiles *profiles,
                     struct error *error)
{
    struct text rows = { 0 };

    add_heads_header(&rows);
    for (size_t i = 0; i < profiles->count; i++) {
        const struct head_profile *row = &profiles->rows[i];
        const double shares[] = { row->mean, row->sd, row->split, row->tied };

        csv_text(&rows, head_mask_names[row->mask]);
        csv_count(&rows, row->layer);
        csv_count(&rows, row->head);
        csv_text(&rows, head_class_names[row->class]);
        csv_count(&rows, row->rows);
        for (size_t k = 0; k < sizeof shares / sizeof *shares; k++)
            csv_number(&rows, shares[k]);
        csv_count(&rows, row->choices);
        csv_number(&rows, row->single);
        csv_number(&rows, row->all);
        for (size_t b = 0; b < HEAD_BINS; b++)
            csv_count(&rows, row->bins[b]);
        csv_end(&rows);
    }
    return write_table(run, "heads.csv", &rows, error);
}

bool run_write_saturation(struct run *run, const double *untrained,
                          const double *trained, size_t n_layers,
                          struct error *error)
{
    static const char *const names[] = { "layer", "untrained", "trained",
                                         NULL };
    struct text rows = { 0 };

    add_header(&rows, names);
    for (size_t l = 0; l < n_layers; l++) {
        csv_count(&rows, l + 1); /* as figures count them */
        csv_number(&rows, untrained[l]);
        csv_number(&rows, trained[l]);
        csv_end(&rows);
    }
    return write_table(run, "saturation.csv", &rows, error);
}

bool run_write_baselines(struct run *run, const struct baselines *baselines,
                         struct error *error)
{
    static const char *const names[] = { "set",   "shortcut", "strings",
                                         "right", "accuracy", NULL };
    struct text rows = { 0 };

    add_header(&rows, names);
    for (size_t i = 0; i < baselines->count * SHORTCUTS; i++) {
        const struct baseline *row = &baselines->rows[i / SHORTCUTS];
        size_t which = i % SHORTCUTS;

        csv_text(&rows, row->set);
        csv_text(&rows, shortcut_names[which]);
        csv_count(&rows, row->strings);
        csv_count(&rows, row->right[which]);
        csv_number(&rows, baseline_accuracy(row, which));
        csv_end(&rows);
    }
    return write_table(run, "baselines.csv", &rows, error);
}

bool run_write_growth(struct run *run, const struct growth_fit *fits,
                      size_t count, struct error *error)
{
    static const char *const names[] = { "law", "formula", "a",      "b",
                                         "p",   "r2",      "points", NULL };
    struct text rows = { 0 };

    add_header(&rows, names);
    for (size_t i = 0; i < count; i++) {
        csv_text(&rows, fits[i].law);
        csv_text(&rows, fits[i].formula);
        csv_number(&rows, fits[i].a);
        csv_number(&rows, fits[i].b);
        csv_number(&rows, fits[i].p);
        csv_number(&rows, fits[i].r2);
        csv_count(&rows, fits[i].points);
        csv_end(&rows);
    }
    return write_table(run, "growth.csv", &rows, error);
}

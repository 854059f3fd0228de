/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "report/view.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* experiment, setting, lengths, seeds: whose row it is. */
enum { LENGTHS = 2, SEEDS = 3, N_KEYS = 4 };

/* What columns mean, by the beginning of their names; the most telling ones
 * first, which is the order in which they are given room. */
static const struct meaning {
    const char *name, *means;
} meanings[] = {
    { "trained", "accuracy of the network as trained" },
    { "perplexity", "of trained: e^nats a target" },
    { "limit agrees", "share of strings on which limit decides as trained" },
    { "limit",
      "accuracy of the saturated network, all parameters to infinity" },
    { "trained positions", "share of targets that trained decides rightly, one "
                           "by one" },
    { "limit positions", "the same of limit" },
    { "trained excess", "nats a target that trained loses beyond the entropy "
                        "of the strings" },
    { "limit excess", "the same of limit" },
    { "published perplexity", "of trained, as the paper's code has it: mean "
                              "over strings of 2^nats" },
    { "norm ratio", "parameter norm after training over that before" },
    { "saturation", "mean cosine of trained and limit's final encodings; 1: "
                    "saturated" },
    { "attention", "accuracy with saturated attention, all else as trained" },
    { "prior", "accuracy of the training strings' likelier label: nothing "
               "known" },
    { "untrained", "accuracy of the network before training" },
    { "encoder",
      "accuracy of the limit's encoder with the trained classifier" },
    { "shortcut.prior",
      "accuracy of the likelier label, as shortcuts learn it" },
    { "shortcut.length-parity",
      "accuracy of the likelier label of even or odd lengths" },
    { "shortcut.length", "accuracy of the likelier label of a length" },
    { "shortcut.first-last",
      "accuracy of the likelier label of a first and last symbol" },
    { "shortcut.counts", "accuracy of a regression on symbol counts" },
    { "shortcut.bigrams", "accuracy of a regression on neighbouring symbols" },
    { "lengths", "of test strings; all: every one of that length; members: of "
                 "all" },
    { "seeds", "how many runs, which differ in nothing else" },
    { "scaled=", "accuracy of f(x; c theta)" },
    { "sharpened=", "accuracy with attention's scores times c" },
};

enum { N_MEANINGS = sizeof meanings / sizeof *meanings };

static size_t rank_of(const char *name)
{
    for (size_t i = 0; i < N_MEANINGS; i++) {
        size_t length = strlen(meanings[i].name);

        if (strcmp(name, meanings[i].name) == 0 ||
            (meanings[i].name[length - 1] == '=' &&
             text_begins(name, meanings[i].name)))
            return i;
    }
    return N_MEANINGS;
}

/* ------------------------------------------------------------- choosing */

static size_t find_column(const struct table *table, const char *name)
{
    for (size_t c = 0; c < table->n_columns; c++)
        if (strcmp(table->columns[c], name) == 0)
            return c;
    return SIZE_MAX;
}

static bool refuse(const struct table *table, const char *word,
                   struct error *error)
{
    const char **known = memory_new(table->n_columns + 1, sizeof *known);
    const char *nearest;
    struct text names = { 0 };

    text_add(&names, "");
    for (size_t c = N_KEYS; c < table->n_columns; c++)
        known[c - N_KEYS] = table->columns[c];
    nearest = text_nearest(word, known);
    for (size_t c = N_KEYS; c < table->n_columns; c++)
        text_add_format(&names, "%s%s", c > N_KEYS ? ", " : "",
                        table->columns[c]);
    error_set(error, ERROR_CONFIG,
              "--columns: there is no column \"%s\"%s%s%s; accepted: %s", word,
              nearest != NULL ? "; did you mean \"" : "",
              nearest != NULL ? nearest : "", nearest != NULL ? "\"?" : "",
              names.data);
    text_clear(&names);
    free(known);
    return false;
}

/* The table with N columns CHOSEN of it. */
static void keep(struct table *table, const size_t *chosen, size_t n)
{
    struct table kept = { .exact = table->exact, .accuracy = table->accuracy };

    for (size_t i = 0; i < n; i++)
        (table->spread[chosen[i]] ? table_spread : table_column)(
            &kept, table->columns[chosen[i]]);
    for (size_t r = 0; r < table->n_rows; r++)
        for (size_t i = 0; i < n; i++)
            table_cell(&kept, "%s",
                       table->cells[r * table->n_columns + chosen[i]]);
    table_clear(table);
    *table = kept;
}

bool view_choose(struct table *summary, const char *words, struct error *error)
{
    size_t *chosen = memory_new(N_KEYS + strlen(words) + 1, sizeof *chosen);
    char *list = memory_copy_text(words), *rest = list, *word;
    size_t n = 0;
    bool ok = true;

    while (n < N_KEYS) {
        chosen[n] = n;
        n++;
    }
    while ((word = strsep(&rest, ",")) != NULL) {
        word += strspn(word, " ");
        chosen[n] = find_column(summary, word);
        if (chosen[n] == SIZE_MAX)
            ok = refuse(summary, word, error);
        else if (chosen[n] >= N_KEYS)
            n++;
    }
    if (ok)
        keep(summary, chosen, n);
    free(chosen);
    free(list);
    return ok;
}

/* -------------------------------------------------------------- fitting */

static size_t width_of(const char *s)
{
    size_t width = 0;

    for (; *s != '\0'; s++)
        width += ((unsigned char)*s & 0xc0) != 0x80;
    return width;
}

static const char *cell_at(const struct table *table, size_t r, size_t c)
{
    return table->cells[r * table->n_columns + c];
}

static size_t measure(const struct table *table, size_t c)
{
    size_t width = width_of(table->columns[c]);

    for (size_t r = 0; r < table->n_rows; r++)
        if (width_of(cell_at(table, r, c)) > width)
            width = width_of(cell_at(table, r, c));
    return width + 2;
}

/* WIDTHS of the columns shown, 0 for those left out. */
static void fit(const struct table *table, size_t width, size_t *widths)
{
    size_t used = widths[LENGTHS] = measure(table, LENGTHS), shown = 0;

    for (size_t rank = 0; rank <= N_MEANINGS; rank++)
        for (size_t c = N_KEYS; c < table->n_columns; c++) {
            size_t needed = measure(table, c);

            if (rank_of(table->columns[c]) != rank)
                continue;
            if (shown > 0 && width > 0 && used + needed > width)
                continue;
            used += widths[c] = needed;
            shown++;
        }
}

static void add_padded(struct text *out, const char *cell, size_t width)
{
    text_add_format(out, "%s%*s", cell, (int)(width - width_of(cell)), "");
}

static void end_line(struct text *out)
{
    while (out->length > 0 && out->data[out->length - 1] == ' ')
        out->data[--out->length] = '\0';
    text_add(out, "\n");
}

/* A new block: its experiment, setting and number of runs. */
static void add_title(const struct table *table, size_t r, struct text *out)
{
    const char *setting = cell_at(table, r, 1);
    const char *seeds = cell_at(table, r, SEEDS);

    text_add_format(out, "%s%s%s%s (%s seed%s)\n", r > 0 ? "\n" : "",
                    cell_at(table, r, 0), setting[0] != '\0' ? "  " : "",
                    setting, seeds, strcmp(seeds, "1") == 0 ? "" : "s");
}

static void add_line(char *const *cells, const struct table *table,
                     const size_t *widths, struct text *out)
{
    text_add(out, "  ");
    for (size_t c = 0; c < table->n_columns; c++)
        if (widths[c] > 0)
            add_padded(out, cells[c], widths[c]);
    end_line(out);
}

static bool is_new_block(const struct table *table, size_t r)
{
    return r == 0 ||
           strcmp(cell_at(table, r, 0), cell_at(table, r - 1, 0)) != 0 ||
           strcmp(cell_at(table, r, 1), cell_at(table, r - 1, 1)) != 0;
}

/* --------------------------------------------------------------- legend */

static void explain(const char *name, const char *mark, size_t width,
                    struct text *out)
{
    size_t rank = rank_of(name);

    if (rank == N_MEANINGS)
        return;
    text_add(out, mark);
    add_padded(out, name, width > 0 ? width : width_of(name));
    text_add_format(out, "%s%s\n", width > 0 ? "" : ": ", meanings[rank].means);
}

static bool is_accuracy(const char *name)
{
    size_t rank = rank_of(name);

    return rank < N_MEANINGS && text_begins(meanings[rank].means, "accuracy");
}

/* The word that the lines of columns are put in; of those with WIDTHS, or of
 * all when they are NULL. */
static bool needs_accuracy(const struct table *table, const size_t *widths)
{
    bool needs = false;

    for (size_t c = N_KEYS; table->accuracy != NULL && c < table->n_columns;
         c++)
        needs |=
            (widths == NULL || widths[c] > 0) && is_accuracy(table->columns[c]);
    return needs;
}

void view_legend(const struct table *summary, struct text *out)
{
    if (needs_accuracy(summary, NULL))
        text_add_format(out, "- accuracy: %s\n", summary->accuracy);
    for (size_t c = LENGTHS; c < summary->n_columns; c++)
        explain(summary->columns[c], "- ", 0, out);
}

/* Names of the columns left out, in lines of at most WIDTH. */
static void add_hidden(const struct table *table, const size_t *widths,
                       size_t width, struct text *out)
{
    size_t start = out->length, hidden = 0;

    for (size_t c = N_KEYS; c < table->n_columns; c++) {
        if (widths[c] > 0)
            continue;
        text_add(out, hidden++ > 0 ? "," : "Not shown (--wide):");
        if (out->length - start + strlen(table->columns[c]) + 2 > width) {
            text_add(out, "\n ");
            start = out->length - 1;
        }
        text_add_format(out, " %s", table->columns[c]);
    }
    text_add(out, hidden > 0 ? "\n" : "");
}

static void add_legend(const struct table *table, const size_t *widths,
                       struct text *out)
{
    static const char word[] = "accuracy";
    bool needed = needs_accuracy(table, widths);
    size_t widest = needed ? strlen(word) : 0;

    for (size_t c = LENGTHS; c < table->n_columns; c++)
        if (widths[c] > 0 && width_of(table->columns[c]) > widest)
            widest = width_of(table->columns[c]);
    text_add(out, "\nA number is the mean over seeds [least, most].\n");
    if (needed)
        text_add_format(out, "  %-*s%s\n", (int)widest + 2, word,
                        table->accuracy);
    for (size_t c = LENGTHS; c < table->n_columns; c++)
        if (widths[c] > 0)
            explain(table->columns[c], "  ", widest + 2, out);
}

void view_write(const struct table *summary, size_t width, struct text *out)
{
    size_t *widths = memory_new(summary->n_columns + 1, sizeof *widths);

    assert(summary->n_columns >= N_KEYS);
    text_add(out, "");
    fit(summary, width > 2 ? width - 2 : width, widths);
    for (size_t r = 0; r < summary->n_rows; r++) {
        if (is_new_block(summary, r)) {
            add_title(summary, r, out);
            add_line(summary->columns, summary, widths, out);
        }
        add_line(summary->cells + r * summary->n_columns, summary, widths, out);
    }
    add_legend(summary, widths, out);
    add_hidden(summary, widths, width, out);
    free(widths);
}

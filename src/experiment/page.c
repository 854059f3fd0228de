/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "experiment/page.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "config/schema.h"
#include "experiment/drawing.h"
#include "experiment/judgement.h"
#include "report/table.h"

struct head {
    char *page, *title, *about;
    const struct yaml_node *series, *rows, *figures;
};

struct row {
    size_t row;
    char *about, *command, *note, *open;
    const struct yaml_node *items[SHOW + 1]; /* by their kind */
};

/* clang-format off */
#define NODE(owner, name, what) \
    { .key = #name, .type = FIELD_CUSTOM, .custom = &node_custom, \
      .standard = "~", .offset = offsetof(struct owner, name), .help = what }

#define ITEMS(name, kind, what) \
    { .key = name, .type = FIELD_CUSTOM, .custom = &node_custom, \
      .standard = "~", .offset = offsetof(struct row, items[kind]), \
      .help = what }

static const struct field head_fields[] = {
    { .key = "page", .type = FIELD_TEXT, .offset = offsetof(struct head, page),
      .help = "its name" },
    { .key = "title", .type = FIELD_TEXT,
      .offset = offsetof(struct head, title), .help = "its heading" },
    { .key = "about", .type = FIELD_TEXT, .standard = "~",
      .offset = offsetof(struct head, about), .help = "Markdown before all" },
    NODE(head, series, "what others published"),
    NODE(head, rows, "what is held against what"),
    NODE(head, figures, "what is drawn"),
    { .key = NULL }
};

static const struct field row_fields[] = {
    { .key = "row", .type = FIELD_COUNT, .least = 1, .most = 999,
      .offset = offsetof(struct row, row), .help = "its number" },
    { .key = "about", .type = FIELD_TEXT,
      .offset = offsetof(struct row, about), .help = "its heading" },
    { .key = "command", .type = FIELD_TEXT, .standard = "~",
      .offset = offsetof(struct row, command), .help = "that makes it" },
    { .key = "note", .type = FIELD_TEXT, .standard = "~",
      .offset = offsetof(struct row, note), .help = "Markdown below it" },
    { .key = "open", .type = FIELD_TEXT, .standard = "~",
      .offset = offsetof(struct row, open), .help = "what is missing" },
    ITEMS("exact", EXACT, "items that PASS or FAIL"),
    ITEMS("claim", CLAIM, "items that are HELD or REFUTED"),
    ITEMS("show", SHOW, "numbers without a verdict"),
    { .key = NULL }
};
/* clang-format on */

/* A page while it is written. */
struct page {
    const struct head *head;
    const struct yaml_node *root;
    const struct evidence *evidence;
    const char *directory;  /* NULL: nothing is written */
    struct table rows;      /* rows.csv */
    struct table crossings; /* crossings.csv */
    struct table summary;   /* a line a row */
    struct text body;       /* sections */
    struct page_counts *counts;
};

static void add_columns(struct table *table, const char *const *names)
{
    for (; *names != NULL; names++)
        table_column(table, *names);
}

/* ------------------------------------------------------------- the items */

/* A line of the section's table, and of rows.csv unless it is only shown. */
static void add_judgement(struct page *page, size_t row, enum item_kind kind,
                          const struct judgement *judgement,
                          struct table *section, struct page_counts *counts)
{
    const char *const cells[] = { judgement->item, judgement->ours.data,
                                  judgement->paper,
                                  verdict_words[judgement->word] };

    counts->of[judgement->word]++;
    page->counts->of[judgement->word]++;
    if (kind != SHOW) {
        table_cell(&page->rows, "%zu", row);
        table_cell(&page->rows, "%s", item_kinds[kind]);
    }
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        if (kind != SHOW)
            table_cell(&page->rows, "%s", cells[i]);
        table_cell(section, "%s", cells[i]);
    }
}

/* Where the columns of the maps of a section cross: a line a column. */
struct maps {
    struct judgement *items;
    size_t count;
};

static void tell_crossing(struct text *out, const struct crossing *crossing)
{
    if (crossing->count == 0)
        text_add(out, crossing->above ? "all above" : "all below");
    else if (crossing->count == 1)
        text_add_format(out, "%.3g", crossing->place);
    else
        text_add_format(out, "crosses %zu times", crossing->count);
}

/* A line of crossings.csv for every column of the map. */
static void list_crossings(struct page *page, size_t row,
                           const struct judgement *map)
{
    for (size_t i = 0; i < map->n_crossings; i++) {
        const struct crossing *crossing = &map->crossings[i];
        struct text place = { 0 };

        text_add(&place, "");
        if (crossing->count == 1)
            text_add_format(&place, "%.6g", crossing->place);
        table_cell(&page->crossings, "%zu", row);
        table_cell(&page->crossings, "%s", map->item);
        table_cell(&page->crossings, "%.6g", crossing->column);
        table_cell(&page->crossings, "%zu", crossing->count);
        table_cell(&page->crossings, "%s", place.data);
        table_cell(&page->crossings, "%s", crossing->above ? "above" : "below");
        text_clear(&place);
    }
}

static bool same_columns(const struct judgement *a, const struct judgement *b)
{
    bool same = a->n_crossings == b->n_crossings;

    for (size_t i = 0; same && i < a->n_crossings; i++)
        same = a->crossings[i].column == b->crossings[i].column;
    return same;
}

/* The same for the section: maps of the first one's columns side by side,
 * each called what stands before the colon of its item. */
static void add_maps(const struct maps *maps, struct text *body)
{
    const struct judgement *first = maps->items;
    struct table table = { 0 };

    if (maps->count == 0)
        return;
    table_column(&table, first->columns);
    for (size_t m = 0; m < maps->count; m++) {
        char *name = memory_copy_text(maps->items[m].item);

        name[strcspn(name, ":")] = '\0';
        if (same_columns(first, &maps->items[m]))
            table_column(&table, name);
        free(name);
    }
    for (size_t i = 0; i < first->n_crossings; i++) {
        table_cell(&table, "%.6g", first->crossings[i].column);
        for (size_t m = 0; m < maps->count; m++) {
            struct text cell = { 0 };

            if (!same_columns(first, &maps->items[m]))
                continue;
            tell_crossing(&cell, &maps->items[m].crossings[i]);
            table_cell(&table, "%s", cell.data);
            text_clear(&cell);
        }
    }
    text_add_format(body, "Where each column crosses, on %s:\n\n",
                    first->along);
    table_writer_find("markdown")->write(&table, body);
    text_add(body, "\n");
    table_clear(&table);
}

static void clear_maps(struct maps *maps)
{
    for (size_t m = 0; m < maps->count; m++)
        judgement_clear(&maps->items[m]);
    free(maps->items);
}

/* Takes what JUDGEMENT knows of a map, and leaves it empty. */
static void keep_map(struct page *page, size_t row, struct maps *maps,
                     struct judgement *judgement)
{
    if (judgement->n_crossings == 0)
        return;
    list_crossings(page, row, judgement);
    maps->items =
        memory_resize(maps->items, maps->count + 1, sizeof *maps->items);
    maps->items[maps->count++] = *judgement;
    *judgement = (struct judgement){ 0 };
}

static bool add_items(struct page *page, const struct row *row,
                      enum item_kind kind, const char *path,
                      struct table *section, struct page_counts *counts,
                      struct maps *maps, struct error *error)
{
    const struct yaml_node *list = row->items[kind];
    bool ok = true;

    if (list == NULL)
        return true;
    if (list->kind != YAML_LIST)
        return schema_complain(list, path, "a list of items", error);
    for (size_t i = 0; i < list->count; i++) {
        struct judgement judgement;
        struct text at = { 0 };

        text_add_format(&at, "%s.%s[%zu]", path, item_kinds[kind], i);
        if (judge_item(&judgement, list->items[i], at.data, kind,
                       page->evidence, error)) {
            add_judgement(page, row->row, kind, &judgement, section, counts);
            keep_map(page, row->row, maps, &judgement);
        } else {
            ok = false;
        }
        judgement_clear(&judgement);
        text_clear(&at);
    }
    return ok;
}

/* "3 PASS, 1 REFUTED" */
static void add_counts(struct text *out, const struct page_counts *counts)
{
    bool any = false;

    text_add(out, "");
    for (size_t i = 0; i < SHOWN; i++) {
        if (counts->of[i] == 0)
            continue;
        text_add_format(out, "%s%zu %s", any ? ", " : "", counts->of[i],
                        verdict_words[i]);
        any = true;
    }
}

/* ----------------------------------------------------------- the sections */

/* Whether FIGURE is shown with row number ROW: the first of its rows. */
static bool belongs(const struct yaml_node *figure, size_t row)
{
    const struct yaml_node *rows = yaml_get(figure, "rows");
    double number;

    return rows != NULL && rows->kind == YAML_LIST && rows->count > 0 &&
           rows->items[0]->kind == YAML_SCALAR &&
           text_read_number(rows->items[0]->text, &number) &&
           number == (double)row;
}

static bool add_figures(struct page *page, size_t row, struct error *error)
{
    const struct yaml_node *list = page->head->figures;
    bool ok = true;

    for (size_t i = 0; list != NULL && i < list->count; i++) {
        struct text at = { 0 };

        text_add_format(&at, "figures[%zu]", i);
        if (belongs(list->items[i], row))
            ok &= drawing_write(list->items[i], at.data, page->evidence,
                                page->directory, &page->body, error);
        text_clear(&at);
    }
    return ok;
}

static void add_open(struct page *page, const struct row *row,
                     struct table *section, struct page_counts *counts)
{
    struct judgement judgement = { .item = memory_copy_text(row->about),
                                   .paper = memory_copy_text(""),
                                   .word = OPEN };

    text_add(&judgement.ours, row->open);
    add_judgement(page, row->row, CLAIM, &judgement, section, counts);
    judgement_clear(&judgement);
}

static bool add_section(struct page *page, const struct row *row,
                        const char *path, struct error *error)
{
    static const char *const columns[] = { "item", "ours", "paper", "verdict",
                                           NULL };
    const struct table_writer *markdown = table_writer_find("markdown");
    struct page_counts counts = { 0 };
    struct table section = { 0 };
    struct text verdict = { 0 };
    struct maps maps = { 0 };
    bool ok = true;

    add_columns(&section, columns);
    for (size_t kind = EXACT; kind <= SHOW; kind++)
        ok &= add_items(page, row, (enum item_kind)kind, path, &section,
                        &counts, &maps, error);
    if (row->open != NULL)
        add_open(page, row, &section, &counts);
    add_counts(&verdict, &counts);
    table_cell(&page->summary, "%zu", row->row);
    table_cell(&page->summary, "%s", row->about);
    table_cell(&page->summary, "%s", verdict.data);
    text_add_format(&page->body, "## %zu. %s\n\n", row->row, row->about);
    if (row->command != NULL)
        text_add_format(&page->body, "    %s\n\n", row->command);
    markdown->write(&section, &page->body);
    text_add(&page->body, "\n");
    add_maps(&maps, &page->body);
    if (row->note != NULL)
        text_add_format(&page->body, "%s\n\n", row->note);
    ok = ok && add_figures(page, row->row, error);
    text_clear(&verdict);
    table_clear(&section);
    clear_maps(&maps);
    return ok;
}

static bool add_sections(struct page *page, struct error *error)
{
    const struct yaml_node *list = page->head->rows;
    bool ok = true;

    if (list == NULL || list->kind != YAML_LIST)
        return schema_complain(list != NULL ? list : page->root, "rows",
                               "a list of rows", error);
    for (size_t i = 0; i < list->count; i++) {
        struct row row = { 0 };
        struct text at = { 0 };

        text_add_format(&at, "rows[%zu]", i);
        ok &= schema_read(row_fields, list->items[i], at.data, NULL, &row,
                          error) &&
              add_section(page, &row, at.data, error);
        schema_clear(row_fields, &row);
        text_clear(&at);
    }
    return ok;
}

/* -------------------------------------------------------------- the files */

static bool write_rows(const struct page *page, struct error *error)
{
    const struct {
        const char *name, *writer;
        const struct table *table;
    } files[] = { { "rows.csv", "csv", &page->rows },
                  { "rows.json", "json", &page->rows },
                  { "rows.tex", "latex", &page->rows },
                  { "crossings.csv", "csv", &page->crossings } };
    bool ok = true;

    for (size_t i = 0; ok && i < sizeof files / sizeof *files; i++) {
        char *path = file_join(page->directory, files[i].name);
        struct text text = { 0 };

        table_writer_find(files[i].writer)->write(files[i].table, &text);
        ok = file_write(path, text.data, text.length, error);
        text_clear(&text);
        free(path);
    }
    return ok;
}

static bool write_page(const struct page *page, struct error *error)
{
    char *path = file_join(page->directory, "README.md");
    struct text text = { 0 };
    bool ok;

    text_add_format(&text, "# %s\n\n", page->head->title);
    if (page->head->about != NULL)
        text_add_format(&text, "%s\n", page->head->about);
    table_writer_find("markdown")->write(&page->summary, &text);
    text_add_format(&text, "\n%s",
                    page->body.data != NULL ? page->body.data : "");
    ok = file_write(path, text.data, text.length, error);
    text_clear(&text);
    free(path);
    return ok;
}

static bool fill(struct page *page, struct error *error)
{
    static const char *const columns[] = { "row",   "kind",    "item", "ours",
                                           "paper", "verdict", NULL };
    static const char *const crossings[] = { "row",       "item", "column",
                                             "crossings", "at",   "ends",
                                             NULL };
    static const char *const summary[] = { "row", "about", "verdict", NULL };

    add_columns(&page->rows, columns);
    add_columns(&page->crossings, crossings);
    add_columns(&page->summary, summary);
    if (page->directory == NULL)
        return add_sections(page, error);
    return file_make_directories(page->directory, error) &&
           add_sections(page, error) && write_rows(page, error) &&
           write_page(page, error);
}

bool page_check(const char *path, struct error *error)
{
    struct records none = { 0 };
    struct page_counts counts;

    return page_write(path, &none, NULL, &counts, error);
}

bool page_write(const char *path, const struct records *records,
                const char *directory, struct page_counts *counts,
                struct error *error)
{
    struct yaml_document document = { 0 };
    struct evidence evidence = { 0 };
    struct head head = { 0 };
    struct page page = { .head = &head,
                         .evidence = &evidence,
                         .directory = directory,
                         .counts = counts };
    char *folder = file_folder(path);
    bool ok;

    *counts = (struct page_counts){ 0 };
    ok = yaml_load(&document, path, error) &&
         schema_read(head_fields, document.root, "", NULL, &head, error) &&
         evidence_collect(&evidence, head.series, folder, records, error);
    page.root = document.root;
    ok = ok && fill(&page, error);
    table_clear(&page.rows);
    table_clear(&page.crossings);
    table_clear(&page.summary);
    text_clear(&page.body);
    evidence_clear(&evidence);
    schema_clear(head_fields, &head);
    yaml_clear(&document);
    free(folder);
    return ok;
}

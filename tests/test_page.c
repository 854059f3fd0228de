/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "experiment/page.h"

#include <stdlib.h>
#include <string.h>

#include "base/statistics.h"
#include "page.h"
#include "suite.h"

static void set_up(void)
{
    statistics_start();
    scratch_open();
    scratch_write(scratch_path("layers.csv"), two_layers,
                  sizeof two_layers - 1);
}

static bool write_example(const char *text, struct page_counts *counts,
                          struct error *error)
{
    struct records none = { 0 };

    scratch_write(scratch_path("page.yaml"), text, strlen(text));
    return page_write(scratch_path("page.yaml"), &none, scratch_path("out"),
                      counts, error);
}

static const char example[] =
    "page: p\n"
    "title: A page\n"
    "about: |\n  Before all.\n"
    "series: {l: {file: layers.csv, direction: cos, by: layer}}\n"
    "rows:\n"
    "  - row: 3\n"
    "    about: Norms\n"
    "    command: saturn growth\n"
    "    exact:\n"
    "      - {item: right, of: l, where: {layer: 1}, metric: norm.final, "
    "paper: 13}\n"
    "      - {item: wrong, of: l, where: {layer: 2}, metric: norm.final, "
    "paper: 5}\n"
    "    claim:\n"
    "      - {item: grows, of: l, that: \"norm.ratio >= 4\"}\n"
    "      - {item: shrinks, of: l, that: \"norm.ratio < 1\"}\n"
    "      - {item: ours, of: nobody, that: \"norm.ratio < 1\"}\n"
    "    show:\n"
    "      - {item: p, of: l, where: {layer: 2}, metric: norm.final}\n"
    "    note: After it.\n"
    "  - row: 5\n"
    "    about: Later\n"
    "    open: somebody else's\n"
    "figures:\n"
    "  - {figure: f, title: T, rows: [5, 3], panels: [{title: P, x: a, y: b, "
    "curves: [{title: t, of: l, x: step, y: norm}]}]}\n";

START_TEST(a_page_counts_its_verdicts)
{
    struct page_counts counts;
    struct error error = { 0 };
    struct text rows, page;
    const char *figure, *later;

    ck_assert_msg(write_example(example, &counts, &error), "%s", said(&error));
    ck_assert_uint_eq(counts.of[PASS], 1);
    ck_assert_uint_eq(counts.of[FAIL], 1);
    ck_assert_uint_eq(counts.of[HELD], 1);
    ck_assert_uint_eq(counts.of[REFUTED], 1);
    ck_assert_uint_eq(counts.of[OPEN], 2);
    ck_assert_uint_eq(counts.of[SHOWN], 1);
    rows = scratch_read(scratch_path("out/rows.csv"));
    ck_assert_str_eq(
        rows.data,
        "row,kind,item,ours,paper,verdict\n"
        "3,exact,right,13,13,PASS\n"
        "3,exact,wrong,4,5,FAIL\n"
        "3,claim,grows,min 4 over 2 runs by layer (norm.ratio >= 4),,HELD\n"
        "3,claim,shrinks,min 4 over 2 runs by layer (norm.ratio < 1),,REFUTED\n"
        "3,claim,ours,no run yet,,OPEN\n"
        "5,claim,Later,somebody else's,,OPEN\n");
    page = scratch_read(scratch_path("out/README.md"));
    ck_assert(text_begins(page.data, "# A page\n\nBefore all.\n"));
    ck_assert_ptr_nonnull(strstr(
        page.data,
        "|   3 | Norms | 1 PASS, 1 FAIL, 1 HELD, 1 REFUTED, 1 OPEN |\n"));
    ck_assert_ptr_nonnull(strstr(page.data, "    saturn growth\n"));
    ck_assert_ptr_nonnull(strstr(page.data, "After it.\n"));
    figure = strstr(page.data, "f.svg");
    later = strstr(page.data, "## 5. Later");
    ck_assert_ptr_nonnull(figure);
    ck_assert_ptr_nonnull(later);
    ck_assert(figure > later);
    ck_assert(file_exists(scratch_path("out/rows.tex")));
    ck_assert(file_exists(scratch_path("out/rows.json")));
    text_clear(&rows);
    text_clear(&page);
}
END_TEST

/* And writes nothing. */
START_TEST(a_sound_page_checks)
{
    struct error error = { 0 };

    scratch_write(scratch_path("page.yaml"), example, sizeof example - 1);
    ck_assert_msg(page_check(scratch_path("page.yaml"), &error), "%s",
                  said(&error));
    ck_assert(!file_exists(scratch_path("out")));
}
END_TEST

/* Rate 1 crosses between 1 and 4, rate 2 never, rate 3 twice. */
static const char grid[] = "rate,decay,x\n1,1,2\n1,4,0\n1,16,0\n"
                           "2,1,2\n2,4,2\n2,16,2\n3,1,2\n3,4,0\n3,16,2\n";

START_TEST(maps_list_their_crossings)
{
    static const char text[] =
        "page: p\ntitle: t\nseries: {g: {file: grid.csv, axes: [rate, "
        "decay]}}\nrows:\n  - row: 4\n    about: a\n    claim:\n"
        "      - {item: \"map: flips\", of: g, metric: x, flips: {columns: "
        "rate, along: decay, at: 1, least: 0.5}}\n";
    struct page_counts counts;
    struct error error = { 0 };
    struct text list, page;

    scratch_write(scratch_path("grid.csv"), grid, sizeof grid - 1);
    ck_assert_msg(write_example(text, &counts, &error), "%s", said(&error));
    ck_assert_uint_eq(counts.of[REFUTED], 1);
    list = scratch_read(scratch_path("out/crossings.csv"));
    ck_assert_str_eq(list.data, "row,item,column,crossings,at,ends\n"
                                "4,map: flips,1,1,2,below\n"
                                "4,map: flips,2,0,,above\n"
                                "4,map: flips,3,2,,above\n");
    page = scratch_read(scratch_path("out/README.md"));
    ck_assert_msg(strstr(page.data, "Where each column crosses, on decay:\n\n"
                                    "| rate | map             |\n"
                                    "| ---: | --------------- |\n"
                                    "|    1 | 2               |\n"
                                    "|    2 | all above       |\n"
                                    "|    3 | crosses 2 times |\n") != NULL,
                  "%s", page.data);
    text_clear(&list);
    text_clear(&page);
}
END_TEST

static const struct {
    const char *page, *said;
} bad[] = {
    { "page: p\n", "title: missing" },
    { "page: p\ntitle: t\nrows: 3\n", "rows: wrong value" },
    { "page: p\ntitle: t\nrows:\n  - {row: 0, about: a}\n",
      ":4:11: rows[0].row: out of range: 0" },
    { "page: p\ntitle: t\nrows:\n  - {row: 1, about: a, exact: 3}\n",
      ":4:31: rows[0]: wrong value \"3\"; accepted: a list of items" },
    { "page: p\ntitle: t\nrows:\n  - {row: 1, about: a, claim: [{of: l}]}\n",
      "rows[0].claim[0].item: missing" },
    /* no run is asked, but what it would be asked is read */
    { "page: p\ntitle: t\nrows:\n  - row: 1\n    about: a\n    claim:\n"
      "      - {item: i, of: l, that: norm.ratoi}\n",
      ":7:42: rows[0].claim[0][0].that: no comparison" },
    { "page: p\ntitle: t\nrows:\n  - row: 1\n    about: a\n    claim:\n"
      "      - {item: i, of: l, metric: x, order: {by: y}}\n",
      "accepted: a map of by (an axis) and of" },
    { "page: p\ntitle: t\nrows:\n  - {row: 1, about: a}\nfigures:\n"
      "  - {figure: f, rows: [1], panels: 3}\n",
      "figures[0]" },
};

START_TEST(mistakes_are_placed)
{
    struct page_counts counts;
    struct error error = { 0 };
    char *text;

    ck_assert(!write_example(bad[_i].page, &counts, &error));
    text = memory_copy_text(said(&error));
    ck_assert_msg(strstr(text, bad[_i].said) != NULL, "%s", text);
    ck_assert(strstr(text, "page.yaml:") != NULL);
    ck_assert(!page_check(scratch_path("page.yaml"), &error));
    ck_assert_str_eq(said(&error), text);
    free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("page");
    TCase *tests = tcase_create("page");

    tcase_set_timeout(tests, 60); /* gnuplot takes its time */
    tcase_add_checked_fixture(tests, set_up, scratch_close);
    tcase_add_test(tests, a_page_counts_its_verdicts);
    tcase_add_test(tests, a_sound_page_checks);
    tcase_add_test(tests, maps_list_their_crossings);
    tcase_add_loop_test(tests, mistakes_are_placed, 0,
                        (int)(sizeof bad / sizeof bad[0]));
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

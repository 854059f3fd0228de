/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What is drawn stands in the figure's data file. */

#include "experiment/drawing.h"

#include <string.h>

#include "base/statistics.h"
#include "page.h"
#include "suite.h"

static struct evidence evidence;
static struct yaml_document series;

static void set_up(void)
{
    struct error error = { 0 };

    statistics_start();
    scratch_open();
    ck_assert(collect_evidence(
        &evidence, &series,
        "series: {l: {file: layers.csv, direction: cos, by: layer}}", &error));
}

static void tear_down(void)
{
    evidence_clear(&evidence);
    yaml_clear(&series);
    scratch_close();
}

static bool draw(const char *text, struct text *out, struct error *error)
{
    struct yaml_document document;
    bool ok;

    parse_yaml(&document, text);
    ok = drawing_write(document.root, "figures[0]", &evidence, scratch, out,
                       error);
    yaml_clear(&document);
    return ok;
}

#define FIGURE(curves)                                                  \
    "{figure: f, title: T, rows: [1], panels: [{title: P, x: a, y: b, " \
    "log: y, range: [1, 2], curves: [" curves "]}]}"

START_TEST(columns_are_multiplied_and_divided)
{
    struct error error = { 0 };
    struct text out = { 0 }, data;

    ck_assert_msg(
        draw(FIGURE("{title: t, of: l, where: {layer: 2}, x: step/last, y: "
                    "-0.5*norm*norm/first},"
                    "{title: u, of: l, where: {layer: 1}, x: step, y: norm, "
                    "look: dotted}"),
             &out, &error),
        "%s", said(&error));
    data = scratch_read(scratch_path("f.dat"));
    ck_assert_str_eq(data.data, "# panel 1: 't'\n# x y low high\n0 1 nan nan\n"
                                "0.5 4 nan nan\n1 16 nan nan\n\n\n"
                                "# panel 1: 'u'\n# x y low high\n0 3 nan nan\n"
                                "1 5 nan nan\n2 13 nan nan\n\n\n");
    ck_assert_ptr_nonnull(strstr(out.data, "f."));
    text_clear(&data);
    text_clear(&out);
}
END_TEST

/* Of 6000 rows some hundreds: their first and last, none that is not there,
 * more of the early ones, and no gap longer than a hundredth. */
START_TEST(long_tables_are_thinned)
{
    struct evidence mine = { 0 }, before = evidence;
    struct yaml_document document;
    struct error error = { 0 };
    struct text out = { 0 }, table = { 0 }, data;
    size_t rows = 0, early = 0;
    long last = -1;

    text_add(&table, "step,norm\n");
    for (size_t i = 0; i < 6000; i++)
        text_add_format(&table, "%zu,%zu\n", i, i + 1);
    scratch_write(scratch_path("long.csv"), table.data, table.length);
    ck_assert(collect_evidence(&mine, &document,
                               "series: {long: {file: long.csv}}", &error));
    evidence = mine;
    ck_assert_msg(draw(FIGURE("{title: t, of: long, x: step, y: norm/last}"),
                       &out, &error),
                  "%s", said(&error));
    data = scratch_read(scratch_path("f.dat"));
    for (const char *line = data.data; line != NULL && *line != '\0';
         line = strchr(line, '\n') != NULL ? strchr(line, '\n') + 1 : NULL) {
        long step;
        double norm;

        if (sscanf(line, "%ld %lf", &step, &norm) != 2)
            continue;
        ck_assert_double_eq_tol(norm, (double)(step + 1) / 6000, 1e-12);
        ck_assert_int_le(step - last, 60);
        last = step;
        early += step < 600;
        rows++;
    }
    ck_assert_int_eq(last, 5999);
    ck_assert_uint_ge(rows, 150);
    ck_assert_uint_le(rows, DRAWN_ROWS);
    ck_assert_uint_ge(early, rows / 3);
    evidence_clear(&mine);
    evidence = before;
    yaml_clear(&document);
    text_clear(&table);
    text_clear(&data);
    text_clear(&out);
}
END_TEST

/* Layer 1 ends at 13, layer 2 at 4. */
START_TEST(witnesses_are_points)
{
    struct error error = { 0 };
    struct text out = { 0 }, data;

    ck_assert(
        draw(FIGURE("{title: all, of: l, x: axis.layer, y: metric.norm.final},"
                    "{title: up, of: l, x: axis.layer, y: metric.norm.final, "
                    "above: {metric: norm.final, at: 4}},"
                    "{title: down, of: l, x: axis.layer, y: metric.norm.final, "
                    "below: {metric: norm.final, at: 4}},"
                    "{title: part, of: l, x: axis.layer/last, "
                    "y: metric.norm.final/first}"),
             &out, &error));
    data = scratch_read(scratch_path("f.dat"));
    ck_assert_str_eq(data.data,
                     "# panel 1: 'all'\n# x y low high\n1 13 nan nan\n"
                     "2 4 nan nan\n\n\n"
                     "# panel 1: 'up'\n# x y low high\n1 13 nan nan\n\n\n"
                     "# panel 1: 'down'\n# x y low high\n2 4 nan nan\n\n\n"
                     "# panel 1: 'part'\n# x y low high\n0.5 1 nan nan\n"
                     "1 0.3076923076923077 nan nan\n\n\n");
    text_clear(&data);
    text_clear(&out);
}
END_TEST

START_TEST(without_a_witness_nothing_is_drawn)
{
    struct error error = { 0 };
    struct text out = { 0 };

    ck_assert(
        draw(FIGURE("{title: t, of: nobody, x: step, y: norm}"), &out, &error));
    ck_assert_ptr_null(out.data);
    ck_assert(!file_exists(scratch_path("f.dat")));
}
END_TEST

static const struct {
    const char *figure, *said;
} bad[] = {
    { FIGURE("{title: t, of: l, x: step, y: nrom}"), "for nrom\n" },
    { FIGURE("{title: t, of: l, x: spet, y: norm}"), "for spet\n" },
    { FIGURE("{title: t, of: l, x: step}"),
      "figures[0].panels[0].curves[0].y: missing; accepted: text\n" },
    { "{figure: f, title: T, rows: [1], panels: []}",
      "figures[0].panels: wrong type: a list; accepted: a list of one to four "
      "panels\n" },
    { "{figure: ../f, title: T, rows: [1], panels: []}",
      "figures[0]: \"../f\" cannot be a file's name\n" },
};

START_TEST(mistakes_are_placed)
{
    struct error error = { 0 };
    struct text out = { 0 };
    const char *text;

    ck_assert(!draw(bad[_i].figure, &out, &error));
    text = said(&error);
    ck_assert_msg(text_begins(text, "page.yaml:1:"), "%s", text);
    ck_assert_msg(strstr(text, bad[_i].said) != NULL, "%s", text);
    text_clear(&out);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("drawing");
    TCase *tests = tcase_create("drawing");

    tcase_set_timeout(tests, 600); /* gnuplot takes its time */
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, columns_are_multiplied_and_divided);
    tcase_add_test(tests, long_tables_are_thinned);
    tcase_add_test(tests, witnesses_are_points);
    tcase_add_test(tests, without_a_witness_nothing_is_drawn);
    tcase_add_loop_test(tests, mistakes_are_placed, 0,
                        (int)(sizeof bad / sizeof bad[0]));
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Data and script are written with or without gnuplot, and whatever names
 * the user thinks of, nothing of them is executed.
 */

#include "report/figure.h"

#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scratch.h"
#include "suite.h"

static const double x[] = { 1, 2, 4, 8 }, y[] = { 0.5, 0.1, NAN, 1 },
                    low[] = { 0.25, 0, 0, 1 }, high[] = { 1, 1, 1, 1 },
                    nothing[] = { NAN, NAN }, negative[] = { -1, -2 };

static const struct curve curves[] = {
    { .title = "trained",
      .x = x,
      .y = y,
      .low = low,
      .high = high,
      .count = 4 },
    { .title = "limit", .x = x, .y = low, .count = 4 },
    { .title = "limit", .x = x, .y = high, .count = 4 },
    { .title = "trained", .x = negative, .y = nothing, .count = 2, .panel = 1 },
    { .title = "none", .panel = 1 },
};

static struct figure example(void)
{
    return (struct figure){
        .title = "a figure",
        .panels = { { "first", "x", "y", true, false, 0, 1 },
                    { "second", "x", "y", true, true, 0, 0 } },
        .n_panels = 2,
        .curves = curves,
        .n_curves = 5,
    };
}

/* The search path and the directory as they were, for CK_FORK=no. */
static char *path_before;
static int directory_before;

static void set_up(void)
{
    path_before = strdup(getenv("PATH"));
    directory_before = open(".", O_RDONLY | O_DIRECTORY);
    scratch_open();
}

static void tear_down(void)
{
    setenv("PATH", path_before, 1);
    free(path_before);
    ck_assert_int_eq(fchdir(directory_before), 0);
    close(directory_before);
    scratch_close();
}

static bool write_well(const struct figure *figure, const char *base)
{
    struct error error = { 0 };
    bool drawn;
    bool ok = figure_write(figure, base, &drawn, &error);

    ck_assert_msg(ok, "%s", said(&error));
    return drawn;
}

START_TEST(the_data_are_the_numbers)
{
    struct figure figure = example();
    struct text data;

    write_well(&figure, scratch_path("f"));
    data = scratch_read(scratch_path("f.dat"));
    ck_assert_str_eq(data.data, "# panel 1: 'trained'\n# x y low high\n"
                                "1 0.5 0.25 1\n2 0.1 0 1\n4 nan 0 1\n8 1 1 1\n"
                                "\n\n"
                                "# panel 1: 'limit'\n# x y low high\n"
                                "1 0.25 nan nan\n2 0 nan nan\n4 0 nan nan\n"
                                "8 1 nan nan\n\n\n"
                                "# panel 1: 'limit'\n# x y low high\n"
                                "1 1 nan nan\n2 1 nan nan\n4 1 nan nan\n"
                                "8 1 nan nan\n\n\n"
                                "# panel 2: 'trained'\n# x y low high\n"
                                "-1 nan nan nan\n-2 nan nan nan\n\n\n"
                                "# panel 2: 'none'\n# x y low high\n"
                                "nan nan nan nan\n\n\n");
    text_clear(&data);
}
END_TEST

static size_t count(const struct text *text, const char *word)
{
    size_t n = 0;

    for (const char *at = text->data; (at = strstr(at, word)) != NULL; at++)
        n++;
    return n;
}

/* One title is one colour and one line of the key; a band is drawn once, and
 * what has no point is not plotted. */
START_TEST(the_script_plots_what_there_is)
{
    struct figure figure = example();
    struct text script;

    write_well(&figure, scratch_path("f"));
    script = scratch_read(scratch_path("f.gp"));
    ck_assert_uint_eq(count(&script, "ARG1 index 0 "), 2);
    ck_assert_uint_eq(count(&script, "ARG1 index 1 "), 1);
    ck_assert_uint_eq(count(&script, "ARG1 index 2 "), 1);
    ck_assert_uint_eq(count(&script, "ARG1 index 3 "), 0);
    ck_assert_uint_eq(count(&script, "ARG1 index 4 "), 0);
    ck_assert_uint_eq(count(&script, "title 'trained'"), 1);
    ck_assert_uint_eq(count(&script, "title 'limit'"), 1);
    ck_assert_uint_eq(count(&script, "filledcurves"), 1);
    ck_assert_uint_eq(count(&script, "linecolor rgb '#0072B2'"), 1);
    ck_assert_uint_eq(count(&script, "linecolor rgb '#D55E00'"), 2);
    text_clear(&script);
}
END_TEST

/* What others measured is dotted, clouds and maps have marks and no line. */
START_TEST(looks_are_told_apart)
{
    struct curve looks[] = {
        { .title = "ours", .x = x, .y = low, .count = 4 },
        { .title = "theirs",
          .x = x,
          .y = low,
          .count = 4,
          .look = LOOK_DOTTED },
        { .title = "steps", .x = x, .y = low, .count = 4, .look = LOOK_POINTS },
        { .title = "cells",
          .x = x,
          .y = low,
          .count = 4,
          .look = LOOK_SQUARES },
    };
    struct figure figure = { .title = "looks",
                             .panels = { { "p", "x", "y", false, false, 0,
                                           0 } },
                             .n_panels = 1,
                             .curves = looks,
                             .n_curves = 4 };
    struct text script;

    write_well(&figure, scratch_path("f"));
    script = scratch_read(scratch_path("f.gp"));
    ck_assert_uint_eq(count(&script, "dashtype '.'"), 1);
    ck_assert_uint_eq(count(&script, "with linespoints"), 1);
    ck_assert_uint_eq(count(&script, "with lines "), 1);
    ck_assert_uint_eq(count(&script, "with points"), 2);
    ck_assert_uint_eq(count(&script, "pointtype 5 pointsize 1.1"), 1);
    text_clear(&script);
}
END_TEST

/* What is longer than its axis is broken in the middle. */
START_TEST(long_labels_take_two_lines)
{
    struct figure figure = example();
    struct text script;

    figure.panels[1].y_label = "cosine of trained and saturated encodings";
    write_well(&figure, scratch_path("f"));
    script = scratch_read(scratch_path("f.gp"));
    ck_assert_uint_eq(count(&script, "set ylabel 'y'\n"), 1);
    ck_assert_uint_eq(count(&script, "set ylabel 'cosine of trained and'."
                                     "\"\\n\".'saturated encodings'\n"),
                      1);
    text_clear(&script);
}
END_TEST

/* Equal figures are equal bytes, on a white ground; for print as PDF. */
START_TEST(drawings_repeat)
{
    struct figure figure = example();
    struct text first, second;

    if (!write_well(&figure, scratch_path("f")))
        return;
    ck_assert(write_well(&figure, scratch_path("g")));
    first = scratch_read(scratch_path("f.svg"));
    second = scratch_read(scratch_path("g.svg"));
    ck_assert_str_eq(first.data, second.data);
    ck_assert_uint_eq(count(&first, "<svg"), 1);
    ck_assert_uint_eq(count(&first, "</svg>"), 1);
    ck_assert_uint_ge(count(&first, "fill=\"#ffffff\""), 1);
    ck_assert(!file_exists(scratch_path("f.svg.partial")));
    text_clear(&first);
    text_clear(&second);
    first = scratch_read(scratch_path("f.pdf"));
    ck_assert(text_begins(first.data, "%PDF-"));
    text_clear(&first);
}
END_TEST

static const char *const hostile[] = {
    "'; system('touch harm'); '", "\"`touch harm`\"", "$(touch harm)",
    "x\nsystem('touch harm')\n",  "@harm # %s \\",    "<touch harm",
    "-e system('touch harm')",
};

START_TEST(hostile_names_are_only_names)
{
    struct curve curve = { .title = hostile[_i], .x = x, .y = low, .count = 4 };
    struct figure figure = { .title = hostile[_i],
                             .panels = { { hostile[_i], hostile[_i],
                                           hostile[_i], false, false, 0, 0 } },
                             .n_panels = 1,
                             .curves = &curve,
                             .n_curves = 1 };
    char *svg;
    struct text path = { 0 };

    ck_assert_int_eq(chdir(scratch), 0);
    text_add_format(&path, "%s.svg", hostile[_i]);
    for (char *c = path.data; *c != '\0'; c++)
        if (*c == '/')
            *c = '_';
    svg = text_take(&path);
    svg[strlen(svg) - 4] = '\0';
    if (write_well(&figure, svg)) {
        svg[strlen(svg)] = '.';
        ck_assert(file_exists(svg));
    }
    ck_assert(!file_exists("harm"));
    free(svg);
}
END_TEST

START_TEST(without_gnuplot_there_is_no_drawing)
{
    struct figure figure = example();

    setenv("PATH", scratch, 1);
    ck_assert(!write_well(&figure, scratch_path("f")));
    ck_assert(file_exists(scratch_path("f.dat")));
    ck_assert(file_exists(scratch_path("f.gp")));
    ck_assert(!file_exists(scratch_path("f.svg")));
    ck_assert(!file_exists(scratch_path("f.svg.partial")));
}
END_TEST

static const struct {
    const char *program, *complaint;
} failing[] = {
    { "#!/bin/sh\necho half\nexit 3\n", "gnuplot failed" },
    { "#!/bin/sh\nkill -9 $$\n", "gnuplot failed" },
    { "#!/bin/sh\nexit 0\n", "drew nothing" },
};

START_TEST(a_failing_gnuplot_is_told)
{
    struct figure figure = example();
    struct error error = { 0 };
    bool drawn;

    scratch_write(scratch_path("gnuplot"), failing[_i].program,
                  strlen(failing[_i].program));
    ck_assert_int_eq(chmod(scratch_path("gnuplot"), 0755), 0);
    setenv("PATH", scratch, 1);
    ck_assert(!figure_write(&figure, scratch_path("f"), &drawn, &error));
    ck_assert(!drawn);
    ck_assert_int_eq(error.kind, ERROR_FAILED);
    ck_assert_ptr_nonnull(strstr(said(&error), failing[_i].complaint));
    ck_assert(!file_exists(scratch_path("f.svg")));
    ck_assert(!file_exists(scratch_path("f.svg.partial")));
}
END_TEST

START_TEST(an_unwritable_place_is_an_error)
{
    struct figure figure = example();
    struct error error = { 0 };
    bool drawn;

    ck_assert(!figure_write(&figure, scratch_path("absent/f"), &drawn, &error));
    ck_assert_int_eq(error.kind, ERROR_IO);
    ck_assert_ptr_nonnull(strstr(said(&error), "absent/f.dat"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("figure");
    TCase *tests = tcase_create("laws");

    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, the_data_are_the_numbers);
    tcase_add_test(tests, the_script_plots_what_there_is);
    tcase_add_test(tests, looks_are_told_apart);
    tcase_add_test(tests, long_labels_take_two_lines);
    tcase_add_test(tests, drawings_repeat);
    tcase_add_loop_test(tests, hostile_names_are_only_names, 0,
                        (int)(sizeof hostile / sizeof hostile[0]));
    tcase_add_test(tests, without_gnuplot_there_is_no_drawing);
    tcase_add_loop_test(tests, a_failing_gnuplot_is_told, 0,
                        (int)(sizeof failing / sizeof failing[0]));
    tcase_add_test(tests, an_unwritable_place_is_an_error);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

/* language_find, in a tree of files made for it. */

#include <unistd.h>

#include "formal.h"
#include "suite.h"

static void open_tree(void)
{
    static const char *const files[] = {
        "project/experiments/mine.yaml",
        "project/languages/beside.yaml",
        "project/languages/mine.yaml",
        "project/experiments/languages/below.yaml",
        "languages/here.yaml",
        "languages/sibling.yaml",
        "working/languages/here.yaml",
        "working/near-1.yaml",
        "working/own.yaml",
        "working/sibling.yaml",
    };
    static const char text[] = "experiment: here\n";
    struct error error = { 0 };

    scratch_open();
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char folder[512];

        snprintf(folder, sizeof folder, "%s", scratch_path(files[i]));
        *strrchr(folder, '/') = '\0';
        ck_assert(file_make_directories(folder, &error));
        scratch_write(scratch_path(files[i]), "", 0);
    }
    ck_assert_int_eq(chdir(scratch), 0);
    scratch_write("working/here.yaml", text, sizeof text - 1);
    scratch_write("working/nearly-2.yaml", text, sizeof text - 1);
}

static void close_tree(void)
{
    ck_assert_int_eq(chdir("/"), 0);
    scratch_close();
}

static const struct {
    const char *name, *from, *path;
} found[] = {
    /* beside the experiment, before all other places */
    { "mine", "project/experiments/x.yaml", "project/experiments/mine.yaml" },
    { "beside", "project/experiments/x.yaml", "project/languages/beside.yaml" },
    { "here", "project/experiments/x.yaml", "languages/here.yaml" },
    { "here", NULL, "languages/here.yaml" },
    { "here", "x.yaml", "languages/here.yaml" },
    { "mine", "project/languages/x.yaml", "project/languages/mine.yaml" },
    { "below", "project/experiments/x.yaml",
      "project/experiments/languages/below.yaml" },
    { "beside", "project/experiments/./x.yaml",
      "project/experiments/./../languages/beside.yaml" },
    /* a path is looked for from the experiment, then from here */
    { "../languages/beside.yaml", "project/experiments/x.yaml",
      "project/experiments/../languages/beside.yaml" },
    { "mine.yaml", "project/experiments/x.yaml",
      "project/experiments/mine.yaml" },
    { "languages/here.yaml", "project/experiments/x.yaml",
      "languages/here.yaml" },
    { "project/languages/beside.yaml", "elsewhere/x.yaml",
      "project/languages/beside.yaml" },
    { "./languages/here.yaml", NULL, "./languages/here.yaml" },
};

START_TEST(files_are_found_where_documented)
{
    struct place place = { "x.yaml", 3, 11 };
    struct error error = { 0 };
    char *path;

    ck_assert(language_find(found[_i].name, found[_i].from, &place, NULL, &path,
                            &error));
    ck_assert_str_eq(path, found[_i].path);
    free(path);
}
END_TEST

START_TEST(the_places_tried_are_named)
{
    struct place place = { "x.yaml", 3, 11 };
    struct error error = { 0 };
    char *path;

    ck_assert(!language_find("nowhere", "project/experiments/x.yaml", &place,
                             "language", &path, &error));
    ck_assert_ptr_null(path);
    ck_assert_int_eq(error.kind, ERROR_CONFIG);
    ck_assert_said(
        &error,
        "x.yaml:3:11: language: no language \"nowhere\"; there is no "
        "project/experiments/nowhere.yaml, nowhere.yaml, "
        "project/experiments/languages/nowhere.yaml, "
        "project/languages/nowhere.yaml, languages/nowhere.yaml, " DATADIR
        "/languages/nowhere.yaml\n");
    ck_assert(!language_find("a/b", "c/d.yaml", NULL, NULL, &path, &error));
    ck_assert_said(&error, "saturn: no language \"a/b\"; there is no c/a/b, "
                           "a/b\n");
}
END_TEST

/* In working/: what a command is told means what a file that stands there
 * means by it. */
static const struct {
    const char *name, *path;
} bare[] = {
    { "own", "own.yaml" },
    { "sibling", "sibling.yaml" },     /* before ../languages */
    { "here", "languages/here.yaml" }, /* ./here.yaml is an experiment */
};

START_TEST(a_bare_name_is_one_language)
{
    static const char *const from[] = { NULL, "x.yaml", "nowhere/x.yaml" };
    struct error error = { 0 };
    char *path;

    ck_assert_int_eq(chdir("working"), 0);
    for (size_t i = 0; i < sizeof from / sizeof *from; i++) {
        ck_assert(
            language_find(bare[_i].name, from[i], NULL, NULL, &path, &error));
        ck_assert_str_eq(path, bare[_i].path);
        free(path);
    }
}
END_TEST

START_TEST(languages_are_found_from_a_folder_beside_them)
{
    struct error error = { 0 };
    char *path;

    ck_assert_int_eq(chdir("project/experiments"), 0);
    ck_assert(language_find("beside", NULL, NULL, NULL, &path, &error));
    ck_assert_str_eq(path, "../languages/beside.yaml");
    free(path);
}
END_TEST

START_TEST(a_name_that_is_nearly_right_is_told_the_right_one)
{
    struct error error = { 0 };
    char *path;

    ck_assert_int_eq(chdir("working"), 0);
    ck_assert(!language_find("near1", NULL, NULL, NULL, &path, &error));
    ck_assert_said(
        &error, "saturn: no language \"near1\"; did you mean \"near-1\"? "
                "(there is no near1.yaml, languages/near1.yaml, "
                "../languages/near1.yaml, " DATADIR "/languages/near1.yaml)\n");
    /* an experiment is none, and a path is no guess */
    ck_assert(!language_find("nearly2", NULL, NULL, NULL, &path, &error));
    ck_assert_ptr_null(strstr(said(&error), "did you mean"));
    ck_assert(!language_find("./near1", NULL, NULL, NULL, &path, &error));
    ck_assert_said(&error, "saturn: no language \"./near1\"; there is no "
                           "./near1\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("find");
    TCase *tests = tcase_create("find");

    tcase_add_checked_fixture(tests, open_tree, close_tree);
    tcase_add_loop_test(tests, files_are_found_where_documented, 0,
                        sizeof found / sizeof *found);
    tcase_add_test(tests, the_places_tried_are_named);
    tcase_add_loop_test(tests, a_bare_name_is_one_language, 0,
                        sizeof bare / sizeof *bare);
    tcase_add_test(tests, languages_are_found_from_a_folder_beside_them);
    tcase_add_test(tests, a_name_that_is_nearly_right_is_told_the_right_one);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

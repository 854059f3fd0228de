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
        "languages/here.yaml",
    };
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
        "project/experiments/nowhere.yaml, "
        "project/languages/nowhere.yaml, languages/nowhere.yaml, " DATADIR
        "/languages/nowhere.yaml\n");
    ck_assert(!language_find("a/b", "c/d.yaml", NULL, NULL, &path, &error));
    ck_assert_said(&error, "saturn: no language \"a/b\"; there is no c/a/b, "
                           "a/b\n");
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
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

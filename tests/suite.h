/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What every test program shares: run one suite, say how it went. */

#ifndef TESTS_SUITE_H
#define TESTS_SUITE_H

#include <check.h>
#include <stdlib.h>

/* Runs SUITE and returns main's exit status; CK_FORK=no runs in one process.
 */
static inline int suite_run(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    int failed;

    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}

/* A path below the source tree: automake sets srcdir, else the cwd. */
static inline const char *source_directory(void)
{
    const char *directory = getenv("srcdir");

    return directory != NULL ? directory : ".";
}

#endif

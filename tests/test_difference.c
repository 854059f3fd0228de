/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "report/difference.h"

#include <stdlib.h>

#include "suite.h"

enum { N = 3 };

static const struct {
    const char *configs[N], *names[N];
} cases[] = {
    { { "train: {rate: 0.1}", "train: {rate: 0.2}", "train: {rate: 0.1}" },
      { "train.rate=0.1", "train.rate=0.2", "train.rate=0.1" } },
    /* in the file's order; lists and words as YAML */
    { { "data: {test: {length: [1..2, 3]}}\nmodel: {norm: pre, d_ff: 4}",
        "data: {test: {length: 5}}\nmodel: {norm: pre, d_ff: 4}",
        "data: {test: {length: 5}}\nmodel: {norm: post, d_ff: 4}" },
      { "data.test.length=[1..2, 3],model.norm=pre",
        "data.test.length=5,model.norm=pre",
        "data.test.length=5,model.norm=post" } },
    /* names and seeds are no settings */
    { { "{experiment: a, about: x, seed: 1, sweep: {seed: [1]}, b: 1}",
        "{experiment: a, about: y, seed: 2, sweep: {seed: [2]}, b: 2}",
        "{experiment: a, about: z, seed: {data: 1}, b: 1}" },
      { "b=1", "b=2", "b=1" } },
    { { "{a: 1, b: 1, c: 1, d: 1, e: 1}", "{a: 1, b: 2, c: 2, d: 2, e: 2}",
        "{a: 1, b: 1, c: 1, d: 1, e: 1}" },
      { "b=1,c=1,d=1,e=1", "b=2,c=2,d=2,e=2", "b=1,c=1,d=1,e=1" } },
    { { "{a: 1, b: 1, c: 1, d: 1, e: 1}", "{a: 2, b: 2, c: 2, d: 2, e: 2}",
        "{a: 1, b: 1, c: 1, d: 1, e: 1}" },
      { "a=1,b=1,c=1", "a=2,b=2,c=2", "a=1,b=1,c=1" } },
    { { "a: 1", "a: 1", "a: 1" }, { "", "", "" } },
    { { "a: [", "a: 1", "" }, { "", "", "" } },
};

START_TEST(names_are_the_keys_that_differ)
{
    char **names = differences_name(cases[_i].configs, N);

    for (size_t i = 0; i < N; i++) {
        ck_assert_str_eq(names[i], cases[_i].names[i]);
        free(names[i]);
    }
    free(names);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("difference");
    TCase *tests = tcase_create("difference");

    tcase_add_loop_test(tests, names_are_the_keys_that_differ, 0,
                        sizeof cases / sizeof *cases);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

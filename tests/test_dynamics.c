/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "suite.h"

#include <math.h>
#include <string.h>

#include "base/statistics.h"
#include "growth/dynamics.h"

enum { LAWS = 8 };

/* Row 7 of the reproduction: within 1 % of the closed form. */
START_TEST(walks_as_the_closed_form_says)
{
    const struct dynamics *law = &dynamics[_i];

    ck_assert_double_eq_tol(dynamics_walk(law) / law->rate, 1, 0.01);
}
END_TEST

/* A walk of another law is not within 1 %: steps at right angles grow by
 * (k eta)^2 / 2, not by k eta. */
START_TEST(tells_the_laws_apart)
{
    struct dynamics wrong = dynamics[0];

    ck_assert_str_eq(dynamics[3].key, "misaligned.constant");
    wrong.walk = dynamics[3].walk;
    ck_assert_double_lt(dynamics_walk(&wrong) / wrong.rate, 0.001);
}
END_TEST

START_TEST(walks_the_same_way_twice)
{
    double first = dynamics_walk(&dynamics[4]);

    ck_assert(first == dynamics_walk(&dynamics[4]));
}
END_TEST

START_TEST(lists_the_laws)
{
    size_t n = 0;

    for (const struct dynamics *law = dynamics; law->name != NULL; law++) {
        n++;
        for (const struct dynamics *other = dynamics; other < law; other++)
            ck_assert_str_ne(law->key, other->key);
    }
    ck_assert_uint_eq(n, LAWS);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dynamics");
    TCase *tests = tcase_create("laws");

    statistics_start();
    tcase_add_loop_test(tests, walks_as_the_closed_form_says, 0, LAWS);
    tcase_add_test(tests, tells_the_laws_apart);
    tcase_add_test(tests, walks_the_same_way_twice);
    tcase_add_test(tests, lists_the_laws);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

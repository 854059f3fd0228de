/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What paths say is held against vectors that were really walked. */

#include "suite.h"

#include <math.h>
#include <string.h>

#include "base/random.h"
#include "growth/path.h"

enum { DIMENSION = 6, STEPS = 40 };

/* A random walk and what is known of it. */
struct walked {
    double steps[STEPS], norms[STEPS], directions[STEPS];
    double lengths[STEPS], alignments[STEPS];
};

static double dot(const double *a, const double *b)
{
    double sum = 0;

    for (size_t i = 0; i < DIMENSION; i++)
        sum += a[i] * b[i];
    return sum;
}

/* Steps of size SIZE; SIDE 0: any direction, 1: along theta, -1: against it,
 * 2: at right angles. */
static void walk(struct walked *walked, double size, int side)
{
    double theta[DIMENSION] = { 3, 1 }, delta[DIMENSION], before[DIMENSION];
    struct stream stream;

    stream_init(&stream, 5, "test.path", (uint64_t)(side + 1));
    for (size_t t = 0; t < STEPS; t++) {
        double along;

        walked->steps[t] = (double)t;
        walked->norms[t] = sqrt(dot(theta, theta));
        walked->directions[t] = walked->lengths[t] = walked->alignments[t] =
            NAN;
        if (t > 0) {
            walked->directions[t] =
                dot(theta, before) / walked->norms[t] / walked->norms[t - 1];
            walked->lengths[t] = sqrt(dot(delta, delta));
            walked->alignments[t] =
                dot(delta, before) / walked->lengths[t] / walked->norms[t - 1];
        }
        memcpy(before, theta, sizeof before);
        for (size_t i = 0; i < DIMENSION; i++)
            delta[i] = side * side == 1 ? side * theta[i] / walked->norms[t]
                                        : stream_normal(&stream);
        along = dot(delta, theta) / dot(theta, theta);
        for (size_t i = 0; i < DIMENSION; i++) {
            delta[i] -= side == 2 ? along * theta[i] : 0;
            delta[i] *= size;
            theta[i] += delta[i];
        }
    }
}

static struct path path_of(const struct walked *walked)
{
    return (struct path){ walked->steps,      walked->norms,
                          walked->directions, walked->lengths,
                          walked->alignments, STEPS };
}

START_TEST(derives_lengths_and_alignments)
{
    struct walked walked;
    double lengths[STEPS], alignments[STEPS];

    walk(&walked, 0.3, 0);
    path_derive(walked.norms, walked.directions, STEPS, lengths, alignments);
    ck_assert(isnan(lengths[0]) && isnan(alignments[0]));
    for (size_t i = 1; i < STEPS; i++) {
        ck_assert_double_eq_tol(lengths[i], walked.lengths[i], 1e-12);
        ck_assert_double_eq_tol(alignments[i], walked.alignments[i], 1e-12);
    }
}
END_TEST

/* Steps along theta add up, steps at right angles add up in squares. */
START_TEST(sums_bound_the_norm)
{
    struct walked walked;
    struct path path = path_of(&walked);
    struct path_sums sums;

    walk(&walked, 0.3, 1);
    sums = path_sum(&path);
    ck_assert_double_eq_tol(sums.aligned / walked.norms[STEPS - 1], 1, 1e-12);
    ck_assert_double_lt(sums.share, 1);

    walk(&walked, 0.3, 2);
    sums = path_sum(&path);
    ck_assert_double_eq_tol(sums.misaligned / walked.norms[STEPS - 1], 1,
                            1e-12);
    ck_assert_double_eq_tol(sums.share, 1, 1e-12);
    ck_assert_double_gt(sums.aligned, walked.norms[STEPS - 1]);

    path.n = 0;
    ck_assert(isnan(path_sum(&path).share));
}
END_TEST

START_TEST(plane_tells_growth_from_shrinking)
{
    struct walked walked;
    struct path path = path_of(&walked);

    walk(&walked, 0.9, 0);
    ck_assert(path_plane(&path).agreeing == 1);
    ck_assert_double_gt(path_plane(&path).growing, 0);
    ck_assert_double_lt(path_plane(&path).growing, 1);

    walk(&walked, 0.01, -1);
    ck_assert(path_plane(&path).agreeing == 1);
    ck_assert(path_plane(&path).growing == 0);
    walk(&walked, 0.01, 2);
    ck_assert(path_plane(&path).growing == 1);

    /* What does not belong to these norms is found out. */
    for (size_t i = 1; i < STEPS; i++)
        walked.alignments[i] = -1;
    ck_assert(path_plane(&path).agreeing == 0);

    /* A step of no length has no direction and changes nothing. */
    walk(&walked, 0.01, 2);
    walked.norms[0] = walked.norms[1];
    walked.lengths[1] = 0;
    walked.alignments[1] = NAN;
    ck_assert(path_plane(&path).agreeing == 1);

    walked.lengths[3] = NAN;
    ck_assert(isnan(path_plane(&path).agreeing));
    path.n = 1;
    ck_assert(isnan(path_plane(&path).agreeing));
}
END_TEST

START_TEST(identity_holds_of_what_was_walked)
{
    struct walked walked;
    struct path path = path_of(&walked);

    walk(&walked, 0.3, 0);
    ck_assert_double_lt(path_identity(&path), 1e-14);
    walked.lengths[7] *= 1.001;
    ck_assert_double_gt(path_identity(&path), 1e-9);
    walked.lengths[7] = NAN;
    ck_assert(isnan(path_identity(&path)));
    path.n = 1;
    ck_assert(isnan(path_identity(&path)));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("path");
    TCase *tests = tcase_create("path");

    tcase_add_test(tests, derives_lengths_and_alignments);
    tcase_add_test(tests, sums_bound_the_norm);
    tcase_add_test(tests, plane_tells_growth_from_shrinking);
    tcase_add_test(tests, identity_holds_of_what_was_walked);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

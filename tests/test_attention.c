/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "suite.h"

#include <math.h>
#include <string.h>

#include "base/random.h"
#include "oracle.h"
#include "saturation/attention.h"

enum { N = 5, K = 8 };

/* Keys whose score against the query is their one coefficient a plane. */
struct scene {
    struct series query, keys[N];
    const struct series *list[N];
    size_t counts[N];
    struct view view;
};

static void add_plane(struct series *x, int degree, double value, double bound)
{
    double term[8] __attribute__((aligned(64))) = { value };

    series_add_term(K, degree, term, 0, x);
    if (bound > 0) {
        double *plane = x->planes + (size_t)(x->top - degree) * plane_size(8);

        plane[8] = plane[2 * 8 + 1] = bound;
    }
}

/* Key i of score sum over k < PLANES of scores[i][k] c^(top - k). */
static void stage(struct scene *scene, size_t n, int top, size_t planes,
                  const double (*scores)[K], double bound)
{
    series_init(&scene->query, 1, K);
    add_plane(&scene->query, 2, 1, 0);
    for (size_t i = 0; i < n; i++) {
        series_init(&scene->keys[i], 1, K);
        for (size_t k = 0; k < planes; k++)
            add_plane(&scene->keys[i], top - 2 - (int)k, scores[i][k], bound);
        scene->list[i] = &scene->keys[i];
        scene->counts[i] = 1;
    }
    scene->view = (struct view){ .query = &scene->query,
                                 .n = n,
                                 .keys = scene->list,
                                 .counts = scene->counts,
                                 .scale = 1 };
}

static void strike(struct scene *scene)
{
    series_clear(&scene->query);
    for (size_t i = 0; i < scene->view.n; i++)
        series_clear(&scene->keys[i]);
}

static size_t argmax(const struct scene *scene, size_t *chosen)
{
    struct ball room[N];

    return attention_argmax(&scene->view, room, chosen);
}

/* The argmax set is read through the positive degrees, one after the other,
 * and no further. */
START_TEST(test_argmax)
{
    static const double scores[N][K] = { { 3, 1, 5, 0, 9 },
                                         { 3, 2, 1, 4, 0 },
                                         { 3, 2, 1, 5, 7 },
                                         { 2, 9, 9, 9, 9 },
                                         { 3, 2, 1, 5, -8 } };
    static const struct {
        int top;
        size_t n, chosen[N];
    } cases[] = { { 1, 4, { 0, 1, 2, 4 } }, { 2, 3, { 1, 2, 4 } },
                  { 3, 3, { 1, 2, 4 } },    { 4, 2, { 2, 4 } },
                  { 5, 1, { 2 } },          { 0, 5, { 0, 1, 2, 3, 4 } } };
    size_t n_cases = sizeof(cases) / sizeof(cases[0]);

    for (size_t c = 0; c < n_cases; c++) {
        struct scene scene;
        size_t chosen[N];

        stage(&scene, N, cases[c].top, 5, scores, 0);
        ck_assert_uint_eq(argmax(&scene, chosen), cases[c].n);
        for (size_t i = 0; i < cases[c].n; i++)
            ck_assert_uint_eq(chosen[i], cases[c].chosen[i]);
        strike(&scene);
    }
}
END_TEST

/* A tie is a difference within the bounds of both. */
START_TEST(test_argmax_bounds)
{
    static const double scores[2][K] = { { 1 }, { 1 + 1e-10 } };
    struct scene scene;
    size_t chosen[N];

    stage(&scene, 2, 4, 1, scores, 0.6e-10);
    ck_assert_uint_eq(argmax(&scene, chosen), 2);
    strike(&scene);
    stage(&scene, 2, 4, 1, scores, 0.4e-10);
    ck_assert_uint_eq(argmax(&scene, chosen), 1);
    ck_assert_uint_eq(chosen[0], 1);
    strike(&scene);
}
END_TEST

static struct doubt weigh(const struct scene *scene, size_t orders, int degree,
                          struct scalar *weights)
{
    struct arithmetic arithmetic = { .orders = orders, .degree = degree };
    size_t origin;

    return attention_weigh(&arithmetic, &scene->view, weights, &origin);
}

/* All tied, whatever the count: uniform over the positions, exactly. */
START_TEST(test_uniform)
{
    static const double scores[N][K] = { { 3 }, { 3 }, { 3 }, { 3 }, { 3 } };
    struct scalar weights[N];
    struct scene scene;
    struct doubt doubt;

    stage(&scene, N, 4, 1, scores, 0);
    for (size_t i = 0; i < N; i++)
        scene.counts[i] = i + 1;
    doubt = weigh(&scene, K, 1, weights);
    ck_assert(!doubt.flagged && !doubt.rounding);
    for (size_t i = 0; i < N; i++) {
        ck_assert(scalar_single(&weights[i]));
        ck_assert_double_eq_tol(weights[i].planes[0].value,
                                (double)(i + 1) / 15, 1e-16);
        ck_assert_double_le(weights[i].planes[0].bound, 1e-14);
    }
    strike(&scene);
}
END_TEST

/* What differs by less than its bound ties at degree 0 and below as well. */
START_TEST(test_uniform_within_bounds)
{
    static const double scores[2][K] = { { 3, 1e-13, 1e-13 }, { 3, 0, 0 } };
    struct scalar weights[N];
    struct scene scene;

    stage(&scene, 2, 1, 3, scores, 1e-12);
    weigh(&scene, K, 1, weights);
    for (size_t i = 0; i < 2; i++) {
        ck_assert_double_eq(weights[i].planes[0].value, 0.5);
        ck_assert_double_eq(weights[i].planes[1].value, 0);
        ck_assert_double_ge(weights[i].planes[0].bound, 0.5e-12);
        ck_assert_double_ge(weights[i].planes[1].bound, 0.5e-12);
    }
    strike(&scene);
}
END_TEST

/*
 * Degree 0 decides how much, what is below corrects it: the series of each
 * weight, summed at a large c, is the softmax of the scores summed there.
 */
START_TEST(test_tails)
{
    for (uint64_t t = 0; t < 20; t++) {
        double scores[N][K];
        struct scalar weights[N];
        struct scene scene;
        struct stream stream;
        const quad c = 1000;
        quad truth[N], total = 0;
        size_t planes = 1 + t % 5;

        stream_init(&stream, t, "test.tails", 0);
        for (size_t i = 0; i < N; i++)
            for (size_t k = 0; k < K; k++) /* ties at degrees 2 and 1 */
                scores[i][k] =
                    k < 2 ? 7 - (double)k : 2 * stream_uniform(&stream) - 1;
        stage(&scene, N, 2, 2 + planes, scores, 0);
        for (size_t i = 0; i < N; i++) {
            quad score = 0, power = 1;

            scene.counts[i] = 1 + i % 3;
            for (size_t k = 2; k < 2 + planes; k++, power /= c)
                score += (quad)scores[i][k] * power;
            total += truth[i] = (quad)scene.counts[i] * quad_exp(score);
        }
        weigh(&scene, K, 1, weights);
        for (size_t i = 0; i < N; i++) {
            quad sum = 0, power = 1, bound = 0;

            ck_assert_int_eq(weights[i].exact, planes == 1);
            ck_assert_uint_eq(weights[i].known, planes == 1 ? 1 : K);
            for (size_t k = 0; k < weights[i].known; k++, power /= c) {
                sum += (quad)weights[i].planes[k].value * power;
                bound += (quad)weights[i].planes[k].bound * power;
            }
            /* what is cut off is of order c^-8 */
            sum -= truth[i] / total;
            ck_assert(sum < bound + 1e-20Q && -sum < bound + 1e-20Q);
            ck_assert(bound < 1e-13Q);
            /* and leading weights differ: this is no uniform head */
            if (i > 0)
                ck_assert(
                    fabs(weights[i].planes[0].value / (double)scene.counts[i] -
                         weights[0].planes[0].value) > 1e-6);
        }
        strike(&scene);
    }
}
END_TEST

/* The tails' own coefficients, where bounds at degree 0 would hide them: at
 * most one below degree 0 gives w (d - mean d) at order c^-1. */
START_TEST(test_first_tail)
{
    static const double scores[2][K] = { { 0, 3 }, { 0, 1 } };
    struct scalar weights[N];
    struct scene scene;

    stage(&scene, 2, 0, 2, scores, 0);
    weigh(&scene, K, 1, weights);
    /* 1 / (1 + exp(-2/c)) = 1/2 + (1/2) / c + 0 - (1/6) / c^3 + ... */
    ck_assert_double_eq_tol(weights[0].planes[0].value, 0.5, 1e-15);
    ck_assert_double_eq_tol(weights[0].planes[1].value, 0.5, 1e-15);
    ck_assert_double_eq_tol(weights[0].planes[2].value, 0, 1e-15);
    ck_assert_double_eq_tol(weights[0].planes[3].value, -1.0 / 6, 1e-15);
    ck_assert_double_eq_tol(weights[1].planes[3].value, 1.0 / 6, 1e-15);
    strike(&scene);
}
END_TEST

/* A tie among scores nobody knows further is said. */
START_TEST(test_unknown)
{
    static const double scores[2][K] = { { 3, 1 }, { 3, 1 } };
    struct scalar weights[N];
    struct scene scene;
    struct doubt doubt;
    size_t chosen[N];

    stage(&scene, 2, 3, 2, scores, 0);
    scene.keys[1].exact = false;
    ck_assert_uint_eq(argmax(&scene, chosen), 2);
    doubt = weigh(&scene, K, 1, weights);
    ck_assert(doubt.flagged);
    ck_assert_double_eq_tol(weights[0].planes[0].value, 0.5, 1e-15);
    ck_assert(!weights[0].exact);
    strike(&scene);
    /* known to degree 0: fine, but the weights are known no further */
    stage(&scene, 2, 1, 2, scores, 0);
    scene.keys[1].exact = false;
    doubt = weigh(&scene, K, 1, weights);
    ck_assert(!doubt.flagged && !weights[0].exact);
    ck_assert_uint_eq(weights[0].known, 1);
    strike(&scene);
}
END_TEST

/* Ordinary softmax: scores off by up to their bound move no weight by more
 * than its own, from rounding to utter ignorance. */
START_TEST(test_softmax_bounds)
{
    static const double looses[] = { 0, 1e-12, 1e-4, 0.2, 1, 3, 50, 1000 };

    for (size_t l = 0; l < sizeof(looses) / sizeof(looses[0]); l++)
        for (uint64_t t = 0; t < 300; t++) {
            double scores[N][K] = { 0 }, spread = t % 3 == 0 ? 1 : 30;
            struct scalar weights[N];
            struct scene scene;
            struct stream stream;
            quad truth[N], total = 0, off[N], most = 0;

            stream_init(&stream, t, "test.softmax", l);
            for (size_t i = 0; i < N; i++)
                scores[i][0] = spread * stream_normal(&stream);
            stage(&scene, N, 0, 1, scores, looses[l]);
            for (size_t i = 0; i < N; i++) {
                /* the corners of the box are where weights move most */
                off[i] = (quad)scores[i][0] + (stream_below(&stream, 2)
                                                   ? (quad)looses[l]
                                                   : -(quad)looses[l]);
                scene.counts[i] = 1 + stream_below(&stream, 4);
                most = i == 0 || off[i] > most ? off[i] : most;
            }
            for (size_t i = 0; i < N; i++)
                total += truth[i] =
                    (quad)scene.counts[i] * quad_exp(off[i] - most);
            weigh(&scene, 1, 0, weights);
            for (size_t i = 0; i < N; i++) {
                struct ball w = weights[i].planes[0];

                ck_assert(scalar_single(&weights[i]));
                ck_assert(fabs((double)(truth[i] / total - (quad)w.value)) <=
                          w.bound * PLANE_SLACK);
                ck_assert_double_le(w.bound, 1 + 1e-12);
                ck_assert_double_le(w.bound, 1e-13 + 3 * looses[l]);
            }
            strike(&scene);
        }
}
END_TEST

/* `rounding` is a difference within a bound that is above 1e-3. */
START_TEST(test_rounding)
{
    static const struct {
        double gap, bound;
        bool rounding;
    } cases[] = { { 0, 1e-4, false }, { 0, 1e-2, true }, { 0.5, 1e-2, false },
                  { 0.5, 0.3, true }, { 40, 1, false },  { 40, 100, true } };

    for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
        const double scores[2][K] = { { 1 }, { 1 - cases[c].gap } };
        struct scalar weights[N];
        struct scene scene;

        stage(&scene, 2, 0, 1, scores, cases[c].bound);
        ck_assert_int_eq(weigh(&scene, 1, 0, weights).rounding,
                         cases[c].rounding);
        strike(&scene);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("attention");
    TCase *limit = tcase_create("limit"), *ordinary = tcase_create("ordinary");

    tcase_add_test(limit, test_argmax);
    tcase_add_test(limit, test_argmax_bounds);
    tcase_add_test(limit, test_uniform);
    tcase_add_test(limit, test_uniform_within_bounds);
    tcase_add_test(limit, test_tails);
    tcase_add_test(limit, test_first_tail);
    tcase_add_test(limit, test_unknown);
    tcase_add_test(ordinary, test_softmax_bounds);
    tcase_add_test(ordinary, test_rounding);
    suite_add_tcase(suite, limit);
    suite_add_tcase(suite, ordinary);
    return suite_run(suite);
}

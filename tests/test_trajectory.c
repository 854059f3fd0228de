/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "suite.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "train/trajectory.h"

/* A small network and room for vectors of its size. */
static struct network *network;
static const struct layout *layout;
static size_t n;
static double *theta, *gradient, *delta;

static void open_network(int precision)
{
    struct model_config config = {
        .n_layers = 2,
        .d_model = 8,
        .n_heads = 2,
        .d_ff = 16,
        .norm = NORM_PRE,
        .precision = precision,
        .bias = true,
        .classifier_bias = true,
        .epsilon = 1e-5,
        .max_length = 16,
        .init = { 1, 1, 1, 1, 1, 1, 1, 1 },
    };

    network = network_new(&config, 3);
    network_init(network, 7);
    layout = network_layout(network);
    n = layout->n_parameters;
    theta = memory_copy(network_weights(network), n * sizeof *theta);
    gradient = memory_new(n, sizeof *gradient);
    delta = memory_new(n, sizeof *delta);
}

static void open_double(void)
{
    open_network(PRECISION_DOUBLE);
}

static void close_network(void)
{
    free(theta);
    free(gradient);
    free(delta);
    network_free(network);
}

static void fill(double *x, const char *purpose, double scale)
{
    struct stream stream;

    stream_init(&stream, 5, purpose, 0);
    for (size_t i = 0; i < n; i++)
        x[i] = scale * stream_normal(&stream);
}

/* By name, not by the flag: the tensors the paper counts. */
static bool counts(size_t i, bool weights_only)
{
    for (size_t t = 0; t < layout->n_tensors; t++) {
        const struct tensor *tensor = &layout->tensors[t];

        if (i < tensor->offset || i >= tensor->offset + tensor->count)
            continue;
        if (weights_only && (strstr(tensor->name, "norm") != NULL ||
                             strstr(tensor->name, ".bias") != NULL))
            return false;
        return strncmp(tensor->name, "layers.", 7) == 0 ||
               strncmp(tensor->name, "final_norm.", 11) == 0;
    }
    ck_abort();
    return false;
}

static double product(const double *a, const double *b)
{
    long double sum = 0;

    for (size_t i = 0; i < n; i++)
        if (counts(i, false))
            sum += (long double)a[i] * (long double)b[i];
    return (double)sum;
}

static double cosine(const double *a, const double *b)
{
    return product(a, b) / sqrt(product(a, a) * product(b, b));
}

/* Over all parameters, embeddings and classifier with them. */
static double length_of(const double *x)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += x[i] * x[i];
    return sqrt(sum);
}

START_TEST(norms_are_direct_sums)
{
    double *per_tensor = memory_new(layout->n_tensors, sizeof *per_tensor);
    struct norms norms = parameter_norms(layout, theta, per_tensor);
    long double all = 0, encoder = 0, weights = 0, tensors = 0;

    for (size_t i = 0; i < n; i++) {
        long double square = (long double)theta[i] * (long double)theta[i];

        all += square;
        encoder += counts(i, false) ? square : 0;
        weights += counts(i, true) ? square : 0;
    }
    for (size_t t = 0; t < layout->n_tensors; t++)
        tensors += (long double)per_tensor[t] * (long double)per_tensor[t];
    ck_assert_double_eq_tol(norms.norm_all, (double)sqrtl(all), 1e-12);
    ck_assert_double_eq_tol(norms.norm, (double)sqrtl(encoder), 1e-12);
    ck_assert_double_eq_tol(norms.norm_weights, (double)sqrtl(weights), 1e-12);
    ck_assert_double_eq_tol(norms.norm_all, (double)sqrtl(tensors), 1e-12);
    ck_assert(norms.norm_weights < norms.norm && norms.norm < norms.norm_all);
    free(per_tensor);
}
END_TEST

/* |theta'|^2 = |theta|^2 + 2 theta.delta + |delta|^2, from the columns of two
 * records one step apart; and every other number against its definition. */
START_TEST(records_obey_their_definitions)
{
    struct trajectory trajectory;
    struct snapshot here = { 0 }, there = { 0 };
    double *start = memory_copy(theta, n * sizeof *theta), grown;

    fill(delta, "delta", 0.05);
    fill(gradient, "gradient", 2);
    trajectory_init(&trajectory, network, theta);
    trajectory_record(&trajectory, theta, gradient, delta, &here);
    ck_assert(isnan(here.cosine_previous) && isnan(here.alignment_interval) &&
              isnan(here.distance_previous));
    ck_assert_double_eq_tol(here.cosine_start, 1, 1e-15);
    ck_assert_double_eq(here.distance_start, 0);
    ck_assert_double_eq_tol(here.alignment_step, cosine(delta, theta), 1e-12);
    ck_assert_double_eq_tol(here.step_length, sqrt(product(delta, delta)),
                            1e-12);
    ck_assert_double_eq_tol(here.step_length_all, length_of(delta), 1e-12);
    ck_assert_double_gt(here.step_length_all, here.step_length * 1.01);

    for (size_t i = 0; i < n; i++)
        theta[i] += delta[i];
    trajectory_record(&trajectory, theta, gradient, delta, &there);
    grown = here.norm * here.norm +
            2 * here.alignment_step * here.norm * here.step_length +
            here.step_length * here.step_length;
    ck_assert_double_eq_tol(there.norm * there.norm / grown, 1, 1e-9);
    ck_assert_double_eq_tol(there.cosine_previous, cosine(theta, start), 1e-12);
    ck_assert_double_eq_tol(there.cosine_start, there.cosine_previous, 1e-15);
    ck_assert_double_eq_tol(there.distance_start, here.step_length, 1e-12);
    ck_assert_double_eq_tol(there.alignment_interval, here.alignment_step,
                            1e-9);
    trajectory_clear(&trajectory);
    free(start);
}
END_TEST

/* Layers together with the final norm are the whole, and each obeys the
 * definitions of the whole on its own tensors. */
START_TEST(layers_are_parts_of_the_whole)
{
    struct trajectory trajectory;
    struct snapshot here = { 0 }, there = { 0 };
    double squares = 0, steps = 0, before[2];

    fill(delta, "delta", 0.05);
    trajectory_init(&trajectory, network, theta);
    trajectory_record(&trajectory, theta, gradient, delta, &here);
    ck_assert_uint_eq(here.n_layers, 2);
    for (size_t l = 0; l < 2; l++) {
        before[l] = here.layers[l].norm;
        ck_assert(isnan(here.layers[l].cosine_previous) &&
                  isnan(here.layers[l].distance_previous) &&
                  isnan(here.layers[l].alignment_interval));
    }
    for (size_t i = 0; i < n; i++)
        theta[i] += delta[i];
    trajectory_record(&trajectory, theta, gradient, delta, &there);
    for (size_t l = 0; l < 2; l++) {
        const struct layer_snapshot *layer = &there.layers[l];
        double a = before[l], b = layer->norm, d = layer->distance_previous;

        squares += b * b;
        steps += d * d;
        ck_assert_double_eq_tol(
            b * b, a * a + 2 * a * d * layer->alignment_interval + d * d,
            1e-10);
        ck_assert_double_eq_tol(
            d * d, a * a + b * b - 2 * a * b * layer->cosine_previous, 1e-10);
    }
    for (size_t t = 0; t < layout->n_tensors; t++) {
        const struct tensor *tensor = &layout->tensors[t];

        for (size_t i = tensor->offset; i < tensor->offset + tensor->count;
             i++) {
            bool final = strncmp(tensor->name, "final_norm.", 11) == 0;

            squares += final ? theta[i] * theta[i] : 0;
            steps += final ? delta[i] * delta[i] : 0;
        }
    }
    ck_assert_double_eq_tol(sqrt(squares), there.norm, 1e-12);
    ck_assert_double_eq_tol(sqrt(steps), there.distance_previous, 1e-12);
    ck_assert_double_eq_tol(there.distance_previous, here.step_length, 1e-12);
    trajectory_clear(&trajectory);
}
END_TEST

START_TEST(gradient_norm_counts_everything)
{
    struct trajectory trajectory;
    struct snapshot snapshot = { 0 };
    long double squares = 0;

    fill(gradient, "gradient", 3);
    for (size_t i = 0; i < n; i++)
        squares += (long double)gradient[i] * (long double)gradient[i];
    trajectory_init(&trajectory, network, theta);
    trajectory_record(&trajectory, theta, gradient, delta, &snapshot);
    ck_assert_double_eq_tol(snapshot.gradient_norm, (double)sqrtl(squares),
                            1e-11);
    ck_assert(isnan(snapshot.alignment_step)); /* delta is zero */
    ck_assert_double_eq(snapshot.step_length, 0);
    ck_assert_double_eq(snapshot.step_lost, 0);
    trajectory_clear(&trajectory);
}
END_TEST

/* A resumed trajectory records the same as an undisturbed one. */
START_TEST(resuming_keeps_the_record_before)
{
    struct trajectory whole, resumed;
    struct snapshot a = { 0 }, b = { 0 };
    double *start = memory_copy(theta, n * sizeof *theta), *before;

    fill(delta, "delta", 0.1);
    trajectory_init(&whole, network, start);
    trajectory_record(&whole, theta, gradient, delta, &a);
    for (size_t i = 0; i < n; i++)
        theta[i] += delta[i];
    trajectory_record(&whole, theta, gradient, delta, &a);
    before = memory_copy(theta, n * sizeof *theta);
    for (size_t i = 0; i < n; i++)
        theta[i] -= 0.5 * delta[i] * (double)(i % 3);
    trajectory_init(&resumed, network, start);
    trajectory_resume(&resumed, before);
    trajectory_record(&whole, theta, gradient, delta, &a);
    trajectory_record(&resumed, theta, gradient, delta, &b);
    ck_assert_double_eq(a.cosine_previous, b.cosine_previous);
    ck_assert_double_eq(a.alignment_interval, b.alignment_interval);
    ck_assert_double_eq(a.distance_start, b.distance_start);
    ck_assert_double_eq(a.cosine_start, b.cosine_start);
    trajectory_clear(&whole);
    trajectory_clear(&resumed);
    free(before);
    free(start);
}
END_TEST

/* Powers of two, for which rounding can be worked by hand: half a unit in the
 * last place of 1 is lost, all of it; one unit is kept.  A float sees neither
 * until it is 2^-24 or more. */
START_TEST(rounding_losses_are_exact)
{
    static const struct {
        double delta, lost, unseen;
    } cases[] = {
        { 0x1p-10, 0, 0 },
        { 0x1p-23, 0, 0 },
        { 0x1p-25, 0, 1 },
        { 0x1p-52, 0, 1 },
        { 0x1p-53, 1, 1 },
        { 0x1.8p-53, 1.0 / 3, 1 }, /* rounds up to 2^-52 */
        { 0x1.8p-23, 0, 1.0 / 3 }, /* rounds to even: 2^-22 */
    };
    struct trajectory trajectory;
    struct snapshot snapshot = { 0 };

    for (size_t i = 0; i < n; i++)
        theta[i] = i % 2 == 0 ? 1 : -1;
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++)
        for (int precision = 0; precision < 2; precision++) {
            trajectory_init(&trajectory, network, theta);
            trajectory.precision = (enum precision)precision;
            for (size_t i = 0; i < n; i++)
                delta[i] = theta[i] * cases[c].delta;
            trajectory_record(&trajectory, theta, gradient, delta, &snapshot);
            ck_assert_double_eq_tol(snapshot.step_lost, cases[c].lost, 1e-12);
            ck_assert_double_eq_tol(
                snapshot.step_unseen,
                precision == PRECISION_FLOAT ? cases[c].unseen : cases[c].lost,
                1e-12);
            trajectory_clear(&trajectory);
        }
}
END_TEST

START_TEST(precision_is_the_networks)
{
    struct trajectory trajectory;

    open_network(_i);
    trajectory_init(&trajectory, network, theta);
    ck_assert_int_eq((int)trajectory.precision, _i);
    trajectory_clear(&trajectory);
    close_network();
}
END_TEST

START_TEST(cosine_of_nothing_is_nan)
{
    ck_assert(isnan(encoder_cosine(layout, delta, theta)));
    for (size_t i = 0; i < n; i++)
        delta[i] = counts(i, false) ? 0 : 1;
    ck_assert(isnan(encoder_cosine(layout, delta, theta)));
    ck_assert_double_eq_tol(encoder_cosine(layout, theta, theta), 1, 1e-15);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("trajectory");
    TCase *tests = tcase_create("laws"), *bare = tcase_create("bare");

    tcase_add_checked_fixture(tests, open_double, close_network);
    tcase_add_test(tests, norms_are_direct_sums);
    tcase_add_test(tests, records_obey_their_definitions);
    tcase_add_test(tests, layers_are_parts_of_the_whole);
    tcase_add_test(tests, gradient_norm_counts_everything);
    tcase_add_test(tests, resuming_keeps_the_record_before);
    tcase_add_test(tests, rounding_losses_are_exact);
    tcase_add_test(tests, cosine_of_nothing_is_nan);
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(bare, precision_is_the_networks, 0, 2);
    suite_add_tcase(suite, bare);
    return suite_run(suite);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "suite.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "known.h"
#include "said.h"
#include "train/optimizer.h"
#include "train/trainer.h"

#define N 1000

static struct tensor halves[] = {
    { .name = "a", .rows = 20, .columns = 30, .offset = 0, .count = 600 },
    { .name = "b", .rows = 400, .offset = 600, .count = 400 },
};
static const struct layout layout = { .tensors = halves,
                                      .n_tensors = 2,
                                      .n_parameters = N };

/* What `train:` SAYS, such as "{rate: 1}", but for the steps. */
static struct optimizer_config read_config(const char *says, double *rate)
{
    struct train_config config = { 0 };
    struct text text = { 0 };
    struct error error = { 0 };
    bool ok;

    text_add_format(&text, "%.*s, steps: 40}", (int)strlen(says) - 1, says);
    ok = known_settings(train_fields, text.data, "train", &config, &error);
    ck_assert_msg(ok, "%s", said(&error));
    text_clear(&text);
    if (rate != NULL)
        *rate = config.rate;
    return config.optimizer;
}

static void fill(double *gradient, double scale)
{
    struct stream stream;

    stream_init(&stream, 1, "test.optimizer", 0);
    for (size_t i = 0; i < N; i++)
        gradient[i] = scale * stream_normal(&stream);
}

/* The first step that `train:` SAYS from THETA. */
static void step_once(const char *says, const double *theta,
                      const double *gradient, double *delta)
{
    double rate;
    struct optimizer_config config = read_config(says, &rate);
    struct optimizer optimizer;

    optimizer_init(&optimizer, &config, &layout, NULL);
    optimizer_step(&optimizer, rate, 0, theta, gradient, delta);
    optimizer_clear(&optimizer);
}

START_TEST(gradient_descent_is_minus_rate_times_gradient)
{
    double gradient[N], theta[N] = { 0 }, delta[N];

    fill(gradient, 3);
    step_once("{rate: 0.25}", theta, gradient, delta);
    for (size_t i = 0; i < N; i++)
        ck_assert_double_eq(delta[i], -0.25 * gradient[i]);
}
END_TEST

/* Squares of shares of the largest: they neither overflow nor vanish, even
 * where a checker computes a long double as a double. */
static long double length(const double *x, size_t n)
{
    long double squares = 0, most = 0;

    for (size_t i = 0; i < n; i++)
        most = fmaxl(most, fabsl((long double)x[i]));
    for (size_t i = 0; i < n; i++) {
        long double share = (long double)x[i] / most;

        squares += share * share;
    }
    return most * sqrtl(squares);
}

/* The step is as long as the rate and straight against the gradient, whatever
 * the gradient's scale, down to where its square underflows. */
START_TEST(normalised_step_has_the_length_of_the_rate)
{
    static const double scales[] = { 1, 1e-8, 1e-200, 1e-300, 1e200 };
    double gradient[N], theta[N] = { 0 }, delta[N];
    long double whole;

    fill(gradient, scales[_i]);
    whole = length(gradient, N);
    step_once("{rate: 0.03, optimizer: normalised}", theta, gradient, delta);
    for (size_t i = 0; i < N; i++)
        ck_assert_double_eq_tol(
            delta[i], (double)(-0.03L * (long double)gradient[i] / whole),
            1e-15);
    step_once("{rate: 0.03, optimizer: normalised-tensors}", theta, gradient,
              delta);
    for (size_t t = 0; t < 2; t++)
        for (size_t i = 0; i < halves[t].count; i++) {
            const double *part = gradient + halves[t].offset;
            long double share = part[i] / length(part, halves[t].count);

            ck_assert_double_eq_tol(delta[halves[t].offset + i],
                                    (double)(-0.03L * share), 1e-15);
        }
}
END_TEST

/* No gradient is no step; and what is not finite in the gradient must not be
 * hidden from the trainer, clipped or not. */
START_TEST(what_is_not_finite_stays_so)
{
    static const double bad[] = { 0, NAN, INFINITY, -INFINITY };
    static const char *const more[] = { "", ", clip_norm: 1",
                                        ", clip_value: 1" };

    for (size_t k = 0; optimizer_names[k] != NULL; k++)
        for (size_t m = 0; m < 3; m++) {
            double gradient[N] = { 0 }, theta[N] = { 0 }, delta[N];
            char says[96];

            snprintf(says, sizeof says, "{rate: 0.1, optimizer: %s%s}",
                     optimizer_names[k], more[m]);
            gradient[17] = bad[_i];
            step_once(says, theta, gradient, delta);
            ck_assert(bad[_i] == 0 ? delta[17] == 0 : !isfinite(delta[17]));
        }
}
END_TEST

/* With lambda 0.2 and rate 0.5, from a gradient of nothing. */
START_TEST(decay_is_of_three_kinds)
{
    static const struct {
        const char *says;
        double share; /* delta / theta */
    } cases[] = {
        { "{rate: 0.5, weight_decay: 0.2}", -0.1 },
        { "{rate: 0.5, weight_decay: 0.2, decay: coupled}", -0.1 },
        { "{rate: 0.5, weight_decay: 0.2, decay: decoupled}", -0.1 },
        { "{rate: 0.5, weight_decay: 0.2, decay: rate-free}", -0.2 },
        { "{rate: 0.5, optimizer: adamw}", -0.005 },
        { "{rate: 0.5, optimizer: adamw, weight_decay: 0}", 0 },
        { "{rate: 0.5, optimizer: adam}", 0 },
        { "{rate: 0.5, optimizer: adam, weight_decay: 0.2, decay: decoupled}",
          -0.1 },
        { "{rate: 0.5, optimizer: rmsprop, weight_decay: 0.2, decay: "
          "rate-free}",
          -0.2 },
    };
    double gradient[N] = { 0 }, theta[N], delta[N];

    fill(theta, 2);
    step_once(cases[_i].says, theta, gradient, delta);
    for (size_t i = 0; i < N; i++)
        ck_assert_double_eq_tol(delta[i] / theta[i], cases[_i].share, 1e-15);
}
END_TEST

/* A step that is looked at and not made leaves no trace; the state carried
 * over to another optimizer is all there is. */
START_TEST(the_state_is_what_steps_leave)
{
    double gradient[N], theta[N], first[N], second[N];

    fill(theta, 1);
    for (size_t k = 0; optimizer_names[k] != NULL; k++) {
        struct optimizer_config config;
        struct optimizer one, other;
        char says[96];

        snprintf(says, sizeof says, "{rate: 0.1, optimizer: %s}",
                 optimizer_names[k]);
        config = read_config(says, NULL);
        optimizer_init(&one, &config, &layout, NULL);
        for (size_t t = 0; t < 4; t++) {
            fill(gradient, (double)t + 1);
            optimizer_step(&one, 0.1, t, theta, gradient, first);
            optimizer_init(&other, &config, &layout, one.now);
            optimizer_step(&one, 0.1, t, theta, theta, second);
            optimizer_step(&one, 0.1, t, theta, gradient, second);
            ck_assert_mem_eq(first, second, sizeof first);
            optimizer_step(&other, 0.1, t, theta, gradient, second);
            ck_assert_mem_eq(first, second, sizeof first);
            optimizer_clear(&other);
            optimizer_commit(&one);
        }
        optimizer_clear(&one);
    }
}
END_TEST

/* -------------------------------------------------------- against PyTorch */

#define SMALL 7

static struct tensor pair[] = {
    { .name = "a", .rows = 2, .columns = 2, .offset = 0, .count = 4 },
    { .name = "b", .rows = 3, .offset = 4, .count = 3 },
};
static const struct layout small = { .tensors = pair,
                                     .n_tensors = 2,
                                     .n_parameters = SMALL };

/* What tests/golden-torch/optimizers.py descends. */
static void find_gradient(const double *theta, size_t t, double *gradient)
{
    for (size_t i = 0; i < SMALL; i++)
        gradient[i] = (1 + (double)i) / 10 * theta[i] +
                      cos(0.7 * (double)t + (double)i) / 2;
}

/* Descends to step LAST and returns the largest difference from the numbers
 * in LINE, as a share of them. */
static double descend(struct optimizer *optimizer, double rate, double *theta,
                      size_t *step, size_t last, const char *line)
{
    double gradient[SMALL], delta[SMALL], worst = 0;
    char *rest = (char *)line;

    for (; *step < last; ++*step) {
        find_gradient(theta, *step, gradient);
        optimizer_step(optimizer, rate, *step, theta, gradient, delta);
        optimizer_commit(optimizer);
        for (size_t i = 0; i < SMALL; i++)
            theta[i] += delta[i];
    }
    for (size_t i = 0; i < SMALL; i++) {
        double expected = strtod(rest, &rest);

        worst = fmax(worst, fabs(theta[i] / expected - 1));
    }
    return worst;
}

START_TEST(trajectories_are_those_of_pytorch)
{
    struct text path = { 0 };
    struct optimizer optimizer = { 0 };
    struct optimizer_config config;
    double theta[SMALL], rate = 0, worst = 0;
    size_t step = 0, last, cases = 0, rows = 0;
    char line[512];
    FILE *stream;

    text_add_format(&path, "%s/tests/golden-torch/optimizers.txt",
                    source_directory());
    stream = fopen(path.data, "r");
    ck_assert_msg(stream != NULL, "no %s", path.data);
    while (fgets(line, sizeof line, stream) != NULL) {
        char *rest = line;

        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '{') {
            optimizer_clear(&optimizer);
            config = read_config(line, &rate);
            optimizer_init(&optimizer, &config, &small, NULL);
            for (size_t i = 0; i < SMALL; i++)
                theta[i] = sin(1 + (double)i);
            step = 0;
            printf("%s%s\n", cases++ > 0 ? "" : "\n", line);
            continue;
        }
        last = strtoul(line, &rest, 10);
        worst = descend(&optimizer, rate, theta, &step, last, rest);
        printf("  step %zu: %.2g\n", step, worst);
        ck_assert_double_le(worst, 1e-12);
        rows++;
    }
    ck_assert_uint_eq(cases, 13);
    ck_assert_uint_eq(rows, 13 * 5);
    fclose(stream);
    optimizer_clear(&optimizer);
    text_clear(&path);
}
END_TEST

START_TEST(wrong_settings_are_told)
{
    static const struct {
        const char *yaml, *said;
    } cases[] = {
        { "{rate: 1, steps: 5, betas: [0.9]}",
          "x.yaml:1:28: train.betas: wrong type: a list; accepted: two numbers "
          "of at least 0 and below 1, as [0.9, 0.999]\n" },
        { "{rate: 1, steps: 5, betas: [0.9, 1]}",
          "x.yaml:1:34: train.betas: wrong value \"1\"; accepted: two numbers "
          "of at least 0 and below 1, as [0.9, 0.999]\n" },
        { "{rate: 1, steps: 5, weight_decay: -1}",
          "x.yaml:1:35: train.weight_decay: wrong value \"-1\"; accepted: a "
          "number of at least 0, or the word usual\n" },
        { "{rate: 1, steps: 5, decay: l2}",
          "x.yaml:1:28: train.decay: unknown word \"l2\"; accepted: usual, "
          "coupled, decoupled, rate-free\n" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct train_config config = { 0 };
        struct error error = { 0 };

        ck_assert(!known_settings(train_fields, cases[i].yaml, "train", &config,
                                  &error));
        ck_assert_said(&error, cases[i].said);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("optimizer");
    TCase *tests = tcase_create("laws");

    tcase_add_test(tests, gradient_descent_is_minus_rate_times_gradient);
    tcase_add_loop_test(tests, normalised_step_has_the_length_of_the_rate, 0,
                        5);
    tcase_add_loop_test(tests, what_is_not_finite_stays_so, 0, 4);
    tcase_add_loop_test(tests, decay_is_of_three_kinds, 0, 9);
    tcase_add_test(tests, the_state_is_what_steps_leave);
    tcase_add_test(tests, trajectories_are_those_of_pytorch);
    tcase_add_test(tests, wrong_settings_are_told);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

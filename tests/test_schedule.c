/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "suite.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "said.h"
#include "train/schedule.h"

static double rate(const char *name, const struct schedule_input *input)
{
    for (int i = 0; schedule_names[i] != NULL; i++)
        if (strcmp(schedule_names[i], name) == 0)
            return schedule_rate(i, input);
    ck_abort_msg("no schedule %s", name);
    return NAN;
}

START_TEST(rates_are_as_defined)
{
    for (size_t step = 0; step < 50; step++) {
        struct schedule_input input = {
            .rate = 0.3, .step = step, .steps = 50, .loss = exp(-(double)step)
        };

        ck_assert_double_eq(rate("constant", &input), 0.3);
        ck_assert_double_eq_tol(rate("loss-scaled", &input) * input.loss, 0.3,
                                1e-15);
    }
}
END_TEST

/* Every schedule begins at the rate, and warmed up at a share of it; only
 * after `hold` steps do the published ones leave it, the linear one towards a
 * tenth, never if there are no more steps. */
START_TEST(schedules_keep_their_ends)
{
    for (int i = 0; schedule_names[i] != NULL; i++) {
        struct schedule_input input = {
            .rate = 0.3, .steps = 50, .hold = 20, .loss = 1
        };

        ck_assert_double_eq(schedule_rate(i, &input), 0.3);
        input.warmup = 4;
        ck_assert_double_eq(schedule_rate(i, &input), 0.3 / 4);
    }
    for (size_t step = 0; step <= 50; step++) {
        struct schedule_input input = {
            .rate = 0.3, .step = step, .steps = 50, .hold = 20
        };

        ck_assert((rate("published-sqrt", &input) == 0.3) == (step <= 20));
        ck_assert((rate("published-linear", &input) == 0.3) == (step <= 20));
        if (step == 50)
            ck_assert_double_eq_tol(rate("published-linear", &input), 0.03,
                                    1e-16);
        input.hold = 50;
        ck_assert_double_eq(rate("published-linear", &input), 0.3);
    }
}
END_TEST

START_TEST(rates_are_those_of_pytorch)
{
    struct text path = { 0 };
    char line[4096], name[32];
    size_t rows = 0;
    FILE *stream;

    text_add_format(&path, "%s/tests/golden-torch/schedules.txt",
                    source_directory());
    stream = fopen(path.data, "r");
    ck_assert_msg(stream != NULL, "no %s", path.data);
    for (; fgets(line, sizeof line, stream) != NULL; rows++) {
        struct schedule_input input = { .rate = 0.3, .steps = 60, .hold = 20 };
        double worst = 0;
        char *rest;

        ck_assert_int_eq(sscanf(line, "%31s", name), 1);
        input.warmup = strtoul(line + strlen(name), &rest, 10);
        for (; input.step < 60; input.step++) {
            double expected = strtod(rest, &rest);

            worst = fmax(worst, fabs(rate(name, &input) / expected - 1));
        }
        printf("%s, warmup %zu: %.2g\n", name, input.warmup, worst);
        ck_assert_double_le(worst, 1e-12);
    }
    ck_assert_uint_eq(rows, 9);
    fclose(stream);
    text_clear(&path);
}
END_TEST

/* Marks the steps of {log: COUNT} by their definition. */
static void mark(bool *due, size_t count, size_t steps)
{
    memset(due, 0, steps + 1);
    due[0] = due[steps] = true;
    for (size_t i = 0; i < count && count > 1; i++)
        due[(size_t)round(
            pow((double)steps, (double)i / (double)(count - 1)))] = true;
}

START_TEST(log_steps_are_powers)
{
    static const size_t all[] = { 1, 2, 3, 10, 1000, 1024, 20000, 65537 };
    static const size_t counts[] = { 1, 2, 3, 20, 200, 1000 };

    for (size_t s = 0; s < sizeof all / sizeof all[0]; s++)
        for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
            struct cadence cadence = { .log = counts[c] };
            bool *due = memory_new(all[s] + 1, 1);

            mark(due, counts[c], all[s]);
            for (size_t step = 0; step <= all[s]; step++)
                if (cadence_due(&cadence, step, all[s]) != due[step])
                    ck_abort_msg("step %zu of %zu, log %zu", step, all[s],
                                 counts[c]);
            free(due);
        }
}
END_TEST

/* Python: len({round(20000**(i/199)) for i in range(200)}) + 1. */
START_TEST(log_steps_are_about_as_many)
{
    struct cadence cadence = { .log = 200 };
    size_t count = 0;

    for (size_t step = 0; step <= 20000; step++)
        count += cadence_due(&cadence, step, 20000);
    ck_assert_uint_eq(count, 160);
}
END_TEST

START_TEST(every_and_never)
{
    struct cadence seven = { .every = 7 }, never = { 0 };

    for (size_t step = 0; step <= 100; step++) {
        ck_assert(cadence_due(&seven, step, 100) ==
                  (step % 7 == 0 || step == 100));
        ck_assert(!cadence_due(&never, step, 100));
    }
    ck_assert(cadence_due(&seven, 0, 0));
}
END_TEST

static bool read(const char *yaml, struct cadence *cadence, struct error *error)
{
    struct yaml_document document = { 0 };
    bool ok =
        yaml_parse(&document, yaml, strlen(yaml), "x.yaml", error) &&
        cadence_custom.read(document.root, "train.record", cadence, error);

    yaml_clear(&document);
    return ok;
}

START_TEST(cadences_are_read_and_printed)
{
    static const char *const texts[] = { "{log: 200}", "{every: 10}",
                                         "{every: 0}" };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct cadence cadence = { 0 };
        struct error error = { 0 };
        struct text text = { 0 };

        ck_assert(read(texts[i], &cadence, &error));
        cadence_custom.print(&cadence, &text);
        ck_assert_str_eq(text.data, texts[i]);
        text_clear(&text);
    }
}
END_TEST

#define ACCEPTED "{log: COUNT}, {every: STEPS}, or {every: 0} for never"

START_TEST(wrong_cadences_are_told)
{
    static const struct {
        const char *yaml, *said;
    } cases[] = {
        { "200",
          "x.yaml:1:1: train.record: wrong value \"200\"; accepted: " ACCEPTED
          "\n" },
        { "{}", "x.yaml:1:1: train.record: neither or both of every and log; "
                "accepted: " ACCEPTED "\n" },
        { "{log: 20, every: 3}",
          "x.yaml:1:1: train.record: neither or both of every and log; "
          "accepted: " ACCEPTED "\n" },
        { "{logs: 20}", "x.yaml:1:2: train.record.logs: unknown key; did you "
                        "mean \"log\"? (accepted: every, log)\n" },
        { "{log: many}",
          "x.yaml:1:7: train.record.log: wrong value \"many\"; accepted: a "
          "whole number in 0..1000000\n" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cadence cadence = { 0 };
        struct error error = { 0 };

        ck_assert(!read(cases[i].yaml, &cadence, &error));
        ck_assert_said(&error, cases[i].said);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("schedule");
    TCase *tests = tcase_create("laws");

    tcase_add_test(tests, rates_are_as_defined);
    tcase_add_test(tests, schedules_keep_their_ends);
    tcase_add_test(tests, rates_are_those_of_pytorch);
    tcase_add_test(tests, log_steps_are_powers);
    tcase_add_test(tests, log_steps_are_about_as_many);
    tcase_add_test(tests, every_and_never);
    tcase_add_test(tests, cadences_are_read_and_printed);
    tcase_add_test(tests, wrong_cadences_are_told);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

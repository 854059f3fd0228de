/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <math.h>
#include <string.h>

#include "experiment/exposure.h"
#include "language/language.h"
#include "scratch.h"
#include "suite.h"

static const char yaml[] = "language: l\n"
                           "alphabet: \"0 1\"\n"
                           "finally: \"#1 > #0\"\n";

static struct language *language;
static struct dataset dataset;
static struct data_config config;

/* TRAIN is a count or the word stream. */
static void generate(const char *train)
{
    struct yaml_document document = { 0 };
    struct error error = { 0 };
    char text[256];

    snprintf(text, sizeof text,
             "{train: {count: %s, length: 1..9}, validation: {count: 60, "
             "length: 1..9}, test: {count: 50, length: [1..4, 10]}}",
             train);
    ck_assert(yaml_parse(&document, text, strlen(text), "data", &error));
    ck_assert(
        schema_read(data_fields, document.root, "data", NULL, &config, &error));
    ck_assert(dataset_generate(&dataset, &config, language, 3, NULL, &error));
    yaml_clear(&document);
}

static void setup(void)
{
    struct error error = { 0 };

    scratch_open();
    scratch_write(scratch_path("l.yaml"), yaml, strlen(yaml));
    ck_assert(language_load(&language, scratch_path("l.yaml"), &error));
}

static void teardown(void)
{
    dataset_clear(&dataset);
    schema_clear(data_fields, &config);
    language_free(language);
    scratch_close();
}

/* Comparing each string of SPLIT with each of TRAIN. */
static double count_by_hand(const struct strings *split,
                            const struct strings *train)
{
    size_t seen = 0;

    for (size_t i = 0; i < split->count; i++)
        for (size_t j = 0; j < train->count; j++)
            if (strings_length(split, i) == strings_length(train, j) &&
                memcmp(strings_at(split, i), strings_at(train, j),
                       strings_length(split, i) * sizeof(uint16_t)) == 0) {
                seen++;
                break;
            }
    return (double)seen / (double)split->count;
}

static void compare(const struct examples *train, size_t batch, size_t steps)
{
    const struct examples *splits[] = { &dataset.validation, &dataset.tests[0],
                                        &dataset.tests[1] };
    double seen[3];

    exposure_measure(&dataset, batch, steps, splits, 3, seen);
    for (size_t i = 0; i < 3; i++)
        ck_assert_double_eq(
            seen[i], count_by_hand(&splits[i]->strings, &train->strings));
    ck_assert(seen[0] > 0 && seen[0] < 1);
    ck_assert_double_eq(seen[2], 0); /* longer than any of training */
}

START_TEST(a_kept_split_is_seen_whole)
{
    generate("100");
    compare(&dataset.train, 7, 1);
}
END_TEST

START_TEST(a_stream_is_seen_as_far_as_it_was_drawn)
{
    struct examples drawn = { 0 };

    generate("stream");
    dataset_stream(&dataset, 0, 7 * 20, &drawn);
    compare(&drawn, 7, 20);
    examples_clear(&drawn);
}
END_TEST

START_TEST(an_empty_split_has_no_share)
{
    struct examples nothing = { 0 };
    const struct examples *splits[] = { &nothing };
    double seen;

    generate("10");
    exposure_measure(&dataset, 1, 1, splits, 1, &seen);
    ck_assert(isnan(seen));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("exposure");
    TCase *cases = tcase_create("exposure");

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, a_kept_split_is_seen_whole);
    tcase_add_test(cases, a_stream_is_seen_as_far_as_it_was_drawn);
    tcase_add_test(cases, an_empty_split_has_no_share);
    suite_add_tcase(suite, cases);
    return suite_run(suite);
}

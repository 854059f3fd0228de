/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "suite.h"

#include "data/dataset.h"
#include "known.h"
#include "said.h"

static const char written_out[] = "objective: membership\n"
                                  "train:\n"
                                  "  count: stream\n"
                                  "  length: 2..50\n"
                                  "validation:\n"
                                  "  count: 1000\n"
                                  "  length: as-train\n"
                                  "test:\n"
                                  "  count: 1000\n"
                                  "  length: as-train\n"
                                  "corpus:\n"
                                  "  file: ~\n"
                                  "  checksum: ~\n"
                                  "  tokenisation: standard\n"
                                  "  vocabulary: 2000\n"
                                  "  context: 64\n"
                                  "  validation: 0.05\n"
                                  "  test: 0.05\n"
                                  "positives: 0.5\n"
                                  "negatives: {uniform: 1}\n"
                                  "disjoint: false\n";

START_TEST(defaults_are_written_out)
{
    struct data_config config = { 0 };
    struct error error = { 0 };
    struct text text = { 0 };

    ck_assert(known_settings(data_fields,
                             "{train: {count: stream, length: 2..50}}", "data",
                             &config, &error));
    ck_assert_uint_eq(config.train.count, 0);
    ck_assert_uint_eq(config.test.length.count, 0);
    schema_print(data_fields, &config, 0, false, &text);
    ck_assert_str_eq(text.data, written_out);
    text_clear(&text);
    schema_clear(data_fields, &config);
}
END_TEST

/* What is printed reads back as what is printed. */
START_TEST(printing_and_reading_are_inverse)
{
    static const char *const texts[] = {
        written_out,
        "{train: {count: 7, length: 3}, validation: {count: 0, length: 4..9}, "
        "test: {count: 5, length: [2..5, 7, 9..11]}, negatives: {edit-3: 1/3, "
        "uniform: 2/3}, disjoint: true, positives: 0.25}",
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct data_config config = { 0 }, again = { 0 };
        struct error error = { 0 };
        struct text once = { 0 }, twice = { 0 };

        ck_assert(
            known_settings(data_fields, texts[i], "data", &config, &error));
        schema_print(data_fields, &config, 0, false, &once);
        ck_assert(
            known_settings(data_fields, once.data, "data", &again, &error));
        schema_print(data_fields, &again, 0, false, &twice);
        ck_assert_str_eq(once.data, twice.data);
        ck_assert_uint_eq(again.train.count, config.train.count);
        ck_assert_uint_eq(again.test.length.count, config.test.length.count);
        text_clear(&once);
        text_clear(&twice);
        schema_clear(data_fields, &config);
        schema_clear(data_fields, &again);
    }
}
END_TEST

START_TEST(bins_are_listed)
{
    struct data_config config = { 0 };
    struct error error = { 0 };

    ck_assert(known_settings(data_fields,
                             "{train: {count: 3, length: 2..4}, validation: "
                             "{length: 5}, test: {length: [2..4, 6]}}",
                             "data", &config, &error));
    ck_assert_uint_eq(config.train.count, 3);
    ck_assert_uint_eq(config.train.length.items[0].most, 4);
    ck_assert_uint_eq(config.validation.length.count, 1);
    ck_assert_uint_eq(config.validation.length.items[0].least, 5);
    ck_assert_uint_eq(config.test.length.count, 2);
    ck_assert_uint_eq(config.test.length.items[1].least, 6);
    ck_assert_uint_eq(config.test.length.items[1].most, 6);
    schema_clear(data_fields, &config);
}
END_TEST

#define RANGE "a range such as 7 or 2..50, ends at most 100000"
#define COUNT "a whole number in 1..100000000, or the word stream"

START_TEST(wrong_settings_are_told)
{
    static const struct {
        const char *yaml, *said;
    } cases[] = {
        { "{train: {length: 2..5}}",
          "x.yaml:1:9: data.train.count: missing; accepted: " COUNT "\n" },
        { "{train: {count: 0, length: 2..5}}",
          "x.yaml:1:17: data.train.count: wrong value \"0\"; "
          "accepted: " COUNT "\n" },
        { "{train: {count: streams, length: 2..5}}",
          "x.yaml:1:17: data.train.count: wrong value \"streams\"; "
          "accepted: " COUNT "\n" },
        { "{train: {count: 5, length: [2..5, 7]}}",
          "x.yaml:1:28: data.train.length: wrong type: a list; "
          "accepted: " RANGE "\n" },
        { "{train: {count: 5, length: 5..2}}",
          "x.yaml:1:28: data.train.length: wrong value \"5..2\"; "
          "accepted: " RANGE "\n" },
        { "{train: {count: 5, length: 2..100001}}",
          "x.yaml:1:28: data.train.length: wrong value \"2..100001\"; "
          "accepted: " RANGE "\n" },
        { "{train: {count: 5, length: as-train}}",
          "x.yaml:1:28: data.train.length: wrong value \"as-train\"; "
          "accepted: " RANGE "\n" },
        { "{train: {count: 5, length: 2..5}, validation: {length: [1, 2]}}",
          "x.yaml:1:56: data.validation.length: wrong type: a list; "
          "accepted: " RANGE ", or the word as-train\n" },
        { "{train: {count: 5, length: 2..5}, test: {length: [1, x]}}",
          "x.yaml:1:54: data.test.length[1]: wrong value \"x\"; "
          "accepted: " RANGE ", a list of them, or the word as-train\n" },
        { "{train: {count: 5, length: 2..5}, test: {length: []}}",
          "x.yaml:1:50: data.test.length: wrong type: a list; "
          "accepted: " RANGE ", a list of them, or the word as-train\n" },
        { "{train: {count: 5, length: 2..5}, positives: 1.5}",
          "x.yaml:1:46: data.positives: out of range: 1.5; accepted: a number "
          "in 0.001..1\n" },
        { "{train: {count: 5, length: 2..5}, objective: next-symbol}",
          "x.yaml:1:46: data.objective: unknown word \"next-symbol\"; "
          "accepted: membership, prefix-membership, next-set, next-token\n" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct error error = { 0 };
        struct data_config config = { 0 };

        ck_assert(!known_settings(data_fields, cases[i].yaml, "data", &config,
                                  &error));
        ck_assert_said(&error, cases[i].said);
        schema_clear(data_fields, &config);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("splits");
    TCase *tests = tcase_create("settings");

    tcase_add_test(tests, defaults_are_written_out);
    tcase_add_test(tests, printing_and_reading_are_inverse);
    tcase_add_test(tests, bins_are_listed);
    tcase_add_test(tests, wrong_settings_are_told);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <math.h>
#include <string.h>

#include "data/extent.h"
#include "scratch.h"
#include "suite.h"

static const char yaml[] = "language: l\n"
                           "alphabet: \"0 1\"\n"
                           "finally: \"#1 > #0\"\n";

static struct language *language;
static struct dataset dataset;
static struct data_config config;

static void setup(void)
{
    static const char text[] =
        "{train: {count: 4000, length: 1..39}, validation: {count: 0}, "
        "test: {count: 1000, length: [1..9, 10, 20..60]}}";
    struct yaml_document document = { 0 };
    struct error error = { 0 };

    scratch_open();
    scratch_write(scratch_path("l.yaml"), yaml, strlen(yaml));
    ck_assert(language_load(&language, scratch_path("l.yaml"), &error));
    ck_assert(yaml_parse(&document, text, strlen(text), "data", &error));
    ck_assert(
        schema_read(data_fields, document.root, "data", NULL, &config, &error));
    ck_assert(dataset_generate(&dataset, &config, language, 3, NULL, &error));
    yaml_clear(&document);
}

static void teardown(void)
{
    dataset_clear(&dataset);
    schema_clear(data_fields, &config);
    language_free(language);
    scratch_close();
}

static void check_split(size_t range, const struct strings *strings)
{
    struct extent extent = extent_of_split(&config, range);
    size_t symbols = strings->count > 0 ? strings->offsets[strings->count] : 0;

    ck_assert_uint_eq(extent.strings, strings->count);
    ck_assert_double_le(fabs((double)extent.symbols - (double)symbols),
                        0.1 * (double)symbols);
    for (size_t i = 0; i < strings->count; i++)
        ck_assert_uint_le(strings_length(strings, i), extent.longest);
}

START_TEST(extents_are_those_of_the_strings_drawn)
{
    ck_assert_uint_eq(extent_ranges(&config), 2 + dataset.n_tests);
    check_split(0, &dataset.train.strings);
    check_split(1, &dataset.validation.strings);
    for (size_t b = 0; b < dataset.n_tests; b++)
        check_split(2 + b, &dataset.tests[b].strings);
}
END_TEST

START_TEST(a_part_has_its_share_and_no_more_than_there_is)
{
    struct extent whole = { 10, 50, 9 };
    struct extent part = extent_part(whole, 4), all = extent_part(whole, 11);

    ck_assert_uint_eq(part.strings, 4);
    ck_assert_uint_eq(part.symbols, 20);
    ck_assert_uint_eq(part.longest, 9);
    ck_assert_uint_eq(extent_tokens(part), 24);
    ck_assert_uint_eq(all.strings, 10);
    ck_assert_uint_eq(all.symbols, 50);
}
END_TEST

START_TEST(bytes_are_what_the_arrays_are_filled_with)
{
    struct extent extent = { 100, 1000, 20 };
    struct data_config other = config;
    size_t plain = examples_bytes(&config, 2, extent);

    ck_assert_uint_eq(plain, 1000 * 2 + 100 * (8 + 8 + 1 + 1));
    other.objective = OBJECTIVE_NEXT_SET;
    ck_assert_uint_eq(examples_bytes(&other, 2, extent), plain + 1100);
    ck_assert_uint_eq(examples_bytes(&other, 9, extent), plain + 2 * 1100);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("extent");
    TCase *tests = tcase_create("extent");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, extents_are_those_of_the_strings_drawn);
    tcase_add_test(tests, a_part_has_its_share_and_no_more_than_there_is);
    tcase_add_test(tests, bytes_are_what_the_arrays_are_filled_with);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

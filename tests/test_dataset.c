/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "suite.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/statistics.h"
#include "data/dataset.h"
#include "known.h"
#include "said.h"

static const struct place place = { "x.yaml", 4, 1 };

/* The dataset that YAML describes; the language and settings go with it. */
struct made {
    struct language *language;
    struct data_config config;
    struct dataset dataset;
};

static bool make(struct made *made, const char *language, const char *yaml,
                 uint64_t seed, struct error *error)
{
    *made = (struct made){ .language = known_language(language, 0) };
    return known_settings(data_fields, yaml, "data", &made->config, error) &&
           dataset_generate(&made->dataset, &made->config, made->language, seed,
                            &place, error);
}

static void unmake(struct made *made)
{
    dataset_clear(&made->dataset);
    schema_clear(data_fields, &made->config);
    language_free(made->language);
    free(made);
}

static struct made *made_of(const char *language, const char *yaml,
                            uint64_t seed)
{
    struct made *made = memory_new(1, sizeof *made);
    struct error error = { 0 };

    if (!make(made, language, yaml, seed, &error))
        error_print(&error, stderr);
    ck_assert_uint_eq(error.count, 0);
    return made;
}

static const char mixed[] =
    "{train: {count: 1500, length: 2..11}, validation: {count: 300, length: "
    "2..8}, test: {count: 200, length: [2..6, 8..12]}, negatives: {uniform: "
    "1/2, edit-2: 1/4, same-counts: 1/4}}";

static bool same_item(const struct examples *a, size_t i,
                      const struct examples *b, size_t j)
{
    size_t n = strings_length(&a->strings, i);

    return a->member[i] == b->member[j] && a->kind[i] == b->kind[j] &&
           a->item[i] == b->item[j] && n == strings_length(&b->strings, j) &&
           memcmp(strings_at(&a->strings, i), strings_at(&b->strings, j),
                  n * sizeof(uint16_t)) == 0;
}

static void check_same(const struct examples *a, const struct examples *b)
{
    ck_assert_uint_eq(a->strings.count, b->strings.count);
    for (size_t i = 0; i < a->strings.count; i++)
        ck_assert(same_item(a, i, b, i));
}

/* ----------------------------------------------------------- pure functions */

START_TEST(threads_make_no_difference)
{
    static const size_t threads[] = { 2, 3, 7 };
    struct made *one, *many;

    parallel_set_threads(1);
    one = made_of("dyck-1", mixed, 5);
    for (size_t t = 0; t < 3; t++) {
        parallel_set_threads(threads[t]);
        many = made_of("dyck-1", mixed, 5);
        check_same(&one->dataset.train, &many->dataset.train);
        check_same(&one->dataset.validation, &many->dataset.validation);
        for (size_t b = 0; b < 2; b++)
            check_same(&one->dataset.tests[b], &many->dataset.tests[b]);
        unmake(many);
    }
    parallel_set_threads(0);
    unmake(one);
}
END_TEST

/* Any window of the stream holds the items of the whole, in every order of
 * asking, and the train split of a count is its beginning. */
START_TEST(item_depends_on_its_index_alone)
{
    struct made *counted = made_of("dyck-1", mixed, 5);
    struct made *streamed =
        made_of("dyck-1",
                "{train: {count: stream, length: 2..11}, negatives: {uniform: "
                "1/2, edit-2: 1/4, same-counts: 1/4}}",
                5);
    static const size_t windows[][2] = {
        { 1400, 100 }, { 0, 64 }, { 64, 64 }, { 777, 1 }, { 5, 333 }
    };

    ck_assert_uint_eq(streamed->dataset.train.strings.count, 0);
    for (size_t w = 0; w < 5; w++) {
        struct examples window = { 0 };

        dataset_stream(&streamed->dataset, windows[w][0], windows[w][1],
                       &window);
        ck_assert_uint_eq(window.strings.count, windows[w][1]);
        for (size_t i = 0; i < windows[w][1]; i++)
            ck_assert(same_item(&window, i, &counted->dataset.train,
                                windows[w][0] + i));
        examples_clear(&window);
    }
    unmake(counted);
    unmake(streamed);
}
END_TEST

static size_t count_equal(const struct examples *a, const struct examples *b)
{
    size_t equal = 0;

    for (size_t i = 0; i < a->strings.count && i < b->strings.count; i++)
        equal += same_item(a, i, b, i);
    return equal;
}

/* How many strings equal the one before. */
static size_t count_repeated(const struct examples *examples)
{
    size_t repeated = 0;

    for (size_t i = 1; i < examples->strings.count; i++) {
        size_t n = strings_length(&examples->strings, i);

        repeated += n == strings_length(&examples->strings, i - 1) &&
                    memcmp(strings_at(&examples->strings, i),
                           strings_at(&examples->strings, i - 1),
                           n * sizeof(uint16_t)) == 0;
    }
    return repeated;
}

/* Items, splits, bins and seeds are keyed apart: at length 10 chance agreement
 * of two items is about one in 400. */
START_TEST(splits_and_seeds_are_apart)
{
    static const char yaml[] =
        "{train: {count: 500, length: 10}, validation: {count: 500}, test: "
        "{count: 500, length: [10, 10]}}";
    struct made *a = made_of("majority", yaml, 1);
    struct made *b = made_of("majority", yaml, 2);
    const struct examples *splits[] = {
        &a->dataset.train, &a->dataset.validation, &a->dataset.tests[0],
        &a->dataset.tests[1], &b->dataset.train
    };

    for (size_t i = 0; i < 5; i++) {
        ck_assert_uint_lt(count_repeated(splits[i]), 10);
        for (size_t j = 0; j < i; j++)
            ck_assert_uint_lt(count_equal(splits[i], splits[j]), 10);
    }
    unmake(a);
    unmake(b);
}
END_TEST

/* -------------------------------------------------------------- mixtures */

START_TEST(labels_are_true)
{
    struct made *made = made_of("dyck-1", mixed, 9);
    const struct examples *train = &made->dataset.train;

    for (size_t i = 0; i < train->strings.count; i++) {
        ck_assert(train->member[i] ==
                  language_contains(made->language,
                                    strings_at(&train->strings, i),
                                    strings_length(&train->strings, i)));
        ck_assert((train->kind[i] == 0) == (train->member[i] == 1));
        ck_assert_uint_eq(train->item[i], i);
    }
    ck_assert_uint_eq(dataset_classes(&made->dataset), 4);
    ck_assert_str_eq(dataset_class_name(&made->dataset, 0), "members");
    ck_assert_str_eq(dataset_class_name(&made->dataset, 2), "edit-2");
    unmake(made);
}
END_TEST

static double chi_square(const size_t *counts, const double *shares, size_t n,
                         size_t total)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++) {
        double expected = shares[i] * (double)total;
        double miss = (double)counts[i] - expected;

        sum += miss * miss / expected;
    }
    return chi_square_tail(sum, (double)n - 1);
}

/* Shares of labels and kinds as declared; lengths uniform over the lengths
 * with members, for every class alike. */
START_TEST(mixture_is_as_declared)
{
    enum { TOTAL = 20000 };
    static const double classes[] = { 0.3, 0.7 * 0.5, 0.7 * 0.1, 0.7 * 0.3,
                                      0.7 * 0.1 };
    static const double lengths[] = { 0.2, 0.2, 0.2, 0.2, 0.2 };
    struct made *made =
        made_of("dyck-1",
                "{train: {count: 20000, length: 2..11}, positives: 0.3, "
                "negatives: {uniform: 0.5, edit-1: 0.1, same-counts: 0.3, "
                "late-death: 0.1}}",
                3);
    const struct examples *train = &made->dataset.train;
    size_t counts[5] = { 0 }, at[5][5] = { { 0 } };

    for (size_t i = 0; i < TOTAL; i++) {
        size_t n = strings_length(&train->strings, i);

        ck_assert(n % 2 == 0 && n >= 2 && n <= 10);
        counts[train->kind[i]]++;
        at[train->kind[i]][n / 2 - 1]++;
    }
    ck_assert_double_ge(chi_square(counts, classes, 5, TOTAL), 1e-4);
    for (size_t k = 0; k < 5; k++)
        ck_assert_double_ge(chi_square(at[k], lengths, 5, counts[k]), 1e-4);
    unmake(made);
}
END_TEST

START_TEST(samples_are_fresh_and_of_their_class)
{
    struct made *made = made_of("dyck-1", mixed, 9);
    const struct examples *test = &made->dataset.tests[1];
    size_t lengths[200], same_lengths = 0;

    for (size_t kind = 0; kind < 4; kind++) {
        struct examples sample = { 0 }, more = { 0 };

        dataset_sample(&made->dataset, 1, kind, 200, &sample);
        dataset_sample(&made->dataset, 1, kind, 300, &more);
        ck_assert_uint_eq(sample.strings.count, 200);
        for (size_t i = 0; i < 200; i++) {
            size_t n = strings_length(&sample.strings, i);

            ck_assert(n == 8 || n == 10 || n == 12);
            ck_assert_uint_eq(sample.kind[i], kind);
            ck_assert(sample.member[i] == (kind == 0));
            ck_assert(language_contains(made->language,
                                        strings_at(&sample.strings, i),
                                        n) == (kind == 0));
            ck_assert(same_item(&sample, i, &more, i));
        }
        ck_assert_uint_lt(count_equal(&sample, test), 10);
        for (size_t i = 0; i < 200; i++) {
            size_t n = strings_length(&sample.strings, i);

            same_lengths += kind > 0 && n == lengths[i];
            lengths[i] = n;
        }
        examples_clear(&sample);
        examples_clear(&more);
    }
    ck_assert_uint_lt(same_lengths, 300); /* 200 by chance, 600 if shared */
    unmake(made);
}
END_TEST

/* ------------------------------------------------------- distinct, disjoint */

static bool same_string(const struct examples *a, size_t i,
                        const struct examples *b, size_t j)
{
    size_t n = strings_length(&a->strings, i);

    return n == strings_length(&b->strings, j) &&
           memcmp(strings_at(&a->strings, i), strings_at(&b->strings, j),
                  n * sizeof(uint16_t)) == 0;
}

START_TEST(distinct_equals_brute_force)
{
    struct made *made = made_of("anbn", mixed, 4);
    const struct examples *a = &made->dataset.validation;
    size_t distinct = 0;

    for (size_t i = 0; i < a->strings.count; i++) {
        size_t j = 0;

        while (!same_string(a, i, a, j))
            j++;
        distinct += j == i;
    }
    ck_assert_uint_eq(examples_distinct(a), distinct);
    ck_assert(distinct > 0 && distinct < a->strings.count);
    unmake(made);
}
END_TEST

static void check_unseen(const struct examples *examples,
                         const struct examples *train)
{
    size_t seen = 0;

    for (size_t i = 0; i < examples->strings.count; i++)
        for (size_t j = 0; j < train->strings.count; j++)
            seen += same_string(examples, i, train, j);
    ck_assert_uint_eq(seen, 0);
}

START_TEST(disjoint_splits_share_no_string)
{
    struct made *made =
        made_of("dyck-1",
                "{train: {count: 3000, length: 2..12}, test: {count: 1000, "
                "length: [2..8, 2..12]}, negatives: {uniform: 1/2, edit-1: "
                "1/2}, disjoint: true}",
                3);
    const struct examples *train = &made->dataset.train;
    struct examples window = { 0 };

    check_unseen(&made->dataset.validation, train);
    check_unseen(&made->dataset.tests[0], train);
    check_unseen(&made->dataset.tests[1], train);
    ck_assert_uint_eq(made->dataset.validation.strings.count, 1000);
    dataset_stream(&made->dataset, 100, 50, &window);
    for (size_t i = 0; i < 50; i++)
        ck_assert(same_item(&window, i, train, 100 + i));
    examples_clear(&window);
    unmake(made);
}
END_TEST

/* Of lengths 2, 4, 6... in one symbol nothing but members can be drawn. */
START_TEST(members_alone_can_be_disjoint)
{
    struct made *made =
        made_of("aa-star",
                "{positives: 1, train: {count: 200, length: 2..80}, "
                "validation: {count: 20}, test: {count: 20}, disjoint: true}",
                3);

    check_unseen(&made->dataset.validation, &made->dataset.train);
    check_unseen(&made->dataset.tests[0], &made->dataset.train);
    unmake(made);
}
END_TEST

/* --------------------------------------------------------------- complaints */

START_TEST(impossible_data_is_told)
{
    static const struct {
        const char *language, *yaml, *said;
    } cases[] = {
        { "majority",
          "{train: {count: 5, length: 3..9}, negatives: {same-counts: 1}}",
          "x.yaml:4:1: data.negatives: no same-counts negative of majority "
          "exists at length 3: no permutation tried of a member was a string "
          "outside the language\n" },
        { "aa-star", "{train: {count: stream, length: 2..6}}",
          "x.yaml:4:1: data.negatives: no uniform negative of aa-star exists "
          "at length 2: all strings of that length are members\n" },
        { "aa-star",
          "{train: {count: 5, length: 2..6}, negatives: {edit-1: 1}}",
          "x.yaml:4:1: data.negatives: no edit-1 negative of aa-star exists "
          "at length 2: no edited member tried was a string outside the "
          "language\n" },
        { "majority",
          "{train: {count: 5, length: 3..4}, negatives: {late-death: 1}}",
          "x.yaml:4:1: data.negatives: no late-death negative of majority "
          "exists at length 3: every string of at most that length begins a "
          "member\n" },
        { "anbn", "{train: {count: 5, length: 3}}",
          "x.yaml:4:1: data.train: anbn has no member of length 3..3\n"
          "x.yaml:4:1: data.validation: anbn has no member of length 3..3\n"
          "x.yaml:4:1: data.test: anbn has no member of length 3..3\n" },
        { "dyck-1",
          "{train: {count: 5, length: 2..6}, test: {length: [2..4, 7]}}",
          "x.yaml:4:1: data.test: dyck-1 has no member of length 7..7\n" },
        { "anbn",
          "{train: {count: 5, length: 2..3}, validation: {length: 2..3}, "
          "disjoint: true}",
          "x.yaml:4:1: data.train: disjoint leaves no strings of class members "
          "at length 2..3: a quarter of all strings is held out of training, "
          "and anbn has few members there: 1\n" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct error error = { 0 };
        struct made *made = memory_new(1, sizeof *made);

        ck_assert(!make(made, cases[i].language, cases[i].yaml, 1, &error));
        ck_assert_int_eq(error.kind, ERROR_CONFIG);
        ck_assert_said(&error, cases[i].said);
        ck_assert_ptr_null(made->dataset.tests);
        unmake(made);
    }
}
END_TEST

/* Where only members are drawn, negatives need not exist. */
START_TEST(members_alone_need_no_negatives)
{
    struct made *made =
        made_of("aa-star",
                "{train: {count: 9, length: 2..6}, test: {count: 9, length: "
                "[2..6]}, positives: 1}",
                1);

    for (size_t i = 0; i < 9; i++)
        ck_assert(made->dataset.train.member[i]);
    ck_assert(dataset_has_kind(&made->dataset, 0, 0));
    ck_assert(!dataset_has_kind(&made->dataset, 0, 1));
    unmake(made);
    made = made_of("majority", "{train: {count: 9, length: 2..6}}", 1);
    ck_assert(dataset_has_kind(&made->dataset, 0, 0));
    ck_assert(dataset_has_kind(&made->dataset, 0, 1));
    unmake(made);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dataset");
    TCase *tests = tcase_create("laws");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, threads_make_no_difference);
    tcase_add_test(tests, item_depends_on_its_index_alone);
    tcase_add_test(tests, splits_and_seeds_are_apart);
    tcase_add_test(tests, labels_are_true);
    tcase_add_test(tests, mixture_is_as_declared);
    tcase_add_test(tests, samples_are_fresh_and_of_their_class);
    tcase_add_test(tests, distinct_equals_brute_force);
    tcase_add_test(tests, disjoint_splits_share_no_string);
    tcase_add_test(tests, members_alone_can_be_disjoint);
    tcase_add_test(tests, impossible_data_is_told);
    tcase_add_test(tests, members_alone_need_no_negatives);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Verification of evaluators that are made up here, so that what they decide
 * is known: this file stands in for saturation/evaluator.c.
 */

#include "suite.h"

#include <math.h>
#include <string.h>

#include "base/natural.h"
#include "base/statistics.h"
#include "known.h"
#include "said.h"
#include "verify/verify.h"

/* ------------------------------------------------------ made-up evaluators */

struct evaluator {
    const char *name;
    struct decision (*decide)(const uint16_t *symbols, size_t n);
    size_t calls, strings;
    bool ordered; /* every string so far came after the one before */
};

const char *evaluator_name(const struct evaluator *evaluator)
{
    return evaluator->name;
}

int decision_sign(const struct decision *decision)
{
    if (fabs(decision->logit) <= decision->bound || decision->logit == 0)
        return 0;
    return decision->logit > 0 ? 1 : -1;
}

/* Lexicographic, a prefix before what it begins. */
static int compare(const uint16_t *a, size_t m, const uint16_t *b, size_t n)
{
    for (size_t i = 0; i < m && i < n; i++)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return m < n ? -1 : m > n;
}

/* What may follow each prefix, said rightly but for evaluators of the name
 * "limit", which think that everything may end. */
static void decide_sets(const struct evaluator *evaluator,
                        const struct strings *strings,
                        struct decision *decisions);

void evaluator_decide(struct evaluator *evaluator,
                      const struct strings *strings, struct decision *decisions)
{
    evaluator->calls++;
    evaluator->strings += strings->count;
    if (evaluator->decide == NULL) {
        decide_sets(evaluator, strings, decisions);
        return;
    }
    for (size_t i = 0; i < strings->count; i++) {
        decisions[i] = evaluator->decide(strings_at(strings, i),
                                         strings_length(strings, i));
        if (i > 0 &&
            compare(strings_at(strings, i - 1), strings_length(strings, i - 1),
                    strings_at(strings, i), strings_length(strings, i)) >= 0)
            evaluator->ordered = false;
    }
}

/* More ones than zeros, but for strings of three ones or more. */
static struct decision nearly(const uint16_t *symbols, size_t n)
{
    double balance = 0, ones = 0;

    for (size_t i = 0; i < n; i++) {
        balance += symbols[i] == 1 ? 1 : -1;
        ones += symbols[i] == 1;
    }
    return (struct decision){ .logit = ones >= 3 ? -1 : balance - 0.5 };
}

/* The balance itself: zero where there are as many, which a bound hides on
 * strings that begin with a zero; odd lengths are flagged, long ones rounded.
 */
static struct decision balanced(const uint16_t *symbols, size_t n)
{
    struct decision decision = { .flagged = n % 2 == 1, .rounding = n > 4 };

    for (size_t i = 0; i < n; i++)
        decision.logit += symbols[i] == 1 ? 1 : -1;
    if (n > 0 && symbols[0] == 0)
        decision.bound = 0.5;
    return decision;
}

static struct decision accepts(const uint16_t *symbols, size_t n)
{
    (void)symbols;
    (void)n;
    return (struct decision){ .logit = 1 };
}

/* Right on strings of less than four symbols and wrong on all others. */
static struct decision short_sighted(const uint16_t *symbols, size_t n)
{
    double logit = -0.5;

    for (size_t i = 0; i < n; i++)
        logit += symbols[i] == 1 ? 1 : -1;
    return (struct decision){ .logit = n < 4 ? logit : -logit };
}

/* -------------------------------------------------------------- the setting */

static struct language *language;
static struct data_config data_config;
static struct dataset dataset;
#define EVALUATORS 4
static struct evaluator made[EVALUATORS];
static struct evaluator *evaluators[] = { &made[0], &made[1], &made[2],
                                          &made[3], NULL };

static void open_data(const char *name, const char *yaml)
{
    struct error error = { 0 };

    made[0] = (struct evaluator){ "trained", nearly, 0, 0, true };
    made[1] = (struct evaluator){ "limit", balanced, 0, 0, true };
    made[2] = (struct evaluator){ "scaled=2", accepts, 0, 0, true };
    made[3] = (struct evaluator){ "encoder", short_sighted, 0, 0, true };
    language = known_language(name, 0);
    ck_assert(known_settings(data_fields, yaml, "data", &data_config, &error));
    ck_assert(
        dataset_generate(&dataset, &data_config, language, 1, NULL, &error));
}

static void close_data(void)
{
    dataset_clear(&dataset);
    schema_clear(data_fields, &data_config);
    language_free(language);
}

static const char bins[] =
    "{train: {count: 50, length: 1..6}, test: {count: 400, length: [1..5, "
    "6..10]}, negatives: {uniform: 1/2, edit-1: 1/2}}";

static const struct verdict *find(const struct verdicts *verdicts,
                                  const char *evaluator, const char *set,
                                  const char *class)
{
    for (size_t i = 0; i < verdicts->count; i++) {
        const struct verdict *row = &verdicts->rows[i];

        if (strcmp(row->evaluator, evaluator) == 0 &&
            strcmp(row->set, set) == 0 && strcmp(row->class, class) == 0)
            return row;
    }
    return NULL;
}

/* What a row must say, found one string at a time. */
struct expected {
    size_t strings, recognised, agreed, undecided, rounding, flagged;
    uint16_t wrong[32];
    size_t wrong_length;
    bool erred;
};

/* By the rules of verify.h, for acceptance of zero or not. */
static int answer(struct decision decision, bool nonnegative)
{
    if (decision.bound == 0 && decision.logit == 0)
        return nonnegative ? 1 : 0;
    if (fabs(decision.logit) <= decision.bound)
        return 0;
    return decision.logit > 0 ? 1 : -1;
}

static void expect(struct expected *expected, const struct evaluator *evaluator,
                   bool nonnegative, const uint16_t *symbols, size_t n)
{
    struct decision decision = evaluator->decide(symbols, n);
    int mine = answer(decision, nonnegative);
    int trained = answer(nearly(symbols, n), nonnegative);
    int truth = language_contains(language, symbols, n) ? 1 : -1;

    expected->strings++;
    expected->recognised += mine == truth;
    expected->agreed += mine != 0 && mine == trained;
    expected->undecided += mine == 0;
    expected->rounding += decision.rounding;
    expected->flagged += decision.flagged;
    if (mine != -truth)
        return;
    if (expected->erred && (n > expected->wrong_length ||
                            (n == expected->wrong_length &&
                             compare(symbols, n, expected->wrong, n) >= 0)))
        return;
    expected->erred = true;
    expected->wrong_length = n;
    memcpy(expected->wrong, symbols, n * sizeof *symbols);
}

static void check_row(const struct verdict *row,
                      const struct expected *expected)
{
    struct text shortest = { 0 };

    ck_assert_ptr_nonnull(row);
    ck_assert_uint_eq(row->strings, expected->strings);
    ck_assert_uint_eq(row->recognised, expected->recognised);
    ck_assert_uint_eq(row->agreed, expected->agreed);
    ck_assert_uint_eq(row->undecided, expected->undecided);
    ck_assert_uint_eq(row->rounding, expected->rounding);
    ck_assert_uint_eq(row->flagged, expected->flagged);
    if (!expected->erred) {
        ck_assert_ptr_null(row->shortest);
        return;
    }
    for (size_t i = 0; i < expected->wrong_length; i++)
        text_add_format(&shortest, "%s%d", i > 0 ? " " : "",
                        expected->wrong[i]);
    ck_assert_str_eq(row->shortest,
                     expected->wrong_length > 0 ? shortest.data : "\"\"");
    text_clear(&shortest);
}

static void check_interval(const struct verdict *row, double level)
{
    struct interval interval =
        interval_binomial(row->recognised, row->strings, level);
    double share = (double)row->recognised / (double)row->strings;

    ck_assert_double_eq(row->interval.low,
                        row->enumerated ? share : interval.low);
    ck_assert_double_eq(row->interval.high,
                        row->enumerated ? share : interval.high);
}

/* --------------------------------------------------------------------- laws */

/* Every evaluator, class and way of accepting, one string at a time. */
START_TEST(rows_are_counts)
{
    struct verify_config config = { .level = 0.9 };
    struct verification verification = { &config, &dataset, evaluators,
                                         .nonnegative = _i };
    struct verdicts verdicts = { 0 };
    const struct examples *test;

    open_data("majority", bins);
    test = &dataset.tests[0];
    verify_examples(&verification, "test[0]", test, &verdicts);
    ck_assert_uint_eq(verdicts.count, EVALUATORS * 4);
    ck_assert_str_eq(verdicts.rows[0].class, "all");
    ck_assert_str_eq(verdicts.rows[0].evaluator, "trained");
    for (size_t e = 0; e < EVALUATORS; e++) {
        struct expected all = { 0 }, classes[3] = { { 0 } };

        ck_assert_uint_eq(made[e].calls, 1);
        for (size_t i = 0; i < test->strings.count; i++) {
            const uint16_t *symbols = strings_at(&test->strings, i);
            size_t n = strings_length(&test->strings, i);

            expect(&all, &made[e], _i, symbols, n);
            expect(&classes[test->kind[i]], &made[e], _i, symbols, n);
        }
        check_row(find(&verdicts, made[e].name, "test[0]", "all"), &all);
        for (size_t k = 0; k < 3; k++)
            check_row(find(&verdicts, made[e].name, "test[0]",
                           dataset_class_name(&dataset, k)),
                      &classes[k]);
    }
    for (size_t i = 0; i < verdicts.count; i++) {
        ck_assert(!verdicts.rows[i].enumerated);
        ck_assert_uint_eq(verdicts.rows[i].least, 1);
        ck_assert_uint_eq(verdicts.rows[i].most, 5);
        check_interval(&verdicts.rows[i], 0.9);
    }
    verdicts_clear(&verdicts);
    ck_assert_ptr_null(verdicts.rows);
    close_data();
}
END_TEST

START_TEST(nothing_to_decide_has_no_row)
{
    struct verify_config config = { .level = 0.9 };
    struct verification verification = { &config, &dataset, evaluators, false,
                                         NULL };
    struct verdicts verdicts = { 0 };
    struct examples none = { 0 };

    open_data("majority", bins);
    verify_examples(&verification, "validation", &none, &verdicts);
    verify_exhaustive(&verification, &verdicts); /* no budget */
    verify_samples(&verification, &verdicts);    /* no samples */
    ck_assert_uint_eq(verdicts.count, 0);
    verdicts_clear(&verdicts);
    close_data();
}
END_TEST

/* Trained decides as itself wherever it decides; undecided never agrees. */
START_TEST(trained_agrees_with_itself)
{
    struct verify_config config = { .exhaustive = 2000, .level = 0.95 };
    struct verification verification = { &config, &dataset, evaluators, false,
                                         NULL };
    struct verdicts verdicts = { 0 };
    const struct verdict *row;

    open_data("majority", bins);
    made[0].decide = balanced; /* undecided where there are as many */
    verify_exhaustive(&verification, &verdicts);
    row = find(&verdicts, "trained", "exhaustive", "all");
    ck_assert_uint_gt(row->undecided, 0);
    ck_assert_uint_eq(row->agreed, row->strings - row->undecided);
    row = find(&verdicts, "limit", "exhaustive", "all");
    ck_assert_uint_eq(row->agreed, row->strings - row->undecided);
    verdicts_clear(&verdicts);
    close_data();
}
END_TEST

/* Lengths up to the largest n whose strings fit the budget. */
START_TEST(exhaustive_equals_brute_force)
{
    static const struct {
        size_t budget, depth;
    } cases[] = {
        { 1, 0 }, { 2, 0 },    { 3, 1 },     { 6, 1 },      { 7, 2 },
        { 8, 2 }, { 2046, 9 }, { 2047, 10 }, { 100000, 10 } /* the data has no
                                                               longer */
    };

    open_data("majority", bins);
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        struct verify_config config = { .exhaustive = cases[c].budget };
        struct verification verification = { &config, &dataset, evaluators,
                                             .nonnegative = _i };
        struct verdicts verdicts = { 0 };

        verify_exhaustive(&verification, &verdicts);
        for (size_t e = 0; e < EVALUATORS; e++) {
            struct expected all = { 0 }, in = { 0 }, out = { 0 };

            for (size_t n = 0; n <= cases[c].depth; n++)
                for (size_t bits = 0; bits < (size_t)1 << n; bits++) {
                    uint16_t s[32];

                    for (size_t i = 0; i < n; i++)
                        s[i] = bits >> (n - 1 - i) & 1;
                    expect(&all, &made[e], _i, s, n);
                    expect(language_contains(language, s, n) ? &in : &out,
                           &made[e], _i, s, n);
                }
            check_row(find(&verdicts, made[e].name, "exhaustive", "all"), &all);
            if (in.strings > 0)
                check_row(
                    find(&verdicts, made[e].name, "exhaustive", "members"),
                    &in);
            check_row(find(&verdicts, made[e].name, "exhaustive", "outside"),
                      &out);
        }
        for (size_t i = 0; i < verdicts.count; i++) {
            ck_assert(verdicts.rows[i].enumerated);
            ck_assert_uint_eq(verdicts.rows[i].least, 0);
            ck_assert_uint_eq(verdicts.rows[i].most, cases[c].depth);
            check_interval(&verdicts.rows[i], 0.95);
        }
        verdicts_clear(&verdicts);
    }
    close_data();
}
END_TEST

/* More strings than are decided at a time, in lexicographic order. */
START_TEST(exhaustive_goes_depth_first)
{
    struct verify_config config = { .exhaustive = 1 << 18 };
    struct verification verification = { &config, &dataset, evaluators, false,
                                         NULL };
    struct verdicts verdicts = { 0 };

    open_data("majority", "{train: {count: 5, length: 1..2}, validation: "
                          "{count: 0, length: 17}, test: {count: 0}}");
    verify_exhaustive(&verification, &verdicts);
    ck_assert_uint_eq(find(&verdicts, "limit", "exhaustive", "all")->strings,
                      ((size_t)1 << 18) - 1);
    ck_assert_uint_eq(made[1].strings, ((size_t)1 << 18) - 1);
    ck_assert_uint_gt(made[1].calls, 1);
    ck_assert(made[1].ordered);
    verdicts_clear(&verdicts);
    close_data();
}
END_TEST

/* One symbol: as many strings as lengths.  A member and another string never
 * have the same length, so that there are no data to draw. */
START_TEST(an_alphabet_of_one_is_no_trap)
{
    struct verify_config config = { .exhaustive = 50000 };
    struct verification verification = { &config, &dataset, evaluators, false,
                                         NULL };
    struct verdicts verdicts = { 0 };
    struct error error = { 0 };

    open_data("majority", bins);
    language_free(language);
    language = known_language("aa-star", 0);
    schema_clear(data_fields, &data_config);
    ck_assert(known_settings(data_fields, "{train: {count: 5, length: 3..20}}",
                             "data", &data_config, &error));
    dataset.language = language;
    verify_exhaustive(&verification, &verdicts);
    ck_assert_uint_eq(find(&verdicts, "limit", "exhaustive", "all")->strings,
                      21);
    ck_assert_uint_eq(
        find(&verdicts, "limit", "exhaustive", "members")->strings, 11);
    verdicts_clear(&verdicts);
    close_data();
}
END_TEST

/* Members of lengths 1..5: 1 + 1 + 4 + 5 + 16 = 27; as many or more zeros:
 * 62 - 27 = 35; both of 6..10 are more than the samples. */
START_TEST(few_strings_are_enumerated)
{
    struct verify_config config = { .samples = 30, .level = 0.95 };
    struct verification verification = { &config, &dataset, evaluators, false,
                                         NULL };
    struct verdicts verdicts = { 0 };
    const struct verdict *row;

    open_data("majority", bins);
    verify_samples(&verification, &verdicts);
    ck_assert_uint_eq(verdicts.count, 2 * EVALUATORS * 4);
    row = find(&verdicts, "scaled=2", "verify[0]", "members");
    ck_assert(row->enumerated);
    ck_assert_uint_eq(row->strings, 27);
    ck_assert_uint_eq(row->recognised, 27); /* it accepts everything */
    ck_assert_ptr_null(row->shortest);
    row = find(&verdicts, "scaled=2", "verify[0]", "uniform");
    ck_assert(!row->enumerated);
    ck_assert_uint_eq(row->strings, 30);
    ck_assert_uint_eq(row->recognised, 0);
    row = find(&verdicts, "trained", "verify[0]", "all");
    ck_assert(!row->enumerated);
    ck_assert_uint_eq(row->strings, 27 + 30 + 30);
    ck_assert_uint_eq(row->least, 1);
    ck_assert_uint_eq(row->most, 5);
    ck_assert(!find(&verdicts, "limit", "verify[1]", "members")->enumerated);
    ck_assert_uint_eq(find(&verdicts, "limit", "verify[1]", "edit-1")->strings,
                      30);
    for (size_t i = 0; i < verdicts.count; i++)
        check_interval(&verdicts.rows[i], 0.95);
    for (size_t e = 0; e < EVALUATORS; e++)
        ck_assert_uint_eq(made[e].calls, 2); /* once a bin */
    verdicts_clear(&verdicts);

    config.samples = 35;
    verify_samples(&verification, &verdicts);
    row = find(&verdicts, "scaled=2", "verify[0]", "uniform");
    ck_assert(row->enumerated);
    ck_assert_uint_eq(row->strings, 35);
    ck_assert_str_eq(row->shortest, "0");
    verdicts_clear(&verdicts);
    close_data();
}
END_TEST

/* Where the data are members alone, kinds of negatives that a bin does not
 * have are passed over; all lengths from 1 on have others of Dyck-1. */
START_TEST(a_kind_that_is_not_there_has_no_row)
{
    struct verify_config config = { .samples = 30, .level = 0.95 };
    struct verification verification = { &config, &dataset, evaluators, false,
                                         NULL };
    struct verdicts verdicts = { 0 };

    open_data("aa-star", "{train: {count: 5, length: 2..200}, positives: 1, "
                         "negatives: {uniform: 1/2, edit-1: 1/2}}");
    verify_samples(&verification, &verdicts);
    ck_assert_uint_eq(verdicts.count, EVALUATORS * 2); /* all, members */
    ck_assert_uint_eq(find(&verdicts, "limit", "verify[0]", "all")->strings,
                      30);
    verdicts_clear(&verdicts);
    close_data();
    open_data("dyck-1",
              "{train: {count: 5, length: 2..20}, positives: 1, negatives: "
              "{uniform: 1}}");
    verify_samples(&verification, &verdicts);
    ck_assert_uint_eq(find(&verdicts, "limit", "verify[0]", "uniform")->strings,
                      30);
    verdicts_clear(&verdicts);
    close_data();
}
END_TEST

/* The prior is right on the members, or on all others, and on nothing else. */
START_TEST(prior_says_one_label)
{
    static const struct {
        const char *positives;
        bool member;
    } cases[] = { { "0.7", true }, { "0.3", false }, { "0.5", true } };

    for (size_t c = 0; c < 3; c++)
        for (int stream = 0; stream < 2; stream++) {
            struct verify_config config = { .level = 0.95 };
            struct verification verification = { &config, &dataset, evaluators,
                                                 false, NULL };
            struct verdicts verdicts = { 0 };
            const struct verdict *row;
            size_t members = 0;
            char yaml[256];
            bool member;

            snprintf(yaml, sizeof yaml,
                     "{train: {count: %s, length: 1..6}, test: {count: 100, "
                     "length: [1..5, 6..10]}, positives: %s}",
                     stream ? "stream" : "200", cases[c].positives);
            open_data("majority", yaml);
            member = cases[c].member;
            for (size_t i = 0; i < dataset.train.strings.count; i++)
                members += dataset.train.member[i];
            if (!stream)
                member = members >= 100;
            verify_prior(&verification, &verdicts);
            ck_assert_uint_eq(verdicts.count, 2 * 3);
            for (size_t b = 0; b < 2; b++) {
                char set[32];

                snprintf(set, sizeof set, "test[%zu]", b);
                row = find(&verdicts, "prior", set, "members");
                ck_assert_uint_eq(row->recognised, member ? row->strings : 0);
                row = find(&verdicts, "prior", set, "uniform");
                ck_assert_uint_eq(row->recognised, member ? 0 : row->strings);
                row = find(&verdicts, "prior", set, "all");
                ck_assert_uint_eq(row->strings, 100);
            }
            verdicts_clear(&verdicts);
            close_data();
        }
}
END_TEST

START_TEST(settings_have_defaults)
{
    struct verify_config config = { 0 };
    struct error error = { 0 };

    ck_assert(known_settings(verify_fields, "{}", "verify", &config, &error));
    ck_assert_uint_eq(config.exhaustive, 50000);
    ck_assert_uint_eq(config.samples, 2000);
    ck_assert_double_eq(config.level, 0.95);
    ck_assert(!known_settings(verify_fields, "{level: 1}", "verify", &config,
                              &error));
    ck_assert_said(&error, "x.yaml:1:9: verify.level: out of range: 1; "
                           "accepted: a number in 0.5..0.999999\n");
}
END_TEST

static void decide_sets(const struct evaluator *evaluator,
                        const struct strings *strings,
                        struct decision *decisions)
{
    for (size_t i = 0; i < strings->count; i++)
        for (size_t t = 0; t <= strings_length(strings, i); t++) {
            bool allowed[2], end;
            struct error error = { 0 };

            ck_assert(language_next(language, strings_at(strings, i), t,
                                    allowed, &end, &error));
            end |= strcmp(evaluator->name, "limit") == 0;
            for (size_t k = 0; k < 3; k++)
                *decisions++ = (struct decision){
                    .logit = (k < 2 ? allowed[k] : end) ? 1 : -1
                };
        }
}

/* Every string of at most 14 symbols: more decisions than are held at once,
 * so that strings are gone through in slices. */
START_TEST(sets_are_decided_in_slices)
{
    struct verify_config config = { .exhaustive = 1 << 15, .level = 0.95 };
    struct error error = { 0 };
    struct verification verification = { &config, &dataset, evaluators, false,
                                         &error };
    struct verdicts verdicts = { 0 };
    const struct verdict *row;
    size_t strings = (1 << 15) - 1, positions = 0, early = 0;

    open_data("majority", "{objective: next-set, train: {count: 5, length: "
                          "1..14}, test: {count: 0}}");
    for (size_t e = 0; e < EVALUATORS; e++)
        made[e].decide = NULL;
    for (size_t n = 0; n <= 14; n++)
        positions += (n + 1) << n;
    verify_exhaustive(&verification, &verdicts);
    ck_assert_uint_eq(error.count, 0);
    ck_assert_uint_gt(made[0].calls, 1);
    ck_assert_uint_eq(made[0].strings, strings);
    row = find(&verdicts, "trained", "exhaustive", "all");
    ck_assert_uint_eq(row->strings, strings);
    ck_assert_uint_eq(row->recognised, strings);
    ck_assert_uint_eq(row->membership, strings);
    ck_assert_uint_eq(row->positions, positions);
    ck_assert_uint_eq(row->right, positions);
    ck_assert_double_eq_tol(row->loss, log1p(exp(-1)), 1e-12);
    /* the begin mark is no member: nowhere is the first set right */
    row = find(&verdicts, "limit", "exhaustive", "all");
    ck_assert_uint_eq(row->recognised, 0);
    ck_assert_uint_eq(row->agreed, 0);
    ck_assert_str_eq(row->shortest, "\"\"");
    for (size_t n = 0; n <= 14; n++) { /* prefixes that are members, counted
                                          once for each string above them */
        struct natural count = { 0 };

        natural_init(&count, 0);
        language_count(language, n, &count);
        early += natural_small(&count) * (((size_t)1 << (15 - n)) - 1);
        natural_clear(&count);
    }
    ck_assert_uint_eq(row->right, early);
    row = find(&verdicts, "limit", "exhaustive", "members");
    ck_assert_uint_eq(row->membership, row->strings);
    row = find(&verdicts, "limit", "exhaustive", "outside");
    ck_assert_uint_eq(row->membership, 0);
    verdicts_clear(&verdicts);
    close_data();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("verify");
    TCase *tests = tcase_create("laws");

    statistics_start();
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, rows_are_counts, 0, 2);
    tcase_add_test(tests, nothing_to_decide_has_no_row);
    tcase_add_test(tests, sets_are_decided_in_slices);
    tcase_add_test(tests, trained_agrees_with_itself);
    tcase_add_loop_test(tests, exhaustive_equals_brute_force, 0, 2);
    tcase_add_test(tests, exhaustive_goes_depth_first);
    tcase_add_test(tests, an_alphabet_of_one_is_no_trap);
    tcase_add_test(tests, few_strings_are_enumerated);
    tcase_add_test(tests, a_kind_that_is_not_there_has_no_row);
    tcase_add_test(tests, prior_says_one_label);
    tcase_add_test(tests, settings_have_defaults);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

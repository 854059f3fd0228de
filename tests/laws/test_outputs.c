/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Evaluators under every objective and readout.  A prefix is decided as the
 * string it is; a next-token lead is what the logits of the sets say, which
 * the same parameters give; scaled=1 is `trained` within its bound; the limit
 * is where scaled=c goes; and strings decided together are decided as alone.
 */

#include "suite.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "saturation/evaluator.h"

#define SYMBOLS 2
#define OUTPUTS (SYMBOLS + 1)
#define LONGEST 5
#define STRINGS 63 /* all of 0..5 symbols */
#define MOST    (STRINGS * (LONGEST + 1) * OUTPUTS)

static const char *const names[] = { "trained",   "scaled=1", "limit",
                                     "attention", "encoder",  "sharpened=3" };
enum { NAMES = sizeof names / sizeof *names };

static struct model_config config_at(size_t i, int readout)
{
    return (struct model_config){ .n_layers = 2,
                                  .d_model = 8,
                                  .n_heads = 2,
                                  .d_ff = 6,
                                  .norm = (int)(i % 4),
                                  .readout = readout,
                                  .mask = readout == READOUT_BEGIN
                                              ? MASK_FULL
                                              : MASK_CAUSAL,
                                  .precision = PRECISION_DOUBLE,
                                  .bias = i % 3 == 0,
                                  .classifier_bias = i % 2 == 0,
                                  .epsilon = 1e-5,
                                  .max_length = LONGEST,
                                  .init = { 1, 1, 1, 1, 1, 1, 1, 1 } };
}

static struct network *network_at(size_t i, enum objective objective,
                                  int readout)
{
    struct model_config config = config_at(i, readout);
    struct network *network = network_new_for(objective, &config, SYMBOLS);

    network_init(network, 600 + i);
    return network;
}

/* Depth first, so that strings share their prefixes. */
static void add_strings(struct strings *strings, uint16_t *symbols, size_t n)
{
    strings_add(strings, symbols, n);
    for (uint16_t s = 0; n < LONGEST && s < SYMBOLS; s++) {
        symbols[n] = s;
        add_strings(strings, symbols, n + 1);
    }
}

static struct strings all_strings(void)
{
    struct strings strings = { 0 };
    uint16_t symbols[LONGEST] = { 0 };

    add_strings(&strings, symbols, 0);
    ck_assert_uint_eq(strings.count, STRINGS);
    return strings;
}

static struct evaluator *evaluator_of(const struct network *network,
                                      const char *name)
{
    struct saturation_config config = { 0 };
    struct evaluator *evaluator;
    struct error error = { 0 };

    ck_assert(schema_read(saturation_fields, NULL, "", NULL, &config, &error));
    ck_assert(evaluator_new(&evaluator, name, network, &config, &error));
    schema_clear(saturation_fields, &config);
    return evaluator;
}

static void decide(const struct network *network, const char *name,
                   const struct strings *strings, struct decision *decisions)
{
    struct evaluator *evaluator = evaluator_of(network, name);

    evaluator_decide(evaluator, strings, decisions);
    evaluator_free(evaluator);
}

static bool is_same(const struct decision *a, const struct decision *b)
{
    return memcmp(&a->logit, &b->logit, sizeof a->logit) == 0 &&
           memcmp(&a->bound, &b->bound, sizeof a->bound) == 0 &&
           a->degree == b->degree && a->rounding == b->rounding &&
           a->flagged == b->flagged;
}

START_TEST(prefixes_are_strings)
{
    struct strings strings = all_strings();
    struct network *network = network_at((size_t)_i, OBJECTIVE_MEMBERSHIP, 0);
    struct network *every =
        network_at((size_t)_i, OBJECTIVE_PREFIX_MEMBERSHIP, 0);
    struct decision *whole = memory_new(STRINGS, sizeof *whole);
    struct decision *prefixes = memory_new(MOST, sizeof *prefixes);

    for (size_t e = 0; e < NAMES; e++) {
        decide(network, names[e], &strings, whole);
        decide(every, names[e], &strings, prefixes);
        for (size_t i = 0; i < STRINGS; i++) {
            size_t n = strings_length(&strings, i);
            size_t at = tokens_before(&strings, i);

            for (size_t j = 0; j < STRINGS; j++) { /* j a prefix of i? */
                size_t m = strings_length(&strings, j);

                if (m > n || (m > 0 && memcmp(strings_at(&strings, i),
                                              strings_at(&strings, j),
                                              m * sizeof(uint16_t)) != 0))
                    continue;
                ck_assert_msg(is_same(&prefixes[at + m], &whole[j]),
                              "%s: token %zu of string %zu", names[e], m, i);
            }
        }
    }
    network_free(network);
    network_free(every);
    strings_clear(&strings);
    free(whole);
    free(prefixes);
}
END_TEST

/* Beside BOUND, rounding of numbers of the SIZE of the logits. */
static void check_leads(const struct decision *logits,
                        const struct decision *leads, const char *name)
{
    size_t positive = 0;

    for (size_t k = 0; k < OUTPUTS; k++) {
        double other = -INFINITY, bound = leads[k].bound, lead;

        for (size_t j = 0; j < OUTPUTS; j++)
            if (j != k)
                other = fmax(other, logits[j].logit);
        for (size_t j = 0; j < OUTPUTS; j++)
            bound += 1e-14 * fabs(logits[j].logit) + logits[j].bound;
        lead = logits[k].logit - other;
        ck_assert_msg(fabs(leads[k].logit - lead) <= bound,
                      "%s: lead %g, not %g", name, leads[k].logit, lead);
        positive += decision_sign(&leads[k]) > 0;
    }
    ck_assert_uint_le(positive, 1);
}

START_TEST(leads_are_differences)
{
    static const char *const finite[] = { "trained", "scaled=1", "attention",
                                          "encoder" };
    struct strings strings = all_strings();
    struct network *sets = network_at((size_t)_i, OBJECTIVE_NEXT_SET, 0);
    struct network *tokens = network_at((size_t)_i, OBJECTIVE_NEXT_TOKEN, 0);
    struct decision *logits = memory_new(MOST, sizeof *logits);
    struct decision *leads = memory_new(MOST, sizeof *leads);

    for (size_t e = 0; e < 4; e++) {
        decide(sets, finite[e], &strings, logits);
        decide(tokens, finite[e], &strings, leads);
        for (size_t t = 0; t < tokens_before(&strings, STRINGS); t++)
            check_leads(logits + t * OUTPUTS, leads + t * OUTPUTS, finite[e]);
    }
    network_free(sets);
    network_free(tokens);
    strings_clear(&strings);
    free(logits);
    free(leads);
}
END_TEST

/* Objectives, membership by three readouts. */
static struct network *variant_at(size_t i, size_t *n, size_t *rows)
{
    static const enum objective objectives[] = {
        OBJECTIVE_MEMBERSHIP,        OBJECTIVE_MEMBERSHIP, OBJECTIVE_MEMBERSHIP,
        OBJECTIVE_PREFIX_MEMBERSHIP, OBJECTIVE_NEXT_SET,   OBJECTIVE_NEXT_TOKEN
    };
    struct strings strings = all_strings();
    enum objective objective = objectives[i % 6];

    *rows = objective_is_sequence(objective) ? tokens_before(&strings, STRINGS)
                                             : STRINGS;
    *n = *rows * objective_outputs(objective, SYMBOLS);
    strings_clear(&strings);
    return network_at(i / 6 + i, objective, i % 6 < 3 ? (int)(i % 6) : 0);
}

START_TEST(scaled_by_one_is_trained)
{
    size_t n, rows;
    struct network *network = variant_at((size_t)_i, &n, &rows);
    struct strings strings = all_strings();
    struct decision *ours = memory_new(n, sizeof *ours);
    struct decision *trained = memory_new(n, sizeof *trained);

    decide(network, "scaled=1", &strings, ours);
    decide(network, "trained", &strings, trained);
    for (size_t i = 0; i < n; i++) {
        ck_assert_double_le(fabs(ours[i].logit - trained[i].logit),
                            2 * ours[i].bound + 1e-15);
        ck_assert_double_lt(ours[i].bound, 1e-10);
    }
    network_free(network);
    strings_clear(&strings);
    free(ours);
    free(trained);
}
END_TEST

/* Where both know a sign it is the same one, once c is large; at 1e4 a few
 * margins may still be settling, and double cannot hold genuine ties, which
 * a mean over tokens meets somewhere in most strings. */
START_TEST(limit_is_where_scaling_goes)
{
    size_t n, rows, compared = 0, differ = 0;
    struct network *network = variant_at((size_t)_i, &n, &rows);
    struct strings strings = all_strings();
    struct decision *limit = memory_new(n, sizeof *limit);
    struct decision *scaled = memory_new(n, sizeof *scaled);

    decide(network, "limit", &strings, limit);
    decide(network, "scaled=10000", &strings, scaled);
    for (size_t i = 0; i < n; i++) {
        int a = decision_sign(&limit[i]), b = decision_sign(&scaled[i]);

        if (a == 0 || b == 0 || limit[i].flagged || scaled[i].rounding)
            continue;
        compared++;
        differ += a != b;
    }
    printf("%2d compared %zu of %zu, %zu differ\n", _i, compared, n, differ);
    ck_assert_uint_ge(compared, n / 20);
    ck_assert_uint_le(differ, compared / 50);
    network_free(network);
    strings_clear(&strings);
    free(limit);
    free(scaled);
}
END_TEST

/* In any company, in either direction, by any number of threads. */
START_TEST(together_is_alone)
{
    size_t n, rows, at = 0;
    struct network *network = variant_at((size_t)_i, &n, &rows);
    struct strings strings = all_strings();
    struct decision *all = memory_new(n, sizeof *all);
    struct decision *one = memory_new(n, sizeof *one);

    for (size_t e = 0; e < NAMES; e++) {
        struct evaluator *backward = evaluator_of(network, names[e]);

        parallel_set_threads(3);
        decide(network, names[e], &strings, all);
        parallel_set_threads(1);
        at = n;
        for (size_t i = STRINGS; i-- > 0;) {
            struct strings alone = { .symbols = strings.symbols,
                                     .offsets = strings.offsets + i,
                                     .count = 1 };
            size_t count =
                n / rows *
                (rows == STRINGS ? 1 : strings_length(&strings, i) + 1);

            evaluator_decide(backward, &alone, one);
            at -= count;
            for (size_t k = 0; k < count; k++)
                ck_assert_msg(is_same(&all[at + k], &one[k]), "%s: string %zu",
                              names[e], i);
        }
        ck_assert_uint_eq(at, 0);
        evaluator_free(backward);
    }
    network_free(network);
    strings_clear(&strings);
    free(all);
    free(one);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("outputs");
    TCase *tcase = tcase_create("outputs");

    parallel_set_threads(1);
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, prefixes_are_strings, 0, 4);
    tcase_add_loop_test(tcase, leads_are_differences, 0, 4);
    tcase_add_loop_test(tcase, scaled_by_one_is_trained, 0, 12);
    tcase_add_loop_test(tcase, limit_is_where_scaling_goes, 0, 12);
    tcase_add_loop_test(tcase, together_is_alone, 0, 6);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "suite.h"

#include <math.h>

#include "verify/finding.h"

/* Two symbols: outputs are 0, 1 and the end mark.  Strings "1 0" and "". */
static uint16_t symbols[] = { 1, 0 };
static size_t offsets[] = { 0, 2, 2 };
static const struct strings strings = { .symbols = symbols,
                                        .offsets = offsets,
                                        .count = 2 };

static struct finding find(enum objective objective, const uint8_t *targets,
                           const double *logits, const double *trained,
                           size_t string)
{
    struct decision mine[12] = { 0 }, theirs[12] = { 0 };
    struct reading reading = { .objective = objective,
                               .n_symbols = 2,
                               .strings = &strings,
                               .targets = targets,
                               .decisions = mine,
                               .trained = theirs };
    double room[9];
    size_t n = objective_outputs(objective, 2) *
               (objective_is_sequence(objective) ? 4 : 2);

    for (size_t i = 0; i < n; i++) {
        mine[i].logit = logits[i];
        theirs[i].logit = trained[i];
    }
    return finding_of(&reading, string, room);
}

START_TEST(membership_is_one_decision)
{
    const uint8_t targets[] = { 1, 0 };
    const double logits[] = { 2, 3 }, trained[] = { 1, -1 };
    struct finding first =
        find(OBJECTIVE_MEMBERSHIP, targets, logits, trained, 0);
    struct finding second =
        find(OBJECTIVE_MEMBERSHIP, targets, logits, trained, 1);

    ck_assert(first.right && !first.wrong && first.agreed && first.sized);
    ck_assert_int_eq(first.accepts, 1);
    ck_assert_uint_eq(first.positions, 1);
    ck_assert_double_eq_tol(first.loss.sum, log1p(exp(-2)), 1e-15);
    ck_assert(!second.right && second.wrong && !second.agreed);
    ck_assert_uint_eq(second.positions_right, 0);
}
END_TEST

/* The begin mark, "1" and "1 0"; then the begin mark of the empty string. */
START_TEST(prefixes_are_decided_each)
{
    const uint8_t targets[] = { 0, 1, 0, 1 };
    const double logits[] = { -1, 1, 2, 0 };
    struct finding first =
        find(OBJECTIVE_PREFIX_MEMBERSHIP, targets, logits, logits, 0);
    struct finding second =
        find(OBJECTIVE_PREFIX_MEMBERSHIP, targets, logits, logits, 1);

    ck_assert(!first.right && first.wrong && first.agreed);
    ck_assert_uint_eq(first.positions, 3);
    ck_assert_uint_eq(first.positions_right, 2);
    ck_assert_int_eq(first.accepts, 1); /* the last prefix, wrongly */
    ck_assert(!second.right && !second.wrong && second.undecided);
    ck_assert(!second.agreed); /* not even with itself */
    ck_assert_int_eq(second.accepts, 0);
}
END_TEST

START_TEST(sets_are_right_whole)
{
    const uint8_t targets[] = { 3, 1, 4, 0 };
    double logits[] = { 1, 1, -1, 1, -1, -1, -1, -1, 1, 1, 1, 1 };
    struct finding first = find(OBJECTIVE_NEXT_SET, targets, logits, logits, 0);

    /* 1 is allowed first, then 0, then the end */
    ck_assert(first.right && first.agreed);
    ck_assert_int_eq(first.accepts, 1);
    ck_assert_uint_eq(first.positions, 3);
    ck_assert_uint_eq(first.loss.targets, 9);
    logits[4] = 2; /* after 1 also 1: a wrong set, the same acceptance */
    first = find(OBJECTIVE_NEXT_SET, targets, logits, logits, 0);
    ck_assert(!first.right && first.wrong);
    ck_assert_uint_eq(first.positions_right, 2);
    ck_assert_int_eq(first.accepts, 1);
    logits[3] = 0; /* after 1 perhaps 0: nobody knows */
    first = find(OBJECTIVE_NEXT_SET, targets, logits, logits, 0);
    ck_assert_int_eq(first.accepts, 0);
    ck_assert(first.undecided);
    logits[8] = -1; /* and no end: rejected whatever else */
    first = find(OBJECTIVE_NEXT_SET, targets, logits, logits, 0);
    ck_assert_int_eq(first.accepts, -1);
}
END_TEST

/* Leads of the logits 0 2 1, 3 1 0, 0 0 1 and 5 0 0; the first token does not
 * count. */
START_TEST(tokens_are_predicted)
{
    const uint8_t targets[] = { 0, 1, 1, 1 };
    const double leads[] = { -2, 1, -1, 2, -2, -3, -1, -1, 1, 5, -5, -5 };
    const double trained[] = { 1, -1, -1, 2, -2, -3, -1, -1, 1, -5, 5, -5 };
    struct finding first =
        find(OBJECTIVE_NEXT_TOKEN, targets, leads, trained, 0);
    struct finding second =
        find(OBJECTIVE_NEXT_TOKEN, targets, leads, trained, 1);

    ck_assert(first.right && first.agreed);
    ck_assert_uint_eq(first.positions, 2);
    ck_assert_int_eq(first.accepts, 0);
    ck_assert_double_eq_tol(first.loss.sum,
                            log(1 + exp(-2) + exp(-3)) + log(1 + 2 * exp(-1)),
                            1e-14);
    ck_assert(second.wrong && !second.agreed); /* both wrong, differently */
    ck_assert_double_eq_tol(second.loss.sum, 5 + log(1 + 2 * exp(-5)), 1e-14);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("finding");
    TCase *tcase = tcase_create("finding");

    tcase_add_test(tcase, membership_is_one_decision);
    tcase_add_test(tcase, prefixes_are_decided_each);
    tcase_add_test(tcase, sets_are_right_whole);
    tcase_add_test(tcase, tokens_are_predicted);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}

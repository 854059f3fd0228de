/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "suite.h"

#include <math.h>
#include <string.h>

#include "base/random.h"
#include "model/loss.h"

#define OUTPUTS 5
#define LENGTH  3
#define TOKENS  (LENGTH + 1)

static const uint16_t symbols[LENGTH] = { 2, 0, 3 };

static void draw(double *logits, size_t n, uint64_t item, double scale)
{
    struct stream stream;

    stream_init(&stream, 1, "test.loss", item);
    for (size_t i = 0; i < n; i++)
        logits[i] = scale * stream_normal(&stream);
}

/* -log softmax(z)[w], in long double and as it is written. */
static double plain_softmax(const double *z, size_t w)
{
    long double sum = 0;

    for (size_t k = 0; k < OUTPUTS; k++)
        sum += expl((long double)z[k] - z[w]);
    return (double)logl(sum);
}

START_TEST(softmax_is_its_formula)
{
    double z[TOKENS * OUTPUTS], slopes[TOKENS * OUTPUTS];
    uint8_t targets[TOKENS] = { 1, 0, 1, 1 };
    struct loss loss = loss_none();
    double expected = 0;

    draw(z, TOKENS * OUTPUTS, (uint64_t)_i, 3);
    memcpy(slopes, z, sizeof z);
    loss_of_string(&loss, OBJECTIVE_NEXT_TOKEN, OUTPUTS, symbols, LENGTH,
                   targets, slopes);
    for (size_t t = 0; t < TOKENS; t++) {
        size_t w = t < LENGTH ? symbols[t] : OUTPUTS - 1;
        double total = 0;

        for (size_t k = 0; k < OUTPUTS; k++) {
            double share = exp(-plain_softmax(z + t * OUTPUTS, k));

            ck_assert_double_eq_tol(slopes[t * OUTPUTS + k],
                                    targets[t] == 0 ? 0 : share - (k == w),
                                    1e-14);
            total += slopes[t * OUTPUTS + k];
        }
        ck_assert_double_eq_tol(total, 0, 1e-15);
        expected += targets[t] ? plain_softmax(z + t * OUTPUTS, w) : 0;
    }
    ck_assert_uint_eq(loss.targets, 3);
    ck_assert_double_eq_tol(loss.sum, expected, 1e-13);
}
END_TEST

START_TEST(sets_are_sums_of_logistics)
{
    double z[TOKENS * OUTPUTS], slopes[TOKENS * OUTPUTS], least = INFINITY;
    uint8_t targets[TOKENS] = { 0x1f, 0, 0x0a, 0x15 };
    struct loss loss = loss_none();
    double expected = 0, margins = 0;
    size_t right = 0;

    draw(z, TOKENS * OUTPUTS, 100 + (uint64_t)_i, 3);
    memcpy(slopes, z, sizeof z);
    loss_of_string(&loss, OBJECTIVE_NEXT_SET, OUTPUTS, symbols, LENGTH, targets,
                   slopes);
    for (size_t i = 0; i < TOKENS * OUTPUTS; i++) {
        double sign = targets[i / OUTPUTS] >> i % OUTPUTS & 1 ? 1 : -1;

        expected += (double)logl(1 + expl(-sign * z[i]));
        margins += sign * z[i];
        least = fmin(least, sign * z[i]);
        right += sign * z[i] > 0;
        ck_assert_double_eq_tol(slopes[i], -sign / (1 + exp(sign * z[i])),
                                1e-15);
    }
    ck_assert_uint_eq(loss.targets, TOKENS * OUTPUTS);
    ck_assert_uint_eq(loss.right, right);
    ck_assert_double_eq(loss.least, least);
    ck_assert_double_eq_tol(loss.margin, margins, 1e-12);
    ck_assert_double_eq_tol(loss.sum, expected, 1e-12);
}
END_TEST

/* A prefix' target is a byte of its own; one row, where membership is asked. */
START_TEST(membership_is_logistic)
{
    double z[TOKENS] = { 1, -2, 3, 0 };
    const double m[TOKENS] = { 1, 2, -3, 0 }; /* margins */
    uint8_t targets[TOKENS] = { 1, 0, 0, 1 };
    struct loss loss = loss_none(), one = loss_none();
    double expected = 0;

    loss_of_string(&one, OBJECTIVE_MEMBERSHIP, 1, symbols, LENGTH, targets,
                   &(double){ 1 });
    ck_assert_double_eq_tol(one.sum, log(1 + exp(-1)), 1e-15);
    ck_assert_uint_eq(one.targets, 1);
    loss_of_string(&loss, OBJECTIVE_PREFIX_MEMBERSHIP, 1, symbols, LENGTH,
                   targets, z);
    for (size_t t = 0; t < TOKENS; t++) {
        expected += log(1 + exp(-m[t]));
        ck_assert_double_eq_tol(z[t], (targets[t] ? -1 : 1) / (1 + exp(m[t])),
                                1e-15);
    }
    ck_assert_double_eq_tol(loss.sum, expected, 1e-14);
    ck_assert_uint_eq(loss.right, 2); /* a logit of zero rejects */
    ck_assert_double_eq(loss.least, -3);
    one = loss_add(one, loss);
    ck_assert_uint_eq(one.targets, 5);
    ck_assert_uint_eq(one.right, 3);
    ck_assert_double_eq(one.least, -3);
}
END_TEST

/* At a margin of 300 nothing has vanished, and at -300 nothing is lost. */
START_TEST(nothing_vanishes)
{
    double z[3] = { 0, 300, -1 };
    struct loss loss = loss_none();
    uint16_t one = 1;
    uint8_t counts[2] = { 1, 0 };
    double row[6] = { 0, 300, -1, 0, 0, 0 };

    loss_of_string(&loss, OBJECTIVE_NEXT_TOKEN, 3, &one, 1, counts, row);
    ck_assert_double_eq_tol(loss.sum / (exp(-300) + exp(-301)), 1, 1e-12);
    ck_assert_double_eq_tol(row[1] / -(exp(-300) + exp(-301)), 1, 1e-12);
    ck_assert_double_eq_tol(row[0] / exp(-300), 1, 1e-12);
    ck_assert_double_eq(loss.margin, 300);
    loss = loss_none();
    loss_of_string(&loss, OBJECTIVE_NEXT_TOKEN, 3, NULL, 0, counts, z);
    ck_assert_double_eq(loss.sum, 301);
    ck_assert_double_eq(z[2], -1);
    ck_assert_uint_eq(loss.right, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("loss");
    TCase *tcase = tcase_create("loss");

    tcase_add_loop_test(tcase, softmax_is_its_formula, 0, 20);
    tcase_add_loop_test(tcase, sets_are_sums_of_logistics, 0, 20);
    tcase_add_test(tcase, membership_is_logistic);
    tcase_add_test(tcase, nothing_vanishes);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}

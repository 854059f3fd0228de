/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/parallel.h"

#include <stdatomic.h>

#include "suite.h"

#define ITEMS 1000

struct tally {
    atomic_int seen[ITEMS];
    atomic_int outside, inner_off_zero;
    size_t inner[8]; /* per thread: no lock is needed */
};

static void count(void *context, size_t item, size_t thread)
{
    struct tally *tally = context;

    atomic_fetch_add(&tally->seen[item], 1);
    if (thread >= parallel_threads())
        atomic_fetch_add(&tally->outside, 1);
}

static const size_t threads[] = { 1, 2, 3, 7 };

START_TEST(every_item_runs_once)
{
    struct tally tally = { 0 };

    parallel_set_threads(threads[_i]);
    ck_assert_uint_eq(parallel_threads(), threads[_i]);
    parallel_for(ITEMS, count, &tally);
    for (int i = 0; i < ITEMS; i++)
        ck_assert_int_eq(tally.seen[i], 1);
    ck_assert_int_eq(tally.outside, 0);
}
END_TEST

static void inner(void *context, size_t item, size_t thread)
{
    struct tally *tally = context;

    (void)item;
    if (thread != 0)
        atomic_fetch_add(&tally->inner_off_zero, 1);
}

static void outer(void *context, size_t item, size_t thread)
{
    struct tally *tally = context;

    (void)item;
    parallel_for(10, inner, tally);
    tally->inner[thread] += 10;
}

static void count_range(void *context, size_t first, size_t end)
{
    atomic_uchar *seen = context;

    for (size_t i = first; i < end; i++)
        atomic_fetch_add(&seen[i], 1);
}

/* Numbers around the ends of ranges, whatever their size. */
START_TEST(every_number_is_in_one_range)
{
    static const size_t counts[] = { 0, 1, 4095, 8191, 8192, 8193, 100000 };

    parallel_set_threads(threads[_i]);
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        atomic_uchar *seen = calloc(counts[c] + 1, sizeof *seen);

        parallel_ranges(counts[c], count_range, seen);
        for (size_t i = 0; i <= counts[c]; i++)
            ck_assert_uint_eq(seen[i], i < counts[c]);
        free(seen);
    }
}
END_TEST

START_TEST(an_inner_loop_stays_on_its_thread)
{
    struct tally tally = { 0 };
    size_t sum = 0;

    parallel_set_threads(3);
    parallel_for(50, outer, &tally);
    for (int i = 0; i < 8; i++)
        sum += tally.inner[i];
    ck_assert_uint_eq(sum, 500);
    ck_assert_int_eq(tally.inner_off_zero, 0);
}
END_TEST

START_TEST(no_items_no_calls)
{
    struct tally tally = { 0 };

    parallel_for(0, count, &tally);
    ck_assert_int_eq(tally.seen[0], 0);
    parallel_set_threads(0);
    ck_assert_uint_ge(parallel_threads(), 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("parallel");
    TCase *tests = tcase_create("parallel");

    tcase_add_loop_test(tests, every_item_runs_once, 0, 4);
    tcase_add_loop_test(tests, every_number_is_in_one_range, 0, 4);
    tcase_add_test(tests, an_inner_loop_stays_on_its_thread);
    tcase_add_test(tests, no_items_no_calls);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

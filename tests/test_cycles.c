/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/cycles.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/random.h"
#include "suite.h"

#define MOST 12

/* Two nodes share a part iff each can be reached from the other, and arcs
 * lead down: against the closure of the arcs. */
START_TEST(parts_are_what_is_mutually_reachable)
{
    struct stream stream;

    stream_init(&stream, 1, "test.cycles", 0);
    for (int round = 0; round < 1000; round++) {
        size_t n = 1 + stream_below(&stream, MOST), offsets[MOST + 1] = { 0 };
        uint32_t targets[MOST * 3], part[MOST];
        bool reaches[MOST][MOST] = { 0 };
        size_t parts, least = 0;

        for (size_t v = 0; v < n; v++) {
            size_t arcs = stream_below(&stream, 4);

            offsets[v + 1] = offsets[v] + arcs;
            for (size_t k = offsets[v]; k < offsets[v + 1]; k++) {
                targets[k] = (uint32_t)stream_below(&stream, n);
                reaches[v][targets[k]] = true;
            }
            reaches[v][v] = true;
        }
        for (size_t k = 0; k < n; k++)
            for (size_t v = 0; v < n; v++)
                for (size_t w = 0; w < n; w++)
                    reaches[v][w] |= reaches[v][k] && reaches[k][w];
        parts = cycles_find(n, offsets, targets, part);
        for (size_t v = 0; v < n; v++) {
            bool is_first = true;

            ck_assert_uint_lt(part[v], parts);
            for (size_t w = 0; w < n; w++) {
                ck_assert_int_eq(part[v] == part[w],
                                 reaches[v][w] && reaches[w][v]);
                if (reaches[v][w])
                    ck_assert_uint_ge(part[v], part[w]);
                is_first &= w >= v || part[w] != part[v];
            }
            least += is_first ? 1 : 0;
        }
        ck_assert_uint_eq(least, parts);
    }
}
END_TEST

/* A path as long as this must not be walked by recursion. */
START_TEST(long_paths_are_walked)
{
    size_t n = 1000000;
    size_t *offsets = memory_new(n + 1, sizeof *offsets);
    uint32_t *targets = memory_new(n, sizeof *targets);
    uint32_t *part = memory_new(n, sizeof *part);

    for (size_t v = 0; v < n; v++) {
        offsets[v + 1] = v + 1;
        targets[v] = (uint32_t)((v + 1) % n);
    }
    ck_assert_uint_eq(cycles_find(n, offsets, targets, part), 1);
    targets[n - 1] = (uint32_t)n - 1;
    ck_assert_uint_eq(cycles_find(n, offsets, targets, part), n);
    ck_assert_uint_eq(part[n - 1], 0);
    free(offsets);
    free(targets);
    free(part);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cycles");
    TCase *tests = tcase_create("cycles");

    tcase_add_test(tests, parts_are_what_is_mutually_reachable);
    tcase_add_test(tests, long_paths_are_walked);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/interleave.h"

#include "base/memory.h"
#include "formal.h"
#include "suite.h"

#define LANGUAGES 3
#define LONGEST   7

/* Words of length m in language i. */
static const size_t counts[LANGUAGES][LONGEST + 1] = {
    { 1, 0, 2, 0, 5, 0, 14, 0 }, { 0, 1, 3, 1, 0, 0, 2, 1 }, { 1, 1 }
};

static void build(struct interleave *self, bool shuffled)
{
    interleave_init(self, LANGUAGES, LONGEST, shuffled);
    for (size_t i = 0; i < LANGUAGES; i++)
        for (size_t n = 0; n <= LONGEST; n++)
            natural_init(interleave_at(self, i, n), counts[i][n]);
    interleave_build(self);
}

/* How many ways there are to fill the places that OWNER gives each language
 * with words of it: none if they are to stand in order and do not. */
static size_t count_fillings(const uint16_t *owner, size_t n, bool shuffled)
{
    size_t sizes[LANGUAGES] = { 0 }, product = 1;

    for (size_t k = 0; k < n; k++) {
        if (!shuffled && k > 0 && owner[k] < owner[k - 1])
            return 0;
        sizes[owner[k]]++;
    }
    for (size_t i = 0; i < LANGUAGES; i++)
        product *= counts[i][sizes[i]];
    return product;
}

static size_t count_all(size_t n, bool shuffled)
{
    size_t total = 0;

    for (size_t i = 0; i < formal_power(LANGUAGES, n); i++) {
        uint16_t owner[LONGEST];

        formal_string(i, LANGUAGES, n, owner);
        total += count_fillings(owner, n, shuffled);
    }
    return total;
}

START_TEST(counts_are_those_of_all_arrangements)
{
    struct interleave self;

    build(&self, _i);
    for (size_t n = 0; n <= LONGEST; n++)
        ck_assert_uint_eq(natural_small(interleave_count(&self, n)),
                          count_all(n, _i));
    ck_assert_uint_gt(interleave_bytes(&self), 0);
    interleave_clear(&self);
    interleave_clear(&self);
}
END_TEST

/* With a uniform filling each, all filled arrangements are as likely. */
START_TEST(draws_are_uniform)
{
    struct interleave self;

    build(&self, _i);
    for (size_t n = 1; n <= 6; n++) {
        size_t all = formal_power(LANGUAGES, n), classes = count_all(n, _i);
        size_t *first = memory_new(all, sizeof *first), at = 0;
        size_t *drawn = memory_new(classes + 1, sizeof *drawn);
        struct stream stream;

        for (size_t i = 0; i < all; i++) {
            uint16_t owner[LONGEST];

            formal_string(i, LANGUAGES, n, owner);
            first[i] = at;
            at += count_fillings(owner, n, _i);
        }
        stream_init(&stream, 5, "test", n);
        for (size_t t = 0; t < 20 * classes; t++) {
            size_t sizes[LANGUAGES], met[LANGUAGES] = { 0 }, number = 0, ways;
            uint16_t owner[LONGEST];

            interleave_draw(&self, n, &stream, sizes, owner);
            for (size_t k = 0; k < n; k++) {
                number = number * LANGUAGES + owner[k];
                met[owner[k]]++;
            }
            ck_assert_mem_eq(sizes, met, sizeof sizes);
            ways = count_fillings(owner, n, _i);
            ck_assert_uint_gt(ways, 0);
            drawn[first[number] + stream_below(&stream, ways)]++;
        }
        formal_check_uniform(drawn, classes, 20 * classes);
        free(first);
        free(drawn);
    }
    interleave_clear(&self);
}
END_TEST

/* Of n words of one symbol each, the product is n!, and 1 in sequence. */
START_TEST(letters_are_permuted)
{
    struct interleave self;

    interleave_init(&self, 20, 20, _i);
    for (size_t i = 0; i < 20; i++)
        natural_init(interleave_at(&self, i, 1), 1);
    interleave_build(&self);
    ck_assert_uint_eq(natural_small(interleave_count(&self, 20)),
                      _i ? UINT64_C(2432902008176640000) : 1);
    ck_assert(natural_is_zero(interleave_count(&self, 19)));
    interleave_clear(&self);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("interleave");
    TCase *tests = tcase_create("interleave");

    tcase_add_loop_test(tests, counts_are_those_of_all_arrangements, 0, 2);
    tcase_add_loop_test(tests, draws_are_uniform, 0, 2);
    tcase_add_loop_test(tests, letters_are_permuted, 0, 2);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

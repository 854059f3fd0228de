/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/numbering.h"

#include "formal.h"
#include "suite.h"

START_TEST(equal_keys_have_equal_numbers)
{
    struct numbering numbering = { 0 };
    uint32_t key[3];

    ck_assert_uint_eq(numbering_find(&numbering, "x", 1), NUMBERING_NONE);
    for (uint32_t round = 0; round < 2; round++)
        for (uint32_t i = 0; i < 5000; i++) {
            key[0] = i % 7;
            key[1] = i;
            key[2] = ~i;
            ck_assert_uint_eq(numbering_add(&numbering, key, sizeof key), i);
        }
    ck_assert_uint_eq(numbering.count, 5000);
    for (uint32_t i = 0; i < 5000; i++) {
        const uint32_t *kept = numbering_key(&numbering, i);

        ck_assert_uint_eq(kept[1], i);
        ck_assert_uint_eq(numbering_length(&numbering, i), sizeof key);
        ck_assert_uint_eq(numbering_find(&numbering, kept, sizeof key), i);
    }
    key[1] = 5000;
    ck_assert_uint_eq(numbering_find(&numbering, key, sizeof key),
                      NUMBERING_NONE);
    ck_assert_uint_ge(numbering_size(&numbering), 5000 * sizeof key);
    numbering_clear(&numbering);
    numbering_clear(&numbering);
}
END_TEST

/* Prefixes of one another, and the empty key, are keys of their own. */
START_TEST(length_belongs_to_the_key)
{
    static const unsigned char zeros[64];
    struct numbering numbering = { 0 };

    for (uint32_t n = 0; n <= 64; n++)
        ck_assert_uint_eq(numbering_add(&numbering, zeros, n), n);
    for (uint32_t n = 0; n <= 64; n++)
        ck_assert_uint_eq(numbering_find(&numbering, zeros, n), n);
    numbering_clear(&numbering);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("numbering");
    TCase *tests = tcase_create("numbering");

    tcase_add_test(tests, equal_keys_have_equal_numbers);
    tcase_add_test(tests, length_belongs_to_the_key);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

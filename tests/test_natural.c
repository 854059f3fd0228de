/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/natural.h"

#include <math.h>
#include <stdlib.h>

#include "base/random.h"
#include "suite.h"

static void check_text(const struct natural *n, const char *expected)
{
    char *text = natural_text(n);

    ck_assert_str_eq(text, expected);
    free(text);
}

START_TEST(a_zeroed_struct_is_zero)
{
    struct natural zero = { 0 }, other = { 0 };

    ck_assert(natural_is_zero(&zero));
    check_text(&zero, "0");
    ck_assert_uint_eq(natural_small(&zero), 0);
    natural_add(&zero, &other);
    natural_clear(&zero);
    natural_clear(&zero);
    natural_clear(&other);
}
END_TEST

START_TEST(logarithms_are_of_any_size)
{
    struct natural n = { 0 };

    natural_init(&n, 1);
    ck_assert_double_eq(natural_log(&n), 0);
    for (uint64_t e = 1; e < 2000; e *= 3) {
        natural_power(&n, 10, e);
        ck_assert_double_eq_tol(natural_log(&n) / ((double)e * log(10)), 1,
                                1e-15);
    }
    natural_clear(&n);
}
END_TEST

/* Against arithmetic of 128 bits. */
START_TEST(arithmetic_agrees_with_wider_integers)
{
    struct stream stream;
    struct natural a = { 0 }, b = { 0 };

    stream_init(&stream, 1, "test.natural", 0);
    for (int i = 0; i < 2000; i++) {
        uint64_t x = stream_bits(&stream) >> stream_below(&stream, 64);
        uint64_t y = stream_bits(&stream) >> stream_below(&stream, 64);
        unsigned __int128 product = (unsigned __int128)x * y;
        uint64_t words[2] = { (uint64_t)product, (uint64_t)(product >> 64) };

        natural_set_words(&a, &x, 1);
        natural_set_words(&b, &y, 1);
        ck_assert_int_eq(natural_compare(&a, &b), (x > y) - (x < y));
        natural_multiply(&a, &b);
        natural_set_words(&b, words, 2);
        ck_assert_int_eq(natural_compare(&a, &b), 0);
        natural_set_words(&a, &x, 1);
        natural_multiply_small(&a, y);
        ck_assert_int_eq(natural_compare(&a, &b), 0);

        product = (unsigned __int128)x + y;
        words[0] = (uint64_t)product;
        words[1] = (uint64_t)(product >> 64);
        natural_set_words(&a, &x, 1);
        natural_set_words(&b, &y, 1);
        natural_add(&a, &b);
        natural_subtract(&a, &b);
        ck_assert_uint_eq(natural_small(&a), x);
        natural_add(&a, &b);
        natural_set_words(&b, words, 2);
        ck_assert_int_eq(natural_compare(&a, &b), 0);
        ck_assert_uint_eq(natural_small(&a),
                          words[1] > 0 ? UINT64_MAX : words[0]);
    }
    natural_clear(&a);
    natural_clear(&b);
}
END_TEST

START_TEST(powers_and_digits_are_right)
{
    struct natural n = { 0 }, copy = { 0 };

    natural_power(&n, 2, 200);
    check_text(&n, "1606938044258990275541962092341162602522202993782792835301"
                   "376");
    ck_assert_uint_eq(natural_small(&n), UINT64_MAX);
    natural_copy(&copy, &n);
    ck_assert(natural_read(&n, "1606938044258990275541962092341162602522202993"
                               "782792835301376"));
    ck_assert_int_eq(natural_compare(&n, &copy), 0);
    natural_power(&n, 7, 0);
    check_text(&n, "1");
    natural_clear(&n);
    natural_clear(&copy);
}
END_TEST

START_TEST(only_digits_are_read)
{
    static const char *const wrong[] = { "",   "-1", "+1",  "1.0",
                                         " 1", "1 ", "0x1", "1e3" };
    struct natural n = { 0 };

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ck_assert_msg(!natural_read(&n, wrong[i]), "%s", wrong[i]);
    ck_assert(natural_read(&n, "0"));
    ck_assert(natural_is_zero(&n));
    natural_clear(&n);
}
END_TEST

/* q b + r is what was divided, and r < b; 2^(bits - 1) <= n < 2^bits. */
START_TEST(division_and_products_are_inverse)
{
    struct natural a = { 0 }, b = { 0 }, quotient = { 0 };
    struct natural rest = { 0 }, back = { 0 }, power = { 0 };

    for (uint64_t i = 0; i < 400; i++) {
        natural_init(&b, i + 1);
        natural_power(&a, 3, i);
        natural_multiply_small(&b, i * 7919 + 1);
        natural_copy(&rest, &a);
        natural_divide(&quotient, &rest, &b);
        ck_assert_int_lt(natural_compare(&rest, &b), 0);
        natural_copy(&back, &rest);
        natural_add_product(&back, &quotient, &b);
        ck_assert_int_eq(natural_compare(&back, &a), 0);
        natural_power(&power, 2, natural_bits(&a));
        ck_assert_int_lt(natural_compare(&a, &power), 0);
        natural_power(&power, 2, natural_bits(&a) - 1);
        ck_assert_int_ge(natural_compare(&a, &power), 0);
        natural_clear(&a);
        natural_clear(&b);
        natural_clear(&rest);
        natural_clear(&back);
    }
    ck_assert_uint_eq(natural_bits(&(struct natural){ 0 }), 0);
    natural_clear(&quotient);
    natural_clear(&power);
}
END_TEST

/* r^2 <= n < (r + 1)^2, and the bits of r add up to it. */
START_TEST(roots_and_bits_are_right)
{
    struct natural n = { 0 }, r = { 0 }, sum = { 0 }, bit = { 0 }, one = { 0 };

    natural_init(&one, 1);
    for (uint64_t i = 0; i < 300; i++) {
        natural_power(&n, 3, i);
        natural_copy(&r, &n);
        natural_square_root(&r);
        natural_subtract(&sum, &sum);
        for (size_t k = 0; k < natural_bits(&r); k++) {
            natural_power(&bit, 2, k);
            if (natural_bit(&r, k))
                natural_add(&sum, &bit);
        }
        ck_assert_int_eq(natural_compare(&sum, &r), 0);
        natural_multiply(&r, &r);
        ck_assert_int_le(natural_compare(&r, &n), 0);
        natural_add(&sum, &one);
        natural_multiply(&sum, &sum);
        ck_assert_int_gt(natural_compare(&sum, &n), 0);
    }
    natural_clear(&n);
    natural_clear(&r);
    natural_clear(&sum);
    natural_clear(&bit);
    natural_clear(&one);
}
END_TEST

/* Over one word and over two: the bound's top decides. */
START_TEST(draws_are_uniform)
{
    size_t counts[5] = { 0 }, wide[3] = { 0 };
    struct natural bound = { 0 }, step = { 0 }, n = { 0 };
    struct stream stream;

    stream_init(&stream, 1, "test", 0);
    natural_init(&bound, 5);
    for (size_t i = 0; i < 5000; i++) {
        natural_draw(&n, &bound, &stream);
        ck_assert_int_lt(natural_compare(&n, &bound), 0);
        counts[natural_small(&n)]++;
    }
    natural_init(&step, 0);
    natural_power(&step, 2, 100);
    natural_copy(&bound, &step);
    natural_multiply_small(&bound, 3);
    for (size_t i = 0; i < 3000; i++) {
        size_t k = 0;

        natural_draw(&n, &bound, &stream);
        ck_assert_int_lt(natural_compare(&n, &bound), 0);
        for (; natural_compare(&n, &step) >= 0; k++)
            natural_subtract(&n, &step);
        wide[k]++;
    }
    for (size_t k = 0; k < 5; k++) /* 5 sigma is 141 */
        ck_assert_uint_lt(counts[k] - 1000 + 142, 284);
    for (size_t k = 0; k < 3; k++) /* 5 sigma is 129 */
        ck_assert_uint_lt(wide[k] - 1000 + 130, 260);
    natural_clear(&bound);
    natural_clear(&step);
    natural_clear(&n);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("natural");
    TCase *tests = tcase_create("natural");

    tcase_add_test(tests, a_zeroed_struct_is_zero);
    tcase_add_test(tests, arithmetic_agrees_with_wider_integers);
    tcase_add_test(tests, logarithms_are_of_any_size);
    tcase_add_test(tests, powers_and_digits_are_right);
    tcase_add_test(tests, division_and_products_are_inverse);
    tcase_add_test(tests, roots_and_bits_are_right);
    tcase_add_test(tests, draws_are_uniform);
    tcase_add_test(tests, only_digits_are_read);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

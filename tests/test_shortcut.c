/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "suite.h"

#include "base/random.h"
#include "data/shortcut.h"

#define COUNT 2000

/* Labels planted in uniform strings of length 1..20 over {0, 1, 2}. */
static bool by_length(const uint16_t *s, size_t n)
{
    (void)s;
    return n <= 7 || n == 15;
}

static bool by_parity(const uint16_t *s, size_t n)
{
    (void)s;
    return n % 2 == 1;
}

static bool by_ends(const uint16_t *s, size_t n)
{
    return s[0] == s[n - 1];
}

static bool by_counts(const uint16_t *s, size_t n)
{
    long sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += s[i] == 0 ? 1 : s[i] == 1 ? -1 : 0;
    return sum > 0;
}

static bool by_pair(const uint16_t *s, size_t n)
{
    for (size_t i = 0; i + 1 < n; i++)
        if (s[i] == 1 && s[i + 1] == 0)
            return true;
    return false;
}

static void plant(struct examples *examples, const char *purpose,
                  bool (*label)(const uint16_t *s, size_t n))
{
    for (size_t i = 0; i < COUNT; i++) {
        struct stream stream;
        uint16_t s[20];
        size_t n;

        stream_init(&stream, 1, purpose, i);
        n = 1 + (size_t)stream_below(&stream, 20);
        for (size_t j = 0; j < n; j++)
            s[j] = (uint16_t)stream_below(&stream, 3);
        examples_add(examples, s, n, !label(s, n), i);
    }
}

/* The shortcut that is planted finds nearly all of unseen labels, and says
 * more than the prior does by far. */
START_TEST(planted_leaks_show)
{
    static const struct {
        size_t which;
        bool (*label)(const uint16_t *s, size_t n);
    } cases[] = {
        { SHORTCUT_LENGTH, by_length },   { SHORTCUT_LENGTH_PARITY, by_parity },
        { SHORTCUT_FIRST_LAST, by_ends }, { SHORTCUT_COUNTS, by_counts },
        { SHORTCUT_BIGRAMS, by_pair },
    };

    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        struct examples train = { 0 }, test = { 0 };
        size_t right[SHORTCUTS] = { 0 };
        struct shortcuts *shortcuts;

        plant(&train, "train", cases[c].label);
        plant(&test, "test", cases[c].label);
        shortcuts = shortcuts_fit(&train, 3);
        shortcuts_count(shortcuts, &test, right);
        ck_assert_msg(right[cases[c].which] >= COUNT * 98 / 100,
                      "%s: %zu of %d", shortcut_names[cases[c].which],
                      right[cases[c].which], COUNT);
        ck_assert_uint_lt(right[SHORTCUT_PRIOR], COUNT * 75 / 100);
        shortcuts_free(shortcuts);
        examples_clear(&train);
        examples_clear(&test);
    }
}
END_TEST

static bool by_chance(const uint16_t *s, size_t n)
{
    struct stream stream;

    stream_init(&stream, s[0] + 7 * n, "chance", s[n / 2] + 3u * s[n - 1]);
    return stream_below(&stream, 2) == 1 || (n > 9 && s[3] == 2);
}

/* The accuracy of the prior is the share of the likelier label, exactly. */
START_TEST(prior_is_the_likelier_label_of_train)
{
    struct examples train = { 0 };
    struct shortcuts *shortcuts;
    size_t right[SHORTCUTS] = { 0 }, members = 0;

    plant(&train, "train", by_chance);
    shortcuts = shortcuts_fit(&train, 3);
    shortcuts_count(shortcuts, &train, right);
    for (size_t i = 0; i < COUNT; i++)
        members += train.member[i];
    ck_assert_uint_eq(right[SHORTCUT_PRIOR],
                      members > COUNT / 2 ? members : COUNT - members);
    for (size_t which = 0; which < SHORTCUT_COUNTS; which++)
        ck_assert_uint_ge(right[which], right[SHORTCUT_PRIOR]);
    shortcuts_free(shortcuts);
    examples_clear(&train);
}
END_TEST

/* No strings, and strings of no symbols, are no trouble. */
START_TEST(nothing_to_go_by_is_a_member)
{
    struct examples train = { 0 };

    for (size_t pass = 0; pass < 2; pass++) {
        struct shortcuts *shortcuts = shortcuts_fit(&train, 3);

        for (size_t which = 0; which < SHORTCUTS; which++)
            ck_assert(shortcut_accepts(shortcuts, which, NULL, 0));
        shortcuts_free(shortcuts);
        examples_add(&train, NULL, 0, 0, 0);
    }
    examples_clear(&train);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("shortcut");
    TCase *tests = tcase_create("laws");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, planted_leaks_show);
    tcase_add_test(tests, prior_is_the_likelier_label_of_train);
    tcase_add_test(tests, nothing_to_go_by_is_a_member);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

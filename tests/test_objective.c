/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "suite.h"

#include <string.h>

#include "data/objective.h"
#include "formal.h"
#include "known.h"
#include "said.h"

#define LONGEST 5  /* of the strings aimed at */
#define FAR     13 /* of the members that say what may follow */

static const char *const names[] = { "dyck-1", "anbn", "majority", "parity" };

/* Every string of at most LONGEST symbols. */
static void list_strings(const struct language *language, struct strings *all)
{
    for (size_t n = 0; n <= LONGEST; n++) {
        language_enumerate(language, true, n, all);
        language_enumerate(language, false, n, all);
    }
}

static bool begins(const struct strings *members, size_t i,
                   const uint16_t *prefix, size_t n)
{
    return strings_length(members, i) >= n &&
           (n == 0 ||
            memcmp(strings_at(members, i), prefix, n * sizeof *prefix) == 0);
}

/* By definition: some member goes on with OUTPUT after the prefix. */
static bool may_follow(const struct strings *members, const uint16_t *prefix,
                       size_t n, size_t output, size_t n_symbols)
{
    for (size_t i = 0; i < members->count; i++)
        if (begins(members, i, prefix, n) &&
            token_after(strings_at(members, i), strings_length(members, i), n,
                        n_symbols) == output)
            return true;
    return false;
}

START_TEST(targets_are_their_definitions)
{
    struct language *language = known_language(names[_i], FAR);
    size_t k = language_alphabet(language)->size, at = 0;
    struct strings all = { 0 }, members = { 0 };
    struct error error = { 0 };
    uint8_t *set, *prefix, *token, *member;

    list_strings(language, &all);
    for (size_t n = 0; n <= FAR; n++)
        language_enumerate(language, true, n, &members);
    set = objective_targets(OBJECTIVE_NEXT_SET, language, &all, &error);
    prefix =
        objective_targets(OBJECTIVE_PREFIX_MEMBERSHIP, language, &all, &error);
    token = objective_targets(OBJECTIVE_NEXT_TOKEN, language, &all, &error);
    member = objective_targets(OBJECTIVE_MEMBERSHIP, language, &all, &error);
    ck_assert_uint_eq(error.count, 0);
    for (size_t i = 0; i < all.count; i++) {
        const uint16_t *symbols = strings_at(&all, i);
        size_t n = strings_length(&all, i);

        ck_assert_uint_eq(tokens_before(&all, i), at);
        ck_assert_uint_eq(member[i], language_contains(language, symbols, n));
        for (size_t t = 0; t <= n; t++, at++) {
            ck_assert_uint_eq(token[at], 1);
            ck_assert_uint_eq(prefix[at],
                              language_contains(language, symbols, t));
            for (size_t o = 0; o <= k; o++)
                ck_assert_int_eq(target_bit(&set[at], o),
                                 may_follow(&members, symbols, t, o, k));
        }
    }
    free(set);
    free(prefix);
    free(token);
    free(member);
    strings_clear(&all);
    strings_clear(&members);
    language_free(language);
}
END_TEST

/* Targets of a part are a part of the targets: what streams rely on. */
START_TEST(parts_are_alike)
{
    struct language *language = known_language("dyck-1", FAR);
    struct strings all = { 0 }, part;
    struct error error = { 0 };
    uint8_t *whole, *some;

    list_strings(language, &all);
    part = (struct strings){ .symbols = all.symbols,
                             .offsets = all.offsets + 20,
                             .count = 40 };
    whole = objective_targets(OBJECTIVE_NEXT_SET, language, &all, &error);
    some = objective_targets(OBJECTIVE_NEXT_SET, language, &part, &error);
    ck_assert_mem_eq(some, whole + tokens_before(&all, 20),
                     tokens_before(&part, 40));
    free(whole);
    free(some);
    strings_clear(&all);
    language_free(language);
}
END_TEST

/* Of a transduction only what the target says and its end count. */
START_TEST(sources_do_not_count)
{
    struct language *language;
    struct strings all = { 0 };
    struct error error = { 0 };
    uint8_t *token;
    size_t at = 0;

    scratch_open();
    language = formal_language("language: x\n"
                               "alphabet: \"0 1 #\"\n"
                               "template: \"{w} # => {rev(w)}\"\n"
                               "where: {w: (0|1)*}\n");
    ck_assert(language_prepare(language, 7, &error));
    for (size_t n = 0; n <= 7; n++)
        language_enumerate(language, true, n, &all);
    ck_assert_uint_eq(all.count, 1 + 2 + 4 + 8);
    token = objective_targets(OBJECTIVE_NEXT_TOKEN, language, &all, &error);
    for (size_t i = 0; i < all.count; i++) {
        size_t n = strings_length(&all, i);

        for (size_t t = 0; t <= n; t++, at++)
            ck_assert_uint_eq(token[at], t >= n / 2 + 1);
    }
    free(token);
    strings_clear(&all);
    language_free(language);
    scratch_close();
}
END_TEST

/* Nine symbols and the end mark need ten bits. */
START_TEST(widths_are_bytes)
{
    const uint8_t bits[2] = { 0x81, 0x02 };

    ck_assert_uint_eq(objective_width(OBJECTIVE_NEXT_SET, 7), 1);
    ck_assert_uint_eq(objective_width(OBJECTIVE_NEXT_SET, 8), 2);
    ck_assert_uint_eq(objective_width(OBJECTIVE_NEXT_TOKEN, 80), 1);
    ck_assert_uint_eq(objective_outputs(OBJECTIVE_NEXT_SET, 9), 10);
    ck_assert_uint_eq(objective_outputs(OBJECTIVE_PREFIX_MEMBERSHIP, 9), 1);
    for (size_t k = 0; k < 10; k++)
        ck_assert_int_eq(target_bit(bits, k), k == 0 || k == 7 || k == 9);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("objective");
    TCase *tcase = tcase_create("objective");

    tcase_set_timeout(tcase, 30);
    tcase_add_loop_test(tcase, targets_are_their_definitions, 0,
                        sizeof names / sizeof *names);
    tcase_add_test(tcase, parts_are_alike);
    tcase_add_test(tcase, sources_do_not_count);
    tcase_add_test(tcase, widths_are_bytes);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}

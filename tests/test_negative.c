/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "suite.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/statistics.h"
#include "data/negative.h"
#include "known.h"
#include "said.h"

#define LONGEST 12

static struct negative kind(const char *name)
{
    struct negative negative;

    ck_assert_msg(negative_find(name, &negative), "no kind %s", name);
    return negative;
}

/* Prepares LANGUAGE; what stands in the sibling is the caller's to clear. */
static void prepare(const struct negative *negative, struct language *language,
                    size_t longest, struct sibling *sibling)
{
    struct error error = { 0 };
    char from[4096];
    struct place place = { .file = from };

    snprintf(from, sizeof from, "%s/languages/x.yaml", source_directory());
    *sibling = (struct sibling){ 0 };
    if (!negative_prepare(negative, language, longest, &place, sibling, &error))
        error_print(&error, stderr);
    ck_assert_uint_eq(error.count, 0);
}

/* Wagner-Fischer. */
static size_t levenshtein(const uint16_t *a, size_t m, const uint16_t *b,
                          size_t n)
{
    size_t d[LONGEST + 20][LONGEST + 20];

    for (size_t i = 0; i <= m; i++)
        for (size_t j = 0; j <= n; j++) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            d[i][j] = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            if (d[i - 1][j] + 1 < d[i][j])
                d[i][j] = d[i - 1][j] + 1;
            if (d[i][j - 1] + 1 < d[i][j])
                d[i][j] = d[i][j - 1] + 1;
        }
    return d[m][n];
}

/* How far S is from the nearest member of length n-d..n+d. */
static size_t distance(const struct language *language, const uint16_t *s,
                       size_t n, size_t d)
{
    struct strings members = { 0 };
    size_t nearest = SIZE_MAX;

    for (size_t m = n > d ? n - d : 0; m <= n + d; m++)
        language_enumerate(language, true, m, &members);
    for (size_t i = 0; i < members.count; i++) {
        size_t far = levenshtein(strings_at(&members, i),
                                 strings_length(&members, i), s, n);

        nearest = far < nearest ? far : nearest;
    }
    strings_clear(&members);
    return nearest;
}

static bool same_counts(const uint16_t *a, const uint16_t *b, size_t n)
{
    int balance[16] = { 0 };

    for (size_t i = 0; i < n; i++) {
        balance[a[i]]++;
        balance[b[i]]--;
    }
    for (size_t s = 0; s < 16; s++)
        if (balance[s] != 0)
            return false;
    return true;
}

static bool has_counts_of_member(const struct language *language,
                                 const uint16_t *s, size_t n)
{
    struct strings members = { 0 };
    bool found = false;

    language_enumerate(language, true, n, &members);
    for (size_t i = 0; i < members.count; i++)
        found |= same_counts(strings_at(&members, i), s, n);
    strings_clear(&members);
    return found;
}

/* Whether a symbol of S may not follow those before it. */
static bool has_death(const struct language *language, const uint16_t *s,
                      size_t n)
{
    struct error error = { 0 };
    bool allowed[16], end;

    for (size_t i = 0; i < n; i++) {
        ck_assert(language_next(language, s, i, allowed, &end, &error));
        if (!allowed[s[i]])
            return true;
    }
    return false;
}

static const char *const names[] = { "majority", "dyck-1",   "anbn",
                                     "anbncn",   "parity",   "shuffle-2",
                                     "tomita-3", "tomita-7", "aa-star",
                                     "dyck-2" };

/* Any negative drawn is outside, of its length, and as near as its kind. */
START_TEST(every_negative_is_what_it_says)
{
    static const char *const kinds[] = {
        "uniform", "edit-1", "edit-2", "edit-3", "same-counts", "late-death"
    };
    struct language *language = known_language(names[_i], LONGEST);
    size_t drawn = 0;

    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        struct negative negative = kind(kinds[k]);
        struct sibling sibling;

        prepare(&negative, language, 7, &sibling);
        for (size_t n = 0; n <= 7; n++) {
            for (size_t i = 0; i < 20; i++) {
                struct stream stream;
                uint16_t s[LONGEST];

                stream_init(&stream, 3, "test.negative", 1000 * n + i);
                if (!negative_draw(&negative, language, &sibling, n, &stream,
                                   s))
                    break;
                drawn++;
                ck_assert(!language_contains(language, s, n));
                if (negative.edits > 0)
                    ck_assert_uint_le(distance(language, s, n, negative.edits),
                                      negative.edits);
                if (k == 4)
                    ck_assert(has_counts_of_member(language, s, n));
                if (k == 5)
                    ck_assert(has_death(language, s, n));
            }
        }
        negative_clear(&negative);
    }
    ck_assert_uint_ge(drawn, 100);
    language_free(language);
}
END_TEST

/* Chi-square of DRAWS of NAME's kind at length n against the probability of
 * each string, listed in lexicographic order of all strings over {0, 1}. */
static double chi_square(struct language *language, const char *name, size_t n,
                         const double *probability, size_t draws)
{
    struct negative negative = kind(name);
    size_t cells = (size_t)1 << n, *counts = calloc(cells, sizeof *counts);
    double sum = 0, degrees = -1;
    struct sibling sibling;

    prepare(&negative, language, n, &sibling);
    for (size_t i = 0; i < draws; i++) {
        struct stream stream;
        uint16_t s[LONGEST];
        size_t cell = 0;

        stream_init(&stream, 4, "test.chi", i);
        ck_assert(negative_draw(&negative, language, &sibling, n, &stream, s));
        for (size_t j = 0; j < n; j++)
            cell = 2 * cell + s[j];
        counts[cell]++;
    }
    for (size_t cell = 0; cell < cells; cell++) {
        double expected = probability[cell] * (double)draws;
        double miss = (double)counts[cell] - expected;

        if (probability[cell] == 0) {
            ck_assert_uint_eq(counts[cell], 0);
            continue;
        }
        sum += miss * miss / expected;
        degrees += 1;
    }
    free(counts);
    sibling_clear(&sibling);
    negative_clear(&negative);
    return chi_square_tail(sum, degrees);
}

/* More zeros or as many: all as likely. */
START_TEST(uniform_is_uniform_over_the_outside)
{
    struct language *language = known_language("majority", 6);
    double probability[64] = { 0 };

    for (size_t cell = 0; cell < 64; cell++)
        if (__builtin_popcount((unsigned)cell) <= 3)
            probability[cell] = 1.0 / (64 - 22);
    ck_assert_double_ge(chi_square(language, "uniform", 6, probability, 20000),
                        1e-4);
    language_free(language);
}
END_TEST

/* The one member of length 6 is aaabbb: 19 other orders of its symbols. */
START_TEST(same_counts_is_a_uniform_permutation)
{
    struct language *language = known_language("anbn", 6);
    double probability[64] = { 0 };

    for (size_t cell = 0; cell < 64; cell++)
        if (__builtin_popcount((unsigned)cell) == 3 && cell != 7)
            probability[cell] = 1.0 / 19;
    ck_assert_double_ge(
        chi_square(language, "same-counts", 6, probability, 20000), 1e-4);
    language_free(language);
}
END_TEST

/* Worked by hand for a^n b^n.  Length 4, one edit: replace one of the four
 * symbols of aabb.  Length 3: from ab, three places times two symbols; from
 * aabb, four deletions; either member with probability 1/2. */
START_TEST(one_edit_has_the_chances_worked_by_hand)
{
    struct language *language = known_language("anbn", 6);
    double four[16] = { 0 }, three[8] = { 0 };

    four[0x0b] = four[0x07] = four[0x01] = four[0x02] = 0.25;
    ck_assert_double_ge(chi_square(language, "edit-1", 4, four, 8000), 1e-4);
    three[1] = three[3] = 5.0 / 12; /* aab, abb */
    three[2] = three[5] = 1.0 / 12; /* aba, bab */
    ck_assert_double_ge(chi_square(language, "edit-1", 3, three, 8000), 1e-4);
    language_free(language);
}
END_TEST

/* DEATH[k][string]: with which symbol a string of length k dies, counted from
 * 1, or 0; what begins no member of twice the length begins none. */
static void find_deaths(const struct language *language, size_t n,
                        size_t *death)
{
    struct strings members = { 0 };
    bool live[64][7] = { { false } };

    for (size_t m = 0; m <= LONGEST; m++)
        language_enumerate(language, true, m, &members);
    for (size_t i = 0; i < members.count; i++)
        for (size_t cell = 0, j = 0; j <= n && j <= strings_length(&members, i);
             j++) {
            live[cell][j] = true;
            if (j < strings_length(&members, i))
                cell = 2 * cell + strings_at(&members, i)[j];
        }
    for (size_t cell = 0; cell < (size_t)1 << n; cell++) {
        size_t k = 0;

        while (k <= n && live[cell >> (n - k)][k])
            k++;
        death[cell] = k <= n ? k : 0;
    }
    strings_clear(&members);
}

/* The place of death is uniform among those there are, and so is what comes
 * before it, and what after. */
START_TEST(late_death_is_uniform_in_place_and_prefix)
{
    static const char *const binary[] = { "dyck-1", "anbn", "d-2", "tomita-1",
                                          "tomita-2" };
    struct language *language = known_language(binary[_i], LONGEST);
    size_t n = 5, death[32], strings[6] = { 0 }, places = 0;
    double probability[32] = { 0 };

    find_deaths(language, n, death);
    for (size_t cell = 0; cell < 32; cell++)
        strings[death[cell]]++;
    for (size_t k = 1; k <= n; k++)
        places += strings[k] > 0;
    ck_assert_uint_gt(places, 1);
    for (size_t cell = 0; cell < 32; cell++)
        if (death[cell] > 0)
            probability[cell] = 1 / (double)(places * strings[death[cell]]);
    ck_assert_double_ge(
        chi_square(language, "late-death", n, probability, 20000), 1e-4);
    language_free(language);
}
END_TEST

/* Tomita-4 knows no run of three zeros, Tomita-3 another rule. */
START_TEST(members_of_another_language_are_uniform)
{
    struct language *language = known_language("tomita-3", 6);
    struct language *other = known_language("tomita-4", 6);
    double probability[64] = { 0 };
    size_t found = 0;

    for (size_t pass = 0; pass < 2; pass++)
        for (size_t cell = 0; cell < 64; cell++) {
            uint16_t s[6];

            for (size_t i = 0; i < 6; i++)
                s[i] = cell >> (5 - i) & 1;
            if (language_contains(language, s, 6) ||
                !language_contains(other, s, 6))
                continue;
            found += pass == 0;
            probability[cell] = 1 / (double)found;
        }
    ck_assert_uint_gt(found, 5);
    ck_assert_double_ge(
        chi_square(language, "member-of:tomita-4", 6, probability, 20000),
        1e-4);
    language_free(language);
    language_free(other);
}
END_TEST

/* Symbols are matched by what they are called, not by their order. */
START_TEST(other_languages_must_have_the_same_symbols)
{
    static const struct {
        const char *kind, *said;
    } cases[] = {
        { "member-of:dyck-1", "x:3:4: data.negatives: dyck-1 has the symbol "
                              "\"(\", which anbn has not\n" },
        { "member-of:aa-star",
          "x:3:4: data.negatives: aa-star has 1 symbols, anbn has 2\n" },
    };
    struct language *language = known_language("anbn", 6);
    struct place place = { "x", 3, 4 };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct negative negative = kind(cases[i].kind);
        struct sibling sibling = { 0 };
        struct error error = { 0 };
        char from[4096];

        snprintf(from, sizeof from, "%s/languages/%s.yaml", source_directory(),
                 cases[i].kind + strlen("member-of:"));
        free(negative.sibling);
        negative.sibling = memory_copy_text(from);
        ck_assert(!negative_prepare(&negative, language, 6, &place, &sibling,
                                    &error));
        ck_assert_said(&error, cases[i].said);
        sibling_clear(&sibling);
        negative_clear(&negative);
    }
    language_free(language);
}
END_TEST

START_TEST(what_cannot_exist_is_not_drawn)
{
    static const struct {
        const char *language, *kind;
        size_t n;
        bool exists;
    } cases[] = {
        { "majority", "same-counts", 7, false },
        { "majority", "same-counts", 1, false },
        { "majority", "uniform", 1, true },
        { "parity", "same-counts", 5, false },
        { "dyck-1", "same-counts", 2, true },
        { "dyck-1", "same-counts", 3, false }, /* no member */
        { "dyck-1", "edit-1", 3, true },
        { "dyck-1", "uniform", 0, false }, /* the empty string is in */
        { "aa-star", "uniform", 4, false },
        { "aa-star", "uniform", 3, true },
        { "aa-star", "edit-1", 3, true },  /* insert or delete */
        { "aa-star", "edit-1", 4, false }, /* nothing to replace a with */
        { "aa-star", "edit-2", 3, false }, /* lands on even lengths */
        { "aa-star", "same-counts", 4, false },
        { "anbn", "edit-2", 0, true },  /* ab, two deletions */
        { "anbn", "edit-1", 0, false }, /* no member of length 0 or 1 */
        { "dyck-1", "late-death", 1, true },
        { "dyck-1", "late-death", 0, false },
        { "anbn", "late-death", 1, true }, /* b */
        { "tomita-2", "late-death", 8, true },
        { "majority", "late-death", 9, false },
        { "parity", "late-death", 9, false },
        { "tomita-4", "member-of:tomita-4", 9, false },
        { "tomita-4", "member-of:tomita-3", 3, true },
        { "tomita-4", "member-of:tomita-2", 8, false },
        { "parity", "member-of:tomita-2", 3, false }, /* no member */
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct language *language = known_language(cases[i].language, 10);
        struct negative negative = kind(cases[i].kind);
        struct sibling sibling;
        struct stream stream;
        uint16_t s[LONGEST];

        prepare(&negative, language, 10, &sibling);
        stream_init(&stream, 1, "test.exists", i);
        ck_assert_msg(negative_draw(&negative, language, &sibling, cases[i].n,
                                    &stream, s) == cases[i].exists,
                      "%s of %s at length %zu", cases[i].kind,
                      cases[i].language, cases[i].n);
        sibling_clear(&sibling);
        negative_clear(&negative);
        language_free(language);
    }
}
END_TEST

START_TEST(names_are_exact)
{
    static const char *const good[] = { "uniform",    "edit-1",
                                        "edit-64",    "same-counts",
                                        "late-death", "member-of:dyck-2" };
    static const char *const bad[] = {
        "",          "edit",       "edit-",   "edit-0",     "edit-65",
        "edit-02",   "edit-x",     "Uniform", "uniform-1",  "late",
        "member-of", "member-of:", "edit:1",  "member-of-x"
    };
    struct negative negative = { 0 };

    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        ck_assert(negative_find(good[i], &negative));
        ck_assert_str_eq(negative.name, good[i]);
        ck_assert_double_eq(negative.weight, 1);
        ck_assert(negative_is_uniform(&negative) == (i == 0));
        ck_assert_uint_eq(negative.edits, i == 1 ? 1 : i == 2 ? 64 : 0);
        if (i == 5)
            ck_assert_str_eq(negative.sibling, "dyck-2");
        else
            ck_assert_ptr_null(negative.sibling);
        negative_clear(&negative);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_msg(!negative_find(bad[i], &negative), "%s", bad[i]);
}
END_TEST

static const struct field fields[] = {
    { .key = "negatives", .type = FIELD_CUSTOM, .custom = &negatives_custom },
    { .key = NULL },
};

START_TEST(settings_are_read_and_printed)
{
    struct error error = { 0 };
    struct negatives negatives = { 0 };
    struct text text = { 0 };

    ck_assert(known_settings(
        fields, "negatives: {uniform: 1/2, edit-2: 0.25, same-counts: 1/4}",
        "data", &negatives, &error));
    ck_assert_uint_eq(negatives.count, 3);
    ck_assert_str_eq(negatives.items[1].name, "edit-2");
    ck_assert_uint_eq(negatives.items[1].edits, 2);
    ck_assert_double_eq(negatives.items[1].weight, 0.25);
    schema_print(fields, &negatives, 0, false, &text);
    ck_assert_str_eq(
        text.data,
        "negatives: {uniform: 0.5, edit-2: 0.25, same-counts: 0.25}\n");
    text_clear(&text);
    schema_clear(fields, &negatives);
    ck_assert_ptr_null(negatives.items);

    ck_assert(known_settings(fields,
                             "negatives: {late-death: 1/3, edit-1: 1/3, "
                             "member-of:dyck-2: 1/3}",
                             "data", &negatives, &error));
    ck_assert_str_eq(negatives.items[2].sibling, "dyck-2");
    schema_clear(fields, &negatives);
}
END_TEST

START_TEST(wrong_settings_are_told)
{
    static const struct {
        const char *yaml, *said;
    } cases[] = {
        { "negatives: uniform",
          "x.yaml:1:12: data.negatives: wrong value \"uniform\"; accepted: a "
          "map of uniform, edit-1 to edit-64, same-counts, late-death and "
          "member-of:LANGUAGE to shares that add up to 1\n" },
        { "negatives: {}",
          "x.yaml:1:12: data.negatives: empty; accepted: a map of uniform, "
          "edit-1 to edit-64, same-counts, late-death and member-of:LANGUAGE "
          "to shares that add up to 1\n" },
        { "negatives: {uniform: 1/2, edit-2: 1/4}",
          "x.yaml:1:12: data.negatives: the shares add up to 0.75, not to "
          "1\n" },
        { "negatives: {uniform: 1/2, late: 1/2}",
          "x.yaml:1:27: data.negatives.late: unknown kind of negative; "
          "accepted: uniform, edit-1 to edit-64, same-counts, late-death, "
          "member-of:LANGUAGE\n" },
        { "negatives: {uniform: 2, edit-1: -1}",
          "x.yaml:1:22: data.negatives.uniform: wrong value \"2\"; accepted: a "
          "number above 0, at most 1\n"
          "x.yaml:1:33: data.negatives.edit-1: wrong value \"-1\"; accepted: a "
          "number above 0, at most 1\n" },
        { "negatives: {uniform: [1]}",
          "x.yaml:1:22: data.negatives.uniform: wrong type: a list; accepted: "
          "a number above 0, at most 1\n" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct error error = { 0 };
        struct negatives negatives = { 0 };

        ck_assert(
            !known_settings(fields, cases[i].yaml, "data", &negatives, &error));
        ck_assert_said(&error, cases[i].said);
        schema_clear(fields, &negatives);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("negative");
    TCase *tests = tcase_create("laws");

    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, every_negative_is_what_it_says, 0,
                        (int)(sizeof names / sizeof names[0]));
    tcase_add_test(tests, uniform_is_uniform_over_the_outside);
    tcase_add_test(tests, same_counts_is_a_uniform_permutation);
    tcase_add_test(tests, one_edit_has_the_chances_worked_by_hand);
    tcase_add_loop_test(tests, late_death_is_uniform_in_place_and_prefix, 0, 5);
    tcase_add_test(tests, members_of_another_language_are_uniform);
    tcase_add_test(tests, other_languages_must_have_the_same_symbols);
    tcase_add_test(tests, what_cannot_exist_is_not_drawn);
    tcase_add_test(tests, names_are_exact);
    tcase_add_test(tests, settings_are_read_and_printed);
    tcase_add_test(tests, wrong_settings_are_told);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/memory.h"
#include "formal.h"
#include "language/combine.h"
#include "suite.h"

/* Independent membership, one letter a symbol. */

static bool is_dyck(const char *s, size_t n)
{
    int open = 0;

    for (size_t i = 0; i < n; i++)
        if (s[i] != '(' && (s[i] != ')' || --open < 0))
            return false;
        else
            open += s[i] == '(';
    return open == 0;
}

static bool has_letters(const char *s, size_t n, const char *letters)
{
    for (size_t i = 0; i < n; i++)
        if (strchr(letters, s[i]) == NULL)
            return false;
    return true;
}

static size_t count_letter(const char *s, size_t n, char letter)
{
    size_t count = 0;

    for (size_t i = 0; i < n; i++)
        count += s[i] == letter;
    return count;
}

static bool is_parity(const char *s, size_t n)
{
    return has_letters(s, n, "01") && count_letter(s, n, '1') % 2 == 1;
}

static bool is_majority(const char *s, size_t n)
{
    return has_letters(s, n, "01") &&
           count_letter(s, n, '1') > count_letter(s, n, '0');
}

static bool is_block(const char *s, size_t n) /* 0* 1 0 */
{
    return n >= 2 && s[n - 1] == '0' && s[n - 2] == '1' &&
           count_letter(s, n, '0') == n - 1;
}

static size_t pick(const char *s, size_t n, const char *letters, char *out)
{
    size_t count = 0;

    for (size_t i = 0; i < n; i++)
        if (strchr(letters, s[i]) != NULL)
            out[count++] = s[i];
    return count;
}

static bool law_all(const char *s, size_t n)
{
    return is_parity(s, n) && is_majority(s, n);
}

static bool law_any(const char *s, size_t n)
{
    return is_parity(s, n) || is_majority(s, n);
}

static bool law_any_finite(const char *s, size_t n)
{
    return is_parity(s, n) || is_block(s, n);
}

static bool law_minus(const char *s, size_t n)
{
    return is_majority(s, n) && !is_parity(s, n);
}

static bool law_minus_finite(const char *s, size_t n)
{
    return is_parity(s, n) && !is_block(s, n);
}

static bool law_not(const char *s, size_t n)
{
    return !is_dyck(s, n);
}

static bool law_not_wide(const char *s, size_t n)
{
    return !is_majority(s, n);
}

static bool law_reverse(const char *s, size_t n) /* 0 1 0* */
{
    return n >= 2 && s[0] == '0' && s[1] == '1' &&
           count_letter(s, n, '0') == n - 1;
}

static bool law_backwards(const char *s, size_t n)
{
    char turned[16];

    for (size_t i = 0; i < n; i++)
        turned[i] = s[n - 1 - i];
    return is_dyck(turned, n);
}

/* Bits, and then as many x's as there are zeros. */
static bool law_counting(const char *s, size_t n)
{
    size_t bits = n - count_letter(s, n, 'x'), sum = 0;

    for (size_t i = 0; i < bits; i++) {
        if (s[i] == 'x')
            return false;
        sum += s[i] == '0';
    }
    return n - bits == sum;
}

static bool law_rename(const char *s, size_t n)
{
    char old[16];

    for (size_t i = 0; i < n; i++)
        old[i] = s[i] == 'a' ? '(' : s[i] == ')' ? ')' : 'x';
    return is_dyck(old, n);
}

static bool law_concat(const char *s, size_t n)
{
    for (size_t i = 0; i <= n; i++)
        if (is_parity(s, i) && is_block(s + i, n - i))
            return true;
    return false;
}

static bool law_words(const char *s, size_t n)
{
    for (size_t i = 0; i <= n; i++)
        if (is_dyck(s, i) && is_majority(s + i, n - i))
            return true;
    return false;
}

static bool law_shuffle(const char *s, size_t n)
{
    char brackets[16], bits[16];

    return has_letters(s, n, "()01") &&
           is_dyck(brackets, pick(s, n, "()", brackets)) &&
           is_majority(bits, pick(s, n, "01", bits));
}

static bool law_shuffle_finite(const char *s, size_t n)
{
    char ones[16], bits[16];

    return pick(s, n, "a", ones) % 2 == 0 &&
           is_parity(bits, pick(s, n, "01", bits));
}

static bool law_grammar(const char *s, size_t n)
{
    return is_dyck(s, n) && n % 4 == 0;
}

static bool law_beside(const char *s, size_t n)
{
    return law_any_finite(s, n) && 2 * count_letter(s, n, '1') == n;
}

static bool law_disjoint(const char *s, size_t n)
{
    return is_dyck(s, n) || is_majority(s, n);
}

static bool law_joint(const char *s, size_t n) /* a^k b^k c^l, l + 1 >= k */
{
    size_t k = count_letter(s, n, 'a');

    for (size_t i = 0; i < n; i++)
        if (s[i] != (i < k ? 'a' : i < 2 * k ? 'b' : 'c'))
            return false;
    return n + 1 >= 3 * k;
}

static bool law_joint_finite(const char *s, size_t n)
{
    return law_joint(s, n) && n % 2 == 0;
}

static bool law_joint_wide(const char *s, size_t n)
{
    return is_majority(s, n) && count_letter(s, n, '0') == 0;
}

enum { FINITE = 1, NO_NEXT = 2 };

static const struct law {
    const char *clauses;
    bool (*holds)(const char *s, size_t n);
    size_t longest;
    unsigned is;
} laws[] = {
    { "all: [p-parity, p-majority]\n", law_all, 8, 0 },
    { "any: [p-parity, p-majority]\n", law_any, 8, 0 },
    { "any: [p-parity, p-block]\n", law_any_finite, 8, FINITE },
    { "minus: [p-majority, p-parity]\n", law_minus, 8, 0 },
    { "minus: [p-parity, p-block]\n", law_minus_finite, 8, FINITE },
    { "not: p-dyck\n", law_not, 8, 0 },
    { "not: p-majority\nalphabet: 0 1 x\n", law_not_wide, 6, 0 },
    { "reverse: p-block\n", law_reverse, 8, FINITE },
    { "reverse: p-dyck\n", law_backwards, 8, NO_NEXT },
    { "reverse: p-grammar\n", law_backwards, 8, 0 },
    { "reverse: {alphabet: 0 1 x, cfg: 'S -> ε | x S 0 | S 1'}\n",
      law_counting, 6, 0 },
    { "rename: {of: p-dyck, map: {\"(\": a}}\n", law_rename, 8, 0 },
    { "concat: [p-parity, p-block]\n", law_concat, 8, FINITE },
    { "concat: [p-dyck, p-majority]\n", law_words, 6, 0 },
    { "shuffle: [p-dyck, p-majority]\n", law_shuffle, 6, 0 },
    { "shuffle: [p-parity, {alphabet: a, regex: (a a)*}]\n", law_shuffle_finite,
      7, FINITE },
    { "all: [p-grammar, {regex: (. . . .)*}]\nalphabet: ( )\n", law_grammar, 10,
      0 },
    { "any: [p-parity, p-block]\nfinally: \"#0 == #1\"\n", law_beside, 8, 0 },
    { "any: [p-dyck, p-majority]\ndisjoint: true\n", law_disjoint, 6, 0 },
    { "all: [p-ab, p-bc]\n", law_joint, 7, 0 },
    { "all: [{alphabet: a b c, regex: (. .)*}, p-bc, p-ab]\n", law_joint_finite,
      7, 0 },
    { "all: [p-majority, p-two]\n", law_joint_wide, 7, 0 },
};

static const struct {
    const char *name, *text;
} parts[] = {
    { "p-parity", "alphabet: 0 1\nfinally: \"#1 mod 2 == 1\"\n" },
    { "p-majority", "alphabet: 0 1\nfinally: \"#1 > #0\"\n" },
    { "p-block", "alphabet: 0 1\nregex: 0* 1 0\n" },
    { "p-dyck",
      "alphabet: ( )\nalways: \"#( >= #)\"\nfinally: \"#( == #)\"\n" },
    { "p-grammar", "alphabet: ( )\ncfg: S -> ( S ) S | ε\n" },
    { "p-ab", "alphabet: a b c\nregex: a* b* c*\nfinally: \"#a == #b\"\n" },
    { "p-bc", "alphabet: b c a\ntrack: {x: {c: x + 1, b: x - 1}}\n"
              "finally: x + 1 >= 0\n" },
    { "p-two", "alphabet: 0 1 2\nfinally: [\"#2 == #0\"]\n" },
    { "p-a", "all: [p-b, p-parity]\n" },
    { "p-b", "not: p-a\n" },
    { "p-depth", "params: {D: 2}\nalphabet: a\nregex: a{$D}\n" },
};

static void write_parts(void)
{
    scratch_open();
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        scratch_write_language(parts[i].name, parts[i].text);
}

static struct language *combine(const char *clauses)
{
    char text[512];

    snprintf(text, sizeof text, "language: x\n%s", clauses);
    return formal_language(text);
}

static void spell(const struct language *language, const uint16_t *symbols,
                  size_t n, char *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = language_alphabet(language)->names[symbols[i]][0];
}

/* Membership and counts. */
static void check_strings(const struct language *language,
                          const struct law *law)
{
    size_t size = language_alphabet(language)->size;
    struct natural count = { 0 };

    for (size_t n = 0; n <= law->longest; n++) {
        size_t members = 0, all = formal_power(size, n);

        for (size_t k = 0; k < all; k++) {
            uint16_t symbols[16];
            struct text why = { 0 };
            char s[16];
            bool is;

            formal_string(k, size, n, symbols);
            spell(language, symbols, n, s);
            is = law->holds(s, n);
            members += is;
            ck_assert_msg(language_contains(language, symbols, n) == is,
                          "%s: %.*s", law->clauses, (int)n, s);
            ck_assert(language_why_not(language, symbols, n, &why) != is);
            ck_assert((why.length == 0) == is);
            text_clear(&why);
        }
        language_count(language, n, &count);
        ck_assert_msg(natural_small(&count) == members, "%s: %zu: %zu, not %zu",
                      law->clauses, n, (size_t)natural_small(&count), members);
        language_count_outside(language, n, &count);
        ck_assert_uint_eq(natural_small(&count), all - members);
    }
    natural_clear(&count);
}

/* Draws of members, or others, are uniform. */
static void check_draws(const struct language *language, const struct law *law,
                        bool member, size_t n)
{
    size_t size = language_alphabet(language)->size, classes = 0, total;
    size_t all = formal_power(size, n);
    size_t *class_of = memory_new(all, sizeof *class_of), *counts;

    for (size_t k = 0; k < all; k++) {
        uint16_t symbols[16];
        char s[16];

        formal_string(k, size, n, symbols);
        spell(language, symbols, n, s);
        class_of[k] = law->holds(s, n) == member ? classes++ : SIZE_MAX;
    }
    counts = memory_new(classes + 1, sizeof *counts);
    total = 20 * classes;
    for (size_t i = 0; i < total; i++) {
        struct stream stream;
        uint16_t symbols[16];
        size_t k = 0;

        stream_init(&stream, 1, "test", i);
        language_draw(language, member, n, &stream, symbols);
        for (size_t j = 0; j < n; j++)
            k = k * size + symbols[j];
        ck_assert_uint_ne(class_of[k], SIZE_MAX);
        counts[class_of[k]]++;
    }
    formal_check_uniform(counts, classes, total);
    free(class_of);
    free(counts);
}

/* What may follow is what does in strings of a few symbols more. */
static void check_next(const struct language *language, const struct law *law)
{
    size_t size = language_alphabet(language)->size;
    bool expected[8], allowed[8], end;
    struct error error = { 0 };

    for (size_t n = 0; n <= (size > 3 ? 1 : 2); n++)
        for (size_t k = 0; k < formal_power(size, n); k++) {
            uint16_t symbols[16];
            char s[16];

            memset(expected, 0, sizeof expected);
            formal_string(k, size, n, symbols);
            for (size_t more = 1; more <= (size > 3 ? 4 : 6); more++)
                for (size_t j = 0; j < formal_power(size, more); j++) {
                    formal_string(j, size, more, symbols + n);
                    spell(language, symbols, n + more, s);
                    expected[symbols[n]] |= law->holds(s, n + more);
                }
            ck_assert(
                language_next(language, symbols, n, allowed, &end, &error));
            ck_assert(end == law->holds(s, n));
            for (size_t a = 0; a < size; a++)
                ck_assert_msg(allowed[a] == expected[a], "%s: %.*s, then %s",
                              law->clauses, (int)n, s,
                              language_alphabet(language)->names[a]);
        }
}

START_TEST(combinations_are_as_defined)
{
    const struct law *law = &laws[_i];
    struct language *language;
    struct error error = { 0 };

    language = combine(law->clauses);
    ck_assert((language_automaton(language) != NULL) == (law->is == FINITE));
    ck_assert(language_prepare(language, law->longest, &error));
    check_strings(language, law);
    for (size_t n = 0; n <= 6 && n <= law->longest; n++)
        for (int member = 0; member < 2; member++)
            if (language_has(language, member, n))
                check_draws(language, law, member, n);
    if (law->is == NO_NEXT) {
        bool allowed[8], end;

        ck_assert(!language_next(language, NULL, 0, allowed, &end, &error));
        error_clear(&error);
    } else {
        check_next(language, law);
    }
    language_free(language);
}
END_TEST

/* The text a language keeps needs no other file. */
START_TEST(copies_stand_alone)
{
    const struct law *law = &laws[_i];
    struct language *language, *again;
    struct error error = { 0 };
    char *source;

    language = combine(law->clauses);
    source = memory_copy_text(language_source(language));
    language_free(language);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        char name[32];

        snprintf(name, sizeof name, "%s.yaml", parts[i].name);
        remove(scratch_path(name));
    }
    again = formal_language(source);
    ck_assert(language_prepare(again, law->longest, &error));
    check_strings(again, law);
    ck_assert_str_eq(language_source(again), source);
    language_free(again);
    free(source);
}
END_TEST

/* A part's parameter is set where it is named, and travels. */
START_TEST(parameters_of_parts_travel)
{
    struct language *language, *again;
    uint16_t a[3] = { 0 };

    language = combine("not: {file: p-depth, D: 3}\n");
    ck_assert(!language_contains(language, a, 3));
    ck_assert(language_contains(language, a, 2));
    again = formal_language(language_source(language));
    ck_assert(!language_contains(again, a, 3));
    ck_assert(language_contains(again, a, 2));
    language_free(language);
    language_free(again);
}
END_TEST

/* A language spelt out has parameters as a file has. */
START_TEST(parameters_reach_what_is_spelt_out)
{
    static const char *const clauses[] = {
        "not: {file: {params: {D: 2}, alphabet: a, regex: 'a{$D}'}, D: 3}\n",
        "not: {params: {D: 3}, alphabet: a, regex: 'a{$D}'}\n",
        "params: {D: 2, E: 3}\n"
        "not: {file: {params: {D: 1}, alphabet: a, regex: 'a{$D}'}, D: $E}\n",
    };
    uint16_t a[3] = { 0 };

    for (size_t i = 0; i < 3; i++) {
        struct language *language = combine(clauses[i]);
        struct language *again = formal_language(language_source(language));

        for (size_t n = 0; n <= 3; n++) {
            ck_assert(language_contains(language, a, n) == (n != 3));
            ck_assert(language_contains(again, a, n) == (n != 3));
        }
        ck_assert_str_eq(language_source(again), language_source(language));
        language_free(language);
        language_free(again);
    }
}
END_TEST

/* A copy's value may be changed as that of the file it is of. */
START_TEST(parameters_of_copies_can_be_changed)
{
    struct language *language = combine("not: {file: p-depth, D: 3}\n");
    char *source = memory_copy_text(language_source(language));
    char *value = strrchr(source, '3');
    struct language *again;
    uint16_t a[3] = { 0 };

    ck_assert_ptr_nonnull(value);
    *value = '1';
    again = formal_language(source);
    ck_assert(language_contains(again, a, 3));
    ck_assert(!language_contains(again, a, 1));
    language_free(language);
    language_free(again);
    free(source);
}
END_TEST

static const struct {
    const char *clauses, *said;
} refusals[] = {
    { "all: [p-a, p-parity]", "is a part of itself" },
    { "not: x", "is a part of itself" },
    { "all: [p-parity]",
      ":2:6: all: 1 in the list; accepted: a list of two languages or more" },
    { "all: p-parity",
      ":2:6: all: wrong value \"p-parity\"; accepted: a list" },
    { "not: [p-parity]",
      ":2:6: not: wrong type: a list; accepted: a language" },
    { "not: nowhere", ":2:6: no language \"nowhere\"" },
    { "all: [p-majority, p-grammar]",
      ":2:6: all: there is an algorithm where at most one part is not" },
    { "all: [p-bc, p-bc]",
      ":2:6: all: p-bc tracks \"x\", and a part before it too" },
    { "minus: [p-parity, p-majority]",
      ":2:8: minus: there is an algorithm where all that is taken away" },
    { "concat: [p-majority, p-parity]",
      ":2:9: concat: there is an algorithm where all parts are finite-state" },
    { "shuffle: [p-majority, p-parity]",
      ":2:23: shuffle: p-majority and p-parity share the symbol \"0\"" },
    { "any: [p-dyck, p-grammar]\ndisjoint: true",
      ":2:6: disjoint: \"\" is in two of the parts" },
    { "disjoint: true\nalphabet: a", ":2:11: disjoint: it is about the parts" },
    { "all: [p-parity, p-block]\ndisjoint: true",
      ":3:11: disjoint: it is about the parts" },
    { "any: [p-parity, p-block]\ndisjoint: 1",
      ":3:11: disjoint: wrong value \"1\"; accepted: true or false" },
    { "not: p-parity\nreverse: p-parity",
      ":3:10: reverse: a language has one shape: either not or reverse" },
    { "not: p-parity\nregex: a", ":3:8: regex: a language has one shape" },
    { "not: p-majority\nfinally: \"#0 == #1\"",
      ":3:10: finally: beside not it can be counted if all parts are" },
    { "rename: {of: p-dyck, map: {x: y}}",
      ":2:28: rename.map: no symbol \"x\" in p-dyck" },
    { "rename: {of: p-dyck, map: {\"(\": \")\"}}",
      ":2:27: rename.map: two symbols would be called \")\"" },
    { "rename: {of: p-dyck}",
      ":2:9: rename: wrong type: a map; accepted: {of" },
    { "not: p-parity\nalphabet: 0 2",
      ":2:6: not: the symbol \"1\" of p-parity is not in the alphabet" },
    { "not: {file: {alphabet: a, regex: a}, D: 1}",
      ":2:41: D: the language has no parameter \"D\", nor any other" },
    { "not: {file: {params: {K: 1}, alphabet: a, regex: a}, D: 1}",
      ":2:57: D: the language has no parameter \"D\"; accepted: K" },
    { "params: {D: 1}\nnot: {params: {K: 1}, alphabet: a, regex: 'a{$D}'}",
      ":3:46: regex: the language has no parameter \"D\"; accepted: K" },
};

START_TEST(complaints_are_placed)
{
    struct language *language;
    struct error error = { 0 };
    char text[512];
    const char *whole;

    snprintf(text, sizeof text, "language: x\n%s\n", refusals[_i].clauses);
    scratch_write(scratch_path("x.yaml"), text, strlen(text));
    ck_assert(!language_load(&language, scratch_path("x.yaml"), &error));
    ck_assert_ptr_null(language);
    whole = said(&error);
    ck_assert_msg(strstr(whole, refusals[_i].said) != NULL, "%s", whole);
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof *(a)))

int main(void)
{
    Suite *suite = suite_create("combine");
    TCase *tests = tcase_create("combine");

    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, write_parts, scratch_close);
    tcase_add_loop_test(tests, combinations_are_as_defined, 0, COUNT(laws));
    tcase_add_loop_test(tests, copies_stand_alone, 0, COUNT(laws));
    tcase_add_test(tests, parameters_of_parts_travel);
    tcase_add_test(tests, parameters_reach_what_is_spelt_out);
    tcase_add_test(tests, parameters_of_copies_can_be_changed);
    tcase_add_loop_test(tests, complaints_are_placed, 0, COUNT(refusals));
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/pattern.h"

#include "base/memory.h"
#include "formal.h"
#include "suite.h"

static const char *const variables[] = { "v", "w", NULL };

/* What PATTERN, of one term, makes of v = V and w = W. */
static const struct {
    const char *text, *v, *w, *value;
} rows[] = {
    { "{v}", "0 1 1", "", "0 1 1" },
    { "{ rev( v ) }", "0 1 1", "", "1 1 0" },
    { "{sort(v)}", "1 0 # 1 0", "", "0 0 1 1 #" },
    { "{odds(v)}", "0 1 # 1 0", "", "0 # 0" },
    { "{evens(v)}", "0 1 # 1 0", "", "1 1" },
    { "{evens(v)}", "0", "", "" },
    { "{not(rev(v))}", "0 1 1", "", "0 0 1" },
    { "{sum(v, w)}", "1 1 0", "1", "0 0 1" },
    { "{sum(v, w)}", "0 0", "", "0" },
    { "{product(v, w)}", "1 1", "1 0 1", "1 1 1 1" },
    { "{isqrt(v)}", "0 0 0 1 1", "", "0 0 1" }, /* 24: 4 */
    { "#", "", "", "#" },
};

static void read_word(const struct alphabet *alphabet, const char *text,
                      struct strings *strings, struct word *out)
{
    size_t column;

    ck_assert(strings_read(strings, alphabet, text, &column));
    *out = (struct word){ memory_new(8, sizeof *out->symbols),
                          strings_length(strings, 0) };
    for (size_t i = 0; i < out->length; i++)
        out->symbols[i] = strings_at(strings, 0)[i];
    strings_clear(strings);
}

START_TEST(functions_do_what_they_say)
{
    struct alphabet alphabet = formal_alphabet("0 1 #");
    struct passage passage = formal_passage(rows[_i].text);
    struct word words[2], value, nothing[2] = { 0 };
    struct strings strings = { 0 };
    struct text shown = { 0 };
    struct pattern pattern;
    struct error error = { 0 };

    if (!pattern_read(&pattern, &passage, &alphabet, variables, &error))
        ck_abort_msg("%s", said(&error));
    ck_assert_uint_eq(pattern.count, 1);
    ck_assert_uint_eq(pattern.target, 1);
    read_word(&alphabet, rows[_i].v, &strings, &words[0]);
    read_word(&alphabet, rows[_i].w, &strings, &words[1]);
    ck_assert(pattern_value(&pattern, pattern.terms, words, &value));
    if (!pattern_is_arithmetic(pattern.terms[0].kind))
        ck_assert_uint_eq(pattern_length(pattern.terms, words[0].length),
                          value.length);
    alphabet_print(&alphabet, value.symbols, value.length, &shown);
    ck_assert_str_eq(shown.data != NULL ? shown.data : "", rows[_i].value);
    free(value.symbols);
    ck_assert(pattern_value(&pattern, pattern.terms, nothing, &value) ==
              (pattern.terms[0].kind == PATTERN_SYMBOL));
    free(value.symbols);
    free(words[0].symbols);
    free(words[1].symbols);
    text_clear(&shown);
    pattern_clear(&pattern);
    alphabet_clear(&alphabet);
}
END_TEST

static const struct {
    const char *text, *said;
} wrong[] = {
    { "{v} % {w}", "x:1:5: no symbol of the alphabet begins here\n" },
    { "{v", "x:1:3: a '}' is missing here\n" },
    { "{v}}", "x:1:4: no symbol of the alphabet begins here\n" },
    { "0 {}", "x:1:4: a variable or a function is missing here\n" },
    { "{u}", "x:1:2: no variable \"u\"; each needs a regex under where\n" },
    { "{revs(v)}", "x:1:2: no function \"revs\"; did you mean \"rev\"?\n" },
    { "{turn(v)}", "x:1:2: no function \"turn\"; accepted: rev, sort, odds, "
                   "evens, not, sum, product, isqrt\n" },
    { "{rev(v, w)}", "x:1:2: rev takes 1 word\n" },
    { "{v}{ sum(v)}", "x:1:6: sum takes 2 words\n" },
    { "{rev(v}", "x:1:7: a ')' is missing here\n" },
    { "{v} => {w} => 0", "x:1:12: a second =>\n" },
};

START_TEST(mistakes_are_placed)
{
    struct alphabet alphabet = formal_alphabet("0 1 #");
    struct passage passage = formal_passage(wrong[_i].text);
    struct pattern pattern;
    struct error error = { 0 };

    ck_assert(!pattern_read(&pattern, &passage, &alphabet, variables, &error));
    ck_assert_said(&error, wrong[_i].said);
    ck_assert_ptr_null(pattern.terms);
    alphabet_clear(&alphabet);
}
END_TEST

START_TEST(bits_need_their_symbols)
{
    struct alphabet alphabet = formal_alphabet("a b");
    struct passage passage = formal_passage("{v} {not(v)}");
    struct pattern pattern;
    struct error error = { 0 };

    ck_assert(!pattern_read(&pattern, &passage, &alphabet, variables, &error));
    ck_assert_said(&error, "x:1:6: not needs the symbols 0 and 1 in the "
                           "alphabet\n");
    alphabet_clear(&alphabet);
}
END_TEST

/* Symbols are matched as in a regex; => may be escaped and is a place. */
START_TEST(symbols_and_the_target_are_read)
{
    struct alphabet alphabet = formal_alphabet("a ab => {");
    struct passage passage = formal_passage("aab\\=> \\{ => a");
    struct pattern pattern;
    struct error error = { 0 };

    ck_assert(pattern_read(&pattern, &passage, &alphabet, variables, &error));
    ck_assert_uint_eq(pattern.count, 5);
    ck_assert_uint_eq(pattern.target, 4);
    ck_assert_uint_eq(pattern.terms[1].index, 1);
    ck_assert_uint_eq(pattern.terms[2].index, 2);
    ck_assert_uint_eq(pattern.terms[3].index, 3);
    pattern_clear(&pattern);
    alphabet_clear(&alphabet);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pattern");
    TCase *tests = tcase_create("pattern");

    tcase_add_loop_test(tests, functions_do_what_they_say, 0,
                        sizeof rows / sizeof *rows);
    tcase_add_loop_test(tests, mistakes_are_placed, 0,
                        sizeof wrong / sizeof *wrong);
    tcase_add_test(tests, bits_need_their_symbols);
    tcase_add_test(tests, symbols_and_the_target_are_read);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

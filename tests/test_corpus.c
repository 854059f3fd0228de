/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Every line of a text is in one part, as it was written, and nothing of what
 * is held out is known in training. */

#include "data/corpus.h"

#include <stdio.h>
#include <string.h>

#include "language/language.h"
#include "scratch.h"
#include "suite.h"

#define LINES 400

static struct corpus corpus;
static struct corpus_config config;
static char path[512];

static void set_up(void)
{
    scratch_open();
    snprintf(path, sizeof path, "%s", scratch_path("t.txt"));
    config = (struct corpus_config){ .file = "t.txt",
                                     .path = path,
                                     .vocabulary = 4096,
                                     .context = 7,
                                     .validation = 0.2,
                                     .test = 0.2 };
    corpus = (struct corpus){ 0 };
}

static void tear_down(void)
{
    corpus_clear(&corpus);
    scratch_close();
}

static bool read_text(const char *text, size_t length, struct error *error)
{
    static const struct place place = { "e.yaml", 3, 7 };

    scratch_write(path, text, length);
    corpus_clear(&corpus);
    return corpus_read(&corpus, &config, 1, &place, error);
}

static void read_well(const char *text)
{
    struct error error = { 0 };

    ck_assert_msg(read_text(text, strlen(text), &error), "%s", said(&error));
}

/* Line L: its number in words of base 4, so that no two are alike, and after
 * it, if OWN, a word that no other line has. */
static void write_line(size_t l, bool own, struct text *out)
{
    static const char *const digits[] = { "null", "don't", "#", "\xc3\xa9:" };

    text_add(out, digits[l % 4]);
    for (size_t rest = l / 4; rest > 0; rest /= 4)
        text_add_format(out, "%s%s", l % 3 == 0 ? " \t" : " ",
                        digits[rest % 4]);
    if (own)
        text_add_format(out, " w%zu", l);
}

static void read_lines(bool own)
{
    struct text text = { 0 };

    for (size_t l = 0; l < LINES; l++) {
        write_line(l, own, &text);
        text_add(&text, l % 5 == 0 ? "\r\n\n \n" : "\n");
    }
    read_well(text.data);
    text_clear(&text);
}

/* The words of PART in one line, blanks made one. */
static char *print_part(const struct strings *part, const char *between)
{
    struct text text = { 0 };

    text_add(&text, " ");
    for (size_t i = 0; i < part->count; i++) {
        alphabet_print(&corpus.vocabulary, strings_at(part, i),
                       strings_length(part, i), &text);
        text_add(&text, between);
    }
    return text_take(&text);
}

/* How often LINE stands in a part's print, between BEFORE and AFTER. */
static size_t count_line(const char *print, size_t l, const char *before,
                         const char *after)
{
    struct text line = { 0 }, plain = { 0 };
    size_t n = 0;

    write_line(l, false, &line);
    text_add(&plain, before);
    for (const char *c = line.data; *c != '\0'; c++)
        if (*c != '\t')
            text_add_bytes(&plain, c, 1);
    text_add(&plain, after);
    for (const char *at = print; (at = strstr(at, plain.data)) != NULL; at++)
        n++;
    text_clear(&line);
    text_clear(&plain);
    return n;
}

static void assert_whole(const char *const *prints, const char *before,
                         const char *after)
{
    size_t parts[3] = { 0 };

    for (size_t l = 0; l < LINES; l++) {
        size_t in[3];

        for (size_t p = 0; p < 3; p++)
            parts[p] += in[p] = count_line(prints[p], l, before, after);
        ck_assert_uint_eq(in[0] + in[1] + in[2], 1);
    }
    for (size_t p = 0; p < 3; p++)
        ck_assert_uint_eq(parts[p], corpus.lines[p]);
    ck_assert_uint_gt(parts[0], LINES / 2);
    ck_assert_uint_gt(parts[1], LINES / 10);
    ck_assert_uint_gt(parts[2], LINES / 10);
}

START_TEST(lines_are_whole_in_one_part)
{
    char *prints[3];
    size_t tokens = 0;

    read_lines(false);
    prints[0] = print_part(&corpus.train, " ");
    prints[1] = print_part(&corpus.validation, " ");
    prints[2] = print_part(&corpus.test, " ");
    for (size_t p = 0; p < 3; p++) { /* the first line follows a mark, too */
        char *print = prints[p];
        struct text text = { 0 };

        text_add(&text, "<eol>");
        text_add(&text, print);
        free(print);
        prints[p] = text_take(&text);
    }
    assert_whole((const char *const *)prints, "<eol> ", " <eol>");
    for (size_t p = 0; p < 3; p++)
        free(prints[p]);
    for (size_t i = 0; i < corpus.train.count; i++) {
        size_t n = strings_length(&corpus.train, i);

        tokens += n;
        ck_assert(n == 7 || (i + 1 == corpus.train.count && n < 7));
    }
    ck_assert_uint_gt(tokens, 4 * corpus.lines[0]);
}
END_TEST

/* A string a line: all its words, then word 0. */
START_TEST(published_lines_end_in_word_zero)
{
    char *prints[3];

    config.tokenisation = TOKENS_PUBLISHED;
    read_lines(false);
    ck_assert_str_eq(corpus.vocabulary.names[0], "null");
    ck_assert_str_eq(corpus.vocabulary.names[4], "<unk>");
    ck_assert_uint_eq(corpus.vocabulary.size, 5);
    prints[0] = print_part(&corpus.train, "\n ");
    prints[1] = print_part(&corpus.validation, "\n ");
    prints[2] = print_part(&corpus.test, "\n ");
    for (size_t p = 0; p < 3; p++) {
        struct text text = { 0 };

        text_add_format(&text, "\n%s", prints[p]);
        free(prints[p]);
        prints[p] = text_take(&text);
    }
    assert_whole((const char *const *)prints, "\n ", " null\n");
    for (size_t p = 0; p < 3; p++)
        free(prints[p]);
}
END_TEST

START_TEST(published_lines_are_cut)
{
    config.tokenisation = TOKENS_PUBLISHED;
    config.context = 3;
    config.validation = config.test = 0;
    read_well("a b c d e\nb a\n");
    ck_assert_uint_eq(corpus.train.count, 2);
    ck_assert_uint_eq(strings_length(&corpus.train, 0), 4);
    ck_assert_mem_eq(strings_at(&corpus.train, 0), ((uint16_t[]){ 0, 1, 2, 0 }),
                     8);
    ck_assert_mem_eq(strings_at(&corpus.train, 1), ((uint16_t[]){ 1, 0, 0 }),
                     6);
    ck_assert_uint_eq(corpus_longest(&config), 4);
}
END_TEST

static size_t count_symbol(const struct strings *strings, long symbol)
{
    size_t n = 0;

    for (size_t i = 0; i < strings->count; i++)
        for (size_t t = 0; t < strings_length(strings, i); t++)
            n += strings_at(strings, i)[t] == symbol;
    return n;
}

/* Every line has a word of its own: training knows those of its lines, and
 * the published way those of validation besides. */
START_TEST(held_out_words_are_unknown)
{
    bool published = _i == TOKENS_PUBLISHED;
    long unknown;

    config.tokenisation = _i;
    config.context = 20;
    read_lines(true);
    unknown = alphabet_find(&corpus.vocabulary, "<unk>", 5);
    ck_assert_int_eq(unknown, published ? (long)corpus.vocabulary.size - 1 : 1);
    ck_assert_uint_eq(count_symbol(&corpus.train, unknown), 0);
    ck_assert_uint_eq(count_symbol(&corpus.validation, unknown),
                      published ? 0 : corpus.lines[1]);
    ck_assert_uint_eq(count_symbol(&corpus.test, unknown), corpus.lines[2]);
    ck_assert_uint_eq(corpus.vocabulary.size,
                      corpus.lines[0] + (published ? corpus.lines[1] : 1) + 5);
}
END_TEST

/* Three a, two c, two b, of which c comes first, and a d. */
START_TEST(the_most_frequent_words_are_kept)
{
    static const char *const names[] = { "<eol>", "<unk>", "a", "c" };

    config.validation = config.test = 0;
    config.vocabulary = 4;
    read_well("a c b a\nd c b a");
    ck_assert_uint_eq(corpus.vocabulary.size, 4);
    for (size_t s = 0; s < 4; s++)
        ck_assert_str_eq(corpus.vocabulary.names[s], names[s]);
    ck_assert_mem_eq(corpus.train.symbols,
                     ((uint16_t[]){ 2, 3, 1, 2, 0, 1, 3, 1, 2, 0 }), 20);
}
END_TEST

/* Marks in the text are the marks; what is too long is no word to know. */
START_TEST(marks_and_long_words)
{
    struct text text = { 0 };

    config.validation = config.test = 0;
    text_add(&text, "a <unk> <eol> ");
    for (size_t i = 0; i <= WORD_LONGEST; i++)
        text_add(&text, "x");
    text_add(&text, " b b b\n");
    read_well(text.data);
    text_clear(&text);
    ck_assert_uint_eq(corpus.vocabulary.size, 4);
    ck_assert_mem_eq(corpus.train.symbols,
                     ((uint16_t[]){ 3, 1, 1, 1, 2, 2, 2, 0 }), 16);
}
END_TEST

START_TEST(targets_are_what_is_scored)
{
    config.tokenisation = TOKENS_STANDARD;
    ck_assert(corpus_counts(&config, 0, 2) && corpus_counts(&config, 1, 2) &&
              !corpus_counts(&config, 2, 2));
    config.tokenisation = TOKENS_PUBLISHED;
    ck_assert(!corpus_counts(&config, 0, 2) && corpus_counts(&config, 1, 2) &&
              !corpus_counts(&config, 2, 2));
}
END_TEST

/* What stands in a run's language.yaml gives the same symbols again. */
START_TEST(the_language_has_the_words)
{
    struct error error = { 0 };
    struct text yaml = { 0 };
    struct language *language;

    config.validation = config.test = 0;
    read_well(
        "a # ' \" : - ~ null [ { | > % @ ` \\ \xe2\x82\xac 1 true !x &y *z "
        "a: 0x10\n");
    corpus_language(&corpus, &config, &yaml);
    ck_assert_msg(
        language_parse(&language, yaml.data, yaml.length, "l.yaml", &error),
        "%s", said(&error));
    ck_assert_uint_eq(language_alphabet(language)->size,
                      corpus.vocabulary.size);
    for (size_t s = 0; s < corpus.vocabulary.size; s++)
        ck_assert_str_eq(language_alphabet(language)->names[s],
                         corpus.vocabulary.names[s]);
    ck_assert(language_contains(language, (uint16_t[]){ 3, 0, 9 }, 3));
    language_free(language);
    text_clear(&yaml);
}
END_TEST

/* Before the text only; within it, it is a character as others. */
START_TEST(a_byte_order_mark_is_no_part_of_a_word)
{
    config.validation = config.test = 0;
    config.context = 2;
    read_well("\xef\xbb\xbf"
              "a a\na \xef\xbb\xbf"
              "a\n");
    ck_assert_uint_eq(corpus.vocabulary.size, 4);
    ck_assert_str_eq(corpus.vocabulary.names[2], "a");
    ck_assert_str_eq(corpus.vocabulary.names[3], "\xef\xbb\xbf"
                                                 "a");
}
END_TEST

static const struct {
    const char *text;
    size_t length;
    const char *said; /* with %s for the text's path */
} broken[] = {
    { "", 0, "%s:1:1: the text has no word\n" },
    { " \n\t\r\n", 5, "%s:1:1: the text has no word\n" },
    { "a b\nc\xc3\xa9 \xff", 10,
      "%s:2:4: byte 0xff is no part of a UTF-8 text\n" },
    { "a\n\xed\xa0\x80", 5, "%s:2:1: byte 0xed is no part of a UTF-8 text\n" },
    { "\xc0\x80", 2, "%s:1:1: byte 0xc0 is no part of a UTF-8 text\n" },
    { "a \xe2\x82", 4, "%s:1:3: byte 0xe2 is no part of a UTF-8 text\n" },
    { "\xef\xbb\xbf", 3, "%s:1:1: the text has no word\n" },
    { "\xef\xbb\xbf"
      "a\xff",
      5, "%s:1:2: byte 0xff is no part of a UTF-8 text\n" },
    { "\xef\xbb", 2, "%s:1:1: byte 0xef is no part of a UTF-8 text\n" },
    { "a\0b", 3, "%s:1:2: byte 0x00 is no part of a UTF-8 text\n" },
    { "a b c\n", 6,
      "e.yaml:3:7: data.corpus.context: 7 tokens are more than the 4 there "
      "are to train on\n" },
};

START_TEST(broken_texts_are_refused)
{
    struct error error = { 0 };
    struct text expected = { 0 };

    config.validation = config.test = 0;
    ck_assert(!read_text(broken[_i].text, broken[_i].length, &error));
    for (const char *c = broken[_i].said; *c != '\0'; c++)
        if (strncmp(c, "%s", 2) == 0)
            text_add(&expected, path), c++;
        else
            text_add_bytes(&expected, c, 1);
    ck_assert_said(&error, expected.data);
    text_clear(&expected);
}
END_TEST

START_TEST(nothing_is_left_to_train_on)
{
    struct error error = { 0 };

    config.validation = 0.9;
    config.test = 0.1;
    ck_assert(!read_text("a b\nc\n", 6, &error));
    ck_assert_said(&error,
                   "e.yaml:3:7: data.corpus: no word of t.txt is left to train "
                   "on: validation and test have all 2 lines\n");
    config.path = (char *)scratch_path("none.txt");
    ck_assert(!corpus_read(&corpus, &config, 1, NULL, &error));
    ck_assert_int_eq(error.kind, ERROR_IO);
    error_clear(&error);
}
END_TEST

/* Both are said at once; a part without a share may be empty. */
START_TEST(a_part_without_a_line_is_refused)
{
    struct error error = { 0 };

    config.context = 1;
    config.validation = config.test = 1e-9;
    ck_assert(!read_text("a b\n\nc\n", 7, &error));
    ck_assert_said(
        &error,
        "e.yaml:3:7: data.corpus.validation: of the 2 lines of t.txt none "
        "falls to it; accepted: a longer text, a larger share, or 0\n"
        "e.yaml:3:7: data.corpus.test: of the 2 lines of t.txt none falls to "
        "it; accepted: a longer text, a larger share, or 0\n");
    config.validation = 0;
    ck_assert(!read_text("a b\nc\n", 6, &error));
    ck_assert_said(
        &error,
        "e.yaml:3:7: data.corpus.test: of the 2 lines of t.txt none falls to "
        "it; accepted: a longer text, a larger share, or 0\n");
    config.test = 0;
    read_well("a b\nc\n");
    ck_assert_uint_eq(corpus.lines[0], 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("corpus");
    TCase *tests = tcase_create("corpus");

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, lines_are_whole_in_one_part);
    tcase_add_test(tests, published_lines_end_in_word_zero);
    tcase_add_test(tests, published_lines_are_cut);
    tcase_add_loop_test(tests, held_out_words_are_unknown, 0, 2);
    tcase_add_test(tests, the_most_frequent_words_are_kept);
    tcase_add_test(tests, marks_and_long_words);
    tcase_add_test(tests, targets_are_what_is_scored);
    tcase_add_test(tests, the_language_has_the_words);
    tcase_add_test(tests, a_byte_order_mark_is_no_part_of_a_word);
    tcase_add_loop_test(tests, broken_texts_are_refused, 0,
                        sizeof broken / sizeof *broken);
    tcase_add_test(tests, nothing_is_left_to_train_on);
    tcase_add_test(tests, a_part_without_a_line_is_refused);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

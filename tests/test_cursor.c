/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/memory.h"
#include "formal.h"
#include "known.h"
#include "language/cursor.h"
#include "suite.h"

/* One of every way to read on, and of those that cannot. */
static const char *const known[] = {
    "tomita-3",
    "d-4",
    "dyck-1",
    "shuffle-2",
    "anbncn",
    "boolean-3",
    "dyck-2",
    "unmarked-reversal",
    "stack-manipulation",
    "marked-copy",
    "missing-bit",
};

static const char *const combined[] = {
    "shuffle: [p-dyck, p-majority]",
    "concat: [p-grammar, p-majority]",
    "any: [p-dyck, p-majority]\ndisjoint: true",
    "any: [p-majority, {alphabet: 0 1, regex: (0 1)*}]",
    "all: [p-majority, {alphabet: 0 1, regex: (0 1 | 1 1)*}]",
    "rename: {of: p-dyck, map: {\"(\": a}}",
    "not: p-majority",
};

static const struct {
    const char *name, *text;
} parts[] = {
    { "p-majority", "alphabet: 0 1\nfinally: \"#1 > #0\"\n" },
    { "p-dyck",
      "alphabet: ( )\nalways: \"#( >= #)\"\nfinally: \"#( == #)\"\n" },
    { "p-grammar", "alphabet: ( )\ncfg: S -> ( S ) S | ε\n" },
};

static void write_parts(void)
{
    scratch_open();
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        scratch_write_language(parts[i].name, parts[i].text);
}

#define LONGEST 24

/* A member, or one with some symbols changed, or any string. */
static size_t draw(const struct language *language, size_t i, uint16_t *s)
{
    size_t n = i % (LONGEST + 1), size = language_alphabet(language)->size;
    struct stream stream;

    stream_init(&stream, 3, "test", i);
    if (i % 3 < 2 && language_has(language, true, n))
        language_draw(language, true, n, &stream, s);
    else
        for (size_t k = 0; k < n; k++)
            s[k] = (uint16_t)stream_below(&stream, size);
    if (i % 3 == 1 && n > 0)
        s[stream_below(&stream, n)] = (uint16_t)stream_below(&stream, size);
    return n;
}

/* Of every prefix the cursor says what is said of the prefix anew. */
static void check_string(const struct language *language, const uint16_t *s,
                         size_t n)
{
    size_t size = language_alphabet(language)->size;
    struct cursor *cursor = language_cursor(language);
    struct error error = { 0 };
    bool allowed[64] = { 0 }, expected[64] = { 0 }, end, stop;

    for (size_t t = 0; t <= n; t++) {
        if (t > 0)
            cursor_read(cursor, s[t - 1]);
        ck_assert(cursor_is_member(cursor) ==
                  language_contains(language, s, t));
        ck_assert(language_next(language, s, t, expected, &stop, &error));
        ck_assert(cursor_next(cursor, allowed, &end, &error));
        ck_assert(end == stop);
        ck_assert_mem_eq(allowed, expected, size);
    }
    cursor_free(cursor);
}

static void check_language(struct language *language)
{
    struct error error = { 0 };
    uint16_t s[LONGEST];

    ck_assert(language_prepare(language, LONGEST, &error));
    for (size_t i = 0; i < 150; i++)
        check_string(language, s, draw(language, i, s));
    language_free(language);
}

START_TEST(cursors_say_what_is_said_of_prefixes)
{
    check_language(known_language(known[_i], LONGEST));
}
END_TEST

START_TEST(cursors_of_combinations_do)
{
    char text[256];

    snprintf(text, sizeof text, "language: x\n%s\n", combined[_i]);
    check_language(formal_language(text));
}
END_TEST

START_TEST(what_is_not_known_is_told)
{
    struct language *language =
        formal_language("language: x\nreverse: p-dyck\n");
    struct cursor *cursor = language_cursor(language);
    struct error error = { 0 };
    bool allowed[2], end;

    cursor_read(cursor, 1);
    ck_assert(!cursor_is_member(cursor));
    ck_assert(!cursor_next(cursor, allowed, &end, &error));
    ck_assert_ptr_nonnull(strstr(said(&error), "reverse: which symbols"));
    cursor_read(cursor, 0);
    ck_assert(cursor_is_member(cursor));
    cursor_free(cursor);
    cursor_free(NULL);
    language_free(language);
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof *(a)))

int main(void)
{
    Suite *suite = suite_create("cursor");
    TCase *tests = tcase_create("cursor");

    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, write_parts, scratch_close);
    tcase_add_loop_test(tests, cursors_say_what_is_said_of_prefixes, 0,
                        COUNT(known));
    tcase_add_loop_test(tests, cursors_of_combinations_do, 0, COUNT(combined));
    tcase_add_test(tests, what_is_not_known_is_told);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

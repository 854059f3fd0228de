/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "suite.h"

#include <string.h>

#include "data/audit.h"
#include "known.h"
#include "scratch.h"

/* Holds the first set of PATH against a language; what was told in OUT. */
static struct audit audit_of(const char *language_name, const char *path,
                             struct text *out)
{
    struct language *language = known_language(language_name, 2);
    const struct alphabet *alphabet = language_alphabet(language);
    const char *encoded = encoding_of(language_name);
    struct audit audit = { .language = language, .most = 10 };
    struct encoding encoding = { 0 };
    struct error error = { 0 };
    struct sets sets = { 0 };
    struct reader reader;
    struct record record;
    bool member;

    text_add(out, "");
    ck_assert(sets_find(&sets, path, -1, &error));
    audit.set = &sets.items[0];
    if (encoded != NULL) {
        ck_assert(encoding_read(&encoding, encoded, alphabet, &error));
        audit.encoding = &encoding;
    }
    ck_assert(reader_open(&reader, audit.set, alphabet, &error));
    while (reader_next(&reader, &record, &error))
        ck_assert(audit_record(&audit, &record, &reader.strings, &member, NULL,
                               out, &error));
    ck_assert_uint_eq(error.count, 0);
    reader_close(&reader);
    sets_clear(&sets);
    encoding_clear(&encoding);
    language_free(language);
    return audit;
}

static const char *excerpt(const char *name)
{
    static char path[4096];

    snprintf(path, sizeof path, "%s/tests/data/import/%s", source_directory(),
             name);
    return path;
}

/* FLaRe's parity is right, and is not that of even counts. */
START_TEST(excerpt_of_flare_is_right)
{
    struct text out = { 0 };
    struct audit audit = audit_of("parity", excerpt("flare"), &out);

    ck_assert_str_eq(out.data, "");
    ck_assert_uint_eq(audit.strings, 8);
    ck_assert_uint_eq(audit.labels, 8);
    ck_assert_uint_gt(audit.aimed, 0);
    ck_assert_uint_eq(audit.aimed, audit.members);
    ck_assert_uint_eq(audit_disagreements(&audit), 0);
    text_clear(&out);
    audit = audit_of("parity-even", excerpt("flare"), &out);
    ck_assert_uint_eq(audit.wrong_labels, 8);
    ck_assert_uint_eq(audit.wrong_positions, audit.positions);
    ck_assert_ptr_nonnull(
        strstr(out.data, "flare/labels.txt:1: label 0, but it is a member\n"));
    text_clear(&out);
}
END_TEST

/* Two of the five strings have symbols that their own targets forbid. */
START_TEST(fault_of_tomita_3_is_found)
{
    struct text out = { 0 };
    struct audit audit = audit_of("tomita-3", excerpt("pairs"), &out);

    ck_assert_uint_eq(audit.strings, 5);
    ck_assert_uint_eq(audit.members, 5);
    ck_assert_uint_eq(audit.wrong_labels, 0);
    ck_assert_uint_eq(audit.contradicted, 2);
    ck_assert_uint_ge(audit.wrong_aimed, 2);
    text_clear(&out);
}
END_TEST

/* One planted fault each, told with its line and what would be right. */
START_TEST(planted_faults_are_found)
{
    static const struct {
        const char *language, *name, *text, *said;
    } cases[] = {
        { "parity", "a.jsonl",
          "{\"text\": \"1\", \"label\": 1}\n{\"text\": \"1 1\", \"label\": "
          "1}\n",
          ":2: label 1, but it is no member: after 2 symbols: finally: #1 mod "
          "2 == 1\n" },
        { "dyck-1", "b.tsv", "( )\t1\n\t0\n",
          ":2: label 0, but it is a member\n" },
        { "dyck-1", "c.jsonl",
          "{\"text\": \"( )\", \"next\": [{\"s\": \"(\", \"e\": true}, "
          "{\"s\": \"(\", \"e\": false}, {\"s\": \"(\", \"e\": true}]}\n",
          ":1: after 1 symbol may follow {( }; the language says {( ) }\n" },
        { "dyck-1", "d.txt", "#()#\n#((#\n",
          ":2: label 1, but it is no member: after 2 symbols: finally: #( == "
          "#)\n" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *path = scratch_path(cases[i].name);
        size_t length = strlen(path);
        struct text out = { 0 };
        struct audit audit;

        scratch_write(path, cases[i].text, strlen(cases[i].text));
        audit = audit_of(cases[i].language, path, &out);
        ck_assert_uint_eq(audit_disagreements(&audit), 1);
        ck_assert_msg(strncmp(out.data, path, length) == 0 &&
                          strcmp(out.data + length, cases[i].said) == 0,
                      "%s", out.data);
        text_clear(&out);
    }
}
END_TEST

/* Each encoding on a string whose targets are worked by hand, then with one
 * character changed. */
START_TEST(targets_are_recomputed)
{
    static const struct {
        const char *language, *source, *target;
    } cases[] = {
        { "dyck-1", "(())()", "111010" },  { "shuffle-2", "([)]", "10110100" },
        { "anbn", "aaabbb", "aaabbT" },    { "d-2", "aabb", "11011110" },
        { "parity-even", "0110", "1011" }, { "tomita-4", "0010", "11011111" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct error error = { 0 };
        char target[16];

        ck_assert(file_make_directories(scratch_path("p"), &error));
        scratch_write(scratch_path("p/x_src.txt"), cases[i].source,
                      strlen(cases[i].source));
        snprintf(target, sizeof target, "%s", cases[i].target);
        for (size_t pass = 0; pass < 2; pass++) {
            struct text out = { 0 };
            struct audit audit;

            scratch_write(scratch_path("p/x_tgt.txt"), target, strlen(target));
            audit = audit_of(cases[i].language, scratch_path("p"), &out);
            ck_assert_msg(audit.wrong_positions == pass, "%s: %s",
                          cases[i].language, out.data);
            ck_assert_uint_eq(audit.wrong_aimed, pass);
            target[2] = target[2] == '1' ? '0' : '1';
            text_clear(&out);
        }
    }
}
END_TEST

START_TEST(wrong_encodings_are_told)
{
    static const struct {
        const char *text, *said;
    } cases[] = {
        { "legible", "--target: \"legible\"; accepted: legal, legal:SYMBOLS, "
                     "sum:SYMBOLS, member, letter" },
        { "member:)", "--target: \"member:)\"; accepted: legal, "
                      "legal:SYMBOLS, sum:SYMBOLS, member, letter" },
        { "legal:) ]",
          "--target: \"legal:) ]\": the language has no symbol \"]\"" },
    };
    struct language *language = known_language("dyck-1", 2);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct encoding encoding;
        struct error error = { 0 };

        ck_assert(!encoding_read(&encoding, cases[i].text,
                                 language_alphabet(language), &error));
        ck_assert_str_eq(error.complaints[0].text, cases[i].said);
        error_clear(&error);
        encoding_clear(&encoding);
    }
    language_free(language);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("audit");
    TCase *tests = tcase_create("laws");

    tcase_add_checked_fixture(tests, scratch_open, scratch_close);
    tcase_add_test(tests, excerpt_of_flare_is_right);
    tcase_add_test(tests, fault_of_tomita_3_is_found);
    tcase_add_test(tests, planted_faults_are_found);
    tcase_add_test(tests, targets_are_recomputed);
    tcase_add_test(tests, wrong_encodings_are_told);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

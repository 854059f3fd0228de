/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/att.h"

#include "formal.h"
#include "language/regex.h"
#include "suite.h"

/* TEXT as the lines of a clause, over NAMES, or its own symbols for "". */
static bool read_att(const char *text, const char *names, struct automaton *out,
                     struct alphabet *alphabet, struct error *error)
{
    struct yaml_node *node =
        yaml_new_scalar(text, true, &(struct place){ "x", 1, 1 });
    struct reading reading = { .alphabet = alphabet };
    bool ok;

    *alphabet = formal_alphabet(names);
    ok = att_read(out, node, &reading, error);
    yaml_node_free(node);
    return ok;
}

/* ------------------------------------------------- against a plain reader */

/* What a plain reader makes of a file: numbered states, characters. */
struct plain {
    int arcs[4000][3]; /* from, to, symbol as its index in SYMBOLS */
    size_t n_arcs;
    char symbols[64][8];
    size_t n_symbols;
    bool accept[200];
    int start;
};

static int plain_symbol(struct plain *plain, const char *name)
{
    for (size_t i = 0; i < plain->n_symbols; i++)
        if (strcmp(plain->symbols[i], name) == 0)
            return (int)i;
    strcpy(plain->symbols[plain->n_symbols], name);
    return (int)plain->n_symbols++;
}

static void plain_read(struct plain *plain, const char *path)
{
    FILE *stream = fopen(path, "r");
    char line[128], symbol[8];
    int from, to, fields;

    ck_assert_ptr_nonnull(stream);
    *plain = (struct plain){ .start = -1 };
    while (fgets(line, sizeof line, stream) != NULL) {
        fields = sscanf(line, "%d %d %7s", &from, &to, symbol);
        if (plain->start < 0)
            plain->start = from;
        if (fields == 1) {
            plain->accept[from] = true;
            continue;
        }
        ck_assert_int_eq(fields, 3);
        plain->arcs[plain->n_arcs][0] = from;
        plain->arcs[plain->n_arcs][1] = to;
        plain->arcs[plain->n_arcs++][2] = plain_symbol(plain, symbol);
    }
    fclose(stream);
}

/* Paths of length n from the start to acceptance: the automata of the files
 * are deterministic, so that a path is a string. */
static uint64_t plain_count(const struct plain *plain, size_t n)
{
    uint64_t at[200] = { 0 }, count = 0;

    at[plain->start] = 1;
    while (n-- > 0) {
        uint64_t next[200] = { 0 };

        for (size_t i = 0; i < plain->n_arcs; i++)
            next[plain->arcs[i][1]] += at[plain->arcs[i][0]];
        memcpy(at, next, sizeof at);
    }
    for (size_t q = 0; q < 200; q++)
        count += plain->accept[q] ? at[q] : 0;
    return count;
}

static const char *const files[] = { "04.03.TLT.2.1.0", "04.04.Reg.0.0.0",
                                     "04.04.SF.0.0.5",  "16.07.TSL.2.1.0",
                                     "64.06.TSL.2.1.0", "04.04.SP.4.1.0" };

/* In the language's own file, and in the copy that a run keeps of it, which
 * lies where the automaton's file is not. */
START_TEST(files_count_as_a_plain_reader_counts)
{
    struct language *language = NULL, *copy = NULL;
    struct natural n = { 0 }, m = { 0 };
    struct error error = { 0 };
    struct text path = { 0 }, yaml = { 0 };
    static struct plain plain;

    text_add_format(&path, "%s/tests/data/att/%s.att", source_directory(),
                    files[_i]);
    plain_read(&plain, path.data);
    if (*path.data != '/') {
        char *folder = realpath(".", NULL),
             *whole = file_join(folder, path.data);

        text_clear(&path);
        text_add(&path, whole);
        free(folder);
        free(whole);
    }
    text_add_format(&yaml, "language: x # kept\natt: %s # too\n", path.data);
    language = formal_language(yaml.data);
    ck_assert_uint_eq(language_alphabet(language)->size, plain.n_symbols);
    copy = formal_language(language_source(language));
    ck_assert_ptr_nonnull(strstr(language_source(language), " # too\n"));
    ck_assert_str_eq(language_source(copy), language_source(language));
    ck_assert(language_prepare(language, 10, &error));
    ck_assert(language_prepare(copy, 10, &error));
    for (size_t i = 0; i <= 10; i++) {
        language_count(language, i, &n);
        language_count(copy, i, &m);
        ck_assert_uint_eq(natural_small(&n), plain_count(&plain, i));
        ck_assert_int_eq(natural_compare(&n, &m), 0);
    }
    natural_clear(&n);
    natural_clear(&m);
    text_clear(&path);
    text_clear(&yaml);
    language_free(language);
    language_free(copy);
}
END_TEST

/* ---------------------------------------------------------------- details */

/* Files beside the language, the order of symbols, other clauses. */
START_TEST(a_file_is_found_beside_its_language)
{
    static const char lines[] = "s t b\nt s a\ns\n";
    struct language *language;

    scratch_write(scratch_path("ba.att"), lines, strlen(lines));
    language = formal_language("language: x\natt: ba.att\n"
                               "finally: '#a < 3'\n"
                               "examples: {in: ['', b a b a], out: [b a b a b "
                               "a, b]}\n");
    ck_assert_str_eq(language_alphabet(language)->names[0], "a");
    language_free(language);
}
END_TEST

static const struct {
    const char *text, *regex;
} rows[] = {
    { "0 1 a a\n1 0 b b\n0\n", "(a b)*" },
    { "0\n0\t1\ta\r\n\n1   0   b\n", "(a b)*" },
    { "p q a\np r a\nq q b\nr r a\nq\nr\n", "a (a* | b*)" },
    { "0 1 a\n0 2 <eps>\n2 3 b\n3 0 @0@ @0@\n1\n", "b* a" },
    { "0 0 a\n", "[]" },
    { "s\n", "()" },
};

START_TEST(lines_say_what_the_expression_says)
{
    struct passage passage = formal_passage(rows[_i].regex);
    struct automaton att, regex;
    struct alphabet alphabet;
    struct error error = { 0 };

    if (!read_att(rows[_i].text, "a b", &att, &alphabet, &error))
        ck_abort_msg("%s", said(&error));
    ck_assert(regex_read(&regex, &passage, &alphabet, &error));
    ck_assert_uint_eq(att.states, regex.states);
    ck_assert_mem_eq(att.next, regex.next, att.states * 2 * sizeof *regex.next);
    ck_assert_mem_eq(att.accept, regex.accept, att.states);
    automaton_clear(&att);
    automaton_clear(&regex);
    alphabet_clear(&alphabet);
}
END_TEST

static const struct {
    const char *text, *names, *said;
} wrong[] = {
    { "0 1 a a\n0 1 c c\n1 x\n", "a b",
      "x:1:17: att: a line of 2 words; accepted: from, to and symbol (in and "
      "out), or an accepting state\n" },
    { "0 1 a a\n0 1 c c\n0 1 d\n", "a b",
      "x:1:13: att: no symbol \"c\" in the alphabet\n"
      "x:1:21: att: no symbol \"d\" in the alphabet\n" },
    { "0 1 a b\n", "a b",
      "x:1:7: att: an arc that writes another symbol than it reads: this is a "
      "transducer\n" },
    { "0 1 a a 0.5\n", "",
      "x:1:1: att: a line of 5 words; accepted: from, to and symbol (in and "
      "out), or an accepting state\n" },
    { "\n\n", "a", "x:1:1: att: no line, hence no start\n" },
    { "0\n1\n", "", "x:1:1: att: no symbol\n" },
};

/* Here in a passage whose file is unknown: columns alone. */
START_TEST(mistakes_are_placed)
{
    struct automaton automaton;
    struct alphabet alphabet;
    struct error error = { 0 };

    ck_assert(!read_att(wrong[_i].text, wrong[_i].names, &automaton, &alphabet,
                        &error));
    ck_assert_ptr_null(automaton.next);
    ck_assert_said(&error, wrong[_i].said);
    alphabet_clear(&alphabet);
}
END_TEST

START_TEST(mistakes_in_a_file_are_placed_there)
{
    static const char lines[] = "0 1 é é\n0 1 é a\n0 1\n";
    static const char yaml[] = "language: x\natt: bad.att\n";
    const char *att = scratch_path("bad.att"), *path = scratch_path("y.yaml");
    struct language *language = NULL;
    struct error error = { 0 };
    struct text expected = { 0 };

    scratch_write(path, yaml, strlen(yaml));
    ck_assert(!language_load(&language, path, &error));
    ck_assert_int_eq(error.kind, ERROR_IO);
    error_clear(&error);
    scratch_write(att, lines, strlen(lines));
    ck_assert(!language_load(&language, path, &error));
    text_add_format(&expected,
                    "%s:3:1: att: a line of 2 words; accepted: from, to and "
                    "symbol (in and out), or an accepting state\n",
                    att);
    ck_assert_said(&error, expected.data);
    text_clear(&expected);
    scratch_write(att, lines, strlen(lines) - 4);
    ck_assert(!language_load(&language, path, &error));
    text_add_format(&expected,
                    "%s:2:7: att: an arc that writes another symbol than it "
                    "reads: this is a transducer\n",
                    att);
    ck_assert_said(&error, expected.data);
    text_clear(&expected);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("att");
    TCase *tests = tcase_create("att");

    tcase_add_checked_fixture(tests, scratch_open, scratch_close);
    tcase_add_loop_test(tests, files_count_as_a_plain_reader_counts, 0,
                        sizeof files / sizeof *files);
    tcase_add_test(tests, a_file_is_found_beside_its_language);
    tcase_add_loop_test(tests, lines_say_what_the_expression_says, 0,
                        sizeof rows / sizeof *rows);
    tcase_add_loop_test(tests, mistakes_are_placed, 0,
                        sizeof wrong / sizeof *wrong);
    tcase_add_test(tests, mistakes_in_a_file_are_placed_there);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

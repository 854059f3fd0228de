/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/passage.h"

#include <string.h>

#include "formal.h"
#include "suite.h"

/* Where the X of the value of `k` stands in the file. */
static const struct {
    const char *file;
    size_t line, column;
} rows[] = {
    { "k: abX", 1, 6 },
    { "k: X", 1, 4 },
    { "# first\nk:   'abX'\n", 2, 9 },
    { "k: \"abX\"", 1, 7 },
    { "k: 'it''s X'", 1, 11 },
    { "k: \"\\\"\\\\ X\"", 1, 10 },
    { "k: \"\\u00e9\\x41X\"", 1, 15 },
    { "k: \"\\U0001F600X\"", 1, 15 },
    { "k: äöX", 1, 6 },
    { "k: \"ä\tX\"", 1, 7 },
    { "k: |\n  ab\n  cX\n", 3, 4 },
    { "k: |-\n\n    ab\n      cX\n", 4, 8 },
    { "k: >\n  ab\n  cd X\n", 3, 6 },
    { "k: ab\n  cd X\n", 2, 6 },
    { "k: ab   \n\n\n  X\n", 4, 3 },
    { "k: \"ab\n   cX\"\n", 2, 5 },
    { "k: 'a  b\n\n   X'\n", 3, 4 },
};

START_TEST(each_byte_of_a_scalar_has_its_place)
{
    struct yaml_document document;
    struct error error = { 0 };
    const struct yaml_node *node;
    struct passage passage;
    struct place place;
    const char *x;

    ck_assert(yaml_parse(&document, rows[_i].file, strlen(rows[_i].file), "f",
                         &error));
    node = yaml_get(document.root, "k");
    passage = passage_of(node, "k", rows[_i].file);
    x = strchr(node->text, 'X');
    ck_assert_ptr_nonnull(x);
    place = passage_place(&passage, (size_t)(x - node->text));
    ck_assert_uint_eq(place.line, rows[_i].line);
    ck_assert_uint_eq(place.column, rows[_i].column);
    yaml_clear(&document);
}
END_TEST

START_TEST(a_complaint_names_place_and_key)
{
    struct error error = { 0 };
    struct passage passage = { "aé b", "key.path", NULL, { "f", 3, 5 } };

    ck_assert(!passage_refuse(&passage, 4, &error, "no %s", "b"));
    ck_assert_int_eq(error.kind, ERROR_CONFIG);
    ck_assert_said(&error, "f:3:8: key.path: no b\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("passage");
    TCase *tests = tcase_create("passage");

    tcase_add_loop_test(tests, each_byte_of_a_scalar_has_its_place, 0,
                        sizeof rows / sizeof *rows);
    tcase_add_test(tests, a_complaint_names_place_and_key);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

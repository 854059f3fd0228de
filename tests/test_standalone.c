/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/standalone.h"

#include "formal.h"
#include "suite.h"

/* Whatever its style, a scalar is replaced from its first byte to its last,
 * and in whatever order that is asked. */
START_TEST(scalars_are_replaced_in_place)
{
    static const char source[] = "a: é x # c\nb: \"q\\\"é\" # d\n"
                                 "c: {d: 'it''s', e: 17}\n";
    struct standalone standalone = { 0 };
    struct yaml_document document;
    struct error error = { 0 };
    struct text out = { 0 };

    ck_assert(yaml_parse(&document, source, strlen(source), "x", &error));
    standalone_replace(&standalone, source,
                       yaml_get(yaml_get(document.root, "c"), "e"), "{}");
    standalone_replace(&standalone, source, yaml_get(document.root, "a"), "1");
    standalone_replace(&standalone, source, yaml_get(document.root, "b"), "22");
    standalone_replace(&standalone, source,
                       yaml_get(yaml_get(document.root, "c"), "d"), "333");
    standalone_write(&standalone, source, &out);
    ck_assert_str_eq(out.data, "a: 1 # c\nb: 22 # d\nc: {d: 333, e: {}}\n");
    text_clear(&out);
    standalone_clear(&standalone);
    yaml_clear(&document);
}
END_TEST

START_TEST(nothing_to_replace_changes_nothing)
{
    struct standalone standalone = { 0 };
    struct text out = { 0 };

    standalone_write(&standalone, "a: b\n", &out);
    ck_assert_str_eq(out.data, "a: b\n");
    text_clear(&out);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("standalone");
    TCase *tests = tcase_create("standalone");

    tcase_add_test(tests, scalars_are_replaced_in_place);
    tcase_add_test(tests, nothing_to_replace_changes_nothing);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

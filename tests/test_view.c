/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "report/view.h"

#include <string.h>

#include "said.h"
#include "suite.h"

static struct table table;

static void setup(void)
{
    static const char *const columns[] = {
        "experiment", "setting", "lengths",      "seeds",
        "trained",    "encoder", "limit agrees", "shortcut.length-parity",
        "limit",
    };
    static const char *const rows[][9] = {
        { "a", "", "1..4", "2", "0.5 [0.4, 0.6]", "1", "0.25", "0.75", "0.5" },
        { "a", "", "5..8", "2", "0.5", "1", "0.25", "0.75", "0.5" },
        { "a", "rate=1", "1..4", "1", "0.5", "1", "0.25", "0.75", "0.5" },
        { "b", "rate=1", "1..4", "1", "0.5", "1", "0.25", "0.75", "" },
    };

    for (size_t c = 0; c < 9; c++)
        table_column(&table, columns[c]);
    for (size_t r = 0; r < 4; r++)
        for (size_t c = 0; c < 9; c++)
            table_cell(&table, "%s", rows[r][c]);
}

static void teardown(void)
{
    table_clear(&table);
}

/* Room goes to the most telling columns; the order stays the table's. */
START_TEST(blocks_fit_the_terminal)
{
    struct text out = { 0 };

    view_write(&table, 50, &out);
    ck_assert_str_eq(
        out.data,
        "a (2 seeds)\n"
        "  lengths  trained         limit agrees  limit\n"
        "  1..4     0.5 [0.4, 0.6]  0.25          0.5\n"
        "  5..8     0.5             0.25          0.5\n"
        "\n"
        "a  rate=1 (1 seed)\n"
        "  lengths  trained         limit agrees  limit\n"
        "  1..4     0.5             0.25          0.5\n"
        "\n"
        "b  rate=1 (1 seed)\n"
        "  lengths  trained         limit agrees  limit\n"
        "  1..4     0.5             0.25\n"
        "\n"
        "A number is the mean over seeds [least, most].\n"
        "  lengths       of test strings; all: every one of that length; "
        "members: of all\n"
        "  trained       accuracy of the network as trained\n"
        "  limit agrees  share of strings on which limit decides as trained\n"
        "  limit         accuracy of the saturated network, all parameters to "
        "infinity\n"
        "Not shown (--wide): encoder,\n"
        "  shortcut.length-parity\n");
    text_clear(&out);
}
END_TEST

/* No line of the table is wider than asked, wherever a column fits at all;
 * without a limit every column is there. */
START_TEST(every_width_holds)
{
    for (size_t width = 27; width < 120; width++) {
        struct text out = { 0 };
        const char *end;

        view_write(&table, width, &out);
        end = strstr(out.data, "\nA number");
        for (const char *line = out.data; line < end;) {
            size_t length = strcspn(line, "\n");

            ck_assert_uint_le(length, width);
            line += length + 1;
        }
        ck_assert((strstr(out.data, "Not shown") == NULL) ==
                  (strstr(out.data, "  shortcut.length-parity  a") != NULL));
        text_clear(&out);
    }
    for (size_t width = 0; width < 2; width++) {
        struct text out = { 0 };

        view_write(&table, width, &out);
        ck_assert_ptr_nonnull(strstr(out.data, "trained"));
        ck_assert((strstr(out.data, "Not shown") == NULL) == (width == 0));
        text_clear(&out);
    }
}
END_TEST

START_TEST(columns_can_be_chosen)
{
    struct error error = { 0 };

    ck_assert(view_choose(&table, "limit, trained,seeds", &error));
    ck_assert_uint_eq(table.n_columns, 6);
    ck_assert_str_eq(table.columns[3], "seeds");
    ck_assert_str_eq(table.columns[4], "limit");
    ck_assert_str_eq(table.columns[5], "trained");
    ck_assert_str_eq(table.cells[5], "0.5 [0.4, 0.6]");
    ck_assert_uint_eq(table.n_rows, 4);
    ck_assert(!view_choose(&table, "trainde", &error));
    ck_assert_said(&error,
                   "saturn: --columns: there is no column \"trainde\"; did you "
                   "mean \"trained\"?; accepted: limit, trained\n");
}
END_TEST

START_TEST(the_legend_explains_every_column)
{
    struct text out = { 0 };

    view_legend(&table, &out);
    for (size_t c = 2; c < table.n_columns; c++) {
        char line[64];

        snprintf(line, sizeof line, "- %s: ", table.columns[c]);
        ck_assert_ptr_nonnull(strstr(out.data, line));
    }
    text_clear(&out);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("view");
    TCase *tests = tcase_create("view");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, blocks_fit_the_terminal);
    tcase_add_test(tests, every_width_holds);
    tcase_add_test(tests, columns_can_be_chosen);
    tcase_add_test(tests, the_legend_explains_every_column);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "model/position.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/schema.h"
#include "suite.h"

struct room {
    int positions;
};

static const struct field fields[] = { { .key = "positions",
                                         .type = FIELD_CUSTOM,
                                         .standard = "none",
                                         .custom = &positions_custom,
                                         .help = "positions" },
                                       { .key = NULL } };

static bool read_room(const char *text, struct room *room, char **complaint)
{
    struct yaml_document document = { 0 };
    struct error error = { 0 };
    size_t size;
    FILE *out = open_memstream(complaint, &size);
    bool ok = yaml_parse(&document, text, strlen(text), "x.yaml", &error);

    *room = (struct room){ 0 };
    ok = ok && schema_read(fields, document.root, "", NULL, room, &error);
    error_print(&error, out);
    fclose(out);
    error_clear(&error);
    yaml_clear(&document);
    return ok;
}

/* What is written, what it is, and how it is printed. */
static const struct {
    const char *text;
    int positions;
    const char *printed;
} rows[] = {
    { "{}", POSITIONS_NONE, "positions: none\n" },
    { "{positions: learned}", POSITIONS_LEARNED, "positions: learned\n" },
    { "{positions: sinusoidal}", POSITIONS_SINUSOIDAL,
      "positions: sinusoidal\n" },
    { "{positions: (-1)^i}", POSITIONS_SIGN, "positions: [(-1)^i]\n" },
    { "{positions: [(-1)^i, i/n]}", POSITIONS_SIGN | POSITIONS_RATIO,
      "positions: [i/n, (-1)^i]\n" },
    { "{positions: [i/n, (i/n)^2, (-1)^i]}",
      POSITIONS_SIGN | POSITIONS_RATIO | POSITIONS_SQUARE,
      "positions: [i/n, (i/n)^2, (-1)^i]\n" },
};

START_TEST(reads_and_prints)
{
    struct room room, again;
    struct text out = { 0 };
    char *complaint;

    ck_assert(read_room(rows[_i].text, &room, &complaint));
    free(complaint);
    ck_assert_int_eq(room.positions, rows[_i].positions);
    schema_print(fields, &room, 0, false, &out);
    ck_assert_str_eq(out.data, rows[_i].printed);
    ck_assert(read_room(out.data, &again, &complaint));
    ck_assert_int_eq(again.positions, room.positions);
    free(complaint);
    text_clear(&out);
}
END_TEST

static const struct {
    const char *text, *complaint;
} wrong[] = {
    { "{positions: rotary}",
      "x.yaml:1:13: positions: wrong value \"rotary\"; accepted: none, "
      "learned, "
      "sinusoidal, or a list of i/n, (i/n)^2 and (-1)^i" },
    { "{positions: [i/n, learned]}",
      "x.yaml:1:19: positions: wrong value \"learned\"; accepted: i/n, "
      "(i/n)^2 or (-1)^i" },
    { "{positions: [i/n, [i/n]]}",
      "x.yaml:1:19: positions: wrong type: a list; accepted: i/n, (i/n)^2 or "
      "(-1)^i" },
    { "{positions: [i/n, (-1)^i, i/n]}",
      "x.yaml:1:27: positions: i/n stands here twice" },
    { "{positions: []}", "x.yaml:1:13: positions: an empty list; accepted: " },
    { "{positions: {a: 1}}",
      "x.yaml:1:13: positions: wrong type: a map; accepted: none" },
};

START_TEST(wrong_positions_are_named)
{
    struct room room;
    char *complaint;

    ck_assert(!read_room(wrong[_i].text, &room, &complaint));
    ck_assert_msg(strstr(complaint, wrong[_i].complaint) != NULL, "%s",
                  complaint);
    free(complaint);
}
END_TEST

START_TEST(features_are_as_written)
{
    int all = POSITIONS_SIGN | POSITIONS_RATIO | POSITIONS_SQUARE;

    ck_assert_uint_eq(position_features(POSITIONS_NONE, 8), 0);
    ck_assert_uint_eq(position_features(POSITIONS_LEARNED, 8), 0);
    ck_assert_uint_eq(position_features(POSITIONS_SINUSOIDAL, 8), 8);
    ck_assert_uint_eq(position_features(all, 8), 3);
    for (size_t n = 1; n < 40; n++)
        for (size_t i = 0; i < n; i++) {
            double ratio = (double)i / (double)n;

            ck_assert_double_eq(position_feature(all, 8, i, n, 0), ratio);
            ck_assert_double_eq_tol(position_feature(all, 8, i, n, 1),
                                    ratio * ratio, 1e-15);
            ck_assert_double_eq(position_feature(all, 8, i, n, 2),
                                i % 2 == 0 ? 1 : -1);
            ck_assert_double_eq(position_feature(POSITIONS_SIGN, 8, i, n, 0),
                                i % 2 == 0 ? 1 : -1);
        }
    for (size_t i = 0; i < 5; i++)
        ck_assert_double_eq_tol(
            position_feature(POSITIONS_SINUSOIDAL, 8, i, 9, 3),
            cos((double)i / 10), 1e-15);
    ck_assert(position_needs_length(all));
    ck_assert(!position_needs_length(POSITIONS_SIGN));
    ck_assert(!position_needs_length(POSITIONS_SINUSOIDAL));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("position");
    TCase *tcase = tcase_create("position");

    tcase_add_loop_test(tcase, reads_and_prints, 0,
                        sizeof(rows) / sizeof(rows[0]));
    tcase_add_loop_test(tcase, wrong_positions_are_named, 0,
                        sizeof(wrong) / sizeof(wrong[0]));
    tcase_add_test(tcase, features_are_as_written);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}

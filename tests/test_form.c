/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/form.h"

#include <stdlib.h>

#include "formal.h"
#include "language/expression.h"
#include "suite.h"

#define SYMBOLS  3
#define TRACKED  2
#define LONGEST  12
#define ATTEMPTS 3000

static const char *names[] = { "x", "y", NULL };

/* The same condition over variables and over registers. */
struct twin {
    struct condition plain, linked;
};

static void read_twin(const struct alphabet *alphabet, const char *text,
                      struct twin *twin)
{
    struct vocabulary vocabulary = { alphabet, names };
    struct passage passage = formal_passage(text);
    struct error error = { 0 };

    ck_assert(
        expression_read_condition(&twin->plain, &passage, &vocabulary, &error));
    ck_assert(expression_read_condition(&twin->linked, &passage, &vocabulary,
                                        &error));
}

static void read_update(const struct alphabet *alphabet, const char *text,
                        struct sum *out)
{
    struct vocabulary vocabulary = { alphabet, names };
    struct passage passage = formal_passage(text);
    struct error error = { 0 };

    ck_assert(expression_read_update(out, &passage, &vocabulary, &error));
}

static void move_variables(const struct tracks *tracks, size_t symbol,
                           int64_t *variables)
{
    int64_t before[SYMBOLS + TRACKED];

    memcpy(before, variables, sizeof before);
    variables[symbol]++;
    for (size_t i = 0; i < TRACKED; i++)
        variables[SYMBOLS + i] =
            (int64_t)sum_value(&tracks->updates[i * SYMBOLS + symbol], before);
}

/* Along a random string the registers decide as the variables do. */
static void check_string(struct stream *stream, const struct forms *forms,
                         const struct tracks *tracks, const struct twin *twin)
{
    int64_t variables[SYMBOLS + TRACKED] = { 0 };
    int64_t registers[FORM_MOST] = { 0 }, before[FORM_MOST];

    for (size_t i = 0; i < LONGEST; i++) {
        size_t s = stream_below(stream, SYMBOLS);

        ck_assert_int_eq(condition_holds(&twin->plain, variables),
                         condition_holds(&twin->linked, registers));
        move_variables(tracks, s, variables);
        memcpy(before, registers, sizeof before);
        for (size_t f = 0; f < forms->count; f++)
            registers[f] = forms_step(forms, f, s, before);
    }
}

START_TEST(registers_decide_as_variables_do)
{
    static const char *const conditions[] = {
        "#a == #b",
        "2 * #a - 4 * #b > 2 * x",
        "#b - #a < 0 or 3 * #a != 3 * #b + 3",
        "(#a - #b) mod 3 == 1",
        "(#a + 2 * #b) mod 3 == x mod 2",
        "(2 * x + y) mod 5 >= y mod 3",
        "0 <= x - y <= 4",
        "x == y == #c",
        "(#a - (#b mod 2)) mod 4 == 1 and #a mod 4 < 3",
        "5 * x mod 5 == 0",
        "-x > y",
        "1 == 1",
    };
    static const char *const updates[] = {
        "x",     "y",     "x + 1", "y - 1", "0",     "3",
        "y + 2", "x - 2", "-x",    "2 * x", "x + y", "2 * y + 1",
    };
    struct alphabet alphabet = formal_alphabet("a b c");
    struct stream stream;
    size_t closed = 0;

    stream_init(&stream, 1, "test.form", 0);
    for (int round = 0; round < ATTEMPTS; round++) {
        struct sum sums[TRACKED * SYMBOLS];
        struct tracks tracks = { names, TRACKED, sums, { "x", 1, 1 } };
        struct forms forms = { 0 };
        struct error error = { 0 };
        struct twin twin;

        read_twin(&alphabet, conditions[stream_below(&stream, 12)], &twin);
        for (size_t i = 0; i < TRACKED * SYMBOLS; i++)
            read_update(&alphabet, updates[stream_below(&stream, 12)],
                        &sums[i]);
        forms_link(&forms, &twin.linked);
        if (forms_close(&forms, &alphabet, &tracks, &error)) {
            closed++;
            for (int i = 0; i < 5; i++)
                check_string(&stream, &forms, &tracks, &twin);
        } else {
            ck_assert_int_eq(error.kind, ERROR_CONFIG);
            error_clear(&error);
        }
        forms_clear(&forms);
        for (size_t i = 0; i < TRACKED * SYMBOLS; i++)
            sum_clear(&sums[i]);
        condition_clear(&twin.plain);
        condition_clear(&twin.linked);
    }
    ck_assert_uint_ge(closed, ATTEMPTS / 4);
    alphabet_clear(&alphabet);
}
END_TEST

/* How many registers a condition needs, and which. */
static const struct {
    const char *condition, *registers;
} kept[] = {
    { "#a == #b", "#a - #b\n" },
    { "#a - #b > 0 and #b - #a > -5", "#a - #b\n" },
    { "2 * #a == 2 * #b and 0 <= #a - #b <= 4", "#a - #b\n" },
    { "#a == #b == #c", "#a - #b\n#b - #c\n" },
    { "#a mod 2 == 0", "(#a) mod 2\n" },
    { "(#a - #b) mod 3 == 0", "(#a + 2 * #b) mod 3\n" },
    { "(#a - #b) mod 3 == 0 and (#a + 5 * #b) mod 3 == 1",
      "(#a + 2 * #b) mod 3\n" },
    { "#a == 3 and #a mod 2 == 1", "#a\n(#a) mod 2\n" },
    { "3 * #a mod 3 == 0", "" },
    { "1 < 2", "" },
    { "x mod 7 == 0", "(x) mod 7\n(2 * x) mod 7\n(4 * x) mod 7\n" },
};

START_TEST(only_what_is_compared_is_kept)
{
    struct alphabet alphabet = formal_alphabet("a b c");
    struct sum sums[TRACKED * SYMBOLS];
    struct tracks tracks = { names, TRACKED, sums, { "x", 1, 1 } };
    struct forms forms = { 0 };
    struct error error = { 0 };
    struct text text = { 0 };
    struct twin twin;

    for (size_t i = 0; i < TRACKED * SYMBOLS; i++)
        read_update(&alphabet, i < SYMBOLS ? "2 * x + 1" : "y", &sums[i]);
    read_twin(&alphabet, kept[_i].condition, &twin);
    forms_link(&forms, &twin.linked);
    ck_assert(forms_close(&forms, &alphabet, &tracks, &error));
    text_add(&text, "");
    for (size_t i = 0; i < forms.count; i++)
        text_add_format(&text, "%s\n", forms.items[i].text);
    ck_assert_str_eq(text.data, kept[_i].registers);
    text_clear(&text);
    forms_clear(&forms);
    for (size_t i = 0; i < TRACKED * SYMBOLS; i++)
        sum_clear(&sums[i]);
    condition_clear(&twin.plain);
    condition_clear(&twin.linked);
    alphabet_clear(&alphabet);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("form");
    TCase *tests = tcase_create("form");

    tcase_add_test(tests, registers_decide_as_variables_do);
    tcase_add_loop_test(tests, only_what_is_compared_is_kept, 0,
                        sizeof kept / sizeof *kept);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

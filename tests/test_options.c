/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdio.h>
#include <string.h>

#include "cli/options.h"
#include "suite.h"

/* clang-format off */
static const struct option own[] = {
    { 'l', "length", OPTION_COUNT, offsetof(struct options, length), "N",
      "a length" },
    { 0, "max-time", OPTION_TIME, offsetof(struct options, max_time), "TIME",
      "a time" },
    { 0, "quick", OPTION_FLAG, offsetof(struct options, quick), NULL,
      "a flag" },
    SET_OPTION("file: a.b=1"),
    OUTPUT_OPTION("a folder"),
    { .name = NULL }
};
/* clang-format on */

/* Parses the words of LINE, separated by single spaces. */
static bool parse(struct options *options, const char *line, char *words,
                  char shown[512])
{
    struct error error = { 0 };
    char *argv[32], *rest = NULL;
    FILE *stream;
    int argc = 0;
    bool ok;

    strcpy(words, line);
    for (char *word = strtok_r(words, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest))
        argv[argc++] = word;
    ok = options_parse(options, own, argc, argv, &error);
    memset(shown, 0, 512);
    stream = fmemopen(shown, 511, "w");
    error_print(&error, stream);
    fclose(stream);
    ck_assert(ok == (error.count == 0));
    ck_assert(ok || error.kind == ERROR_CONFIG);
    error_clear(&error);
    return ok;
}

/* Every way to write the same means the same. */
START_TEST(spellings_agree)
{
    static const char *const lines[] = {
        "a --length 7 --set x=1 b --output out -q -v",
        "--length=7 --set=x=1 --output=out --quiet --verbose a b",
        "-l7 -sx=1 -oout -qv a b",
        "-l 7 -s x=1 -o out -vq -- a b",
        "a b -qvl7 -s x=1 -o out",
        "a -vqsx=1 b -o out -l 7",
    };
    struct options options;
    char words[128], shown[512];

    ck_assert_msg(parse(&options, lines[_i], words, shown), "%s", shown);
    ck_assert_uint_eq(options.length, 7);
    ck_assert_uint_eq(options.n_sets, 1);
    ck_assert_str_eq(options.sets[0], "x=1");
    ck_assert_ptr_null(options.sets[1]);
    ck_assert_str_eq(options.output, "out");
    ck_assert(options.quiet && options.verbose && !options.json);
    ck_assert_uint_eq(options.n_operands, 2);
    ck_assert_str_eq(options.operands[0], "a");
    ck_assert_str_eq(options.operands[1], "b");
    ck_assert_ptr_null(options.operands[2]);
    options_clear(&options);
}
END_TEST

START_TEST(nothing_given)
{
    struct options options;
    char words[128], shown[512];

    ck_assert(parse(&options, "", words, shown));
    ck_assert_uint_eq(options.length, NOT_GIVEN);
    ck_assert_uint_eq(options.index, NOT_GIVEN);
    ck_assert_uint_eq(options.n_sets, 0);
    ck_assert_ptr_null(options.sets[0]);
    ck_assert_ptr_null(options.operands[0]);
    ck_assert_ptr_null(options.output);
    options_clear(&options);
}
END_TEST

START_TEST(dashes)
{
    struct options options;
    char words[128], shown[512];

    ck_assert(parse(&options, "- -- --quick -x --", words, shown));
    ck_assert_uint_eq(options.n_operands, 4);
    ck_assert_str_eq(options.operands[0], "-");
    ck_assert_str_eq(options.operands[1], "--quick");
    ck_assert_str_eq(options.operands[3], "--");
    ck_assert(!options.quick);
    options_clear(&options);
}
END_TEST

static const struct {
    const char *text;
    double seconds;
} times[] = { { "90", 90 },       { "90s", 90 },
              { "55m", 3300 },    { "1h30m", 5400 },
              { "2h0m1s", 7201 }, { "1s", 1 },
              { "0.5", 0.5 },     { "1e10", -1 },
              { "0", -1 },        { "5x", -1 },
              { "m", -1 },        { "1h30", -1 },
              { "-5", -1 },       { "1.5h", -1 },
              { "0s", -1 },       { "99999999999999999999", -1 } };

START_TEST(reads_times)
{
    struct options options;
    char words[128], shown[512], line[64];

    snprintf(line, sizeof line, "--max-time=%s", times[_i].text);
    if (times[_i].seconds > 0) {
        ck_assert_msg(parse(&options, line, words, shown), "%s", shown);
        ck_assert_double_eq(options.max_time, times[_i].seconds);
    } else {
        ck_assert(!parse(&options, line, words, shown));
        ck_assert_str_eq(shown, "saturn: --max-time: needs a time such as "
                                "90s, 55m or 1h30m\n");
    }
    options_clear(&options);
}
END_TEST

static const struct {
    const char *line, *shown;
} mistakes[] = {
    { "--lenght 7", "saturn: unknown option \"--lenght\"; did you mean "
                    "\"--length\"?\n" },
    { "--lenght=7", "saturn: unknown option \"--lenght\"; did you mean "
                    "\"--length\"?\n" },
    { "--nothing-like-it", "saturn: unknown option \"--nothing-like-it\"\n" },
    { "-x", "saturn: unknown option \"-x\"\n" },
    { "-qx", "saturn: unknown option \"-x\"\n" },
    { "--len 7", "saturn: unknown option \"--len\"\n" },
    { "--length", "saturn: --length: needs a value\n" },
    { "-l", "saturn: -l: needs a value\n" },
    { "--length=x", "saturn: --length: needs a whole number, 0 or more, as 7 "
                    "or 100\n" },
    { "--length=-1", "saturn: --length: needs a whole number, 0 or more, as 7 "
                     "or 100\n" },
    { "-l 010", "saturn: -l: needs a whole number, 0 or more, as 7 "
                "or 100\n" },
    { "--length=18446744073709551615",
      "saturn: --length: needs a whole number, 0 or more, as 7 "
      "or 100\n" },
    { "--output=", "saturn: --output: needs a value\n" },
    { "--quick=yes", "saturn: --quick: takes no value\n" },
    { "--quik --jsn", "saturn: unknown option \"--quik\"; did you mean "
                      "\"--quick\"?\nsaturn: unknown option \"--jsn\"; did "
                      "you mean \"--json\"?\n" },
};

START_TEST(complains)
{
    struct options options;
    char words[128], shown[512];

    ck_assert(!parse(&options, mistakes[_i].line, words, shown));
    ck_assert_str_eq(shown, mistakes[_i].shown);
    options_clear(&options);
}
END_TEST

/* Help names every option of the table, within the width of a terminal. */
START_TEST(explains)
{
    struct text out = { 0 };
    char *line, *rest = NULL;

    options_explain(own, &out);
    options_explain(common_options, &out);
    ck_assert_ptr_nonnull(strstr(out.data, "  set a value of the file: a.b=1"));
    for (const struct option *o = own; o->name != NULL; o++)
        ck_assert_ptr_nonnull(strstr(out.data, o->name));
    for (const struct option *o = common_options; o->name != NULL; o++)
        ck_assert_ptr_nonnull(strstr(out.data, o->name));
    ck_assert_ptr_nonnull(strstr(out.data, "  -l, --length=N "));
    for (line = strtok_r(out.data, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest))
        ck_assert_uint_le(strlen(line), 80);
    text_clear(&out);
}
END_TEST

/* A command that has no use for -s or -o does not take them. */
START_TEST(only_what_is_in_the_tables)
{
    char *ways[][2] = { { "-o", "out" },
                        { "--output", "out" },
                        { "-s", "x=1" },
                        { "--set", "x=1" } };
    struct options options;
    struct error error = { 0 };

    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        ck_assert(!options_parse(&options, NULL, 2, ways[i], &error));
        ck_assert_ptr_nonnull(strstr(error.complaints[0].text, "unknown"));
        ck_assert_ptr_null(options.output);
        ck_assert_uint_eq(options.n_sets, 0);
        options_clear(&options);
        error_clear(&error);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("options");
    TCase *cases = tcase_create("options");

    tcase_add_loop_test(cases, spellings_agree, 0, 6);
    tcase_add_test(cases, nothing_given);
    tcase_add_test(cases, dashes);
    tcase_add_loop_test(cases, reads_times, 0, sizeof times / sizeof *times);
    tcase_add_loop_test(cases, complains, 0,
                        sizeof mistakes / sizeof *mistakes);
    tcase_add_test(cases, explains);
    tcase_add_test(cases, only_what_is_in_the_tables);
    suite_add_tcase(suite, cases);
    return suite_run(suite);
}

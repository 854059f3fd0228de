/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Witnesses made by hand: cells of a map with an axis to each side. */

#include "experiment/judgement.h"

#include <math.h>
#include <string.h>

#include "base/statistics.h"
#include "page.h"
#include "suite.h"

/* Four rates by four decays; value 1 below a threshold, -1 above it, but for
 * the last rate, which crosses twice. */
static struct evidence evidence;

static char **words(const char *a, const char *b, const char *c)
{
    char **list = memory_new(4, sizeof *list);

    list[0] = memory_copy_text(a);
    list[1] = memory_copy_text(b);
    list[2] = memory_copy_text(c);
    return list;
}

static void set_up(void)
{
    static const char *const rates[] = { "0.1", "1", "0.01", "10" };
    static const char *const decays[] = { "2", "8", "1", "4" };

    statistics_start();
    evidence.items = memory_new(16, sizeof *evidence.items);
    for (size_t i = 0; i < 16; i++) {
        struct witness *witness = &evidence.items[evidence.count++];
        double decay = strtod(decays[i % 4], NULL);
        bool odd = i / 4 == 3 && decay == 8;

        witness->name = memory_copy_text("grid");
        witness->axes = words("rate", "decay", "kind");
        witness->values =
            words(rates[i / 4], decays[i % 4], i / 4 < 2 ? "a" : "b");
        metrics_add(&witness->metrics, "norm.ratio",
                    decay > 2 && !odd ? -1 : 1);
        metrics_add(&witness->metrics, "norm.final", (double)(i / 4));
        metrics_add(&witness->metrics, "loss.final", NAN);
        if (i / 4 == 1)
            metrics_add(&witness->metrics, "norm.some", 1);
    }
}

static void tear_down(void)
{
    evidence_clear(&evidence);
}

/* The verdict word and what is said of TEXT. */
static const struct {
    const char *item, *ours, *word;
    int kind;
} items[] = {
    { "{item: i, of: grid, where: {rate: 1, decay: 2}, metric: norm.final, "
      "paper: 1.0}",
      "1", "PASS", EXACT },
    { "{item: i, of: grid, where: {rate: 1, decay: 2}, metric: norm.final, "
      "paper: 1.4}",
      "1", "FAIL", EXACT },
    { "{item: i, of: grid, where: {rate: 1}, metric: norm.final, paper: 1.4, "
      "within: 0.5}",
      "1", "PASS", EXACT },
    { "{item: i, of: grid, where: {rate: 10}, metric: norm.final, "
      "paper: 3.1, relative: 0.05}",
      "3", "PASS", EXACT },
    { "{item: i, of: grid, where: {kind: b}, metric: norm.final, paper: 2}",
      "2.5 [2, 3]", "FAIL", EXACT },
    /* half a unit of the digits given: 1 rounds to "1", not to "1.4" */
    { "{item: i, of: grid, where: {rate: 1}, metric: norm.final, paper: 1}",
      "1", "HELD", CLAIM },
    { "{item: i, of: grid, where: {rate: 7}, metric: norm.final, paper: 1}",
      "no run yet", "OPEN", CLAIM },
    { "{item: i, of: nothing, metric: norm.final, paper: 1}", "no run yet",
      "OPEN", EXACT },
    { "{item: i, of: grid, where: {kind: a}, metric: norm.final}", "0.5 [0, 1]",
      "", SHOW },
    /* a number that is missing is no wrong one */
    { "{item: i, of: grid, metric: norm.absent, paper: 1}",
      "no run has norm.absent", "OPEN", EXACT },
    { "{item: i, of: grid, metric: norm.absent, most: 1}",
      "no run has norm.absent", "OPEN", EXACT },
    { "{item: i, of: grid, metric: norm.some, paper: 1}",
      "12 of 16 runs have no norm.some", "OPEN", EXACT },
    { "{item: i, of: grid, where: {rate: 1}, metric: norm.some, paper: 1}", "1",
      "PASS", EXACT },
    { "{item: i, of: grid, metric: norm.absent}", "no run has norm.absent", "",
      SHOW },
    { "{item: i, of: grid, metric: norm.final, most: 3, paper: below}",
      "1.5 [0, 3] (at most 3)", "PASS", EXACT },
    { "{item: i, of: grid, metric: norm.final, most: 2.9, paper: 1.5}",
      "1.5 [0, 3] (at most 2.9)", "FAIL", EXACT },
    { "{item: i, of: grid, that: \"norm.final >= 1\", over: median}",
      "median 1.5 over 16 runs by rate, decay, kind (norm.final >= 1)", "HELD",
      CLAIM },
    { "{item: i, of: grid, that: \"norm.final >= 1\"}",
      "min 0 over 16 runs by rate, decay, kind (norm.final >= 1)", "REFUTED",
      CLAIM },
    { "{item: i, of: grid, metric: norm.final, order: {by: rate, of: [10, "
      "0.01, 1, 0.1]}}",
      "10 3, 0.01 2, 1 1, 0.1 0", "HELD", CLAIM },
    { "{item: i, of: grid, metric: norm.final, order: {by: rate, of: [0.1, "
      "10]}}",
      "0.1 0, 10 3", "REFUTED", CLAIM },
    { "{item: i, of: grid, metric: norm.final, order: {by: rate, of: [10, "
      "99]}}",
      "10 3, 99 nan", "ERROR", CLAIM },
    { "{item: i, of: grid, metric: norm.final, order: {by: rate, of: [10, "
      "0.01], least: 1}}",
      "10 3, 0.01 2 (by at least 1)", "HELD", CLAIM },
    { "{item: i, of: grid, metric: norm.final, order: {by: rate, of: [10, "
      "0.01], least: 1.1}}",
      "10 3, 0.01 2 (by at least 1.1)", "REFUTED", CLAIM },
    { "{item: i, of: grid, metric: loss.final, most: 1}", "nan (at most 1)",
      "ERROR", CLAIM },
    { "{item: i, of: grid, metric: loss.final, paper: 1}", "nan", "FAIL",
      EXACT },
    { "{item: i, of: grid, metric: norm.absent, paper: 1}",
      "no run has norm.absent", "ERROR", CLAIM },
    { "{item: i, of: grid, that: \"norm.fall > 1\"}",
      "no run has norm.fall (norm.fall > 1)", "ERROR", CLAIM },
    { "{item: i, of: grid, that: \"norm.fall > 1\"}",
      "no run has norm.fall (norm.fall > 1)", "OPEN", EXACT },
    { "{item: i, of: grid, that: \"loss.final > 1\", where: {rate: 1}}",
      "min is no number over 4 runs by decay (loss.final > 1)", "FAIL", EXACT },
    { "{item: i, of: grid, metric: norm.fall, flips: {columns: rate, along: "
      "decay, at: 0, least: 0}}",
      "no run has norm.fall", "ERROR", CLAIM },
    { "{item: i, of: grid, metric: norm.ratio, flips: {columns: rate, along: "
      "decay, at: 0, least: 0.75}}",
      "norm.ratio crosses 0 once in 3, never in 0 of 4 columns, at "
      "decay 2.82843",
      "HELD", CLAIM },
    { "{item: i, of: grid, metric: norm.ratio, flips: {columns: rate, along: "
      "decay, at: 0, least: 0.8}}",
      "norm.ratio crosses 0 once in 3, never in 0 of 4 columns, at "
      "decay 2.82843",
      "REFUTED", CLAIM },
    { "{item: i, of: grid, where: {rate: 10}, metric: norm.ratio, flips: "
      "{columns: rate, along: decay, at: 0, least: 1}}",
      "norm.ratio crosses 0 once in 0, never in 0 of 1 columns", "REFUTED",
      CLAIM },
};

START_TEST(items_get_their_verdict)
{
    struct judgement judgement;
    struct yaml_document document;
    struct error error = { 0 };

    parse_yaml(&document, items[_i].item);
    ck_assert_msg(judge_item(&judgement, document.root, "item",
                             (enum item_kind)items[_i].kind, &evidence, &error),
                  "%s", said(&error));
    ck_assert_str_eq(judgement.ours.data, items[_i].ours);
    ck_assert_str_eq(verdict_words[judgement.word], items[_i].word);
    ck_assert_str_eq(judgement.item, "i");
    judgement_clear(&judgement);
    yaml_clear(&document);
}
END_TEST

static const struct {
    const char *item, *said;
} bad[] = {
    { "{item: i, of: grid}",
      "page.yaml:1:1: item: wrong type: a map; accepted: an item with metric "
      "or that\n" },
    { "{of: grid, metric: norm.final}",
      "page.yaml:1:1: item.item: missing; accepted: text\n" },
    { "{item: i, of: grid, metric: norm.final, order: {by: rate}}",
      "page.yaml:1:48: item: wrong type: a map; accepted: a map of by (an "
      "axis) and of (its values), and least (a number)\n" },
    { "{item: i, of: grid, metric: norm.final, flips: {at: 1}}",
      "page.yaml:1:48: item: wrong type: a map; accepted: a map of columns and "
      "along (axes), at and least (numbers)\n" },
    { "{item: i, of: grid, that: norm.final = 3}",
      "page.yaml:1:38: item[0].that: unknown comparison \"=\"; did you mean "
      "\"==\"?\n" },
};

START_TEST(mistakes_are_placed)
{
    struct judgement judgement;
    struct yaml_document document;
    struct error error = { 0 };

    parse_yaml(&document, bad[_i].item);
    ck_assert(!judge_item(&judgement, document.root, "item", EXACT, &evidence,
                          &error));
    ck_assert_said(&error, bad[_i].said);
    judgement_clear(&judgement);
    yaml_clear(&document);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("judgement");
    TCase *tests = tcase_create("judgement");

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, items_get_their_verdict, 0,
                        (int)(sizeof items / sizeof items[0]));
    tcase_add_loop_test(tests, mistakes_are_placed, 0,
                        (int)(sizeof bad / sizeof bad[0]));
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

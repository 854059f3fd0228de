/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Without positions parity cannot be expressed: the count argument, on cases.
 *
 * Under the full mask nothing but its symbol tells a token from another, at
 * any layer: a saturated network knows of a string how often each symbol
 * occurs in it, and the last one, where that is read.  A head whose scores
 * tie averages over all tokens, and one whose scores do not over all tokens
 * of one symbol, which knows nothing but which symbols occur.  (So does one
 * causal layer at the last token, which sees them all.)
 *
 * Let z zeros be followed by k ones, and D = 1 + z + k tokens.  After one
 * layer of such heads, without norms, every feature of the last token is
 * (a + b k) / D, and D times the logit a continuous function of k that is
 * linear but for a kink for each of the d_ff hidden units: it has at most
 * d_ff + 1 changes of sign, whatever c, and so has the limit's.  Parity changes
 * at every k, so that no such network decides it of more than d_ff + 2 ones.  With more layers there are
 * polynomials of higher degree and more kinks, but a number that does not
 * depend on the string: the decision is constant for large k.
 */

#include "suite.h"

#include <math.h>
#include <string.h>

#include "known.h"
#include "model/network.h"
#include "oracle.h"
#include "saturation/evaluator.h"

/* A model block; precision is double. */
static struct network *network_of(const char *yaml, uint64_t seed)
{
    struct model_config config = { 0 };
    struct error error = { 0 };
    struct network *network;

    ck_assert(known_settings(model_fields, yaml, "model", &config, &error));
    network = network_new(&config, 2);
    network_init(network, seed);
    schema_clear(model_fields, &config);
    return network;
}

static struct decision *decide(const struct network *network, const char *name,
                               const struct strings *strings)
{
    struct saturation_config config = { .orders = 8 };
    struct decision *decisions = calloc(strings->count, sizeof *decisions);
    struct evaluator *evaluator;
    struct error error = { 0 };

    ck_assert(evaluator_new(&evaluator, name, network, &config, &error));
    evaluator_decide(evaluator, strings, decisions);
    evaluator_free(evaluator);
    return decisions;
}

/* ---------------------------------------------------- what a network knows */

static size_t ones_of(const uint16_t *symbols, size_t n)
{
    size_t ones = 0;

    for (size_t i = 0; i < n; i++)
        ones += symbols[i];
    return ones;
}

/* How often each symbol occurs, and the last one where that is READ. */
static size_t counts_of(const uint16_t *symbols, size_t n, bool read)
{
    size_t last = read && n > 0 ? symbols[n - 1] : 0;

    return (n * 32 + ones_of(symbols, n)) * 2 + last;
}

/* Which symbols occur, and the last one where that is READ. */
static size_t presence_of(const uint16_t *symbols, size_t n, bool read)
{
    size_t ones = ones_of(symbols, n);
    size_t last = read && n > 0 ? symbols[n - 1] : 0;

    return ((size_t)(ones > 0) * 2 + (ones < n)) * 2 + last;
}

typedef size_t knowledge(const uint16_t *symbols, size_t n, bool read);

static bool is_same(const struct decision *a, const struct decision *b)
{
    double rounding = 1e-12 * (1 + fabs(a->logit)); /* of the softmax */

    return a->degree == b->degree && a->flagged == b->flagged &&
           fabs(a->logit - b->logit) <= a->bound + b->bound + rounding;
}

/* How many of STRINGS are decided otherwise than the first one of which the
 * same is known. */
static size_t count_strays(const struct network *network, const char *name,
                           const struct strings *strings, knowledge *know)
{
    bool read = network_config(network)->readout == READOUT_LAST;
    struct decision *decisions = decide(network, name, strings);
    size_t strays = 0;

    for (size_t i = 0; i < strings->count; i++) {
        size_t mine =
            know(strings_at(strings, i), strings_length(strings, i), read);
        size_t j = 0;

        while (know(strings_at(strings, j), strings_length(strings, j), read) !=
               mine)
            j++;
        strays += !is_same(&decisions[i], &decisions[j]);
    }
    free(decisions);
    return strays;
}

static const char *const blocks[] = {
    "{mask: full, norm: none, n_layers: 2, readout: last",
    "{mask: full, norm: pre, n_layers: 1, readout: begin",
    "{mask: full, norm: post, n_layers: 2, readout: mean",
    "{mask: full, norm: output, n_layers: 3, readout: last",
    "{mask: full, norm: output, n_layers: 2, bias: false, readout: begin",
    "{mask: causal, norm: none, n_layers: 1, readout: last",
    "{mask: causal, norm: output, n_layers: 1, readout: last",
    "{mask: causal, norm: pre, n_layers: 1, bias: false, readout: last",
};

enum { BLOCKS = sizeof blocks / sizeof *blocks, SEEDS = 10 };

/* Network SEED of BLOCK, of which MORE is said. */
static struct network *case_of(size_t block, const char *more, uint64_t seed)
{
    struct text yaml = { 0 };
    struct network *network;

    text_add_format(&yaml, "%s%s, d_model: 8, d_ff: 8, precision: double}",
                    blocks[block], more);
    network = network_of(yaml.data, seed);
    text_clear(&yaml);
    return network;
}

/* Strays of all networks like that over all strings to seven symbols. */
static size_t strays_of(size_t block, const char *more, const char *name,
                        knowledge *know)
{
    struct strings strings = { 0 };
    size_t strays = 0;

    oracle_strings(&strings, 2, 0, 7);
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct network *network = case_of(block, more, seed);

        strays += count_strays(network, name, &strings, know);
        network_free(network);
    }
    strings_clear(&strings);
    return strays;
}

/* Hard heads and uniform ones; and trained networks, which have neither. */
START_TEST(test_counts_are_all_it_knows)
{
    const char *uniform = ", init: {query_key: 0}";

    ck_assert_uint_eq(strays_of((size_t)_i, "", "limit", counts_of), 0);
    ck_assert_uint_eq(strays_of((size_t)_i, uniform, "limit", counts_of), 0);
    ck_assert_uint_eq(strays_of((size_t)_i, "", "trained", counts_of), 0);
}
END_TEST

/* The mean of all tokens is a uniform head of its own. */
START_TEST(test_hard_heads_know_what_occurs)
{
    const char *uniform = ", init: {query_key: 0}";
    bool mean = strstr(blocks[_i], "readout: mean") != NULL;
    size_t strays = strays_of((size_t)_i, "", "limit", presence_of);

    ck_assert(mean ? strays > 0 : strays == 0);
    ck_assert_uint_gt(strays_of((size_t)_i, uniform, "limit", presence_of), 0);
}
END_TEST

/* Two causal layers, or positions, know more: the argument is not of them. */
START_TEST(test_order_is_known_otherwise)
{
    static const char *const more[] = {
        "{mask: causal, norm: none, n_layers: 2, init: {query_key: 0}, "
        "precision: double}",
        "{mask: full, norm: none, n_layers: 1, positions: learned, "
        "max_length: 8, precision: double}",
    };
    struct strings strings = { 0 };

    oracle_strings(&strings, 2, 0, 5);
    for (size_t i = 0; i < 2; i++) {
        struct network *network = network_of(more[i], 1);

        ck_assert_uint_gt(count_strays(network, "limit", &strings, counts_of),
                          0);
        network_free(network);
    }
    strings_clear(&strings);
}
END_TEST

/* ------------------------------------------------------ changes of its mind */

enum { LONGEST = 80 };

/* How often the decision changes from 0^ZEROS 1 to 0^ZEROS 1^LONGEST; what is
 * undecided is passed over. */
static size_t count_changes(const struct network *network, size_t zeros)
{
    struct strings strings = { 0 };
    uint16_t symbols[LONGEST + 8] = { 0 };
    struct decision *decisions;
    size_t changes = 0;
    int before = 0;

    for (size_t k = 1; k <= LONGEST; k++) {
        symbols[zeros + k - 1] = 1;
        strings_add(&strings, symbols, zeros + k);
    }
    decisions = decide(network, "limit", &strings);
    for (size_t k = 0; k < strings.count; k++) {
        int sign = decision_sign(&decisions[k]);

        changes += sign * before < 0;
        before = sign != 0 ? sign : before;
    }
    free(decisions);
    strings_clear(&strings);
    return changes;
}

/* The most changes of 60 networks like that, along four rays each. */
static size_t most_changes(const char *yaml)
{
    size_t most = 0;

    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct network *network = network_of(yaml, seed);

        for (size_t zeros = 0; zeros < 4; zeros++) {
            size_t changes = count_changes(network, zeros);

            most = changes > most ? changes : most;
        }
        network_free(network);
    }
    return most;
}

/*
 * Two layers of uniform heads and one hidden unit: three states with a kink
 * each, then squares of k: 3 + 2 * 4 kinks, 12 pieces and 2 roots in each.
 */
START_TEST(test_changes_are_few)
{
    size_t uniform = most_changes("{mask: causal, norm: none, n_layers: 1, "
                                  "d_model: 8, d_ff: 8, precision: double, "
                                  "init: {query_key: 0}}");
    size_t two = most_changes("{mask: full, norm: none, n_layers: 2, "
                              "d_model: 8, d_ff: 1, precision: double, "
                              "init: {query_key: 0}}");
    size_t hard = most_changes("{mask: full, norm: none, n_layers: 2, "
                               "d_model: 8, d_ff: 8, precision: double}");

    ck_assert_uint_gt(uniform, 0);
    ck_assert_uint_le(uniform, 8 + 1);
    ck_assert_uint_gt(two, 0);
    ck_assert_uint_le(two, 24);
    ck_assert_uint_eq(hard, 0);
}
END_TEST

/* ------------------------------------------------- the bound, nearly reached
 */

/*
 * One uniform head and UNITS hidden units decide parity of up to UNITS ones,
 * whatever the zeros, and of no more: unit j is ReLU(k - j) / D, and their sum
 * with weights 1, -3, 4, -4... is 1, -1, 1... / D at k = 1, 2, 3...  Without a
 * one the classifier sees what is left, -1/D.
 */
static struct network *zigzag(size_t units)
{
    struct network *network;
    struct text yaml = { 0 };

    text_add_format(&yaml,
                    "{n_layers: 1, d_model: 8, n_heads: 1, d_ff: %zu, norm: "
                    "none, bias: false, classifier_bias: false, init: {scale: "
                    "0}, precision: double}",
                    units);
    network = network_of(yaml.data, 1);
    oracle_put(network, "embedding.token", 1, 0, 1); /* a one */
    oracle_put(network, "embedding.token", 2, 1, 1); /* the begin mark */
    for (size_t i = 0; i < 2; i++) {
        oracle_put(network, "layers.0.attention.value.weight", i, i, 1);
        oracle_put(network, "layers.0.attention.output.weight", 2 + i, i, 1);
    }
    for (size_t j = 0; j < units; j++) {
        double size = j == 0 ? 1 : j == 1 ? 3 : 4;

        oracle_put(network, "layers.0.feedforward.up.weight", j, 2, 1);
        oracle_put(network, "layers.0.feedforward.up.weight", j, 3, -(double)j);
        oracle_put(network, "layers.0.feedforward.down.weight", 4, j,
                   j % 2 == 0 ? size : -size);
    }
    oracle_put(network, "classifier.weight", 0, 3, -1);
    oracle_put(network, "classifier.weight", 0, 4, 1);
    text_clear(&yaml);
    return network;
}

START_TEST(test_parity_to_a_number_of_ones)
{
    size_t units = (size_t)_i;
    struct network *network = zigzag(units);
    struct strings strings = { 0 };
    struct decision *decisions;

    oracle_strings(&strings, 2, 0, 10);
    decisions = decide(network, "limit", &strings);
    for (size_t i = 0; i < strings.count; i++) {
        size_t ones =
            ones_of(strings_at(&strings, i), strings_length(&strings, i));
        size_t seen = ones < units ? ones : units;

        ck_assert_int_eq(decision_sign(&decisions[i]), seen % 2 == 1 ? 1 : -1);
    }
    ck_assert_uint_eq(count_changes(network, 2), units - 1);
    free(decisions);
    strings_clear(&strings);
    network_free(network);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("parity");
    TCase *tests = tcase_create("laws");

    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, test_counts_are_all_it_knows, 0, BLOCKS);
    tcase_add_loop_test(tests, test_hard_heads_know_what_occurs, 0, BLOCKS);
    tcase_add_test(tests, test_order_is_known_otherwise);
    tcase_add_test(tests, test_changes_are_few);
    tcase_add_loop_test(tests, test_parity_to_a_number_of_ones, 1, 9);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

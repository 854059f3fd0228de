/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "saturation/heads.h"

#include "suite.h"

#include <math.h>
#include <string.h>

#include "base/parallel.h"
#include "model/constructions.h"
#include "oracle.h"

/* A zero network of one layer without norms, 4 features a head. */
static struct network *bare(size_t n_heads, int mask)
{
    struct model_config config = { .n_layers = 1,
                                   .d_model = 4 * n_heads,
                                   .n_heads = n_heads,
                                   .d_ff = 1,
                                   .norm = NORM_NONE,
                                   .mask = mask,
                                   .precision = PRECISION_DOUBLE };

    return network_new(&config, 2);
}

/* One string of LENGTH symbols: 0 1 0 1 ... */
static void add_string(struct strings *strings, size_t length)
{
    uint16_t *symbols = calloc(length, sizeof *symbols);

    for (size_t i = 0; i < length; i++)
        symbols[i] = i % 2;
    strings_add(strings, symbols, length);
    free(symbols);
}

static const struct head_profile *find(const struct head_profiles *profiles,
                                       enum head_mask mask, size_t layer,
                                       size_t head)
{
    for (size_t i = 0; i < profiles->count; i++) {
        const struct head_profile *row = &profiles->rows[i];

        if (row->mask == mask && row->layer == layer && row->head == head)
            return row;
    }
    ck_abort_msg("no such head");
}

/* Head 0 is uniform.  Head 1 has all scores negative, the begin mark's least
 * so: -1 for it and -2 for symbols. */
static struct network *two_heads(int mask)
{
    struct network *network = bare(2, mask);

    for (size_t t = 0; t < 3; t++) {
        oracle_put(network, "embedding.token", t, 0, 1);
        oracle_put(network, "embedding.token", t, 1, t == 2 ? -1 : -2);
    }
    oracle_put(network, "layers.0.attention.query.weight", 4, 0, 1);
    oracle_put(network, "layers.0.attention.key.weight", 4, 1, 1);
    return network;
}

/*
 * The values that the paper's figure 3 owes to its mask, at its lengths of 83
 * and 700 tokens, and those that a uniform head has under the right one.
 */
START_TEST(paper_values_are_those_of_the_mask)
{
    static const struct {
        size_t tokens;
        double uniform, defect;
    } lengths[] = { { 83, 42.0, 41.012048 }, { 700, 350.5, 349.501429 } };
    size_t n = lengths[_i % 2].tokens;
    struct network *network = two_heads(_i < 2 ? MASK_CAUSAL : MASK_ZERO);
    struct head_profiles profiles;
    const struct head_profile *row;
    struct strings strings = { 0 };

    add_string(&strings, n - 1);
    heads_measure(network, 8, &strings, &profiles);
    ck_assert_uint_eq(profiles.count, 4);
    row = find(&profiles, HEAD_MASK_RIGHT, 0, 0);
    ck_assert_uint_eq(row->rows, n);
    ck_assert_double_eq(row->mean, lengths[_i % 2].uniform);
    ck_assert_double_eq(row->split, (double)(n - 1) / (double)n);
    ck_assert_int_eq(row->class, HEAD_MEAN);
    row = find(&profiles, HEAD_MASK_RIGHT, 0, 1);
    ck_assert_double_eq(row->mean, 1);
    ck_assert_double_eq(row->sd, 0);
    ck_assert_double_eq(row->split, 0);
    ck_assert_int_eq(row->class, HEAD_ARGMAX);

    row = find(&profiles, HEAD_MASK_ZERO, 0, 1);
    ck_assert_double_eq_tol(row->mean, lengths[_i % 2].defect, 5e-7);
    ck_assert_double_eq(row->mean,
                        ((double)n * (double)(n - 1) / 2 + 1) / (double)n);
    ck_assert_double_eq(row->split, (double)(n - 2) / (double)n);
    ck_assert_int_eq(row->class, HEAD_OTHER);
    /* zero among zeros: a uniform head sees the whole string */
    row = find(&profiles, HEAD_MASK_ZERO, 0, 0);
    ck_assert_double_eq(row->mean, (double)n);
    ck_assert_double_eq(row->sd, 0);
    head_profiles_clear(&profiles);
    strings_clear(&strings);
    network_free(network);
}
END_TEST

/* Without a mask nothing is masked, by zero or otherwise. */
START_TEST(full_masks_have_no_defect)
{
    struct network *network = bare(1, MASK_FULL);
    struct head_profiles profiles;
    struct strings strings = { 0 };

    add_string(&strings, 9);
    heads_measure(network, 8, &strings, &profiles);
    for (int mask = 0; mask < HEAD_MASKS; mask++) {
        const struct head_profile *row =
            find(&profiles, (enum head_mask)mask, 0, 0);

        ck_assert_double_eq(row->mean, 10);
        ck_assert_double_eq(row->split, 1);
    }
    head_profiles_clear(&profiles);
    strings_clear(&strings);
    network_free(network);
}
END_TEST

/* A token that does not see itself: rows begin after the begin mark, and what
 * it may not see is all the rest. */
START_TEST(strict_masks_hide_the_token_itself)
{
    struct network *network = bare(1, MASK_STRICT);
    struct head_profiles profiles;
    struct strings strings = { 0 };
    const struct head_profile *row;

    add_string(&strings, 9);
    heads_measure(network, 8, &strings, &profiles);
    row = find(&profiles, HEAD_MASK_RIGHT, 0, 0);
    ck_assert_uint_eq(row->rows, 9);
    ck_assert_double_eq(row->mean, 5);
    ck_assert_double_eq(row->split, 8 / 9.0);
    ck_assert_int_eq(row->class, HEAD_MEAN);
    ck_assert_double_eq(find(&profiles, HEAD_MASK_ZERO, 0, 0)->mean, 10);
    head_profiles_clear(&profiles);
    strings_clear(&strings);
    network_free(network);
}
END_TEST

/* The heads of the constructions are what they were made for. */
START_TEST(constructed_heads_are_typed)
{
    static const struct {
        enum construction construction;
        size_t n_heads;
        const char *classes; /* m or a, layer by layer */
    } made[] = { { CONSTRUCTION_MAJORITY, 2, "mmmm" },
                 { CONSTRUCTION_DYCK, 2, "mmmm" },
                 { CONSTRUCTION_ANBN, 2, "mamm" },
                 { CONSTRUCTION_PARITY, 1, "ma" } };
    bool parity = made[_i].construction == CONSTRUCTION_PARITY;
    struct model_config config = { .n_layers = 2,
                                   .d_model = 16,
                                   .n_heads = made[_i].n_heads,
                                   .d_ff = 16,
                                   .norm = NORM_NONE,
                                   .positions = parity ? POSITIONS_RATIO |
                                                             POSITIONS_SQUARE |
                                                             POSITIONS_SIGN
                                                       : POSITIONS_NONE,
                                   .position_map = parity,
                                   .construction = (int)made[_i].construction,
                                   .precision = PRECISION_DOUBLE };
    struct network *network = network_new(&config, 2);
    size_t heads = strlen(made[_i].classes);
    struct head_profiles profiles;
    struct strings strings = { 0 };

    network_init(network, 1);
    for (size_t n = 8; n < 40; n++)
        add_string(&strings, n);
    heads_measure(network, 8, &strings, &profiles);
    ck_assert_uint_eq(profiles.count, 2 * heads);
    for (size_t i = 0; i < heads; i++)
        ck_assert_int_eq(profiles.rows[i].class,
                         made[_i].classes[i] == 'm' ? HEAD_MEAN : HEAD_ARGMAX);
    head_profiles_clear(&profiles);
    strings_clear(&strings);
    network_free(network);
}
END_TEST

/* The same-token head by hand on 0 1 0 1: rows see their like once or twice,
 * the begin mark only itself. */
START_TEST(counts_are_those_of_the_argmax_set)
{
    struct model_config config = { .n_layers = 2,
                                   .d_model = 16,
                                   .n_heads = 2,
                                   .d_ff = 8,
                                   .norm = NORM_NONE,
                                   .construction = CONSTRUCTION_ANBN,
                                   .precision = PRECISION_DOUBLE };
    struct network *network = network_new(&config, 2);
    const struct head_profile *row;
    struct head_profiles profiles;
    struct strings strings = { 0 };

    network_init(network, 1);
    add_string(&strings, 4);
    heads_measure(network, 8, &strings, &profiles);
    row = find(&profiles, HEAD_MASK_RIGHT, 0, 1);
    ck_assert_uint_eq(row->rows, 5);
    ck_assert_double_eq(row->mean, 7 / 5.0);
    ck_assert_double_eq_tol(row->sd, sqrt(0.3), 1e-15);
    ck_assert_double_eq(row->split, 2 / 5.0);
    ck_assert_double_eq(row->tied, 0);
    ck_assert_uint_eq(row->choices, 4);
    ck_assert_double_eq(row->single, 1);
    ck_assert_double_eq(row->all, 0);
    ck_assert_uint_eq(row->bins[0], 3);
    ck_assert_uint_eq(row->bins[1], 2);
    row = find(&profiles, HEAD_MASK_RIGHT, 0, 0);
    ck_assert_double_eq(row->mean, 3);
    ck_assert_double_eq(row->tied, 4 / 5.0);
    ck_assert_uint_eq(row->bins[2], 2);
    ck_assert_uint_eq(row->bins[3], 1);
    head_profiles_clear(&profiles);
    strings_clear(&strings);
    network_free(network);
}
END_TEST

/* Any number of threads, and strings in any company, give the same. */
START_TEST(sums_do_not_depend_on_threads)
{
    struct network *network = oracle_network((size_t)_i, 5);
    struct head_profiles one, many;
    struct strings strings = { 0 };

    oracle_strings(&strings, 2, 0, 5);
    parallel_set_threads(1);
    heads_measure(network, 8, &strings, &one);
    parallel_set_threads(4);
    heads_measure(network, 8, &strings, &many);
    parallel_set_threads(0);
    ck_assert_uint_eq(one.count, many.count);
    for (size_t i = 0; i < one.count; i++) {
        size_t binned = 0;

        for (size_t b = 0; b < HEAD_BINS; b++) {
            ck_assert_uint_eq(one.rows[i].bins[b], many.rows[i].bins[b]);
            binned += one.rows[i].bins[b];
        }
        ck_assert_double_eq(one.rows[i].mean, many.rows[i].mean);
        ck_assert_double_eq(one.rows[i].sd, many.rows[i].sd);
        ck_assert_double_eq(one.rows[i].tied, many.rows[i].tied);
        ck_assert_int_eq(one.rows[i].class, many.rows[i].class);
        ck_assert_uint_eq(binned, one.rows[i].rows);
        ck_assert_uint_eq(one.rows[i].rows, 321);
        ck_assert_double_ge(one.rows[i].mean, 1);
    }
    head_profiles_clear(&one);
    head_profiles_clear(&many);
    strings_clear(&strings);
    network_free(network);
}
END_TEST

START_TEST(bins_meet)
{
    for (size_t b = 1; b < HEAD_BINS; b++)
        ck_assert_uint_eq(head_bin_least(b), head_bin_most(b - 1) + 1);
    ck_assert_uint_eq(head_bin_least(0), 1);
    ck_assert_uint_eq(head_bin_least(HEAD_BINS - 1), 1025);
    ck_assert_uint_eq(head_bin_most(HEAD_BINS - 1), SIZE_MAX);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("heads");
    TCase *core = tcase_create("core");

    tcase_set_timeout(core, 60);
    tcase_add_loop_test(core, paper_values_are_those_of_the_mask, 0, 4);
    tcase_add_test(core, full_masks_have_no_defect);
    tcase_add_test(core, strict_masks_hide_the_token_itself);
    tcase_add_loop_test(core, constructed_heads_are_typed, 0, 4);
    tcase_add_test(core, counts_are_those_of_the_argmax_set);
    tcase_add_loop_test(core, sums_do_not_depend_on_threads, 0, 4);
    tcase_add_test(core, bins_meet);
    suite_add_tcase(suite, core);
    return suite_run(suite);
}

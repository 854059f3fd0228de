/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/statistics.h"
#include "base/text.h"
#include "suite.h"

/* Known answers of Philox4x32-10: Random123's kat_vectors. */
START_TEST(philox_gives_its_known_answers)
{
    static const struct {
        struct stream stream;
        uint32_t word[4];
    } vectors[] = {
        { { 0 }, { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 } },
        { { .seed = UINT64_MAX,
            .index = UINT64_MAX,
            .purpose = UINT32_MAX,
            .block = UINT32_MAX },
          { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd } },
        { { .seed = 0x299f31d0a4093822,
            .index = 0x0370734413198a2e,
            .purpose = 0x85a308d3,
            .block = 0x243f6a88 },
          { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 } },
    };

    for (int v = 0; v < 3; v++) {
        struct stream stream = vectors[v].stream;

        for (int i = 0; i < 4; i++)
            ck_assert_uint_eq(stream_word(&stream), vectors[v].word[i]);
    }
}
END_TEST

/* Values of an independent Philox and FNV-1a, written in Python. */
START_TEST(streams_give_their_golden_values)
{
    static const uint32_t words[] = { 0x40c1fbd9, 0xb1fabc53, 0x8caff5f3,
                                      0xf2d49657, 0x08602512, 0xf4baf5d2 };
    static const uint64_t bits[] = { 0x5e4a348dfacbafab, 0x202c895021b17291,
                                     0x519833ecee529b05 };
    static const uint64_t below[] = { 496, 49, 801, 591, 818, 41, 678, 732 };
    static const size_t permuted[] = { 8, 9, 3, 2, 6, 7, 4, 1, 5, 0 };
    size_t order[10];
    struct stream stream;

    stream_init(&stream, 1, "data.train", 0);
    ck_assert_uint_eq(stream.purpose, 1262261165);
    for (int i = 0; i < 6; i++)
        ck_assert_uint_eq(stream_word(&stream), words[i]);
    stream_init(&stream, 0x123456789abcdef0, "init.embedding.token",
                0xfedcba9876543210);
    for (int i = 0; i < 3; i++)
        ck_assert(stream_bits(&stream) == bits[i]);
    stream_init(&stream, 7, "order", 3);
    for (int i = 0; i < 8; i++)
        ck_assert(stream_below(&stream, 1000) == below[i]);
    stream_init(&stream, 7, "order", 3);
    ck_assert(stream_below(&stream, (uint64_t)3 << 62) == 686354866706254076u);
    stream_init(&stream, 7, "order", 3);
    ck_assert(stream_uniform(&stream) == 0x1.fcb0175b4f5e6p-2);
    ck_assert(stream_uniform(&stream) == 0x1.96675a3b50810p-5);
    stream_init(&stream, 7, "order", 3);
    ck_assert_double_eq_tol(stream_normal(&stream), 1.1154472042018733, 1e-15);
    random_permutation(7, "order", 3, 10, order);
    ck_assert(memcmp(order, permuted, sizeof order) == 0);
}
END_TEST

/* Law: the draws of an item depend on nothing but its key. */
START_TEST(items_do_not_depend_on_each_other)
{
    struct stream a, b, other;

    stream_init(&a, 5, "data.test", 17);
    stream_init(&other, 5, "data.test", 16);
    stream_init(&b, 5, "data.test", 17);
    for (int i = 0; i < 100; i++) {
        stream_bits(&other);
        ck_assert(stream_bits(&a) == stream_bits(&b));
    }
    for (int part = 0; part < 3; part++) {
        stream_init(&a, 5, "data.test", 17);
        stream_init(&b, part == 0 ? 6 : 5,
                    part == 1 ? "data.train" : "data.test",
                    part == 2 ? (uint64_t)17 << 32 : 17);
        ck_assert(stream_bits(&a) != stream_bits(&b));
    }
}
END_TEST

/* P of a chi-square at least as large as that of COUNT against equal bins. */
static double equal_bins(const size_t *count, size_t bins)
{
    double total = 0, x = 0;

    for (size_t i = 0; i < bins; i++)
        total += (double)count[i];
    for (size_t i = 0; i < bins; i++) {
        double expected = total / (double)bins;

        x += ((double)count[i] - expected) * ((double)count[i] - expected) /
             expected;
    }
    return chi_square_tail(x, (double)bins - 1);
}

#define UNLIKELY 1e-4

START_TEST(below_is_unbiased)
{
    static const uint64_t bounds[] = { 1, 2, 3, 6, 10, 97 };
    struct stream stream;

    for (size_t b = 0; b < sizeof bounds / sizeof *bounds; b++) {
        size_t count[97] = { 0 };

        stream_init(&stream, 11, "below", b);
        for (int i = 0; i < 30000; i++) {
            uint64_t draw = stream_below(&stream, bounds[b]);

            ck_assert(draw < bounds[b]);
            count[draw]++;
        }
        if (bounds[b] > 1)
            ck_assert_double_gt(equal_bins(count, bounds[b]), UNLIKELY);
    }
}
END_TEST

/* Of 3 * 2^62 a draw modulo that bound would favour the first third two to
 * one, and a multiplication without rejection would skip values. */
START_TEST(below_is_unbiased_for_large_bounds)
{
    size_t count[3] = { 0 }, odd[2] = { 0 };
    struct stream stream;

    stream_init(&stream, 12, "below", 0);
    for (int i = 0; i < 30000; i++) {
        uint64_t draw = stream_below(&stream, (uint64_t)3 << 62);

        ck_assert(draw < (uint64_t)3 << 62);
        count[draw >> 62]++;
        odd[draw & 1]++;
    }
    ck_assert_double_gt(equal_bins(count, 3), UNLIKELY);
    ck_assert_double_gt(equal_bins(odd, 2), UNLIKELY);
}
END_TEST

START_TEST(uniforms_fill_the_unit_interval)
{
    size_t count[64] = { 0 }, pairs[64] = { 0 };
    struct stream stream;
    double last = 0;

    stream_init(&stream, 13, "uniform", 0);
    for (int i = 0; i < 64000; i++) {
        double u = stream_uniform(&stream);

        ck_assert(u >= 0 && u < 1 && ldexp(u, 53) == floor(ldexp(u, 53)));
        count[(int)(64 * u)]++;
        if (i % 2 == 1)
            pairs[8 * (int)(8 * last) + (int)(8 * u)]++;
        last = u;
    }
    ck_assert_double_gt(equal_bins(count, 64), UNLIKELY);
    ck_assert_double_gt(equal_bins(pairs, 64), UNLIKELY);
}
END_TEST

/* Phi(x) of a normal x is uniform; its tails reach beyond 4. */
START_TEST(normals_are_normal)
{
    size_t count[50] = { 0 };
    struct stream stream;
    double most = 0;

    stream_init(&stream, 14, "normal", 0);
    for (int i = 0; i < 100000; i++) {
        double x = stream_normal(&stream);

        ck_assert(isfinite(x));
        count[(int)(50 * (0.5 * erfc(-x / sqrt(2))))]++;
        most = fmax(most, fabs(x));
    }
    ck_assert_double_gt(equal_bins(count, 50), UNLIKELY);
    ck_assert(most > 4 && most < 6);
}
END_TEST

START_TEST(permutations_permute)
{
    static const size_t sizes[] = { 0, 1, 2, 1000 };

    for (int s = 0; s < 4; s++) {
        size_t n = sizes[s], *order = memory_new(n, sizeof *order);
        bool *seen = memory_new(n, sizeof *seen);

        random_permutation(1, "order", (uint64_t)s, n, order);
        for (size_t i = 0; i < n; i++) {
            ck_assert(order[i] < n && !seen[order[i]]);
            seen[order[i]] = true;
        }
        free(order);
        free(seen);
    }
}
END_TEST

START_TEST(permutations_are_uniform)
{
    size_t count[24] = { 0 };

    for (uint64_t i = 0; i < 24000; i++) {
        size_t order[4], rank = 0;

        random_permutation(2, "order", i, 4, order);
        for (size_t a = 0; a < 3; a++) {
            size_t smaller = 0;

            for (size_t b = a + 1; b < 4; b++)
                smaller += order[b] < order[a];
            rank = rank * (4 - a) + smaller;
        }
        count[rank]++;
    }
    ck_assert_double_gt(equal_bins(count, 24), UNLIKELY);
}
END_TEST

/* ------------------------------------------------ the words of the project */

struct words {
    char **items;
    size_t count;
};

static void add_word(struct words *words, const char *text, size_t length)
{
    words->items =
        memory_resize(words->items, words->count + 1, sizeof *words->items);
    words->items[words->count] = memory_new(length + 1, 1);
    memcpy(words->items[words->count++], text, length);
}

/* Every string literal of TEXT that could be the word of a stream. */
static void add_literals(struct words *words, const char *text)
{
    const char *from = strchr(text, '"');

    while (from != NULL) {
        size_t length =
            strspn(from + 1, "abcdefghijklmnopqrstuvwxyz0123456789._-");

        if (from[length + 1] == '"') {
            if (length > 0)
                add_word(words, from + 1, length);
            from = strchr(from + length + 2, '"');
        } else {
            from = strchr(from + 1, '"');
        }
    }
}

static void scan(struct words *words, const char *path)
{
    struct error error = { 0 };
    struct text text = { 0 };
    char **names;

    if (strlen(path) > 2 && strcmp(path + strlen(path) - 2, ".c") == 0) {
        ck_assert(file_read(path, 1 << 22, &text, &error));
        add_literals(words, text.data);
        text_clear(&text);
        return;
    }
    if (strchr(strrchr(path, '/') + 1, '.') != NULL)
        return;
    ck_assert(file_names(path, &names, &error));
    for (size_t i = 0; names[i] != NULL; i++) {
        char *child = file_join(path, names[i]);

        scan(words, child);
        free(child);
    }
    file_free_names(names);
}

static void add_tensors(struct words *words)
{
    static const char *const names[] = {
        "attention.query",  "attention.key",   "attention.value",
        "attention.output", "attention.norm",  "feedforward.up",
        "feedforward.down", "feedforward.norm"
    };
    char word[96];

    for (int layer = 0; layer < 64; layer++)
        for (int i = 0; i < 16; i++) {
            int length =
                snprintf(word, sizeof word, "init.layers.%d.%s.%s", layer,
                         names[i / 2], i % 2 ? "weight" : "bias");

            add_word(words, word, (size_t)length);
        }
}

static int compare_words(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int compare_hashes(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

START_TEST(words_of_the_project_hash_differently)
{
    char *source = file_join(source_directory(), "src");
    struct words words = { 0 };
    uint32_t *hashes;
    size_t n = 0;

    scan(&words, source);
    add_tensors(&words);
    ck_assert_uint_gt(words.count, 1024);
    qsort(words.items, words.count, sizeof *words.items, compare_words);
    hashes = memory_new(words.count, sizeof *hashes);
    for (size_t i = 0; i < words.count; i++) {
        struct stream stream;

        if (i > 0 && strcmp(words.items[i], words.items[i - 1]) == 0)
            continue;
        stream_init(&stream, 0, words.items[i], 0);
        hashes[n++] = stream.purpose;
    }
    qsort(hashes, n, sizeof *hashes, compare_hashes);
    for (size_t i = 1; i < n; i++)
        ck_assert_uint_ne(hashes[i], hashes[i - 1]);
    for (size_t i = 0; i < words.count; i++)
        free(words.items[i]);
    free(words.items);
    free(hashes);
    free(source);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("random");
    TCase *tests = tcase_create("random");

    tcase_add_test(tests, philox_gives_its_known_answers);
    tcase_add_test(tests, streams_give_their_golden_values);
    tcase_add_test(tests, items_do_not_depend_on_each_other);
    tcase_add_test(tests, below_is_unbiased);
    tcase_add_test(tests, below_is_unbiased_for_large_bounds);
    tcase_add_test(tests, uniforms_fill_the_unit_interval);
    tcase_add_test(tests, normals_are_normal);
    tcase_add_test(tests, permutations_permute);
    tcase_add_test(tests, permutations_are_uniform);
    tcase_add_test(tests, words_of_the_project_hash_differently);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

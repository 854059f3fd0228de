/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config/schema.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "said.h"
#include "suite.h"

static struct error error;

/* ------------------------------------------ a small room, with every type */

enum norm { NORM_PRE, NORM_POST, NORM_NONE };
static const char *const norm_names[] = { "pre", "post", "none", NULL };

struct split {
    size_t count;
    struct ranges length;
};

static const struct field split_fields[] = {
    { .key = "count",
      .type = FIELD_COUNT,
      .offset = offsetof(struct split, count),
      .standard = "1000",
      .help = "how many strings",
      .least = 1,
      .most = 1e9 },
    { .key = "length",
      .type = FIELD_RANGES,
      .offset = offsetof(struct split, length),
      .help = "their lengths",
      .least = 0,
      .most = 1000 },
    { 0 }
};

/* `batch: full` or a count. */
static bool read_batch(const struct yaml_node *node, const char *path,
                       void *value, struct error *complaints)
{
    size_t *batch = value;
    struct range range;

    if (node->kind == YAML_SCALAR && strcmp(node->text, "full") == 0)
        return true;
    if (node->kind != YAML_SCALAR || !range_read(node->text, &range) ||
        range.least != range.most)
        return schema_complain(node, path, "a count, or the word full",
                               complaints);
    *batch = range.least;
    return true;
}

static void print_batch(const void *value, struct text *out)
{
    const size_t *batch = value;

    if (*batch == 0)
        text_add(out, "full");
    else
        text_add_format(out, "%zu", *batch);
}

static const struct field_custom batch_custom = { "a count, or the word full",
                                                  read_batch, print_batch,
                                                  NULL };

struct room {
    char *name, *about, *folder;
    struct split train, test;
    int norm;
    bool mask;
    size_t layers, any;
    double rate, share, free;
    struct range window;
    struct numbers scales;
    size_t batch;
};

#define AT(member) .offset = offsetof(struct room, member)

static const struct field fields[] = {
    { .key = "name", .type = FIELD_TEXT, AT(name), .help = "a name" },
    { .key = "about",
      .type = FIELD_TEXT,
      AT(about),
      .standard = "\"\"",
      .help = "one line" },
    { .key = "folder",
      .type = FIELD_TEXT,
      AT(folder),
      .standard = "~",
      .help = "where" },
    { .key = "train",
      .type = FIELD_STRUCT,
      AT(train),
      .help = "training strings",
      .fields = split_fields },
    { .key = "test",
      .type = FIELD_STRUCT,
      AT(test),
      .standard = "{count: 7, length: [2..50, 52..100]}",
      .help = "test strings",
      .fields = split_fields },
    { .key = "norm",
      .type = FIELD_CHOICE,
      AT(norm),
      .standard = "post",
      .help = "placement",
      .choices = norm_names },
    { .key = "mask",
      .type = FIELD_BOOL,
      AT(mask),
      .standard = "true",
      .help = "causal" },
    { .key = "layers",
      .type = FIELD_COUNT,
      AT(layers),
      .standard = "2",
      .help = "depth",
      .least = 1,
      .most = 64 },
    { .key = "any",
      .type = FIELD_COUNT,
      AT(any),
      .standard = "0",
      .help = "anything" },
    { .key = "rate",
      .type = FIELD_NUMBER,
      AT(rate),
      .standard = "0.1",
      .help = "of learning",
      .least = DBL_MIN,
      .most = INFINITY },
    { .key = "share",
      .type = FIELD_NUMBER,
      AT(share),
      .standard = "1/2",
      .help = "of members",
      .least = 0,
      .most = 1 },
    { .key = "free",
      .type = FIELD_NUMBER,
      AT(free),
      .standard = "-1",
      .help = "any number" },
    { .key = "window",
      .type = FIELD_RANGE,
      AT(window),
      .standard = "1..3",
      .help = "a window",
      .least = 1,
      .most = 100 },
    { .key = "scales",
      .type = FIELD_NUMBERS,
      AT(scales),
      .standard = "[1, 10]",
      .help = "factors",
      .least = 1,
      .most = INFINITY },
    { .key = "batch",
      .type = FIELD_CUSTOM,
      AT(batch),
      .standard = "full",
      .help = "strings a step",
      .custom = &batch_custom },
    { 0 }
};

static bool read_room(struct room *room, const char *text)
{
    struct yaml_document document;
    bool ok;

    *room = (struct room){ 0 };
    ck_assert_msg(yaml_parse(&document, text, strlen(text), "x.yaml", &error),
                  "%s", text);
    ok = schema_read(fields, document.root, "", NULL, room, &error);
    yaml_clear(&document);
    return ok;
}

/* ---------------------------------------------------------------- reading */

START_TEST(what_is_written_is_read)
{
    struct room room;

    ck_assert(read_room(&room,
                        "name: dyck-1\n"
                        "about: 10\n"
                        "folder: '~'\n"
                        "train: {count: 10000, length: 2..50}\n"
                        "test: {count: 2000, length: [2..50, 52..100, 7]}\n"
                        "norm: none\n"
                        "mask: false\n"
                        "layers: 64\n"
                        "any: 18446744073709551615\n"
                        "rate: 1e-3\n"
                        "share: 1/4\n"
                        "free: -2.5e3\n"
                        "window: 100\n"
                        "scales: [1, 2.5, 1/1]\n"
                        "batch: 64\n"));
    ck_assert_str_eq(room.name, "dyck-1");
    ck_assert_str_eq(room.about, "10");
    ck_assert_str_eq(room.folder, "~");
    ck_assert_uint_eq(room.train.count, 10000);
    ck_assert_uint_eq(room.train.length.count, 1);
    ck_assert_uint_eq(room.train.length.items[0].least, 2);
    ck_assert_uint_eq(room.train.length.items[0].most, 50);
    ck_assert_uint_eq(room.test.length.count, 3);
    ck_assert_uint_eq(room.test.length.items[1].least, 52);
    ck_assert_uint_eq(room.test.length.items[2].least, 7);
    ck_assert_uint_eq(room.test.length.items[2].most, 7);
    ck_assert_int_eq(room.norm, NORM_NONE);
    ck_assert(!room.mask && room.layers == 64 && room.any == SIZE_MAX);
    ck_assert(room.rate == 1e-3 && room.share == 0.25 && room.free == -2500);
    ck_assert(room.window.least == 100 && room.window.most == 100);
    ck_assert_uint_eq(room.scales.count, 3);
    ck_assert(room.scales.items[1] == 2.5);
    ck_assert_uint_eq(room.batch, 64);
    schema_clear(fields, &room);
}
END_TEST

START_TEST(defaults_fill_what_is_missing)
{
    static const char *const texts[] = {
        "name: x\ntrain: {length: 3}",
        "name: x\ntrain: {length: 3}\nmask: true\nfolder: ~\n",
    };

    for (int i = 0; i < 2; i++) {
        struct room room;

        ck_assert(read_room(&room, texts[i]));
        ck_assert_str_eq(room.about, "");
        ck_assert_ptr_null(room.folder);
        ck_assert_uint_eq(room.train.count, 1000);
        ck_assert_uint_eq(room.test.count, 7);
        ck_assert_uint_eq(room.test.length.count, 2);
        ck_assert_int_eq(room.norm, NORM_POST);
        ck_assert(room.mask && room.layers == 2 && room.any == 0);
        ck_assert(room.rate == 0.1 && room.share == 0.5 && room.free == -1);
        ck_assert(room.window.least == 1 && room.window.most == 3);
        ck_assert(room.scales.count == 2 && room.scales.items[1] == 10);
        ck_assert_uint_eq(room.batch, 0);
        schema_clear(fields, &room);
    }
}
END_TEST

START_TEST(a_nested_null_takes_the_defaults_of_its_fields)
{
    struct room room;

    ck_assert(!read_room(&room, "name: x\ntrain:\ntest: {length: []}\n"));
    ck_assert_uint_eq(room.train.count, 1000);
    ck_assert_uint_eq(room.test.count, 1000);
    ck_assert_uint_eq(room.test.length.count, 0);
    ck_assert_said(&error,
                   "x.yaml:2:7: train.length: missing; accepted: a range such "
                   "as 7 or 2..50, or a list of them, in 0..1000\n");
    schema_clear(fields, &room);
}
END_TEST

START_TEST(nothing_at_all_gives_defaults_or_complaints)
{
    struct split split = { 0 };

    ck_assert(
        !schema_read(split_fields, NULL, "data.train", NULL, &split, &error));
    ck_assert_uint_eq(split.count, 1000);
    ck_assert_said(&error,
                   "saturn: data.train.length: missing; accepted: a range such "
                   "as 7 or 2..50, or a list of them, in 0..1000\n");
    schema_clear(split_fields, &split);
}
END_TEST

START_TEST(clearing_frees_and_zeroes)
{
    struct room room, zero;

    memset(&zero, 0, sizeof zero);
    memset(&room, 0, sizeof room);
    schema_clear(fields, &room);
    ck_assert(memcmp(&room, &zero, sizeof room) == 0);
    ck_assert(read_room(&room, "{name: x, train: {length: 3}, batch: full}"));
    schema_clear(fields, &room);
    ck_assert_ptr_null(room.name);
    ck_assert_ptr_null(room.scales.items);
    ck_assert_ptr_null(room.train.length.items);
    ck_assert(room.rate == 0 && room.layers == 0 && !room.mask &&
              room.norm == 0 && room.window.most == 0);
    schema_clear(fields, &room);
}
END_TEST

START_TEST(ignored_keys_are_somebody_elses)
{
    static const char *const ignored[] = { "sweep", NULL };
    static const char text[] = "length: 3\nsweep: {count: 1..3}\nsweeps: 1\n";
    struct yaml_document document;
    struct split split = { 0 };

    ck_assert(yaml_parse(&document, text, strlen(text), "x.yaml", &error));
    ck_assert(
        !schema_read(split_fields, document.root, "", ignored, &split, &error));
    ck_assert_said(&error, "x.yaml:3:1: sweeps: unknown key; did you mean "
                           "\"sweep\"? (accepted: count, length, sweep)\n");
    schema_clear(split_fields, &split);
    yaml_clear(&document);
}
END_TEST

/* ------------------------------------------------------------- complaints */

#define GOOD "name: x\ntrain: {length: 3}\n"
#define MAP                                                                \
    "a map of name, about, folder, train, test, norm, mask, layers, any, " \
    "rate, share, free, window, scales, batch"

/* The text goes after GOOD, so that its first line is the third. */
static const struct {
    const char *text, *complaints;
} bad[] = {
    { "layer: 1", "x.yaml:3:1: layer: unknown key; did you mean \"layers\"? "
                  "(accepted: name, about, folder, train, test, norm, mask, "
                  "layers, any, rate, share, free, window, scales, batch)\n" },
    { "test: {size: 1, length: 1}", "x.yaml:3:8: test.size: unknown key; "
                                    "accepted: count, length\n" },
    { "\"a\\nb\": 1", "x.yaml:3:1: a?b: unknown key; accepted: name, about, "
                      "folder, train, test, norm, mask, layers, any, rate, "
                      "share, free, window, scales, batch\n" },
    { "test: {}", "x.yaml:3:7: test.length: missing; accepted: a range such "
                  "as 7 or 2..50, or a list of them, in 0..1000\n" },
    { "test: [1]", "x.yaml:3:7: test: wrong type: a list; accepted: a map of "
                   "count, length\n" },
    { "test: 3", "x.yaml:3:7: test: wrong value \"3\"; accepted: a map of "
                 "count, length\n" },
    { "layers: 0", "x.yaml:3:9: layers: out of range: 0; accepted: a whole "
                   "number in 1..64\n" },
    { "layers: 65", "x.yaml:3:9: layers: out of range: 65; accepted: a whole "
                    "number in 1..64\n" },
    { "layers: {a: 1}", "x.yaml:3:9: layers: wrong type: a map; accepted: a "
                        "whole number in 1..64\n" },
    { "layers: two", "x.yaml:3:9: layers: wrong value \"two\"; accepted: a "
                     "whole number in 1..64\n" },
    { "layers: 1.5", "x.yaml:3:9: layers: wrong value \"1.5\"; accepted: a "
                     "whole number in 1..64, written in plain decimals\n" },
    { "any: -1", "x.yaml:3:6: any: out of range: -1; accepted: a whole "
                 "number\n" },
    { "any: 18446744073709551616", "x.yaml:3:6: any: out of range: "
                                   "18446744073709551616; accepted: a whole "
                                   "number\n" },
    { "rate: 0", "x.yaml:3:7: rate: out of range: 0; accepted: a number above "
                 "0\n" },
    { "rate: 1/0", "x.yaml:3:7: rate: wrong value \"1/0\"; accepted: a number "
                   "above 0, written in plain decimals\n" },
    { "share: 1.5", "x.yaml:3:8: share: out of range: 1.5; accepted: a number "
                    "in 0..1\n" },
    { "share: -0.5", "x.yaml:3:8: share: out of range: -0.5; accepted: a "
                     "number in 0..1\n" },
    { "free: 1e400", "x.yaml:3:7: free: out of range: 1e400; accepted: a "
                     "number\n" },
    { "mask: yes", "x.yaml:3:7: mask: wrong value \"yes\"; accepted: true or "
                   "false\n" },
    { "mask: 'true'", "x.yaml:3:7: mask: wrong value \"true\" in quotes; "
                      "accepted: true or false\n" },
    { "norm: pst", "x.yaml:3:7: norm: unknown word \"pst\"; did you mean "
                   "\"post\"? (accepted: pre, post, none)\n" },
    { "norm: batchnorm", "x.yaml:3:7: norm: unknown word \"batchnorm\"; "
                         "accepted: pre, post, none\n" },
    { "norm:", "x.yaml:3:6: norm: wrong type: nothing; accepted: pre, post or "
               "none\n" },
    { "about: ~", "x.yaml:3:8: about: wrong type: nothing; accepted: text\n" },
    { "about: [a]", "x.yaml:3:8: about: wrong type: a list; accepted: "
                    "text\n" },
    { "window: 50..2", "x.yaml:3:9: window: wrong value \"50..2\"; accepted: "
                       "a range such as 7 or 2..50 in 1..100, written in "
                       "plain decimals\n" },
    { "window: 2...5", "x.yaml:3:9: window: wrong value \"2...5\"; accepted: "
                       "a range such as 7 or 2..50 in 1..100, written in "
                       "plain decimals\n" },
    { "window: 0..5", "x.yaml:3:9: window: out of range: 0..5; accepted: a "
                      "range such as 7 or 2..50 in 1..100\n" },
    { "window: [1..2]", "x.yaml:3:9: window: wrong type: a list; accepted: a "
                        "range such as 7 or 2..50 in 1..100\n" },
    { "test: {length: [1..2, 3..x, 2000]}",
      "x.yaml:3:23: test.length[1]: wrong value \"3..x\"; accepted: a range "
      "such as 7 or 2..50, or a list of them, in 0..1000, written in plain "
      "decimals\n"
      "x.yaml:3:29: test.length[2]: out of range: 2000; accepted: a range "
      "such as 7 or 2..50, or a list of them, in 0..1000\n" },
    { "scales: [1, 0.5, x]", "x.yaml:3:13: scales[1]: out of range: 0.5; "
                             "accepted: a list of numbers of at least 1\n"
                             "x.yaml:3:18: scales[2]: wrong value \"x\"; "
                             "accepted: a list of numbers of at least 1\n" },
    { "scales: 1", "x.yaml:3:9: scales: wrong value \"1\"; accepted: a list "
                   "of numbers of at least 1\n" },
    { "batch: fulll", "x.yaml:3:8: batch: wrong value \"fulll\"; accepted: a "
                      "count, or the word full\n" },
    { "norm: \"0123456789012345678901234567890123456789\\nabc\"",
      "x.yaml:3:7: norm: unknown word "
      "\"0123456789012345678901234567890123456789...\"; accepted: pre, post, "
      "none\n" },
};

START_TEST(mistakes_are_named_and_placed)
{
    struct text text = { 0 };
    struct room room;

    text_add_format(&text, "%s%s\n", GOOD, bad[_i].text);
    ck_assert(!read_room(&room, text.data));
    ck_assert_int_eq(error.kind, ERROR_CONFIG);
    ck_assert_said(&error, bad[_i].complaints);
    schema_clear(fields, &room);
    text_clear(&text);
}
END_TEST

START_TEST(all_mistakes_of_a_file_are_told)
{
    struct room room;

    ck_assert(!read_room(&room, "train:\n"
                                "  count: many\n"
                                "  lenght: 2..50\n"
                                "mask: 1\n"
                                "rate: fast\n"));
    ck_assert_said(
        &error,
        "x.yaml:1:1: name: missing; accepted: text\n"
        "x.yaml:3:3: train.lenght: unknown key; did you mean \"length\"? "
        "(accepted: count, length)\n"
        "x.yaml:2:10: train.count: wrong value \"many\"; accepted: a whole "
        "number in 1..1000000000\n"
        "x.yaml:4:7: mask: wrong value \"1\"; accepted: true or false\n"
        "x.yaml:5:7: rate: wrong value \"fast\"; accepted: a number above "
        "0\n");
    schema_clear(fields, &room);
    ck_assert(!read_room(&room, "[1, 2]"));
    ck_assert_said(&error,
                   "x.yaml:1:1: wrong type: a list; accepted: " MAP "\n");
    schema_clear(fields, &room);
}
END_TEST

START_TEST(a_flood_of_unknown_keys_is_summed_up)
{
    struct text text = { 0 };
    struct room room;

    text_add(&text, GOOD);
    for (int i = 0; i < 100; i++)
        text_add_format(&text, "unheard-of-%d: 1\n", i);
    ck_assert(!read_room(&room, text.data));
    ck_assert_uint_eq(error.count, 21);
    ck_assert_str_eq(error.complaints[20].text, "80 more unknown keys");
    error_clear(&error);
    schema_clear(fields, &room);
    text_clear(&text);
}
END_TEST

/* Every numeric field refuses each of these, with its place and what it
 * would have accepted. */
START_TEST(odd_numbers_are_refused_everywhere)
{
    static const char *const odd[] = { "1e400", "-1e400", ".nan",      "nan",
                                       ".inf",  "-.inf",  "inf",       "10abc",
                                       "010",   "0x10",   "0o10",      "1_000",
                                       "\"1\"", "'1'",    "~",         "",
                                       "null",  "1,5",    "1 2",       "true",
                                       "\"\"",  "1:30",   "2001-01-01" };
    static const char *const keys[] = { "layers", "any",    "rate",
                                        "share",  "window", "free" };

    for (size_t k = 0; k < 6; k++)
        for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
            struct text text = { 0 };
            struct room room;

            text_add_format(&text, "%s%s: %s\n", GOOD, keys[k], odd[i]);
            ck_assert_msg(!read_room(&room, text.data), "%s", text.data);
            ck_assert_uint_eq(error.count, 1);
            ck_assert_uint_eq(error.complaints[0].line, 3);
            ck_assert_str_eq(error.complaints[0].key, keys[k]);
            ck_assert_ptr_nonnull(
                strstr(error.complaints[0].text, "; accepted: a "));
            error_clear(&error);
            schema_clear(fields, &room);
            text_clear(&text);
        }
}
END_TEST

START_TEST(ranges_are_read_strictly)
{
    static const char *const refused[] = { "",
                                           "..",
                                           "2..",
                                           "..5",
                                           "5..2",
                                           "2...5",
                                           "2 ..5",
                                           "-1..2",
                                           "02..5",
                                           "2..5x",
                                           "1.5",
                                           "2..3..4",
                                           "2..18446744073709551616" };
    struct range range = { 8, 9 };

    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        ck_assert_msg(!range_read(refused[i], &range), "%s", refused[i]);
    ck_assert(range.least == 8 && range.most == 9);
    ck_assert(range_read("0", &range) && range.least == 0 && range.most == 0);
    ck_assert(range_read("2..18446744073709551615", &range));
    ck_assert(range.least == 2 && range.most == SIZE_MAX);
    ck_assert(range_read("3..3", &range) && range.least == range.most);
}
END_TEST

/* --------------------------------------------------------------- printing */

START_TEST(settings_print_in_full)
{
    struct text text = { 0 };
    struct room room;

    ck_assert(read_room(&room, GOOD "about: \"a: b\"\n"));
    schema_print(fields, &room, 2, false, &text);
    ck_assert_str_eq(text.data, "  name: x\n"
                                "  about: \"a: b\"\n"
                                "  folder: ~\n"
                                "  train:\n"
                                "    count: 1000\n"
                                "    length: 3\n"
                                "  test:\n"
                                "    count: 7\n"
                                "    length: [2..50, 52..100]\n"
                                "  norm: post\n"
                                "  mask: true\n"
                                "  layers: 2\n"
                                "  any: 0\n"
                                "  rate: 0.1\n"
                                "  share: 0.5\n"
                                "  free: -1\n"
                                "  window: 1..3\n"
                                "  scales: [1, 10]\n"
                                "  batch: full\n");
    schema_clear(fields, &room);
    text_clear(&text);
}
END_TEST

START_TEST(help_stands_beside_the_values)
{
    struct split split = { .count = 5 };
    struct text text = { 0 };

    schema_print(split_fields, &split, 0, true, &text);
    ck_assert_str_eq(text.data,
                     "count: 5                          # how many strings (a "
                     "whole number in 1..1000000000)\n"
                     "length: []                        # their lengths (a "
                     "range such as 7 or 2..50, or a list of them, in "
                     "0..1000)\n");
    text_clear(&text);
}
END_TEST

/* A room with every setting drawn anew. */
static void draw_room(struct room *room, uint64_t i)
{
    static const char *const texts[] = { "a",   "",    "~",  "1",  "a: b # c",
                                         "x\n", "yes", "\"", "é ", "[" };
    struct split *splits[] = { &room->train, &room->test };
    struct stream stream;

    stream_init(&stream, 3, "rooms", i);
    *room = (struct room){ 0 };
    room->name = memory_copy_text(texts[stream_below(&stream, 10)]);
    room->about = memory_copy_text(texts[stream_below(&stream, 10)]);
    if (stream_below(&stream, 2) == 1)
        room->folder = memory_copy_text(texts[stream_below(&stream, 10)]);
    for (int s = 0; s < 2; s++) {
        splits[s]->count = 1 + stream_below(&stream, 1000000000);
        splits[s]->length.count = stream_below(&stream, 4);
        if (splits[s]->length.count > 0)
            splits[s]->length.items =
                memory_new(splits[s]->length.count, sizeof(struct range));
        for (size_t j = 0; j < splits[s]->length.count; j++) {
            size_t least = stream_below(&stream, 1000);

            splits[s]->length.items[j] =
                (struct range){ least,
                                least + stream_below(&stream, 1001 - least) };
        }
    }
    room->norm = (int)stream_below(&stream, 3);
    room->mask = stream_below(&stream, 2) == 1;
    room->layers = 1 + stream_below(&stream, 64);
    room->any = stream_bits(&stream);
    room->rate = exp(100 * stream_normal(&stream));
    room->share = stream_uniform(&stream);
    room->free = stream_normal(&stream) * 1e10;
    room->window = (struct range){ 1 + stream_below(&stream, 50), 60 };
    room->scales.count = stream_below(&stream, 4);
    if (room->scales.count > 0)
        room->scales.items = memory_new(room->scales.count, sizeof(double));
    for (size_t j = 0; j < room->scales.count; j++)
        room->scales.items[j] = 1 / (1 - stream_uniform(&stream));
    room->batch = stream_below(&stream, 3);
}

static bool is_same_text(const char *a, const char *b)
{
    return (a == NULL || b == NULL) ? a == b : strcmp(a, b) == 0;
}

static bool is_same_split(const struct split *a, const struct split *b)
{
    return a->count == b->count && a->length.count == b->length.count &&
           (a->length.count == 0 ||
            memcmp(a->length.items, b->length.items,
                   a->length.count * sizeof(struct range)) == 0);
}

static bool is_same_room(const struct room *a, const struct room *b)
{
    return is_same_text(a->name, b->name) && is_same_text(a->about, b->about) &&
           is_same_text(a->folder, b->folder) &&
           is_same_split(&a->train, &b->train) &&
           is_same_split(&a->test, &b->test) && a->norm == b->norm &&
           a->mask == b->mask && a->layers == b->layers && a->any == b->any &&
           a->rate == b->rate && a->share == b->share && a->free == b->free &&
           a->window.least == b->window.least &&
           a->window.most == b->window.most &&
           a->scales.count == b->scales.count &&
           (a->scales.count == 0 ||
            memcmp(a->scales.items, b->scales.items,
                   a->scales.count * sizeof(double)) == 0) &&
           a->batch == b->batch;
}

/* Law: printing and reading is the identity, with help and without. */
START_TEST(printed_settings_read_back)
{
    for (uint64_t i = 0; i < 500; i++) {
        struct text text = { 0 };
        struct room room, back;

        draw_room(&room, i);
        schema_print(fields, &room, i % 3, i % 2 == 1, &text);
        if (!read_room(&back, text.data))
            ck_abort_msg("%s\n%s", text.data, said(&error));
        ck_assert_msg(is_same_room(&room, &back), "%s", text.data);
        schema_clear(fields, &room);
        schema_clear(fields, &back);
        text_clear(&text);
    }
}
END_TEST

START_TEST(accepted_values_are_described)
{
    static const struct {
        struct field field;
        const char *text;
    } cases[] = {
        { { .type = FIELD_COUNT, .most = INFINITY }, "a whole number" },
        { { .type = FIELD_COUNT, .least = 1, .most = INFINITY },
          "a whole number of at least 1" },
        { { .type = FIELD_COUNT, .most = 9 }, "a whole number in 0..9" },
        { { .type = FIELD_NUMBER, .least = -INFINITY, .most = 2.5 },
          "a number of at most 2.5" },
        { { .type = FIELD_NUMBER, .least = -INFINITY, .most = INFINITY },
          "a number" },
        { { .type = FIELD_NUMBER, .least = 0, .most = INFINITY },
          "a number of at least 0" },
        { { .type = FIELD_NUMBER, .least = DBL_MIN, .most = 1 },
          "a number above 0, at most 1" },
        { { .type = FIELD_NUMBER, .least = 1e-300, .most = 1e300 },
          "a number in 1e-300..1e+300" },
        { { .type = FIELD_RANGES },
          "a range such as 7 or 2..50, or a list of "
          "them" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text text = { 0 };

        schema_accepted(&cases[i].field, &text);
        ck_assert_str_eq(text.data, cases[i].text);
        text_clear(&text);
    }
}
END_TEST

/* ------------------------------------------------------------- overriding */

static const struct {
    const char *assignment, *complaint; /* NULL: read without one */
} overrides[] = {
    { "rate=0.25", NULL },
    { "train.length=[1, 2..3]", NULL },
    { "test={count: 3, length: 4}", NULL },
    { "about=a = b", NULL },
    { "about=\"\"", NULL },
    { "rate=fast", "--set rate=fast: rate: wrong value \"fast\"; accepted: a "
                   "number above 0\n" },
    { "train.length=[1, x]", "--set train.length=[1, x]:1:5: "
                             "train.length[1]: wrong value \"x\"; accepted: a "
                             "range such as 7 or 2..50, or a list of them, in "
                             "0..1000\n" },
    { "train.size=3", "--set train.size=3: train.size: unknown key; accepted: "
                      "count, length\n" },
    { "norm=", "--set norm=: norm: wrong type: nothing; accepted: pre, post "
               "or none\n" },
    { "rate={}", "--set rate={}: rate: wrong type: a map; accepted: a number "
                 "above 0\n" },
    { "name.x=3", "--set name.x=3: name.x: no such place: the path goes "
                  "through a value, or has an empty word\n" },
    { "train..x=3", "--set train..x=3: train..x: no such place: the path goes "
                    "through a value, or has an empty word\n" },
    { "rate", "--set rate: not an assignment; accepted: key.path=value\n" },
    { "=1", "--set =1: not an assignment; accepted: key.path=value\n" },
    { "rate=[1", "--set rate=[1:1:3: not valid YAML: did not find expected "
                 "',' or ']', while parsing a flow sequence that begins at "
                 "1:1\n" },
};

START_TEST(overrides_are_read_as_if_written)
{
    static const char text[] = GOOD "rate: 1\n";
    struct yaml_document document;
    struct room room = { 0 };
    bool ok;

    ck_assert(yaml_parse(&document, text, strlen(text), "x.yaml", &error));
    ok = schema_override(document.root, overrides[_i].assignment, &error) &&
         schema_read(fields, document.root, "", NULL, &room, &error);
    ck_assert(ok == (overrides[_i].complaint == NULL));
    if (!ok)
        ck_assert_said(&error, overrides[_i].complaint);
    schema_clear(fields, &room);
    yaml_clear(&document);
}
END_TEST

START_TEST(overrides_replace_values)
{
    static const char *const assignments[] = {
        "rate=0.25",  "train.length=[1, 2..3]", "test.count=9", "test.length=5",
        "about=x: y",
    };
    static const char text[] = GOOD "about: old\n";
    struct yaml_document document;
    struct room room = { 0 };

    ck_assert(yaml_parse(&document, text, strlen(text), "x.yaml", &error));
    for (int i = 0; i < 4; i++)
        ck_assert(schema_override(document.root, assignments[i], &error));
    ck_assert(schema_read(fields, document.root, "", NULL, &room, &error));
    ck_assert(room.rate == 0.25);
    ck_assert_uint_eq(room.train.length.count, 2);
    ck_assert_uint_eq(room.train.length.items[1].most, 3);
    ck_assert_uint_eq(room.test.count, 9);
    ck_assert_uint_eq(room.test.length.items[0].least, 5);
    ck_assert_str_eq(room.about, "old");
    schema_clear(fields, &room);
    /* A value that is a map is one, also where text was meant. */
    ck_assert(schema_override(document.root, assignments[4], &error));
    ck_assert(!schema_read(fields, document.root, "", NULL, &room, &error));
    ck_assert_said(&error, "--set about=x: y: about: wrong type: a map; "
                           "accepted: text\n");
    schema_clear(fields, &room);
    yaml_clear(&document);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("schema");
    TCase *reading = tcase_create("reading");
    TCase *printing = tcase_create("printing");

    tcase_add_test(reading, what_is_written_is_read);
    tcase_add_test(reading, defaults_fill_what_is_missing);
    tcase_add_test(reading, a_nested_null_takes_the_defaults_of_its_fields);
    tcase_add_test(reading, nothing_at_all_gives_defaults_or_complaints);
    tcase_add_test(reading, clearing_frees_and_zeroes);
    tcase_add_test(reading, ignored_keys_are_somebody_elses);
    tcase_add_loop_test(reading, mistakes_are_named_and_placed, 0,
                        (int)(sizeof bad / sizeof *bad));
    tcase_add_test(reading, all_mistakes_of_a_file_are_told);
    tcase_add_test(reading, a_flood_of_unknown_keys_is_summed_up);
    tcase_add_test(reading, odd_numbers_are_refused_everywhere);
    tcase_add_test(reading, ranges_are_read_strictly);
    tcase_add_loop_test(reading, overrides_are_read_as_if_written, 0,
                        (int)(sizeof overrides / sizeof *overrides));
    tcase_add_test(reading, overrides_replace_values);
    tcase_add_test(printing, settings_print_in_full);
    tcase_add_test(printing, help_stands_beside_the_values);
    tcase_add_test(printing, printed_settings_read_back);
    tcase_add_test(printing, accepted_values_are_described);
    suite_add_tcase(suite, reading);
    suite_add_tcase(suite, printing);
    return suite_run(suite);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config/yaml.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/random.h"
#include "said.h"
#include "suite.h"

static struct error error;

static bool parse(struct yaml_document *document, const char *text)
{
    return yaml_parse(document, text, strlen(text), "x.yaml", &error);
}

/* Parses TEXT and asserts what it is in flow style. */
static void ck_assert_flow(const char *text, const char *flow)
{
    struct yaml_document document;
    struct text out = { 0 };

    ck_assert_msg(parse(&document, text), "%s", text);
    yaml_add_flow(&out, document.root);
    ck_assert_str_eq(out.data, flow);
    text_clear(&out);
    yaml_clear(&document);
}

static void ck_assert_place(const struct yaml_node *node, size_t line,
                            size_t column)
{
    ck_assert_str_eq(node->place.file, "x.yaml");
    ck_assert_uint_eq(node->place.line, line);
    ck_assert_uint_eq(node->place.column, column);
}

START_TEST(trees_have_the_shape_of_the_text)
{
    ck_assert_flow("a: 1\nb: [x, 'y', \"z\"]\n",
                   "{a: 1, b: [x, \"y\", \"z\"]}");
    ck_assert_flow("a:\n  - b: 2..50\n    c: 1/2\n  - d\n",
                   "{a: [{b: 2..50, c: 1/2}, d]}");
    ck_assert_flow("{length: [2..50, 52..100]}", "{length: [2..50, 52..100]}");
    ck_assert_flow("a: |\n  x\n  y\nb: >-\n  x\n  y\n",
                   "{a: \"x\\ny\\n\", b: \"x y\"}");
    ck_assert_flow("a:\nb: ~\nc: null\nd: \"\"\n",
                   "{a: ~, b: ~, c: ~, d: \"\"}");
    ck_assert_flow("- 1\n- [[], {}]\n", "[1, [[], {}]]");
    ck_assert_flow("\"<<\": 1", "{\"<<\": 1}");
    ck_assert_flow("a: 1\r\nb: 2\r\n", "{a: 1, b: 2}");
    ck_assert_flow("\xef\xbb\xbf"
                   "a: 1",
                   "{a: 1}");
    ck_assert_flow("%YAML 1.1\n---\na: 1\n...\n", "{a: 1}");
    ck_assert_flow("just text", "just text");
}
END_TEST

START_TEST(nothing_is_an_empty_map)
{
    static const char *const nothing[] = { "",      "\n",         "# only\n",
                                           "---\n", "---\n...\n", "~" };

    for (int i = 0; i < 6; i++)
        ck_assert_flow(nothing[i], "{}");
}
END_TEST

START_TEST(nodes_remember_their_places)
{
    struct yaml_document document;
    const struct yaml_node *root, *train;

    ck_assert(parse(&document, "# first\n"
                               "about: \xce\xb5\xf0\x9d\x84\x9e \"x\"\n"
                               "\xc3\xa9t\xc3\xa9: {rate: 0.1, steps: [1,\n"
                               "    2]}\r\n"
                               "train:\n"
                               "  rate: 'x'\n"));
    root = document.root;
    ck_assert_place(root, 2, 1);
    ck_assert_place(yaml_get(root, "about"), 2, 8);
    train = yaml_get(root, "\xc3\xa9t\xc3\xa9");
    ck_assert_place(root->keys[1], 3, 1);
    ck_assert_place(train, 3, 6);
    ck_assert_place(yaml_get(train, "rate"), 3, 13);
    ck_assert_place(train->keys[1], 3, 18);
    ck_assert_place(yaml_get(train, "steps")->items[1], 4, 5);
    ck_assert_place(yaml_get(root, "train"), 6, 3);
    ck_assert_place(yaml_get(yaml_get(root, "train"), "rate"), 6, 9);
    yaml_clear(&document);
}
END_TEST

START_TEST(quotes_are_remembered)
{
    struct yaml_document document;
    const struct yaml_node *list;

    ck_assert(parse(&document, "- 1\n- '1'\n- \"1\"\n- |-\n  1\n- ~\n- '~'\n"));
    list = document.root;
    for (size_t i = 0; i < 4; i++) {
        ck_assert_str_eq(list->items[i]->text, "1");
        ck_assert(list->items[i]->plain == (i == 0));
    }
    ck_assert(yaml_is_null(list->items[4]));
    ck_assert(!yaml_is_null(list->items[5]));
    ck_assert(!yaml_is_null(list));
    yaml_clear(&document);
}
END_TEST

START_TEST(aliases_are_copies)
{
    struct yaml_document document;
    struct yaml_node *a, *b;

    ck_assert_flow("a: &x {p: 1}\nb: *x\nc: [*x, *x]\n",
                   "{a: {p: 1}, b: {p: 1}, c: [{p: 1}, {p: 1}]}");
    ck_assert_flow("a: &x 1\nb: &x 2\nc: *x\n*x : 3", "{a: 1, b: 2, c: 2, "
                                                      "2: 3}");
    ck_assert(parse(&document, "a: &x {p: 1}\nb: *x\n"));
    a = yaml_get(document.root, "a");
    b = yaml_get(document.root, "b");
    ck_assert_ptr_ne(a, b);
    ck_assert_place(b, 1, 4);
    ck_assert_place(yaml_get(b, "p"), 1, 11);
    yaml_clear(&document);
}
END_TEST

static const struct {
    const char *text, *complaint;
} bad[] = {
    { "a: 1\nb: {",
      "x.yaml:2:5: not valid YAML: did not find expected node content\n" },
    { "a: 1\nb\nc: 1", "x.yaml:3:1: not valid YAML: could not find expected "
                       "':', while scanning a simple key that begins at "
                       "2:1\n" },
    { "a: b: c", "x.yaml:1:5: not valid YAML: mapping values are not allowed "
                 "in this context\n" },
    { "a: 1\nb: 2\na: 3\n", "x.yaml:3:1: a: duplicate key; the first is at "
                            "1:1\n" },
    { "{a: 1, 'a': 2, a: 3}", "x.yaml:1:8: a: duplicate key; the first is at "
                              "1:2\n"
                              "x.yaml:1:16: a: duplicate key; the first is "
                              "at 1:2\n" },
    { "t: {b: 1, c: 2, b: 1}\nt: 1", "x.yaml:1:17: b: duplicate key; the "
                                     "first is at 1:5\n"
                                     "x.yaml:2:1: t: duplicate key; the first "
                                     "is at 1:1\n" },
    { "a: [1, 2\n", "x.yaml:2:1: not valid YAML: did not find expected ',' or "
                    "']', while parsing a flow sequence that begins at "
                    "1:4\n" },
    { "a: \"x\n", "x.yaml:2:1: not valid YAML: found unexpected end of "
                  "stream, while scanning a quoted scalar that begins at "
                  "1:4\n" },
    { "a:\n\tb: 1", "x.yaml:2:1: not valid YAML: a tab; indent by spaces\n" },
    { "\xc3\xa9: 1\n\xc3\xa9\xc3\xa9: \xff", "x.yaml:2:5: not valid YAML: "
                                             "invalid leading UTF-8 "
                                             "octet\n" },
    { "a: 1\r\nb: \x01", "x.yaml:2:4: not valid YAML: control characters are "
                         "not allowed\n" },
    { "a: \xc3", "x.yaml:1:4: not valid YAML: incomplete UTF-8 octet "
                 "sequence\n" },
    { "a: \"\\0\"", "x.yaml:1:4: text with a NUL character\n" },
    { "\xff\xfe"
      "a",
      "x.yaml:1:1: not valid YAML: UTF-16; save it as "
      "UTF-8\n" },
    { "- {that: x.test[0].y > 1}", "x.yaml:1:16: not valid YAML: inside { } "
                                   "and [ ] a text with a bracket needs "
                                   "quotes\n" },
    { "a: *none", "x.yaml:1:4: an alias to no anchor before it\n" },
    { "a: &x [1, *x]", "x.yaml:1:11: an alias inside its own anchor\n" },
    { "a: &x {p: 1}\nb: {<<: *x}", "x.yaml:2:5: merge keys (<<) are not "
                                   "supported; write the keys out, or repeat "
                                   "a whole value by an alias\n" },
    { "{? [a] : b}", "x.yaml:1:4: a key must be a word, not a list or a "
                     "map\n" },
    { "a: !!str 1", "x.yaml:1:4: tags (!) are not supported; put text in "
                    "quotes\n" },
    { "a: 1\n---\nb: 1", "x.yaml:2:1: a second document; a file holds one\n" },
};

START_TEST(bad_yaml_is_placed)
{
    struct yaml_document document;

    ck_assert(!parse(&document, bad[_i].text));
    ck_assert_int_eq(error.kind, ERROR_CONFIG);
    ck_assert_said(&error, bad[_i].complaint);
    ck_assert_ptr_null(document.root);
}
END_TEST

START_TEST(files_load)
{
    char path[] = "/tmp/saturn-test-yaml.XXXXXX";
    struct yaml_document document;
    struct text large = { 0 };
    int descriptor = mkstemp(path);

    ck_assert_int_ge(descriptor, 0);
    close(descriptor);
    ck_assert(file_write(path, "a: 1\n", 5, &error));
    ck_assert(yaml_load(&document, path, &error));
    ck_assert_str_eq(yaml_get(document.root, "a")->text, "1");
    ck_assert_str_eq(document.root->place.file, path);
    yaml_clear(&document);
    for (int i = 0; i < (17 << 20) / 64; i++)
        text_add_format(&large, "# %61d\n", i);
    ck_assert(file_write(path, large.data, large.length, &error));
    text_clear(&large);
    ck_assert(!yaml_load(&document, path, &error));
    ck_assert_int_eq(error.kind, ERROR_IO);
    error_clear(&error);
    unlink(path);
    ck_assert(!yaml_load(&document, "none.yaml", &error));
    ck_assert_int_eq(error.kind, ERROR_IO);
    ck_assert_said(&error,
                   "none.yaml: cannot be read: No such file or directory\n");
}
END_TEST

/* ---------------------------------------------------------------- bombs */

static void repeat(struct text *out, const char *piece, size_t times)
{
    while (times-- > 0)
        text_add(out, piece);
}

static void lists(struct text *out)
{
    repeat(out, "[", 200000);
}

static void maps(struct text *out)
{
    repeat(out, "{a: ", 100000);
}

static void dashes(struct text *out)
{
    repeat(out, "- ", 200000);
}

static void questions(struct text *out)
{
    repeat(out, "? ", 200000);
}

static void indents(struct text *out)
{
    for (int i = 0; i < 3000; i++)
        text_add_format(out, "%*sa:\n", i, "");
}

static void laughs(struct text *out)
{
    text_add(out, "a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 9; i++) {
        text_add_format(out, "a%d: &a%d [", i, i);
        for (int j = 0; j < 9; j++)
            text_add_format(out, "%s*a%d", j > 0 ? ", " : "", i - 1);
        text_add(out, "]\n");
    }
}

static void towers(struct text *out)
{
    text_add(out, "a: &a [[[[[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]]]]]\n"
                  "b: &b [[[[[[[[[[[[[[[[[[[[*a]]]]]]]]]]]]]]]]]]]]\n"
                  "c: &c [[[[[[[[[[[[[[[[[[[[*b]]]]]]]]]]]]]]]]]]]]\n"
                  "d: [[[[[[[[[[[[[[[[[[[[*c]]]]]]]]]]]]]]]]]]]]\n");
}

static void aliases(struct text *out)
{
    text_add(out, "a: &a x\nb: [");
    repeat(out, "*a,", 1000000);
}

static void anchors(struct text *out)
{
    for (int i = 0; i < 100000; i++)
        text_add_format(out, "- &a%d x\n", i);
}

static void scalar(struct text *out)
{
    text_add(out, "a: ");
    repeat(out, "xxxxxxxxxxxxxxxx", 1 << 17);
}

static void escapes(struct text *out)
{
    text_add(out, "a: \"");
    repeat(out, "\\x41", (1 << 20) + 1);
    text_add(out, "\"");
}

static void key(struct text *out)
{
    repeat(out, "x", 129);
    text_add(out, ": 1");
}

static void huge_key(struct text *out)
{
    text_add(out, "\"");
    repeat(out, "x", 5000000);
    text_add(out, "\": 1");
}

static void nodes(struct text *out)
{
    text_add(out, "[");
    repeat(out, "a,", 1000001);
}

static void duplicates(struct text *out)
{
    repeat(out, "a: 1\n", 1000);
}

static void huge(struct text *out)
{
    repeat(out,
           "################################################################",
           (16 << 20) / 64);
    text_add(out, "\n");
}

/* Each ends at once with the first complaint given; N complaints in all. */
static const struct {
    void (*write)(struct text *out);
    const char *complaint;
    size_t n;
} bombs[] = {
    { lists, "x.yaml:1:65: nested deeper than 64\n", 1 },
    { maps, "x.yaml:1:257: nested deeper than 64\n", 1 },
    { dashes, "x.yaml:1:129: nested deeper than 64\n", 1 },
    { questions, "x.yaml:1:3: a key must be a word, not a list or a map\n", 1 },
    { indents, "x.yaml:65:65: nested deeper than 64\n", 1 },
    { laughs, "x.yaml:6:10: aliases to more than 100,000 nodes\n", 1 },
    { towers, "x.yaml:4:24: nested deeper than 64\n", 1 },
    { aliases, "x.yaml:2:300005: aliases to more than 100,000 nodes\n", 1 },
    { anchors, "x.yaml:257:3: more than 256 anchors\n", 1 },
    { scalar, "x.yaml:1:4: text longer than 1 MiB\n", 1 },
    { escapes, "x.yaml:1:4: text longer than 1 MiB\n", 1 },
    { key, "x.yaml:1:1: a key longer than 128 bytes\n", 1 },
    { huge_key, "x.yaml:1:1: text longer than 1 MiB\n", 1 },
    { nodes, "x.yaml:1:2000000: more than 1,000,000 nodes\n", 1 },
    { duplicates, "x.yaml:2:1: a: duplicate key; the first is at 1:1\n", 20 },
    { huge, "x.yaml:1:1: larger than 16 MiB\n", 1 },
};

/* Check's timeout guards the time, and where tests do not fork this one,
 * generous for valgrind: what it guards against takes minutes natively. */
START_TEST(bombs_fizzle)
{
    struct yaml_document document;
    struct text text = { 0 };
    clock_t start;

    bombs[_i].write(&text);
    start = clock();
    ck_assert(!yaml_parse(&document, text.data, text.length, "x.yaml", &error));
    ck_assert_int_lt((clock() - start) / CLOCKS_PER_SEC, 60);
    text_clear(&text);
    ck_assert_uint_eq(error.count, bombs[_i].n);
    for (size_t i = 1; i < error.count; i++) {
        free(error.complaints[i].file);
        free(error.complaints[i].key);
        free(error.complaints[i].text);
    }
    error.count = 1;
    ck_assert_said(&error, bombs[_i].complaint);
}
END_TEST

/* What stays within the caps is read. */
START_TEST(caps_are_not_too_tight)
{
    struct yaml_document document;
    struct text text = { 0 };
    struct yaml_node *node;
    size_t depth = 0;

    repeat(&text, "[", 64);
    repeat(&text, "]", 64);
    ck_assert(parse(&document, text.data));
    for (node = document.root; node->count > 0; node = node->items[0])
        depth++;
    ck_assert_uint_eq(depth, 63);
    yaml_clear(&document);
    text_clear(&text);
    repeat(&text, "k", 128);
    text_add(&text, ": ");
    repeat(&text, "x", 1 << 20);
    ck_assert(parse(&document, text.data));
    ck_assert_uint_eq(strlen(document.root->items[0]->text), 1 << 20);
    yaml_clear(&document);
    text_clear(&text);
    text_add(&text, "a: &a x\nb: [");
    repeat(&text, "*a,", 100000);
    text_add(&text, "]");
    ck_assert(parse(&document, text.data));
    ck_assert_uint_eq(yaml_get(document.root, "b")->count, 100000);
    yaml_clear(&document);
    text_clear(&text);
}
END_TEST

/* -------------------------------------------------------- changing trees */

START_TEST(values_are_set)
{
    struct place place = { "--set", 0, 0 };
    struct yaml_document document;
    struct text out = { 0 };
    struct yaml_node *value, *rate;

    ck_assert(parse(&document, "train: {rate: 0.1}\nempty:\nlist: [1]\n"));
    value = yaml_new_scalar("0.2", false, &place);
    ck_assert(yaml_set(document.root, "train.rate", value));
    ck_assert(yaml_set(document.root, "train.steps",
                       yaml_new_scalar("7", true, &place)));
    ck_assert(
        yaml_set(document.root, "empty.a.b", yaml_new(YAML_LIST, &place)));
    ck_assert(
        yaml_set(document.root, "new.a", yaml_new_scalar("x", false, &place)));
    ck_assert(
        yaml_set(document.root, "list", yaml_new_scalar("x", false, &place)));
    yaml_add_flow(&out, document.root);
    ck_assert_str_eq(out.data, "{train: {rate: 0.2, steps: \"7\"}, "
                               "empty: {a: {b: []}}, list: x, new: {a: x}}");
    rate = yaml_get(yaml_get(document.root, "train"), "rate");
    ck_assert_ptr_eq(rate, value);
    ck_assert_str_eq(rate->place.file, "--set");
    text_clear(&out);
    yaml_clear(&document);
}
END_TEST

START_TEST(paths_through_values_are_refused)
{
    static const char *const paths[] = { "a.b", "l.b",  "",    ".a",
                                         "a.",  "n..b", "n.x." };
    struct place place = { "--set", 0, 0 };
    struct yaml_document document;
    struct text out = { 0 };
    struct yaml_node *value = yaml_new_scalar("x", false, &place);

    ck_assert(parse(&document, "a: 1\nl: [1]\n"));
    for (int i = 0; i < 7; i++)
        ck_assert(!yaml_set(document.root, paths[i], value));
    yaml_add_flow(&out, document.root);
    ck_assert_str_eq(out.data, "{a: 1, l: [1]}");
    text_clear(&out);
    yaml_clear(&document);
    yaml_node_free(value);
}
END_TEST

START_TEST(copies_stand_alone)
{
    struct yaml_document document;
    struct place place = { "y", 1, 1 };
    struct yaml_node *copy;
    struct text out = { 0 };

    ck_assert(parse(&document, "a: [1, '2', {b: c}]\nd: e\nf: g\n"));
    copy = yaml_copy(document.root);
    yaml_clear(&document);
    ck_assert(yaml_set(copy, "h", yaml_new_scalar("i", false, &place)));
    yaml_add_flow(&out, copy);
    ck_assert_str_eq(out.data, "{a: [1, \"2\", {b: c}], d: e, f: g, h: i}");
    ck_assert_place(yaml_get(copy, "d"), 2, 4);
    text_clear(&out);
    yaml_node_free(copy);
}
END_TEST

/* --------------------------------------------------------------- printing */

/* Asserts that TEXT, printed, reads back as itself in block and in flow. */
static void ck_assert_survives(const char *text)
{
    struct yaml_document document;
    struct text out = { 0 };

    text_add(&out, "k:\n  a: ");
    yaml_add_scalar(&out, text);
    text_add(&out, "  # comment\n  b: [x, ");
    yaml_add_scalar(&out, text);
    text_add(&out, ", {c: ");
    yaml_add_scalar(&out, text);
    text_add(&out, "}]\n");
    ck_assert_msg(parse(&document, out.data), "%s", out.data);
    ck_assert_str_eq(yaml_get(yaml_get(document.root, "k"), "a")->text, text);
    ck_assert(!yaml_is_null(yaml_get(yaml_get(document.root, "k"), "a")));
    ck_assert_str_eq(
        yaml_get(yaml_get(document.root, "k"), "b")->items[1]->text, text);
    yaml_clear(&document);
    text_clear(&out);
}

START_TEST(odd_texts_survive)
{
    static const char *const odd[] = {
        "",
        " ",
        "a b",
        " a",
        "a ",
        "a: b",
        "a:",
        "a #b",
        "#",
        "- a",
        "-",
        "--- a",
        "...",
        "? a",
        "[a]",
        "{a}",
        "a,b",
        "&a",
        "*a",
        "!a",
        "|",
        ">",
        "%a",
        "@a",
        "`a`",
        "'",
        "\"",
        "a\"b\\c",
        "~",
        "null",
        "NULL",
        "true",
        "No",
        "y",
        "1",
        "0x10",
        "-1",
        "+1",
        ".5",
        "1e5",
        "2..50",
        "1/2",
        "<<",
        "=",
        "a\nb",
        "\n",
        "\t",
        "a\tb",
        "\x01\x7f",
        "\xc3\xa9\xce\xb5",
        "\xc2\x85",
        "\xe2\x80\xa8",
        "\xef\xbb\xbf",
        "\xf0\x9d\x84\x9e",
        "#( >= #)",
        "0 1 PUSH POP #",
        "(.* 0)? 1",
        "a\r\nb",
        "$D",
        "a'b",
    };

    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        ck_assert_survives(odd[i]);
}
END_TEST

START_TEST(random_texts_survive)
{
    static const char *const pieces[] = { "a",    "b",        "0",
                                          " ",    "  ",       ":",
                                          "#",    "-",        ",",
                                          "[",    "]",        "{",
                                          "}",    "?",        "!",
                                          "&",    "*",        "'",
                                          "\"",   "\\",       "|",
                                          ">",    "%",        "@",
                                          "`",    "~",        ".",
                                          "/",    "\n",       "\t",
                                          "\x7f", "\xc3\xa9", "\xe2\x80\xa9",
                                          "=",    "<",        "+",
                                          "$" };

    for (uint64_t i = 0; i < 5000; i++) {
        struct text text = { 0 };
        struct stream stream;

        stream_init(&stream, 1, "texts", i);
        text_add(&text, "");
        for (uint64_t n = stream_below(&stream, 8); n > 0; n--)
            text_add(
                &text,
                pieces[stream_below(&stream, sizeof pieces / sizeof *pieces)]);
        ck_assert_survives(text.data);
        text_clear(&text);
    }
}
END_TEST

START_TEST(plain_words_stay_plain)
{
    static const char *const words[] = { "dyck-1", "inverse-sqrt",
                                         "a b c",  "results/x_1.csv",
                                         "(a|b)*", "\xce\xb5" };

    for (int i = 0; i < 6; i++) {
        struct text out = { 0 };

        yaml_add_scalar(&out, words[i]);
        ck_assert_str_eq(out.data, words[i]);
        text_clear(&out);
    }
}
END_TEST

/* Bytes that are no UTF-8 cannot be kept, but must not spoil the file. */
START_TEST(odd_bytes_do_not_spoil_the_file)
{
    static const char *const odd[] = { "\xff", "a\xc3", "\xed\xa0\x80",
                                       "\xf4\x90\x80\x80", "\xc0\x80" };

    for (int i = 0; i < 5; i++) {
        struct yaml_document document;
        struct text out = { 0 };

        yaml_add_scalar(&out, odd[i]);
        ck_assert(parse(&document, out.data));
        yaml_clear(&document);
        text_clear(&out);
    }
}
END_TEST

/* Adds a random value in flow style, drawn from STREAM. */
static void add_value(struct text *out, struct stream *stream, int depth)
{
    static const char *const scalars[] = {
        "a",   "1",     "''",      "~",   "0.5",   "x y", "'a: b'",
        "'['", "2..50", "\"\\n\"", "'1'", "\"~\"", "b-c", "null"
    };
    uint64_t kind = depth > 0 ? stream_below(stream, 3) : 2;
    uint64_t count = stream_below(stream, 4);

    if (kind == 2) {
        text_add(out, scalars[stream_below(stream, 14)]);
        return;
    }
    text_add(out, kind == 0 ? "[" : "{");
    for (uint64_t i = 0; i < count; i++) {
        if (kind == 1)
            text_add_format(out, "'k %d': ", (int)i);
        add_value(out, stream, depth - 1);
        text_add(out, ", ");
    }
    text_add(out, kind == 0 ? "]" : "}");
}

static bool is_same(const struct yaml_node *a, const struct yaml_node *b)
{
    if (a->kind != b->kind || a->count != b->count || a->plain != b->plain)
        return false;
    if (yaml_is_null(a) || yaml_is_null(b))
        return yaml_is_null(a) && yaml_is_null(b);
    if (a->kind == YAML_SCALAR && strcmp(a->text, b->text) != 0)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!is_same(a->items[i], b->items[i]) ||
            (a->kind == YAML_MAP && !is_same(a->keys[i], b->keys[i])))
            return false;
    return true;
}

/* Law: printing and parsing is the identity. */
START_TEST(printed_trees_parse)
{
    for (uint64_t i = 0; i < 1000; i++) {
        struct yaml_document first, second;
        struct text drawn = { 0 }, printed = { 0 };
        struct stream stream;

        stream_init(&stream, 2, "trees", i);
        text_add(&drawn, "[");
        add_value(&drawn, &stream, 5);
        text_add(&drawn, "]");
        ck_assert_msg(parse(&first, drawn.data), "%s", drawn.data);
        yaml_add_flow(&printed, first.root);
        ck_assert_msg(parse(&second, printed.data), "%s", printed.data);
        ck_assert_msg(is_same(first.root, second.root), "%s\n%s", drawn.data,
                      printed.data);
        yaml_clear(&first);
        yaml_clear(&second);
        text_clear(&drawn);
        text_clear(&printed);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("yaml");
    TCase *reading = tcase_create("reading");
    TCase *changing = tcase_create("changing");
    TCase *printing = tcase_create("printing");

    tcase_set_timeout(reading, 20);
    tcase_add_test(reading, trees_have_the_shape_of_the_text);
    tcase_add_test(reading, nothing_is_an_empty_map);
    tcase_add_test(reading, nodes_remember_their_places);
    tcase_add_test(reading, quotes_are_remembered);
    tcase_add_test(reading, aliases_are_copies);
    tcase_add_loop_test(reading, bad_yaml_is_placed, 0,
                        (int)(sizeof bad / sizeof *bad));
    tcase_add_test(reading, files_load);
    tcase_add_loop_test(reading, bombs_fizzle, 0,
                        (int)(sizeof bombs / sizeof *bombs));
    tcase_add_test(reading, caps_are_not_too_tight);
    tcase_add_test(changing, values_are_set);
    tcase_add_test(changing, paths_through_values_are_refused);
    tcase_add_test(changing, copies_stand_alone);
    tcase_add_test(printing, odd_texts_survive);
    tcase_add_test(printing, random_texts_survive);
    tcase_add_test(printing, plain_words_stay_plain);
    tcase_add_test(printing, odd_bytes_do_not_spoil_the_file);
    tcase_add_test(printing, printed_trees_parse);
    suite_add_tcase(suite, reading);
    suite_add_tcase(suite, changing);
    suite_add_tcase(suite, printing);
    return suite_run(suite);
}

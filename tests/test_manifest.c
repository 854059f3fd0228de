/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A manifest says what a run is; runs that differ in the seed alone say the
 * same settings. */

#include "results/manifest.h"

#include <string.h>

#include "scratch.h"
#include "suite.h"

static struct json *make(const char *axes, const char *config)
{
    struct manifest_source source = { "toy", axes, config,
                                      "language: majority\n", "0123" };
    struct error error = { 0 };
    struct json *manifest = manifest_new(&source, &error);

    ck_assert_msg(manifest != NULL, "%s", said(&error));
    return manifest;
}

static const char *word(const struct json *object, const char *key)
{
    const char *text = json_as_text(json_get(object, key));

    ck_assert_msg(text != NULL, "no %s", key);
    return text;
}

/* Axes and the object they become, printed. */
static const char *const splits[][2] = {
    { "", "{}" },
    { "seed=1", "{\"seed\": \"1\"}" },
    { "seed=1,model.norm=pre", "{\"seed\": \"1\", \"model.norm\": \"pre\"}" },
    { "a=[1,{b: 2,c: 3}],d=4", "{\"a\": \"[1,{b: 2,c: 3}]\", \"d\": \"4\"}" },
    { "a=\"x,]\",d==4", "{\"a\": \"\\\"x,]\\\"\", \"d\": \"=4\"}" },
    { "bare", "{\"bare\": \"\"}" },
};

START_TEST(axes_are_split)
{
    struct json *manifest = make(splits[_i][0], "");
    struct text text = { 0 };

    json_print(json_get(manifest, "axes"), false, &text);
    ck_assert_str_eq(text.data, splits[_i][1]);
    text_clear(&text);
    json_free(manifest);
}
END_TEST

static const char *const seeds[][2] = {
    { "", "" },
    { "seed: 3", "3" },
    { "seed: {data: 3, init: 3, order: 3}", "3" },
    { "seed: {data: 3, init: 4}", "{data: 3, init: 4}" },
};

START_TEST(one_seed_for_all_is_one_number)
{
    struct json *manifest = make("", seeds[_i][0]);

    ck_assert_str_eq(word(manifest, "seed"), seeds[_i][1]);
    json_free(manifest);
}
END_TEST

START_TEST(settings_are_all_but_the_seed)
{
    struct json *one = make("", "seed: 1\nrate: 0.1\nbatch: 4\n");
    struct json *two = make("", "seed: {data: 2}\nrate: 0.1\nbatch: 4\n");
    struct json *other = make("", "seed: 1\nrate: 0.2\nbatch: 4\n");

    ck_assert_str_eq(word(one, "settings"), word(two, "settings"));
    ck_assert_str_ne(word(one, "settings"), word(other, "settings"));
    json_free(one);
    json_free(two);
    json_free(other);
}
END_TEST

START_TEST(what_is_written_is_read)
{
    struct json *manifest = make("seed=1", "seed: 1\n"), *read;
    struct error error = { 0 };

    manifest_set_time(manifest, "finished");
    ck_assert_uint_eq(strlen(word(manifest, "finished")),
                      strlen("2026-01-31T12:00:00Z"));
    ck_assert(manifest_says(manifest, "new"));
    ck_assert_str_eq(word(manifest, "version"), VERSION);
    ck_assert_str_ne(word(manifest, "commit"), "");
    ck_assert_ptr_nonnull(strstr(word(manifest, "flags"), "-O3"));
    ck_assert(manifest_write(manifest, scratch, &error));
    read = manifest_read(scratch, &error);
    ck_assert_ptr_nonnull(read);
    for (const char *key = json_next_key(manifest, NULL); key != NULL;
         key = json_next_key(manifest, key)) {
        struct text ours = { 0 }, theirs = { 0 };

        json_print(json_get(manifest, key), false, &ours);
        json_print(json_get(read, key), false, &theirs);
        ck_assert_str_eq(ours.data, theirs.data);
        text_clear(&ours);
        text_clear(&theirs);
    }
    json_free(manifest);
    json_free(read);
}
END_TEST

START_TEST(what_is_no_yaml_or_json_is_refused)
{
    struct manifest_source source = { "toy", "", "a: [", "", "0123" };
    struct error error = { 0 };

    ck_assert_ptr_null(manifest_new(&source, &error));
    ck_assert_int_eq(error.kind, ERROR_CONFIG);
    error_clear(&error);
    scratch_write(scratch_path("manifest.json"), "{", 1);
    ck_assert_ptr_null(manifest_read(scratch, &error));
    ck_assert_int_eq(error.kind, ERROR_IO);
    error_clear(&error);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("manifest");
    TCase *tests = tcase_create("laws");

    tcase_add_checked_fixture(tests, scratch_open, scratch_close);
    tcase_add_loop_test(tests, axes_are_split, 0,
                        (int)(sizeof splits / sizeof splits[0]));
    tcase_add_loop_test(tests, one_seed_for_all_is_one_number, 0,
                        (int)(sizeof seeds / sizeof seeds[0]));
    tcase_add_test(tests, settings_are_all_but_the_seed);
    tcase_add_test(tests, what_is_written_is_read);
    tcase_add_test(tests, what_is_no_yaml_or_json_is_refused);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/file.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "said.h"
#include "suite.h"

/* Every test works in a new directory, its working directory. */
static char directory[64];
static struct error error;

static void enter(void)
{
    strcpy(directory, "/tmp/saturn-test-file.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    ck_assert_int_eq(chdir(directory), 0);
}

static void leave(void)
{
    ck_assert_int_eq(chdir("/"), 0);
    ck_assert(file_remove_tree(directory, &error));
    ck_assert(!file_exists(directory));
}

static void put(const char *path, const char *text)
{
    ck_assert(file_write(path, text, strlen(text), &error));
}

static void ck_assert_holds(const char *path, const char *expected)
{
    struct text text = { 0 };

    ck_assert(file_read(path, 1 << 20, &text, &error));
    ck_assert_str_eq(text.data, expected);
    text_clear(&text);
}

/* Asserts that the directory holds these names and nothing else. */
static void ck_assert_names(const char *expected)
{
    struct text all = { 0 };
    char **names;

    ck_assert(file_names(".", &names, &error));
    text_add(&all, "");
    for (size_t i = 0; names[i] != NULL; i++)
        text_add_format(&all, "%s ", names[i]);
    ck_assert_str_eq(all.data, expected);
    text_clear(&all);
    file_free_names(names);
}

START_TEST(what_is_written_is_read)
{
    char bytes[70000];
    struct text text = { 0 };

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * i >> 3);
    ck_assert(file_write("x", bytes, sizeof bytes, &error));
    ck_assert(file_read("x", sizeof bytes, &text, &error));
    ck_assert_uint_eq(text.length, sizeof bytes);
    ck_assert(memcmp(text.data, bytes, sizeof bytes) == 0);
    text_clear(&text);
    put("empty", "");
    ck_assert_holds("empty", "");
    ck_assert_names("empty x ");
}
END_TEST

START_TEST(reading_has_a_limit)
{
    struct text text = { 0 };

    put("x", "12345");
    ck_assert(!file_read("x", 4, &text, &error));
    ck_assert_int_eq(error.kind, ERROR_IO);
    ck_assert_said(&error, "x: cannot be read: larger than 4 bytes\n");
    ck_assert_ptr_null(text.data);
    ck_assert(!file_read("none", 4, &text, &error));
    ck_assert_said(&error, "none: cannot be read: No such file or directory\n");
    ck_assert(!file_read(".", 4, &text, &error));
    ck_assert_said(&error, ".: cannot be read: Is a directory\n");
}
END_TEST

START_TEST(a_file_appears_only_when_finished)
{
    struct file file;
    struct stat status;

    put("x", "old");
    ck_assert(file_open(&file, "x", &error));
    fputs("new", file.stream);
    fflush(file.stream);
    ck_assert_holds("x", "old");
    ck_assert_names("x x.partial ");
    ck_assert(file_finish(&file, &error));
    ck_assert_holds("x", "new");
    ck_assert_names("x ");
    ck_assert_int_eq(stat("x", &status), 0);
    ck_assert_int_eq(status.st_mode & 0111, 0);
    ck_assert_int_ne(status.st_mode & 0600, 0);
    file_abandon(&file);
    ck_assert_holds("x", "new");
}
END_TEST

START_TEST(an_abandoned_file_leaves_nothing)
{
    struct file file;

    put("x", "old");
    ck_assert(file_open(&file, "x", &error));
    fputs("new", file.stream);
    file_abandon(&file);
    ck_assert_holds("x", "old");
    ck_assert_names("x ");
    file_abandon(&file);
}
END_TEST

START_TEST(a_killed_writer_is_succeeded)
{
    struct file file;

    put("x.partial", "a long remainder of a killed process");
    put("x", "old");
    ck_assert(file_open(&file, "x", &error));
    fputs("new", file.stream);
    ck_assert(file_finish(&file, &error));
    ck_assert_holds("x", "new");
    ck_assert_names("x ");
}
END_TEST

START_TEST(a_living_writer_is_respected)
{
    struct file first, second;

    ck_assert(file_open(&first, "x", &error));
    fputs("first", first.stream);
    fflush(first.stream);
    ck_assert(!file_open(&second, "x", &error));
    ck_assert_said(&error, "x: cannot be written: Device or resource busy\n");
    file_abandon(&second);
    ck_assert(file_finish(&first, &error));
    ck_assert_holds("x", "first");
}
END_TEST

START_TEST(a_full_device_is_reported)
{
    struct file file;

    ck_assert(!file_write("/dev/full", "x", 1, &error));
    ck_assert_int_eq(error.kind, ERROR_IO);
    ck_assert_said(&error,
                   "/dev/full: cannot be written: No space left on device\n");
    /* The failed write is long past when the file is finished. */
    ck_assert(file_open(&file, "/dev/full", &error));
    setvbuf(file.stream, NULL, _IONBF, 0);
    fputs("x", file.stream);
    ck_assert(!file_finish(&file, &error));
    ck_assert_said(&error,
                   "/dev/full: cannot be written: No space left on device\n");
    ck_assert(file_write("/dev/null", "x", 1, &error));
    ck_assert_names("");
}
END_TEST

static void limit_files(rlim_t bytes)
{
    struct rlimit limit = { bytes, RLIM_INFINITY };

    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* _i = 0: the limit lasts.  1: room was made before the file is finished, and
 * still the hole in its middle is noticed. */
START_TEST(a_full_disk_leaves_the_old_file)
{
    static char block[100000];
    struct file file;

    put("x", "old");
    limit_files(10000);
    ck_assert(file_open(&file, "x", &error));
    fwrite(block, 1, sizeof block, file.stream);
    if (_i == 1)
        limit_files(RLIM_INFINITY);
    ck_assert(!file_finish(&file, &error));
    limit_files(RLIM_INFINITY);
    ck_assert_said(&error, _i == 0
                               ? "x: cannot be written: File too large\n"
                               : "x: cannot be written: Input/output error\n");
    ck_assert_holds("x", "old");
    ck_assert_names("x ");
}
END_TEST

START_TEST(unwritable_places_are_named)
{
    struct file file;

    ck_assert(!file_open(&file, "none/x", &error));
    ck_assert_said(&error,
                   "none/x: cannot be written: No such file or directory\n");
    ck_assert_ptr_null(file.stream);
    ck_assert(!file_open(&file, ".", &error));
    ck_assert_said(&error, ".: cannot be written: Is a directory\n");
    put("x", "");
    ck_assert(!file_make_directories("x/y/z", &error));
    ck_assert_said(&error, "x: cannot be made: Not a directory\n");
    ck_assert(!file_rename("none", "some", &error));
    ck_assert_said(&error, "none: cannot be renamed to some: "
                           "No such file or directory\n");
}
END_TEST

START_TEST(directories_are_made_and_removed)
{
    ck_assert(file_make_directories("a/b//c/", &error));
    ck_assert(file_make_directories("a/b/c", &error));
    ck_assert(file_exists("a/b/c"));
    put("a/b/c/x", "");
    put("kept", "kept");
    ck_assert_int_eq(symlink("../kept", "a/link"), 0);
    ck_assert_int_eq(symlink(".", "a/loop"), 0);
    ck_assert(file_rename("a", "z", &error));
    ck_assert_names("kept z ");
    ck_assert(file_remove_tree("z", &error));
    ck_assert(file_remove_tree("z", &error));
    ck_assert_names("kept ");
    ck_assert_holds("kept", "kept");
}
END_TEST

START_TEST(names_are_sorted)
{
    put("b", "");
    put("a", "");
    put("a.b", "");
    put("B", "");
    ck_assert_names("B a a.b b ");
    ck_assert(!file_names("none", &(char **){ NULL }, &error));
    ck_assert_said(&error,
                   "none: cannot be listed: No such file or directory\n");
}
END_TEST

START_TEST(paths_are_joined)
{
    static const char *const cases[][3] = { { "a", "b", "a/b" },
                                            { "a/", "b", "a/b" },
                                            { "/", "b", "/b" },
                                            { "", "b", "b" } };

    for (int i = 0; i < 4; i++) {
        char *path = file_join(cases[i][0], cases[i][1]);

        ck_assert_str_eq(path, cases[i][2]);
        free(path);
    }
}
END_TEST

START_TEST(folders_are_what_is_before_the_last_slash)
{
    static const char *const cases[][2] = {
        { "a/b.yaml", "a" }, { "a/b/c", "a/b" }, { "c", "." },
        { "/c", "/" },       { "../c", ".." },
    };

    for (int i = 0; i < 5; i++) {
        char *folder = file_folder(cases[i][0]);

        ck_assert_str_eq(folder, cases[i][1]);
        free(folder);
    }
}
END_TEST

START_TEST(a_lock_excludes_and_says_who)
{
    char expected[64];
    int first, second;
    const char *text;

    ck_assert(file_lock("lock", &first, &error));
    ck_assert(!file_lock("lock", &second, &error));
    ck_assert_int_eq(error.kind, ERROR_STOPPED);
    text = said(&error);
    snprintf(expected, sizeof expected, "lock: locked by process %ld on ",
             (long)getpid());
    ck_assert_int_eq(strncmp(text, expected, strlen(expected)), 0);
    file_unlock(first);
    ck_assert(file_lock("lock", &second, &error));
    file_unlock(second);
}
END_TEST

/* XXH3's own value for nothing, and the law that one bit changes the sum. */
START_TEST(checksums_tell_bits_apart)
{
    unsigned char bytes[300] = { 0 };
    uint64_t whole = checksum(bytes, sizeof bytes);
    char hex[17];

    ck_assert(checksum("", 0) == 0x2d06800538d394c2u);
    for (size_t bit = 0; bit < 8 * sizeof bytes; bit++) {
        bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
        ck_assert(checksum(bytes, sizeof bytes) != whole);
        bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
    ck_assert(checksum(bytes, sizeof bytes) == whole);
    checksum_text(0x00ab, hex);
    ck_assert_str_eq(hex, "00000000000000ab");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("file");
    TCase *tests = tcase_create("file");

    tcase_add_checked_fixture(tests, enter, leave);
    tcase_add_test(tests, what_is_written_is_read);
    tcase_add_test(tests, reading_has_a_limit);
    tcase_add_test(tests, a_file_appears_only_when_finished);
    tcase_add_test(tests, an_abandoned_file_leaves_nothing);
    tcase_add_test(tests, a_killed_writer_is_succeeded);
    tcase_add_test(tests, a_living_writer_is_respected);
    tcase_add_test(tests, a_full_device_is_reported);
    tcase_add_loop_test(tests, a_full_disk_leaves_the_old_file, 0, 2);
    tcase_add_test(tests, unwritable_places_are_named);
    tcase_add_test(tests, directories_are_made_and_removed);
    tcase_add_test(tests, names_are_sorted);
    tcase_add_test(tests, paths_are_joined);
    tcase_add_test(tests, folders_are_what_is_before_the_last_slash);
    tcase_add_test(tests, a_lock_excludes_and_says_who);
    tcase_add_test(tests, checksums_tell_bits_apart);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

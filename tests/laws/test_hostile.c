/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Hostile safetensors files get their verdict in under a second, and with no
 * more memory than their own size and 64 MiB: each is read in a process of its
 * own whose address space ends there.  Names of tensors are the network's, so
 * that nothing is refused for a name before it is looked at.
 */

#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "results/checkpoint.h"
#include "scratch.h"
#include "suite.h"

#define MIB         ((size_t)1 << 20)
#define HEADER_MOST (8 * MIB)

/* Three tensors: a vector, a matrix, and one of no numbers at all. */
static struct tensor tensors[] = {
    { .name = "v", .rows = 1, .offset = 0, .count = 1 },
    { .name = "w", .rows = 2, .columns = 2, .offset = 1, .count = 4 },
    { .name = "z", .rows = 0, .columns = 3, .offset = 5, .count = 0 },
};
static const struct layout layout = { .tensors = tensors,
                                      .n_tensors = 3,
                                      .n_parameters = 5 };

/* A network whose parameters alone pass the limit, before any is there. */
static struct tensor large_tensors[] = {
    { .name = "w",
      .rows = 4096,
      .columns = 4096,
      .offset = 0,
      .count = (size_t)4096 * 4096 },
};
static const struct layout large = { .tensors = large_tensors,
                                     .n_tensors = 1,
                                     .n_parameters = (size_t)4096 * 4096 };

#define T(name, type, shape, from, to)                       \
    "\"" name "\":{\"dtype\":\"" type "\",\"shape\":[" shape \
    "],\"data_offsets\":[" from "," to "]}"
#define V T("v", "F64", "1", "0", "8")
#define W T("w", "F64", "2,2", "8", "40")
#define Z T("z", "F64", "0,3", "40", "40")

/* UNIT over and over between OPEN and CLOSE. */
struct repeat {
    const char *open, *unit, *close;
    bool numbered; /* %zu in UNIT */
    size_t most;   /* bytes, if not 8 MiB */
};

struct hostile {
    const char *what;
    const char *header;   /* or NULL, and */
    struct repeat repeat; /* this one */
    uint64_t claim;       /* the length it tells of; 0: the true one */
    size_t cut;           /* bytes of the whole, if not 0 */
    size_t data;          /* bytes after the header */
    bool large;           /* for the network of 4096 x 4096 */
    const char *verdict;  /* NULL: accepted */
};

static const struct hostile hostile[] = {
    { "valid", "{" V "," W "," Z "}", .data = 40 },
    { "nothing after a length of 0", "", .verdict = "not valid JSON" },
    { "7 bytes", "{}", .cut = 7, .verdict = "not a safetensors file: 7 bytes" },
    { "8 bytes", "{}", .cut = 8, .verdict = "claims 2 bytes of a file of 8" },
    { "length > file", "{}", .claim = 3, .verdict = "claims 3 bytes" },
    { "length 2^63", "{}", .claim = (uint64_t)1 << 63,
      .verdict = "claims 9223372036854775808 bytes, more than 8 MiB" },
    { "length 2^64-1", "{}", .claim = UINT64_MAX,
      .verdict = "claims 18446744073709551615 bytes, more than 8 MiB" },
    { "length 100000001", "{}", .claim = 100000001,
      .verdict = "claims 100000001 bytes, more than 8 MiB" },
    { "not UTF-8", "{\"\xff\":1," V "," W "," Z "}", .data = 40,
      .verdict = "not valid JSON" },
    { "not JSON", "not", .verdict = "not valid JSON" },
    { "a list", "[]", .verdict = "tensor v is missing" },
    { "a number", "7", .verdict = "tensor v is missing" },
    { "no tensor", "{}", .verdict = "tensor v is missing" },
    { "blanks before {", " \n\t{" V "," W "," Z "}", .data = 40 },
    { "blanks after }", "{" V "," W "," Z "}  \n", .data = 40 },
    { "a control byte after }", "{" V "," W "," Z "}\1", .data = 40,
      .verdict = "not valid JSON" },
    { "a name twice", "{" V "," V "," W "," Z "}", .data = 40,
      .verdict = "not valid JSON: duplicate" },
    { "metadata twice",
      "{\"__metadata__\":{},\"__metadata__\":{}," V "," W "," Z "}", .data = 40,
      .verdict = "not valid JSON: duplicate" },
    { "overlap", "{" V "," T("w", "F64", "2,2", "0", "32") "," Z "}",
      .data = 40, .verdict = "tensor w begins at 0 instead of 8" },
    { "hole", "{" V "," T("w", "F64", "2,2", "16", "48") "," Z "}", .data = 48,
      .verdict = "tensor w begins at 16 instead of 8" },
    { "hole at the start",
      "{" T("v", "F64", "1", "8", "16") "," T("w", "F64", "2,2", "16",
                                              "48") "," T("z", "F64", "0,3",
                                                          "48", "48") "}",
      .data = 48, .verdict = "tensor v begins at 8 instead of 0" },
    { "hole before nothing",
      "{" V "," W "," T("z", "F64", "0,3", "48", "48") "}", .data = 48,
      .verdict = "tensor z begins at 48 instead of 40" },
    { "gap at the end", "{" V "," W "," Z "}", .data = 39,
      .verdict = "39 bytes of data where the header tells of 40" },
    { "tail", "{" V "," W "," Z "}", .data = 41,
      .verdict = "41 bytes of data where the header tells of 40" },
    { "reversed", "{" V "," T("w", "F64", "2,2", "40", "8") "," Z "}",
      .data = 40,
      .verdict = "tensor w has offsets 40 to 8, but 4 numbers of F64" },
    { "negative", "{" V "," T("w", "F64", "2,2", "-24", "8") "," Z "}",
      .data = 40, .verdict = "tensor w has no offsets" },
    { "8.0", "{" V "," T("w", "F64", "2,2", "8.0", "40") "," Z "}", .data = 40,
      .verdict = "tensor w has no offsets" },
    { "4e1", "{" V "," T("w", "F64", "2,2", "8", "4e1") "," Z "}", .data = 40,
      .verdict = "tensor w has no offsets" },
    { "offset 2^64",
      "{" V "," T("w", "F64", "2,2", "8", "18446744073709551616") "," Z "}",
      .data = 40, .verdict = "not valid JSON: too big integer" },
    { "offset 2^63-1",
      "{" V "," T("w", "F64", "2,2", "8", "9223372036854775807") "," Z "}",
      .data = 40,
      .verdict = "to 9223372036854775807, but 4 numbers of F64 take 32" },
    { "shape overflow 1",
      "{" V "," T("w", "F64", "2,18446744073709551614", "8", "40") "," Z "}",
      .data = 40, .verdict = "not valid JSON: too big integer" },
    { "shape overflow 2",
      "{" V "," T("w", "I32", "2,9223372036854775807", "8", "40") "," Z "}",
      .data = 40, .verdict = "tensor w is I32" },
    { "shape overflow 3",
      "{" V "," T("w", "F32", "2,9223372036854775807", "8", "40") "," Z "}",
      .data = 40,
      .verdict = "tensor w has another shape than the network's [2, 2]: "
                 "[2, 9223372036854775807]" },
    { "shape is not size", "{" V "," T("w", "F64", "2,2", "8", "32") "," Z "}",
      .data = 32, .verdict = "8 to 32, but 4 numbers of F64 take 32 bytes" },
    { "size is of F32", "{" V "," T("w", "F32", "2,2", "8", "40") "," Z "}",
      .data = 40, .verdict = "8 to 40, but 4 numbers of F32 take 16 bytes" },
    { "dtype F63", "{" V "," T("w", "F63", "2,2", "8", "40") "," Z "}",
      .data = 40, .verdict = "tensor w is F63; accepted: F64, F32, F16, BF16" },
    { "dtype F4", "{" V "," T("w", "F4", "2,2", "8", "10") "," Z "}",
      .data = 10, .verdict = "tensor w is F4; accepted" },
    { "0-d for [1]", "{" T("v", "F64", "", "0", "8") "," W "," Z "}",
      .data = 40,
      .verdict = "tensor v has another shape than the network's [1]: []" },
    { "0-size first", "{" T("z", "F64", "0,3", "0", "0") "," V "," W "}",
      .data = 40 },
    { "0-size between", "{" V "," W "," T("z", "F64", "0,3", "8", "8") "}",
      .data = 40 },
    { "metadata a list", "{\"__metadata__\":[]," V "," W "," Z "}", .data = 40,
      .verdict = "__metadata__ is not an object" },
    { "metadata a number", "{\"__metadata__\":{\"a\":1}," V "," W "," Z "}",
      .data = 40, .verdict = "__metadata__: a is not text" },
    { "metadata of metadata", "{\"__metadata__\":{\"a\":{}}," V "," W "," Z "}",
      .data = 40, .verdict = "__metadata__: a is not text" },
    { "metadata null", "{\"__metadata__\":null," V "," W "," Z "}", .data = 40,
      .verdict = "__metadata__ is not an object" },
    { "8 MiB of x:{}",
      NULL,
      { "{", "\"%zu\":{},", "\"x\":{}}", true, 0 },
      .verdict = "the header has more than" },
    { "8 MiB of one x:{}",
      NULL,
      { "{", "\"x\":{},", "\"x\":{}}", false, 0 },
      .verdict = "the header has more than" },
    { "8 MiB of []",
      NULL,
      { "{\"w\":[", "[],", "[]]}", false, 0 },
      .verdict = "the header has more than" },
    { "8 MiB of {}",
      NULL,
      { "{\"w\":[", "{},", "{}]}", false, 0 },
      .verdict = "the header has more than" },
    { "8 MiB of 0",
      NULL,
      { "{\"w\":[", "0,", "0]}", false, 0 },
      .verdict = "the header has more than" },
    { "8 MiB of tiny entries",
      NULL,
      { "{", "\"%zu\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]},",
        "\"x\":{}}", true, 0 },
      .verdict = "the header has more than" },
    { "8 MiB of metadata",
      NULL,
      { "{\"__metadata__\":{", "\"%zu\":\"\",", "\"x\":\"\"}}", true, 0 },
      .verdict = "the header has more than" },
    { "8 MiB of one name",
      NULL,
      { "{\"", "x", "\":{}}", false, 0 },
      .verdict = "is not one of the network's" },
    { "8 MiB of escapes",
      NULL,
      { "{\"", "\\u0001", "\":{}}", false, 0 },
      .verdict = "is not one of the network's" },
    { "8 MiB of dtype",
      NULL,
      { "{\"v\":{\"dtype\":\"", "\\\"", "\"}}", false, 0 },
      .verdict = "tensor v is \"\"\"" },
    { "8 MiB of one number",
      NULL,
      { "{\"w\":", "1", "}", false, 0 },
      .verdict = "not valid JSON" },
    { "8 MiB of one real",
      NULL,
      { "{\"w\":0.", "1", "}", false, 0 },
      .verdict = "is missing" },
    { "8 MiB of metadata's key",
      NULL,
      { "{\"__metadata__\":{\"", "k", "\":1}}", false, 0 },
      .verdict = "is not text" },
    { "8 MiB of blanks",
      NULL,
      { "{", " ", "}", false, 0 },
      .verdict = "tensor v is missing" },
    { "8 MiB of [",
      NULL,
      { "", "[", "", false, 0 },
      .verdict = "nested more than 8 deep" },
    { "as many as are parsed",
      NULL,
      { "{\"w\":[", "{},", "{}]}", false, 49000 },
      .verdict = "tensor v is missing" },
    { "9 deep", "{\"v\":[[[[[[[[]]]]]]]]}",
      .verdict = "nested more than 8 deep" },
    { "8 deep", "{\"v\":[[[[[[[]]]]]]]}", .verdict = "tensor v is of no type" },
    { "brackets in a name", "{\"[[[[[[[[[\\\"[[\":0}",
      .verdict = "is not one of the network's" },
    { "a large network's name",
      "{" T("w", "F64", "4096,4096", "0", "134217728") "," T(
          "recorded.w", "F64", "4096,4096", "0", "134217728") "}",
      .large = true, .verdict = "begins at 0 instead of 134217728" },
};

static void add_repeat(struct text *out, const struct repeat *repeat)
{
    size_t most = repeat->most > 0 ? repeat->most : HEADER_MOST;
    size_t last = most - strlen(repeat->close) - 80;

    text_add(out, repeat->open);
    for (size_t i = 0; out->length < last; i++)
        if (!repeat->numbered) {
            text_add(out, repeat->unit);
        } else {
            const char *at = strstr(repeat->unit, "%zu");

            text_add_bytes(out, repeat->unit, (size_t)(at - repeat->unit));
            text_add_format(out, "%zu", i);
            text_add(out, at + 3);
        }
    text_add(out, repeat->close);
}

static size_t write_hostile(const struct hostile *file, const char *path)
{
    struct text header = { 0 }, whole = { 0 };
    uint64_t length;
    size_t size;

    text_add(&header, file->header != NULL ? file->header : "");
    if (file->header == NULL)
        add_repeat(&header, &file->repeat);
    length = file->claim > 0 ? file->claim : header.length;
    text_add_bytes(&whole, (const char *)&length, sizeof length);
    text_add_bytes(&whole, header.data, header.length);
    for (size_t i = 0; i < file->data; i++)
        text_add_bytes(&whole, "", 1);
    size = file->cut > 0 ? file->cut : whole.length;
    scratch_write(path, whole.data, size);
    text_clear(&header);
    text_clear(&whole);
    return size;
}

/* ------------------------------------------------------------ measurement */

/* What the process that read it tells. */
struct told {
    bool ok;
    double seconds;
    size_t peak; /* bytes held at the most beyond those at the start */
    char complaint[512];
};

static size_t peak_now(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (size_t)usage.ru_maxrss * 1024;
}

/* No further than BYTES beyond what is mapped now.  The address sanitizer
 * maps terabytes; the peak is looked at in any case. */
static void limit_memory(size_t bytes)
{
#ifdef __SANITIZE_ADDRESS__
    (void)bytes;
#else
    FILE *stream = fopen("/proc/self/statm", "r");
    size_t pages;
    struct rlimit limit;

    if (stream == NULL)
        return;
    if (fscanf(stream, "%zu", &pages) == 1) {
        limit.rlim_cur = limit.rlim_max =
            pages * (size_t)sysconf(_SC_PAGESIZE) + bytes;
        setrlimit(RLIMIT_AS, &limit);
    }
    fclose(stream);
#endif
}

static void read_it(const struct hostile *file, const char *path, size_t size,
                    int out)
{
    struct told told = { 0 };
    struct timespec begun, ended;
    struct checkpoint read;
    struct error error = { 0 };
    size_t before;

    limit_memory(size + 64 * MIB);
    before = peak_now();
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begun);
    told.ok =
        checkpoint_read(path, file->large ? &large : &layout, &read, &error);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ended);
    told.peak = peak_now() - before;
    told.seconds = (double)(ended.tv_sec - begun.tv_sec) +
                   (double)(ended.tv_nsec - begun.tv_nsec) / 1e9;
    if (!told.ok)
        snprintf(told.complaint, sizeof told.complaint, "%s", said(&error));
    _exit(write(out, &told, sizeof told) == sizeof told ? 0 : 1);
}

/* Reads PATH in a process of its own. */
static struct told measure(const struct hostile *file, const char *path,
                           size_t size)
{
    struct told told = { 0 };
    int ends[2], status;
    ssize_t got;
    pid_t child;

    ck_assert_int_eq(pipe(ends), 0);
    child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0)
        read_it(file, path, size, ends[1]);
    close(ends[1]);
    got = read(ends[0], &told, sizeof told);
    close(ends[0]);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(status == 0 && got == sizeof told,
                  "%s: the process ended with %d", file->what, status);
    return told;
}

/* Seconds of the processor that a file may take: one, or as many as the suite
 * is given where a checker runs it slowly. */
static double patience(void)
{
    const char *slower = getenv("CK_TIMEOUT_MULTIPLIER");

    return slower != NULL && atof(slower) > 1 ? atof(slower) : 1;
}

static void assert_told(const struct hostile *file, const char *path,
                        size_t size)
{
    struct told told = measure(file, path, size);

    if (file->verdict == NULL) {
        ck_assert_msg(told.ok, "%s: %s", file->what, told.complaint);
        snprintf(told.complaint, sizeof told.complaint, "%s: accepted", path);
    } else {
        ck_assert_msg(!told.ok, "%s: accepted", file->what);
        ck_assert_msg(strstr(told.complaint, file->verdict) != NULL, "%s: %s",
                      file->what, told.complaint);
        ck_assert_ptr_nonnull(strstr(told.complaint, path));
    }
    ck_assert_msg(strlen(told.complaint) < 400, "%s: %s", file->what,
                  told.complaint);
    ck_assert_msg(told.seconds < patience(), "%s: %.3f s", file->what,
                  told.seconds);
    ck_assert_msg(told.peak <= size + 64 * MIB, "%s: %zu bytes", file->what,
                  told.peak);
    printf("%-24s %8zu bytes  %.4f s  %5.1f MiB  %s\n", file->what, size,
           told.seconds, (double)told.peak / MIB,
           told.complaint + strlen(path) + 2);
}

START_TEST(every_hostile_file_gets_its_verdict)
{
    const char *path = scratch_path("h");

    assert_told(&hostile[_i], path, write_hostile(&hostile[_i], path));
}
END_TEST

START_TEST(an_empty_file_is_none)
{
    const char *path = scratch_path("h");
    const struct hostile file = { .what = "empty file",
                                  .verdict = "not a safetensors file: 0 byte" };

    scratch_write(path, "", 0);
    assert_told(&file, path, 0);
}
END_TEST

/* A pipe whose writer stops is a file that is cut while it is read. */
START_TEST(a_file_cut_while_it_is_read_is_refused)
{
    const char *path = scratch_path("pipe");
    const struct hostile file = { .what = "cut while read",
                                  .header = "{" V "," W "," Z "}",
                                  .verdict = "0 bytes of data where" };
    pid_t writer;

    ck_assert_int_eq(mkfifo(path, 0600), 0);
    writer = fork();
    if (writer == 0) {
        write_hostile(&file, path);
        _exit(0);
    }
    assert_told(&file, path, 0);
    ck_assert_int_eq(waitpid(writer, NULL, 0), writer);
}
END_TEST

/* Sparse: it takes no room on the disk, and must take none in memory. */
START_TEST(a_file_without_end_is_not_read_to_its_end)
{
    const char *path = scratch_path("h");
    const struct hostile file = { .what = "1 GiB of zeros",
                                  .verdict = "larger than" };

    scratch_write(path, "", 0);
    ck_assert_int_eq(truncate(path, (off_t)1 << 30), 0);
    assert_told(&file, path, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("hostile");
    TCase *tests = tcase_create("laws");

    setvbuf(stdout, NULL, _IOLBF, 0);
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, scratch_open, scratch_close);
    tcase_add_loop_test(tests, every_hostile_file_gets_its_verdict, 0,
                        (int)(sizeof hostile / sizeof hostile[0]));
    tcase_add_test(tests, an_empty_file_is_none);
    tcase_add_test(tests, a_file_cut_while_it_is_read_is_refused);
    tcase_add_test(tests, a_file_without_end_is_not_read_to_its_end);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Checkpoints come back bit for bit, lie in the file as the safetensors page
 * says, and are refused when a single bit of them is wrong.
 */

#include "results/checkpoint.h"

#include <math.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>

#include "scratch.h"
#include "suite.h"

/* Not in the order of their names, to see them sorted. */
static struct tensor tensors[] = {
    { .name = "up.weight", .rows = 2, .columns = 3, .offset = 0, .count = 6 },
    { .name = "bias", .rows = 2, .offset = 6, .count = 2 },
    { .name = "up.bias", .rows = 1, .offset = 8, .count = 1 },
};
static const struct layout layout = { .tensors = tensors,
                                      .n_tensors = 3,
                                      .n_parameters = 9 };

/* Bits no arithmetic would bring back: -0, the least double, infinity, a NaN
 * with a payload. */
static double theta[9] = { 1.5, -0.0, 5e-324, INFINITY, 0.1, -1e300, 2, 3, 0 };
static double recorded[9] = { 9, 8, 7, 6, 5, 4, 3, 2, 1 };
static struct checkpoint example = { .step = 120,
                                     .config_hash = "0123456789abcdef",
                                     .theta = theta,
                                     .recorded = recorded };

static void set_up(void)
{
    const uint64_t payload = 0x7ff8000000001234u;

    memcpy(&theta[8], &payload, sizeof payload);
    scratch_open();
}

static const char *write_example(const char *name)
{
    const char *path = scratch_path(name);
    struct error error = { 0 };

    ck_assert_msg(checkpoint_write(path, &layout, &example, &error), "%s",
                  said(&error));
    return path;
}

START_TEST(what_is_saved_is_loaded)
{
    const char *path = write_example("a.safetensors");
    struct error error = { 0 };
    struct checkpoint read;

    ck_assert_msg(checkpoint_read(path, &layout, &read, &error), "%s",
                  said(&error));
    ck_assert_uint_eq(read.step, 120);
    ck_assert_str_eq(read.config_hash, example.config_hash);
    ck_assert_mem_eq(read.theta, theta, sizeof theta);
    ck_assert_mem_eq(read.recorded, recorded, sizeof recorded);
    checkpoint_clear(&read);
}
END_TEST

START_TEST(recorded_parameters_may_be_absent)
{
    struct checkpoint short_one = example, read;
    const char *path = scratch_path("b.safetensors");
    struct error error = { 0 };

    short_one.recorded = NULL;
    ck_assert(checkpoint_write(path, &layout, &short_one, &error));
    ck_assert(checkpoint_read(path, &layout, &read, &error));
    ck_assert_mem_eq(read.theta, theta, sizeof theta);
    ck_assert_ptr_null(read.recorded);
    checkpoint_clear(&read);
}
END_TEST

START_TEST(equal_content_is_equal_bytes)
{
    struct text first = scratch_read(write_example("a.safetensors"));
    struct text second = scratch_read(write_example("b.safetensors"));
    struct text third;

    ck_assert_uint_eq(first.length, second.length);
    ck_assert_mem_eq(first.data, second.data, first.length);
    theta[0] = nextafter(theta[0], 2);
    third = scratch_read(write_example("c.safetensors"));
    ck_assert_uint_eq(first.length, third.length);
    ck_assert(memcmp(first.data, third.data, first.length) != 0);
    theta[0] = 1.5;
    text_clear(&first);
    text_clear(&second);
    text_clear(&third);
}
END_TEST

/* By hand from the format's page: sizes in bytes are 16, 8 and 48. */
START_TEST(the_file_is_laid_out_as_the_format_says)
{
    static const char before[] =
        "{\"__metadata__\":{\"format\":\"pt\",\"step\":\"120\",\"config\":"
        "\"0123456789abcdef\",\"checksum\":\"";
    static const char after[] =
        "\"},\"bias\":{\"dtype\":\"F64\",\"shape\":[2],"
        "\"data_offsets\":[0,16]},"
        "\"up.bias\":{\"dtype\":\"F64\",\"shape\":[1],"
        "\"data_offsets\":[16,24]},"
        "\"up.weight\":{\"dtype\":\"F64\",\"shape\":[2,3],"
        "\"data_offsets\":[24,72]}}";
    struct checkpoint bare = example;
    const char *path = scratch_path("a.safetensors"), *header, *data;
    struct error error = { 0 };
    struct text file;
    size_t length = strlen(before) + 16 + strlen(after);
    size_t padded = (length + 7) / 8 * 8;

    bare.recorded = NULL;
    ck_assert(checkpoint_write(path, &layout, &bare, &error));
    file = scratch_read(path);
    header = file.data + 8;
    ck_assert_uint_eq((unsigned char)file.data[0], padded % 256);
    ck_assert_uint_eq((unsigned char)file.data[1], padded / 256);
    for (int i = 2; i < 8; i++)
        ck_assert_int_eq(file.data[i], 0);
    ck_assert_mem_eq(header, before, strlen(before));
    ck_assert_uint_eq(strspn(header + strlen(before), "0123456789abcdef"), 16);
    ck_assert_mem_eq(header + strlen(before) + 16, after, strlen(after));
    for (size_t i = length; i < padded; i++)
        ck_assert_int_eq(header[i], ' ');
    data = header + padded;
    ck_assert_uint_eq(file.length, 8 + padded + 72);
    ck_assert_mem_eq(data, theta + 6, 16);
    ck_assert_mem_eq(data + 16, theta + 8, 8);
    ck_assert_mem_eq(data + 24, theta, 48);
    text_clear(&file);
}
END_TEST

/* Refused, with a complaint that names the file. */
static void assert_refused(const char *path, const char *what)
{
    struct error error = { 0 };
    struct checkpoint read;

    ck_assert_msg(!checkpoint_read(path, &layout, &read, &error),
                  "accepted: %s", what);
    ck_assert_int_eq(error.kind, ERROR_IO);
    ck_assert_ptr_null(read.theta);
    ck_assert_ptr_null(read.recorded);
    ck_assert_ptr_nonnull(strstr(said(&error), path));
}

START_TEST(every_prefix_is_refused)
{
    struct text file = scratch_read(write_example("a.safetensors"));
    const char *path = scratch_path("cut.safetensors");

    for (size_t length = 0; length < file.length; length++) {
        scratch_write(path, file.data, length);
        assert_refused(path, "a prefix");
    }
    text_add(&file, " ");
    scratch_write(path, file.data, file.length);
    assert_refused(path, "a surplus byte");
    text_clear(&file);
}
END_TEST

START_TEST(every_flipped_bit_is_refused)
{
    struct text file = scratch_read(write_example("a.safetensors"));
    const char *path = scratch_path("flipped.safetensors");
    char what[32];

    for (size_t bit = 0; bit < 8 * file.length; bit++) {
        snprintf(what, sizeof what, "bit %zu", bit);
        file.data[bit / 8] ^= (char)(1 << bit % 8);
        scratch_write(path, file.data, file.length);
        assert_refused(path, what);
        file.data[bit / 8] ^= (char)(1 << bit % 8);
    }
    scratch_write(path, file.data, file.length);
    text_clear(&file);
}
END_TEST

/* The header of example without what was recorded, by another hand; its
 * checksum and format are put in. */
static const char rewritten[] =
    "{ \"bias\" : {\"data_offsets\": [0, 16], \"shape\": [2],\n"
    " \"dtype\": \"F64\"},\n"
    " \"__metadata__\": {\"checksum\": \"%.16s\", \"config\": "
    "\"0123456789abcdef\", \"step\": \"120\", \"format\": \"%s\"},"
    "\"up.weight\": {\"shape\": [2, 3], \"dtype\": \"F64\", "
    "\"data_offsets\": [16, 64]}, "
    "\"up.bias\": {\"dtype\": \"F64\", \"shape\": [1], "
    "\"data_offsets\": [64, 72]}}";

static void write_rewritten(const char *path, const char *format)
{
    static const char key[] = "\"checksum\":\"";
    struct checkpoint bare = example;
    struct error error = { 0 };
    struct text file, again = { 0 }, header = { 0 };
    uint64_t length;

    bare.recorded = NULL;
    ck_assert(checkpoint_write(path, &layout, &bare, &error));
    file = scratch_read(path);
    text_add_format(&header, rewritten,
                    strstr(file.data + 8, key) + strlen(key), format);
    length = header.length;
    text_add_bytes(&again, (const char *)&length, sizeof length);
    text_add_bytes(&again, header.data, header.length);
    text_add_bytes(&again, (const char *)(theta + 6), 2 * sizeof *theta);
    text_add_bytes(&again, (const char *)theta, 6 * sizeof *theta);
    text_add_bytes(&again, (const char *)(theta + 8), sizeof *theta);
    scratch_write(path, again.data, again.length);
    text_clear(&file);
    text_clear(&again);
    text_clear(&header);
}

/* Spaces, the order of keys and that of tensors are another program's. */
START_TEST(a_header_written_anew_is_read)
{
    const char *path = scratch_path("anew.safetensors");
    struct error error = { 0 };
    struct checkpoint read;
    struct text file;

    write_rewritten(path, "pt");
    ck_assert_msg(checkpoint_read(path, &layout, &read, &error), "%s",
                  said(&error));
    ck_assert_uint_eq(read.step, 120);
    ck_assert_str_eq(read.config_hash, example.config_hash);
    ck_assert_mem_eq(read.theta, theta, sizeof theta);
    checkpoint_clear(&read);
    file = scratch_read(path);
    for (size_t bit = 0; bit < 72 * 8; bit++) { /* its numbers are guarded */
        char *byte = file.data + file.length - 72 + bit / 8;

        *byte ^= (char)(1 << bit % 8);
        scratch_write(path, file.data, file.length);
        assert_refused(path, "a changed number");
        *byte ^= (char)(1 << bit % 8);
    }
    text_clear(&file);
    write_rewritten(path, "np");
    assert_refused(path, "another format");
}
END_TEST

/* Files of others, for a network of the one tensor w[2,2]. */
static struct tensor square[] = {
    { .name = "w", .rows = 2, .columns = 2, .count = 4 },
};
static const struct layout small = { .tensors = square,
                                     .n_tensors = 1,
                                     .n_parameters = 4 };

#define W(type, shape, from, to)                      \
    "\"w\":{\"dtype\":\"" type "\",\"shape\":[" shape \
    "],\"data_offsets\":[" from "," to "]}"

static const struct {
    const char *header;
    size_t data;         /* bytes after it */
    const char *verdict; /* NULL: accepted */
} foreign[] = {
    { "{" W("F64", "2,2", "0", "32") "}", 32, NULL },
    { "{" W("F32", "2,2", "0", "16") "}", 16, NULL },
    { "{" W("F16", "2,2", "0", "8") "}", 8, NULL },
    { "{" W("BF16", "2,2", "0", "8") "}", 8, NULL },
    { "{\"__metadata__\":{}," W("F64", "2,2", "0", "32") "}   ", 32, NULL },
    { "{\"__metadata__\":{\"a\":\"b\"}," W("F64", "2,2", "0", "32") "}", 32,
      NULL },
    { " \t{" W("F64", "2,2", "0", "32") "}", 32, NULL },
    { "", 0, "not valid JSON" },
    { "[]", 0, "tensor w is missing" },
    { "{}", 0, "tensor w is missing" },
    { "\"w\"", 0, "tensor w is missing" },
    { "{\"w\":7}", 32, "tensor w is of no type" },
    { "{" W("F64", "2,2", "0", "32"), 32, "not valid JSON" },
    { "{" W("F64", "2,2", "0", "32") "}x", 32, "not valid JSON" },
    { "{" W("F64", "2,2", "0", "32") "," W("F64", "2,2", "0", "32") "}", 32,
      "not valid JSON: duplicate" },
    { "{\"\xff\":1}", 0, "not valid JSON" },
    { "{\"v\":{\"dtype\":\"F64\",\"shape\":[2,2],\"data_offsets\":[0,32]}}", 32,
      "tensor v is not one of" },
    { "{" W("I64", "2,2", "0", "32") "}", 32, "tensor w is I64" },
    { "{" W("F63", "2,2", "0", "32") "}", 32, "tensor w is F63" },
    { "{" W("F64", "4", "0", "32") "}", 32, "tensor w has another shape" },
    { "{" W("F64", "2,2,1", "0", "32") "}", 32, "tensor w has another shape" },
    { "{" W("F64", "", "0", "8") "}", 8, "tensor w has another shape" },
    { "{" W("F64", "0,2", "0", "0") "}", 0, "tensor w has another shape" },
    { "{" W("F64", "2,18446744073709551614", "0", "32") "}", 32, "not valid" },
    { "{" W("F64", "2,9223372036854775807", "0", "32") "}", 32,
      "tensor w has another shape" },
    { "{" W("F64", "2,-2", "0", "32") "}", 32, "tensor w has another shape" },
    { "{" W("F64", "2,2.0", "0", "32") "}", 32, "tensor w has another shape" },
    { "{" W("F64", "2,2", "8", "40") "}", 40, "begins at 8 instead of 0" },
    { "{" W("F64", "2,2", "0", "31") "}", 31,
      "tensor w has offsets 0 to 31, but 4 numbers of F64 take 32 bytes; "
      "accepted: F64, F32, F16, BF16" },
    { "{" W("F32", "2,2", "0", "32") "}", 32,
      "tensor w has offsets 0 to 32, but 4 numbers of F32 take 16 bytes; "
      "accepted: F64, F32, F16, BF16" },
    { "{" W("F64", "2,2", "32", "0") "}", 32, "offsets 32 to 0, but 4" },
    { "{" W("F64", "2,2", "-32", "0") "}", 32, "has no offsets" },
    { "{" W("F64", "2,2", "0", "32.0") "}", 32, "has no offsets" },
    { "{" W("F64", "2,2", "0", "3.2e1") "}", 32, "has no offsets" },
    { "{" W("F64", "2,2", "0,0", "32") "}", 32, "has no offsets" },
    { "{" W("F64", "2,2", "0", "32") "}", 31, "31 bytes of data" },
    { "{" W("F64", "2,2", "0", "32") "}", 40, "40 bytes of data" },
    { "{\"__metadata__\":{\"a\":1}," W("F64", "2,2", "0", "32") "}", 32,
      "__metadata__: a is not text" },
    { "{\"__metadata__\":[]," W("F64", "2,2", "0", "32") "}", 32,
      "__metadata__ is not an object" },
    { "{\"__metadata__\":{\"step\":\"1\"}," W("F64", "2,2", "0", "32") "}", 32,
      "the checksum is missing" },
    { "{\"__metadata__\":{\"checksum\":\"12\"}," W("F64", "2,2", "0", "32") "}",
      32, "the checksum is not readable" },
    { "{\"__metadata__\":{\"checksum\":\"0123456789abcdef\"}," W("F64", "2,2",
                                                                 "0", "32") "}",
      32, "damaged: the checksum is" },
};

/* A file that claims LENGTH bytes of header. */
static void write_foreign(const char *path, uint64_t length, const char *header,
                          size_t header_size, const void *data, size_t size)
{
    struct text file = { 0 };

    text_add_bytes(&file, (const char *)&length, sizeof length);
    text_add_bytes(&file, header, header_size);
    text_add_bytes(&file, data, size);
    scratch_write(path, file.data, file.length);
    text_clear(&file);
}

START_TEST(files_of_others_get_their_verdict)
{
    static const double values[5] = { 1, -2, 0.25, 4, 5 };
    static const float floats[10] = { 1, -2, 0.25f, 4 };
    static const uint16_t halves[20] = { 0x3c00, 0xc000, 0x3400, 0x4400 };
    static const uint16_t brains[20] = { 0x3f80, 0xc000, 0x3e80, 0x4080 };
    const char *header = foreign[_i].header, *path = scratch_path("w");
    const void *data = strstr(header, "F32") != NULL     ? (void *)floats
                       : strstr(header, "\"F16") != NULL ? (void *)halves
                       : strstr(header, "BF16") != NULL  ? (void *)brains
                                                         : (void *)values;
    bool ok;
    struct error error = { 0 };
    struct checkpoint read;

    write_foreign(path, strlen(header), header, strlen(header), data,
                  foreign[_i].data);
    ok = checkpoint_read(path, &small, &read, &error);
    if (foreign[_i].verdict == NULL) {
        ck_assert_msg(ok, "%s", said(&error));
        ck_assert_mem_eq(read.theta, values, 4 * sizeof *values);
        ck_assert_uint_eq(read.step, 0);
        ck_assert_str_eq(read.config_hash, "");
        checkpoint_clear(&read);
    } else {
        const char *complaint = said(&error);

        ck_assert_msg(!ok, "accepted: %s", header);
        ck_assert_msg(strstr(complaint, foreign[_i].verdict) != NULL,
                      "%s says %s", header, complaint);
        ck_assert_ptr_nonnull(strstr(complaint, path));
    }
}
END_TEST

static double brain_of(uint16_t bits)
{
    uint32_t wide = (uint32_t)bits << 16;
    float value;

    memcpy(&value, &wide, sizeof value);
    return value;
}

/* A subnormal's leading bit is shifted into its hidden place. */
static double half_of(uint16_t bits)
{
    uint32_t sign = (uint32_t)(bits & 0x8000) << 16, wide;
    uint32_t exponent = bits & 0x7c00, fraction = bits & 0x3ff;
    float value;

    if (exponent == 0x7c00) {
        wide = 0x7f800000 | fraction << 13;
    } else if (exponent == 0 && fraction == 0) {
        wide = 0;
    } else if (exponent == 0) {
        for (exponent = 113; (fraction & 0x400) == 0; exponent--)
            fraction <<= 1;
        wide = exponent << 23 | (fraction & 0x3ff) << 13;
    } else {
        wide = ((exponent >> 10) + 112) << 23 | fraction << 13;
    }
    wide |= sign;
    memcpy(&value, &wide, sizeof value);
    return value;
}

/* 65536 numbers of 16 bits, by their bits as floats. */
START_TEST(every_half_and_every_brain_float_is_itself)
{
    static struct tensor all[] = {
        { .name = "w", .rows = 65536, .count = 65536 },
    };
    static const struct layout wide = { .tensors = all,
                                        .n_tensors = 1,
                                        .n_parameters = 65536 };
    static uint16_t bits[65536];
    const char *path = scratch_path("w");

    for (size_t i = 0; i < 65536; i++)
        bits[i] = (uint16_t)i;
    for (int brain = 0; brain < 2; brain++) {
        const char *header = brain ? "{" W("BF16", "65536", "0", "131072") "}"
                                   : "{" W("F16", "65536", "0", "131072") "}";
        struct error error = { 0 };
        struct checkpoint read;

        write_foreign(path, strlen(header), header, strlen(header), bits,
                      sizeof bits);
        ck_assert_msg(checkpoint_read(path, &wide, &read, &error), "%s",
                      said(&error));
        for (size_t i = 0; i < 65536; i++) {
            double expected = brain ? brain_of(bits[i]) : half_of(bits[i]);

            ck_assert_msg(isnan(expected) ? isnan(read.theta[i])
                                          : read.theta[i] == expected,
                          "%04zx: %.17g, not %.17g", i, read.theta[i],
                          expected);
            ck_assert(!signbit(read.theta[i]) == !(i & 0x8000));
        }
        checkpoint_clear(&read);
    }
}
END_TEST

static void assert_foreign_refused(uint64_t length, const struct text *header,
                                   const char *verdict)
{
    const char *path = scratch_path("hostile"), *complaint;
    struct error error = { 0 };
    struct checkpoint read;

    write_foreign(path, length, header->data, header->length, "", 0);
    ck_assert(!checkpoint_read(path, &small, &read, &error));
    complaint = said(&error);
    ck_assert_msg(strstr(complaint, verdict) != NULL, "%s", complaint);
}

START_TEST(lengths_that_lie_are_refused_before_parsing)
{
    static const uint64_t lengths[] = { 3,          100000001,
                                        8388609,    (uint64_t)1 << 63,
                                        UINT64_MAX, UINT64_MAX - 7 };
    struct text header = { 0 };

    text_add(&header, "{}");
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
        assert_foreign_refused(lengths[i], &header, "the header claims");
    text_clear(&header);
}
END_TEST

/* A file-size limit stands for a full disk. */
START_TEST(a_full_disk_leaves_the_old_checkpoint)
{
    const char *path = write_example("a.safetensors");
    struct text before = scratch_read(path), after;
    struct rlimit limit, small_limit;
    struct error error = { 0 };
    const char *complaint;

    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    small_limit = limit;
    small_limit.rlim_cur = 64;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small_limit), 0);
    theta[0] = 7;
    ck_assert(!checkpoint_write(path, &layout, &example, &error));
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    theta[0] = 1.5;
    ck_assert_int_eq(error.kind, ERROR_IO);
    complaint = said(&error);
    ck_assert_ptr_nonnull(strstr(complaint, path));
    after = scratch_read(path);
    ck_assert_uint_eq(before.length, after.length);
    ck_assert_mem_eq(before.data, after.data, before.length);
    text_clear(&before);
    text_clear(&after);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("checkpoint");
    TCase *tests = tcase_create("laws");

    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, scratch_close);
    tcase_add_test(tests, what_is_saved_is_loaded);
    tcase_add_test(tests, recorded_parameters_may_be_absent);
    tcase_add_test(tests, equal_content_is_equal_bytes);
    tcase_add_test(tests, the_file_is_laid_out_as_the_format_says);
    tcase_add_test(tests, every_prefix_is_refused);
    tcase_add_test(tests, every_flipped_bit_is_refused);
    tcase_add_test(tests, a_header_written_anew_is_read);
    tcase_add_loop_test(tests, files_of_others_get_their_verdict, 0,
                        (int)(sizeof foreign / sizeof foreign[0]));
    tcase_add_test(tests, every_half_and_every_brain_float_is_itself);
    tcase_add_test(tests, lengths_that_lie_are_refused_before_parsing);
    tcase_add_test(tests, a_full_disk_leaves_the_old_checkpoint);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

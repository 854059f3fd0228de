/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What --dry-run says of memory, against what the system saw of a run; on one
 * thread, since which of more gets to work at all is a matter of luck. */

#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "experiment/footprint.h"
#include "scratch.h"
#include "suite.h"

#define MIB 1048576.0

static const char *program(void)
{
    const char *path = getenv("SATURN");

    return path != NULL ? path : "./saturn";
}

/* Writes an experiment of BODY; its path. */
static const char *write_experiment(const char *body)
{
    const char *path = scratch_path("e.yaml");
    char text[2048];

    snprintf(text, sizeof text, "experiment: e\nlanguage: parity\n%s", body);
    scratch_write(path, text, strlen(text));
    return path;
}

static double stated(const char *experiment)
{
    char command[1024], line[1024];
    const char *column;
    FILE *pipe;
    double mib;

    snprintf(command, sizeof command, "%s run -j 1 --dry-run %s", program(),
             experiment);
    pipe = popen(command, "r");
    ck_assert_ptr_nonnull(pipe);
    ck_assert_ptr_nonnull(fgets(line, sizeof line, pipe));
    ck_assert_int_eq(pclose(pipe), 0);
    column = strrchr(line, '\t');
    ck_assert_ptr_nonnull(column);
    ck_assert_int_eq(sscanf(column, "\t%lf MiB\n", &mib), 1);
    return mib;
}

static double measured(const char *experiment)
{
    const char *results = scratch_path("results");
    struct rusage usage;
    pid_t child = fork();
    int status;

    ck_assert_int_ge(child, 0);
    if (child == 0) {
        int nowhere = open("/dev/null", O_WRONLY);

        dup2(nowhere, STDOUT_FILENO);
        execl(program(), program(), "run", "-q", "-j", "1", "-o", results,
              experiment, (char *)NULL);
        _exit(127);
    }
    ck_assert_int_eq(wait4(child, &status, 0, &usage), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    return (double)usage.ru_maxrss * 1024 / MIB;
}

static void compare(const char *body)
{
    const char *experiment = write_experiment(body);
    double before = stated(experiment), after = measured(experiment);

    ck_assert_msg(fabs(before - after) <= fmax(16, after / 10),
                  "stated %g MiB, measured %g MiB:\n%s", before, after, body);
}

/* All that is as large as the parameters. */
START_TEST(a_wide_network_takes_what_is_stated)
{
    compare("data: {train: {count: 32, length: 1..9}, validation: {count: 8}, "
            "test: {count: 8}}\n"
            "model: {n_layers: 2, d_model: 192, n_heads: 4, d_ff: 768}\n"
            "train: {batch: 16, rate: 0.01, steps: 2, optimizer: adam}\n"
            "saturation: {scales: [1, 10]}\n"
            "verify: {exhaustive: 15, samples: 4}\n");
}
END_TEST

/* Activations of a chunk, states of a string, and no square of its length. */
START_TEST(a_long_string_takes_what_is_stated)
{
    compare("data: {train: {count: 4, length: 4095}, validation: {count: 2}, "
            "test: {count: 2}}\n"
            "model: {n_layers: 1, d_model: 64, n_heads: 4, d_ff: 256}\n"
            "train: {batch: 2, rate: 0.01, steps: 1, probe: {log: 2}}\n"
            "saturation: {scales: [], attention: false}\n"
            "verify: {exhaustive: 0, samples: 0}\n");
}
END_TEST

START_TEST(many_strings_take_what_is_stated)
{
    compare("data: {train: {count: 300000, length: 20..60}, "
            "validation: {count: 100}, test: {count: 1000}}\n"
            "model: {n_layers: 1, d_model: 8, n_heads: 1, d_ff: 8}\n"
            "train: {batch: 64, rate: 0.01, steps: 2}\n"
            "saturation: {scales: [1]}\n"
            "verify: {exhaustive: 100, samples: 10}\n");
}
END_TEST

/* What is stated need not be there. */
START_TEST(a_network_beyond_all_memory_is_stated)
{
    struct rlimit limit = { (rlim_t)1 << 32, (rlim_t)1 << 32 };
    const char *experiment =
        write_experiment("data: {train: {count: 32, length: 1..9}}\n"
                         "model: {n_layers: 2, d_model: 16384, n_heads: 1, "
                         "d_ff: 65536}\n"
                         "train: {batch: 16, rate: 0.01, steps: 2}\n");

    ck_assert_int_eq(setrlimit(RLIMIT_AS, &limit), 0);
    /* masters, and a gradient a shard */
    ck_assert_double_ge(stated(experiment), 6.4e9 * (8 + 16 * 4) / MIB);
}
END_TEST

/* A batch is worked through chunk by chunk. */
START_TEST(a_larger_batch_takes_no_more_than_its_strings)
{
    static const char body[] =
        "data: {train: {count: 4096, length: 100}, validation: {count: 0}, "
        "test: {count: 0}}\n"
        "model: {n_layers: 2, d_model: 32, n_heads: 2, d_ff: 64}\n"
        "train: {batch: %d, rate: 0.01, steps: 1}\n"
        "saturation: {scales: [], limit: false, attention: false, "
        "encoder: false}\n"
        "verify: {exhaustive: 0, samples: 0}\n";
    char text[1024];
    double few, many;

    snprintf(text, sizeof text, body, 16);
    few = measured(write_experiment(text));
    scratch_close();
    scratch_open();
    snprintf(text, sizeof text, body, 4096);
    many = measured(write_experiment(text));
    ck_assert_double_le(many - few, 2);
}
END_TEST

START_TEST(the_peak_is_the_largest_phase_on_what_stays)
{
    struct footprint footprint = { 1, 1000, 5, 7, 6 };

    ck_assert_uint_eq(footprint_peak(&footprint), 1007);
    footprint.drawing = 9;
    ck_assert_uint_eq(footprint_peak(&footprint), 1009);
    footprint.deciding = 10;
    ck_assert_uint_eq(footprint_peak(&footprint), 1010);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("footprint");
    TCase *tests = tcase_create("footprint");

    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, scratch_open, scratch_close);
    tcase_add_test(tests, the_peak_is_the_largest_phase_on_what_stays);
#ifndef __SANITIZE_ADDRESS__ /* whose shadow is as large again */
    tcase_add_test(tests, a_wide_network_takes_what_is_stated);
    tcase_add_test(tests, a_long_string_takes_what_is_stated);
    tcase_add_test(tests, many_strings_take_what_is_stated);
    tcase_add_test(tests, a_larger_batch_takes_no_more_than_its_strings);
    tcase_add_test(tests, a_network_beyond_all_memory_is_stated);
#endif
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

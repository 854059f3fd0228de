/* SPDX-License-Identifier: GPL-3.0-or-later */

/* saturn COMMAND [options] FILE...: the table of commands, the only exit. */

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/statistics.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/options.h"
#include "model/network.h"

static const struct command *const commands[] = {
    &check_command,  &run_command,         &report_command, &language_command,
    &list_command,   &logits_command,      &verify_command, &saturate_command,
    &heads_command,  &homogeneity_command, &growth_command, &generate_command,
    &import_command, &scaling_command,     &bench_command
};

#define N_COMMANDS (sizeof commands / sizeof *commands)

/* ----------------------------------------------------------------- help */

static const char introduction[] =
    "usage: saturn COMMAND [options] FILE...\n"
    "\n"
    "Trains small transformers on formal languages by plain gradient descent\n"
    "and asks whether their saturated limits still recognise them.\n"
    "\n"
    "Examples:\n"
    "  saturn check experiments/majority.yaml\n"
    "  saturn run --quick experiments/majority.yaml\n"
    "  saturn report\n"
    "  saturn language dyck-1 count 0..20\n"
    "\n"
    "Commands:\n";

static const char conclusion[] =
    "\n"
    "saturn COMMAND --help says more.\n"
    "\n"
    "Exit status: 0 done, whether claims held or not; 1 a requirement missed,\n"
    "a claim without an answer, or a run failed; 2 bad usage or\n"
    "configuration; 4 input or output failed; 5 training diverged; 75 stopped\n"
    "early, and the same command goes on.\n";

static void add_help(struct text *out)
{
    text_add(out, introduction);
    for (size_t i = 0; i < N_COMMANDS; i++)
        text_add_format(out, "  %-11s %s\n", commands[i]->name,
                        commands[i]->summary);
    text_add(out, conclusion);
}

static void add_command_help(const struct command *command, struct text *out)
{
    const char *operands = command->operands;

    text_add_format(out, "usage: saturn %s [options]%s%s\n\n%s\n",
                    command->name, operands[0] != '\0' ? " " : "", operands,
                    command->summary);
    if (command->notes != NULL)
        text_add_format(out, "\n%s", command->notes);
    text_add_format(out, "\nExamples:\n%s\nOptions:\n", command->examples);
    options_explain(command->options, out);
    text_add(out, "\nOptions of every command:\n");
    options_explain(common_options, out);
}

/* The engine is what a network of the default kind would get here. */
static bool add_version(struct text *out, struct error *error)
{
    struct model_config config = { 0 };
    struct network *network = NULL;

    if (schema_read(model_fields, NULL, "model", NULL, &config, error))
        network = network_new(&config, 1);
    if (network != NULL)
        text_add_format(out,
                        "saturn %s\nengine: %s\nlicence: "
                        "GPL-3.0-or-later\n",
                        VERSION, network_engine(network));
    network_free(network);
    schema_clear(model_fields, &config);
    return network != NULL;
}

/* ------------------------------------------------------------- dispatch */

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < N_COMMANDS; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

static bool unknown_command(const char *name, struct error *error)
{
    const char *names[N_COMMANDS + 1];
    const char *nearest;

    for (size_t i = 0; i < N_COMMANDS; i++)
        names[i] = commands[i]->name;
    names[N_COMMANDS] = NULL;
    nearest = text_nearest(name, names);
    if (nearest != NULL)
        return error_set(error, ERROR_CONFIG,
                         "unknown command \"%s\"; did you mean \"%s\"?", name,
                         nearest);
    return error_set(error, ERROR_CONFIG,
                     "unknown command \"%s\"; saturn --help lists them", name);
}

static bool check_operands(const struct command *command,
                           const struct options *options, struct error *error)
{
    size_t n = options->n_operands;

    if (n < command->least)
        return error_set(error, ERROR_CONFIG,
                         "%s needs %s; see saturn %s --help", command->name,
                         command->operands, command->name);
    if (command->most > 0 && n > command->most)
        return error_set(error, ERROR_CONFIG,
                         "%s does not know what to do with \"%s\"; see saturn "
                         "%s --help",
                         command->name, options->operands[command->most],
                         command->name);
    return true;
}

static bool run_command_line(const struct command *command, int argc,
                             char **argv, struct error *error)
{
    struct options options;
    struct text out = { 0 };
    bool ok = options_parse(&options, command->options, argc, argv, error);

    if (ok && options.help)
        add_command_help(command, &out);
    else if (ok && options.version)
        ok = add_version(&out, error);
    else if (ok && check_operands(command, &options, error) &&
             network_check_engine(error)) {
        parallel_set_threads(options.threads);
        ok = command->run(&options, error);
    }
    if (out.length > 0)
        ok = output_text(&out, error) && ok;
    options_clear(&options);
    return ok;
}

static bool is_one_of(const char *word, const char *a, const char *b)
{
    return strcmp(word, a) == 0 || strcmp(word, b) == 0;
}

/* Words that stand in a command's place. */
static bool run(int argc, char **argv, struct error *error)
{
    const struct command *command = NULL;
    struct text out = { 0 };
    bool ok = true;

    if (argc > 2 && strcmp(argv[1], "help") == 0) {
        command = find_command(argv[2]);
        if (command == NULL)
            return unknown_command(argv[2], error);
        add_command_help(command, &out);
    } else if (argc < 2) {
        add_help(&out);
        fputs(out.data, stderr);
        text_clear(&out);
        error->kind = ERROR_CONFIG;
        return false;
    } else if (is_one_of(argv[1], "--help", "-h") ||
               strcmp(argv[1], "help") == 0) {
        add_help(&out);
    } else if (is_one_of(argv[1], "--version", "-V")) {
        ok = add_version(&out, error);
    } else {
        command = find_command(argv[1]);
        return command != NULL
                   ? run_command_line(command, argc - 2, argv + 2, error)
                   : unknown_command(argv[1], error);
    }
    return ok && output_text(&out, error);
}

/* A file opened later must not become a standard stream that was closed; one
 * opened the wrong way round fails as the closed one would. */
static void open_standard_streams(void)
{
    static const int modes[] = { O_WRONLY, O_RDONLY, O_RDONLY };

    for (int i = 0; i < 3; i++)
        if (fcntl(i, F_GETFD) == -1)
            open("/dev/null", modes[i]);
}

int main(int argc, char **argv)
{
    struct error error = { 0 };
    int status;

    memory_prepare();
    open_standard_streams();
    signal(SIGXFSZ, SIG_IGN); /* a file too long is an error like any other */
    statistics_start();
    run(argc, argv, &error);
    output_finish(&error);
    error_sort(&error);
    error_print(&error, stderr);
    status = (int)error.kind;
    error_clear(&error);
    return status;
}

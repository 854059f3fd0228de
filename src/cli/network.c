/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Commands that take up a trained network: logits, saturate, verify. */

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/command.h"
#include "experiment/trained.h"
#include "report/table.h"
#include "verify/verify.h"

/* --------------------------------------------------------------- logits */

/* Lines decided at a time. */
#define CHUNK 4096

/* Reads up to CHUNK strings; *END when there are no more. */
static bool read_strings(const struct alphabet *alphabet, size_t *line_number,
                         size_t longest, struct strings *strings, bool *end,
                         struct error *error)
{
    struct place place = { .file = "standard input" };
    struct text line = { 0 };
    bool ok = true;

    *end = false;
    while (ok && !*end && strings->count < CHUNK) {
        if (!input_line(&line, error)) {
            *end = true;
            break;
        }
        place.line = ++*line_number;
        if (!strings_read(strings, alphabet, line.data, &place.column))
            ok = refuse_symbol(alphabet, line.data, &place, error);
        else if (strings_length(strings, strings->count - 1) > longest) {
            strings->count--;
            place.column = 1;
            ok = error_add(error, ERROR_CONFIG, &place, NULL,
                           "longer than the %zu learned positions", longest);
        }
    }
    text_clear(&line);
    return ok && error->count == 0;
}

static void add_json(const struct decision *decision, struct text *out)
{
    struct json *row = json_new_object();

    json_set(row, "logit", json_new_number(decision->logit));
    json_set(row, "degree", json_new_integer(decision->degree));
    json_set(row, "bound", json_new_number(decision->bound));
    json_set(row, "undecided", json_new_bool(decision_sign(decision) == 0));
    json_print(row, false, out);
    json_free(row);
}

/* A row of logits on a line: of a string, or of one of its tokens. */
static void add_row(const struct decision *decisions, size_t n, bool json,
                    struct text *out)
{
    const char *before = json && n > 1 ? "[" : "";

    for (size_t k = 0; k < n; k++) {
        text_add(out, before);
        if (json)
            add_json(&decisions[k], out);
        else
            text_add_format(out, "%.17g", decisions[k].logit);
        before = json ? ", " : " ";
    }
    text_add(out, json && n > 1 ? "]\n" : "\n");
}

/* A line a string; under a sequence objective a line a token, and an empty
 * one after each string. */
static bool print_decisions(const struct network *network,
                            const struct strings *strings,
                            const struct decision *decisions, bool json,
                            struct error *error)
{
    bool sequence = objective_is_sequence(network_objective(network));
    size_t outputs = network_layout(network)->n_outputs;
    struct text out = { 0 };

    for (size_t i = 0; i < strings->count; i++) {
        size_t rows = sequence ? strings_length(strings, i) + 1 : 1;

        for (size_t t = 0; t < rows; t++, decisions += outputs)
            add_row(decisions, outputs, json, &out);
        if (sequence)
            text_add(&out, "\n");
    }
    return output_text(&out, error);
}

/* How many logits STRINGS have. */
static size_t count_logits(const struct network *network,
                           const struct strings *strings)
{
    size_t rows = strings->count;

    if (rows > 0 && objective_is_sequence(network_objective(network)))
        rows = tokens_before(strings, rows);
    return rows * network_layout(network)->n_outputs;
}

static bool print_logits(const struct trained *trained,
                         struct evaluator *evaluator, bool json,
                         struct error *error)
{
    const struct model_config *model = &trained->settings->model;
    size_t longest =
        model->positions == POSITIONS_LEARNED ? model->max_length : SIZE_MAX;
    size_t line_number = 0;
    bool end = false, ok = true;

    while (ok && !end) {
        struct strings strings = { 0 };

        ok = read_strings(language_alphabet(trained->language), &line_number,
                          longest, &strings, &end, error);
        if (strings.count > 0) { /* those before a bad line too */
            struct decision *decisions = memory_new(
                count_logits(trained->network, &strings), sizeof *decisions);

            evaluator_decide(evaluator, &strings, decisions);
            ok &= print_decisions(trained->network, &strings, decisions, json,
                                  error);
            free(decisions);
        }
        strings_clear(&strings);
    }
    return ok;
}

static bool run_logits(const struct options *options, struct error *error)
{
    const char *name = options->network != NULL ? options->network : "trained";
    struct evaluator *evaluator = NULL;
    struct trained trained;
    bool ok;

    if (!trained_open(&trained, options->operands[0], options->checkpoint,
                      options->sets, error))
        return false;
    ok = evaluator_new(&evaluator, name, trained.network,
                       &trained.settings->saturation, error) &&
         print_logits(&trained, evaluator, options->json, error);
    evaluator_free(evaluator);
    trained_close(&trained);
    return ok;
}

/* ------------------------------------------------------------- verdicts */

static void fill_table(const struct verdicts *verdicts, struct table *table)
{
    static const char *const columns[] = {
        "evaluator", "set",        "class",     "strings",   "accuracy",
        "low",       "high",       "agreement", "undecided", "shortest",
        "positions", "membership", "loss" /* of sequence objectives */
    };
    bool sequence = verdicts->count > 0 &&
                    objective_is_sequence(verdicts->rows[0].objective);
    size_t n = sizeof columns / sizeof *columns - (sequence ? 0 : 3);

    for (size_t i = 0; i < n; i++)
        table_column(table, columns[i]);
    for (size_t i = 0; i < verdicts->count; i++) {
        const struct verdict *v = &verdicts->rows[i];

        table_cell(table, "%s", v->evaluator);
        table_cell(table, "%s", v->set);
        table_cell(table, "%s", v->class);
        table_cell(table, "%zu%s", v->strings, v->enumerated ? " (all)" : "");
        table_cell(table, "%.6g", verdict_share(v, v->recognised));
        table_cell(table, "%.6g", v->interval.low);
        table_cell(table, "%.6g", v->interval.high);
        table_cell(table, "%.6g", verdict_share(v, v->agreed));
        table_cell(table, "%.6g", verdict_share(v, v->undecided));
        table_cell(table, "%s", v->shortest != NULL ? v->shortest : "");
        if (!sequence)
            continue;
        table_cell(table, "%.6g", (double)v->right / (double)v->positions);
        table_cell(table, "%.6g", verdict_share(v, v->membership));
        table_cell(table, "%.6g", v->loss);
    }
}

static bool print_verdicts(const struct verdicts *verdicts, bool json,
                           struct error *error)
{
    struct table table = { 0 };
    struct text out = { 0 };

    fill_table(verdicts, &table);
    table_writer_find(json ? "json" : "markdown")->write(&table, &out);
    table_clear(&table);
    return output_text(&out, error);
}

/* The test splits, which a saturated network is looked at by. */
static void verify_tests(const struct verification *verification,
                         struct verdicts *verdicts)
{
    const struct dataset *dataset = verification->dataset;

    for (size_t i = 0; i < dataset->n_tests; i++) {
        char set[32];

        snprintf(set, sizeof set, "test[%zu]", i);
        verify_examples(verification, set, &dataset->tests[i], verdicts);
    }
}

static void verify_all(const struct verification *verification,
                       struct verdicts *verdicts)
{
    verify_exhaustive(verification, verdicts);
    verify_samples(verification, verdicts);
}

static bool evaluate(const struct options *options, struct error *error,
                     void (*verify)(const struct verification *verification,
                                    struct verdicts *verdicts))
{
    struct trained trained;
    struct dataset dataset = { 0 };
    struct evaluator **evaluators = NULL;
    struct verdicts verdicts = { 0 };
    bool ok;

    if (!trained_open(&trained, options->operands[0], options->checkpoint,
                      options->sets, error))
        return false;
    ok = job_generate(&trained.experiment, trained.experiment.jobs,
                      trained.language, &dataset, error) &&
         evaluators_new(&evaluators, trained.network,
                        &trained.settings->saturation, error);
    if (ok) {
        struct verification verification = {
            .config = &trained.settings->verify,
            .dataset = &dataset,
            .evaluators = evaluators,
            .nonnegative = trained.settings->accept == ACCEPT_NONNEGATIVE,
            .error = error,
        };

        verify(&verification, &verdicts);
        ok = error->count == 0 &&
             print_verdicts(&verdicts, options->json, error);
    }
    evaluators_free(evaluators);
    verdicts_clear(&verdicts);
    dataset_clear(&dataset);
    trained_close(&trained);
    return ok;
}

static bool run_saturate(const struct options *options, struct error *error)
{
    return evaluate(options, error, verify_tests);
}

static bool run_verify(const struct options *options, struct error *error)
{
    return evaluate(options, error, verify_all);
}

/* ------------------------------------------------------------- commands */

static const struct option logits_options[] = {
    { 'n', "network", OPTION_TEXT, offsetof(struct options, network), "NAME",
      "trained, limit, encoder, attention, scaled=C..." },
    CHECKPOINT_OPTION,
    SET_OPTION("run: model.mask=zero"),
    { .name = NULL }
};

static const struct option saturate_options[] = {
    CHECKPOINT_OPTION,
    SET_OPTION("run: 'saturation.scales=[1, 3]'"),
    { .name = NULL }
};

static const struct option verify_options[] = {
    CHECKPOINT_OPTION,
    SET_OPTION("run: verify.exhaustive=1000000"),
    { .name = NULL }
};

const struct command logits_command = {
    .name = "logits",
    .operands = "RUN",
    .summary = "Prints a run's logits for the strings on standard input.",
    .examples = "  echo '0 1 1' | saturn logits results/majority/"
                "seed=1-1a2b3c4d\n"
                "  saturn logits --network limit RUN <strings\n"
                "  saturn logits --checkpoint RUN/checkpoints/"
                "step-00000000.safetensors RUN\n"
                "\n"
                "A line a string; under a sequence objective a line a token, "
                "the begin mark\nfirst, and an empty line after the string.  "
                "For next-set a line has a logit for\nevery symbol and the "
                "end mark, for next-token by how much each of them leads\n"
                "the others.\n"
                "\n"
                "NAME is trained, scaled=C, limit, encoder, attention or "
                "sharpened=C.  As c grows\n"
                "f(x; c theta) becomes a times c^k: limit prints the "
                "coefficient a, whose sign\n"
                "decides, and with --json the degree k beside it.  attention "
                "makes the softmax a\n"
                "hard maximum and no more.\n",
    .options = logits_options,
    .least = 1,
    .most = 1,
    .run = run_logits
};

const struct command saturate_command = {
    .name = "saturate",
    .operands = "RUN",
    .summary = "Evaluates a run's saturated networks again on its test splits.",
    .examples = "  saturn saturate RUN\n"
                "  saturn saturate --set 'saturation.scales=[1, 3, 30]' RUN\n",
    .options = saturate_options,
    .least = 1,
    .most = 1,
    .run = run_saturate
};

const struct command verify_command = {
    .name = "verify",
    .operands = "RUN",
    .summary = "Holds a run's networks against their language again.",
    .examples = "  saturn verify RUN\n"
                "  saturn verify --set verify.exhaustive=1000000 RUN\n",
    .options = verify_options,
    .least = 1,
    .most = 1,
    .run = run_verify
};

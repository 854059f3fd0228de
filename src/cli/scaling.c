/* SPDX-License-Identifier: GPL-3.0-or-later */

/* saturn scaling: figure 4 of Merrill et al. 2021, on random networks. */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "cli/command.h"
#include "cli/meter.h"
#include "config/schema.h"
#include "model/network.h"
#include "report/table.h"
#include "saturation/scaling.h"

enum { SYMBOLS = 10, LENGTH = 10, STRINGS = 10, SCALES = 20 };

#define REFERENCE 1000

/* The paper's two architectures and two more, each with biases and without:
 * the published code's "no bias" left those of the encoder in. */
static const struct variant {
    const char *name;
    enum norm_placement norm;
    bool bias;
} variants[] = {
    { "output, biases", NORM_OUTPUT, true },
    { "output, no biases", NORM_OUTPUT, false },
    { "post, biases", NORM_POST, true },
    { "post, no biases", NORM_POST, false },
    { "pre, biases", NORM_PRE, true },
    { "pre, no biases", NORM_PRE, false },
};

#define N_VARIANTS (sizeof variants / sizeof *variants)

static const char standard[] = "n_layers=12|d_model=768|n_heads=12|d_ff=512|"
                               "positions=learned|max_length=16";

/* The paper's sizes, then what --set says of them. */
static bool read_config(const struct options *options,
                        struct model_config *config, struct error *error)
{
    struct place place = { .file = "saturn scaling" };
    struct yaml_node *root = yaml_new(YAML_MAP, &place);
    char *words = memory_copy_text(standard), *next = words, *word;
    bool ok = true;

    while (ok && (word = strsep(&next, "|")) != NULL)
        ok = schema_override(root, word, error);
    for (size_t i = 0; ok && i < options->n_sets; i++)
        ok = schema_override(root, options->sets[i], error);
    ok = ok && schema_read(model_fields, root, "", NULL, config, error) &&
         model_check(config, &place, error);
    free(words);
    yaml_node_free(root);
    return ok;
}

static void draw_strings(uint64_t seed, struct strings *strings)
{
    struct stream stream;

    stream_init(&stream, seed, "scaling", 0);
    for (size_t i = 0; i < STRINGS; i++) {
        uint16_t symbols[LENGTH];

        for (size_t k = 0; k < LENGTH; k++)
            symbols[k] = (uint16_t)stream_below(&stream, SYMBOLS);
        strings_add(strings, symbols, LENGTH);
    }
}

/* How far it is; a step is a point of a curve. */
struct progress {
    struct meter meter;
    size_t done;
};

static void told(void *self)
{
    struct progress *progress = self;

    meter_step(&progress->meter, ++progress->done, N_VARIANTS * SCALES, NAN,
               NAN);
}

static void add_curve(const struct variant *variant, struct model_config config,
                      uint64_t seed, const struct strings *strings,
                      struct progress *progress, struct table *table)
{
    double scales[SCALES], cosines[SCALES];
    struct network *network;

    config.norm = variant->norm;
    config.bias = variant->bias;
    network = network_new(&config, SYMBOLS);
    network_init(network, seed);
    for (size_t i = 0; i < SCALES; i++)
        scales[i] = 1 + 9 * (double)i / (SCALES - 1);
    scaling_measure(network, strings, scales, SCALES, REFERENCE, cosines, told,
                    progress);
    for (size_t i = 0; i < SCALES; i++) {
        table_cell(table, "%s", variant->name);
        table_cell(table, "%.4f", scales[i]);
        table_cell(table, "%.6f", cosines[i]);
    }
    network_free(network);
}

static bool run(const struct options *options, struct error *error)
{
    static const char *const columns[] = { "curve", "c", "cos" };
    uint64_t seed = options->seed != NOT_GIVEN ? options->seed : 1;
    const struct table_writer *writer;
    struct model_config config = { 0 };
    struct progress progress = { .done = 0 };
    struct strings strings = { 0 };
    struct table table = { 0 };
    struct text out = { 0 };
    bool ok = table_writer_choose(options->json ? "json" : options->format,
                                  &writer, error) &&
              read_config(options, &config, error);

    if (!ok)
        goto done;
    draw_strings(seed, &strings);
    for (size_t i = 0; i < 3; i++)
        table_column(&table, columns[i]);
    meter_init(&progress.meter, options, "scaling", 0);
    meter_step(&progress.meter, 0, N_VARIANTS * SCALES, NAN, NAN);
    for (size_t i = 0; i < N_VARIANTS; i++)
        add_curve(&variants[i], config, seed, &strings, &progress, &table);
    meter_clear(&progress.meter);
    writer->write(&table, &out);
    ok = output_text(&out, error);
done:
    schema_clear(model_fields, &config);
    strings_clear(&strings);
    table_clear(&table);
    return ok;
}

/* clang-format off */
static const struct option options[] = {
    { 'f', "format", OPTION_TEXT, offsetof(struct options, format), "NAME",
      "markdown, latex, csv or json" },
    { 0, "seed", OPTION_COUNT, offsetof(struct options, seed), "SEED",
      "of networks and strings (1)" },
    SET_OPTION("model: n_layers=2"),
    { .name = NULL }
};
/* clang-format on */

const struct command scaling_command = {
    .name = "scaling",
    .operands = "",
    .summary = "Draws random networks' encodings near to their limit.",
    .notes = "Figure 4 of the paper: six networks under 20 scales c, against "
             "c = 1000.  At\nthe paper's size (12 layers, d_model 768) that "
             "takes some three minutes on\ntwo cores; the sizes that --set "
             "gives below take a second.\n",
    .examples = "  saturn scaling --format csv\n"
                "  saturn scaling --set n_layers=2 --set d_model=64 "
                "--set n_heads=4\n",
    .options = options,
    .run = run
};

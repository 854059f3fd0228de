/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Constructed networks decide their languages by the limit: every string up
 * to a length, and draws of every class to length 500; by f(x; c theta) from
 * a stated c on.  SATURN_SLOW=1 goes to the lengths that the README states.
 */

#include "model/constructions.h"

#include "suite.h"

#include <math.h>
#include <string.h>

#include "language/language.h"
#include "model/network.h"
#include "oracle.h"
#include "said.h"
#include "saturation/evaluator.h"

/* Every string up to LENGTH, or FULL where there is time; f(x; c theta) is
 * right from c = LEAST on, and not before unless that is 1. */
static const struct construct {
    const char *name, *language;
    size_t symbols, length, full;
    double least;
} constructs[] = { { "majority", "majority", 2, 10, 14, 1 },
                   { "equal-counts", "equal-counts", 2, 10, 14, 1 },
                   { "dyck-1", "dyck-1", 2, 10, 14, 1 },
                   { "shuffle", "shuffle-2", 4, 5, 7, 1 },
                   { "anbn", "anbn", 2, 10, 14, 3 },
                   { "anbncn", "anbncn", 3, 6, 9, 3 },
                   { "parity", "parity", 2, 10, 14, 100 } };

enum { CONSTRUCTS = sizeof constructs / sizeof *constructs };

/* A model block of the standards, then TEXT ("n_heads: 3, mask: full"). */
static struct model_config read_model(const char *name, const char *text)
{
    const char *const *standard = construction_standards(name);
    struct yaml_document document = { 0 };
    struct model_config config = { 0 };
    struct error error = { 0 };
    struct text block = { 0 };

    ck_assert_ptr_nonnull(standard);
    text_add_format(&block, "{construction: %s, precision: double", name);
    for (; *standard != NULL; standard++) {
        size_t key = strcspn(*standard, "=");
        char *word = strndup(*standard, key);

        if (strstr(text, word) == NULL)
            text_add_format(&block, ", %s: %s", word, *standard + key + 1);
        free(word);
    }
    text_add_format(&block, "%s%s}", text[0] != '\0' ? ", " : "", text);
    ck_assert(
        yaml_parse(&document, block.data, block.length, "x.yaml", &error));
    ck_assert(schema_read(model_fields, document.root, "model", NULL, &config,
                          &error));
    ck_assert(model_check(&config, &document.root->place, &error));
    yaml_clear(&document);
    text_clear(&block);
    return config;
}

static struct network *construct(const struct construct *c, const char *text)
{
    struct model_config config = read_model(c->name, text);
    struct error error = { 0 };
    struct network *network;

    ck_assert(construction_check(&config, c->symbols, NULL, &error));
    network = network_new(&config, c->symbols);
    network_init(network, 1);
    return network;
}

static struct language *load(const struct construct *c)
{
    struct language *language = NULL;
    struct error error = { 0 };
    struct text path = { 0 };

    text_add_format(&path, "%s/languages/%s.yaml", source_directory(),
                    c->language);
    ck_assert(language_load(&language, path.data, &error));
    ck_assert(language_prepare(language, 500, &error));
    ck_assert_uint_eq(language_alphabet(language)->size, c->symbols);
    text_clear(&path);
    return language;
}

static bool is_slow(void)
{
    return getenv("SATURN_SLOW") != NULL;
}

static void add_short(const struct construct *c, struct strings *strings)
{
    oracle_strings(strings, c->symbols, 0, is_slow() ? c->full : c->length);
}

/* Draws of both classes at the lengths around some up to 500. */
static void add_long(const struct language *language, struct strings *strings)
{
    size_t count = is_slow() ? 10 : 2;
    uint16_t symbols[500];

    for (size_t about = 10; about <= 500; about += is_slow() ? 35 : 70)
        for (size_t i = 0; i < 2 * count; i++) {
            size_t n = about - i / 2 % 6;
            struct stream stream;

            stream_init(&stream, about, "test.constructions", i);
            if (!language_has(language, i % 2 == 0, n))
                continue;
            language_draw(language, i % 2 == 0, n, &stream, symbols);
            strings_add(strings, symbols, n);
        }
}

/* How many strings evaluator NAME decides otherwise than the language. */
static size_t errors_of(const struct network *network, const char *name,
                        const struct language *language,
                        const struct strings *strings)
{
    struct saturation_config config = { .orders = 8 };
    struct decision *decisions = calloc(strings->count, sizeof *decisions);
    struct evaluator *evaluator;
    struct error error = { 0 };
    size_t errors = 0;

    ck_assert(evaluator_new(&evaluator, name, network, &config, &error));
    evaluator_decide(evaluator, strings, decisions);
    for (size_t i = 0; i < strings->count; i++) {
        bool member = language_contains(language, strings_at(strings, i),
                                        strings_length(strings, i));

        errors += decision_sign(&decisions[i]) != (member ? 1 : -1) ||
                  decisions[i].flagged;
    }
    evaluator_free(evaluator);
    free(decisions);
    return errors;
}

static size_t errors_at(const struct network *network, double c,
                        const struct language *language,
                        const struct strings *strings)
{
    char name[32];

    snprintf(name, sizeof name, "scaled=%g", c);
    return errors_of(network, name, language, strings);
}

START_TEST(limit_decides)
{
    const struct construct *c = &constructs[_i];
    struct network *network = construct(c, "");
    struct language *language = load(c);
    struct strings strings = { 0 };

    add_short(c, &strings);
    add_long(language, &strings);
    ck_assert_uint_ge(strings.count, 1093);
    ck_assert_uint_eq(errors_of(network, "limit", language, &strings), 0);
    strings_clear(&strings);
    language_free(language);
    network_free(network);
}
END_TEST

START_TEST(ladder_holds)
{
    static const double scales[] = { 1, 2, 3, 10, 100, 1000 };
    const struct construct *c = &constructs[_i];
    struct network *network = construct(c, "");
    struct language *language = load(c);
    struct strings strings = { 0 };

    oracle_strings(&strings, c->symbols, 0, c->length - 2);
    add_long(language, &strings);
    for (size_t i = 0; i < sizeof scales / sizeof *scales; i++) {
        size_t errors = errors_at(network, scales[i], language, &strings);

        if (scales[i] >= c->least)
            ck_assert_uint_eq(errors, 0);
        else if (scales[i] == 1)
            ck_assert_uint_gt(errors, 0);
    }
    strings_clear(&strings);
    language_free(language);
    network_free(network);
}
END_TEST

/* A thousandth on queries and keys is nothing at first, and the end of every
 * exact tie when c has grown. */
START_TEST(perturbed_heads_break)
{
    const struct construct *c = &constructs[_i];
    struct network *network = construct(c, "perturb: 1e-3");
    struct language *language = load(c);
    struct strings strings = { 0 };

    oracle_strings(&strings, c->symbols, 0, c->length - 2);
    if (c->least == 1)
        ck_assert_uint_eq(errors_at(network, 1, language, &strings), 0);
    ck_assert_uint_gt(errors_at(network, 1000, language, &strings), 0);
    ck_assert_uint_gt(errors_of(network, "limit", language, &strings), 0);
    strings_clear(&strings);
    language_free(language);
    network_free(network);
}
END_TEST

/* The same seed gives the same noise, another seed another, and only queries
 * and keys have any. */
START_TEST(noise_is_of_query_and_key)
{
    struct model_config plain = read_model("anbn", ""),
                        noisy = read_model("anbn", "perturb: 0.5");
    struct layout layout;
    double *a, *b, *c;

    layout_init(&layout, &plain, 2, 1);
    a = calloc(3 * layout.n_parameters, sizeof *a);
    b = a + layout.n_parameters;
    c = b + layout.n_parameters;
    construction_write(&plain, &layout, 1, a);
    construction_write(&noisy, &layout, 1, b);
    construction_write(&noisy, &layout, 2, c);
    for (size_t t = 0; t < layout.n_tensors; t++) {
        const struct tensor *tensor = &layout.tensors[t];
        bool noise = tensor->kind == TENSOR_QUERY_KEY;

        for (size_t i = tensor->offset; i < tensor->offset + tensor->count;
             i++) {
            ck_assert(noise == (a[i] != b[i]));
            ck_assert(noise == (b[i] != c[i]));
        }
    }
    free(a);
    layout_clear(&layout);
}
END_TEST

START_TEST(names_are_found)
{
    ck_assert_str_eq(construction_for("majority"), "majority");
    ck_assert_str_eq(construction_for("shuffle-2"), "shuffle");
    ck_assert_str_eq(construction_for("dyck-1"), "dyck-1");
    ck_assert_ptr_null(construction_for("dyck-2"));
    ck_assert_ptr_null(construction_for("none"));
    ck_assert_ptr_null(construction_for("shuffled"));
    ck_assert_ptr_null(construction_standards("none"));
    for (size_t i = 0; i < CONSTRUCTS; i++)
        ck_assert_str_eq(construction_for(constructs[i].language),
                         constructs[i].name);
}
END_TEST

static const struct {
    const char *name, *text;
    size_t symbols;
    const char *complaint;
} refused[] = {
    { "anbn", "", 3,
      "e.yaml:3:5: model.construction: anbn is made for 2 symbols, the "
      "language has 3\n" },
    { "shuffle", "", 3,
      "e.yaml:3:5: model.construction: shuffle is made for 4 symbols, the "
      "language has 3\n" },
    { "majority", "norm: pre, mask: full", 2,
      "e.yaml:3:5: model.norm: majority stands without layer norm; accepted: "
      "none\n"
      "e.yaml:3:5: model.mask: majority reads from left to right; accepted: "
      "causal\n" },
    { "dyck-1", "positions: [(-1)^i], position_map: true", 2,
      "e.yaml:3:5: model.positions: dyck-1 knows no positions; accepted: "
      "none\n" },
    { "parity", "position_map: false, readout: mean", 2,
      "e.yaml:3:5: model.positions: parity reads other positions; accepted: "
      "[i/n, (i/n)^2, (-1)^i] through position_map\n"
      "e.yaml:3:5: model.readout: parity is read at its end; accepted: "
      "last\n" },
    { "majority", "norm: none, activation: tanh, final_norm: always", 2,
      "e.yaml:3:5: model.activation: majority compares by ReLU; accepted: "
      "relu\n"
      "e.yaml:3:5: model.final_norm: majority stands without layer norm; "
      "accepted: never\n" },
    { "dyck-1", "n_layers: 1, d_ff: 3", 2,
      "e.yaml:3:5: model.n_layers: dyck-1 needs more; accepted: a whole "
      "number of at least 2\n"
      "e.yaml:3:5: model.d_ff: dyck-1 needs more; accepted: a whole number of "
      "at least 4\n" },
    { "anbncn", "n_heads: 1, d_model: 12", 3,
      "e.yaml:3:5: model.n_heads: anbncn needs more; accepted: a whole number "
      "of at least 2\n"
      "e.yaml:3:5: model.d_model: anbncn needs more; accepted: a whole number "
      "of at least 13\n" },
    { "anbn", "n_heads: 8", 2,
      "e.yaml:3:5: model.d_model: anbn needs more; accepted: a whole number "
      "of at least 32\n" },
};

START_TEST(unfit_models_are_refused)
{
    static const struct place place = { .file = "e.yaml",
                                        .line = 3,
                                        .column = 5 };
    struct model_config config = read_model(refused[_i].name, refused[_i].text);
    struct error error = { 0 };

    ck_assert(
        !construction_check(&config, refused[_i].symbols, &place, &error));
    ck_assert_said(&error, refused[_i].complaint);
}
END_TEST

/* The narrowest model that is accepted works. */
START_TEST(tight_models_work)
{
    static const struct construct tight[] = {
        { "majority", "majority", 2, 8, 8, 1 },
        { "shuffle", "shuffle-2", 4, 4, 4, 1 },
        { "anbncn", "anbncn", 3, 5, 5, 3 }
    };
    static const char *const texts[] = {
        "d_model: 7, d_ff: 1", "d_model: 11, d_ff: 7",
        "d_model: 18, n_heads: 3, d_ff: 8, n_layers: 3, bias: true"
    };
    struct network *network = construct(&tight[_i], texts[_i]);
    struct language *language = load(&tight[_i]);
    struct strings strings = { 0 };

    oracle_strings(&strings, tight[_i].symbols, 0, tight[_i].length);
    ck_assert_uint_eq(errors_of(network, "limit", language, &strings), 0);
    strings_clear(&strings);
    language_free(language);
    network_free(network);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("constructions");
    TCase *core = tcase_create("core");

    tcase_set_timeout(core, 300);
    tcase_add_loop_test(core, limit_decides, 0, CONSTRUCTS);
    tcase_add_loop_test(core, ladder_holds, 0, CONSTRUCTS);
    tcase_add_loop_test(core, perturbed_heads_break, 0, CONSTRUCTS);
    tcase_add_test(core, noise_is_of_query_and_key);
    tcase_add_test(core, names_are_found);
    tcase_add_loop_test(core, unfit_models_are_refused, 0,
                        sizeof refused / sizeof *refused);
    tcase_add_loop_test(core, tight_models_work, 0, 3);
    suite_add_tcase(suite, core);
    return suite_run(suite);
}

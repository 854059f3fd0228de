/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "model/model.h"

#include "model/constructions.h"
#include "suite.h"

/* Reads TEXT as a model block; complaints as printed go to *COMPLAINT. */
static bool read_model(const char *text, struct model_config *config,
                       char **complaint)
{
    struct yaml_document document = { 0 };
    struct error error = { 0 };
    size_t size;
    FILE *out = open_memstream(complaint, &size);
    bool ok = yaml_parse(&document, text, strlen(text), "x.yaml", &error);

    *config = (struct model_config){ 0 };
    ok = ok && schema_read(model_fields, document.root, "model", NULL, config,
                           &error);
    ok = ok && model_check(config, &document.root->place, &error);
    error_print(&error, out);
    fclose(out);
    error_clear(&error);
    yaml_clear(&document);
    return ok;
}

START_TEST(defaults_are_documented)
{
    struct model_config config;
    char *complaint;

    ck_assert(read_model("{}", &config, &complaint));
    ck_assert_uint_eq(config.n_layers, 2);
    ck_assert_uint_eq(config.d_model, 32);
    ck_assert_uint_eq(config.n_heads, 2);
    ck_assert_uint_eq(config.d_ff, 64);
    ck_assert_int_eq(config.norm, NORM_PRE);
    ck_assert_int_eq(config.positions, POSITIONS_NONE);
    ck_assert_int_eq(config.mask, MASK_CAUSAL);
    ck_assert_int_eq(config.precision, PRECISION_FLOAT);
    ck_assert(config.bias);
    ck_assert(config.classifier_bias);
    ck_assert(!config.position_map);
    ck_assert_int_eq(config.scores, SCORES_SCALED);
    ck_assert_int_eq(config.affine, AFFINE_BOTH);
    ck_assert_int_eq(config.activation, ACTIVATION_RELU);
    ck_assert_int_eq(config.final_norm, FINAL_NORM_AUTO);
    ck_assert_double_eq(config.epsilon, 1e-5);
    ck_assert_uint_eq(config.max_length, 512);
    ck_assert_double_eq(config.init.scale, 1);
    ck_assert_double_eq(config.init.embedding, 1);
    ck_assert_double_eq(config.init.position, 1);
    ck_assert_double_eq(config.init.attention, 1);
    ck_assert_double_eq(config.init.feedforward, 1);
    ck_assert_double_eq(config.init.classifier, 1);
    ck_assert_double_eq(config.init.gain, 1);
    ck_assert_int_eq(config.construction, CONSTRUCTION_NONE);
    ck_assert_double_eq(config.perturb, 0);
    free(complaint);
}
END_TEST

START_TEST(every_field_is_read)
{
    struct model_config config;
    char *complaint;

    ck_assert(read_model("{n_layers: 3, d_model: 12, n_heads: 4, d_ff: 5, "
                         "norm: output, positions: sinusoidal, mask: full, "
                         "precision: double, bias: false, "
                         "classifier_bias: false, epsilon: 0, max_length: 9, "
                         "position_map: true, scores: plain, affine: none, "
                         "activation: tanh, final_norm: always, "
                         "init: {scale: 1/2, embedding: 2, position: 3, "
                         "attention: 4, feedforward: 5, classifier: 6, "
                         "gain: 7}}",
                         &config, &complaint));
    ck_assert_uint_eq(config.n_layers, 3);
    ck_assert_uint_eq(config.d_model, 12);
    ck_assert_uint_eq(config.n_heads, 4);
    ck_assert_uint_eq(config.d_ff, 5);
    ck_assert_int_eq(config.norm, NORM_OUTPUT);
    ck_assert_int_eq(config.positions, POSITIONS_SINUSOIDAL);
    ck_assert_int_eq(config.mask, MASK_FULL);
    ck_assert_int_eq(config.precision, PRECISION_DOUBLE);
    ck_assert(!config.bias);
    ck_assert(!config.classifier_bias);
    ck_assert(config.position_map);
    ck_assert_int_eq(config.scores, SCORES_PLAIN);
    ck_assert_int_eq(config.affine, AFFINE_NONE);
    ck_assert_int_eq(config.activation, ACTIVATION_TANH);
    ck_assert_int_eq(config.final_norm, FINAL_NORM_ALWAYS);
    ck_assert_double_eq(config.epsilon, 0);
    ck_assert_uint_eq(config.max_length, 9);
    ck_assert_double_eq(config.init.scale, 0.5);
    ck_assert_double_eq(config.init.embedding, 2);
    ck_assert_double_eq(config.init.position, 3);
    ck_assert_double_eq(config.init.attention, 4);
    ck_assert_double_eq(config.init.feedforward, 5);
    ck_assert_double_eq(config.init.classifier, 6);
    ck_assert_double_eq(config.init.gain, 7);
    free(complaint);
}
END_TEST

/* Each wrong block and a part of what is said of it. */
static const struct {
    const char *text, *complaint;
} wrong[] = {
    { "{n_layers: 0}", "x.yaml:1:12: model.n_layers: " },
    { "{d_model: 32.5}", "x.yaml:1:11: model.d_model: " },
    { "{d_model: 10, n_heads: 4}",
      "x.yaml:1:1: model.n_heads: 4 heads cannot share d_model 10 evenly" },
    { "{norm: sandwich}", "x.yaml:1:8: model.norm: " },
    { "{positions: rotary}", "x.yaml:1:13: model.positions: " },
    { "{position_map: true}",
      "x.yaml:1:1: model.position_map: positions have no features to map" },
    { "{d_model: 2, positions: [i/n, (i/n)^2, (-1)^i]}",
      "x.yaml:1:1: model.positions: 3 features do not fit into d_model 2" },
    { "{mask: future}", "x.yaml:1:8: model.mask: " },
    { "{precision: half}", "x.yaml:1:13: model.precision: " },
    { "{bias: maybe}", "x.yaml:1:8: model.bias: " },
    { "{epsilon: -1}", "x.yaml:1:11: model.epsilon: " },
    { "{init: {scale: -1}}", "x.yaml:1:16: model.init.scale: " },
    { "{n_layer: 2}", "n_layers" }, /* did you mean */
};

START_TEST(wrong_fields_are_named)
{
    struct model_config config;
    char *complaint;

    ck_assert(!read_model(wrong[_i].text, &config, &complaint));
    ck_assert_msg(strstr(complaint, wrong[_i].complaint) != NULL,
                  "%s complained: %s", wrong[_i].text, complaint);
    free(complaint);
}
END_TEST

static const struct model_config base = {
    .n_layers = 2,
    .d_model = 8,
    .n_heads = 2,
    .d_ff = 12,
    .bias = true,
    .classifier_bias = true,
    .max_length = 20,
};

START_TEST(names_are_as_in_checkpoints)
{
    static const struct {
        const char *name;
        size_t rows, columns;
        bool encoder;
    } some[] = {
        { "embedding.token", 4, 8, false },
        { "embedding.position", 21, 8, false },
        { "layers.0.attention.query.weight", 8, 8, true },
        { "layers.0.attention.key.weight", 8, 8, true },
        { "layers.0.attention.value.weight", 8, 8, true },
        { "layers.0.attention.output.weight", 8, 8, true },
        { "layers.0.attention.output.bias", 8, 0, true },
        { "layers.1.attention.norm.weight", 8, 0, true },
        { "layers.1.attention.norm.bias", 8, 0, true },
        { "layers.1.feedforward.up.weight", 12, 8, true },
        { "layers.1.feedforward.up.bias", 12, 0, true },
        { "layers.1.feedforward.down.weight", 8, 12, true },
        { "layers.1.feedforward.norm.weight", 8, 0, true },
        { "final_norm.weight", 8, 0, true },
        { "final_norm.bias", 8, 0, true },
        { "classifier.weight", 1, 8, false },
        { "classifier.bias", 1, 0, false },
    };
    struct model_config config = base;
    struct layout layout;

    config.positions = POSITIONS_LEARNED;
    layout_init(&layout, &config, 3, 1);
    for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
        const struct tensor *tensor = layout_find(&layout, some[i].name);

        ck_assert_msg(tensor != NULL, "%s", some[i].name);
        ck_assert_uint_eq(tensor->rows, some[i].rows);
        ck_assert_uint_eq(tensor->columns, some[i].columns);
        ck_assert_int_eq(tensor->encoder, some[i].encoder);
    }
    ck_assert_ptr_null(layout_find(&layout, "layers.2.attention.norm.bias"));
    ck_assert_uint_eq(layout.n_tokens, 4);
    layout_clear(&layout);
}
END_TEST

/* Counts in closed form for every variant, and no gap between tensors. */
START_TEST(parameters_are_counted)
{
    for (int i = 0; i < 48; i++) {
        struct model_config config = base;
        struct layout layout;
        size_t d = 8, f = 12, tokens = 4, at = 0, layer;

        config.norm = i % 4;
        config.positions = i / 4 % 3;
        config.bias = i / 12 % 2;
        config.classifier_bias = i / 24 % 2;
        layout_init(&layout, &config, tokens - 1, 1);
        layer = 4 * d * d + 2 * d * f;
        if (config.bias)
            layer += 4 * d + f + d;
        if (config.norm != NORM_NONE)
            layer += 4 * d;
        ck_assert_uint_eq(
            layout.n_parameters,
            tokens * d + (config.positions == POSITIONS_LEARNED ? 21 * d : 0) +
                2 * layer + (config.norm == NORM_PRE ? 2 * d : 0) + d +
                (size_t)config.classifier_bias);
        for (size_t t = 0; t < layout.n_tensors; t++) {
            ck_assert_uint_eq(layout.tensors[t].offset, at);
            at += layout.tensors[t].count;
            ck_assert_ptr_eq(layout_find(&layout, layout.tensors[t].name),
                             &layout.tensors[t]);
        }
        ck_assert_uint_eq(at, layout.n_parameters);
        layout_clear(&layout);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("model");
    TCase *tcase = tcase_create("model");

    tcase_add_test(tcase, defaults_are_documented);
    tcase_add_test(tcase, every_field_is_read);
    tcase_add_loop_test(tcase, wrong_fields_are_named, 0,
                        sizeof(wrong) / sizeof(wrong[0]));
    tcase_add_test(tcase, names_are_as_in_checkpoints);
    tcase_add_test(tcase, parameters_are_counted);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}

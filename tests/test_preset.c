/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "model/preset.h"

#include <string.h>

#include "config/schema.h"
#include "model/model.h"
#include "suite.h"

/* The flags of the published code, and what they are here. */
static const struct {
    const char *name;
    bool biases, post, scale, sinusoidal;
    double dropout;
} variants[] = {
    { "si_softmax", false, false, false, false, 0 },
    { "no_scale", true, true, false, false, 0 },
    { "control", true, true, true, false, 0 },
    { "control_rel", true, true, true, true, 0 },
    { "bias", true, false, false, false, 0 },
    { "post_ln", false, true, false, false, 0 },
    { "bias_scaled", true, false, true, false, 0 },
    { "bias_scaled_rel", true, false, true, true, 0 },
    { "si_softmax_scaled", false, false, true, false, 0 },
    { "control_drop", true, true, true, false, 0.1 },
    { "si_drop", false, false, false, false, 0.1 },
    { "bias_scaled_drop", true, false, true, false, 0.1 },
    { "bias_scaled_drop3", true, false, true, false, 0.3 },
    { "pre_norm", true, false, true, false, 0 },
    { "vaswani", true, true, true, false, 0.1 },
};

enum { VARIANTS = sizeof(variants) / sizeof(variants[0]) };

static bool read_preset(const char *name, struct model_config *config)
{
    struct yaml_document document = { 0 };
    struct error error = { 0 };
    const char *const *standard = preset_standards(name);
    bool ok = yaml_parse(&document, "{}", 2, "x.yaml", &error);

    for (; *standard != NULL; standard++)
        ok = ok && schema_override(document.root, *standard, &error);
    *config = (struct model_config){ 0 };
    ok = ok && schema_read(model_fields, document.root, "model", NULL, config,
                           &error);
    ok = ok && model_check(config, &document.root->place, &error);
    error_print(&error, stderr);
    error_clear(&error);
    yaml_clear(&document);
    return ok;
}

START_TEST(presets_are_the_published_flags)
{
    struct model_config config;
    bool vaswani = strcmp(variants[_i].name, "vaswani") == 0;

    ck_assert_str_eq(preset_names[_i + 1], variants[_i].name);
    ck_assert(read_preset(variants[_i].name, &config));
    ck_assert_int_eq(config.bias, variants[_i].biases);
    ck_assert_int_eq(config.norm, variants[_i].post ? NORM_POST : NORM_OUTPUT);
    ck_assert_int_eq(config.scores,
                     variants[_i].scale ? SCORES_SCALED : SCORES_PLAIN);
    ck_assert_int_eq(config.positions, variants[_i].sinusoidal
                                           ? POSITIONS_SINUSOIDAL
                                           : POSITIONS_LEARNED);
    ck_assert_double_eq(config.dropout, variants[_i].dropout);
    ck_assert_int_eq(config.mask, vaswani ? MASK_FULL : MASK_ZERO);
    ck_assert(!model_has_final_norm(&config));
    ck_assert_int_eq(config.activation, ACTIVATION_RELU);
    ck_assert(config.classifier_bias);
}
END_TEST

START_TEST(there_are_no_others)
{
    ck_assert_str_eq(preset_names[0], "none");
    ck_assert_ptr_null(preset_names[VARIANTS + 1]);
    ck_assert_ptr_null(*preset_standards("none"));
    ck_assert_ptr_null(preset_standards("bert"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("preset");
    TCase *tcase = tcase_create("preset");

    tcase_add_loop_test(tcase, presets_are_the_published_flags, 0, VARIANTS);
    tcase_add_test(tcase, there_are_no_others);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}

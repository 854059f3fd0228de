/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "model/preset.h"

#include <stddef.h>
#include <string.h>

#define STANDARDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* What its encoders share, and its flags biases, post_ln, scale_scores. */
#define COMMON     "mask=zero", "final_norm=never"
#define LEARNED    COMMON, "positions=learned"
#define SINUSOIDAL COMMON, "positions=sinusoidal"
#define BIASES     "bias=true"
#define BARE       "bias=false"
#define POST       "norm=post"
#define OUTPUT     "norm=output"
#define SCALED     "scores=scaled"
#define PLAIN      "scores=plain"

/* clang-format off */
static const struct {
    const char *name;
    const char *const *standards;
} presets[] = {
    { "none", (const char *const[]){ NULL } },
    { "si_softmax",
      STANDARDS(LEARNED, BARE, OUTPUT, PLAIN) },
    { "no_scale",
      STANDARDS(LEARNED, BIASES, POST, PLAIN) },
    { "control",
      STANDARDS(LEARNED, BIASES, POST, SCALED) },
    { "control_rel",
      STANDARDS(SINUSOIDAL, BIASES, POST, SCALED) },
    { "bias",
      STANDARDS(LEARNED, BIASES, OUTPUT, PLAIN) },
    { "post_ln",
      STANDARDS(LEARNED, BARE, POST, PLAIN) },
    { "bias_scaled",
      STANDARDS(LEARNED, BIASES, OUTPUT, SCALED) },
    { "bias_scaled_rel",
      STANDARDS(SINUSOIDAL, BIASES, OUTPUT, SCALED) },
    { "si_softmax_scaled",
      STANDARDS(LEARNED, BARE, OUTPUT, SCALED) },
    { "control_drop",
      STANDARDS(LEARNED, BIASES, POST, SCALED, "dropout=0.1") },
    { "si_drop",
      STANDARDS(LEARNED, BARE, OUTPUT, PLAIN, "dropout=0.1") },
    { "bias_scaled_drop",
      STANDARDS(LEARNED, BIASES, OUTPUT, SCALED, "dropout=0.1") },
    { "bias_scaled_drop3",
      STANDARDS(LEARNED, BIASES, OUTPUT, SCALED, "dropout=0.3") },
    { "pre_norm",
      STANDARDS(LEARNED, BIASES, OUTPUT, SCALED) },
    { "vaswani",
      STANDARDS("positions=learned", "mask=full", "final_norm=never", BIASES,
                POST, SCALED, "dropout=0.1") },
};
/* clang-format on */

enum { PRESETS = sizeof(presets) / sizeof(presets[0]) };

/* In the order of the table, whose names they are. */
const char *const preset_names[] = { "none",
                                     "si_softmax",
                                     "no_scale",
                                     "control",
                                     "control_rel",
                                     "bias",
                                     "post_ln",
                                     "bias_scaled",
                                     "bias_scaled_rel",
                                     "si_softmax_scaled",
                                     "control_drop",
                                     "si_drop",
                                     "bias_scaled_drop",
                                     "bias_scaled_drop3",
                                     "pre_norm",
                                     "vaswani",
                                     NULL };

const char *const *preset_standards(const char *name)
{
    for (size_t i = 0; i < PRESETS; i++)
        if (strcmp(presets[i].name, name) == 0)
            return presets[i].standards;
    return NULL;
}

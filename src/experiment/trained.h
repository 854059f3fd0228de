/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A run taken up again from its directory: settings, language, network. */

#ifndef EXPERIMENT_TRAINED_H
#define EXPERIMENT_TRAINED_H

#include "base/error.h"
#include "experiment/experiment.h"
#include "language/language.h"
#include "model/network.h"

struct trained {
    struct experiment experiment;
    const struct settings *settings; /* of its one job */
    struct language *language;
    struct network *network; /* at a checkpoint */
};

/*
 * Opens the run at PATH, finished or not, with OVERRIDES of its settings (for
 * other evaluators or test strings; the model must fit the checkpoint), at
 * the file CHECKPOINT: one of the run's own or one made elsewhere; NULL: the
 * last of the run.
 */
bool trained_open(struct trained *trained, const char *path,
                  const char *checkpoint, const char *const *overrides,
                  struct error *error);
void trained_close(struct trained *trained);

#endif

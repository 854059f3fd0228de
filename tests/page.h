/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Evidence made by hand, for what judges and draws it. */

#ifndef TESTS_PAGE_H
#define TESTS_PAGE_H

#include "base/memory.h"
#include "config/yaml.h"
#include "experiment/evidence.h"
#include "scratch.h"

/* A series with two layers: the norms 3, 5, 13 at right angles, and 1, 2, 4
 * along the parameters. */
static const char two_layers[] = "layer,step,norm,cos\n"
                                 "1,0,3,\n1,1,5,0.6\n1,2,13,"
                                 "0.38461538461538464\n"
                                 "2,0,1,\n2,1,2,1\n2,2,4,1\n";

static inline void parse_yaml(struct yaml_document *document, const char *text)
{
    struct error error = { 0 };

    ck_assert_msg(yaml_parse(document, text, strlen(text), "page.yaml", &error),
                  "%s", said(&error));
}

/* The evidence of a page whose series are TEXT, beside two_layers.csv. */
static inline bool collect_evidence(struct evidence *evidence,
                                    struct yaml_document *document,
                                    const char *text, struct error *error)
{
    struct records none = { 0 };

    scratch_write(scratch_path("layers.csv"), two_layers,
                  sizeof two_layers - 1);
    parse_yaml(document, text);
    return evidence_collect(evidence, yaml_get(document->root, "series"),
                            scratch, &none, error);
}

#endif

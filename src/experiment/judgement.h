/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One item of a page (page.h), read and judged. */

#ifndef EXPERIMENT_JUDGEMENT_H
#define EXPERIMENT_JUDGEMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"
#include "config/yaml.h"
#include "experiment/evidence.h"

/* What kind of item it is: one that must be right, one that asks, one that
 * only tells a number. */
enum item_kind { EXACT, CLAIM, SHOW };
extern const char *const item_kinds[];

/* ERROR: a claim that no number answers, since there is none. */
enum verdict_word { PASS, FAIL, HELD, REFUTED, ERROR, OPEN, SHOWN };
extern const char *const verdict_words[]; /* the last is "" */

/* One column of a map: where its cells, in order, cross a level. */
struct crossing {
    double column; /* its value on the axis of columns */
    size_t count;  /* of crossings */
    double place;  /* of the last one: halfway between two cells, in
                      logarithms; NAN without any */
    bool above;    /* whether the last cell is above the level */
};

struct judgement {
    struct text ours;
    char *item, *paper;         /* PAPER is "" where nothing was published */
    int word;                   /* enum verdict_word */
    bool lacking;               /* a witness has no such number, not even NAN */
    char *columns, *along;      /* axes of a map, or NULL */
    struct crossing *crossings; /* [n_crossings] columns of the map */
    size_t n_crossings;
};
void judgement_clear(struct judgement *judgement);

/* NODE is the item, at PATH.  The caller clears, even after a failure. */
bool judge_item(struct judgement *judgement, const struct yaml_node *node,
                const char *path, enum item_kind kind,
                const struct evidence *evidence, struct error *error);

/* Takes any node as it is, or none: a struct yaml_node *, borrowed. */
extern const struct field_custom node_custom;

#endif

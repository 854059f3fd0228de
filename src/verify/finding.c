/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "verify/finding.h"

#include <math.h>

/* 1 accepts, -1 rejects, 0 is undecided. */
static int answer(const struct reading *reading,
                  const struct decision *decision)
{
    int sign = decision_sign(decision);

    if (sign == 0 && reading->nonnegative && decision->logit == 0 &&
        decision->bound == 0)
        return 1;
    return sign;
}

/* Where a string's decisions and targets are. */
struct span {
    size_t rows, outputs;
    const uint16_t *symbols;
    size_t length;
    const uint8_t *targets;
    size_t width;
    const struct decision *decisions, *trained;
};

static struct span span_of(const struct reading *reading, size_t string)
{
    bool sequence = objective_is_sequence(reading->objective);
    size_t at = sequence ? tokens_before(reading->strings, string) : string;
    size_t length = strings_length(reading->strings, string);
    size_t width = objective_width(reading->objective, reading->n_symbols);
    size_t outputs = objective_outputs(reading->objective, reading->n_symbols);

    return (struct span){ .rows = sequence ? length + 1 : 1,
                          .outputs = outputs,
                          .symbols = strings_at(reading->strings, string),
                          .length = length,
                          .targets = reading->targets + at * width,
                          .width = width,
                          .decisions = reading->decisions + at * outputs,
                          .trained = reading->trained + at * outputs };
}

/* Compares one decision with what it should be, +-1, and with `trained`. */
static bool compare(const struct reading *reading,
                    const struct decision *decision,
                    const struct decision *trained, int wanted,
                    struct finding *finding)
{
    int decided = answer(reading, decision);

    finding->wrong |= decided == -wanted;
    finding->undecided |= decided == 0;
    finding->agreed &= decided != 0 && decided == answer(reading, trained);
    finding->rounding |= decision->rounding;
    finding->flagged |= decision->flagged;
    finding->sized &= decision->degree == 0;
    return decided == wanted;
}

static void add_position(struct finding *finding, bool right)
{
    finding->positions++;
    finding->positions_right += right;
    finding->right &= right;
}

/* Only what follows is asked about: it leads or it does not. */
static void read_token(const struct reading *reading, const struct span *span,
                       size_t t, size_t next, struct finding *finding)
{
    const struct decision *row = span->decisions + t * span->outputs;
    const struct decision *trained = span->trained + t * span->outputs;
    size_t top = 0;

    if (span->targets[t] == 0)
        return;
    add_position(finding,
                 compare(reading, &row[next], &trained[next], 1, finding));
    /* two that are both wrong agree only where they predict the same */
    while (top < span->outputs && answer(reading, &row[top]) <= 0)
        top++;
    finding->agreed &=
        top < span->outputs && answer(reading, &trained[top]) > 0;
}

static void read_set(const struct reading *reading, const struct span *span,
                     size_t t, size_t next, struct finding *finding)
{
    const struct decision *row = span->decisions + t * span->outputs;
    const struct decision *trained = span->trained + t * span->outputs;
    size_t asked = reading->objective == OBJECTIVE_NEXT_SET ? next : 0;
    int allowed = answer(reading, &row[asked]);
    bool right = true;

    for (size_t k = 0; k < span->outputs; k++)
        right &= compare(
            reading, &row[k], &trained[k],
            target_bit(span->targets + t * span->width, k) ? 1 : -1, finding);
    add_position(finding, right);
    if (reading->objective != OBJECTIVE_NEXT_SET || t == 0 ||
        allowed < finding->accepts)
        finding->accepts = allowed;
}

/* Leads are logits less the greatest one, which leads by more than nothing. */
static void find_loss(const struct reading *reading, const struct span *span,
                      double *logits, struct finding *finding)
{
    for (size_t k = 0; k < span->rows * span->outputs; k++)
        logits[k] = reading->objective == OBJECTIVE_NEXT_TOKEN
                        ? fmin(span->decisions[k].logit, 0)
                        : span->decisions[k].logit;
    loss_of_string(&finding->loss, reading->objective, span->outputs,
                   span->symbols, span->length, span->targets, logits);
}

struct finding finding_of(const struct reading *reading, size_t string,
                          double *room)
{
    struct span span = span_of(reading, string);
    struct finding finding = {
        .right = true, .agreed = true, .sized = true, .loss = loss_none()
    };

    for (size_t t = 0; t < span.rows; t++) {
        size_t next =
            token_after(span.symbols, span.length, t, reading->n_symbols);

        if (reading->objective == OBJECTIVE_NEXT_TOKEN)
            read_token(reading, &span, t, next, &finding);
        else
            read_set(reading, &span, t, next, &finding);
    }
    find_loss(reading, &span, room, &finding);
    return finding;
}

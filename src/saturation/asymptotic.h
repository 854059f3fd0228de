/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The transformer in asymptotic arithmetic: one piece of code, for the limit
 * c -> infinity with parameters of degree 1 and several orders, and for
 * f(x; c theta) at one c with parameters c theta of degree 0 and one order.
 */

#ifndef SATURATION_ASYMPTOTIC_H
#define SATURATION_ASYMPTOTIC_H

#include <stddef.h>
#include <stdint.h>

#include "model/network.h"
#include "saturation/series.h"
#include "saturation/state.h"

struct asymptotic; /* opaque */

/* Where the next string could let the states of a thread outgrow this, they
 * are forgotten before it; it costs time only. */
#define STATES_MOST ((size_t)4 << 20)

/* Both copy what they need of NETWORK. */
struct asymptotic *asymptotic_limit(const struct network *network,
                                    size_t orders);
struct asymptotic *asymptotic_scaled(const struct network *network, double c);
void asymptotic_free(struct asymptotic *asymptotic);

/* Makes room for all threads; called outside of parallel loops, before. */
void asymptotic_prepare(struct asymptotic *asymptotic);

/* Forgets all states; what was read has to be computed again. */
void asymptotic_forget(struct asymptotic *asymptotic);

/*
 * The final state that the model's readout names, or with STATES of every
 * token, begin mark first: [length + 1].  Valid until this thread's next call.
 * What a string shares with the one before is not computed again.
 */
const struct state *asymptotic_read(struct asymptotic *asymptotic,
                                    size_t thread, const uint16_t *symbols,
                                    size_t length);
void asymptotic_read_all(struct asymptotic *asymptotic, size_t thread,
                         const uint16_t *symbols, size_t length,
                         const struct state **states);

/* States of every token at every level, [n_layers + 1][length + 1]. */
void asymptotic_trace(struct asymptotic *asymptotic, size_t thread,
                      const uint16_t *symbols, size_t length,
                      const struct state **states);

/*
 * The classifier on a final state: LOGITS [n_outputs].  LEADING gives it the
 * leading coefficient of the encoder's output alone, and the bias, as numbers
 * of degree 0.
 */
void asymptotic_classify(struct asymptotic *asymptotic, size_t thread,
                         const struct state *state, bool leading,
                         struct scalar *logits);

#endif

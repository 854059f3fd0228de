/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How many strings there are, for language_describe_counts. */

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "language/density.h"
#include "language/language.h"

/* Tables that are built for a description. */
#define MOST_BYTES ((double)(64 << 20))

#define MIB (double)(1 << 20)

static void describe_memory(double bytes, size_t length, struct text *out)
{
    if (isnan(bytes))
        text_add(out, "memory: unknown before the tables are built\n");
    else if (isinf(bytes))
        text_add_format(out,
                        "memory: more than tables up to length %zu may take\n",
                        length);
    else
        text_add_format(out, "memory: %.1f MiB for tables up to length %zu\n",
                        ceil(10 * bytes / MIB) / 10, length);
}

/* As many digits as both bounds have in common, ten at most. */
static void describe_bounds(struct interval bounds, struct text *out)
{
    if (bounds.high - bounds.low <= 1e-9 * bounds.high)
        text_add_format(out, "growth rate: %.10g\n",
                        (bounds.low + bounds.high) / 2);
    else
        text_add_format(out, "growth rate: between %.10g and %.10g\n",
                        bounds.low, bounds.high);
}

static void describe_limit(const struct density_limit *limit, struct text *out)
{
    bool one = true;

    for (size_t r = 1; r < limit->period; r++)
        one &= fabs(limit->share[r] - limit->share[0]) < 1e-12;
    if (one) {
        text_add_format(out, "density limit: %.10g\n", limit->share[0]);
        return;
    }
    text_add(out, "density limit: none,");
    for (size_t r = 0; r < limit->period; r++)
        text_add_format(out, "%s %.10g", r > 0 ? "," : "", limit->share[r]);
    text_add_format(out, " at lengths 0, 1... modulo %zu\n", limit->period);
}

static void describe_exactly(const struct automaton *automaton,
                             struct text *out)
{
    struct density_limit limit;

    describe_bounds(density_growth(automaton), out);
    if (density_limit(automaton, &limit))
        describe_limit(&limit, out);
    else
        text_add(out, "density limit: unknown, the automaton is too large\n");
}

/* The logarithms of the counts at lengths 0..LENGTH. */
static double *find_logs(const struct language *language, size_t length)
{
    double *logs = memory_new(length + 1, sizeof *logs);
    struct natural count = { 0 };

    for (size_t n = 0; n <= length; n++) {
        language_count(language, n, &count);
        logs[n] = natural_is_zero(&count) ? -INFINITY : natural_log(&count);
    }
    natural_clear(&count);
    return logs;
}

static double density_at(const struct language *language, const double *logs,
                         size_t n)
{
    double symbols = (double)language_alphabet(language)->size;

    return exp(logs[n] - (double)n * log(symbols));
}

static void describe_measured(const struct language *language,
                              const double *logs, size_t length,
                              struct text *out)
{
    double growth = density_fit_growth(logs, length);

    if (isnan(growth))
        text_add_format(out,
                        "growth rate: unknown, too few lengths up to %zu have "
                        "strings\n",
                        length);
    else
        text_add_format(out,
                        "growth rate: about %.4g, measured up to length %zu\n",
                        growth, length);
    text_add_format(out,
                    "density limit: unknown, measured %.4g and %.4g at "
                    "lengths %zu and %zu\n",
                    density_at(language, logs, length / 2),
                    density_at(language, logs, length), length / 2, length);
}

void language_describe_counts(struct language *language, size_t length,
                              struct text *out)
{
    const struct automaton *automaton = language_automaton(language);
    double bytes = language_foresee(language, length), *logs = NULL;
    struct error error = { 0 };

    describe_memory(bytes, length, out);
    if ((isnan(bytes) || bytes <= MOST_BYTES) &&
        language_prepare(language, length, &error))
        logs = find_logs(language, length);
    if (automaton != NULL)
        describe_exactly(automaton, out);
    else if (logs != NULL)
        describe_measured(language, logs, length, out);
    if (logs != NULL)
        text_add_format(out, "density: %.6g at length %zu\n",
                        density_at(language, logs, length), length);
    else
        text_add_format(out,
                        "density: not counted at length %zu, for its tables "
                        "are not built for a description\n",
                        length);
    error_clear(&error);
    free(logs);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "data/late_death.h"

#include <stdlib.h>

#include "base/memory.h"

#define TRIES 50

bool late_death_prepare(struct language *language, size_t longest,
                        struct error *error)
{
    bool *allowed, end, ok;

    if (language_counts_deaths(language))
        return language_prepare_deaths(language, longest, error);
    allowed = memory_new(language_alphabet(language)->size, sizeof *allowed);
    ok = language_next(language, &(uint16_t){ 0 }, 0, allowed, &end, error);
    free(allowed);
    return ok;
}

/* ------------------------------------------------------- counted deaths */

/* The K-th position, from 1, of those up to N where a string can die; 0 if
 * there are not so many, and their number in *COUNT. */
static size_t find_death(const struct language *language, size_t n, size_t k,
                         size_t *count)
{
    *count = 0;
    for (size_t at = 1; at <= n; at++)
        if (language_has_death(language, at) && ++*count == k)
            return at;
    return 0;
}

static size_t draw_counted(const struct language *language, size_t n,
                           struct stream *stream, uint16_t *out)
{
    size_t count, at;

    find_death(language, n, SIZE_MAX, &count);
    if (count == 0)
        return 0;
    at = find_death(language, n, 1 + (size_t)stream_below(stream, count),
                    &count);
    language_draw_death(language, at, stream, out);
    return at;
}

/* ---------------------------------------------------- prefixes of members */

/* Ends the K - 1 symbols at OUT by a uniform one that may not follow. */
static bool step_out(const struct language *language, size_t k,
                     struct stream *stream, uint16_t *out)
{
    size_t size = language_alphabet(language)->size, dead = 0, chosen;
    bool *allowed = memory_new(size, sizeof *allowed), end, ok;
    struct error error = { 0 };

    ok = language_next(language, out, k - 1, allowed, &end, &error);
    for (size_t s = 0; ok && s < size; s++)
        dead += !allowed[s];
    if (dead > 0) {
        chosen = (size_t)stream_below(stream, dead);
        for (size_t s = 0; s < size; s++)
            if (!allowed[s] && chosen-- == 0)
                out[k - 1] = (uint16_t)s;
    }
    error_clear(&error);
    free(allowed);
    return dead > 0;
}

/* Whether the first K symbols at OUT, room for N, could be made to die. */
static bool die_at(const struct language *language, size_t k, size_t n,
                   struct stream *stream, uint16_t *out)
{
    size_t *lengths = memory_new(n + 1, sizeof *lengths), count = 0;
    bool found = false;

    for (size_t m = k - 1; m <= n; m++)
        if (language_has(language, true, m))
            lengths[count++] = m;
    for (size_t try = 0; count > 0 && !found && try < TRIES; try++) {
        size_t m = lengths[stream_below(stream, count)];

        language_draw(language, true, m, stream, out);
        found = step_out(language, k, stream, out);
    }
    free(lengths);
    return found;
}

/* A uniform position, and others in its place while it is not possible. */
static size_t draw_from_members(const struct language *language, size_t n,
                                struct stream *stream, uint16_t *out)
{
    size_t *places = memory_new(n, sizeof *places), left = n, at = 0;

    for (size_t i = 0; i < n; i++)
        places[i] = i + 1;
    while (at == 0 && left > 0) {
        size_t i = (size_t)stream_below(stream, left);

        if (die_at(language, places[i], n, stream, out))
            at = places[i];
        places[i] = places[--left];
    }
    free(places);
    return at;
}

/* --------------------------------------------------------------- drawing */

/* Fills what comes after the first AT symbols; false if AT is 0. */
static bool finish(const struct language *language, size_t at, size_t n,
                   struct stream *stream, uint16_t *out)
{
    size_t alphabet = language_alphabet(language)->size;

    for (size_t i = at; at > 0 && i < n; i++)
        out[i] = (uint16_t)stream_below(stream, alphabet);
    return at > 0;
}

bool late_death_draw_from_members(const struct language *language, size_t n,
                                  struct stream *stream, uint16_t *out)
{
    size_t at = draw_from_members(language, n, stream, out);

    return finish(language, at, n, stream, out);
}

bool late_death_draw(const struct language *language, size_t n,
                     struct stream *stream, uint16_t *out)
{
    if (!language_counts_deaths(language))
        return late_death_draw_from_members(language, n, stream, out);
    return finish(language, draw_counted(language, n, stream, out), n, stream,
                  out);
}

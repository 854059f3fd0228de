/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/interleave.h"

#include <assert.h>
#include <stdlib.h>

#include "base/memory.h"

void interleave_init(struct interleave *self, size_t languages, size_t longest,
                     bool shuffled)
{
    *self = (struct interleave){ languages, longest, shuffled, NULL, NULL };
    self->counts = memory_new(languages * (longest + 1), sizeof *self->counts);
    self->rest =
        memory_new((languages + 1) * (longest + 1), sizeof *self->rest);
}

void interleave_clear(struct interleave *self)
{
    size_t row = self->longest + 1;

    if (self->counts == NULL)
        return;
    for (size_t i = 0; i < self->languages * row; i++)
        natural_clear(&self->counts[i]);
    for (size_t i = 0; i < (self->languages + 1) * row; i++)
        natural_clear(&self->rest[i]);
    free(self->counts);
    free(self->rest);
    *self = (struct interleave){ 0 };
}

struct natural *interleave_at(struct interleave *self, size_t language,
                              size_t n)
{
    return &self->counts[language * (self->longest + 1) + n];
}

/* C(n, m) in ROW for all m, given C(n - 1, m). */
static void next_row(struct natural *row, size_t n)
{
    natural_set_words(&row[n], &(uint64_t){ 1 }, 1);
    for (size_t m = n; m-- > 1;)
        natural_add(&row[m], &row[m - 1]);
}

/* TERM = b(n, m) c_i(m) W_(i+1)(n - m), with C(n, m) in BINOMIAL. */
static void set_term(const struct interleave *self, size_t i, size_t n,
                     size_t m, const struct natural *binomial,
                     struct natural *term)
{
    size_t row = self->longest + 1;

    natural_copy(term, &self->counts[i * row + m]);
    if (natural_is_zero(term))
        return;
    natural_multiply(term, &self->rest[(i + 1) * row + n - m]);
    if (self->shuffled)
        natural_multiply(term, binomial);
}

void interleave_build(struct interleave *self)
{
    size_t row = self->longest + 1;
    struct natural *binomials = memory_new(row, sizeof *binomials);
    struct natural term = { 0 };

    natural_set_words(&self->rest[self->languages * row], &(uint64_t){ 1 }, 1);
    for (size_t n = 0; n < row; n++) {
        next_row(binomials, n);
        for (size_t i = self->languages; i-- > 0;)
            for (size_t m = 0; m <= n; m++) {
                set_term(self, i, n, m, &binomials[m], &term);
                natural_add(&self->rest[i * row + n], &term);
            }
    }
    for (size_t m = 0; m < row; m++)
        natural_clear(&binomials[m]);
    free(binomials);
    natural_clear(&term);
}

const struct natural *interleave_count(const struct interleave *self, size_t n)
{
    return &self->rest[n];
}

/* Which word of length n, in languages I and on, number RANK belongs to: the
 * length of its part in language I. */
static size_t draw_size(const struct interleave *self, size_t i, size_t n,
                        struct stream *stream)
{
    struct natural rank = { 0 }, term = { 0 }, binomial = { 0 },
                   ignored = { 0 };
    size_t m = 0;

    natural_draw(&rank, &self->rest[i * (self->longest + 1) + n], stream);
    natural_init(&binomial, 1);
    for (;; m++) {
        struct natural next = { 0 };

        assert(m <= n);
        set_term(self, i, n, m, &binomial, &term);
        if (natural_compare(&rank, &term) < 0)
            break;
        natural_subtract(&rank, &term);
        natural_multiply_small(&binomial, n - m);
        natural_set_words(&next, &(uint64_t){ m + 1 }, 1);
        natural_divide(&ignored, &binomial, &next);
        natural_copy(&binomial, &ignored);
        natural_clear(&next);
    }
    natural_clear(&rank);
    natural_clear(&term);
    natural_clear(&binomial);
    natural_clear(&ignored);
    return m;
}

/* [Fisher & Yates] */
void interleave_mix(uint16_t *owner, size_t n, struct stream *stream)
{
    for (size_t i = n; i > 1; i--) {
        size_t j = (size_t)stream_below(stream, i);
        uint16_t other = owner[j];

        owner[j] = owner[i - 1];
        owner[i - 1] = other;
    }
}

void interleave_draw(const struct interleave *self, size_t n,
                     struct stream *stream, size_t *sizes, uint16_t *owner)
{
    size_t at = 0;

    for (size_t i = 0; i < self->languages; i++) {
        sizes[i] = draw_size(self, i, n - at, stream);
        for (size_t k = 0; k < sizes[i]; k++)
            owner[at++] = (uint16_t)i;
    }
    assert(at == n);
    if (self->shuffled)
        interleave_mix(owner, n, stream);
}

size_t interleave_bytes(const struct interleave *self)
{
    size_t row = self->longest + 1, bytes = 0;

    if (self->counts == NULL)
        return 0;
    for (size_t i = 0; i < (self->languages + 1) * row; i++)
        bytes += sizeof(struct natural) + natural_bits(&self->rest[i]) / 8;
    for (size_t i = 0; i < self->languages * row; i++)
        bytes += sizeof(struct natural) + natural_bits(&self->counts[i]) / 8;
    return bytes;
}

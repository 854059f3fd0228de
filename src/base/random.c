/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/random.h"

#include <Random123/philox.h>
#include <math.h>

/* FNV-1a: words are few and fixed; tests check that their hashes differ. */
static uint32_t hash(const char *word)
{
    uint32_t h = 2166136261u;

    for (; *word != '\0'; word++)
        h = (h ^ (unsigned char)*word) * 16777619u;
    return h;
}

void stream_init(struct stream *stream, uint64_t seed, const char *purpose,
                 uint64_t index)
{
    *stream = (struct stream){ .seed = seed,
                               .index = index,
                               .purpose = hash(purpose) };
}

static void refill(struct stream *stream)
{
    philox4x32_ctr_t counter = { { stream->block++, stream->purpose,
                                   (uint32_t)stream->index,
                                   (uint32_t)(stream->index >> 32) } };
    philox4x32_key_t key = { { (uint32_t)stream->seed,
                               (uint32_t)(stream->seed >> 32) } };

    counter = philox4x32(counter, key);
    for (int i = 0; i < 4; i++)
        stream->word[i] = counter.v[i];
    stream->left = 4;
}

uint32_t stream_word(struct stream *stream)
{
    if (stream->left == 0)
        refill(stream);
    return stream->word[4 - stream->left--];
}

uint64_t stream_bits(struct stream *stream)
{
    uint64_t high = stream_word(stream);

    return high << 32 | stream_word(stream);
}

/* Lemire's multiply-and-reject, exact for every n. */
uint64_t stream_below(struct stream *stream, uint64_t n)
{
    uint64_t floor = -n % n;
    unsigned __int128 product;

    do {
        product = (unsigned __int128)stream_bits(stream) * n;
    } while ((uint64_t)product < floor);
    return (uint64_t)(product >> 64);
}

double stream_uniform(struct stream *stream)
{
    return (double)(stream_bits(stream) >> 11) * 0x1p-53;
}

double stream_normal(struct stream *stream)
{
    double radius = sqrt(-2 * log1p(-stream_uniform(stream)));

    return radius * cos(6.283185307179586 * stream_uniform(stream));
}

void random_permutation(uint64_t seed, const char *purpose, uint64_t index,
                        size_t n, size_t *order)
{
    struct stream stream;

    stream_init(&stream, seed, purpose, index);
    for (size_t i = 0; i < n; i++) {
        size_t j = (size_t)stream_below(&stream, i + 1);

        order[i] = order[j];
        order[j] = i;
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "data/extent.h"

struct extent extent_part(struct extent extent, size_t count)
{
    if (count >= extent.strings)
        return extent;
    extent.symbols = (size_t)((double)extent.symbols * (double)count /
                              (double)extent.strings);
    extent.strings = count;
    return extent;
}

struct extent extent_of_draws(const struct data_config *config, size_t range,
                              size_t count)
{
    struct range lengths =
        dataset_range(&(struct dataset){ .config = config }, range);

    return (struct extent){ .strings = count,
                            .symbols =
                                count * (lengths.least + lengths.most) / 2,
                            .longest = count > 0 ? lengths.most : 0 };
}

struct extent extent_of_split(const struct data_config *config, size_t range)
{
    const struct split_config *split = range == 0   ? &config->train
                                       : range == 1 ? &config->validation
                                                    : &config->test;

    return extent_of_draws(config, range, split->count);
}

size_t extent_ranges(const struct data_config *config)
{
    size_t bins = config->test.length.count;

    return 2 + (bins > 0 ? bins : 1);
}

/* Symbols, offsets and what is known of each string. */
static size_t strings_bytes(struct extent extent)
{
    return extent.symbols * sizeof(uint16_t) +
           extent.strings * (2 * sizeof(size_t) + 2 * sizeof(uint8_t));
}

size_t examples_bytes(const struct data_config *config, size_t n_symbols,
                      struct extent extent)
{
    enum objective objective = (enum objective)config->objective;
    size_t targets = 0;

    if (objective_is_sequence(objective))
        targets = extent_tokens(extent) * objective_width(objective, n_symbols);
    return strings_bytes(extent) + targets;
}

size_t drawing_bytes(struct extent extent)
{
    return strings_bytes(extent);
}

size_t dataset_bytes(const struct data_config *config, size_t n_symbols,
                     size_t *passing)
{
    size_t bytes = 0;

    *passing = 0;
    for (size_t r = 0; r < extent_ranges(config); r++) {
        struct extent extent = extent_of_split(config, r);
        size_t drawing = drawing_bytes(extent);

        /* Only the train split is aimed at as a whole. */
        bytes += r == 0 ? examples_bytes(config, n_symbols, extent)
                        : strings_bytes(extent);
        *passing = drawing > *passing ? drawing : *passing;
    }
    return bytes;
}

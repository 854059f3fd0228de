/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Checkpoints in the safetensors format (huggingface/safetensors): F64
 * tensors under PyTorch's names, metadata as strings.  No time, host or
 * thread count in it: equal runs give equal bytes.  The metadata's `checksum`
 * is XXH3 of the whole file with its own 16 digits read as zeros.
 *
 * A reader trusts nothing: header at most 8 MiB with no more values in it
 * than the layout can need, offsets without holes or overlap, shapes that
 * match, every tensor of the layout and no other present, the checksum right.
 * A file with a wrong layout is refused before more than the file and some
 * 10 MiB is held.  Files of others need have no metadata; blanks and the order
 * of keys in a header are free, in a file of ours that another program has
 * written anew, too: then the checksum is that of the file as written here.
 */

#ifndef RESULTS_CHECKPOINT_H
#define RESULTS_CHECKPOINT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "model/model.h"
#include "train/optimizer.h"

struct checkpoint {
    size_t step;
    char config_hash[17]; /* of its run (run.h), hex; "" of others */
    double *theta;        /* [n_parameters] */
    double *recorded;     /* parameters last recorded, or NULL; stored as
                             "recorded.<name>" */
    double *slots[SLOTS]; /* what the optimizer remembers, or NULL; stored
                             as "optimizer.exp_avg.<name>" */
};

/* The size of a file, which is whole in memory while it is written, of a
 * network of N parameters and the optimizer of CONFIG. */
size_t checkpoint_bytes(size_t n, const struct optimizer_config *config);

bool checkpoint_write(const char *path, const struct layout *layout,
                      const struct checkpoint *checkpoint, struct error *error);
/* F64, F32, F16 or BF16 tensors; the caller clears. */
bool checkpoint_read(const char *path, const struct layout *layout,
                     struct checkpoint *checkpoint, struct error *error);
void checkpoint_clear(struct checkpoint *checkpoint);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/standalone.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "language/passage.h"

void standalone_clear(struct standalone *standalone)
{
    for (size_t i = 0; i < standalone->count; i++)
        free(standalone->edits[i].text);
    free(standalone->edits);
    *standalone = (struct standalone){ 0 };
}

void standalone_replace(struct standalone *standalone, const char *source,
                        const struct yaml_node *node, const char *text)
{
    struct passage passage = passage_of(node, NULL, source);
    struct standalone_edit edit = { .text = memory_copy_text(text) }, *edits;
    size_t at = standalone->count++;

    passage_span(&passage, &edit.start, &edit.end);
    edits = memory_resize(standalone->edits, standalone->count, sizeof *edits);
    for (; at > 0 && edits[at - 1].start > edit.start; at--)
        edits[at] = edits[at - 1];
    edits[at] = edit;
    standalone->edits = edits;
}

void standalone_write(const struct standalone *standalone, const char *source,
                      struct text *out)
{
    size_t done = 0;

    for (size_t i = 0; i < standalone->count; i++) {
        const struct standalone_edit *edit = &standalone->edits[i];

        text_add_bytes(out, source + done, edit->start - done);
        text_add(out, edit->text);
        done = edit->end;
    }
    text_add(out, source + done);
}

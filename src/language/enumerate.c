/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/enumerate.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

struct enumeration {
    const struct formalism *formalism;
    const void *self;
    size_t symbols, n;
    bool member;
    uint16_t *string;
    bool *allowed; /* [n][symbols] what may follow each prefix */
};

/* Fills in what may follow the first DEPTH symbols. */
static void find_allowed(struct enumeration *e, size_t depth)
{
    bool *allowed = e->allowed + depth * e->symbols, end;
    struct error error = { 0 };

    if (!e->member || e->formalism->next == NULL ||
        !e->formalism->next(e->self, e->string, depth, allowed, &end, &error))
        memset(allowed, true, e->symbols);
    error_clear(&error);
}

void enumerate_all(const struct formalism *formalism, const void *self,
                   size_t symbols, bool member, size_t n, struct strings *out)
{
    struct enumeration e = { formalism,
                             self,
                             symbols,
                             n,
                             member,
                             memory_new(n + 1, sizeof *e.string),
                             memory_new((n + 1) * symbols, 1) };
    size_t *tried = memory_new(n + 1, sizeof *tried), depth = 0;

    if (n > 0)
        find_allowed(&e, 0);
    else if (formalism->contains(self, e.string, 0) == member)
        strings_add(out, e.string, 0);
    while (n > 0) {
        size_t s = tried[depth]++;

        if (s == symbols) {
            if (depth-- == 0)
                break;
            continue;
        }
        if (!e.allowed[depth * symbols + s])
            continue;
        e.string[depth] = (uint16_t)s;
        if (depth + 1 < n) {
            find_allowed(&e, ++depth);
            tried[depth] = 0;
        } else if (formalism->contains(self, e.string, n) == member) {
            strings_add(out, e.string, n);
        }
    }
    free(e.string);
    free(e.allowed);
    free(tried);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Which engine runs on this machine. */

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/engine/engine.h"

/* clang-format off */
static const struct {
    const char *name;
    const struct engine *engines[2]; /* by enum precision */
} instruction_sets[] = { /* best last */
    { "generic", { &f32_generic_engine, &f64_generic_engine } },
#if HAVE_X86_ENGINES
    { "avx2",    { &f32_avx2_engine,    &f64_avx2_engine } },
    { "avx512",  { &f32_avx512_engine,  &f64_avx512_engine } },
#endif
};
/* clang-format on */

/* How many of the instruction sets this machine has. */
static size_t supported(void)
{
#if HAVE_X86_ENGINES
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
        return 1;
    if (!__builtin_cpu_supports("avx512f") ||
        !__builtin_cpu_supports("avx512dq") ||
        !__builtin_cpu_supports("avx512bw") ||
        !__builtin_cpu_supports("avx512vl"))
        return 2;
    return 3;
#else
    return 1;
#endif
}

/* The row that WANTED names, or COUNT. */
static size_t find(const char *wanted, size_t count)
{
    size_t i = 0;

    while (i < count && strcmp(instruction_sets[i].name, wanted) != 0)
        i++;
    return i;
}

bool network_check_engine(struct error *error)
{
    const char *wanted = getenv("SATURN_ISA");
    size_t n = supported();
    struct text names = { 0 };

    if (wanted == NULL || find(wanted, n) < n)
        return true;
    for (size_t i = 0; i < n; i++)
        text_add_format(&names, "%s%s", i > 0 ? ", " : "",
                        instruction_sets[i].name);
    error_set(error, ERROR_CONFIG,
              "SATURN_ISA: no instruction set \"%s\" here; accepted: %s",
              wanted, names.data);
    text_clear(&names);
    return false;
}

const struct engine *engine_choose(enum precision precision)
{
    const char *wanted = getenv("SATURN_ISA");
    size_t n = supported(), chosen = n;

    if (wanted != NULL)
        chosen = find(wanted, n);
    return instruction_sets[chosen < n ? chosen : n - 1].engines[precision];
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "language/numbering.h"

#define DEAD 0

void table_clear(struct table *table)
{
    for (size_t m = 0; table->rows != NULL && m <= table->longest; m++)
        free(table->rows[m]);
    for (size_t m = 0; table->powers != NULL && m <= table->longest; m++)
        free(table->powers[m]);
    free(table->next);
    free(table->within);
    free(table->rows);
    free(table->widths);
    free(table->powers);
    free(table->power_widths);
    *table = (struct table){ 0 };
}

/* --------------------------------------------------------------- numbers */

/* TO += MORE; the carry out of its WIDTH words. */
static bool add_words(uint64_t *to, size_t width, const uint64_t *more,
                      size_t more_width)
{
    unsigned __int128 sum = 0;

    for (size_t i = 0; i < width; i++) {
        sum += to[i];
        sum += i < more_width ? more[i] : 0;
        to[i] = (uint64_t)sum;
        sum >>= 64;
        if (sum == 0 && i >= more_width)
            break;
    }
    return sum != 0;
}

static void subtract_words(uint64_t *from, size_t width, const uint64_t *less,
                           size_t less_width)
{
    bool borrow = false;

    for (size_t i = 0; i < width; i++) {
        uint64_t word = i < less_width ? less[i] : 0, old = from[i];

        from[i] = old - word - borrow;
        borrow = old < word || (borrow && old == word);
    }
}

static bool is_less(const uint64_t *a, const uint64_t *b, size_t width)
{
    for (size_t i = width; i-- > 0;)
        if (a[i] != b[i])
            return a[i] < b[i];
    return false;
}

static size_t used_words(const uint64_t *words, size_t width)
{
    while (width > 0 && words[width - 1] == 0)
        width--;
    return width;
}

/* Uniform below BOUND, which is not 0, by rejection. */
static void draw_words(struct stream *stream, const uint64_t *bound,
                       size_t width, uint64_t *out)
{
    size_t used = used_words(bound, width);
    uint64_t mask;

    assert(used > 0);
    mask = UINT64_MAX >> __builtin_clzll(bound[used - 1]);
    memset(out, 0, width * sizeof *out);
    do {
        for (size_t i = 0; i < used; i++)
            out[i] = stream_bits(stream);
        out[used - 1] &= mask;
    } while (!is_less(out, bound, used));
}

/* -------------------------------------------------------------- building */

/* The successors of configuration C; new ones are added to FOUND. */
static void find_next(struct table *table, const struct machine *machine,
                      const struct reach *reach, struct numbering *found,
                      size_t c)
{
    size_t bytes = machine->width * sizeof(int64_t);
    int64_t at[MACHINE_MOST_WIDTH];

    for (size_t s = 0; s < table->symbols; s++) {
        bool alive;

        memcpy(at, numbering_key(found, (uint32_t)c), bytes);
        alive = machine_step(machine, at, s) && !reach_is_dead(reach, at);
        table->next[c * table->symbols + s] =
            alive ? numbering_add(found, at, bytes) : DEAD;
    }
}

/* Finds the configurations met within the longest length, nearest first, and
 * their successors; false when they need more than MOST bytes. */
static bool explore(struct table *table, const struct machine *machine,
                    const struct reach *reach, size_t most,
                    struct numbering *found)
{
    size_t arc_bytes = table->symbols * sizeof *table->next;
    size_t done = 1, capacity = 1, row_bytes = 0;
    int64_t at[MACHINE_MOST_WIDTH];

    numbering_add(found, "", 0); /* DEAD */
    table->next = memory_new(1, arc_bytes);
    if (machine_start(machine, at) && !reach_is_dead(reach, at))
        table->start = numbering_add(found, at, machine->width * sizeof *at);
    for (size_t t = 0; t <= table->longest; t++) {
        size_t end = table->within[t] = found->count;

        for (; t < table->longest && done < end; done++) {
            if (done == capacity) {
                capacity *= 2;
                table->next = memory_resize(table->next, capacity, arc_bytes);
            }
            find_next(table, machine, reach, found, done);
            table->bytes = numbering_size(found) + capacity * arc_bytes;
            row_bytes += (table->longest - t + 1) * sizeof **table->rows;
            if (table->bytes + row_bytes > most)
                return false;
        }
    }
    table->configurations = found->count;
    return true;
}

/* |Σ|^m, from |Σ|^(m - 1) in BEFORE's WIDTH words. */
static uint64_t *multiply(const uint64_t *before, size_t width, size_t by)
{
    uint64_t *power = memory_new(width + 1, sizeof *power);
    unsigned __int128 carry = 0;

    for (size_t i = 0; i < width; i++) {
        carry += (unsigned __int128)before[i] * by;
        power[i] = (uint64_t)carry;
        carry >>= 64;
    }
    power[width] = (uint64_t)carry;
    return power;
}

static void make_powers(struct table *table)
{
    table->powers = memory_new(table->longest + 1, sizeof *table->powers);
    table->power_widths =
        memory_new(table->longest + 1, sizeof *table->power_widths);
    table->powers[0] = memory_new(1, sizeof **table->powers);
    table->powers[0][0] = 1;
    table->power_widths[0] = 1;
    for (size_t m = 1; m <= table->longest; m++) {
        size_t width = table->power_widths[m - 1];

        table->powers[m] =
            multiply(table->powers[m - 1], width, table->symbols);
        table->power_widths[m] = used_words(table->powers[m], width + 1);
        table->bytes += (width + 1) * sizeof **table->powers;
    }
}

/* Row M in numbers of WIDTH words; false if one does not fit. */
static bool fill_row(struct table *table, size_t m, size_t width)
{
    size_t count = table->within[table->longest - m];
    size_t below = table->widths[m - 1];
    uint64_t *row = memory_new(count * width, sizeof *row);

    table->rows[m] = row;
    table->widths[m] = width;
    for (size_t c = 1; c < count; c++)
        for (size_t s = 0; s < table->symbols; s++) {
            size_t to = table->next[c * table->symbols + s];

            if (to != DEAD &&
                add_words(row + c * width, width,
                          table->rows[m - 1] + to * below, below)) {
                free(row);
                table->rows[m] = NULL;
                return false;
            }
        }
    table->bytes += count * width * sizeof *row;
    return true;
}

static bool make_rows(struct table *table, const struct machine *machine,
                      const struct numbering *found, size_t most)
{
    size_t count = table->within[table->longest];

    table->rows = memory_new(table->longest + 1, sizeof *table->rows);
    table->widths = memory_new(table->longest + 1, sizeof *table->widths);
    table->rows[0] = memory_new(count, sizeof **table->rows);
    table->widths[0] = 1;
    for (uint32_t c = 1; c < count; c++)
        table->rows[0][c] = machine_accepts(machine, numbering_key(found, c));
    for (size_t m = 1; m <= table->longest; m++) {
        size_t width = table->widths[m - 1];
        size_t numbers = table->within[table->longest - m];

        if (table->bytes + numbers * (width + 1) * sizeof **table->rows > most)
            return false;
        if (!fill_row(table, m, width))
            fill_row(table, m, width + 1);
    }
    return true;
}

bool table_build(struct table *table, const struct machine *machine,
                 const struct reach *reach, size_t longest, size_t most)
{
    struct numbering found = { 0 };
    bool ok;

    *table =
        (struct table){ .longest = longest, .symbols = machine->shape.symbols };
    table->within = memory_new(longest + 1, sizeof *table->within);
    ok = explore(table, machine, reach, most, &found);
    if (ok) {
        make_powers(table);
        ok = make_rows(table, machine, &found, most);
    }
    numbering_clear(&found);
    if (!ok)
        table_clear(table);
    return ok;
}

/* -------------------------------------------------------------- questions */

static const uint64_t *entry(const struct table *table, size_t m, size_t c)
{
    return table->rows[m] + c * table->widths[m];
}

void table_count(const struct table *table, bool member, size_t n,
                 struct natural *out)
{
    struct natural members;

    assert(n <= table->longest);
    natural_init(&members, 0);
    natural_set_words(&members, entry(table, n, table->start),
                      table->widths[n]);
    if (member) {
        natural_copy(out, &members);
    } else {
        natural_set_words(out, table->powers[n], table->power_widths[n]);
        natural_subtract(out, &members);
    }
    natural_clear(&members);
}

/* Continuations of length M from configuration C, in OUT's WIDTH words. */
static void find_weight(const struct table *table, bool member, size_t m,
                        size_t c, uint64_t *out, size_t width)
{
    const uint64_t *b = entry(table, m, c);
    size_t b_width = table->widths[m];

    memset(out, 0, width * sizeof *out);
    if (member) {
        memcpy(out, b, (b_width < width ? b_width : width) * sizeof *out);
    } else {
        memcpy(out, table->powers[m], table->power_widths[m] * sizeof *out);
        subtract_words(out, width, b, b_width);
    }
}

/* The same where it fits one word. */
static inline uint64_t small_weight(const struct table *table, bool member,
                                    size_t m, size_t c)
{
    uint64_t b = table->rows[m][c];

    return member ? b : table->powers[m][0] - b;
}

/* Follows number R down from configuration C with M symbols to go, where all
 * weights fit one word. */
static void walk_small(const struct table *table, bool member, size_t m,
                       size_t c, uint64_t r, uint16_t *out)
{
    while (m-- > 0) {
        const uint32_t *next = table->next + c * table->symbols;
        uint64_t weight;
        size_t s = 0;

        while (r >= (weight = small_weight(table, member, m, next[s]))) {
            r -= weight;
            s++;
        }
        assert(s < table->symbols);
        *out++ = (uint16_t)s;
        c = next[s];
    }
}

static bool is_small(const struct table *table, bool member, size_t m)
{
    return (member ? table->widths[m] : table->power_widths[m]) == 1;
}

static void walk(const struct table *table, bool member, size_t m, uint64_t *r,
                 size_t width, struct stream *stream, uint16_t *out)
{
    uint64_t *weight = memory_new(width, sizeof *weight);
    size_t c = table->start;

    for (; !is_small(table, member, m); m--) {
        const uint32_t *next = table->next + c * table->symbols;
        size_t s = 0;

        if (!member && c == DEAD)
            break;
        for (;; s++) {
            assert(s < table->symbols);
            find_weight(table, member, m - 1, next[s], weight, width);
            if (is_less(r, weight, width))
                break;
            subtract_words(r, width, weight, width);
        }
        *out++ = (uint16_t)s;
        c = next[s];
        width = table->power_widths[m - 1];
    }
    if (is_small(table, member, m))
        walk_small(table, member, m, c, r[0], out);
    else /* every continuation of a dead configuration is a non-member */
        while (m-- > 0)
            *out++ = (uint16_t)stream_below(stream, table->symbols);
    free(weight);
}

void table_draw(const struct table *table, bool member, size_t n,
                struct stream *stream, uint16_t *out)
{
    size_t width = table->power_widths[n];
    uint64_t *r, *bound;

    assert(n <= table->longest);
    if (is_small(table, member, n)) {
        uint64_t weight = small_weight(table, member, n, table->start);

        assert(weight > 0);
        walk_small(table, member, n, table->start, stream_below(stream, weight),
                   out);
        return;
    }
    r = memory_new(2 * width, sizeof *r);
    bound = r + width;
    find_weight(table, member, n, table->start, bound, width);
    draw_words(stream, bound, width, r);
    walk(table, member, n, r, width, stream, out);
    free(r);
}

static bool has_any(const struct table *table, bool member, size_t m, size_t c)
{
    const uint64_t *b = entry(table, m, c);
    size_t used = used_words(b, table->widths[m]);

    if (member)
        return used > 0;
    return used_words(table->powers[m], table->power_widths[m]) != used ||
           memcmp(b, table->powers[m], used * sizeof *b) != 0;
}

void table_enumerate(const struct table *table, bool member, size_t n,
                     struct strings *out)
{
    size_t *path = memory_new(n + 1, sizeof *path);   /* configurations */
    size_t *tried = memory_new(n + 1, sizeof *tried); /* next symbol there */
    uint16_t *symbols = memory_new(n, sizeof *symbols);
    size_t depth = 0;

    assert(n <= table->longest);
    path[0] = table->start;
    if (n == 0 && has_any(table, member, 0, path[0]))
        strings_add(out, symbols, 0);
    while (n > 0) {
        size_t s = tried[depth]++, to;

        if (s == table->symbols) {
            if (depth-- == 0)
                break;
            continue;
        }
        to = table->next[path[depth] * table->symbols + s];
        if (!has_any(table, member, n - depth - 1, to))
            continue;
        symbols[depth] = (uint16_t)s;
        if (depth + 1 == n) {
            strings_add(out, symbols, n);
            continue;
        }
        path[++depth] = to;
        tried[depth] = 0;
    }
    free(path);
    free(tried);
    free(symbols);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "language/tally.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "language/numbering.h"

#define DEAD 0

void tally_clear(struct tally *tally)
{
    for (size_t m = 0; tally->rows != NULL && m <= tally->longest; m++)
        free(tally->rows[m]);
    for (size_t m = 0; tally->powers != NULL && m <= tally->longest; m++)
        free(tally->powers[m]);
    free(tally->next);
    free(tally->within);
    free(tally->rows);
    free(tally->widths);
    free(tally->powers);
    free(tally->power_widths);
    *tally = (struct tally){ 0 };
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

/* Of a tally that only counts members, what is not certainly dead may be alive:
 * B is 0 for it all the same. */
static bool is_alive(struct tally *tally, const struct reach *reach,
                     const int64_t *at)
{
    enum answer answer;

    if (!tally->of_deaths)
        return !reach_is_dead(reach, at);
    answer = reach_ask(reach, at);
    tally->undecided |= answer == ANSWER_UNKNOWN;
    return answer == ANSWER_YES;
}

/* The successors of configuration C; new ones are added to FOUND. */
static void find_next(struct tally *tally, const struct machine *machine,
                      const struct reach *reach, struct numbering *found,
                      size_t c)
{
    size_t bytes = machine->width * sizeof(int64_t);
    int64_t at[MACHINE_MOST_WIDTH];

    for (size_t s = 0; s < tally->symbols; s++) {
        bool alive;

        memcpy(at, numbering_key(found, (uint32_t)c), bytes);
        alive = machine_step(machine, at, s) && is_alive(tally, reach, at);
        tally->next[c * tally->symbols + s] =
            alive ? numbering_add(found, at, bytes) : DEAD;
    }
}

/* Finds the configurations met within the longest length, nearest first, and
 * their successors; false when they need more than MOST bytes. */
static bool explore(struct tally *tally, const struct machine *machine,
                    const struct reach *reach, size_t most,
                    struct numbering *found)
{
    size_t arc_bytes = tally->symbols * sizeof *tally->next;
    size_t done = 1, capacity = 1, row_bytes = 0;
    int64_t at[MACHINE_MOST_WIDTH];

    numbering_add(found, "", 0); /* DEAD */
    tally->next = memory_new(1, arc_bytes);
    if (machine_start(machine, at) && is_alive(tally, reach, at))
        tally->start = numbering_add(found, at, machine->width * sizeof *at);
    for (size_t t = 0; t <= tally->longest; t++) {
        size_t end = tally->within[t] = found->count;

        for (; t < tally->longest && done < end; done++) {
            if (done == capacity) {
                capacity *= 2;
                tally->next = memory_resize(tally->next, capacity, arc_bytes);
            }
            find_next(tally, machine, reach, found, done);
            tally->bytes = numbering_size(found) + capacity * arc_bytes;
            row_bytes += (tally->longest - t + 1) * sizeof **tally->rows;
            if (tally->undecided || tally->bytes + row_bytes > most)
                return false;
        }
    }
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

static void make_powers(struct tally *tally)
{
    tally->powers = memory_new(tally->longest + 1, sizeof *tally->powers);
    tally->power_widths =
        memory_new(tally->longest + 1, sizeof *tally->power_widths);
    tally->powers[0] = memory_new(1, sizeof **tally->powers);
    tally->powers[0][0] = 1;
    tally->power_widths[0] = 1;
    for (size_t m = 1; m <= tally->longest; m++) {
        size_t width = tally->power_widths[m - 1];

        tally->powers[m] =
            multiply(tally->powers[m - 1], width, tally->symbols);
        tally->power_widths[m] = used_words(tally->powers[m], width + 1);
        tally->bytes += (width + 1) * sizeof **tally->powers;
    }
}

/* Row M in numbers of WIDTH words; false if one does not fit. */
static bool fill_row(struct tally *tally, size_t m, size_t width)
{
    size_t count = tally->within[tally->longest - m];
    size_t below = tally->widths[m - 1];
    uint64_t *row = memory_new(count * width, sizeof *row);

    tally->rows[m] = row;
    tally->widths[m] = width;
    for (size_t c = 1; c < count; c++)
        for (size_t s = 0; s < tally->symbols; s++) {
            size_t to = tally->next[c * tally->symbols + s];

            if (to != DEAD &&
                add_words(row + c * width, width,
                          tally->rows[m - 1] + to * below, below)) {
                free(row);
                tally->rows[m] = NULL;
                return false;
            }
        }
    tally->bytes += count * width * sizeof *row;
    return true;
}

static size_t count_exits(const struct tally *tally, size_t c)
{
    size_t exits = 0;

    for (size_t s = 0; s < tally->symbols; s++)
        exits += tally->next[c * tally->symbols + s] == DEAD;
    return exits;
}

/* Row 0 of a tally of deaths.  What is first met with the last symbol has no
 * successors yet; no walk that is still to be left by one comes there. */
static void fill_exits(struct tally *tally)
{
    size_t count = tally->longest > 0 ? tally->within[tally->longest - 1] : 0;

    for (size_t c = 1; c < count; c++)
        tally->rows[0][c] = count_exits(tally, c);
}

static void make_first_row(struct tally *tally, const struct machine *machine,
                           const struct numbering *found)
{
    size_t count = tally->within[tally->longest];

    tally->rows = memory_new(tally->longest + 1, sizeof *tally->rows);
    tally->widths = memory_new(tally->longest + 1, sizeof *tally->widths);
    tally->rows[0] = memory_new(count, sizeof **tally->rows);
    tally->widths[0] = 1;
    for (uint32_t c = 1; !tally->of_deaths && c < count; c++)
        tally->rows[0][c] = machine_accepts(machine, numbering_key(found, c));
    if (tally->of_deaths)
        fill_exits(tally);
}

/* Row M of the sums, in double, from row M - 1; FACTOR keeps them in range. */
static double add_shares(const struct tally *tally, size_t m,
                         const double *below, double *row, double factor)
{
    size_t count = tally->within[tally->longest - m];
    double most = 0;

    for (size_t c = 1; c < count; c++) {
        row[c] = 0;
        for (size_t s = 0; s < tally->symbols; s++)
            row[c] += below[tally->next[c * tally->symbols + s]];
        row[c] *= factor;
        most = fmax(most, row[c]);
    }
    return most;
}

/* Bytes of the rows, by their sums in double instead of exactly: the largest
 * of a row says how wide its numbers are.  Beyond MOST_BYTES, only that they
 * are more. */
static double foresee_rows(const struct tally *tally, double most_bytes)
{
    size_t count = tally->within[tally->longest];
    double *row = memory_new(count, sizeof *row), bytes = 0, scale = 0;
    double *below = memory_new(count, sizeof *below), most = 1, width = 1;

    for (size_t c = 1; c < count; c++)
        below[c] = (double)tally->rows[0][c];
    for (size_t m = 1; m <= tally->longest && bytes <= most_bytes; m++) {
        double *other = below, factor = most > 0x1p400 ? 0x1p-400 : 1;

        most = add_shares(tally, m, below, row, factor);
        scale -= log2(factor);
        if (most > 0)
            width = fmax(width, floor((log2(most) + scale) / 64) + 1);
        bytes += (double)tally->within[tally->longest - m] * width *
                 sizeof **tally->rows;
        below = row;
        row = other;
    }
    free(row);
    free(below);
    return bytes;
}

static bool make_rows(struct tally *tally, size_t most)
{
    double left = (double)most - (double)tally->bytes;

    if (foresee_rows(tally, left) > left)
        return false;
    for (size_t m = 1; m <= tally->longest; m++) {
        size_t width = tally->widths[m - 1];

        if (!fill_row(tally, m, width))
            fill_row(tally, m, width + 1);
    }
    return true;
}

static bool begin(struct tally *tally, const struct machine *machine,
                  const struct reach *reach, size_t longest, size_t most,
                  bool of_deaths)
{
    struct numbering found = { 0 };
    bool ok;

    *tally = (struct tally){ .longest = longest,
                             .symbols = machine->shape.symbols,
                             .of_deaths = of_deaths };
    tally->within = memory_new(longest + 1, sizeof *tally->within);
    ok = explore(tally, machine, reach, most, &found);
    if (ok) {
        make_powers(tally);
        make_first_row(tally, machine, &found);
    }
    numbering_clear(&found);
    return ok;
}

static bool build(struct tally *tally, const struct machine *machine,
                  const struct reach *reach, size_t longest, size_t most,
                  bool of_deaths)
{
    bool ok = begin(tally, machine, reach, longest, most, of_deaths) &&
              make_rows(tally, most);
    bool undecided = tally->undecided;

    ok = ok && !undecided;
    if (!ok)
        tally_clear(tally);
    tally->undecided = undecided;
    return ok;
}

double tally_foresee(const struct machine *machine, const struct reach *reach,
                     size_t longest, size_t most)
{
    struct tally tally;
    double bytes = INFINITY;

    if (begin(&tally, machine, reach, longest, most, false))
        bytes = (double)tally.bytes + foresee_rows(&tally, INFINITY);
    tally_clear(&tally);
    return bytes;
}

bool tally_build(struct tally *tally, const struct machine *machine,
                 const struct reach *reach, size_t longest, size_t most)
{
    return build(tally, machine, reach, longest, most, false);
}

bool tally_build_deaths(struct tally *tally, const struct machine *machine,
                        const struct reach *reach, size_t longest, size_t most)
{
    return build(tally, machine, reach, longest, most, true);
}

/* -------------------------------------------------------------- questions */

static const uint64_t *entry(const struct tally *tally, size_t m, size_t c)
{
    return tally->rows[m] + c * tally->widths[m];
}

void tally_count(const struct tally *tally, bool member, size_t n,
                 struct natural *out)
{
    struct natural members = { 0 };

    assert(n <= tally->longest);
    natural_init(&members, 0);
    natural_set_words(&members, entry(tally, n, tally->start),
                      tally->widths[n]);
    if (member) {
        natural_copy(out, &members);
    } else {
        natural_set_words(out, tally->powers[n], tally->power_widths[n]);
        natural_subtract(out, &members);
    }
    natural_clear(&members);
}

/* Continuations of length M from configuration C, in OUT's WIDTH words. */
static void find_weight(const struct tally *tally, bool member, size_t m,
                        size_t c, uint64_t *out, size_t width)
{
    const uint64_t *b = entry(tally, m, c);
    size_t b_width = tally->widths[m];

    memset(out, 0, width * sizeof *out);
    if (member) {
        memcpy(out, b, (b_width < width ? b_width : width) * sizeof *out);
    } else {
        memcpy(out, tally->powers[m], tally->power_widths[m] * sizeof *out);
        subtract_words(out, width, b, b_width);
    }
}

/* The same where it fits one word. */
static inline uint64_t small_weight(const struct tally *tally, bool member,
                                    size_t m, size_t c)
{
    uint64_t b = tally->rows[m][c];

    return member ? b : tally->powers[m][0] - b;
}

/* Follows number R down from configuration C with M symbols to go, where all
 * weights fit one word. */
static void walk_small(const struct tally *tally, bool member, size_t m,
                       size_t c, uint64_t r, uint16_t *out)
{
    while (m-- > 0) {
        const uint32_t *next = tally->next + c * tally->symbols;
        uint64_t weight;
        size_t s = 0;

        while (r >= (weight = small_weight(tally, member, m, next[s]))) {
            r -= weight;
            s++;
        }
        assert(s < tally->symbols);
        *out++ = (uint16_t)s;
        c = next[s];
    }
}

static bool is_small(const struct tally *tally, bool member, size_t m)
{
    return (member ? tally->widths[m] : tally->power_widths[m]) == 1;
}

static void walk(const struct tally *tally, bool member, size_t m, uint64_t *r,
                 size_t width, struct stream *stream, uint16_t *out)
{
    uint64_t *weight = memory_new(width, sizeof *weight);
    size_t c = tally->start;

    for (; !is_small(tally, member, m); m--) {
        const uint32_t *next = tally->next + c * tally->symbols;
        size_t s = 0;

        if (!member && c == DEAD)
            break;
        for (;; s++) {
            assert(s < tally->symbols);
            find_weight(tally, member, m - 1, next[s], weight, width);
            if (is_less(r, weight, width))
                break;
            subtract_words(r, width, weight, width);
        }
        *out++ = (uint16_t)s;
        c = next[s];
        width = tally->power_widths[m - 1];
    }
    if (is_small(tally, member, m))
        walk_small(tally, member, m, c, r[0], out);
    else /* every continuation of a dead configuration is a non-member */
        while (m-- > 0)
            *out++ = (uint16_t)stream_below(stream, tally->symbols);
    free(weight);
}

void tally_draw(const struct tally *tally, bool member, size_t n,
                struct stream *stream, uint16_t *out)
{
    size_t width = tally->power_widths[n];
    uint64_t *r, *bound;

    assert(n <= tally->longest);
    if (is_small(tally, member, n)) {
        uint64_t weight = small_weight(tally, member, n, tally->start);

        assert(weight > 0);
        walk_small(tally, member, n, tally->start, stream_below(stream, weight),
                   out);
        return;
    }
    r = memory_new(2 * width, sizeof *r);
    bound = r + width;
    find_weight(tally, member, n, tally->start, bound, width);
    draw_words(stream, bound, width, r);
    walk(tally, member, n, r, width, stream, out);
    free(r);
}

static bool has_any(const struct tally *tally, bool member, size_t m, size_t c)
{
    const uint64_t *b = entry(tally, m, c);
    size_t used = used_words(b, tally->widths[m]);

    if (member)
        return used > 0;
    return used_words(tally->powers[m], tally->power_widths[m]) != used ||
           memcmp(b, tally->powers[m], used * sizeof *b) != 0;
}

bool tally_has_death(const struct tally *tally, size_t n)
{
    assert(n > 0 && n <= tally->longest);
    return has_any(tally, true, n - 1, tally->start);
}

/* Every walk is as likely as it has exits, so that with a uniform exit every
 * pair of them is equally likely. */
void tally_draw_death(const struct tally *tally, size_t n,
                      struct stream *stream, uint16_t *out)
{
    size_t c = tally->start, exit;

    tally_draw(tally, true, n - 1, stream, out);
    for (size_t i = 0; i + 1 < n; i++)
        c = tally->next[c * tally->symbols + out[i]];
    exit = (size_t)stream_below(stream, count_exits(tally, c));
    for (size_t s = 0;; s++)
        if (tally->next[c * tally->symbols + s] == DEAD && exit-- == 0) {
            out[n - 1] = (uint16_t)s;
            return;
        }
}

bool tally_has(const struct tally *tally, bool member, size_t n)
{
    assert(n <= tally->longest);
    return has_any(tally, member, n, tally->start);
}

void tally_enumerate(const struct tally *tally, bool member, size_t n,
                     struct strings *out)
{
    size_t *path = memory_new(n + 1, sizeof *path);   /* configurations */
    size_t *tried = memory_new(n + 1, sizeof *tried); /* next symbol there */
    uint16_t *symbols = memory_new(n, sizeof *symbols);
    size_t depth = 0;

    assert(n <= tally->longest);
    path[0] = tally->start;
    if (n == 0 && has_any(tally, member, 0, path[0]))
        strings_add(out, symbols, 0);
    while (n > 0) {
        size_t s = tried[depth]++, to;

        if (s == tally->symbols) {
            if (depth-- == 0)
                break;
            continue;
        }
        to = tally->next[path[depth] * tally->symbols + s];
        if (!has_any(tally, member, n - depth - 1, to))
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

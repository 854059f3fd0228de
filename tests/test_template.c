/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/memory.h"
#include "formal.h"
#include "suite.h"

/* Independent membership: strings of digits and marks, one letter a symbol. */

static bool is_copy(const char *s, size_t n)
{
    return n % 2 == 1 && s[n / 2] == '#' && !memchr(s, '#', n / 2) &&
           memcmp(s, s + n / 2 + 1, n / 2) == 0;
}

static bool is_reversal(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (s[i] != s[n - 1 - i])
            return false;
    return n % 2 == 0;
}

static bool is_marked_reversal(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (s[i] != s[n - 1 - i] || (s[i] == '#') != (i == n / 2))
            return false;
    return n % 2 == 1;
}

static bool is_missing(const char *s, size_t n)
{
    char copy[16];
    const char *gap = memchr(s, '_', n);

    if (gap == NULL || n % 2 != 0)
        return false;
    memcpy(copy, s, n);
    copy[gap - s] = '1';
    return !memchr(copy, '_', n) && memcmp(copy, copy + n / 2, n / 2) == 0;
}

static bool is_odds_first(const char *s, size_t n)
{
    size_t half = n / 2, odds = (half + 1) / 2;

    if (n % 2 != 1 || s[half] != '#' || memchr(s, '#', half))
        return false;
    for (size_t i = 0; i < half; i++)
        if (s[half + 1 + (i % 2 == 0 ? i / 2 : odds + i / 2)] != s[i])
            return false;
    return true;
}

static bool is_sorted(const char *s, size_t n)
{
    size_t half = n / 2, more = 0;

    if (n % 2 != 1 || s[half] != '#' || memchr(s, '#', half))
        return false;
    for (size_t i = 0; i < half; i++)
        more += (size_t)(s[i] == '1') - (s[half + 1 + i] == '1');
    for (size_t i = half + 1; i < n; i++)
        if (s[i] == '#' || (i + 1 < n && s[i] > s[i + 1]))
            return false;
    return more == 0;
}

static bool is_complement(const char *s, size_t n)
{
    for (size_t i = 0; i < n / 2; i++)
        if (s[i] == '#' || s[n / 2 + i] != (s[i] == '0' ? '1' : '0'))
            return false;
    return n % 2 == 0;
}

/* The bits up to END, or any other symbol; false if there are none. */
static bool read_bits(const char **s, const char *end, unsigned *value)
{
    unsigned bit = 1;
    const char *begin = *s;

    for (*value = 0; *s < end && (**s == '0' || **s == '1'); ++*s, bit <<= 1)
        *value += **s == '1' ? bit : 0;
    return *s > begin;
}

static bool is_equation(const char *s, size_t n, char operator)
{
    const char *end = s + n;
    unsigned x, y = 0, z;

    if (!read_bits(&s, end, &x))
        return false;
    if (operator!=
        '\0' &&(s == end || *s++ != operator|| !read_bits(&s, end, &y)))
        return false;
    if (s == end || *s++ != '=' || !read_bits(&s, end, &z) || s != end)
        return false;
    if (operator== '\0')
        return z * z <= x && x < (z + 1) * (z + 1);
    return z == (operator== '+' ? x + y : x * y);
}

static bool is_sum(const char *s, size_t n)
{
    return is_equation(s, n, '+');
}

static bool is_product(const char *s, size_t n)
{
    return is_equation(s, n, '*');
}

static bool is_root(const char *s, size_t n)
{
    return is_equation(s, n, '\0');
}

#define BITS "where: {w: (0|1)*}\n"
#define SUMS "where: {x: (0|1)+, y: (0|1)+, z: 0*}\n"

static const struct {
    const char *alphabet, *clauses;
    bool (*is_member)(const char *s, size_t n);
    size_t longest;
} rows[] = {
    { "01#", "template: '{w}#{w}'\n" BITS, is_copy, 8 },
    { "01", "template: '{w}{rev(w)}'\n" BITS, is_reversal, 10 },
    { "01#", "template: '{w}#{rev(w)}'\n" BITS, is_marked_reversal, 8 },
    { "01#", "template: '{rev(w)}#{w}'\n" BITS, is_marked_reversal, 8 },
    { "01_",
      "template: ['{u}_{v}{u}1{v}', '{u}1{v}{u}_{v}']\n"
      "where: {u: (0|1)*, v: (0|1)*}\n",
      is_missing, 8 },
    { "01#", "template: '{w} # => {odds(w)}{evens(w)}'\n" BITS, is_odds_first,
      9 },
    { "01#", "template: '{w} # => {sort(w)}'\n" BITS, is_sorted, 9 },
    { "01#", "template: '{w}{not(w)}'\n" BITS, is_complement, 8 },
    { "01+=", "template: '{x}+{y}={sum(x, y)}{z}'\n" SUMS, is_sum, 7 },
    { "01*=", "template: '{x}*{y}={product(x, y)}{z}'\n" SUMS, is_product, 7 },
    { "01=", "template: '{x}={isqrt(x)}{z}'\nwhere: {x: (0|1)+, z: 0*}\n",
      is_root, 9 },
};

#define N_ROWS (int)(sizeof rows / sizeof *rows)

static struct language *load(int row)
{
    struct language *language;
    struct text text = { 0 };

    text_add(&text, "language: x\nalphabet: '");
    for (const char *c = rows[row].alphabet; *c != '\0'; c++)
        text_add_format(&text, " %c", *c);
    text_add_format(&text, "'\n%s", rows[row].clauses);
    language = formal_language(text.data);
    text_clear(&text);
    return language;
}

/* The symbols of string NUMBER, and whether it is a member by definition. */
static bool judge(int row, size_t number, size_t n, uint16_t *symbols)
{
    size_t size = strlen(rows[row].alphabet);
    char s[16];

    formal_string(number, size, n, symbols);
    for (size_t i = 0; i < n; i++)
        s[i] = rows[row].alphabet[symbols[i]];
    return rows[row].is_member(s, n);
}

START_TEST(members_are_those_of_the_definition)
{
    struct language *language = load(_i);
    size_t size = strlen(rows[_i].alphabet);
    struct natural count = { 0 };
    struct error error = { 0 };
    uint16_t s[16];

    ck_assert(language_prepare(language, rows[_i].longest, &error));
    for (size_t n = 0; n <= rows[_i].longest; n++) {
        struct strings members = { 0 };
        size_t found = 0;

        language_enumerate(language, true, n, &members);
        for (size_t i = 0; i < formal_power(size, n); i++) {
            bool member = judge(_i, i, n, s);
            struct text why = { 0 };

            ck_assert(language_contains(language, s, n) == member);
            if (n <= 4)
                ck_assert(language_why_not(language, s, n, &why) != member);
            text_clear(&why);
            if (!member)
                continue;
            ck_assert_uint_lt(found, members.count);
            ck_assert_mem_eq(strings_at(&members, found), s, n * sizeof *s);
            found++;
        }
        ck_assert_uint_eq(found, members.count);
        language_count(language, n, &count);
        ck_assert_uint_eq(natural_small(&count), found);
        language_count_outside(language, n, &count);
        ck_assert_uint_eq(natural_small(&count), formal_power(size, n) - found);
        strings_clear(&members);
    }
    natural_clear(&count);
    language_free(language);
}
END_TEST

START_TEST(draws_are_uniform)
{
    struct language *language = load(_i);
    size_t size = strlen(rows[_i].alphabet);
    struct error error = { 0 };
    uint16_t s[16];

    ck_assert(language_prepare(language, rows[_i].longest, &error));
    for (size_t n = 0; n <= rows[_i].longest; n++) {
        size_t total = formal_power(size, n), classes = 0, draws = 2000;
        size_t *counts = memory_new(total, sizeof *counts);
        struct stream stream;

        if (!language_has(language, true, n)) {
            free(counts);
            continue;
        }
        stream_init(&stream, 7, "test", n);
        for (size_t i = 0; i < draws; i++) {
            size_t number = 0;

            language_draw(language, true, n, &stream, s);
            for (size_t k = 0; k < n; k++)
                number = number * size + s[k];
            counts[number]++;
        }
        for (size_t i = 0; i < total; i++) {
            if (judge(_i, i, n, s))
                counts[classes++] = counts[i];
            else
                ck_assert_uint_eq(counts[i], 0);
        }
        formal_check_uniform(counts, classes, draws);
        free(counts);
    }
    language_free(language);
}
END_TEST

/* Prefixes of members of up to LONGEST symbols are prefixes of members, and
 * for short prefixes all that can be. */
START_TEST(next_symbols_are_those_of_members)
{
    struct language *language = load(_i);
    size_t size = strlen(rows[_i].alphabet), longest = rows[_i].longest;
    size_t most = strchr(rows[_i].alphabet, '=') != NULL ? 1 : 2;
    struct error error = { 0 };
    bool allowed[8], expected[8], end;
    uint16_t s[16], prefix[16];

    for (size_t n = 0; n <= most; n++)
        for (size_t p = 0; p < formal_power(size, n); p++) {
            memset(expected, false, sizeof expected);
            formal_string(p, size, n, prefix);
            for (size_t m = n + 1; m <= longest; m++)
                for (size_t i = 0; i < formal_power(size, m - n); i++) {
                    size_t number = p * formal_power(size, m - n) + i;

                    if (judge(_i, number, m, s))
                        expected[s[n]] = true;
                }
            ck_assert(
                language_next(language, prefix, n, allowed, &end, &error));
            ck_assert(end == language_contains(language, prefix, n));
            ck_assert_mem_eq(allowed, expected, size);
        }
    language_free(language);
}
END_TEST

/* ------------------------------------------------- functions come first */

static bool is_any(const char *w, size_t n)
{
    return (void)w, (void)n, true;
}

static bool is_even(const char *w, size_t n)
{
    return (void)w, n % 2 == 0;
}

static bool ends_with_one(const char *w, size_t n)
{
    return n > 0 && w[n - 1] == '1';
}

static bool is_block(const char *w, size_t n) /* 0* 1 1 0* */
{
    size_t i = 0;

    while (i < n && w[i] == '0')
        i++;
    if (n - i < 2 || w[i] != '1' || w[i + 1] != '1')
        return false;
    for (i += 2; i < n; i++)
        if (w[i] == '1')
            return false;
    return true;
}

static bool has_third(const char *w, size_t n) /* (. . 1)* .? */
{
    for (size_t i = 2; i < n; i += 3)
        if (w[i] != '1')
            return false;
    return n % 3 != 2;
}

static bool is_short(const char *w, size_t n)
{
    return (void)w, n == 1 || n == 3;
}

static const struct {
    const char *regex;
    bool (*is_word)(const char *w, size_t n);
} regexes[] = {
    { "(0|1)*", is_any },
    { "((0|1)(0|1))*", is_even },
    { "(0|1)*1", ends_with_one },
    { "0*110*", is_block },
    { "(..1)*.? & [01]*", has_third },
    { "[01]|[01]{3}", is_short },
};

/* A letter is a function of w, a digit or # itself. */
static const struct {
    char letter;
    const char *term;
} functions[] = {
    { 'w', "{w}" },
    { 'r', "{rev(w)}" },
    { 'n', "{not(w)}" },
    { 's', "{sort(w)}" },
    { 'o', "{odds(w)}" },
    { 'e', "{evens(w)}" },
    { 'R', "{rev(odds(w))}" },
    { 'Q', "{evens(rev(w))}" },
    { 'N', "{not(rev(w))}" },
    { 'S', "{rev(sort(w))}" },
    { 'T', "{sort(not(w))}" },
    { 'O', "{odds(odds(w))}" },
};

static const char *const orders[] = {
    "r#w",  "rw",   "n#w",   "nw",   "s#w", "o#w",  "e#w",   "R#w",   "Q#w",
    "N#w",  "S#w",  "T#w",   "O#w",  "oew", "o#ew", "e#o#w", "r#s#w", "s#o#w",
    "so#w", "rr#w", "s#S#w", "n0w1", "0Ow", "w#r",  "oN#w",  "e#Sw",
};

#define N_ORDERS (int)(sizeof orders / sizeof *orders)

static size_t find_term(char letter)
{
    size_t i = 0;

    while (i < sizeof functions / sizeof *functions &&
           functions[i].letter != letter)
        i++;
    return i;
}

static size_t put_reversed(const char *w, size_t n, char *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = w[n - 1 - i];
    return n;
}

static size_t put_turned(const char *w, size_t n, char *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = w[i] == '0' ? '1' : '0';
    return n;
}

static size_t put_every(const char *w, size_t n, size_t first, size_t by,
                        char *out)
{
    size_t count = 0;

    for (size_t i = first; i < n; i += by)
        out[count++] = w[i];
    return count;
}

static size_t put_sorted(const char *w, size_t n, char *out)
{
    size_t zeros = 0;

    for (size_t i = 0; i < n; i++)
        zeros += w[i] == '0';
    for (size_t i = 0; i < n; i++)
        out[i] = i < zeros ? '0' : '1';
    return n;
}

/* What LETTER stands for. */
static size_t put(char letter, const char *w, size_t n, char *out)
{
    char half[16];

    switch (letter) {
    case 'w':
        memcpy(out, w, n);
        return n;
    case 'r':
        return put_reversed(w, n, out);
    case 'n':
        return put_turned(w, n, out);
    case 's':
        return put_sorted(w, n, out);
    case 'o':
        return put_every(w, n, 0, 2, out);
    case 'e':
        return put_every(w, n, 1, 2, out);
    case 'O':
        return put_every(w, n, 0, 4, out);
    case 'R':
        return put_reversed(half, put_every(w, n, 0, 2, half), out);
    case 'Q':
        return put_every(half, put_reversed(w, n, half), 1, 2, out);
    case 'N':
        return put_turned(half, put_reversed(w, n, half), out);
    case 'S':
        return put_reversed(half, put_sorted(w, n, half), out);
    case 'T':
        return put_sorted(half, put_turned(w, n, half), out);
    default:
        *out = letter;
        return 1;
    }
}

/* Prefixes and words are so long. */
#define MOST_PREFIX 4
#define MOST_WORD   13

static size_t number_of(const char *s, size_t n)
{
    size_t number = 0;

    for (size_t i = 0; i < n; i++)
        number = number * 3 + (s[i] == '#' ? 2 : (size_t)(s[i] - '0'));
    return number;
}

/* Marks in BEGINS[length] the prefixes of what every word gives, and in IS
 * what is given itself. */
static void mark_all(const char *order, size_t regex, bool **begins, bool **is)
{
    for (size_t n = 0; n <= MOST_WORD; n++)
        for (size_t i = 0; i < formal_power(2, n); i++) {
            char w[16], s[80];
            size_t length = 0;

            for (size_t k = 0; k < n; k++)
                w[k] = (char)('0' + (i >> k & 1));
            if (!regexes[regex].is_word(w, n))
                continue;
            for (const char *c = order; *c != '\0'; c++)
                length += put(*c, w, n, s + length);
            for (size_t k = 0; k <= MOST_PREFIX + 1 && k <= length; k++)
                begins[k][number_of(s, k)] = true;
            if (length <= MOST_PREFIX)
                is[length][number_of(s, length)] = true;
        }
}

static struct language *order_language(const char *order, size_t regex)
{
    struct text text = { 0 };
    struct language *language;

    text_add(&text, "language: x\nalphabet: '0 1 #'\ntemplate: '");
    for (const char *c = order; *c != '\0'; c++) {
        size_t f = find_term(*c);

        if (f < sizeof functions / sizeof *functions)
            text_add(&text, functions[f].term);
        else
            text_add_bytes(&text, c, 1);
    }
    text_add_format(&text, "'\nwhere: {w: '%s'}\n", regexes[regex].regex);
    language = formal_language(text.data);
    text_clear(&text);
    return language;
}

START_TEST(functions_may_come_first)
{
    const char *order = orders[_i];
    size_t most = strchr(order, 'O') != NULL ? 2 : MOST_PREFIX;

    for (size_t r = 0; r < sizeof regexes / sizeof *regexes; r++) {
        struct language *language = order_language(order, r);
        bool *begins[MOST_PREFIX + 2], *is[MOST_PREFIX + 2];
        struct error error = { 0 };

        for (size_t n = 0; n <= MOST_PREFIX + 1; n++) {
            begins[n] = memory_new(formal_power(3, n), 1);
            is[n] = memory_new(formal_power(3, n), 1);
        }
        mark_all(order, r, begins, is);
        for (size_t n = 0; n <= most; n++)
            for (size_t i = 0; i < formal_power(3, n); i++) {
                uint16_t s[MOST_PREFIX + 1];
                bool allowed[3], end;

                formal_string(i, 3, n, s);
                if (!language_next(language, s, n, allowed, &end, &error))
                    ck_abort_msg("%s", said(&error));
                ck_assert(end == is[n][i]);
                for (size_t a = 0; a < 3; a++)
                    ck_assert_msg(allowed[a] == begins[n + 1][3 * i + a],
                                  "%s, w: %s, %zu symbols, number %zu, then "
                                  "%zu",
                                  order, regexes[r].regex, n, i, a);
            }
        for (size_t n = 0; n <= MOST_PREFIX + 1; n++) {
            free(begins[n]);
            free(is[n]);
        }
        language_free(language);
    }
}
END_TEST

static void check_why(const struct language *language, const char *line,
                      const char *expected)
{
    struct strings strings = { 0 };
    struct text why = { 0 };
    size_t column;

    ck_assert(
        strings_read(&strings, language_alphabet(language), line, &column));
    ck_assert(language_why_not(language, strings_at(&strings, 0),
                               strings_length(&strings, 0), &why));
    ck_assert_str_eq(why.data, expected);
    text_clear(&why);
    strings_clear(&strings);
}

/* ------------------------------------------------ arithmetic comes first */

static const char *const lengths[] = { "(0|1)*", "(0|1)+", "(0|1){1,3}",
                                       "((0|1)(0|1))*" };

static bool has_length(size_t which, size_t n)
{
    return which == 0 || (which == 1 && n > 0) ||
           (which == 2 && n >= 1 && n <= 3) || (which == 3 && n % 2 == 0);
}

/* s and r are the sum and the root. */
static const struct {
    const char *order, *template;
} equations[] = {
    { "s#x#y", "{sum(x, y)}#{x}#{y}" }, { "x#s#y", "{x}#{sum(x, y)}#{y}" },
    { "y#s#x", "{y}#{sum(x, y)}#{x}" }, { "s#y#x", "{sum(x, y)}#{y}#{x}" },
    { "r#x#y", "{isqrt(x)}#{x}#{y}" },
};

static size_t put_bits(unsigned n, size_t length, char *out)
{
    for (size_t i = 0; i < length; i++)
        out[i] = (char)('0' + (n >> i & 1));
    return length;
}

static size_t put_number(unsigned n, char *out)
{
    size_t length = 1;

    while (n >> length > 0)
        length++;
    return put_bits(n, length, out);
}

static unsigned root_of(unsigned n)
{
    unsigned root = 0;

    while ((root + 1) * (root + 1) <= n)
        root++;
    return root;
}

static size_t put_equation(const char *order, unsigned x, size_t a, unsigned y,
                           size_t b, char *out)
{
    size_t n = 0;

    for (const char *c = order; *c != '\0'; c++)
        if (*c == 'x')
            n += put_bits(x, a, out + n);
        else if (*c == 'y')
            n += put_bits(y, b, out + n);
        else if (*c == '#')
            out[n++] = '#';
        else
            n += put_number(*c == 's' ? x + y : root_of(x), out + n);
    return n;
}

static void mark_equations(const char *order, size_t regex, bool **begins)
{
    size_t most_x = *order == 'r' ? 9 : 7, most_y = *order == 'r' ? 3 : 7;

    for (size_t a = 0; a <= most_x; a++)
        for (size_t b = 0; has_length(regex, a) && b <= most_y; b++)
            for (unsigned i = 0; has_length(3 - regex, b) && i < 1u << (a + b);
                 i++) {
                char s[40];
                size_t n = put_equation(order, i >> b, a, i % (1u << b), b, s);

                for (size_t k = 0; k <= MOST_PREFIX + 1 && k <= n; k++)
                    begins[k][number_of(s, k)] = true;
            }
}

START_TEST(arithmetic_may_come_first)
{
    const char *order = equations[_i].order;
    size_t most = *order == 'r' ? 2 : MOST_PREFIX; /* squares are long */

    for (size_t r = 0; r < sizeof lengths / sizeof *lengths; r++) {
        bool *begins[MOST_PREFIX + 2], allowed[3], end;
        struct language *language;
        struct text text = { 0 };
        struct error error = { 0 };
        uint16_t s[MOST_PREFIX];

        text_add_format(&text,
                        "language: x\nalphabet: '0 1 #'\ntemplate: '%s'\n"
                        "where: {x: '%s', y: '%s'}\n",
                        equations[_i].template, lengths[r], lengths[3 - r]);
        language = formal_language(text.data);
        for (size_t n = 0; n <= MOST_PREFIX + 1; n++)
            begins[n] = memory_new(formal_power(3, n), 1);
        mark_equations(order, r, begins);
        for (size_t n = 0; n <= most; n++)
            for (size_t i = 0; i < formal_power(3, n); i++) {
                formal_string(i, 3, n, s);
                if (!language_next(language, s, n, allowed, &end, &error))
                    ck_abort_msg("%s", said(&error));
                ck_assert(end == language_contains(language, s, n));
                for (size_t a = 0; a < 3; a++)
                    ck_assert_msg(allowed[a] == begins[n + 1][3 * i + a],
                                  "%s, x: %s, %zu symbols, number %zu, then "
                                  "%zu",
                                  order, lengths[r], n, i, a);
            }
        for (size_t n = 0; n <= MOST_PREFIX + 1; n++)
            free(begins[n]);
        language_free(language);
        text_clear(&text);
    }
}
END_TEST

START_TEST(what_is_not_decided_is_placed)
{
    struct language *language =
        formal_language("language: x\nalphabet: 0 1 =\n"
                        "template: '1={ product(x, y) }={x}={y}'\n"
                        "where: {x: (0|1)*, y: (0|1)*}\n");
    struct error error = { 0 };
    uint16_t s[] = { 1, 2, 0, 1 };
    bool allowed[3], end;

    ck_assert(language_next(language, s, 1, allowed, &end, &error));
    ck_assert(!language_next(language, s, 4, allowed, &end, &error));
    ck_assert_ptr_nonnull(strstr(
        said(&error), "x.yaml:3:16: template: the symbols that may follow are "
                      "not decided where this comes before the words it is "
                      "of"));
    language_free(language);
}
END_TEST

START_TEST(rejection_is_placed)
{
    struct language *language = load(0);

    check_why(language, "0 1 # 1 0", "after 4 symbols: template: {w}#{w}");
    check_why(language, "0 1 # 0", "after 4 symbols: template: {w}#{w}");
    check_why(language, "0 # 0 0", "after 4 symbols: template: {w}#{w}");
    language_free(language);
}
END_TEST

/* Where the answer begins: after the mark, which is asked for by =>. */
START_TEST(targets_are_found)
{
    struct language *language = load(6), *none = load(0);
    const uint16_t sorted[] = { 1, 0, 1, 2, 0, 1, 1 }, copy[] = { 0, 2, 0 };

    ck_assert_uint_eq(language_target(language, sorted, 7), 4);
    ck_assert_uint_eq(language_target(language, sorted, 6), 0);
    ck_assert_uint_eq(language_target(language, sorted + 3, 1), 1);
    ck_assert_uint_eq(language_target(none, copy, 3), 0);
    language_free(language);
    language_free(none);
}
END_TEST

START_TEST(products_are_counted_so_far)
{
    struct language *language = load(9);
    struct error error = { 0 };

    ck_assert(!language_prepare(language, 67, &error));
    ck_assert_ptr_nonnull(strstr(said(&error),
                                 "template: strings with a product are "
                                 "counted up to 66 symbols, not 67, unless its "
                                 "factors are so short that they have at most "
                                 "64 with it"));
    language_free(language);
}
END_TEST

/* How many bits the product of two numbers has, by long multiplication. */
static size_t product_bits(size_t x, size_t y)
{
    size_t bits = 1;

    for (size_t z = x * y; z > 1; z /= 2)
        bits++;
    return bits;
}

/* x, y and their product, and all that z may be. */
START_TEST(short_products_are_counted_however_long_the_rest)
{
    struct language *language =
        formal_language("language: x\nalphabet: 0 1 =\n"
                        "template: '{x}={y}={product(x, y)}={z}'\n"
                        "where: {x: '(0|1){1,3}', y: '(0|1){2,5}', "
                        "z: '(0|1)*'}\n");
    struct natural expected = { 0 }, count = { 0 }, some = { 0 };
    struct error error = { 0 };
    uint16_t s[500];
    struct stream stream;

    ck_assert(language_prepare(language, 500, &error));
    for (size_t a = 1; a <= 3; a++)
        for (size_t b = 2; b <= 5; b++)
            for (size_t i = 0; i < formal_power(2, a + b); i++) {
                size_t taken = a + b + 3 + product_bits(i >> b, i % (1u << b));

                natural_power(&some, 2, 500 - taken);
                natural_add(&expected, &some);
            }
    language_count(language, 500, &count);
    ck_assert_int_eq(natural_compare(&count, &expected), 0);
    stream_init(&stream, 1, "test", 0);
    language_draw(language, true, 500, &stream, s);
    ck_assert(language_contains(language, s, 500));
    natural_clear(&expected);
    natural_clear(&count);
    natural_clear(&some);
    language_free(language);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("template");
    TCase *tests = tcase_create("template");

    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, scratch_open, scratch_close);
    tcase_add_loop_test(tests, members_are_those_of_the_definition, 0, N_ROWS);
    tcase_add_loop_test(tests, draws_are_uniform, 0, N_ROWS);
    tcase_add_loop_test(tests, next_symbols_are_those_of_members, 0, N_ROWS);
    tcase_add_loop_test(tests, functions_may_come_first, 0, N_ORDERS);
    tcase_add_loop_test(tests, arithmetic_may_come_first, 0,
                        (int)(sizeof equations / sizeof *equations));
    tcase_add_test(tests, what_is_not_decided_is_placed);
    tcase_add_test(tests, rejection_is_placed);
    tcase_add_test(tests, targets_are_found);
    tcase_add_test(tests, products_are_counted_so_far);
    tcase_add_test(tests, short_products_are_counted_however_long_the_rest);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}

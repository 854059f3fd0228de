/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void text_clear(struct text *text)
{
    free(text->data);
    *text = (struct text){ 0 };
}

static void reserve(struct text *text, size_t more)
{
    size_t needed = text->length + more + 1;

    if (needed <= text->capacity)
        return;
    text->capacity = needed < 64 ? 64 : needed + needed / 2;
    text->data = memory_resize(text->data, text->capacity, 1);
}

void text_add_bytes(struct text *text, const char *more, size_t length)
{
    reserve(text, length);
    memcpy(text->data + text->length, more, length);
    text->length += length;
    text->data[text->length] = '\0';
}

void text_add(struct text *text, const char *more)
{
    text_add_bytes(text, more, strlen(more));
}

void text_add_list(struct text *text, const char *format, va_list arguments)
{
    va_list again;
    int length;

    va_copy(again, arguments);
    length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0)
        return;
    reserve(text, (size_t)length);
    vsnprintf(text->data + text->length, (size_t)length + 1, format, arguments);
    text->length += (size_t)length;
}

void text_add_format(struct text *text, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    text_add_list(text, format, arguments);
    va_end(arguments);
}

void text_add_number(struct text *text, double number)
{
    char shortest[32];

    /* %g would write 10 as 1e+01. */
    if (number == trunc(number) && fabs(number) < 1e15) {
        text_add_format(text, "%.0f", number);
        return;
    }
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(shortest, sizeof shortest, "%.*g", digits, number);
        if (isnan(number) || strtod(shortest, NULL) == number)
            break;
    }
    text_add(text, shortest);
}

char *text_take(struct text *text)
{
    char *taken = text->data != NULL ? text->data : memory_new(1, 1);

    *text = (struct text){ 0 };
    return taken;
}

bool text_begins(const char *s, const char *with)
{
    return strncmp(s, with, strlen(with)) == 0;
}

bool text_ends(const char *s, const char *with)
{
    size_t length = strlen(s), end = strlen(with);

    return length >= end && strcmp(s + length - end, with) == 0;
}

bool text_is_name(const char *s)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    size_t length = strlen(s);

    return length > 0 && length <= 64 && strspn(s, letters) == length &&
           strchr("._-", s[0]) == NULL;
}

bool text_read_count(const char *s, uint64_t *value)
{
    uint64_t sum = 0;

    if (*s == '\0' || (s[0] == '0' && s[1] != '\0'))
        return false;
    for (; *s != '\0'; s++) {
        unsigned digit = (unsigned)(*s - '0');

        if (digit > 9 || sum > (UINT64_MAX - digit) / 10)
            return false;
        sum = sum * 10 + digit;
    }
    *value = sum;
    return true;
}

/* Decimal digits, point and exponent only: strtod alone would take more. */
static bool read_decimal(const char *s, double *value)
{
    const char *digits = s + (*s == '+' || *s == '-');
    char *end;

    if (s[strspn(s, "+-0123456789.eE")] != '\0' ||
        strpbrk(s, "0123456789") == NULL)
        return false;
    if (digits[0] == '0' && isdigit((unsigned char)digits[1]))
        return false;
    errno = 0;
    *value = strtod(s, &end);
    return *end == '\0' && isfinite(*value);
}

bool text_read_number(const char *s, double *value)
{
    const char *slash = strchr(s, '/');
    double over, under;
    char *first;
    bool ok;

    if (slash == NULL)
        return read_decimal(s, value);
    first = memory_copy_text(s);
    first[slash - s] = '\0';
    ok = read_decimal(first, &over) && read_decimal(slash + 1, &under) &&
         under != 0 && isfinite(over / under);
    free(first);
    if (ok)
        *value = over / under;
    return ok;
}

/* Levenshtein distance, cut off at LIMIT by the caller's comparison. */
static size_t distance(const char *a, const char *b)
{
    size_t n = strlen(b), result;
    size_t *row = memory_new(n + 1, sizeof *row);

    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1] != '\0'; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t best = diagonal + (a[i - 1] != b[j - 1]);

            diagonal = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    result = row[n];
    free(row);
    return result;
}

const char *text_nearest(const char *word, const char *const *names)
{
    const char *nearest = NULL;
    size_t least = 3;

    for (; *names != NULL; names++) {
        size_t d = distance(word, *names);

        if (d < least && 2 * d <= strlen(word)) {
            least = d;
            nearest = *names;
        }
    }
    return nearest;
}

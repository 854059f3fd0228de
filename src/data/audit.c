/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "data/audit.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "data/objective.h"

/* ------------------------------------------------------------- encodings */

enum { LEGAL, SUM, MEMBER, LETTER };

static const char *const kinds[] = {
    [LEGAL] = "legal", [SUM] = "sum", [MEMBER] = "member", [LETTER] = "letter"
};

#define N_KINDS (sizeof kinds / sizeof *kinds)

/* clang-format off */
static const struct {
    const char *language, *encoding;
} published[] = {
    { "012-02", "letter" },     { "aa-star", "member" },
    { "aaaa-star", "member" },  { "ab-d-bc", "legal" },
    { "ab-star", "member" },    { "abab-star", "member" },
    { "abcde-plus", "letter" }, { "anbn", "letter" },
    { "anbncn", "letter" },     { "anbncndn", "letter" },
    { "boolean-1", "member" },  { "boolean-2", "member" },
    { "boolean-3", "member" },  { "boolean-5", "member" },
    { "cab-abd", "legal" },     { "d-2", "legal" },
    { "d-3", "legal" },         { "d-4", "legal" },
    { "d-12", "legal" },        { "dyck-1", "legal:)" },
    { "dyck-2", "sum:) ]" },    { "parity", "member" },
    { "parity-even", "member" }, { "reset-dyck-1", "legal:)" },
    { "shuffle-2", "legal:) ]" }, { "shuffle-3", "legal:) ] }" },
    { "shuffle-4", "legal:) ] } >" }, { "shuffle-6", "legal:) ] } > - x" },
    { "tomita-1", "legal" },    { "tomita-2", "legal" },
    { "tomita-3", "legal" },    { "tomita-4", "legal" },
    { "tomita-5", "member" },   { "tomita-6", "member" },
    { "tomita-7", "legal" }
};
/* clang-format on */

const char *encoding_of(const char *language)
{
    for (size_t i = 0; i < sizeof published / sizeof *published; i++)
        if (strcmp(published[i].language, language) == 0)
            return published[i].encoding;
    return NULL;
}

static void list_all(struct encoding *encoding, size_t size)
{
    encoding->count = size;
    encoding->symbols = memory_new(size, sizeof *encoding->symbols);
    for (size_t s = 0; s < size; s++)
        encoding->symbols[s] = (uint16_t)s;
}

bool encoding_read(struct encoding *encoding, const char *text,
                   const struct alphabet *alphabet, struct error *error)
{
    size_t length = strcspn(text, ":"), kind = 0, column;
    struct strings listed = { 0 };

    *encoding = (struct encoding){ 0 };
    while (kind < N_KINDS && (strlen(kinds[kind]) != length ||
                              strncmp(kinds[kind], text, length) != 0))
        kind++;
    if (kind == N_KINDS || (text[length] == ':' && kind > SUM))
        return error_set(error, ERROR_CONFIG,
                         "--target: \"%s\"; accepted: legal, legal:SYMBOLS, "
                         "sum:SYMBOLS, member, letter",
                         text);
    encoding->kind = (int)kind;
    if (text[length] == '\0') {
        list_all(encoding, alphabet->size);
        return true;
    }
    if (!strings_read(&listed, alphabet, text + length + 1, &column))
        return error_set(error, ERROR_CONFIG,
                         "--target: \"%s\": the language has no symbol \"%s\"",
                         text, text + length + column);
    encoding->count = strings_length(&listed, 0);
    encoding->symbols =
        memory_copy(listed.symbols, encoding->count * sizeof(uint16_t));
    strings_clear(&listed);
    return true;
}

void encoding_clear(struct encoding *encoding)
{
    free(encoding->symbols);
    *encoding = (struct encoding){ 0 };
}

/* Characters of a target after each symbol. */
static size_t encoding_width(const struct encoding *encoding)
{
    return encoding->kind == LEGAL ? encoding->count : 1;
}

/* What a target says where SET may follow. */
static void encode(const struct encoding *encoding,
                   const struct alphabet *alphabet, const uint8_t *set,
                   char *out)
{
    size_t n = alphabet->size, first = 0;
    unsigned sum = 0;

    switch (encoding->kind) {
    case LEGAL:
        for (size_t k = 0; k < encoding->count; k++)
            out[k] = target_bit(set, encoding->symbols[k]) ? '1' : '0';
        return;
    case SUM:
        for (size_t k = 0; k < encoding->count; k++)
            sum += target_bit(set, encoding->symbols[k]) ? 1u << k : 0;
        out[0] = (char)('0' + sum);
        return;
    case MEMBER:
        out[0] = target_bit(set, n) ? '1' : '0';
        return;
    default:
        while (first < n && !target_bit(set, first))
            first++;
        out[0] = first < n            ? alphabet->names[first][0]
                 : target_bit(set, n) ? 'T'
                                      : '-';
    }
}

/* ------------------------------------------------------------------ audit */

static void add_set(struct text *out, const struct alphabet *alphabet,
                    const uint8_t *set)
{
    text_add(out, "{");
    for (size_t s = 0; s < alphabet->size; s++)
        if (target_bit(set, s))
            text_add_format(out, "%s ", alphabet->names[s]);
    text_add(out, target_bit(set, alphabet->size) ? "end}" : "}");
}

/* A label is wrong. */
static void tell_label(const struct audit *audit, const struct record *record,
                       struct text *out)
{
    struct text why = { 0 };

    if (audit->wrong_labels > audit->most)
        return;
    text_add_format(out, "%s:%zu: label %d, ",
                    audit->set->labels != NULL ? audit->set->labels
                                               : audit->set->text,
                    record->line, record->label);
    if (language_why_not(audit->language, record->symbols, record->length,
                         &why))
        text_add_format(out, "but it is no member: %s\n", why.data);
    else
        text_add(out, "but it is a member\n");
    text_clear(&why);
}

/* A string has wrong sets, the first after its first T symbols. */
static void tell_sets(const struct audit *audit, const struct record *record,
                      size_t t, const uint8_t *given, const uint8_t *set,
                      struct text *out)
{
    const struct alphabet *alphabet = language_alphabet(audit->language);

    if (audit->wrong_aimed > audit->most)
        return;
    text_add_format(out, "%s:%zu: after %zu symbol%s may follow ",
                    audit->set->next != NULL ? audit->set->next
                                             : audit->set->text,
                    record->next_line, t, t == 1 ? "" : "s");
    add_set(out, alphabet, given);
    text_add(out, "; the language says ");
    add_set(out, alphabet, set);
    text_add(out, "\n");
}

static void audit_sets(struct audit *audit, const struct record *record,
                       const uint8_t *sets, struct text *out)
{
    size_t n = language_alphabet(audit->language)->size, wrong = 0;
    size_t width = objective_width(OBJECTIVE_NEXT_SET, n);

    audit->aimed++;
    audit->positions += record->length + 1;
    for (size_t t = 0; t <= record->length; t++) {
        const uint8_t *given = record->next + t * width;

        if (memcmp(given, sets + t * width, width) == 0)
            continue;
        if (wrong++ == 0) {
            audit->wrong_aimed++;
            tell_sets(audit, record, t, given, sets + t * width, out);
        }
    }
    audit->wrong_positions += wrong;
}

/* How many symbols the target forbids that come next all the same. */
static size_t count_forbidden(const struct encoding *encoding,
                              const struct record *record)
{
    size_t count = 0;

    for (size_t t = 1; encoding->kind == LEGAL && t < record->length; t++)
        for (size_t k = 0; k < encoding->count; k++)
            count += encoding->symbols[k] == record->symbols[t] &&
                     record->target[(t - 1) * encoding->count + k] == '0';
    return count;
}

static void tell_target(const struct audit *audit, const struct record *record,
                        size_t t, const char *expected, struct text *out)
{
    size_t width = encoding_width(audit->encoding);

    if (audit->wrong_aimed <= audit->most)
        text_add_format(out,
                        "%s:%zu:%zu: target %.*s after %zu symbol%s; the "
                        "language says %.*s\n",
                        audit->set->next, record->next_line,
                        (t - 1) * width + 1, (int)width,
                        record->target + (t - 1) * width, t, t == 1 ? "" : "s",
                        (int)width, expected);
}

static void audit_target(struct audit *audit, const struct record *record,
                         const uint8_t *sets, struct text *out)
{
    const struct alphabet *alphabet = language_alphabet(audit->language);
    size_t set = objective_width(OBJECTIVE_NEXT_SET, alphabet->size);
    size_t width = encoding_width(audit->encoding), wrong = 0;
    size_t length = strlen(record->target), forbidden;
    char *expected = memory_new(width + 1, 1);

    audit->aimed++;
    audit->positions += record->length;
    if (length != record->length * width) {
        if (++audit->wrong_aimed <= audit->most)
            text_add_format(out,
                            "%s:%zu: a target of %zu characters, not of %zu\n",
                            audit->set->next, record->next_line, length,
                            record->length * width);
        audit->wrong_positions += record->length;
        free(expected);
        return;
    }
    forbidden = count_forbidden(audit->encoding, record);
    audit->contradicted += forbidden > 0;
    audit->wrong_symbols += forbidden;
    for (size_t t = 1; t <= record->length; t++) {
        encode(audit->encoding, alphabet, sets + t * set, expected);
        if (memcmp(record->target + (t - 1) * width, expected, width) == 0)
            continue;
        if (wrong++ == 0) {
            audit->wrong_aimed++;
            tell_target(audit, record, t, expected, out);
        }
    }
    audit->wrong_positions += wrong;
    free(expected);
}

bool audit_record(struct audit *audit, const struct record *record,
                  const struct strings *strings, bool *member, uint8_t **next,
                  struct text *out, struct error *error)
{
    bool has_target = record->target != NULL && audit->encoding != NULL;
    uint8_t *sets = NULL;

    *member =
        language_contains(audit->language, record->symbols, record->length);
    audit->strings++;
    audit->members += *member;
    audit->labels += record->label != NO_LABEL;
    if (record->label != NO_LABEL && record->label != *member) {
        audit->wrong_labels++;
        tell_label(audit, record, out);
    }
    if (record->next != NULL || has_target || next != NULL) {
        sets = objective_targets(OBJECTIVE_NEXT_SET, audit->language, strings,
                                 error);
        if (sets == NULL)
            return false;
    }
    if (record->next != NULL)
        audit_sets(audit, record, sets, out);
    if (has_target)
        audit_target(audit, record, sets, out);
    if (next != NULL)
        *next = sets;
    else
        free(sets);
    return true;
}

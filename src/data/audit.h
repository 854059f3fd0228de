/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Other people's labels, next-symbol sets and targets held against a language
 * that says the same in its own way.
 *
 * Targets of pairs (Bhattamishra et al., EMNLP 2020, and those who packed
 * their data anew) stand after each symbol, in an encoding of what may follow:
 *
 *   legal       a digit for each symbol of the alphabet: may it follow
 *   legal:) ]   ... for the symbols listed, in their order: open brackets
 *   sum:) ]     one character, '0' + 1 for the first listed, + 2, + 4...
 *   member      one digit: is what has been read a member
 *   letter      the first symbol of the alphabet that may follow, or T where
 *               only the end may
 */

#ifndef DATA_AUDIT_H
#define DATA_AUDIT_H

#include "data/reader.h"
#include "language/language.h"

struct encoding {
    int kind;
    uint16_t *symbols; /* those listed */
    size_t count;
};

/* ERROR_CONFIG for one that is none, or lists symbols that are none. */
bool encoding_read(struct encoding *encoding, const char *text,
                   const struct alphabet *alphabet, struct error *error);
void encoding_clear(struct encoding *encoding);

/* The one that the published data of a language of this name has, or NULL. */
const char *encoding_of(const char *language);

struct audit {
    const struct language *language;
    const struct encoding *encoding; /* of targets; NULL: none are asked for */
    const struct set *set;
    size_t most; /* disagreements of each kind that are told one by one */

    size_t strings, members, labels, wrong_labels;
    size_t aimed, wrong_aimed;         /* strings with sets or a target */
    size_t positions, wrong_positions; /* in them */
    size_t contradicted;  /* have a symbol that their own target forbids */
    size_t wrong_symbols; /* how many such symbols there are */
};

/*
 * Holds RECORD, whose symbols are the one string of STRINGS, against the
 * language, and tells in OUT, `file:line: ...`, where they disagree.  *MEMBER
 * is what the language says, and NEXT, where it is not NULL, what may follow,
 * to be freed.
 */
bool audit_record(struct audit *audit, const struct record *record,
                  const struct strings *strings, bool *member, uint8_t **next,
                  struct text *out, struct error *error);

/* Disagreements in all: wrong labels, and strings with a wrong set or target.
 */
static inline size_t audit_disagreements(const struct audit *audit)
{
    return audit->wrong_labels + audit->wrong_aimed;
}

#endif

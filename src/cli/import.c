/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/command.h"
#include "data/audit.h"
#include "data/writer.h"

#define TOLD 10 /* disagreements of a kind and set told without --verbose */

/* What all sets share. */
struct import {
    const struct options *options;
    struct language *language;
    struct encoding encoding;
    bool is_encoded;
    unsigned formats; /* to write; 0: none */
    struct sets sets;
    struct audit *audits;  /* one a set */
    size_t rewritten_next; /* strings written with other next symbols than
                              they came with */
};

/* --------------------------------------------------------------- reading */

/* A class and a distance that go with a wrong label are as wrong. */
static void add_row(struct writer *writer, const struct record *record,
                    bool member, const uint8_t *next)
{
    bool is_right = record->label == NO_LABEL || record->label == member;
    const char *class = is_right ? record->class : NULL;
    long distance = is_right ? record->distance : -1;
    struct row row = { record->symbols,
                       record->length,
                       member,
                       class != NULL ? class
                       : member      ? "members"
                                     : "outside",
                       class == NULL && member ? 0 : distance,
                       next };

    writer_add(writer, &row);
}

/* One string through the audit and, where WRITER is open, out again. */
static bool pass_on(struct audit *audit, const struct reader *reader,
                    const struct record *record, struct writer *writer,
                    struct error *error)
{
    struct text out = { 0 };
    uint8_t *next = NULL;
    bool member, wants = writer != NULL && writer->has_next;
    bool ok = audit_record(audit, record, &reader->strings, &member,
                           wants ? &next : NULL, &out, error);

    if (ok && writer != NULL)
        add_row(writer, record, member, next);
    free(next);
    return output_text(&out, error) && ok;
}

static bool read_set(struct import *import, size_t i, struct writer *writer,
                     struct error *error)
{
    struct audit *audit = &import->audits[i];
    struct reader reader;
    struct record record;
    bool ok = reader_open(&reader, audit->set,
                          language_alphabet(import->language), error);

    while (ok && reader_next(&reader, &record, error))
        ok = pass_on(audit, &reader, &record, writer, error);
    reader_close(&reader);
    return error->count == 0;
}

/* Whether the set says what may follow, so that a copy must: JSON lines do in
 * all objects or in none. */
static bool knows_next(const struct import *import, const struct set *set)
{
    struct error ignored = { 0 };
    struct reader reader;
    struct record record;
    bool knows;

    if (set->format != FORMAT_JSONL)
        return set->format == FORMAT_FLARE && set->next != NULL;
    knows = reader_open(&reader, set, language_alphabet(import->language),
                        &ignored) &&
            reader_next(&reader, &record, &ignored) && record.next != NULL;
    reader_close(&reader);
    error_clear(&ignored);
    return knows;
}

static bool import_set(struct import *import, size_t i, struct error *error)
{
    const struct set *set = &import->sets.items[i];
    struct writer writer;

    import->audits[i] =
        (struct audit){ .language = import->language,
                        .encoding =
                            import->is_encoded ? &import->encoding : NULL,
                        .set = set,
                        .most = import->options->verbose ? SIZE_MAX : TOLD };
    if (set->format == FORMAT_PAIRS && set->next == NULL)
        talk(import->options, "%s: has no targets", set->text);
    if (import->formats == 0)
        return read_set(import, i, NULL, error);
    if (!writer_open(&writer, language_alphabet(import->language),
                     import->options->output, set->name, import->formats,
                     knows_next(import, set), error))
        return false;
    if (!read_set(import, i, &writer, error)) {
        writer_abandon(&writer);
        return false;
    }
    if (writer.has_next && import->formats != WRITE_TSV)
        import->rewritten_next += import->audits[i].wrong_aimed;
    return writer_finish(&writer, error);
}

/* --------------------------------------------------------------- telling */

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

static void add_counts(const struct audit *audit, struct text *out)
{
    text_add_format(out, "%s: %zu string%s, %zu member%s", audit->set->text,
                    audit->strings, plural(audit->strings), audit->members,
                    plural(audit->members));
    if (audit->labels > 0)
        text_add_format(out, "; labels: %zu of %zu wrong", audit->wrong_labels,
                        audit->labels);
    if (audit->aimed > 0)
        text_add_format(out,
                        "; next symbols: wrong in %zu of %zu string%s, at %zu "
                        "of %zu position%s",
                        audit->wrong_aimed, audit->aimed, plural(audit->aimed),
                        audit->wrong_positions, audit->positions,
                        plural(audit->positions));
    if (audit->contradicted > 0)
        text_add_format(
            out,
            "; %zu string%s a symbol that %s own target forbids, "
            "%zu in all",
            audit->contradicted, audit->contradicted == 1 ? " has" : "s have",
            audit->contradicted == 1 ? "its" : "their", audit->wrong_symbols);
    text_add(out, "\n");
}

static void set_count(struct json *row, const char *key, size_t count)
{
    json_set(row, key, json_new_integer((int64_t)count));
}

static struct json *describe(const struct audit *audit)
{
    struct json *row = json_new_object();

    json_set(row, "file", json_new_text(audit->set->text));
    json_set(row, "format", json_new_text(format_names[audit->set->format]));
    set_count(row, "strings", audit->strings);
    set_count(row, "members", audit->members);
    set_count(row, "labels", audit->labels);
    set_count(row, "wrong_labels", audit->wrong_labels);
    set_count(row, "next", audit->aimed);
    set_count(row, "wrong_next", audit->wrong_aimed);
    set_count(row, "positions", audit->positions);
    set_count(row, "wrong_positions", audit->wrong_positions);
    set_count(row, "contradicted", audit->contradicted);
    set_count(row, "wrong_symbols", audit->wrong_symbols);
    return row;
}

/* What was written is not what was read. */
static void add_corrections(const struct import *import, size_t labels,
                            struct text *out)
{
    size_t next = import->rewritten_next;

    text_add(out, "");
    if (import->formats == 0 || labels + next == 0)
        return;
    text_add_format(out, "; written to %s with", import->options->output);
    if (labels > 0)
        text_add_format(out, " %zu label%s", labels, plural(labels));
    if (next > 0)
        text_add_format(out, "%s the next symbols of %zu string%s",
                        labels > 0 ? " and" : "", next, plural(next));
    text_add(out, " corrected");
}

static bool complain(const struct import *import, size_t wrong, size_t labels,
                     struct error *error)
{
    struct text corrections = { 0 };

    add_corrections(import, labels, &corrections);
    error_set(error, ERROR_FAILED, "%zu disagreement%s with %s%s", wrong,
              plural(wrong), language_name(import->language), corrections.data);
    text_clear(&corrections);
    return false;
}

static bool tell(const struct import *import, struct error *error)
{
    struct json *rows = json_new_array();
    struct text out = { 0 };
    size_t wrong = 0, labels = 0;
    bool ok;

    for (size_t i = 0; i < import->sets.count; i++) {
        add_counts(&import->audits[i], &out);
        json_append(rows, describe(&import->audits[i]));
        wrong += audit_disagreements(&import->audits[i]);
        labels += import->audits[i].wrong_labels;
    }
    if (import->options->json) {
        text_clear(&out);
        ok = output_json(rows, error);
    } else {
        json_free(rows);
        ok = output_text(&out, error);
    }
    return wrong > 0 ? complain(import, wrong, labels, error) : ok;
}

/* --------------------------------------------------------------- command */

static bool find_format(const char *name, int *format, struct error *error)
{
    *format = -1;
    if (name == NULL)
        return true;
    for (int i = 0; i < FORMATS; i++)
        if (strcmp(name, format_names[i]) == 0)
            *format = i;
    return *format >= 0 ||
           error_set(error, ERROR_CONFIG,
                     "--from: \"%s\"; accepted: flare, pairs, bliss, jsonl, "
                     "tsv",
                     name);
}

static bool find_formats(struct import *import, struct error *error)
{
    const struct options *options = import->options;
    const char *names = options->format != NULL ? options->format : "jsonl";

    if (options->output == NULL)
        return options->format == NULL ||
               error_set(error, ERROR_CONFIG, "--format needs -o DIR");
    import->formats = writer_formats(names);
    return import->formats != 0 ||
           error_set(error, ERROR_CONFIG,
                     "--format: \"%s\"; accepted: jsonl, tsv, flare, or "
                     "several joined by commas",
                     names);
}

static bool find_language(struct import *import, struct error *error)
{
    const struct options *options = import->options;
    const char *target = options->target;
    char *path = NULL;
    bool ok;

    if (options->language == NULL)
        return error_set(error, ERROR_CONFIG, "import needs --language=NAME");
    ok = language_find(options->language, NULL, NULL, NULL, &path, error) &&
         load_language(&import->language, path, options, error);
    free(path);
    if (!ok)
        return false;
    if (target == NULL)
        target = encoding_of(language_name(import->language));
    import->is_encoded = target != NULL;
    return target == NULL ||
           encoding_read(&import->encoding, target,
                         language_alphabet(import->language), error);
}

static bool run(const struct options *options, struct error *error)
{
    struct import import = { .options = options };
    int format;
    bool ok = find_format(options->from, &format, error) &&
              find_formats(&import, error) && find_language(&import, error);

    for (size_t i = 0; ok && i < options->n_operands; i++)
        ok = sets_find(&import.sets, options->operands[i], format, error);
    if (ok)
        import.audits = memory_new(import.sets.count, sizeof *import.audits);
    for (size_t i = 0; ok && i < import.sets.count; i++)
        ok = import_set(&import, i, error);
    ok = ok && tell(&import, error);
    free(import.audits);
    sets_clear(&import.sets);
    encoding_clear(&import.encoding);
    language_free(import.language);
    return ok;
}

static const struct option options[] = {
    { 'l', "language", OPTION_TEXT, offsetof(struct options, language), "NAME",
      "the language they should be of" },
    { 0, "from", OPTION_TEXT, offsetof(struct options, from), "FORMAT",
      "flare, pairs, bliss, jsonl, tsv (as it looks)" },
    { 0, "target", OPTION_TEXT, offsetof(struct options, target), "ENCODING",
      "of pairs: legal, legal:) ], sum:) ], member, letter" },
    { 0, "format", OPTION_TEXT, offsetof(struct options, format), "LIST",
      "with -o, files to write: jsonl,tsv,flare (jsonl)" },
    SET_OPTION("language's params: D=5"),
    OUTPUT_OPTION("write the strings there, labels corrected"),
    { .name = NULL }
};

const struct command import_command = {
    .name = "import",
    .operands = "PATH...",
    .summary = "Holds other people's data against a language; rewrites them.",
    .notes =
        "Exit status 1 tells that data and language disagree.  With -o the "
        "strings are\nwritten all the same, with the labels and next "
        "symbols that the language gives\nthem, and how many of these "
        "were corrected is said.\n",
    .examples =
        "  saturn import --language parity flare/parity\n"
        "  saturn import --language tomita-3 -v tfl/Tomita-3\n"
        "  saturn import -l dyck-1 --from bliss dyck.txt -o data --format "
        "tsv\n",
    .options = options,
    .least = 1,
    .run = run
};

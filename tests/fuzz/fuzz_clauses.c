/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The readers of clauses under libFuzzer: the bytes are a clause's text, the
 * environment's FUZZ is its key.  What is accepted must keep the law that
 * counts are those of the strings it contains, that a member's symbols may
 * follow one another, and that its automaton, if it has one, accepts the same.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "language/formalism.h"

/* A new target is a line here, and its key in FUZZ_TARGETS of Makefile.am. */
static const struct target {
    const char *key;
    const struct formalism *formalism;
    const char *alphabet;
} targets[] = {
    { "regex", &acceptor_formalism, "a b" },
    { "finally", &acceptor_formalism, "a b" },
    { "cfg", &grammar_formalism, "0 1 (" },
    { "template", &template_formalism, "0 1 (" },
};

static const struct target *target;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *key = getenv("FUZZ");

    (void)argc;
    (void)argv;
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++)
        if (key != NULL && strcmp(key, targets[i].key) == 0)
            target = &targets[i];
    if (target == NULL) {
        fprintf(stderr, "FUZZ must be one of the targets' keys\n");
        exit(2);
    }
    return 0;
}

/* Every symbol of a member may follow what stands before it. */
static void check_prefixes(const void *self, const uint16_t *s, size_t n)
{
    for (size_t i = 0; i <= n; i++) {
        struct error error = { 0 };
        bool allowed[8], end;

        if (target->formalism->next(self, s, i, allowed, &end, &error)) {
            if (i < n ? !allowed[s[i]] : !end)
                abort();
        } else if (error.count == 0) {
            abort();
        }
        error_clear(&error);
    }
}

static void check_length(const void *self, size_t symbols, size_t n)
{
    const struct automaton *automaton = target->formalism->automaton(self);
    uint16_t s[8] = { 0 };
    size_t members = 0, i;
    struct natural count = { 0 };
    struct text why = { 0 };

    do {
        bool member = target->formalism->contains(self, s, n);

        members += member;
        if (member)
            check_prefixes(self, s, n);
        if (automaton != NULL && automaton_contains(automaton, s, n) != member)
            abort();
        if (target->formalism->why_not(self, s, n, &why) == member)
            abort();
        for (i = 0; i < n && ++s[i] == symbols; i++)
            s[i] = 0;
    } while (i < n);
    target->formalism->count(self, true, n, &count);
    if (natural_small(&count) != members)
        abort();
    natural_clear(&count);
    text_clear(&why);
}

static void check(void *self, size_t symbols, struct error *error)
{
    struct text text = { 0 };

    target->formalism->describe(self, &text);
    text_clear(&text);
    if (!target->formalism->prepare(self, 4, error))
        return;
    for (size_t n = 0; n <= 4; n++)
        check_length(self, symbols, n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct alphabet alphabet = { 0 };
    struct reading reading = { .alphabet = &alphabet };
    struct yaml_document document = { 0 };
    struct error error = { 0 };
    struct text file = { 0 };
    char letters[64], *word, *text = memory_new(size + 1, 1);
    struct yaml_node *node;
    void *self;

    memcpy(text, data, size);
    snprintf(letters, sizeof letters, "%s", target->alphabet);
    for (word = strtok(letters, " "); word != NULL; word = strtok(NULL, " "))
        alphabet_add(&alphabet, word);
    text_add_format(&file, "%s: 'x'\nwhere: {v: (0|1)*, w: 0* 1?}\n",
                    target->key);
    if (!yaml_parse(&document, file.data, file.length, "x", &error))
        abort();
    node = yaml_get(document.root, target->key);
    free(node->text);
    node->text = text;
    reading.root = document.root;
    self = target->formalism->read(&reading, &error);
    if (self != NULL) {
        check(self, alphabet.size, &error);
        target->formalism->free(self);
    } else if (error.count == 0) {
        abort();
    }
    error_clear(&error);
    text_clear(&file);
    yaml_clear(&document);
    alphabet_clear(&alphabet);
    return 0;
}

/* The known word that is nearest to an unknown one, for "did you mean". */
#pragma once

#include "base/error.h"

#include <stddef.h>

struct suggestion {
    const char *typed;
    size_t typed_length;
    const char *word; /* the nearest word so far, not NUL-terminated; NULL: none is close */
    size_t word_length;
    size_t cost;
};

/* Looks for words near the `length` bytes at `typed`, which must outlive the result. */
struct suggestion suggestion_start(const char *typed, size_t length);

/* Takes the word if it is close, and closer than what was seen before. It must outlive the suggestion. */
void suggestion_consider(struct suggestion *suggestion, const char *word, size_t length);

/* Considers each of the words that '|' separates. */
void suggestion_consider_words(struct suggestion *suggestion, const char *words);

/* " (did you mean BEFORE WORD AFTER?)" without the blanks between them, or ""; the caller frees it. */
char *suggestion_text(const struct suggestion *suggestion, const char *before, const char *after);

/* Fails with ERROR_USAGE: the command has only `actions`, which '|' separates. */
bool suggestion_fail_action(const char *command, const char *actions, const char *typed, struct error *err);

#include "cmd/suggest.h"

#include "base/memory.h"

#include <stdint.h>
#include <string.h>

#define WORD_MAXIMUM 32

/* A letter left out is the likeliest mistake; a letter too many is the least likely. */
enum { COST_SWAP = 1, COST_MISSING = 1, COST_WRONG = 2, COST_EXTRA = 3 };

/* Above COST_DISTANT no word is close; above COST_NEAR it has to begin with the same letter. */
enum { COST_NEAR = 3, COST_DISTANT = 6 };

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Damerau-Levenshtein (restricted), from what was typed to the word. */
static size_t edit_cost(const char *typed, size_t typed_length, const char *word, size_t word_length)
{
    size_t cost[WORD_MAXIMUM + 1][WORD_MAXIMUM + 1] = {{0}};

    for (size_t i = 1; i <= typed_length; i++)
        cost[i][0] = i * COST_EXTRA;
    for (size_t j = 1; j <= word_length; j++)
        cost[0][j] = j * COST_MISSING;
    for (size_t i = 1; i <= typed_length; i++)
        for (size_t j = 1; j <= word_length; j++) {
            size_t wrong = typed[i - 1] == word[j - 1] ? 0 : COST_WRONG;

            cost[i][j] = smaller(cost[i - 1][j - 1] + wrong,
                                 smaller(cost[i - 1][j] + COST_EXTRA, cost[i][j - 1] + COST_MISSING));
            if (i > 1 && j > 1 && typed[i - 1] == word[j - 2] && typed[i - 2] == word[j - 1])
                cost[i][j] = smaller(cost[i][j], cost[i - 2][j - 2] + COST_SWAP);
        }
    return cost[typed_length][word_length];
}

struct suggestion suggestion_start(const char *typed, size_t length)
{
    return (struct suggestion){.typed = typed, .typed_length = length, .cost = SIZE_MAX};
}

void suggestion_consider(struct suggestion *suggestion, const char *word, size_t length)
{
    size_t typed_length = suggestion->typed_length;
    size_t cost;

    if (typed_length < 2 || typed_length > WORD_MAXIMUM || length == 0 || length > WORD_MAXIMUM)
        return;
    cost = edit_cost(suggestion->typed, typed_length, word, length);
    if (cost >= suggestion->cost || cost > COST_DISTANT)
        return;
    if (cost > COST_NEAR && suggestion->typed[0] != word[0])
        return;
    suggestion->word = word;
    suggestion->word_length = length;
    suggestion->cost = cost;
}

void suggestion_consider_words(struct suggestion *suggestion, const char *words)
{
    while (*words) {
        size_t length = strcspn(words, "|");

        suggestion_consider(suggestion, words, length);
        words += length + (words[length] == '|');
    }
}

char *suggestion_text(const struct suggestion *suggestion, const char *before, const char *after)
{
    if (!suggestion->word)
        return memory_duplicate("");
    return memory_format(" (did you mean %s%.*s%s?)", before, (int)suggestion->word_length, suggestion->word,
                         after);
}

bool suggestion_fail_action(const char *command, const char *actions, const char *typed, struct error *err)
{
    struct suggestion suggestion = suggestion_start(typed, strlen(typed));
    _cleanup_free_ char *nearest = NULL;

    suggestion_consider_words(&suggestion, actions);
    nearest = suggestion_text(&suggestion, "'", "'");
    return error_set(err, ERROR_USAGE, "unknown action '%s %s'%s", command, typed, nearest);
}

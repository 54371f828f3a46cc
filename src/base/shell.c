#include "base/shell.h"

#include "base/memory.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

static bool is_plain(const char *word)
{
    if (!*word)
        return false;
    for (; *word; word++)
        if (!isalnum((unsigned char)*word) && !strchr("_-./:@%+=,", *word))
            return false;
    return true;
}

char *shell_quote(const char *word)
{
    char *quoted, *end;

    if (is_plain(word))
        return memory_duplicate(word);
    quoted = end = memory_allocate(strlen(word) * 4 + 3, 1);
    *end++ = '\'';
    for (; *word; word++)
        end = *word == '\'' ? stpcpy(end, "'\\''") : mempcpy(end, word, 1);
    *end++ = '\'';
    return quoted;
}

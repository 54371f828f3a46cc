#include "base/locale.h"

#include "base/environment.h"
#include "base/memory.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char *locale_name(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

    for (size_t i = 0; i < ARRAY_SIZE(variables); i++) {
        const char *value = environment_value(variables[i]);

        if (value)
            return value;
    }
    return "C";
}

static bool is_tag(const char *text)
{
    size_t language = 0;

    while (isalpha((unsigned char)text[language]))
        language++;
    if (language < 2 || language > 3)
        return false;
    for (const char *c = text + language; *c; c++)
        if (!isalnum((unsigned char)*c) && *c != '-')
            return false;
    return strlen(text) <= 35;
}

char *locale_language(void)
{
    char *tag = memory_duplicate(locale_name());

    tag[strcspn(tag, ".@")] = '\0'; /* de_CH.UTF-8@euro */
    for (char *c = tag; *c; c++)
        if (*c == '_')
            *c = '-';
    if (is_tag(tag))
        return tag;
    free(tag);
    return NULL;
}

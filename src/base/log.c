#include "base/log.h"

#include "base/memory.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>

static int level;

void log_set_level(int new_level)
{
    level = new_level;
}

int log_level(void)
{
    return level;
}

void log_line(int from_level, const char *format, ...)
{
    char line[2048];
    _cleanup_free_ char *visible = NULL;
    va_list arguments;

    if (level < from_level)
        return;
    va_start(arguments, format);
    vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    visible = utf8_visible(line); /* a server's words may be among them */
    fprintf(stderr, "* %s\n", visible);
}

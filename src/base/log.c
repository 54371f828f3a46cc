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

static void __attribute__((format(printf, 1, 0))) write_line(const char *format, va_list arguments)
{
    char line[2048];
    _cleanup_free_ char *visible = NULL;

    vsnprintf(line, sizeof(line), format, arguments);
    visible = utf8_visible(line); /* it may quote a server */
    fprintf(stderr, "logto: %s\n", visible);
}

void log_request(const char *format, ...)
{
    va_list arguments;

    if (level < 1)
        return;
    va_start(arguments, format);
    write_line(format, arguments);
    va_end(arguments);
}

void log_decision(const char *format, ...)
{
    va_list arguments;

    if (level < 2)
        return;
    va_start(arguments, format);
    write_line(format, arguments);
    va_end(arguments);
}

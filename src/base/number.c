#include "base/number.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* strtoll() alone would take white space and a sign before the digits. */
bool number_parse(const char *text, int64_t minimum, int64_t maximum, int64_t *out)
{
    long long number;

    if (!*text || text[strspn(text, "0123456789")])
        return false;
    errno = 0;
    number = strtoll(text, NULL, 10);
    if (errno || number < minimum || number > maximum)
        return false;
    *out = number;
    return true;
}

int number_hexadecimal(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if ((digit | 0x20) >= 'a' && (digit | 0x20) <= 'f')
        return (digit | 0x20) - 'a' + 10;
    return -1;
}

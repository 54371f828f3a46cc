/* What every unit test includes first: cmocka with the headers it wants, and asserts of our own. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/error.h"

#include <string.h>

/* The code, and a part of the message; one line of it. */
static inline void assert_error(const struct error *err, enum error_code code, const char *part)
{
    assert_string_equal(error_code_word(err->code), error_code_word(code));
    if (!strstr(err->message, part))
        fail_msg("\"%s\" isn't in \"%s\"", part, err->message);
    assert_null(strchr(err->message, '\n'));
}

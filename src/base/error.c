#include "base/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *word;
    int exit_status;
} code_table[ERROR_CODE_COUNT] = {
    [ERROR_NONE] = {"none", 0},
    [ERROR_INTERNAL] = {"internal", 1},
    [ERROR_IO] = {"io", 1},
    [ERROR_HTTP] = {"http", 1},
    [ERROR_USAGE] = {"usage", 2},
    [ERROR_CONFIG] = {"config", 2},
    [ERROR_NOT_SIGNED_IN] = {"not_signed_in", 3},
    [ERROR_SESSION_ENDED] = {"session_ended", 3},
    [ERROR_DENIED] = {"denied", 4},
    [ERROR_CANCELLED] = {"cancelled", 4},
    [ERROR_TIMEOUT] = {"timeout", 4},
    [ERROR_NO_BROWSER] = {"no_browser", 4},
    [ERROR_TOKEN_INVALID] = {"token_invalid", 5},
    [ERROR_NETWORK] = {"network", 6},
    [ERROR_TLS] = {"tls", 6},
    [ERROR_PROTOCOL] = {"protocol", 6},
    [ERROR_RATE_LIMITED] = {"rate_limited", 6},
    [ERROR_STORE_UNAVAILABLE] = {"store_unavailable", 7},
    [ERROR_STORE_LOCKED] = {"store_locked", 7},
    [ERROR_PORT_IN_USE] = {"port_in_use", 8},
    [ERROR_NOT_GRANTED] = {"not_granted", 9},
    [ERROR_INTERRUPTED] = {"interrupted", 130},
};

static void __attribute__((format(printf, 3, 0)))
set_message(struct error *err, enum error_code code, const char *format, va_list arguments)
{
    if (!err)
        return;
    err->code = code;
    vsnprintf(err->message, sizeof(err->message), format, arguments);
    err->hint[0] = '\0';
}

bool error_set(struct error *err, enum error_code code, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    set_message(err, code, format, arguments);
    va_end(arguments);
    return false;
}

bool error_set_reported(struct error *err, enum error_code code)
{
    if (err)
        *err = (struct error){.code = code};
    return false;
}

bool error_change_code(struct error *err, enum error_code code)
{
    if (err)
        err->code = code;
    return false;
}

bool error_set_errno(struct error *err, enum error_code code, const char *format, ...)
{
    int saved = errno;
    size_t length;
    va_list arguments;

    va_start(arguments, format);
    set_message(err, code, format, arguments);
    va_end(arguments);
    if (!err)
        return false;
    length = strlen(err->message);
    snprintf(err->message + length, sizeof(err->message) - length, ": %s", strerror(saved));
    return false;
}

bool error_hint(struct error *err, const char *format, ...)
{
    va_list arguments;

    if (!err)
        return false;
    va_start(arguments, format);
    vsnprintf(err->hint, sizeof(err->hint), format, arguments);
    va_end(arguments);
    return false;
}

bool error_context(struct error *err, const char *format, ...)
{
    char message[sizeof(err->message)];
    size_t length;
    va_list arguments;

    if (!err)
        return false;
    memcpy(message, err->message, sizeof(message));
    va_start(arguments, format);
    vsnprintf(err->message, sizeof(err->message), format, arguments);
    va_end(arguments);
    length = strlen(err->message);
    snprintf(err->message + length, sizeof(err->message) - length, ": %s", message);
    return false;
}

const char *error_code_word(enum error_code code)
{
    return code_table[code].word;
}

int error_exit_status(enum error_code code)
{
    return code_table[code].exit_status;
}

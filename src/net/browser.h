/*
 * The interface to the user's browser. Started without a shell, in a session of its own, with its standard
 * streams on /dev/null and without the credentials of our environment; never waited for longer than it takes
 * to see that it didn't start.
 */
#pragma once

#include "base/error.h"

#include <stdbool.h>

struct browser {
    /*
     * Shows `url`, which must begin with http:// or https://. Tries each entry of $BROWSER (separated by ':';
     * words split at blanks, quotes and backslashes understood, %s replaced by the URL or the URL added at
     * the end). Where BROWSER is unset or empty, on WSL wslview, then xdg-open if there is a display. A
     * command that exits with failure within a second is skipped. Fails with ERROR_IO when none could be
     * started; *err then says what was tried.
     */
    bool (*open)(struct browser *browser, const char *url, struct error *err);

    /*
     * *program becomes the file that open() would try first, to be freed by the caller. Starts nothing. Fails
     * as open().
     */
    bool (*find)(struct browser *browser, char **program, struct error *err);
};

/* The real one; static, never freed. */
struct browser *browser_real(void);

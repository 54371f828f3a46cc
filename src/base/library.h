/*
 * Opens a shared library by its soname when a command first needs it. `logto inspect` shouldn't pay for GLib,
 * nor a cached `logto token` for libcurl's thirty dependencies (docs/adr/0002).
 */
#pragma once

#include "base/error.h"

#include <stddef.h>

/* One function to look up: its name, and where the pointer goes. */
struct library_symbol {
    const char *name;
    void *target; /* address of a function pointer */
};

/*
 * Opens `soname` and fills every target, or fails with ERROR_INTERNAL naming the Debian package to install.
 * The library stays open until the process ends.
 */
bool library_open(const char *soname, const char *package, const struct library_symbol *symbols, size_t count,
                  struct error *err);

/*
 * What the library's function `symbol`, without arguments, says is its version, to be freed by the caller;
 * "installed" when `symbol` is NULL or missing. NULL when the library can't be opened.
 */
char *library_version(const char *soname, const char *symbol);

#include "base/library.h"

#include "base/memory.h"

#include <dlfcn.h>
#include <string.h>

bool library_open(const char *soname, const char *package, const struct library_symbol *symbols, size_t count,
                  struct error *err)
{
    void *handle = dlopen(soname, RTLD_LAZY | RTLD_LOCAL);

    if (!handle) {
        error_set(err, ERROR_INTERNAL, "the library %s is not installed", soname);
        return error_hint(err, "install it: sudo apt install %s", package);
    }
    for (size_t i = 0; i < count; i++) {
        void *address = dlsym(handle, symbols[i].name);

        if (!address)
            return error_set(err, ERROR_INTERNAL, "the library %s is too old: it has no %s", soname,
                             symbols[i].name);
        /* POSIX guarantees that the address of a function fits a void *, ISO C has no cast for it. */
        memcpy(symbols[i].target, &address, sizeof(address));
    }
    return true;
}

char *library_version(const char *soname, const char *symbol)
{
    void *handle = dlopen(soname, RTLD_LAZY | RTLD_LOCAL);
    const char *(*version)(void) = NULL;
    void *address = handle && symbol ? dlsym(handle, symbol) : NULL;

    memcpy(&version, &address, sizeof(address));
    if (!handle)
        return NULL;
    return memory_duplicate(version ? version() : "installed");
}

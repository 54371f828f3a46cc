#include "store/keyring_library.h"

#include "base/library.h"
#include "base/memory.h"

#define AS_SYMBOL(name) {#name, &lib.name},

struct keyring_library lib;

/* Left to itself, GLib writes messages for its developers to our stdout, where the token goes. */
static GLogWriterOutput write_log(GLogLevelFlags level, const GLogField *fields, gsize count, gpointer data)
{
    const GLogLevelFlags harmless = G_LOG_LEVEL_INFO | G_LOG_LEVEL_DEBUG;

    return level & harmless ? G_LOG_WRITER_HANDLED
                            : lib.g_log_writer_standard_streams(level, fields, count, data);
}

static void print_nothing(const gchar *text)
{
    (void)text;
}

bool keyring_library_open(struct error *err)
{
    static const struct library_symbol symbols[] = {KEYRING_FUNCTIONS(AS_SYMBOL)};
    static bool opened;

    if (opened)
        return true;
    if (!library_open("libsecret-1.so.0", "libsecret-1-0", symbols, ARRAY_SIZE(symbols), err))
        return false;
    lib.g_log_set_writer_func(write_log, NULL, NULL);
    lib.g_set_print_handler(print_nothing);
    opened = true;
    return true;
}

void keyring_variant_unref(GVariant **variant)
{
    if (*variant)
        lib.g_variant_unref(*variant);
    *variant = NULL;
}

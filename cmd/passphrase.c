#include "cmd/passphrase.h"

#include "base/environment.h"
#include "base/file.h"
#include "base/secret_file.h"
#include "base/utf8.h"
#include "cmd/ask.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#define ATTEMPTS 3 /* at choosing a new one */

struct passphrase {
    struct passphrase_source source;
    struct secret *given; /* once it was read; a pipe can be read only once */
};

/* ---- the environment ---- */

static struct secret *read_passphrase_file(const char *path, struct error *err)
{
    struct secret *passphrase = secret_file_read(path, err);

    if (!passphrase) {
        error_change_code(err, ERROR_STORE_LOCKED);
        error_context(err, "LOGTO_PASSPHRASE_FILE");
    }
    return passphrase;
}

static bool given(struct passphrase_source *source, struct secret **out, struct error *err)
{
    struct passphrase *self = (struct passphrase *)source;
    const char *path = environment_value("LOGTO_PASSPHRASE_FILE");

    if (!self->given && path && !(self->given = read_passphrase_file(path, err)))
        return false;
    if (!self->given)
        self->given = secret_from_text(environment_value("LOGTO_PASSPHRASE"));
    *out = secret_copy(self->given);
    return true;
}

/* ---- the terminal ---- */

static int open_terminal(const struct store_key *key, struct error *err)
{
    int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

    if (terminal >= 0)
        return terminal;
    error_set(err, ERROR_STORE_LOCKED,
              "the session of the profile '%s' needs a passphrase, and there is no terminal to ask for it at",
              key->profile);
    error_hint(err, "set LOGTO_PASSPHRASE_FILE to a file with the passphrase");
    return -1;
}

/* One answer, which may be empty; NULL when there is none. */
static struct secret *ask_once(int terminal, const char *question, struct error *err)
{
    _cleanup_buffer_ struct buffer line = BUFFER(SECRET_FILE_MAXIMUM);

    if (ask_hidden(terminal, terminal, question, &line, err)) {
        if (line.length > 0)
            return secret_new(line.data, line.length - (line.data[line.length - 1] == '\n'));
        error_set(err, ERROR_STORE_LOCKED, "no passphrase was typed");
    }
    if (err)
        err->code = ERROR_STORE_LOCKED;
    error_hint(err, "try again, or set LOGTO_PASSPHRASE_FILE");
    return NULL;
}

static struct secret *ask_new(int terminal, const char *question, struct error *err)
{
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        _cleanup_secret_ struct secret *first = ask_once(terminal, question, err);
        _cleanup_secret_ struct secret *second = NULL;

        if (!first)
            return NULL;
        if (secret_length(first) == 0) {
            dprintf(terminal, "An empty passphrase protects nothing.\n");
            continue;
        }
        if (!(second = ask_once(terminal, "Repeat the passphrase", err)))
            return NULL;
        if (secret_equal(first, second))
            return TAKE(first);
        dprintf(terminal, "The passphrases differ.\n");
    }
    error_set(err, ERROR_STORE_LOCKED, "no passphrase was chosen");
    error_hint(err, "try again, or set LOGTO_PASSPHRASE_FILE");
    return NULL;
}

static struct secret *ask(struct passphrase_source *source, const struct store_key *key,
                          enum passphrase_need need, struct error *err)
{
    _cleanup_(file_close) int terminal = open_terminal(key, err);
    _cleanup_free_ char *profile = utf8_visible(key->profile);
    _cleanup_free_ char *question = memory_format(
        "%s for the session '%s'", need == PASSPHRASE_NEW ? "New passphrase" : "Passphrase", profile);

    (void)source;
    if (terminal < 0)
        return NULL;
    if (need == PASSPHRASE_NEW)
        return ask_new(terminal, question, err);
    if (need == PASSPHRASE_RETRY)
        dprintf(terminal, "Wrong passphrase.\n");
    return ask_once(terminal, question, err);
}

struct passphrase_source *passphrase_open(void)
{
    struct passphrase *self = memory_allocate(1, sizeof(*self));

    self->source = (struct passphrase_source){.given = given, .ask = ask};
    return &self->source;
}

void passphrase_close(struct passphrase_source **source)
{
    struct passphrase *self = (struct passphrase *)*source;

    if (self)
        secret_free(&self->given);
    free(self);
    *source = NULL;
}

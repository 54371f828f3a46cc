/* A user's files and folders: XDG places, bounded reads, writes that are whole or not at all. */
#pragma once

#include "base/buffer.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Base folders of the XDG specification. */
enum file_place {
    FILE_CONFIG, /* $XDG_CONFIG_HOME or ~/.config */
    FILE_DATA,   /* $XDG_DATA_HOME or ~/.local/share */
    FILE_CACHE,  /* $XDG_CACHE_HOME or ~/.cache */
};

/*
 * "<place>/logto/<name>", to be freed by the caller. Relative XDG values are ignored, as the specification
 * asks. Fails with ERROR_CONFIG when neither the variable nor HOME is set.
 */
char *file_path(enum file_place place, const char *name, struct error *err);

/* Makes the folder that will hold `path`, and those above it, with mode 0700. */
bool file_make_folder(const char *path, struct error *err);

/*
 * Appends the whole file to `out`; its maximum is the cap. A missing file is no failure: *exists says which.
 * Fails with ERROR_IO; a file over the cap with ERROR_PROTOCOL.
 */
bool file_read(const char *path, struct buffer *out, bool *exists, struct error *err);

/* Appends all that can be read from an open descriptor; `name` is for messages. */
bool file_read_descriptor(int descriptor, const char *name, struct buffer *out, struct error *err);

/*
 * Replaces `path` by `length` bytes: writes a new file beside it with `mode`, syncs it, renames it. A reader
 * sees the old content or the new, a failure or a signal leaves the old.
 */
bool file_write(const char *path, const void *bytes, size_t length, mode_t mode, struct error *err);

/* Removes `path`; a missing one is fine. */
bool file_remove(const char *path, struct error *err);

/* Closes a descriptor and leaves -1; cleanup handler. */
void file_close(int *descriptor);

/* Moves a descriptor out of its variable, which becomes -1: `return file_take(&fd);` from a scope that closes
 * it. */
int file_take(int *descriptor);

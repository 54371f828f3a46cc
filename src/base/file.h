/* The user's files: XDG directories, bounded reads, atomic writes. */
#pragma once

#include "base/buffer.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Base directories of the XDG specification. */
enum file_place {
    FILE_CONFIG,  /* $XDG_CONFIG_HOME or ~/.config */
    FILE_DATA,    /* $XDG_DATA_HOME or ~/.local/share */
    FILE_CACHE,   /* $XDG_CACHE_HOME or ~/.cache */
    FILE_RUNTIME, /* $XDG_RUNTIME_DIR, which is the user's alone and gone after the last logout; or nowhere */
};

/*
 * "<place>/logto/<name>", to be freed by the caller. Relative XDG values are ignored, as the specification
 * asks. Fails with ERROR_CONFIG when neither the variable nor HOME is set. FILE_RUNTIME never falls back to
 * HOME; it fails with ERROR_CONFIG too when the directory is missing, belongs to another user, or is writable
 * by others.
 */
char *file_path(enum file_place place, const char *name, struct error *err);

/* Creates the directory that will hold `path`, and its parents, with mode 0700. */
bool file_make_folder(const char *path, struct error *err);

/* What a file must be before it is read. */
enum file_trust {
    FILE_NAMED,  /* whatever the user named, a pipe too; waits for its writer */
    FILE_LINKED, /* regular, the user's or root's, not writable by everybody; a link to such a file too */
    FILE_OWN,    /* regular, no link, the user's, not writable by others; the same holds for its folder */
};

/*
 * Opens `path` with open(2)'s `flags`, and O_CREAT makes it with mode 0600, if it is a FILE_OWN; never waits
 * for a writer. *descriptor becomes -1 when there is no such file. Fails with ERROR_IO.
 */
bool file_open_own(const char *path, int flags, int *descriptor, struct error *err);

/*
 * Appends the whole file to `out`. A missing file is not an error: *exists is false. Unless it is FILE_NAMED,
 * removes what a killed writer left beside `path`. Fails with ERROR_IO, also when the file is not what
 * `trust` requires; with ERROR_PROTOCOL when it exceeds the maximum of `out`.
 */
bool file_read(const char *path, enum file_trust trust, struct buffer *out, bool *exists, struct error *err);

/* Appends all that can be read from an open descriptor; `name` is for messages. */
bool file_read_descriptor(int descriptor, const char *name, struct buffer *out, struct error *err);

/*
 * Replaces `path` by `length` bytes with mode 0600: writes "PATH.new", syncs it, renames it, syncs the
 * folder. A reader sees the old content or the new, a failure or a signal leaves the old. What a killed
 * writer left is used up by the next one, or removed by the next reader. FILE_LINKED: a link stays, and the
 * file it leads to is replaced. FILE_OWN: the folder must be as for reading. Fails with ERROR_IO.
 */
bool file_write(const char *path, enum file_trust trust, const void *bytes, size_t length, struct error *err);

/*
 * Whether file_write() of `length` bytes as a FILE_OWN would find all that it needs just now: the folder, the
 * right to write there, and the space. Changes nothing. Fails with ERROR_IO.
 */
bool file_probe(const char *path, size_t length, struct error *err);

/* Removes `path`, and what a killed writer left beside it; a missing file is not an error. */
bool file_remove(const char *path, struct error *err);

/* What a file has behind its name until it is complete. */
#define FILE_UNFINISHED ".new"

/* Removes what a killed writer left beside `path`, unless it is being written. Can't fail. */
void file_tidy(const char *path);

/* Closes a descriptor and leaves -1; cleanup handler. */
void file_close(int *descriptor);

/* The descriptor, whose variable becomes -1: for handing over what a cleanup attribute would close. */
int file_take(int *descriptor);

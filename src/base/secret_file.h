/* Secrets in files that the user named: --app-secret-file, LOGTO_APP_SECRET_FILE, LOGTO_PASSPHRASE_FILE. */
#pragma once

#include "base/buffer.h"
#include "base/error.h"
#include "base/secret.h"

#define SECRET_FILE_MAXIMUM 4096 /* bytes */

/*
 * The bytes of `path`, which may be a pipe, without one newline at the end; the caller frees them. Fails with
 * ERROR_USAGE, also when the file is missing, empty or too large; the message names it and holds nothing of
 * its content.
 */
struct secret *secret_file_read(const char *path, struct error *err);

/* The same for a secret of one line: all line ends are removed. */
struct secret *secret_file_read_line(const char *path, struct error *err);

/* The line that was read already from what `name` says. */
struct secret *secret_file_line(struct buffer *text, const char *name, struct error *err);

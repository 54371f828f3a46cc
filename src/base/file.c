#include "base/file.h"

#include "base/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
    const char *variable;
    const char *below_home;
} places[] = {
    [FILE_CONFIG] = {"XDG_CONFIG_HOME", ".config"},
    [FILE_DATA] = {"XDG_DATA_HOME", ".local/share"},
    [FILE_CACHE] = {"XDG_CACHE_HOME", ".cache"},
};

char *file_path(enum file_place place, const char *name, struct error *err)
{
    const char *base = getenv(places[place].variable);
    const char *home = getenv("HOME");

    if (base && base[0] == '/')
        return memory_format("%s/logto/%s", base, name);
    if (home && home[0] == '/')
        return memory_format("%s/%s/logto/%s", home, places[place].below_home, name);
    error_set(err, ERROR_CONFIG, "no place for logto's files: neither %s nor HOME is set",
              places[place].variable);
    return NULL;
}

bool file_make_folder(const char *path, struct error *err)
{
    _cleanup_free_ char *folder = memory_duplicate(path);

    for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(folder, 0700) != 0 && errno != EEXIST)
            return error_set_errno(err, ERROR_IO, "cannot make the folder %s", folder);
        *slash = '/';
    }
    return true;
}

bool file_read_descriptor(int descriptor, const char *name, struct buffer *out, struct error *err)
{
    char chunk[4096];
    ssize_t got = 0;
    bool ok = true;

    while (ok && (got = read(descriptor, chunk, sizeof(chunk))) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        ok = got < 0 ? error_set_errno(err, ERROR_IO, "cannot read %s", name)
                     : buffer_append(out, chunk, (size_t)got, err) || error_context(err, "reading %s", name);
        if (got < 0)
            break;
    }
    explicit_bzero(chunk, sizeof(chunk));
    return ok;
}

bool file_read(const char *path, struct buffer *out, bool *exists, struct error *err)
{
    _cleanup_(file_close) int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

    if (descriptor < 0 && errno == ENOENT) {
        *exists = false;
        return true;
    }
    if (descriptor < 0)
        return error_set_errno(err, ERROR_IO, "cannot open %s", path);
    if (!file_read_descriptor(descriptor, path, out, err))
        return false;
    *exists = true;
    return true;
}

static bool write_all(int descriptor, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(descriptor, bytes, length);

        if (written < 0 && errno != EINTR)
            return false;
        if (written > 0) {
            bytes += written;
            length -= (size_t)written;
        }
    }
    return fsync(descriptor) == 0;
}

static bool write_beside(const char *path, char *temporary, const void *bytes, size_t length, mode_t mode,
                         struct error *err)
{
    _cleanup_(file_close) int descriptor = mkostemp(temporary, O_CLOEXEC);

    if (descriptor < 0)
        return error_set_errno(err, ERROR_IO, "cannot write %s", path);
    if (fchmod(descriptor, mode) == 0 && write_all(descriptor, bytes, length) && rename(temporary, path) == 0)
        return true;
    error_set_errno(err, ERROR_IO, "cannot write %s", path);
    unlink(temporary);
    return false;
}

bool file_write(const char *path, const void *bytes, size_t length, mode_t mode, struct error *err)
{
    _cleanup_free_ char *temporary = memory_format("%s.XXXXXX", path);
    bool ok;

    if (!file_make_folder(path, err))
        return false;
    interrupt_hold(); /* or Ctrl-C would leave the temporary file behind */
    ok = write_beside(path, temporary, bytes, length, mode, err);
    interrupt_release();
    return ok;
}

bool file_remove(const char *path, struct error *err)
{
    if (unlink(path) == 0 || errno == ENOENT)
        return true;
    return error_set_errno(err, ERROR_IO, "cannot remove %s", path);
}

void file_close(int *descriptor)
{
    if (*descriptor >= 0)
        close(*descriptor);
    *descriptor = -1;
}

int file_take(int *descriptor)
{
    int taken = *descriptor;

    *descriptor = -1;
    return taken;
}

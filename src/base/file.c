#include "base/file.h"

#include "base/fault.h"
#include "base/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const struct {
    const char *variable;
    const char *below_home;
} places[] = {
    [FILE_CONFIG] = {"XDG_CONFIG_HOME", ".config"},
    [FILE_DATA] = {"XDG_DATA_HOME", ".local/share"},
    [FILE_CACHE] = {"XDG_CACHE_HOME", ".cache"},
};

/* Why this file or folder can't be trusted; NULL when it can. */
static const char *find_fault(const struct stat *status, enum file_trust trust)
{
    bool is_ours = status->st_uid == geteuid() || (trust == FILE_LINKED && status->st_uid == 0);

    if (!is_ours)
        return "belongs to another user";
    if (status->st_mode & (trust == FILE_LINKED ? S_IWOTH : S_IWGRP | S_IWOTH))
        return "is writable by other users";
    return NULL;
}

static char *runtime_path(const char *name, struct error *err)
{
    const char *base = getenv("XDG_RUNTIME_DIR");
    struct stat status;
    const char *fault;

    if (!base || base[0] != '/') {
        error_set(err, ERROR_CONFIG, "XDG_RUNTIME_DIR is not set");
        return NULL;
    }
    fault = stat(base, &status) != 0 ? "does not exist" : find_fault(&status, FILE_OWN);
    if (!fault)
        return memory_format("%s/logto/%s", base, name);
    error_set(err, ERROR_CONFIG, "XDG_RUNTIME_DIR %s", fault);
    return NULL;
}

char *file_path(enum file_place place, const char *name, struct error *err)
{
    const char *home = getenv("HOME");
    const char *base;

    if (place == FILE_RUNTIME)
        return runtime_path(name, err);
    base = getenv(places[place].variable);
    if (base && base[0] == '/')
        return memory_format("%s/logto/%s", base, name);
    if (home && home[0] == '/')
        return memory_format("%s/%s/logto/%s", home, places[place].below_home, name);
    error_set(err, ERROR_CONFIG, "cannot locate logto's files: neither %s nor HOME is set",
              places[place].variable);
    return NULL;
}

bool file_make_folder(const char *path, struct error *err)
{
    _cleanup_free_ char *folder = memory_duplicate(path);

    for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(folder, 0700) != 0 && errno != EEXIST)
            return error_set_errno(err, ERROR_IO, "cannot create the directory %s", folder);
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

static bool check_trust(int descriptor, const char *path, enum file_trust trust, struct error *err)
{
    struct stat status;
    const char *fault;

    if (fstat(descriptor, &status) != 0)
        return error_set_errno(err, ERROR_IO, "cannot stat %s", path);
    fault = S_ISREG(status.st_mode) ? find_fault(&status, trust) : "is not a regular file";
    return !fault || error_set(err, ERROR_IO, "%s %s", path, fault);
}

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* The folder that holds `path`; -1 with errno, which is ENOENT when there is none. */
static int open_folder(const char *path, int flags)
{
    size_t length = (size_t)(name_of(path) - path);
    _cleanup_free_ char *folder = length ? memory_format("%.*s", (int)length - (length > 1), path)
                                         : memory_duplicate(".");

    return open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | flags);
}

/* The same, if it is the user's alone. *descriptor becomes -1 when there is none. */
static bool open_own_folder(const char *path, int *descriptor, struct error *err)
{
    _cleanup_(file_close) int folder = open_folder(path, O_NOFOLLOW);
    struct stat status;
    const char *fault;

    if (folder < 0 && errno == ENOTDIR)
        return error_set(err, ERROR_IO, "the directory of %s is a symbolic link or not a directory", path);
    if ((folder < 0 && errno != ENOENT) || (folder >= 0 && fstat(folder, &status) != 0))
        return error_set_errno(err, ERROR_IO, "cannot open the directory of %s", path);
    fault = folder < 0 ? NULL : find_fault(&status, FILE_OWN);
    if (fault)
        return error_set(err, ERROR_IO, "the directory of %s %s", path, fault);
    *descriptor = file_take(&folder);
    return true;
}

/* O_NONBLOCK, or opening a FIFO would wait for its other end. */
#define SAFE_FLAGS (O_CLOEXEC | O_NOCTTY | O_NONBLOCK)

bool file_open_own(const char *path, int flags, int *descriptor, struct error *err)
{
    _cleanup_(file_close) int folder = -1;
    _cleanup_(file_close) int file = -1;

    if (!open_own_folder(path, &folder, err))
        return false;
    if (folder >= 0)
        file = openat(folder, name_of(path), flags | SAFE_FLAGS | O_NOFOLLOW, 0600);
    if (file < 0 && errno == ELOOP)
        return error_set(err, ERROR_IO, "%s is a symbolic link", path);
    if (file < 0 && errno != ENOENT)
        return error_set_errno(err, ERROR_IO, "cannot open %s", path);
    if (file >= 0 && !check_trust(file, path, FILE_OWN, err))
        return false;
    *descriptor = file_take(&file);
    return true;
}

static bool open_for_reading(const char *path, enum file_trust trust, int *descriptor, struct error *err)
{
    int flags = trust == FILE_LINKED ? SAFE_FLAGS : O_CLOEXEC | O_NOCTTY;
    _cleanup_(file_close) int file = -1;

    if (trust == FILE_OWN)
        return file_open_own(path, O_RDONLY, descriptor, err);
    file = open(path, O_RDONLY | flags);
    if (file < 0 && errno != ENOENT)
        return error_set_errno(err, ERROR_IO, "cannot open %s", path);
    if (file >= 0 && trust == FILE_LINKED && !check_trust(file, path, trust, err))
        return false;
    *descriptor = file_take(&file);
    return true;
}

static bool is_named(int folder, const char *name, int descriptor)
{
    struct stat named, opened;

    return fstatat(folder, name, &named, AT_SYMLINK_NOFOLLOW) == 0 && fstat(descriptor, &opened) == 0 &&
           named.st_ino == opened.st_ino && named.st_dev == opened.st_dev;
}

/*
 * The unfinished file, locked for as long as it is open: that is how what a killed writer left is told from
 * what somebody is writing. Tries that often, every 10 ms. -1 with errno on failure.
 */
static int open_unfinished(int folder, const char *name, int flags, int attempts)
{
    static const struct timespec pause = {0, 10000000L};

    for (; attempts > 0; attempts--) {
        _cleanup_(file_close) int file = openat(folder, name, O_RDWR | O_NOFOLLOW | SAFE_FLAGS | flags, 0600);

        if (file < 0)
            return -1;
        if (flock(file, LOCK_EX | LOCK_NB) == 0 && is_named(folder, name, file))
            return file_take(&file);
        if (attempts > 1)
            nanosleep(&pause, NULL);
    }
    errno = EBUSY;
    return -1;
}

void file_tidy(const char *path)
{
    _cleanup_free_ char *unfinished = memory_format("%s" FILE_UNFINISHED, path);
    _cleanup_(file_close) int folder = -1, file = -1;
    struct stat status;

    if (lstat(unfinished, &status) != 0)
        return;
    folder = open_folder(path, 0);
    if (folder >= 0)
        file = open_unfinished(folder, name_of(unfinished), 0, 1);
    if (file >= 0)
        unlinkat(folder, name_of(unfinished), 0);
}

bool file_read(const char *path, enum file_trust trust, struct buffer *out, bool *exists, struct error *err)
{
    _cleanup_(file_close) int descriptor = -1;

    if (trust != FILE_NAMED)
        file_tidy(path);
    if (!open_for_reading(path, trust, &descriptor, err) ||
        (descriptor >= 0 && !file_read_descriptor(descriptor, path, out, err)))
        return false;
    *exists = descriptor >= 0;
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

/* The name leads to the new content; should the folder not be synced, to the old or the new. */
static bool rename_in(int folder, const char *unfinished, const char *name)
{
    FAULT_POINT("file_written");
    if (renameat(folder, unfinished, folder, name) != 0)
        return false;
    FAULT_POINT("file_renamed");
    (void)fsync(folder);
    return true;
}

static bool write_in(int folder, const char *name, const void *bytes, size_t length)
{
    _cleanup_free_ char *unfinished = memory_format("%s" FILE_UNFINISHED, name);
    _cleanup_(file_close) int file = open_unfinished(folder, unfinished, O_CREAT, 200);
    int reason;

    if (file < 0)
        return false;
    FAULT_POINT("file_unfinished");
    if (ftruncate(file, 0) == 0 && fchmod(file, 0600) == 0 && write_all(file, bytes, length) &&
        rename_in(folder, unfinished, name))
        return true;
    reason = errno;
    unlinkat(folder, unfinished, 0);
    errno = reason;
    return false;
}

/* Where writing to `path` has to go: to what a link leads to. NULL on failure. */
static char *find_target(const char *path, enum file_trust trust, struct error *err)
{
    _cleanup_(file_close) int file = -1;
    struct stat status;
    char *target;

    if (trust != FILE_LINKED || lstat(path, &status) != 0 || !S_ISLNK(status.st_mode))
        return memory_duplicate(path);
    if (!open_for_reading(path, trust, &file, err))
        return NULL;
    target = file >= 0 ? realpath(path, NULL) : NULL;
    if (!target)
        error_set(err, ERROR_IO, "%s is a symbolic link to a file that does not exist", path);
    return target;
}

static bool write_target(const char *path, enum file_trust trust, const void *bytes, size_t length,
                         struct error *err)
{
    _cleanup_(file_close) int folder = -1;

    if (trust != FILE_OWN)
        folder = open_folder(path, 0);
    else if (!open_own_folder(path, &folder, err))
        return false;
    return (folder >= 0 && write_in(folder, name_of(path), bytes, length)) ||
           error_set_errno(err, ERROR_IO, "cannot write %s", path);
}

bool file_write(const char *path, enum file_trust trust, const void *bytes, size_t length, struct error *err)
{
    _cleanup_free_ char *target = find_target(path, trust, err);
    bool ok;

    if (!target || !file_make_folder(target, err))
        return false;
    interrupt_hold(); /* or Ctrl-C would leave the unfinished file behind */
    ok = write_target(target, trust, bytes, length, err);
    interrupt_release();
    return ok;
}

static bool probe_in(int folder, const char *name, size_t length)
{
    _cleanup_free_ char *unfinished = memory_format("%s" FILE_UNFINISHED, name);
    _cleanup_(file_close) int file = open_unfinished(folder, unfinished, O_CREAT, 200);
    int reason;

    if (file < 0)
        return false;
    reason = posix_fallocate(file, 0, (off_t)length);
    FAULT_POINT("file_probed");
    unlinkat(folder, unfinished, 0);
    errno = reason;
    return reason == 0;
}

bool file_probe(const char *path, size_t length, struct error *err)
{
    _cleanup_(file_close) int folder = -1;
    bool ok;

    if (!file_make_folder(path, err) || !open_own_folder(path, &folder, err))
        return false;
    interrupt_hold();
    ok = (folder >= 0 && probe_in(folder, name_of(path), length)) ||
         error_set_errno(err, ERROR_IO, "cannot write %s", path);
    interrupt_release();
    return ok;
}

bool file_remove(const char *path, struct error *err)
{
    _cleanup_(file_close) int folder = open_folder(path, 0);

    if (unlink(path) != 0 && errno != ENOENT)
        return error_set_errno(err, ERROR_IO, "cannot remove %s", path);
    FAULT_POINT("file_removed");
    if (folder >= 0)
        (void)fsync(folder);
    file_tidy(path);
    return true;
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

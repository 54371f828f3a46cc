#include "base/draft.h"

#include "base/file.h"
#include "base/interrupt.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* What `path` leads to; a name that doesn't exist yet leads to itself. NULL with errno. */
static char *find_target(const char *path)
{
    struct stat status;
    char *target = realpath(path, NULL);

    if (target || errno != ENOENT)
        return target;
    if (lstat(path, &status) == 0) { /* a link to nothing */
        errno = ENOENT;
        return NULL;
    }
    return memory_duplicate(path);
}

static bool open_beside(struct draft *draft)
{
    draft->unfinished = memory_format("%s.XXXXXX", draft->path);
    interrupt_hold(); /* or Ctrl-C could leave the file behind before its name is known */
    draft->descriptor = mkostemp(draft->unfinished, O_CLOEXEC);
    if (draft->descriptor >= 0)
        interrupt_remove(draft->unfinished);
    interrupt_release();
    return draft->descriptor >= 0;
}

static bool open_target(struct draft *draft)
{
    struct stat status;

    if (stat(draft->path, &status) == 0) {
        draft->mode = status.st_mode & 0777;
        if (S_ISDIR(status.st_mode)) {
            errno = EISDIR;
            return false;
        }
        if (!S_ISREG(status.st_mode)) {
            draft->descriptor = open(draft->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
            return draft->descriptor >= 0;
        }
    }
    return open_beside(draft);
}

bool draft_open(struct draft *draft, const char *path, mode_t mode, struct error *err)
{
    draft->mode = mode;
    draft->path = find_target(path);
    if (!draft->path || !open_target(draft))
        return error_set_errno(err, ERROR_IO, "cannot write %s", path);
    return true;
}

static bool fail(const struct draft *draft, struct error *err)
{
    return error_set_errno(err, ERROR_IO, "cannot write %s", draft->path);
}

bool draft_write(struct draft *draft, const void *bytes, size_t length, struct error *err)
{
    const char *position = bytes;

    while (length > 0) {
        ssize_t written = write(draft->descriptor, position, length);

        if (written < 0 && errno != EINTR)
            return fail(draft, err);
        if (written > 0) {
            position += written;
            length -= (size_t)written;
        }
    }
    return true;
}

bool draft_keep(struct draft *draft, struct error *err)
{
    bool ok;

    if (!draft->unfinished)
        return true;
    if (fchmod(draft->descriptor, draft->mode) != 0 || fsync(draft->descriptor) != 0)
        return fail(draft, err);
    interrupt_hold();
    ok = rename(draft->unfinished, draft->path) == 0;
    if (ok) {
        interrupt_remove(NULL);
        memory_free_pointer(&draft->unfinished);
    }
    interrupt_release();
    return ok || fail(draft, err);
}

void draft_release(struct draft *draft)
{
    if (draft->unfinished && draft->descriptor >= 0) {
        interrupt_hold();
        unlink(draft->unfinished);
        interrupt_remove(NULL);
        interrupt_release();
    }
    file_close(&draft->descriptor);
    free(draft->unfinished);
    free(draft->path);
    *draft = (struct draft)DRAFT_EMPTY;
}

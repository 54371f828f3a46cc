/*
 * Preloaded into the program by the tests of this folder: makes one allocation or one system call fail, from
 * main() on. Chosen by the environment, which is taken away before main() sees it, so that what the program
 * starts runs undisturbed:
 *
 *   FAULT_CALL    "malloc" for every allocation, or the name of a row in the list of calls below
 *   FAULT_AT      which one fails, from 1; 0 only counts
 *   FAULT_ERRNO   with which error, a number
 *   FAULT_REPORT  a file of REPORT_SIZE bytes that gets the count, and where the failure was
 */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#define REPORT_SIZE 4096
#define FRAMES_MAXIMUM 24

/* In the report file, which outlives the process however it ends. */
struct report {
    atomic_ulong count;
    atomic_ulong failed;
    char where[REPORT_SIZE - 2 * sizeof(atomic_ulong)]; /* a line for each frame: "file+0xoffset" */
};

static struct report nowhere;
static struct report *report = &nowhere;
static char wanted[32];
static unsigned long at;
static int failure;
static atomic_bool armed;

/* ---- deciding ---- */

static void note_where(void)
{
    void *frames[FRAMES_MAXIMUM];
    int count = backtrace(frames, FRAMES_MAXIMUM);
    size_t length = 0;

    for (int i = 2; i < count && length < sizeof(report->where); i++) {
        Dl_info info;

        if (dladdr(frames[i], &info) && info.dli_fname)
            length += (size_t)snprintf(report->where + length, sizeof(report->where) - length, "%s+0x%lx\n",
                                       info.dli_fname,
                                       (unsigned long)((uintptr_t)frames[i] - (uintptr_t)info.dli_fbase - 1));
    }
}

/* Whether this call is the one; sets errno then. */
static bool fails(const char *call)
{
    if (!atomic_load(&armed) || strcmp(call, wanted) != 0 || atomic_fetch_add(&report->count, 1) + 1 != at)
        return false;
    atomic_store(&armed, false); /* one is enough, and looking at the stack must not count */
    note_where();
    atomic_store(&report->failed, 1);
    errno = failure;
    return true;
}

/* ---- allocations ---- */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *pointer, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size)
{
    return fails("malloc") ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails("malloc") ? NULL : __libc_calloc(count, size);
}

void *realloc(void *pointer, size_t size)
{
    return fails("malloc") ? NULL : __libc_realloc(pointer, size);
}

void *reallocarray(void *pointer, size_t count, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return realloc(pointer, bytes);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return fails("malloc") ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size)
{
    void *pointer = aligned_alloc(alignment, size);

    if (!pointer)
        return ENOMEM;
    *out = pointer;
    return 0;
}

/* ---- system calls ---- */

/* What open() and mmap() are called by in programs built with large-file support is the same function. */
#define CALLS(X)                                                                                             \
    X(ssize_t, read, (int fd, void *bytes, size_t length), (fd, bytes, length))                              \
    X(int, fsync, (int fd), (fd))                                                                            \
    X(int, rename, (const char *from, const char *to), (from, to))                                           \
    X(int, unlink, (const char *path), (path))                                                               \
    X(int, mkdir, (const char *path, mode_t mode), (path, mode))                                             \
    X(int, mkostemp, (char *path, int flags), (path, flags))                                                 \
    X(int, mlock, (const void *address, size_t length), (address, length))                                   \
    X(int, flock, (int fd, int operation), (fd, operation))                                                  \
    X(ssize_t, getrandom, (void *bytes, size_t length, unsigned int flags), (bytes, length, flags))          \
    X(int, getentropy, (void *bytes, size_t length), (bytes, length))                                        \
    X(int, socket, (int domain, int type, int protocol), (domain, type, protocol))                           \
    X(int, connect, (int fd, const struct sockaddr *address, socklen_t length), (fd, address, length))       \
    X(int, bind, (int fd, const struct sockaddr *address, socklen_t length), (fd, address, length))          \
    X(int, listen, (int fd, int backlog), (fd, backlog))                                                     \
    X(int, accept4, (int fd, struct sockaddr *address, socklen_t *length, int flags),                        \
      (fd, address, length, flags))                                                                          \
    X(int, poll, (struct pollfd * fds, nfds_t count, int timeout), (fds, count, timeout))                    \
    X(ssize_t, send, (int fd, const void *bytes, size_t length, int flags), (fd, bytes, length, flags))      \
    X(ssize_t, recv, (int fd, void *bytes, size_t length, int flags), (fd, bytes, length, flags))            \
    X(ssize_t, sendmsg, (int fd, const struct msghdr *message, int flags), (fd, message, flags))             \
    X(ssize_t, recvmsg, (int fd, struct msghdr *message, int flags), (fd, message, flags))

static void find(void *function, const char *name)
{
    void *address = dlsym(RTLD_NEXT, name);

    memcpy(function, &address, sizeof(address));
}

#define WRAP(type, name, parameters, arguments)                                                              \
    static type(*real_##name) parameters;                                                                    \
    type name parameters                                                                                     \
    {                                                                                                        \
        if (!real_##name)                                                                                    \
            find(&real_##name, #name);                                                                       \
        return fails(#name) ? -1 : real_##name arguments;                                                    \
    }

#define FIND(type, name, parameters, arguments) find(&real_##name, #name);

CALLS(WRAP)

static int (*real_pthread_create)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

/* Returns its error. */
int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *data)
{
    if (!real_pthread_create)
        find(&real_pthread_create, "pthread_create");
    return fails("pthread_create") ? errno : real_pthread_create(thread, attributes, start, data);
}

/* An eventfd can't fail as files do, which GLib relies on; it is of no type that fstat() knows. */
static bool is_eventfd(int fd)
{
    struct stat status;

    return fstat(fd, &status) == 0 && (status.st_mode & S_IFMT) == 0;
}

ssize_t write(int fd, const void *bytes, size_t length)
{
    return !is_eventfd(fd) && fails("write") ? -1 : syscall(SYS_write, fd, bytes, length);
}

/* Of these two it takes a system call to get behind them: their arguments vary, or they have several names.
 */
static int open_at(int folder, const char *path, int flags, va_list arguments, const char *call)
{
    mode_t mode = (flags & (O_CREAT | __O_TMPFILE)) ? va_arg(arguments, mode_t) : 0;

    return fails(call) ? -1 : (int)syscall(SYS_openat, folder, path, flags, mode);
}

int open(const char *path, int flags, ...)
{
    va_list arguments;
    int fd;

    va_start(arguments, flags);
    fd = open_at(AT_FDCWD, path, flags, arguments, "open");
    va_end(arguments);
    return fd;
}

int openat(int folder, const char *path, int flags, ...)
{
    va_list arguments;
    int fd;

    va_start(arguments, flags);
    fd = open_at(folder, path, flags, arguments, "openat");
    va_end(arguments);
    return fd;
}

void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset)
{
    return fails("mmap") ? MAP_FAILED
                         : (void *)syscall(SYS_mmap, address, length, protection, flags, fd, offset);
}

int open64(const char *path, int flags, ...) __attribute__((alias("open")));
int openat64(int folder, const char *path, int flags, ...) __attribute__((alias("openat")));
void *mmap64(void *address, size_t length, int protection, int flags, int fd, off_t offset)
    __attribute__((alias("mmap")));

/* ---- starting with main() ---- */

int __libc_start_main(int (*program)(int, char **, char **), int argc, char **argv, void (*start)(void),
                      void (*stop)(void), void (*stop_loader)(void), void *stack);

static const char *text_of(const char *name)
{
    const char *text = getenv(name);

    return text ? text : "";
}

static void open_report(const char *path)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    void *mapped = fd < 0 ? MAP_FAILED
                          : mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    if (mapped != MAP_FAILED)
        report = mapped;
    close(fd);
}

static void read_orders(void)
{
    static const char *const names[] = {"LD_PRELOAD", "FAULT_CALL", "FAULT_AT", "FAULT_ERRNO",
                                        "FAULT_REPORT"};

    snprintf(wanted, sizeof(wanted), "%s", text_of("FAULT_CALL"));
    at = strtoul(text_of("FAULT_AT"), NULL, 10);
    failure = (int)strtol(text_of("FAULT_ERRNO"), NULL, 10);
    open_report(text_of("FAULT_REPORT"));
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        unsetenv(names[i]);
}

static int (*real_main)(int, char **, char **);

static int main_with_faults(int argc, char **argv, char **environment)
{
    void *frame;

    (void)environment; /* as it was before read_orders() */
    CALLS(FIND)
    find(&real_pthread_create, "pthread_create");
    read_orders();
    backtrace(&frame, 1); /* loads what it needs */
    atomic_store(&armed, true);
    return real_main(argc, argv, environ);
}

int __libc_start_main(int (*program)(int, char **, char **), int argc, char **argv, void (*start)(void),
                      void (*stop)(void), void (*stop_loader)(void), void *stack)
{
    int (*real)(int (*)(int, char **, char **), int, char **, void (*)(void), void (*)(void), void (*)(void),
                void *);

    find(&real, "__libc_start_main");
    real_main = program;
    return real(main_with_faults, argc, argv, start, stop, stop_loader, stack);
}

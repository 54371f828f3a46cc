#include "base/kernel_key.h"

#include <errno.h>
#include <linux/keyctl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * This user may do everything, possession grants nothing: then a session keyring that is not linked to @u
 * makes no difference, and a setuid child that inherits our keyrings cannot read the key.
 */
#define USER_ONLY 0x003f0000L

static long keyctl(int operation, long first, long second, long third, long fourth)
{
    return syscall(SYS_keyctl, operation, first, second, third, fourth);
}

static bool fail(const char *what, struct error *err)
{
    return error_set_errno(err, ERROR_STORE_UNAVAILABLE, "cannot %s a key of the kernel's keyring", what);
}

/* The key's serial number, or -1 with errno. Links it nowhere. */
static long find(const char *description)
{
    return keyctl(KEYCTL_SEARCH, KEY_SPEC_USER_KEYRING, (long)"user", (long)description, 0);
}

bool kernel_key_is_available(void)
{
    return keyctl(KEYCTL_GET_KEYRING_ID, KEY_SPEC_USER_KEYRING, 0, 0, 0) >= 0;
}

bool kernel_key_read(const char *description, struct secret **out, struct error *err)
{
    char bytes[KERNEL_KEY_MAXIMUM];
    long serial = find(description);
    long length = serial < 0 ? -1 : keyctl(KEYCTL_READ, serial, (long)bytes, sizeof(bytes), 0);

    if (length < 0)
        return fail("read", err);
    if (length > (long)sizeof(bytes))
        return error_set(err, ERROR_STORE_UNAVAILABLE, "a key of the kernel's keyring is too long");
    *out = secret_new(bytes, (size_t)length);
    explicit_bzero(bytes, sizeof(bytes));
    return true;
}

/* What has to be set before others can find the key, since it is the default until then. */
static bool restrict_and_link(long serial, int64_t seconds)
{
    return keyctl(KEYCTL_SETPERM, serial, USER_ONLY, 0, 0) == 0 &&
           keyctl(KEYCTL_SET_TIMEOUT, serial, seconds, 0, 0) == 0 &&
           keyctl(KEYCTL_LINK, serial, KEY_SPEC_USER_KEYRING, 0, 0) == 0;
}

/*
 * A new key takes the place of an old one in @u when it is linked there. Adding it there at once would update
 * the old one, which keeps its permissions and loses its timeout.
 */
bool kernel_key_write(const char *description, const struct secret *value, int64_t seconds, struct error *err)
{
    long serial = syscall(SYS_add_key, "user", description, secret_text(value), secret_length(value),
                          KEY_SPEC_THREAD_KEYRING);
    int reason;
    bool ok;

    if (serial < 0)
        return fail("add", err);
    ok = restrict_and_link(serial, seconds);
    reason = errno;
    keyctl(KEYCTL_UNLINK, serial, KEY_SPEC_THREAD_KEYRING, 0, 0);
    errno = reason;
    return ok || fail("add", err);
}

bool kernel_key_set_timeout(const char *description, int64_t seconds, struct error *err)
{
    long serial = find(description);

    return (serial >= 0 && keyctl(KEYCTL_SET_TIMEOUT, serial, seconds, 0, 0) == 0) || fail("renew", err);
}

bool kernel_key_remove(const char *description, struct error *err)
{
    long serial = find(description);

    if (serial < 0 && (errno == ENOKEY || errno == EKEYEXPIRED || errno == EKEYREVOKED))
        return true;
    return (serial >= 0 && keyctl(KEYCTL_UNLINK, serial, KEY_SPEC_USER_KEYRING, 0, 0) == 0) ||
           fail("remove", err);
}

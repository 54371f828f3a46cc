#include "base/secret.h"

#include "base/memory.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct secret {
    size_t mapped; /* size of the mapping that starts at this struct, bytes */
    size_t length;
    char bytes[];
};

static struct secret *map_pages(size_t length)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t mapped = (sizeof(struct secret) + length + 1 + page - 1) / page * page;
    struct secret *secret = mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (secret == MAP_FAILED)
        memory_exhausted();
    /* Best effort: a small RLIMIT_MEMLOCK must not prevent signing in. */
    (void)mlock(secret, mapped);
    (void)madvise(secret, mapped, MADV_DONTDUMP);
    secret->mapped = mapped;
    return secret;
}

struct secret *secret_new(const void *bytes, size_t length)
{
    struct secret *secret = map_pages(length);

    secret->length = length;
    if (length)
        memcpy(secret->bytes, bytes, length);
    return secret;
}

struct secret *secret_from_text(const char *text)
{
    return text ? secret_new(text, strlen(text)) : NULL;
}

struct secret *secret_copy(const struct secret *secret)
{
    return secret ? secret_new(secret->bytes, secret->length) : NULL;
}

const char *secret_text(const struct secret *secret)
{
    return secret->bytes;
}

size_t secret_length(const struct secret *secret)
{
    return secret->length;
}

bool secret_equal(const struct secret *a, const struct secret *b)
{
    unsigned char difference = 0;

    if (!a || !b)
        return a == b;
    if (a->length != b->length)
        return false;
    for (size_t i = 0; i < a->length; i++)
        difference |= (unsigned char)(a->bytes[i] ^ b->bytes[i]);
    return difference == 0;
}

void secret_free(struct secret **secret)
{
    if (!*secret)
        return;
    size_t mapped = (*secret)->mapped;

    explicit_bzero(*secret, mapped);
    munmap(*secret, mapped);
    *secret = NULL;
}

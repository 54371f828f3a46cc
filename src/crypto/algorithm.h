/* The five signature algorithms, RFC 7518 section 3.1, and the keys that go with them. Private to crypto/. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum key_kind { KEY_RSA, KEY_P256, KEY_P384, KEY_P521 };

struct algorithm {
    const char *name;
    const char *digest; /* OpenSSL's name of it */
    enum key_kind kind;
    bool pss;
};

/* NULL for NULL and for every other name; case-sensitive (RFC 7515, 4.1.1). */
const struct algorithm *algorithm_find(const char *name);

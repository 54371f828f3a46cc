/*
 * The session of the Secret Service: what this program and the service have agreed on to encrypt secrets on
 * their way over the bus. libsecret does that (RFC 2409 group 2, AES-128-CBC).
 */
#pragma once

#include "base/secret.h"
#include "store/keyring_bus.h"

struct keyring_session {
    SecretService *proxy; /* NULL: not open */
    bool proven;          /* a secret came through it undamaged */
};

/* Unless it is open. The service must have answered before. */
bool keyring_session_open(struct keyring_session *session, struct keyring_bus *bus, struct error *err);
void keyring_session_close(struct keyring_session *session);

/* Its object path. */
const char *keyring_session_path(const struct keyring_session *session);

/* A floating (oayays). */
GVariant *keyring_session_encode(const struct keyring_session *session, const struct secret *secret);

/* NULL when it can't be decrypted: the two sides don't have the same key. */
struct secret *keyring_session_decode(struct keyring_session *session, GVariant *encoded);

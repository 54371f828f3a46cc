/* Somebody who types passphrases, or has set one; and what an encrypted store is opened with. */
#pragma once

#include "crypto/seal.h"
#include "store/store.h"

#include <openssl/evp.h>
#include <string.h>

struct fake_passphrase {
    struct passphrase_source source;
    const char *given;      /* NULL: none */
    const char *answers[8]; /* NULL: nobody answers */
    enum passphrase_need needs[8];
    int asked;
};

static inline bool fake_given(struct passphrase_source *source, struct secret **out, struct error *err)
{
    (void)err;
    *out = secret_from_text(((struct fake_passphrase *)source)->given);
    return true;
}

static inline struct secret *fake_ask(struct passphrase_source *source, const struct store_key *key,
                                      enum passphrase_need need, struct error *err)
{
    struct fake_passphrase *self = (struct fake_passphrase *)source;
    const char *answer = self->answers[self->asked];

    (void)key;
    if (!answer)
        error_set(err, ERROR_STORE_LOCKED, "nobody answers");
    self->needs[self->asked] = need;
    self->asked++;
    return secret_from_text(answer);
}

/* Settings for an encrypted store whose passphrases come from `passphrase`; the rest of it is filled. */
static inline struct store_settings fake_settings(struct fake_passphrase *passphrase, struct system *system)
{
    static const struct store_seal seal = {seal_key_new, seal_key_derive, seal_key_fits, seal_append,
                                           seal_open};

    passphrase->source.given = fake_given;
    passphrase->source.ask = fake_ask;
    return (struct store_settings){
        .timeout = 1000, .system = system, .seal = &seal, .passphrase = &passphrase->source};
}

/* Writes the checksum that belongs to a header which a test has changed. */
static inline void fake_correct_checksum(char *header)
{
    unsigned char sum[32];

    EVP_Q_digest(NULL, "SHA256", NULL, header, SEAL_HEADER_LENGTH - 8, sum, NULL);
    memcpy(header + SEAL_HEADER_LENGTH - 8, sum, 8);
}

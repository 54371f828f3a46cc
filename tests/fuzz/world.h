/* What the harnesses share that need more than bytes: an environment without the user's own, and a provider.
 */
#pragma once

#include "fuzz.h"

#include "fake.h"

/* Called by libFuzzer before the first input: nothing of the user's environment is left. */
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* Points the XDG variables at a fresh folder, removed at exit. Its path; static. */
const char *fuzz_folder(void);

/* The input as file `name` of that folder, folders above it made. */
void fuzz_write_file(const char *name, const uint8_t *data, size_t size);

/* The input as a string: cut at its first NUL. The caller frees it. */
char *fuzz_text(const uint8_t *data, size_t size);

/* Takes the first byte off the input; 0 when there is none. */
unsigned char fuzz_take_byte(const uint8_t **data, size_t *size);

/* A provider whose every answer is made by the harness. */
struct fuzz_provider {
    struct http http;
    struct fake_system system;
    struct oidc oidc; /* over both; nothing is written to disk */
    /* The answer to a request, whose body is appended to response->body; false: the network failed. */
    bool (*answer)(struct fuzz_provider *provider, const struct http_request *request,
                   struct http_response *response, struct error *err);
    void *data;
};

void fuzz_provider_open(struct fuzz_provider *provider);

/* The key that signs in this process, made at its first use, and the key set it is in. */
const struct fake_key *fuzz_key(void);
const char *fuzz_key_set(void);

/* An error as the contract knows it: a code other than ERROR_NONE and a message. */
void fuzz_check_error(const struct error *err);

/* A stored session that can be read is whole, and what is stored of it reads as the same session. */
#include "world.h"

#include "session/session_json.h"

static void check_same(const struct session *a, const struct session *b)
{
    CHECK(strcmp(a->profile, b->profile) == 0 && strcmp(a->endpoint, b->endpoint) == 0);
    CHECK(strcmp(a->issuer, b->issuer) == 0 && strcmp(a->app_id, b->app_id) == 0);
    CHECK(secret_equal(a->refresh_token, b->refresh_token) && secret_equal(a->id_token, b->id_token));
    CHECK(secret_equal(a->app_secret, b->app_secret) && json_equal(a->claims, b->claims));
    CHECK(a->signed_in_at == b->signed_in_at && a->token_count == b->token_count);
    CHECK(a->scopes.count == b->scopes.count && a->resources.count == b->resources.count);
    for (size_t i = 0; i < a->token_count; i++)
        CHECK(secret_equal(a->tokens[i].token, b->tokens[i].token) &&
              a->tokens[i].expires_at == b->tokens[i].expires_at);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_secret_ struct secret *text = secret_new(data, size);
    _cleanup_secret_ struct secret *written = NULL;
    _cleanup_session_ struct session session = SESSION_EMPTY;
    _cleanup_session_ struct session again = SESSION_EMPTY;
    struct error err = {.code = ERROR_NONE};

    if (!session_decode(text, &session, &err)) {
        fuzz_check_error(&err);
        CHECK(err.code == ERROR_STORE_UNAVAILABLE && !session.profile);
        return 0;
    }
    CHECK(session.profile && session.issuer && session.claims);
    CHECK(session.token_count <= SESSION_TOKENS_MAXIMUM);
    written = session_encode(&session);
    CHECK(session_decode(written, &again, &err));
    check_same(&session, &again);
    return 0;
}

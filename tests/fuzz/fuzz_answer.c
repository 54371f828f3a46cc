/*
 * What a provider answers to requests with a token in them. The first byte chooses the status, the second the
 * request. An error status never gives anything, and what is given is whole.
 */
#include "world.h"

#include "codec/bearer.h"
#include "codec/url.h"
#include "oidc/authorize_probe.h"
#include "oidc/device.h"
#include "oidc/introspect.h"
#include "oidc/par.h"
#include "oidc/revoke.h"
#include "oidc/userinfo.h"

static const int statuses[] = {200, 201, 204, 302, 304, 400, 401, 403, 404, 429, 500, 503};

struct input {
    int status;
    const uint8_t *data;
    size_t size;
};

static bool answer(struct fuzz_provider *provider, const struct http_request *request,
                   struct http_response *response, struct error *err)
{
    const struct input *input = provider->data;

    (void)request;
    response->status = input->status;
    response->json = true;
    snprintf(response->location, sizeof(response->location), "%.*s", (int)input->size,
             (const char *)input->data);
    return buffer_append(&response->body, input->data, input->size, err);
}

/* RFC 6749, A.12: visible ASCII, one character at least. */
static void check_token(const struct secret *token)
{
    CHECK(!token || secret_length(token) > 0);
    for (size_t i = 0; token && i < secret_length(token); i++)
        CHECK(secret_text(token)[i] > 0x20 && secret_text(token)[i] < 0x7f);
}

static void ask_for_tokens(const struct oidc *oidc, const struct provider *known, int status)
{
    _cleanup_token_response_ struct token_response tokens = TOKEN_RESPONSE_EMPTY;
    _cleanup_buffer_ struct buffer form = BUFFER(TOKEN_FORM_MAXIMUM);
    struct client client = {FAKE_APP, NULL};
    _cleanup_token_failure_ struct token_failure failure = {.lost = false};
    struct error err = {.code = ERROR_NONE};

    if (token_endpoint_request(oidc, known, &client, "asking", &form, &tokens, &failure, &err)) {
        CHECK(status == 200 && tokens.access_token && tokens.expires_in >= 0);
        check_token(tokens.access_token);
        check_token(tokens.refresh_token);
        check_token(tokens.id_token);
        return;
    }
    fuzz_check_error(&err);
    CHECK((status == 200) == (failure.oauth.kind == OAUTH_NO_RESPONSE) && (status == 200 || !failure.lost));
    check_token(failure.refresh_token);
    CHECK(failure.oauth.kind < OAUTH_ERROR_KINDS);
}

static void ask_who(const struct oidc *oidc, const struct provider *known, int status)
{
    _cleanup_secret_ struct secret *token = secret_from_text("token");
    struct error err = {.code = ERROR_NONE};
    _cleanup_json_ struct json *claims = userinfo_fetch(oidc, known, token, FAKE_SUBJECT, &err);

    if (claims)
        CHECK(status == 200 && strcmp(json_string(claims, "sub"), FAKE_SUBJECT) == 0);
    else
        fuzz_check_error(&err);
}

static void ask_about(const struct oidc *oidc, const struct provider *known, int status)
{
    _cleanup_secret_ struct secret *token = secret_from_text("token");
    struct client client = {FAKE_APP, NULL};
    struct error err = {.code = ERROR_NONE};
    _cleanup_json_ struct json *claims = introspect(oidc, known, &client, token, &err);

    if (claims)
        CHECK(status == 200 && json_is_boolean(json_member(claims, "active")));
    else
        fuzz_check_error(&err);
}

static void ask_to_revoke(const struct oidc *oidc, const struct provider *known, int status)
{
    _cleanup_secret_ struct secret *token = secret_from_text("token");
    struct client client = {FAKE_APP, NULL};
    struct error err = {.code = ERROR_NONE};

    if (!revoke_refresh_token(oidc, known, &client, token, &err))
        fuzz_check_error(&err);
    else
        CHECK(status < 500);
}

static void ask_for_a_code(const struct oidc *oidc, const struct provider *known, int status)
{
    static const struct list none = LIST_EMPTY;
    struct authorization_request request = {.client_id = FAKE_APP, .scopes = &none, .resources = &none};
    _cleanup_device_authorization_ struct device_authorization code = {0};
    struct oauth_error refusal = {.kind = OAUTH_NO_RESPONSE};
    struct error err = {.code = ERROR_NONE};
    struct url url;

    if (!device_authorize(oidc, known, &request, &code, &refusal, &err)) {
        fuzz_check_error(&err);
        CHECK(!code.device_code && !code.user_code);
        return;
    }
    CHECK(status == 200 && code.expires_in > 0 && code.interval > 0 && strlen(code.user_code) > 0);
    CHECK(url_parse(code.verification_uri, &url, NULL) &&
          (!code.complete_uri || url_parse(code.complete_uri, &url, NULL)));
    check_token(code.device_code);
}

static void ask_with_a_code(const struct oidc *oidc, const struct provider *known, int status)
{
    _cleanup_secret_ struct secret *code = secret_from_text("code");
    _cleanup_token_response_ struct token_response tokens = TOKEN_RESPONSE_EMPTY;
    _cleanup_token_failure_ struct token_failure failure = {.lost = false};
    struct error err = {.code = ERROR_NONE};
    enum device_answer answer = device_poll(oidc, known, FAKE_APP, code, &tokens, &failure, &err);

    CHECK((answer == DEVICE_TOKENS) == (tokens.access_token != NULL));
    CHECK(answer == DEVICE_TOKENS || answer == DEVICE_REFUSED || status != 200);
    if (answer != DEVICE_TOKENS)
        fuzz_check_error(&err);
}

static void ask_to_take_a_request(const struct oidc *oidc, const struct provider *known, int status)
{
    struct provider provider = *known; /* any address will do */
    struct client client = {FAKE_APP, NULL};
    _cleanup_pushed_request_ struct pushed_request pushed = {NULL, 0};
    _cleanup_buffer_ struct buffer parameters = BUFFER(64);
    struct oauth_error refusal = {.kind = OAUTH_NO_RESPONSE};
    struct error err = {.code = ERROR_NONE};

    provider.pushed_authorization_request_endpoint = provider.token_endpoint;
    CHECK(form_append(&parameters, "state", "x", NULL));
    if (par_push(oidc, &provider, &client, &parameters, &pushed, &refusal, &err) == PAR_ACCEPTED)
        CHECK((status == 200 || status == 201) && pushed.expires_in > 0 &&
              token_is_well_formed(pushed.request_uri));
    else
        fuzz_check_error(&err);
}

static void ask_without_a_browser(const struct oidc *oidc, const struct provider *known, int status)
{
    struct oauth_error refusal = {.kind = OAUTH_NO_RESPONSE};

    if (!authorize_probe(oidc, known->authorization_endpoint, "http://localhost:3000/callback", &refusal))
        CHECK(refusal.error[0] && refusal.kind < OAUTH_ERROR_KINDS && status < 500 && status >= 300);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const questions[])(const struct oidc *, const struct provider *,
                                     int) = {ask_for_tokens,
                                             ask_who,
                                             ask_about,
                                             ask_to_revoke,
                                             ask_for_a_code,
                                             ask_with_a_code,
                                             ask_to_take_a_request,
                                             ask_without_a_browser};
    int status = statuses[fuzz_take_byte(&data, &size) % ARRAY_SIZE(statuses)];
    size_t question = fuzz_take_byte(&data, &size) % ARRAY_SIZE(questions);
    _cleanup_provider_ struct provider known = {0};
    struct fuzz_provider provider;
    struct input input = {status, data, size};

    fake_provider(&known);
    fuzz_provider_open(&provider);
    provider.answer = answer;
    provider.data = &input;
    questions[question](&provider.oidc, &known, status);
    return 0;
}

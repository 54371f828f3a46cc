/*
 * A whole sign-in against a provider that answers anything. The input is five lines: the query of the
 * redirect, the discovery document, the key set, the token response (after '!' with status 400) and the ID
 * token's claims, which get a good signature. An empty line stands for a good answer; {STATE} and {ID_TOKEN}
 * are put in. However it goes: there is a session, stored, of whom the ID token names, or there is none.
 */
#include "world.h"

#include "session/session_json.h"
#include "session/sign_in_browser.h"

#include <fcntl.h>
#include <unistd.h>

enum { QUERY, DISCOVERY, KEYS, TOKENS, CLAIMS, LINES };

/* 43 characters: what 32 random bytes look like when each is '*'. State, nonce and verifier are all the same.
 */
#define STATE "KioqKioqKioqKioqKioqKioqKioqKioqKioqKioqKio"

static const char *const good[LINES] = {
    [QUERY] = "code=a-code&state={STATE}&iss=https%3A%2F%2Ftenant.example%2Foidc",
    [TOKENS] = "{\"access_token\":\"access\",\"refresh_token\":\"refresh\",\"id_token\":\"{ID_TOKEN}\","
               "\"token_type\":\"Bearer\",\"expires_in\":3600,\"scope\":\"openid offline_access\"}",
    [CLAIMS] = "{\"iss\":\"" FAKE_ISSUER "\",\"sub\":\"" FAKE_SUBJECT "\",\"aud\":\"" FAKE_APP "\","
               "\"nonce\":\"{STATE}\",\"iat\":1800000000,\"exp\":1800003600}",
};

struct sign_in {
    struct fuzz_provider provider;
    char *lines[LINES];
};

/* A copy with the first `marker` replaced. */
static char *put_in(const char *text, const char *marker, const char *value)
{
    const char *place = strstr(text, marker);

    if (!place)
        return memory_duplicate(text);
    return memory_format("%.*s%s%s", (int)(place - text), text, value, place + strlen(marker));
}

static char *good_line(int line)
{
    if (line == DISCOVERY)
        return fake_discovery_document();
    return memory_duplicate(line == KEYS ? fuzz_key_set() : good[line]);
}

static void split(struct sign_in *sign_in, const char *text)
{
    for (int i = 0; i < LINES; i++) {
        size_t length = strcspn(text, "\n");
        _cleanup_free_ char *line = length ? memory_format("%.*s", (int)length, text) : good_line(i);

        sign_in->lines[i] = put_in(line, "{STATE}", STATE);
        text += length + (text[length] == '\n');
    }
}

static char *id_token(const struct sign_in *sign_in)
{
    const char *text = sign_in->lines[CLAIMS];
    _cleanup_json_ struct json *claims = json_parse(text, strlen(text), NULL);

    return claims ? fake_jwt(fuzz_key(), NULL, claims) : memory_duplicate("");
}

static bool answer(struct fuzz_provider *provider, const struct http_request *request,
                   struct http_response *response, struct error *err)
{
    const struct sign_in *sign_in = provider->data;
    const char *tokens = sign_in->lines[TOKENS];
    _cleanup_free_ char *token = request->form ? id_token(sign_in) : NULL;
    _cleanup_free_ char *body = NULL;

    response->json = true;
    response->status = request->form && tokens[0] == '!' ? 400 : 200;
    if (request->form)
        body = put_in(tokens + (tokens[0] == '!'), "{ID_TOKEN}", token);
    else
        body = memory_duplicate(sign_in->lines[strcmp(request->url, FAKE_DISCOVERY) == 0 ? DISCOVERY : KEYS]);
    return buffer_append_text(&response->body, body, err);
}

static bool same_random(struct system *system, void *bytes, size_t length, struct error *err)
{
    (void)system;
    (void)err;
    memset(bytes, '*', length);
    return true;
}

/* The redirect, pasted at the terminal. */
static int paste(const char *query)
{
    int ends[2];
    _cleanup_free_ char *line = memory_format("http://localhost/callback?%s\n", query);

    CHECK(pipe2(ends, O_NONBLOCK | O_CLOEXEC) == 0);
    CHECK(write(ends[1], line, strlen(line)) > 0); /* no more than the pipe holds */
    close(ends[1]);
    return ends[0];
}

static void open_profile(struct profile *profile)
{
    CHECK(profile_read("default", NULL, profile, NULL) && profile_set_endpoint(profile, FAKE_ENDPOINT, NULL));
    profile_set_text(&profile->app_id, FAKE_APP);
    profile_set_text(&profile->store, "memory");
    profile->port = 0; /* a free one */
}

/* What the store holds is the session, or nothing. */
static void check_stored(const struct interfaces *interfaces, const struct profile *profile,
                         const struct session *session)
{
    _cleanup_session_ struct session stored = SESSION_EMPTY;
    bool found;

    CHECK(session_find(interfaces, profile, &stored, &found, NULL) && found == (session != NULL));
    if (session)
        CHECK(json_equal(stored.claims, session->claims) &&
              strcmp(json_string(stored.claims, "nonce"), STATE) == 0 &&
              strcmp(json_string(stored.claims, "iss"), FAKE_ISSUER) == 0);
}

static void run(const struct interfaces *interfaces, const struct profile *profile, const char *query)
{
    _cleanup_list_ struct list scopes = LIST_EMPTY;
    _cleanup_list_ struct list resources = LIST_EMPTY;
    _cleanup_session_ struct session session = SESSION_EMPTY;
    struct sign_in_request request = {
        .scopes = &scopes, .resources = &resources, .connector = "", .timeout = 3};
    struct sign_in_browser_options options = {.paste_descriptor = paste(query)};
    struct error err = {.code = ERROR_NONE};
    bool ok;

    list_append(&scopes, "openid");
    ok = sign_in_browser(interfaces, profile, &request, &options, &session, &err);
    if (!ok)
        fuzz_check_error(&err);
    check_stored(interfaces, profile, ok ? &session : NULL);
    close(options.paste_descriptor);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct store_kind kinds[] = {{"memory", "nothing", store_memory_open, NULL}, {.name = NULL}};
    static const struct store_settings settings;
    _cleanup_free_ char *text = fuzz_text(data, size);
    _cleanup_profile_ struct profile profile = PROFILE_EMPTY;
    struct sign_in sign_in;
    struct interfaces interfaces = {.system = &sign_in.provider.system.system,
                                    .http = &sign_in.provider.http,
                                    .stores = stores_new(kinds, &settings)};

    fuzz_folder();
    setenv("XDG_CACHE_HOME", "/dev/null", 1); /* the next input brings documents of its own */
    fuzz_provider_open(&sign_in.provider);
    sign_in.provider.answer = answer;
    sign_in.provider.data = &sign_in;
    sign_in.provider.system.real_clock = true;
    sign_in.provider.system.system.random = same_random;
    split(&sign_in, text);
    open_profile(&profile);
    run(&interfaces, &profile, sign_in.lines[QUERY]);
    stores_free(&interfaces.stores);
    for (int i = 0; i < LINES; i++)
        free(sign_in.lines[i]);
    return 0;
}

#include "fake.h"

#include "codec/base64url.h"
#include "logto/scope.h"
#include "oidc/cache.h"

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>

#include <arpa/inet.h>
#include <ftw.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* The journal. */

static void note(struct fake_journal *journal, const char *what, const char *of)
{
    size_t length;

    if (!journal)
        return;
    length = strlen(journal->text);
    snprintf(journal->text + length, sizeof(journal->text) - length, "%s%s%s", length ? ", " : "", what, of);
}

void assert_journal(struct fake_world *world, const char *expected)
{
    assert_string_equal(world->journal.text, expected);
}

void fake_forget_journal(struct fake_world *world)
{
    world->journal.text[0] = '\0';
}

/* Time and randomness. */

static int64_t fake_now(struct system *system)
{
    return ((struct fake_system *)system)->now;
}

static int64_t fake_monotonic(struct system *system)
{
    struct fake_system *self = (struct fake_system *)system;

    if (self->real_clock)
        return system_real()->monotonic(system_real());
    self->clock += self->step;
    return self->clock;
}

static bool fake_random(struct system *system, void *bytes, size_t length, struct error *err)
{
    struct fake_system *self = (struct fake_system *)system;

    if (self->random_fails)
        return error_set(err, ERROR_INTERNAL, "no random numbers today");
    for (size_t i = 0; i < length; i++)
        ((unsigned char *)bytes)[i] = self->next++;
    return true;
}

/* The clocks go on, and nobody waits. */
static void fake_sleep(struct system *system, int64_t duration)
{
    struct fake_system *self = (struct fake_system *)system;

    assert_true(duration > 0);
    self->clock += duration;
    self->now += duration / 1000;
}

void fake_system_open(struct fake_system *system)
{
    *system = (struct fake_system){
        .system = {fake_now, fake_monotonic, fake_random, fake_sleep}, .now = FAKE_NOW, .clock = 1000000};
}

/* HTTP. */

static char *copy_secret(const struct secret *secret)
{
    return secret ? memory_duplicate(secret_text(secret)) : NULL;
}

static void record(struct fake_http *self, const struct http_request *request)
{
    struct fake_request *seen = &self->requests[self->request_count++];
    const char *path = strstr(request->url, FAKE_ISSUER) == request->url ? request->url + strlen(FAKE_ISSUER)
                                                                         : request->url;

    *seen = (struct fake_request){.url = memory_duplicate(request->url),
                                  .form = request->form ? memory_duplicate(buffer_text(request->form)) : NULL,
                                  .bearer = copy_secret(request->bearer),
                                  .basic = copy_secret(request->basic),
                                  .etag = memory_duplicate(request->etag),
                                  .language = memory_duplicate(request->language),
                                  .maximum = request->maximum,
                                  .timeout = request->timeout,
                                  .allow_plain = request->allow_plain};
    note(self->journal, request->form ? "POST " : "GET ", path);
}

static void fill_response(const struct fake_answer *answer, const struct http_request *request,
                          struct http_response *response)
{
    struct error err;

    response->status = answer->status;
    response->json = answer->json;
    response->max_age = answer->max_age;
    response->retry_after = answer->retry_after;
    response->body.maximum = request->maximum;
    snprintf(response->etag, sizeof(response->etag), "%s", answer->etag ? answer->etag : "");
    snprintf(response->location, sizeof(response->location), "%s", answer->location ? answer->location : "");
    if (answer->body)
        assert_true(buffer_append_text(&response->body, answer->body, &err));
}

static bool fake_send(struct http *http, const struct http_request *request, struct http_response *response,
                      bool *delivered, struct error *err)
{
    struct fake_http *self = (struct fake_http *)http;
    struct fake_answer *answer = &self->answers[self->request_count];

    if (self->request_count == self->answer_count)
        fail_msg("nobody expected a request to %s", request->url);
    record(self, request);
    if (strcmp(answer->url, request->url) != 0)
        fail_msg("a request to %s, not to %s", request->url, answer->url);
    assert_true(request->maximum > 0);
    if (request->sending)
        request->sending(request->sending_data);
    self->system->clock += answer->takes;
    if (answer->during)
        answer->during(answer, answer->data);
    if (delivered)
        *delivered = answer->failure == ERROR_NONE || answer->delivered;
    if (answer->failure != ERROR_NONE) {
        return error_set(err, answer->failure, "the fake network failed");
    }
    if (delivered)
        *delivered = true;
    fill_response(answer, request, response);
    return true;
}

static void fake_close(struct http *http)
{
    (void)http; /* belongs to the test */
}

void fake_http_open(struct fake_http *http, struct fake_system *system, struct fake_journal *journal)
{
    *http = (struct fake_http){
        .http = {.send = fake_send, .close = fake_close}, .system = system, .journal = journal};
}

void fake_http_release(struct fake_http *http)
{
    for (size_t i = 0; i < http->answer_count; i++) {
        free(http->answers[i].url);
        free(http->answers[i].body);
    }
    for (size_t i = 0; i < http->request_count; i++) {
        struct fake_request *request = &http->requests[i];

        free(request->url);
        free(request->form);
        free(request->bearer);
        free(request->basic);
        free(request->etag);
        free(request->language);
    }
    http->answer_count = http->request_count = 0;
}

struct fake_answer *fake_expect(struct fake_http *http, const char *url, int status, const char *body)
{
    struct fake_answer *answer = &http->answers[http->answer_count++];

    assert_true(http->answer_count <= FAKE_REQUESTS_MAXIMUM);
    *answer = (struct fake_answer){.url = memory_duplicate(url),
                                   .status = status,
                                   .body = memory_duplicate(body),
                                   .json = true,
                                   .max_age = -1,
                                   .retry_after = -1};
    return answer;
}

struct fake_answer *fake_expect_failure(struct fake_http *http, const char *url, enum error_code code,
                                        bool delivered)
{
    struct fake_answer *answer = fake_expect(http, url, 0, NULL);

    answer->failure = code;
    answer->delivered = delivered;
    return answer;
}

void assert_all_asked(const struct fake_http *http)
{
    if (http->request_count != http->answer_count)
        fail_msg("nobody asked for %s", http->answers[http->request_count].url);
}

char *fake_form_value(const char *form, const char *name)
{
    _cleanup_buffer_ struct buffer value = BUFFER((size_t)64 * 1024);

    form_find(form, name, &value);
    return memory_duplicate(buffer_text(&value));
}

void assert_form(const struct fake_http *http, size_t index, const char *name, const char *value)
{
    _cleanup_buffer_ struct buffer found = BUFFER((size_t)64 * 1024);
    enum form_result result;

    assert_true(index < http->request_count);
    result = form_find(http->requests[index].form, name, &found);
    assert_int_equal(result, value ? FORM_ONCE : FORM_ABSENT);
    if (value)
        assert_string_equal(buffer_text(&found), value);
}

/* The store. */

static bool fails(int *count, const struct fake_store *self, struct error *err)
{
    if (*count == 0)
        return false;
    --*count;
    error_set(err, self->failure, "the fake store failed");
    return true;
}

static bool fake_load(struct store *store, const struct store_key *key, struct secret **out,
                      struct error *err)
{
    struct fake_store *self = (struct fake_store *)store;
    void (*before)(void *) = self->before_load;

    self->before_load = NULL;
    if (before)
        before(self->data);
    note(self->journal, "load", "");
    return !fails(&self->failing_loads, self, err) && self->inner->load(self->inner, key, out, err);
}

static bool fake_save(struct store *store, const struct store_key *key, const struct secret *value,
                      struct error *err)
{
    struct fake_store *self = (struct fake_store *)store;

    note(self->journal, "save", "");
    return !fails(&self->failing_saves, self, err) && self->inner->save(self->inner, key, value, err);
}

static bool fake_remove(struct store *store, const struct store_key *key, struct error *err)
{
    struct fake_store *self = (struct fake_store *)store;

    note(self->journal, "remove", "");
    return self->inner->remove(self->inner, key, err);
}

static bool fake_prepare(struct store *store, const struct store_key *key, struct error *err)
{
    struct fake_store *self = (struct fake_store *)store;

    note(self->journal, "prepare", "");
    return !fails(&self->failing_prepares, self, err) && self->inner->prepare(self->inner, key, err);
}

static bool fake_list(struct store *store, void (*found)(void *data, const struct store_key *key), void *data,
                      struct error *err)
{
    struct fake_store *self = (struct fake_store *)store;

    note(self->journal, "list", "");
    return !fails(&self->failing_loads, self, err) && self->inner->list(self->inner, found, data, err);
}

static void fake_store_close(struct store *store)
{
    struct fake_store *self = (struct fake_store *)store;

    self->inner->close(self->inner);
}

static void fake_store_open(struct fake_store *store, struct fake_journal *journal)
{
    *store = (struct fake_store){
        .store = {fake_load, fake_save, fake_remove, fake_prepare, fake_list, fake_store_close},
        .inner = store_memory_open(NULL),
        .journal = journal,
        .failure = ERROR_STORE_LOCKED};
}

static struct store_key fake_store_key(const struct fake_world *world)
{
    const struct profile *profile = &world->profile;

    return (struct store_key){profile->name, profile->issuer, profile->app_id};
}

struct secret *fake_stored(struct fake_world *world)
{
    struct store_key key = fake_store_key(world);
    struct secret *value = NULL;
    struct error err;

    assert_true(world->store.inner->load(world->store.inner, &key, &value, &err));
    return value;
}

void assert_stored(struct fake_world *world, const struct secret *expected)
{
    _cleanup_secret_ struct secret *value = fake_stored(world);

    assert_true(secret_equal(value, expected));
}

/* The browser: what it is sent to names the port and the state. */

static char *talk(uint16_t port, const char *target)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    _cleanup_free_ char *request = memory_format("GET %s HTTP/1.1\r\nHost: localhost:%u\r\n\r\n", target,
                                                 (unsigned)port);
    struct timeval timeout = {20, 0};
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    size_t length = 0, maximum = (size_t)256 * 1024;
    char *answer = memory_allocate(maximum + 1, 1);
    ssize_t got = 1;

    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
    if (connect(descriptor, (struct sockaddr *)&address, sizeof(address)) == 0 &&
        send(descriptor, request, strlen(request), MSG_NOSIGNAL) > 0)
        while (length < maximum && (got = recv(descriptor, answer + length, maximum - length, 0)) > 0)
            length += (size_t)got;
    close(descriptor);
    return answer;
}

static char *fill_in(const char *template, const char *state)
{
    const char *mark = strstr(template, "{STATE}");

    return mark ? memory_format("/callback?%.*s%s%s", (int)(mark - template), template, state,
                                mark + strlen("{STATE}"))
                : memory_format("/callback?%s", template);
}

/* The value of an answer's Location header; to be freed. */
static char *location_of(const char *answer)
{
    static const char name[] = "\r\nLocation: ";
    const char *start = strstr(answer, name);

    return start ? memory_format("%.*s", (int)strcspn(start + strlen(name), "\r"), start + strlen(name))
                 : memory_duplicate("");
}

/* From the listener's short address to the provider, and back with the answer. */
static void *visit(void *data)
{
    struct fake_browser *self = data;
    const char *path = strchr(self->url + strlen("http://"), '/');
    uint16_t port = (uint16_t)strtoul(strrchr(self->url, ':') + 1, NULL, 10);
    _cleanup_free_ char *start = talk(port, path);
    _cleanup_free_ char *location = location_of(start);
    const char *mark = strchr(location, '?');
    _cleanup_free_ char *state = fake_form_value(mark ? mark + 1 : "", "state");
    _cleanup_free_ char *target = fill_in(self->answer, state);
    char *answer = talk(port, target);
    _cleanup_free_ char *last = location_of(answer);

    if (last[0]) {
        free(answer);
        answer = talk(port, last);
    }
    self->page = answer;
    return NULL;
}

static bool fake_open(struct browser *browser, const char *url, struct error *err)
{
    struct fake_browser *self = (struct fake_browser *)browser;

    free(self->url);
    self->url = memory_duplicate(url);
    if (self->fails)
        return error_set(err, ERROR_IO, "there is no browser here");
    if (self->answer)
        self->visiting = pthread_create(&self->thread, NULL, visit, self) == 0;
    return true;
}

void fake_browser_join(struct fake_browser *browser)
{
    if (browser->visiting)
        pthread_join(browser->thread, NULL);
    browser->visiting = false;
}

/* The world. */

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    (void)status;
    (void)kind;
    (void)where;
    return remove(path);
}

static void clean_environment(const char *folder)
{
    static const char *const names[] = {"XDG_CONFIG_HOME",  "XDG_DATA_HOME",         "XDG_CACHE_HOME",
                                        "XDG_RUNTIME_DIR",  "LOGTO_ENDPOINT",        "LOGTO_APP_ID",
                                        "LOGTO_APP_SECRET", "LOGTO_APP_SECRET_FILE", "LOGTO_PAT",
                                        "LOGTO_PROFILE",    "LOGTO_STORE",           "LOGTO_WARM",
                                        "LC_ALL",           "LC_MESSAGES",           "LANG"};

    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        unsetenv(names[i]);
    setenv("HOME", folder, 1);
}

static struct store *find_fake_store(const struct store_settings *settings)
{
    return (struct store *)((char *)(uintptr_t)settings - offsetof(struct fake_store, settings));
}

static const struct store_kind fake_stores[] = {
    {"memory", "kept in memory", find_fake_store, NULL},
    {NULL, NULL, NULL, NULL},
};

static void open_interfaces(struct fake_world *world)
{
    struct error err;

    world->interfaces = (struct interfaces){.system = &world->system.system,
                                            .http = &world->http.http,
                                            .browser = &world->browser.browser,
                                            .stores = stores_new(fake_stores, &world->store.settings)};
    world->oidc = (struct oidc){.http = &world->http.http, .system = &world->system.system};
    assert_true(profile_read("default", NULL, &world->profile, &err));
    assert_true(profile_set_endpoint(&world->profile, FAKE_ENDPOINT, &err));
    profile_set_text(&world->profile.app_id, FAKE_APP);
    profile_set_text(&world->profile.store, "memory");
    world->profile.port = 0; /* a free one */
}

int fake_setup(void **state)
{
    struct fake_world *world = memory_allocate(1, sizeof(*world));

    strcpy(world->folder, "/tmp/logto-unit-XXXXXX");
    if (!mkdtemp(world->folder))
        return -1;
    clean_environment(world->folder);
    fake_system_open(&world->system);
    fake_http_open(&world->http, &world->system, &world->journal);
    fake_store_open(&world->store, &world->journal);
    world->browser.browser = (struct browser){.open = fake_open, .find = NULL};
    world->key = fake_key_new("key1");
    open_interfaces(world);
    *state = world;
    return 0;
}

int fake_teardown(void **state)
{
    struct fake_world *world = *state;

    fake_browser_join(&world->browser);
    /* Or the store that nobody asked for would not be closed. */
    assert_non_null(stores_get(world->interfaces.stores, "memory", NULL));
    stores_free(&world->interfaces.stores);
    profile_release(&world->profile);
    fake_http_release(&world->http);
    fake_key_free(&world->key);
    free(world->browser.url);
    free(world->browser.page);
    nftw(world->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(world);
    return 0;
}

/* What the provider says. */

char *fake_discovery_document(void)
{
    return memory_format(
        "{\"issuer\":\"%s\",\"authorization_endpoint\":\"%s/auth\",\"token_endpoint\":\"%s\","
        "\"jwks_uri\":\"%s\",\"userinfo_endpoint\":\"%s\",\"revocation_endpoint\":\"%s\","
        "\"device_authorization_endpoint\":\"%s\","
        "\"introspection_endpoint\":\"%s\",\"end_session_endpoint\":\"%s/session/end\","
        "\"authorization_response_iss_parameter_supported\":true}",
        FAKE_ISSUER, FAKE_ISSUER, FAKE_TOKEN, FAKE_KEYS, FAKE_USERINFO, FAKE_REVOCATION, FAKE_DEVICE,
        FAKE_INTROSPECTION, FAKE_ISSUER);
}

void fake_provider(struct provider *provider)
{
    *provider = (struct provider){.issuer = memory_duplicate(FAKE_ISSUER),
                                  .authorization_endpoint = memory_duplicate(FAKE_ISSUER "/auth"),
                                  .token_endpoint = memory_duplicate(FAKE_TOKEN),
                                  .jwks_uri = memory_duplicate(FAKE_KEYS),
                                  .userinfo_endpoint = memory_duplicate(FAKE_USERINFO),
                                  .revocation_endpoint = memory_duplicate(FAKE_REVOCATION),
                                  .introspection_endpoint = memory_duplicate(FAKE_INTROSPECTION),
                                  .device_authorization_endpoint = memory_duplicate(FAKE_DEVICE),
                                  .iss_parameter = true};
}

static void keep_document(const struct fake_world *world, const char *kind, const char *url, char *text)
{
    struct error err;
    struct cache_entry entry = {.document = json_parse(text, strlen(text), &err),
                                .fetched_at = world->system.now,
                                .expires_at = world->system.now + INT64_C(365) * 86400};

    assert_non_null(entry.document);
    cache_write(FAKE_ISSUER, kind, url, &entry);
    cache_entry_release(&entry);
    free(text);
}

void fake_fill_cache(struct fake_world *world)
{
    keep_document(world, "discovery", FAKE_DISCOVERY, fake_discovery_document());
    keep_document(world, "jwks", FAKE_KEYS, fake_key_set(world->key, NULL));
}

/* Keys and tokens. */

struct fake_key {
    char *kid;
    EVP_PKEY *key;
};

struct fake_key *fake_key_new(const char *kid)
{
    struct fake_key *key = memory_allocate(1, sizeof(*key));

    key->kid = memory_duplicate(kid);
    key->key = EVP_EC_gen("P-384");
    assert_non_null(key->key);
    return key;
}

void fake_key_free(struct fake_key **key)
{
    if (!*key)
        return;
    EVP_PKEY_free((*key)->key);
    free((*key)->kid);
    free(*key);
    *key = NULL;
}

static char *encoded(const void *bytes, size_t length)
{
    char *text = memory_allocate(BASE64URL_LENGTH(length) + 1, 1);

    base64url_encode(bytes, length, text);
    return text;
}

static char *jwk_text(const struct fake_key *key)
{
    unsigned char point[97]; /* 4, x, y */
    size_t length = 0;
    _cleanup_free_ char *x = NULL, *y = NULL;

    assert_int_equal(EVP_PKEY_get_octet_string_param(key->key, "pub", point, sizeof(point), &length), 1);
    assert_int_equal(length, sizeof(point));
    x = encoded(point + 1, 48);
    y = encoded(point + 49, 48);
    return memory_format("{\"kty\":\"EC\",\"crv\":\"P-384\",\"use\":\"sig\",\"alg\":\"ES384\",\"kid\":\"%s\","
                         "\"x\":\"%s\",\"y\":\"%s\"}",
                         key->kid, x, y);
}

char *fake_key_set(const struct fake_key *first, const struct fake_key *second)
{
    _cleanup_free_ char *one = jwk_text(first);
    _cleanup_free_ char *two = second ? jwk_text(second) : NULL;

    return memory_format("{\"keys\":[%s%s%s]}", one, two ? "," : "", two ? two : "");
}

static char *signing_input(const char *header, const struct json *claims)
{
    char *text = json_print(claims, false);
    _cleanup_free_ char *first = encoded(header, strlen(header));
    _cleanup_free_ char *second = encoded(text, strlen(text));

    free(text);
    return memory_format("%s.%s", first, second);
}

char *fake_jwt_signed_by(const char *header, const struct json *claims, const void *signature, size_t length)
{
    _cleanup_free_ char *input = signing_input(header, claims);
    _cleanup_free_ char *end = encoded(signature, length);

    return memory_format("%s.%s", input, end);
}

static size_t sign_der(const struct fake_key *key, const char *input, unsigned char *der, size_t size)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t length = size;

    assert_int_equal(EVP_DigestSignInit_ex(context, NULL, "SHA384", NULL, NULL, key->key, NULL), 1);
    assert_int_equal(EVP_DigestSign(context, der, &length, (const unsigned char *)input, strlen(input)), 1);
    EVP_MD_CTX_free(context);
    return length;
}

/* JWS wants r and s side by side, 48 bytes each (RFC 7518, 3.4). */
static void to_raw(const unsigned char *der, size_t length, unsigned char raw[96])
{
    ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &der, (long)length);

    assert_non_null(signature);
    BN_bn2binpad(ECDSA_SIG_get0_r(signature), raw, 48);
    BN_bn2binpad(ECDSA_SIG_get0_s(signature), raw + 48, 48);
    ECDSA_SIG_free(signature);
}

char *fake_jwt(const struct fake_key *key, const char *header, const struct json *claims)
{
    _cleanup_free_ char *own = memory_format("{\"alg\":\"ES384\",\"kid\":\"%s\"}", key->kid);
    _cleanup_free_ char *input = signing_input(header ? header : own, claims);
    unsigned char der[128], raw[96];

    to_raw(der, sign_der(key, input, der, sizeof(der)), raw);
    return fake_jwt_signed_by(header ? header : own, claims, raw, sizeof(raw));
}

char *fake_jwt_der(const struct fake_key *key, const char *header, const struct json *claims)
{
    _cleanup_free_ char *input = signing_input(header, claims);
    unsigned char der[128];
    size_t length = sign_der(key, input, der, sizeof(der));

    return fake_jwt_signed_by(header, claims, der, length);
}

struct json *fake_claims(const struct fake_world *world)
{
    struct json *claims = json_object();

    json_set_string(claims, "iss", FAKE_ISSUER);
    json_set_string(claims, "sub", FAKE_SUBJECT);
    json_set_string(claims, "aud", FAKE_APP);
    json_set_integer(claims, "iat", world->system.now);
    json_set_integer(claims, "exp", world->system.now + 3600);
    return claims;
}

struct secret *fake_id_token(const struct fake_world *world, const struct json *claims)
{
    _cleanup_free_ char *text = fake_jwt(world->key, NULL, claims);

    return secret_from_text(text);
}

/* Sessions. */

void fake_sign_in(struct fake_world *world, int64_t ttl, struct session *out)
{
    struct session session = SESSION_EMPTY;
    struct access_token *token = session_put_token(&session, NULL, NULL, "");
    struct error err;

    session.profile = memory_duplicate(world->profile.name);
    session.endpoint = memory_duplicate(FAKE_ENDPOINT);
    session.issuer = memory_duplicate(FAKE_ISSUER);
    session.app_id = memory_duplicate(FAKE_APP);
    session.refresh_token = secret_from_text("refresh-1");
    session.claims = fake_claims(world);
    session.id_token = fake_id_token(world, session.claims);
    session.signed_in_at = world->system.now;
    logto_add_default_scopes(&session.scopes);
    logto_add_organizations(&session.scopes, &session.resources);
    list_add(&session.scopes, "read:things");
    list_add(&session.resources, FAKE_API);
    token->token = secret_from_text("access-1");
    token->expires_at = world->system.now + ttl;
    assert_true(session_save(&world->interfaces, &world->profile, &session, &err));
    fake_forget_journal(world);
    *out = session;
}

/* Standard output. */

char *fake_capture(void (*work)(void *data), void *data)
{
    FILE *file = tmpfile();
    int saved = dup(STDOUT_FILENO);
    char *text;
    long length;

    assert_non_null(file);
    fflush(stdout);
    dup2(fileno(file), STDOUT_FILENO);
    work(data);
    fflush(stdout);
    dup2(saved, STDOUT_FILENO);
    close(saved);
    fseek(file, 0, SEEK_END);
    length = ftell(file);
    rewind(file);
    text = memory_allocate((size_t)length + 1, 1);
    assert_int_equal(fread(text, 1, (size_t)length, file), length);
    fclose(file);
    return text;
}

#include "world.h"

#include "base/file.h"

#include <ftw.h>
#include <unistd.h>

static char folder[64];

/* NOLINTNEXTLINE(readability-non-const-parameter): the signature is libFuzzer's */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    clearenv();
    return 0;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    (void)status;
    (void)kind;
    (void)where;
    return remove(path);
}

static void remove_folder(void)
{
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *fuzz_folder(void)
{
    static const char *const places[] = {"XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME",
                                         "XDG_RUNTIME_DIR"};

    if (folder[0])
        return folder;
    snprintf(folder, sizeof(folder), "/tmp/logto-fuzz-XXXXXX");
    CHECK(mkdtemp(folder));
    for (size_t i = 0; i < ARRAY_SIZE(places); i++)
        CHECK(setenv(places[i], folder, 1) == 0);
    atexit(remove_folder);
    return folder;
}

void fuzz_write_file(const char *name, const uint8_t *data, size_t size)
{
    _cleanup_free_ char *path = memory_format("%s/%s", fuzz_folder(), name);
    FILE *file;

    CHECK(file_make_folder(path, NULL));
    file = fopen(path, "we");
    CHECK(file && fwrite(data, 1, size, file) == size && fclose(file) == 0);
}

char *fuzz_text(const uint8_t *data, size_t size)
{
    char *text = memory_allocate(size + 1, 1);

    if (size)
        memcpy(text, data, size);
    return text;
}

unsigned char fuzz_take_byte(const uint8_t **data, size_t *size)
{
    if (*size == 0)
        return 0;
    --*size;
    return *(*data)++;
}

static bool answer(struct http *http, const struct http_request *request, struct http_response *response,
                   bool *delivered, struct error *err)
{
    struct fuzz_provider *provider = (struct fuzz_provider *)http;

    if (delivered)
        *delivered = true;
    response->body.maximum = request->maximum;
    return provider->answer(provider, request, response, err);
}

static void close_nothing(struct http *http)
{
    (void)http;
}

void fuzz_provider_open(struct fuzz_provider *provider)
{
    *provider = (struct fuzz_provider){.http = {.send = answer, .close = close_nothing}};
    fake_system_open(&provider->system);
    provider->oidc = (struct oidc){
        .http = &provider->http, .system = &provider->system.system, .leaves_no_trace = true};
}

const struct fake_key *fuzz_key(void)
{
    static struct fake_key *key;

    if (!key)
        key = fake_key_new("key1");
    return key;
}

const char *fuzz_key_set(void)
{
    static char *text;

    if (!text)
        text = fake_key_set(fuzz_key(), NULL);
    return text;
}

void fuzz_check_error(const struct error *err)
{
    CHECK(err->code > ERROR_NONE && err->code < ERROR_CODE_COUNT && err->message[0]);
    CHECK(strlen(err->message) < sizeof(err->message) && strlen(err->hint) < sizeof(err->hint));
}

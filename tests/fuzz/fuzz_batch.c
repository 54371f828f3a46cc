/*
 * Lines for `inspect --batch`, judged by fixed keys: every line has one verdict, and only the tokens that
 * were signed by these keys have a good signature. Whoever finds another one has forged it.
 */
#include "world.h"

#include "../unit/jws_vectors.h"
#include "cmd/line_reader.h"
#include "session/inspector.h"

#include <sys/mman.h>
#include <unistd.h>

static const char *const genuine[] = {JOSE_RS256, JOSE_PS256, JOSE_ES256, JOSE_ES384,
                                      JOSE_ES512, NODE_PS256, NODE_ES384, NODE_ES384_NO_KID};

static void prepare(struct inspector *inspector, struct interfaces *interfaces, struct profile *profile)
{
    static struct fake_system system;
    static struct http http; /* is not asked, as everything is offline */
    struct inspector_options options = {.policy = {.issuer = FAKE_ISSUER, .leeway = 60}, .offline = true};
    _cleanup_json_ struct json *document = json_parse(JOSE_KEY_SET, strlen(JOSE_KEY_SET), NULL);

    fake_system_open(&system);
    interfaces->system = &system.system;
    interfaces->http = &http;
    inspector_open(inspector, interfaces, profile, &options);
    inspector->keyset.keys = jwk_set_parse(document, NULL);
    inspector->keys_ready = true;
    CHECK(inspector->keyset.keys);
}

static bool is_genuine(const struct line *line)
{
    for (size_t i = 0; i < ARRAY_SIZE(genuine); i++)
        if (line->text && strlen(genuine[i]) == line->length &&
            memcmp(genuine[i], line->text, line->length) == 0)
            return true;
    return false;
}

static void judge(const struct inspector *inspector, const struct line *line)
{
    _cleanup_verdict_ struct verdict verdict = {.state = VERDICT_SETTLED};
    const struct inspection *inspection = &verdict.inspection;

    inspector_judge(inspector, line->text ? line->text : "", line->length, &verdict);
    CHECK(verdict.state == VERDICT_SETTLED && inspection->count > 0);
    CHECK(inspection->count <= INSPECTION_CHECKS_MAXIMUM);
    for (size_t i = 0; i < inspection->count; i++)
        CHECK(strcmp(inspection->checks[i].name, "signature") != 0 ||
              inspection->checks[i].result != INSPECTION_PASS || is_genuine(line));
}

static size_t count_lines(const uint8_t *data, size_t size)
{
    size_t count = size && data[size - 1] != '\n';

    for (size_t i = 0; i < size; i++)
        count += data[i] == '\n';
    return count;
}

static int input_of(const uint8_t *data, size_t size)
{
    int descriptor = memfd_create("lines", MFD_CLOEXEC);

    CHECK(descriptor >= 0 && write(descriptor, data, size) == (ssize_t)size);
    CHECK(lseek(descriptor, 0, SEEK_SET) == 0);
    return descriptor;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct inspector inspector;
    static struct interfaces interfaces;
    static struct profile profile;
    struct line_reader reader = {.descriptor = input_of(data, size), .longest = 4096};
    struct line line = {.text = NULL};
    size_t count = 0;

    if (!inspector.keys_ready)
        prepare(&inspector, &interfaces, &profile);
    for (; line_reader_next(&reader, &line); count++) {
        CHECK(line.length <= reader.longest);
        if (!line.too_long)
            judge(&inspector, &line);
    }
    CHECK(count == count_lines(data, size));
    line_release(&line);
    close(reader.descriptor);
    return 0;
}

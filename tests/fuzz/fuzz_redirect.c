/* A pasted line is the redirect only when it carries our exact state; so is a request only then. */
#include "world.h"

#include "codec/url.h"
#include "net/loopback_request.h"
#include "session/paste.h"

#define STATE "the-state-of-this-sign-in"

static void judge_request(const char *target, const struct secret *state)
{
    struct loopback_request request = {.method = "GET", .target = target};
    const struct loopback_resources resources = {
        .port = 3000, .callback = "/callback", .state = state, .start = "/start", .last_page = "/last"};
    enum loopback_verdict verdict;

    loopback_request_header(&request, "Host", "localhost:3000");
    verdict = loopback_judge(&request, &resources);
    CHECK(verdict < LOOPBACK_VERDICT_COUNT);
    CHECK(verdict != LOOPBACK_IS_REDIRECT || (strncmp(target, "/callback?", 10) == 0 &&
                                              form_carries(loopback_target_query(target), "state", state)));
    CHECK(verdict != LOOPBACK_IS_START || strncmp(target, "/start", 6) == 0);
    CHECK(verdict != LOOPBACK_IS_LAST_PAGE || strncmp(target, "/last", 5) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_free_ char *line = fuzz_text(data, size);
    _cleanup_secret_ struct secret *state = secret_from_text(STATE);
    const char *query;
    enum paste_verdict verdict;

    judge_request(line, state);
    verdict = paste_judge_text(line, state, &query);
    CHECK((verdict == PASTE_REDIRECT) == (query != NULL));
    CHECK(!query || (query >= line && query <= line + size && form_carries(query, "state", state)));
    return 0;
}

#include "net/loopback_request.h"

#include "base/memory.h"
#include "codec/url.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const struct {
    unsigned int status;
    bool allow;
    struct page page; /* no title: no page */
} answers[] = {
    [LOOPBACK_IS_REDIRECT] = {.status = 303},
    [LOOPBACK_IS_REDIRECT_HEAD] = {.status = 200},
    [LOOPBACK_IS_OTHER_STATE] =
        {400,
         false,
         {.kind = PAGE_FAILURE,
          .title = "Unexpected sign-in",
          .message = "This is not the sign-in that the terminal is waiting for. Nothing has changed, and the "
                     "terminal is still waiting.",
          .hint = "Use the address shown in the terminal, or close this window."}},
    [LOOPBACK_IS_BARE] = {200,
                          false,
                          {.kind = PAGE_WAITING,
                           .title = "No response received",
                           .message =
                               "The browser came back without a response from the sign-in page. If you "
                               "canceled, you can go back and try again: the terminal is still waiting.",
                           .hint = "To give up, press Ctrl\u2011C in the terminal."}},
    [LOOPBACK_IS_START] = {.status = 303},
    [LOOPBACK_IS_START_HEAD] = {.status = 200},
    [LOOPBACK_IS_LAST_PAGE] = {.status = 200},
    [LOOPBACK_IS_ICON] = {.status = 204},
    [LOOPBACK_IS_UNKNOWN] =
        {404,
         false,
         {.kind = PAGE_FAILURE,
          .title = "Page not found",
          .message = "A terminal is waiting for a sign-in on this port, but not at this address.",
          .hint = "Use the address shown in the terminal."}},
    [LOOPBACK_IS_OPTIONS] = {.status = 204, .allow = true},
    [LOOPBACK_IS_OTHER_METHOD] = {405,
                                  true,
                                  {.kind = PAGE_FAILURE,
                                   .title = "Method not allowed",
                                   .message = "This address only answers GET and HEAD requests."}},
    [LOOPBACK_IS_OTHER_HOST] = {.status = 421},
    [LOOPBACK_IS_TOO_LONG] = {414,
                              false,
                              {.kind = PAGE_FAILURE,
                               .title = "Address too long",
                               .message =
                                   "No sign-in uses an address this long. Nothing has changed, and the "
                                   "terminal is still waiting."}},
    [LOOPBACK_IS_OTHER_USER] = {403,
                                false,
                                {.kind = PAGE_FAILURE,
                                 .title = "Not your sign-in",
                                 .message = "Another user of this machine is signing in here."}},
    [LOOPBACK_IS_FAILED] = {502,
                            false,
                            {.kind = PAGE_FAILURE,
                             .title = "The sign-in page is not available",
                             .message = "The terminal could not get an address for signing in.",
                             .hint = "Reload this page to try again."}},
};

_Static_assert(ARRAY_SIZE(answers) == LOOPBACK_VERDICT_COUNT, "every verdict has an answer");

/* Browsers leave out the port of a URL when it is the scheme's own. */
static bool is_our_host(const char *host, uint16_t port)
{
    static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
    char expected[32];

    for (size_t i = 0; host && i < ARRAY_SIZE(names); i++) {
        snprintf(expected, sizeof(expected), "%s:%u", names[i], port);
        if (strcmp(host, expected) == 0 || (port == 80 && strcmp(host, names[i]) == 0))
            return true;
    }
    return false;
}

static bool path_is(const char *target, const char *path)
{
    size_t length = strlen(path);

    return strncmp(target, path, length) == 0 && (target[length] == '\0' || target[length] == '?');
}

/*
 * The last page names the user, and serving ends with it; so it is for a window or tab that a browser fills,
 * not for an image or frame on another page that points here.
 */
static bool is_navigation(const struct loopback_request *request)
{
    return !request->destination || strcmp(request->destination, "document") == 0;
}

void loopback_request_header(struct loopback_request *request, const char *name, const char *value)
{
    if (strcasecmp(name, "Host") == 0) {
        request->host = value;
        request->hosts++;
    } else if (strcasecmp(name, "Sec-Fetch-Dest") == 0) {
        request->destination = value;
    }
}

const char *loopback_target_query(const char *target)
{
    const char *mark = strchr(target, '?');

    return mark ? mark + 1 : "";
}

/* For GET and HEAD. */
static enum loopback_verdict judge_path(const struct loopback_request *request,
                                        const struct loopback_resources *resources, bool head)
{
    const char *query = loopback_target_query(request->target);

    if (resources->start && path_is(request->target, resources->start))
        return head ? LOOPBACK_IS_START_HEAD : LOOPBACK_IS_START;
    if (resources->last_page && path_is(request->target, resources->last_page))
        return !head && is_navigation(request) ? LOOPBACK_IS_LAST_PAGE : LOOPBACK_IS_UNKNOWN;
    if (path_is(request->target, "/favicon.ico"))
        return LOOPBACK_IS_ICON;
    if (!path_is(request->target, resources->callback))
        return LOOPBACK_IS_UNKNOWN;
    if (query[0] == '\0')
        return LOOPBACK_IS_BARE;
    if (!form_carries(query, "state", resources->state))
        return LOOPBACK_IS_OTHER_STATE;
    return head ? LOOPBACK_IS_REDIRECT_HEAD : LOOPBACK_IS_REDIRECT;
}

enum loopback_verdict loopback_judge(const struct loopback_request *request,
                                     const struct loopback_resources *resources)
{
    bool head = strcmp(request->method, "HEAD") == 0;

    if (request->hosts != 1 || !is_our_host(request->host, resources->port))
        return LOOPBACK_IS_OTHER_HOST;
    if (strnlen(request->target, LOOPBACK_TARGET_MAXIMUM + 1) > LOOPBACK_TARGET_MAXIMUM)
        return LOOPBACK_IS_TOO_LONG;
    if (strcmp(request->method, "OPTIONS") == 0)
        return LOOPBACK_IS_OPTIONS;
    if (!head && strcmp(request->method, "GET") != 0)
        return LOOPBACK_IS_OTHER_METHOD;
    return judge_path(request, resources, head);
}

unsigned int loopback_status(enum loopback_verdict verdict)
{
    return answers[verdict].status;
}

bool loopback_allows(enum loopback_verdict verdict)
{
    return answers[verdict].allow;
}

bool loopback_page(enum loopback_verdict verdict, struct buffer *out, struct error *err)
{
    return !answers[verdict].page.title || page_render(&answers[verdict].page, out, err);
}

/* There is nothing in any answer that may be kept, framed or reported elsewhere. */
const struct loopback_header *loopback_headers(void)
{
    static const struct loopback_header headers[] = {
        {"Content-Type", "text/html; charset=utf-8"},
        {"Cache-Control", "no-store"},
        {"Content-Security-Policy", page_content_security_policy},
        {"Referrer-Policy", "no-referrer"},
        {"X-Content-Type-Options", "nosniff"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Connection", "close"},
        {NULL, NULL},
    };

    return headers;
}

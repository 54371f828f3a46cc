#include "cmd/api_body.h"
#include "cmd/api_header.h"
#include "cmd/api_response.h"
#include "cmd/api_token.h"
#include "session/api_target.h"

#include <ctype.h>
#include <string.h>

struct api_options {
    struct list headers;
    const char *data;
    bool include;
    const char *output;
    struct access_request request;
    int64_t timeout;
};

static const struct option_spec api_option_specs[] = {
    {.name = "header",
     .letter = 'H',
     .kind = OPTION_KIND_LIST,
     .offset = OPTION_MEMBER(api_options, headers, struct list),
     .argument = "HEADER",
     .help = "send this 'Name: value'; may be repeated"},
    {.name = "data",
     .letter = 'd',
     .kind = OPTION_KIND_TEXT,
     .offset = OPTION_MEMBER(api_options, data, const char *),
     .argument = "DATA",
     .help = "send this text, @FILE, or @- for stdin; METHOD is then POST by default"},
    {.name = "include",
     .letter = 'i',
     .kind = OPTION_KIND_FLAG,
     .offset = OPTION_MEMBER(api_options, include, bool),
     .help = "print the status line and headers before the body"},
    {.name = "output",
     .letter = 'o',
     .kind = OPTION_KIND_TEXT,
     .offset = OPTION_MEMBER(api_options, output, const char *),
     .argument = "FILE",
     .help = "write the body to this file if the call succeeds",
     .words = "@file"},
    OPTION_WORD(api_options, request.resource, "resource", "URI",
                "use the token for this API, whatever the URL", "@resource"),
    OPTION_WORD(api_options, request.organization_id, "organization", "ID|NAME",
                "use a token for this organization", "@organization"),
    OPTION_SCOPES(api_options, request.scopes, "scope", "SCOPE",
                  "limit the token to this scope; may be repeated", "@scope"),
    OPTION_INTEGER(api_options, timeout, "timeout", "SECONDS",
                   "give up after this long without any data (default: 60)", 1, 86400, 60),
    OPTION_END,
};

/* One call of an API. */
struct call {
    const struct context *context;
    const struct api_options *options;
    char method[16];
    struct url url;
    struct list headers;
    struct api_body body;
    bool has_body;
    struct api_progress progress;
    struct api_response response;
};

static bool read_method(const char *text, struct call *call, struct error *err)
{
    size_t length = strlen(text);

    if (length == 0 || length >= sizeof(call->method) ||
        strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-") != length)
        return error_set(err, ERROR_USAGE, "invalid method '%s'", text);
    for (size_t i = 0; i <= length; i++)
        call->method[i] = (char)toupper((unsigned char)text[i]);
    /* One asks for a tunnel, the other for the request to be sent back, token included. */
    if (strcmp(call->method, "CONNECT") == 0 || strcmp(call->method, "TRACE") == 0)
        return error_set(err, ERROR_USAGE, "the method %s is not allowed", call->method);
    if (strcmp(call->method, "HEAD") == 0 && call->options->data)
        return error_set(err, ERROR_USAGE, "--data cannot be used with HEAD");
    return true;
}

static bool read_operands(const struct list *operands, struct call *call, struct error *err)
{
    const char *method = call->options->data ? "POST" : "GET";
    const char *url = operands->items[operands->count - 1];

    if (operands->count == 2)
        method = operands->items[0];
    return read_method(method, call, err) &&
           api_url_parse(url, call->context->profile.endpoint, &call->url, err);
}

/* These announce a body even when there is none (RFC 9110, 8.6). */
static bool expects_body(const char *method)
{
    return strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0 || strcmp(method, "PATCH") == 0;
}

static bool read_body(struct call *call, struct error *err)
{
    const char *data = call->options->data;

    call->has_body = data || expects_body(call->method);
    if (data && !api_headers_have(&call->headers, "content-type"))
        list_append(&call->headers, "Content-Type: application/json");
    return !call->has_body || api_body_open(&call->body, data ? data : "", err);
}

static bool read_options(struct call *call, struct error *err)
{
    const struct api_options *options = call->options;

    if (options->include && call->context->output.json)
        return error_set(err, ERROR_USAGE, "--include cannot be used with --json, which has the headers");
    return api_headers_read(&options->headers, &call->headers, err) && read_body(call, err);
}

static bool send_once(struct call *call, const struct secret *token, struct error *err)
{
    struct http *http = call->context->interfaces.http;
    struct http_sink sink = api_response_sink(&call->response);
    struct http_response response = HTTP_RESPONSE_EMPTY;
    _cleanup_buffer_ struct buffer address = BUFFER(URL_MAXIMUM);
    struct http_request request = {.method = call->method,
                                   .headers = &call->headers,
                                   .body = call->has_body ? &call->body.body : NULL,
                                   .sink = &sink,
                                   .bearer = token,
                                   .timeout = (int)call->options->timeout * 1000,
                                   .progress = api_progress_report,
                                   .progress_data = &call->progress};
    bool ok;

    if (!url_format(&address, &call->url, err))
        return false;
    request.url = buffer_text(&address);
    ok = http->send(http, &request, &response, NULL, err);
    http_response_release(&response);
    api_progress_clear(&call->progress);
    return ok;
}

static bool can_send_again(const struct call *call)
{
    return !call->has_body || call->body.body.rewind;
}

static bool send_call(struct call *call, struct error *err)
{
    struct access_request request = call->options->request;
    _cleanup_secret_ struct secret *token = NULL;
    bool cached;

    request.min_ttl = ACCESS_TTL_DEFAULT;
    if (!api_token_obtain(call->context, &call->url, &request, &token, &cached, err))
        return false;
    call->response.may_retry = cached && can_send_again(call);
    if (!send_once(call, token, err))
        return false;
    if (!api_response_is_refused(&call->response))
        return true;
    secret_free(&token);
    call->response.may_retry = false;
    request.force = true;
    if (call->has_body && !call->body.body.rewind(call->body.body.data))
        return error_set(err, ERROR_IO, "cannot read %s again", call->body.name);
    return api_token_obtain(call->context, &call->url, &request, &token, NULL, err) &&
           send_once(call, token, err);
}

static bool fail_status(const struct call *call, struct error *err)
{
    const struct api_response *response = &call->response;
    _cleanup_free_ char *status = api_head_status(&response->head);
    _cleanup_free_ char *target = api_head_value(&response->head, "location");

    if (call->context->output.json)
        return error_set_reported(err, ERROR_HTTP);
    if (response->status < 400 && target)
        return error_set(err, ERROR_HTTP, "unexpected redirect (HTTP %d) to %s", response->status, target);
    error_set(err, ERROR_HTTP, "%s answered HTTP %s", call->url.host, status);
    if (response->status == 401 && !can_send_again(call))
        return error_hint(err,
                          "a body from a pipe cannot be sent again with a fresh token: use --data @FILE");
    return false;
}

static bool make_call(struct call *call, struct error *err)
{
    const char *path = call->options->output;

    call->progress = api_progress_start(&call->context->output, call->context->interfaces.system);
    if (!api_response_open(&call->response, &call->context->output, &call->progress, path, err))
        return false;
    call->response.include = call->options->include;
    if (!send_call(call, err) || !api_response_finish(&call->response, err))
        return false;
    return (call->response.status >= 200 && call->response.status < 300) || fail_status(call, err);
}

static bool api_run(struct context *context, const void *values, const struct list *operands,
                    struct error *err)
{
    struct call call = {.context = context, .options = values, .body = API_BODY_EMPTY};
    bool ok;

    call.response.draft = (struct draft)DRAFT_EMPTY;
    ok = read_operands(operands, &call, err) && read_options(&call, err) && make_call(&call, err);
    api_progress_clear(&call.progress);
    api_response_release(&call.response);
    api_body_release(&call.body);
    list_release(&call.headers);
    return ok;
}

/* After a method comes the URL: the APIs that the session covers are where it can begin. */
static const struct operand_words api_operand_words[] = {
    {NULL, "GET|HEAD|POST|PUT|PATCH|DELETE|@resource"},
    {"GET", "@resource"},
    {"HEAD", "@resource"},
    {"POST", "@resource"},
    {"PUT", "@resource"},
    {"PATCH", "@resource"},
    {"DELETE", "@resource"},
    {NULL, NULL},
};

const struct command api_command = {
    .name = "api",
    .summary = "Call an API with the right access token",
    .operands = "[METHOD] URL",
    .operands_minimum = 1,
    .operands_maximum = 2,
    .operand_words = api_operand_words,
    .description =
        "Prints the body of the response. URL is absolute, or a path of the Logto endpoint. The token is "
        "that "
        "of --resource, or of the granted API whose identifier is the longest prefix of URL; without one "
        "nothing is sent. /oidc/me, /api/my-account and /api/verifications get Logto's opaque token. Exits "
        "with 1 unless the response is a success (2xx).",
    .examples = "  logto api /api/my-account\n"
                "  logto api https://api.example.com/things -d '{\"name\":\"one\"}'\n"
                "  logto api --resource https://default.logto.app/api /api/users",
    .options = api_option_specs,
    .options_size = sizeof(struct api_options),
    .run = api_run,
};

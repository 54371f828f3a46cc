#include "cmd/api_response.h"

#include "cmd/api_header.h"
#include "cmd/setup.h"
#include "codec/base64url.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEAD_MAXIMUM ((size_t)64 * 1024)
#define JSON_MAXIMUM ((size_t)8 * 1024 * 1024) /* of the body in an object of --json */

bool api_response_open(struct api_response *response, const struct output *output,
                       struct api_progress *progress, const char *path, struct error *err)
{
    *response = (struct api_response){.output = output,
                                      .progress = progress,
                                      .to_file = path != NULL,
                                      .to_terminal = isatty(STDOUT_FILENO),
                                      .head = BUFFER(HEAD_MAXIMUM),
                                      .body = BUFFER(JSON_MAXIMUM),
                                      .draft = DRAFT_EMPTY};
    progress->body_is_shown = response->to_terminal && !path && !output->json;
    return !path || draft_open(&response->draft, path, setup_file_mode(), err);
}

static bool is_success(const struct api_response *response)
{
    return response->status >= 200 && response->status < 300;
}

bool api_response_is_refused(const struct api_response *response)
{
    return response->status == 401 && response->may_retry;
}

static bool print(struct api_response *response, const char *bytes, size_t length, struct error *err)
{
    api_progress_clear(response->progress);
    if (!response->to_terminal)
        return output_bytes(bytes, length, err);
    visible_write(&response->visible, stdout, bytes, length);
    return output_flush(err);
}

/* With the line breaks of this system. */
static bool print_head(struct api_response *response, struct error *err)
{
    _cleanup_buffer_ struct buffer text = BUFFER(HEAD_MAXIMUM + 2);
    const char *head = buffer_text(&response->head);

    for (size_t i = 0; i < response->head.length; i++)
        if (head[i] != '\r')
            buffer_append(&text, head + i, 1, NULL);
    return buffer_append_text(&text, "\n", err) && print(response, buffer_text(&text), text.length, err);
}

static bool begin(void *data, int status, const struct buffer *head, struct error *err)
{
    struct api_response *response = data;

    response->status = status;
    buffer_clear(&response->head);
    if (!buffer_append(&response->head, buffer_text(head), head->length, err))
        return false;
    return !response->include || api_response_is_refused(response) || print_head(response, err);
}

static bool keep(struct api_response *response, const void *bytes, size_t length, struct error *err)
{
    if (buffer_append(&response->body, bytes, length, NULL))
        return true;
    error_set(err, ERROR_IO, "the response is larger than the 8 MiB that --json can show");
    return error_hint(err, "use --output FILE for the body");
}

static bool take(void *data, const void *bytes, size_t length, struct error *err)
{
    struct api_response *response = data;

    if (api_response_is_refused(response))
        return true;
    if (response->to_file && is_success(response))
        return draft_write(&response->draft, bytes, length, err);
    if (response->output->json)
        return keep(response, bytes, length, err);
    return print(response, bytes, length, err);
}

struct http_sink api_response_sink(struct api_response *response)
{
    return (struct http_sink){begin, take, response};
}

/* RFC 4648, 4: the ordinary alphabet, padded, as every script's base64 reads it. The caller frees it. */
static char *encode_base64(const void *bytes, size_t length)
{
    size_t size = BASE64URL_LENGTH(length);
    char *text = memory_allocate(size + 4, 1);

    base64url_encode(bytes, length, text);
    for (char *letter = text; *letter; letter++)
        *letter = (char)(*letter == '-' ? '+' : *letter == '_' ? '/' : *letter);
    for (; size % 4 != 0; size++)
        text[size] = '=';
    text[size] = '\0';
    return text;
}

static bool says_json(const struct api_response *response)
{
    _cleanup_free_ char *type = api_head_value(&response->head, "content-type");
    size_t length = type ? strcspn(type, "; \t") : 0;

    return (length == 16 && strncasecmp(type, "application/json", length) == 0) ||
           (length > 5 && strncasecmp(type + length - 5, "+json", 5) == 0);
}

static void add_body(const struct api_response *response, struct json *object)
{
    const char *bytes = buffer_text(&response->body);
    struct json *value = says_json(response) ? json_parse(bytes, response->body.length, NULL) : NULL;
    _cleanup_free_ char *text = NULL;

    if (value) {
        json_set(object, "body", value);
    } else if (response->body.length > 0) {
        text = encode_base64(bytes, response->body.length);
        json_set_string(object, "body", text);
    } else {
        json_set_null(object, "body");
    }
}

static void print_json(const struct api_response *response)
{
    _cleanup_json_ struct json *object = json_object();

    json_set_integer(object, "status", response->status);
    json_set(object, "headers", api_head_json(&response->head));
    add_body(response, object);
    output_json(object);
}

bool api_response_finish(struct api_response *response, struct error *err)
{
    api_progress_clear(response->progress);
    if (response->to_file && is_success(response) && !draft_keep(&response->draft, err))
        return false;
    if (response->output->json)
        print_json(response);
    else if (response->to_terminal)
        visible_end(&response->visible, stdout);
    return output_flush(err);
}

void api_response_release(struct api_response *response)
{
    buffer_release(&response->head);
    buffer_release(&response->body);
    draft_release(&response->draft);
}

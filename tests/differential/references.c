/*
 * What cJSON and libcurl say to the input that the modules are asked about (requests.h):
 *
 *     json TEXT    the value as cJSON prints it, or "refused: "; the value must reach to the end of the text
 *     url TEXT     the URL from the parts that libcurl finds, as it reads that of a request, or
 * "refused: why"
 */
#include "base/memory.h"
#include "requests.h"

#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

static void answer_json(const struct request *request)
{
    const char *text = request_field(request, 0);
    const char *end = NULL;
    cJSON *value = cJSON_ParseWithLengthOpts(text, request->fields[0].length, &end, false);
    char *printed;

    /* cJSON stops behind the value. */
    if (value)
        end += strspn(end, " \t\r\n");
    printed = value && end == text + request->fields[0].length ? cJSON_PrintUnformatted(value) : NULL;
    puts(printed ? printed : "refused: ");
    cJSON_free(printed);
    cJSON_Delete(value);
}

/* `before` and the part, or nothing when the URL has no such part. */
static void print_part(CURLU *url, CURLUPart part, const char *before)
{
    char *text = NULL;

    if (curl_url_get(url, part, &text, CURLU_DEFAULT_PORT) == CURLUE_OK)
        printf("%s%s", before, text);
    curl_free(text);
}

static void print_url(CURLU *url)
{
    print_part(url, CURLUPART_SCHEME, "");
    print_part(url, CURLUPART_USER, " user ");
    print_part(url, CURLUPART_PASSWORD, " password ");
    print_part(url, CURLUPART_HOST, "://");
    print_part(url, CURLUPART_PORT, ":");
    print_part(url, CURLUPART_PATH, "");
    print_part(url, CURLUPART_QUERY, "?");
    print_part(url, CURLUPART_FRAGMENT, "#");
    puts("");
}

static void answer_url(const struct request *request)
{
    CURLU *url = curl_url();
    CURLUcode code = CURLUE_MALFORMED_INPUT;

    if (!request_has_nul(request, 0))
        code = curl_url_set(url, CURLUPART_URL, request_field(request, 0),
                            CURLU_NON_SUPPORT_SCHEME | CURLU_PATH_AS_IS);
    if (code == CURLUE_OK)
        print_url(url);
    else
        printf("refused: %s\n", curl_url_strerror(code));
    curl_url_cleanup(url);
}

static const struct operation operations[] = {
    {"json", 1, answer_json},
    {"url", 1, answer_url},
};

int main(void)
{
    return answer_requests(operations, ARRAY_SIZE(operations));
}

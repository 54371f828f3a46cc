#include "net/http.h"

#include "base/environment.h"
#include "base/library.h"
#include "base/log.h"
#include "net/http_exchange.h"
#include "net/proxy.h"
#include "net/tls.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CONNECT_TIMEOUT 10000L /* ms */
/* CURLE_TOO_LARGE of libcurl 8.6, which says CURLE_OUT_OF_MEMORY before. */
#define TOO_LARGE 100

/* The part of libcurl that is used, looked up when the first request is made. */
static struct {
    CURLcode (*global_init_mem)(long, curl_malloc_callback, curl_free_callback, curl_realloc_callback,
                                curl_strdup_callback, curl_calloc_callback);
    CURL *(*easy_init)(void);
    CURLcode (*easy_setopt)(CURL *, CURLoption, ...);
    CURLcode (*easy_getinfo)(CURL *, CURLINFO, ...);
    CURLcode (*easy_perform)(CURL *);
    void (*easy_reset)(CURL *);
    void (*easy_cleanup)(CURL *);
    const char *(*easy_strerror)(CURLcode);
    struct curl_slist *(*slist_append)(struct curl_slist *, const char *);
    void (*slist_free_all)(struct curl_slist *);
    time_t (*getdate)(const char *, const time_t *);
    curl_version_info_data *(*version_info)(CURLversion);
} curl;

struct http_curl {
    struct http http;
    CURL *handle; /* kept, so that connections are reused; NULL before the first request */
    void (*start_tls)(void);
    http_certificate_watch *watch; /* or NULL */
    struct buffer certificate;     /* what it described last */
};

static bool load_libcurl(struct error *err)
{
    static const struct library_symbol symbols[] = {
        {"curl_global_init_mem", &curl.global_init_mem},
        {"curl_easy_init", &curl.easy_init},
        {"curl_easy_setopt", &curl.easy_setopt},
        {"curl_easy_getinfo", &curl.easy_getinfo},
        {"curl_easy_perform", &curl.easy_perform},
        {"curl_easy_reset", &curl.easy_reset},
        {"curl_easy_cleanup", &curl.easy_cleanup},
        {"curl_easy_strerror", &curl.easy_strerror},
        {"curl_slist_append", &curl.slist_append},
        {"curl_slist_free_all", &curl.slist_free_all},
        {"curl_getdate", &curl.getdate},
        {"curl_version_info", &curl.version_info},
    };

    return library_open("libcurl.so.4", "libcurl4", symbols, ARRAY_SIZE(symbols), err);
}

static bool open_handle(struct http_curl *self, struct error *err)
{
    if (self->handle)
        return true;
    self->start_tls();
    if (!load_libcurl(err))
        return false;
    /*
     * libcurl copies credentials and buffers answers: what it frees is wiped. And no option can silently be
     * lost because it could not be copied.
     */
    if (curl.global_init_mem(CURL_GLOBAL_DEFAULT, memory_obtain, memory_wipe_free, memory_wipe_resize,
                             memory_duplicate, memory_allocate) != CURLE_OK ||
        !(self->handle = curl.easy_init()))
        return error_set(err, ERROR_INTERNAL, "cannot initialize libcurl");
    return true;
}

static int check_time(void *data, curl_off_t download, curl_off_t downloaded, curl_off_t upload,
                      curl_off_t uploaded)
{
    struct http_progress progress = {uploaded, upload, downloaded, download};

    return http_exchange_go_on(data, &progress) ? 0 : 1;
}

static size_t receive_body(char *bytes, size_t size, size_t count, void *data)
{
    return http_exchange_take_body(data, bytes, size * count) ? size * count : CURL_WRITEFUNC_ERROR;
}

/* Called for every line of every header section, and for trailers, which libcurl keeps without a limit. */
static size_t receive_header(char *bytes, size_t size, size_t count, void *data)
{
    return http_exchange_take_header(data, bytes, size * count) ? size * count : 0;
}

static size_t send_body(char *bytes, size_t size, size_t count, void *data)
{
    size_t got;

    return http_exchange_give_body(data, bytes, size * count, &got) ? got : CURL_READFUNC_ABORT;
}

/* Only ever to the first byte, when a connection that was kept turns out to be closed. */
static int rewind_body(void *data, curl_off_t offset, int origin)
{
    bool ok = offset == 0 && origin == SEEK_SET && http_exchange_rewind(data);

    return ok ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_CANTSEEK;
}

/* Nothing without a value. */
static struct curl_slist *append_header(struct curl_slist *headers, const char *name, const char *value)
{
    _cleanup_free_ char *line = value ? memory_format("%s: %s", name, value) : NULL;

    return line ? curl.slist_append(headers, line) : headers;
}

static struct curl_slist *make_headers(const struct http_request *request)
{
    struct curl_slist *headers = NULL;

    for (size_t i = 0; request->headers && i < request->headers->count; i++)
        headers = curl.slist_append(headers, request->headers->items[i]);
    if (!request->sink)
        headers = curl.slist_append(headers, "Accept: application/json");
    headers = append_header(headers, "If-None-Match", request->etag);
    headers = append_header(headers, "Accept-Language", request->language);
    /* Without this libcurl waits a second for a 100 that Logto never sends when a form is large. */
    return curl.slist_append(headers, "Expect:");
}

static void set_credentials(CURL *handle, const struct http_request *request)
{
    if (request->bearer) {
        curl.easy_setopt(handle, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
        curl.easy_setopt(handle, CURLOPT_XOAUTH2_BEARER, secret_text(request->bearer));
    }
    if (request->basic) {
        curl.easy_setopt(handle, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
        curl.easy_setopt(handle, CURLOPT_USERPWD, secret_text(request->basic));
    }
}

static CURLcode watch_certificates(CURL *handle, void *context, void *data)
{
    struct http_curl *self = data;

    (void)handle;
    self->watch(context, &self->certificate);
    return CURLE_OK;
}

/* libcurl reads the proxy variables, but not those of a bundle, which belong to OpenSSL and the curl tool. */
static void set_certificates(struct http_curl *self)
{
    const char *bundle = tls_bundle_variable();

    if (bundle)
        curl.easy_setopt(self->handle, CURLOPT_CAINFO, environment_value(bundle));
    buffer_clear(&self->certificate);
    if (self->watch) {
        curl.easy_setopt(self->handle, CURLOPT_SSL_CTX_FUNCTION, watch_certificates);
        curl.easy_setopt(self->handle, CURLOPT_SSL_CTX_DATA, self);
    }
}

/* NOLINTNEXTLINE(readability-non-const-parameter): the signature is libcurl's */
static int report_sending(void *data, char *remote, char *local, int remote_port, int local_port)
{
    const struct http_request *request = data;

    (void)remote;
    (void)local;
    (void)remote_port;
    (void)local_port;
    request->sending(request->sending_data);
    return CURL_PREREQFUNC_OK;
}

static void set_body(CURL *handle, const struct http_body *body, struct http_exchange *exchange)
{
    curl.easy_setopt(handle, CURLOPT_UPLOAD, 1L);
    curl.easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, (curl_off_t)body->length);
    curl.easy_setopt(handle, CURLOPT_READFUNCTION, send_body);
    curl.easy_setopt(handle, CURLOPT_READDATA, exchange);
    curl.easy_setopt(handle, CURLOPT_SEEKFUNCTION, rewind_body);
    curl.easy_setopt(handle, CURLOPT_SEEKDATA, exchange);
}

static void set_method(CURL *handle, const struct http_request *request, struct http_exchange *exchange)
{
    if (request->form) {
        curl.easy_setopt(handle, CURLOPT_POSTFIELDSIZE, (long)request->form->length);
        curl.easy_setopt(handle, CURLOPT_POSTFIELDS, buffer_text(request->form));
    }
    if (request->body)
        set_body(handle, request->body, exchange);
    if (!request->method)
        return;
    curl.easy_setopt(handle, CURLOPT_NOBODY, strcmp(request->method, "HEAD") == 0 ? 1L : 0L);
    curl.easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request->method);
}

static void set_callbacks(CURL *handle, const struct http_request *request, struct http_exchange *exchange)
{
    curl.easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    curl.easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, check_time);
    curl.easy_setopt(handle, CURLOPT_XFERINFODATA, exchange);
    curl.easy_setopt(handle, CURLOPT_WRITEFUNCTION, receive_body);
    curl.easy_setopt(handle, CURLOPT_WRITEDATA, exchange);
    curl.easy_setopt(handle, CURLOPT_HEADERFUNCTION, receive_header);
    curl.easy_setopt(handle, CURLOPT_HEADERDATA, exchange);
    curl.easy_setopt(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L); /* a proxy's are none of the response */
    if (request->sending) {
        curl.easy_setopt(handle, CURLOPT_PREREQFUNCTION, report_sending);
        curl.easy_setopt(handle, CURLOPT_PREREQDATA, request);
    }
}

/*
 * libcurl repeats a request, also one that was carried out, when a connection it had kept brings no answer;
 * and a body that can be read once only can't be repeated.
 */
static bool is_sent_once(const struct http_request *request)
{
    return request->once || (request->body && !request->body->rewind);
}

static void prepare(CURL *handle, const struct http_request *request, const struct url *url,
                    struct curl_slist *headers, struct http_exchange *exchange)
{
    _cleanup_buffer_ struct buffer address = BUFFER(URL_MAXIMUM);
    bool hurries = request->timeout && request->timeout < CONNECT_TIMEOUT;

    url_format(&address, url, NULL);
    curl.easy_reset(handle);
    curl.easy_setopt(handle, CURLOPT_URL, buffer_text(&address));
    curl.easy_setopt(handle, CURLOPT_PATH_AS_IS, 1L);
    curl.easy_setopt(handle, CURLOPT_USERAGENT, "logto-cli/" LOGTO_VERSION);
    curl.easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
    curl.easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl.easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
    curl.easy_setopt(handle, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl.easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl.easy_setopt(handle, CURLOPT_QUICK_EXIT, 1L); /* or a name server that is silent is waited for */
    curl.easy_setopt(handle, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    /* What is streamed is passed on as it was sent. */
    curl.easy_setopt(handle, CURLOPT_ACCEPT_ENCODING, request->sink ? NULL : "");
    curl.easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, hurries ? (long)request->timeout : CONNECT_TIMEOUT);
    set_callbacks(handle, request, exchange);
    set_method(handle, request, exchange);
    curl.easy_setopt(handle, CURLOPT_FRESH_CONNECT, is_sent_once(request) ? 1L : 0L);
    /* What goes to this machine must not travel to a proxy on another one. */
    if (url_is_loopback(url))
        curl.easy_setopt(handle, CURLOPT_PROXY, "");
    set_credentials(handle, request);
}

/* Nothing can have been sent before a connection stood. */
static bool request_was_sent(CURL *handle)
{
    long size = 0;

    return curl.easy_getinfo(handle, CURLINFO_REQUEST_SIZE, &size) == CURLE_OK && size > 0;
}

static bool is_tls_failure(CURLcode code)
{
    return code == CURLE_SSL_CONNECT_ERROR || code == CURLE_PEER_FAILED_VERIFICATION ||
           code == CURLE_SSL_CACERT_BADFILE || code == CURLE_SSL_CERTPROBLEM || code == CURLE_SSL_CIPHER ||
           code == CURLE_SSL_ISSUER_ERROR;
}

/* The status of a proxy that refused, else 0. */
static int proxy_status(CURL *handle)
{
    long tunnel = 0, status = 0;

    curl.easy_getinfo(handle, CURLINFO_HTTP_CONNECTCODE, &tunnel);
    curl.easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    return status == 407 ? 407 : (int)tunnel;
}

static bool fail(const struct http_curl *self, const struct url *url, CURLcode code, const char *detail,
                 const struct http_exchange *exchange, struct error *err)
{
    const char *reason = detail[0] ? detail : curl.easy_strerror(code);

    if (exchange->failure.code) {
        if (err)
            *err = exchange->failure;
        return false;
    }
    /* Our allocator doesn't return without memory: libcurl says so of a line that is too long for it. */
    if (code == CURLE_OUT_OF_MEMORY || code == (CURLcode)TOO_LARGE)
        return error_set(err, ERROR_PROTOCOL, "the response from %s is too large: a header line is too long",
                         url->host);
    if (is_tls_failure(code))
        return tls_fail(url->host, reason, buffer_text(&self->certificate), code == CURLE_SSL_CACERT_BADFILE,
                        err);
    if (code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_WEIRD_SERVER_REPLY || code == CURLE_HTTP2 ||
        code == CURLE_BAD_CONTENT_ENCODING)
        return error_set(err, ERROR_PROTOCOL, "invalid HTTP response from %s: %s", url->host, reason);
    /* The connection's end can pass for the response's, also in the middle of the headers. */
    if (code == CURLE_PARTIAL_FILE || (code == CURLE_OK && !exchange->headers_complete))
        return error_set(err, ERROR_NETWORK, "the response from %s was cut off", url->host);
    if (proxy_applies(url))
        return proxy_fail(url, proxy_status(self->handle), reason, curl.easy_strerror(code), err);
    error_set(err, ERROR_NETWORK, "cannot reach %s port %u: %s", url->host, url->port, reason);
    return error_hint(err, "check the network and the endpoint, then try again");
}

static void log_exchange(CURL *handle, const struct http_request *request,
                         const struct http_response *response)
{
    curl_off_t microseconds = 0;

    curl.easy_getinfo(handle, CURLINFO_TOTAL_TIME_T, &microseconds);
    log_request("%s %.*s -> %d (%" PRId64 " ms)",
                request->method ? request->method
                : request->form ? "POST"
                                : "GET",
                (int)strcspn(request->url, "?"), request->url, response->status,
                (int64_t)microseconds / 1000);
}

static bool curl_send(struct http *http, const struct http_request *request, struct http_response *response,
                      bool *delivered, struct error *err)
{
    struct http_curl *self = (struct http_curl *)http;
    _cleanup_http_exchange_ struct http_exchange exchange = {.request = request};
    char detail[CURL_ERROR_SIZE] = "";
    struct url url;
    struct curl_slist *headers;
    long status = 0;
    CURLcode code;

    if (delivered)
        *delivered = false;
    if (!http_request_url(request, &url, err) || !open_handle(self, err))
        return false;
    exchange = http_exchange_start(request, response, url.host, curl.getdate);
    headers = make_headers(request);
    prepare(self->handle, request, &url, headers, &exchange);
    set_certificates(self);
    curl.easy_setopt(self->handle, CURLOPT_ERRORBUFFER, detail);
    code = curl.easy_perform(self->handle);
    curl.easy_getinfo(self->handle, CURLINFO_RESPONSE_CODE, &status);
    response->status = (int)status;
    if (delivered)
        *delivered = request_was_sent(self->handle);
    log_exchange(self->handle, request, response);
    curl.easy_setopt(self->handle, CURLOPT_ERRORBUFFER, NULL);
    curl.slist_free_all(headers);
    return (code == CURLE_OK && exchange.headers_complete && !(status == 407 && proxy_applies(&url))) ||
           fail(self, &url, code, detail, &exchange, err);
}

static void curl_close(struct http *http)
{
    struct http_curl *self = (struct http_curl *)http;

    if (self->handle)
        curl.easy_cleanup(self->handle);
    buffer_release(&self->certificate);
    free(self);
}

struct http *http_curl_open(void (*start_tls)(void), http_certificate_watch *watch)
{
    struct http_curl *self = memory_allocate(1, sizeof(*self));

    *self = (struct http_curl){.http = {.send = curl_send, .close = curl_close},
                               .start_tls = start_tls,
                               .watch = watch,
                               .certificate = BUFFER(512)};
    return &self->http;
}

/* Not curl_version(): it starts libldap and libsasl2, which prints to stdout when it has no memory. */
char *http_curl_version(void)
{
    const curl_version_info_data *found = load_libcurl(NULL) ? curl.version_info(CURLVERSION_FIRST) : NULL;

    if (!found)
        return NULL;
    return memory_format("%s %s", found->version, found->ssl_version);
}

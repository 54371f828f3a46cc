#include "codec/url.h"

#include "base/number.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>
#include <strings.h>

#define UNRESERVED_MARKS "-._~"
#define SUBDELIMITERS "!$&'()*+,;="

static bool is_one_of(char character, const char *set)
{
    return character && strchr(set, character);
}

static bool is_alphanumeric(char character)
{
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           (character >= '0' && character <= '9');
}

/* The byte that "%XY" stands for, or -1. */
static int escape_value(const char *text, size_t length)
{
    int high, low;

    if (length < 3 || text[0] != '%')
        return -1;
    high = number_hexadecimal(text[1]);
    low = number_hexadecimal(text[2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

static bool all_of(const char *text, size_t length, bool (*is)(char))
{
    for (size_t i = 0; i < length; i++)
        if (!is(text[i]))
            return false;
    return length > 0;
}

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

static bool is_hexadecimal(char character)
{
    return number_hexadecimal(character) >= 0;
}

static bool is_host_character(char character)
{
    return is_alphanumeric(character) || is_one_of(character, "-_.");
}

static bool refuse(struct error *err, const char *what)
{
    return error_set(err, ERROR_USAGE, "invalid URL: %s", what);
}

static bool parse_ipv6(const char *text, size_t length, struct url *out, struct error *err)
{
    char literal[INET6_ADDRSTRLEN];
    struct in6_addr address;

    if (length >= sizeof(literal))
        return refuse(err, "invalid IPv6 address");
    memcpy(literal, text, length);
    literal[length] = '\0';
    if (strlen(literal) != length || inet_pton(AF_INET6, literal, &address) != 1)
        return refuse(err, "invalid IPv6 address");
    /* One spelling, so that hosts can be compared as text. */
    inet_ntop(AF_INET6, &address, out->host, sizeof(out->host));
    out->ipv6 = true;
    return true;
}

/*
 * Whether a browser would read the host as an IPv4 address in one of its many spellings ("0x7f.1",
 * "2130706433").
 */
static bool ends_in_number(const char *host)
{
    const char *dot = strrchr(host, '.');
    const char *last = dot ? dot + 1 : host;

    if (all_of(last, strlen(last), is_digit))
        return true;
    return last[0] == '0' && (last[1] | 0x20) == 'x' &&
           (!last[2] || all_of(last + 2, strlen(last + 2), is_hexadecimal));
}

static bool labels_fit(const char *host)
{
    for (const char *label = host; label; label = strchr(label, '.') ? strchr(label, '.') + 1 : NULL)
        if (strcspn(label, ".") == 0 || strcspn(label, ".") > 63)
            return false;
    return true;
}

static bool parse_name(const char *text, size_t length, struct url *out, struct error *err)
{
    struct in_addr address;

    if (length == 0)
        return refuse(err, "missing host");
    if (length > 253)
        return refuse(err, "the host name is too long");
    if (!all_of(text, length, is_host_character))
        return refuse(err,
                      "invalid character in the host name (write international names in their xn-- form)");
    for (size_t i = 0; i < length; i++)
        out->host[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] | 0x20 : text[i]);
    out->host[length] = '\0';
    if (!labels_fit(out->host))
        return refuse(err, "a label of the host name is empty or too long");
    if (ends_in_number(out->host) && inet_pton(AF_INET, out->host, &address) != 1)
        return refuse(err, "invalid IPv4 address");
    return true;
}

static bool parse_port(const char *text, size_t length, struct url *out, struct error *err)
{
    unsigned int port = 0;

    if (!all_of(text, length, is_digit) || length > 5 || text[0] == '0')
        return refuse(err, "the port must be a number from 1 to 65535");
    for (size_t i = 0; i < length; i++)
        port = port * 10 + (unsigned int)(text[i] - '0');
    if (port > UINT16_MAX)
        return refuse(err, "the port must be a number from 1 to 65535");
    out->port = (uint16_t)port;
    return true;
}

/* RFC 3986, 3.2. */
static bool parse_authority(const char *text, size_t length, struct url *out, struct error *err)
{
    const char *bracket = memchr(text, ']', length);
    const char *after = text; /* behind the host */
    bool ok;

    if (memchr(text, '@', length))
        return refuse(err, "a user name or password is not allowed");
    if (length > 0 && text[0] == '[') {
        if (!bracket)
            return refuse(err, "invalid IPv6 address");
        after = bracket + 1;
        ok = parse_ipv6(text + 1, (size_t)(bracket - text - 1), out, err);
    } else {
        after = memchr(text, ':', length);
        after = after ? after : text + length;
        ok = parse_name(text, (size_t)(after - text), out, err);
    }
    if (!ok || after == text + length)
        return ok;
    if (*after != ':')
        return refuse(err, "unexpected text after the IPv6 address");
    return parse_port(after + 1, length - (size_t)(after + 1 - text), out, err);
}

/* The characters of a path or query, RFC 3986, 3.3 and 3.4; `more` are those that only the query has. */
static bool check_characters(const char *text, size_t length, const char *more, struct error *err)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '%' && escape_value(text + i, length - i) < 0)
            return refuse(err, "a percent sign must be followed by two hexadecimal digits");
        if (text[i] == '#')
            return refuse(err, "a fragment (#) is not allowed");
        if (!is_alphanumeric(text[i]) && !is_one_of(text[i], UNRESERVED_MARKS SUBDELIMITERS ":@/%") &&
            !is_one_of(text[i], more))
            return refuse(err, "it contains a character that must be percent-encoded");
    }
    return true;
}

/* The length of "." or its escape at `text`, or 0. */
static size_t dot_length(const char *text)
{
    if (text[0] == '.')
        return 1;
    return strncasecmp(text, "%2e", 3) == 0 ? 3 : 0;
}

/* Of what separates segments, for a server that decodes the path before it splits it too; or 0. */
static size_t separator_length(const char *text)
{
    if (text[0] == '/')
        return 1;
    return strncasecmp(text, "%2f", 3) == 0 || strncasecmp(text, "%5c", 3) == 0 ? 3 : 0;
}

/* A segment's parameters (RFC 3986, 3.3), which some servers drop before they resolve "..". */
static bool begins_parameters(const char *text)
{
    return text[0] == ';' || strncasecmp(text, "%3b", 3) == 0;
}

/* "." and ".." as segments: some programs resolve them before they send the request, others don't. */
static bool has_dot_segment(const char *path)
{
    for (const char *place = path; *place; place++) {
        size_t separator = separator_length(place);
        const char *end = place + separator;
        size_t dots = dot_length(end);

        if (separator == 0 || dots == 0)
            continue;
        end += dots;
        end += dot_length(end);
        if (*end == '\0' || separator_length(end) > 0 || begins_parameters(end))
            return true;
    }
    return false;
}

/* Path and query, everything after the authority. */
static bool parse_target(const char *text, struct url *out, struct error *err)
{
    size_t path_length = strcspn(text, "?");
    const char *query = text[path_length] ? text + path_length + 1 : "";

    if (path_length >= sizeof(out->path) || strlen(query) >= sizeof(out->query))
        return refuse(err, "it is too long");
    if (!check_characters(text, path_length, "", err) || !check_characters(query, strlen(query), "?", err))
        return false;
    memcpy(out->path, path_length ? text : "/", path_length ? path_length : 1);
    strcpy(out->query, query); /* NOLINT: measured above */
    if (has_dot_segment(out->path))
        return refuse(err, "'.' or '..' is not allowed in the path");
    return true;
}

bool url_parse(const char *text, struct url *out, struct error *err)
{
    struct url url = {0};
    size_t scheme_length;
    size_t authority_length;

    url.secure = strncasecmp(text, "https://", 8) == 0;
    if (!url.secure && strncasecmp(text, "http://", 7) != 0)
        return refuse(err, "it must begin with https:// or http://");
    scheme_length = url.secure ? 8 : 7;
    url.port = url.secure ? 443 : 80;
    text += scheme_length;
    authority_length = strcspn(text, "/?#");
    if (!parse_authority(text, authority_length, &url, err))
        return false;
    if (!parse_target(text + authority_length, &url, err))
        return false;
    *out = url;
    return true;
}

/* Removes what was appended since `length`, wiped: it may be part of a secret. */
static bool roll_back(struct buffer *buffer, size_t length)
{
    if (buffer->data)
        explicit_bzero(buffer->data + length, buffer->length - length);
    buffer->length = length;
    return false;
}

/* Percent-encodes everything but letters, digits and what is in `marks`. */
static bool encode(struct buffer *out, const char *text, size_t length, const char *marks, struct error *err)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t before = out->length;

    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        char escape[3] = {'%', digits[byte >> 4], digits[byte & 15]};
        bool plain = is_alphanumeric(text[i]) || is_one_of(text[i], marks);

        if (!buffer_append(out, plain ? text + i : escape, plain ? 1 : 3, err))
            return roll_back(out, before);
    }
    return true;
}

bool form_encode(struct buffer *out, const char *text, size_t length, struct error *err)
{
    return encode(out, text, length, UNRESERVED_MARKS, err);
}

bool url_append(struct buffer *out, const char *url, struct error *err)
{
    return encode(out, url, strlen(url), UNRESERVED_MARKS ":/?#[]@&=+,%", err);
}

static bool append_pair(struct buffer *form, const char *name, const char *value, size_t length,
                        struct error *err)
{
    size_t before = form->length;
    bool first = before == 0 || form->data[before - 1] == '?';

    if ((first || buffer_append(form, "&", 1, err)) && form_encode(form, name, strlen(name), err) &&
        buffer_append(form, "=", 1, err) && form_encode(form, value, length, err))
        return true;
    return roll_back(form, before);
}

bool form_append(struct buffer *form, const char *name, const char *value, struct error *err)
{
    return !value || append_pair(form, name, value, strlen(value), err);
}

bool form_append_secret(struct buffer *form, const char *name, const struct secret *value, struct error *err)
{
    return !value || append_pair(form, name, secret_text(value), secret_length(value), err);
}

/* Undoes percent encoding and '+' into `out`, which has room; false for a bad escape or a NUL. */
static bool form_decode(const char *text, size_t length, struct buffer *out)
{
    for (size_t i = 0; i < length; i++) {
        int value = text[i] == '%' ? escape_value(text + i, length - i) : (unsigned char)text[i];
        char byte = (char)(text[i] == '+' ? ' ' : value);

        if (value <= 0 || !buffer_append(out, &byte, 1, NULL))
            return false;
        i += text[i] == '%' ? 2 : 0;
    }
    return true;
}

/* Whether the pair of `length` characters has that name; *value becomes where its value starts. */
static bool pair_has_name(const char *pair, size_t length, const char *name, const char **value)
{
    const char *equals = memchr(pair, '=', length);
    size_t name_length = equals ? (size_t)(equals - pair) : length;
    _cleanup_buffer_ struct buffer decoded = BUFFER(length);

    if (length == 0 || !form_decode(pair, name_length, &decoded))
        return false;
    *value = equals ? equals + 1 : pair + length;
    return strcmp(buffer_text(&decoded), name) == 0;
}

enum form_result form_find(const char *query, const char *name, struct buffer *out)
{
    const char *value = NULL;
    const char *found = NULL;
    size_t found_length = 0;
    _cleanup_buffer_ struct buffer decoded = BUFFER(0);
    for (const char *pair = query; pair; pair = pair[strcspn(pair, "&")] ? strchr(pair, '&') + 1 : NULL) {
        size_t length = strcspn(pair, "&");

        if (!pair_has_name(pair, length, name, &value))
            continue;
        if (found)
            return FORM_REPEATED;
        found = value;
        found_length = (size_t)(pair + length - value);
    }
    if (!found)
        return FORM_ABSENT;
    decoded.maximum = found_length;
    if (!form_decode(found, found_length, &decoded) ||
        !buffer_append(out, buffer_text(&decoded), decoded.length, NULL))
        return FORM_MALFORMED;
    return FORM_ONCE;
}

bool form_carries(const char *query, const char *name, const struct secret *value)
{
    _cleanup_buffer_ struct buffer text = BUFFER(strlen(query));
    _cleanup_secret_ struct secret *received = NULL;

    if (!value || secret_length(value) == 0 || form_find(query, name, &text) != FORM_ONCE)
        return false;
    received = secret_new(buffer_text(&text), text.length);
    return secret_equal(received, value);
}

#include "codec/json_check.h"

#include "base/utf8.h"
#include "codec/json.h"

#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct scanner {
    const char *at;
    const char *end;
    size_t line;
    size_t depth;
    struct buffer *numbers;
    struct error *err;
};

static bool scan_value(struct scanner *scanner);

static bool refuse(struct scanner *scanner, const char *what)
{
    return error_set(scanner->err, ERROR_PROTOCOL, "line %zu: %s", scanner->line, what);
}

static bool refuse_expecting(struct scanner *scanner, const char *what)
{
    unsigned char found;

    if (scanner->at == scanner->end)
        return error_set(scanner->err, ERROR_PROTOCOL, "line %zu: unexpected end, expected %s", scanner->line,
                         what);
    found = (unsigned char)*scanner->at;
    if (found < 0x20 || found > 0x7e)
        return error_set(scanner->err, ERROR_PROTOCOL, "line %zu: unexpected byte 0x%02x, expected %s",
                         scanner->line, found, what);
    return error_set(scanner->err, ERROR_PROTOCOL, "line %zu: unexpected '%c', expected %s", scanner->line,
                     found, what);
}

static bool next_is(const struct scanner *scanner, char character)
{
    return scanner->at < scanner->end && *scanner->at == character;
}

static bool next_is_digit(const struct scanner *scanner)
{
    return scanner->at < scanner->end && *scanner->at >= '0' && *scanner->at <= '9';
}

static void skip_space(struct scanner *scanner)
{
    for (; scanner->at < scanner->end && strchr(" \t\r\n", *scanner->at) && *scanner->at; scanner->at++)
        if (*scanner->at == '\n')
            scanner->line++;
}

static bool scan_word(struct scanner *scanner, const char *word)
{
    size_t length = strlen(word);

    if ((size_t)(scanner->end - scanner->at) < length || memcmp(scanner->at, word, length) != 0)
        return refuse_expecting(scanner, "a value");
    scanner->at += length;
    return true;
}

static bool scan_digits(struct scanner *scanner)
{
    if (!next_is_digit(scanner))
        return refuse_expecting(scanner, "a digit");
    while (next_is_digit(scanner))
        scanner->at++;
    return true;
}

static bool scan_exponent(struct scanner *scanner)
{
    if (!next_is(scanner, 'e') && !next_is(scanner, 'E'))
        return true;
    scanner->at++;
    if (next_is(scanner, '+') || next_is(scanner, '-'))
        scanner->at++;
    return scan_digits(scanner);
}

/* Whether a double can hold the number, which is valid and not too long. */
static bool is_finite(const char *number, size_t length)
{
    char copy[JSON_NUMBER_LENGTH_MAXIMUM + 1] = {0};
    char *point;

    memcpy(copy, number, length);
    point = strchr(copy, '.');
    if (point)
        *point = localeconv()->decimal_point[0]; /* the only one that strtod() knows */
    return isfinite(strtod(copy, NULL));
}

/* RFC 8259, 6. */
static bool scan_number(struct scanner *scanner)
{
    const char *start = scanner->at;

    if (next_is(scanner, '-'))
        scanner->at++;
    if (next_is(scanner, '0')) {
        scanner->at++;
        if (next_is_digit(scanner))
            return refuse(scanner, "invalid number: leading zero");
    } else if (!scan_digits(scanner)) {
        return false;
    }
    if (next_is(scanner, '.')) {
        scanner->at++;
        if (!scan_digits(scanner))
            return false;
    }
    if (!scan_exponent(scanner))
        return false;
    if (scanner->at - start > JSON_NUMBER_LENGTH_MAXIMUM)
        return refuse(scanner, "invalid number: too long");
    if (!is_finite(start, (size_t)(scanner->at - start)))
        return refuse(scanner, "invalid number: too large");
    return buffer_append(scanner->numbers, start, (size_t)(scanner->at - start), scanner->err) &&
           buffer_append(scanner->numbers, "", 1, scanner->err);
}

/* The four digits of a \u escape. */
static bool scan_code_unit(struct scanner *scanner, unsigned int *unit)
{
    *unit = 0;
    for (int i = 0; i < 4; i++, scanner->at++) {
        int digit = scanner->at < scanner->end ? *scanner->at : '\0';

        if (digit >= '0' && digit <= '9')
            *unit = *unit * 16 + (unsigned int)(digit - '0');
        else if ((digit | 0x20) >= 'a' && (digit | 0x20) <= 'f')
            *unit = *unit * 16 + (unsigned int)((digit | 0x20) - 'a') + 10;
        else
            return refuse_expecting(scanner, "a hexadecimal digit");
    }
    return true;
}

/* What follows "\u": a character, or both halves of a surrogate pair (RFC 8259, 7). */
static bool scan_unicode_escape(struct scanner *scanner)
{
    unsigned int unit, low;

    if (!scan_code_unit(scanner, &unit))
        return false;
    if (unit == 0)
        return refuse(scanner, "unsupported \\u0000 in a string");
    if (unit < 0xd800 || unit > 0xdfff)
        return true;
    if (unit > 0xdbff || !next_is(scanner, '\\') || scanner->end - scanner->at < 2 || scanner->at[1] != 'u')
        return refuse(scanner, "unpaired surrogate in a string");
    scanner->at += 2;
    if (!scan_code_unit(scanner, &low))
        return false;
    return (low >= 0xdc00 && low <= 0xdfff) || refuse(scanner, "unpaired surrogate in a string");
}

static bool scan_escape(struct scanner *scanner)
{
    scanner->at++;
    if (next_is(scanner, 'u')) {
        scanner->at++;
        return scan_unicode_escape(scanner);
    }
    if (scanner->at == scanner->end || !*scanner->at || !strchr("\"\\/bfnrt", *scanner->at))
        return refuse_expecting(scanner, "an escape character");
    scanner->at++;
    return true;
}

static bool scan_character(struct scanner *scanner)
{
    uint32_t point;
    size_t size;

    if ((unsigned char)*scanner->at < 0x20)
        return refuse(scanner, "unescaped control character in a string");
    if (*scanner->at == '\\')
        return scan_escape(scanner);
    size = utf8_decode(scanner->at, (size_t)(scanner->end - scanner->at), &point);
    if (size == 0)
        return refuse(scanner, "invalid UTF-8 in a string");
    scanner->at += size;
    return true;
}

static bool scan_string(struct scanner *scanner)
{
    scanner->at++;
    while (!next_is(scanner, '"')) {
        if (scanner->at == scanner->end)
            return refuse_expecting(scanner, "the end of a string");
        if (!scan_character(scanner))
            return false;
    }
    scanner->at++;
    return true;
}

static bool scan_member(struct scanner *scanner)
{
    skip_space(scanner);
    if (!next_is(scanner, '"'))
        return refuse_expecting(scanner, "a member name");
    if (!scan_string(scanner))
        return false;
    skip_space(scanner);
    if (!next_is(scanner, ':'))
        return refuse_expecting(scanner, "':'");
    scanner->at++;
    return scan_value(scanner);
}

/* The inside of an object or array: `scan_item` by commas, up to and with the closing bracket. */
static bool scan_items(struct scanner *scanner, bool (*scan_item)(struct scanner *), char closing,
                       const char *expected)
{
    scanner->at++;
    if (++scanner->depth > JSON_DEPTH_MAXIMUM)
        return error_set(scanner->err, ERROR_PROTOCOL, "line %zu: nested more than %d levels deep",
                         scanner->line, JSON_DEPTH_MAXIMUM);
    skip_space(scanner);
    while (!next_is(scanner, closing)) {
        if (!scan_item(scanner))
            return false;
        if (next_is(scanner, closing))
            break;
        if (!next_is(scanner, ','))
            return refuse_expecting(scanner, expected);
        scanner->at++;
        skip_space(scanner);
        if (next_is(scanner, closing))
            return refuse(scanner, "unexpected trailing comma");
    }
    scanner->at++;
    scanner->depth--;
    return true;
}

static bool scan_any(struct scanner *scanner)
{
    switch (scanner->at < scanner->end ? *scanner->at : '\0') {
    case '{':
        return scan_items(scanner, scan_member, '}', "',' or '}'");
    case '[':
        return scan_items(scanner, scan_value, ']', "',' or ']'");
    case '"':
        return scan_string(scanner);
    case 't':
        return scan_word(scanner, "true");
    case 'f':
        return scan_word(scanner, "false");
    case 'n':
        return scan_word(scanner, "null");
    default:
        if (next_is(scanner, '-') || next_is_digit(scanner))
            return scan_number(scanner);
        return refuse_expecting(scanner, "a value");
    }
}

static bool scan_value(struct scanner *scanner)
{
    skip_space(scanner);
    if (!scan_any(scanner))
        return false;
    skip_space(scanner);
    return true;
}

bool json_check(const char *text, size_t length, struct buffer *numbers, struct error *err)
{
    struct scanner scanner = {.at = text, .end = text + length, .line = 1, .numbers = numbers, .err = err};

    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        return refuse(&scanner, "unexpected byte order mark (save the text as UTF-8 without it)");
    if (!scan_value(&scanner))
        return false;
    if (scanner.at != scanner.end)
        return refuse_expecting(&scanner, "the end");
    return true;
}

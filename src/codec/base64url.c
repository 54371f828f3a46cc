#include "codec/base64url.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void base64url_encode(const void *bytes, size_t length, char *out)
{
    const unsigned char *in = bytes;
    unsigned int bits = 0;
    unsigned int count = 0;

    for (size_t i = 0; i < length; i++) {
        bits = bits << 8 | in[i];
        for (count += 8; count >= 6; count -= 6)
            *out++ = alphabet[bits >> (count - 6) & 63];
    }
    if (count > 0)
        *out++ = alphabet[bits << (6 - count) & 63];
    *out = '\0';
}

/* The six bits that a character stands for, or -1. */
static int value_of(char character)
{
    if (character >= 'A' && character <= 'Z')
        return character - 'A';
    if (character >= 'a' && character <= 'z')
        return character - 'a' + 26;
    if (character >= '0' && character <= '9')
        return character - '0' + 52;
    if (character == '-')
        return 62;
    return character == '_' ? 63 : -1;
}

static bool refuse_character(char character, size_t position, struct error *err)
{
    if (character == '=')
        return error_set(err, ERROR_PROTOCOL, "unexpected base64url padding");
    return error_set(err, ERROR_PROTOCOL, "character %zu is not in the base64url alphabet", position + 1);
}

/* Checks everything, so that decoding can't fail halfway. */
static bool check(const char *text, size_t length, struct error *err)
{
    unsigned int unused = length % 4 == 2 ? 15 : length % 4 == 3 ? 3 : 0;

    for (size_t i = 0; i < length; i++)
        if (value_of(text[i]) < 0)
            return refuse_character(text[i], i, err);
    if (length % 4 == 1)
        return error_set(err, ERROR_PROTOCOL, "truncated base64url: invalid length %zu", length);
    if (unused && (unsigned int)value_of(text[length - 1]) & unused)
        return error_set(err, ERROR_PROTOCOL, "base64url with non-zero unused bits");
    return true;
}

bool base64url_decode(const char *text, size_t length, struct buffer *out, struct error *err)
{
    size_t start = out->length;
    unsigned int bits = 0;
    unsigned int count = 0;

    if (!check(text, length, err))
        return false;
    /* Appending that much of the text reserves the space; the decoded bytes then overwrite it. */
    if (!buffer_append(out, text, length / 4 * 3 + length % 4 * 3 / 4, err))
        return false;
    for (size_t i = 0; i < length; i++) {
        bits = bits << 6 | (unsigned int)value_of(text[i]);
        count += 6;
        if (count >= 8) {
            count -= 8;
            out->data[start++] = (char)(bits >> count & 255);
        }
    }
    return true;
}

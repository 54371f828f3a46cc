/*
 * What the browser shows: small HTML pages that need nothing from elsewhere and run no script. All text is
 * escaped here.
 */
#pragma once

#include "base/buffer.h"

/* Largest page, bytes. */
#define PAGE_MAXIMUM ((size_t)64 * 1024)

enum page_kind { PAGE_SUCCESS, PAGE_FAILURE, PAGE_WAITING };

struct page {
    enum page_kind kind;
    const char *title;   /* "Signed in", "Sign-in failed" */
    const char *message; /* one or two sentences, plain text */
    const char *name;    /* who signed in, or NULL */
    const char *email;   /* or NULL */
    const char *detail;  /* small print: profile and endpoint, or the server's words; or NULL */
    const char *hint;    /* what to do next, e.g. "You can close this window." or NULL */
};

/*
 * Appends the whole document. Cut text rather than fail: foreign text longer than 300 characters ends in
 * "…".
 */
bool page_render(const struct page *page, struct buffer *out, struct error *err);

/* The Content-Security-Policy that page_render()'s documents need; static. */
extern const char page_content_security_policy[];

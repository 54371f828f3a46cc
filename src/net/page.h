/*
 * What the browser shows: page.html and page.css, which open in a browser by themselves, filled with text. No
 * script runs, and nothing is fetched from elsewhere.
 */
#pragma once

#include "base/buffer.h"

/* Largest page, bytes. */
#define PAGE_MAXIMUM ((size_t)64 * 1024)

enum page_kind { PAGE_SUCCESS, PAGE_FAILURE, PAGE_WAITING };

struct page {
    enum page_kind kind;
    const char *title;   /* "You are signed in", "Sign-in failed" */
    const char *message; /* one or two sentences, plain text */
    const char *name;    /* who signed in, or NULL */
    const char *email;   /* or NULL */
    const char *detail;  /* small print: profile and endpoint, or the server's words; or NULL */
    const char *host;    /* where we run, when the browser may run elsewhere, or NULL */
    const char *hint;    /* what to do next, e.g. "You can close this window." or NULL */
};

/*
 * Appends the whole document, with every text escaped, and those longer than 300 characters cut, with "…" at
 * the end. Elements without text are left out.
 */
bool page_render(const struct page *page, struct buffer *out, struct error *err);

/* The Content-Security-Policy that page_render()'s documents need; static. */
extern const char page_content_security_policy[];

/* What is pasted at the terminal while a sign-in waits for its redirect. */
#pragma once

#include "base/buffer.h"
#include "base/secret.h"

#include <stddef.h>
#include <stdint.h>

enum paste_verdict {
    PASTE_NOTHING,  /* blanks only */
    PASTE_REDIRECT, /* the redirect of this sign-in */
    PASTE_STALE,    /* the redirect of another one */
    PASTE_BARE,     /* the redirect URI without an answer */
    PASTE_START,    /* where the sign-in starts, not where it ends */
    PASTE_OTHER
};

struct paste {
    int descriptor; /* -1: none, or after its end */
    struct buffer text;
    int64_t due; /* when it is to be judged, on the monotonic clock; INT64_MAX: it isn't complete */
};

/* ms without input after a line's end: the rest of wrapped lines comes sooner. */
#define PASTE_PAUSE 150

#define PASTE_MAXIMUM ((size_t)16 * 1024)

#define PASTE(descriptor)                                                                                    \
    {                                                                                                        \
        (descriptor), BUFFER(PASTE_MAXIMUM), INT64_MAX                                                       \
    }

/* Reads what is available, and returns how many visible characters are waiting to be judged. */
size_t paste_read(struct paste *paste, int64_t now);

/*
 * Judges what was read, which is forgotten then. Appends the query of the redirect to `query` if it is one
 * (PASTE_REDIRECT).
 */
enum paste_verdict paste_judge(struct paste *paste, const struct secret *state, struct buffer *query);

/*
 * Judges `text`: the redirect URL or its query alone, with whatever comes along when it is copied from a
 * terminal, a mail or a shell: line breaks within, quotes, backslashes, something else before it. Changes it.
 * *query points into it, or is NULL.
 */
enum paste_verdict paste_judge_text(char *text, const struct secret *state, const char **query);

void paste_release(struct paste *paste);

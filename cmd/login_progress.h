/* What `logto login` and `logto google authorize` print on stderr while they wait for the browser. */
#pragma once

#include "cmd/browser_url.h"
#include "cmd/output.h"
#include "session/profile.h"
#include "session/sign_in.h"

struct login_progress {
    const struct output *output;
    const struct profile *profile;
    const char *connector; /* that the sign-in goes straight to; "" for none */
    bool google;           /* more access is asked for at Google, instead */
    bool elsewhere;        /* --no-browser: it may run on another machine */
    struct browser_url_shown shown;
    bool paste;     /* is waited for */
    bool line_open; /* the countdown, or how much was pasted, stands on the last line */
    bool pasting;   /* something was pasted, and is not yet judged */
};

/* `progress` must outlive the result. */
struct sign_in_events login_progress_events(struct login_progress *progress);

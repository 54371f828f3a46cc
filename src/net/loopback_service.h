/*
 * The one sign-in that the loopback listener serves: its addresses, how far it is, and what each request is
 * answered. Knows nothing of sockets or of an HTTP library.
 */
#pragma once

#include "base/buffer.h"
#include "base/error.h"
#include "base/secret.h"
#include "base/system.h"
#include "codec/base64url.h"
#include "net/loopback.h"
#include "net/loopback_request.h"

enum {
    LOOPBACK_RANDOM_BYTES = 16, /* in an address that nobody can guess */
    LOOPBACK_PATH_SIZE = 1 + BASE64URL_LENGTH(LOOPBACK_RANDOM_BYTES) + 1
};

/* Of the URL that the short address leads to, bytes. */
#define LOOPBACK_LOCATION_MAXIMUM ((size_t)16 * 1024)

struct loopback_service {
    uint16_t port;
    char start_path[LOOPBACK_PATH_SIZE]; /* of the short address */
    char last_path[LOOPBACK_PATH_SIZE];
    char address[sizeof("http://localhost:65535") + LOOPBACK_PATH_SIZE]; /* the short one */
    const char *callback_path;
    loopback_location *location; /* NULL: the short address leads nowhere */
    void *location_data;
    struct secret *state;
    struct buffer *query;      /* where the redirect's query goes; NULL: it can't be taken now */
    const struct buffer *page; /* the last page; NULL until there is an outcome */
    bool visited;              /* the short address was fetched, which is not yet reported */
    bool visit_reported;
    bool came_back_empty; /* /callback without a query was answered, which is not yet reported */
    bool redirected;      /* the right request has come */
    bool page_taken;      /* on its way to the browser */
    bool page_shown;
};

struct loopback_reply {
    unsigned int status;
    struct buffer body;
    const struct buffer *page; /* to be sent instead of `body`, unless NULL */
    struct buffer location;    /* value of the header of this name, unless empty */
    bool allow;                /* whether the methods are named */
};

#define LOOPBACK_REPLY_EMPTY                                                                                 \
    {                                                                                                        \
        .body = BUFFER(PAGE_MAXIMUM), .location = BUFFER(LOOPBACK_LOCATION_MAXIMUM)                          \
    }

#define _cleanup_loopback_reply_ _cleanup_(loopback_reply_release)

/* Makes the addresses. Fails as system->random does. */
bool loopback_service_init(struct loopback_service *service, struct system *system, uint16_t port,
                           struct error *err);

void loopback_service_set_state(struct loopback_service *service, const struct secret *state);

enum loopback_verdict loopback_service_judge(struct loopback_service *service,
                                             const struct loopback_request *request);

/*
 * Makes the reply to a request judged so; *verdict changes when it can't be what it should. Fails when there
 * is no memory for it.
 */
bool loopback_service_reply(struct loopback_service *service, enum loopback_verdict *verdict,
                            struct loopback_reply *reply);

/* The reply was sent, or could not be: then the last page may still be asked for. */
void loopback_service_replied(struct loopback_service *service, enum loopback_verdict verdict, bool sent);

/* Whether the short address was fetched; true once. */
bool loopback_service_report_visit(struct loopback_service *service);

/* Whether the browser has come back without an answer since this was last asked. */
bool loopback_service_report_empty(struct loopback_service *service);

void loopback_service_release(struct loopback_service *service);
void loopback_reply_release(struct loopback_reply *reply);

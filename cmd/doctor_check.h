/* What `logto doctor` looks at: a table of checks, each with one finding. */
#pragma once

#include "cmd/command.h"
#include "oidc/discovery.h"
#include "session/session.h"

enum finding_result { FINDING_OK, FINDING_WARN, FINDING_FAIL };

/* One line of what was found and, in the error's hint, one of what to do. */
struct finding {
    enum finding_result result;
    struct error said; /* its code counts when the check failed */
};

/* An http (net/http.h) before the real one: no request outlives the doctor's time, and the server's clock is
 * noted. */
struct doctor_http {
    struct http http;
    struct http *real;
    struct system *system;
    int64_t deadline; /* of all requests together, ms of system's monotonic clock */
    bool dated;       /* the server said what time it is */
};

/* One examination. What a check found out is here for those after it. */
struct doctor {
    struct context *context;
    const char *name; /* of --profile or LOGTO_PROFILE, or NULL */
    struct interfaces interfaces;
    struct doctor_http http;
    bool reachable;           /* the endpoint answers */
    struct provider provider; /* empty unless discovery succeeded */
    bool session_asked;       /* doctor_load_session() was called */
    bool signed_in;
    struct session session;
    struct error store_error; /* why the store did not answer; code ERROR_NONE: it did */
};

struct doctor_check {
    const char *name; /* the word of --json */
    void (*run)(struct doctor *doctor, struct finding *finding);
};

/* All of them in the order in which they are run; the last one has no name. */
extern const struct doctor_check doctor_checks[];

void doctor_open(struct doctor *doctor, struct context *context, const char *name);
void doctor_close(struct doctor *doctor);

/* ---- for the checks ---- */

void finding_set(struct finding *finding, enum finding_result result, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* What an error says, as this result. */
void finding_set_error(struct finding *finding, enum finding_result result, const struct error *err);

/* Loads the profile's session, once, without asking the user anything. */
void doctor_load_session(struct doctor *doctor);

/* Each is one check. In doctor_machine.c: */
void doctor_check_config(struct doctor *doctor, struct finding *finding);
void doctor_check_libraries(struct doctor *doctor, struct finding *finding);
void doctor_check_localhost(struct doctor *doctor, struct finding *finding);
void doctor_check_port(struct doctor *doctor, struct finding *finding);
void doctor_check_browser(struct doctor *doctor, struct finding *finding);
/* In doctor_provider.c: */
void doctor_check_proxy(struct doctor *doctor, struct finding *finding);
void doctor_check_endpoint(struct doctor *doctor, struct finding *finding);
void doctor_check_discovery(struct doctor *doctor, struct finding *finding);
void doctor_check_clock(struct doctor *doctor, struct finding *finding);
void doctor_check_connector(struct doctor *doctor, struct finding *finding);
void doctor_check_app(struct doctor *doctor, struct finding *finding);
void doctor_check_device_app(struct doctor *doctor, struct finding *finding);
/* In doctor_store.c: */
void doctor_check_keyring(struct doctor *doctor, struct finding *finding);
void doctor_check_store(struct doctor *doctor, struct finding *finding);
void doctor_check_kernel_keyring(struct doctor *doctor, struct finding *finding);
void doctor_check_session(struct doctor *doctor, struct finding *finding);

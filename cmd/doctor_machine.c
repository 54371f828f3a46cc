/* The checks of this machine: what is configured and installed, and what a browser needs to get back here. */
#include "base/environment.h"
#include "base/library.h"
#include "cmd/doctor_check.h"
#include "cmd/setup.h"
#include "net/http.h"
#include "net/localhost.h"
#include "net/loopback_socket.h"
#include "session/credentials.h"
#include "session/session_store.h"

#include <stdio.h>
#include <string.h>

#define LOCALHOST_TIMEOUT 1000 /* ms */

/* ---- config ---- */

/* The variables that override the profile, for the end of the finding. */
static char *overrides(void)
{
    static const char *const variables[] = {"LOGTO_PROFILE", "LOGTO_ENDPOINT", "LOGTO_APP_ID", "LOGTO_STORE"};
    _cleanup_list_ struct list set = LIST_EMPTY;
    _cleanup_free_ char *names = NULL;

    for (size_t i = 0; i < ARRAY_SIZE(variables); i++)
        if (environment_value(variables[i]))
            list_append(&set, variables[i]);
    names = list_join(&set, ", ");
    return set.count ? memory_format("; set by the environment: %s", names) : memory_duplicate("");
}

void doctor_check_config(struct doctor *doctor, struct finding *finding)
{
    struct profile *profile = &doctor->context->profile;
    _cleanup_free_ char *set = overrides();
    struct error err;

    if (!setup_profile(doctor->context, COMMAND_PROFILE, doctor->name, &err)) {
        finding_set_error(finding, FINDING_FAIL, &err);
        return;
    }
    if (session_check_profile(profile, &err)) {
        finding_set(finding, FINDING_OK, "profile '%s': %s, app %s%s", profile->name, profile->endpoint,
                    profile_app(profile), set);
        return;
    }
    if (err.code == ERROR_NOT_SIGNED_IN)
        finding_set(finding, FINDING_FAIL, "the profile '%s' is not set up yet%s", profile->name, set);
    else
        finding_set_error(finding, FINDING_FAIL, &err);
    error_hint(&finding->said, "%s", err.hint);
}

/* ---- libraries ---- */

static const struct {
    const char *name;
    const char *soname;
    const char *package;
    const char *version; /* a function of the library that says it, or NULL */
    char *(*find)(void); /* what says it where no such function does, or NULL */
    bool needed;         /* else other ways are open without it */
} libraries[] = {
    {"libcrypto", "libcrypto.so.3", "libssl3", NULL, NULL, true},
    {"libnettle", "libnettle.so.8", "libnettle8", NULL, NULL, true},
    {"libcurl", "libcurl.so.4", "libcurl4", NULL, http_curl_version, true},
    {"libmicrohttpd", "libmicrohttpd.so.12", "libmicrohttpd12", "MHD_get_version", NULL, true},
    {"libsecret", "libsecret-1.so.0", "libsecret-1-0", NULL, NULL, false},
    {"libqrencode", "libqrencode.so.4", "libqrencode4", "QRcode_APIVersionString", NULL, false},
};

static char *find_version(size_t i)
{
    return libraries[i].find ? libraries[i].find()
                             : library_version(libraries[i].soname, libraries[i].version);
}

void doctor_check_libraries(struct doctor *doctor, struct finding *finding)
{
    _cleanup_list_ struct list found = LIST_EMPTY;
    _cleanup_list_ struct list missing = LIST_EMPTY;
    _cleanup_free_ char *names = NULL;
    _cleanup_free_ char *packages = NULL;
    bool needed = false;

    (void)doctor;
    for (size_t i = 0; i < ARRAY_SIZE(libraries); i++) {
        _cleanup_free_ char *version = find_version(i);
        _cleanup_free_ char *text = memory_format("%s %s", libraries[i].name, version ? version : "missing");

        list_append(&found, text);
        if (version)
            continue;
        list_append(&missing, libraries[i].package);
        needed |= libraries[i].needed;
    }
    names = list_join(&found, ", ");
    packages = list_join(&missing, " ");
    finding_set(finding,
                needed          ? FINDING_FAIL
                : missing.count ? FINDING_WARN
                                : FINDING_OK,
                "logto " LOGTO_VERSION ", %s", names);
    finding->said.code = ERROR_INTERNAL;
    if (missing.count)
        error_hint(&finding->said, "sudo apt install %s", packages);
}

/* ---- the way back from the browser ---- */

void doctor_check_localhost(struct doctor *doctor, struct finding *finding)
{
    struct localhost localhost;
    struct error err;

    (void)doctor;
    if (!localhost_resolve(LOCALHOST_TIMEOUT, &localhost, &err)) {
        finding_set_error(finding, FINDING_FAIL, &err);
    } else if (localhost.other || (!localhost.v4 && !localhost.v6)) {
        finding_set(finding, FINDING_FAIL, "'localhost' is another machine");
    } else {
        finding_set(finding, FINDING_OK, "'localhost' is %s",
                    !localhost.v6   ? "127.0.0.1"
                    : !localhost.v4 ? "::1"
                                    : "127.0.0.1 and ::1");
        return;
    }
    error_hint(&finding->said, "add the line '127.0.0.1 localhost' to /etc/hosts");
}

/* A public app does with any port; one with a secret needs the registered one. */
static void report_port(struct doctor *doctor, const struct error *err, struct finding *finding)
{
    bool fixed = credentials_app_secret_variable() || doctor->session.app_secret;

    finding_set_error(finding, fixed || err->code != ERROR_PORT_IN_USE ? FINDING_FAIL : FINDING_WARN, err);
    if (finding->result == FINDING_WARN)
        error_hint(&finding->said,
                   "'logto login' will use another port, which Logto accepts for Native apps");
}

void doctor_check_port(struct doctor *doctor, struct finding *finding)
{
    uint16_t port = doctor->context->profile.port ? doctor->context->profile.port : PROFILE_DEFAULT_PORT;
    struct loopback_sockets sockets = {-1, -1, 0};
    struct error err;

    if (!loopback_sockets_open(port, &sockets, NULL, &err)) {
        report_port(doctor, &err, finding);
        return;
    }
    finding_set(finding, FINDING_OK, "port %u is free on 127.0.0.1%s", port,
                sockets.v6 >= 0 ? " and ::1" : "; this machine has no IPv6");
    loopback_sockets_close(&sockets);
}

void doctor_check_browser(struct doctor *doctor, struct finding *finding)
{
    struct browser *browser = doctor->interfaces.browser;
    _cleanup_free_ char *program = NULL;
    struct error err;

    if (browser->find(browser, &program, &err)) {
        finding_set(finding, FINDING_OK, "%s", program);
        return;
    }
    finding_set_error(finding, FINDING_WARN, &err);
    error_hint(&finding->said, "set BROWSER, or sign in with 'logto login --no-browser' or --device");
}

#include "cmd/doctor_check.h"

#include "session/session_store.h"

#include <stdarg.h>
#include <stdio.h>

/* All requests together; the stores and the name service have the rest of 15 seconds. */
#define NETWORK_TIMEOUT 7000 /* ms */
#define REQUEST_TIMEOUT 4000 /* ms */

const struct doctor_check doctor_checks[] = {
    {"config", doctor_check_config},
    {"libraries", doctor_check_libraries},
    {"proxy", doctor_check_proxy},
    {"endpoint", doctor_check_endpoint},
    {"discovery", doctor_check_discovery},
    {"clock", doctor_check_clock},
    {"connector", doctor_check_connector},
    {"app", doctor_check_app},
    {"device_app", doctor_check_device_app},
    {"localhost", doctor_check_localhost},
    {"port", doctor_check_port},
    {"browser", doctor_check_browser},
    {"keyring", doctor_check_keyring},
    {"store", doctor_check_store},
    {"kernel_keyring", doctor_check_kernel_keyring},
    {"session", doctor_check_session},
    {NULL, NULL},
};

static bool send_in_time(struct http *http, const struct http_request *request,
                         struct http_response *response, bool *delivered, struct error *err)
{
    struct doctor_http *self = (struct doctor_http *)http;
    int64_t left = self->deadline - self->system->monotonic(self->system);
    struct http_request limited = *request;

    if (left <= 0)
        return error_set(err, ERROR_NETWORK, "no time left: the requests before this one were too slow");
    limited.timeout = left < REQUEST_TIMEOUT ? (int)left : REQUEST_TIMEOUT;
    if (!self->real->send(self->real, &limited, response, delivered, err))
        return false;
    self->dated = response->date >= 0;
    return true;
}

void doctor_open(struct doctor *doctor, struct context *context, const char *name)
{
    struct system *system = context->interfaces.system;

    *doctor = (struct doctor){.context = context,
                              .name = name,
                              .interfaces = context->interfaces,
                              .http = {.http.send = send_in_time,
                                       .real = context->interfaces.http,
                                       .system = system,
                                       .deadline = system->monotonic(system) + NETWORK_TIMEOUT},
                              .session = SESSION_EMPTY};
    doctor->interfaces.http = &doctor->http.http;
    doctor->interfaces.bypasses_cache = true;
}

void doctor_close(struct doctor *doctor)
{
    provider_release(&doctor->provider);
    session_release(&doctor->session);
}

void finding_set(struct finding *finding, enum finding_result result, const char *format, ...)
{
    va_list arguments;

    finding->result = result;
    finding->said = (struct error){.code = ERROR_CONFIG};
    va_start(arguments, format);
    vsnprintf(finding->said.message, sizeof(finding->said.message), format, arguments);
    va_end(arguments);
}

void finding_set_error(struct finding *finding, enum finding_result result, const struct error *err)
{
    *finding = (struct finding){result, *err};
}

void doctor_load_session(struct doctor *doctor)
{
    const struct profile *profile = &doctor->context->profile;

    if (doctor->session_asked || !profile->issuer || !profile_app(profile))
        return;
    doctor->session_asked = true;
    if (!session_find(&doctor->interfaces, profile, &doctor->session, &doctor->signed_in,
                      &doctor->store_error))
        doctor->signed_in = false;
}

#include "net/loopback_service.h"

#include <stdio.h>

static bool make_path(struct system *system, char path[LOOPBACK_PATH_SIZE], struct error *err)
{
    unsigned char bytes[LOOPBACK_RANDOM_BYTES];

    if (!system->random(system, bytes, sizeof(bytes), err))
        return false;
    path[0] = '/';
    base64url_encode(bytes, sizeof(bytes), path + 1);
    return true;
}

bool loopback_service_init(struct loopback_service *service, struct system *system, uint16_t port,
                           struct error *err)
{
    if (!make_path(system, service->start_path, err) || !make_path(system, service->last_path, err))
        return false;
    service->port = port;
    service->callback_path = "/callback";
    snprintf(service->address, sizeof(service->address), "http://localhost:%u%s", port, service->start_path);
    return true;
}

void loopback_service_set_state(struct loopback_service *service, const struct secret *state)
{
    if (secret_equal(service->state, state))
        return;
    secret_free(&service->state);
    service->state = state ? secret_copy(state) : NULL;
}

/* The first right request's query is the one that counts; a later one, when the user reloads, is taken too.
 */
static bool take_query(struct loopback_service *service, const char *query)
{
    if (!service->redirected)
        service->redirected = service->query && buffer_append_text(service->query, query, NULL);
    return service->redirected;
}

enum loopback_verdict loopback_service_judge(struct loopback_service *service,
                                             const struct loopback_request *request)
{
    const struct loopback_resources resources = {
        .port = service->port,
        .callback = service->callback_path,
        .state = service->state,
        .start = service->location ? service->start_path : NULL,
        .last_page = service->page && !service->page_taken ? service->last_path : NULL};
    enum loopback_verdict verdict = loopback_judge(request, &resources);

    if (verdict == LOOPBACK_IS_REDIRECT && !service->page &&
        !take_query(service, loopback_target_query(request->target)))
        return LOOPBACK_IS_TOO_LONG;
    return verdict;
}

static bool reply_with_location(struct loopback_service *service, enum loopback_verdict verdict,
                                struct buffer *out)
{
    if (verdict == LOOPBACK_IS_START)
        return service->location(service->location_data, out, NULL);
    return verdict != LOOPBACK_IS_REDIRECT || buffer_append_text(out, service->last_path, NULL);
}

bool loopback_service_reply(struct loopback_service *service, enum loopback_verdict *verdict,
                            struct loopback_reply *reply)
{
    if (!reply_with_location(service, *verdict, &reply->location)) {
        buffer_clear(&reply->location);
        *verdict = LOOPBACK_IS_FAILED;
    }
    if (*verdict == LOOPBACK_IS_LAST_PAGE) {
        reply->page = service->page;
        service->page_taken = true;
    }
    reply->status = loopback_status(*verdict);
    reply->allow = loopback_allows(*verdict);
    return loopback_page(*verdict, &reply->body, NULL);
}

void loopback_service_replied(struct loopback_service *service, enum loopback_verdict verdict, bool sent)
{
    if (verdict == LOOPBACK_IS_START && sent && !service->visit_reported)
        service->visited = true;
    if (verdict == LOOPBACK_IS_BARE && sent)
        service->came_back_empty = true;
    if (verdict == LOOPBACK_IS_LAST_PAGE) {
        service->page_taken = sent;
        service->page_shown = sent;
    }
}

bool loopback_service_report_visit(struct loopback_service *service)
{
    bool report = service->visited && !service->visit_reported;

    service->visit_reported |= report;
    return report;
}

bool loopback_service_report_empty(struct loopback_service *service)
{
    bool report = service->came_back_empty;

    service->came_back_empty = false;
    return report;
}

void loopback_service_release(struct loopback_service *service)
{
    secret_free(&service->state);
}

void loopback_reply_release(struct loopback_reply *reply)
{
    buffer_release(&reply->body);
    buffer_release(&reply->location);
}

#include "net/loopback.h"

#include "base/file.h"
#include "base/library.h"
#include "base/memory.h"
#include "net/loopback_client.h"
#include "net/loopback_service.h"
#include "net/loopback_socket.h"
#include "net/page.h"

#include <microhttpd.h>

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
    FAMILIES = 2,
    /* loopback_client_admit() keeps far below it; at its limit libmicrohttpd would let newcomers wait. */
    CONNECTIONS_MAXIMUM = LOOPBACK_CLIENTS_MAXIMUM / FAMILIES,
    TURN_LONGEST = 1000 /* ms that poll() sleeps at most, so that old connections are closed in time */
};

/*
 * Above 32 KiB libmicrohttpd maps pages for a connection and gives them back at its end, so that nothing of a
 * request stays in our heap. To longer headers, and to what is no HTTP, it gives a short answer of its own
 * (431, 414, 400) without our headers; it has no hook for that, and there is nothing in it to protect.
 */
static const size_t connection_memory = (size_t)40 * 1024;

/* The library's functions by their names without MHD_, to be called as mhd.run(…). */
/* clang-format off */
#define EACH_FUNCTION(use) \
    use(start_daemon) use(stop_daemon) use(run) use(get_timeout) use(get_daemon_info) \
    use(get_connection_info) use(get_connection_values) use(suspend_connection) use(resume_connection) \
    use(create_response_from_buffer) use(add_response_header) use(queue_response) use(destroy_response)
/* clang-format on */

#define AS_POINTER(name) __typeof__(MHD_##name) *name; /* NOLINT(bugprone-macro-parentheses) */
#define AS_SYMBOL(name) {"MHD_" #name, &mhd.name},

static struct {
    EACH_FUNCTION(AS_POINTER)
} mhd;

struct loopback {
    struct MHD_Daemon *daemons[FAMILIES];
    size_t daemon_count;
    struct loopback_service service;
    struct loopback_clients clients;
    int64_t now; /* ms, of the system's clock in the present turn */
};

static struct loopback_client *admit(struct loopback *loopback, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = mhd.get_connection_info(connection,
                                                                   MHD_CONNECTION_INFO_CONNECTION_FD);

    return info ? loopback_client_admit(&loopback->clients, connection, info->connect_fd, loopback->now)
                : NULL;
}

static void connection_changed(void *context, struct MHD_Connection *connection, void **place,
                               enum MHD_ConnectionNotificationCode what)
{
    struct loopback_client *client = *place;

    if (what == MHD_CONNECTION_NOTIFY_STARTED)
        *place = admit(context, connection);
    else if (client)
        loopback_client_leave(client);
}

static void *writable(const char *text)
{
    union {
        const char *read;
        void *write;
    } pointer = {.read = text};

    return pointer.write;
}

/*
 * libmicrohttpd goes on to decode the query in place, for functions that aren't used here. The code in it
 * would lie in its memory as long as the connection waits.
 */
static void wipe_query(const char *target)
{
    const char *query = loopback_target_query(target);

    if (*query)
        explicit_bzero(writable(query), strlen(query));
}

/* Comes first in every request; the result is what the functions below get as *context. */
static void *target_received(void *context, const char *target, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = mhd.get_connection_info(connection,
                                                                   MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct loopback_client *client = info ? info->socket_context : NULL;

    (void)context;
    if (client) {
        loopback_client_forget_target(client);
        client->target = client->dropped || client->other_user ? NULL : memory_duplicate(target);
        client->judged = false;
    }
    wipe_query(target);
    return client;
}

static enum MHD_Result look_at_header(void *context, enum MHD_ValueKind kind, const char *name,
                                      const char *value)
{
    (void)kind;
    loopback_request_header(context, name, value ? value : "");
    return MHD_YES;
}

static enum loopback_verdict judge(struct loopback *loopback, const struct loopback_client *client,
                                   const char *method)
{
    struct loopback_request request = {.method = method, .target = client->target};

    if (client->other_user)
        return LOOPBACK_IS_OTHER_USER;
    mhd.get_connection_values(client->connection, MHD_HEADER_KIND, look_at_header, &request);
    return loopback_service_judge(&loopback->service, &request);
}

static bool add_headers(struct MHD_Response *response, const struct loopback_reply *reply)
{
    for (const struct loopback_header *header = loopback_headers(); header->name; header++)
        if (mhd.add_response_header(response, header->name, header->value) != MHD_YES)
            return false;
    return (!reply->allow || mhd.add_response_header(response, "Allow", "GET, HEAD") == MHD_YES) &&
           (reply->location.length == 0 ||
            mhd.add_response_header(response, "Location", buffer_text(&reply->location)) == MHD_YES);
}

static enum MHD_Result send_reply(struct MHD_Connection *connection, const struct loopback_reply *reply)
{
    const struct buffer *body = reply->page ? reply->page : &reply->body;
    struct MHD_Response *response = mhd.create_response_from_buffer(body->length, writable(buffer_text(body)),
                                                                    MHD_RESPMEM_MUST_COPY);
    enum MHD_Result result = MHD_NO;

    if (!response)
        return MHD_NO;
    if (add_headers(response, reply))
        result = mhd.queue_response(connection, reply->status, response);
    mhd.destroy_response(response);
    return result;
}

static enum MHD_Result answer(struct loopback *loopback, struct loopback_client *client)
{
    _cleanup_loopback_reply_ struct loopback_reply reply = LOOPBACK_REPLY_EMPTY;

    return loopback_service_reply(&loopback->service, &client->verdict, &reply)
               ? send_reply(client->connection, &reply)
               : MHD_NO;
}

/*
 * Called when the headers are complete, and again for a body, and when a waiting connection goes on. What a
 * connection brought that was dropped is still read: it counts for nothing.
 */
static enum MHD_Result request_received(void *context, struct MHD_Connection *connection, const char *url,
                                        const char *method, const char *version, const char *upload,
                                        size_t *upload_length, void **request)
{
    struct loopback *loopback = context;
    struct loopback_client *client = *request;

    (void)url, (void)version, (void)upload;
    *upload_length = 0;
    if (!client || client->dropped)
        return MHD_NO;
    if (!client->judged) {
        client->verdict = judge(loopback, client, method);
        client->judged = true;
        loopback_client_forget_target(client);
        /* The right request waits for the outcome. */
        client->waiting = client->verdict == LOOPBACK_IS_REDIRECT && !loopback->service.page;
        if (client->waiting) {
            mhd.suspend_connection(connection);
            return MHD_YES;
        }
    }
    return answer(loopback, client);
}

static void request_completed(void *context, struct MHD_Connection *connection, void **request,
                              enum MHD_RequestTerminationCode how)
{
    struct loopback *loopback = context;
    const struct loopback_client *client = *request;

    (void)connection;
    if (client && client->judged)
        loopback_service_replied(&loopback->service, client->verdict,
                                 how == MHD_REQUEST_TERMINATED_COMPLETED_OK);
    *request = NULL;
}

/* libmicrohttpd closes the descriptor when it stops. Without MHD_USE_ERROR_LOG it prints nothing. */
static bool start(struct loopback *loopback, int descriptor, struct error *err)
{
    /* No timeout: loopback_client_drop_old() is stricter, as a drip doesn't prolong a connection's life. */
    /* clang-format off */
    struct MHD_Daemon *daemon = mhd.start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, request_received, loopback,
        MHD_OPTION_LISTEN_SOCKET, descriptor,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned int)CONNECTIONS_MAXIMUM,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, connection_memory,
        MHD_OPTION_URI_LOG_CALLBACK, target_received, NULL,
        MHD_OPTION_NOTIFY_CONNECTION, connection_changed, loopback,
        MHD_OPTION_NOTIFY_COMPLETED, request_completed, loopback,
        MHD_OPTION_END);
    /* clang-format on */

    if (!daemon)
        return error_set(err, ERROR_INTERNAL, "libmicrohttpd cannot listen on port %u",
                         loopback->service.port);
    loopback->daemons[loopback->daemon_count++] = daemon;
    return true;
}

struct loopback *loopback_listen(struct system *system, uint16_t port, struct port_holder *holder,
                                 struct error *err)
{
    static const struct library_symbol symbols[] = {EACH_FUNCTION(AS_SYMBOL)};
    _cleanup_loopback_ struct loopback *loopback = NULL;
    struct loopback_sockets sockets;

    if (!library_open("libmicrohttpd.so.12", "libmicrohttpd12", symbols, ARRAY_SIZE(symbols), err) ||
        !loopback_sockets_open(port, &sockets, holder, err))
        return NULL;
    loopback = memory_allocate(1, sizeof(*loopback));
    if (!loopback_service_init(&loopback->service, system, sockets.port, err) ||
        !start(loopback, file_take(&sockets.v4), err) ||
        (sockets.v6 >= 0 && !start(loopback, file_take(&sockets.v6), err))) {
        loopback_sockets_close(&sockets);
        return NULL;
    }
    return TAKE(loopback);
}

void loopback_expect(struct loopback *loopback, const char *path)
{
    loopback->service.callback_path = path;
}

const char *loopback_address(const struct loopback *loopback)
{
    return loopback->service.address;
}

void loopback_redirect(struct loopback *loopback, loopback_location *location, void *data)
{
    loopback->service.location = location;
    loopback->service.location_data = data;
}

uint16_t loopback_port(const struct loopback *loopback)
{
    return loopback->service.port;
}

/* ms that poll() may sleep. */
static int turn_length(const struct loopback *loopback, int64_t deadline)
{
    int64_t longest = deadline - loopback->now < TURN_LONGEST ? deadline - loopback->now : TURN_LONGEST;

    for (size_t i = 0; i < loopback->daemon_count; i++) {
        MHD_UNSIGNED_LONG_LONG wish;

        if (mhd.get_timeout(loopback->daemons[i], &wish) == MHD_YES && wish < TURN_LONGEST &&
            (int64_t)wish < longest)
            longest = (int64_t)wish;
    }
    return longest > 0 ? (int)longest : 0;
}

static bool run(struct loopback *loopback, struct error *err)
{
    for (size_t i = 0; i < loopback->daemon_count; i++)
        if (mhd.run(loopback->daemons[i]) != MHD_YES)
            return error_set(err, ERROR_INTERNAL, "libmicrohttpd failed while waiting for the browser");
    return true;
}

/* Waits for something to do and does it. *readable: the extra descriptor has something. */
static bool take_turn(struct loopback *loopback, int descriptor, struct system *system, int64_t deadline,
                      bool *readable, struct error *err)
{
    struct pollfd watched[FAMILIES + 1] = {{.fd = descriptor, .events = POLLIN}};

    loopback->now = system->monotonic(system);
    for (size_t i = 0; i < loopback->daemon_count; i++) {
        const union MHD_DaemonInfo *info = mhd.get_daemon_info(loopback->daemons[i],
                                                               MHD_DAEMON_INFO_EPOLL_FD);

        watched[i + 1] = (struct pollfd){.fd = info ? info->epoll_fd : -1, .events = POLLIN};
    }
    if (poll(watched, loopback->daemon_count + 1, turn_length(loopback, deadline)) < 0 && errno != EINTR)
        return error_set_errno(err, ERROR_IO, "waiting for the browser failed");
    loopback->now = system->monotonic(system);
    *readable = watched[0].revents != 0;
    loopback_client_drop_old(&loopback->clients, loopback->now);
    return run(loopback, err);
}

/* Serves until *goal is true (LOOPBACK_REDIRECT), or one of the other events. */
static enum loopback_event serve(struct loopback *loopback, const bool *goal, int descriptor,
                                 struct system *system, int64_t deadline, struct error *err)
{
    for (;;) {
        bool readable = false;

        if (!take_turn(loopback, descriptor, system, deadline, &readable, err))
            return LOOPBACK_FAILED;
        if (*goal)
            return LOOPBACK_REDIRECT;
        if (loopback_service_report_visit(&loopback->service))
            return LOOPBACK_VISITED;
        if (loopback_service_report_empty(&loopback->service))
            return LOOPBACK_CAME_BACK_EMPTY;
        if (readable)
            return LOOPBACK_READABLE;
        if (loopback->now >= deadline)
            return LOOPBACK_DEADLINE;
    }
}

enum loopback_event loopback_wait(struct loopback *loopback, const struct secret *state, int descriptor,
                                  struct system *system, int64_t deadline, struct buffer *query,
                                  struct error *err)
{
    enum loopback_event event;

    loopback_service_set_state(&loopback->service, state);
    loopback->service.query = query;
    event = serve(loopback, &loopback->service.redirected, descriptor, system, deadline, err);
    loopback->service.query = NULL;
    return event;
}

static size_t release_waiting(struct loopback *loopback)
{
    size_t count = 0;

    for (size_t i = 0; i < ARRAY_SIZE(loopback->clients.places); i++) {
        struct loopback_client *client = &loopback->clients.places[i];

        if (!client->waiting)
            continue;
        client->waiting = false;
        client->since = loopback->now;
        mhd.resume_connection(client->connection);
        count++;
    }
    return count;
}

void loopback_finish(struct loopback *loopback, const struct buffer *page, struct system *system,
                     int64_t deadline)
{
    enum loopback_event event;

    loopback->now = system->monotonic(system);
    loopback->service.page = page;
    /* Nothing shows up in epoll for a connection that is resumed, so the first turn mustn't sleep. */
    if (release_waiting(loopback) > 0 && run(loopback, NULL))
        do
            event = serve(loopback, &loopback->service.page_shown, -1, system, deadline, NULL);
        while (event == LOOPBACK_VISITED || event == LOOPBACK_CAME_BACK_EMPTY);
    loopback->service.page = NULL;
}

void loopback_stop(struct loopback **loopback)
{
    struct loopback *old = *loopback;

    if (!old)
        return;
    release_waiting(old); /* libmicrohttpd insists */
    for (size_t i = 0; i < old->daemon_count; i++)
        mhd.stop_daemon(old->daemons[i]);
    loopback_service_release(&old->service);
    free(old);
    *loopback = NULL;
}

#include "net/loopback_client.h"

#include "base/memory.h"
#include "net/connection_owner.h"

#include <sys/socket.h>

enum {
    KEPT = 96,   /* connections that stay when more come */
    LIFE = 10000 /* ms from accepting to the end of the answer, but for those that wait for it */
};

/* Open, and not on its way out. */
static bool is_open(const struct loopback_client *client)
{
    return client->connection && !client->dropped;
}

/* The right request keeps its connection until the answer is out, however many others come meanwhile. */
static bool is_right(const struct loopback_client *client)
{
    return client->judged && client->verdict == LOOPBACK_IS_REDIRECT;
}

static void drop(struct loopback_client *client)
{
    client->dropped = true;
    shutdown(client->descriptor, SHUT_RDWR);
}

/* Looks at whose the connection is, before anything that it brought is read. */
static void identify(struct loopback_client *client)
{
    enum connection_owner owner = connection_owner_find(client->descriptor);

    client->other_user = owner == CONNECTION_OTHER;
    if (owner == CONNECTION_GONE)
        drop(client);
}

/* A browser sends its request at once, so the oldest connection is the one that matters least. */
static bool matters_less(const struct loopback_client *client, const struct loopback_client *than)
{
    if (client->other_user != than->other_user)
        return client->other_user;
    return client->number < than->number;
}

static void make_room(struct loopback_clients *clients)
{
    struct loopback_client *least = NULL;
    size_t count = 0;

    for (size_t i = 0; i < ARRAY_SIZE(clients->places); i++) {
        struct loopback_client *client = &clients->places[i];

        if (!is_open(client) || is_right(client))
            continue;
        count++;
        if (!least || matters_less(client, least))
            least = client;
    }
    if (count > KEPT)
        drop(least);
}

struct loopback_client *loopback_client_admit(struct loopback_clients *clients, void *connection,
                                              int descriptor, int64_t now)
{
    for (size_t i = 0; i < ARRAY_SIZE(clients->places); i++) {
        struct loopback_client *client = &clients->places[i];

        if (client->connection)
            continue;
        *client = (struct loopback_client){
            .connection = connection, .descriptor = descriptor, .number = clients->accepted++, .since = now};
        identify(client);
        make_room(clients);
        return client;
    }
    return NULL;
}

void loopback_client_drop_old(struct loopback_clients *clients, int64_t now)
{
    for (size_t i = 0; i < ARRAY_SIZE(clients->places); i++) {
        struct loopback_client *client = &clients->places[i];

        if (is_open(client) && !client->waiting && now - client->since > LIFE)
            drop(client);
    }
}

void loopback_client_forget_target(struct loopback_client *client)
{
    memory_wipe_free(client->target);
    client->target = NULL;
}

void loopback_client_leave(struct loopback_client *client)
{
    loopback_client_forget_target(client);
    *client = (struct loopback_client){.connection = NULL};
}

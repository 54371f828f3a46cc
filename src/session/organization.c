#include "session/organization.h"

#include "base/lock.h"
#include "logto/scope.h"
#include "oidc/userinfo.h"
#include "session/access.h"
#include "session/hint.h"

#include <string.h>

void organization_ids(const struct session *session, struct list *out)
{
    _cleanup_list_ struct list claimed = LIST_EMPTY;

    json_strings(session->claims, "organizations", &claimed);
    list_add_all(out, &claimed);
    for (const struct json *each = json_first(session->organizations); each; each = json_next(each))
        if (json_string(each, "id"))
            list_add(out, json_string(each, "id"));
    for (size_t i = 0; i < session->token_count; i++)
        if (session->tokens[i].organization_id)
            list_add(out, session->tokens[i].organization_id);
}

const char *organization_name(const struct session *session, const char *id)
{
    for (const struct json *each = json_first(session->organizations); each; each = json_next(each)) {
        const char *candidate = json_string(each, "id");

        if (candidate && strcmp(candidate, id) == 0)
            return json_string(each, "name");
    }
    return NULL;
}

/* The id of an organization of this name after `previous`, or of the first one (NULL); NULL when none is
 * left. */
static const char *next_named(const struct session *session, const char *name, const struct json **previous)
{
    const struct json *each = *previous ? json_next(*previous) : json_first(session->organizations);

    for (; each; each = json_next(each)) {
        const char *candidate = json_string(each, "name");

        *previous = each;
        if (candidate && json_string(each, "id") && strcmp(candidate, name) == 0)
            return json_string(each, "id");
    }
    return NULL;
}

static void find_by_name(const struct session *session, const char *name, struct list *ids)
{
    const struct json *place = NULL;

    for (const char *id; (id = next_named(session, name, &place));)
        list_add(ids, id);
}

bool organization_name_is_unique(const struct session *session, const char *name)
{
    _cleanup_list_ struct list ids = LIST_EMPTY;

    find_by_name(session, name, &ids);
    return ids.count == 1;
}

/* The claim has them as "ID:ROLE". */
void organization_roles(const struct session *session, const char *id, struct list *out)
{
    _cleanup_list_ struct list all = LIST_EMPTY;
    size_t length = strlen(id);

    json_strings(session->claims, "organization_roles", &all);
    for (size_t i = 0; i < all.count; i++)
        if (strncmp(all.items[i], id, length) == 0 && all.items[i][length] == ':')
            list_add(out, all.items[i] + length + 1);
}

void organizations_take(struct session *session, const struct json *claims)
{
    const struct json *data = json_member(claims, "organization_data");
    struct json *organizations;

    if (!json_is_array(data))
        return;
    organizations = json_array();
    for (const struct json *each = json_first(data); each; each = json_next(each)) {
        struct json *kept = json_object();

        json_set_string(kept, "id", json_string(each, "id"));
        json_set_string(kept, "name", json_string(each, "name"));
        json_append(organizations, kept);
    }
    json_free(&session->organizations);
    session->organizations = organizations;
}

/* Into the session as it is stored now: another process may have refreshed it meanwhile. */
static bool keep(const struct interfaces *interfaces, const struct profile *profile,
                 const struct session *session, struct error *err)
{
    _cleanup_session_ struct session stored = SESSION_EMPTY;
    _cleanup_(lock_release) int lock = -1;

    if (!session_lock(interfaces, profile, &lock, err) || !session_load(interfaces, profile, &stored, err))
        return false;
    if (json_equal(stored.organizations, session->organizations))
        return true;
    json_free(&stored.organizations);
    stored.organizations = json_copy(session->organizations);
    return session_save(interfaces, profile, &stored, err);
}

bool organizations_fetch(const struct interfaces *interfaces, const struct profile *profile,
                         struct session *session, struct error *err)
{
    struct oidc oidc = interfaces_oidc(interfaces, profile);
    _cleanup_provider_ struct provider provider = {0};
    _cleanup_json_ struct json *claims = NULL;
    struct access_request request = {.min_ttl = ACCESS_TTL_DEFAULT};
    const struct access_token *token;

    if (!session_access_token(interfaces, profile, session, &request, &token, err) ||
        !discovery_load(&oidc, session->issuer, &provider, err))
        return false;
    claims = userinfo_fetch(&oidc, &provider, token->token, json_string(session->claims, "sub"), err);
    if (!claims)
        return false;
    organizations_take(session, claims);
    return !session->organizations || keep(interfaces, profile, session, err);
}

/* An id goes before a name. */
static void find(const struct session *session, const char *id_or_name, struct list *ids)
{
    _cleanup_list_ struct list all = LIST_EMPTY;

    list_release(ids);
    organization_ids(session, &all);
    if (list_contains(&all, id_or_name))
        list_add(ids, id_or_name);
    else
        find_by_name(session, id_or_name, ids);
}

const char *organization_known_id(const struct session *session, const char *id_or_name)
{
    _cleanup_list_ struct list ids = LIST_EMPTY;
    const struct json *place = NULL;

    if (!id_or_name)
        return NULL;
    find(session, id_or_name, &ids);
    if (ids.count != 1 || strcmp(ids.items[0], id_or_name) == 0)
        return id_or_name;
    return next_named(session, id_or_name, &place);
}

static bool check_found(const struct profile *profile, const struct list *ids, const char *id_or_name,
                        struct error *err)
{
    _cleanup_free_ char *joined = NULL;

    if (ids->count == 1)
        return true;
    if (ids->count == 0) {
        error_set(err, ERROR_NOT_GRANTED, "the user is not a member of an organization '%s'", id_or_name);
        return hint_command(profile, "see the user's organizations with: logto whoami", err);
    }
    joined = list_join(ids, ", ");
    error_set(err, ERROR_USAGE, "the user has %zu organizations named '%s': %s", ids->count, id_or_name,
              joined);
    return error_hint(err, "use the id");
}

char *organization_find(const struct interfaces *interfaces, const struct profile *profile,
                        struct session *session, const char *id_or_name, struct error *err)
{
    _cleanup_list_ struct list ids = LIST_EMPTY;

    if (session->machine || !list_contains(&session->scopes, LOGTO_SCOPE_ORGANIZATIONS))
        return memory_duplicate(id_or_name);
    find(session, id_or_name, &ids);
    if (ids.count != 1) {
        if (!organizations_fetch(interfaces, profile, session, err))
            return NULL;
        find(session, id_or_name, &ids);
    }
    /* A tenant without organization_data cannot tell a name from an id. */
    if (!session->organizations)
        return memory_duplicate(id_or_name);
    return check_found(profile, &ids, id_or_name, err) ? memory_duplicate(ids.items[0]) : NULL;
}

bool organization_resolve(const struct interfaces *interfaces, const struct profile *profile,
                          struct session *session, struct access_request *request, char **owned,
                          struct error *err)
{
    if (!request->organization_id)
        return true;
    *owned = organization_find(interfaces, profile, session, request->organization_id, err);
    request->organization_id = *owned;
    return *owned != NULL;
}

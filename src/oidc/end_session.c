#include "oidc/end_session.h"

#include "codec/url.h"

#include <string.h>

bool end_session_url(const struct provider *provider, const char *client_id, const char *redirect_uri,
                     const struct secret *state, struct buffer *out, struct error *err)
{
    if (!provider->end_session_endpoint)
        return error_set(err, ERROR_PROTOCOL, "%s has no end-session endpoint", provider->issuer);
    return url_append(out, provider->end_session_endpoint, err) &&
           buffer_append_text(out, strchr(provider->end_session_endpoint, '?') ? "" : "?", err) &&
           form_append(out, "client_id", client_id, err) &&
           form_append(out, "post_logout_redirect_uri", redirect_uri, err) &&
           (!state || form_append_secret(out, "state", state, err));
}

#include "cmd/google.h"
#include "cmd/token_format.h"
#include "session/vault.h"

bool google_token(struct context *context, const struct google_options *options, struct error *err)
{
    const char *format = options->format ? options->format : context->output.json ? "json" : "token";
    struct vault_request request = {.target = options->connector ? options->connector : "google",
                                    .scopes = &options->scopes,
                                    .min_ttl = options->min_ttl};
    _cleanup_vault_token_ struct vault_token token = VAULT_TOKEN_EMPTY;
    struct system *system = context->interfaces.system;

    if (!vault_fetch_token(&context->interfaces, &context->profile, &request, &token, err))
        return false;
    return token_print(format,
                       &(struct token_view){.token = token.token,
                                            .connector = request.target,
                                            .scope = token.scope,
                                            .expires_at = token.expires_at,
                                            .now = system->now(system)},
                       err);
}

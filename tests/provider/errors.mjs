// Logto wraps every OAuth error: `code` and a message in the reader's language around the standard members.

const messages = {
  en: {
    access_denied: 'Access denied. {{error_description}}',
    authorization_pending: 'The user has not finished signing in yet.',
    expired_token: 'Token has expired.',
    insufficient_scope: 'Token is missing a scope.',
    invalid_client: 'Client is invalid.',
    invalid_grant: 'Grant request is invalid.',
    invalid_redirect_uri: 'The redirect URI is not one of those registered for this client.',
    invalid_request: 'Request is invalid.',
    invalid_scope: 'Invalid scope: {{error_description}}.',
    invalid_target: 'Invalid resource indicator.',
    invalid_token: 'Token is invalid.',
    unsupported_grant_type: 'This grant type is not supported.',
    unsupported_token_type: 'This kind of token is not supported here.',
  },
  de: {
    access_denied: 'Zugriff verweigert. {{error_description}}',
    invalid_grant: 'Die Anfrage ist ungültig.',
    invalid_client: 'Die Anwendung ist ungültig.',
  },
};

const helpPages = { invalid_grant: 'https://openid.sh/debug/invalid_grant' };

export function logtoError(body, ctx) {
  if (ctx.query.parse_error === 'false') return body;
  const language = ctx.acceptsLanguages('en', 'de') || 'en';
  const message = messages[language][body.error] ?? messages.en[body.error] ?? body.error_description;
  const { error, error_description, ...rest } = body;
  return { code: `oidc.${error}`, message, error_uri: helpPages[error], error, error_description, ...rest };
}

export const unknownRoute = (method, path) => ({
  error: 'invalid_request',
  error_description: `unrecognized route or not allowed method (${method} on ${path})`,
});

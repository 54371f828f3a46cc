import { claimsOf } from './claims.mjs';
import { send, sendJson } from './http.mjs';
import { signInExperience } from './signinexp.mjs';

// The few parts of Logto's own API that a command line has a use for. Errors are `code` and `message` here.
export function createApi({ provider, people, switches, catalog }) {
  const refuse = (res, status, code, message) => sendJson(res, status, { code, message });

  async function authorized(req, res, scopes) {
    const [scheme, value] = (req.headers.authorization ?? '').split(' ');
    const token = scheme === 'Bearer' ? await provider.AccessToken.find(value) : undefined;
    const user = people.find(token?.accountId);
    if (!user) return refuse(res, 401, 'auth.unauthorized', 'Unauthorized. Please check credentials and its scope.');
    if (!scopes.every((scope) => token.scopes.has(scope))) return refuse(res, 403, 'auth.forbidden', 'Forbidden. The token lacks a scope.');
    return { user, scopes: token.scopes };
  }

  async function account(req, res) {
    const found = await authorized(req, res, ['openid']);
    if (!found) return;
    const { user, scopes } = found;
    const { email, custom_data: customData, identities } = claimsOf(user, 'userinfo', { switches, catalog });
    sendJson(res, 200, {
      id: user.id,
      ...(scopes.has('profile') && { username: user.username, name: user.name, avatar: null }),
      ...(scopes.has('email') && { primaryEmail: email }),
      ...(scopes.has('custom_data') && { customData }),
      ...(scopes.has('identities') && { identities }),
      hasPassword: Boolean(user.password),
    });
  }

  // The Secret Vault: what Google gave at the last sign-in, while it lasts.
  async function googleToken(req, res) {
    const found = await authorized(req, res, ['openid', 'identities']);
    if (!found) return;
    const { googleTokens: stored } = found.user;
    const code = 'secrets.third_party_token_set';
    if (!stored) return refuse(res, 404, `${code}.token_not_found`, 'No token is stored for this identity.');
    const remaining = Math.floor((stored.expiresAt - Date.now()) / 1000);
    if (remaining <= 0) {
      delete found.user.googleTokens;
      return refuse(res, 401, `${code}.access_token_expired`, 'The stored token has expired.');
    }
    const { access_token, scope, token_type } = stored;
    sendJson(res, 200, { access_token, scope, token_type, expires_in: remaining });
  }

  const routes = {
    'GET /api/status': (req, res) => { res.writeHead(204); res.end(); },
    'GET /api/.well-known/sign-in-exp': (req, res) => signInExperience(switches, req, res),
    'GET /api/my-account': account,
    'GET /api/my-account/identities/google/access-token': googleToken,
  };

  return async (req, res, url) => {
    const route = routes[`${req.method} ${url.pathname}`];
    if (route) await route(req, res);
    else if (url.pathname.startsWith('/api/')) refuse(res, 404, 'request.not_found', 'Not found.');
    else send(res, 404, 'text/plain', 'Not Found');
  };
}

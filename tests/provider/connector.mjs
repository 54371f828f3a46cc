import { googleClientId as clientId, googleClientSecret as clientSecret } from './directory.mjs';

const usualScope = 'openid profile email';

// What Logto makes of a connector's trouble. It repeats what was sent, the authorization code included: so does
// the real one, and a client must not show it.
export class ConnectorError extends Error {
  constructor(response, sent, text) {
    super(`Request failed with status code ${response.status}: ${JSON.stringify(sent)}`);
    this.data = { message: this.message, response: text, request: sent };
  }
}

// The tenant's side of Google: what Logto's connector sends, from server to server but for the first step.
export function createConnector(google, switches) {
  async function ask(path, options, sent) {
    const response = await fetch(`${google}${path}`, options);
    const text = await response.text();
    if (!response.ok) throw new ConnectorError(response, sent, text);
    return JSON.parse(text);
  }

  const askToken = (form) => ask('/token', {
    method: 'POST', body: new URLSearchParams({ ...form, client_id: clientId, client_secret: clientSecret }),
  }, form);

  return {
    authorizationUrl({ redirectUri, state, scope = usualScope }) {
      const query = { client_id: clientId, redirect_uri: redirectUri, response_type: 'code', scope, state };
      const offline = switches.googleOffline ? { access_type: 'offline', prompt: 'consent select_account' } : { prompt: 'select_account' };
      return `${google}/o/oauth2/v2/auth?${new URLSearchParams({ ...query, ...offline })}`;
    },

    async redeem({ code, redirectUri }) {
      const tokens = await askToken({ grant_type: 'authorization_code', code, redirect_uri: redirectUri });
      const profile = await ask('/v1/userinfo', { headers: { Authorization: `Bearer ${tokens.access_token}` } });
      return { tokens, profile };
    },

    renew: (refreshToken) => askToken({ grant_type: 'refresh_token', refresh_token: refreshToken }),
  };
}

import { Provider, interactionPolicy } from 'oidc-provider';

import { Storage } from './adapter.mjs';
import { googleClientId as clientId } from './directory.mjs';
import { listenOnLoopback, readBody, redirect, sendHtml } from './http.mjs';
import { makeKey } from './keys.mjs';
import { accountsPage, googleConsentPage, messagePage } from './pages.mjs';

const clientName = 'Stand-in Tenant';
const clientSecret = 'google-secret-0123456789';
const scope = 'openid profile email';

const accounts = [
  { sub: '100000000000000000001', name: 'Ada Lovelace', email: 'ada@example.com' },
  { sub: '100000000000000000002', name: 'Alan Turing', email: 'alan@example.com' },
];

const accountBySub = (sub) => accounts.find((account) => account.sub === sub);

// A second provider, which plays Google: it asks each time which account, and once for consent.
export async function startGoogle({ port, callbackUri }) {
  const storage = new Storage();
  let answer;
  const listening = await listenOnLoopback(port, (req, res) => answer(req, res));
  const endpoint = `http://localhost:${listening.port}`;
  const provider = new Provider(endpoint, configuration(storage, callbackUri));
  const callback = provider.callback();

  async function consent(req, res) {
    const { session } = await provider.interactionDetails(req, res);
    sendHtml(res, 200, googleConsentPage({ clientName, account: accountBySub(session.accountId) }));
  }

  async function agree(req, res) {
    const { session, params } = await provider.interactionDetails(req, res);
    const grant = new provider.Grant({ accountId: session.accountId, clientId });
    grant.addOIDCScope(params.scope);
    await provider.interactionFinished(req, res, { consent: { grantId: await grant.save() } });
  }

  async function choose(req, res) {
    const accountId = new URLSearchParams(await readBody(req)).get('account');
    await provider.interactionFinished(req, res, { select_account: {}, login: { accountId } });
  }

  const routes = {
    'GET /accounts': (req, res) => sendHtml(res, 200, accountsPage({ clientName, accounts })),
    'POST /accounts': choose,
    'GET /consent': consent,
    'POST /consent': agree,
    'GET /cancel': (req, res) => provider.interactionFinished(req, res, { error: 'access_denied' }),
    'GET /': (req, res) => redirect(res, '/.well-known/openid-configuration'),
  };

  answer = async (req, res) => {
    const route = routes[`${req.method} ${new URL(req.url, endpoint).pathname}`];
    try {
      await (route ?? callback)(req, res);
    } catch (error) {
      sendHtml(res, 400, messagePage('Sign-in ended', 'Go back and start again.', error.message));
    }
  };

  return { endpoint, storage, close: listening.close, ...connector(endpoint) };
}

// The tenant's side of it: what Logto's Google connector sends, from server to server but for the first step.
function connector(endpoint) {
  async function ask(path, options) {
    const response = await fetch(`${endpoint}${path}`, options);
    if (!response.ok) throw new Error(`Google answered ${response.status} at ${path}`);
    return response.json();
  }

  return {
    authorizationUrl({ redirectUri, state }) {
      const query = { client_id: clientId, redirect_uri: redirectUri, response_type: 'code', scope, state, prompt: 'select_account' };
      return `${endpoint}/o/oauth2/v2/auth?${new URLSearchParams(query)}`;
    },

    async redeem({ code, redirectUri }) {
      const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, client_id: clientId, client_secret: clientSecret };
      const tokens = await ask('/token', { method: 'POST', body: new URLSearchParams(form) });
      const profile = await ask('/v1/userinfo', { headers: { Authorization: `Bearer ${tokens.access_token}` } });
      return { tokens, profile };
    },
  };
}

function configuration(storage, callbackUri) {
  const policy = interactionPolicy.base();
  policy.add(new interactionPolicy.Prompt({ name: 'select_account', requestable: true }), 0);
  return {
    adapter: storage.adapter,
    jwks: { keys: [makeKey('RS256').privateJwk] },
    clients: [{
      client_id: clientId, client_secret: clientSecret, redirect_uris: [callbackUri], token_endpoint_auth_method: 'client_secret_post',
    }],
    scopes: ['openid', 'profile', 'email'],
    claims: { openid: ['sub'], profile: ['name', 'given_name', 'family_name', 'picture'], email: ['email', 'email_verified'] },
    routes: { authorization: '/o/oauth2/v2/auth', userinfo: '/v1/userinfo' },
    ttl: { AccessToken: 3599, AuthorizationCode: 60, IdToken: 3600, Grant: 86400, Session: 86400, Interaction: 3600 },
    // A browser sends the cookies of a host to all of its ports: these must not be taken for the tenant's.
    cookies: {
      names: { session: 'google_session', interaction: 'google_interaction', resume: 'google_resume' },
      short: { path: '/', httpOnly: true, sameSite: 'lax' },
    },
    interactions: {
      policy,
      url: (ctx, { prompt }) => (prompt.name === 'consent' ? '/consent' : '/accounts'),
    },
    findAccount(ctx, sub) {
      const account = accountBySub(sub);
      const [given_name, family_name] = account?.name.split(' ') ?? [];
      return account && { accountId: sub, claims: () => ({ ...account, given_name, family_name, email_verified: true }) };
    },
    features: { devInteractions: { enabled: false } },
  };
}

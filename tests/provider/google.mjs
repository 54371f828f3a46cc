import { createConnector } from './connector.mjs';
import { googleClientId as clientId } from './directory.mjs';
import { apiScopes, createGoogleProvider } from './googleprovider.mjs';
import { listenOnLoopback, readBody, redirect, sendHtml } from './http.mjs';
import { accountsPage, googleConsentPage, messagePage } from './pages.mjs';

const clientName = 'Stand-in Tenant';

const accounts = [
  { sub: '100000000000000000001', name: 'Ada Lovelace', email: 'ada@example.com' },
  { sub: '100000000000000000002', name: 'Alan Turing', email: 'alan@example.com' },
];

const accountBySub = (sub) => accounts.find((account) => account.sub === sub);

// A second provider, which plays Google: it asks each time which account, and once for consent.
export async function startGoogle({ port, callbackUri, switches }) {
  let answer;
  const listening = await listenOnLoopback(port, (req, res) => answer(req, res));
  const endpoint = `http://localhost:${listening.port}`;
  const { provider, storage } = createGoogleProvider({ endpoint, callbackUri, switches, accountBySub });
  const callback = provider.callback();

  const wantedApis = ({ scope }) => apiScopes.filter((name) => scope.split(' ').includes(name));

  async function consent(req, res) {
    const { session, params } = await provider.interactionDetails(req, res);
    sendHtml(res, 200, googleConsentPage({ clientName, account: accountBySub(session.accountId), scopes: wantedApis(params) }));
  }

  // Each API that is asked for has a box of its own to untick.
  async function agree(req, res) {
    const { session, params } = await provider.interactionDetails(req, res);
    const form = new URLSearchParams(await readBody(req));
    const refused = wantedApis(params).filter((name) => !form.get(name));
    const grant = new provider.Grant({ accountId: session.accountId, clientId });
    grant.addOIDCScope(params.scope.split(' ').filter((name) => !refused.includes(name)).join(' '));
    if (refused.length) grant.rejectOIDCScope(refused.join(' '));
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

  return { endpoint, storage, close: listening.close, ...createConnector(endpoint, switches) };
}

import { randomBytes } from 'node:crypto';

import { appById, googleConnectorId } from './directory.mjs';
import { keep } from './vault.mjs';
import { redirect, sendHtml } from './http.mjs';
import { directConnector } from './signinexp.mjs';
import { consentPage, messagePage, registerPage, signInPage } from './pages.mjs';

const screens = new Set(['sign_in', 'register', 'reset_password', 'identifier:sign_in', 'identifier:register', 'single_sign_on', 'signIn']);
const modes = new Set(['signIn', 'signUp']);

export const extraParams = ['first_screen', 'interaction_mode', 'identifier', 'direct_sign_in', 'organization_id', 'one_time_token',
  'google_one_tap_credential'];

// Logto reads its own parameters all together: one bad value, and none of them counts.
function understood(params) {
  const { first_screen: screen, interaction_mode: mode } = params;
  return (screen && !screens.has(screen)) || (mode && !modes.has(mode)) ? {} : params;
}

export function interactionUrl(switches, { prompt, params }) {
  const app = `app_id=${params.client_id}`;
  if (prompt.name === 'consent') return `/consent?${app}`;
  const { direct_sign_in: direct, first_screen: screen, interaction_mode: mode } = understood(params);
  const connector = directConnector(switches, direct);
  if (connector) return `/${connector.method}/${connector.name}?${app}`;
  const register = screen ? screen.endsWith('register') : mode === 'signUp';
  return `/${register ? 'register' : 'sign-in'}?${app}`;
}

// Logto's sign-in pages, plain enough to be driven without a browser.
export function createExperience({ provider, people, switches, google, endpoint }) {
  const callbackUri = `${endpoint}/callback/${googleConnectorId}`;
  const started = new Map();

  const describe = ({ params }) => ({
    appName: appById(params.client_id)?.name ?? params.client_id,
    hint: understood(params).login_hint,
    withGoogle: switches.socialConnectors.includes('google'),
  });

  const signedIn = (req, res, interaction, user) => (user.suspended
    ? refuse(res, interaction, 'This account is suspended.')
    : provider.interactionFinished(req, res, { login: { accountId: user.id } }));

  function startGoogle(req, res, interaction) {
    const state = randomBytes(16).toString('base64url');
    started.set(state, interaction.uid);
    redirect(res, google.authorizationUrl({ redirectUri: callbackUri, state }));
  }

  async function finishGoogle(req, res, interaction, query) {
    const uid = started.get(query.state);
    started.delete(query.state);
    if (uid !== interaction.uid) return refuse(res, interaction, 'That sign-in with Google was not started here.');
    if (query.error) return refuse(res, interaction, `Google did not sign you in (${query.error}). You can try again.`);
    const { profile, tokens } = await google.redeem({ code: query.code, redirectUri: callbackUri });
    const user = people.byGoogle(profile);
    if (!switches.tokenStorageOff) user.googleTokens = keep(tokens);
    return signedIn(req, res, interaction, user);
  }

  const refuse = (res, interaction, error) => sendHtml(res, 200, signInPage({ ...describe(interaction), error }));

  function checkPassword(req, res, interaction, { username, password }) {
    const user = people.byPassword(username, password);
    return user ? signedIn(req, res, interaction, user) : refuse(res, interaction, 'Incorrect username or password.');
  }

  function register(req, res, interaction, { username, password }) {
    const taken = people.users.some((user) => user.username === username);
    if (taken || !username || !password) {
      return sendHtml(res, 200, registerPage({ ...describe(interaction), error: 'This username is taken.' }));
    }
    return signedIn(req, res, interaction, people.add({ username, password }));
  }

  // A first-party app never asks for consent; whether the user may use the app is asked of everyone.
  async function consent(req, res, interaction) {
    const { appName } = describe(interaction);
    if (switches.denyAccess || (switches.denyApp && interaction.deviceCode)) {
      return provider.interactionFinished(req, res, { error: 'access_denied', error_description: 'access denied by the test' });
    }
    if (switches.denyApp) return sendHtml(res, 403, messagePage('Access denied', 'Ask an administrator.', `You have no access to ${appName}.`));
    if (!appById(interaction.params.client_id)?.thirdParty) return agree(req, res, interaction);
    const scopes = interaction.params.scope?.split(' ') ?? [];
    const user = people.find(interaction.session.accountId);
    const cancelUri = interaction.params.redirect_uri;
    return sendHtml(res, 200, consentPage({ appName, scopes, cancelUri, userName: user.name ?? user.username }));
  }

  async function agree(req, res, interaction) {
    const { params, session, grantId, prompt: { details } } = interaction;
    const known = grantId && await provider.Grant.find(grantId);
    const grant = known || new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    if (details.missingOIDCScope) grant.addOIDCScope(details.missingOIDCScope);
    for (const [resource, scopes] of Object.entries(details.missingResourceScopes ?? {})) grant.addResourceScope(resource, scopes);
    return provider.interactionFinished(req, res, { consent: { grantId: await grant.save() } });
  }

  const show = (template) => (req, res, interaction) => sendHtml(res, 200, template(describe(interaction)));

  const routes = {
    'GET /sign-in': show(signInPage),
    'POST /sign-in': checkPassword,
    'GET /register': show(registerPage),
    'POST /register': register,
    'GET /social/google': startGoogle,
    [`GET /callback/${googleConnectorId}`]: finishGoogle,
    'GET /consent': consent,
    'POST /consent': agree,
  };

  // Of the connectors only Google has somebody behind it.
  const elsewhere = (req, res) => sendHtml(res, 200, messagePage('Not played here', 'This identity provider has no stand-in.'));

  return async (req, res, url, form) => {
    const route = routes[`${req.method} ${url.pathname}`] ?? (/^\/(social|sso)\//.test(url.pathname) && elsewhere);
    if (!route) return false;
    try {
      const interaction = await provider.interactionDetails(req, res);
      await route(req, res, interaction, Object.fromEntries(req.method === 'POST' ? form : url.searchParams));
    } catch (error) {
      if (error.name !== 'SessionNotFound') throw error;
      sendHtml(res, 400, messagePage('Session not found', 'Go back to the application and sign in again.', 'This sign-in has ended.'));
    }
    return true;
  };
}

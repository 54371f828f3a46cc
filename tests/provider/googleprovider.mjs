import { Provider, interactionPolicy } from 'oidc-provider';

import { Storage } from './adapter.mjs';
import { googleClientId, googleClientSecret } from './directory.mjs';
import { makeKey } from './keys.mjs';
import { markSecrets } from './mark.mjs';
import { messagePage } from './pages.mjs';

export const profileScopes = ['openid', 'profile', 'email'];
export const apiScopes = ['drive.readonly', 'calendar.readonly', 'gmail.readonly'].map((name) => `https://www.googleapis.com/auth/${name}`);

// An oidc-provider that does what Google does where a client of Logto's can see it.
export function createGoogleProvider({ endpoint, callbackUri, switches, accountBySub }) {
  const client = () => ({
    client_id: googleClientId,
    client_secret: googleClientSecret,
    redirect_uris: [callbackUri, ...switches.googleRedirectUris],
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'client_secret_post',
  });
  const storage = new Storage({ clients: async (id) => (id === googleClientId ? client() : undefined) });

  const offlineCodes = new Set();
  const provider = new Provider(endpoint, {
    adapter: storage.adapter,
    jwks: { keys: [makeKey('RS256').privateJwk] },
    scopes: [...profileScopes, ...apiScopes],
    claims: { openid: ['sub'], profile: ['name', 'given_name', 'family_name', 'picture'], email: ['email', 'email_verified'] },
    routes: { authorization: '/o/oauth2/v2/auth', userinfo: '/v1/userinfo' },
    extraParams: ['access_type', 'include_granted_scopes'],
    ttl: {
      AccessToken: () => switches.googleTokenTtl, AuthorizationCode: 60, IdToken: 3600, Grant: 86400, Session: 86400, Interaction: 3600, RefreshToken: 86400,
    },
    // A browser sends the cookies of a host to all of its ports: these must not be taken for the tenant's.
    cookies: {
      names: { session: 'google_session', interaction: 'google_interaction', resume: 'google_resume' },
      short: { path: '/', httpOnly: true, sameSite: 'lax' },
    },
    interactions: { policy: askWhichAccount(), url: (ctx, { prompt }) => (prompt.name === 'consent' ? '/consent' : '/accounts') },
    renderError(ctx, { error }) {
      const name = error === 'invalid_redirect_uri' ? 'redirect_uri_mismatch' : error;
      ctx.body = messagePage('Access blocked', `Error 400: ${name}`, 'This app’s request is invalid.');
    },
    findAccount(ctx, sub) {
      const account = accountBySub(sub);
      const [given_name, family_name] = account?.name.split(' ') ?? [];
      return account && { accountId: sub, claims: () => ({ ...account, given_name, family_name, email_verified: true }) };
    },
    rotateRefreshToken: false,
    issueRefreshToken: async (ctx, googleClient, code) => offlineCodes.has(code.jti),
    features: { devInteractions: { enabled: false } },
  });
  // A refresh token comes only with a consent that was just given, to a client that asked for one.
  provider.on('authorization.success', ({ oidc: { params, result, entities } }) => {
    if (params.access_type === 'offline' && result?.consent) offlineCodes.add(entities.AuthorizationCode.jti);
  });
  markSecrets(provider, () => switches.googlePrefix);
  speakGoogle(provider, switches);
  return { provider, storage };
}

function askWhichAccount() {
  const { Check, Prompt, base } = interactionPolicy;
  const policy = base();
  policy.add(new Prompt({ name: 'select_account', requestable: true }, new Check('not_chosen', 'an account was not chosen yet', (ctx) => (
    !ctx.oidc.result?.select_account
  ))), 0);
  return policy;
}

function speakGoogle(provider, switches) {
  provider.use(async (ctx, next) => {
    const wanted = ctx.path === '/o/oauth2/v2/auth' ? String(ctx.query.scope ?? '').split(' ') : [];
    if (wanted.some((scope) => ![...profileScopes, ...apiScopes].includes(scope))) {
      ctx.status = 400;
      ctx.body = messagePage('Access blocked', 'Error 400: invalid_scope', 'Some requested scopes were invalid.');
      return;
    }
    await next();
    tellScope(ctx);
  });

  provider.use(async (ctx, next) => {
    await next();
    if (ctx.path === '/token' && ctx.oidc?.params?.grant_type === 'refresh_token' && switches.googleRefusesRefresh) {
      ctx.status = 400;
      ctx.body = { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' };
    }
  });
}

// What was granted comes back beside the code.
function tellScope(ctx) {
  const location = ctx.status === 303 && URL.parse(ctx.response.get('Location'));
  if (!location || !location.searchParams.has('code')) return;
  location.searchParams.set('scope', ctx.oidc.entities.AuthorizationCode.scope);
  location.searchParams.set('authuser', '0');
  location.searchParams.set('prompt', 'consent');
  ctx.set('Location', location.href);
}

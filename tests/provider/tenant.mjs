import { Provider, errors } from 'oidc-provider';
// The package has no interface for changing keys while it runs, so this uses the function it starts with.
import initializeKeystore from 'oidc-provider/lib/helpers/initialize_keystore.js';

import { Storage, findClient } from './adapter.mjs';
import { bendClients } from './clients.mjs';
import { claimsByScope, claimsOf, scopes } from './claims.mjs';
import { organizationPermissions, organizationsResource } from './directory.mjs';
import { deviceFlow, slowDown } from './device.mjs';
import { registerGrants } from './grants.mjs';
import { markSecrets } from './mark.mjs';
import { messagePage, selfSubmittingPage } from './pages.mjs';
import { tamperPushedRequests } from './par.mjs';
import { extraParams, interactionUrl } from './experience.mjs';
import { speakLogto } from './wire.mjs';

const day = 24 * 60 * 60;

// An oidc-provider set up to be taken for Logto, as far as a client can see.
export function createTenant({ issuer, endpoint, switches, journal, keys, people, catalog }) {
  const storage = new Storage({ reuseInterval: () => switches.refreshReuseInterval, clients: findClient });

  const accessTokenTtl = (ctx, token) => token.resourceServer?.accessTokenTTL || switches.accessTokenTtl;

  const provider = new Provider(issuer, {
    adapter: storage.adapter,
    jwks: keys.signing,
    scopes,
    claims: claimsByScope,
    conformIdTokenClaims: false,
    clientDefaults: { id_token_signed_response_alg: 'ES384' },
    enabledJWA: { idTokenSigningAlgValues: ['ES384'] },
    cookies: { short: { path: '/', httpOnly: true, sameSite: 'lax' } },
    clientBasedCORS: () => false,
    revokeGrantPolicy: () => true,
    rotateRefreshToken,
    extraParams,
    extraTokenClaims: (ctx) => (ctx?.state.organizationId ? { organization_id: ctx.state.organizationId } : undefined),
    interactions: { url: (ctx, interaction) => interactionUrl(switches, interaction) },
    renderError: (ctx, out) => { ctx.body = out; },
    ttl: {
      AccessToken: accessTokenTtl,
      ClientCredentials: accessTokenTtl,
      AuthorizationCode: 60,
      DeviceCode: () => switches.deviceCodeTtl,
      IdToken: () => switches.idTokenTtl,
      RefreshToken: () => switches.refreshTokenTtl,
      Grant: 180 * day,
      Session: 14 * day,
      Interaction: 60 * 60,
    },
    findAccount(ctx, id) {
      const user = people.find(id);
      return user && { accountId: id, claims: (use) => claimsOf(user, use, { switches, catalog }) };
    },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      backchannelLogout: { enabled: true },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: ownTokensOnly },
      revocation: { enabled: true, allowedPolicy: ownTokensOnly },
      deviceFlow,
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => { ctx.body = selfSubmittingPage('Signing out', form, { logout: 'yes' }); },
        postLogoutSuccessSource: (ctx) => { ctx.body = messagePage('Signed out', 'You have been signed out.'); },
      },
      resourceIndicators: { enabled: true, getResourceServerInfo },
    },
  });

  function getResourceServerInfo(ctx, indicator) {
    if (switches.deletedResources.includes(indicator)) throw new errors.InvalidTarget();
    const known = indicator === organizationsResource ? organizationPermissions : catalog.scopesOf(indicator);
    if (!known) throw new errors.InvalidTarget();
    const accessTokenTTL = switches.resourceTtl[indicator] ?? switches.accessTokenTtl;
    return { scope: permitted(ctx, indicator, known).join(' '), accessTokenTTL, accessTokenFormat: 'jwt' };
  }

  // A permission that the user lacks is dropped without a word. Before anyone has signed in, nothing is
  // known to be lacking. What an organization role allows may be granted too, for a token of the organization.
  function permitted(ctx, indicator, known) {
    const { entities, session } = ctx.oidc;
    const user = people.find(entities.Account?.accountId ?? session?.accountId);
    if (!user || indicator === organizationsResource || ctx.state.organizationId) return known;
    return catalog.permitted(user, indicator);
  }

  keys.onChange(() => initializeKeystore.call(provider, keys.signing));

  markSecrets(provider, () => switches.tokenPrefix);
  bendClients({ provider, switches });
  registerGrants({ provider, people, switches, catalog });
  speakLogto({ provider, endpoint, switches, journal, keys });
  slowDown({ provider, switches });
  tamperPushedRequests({ provider, switches });
  return { provider, storage };
}

// Public apps get a new refresh token each time; the others late in its life.
function rotateRefreshToken(ctx) {
  const { RefreshToken, Client } = ctx.oidc.entities;
  return Client.clientAuthMethod === 'none' || RefreshToken.ttlPercentagePassed() >= 70;
}

const ownTokensOnly = (ctx, client, token) => client.clientAuthMethod !== 'none' || client.clientId === token.clientId;

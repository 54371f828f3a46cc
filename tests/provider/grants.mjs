import { errors } from 'oidc-provider';
// Logto builds its grants out of the provider's own parts, and so does this: those parts have no public interface.
import { issueIdToken } from 'oidc-provider/lib/helpers/grant_common.js';
import resolveResource from 'oidc-provider/lib/helpers/resolve_resource.js';
import revoke from 'oidc-provider/lib/helpers/revoke.js';
import instance from 'oidc-provider/lib/helpers/weak_cache.js';

import { appById, organizationScopes, organizationsScope } from './directory.mjs';
import { isJwt } from './keys.mjs';

const { AccessDenied, InsufficientScope, InvalidGrant, InvalidRequest, InvalidScope, InvalidTarget } = errors;

const tokenExchange = 'urn:ietf:params:oauth:grant-type:token-exchange';
const subjectTypes = {
  personalAccessToken: 'urn:logto:token-type:personal_access_token',
  accessToken: 'urn:ietf:params:oauth:token-type:access_token',
};

const words = (text) => new Set(text ? text.split(' ') : []);
const only = (wanted, allowed) => [...wanted].filter((scope) => allowed.includes(scope)).join(' ');

export function registerGrants({ provider, people, switches, catalog }) {
  const resourceOption = new Set(['resource']);
  const register = (name, handler, parameters) => provider.registerGrantType(name, handler, parameters, resourceOption);

  register('refresh_token', refresh, ['refresh_token', 'scope', 'resource', 'organization_id']);
  register('client_credentials', clientCredentials, ['scope', 'resource', 'organization_id']);
  register(tokenExchange, exchange, [
    'subject_token', 'subject_token_type', 'actor_token', 'actor_token_type', 'scope', 'resource', 'organization_id',
  ]);

  // The order of the checks is what a client can observe: whatever fails above the rotation leaves the refresh
  // token good, and a resource that is refused has used it up.
  async function refresh(ctx) {
    const { client, params } = ctx.oidc;
    if (switches.denyRefresh) throw new AccessDenied('access to the application was withdrawn');
    const { source, grant } = await findRefreshToken(ctx, params.refresh_token, client);

    const missing = [...words(params.scope)].filter((scope) => !source.scopes.has(scope));
    if (missing.length) throw new InvalidScope('refresh token missing requested scope(s)', missing.join(' '));

    const user = people.find(source.accountId);
    if (!user || user.suspended) throw new InvalidGrant('user not found or suspended');
    if (params.organization_id) checkMembership(ctx, source, user);

    if (source.consumed) {
      await revoke(ctx, source.grantId);
      throw new InvalidGrant('refresh token already used');
    }

    ctx.oidc.entity('RefreshToken', source);
    ctx.oidc.entity('Grant', grant);
    ctx.oidc.entity('Account', await account(ctx, user.id));
    const current = await rotate(ctx, source);

    const scopes = params.scope ? words(params.scope) : current.scopes;
    const token = new provider.AccessToken(inherited(current, client));
    await aim(ctx, token, { user, grant, scopes, source: current });
    const accessToken = await token.save();
    const idToken = await issueIdToken(provider, ctx, current, token, grant, scopes);
    respond(ctx, token, { accessToken, id_token: idToken, refresh_token: current.jti });
  }

  async function findRefreshToken(ctx, value, client) {
    if (!value) throw new InvalidRequest("missing required parameter 'refresh_token'");
    const source = await provider.RefreshToken.find(value, { ignoreExpiration: true });
    if (!source || source.isExpired || source.clientId !== client.clientId) throw new InvalidGrant('refresh token not found');
    const grant = await provider.Grant.find(source.grantId);
    if (!grant) throw new InvalidGrant('grant not found');
    return { source, grant };
  }

  function checkMembership(ctx, source, user) {
    if (!source.scopes.has(organizationsScope)) {
      throw new InsufficientScope('refresh token missing required scope', organizationsScope);
    }
    if (!(ctx.oidc.params.organization_id in user.memberships)) denied('user is not a member of the organization');
  }

  async function rotate(ctx, source) {
    if (!instance(provider).configuration.rotateRefreshToken(ctx)) return source;
    await source.consume();
    const { jti, iat, exp, consumed, ...kept } = source;
    const next = new provider.RefreshToken({ ...kept, client: ctx.oidc.client, rotations: (source.rotations ?? 0) + 1 });
    ctx.oidc.entity('RotatedRefreshToken', source);
    ctx.oidc.entity('RefreshToken', next);
    await next.save();
    return next;
  }

  // Decides what an access token of a user is for: nothing in particular (opaque), an organization, an API,
  // or an API on behalf of an organization.
  async function aim(ctx, token, { user, grant, scopes, source }) {
    const { organization_id: organizationId } = ctx.oidc.params;
    const resource = await resourceOf(ctx, source, scopes, organizationId);
    ctx.state.organizationId = resource && organizationId;

    if (resource) {
      const server = await resourceServer(ctx, resource);
      token.resourceServer = server;
      const allowed = organizationId ? organizationScopes(user, organizationId) : [...server.scopes];
      const granted = source ? words(grant.getResourceScope(resource)) : new Set(allowed);
      token.scope = only(scopes, allowed.filter((scope) => server.scopes.has(scope) && granted.has(scope)));
    } else if (organizationId) {
      token.resourceServer = organizationServer(organizationId);
      token.scope = only(scopes, organizationScopes(user, organizationId));
    } else {
      token.claims = source?.claims;
      token.scope = grant.getOIDCScopeFiltered(scopes);
    }
  }

  // Without `openid` there is nothing an opaque token were good for, and the one resource that was granted is
  // meant, as the provider sees it.
  function resourceOf(ctx, source, scopes, organizationId) {
    const named = singleResource(ctx);
    if (!source || (organizationId && !named)) return named;
    return resolveResource(ctx, source, instance(provider).configuration.features, scopes);
  }

  async function resourceServer(ctx, resource) {
    const { getResourceServerInfo } = instance(provider).configuration.features.resourceIndicators;
    return new provider.ResourceServer(resource, await getResourceServerInfo(ctx, resource));
  }

  const organizationServer = (id, scope = '') => new provider.ResourceServer(`urn:logto:organization:${id}`, {
    scope, accessTokenFormat: 'jwt', accessTokenTTL: switches.accessTokenTtl,
  });

  async function clientCredentials(ctx) {
    const { client, params } = ctx.oidc;
    const { permissions, organizations: memberships } = appById(client.clientId);
    const { organization_id: organizationId } = params;
    const resource = singleResource(ctx);
    if (!resource && !organizationId) throw new InvalidTarget('both `resource` and `organization_id` are not provided');
    if (organizationId && !memberships.includes(organizationId)) denied('app has not associated with the organization');

    const token = new provider.ClientCredentials({ client });
    ctx.state.organizationId = resource && organizationId;
    token.resourceServer = resource ? await resourceServer(ctx, resource) : organizationServer(organizationId);
    const known = resource ? catalog.scopesOf(resource) ?? [] : permissions;
    token.scope = only(words(params.scope), permissions.filter((scope) => known.includes(scope))) || undefined;
    respond(ctx, token, { accessToken: await token.save() });
    ctx.body.scope = token.scope;
  }

  async function exchange(ctx) {
    const { client, params } = ctx.oidc;
    const user = people.find(await subjectOf(params));
    if (!user) throw new InvalidGrant('subject token not found');
    const { organization_id: organizationId } = params;
    if (organizationId && !(organizationId in user.memberships)) denied('user is not a member of the organization');

    const scopes = words(params.scope);
    const grant = new provider.Grant({ accountId: user.id, clientId: client.clientId });
    grant.addOIDCScope(only(scopes, [...instance(provider).configuration.scopes]));
    await grant.save();
    ctx.oidc.entity('Account', await account(ctx, user.id));

    const token = new provider.AccessToken({ accountId: user.id, client, grantId: grant.jti, gty: tokenExchange });
    await aim(ctx, token, { user, grant, scopes });
    respond(ctx, token, { accessToken: await token.save() });
  }

  async function subjectOf({ subject_token: token, subject_token_type: type }) {
    if (!token || !type) throw new InvalidRequest('missing required parameter(s) subject_token, subject_token_type');
    if (type === subjectTypes.personalAccessToken) return people.byPersonalToken(token)?.id;
    if (type !== subjectTypes.accessToken) throw new InvalidGrant('unsupported subject token type');
    if (isJwt(token)) throw new InvalidGrant('this stand-in takes opaque access tokens only');
    return (await provider.AccessToken.find(token))?.accountId;
  }

  function account(ctx, id) {
    return instance(provider).configuration.findAccount(ctx, id);
  }
}

function singleResource(ctx) {
  const wanted = [ctx.oidc.params.resource ?? []].flat();
  if (wanted.length > 1) {
    throw new InvalidTarget('only a single resource indicator value must be requested/resolved during Access Token Request');
  }
  return wanted[0];
}

const inherited = ({ accountId, expiresWithSession, grantId, sessionUid, sid, gty }, client) => (
  { accountId, expiresWithSession, grantId, sessionUid, sid, gty, client }
);

function respond(ctx, token, { accessToken, ...more }) {
  ctx.oidc.entity(token.kind, token);
  ctx.body = { access_token: accessToken, expires_in: token.expiration, ...more, scope: token.scope ?? '', token_type: 'Bearer' };
}

function denied(description) {
  const error = new AccessDenied(description);
  error.status = 403;
  error.statusCode = 403;
  throw error;
}

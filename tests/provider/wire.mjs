import { createHash } from 'node:crypto';

import { logtoError, unknownRoute } from './errors.mjs';
import { pause } from './http.mjs';
import { tamperIdToken } from './idtoken.mjs';
import { decodeJwt, isJwt, signJwt } from './keys.mjs';

// The last word on every answer: what oidc-provider says becomes what Logto says, and then, if a test asked
// for it, what a broken Logto would say.
export function speakLogto({ provider, endpoint, switches, journal, keys }) {
  const { issuer } = provider;

  provider.on('grant.success', (ctx) => journal.granted(ctx.oidc.params.grant_type));

  provider.use(async (ctx, next) => {
    await next();
    if (ctx.status === 404 && !ctx.body) notFound(ctx);
    if (ctx.status >= 400 && ctx.body?.error) {
      const { status } = ctx;
      ctx.body = logtoError(ctx.body, ctx);
      ctx.status = status;
      ctx.type = 'json';
    }
    tagForCaching(ctx);
  });

  // The key set may have moved.
  provider.use((ctx, next) => {
    if (ctx.path === switches.jwksPath) ctx.path = '/jwks';
    else if (ctx.path === '/jwks') ctx.path = '/moved';
    return next();
  });

  provider.use(async (ctx, next) => {
    if (ctx.path !== '/token') return next();
    const dropped = switches.takeOne('dropResponse');
    await pause(switches.tokenDelayMs);
    await next();
    if (ctx.status === 200) tamperTokens(ctx);
    await pause(switches.responseDelayMs);
    if (dropped) hangUp(ctx);
  });

  provider.use(async (ctx, next) => {
    await next();
    if (ctx.path.startsWith('/.well-known/')) discovery(ctx);
    else if (ctx.path === '/jwks') keySet(ctx);
    else if (ctx.path === '/device/auth' && ctx.status === 200) deviceAuthorization(ctx);
    else if (ctx.path.startsWith('/auth') && ctx.status === 303) callback(ctx);
  });

  function discovery(ctx) {
    if (!ctx.body) return;
    ctx.body = { ...ctx.body, jwks_uri: issuer + switches.jwksPath, ...switches.discovery };
  }

  function keySet(ctx) {
    ctx.body = keys.published;
    ctx.set('Cache-Control', 'no-cache, max-age=0, must-revalidate');
  }

  // Logto shows people a short address.
  function deviceAuthorization(ctx) {
    const page = `${endpoint}/device`;
    ctx.body = { ...ctx.body, verification_uri: page, verification_uri_complete: `${page}?user_code=${ctx.body.user_code}` };
  }

  // Only the way back to the client; the way to the sign-in pages stays inside the tenant.
  function callback(ctx) {
    const target = new URL(ctx.response.get('Location'), endpoint);
    if (target.origin === endpoint) return;
    for (const [name, fault] of Object.entries(switches.callback)) tamperParameter(target.searchParams, name, fault);
    ctx.set('Location', target.href);
  }

  function tamperTokens(ctx) {
    const { id_token: idToken, access_token: accessToken } = ctx.body;
    const body = { ...ctx.body };
    if (idToken) body.id_token = tamperIdToken({ switches, keys, idToken, accessToken });
    if (isJwt(accessToken) && switches.clockSkew) body.access_token = shift(accessToken);
    if (switches.noRefreshToken) delete body.refresh_token;
    ctx.body = { ...body, ...switches.token };
  }

  function shift(token) {
    const [header, claims] = decodeJwt(token);
    const { clockSkew } = switches;
    return signJwt({ header, claims: { ...claims, iat: claims.iat + clockSkew, exp: claims.exp + clockSkew }, key: keys.current });
  }
}

function notFound(ctx) {
  ctx.body = unknownRoute(ctx.method, ctx.path);
  ctx.status = 404;
}

function tamperParameter(params, name, fault) {
  const value = params.get(name);
  if (fault === 'missing') params.delete(name);
  else if (fault === 'duplicate') params.append(name, value);
  else if (fault === 'wrong') params.set(name, name === 'iss' ? 'https://evil.example.com/oidc' : `wrong-${name}`);
  else params.set(name, fault);
}

function tagForCaching(ctx) {
  if (ctx.method !== 'GET' || ctx.status !== 200 || !ctx.body) return;
  const content = typeof ctx.body === 'string' ? ctx.body : JSON.stringify(ctx.body);
  ctx.etag = createHash('sha1').update(content).digest('base64url');
  if (!ctx.fresh) return;
  ctx.body = null;
  ctx.status = 304;
}

// Everything has happened at the tenant, and the client never learns of it.
function hangUp(ctx) {
  ctx.respond = false;
  ctx.req.socket.destroy();
}

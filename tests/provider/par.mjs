import { pause } from './http.mjs';
import { unknownRoute } from './errors.mjs';

// Pushed authorization requests as a tenant has them that is older, broken or slow. The provider itself knows
// nothing of this.
export function tamperPushedRequests({ provider, switches }) {
  shorten(provider.PushedAuthorizationRequest, switches);

  provider.use(async (ctx, next) => {
    if (ctx.path !== '/request') {
      await next();
      if (ctx.path.startsWith('/.well-known/') && switches.parUnadvertised) hide(ctx);
      return;
    }
    await pause(switches.parDelayMs);
    if (switches.parStatus) return refuse(ctx, switches.parStatus);
    await next();
    if (ctx.status === 201 && switches.parExpiresIn) ctx.body = { ...ctx.body, expires_in: switches.parExpiresIn };
  });
}

// The lifetime is a constant of the provider's, and so is the one inside the request that it keeps.
function shorten(Model, switches) {
  const { save } = Model.prototype;
  Model.prototype.save = function saveForAsLongAsTold(ttl) {
    return save.call(this, switches.parExpiresIn || ttl);
  };
}

function hide(ctx) {
  const { pushed_authorization_request_endpoint: endpoint, ...rest } = ctx.body ?? {};
  if (endpoint) ctx.body = rest;
}

function refuse(ctx, status) {
  ctx.body = status >= 500
    ? { error: 'server_error', error_description: 'oops! something went wrong' }
    : unknownRoute(ctx.method, ctx.path);
  ctx.status = status;
}

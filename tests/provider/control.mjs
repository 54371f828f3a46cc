import { sendJson } from './http.mjs';
import { makeKey, signJwt, supportedAlgorithms } from './keys.mjs';

// The HTTP side of /_control. It answers whatever the switches say, and is not written into the journal.
export function createControl({ resettable, things, switches, journal, keys, people, catalog, storages, issuer }) {
  const tokens = ['AccessToken', 'ClientCredentials', 'RefreshToken', 'AuthorizationCode', 'DeviceCode'];
  const [tenant] = storages;

  const reset = () => {
    for (const part of resettable) part.reset();
    for (const storage of storages) storage.clear();
  };

  function set({ rotateKeys, dropOldKey, ...wanted }) {
    switches.set(wanted);
    if (rotateKeys) keys.rotate({ dropOldKey });
    return switches;
  }

  function mint({ alg = 'ES384', header = {}, claims = {}, kid, defaults = true, unpublished = false, encoding, secret = '' }) {
    const symmetric = alg === 'none' || alg.startsWith('HS');
    if (!symmetric && !supportedAlgorithms.includes(alg)) throw new RangeError(`no such algorithm: ${alg}`);
    const key = symmetric ? secret : unpublished ? makeKey(alg) : keys.forAlgorithm(alg);
    const now = switches.now();
    const usual = { iss: issuer, sub: people.users[0].id, aud: catalog.resources[0].indicator, client_id: 'native000000000000001', iat: now, exp: now + 3600, jti: `mint-${now}` };
    const token = signJwt({
      header: defined({ alg, typ: 'at+jwt', kid: kid ?? key.kid, ...header }),
      claims: defaults ? defined({ ...usual, scope: 'read:things', ...claims }) : claims,
      key,
      encoding,
    });
    return { token, kid: kid ?? key.kid ?? null };
  }

  function grants() {
    const live = (model) => [...tenant.of(model).values()].map(({ payload }) => payload);
    const of = (grantId, model) => live(model).filter((row) => row.grantId === grantId).length;
    return live('Grant').map(({ jti, clientId, accountId, openid, resources }) => ({
      id: jti, client_id: clientId, sub: accountId, scope: openid?.scope ?? '', resources: resources ?? {},
      access_tokens: of(jti, 'AccessToken'), refresh_tokens: of(jti, 'RefreshToken'),
    }));
  }

  const routes = {
    'GET /_control': () => switches,
    'GET /_control/requests': () => ({ requests: journal.entries }),
    'DELETE /_control/requests': () => [journal, things.journal].forEach((each) => each.reset()),
    'GET /_control/api-requests': () => ({ requests: things.journal.entries }),
    'GET /_control/counts': () => journal.counts,
    'POST /_control/set': set,
    'POST /_control/reset': reset,
    'GET /_control/grants': () => ({ grants: grants() }),
    'POST /_control/revoke-grants': () => tenant.clear('Grant', ...tokens),
    'POST /_control/expire-google': () => people.users.forEach(({ googleTokens: kept }) => { if (kept) kept.expiresAt = Date.now(); }),
    'POST /_control/expire': () => tenant.clear('AccessToken', 'ClientCredentials'),
    'POST /_control/end-sessions': () => storages.forEach((storage) => storage.clear('Session')),
    'POST /_control/mint': mint,
  };

  return (req, res, url, body) => {
    const route = routes[`${req.method} ${url.pathname}`];
    if (!route) return sendJson(res, 404, { message: 'no such control', routes: Object.keys(routes) });
    try {
      return sendJson(res, 200, route(body ? JSON.parse(body) : {}) ?? {});
    } catch (error) {
      return sendJson(res, 400, { message: error.message });
    }
  };
}

// A claim or header member set to null is left out, so that a test can take a usual one away.
const defined = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined && value !== null));

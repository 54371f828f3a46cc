import { randomBytes } from 'node:crypto';

import { bearerClaims } from './bearer.mjs';
import { managementResource } from './directory.mjs';
import { Refusal } from './routes.mjs';

// The few calls of the Management API with which a test takes something away and puts it back.
export function createManagement({ storage, issuer, keys, people, catalog }) {
  function authorize(req) {
    if (!req.headers.authorization) throw new Refusal(401, 'auth.authorization_header_missing', 'Authorization header is missing.');
    const claims = bearerClaims(req, { keys, issuer, audiences: [managementResource] });
    if (!claims) throw new Refusal(401, 'auth.unauthorized', 'Unauthorized. Please check credentials and its scope.');
    if (!claims.scope?.split(' ').includes('all')) throw new Refusal(403, 'auth.forbidden', 'Forbidden. Please check your user roles and permissions.');
  }

  const guarded = (table) => Object.fromEntries(Object.entries(table).map(([key, handler]) => [key, (call) => {
    authorize(call.req);
    return handler(call);
  }]));

  const need = (found) => {
    if (!found) throw new Refusal(404, 'entity.not_found', 'The resource does not exist.');
    return found;
  };
  const wanted = (body, ...names) => {
    const missing = names.find((name) => body[name] === undefined);
    if (missing) throw new Refusal(400, 'guard.invalid_input', `Invalid ${missing} in the request body.`);
    return body;
  };
  const user = ({ names }) => need(people.find(names.userId));
  const role = ({ names }) => need(catalog.roles.find(({ id }) => id === names.roleId));
  const resource = ({ names }) => need(catalog.resources.find(({ id }) => id === names.resourceId));
  const showRole = ({ id, name }) => ({ id, name, type: 'User' });
  const showResource = ({ id, name, indicator }) => ({ id, name, indicator, isDefault: false, accessTokenTtl: 3600 });
  const showKeys = () => [keys.current, ...keys.previous].map(({ kid }) => ({ id: kid, signingKeyAlgorithm: 'EC' }));
  const showUser = ({ id, username, name, suspended }) => ({ id, username, name, isSuspended: suspended });

  return guarded({
    'GET /api/configs/oidc/private-keys': showKeys,
    'POST /api/configs/oidc/private-keys/rotate'() {
      keys.rotate();
      return showKeys();
    },
    'DELETE /api/configs/oidc/private-keys/:keyId'({ names }) {
      need(keys.retire(names.keyId));
      return [204];
    },

    'GET /api/users/:userId': (call) => showUser(user(call)),
    // Who is suspended is signed out everywhere, and has to sign in again afterwards.
    'PATCH /api/users/:userId/is-suspended'(call) {
      const suspended = user(call);
      suspended.suspended = wanted(call.body, 'isSuspended').isSuspended;
      if (suspended.suspended) storage.forget(suspended.id);
      return showUser(suspended);
    },

    'POST /api/users/:userId/personal-access-tokens'(call) {
      const { id: userId, personalTokens } = user(call);
      const { name, expiresAt = null } = wanted(call.body, 'name');
      if (expiresAt !== null && expiresAt <= Date.now()) throw new Refusal(400, 'request.invalid_input', 'Input is invalid.');
      const token = { name, value: `pat_${randomBytes(16).toString('hex')}`, expiresAt };
      personalTokens.push(token);
      return [201, { userId, ...token }];
    },
    'DELETE /api/users/:userId/personal-access-tokens/:name'(call) {
      const { personalTokens } = user(call);
      const found = need(personalTokens.find(({ name }) => name === call.names.name));
      personalTokens.splice(personalTokens.indexOf(found), 1);
      return [204];
    },

    'GET /api/roles': () => catalog.roles.map(showRole),
    'GET /api/users/:userId/roles': (call) => catalog.rolesOf(user(call)).map(showRole),
    'POST /api/users/:userId/roles'(call) {
      const owner = user(call);
      const { roleIds } = wanted(call.body, 'roleIds');
      owner.roles = [...new Set([...owner.roles, ...roleIds])];
      return [201, { roleIds }];
    },
    'DELETE /api/users/:userId/roles/:roleId'(call) {
      const owner = user(call);
      need(owner.roles.includes(call.names.roleId));
      owner.roles = owner.roles.filter((id) => id !== call.names.roleId);
      return [204];
    },

    'GET /api/roles/:roleId/scopes': (call) => catalog.resources.flatMap(({ id, scopes }) => scopes
      .filter((scope) => role(call).scopeIds.includes(scope.id)).map((scope) => ({ ...scope, resourceId: id }))),
    'POST /api/roles/:roleId/scopes'(call) {
      role(call).scopeIds.push(...wanted(call.body, 'scopeIds').scopeIds);
      return [201, call.body.scopeIds];
    },

    'GET /api/resources': () => catalog.resources.map(showResource),
    'POST /api/resources': ({ body }) => [201, showResource(catalog.add(wanted(body, 'name', 'indicator')))],
    'GET /api/resources/:resourceId': (call) => showResource(resource(call)),
    'DELETE /api/resources/:resourceId'(call) {
      catalog.remove(resource(call).id);
      return [204];
    },
    'GET /api/resources/:resourceId/scopes': (call) => resource(call).scopes,
    'POST /api/resources/:resourceId/scopes'(call) {
      const { name, description } = wanted(call.body, 'name');
      const scope = catalog.scope(name, description);
      resource(call).scopes.push(scope);
      return [201, scope];
    },
  });
}

import { claimsOf } from './claims.mjs';
import { Refusal } from './routes.mjs';
import { readStored, replaceStored } from './vault.mjs';

// The Account API and the verifications, which take the opaque access token of a user.
export function createAccount({ provider, people, switches, catalog, google, verifications }) {
  async function authorized(req, ...wanted) {
    const { authorization } = req.headers;
    if (!authorization) throw new Refusal(401, 'auth.authorization_header_missing', 'Authorization header is missing.');
    const [scheme, value] = authorization.split(' ');
    const token = scheme === 'Bearer' ? await provider.AccessToken.find(value) : undefined;
    const user = people.find(token?.accountId);
    if (!user) throw new Refusal(401, 'auth.unauthorized', 'Unauthorized. Please check credentials and its scope.');
    if (!['openid', ...wanted].every((scope) => token.scopes.has(scope))) {
      throw new Refusal(403, 'auth.forbidden', 'Forbidden. Please check your user roles and permissions.');
    }
    return { user, scopes: token.scopes };
  }

  // What belongs to the account can be switched off by the tenant.
  async function ofAccount(req, ...wanted) {
    const found = await authorized(req, ...wanted);
    if (switches.accountCenterOff) throw new Refusal(400, 'account_center.not_enabled', 'Account API is not enabled.');
    return found;
  }

  async function account({ req }) {
    const { user, scopes } = await ofAccount(req);
    const { email, custom_data: customData, identities } = claimsOf(user, 'userinfo', { switches, catalog });
    return {
      id: user.id,
      ...(scopes.has('profile') && { username: user.username, name: user.name, avatar: null }),
      ...(scopes.has('email') && { primaryEmail: email }),
      ...(scopes.has('custom_data') && { customData }),
      ...(scopes.has('identities') && { identities }),
      hasPassword: Boolean(user.password),
    };
  }

  return {
    'GET /api/my-account': account,

    async 'GET /api/my-account/identities/:target/access-token'({ req, names }) {
      const { user } = await ofAccount(req, 'identities');
      return readStored(user, names.target, { google, switches });
    },

    async 'PUT /api/my-account/identities/:target/access-token'({ req, names, body }) {
      const { user } = await ofAccount(req, 'identities');
      replaceStored(user, names.target, verifications.verified(body.verificationRecordId), switches);
      return readStored(user, names.target, { google, switches });
    },

    async 'POST /api/verifications/social'({ req, body }) {
      await authorized(req);
      return [201, verifications.start(body)];
    },

    async 'POST /api/verifications/social/verify'({ req, body }) {
      await authorized(req);
      return verifications.verify(body);
    },
  };
}

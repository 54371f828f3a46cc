// Who and what exists in the tenant. Ids are fixed so that tests can name them, and have Logto's lengths:
// 21 characters for an app, 12 for a user or an organization.

export const callbackUri = 'http://localhost:3000/callback';
export const signedOutUri = 'http://localhost:3000/';
export const googleConnectorId = 'google0connector00001';
export const ssoConnectorId = 'acmeoktaconn00000001';
export const googleClientId = 'standin.apps.googleusercontent.example';
export const googleClientSecret = 'google-secret-0123456789';
export const personalAccessToken = 'pat_7Yq2mVxk4TzN9sBw1LcR8dHf3GjK6pQa';
export const organizationsResource = 'urn:logto:resource:organizations';
export const organizationsScope = 'urn:logto:scope:organizations';

const codeGrants = ['authorization_code', 'refresh_token'];
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';
const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';

const app = (key, id, name, grants, more = {}) => ({ key, id, name, grants, ...more });

export const apps = [
  app('native', 'native000000000000001', 'Command line', codeGrants),
  app('web', 'web000000000000000001', 'Web shop', codeGrants, { secret: 'web secret-+/:%&=-0123456789abcd' }),
  app('m2m', 'm2m000000000000000001', 'Nightly job', ['client_credentials'], {
    secret: 'm2m-secret-0123456789abcdefghij',
    permissions: ['read:things', 'write:things', 'read:members'],
    organizations: ['acme00000001'],
  }),
  app('m2mNoRole', 'm2mnorole000000000001', 'Job without a role', ['client_credentials'], {
    secret: 'm2m-no-role-0123456789abcdefghi',
    permissions: [],
    organizations: [],
  }),
  app('management', 'management00000000001', 'Tenant administration', ['client_credentials'], {
    secret: 'management-secret-0123456789abcd',
    permissions: ['all'],
    organizations: [],
  }),
  app('device', 'device000000000000001', 'Television', [deviceGrant, 'refresh_token']),
  app('thirdParty', 'thirdparty00000000001', 'Acme Reports', codeGrants, {
    thirdParty: true, scope: 'openid offline_access profile email',
  }),
  app('exchange', 'exchange0000000000001', 'Command line with exchange', [...codeGrants, exchangeGrant]),
];

export const managementResource = 'https://default.logto.app/api';

export const firstResources = [
  { name: 'Things', indicator: 'https://api.example.com', scopes: ['read:things', 'write:things', 'delete:things'] },
  { name: 'Other', indicator: 'https://other.example.com', scopes: ['read:other'] },
  { name: 'Logto Management API', indicator: managementResource, scopes: ['all'] },
];

// By the names of the scopes that they grant, of whichever API.
export const firstRoles = [
  { id: 'role0editor0000000001', name: 'editor', scopes: ['read:things', 'write:things', 'read:other'] },
  { id: 'role0reader0000000001', name: 'reader', scopes: ['read:things'] },
];
const [editor, reader] = firstRoles.map(({ id }) => id);

export const organizations = [
  { id: 'acme00000001', name: 'Acme', description: 'Makers of everything' },
  { id: 'globex000002', name: 'Globex', description: null },
];

// What a membership role allows inside an organization: the organization's own permissions and an API's.
const organizationRoles = {
  admin: ['read:members', 'invite:members', 'read:things', 'write:things'],
  member: ['read:members', 'read:things'],
};

const makeUser = (id, username, name, more) => ({
  id, username, name, password: 'Correct-Horse-1', email: null, roles: [reader], suspended: false, memberships: {}, personalTokens: [],
  createdAt: 1735689600123, ...more,
});

const firstUsers = () => [
  makeUser('ada0lovelace', 'ada', 'Ada Lovelace', {
    email: 'ada@example.com',
    googleId: '100000000000000000001',
    roles: [editor],
    memberships: { acme00000001: 'admin', globex000002: 'member' },
    personalTokens: [{ name: 'CI', value: personalAccessToken, expiresAt: null }],
  }),
  makeUser('alan1turing2', 'alan', 'Alan Turing', {
    email: 'alan@example.com',
    googleId: '100000000000000000002',
    memberships: { acme00000001: 'member' },
  }),
  makeUser('grace3hopper', 'grace', null),
];

export const organizationPermissions = [...new Set(Object.values(organizationRoles).flat())]
  .filter((scope) => scope.endsWith(':members'));

export const organizationScopes = (user, organizationId) => organizationRoles[user.memberships[organizationId]] ?? [];

export const publicApps = () => Object.fromEntries(apps.map(({ key, id, secret }) => [key, secret ? { id, secret } : { id }]));

export const appById = (id) => apps.find((candidate) => candidate.id === id);

export function clientMetadata(id) {
  const { name, secret, grants, scope } = appById(id) ?? {};
  if (!name) return undefined;
  const interactive = grants.includes('authorization_code');
  return {
    client_id: id,
    client_secret: secret,
    client_name: name,
    scope,
    application_type: secret ? 'web' : 'native',
    token_endpoint_auth_method: secret ? 'client_secret_basic' : 'none',
    grant_types: grants,
    response_types: interactive ? ['code'] : [],
    redirect_uris: interactive ? [callbackUri] : [],
    post_logout_redirect_uris: interactive ? [signedOutUri] : [],
  };
}

export class People {
  constructor() {
    this.reset();
  }

  reset() {
    this.users = firstUsers();
  }

  find(id) {
    return this.users.find((user) => user.id === id);
  }

  byPassword(username, password) {
    return this.users.find((user) => user.username === username && user.password === password);
  }

  byPersonalToken(value) {
    const valid = (token) => token.value === value && (token.expiresAt === null || token.expiresAt > Date.now());
    return this.users.find((user) => user.personalTokens.some(valid));
  }

  byGoogle({ sub, name, email }) {
    return this.users.find((user) => user.googleId === sub) ?? this.add({ name, email, googleId: sub });
  }

  add(details) {
    const id = `user${String(this.users.length + 1).padStart(8, '0')}`;
    const user = { ...makeUser(id, null, null, { password: null, roles: [] }), ...details };
    this.users.push(user);
    return user;
  }
}

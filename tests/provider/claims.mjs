import { organizations } from './directory.mjs';

// Which claims a scope brings. Read by the provider as its `claims` setting, so the keys are scope names.
export const claimsByScope = {
  acr: null,
  sid: null,
  auth_time: null,
  iss: null,
  openid: ['sub'],
  profile: ['name', 'family_name', 'given_name', 'middle_name', 'nickname', 'preferred_username', 'profile', 'picture', 'website',
    'gender', 'birthdate', 'zoneinfo', 'locale', 'updated_at', 'username', 'created_at'],
  email: ['email', 'email_verified'],
  phone: ['phone_number', 'phone_number_verified'],
  address: ['address'],
  custom_data: ['custom_data'],
  identities: ['identities', 'sso_identities'],
  roles: ['roles'],
  'urn:logto:scope:organizations': ['organizations', 'organization_data'],
  'urn:logto:scope:organization_roles': ['organization_roles'],
};

// In the order of the discovery document. The second and the last bring no claim.
const [openid, ...others] = Object.keys(claimsByScope).filter((name) => claimsByScope[name]);
export const scopes = [openid, 'offline_access', ...others, 'urn:logto:scope:sessions'];

// A tenant puts these into the ID token only when told to; a new one is not.
const userinfoOnly = new Set(['custom_data', 'identities', 'sso_identities', 'organization_data']);

function identities(user) {
  if (!user.googleId) return {};
  const details = { id: user.googleId, email: user.email, name: user.name };
  return { google: { userId: user.googleId, details } };
}

export function claimsOf(user, use, { switches, catalog }) {
  const [given, ...rest] = user.name?.split(' ') ?? [];
  const memberships = Object.entries(user.memberships);
  const claims = {
    sub: user.id,
    name: user.name,
    given_name: given,
    family_name: rest.join(' ') || undefined,
    preferred_username: user.username ?? undefined,
    picture: null,
    username: user.username,
    created_at: user.createdAt,
    updated_at: user.createdAt + 86400000,
    email: user.email,
    email_verified: Boolean(user.email),
    phone_number: null,
    phone_number_verified: false,
    custom_data: {},
    identities: identities(user),
    sso_identities: [],
    roles: catalog.rolesOf(user).map(({ name }) => name),
    organizations: memberships.map(([id]) => id),
    organization_roles: memberships.map(([id, role]) => `${id}:${role}`),
    organization_data: organizations.filter(({ id }) => id in user.memberships)
      .map((organization) => ({ ...organization, name: switches.organizationNames[organization.id] ?? organization.name })),
  };
  const wanted = Object.entries(claims).filter(([name, value]) => value !== undefined && !(use === 'id_token' && userinfoOnly.has(name)));
  return Object.fromEntries(wanted);
}

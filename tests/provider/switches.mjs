import { idTokenFaults } from './idtoken.mjs';

// Every way in which a test can make the tenant misbehave, with the well-behaved value.
const wellBehaved = () => ({
  accessTokenTtl: 3600,
  idTokenTtl: 3600,
  refreshTokenTtl: 14 * 24 * 3600,
  deviceCodeTtl: 600,
  refreshReuseInterval: 3,
  clockSkew: 0,

  // The sign-in experience: targets, and ids of enterprise connectors.
  socialConnectors: ['google'],
  ssoConnectors: [],

  // Google, and what the tenant keeps of it.
  googleTokenTtl: 3599,
  googleOffline: false,
  googleRefusesRefresh: false,
  googleRedirectUris: ['http://localhost:3000/callback'],
  googlePrefix: '',
  accountCenterOff: false,
  tokenStorageOff: false,
  verificationTtl: 600,
  authorizationUri: '',

  // The API of one's own.
  apiUnauthorized: 0,

  // Pushed authorization requests.
  parUnadvertised: false,
  parStatus: 0,
  parDelayMs: 0,
  parExpiresIn: 0,

  // The device flow.
  slowDown: 0,

  // The token endpoint.
  tokenDelayMs: 0,
  responseDelayMs: 0,
  dropResponse: 0,
  noRefreshToken: false,
  token: {},
  deletedResources: [],
  resourceTtl: {},
  expiredSecrets: [],
  organizationNames: {},

  // The ID token in token responses.
  idToken: null,
  idTokenClaims: {},

  // The way back to the client.
  denyAccess: false,
  denyApp: false,
  denyRefresh: false,
  callback: {},

  // Any path.
  failNext: [],
  hang: [],
  redirect: [],
  flood: [],
  slowDrip: [],
  disconnect: [],
  mangle: [],

  // Documents and secrets.
  discovery: {},
  jwksPath: '/jwks',
  tokenPrefix: '',
});

const ruleNames = new Set(['failNext', 'hang', 'redirect', 'flood', 'slowDrip', 'disconnect', 'mangle']);

export class Switches {
  constructor() {
    this.reset();
  }

  reset() {
    Object.assign(this, wellBehaved());
  }

  // A misspelt switch would make a test pass for the wrong reason, so it is refused.
  set(wanted) {
    const known = wellBehaved();
    for (const [name, value] of Object.entries(wanted)) {
      if (!(name in known)) throw new RangeError(`no such switch: ${name} (there are ${Object.keys(known).join(', ')})`);
      if (name === 'idToken' && value && !idTokenFaults.includes(value)) throw new RangeError(`no such ID token fault: ${value} (there are ${idTokenFaults.join(', ')})`);
      this[name] = value === null || value === false ? known[name] : ruleNames.has(name) ? rules(value) : value;
    }
  }

  // The rule that applies to this request, used up by one.
  take(name, path, grantType) {
    const meant = ({ count, path: wanted, grant_type: grant = grantType }) => count > 0 && [path, '*'].includes(wanted) && grant === grantType;
    const rule = this[name].find(meant);
    if (rule) rule.count -= 1;
    return rule;
  }

  // One of the next N times that something is to happen.
  takeOne(name) {
    if (this[name] <= 0) return false;
    this[name] -= 1;
    return true;
  }

  now() {
    return Math.floor(Date.now() / 1000) + this.clockSkew;
  }
}

const rules = (value) => [value].flat().map((rule) => ({ count: 1, ...rule }));

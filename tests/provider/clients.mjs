import { errors } from 'oidc-provider';

import { appById } from './directory.mjs';

// Where an app of Logto's differs from a client of oidc-provider.
export function bendClients({ provider, switches }) {
  const { prototype } = provider.Client;
  const { compareClientSecret } = prototype;

  // Only who knows the secret hears that it has expired.
  prototype.compareClientSecret = async function compareAndCheckAge(secret) {
    const matches = await compareClientSecret.call(this, secret);
    if (matches && switches.expiredSecrets.includes(appById(this.clientId)?.key)) {
      throw new errors.InvalidRequest('client secret has expired');
    }
    return matches;
  };

  // Signed-out URIs are compared exactly: the freedom of the loopback port is for sign-in alone.
  prototype.postLogoutRedirectUriAllowed = function exactly(uri) {
    return this.postLogoutRedirectUris.includes(uri);
  };
}

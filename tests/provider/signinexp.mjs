import { createHash } from 'node:crypto';

import { googleClientId, googleConnectorId, ssoConnectorId } from './directory.mjs';
import { send } from './http.mjs';

const logo = 'data:image/svg+xml,%3Csvg%20xmlns=%22http://www.w3.org/2000/svg%22/%3E';

const social = (id, target, name) => ({
  id, target, name: { en: name }, logo, logoDark: logo, description: { en: `Sign in with ${name}` }, platform: 'Universal', isTokenStorageSupported: true,
});

// Every connector of the tenant; which of them are switched on for sign-in is up to the test.
const connectors = [social(googleConnectorId, 'google', 'Google'), social('github0connector00001', 'github', 'GitHub')];
const enterprise = [{ id: ssoConnectorId, connectorName: 'Acme Okta', logo, darkLogo: logo }];

// What `direct_sign_in` leads to: a social connector by its target, an enterprise one by its id, else nothing.
export function directConnector(switches, value) {
  const [, method, name] = /^(social|sso):(.*)$/.exec(value ?? '') ?? [];
  const listed = method === 'social' ? switches.socialConnectors : switches.ssoConnectors;
  return method && listed.includes(name) ? { method, name } : undefined;
}

// GET /api/.well-known/sign-in-exp: public, and cached by its tag.
export function signInExperience(switches, req, res) {
  const sso = enterprise.filter(({ id }) => switches.ssoConnectors.includes(id));
  const body = JSON.stringify({
    tenantId: 'default',
    signInMode: 'SignInAndRegister',
    signIn: { methods: [{ identifier: 'username', password: true, verificationCode: false, isPasswordPrimary: true }] },
    signUp: { identifiers: ['username'], password: true, verify: false },
    socialSignInConnectorTargets: switches.socialConnectors,
    singleSignOnEnabled: sso.length > 0,
    socialConnectors: connectors.filter(({ target }) => switches.socialConnectors.includes(target)),
    ssoConnectors: sso,
    googleOneTap: { clientId: googleClientId, connectorId: googleConnectorId },
    forgotPassword: { email: false, phone: false },
    isDevelopmentTenant: false,
  });
  const tag = `"${createHash('sha1').update(body).digest('base64url')}"`;
  if (req.headers['if-none-match']?.includes(tag)) {
    res.writeHead(304, { ETag: tag });
    res.end();
  } else {
    send(res, 200, 'application/json; charset=utf-8', body, { ETag: tag });
  }
}

export const connectorById = (id) => connectors.find((connector) => connector.id === id);

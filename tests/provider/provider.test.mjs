// What was seen on a running Logto (section 0 of the protocol notes), asserted on the wire of the stand-in.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { createLocalJWKSet, jwtVerify } from 'jose';

import { Client, answer, claimsOf, headerOf, startProvider } from './testing.mjs';

let provider;
let client;

before(async () => { provider = await startProvider(); });
after(() => provider.stop());
beforeEach(async () => {
  await provider.reset();
  client = new Client(provider);
});

const get = async (url, headers) => answer(await fetch(url, { headers, redirect: 'manual' }));

function refused({ status, body }, expectedStatus, error, description) {
  assert.equal(status, expectedStatus, JSON.stringify(body));
  assert.equal(body.code, `oidc.${error}`);
  assert.equal(body.error, error);
  if (description) assert.match(body.error_description, description);
}

test('discovery is found below /oidc, twice, and nowhere else', async () => {
  const { body } = await get(`${provider.issuer}/.well-known/openid-configuration`);
  assert.equal(body.issuer, provider.issuer);
  assert.equal(body.token_endpoint, `${provider.issuer}/token`);
  assert.deepEqual(body.id_token_signing_alg_values_supported, ['ES384']);
  assert.deepEqual(body.code_challenge_methods_supported, ['S256']);
  assert.equal(body.registration_endpoint, undefined);
  assert.equal(body.dpop_signing_alg_values_supported, undefined);
  assert.deepEqual((await get(`${provider.issuer}/.well-known/oauth-authorization-server`)).body, body);

  const root = await get(`${provider.endpoint}/.well-known/openid-configuration`);
  assert.equal(root.status, 404);
  assert.match(root.headers.get('content-type'), /^text\/plain/);
  refused(await get(`${provider.issuer}/nowhere`), 404, 'invalid_request', /unrecognized route/);
});

test('the key set may be kept, but must be asked after', async () => {
  const keys = await get(`${provider.issuer}/jwks`);
  assert.equal(keys.headers.get('cache-control'), 'no-cache, max-age=0, must-revalidate');
  assert.deepEqual(keys.body.keys.map(({ kty, crv, alg, use }) => [kty, crv, alg, use]), [['EC', 'P-384', 'ES384', 'sig']]);
  assert.equal(await statusIfChanged(`${provider.issuer}/jwks`, keys.headers.get('etag')), 304);
  await provider.set({ rotateKeys: true });
  assert.equal(await statusIfChanged(`${provider.issuer}/jwks`, keys.headers.get('etag')), 200);
});

// Not with fetch, which adds a `no-cache` of its own to such a question.
const statusIfChanged = (url, tag) => new Promise((resolve) => {
  http.get(url, { headers: { 'If-None-Match': tag } }, (response) => resolve(response.resume().statusCode));
});

test('a native app signs in and gets a verifiable ID token', async () => {
  const callback = await client.authorize({ scope: 'openid offline_access profile email unheard_of', surprise: 'yes' });
  assert.equal(callback.origin + callback.pathname, 'http://localhost:3000/callback');
  assert.equal(callback.searchParams.get('state'), 'the-state');
  assert.equal(callback.searchParams.get('iss'), provider.issuer);

  const { body } = await client.redeem(callback.searchParams.get('code'));
  assert.equal(body.access_token.length, 43);
  assert.equal(body.refresh_token.length, 43);
  assert.equal(body.expires_in, 3600);
  assert.equal(body.scope, 'openid offline_access profile email');

  const keys = createLocalJWKSet((await get(`${provider.issuer}/jwks`)).body);
  const { protectedHeader, payload } = await jwtVerify(body.id_token, keys, { issuer: provider.issuer, audience: client.app.id });
  assert.deepEqual(Object.keys(protectedHeader).sort(), ['alg', 'kid']);
  assert.equal(payload.nonce, 'the-nonce');
  assert.equal(payload.email, 'ada@example.com');
  assert.equal(payload.picture, null);
  for (const absent of ['sid', 'at_hash', 'auth_time']) assert.equal(payload[absent], undefined);
});

test('PKCE is demanded of native apps only', async () => {
  const plain = { code_challenge: undefined, code_challenge_method: undefined };
  const native = await client.browser.open(withoutPkce(client.authorizationUrl()));
  assert.equal(native.left.searchParams.get('error'), 'invalid_request');
  assert.equal(native.left.searchParams.get('iss'), provider.issuer);
  assert.equal(native.left.searchParams.get('state'), 'the-state');

  const web = new Client(provider, provider.apps.web);
  const page = await web.browser.open(withoutPkce(web.authorizationUrl(plain)));
  assert.equal(page.status, 200);
});

function withoutPkce(address) {
  const url = new URL(address);
  for (const name of ['code_challenge', 'code_challenge_method']) url.searchParams.delete(name);
  return url;
}

test('offline_access without prompt=consent is dropped without a word', async () => {
  const none = await client.signIn({ prompt: undefined });
  assert.equal(none.refresh_token, undefined);
  assert.equal(none.scope, 'openid profile email');
  assert.equal((await client.signIn({ prompt: 'login' })).refresh_token, undefined);
  assert.equal((await client.signIn({ prompt: 'login consent' })).refresh_token.length, 43);
});

test('prompt=consent passes a signed-in browser, prompt=login asks again, prompt=none fails', async () => {
  await client.signIn();
  assert.ok((await client.browser.open(client.authorizationUrl())).left);
  assert.equal((await client.browser.open(client.authorizationUrl({ prompt: 'login consent' }))).url.pathname, '/sign-in');
  const none = await client.browser.open(client.authorizationUrl({ prompt: 'none' }));
  assert.equal(none.left.searchParams.get('error'), 'interaction_required');
});

test('redirect URIs: a native app may change the port of localhost, and nothing else', async () => {
  for (const redirect_uri of ['http://localhost:45678/callback', 'http://localhost/callback']) {
    assert.equal((await client.browser.open(client.authorizationUrl({ redirect_uri }))).status, 200, redirect_uri);
  }
  const wrong = ['http://127.0.0.1:3000/callback', 'http://[::1]:3000/callback', 'http://localhost:3000/callback/',
    'http://localhost:3000/callback?x=1', 'https://localhost:3000/callback'];
  for (const redirect_uri of wrong) {
    const { status, text } = await client.browser.open(client.authorizationUrl({ redirect_uri }));
    refused({ status, body: JSON.parse(text) }, 400, 'invalid_redirect_uri', /did not match any/);
    assert.equal(JSON.parse(text).state, 'the-state');
    assert.equal(JSON.parse(text).iss, provider.issuer);
  }
  const web = new Client(provider, provider.apps.web);
  const moved = await web.browser.open(web.authorizationUrl({ redirect_uri: 'http://localhost:3001/callback' }));
  assert.equal(moved.status, 400);
});

test('a wrong password and a denied app stay on the page', async () => {
  const wrong = await client.authorize({}, { username: 'ada', password: 'guess' });
  assert.match(wrong.text, /Incorrect username or password/);
  await provider.set({ denyApp: true });
  const denied = await client.browser.submit({ username: 'ada', password: 'Correct-Horse-1' });
  assert.equal(denied.status, 403);
  await provider.set({ denyApp: false, denyAccess: true });
  const callback = await new Client(provider).authorize();
  assert.equal(callback.searchParams.get('error'), 'access_denied');
  assert.equal(callback.searchParams.get('iss'), provider.issuer);
});

test('a third-party app asks for consent; Cancel leads to the bare callback', async () => {
  const other = new Client(provider, provider.apps.thirdParty);
  const page = await other.authorize();
  assert.equal(page.url.pathname, '/consent');
  assert.equal((await other.browser.follow('Cancel')).left.href, 'http://localhost:3000/callback');
  await other.browser.open(other.authorizationUrl());
  assert.ok((await other.browser.submit({}, { button: 'Authorize' })).left.searchParams.get('code'));
});

test('one invalid value among the extra parameters drops them all', async () => {
  const direct = { direct_sign_in: 'social:google' };
  assert.equal((await client.browser.open(client.authorizationUrl(direct))).url.origin, provider.google);
  for (const more of [{ first_screen: 'sign-in' }, { interaction_mode: 'signin' }, { direct_sign_in: 'social:nobody' }]) {
    assert.equal((await client.browser.open(client.authorizationUrl({ ...direct, ...more }))).url.pathname, '/sign-in');
  }
  assert.equal((await client.browser.open(client.authorizationUrl({ first_screen: 'identifier:register' }))).url.pathname, '/register');
});

test('a code used twice takes its tokens with it; a wrong verifier does not burn it', async () => {
  const code = (await client.authorize()).searchParams.get('code');
  refused(await client.redeem(code, { code_verifier: 'x'.repeat(43) }), 400, 'invalid_grant');
  const { body } = await client.redeem(code);
  assert.equal((await client.userinfo(body.access_token)).status, 200);
  refused(await client.redeem(code), 400, 'invalid_grant');
  refused(await client.userinfo(body.access_token), 401, 'invalid_token');
});

test('refresh tokens rotate; three at once are fine; reuse after the leeway ends the session', async () => {
  await provider.set({ refreshReuseInterval: 1 });
  const first = (await client.signIn()).refresh_token;
  const together = await Promise.all([1, 2, 3].map(() => client.refresh(first)));
  assert.deepEqual(together.map(({ status }) => status), [200, 200, 200]);
  assert.equal(new Set(together.map(({ body }) => body.refresh_token)).size, 3);
  await pause(1100);
  refused(await client.refresh(first), 400, 'invalid_grant', /^grant request is invalid$/);
  refused(await client.refresh(together[2].body.refresh_token), 400, 'invalid_grant');
  refused(await client.userinfo(together[2].body.access_token), 401, 'invalid_token');
  assert.equal((await provider.counts()).refreshes, 3);
});

test('a web app keeps its refresh token', async () => {
  const web = new Client(provider, provider.apps.web);
  const { refresh_token: token } = await web.signIn();
  assert.equal((await web.refresh(token)).body.refresh_token, token);
});

test('a refused resource has used up the refresh token; it is mended inside the leeway only', async () => {
  await provider.set({ refreshReuseInterval: 1 });
  const first = (await client.signIn()).refresh_token;
  refused(await client.refresh(first, { resource: provider.resources[0] }), 400, 'invalid_target');
  const mended = await client.refresh(first);
  assert.equal(mended.status, 200);

  const second = mended.body.refresh_token;
  refused(await client.refresh(second, { resource: 'https://unheard.example.com' }), 400, 'invalid_target');
  await pause(1100);
  refused(await client.refresh(second), 400, 'invalid_grant');
});

test('scopes at a refresh: narrower and back, never wider; without openid no ID token', async () => {
  let { refresh_token: token } = await client.signIn();
  const wider = await client.refresh(token, { scope: 'openid phone' });
  refused(wider, 400, 'invalid_scope');
  assert.equal(wider.body.scope, 'phone');
  const narrow = await client.refresh(token, { scope: 'profile' });
  assert.equal(narrow.body.scope, 'profile');
  assert.equal(narrow.body.id_token, undefined);
  const wide = await client.refresh(narrow.body.refresh_token, { scope: 'openid profile email' });
  assert.equal(wide.body.scope, 'openid profile email');
  assert.equal(claimsOf(wide.body.id_token).nonce, 'the-nonce');
});

test('client authentication', async () => {
  refused(await client.token({ grant_type: 'refresh_token', refresh_token: 'x', client_secret: 'y' }), 401, 'invalid_client', /^client authentication failed$/);
  refused(await client.token({ grant_type: 'refresh_token', refresh_token: 'x', client_id: 'nobody' }), 400, 'invalid_client', /^invalid client nobody$/);
  refused(await client.token({ grant_type: 'client_credentials' }), 400, 'invalid_request', /grant type is not allowed/);
  refused(await client.token({ grant_type: 'password' }), 400, 'unsupported_grant_type');
  const web = new Client(provider, { ...provider.apps.web, secret: 'wrong' });
  refused(await web.refresh('x'), 401, 'invalid_client');
  refused(await client.token({ grant_type: 'refresh_token', refresh_token: 'x' }, { Origin: 'http://localhost:3000' }), 400, 'invalid_request', /^origin .* not allowed/);
});

test('what the endpoints read: JSON counts as a form, a form as a query, and a NUL as nonsense', async () => {
  const { refresh_token } = await client.signIn();
  const json = { method: 'POST', headers: { 'Content-Type': 'application/json' } };
  const form = { grant_type: 'refresh_token', refresh_token, client_id: client.app.id };
  assert.equal((await fetch(`${provider.issuer}/token`, { ...json, body: JSON.stringify(form) })).status, 200);
  refused(await client.refresh('a\0b'), 400, 'invalid_request');
  const { search } = new URL(client.authorizationUrl());
  const posted = await fetch(`${provider.issuer}/auth`, { method: 'POST', body: new URLSearchParams(search), redirect: 'manual' });
  assert.match(posted.headers.get('location'), /^\/sign-in/);
});

test('errors: the message follows the language, the rest does not', async () => {
  const german = await client.post('/token', { grant_type: 'refresh_token', refresh_token: 'x' }, { 'Accept-Language': 'de-DE' });
  refused(german, 400, 'invalid_grant', /^grant request is invalid$/);
  assert.notEqual(german.body.message, 'Grant request is invalid.');
  assert.equal(german.body.error_uri, 'https://openid.sh/debug/invalid_grant');
});

test('userinfo tells times in milliseconds and takes no JWT', async () => {
  const { access_token: token, id_token: jwt } = await client.signIn();
  const { body } = await client.userinfo(token);
  assert.ok(body.updated_at > 1e12 && body.created_at > 1e12);
  assert.equal(body.picture, null);
  refused(await client.userinfo(jwt), 401, 'invalid_token');
  assert.equal(headerOf(jwt).typ, undefined);
});

test('ids have the lengths of Logto', () => {
  for (const { id } of Object.values(provider.apps)) assert.equal(id.length, 21, id);
  for (const { id } of provider.users) assert.equal(id.length, 12, id);
});

// Resources, organizations, apps without a user, devices, and the ends of a session.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';

import { Client, answer, claimsOf, headerOf, startProvider } from './testing.mjs';

let provider;
let client;
let api;
const acme = 'acme00000001';
const organizations = {
  scope: 'openid offline_access urn:logto:scope:organizations read:members read:things',
  resource: ['urn:logto:resource:organizations', 'https://api.example.com'],
};
const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';

before(async () => {
  provider = await startProvider();
  [api] = provider.resources;
});
after(() => provider.stop());
beforeEach(async () => {
  await provider.reset();
  client = new Client(provider);
});

function refused({ status, body }, expectedStatus, error, description) {
  assert.equal(status, expectedStatus, JSON.stringify(body));
  assert.equal(body.error, error);
  if (description) assert.match(body.error_description, description);
}

test('a resource at sign-in gives an opaque token, and a JWT when asked for again', async () => {
  const asked = { scope: 'openid offline_access read:things delete:things', resource: api };
  const callback = await client.authorize(asked);
  const { body } = await client.redeem(callback.searchParams.get('code'));
  assert.equal(body.access_token.length, 43);
  const jwt = (await client.refresh(body.refresh_token, { resource: api })).body;
  assert.deepEqual([headerOf(jwt.access_token).typ, headerOf(jwt.access_token).alg], ['at+jwt', 'ES384']);
  const claims = claimsOf(jwt.access_token);
  assert.deepEqual([claims.aud, claims.scope, claims.client_id, claims.sub], [api, 'read:things', client.app.id, 'ada0lovelace']);
  assert.equal(jwt.scope, 'read:things');
  refused(await client.userinfo(jwt.access_token), 401, 'invalid_token');

  const again = await client.authorize(asked);
  const direct = await client.redeem(again.searchParams.get('code'), { resource: api });
  assert.equal(claimsOf(direct.body.access_token).aud, api);
});

test('without openid, the one resource that was granted is meant', async () => {
  const { refresh_token: token, ...body } = await client.signIn({ scope: 'offline_access read:things', resource: api, nonce: [] });
  assert.equal(claimsOf(body.access_token).aud, api);
  assert.equal(body.id_token, undefined);
  assert.equal(claimsOf((await client.refresh(token)).body.access_token).aud, api);
});

test('an unknown resource is refused at sign-in, an uncovered one at the code exchange', async () => {
  const unknown = await client.authorize({ resource: 'https://unheard.example.com' });
  assert.equal(unknown.searchParams.get('error'), 'invalid_target');
  const callback = await client.authorize();
  refused(await client.redeem(callback.searchParams.get('code'), { resource: api }), 400, 'invalid_target');
});

test('organization tokens: for the organization, and for an API on its behalf', async () => {
  const { refresh_token: token } = await client.signIn(organizations);
  const first = (await client.refresh(token, { organization_id: acme })).body;
  const own = claimsOf(first.access_token);
  assert.deepEqual([own.aud, own.scope], [`urn:logto:organization:${acme}`, 'read:members read:things']);
  const both = claimsOf((await client.refresh(first.refresh_token, { organization_id: acme, resource: api })).body.access_token);
  assert.deepEqual([both.aud, both.organization_id, both.scope], [api, acme, 'read:things']);
});

test('an organization that is refused leaves the refresh token good', async () => {
  await provider.set({ refreshReuseInterval: 0 });
  const member = (await client.signIn(organizations)).refresh_token;
  refused(await client.refresh(member, { organization_id: 'nobody000000' }), 403, 'access_denied', /not a member/);
  assert.equal((await client.refresh(member)).status, 200);

  const plain = (await new Client(provider).signIn()).refresh_token;
  const missing = await client.refresh(plain, { organization_id: acme });
  refused(missing, 403, 'insufficient_scope');
  assert.equal(missing.body.scope, 'urn:logto:scope:organizations');
  refused(await client.refresh(plain, { scope: 'openid phone' }), 400, 'invalid_scope');
  assert.equal((await client.refresh(plain)).status, 200);
  refused(await client.refresh(plain), 400, 'invalid_grant');
});

test('token exchange', async () => {
  const pat = { grant_type: exchangeGrant, subject_token: provider.pat, subject_token_type: 'urn:logto:token-type:personal_access_token' };
  refused(await client.token({ ...pat, resource: api }), 400, 'invalid_request', /not allowed for this client/);
  const exchange = new Client(provider, provider.apps.exchange);
  const { body } = await exchange.token({ ...pat, resource: api, scope: 'read:things' });
  assert.deepEqual(Object.keys(body).sort(), ['access_token', 'expires_in', 'scope', 'token_type']);
  assert.deepEqual([claimsOf(body.access_token).sub, body.scope], ['ada0lovelace', 'read:things']);
  const opaque = (await exchange.token({ ...pat, scope: 'openid profile' })).body;
  assert.equal((await exchange.userinfo(opaque.access_token)).body.name, 'Ada Lovelace');
  const again = { ...pat, subject_token: opaque.access_token, subject_token_type: 'urn:ietf:params:oauth:token-type:access_token' };
  assert.equal((await exchange.token({ ...again, organization_id: acme })).status, 200);
  refused(await exchange.token({ ...pat, subject_token: 'pat_wrong' }), 400, 'invalid_grant');
});

test('revocation kills the whole grant, and never complains about garbage', async () => {
  const revoke = (token) => client.post('/token/revocation', { token });
  for (const which of ['refresh_token', 'access_token']) {
    const tokens = await client.signIn();
    const { status, text } = await revoke(tokens[which]);
    assert.deepEqual([status, text], [200, '']);
    refused(await client.refresh(tokens.refresh_token), 400, 'invalid_grant');
    refused(await client.userinfo(tokens.access_token), 401, 'invalid_token');
  }
  assert.equal((await revoke('garbage')).status, 200);
  refused(await revoke((await client.signIn()).id_token), 400, 'unsupported_token_type');
});

test('introspection: a public app sees its own opaque tokens only', async () => {
  const { access_token: token, id_token: jwt } = await client.signIn();
  const inspect = (who, value) => who.post('/token/introspection', { token: value });
  const { body } = await inspect(client, token);
  assert.deepEqual([body.active, body.client_id, body.sub, body.iss, body.token_type], [true, client.app.id, 'ada0lovelace', provider.issuer, 'Bearer']);
  assert.deepEqual((await inspect(new Client(provider, provider.apps.exchange), token)).body, { active: false });
  assert.equal((await inspect(new Client(provider, provider.apps.web), token)).body.active, true);
  refused(await inspect(client, jwt), 400, 'unsupported_token_type');
});

test('the end of the browser session, which the refresh token outlives', async () => {
  const tokens = await client.signIn();
  const end = (query) => `${provider.issuer}/session/end?${new URLSearchParams(query)}`;
  const page = await answer(await fetch(end({ id_token_hint: tokens.id_token })));
  assert.equal(page.status, 200);
  assert.match(page.text, /forms\[0\]\.submit\(\)/);

  const home = { client_id: client.app.id, post_logout_redirect_uri: 'http://localhost:3000/', state: 'bye' };
  refused(await answer(await fetch(end({ ...home, post_logout_redirect_uri: 'http://localhost:3001/' }))), 400, 'invalid_request', /not registered/);
  assert.equal((await client.browser.open(end(home))).left.href, 'http://localhost:3000/?state=bye');
  assert.equal((await client.browser.open(client.authorizationUrl())).url.pathname, '/sign-in');
  assert.equal((await client.refresh(tokens.refresh_token)).status, 200);
  assert.match((await client.browser.open(end({}))).text, /Signed out/);
});

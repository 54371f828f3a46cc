// The Management API: each thing that is taken away, what a client then sees, and how it is put back.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';

import { createLocalJWKSet, jwtVerify } from 'jose';

import { Client, callApi, claimsOf, get, headerOf, refused, startProvider } from './testing.mjs';

let provider;
let client;
let token;
const management = 'https://default.logto.app/api';
const thingsApi = 'https://api.example.com';
const ada = 'ada0lovelace';

before(async () => { provider = await startProvider(); });
after(() => provider.stop());
beforeEach(async () => {
  await provider.reset();
  client = new Client(provider);
  token = await managementToken('all');
});

async function managementToken(scope, app = provider.apps.management) {
  const { body } = await new Client(provider, app).token({ grant_type: 'client_credentials', resource: management, scope });
  return body.access_token;
}

const ask = (method, path, body) => callApi(`${provider.endpoint}/api/${path}`, token, { method, body });
const withThings = { scope: 'openid offline_access read:things write:things', resource: thingsApi };

async function thingsScope(refreshToken) {
  const { body } = await client.refresh(refreshToken, { resource: thingsApi });
  return { scope: body.scope, next: body.refresh_token };
}

test('who may not', async () => {
  const denied = async (as, status, code) => {
    const answer = await callApi(`${provider.endpoint}/api/resources`, as);
    assert.deepEqual([answer.status, answer.body.code], [status, code]);
  };
  await denied(undefined, 401, 'auth.authorization_header_missing');
  await denied((await client.signIn()).access_token, 401, 'auth.unauthorized');
  await denied(await managementToken('all', provider.apps.m2m), 403, 'auth.forbidden');
  assert.equal((await ask('GET', 'users/nobody000000')).body.code, 'entity.not_found');
  assert.equal((await ask('POST', 'resources', { name: 'x' })).body.code, 'guard.invalid_input');
});

test('keys are rotated, and the former one is deleted', async () => {
  const { id_token: old, refresh_token: refreshToken } = await client.signIn();
  const { body: both } = await ask('POST', 'configs/oidc/private-keys/rotate', { signingKeyAlgorithm: 'EC' });
  assert.deepEqual(both.map(({ id }) => id)[1], headerOf(old).kid);
  const { id_token: fresh } = (await client.refresh(refreshToken)).body;
  assert.equal(headerOf(fresh).kid, both[0].id);
  token = await managementToken('all');
  assert.equal((await ask('DELETE', `configs/oidc/private-keys/${both[1].id}`)).status, 204);
  const keys = createLocalJWKSet((await get(`${provider.issuer}/jwks`)).body);
  await jwtVerify(fresh, keys);
  await assert.rejects(jwtVerify(old, keys));
  assert.equal((await ask('DELETE', `configs/oidc/private-keys/${both[0].id}`)).status, 404);
});

test('a role is taken away and given back', async () => {
  const { refresh_token: first } = await client.signIn(withThings);
  const [editor] = (await ask('GET', `users/${ada}/roles`)).body;
  assert.equal(editor.name, 'editor');
  assert.equal((await ask('DELETE', `users/${ada}/roles/${editor.id}`)).status, 204);
  const without = await thingsScope(first);
  assert.equal(without.scope, '');
  assert.equal((await ask('POST', `users/${ada}/roles`, { roleIds: [editor.id] })).status, 201);
  assert.equal((await thingsScope(without.next)).scope, 'read:things write:things');
});

test('a user is suspended: signed out everywhere, and kept out until it is taken back', async () => {
  const { refresh_token: refreshToken, access_token: accessToken } = await client.signIn();
  const suspend = (isSuspended) => ask('PATCH', `users/${ada}/is-suspended`, { isSuspended });
  assert.equal((await suspend(true)).body.isSuspended, true);
  refused(await client.refresh(refreshToken), 400, 'invalid_grant');
  refused(await client.userinfo(accessToken), 401, 'invalid_token');
  assert.match((await client.authorize()).text, /suspended/);
  assert.equal((await suspend(false)).body.isSuspended, false);
  assert.ok((await new Client(provider).signIn()).refresh_token);
});

test('an API is deleted and made anew, with its permissions and the roles that had them', async () => {
  const { refresh_token: refreshToken } = await client.signIn(withThings);
  const things = (await ask('GET', 'resources')).body.find(({ indicator }) => indicator === thingsApi);
  const [editor] = (await ask('GET', 'roles')).body;
  assert.equal((await ask('DELETE', `resources/${things.id}`)).status, 204);
  refused(await client.refresh(refreshToken, { resource: thingsApi }), 400, 'invalid_target');

  const { status, body: anew } = await ask('POST', 'resources', { name: things.name, indicator: things.indicator });
  assert.equal(status, 201);
  assert.equal((await ask('GET', `resources/${things.id}`)).status, 404);
  assert.equal((await ask('GET', `resources/${anew.id}`)).body.indicator, thingsApi);
  const { body: scope } = await ask('POST', `resources/${anew.id}/scopes`, { name: 'read:things', description: 'Read' });
  assert.deepEqual((await ask('GET', `resources/${anew.id}/scopes`)).body, [scope]);
  assert.equal((await ask('POST', `roles/${editor.id}/scopes`, { scopeIds: [scope.id] })).status, 201);
  assert.ok((await ask('GET', `roles/${editor.id}/scopes`)).body.some(({ id }) => id === scope.id));
  const { body } = await client.refresh(refreshToken, { resource: thingsApi });
  assert.equal(claimsOf(body.access_token).scope, 'read:things');
});

test('a personal access token is made, exchanged and deleted', async () => {
  const tokens = `users/${ada}/personal-access-tokens`;
  const exchange = (value) => new Client(provider, provider.apps.exchange).token({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange', scope: 'openid',
    subject_token: value, subject_token_type: 'urn:logto:token-type:personal_access_token',
  });
  const make = (name, expiresAt) => ask('POST', tokens, { name, expiresAt });
  const { status, body } = await make('job', Date.now() + 60_000);
  assert.deepEqual([status, body.userId, body.name], [201, ada, 'job']);
  assert.equal((await client.userinfo((await exchange(body.value)).body.access_token)).body.sub, ada);
  assert.equal((await ask('DELETE', `${tokens}/job`)).status, 204);
  refused(await exchange(body.value), 400, 'invalid_grant');
  assert.equal((await ask('DELETE', `${tokens}/job`)).status, 404);
  assert.equal((await make('past', 1)).status, 400);
});

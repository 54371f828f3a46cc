// Google's stored token: each row of the table in the protocol notes.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { Client, callApi, startProvider } from './testing.mjs';

let provider;
let client;
const scope = 'openid offline_access identities';

before(async () => { provider = await startProvider(); });
after(() => provider.stop());
beforeEach(async () => {
  await provider.reset();
  client = new Client(provider);
});

const read = (token, target = 'google') => callApi(`${provider.endpoint}/api/my-account/identities/${target}/access-token`, token);
const throughGoogle = () => client.signInWithGoogle('ada@example.com', { scope });

async function answers(token, status, code, target) {
  const { status: actual, body } = await read(token, target);
  assert.deepEqual([actual, body.code], [status, code], JSON.stringify(body));
}

test('what Google gave, and how long it lasts', async () => {
  const { access_token: token } = await throughGoogle();
  const { status, body } = await read(token);
  assert.deepEqual([status, body.scope, body.token_type], [200, 'openid profile email', 'Bearer']);
  assert.ok(body.expires_in > 3580 && body.expires_in < 3600);
  assert.deepEqual(Object.keys(body), ['access_token', 'scope', 'token_type', 'expires_in']);
});

test('a password sign-in later reads it still', async () => {
  const { body } = await read((await throughGoogle()).access_token);
  const { access_token: token } = await new Client(provider).signIn({ scope });
  assert.equal((await read(token)).body.access_token, body.access_token);
});

test('who may not ask', async () => {
  const { refresh_token: refreshToken, id_token: jwt } = await throughGoogle();
  const narrow = await client.refresh(refreshToken, { scope: 'openid' });
  await answers(narrow.body.access_token, 403, 'auth.forbidden');
  await answers('garbage', 401, 'auth.unauthorized');
  await answers(jwt, 401, 'auth.unauthorized');
  await answers(undefined, 401, 'auth.authorization_header_missing');
});

test('the account center is switched off', async () => {
  const { access_token: token } = await throughGoogle();
  await provider.set({ accountCenterOff: true });
  await answers(token, 400, 'account_center.not_enabled');
  assert.equal((await callApi(`${provider.endpoint}/api/my-account`, token)).body.code, 'account_center.not_enabled');
});

test('nothing is stored: not linked, another target, no sign-in since, storage switched off', async () => {
  const missing = 'secrets.third_party_token_set.token_not_found';
  const grace = await new Client(provider).signIn({ scope }, provider.users[2]);
  await answers(grace.access_token, 404, missing);
  const ada = await new Client(provider).signIn({ scope });
  await answers(ada.access_token, 404, missing);
  const { access_token: token } = await throughGoogle();
  await answers(token, 404, missing, 'github');

  await provider.set({ tokenStorageOff: true });
  await answers(token, 404, missing);
  await provider.set({ tokenStorageOff: false });
  await answers(token, 404, missing);
});

test('expired, and Google had given no refresh token', async () => {
  const { access_token: token } = await throughGoogle();
  await provider.expireGoogle();
  await answers(token, 401, 'secrets.third_party_token_set.access_token_expired');
  await answers(token, 404, 'secrets.third_party_token_set.token_not_found');
});

test('expired, and renewed at Google, again and again', async () => {
  await provider.set({ googleOffline: true, googleTokenTtl: 2 });
  const { access_token: token } = await throughGoogle();
  const seen = [(await read(token)).body.access_token];
  for (let round = 0; round < 2; round += 1) {
    await pause(2100);
    const { body } = await read(token);
    assert.ok(body.expires_in <= 2);
    assert.ok(!seen.includes(body.access_token));
    seen.push(body.access_token);
  }
});

test('Google refuses the refresh, at every call', async () => {
  await provider.set({ googleOffline: true });
  const { access_token: token } = await throughGoogle();
  await provider.set({ googleRefusesRefresh: true });
  await provider.expireGoogle();
  await answers(token, 400, 'connector.general');
  await answers(token, 400, 'connector.general');
});

test('planted words are in what Google gives', async () => {
  await provider.set({ googlePrefix: 'FROMGOOGLE' });
  assert.match((await read((await throughGoogle()).access_token)).body.access_token, /^FROMGOOGLE/);
});

test('the account, as far as the scopes go', async () => {
  const { access_token: token } = await client.signIn({ scope: 'openid offline_access profile email identities' });
  const { body } = await callApi(`${provider.endpoint}/api/my-account`, token);
  assert.deepEqual([body.username, body.primaryEmail, body.hasPassword], ['ada', 'ada@example.com', true]);
  assert.equal(body.identities.google.userId, '100000000000000000001');
});

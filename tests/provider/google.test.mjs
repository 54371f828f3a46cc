// Signing in with "Google": the second provider, its pages, and what Logto makes of them.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';

import { Client, answer, claimsOf, startProvider } from './testing.mjs';

let provider;
let client;

before(async () => { provider = await startProvider(); });
after(() => provider.stop());
beforeEach(async () => {
  await provider.reset();
  client = new Client(provider);
});

const direct = { direct_sign_in: 'social:google' };

async function throughGoogle(email, more = direct) {
  await client.browser.open(client.authorizationUrl(more));
  const next = await client.browser.submit({}, { button: email });
  return next.left ?? (await client.browser.submit({}, { button: 'Continue' })).left;
}

test('direct sign-in goes straight to the accounts, then asks for consent once', async () => {
  const accounts = await client.browser.open(client.authorizationUrl(direct));
  assert.equal(accounts.url.href, `${provider.google}/accounts`);
  const consent = await client.browser.submit({}, { button: 'ada@example.com' });
  assert.equal(consent.url.href, `${provider.google}/consent`);
  const { left } = await client.browser.submit({}, { button: 'Continue' });
  const { body } = await client.redeem(left.searchParams.get('code'));
  assert.equal(claimsOf(body.id_token).sub, provider.users[0].id);
  assert.equal(claimsOf(body.id_token).email, 'ada@example.com');

  await client.browser.open(client.authorizationUrl({ ...direct, prompt: 'login consent' }));
  assert.ok((await client.browser.submit({}, { button: 'ada@example.com' })).left.searchParams.get('code'));
});

test('the sign-in page leads there too', async () => {
  await client.browser.open(client.authorizationUrl());
  assert.equal((await client.browser.follow('Continue with Google')).url.pathname, '/accounts');
});

test('cancelled at Google: the user stays at the tenant, and may try again', async () => {
  await client.browser.open(client.authorizationUrl(direct));
  const page = await client.browser.follow('Cancel');
  assert.equal(page.url.origin, provider.endpoint);
  assert.match(page.text, /access_denied/);
  assert.equal((await client.browser.follow('Continue with Google')).url.pathname, '/accounts');
});

test('a browser that holds one account may sign in with the other', async () => {
  await throughGoogle('ada@example.com');
  const left = await throughGoogle('alan@example.com', { ...direct, prompt: 'login consent' });
  const { body } = await client.redeem(left.searchParams.get('code'));
  assert.equal(claimsOf(body.id_token).sub, provider.users[1].id);
});

test('the Secret Vault hands out what Google gave', async () => {
  const left = await throughGoogle('ada@example.com', { ...direct, scope: 'openid offline_access identities' });
  const { body } = await client.redeem(left.searchParams.get('code'));
  const ask = async (token) => answer(await fetch(`${provider.endpoint}/api/my-account/identities/google/access-token`, {
    headers: { Authorization: `Bearer ${token}` },
  }));
  const { body: stored } = await ask(body.access_token);
  assert.deepEqual(Object.keys(stored), ['access_token', 'scope', 'token_type', 'expires_in']);

  const narrow = await client.refresh(body.refresh_token, { scope: 'openid' });
  assert.deepEqual([(await ask(narrow.body.access_token)).status, (await ask('nothing')).status], [403, 401]);
  const grace = await new Client(provider).signIn({ scope: 'openid identities' }, provider.users[2]);
  assert.equal((await ask(grace.access_token)).body.code, 'secrets.third_party_token_set.token_not_found');
});

// Signing in with "Google": the second provider, its pages, and what Logto makes of them.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';

import { Client, claimsOf, startProvider } from './testing.mjs';

let provider;
let client;

before(async () => { provider = await startProvider(); });
after(() => provider.stop());
beforeEach(async () => {
  await provider.reset();
  client = new Client(provider);
});

const direct = { direct_sign_in: 'social:google' };

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

test('canceled at Google: the user stays at the tenant, and may try again', async () => {
  await client.browser.open(client.authorizationUrl(direct));
  const page = await client.browser.follow('Cancel');
  assert.equal(page.url.origin, provider.endpoint);
  assert.match(page.text, /access_denied/);
  assert.equal((await client.browser.follow('Continue with Google')).url.pathname, '/accounts');
});

test('a browser that holds one account may sign in with the other', async () => {
  await client.signInWithGoogle('ada@example.com');
  const body = await client.signInWithGoogle('alan@example.com', { prompt: 'login consent' });
  assert.equal(claimsOf(body.id_token).sub, provider.users[1].id);
});

// The sign-in experience: which connectors are listed, and which of them `direct_sign_in` reaches.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, beforeEach, test } from 'node:test';

import { Client, get, startProvider } from './testing.mjs';

let provider;

before(async () => { provider = await startProvider(); });
after(() => provider.stop());
beforeEach(() => provider.reset());

const address = () => `${provider.endpoint}/api/.well-known/sign-in-exp`;
const sso = 'acmeoktaconn00000001';

// Not with fetch, which adds a `no-cache` of its own to such a question.
const statusIfChanged = (tag) => new Promise((resolve) => {
  http.get(address(), { headers: { 'If-None-Match': tag } }, (response) => resolve(response.resume().statusCode));
});

test('Google alone is listed, and nothing of enterprise sign-on', async () => {
  const { body } = await get(address());
  const [{ id, target, name, platform, isTokenStorageSupported }, ...others] = body.socialConnectors;
  assert.deepEqual([id, target, name, platform, isTokenStorageSupported], [provider.connectorId, 'google', { en: 'Google' }, 'Universal', true]);
  assert.deepEqual([others, body.ssoConnectors, body.singleSignOnEnabled], [[], [], false]);
  assert.equal(body.googleOneTap.connectorId, provider.connectorId);
  assert.equal((await get(`${provider.endpoint}/api/status`)).status, 204);
});

test('its tag changes with it', async () => {
  const tag = (await get(address())).headers.get('etag');
  assert.equal(await statusIfChanged(tag), 304);
  await provider.set({ socialConnectors: ['github'], ssoConnectors: [sso] });
  assert.equal(await statusIfChanged(tag), 200);
  const { body } = await get(address());
  assert.deepEqual(body.socialConnectors.map(({ target }) => target), ['github']);
  assert.deepEqual(body.ssoConnectors.map(({ id }) => id), [sso]);
});

test('direct sign-in: a target, or the id of an enterprise connector, and only where listed', async () => {
  const client = new Client(provider);
  const leads = async (direct) => (await get(client.authorizationUrl({ direct_sign_in: direct }))).headers.get('location').split('?')[0];
  await provider.set({ socialConnectors: ['google', 'github'], ssoConnectors: [sso] });
  assert.equal(await leads('social:google'), '/social/google');
  assert.equal(await leads('social:github'), '/social/github');
  assert.equal(await leads(`sso:${sso}`), `/sso/${sso}`);
  for (const wrong of ['social:Google', `social:${provider.connectorId}`, 'sso:google', 'google', '']) {
    assert.equal(await leads(wrong), '/sign-in', wrong);
  }
  await provider.set({ socialConnectors: ['github'], ssoConnectors: [] });
  for (const unlisted of ['social:google', `sso:${sso}`]) assert.equal(await leads(unlisted), '/sign-in');
  const page = await client.browser.open(client.authorizationUrl());
  assert.doesNotMatch(page.text, /Continue with Google/);
});

// The device flow (RFC 8628) as Logto has it.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { Client, claimsOf, refused, startProvider } from './testing.mjs';

let provider;
let device;
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';
const ada = { username: 'ada', password: 'Correct-Horse-1' };
const connected = /Your device is now connected!/;

before(async () => { provider = await startProvider(); });
after(() => provider.stop());
beforeEach(async () => {
  await provider.reset();
  device = new Client(provider, provider.apps.device);
});

async function start(more) {
  const { body } = await device.post('/device/auth', new URLSearchParams([['scope', 'openid offline_access profile'], ...Object.entries(more ?? {})]));
  return { ...body, poll: (also) => device.token({ grant_type: deviceGrant, device_code: body.device_code, ...also }) };
}

async function activate({ verification_uri_complete: address }, browser = device.browser) {
  await browser.open(address);
  return browser.submit({}, { button: 'Continue' });
}

async function signInAt(code) {
  const page = await activate(code);
  return page.text.includes('name="password"') ? device.browser.submit(ada) : page;
}

test('only for apps that were made for it', async () => {
  const asked = async (app) => new Client(provider, app).post('/device/auth', { scope: 'openid' });
  refused(await asked(provider.apps.native), 400, 'invalid_request', /device_code is not allowed for this client$/);
  refused(await asked(provider.apps.web), 400, 'invalid_request', /device_code is not allowed for this client$/);
  refused(await asked({ id: 'nobody' }), 400, 'invalid_client');
});

test('what the device is told', async () => {
  const { poll, device_code: code, user_code: userCode, ...rest } = await start();
  assert.match(userCode, /^[B-Z]{4}-[B-Z]{4}$/);
  const page = `${provider.endpoint}/device`;
  assert.deepEqual(rest, { verification_uri: page, verification_uri_complete: `${page}?user_code=${userCode}`, expires_in: 600 });
  refused(await poll(), 400, 'authorization_pending');
  refused(await poll(), 400, 'authorization_pending');
  assert.ok(code);
});

test('to the end, and redeemed twice', async () => {
  const code = await start({ nonce: 'ignored' });
  assert.match((await signInAt(code)).text, connected);
  const { body: tokens } = await code.poll();
  assert.equal(claimsOf(tokens.id_token).nonce, undefined);
  assert.equal((await device.userinfo(tokens.access_token)).status, 200);
  const { body: refreshed } = await device.refresh(tokens.refresh_token);
  assert.notEqual(refreshed.refresh_token, tokens.refresh_token);

  refused(await code.poll(), 400, 'invalid_grant');
  refused(await device.refresh(refreshed.refresh_token), 400, 'invalid_grant');
  refused(await device.userinfo(tokens.access_token), 401, 'invalid_token');
});

test('the page takes the code as people type it, and says what is wrong with another', async () => {
  const { user_code: userCode, verification_uri: page, poll } = await start();
  assert.match((await device.browser.open(page)).text, /Enter the code shown on your device\./);
  assert.match((await device.browser.submit({ user_code: 'XXXX-XXXX' })).text, /code is not right/);
  const signIn = await device.browser.submit({ user_code: userCode.toLowerCase().replace('-', '') });
  assert.equal(signIn.url.pathname, '/sign-in');
  assert.match((await device.browser.submit(ada)).text, connected);
  assert.equal((await poll()).status, 200);
});

test('the complete address fills the page in, which has no Cancel', async () => {
  const code = await start();
  const page = await device.browser.open(code.verification_uri_complete);
  assert.match(page.text, new RegExp(`type="text" name="user_code" value="${code.user_code}"`));
  assert.doesNotMatch(page.text, /Cancel|abort/);
});

test('parameters of the request lead to Google, another screen, a name filled in; those of the address do not', async () => {
  assert.equal((await activate(await start({ direct_sign_in: 'social:google' }))).url.origin, provider.google);
  assert.equal((await activate(await start({ first_screen: 'identifier:register' }))).url.pathname, '/register');
  assert.match((await activate(await start({ login_hint: 'grace' }))).text, /name="username" value="grace"/);
  const code = await start();
  await device.browser.open(`${code.verification_uri_complete}&direct_sign_in=social:google`);
  assert.equal((await device.browser.submit({}, { button: 'Continue' })).url.pathname, '/sign-in');
});

test('a browser that is signed in ends at once, whatever the prompt', async () => {
  await signInAt(await start());
  const again = await start({ prompt: 'login' });
  assert.match((await activate(again)).text, connected);
  assert.equal(claimsOf((await again.poll()).body.id_token).sub, 'ada0lovelace');
});

test('access control: denied once, then nothing is left of the code', async () => {
  for (const denial of ['denyAccess', 'denyApp']) {
    await provider.set({ [denial]: true });
    const code = await start();
    assert.match((await signInAt(code)).text, /Access denied/);
    refused(await code.poll(), 400, 'access_denied');
    refused(await code.poll(), 400, 'invalid_grant');
    await provider.set({ [denial]: false });
  }
});

test('access withdrawn later is heard of at the refresh', async () => {
  const code = await start();
  await signInAt(code);
  const { body } = await code.poll();
  await provider.set({ denyRefresh: true });
  refused(await device.refresh(body.refresh_token), 400, 'access_denied');
});

test('a code that expires', async () => {
  await provider.set({ deviceCodeTtl: 1 });
  const code = await start();
  assert.equal(code.expires_in, 1);
  await pause(1100);
  refused(await code.poll(), 400, 'expired_token');
  assert.match((await activate(code)).text, /has expired/);
});

test('slow_down, when a test asks for it', async () => {
  const code = await start();
  await provider.set({ slowDown: 1 });
  refused(await code.poll(), 400, 'slow_down');
  refused(await code.poll(), 400, 'authorization_pending');
});

test('APIs and organizations', async () => {
  const [api] = provider.resources;
  const acme = 'acme00000001';
  const form = new URLSearchParams({ scope: 'openid offline_access urn:logto:scope:organizations read:things read:members' });
  for (const resource of [api, 'urn:logto:resource:organizations']) form.append('resource', resource);
  const { body: code } = await device.post('/device/auth', form);
  await signInAt(code);
  const { body } = await device.token({ grant_type: deviceGrant, device_code: code.device_code, resource: api });
  const jwt = claimsOf(body.access_token);
  assert.deepEqual([jwt.aud, jwt.scope], [api, 'read:things']);
  const { body: inside } = await device.refresh(body.refresh_token, { organization_id: acme });
  assert.equal(claimsOf(inside.access_token).aud, `urn:logto:organization:${acme}`);
});

// Logto keeps one grant per browser session, app and user: what ends one sign-in ends the others of it.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { Client, refused, startProvider } from './testing.mjs';

let provider;
let client;
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';

before(async () => { provider = await startProvider(); });
after(() => provider.stop());
beforeEach(async () => {
  await provider.reset();
  client = new Client(provider);
});

const revoke = (who, token) => who.post('/token/revocation', { token });
const anew = { prompt: 'login consent' };

// Another client that uses the same browser.
const beside = (app, user = client) => Object.assign(new Client(provider, app), { browser: user.browser });

test('two sign-ins of one app in one browser share a grant', async () => {
  const first = await client.signIn();
  const second = await client.signIn(anew);
  assert.equal((await provider.grants()).length, 1);
  await revoke(client, second.refresh_token);
  refused(await client.refresh(first.refresh_token), 400, 'invalid_grant');
});

test('an old refresh token of the first, used again, ends the second', async () => {
  await provider.set({ refreshReuseInterval: 0.2 });
  const first = await client.signIn();
  await client.refresh(first.refresh_token);
  const second = await client.signIn(anew);
  await pause(300);
  refused(await client.refresh(first.refresh_token), 400, 'invalid_grant');
  refused(await client.refresh(second.refresh_token), 400, 'invalid_grant');
});

test('two devices that were connected in one browser share one, too', async () => {
  const device = new Client(provider, provider.apps.device);
  const connect = async () => {
    const { body: code } = await device.post('/device/auth', { scope: 'openid offline_access' });
    await device.browser.open(code.verification_uri_complete);
    const page = await device.browser.submit({}, { button: 'Continue' });
    if (page.text.includes('name="password"')) await device.browser.submit({ username: 'ada', password: 'Correct-Horse-1' });
    return (await device.token({ grant_type: deviceGrant, device_code: code.device_code })).body;
  };
  const [first, second] = [await connect(), await connect()];
  await revoke(device, first.refresh_token);
  refused(await device.refresh(second.refresh_token), 400, 'invalid_grant');
});

test('another browser, another app, another user: independent', async () => {
  const first = await client.signIn();
  const elsewhere = new Client(provider);
  const other = beside(provider.apps.exchange);
  const [second, third] = [await elsewhere.signIn(), await other.signIn()];
  const fourth = await client.signIn(anew, provider.users[1]);
  assert.equal((await provider.grants()).length, 4);
  await revoke(client, first.refresh_token);
  refused(await client.refresh(first.refresh_token), 400, 'invalid_grant');
  for (const [who, { refresh_token: token }] of [[elsewhere, second], [other, third], [client, fourth]]) {
    assert.equal((await who.refresh(token)).status, 200);
  }
});

test('revocation through another app is answered and does nothing', async () => {
  const { refresh_token: token } = await client.signIn();
  const { status, text } = await revoke(new Client(provider, provider.apps.exchange), token);
  assert.deepEqual([status, text], [200, '']);
  assert.equal((await client.refresh(token)).status, 200);
});

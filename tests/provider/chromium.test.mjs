// The pages in a real browser: what a user would click.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';

import { openChromium, openWindow } from '../e2e/lib/chromium.mjs';
import { listenOnLoopback, send } from './http.mjs';
import { Client, callApi, refused, startProvider } from './testing.mjs';

const binary = process.env.CHROMIUM ?? '/usr/bin/chromium';
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';
const [drive, calendar] = ['drive', 'calendar'].map((name) => `https://www.googleapis.com/auth/${name}.readonly`);

describe('in Chromium', { skip: !existsSync(binary) && `there is no ${binary}` }, () => {
  let provider;
  let chromium;
  let page;

  before(async () => { [provider, chromium] = await Promise.all([startProvider(), openChromium()]); });
  after(async () => {
    await chromium.close();
    await provider.stop();
  });
  beforeEach(async () => {
    await provider.reset();
    page = await openWindow(chromium);
  });
  afterEach(() => page.context().close());

  const press = (name) => page.getByRole('button', { name }).click();
  const text = (wanted) => page.getByText(wanted).waitFor();

  async function startDevice(more) {
    const device = new Client(provider, provider.apps.device);
    const { body } = await device.post('/device/auth', { scope: 'openid offline_access', ...more });
    return { ...body, poll: () => device.token({ grant_type: deviceGrant, device_code: body.device_code }) };
  }

  async function signIn() {
    await page.getByLabel('Username').fill('ada');
    await page.getByLabel('Password').fill('Correct-Horse-1');
    await press('Sign in');
  }

  test('a device: the code is typed in, after a wrong one', async () => {
    const { verification_uri: address, user_code: code, poll } = await startDevice();
    await page.goto(address);
    await page.getByPlaceholder('Enter code').fill('BBBB-BBBB');
    await press('Continue');
    await text('That code is not right.');
    await page.getByPlaceholder('Enter code').fill(code.toLowerCase());
    await press('Continue');
    await signIn();
    await text('Your device is now connected!');
    assert.equal((await poll()).status, 200);
  });

  test('a device: the complete address, straight to Google', async () => {
    const { verification_uri_complete: address, user_code: code, poll } = await startDevice({ direct_sign_in: 'social:google' });
    await page.goto(address);
    assert.equal(await page.getByRole('textbox').inputValue(), code);
    await press('Continue');
    await press('Ada Lovelace');
    await press('Continue');
    await text('Your device is now connected!');
    assert.equal((await poll()).status, 200);
  });

  test('a device: access denied', async () => {
    await provider.set({ denyApp: true });
    const { verification_uri_complete: address, poll } = await startDevice();
    await page.goto(address);
    await press('Continue');
    await signIn();
    await text('Access denied');
    refused(await poll(), 400, 'access_denied');
  });

  // Listens where the command line would, and gives what the browser brings back.
  async function atGoogle(click) {
    let arrive;
    const arrived = new Promise((resolve) => { arrive = resolve; });
    const listening = await listenOnLoopback(0, (req, res) => {
      if (req.url.startsWith('/callback')) arrive(new URL(req.url, 'http://localhost').searchParams);
      send(res, 200, 'text/plain', 'back');
    });
    const redirectUri = `http://localhost:${listening.port}/callback`;
    await provider.set({ googleRedirectUris: [redirectUri] });
    const token = (await new Client(provider).signInWithGoogle('ada@example.com', { scope: 'openid identities' })).access_token;
    const body = { connectorId: provider.connectorId, redirectUri, state: 'mine', scope: `openid email profile ${drive} ${calendar}` };
    const started = await callApi(`${provider.endpoint}/api/verifications/social`, token, { method: 'POST', body });
    await page.goto(started.body.authorizationUri);
    await click();
    await page.waitForURL(`${redirectUri}?**`);
    listening.close();
    return arrived;
  }

  test('Google: one API of two, ticked by the user', async () => {
    const answer = await atGoogle(async () => {
      await press('Ada Lovelace');
      await page.getByLabel(calendar).uncheck();
      await press('Continue');
    });
    assert.equal(answer.get('state'), 'mine');
    assert.ok(answer.get('code') && answer.get('scope').includes(drive) && !answer.get('scope').includes(calendar));
  });

  test('Google: cancelled, before and after the account was chosen', async () => {
    for (const chosen of [false, true]) {
      const answer = await atGoogle(async () => {
        if (chosen) await press('Alan Turing');
        await page.getByRole('link', { name: 'Cancel' }).click();
      });
      assert.deepEqual([answer.get('error'), answer.get('state')], ['access_denied', 'mine']);
    }
  });
});

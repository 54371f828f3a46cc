// The device flow: this machine shows a code, and the user signs in with a browser anywhere.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { errorOf, pause, useScene } from './harness.mjs';
import { decodeQr, modulesOf } from './lib/qr.mjs';

const scene = useScene({ chromium: true });

const device = () => ['--endpoint', scene.provider.endpoint, '--device', '--device-app-id', scene.provider.apps.device.id];
const code = /and enter the code:\n\n {2}([B-Z]{4}-[B-Z]{4})\n/;

// `logto login --device` up to the point where it waits, and what to type where.
async function startDevice(user, args = device(), options) {
  const login = user.start(['login', ...args], options);
  const [, userCode] = await login.sees(code);
  return Object.assign(login, { userCode, page: `${scene.provider.endpoint}/device`, complete: `${scene.provider.endpoint}/device?user_code=${userCode}` });
}

// What a user does with the quick browser, at Google's page or at Logto's.
async function confirm(user, { complete }, who = 'ada@example.com') {
  let page = await user.browser.open(complete);
  page = await user.browser.submit({}, { button: 'Continue' });
  for (let step = 0; step < 5 && !/now connected|Access denied/.test(page.text); step += 1) {
    if (page.url.pathname === '/accounts') page = await user.browser.submit({}, { button: who });
    else if (page.text.includes('name="password"')) page = await user.browser.submit({ username: who, password: 'Correct-Horse-1' });
    else page = await user.browser.submit({});
  }
  return page;
}

const polls = async () => (await scene.provider.requests()).filter(({ grant_type: type }) => type?.endsWith('device_code'));
const session = (user) => user.session({ app: scene.provider.apps.device.id });

describe('to the end', () => {
  test('somebody types the code into a real browser, and the session is as any other', async () => {
    const user = await scene.user();
    const page = await scene.window();
    const login = await startDevice(user);
    assert.match(login.stderr, new RegExp(`On any device, open this URL:\n\n  ${login.page}\n\n`));
    await page.goto(login.page);
    await page.locator('[name="user_code"]').fill(login.userCode);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Ada Lovelace' }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('Your device is now connected!').waitFor();
    const ended = await login.ended;
    assert.deepEqual([ended.code, ended.stdout], [0, ''], ended.stderr);
    assert.match(ended.stderr, /Signed in as Ada Lovelace <ada@example\.com>\./);

    const { device: app } = scene.provider.apps;
    assert.equal(user.config.profiles.default.deviceAppId, app.id);
    assert.equal(user.config.profiles.default.appId, undefined);
    assert.equal((await session(user)).app_id, app.id);
    assert.match((await user.run(['whoami'])).stdout, /^Ada Lovelace/);
    for (const command of [['status'], ['profile', 'list']]) assert.ok((await user.run(command)).stdout.includes(app.id), command[0]);
    const fresh = await user.token('--refresh');
    assert.equal(fresh.code, 0, fresh.stderr);
    const { params } = (await scene.provider.requests()).findLast(({ grant_type: type }) => type === 'refresh_token');
    assert.equal(params.client_id, app.id);
    const inspected = await user.run(['inspect', '-'], { stdin: fresh.stdout });
    assert.match(inspected.stdout, /active/, inspected.stderr);
    const logout = await user.run(['logout']);
    assert.equal(logout.code, 0, logout.stderr);
    assert.ok((await scene.provider.grants()).every((grant) => grant.refresh_tokens === 0));
    assert.match(errorOf(await user.run(['whoami'])).hint, /^logto login --device$/);
  });

  test('it is asked for every 5 seconds, with what the options say, and redeemed once', async () => {
    const user = await scene.user();
    const login = await startDevice(user, [...device(), '--json', '--no-connector', '--login-hint', 'grace', '--resource', 'https://api.example.com', '--scope', 'read:things']);
    const { params } = (await scene.provider.requests()).find(({ path }) => path === '/oidc/device/auth');
    assert.equal(params.login_hint, 'grace');
    assert.equal(params.direct_sign_in, undefined);
    await pause(6000);
    assert.match((await confirm(user, login, 'grace')).text, /now connected/);
    const ended = await login.ended;
    const answer = JSON.parse(ended.stdout);
    assert.deepEqual([answer.app_id, answer.sub], [scene.provider.apps.device.id, 'grace3hopper'], ended.stderr);
    assert.deepEqual(answer.resources, ['https://api.example.com']);
    const asked = await polls();
    assert.deepEqual(asked.map(({ status }) => status), [400, 200]);
    assert.ok(asked[1].at - asked[0].at >= 4900, 'RFC 8628: 5 seconds unless the server says otherwise');
    await pause(500);
    assert.equal((await polls()).length, 2);
    assert.equal((await user.token('--resource', 'https://api.example.com')).code, 0);
  });

  test('a profile has an app for each way to sign in, and one session', async () => {
    const user = await scene.signedIn();
    const login = await startDevice(user);
    await confirm(user, login);
    assert.equal((await login.ended).code, 0, login.stderr);
    const stored = await user.session();
    assert.equal(stored.app_id, scene.provider.apps.device.id, 'in the place that the profile has');
    assert.equal((await user.items()).match(/^attribute\.app_id/gm).length, 1);
    assert.equal((await scene.provider.counts()).revocations, 1, 'the earlier one can no longer be reached, so it was ended');
    assert.equal((await user.token('--refresh')).code, 0);
    assert.equal((await user.run(['logout'])).code, 0);
    assert.equal(await user.session(), null);
  });
});

describe('how it ends otherwise', () => {
  test('access that is denied is exit 4', async () => {
    const user = await scene.user();
    await scene.provider.set({ denyAccess: true });
    const login = await startDevice(user);
    assert.match((await confirm(user, login)).text, /Access denied/);
    const ended = await login.ended;
    assert.equal(ended.code, 4);
    assert.match(errorOf(ended).message, /^(Logto denied the sign-in: "|the sign-in was canceled in the browser)/);
    assert.equal(await session(user), null);
    assert.equal((await polls()).length, 1, 'it does not ask again');
  });

  test('a code that expires, and a wait that ends', async () => {
    const user = await scene.user();
    const short = await startDevice(user, [...device(), '--timeout', '2', '--json']);
    const late = await short.ended;
    assert.deepEqual([late.code, JSON.parse(late.stdout).error.code], [4, 'timeout']);
    assert.match(JSON.parse(late.stdout).error.message, /timed out after 2 seconds/);
    await scene.provider.set({ deviceCodeTtl: 1 });
    const expired = await (await startDevice(user)).ended;
    assert.equal(expired.code, 4);
    assert.equal(errorOf(expired).message, 'the code expired before the sign-in was complete');
    assert.equal(errorOf(expired).hint, 'run the command again for a new code');
  });

  test('a server that is out of reach for a while, and slow_down, are lived with', async () => {
    const user = await scene.user();
    await scene.provider.set({ slowDown: 1, disconnect: { path: '/oidc/token', count: 1 } });
    const login = await startDevice(user, [...device(), '-v']);
    await login.sees(/POST \S+ -> 0 /);
    await confirm(user, login);
    assert.equal((await login.ended).code, 0, login.stderr);
  });

  test('tokens that get lost on the way are not taken for a refusal', async () => {
    const user = await scene.user();
    const login = await startDevice(user);
    await confirm(user, login);
    await scene.provider.set({ dropResponse: 1 });
    const ended = await login.ended;
    assert.equal(ended.code, 6);
    assert.match(errorOf(ended).message, /^the response with the tokens was lost/);
  });

  test('without an app for it, or with another kind of app, it says how to get one', async () => {
    const user = await scene.user();
    const { native, m2m } = scene.provider.apps;
    const endpoint = ['--endpoint', scene.provider.endpoint];
    for (const [args, message] of [
      [endpoint, 'no app for the device flow is configured'],
      [[...endpoint, '--device-app-id', native.id], /^the app \w+ is not made for the device flow: "/],
      [[...endpoint, '--device-app-id', m2m.id], /^the app \w+ is not made for the device flow|has no app/],
      [[...endpoint, '--device-app-id', 'nobody'], /^http:\S+ has no app nobody: "/],
    ]) {
      const ended = await user.run(['login', '--device', ...args]);
      assert.equal(ended.code, 2, ended.stderr);
      assert.match(errorOf(ended).message, message instanceof RegExp ? message : new RegExp(`^${message}$`));
      assert.match(errorOf(ended).hint, /^create a Native app for the device flow .*: logto login --device --device-app-id ID$/);
    }
    assert.equal((await user.run(['login', '--device'])).code, 2);
    for (const other of [['--app-id', 'x'], ['--reauth'], ['--machine'], ['--port', '4000']]) {
      assert.match(errorOf(await user.run(['login', ...device(), ...other])).message, /^--device and --\S+ cannot be used together/);
    }
  });
});

describe('at a terminal', () => {
  test('a QR code holds the complete address, in colors of its own', async () => {
    const user = await scene.user();
    const login = user.terminal(['login', ...device()], { shell: 'stty rows 40 cols 100; ' });
    const [, userCode] = await login.sees(/enter the code:\s+(?:\x1b\[\d*m)*([B-Z]{4}-[B-Z]{4})/, 'stdout');
    await login.sees(/Waiting\. Press Ctrl-C/, 'stdout');
    const modules = modulesOf(login.stdout);
    const edge = [...modules.slice(0, 4), ...modules.slice(-4)].flat().concat(modules.flatMap((row) => [...row.slice(0, 4), ...row.slice(-4)]));
    assert.ok(edge.length > 200 && edge.every((dark) => !dark), 'the quiet zone is four modules wide');
    assert.equal(await decodeQr(login.stdout, user.path('tmp/qr.pbm')), `${scene.provider.endpoint}/device?user_code=${userCode}`);
  });

  test('no QR code where there is no room, no color, or no terminal', async () => {
    const user = await scene.user();
    const small = user.terminal(['login', ...device()], { shell: 'stty rows 12 cols 100; ' });
    const plain = user.terminal(['login', ...device(), '--color', 'never'], { shell: 'stty rows 40 cols 100; ' });
    for (const login of [small, plain]) {
      await login.sees(/Waiting\. Press Ctrl-C/, 'stdout');
      assert.doesNotMatch(login.stdout, /\u2580/);
    }
    assert.doesNotMatch((await startDevice(user)).stderr, /\u2580/);
  });
});

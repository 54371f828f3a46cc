// `logto google authorize`: more consent from Google, through a browser, into the token that the tenant keeps.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { test } from 'node:test';

import { leadsTo } from '../provider/fakebrowser.mjs';
import { errorOf, pause, useScene, visit } from './harness.mjs';

const scene = useScene({ chromium: true });
const [drive, calendar] = ['drive', 'calendar'].map((name) => `https://www.googleapis.com/auth/${name}.readonly`);
const withIdentities = (options) => scene.signedIn(['--scope', 'identities'], options);
const google = (user, ...args) => user.run(['google', 'token', ...args]);

// Starts it and waits for the browser: where that is sent, and the address at Google behind it.
async function begin(user, args = ['--scope', drive], options = {}) {
  rmSync(user.addressFile, { force: true });
  const running = user.start(['google', 'authorize', ...args], options);
  running.short = await user.opened(running);
  running.address = await leadsTo(running.short);
  return running;
}

// What the user does at Google, by default: agrees to everything. Gives the address that leads back.
async function agree(user, address, { email = 'ada@example.com', fields = {} } = {}) {
  await user.browser.open(address);
  const next = await user.browser.submit({}, { button: email });
  return (next.left ? next : await user.browser.submit(fields, { button: 'Continue' })).left.href;
}

async function authorize(user, args, { options, ...more } = {}) {
  const running = await begin(user, args, options);
  const page = await visit(await agree(user, running.address, more));
  return { ...(await running.ended), page, address: running.address };
}

test('the scopes are granted, said, remembered, and in the token; it is renewed like any other', async () => {
  const user = await withIdentities();
  const result = await authorize(user, ['--scope', drive, '--scope', calendar]);
  assert.deepEqual([result.code, result.stdout], [0, '']);
  assert.match(result.stderr, /Google granted: .*drive\.readonly/);
  assert.match(result.stderr, /next sign-in with Google narrows/);
  assert.match(result.page.text, /Access was granted/);
  assert.deepEqual(user.config.profiles.default.googleScopes, [drive, calendar]);
  assert.equal((await google(user, '--scope', drive, '--scope', calendar)).code, 0);
  await scene.provider.expireGoogle();
  assert.equal((await google(user, '--scope', calendar)).code, 0, 'there is a refresh token');
});

test('what is asked of Google: ours, once each', async () => {
  await scene.provider.set({ authorizationUri: '{}&access_type=online&prompt=login&prompt=none' });
  const user = await withIdentities();
  const result = await authorize(user);
  assert.equal(result.code, 0, result.stderr);
  const query = new URL(result.address).searchParams;
  for (const [name, value] of [['access_type', 'offline'], ['prompt', 'consent'], ['redirect_uri', 'http://localhost:3000/callback']]) {
    assert.deepEqual(query.getAll(name), [value]);
  }
  assert.equal(query.getAll('state').length, 1);
  assert.equal(query.get('scope'), `openid profile email ${drive}`);
});

test('--json says it in one object', async () => {
  const user = await withIdentities();
  const { stdout } = await authorize(user, ['--scope', drive, '--json']);
  const { scopes, expires_at: end, ...rest } = JSON.parse(stdout);
  assert.deepEqual(rest, { profile: 'default', connector: 'google' });
  assert.ok(scopes.includes(drive) && end > Date.now() / 1000);
});

test('an address that is not ours opens no browser', async () => {
  const user = await withIdentities();
  for (const [authorizationUri, message] of [
    ['{}&state=other', /another state/], ['{}&redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fcallback', /another redirect URI/],
    ['http://google.example/auth', /without TLS/], ['javascript:alert(1)', /the address to which Logto sends/],
  ]) {
    await scene.provider.set({ authorizationUri });
    const refused = await user.run(['google', 'authorize', '--scope', drive]);
    assert.deepEqual([refused.code, refused.stdout], [6, ''], refused.stderr);
    assert.match(errorOf(refused).message, message);
  }
});

test('cancelled, another account, not linked, storage off, expired: each in words', async () => {
  const user = await withIdentities();
  const cancelling = await begin(user);
  await user.browser.open(cancelling.address);
  await visit((await user.browser.follow('Cancel')).left.href);
  const cancelled = await cancelling.ended;
  assert.equal(cancelled.code, 4);
  assert.match(errorOf(cancelled).message, /canceled at Google/);

  const before = (await google(user)).stdout;
  const other = await authorize(user, undefined, { email: 'alan@example.com' });
  assert.equal(other.code, 4);
  assert.match(errorOf(other).message, /not the Google account that the signed-in user is linked to/);
  assert.match(other.page.text, /not the Google account/);
  assert.equal((await google(user)).stdout, before);

  await scene.provider.set({ tokenStorageOff: true });
  const off = await authorize(user);
  assert.equal(off.code, 2);
  assert.match(errorOf(off).message, /does not store tokens/);

  await scene.provider.set({ tokenStorageOff: false, verificationTtl: 0.2 });
  const slow = await begin(user);
  const callback = await agree(user, slow.address);
  await pause(400);
  await visit(callback);
  const expired = await slow.ended;
  assert.equal(expired.code, 4);
  assert.match(errorOf(expired).message, /longer than Logto allows/);
});

test('a user who is not linked to Google is told so', async () => {
  const grace = await scene.signedIn(['--no-connector', '--scope', 'identities'], { user: scene.provider.users[2].username });
  const { code, stderr } = await authorize(grace);
  assert.equal(code, 4);
  assert.match(stderr, /the signed-in user is not linked to Google/);
});

test('what the user unticks is missing: exit 9, and what is left is kept', async () => {
  const user = await withIdentities();
  const partly = await authorize(user, ['--scope', drive, '--scope', calendar], { fields: { [calendar]: '' } });
  assert.equal(partly.code, 9);
  assert.match(errorOf(partly).message, /did not grant .*calendar/);
  assert.equal((await google(user, '--scope', drive)).code, 0);
  const missing = await google(user, '--scope', calendar);
  assert.equal(missing.code, 9);
  assert.equal(errorOf(missing).hint, `logto google authorize --scope ${calendar}`);
});

test('a later sign-in with Google narrows it, login says so, and authorize alone gets it back', async () => {
  const user = await withIdentities();
  assert.equal((await authorize(user)).code, 0);
  const login = await user.login(['--reauth']);
  assert.match(login.stderr, /narrows the Google token/);
  assert.match(login.stderr, new RegExp(`logto google authorize --scope ${drive}`));
  assert.equal((await google(user, '--scope', drive)).code, 9);
  assert.equal((await authorize(user, [])).code, 0);
  assert.equal((await google(user, '--scope', drive)).code, 0);
});

test('a connector that is not listed is named by its id; a wrong one is refused', async () => {
  const user = await withIdentities();
  await scene.provider.set({ socialConnectors: [] });
  rmSync(user.path('cache/logto'), { recursive: true, force: true });
  const unlisted = await user.run(['google', 'authorize', '--scope', drive]);
  assert.equal(unlisted.code, 2);
  assert.match(errorOf(unlisted).hint, /--connector-id/);
  assert.equal((await authorize(user, ['--scope', drive, '--connector-id', scene.provider.connectorId])).code, 0);
  const wrong = await user.run(['google', 'authorize', '--scope', drive, '--connector-id', 'nothing']);
  assert.equal(wrong.code, 2);
  assert.match(errorOf(wrong).message, /no connector with the id 'nothing'/);
});

test('only the port that Google knows: a taken one is exit 8, an unregistered one says what to register', async () => {
  const user = await withIdentities();
  const holder = createServer().listen(3000, '127.0.0.1');
  await new Promise((resolve) => { holder.on('listening', resolve); });
  const taken = await user.run(['google', 'authorize', '--scope', drive]);
  assert.equal(taken.code, 8);
  assert.match(errorOf(taken).hint, /--port one whose redirect URI Google has registered/);
  await new Promise((resolve) => { holder.close(resolve); });

  const running = await begin(user, ['--scope', drive, '--port', '3456', '--timeout', '2']);
  assert.match((await user.browser.open(running.address)).text, /redirect_uri_mismatch/);
  const late = await running.ended;
  assert.equal(late.code, 4);
  assert.match(errorOf(late).hint, /add http:\/\/localhost:3456\/callback/);
});

test('a foreign request ends nothing: the state is compared', async () => {
  const user = await withIdentities();
  const running = await begin(user);
  await visit('http://localhost:3000/callback?state=other&code=planted');
  await visit('http://localhost:3000/callback?error=access_denied');
  await visit(await agree(user, running.address));
  assert.equal((await running.ended).code, 0);
});

test('usage: a scope is needed, options of the other action are refused', async () => {
  const user = await withIdentities();
  for (const [args, message] of [[['authorize'], /requires --scope/], [['authorize', '--scope', drive, '--format', 'json'], /no option --format/],
    [['token', '--port', '1'], /no option --port/]]) {
    const refused = await user.run(['google', ...args]);
    assert.equal(refused.code, 2);
    assert.match(errorOf(refused).message, message);
  }
  const plain = await scene.signedIn();
  const refused = await plain.run(['google', 'authorize', '--scope', drive]);
  assert.equal(refused.code, 9);
  assert.equal(errorOf(refused).hint, 'logto login --scope identities');
});

test('Google\'s codes and tokens are in no file, argv, log or error', async () => {
  await scene.provider.set({ googlePrefix: 'PLANTED' });
  const user = await withIdentities();
  const running = await begin(user, ['--scope', drive, '-v', '-v']);
  const callback = await agree(user, running.address);
  assert.match(callback, /PLANTED/);
  const argv = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
    } catch {
      return '';
    }
  });
  await visit(callback);
  const { code, stdout, stderr } = await running.ended;
  assert.equal(code, 0, stderr);

  const again = await begin(user, ['--scope', drive, '-v', '-v']);
  const forged = new URL(await agree(user, again.address));
  forged.searchParams.set('code', 'PLANTED-and-wrong');
  const page = await visit(forged.href);
  const refused = await again.ended;
  assert.equal(refused.code, 4);
  assert.match(errorOf(refused).message, /did not accept the authorization code/);

  for (const text of [stdout, stderr, refused.stdout, refused.stderr, page.text, JSON.stringify(await user.session()), ...argv]) assert.doesNotMatch(text, /PLANTED/);
  for (const { path: file, content } of user.files()) assert.ok(!content.includes('PLANTED'), file);
});

test('Chromium: granted, cancelled, another account', async () => {
  const user = await withIdentities();
  const window = await scene.window();

  const granted = await begin(user);
  await window.goto(granted.address);
  await window.getByRole('button', { name: 'Ada Lovelace' }).click();
  await window.getByRole('button', { name: 'Continue' }).click();
  await window.getByText('Access was granted').waitFor();
  assert.equal((await granted.ended).code, 0);
  assert.doesNotMatch(window.url(), /code=/);

  const cancelled = await begin(user);
  await window.goto(cancelled.address);
  await window.getByRole('button', { name: 'Ada Lovelace' }).click().catch(() => {});
  await window.getByRole('link', { name: 'Cancel' }).click();
  await window.getByText('canceled at Google').waitFor();
  assert.equal((await cancelled.ended).code, 4);

  const elsewhere = await scene.window();
  const other = await begin(user);
  await elsewhere.goto(other.address);
  await elsewhere.getByRole('button', { name: 'Alan Turing' }).click();
  await elsewhere.getByRole('button', { name: 'Continue' }).click();
  await elsewhere.getByText('Access was not granted').waitFor();
  assert.equal((await other.ended).code, 4);
});

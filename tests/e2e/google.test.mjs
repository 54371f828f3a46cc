// `logto google token`: Google's own token, which the tenant keeps.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { errorOf, useScene } from './harness.mjs';

const scene = useScene();
const path = '/api/my-account/identities/google/access-token';
const google = (user, ...args) => user.run(['google', 'token', ...args]);
const withIdentities = (user) => scene.signedIn(['--scope', 'identities'], { user });

test('the token, in each format, is what the tenant keeps', async () => {
  const user = await withIdentities();
  const { code, stdout, stderr } = await google(user);
  assert.deepEqual([code, stderr], [0, '']);
  const token = stdout.trimEnd();
  assert.match(token, /^[\x21-\x7e]+$/);
  assert.equal((await google(user, '--format', 'header')).stdout, `Authorization: Bearer ${token}\n`);
  assert.equal((await google(user, '--format', 'env')).stdout, `GOOGLE_ACCESS_TOKEN=${token}\n`);
  for (const args of [['--format', 'json'], ['--json']]) {
    const { expires_in: left, expires_at: end, ...rest } = JSON.parse((await google(user, ...args)).stdout);
    assert.deepEqual(rest, { access_token: token, token_type: 'Bearer', scope: 'openid profile email', connector: 'google' });
    assert.ok(left > 3500 && left < 3600 && Math.abs(end - Date.now() / 1000 - left) < 5);
  }
});

test('Google\'s APIs accept it', async () => {
  const user = await withIdentities('alan@example.com');
  const { stdout } = await google(user);
  const answer = await fetch(`${scene.provider.google}/v1/userinfo`, { headers: { authorization: `Bearer ${stdout.trim()}` } });
  assert.equal((await answer.json()).email, 'alan@example.com');
});

test('a session without the scope identities asks nobody, and is told the login that has it', async () => {
  const user = await scene.signedIn();
  const before = (await scene.asked()).length;
  const refused = await google(user);
  assert.deepEqual([refused.code, refused.stdout], [9, '']);
  assert.equal(errorOf(refused).hint, 'logto login --scope identities');
  assert.equal((await scene.asked()).length, before);
  assert.equal((await user.login(['--scope', 'identities'])).code, 0);
  assert.equal((await google(user)).code, 0);
});

test('an expired token is renewed by the tenant, if Google gave it the means', async () => {
  await scene.provider.set({ googleOffline: true });
  const user = await withIdentities();
  const first = (await google(user)).stdout;
  await scene.provider.expireGoogle();
  const second = await google(user);
  assert.equal(second.code, 0, second.stderr);
  assert.notEqual(second.stdout, first);
});

test('each refusal has its own words and its next step', async () => {
  const user = await withIdentities();
  const cases = [
    [{ accountCenterOff: true }, 2, /the Account API is disabled/, /Account center/],
    [{ tokenStorageOff: true }, 9, /no Google token of this user/, /Store tokens .*then: logto login --reauth$/],
  ];
  for (const [switches, code, message, hint] of cases) {
    await scene.provider.set(switches);
    const refused = await google(user);
    assert.deepEqual([refused.code, refused.stdout], [code, '']);
    assert.match(errorOf(refused).message, message);
    assert.match(errorOf(refused).hint, hint);
    await scene.provider.set(Object.fromEntries(Object.keys(switches).map((name) => [name, null])));
  }
});

test('expired and not renewable is said once, and then that nothing is stored', async () => {
  const user = await withIdentities();
  await scene.provider.expireGoogle();
  const expired = await google(user);
  assert.equal(expired.code, 9);
  assert.match(errorOf(expired).message, /has expired, and Logto has no refresh token/);
  assert.match(errorOf(expired).hint, /Offline Access.*logto login --reauth$/);
  assert.match(errorOf(await google(user)).message, /no Google token of this user/);
  assert.equal((await user.login(['--reauth'])).code, 0);
  assert.equal((await google(user)).code, 0);
});

test('what Google refuses is refused each time, without the words of its server', async () => {
  await scene.provider.set({ googleOffline: true, googlePrefix: 'PLANTED' });
  const user = await withIdentities();
  await scene.provider.set({ googleRefusesRefresh: true });
  await scene.provider.expireGoogle();
  for (const args of [[], ['-v', '-v'], ['--json']]) {
    const refused = await google(user, ...args);
    assert.equal(refused.code, 9);
    assert.match(refused.stdout + refused.stderr, /Google refused to renew/);
    assert.doesNotMatch(refused.stdout + refused.stderr, /PLANTED/);
  }
});

test('a lifetime that cannot be had is exit 9', async () => {
  await scene.provider.set({ googleTokenTtl: 100 });
  const user = await withIdentities();
  assert.equal((await google(user, '--min-ttl', '50')).code, 0);
  const refused = await google(user, '--min-ttl', '200');
  assert.deepEqual([refused.code, refused.stdout], [9, '']);
  assert.match(errorOf(refused).message, /expires in \d+ seconds/);
});

test('a user who is not linked, another connector, nobody signed in', async () => {
  const grace = await scene.signedIn(['--no-connector', '--scope', 'identities'], { user: scene.provider.users[2].username });
  assert.match(errorOf(await google(grace)).message, /the user is not linked to Google/);
  const user = await withIdentities();
  const github = await google(user, '--connector', 'github');
  assert.equal(github.code, 9);
  assert.match(errorOf(github).message, /no GitHub token/);
  assert.match(errorOf(github).hint, /--connector github$/);
  assert.equal((await google(await scene.user(), '--json')).code, 3);
});

test('an access token that the tenant no longer accepts is replaced by itself', async () => {
  const user = await withIdentities();
  await scene.provider.expire();
  const { code, stderr } = await google(user);
  assert.deepEqual([code, stderr], [0, '']);
  const asked = (await scene.asked()).slice(-3);
  assert.deepEqual(asked, [`GET ${path}`, 'POST /oidc/token', `GET ${path}`]);
});

test('Google\'s token is in no file and no log', async () => {
  await scene.provider.set({ googlePrefix: 'PLANTED' });
  const user = await withIdentities();
  const { stdout, stderr } = await google(user, '-v', '-v');
  assert.match(stdout, /^PLANTED/);
  assert.doesNotMatch(stderr, /PLANTED/);
  for (const { path: file, content } of user.files()) assert.ok(!content.includes('PLANTED'), file);
  assert.ok(!JSON.stringify(await user.session()).includes('PLANTED'));
});

test('usage: an action is needed, and a mistyped one is known', async () => {
  const user = await scene.user();
  assert.equal((await user.run(['google'])).code, 2);
  assert.match((await user.run(['google', 'tokn'])).stderr, /unknown action 'google tokn' \(did you mean 'token'\?\)/);
});

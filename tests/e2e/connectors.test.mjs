// --connector and --sso are compared with what the tenant's sign-in experience lists, before a browser opens.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { errorOf, useScene } from './harness.mjs';

const scene = useScene();
const experience = '/api/.well-known/sign-in-exp';
const asked = async () => (await scene.asked()).filter((line) => line === `GET ${experience}`).length;

test('a connector that the tenant lacks is exit 2, names the others, and opens no browser', async () => {
  const user = await scene.user();
  await scene.provider.set({ socialConnectors: ['google', 'github'], ssoConnectors: ['acmeoktaconn00000001'] });
  for (const [option, name] of [['--connector', 'Google'], ['--connector', 'facebook'], ['--sso', 'okta'], ['--connector', 'acmeoktaconn00000001']]) {
    const { code, stderr } = await user.run(['login', ...user.app, option, name]);
    assert.equal(code, 2, stderr);
    assert.equal(errorOf({ stderr }).message, `the connector '${option === '--sso' ? 'sso:' : ''}${name}' is not enabled at ${scene.provider.endpoint} `
      + '(enabled: google, github, sso:acmeoktaconn00000001)');
  }
  assert.deepEqual(user.files().filter(({ path }) => path === user.configFile), [], 'nothing was kept');
  const { stdout } = await user.run(['login', ...user.app, '--connector', 'facebook', '--json']);
  assert.equal(JSON.parse(stdout).error.code, 'config');
});

test('without the default one Logto\'s own page comes up, and the profile keeps its wish', async () => {
  const user = await scene.user();
  await scene.provider.set({ socialConnectors: [] });
  const result = await user.login(user.app, { user: 'grace' });
  assert.equal(result.code, 0, result.stderr);
  assert.match(result.stderr, /^The connector 'google' is not enabled at \S+: Logto's own sign-in page comes up\.$/m);
  assert.match(result.stderr, /^Signing in to \S+ \(profile/m);
  assert.equal(user.config.profiles.default.connector, 'google');
  await scene.provider.set({ socialConnectors: ['google'] });
  const again = await user.login([]);
  assert.match(again.stderr, /with google/, 'what was cached is asked for again before it is believed to be missing');
});

test('it is fetched once, then taken from the cache, then confirmed by its tag', async () => {
  const user = await scene.user();
  await user.signIn();
  assert.equal(await asked(), 1);
  await user.login([]);
  assert.equal(await asked(), 1);
  const { code } = await user.run(['login', '--connector', 'github']);
  assert.equal(code, 2);
  assert.equal(await asked(), 2);
  const { status } = (await scene.provider.requests()).findLast(({ path }) => path === experience);
  assert.equal(status, 304);
});

test('a tenant that does not say is asked to sign in all the same', async () => {
  for (const failure of [{ status: 404, body: '{}' }, { status: 200, body: 'nonsense' }]) {
    const user = await scene.user();
    await scene.provider.set({ failNext: { path: experience, count: 1, ...failure } });
    const result = await user.login(user.app);
    assert.equal(result.code, 0, result.stderr);
  }
});

test('--sign-up and --no-connector are no conflict, and nothing is asked', async () => {
  const user = await scene.user();
  const login = await user.startLogin([...user.app, '--sign-up', '--no-connector']);
  assert.equal((await user.browser.open(login.address)).url.pathname, '/register');
  await login.kill();
  assert.equal(await asked(), 0);
  for (const pair of [['--sign-up', '--connector', 'google'], ['--sso', 'x', '--no-connector'], ['--sso', 'x', '--connector', 'google']]) {
    assert.equal((await user.run(['login', ...user.app, ...pair])).code, 2, pair.join(' '));
  }
});

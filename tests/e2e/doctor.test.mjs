// logto doctor: one finding for each check, whatever is broken, and nothing changed.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:net';
import { mkdirSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';

import { useScene } from './harness.mjs';

const scene = useScene();
const names = ['config', 'libraries', 'proxy', 'endpoint', 'discovery', 'clock', 'connector', 'app', 'device_app', 'localhost', 'port', 'browser',
  'keyring', 'store', 'kernel_keyring', 'session'];

// The findings by name, and the exit status.
async function examine(user, options, args = []) {
  const { code, stdout, stderr } = await user.run(['doctor', '--json', ...args], { seconds: 20, ...options });
  const { checks } = JSON.parse(stdout);
  assert.deepEqual(checks.map(({ check }) => check), names);
  for (const { result, detail, hint } of checks) {
    assert.match(result, /^(ok|warn|fail)$/);
    assert.ok(detail && !detail.includes('\n') && hint !== '', stdout);
  }
  assert.equal(stderr, '');
  return { code, stdout, ...Object.fromEntries(checks.map(({ check, ...finding }) => [check, finding])) };
}

const results = (found) => Object.fromEntries(names.filter((name) => found[name].result !== 'ok').map((name) => [name, found[name].result]));
const contents = (user) => user.files().filter(({ path }) => !/keyring|\/bus/.test(path)).map(({ path, content }) => [path, content.toString()]);
const signedOut = (scene_, user, more = {}) => {
  mkdirSync(user.path('config/logto'), { recursive: true, mode: 0o700 });
  const profile = { endpoint: scene_.provider.endpoint, appId: scene_.provider.apps.native.id, ...more };
  writeFileSync(user.configFile, JSON.stringify({ profiles: { default: profile } }));
};

test('all is well: exit 0, nothing is changed, no browser opens, no token is shown or used', async () => {
  const user = await scene.signedIn();
  const before = [contents(user), await user.session()];
  await scene.provider.clearRequests();
  const found = await examine(user);
  assert.deepEqual([found.code, results(found)], [0, {}]);
  assert.match(found.config.detail, new RegExp(`profile 'default': ${scene.provider.endpoint}, app ${scene.provider.apps.native.id}`));
  assert.match(found.session.detail, /^Ada .*ada@example.com.* is signed in$/);
  assert.match(found.app.detail, /accepts the redirect URI http:\/\/localhost:3000\/callback$/);
  assert.equal(found.browser.detail, user.env.BROWSER);
  assert.deepEqual([contents(user), await user.session()], before);
  const asked = await scene.asked();
  assert.ok(asked.every((line) => /^GET |^POST \/oidc\/request$/.test(line)), asked.join());
  for (const secret of [before[1].refresh_token, before[1].id_token, before[1].access_tokens[0].token]) assert.ok(!found.stdout.includes(secret));
});

test('the version of libcurl is asked for without starting what libcurl brings along', async () => {
  const user = await scene.signedIn();
  const settings = user.path('ldap.conf');
  execFileSync('mkfifo', [settings]); // whoever reads it waits
  const { libraries } = await examine(user, { env: { LDAPCONF: settings } });
  assert.match(libraries.detail, /, libcurl \d+\.\d+\.\d+ \w+\/\S+, /);
});

test('for people it is a line for each check, and a hint below', async () => {
  const user = await scene.user();
  signedOut(scene, user);
  const { code, stdout, stderr } = await user.run(['doctor']);
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(stdout, /^ok {3}config {9}profile 'default'/);
  assert.match(stdout, /^warn session {8}nobody is signed in\n {5}hint: logto login$/m);
});

test('nothing is there: no config, no HOME, no bus, no network', async () => {
  const user = await scene.user({ bus: false });
  const bare = { HOME: undefined, XDG_CONFIG_HOME: undefined, XDG_DATA_HOME: undefined, XDG_CACHE_HOME: undefined, XDG_RUNTIME_DIR: undefined,
    DBUS_SESSION_BUS_ADDRESS: undefined, BROWSER: undefined, PATH: undefined };
  const found = await examine(user, { env: bare });
  assert.equal(found.code, 2);
  assert.equal(found.config.result, 'fail');
  assert.equal(found.keyring.result, 'fail');
  assert.equal(found.browser.result, 'warn');
  const unreachable = await examine(user, { env: { ...bare, LOGTO_ENDPOINT: 'https://tenant.invalid', LOGTO_APP_ID: 'app' } });
  assert.equal(unreachable.endpoint.result, 'fail');
  assert.match(unreachable.discovery.detail, /^not checked: the endpoint cannot be reached$/);
});

test('a config file that cannot be read is exit 2, and the other checks go on', async () => {
  const user = await scene.user();
  signedOut(scene, user);
  writeFileSync(user.configFile, '{"profiles": {');
  const found = await examine(user);
  assert.deepEqual([found.code, found.config.result, found.keyring.result, found.port.result], [2, 'fail', 'ok', 'ok']);
  assert.match(found.config.detail, /config\.json.*line 1/);
});

test('an endpoint where nobody listens is exit 6', async () => {
  const user = await scene.user();
  const found = await examine(user, { env: { LOGTO_ENDPOINT: 'http://localhost:9', LOGTO_APP_ID: 'app' } });
  assert.deepEqual([found.code, found.endpoint.result, found.app.result], [6, 'fail', 'warn']);
  assert.match(found.config.detail, /set by the environment: LOGTO_ENDPOINT, LOGTO_APP_ID$/);
});

test('a server that never answers does not hold it up', async () => {
  const user = await scene.user();
  signedOut(scene, user);
  await scene.provider.set({ hang: { path: '*', count: 9 } });
  const found = await examine(user, { seconds: 15 });
  assert.deepEqual([found.code, found.endpoint.result], [6, 'fail']);
  assert.match(found.endpoint.detail, /timed out/);
});

test('a wrong issuer, a connector that is off, an unknown app, an app of another kind', async () => {
  const user = await scene.user();
  signedOut(scene, user);
  await scene.provider.set({ discovery: { issuer: 'https://other.example/oidc' } });
  const issuer = await examine(user);
  assert.deepEqual([issuer.code, issuer.discovery.result, issuer.app.result], [6, 'fail', 'warn']);
  assert.match(issuer.discovery.detail, /unexpected issuer https:\/\/other\.example\/oidc/);
  await scene.provider.set({ discovery: null, socialConnectors: ['github'] });
  const connector = await examine(user);
  assert.deepEqual([connector.code, results(connector)], [0, { connector: 'warn', session: 'warn' }]);
  assert.equal(connector.connector.detail, 'google is not enabled (enabled: github)');
  const unknown = await examine(user, { env: { LOGTO_APP_ID: 'nobody' } });
  assert.deepEqual([unknown.code, unknown.app.result], [2, 'fail']);
  assert.match(unknown.app.hint, /check the app id/);
  const port = (signedOut(scene, user, { appId: scene.provider.apps.web.id, port: 3456 }), await examine(user, { env: { LOGTO_APP_SECRET: scene.provider.apps.web.secret } }));
  assert.deepEqual([port.code, port.app.result], [2, 'fail']);
  assert.match(port.app.hint, /add the redirect URI http:\/\/localhost:3456\/callback/);
  assert.ok(!port.stdout.includes(scene.provider.apps.web.secret));
  signedOut(scene, user, { deviceAppId: scene.provider.apps.native.id });
  const device = await examine(user);
  assert.deepEqual([device.code, device.device_app.result], [2, 'fail']);
  signedOut(scene, user, { deviceAppId: scene.provider.apps.device.id });
  assert.equal((await examine(user)).device_app.result, 'ok');
});

for (const [skew, words] of [[7200, 'behind'], [-7200, 'ahead of']]) {
  test(`a clock that is two hours ${words} the server's is exit 2`, async () => {
    const user = await scene.user();
    signedOut(scene, user);
    await scene.provider.set({ clockSkew: skew });
    const found = await examine(user);
    assert.deepEqual([found.code, found.clock.result], [2, 'fail']);
    const said = new RegExp(`the clock of this machine is (2 hours|119 minutes) ${words} the server's$`);
    assert.match(found.clock.detail, said);
    const { token } = await scene.provider.mint({});
    const { code, stdout } = await user.run(['inspect', '--json', token]);
    const { checks } = JSON.parse(stdout);
    assert.equal(code, 5);
    assert.match(checks.find(({ result }) => result === 'fail').detail, said);
  });
}

test('a port that is taken is named, and fails only where it is needed', async () => {
  const user = await scene.user();
  signedOut(scene, user);
  const other = createServer().listen(3000, '127.0.0.1');
  await new Promise((resolve) => { other.on('listening', resolve); });
  try {
    const native = await examine(user);
    assert.deepEqual([native.code, native.port.result], [0, 'warn']);
    assert.match(native.port.detail, /port 3000 is in use by node/);
    signedOut(scene, user, { appId: scene.provider.apps.web.id });
    const web = await examine(user, { env: { LOGTO_APP_SECRET: scene.provider.apps.web.secret } });
    assert.deepEqual([web.code, web.port.result], [8, 'fail']);
  } finally {
    other.close();
  }
});

test('a keyring that is locked is a warning, one that is absent a failure, but not where it is not used', async () => {
  const user = await scene.signedIn();
  await user.keyring.lock();
  const locked = await examine(user);
  assert.deepEqual([locked.code, results(locked)], [0, { keyring: 'warn', session: 'warn' }]);
  await user.keyring.stop();
  const absent = await examine(user);
  assert.deepEqual([absent.code, absent.keyring.result], [7, 'fail']);
  const file = await examine(user, { env: { LOGTO_STORE: 'plaintext' } });
  assert.deepEqual([file.code, file.keyring.result, file.store.result], [0, 'warn', 'warn']);
  assert.match(file.store.detail, /NOT ENCRYPTED/);
});

test('a keyring that is frozen does not hold it up', async () => {
  const user = await scene.signedIn();
  process.kill(user.keyring.daemon.pid, 'SIGSTOP');
  const found = await examine(user, { seconds: 15 });
  assert.deepEqual([found.code, found.keyring.result, found.session.result], [7, 'fail', 'warn']);
});

test('another profile, and one that does not exist', async () => {
  const user = await scene.signedIn();
  assert.match((await examine(user, {}, ['-p', 'work'])).config.detail, /the profile 'work' is not set up yet/);
  assert.equal((await user.run(['doctor', '-p', '../x'])).code, 2);
});

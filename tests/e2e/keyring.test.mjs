// A keyring that isn't there, is locked, refuses or sleeps: different answers, and never a session lost.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { errorOf, schema, until, useScene, visit } from './harness.mjs';

const scene = useScene();
const refusal = (what = '') => `<deny send_destination="org.freedesktop.secrets"${what}/>`;
const secretsOnly = refusal(' send_interface="org.freedesktop.Secret.Service" send_member="GetSecrets"');

// Each way in which a keyring is of no use, and the way back.
const troubles = {
  'no D-Bus': {
    code: 'store_unavailable', message: /no D-Bus session/, hint: /dbus-run-session/,
    env: (user) => ({ DBUS_SESSION_BUS_ADDRESS: `unix:path=${user.path('nobus')}` }),
  },
  'no service on the bus': {
    code: 'store_unavailable', message: /no keyring service is running/, hint: /install and start a keyring .*--store file/,
    begin: (user) => user.keyring.stop(), end: (user) => user.startKeyring(),
  },
  'a locked keyring': {
    code: 'store_locked', message: /the keyring is locked/, hint: /unlock it/,
    begin: (user) => user.keyring.lock(), end: (user) => user.restartKeyring(),
  },
  'a keyring that was never unlocked': {
    code: 'store_locked', message: /the keyring is locked/, hint: /unlock it/,
    begin: (user) => user.restartKeyring({ unlock: false }), end: (user) => user.restartKeyring(),
  },
  'a service that refuses everything': {
    code: 'store_unavailable', message: /the keyring refused access/,
    begin: (user) => user.bus.rule(refusal()), end: (user) => user.bus.rule(''),
  },
  'a service that refuses to hand out a secret': {
    code: 'store_unavailable', message: /the keyring refused access/,
    begin: (user) => user.bus.rule(secretsOnly), canForget: true, end: (user) => user.bus.rule(''),
  },
};

describe('of no use is', () => {
  for (const [what, { code, message, hint, env, begin, end, canForget }] of Object.entries(troubles)) {
    test(`${what}: exit 7, and the session is there again afterwards`, async () => {
      const user = await scene.signedIn();
      const before = await user.session();
      const options = { env: env?.(user) };
      await begin?.(user);
      await scene.provider.clearRequests();
      for (const args of [['whoami'], ['token'], ['token', '--refresh'], ['logout'], ...(canForget ? [] : [['logout', '--local']])]) {
        const result = await user.run(args, options);
        assert.deepEqual([result.code, result.stdout], [7, ''], `${args} ${result.stderr}`);
        const error = errorOf(result);
        assert.equal(error.lines.length, 1, result.stderr);
        assert.match(error.message, message);
        if (hint) assert.match(error.hint, hint);
        const { error: json } = JSON.parse((await user.run([...args, '--json'], options)).stdout);
        assert.equal(json.code, code);
      }
      assert.deepEqual(await scene.asked(), [], 'Logto has nothing to do with it');
      await end?.(user);
      assert.deepEqual(await user.session(), before, 'nothing was deleted or changed');
      assert.equal((await user.token()).stdout, `${before.access_tokens[0].token}\n`);
      assert.equal((await user.token('--refresh')).code, 0);
    });
  }

  test('a service that is frozen: exit 7 in bounded time', async () => {
    const user = await scene.signedIn();
    const before = await user.session();
    user.keyring.daemon.child.kill('SIGSTOP');
    const results = await Promise.all([['whoami'], ['token'], ['logout'], ['whoami', '--json']].map((args) => user.run(args, { seconds: 100 })));
    for (const { code, stdout, stderr } of results.slice(0, 3)) {
      assert.deepEqual([code, stdout], [7, ''], stderr);
      assert.match(stderr, /the keyring did not answer within \d+ seconds/);
    }
    assert.equal(JSON.parse(results[3].stdout).error.code, 'store_unavailable');
    user.keyring.daemon.child.kill('SIGCONT');
    assert.deepEqual(await user.session(), before);
    assert.equal((await user.run(['whoami'])).code, 0);
  });

  test('an environment without any trace of a bus', async () => {
    const user = await scene.signedIn();
    const result = await user.run(['whoami'], { env: { DBUS_SESSION_BUS_ADDRESS: undefined, DISPLAY: undefined } });
    assert.equal(result.code, 7);
    assert.match(errorOf(result).message, /no D-Bus session/);
  });
});

test('nobody signed in is no trouble with the keyring: exit 3', async () => {
  const user = await scene.signedIn();
  await user.run(['logout']);
  for (const args of [['whoami'], ['token']]) {
    const result = await user.run(args);
    assert.deepEqual([result.code, errorOf(result).hint], [3, 'logto login']);
  }
});

describe('a sign-in whose session cannot be stored', () => {
  for (const [what, begin] of [
    ['without a service', (user) => user.keyring.stop()],
    ['in a locked keyring', (user) => user.keyring.lock()],
  ]) {
    test(`fails ${what}, in the browser too, and is stored nowhere else`, async () => {
      const user = await scene.user();
      await scene.provider.set({ tokenPrefix: 'PLANTED' });
      const login = await user.startLogin(user.app);
      await begin(user);
      const page = await visit(await user.authorize(login.address));
      const result = await login.ended;
      assert.deepEqual([result.code, result.stdout], [7, ''], result.stderr);
      assert.match(page.text, /Sign-in failed/);
      for (const { path, content } of user.files()) assert.ok(!content.includes('PLANTED'), path);
      await user.restartKeyring();
      assert.equal((await user.run(['whoami'])).code, 3);
      assert.equal((await user.login()).code, 0);
    });
  }

  test('is not begun without a service: nobody clicks in vain', async () => {
    const user = await scene.user();
    await user.keyring.stop();
    const result = await user.run(['login', ...user.app]);
    assert.deepEqual([result.code, result.stdout], [7, ''], result.stderr);
    assert.doesNotMatch(result.stderr, /browser opens/);
  });

  test('leaves the earlier session as it was', async () => {
    const user = await scene.signedIn();
    const before = await user.session();
    await user.keyring.lock();
    assert.equal((await user.run(['login'])).code, 7);
    await user.restartKeyring();
    assert.deepEqual(await user.session(), before);
    assert.equal((await user.token('--refresh')).code, 0);
  });
});

test('a keyring that locks itself in the middle of a refresh: exit 7, and the next call in time saves the session', async () => {
  const user = await scene.signedIn();
  await scene.provider.set({ responseDelayMs: 800, refreshReuseInterval: 60 });
  const call = user.start(['token', '--refresh']);
  await until(async () => (await scene.asked()).filter((line) => line === 'POST /oidc/token').length > 1, 'the refresh');
  await user.keyring.lock();
  const result = await call.ended;
  assert.deepEqual([result.code, result.stdout], [7, ''], result.stderr);
  assert.match(errorOf(result).message, /cannot store the refreshed session/);
  await user.restartKeyring();
  const next = await user.token('--refresh');
  assert.equal(next.code, 0, next.stderr);
});

describe('the item in the keyring', () => {
  const items = async (user) => (await user.items()).split(/^\[/m).slice(1);

  test('is one for each profile and app, replaced whole, with a label for people', async () => {
    const user = await scene.signedIn();
    await user.login([]);
    await user.token('--refresh');
    assert.equal((await items(user)).length, 1);
    await user.signIn(['--profile', 'work']);
    const all = await items(user);
    assert.equal(all.length, 2);
    assert.deepEqual(all.map((text) => /label = (.*)/.exec(text)[1]).sort(), [
      `Logto session 'default' at ${scene.provider.issuer}`, `Logto session 'work' at ${scene.provider.issuer}`,
    ]);
  });

  test('has attributes that name the session and nothing else', async () => {
    const user = await scene.signedIn();
    const text = await user.items();
    const attributes = Object.fromEntries(text.match(/^attribute\..*/gm).map((line) => line.slice('attribute.'.length).split(' = ')));
    assert.deepEqual(attributes, { application: 'logto-cli', app_id: scene.provider.apps.native.id, issuer: scene.provider.issuer, profile: 'default' });
    assert.match(text, new RegExp(`^schema = ${schema}$`, 'm'));
  });

  test('that cannot be read is an error, deletes nothing, and is replaced by a sign-in', async () => {
    const user = await scene.signedIn();
    for (const damage of ['', 'hello', {}, { version: 99 }, { ...(await user.session()), id_token: undefined }]) {
      await user.putSession(damage);
      const result = await user.run(['whoami']);
      assert.deepEqual([result.code, result.stdout], [7, ''], JSON.stringify(damage));
      assert.match(errorOf(result).message, /cannot read the stored session/);
      assert.equal((await user.token()).code, 7);
      assert.equal((await user.run(['logout'])).code, 7);
      assert.deepEqual(await user.session(), JSON.parse(JSON.stringify(damage)));
    }
    assert.equal((await user.run(['logout', '--local'])).code, 0);
    assert.equal(await user.session(), null);
    await user.putSession('hello');
    assert.equal((await user.login([])).code, 0);
    assert.equal((await user.run(['whoami'])).code, 0);
    assert.equal((await items(user)).length, 1);
  });
});

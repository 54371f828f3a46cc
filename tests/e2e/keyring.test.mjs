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
    env: (person) => ({ DBUS_SESSION_BUS_ADDRESS: `unix:path=${person.path('nobus')}` }),
  },
  'no service on the bus': {
    code: 'store_unavailable', message: /no keyring service runs here/, hint: /gnome-keyring, KWallet or KeePassXC/,
    begin: (person) => person.keyring.stop(), end: (person) => person.startKeyring(),
  },
  'a locked keyring': {
    code: 'store_locked', message: /the keyring is locked/, hint: /unlock it/,
    begin: (person) => person.keyring.lock(), end: (person) => person.restartKeyring(),
  },
  'a keyring that was never unlocked': {
    code: 'store_locked', message: /the keyring is locked/, hint: /unlock it/,
    begin: (person) => person.restartKeyring({ unlock: false }), end: (person) => person.restartKeyring(),
  },
  'a service that refuses everything': {
    code: 'store_unavailable', message: /the keyring refused access/,
    begin: (person) => person.bus.rule(refusal()), end: (person) => person.bus.rule(''),
  },
  'a service that refuses to hand out a secret': {
    code: 'store_unavailable', message: /the keyring refused access/,
    begin: (person) => person.bus.rule(secretsOnly), canForget: true, end: (person) => person.bus.rule(''),
  },
};

describe('of no use is', () => {
  for (const [what, { code, message, hint, env, begin, end, canForget }] of Object.entries(troubles)) {
    test(`${what}: exit 7, and the session is there again afterwards`, async () => {
      const person = await scene.signedIn();
      const before = await person.session();
      const options = { env: env?.(person) };
      await begin?.(person);
      await scene.provider.clearRequests();
      for (const args of [['whoami'], ['token'], ['token', '--refresh'], ['logout'], ...(canForget ? [] : [['logout', '--local']])]) {
        const result = await person.run(args, options);
        assert.deepEqual([result.code, result.stdout], [7, ''], `${args} ${result.stderr}`);
        const error = errorOf(result);
        assert.equal(error.lines.length, 1, result.stderr);
        assert.match(error.message, message);
        if (hint) assert.match(error.hint, hint);
        const { error: json } = JSON.parse((await person.run([...args, '--json'], options)).stdout);
        assert.equal(json.code, code);
      }
      assert.deepEqual(await scene.asked(), [], 'Logto has nothing to do with it');
      await end?.(person);
      assert.deepEqual(await person.session(), before, 'nothing was deleted or changed');
      assert.equal((await person.token()).stdout, `${before.access_tokens[0].token}\n`);
      assert.equal((await person.token('--refresh')).code, 0);
    });
  }

  test('a service that is frozen: exit 7 in bounded time', async () => {
    const person = await scene.signedIn();
    const before = await person.session();
    person.keyring.daemon.child.kill('SIGSTOP');
    const results = await Promise.all([['whoami'], ['token'], ['logout'], ['whoami', '--json']].map((args) => person.run(args, { seconds: 100 })));
    for (const { code, stdout, stderr } of results.slice(0, 3)) {
      assert.deepEqual([code, stdout], [7, ''], stderr);
      assert.match(stderr, /the keyring did not answer within \d+ seconds/);
    }
    assert.equal(JSON.parse(results[3].stdout).error.code, 'store_unavailable');
    person.keyring.daemon.child.kill('SIGCONT');
    assert.deepEqual(await person.session(), before);
    assert.equal((await person.run(['whoami'])).code, 0);
  });

  test('an environment without any trace of a bus', async () => {
    const person = await scene.signedIn();
    const result = await person.run(['whoami'], { env: { DBUS_SESSION_BUS_ADDRESS: undefined, DISPLAY: undefined } });
    assert.equal(result.code, 7);
    assert.match(errorOf(result).message, /no D-Bus session/);
  });
});

test('nobody signed in is no trouble with the keyring: exit 3', async () => {
  const person = await scene.signedIn();
  await person.run(['logout']);
  for (const args of [['whoami'], ['token']]) {
    const result = await person.run(args);
    assert.deepEqual([result.code, errorOf(result).hint], [3, 'logto login']);
  }
});

describe('a sign-in whose session cannot be stored', () => {
  for (const [what, begin] of [
    ['without a service', (person) => person.keyring.stop()],
    ['in a locked keyring', (person) => person.keyring.lock()],
  ]) {
    test(`fails ${what}, in the browser too, and is stored nowhere else`, async () => {
      const person = await scene.person();
      await scene.provider.set({ tokenPrefix: 'PLANTED' });
      const login = await person.startLogin(person.app);
      await begin(person);
      const page = await visit(await person.authorize(login.address));
      const result = await login.ended;
      assert.deepEqual([result.code, result.stdout], [7, ''], result.stderr);
      assert.match(page.text, /Sign-in failed/);
      for (const { path, content } of person.files()) assert.ok(!content.includes('PLANTED'), path);
      await person.restartKeyring();
      assert.equal((await person.run(['whoami'])).code, 3);
      assert.equal((await person.login()).code, 0);
    });
  }

  test('is not begun without a service: nobody clicks in vain', async () => {
    const person = await scene.person();
    await person.keyring.stop();
    const result = await person.run(['login', ...person.app]);
    assert.deepEqual([result.code, result.stdout], [7, ''], result.stderr);
    assert.doesNotMatch(result.stderr, /browser opens/);
  });

  test('leaves the earlier session as it was', async () => {
    const person = await scene.signedIn();
    const before = await person.session();
    await person.keyring.lock();
    assert.equal((await person.run(['login'])).code, 7);
    await person.restartKeyring();
    assert.deepEqual(await person.session(), before);
    assert.equal((await person.token('--refresh')).code, 0);
  });
});

test('a keyring that locks itself in the middle of a refresh: exit 7, and the next call in time saves the session', async () => {
  const person = await scene.signedIn();
  await scene.provider.set({ responseDelayMs: 800, refreshReuseInterval: 60 });
  const call = person.start(['token', '--refresh']);
  await until(async () => (await scene.asked()).filter((line) => line === 'POST /oidc/token').length > 1, 'the refresh');
  await person.keyring.lock();
  const result = await call.ended;
  assert.deepEqual([result.code, result.stdout], [7, ''], result.stderr);
  assert.match(errorOf(result).message, /could not be stored/);
  await person.restartKeyring();
  const next = await person.token('--refresh');
  assert.equal(next.code, 0, next.stderr);
});

describe('the item in the keyring', () => {
  const items = async (person) => (await person.items()).split(/^\[/m).slice(1);

  test('is one for each profile and app, replaced whole, with a label for people', async () => {
    const person = await scene.signedIn();
    await person.login([]);
    await person.token('--refresh');
    assert.equal((await items(person)).length, 1);
    await person.signIn(['--profile', 'work']);
    const all = await items(person);
    assert.equal(all.length, 2);
    assert.deepEqual(all.map((text) => /label = (.*)/.exec(text)[1]).sort(), [
      `Logto session 'default' at ${scene.provider.issuer}`, `Logto session 'work' at ${scene.provider.issuer}`,
    ]);
  });

  test('has attributes that name the session and nothing else', async () => {
    const person = await scene.signedIn();
    const text = await person.items();
    const attributes = Object.fromEntries(text.match(/^attribute\..*/gm).map((line) => line.slice('attribute.'.length).split(' = ')));
    assert.deepEqual(attributes, { application: 'logto-cli', app_id: scene.provider.apps.native.id, issuer: scene.provider.issuer, profile: 'default' });
    assert.match(text, new RegExp(`^schema = ${schema}$`, 'm'));
  });

  test('that cannot be read is an error, deletes nothing, and is replaced by a sign-in', async () => {
    const person = await scene.signedIn();
    for (const damage of ['', 'hello', {}, { version: 99 }, { ...(await person.session()), id_token: undefined }]) {
      await person.putSession(damage);
      const result = await person.run(['whoami']);
      assert.deepEqual([result.code, result.stdout], [7, ''], JSON.stringify(damage));
      assert.match(errorOf(result).message, /cannot be read/);
      assert.equal((await person.token()).code, 7);
      assert.equal((await person.run(['logout'])).code, 7);
      assert.deepEqual(await person.session(), JSON.parse(JSON.stringify(damage)));
    }
    assert.equal((await person.run(['logout', '--local'])).code, 0);
    assert.equal(await person.session(), null);
    await person.putSession('hello');
    assert.equal((await person.login([])).code, 0);
    assert.equal((await person.run(['whoami'])).code, 0);
    assert.equal((await items(person)).length, 1);
  });
});

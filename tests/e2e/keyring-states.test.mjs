// The states of a bus and a keyring that come and go while the program runs, and those that have no keyring in them yet.
import assert from 'node:assert/strict';
import { symlinkSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';

import { Process, errorOf, program, until, useScene } from './harness.mjs';

const scene = useScene();

// A refresh whose answer takes a while, in which something happens to the keyring.
const refreshWhile = async (user, happens) => {
  await scene.provider.set({ responseDelayMs: 800, refreshReuseInterval: 60 });
  const call = user.start(['token', '--refresh']);
  await until(async () => (await scene.asked()).filter((line) => line === 'POST /oidc/token').length > 1, 'the refresh');
  await happens();
  return call.ended;
};

describe('in the middle of a refresh', () => {
  test('the service is replaced by another one: the session is stored there', async () => {
    const user = await scene.signedIn();
    const result = await refreshWhile(user, () => user.restartKeyring());
    assert.deepEqual([result.code, result.stderr], [0, '']);
    assert.equal(result.stdout, `${(await user.session()).access_tokens[0].token}\n`);
  });

  test('the service ends: exit 7, and the next call in time saves the session', async () => {
    const user = await scene.signedIn();
    const result = await refreshWhile(user, () => user.keyring.stop());
    assert.deepEqual([result.code, result.stdout], [7, ''], result.stderr);
    assert.match(errorOf(result).message, /cannot store the refreshed session: no keyring service is running/);
    await user.startKeyring();
    assert.equal((await user.token('--refresh')).code, 0);
  });

  test('the bus ends: exit 7 and no signal', async () => {
    const user = await scene.signedIn();
    const result = await refreshWhile(user, () => user.bus.daemon.kill());
    assert.deepEqual([result.code, result.signal, result.stdout], [7, null, ''], result.stderr);
    assert.equal(errorOf(result).lines.length, 1, result.stderr);
    assert.match(errorOf(result).message, /cannot store the refreshed session: no D-Bus session bus/);
  });
});

describe('without an address of a bus', () => {
  test('the one in the runtime directory is used, as cron needs it', async () => {
    const user = await scene.signedIn();
    symlinkSync(user.path('bus'), user.path('run/bus'));
    assert.equal((await user.run(['whoami'], { env: { DBUS_SESSION_BUS_ADDRESS: undefined, DISPLAY: undefined } })).code, 0);
  });

  // In a file system namespace of its own, /run/user is ours to fill.
  const script = 'mount -t tmpfs tmpfs /run && mkdir -p "/run/user/$0" && ln -s "$1" "/run/user/$0/bus" && shift && exec "$@"';
  const inNamespace = (user, ...command) => new Process('unshare', ['--mount', ...(process.getuid() === 0 ? [] : ['--map-current-user', '--keep-caps']),
    'sh', '-c', script, `${process.getuid()}`, user.path('bus'), ...command], {
    env: { ...user.env, DBUS_SESSION_BUS_ADDRESS: '', XDG_RUNTIME_DIR: '' }, name: command.join(' '),
  }).ended;

  test('or that of /run/user/UID', async (t) => {
    const user = await scene.signedIn();
    if ((await inNamespace(user, 'true')).code !== 0) return t.skip('no mount namespaces here');
    const result = await inNamespace(user, program, 'whoami');
    assert.equal(result.code, 0, result.stderr);
    return undefined;
  });
});

describe('a service without a default keyring', () => {
  const newcomer = () => scene.user({ unlock: false });

  test('is said before the browser opens', async () => {
    const user = await newcomer();
    const result = await user.run(['login', ...user.app]);
    assert.deepEqual([result.code, result.stdout], [7, ''], result.stderr);
    assert.equal(errorOf(result).message, 'the keyring service has no default keyring');
    assert.match(errorOf(result).hint, /create one .*--store file/);
    assert.doesNotMatch(result.stderr, /browser/);
  });

  test('is offered one at a terminal', async () => {
    const user = await newcomer();
    const no = user.terminal(['login', ...user.app]);
    await no.sees(/There is no default keyring yet. Create one\? \[Y\/n\] /, 'stdout');
    no.write('n\n');
    assert.equal((await no.ended).code, 7);
    assert.match(no.stdout, /the keyring service has no default keyring/);

    // gnome-keyring asks for its password in a window, and there is no program for that here.
    const yes = user.terminal(['login', ...user.app]);
    await yes.sees(/\[Y\/n\] /, 'stdout');
    yes.write('\n');
    assert.equal((await yes.ended).code, 7);
    assert.match(yes.stdout, /the keyring's prompt was dismissed, or could not be shown/);
  });
});

test('a keyring that takes long is waited for, and that is said', async () => {
  const user = await scene.signedIn();
  user.keyring.daemon.child.kill('SIGSTOP');
  const call = user.start(['whoami']);
  await call.sees(/^Waiting for the keyring…$/m);
  user.keyring.daemon.child.kill('SIGCONT');
  const result = await call.ended;
  assert.equal(result.code, 0);
  assert.equal(result.stderr, 'Waiting for the keyring…\n');
});

test('nothing that libraries say to developers gets into the output', async () => {
  const user = await scene.signedIn();
  const env = { G_MESSAGES_DEBUG: 'all', G_DBUS_DEBUG: 'all', SECRET_DEBUG: 'all' };
  const { code, stdout, stderr } = await user.run(['token'], { env });
  assert.deepEqual([code, stdout, stderr], [0, `${(await user.session()).access_tokens[0].token}\n`, '']);
});

test('under sudo it says whose keyring it is', async () => {
  const user = await scene.signedIn();
  const note = /^Under sudo this is root's keyring, not that of ada\.$/m;
  const { code, stderr } = await user.run(['whoami'], { env: { SUDO_USER: 'ada' } });
  assert.equal(code, 0);
  if (process.getuid() === 0) assert.match(stderr, note);
  else assert.doesNotMatch(stderr, note);
});

describe('calls on the bus', () => {
  // Method calls, which all wait for an answer except those that (un)subscribe to signals, by name.
  const calls = async (user, ...args) => {
    const monitor = new Process('dbus-monitor', ['--session'], { env: user.env, name: 'dbus-monitor' });
    await monitor.sees(/member=NameLost/, 'stdout');
    await user.run(args);
    await user.bus.call('/org/freedesktop/secrets', 'Service.ReadAlias', 'end-of-test');
    await monitor.sees(/string "end-of-test"/, 'stdout');
    await monitor.kill('SIGTERM');
    const first = /method call .* sender=(\S+) .*member=Hello/.exec(monitor.stdout)[1];
    return [...monitor.stdout.matchAll(/^method call .* sender=(\S+) .*member=(\w+)$/gm)]
      .filter(([, sender, name]) => sender === first && !['AddMatch', 'RemoveMatch'].includes(name)).map(([, , name]) => name);
  };

  test('are four for a token or a user, and a search and one GetSecrets for ten profiles', async () => {
    const user = await scene.signedIn();
    const minimum = ['Hello', 'SearchItems', 'OpenSession', 'GetSecrets'];
    assert.deepEqual(await calls(user, 'token'), minimum);
    assert.deepEqual(await calls(user, 'whoami'), minimum);
    assert.deepEqual(await calls(user, 'exec', '--', 'true'), minimum);

    const session = await user.session();
    const { config } = user;
    for (let i = 1; i < 10; i += 1) {
      config.profiles[`p${i}`] = config.profiles.default;
      await user.putSession({ ...session, profile: `p${i}` }, { profile: `p${i}` });
    }
    writeFileSync(user.configFile, JSON.stringify(config));
    const signedIn = async () => JSON.parse((await user.run(['status', '--json'])).stdout).profiles.filter((profile) => profile.signed_in).length;
    assert.equal(await signedIn(), 10);
    const reading = ['Hello', 'ReadAlias', 'Get', 'SearchItems', 'OpenSession', 'GetSecrets'];
    assert.deepEqual(await calls(user, 'status'), reading);

    // Of copies, which say that they belong to another profile, the service is asked, for all at once.
    await user.putSession(session, { profile: 'p9' });
    assert.equal(await signedIn(), 10);
    assert.deepEqual(await calls(user, 'status'), [...reading, ...Array(10).fill('Get')]);
  });

  test('are nine for a refresh', async () => {
    const user = await scene.signedIn();
    assert.deepEqual((await calls(user, 'token', '--refresh')).slice(0, 4), ['Hello', 'SearchItems', 'OpenSession', 'GetSecrets']);
    assert.deepEqual((await calls(user, 'token', '--refresh')).slice(-2), ['SearchItems', 'SetSecret']);
    assert.ok((await calls(user, 'token', '--refresh')).length <= 9);
  });
});

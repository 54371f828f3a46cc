// The Secret Services that people have: what each does differently must not cost a session. One process never sees it: the next
// process is another client to them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';

import { errorOf, useScene } from './harness.mjs';

const scene = useScene();
const long = Boolean(process.env.LOGTO_E2E_LONG);
const services = ['keepassxc', ...(long ? ['kwallet'] : [])];
// Debian 13's.
const crashes = spawnSync('keepassxc-cli', ['--version'], { encoding: 'utf8' }).stdout?.trim() === '2.7.10' && 'KeePassXC 2.7.10 crashes with --pw-stdin';

const signedIn = async (service, env) => {
  const user = await scene.user({ service, env });
  assert.equal((await user.login()).code, 0);
  return user;
};

const assertUnusable = (result, started, what) => {
  assert.deepEqual([result.code, result.stdout], [7, ''], `${what}: ${result.stderr}`);
  assert.equal(errorOf(result).lines.length, 1, result.stderr);
  assert.match(errorOf(result).message, /the keyring is locked|the keyring did not answer|the keyring's prompt was not answered|no default keyring/);
  assert.match(errorOf(result).hint, /--store file/);
  assert.ok(Date.now() - started < 45_000, // with the wait for another's lock
    `${what} took ${Date.now() - started} ms`);
};

for (const service of services) {
  describe(service, { skip: service === 'keepassxc' && crashes }, () => {
    test('keeps a session through refreshes, another sign-in and a sign-out, each by a process of its own', async () => {
      const user = await signedIn(service);
      for (let i = 0; i < 4; i += 1) {
        const before = await user.session();
        const result = await user.token('--refresh');
        assert.equal(result.code, 0, result.stderr);
        const after = await user.session();
        assert.notEqual(after.refresh_token, before.refresh_token);
        assert.equal(result.stdout, `${after.access_tokens[0].token}\n`);
      }
      assert.equal((await user.login([])).code, 0);
      assert.match((await user.run(['status'])).stdout, /signed in/);
      assert.equal((await user.run(['whoami'])).code, 0);
      assert.equal((await user.run(['logout'])).code, 0);
      assert.equal(await user.session(), null);
      assert.equal((await user.run(['whoami'])).code, 3);
    });

    test('that is locked is not taken for an empty one: nobody is signed out', async () => {
      const user = await signedIn(service);
      const before = await user.session();
      await user.keyring.lock();
      await scene.provider.clearRequests();
      const started = Date.now();
      await Promise.all([['whoami'], ['token', '--refresh'], ['logout'], ['logout', '--local']].map(async (args) => {
        assertUnusable(await user.run(args), started, args.join(' '));
      }));
      assert.deepEqual(await scene.asked(), []);
      await user.restartKeyring({ service });
      assert.deepEqual(await user.session(), before);
      assert.equal((await user.token('--refresh')).code, 0);
    });
  });
}

describe('keepassxc that asks before another process may read', { skip: crashes }, () => {
  test('is waited for, and the refresh token is not spent meanwhile', async () => {
    const user = await signedIn('keepassxc', { KEEPASSXC_CONFIRM: 'true' });
    await scene.provider.clearRequests();
    const started = Date.now();
    const [result, status] = await Promise.all([user.token('--refresh'), user.run(['status', '--json'])]);
    assertUnusable(result, started, 'token --refresh');
    assert.equal(errorOf(result).message, "the keyring is locked: the keyring's prompt was not answered within 10 seconds");
    assert.match(result.stderr, /^Waiting for the keyring…$/m);
    assert.deepEqual(await scene.asked(), []);
    assert.equal(JSON.parse(status.stdout).profiles[0].error.code, 'store_locked');
  });
});

test('many short calls of kwallet, one in a hundred of which goes wrong inside', { skip: !long && 'scripts/test long' }, async () => {
  const user = await signedIn('kwallet');
  for (let i = 0; i < 600; i += 1) {
    const result = await user.run(['whoami']);
    assert.equal(result.code, 0, `call ${i}: ${result.stderr}`);
  }
});

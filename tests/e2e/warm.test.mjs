// Warm tokens: answered without the store, only where they are exactly what is asked for, and gone once the session is.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { Process, finish, program, useScene } from './harness.mjs';

const scene = useScene();
const api = 'https://api.example.com';
const everything = ['--resource', api, '--scope', 'read:things', '--organizations'];
const nobody = 65534;
const asRoot = process.getuid() === 0 ? {} : { skip: 'only root can act as another user' };

// Nothing is warm where keys are refused; that is another test.
before(async () => {
  const { code, stderr } = await finish('keyctl', ['add', 'user', 'logto-test:e2e', 'x', '@u'], { env: process.env });
  assert.equal(code, 0, `these tests need the kernel's keyring: ${stderr}`);
  await finish('keyctl', ['purge', '-s', 'user', 'logto-test:e2e'], { env: process.env });
});

// Signed in, with warm tokens.
async function warm(args) {
  const user = await scene.signedIn(args, { warm: true });
  assert.equal(user.warmFiles().length, 1);
  return user;
}

// From now on only warm tokens can be had.
async function withoutBus(user) {
  await user.keyring.stop();
  await user.bus.daemon.kill();
  await scene.provider.clearRequests();
}

async function hits(user, args = [], options) {
  const result = await user.run(['token', ...args], options);
  assert.deepEqual([result.code, result.stderr], [0, ''], result.stderr);
  return result.stdout.trim();
}

// The store would have been asked.
async function misses(user, args = [], options) {
  const { code, stdout, stderr } = await user.run(['token', ...args], options);
  assert.deepEqual([code, stdout], [7, ''], `token ${args.join(' ')}: ${stderr}`);
  assert.deepEqual(await scene.asked(), []);
}

describe('without a bus', () => {
  test('token, exec and the ID token are answered, and nobody else is asked', async () => {
    const user = await warm();
    const { access_tokens: [{ token }], id_token: idToken } = await user.session();
    await withoutBus(user);
    rmSync(user.path('cache/logto'), { recursive: true });
    assert.equal(await hits(user), token);
    assert.equal(await hits(user, ['--id-token']), idToken);
    assert.equal(JSON.parse(await hits(user, ['--format', 'exec-credential'])).status.token, idToken);
    const { stdout } = await user.run(['exec', '--', 'sh', '-c', 'printf %s "$LOGTO_ACCESS_TOKEN"']);
    assert.equal(stdout, token);
    assert.deepEqual(await scene.asked(), []);
    assert.ok(!existsSync(user.path('cache/logto')), 'nothing was cached again');
    const { code } = await user.run(['whoami']);
    assert.equal(code, 7, 'everything else asks the store');
  });

  test('a token for an organization is, by id and by name', async () => {
    const user = await warm(everything);
    const token = await hits(user, ['--organization', 'Acme']);
    await withoutBus(user);
    assert.equal(await hits(user, ['--organization', 'Acme']), token);
    assert.equal(await hits(user, ['--organization', 'acme00000001']), token);
    for (const name of ['Globex', 'acme']) await misses(user, ['--organization', name]);
  });

  test('a token for an API is, once it has been obtained', async () => {
    const user = await warm(everything);
    const token = await hits(user, ['--resource', api, '--scope', 'read:things']);
    await withoutBus(user);
    assert.equal(await hits(user, ['--resource', api, '--scope', 'read:things']), token);
    for (const args of [['--resource', api], ['--organization', 'acme00000001'], ['--scope', 'openid']]) await misses(user, args);
  });

  test('so is the token of a machine-to-machine app', async () => {
    const user = await scene.user({ warm: true });
    const { id, secret } = scene.provider.apps.m2m;
    const login = ['login', '--machine', '--endpoint', scene.provider.endpoint, '--app-id', id, '--app-secret-file', '-', '--resource', api, '--scope', 'read:things'];
    const { code, stderr } = await user.run(login, { stdin: secret });
    assert.equal(code, 0, stderr);
    const token = await hits(user, ['--resource', api]);
    await withoutBus(user);
    assert.equal(await hits(user, ['--resource', api]), token);
    await misses(user, ['--resource', api, '--refresh']);
  });

  test('no library but those that decrypt and parse is loaded', async () => {
    const user = await warm();
    await withoutBus(user);
    const { stderr } = await user.run(['token'], { env: { LD_DEBUG: 'files' } });
    assert.match(stderr, /libnettle/);
    assert.doesNotMatch(stderr, /libcrypto|libcurl|libsecret|libglib|libgio|libmicrohttpd/);
  });

  for (const args of [['--version'], ['help', 'token'], ['token', '--help'], ['completion', 'bash'], ['completion', '@complete', '--', 'to']]) {
    test(`no library but libcjson is loaded by: logto ${args.join(' ')}`, async () => {
      const user = await scene.user();
      const { code, stdout, stderr } = await user.run(args, { env: { LD_DEBUG: 'files' } });
      assert.equal(code, 0, stderr);
      assert.match(stdout, /logto|token/);
      const own = /lib(asan|ubsan|lsan|stdc\+\+|gcc_s|m|c|dl|pthread|rt|resolv|cjson)\.so/;
      assert.deepEqual([...new Set(stderr.match(/lib[\w+-]+\.so/g))].filter((name) => !own.test(name)), []);
    });
  }

  test('it works with a keyring that is locked, too, and status says until when', async () => {
    const user = await warm();
    const { expires_at: expiresAt } = (await user.session()).access_tokens[0];
    await user.keyring.lock();
    await hits(user);
    const { profiles: [profile] } = JSON.parse((await user.run(['status', '--json'])).stdout);
    assert.equal(profile.error.code, 'store_locked');
    assert.ok(profile.warm_until >= expiresAt, `${profile.warm_until}`);
    assert.match((await user.run(['status'])).stdout, /warm +tokens without asking the store; the last expires in /);
    const off = JSON.parse((await user.run(['status', '--json'], { env: { LOGTO_WARM: '0' } })).stdout);
    assert.equal(off.profiles[0].warm_until, null);
  });

  test('a fresh session keyring of the same user makes no difference', async () => {
    const user = await warm();
    await withoutBus(user);
    const { code, stdout } = await finish('keyctl', ['session', '-', program, 'token'], { env: user.env });
    assert.equal(code, 0);
    assert.match(stdout, /^\S+\n$/);
  });
});

describe('never answered is', () => {
  test('a token that expires too soon, or a refresh', async () => {
    await scene.provider.set({ accessTokenTtl: 90 });
    const user = await warm();
    await withoutBus(user);
    await hits(user);
    await misses(user, ['--min-ttl', '100']);
    await misses(user, ['--refresh']);
    await misses(user, ['--id-token', '--refresh']);
  });

  test('another profile, app or endpoint', async () => {
    const user = await warm();
    const { config } = user;
    config.profiles.other = config.profiles.default;
    writeFileSync(user.configFile, JSON.stringify(config));
    await withoutBus(user);
    await hits(user);
    await misses(user, ['-p', 'other']);
    await misses(user, [], { env: { LOGTO_APP_ID: 'another' } });
    await misses(user, [], { env: { LOGTO_ENDPOINT: 'http://localhost:1' } });
  });

  test('what is switched off', async () => {
    const user = await warm();
    await withoutBus(user);
    await misses(user, [], { env: { LOGTO_WARM: '0' } });
    const { config } = user;
    config.profiles.default.warm = false;
    writeFileSync(user.configFile, JSON.stringify(config));
    await misses(user);
    config.profiles.default.warm = true;
    writeFileSync(user.configFile, JSON.stringify(config));
    await hits(user);
  });

  test('a file that was changed, or that is not the user\'s alone', async () => {
    const user = await warm();
    const [path] = user.warmFiles();
    const bytes = readFileSync(path);
    await withoutBus(user);
    for (const index of [0, 10, 25, bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed[index] ^= 4;
      writeFileSync(path, changed);
      await misses(user);
    }
    writeFileSync(path, bytes.subarray(0, 19));
    await misses(user);
    writeFileSync(path, bytes);
    await hits(user);
    chmodSync(path, 0o622);
    await misses(user);
    chmodSync(path, 0o600);
    chmodSync(user.path('run/logto'), 0o777);
    await misses(user);
    chmodSync(user.path('run/logto'), 0o700);
    await hits(user);
    await misses(user, [], { env: { XDG_RUNTIME_DIR: undefined } });
    await misses(user, [], { env: { XDG_RUNTIME_DIR: '/nonexistent' } });
  });

  test('a file or directory of another user', asRoot, async () => {
    const user = await warm();
    const [path] = user.warmFiles();
    await withoutBus(user);
    chownSync(path, nobody, nobody);
    await misses(user);
    chownSync(path, 0, 0);
    chownSync(user.path('run'), nobody, nobody);
    await misses(user);
    chownSync(user.path('run'), 0, 0);
    await hits(user);
  });

  test('another user, who gets neither the key nor the file', asRoot, async () => {
    const user = await warm();
    const [path] = user.warmFiles();
    const serial = (await user.warmKey(path)).stdout.trim();
    assert.match(serial, /^\d+$/);
    const as = (...command) => finish('setpriv', [`--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', ...command], { env: user.env, cwd: '/' });
    assert.notEqual((await as('cat', path)).code, 0);
    assert.notEqual((await as('keyctl', 'pipe', serial)).code, 0);
    assert.equal((await finish('keyctl', ['describe', serial], { env: user.env })).code, 0, 'it is there');
  });
});

describe('dropped', () => {
  const dropped = (user) => assert.deepEqual(user.warmFiles(), []);

  test('by logout, also when the store fails', async () => {
    const user = await warm();
    const [path] = user.warmFiles();
    await user.keyring.lock();
    assert.equal((await user.run(['logout'])).code, 7);
    dropped(user);
    assert.notEqual((await user.warmKey(path)).code, 0, 'the key is gone');
    await scene.provider.clearRequests();
    await misses(user);
  });

  test('by logout, profile set and profile remove', async () => {
    for (const args of [['logout'], ['logout', '--local'], ['logout', '--all'], ['profile', 'set', 'port', '3001'], ['profile', 'remove', 'default']]) {
      const user = await warm();
      const result = await user.run(args);
      assert.equal(result.code, 0, result.stderr);
      dropped(user);
    }
  });

  test('by "profile set warm false", and not kept again before it is unset', async () => {
    const user = await warm();
    assert.equal((await user.run(['profile', 'set', 'warm', 'false'])).code, 0);
    await hits(user, ['--refresh']);
    dropped(user);
    assert.equal((await user.run(['profile', 'unset', 'warm'])).code, 0);
    await hits(user, ['--refresh']);
    assert.equal(user.warmFiles().length, 1);
  });

  test('by a session that ended at Logto', async () => {
    const user = await warm();
    await scene.provider.revokeGrants();
    assert.equal((await user.token('--refresh')).code, 3);
    dropped(user);
    assert.equal((await user.token()).code, 3);
  });

  test('by a login that moves the session to another store', async () => {
    const user = await warm();
    const [before] = user.warmFiles();
    assert.equal((await user.login(['--store', 'plaintext'])).code, 0);
    const [path, ...more] = user.warmFiles();
    assert.deepEqual(more, []);
    assert.notEqual(path, before);
    await withoutBus(user);
    await hits(user);
    await misses(user, [], { env: { LOGTO_STORE: 'keyring' } });
  });

  test('by the login of somebody else, whose token it is from then on', async () => {
    const user = await warm();
    const first = await hits(user);
    const key = (await user.warmKey(user.warmFiles()[0])).stdout;
    assert.equal((await user.login([], { user: 'grace@example.com' })).code, 0);
    const second = await hits(user);
    assert.notEqual(second, first);
    assert.equal(second, (await user.session()).access_tokens[0].token);
    assert.notEqual((await user.warmKey(user.warmFiles()[0])).stdout, key, 'another session, another key');
  });
});

describe('nothing is kept', () => {
  let folder;
  let withoutKeys;
  after(() => rmSync(folder, { recursive: true, force: true }));
  before(() => {
    folder = mkdtempSync(`${tmpdir()}/logto-e2e-`);
    withoutKeys = `${folder}/withoutkeys`;
    execFileSync('cc', ['-O1', '-o', withoutKeys, fileURLToPath(new URL('lib/withoutkeys.c', import.meta.url))]);
  });

  test('where the kernel refuses keys: everything works as before', async () => {
    const user = await warm();
    await user.dropWarmKeys(); // or nothing could find it at the end
    const run = (...args) => new Process(withoutKeys, [program, ...args], { env: user.env, cwd: user.env.HOME }).ended;
    assert.equal((await run('token')).code, 0, 'from the keyring');
    const refreshed = await run('token', '--refresh');
    assert.deepEqual([refreshed.code, refreshed.stderr], [0, '']);
    assert.deepEqual(user.warmFiles(), []);
    assert.match((await run('token', '-vv')).stderr, /no warm tokens: none are kept/);
    const { stderr } = await run('token', '--refresh', '-vv');
    assert.match(stderr, /the tokens are not kept warm: .*Operation not permitted/);
    assert.equal((await run('logout')).code, 0);
  });

  test('of credentials from the environment', async () => {
    const user = await scene.user({ warm: true });
    const { id, secret } = scene.provider.apps.m2m;
    const env = { LOGTO_ENDPOINT: scene.provider.endpoint, LOGTO_APP_ID: id, LOGTO_APP_SECRET: secret };
    assert.equal((await user.run(['token', '--resource', api], { env })).code, 0);
    assert.deepEqual(user.warmFiles(), []);
  });
});

test('files are the user\'s alone, without a token in clear; they and the keys do not pile up', async () => {
  const user = await warm();
  for (let round = 0; round < 12; round += 1) await hits(user, ['--refresh']);
  const [path, ...more] = user.warmFiles();
  assert.deepEqual(more, []);
  assert.deepEqual(readdirSync(user.path('run/logto')).length, 1);
  assert.equal(statSync(path).mode & 0o7777, 0o600);
  assert.equal(statSync(user.path('run/logto')).mode & 0o7777, 0o700);
  const { access_tokens: [{ token }], refresh_token: refreshToken } = await user.session();
  const content = readFileSync(path, 'latin1');
  assert.ok(!content.includes(token) && !content.includes(refreshToken));
  await withoutBus(user);
  assert.equal(await hits(user), token);
});

test('readers beside a refresh always print a token', async () => {
  const user = await warm();
  for (let round = 0; round < 3; round += 1) {
    const refresh = hits(user, ['--refresh']);
    const tokens = await Promise.all(Array.from({ length: 8 }, () => hits(user)));
    assert.ok(new Set(tokens).size <= 2, 'the one before, or the one after');
    const last = await refresh;
    assert.equal(await hits(user), last);
  }
});

// Many processes at once, signals, and the one refresh token that must not be used twice. Kills are in tests/kills.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, test } from 'node:test';

import { codeAndStderr, pause, until, useScene } from './harness.mjs';

const scene = useScene();

const refreshes = async () => (await scene.provider.counts()).refreshes;
const tokenRequests = async () => (await scene.provider.requests()).filter(({ path }) => path === '/oidc/token').length;

// Signed in, and the access token as good as over.
async function expired(options = {}) {
  await scene.provider.set({ accessTokenTtl: 1 });
  const user = await scene.signedIn();
  await scene.provider.set({ accessTokenTtl: 3600, ...options });
  return user;
}

// Starts a refresh and waits until the tenant has the request.
async function refreshing(user, args = ['--refresh'], options) {
  const before = await tokenRequests();
  const call = user.start(['token', ...args], options);
  await until(async () => {
    if (call.result) throw new Error(`it ended early: ${call}`);
    return (await tokenRequests()) > before;
  }, 'the request for a token');
  return call;
}

// The cached discovery document with other members.
function rewriteDiscovery(user, members) {
  const { path } = user.files(user.path('cache')).find((file) => file.path.endsWith('.discovery.json'));
  const entry = JSON.parse(readFileSync(path, 'utf8'));
  Object.assign(entry.document, members);
  writeFileSync(path, JSON.stringify(entry));
}

const itemCount = async (user) => (await user.items()).split('\n').filter((line) => line.startsWith('label = ')).length;

describe('at once', () => {
  test('a hundred calls on an expired session cause one refresh and print the same token', async () => {
    const user = await expired({ responseDelayMs: 300 });
    const results = await Promise.all(Array.from({ length: 100 }, () => user.token()));
    assert.deepEqual([...new Set(results.map(codeAndStderr))], ['0 ']);
    const tokens = [...new Set(results.map(({ stdout }) => stdout))];
    assert.equal(tokens.length, 1);
    assert.match(tokens[0], /^\S+\n$/);
    assert.equal(await refreshes(), 1);
    assert.equal((await scene.asked()).filter((line) => line === 'POST /oidc/token').length, 2, 'one of the sign-in, one of the refresh');
    assert.equal((await user.session()).access_tokens[0].token, tokens[0].trim());
    assert.equal(await itemCount(user), 1);
  });

  test('calls for two APIs cause one refresh for each', async () => {
    const resources = scene.provider.resources.slice(0, 2);
    const user = await scene.signedIn(resources.flatMap((resource) => ['--resource', resource]));
    await scene.provider.set({ responseDelayMs: 200 });
    const results = await Promise.all(Array.from({ length: 20 }, (_, i) => user.token('--resource', resources[i % 2])));
    assert.ok(results.every(({ code }) => code === 0), results.map(({ stderr }) => stderr).join(''));
    assert.equal(new Set(results.map(({ stdout }) => stdout)).size, 2);
    assert.equal(await refreshes(), 2);
    assert.equal((await user.token('--refresh')).code, 0, 'the session has kept the last refresh token');
  });

  test('a call that waited for another\'s refresh takes its result, even with --refresh', async () => {
    const user = await scene.signedIn();
    await scene.provider.set({ responseDelayMs: 1500 });
    const first = await refreshing(user);
    const second = user.start(['token', '--refresh', '-v', '-v']);
    const results = await Promise.all([first.ended, second.ended]);
    assert.deepEqual(results.map(({ code }) => code), [0, 0]);
    assert.equal(results[0].stdout, results[1].stdout);
    assert.equal(await refreshes(), 1);
  });

  test('a token that is still good is there at once, whoever refreshes', async () => {
    const user = await scene.signedIn();
    const { access_tokens: [{ token }] } = await user.session();
    await scene.provider.set({ hang: { path: '/oidc/token' } });
    const call = await refreshing(user);
    assert.equal((await user.token()).stdout, `${token}\n`);
    assert.equal((await user.run(['whoami'])).code, 0);
    assert.equal(call.result, undefined, 'the other one is still at it');
  });

  test('a user who takes time to sign in holds nobody up', async () => {
    const user = await scene.signedIn();
    const login = await user.startLogin([]);
    const token = await user.token('--refresh');
    assert.equal(token.code, 0, token.stderr);
    assert.equal(login.result, undefined);
    await fetch(await user.authorize(login.address));
    assert.equal((await login.ended).code, 0);
    assert.notEqual((await user.token()).stdout, token.stdout);
  });

  test('a sign-in and a refresh at the same time leave one good session', async () => {
    const user = await scene.signedIn();
    const login = await user.startLogin([]);
    const callback = await user.authorize(login.address);
    await scene.provider.set({ responseDelayMs: 800 });
    const call = await refreshing(user);
    await fetch(callback);
    assert.deepEqual([(await call.ended).code, (await login.ended).code], [0, 0]);
    await scene.provider.set({ responseDelayMs: 0, refreshReuseInterval: 0.1 });
    await pause(200);
    assert.equal((await user.token('--refresh')).code, 0);
    assert.equal(await itemCount(user), 1);
  });

  test('a sign-out waits for a refresh, and nothing comes back after it', async () => {
    const user = await scene.signedIn();
    await scene.provider.set({ responseDelayMs: 800 });
    const call = await refreshing(user);
    const logout = await user.run(['logout']);
    assert.deepEqual([(await call.ended).code, logout.code], [0, 0]);
    assert.equal(await user.session(), null);
    assert.ok((await scene.provider.grants()).every((grant) => grant.refresh_tokens === 0));
  });

  test('a session that was replaced while Logto refused the old one is used, not removed', async () => {
    const user = await scene.signedIn();
    const session = await user.session();
    await user.putSession({ ...session, refresh_token: 'x'.repeat(43) });
    await scene.provider.set({ tokenDelayMs: 800 });
    const call = await refreshing(user);
    await user.putSession(session);
    const result = await call.ended;
    assert.equal(result.code, 0, result.stderr);
    assert.equal(result.stdout, `${(await user.session()).access_tokens[0].token}\n`);
  });

  test('two machines that share nothing do not disturb each other', async () => {
    const [here, there] = [await scene.signedIn(), await scene.signedIn()];
    await scene.provider.set({ refreshReuseInterval: 0.1 });
    for (let round = 0; round < 3; round += 1) {
      const results = await Promise.all([here.token('--refresh'), there.token('--refresh')]);
      assert.deepEqual(results.map(({ code }) => code), [0, 0]);
      assert.notEqual(results[0].stdout, results[1].stdout);
      await pause(150);
    }
    assert.equal((await here.run(['logout'])).code, 0);
    assert.equal((await there.token('--refresh')).code, 0);
    assert.equal((await here.token()).code, 3);
  });
});

describe('a signal while a refresh is under way', () => {
  test('leaves at once as long as nothing was sent', async () => {
    const user = await scene.signedIn();
    const before = await user.session();
    const silent = createServer(() => {}); // accepts, and never begins with TLS
    await new Promise((resolve) => { silent.listen(0, '127.0.0.1', resolve); });
    const connected = new Promise((resolve) => { silent.once('connection', resolve); });
    rewriteDiscovery(user, { token_endpoint: `https://127.0.0.1:${silent.address().port}/token` });
    const call = user.start(['token', '--refresh']);
    const connection = await connected;
    const start = Date.now();
    assert.equal((await call.kill('SIGINT')).code, 130);
    assert.ok(Date.now() - start < 2000, 'not only after five seconds');
    connection.destroy();
    silent.close();
    assert.equal((await user.session()).refresh_token, before.refresh_token);
  });

  for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143]]) {
    test(`${signal} ends it only after the new refresh token is stored`, async () => {
      const user = await expired({ responseDelayMs: 600, refreshReuseInterval: 0.1 });
      const before = await user.session();
      const call = await refreshing(user);
      const result = await call.kill(signal);
      assert.deepEqual([result.code, result.stdout], [code, '']);
      assert.notEqual((await user.session()).refresh_token, before.refresh_token);
      await pause(200);
      assert.equal((await user.token('--refresh')).code, 0);
    });
  }
});

// `logto login --machine`: a machine-to-machine app as a profile; its secret is kept in the store only.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { errorOf, useScene } from './harness.mjs';
import { parts } from './lib/inspecting.mjs';

const scene = useScene();
const api = 'https://api.example.com';

async function machine(args = ['--resource', api, '--scope', 'read:things']) {
  const user = await scene.user();
  const { id, secret } = scene.provider.apps.m2m;
  const options = { stdin: secret };
  const login = await user.run(['login', '--machine', '--endpoint', scene.provider.endpoint, '--app-id', id, '--app-secret-file', '-', ...args], options);
  return { user, login, id, secret };
}

const tokenRequests = async () => (await scene.provider.requests()).filter(({ path }) => path === '/oidc/token');

describe('login --machine', () => {
  test('proves the secret, stores it, and opens no browser; token, whoami, status and exec work', async () => {
    const { user, login, id, secret } = await machine();
    assert.deepEqual([login.code, login.stdout], [0, ''], login.stderr);
    assert.match(login.stderr, /Signed in as the app \S+ \(machine-to-machine\)/);
    const { code, stdout } = await user.token('--resource', api);
    assert.equal(code, 0);
    assert.equal(parts(stdout.trim())[1].scope, 'read:things');
    assert.equal((await user.token()).stdout, stdout, 'the only API is the default one');
    const whoami = JSON.parse((await user.run(['whoami', '--json'])).stdout);
    assert.deepEqual([whoami.app_id, whoami.claims, whoami.store], [id, {}, 'keyring']);
    assert.match((await user.run(['whoami'])).stdout, /^the app \S+ \(machine-to-machine\)\n/);
    const [row] = JSON.parse((await user.run(['status', '--json'])).stdout).profiles;
    assert.deepEqual([row.signed_in, row.machine, row.refreshable], [true, true, true]);
    const exec = await user.run(['exec', '--resource', api, '--', 'printenv', 'LOGTO_ACCESS_TOKEN']);
    assert.deepEqual([exec.code, exec.stdout], [0, stdout]);
    assert.ok(!user.files(user.folder).some(({ text }) => text?.includes(secret)), 'the secret is in a file');
  });

  test('a token is used until it expires, and ten processes make one request', async () => {
    const { user } = await machine();
    await scene.provider.clearRequests();
    assert.equal((await user.token('--resource', api)).code, 0);
    assert.equal((await tokenRequests()).length, 0, 'the one of the login');
    const results = await Promise.all(Array.from({ length: 10 }, () => user.token('--resource', api, '--min-ttl', '3599')));
    for (const result of results) assert.ok([0, 9].includes(result.code), result.stderr);
    assert.ok((await tokenRequests()).length <= 2);
  });

  test('without an API the secret is proven all the same', async () => {
    const { user, login } = await machine([]);
    assert.equal(login.code, 0, login.stderr);
    const result = await user.token();
    assert.deepEqual([result.code, result.stdout], [2, '']);
    assert.match(errorOf(result).message, /requires --resource or --organization/);
  });

  test('refused: a wrong secret, an expired one, an unknown API, a missing scope, an ID token', async () => {
    const user = await scene.user();
    const app = scene.provider.apps.m2m;
    const login = (secret, ...args) => user.run(['login', '--machine', '--endpoint', scene.provider.endpoint, '--app-id', app.id, '--app-secret-file', '-', ...args], { stdin: secret });
    const wrong = await login('not-the-secret');
    assert.equal(wrong.code, 2);
    assert.match(errorOf(wrong).hint, /check the app id and its secret/);
    const inProfile = await login('not-the-secret', '-p', 'work');
    assert.match(errorOf(inProfile).hint, /then: logto login --machine --app-secret-file FILE --profile work$/);
    await scene.provider.set({ expiredSecrets: ['m2m'] });
    const expired = await login(app.secret);
    assert.equal(expired.code, 2);
    assert.match(errorOf(expired).hint, /create another secret/);
    await scene.provider.set({ expiredSecrets: [] });
    const unknown = await login(app.secret, '--resource', 'https://unknown.example.com');
    assert.equal(unknown.code, 9);
    assert.equal((await user.run(['whoami'])).code, 3, 'nothing was stored');
    assert.equal((await login(app.secret, '--resource', api, '--scope', 'nope')).code, 0);
    const missing = await user.token('--resource', api);
    assert.deepEqual([missing.code, missing.stdout], [9, '']);
    assert.match(errorOf(missing).message, /did not grant the scope nope to the app/);
    assert.equal((await user.token('--id-token')).code, 2);
    assert.equal((await user.run(['login', '--machine'])).code, 2, 'without a secret');
  });

  test('logout forgets it and says that tokens stay valid', async () => {
    const { user } = await machine();
    const logout = await user.run(['logout']);
    assert.deepEqual([logout.code, logout.stdout], [0, '']);
    assert.match(logout.stderr, /cannot be revoked/);
    assert.equal((await user.run(['whoami'])).code, 3);
  });
});

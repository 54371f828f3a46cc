// Tokens without a user at hand: client credentials and personal access tokens, for CI. No keyring, no files.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { describe, test } from 'node:test';

import { errorOf, finish, program, useScene } from './harness.mjs';
import { inspect, now, parts } from './lib/inspecting.mjs';

const scene = useScene();
const api = 'https://api.example.com';
const pat = 'pat_7Yq2mVxk4TzN9sBw1LcR8dHf3GjK6pQa';
const introspection = ['GET /oidc/.well-known/openid-configuration', 'POST /oidc/token'];

// A bus that notes who comes, and lets nobody in.
async function countingBus(t, user) {
  const bus = { connections: 0 };
  const path = user.path('counted');
  const server = net.createServer((socket) => { bus.connections += 1; socket.destroy(); }).listen(path);
  await once(server, 'listening');
  t.after(() => server.close());
  bus.env = { DBUS_SESSION_BUS_ADDRESS: `unix:path=${path}`, DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${path}` };
  return bus;
}

// A CI job: an empty home, a bus that counts, the environment that names an app.
async function job(t, app = scene.provider.apps.m2m, more = {}) {
  const user = await scene.user({ bus: false });
  const bus = await countingBus(t, user);
  const env = { ...bus.env, LOGTO_ENDPOINT: scene.provider.endpoint, LOGTO_APP_ID: app.id, LOGTO_APP_SECRET: app.secret, ...more };
  const before = entries(user);
  return {
    user, env, bus,
    run: (args, options) => user.run(args, { ...options, env: { ...env, ...options?.env } }),
    checkUntouched() {
      assert.equal(bus.connections, 0, 'D-Bus was touched');
      assert.deepEqual(entries(user), before, 'something was written');
    },
  };
}

// Files and folders; ours are there before the program runs.
const entries = (user) => readdirSync(user.folder, { recursive: true }).sort();

test('the counting bus counts: a session is looked for on it', async (t) => {
  const { user, bus, env } = await job(t);
  const result = await user.run(['whoami'], { env: { ...env, LOGTO_APP_SECRET: undefined } });
  assert.equal(result.code, 7);
  assert.ok(bus.connections > 0);
});

describe('client credentials', () => {
  test('for an API: a JWT with the scopes asked for; nothing is written, no bus touched, two requests', async (t) => {
    const ci = await job(t);
    const { code, stdout, stderr } = await ci.run(['token', '--resource', api, '--scope', 'read:things']);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const [header, claims] = parts(stdout.trim());
    assert.equal(header.typ, 'at+jwt');
    assert.deepEqual([claims.aud, claims.scope, claims.client_id], [api, 'read:things', scene.provider.apps.m2m.id]);
    assert.deepEqual(await scene.asked(), introspection);
    const [, request] = await scene.provider.requests();
    assert.deepEqual(request.params, { grant_type: 'client_credentials', resource: api, scope: 'read:things' });
    assert.match(request.headers.authorization, /^Basic /);
    ci.checkUntouched();
  });

  test('several scopes, in one option or many', async (t) => {
    const ci = await job(t);
    for (const scopes of [['--scope', 'read:things write:things'], ['--scope', 'write:things', '--scope', 'read:things']]) {
      const { stdout } = await ci.run(['token', '--resource', api, ...scopes]);
      assert.deepEqual(parts(stdout)[1].scope.split(' ').sort(), ['read:things', 'write:things']);
    }
  });

  test('for an organization', async (t) => {
    const ci = await job(t);
    const { code, stdout } = await ci.run(['token', '--organization', 'acme00000001', '--scope', 'read:members']);
    assert.equal(code, 0);
    assert.equal(parts(stdout)[1].aud, 'urn:logto:organization:acme00000001');
    const both = await ci.run(['token', '--organization', 'acme00000001', '--resource', api, '--scope', 'read:things']);
    assert.deepEqual([parts(both.stdout)[1].aud, parts(both.stdout)[1].organization_id], [api, 'acme00000001']);
    ci.checkUntouched();
  });

  test('every format', async (t) => {
    const ci = await job(t);
    const out = async (...args) => (await ci.run(['token', '--resource', api, '--scope', 'read:things', ...args])).stdout;
    assert.match(await out('--format', 'header'), /^Authorization: Bearer \S+\n$/);
    assert.match(await out('--format', 'env'), /^LOGTO_ACCESS_TOKEN=\S+\n$/);
    for (const args of [['--json'], ['--format', 'json']]) {
      const { access_token: token, expires_at: expiresAt, expires_in: expiresIn, ...rest } = JSON.parse(await out(...args));
      assert.deepEqual(rest, { token_type: 'Bearer', scope: 'read:things', resource: api, organization_id: null });
      assert.ok(Math.abs(expiresAt - parts(token)[1].exp) <= 2);
      assert.ok(expiresIn > 3590 && expiresIn <= 3600);
    }
    const credential = JSON.parse(await out('--format', 'exec-credential'));
    assert.deepEqual([credential.apiVersion, credential.kind], ['client.authentication.k8s.io/v1', 'ExecCredential']);
    assert.ok(Math.abs(Date.parse(credential.status.expirationTimestamp) / 1000 - now() - 3600) < 10);
    assert.equal(parts(credential.status.token)[1].aud, api);
    ci.checkUntouched();
  });

  test('without a home: a container that sets neither HOME nor XDG folders', async (t) => {
    const ci = await job(t);
    const bare = { HOME: undefined, XDG_CONFIG_HOME: undefined, XDG_CACHE_HOME: undefined, XDG_DATA_HOME: undefined, XDG_RUNTIME_DIR: undefined, USER: undefined, DBUS_SESSION_BUS_ADDRESS: undefined };
    const { code, stdout, stderr } = await ci.run(['token', '--resource', api, '--scope', 'read:things'], { env: bare });
    assert.deepEqual([code, stderr], [0, '']);
    const verdict = await inspect(ci.user, stdout, ['--audience', api, '--scope', 'read:things'], { env: { ...bare, LOGTO_ENDPOINT: scene.provider.endpoint } });
    assert.equal(verdict.reason, null, verdict.stdout);
    ci.checkUntouched();
  });

  test('a home that cannot be written to does not matter', async (t) => {
    const ci = await job(t);
    const nowhere = { HOME: '/proc/nowhere', XDG_CONFIG_HOME: '/proc/nowhere/c', XDG_CACHE_HOME: '/proc/nowhere/k', XDG_RUNTIME_DIR: '/proc/nowhere/r', XDG_DATA_HOME: '/proc/nowhere/d' };
    const { code, stderr } = await ci.run(['token', '--resource', api, '--scope', 'read:things'], { env: nowhere });
    assert.deepEqual([code, stderr], [0, '']);
  });

  test('need --resource or --organization: exit 2, nothing sent', async (t) => {
    const ci = await job(t);
    const result = await ci.run(['token']);
    assert.deepEqual([result.code, result.stdout], [2, '']);
    assert.match(errorOf(result).message, /--resource or --organization/);
    assert.deepEqual(await scene.asked(), []);
    assert.equal((await ci.run(['token', '--id-token'])).code, 2, 'there is no ID token');
  });

  test('an empty scope gets a hint about the missing role', async (t) => {
    const ci = await job(t, scene.provider.apps.m2mNoRole);
    const { code, stdout, stderr } = await ci.run(['token', '--resource', api, '--scope', 'read:things']);
    assert.equal(code, 0);
    assert.match(stdout, /^\S+\n$/);
    assert.match(stderr, /^warning: .*role/);
  });

  test('an organization without the app: exit 9', async (t) => {
    const ci = await job(t, scene.provider.apps.m2mNoRole);
    const result = await ci.run(['token', '--organization', 'acme00000001']);
    assert.deepEqual([result.code, result.stdout], [9, '']);
    assert.ok(errorOf(result).hint);
  });

  test('an API that is not there: exit 9', async (t) => {
    const ci = await job(t);
    const result = await ci.run(['token', '--json', '--resource', 'https://nothing.example.com']);
    assert.equal(result.code, 9, result.stdout);
    assert.equal(JSON.parse(result.stdout).error.code, 'not_granted');
  });

  test('a wrong secret: exit 2, and neither secret is shown', async (t) => {
    const ci = await job(t, scene.provider.apps.m2m, { LOGTO_APP_SECRET: 'not-the-secret-0123456789' });
    const result = await ci.run(['-v', '-v', 'token', '--resource', api]);
    assert.deepEqual([result.code, result.stdout], [2, '']);
    assert.match(errorOf(result).hint, /LOGTO_APP_SECRET/);
    assert.ok(!result.stderr.includes('not-the-secret'));
    assert.ok(!result.stderr.includes(Buffer.from(`${scene.provider.apps.m2m.id}:not-the-secret-0123456789`).toString('base64')));
  });

  test('an app that is for people: exit 2 and what it takes', async (t) => {
    const ci = await job(t, scene.provider.apps.web);
    const result = await ci.run(['token', '--resource', api]);
    assert.deepEqual([result.code, result.stdout], [2, '']);
    assert.match(errorOf(result).hint, /Machine-to-machine/);
  });

  test('half of the environment: exit 2 when the endpoint is missing', async (t) => {
    const ci = await job(t);
    const result = await ci.run(['token', '--resource', api], { env: { LOGTO_ENDPOINT: undefined } });
    assert.deepEqual([result.code, result.stdout], [2, '']);
    assert.match(errorOf(result).hint, /LOGTO_ENDPOINT/);
    ci.checkUntouched();
  });

  test('a provider that fails: exit 6, stdout empty, Retry-After shown', async (t) => {
    const ci = await job(t);
    for (const [fault, code, pattern] of [
      [{ status: 500 }, 6, /500/], [{ status: 429, headers: { 'Retry-After': '17' } }, 6, /17/], [{ status: 200, body: 'nonsense' }, 6, /./],
      [{ status: 200, body: {} }, 6, /access_token/],
    ]) {
      await scene.provider.set({ failNext: { path: '/oidc/token', count: 5, ...fault } });
      const result = await ci.run(['token', '--resource', api]);
      assert.deepEqual([result.code, result.stdout], [code, ''], `${JSON.stringify(fault)} ${result.stderr}`);
      assert.match(result.stderr, pattern);
    }
    const away = await ci.run(['token', '--resource', api], { env: { LOGTO_ENDPOINT: 'http://localhost:9' } });
    assert.deepEqual([away.code, away.stdout], [6, '']);
    ci.checkUntouched();
  });

  test('a token that does not live for --min-ttl seconds: exit 9 after one request', async (t) => {
    const ci = await job(t);
    const result = await ci.run(['token', '--resource', api, '--min-ttl', '7200']);
    assert.deepEqual([result.code, result.stdout], [9, '']);
    assert.deepEqual(await scene.asked(), introspection);
    assert.equal((await ci.run(['token', '--resource', api, '--min-ttl', '3600'])).code, 0);
  });

  test('a secret in a file goes before the variable; the file may be a pipe, and is named when it cannot be used', async (t) => {
    const ci = await job(t, scene.provider.apps.m2m, { LOGTO_APP_SECRET: 'not-the-secret' });
    const { secret } = scene.provider.apps.m2m;
    const token = ['token', '--resource', api];
    const file = ci.user.path('secret');
    writeFileSync(file, `${secret}\n`);
    assert.equal((await ci.run(token, { env: { LOGTO_APP_SECRET_FILE: file } })).code, 0);
    const pipe = await finish('bash', ['-c', `LOGTO_APP_SECRET_FILE=<(cat '${file}') '${program}' ${token.join(' ')}`], { env: { ...ci.user.env, ...ci.env } });
    assert.equal(pipe.code, 0, pipe.stderr);
    assert.equal((await inspect(ci.user, 'an-opaque-token-of-nobody', [], { env: { ...ci.env, LOGTO_APP_SECRET_FILE: file } })).reason, 'inactive');
    writeFileSync(ci.user.path('large'), secret.repeat(200));
    writeFileSync(ci.user.path('empty'), '\n');
    for (const [name, why] of [['missing', /missing does not exist/], ['empty', /empty is empty/], ['.', /LOGTO_APP_SECRET_FILE: /], ['large', /large.* 4096/]]) {
      const result = await ci.run([...token, '-v', '-v'], { env: { LOGTO_APP_SECRET_FILE: ci.user.path(name) } });
      assert.deepEqual([result.code, result.stdout], [2, ''], name);
      assert.match(errorOf(result).message, why);
      assert.ok(!result.stderr.includes(secret.slice(0, 8)));
    }
  });

  test('go before a session that somebody has', async () => {
    const user = await scene.signedIn(['--resource', api, '--scope', 'read:things']);
    const before = await user.session();
    const { m2m } = scene.provider.apps;
    const { stdout } = await user.run(['token', '--resource', api], { env: { LOGTO_APP_ID: m2m.id, LOGTO_APP_SECRET: m2m.secret } });
    assert.equal(parts(stdout)[1].client_id, m2m.id);
    assert.deepEqual(await user.session(), before);
  });
});

describe('a personal access token', () => {
  const exchange = (t, more) => job(t, scene.provider.apps.exchange, { LOGTO_APP_SECRET: undefined, LOGTO_PAT: pat, ...more });

  test('becomes an opaque token that userinfo takes', async (t) => {
    const ci = await exchange(t);
    const { code, stdout, stderr } = await ci.run(['token']);
    assert.deepEqual([code, stderr], [0, '']);
    const me = await fetch(`${scene.provider.issuer}/me`, { headers: { Authorization: `Bearer ${stdout.trim()}` } });
    assert.equal((await me.json()).sub, 'ada0lovelace');
    assert.deepEqual(await scene.asked(), introspection);
    ci.checkUntouched();
  });

  test('becomes a JWT for an API, as the user, with her permissions', async (t) => {
    const ci = await exchange(t);
    const { code, stdout } = await ci.run(['token', '--resource', api, '--scope', 'read:things']);
    assert.equal(code, 0);
    const { sub, aud, scope } = parts(stdout)[1];
    assert.deepEqual([sub, aud, scope], ['ada0lovelace', api, 'read:things']);
    const members = await ci.run(['token', '--organization', 'acme00000001', '--scope', 'read:members']);
    assert.equal(parts(members.stdout)[1].aud, 'urn:logto:organization:acme00000001');
    ci.checkUntouched();
  });

  test('is told when the app has token exchange switched off: exit 2', async (t) => {
    const ci = await exchange(t, { LOGTO_APP_ID: scene.provider.apps.native.id });
    const result = await ci.run(['token']);
    assert.deepEqual([result.code, result.stdout], [2, '']);
    assert.match(errorOf(result).hint, /token exchange/);
  });

  test('that is wrong: exit 3, and it is shown nowhere', async (t) => {
    const ci = await exchange(t, { LOGTO_PAT: 'pat_thisIsNotOneOfTheirs00000000000' });
    const result = await ci.run(['-vv', 'token']);
    assert.deepEqual([result.code, result.stdout], [3, '']);
    assert.match(errorOf(result).hint, /LOGTO_PAT/);
    assert.ok(!result.stderr.includes('thisIsNotOneOfTheirs'));
  });

  test('needs an app and an endpoint: exit 2', async (t) => {
    const ci = await exchange(t);
    for (const name of ['LOGTO_APP_ID', 'LOGTO_ENDPOINT']) {
      const result = await ci.run(['token'], { env: { [name]: undefined } });
      assert.deepEqual([result.code, errorOf(result).hint], [2, `set ${name}`]);
    }
    ci.checkUntouched();
  });

  test('an organization that the user is not in: exit 9', async (t) => {
    const ci = await exchange(t);
    assert.equal((await ci.run(['token', '--organization', 'nobodys00003'])).code, 9);
  });
});

test('nothing secret is in the command line or the environment of anything that is started', async (t) => {
  const ci = await job(t);
  const result = await ci.run(['-v', 'token', '--resource', api, '--scope', 'read:things']);
  assert.equal(result.code, 0);
  assert.match(result.stderr, /POST .*\/oidc\/token.* 200/);
  for (const secret of [scene.provider.apps.m2m.secret, result.stdout.trim()]) assert.ok(!result.stderr.includes(secret));
});

// A traditional web app: all that a native one can do, with a secret that has to be encoded and is nowhere but in the store.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';

import { claimsOf } from '../provider/testing.mjs';
import { useScene } from './harness.mjs';

const scene = useScene();
const api = 'https://api.example.com';
// application/x-www-form-urlencoded (RFC 6749, 2.3.1); a space may be either.
const formEncode = (text) => [...Buffer.from(text)].map((byte) => (/[\w.~-]/.test(String.fromCharCode(byte))
  ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)).join('');

async function signedIn(more = []) {
  const user = await scene.user();
  const { id, secret } = scene.provider.apps.web;
  for (const character of '+%: ') assert.ok(secret.includes(character), `the secret has no "${character}" to encode`);
  writeFileSync(user.path('secret'), `${secret}\n`);
  const login = await user.login(['--endpoint', scene.provider.endpoint, '--app-id', id, '--app-secret-file', user.path('secret'), ...more]);
  assert.equal(login.code, 0, login.stderr);
  writeFileSync(user.path('secret'), '');
  return user;
}

const tokenRequests = async () => (await scene.provider.requests()).filter(({ path }) => path === '/oidc/token');

test('its id and secret are form-encoded in HTTP Basic, and PKCE is used all the same', async () => {
  await scene.provider.clearRequests();
  const user = await signedIn();
  assert.equal((await user.token('--refresh')).code, 0);
  assert.equal((await user.run(['logout'])).code, 0);
  const { id, secret } = scene.provider.apps.web;
  const authenticated = (await scene.provider.requests()).filter(({ path, method }) => method === 'POST' &&
    ['/oidc/request', '/oidc/token', '/oidc/token/revocation'].includes(path));
  assert.equal(new Set(authenticated.map(({ path }) => path)).size, 3, 'pushed request, token and revocation');
  for (const { path, headers, params, status } of authenticated) {
    assert.ok(status < 300, `${path} ${status}`);
    const basic = Buffer.from(headers.authorization.replace(/^Basic /, ''), 'base64').toString().replaceAll('+', '%20');
    assert.equal(basic, `${formEncode(id)}:${formEncode(secret)}`, path);
    assert.equal(params.client_secret, undefined, path);
  }
  const [pushed] = authenticated;
  assert.deepEqual([pushed.params.code_challenge_method, pushed.params.code_challenge.length], ['S256', 43]);
  const [exchange] = await tokenRequests();
  assert.match(exchange.params.code_verifier, /^[\w.~-]{43,128}$/);
});

test('without a pushed request PKCE is used too', async () => {
  await scene.provider.set({ parUnadvertised: true });
  const user = await scene.user();
  const { id, secret } = scene.provider.apps.web;
  const login = await user.login(['--endpoint', scene.provider.endpoint, '--app-id', id, '--app-secret-file', '-'], { stdin: secret });
  assert.equal(login.code, 0, login.stderr);
  const { searchParams } = new URL(login.address);
  assert.deepEqual([searchParams.get('code_challenge_method'), searchParams.get('code_challenge').length], ['S256', 43]);
  for (const part of [secret, encodeURIComponent(secret)]) assert.ok(!login.address.includes(part));
});

test('it does what a native app does, and its secret is in the store and nowhere else', async () => {
  const user = await signedIn(['--resource', api, '--scope', 'read:things', '--organizations']);
  const outputs = [];
  const run = async (...args) => {
    const result = await user.run([...args, '-v']);
    assert.equal(result.code, 0, `${args.join(' ')}: ${result.stderr}`);
    outputs.push(result.stdout, result.stderr);
    return result.stdout.trim();
  };
  assert.equal(claimsOf(await run('token', '--resource', api)).aud, api);
  assert.equal(claimsOf(await run('token', '--organization', 'Acme')).aud, 'urn:logto:organization:acme00000001');
  assert.equal(claimsOf(await run('token', '--id-token', '--refresh')).aud, scene.provider.apps.web.id);
  assert.match(await run('whoami'), /^Ada Lovelace/);
  assert.match(await run('exec', '--', 'env'), /^LOGTO_ACCESS_TOKEN=/m);
  await run('status', '--json');

  const { id, secret } = scene.provider.apps.web;
  assert.equal((await user.session({ app: id })).app_secret, secret);
  const spellings = [secret, formEncode(secret), formEncode(secret).replaceAll('%20', '+'), JSON.stringify(secret).slice(1, -1),
    Buffer.from(`${formEncode(id)}:${formEncode(secret)}`).toString('base64')];
  for (const spelling of spellings) {
    assert.ok(!outputs.join('\n').includes(spelling), 'in the output');
    for (const { path, content } of user.files()) assert.ok(!content.includes(spelling), path);
  }
  await run('logout');
  assert.equal(await user.session({ app: id }), null);
});

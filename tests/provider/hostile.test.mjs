// What a hostile or broken server does to a client: answers that are cut, endless, or not what they should be.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, beforeEach, test } from 'node:test';

import { createLocalJWKSet, jwtVerify } from 'jose';

import { Client, claimsOf, get, refused, startProvider } from './testing.mjs';

let provider;
let client;
let token;

before(async () => { provider = await startProvider(); });
after(() => provider.stop());
beforeEach(async () => {
  await provider.reset();
  client = new Client(provider);
  token = (await client.signIn()).refresh_token;
});

const path = '/oidc/token';

// The answer's bytes, as they came: no client would show them.
function raw(form, { upTo = Infinity } = {}) {
  const body = new URLSearchParams({ client_id: client.app.id, ...form }).toString();
  const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n`;
  return new Promise((resolve, reject) => {
    let bytes = '';
    const socket = net.connect(new URL(provider.endpoint).port, '127.0.0.1', () => socket.write(head + body));
    socket.on('data', (data) => { bytes += data; if (bytes.length >= upTo) socket.destroy(); });
    socket.on('error', reject).on('close', () => resolve(bytes));
  });
}

const refresh = (more) => raw({ grant_type: 'refresh_token', refresh_token: token }, more);
const parts = (bytes) => [bytes.slice(0, bytes.indexOf('\r\n\r\n')), bytes.slice(bytes.indexOf('\r\n\r\n') + 4)];

test('an answer is cut, with its length, without, and in chunks; the work is done', async () => {
  await provider.set({ mangle: [
    { path, cutAt: 20 }, { path, cutAt: 20, framing: 'close' }, { path, cutAt: -1, framing: 'close' }, { path, cutAt: 20, framing: 'chunked' },
  ] });
  const [head, body] = parts(await refresh());
  assert.match(head, /^HTTP\/1.1 200 /);
  assert.equal(body.length, 20);
  assert.ok(Number(/content-length: (\d+)/i.exec(head)[1]) > 500);

  const [bare, start] = parts(await refresh());
  assert.doesNotMatch(bare, /content-length|transfer-encoding/i);
  assert.equal(start.length, 20);
  const [, almost] = parts(await refresh());
  assert.throws(() => JSON.parse(almost));
  assert.equal(JSON.parse(`${almost}}`).token_type, 'Bearer');
  const [chunked, rest] = parts(await refresh());
  assert.match(chunked, /transfer-encoding: chunked/i);
  assert.match(rest, /^14\r\n[^\r]{20}\r\n$/);
  assert.equal((await provider.counts()).refreshes, 4);
  assert.equal((await provider.requests()).at(-1).status, 200);
});

test('an empty answer, another body, a reset', async () => {
  await provider.set({ mangle: [{ path, body: '' }, { path, body: 'not JSON' }, { path, cutAt: 5, reset: true }] });
  const [head, body] = parts(await refresh());
  assert.match(head, /200 Mangled[\s\S]*content-length: 0/i);
  assert.equal(body, '');
  assert.equal(parts(await refresh())[1], 'not JSON');
  await assert.rejects(refresh(), /ECONNRESET/);
});

test('headers and trailers without end, for as long as somebody reads', async () => {
  await provider.set({ mangle: [{ path, framing: 'chunked', trailerBytes: 300_000 }, { path, headerBytes: 4e9 }] });
  const bytes = await refresh();
  assert.ok(bytes.length > 300_000 && bytes.endsWith('aaa\r\n\r\n'));
  assert.match(bytes, /\r\n0\r\nX-Trailer: a/);
  assert.ok((await refresh({ upTo: 1e6 })).length >= 1e6);
  assert.equal((await get(`${provider.issuer}/jwks`)).status, 200);
});

test('a rule may be for one grant only', async () => {
  await provider.set({ mangle: { path, grant_type: 'refresh_token', body: 'x' } });
  assert.equal((await client.signIn({ prompt: 'consent' })).token_type, 'Bearer');
  assert.equal(parts(await refresh())[1], 'x');
});

test('tokens that are no tokens', async () => {
  for (const wrong of [{ access_token: 'a\r\nb' }, { access_token: '\u00e9\u001b[31m' }, { refresh_token: '' }, { refresh_token: 5 }, { id_token: {} }]) {
    await provider.set({ token: wrong });
    const { body } = await client.refresh(token);
    const [[name, value]] = Object.entries(wrong);
    assert.deepEqual(body[name], value);
  }
});

test('an ID token at a refresh that is for another user', async () => {
  await provider.set({ idToken: 'wrong_sub' });
  assert.notEqual(claimsOf((await client.refresh(token)).body.id_token).sub, 'ada0lovelace');
});

test('the key set is out of reach', async () => {
  await provider.set({ disconnect: { path: '/oidc/jwks', count: 2 } });
  for (let i = 0; i < 2; i += 1) await assert.rejects(get(`${provider.issuer}/jwks`));
  assert.equal((await get(`${provider.issuer}/jwks`)).status, 200);
});

test('the key set moves, and with it the keys', async () => {
  await provider.set({ jwksPath: '/elsewhere/keys', rotateKeys: true, dropOldKey: true });
  const { body } = await get(`${provider.issuer}/.well-known/openid-configuration`);
  assert.equal(body.jwks_uri, `${provider.issuer}/elsewhere/keys`);
  refused(await get(`${provider.issuer}/jwks`), 404, 'invalid_request');
  const { body: keys } = await get(body.jwks_uri);
  await jwtVerify((await client.refresh(token)).body.id_token, createLocalJWKSet(keys), { issuer: provider.issuer });
});

// The switches: each makes the tenant do what it says, and reset takes it back.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { createLocalJWKSet, jwtVerify } from 'jose';

import { Client, answer, claimsOf, headerOf, startProvider } from './testing.mjs';

let provider;
let client;

before(async () => { provider = await startProvider(); });
after(() => provider.stop());
beforeEach(async () => {
  await provider.reset();
  client = new Client(provider);
});

const get = async (path, init) => answer(await fetch(`${provider.endpoint}${path}`, { redirect: 'manual', ...init }));
const keySet = async () => createLocalJWKSet((await get('/oidc/jwks')).body);
const verify = async (token) => jwtVerify(token, await keySet(), { issuer: provider.issuer, audience: client.app.id });

test('a misspelt switch is refused', async () => {
  await assert.rejects(provider.set({ acessTokenTtl: 1 }), /no such switch/);
  await assert.rejects(provider.set({ idToken: 'wrong_nonsense' }), /no such ID token fault/);
});

test('requests and counts', async () => {
  const { refresh_token: token } = await client.signIn();
  await client.refresh(token);
  const requests = await provider.requests();
  const last = requests.at(-1);
  assert.deepEqual([last.method, last.path, last.status, last.grant_type], ['POST', '/oidc/token', 200, 'refresh_token']);
  assert.equal(last.params.refresh_token, token);
  assert.equal(requests.find(({ path }) => path === '/oidc/auth').params.state, 'the-state');
  const { token_requests, refreshes, grants } = await provider.counts();
  assert.deepEqual([token_requests, refreshes, grants], [2, 1, { authorization_code: 1, refresh_token: 1 }]);
  await provider.clearRequests();
  assert.deepEqual(await provider.requests(), []);
});

test('wrong claims in the ID token', async () => {
  const { access_token: accessToken, ...tokens } = await client.signIn();
  const right = claimsOf(tokens.id_token);
  let { refresh_token: refreshToken } = tokens;
  const faulty = async (idToken) => {
    await provider.set({ idToken });
    const { body } = await client.refresh(refreshToken);
    refreshToken = body.refresh_token;
    await verify(body.id_token).catch((error) => assert.match(error.code, /ERR_JWT/));
    return { ...claimsOf(body.id_token), accessToken: body.access_token, size: body.id_token.length };
  };
  assert.notEqual((await faulty('wrong_nonce')).nonce, 'the-nonce');
  assert.equal((await faulty('no_nonce')).nonce, undefined);
  assert.notEqual((await faulty('wrong_aud')).aud, right.aud);
  assert.notEqual((await faulty('wrong_iss')).iss, right.iss);
  assert.notEqual((await faulty('wrong_sub')).sub, right.sub);
  assert.ok((await faulty('expired')).exp < Date.now() / 1000 - 3000);
  assert.ok((await faulty('future_iat')).iat > Date.now() / 1000 + 3000);
  const several = await faulty('two_aud_no_azp');
  assert.deepEqual([several.aud[0], several.aud.length, several.azp], [right.aud, 2, undefined]);
  assert.notEqual((await faulty('wrong_azp')).azp, right.aud);
  const hashed = await faulty('good_at_hash');
  const hash = createHash('sha384').update(hashed.accessToken).digest().subarray(0, 24).toString('base64url');
  assert.equal(hashed.at_hash, hash);
  assert.notEqual((await faulty('bad_at_hash')).at_hash, hash);
  assert.ok((await faulty('huge')).size > 128 * 1024);
});

test('wrong signatures on the ID token', async () => {
  let refreshToken = (await client.signIn()).refresh_token;
  const faulty = async (idToken) => {
    await provider.set({ idToken });
    const { body } = await client.refresh(refreshToken);
    refreshToken = body.refresh_token;
    return body.id_token;
  };
  const none = await faulty('alg_none');
  assert.deepEqual([headerOf(none).alg, none.split('.')[2]], ['none', '']);
  const hmac = await faulty('hmac_public_key');
  assert.equal(headerOf(hmac).alg, 'HS384');
  const der = await faulty('der_signature');
  assert.equal(Buffer.from(der.split('.')[2], 'base64url')[0], 0x30);
  for (const token of [none, hmac, der, await faulty('bad_signature'), await faulty('unknown_key'), await faulty('foreign_key')]) {
    await assert.rejects(verify(token));
  }
  assert.equal(await faulty('missing'), undefined);
  assert.equal(await faulty('not_a_jwt'), 'this-is-not-a-jwt');
  await verify(await faulty(null));
});

test('claims of the test in the ID token, tokens of the test in the response', async () => {
  await provider.set({ idTokenClaims: { name: 'Ada\u001b[31m' }, token: { token_type: 'mac' }, noRefreshToken: true });
  const body = await client.signIn();
  assert.deepEqual([claimsOf(body.id_token).name, body.token_type, body.refresh_token], ['Ada\u001b[31m', 'mac', undefined]);
});

test('the callback: state and iss, wrong, missing and twice', async () => {
  const callback = async (fault) => {
    await provider.set({ callback: fault });
    return (await client.authorize()).searchParams;
  };
  assert.notEqual((await callback({ state: 'wrong' })).get('state'), 'the-state');
  assert.equal((await callback({ state: 'missing' })).get('state'), null);
  assert.notEqual((await callback({ iss: 'wrong' })).get('iss'), provider.issuer);
  assert.equal((await callback({ iss: 'missing' })).get('iss'), null);
  assert.equal((await callback({ iss: 'duplicate' })).getAll('iss').length, 2);
});

test('faults on any path', async () => {
  await provider.set({ failNext: { path: '/oidc/token', status: 429, headers: { 'Retry-After': '7' }, body: { error: 'busy' } } });
  const busy = await client.refresh('x');
  assert.deepEqual([busy.status, busy.headers.get('retry-after'), busy.body.error], [429, '7', 'busy']);
  assert.equal((await client.refresh('x')).status, 400);

  await provider.set({ redirect: { path: '/oidc/jwks', to: 'http://localhost:1/evil' } });
  assert.equal((await get('/oidc/jwks')).headers.get('location'), 'http://localhost:1/evil');
  await provider.set({ flood: { path: '/oidc/jwks', bytes: 1_000_000 } });
  assert.ok((await (await fetch(`${provider.issuer}/jwks`)).text()).length > 1_000_000);
  await provider.set({ hang: { path: '/oidc/jwks' }, slowDrip: { path: '/oidc/me' } });
  for (const path of ['/oidc/jwks', '/oidc/me']) {
    await assert.rejects(get(path, { signal: AbortSignal.timeout(400) }), /timeout/);
  }
  assert.equal((await get('/oidc/jwks')).status, 200);
});

test('delays, and an answer that is lost after the work was done', async () => {
  const { refresh_token: token } = await client.signIn();
  await provider.set({ tokenDelayMs: 150, responseDelayMs: 150 });
  const started = Date.now();
  assert.equal((await client.refresh(token)).status, 200);
  assert.ok(Date.now() - started >= 290);

  await provider.set({ tokenDelayMs: 0, responseDelayMs: 0, dropResponse: 1 });
  await assert.rejects(client.refresh(token));
  assert.equal((await client.refresh(token)).status, 200);
  assert.equal((await provider.counts()).refreshes, 3);
});

test('lifetimes, and everything expired at the server', async () => {
  await provider.set({ accessTokenTtl: 2, idTokenTtl: 5 });
  const body = await client.signIn();
  assert.equal(body.expires_in, 2);
  assert.equal(claimsOf(body.id_token).exp - claimsOf(body.id_token).iat, 5);
  await provider.expire();
  assert.equal((await client.userinfo(body.access_token)).status, 401);
  const { body: refreshed } = await client.refresh(body.refresh_token);
  assert.equal(refreshed.refresh_token.length, 43);

  await provider.set({ refreshTokenTtl: 1 });
  const { refresh_token: brief } = (await client.refresh(refreshed.refresh_token)).body;
  await pause(1100);
  assert.equal((await client.refresh(brief)).body.error, 'invalid_grant');
});

test('a granted resource that was deleted since', async () => {
  const [resource] = provider.resources;
  const { refresh_token: token } = await client.signIn({ resource });
  await provider.set({ deletedResources: [resource], refreshReuseInterval: 0.5 });
  assert.equal((await client.refresh(token, { resource })).body.error, 'invalid_target');
  await pause(600);
  assert.equal((await client.refresh(token)).body.error, 'invalid_grant');
});

test('rotated keys, kept and dropped', async () => {
  const { id_token: old, refresh_token: token } = await client.signIn();
  await provider.set({ rotateKeys: true });
  const fresh = (await client.refresh(token)).body;
  assert.notEqual(headerOf(fresh.id_token).kid, headerOf(old).kid);
  await verify(fresh.id_token);
  await verify(old);
  await provider.set({ rotateKeys: true, dropOldKey: true });
  await assert.rejects(verify(old));
  await verify((await client.refresh(fresh.refresh_token)).body.id_token);
});

test('planted words, foreign discovery, another clock', async () => {
  await provider.set({ tokenPrefix: 'PLANTED', clockSkew: 3600, discovery: { issuer: 'https://evil.example.com' } });
  const callback = await client.authorize();
  const { body, headers } = await client.redeem(callback.searchParams.get('code'));
  for (const secret of [callback.searchParams.get('code'), body.access_token, body.refresh_token]) {
    assert.match(secret, /^PLANTED.{36}$/);
  }
  assert.ok(Date.parse(headers.get('date')) > Date.now() + 3_500_000);
  assert.ok(claimsOf(body.id_token).iat > Date.now() / 1000 + 3500);
  const { body: document } = await get('/oidc/.well-known/openid-configuration');
  assert.equal(document.issuer, 'https://evil.example.com');
});

test('grants are listed and revoked', async () => {
  const { refresh_token: token } = await client.signIn();
  const [grant] = await provider.grants();
  assert.deepEqual([grant.client_id, grant.sub, grant.refresh_tokens], [client.app.id, 'ada0lovelace', 1]);
  await provider.revokeGrants();
  assert.equal((await client.refresh(token)).body.error, 'invalid_grant');
});

test('minted tokens, in every algorithm', async () => {
  for (const alg of ['RS256', 'PS256', 'ES256', 'ES384', 'ES512']) {
    const { token } = await provider.mint({ alg, claims: { scope: null, extra: 1 } });
    const { payload, protectedHeader } = await jwtVerify(token, await keySet(), { audience: provider.resources[0], issuer: provider.issuer });
    assert.deepEqual([protectedHeader.typ, payload.extra, payload.scope], ['at+jwt', 1, undefined]);
  }
  const { token } = await provider.mint({ alg: 'none', kid: 'x', header: { typ: null } });
  assert.deepEqual(headerOf(token), { alg: 'none', kid: 'x' });
  await assert.rejects(provider.mint({ unpublished: true }).then(({ token: stray }) => verify(stray)));
});

test('it stops with its parent, and on SIGTERM', async () => {
  const [left, killed] = await Promise.all([startProvider(), startProvider()]);
  left.child.stdin.end();
  assert.equal(await left.exited, 0);
  killed.child.kill('SIGTERM');
  assert.equal(await killed.exited, 0);
});

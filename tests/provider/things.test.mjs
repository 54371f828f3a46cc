// The API of one's own: what it wants to see, what it says it saw, and how it misbehaves.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';

import { Client, callApi, get, startProvider } from './testing.mjs';

let provider;
let token;

before(async () => { provider = await startProvider(); });
after(() => provider.stop());
beforeEach(async () => {
  await provider.reset();
  token = await jobToken('read:things write:things');
});

const jobToken = async (scope, resource = provider.apiResource) => {
  const job = new Client(provider, provider.apps.m2m);
  return (await job.token({ grant_type: 'client_credentials', resource, scope })).body.access_token;
};
const ask = (path, options) => callApi(`${provider.api}${path}`, token, options);
const raw = (path) => fetch(`${provider.api}${path}`, { headers: { Authorization: `Bearer ${token}` } });

test('it says what reached it', async () => {
  const { status, body } = await ask('/v1/things?x=%2e%2e', { method: 'POST', body: { a: 1 } });
  assert.deepEqual([status, body.method, body.url], [200, 'POST', '/v1/things?x=%2e%2e']);
  assert.equal(body.headers.authorization, `Bearer ${token}`);
  assert.equal(body.claims.client_id, provider.apps.m2m.id);
  const sha256 = createHash('sha256').update('{"a":1}').digest('hex');
  assert.deepEqual(body.body, { bytes: 7, sha256, text: '{"a":1}' });
  const [recorded] = await provider.apiRequests();
  assert.deepEqual([recorded.url, recorded.status, recorded.body.bytes], ['/v1/things?x=%2e%2e', 200, 7]);
  assert.equal((await provider.requests()).some(({ path }) => path.startsWith('/v1')), false);
});

test('audience, scope, signature and lifetime are checked', async () => {
  const refused = async (expected, error, as, method) => {
    const { status, body, headers } = await callApi(`${provider.api}/v1`, as, { method });
    assert.deepEqual([status, body.error, headers.get('www-authenticate')], [expected, error, `Bearer error="${error}"`]);
  };
  await refused(401, 'invalid_token', undefined);
  await refused(401, 'invalid_token', 'garbage');
  await refused(401, 'invalid_token', await jobToken('read:things', provider.resources[1]));
  await refused(401, 'invalid_token', (await provider.mint({ unpublished: true })).token);
  await refused(401, 'invalid_token', (await provider.mint({ claims: { exp: 1 } })).token);
  await refused(403, 'insufficient_scope', await jobToken('read:things'), 'POST');
  await refused(403, 'insufficient_scope', await jobToken(''));
  token = await jobToken('read:things', provider.resources[0]);
  assert.equal((await ask('/v1')).status, 200);
});

test('401 once, redirects, other answers', async () => {
  await provider.set({ apiUnauthorized: 1 });
  assert.deepEqual([(await ask('/v1')).status, (await ask('/v1')).status], [401, 200]);
  const moved = await ask('/v1/redirect/307?to=http%3A%2F%2Flocalhost%3A1%2F');
  assert.deepEqual([moved.status, moved.headers.get('location')], [307, 'http://localhost:1/']);
  const teapot = await ask('/v1/status/418');
  assert.deepEqual([teapot.status, teapot.body.code], [418, 'things.status_418']);
});

test('as many bytes as wanted, slowly, without a length, or fewer than promised', async () => {
  const bytes = Buffer.from(await (await raw('/v1/bytes/3000001')).arrayBuffer());
  assert.equal(bytes.length, 3000001);
  assert.equal(String(bytes.subarray(2999984)), '0123456789abcdef0');
  const slow = await raw('/v1/bytes/100?chunked&seconds=0.2');
  assert.equal(slow.headers.get('content-length'), null);
  assert.equal((await slow.text()).length, 100);
  await assert.rejects(raw('/v1/bytes/1000?early=10').then((answer) => answer.text()));
});

test('below /open a token is seen, not wanted', async () => {
  assert.equal((await get(`${provider.api}/open/door`)).status, 200);
  assert.equal((await get(`${provider.api}/opener`)).status, 401);
});

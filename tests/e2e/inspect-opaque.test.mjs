// Tokens that only their issuer can read.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Client } from '../provider/testing.mjs';
import { useScene } from './harness.mjs';
import { inspect, inspectAll } from './lib/inspecting.mjs';

const scene = useScene();
const introspection = 'POST /oidc/token/introspection';
const visitor = () => scene.user({ bus: false });

test("the session's own token is active, and no secret is needed", async () => {
  const user = await scene.signedIn();
  const [{ token }] = (await user.session()).access_tokens;
  await scene.provider.clearRequests();
  const result = await inspect(user, token);
  assert.deepEqual([result.code, result.reason], [0, null], result.stdout);
  assert.deepEqual([result.check('active').result, result.verdict.header], ['pass', null]);
  assert.equal(result.verdict.claims.active, true);
  assert.equal(result.verdict.claims.sub, 'ada0lovelace');
  assert.deepEqual(await scene.asked(), [introspection]);
  assert.equal((await inspect(user, token, ['--type', 'access', '--scope', 'openid', '--claim', 'sub=ada0lovelace'])).reason, null);
  assert.equal((await inspect(user, token, ['--scope', 'read:things'])).reason, 'missing_scope');
  assert.equal((await inspect(user, token, ['--type', 'id'])).reason, 'wrong_type');
  assert.equal((await inspect(user, token, ['--claim', 'sub=alan1turing2'])).reason, 'claim_mismatch');
});

test('one that was withdrawn, and one that never was, are inactive', async () => {
  const user = await scene.signedIn();
  const [{ token }] = (await user.session()).access_tokens;
  await scene.provider.expire();
  const result = await inspect(user, token);
  assert.deepEqual([result.code, result.reason], [5, 'inactive'], result.stdout);
  assert.equal((await inspect(user, 'x'.repeat(43))).reason, 'inactive');
});

test('--offline and --no-verify: opaque, and nothing asked', async () => {
  const user = await scene.signedIn();
  const [{ token }] = (await user.session()).access_tokens;
  await scene.provider.clearRequests();
  const offline = await inspect(user, token, ['--offline']);
  assert.deepEqual([offline.code, offline.reason], [5, 'opaque']);
  assert.match(offline.check('format').detail, /--offline/);
  assert.equal((await inspect(user, token, ['--no-verify'])).reason, 'opaque');
  assert.deepEqual(await scene.asked(), []);
});

test('LOGTO_APP_ID and LOGTO_APP_SECRET ask, without a session and without a keyring', async () => {
  const user = await visitor();
  const { web, native } = scene.provider.apps;
  const client = new Client(scene.provider, web);
  const { access_token: token } = await client.signIn({ redirect_uri: 'http://localhost:3000/callback' });
  const env = { LOGTO_ENDPOINT: scene.provider.endpoint, LOGTO_APP_ID: web.id, LOGTO_APP_SECRET: web.secret };
  assert.equal((await inspect(user, token, [], { env })).reason, null);
  assert.equal((await inspect(user, token, [], { env: { ...env, LOGTO_APP_ID: native.id, LOGTO_APP_SECRET: undefined } })).reason, 'inactive', "another app's token is nobody's");
  const wrong = await inspect(user, token, [], { env: { ...env, LOGTO_APP_SECRET: 'wrong' } });
  assert.equal(wrong.verdict, undefined, 'a wrong secret is no verdict');
  assert.notEqual(wrong.code, 0);
  assert.ok(!`${wrong.stdout}${wrong.stderr}`.includes('wrong-secret'));
});

test('without an app to ask with: opaque, and it says what is missing', async () => {
  const user = await visitor();
  const result = await inspect(user, 'x'.repeat(43), ['--endpoint', scene.provider.endpoint]);
  assert.equal(result.reason, 'opaque');
  assert.match(result.check('format').detail, /LOGTO_APP_ID/);
});

test("another issuer is not asked with the profile's app", async () => {
  const user = await scene.signedIn();
  const [{ token }] = (await user.session()).access_tokens;
  const result = await inspect(user, token, ['--issuer', 'http://localhost:9/oidc']);
  assert.equal(result.reason, 'opaque', result.stdout);
});

test('an issuer that cannot be asked is no verdict: exit 6', async () => {
  const user = await scene.signedIn();
  const [{ token }] = (await user.session()).access_tokens;
  const answers = ['yes', '[]', {}, { active: 'true' }, { active: 1 }].map((body) => ({ status: 200, body }));
  for (const fault of [{ status: 500 }, { status: 429, headers: { 'Retry-After': '7' } }, ...answers]) {
    await scene.provider.set({ failNext: { path: '/oidc/token/introspection', ...fault } });
    const result = await inspect(user, token);
    assert.deepEqual([result.code, result.verdict], [6, undefined], `${JSON.stringify(fault)}: ${result.stdout}`);
  }
  assert.equal((await inspect(user, token)).code, 0);
});

test('an answer that is active, and expired all the same, is expired', async () => {
  const user = await scene.signedIn();
  const [{ token }] = (await user.session()).access_tokens;
  await scene.provider.set({ failNext: { path: '/oidc/token/introspection', status: 200, body: { active: true, exp: 1000, iss: scene.provider.issuer } } });
  assert.equal((await inspect(user, token)).reason, 'expired');
});

test('an answer with the one member that RFC 7662 asks for is enough', async () => {
  const user = await scene.signedIn();
  const [{ token }] = (await user.session()).access_tokens;
  await scene.provider.set({ failNext: { path: '/oidc/token/introspection', status: 200, body: { active: true } } });
  const result = await inspect(user, token);
  assert.equal(result.reason, null, result.stdout);
});

test('in a batch with JWTs, each is asked about', async () => {
  const user = await scene.signedIn();
  const session = await user.session();
  const [{ token }] = session.access_tokens;
  const { reasons } = await inspectAll(user, [token, session.id_token, 'y'.repeat(43), token, 'short']);
  assert.deepEqual(reasons, [null, null, 'inactive', null, 'malformed']);
});

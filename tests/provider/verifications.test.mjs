// More consent from Google: the Social Verification API, the consent page, and every way it can fail.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { FakeBrowser } from './fakebrowser.mjs';
import { Client, callApi, startProvider } from './testing.mjs';

let provider;
let token;
let browser;
const redirectUri = 'http://localhost:3000/callback';
const [drive, calendar] = ['drive', 'calendar'].map((name) => `https://www.googleapis.com/auth/${name}.readonly`);
const scope = `openid email profile ${drive} ${calendar}`;
const mine = '/api/my-account/identities/google/access-token';

before(async () => { provider = await startProvider(); });
after(() => provider.stop());
beforeEach(async () => {
  await provider.reset();
  browser = new FakeBrowser(provider.endpoint, provider.google);
  const client = new Client(provider);
  token = (await client.signInWithGoogle('ada@example.com', { scope: 'openid identities' })).access_token;
});

const post = (path, body, as = token) => callApi(`${provider.endpoint}${path}`, as, { method: 'POST', body });
const put = (id, target = 'google') => callApi(`${provider.endpoint}/api/my-account/identities/${target}/access-token`, token, {
  method: 'PUT', body: { verificationRecordId: id },
});
const start = (more) => post('/api/verifications/social', { connectorId: provider.connectorId, redirectUri, state: 'mine', scope, ...more });
const verify = (id, connectorData) => post('/api/verifications/social/verify', { verificationRecordId: id, connectorData });
const refused = ({ status, body }, expected, code) => assert.deepEqual([status, body.code], [expected, code], JSON.stringify(body));

function offline(address) {
  const url = new URL(address);
  url.searchParams.set('access_type', 'offline');
  url.searchParams.set('prompt', 'consent');
  return url;
}

// Clicks through Google; fields are the boxes of the consent page.
async function consent(address, { email = 'ada@example.com', fields = {} } = {}) {
  await browser.open(address);
  const next = await browser.submit({}, { button: email });
  const { left } = next.left ? next : await browser.submit(fields, { button: 'Continue' });
  return left.searchParams;
}

async function granted(more) {
  const { body } = await start();
  const answer = await consent(offline(body.authorizationUri), more);
  return { id: body.verificationRecordId, code: answer.get('code'), answer };
}

test('from the address to the wider token, which is renewed like any other', async () => {
  const { status, body } = await start();
  assert.equal(status, 201);
  assert.deepEqual(Object.keys(body), ['verificationRecordId', 'authorizationUri', 'expiresAt']);
  assert.ok(Math.abs(Date.parse(body.expiresAt) - Date.now() - 600_000) < 5000);
  const address = new URL(body.authorizationUri);
  assert.deepEqual([address.searchParams.get('redirect_uri'), address.searchParams.get('state'), address.searchParams.get('scope')], [redirectUri, 'mine', scope]);

  const answer = await consent(offline(address));
  assert.equal(answer.get('state'), 'mine');
  assert.ok(answer.get('scope').includes(drive));
  const verified = await verify(body.verificationRecordId, { code: answer.get('code'), redirectUri });
  assert.deepEqual([verified.status, verified.body], [200, { verificationRecordId: body.verificationRecordId }]);
  const { status: stored, body: wide } = await put(body.verificationRecordId);
  assert.deepEqual([stored, Object.keys(wide)], [200, ['access_token', 'scope', 'token_type', 'expires_in']]);
  assert.deepEqual(wide.scope.split(' ').sort(), scope.split(' ').sort());

  await provider.expireGoogle();
  const { body: renewed } = await callApi(`${provider.endpoint}${mine}`, token);
  assert.notEqual(renewed.access_token, wide.access_token);
  assert.ok(renewed.scope.includes(drive));
});

test('what is unticked is not granted', async () => {
  const { id, code, answer } = await granted({ fields: { [calendar]: '' } });
  assert.ok(!answer.get('scope').includes(calendar));
  await verify(id, { code, redirectUri });
  assert.deepEqual((await put(id)).body.scope.split(' ').sort(), ['email', 'openid', 'profile', drive].sort());
});

test('a later plain sign-in with Google makes it narrow again', async () => {
  const { id, code } = await granted();
  await verify(id, { code, redirectUri });
  assert.ok((await put(id)).body.scope.includes(drive));
  await new Client(provider).signInWithGoogle('ada@example.com', {});
  assert.equal((await callApi(`${provider.endpoint}${mine}`, token)).body.scope, 'openid profile email');
});

test('without offline access, the next expiry is the end', async () => {
  const { body } = await start();
  const answer = await consent(body.authorizationUri);
  await verify(body.verificationRecordId, { code: answer.get('code'), redirectUri });
  assert.equal((await put(body.verificationRecordId)).status, 200);
  await provider.expireGoogle();
  refused(await callApi(`${provider.endpoint}${mine}`, token), 401, 'secrets.third_party_token_set.access_token_expired');
});

test('canceled at Google: the record stays usable', async () => {
  const { body: { verificationRecordId: id, authorizationUri } } = await start();
  await browser.open(authorizationUri);
  const { left } = await browser.follow('Cancel');
  assert.deepEqual([left.searchParams.get('error'), left.searchParams.get('state')], ['access_denied', 'mine']);
  refused(await verify(id, { error: 'access_denied', redirectUri }), 400, 'connector.general');
  const answer = await consent(offline(authorizationUri));
  assert.equal((await verify(id, { code: answer.get('code'), redirectUri })).status, 200);
});

test('a bad code, a used one, another redirect URI; the error repeats the code', async () => {
  const { id, code } = await granted();
  for (const data of [{ code: 'planted-code', redirectUri }, { code, redirectUri: 'http://localhost:3001/callback' }]) {
    const answer = await verify(id, data);
    refused(answer, 400, 'connector.general');
    assert.ok(answer.body.message.includes(data.code) && JSON.stringify(answer.body.data).includes(data.code));
  }
  assert.equal((await verify(id, { code, redirectUri })).status, 200);
  refused(await verify(id, { code, redirectUri }), 400, 'connector.general');
});

test('records: unknown, not verified yet, expired', async () => {
  const { body: { verificationRecordId: id } } = await start();
  refused(await put(id), 400, 'verification_record.not_found');
  refused(await put('nothing'), 400, 'verification_record.not_found');
  refused(await verify('nothing', { code: 'x', redirectUri }), 400, 'verification_record.not_found');
  await provider.set({ verificationTtl: 0.5 });
  const { id: brief, code } = await granted();
  assert.equal((await verify(brief, { code, redirectUri })).status, 200);
  await pause(600);
  refused(await put(brief), 400, 'verification_record.not_found');
});

test('another Google account, one that is not linked, another target, storage off', async () => {
  const before = (await callApi(`${provider.endpoint}${mine}`, token)).body.access_token;
  const other = await granted({ email: 'alan@example.com' });
  await verify(other.id, { code: other.code, redirectUri });
  refused(await put(other.id), 422, 'user.identity_not_exists_in_current_user');
  assert.equal((await callApi(`${provider.endpoint}${mine}`, token)).body.access_token, before);

  const own = await granted();
  await verify(own.id, { code: own.code, redirectUri });
  refused(await put(own.id, 'github'), 422, 'verification_record.social_verification.invalid_target');
  await provider.set({ tokenStorageOff: true });
  refused(await put(own.id), 422, 'verification_record.social_verification.token_response_not_found');
  await provider.set({ tokenStorageOff: false });

  token = (await new Client(provider).signIn({ scope: 'openid identities' }, provider.users[2])).access_token;
  refused(await put(own.id), 422, 'user.identity_not_exists_in_current_user');
});

test('rights: openid to verify, identities to store; nonsense is refused', async () => {
  const { id, code } = await granted();
  const plain = (await new Client(provider).signIn({ scope: 'openid' })).access_token;
  assert.equal((await post('/api/verifications/social', { connectorId: provider.connectorId, redirectUri, state: 'x' }, plain)).status, 201);
  await verify(id, { code, redirectUri });
  token = plain;
  refused(await put(id), 403, 'auth.forbidden');
  refused(await start({ connectorId: 'google' }), 422, 'session.invalid_connector_id');
  refused(await start({ state: undefined }), 400, 'guard.invalid_input');
  token = undefined;
  refused(await start(), 401, 'auth.authorization_header_missing');
});

test('Google: an unregistered redirect URI and an unknown scope end there; the port must be the registered one', async () => {
  const shown = async (more) => browser.open((await start(more)).body.authorizationUri);
  for (const wrong of ['http://localhost:3001/callback', 'http://127.0.0.1:3000/callback', 'http://localhost:3000/callback/']) {
    const page = await shown({ redirectUri: wrong });
    assert.match(page.text, /Error 400: redirect_uri_mismatch/);
  }
  await provider.set({ googleRedirectUris: ['http://localhost:3001/callback'] });
  assert.equal((await shown({ redirectUri: 'http://localhost:3001/callback' })).url.pathname, '/accounts');
  assert.match((await shown()).text, /redirect_uri_mismatch/);
  assert.match((await shown({ scope: 'openid https://www.googleapis.com/auth/unheard' })).text, /Error 400: invalid_scope/);
});

test('an authorization address that a test has tampered with', async () => {
  await provider.set({ authorizationUri: '{}&state=evil' });
  assert.equal(new URL((await start()).body.authorizationUri).searchParams.getAll('state').length, 2);
  await provider.set({ authorizationUri: 'http://evil.example.com/' });
  assert.equal((await start()).body.authorizationUri, 'http://evil.example.com/');
});

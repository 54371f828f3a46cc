// Pushed authorization requests (RFC 9126), and the authorization endpoint asked without a browser.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { Client, get, refused, startProvider } from './testing.mjs';

let provider;
let client;
let web;

before(async () => { provider = await startProvider(); });
after(() => provider.stop());
beforeEach(async () => {
  await provider.reset();
  client = new Client(provider);
  web = new Client(provider, provider.apps.web);
});

const wrongRedirect = { redirect_uri: 'http://127.0.0.1:3000/callback' };
const unknownApi = { resource: 'https://unheard.example.com' };
const as = (app, secret = app.secret) => new Client(provider, { ...app, secret });

test('a pushed request holds for a minute, for as many visits', async () => {
  const pushed = await client.push({ direct_sign_in: 'social:google', resource: provider.resources });
  assert.equal(pushed.status, 201);
  assert.deepEqual(Object.keys(pushed.body), ['expires_in', 'request_uri']);
  assert.equal(pushed.body.expires_in, 60);
  assert.match(pushed.body.request_uri, /^urn:ietf:params:oauth:request_uri:./);
  for (let visit = 0; visit < 2; visit += 1) {
    const { status, headers } = await get(client.pushedUrl(pushed.body.request_uri));
    assert.deepEqual([status, headers.get('location')], [303, `/social/google?app_id=${client.app.id}`]);
  }
});

test('what was pushed is what is granted, resource and first screen included', async () => {
  const [resource] = provider.resources;
  const { body } = await client.push({ resource, scope: 'openid offline_access read:things', first_screen: 'identifier:register' });
  const page = await client.browser.open(client.pushedUrl(body.request_uri));
  assert.equal(page.url.pathname, '/register');
  const { left } = await client.browser.submit({ username: 'newcomer', password: 'Correct-Horse-1' });
  assert.equal(left.searchParams.get('state'), 'the-state');
  const { body: tokens } = await client.redeem(left.searchParams.get('code'));
  const refreshed = await client.refresh(tokens.refresh_token, { resource });
  assert.equal(refreshed.status, 200);
});

test('an app with a secret proves itself', async () => {
  assert.equal((await web.push()).status, 201);
  refused(await as(web.app, 'wrong').push(), 401, 'invalid_client');
  refused(await as({ id: web.app.id }).push(), 401, 'invalid_client');
});

test('refusals come before any browser', async () => {
  refused(await client.push({ client_id: 'nobody' }), 400, 'invalid_client');
  refused(await as(client.app).push(wrongRedirect), 400, 'invalid_request', /^redirect_uri did not match any of the client's registered redirect_uris$/);
  refused(await as(client.app).push(unknownApi), 400, 'invalid_target');
  for (const app of [provider.apps.device, provider.apps.m2m]) {
    refused(await as(app).push(), 400, 'invalid_request', /^requested response_type is not allowed for this client$/);
  }
});

test('switches: not advertised, missing, broken, slow, short-lived', async () => {
  const discovery = `${provider.issuer}/.well-known/openid-configuration`;
  assert.equal((await get(discovery)).body.pushed_authorization_request_endpoint, `${provider.issuer}/request`);
  await provider.set({ parUnadvertised: true });
  assert.equal('pushed_authorization_request_endpoint' in (await get(discovery)).body, false);

  for (const [status, error] of [[404, 'invalid_request'], [405, 'invalid_request'], [500, 'server_error']]) {
    await provider.set({ parStatus: status });
    refused(await client.push(), status, error);
  }
  await provider.set({ parStatus: null, parDelayMs: 200, parExpiresIn: 1 });
  const started = Date.now();
  const { body } = await client.push();
  assert.ok(Date.now() - started >= 195);
  assert.equal(body.expires_in, 1);
  assert.equal((await get(client.pushedUrl(body.request_uri))).status, 303);
  await pause(1100);
  // An app with one redirect URI hears of it there, and without the state, which went with the request.
  const late = new URL((await get(client.pushedUrl(body.request_uri))).headers.get('location'));
  assert.deepEqual([late.searchParams.get('error'), late.searchParams.get('state')], ['invalid_request_uri', null]);
});

test('the authorization endpoint without a browser: the way to the sign-in page', async () => {
  for (const more of [{}, { scope: 'openid unheard_of' }, { direct_sign_in: 'social:nobody' }, { organization_id: 'nobody000000' }]) {
    const { status, headers } = await get(client.authorizationUrl(more));
    assert.deepEqual([status, headers.get('location')], [303, `/sign-in?app_id=${client.app.id}`]);
  }
});

test('the authorization endpoint without a browser: refused on the spot', async () => {
  refused(await get(client.authorizationUrl({ client_id: 'nobody' })), 400, 'invalid_client');
  refused(await get(as(client.app).authorizationUrl(wrongRedirect)), 400, 'invalid_redirect_uri');
  for (const app of [provider.apps.device, provider.apps.m2m]) {
    refused(await get(as(app).authorizationUrl()), 400, 'invalid_redirect_uri');
  }
});

test('the authorization endpoint without a browser: refused at the callback', async () => {
  const errorOf = async (who, more) => {
    const { status, headers } = await get(who.authorizationUrl(more));
    const location = new URL(headers.get('location'));
    assert.deepEqual([status, location.origin], [303, 'http://localhost:3000']);
    assert.equal(location.searchParams.get('state'), 'the-state');
    assert.equal(location.searchParams.get('iss'), provider.issuer);
    return location.searchParams;
  };
  assert.equal((await errorOf(client, unknownApi)).get('error'), 'invalid_target');
  assert.equal((await errorOf(client, { prompt: 'create' })).get('error'), 'invalid_request');
  assert.equal((await errorOf(client, { code_challenge: [], code_challenge_method: [] })).get('error'), 'invalid_request');
  assert.equal((await errorOf(client, { prompt: 'none' })).get('error'), 'login_required');
  const third = await errorOf(as(provider.apps.thirdParty), { scope: 'openid phone' });
  assert.deepEqual([third.get('error'), third.get('scope')], ['invalid_scope', 'phone']);
});

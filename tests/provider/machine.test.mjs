// Apps without a user: client credentials as Logto answers them.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';

import { Client, claimsOf, refused, startProvider } from './testing.mjs';

let provider;
let job;
let api;
const acme = 'acme00000001';
const ask = (more, who = job) => who.token({ grant_type: 'client_credentials', ...more });

before(async () => {
  provider = await startProvider();
  [api] = provider.resources;
});
after(() => provider.stop());
beforeEach(async () => {
  await provider.reset();
  job = new Client(provider, provider.apps.m2m);
});

test('scopes must be named, and what is not granted is left out silently', async () => {
  const { body } = await ask({ resource: api, scope: 'read:things delete:things unheard_of' });
  assert.deepEqual(Object.keys(body).sort(), ['access_token', 'expires_in', 'scope', 'token_type']);
  assert.equal(body.scope, 'read:things');
  const { sub, client_id: clientId, aud, scope } = claimsOf(body.access_token);
  assert.deepEqual([sub, clientId, aud, scope], [job.app.id, job.app.id, api, 'read:things']);

  for (const scope of [undefined, 'delete:things', 'unheard_of']) {
    const empty = (await ask({ resource: api, ...(scope && { scope }) })).body;
    assert.deepEqual(['scope' in empty, 'scope' in claimsOf(empty.access_token)], [false, false], scope);
  }
  const idle = new Client(provider, provider.apps.m2mNoRole);
  assert.equal('scope' in (await ask({ resource: api, scope: 'read:things' }, idle)).body, false);
});

test('what it is for must be said, and exist', async () => {
  refused(await ask({}), 400, 'invalid_target', /both `resource` and `organization_id`/);
  refused(await ask({ resource: 'https://unheard.example.com' }), 400, 'invalid_target');
  for (const organization of ['globex000002', 'nobody000000']) {
    refused(await ask({ organization_id: organization }), 403, 'access_denied');
  }
});

test('organizations, alone and for an API', async () => {
  const own = claimsOf((await ask({ organization_id: acme, scope: 'read:members' })).body.access_token);
  assert.deepEqual([own.aud, own.scope], [`urn:logto:organization:${acme}`, 'read:members']);
  const both = claimsOf((await ask({ organization_id: acme, resource: api, scope: 'read:things' })).body.access_token);
  assert.deepEqual([both.aud, both.organization_id, both.scope], [api, acme, 'read:things']);
});

test('the secret: in the header or the body, wrong, twice, expired', async () => {
  const { id, secret } = job.app;
  const body = { client_id: id, client_secret: secret, resource: api };
  assert.equal((await ask(body, new Client(provider, { id }))).status, 200);
  refused(await ask({ resource: api }, new Client(provider, { id, secret: 'wrong' })), 401, 'invalid_client');
  refused(await ask({ resource: api }, new Client(provider, { id })), 401, 'invalid_client');
  refused(await ask(body), 400, 'invalid_request');

  await provider.set({ expiredSecrets: ['m2m'] });
  refused(await ask({ resource: api }), 400, 'invalid_request', /^client secret has expired$/);
  refused(await ask({ resource: api }, new Client(provider, { id, secret: 'wrong' })), 401, 'invalid_client');
  assert.equal((await ask({ resource: api }, new Client(provider, provider.apps.m2mNoRole))).status, 200);
});

test('each API has a lifetime of its own', async () => {
  await provider.set({ resourceTtl: { [api]: 120 } });
  const { body } = await ask({ resource: api });
  assert.deepEqual([body.expires_in, claimsOf(body.access_token).exp - claimsOf(body.access_token).iat], [120, 120]);
  assert.equal((await ask({ resource: provider.resources[1] })).body.expires_in, 3600);
});

test('its tokens can be neither revoked nor introspected', async () => {
  const { access_token: token } = (await ask({ resource: api })).body;
  refused(await job.post('/token/revocation', { token }), 400, 'unsupported_token_type');
  refused(await job.post('/token/introspection', { token }), 400, 'unsupported_token_type');
});

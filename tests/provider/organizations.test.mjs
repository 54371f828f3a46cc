// Organizations: who belongs to which, and what a token for one allows.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';

import { Client, claimsOf, startProvider } from './testing.mjs';

let provider;
let client;
const scope = 'openid offline_access urn:logto:scope:organizations urn:logto:scope:organization_roles';
const acme = { id: 'acme00000001', name: 'Acme', description: 'Makers of everything' };
const globex = { id: 'globex000002', name: 'Globex', description: null };

before(async () => { provider = await startProvider(); });
after(() => provider.stop());
beforeEach(async () => {
  await provider.reset();
  client = new Client(provider);
});

test('ids and roles in the ID token, names in userinfo only', async () => {
  const { id_token: idToken, access_token: token } = await client.signIn({ scope });
  const claims = claimsOf(idToken);
  assert.deepEqual(claims.organizations, [acme.id, globex.id]);
  assert.deepEqual(claims.organization_roles, [`${acme.id}:admin`, `${globex.id}:member`]);
  assert.equal(claims.organization_data, undefined);
  const { body } = await client.userinfo(token);
  assert.deepEqual([body.organizations, body.organization_data], [[acme.id, globex.id], [acme, globex]]);
});

test('who belongs to none has empty lists', async () => {
  const { access_token: token } = await client.signIn({ scope }, provider.users[2]);
  const { body } = await client.userinfo(token);
  assert.deepEqual([body.organizations, body.organization_data, body.organization_roles], [[], [], []]);
});

test('two organizations of one name', async () => {
  await provider.set({ organizationNames: { [globex.id]: 'Acme' } });
  const { access_token: token } = await client.signIn({ scope });
  const { body } = await client.userinfo(token);
  assert.deepEqual(body.organization_data.map(({ name }) => name), ['Acme', 'Acme']);
});

test('without the reserved resource at sign-in, a token for an organization allows nothing', async () => {
  const { refresh_token: token } = await client.signIn({ scope: `${scope} read:members` });
  const { body } = await client.refresh(token, { organization_id: acme.id });
  assert.equal(body.scope, '');
  assert.equal(claimsOf(body.access_token).scope, undefined);
});

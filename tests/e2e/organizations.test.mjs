// Organizations by name: where the names come from, what they stand for, and where they are shown.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { claimsOf } from '../provider/testing.mjs';
import { errorOf, useScene } from './harness.mjs';

const scene = useScene();
const api = 'https://api.example.com';
const [acme, globex] = ['acme00000001', 'globex000002'];
const everything = ['--resource', api, '--scope', 'read:things', '--organizations'];
const audience = (id) => `urn:logto:organization:${id}`;

async function tokenFor(user, ...args) {
  const { code, stdout, stderr } = await user.token(...args);
  assert.deepEqual([code, stderr], [0, ''], args.join(' '));
  return claimsOf(stdout.trim());
}

test('a token is asked for by name, which the session knows since the sign-in', async () => {
  const user = await scene.signedIn(everything);
  await scene.provider.clearRequests();
  assert.equal((await tokenFor(user, '--organization', 'Acme')).aud, audience(acme));
  assert.deepEqual(await scene.asked(), ['POST /oidc/token']);
  const both = await tokenFor(user, '--organization', 'Globex', '--resource', api);
  assert.deepEqual([both.aud, both.organization_id], [api, globex]);
  const json = JSON.parse((await user.token('--organization', 'Acme', '--json')).stdout);
  assert.equal(json.organization_id, acme, 'by id, as ever');
  const exec = await user.run(['exec', '--organization', 'Acme', '--', 'sh', '-c', 'printf %s "$LOGTO_ACCESS_TOKEN"']);
  assert.equal(exec.stdout, json.access_token, 'and kept by id');
  const call = await user.run(['api', '--organization', 'Acme', '--resource', api, `${scene.provider.apiResource}/things`]);
  assert.equal(JSON.parse(call.stdout).claims.organization_id, acme);
});

test('a new name is asked for once', async () => {
  const user = await scene.signedIn(everything);
  await scene.provider.set({ organizationNames: { [acme]: 'Acme & Söhne' } });
  await scene.provider.clearRequests();
  assert.equal((await tokenFor(user, '--organization', 'Acme & Söhne')).aud, audience(acme));
  assert.deepEqual(await scene.asked(), ['GET /oidc/me', 'POST /oidc/token']);
  await tokenFor(user, '--organization', 'Acme & Söhne');
  assert.equal((await scene.asked()).length, 2);
});

test('a sign-in does not depend on the names', async () => {
  const user = await scene.user();
  await scene.provider.set({ failNext: { path: '/oidc/me', status: 500 } });
  await user.signIn(everything);
  assert.match((await user.run(['whoami'])).stdout, new RegExp(`member of ${acme}\\n`));
  assert.equal((await tokenFor(user, '--organization', 'Acme')).aud, audience(acme));
});

test('a name of two is exit 2 with both ids, and an unknown one exit 9', async () => {
  await scene.provider.set({ organizationNames: { [globex]: 'Acme' } });
  const user = await scene.signedIn(everything);
  const two = await user.token('--organization', 'Acme');
  assert.deepEqual([two.code, two.stdout], [2, '']);
  assert.match(errorOf(two).message, new RegExp(`'Acme': ${acme}, ${globex}$`));
  assert.equal((await tokenFor(user, '--organization', globex)).aud, audience(globex));
  const none = await user.token('--organization', 'acme', '--json');
  assert.deepEqual([none.code, JSON.parse(none.stdout).error.code], [9, 'not_granted']);
  assert.equal((await scene.provider.counts()).refreshes, 1, 'nothing was asked of the token endpoint for these');
});

test('whoami shows them by name, with roles where granted', async () => {
  const user = await scene.signedIn([...everything, '--scope', 'urn:logto:scope:organization_roles']);
  await scene.provider.clearRequests();
  const { stdout } = await user.run(['whoami']);
  assert.match(stdout, /member of Acme \(acme00000001\): admin\n.*member of Globex \(globex000002\): member\n/);
  assert.deepEqual(JSON.parse((await user.run(['whoami', '--json'])).stdout).organizations, [
    { id: acme, name: 'Acme', roles: ['admin'] }, { id: globex, name: 'Globex', roles: ['member'] },
  ]);
  assert.deepEqual(await scene.asked(), []);
  await scene.provider.set({ organizationNames: { [acme]: 'Acme\u001b[2J' } });
  assert.match((await user.run(['whoami', '--online'])).stdout, /member of Acme\\x1b\[2J \(acme00000001\): admin\n/);
});

test('whoami says nothing of organizations that were not asked for', async () => {
  const user = await scene.signedIn();
  assert.doesNotMatch((await user.run(['whoami'])).stdout, /member of/);
  assert.equal('organizations' in JSON.parse((await user.run(['whoami', '--json'])).stdout), false);
});

test('a name without --organizations at the sign-in is exit 9 with the line that helps', async () => {
  const user = await scene.signedIn();
  const result = await user.token('--organization', 'Acme');
  assert.deepEqual([result.code, errorOf(result).hint], [9, 'logto login --organizations']);
});

// What to do next, where a sign-in fails and the reason alone doesn't tell.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { errorOf, useScene, visit } from './harness.mjs';

const scene = useScene();

test('a discovery document that is none: its URL, and what an endpoint looks like', async () => {
  const user = await scene.user();
  await scene.provider.set({ failNext: { path: '/oidc/.well-known/openid-configuration', status: 404, body: 'no' } });
  const result = await user.run(['login', ...user.app]);
  assert.equal(result.code, 6);
  assert.match(errorOf(result).hint, /\/oidc\/\.well-known\/openid-configuration.*https:\/\/TENANT\.logto\.app/);
});

for (const description of ['', '&error_description=no', '&error_description=caf%E9']) {
  test(`access_denied${description}: exit 4, and whom to ask`, async () => {
    const user = await scene.user();
    const login = await user.startLogin();
    await visit((await user.authorize(login.address)).replace(/code=[^&]*/, `error=access_denied${description}`));
    const result = await login.ended;
    assert.equal(result.code, 4, result.stderr);
    assert.match(errorOf(result).hint, /administrator/);
  });
}

test('a code that is not exchanged, and an ID token that fails verification', async () => {
  const user = await scene.user();
  for (const [fault, hint] of [
    [{ failNext: { path: '/oidc/token', status: 400, body: 'no' } }, /^logto login/],
    [{ idToken: 'bad_signature' }, /right endpoint/],
  ]) {
    await scene.provider.set(fault);
    const result = await user.login();
    assert.equal(result.code, 6, result.stderr);
    assert.match(errorOf(result).hint, hint);
  }
});

test('whoami --claim --json is an object', async () => {
  const user = await scene.signedIn();
  assert.deepEqual(JSON.parse((await user.run(['whoami', '--claim', 'name', '--json'])).stdout), { name: 'Ada Lovelace' });
});

// `token --login`: a sign-in when one is needed, only with a user, and one for all who need it at that moment.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { describe, test } from 'node:test';

import { leadsTo } from '../provider/fakebrowser.mjs';
import { claimsOf } from '../provider/testing.mjs';
import { errorOf, until, useScene, visit } from './harness.mjs';

const scene = useScene();
const api = 'https://api.example.com';
const kubernetes = (spec) => ({ KUBERNETES_EXEC_INFO: JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', spec }) });
const interactive = kubernetes({ interactive: true });
const credential = ['token', '--login', '--format', 'exec-credential'];

// Somebody whose profile is set up, and who is signed out.
async function signedOut() {
  const user = await scene.signedIn();
  await user.run(['logout']);
  rmSync(user.addressFile, { force: true });
  // Each browser that is opened leaves a line.
  const plain = user.env.BROWSER;
  user.env = { ...user.env, BROWSER: user.script('counted', `echo "$1" >>'${user.path('opened')}'; exec '${plain}' "$1"`) };
  return user;
}

const browsers = (user) => (existsSync(user.path('opened')) ? readFileSync(user.path('opened'), 'utf8').trim().split('\n').length : 0);

async function signIn(user, process) {
  const address = await leadsTo(await user.opened(process));
  return visit(await user.authorize(address));
}

describe('a user is there', () => {
  test('when Kubernetes says so: the credential, and nothing else, is on standard output', async () => {
    const user = await signedOut();
    const kubectl = user.start(credential, { env: interactive });
    await signIn(user, kubectl);
    const { code, stdout, stderr } = await kubectl.ended;
    assert.equal(code, 0, stderr);
    const { kind, status } = JSON.parse(stdout);
    assert.deepEqual([kind, claimsOf(status.token).sub], ['ExecCredential', 'ada0lovelace']);
    assert.match(stderr, /Signed in as Ada Lovelace/);
    const again = await user.run(credential, { env: interactive });
    assert.deepEqual([JSON.parse(again.stdout).status.token, browsers(user)], [status.token, 1], 'a session needs no sign-in');
  });

  test('when standard error is a terminal', async () => {
    const user = await signedOut();
    const token = user.terminal(['token', '--login', '--json'], { into: user.path('token') });
    await signIn(user, token);
    assert.equal((await token.ended).code, 0, `${token}`);
    const lines = readFileSync(user.path('token'), 'utf8').split('\n');
    assert.equal(lines.length, 2);
    assert.equal(JSON.parse(lines[0]).token_type, 'Bearer');
  });

  test('and signs in for all that is asked for', async () => {
    const user = await signedOut();
    const token = user.start(['token', '--login', '--resource', api, '--scope', 'read:things', '--organization', 'Acme'], { env: interactive });
    await signIn(user, token);
    const { code, stdout, stderr } = await token.ended;
    assert.equal(code, 0, stderr);
    const { aud, scope, organization_id: organization } = claimsOf(stdout.trim());
    assert.deepEqual([aud, scope, organization], [api, 'read:things', 'acme00000001']);
    assert.deepEqual(user.config.profiles.default.resources, [api], 'the next sign-in asks for it too');
  });

  test('when the session has ended', async () => {
    const user = await signedOut();
    await user.login([]);
    await scene.provider.revokeGrants();
    const token = user.start(['token', '--login', '--refresh'], { env: interactive });
    await signIn(user, token);
    assert.equal((await token.ended).code, 0, token.stderr);
  });

  test('but what is missing is not a sign-in', async () => {
    const user = await signedOut();
    const before = await user.run(['token', '--login', '-p', 'elsewhere'], { env: interactive });
    assert.equal(before.code, 3, 'there is no endpoint to sign in at');
    await user.login([]);
    const opened = browsers(user);
    assert.equal((await user.run(['token', '--login', '--resource', api], { env: interactive })).code, 9);
    await user.keyring.stop();
    assert.equal((await user.run(['token', '--login'], { env: interactive })).code, 7);
    assert.equal(browsers(user), opened);
  });

  test('and cancels: exit 4, nothing printed', async () => {
    const user = await signedOut();
    await scene.provider.set({ denyAccess: true });
    const token = user.start(['token', '--login', '--json'], { env: interactive });
    await signIn(user, token);
    const { code, stdout } = await token.ended;
    assert.deepEqual([code, JSON.parse(stdout).error.code], [4, 'denied']);
  });
});

test('without a user no browser is opened: exit 3 with the line that helps', async () => {
  const user = await signedOut();
  const nobody = [{}, kubernetes({ interactive: false }), kubernetes({}), kubernetes({ interactive: 'true' }), { KUBERNETES_EXEC_INFO: '{' }, { KUBERNETES_EXEC_INFO: '[]' }];
  for (const env of nobody) {
    const result = await user.run(credential, { env });
    assert.deepEqual([result.code, result.stdout, errorOf(result).hint], [3, '', 'logto login'], JSON.stringify(env));
  }
  assert.equal((await user.run(['token'], { env: interactive })).code, 3, 'nor without --login');
  assert.equal(browsers(user), 0);
});

test('credentials of the environment need no sign-in', async () => {
  const user = await signedOut();
  const { id, secret } = scene.provider.apps.m2m;
  const env = { ...interactive, LOGTO_ENDPOINT: scene.provider.endpoint, LOGTO_APP_ID: id, LOGTO_APP_SECRET: secret };
  assert.equal((await user.run(['token', '--login', '--resource', api, '--scope', 'read:things'], { env })).code, 0);
  assert.equal(browsers(user), 0);
});

describe('ten at once', () => {
  const ten = (user) => Array.from({ length: 10 }, () => user.start(credential, { env: interactive, seconds: 120 }));
  // Waiting, as those who hear of it after two seconds say.
  const othersWait = (all) => until(() => all.filter(({ stderr }) => /another logto \(pid \d+\) to sign in with the profile 'default'/.test(stderr)).length === 9,
    () => `nine that wait\n${all.join('\n')}`);

  test('open one browser and share its session', async () => {
    const user = await signedOut();
    const all = ten(user);
    await othersWait(all);
    await signIn(user, all[0]);
    const results = await Promise.all(all.map(({ ended }) => ended));
    assert.deepEqual(results.map(({ code }) => code), Array(10).fill(0), results.map(({ stderr }) => stderr).join(''));
    assert.equal(new Set(results.map(({ stdout }) => stdout)).size, 1);
    assert.equal(browsers(user), 1);
  });

  test('open no other one when the user cancels', async () => {
    const user = await signedOut();
    await scene.provider.set({ denyAccess: true });
    const all = ten(user);
    await othersWait(all);
    await signIn(user, all[0]);
    const results = await Promise.all(all.map(({ ended }) => ended));
    assert.deepEqual(results.map(({ code }) => code).sort(), [...Array(9).fill(3), 4]);
    assert.equal(results.filter(({ stderr }) => /^logto: another logto process did not sign in: not signed in/m.test(stderr)).length, 9);
    assert.deepEqual([browsers(user), new Set(results.map(({ stdout }) => stdout)).size], [1, 1]);
  });

  test('outlive one that is killed in front of the browser', async () => {
    const user = await signedOut();
    const first = user.start(credential, { env: interactive });
    await user.opened(first);
    const second = user.start(credential, { env: interactive });
    await second.sees(/another logto \(pid \d+\) to sign in/);
    await first.kill('SIGKILL');
    assert.equal((await second.ended).code, 3);
    const third = user.start(credential, { env: interactive });
    await signIn(user, third);
    assert.equal((await third.ended).code, 0, third.stderr);
  });
});

// Pushed authorization requests (RFC 9126): what is wrong is known before a browser opens, and its address holds nothing.
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';

import { errorOf, pause, useScene } from './harness.mjs';

const scene = useScene();
const endpoint = () => ['--endpoint', scene.provider.endpoint];
const leadsTo = async (address) => (await fetch(address, { redirect: 'manual', headers: { connection: 'close' } })).headers.get('location');
const pushes = async () => (await scene.provider.requests()).filter(({ path }) => path === '/oidc/request');
const probes = async () => (await scene.asked()).filter((line) => line === 'GET /oidc/auth').length;

// With and without pushed requests: then the authorization endpoint is asked, once.
const ways = { 'pushed': {}, 'where pushing is not advertised': { parUnadvertised: true }, 'where pushing is answered 404': { parStatus: 404 } };

// What is refused: how, and the error and the hint.
const refusals = {
  'an app that does not exist': [() => ['--app-id', 'nobody'], /^http:\S+ has no app nobody: "/, /^check the app id in the Logto Console/],
  'a redirect URI that is not registered': [
    () => ['--app-id', scene.provider.apps.web.id, '--port', '3111', '--app-secret-file', '-'],
    /^http:\/\/localhost:3111\/callback is not a redirect URI of the app web\w+: "redirect_uri did not match/,
    /add the redirect URI http:\/\/localhost:3111\/callback and the post sign-out redirect URI http:\/\/localhost:3111\/$/,
  ],
  'an API that nobody knows': [
    () => ['--app-id', scene.provider.apps.native.id, '--resource', 'https://unheard.example.com'],
    /^http:\S+ does not know the API: https:\/\/unheard\.example\.com: "/, /^register it in the Logto Console \(API resources\)/,
  ],
};

for (const [way, switches] of Object.entries(ways)) {
  describe(way, () => {
    for (const [what, [args, message, hint]] of Object.entries(refusals)) {
      test(`${what} is exit 2 at once`, async () => {
        const user = await scene.user();
        await scene.provider.set(switches);
        const ended = await user.run(['login', ...endpoint(), ...args()], { stdin: scene.provider.apps.web.secret });
        assert.equal(ended.code, 2, ended.stderr);
        assert.match(errorOf(ended).message, message);
        assert.match(errorOf(ended).hint, hint);
        assert.equal(existsSync(user.addressFile), false, 'no browser was opened');
        assert.equal(existsSync(user.configFile), false);
        assert.equal(await probes(), way === 'pushed' ? 0 : 1);
      });
    }

    for (const kind of ['device', 'm2m']) {
      test(`an app of another kind (${kind}) is exit 2 at once`, async () => {
        const user = await scene.user();
        await scene.provider.set(switches);
        const app = scene.provider.apps[kind];
        const ended = await user.run(['login', ...endpoint(), '--app-id', app.id, ...(app.secret ? ['--app-secret-file', '-'] : [])], { stdin: app.secret ?? '' });
        assert.equal(ended.code, 2, ended.stderr);
        assert.match(errorOf(ended).message, way === 'pushed' ? /is not made for signing in with a browser: "/ : /is not a redirect URI of the app/);
        assert.match(errorOf(ended).hint, /type Native or Traditional web/);
        assert.equal(existsSync(user.addressFile), false);
      });
    }
  });
}

describe('the secret', () => {
  for (const [what, secret, message] of [
    ['a wrong one', 'wrong', /^Logto does not accept the secret of the app web/], ['none', undefined, /^the app web\w+ has a secret, and none was given/],
  ]) {
    test(`${what} is exit 2 before the browser opens`, async () => {
      const user = await scene.user();
      const ended = await user.run(['login', ...endpoint(), '--app-id', scene.provider.apps.web.id, '--json', ...(secret ? ['--app-secret-file', '-'] : [])], { stdin: secret });
      assert.equal(ended.code, 2);
      const { error } = JSON.parse(ended.stdout);
      assert.deepEqual([error.code, existsSync(user.addressFile)], ['config', false]);
      assert.match(error.message, message);
    });
  }

  test('one for an app that has none', async () => {
    const user = await scene.user();
    const ended = await user.run(['login', ...user.app], { env: { LOGTO_ENDPOINT: scene.provider.endpoint, LOGTO_APP_SECRET: 'x' } });
    assert.equal(ended.code, 2, ended.stderr);
    assert.match(errorOf(ended).hint, /a Native app has none/);
  });
});

describe('the ordinary request instead', () => {
  for (const [what, switches] of Object.entries({ 'not advertised': { parUnadvertised: true }, 404: { parStatus: 404 }, 405: { parStatus: 405 }, 500: { parStatus: 500 } })) {
    test(`${what}: asked about without a browser the first time only`, async () => {
      const user = await scene.user();
      await scene.provider.set(switches);
      const first = await user.login(user.app);
      assert.equal(first.code, 0, first.stderr);
      assert.equal(new URL(first.address).searchParams.get('state').length, 43);
      assert.equal(await probes(), 1);
      assert.equal((await user.login([])).code, 0);
      assert.equal(await probes(), 1);
      assert.equal((await user.login(['--resource', 'https://api.example.com'])).code, 0);
      assert.equal(await probes(), 2, 'an API that it has not been asked for before');
    });
  }

  test('a server that hurries is not asked again and again', async () => {
    const user = await scene.user();
    await scene.provider.set({ failNext: { path: '/oidc/request', count: 1, status: 429, headers: { 'Retry-After': '7' }, body: '{}' } });
    const ended = await user.run(['login', ...user.app]);
    assert.equal(ended.code, 6, ended.stderr);
    assert.match(errorOf(ended).hint, /7 seconds/);
  });
});

describe('a pushed request', () => {
  test('tells the browser nothing but its name, until five seconds before its end', async () => {
    const user = await scene.user();
    await scene.provider.set({ parExpiresIn: 8 });
    const login = await user.startLogin();
    assert.match(login.address, /\/oidc\/auth\?client_id=\w+&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A[\w-]+$/);
    assert.equal(await leadsTo(login.short), login.address);
    await pause(3500);
    const renewed = await leadsTo(login.short);
    assert.notEqual(renewed, login.address);
    assert.equal((await pushes()).length, 2);
    const page = await fetch(await user.authorize(renewed), { redirect: 'manual' });
    assert.equal(page.status, 303);
    await fetch(new URL(page.headers.get('location'), 'http://localhost:3000'));
    assert.equal((await login.ended).code, 0, login.stderr);
  });

  test('is made anew five times at most, then the ordinary one is used', async () => {
    const user = await scene.user();
    await scene.provider.set({ parExpiresIn: 1 });
    const login = await user.startLogin(); // which follows the short address once
    for (let visit = 0; visit < 4; visit += 1) assert.match(await leadsTo(login.short), /request_uri=/);
    assert.match(await leadsTo(login.short), /code_challenge=/);
    assert.equal((await pushes()).length, 6);
    await login.kill();
  });

  test('that cannot be made anew gives way to the ordinary one, and the listener goes on', async () => {
    const user = await scene.user();
    await scene.provider.set({ parExpiresIn: 1 });
    const login = user.start(['login', ...user.app]);
    const short = await user.opened(login);
    await scene.provider.set({ parDelayMs: 20_000 });
    const started = Date.now();
    const address = await leadsTo(short);
    assert.ok(Date.now() - started < 8000, 'it has a deadline of its own');
    assert.match(address, /state=/);
    await scene.provider.set({ parDelayMs: 0 });
    await fetch(await user.authorize(address));
    assert.equal((await login.ended).code, 0, login.stderr);
  });

  test('of an app with a secret is proven with it, and -v shows the full address', async () => {
    const user = await scene.user();
    const secret = user.path('secret.txt');
    const { web } = scene.provider.apps;
    writeFileSync(secret, web.secret, { mode: 0o600 });
    const result = await user.login([...endpoint(), '--app-id', web.id, '--app-secret-file', secret, '-v']);
    assert.equal(result.code, 0, result.stderr);
    const [push] = await pushes();
    assert.match(push.headers.authorization, /^Basic /);
    assert.equal(push.params.client_id, web.id);
    assert.match(result.stderr, /\/oidc\/auth\?client_id=\w+&response_type=code&/);
    assert.doesNotMatch(result.stderr, new RegExp(web.secret));
  });
});

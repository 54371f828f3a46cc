// Sign-ins that must not succeed: the exit status, the one clear line, the page, and an earlier session left as it was.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import http from 'node:http';
import { after, before, describe, test } from 'node:test';

import { startProvider } from '../provider/testing.mjs';
import { User, errorOf, useScene, visit } from './harness.mjs';

const scene = useScene();
const unescape = (text) => text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => ({ amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" })[name]);
const words = { 4: /^(denied|cancelled|timeout)$/, 6: /^(network|tls|protocol|rate_limited)$/ };

// Half a minute of waiting for an answer that never comes, behind the back of all other tests.
const silent = {};
before(async () => {
  silent.provider = await startProvider();
  const user = await User.arrive(silent.provider);
  await user.signIn(['--port', '38918']);
  await silent.provider.set({ hang: { path: '/oidc/token' } });
  const login = await user.startLogin([], { seconds: 120 });
  const page = visit(await user.authorize(login.address)).catch((error) => ({ text: String(error) }));
  Object.assign(silent, { user, login, page, before: await user.session() });
});
after(async () => {
  await silent.user?.leave();
  await silent.provider?.stop();
});

// Signs in, then twice in vain: as a user sees it, and as a script does.
async function refuses({ switches, code, message, forgetCache = false }) {
  const user = await scene.signedIn();
  const before = await user.session();
  const config = user.config;

  for (const json of [[], ['--json']]) {
    if (forgetCache) rmSync(user.path('cache/logto'), { recursive: true });
    await scene.provider.set(switches());
    const result = await user.login(json);
    assert.equal(result.code, code, `${result.stdout}${result.stderr}`);
    const error = json.length ? JSON.parse(result.stdout).error : errorOf(result);
    assert.match(error.message, message);
    if (json.length) {
      assert.deepEqual(Object.keys(JSON.parse(result.stdout)), ['error']);
      assert.deepEqual(Object.keys(error), ['code', 'message', 'hint']);
      assert.match(error.code, words[code]);
      assert.equal(errorOf(result).lines.length, 0, 'it is said once');
    } else {
      assert.equal(result.stdout, '');
      assert.equal(error.lines.length, 1, result.stderr);
    }
    assert.ok(!result.stderr.includes('Signed in'), result.stderr);
    assert.match(result.page.text, /Sign-in failed/);
    assert.ok(unescape(result.page.text).includes(error.message.slice(0, 290)), `${error.message}\n${result.page.text}`);
  }

  await scene.provider.set(Object.fromEntries(Object.keys(switches()).map((name) => [name, null])));
  if (forgetCache) rmSync(user.path('cache/logto'), { recursive: true });
  await survives(user, before);
  assert.deepEqual(user.config, config);
  return user;
}

async function survives(user, before) {
  assert.deepEqual(await user.session(), before, 'the earlier session is as it was');
  assert.match((await user.run(['whoami'])).stdout, /^Ada Lovelace/);
  const token = await user.token();
  assert.equal(token.stdout, `${before.access_tokens[0].token}\n`);
  const fresh = await user.token('--refresh');
  assert.equal(fresh.code, 0, fresh.stderr);
}

describe('an ID token is refused when', () => {
  const cases = {
    wrong_nonce: ['it answers another request', /nonce/],
    no_nonce: ['it answers no request', /nonce/],
    wrong_aud: ['it was made for another app', /another app \('aud'\)/],
    no_aud: ['it has no audience', /'aud'/],
    two_aud_no_azp: ['it was made for several apps', /'azp'/],
    wrong_azp: ['its authorized party is another app', /'azp'/],
    wrong_iss: ['another issuer made it', /issued by .*\/elsewhere/],
    no_iss: ['it does not say who made it', /missing 'iss'/],
    no_sub: ['it does not say who signed in', /'sub'/],
    expired: ['it has expired', /expired/],
    future_iat: ['it comes from the future', /in the future/],
    no_exp: ['it never expires', /'exp'/],
    no_iat: ['it has no age', /'iat'/],
    bad_at_hash: ['it belongs to another access token', /at_hash/],
    alg_none: ['it is not signed (alg: none)', /invalid ID token.*(none|algorithm)/],
    hmac_public_key: ['it is signed with the public key as an HMAC secret', /invalid ID token.*(HS384|algorithm)/],
    bad_signature: ['a bit of its signature is wrong', /signature/],
    der_signature: ['its signature is DER-encoded', /signature/],
    unknown_key: ['nobody knows its key', /signature|key/],
    foreign_key: ['another key signed it under a known name', /signature/],
    missing: ['it is missing', /no id_token/],
    not_a_jwt: ['it is none', /ID token/],
    huge: ['it is larger than any', /ID token|too large/],
  };
  for (const [fault, [what, message]] of Object.entries(cases)) {
    test(what, async () => { await refuses({ switches: () => ({ idToken: fault }), code: 6, message }); });
  }

  for (const [skew, words] of [[7200, 'behind'], [-7200, 'ahead of']]) {
    test(`the clock of this machine is two hours ${words} the server's, and says so`, async () => {
      const user = await scene.signedIn();
      await scene.provider.set({ clockSkew: skew });
      const result = await user.login([]);
      assert.equal(result.code, 6);
      assert.match(errorOf(result).message, new RegExp(`the clock of this machine is (2 hours|119 minutes) ${words} the server's$`));
      assert.match(errorOf(result).hint, /clock/);
    });
  }
});

describe('an ID token is accepted when', () => {
  for (const [what, switches] of [
    ['its at_hash is right', { idToken: 'good_at_hash' }],
    ['it names several audiences and us as the authorized party', { idToken: 'two_aud_with_azp' }],
    ['the server is four minutes ahead', { clockSkew: 240 }],
    ['the server is four minutes behind', { clockSkew: -240 }],
  ]) {
    test(what, async () => {
      const user = await scene.user();
      await scene.provider.set(switches);
      const result = await user.login();
      assert.equal(result.code, 0, result.stderr);
    });
  }

  test('it is signed with a new key, which is fetched once', async () => {
    const user = await scene.signedIn();
    await scene.provider.set({ rotateKeys: true, dropOldKey: true });
    await scene.provider.clearRequests();
    const result = await user.login([]);
    assert.equal(result.code, 0, result.stderr);
    assert.deepEqual(await scene.asked(), ['POST /oidc/request', 'POST /oidc/token', 'GET /oidc/jwks']);
  });
});

test('an unknown key makes it fetch the key set once, not more', async () => {
  const user = await scene.signedIn();
  await scene.provider.set({ idToken: 'unknown_key' });
  await scene.provider.clearRequests();
  assert.equal((await user.login([])).code, 6);
  assert.deepEqual(await scene.asked(), ['POST /oidc/request', 'POST /oidc/token', 'GET /oidc/jwks']);
});

describe('the way back is refused when', () => {
  test('it comes from another issuer', async () => {
    await refuses({ switches: () => ({ callback: { iss: 'wrong' } }), code: 6, message: /unexpected issuer https:\/\/evil\.example\.com\/oidc \(expected / });
    assert.equal((await scene.provider.counts()).grants.authorization_code, 1, 'no code was sent anywhere but in the first sign-in');
  });

  test('it does not say from where it comes', async () => {
    await refuses({ switches: () => ({ callback: { iss: 'missing' } }), code: 6, message: /'iss'/ });
  });

  test('it says so twice', async () => {
    await refuses({ switches: () => ({ callback: { iss: 'duplicate' } }), code: 6, message: /duplicate 'iss'/ });
  });

  test('it carries neither a code nor an error', async () => {
    await refuses({ switches: () => ({ callback: { code: 'missing' } }), code: 6, message: /missing 'code'/ });
  });

  test('its code is not one of Logto\'s', async () => {
    await refuses({ switches: () => ({ callback: { code: 'wrong' } }), code: 6, message: /invalid_grant/ });
  });

  test('Logto denies access: exit 4', async () => {
    await refuses({ switches: () => ({ denyAccess: true }), code: 4, message: /refused: access_denied: "access denied by the test"/ });
  });

  test('what the server says would move the cursor', async () => {
    const user = await scene.user();
    const login = await user.startLogin();
    const callback = new URL(await user.authorize(login.address));
    callback.searchParams.delete('code');
    callback.searchParams.set('error', 'access_denied');
    callback.searchParams.set('error_description', '\x1b[2J\u202e<b>gone</b>');
    const page = await visit(callback.href);
    const result = await login.ended;
    assert.equal(result.code, 4);
    assert.ok(!/[\x1b\u202e]/.test(result.stderr), result.stderr);
    assert.match(result.stderr, /\\x1b\[2J/);
    assert.ok(!page.text.includes('<b>gone') && !/[\x1b\u202e]/.test(page.text), page.text);
  });
});

describe('a sign-in goes on waiting, and ends with the deadline (exit 4), when', () => {
  test('the state is wrong', async () => {
    const user = await scene.signedIn();
    const before = await user.session();
    await scene.provider.set({ callback: { state: 'wrong' } });
    const result = await user.login(['--timeout', '4']);
    assert.deepEqual([result.code, result.stdout], [4, '']);
    assert.match(errorOf(result).message, /timed out after 4 seconds/);
    assert.deepEqual([result.page.status, result.page.location], [400, null]);
    assert.match(result.page.text, /Unexpected sign-in/);
    assert.equal((await scene.provider.counts()).grants.authorization_code, 1, 'the code was not used');
    await survives(user, before);
  });

  for (const fault of ['missing', 'duplicate']) {
    test(`the state is ${fault}, and still takes the right one then`, async () => {
      const user = await scene.user();
      await scene.provider.set({ callback: { state: fault } });
      const login = await user.startLogin();
      const callback = new URL(await user.authorize(login.address));
      assert.match((await visit(callback.href)).text, /Unexpected sign-in/);
      assert.equal(login.result, undefined);
      callback.searchParams.set('state', login.request.get('state'));
      assert.match((await visit(callback.href)).text, /You are signed in/);
      assert.equal((await login.ended).code, 0);
    });
  }

  test('nobody comes', async () => {
    const user = await scene.signedIn();
    const before = await user.session();
    const result = await (await user.startLogin(['--timeout', '1'])).ended;
    assert.deepEqual([result.code, result.stdout], [4, '']);
    assert.match(errorOf(result).message, /timed out after 1 second /);
    const json = await (await user.startLogin(['--timeout', '1', '--json'])).ended;
    assert.deepEqual([json.code, JSON.parse(json.stdout).error.code], [4, 'timeout']);
    await survives(user, before);
  });

  test('the app may not be used, which only the user is told', async () => {
    const user = await scene.user();
    await scene.provider.set({ denyApp: true });
    const login = await user.startLogin([...user.app, '--timeout', '2']);
    await assert.rejects(user.authorize(login.address));
    const result = await login.ended;
    assert.equal(result.code, 4);
    assert.match(errorOf(result).hint, /you have access to the app/);
  });
});

describe('the token endpoint', () => {
  const path = '/oidc/token';

  test('has a problem', async () => {
    await refuses({ switches: () => ({ failNext: { path, status: 503 } }), code: 6, message: /server error \(HTTP 503\)/ });
  });

  test('has had too many requests, and says when to come back', async () => {
    const user = await scene.user();
    await scene.provider.set({ failNext: { path, status: 429, headers: { 'Retry-After': '17' } } });
    const result = await user.login([...user.app, '--json']);
    assert.equal(result.code, 6);
    const { error } = JSON.parse(result.stdout);
    assert.equal(error.code, 'rate_limited');
    assert.match(error.hint, /17 seconds/);
  });

  test('cannot be reached', async () => {
    await refuses({
      switches: () => ({ discovery: { token_endpoint: 'http://localhost:9/token' } }), code: 6, message: /cannot reach localhost port 9/, forgetCache: true,
    });
  });

  test('hangs up', async () => {
    await refuses({ switches: () => ({ dropResponse: 1 }), code: 6, message: /cannot reach localhost/ });
  });

  test('sends us elsewhere, where nobody goes', async (t) => {
    let visitors = 0;
    const elsewhere = http.createServer((req, res) => { visitors += 1; res.end('{}'); }).listen(0, 'localhost');
    t.after(() => elsewhere.close());
    for (const status of [302, 307]) {
      await refuses({
        switches: () => ({ redirect: { path, to: `http://localhost:${elsewhere.address().port}/token`, status } }), code: 6, message: /unexpected redirect/,
      });
    }
    assert.equal(visitors, 0);
  });

  test('sends 100 MB', async () => {
    await refuses({ switches: () => ({ flood: { path, bytes: 100 * 1024 * 1024 } }), code: 6, message: /too large/ });
  });

  test('sends something else than JSON', async () => {
    await refuses({ switches: () => ({ failNext: { path, status: 200, body: '<html>' } }), code: 6, message: /exchanging the code/ });
  });

  test('sends no access token', async () => {
    await refuses({ switches: () => ({ token: { access_token: null } }), code: 6, message: /malformed access_token/ });
  });

  test('sends a token of another type', async () => {
    await refuses({ switches: () => ({ token: { token_type: 'mac' } }), code: 6, message: /token_type mac/ });
  });

  test('does not answer: after half a minute it is over', async () => {
    const { user, before: session, login, page } = silent;
    const result = await login.ended;
    assert.deepEqual([result.code, result.stdout], [6, '']);
    assert.equal(errorOf(result).lines.length, 1);
    assert.match(errorOf(result).message, /time/i);
    assert.match((await page).text, /Sign-in failed/);
    await survives(user, session);
  });
});

describe('before any browser opens it is over when', () => {
  const document = '/oidc/.well-known/openid-configuration';
  const cases = {
    'the issuer calls itself something else': [{ discovery: { issuer: 'https://evil.example.com/oidc' } }, /unexpected issuer https:\/\/evil\.example\.com\/oidc/],
    'the discovery document lacks an endpoint': [{ discovery: { token_endpoint: null } }, /no token_endpoint/],
    'an endpoint is neither https nor here': [{ discovery: { token_endpoint: 'http://evil.example.com/token' } }, /must use https/],
    'the discovery document is 100 MB': [{ flood: { path: document } }, /too large/],
    'the discovery document is somewhere else': [{ redirect: { path: document, to: 'http://localhost:9/' } }, /unexpected redirect/],
    'there is none': [{ failNext: { path: document, status: 404 } }, /404/],
    'it is no JSON': [{ failNext: { path: document, status: 200, body: 'hello' } }, /discovery document/],
  };
  for (const [what, [switches, message]] of Object.entries(cases)) {
    test(what, async () => {
      const user = await scene.user();
      await scene.provider.set(switches);
      const result = await user.run(['login', ...user.app]);
      assert.deepEqual([result.code, result.stdout], [6, ''], result.stderr);
      assert.match(errorOf(result).message, message);
      await scene.provider.reset();
      await user.signIn();
    });
  }

  test('nothing listens at the endpoint', async () => {
    const user = await scene.user();
    const result = await user.run(['login', '--endpoint', 'http://localhost:9', '--app-id', 'x', '--json']);
    assert.equal(result.code, 6);
    assert.equal(JSON.parse(result.stdout).error.code, 'network');
  });
});

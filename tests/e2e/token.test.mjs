// `logto token`: the right token for what was asked, and a session that nothing but Logto's own word ends.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';

import { claimsOf, startProvider } from '../provider/testing.mjs';
import { User, errorOf, pause, until, useScene } from './harness.mjs';

const scene = useScene();
const api = 'https://api.example.com';
const other = 'https://other.example.com';
const acme = 'acme00000001';
const everything = ['--resource', api, '--scope', 'read:things', '--scope', 'write:things', '--organizations'];

// Half a minute of waiting for an answer that never comes, behind the back of all other tests.
const silent = {};
before(async () => {
  const path = '/oidc/token';
  silent.provider = await startProvider();
  silent.user = await User.arrive(silent.provider);
  await silent.user.signIn(['--port', '38918']);
  await silent.provider.set({ hang: { path } });
  silent.call = silent.user.start(['token', '--refresh'], { seconds: 120 });
  await until(async () => (await silent.provider.requests()).filter((request) => request.path === path).length > 1, 'the request');
});
after(async () => {
  await silent.user?.leave();
  await silent.provider?.stop();
});

const refreshes = async () => (await scene.provider.counts()).refreshes;

async function ok(user, ...args) {
  const result = await user.token(...args);
  assert.deepEqual([result.code, result.stderr], [0, ''], `token ${args.join(' ')}: ${result.stderr}`);
  assert.match(result.stdout, /^[^\n]+\n$/, 'one line, and nothing else');
  return result.stdout.slice(0, -1);
}

// Fails in both ways of saying so. Gives the error.
async function fails(user, code, ...args) {
  const result = await user.token(...args);
  assert.deepEqual([result.code, result.stdout], [code, ''], result.stderr);
  const error = errorOf(result);
  assert.equal(error.lines.length, 1, result.stderr);
  return error;
}

describe('the token', () => {
  test('is Logto\'s opaque one when nothing is asked for', async () => {
    const user = await scene.signedIn();
    assert.equal(await ok(user), (await user.session()).access_tokens[0].token);
    assert.equal(await refreshes(), 0);
  });

  test('is a JWT for the API that is named, with all its granted scopes', async () => {
    const user = await scene.signedIn(everything);
    const { aud, scope, sub } = claimsOf(await ok(user, '--resource', api));
    assert.deepEqual([aud, scope, sub], [api, 'read:things write:things', 'ada0lovelace']);
  });

  test('may be narrower, and is as wide as before after that', async () => {
    const user = await scene.signedIn(everything);
    const narrow = await ok(user, '--resource', api, '--scope', 'read:things');
    assert.equal(claimsOf(narrow).scope, 'read:things');
    const wide = await ok(user, '--resource', api);
    assert.equal(claimsOf(wide).scope, 'read:things write:things');
    assert.equal(await refreshes(), 2);
    assert.equal(await ok(user, '--resource', api, '--scope', 'read:things'), narrow, 'each is kept by itself');
    assert.equal(await ok(user, '--resource', api), wide);
    assert.equal(await ok(user, '--resource', api, '--scope', 'write:things read:things'), await ok(user, '--resource', api, '--scope', 'read:things', '--scope', 'write:things'));
    assert.equal(await refreshes(), 3, 'the order of scopes is no difference');
  });

  test('is for an organization, or for an API on its behalf', async () => {
    const user = await scene.signedIn(everything);
    const organization = claimsOf(await ok(user, '--organization', acme));
    assert.equal(organization.aud, `urn:logto:organization:${acme}`);
    const both = claimsOf(await ok(user, '--organization', acme, '--resource', api));
    assert.deepEqual([both.aud, both.organization_id], [api, acme]);
    const alone = claimsOf(await ok(user, '--resource', api));
    assert.equal(alone.organization_id, undefined);
    assert.equal(await refreshes(), 3);
    await Promise.all([['--organization', acme], ['--organization', acme, '--resource', api], ['--resource', api], []].map((args) => ok(user, ...args)));
    assert.equal(await refreshes(), 3, 'all are kept');
  });

  test('is good for --min-ttl seconds, a minute unless told otherwise', async () => {
    await scene.provider.set({ accessTokenTtl: 100 });
    const user = await scene.signedIn();
    await scene.provider.set({ accessTokenTtl: null });
    const first = await ok(user);
    assert.equal(await ok(user, '--min-ttl', '80'), first);
    assert.equal(await refreshes(), 0);
    const second = await ok(user, '--min-ttl', '200');
    assert.notEqual(second, first);
    assert.equal(await ok(user), second);
    assert.equal(await refreshes(), 1);
  });

  test('is not printed when Logto does not give it --min-ttl seconds: exit 9 after one refresh', async () => {
    const user = await scene.signedIn();
    for (const args of [[], ['--id-token'], ['--json']]) {
      await scene.provider.clearRequests();
      const { code, stdout, stderr } = await user.token('--min-ttl', '7200', ...args);
      assert.equal(code, 9, stderr);
      if (args[0] === '--json') assert.equal(JSON.parse(stdout).error.code, 'not_granted');
      else assert.equal(stdout, '');
      assert.equal(await refreshes(), 1);
    }
    assert.equal((await user.run(['exec', '--min-ttl', '7200', '--', 'echo', 'run'])).stdout, '');
    await scene.provider.clearRequests();
    await ok(user, '--min-ttl', '3500');
    assert.equal(await refreshes(), 0, 'what the refresh brought is kept');
    await scene.provider.set({ accessTokenTtl: 30 });
    await ok(user, '--refresh');
    await ok(user);
    assert.equal(await refreshes(), 2, 'a minute is a wish only');
  });

  test('is a new one with --refresh', async () => {
    const user = await scene.signedIn(everything);
    const [plain, forApi] = [await ok(user), await ok(user, '--resource', api)];
    assert.notEqual(await ok(user, '--refresh'), plain);
    assert.equal(await ok(user, '--resource', api), forApi, 'and only that one');
    assert.notEqual(await ok(user, '--refresh', '--resource', api), forApi);
    assert.equal(await refreshes(), 3);
  });

  test('is the ID token with --id-token, which refreshes too', async () => {
    await scene.provider.set({ idTokenTtl: 30 });
    const user = await scene.signedIn();
    const stored = (await user.session()).id_token;
    assert.equal(await ok(user, '--id-token', '--min-ttl', '0'), stored);
    await scene.provider.set({ idTokenTtl: null });
    const fresh = await ok(user, '--id-token');
    const { sub, aud, exp } = claimsOf(fresh);
    assert.deepEqual([sub, aud], ['ada0lovelace', scene.provider.apps.native.id]);
    assert.ok(exp > Date.now() / 1000 + 3000);
    assert.equal(await ok(user, '--id-token'), fresh);
    assert.equal(await refreshes(), 1);
  });

  test('comes from one request', async () => {
    const user = await scene.signedIn();
    await scene.provider.clearRequests();
    await ok(user);
    assert.deepEqual(await scene.asked(), []);
    await ok(user, '--refresh');
    assert.deepEqual(await scene.asked(), ['POST /oidc/token']);
  });

  test('is refused together with options that make no sense: exit 2', async () => {
    const user = await scene.signedIn();
    for (const args of [['--id-token', '--resource', api], ['--min-ttl', '-1'], ['--min-ttl', 'soon'], ['--format', 'yaml'], ['extra']]) {
      const { code, stdout } = await user.token(...args);
      assert.deepEqual([code, stdout], [2, ''], args.join(' '));
    }
    assert.equal(await refreshes(), 0);
  });

  test('is missed by somebody who is not signed in: exit 3', async () => {
    const user = await scene.user();
    await fails(user, 3);
    await user.signIn();
    await user.run(['logout']);
    const error = await fails(user, 3);
    assert.equal(error.hint, 'logto login');
    const json = await user.token('--json');
    assert.deepEqual([json.code, JSON.parse(json.stdout).error.code], [3, 'not_signed_in']);
  });
});

describe('--format', () => {
  const jsonFields = ['access_token', 'token_type', 'expires_at', 'expires_in', 'scope', 'resource', 'organization_id'];

  test('token, header and env are one line each', async () => {
    const user = await scene.signedIn();
    const token = await ok(user);
    assert.equal(await ok(user, '--format', 'token'), token);
    assert.equal(await ok(user, '--format', 'header'), `Authorization: Bearer ${token}`);
    assert.equal(await ok(user, '--format', 'env'), `LOGTO_ACCESS_TOKEN=${token}`);
  });

  test('json has exactly the fields of the contract, as --json has', async () => {
    const user = await scene.signedIn(everything);
    const token = await ok(user, '--resource', api, '--organization', acme);
    for (const option of [['--format', 'json'], ['--json']]) {
      const object = JSON.parse(await ok(user, '--resource', api, '--organization', acme, ...option));
      assert.deepEqual(Object.keys(object), jsonFields);
      assert.deepEqual([object.access_token, object.token_type, object.resource, object.organization_id], [token, 'Bearer', api, acme]);
      assert.equal(object.scope, claimsOf(token).scope);
      assert.equal(object.expires_at, claimsOf(token).exp);
      assert.ok(object.expires_in > 3500 && object.expires_in <= 3600);
    }
    const plain = JSON.parse(await ok(user, '--json'));
    assert.deepEqual([plain.resource, plain.organization_id], [null, null]);
  });

  test('exec-credential is what kubectl reads: the ID token, or the API\'s', async () => {
    const user = await scene.signedIn(everything);
    const plain = JSON.parse(await ok(user, '--format', 'exec-credential'));
    const idToken = await ok(user, '--id-token');
    const timestamp = (token) => new Date(claimsOf(token).exp * 1000).toISOString().replace('.000', '');
    assert.deepEqual(plain, {
      apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: { expirationTimestamp: timestamp(idToken), token: idToken },
    });
    const forApi = JSON.parse(await ok(user, '--format', 'exec-credential', '--resource', api));
    assert.equal(forApi.status.token, await ok(user, '--resource', api));
    assert.equal(forApi.status.expirationTimestamp, timestamp(forApi.status.token));
  });
});

describe('what the session does not cover is exit 9 with the line that would cover it:', () => {
  const cases = [
    ['a resource', ['--resource', other], (token) => assert.equal(claimsOf(token).aud, other)],
    ['an organization', ['--organization', acme], (token) => assert.equal(claimsOf(token).aud, `urn:logto:organization:${acme}`)],
    ['a scope', ['--resource', api, '--scope', 'write:things'], (token) => assert.equal(claimsOf(token).scope, 'write:things')],
  ];
  for (const [what, args, check] of cases) {
    test(`${what}. Nothing is sent, and that very line helps and takes nothing away`, async () => {
      const user = await scene.signedIn(['--resource', api, '--scope', 'read:things']);
      await scene.provider.clearRequests();
      const { hint } = await fails(user, 9, ...args);
      assert.match(hint, /^logto login --\S+/);
      const json = await user.token(...args, '--json');
      assert.deepEqual([json.code, JSON.parse(json.stdout).error.code, JSON.parse(json.stdout).error.hint], [9, 'not_granted', hint]);
      assert.deepEqual(await scene.asked(), [], 'a refused one would use up the refresh token');

      const login = await user.login(hint.split(' ').slice(2));
      assert.equal(login.code, 0, login.stderr);
      check(await ok(user, ...args));
      assert.match(claimsOf(await ok(user, '--resource', api)).scope, /read:things/);
    });
  }

  test('in another profile the line names it', async () => {
    const user = await scene.user();
    await user.signIn(['--profile', 'work']);
    const { hint } = await fails(user, 9, '--profile', 'work', '--resource', api);
    assert.equal(hint, `logto login --profile work --resource ${api}`);
    assert.equal((await user.login(hint.split(' ').slice(2))).code, 0);
    assert.equal(claimsOf(await ok(user, '-p', 'work', '--resource', api)).aud, api);
  });

  test('an organization that the user is not in, which costs nothing', async () => {
    const user = await scene.signedIn(everything, { user: 'alan@example.com' });
    const error = await fails(user, 9, '--organization', 'globex000002');
    assert.match(error.message, /not a member/);
    assert.ok(await ok(user, '--organization', acme));
  });
});

test('a scope that the user may not have is never left out silently: exit 9, and the session lives on', async () => {
  const user = await scene.signedIn(['--resource', api, '--scope', 'read:things', '--scope', 'delete:things']);
  for (const args of [['--resource', api, '--scope', 'delete:things'], ['--resource', api, '--scope', 'read:things delete:things']]) {
    const error = await fails(user, 9, ...args);
    assert.match(error.message, /scope/);
  }
  assert.equal(claimsOf(await ok(user, '--resource', api)).scope, 'read:things');
  await pause(3500);
  assert.ok(await ok(user, '--refresh'));
});

describe('a granted resource that was deleted since', () => {
  test('is exit 9, and the session lives on after Logto\'s leeway', async () => {
    const user = await scene.signedIn([...everything, '--resource', other, '--scope', 'read:other']);
    await scene.provider.set({ deletedResources: [other] });
    const error = await fails(user, 9, '--resource', other);
    assert.match(error.message, /no longer grants the resource https:\/\/other\.example\.com/);
    await pause(4000);
    assert.ok(await ok(user, '--refresh'));
    assert.equal(claimsOf(await ok(user, '--resource', api)).aud, api);
    await scene.provider.clearRequests();
    await fails(user, 9, '--resource', other);
    assert.deepEqual(await scene.asked(), [], 'it is not asked for again');
  });
});

describe('the session is kept when', () => {
  const path = '/oidc/token';

  async function keeps(user, switches, code, message, ...args) {
    const before = await user.session();
    await scene.provider.set(switches);
    const error = await fails(user, code, '--refresh', ...args);
    assert.match(error.message, message);
    assert.deepEqual(await user.session(), before);
    await scene.provider.set(Object.fromEntries(Object.keys(switches).map((name) => [name, null])));
    assert.equal((await user.run(['whoami'])).code, 0);
    return error;
  }

  for (const status of [500, 502, 503]) {
    test(`the server answers ${status}`, async () => {
      const user = await scene.signedIn();
      await keeps(user, { failNext: { path, status } }, 6, new RegExp(`HTTP ${status}`));
      assert.ok(await ok(user, '--refresh'));
    });
  }

  test('there are too many requests, and it is said when to come back', async () => {
    const user = await scene.signedIn();
    const rule = { path, status: 429, headers: { 'Retry-After': '17' } };
    const error = await keeps(user, { failNext: rule }, 6, /429/);
    assert.match(error.hint, /17 seconds/);
    await scene.provider.set({ failNext: rule });
    assert.equal(JSON.parse((await user.token('--refresh', '--json')).stdout).error.code, 'rate_limited');
    assert.ok(await ok(user, '--refresh'));
  });

  test('the network is down', async () => {
    const user = await scene.signedIn();
    rmSync(user.path('cache/logto'), { recursive: true });
    await keeps(user, { discovery: { token_endpoint: 'http://localhost:9/token' } }, 6, /cannot reach localhost port 9/);
    rmSync(user.path('cache/logto'), { recursive: true });
    assert.ok(await ok(user, '--refresh'));
  });

  test('the answer is nonsense, or another error', async () => {
    const user = await scene.signedIn();
    await scene.provider.set({ failNext: { path, status: 200, body: '<html>' } }); // counts as lost: asked for once more
    assert.ok(await ok(user, '--refresh'));
    await keeps(user, { failNext: { path, status: 403, body: 'blocked by a proxy' } }, 6, /403/);
    await keeps(user, { failNext: { path, status: 400, body: 'invalid_grant' } }, 6, /400/);
    await scene.provider.set({ flood: { path } }); // so does a response over its cap
    assert.ok(await ok(user, '--refresh'));
    await keeps(user, { redirect: { path, to: 'http://localhost:9/' } }, 6, /redirect/);
    assert.ok(await ok(user, '--refresh'));
  });

  test('an answer gets lost: it is asked for once more at once', async () => {
    const user = await scene.signedIn();
    const first = await ok(user);
    await scene.provider.set({ dropResponse: 1, refreshReuseInterval: 0.8 });
    assert.notEqual(await ok(user, '--refresh'), first);
    assert.equal(await refreshes(), 2);
    await pause(1000);
    assert.ok(await ok(user, '--refresh'), 'and the last refresh token is the one that was kept');
  });

  test('both answers get lost: exit 6, and the next call is early enough', async () => {
    const user = await scene.signedIn();
    await keeps(user, { dropResponse: 2 }, 6, /refreshing the session/);
    assert.ok(await ok(user, '--refresh'));
  });

  test('the new ID token is refused: nothing is printed until a refresh proves the same user', async () => {
    const user = await scene.signedIn();
    for (const idToken of ['wrong_sub', 'bad_signature', 'wrong_aud']) {
      await scene.provider.set({ idToken });
      await fails(user, 6, '--refresh');
      await scene.provider.set({ idToken: 'missing' });
      await fails(user, 6);
      await fails(user, 6, '--id-token');
      assert.equal((await user.run(['whoami', '--claim', 'sub'])).stdout, 'ada0lovelace\n');
      await scene.provider.set({ idToken: null });
      assert.ok(await ok(user));
    }
  });

  test('a refresh brings no ID token: the old one stays, and the access token is good', async () => {
    const user = await scene.signedIn();
    const before = await ok(user, '--id-token');
    await scene.provider.set({ idToken: 'missing' });
    assert.ok(await ok(user, '--refresh'));
    assert.equal(await ok(user, '--id-token'), before);
    await fails(user, 6, '--id-token', '--min-ttl', '7200');
  });

  test('Logto does not answer at all, which is over in bounded time', async () => {
    const { provider, user, call } = silent;
    const before = await user.session();
    const result = await call.ended;
    assert.deepEqual([result.code, result.stdout], [6, '']);
    assert.match(errorOf(result).message, /time/i);
    assert.deepEqual(await user.session(), before);
    assert.equal((await provider.counts()).refreshes, 0);
    assert.equal((await user.token('--refresh')).code, 0);
  });
});

describe('the session ends when', () => {
  for (const [what, end] of [
    ['it was revoked at Logto', () => scene.provider.revokeGrants()],
    ['it was not used for too long', async () => pause(1200)],
  ]) {
    test(`${what}: exit 3, and it is removed`, async () => {
      await scene.provider.set({ refreshTokenTtl: what.includes('long') ? 1 : null });
      const user = await scene.signedIn();
      await end();
      const error = await fails(user, 3, '--refresh');
      assert.match(error.message, /Logto no longer accepts this session/);
      assert.equal(error.hint, 'logto login');
      assert.equal(await user.session(), null);
      assert.equal((await user.run(['whoami'])).code, 3);
      await scene.provider.set({ refreshTokenTtl: null });
      assert.equal((await user.login([])).code, 0);
      assert.ok(await ok(user));
    });
  }

  test('with --json the code is session_ended', async () => {
    const user = await scene.signedIn();
    await scene.provider.revokeGrants();
    const { code, stdout } = await user.token('--refresh', '--json');
    assert.deepEqual([code, JSON.parse(stdout).error.code], [3, 'session_ended']);
  });

  test('Logto issued no refresh token: a warning at login, exit 3 when the access token ends', async () => {
    await scene.provider.set({ noRefreshToken: true, accessTokenTtl: 30 });
    const user = await scene.user();
    const login = await user.signIn();
    assert.match(login.stderr, /warning: Logto issued no refresh token/);
    assert.ok(await ok(user, '--min-ttl', '0'));
    const error = await fails(user, 3);
    assert.match(error.message, /no refresh token/);
    assert.equal((await user.run(['whoami'])).code, 0, 'who it was is still known');
  });
});

describe('signing out', () => {
  test('without the network keeps the session, unless it is --local', async () => {
    const user = await scene.signedIn();
    await scene.provider.set({ failNext: { path: '/oidc/token/revocation', status: 503, count: 2 } });
    const result = await user.run(['logout']);
    assert.deepEqual([result.code, result.stdout], [6, '']);
    assert.match(errorOf(result).hint, /logto logout --local/);
    assert.ok(await user.session());
    assert.equal((await user.run(['logout', '--local'])).code, 0);
    assert.equal(await user.session(), null);
    assert.equal((await scene.provider.counts()).revocations, 1);
  });
});

// What needs nothing but a tenant's public behavior, against a real Logto or the stand-in. docs/real-tenant.md.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, afterEach, before, describe, test } from 'node:test';

import { openChromium, openWindow } from '../e2e/lib/chromium.mjs';
import { parts } from '../e2e/lib/inspecting.mjs';
import { User } from '../e2e/lib/user.mjs';
import { pause } from '../e2e/lib/wait.mjs';
import { keys, openTenant } from './environment.mjs';
import { Management } from './management.mjs';
import { clickThrough } from './signin.mjs';

const { env, stop } = await openTenant();
const endpoint = env.LOGTO_ENDPOINT?.replace(/\/$/, '');
const issuer = `${endpoint}/oidc`;
const people = [];
const named = new Set(['LOGTO_ENDPOINT', 'MGMT_RESOURCE']); // the keys that some case needs
let chromium;

before(async () => { chromium = await openChromium(endpoint && new URL(endpoint).hostname); });
afterEach(() => Promise.all(people.splice(0).map((user) => user.leave())));
after(async () => {
  await chromium?.close();
  await stop();
});

// A case that needs these keys beside the endpoint; without them it is skipped by name.
function needs(names, name, body) {
  const missing = ['LOGTO_ENDPOINT', ...names].filter((key) => !env[key]);
  names.forEach((key) => named.add(key));
  test(name, { skip: missing.length > 0 && `not in ENV: ${missing.join(', ')}`, timeout: 180_000 }, body);
}

const native = ['NATIVE_APP_ID', 'ALICE_USER', 'PASSWORD'];
const api = [...native, 'RESOURCE', 'READ_SCOPE'];

async function arrive(appId = env.NATIVE_APP_ID) {
  const user = await User.arrive({ endpoint, google: endpoint, issuer, apps: { native: { id: appId } } });
  people.push(user);
  return user;
}

// From here on the user's own browser, at the page that `login` opened or named.
async function finishLogin(login, address, username = env.ALICE_USER) {
  const page = await openWindow(chromium);
  try {
    await clickThrough(page, address, { user: username, password: env.PASSWORD, done: () => Boolean(login.result) });
  } finally {
    await page.context().close();
  }
  const { code, stderr } = await login.ended;
  assert.equal(code, 0, stderr);
  return stderr;
}

async function signIn({ appId = env.NATIVE_APP_ID, more = [], options = {} } = {}) {
  const user = await arrive(appId);
  const login = user.start(['login', '--endpoint', endpoint, '--app-id', appId, '--no-connector', ...more], { seconds: 120, ...options });
  await finishLogin(login, await user.opened(login));
  return user;
}

const withApi = (...scopes) => ({ more: ['--resource', env.RESOURCE, ...scopes.flatMap((scope) => ['--scope', scope])] });

// The tenant's word on a refresh token of the native app.
async function expectDead(refreshToken) {
  const form = { grant_type: 'refresh_token', client_id: env.NATIVE_APP_ID, refresh_token: refreshToken };
  const answer = await fetch(`${issuer}/token`, { method: 'POST', body: new URLSearchParams(form) });
  assert.deepEqual([answer.status, (await answer.json()).error], [400, 'invalid_grant']);
}

async function succeed(user, args, options) {
  const { code, stdout, stderr } = await user.run(args, options);
  assert.equal(code, 0, `${args[0]}: ${stderr}`);
  return stdout.trim();
}

async function ends(user, args, code) {
  const result = await user.run(args);
  assert.equal(result.code, code, `${args.join(' ')}: exit ${result.code}, ${result.stderr}`);
  return result;
}

describe('a user', () => {
  needs(native, 'signs in with a browser, and whoami says who it is', async () => {
    const user = await signIn();
    const { claims, issuer: by } = JSON.parse(await succeed(user, ['whoami', '--json']));
    assert.equal(by, issuer);
    assert.equal(claims.aud, env.NATIVE_APP_ID);
    if (env.ALICE_ID) assert.equal(claims.sub, env.ALICE_ID);
    assert.equal(JSON.parse(await succeed(user, ['whoami', '--online', '--json'])).claims.sub, claims.sub);
    assert.equal(await succeed(user, ['token', '--id-token']).then((token) => parts(token)[1].sub), claims.sub);
  });

  needs(api, 'gets a token for an API, which is valid for it and for nothing else', async () => {
    const user = await signIn(withApi(env.READ_SCOPE));
    const token = await succeed(user, ['token', '--resource', env.RESOURCE]);
    const judge = (...args) => user.run(['inspect', '--json', '--type', 'access', ...args, token]);
    assert.equal(parts(token)[1].aud, env.RESOURCE);
    assert.equal((await judge('--audience', env.RESOURCE, '--scope', env.READ_SCOPE)).code, 0);
    for (const [args, reason] of [[['--audience', `${env.RESOURCE}/other`], 'wrong_audience'], [['--scope', 'no:such'], 'missing_scope'],
      [['--organization', 'nosuch000000'], 'wrong_organization'], [['--claim', 'sub=nobody'], 'claim_mismatch']]) {
      const { code, stdout } = await judge(...args);
      assert.deepEqual([code, JSON.parse(stdout).reason], [5, reason]);
    }
  });

  needs([...api, 'WRITE_SCOPE'], 'is told what the session does not cover, and gets no token', async () => {
    const user = await signIn(withApi(env.READ_SCOPE));
    const { stdout, stderr } = await ends(user, ['token', '--resource', env.RESOURCE, '--scope', env.WRITE_SCOPE], 9);
    assert.equal(stdout, '');
    assert.match(stderr, /hint: .*logto login/);
    await ends(user, ['token', '--resource', `${env.RESOURCE}/other`], 9);
  });

  needs(api, 'refreshes, again and again, and the session stays', async () => {
    const user = await signIn(withApi(env.READ_SCOPE));
    const fresh = () => succeed(user, ['token', '--refresh', '--resource', env.RESOURCE]);
    const tokens = [await fresh(), await fresh(), await fresh()];
    assert.equal(new Set(tokens).size, 3);
    assert.equal(await succeed(user, ['token', '--resource', env.RESOURCE]), tokens[2]);
  });

  needs(api, 'refreshes from five processes at once without losing the session', async () => {
    const user = await signIn(withApi(env.READ_SCOPE));
    await Promise.all(Array.from({ length: 5 }, () => succeed(user, ['token', '--refresh', '--resource', env.RESOURCE])));
    await succeed(user, ['token', '--refresh', '--resource', env.RESOURCE]);
  });

  needs([...native, 'ORG_ID'], 'gets a token of an organization', async () => {
    const user = await signIn({ more: ['--organizations'] });
    const [, claims] = parts(await succeed(user, ['token', '--organization', env.ORG_ID]));
    assert.equal(claims.aud, `urn:logto:organization:${env.ORG_ID}`);
    await ends(user, ['token', '--organization', 'nosuch000000'], 9);
  });

  needs(native, 'has an opaque token, which Logto knows, and another one, which it does not', async () => {
    const user = await signIn();
    const opaque = await succeed(user, ['token']);
    const { active } = JSON.parse(await succeed(user, ['inspect', '--json', opaque])).claims;
    assert.equal(active, true);
    const { stdout } = await ends(user, ['inspect', '--json', `${opaque.slice(0, -8)}AAAAAAAA`], 5);
    assert.equal(JSON.parse(stdout).reason, 'inactive');
  });

  needs(native, 'signs out: the refresh token is dead at Logto, the session is gone here', async () => {
    const user = await signIn();
    const { refresh_token: refreshToken } = await user.session();
    assert.ok(refreshToken);
    await succeed(user, ['logout']);
    await expectDead(refreshToken);
    await ends(user, ['whoami'], 3);
    await ends(user, ['token'], 3);
  });

  needs([...native, 'BOB_USER'], 'gives way to another user, whose sign-in revokes the session', async () => {
    const user = await signIn();
    const whoami = () => succeed(user, ['whoami', '--claim', 'sub']);
    const { refresh_token: refreshToken } = await user.session();
    const before = await whoami();
    const login = user.start(['login', '--no-connector'], { seconds: 120 });
    assert.match(await finishLogin(login, await user.opened(login), env.BOB_USER), /^This replaces the session of .*, which was revoked\.$/m);
    assert.notEqual(await whoami(), before);
    await succeed(user, ['token', '--refresh']);
    await expectDead(refreshToken);
  });

  needs(['WEB_APP_ID', 'WEB_APP_SECRET', 'ALICE_USER', 'PASSWORD'], 'signs in to an app with a secret', async () => {
    const user = await signIn({ appId: env.WEB_APP_ID, more: ['--app-secret-file', '-'], options: { stdin: env.WEB_APP_SECRET } });
    await succeed(user, ['token', '--refresh']);
    await succeed(user, ['logout']);
  });

  needs(['THIRD_PARTY_APP_ID', 'ALICE_USER', 'PASSWORD'], 'signs in to a third-party app, and consents', async () => {
    const user = await signIn({ appId: env.THIRD_PARTY_APP_ID });
    await succeed(user, ['whoami']);
  });

  needs(['DEVICE_APP_ID', 'ALICE_USER', 'PASSWORD'], 'signs in on another device', async () => {
    const user = await arrive(env.DEVICE_APP_ID);
    const login = user.start(['login', '--endpoint', endpoint, '--device', '--device-app-id', env.DEVICE_APP_ID, '--no-connector'], { seconds: 120 });
    const [, code] = await login.sees(/\n {2}([A-Z]{4}-[A-Z]{4})\n/);
    await finishLogin(login, `${endpoint}/device?user_code=${code}`);
    await succeed(user, ['token', '--refresh']);
  });

  needs(native, 'cannot sign in to an app that is not there, and no browser opens', async () => {
    const user = await arrive();
    const { stdout } = await ends(user, ['login', '--endpoint', endpoint, '--app-id', 'nosuchapp000000000000', '--no-connector', '--json'], 2);
    assert.equal(JSON.parse(stdout).error.code, 'config');
  });
});

describe('a machine', () => {
  const machine = ['MGMT_APP_ID', 'MGMT_APP_SECRET'];
  const management = () => new Management(env, endpoint);

  needs(machine, 'gets a token with its secret', async () => {
    const user = await arrive();
    const { resource } = management();
    const secret = { LOGTO_ENDPOINT: endpoint, LOGTO_APP_ID: env.MGMT_APP_ID, LOGTO_APP_SECRET: env.MGMT_APP_SECRET };
    const token = await succeed(user, ['token', '--resource', resource, '--scope', 'all'], { env: secret });
    assert.equal(await user.run(['inspect', '--endpoint', endpoint, '--audience', resource, '--scope', 'all', token]).then(({ code }) => code), 0);
    const wrong = await user.run(['token', '--resource', resource], { env: { ...secret, LOGTO_APP_SECRET: 'wrong' } });
    assert.equal(wrong.code, 2, wrong.stderr);
  });

  needs([...machine, ...api], 'rotates the keys of the tenant: tokens of both are valid', async () => {
    const user = await signIn(withApi(env.READ_SCOPE));
    const token = (...args) => succeed(user, ['token', '--resource', env.RESOURCE, ...args]);
    const old = await token();
    await management().rotateKeys();
    const fresh = await token('--refresh');
    assert.notEqual(parts(fresh)[0].kid, parts(old)[0].kid);
    for (const one of [fresh, old]) await succeed(user, ['inspect', '--audience', env.RESOURCE, one]);
  });

  needs([...machine, ...api, 'ALICE_ID', 'ROLE_ID'], 'takes a role from the user: the next token lacks its permission', async (t) => {
    const user = await signIn(withApi(env.READ_SCOPE));
    const fresh = () => user.run(['token', '--refresh', '--resource', env.RESOURCE, '--scope', env.READ_SCOPE]);
    t.after(() => management().giveRole());
    assert.equal((await fresh()).code, 0);
    await management().takeRole();
    assert.equal((await fresh()).code, 9);
    await management().giveRole();
    assert.equal((await fresh()).code, 0);
  });

  needs([...machine, ...api, 'RESOURCE_ID'], 'deletes an API: its tokens are no longer granted, and the session stays', async (t) => {
    const user = await signIn(withApi(env.READ_SCOPE));
    const token = ['token', '--resource', env.RESOURCE];
    await succeed(user, token);
    const description = await management().describeApi();
    t.after(() => management().restoreApi(description));
    await management().deleteApi();
    const { stdout, stderr } = await ends(user, [...token, '--refresh'], 9);
    assert.equal(stdout, '');
    assert.match(stderr, /no longer grants/);
    await pause(4000); // until Logto would no longer take the refresh token that it refused the API for
    await succeed(user, ['token', '--refresh']);
    await management().restoreApi(description);
    const fresh = await succeed(await signIn(withApi(env.READ_SCOPE)), [...token, '--scope', env.READ_SCOPE]);
    assert.equal(parts(fresh)[1].aud, env.RESOURCE);
  });

  needs([...machine, ...api, 'TOKEN_EXCHANGE_APP_ID', 'ALICE_ID'], 'exchanges a personal access token, until it is deleted', async (t) => {
    const user = await arrive();
    const personal = await management().makePersonalToken();
    t.after(() => management().deletePersonalToken(personal));
    const options = { env: { LOGTO_ENDPOINT: endpoint, LOGTO_APP_ID: env.TOKEN_EXCHANGE_APP_ID, LOGTO_PAT: personal.value } };
    const opaque = await succeed(user, ['token'], options);
    const me = await fetch(`${issuer}/me`, { headers: { Authorization: `Bearer ${opaque}` } });
    assert.equal((await me.json()).sub, env.ALICE_ID);
    const [, claims] = parts(await succeed(user, ['token', '--resource', env.RESOURCE, '--scope', env.READ_SCOPE], options));
    assert.deepEqual([claims.sub, claims.aud, claims.scope], [env.ALICE_ID, env.RESOURCE, env.READ_SCOPE]);
    await management().deletePersonalToken(personal);
    const { code, stderr } = await user.run(['token'], options);
    assert.equal(code, 3, stderr);
    assert.ok(!stderr.includes(personal.value));
  });

  needs([...machine, ...native, 'ALICE_ID'], 'suspends the user, whose session has ended', async (t) => {
    const user = await signIn();
    t.after(() => management().suspend(false));
    await management().suspend(true);
    await ends(user, ['token', '--refresh'], 3);
    await management().suspend(false);
    await succeed(await signIn(), ['whoami']);
  });
});

test('secrets are in no file but the store\'s', async (t) => {
  const missing = native.filter((key) => !env[key]);
  if (missing.length > 0) return t.skip(`not in ENV: ${missing.join(', ')}`);
  const user = await signIn();
  const { refresh_token: refreshToken } = await user.session();
  writeFileSync(user.path('control'), refreshToken);
  assert.deepEqual(user.files().filter(({ content }) => content.includes(refreshToken)).map(({ path }) => path), [user.path('control')]);
});

test('each key of ENV is needed by a case', () => {
  assert.deepEqual(keys.filter((key) => !named.has(key)), []);
});

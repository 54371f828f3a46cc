// Signing out of many profiles at once, and of the browser.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { describe, test } from 'node:test';

import { leadsTo } from '../provider/fakebrowser.mjs';
import { errorOf, signInAsGrace, useScene } from './harness.mjs';

const scene = useScene({ chromium: true });

describe('logout --all', () => {
  const twoProfiles = async () => {
    const user = await scene.signedIn();
    await user.signIn(['--profile', 'work']);
    return user;
  };

  test('revokes and forgets every profile, and says so of each', async () => {
    const user = await twoProfiles();
    const { code, stdout } = await user.run(['logout', '--all', '--json']);
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout), { profiles: ['default', 'work'].map((profile) => (
      { profile, endpoint: scene.provider.endpoint, signed_out: true, error: null })) });
    for (const profile of ['default', 'work']) assert.equal((await user.run(['whoami', '-p', profile])).code, 3);
    assert.equal((await scene.provider.counts()).revocations, 2);
  });

  test('goes on after a profile that fails, which stays signed in, and exits with its code', async () => {
    const user = await twoProfiles();
    await scene.provider.set({ failNext: { path: '/oidc/token/revocation', status: 503 } });
    const result = await user.run(['logout', '--all']);
    assert.deepEqual([result.code, result.stdout], [6, '']);
    assert.match(errorOf(result).hint, /logto logout --local/);
    assert.equal((await user.run(['whoami'])).code, 0);
    assert.equal((await user.run(['whoami', '-p', 'work'])).code, 3);
  });

  test('one that fails is named in the hint, whose command can be pasted', async () => {
    const user = await twoProfiles();
    await scene.provider.set({ failNext: { path: '/oidc/token/revocation', status: 503 } });
    const { hint } = errorOf(await user.run(['logout', '-p', 'work']));
    assert.match(hint, /: logto logout --local --profile work$/);
    assert.equal((await user.run(hint.split('logto ')[1].split(' '))).code, 0);
    assert.equal((await user.run(['whoami', '-p', 'work'])).code, 3);
  });

  test('without a profile has nothing to do', async () => {
    const { code, stdout } = await (await scene.user()).run(['logout', '--all', '--json']);
    assert.deepEqual([code, JSON.parse(stdout)], [0, { profiles: [] }]);
  });
});

describe('a session that shares its grant', () => {
  const note = /^The session of the profile 'work' may have ended too: it is of the same app and user\.$/m;

  test('is named: the same app, user and browser', async () => {
    const user = await scene.signedIn();
    await user.signIn(['--profile', 'work']);
    const { code, stdout, stderr } = await user.run(['logout']);
    assert.deepEqual([code, stdout], [0, '']);
    assert.match(stderr, note);
    assert.equal((await user.run(['token', '-p', 'work', '--refresh'])).code, 3, 'it has ended indeed');
    assert.doesNotMatch((await user.run(['logout'])).stderr, note, 'nobody was signed in any more');
  });

  test('is named with --json', async () => {
    const user = await scene.signedIn();
    await user.signIn(['--profile', 'work']);
    assert.deepEqual(JSON.parse((await user.run(['logout', '-p', 'work', '--json'])).stdout).may_have_ended, ['default']);
  });

  test('is named when it is in another store, which is not unlocked for that', async () => {
    const user = await scene.signedIn();
    await user.signIn(['--profile', 'work', '--store', 'file'], { env: { LOGTO_PASSPHRASE: 'Tr0ub4dor' } });
    assert.match((await user.run(['logout'])).stderr, note);
  });

  test('is not looked for where nothing is revoked, or where it cannot be', async () => {
    const user = await scene.signedIn();
    await user.signIn(['--profile', 'work']);
    assert.doesNotMatch((await user.run(['logout', '--local'])).stderr, note);
    await user.login([]);
    const { apps } = scene.provider;
    assert.equal((await user.login(['--profile', 'other', '--endpoint', scene.provider.endpoint, '--app-id', apps.thirdParty.id])).code, 0);
    assert.doesNotMatch((await user.run(['logout', '-p', 'other'])).stderr, /may have ended/, 'another app');
    await user.run(['logout', '-p', 'work']);
    const alan = await scene.user();
    await alan.signIn();
    await alan.signIn(['--profile', 'work', '--reauth'], { user: 'alan@example.com' });
    assert.equal((await alan.run(['whoami', '-p', 'work', '--claim', 'email'])).stdout, 'alan@example.com\n');
    assert.doesNotMatch((await alan.run(['logout'])).stderr, /may have ended/, 'another user');
  });
});

describe('logout --browser', () => {
  // What the browser does with the address that the program opens.
  const signOut = async (user, page, args = []) => {
    const logout = user.start(['logout', '--browser', ...args]);
    await page.goto(await user.opened(logout));
    return logout;
  };

  test('ends the session at Logto too: the next sign-in asks who it is', async () => {
    const user = await scene.user();
    const page = await scene.window();
    const login = await user.startLogin([...user.app, '--no-connector']);
    await signInAsGrace(page, login.short);
    await login.ended;
    const logout = await signOut(user, page);
    await page.getByText('You are signed out').waitFor();
    assert.equal(new URL(page.url()).search, '');
    assert.deepEqual([(await logout.ended).code, logout.stdout], [0, '']);
    assert.match(logout.stderr, /The browser is signed out at Logto/);
    const again = await user.startLogin(['--no-connector']);
    await page.goto(again.short);
    await page.getByLabel('Password').waitFor();
  });

  test('hands a short address to the browser, and puts no ID token into the one that it leads to', async () => {
    const user = await scene.signedIn();
    const page = await scene.window();
    const logout = user.start(['logout', '--browser']);
    const short = await user.opened(logout);
    assert.match(short, /^http:\/\/localhost:3000\/[\w-]{22}$/);
    const address = new URL(await leadsTo(short));
    assert.deepEqual([...address.searchParams.keys()].sort(), ['client_id', 'post_logout_redirect_uri', 'state']);
    assert.equal(address.searchParams.get('post_logout_redirect_uri'), 'http://localhost:3000/');
    await page.goto(address.href);
    assert.equal((await logout.ended).code, 0);
  });

  test('with its port in use still hands out a short address, and says that a page of Logto ends it', async (t) => {
    const user = await scene.signedIn();
    const holder = net.createServer((socket) => socket.destroy()).listen({ port: 3000, host: '127.0.0.1' });
    await once(holder, 'listening');
    t.after(() => holder.close());
    const logout = user.start(['logout', '--browser']);
    const short = await user.opened(logout);
    assert.match(short, /^http:\/\/localhost:(?!3000)\d+\/[\w-]{22}$/);
    assert.deepEqual([...new URL(await leadsTo(short)).searchParams.keys()], ['client_id']);
    assert.equal((await logout.ended).code, 0, logout.stderr);
    assert.match(logout.stderr, /Port 3000 is in use, so the browser does not return here: Logto's own page ends its session/);
  });

  test('goes with one profile only', async () => {
    const result = await (await scene.user()).run(['logout', '--all', '--browser']);
    assert.deepEqual([result.code, result.stdout], [2, '']);
  });
});

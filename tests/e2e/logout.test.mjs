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

  test('without a profile has nothing to do', async () => {
    const { code, stdout } = await (await scene.user()).run(['logout', '--all', '--json']);
    assert.deepEqual([code, JSON.parse(stdout)], [0, { profiles: [] }]);
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

  test('with its port in use still hands out a short address, and says that it cannot confirm', async (t) => {
    const user = await scene.signedIn();
    const holder = net.createServer((socket) => socket.destroy()).listen({ port: 3000, host: '127.0.0.1' });
    await once(holder, 'listening');
    t.after(() => holder.close());
    const logout = user.start(['logout', '--browser']);
    const short = await user.opened(logout);
    assert.match(short, /^http:\/\/localhost:(?!3000)\d+\/[\w-]{22}$/);
    assert.deepEqual([...new URL(await leadsTo(short)).searchParams.keys()], ['client_id']);
    assert.equal((await logout.ended).code, 0, logout.stderr);
    assert.match(logout.stderr, /Could not confirm that the browser is signed out/);
  });

  test('goes with one profile only', async () => {
    const result = await (await scene.user()).run(['logout', '--all', '--browser']);
    assert.deepEqual([result.code, result.stdout], [2, '']);
  });
});

// Signing in, with a real browser and without one, and what the user sees on the way.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';

import { startProvider } from '../provider/testing.mjs';
import { User, clickThroughGoogle, errorOf, signInAsGrace, until, useScene, visit } from './harness.mjs';

const scene = useScene({ chromium: true });

// Half a minute in which nothing fetches the short address, behind the back of all other tests.
const unvisited = {};
before(async () => {
  unvisited.provider = await startProvider();
  unvisited.user = await User.arrive(unvisited.provider, { keyring: true });
  unvisited.login = unvisited.user.start(['login', ...unvisited.user.app, '--port', '38919'], { seconds: 300 });
  unvisited.short = await unvisited.user.opened(unvisited.login);
  unvisited.before = unvisited.login.stderr;
});
after(async () => {
  await unvisited.user?.leave();
  await unvisited.provider?.stop();
});
const defaultScopes = ['openid', 'offline_access', 'profile', 'email'];

// Holds a port as another program would.
async function hold(t, port, host) {
  const server = net.createServer((socket) => socket.destroy()).listen({ port, host, ipv6Only: host === '::1' });
  await once(server, 'listening');
  t.after(() => server.close());
}

async function isFree(port) {
  for (const host of ['127.0.0.1', '::1']) {
    const server = net.createServer().listen({ port, host });
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
  }
}

const portOf = ({ request }) => new URL(request.get('redirect_uri')).port;

describe('with a real browser', () => {
  test('somebody signs in with Google, uses the session, refreshes it, and signs out', async () => {
    const user = await scene.user();
    const page = await scene.window();
    await scene.provider.set({ accessTokenTtl: 30 });

    const login = await user.startLogin();
    await clickThroughGoogle(page, login.short);
    await page.getByText('You are signed in').waitFor();
    assert.match(await page.locator('body').innerText(), /Ada Lovelace\s+ada@example\.com/);
    assert.match(page.url(), /^http:\/\/localhost:3000\/[\w-]{22}$/, 'the code is out of the address bar');
    assert.notEqual(page.url(), login.short);
    assert.equal((await login.ended).code, 0, login.stderr);
    assert.match(login.stderr, /Signed in as Ada Lovelace <ada@example\.com>\. The session is stored in the keyring\./);
    assert.equal(login.stdout, '');

    const whoami = await user.run(['whoami']);
    assert.deepEqual([whoami.code, whoami.stderr], [0, '']);
    assert.match(whoami.stdout, /^Ada Lovelace <ada@example\.com>\n/);
    assert.equal((await user.run(['whoami', '--claim', 'sub'])).stdout, 'ada0lovelace\n');

    const session = await user.session();
    const short = await user.token('--min-ttl', '0');
    assert.equal(short.stdout, `${session.access_tokens[0].token}\n`);
    await scene.provider.set({ accessTokenTtl: 3600 });
    const fresh = await user.token();
    assert.equal(fresh.code, 0, fresh.stderr);
    assert.notEqual(fresh.stdout, short.stdout, 'half a minute is too little: it refreshes by itself');
    assert.equal((await user.token()).stdout, fresh.stdout, 'and then it is good for a while');
    assert.equal((await scene.provider.counts()).refreshes, 1);
    const me = await fetch(`${scene.provider.issuer}/me`, { headers: { Authorization: `Bearer ${fresh.stdout.trim()}` } });
    assert.equal((await me.json()).sub, 'ada0lovelace');

    const logout = await user.run(['logout']);
    assert.deepEqual([logout.code, logout.stdout], [0, '']);
    assert.equal(await user.session(), null);
    assert.equal((await scene.provider.counts()).revocations, 1);
    assert.ok((await scene.provider.grants()).every((grant) => grant.refresh_tokens === 0), 'Logto has forgotten it too');
    assert.equal((await user.run(['whoami'])).code, 3);
    assert.equal((await user.run(['logout'])).code, 0, 'signing out twice is no mistake');
  });

  test('a browser that is still signed in comes straight back', async () => {
    const user = await scene.user();
    const page = await scene.window();
    const first = await user.startLogin();
    await clickThroughGoogle(page, first.short);
    await page.getByText('You are signed in').waitFor();
    await first.ended;
    const second = await user.startLogin([]);
    await page.goto(second.short);
    await page.getByText('You are signed in').waitFor();
    assert.equal((await second.ended).code, 0);
  });

  test('the sign-in page of Logto comes first with --no-connector', async () => {
    const user = await scene.user();
    const page = await scene.window();
    const login = await user.startLogin([...user.app, '--no-connector']);
    await signInAsGrace(page, login.short);
    assert.equal((await login.ended).code, 0, login.stderr);
    assert.match(login.stderr, /Signed in as grace\./, 'she has no name, but a username');
  });

  test('the page of a failed sign-in says so, in text that stays text', async () => {
    const user = await scene.user();
    const page = await scene.window();
    await scene.provider.set({ idTokenClaims: { iss: 'https://evil.example.com/<img src=x onerror=alert(1)>' } });
    const login = await user.startLogin();
    await clickThroughGoogle(page, login.short);
    await page.getByText('Sign-in failed').waitFor();
    assert.equal(await page.locator('img').count(), 0);
    assert.match(await page.locator('body').innerText(), /evil\.example\.com\/<img src=x/);
    assert.equal((await login.ended).code, 6);
  });

  test('somebody who cancels at a third-party app is told what to do, and may still sign in', async () => {
    const user = await scene.user();
    const page = await scene.window();
    const login = await user.startLogin(['--endpoint', scene.provider.endpoint, '--app-id', scene.provider.apps.thirdParty.id]);
    await clickThroughGoogle(page, login.short);
    await page.getByRole('link', { name: 'Cancel' }).click();
    await page.getByText('No response received').waitFor();
    assert.match(await page.locator('body').innerText(), /If you canceled, you can go back and try again/);
    assert.equal(login.result, undefined, 'it still waits');
    await page.goBack();
    await page.getByRole('button', { name: 'Authorize' }).click();
    await page.getByText('You are signed in').waitFor();
    assert.equal((await login.ended).code, 0, login.stderr);
  });

  test('connections that Chromium opens and never uses do not hold it up', async () => {
    const user = await scene.user();
    const page = await scene.window();
    const login = await user.startLogin();
    const idle = ['127.0.0.1', '::1', '127.0.0.1', '::1'].map((host) => net.connect({ port: portOf(login), host }));
    idle.forEach((socket) => socket.on('error', () => {}));
    await Promise.all(idle.map((socket) => once(socket, 'connect')));
    idle[0].write('GET /callback?');
    await clickThroughGoogle(page, login.short);
    await page.getByText('You are signed in').waitFor();
    assert.equal((await login.ended).code, 0);
    idle.forEach((socket) => socket.destroy());
  });
});

describe('what it leaves and says', () => {
  test('login --json is one object with exactly the fields of the contract', async () => {
    const user = await scene.user();
    const before = Math.floor(Date.now() / 1000);
    const { code, stdout } = await user.login([...user.app, '--json', '--resource', 'https://api.example.com', '--scope', 'read:things']);
    assert.equal(code, 0);
    const { expires_at: expiresAt, ...rest } = JSON.parse(stdout);
    assert.deepEqual(rest, {
      profile: 'default', endpoint: scene.provider.endpoint, issuer: scene.provider.issuer, app_id: scene.provider.apps.native.id,
      sub: 'ada0lovelace', name: 'Ada Lovelace', email: 'ada@example.com', store: 'keyring',
      scopes: [...defaultScopes, 'read:things'], resources: ['https://api.example.com'],
    });
    assert.equal(stdout.trim().split('\n').length, 1);
    assert.ok(expiresAt >= before + 3600 && expiresAt <= Date.now() / 1000 + 3600, `${expiresAt}`);
  });

  test('whoami --json and logout --json have their shapes, and no secret in them', async () => {
    const user = await scene.signedIn();
    const session = await user.session();
    const whoami = await user.run(['whoami', '--json']);
    const { claims, expires_at: expiresAt, ...rest } = JSON.parse(whoami.stdout);
    assert.deepEqual(rest, {
      profile: 'default', endpoint: scene.provider.endpoint, issuer: scene.provider.issuer, app_id: scene.provider.apps.native.id, store: 'keyring',
    });
    assert.equal(expiresAt, session.access_tokens[0].expires_at);
    assert.equal(claims.sub, 'ada0lovelace');
    assert.equal(claims.email, 'ada@example.com');
    for (const secret of [session.id_token, session.refresh_token, session.access_tokens[0].token]) assert.ok(!whoami.stdout.includes(secret));
    const logout = await user.run(['logout', '--json']);
    assert.deepEqual(JSON.parse(logout.stdout), { profile: 'default', endpoint: scene.provider.endpoint, signed_out: true, may_have_ended: [] });
    assert.equal(JSON.parse((await user.run(['logout', '--json'])).stdout).signed_out, false);
  });

  test('whoami works without the network, and --online asks Logto', async () => {
    const user = await scene.signedIn();
    await scene.provider.clearRequests();
    assert.equal((await user.run(['whoami'])).code, 0);
    assert.equal((await user.run(['whoami', '--claim', 'email'])).stdout, 'ada@example.com\n');
    assert.deepEqual(await scene.asked(), []);
    assert.equal((await user.run(['whoami', '--online', '--claim', 'sub'])).stdout, 'ada0lovelace\n');
    assert.deepEqual(await scene.asked(), ['GET /oidc/me']);
  });

  test('the first sign-in makes five requests, the second two', async () => {
    const user = await scene.user();
    await user.signIn();
    assert.deepEqual((await scene.asked()).sort(), ['GET /api/.well-known/sign-in-exp', 'GET /oidc/.well-known/openid-configuration', 'GET /oidc/jwks', 'POST /oidc/request', 'POST /oidc/token']);
    await scene.provider.clearRequests();
    assert.equal((await user.login([])).code, 0);
    assert.deepEqual(await scene.asked(), ['POST /oidc/request', 'POST /oidc/token']);
  });

  test('the authorization request is what Logto needs for a session that lasts', async () => {
    const user = await scene.user();
    const { address, request } = await user.login(user.app, { env: { LC_ALL: 'de_CH.UTF-8' } });
    assert.deepEqual([...new URL(address).searchParams.keys()], ['client_id', 'request_uri']);
    const { state, nonce, code_challenge: challenge, ...rest } = Object.fromEntries(request);
    assert.deepEqual(rest, {
      response_type: 'code', client_id: scene.provider.apps.native.id, redirect_uri: 'http://localhost:3000/callback',
      scope: defaultScopes.join(' '), prompt: 'consent', code_challenge_method: 'S256', ui_locales: rest.ui_locales, direct_sign_in: 'social:google',
    });
    assert.match(rest.ui_locales, /^de/);
    for (const value of [state, nonce, challenge]) assert.ok(Buffer.from(value, 'base64url').length >= 32, value);
    assert.notEqual((await user.login([])).request.get('state'), state);
  });

  test('the profile file holds what was chosen, nothing secret, and is for its owner only', async () => {
    const user = await scene.signedIn(['--resource', 'https://api.example.com', '--scope', 'read:things']);
    assert.deepEqual(user.config, {
      defaultProfile: 'default',
      profiles: {
        default: {
          endpoint: scene.provider.endpoint, appId: scene.provider.apps.native.id, scopes: ['read:things'], resources: ['https://api.example.com'],
          connector: 'google', port: 3000, store: 'keyring',
        },
      },
    });
    assert.equal(statSync(user.configFile).mode & 0o777, 0o600);
    assert.equal(statSync(user.path('config/logto')).mode & 0o777, 0o700);
  });

  test('the next sign-in needs no options, and asks for what was asked for before', async () => {
    const user = await scene.signedIn(['--resource', 'https://api.example.com', '--scope', 'read:things']);
    const { request } = await user.login(['--scope', 'write:things']);
    assert.equal(request.get('resource'), 'https://api.example.com');
    assert.equal(request.get('scope'), [...defaultScopes, 'read:things', 'write:things'].join(' '));
  });

  test('--only asks for what its own line has, and the next sign-in for the same', async () => {
    const user = await scene.signedIn(['--resource', 'https://api.example.com', '--scope', 'read:things', '--organizations']);
    for (const args of [['--only', '--scope', 'write:things'], []]) {
      const { request } = await user.login(args);
      assert.deepEqual([request.get('resource'), request.get('scope')], [null, [...defaultScopes, 'write:things'].join(' ')]);
    }
  });

  test('a sign-in that fails leaves no profile behind', async () => {
    const user = await scene.user();
    await scene.provider.set({ idToken: 'bad_signature' });
    assert.equal((await user.login()).code, 6);
    assert.equal(existsSync(user.configFile), false);
  });
});

describe('endpoint and app', () => {
  test('are asked for at a terminal', async () => {
    const user = await scene.user();
    const login = user.terminal(['login']);
    await login.sees(/Logto endpoint[^:]*\(.*\): /, 'stdout');
    login.write(`${scene.provider.endpoint}\n`);
    await login.sees(/app[^\n]*: $/i, 'stdout');
    login.write(`${scene.provider.apps.native.id}\n`);
    await visit(await user.authorize(await user.opened(login)));
    assert.equal((await login.ended).code, 0, login.stdout);
    assert.equal(user.config.profiles.default.endpoint, scene.provider.endpoint);
  });

  test('are missed elsewhere: exit 2 and the line to type', async () => {
    const user = await scene.user();
    const nothing = await user.run(['login']);
    assert.deepEqual([nothing.code, nothing.stdout], [2, '']);
    assert.match(errorOf(nothing).hint, /logto login --endpoint \S+ --app-id \S+/);
    const half = await user.run(['login', '--endpoint', scene.provider.endpoint]);
    assert.equal(half.code, 2);
    assert.match(errorOf(half).message, /app/);
    assert.equal(existsSync(user.addressFile), false, 'no browser was opened');
  });

  test('come from the environment too', async () => {
    const user = await scene.user();
    const env = { LOGTO_ENDPOINT: scene.provider.endpoint, LOGTO_APP_ID: scene.provider.apps.native.id };
    assert.equal((await user.login([], { env })).code, 0);
    assert.equal((await user.run(['whoami'], { env })).code, 0);
  });

  test('a plain http endpoint on another machine is refused before anything is sent', async () => {
    const user = await scene.user();
    const result = await user.run(['login', '--endpoint', 'http://tenant.example.com', '--app-id', 'x']);
    assert.deepEqual([result.code, result.stdout], [2, '']);
    assert.match(result.stderr, /--insecure-http/);
  });
});

describe('the port', () => {
  for (const [host, name] of [['127.0.0.1', 'IPv4'], ['::1', 'IPv6 alone']]) {
    test(`3000 taken on ${name}: another one is used, and the holder named`, async (t) => {
      const user = await scene.user();
      await hold(t, 3000, host);
      const { code, stderr, request } = await user.login();
      assert.equal(code, 0, stderr);
      assert.notEqual(portOf({ request }), '3000');
      const holder = readFileSync('/proc/self/comm', 'utf8').trim();
      assert.ok(stderr.includes(`Port 3000 is in use by ${holder} (pid ${process.pid}); using ${portOf({ request })} instead.`), stderr);
      assert.equal(user.config.profiles.default.port, 3000, 'next time it is tried again');
    });

    test(`asked for by number and taken on ${name}: exit 8`, async (t) => {
      const user = await scene.user();
      await hold(t, 3000, host);
      const result = await user.run(['login', ...user.app, '--port', '3000']);
      assert.deepEqual([result.code, result.stdout], [8, '']);
      assert.ok(errorOf(result).message.includes(`(pid ${process.pid})`), result.stderr);
      assert.match(errorOf(result).hint, /--port/);
      assert.equal(existsSync(user.addressFile), false, 'no browser was opened');
    });
  }

  test('another one works when asked for, and is kept', async () => {
    const user = await scene.user();
    const { code, request } = await user.login([...user.app, '--port', '38917']);
    assert.deepEqual([code, portOf({ request })], [0, '38917']);
    assert.equal(user.config.profiles.default.port, 38917);
  });

  test('both families answer, and only on the loopback interface', async () => {
    const user = await scene.user();
    const login = await user.startLogin();
    for (const host of ['127.0.0.1', '[::1]']) assert.equal((await visit(`http://${host}:3000/callback`)).status, 200);
    const tables = ['tcp', 'tcp6'].flatMap((name) => readFileSync(`/proc/net/${name}`, 'utf8').split('\n').slice(1));
    const listening = tables.map((line) => line.trim().split(/\s+/)).filter(([, local, , state]) => state === '0A' && local.endsWith(':0BB8'));
    assert.deepEqual(listening.map(([, local]) => local.split(':')[0]).sort(), ['00000000000000000000000001000000', '0100007F']);
    await login.kill();
  });

  test('Ctrl-C leaves at once with 130, frees the port and restores the terminal', async () => {
    const user = await scene.user();
    const login = await user.startLogin(user.app, { terminal: true });
    await login.sees(/Press Ctrl-C/, 'stdout');
    login.write('\x03');
    assert.equal((await login.ended).code, 130);
    await isFree(3000);
    assert.equal(existsSync(user.configFile), false);
  });

  test('Ctrl-C with --json leaves the error object', async () => {
    const user = await scene.user();
    const login = await user.startLogin([...user.app, '--json']);
    await login.sees(/Press Ctrl-C/);
    assert.equal((await login.kill('SIGINT')).code, 130);
    assert.equal(JSON.parse(login.stdout).error.code, 'interrupted');
  });
});

describe('an app with a secret', () => {
  const secret = () => scene.provider.apps.web.secret;
  const web = () => ['--endpoint', scene.provider.endpoint, '--app-id', scene.provider.apps.web.id];

  async function works(user, args, options) {
    const result = await user.login([...web(), ...args], options);
    assert.equal(result.code, 0, result.stderr);
    const token = await user.token('--refresh');
    assert.equal(token.code, 0, token.stderr);
    assert.ok(!readFileSync(user.configFile, 'utf8').includes(secret()));
    const requests = (await scene.provider.requests()).filter(({ path }) => path === '/oidc/token');
    for (const { headers, params } of requests) {
      assert.match(headers.authorization, /^Basic /);
      assert.equal(params.client_secret, undefined);
    }
    assert.equal((await user.run(['logout'])).code, 0);
  }

  test('reads it from a file, and keeps it for refreshing', async () => {
    const user = await scene.user();
    writeFileSync(user.path('secret'), `${secret()}\n`);
    await works(user, ['--app-secret-file', user.path('secret')]);
  });

  test('reads it from standard input', async () => {
    await works(await scene.user(), ['--app-secret-file', '-'], { stdin: `${secret()}\n` });
  });

  test('reads it from the environment, which the browser does not get to see', async () => {
    const user = await scene.user();
    const log = user.path('environment');
    const plain = user.env.BROWSER;
    user.script('curious', `env >'${log}'; exec '${plain}' "$1"`);
    await works(user, [], { env: { LOGTO_APP_SECRET: secret(), BROWSER: user.path('bin/curious') } });
    assert.ok(!readFileSync(log, 'utf8').includes(secret()));
    assert.match(readFileSync(log, 'utf8'), /^HOME=/m);
  });

  test('reads it from the file that the environment names, or says which one it cannot read', async () => {
    const user = await scene.user();
    writeFileSync(user.path('secret'), `${secret()}\n`);
    await works(user, [], { env: { LOGTO_APP_SECRET_FILE: user.path('secret') } });
    const missing = await user.run(['login', ...web(), '--json'], { env: { LOGTO_APP_SECRET_FILE: user.path('missing') } });
    assert.deepEqual([missing.code, JSON.parse(missing.stdout).error.code], [2, 'config']);
    const option = await user.run(['login', ...web(), '--app-secret-file', user.env.HOME, '--json']);
    assert.deepEqual([option.code, JSON.parse(option.stdout).error.code], [2, 'usage']);
  });

  test('cannot go to another port: exit 8', async (t) => {
    const user = await scene.user();
    await hold(t, 3000, '127.0.0.1');
    const result = await user.run(['login', ...web(), '--app-secret-file', '-'], { stdin: secret() });
    assert.equal(result.code, 8, result.stderr);
  });

  test('a wrong one is refused', async () => {
    const user = await scene.user();
    const result = await user.run(['login', ...web(), '--app-secret-file', '-'], { stdin: 'not the secret' });
    assert.equal(result.code, 2, result.stderr);
    assert.match(errorOf(result).message, /^Logto does not accept the secret/);
  });
});

describe('without a browser here', () => {
  test('a pasted redirect URL does what the browser would have done', async () => {
    const user = await scene.user();
    const login = user.terminal(['login', ...user.app, '--no-browser']);
    const [address] = await login.sees(/http:\S+\/oidc\/auth\?[^\s\x1b]+/, 'stdout');
    await login.sees(/paste the URL/, 'stdout');
    login.write('http://localhost:3000/callback?code=x&state=wrong\n');
    await login.sees(/Not the redirect URL of this sign-in/, 'stdout');
    login.write(`${await user.authorize(address)}\n`);
    assert.equal((await login.ended).code, 0, login.stdout);
    assert.equal((await user.run(['whoami'])).code, 0);
  });

  test('nothing is read from a standard input that is no terminal', async () => {
    const user = await scene.user();
    const login = await user.startLogin(user.app, { stdin: 'open' });
    const callback = await user.authorize(login.address);
    login.write(`${callback}\n`);
    await visit(callback.replace(/state=[^&]*/, 'state=wrong'));
    assert.equal(login.result, undefined);
    await visit(callback);
    assert.equal((await login.ended).code, 0);
  });

  test('over SSH the line for a tunnel is printed', async () => {
    const user = await scene.user();
    const login = await user.startLogin(user.app, { env: { SSH_CONNECTION: '192.0.2.7 50000 198.51.100.9 22' } });
    const [line] = await login.sees(/ssh .*/);
    assert.equal(line, 'ssh -N -L 3000:localhost:3000 somebody@198.51.100.9');
    await login.kill();
  });

  test('--no-browser opens none and prints the address', async () => {
    const user = await scene.user();
    const login = user.start(['login', ...user.app, '--no-browser']);
    const [address] = await login.sees(/http:\S+\/oidc\/auth\?\S+/);
    assert.equal(existsSync(user.addressFile), false);
    await visit(await user.authorize(address));
    assert.equal((await login.ended).code, 0, login.stderr);
  });

  test('the address shown is the short one; the full one is added with -v, with --no-browser and on a remote machine', async () => {
    const user = await scene.user();
    const short = /^ {2}http:\/\/localhost:3000\/[\w-]{22}$/m;
    const full = /^ {2}http:\/\/localhost:\d+\/oidc\/auth\?\S+$/m;
    const shown = async (args, env) => {
      const { code, stderr } = await user.run(['login', ...user.app, '--timeout', '1', ...args], { env });
      assert.equal(code, 4, stderr);
      assert.match(stderr, short);
      return full.test(stderr);
    };
    assert.equal(await shown([]), false);
    assert.equal(await shown(['-v']), true);
    assert.equal(await shown(['--no-browser']), true);
    assert.equal(await shown(['--no-browser', '--quiet']), true);
    assert.equal(await shown([], { SSH_CONNECTION: '192.0.2.7 50000 198.51.100.9 22' }), true);
  });

  for (const [what, env] of [
    ['no browser to be found', { BROWSER: undefined, DISPLAY: ':77', PATH: '/nonexistent' }],
    ['a $BROWSER that does not exist', { BROWSER: 'no-such-browser' }],
    ['a $BROWSER that fails', { BROWSER: '/bin/false' }],
  ]) {
    test(`${what} is not the end: the address is on the terminal`, async () => {
      const user = await scene.user();
      const login = user.start(['login', ...user.app], { env: { DISPLAY: undefined, WAYLAND_DISPLAY: undefined, ...env } });
      const [address] = await login.sees(/http:\/\/localhost:3000\/[\w-]{22}(?=\n)/);
      assert.match(login.stderr, /No browser was opened \(.+\)\. Open this URL/);
      await visit(await user.authorize(address));
      assert.equal((await login.ended).code, 0);
    });
  }
});

describe('the browser command', () => {
  async function loginWith(user, browser, args = []) {
    const login = await user.startLogin([...user.app, ...args], { env: { BROWSER: browser } });
    await visit(await user.authorize(login.address));
    return login.ended;
  }

  test('$BROWSER may have arguments, with the address at the end', async () => {
    const user = await scene.user();
    const log = user.path('words');
    user.script('worded', `printf '%s\\n' "$@" >'${log}'; exec '${user.env.BROWSER}' "$3"`);
    assert.equal((await loginWith(user, `${user.path('bin/worded')} --new-window 'two words'`)).code, 0);
    assert.deepEqual(readFileSync(log, 'utf8').split('\n').slice(0, 2), ['--new-window', 'two words']);
  });

  test('$BROWSER may say with %s where the address goes, and is not a shell', async () => {
    const user = await scene.user();
    const log = user.path('words');
    user.script('worded', `printf '%s\\n' "$@" >'${log}'; exec '${user.env.BROWSER}' "$2"`);
    assert.equal((await loginWith(user, `${user.path('bin/worded')} --url %s $(touch\\ ${user.path('shell')})`)).code, 0);
    const words = readFileSync(log, 'utf8').trim().split('\n');
    assert.equal(words[0], '--url');
    assert.match(words[1], /^http:\/\/localhost:3000\/[\w-]{22}$/);
    assert.equal(words[2], `$(touch ${user.path('shell')})`);
    assert.equal(existsSync(user.path('shell')), false);
  });

  test('a shell in $BROWSER, or PowerShell behind it, is given nothing to interpret, whatever the tenant says', async () => {
    const user = await scene.user();
    const touched = user.path('touched');
    const endpoint = `${scene.provider.issuer}/auth$(touch$IFS${touched})';touch$IFS${touched};'`;
    await scene.provider.set({ discovery: { authorization_endpoint: endpoint } });
    for (const browser of [`sh -c "'${user.env.BROWSER}' '%s'"`, `sh -c "'${user.env.BROWSER}' %s"`, `sh -c '${user.env.BROWSER} "%s"'`]) {
      const login = await user.startLogin([...user.app, '-v', '--timeout', '2'], { env: { BROWSER: browser } });
      assert.match(login.short, /^http:\/\/localhost:3000\/[\w-]{22}$/);
      assert.ok(login.address.startsWith(`${scene.provider.issuer}/auth%24%28touch`), login.address);
      for (const text of [login.address, login.stderr.split('\n').find((line) => line.includes('/auth%24'))]) assert.doesNotMatch(text, /[$`'();]/);
      assert.equal((await login.ended).code, 4);
    }
    assert.equal(existsSync(touched), false);
  });

  test('what a browser prints does not reach our output', async () => {
    const user = await scene.user();
    user.script('chatty', `echo Opening in existing browser session.; echo chatter >&2; exec '${user.env.BROWSER}' "$1"`);
    const { code, stdout, stderr } = await loginWith(user, user.path('bin/chatty'), ['--json']);
    assert.equal(code, 0);
    assert.equal(JSON.parse(stdout).sub, 'ada0lovelace');
    assert.ok(!`${stdout}${stderr}`.includes('chatter') && !`${stdout}${stderr}`.includes('existing'));
  });

  test('a browser that stays in the foreground is not waited for', async () => {
    const user = await scene.user();
    user.script('staying', `echo $$ >'${user.path('pid')}'; '${user.env.BROWSER}' "$1"; exec sleep 600`);
    const { code } = await loginWith(user, user.path('bin/staying'));
    process.kill(Number(readFileSync(user.path('pid'), 'utf8')));
    assert.equal(code, 0);
  });
});

describe('other requests to the listener', () => {
  test('change nothing, whatever they are', async () => {
    const user = await scene.user();
    const login = await user.startLogin();
    const callback = await user.authorize(login.address);
    const state = new URL(callback).searchParams.get('state');
    const ask = async (path, init) => (await fetch(`http://localhost:3000${path}`, { redirect: 'manual', ...init })).status;
    assert.equal(await ask('/callback'), 200);
    assert.equal(await ask('/callback?error=access_denied'), 400);
    assert.equal(await ask('/callback?code=x&state=wrong'), 400);
    assert.equal(await ask(`/callback?code=x&state=${state}&state=${state}`), 400);
    assert.equal(await ask(`/callback?code=x&state=${state.slice(0, -1)}`), 400);
    assert.equal(await ask(`/elsewhere?code=x&state=${state}`), 404);
    assert.equal(await ask('/favicon.ico'), 204);
    assert.equal(await ask(`/callback?code=x&state=${state}`, { method: 'HEAD' }), 200);
    assert.equal(await ask(`/callback?code=x&state=${state}`, { method: 'OPTIONS' }), 204);
    assert.equal(await ask(`/callback?code=x&state=${state}`, { method: 'POST', body: 'x' }), 405);
    assert.equal(await foreignHost(`/callback?code=x&state=${state}`), 421);
    assert.equal(login.result, undefined, 'it still waits');
    const page = await visit(callback);
    assert.equal((await login.ended).code, 0, login.stderr);
    assert.match(page.text, /You are signed in/);
  });

  // As a page of another site would reach us through a name that it points at this machine.
  async function foreignHost(path) {
    const socket = net.connect(3000, '127.0.0.1');
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk) => { text += chunk; });
    socket.write(`GET ${path} HTTP/1.1\r\nHost: rebound.example.com:3000\r\nConnection: close\r\n\r\n`);
    await until(() => /^HTTP\/1\.1 \d+/.test(text), 'an answer');
    socket.destroy();
    return Number(text.split(' ')[1]);
  }

  test('every page may not be kept, framed or sniffed, and loads nothing', async () => {
    const user = await scene.user();
    const login = await user.startLogin();
    const pages = [await visit('http://localhost:3000/callback'), await visit(await user.authorize(login.address))];
    for (const { headers } of pages) {
      assert.equal(headers.get('cache-control'), 'no-store');
      assert.equal(headers.get('referrer-policy'), 'no-referrer');
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      assert.match(headers.get('content-security-policy'), /default-src 'none'/);
      assert.match(headers.get('content-security-policy'), /frame-ancestors 'none'/);
      assert.ok(!/https?:|\*|unsafe-eval/.test(headers.get('content-security-policy')), headers.get('content-security-policy'));
    }
    assert.equal((await login.ended).code, 0);
  });
});

test('a short address that nothing fetched within 30 seconds is followed by the full one', async () => {
  const { user, login, before: atFirst, short } = unvisited;
  assert.ok(!atFirst.includes('/oidc/auth'), atFirst);
  await until(() => login.stderr.includes('/oidc/auth'), () => `the full address\n${login}`, 40);
  const [full] = login.stderr.match(/http:\S+\/oidc\/auth\?\S+/);
  assert.match(await visit(await user.authorize(full)).then(({ text }) => text), /You are signed in/);
  assert.equal((await login.ended).code, 0, login.stderr);
  assert.match(short, /^http:\/\/localhost:38919\/[\w-]{22}$/);
});

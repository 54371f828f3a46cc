// Signing in where the browser is somewhere else, or nowhere.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { hostname, userInfo } from 'node:os';
import { describe, test } from 'node:test';

import { Process, errorOf, finish, program, until, useScene, visit } from './harness.mjs';

const scene = useScene();
const nowhere = { BROWSER: undefined, DISPLAY: undefined, WAYLAND_DISPLAY: undefined, WSL_DISTRO_NAME: undefined, WSL_INTEROP: undefined };
const ssh = { SSH_CONNECTION: '192.0.2.7 50000 198.51.100.9 22' };

describe('where nobody sees a browser or a URL', () => {
  test('login is exit 4 no_browser at once, before anything is asked of the tenant', async () => {
    const user = await scene.user();
    const before = Date.now();
    const result = await user.run(['login', ...user.app], { env: nowhere });
    assert.deepEqual([result.code, result.stdout], [4, '']);
    assert.match(errorOf(result).message, /no browser.*no terminal/);
    assert.match(errorOf(result).hint, /--no-browser/);
    assert.ok(Date.now() - before < 5000);
    assert.deepEqual(await scene.asked(), []);
    const json = await user.run(['login', ...user.app, '--json'], { env: nowhere });
    assert.equal(JSON.parse(json.stdout).error.code, 'no_browser');
  });

  for (const [what, args, env, terminal] of [
    ['a terminal', [], nowhere, true], ['--no-browser', ['--no-browser'], nowhere, false],
    ['a $BROWSER that fails', [], { ...nowhere, BROWSER: '/bin/false' }, false],
    ['a display', [], { ...nowhere, DISPLAY: ':77', PATH: '/nonexistent' }, false],
  ]) {
    test(`with ${what} it goes on`, async () => {
      const user = await scene.user();
      const login = terminal ? user.terminal(['login', ...user.app], { env }) : user.start(['login', ...user.app, ...args], { env });
      const [address] = await login.sees(/http:\/\/localhost:3000\/[\w-]{22}/, terminal ? 'stdout' : 'stderr');
      await visit(await user.authorize(address));
      assert.equal((await login.ended).code, 0, `${login}`);
    });
  }

  test('a browser that never returns is not waited for', async () => {
    const user = await scene.user();
    const login = await user.startLogin(user.app, { env: { BROWSER: user.script('hangs', `'${user.env.BROWSER}' "$1"; echo $$ >'${user.path('pid')}'; exec sleep 600`) } });
    await visit(await user.authorize(login.address));
    assert.equal((await login.ended).code, 0, login.stderr);
    process.kill(Number(readFileSync(user.path('pid'), 'utf8')));
  });
});

describe('what is said of the way to the browser', () => {
  async function said(env, args = []) {
    const user = await scene.user();
    const login = user.terminal(['login', ...user.app, ...args], { env: { ...nowhere, ...env } });
    await login.sees(/Press Ctrl-C/, 'stdout');
    await login.kill('SIGTERM');
    return login.stdout.replaceAll('\r', '');
  }

  test('over SSH: the tunnel first, then the short address, then the full one, and that pasting works', async () => {
    const text = await said(ssh);
    const order = [/ssh -N -L 3000:localhost:3000 somebody@198\.51\.100\.9\n/, /http:\/\/localhost:3000\/[\w-]{22}/, /\/oidc\/auth\?/, /paste the URL/].map((part) => text.search(part));
    assert.ok(order[0] >= 0, text);
    assert.deepEqual(order, [...order].sort((a, b) => a - b), text);
  });

  test("over SSH: the server's port when it is another one", async () => {
    assert.match(await said({ SSH_CONNECTION: '2001:db8::1 50000 2001:db8::2 2222' }), /ssh -N -L 3000:localhost:3000 -p 2222 somebody@2001:db8::2\n/);
  });

  test('over SSH: a variable that is garbage does no harm', async () => {
    for (const value of ['x', `\x1b[31m ${'y'.repeat(300)}`, '1 2 3\n4 5']) assert.match(await said({ SSH_CONNECTION: value }), /ssh -N -L 3000:localhost:3000/);
  });

  test('in a container: --network host, --device or paste, and the full address', async () => {
    const text = await said({ container: 'podman' });
    assert.match(text, /container.*--network host/);
    assert.match(text, /login --device/);
    assert.match(text, /\/oidc\/auth\?/);
  });

  test('in a container with a browser that opens: nothing', async () => {
    const user = await scene.user();
    const login = await user.startLogin(user.app, { env: { container: 'podman' } });
    await login.sees(/Press Ctrl-C/);
    assert.doesNotMatch(login.stderr, /container/);
    await login.kill();
  });

  test('the last page names the machine when the browser may be on another one', async () => {
    const user = await scene.user();
    const { page } = await user.login(user.app, { env: ssh });
    assert.ok(page.text.includes(`logto program on ${hostname()}</footer>`), page.text);
  });
});

describe('while it waits', () => {
  test('a browser that comes back without an answer is said, once', async () => {
    const user = await scene.user();
    const login = await user.startLogin();
    for (let i = 0; i < 3; i += 1) assert.equal((await visit('http://localhost:3000/callback')).status, 200);
    await login.sees(/came back without an answer/);
    await visit(await user.authorize(login.address));
    const { code, stderr } = await login.ended;
    assert.equal(code, 0, stderr);
    assert.equal(stderr.match(/came back without an answer/g).length, 1);
  });

  test('a login while signed in says as whom, and what --reauth is for', async () => {
    const user = await scene.signedIn();
    const again = await user.login();
    assert.equal(again.code, 0);
    assert.match(again.stderr, /Already signed in as Ada Lovelace.*--reauth/);
    assert.doesNotMatch((await user.login([...user.app, '--reauth'])).stderr, /--reauth has it ask/);
  });
});

// A real sshd on loopback. A machine can't forward to itself the port that it listens on, so the browser's end of the tunnel is at 127.0.0.2.
describe('through a real ssh', () => {
  const free = () => new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => { const { port } = server.address(); server.close(() => resolve(port)); });
  });

  async function sshd(user) {
    const folder = user.path('ssh');
    mkdirSync(folder, { mode: 0o700 });
    if (process.getuid() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
    for (const name of ['host', 'user']) await finish('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', `${folder}/${name}`], { env: user.env });
    const port = await free();
    const options = ['ListenAddress 127.0.0.1', `Port ${port}`, `HostKey ${folder}/host`, `AuthorizedKeysFile ${folder}/user.pub`, 'UsePAM no', 'StrictModes no', 'PidFile none',
      'PermitRootLogin prohibit-password', 'PasswordAuthentication no', 'PermitUserEnvironment no'].flatMap((option) => ['-o', option.replace(' ', '=')]);
    const daemon = new Process('/usr/sbin/sshd', ['-D', '-e', '-f', '/dev/null', ...options], { env: user.env, seconds: 120 });
    await daemon.sees(/Server listening/);
    return { daemon, port, client: ['-F', '/dev/null', '-i', `${folder}/user`, '-o', 'StrictHostKeyChecking=no', '-o', `UserKnownHostsFile=${folder}/known`, '-o', 'BatchMode=yes'] };
  }

  // As a browser that reaches localhost:3000 at the tunnel's other end.
  const get = (path) => new Promise((resolve, reject) => {
    request({ host: '127.0.0.2', port: 3000, path, headers: { host: 'localhost:3000', connection: 'close' } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => { text += part; }).on('end', () => resolve({ location: response.headers.location, text }));
    }).on('error', reject).end();
  });

  test('the line that login prints carries the whole sign-in', async (t) => {
    if (!existsSync('/usr/sbin/sshd')) return t.skip('no sshd: scripts/deps test');
    const user = await scene.user();
    const { daemon, port, client } = await sshd(user);
    const started = [daemon];
    t.after(async () => { // the server last: those it has forked hold its stderr
      for (const process of started.reverse()) await process.kill('SIGTERM');
    });
    const quoted = Object.entries({ ...user.env, BROWSER: undefined }).filter(([, value]) => value).map(([name, value]) => `${name}='${value}'`).join(' ');
    const login = new Process('ssh', [...client, '-tt', '-p', `${port}`, `${userInfo().username}@127.0.0.1`, `env -u BROWSER ${quoted} '${program}' login ${user.app.join(' ')}`], { env: user.env, name: 'login over ssh' });
    const [line] = await login.sees(/ssh -N -L [^\r\n]+/, 'stdout');
    assert.match(line, new RegExp(`^ssh -N -L 3000:localhost:3000 -p ${port} somebody@127\\.0\\.0\\.1$`));
    const [, path] = await login.sees(/http:\/\/localhost:3000(\/[\w-]{22})/, 'stdout');
    const words = line.replace('-L 3000:', '-L 127.0.0.2:3000:').replace('somebody@', `${userInfo().username}@`).split(' ').slice(1);
    const tunnel = new Process('ssh', [...client, ...words], { env: user.env, name: 'the tunnel' });
    started.push(tunnel);
    let start;
    await until(async () => { start = await get(path).catch(() => null); return start; }, () => `the tunnel\n${tunnel}`);
    const { pathname, search } = new URL(await user.authorize(start.location));
    const { location } = await get(`${pathname}${search}`);
    const { text } = await get(new URL(location, 'http://localhost:3000').pathname);
    assert.ok(text.includes('You are signed in') && text.includes(`on ${hostname()}</footer>`), text);
    assert.equal((await login.ended).code, 0, `${login}`);
  });
});

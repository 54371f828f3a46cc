// Values that were planted as code, verifier and tokens, and are looked for wherever they must not be.
import assert from 'node:assert/strict';
import { chownSync, readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { describe, test } from 'node:test';

import { Process, pause, program, until, useScene } from './harness.mjs';

const scene = useScene();
const mark = 'PLANTED';
const sanitized = readFileSync(program).includes('__asan_init');
const nobody = 65534;

const tryRead = (path) => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // gone meanwhile, or not ours to read
  }
};

// What can be seen of all processes, and what lies in the user's files, for as long as it is watched.
function watch(user) {
  const seen = new Map();
  let watching = true;
  const look = () => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      for (const name of ['cmdline', 'environ', 'comm']) seen.set(`/proc/${pid}/${name} ${tryRead(`/proc/${pid}/${name}`)}`, true);
    }
    for (const folder of ['tmp', 'home', 'run', 'cache', 'config', 'data']) {
      for (const { path, content } of user.files(user.path(folder))) seen.set(`${path} ${content.toString('latin1')}`, true);
    }
  };
  const ended = (async () => {
    while (watching) {
      try {
        look();
      } catch (error) {
        if (error.code !== 'ENOENT') throw error;
      }
      await pause(4);
    }
  })();
  return async () => {
    watching = false;
    await ended;
    return [...seen.keys()];
  };
}

// Everything that must stay secret: pieces of what the tenant saw and the keyring holds, long enough to be no accident.
async function needles(user) {
  const requests = await scene.provider.requests();
  const values = requests.flatMap(({ params }) => [params.code, params.code_verifier, params.refresh_token]);
  const session = await user.session();
  const [header, claims, signature] = session.id_token.split('.');
  values.push(session.refresh_token, claims, signature, ...session.access_tokens.flatMap(({ token }) => token.split('.').slice(-1)));
  const pieces = values.filter(Boolean).map((value) => value.slice(8, 24));
  assert.ok(pieces.length > 6 && header);
  return [mark, ...new Set(pieces)];
}

function hidden(text, secrets, where) {
  for (const secret of secrets) assert.ok(!text.includes(secret), `${secret} is in ${where}: ${text.slice(0, 400)}`);
}

async function planted(options) {
  await scene.provider.set({ tokenPrefix: mark });
  return scene.user(options);
}

describe('nothing secret can be seen', () => {
  test('in the output, with -v -v, of all commands but token', async () => {
    const user = await planted();
    const results = [await user.signIn(['-v', '-v', '--resource', 'https://api.example.com', '--scope', 'read:things'])];
    assert.match(results[0].stderr, /POST http:\/\/localhost:\d+\/oidc\/token -> 200/);
    for (const args of [['whoami'], ['whoami', '--json'], ['whoami', '--online'], ['login', '--json', '--timeout', '1', '--no-browser']]) {
      results.push(await user.run([...args, '-v', '-v']));
    }
    const token = await user.run(['token', '--refresh', '-v', '-v']);
    const jwt = await user.run(['token', '--resource', 'https://api.example.com', '-v', '-v']);
    assert.ok(token.stdout.startsWith(mark));
    const secrets = await needles(user);
    results.push({ ...token, stdout: '' }, { ...jwt, stdout: '' }, await user.run(['logout', '-v', '-v']));
    for (const { stdout, stderr, page } of results) hidden(`${stdout}${stderr}${page?.text ?? ''}`, secrets, 'the output');
  });

  test('in the output of what fails', async () => {
    const user = await planted();
    await user.signIn();
    const outputs = [];
    const path = '/oidc/token';
    for (const switches of [
      { idToken: 'bad_signature' }, { idToken: 'not_a_jwt' }, { token: { token_type: 'mac' } }, { failNext: { path, status: 503 } }, { dropResponse: 2 },
      { redirect: { path, to: 'http://localhost:9/' } }, { failNext: { path, status: 400, body: { error: 'invalid_request' } } }, { callback: { iss: 'wrong' } },
    ]) {
      await scene.provider.set(switches);
      const login = await user.login(['-v', '-v']);
      outputs.push(login.stdout, login.stderr, login.page.text);
      await scene.provider.set({ dropResponse: null, ...switches });
      const token = await user.token('--refresh', '--json', '-v', '-v');
      outputs.push(token.stderr, ...(token.code ? [token.stdout] : []));
      await scene.provider.set(Object.fromEntries(Object.keys(switches).map((name) => [name, null])));
    }
    await scene.provider.revokeGrants();
    const secrets = await needles(user);
    const ended = await user.token('--refresh', '-v', '-v');
    assert.equal(ended.code, 3);
    for (const text of [...outputs, ended.stderr]) hidden(text, secrets, 'the output');
  });

  test('in what processes show of themselves, or in any file, at any time', async () => {
    const user = await planted();
    const stop = watch(user);
    const log = user.path('home/seen');
    const plain = user.env.BROWSER;
    user.script('curious', `{ env; tr '\\0' ' ' </proc/$PPID/cmdline; ls -l /proc/$$/fd; } >'${log}' 2>&1; exec '${plain}' "$1"`);
    const login = await user.login([...user.app, '--resource', 'https://api.example.com'], { env: { BROWSER: user.path('bin/curious') } });
    assert.equal(login.code, 0, login.stderr);
    for (let round = 0; round < 3; round += 1) assert.equal((await user.token('--refresh')).code, 0);
    assert.equal((await user.token('--resource', 'https://api.example.com')).code, 0);
    const seen = await stop();
    const secrets = await needles(user);
    assert.ok(seen.some((text) => text.includes('/cmdline ') && text.includes('logto\0token')), 'it was looked at while it ran');
    assert.match(readFileSync(log, 'utf8'), /logto login/);
    for (const text of seen) hidden(text, secrets, 'a process or file');
    for (const { path, content } of user.files()) hidden(content.toString('latin1'), secrets, path);
    assert.deepEqual(readdirSync(user.path('tmp')), [], 'no temporary file is left');
  });

  test('on the way to the keyring, by somebody who listens on the bus', async () => {
    const user = await planted();
    const monitor = new Process('dbus-monitor', ['--binary', '--address', user.env.DBUS_SESSION_BUS_ADDRESS], { env: user.env, seconds: 60 });
    monitor.child.stdout.setEncoding('latin1');
    await until(() => monitor.stdout.length > 0, 'the monitor');
    await user.signIn();
    assert.equal((await user.token('--refresh')).code, 0);
    await monitor.sees(/logto-cli\.Session/, 'stdout');
    const overheard = monitor.stdout;
    const secrets = await needles(user);
    await monitor.kill();
    hidden(overheard, secrets, 'the messages on the bus');
  });

  test('in the label and attributes of the keyring\'s item, which say what it is', async () => {
    const user = await planted();
    await user.signIn();
    const text = (await user.items()).split('\n').filter((line) => !line.startsWith('secret = ')).join('\n');
    assert.match(text, new RegExp(`label = Logto session 'default' at ${scene.provider.issuer}`));
    assert.match(text, new RegExp(`attribute\\.app_id = ${scene.provider.apps.native.id}`));
    hidden(text, await needles(user), 'the label or an attribute');
  });

  test('by the browser: the app\'s secret and other credentials are not in its environment', async () => {
    const user = await planted();
    const log = user.path('seen');
    user.script('curious', `env >'${log}'; exec '${user.env.BROWSER}' "$1"`);
    const env = {
      BROWSER: user.path('bin/curious'), LOGTO_APP_SECRET: scene.provider.apps.web.secret, LOGTO_PASSPHRASE: `${mark}1`, LOGTO_PAT: `${mark}2`,
      LOGTO_ACCESS_TOKEN: `${mark}3`, LOGTO_ENDPOINT: scene.provider.endpoint, LOGTO_APP_ID: scene.provider.apps.web.id,
    };
    assert.equal((await user.login([], { env })).code, 0);
    hidden(readFileSync(log, 'utf8'), [mark, scene.provider.apps.web.secret], 'the environment of the browser');
    assert.match(readFileSync(log, 'utf8'), /^DBUS_SESSION_BUS_ADDRESS=/m, 'what it needs is there');
  });

  test('in the files, for an app with a secret', async () => {
    const user = await planted();
    const { id, secret } = scene.provider.apps.web;
    await user.login(['--endpoint', scene.provider.endpoint, '--app-id', id, '--app-secret-file', '-'], { stdin: secret });
    assert.equal((await user.session({ app: id })).app_secret, secret);
    for (const { path, content } of user.files()) hidden(content.toString('latin1'), [mark, secret], path);
  });
});

describe('a program that crashes', () => {
  const unlimited = 'ulimit -c unlimited; exec "$0" "$@"';

  test('leaves no core dump, though the shell would allow one', async () => {
    const user = await planted();
    await user.signIn();
    const login = new Process('sh', ['-c', unlimited, program, 'login'], { env: user.env, cwd: user.path('home') });
    const callback = await user.authorize(await user.opened(login));
    await scene.provider.set({ responseDelayMs: 60_000 });
    fetch(callback).catch(() => {});
    await until(async () => (await scene.provider.requests()).at(-1).path === '/oidc/token', 'the code on its way');
    const [, soft] = /^Max core file size\s+(\S+)/m.exec(readFileSync(`/proc/${login.pid}/limits`, 'utf8'));
    assert.equal(soft, '0');
    assert.equal((await login.kill('SIGABRT')).signal, 'SIGABRT');
    assert.deepEqual(user.files().map(({ path }) => path).filter((path) => /core/.test(path)), []);
    const secrets = await needles(user);
    for (const { path, content } of user.files()) hidden(content.toString('latin1'), secrets, path);
  });

  const skip = sanitized && 'AddressSanitizer needs a process that can be traced';
  test('cannot be dumped or read by other programs of the same user', { skip }, async () => {
    const user = await planted({ bus: false });
    let [command, args] = [program, ['inspect', '--no-verify', '-']];
    // For root the owner of a process's files says nothing, so somebody else has to be it.
    if (process.getuid() === 0) {
      for (const name of ['', 'home', 'config', 'data', 'cache', 'run', 'tmp', 'bin']) chownSync(user.path(name), nobody, nobody);
      [command, args] = ['setpriv', [`--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', program, ...args]];
    }
    const waiting = new Process(command, args, { env: user.env, cwd: '/', stdin: 'open' });
    const runs = () => readlinkSync(`/proc/${waiting.pid}/exe`) === program;
    await until(() => runs() && statSync(`/proc/${waiting.pid}/environ`).uid === 0, 'the kernel keeps others from its memory');
    assert.equal(waiting.result, undefined, `it reads the token:\n${waiting}`);
    await waiting.kill();
  });
});

// A login that a signal ends at a random moment, and what it may reach: nothing is left behind, and nobody else is talked to.
// kill -9 is in tests/kills.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, test } from 'node:test';

import { Process, pause, program, until, useScene, visit } from './harness.mjs';

const scene = useScene();

const isFree = (port) => Promise.all(['127.0.0.1', '::1'].map((host) => new Promise((resolve, reject) => {
  const server = createServer().once('error', reject).listen(port, host, () => server.close(resolve));
})));

// The moments are spread over what a sign-in takes here, with a random part.
const kills = process.env.LOGTO_E2E_LONG ? 40 : 8;
const signals = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'];

test(`ended by a signal at ${kills} random moments, it leaves port, terminal, config and store as they were`, { timeout: kills * 20000 }, async () => {
  const user = await scene.signedIn();
  const state = async () => ({ config: readFileSync(user.configFile, 'utf8'), session: await user.session(), left: user.files(user.path('config')).map(({ path }) => path) });
  const before = await state();
  for (let round = 0; round < kills; round += 1) {
    const moment = Math.round((1500 / kills) * (round + Math.random()));
    const signal = signals[round % signals.length];
    for (const name of ['pid', 'before.txt', 'after.txt', 'address']) rmSync(user.path(name), { force: true });
    const line = `trap : INT QUIT; stty -g >'${user.path('before.txt')}'; sh -c 'echo $$ >"${user.path('pid')}"; exec ${program} login'; stty -g >'${user.path('after.txt')}'`;
    const terminal = new Process('script', ['-qefc', line, '/dev/null'], { env: user.env, cwd: user.env.HOME, stdin: 'open', name: `ended by ${signal} after ${moment} ms` });
    await until(() => existsSync(user.path('pid')) && readFileSync(user.path('pid'), 'utf8').trim(), () => `a pid\n${terminal}`);
    const pid = Number(readFileSync(user.path('pid'), 'utf8'));
    await pause(moment);
    terminal.write('typed, and not read');
    process.kill(pid, signal);
    await terminal.ended;
    const what = `${terminal.name}\n${terminal}`;
    await assert.doesNotReject(isFree(3000), what);
    assert.deepEqual(await state(), before, what);
    assert.equal(readFileSync(user.path('after.txt'), 'utf8'), readFileSync(user.path('before.txt'), 'utf8'), what);
  }
  assert.equal((await user.login()).code, 0);
});

describe('as strace sees it', () => {
  const trace = (file) => readFileSync(file, 'utf8').split('\n').flatMap((line) => {
    const [, call, family, port, address] = /(bind|connect|listen|sendto)\(.*sa_family=(AF_INET6?), sin6?_port=htons\((\d+)\).*?"([^"]+)"/.exec(line) ?? [];
    return call ? [{ call, family, port, address }] : [];
  });
  const loopback = ['127.0.0.1', '::1', '::ffff:127.0.0.1'];

  async function traced(user, env = {}, args = user.app) {
    const file = user.path('trace');
    const login = new Process('strace', ['-f', '-qq', '-e', 'trace=bind,connect,sendto,sendmsg', '-o', file, program, 'login', ...args],
      { env: { ...user.env, ASAN_OPTIONS: 'detect_leaks=0', ...env }, cwd: user.env.HOME, name: 'login under strace' });
    const address = await user.opened(login);
    return { login, address, calls: () => trace(file) };
  }

  test('it listens on loopback alone, and connects to the endpoint alone', async () => {
    const user = await scene.user();
    const { login, address, calls } = await traced(user);
    await visit(await user.authorize(address));
    assert.equal((await login.ended).code, 0, `${login}`);
    const { port } = new URL(scene.provider.endpoint);
    const bound = calls().filter(({ call }) => call === 'bind');
    assert.deepEqual(bound.map((one) => one.address).sort(), ['127.0.0.1', '::1'], JSON.stringify(bound));
    assert.ok(bound.every((one) => one.port === '3000'));
    const connected = calls().filter(({ call }) => call !== 'bind');
    assert.ok(connected.length > 0);
    for (const one of connected) assert.ok(loopback.includes(one.address) && [port, '0'].includes(one.port), JSON.stringify(one));
  });

  test('with a proxy it connects to the proxy alone', async (t) => {
    const user = await scene.user();
    const asked = [];
    const proxy = createServer((socket) => {
      socket.once('data', (data) => {
        asked.push(data.toString().split('\r\n')[0]);
        socket.end('HTTP/1.1 503 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      }).on('error', () => {});
    });
    await new Promise((resolve) => { proxy.listen(0, '127.0.0.1', resolve); });
    t.after(() => proxy.close());
    const { port } = proxy.address();
    const file = user.path('trace');
    const result = await new Process('strace', ['-f', '-qq', '-e', 'trace=bind,connect,sendto,sendmsg', '-o', file, program, 'login', '--endpoint', 'https://tenant.example', '--app-id', 'x'],
      { env: { ...user.env, ASAN_OPTIONS: 'detect_leaks=0', https_proxy: `http://127.0.0.1:${port}` }, cwd: user.env.HOME, name: 'login under strace' }).ended;
    assert.equal(result.code, 6, result.stderr);
    assert.ok(asked.length > 0 && asked.every((line) => line.startsWith('CONNECT tenant.example:443')), asked.join());
    for (const one of trace(file)) assert.ok(one.call !== 'bind' && one.address === '127.0.0.1' && [`${port}`, '0'].includes(one.port), JSON.stringify(one));
  });
});

// Other users of the machine: they can reach the port, and read what stands in a command line.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { Process, useScene, visit } from './harness.mjs';

const scene = useScene();
const skip = process.getuid() === 0 ? false : 'only root can act as another user';

// Not 65534, which may stand for anybody in a container.
const other = 65533;

// What the other user's program does: connects, sends a request, and ends the connection in one of these ways. It is our
// own node until it has read itself, so it needs no file that the other user can read.
const visitor = `
  import net from 'node:net';
  const [host, port, path, ending, count] = process.argv.slice(1);
  process.setgroups([]);
  process.setgid(${other});
  process.setuid(${other});
  const request = 'GET ' + path + ' HTTP/1.1\\r\\nHost: localhost:' + port + '\\r\\n\\r\\n';
  const visit = () => new Promise((resolve) => {
    const socket = net.connect({ host, port: Number(port) });
    let answer = '';
    socket.setEncoding('latin1').on('data', (text) => { answer += text; });
    socket.on('error', () => {}).on('close', () => resolve(answer));
    socket.on('connect', () => socket.write(request, () => {
      if (ending === 'close') socket.destroy();
      if (ending === 'reset') socket.resetAndDestroy();
    }));
  });
  const answers = await Promise.all(Array.from({ length: Number(count) }, visit));
  console.log(JSON.stringify({ uid: process.getuid(), answers }));
`;

async function asOther(host, path, { ending = 'stay', count = 1 } = {}) {
  const args = ['--input-type=module', '-e', visitor, host, '3000', path, ending, `${count}`];
  const child = new Process(process.execPath, args, { env: { PATH: process.env.PATH }, name: `user ${other}` });
  const { code, stdout, stderr } = await child.ended;
  assert.equal(code, 0, stderr);
  const { uid, answers } = JSON.parse(stdout);
  assert.equal(uid, other);
  return answers;
}

const pathOf = (address) => new URL(address).pathname + new URL(address).search;
const exchanges = async () => (await scene.provider.counts()).grants.authorization_code ?? 0;

async function succeeds(login, callback) {
  assert.equal(login.result, undefined, 'it still waits');
  assert.equal(await exchanges(), 0, 'no code was exchanged');
  assert.match((await visit(callback)).text, /You are signed in/);
  assert.equal((await login.ended).code, 0, login.stderr);
  assert.equal(await exchanges(), 1);
}

for (const [what, host] of [['IPv4', '127.0.0.1'], ['IPv6', '::1'], ['a mapped IPv4 address', '::ffff:127.0.0.1']]) {
  describe(`another user, over ${what}`, { skip }, () => {
    test('gets 403 for everything, the right request included, and ends nothing', async () => {
      const user = await scene.user();
      const login = await user.startLogin();
      const callback = await user.authorize(login.address);
      for (const path of [pathOf(callback), pathOf(login.short), '/callback', '/']) {
        const [answer] = await asOther(host, path);
        assert.match(answer, /^HTTP\/1\.1 403 /);
        assert.match(answer, /\r\nCache-Control: no-store\r\n/);
        assert.doesNotMatch(answer, /\r\nLocation:/);
      }
      await succeeds(login, callback);
    });

    for (const ending of ['close', 'reset']) {
      test(`changes nothing with 100 right requests that end in a ${ending} right after sending`, async () => {
        const user = await scene.user();
        const login = await user.startLogin();
        const callback = await user.authorize(login.address);
        await asOther(host, pathOf(callback), { ending, count: 100 });
        await succeeds(login, callback);
      });
    }
  });
}

describe('another user', { skip }, () => {
  test('does not finish a sign-in with an account of their own', async () => {
    const user = await scene.user();
    const login = await user.startLogin();
    const theirs = await user.authorize(login.address, { user: 'grace@example.com' });
    const [answer] = await asOther('127.0.0.1', pathOf(theirs));
    assert.match(answer, /^HTTP\/1\.1 403 /);
    assert.equal(await exchanges(), 0);
    assert.equal(login.result, undefined);
    await login.kill();
  });

  test('keeps nobody out with idle connections', async () => {
    const user = await scene.user();
    const login = await user.startLogin();
    const callback = await user.authorize(login.address);
    const crowd = asOther('127.0.0.1', '/', { count: 300 });
    await succeeds(login, callback);
    await crowd;
  });
});

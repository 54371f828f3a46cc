// Ports that can't be had, and why.
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'node:test';

import { errorOf, finish, program, useScene, visit } from './harness.mjs';

const scene = useScene();
const inside = process.env.LOGTO_TEST_WITHOUT_IPV6;

describe('the port', () => {
  test('held by a login that still waits: it is named as such', { skip: inside }, async () => {
    const user = await scene.user();
    const first = await user.startLogin();
    const second = await user.startLogin();
    await second.sees(new RegExp(`Port 3000 is in use by another 'logto login' that is still waiting \\(pid ${first.pid}\\); using \\d+ instead`));
    const third = await user.run(['login', ...user.app, '--port', '3000']);
    assert.equal(third.code, 8, third.stderr);
    assert.match(errorOf(third).hint, new RegExp(`kill ${first.pid}`));
    for (const login of [second, first]) {
      await visit(await user.authorize(login.address));
      assert.equal((await login.ended).code, 0, login.stderr);
    }
  });

  test('zero, and beyond what there is: exit 2', { skip: inside }, async () => {
    const user = await scene.user();
    for (const port of ['0', '65536', '-1', 'x']) assert.equal((await user.run(['login', ...user.app, '--port', port])).code, 2);
  });

  test('privileged: exit 2, and it is said', { skip: inside }, async () => {
    const user = await scene.user();
    const drop = process.getuid() === 0 ? ['setpriv', '--bounding-set=-net_bind_service'] : ['env'];
    const result = await finish(drop[0], [...drop.slice(1), program, 'login', ...user.app, '--port', '80'], { env: user.env });
    assert.equal(result.code, 2, result.stderr);
    assert.match(errorOf(result).message, /port 80 is privileged/);
    assert.match(errorOf(result).hint, /--port/);
  });

  test('without IPv6 in the kernel it is IPv4 alone', async (t) => {
    if (inside) {
      const user = await scene.user();
      const result = await user.login();
      assert.equal(result.code, 0, result.stderr);
      assert.doesNotMatch(result.stderr, /in use/);
      await assert.rejects(fetch('http://[::1]:3000/'));
      return;
    }
    const { NODE_TEST_CONTEXT, ...env } = process.env;
    const again = `ip link set lo up && echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6 && exec '${process.execPath}' --test --test-name-pattern='without IPv6' '${fileURLToPath(import.meta.url)}'`;
    const result = await finish('unshare', [...(process.getuid() === 0 ? [] : ['--user', '--map-root-user']), '--net', 'sh', '-c', again],
      { env: { ...env, LOGTO_TEST_WITHOUT_IPV6: '1', LOGTO_BIN: program } });
    if (/unshare failed|Operation not permitted/.test(result.stderr)) return t.skip('no network namespaces here');
    assert.equal(result.code, 0, `${result.stdout}${result.stderr}`);
    assert.match(result.stdout, /pass 1/);
  });
});

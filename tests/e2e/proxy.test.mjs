// Proxies of the environment: what goes through them, what doesn't, and that their credentials are never shown.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';

import { useScene } from './harness.mjs';

const scene = useScene();
const tenant = 'tenant.example'; // which only the proxy can reach
const credentials = 'somebody:s3cr%20et';
const authorization = `Basic ${Buffer.from('somebody:s3cr et').toString('base64')}`;

// An HTTP proxy that takes every host for the stand-in. `asked` is what it was asked for, `wants` a Proxy-Authorization.
let proxy;
before(async () => {
  const target = () => ({ host: 'localhost', port: new URL(scene.provider.endpoint).port });
  const refusal = (from) => (proxy.wants && from.headers['proxy-authorization'] !== proxy.wants ? 407 : proxy.status);
  proxy = createServer((from, to) => {
    proxy.asked.push(`${from.method} ${from.url}`);
    if (refusal(from)) return to.writeHead(refusal(from), { 'proxy-authenticate': 'Basic realm="proxy"' }).end();
    const { pathname, search } = new URL(from.url);
    const headers = { ...from.headers };
    delete headers['proxy-authorization'];
    return from.pipe(request({ ...target(), method: from.method, path: pathname + search, headers }, (answer) => {
      answer.pipe(to.writeHead(answer.statusCode, answer.headers));
    }));
  });
  proxy.on('connect', (from, socket) => {
    proxy.asked.push(`CONNECT ${from.url}`);
    const status = refusal(from);
    if (status) return socket.end(`HTTP/1.1 ${status} No\r\nProxy-Authenticate: Basic realm="proxy"\r\nContent-Length: 0\r\n\r\n`);
    const on = connect(target(), () => { socket.write('HTTP/1.1 200 OK\r\n\r\n'); on.pipe(socket).pipe(on); });
    return on.on('error', () => socket.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  proxy.address_ = `127.0.0.1:${proxy.address().port}`;
});
after(() => proxy.close());

// What doctor finds, with these variables, for a tenant behind the proxy.
async function examine(env, { endpoint = `http://${tenant}`, wants, status } = {}) {
  const user = await scene.user();
  Object.assign(proxy, { asked: [], wants, status });
  await scene.provider.set({ discovery: { issuer: `http://${tenant}/oidc` } });
  await user.run(['profile', 'set', 'insecureHttp', 'true']);
  const { code, stdout, stderr } = await user.run(['doctor', '--json', '-v', '-v'], { env: { LOGTO_ENDPOINT: endpoint, LOGTO_APP_ID: scene.provider.apps.native.id, ...env } });
  for (const secret of ['s3cr', 'somebody', authorization.slice(6)]) assert.ok(!`${stdout}${stderr}`.includes(secret), `${stdout}${stderr}`);
  return { code, ...Object.fromEntries(JSON.parse(stdout).checks.map(({ check, ...finding }) => [check, finding])) };
}

test('what is asked of the tenant goes through http_proxy', async () => {
  const found = await examine({ http_proxy: `http://${proxy.address_}` });
  assert.deepEqual([found.proxy.detail, found.endpoint.result], [`http://${proxy.address_}, from http_proxy`, 'ok'], JSON.stringify(found));
  assert.ok(proxy.asked.includes(`GET http://${tenant}/oidc/.well-known/openid-configuration`), proxy.asked.join());
});

test('with the credentials that the variable holds', async () => {
  const found = await examine({ http_proxy: `http://${credentials}@${proxy.address_}` }, { wants: authorization });
  assert.deepEqual([found.proxy.detail, found.endpoint.result], [`http://${proxy.address_} with credentials, from http_proxy`, 'ok']);
});

for (const [scheme, variable] of [['http', 'http_proxy'], ['https', 'HTTPS_PROXY']]) {
  const endpoint = `${scheme}://${tenant}`;

  test(`${scheme}: a proxy that requires credentials, or does not accept these, is named`, async () => {
    const without = await examine({ [variable]: `http://${proxy.address_}` }, { endpoint, wants: authorization });
    assert.deepEqual([without.code, without.endpoint.result], [6, 'fail']);
    assert.equal(without.endpoint.detail, `the proxy http://${proxy.address_} (${variable}) requires a user name and password`);
    const wrong = await examine({ [variable]: `http://${credentials}@${proxy.address_}` }, { endpoint, wants: 'Basic other' });
    assert.equal(wrong.endpoint.detail, `the proxy http://${proxy.address_} (${variable}) does not accept the user name and password of that variable`);
  });
}

test('a proxy that refuses the host, is not there, or makes no sense', async () => {
  const endpoint = `https://${tenant}`;
  const refused = await examine({ https_proxy: `http://${credentials}@${proxy.address_}` }, { endpoint, status: 403 });
  assert.deepEqual(proxy.asked, [`CONNECT ${tenant}:443`]);
  assert.equal(refused.endpoint.detail, `the proxy http://${proxy.address_} (https_proxy) refuses to connect to ${tenant}: HTTP 403`);
  const values = ['127.0.0.1:9', 'http://127.0.0.1:9', 'http://nowhere.invalid:1', 'foo://127.0.0.1:9', 'http://127.0.0.1:99999999'];
  for (const value of values) {
    const found = await examine({ https_proxy: value.includes('://') ? value.replace('://', `://${credentials}@`) : `${credentials}@${value}` }, { endpoint });
    assert.deepEqual([found.code, found.endpoint.result], [6, 'fail']);
    assert.ok(found.endpoint.detail.startsWith(`cannot reach ${tenant} port 443 through the proxy ${value} (https_proxy): `), found.endpoint.detail);
    assert.match(found.endpoint.hint, /check https_proxy; .*NO_PROXY/);
  }
});

test('NO_PROXY and this machine are left alone', async () => {
  const exempted = await examine({ http_proxy: `http://${credentials}@${proxy.address_}`, NO_PROXY: 'example' });
  assert.equal(exempted.proxy.detail, `none: NO_PROXY exempts ${tenant} from http_proxy`);
  assert.deepEqual([exempted.endpoint.result, proxy.asked], ['fail', []]);
  const loopback = await examine({ http_proxy: `http://${credentials}@${proxy.address_}`, all_proxy: `http://${credentials}@${proxy.address_}` }, { endpoint: scene.provider.endpoint });
  assert.deepEqual([loopback.proxy.detail, loopback.endpoint.result, proxy.asked], ['none', 'ok', []]);
});

// `logto api`: which token goes where, bodies both ways, and every way in which a token must not go astray.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, openSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import net from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, test } from 'node:test';

import { codeAndStderr, errorOf, finish, pause, program, until, useScene } from './harness.mjs';

const scene = useScene();
const remote = 'https://api.example.com';
const scopes = ['--scope', 'read:things', '--scope', 'write:things'];
const MiB = 1024 * 1024;
const hasSanitizer = readFileSync(program).includes('__asan_init');
const large = (hasSanitizer && !process.env.LOGTO_E2E_LONG ? 256 : 1024) * MiB;

// Signed in for the tenant's small API and for one that is elsewhere.
const person = (more = []) => scene.signedIn(['--resource', scene.provider.apiResource, '--resource', remote, ...scopes, ...more]);
const at = (path) => `${scene.provider.apiResource}${path}`;
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const jwt = /^Bearer ey/;
const asked = async () => (await scene.provider.apiRequests()).map(({ method, url, status }) => `${method} ${url} ${status}`);

// A server that is nobody's API: it must not see a token.
async function stranger(t, answer = (req, res) => res.end('{}')) {
  const seen = [];
  const server = createServer((req, res) => { seen.push(req); answer(req, res); }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => { server.closeAllConnections(); server.close(); });
  return { seen, port: server.address().port, origin: `http://localhost:${server.address().port}` };
}

async function expectError(run, code, word, pattern) {
  const result = await run;
  assert.equal(result.code, code, `${result.stdout}${result.stderr}`);
  assert.match(errorOf(result).message, pattern);
  return { ...result, hint: errorOf(result).hint };
}

describe('the token', () => {
  test('is that of the API whose identifier is a prefix of the URL', async () => {
    const user = await person();
    const { code, stdout, stderr } = await user.run(['api', at('/things?x=%20y')]);
    assert.deepEqual([code, stderr], [0, '']);
    const answer = JSON.parse(stdout);
    assert.deepEqual([answer.method, answer.url, answer.claims.aud], ['GET', '/v1/things?x=%20y', scene.provider.apiResource]);
    assert.match(answer.headers.authorization, jwt);
    assert.match(answer.headers['user-agent'], /^logto-cli\//);
    const upper = await user.run(['api', at('').replace('http://localhost', 'HTTP://LocalHost')]);
    assert.equal(upper.code, 0);
  });

  test('is that of --resource, whatever the URL, and narrower with --scope', async () => {
    const user = await person();
    const { stdout } = await user.run(['api', '--resource', remote, '--scope', 'read:things', at('/things')]);
    const { claims } = JSON.parse(stdout);
    assert.deepEqual([claims.aud, claims.scope], [remote, 'read:things']);
    const uncovered = await user.run(['api', '--resource', 'https://other.example.com', at('/things')]);
    assert.deepEqual([uncovered.code, errorOf(uncovered).hint], [9, 'logto login --resource https://other.example.com']);
  });

  test('is Logto’s opaque one for userinfo and the Account API', async () => {
    const user = await person();
    const me = await user.run(['api', '/oidc/me']);
    assert.deepEqual([me.code, JSON.parse(me.stdout).email], [0, 'ada@example.com']);
    const account = await user.run(['api', `${scene.provider.endpoint}/api/my-account`]);
    assert.deepEqual([account.code, JSON.parse(account.stdout).primaryEmail], [0, 'ada@example.com']);
    const both = await user.run(['api', '--organization', 'acme00000001', '/api/my-account']);
    assert.deepEqual([both.code, both.stdout], [2, '']);
  });

  test('nobody signed in: exit 3; no endpoint: exit 2', async () => {
    const user = await scene.user();
    const env = { LOGTO_ENDPOINT: scene.provider.endpoint, LOGTO_APP_ID: scene.provider.apps.native.id };
    assert.equal((await user.run(['api', '/oidc/me'], { env })).code, 3);
    await expectError(user.run(['api', '/oidc/me']), 2, 'config', /no Logto endpoint/);
    assert.deepEqual(await scene.asked(), []);
  });

  test('with credentials from the environment: --resource or --organization decides', async () => {
    const user = await scene.user({ bus: false });
    const { m2m } = scene.provider.apps;
    const env = { LOGTO_ENDPOINT: scene.provider.endpoint, LOGTO_APP_ID: m2m.id, LOGTO_APP_SECRET: m2m.secret };
    await expectError(user.run(['api', at('/things')], { env }), 2, 'usage', /--resource or --organization/);
    assert.deepEqual(await asked(), []);
    const { code, stdout } = await user.run(['api', '--resource', scene.provider.apiResource, '--scope', 'read:things', at('/things')], { env });
    assert.deepEqual([code, JSON.parse(stdout).claims.client_id], [0, m2m.id]);
  });

  test('of a machine profile: by the URL, or as named; never that of its only API elsewhere', async () => {
    const user = await scene.user();
    const { m2m } = scene.provider.apps;
    const login = await user.run(['login', '--machine', '--endpoint', scene.provider.endpoint, '--app-id', m2m.id, '--app-secret-file', '-',
      '--resource', scene.provider.apiResource, '--scope', 'read:things'], { stdin: m2m.secret });
    assert.equal(login.code, 0, login.stderr);
    const { code, stdout } = await user.run(['api', at('/things')]);
    assert.deepEqual([code, JSON.parse(stdout).claims.client_id], [0, m2m.id]);
    await scene.provider.clearRequests();
    for (const url of ['/oidc/me', '/api/my-account', '/api/users', `${scene.provider.api}/v2`]) {
      const { hint } = await expectError(user.run(['api', url]), 9, 'not_granted', /names no API/);
      assert.equal(hint, 'name the API with --resource');
    }
    assert.deepEqual([await asked(), await scene.asked()], [[], []]);
  });

  test('a personal access token reaches the Account API', async () => {
    const user = await scene.user({ bus: false });
    const env = { LOGTO_ENDPOINT: scene.provider.endpoint, LOGTO_APP_ID: scene.provider.apps.exchange.id, LOGTO_PAT: 'pat_7Yq2mVxk4TzN9sBw1LcR8dHf3GjK6pQa' };
    const { code, stdout } = await user.run(['api', '/oidc/me'], { env });
    assert.deepEqual([code, JSON.parse(stdout).sub?.length > 0], [0, true]);
    await expectError(user.run(['api', '/api/users'], { env }), 2, 'usage', /--resource or --organization/);
  });

  test('an app of the Management API, whose identifier is not its address', async () => {
    const user = await scene.user({ bus: false });
    const { management } = scene.provider.apps;
    const env = { LOGTO_ENDPOINT: scene.provider.endpoint, LOGTO_APP_ID: management.id, LOGTO_APP_SECRET: management.secret };
    const args = ['api', '--resource', 'https://default.logto.app/api', '--scope', 'all', '/api/resources'];
    const { code, stdout } = await user.run(args, { env });
    assert.equal(code, 0, stdout);
    assert.ok(JSON.parse(stdout).some(({ indicator }) => indicator === remote));
  });
});

describe('a token never goes', () => {
  test('where no API that is granted is: exit 9, the login that may help, and nothing is sent', async (t) => {
    const user = await person();
    const other = await stranger(t);
    const { port } = new URL(scene.provider.api);
    const places = [
      `${other.origin}/v1`, // another port
      `http://127.0.0.1:${port}/v1`, // another name for the same
      `http://[::1]:${port}/v1`, `http://[0:0:0:0:0:0:0:1]:${port}/v1`,
      `${scene.provider.api}/v10`, `${scene.provider.api}/v1%2fthings`, `${scene.provider.api}/`, `${scene.provider.api}/open`, // no whole segment
      `https://localhost:${port}/v1`, // another scheme
      `http://localhost/v1`, `http://localhost:80/v1`,
      `https://api.example.com.evil.example/`, `https://api.example.com:8443/`, `https://evil.example/https://api.example.com/`,
    ];
    await scene.provider.clearRequests();
    for (const place of places) {
      const { hint, stdout } = await expectError(user.run(['api', place]), 9, 'not_granted', /covers no API/);
      assert.match(hint, /^logto login --resource '?http/, place);
      assert.equal(stdout, '');
    }
    assert.deepEqual([await asked(), other.seen.length, await scene.asked()], [[], 0, []]);
    const management = await user.run(['api', '/api/users']);
    assert.deepEqual([management.code, errorOf(management).hint], [9, `logto login --resource ${scene.provider.endpoint}/api`]);
  });

  test('to a URL that two programs could read differently: exit 2, and nothing is sent', async (t) => {
    const user = await person();
    const other = await stranger(t);
    const { host } = new URL(scene.provider.api);
    const urls = [
      `http://${host}@localhost:${other.port}/v1`, `http://${host}:x@localhost:${other.port}/v1`, `http://localhost:${other.port}\\@${host}/v1`,
      at('/../admin'), at('/%2e%2e/admin'), at('/.%2E/admin'), at('/..%2fadmin'), at('/..;/admin'), at('/.'), at('\\..\\admin'),
      `http://localhost.:${new URL(scene.provider.api).port}/v1`, at('#/x'), at('/a b'), at('/a\r\nX-Evil: 1'), at('/a\tb'), at('/\u00e4'),
      'https://\u00e4pi.example.com/', 'https://api%2eexample.com/', 'http://api.example.com/', 'https://api.example.com./', `http://[::1%25lo]/v1`, 'http://2130706433/v1',
      `//${host}/v1`, 'v1/things', 'ftp://api.example.com/', 'https://', 'http://0.0.0.0/v1', 'http://[::ffff:127.0.0.1]/v1',
    ];
    await scene.provider.clearRequests();
    for (const url of urls) {
      const { code, stdout } = await user.run(['api', url, '--resource', remote]);
      assert.deepEqual([code, stdout], [2, ''], url);
    }
    assert.deepEqual([await asked(), other.seen.length, await scene.asked()], [[], 0, []]);
  });

  test('along with a redirect', async (t) => {
    const user = await person();
    const other = await stranger(t);
    for (const status of [301, 302, 303, 307, 308]) {
      const url = at(`/redirect/${status}?to=${encodeURIComponent(`${other.origin}/v1?a`)}`);
      await expectError(user.run(['api', url]), 1, 'http', new RegExp(`redirect \\(HTTP ${status}\\) to ${other.origin}/v1`));
    }
    assert.equal(other.seen.length, 0);
  });

  test('to a proxy of the environment, when the API is on this machine', async (t) => {
    const user = await person();
    const proxy = await stranger(t);
    const env = Object.fromEntries(['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'].map((name) => [name, proxy.origin]));
    assert.equal((await user.run(['api', at('/things')], { env })).code, 0);
    assert.equal(proxy.seen.length, 0);
  });

  test('to a proxy in clear text: https goes through a tunnel', async (t) => {
    const user = await person();
    const folder = user.path('tls');
    execFileSync('mkdir', [folder]);
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=x', '-addext', 'subjectAltName=DNS:api.example.com',
      '-keyout', `${folder}/key`, '-out', `${folder}/cert`], { stdio: 'ignore' });
    const seen = [];
    const api = createTlsServer({ key: readFileSync(`${folder}/key`), cert: readFileSync(`${folder}/cert`) }, (req, res) => { seen.push(req.headers); res.end('whole'); });
    await once(api.listen(0, '127.0.0.1'), 'listening');
    const tunnels = [];
    const proxy = createServer((req, res) => { tunnels.push(req); res.writeHead(500).end(); });
    proxy.on('connect', (req, socket) => {
      tunnels.push(req);
      const inner = net.connect(api.address().port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connected\r\nX-Proxy: 1\r\n\r\n');
        inner.pipe(socket).pipe(inner);
      });
      for (const one of [inner, socket]) one.on('error', () => {});
    });
    await once(proxy.listen(0, '127.0.0.1'), 'listening');
    t.after(() => { for (const one of [api, proxy]) { one.closeAllConnections(); one.close(); } });
    const env = { https_proxy: `http://127.0.0.1:${proxy.address().port}`, SSL_CERT_FILE: `${folder}/cert` };
    const { code, stdout, stderr } = await user.run(['api', '-i', '-H', 'X-Mine: 1', `${remote}/things`], { env });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^HTTP\/1.1 200 OK\n[^]*\n\nwhole$/);
    assert.doesNotMatch(stdout, /X-Proxy/i);
    assert.deepEqual(tunnels.map(({ method, url }) => `${method} ${url}`), ['CONNECT api.example.com:443']);
    assert.equal(tunnels[0].headers.authorization ?? tunnels[0].headers['x-mine'], undefined);
    assert.match(seen[0].authorization, jwt);
    const untrusted = await user.run(['api', `${remote}/things`], { env: { ...env, SSL_CERT_FILE: undefined } });
    assert.deepEqual([untrusted.code, seen.length], [6, 1]);
  });

  test('where a header could take it, or be taken for it', async () => {
    const user = await person();
    for (const header of ['Authorization: Basic eDp5', 'authorization : x', 'AUTHORIZATION:', 'Host: evil.example', 'Cookie: a=b', 'Proxy-Authorization: x', 'proxy-anything: x',
      'Content-Length: 1', 'Transfer-Encoding: chunked', 'Connection: close', 'X-A: b\r\nAuthorization: x', 'X-A: b\nc', 'X\r\nAuthorization: x', 'X-\u00e4: b', 'X-A: \u00e4', 'X A: b', ': b', 'no colon', ' X: y', 'X-A;']) {
      const { code, stdout } = await user.run(['api', '-H', header, at('/things')]);
      assert.deepEqual([code, stdout], [2, ''], header);
    }
    assert.deepEqual(await asked(), []);
  });

  test('into arguments, the environment, the log or an error', async () => {
    const user = await person();
    const token = (await user.token('--resource', scene.provider.apiResource)).stdout.trim();
    const call = user.start(['api', '-vv', '-i', at('/bytes/10?seconds=3')]);
    await call.sees(/HTTP\/1.1 200/, 'stdout');
    for (const name of ['cmdline', 'environ']) {
      let text = '';
      try { text = readFileSync(`/proc/${call.pid}/${name}`, 'latin1'); } catch { /* others may not read it, nor may we */ }
      assert.ok(!text.includes(token));
    }
    const { code, stdout, stderr } = await call.ended;
    assert.equal(code, 0);
    assert.match(stderr, /GET http:\/\/localhost:\d+\/v1\/bytes\/10 -> 200/);
    assert.ok(!`${stdout}${stderr}`.includes(token) && !stderr.includes('seconds=3'));
  });

  test('back: TRACE and CONNECT are refused', async () => {
    const user = await person();
    for (const method of ['TRACE', 'trace', 'CONNECT', 'G T', 'GET\r\n', '', 'ABCDEFGHIJKLMNOPQ']) {
      assert.equal((await user.run(['api', method, at('/things')])).code, 2, method);
    }
    assert.deepEqual(await asked(), []);
  });
});

describe('a 401', () => {
  test('to a token that was cached: once more with a fresh one, body and all', async () => {
    const user = await person();
    await user.token('--resource', scene.provider.apiResource);
    await scene.provider.set({ apiUnauthorized: 1 });
    writeFileSync(user.path('home/body'), 'from a file');
    for (const data of ['a text', '@body']) {
      await scene.provider.set({ apiUnauthorized: 1 });
      const { code, stdout, stderr } = await user.run(['api', '-i', at('/things'), '-d', data]);
      assert.deepEqual([code, stderr], [0, '']);
      assert.match(stdout, /^HTTP\/1.1 200 OK\n/, 'nothing of the refusal is printed');
      assert.equal(JSON.parse(stdout.split('\n\n')[1]).body.text, data === '@body' ? 'from a file' : data);
    }
    const requests = await scene.provider.apiRequests();
    assert.deepEqual(requests.map(({ status }) => status), [401, 200, 401, 200]);
    assert.notEqual(requests[0].headers.authorization, requests[1].headers.authorization);
    assert.equal((await scene.provider.counts()).refreshes, 3);
  });

  test('again to the fresh one is the answer; to one just fetched there is no second try', async () => {
    const user = await person();
    await scene.provider.set({ apiUnauthorized: 9 });
    const first = await expectError(user.run(['api', at('/things')]), 1, 'http', /^localhost answered HTTP 401/);
    assert.equal(JSON.parse(first.stdout).error, 'invalid_token');
    assert.equal((await asked()).length, 1);
    await expectError(user.run(['api', at('/things')]), 1, 'http', /HTTP 401/);
    assert.equal((await asked()).length, 3);
    assert.equal((await scene.provider.counts()).refreshes, 2);
  });

  test('after a body from a pipe is the answer: it cannot be sent again', async () => {
    const user = await person();
    await user.token('--resource', scene.provider.apiResource);
    await scene.provider.set({ apiUnauthorized: 1 });
    const { hint } = await expectError(user.run(['api', at('/things'), '-d', '@-'], { stdin: 'once' }), 1, 'http', /HTTP 401/);
    assert.match(hint, /@FILE/);
    assert.equal((await asked()).length, 1);
  });

  test('whose refresh fails says why', async () => {
    const user = await person();
    await user.token('--resource', scene.provider.apiResource);
    await scene.provider.set({ apiUnauthorized: 1 });
    await scene.provider.revokeGrants();
    const { code, stdout } = await user.run(['api', at('/things')]);
    assert.deepEqual([code, stdout], [3, '']);
  });

  test('a hundred calls with an expired session make one refresh', async () => {
    await scene.provider.set({ accessTokenTtl: 1, resourceTtl: { [scene.provider.apiResource]: 1 } });
    const user = await person();
    await scene.provider.set({ accessTokenTtl: 3600, resourceTtl: {}, responseDelayMs: 300 });
    await pause(1100);
    const results = await Promise.all(Array.from({ length: 100 }, () => user.run(['api', at('/things')], { seconds: 120 })));
    assert.deepEqual([...new Set(results.map(codeAndStderr))], ['0 ']);
    assert.equal((await scene.provider.counts()).refreshes, 1);
    assert.equal((await asked()).length, 100);
  });
});

describe('the request', () => {
  test('methods, headers and bodies are sent as given', async () => {
    const user = await person();
    const ask = async (...args) => JSON.parse((await user.run(['api', ...args])).stdout);
    const posted = await ask(at('/things'), '-d', '{"a":1}');
    assert.deepEqual([posted.method, posted.headers['content-type'], posted.body.text], ['POST', 'application/json', '{"a":1}']);
    assert.equal(posted.headers['content-length'], '7');
    const patched = await ask('patch', at('/things'), '-d', 'a=b', '-H', 'content-type: text/plain', '-H', 'X-Empty:', '-H', 'Accept: text/x');
    assert.deepEqual([patched.method, patched.headers['content-type'], patched.headers['x-empty'], patched.headers.accept], ['PATCH', 'text/plain', '', 'text/x']);
    const empty = await ask('POST', at('/things'));
    assert.deepEqual([empty.headers['content-length'], empty.headers['content-type'], empty.body.bytes], ['0', undefined, 0]);
    assert.equal((await ask('DELETE', at('/things'))).method, 'DELETE');
    const got = await ask('GET', at('/things'), '-d', 'x');
    assert.deepEqual([got.method, got.body.text], ['GET', 'x']);
    for (const { headers } of [posted, patched, empty, got]) assert.equal(headers.expect, undefined);
  });

  test('HEAD has no body', async () => {
    const user = await person();
    const { code, stdout } = await user.run(['api', 'HEAD', '-i', at('/bytes/100')]);
    assert.equal(code, 0);
    assert.match(stdout, /^HTTP\/1.1 200 OK\n[^]*Content-Length: 100\n[^]*\n\n$/i);
    assert.equal((await user.run(['api', 'HEAD', at('/bytes/100'), '-d', 'x'])).code, 2);
  });

  test('a file is sent with its length, a pipe in chunks, both byte for byte', async () => {
    const user = await person();
    const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * 7 + (i >> 8)) & 255));
    writeFileSync(user.path('home/body'), bytes);
    const file = JSON.parse((await user.run(['api', at('/things'), '-d', '@body'])).stdout);
    assert.deepEqual([file.body.sha256, file.headers['content-length']], [sha256(bytes), '200000']);
    const piped = JSON.parse((await user.run(['api', 'PUT', at('/things'), '-d', '@-'], { stdin: bytes })).stdout);
    assert.deepEqual([piped.body.sha256, piped.headers['transfer-encoding'], piped.method], [sha256(bytes), 'chunked', 'PUT']);
    const nothing = JSON.parse((await user.run(['api', at('/things'), '-d', '@-'], { stdin: '' })).stdout);
    assert.equal(nothing.body.bytes, 0);
    for (const data of ['@missing', '@', `@${user.folder}`]) {
      assert.notEqual((await user.run(['api', at('/things'), '-d', data])).code, 0, data);
    }
    assert.equal((await asked()).length, 3);
  });

  test('a pipe is passed on while it comes', async () => {
    const user = await person();
    const call = user.start(['api', '-v', at('/things'), '-d', '@-'], { stdin: 'open' });
    call.write('first');
    await until(async () => (await scene.provider.apiRequests()).length === 1, 'the request, before its body has ended');
    call.child.stdin.end('second');
    const { code, stdout } = await call.ended;
    assert.deepEqual([code, JSON.parse(stdout).body.text], [0, 'firstsecond']);
  });

  test('a server that stays silent: exit 6 after --timeout; one that is slow is waited for', async (t) => {
    const user = await person();
    const silent = await stranger(t, () => {});
    await expectError(user.run(['api', '--resource', remote, '--timeout', '1', silent.origin]), 6, 'network', /no data to or from localhost for 1 seconds/);
    const slow = await user.run(['api', '--timeout', '2', at('/bytes/100?seconds=4')]);
    assert.deepEqual([slow.code, slow.stdout.length], [0, 100]);
    const cut = await expectError(user.run(['api', at('/bytes/20000000?early=10000000')]), 6, 'network', /cut off/);
    assert.ok(cut.stdout.length > 0 && cut.stdout.length <= 10_000_000);
  });
});

describe('the response', () => {
  test('an error of the API is printed as it is: exit 1', async () => {
    const user = await person();
    for (const status of [400, 404, 418, 500, 304]) {
      const { stdout } = await expectError(user.run(['api', at(`/status/${status}`)]), 1, 'http', new RegExp(`^localhost answered HTTP ${status}`));
      if (status !== 304) assert.equal(JSON.parse(stdout).code, `things.status_${status}`);
    }
    const forbidden = await user.run(['api', '--scope', 'read:things', at('/things'), '-d', '1']);
    assert.deepEqual([forbidden.code, JSON.parse(forbidden.stdout).error], [1, 'insufficient_scope']);
  });

  test('--json: status, headers and body in one object', async (t) => {
    const user = await person();
    const ask = async (...args) => {
      const { code, stdout, stderr } = await user.run(['api', '--json', ...args]);
      assert.match(stdout, /^.*\n$/);
      return { code, stderr, ...JSON.parse(stdout) };
    };
    const good = await ask(at('/things'));
    assert.deepEqual([good.code, good.status, good.body.method, good.headers['content-type'].split(';')[0]], [0, 200, 'GET', 'application/json']);
    const bad = await ask(at('/status/404'));
    assert.deepEqual([bad.code, bad.stderr, bad.status, bad.body.code], [1, '', 404, 'things.status_404']);
    const binary = await ask(at('/bytes/17'));
    assert.deepEqual([binary.status, Buffer.from(binary.body, 'base64').toString()], [200, '0123456789abcdef0']);
    const odd = await stranger(t, (req, res) => {
      if (req.url === '/empty') return res.writeHead(204, { 'Set-Cookie': ['a=1', 'b=2'], 'X-Twice': ['1', '2'] }).end();
      return res.writeHead(200, { 'Content-Type': 'application/json' }).end(req.url === '/bytes' ? Buffer.from([0xff, 0xfe, 0xfb]) : '{"a":1,"a":2}');
    });
    const empty = await ask('--resource', remote, `${odd.origin}/empty`);
    assert.deepEqual([empty.status, empty.body, empty.headers['set-cookie'], empty.headers['x-twice']], [204, null, ['a=1', 'b=2'], '1, 2']);
    assert.equal((await ask('--resource', remote, `${odd.origin}/bytes`)).body, '//77');
    assert.equal(Buffer.from((await ask('--resource', remote, `${odd.origin}/`)).body, 'base64').toString(), '{"a":1,"a":2}');
    const huge = await ask(at(`/bytes/${9 * MiB}`));
    assert.deepEqual([huge.code, huge.error.code, huge.error.hint], [1, 'io', 'use --output FILE for the body']);
    const uncovered = await ask('https://other.example.com/');
    assert.deepEqual([uncovered.code, uncovered.error.code], [9, 'not_granted']);
    assert.equal((await user.run(['api', '--json', '-i', at('/things')])).code, 2);
  });

  test('-o: the whole body or nothing', async () => {
    const user = await person();
    const file = user.path('home/out');
    const whole = await user.run(['api', '-i', '-o', 'out', at('/bytes/100000')]);
    assert.equal(whole.code, 0);
    assert.match(whole.stdout, /^HTTP\/1.1 200 OK\n[^]*\n\n$/, 'headers are not in the file');
    assert.equal(readFileSync(file, 'utf8'), '0123456789abcdef'.repeat(6250));
    assert.equal(statSync(file).mode & 0o777, 0o644, 'as the umask has it');
    writeFileSync(file, 'before');
    chmodSync(file, 0o640);
    const cut = await user.run(['api', '-o', 'out', at('/bytes/20000000?early=10000000')]);
    const refused = await user.run(['api', '-o', 'out', at('/status/404')]);
    assert.deepEqual([cut.code, cut.stdout, refused.code, JSON.parse(refused.stdout).code], [6, '', 1, 'things.status_404']);
    assert.equal(readFileSync(file, 'utf8'), 'before');
    symlinkSync('out', user.path('home/link'));
    const linked = await user.run(['api', '--json', '-o', 'link', at('/bytes/3')]);
    assert.deepEqual([linked.code, JSON.parse(linked.stdout).body, readFileSync(file, 'utf8'), statSync(file).mode & 0o777], [0, null, '012', 0o640]);
    assert.deepEqual(readdirSync(user.path('home')).filter((name) => /^(out|link)/.test(name)).sort(), ['link', 'out']);
    const before = (await asked()).length;
    for (const path of ['no/such/folder', user.folder]) {
      await expectError(user.run(['api', '-o', path, at('/bytes/3')]), 1, 'io', /^cannot write /);
    }
    assert.equal((await asked()).length, before, 'nothing is sent for a file that cannot be written');
    assert.equal((await user.run(['api', '-o', '/dev/null', at('/bytes/3')])).code, 0);
  });

  for (const signal of ['SIGINT', 'SIGTERM']) {
    test(`${signal} leaves at once, and no unfinished file`, async () => {
      const user = await person();
      writeFileSync(user.path('home/out'), 'before');
      const call = user.start(['api', '-i', '-o', 'out', at('/bytes/1000?seconds=30')]);
      await call.sees(/200 OK/, 'stdout');
      const { code } = await call.kill(signal);
      assert.equal(code, signal === 'SIGINT' ? 130 : 143);
      assert.equal(readFileSync(user.path('home/out'), 'utf8'), 'before');
      assert.deepEqual(readdirSync(user.path('home')).filter((name) => name.startsWith('out')), ['out']);
    });
  }

  test('a reader that goes away ends the call: exit 1', async () => {
    const user = await person();
    const script = user.script('pipe', `exec 3>&1; { '${program}' api "$1" 3>&-; echo "$?" >&3; } | head -c 5 >/dev/null`);
    const shell = await finish(script, [at(`/bytes/${64 * MiB}`)], { env: user.env });
    assert.equal(shell.stdout, '1\n');
    assert.match(shell.stderr, /cannot write to standard output: Broken pipe/);
  });

  test('a terminal is not controlled by it; a pipe gets every byte', async (t) => {
    const user = await person();
    const body = Buffer.from('a\x1b]0;evil\x07\r\n\u202ez\u00e9\x00\xff\tend', 'latin1');
    const odd = await stranger(t, (req, res) => {
      res.write(body.subarray(0, 9));
      setTimeout(() => res.end(body.subarray(9)), 50);
    });
    const screen = await user.terminal(['api', '--resource', remote, odd.origin]).ended;
    assert.match(screen.stdout, /a\\x1b\]0;evil\\x07\r\n/);
    assert.match(screen.stdout, /\\x00\\xff\tend\r\n$/);
    assert.doesNotMatch(screen.stdout, /\x1b|\x07/);
    await user.terminal(['api', '--resource', remote, odd.origin], { into: user.path('out') }).ended;
    assert.deepEqual(readFileSync(user.path('out')), body);
  });

  test('progress is shown at a terminal after two seconds, and only there', async () => {
    const user = await person();
    const url = at('/bytes/4096?seconds=4');
    const [shown, quiet, piped] = await Promise.all([
      user.terminal(['api', url], { into: user.path('out') }).ended, user.terminal(['api', '-q', url], { into: user.path('quiet') }).ended, user.run(['api', url])]);
    assert.match(shown.stdout, /received [\d.]+ (bytes|KiB) of 4\.0 KiB/);
    assert.match(shown.stdout, /\r\x1b\[K$/);
    assert.equal(readFileSync(user.path('out')).length, 4096);
    assert.equal(quiet.stdout, '');
    assert.deepEqual([piped.stderr, piped.stdout.length], ['', 4096]);
  });
});

describe(`${large / MiB} MiB`, () => {
  // The most memory that the process had, in bytes.
  async function peak(call) {
    let most = 0;
    const timer = setInterval(() => {
      try { most = Math.max(most, Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${call.pid}/status`, 'utf8'))?.[1] ?? 0) * 1024); } catch { /* it has ended */ }
    }, 10);
    const { code, stderr } = await call.ended.finally(() => clearInterval(timer));
    assert.deepEqual([code, stderr], [0, '']);
    return most;
  }

  // A sanitizer needs memory of its own, so it is compared with a small call.
  async function expectBounded(call, small) {
    const most = await peak(call);
    const limit = 32 * MiB + (hasSanitizer ? await peak(small()) : 0);
    assert.ok(most > MiB && most < limit, `${most / MiB} MiB of memory`);
  }

  const nowhere = () => ({ stdout: openSync('/dev/null', 'w'), seconds: 300 });

  test('come down in less than 32 MiB of memory', async () => {
    const user = await person();
    const down = (size, more = '') => user.start(['api', at(`/bytes/${size}${more}`)], nowhere());
    await expectBounded(down(large), () => down(10, '?seconds=1'));
    await expectBounded(user.start(['api', '-o', 'out', at(`/bytes/${32 * MiB}?chunked`)], { seconds: 300 }), () => down(10, '?seconds=1'));
    assert.equal(statSync(user.path('home/out')).size, 32 * MiB);
    assert.equal(sha256(readFileSync(user.path('home/out'))), sha256('0123456789abcdef'.repeat(2 * MiB)));
  });

  test('go up in less than 32 MiB of memory', async () => {
    const user = await person();
    const piece = Buffer.alloc(MiB, 'logto');
    async function* pieces(size) {
      for (let sent = 0; sent < size; sent += piece.length) yield piece;
    }
    const up = (size) => {
      const call = user.start(['api', 'PUT', at('/things'), '-d', '@-'], { stdin: 'open', seconds: 300 });
      pipeline(Readable.from(pieces(size)), call.child.stdin).catch(() => {});
      return call;
    };
    const call = up(large);
    await expectBounded(call, () => up(8 * MiB));
    const { body } = JSON.parse(call.stdout);
    assert.equal(body.bytes, large);
    const hash = createHash('sha256');
    for (let sent = 0; sent < large; sent += piece.length) hash.update(piece);
    assert.equal(body.sha256, hash.digest('hex'));
    assert.ok(!existsSync(user.path('home/out')));
  });
});

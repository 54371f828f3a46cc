// Whose secret goes where: the app secret of the environment, and the one that is typed.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { describe, test } from 'node:test';

import { Process, program, useScene, visit } from './harness.mjs';
import { inspect } from './lib/inspecting.mjs';

const scene = useScene();
const opaque = 'x'.repeat(43);

// Another tenant, which notes what it is told, and knows no app once a code is to be exchanged.
async function startTenant(t) {
  const told = [];
  const server = http.createServer((req, res) => {
    let body = '';
    req.on('data', (chunk) => { body += chunk; }).on('end', () => {
      const issuer = `http://localhost:${server.address().port}/oidc`;
      const document = {
        issuer, jwks_uri: `${issuer}/jwks`, authorization_endpoint: `${issuer}/auth`, token_endpoint: `${issuer}/token`,
        introspection_endpoint: `${issuer}/token/introspection`,
      };
      told.push(`${req.url} ${JSON.stringify(req.headers)} ${body}`);
      if (req.url.endsWith('openid-configuration')) res.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(document));
      else if (req.url.startsWith('/oidc/auth?')) res.writeHead(404).end();
      else res.writeHead(400, { 'Content-Type': 'application/json' }).end('{"error":"invalid_client"}');
    });
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  t.after(() => { server.close(); server.closeAllConnections(); });
  return { told, endpoint: `http://localhost:${server.address().port}` };
}

const knows = (told, id, secret) => told.some((text) => text.includes(secret) || text.includes(Buffer.from(`${id}:${secret}`).toString('base64')));

async function authorizationAddress(address) {
  return address.includes('state=') ? address : (await fetch(address, { redirect: 'manual' })).headers.get('location');
}

// Comes back with a code, as if somebody had signed in there.
async function comeBack(address) {
  const { searchParams } = new URL(await authorizationAddress(address));
  await visit(`${searchParams.get('redirect_uri')}?code=abc&state=${searchParams.get('state')}`);
}

describe("the environment's app secret", () => {
  const { native } = { native: 'some-app' };
  const secret = 'the-secret-of-tenant-A';
  const env = () => ({ LOGTO_ENDPOINT: scene.provider.endpoint, LOGTO_APP_ID: native, LOGTO_APP_SECRET: secret });

  test('is not sent to the issuer that inspect names', async (t) => {
    const user = await scene.user({ bus: false });
    const { told, endpoint } = await startTenant(t);
    for (const args of [['--endpoint', endpoint], ['--issuer', `${endpoint}/oidc`]]) {
      const result = await inspect(user, opaque, args, { env: env() });
      assert.equal(result.reason, 'opaque', result.stdout);
      assert.match(result.check('format').detail, /LOGTO_ENDPOINT/);
    }
    const nowhere = await inspect(user, opaque, ['--endpoint', endpoint], { env: { ...env(), LOGTO_ENDPOINT: undefined } });
    assert.equal(nowhere.reason, 'opaque', 'nor to one that nothing else names');
    assert.deepEqual(told, []);
  });

  test('is sent there when LOGTO_ENDPOINT names it too', async (t) => {
    const user = await scene.user({ bus: false });
    const { told, endpoint } = await startTenant(t);
    await inspect(user, opaque, ['--endpoint', endpoint], { env: { ...env(), LOGTO_ENDPOINT: endpoint } });
    assert.ok(knows(told, native, secret));
  });

  test('is not sent to the endpoint that login names, and login says so', async (t) => {
    const user = await scene.user();
    const { told, endpoint } = await startTenant(t);
    const login = await user.startLogin(['--endpoint', endpoint, '--app-id', native], { env: env() });
    await comeBack(login.address);
    const { stderr } = await login.ended;
    assert.ok(told.some((text) => text.startsWith('/oidc/token ')), told.join('\n'));
    assert.ok(!knows(told, native, secret));
    assert.match(stderr, /LOGTO_APP_SECRET is not used: it is meant for /);
  });

  test('is sent to the endpoint of a first sign-in, which nothing else names', async (t) => {
    const user = await scene.user();
    const { told, endpoint } = await startTenant(t);
    const login = await user.startLogin(['--endpoint', endpoint, '--app-id', native], { env: { LOGTO_APP_SECRET: secret } });
    await comeBack(login.address);
    await login.ended;
    assert.ok(knows(told, native, secret));
  });
});

describe('an app secret that is typed', () => {
  const web = () => ['--endpoint', scene.provider.endpoint, '--app-id', scene.provider.apps.web.id, '--app-secret-file', '-'];

  test('is asked for and not shown', async () => {
    const user = await scene.user();
    const { secret } = scene.provider.apps.web;
    const login = user.terminal(['login', ...web()]);
    await login.sees(/App secret: /, 'stdout');
    login.write(`${secret}\n`);
    await visit(await user.authorize(await user.opened(login)));
    const { code, stdout } = await login.ended;
    assert.equal(code, 0, stdout);
    assert.ok(!stdout.includes(secret), stdout);
  });

  test('Ctrl-C in the middle leaves the terminal as it was', async () => {
    const user = await scene.user();
    const words = [program, 'login', ...web()].map((word) => `'${word}'`).join(' ');
    const line = `stty -a; trap : INT; ${words}; echo "exit $?"; stty -a`;
    const shell = new Process('script', ['-qefc', line, '/dev/null'], { env: user.env, stdin: 'open', name: 'a shell at a terminal' });
    await shell.sees(/App secret: /, 'stdout');
    shell.write('half of a sec');
    shell.write('\x03');
    const { stdout } = await shell.ended;
    assert.match(stdout, /exit 130/);
    assert.ok(!stdout.includes('half of'));
    const [before, after] = stdout.split(/App secret: [^]*exit 130/).map((text) => text.match(/speed[^]*-?extproc/)?.[0]);
    assert.ok(before?.includes(' echo '), stdout);
    assert.equal(after, before);
  });
});

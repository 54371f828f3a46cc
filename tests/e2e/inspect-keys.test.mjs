// Where the keys come from: cache, network, file; and what happens when they don't come.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { describe, test } from 'node:test';

import { errorOf, useScene } from './harness.mjs';
import { inspect, inspectAll, keyFile, nodeMaker, now, soundClaims } from './lib/inspecting.mjs';

const scene = useScene();
const tenant = () => ['--endpoint', scene.provider.endpoint];
const mint = async (wanted = {}) => (await scene.provider.mint(wanted)).token;
const visitor = () => scene.user({ bus: false });
const jwksAsked = async () => (await scene.provider.counts()).jwks;

// The cache files of a user by kind, and a way to change what is in them.
function cached(user, kind) {
  const folder = user.path('cache/logto');
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(`.${kind}.json`)) : [];
  assert.ok(names.length <= 1, names.join(' '));
  const path = names[0] && `${folder}/${names[0]}`;
  return {
    path,
    get entry() { return JSON.parse(readFileSync(path, 'utf8')); },
    change(more) { writeFileSync(path, JSON.stringify({ ...this.entry, ...more })); },
  };
}

describe('the cache', () => {
  test('first discovery and keys are fetched, then neither for a while', async () => {
    const user = await visitor();
    const token = await mint();
    assert.equal((await inspect(user, token, tenant())).reason, null);
    assert.deepEqual((await scene.asked()).sort(), ['GET /oidc/.well-known/openid-configuration', 'GET /oidc/jwks']);
    await scene.provider.clearRequests();
    for (let run = 0; run < 3; run += 1) assert.equal((await inspect(user, token, tenant())).reason, null);
    assert.deepEqual(await scene.asked(), []);
  });

  test('when it is stale, the tag says whether anything changed', async () => {
    const user = await visitor();
    const token = await mint();
    await inspect(user, token, tenant());
    const jwks = cached(user, 'jwks');
    assert.ok(jwks.entry.etag);
    jwks.change({ fetched_at: now() - 90000, expires_at: now() - 3600 });
    await scene.provider.clearRequests();
    assert.equal((await inspect(user, token, tenant())).reason, null);
    const [request] = await scene.provider.requests();
    assert.deepEqual([request.path, request.headers['if-none-match'], request.status], ['/oidc/jwks', jwks.entry.etag, 304]);
    assert.ok(jwks.entry.expires_at > now(), 'and it is fresh again');
    assert.equal((await inspect(user, token, tenant())).reason, null);
    assert.equal((await scene.provider.requests()).length, 1);
  });

  test('that is damaged, or of another issuer, is thrown away', async () => {
    const user = await visitor();
    const token = await mint();
    await inspect(user, token, tenant());
    for (const kind of ['jwks', 'discovery']) {
      const { path } = cached(user, kind);
      const whole = readFileSync(path, 'utf8');
      for (const text of ['', '{', whole.slice(0, -20), 'null', '\0\0\0', whole.replace('"issuer":"http', '"issuer":"https'), whole.replace('"document":', '"Document":')]) {
        writeFileSync(path, text);
        const result = await inspect(user, token, tenant());
        assert.equal(result.reason, null, `${kind} ${text.slice(0, 40)}: ${result.stdout}`);
        assert.equal(JSON.parse(readFileSync(path, 'utf8')).issuer, scene.provider.issuer);
      }
    }
  });

  test('from the future is not believed', async () => {
    const user = await visitor();
    const token = await mint();
    await inspect(user, token, tenant());
    cached(user, 'jwks').change({ fetched_at: now() + 86400, expires_at: now() + 2 * 86400, etag: '' });
    const before = await jwksAsked();
    assert.equal((await inspect(user, token, tenant())).reason, null);
    assert.equal(await jwksAsked(), before + 1);
  });
});

describe('a kid that nobody knows', () => {
  test('has the keys fetched once more, and not again within a minute', async () => {
    const user = await visitor();
    await inspect(user, await mint(), tenant());
    await scene.provider.clearRequests();
    const strange = await Promise.all(['one', 'two', 'three', 'four'].map((kid) => mint({ unpublished: true, kid })));
    for (const token of strange) assert.equal((await inspect(user, token, tenant())).reason, 'unknown_key');
    assert.equal(await jwksAsked(), 1);
    cached(user, 'jwks').change({ forced_at: now() - 58 });
    assert.equal((await inspect(user, strange[0], tenant())).reason, 'unknown_key');
    assert.equal(await jwksAsked(), 1);
    cached(user, 'jwks').change({ forced_at: now() - 61 });
    assert.equal((await inspect(user, strange[0], tenant())).reason, 'unknown_key');
    assert.equal(await jwksAsked(), 2);
  });

  test('in a batch of a hundred: once', async () => {
    const user = await visitor();
    await inspect(user, await mint(), tenant());
    await scene.provider.clearRequests();
    const good = await mint();
    const tokens = await Promise.all(Array.from({ length: 100 }, (_, index) => (index % 3 ? good : mint({ unpublished: true, kid: `kid-${index}` }))));
    const { reasons } = await inspectAll(user, tokens, tenant());
    reasons.forEach((reason, index) => assert.equal(reason, index % 3 ? null : 'unknown_key'));
    assert.equal(await jwksAsked(), 1);
  });

  test('right after the keys were fetched is not fetched for again', async () => {
    const user = await visitor();
    assert.equal((await inspect(user, await mint({ unpublished: true, kid: 'x' }), tenant())).reason, 'unknown_key');
    assert.equal(await jwksAsked(), 1);
  });

  test('is found when the tenant has a new key; a key withdrawn is refused', async () => {
    const user = await visitor();
    const old = await mint();
    await inspect(user, old, tenant());
    await scene.provider.set({ rotateKeys: true });
    const fresh = await mint();
    assert.equal((await inspect(user, fresh, tenant())).reason, null);
    assert.equal((await inspect(user, old, tenant())).reason, null, 'the old one is still published');
    assert.equal(await jwksAsked(), 2);
    await scene.provider.set({ rotateKeys: true, dropOldKey: true });
    cached(user, 'jwks').change({ forced_at: 0 });
    assert.equal((await inspect(user, await mint(), tenant())).reason, null);
    assert.equal((await inspect(user, fresh, tenant())).reason, 'unknown_key');
  });

  test('and no way to fetch: exit 6, no verdict', async () => {
    const user = await visitor();
    await inspect(user, await mint(), tenant());
    const token = await mint({ unpublished: true, kid: 'x' });
    await scene.provider.set({ failNext: { path: '/oidc/jwks', status: 503, count: 9 } });
    const result = await inspect(user, token, tenant());
    assert.deepEqual([result.code, result.verdict], [6, undefined], result.stdout);
    assert.equal((await inspect(user, token, [...tenant(), '--offline'])).reason, 'unknown_key', '--offline: the keys at hand decide');
    assert.equal((await inspect(user, await mint(), tenant())).reason, null, 'the cache is as good as before');
  });
});

describe('keys that cannot be had are no verdict: exit 6', () => {
  const faults = {
    'the key set is 500': { failNext: { path: '/oidc/jwks', status: 500, count: 9 } },
    'the key set is 404': { failNext: { path: '/oidc/jwks', status: 404, count: 9 } },
    'the key set is text': { failNext: { path: '/oidc/jwks', status: 200, body: 'keys? what keys?' } },
    'the key set is empty': { failNext: { path: '/oidc/jwks', status: 200, body: '' } },
    'the key set is no key set': { failNext: { path: '/oidc/jwks', status: 200, body: { hello: 'world' } } },
    'the key set is a list': { failNext: { path: '/oidc/jwks', status: 200, body: [1] } },
    'keys is no list': { failNext: { path: '/oidc/jwks', status: 200, body: { keys: { 0: {} } } } },
    'a member of the key set occurs twice': { failNext: { path: '/oidc/jwks', status: 200, body: '{"keys":[],"keys":[]}' } },
    'a thousand keys': { failNext: { path: '/oidc/jwks', status: 200, body: { keys: Array(1000).fill({ kty: 'EC' }) } } },
    'the key set is elsewhere': { redirect: { path: '/oidc/jwks', to: 'http://localhost:1/' } },
    'the key set never ends': { flood: { path: '/oidc/jwks' } },
    'discovery is 500': { failNext: { path: '/oidc/.well-known/openid-configuration', status: 500, count: 9 } },
    'discovery is text': { failNext: { path: '/oidc/.well-known/openid-configuration', status: 200, body: '<html>' } },
    'discovery names another issuer': { discovery: { issuer: 'https://evil.example.com/oidc' } },
    'discovery has no jwks_uri': { discovery: { jwks_uri: null } },
    'the keys are at another machine over http': { discovery: { jwks_uri: 'http://192.0.2.1/jwks' } },
    'the keys are in a file': { discovery: { jwks_uri: 'file:///etc/passwd' } },
  };
  for (const [what, switches] of Object.entries(faults)) {
    test(what, async () => {
      const user = await visitor();
      await scene.provider.set(switches);
      const token = await mint();
      const json = await inspect(user, token, tenant());
      assert.deepEqual([json.code, json.verdict], [6, undefined], json.stdout);
      assert.ok(['network', 'protocol'].includes(json.error.code), json.stdout);
      await scene.provider.reset();
      const text = await inspect(user, token, tenant());
      assert.equal(text.reason, null, 'nothing bad was kept');
    });
  }

  test('without --json nothing is on stdout', async () => {
    const user = await visitor();
    const token = await mint();
    await scene.provider.set({ failNext: { path: '/oidc/jwks', status: 500, count: 1 } });
    const { code, stdout, stderr } = await user.run(['inspect', ...tenant()], { stdin: `${token}\n` });
    assert.deepEqual([code, stdout], [6, ''], stderr);
    assert.ok(errorOf({ stderr }).message);
  });

  test('and those of another address in the cache are no substitute', async (t) => {
    const user = await visitor();
    const { args, maker } = await startIssuer(t);
    const token = await maker.sign(soundClaims({ iss: args[1] }));
    assert.equal((await inspect(user, token, args)).reason, null);
    const discovery = cached(user, 'discovery');
    discovery.change({ document: { ...discovery.entry.document, jwks_uri: `${args[1]}/other` } });
    const result = await inspect(user, token, args);
    assert.deepEqual([result.code, result.verdict], [6, undefined], result.stdout);
  });

  test('nobody listens there', async () => {
    const user = await visitor();
    const result = await inspect(user, await mint(), ['--issuer', 'http://localhost:9/oidc']);
    assert.deepEqual([result.code, result.error.code], [6, 'network']);
  });

  test('a plain http issuer on another machine is not asked', async () => {
    const user = await visitor();
    const result = await inspect(user, await mint(), ['--issuer', 'http://192.0.2.1/oidc']);
    assert.ok([2, 6].includes(result.code), result.stdout);
    assert.match(result.error.message, /http/);
  });
});

describe('--jwks', () => {
  test('never touches the network or the cache', async () => {
    const user = await visitor();
    const maker = await nodeMaker('ES256');
    const path = keyFile(user, { keys: [maker.jwk] });
    assert.equal((await inspect(user, await maker.sign(soundClaims()), ['--jwks', path])).reason, null);
    assert.equal((await inspect(user, await maker.sign(soundClaims(), { kid: 'x' }), ['--jwks', path, ...tenant()])).reason, 'unknown_key');
    assert.deepEqual(await scene.asked(), []);
    assert.equal(existsSync(user.path('cache/logto')), false);
  });

  test('takes a set, a single key, and a set of none', async () => {
    const user = await visitor();
    const maker = await nodeMaker('ES512');
    const token = await maker.sign(soundClaims());
    for (const document of [{ keys: [maker.jwk] }, maker.jwk, { keys: [null, 1, 'x', {}, maker.jwk] }]) {
      assert.equal((await inspect(user, token, ['--jwks', keyFile(user, document)])).reason, null, JSON.stringify(document));
    }
    assert.equal((await inspect(user, token, ['--jwks', keyFile(user, { keys: [] })])).reason, 'unknown_key');
  });

  test('a file that is missing or no key set is no verdict', async () => {
    const user = await visitor();
    const token = await (await nodeMaker('ES256')).sign(soundClaims());
    const missing = await inspect(user, token, ['--jwks', user.path('nothing.json')]);
    assert.deepEqual([missing.verdict, missing.code], [undefined, 1]);
    for (const text of ['', 'hello', '{}', '[]', '{"keys":1}', '\0', '{"keys":[', '{"keys":[],"keys":[]}']) {
      const result = await inspect(user, token, ['--jwks', keyFile(user, text)]);
      assert.deepEqual([result.code, result.error?.code], [2, 'config'], text);
    }
  });
});

describe('--offline', () => {
  test('with the keys in the cache: works with nobody there, even when they are old', async (t) => {
    const user = await visitor();
    const { args, maker, server } = await startIssuer(t);
    const token = await maker.sign({ ...soundClaims(), iss: args[1] });
    assert.equal((await inspect(user, token, args)).reason, null);
    server.close();
    server.closeAllConnections();
    assert.equal((await inspect(user, token, [...args, '--offline'])).reason, null);
    cached(user, 'jwks').change({ expires_at: now() - 1000, fetched_at: now() - 90000 });
    cached(user, 'discovery').change({ expires_at: now() - 1000, fetched_at: now() - 90000 });
    assert.equal((await inspect(user, token, [...args, '--offline'])).reason, null);
    assert.equal((await inspect(user, token, args)).code, 6, 'without it they are too old to be believed');
  });

  test('without them: exit 6 and nothing asked', async () => {
    const user = await visitor();
    const result = await inspect(user, await mint(), [...tenant(), '--offline']);
    assert.deepEqual([result.code, result.error.code], [6, 'network']);
    assert.match(result.error.message, /--offline/);
    assert.deepEqual(await scene.asked(), []);
    assert.equal((await inspect(user, await mint({ alg: 'none' }), [...tenant(), '--offline'])).reason, 'unsupported_alg', 'some need no key to be refused');
    assert.equal((await inspect(user, 'rubbish', [...tenant(), '--offline'])).reason, 'malformed');
  });
});

// An OpenID provider that isn't Logto, in twenty lines.
async function startIssuer(t, { alg = 'RS256', slash = '', discovery = {}, omit = [] } = {}) {
  const maker = await nodeMaker(alg, 'their-key');
  const asked = [];
  const server = http.createServer((req, res) => {
    asked.push(req.url);
    const base = `http://localhost:${server.address().port}`;
    const document = {
      issuer: `${base}${slash}`, jwks_uri: `${base}/keys`, authorization_endpoint: `${base}/authorize`, token_endpoint: `${base}/token`,
      response_types_supported: ['id_token'], subject_types_supported: ['public'], id_token_signing_alg_values_supported: [alg], ...discovery,
    };
    for (const name of omit) delete document[name];
    const answers = { '/.well-known/openid-configuration': document, '/keys': { keys: [{ ...maker.jwk, x5t: 'abc', x5c: ['MIIB'] }] } };
    res.writeHead(answers[req.url] ? 200 : 404, { 'Content-Type': 'application/json' }).end(JSON.stringify(answers[req.url] ?? {}));
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  t.after(() => { server.close(); server.closeAllConnections(); });
  return { maker, server, asked, args: ['--issuer', `http://localhost:${server.address().port}${slash}`] };
}

describe('an issuer that is not Logto', () => {
  for (const slash of ['', '/']) {
    test(`whose name ends in "${slash}"`, async (t) => {
      const user = await visitor();
      const { args, maker, asked } = await startIssuer(t, { slash });
      const token = await maker.sign(soundClaims({ iss: args[1] }));
      assert.equal((await inspect(user, token, [...args, '--audience', 'https://api.example.com'])).reason, null);
      assert.deepEqual(asked, ['/.well-known/openid-configuration', '/keys']);
      const other = await maker.sign(soundClaims({ iss: slash ? args[1].slice(0, -1) : `${args[1]}/` }));
      assert.equal((await inspect(user, other, args)).reason, 'wrong_issuer');
    });
  }

  test('that signs nobody in, as GitHub Actions and Kubernetes clusters', async (t) => {
    const user = await visitor();
    const { args, maker } = await startIssuer(t, { omit: ['authorization_endpoint', 'token_endpoint'] });
    const token = await maker.sign(soundClaims({ iss: args[1], repository: 'octo/cat' }), { typ: 'JWT' });
    const result = await inspect(user, token, [...args, '--claim', 'repository=octo/cat']);
    assert.deepEqual([result.code, result.reason], [0, null], result.stdout);
  });

  test('is never asked for addresses that the token names', async (t) => {
    const user = await visitor();
    const { args, maker, asked } = await startIssuer(t);
    await inspect(user, await maker.sign(soundClaims({ iss: args[1] })), args);
    asked.length = 0;
    const port = args[1];
    const header = { jku: `${port}/evil`, x5u: `${port}/evil`, jwk: maker.jwk, x5c: ['MIIB'] };
    assert.equal((await inspect(user, await maker.sign(soundClaims({ iss: args[1] }), header), args)).reason, null);
    assert.deepEqual(asked, []);
  });

  test('has a cache of its own', async (t) => {
    const user = await visitor();
    const [first, second] = [await startIssuer(t), await startIssuer(t)];
    for (const { args, maker } of [first, second, first]) assert.equal((await inspect(user, await maker.sign(soundClaims({ iss: args[1] })), args)).reason, null);
    assert.equal((await inspect(user, await second.maker.sign(soundClaims({ iss: first.args[1] })), first.args)).reason, 'bad_signature', 'the same kid, their key');
    assert.deepEqual([first.asked.length, second.asked.length], [2, 2]);
  });
});

// One token, judged: where it comes from, what is asked of it, what is said about it.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';

import { errorOf, useScene } from './harness.mjs';
import { checkSilence, encode, inspect, judged, keyFile, nodeMaker, now, parts, soundClaims } from './lib/inspecting.mjs';

const scene = useScene();
const api = 'https://api.example.com';
const tenant = () => ['--endpoint', scene.provider.endpoint];
const mint = async (wanted = {}) => (await scene.provider.mint(wanted)).token;
const visitor = () => scene.user({ bus: false });

describe('every reason, its exit code and its shape', () => {
  const reasons = {
    malformed: [() => 'not a token', []],
    unsupported_alg: [() => mint({ alg: 'none' }), []],
    unknown_key: [() => mint({ unpublished: true, kid: 'nobody-has-it' }), []],
    bad_signature: [() => mint({ encoding: 'der' }), []],
    expired: [() => mint({ claims: { exp: now() - 61 } }), []],
    not_yet_valid: [() => mint({ claims: { nbf: now() + 90 } }), []],
    wrong_issuer: [() => mint({ claims: { iss: 'https://evil.example.com/oidc' } }), []],
    wrong_audience: [() => mint(), ['--audience', 'https://other.example.com']],
    wrong_type: [() => mint(), ['--type', 'id']],
    missing_scope: [() => mint(), ['--scope', 'read:things', '--scope', 'delete:things']],
    wrong_organization: [() => mint(), ['--organization', 'acme00000001']],
    claim_mismatch: [() => mint(), ['--claim', 'sub=somebody-else']],
    opaque: [() => 'V1StGXR8_Z5jdHi6B-myTV1StGXR8_Z5jdHi6B-myTx', ['--offline']],
    inactive: [() => 'V1StGXR8_Z5jdHi6B-myTV1StGXR8_Z5jdHi6B-myTx', []],
  };
  const checks = {
    malformed: 'format', unsupported_alg: 'signature', unknown_key: 'signature', bad_signature: 'signature', expired: 'exp', not_yet_valid: 'nbf',
    wrong_issuer: 'issuer', wrong_audience: 'audience', wrong_type: 'type', missing_scope: 'scope', wrong_organization: 'organization',
    claim_mismatch: 'claim', opaque: 'format', inactive: 'active',
  };
  for (const [reason, [make, args]] of Object.entries(reasons)) {
    test(reason, async () => {
      const user = await visitor();
      const token = await make();
      const env = { LOGTO_ENDPOINT: scene.provider.endpoint, LOGTO_APP_ID: scene.provider.apps.native.id };
      const result = await inspect(user, token, [...tenant(), ...args], { env });
      assert.deepEqual([result.code, result.reason, result.check(checks[reason]).result], [5, reason, 'fail'], result.stdout);
      assert.equal(result.stderr, '');
      if (token.includes('.')) assert.deepEqual([result.verdict.header, result.verdict.claims], parts(token));
      else assert.equal(result.verdict.header, null);

      const text = await user.run(['inspect', ...tenant(), ...args, token], { env });
      assert.equal(text.code, 5);
      assert.match(text.stdout, new RegExp(`^NOT VALID: ${reason}$`, 'm'));
      checkSilence(text.stdout + text.stderr, token);
    });
  }

  test('and none', async () => {
    const user = await visitor();
    const token = await mint();
    const result = await inspect(user, token, [...tenant(), '--audience', api, '--scope', 'read:things', '--type', 'access', '--claim', 'sub=ada0lovelace']);
    assert.deepEqual([result.code, result.reason, result.stderr], [0, null, ''], result.stdout);
    assert.deepEqual([result.verdict.header, result.verdict.claims], parts(token));
    const of = Object.fromEntries(result.verdict.checks.map(({ check, result: word }) => [check, word]));
    assert.deepEqual(of, {
      format: 'pass', signature: 'pass', exp: 'pass', nbf: 'skipped', iat: 'pass', issuer: 'pass', audience: 'pass', type: 'pass', scope: 'pass',
      organization: 'skipped', claim: 'pass',
    });
  });

  test('with several, the signature goes before what the claims say', async () => {
    const user = await visitor();
    const bad = { claims: { exp: now() - 1000, iss: 'https://evil.example.com', nbf: now() + 1000 } };
    const more = [...tenant(), '--audience', 'x', '--scope', 'y'];
    assert.equal((await inspect(user, await mint({ ...bad, unpublished: true, kid: 'x' }), more)).reason, 'unknown_key');
    assert.equal((await inspect(user, await mint({ ...bad, encoding: 'der' }), more)).reason, 'bad_signature');
    const expired = await inspect(user, await mint(bad), more);
    assert.equal(expired.reason, 'expired');
    for (const name of ['exp', 'nbf', 'issuer', 'audience', 'scope']) assert.equal(expired.check(name).result, 'fail', name);
  });
});

describe('the token comes from', () => {
  test('the argument, "-", stdin, and a file', async () => {
    const user = await visitor();
    const token = await mint();
    const path = user.path('token');
    writeFileSync(path, `${token}\n`);
    const line = `Authorization: Bearer ${token}`;
    writeFileSync(user.path('header'), `${line}\r\n`);
    const copied = [line, `Bearer ${token}`, `bearer  ${token}`, `"${token}"`, ` '${line}' `, `"Bearer ${token}"\n`];
    const ways = [...copied.flatMap((text) => [[[text]], [[], text]]), [['--file', user.path('header')]], [[token]], [['-'], token], [[], `${token}\n`], [[], `  ${token}\r\n\n`], [['--file', path]], [['--file', '-'], token]];
    for (const [args, stdin] of ways) {
      const result = judged(await user.run(['inspect', '--json', ...tenant(), ...args], { stdin }), token);
      assert.deepEqual([result.code, result.reason], [0, null], `${args}: ${result.stdout}`);
    }
  });

  test("the session, at a terminal: first Logto's opaque token", async () => {
    const user = await scene.signedIn();
    const session = await user.session();
    const { code, stdout } = await user.terminal(['inspect', '--color', 'never']).ended;
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^ {2}pass +active +according to /m);
    assert.match(stdout, /^VALID\r?$/m);
    assert.ok(!stdout.includes(session.access_tokens[0].token));
    const id = await inspect(user, session.id_token, ['--type', 'id', '--audience', scene.provider.apps.native.id]);
    assert.equal(id.reason, null, id.stdout);
    assert.equal((await inspect(user, session.id_token, ['--type', 'access'])).reason, 'wrong_type');
  });

  test('nowhere: no session at a terminal is exit 3, nothing on stdin malformed', async () => {
    const user = await scene.user();
    const env = { LOGTO_ENDPOINT: scene.provider.endpoint, LOGTO_APP_ID: scene.provider.apps.native.id };
    assert.equal((await user.terminal(['inspect'], { env }).ended).code, 3);
    for (const stdin of [undefined, '', ' \n\n']) {
      const result = await inspect(user, stdin, tenant());
      assert.deepEqual([result.code, result.reason], [5, 'malformed']);
    }
  });

  test('a file that is not there, or a folder: exit 1, and no verdict', async () => {
    const user = await visitor();
    for (const path of [user.path('none'), user.folder]) {
      const result = await user.run(['inspect', ...tenant(), '--file', path]);
      assert.deepEqual([result.code, result.stdout], [1, '']);
      assert.match(errorOf(result).message, /cannot (open|read)/);
    }
  });
});

describe('what is asked for', () => {
  test('wrong use is exit 2: two sources, two issuers, claims without value, unknown types, no issuer', async () => {
    const user = await visitor();
    for (const args of [['--endpoint', 'https://a.example.com', '--issuer', 'https://b.example.com'], ['--file', 'x', 'token'], ['--claim', 'sub'], ['--claim', '=x'],
      ['--type', 'refresh'], ['--leeway', '-1'], ['--leeway', 'long'], ['--leeway', '86401'], ['a', 'b'], ['--batch', 'token'], []]) {
      const result = await user.run(['inspect', ...args], { stdin: '' });
      assert.deepEqual([result.code, result.stdout], [2, ''], args.join(' '));
      const json = await user.run(['inspect', '--json', ...args], { stdin: '' });
      assert.equal(json.code, 2);
      assert.match(JSON.parse(json.stdout).error.code, /^(usage|config)$/);
    }
    const nobody = await user.run(['inspect'], { stdin: await mint() });
    assert.equal(nobody.code, 2);
    assert.match(errorOf(nobody).hint, /--endpoint, --issuer or --jwks/);
  });

  test("the issuer is the profile's, LOGTO_ENDPOINT's, --endpoint's or --issuer's", async () => {
    const user = await visitor();
    const token = await mint();
    const { endpoint, issuer } = scene.provider;
    assert.equal((await inspect(user, token, ['--issuer', issuer])).code, 0);
    assert.equal((await inspect(user, token, [], { env: { LOGTO_ENDPOINT: endpoint } })).code, 0);
    assert.equal((await inspect(user, token, ['--endpoint', `${endpoint}/`])).code, 0, 'a slash at the end of the endpoint is no other tenant');
    await user.run(['profile', 'set', 'endpoint', endpoint]);
    assert.equal((await inspect(user, token)).code, 0);
    assert.equal((await inspect(user, token, ['--issuer', `${issuer}/`])).error?.code, 'protocol', 'an issuer is compared to the letter');
    const jwks = keyFile(user, await (await fetch(`${issuer}/jwks`)).text());
    const strange = await inspect(user, token, ['--jwks', jwks, '--issuer', 'https://other.example.com']);
    assert.equal(strange.reason, 'wrong_issuer');
    const any = await inspect(user, token, ['--jwks', jwks]);
    assert.deepEqual([any.code, any.check('issuer').result], [0, 'skipped'], 'keys alone say nothing about the issuer');
  });

  test('audience: one or one of several', async () => {
    const user = await visitor();
    const single = await mint();
    const several = await mint({ claims: { aud: ['https://a.example.com', api] } });
    for (const token of [single, several]) assert.equal((await inspect(user, token, [...tenant(), '--audience', api])).code, 0);
    const skipped = await inspect(user, single, tenant());
    assert.deepEqual([skipped.check('audience').result, skipped.code], ['skipped', 0]);
    assert.match(skipped.check('audience').detail, /--audience/);
    for (const aud of [null, [], '', 'https://api.example.com/', 'HTTPS://api.example.com', ['https://api.example.com.evil.example'], { [api]: api }, [[api]], 7]) {
      const result = await inspect(user, await mint({ claims: { aud } }), [...tenant(), '--audience', api]);
      assert.equal(result.reason, 'wrong_audience', JSON.stringify(aud));
    }
  });

  test('scopes: whole words of the claim, all of them, also as a list', async () => {
    const user = await visitor();
    const token = await mint({ claims: { scope: 'read:things write:things' } });
    const passes = async (...args) => (await inspect(user, token, [...tenant(), ...args])).reason;
    assert.equal(await passes('--scope', 'read:things', '--scope', 'write:things'), null);
    assert.equal(await passes('--scope', 'read'), 'missing_scope');
    assert.equal(await passes('--scope', 'read:things', '--scope', 'delete:things'), 'missing_scope');
    assert.equal(await passes('--scope', 'READ:things'), 'missing_scope');
    const list = await mint({ claims: { scope: ['read:things'] } });
    assert.equal((await inspect(user, list, [...tenant(), '--scope', 'read:things'])).reason, null);
    assert.equal((await inspect(user, await mint({ claims: { scope: null } }), [...tenant(), '--scope', 'read:things'])).reason, 'missing_scope');
  });

  test('--scope with several words in one asks for each, as elsewhere', async () => {
    const user = await visitor();
    const token = await mint({ claims: { scope: 'read:things write:things' } });
    assert.equal((await inspect(user, token, [...tenant(), '--scope', 'read:things write:things'])).reason, null);
  });

  test('organization: in the claim or in the audience', async () => {
    const user = await visitor();
    const wanted = [...tenant(), '--organization', 'acme00000001'];
    for (const claims of [{ organization_id: 'acme00000001' }, { aud: 'urn:logto:organization:acme00000001' }, { aud: ['x', 'urn:logto:organization:acme00000001'] }]) {
      assert.equal((await inspect(user, await mint({ claims }), wanted)).reason, null, JSON.stringify(claims));
    }
    for (const claims of [{}, { organization_id: 'globex000002' }, { aud: 'acme00000001' }, { aud: 'urn:logto:organization:acme000000010' }]) {
      assert.equal((await inspect(user, await mint({ claims }), wanted)).reason, 'wrong_organization', JSON.stringify(claims));
    }
  });

  test('claims: text, numbers, truth, lists, objects, and texts with "="', async () => {
    const user = await visitor();
    const token = await mint({
      claims: { text: 'a=b', number: 3, truth: true, nothing: 'null', list: ['x', 'y', 4], object: { a: [1, 2], b: null }, empty: '', word: 'true', 'odd name': 1, nested: [['x']] },
    });
    const reasonOf = async (...claims) => (await inspect(user, token, [...tenant(), ...claims.flatMap((claim) => ['--claim', claim])])).reason;
    for (const claim of ['text=a=b', 'number=3', 'number=3.0', 'truth=true', 'list=x', 'list=4', 'object={"b":null,"a":[1,2]}', 'empty=', 'word=true', 'odd name=1', 'list=["x","y",4]']) {
      assert.equal(await reasonOf(claim), null, claim);
    }
    for (const claim of ['text=a', 'text="a=b"', 'number=03', 'number=4', 'truth=1', 'truth=True', 'nothing=', 'list=z', 'list=["y","x",4]', 'object={}', 'none=', 'none=null', 'Text=a=b', 'nested=x']) {
      assert.equal(await reasonOf(claim), 'claim_mismatch', claim);
    }
    assert.equal(await reasonOf('number=3', 'truth=false'), 'claim_mismatch');
    assert.equal(await reasonOf('list=x', 'list=y', 'number=3'), null);
  });

  test('type: RFC 9068 for access tokens', async () => {
    const user = await visitor();
    const typed = async (typ, claims, type) => (await inspect(user, await mint({ header: { typ }, claims }), [...tenant(), '--type', type])).reason;
    for (const typ of ['at+jwt', 'AT+JWT', 'application/at+jwt', 'at+JWT']) {
      assert.equal(await typed(typ, {}, 'access'), null, typ);
      assert.equal(await typed(typ, {}, 'id'), 'wrong_type', typ);
    }
    for (const typ of ['JWT', 'logout+jwt', 'at', 'secevent+jwt', '']) assert.equal(await typed(typ, {}, 'access'), 'wrong_type', typ);
    assert.equal(await typed('JWT', { client_id: null, scope: null }, 'id'), null);
    assert.equal(await typed('logout+jwt', { client_id: null, scope: null }, 'id'), 'wrong_type');
    assert.equal(await typed(null, {}, 'access'), 'wrong_type', 'whatever its claims look like');
    const bare = { client_id: null, scope: null };
    for (const typ of [null, 'JWT']) {
      assert.equal(await typed(typ, bare, 'id'), null);
      assert.equal(await typed(typ, bare, 'access'), 'wrong_type');
      assert.equal(await typed(typ, { ...bare, client_id: 'some-app' }, 'id'), 'wrong_type');
      assert.equal(await typed(typ, { ...bare, scope: 'openid' }, 'id'), 'wrong_type');
    }
  });

  test('a typ that is no string fails, asked for or not', async () => {
    const user = await visitor();
    for (const typ of [1, ['at+jwt'], {}, true]) {
      const token = await mint({ header: { typ } });
      for (const args of [[], ['--type', 'access'], ['--type', 'id']]) {
        assert.equal((await inspect(user, token, [...tenant(), ...args])).reason, 'wrong_type', `${typ} ${args}`);
      }
    }
  });

  test('numbers beyond 2^53 keep every digit', async () => {
    const user = await visitor();
    const maker = await nodeMaker('ES256');
    const claims = `{"exp":${now() + 600},"id":9007199254740993,"big":123456789012345678901234567890,"exact":1.10}`;
    const token = await maker.signText(claims);
    const args = ['--jwks', keyFile(user, maker.jwk)];
    assert.equal((await inspect(user, token, [...args, '--claim', 'id=9007199254740993'])).reason, null);
    assert.equal((await inspect(user, token, [...args, '--claim', 'id=9007199254740992'])).reason, 'claim_mismatch');
    assert.equal((await inspect(user, token, [...args, '--claim', 'big=123456789012345678901234567891'])).reason, 'claim_mismatch');
    const { stdout } = await inspect(user, token, args);
    assert.ok(stdout.includes('"claims":{"exp":') && stdout.includes('"id":9007199254740993,"big":123456789012345678901234567890,"exact":1.10}'), stdout);
    const text = await user.run(['inspect', ...args], { stdin: token });
    assert.match(text.stdout, /^ {2}id +9007199254740993\n {2}big +123456789012345678901234567890$/m);
  });
});

describe('what makes no sense is a usage error', () => {
  test('empty values, and numbers that are more than digits', async () => {
    const user = await visitor();
    const token = await mint();
    for (const name of ['audience', 'issuer', 'endpoint', 'organization', 'type', 'jwks', 'file', 'scope', 'claim']) {
      const { code, stdout, stderr } = await user.run(['inspect', ...tenant(), `--${name}=`], { stdin: token });
      assert.deepEqual([code, stdout], [2, ''], name);
      assert.match(stderr, new RegExp(`--${name} must not be empty`));
    }
    for (const leeway of [' 60', '+60', '60 ', '0x3c', '6e1', '']) {
      const { code, stdout } = await user.run(['inspect', ...tenant(), '--leeway', leeway], { stdin: token });
      assert.deepEqual([code, stdout], [2, ''], `'${leeway}'`);
    }
  });
});

describe('a forged token', () => {
  test('has its claims shown, not judged', async () => {
    const user = await visitor();
    const token = await mint({ encoding: 'der', claims: { exp: 1, iss: 'https://evil.example.com/oidc' } });
    const { reason, verdict } = await inspect(user, token, [...tenant(), '--audience', 'https://other.example.com']);
    assert.equal(reason, 'bad_signature');
    assert.deepEqual(verdict.checks.map(({ check, result }) => `${check} ${result}`), [
      'format pass', 'signature fail', 'exp skipped', 'nbf skipped', 'iat skipped', 'issuer skipped', 'audience skipped', 'type skipped',
      'scope skipped', 'organization skipped', 'claim skipped',
    ]);
    assert.equal(verdict.claims.exp, 1);
  });

  test('and a signed one cost no time, however many scopes they claim', async () => {
    const user = await visitor();
    const maker = await nodeMaker('ES256', 'one');
    const scope = Array.from({ length: 10_000 }, (_, index) => index.toString(36)).join(' ');
    const token = await maker.sign(soundClaims({ scope }));
    const tokens = Array.from({ length: 20 }, (_, index) => (index % 2 ? token : `${token.slice(0, -8)}AAAAAAAA`));
    const started = Date.now();
    const { stdout } = await user.run(['inspect', '--batch', '--jwks', keyFile(user, maker.jwk), '--scope', `nope ${scope}`], { stdin: `${tokens.join('\n')}\n` });
    assert.ok(Date.now() - started < 5000, `${Date.now() - started} ms`);
    assert.deepEqual([...new Set(stdout.trimEnd().split('\n').map((line) => JSON.parse(line).reason))], ['bad_signature', 'missing_scope']);
  });
});

describe('times', () => {
  test('--leeway: a minute by default, to the second', async () => {
    const user = await visitor();
    const reasonOf = async (claims, ...args) => (await inspect(user, await mint({ claims }), [...tenant(), ...args])).reason;
    assert.equal(await reasonOf({ exp: now() - 50 }), null);
    assert.equal(await reasonOf({ exp: now() - 60 }), 'expired', 'the first second past it');
    assert.equal(await reasonOf({ exp: now() - 1 }, '--leeway', '0'), 'expired');
    assert.equal(await reasonOf({ exp: now() }, '--leeway', '0'), 'expired', 'RFC 7519, 4.1.4: on or after');
    assert.equal(await reasonOf({ exp: now() + 20 }, '--leeway', '0'), null);
    assert.equal(await reasonOf({ exp: now() - 86000 }, '--leeway', '86400'), null);
    assert.equal(await reasonOf({ nbf: now() + 50 }), null);
    assert.equal(await reasonOf({ nbf: now() + 70 }), 'not_yet_valid');
    assert.equal(await reasonOf({ nbf: now() }, '--leeway', '0'), null);
    assert.equal(await reasonOf({ nbf: now() + 20 }, '--leeway', '0'), 'not_yet_valid');
    assert.equal(await reasonOf({ iat: now() + 50 }), null);
    assert.equal(await reasonOf({ iat: now() + 90 }), 'not_yet_valid');
  });

  test('that make no sense are malformed', async () => {
    const user = await visitor();
    for (const claims of [{ exp: null }, { exp: 'tomorrow' }, { exp: `${now() + 60}` }, { exp: [now() + 60] }, { exp: 1e300 }, { exp: true }, { nbf: 'x' }, { iat: {} }]) {
      const result = await inspect(user, await mint({ claims }), tenant());
      assert.equal(result.reason, 'malformed', JSON.stringify(claims));
    }
    assert.equal((await inspect(user, await mint({ claims: { exp: -1 } }), tenant())).reason, 'expired');
    assert.equal((await inspect(user, await mint({ claims: { exp: 0 } }), tenant())).reason, 'expired');
  });

  test('may have fractions (RFC 7519, section 2: NumericDate)', async () => {
    const user = await visitor();
    assert.equal((await inspect(user, await mint({ claims: { exp: now() + 600.5, iat: now() - 10.25, nbf: now() - 10.75 } }), tenant())).reason, null);
    assert.equal((await inspect(user, await mint({ claims: { exp: now() - 600.5 } }), tenant())).reason, 'expired');
  });
});

describe('--no-verify', () => {
  test('decodes, is never valid, and says so loudly', async () => {
    const user = await visitor();
    const token = await mint({ alg: 'none', claims: { exp: 1 } });
    const decoded = await user.run(['inspect', '--no-verify', '--json', token]);
    const { valid, reason, header, claims } = JSON.parse(decoded.stdout);
    assert.deepEqual([decoded.code, valid, reason], [0, false, null]);
    assert.deepEqual([header, claims], parts(token));
    assert.match(decoded.stderr, /nothing is verified/);
    checkSilence(decoded.stdout, token);
    const text = await user.run(['inspect', '--no-verify', '--quiet', token]);
    assert.match(text.stdout, /^NOT VERIFIED: anyone can create such a token$/m);
    assert.match(text.stderr, /nothing is verified/, 'even with --quiet');
    assert.doesNotMatch(text.stdout, /^VALID$/m);
    assert.equal(judged(await user.run(['inspect', '--no-verify', '--json', 'x.y.z']), 'x.y.z').reason, 'malformed');
    assert.deepEqual(await scene.asked(), []);
  });
});

describe('the readable report', () => {
  test('at a terminal: header, claims with times in words, scopes one a line, each check with why', async () => {
    const user = await visitor();
    const token = await mint({ claims: { exp: now() - 180, scope: 'read:things write:things delete:things', deep: { a: [1] } } });
    const { code, stdout } = await user.terminal(['inspect', ...tenant(), '--audience', api, token], { env: { TZ: 'Europe/Zurich' } }).ended;
    assert.equal(code, 5);
    assert.match(stdout, /\x1b\[1mHeader/, 'with colour');
    const text = stdout.replace(/\x1b\[[0-9;]*m/g, '').replaceAll('\r', '');
    assert.match(text, /^Header\n {2}alg +ES384\n {2}typ +at\+jwt\n {2}kid +\S+\n\nClaims\n/m);
    assert.match(text, /^ {2}exp +expired 3 minutes ago \(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0[12]:00\)$/m);
    assert.match(text, /^ {2}iat +\S+ (seconds?|minutes?) ago \(.* CES?T\)$|^ {2}iat +now/m);
    assert.match(text, /^ {2}scope +read:things\n {24}write:things\n {24}delete:things$/m);
    assert.match(text, /^ {2}deep +\{"a":\[1\]\}$/m);
    assert.match(text, /^ {2}pass +signature +ES384 by key /m);
    assert.match(text, /^ {2}fail +exp +expired 3 minutes ago$/m);
    assert.match(text, /^ {2}skipped {2}(nbf, )?type, scope, organization, claim$/m);
    assert.equal(text.match(/skipped/g).length, 1);
    assert.match(text, /\n\nNOT VALID: expired\n$/);
    const plain = await user.terminal(['inspect', ...tenant(), token], { env: { NO_COLOR: '1' } }).ended;
    assert.doesNotMatch(plain.stdout, /\x1b/);
  });

  test('its columns hold beside names of any length', async () => {
    const user = await visitor();
    const long = 'https://example.com/claims/entitlements';
    const token = await mint({ claims: { [long]: 'yes', phone_number_verified: true, é: 'accent', scope: 'a b' } });
    const { stdout } = await user.run(['inspect', ...tenant()], { stdin: token });
    assert.match(stdout, /^ {2}sub {19}\S/m);
    assert.match(stdout, /^ {2}phone_number_verified true$/m);
    assert.match(stdout, /^ {2}é {21}accent$/m);
    assert.ok(stdout.includes(`\n  ${long}\n${' '.repeat(24)}yes\n`), stdout);
    assert.match(stdout, /^ {2}pass {5}exp {11}expires in \d+ (minutes|hours)$/m);
  });

  test('shows what the token says as text, whatever it is', async () => {
    const user = await visitor();
    const evil = '\u001b]0;owned\u0007\u001b[2J\r\n\u202eevil\u0000';
    const token = await mint({ header: { kid: undefined, x: evil }, claims: { name: evil, [evil]: 1, scope: `a ${evil}`, iss: evil } });
    for (const args of [[], ['--json'], ['--no-verify']]) {
      const { stdout, stderr } = await user.run(['inspect', ...tenant(), ...args], { stdin: token });
      assert.doesNotMatch(stdout + stderr, /[\x00-\x09\x0b-\x1f\u202e]/, args.join(' '));
    }
  });

  test('long foreign text is cut between characters', async () => {
    const user = await visitor();
    for (const pad of ['', 'x', 'xx']) {
      const token = await mint({ claims: { iss: `${pad}${'é'.repeat(400)}` } });
      const child = user.start(['inspect', '--json', ...tenant()], { stdin: token });
      const chunks = [];
      child.child.stdout.setEncoding('latin1').on('data', (text) => chunks.push(text));
      await child.ended;
      const bytes = Buffer.from(chunks.join(''), 'latin1');
      const verdict = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
      assert.equal(verdict.reason, 'wrong_issuer');
    }
  });
});

describe('examples of the RFCs', () => {
  const rfc9068 = {
    iss: 'https://authorization-server.example.com/', sub: '5ba552d67', aud: 'https://rs.example.com/', exp: 1639528912, iat: 1618354090,
    jti: 'dbe39bf3a3ba4238a513f51d6e1691c4', client_id: 's6BhdRkqt3', scope: 'openid profile reademail',
  };
  const header = { typ: 'at+JWT', kid: 'RjEwOwOA' };

  test('RFC 9068, section 2.2.3: expired since, and sound in its day', async () => {
    const user = await visitor();
    const maker = await nodeMaker('RS256', 'RjEwOwOA');
    const wanted = ['--jwks', keyFile(user, maker.jwk), '--issuer', rfc9068.iss, '--audience', rfc9068.aud, '--type', 'access', '--scope', 'reademail'];
    const old = await inspect(user, await maker.sign(rfc9068, header), wanted);
    assert.equal(old.reason, 'expired', old.stdout);
    assert.deepEqual(old.verdict.checks.filter(({ result }) => result === 'fail').map(({ check }) => check), ['exp']);
    const fresh = await inspect(user, await maker.sign({ ...rfc9068, exp: now() + 60, iat: now() }, header), wanted);
    assert.equal(fresh.reason, null, fresh.stdout);
    assert.equal((await inspect(user, await maker.sign({ ...rfc9068, exp: now() + 60 }, { ...header, typ: 'JWT' }), wanted)).reason, 'wrong_type');
  });

  test('an encrypted token is refused by name', async () => {
    const user = await visitor();
    const jwe = [encode({ alg: 'RSA-OAEP', enc: 'A256GCM' }), 'b', 'c', 'd', 'e'].join('.');
    const result = await inspect(user, jwe, tenant());
    assert.equal(result.reason, 'malformed');
    assert.match(result.check('format').detail, /encrypted/);
  });

  test('the JSON serializations are refused', async () => {
    const user = await visitor();
    const [protectedHeader, payload, signature] = (await mint()).split('.');
    for (const text of [JSON.stringify({ payload, protected: protectedHeader, signature }), JSON.stringify({ payload, signatures: [{ protected: protectedHeader, signature }] })]) {
      assert.equal((await inspect(user, text, tenant())).reason, 'malformed');
    }
  });

  test('a token made by somebody with a bigger family of claims', async () => {
    const user = await visitor();
    const maker = await nodeMaker('PS256');
    const claims = soundClaims({ roles: Array.from({ length: 500 }, (_, index) => `role-${index}`), 'https://example.com/ns': { a: { b: { c: [1, 2.5, -3e2, null, true] } } }, 名前: 'エイダ', emoji: '🔑' });
    const result = await inspect(user, await maker.sign(claims), ['--jwks', keyFile(user, maker.jwk), '--claim', 'roles=role-499', '--claim', '名前=エイダ', '--claim', 'emoji=🔑']);
    assert.equal(result.reason, null, result.stdout.slice(0, 300));
    assert.deepEqual(result.verdict.claims, claims);
  });
});

// Five algorithms, two independent makers, and everything that can be done to a token without its key.
import assert from 'node:assert/strict';
import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { after, before, describe, test } from 'node:test';

import { changedMembers, changedText, flippedBits } from '../vectors/mutations.mjs';
import { User } from './harness.mjs';
import { algorithms, commandMaker, encode, inspect, inspectAll, keyFile, nodeMaker, now, parts, soundClaims } from './lib/inspecting.mjs';

const nowhere = { endpoint: 'http://localhost:9', google: 'http://localhost:9' };
let user;
const makers = {};

before(async () => {
  user = await User.arrive(nowhere, { bus: false });
  for (const alg of algorithms) makers[alg] = await nodeMaker(alg);
});
after(() => user.leave());

// A signature with another key, algorithm or encoding, over any header.
function forge(alg, { header = {}, claims = soundClaims(), curve, encoding = 'ieee-p1363', key } = {}) {
  const data = `${encode({ alg, typ: 'at+jwt', ...header })}.${encode(claims)}`;
  const rsa = /^[RP]S/.test(alg);
  const { privateKey } = key ?? (rsa ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ec', { namedCurve: curve ?? { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }[alg] }));
  const signature = sign(`sha${alg.slice(2)}`, Buffer.from(data), { key: privateKey, dsaEncoding: encoding, ...(alg.startsWith('PS') && { padding: 6, saltLength: 32 }) });
  return `${data}.${signature.toString('base64url')}`;
}

for (const alg of algorithms) {
  for (const [maker, make] of [["Node's jose", () => makers[alg]], ['the jose command', () => commandMaker(alg, user.folder)]]) {
    test(`${alg} by ${maker}: accepted, and every mutation refused for the right reason`, async () => {
      const { jwk, sign: signIt } = await make();
      const jwks = ['--offline', '--jwks', keyFile(user, { keys: [jwk] })];
      const token = await signIt(soundClaims());
      const sound = await inspect(user, token, jwks);
      assert.equal(sound.reason, null, sound.stdout);
      assert.equal(sound.check('signature').result, 'pass');
      assert.deepEqual([sound.verdict.header, sound.verdict.claims], parts(token));

      // An RSA signature is long; a step that shares no factor with 8 visits every bit position all the same.
      const mutations = [...flippedBits(token, jwk, /S256$/.test(alg) && alg !== 'ES256' ? 5 : 3), ...changedMembers(token, jwk), ...changedText(token)];
      const { reasons, verdicts } = await inspectAll(user, mutations.map((mutation) => mutation.token), jwks);
      for (const [index, { what, token: mutated, reason }] of mutations.entries()) {
        if (reason) assert.equal(reasons[index], reason, `${what}: ${JSON.stringify(verdicts[index])}`);
        else assert.ok(['malformed', 'bad_signature', 'unsupported_alg', 'unknown_key'].includes(reasons[index]), `${what}: ${reasons[index]} ${mutated}`);
      }
    });
  }

  test(`${alg}: another key, another curve, another algorithm`, async () => {
    const { jwk, kid, sign: signIt } = makers[alg];
    const jwks = ['--offline', '--jwks', keyFile(user, { keys: [jwk] })];
    const claims = encode(soundClaims());
    const none = `${encode({ alg: 'none', kid })}.${claims}.`;
    const pem = createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    const hmac = (bits, secret) => {
      const data = `${encode({ alg: `HS${bits}`, kid })}.${claims}`;
      return `${data}.${createHmac(`sha${bits}`, secret).update(data).digest('base64url')}`;
    };
    const others = algorithms.filter((other) => other !== alg);
    const cases = [
      ['the same kid, another key', forge(alg, { header: { kid } }), 'bad_signature'],
      ['another kid', await signIt(soundClaims(), { kid: 'another' }), 'unknown_key'],
      ['a kid that is a number', forge(alg, { header: { kid: 1 } }), 'unknown_key'],
      ['an empty kid', forge(alg, { header: { kid: '' } }), 'unknown_key'],
      ['no kid, another key', forge(alg), 'bad_signature'],
      ...others.map((other) => [`${other} with the kid of ${alg}`, forge(other, { header: { kid } }), 'unknown_key']),
      ...others.map((other) => [`${other} without kid`, forge(other), 'unknown_key']),
      ['none', none, 'unsupported_alg'],
      ['None', none.replace(encode({ alg: 'none', kid }), encode({ alg: 'None', kid })), 'unsupported_alg'],
      ['alg in lower case', (await signIt(soundClaims())).replace(/^[^.]+/, encode({ alg: alg.toLowerCase(), kid })), 'unsupported_alg'],
      ...[256, 384, 512].map((bits) => [`HS${bits} with the public key`, hmac(bits, pem), 'unsupported_alg']),
      ['HS256 with the JWK', hmac(256, JSON.stringify(jwk)), 'unsupported_alg'],
      ['HS256 with nothing', hmac(256, ''), 'unsupported_alg'],
      ['crit', forge(alg, { header: { kid, crit: ['exp'] } }), 'unsupported_alg'],
      ['an empty crit', forge(alg, { header: { kid, crit: [] } }), 'unsupported_alg'],
      ['b64 false', forge(alg, { header: { kid, b64: false, crit: ['b64'] } }), 'unsupported_alg'],
      ['its own key in the header', forge(alg, { header: { jwk: makers[alg].jwk, kid: 'mine' } }), 'unknown_key'],
      ['a jku in the header', forge(alg, { header: { jku: 'http://localhost:9/', kid: 'mine' } }), 'unknown_key'],
    ];
    const { reasons, verdicts } = await inspectAll(user, cases.map(([, token]) => token), jwks);
    cases.forEach(([what, , reason], index) => assert.equal(reasons[index], reason, `${what}: ${JSON.stringify(verdicts[index].checks)}`));
  });
}

test('a valid token without kid is tried with each key that fits, and only those', async () => {
  const first = await nodeMaker('ES384', 'first');
  const second = await nodeMaker('ES384', 'second');
  const keys = [makers.RS256.jwk, first.jwk, makers.ES256.jwk, second.jwk, { ...makers.ES512.jwk, kid: undefined }].map(({ ...jwk }) => jwk);
  const jwks = ['--offline', '--jwks', keyFile(user, { keys })];
  const tokens = await Promise.all([first, second, makers.ES512].map(({ sign: signIt }) => signIt(soundClaims(), { kid: undefined })));
  tokens.push(await makers.ES384.sign(soundClaims(), { kid: undefined }), await makers.PS256.sign(soundClaims(), { kid: undefined }));
  const { reasons, verdicts } = await inspectAll(user, tokens, jwks);
  assert.deepEqual(reasons, [null, null, null, 'bad_signature', 'unknown_key']);
  assert.match(verdicts[3].checks[1].detail, /2 matching keys/);
});

describe('a key that must not be used is not', () => {
  const unusable = [
    ['for encryption', (jwk) => ({ ...jwk, use: 'enc' })],
    ['with a use that is no text', (jwk) => ({ ...jwk, use: 1 })],
    ['for signing only', (jwk) => ({ ...jwk, key_ops: ['sign'] })],
    ['of another type', (jwk) => ({ ...jwk, kty: jwk.kty === 'EC' ? 'RSA' : 'EC' })],
    ['of no type', ({ kty, ...jwk }) => jwk],
    ['for another algorithm', (jwk) => ({ ...jwk, alg: jwk.alg === 'RS256' ? 'PS256' : 'RS256' })],
    ['for an algorithm nobody knows', (jwk) => ({ ...jwk, alg: 'ES999' })],
    ['with a kid that is a number', (jwk) => ({ ...jwk, kid: 7 })],
    ['that is padded', (jwk) => ({ ...jwk, ...(jwk.x ? { x: `${jwk.x}=` } : { n: `${jwk.n}=` }) })],
    ['without numbers', ({ x, n, ...jwk }) => jwk],
  ];
  const ec = [
    ['on another curve', (jwk) => ({ ...jwk, crv: 'P-256' })],
    ['on secp256k1', (jwk) => ({ ...jwk, crv: 'secp256k1' })],
    ['off its curve', (jwk) => ({ ...jwk, y: encode(Buffer.alloc(48, 1)) })],
    ['at zero', (jwk) => ({ ...jwk, x: encode(Buffer.alloc(48)), y: encode(Buffer.alloc(48)) })],
    ['short of a byte', (jwk) => ({ ...jwk, x: encode(Buffer.from(jwk.x, 'base64url').subarray(1)) })],
  ];
  for (const [alg, list] of [['ES384', [...unusable, ...ec]], ['RS256', unusable]]) {
    for (const [what, change] of list) {
      test(`${alg} key ${what}`, async () => {
        const { jwk, sign: signIt } = makers[alg];
        const jwks = ['--offline', '--jwks', keyFile(user, { keys: [change(jwk)] })];
        for (const header of [{}, { kid: undefined }]) {
          const { reason, stdout } = await inspect(user, await signIt(soundClaims(), header), jwks);
          assert.equal(reason, 'unknown_key', stdout);
        }
        // The broken key beside a good one does no harm.
        const both = ['--offline', '--jwks', keyFile(user, { keys: [change(jwk), { ...jwk, kid: 'good' }] })];
        assert.equal((await inspect(user, await signIt(soundClaims(), { kid: undefined }), both)).reason, null);
      });
    }
  }

  test('RSA of 1024 bits, with an exponent of 1 or an even one', async () => {
    const small = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const jwk = { ...small.publicKey.export({ format: 'jwk' }), kid: 'small' };
    const token = forge('RS256', { key: small, header: { kid: 'small' } });
    assert.equal((await inspect(user, token, ['--jwks', keyFile(user, { keys: [jwk] })])).reason, 'unknown_key');
    for (const e of ['AQ', 'Ag', '', 'AQAAAAAAAAAAAQ']) {
      const weak = { ...makers.RS256.jwk, e };
      const { reason } = await inspect(user, await makers.RS256.sign(soundClaims()), ['--jwks', keyFile(user, { keys: [weak] })]);
      assert.equal(reason, 'unknown_key', e);
    }
  });
});

test('a key without alg does RS256 and PS256, and takes neither for the other', async () => {
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwks = ['--jwks', keyFile(user, key.publicKey.export({ format: 'jwk' }))];
  const [rs, ps] = ['RS256', 'PS256'].map((alg) => forge(alg, { key }));
  const relabel = (token, alg) => token.replace(/^[^.]+/, encode({ alg, typ: 'at+jwt' }));
  const { reasons } = await inspectAll(user, [rs, ps, relabel(rs, 'PS256'), relabel(ps, 'RS256')], jwks);
  assert.deepEqual(reasons, [null, null, 'bad_signature', 'bad_signature']);
});

test('PS256 with a salt of another length is refused', async () => {
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwks = ['--jwks', keyFile(user, key.publicKey.export({ format: 'jwk' }))];
  const data = `${encode({ alg: 'PS256' })}.${encode(soundClaims())}`;
  const tokens = [0, 20, 222].map((saltLength) => `${data}.${sign('sha256', Buffer.from(data), { key: key.privateKey, padding: 6, saltLength }).toString('base64url')}`);
  assert.deepEqual((await inspectAll(user, tokens, jwks)).reasons, Array(3).fill('bad_signature'));
});

test('ECDSA signatures in DER are refused, and so are r or s of zero or the order', async () => {
  const order = Buffer.from('FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551', 'hex');
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwks = ['--jwks', keyFile(user, key.publicKey.export({ format: 'jwk' }))];
  const good = forge('ES256', { key });
  const [header, claims, signature] = good.split('.');
  const [r, s] = [Buffer.from(signature, 'base64url').subarray(0, 32), Buffer.from(signature, 'base64url').subarray(32)];
  const zero = Buffer.alloc(32);
  const tokens = [[zero, s], [r, zero], [zero, zero], [order, s], [r, order], [order, order]]
    .map((pair) => `${header}.${claims}.${Buffer.concat(pair).toString('base64url')}`);
  assert.deepEqual((await inspectAll(user, [good, forge('ES256', { key, encoding: 'der' }), ...tokens], jwks)).reasons,
    [null, ...Array(7).fill('bad_signature')]);
});

test('times in the future and the past are right to the second, with every algorithm', async () => {
  const keys = algorithms.map((alg) => makers[alg].jwk);
  const jwks = ['--offline', '--jwks', keyFile(user, { keys })];
  const tokens = await Promise.all(algorithms.flatMap((alg) => [
    makers[alg].sign(soundClaims()), makers[alg].sign(soundClaims({ exp: now() - 120 })), makers[alg].sign(soundClaims({ nbf: now() + 120 })),
  ]));
  assert.deepEqual((await inspectAll(user, tokens, jwks)).reasons, algorithms.flatMap(() => [null, 'expired', 'not_yet_valid']));
});

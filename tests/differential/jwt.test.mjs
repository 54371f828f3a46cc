// Our verdict on a token and that of the package jose, which shares nothing with us: what we accept, it accepts; what only jose accepts, we
// refuse for one of the reasons below. Claims are not judged here, but that there are some.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import { CompactSign, compactVerify, createLocalJWKSet, errors, exportJWK, generateKeyPair } from 'jose';

import { accepted, ask } from './answers.mjs';
import { below, chance, mutate, pick, runs, seed, times } from './seed.mjs';

const algorithms = ['RS256', 'PS256', 'ES256', 'ES384', 'ES512'];
const others = ['none', 'HS256', 'RS384', 'PS512', 'EdDSA', 'rs256', '', 256, null];
const count = Math.ceil(runs / 10);
const encode = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const parse = (part) => JSON.parse(Buffer.from(part, 'base64url'));
const signers = [];

before(async () => {
  for (const alg of algorithms) {
    for (const kid of [`${alg}-1`, `${alg}-2`]) {
      const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
      signers.push({ alg, kid, privateKey, jwk: { ...await exportJWK(publicKey), kid } });
    }
  }
});

// A key of the set, with what may stand beside its numbers, right or not.
function publish({ alg, jwk }) {
  const more = pick([{}, { alg }, { use: 'sig' }, { alg, use: 'sig', key_ops: ['verify'] }, { alg: pick(algorithms) }, { use: 'enc' }, { key_ops: ['sign'] }, { kid: undefined }, { kid: 'other' }]);
  return { ...jwk, ...more };
}

const claims = ['{"sub":"a"}', '{}', '{"sub":"a","exp":1}', '[]', 'no JSON', '', '{"a":1,"a":2}', '"text"', '{"sub":"\\ud800"}', 'null'];

async function sign({ alg, kid, privateKey }) {
  const header = pick([{ alg, kid }, { alg, kid }, { alg }, { alg, kid, typ: 'at+jwt' }, { alg, kid: 'unknown' }, { alg, kid: pick(signers).kid }]);
  return new CompactSign(Buffer.from(chance(0.7) ? claims[0] : pick(claims))).setProtectedHeader(header).sign(privateKey);
}

const changeHeader = (more) => ([header, ...rest]) => [encode({ ...parse(header), ...more }), ...rest];
const changeSignature = (change) => ([header, payload, signature]) => [header, payload, change(Buffer.from(signature, 'base64url')).toString('base64url')];
const changes = [
  () => changeHeader({ alg: pick(algorithms) }),
  () => changeHeader({ alg: pick(others) }),
  () => changeHeader({ crit: pick([['b64'], ['exp'], [], 'b64']), b64: chance(0.5) }),
  () => changeHeader({ kid: pick([1, null, '', 'RS256-1', 'ES256-2']) }),
  () => changeSignature((bytes) => { bytes[below(bytes.length)] ^= 1 << below(8); return bytes; }),
  () => changeSignature((bytes) => bytes.subarray(0, below(bytes.length))),
  () => changeSignature((bytes) => Buffer.concat([Buffer.alloc(1 + below(2)), bytes])),
  () => changeSignature((bytes) => Buffer.alloc(bytes.length, pick([0, 1, 255]))),
  () => ([header, payload, signature]) => [header, encode('{"sub":"b"}'), signature],
  () => (parts) => [...parts, pick(parts)],
  () => (parts) => parts.slice(0, 2),
  () => (parts) => parts.map((part) => (chance(0.5) ? part : `${part}${pick(['=', '==', ' ', '\n', '%', 'A', '.'])}`)),
  () => (parts) => [mutate(parts.join('.'), [...'ABCabc019-_+/=. \n'], 2)],
];

// jose asks its caller to try each of several keys that fit.
async function theirs(token, keys) {
  const options = { algorithms };
  let payload;
  try {
    ({ payload } = await compactVerify(token, createLocalJWKSet(keys), options));
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) return false;
    for await (const key of error) {
      payload ??= await compactVerify(token, key, options).then((found) => found.payload, () => undefined);
    }
  }
  return payload !== undefined && isObject(payload);
}

function isObject(bytes) {
  try {
    const value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
    return value !== null && typeof value === 'object' && !Array.isArray(value);
  } catch {
    return false;
  }
}

// What a strict reader refuses and jose lets pass: each with what must be so about the token.
const refusals = [
  [/base64url/, (token) => token.split('.').some((part) => Buffer.from(part, 'base64url').toString('base64url') !== part)],
  [/payload: duplicate member "a"/, (token) => token.split('.')[1] === encode('{"a":1,"a":2}')],
  [/payload: .*unpaired surrogate/, (token) => token.split('.')[1] === encode('{"sub":"\\ud800"}')],
];

test(`${count} tokens of seed ${seed}`, async (t) => {
  const cases = [];
  for (const signer of times(count, () => pick(signers))) {
    const token = await sign(signer);
    const change = chance(0.6) ? pick(changes)() : (parts) => parts;
    const keys = { keys: [signer, ...times(below(3), () => pick(signers))].map(publish).sort(() => below(3) - 1) };
    cases.push({ token: change(token.split('.')).join('.'), keys });
  }
  const answers = ask(cases.map(({ token, keys }) => ['jwt', keys, token]));
  const counts = { both: 0, neither: 0, 'only jose': 0 };
  for (const [i, { token, keys }] of cases.entries()) {
    const jose = await theirs(token, keys);
    const said = `${answers[i]}: ${token} by ${JSON.stringify(keys)}`;
    if (accepted(answers[i])) assert.ok(jose, `only we accept: ${said}`);
    else if (jose) assert.ok(refusals.some(([reason, tells]) => reason.test(answers[i]) && tells(token)), `only jose accepts: ${said}`);
    counts[accepted(answers[i]) ? 'both' : jose ? 'only jose' : 'neither'] += 1;
  }
  t.diagnostic(JSON.stringify(counts));
  assert.ok(counts.both > count / 10 && counts.neither > count / 10, 'the input is too one-sided');
});

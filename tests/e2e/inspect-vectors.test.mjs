// The examples of RFC 7515 appendix A, RFC 7520 section 4 and RFC 8037.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { User } from './harness.mjs';
import { inspect, keyFile } from './lib/inspecting.mjs';

const vectors = Object.fromEntries(JSON.parse(readFileSync(new URL('../vectors/rfc.json', import.meta.url))).map((vector) => [vector.name, vector]));
let user;

before(async () => { user = await User.arrive({ endpoint: 'http://localhost:9', google: 'http://localhost:9' }, { bus: false }); });
after(() => user.leave());

const verdictOn = async (name, change = (token) => token) => {
  const { token, key } = vectors[name];
  return inspect(user, change(token), ['--offline', '--jwks', keyFile(user, { keys: [key] })]);
};

// Their `exp` is of 2011: the signature is good, the token is not.
for (const name of ['RFC 7515 A.2', 'RFC 7515 A.3']) {
  test(`${name}: signed, and expired`, async () => {
    const { reason, check, verdict } = await verdictOn(name);
    assert.equal(reason, 'expired');
    assert.equal(check('signature').result, 'pass');
    assert.deepEqual(verdict.claims, { iss: 'joe', exp: 1300819380, 'http://example.com/is_root': true });
  });

  test(`${name}, one bit of the signature off: bad_signature`, async () => {
    const { reason } = await verdictOn(name, (token) => {
      const at = token.length - 40;
      return `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
    });
    assert.equal(reason, 'bad_signature');
  });
}

for (const name of ['RFC 7515 A.1', 'RFC 7515 A.5']) {
  test(`${name}: HS256 and none do not exist here`, async () => {
    const { reason, check } = await verdictOn(name);
    assert.equal(reason, 'unsupported_alg');
    assert.match(check('signature').detail, name.endsWith('1') ? /HS256/ : /none/);
  });
}

// What they sign is a sentence: a good JWS, no JWT.
for (const name of ['RFC 7515 A.4', 'RFC 7520 4.1', 'RFC 7520 4.2', 'RFC 7520 4.3', 'RFC 7520 4.4', 'RFC 8037 A.4']) {
  test(`${name}: no JSON in it, so no JWT`, async () => {
    const { reason, check, verdict } = await verdictOn(name);
    assert.equal(reason, 'malformed');
    assert.match(check('format').detail, /payload/);
    assert.equal(verdict.claims, null);
  });
}

// The same algorithms over claims.
for (const [alg, key] of [['EdDSA', 'RFC 8037 A.4'], ['PS384', 'RFC 7520 4.2'], ['HS256', 'RFC 7520 4.4'], ['ES256K', 'RFC 7520 4.3'], ['RS512', 'RFC 7520 4.1'], ['Ed25519', 'RFC 8037 A.4'], ['RSA1_5', 'RFC 7520 4.1']]) {
  test(`${alg} is not in our set`, async () => {
    const { reason, check } = await verdictOn(key, (token) => {
      const header = JSON.parse(Buffer.from(token.split('.')[0], 'base64url'));
      return [{ ...header, alg }, { exp: 4102444800 }].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).concat(token.split('.')[2]).join('.');
    });
    assert.equal(reason, 'unsupported_alg');
    assert.ok(check('signature').detail.includes(alg));
  });
}
